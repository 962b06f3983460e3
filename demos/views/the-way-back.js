// "The way back": what arrives at the outputs, scattered to the pixels, or gathered by each pixel.

import { gathered, handed, inputGradient, readers, spread } from "../engine/backward.js";
import { matrix, outputSize, turned } from "../engine/convolution.js";
import { showNumber, within } from "../engine/settings.js";
import { fill } from "../texts/en.js";
import { choice, make, named } from "./dom.js";
import { demo } from "./frame.js";
import { Grid, SlidingWindow } from "./grid.js";
import { guess } from "./guess.js";

const SIZE = [5, 5], KERNEL = [1, 2, 0, -1];
const ARRIVING = [1, 2, -1, 0, 3, 1, -2, 1, 1, 0, 2, -1, 2, 1, 0, 1];
const DEFAULTS = { view: "scatter", stride: 1, at: [1, 1], kernel: KERNEL, arriving: ARRIVING };

const signed = (value) => (value < 0 ? `(${showNumber(value)})` : showNumber(value));
const product = ({ g, weight }) => `${signed(g)}·${signed(weight)}`;
const place = ([row, column]) => ({ row: row + 1, column: column + 1 });

class WayBack {
  constructor(frame) {
    this.frame = frame;
    const { state } = frame;
    const stride = within(state.stride, 1, 2);
    if (state.view !== "gather") state.view = "scatter";
    Object.assign(state, { stride, at: [0, 1].map((axis) => within(state.at[axis] ?? 0, 0, SIZE[axis] - 1)) });
    this.steps = [stride, stride];
    this.settings = { stride: this.steps, dilation: [1, 1], padding: [[0, 0], [0, 0]] };
    this.outputs = outputSize(SIZE, [2, 2], this.settings);
    this.kernel = matrix(2, 2, (a, b) => state.kernel[2 * a + b] ?? 0);
    this.arriving = matrix(...this.outputs, (i, j) => state.arriving[this.outputs[1] * i + j] ?? 0);
    this.lines = make("div", { class: "demo-sum demo-lines", id: `${frame.box.id}-lines` });
  }

  elements() {
    const { frame, frame: { words, state }, lines } = this;
    this.build();
    this.question = guess(frame, { question: words.question, answer: () => this.gradient()[state.at[0]][state.at[1]],
      done: () => {
        frame.opened = true;
        this.update();
        this.window.element.focus({ preventScroll: true });
      } });
    this.question.hidden = Boolean(frame.opened);
    this.update();
    const controls = make("div", { class: "demo-controls" },
      choice(words.view, words.views, state.view, (view) => frame.set({ view })),
      choice(words.stride, { 1: "1", 2: "2" }, state.stride, (next) => {
        frame.opened = false;
        frame.set({ stride: Number(next), arriving: DEFAULTS.arriving });
      }));
    const parts = state.view === "gather" ? [this.wide, this.half] : [];
    return [controls, make("p", { class: "demo-hint" }, words.hint),
      make("div", { class: "demo-row" }, ...[this.came, this.weights, ...parts, this.pixels].map((grid) =>
        named(grid.name, grid.element))), this.question, lines]; // the question does not move when lines do
  }

  build() {
    const { frame, frame: { words, state } } = this;
    const change = (target, name) => (i, j, value) => {
      target[i][j] = value;
      state[name] = target.flat();
      this.update();
      frame.changed();
    };
    const look = (kind) => (at) => {
      this.looked = at && { kind, at };
      this.point();
    };
    this.pixels = new Grid(...SIZE, { name: words.gradient, words, looked: look("pixel"),
      pressed: (i, j) => this.window.go(i, j) });
    this.weights = new Grid(2, 2, { name: words.kernel, words, typed: change(this.kernel, "kernel") });
    this.came = new Grid(...this.outputs, { name: words.arriving, words, looked: look("output"),
      typed: change(this.arriving, "arriving") });
    for (const cell of this.came.cells.flat()) cell.setAttribute("aria-describedby", this.lines.id);
    this.wide = new Grid(...SIZE.map((one) => one + 1), { name: words.spread, words, small: true });
    this.half = new Grid(2, 2, { name: words.turned, words });
    this.window = new SlidingWindow(this.pixels, { name: words.pixel, stops: SIZE, span: [1, 1], at: state.at,
      describe: (i, j) => `${fill(words.place, place([i, j]))}: ${frame.opened
        ? showNumber(this.gradient()[i][j]) : words.unknown}. ${this.readBy(this.readers([i, j]))}`,
      moved: (i, j) => {
        state.at = [i, j];
        this.update();
        frame.changed();
      } });
  }

