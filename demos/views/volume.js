// "The volume": every number of a layer with several channels and filters, and what makes it.

import { convolve, outputSize, products, sum } from "../engine/convolution.js";
import { showNumber, within } from "../engine/settings.js";
import { numbers, placeOf, settingsOf, stepOf } from "../engine/volume.js";
import { fill } from "../texts/en.js";
import { button, make, named, number, still } from "./dom.js";
import { demo } from "./frame.js";
import { Grid, SlidingWindow } from "./grid.js";
import { guess } from "./guess.js";

const LIMITS = { n: [2, 7], c: [1, 3], k: [1, 3], f: [1, 3], s: [1, 3], p: [0, 2] };
const DEFAULTS = { n: 5, c: 3, k: 2, f: 3, s: 2, p: 1, at: [0, 0, 0], pixels: [], weights: [], biases: [] };
const STEP = 900; // milliseconds from output to output

/** Put the numbers of the address into nested lists, if there are as many as there must be. */
function put(nested, values) {
  if (values.length !== nested.flat(Infinity).length) return nested;
  let place = 0;
  const copy = (part) => (Array.isArray(part) ? part.map(copy) : values[place++]);
  return copy(nested);
}

class Volume {
  constructor(frame) {
    this.frame = frame;
    const { state } = frame;
    for (const [name, limits] of Object.entries(LIMITS)) state[name] = within(state[name], ...limits);
    const plain = numbers(state);
    this.image = put(plain.image, state.pixels);
    this.weight = put(plain.weight, state.weights);
    this.bias = put(plain.bias, state.biases);
    this.settings = settingsOf(state);
    this.size = outputSize([state.n, state.n], [state.f, state.f], this.settings);
    this.count = state.k * this.size[0] * this.size[1];
    const step = within(stepOf([0, 1, 2].map((one) => state.at[one] ?? 0), this.size), 0, Math.max(0, this.count - 1));
    if (this.count) state.at = placeOf(step, this.size);
    this.known = new Set(frame.opened ? [step] : []);
  }

  elements() {
    const { words, state } = this.frame;
    const controls = make("div", { class: "demo-controls" }, ...Object.entries(LIMITS).map(([name, limits]) =>
      number(words[name], state[name], ...limits, (value) => {
        this.frame.opened = false;
        this.frame.set({ [name]: value, at: [0, 0, 0], pixels: [], weights: [], biases: [] });
      })));
    const head = [controls, make("p", { class: "demo-hint" }, words.hint)];
    if (!this.count) return [...head, make("p", {}, fill(words.none, { f: state.f, padded: state.n + 2 * state.p }))];
    this.build();
    this.lines = make("div", { class: "demo-sum" });
    this.after = make("div", { class: "demo-controls", hidden: !this.frame.opened },
      button(words.previous, () => this.step(-1)), button(words.next, () => this.step(1)), this.playButton());
    this.question = this.ask();
    this.update();
    return [...head, this.row, this.question, this.after, this.lines];
  }

  build() {
    const { words, state } = this.frame;
    const side = state.n + 2 * state.p;
    const outside = (i, j) => [i, j].some((one) => one < state.p || one >= state.n + state.p);
    const change = (target, name, all, shift = 0) => (i, j, value) => {
      target[i - shift][j - shift] = value;
      state[name] = all().flat(Infinity);
      this.update();
      this.frame.changed();
    };
    this.inputs = this.image.map((channel, one) => {
      const name = fill(words.input, { channel: one + 1 });
      const grid = new Grid(side, side, { name, words, small: true, fixed: outside,
        typed: change(channel, "pixels", () => this.image, state.p) });
      grid.mark("demo-frame", outside);
      return grid;
    });
    this.slices = this.weight.map((filter, k) => filter.map((slice, one) => new Grid(state.f, state.f, {
      name: fill(words.slice, { filter: k + 1, channel: one + 1 }), words, small: true,
      typed: change(slice, "weights", () => this.weight) })));
    this.biases = this.bias.map((_, k) => new Grid(1, 1, { name: fill(words.bias, { filter: k + 1 }), words, small: true,
      typed: (i, j, value) => {
        this.bias[k] = value;
        state.biases = this.bias;
        this.update();
        this.frame.changed();
      } }));
    this.maps = this.weight.map((_, k) => new Grid(...this.size, { name: fill(words.map, { filter: k + 1 }), words,
      small: true, pressed: (i, j) => this.go([k, i, j]) }));
    this.window = new SlidingWindow(this.inputs[0], { name: words.window, stops: this.size, step: [state.s, state.s],
      span: [state.f, state.f], at: state.at.slice(1), describe: () => this.said(),
      moved: (i, j) => this.go([state.at[0], i, j]) });
    const stack = (...parts) => make("div", { class: "demo-volume" }, ...parts);
    const label = (grid) => named(grid.name, grid.element);
    this.row = make("div", { class: "demo-row" }, stack(...this.inputs.map(label)),
      ...this.slices.map((filter, k) => stack(...filter.map(label), label(this.biases[k]))),
      stack(...this.maps.map(label)));
  }

