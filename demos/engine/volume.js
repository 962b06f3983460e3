// The layer of "The volume": small whole numbers for every size that a reader asks for.

import { matrix } from "./convolution.js";

/** A mixture of places: the same numbers on every visit, without a pattern to the eye. */
const mixed = (...places) => {
  let value = 5;
  for (const place of places) value = ((value + place) * 7919 + 12345) % 10007;
  return (value >> 3) % 3;
};

/** Image, weights and biases: pixels 0, 1, 2 and weights −1, 0, 1. */
export function numbers({ n, c, k, f }) {
  const list = (length, make) => Array.from({ length }, (_, place) => make(place));
  return {
    image: list(c, (channel) => matrix(n, n, (i, j) => mixed(channel, i, j))),
    weight: list(k, (filter) => list(c, (channel) =>
      matrix(f, f, (a, b) => mixed(filter + 7, channel, a, b) - 1))),
    bias: list(k, (filter) => (filter + 1) % 2),
  };
}

export const settingsOf = ({ s, p }) => ({ stride: [s, s], dilation: [1, 1], padding: [[p, p], [p, p]] });

/** Place number `step` in the order in which a layer fills its maps: filter, row, column. */
export function placeOf(step, [rows, columns]) {
  const within = step % (rows * columns);
  return [Math.floor(step / (rows * columns)), Math.floor(within / columns), within % columns];
}

export const stepOf = ([filter, i, j], [rows, columns]) => (filter * rows + i) * columns + j;
