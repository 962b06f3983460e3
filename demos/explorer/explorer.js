// "The explorer": every map of every layer of a trained network, for a picture that the reader draws,
// loads or chooses; and how each number came about.

import { ink, penWidth } from "../engine/drawing.js";
import { bytes, field, load, run, softmax } from "../engine/network.js";
import { showNumber, within } from "../engine/settings.js";
import { fill } from "../texts/en.js";
import { Bars, percent } from "../views/bars.js";
import { button, choice, make, named, toggle } from "../views/dom.js";
import { guess } from "../views/guess.js";
import { drawnAs, largest, paint, paintPicture } from "../views/maps.js";
import { Pad } from "../views/pad.js";
import { Inspector } from "./inspector.js";

// picture: the number of a given one, −1 for an empty one, −2 for a loaded one; at: level and unit, −1 for
// one in the middle.
export const DEFAULTS = { picture: 0, pen: [], swap: 0, at: [1, -1], part: 0 };
const MOST_MAPS = 256;

export class Explorer {
  constructor(frame, given) {
    Object.assign(this, { frame, given });
    frame.network ??= load(given.network);
    this.network = frame.network;
    const { state } = frame;
    const last = this.network.layers.length;
    state.picture = within(state.picture, frame.loaded ? -2 : -1, given.labels.length - 1);
    this.compute();
    const level = within(state.at[0] ?? 1, 0, last);
    const unit = state.at[1] ?? -1;
    state.at = [level, unit < 0 ? this.middle(level) : within(unit, 0, this.levels[level].values.length - 1)];
  }

  /** The unit in the middle of the first map. */
  middle(level) {
    const { shape: [, rows, columns] } = this.levels[level];
    return rows ? Math.floor(rows / 2) * columns + Math.floor(columns / 2) : 0;
  }

  get classes() {
    return this.given.classes;
  }

  /** The picture with what was drawn on it, as it is seen: from 0 to 1. */
  seen() {
    const { network: { input: [channels, rows, columns] }, frame: { state, loaded } } = this;
    const area = rows * columns, count = channels * area;
    this.pictures ??= bytes(this.given.pictures);
    const base = state.picture === -2 ? loaded : Float64Array.from({ length: count }, (_, i) =>
      (state.picture < 0 ? 0 : this.pictures[state.picture * count + i] / 255));
    const drawn = ink(state.pen, rows, columns, penWidth(rows, columns));
    return base.map((value, i) => Math.max(state.swap ? 1 - value : value, drawn[i % area]));
  }

  /** Run the network on the picture. */
  compute() {
    const { given: { mean, std }, network: { input: [, rows, columns] } } = this;
    this.picture = this.seen();
    const channel = (i) => Math.floor(i / (rows * columns));
    this.levels = run(this.network, this.picture.map((value, i) => (value - mean[channel(i)]) / std[channel(i)]));
    this.shares = this.classes ? softmax(this.levels.at(-1).values) : undefined;
  }

  elements() {
    const { frame, frame: { words, state }, network: { input } } = this;
    this.pad = new Pad({ size: input.slice(1), name: words.picture, words, drawing: () => state.pen,
      drawn: (numbers, done) => this.drew(numbers, done), say: (text) => frame.say(text) });
    this.seenField = make("div", { class: "demo-window", "aria-hidden": "true" });
    this.pad.element.append(this.seenField);
    this.bars = this.classes && new Bars(this.classes, words.answer);
    this.question = this.ask();
    this.answer = make("div", { class: "demo-part", hidden: !frame.opened },
      ...(this.bars ? [named(words.answer, this.bars.element)] : []));
    this.inspector = new Inspector(this);
    this.rows = [{ shape: input }, ...this.levels.slice(1)].map((_, level) => this.row(level));
    this.body = make("div", { class: "demo-explorer", hidden: !frame.opened },
      make("div", { class: "demo-levels", role: "group", "aria-label": words.layers }, ...this.rows.map(({ element }) => element)),
      this.inspector.element);
    this.show();
    return [this.controls(), make("p", { class: "demo-hint" }, words.hint),
      make("div", { class: "demo-row" }, named(words.picture, this.pad.element), this.answer), this.question, this.body];
  }

  controls() {
    const { frame, frame: { words, state }, given } = this;
    const label = (i) => (given.labels[i] === null ? "" : ` (${this.classes?.[given.labels[i]] ?? given.labels[i]})`);
    // A space before each number: numbers would be sorted to the front.
    const pictures = Object.fromEntries([[" -1", words.empty], ...(frame.loaded ? [[" -2", words.loaded]] : []),
      ...given.labels.map((_, i) => [` ${i}`, fill(words.number, { number: i + 1 }) + label(i)])]);
    const pick = choice(words.choose, pictures, ` ${state.picture}`, (one) => frame.set({ picture: Number(one), pen: [] }));
    const file = make("input", { type: "file", accept: "image/*", onchange: () => file.files[0] && this.read(file.files[0]) });
    return make("div", { class: "demo-controls" }, pick, button(words.clear, () => frame.set({ picture: -1, pen: [] })),
      make("label", { class: "demo-field" }, make("span", {}, words.load), file),
      toggle(words.swap, state.swap, (on) => frame.set({ swap: Number(on) })));
  }

