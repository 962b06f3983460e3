// The layers of a trained network, forward only. What flows from layer to layer is {shape, values}: shape
// is [channels, rows, columns] or [units], the values lie in one row. `size` is the shape of the output.
//
// Each layer can do two things: compute all its outputs (`forward`), and say what one of them was made
// of (`terms`): {channel, a, b, index, weight}, where index is the place among the values of the input,
// −1 in the frame of zeros, and (a, b) the place under its kernel.

const area = ([, rows, columns]) => rows * columns;

/** A unit of a layer of maps as channel, row and column. */
export function placeOf(unit, [, rows, columns]) {
  return [Math.floor(unit / (rows * columns)), Math.floor(unit / columns) % rows, unit % columns];
}

const inside = (row, column, [, rows, columns]) => row >= 0 && row < rows && column >= 0 && column < columns;

/** Call see(a, b, row, column) for each place of the window that makes an output at (i, j). */
function visit({ kernel, stride, padding, dilation }, i, j, see) {
  for (let a = 0; a < kernel[0]; a += 1) {
    for (let b = 0; b < kernel[1]; b += 1) {
      see(a, b, i * stride[0] - padding[0] + a * dilation[0], j * stride[1] - padding[1] + b * dilation[1]);
    }
  }
}

const convolution = {
  how: "sum",

  /** Each weight adds its share to a whole map before the next weight has its turn. */
  forward({ weight, bias, groups, kernel, stride, padding, dilation, size }, { shape, values }) {
    const [filters, height, width] = size, [, rows, columns] = shape, slices = weight.shape[1];
    const [down, across] = stride;
    const output = new Float64Array(filters * height * width);
    for (let filter = 0; filter < filters; filter += 1) {
      const map = output.subarray(filter * height * width, (filter + 1) * height * width);
      map.fill(bias ? bias.values[filter] : 0);
      const first = Math.floor(filter / (filters / groups)) * slices;
      for (let slice = 0; slice < slices; slice += 1) {
        for (let a = 0; a < kernel[0]; a += 1) {
          for (let b = 0; b < kernel[1]; b += 1) {
            const one = weight.values[((filter * slices + slice) * kernel[0] + a) * kernel[1] + b];
            const top = a * dilation[0] - padding[0], left = b * dilation[1] - padding[1];
            // The places along a row where this weight meets a pixel.
            const from = Math.max(0, Math.ceil(-left / across)), to = Math.min(width, Math.ceil((columns - left) / across));
            for (let i = 0; i < height; i += 1) {
              const row = i * down + top;
              if (row < 0 || row >= rows) continue;
              let pixel = ((first + slice) * rows + row) * columns + left + from * across;
              for (let j = i * width + from; j < i * width + to; j += 1) {
                map[j] += one * values[pixel];
                pixel += across;
              }
            }
          }
        }
      }
    }
    return output;
  },

  terms(layer, { shape }, unit) {
    const { weight, groups, kernel, size } = layer, slices = weight.shape[1], found = [];
    const [filter, i, j] = placeOf(unit, size);
    const first = Math.floor(filter / (size[0] / groups)) * slices;
    for (let slice = 0; slice < slices; slice += 1) {
      visit(layer, i, j, (a, b, row, column) => found.push({ channel: first + slice, a, b,
        index: inside(row, column, shape) ? ((first + slice) * shape[1] + row) * shape[2] + column : -1,
        weight: weight.values[((filter * slices + slice) * kernel[0] + a) * kernel[1] + b] }));
    }
    return found;
  },

  bias: ({ bias, size }, unit) => (bias ? bias.values[placeOf(unit, size)[0]] : 0),
};

/** The pixels under a pooling window; outside the picture there is nothing to take. */
function pooled(layer, shape, unit) {
  const [channel, i, j] = placeOf(unit, layer.size), found = [];
  visit(layer, i, j, (a, b, row, column) => inside(row, column, shape)
    && found.push({ channel, a, b, index: (channel * shape[1] + row) * shape[2] + column, weight: 1 }));
  return found;
}

