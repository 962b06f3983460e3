// Layers that learn: each knows the shape of its output, runs a batch forward, and hands gradients back.
// A batch is one array, picture after picture; a shape is [channels, rows, columns] or [units].

import { addProduct, lying, standing } from "./product.js";

export const length = (shape) => shape.reduce((all, one) => all * one, 1);

class Layer {
  constructor(settings, shape, size = shape) {
    Object.assign(this, { settings, shape, size, parameters: [], rooms: {} });
  }

  /** An array of zeros that is used again for the next batch. */
  room(name, count) {
    if (this.rooms[name]?.length === count) return this.rooms[name].fill(0);
    this.rooms[name] = new Float64Array(count);
    return this.rooms[name];
  }

  /** Weights, each of them one of `fan` in a sum, and biases. */
  learn(count, bias, fan) {
    this.parameters = [[count, fan], [bias, 0]].map(([many, from]) => ({ values: new Float64Array(many),
      gradient: new Float64Array(many), speed: new Float64Array(many), fan: from }));
  }
}

/** Every window becomes a column, so that the layer is one product of matrices for each picture. */
class Convolution extends Layer {
  constructor(settings, shape) {
    const { filters, kernel, stride, padding } = settings;
    const out = (n) => Math.floor((n + 2 * padding - kernel) / stride) + 1;
    super(settings, shape, [filters, out(shape[1]), out(shape[2])]);
    this.depth = shape[0] * kernel * kernel;
    this.places = this.size[1] * this.size[2];
    this.learn(filters * this.depth, filters, this.depth);
    this.reads = this.addresses();
  }

  /** Which pixel stands in each row and column of the matrix of windows; −1 is padding. */
  addresses() {
    const { kernel, stride, padding } = this.settings, [channels, rows, columns] = this.shape;
    const found = new Int32Array(this.depth * this.places);
    let at = 0;
    for (let c = 0; c < channels; c += 1) for (let a = 0; a < kernel; a += 1) for (let b = 0; b < kernel; b += 1) {
      for (let i = 0; i < this.size[1]; i += 1) for (let j = 0; j < this.size[2]; j += 1) {
        const row = i * stride + a - padding, column = j * stride + b - padding;
        const inside = row >= 0 && row < rows && column >= 0 && column < columns;
        found[at] = inside ? (c * rows + row) * columns + column : -1;
        at += 1;
      }
    }
    return found;
  }

  forward(input, count) {
    const { depth, places, reads, settings: { filters } } = this, [weight, bias] = this.parameters;
    const output = this.room("output", count * filters * places);
    const windows = this.room("windows", count * depth * places), pixels = length(this.shape);
    for (let n = 0; n < count; n += 1) {
      const from = n * depth * places, to = n * filters * places;
      for (let i = 0; i < reads.length; i += 1) if (reads[i] >= 0) windows[from + i] = input[n * pixels + reads[i]];
      for (let f = 0; f < filters; f += 1) output.fill(bias.values[f], to + f * places, to + (f + 1) * places);
      addProduct([filters, places, depth], lying(weight.values, depth), lying(windows, places, from), output, to);
    }
    return output;
  }

  backward(arriving, count, needed) {
    const { depth, places, reads, rooms: { windows }, settings: { filters } } = this, [weight, bias] = this.parameters;
    const pixels = length(this.shape), gradient = this.room("gradient", needed ? count * pixels : 0);
    for (let n = 0; n < count; n += 1) {
      const from = n * depth * places, to = n * filters * places;
      for (let f = 0; f < filters; f += 1) {
        for (let p = 0; p < places; p += 1) bias.gradient[f] += arriving[to + f * places + p];
      }
      addProduct([filters, depth, places], lying(arriving, places, to), standing(windows, places, from), weight.gradient);
      if (!needed) continue;
      const spread = this.room("spread", depth * places);
      addProduct([depth, places, filters], standing(weight.values, depth), lying(arriving, places, to), spread);
      for (let i = 0; i < reads.length; i += 1) if (reads[i] >= 0) gradient[n * pixels + reads[i]] += spread[i];
    }
    return gradient;
  }
}

class Linear extends Layer {
  constructor(settings, shape) {
    super(settings, shape, [settings.units]);
    this.learn(settings.units * shape[0], settings.units, shape[0]);
  }

