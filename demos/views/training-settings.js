// What a reader sets before and while a network learns: pictures, network, descent; and own drawings.

import { ink } from "../engine/drawing.js";
import { KINDS } from "../engine/learning/classes.js";
import { readNumber } from "../engine/settings.js";
import { fill } from "../texts/en.js";
import { button, choice, make, named, number } from "./dom.js";
import { paintPicture } from "./maps.js";
import { Pad } from "./pad.js";

const PEN = 1.5;
export const LIMITS = { rate: [0, 10], momentum: [0, 0.999], decay: [0, 1], batch: [1, 256], seed: [0, 9999] };

/** A number with decimals that counts as soon as it can be read. */
function decimal(name, value, [least, most], onchange) {
  const read = () => {
    const typed = readNumber(input.value), valid = typed !== undefined && typed >= least && typed <= most;
    input.setAttribute("aria-invalid", String(!valid));
    if (valid) onchange(typed);
  };
  const input = make("input", { inputmode: "decimal", value: String(value), oninput: read });
  return make("label", { class: "demo-field demo-number" }, make("span", {}, name), input);
}

/** put(key) makes what hears of a setting of the descent; other changes go through frame.set. */
export function settingsOf({ frame, frame: { state, words }, put }) {
  const { networks } = KINDS[state.data], names = Object.keys(networks);
  const chosen = names.find((name) => networks[name] === state.layers) ?? "own";
  const known = Object.fromEntries([...(chosen === "own" ? ["own"] : []), ...names].map((name) => [name, words.networks[name]]));
  const change = (data) => frame.set({ data, layers: Object.values(KINDS[data].networks)[0] });
  return make("div", { class: "demo-controls" }, choice(words.data, words.sets, state.data, change),
    choice(words.network, known, chosen, (name) => frame.set({ layers: networks[name] ?? state.layers })),
    ...["rate", "momentum", "decay"].map((key) => decimal(words[key], state[key], LIMITS[key], put(key))),
    ...["batch", "seed"].map((key) => number(words[key], state[key], ...LIMITS[key], put(key))));
}

/** The reader's own pictures: draw, say which class it is, keep it. changed() hears of every new drawing. */
export function drawingsOf({ frame, frame: { words }, kind: { shape, classes }, changed }) {
  let pen = [];
  const show = (next) => {
    pen = next;
    paintPicture(pad.canvas, ink(pen, shape[1], shape[2], PEN), shape);
  };
  const pad = new Pad({ size: shape.slice(1), name: words.picture, words, drawing: () => pen, drawn: show,
    say: (text) => frame.say(text) });
  const count = (label) => frame.drawings.filter((one) => one.label === label).length;
  const said = () => fill(words.kept, { count: classes.map((name, label) => `${name}: ${count(label)}`).join(", ") });
  const kept = make("p", {}, said());
  const take = (drawings) => {
    frame.drawings = drawings;
    show([]);
    kept.textContent = said();
    frame.say(kept.textContent);
    changed();
  };
  const keep = (label) => () => pen.length && take([...frame.drawings, { label, pen }]);
  show([]);
  return named(words.draw, pad.element, make("div", { class: "demo-controls" },
    ...classes.map((name, label) => button(fill(words.keep, { name }), keep(label))), button(words.forget, () => take([]))), kept);
}
