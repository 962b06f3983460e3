// The way back through a convolution: what arrives at the outputs, handed on to pixels and weights.
// Arrays as in convolution.js; arriving[filter][i][j] is the gradient of the loss by each output.

import { matrix, PLAIN, sizeOf, turned, under } from "./convolution.js";

/** Each output scatters what arrives, times its weights, onto the pixels that it read. */
export function inputGradient(arriving, weight, size, settings = PLAIN) {
  const gradient = weight[0].map(() => matrix(...size));
  weight.forEach((filter, k) => arriving[k].forEach((line, i) => line.forEach((g, j) => {
    filter.forEach((slice, channel) => slice.forEach((weights, a) => weights.forEach((value, b) => {
      const row = under(i, a, 0, settings), column = under(j, b, 1, settings);
      if (gradient[channel][row]?.[column] !== undefined) gradient[channel][row][column] += value * g;
    })));
  })));
  return gradient;
}

/** Each weight collects what arrives, times the pixels that it met. */
export function weightGradient(arriving, image, kernel, settings = PLAIN) {
  return arriving.map((map) => image.map((channel) => matrix(...kernel, (a, b) => {
    let total = 0;
    map.forEach((line, i) => line.forEach((g, j) => {
      total += g * (channel[under(i, a, 0, settings)]?.[under(j, b, 1, settings)] ?? 0);
    }));
    return total;
  })));
}

/** The bias takes part in every output. */
export const biasGradient = (arriving) => arriving.map((map) => map.flat().reduce((total, g) => total + g, 0));

/** The same gradient, gathered: what arrives, with zeros between for the stride and a frame around it,
 * under a kernel turned by half a turn. One map, one channel, no padding, no dilation. */
export function spread(map, kernel, size, stride) {
  const [rows, columns] = sizeOf(kernel);
  const wide = matrix(size[0] + rows - 1, size[1] + columns - 1);
  map.forEach((line, i) => line.forEach((g, j) => {
    wide[rows - 1 + i * stride[0]][columns - 1 + j * stride[1]] = g;
  }));
  return wide;
}

/** The products that make the gradient of a pixel, in the gathering view. */
export function gathered(map, kernel, size, stride, row, column) {
  const wide = spread(map, kernel, size, stride);
  return turned(kernel).flatMap((line, a) => line.map((weight, b) =>
    ({ g: wide[row + a][column + b], weight, product: wide[row + a][column + b] * weight })));
}

/** What one output hands on: to each pixel that it read, what arrived times the weight. */
export function handed(map, kernel, stride, i, j) {
  const g = map[i][j];
  return kernel.flatMap((line, a) => line.map((weight, b) =>
    ({ row: i * stride[0] + a, column: j * stride[1] + b, a, b, g, weight, product: g * weight })));
}

/** Which outputs read a pixel, and with which weight. */
export function readers(kernel, outputs, stride, row, column) {
  const found = [];
  for (let i = 0; i < outputs[0]; i += 1) {
    for (let j = 0; j < outputs[1]; j += 1) {
      const [a, b] = [row - i * stride[0], column - j * stride[1]];
      if (kernel[a]?.[b] !== undefined) found.push({ i, j, a, b, weight: kernel[a][b] });
    }
  }
  return found;
}
