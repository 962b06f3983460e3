// The layers of a network, one line each, to change, add and remove.

import { readStack, writeStack } from "../engine/learning/stack.js";
import { fill } from "../texts/en.js";
import { button, choice, make } from "./dom.js";

const FRESH = { conv: { filters: 8, kernel: 3, stride: 1, padding: 1 }, linear: { units: 32 }, max: { kernel: 2, stride: 2 },
  avg: { kernel: 2, stride: 2 }, relu: {}, sigmoid: {}, tanh: {}, flatten: {} };
const RANGES = { filters: [1, 64], kernel: [1, 9], stride: [1, 9], padding: [0, 9], units: [1, 512] };

/** A whole number that counts once it is finished: the lines are then built anew. */
function whole(name, value, [least, most], onchange) {
  const read = () => {
    const typed = Number(input.value), valid = Number.isInteger(typed) && typed >= least && typed <= most && input.value !== "";
    input.setAttribute("aria-invalid", String(!valid));
    if (valid) onchange(typed);
  };
  const input = make("input", { type: "number", min: least, max: most, step: 1, value, onchange: read });
  return make("label", { class: "demo-field demo-number" }, make("span", {}, name), input);
}

/** Lines for the layers of `text`; change(text) hears of every other stack. shapes: of the outputs, where known. */
export function stackEditor({ text, words, shapes, change }) {
  const layers = readStack(text) ?? [], write = (next) => change(writeStack(next));
  const lines = layers.map((layer, place) => {
    const { kind, ...settings } = layer, name = fill(words.layer, { number: place + 1 });
    const put = (one) => write(layers.map((old, i) => (i === place ? one : old)));
    const fields = Object.entries(settings).map(([key, value]) =>
      whole(words.settings[key], value, RANGES[key], (one) => put({ ...layer, [key]: one })));
    const size = shapes?.[place + 1]?.join(" × ");
    return make("li", {}, make("div", { class: "demo-controls", role: "group", "aria-label": name },
      choice(name, words.kinds, kind, (one) => put({ kind: one, ...FRESH[one] })), ...fields,
      make("span", { class: "demo-hint" }, size ? fill(words.gives, { size }) : ""),
      button(words.add, () => write(layers.toSpliced(place + 1, 0, { kind: "relu" })),
        { "aria-label": fill(words.addAfter, { number: place + 1 }) }),
      button(words.remove, () => write(layers.toSpliced(place, 1)), { "aria-label": fill(words.removeThis, { number: place + 1 }) })));
  });
  return make("ol", { class: "demo-layers" }, ...lines,
    ...(layers.length ? [] : [make("li", {}, button(words.add, () => write([{ kind: "flatten" }])))]));
}