  forward(input, count) {
    const [weight, bias] = this.parameters, units = this.settings.units, [depth] = this.shape;
    this.input = input;
    const output = this.room("output", count * units);
    for (let n = 0; n < count; n += 1) output.set(bias.values, n * units);
    addProduct([count, units, depth], lying(input, depth), standing(weight.values, depth), output);
    return output;
  }

  backward(arriving, count, needed) {
    const [weight, bias] = this.parameters, units = this.settings.units, [depth] = this.shape;
    for (let i = 0; i < count * units; i += 1) bias.gradient[i % units] += arriving[i];
    addProduct([units, depth, count], standing(arriving, units), lying(this.input, depth), weight.gradient);
    const gradient = this.room("gradient", needed ? count * depth : 0);
    if (needed) addProduct([count, depth, units], lying(arriving, units), lying(weight.values, depth), gradient);
    return gradient;
  }
}

/** A function of one value, and its slope as seen from the output. */
class Activation extends Layer {
  constructor(settings, shape) {
    super(settings, shape);
    [this.value, this.slope] = FUNCTIONS[settings.kind];
  }

  forward(input) {
    this.output = this.room("output", input.length);
    for (let i = 0; i < input.length; i += 1) this.output[i] = this.value(input[i]);
    return this.output;
  }

  backward(arriving) {
    const gradient = this.room("gradient", arriving.length);
    for (let i = 0; i < arriving.length; i += 1) gradient[i] = arriving[i] * this.slope(this.output[i]);
    return gradient;
  }
}

/** The commonest activation, written out: no call for each value. */
class Relu extends Layer {
  forward(input) {
    this.output = this.room("output", input.length);
    for (let i = 0; i < input.length; i += 1) if (input[i] > 0) this.output[i] = input[i];
    return this.output;
  }

  backward(arriving) {
    const gradient = this.room("gradient", arriving.length), { output } = this;
    for (let i = 0; i < arriving.length; i += 1) if (output[i] > 0) gradient[i] = arriving[i];
    return gradient;
  }
}

const FUNCTIONS = {
  sigmoid: [(x) => 1 / (1 + Math.exp(-x)), (y) => y * (1 - y)],
  tanh: [Math.tanh, (y) => 1 - y * y],
};

/** The largest value of each window, or the mean; the first of several largest ones gets the gradient. */
class Pool extends Layer {
  constructor(settings, shape) {
    const out = (n) => Math.floor((n - settings.kernel) / settings.stride) + 1;
    super(settings, shape, [shape[0], out(shape[1]), out(shape[2])]);
  }

  /** Call visit(output, pixels of its window) for every output. */
  visit(count, each) {
    const { kernel, stride } = this.settings, [channels, rows, columns] = this.shape, span = new Int32Array(kernel * kernel);
    let at = 0;
    for (let c = 0; c < count * channels; c += 1) {
      for (let i = 0; i < this.size[1]; i += 1) for (let j = 0; j < this.size[2]; j += 1) {
        for (let w = 0; w < span.length; w += 1) {
          span[w] = (c * rows + i * stride + Math.floor(w / kernel)) * columns + j * stride + (w % kernel);
        }
        each(at, span);
        at += 1;
      }
    }
  }

  forward(input, count) {
    const output = this.room("output", count * length(this.size)), largest = this.settings.kind === "max";
    this.chosen = largest ? new Int32Array(output.length) : undefined;
    this.visit(count, (at, span) => {
      if (largest) {
        let best = span[0];
        for (const one of span) if (input[one] > input[best]) best = one;
        this.chosen[at] = best;
        output[at] = input[best];
      } else {
        for (const one of span) output[at] += input[one] / span.length;
      }
    });
    return output;
  }

  backward(arriving, count) {
    const gradient = this.room("gradient", count * length(this.shape));
    if (this.chosen) this.chosen.forEach((pixel, at) => { gradient[pixel] += arriving[at]; });
    else this.visit(count, (at, span) => { for (const one of span) gradient[one] += arriving[at] / span.length; });
    return gradient;
  }
}

/** Maps become a row of units: the array stays as it is. */
class Flatten extends Layer {
  constructor(settings, shape) {
    super(settings, shape, [length(shape)]);
  }

  forward(input) {
    return input;
  }

  backward(arriving) {
    return arriving;
  }
}

export const LAYERS = { conv: Convolution, linear: Linear, relu: Relu, sigmoid: Activation, tanh: Activation,
  max: Pool, avg: Pool, flatten: Flatten };
