// A convolution as a layer of a network computes it, in nested arrays: image[channel][row][column],
// weight[filter][channel][a][b], bias[filter]. Settings hold a pair for rows and columns:
//   stride [s, s], dilation [d, d], padding [[before, after], [before, after]].

export const PLAIN = { stride: [1, 1], dilation: [1, 1], padding: [[0, 0], [0, 0]] };

/** How many places a window finds along one axis: floor((n + padding - span) / stride) + 1. */
export function places(size, kernel, stride, dilation, padding) {
  const span = dilation * (kernel - 1) + 1;
  return Math.max(0, Math.floor((size + padding[0] + padding[1] - span) / stride) + 1);
}

/** Rows and columns of the output. */
export function outputSize(size, kernel, settings) {
  return [0, 1].map((axis) => places(
    size[axis], kernel[axis], settings.stride[axis], settings.dilation[axis], settings.padding[axis]));
}

export const sizeOf = (matrix) => [matrix.length, matrix[0].length];

export const matrix = (rows, columns, value = () => 0) =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => value(i, j)));

/** The pixel under weight number `a` when the window stands at place `i`; it may lie in the frame. */
export function under(i, a, axis, settings) {
  return i * settings.stride[axis] - settings.padding[axis][0] + a * settings.dilation[axis];
}

/** Every product that goes into output (i, j) of one filter; a pixel of the frame is 0. */
export function products(image, filter, i, j, settings = PLAIN) {
  const found = [];
  filter.forEach((slice, channel) => slice.forEach((line, a) => line.forEach((weight, b) => {
    const row = under(i, a, 0, settings), column = under(j, b, 1, settings);
    const pixel = image[channel][row]?.[column] ?? 0;
    found.push({ channel, a, b, row, column, pixel, weight, product: pixel * weight });
  })));
  return found;
}

export const sum = (terms) => terms.reduce((total, term) => total + term.product, 0);

/** All maps: output[filter][i][j] = bias + sum of the products. */
export function convolve(image, weight, bias, settings = PLAIN) {
  const [rows, columns] = outputSize(sizeOf(image[0]), sizeOf(weight[0][0]), settings);
  return weight.map((filter, k) =>
    matrix(rows, columns, (i, j) => bias[k] + sum(products(image, filter, i, j, settings))));
}

/** Half a turn: what makes a convolution of a cross-correlation. */
export const turned = (kernel) => kernel.map((line) => [...line].reverse()).reverse();