  gradient() {
    return inputGradient([this.arriving], [[this.kernel]], SIZE, this.settings)[0];
  }

  readers(at) {
    return readers(this.kernel, this.outputs, this.steps, ...at);
  }

  /** Show the numbers. */
  update() {
    const { frame: { opened }, arriving, kernel } = this;
    this.pixels.show(opened ? this.gradient() : matrix(...SIZE, () => undefined));
    this.weights.show(kernel);
    this.came.show(arriving);
    this.wide.show(spread(arriving, kernel, SIZE, this.steps));
    this.half.show(turned(kernel));
    this.window.place();
    this.point();
  }

  /** Mark what belongs to the output or the pixel that is looked at; without one, to the square. */
  point() {
    const { kind, at } = this.looked ?? { kind: "pixel", at: this.frame.state.at };
    if (kind === "output") this.pointAtOutput(at);
    else this.pointAtPixel(at);
  }

  pointAtPixel(at) {
    const { frame: { words, opened }, pixels, came, weights, wide } = this;
    const found = this.readers(at);
    const reader = (i, j) => found.find((one) => one.i === i && one.j === j);
    came.mark("demo-here", reader);
    came.note((i, j) => reader(i, j) && `×${showNumber(reader(i, j).weight)}`);
    weights.mark("demo-here", (a, b) => found.some((one) => one.a === a && one.b === b));
    wide.mark("demo-here", (i, j) => i >= at[0] && i < at[0] + 2 && j >= at[1] && j < at[1] + 2);
    pixels.mark("demo-here", (i, j) => this.looked && i === at[0] && j === at[1]);
    pixels.note(() => undefined);
    this.say(`${fill(words.here, place(at))} ${this.readBy(found)}`, ...(opened ? [this.sum(at, found)] : []));
  }

  pointAtOutput(at) {
    const { frame: { words, opened }, pixels, came, weights, wide, steps } = this;
    const terms = handed(this.arriving, this.kernel, steps, ...at);
    const term = (i, j) => terms.find(({ row, column }) => row === i && column === j);
    came.mark("demo-here", (i, j) => i === at[0] && j === at[1]);
    came.note(() => undefined);
    weights.mark("demo-here", () => true);
    wide.mark("demo-here", (i, j) => i === 1 + at[0] * steps[0] && j === 1 + at[1] * steps[1]);
    pixels.mark("demo-here", term);
    pixels.note((i, j) => (opened && term(i, j) ? showNumber(term(i, j).product) : undefined));
    const list = terms.map((one) => fill(words.handed, { ...place([one.row, one.column]),
      terms: `${product(one)} = ${showNumber(one.product)}` })).join("; ");
    this.say(fill(words.output, { ...place(at), count: terms.length }), ...(opened ? [fill(words.hands, { list })] : []));
  }

  readBy(found) {
    const { words } = this.frame;
    const read = found.map((one) => fill(words.reader, { ...place([one.i, one.j]), weight: showNumber(one.weight) }));
    return read.length ? fill(words.readers, { read: read.join("; ") }) : words.unread;
  }

  /** The products that make the gradient of a pixel, in the order of the view. */
  sum([row, column], found) {
    const { arriving, kernel } = this;
    const terms = this.frame.state.view === "gather" ? gathered(arriving, kernel, SIZE, this.steps, row, column)
      : found.map((one) => ({ ...one, g: arriving[one.i][one.j] }));
    return `${terms.map(product).join(" + ") || "0"} = ${showNumber(this.gradient()[row][column])}`;
  }

  say(...texts) {
    this.lines.replaceChildren(...texts.map((text) => make("p", {}, text)));
  }
}

demo("the-way-back", DEFAULTS, (frame) => new WayBack(frame).elements());
