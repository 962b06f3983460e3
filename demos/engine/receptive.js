// What a unit of a stack of layers sees along one axis. A layer is [kernel, stride, dilation]; nothing
// is padded. Level 0 are the pixels, level 1 the outputs of the first layer.

/** Behind each layer: the size r of a field, and the jump j from one field to the next. */
export function fields(layers) {
  let [r, j] = [1, 1];
  return layers.map(([k, s, d]) => {
    r += (k - 1) * d * j;
    j *= s;
    return { r, j };
  });
}

/** How many units each level has, from n pixels on. */
export function units(n, layers) {
  const found = [n];
  for (const [k, s, d] of layers) found.push(Math.max(0, Math.floor((found.at(-1) - d * (k - 1) - 1) / s) + 1));
  return found;
}

/** Along how many paths each unit of the lower levels reaches one unit: paths[level][index]. */
export function paths(n, layers, level, unit) {
  const counts = units(n, layers).slice(0, level + 1).map((size) => Array(size).fill(0));
  counts[level][unit] = 1;
  for (let upper = level; upper > 0; upper -= 1) {
    const [k, s, d] = layers[upper - 1];
    counts[upper].forEach((count, i) => {
      for (let a = 0; a < k && count; a += 1) counts[upper - 1][i * s + a * d] += count;
    });
  }
  return counts;
}

/** Weights of square kernels, for each pair of channels. */
export const weights = (layers) => layers.reduce((total, [k]) => total + k * k, 0);

/** The two tasks: as wide as a 5 × 5 kernel with fewer weights; 224 pixels with at most 60. */
export function tasks(layers) {
  const r = fields(layers).at(-1)?.r ?? 1, cost = weights(layers);
  return { five: r === 5 && cost < 25, wide: r >= 224 && cost <= 60 };
}
