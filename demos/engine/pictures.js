// Pictures and kernels that the demos begin with.

/** The picture and the kernel of the chapter on the convolution. */
export const EXAMPLE = [[1, 0, 3], [1, 1, 4], [2, 2, 4]];
export const EXAMPLE_KERNEL = [[0, 2], [1, -1]];

/** A seven of eight rows and seven columns. */
export const SEVEN = [
  "0000000",
  "0111110",
  "0000110",
  "0001100",
  "0001000",
  "0011000",
  "0010000",
  "0000000",
].map((line) => [...line].map(Number));

export const KERNELS = {
  stroke: [[0, 0, 1], [0, 1, 0], [1, 0, 0]],
  A: [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
  B: [[1, 1, 1], [1, 1, 1], [1, 1, 1]].map((line) => line.map((one) => one / 9)),
  C: [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
  D: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
};

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A picture from a text with one sign a pixel: 64 steps from black (0) to white (1). */
export function decode(text, columns) {
  const values = [...text].map((sign) => DIGITS.indexOf(sign) / (DIGITS.length - 1));
  return Array.from({ length: values.length / columns }, (_, i) => values.slice(i * columns, (i + 1) * columns));
}

/** How a filtered photograph is shown, from 0 to 1: cut off, or half of the absolute value. */
export function shown(output, kernel) {
  const keeps = keepsBrightness(kernel);
  return output.map((line) => line.map((value) => Math.min(1, Math.max(0, keeps ? value : Math.abs(value) / 2))));
}

/** Weights that add up to nothing leave an even wall black. */
export const keepsBrightness = (kernel) => Math.abs(kernel.flat().reduce((total, one) => total + one, 0)) > 1e-6;
