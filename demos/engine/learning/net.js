// A network that learns: forward, cross-entropy, backward, and the update of SGD as torch defines it.

import { LAYERS } from "./layers.js";

export class Net {
  /** layers: settings with a `kind`; input: [channels, rows, columns]. */
  constructor(layers, input) {
    this.input = input;
    this.layers = [];
    for (const settings of layers) this.layers.push(new LAYERS[settings.kind](settings, this.layers.at(-1)?.size ?? input));
    this.parameters = this.layers.flatMap((layer) => layer.parameters);
  }

  /** Kaiming's start: weights uniform between ±√(6/fan), biases 0; `random()` gives numbers from 0 to 1. */
  start(random) {
    for (const { values, fan } of this.parameters) {
      const most = fan ? Math.sqrt(6 / fan) : 0;
      for (let i = 0; i < values.length; i += 1) values[i] = most * (2 * random() - 1);
    }
  }

  /** Logits of so many pictures. */
  forward(pictures, count) {
    return this.layers.reduce((batch, layer) => layer.forward(batch, count), pictures);
  }

  /** One step of the descent: the mean loss, and how many of the pictures were read rightly. */
  learn(pictures, labels, settings) {
    const { loss, right, gradient } = crossEntropy(this.forward(pictures, labels.length), labels);
    for (const parameter of this.parameters) parameter.gradient.fill(0);
    for (let i = this.layers.length - 1, arriving = gradient; i >= 0; i -= 1) {
      arriving = this.layers[i].backward(arriving, labels.length, i > 0);
    }
    for (const parameter of this.parameters) descend(parameter, settings);
    return { loss, right };
  }
}

/** g + decay·w goes into a running sum that forgets; the weight moves against it. */
function descend({ values, gradient, speed }, { rate, momentum, decay }) {
  for (let i = 0; i < values.length; i += 1) {
    speed[i] = momentum * speed[i] + gradient[i] + decay * values[i];
    values[i] -= rate * speed[i];
  }
}

/** The mean loss of a batch, how many are right, what was said, and the gradient by each logit. */
export function crossEntropy(logits, labels) {
  const classes = logits.length / labels.length, gradient = new Float64Array(logits.length), said = [];
  let loss = 0, right = 0;
  labels.forEach((label, n) => {
    const row = logits.subarray(n * classes, (n + 1) * classes);
    let best = 0, total = 0;
    for (let k = 1; k < classes; k += 1) if (row[k] > row[best]) best = k;
    for (let k = 0; k < classes; k += 1) total += Math.exp(row[k] - row[best]);
    loss += (Math.log(total) + row[best] - row[label]) / labels.length;
    for (let k = 0; k < classes; k += 1) {
      gradient[n * classes + k] = (Math.exp(row[k] - row[best]) / total - (k === label ? 1 : 0)) / labels.length;
    }
    said.push(best);
    right += best === label ? 1 : 0;
  });
  return { loss, right, said, gradient };
}

export const weightsOf = (net) => net.parameters.reduce((all, { values }) => all + values.length, 0);
