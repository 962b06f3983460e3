// A trained network, as d2lkit.demos.export writes it: run on a picture, and asked how a value came about.

import { LAYERS } from "./layers.js";

const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const WORTH = new Uint8Array(128);
for (let i = 0; i < SIGNS.length; i += 1) WORTH[SIGNS.charCodeAt(i)] = i;

/** Bytes from a text: four signs of six bits each make three bytes. */
export function bytes(text) {
  const signs = text.replace(/=+$/, ""), found = new Uint8Array(Math.floor((signs.length * 3) / 4));
  let bits = 0, held = 0, place = 0;
  for (let i = 0; i < signs.length; i += 1) {
    held = ((held << 6) | WORTH[signs.charCodeAt(i)]) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      found[place] = (held >> bits) & 255;
      place += 1;
    }
  }
  return found;
}

/** Numbers of four bytes each, the least first, from a text. */
export function decoded(text) {
  const { buffer } = bytes(text), view = new DataView(buffer);
  return Float32Array.from({ length: buffer.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

/** Numbers of one byte each, from −127 to 127, that count steps. */
export const stepped = (text, step) => Float64Array.from(new Int8Array(bytes(text).buffer), (count) => count * step);

/** A network from its description: weights become numbers. */
export function load({ input, layers }) {
  const open = ([name, value]) => [name, value?.data === undefined ? value
    : { shape: value.shape, values: value.step ? stepped(value.data, value.step) : decoded(value.data) }];
  return { input, layers: layers.map((layer) => Object.fromEntries(Object.entries(layer).map(open))) };
}

/** What each layer gives for a picture; the first entry is the picture itself. */
export function run(network, picture) {
  const levels = [{ shape: network.input, values: Float64Array.from(picture) }];
  for (const layer of network.layers) {
    levels.push({ shape: layer.size, values: LAYERS[layer.kind].forward(layer, levels.at(-1)) });
  }
  return levels;
}

/** How unit number `unit` of level `level` came about: level 1 is the output of the first layer.
 *
 * how: "sum" (products and a bias), "max" (the largest), "function" (of one value); terms, each with the
 * value that was read, the weight and their product; bias; value.
 */
export function why(network, levels, level, unit) {
  const layer = network.layers[level - 1], { how, terms, bias } = LAYERS[layer.kind], input = levels[level - 1];
  const found = terms(layer, input, unit).map((term) => {
    const value = term.index < 0 ? 0 : input.values[term.index];
    return { ...term, value, product: term.weight * value };
  });
  return { how, kind: layer.kind, terms: found, bias: bias?.(layer, unit) ?? 0, value: levels[level].values[unit] };
}

/** The pixels that a unit can see: [top, left, bottom, right], the last ones included. */
export function field(network, levels, level, unit) {
  let units = [unit];
  for (let upper = level; upper > 0; upper -= 1) {
    const layer = network.layers[upper - 1], { terms } = LAYERS[layer.kind];
    // Every unit of a linear layer reads everything.
    const asked = layer.kind === "Linear" ? units.slice(0, 1) : corners(units, levels[upper].shape);
    const below = asked.flatMap((one) => terms(layer, levels[upper - 1], one).map(({ index }) => index));
    units = [...new Set(below.filter((index) => index >= 0))];
  }
  const [, rows, columns] = network.input;
  const places = units.map((one) => [Math.floor(one / columns) % rows, one % columns]);
  const over = (axis, pick) => places.reduce((most, place) => pick(most, place[axis]), places[0]?.[axis] ?? 0);
  return [over(0, Math.min), over(1, Math.min), over(0, Math.max), over(1, Math.max)];
}

/** Of many units of a layer of maps only those that lie outermost matter for what is seen. */
function corners(units, shape) {
  if (shape.length !== 3) return units;
  const [, rows, columns] = shape, outer = new Map();
  for (const unit of units) {
    const row = Math.floor(unit / columns) % rows, column = unit % columns;
    const marks = { top: -row, bottom: row, left: -column, right: column };
    for (const [side, mark] of Object.entries(marks)) {
      if (!outer.has(side) || outer.get(side)[0] < mark) outer.set(side, [mark, unit]);
    }
  }
  return [...new Set([...outer.values()].map(([, unit]) => unit))];
}

/** Shares that add up to 1: what softmax makes of the last outputs. */
export function softmax(values) {
  const most = values.reduce((one, other) => Math.max(one, other), -Infinity);
  const powers = Array.from(values, (value) => Math.exp(value - most));
  const total = powers.reduce((sum, one) => sum + one, 0);
  return powers.map((one) => one / total);
}