/** The largest of the terms that `read` finds. */
const maximum = (read) => ({
  how: "max",
  forward: (layer, { shape, values }) => Float64Array.from({ length: layer.size[0] * area(layer.size) }, (_, unit) =>
    read(layer, shape, unit).reduce((most, { index }) => Math.max(most, values[index]), -Infinity)),
  terms: (layer, { shape }, unit) => read(layer, shape, unit),
});

/** By how much an average divides: the window, without what reaches beyond the frame. */
function divisor({ kernel, stride, padding, frame, divisor: given, size }, { shape }, unit, read) {
  if (given) return given;
  if (!frame) return read.length;
  const place = placeOf(unit, size).slice(1);
  return [0, 1].map((axis) => {
    const start = place[axis] * stride[axis] - padding[axis];
    return Math.min(start + kernel[axis], shape[axis + 1] + padding[axis]) - start;
  }).reduce((height, width) => height * width);
}

/** Average over the terms that `read` finds. */
const average = (read, by) => ({
  how: "sum",
  forward(layer, input) {
    return Float64Array.from({ length: layer.size[0] * area(layer.size) }, (_, unit) => {
      const found = read(layer, input.shape, unit);
      return found.reduce((total, { index }) => total + input.values[index], 0) / by(layer, input, unit, found);
    });
  },
  terms(layer, input, unit) {
    const found = read(layer, input.shape, unit);
    return found.map((term) => ({ ...term, weight: 1 / by(layer, input, unit, found) }));
  },
});

/** Windows that share the picture among themselves, whatever its size. */
function shared({ size }, shape, unit) {
  const [channel, i, j] = placeOf(unit, size);
  const [top, left] = [i, j].map((one, axis) => Math.floor((one * shape[axis + 1]) / size[axis + 1]));
  const [bottom, right] = [i, j].map((one, axis) => Math.ceil(((one + 1) * shape[axis + 1]) / size[axis + 1]));
  return Array.from({ length: (bottom - top) * (right - left) }, (_, place) => {
    const a = Math.floor(place / (right - left)), b = place % (right - left);
    return { channel, a, b, index: (channel * shape[1] + top + a) * shape[2] + left + b, weight: 1 };
  });
}

const linear = {
  how: "sum",
  forward({ weight, bias }, { values }) {
    return Float64Array.from({ length: weight.shape[0] }, (_, unit) => {
      let total = bias ? bias.values[unit] : 0;
      for (let i = 0; i < values.length; i += 1) total += weight.values[unit * values.length + i] * values[i];
      return total;
    });
  },
  terms: ({ weight }, { values }, unit) => Array.from(values, (_, index) =>
    ({ channel: 0, a: 0, b: index, index, weight: weight.values[unit * values.length + index] })),
  bias: ({ bias }, unit) => (bias ? bias.values[unit] : 0),
};

/** A number for each channel, and one to add: batch normalisation after training. */
const scaled = {
  how: "sum",
  forward: ({ scale, shift }, { shape, values }) => values.map((value, unit) =>
    scale.values[Math.floor(unit / area(shape))] * value + shift.values[Math.floor(unit / area(shape))]),
  terms: ({ scale, size }, _, unit) => [{ channel: placeOf(unit, size)[0], a: 0, b: 0, index: unit,
    weight: scale.values[placeOf(unit, size)[0]] }],
  bias: ({ shift, size }, unit) => shift.values[placeOf(unit, size)[0]],
};

/** Each value by itself. */
const each = (change) => ({
  how: "function",
  forward: (_, { values }) => values.map(change),
  terms: (_, { shape }, unit) => [{ channel: shape.length === 3 ? placeOf(unit, shape)[0] : 0, a: 0, b: 0, index: unit,
    weight: 1 }],
});

const same = each((value) => value);

export const LAYERS = {
  Conv2d: convolution,
  MaxPool2d: maximum(pooled),
  AvgPool2d: average(pooled, divisor),
  AdaptiveAvgPool2d: average(shared, (_, __, ___, found) => found.length),
  AdaptiveMaxPool2d: maximum(shared),
  BatchNorm2d: scaled,
  Linear: linear,
  ReLU: each((value) => Math.max(0, value)),
  Sigmoid: each((value) => 1 / (1 + Math.exp(-value))),
  Tanh: each(Math.tanh),
  Flatten: same,
  Dropout: same,
  Dropout2d: same,
  Identity: same,
};
