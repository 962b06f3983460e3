// "Receptive field builder": a stack of layers, and what one of its units sees.

import { fields, paths, tasks, units, weights } from "../engine/receptive.js";
import { within } from "../engine/settings.js";
import { fill } from "../texts/en.js";
import { button, make, number } from "./dom.js";
import { demo } from "./frame.js";
import { guess } from "./guess.js";
import { tower } from "./tower.js";

const PIXELS = 24; // drawn
const MOST = 8; // layers
const DEFAULTS = { layers: [3, 1, 1, 3, 1, 1], unit: 9 };

/** The layers of a state: three numbers each. */
const layersOf = (numbers) => Array.from({ length: within(Math.floor(numbers.length / 3), 1, MOST) }, (_, place) =>
  [within(numbers[3 * place] ?? 3, 1, 11), within(numbers[3 * place + 1] ?? 1, 1, 4), within(numbers[3 * place + 2] ?? 1, 1, 81)]);

demo("receptive-fields", DEFAULTS, (frame) => {
  const { words, state } = frame;
  const layers = layersOf(state.layers);
  const found = fields(layers);
  const set = (next) => frame.set({ layers: next.flat() });
  const rows = layers.map((layer, place) => make("div", { class: "demo-controls", role: "group",
    "aria-label": fill(words.layer, { number: place + 1 }) },
    make("span", { class: "demo-layer" }, fill(words.layer, { number: place + 1 })),
    ...[["k", 11], ["s", 4], ["d", 81]].map(([name, most], which) => number(words[name], layer[which], 1, most, (value) =>
      set(layers.map((one, other) => (other === place ? one.map((old, i) => (i === which ? value : old)) : one))))),
    make("span", { class: "demo-field-size" }, frame.opened ? fill(words.size, found[place]) : "")));
  const change = make("div", { class: "demo-controls" },
    button(words.add, () => set([...layers, [3, 1, 1]]), { disabled: layers.length === MOST }),
    button(words.remove, () => set(layers.slice(0, -1)), { disabled: layers.length === 1 }));
  const form = guess(frame, { question: fill(words.question, { count: layers.length }), answer: () => found.at(-1).r,
    done: () => {
      frame.opened = true;
      frame.draw();
      frame.live.querySelector("input[type=range]")?.focus();
    } });
  const head = [make("p", { class: "demo-hint" }, words.hint), ...rows, change];
  if (!frame.opened) return [...head, form];
  return [...head, ...picture(frame, layers), ...lines(words, layers)];
});

/** The tower of units, and the slider that chooses one at its top. */
function picture(frame, layers) {
  const { words, state } = frame;
  const sizes = units(PIXELS, layers);
  const top = sizes.at(-1);
  if (!top) return [make("p", { class: "demo-result" }, fill(words.tooLarge, { pixels: PIXELS }))];
  const holder = make("div", {}), said = make("output", {});
  const show = (unit) => {
    const counts = paths(PIXELS, layers, layers.length, unit);
    const seen = counts[0].flatMap((count, pixel) => (count ? [pixel] : []));
    const text = fill(words.sees, { unit: unit + 1, first: seen[0] + 1, last: seen.at(-1) + 1, count: seen.length,
      paths: counts[0].filter(Boolean).join(" ") });
    holder.replaceChildren(tower(counts, text, choose));
    said.textContent = text;
    slider.value = unit;
    slider.setAttribute("aria-valuetext", text);
  };
  const choose = (unit) => {
    state.unit = unit;
    show(unit);
    frame.changed();
  };
  const slider = make("input", { type: "range", min: 0, max: top - 1, oninput: () => choose(Number(slider.value)) });
  show(within(state.unit, 0, top - 1));
  return [holder, make("label", { class: "demo-field" }, make("span", {}, words.unit), slider), said];
}

/** The field in words, and whether the tasks are solved. */
function lines(words, layers) {
  const { r, j } = fields(layers).at(-1);
  const solved = tasks(layers);
  return [make("p", { class: "demo-result" }, fill(words.total, { r, j, weights: weights(layers) })),
    ...["five", "wide"].map((name) => make("p", { class: "demo-task" }, `${solved[name] ? words.done : words.open} ${words[name]}`))];
}
