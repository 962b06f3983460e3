// Which pixels a window reads along one axis. A layer is {n, k, s, d, before, after}: pixels, weights,
// stride, dilation, and the padding on either side.

import { places } from "./convolution.js";

/** What the formula says: the span of the kernel, the frame, the number of outputs, what is left over. */
export function sizes({ n, k, s, d, before, after }) {
  const span = d * (k - 1) + 1, padded = n + before + after;
  const outputs = places(n, k, s, d, [before, after]);
  return { span, padded, outputs, left: outputs ? padded - span - (outputs - 1) * s : 0 };
}

/** Where the window stands at place i: the pixels under its weights; −1 and less lie in the frame. */
export const stop = (i, { k, s, d, before }) => Array.from({ length: k }, (_, a) => i * s - before + a * d);

/** How often each pixel is read. */
export function reads(layer) {
  const counts = Array(layer.n).fill(0);
  for (let i = 0; i < sizes(layer).outputs; i += 1) {
    for (const pixel of stop(i, layer)) if (pixel >= 0 && pixel < layer.n) counts[pixel] += 1;
  }
  return counts;
}

/** The numbers of the pixels that no window reads. */
export const unread = (layer) => reads(layer).flatMap((count, pixel) => (count ? [] : [pixel]));

/** A transposed layer writes where a layer would read: the layer whose places are its n inputs. */
export function mirrored(layer) {
  const { n, k, s, d, before, after } = layer;
  return { ...layer, n: Math.max(0, (n - 1) * s + d * (k - 1) + 1 - before - after) };
}
