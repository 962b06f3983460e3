// "Receptive field builder": a stack of layers, and what one of its units sees.

import { fields, paths, tasks, units, weights } from "../engine/receptive.js";
import { within } from "../engine/settings.js";
import { fill } from "../texts/en.js";
import { button, choice, integer, make } from "./dom.js";
import { demo } from "./frame.js";
import { guess } from "./guess.js";
import { tower } from "./tower.js";

const PIXELS = 24; // drawn
const MOST = 8; // layers
const SETTINGS = { k: [1, 11], s: [1, 4], d: [1, 81] };
// row: the number of the layer whose unit is looked at; 0 is the last one.
const DEFAULTS = { layers: [3, 1, 1, 3, 1, 1], unit: 9, row: 0 };

/** The layers of a state: three numbers each. */
const layersOf = (numbers) => Array.from({ length: within(Math.floor(numbers.length / 3), 1, MOST) }, (_, place) =>
  Object.values(SETTINGS).map((limits, which) => within(numbers[3 * place + which] ?? 1, ...limits)));

demo("receptive-fields", DEFAULTS, (frame) => {
  const { words, state } = frame;
  const layers = layersOf(state.layers);
  const set = (next) => frame.set({ layers: next.flat() });
  const change = make("div", { class: "demo-controls" },
    button(words.add, () => set([...layers, [3, 1, 1]]), { disabled: layers.length === MOST }),
    button(words.remove, () => set(layers.slice(0, -1)), { disabled: layers.length === 1 }));
  const form = guess(frame, { question: fill(words.question, { count: layers.length }),
    answer: () => fields(layers).at(-1).r,
    done: () => {
      frame.opened = true;
      frame.draw();
      frame.live.querySelector("input[type=range]")?.focus();
    } });
  const head = [make("p", { class: "demo-hint" }, words.hint), table(frame, layers, set), change];
  if (!frame.opened) return [...head, form];
  return [...head, ...picture(frame, layers), ...lines(words, layers)];
});

/** The layers, the lowest first, with their settings; and, once they are known, their fields and jumps. */
function table(frame, layers, set) {
  const { words, opened } = frame;
  const found = fields(layers);
  const known = (value) => make("td", {}, opened ? String(value) : words.unknown);
  const field = (place, name, which) => make("td", {}, integer(layers[place][which], ...SETTINGS[name],
    (value) => set(layers.map((layer, other) => (other === place ? layer.with(which, value) : layer))),
    { "aria-label": fill(words.setting, { name: words[name], number: place + 1 }) }));
  const heads = [words.name, ...["k", "s", "d", "r", "j"].map((name) => words[name])];
  return make("table", { class: "demo-stack-table" }, make("caption", {}, words.layers),
    make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, make("tr", {}, make("th", { scope: "row" }, words.pixels),
      make("td"), make("td"), make("td"), make("td", {}, "1"), make("td", {}, "1")),
    ...layers.map((_, place) => make("tr", {}, make("th", { scope: "row" }, String(place + 1)),
      ...Object.keys(SETTINGS).map((name, which) => field(place, name, which)),
      known(found[place].r), known(found[place].j)))));
}

/** The tower of units; one is chosen by a press, or by its row and the slider. */
function picture(frame, layers) {
  const { words, state } = frame;
  const sizes = units(PIXELS, layers);
  if (!sizes.at(-1)) return [make("p", { class: "demo-result" }, fill(words.tooLarge, { pixels: PIXELS }))];
  const holder = make("div", {}), said = make("output", {});
  const level = () => (state.row >= 1 && state.row <= layers.length ? Math.round(state.row) : layers.length);
  const show = (lighting) => {
    const row = level();
    const unit = within(state.unit, 0, sizes[row] - 1);
    const counts = [...paths(PIXELS, layers, row, unit), ...sizes.slice(row + 1).map((size) => Array(size).fill(0))];
    const seen = counts[0].flatMap((count, pixel) => (count ? [pixel] : []));
    const text = fill(words.sees, { unit: unit + 1, row, first: seen[0] + 1, last: seen.at(-1) + 1, count: seen.length,
      paths: counts[0].filter(Boolean).join(" ") });
    holder.replaceChildren(tower(counts, { looked: row, label: text, lighting, pressed: (height, i) => {
      choose({ row: height === layers.length ? 0 : height, unit: i }, true);
      rows.querySelector("select").value = state.row;
    } }));
    said.textContent = text;
    slider.max = sizes[row] - 1;
    slider.value = unit;
    slider.setAttribute("aria-valuetext", text);
  };
  const choose = (changes, lighting) => {
    Object.assign(state, changes);
    show(lighting);
    frame.changed();
  };
  const names = layers.slice(1).map((_, place) => [place + 1, String(place + 1)]);
  const rows = choice(words.row, { 0: words.top, ...Object.fromEntries(names) }, state.row,
    (row) => choose({ row: Number(row) }, true));
  const slider = make("input", { type: "range", min: 0, oninput: () => choose({ unit: Number(slider.value) }) });
  show(true);
  return [holder, make("div", { class: "demo-controls" }, rows,
    make("label", { class: "demo-field" }, make("span", {}, words.unit), slider)), said];
}

/** The field in words, and whether the tasks are solved. */
function lines(words, layers) {
  const { r, j } = fields(layers).at(-1);
  const solved = tasks(layers);
  return [make("p", { class: "demo-result" }, fill(words.total, { r, j, weights: weights(layers) })),
    ...["five", "wide"].map((name) => make("p", { class: "demo-task" }, `${solved[name] ? words.done : words.open} ${words[name]}`))];
}
