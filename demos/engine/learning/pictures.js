// What a network in the page can learn: scanned digits, drawn shapes, a reader's own drawings.
// A set is {shape, classes, training, heldOut}; each part has `pictures`, one array, and `labels`.

import { HELD_OUT, HELD_OUT_LABELS, SIGNS, TRAINING, TRAINING_LABELS } from "../../pictures/handwritten.js";
import { ink } from "../drawing.js";
import { KINDS, LARGE, SIDE } from "./classes.js";
import { randomBy } from "./random.js";

const SCAN = 64, GREYS = 17, TRIPLES = 22, PEN = 1.5;

/** Scans of 8 × 8 pixels: two signs hold three grey levels. */
export function unpack(text, digits) {
  const labels = [...digits].map(Number), pictures = new Float64Array(labels.length * SCAN);
  const worth = Object.fromEntries([...SIGNS].map((sign, i) => [sign, i]));
  for (let n = 0; n < labels.length; n += 1) {
    for (let t = 0; t < TRIPLES; t += 1) {
      const at = 2 * (n * TRIPLES + t), number = worth[text[at]] * SIGNS.length + worth[text[at + 1]];
      const levels = [Math.floor(number / (GREYS * GREYS)), Math.floor(number / GREYS) % GREYS, number % GREYS];
      levels.forEach((level, i) => { if (3 * t + i < SCAN) pictures[n * SCAN + 3 * t + i] = level / (GREYS - 1); });
    }
  }
  return { pictures, labels };
}

/** Scans with `size` pixels a side, in 256 grey levels: each new pixel is a mean of its old neighbours. */
export function enlarge({ pictures, labels }, size) {
  const old = Math.sqrt(SCAN), count = labels.length, large = new Float64Array(count * size * size);
  // Where a new pixel's centre lies on the old grid: the pixel before it, and the share of the next one.
  const places = Array.from({ length: size }, (_, i) => {
    const place = Math.min(Math.max(((2 * i + 1) * old) / (2 * size) - 0.5, 0), old - 1), before = Math.min(Math.floor(place), old - 2);
    return [before, place - before];
  });
  for (let n = 0, at = 0; n < count; n += 1) {
    for (const [i, down] of places) for (const [j, right] of places) {
      const p = n * SCAN + i * old + j, mean = (row) => (1 - right) * pictures[row] + right * pictures[row + 1];
      large[at] = Math.round(255 * ((1 - down) * mean(p) + down * mean(p + old))) / 255;
      at += 1;
    }
  }
  return { pictures: large, labels };
}

/** Corners of each shape, for a half side of 1; the line goes round. */
const SHAPES = {
  triangle: [[-1, 0], [0.8, 1], [0.8, -1]],
  square: [[-0.8, -0.8], [-0.8, 0.8], [0.8, 0.8], [0.8, -0.8]],
  ring: Array.from({ length: 12 }, (_, i) => [Math.sin((i * Math.PI) / 6), Math.cos((i * Math.PI) / 6)]),
  cross: [[-1, 0], [1, 0], [0, 0], [0, -1], [0, 1], [0, 0]],
};

/** So many shapes, each of another size, place and turn, with some noise. */
export function drawShapes(count, random) {
  const forms = Object.values(SHAPES), area = SIDE * SIDE;
  const pictures = new Float64Array(count * area), labels = [];
  for (let n = 0; n < count; n += 1) {
    const label = n % forms.length, half = 2.6 + 1.4 * random(), turn = (random() - 0.5) * 0.8;
    const [top, left] = [0, 1].map(() => SIDE / 2 + (random() - 0.5) * 3);
    const corners = [...forms[label], forms[label][0]].flatMap(([down, right]) => [
      4 * (top + half * (down * Math.cos(turn) - right * Math.sin(turn))),
      4 * (left + half * (down * Math.sin(turn) + right * Math.cos(turn)))].map((one) => Math.max(0, one)));
    const drawn = ink(corners, SIDE, SIDE, PEN - 0.5);
    for (let i = 0; i < area; i += 1) pictures[n * area + i] = 0.8 * drawn[i] + 0.2 * random();
    labels.push(label);
  }
  return { pictures, labels };
}

/** Drawings [{label, pen}]: every third of a class is held out, the others also stand one pixel aside. */
export function fromDrawings(drawings) {
  const parts = { training: { pictures: [], labels: [] }, heldOut: { pictures: [], labels: [] } }, seen = {};
  for (const { label, pen } of drawings) {
    seen[label] = (seen[label] ?? 0) + 1;
    const out = seen[label] % 3 === 0, part = out ? parts.heldOut : parts.training;
    for (const down of out ? [0] : [-4, 0, 4]) for (const right of out ? [0] : [-4, 0, 4]) {
      const moved = ink(shifted(pen, down, right), SIDE, SIDE, PEN);
      part.pictures.push(...moved);
      part.labels.push(label);
    }
  }
  for (const part of Object.values(parts)) part.pictures = Float64Array.from(part.pictures);
  return parts;
}

/** A drawing moved by quarters of a pixel; −1 stays what it is, and nothing goes below 0. */
function shifted(pen, down, right) {
  let row = true;
  return pen.map((one) => {
    if (one < 0) {
      row = true;
      return one;
    }
    const moved = Math.max(0, one + (row ? down : right));
    row = !row;
    return moved;
  });
}

export function pictureSet(kind, drawings = []) {
  const random = randomBy(1);
  const scans = () => [unpack(TRAINING, TRAINING_LABELS), unpack(HELD_OUT, HELD_OUT_LABELS)];
  const parts = ([training, heldOut]) => ({ training, heldOut });
  const made = {
    digits: () => parts(scans()),
    large: () => parts(scans().map((one) => enlarge(one, LARGE))),
    shapes: () => ({ training: drawShapes(800, random), heldOut: drawShapes(KINDS.shapes.heldOut, random) }),
    own: () => fromDrawings(drawings),
  };
  return { shape: KINDS[kind].shape, classes: KINDS[kind].classes, ...made[kind]() };
}