  /** Bring a picture from the reader's disk to the size that the network takes. */
  async read(file) {
    const { frame, network: { input: [channels, rows, columns] } } = this;
    try {
      const image = await createImageBitmap(file);
      const side = Math.min(image.width / columns, image.height / rows);
      const context = make("canvas", { width: columns, height: rows }).getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(image, (image.width - side * columns) / 2, (image.height - side * rows) / 2, side * columns,
        side * rows, 0, 0, columns, rows);
      const { data } = context.getImageData(0, 0, columns, rows), area = rows * columns;
      const grey = (i) => (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]) / 255;
      frame.loaded = Float64Array.from({ length: channels * area }, (_, i) =>
        (channels === 3 ? data[4 * (i % area) + Math.floor(i / area)] / 255 : grey(i % area)));
      frame.set({ picture: -2, pen: [] });
    } catch {
      frame.say(fill(frame.words.noPicture, { name: file.name }));
    }
  }

  ask() {
    const { frame, frame: { words } } = this;
    if (!this.classes) { // no one answer to guess
      frame.opened = true;
      return undefined;
    }
    const choices = Object.fromEntries(this.classes.map((one, i) => [` ${i}`, one]));
    const form = guess(frame, { question: words.question, choices, answer: () => ` ${this.best()}`, done: () => {
      frame.opened = true;
      this.answer.hidden = false;
      this.body.hidden = false;
      this.show();
    } });
    form.hidden = Boolean(frame.opened);
    return form;
  }

  best() {
    return this.shares.indexOf(Math.max(...this.shares));
  }

  /** One layer: its name, and its maps side by side. */
  row(level) {
    const { words } = this.frame;
    const { shape } = this.levels[level], size = drawnAs(shape);
    const count = shape.length === 3 ? Math.min(shape[0], MOST_MAPS) : 1;
    const maps = Array.from({ length: count }, (_, map) => make("canvas", { class: "demo-map", "aria-hidden": "true",
      onclick: (event) => {
        const box = event.target.getBoundingClientRect();
        const [i, j] = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width]
          .map((share, axis) => within(Math.floor(share * size[axis]), 0, size[axis] - 1));
        this.go(level, (map * size[0] + i) * size[1] + j);
      } }));
    const name = button(this.name(level), () => this.go(level, this.middle(level)));
    const rest = shape.length === 3 && shape[0] > MOST_MAPS ? [fill(words.more, { count: shape[0] - MOST_MAPS })] : [];
    return { name, maps, size, element: make("div", { class: shape.length === 3 ? "demo-level" : "demo-level demo-flat" }, name,
      make("span", { class: "demo-name" }, shape.join(" × ")), make("div", { class: "demo-maps" }, ...maps, ...rest)) };
  }

  name(level) {
    const layer = this.network.layers[level - 1];
    return layer ? `${layer.name} ${layer.kind}` : this.frame.words.input;
  }

  drew(numbers, done) {
    const { frame, frame: { words } } = this;
    frame.state.pen = numbers;
    this.compute();
    this.show();
    frame.changed();
    if (done && this.classes && frame.opened) {
      const best = this.best();
      frame.say(fill(words.says, { answer: this.classes[best], share: percent(this.shares[best]) }));
    }
  }

  /** Look at a unit. */
  go(level, unit) {
    const { frame } = this;
    frame.state.at = [level, within(unit, 0, this.levels[level].values.length - 1)];
    frame.state.part = 0;
    this.inspector.build();
    this.show();
    frame.say(this.said());
    frame.changed();
    // On a phone the unit stands below all layers.
    if (matchMedia("(max-width: 42rem)").matches) this.inspector.element.scrollIntoView({ block: "start" });
  }

  /** What a unit is called, and its value. */
  said() {
    const { at: [level, unit] } = this.frame.state;
    return `${this.called(level, unit)}: ${showNumber(this.levels[level].values[unit], 3)}`;
  }

  called(level, unit) {
    const { words } = this.frame, { shape } = this.levels[level];
    if (shape.length !== 3) return fill(words.unit, { layer: this.name(level), unit: unit + 1 });
    const [, rows, columns] = shape;
    return fill(words.place, { layer: this.name(level), map: Math.floor(unit / (rows * columns)) + 1,
      row: (Math.floor(unit / columns) % rows) + 1, column: (unit % columns) + 1 });
  }

  /** Draw what there is now. */
  show() {
    const { frame: { opened, state: { at: [level, unit] } } } = this;
    paintPicture(this.pad.canvas, this.picture, this.network.input);
    this.seenField.hidden = !opened;
    const [top, left, bottom, right] = field(this.network, this.levels, level, unit);
    this.seenField.style.gridArea = `${top + 1} / ${left + 1} / ${bottom + 2} / ${right + 2}`;
    if (!opened) return;
    this.bars?.show(this.shares);
    this.rows.forEach(({ name, maps, size }, one) => {
      const { values } = this.levels[one], area = size[0] * size[1], most = largest(values);
      maps.forEach((canvas, map) => {
        paint(canvas, values.subarray(map * area, (map + 1) * area), size, most);
        canvas.classList.toggle("demo-marked", one === level && map === Math.floor(unit / area));
      });
      name.setAttribute("aria-pressed", String(one === level));
    });
    this.inspector.show();
  }
}