  playButton() {
    const { words } = this.frame;
    this.player = button(words.play, () => (this.timer ? this.stop() : this.play()), { hidden: still() });
    return this.player;
  }

  play() {
    this.player.textContent = this.frame.words.pause;
    this.timer = setInterval(() => this.step(1), STEP);
    this.frame.stop = () => this.stop();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.player.textContent = this.frame.words.play;
  }

  ask() {
    const { words, state } = this.frame;
    const question = fill(words.question, { input: `${state.n} × ${state.n} × ${state.c}`,
      filters: `${state.k} × (${state.f} × ${state.f} × ${state.c})` });
    const form = guess(this.frame, { question, answer: () => this.count, done: () => {
      this.frame.opened = true;
      this.after.hidden = false;
      this.go(state.at);
      this.window.element.focus({ preventScroll: true });
    } });
    form.hidden = Boolean(this.frame.opened);
    return form;
  }

  step(by) {
    const next = (stepOf(this.frame.state.at, this.size) + by + this.count) % this.count;
    this.go(placeOf(next, this.size));
  }

  go(place) {
    this.frame.state.at = place;
    if (this.frame.opened) this.known.add(stepOf(place, this.size));
    this.window.at = place.slice(1);
    this.update();
    this.frame.changed();
  }

  said() {
    const { words, state: { at } } = this.frame;
    const known = this.known.has(stepOf(at, this.size));
    const [filter, row, column] = at.map((one) => one + 1);
    return `${fill(words.place, { filter, row, column })}: ${known ? showNumber(this.output[at[0]][at[1]][at[2]]) : words.unknown}`;
  }

  update() {
    const { state, state: { at: [k, row, column], p, s, f } } = this.frame;
    this.output = convolve(this.image, this.weight, this.bias, this.settings);
    const framed = (channel) => Array.from({ length: state.n + 2 * p }, (_, i) =>
      Array.from({ length: state.n + 2 * p }, (_, j) => channel[i - p]?.[j - p] ?? 0));
    const covered = (i, j) => i >= row * s && i < row * s + f && j >= column * s && j < column * s + f;
    this.inputs.forEach((grid, one) => {
      grid.show(framed(this.image[one]));
      grid.mark("demo-here", (i, j) => one > 0 && covered(i, j));
    });
    this.slices.forEach((filter, one) => filter.forEach((grid, channel) => {
      grid.show(this.weight[one][channel], 2);
      grid.element.classList.toggle("demo-idle", one !== k);
    }));
    this.biases.forEach((grid, one) => grid.show([[this.bias[one]]], 2));
    this.maps.forEach((grid, one) => {
      grid.show(this.output[one].map((line, i) => line.map((value, j) =>
        (this.known.has(stepOf([one, i, j], this.size)) ? value : undefined))));
      grid.mark("demo-here", (i, j) => one === k && i === row && j === column);
    });
    this.lines.replaceChildren(...this.sentences());
    this.window.place();
  }

  /** The sums, channel by channel, and what the sizes make. */
  sentences() {
    const { words, opened, state, state: { at: [k, row, column] } } = this.frame;
    if (!opened) return [];
    const signed = (value) => (value < 0 ? `(${showNumber(value)})` : showNumber(value));
    const terms = products(this.image, this.weight[k], row, column, this.settings);
    const parts = this.image.map((_, channel) => terms.filter((term) => term.channel === channel));
    const lines = parts.map((part, channel) => fill(words.channelSum, { channel: channel + 1, sum: showNumber(sum(part)),
      terms: part.map((term) => `${signed(term.pixel)}·${signed(term.weight)}`).join(" + ") }));
    const total = fill(words.total, { sums: parts.map((part) => signed(sum(part))).join(" + "),
      bias: signed(this.bias[k]), output: showNumber(this.output[k][row][column]) });
    const size = fill(words.size, { ...state, o: this.size[0] });
    const count = state.k * (state.c * state.f * state.f + 1);
    return [...lines, total, `${size} ${fill(words.parameters, { ...state, count })}`].map((text) => make("p", {}, text));
  }
}

demo("volume", DEFAULTS, (frame) => new Volume(frame).elements());
