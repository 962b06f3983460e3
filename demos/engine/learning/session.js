// One training: the pictures, the network, the order of the pictures, and what is said of it.

import { length } from "./layers.js";
import { crossEntropy, Net } from "./net.js";
import { pictureSet } from "./pictures.js";
import { randomBy, shuffled } from "./random.js";
import { readStack } from "./stack.js";

const SHOWN = 12, MOST = 400; // mistakes, and points of the chart

export class Session {
  /** kind of pictures, layers as text, the seed that decides weights and order, the reader's drawings. */
  constructor({ data, layers, seed, drawings }) {
    this.set = pictureSet(data, drawings);
    this.net = new Net(readStack(layers), this.set.shape);
    this.random = randomBy(seed);
    this.net.start(this.random);
    Object.assign(this, { order: [], steps: 0, epochs: 0, seen: 0, loss: undefined, curve: [] });
  }

  /** One batch; settings are rate, momentum, decay and batch. */
  step(settings) {
    const { pictures, labels } = this.set.training, area = length(this.set.shape);
    if (this.order.length === 0) {
      this.order = shuffled(labels.length, this.random);
      this.epochs += 1;
    }
    const chosen = this.order.splice(0, settings.batch), batch = new Float64Array(chosen.length * area);
    chosen.forEach((one, n) => batch.set(pictures.subarray(one * area, (one + 1) * area), n * area));
    const { loss } = this.net.learn(batch, chosen.map((one) => labels[one]), settings);
    this.steps += 1;
    this.seen += chosen.length;
    // A mean that forgets, for the eye: single batches jump.
    this.loss = this.loss === undefined ? loss : 0.9 * this.loss + 0.1 * loss;
    return loss;
  }

  /** What held-out pictures say, if there are any: loss, accuracy, and which ones are read wrongly as what. */
  test() {
    const { pictures, labels } = this.set.heldOut;
    if (labels.length === 0) return { wrong: [] };
    const { loss, right, said } = crossEntropy(this.net.forward(pictures, labels.length), labels);
    const wrong = said.map((answer, place) => ({ place, answer, label: labels[place] })).filter((one) => one.answer !== one.label);
    return { loss, accuracy: right / labels.length, wrong };
  }

  /** All that the page shows. */
  report() {
    const { loss, accuracy, wrong } = this.test(), { shape, heldOut, classes, training } = this.set, area = length(shape);
    this.curve.push([this.steps, this.loss ?? loss, loss, accuracy]);
    if (this.curve.length > MOST) this.curve = this.curve.filter((_, i) => i % 2 === 0);
    const picture = (place) => heldOut.pictures.slice(place * area, (place + 1) * area);
    const first = this.net.layers.find(({ settings }) => settings.kind === "conv");
    return { steps: this.steps, epochs: this.epochs, seen: this.seen, loss: this.loss ?? loss, heldOutLoss: loss, accuracy,
      classes, counts: [training.labels.length, heldOut.labels.length], curve: this.curve, shape,
      mistakes: wrong.slice(0, SHOWN).map((one) => ({ ...one, picture: picture(one.place) })), wrong: wrong.length,
      filters: first && { values: first.parameters[0].values.slice(), kernel: first.settings.kernel,
        channels: first.shape[0], count: first.settings.filters },
      levels: heldOut.labels.length ? this.look(picture(0)) : [] };
  }

  /** What each layer with maps gives for a picture. */
  look(picture) {
    const levels = [{ shape: this.set.shape, values: picture }];
    let batch = picture;
    for (const layer of this.net.layers) {
      batch = layer.forward(batch, 1);
      if (layer.size.length === 3) levels.push({ shape: layer.size, values: batch.slice() });
    }
    return levels;
  }
}

/** So many steps from the start, and what held-out pictures say then; for tests and for the page's answers. */
export function trained(settings, steps) {
  const session = new Session({ seed: 0, ...settings });
  for (let i = 0; i < steps; i += 1) session.step(settings);
  const { accuracy, loss } = session.test();
  return { accuracy, heldOutLoss: loss, loss: session.loss, epochs: session.epochs };
}
