// "The way back": what arrives at the outputs, scattered to the pixels, or gathered by each pixel.

import { gathered, inputGradient, readers, spread } from "../engine/backward.js";
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

demo("the-way-back", DEFAULTS, (frame) => {
  const { words, state } = frame;
  const stride = within(state.stride, 1, 2), steps = [stride, stride];
  const settings = { stride: steps, dilation: [1, 1], padding: [[0, 0], [0, 0]] };
  const outputs = outputSize(SIZE, [2, 2], settings);
  state.at = [0, 1].map((axis) => within(state.at[axis] ?? 0, 0, SIZE[axis] - 1));
  const kernel = matrix(2, 2, (a, b) => state.kernel[2 * a + b] ?? 0);
  const arriving = matrix(...outputs, (i, j) => state.arriving[outputs[1] * i + j] ?? 0);
  const change = (target, name) => (i, j, value) => {
    target[i][j] = value;
    state[name] = target.flat();
    update();
    frame.changed();
  };
  const value = () => inputGradient([arriving], [[kernel]], SIZE, settings)[0];
  const pixels = new Grid(...SIZE, { name: words.gradient, words, pressed: (i, j) => frame.opened && window.go(i, j) });
  const weights = new Grid(2, 2, { name: words.kernel, words, typed: change(kernel, "kernel") });
  const came = new Grid(...outputs, { name: words.arriving, words, typed: change(arriving, "arriving") });
  const wide = new Grid(...SIZE.map((one) => one + 1), { name: words.spread, words, small: true });
  const half = new Grid(2, 2, { name: words.turned, words });
  const lines = make("div", { class: "demo-sum" });

  const sentence = ([row, column]) => {
    const total = showNumber(value()[row][column]);
    const terms = state.view === "gather" ? gathered(arriving, kernel, SIZE, steps, row, column)
      : readers(kernel, outputs, steps, row, column).map((one) => ({ ...one, g: arriving[one.i][one.j] }));
    const text = terms.map((term) => `${signed(term.g)}·${signed(term.weight)}`).join(" + ") || "0";
    const read = readers(kernel, outputs, steps, row, column).map((one) => fill(words.reader,
      { row: one.i + 1, column: one.j + 1, weight: showNumber(one.weight) })).join("; ");
    return { total, text: `${text} = ${total}`, read: read ? fill(words.readers, { read }) : words.unread };
  };
  const window = new SlidingWindow(pixels, { name: words.pixel, stops: SIZE, span: [1, 1], at: state.at,
    describe: (i, j) => `${fill(words.place, { row: i + 1, column: j + 1 })}: ${frame.opened ? sentence([i, j]).total : words.unknown}`,
    moved: (i, j) => {
      state.at = [i, j];
      update();
      frame.changed();
    } });

  function update() {
    const { at } = state, here = readers(kernel, outputs, steps, ...at);
    pixels.show(frame.opened ? value() : matrix(...SIZE, () => undefined));
    weights.show(kernel);
    came.show(arriving);
    came.mark("demo-here", (i, j) => here.some((one) => one.i === i && one.j === j));
    weights.mark("demo-here", (a, b) => here.some((one) => one.a === a && one.b === b));
    wide.show(spread(arriving, kernel, SIZE, steps));
    wide.mark("demo-here", (i, j) => i >= at[0] && i < at[0] + 2 && j >= at[1] && j < at[1] + 2);
    half.show(turned(kernel));
    const { text, read } = sentence(at);
    lines.replaceChildren(make("p", {}, read), ...(frame.opened ? [make("p", {}, text)] : []));
    window.place();
  }

  const form = guess(frame, { question: words.question, answer: () => value()[state.at[0]][state.at[1]], done: () => {
    frame.opened = true;
    update();
    window.element.focus({ preventScroll: true });
  } });
  form.hidden = Boolean(frame.opened);
  update();
  const controls = make("div", { class: "demo-controls" },
    choice(words.view, words.views, state.view, (view) => frame.set({ view })),
    choice(words.stride, { 1: "1", 2: "2" }, stride, (next) => {
      frame.opened = false;
      frame.set({ stride: Number(next), arriving: DEFAULTS.arriving });
    }));
  const parts = state.view === "gather"
    ? [named(words.spread, wide.element), named(words.turned, half.element)] : [];
  return [controls, make("p", { class: "demo-hint" }, words.hint),
    make("div", { class: "demo-row" }, named(words.arriving, came.element), named(words.kernel, weights.element),
      ...parts, named(words.gradient, pixels.element)), lines, form];
});
