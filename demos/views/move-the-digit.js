// "Move the digit": what an MLP and two convolutional networks, trained on digits in the middle, say of a
// digit that is moved, turned, drawn, or shuffled.

import { centred, moved, shuffled, twin } from "../engine/digits.js";
import { ink, penWidth } from "../engine/drawing.js";
import { bytes, load, run, softmax } from "../engine/network.js";
import { showNumber, within } from "../engine/settings.js";
import { fill } from "../texts/en.js";
import { STORED } from "../weights/digits.js";
import { Bars } from "./bars.js";
import { button, choice, make, named, number, toggle } from "./dom.js";
import { demo } from "./frame.js";
import { SlidingWindow } from "./grid.js";
import { guess } from "./guess.js";
import { Pad } from "./pad.js";
import { Picture } from "./picture.js";

const CANVAS = 16, SIDE = 8, FAR = (CANVAS - SIDE) / 2, ANGLE = 15;
const NETWORKS = ["mlp", "cnn", "pooled"];
// digit: −1 is none; at: rows down, columns to the right.
const DEFAULTS = { digit: 7, at: [0, 0], turn: 0, shuffle: 0, tool: "move", pen: [] };

const ORDER = bytes(STORED.order), SAMPLES = bytes(STORED.samples);
const opened = {};

/** A network, made of its weights when it is first asked for. */
function network(kind, shuffle) {
  const name = `${kind}${shuffle ? "-shuffled" : ""}`;
  opened[name] ??= name === "mlp-shuffled" ? twin(network("mlp"), ORDER) : load(STORED.networks[name]);
  return opened[name];
}

/** How many test digits a network reads at a place. */
function count(kind, shuffle, [rows, columns]) {
  const all = STORED.read[`${kind}${shuffle ? "-shuffled" : ""}`].split(" ");
  return Number(all[(rows + FAR) * (2 * FAR + 1) + columns + FAR]);
}

const rowsOf = (picture) => Array.from({ length: CANVAS }, (_, i) => [...picture.slice(i * CANVAS, (i + 1) * CANVAS)]);

class Digit {
  constructor(frame) {
    this.frame = frame;
    const { state } = frame;
    state.digit = within(state.digit, -1, 9);
    state.turn = within(state.turn, -180, 180);
    state.at = [0, 1].map((axis) => within(state.at[axis] ?? 0, -FAR, FAR));
    if (state.tool === "draw") Object.assign(state, { at: [0, 0], turn: 0 });
    else state.tool = "move";
    this.compute();
  }

  compute() {
    const { digit, pen, at, turn, shuffle } = this.frame.state;
    const pixels = Array.from(SAMPLES.subarray(SIDE * SIDE * digit, SIDE * SIDE * (digit + 1)), (one) => one / 255);
    const drawn = ink(pen, CANVAS, CANVAS, penWidth(CANVAS, CANVAS));
    const base = digit < 0 ? drawn : centred(pixels, SIDE, CANVAS).map((one, i) => Math.max(one, drawn[i]));
    this.picture = moved(base, CANVAS, at, turn);
    this.seen = shuffle ? shuffled(this.picture, ORDER) : this.picture;
    const input = this.seen.map((one) => (one - STORED.mean) / STORED.std);
    this.shares = Object.fromEntries(NETWORKS.map((kind) =>
      [kind, softmax(run(network(kind, shuffle), input).at(-1).values)]));
  }

  elements() {
    const { frame: { words, state } } = this;
    const digits = Array.from({ length: 10 }, (_, digit) => String(digit));
    this.bars = Object.fromEntries(NETWORKS.map((kind) => [kind, new Bars(digits, words.networks[kind])]));
    this.place = state.tool === "draw" ? this.pad() : this.movable();
    this.shuffledPicture = state.shuffle ? new Picture(rowsOf(this.seen), words.seen) : undefined;
    this.answers = make("div", { class: "demo-row demo-networks", hidden: !this.frame.opened },
      ...NETWORKS.map((kind) => named(words.networks[kind], this.bars[kind].element)));
    this.tested = make("p", { class: "demo-sum", hidden: !this.frame.opened });
    this.question = this.ask();
    this.show();
    return [this.controls(), make("p", { class: "demo-hint" }, words.hint),
      make("div", { class: "demo-row demo-digit" }, named(words.picture, this.place),
        this.shuffledPicture && named(words.seen, this.shuffledPicture.element)),
      state.shuffle ? make("p", { class: "demo-hint" }, words.shuffledNote) : undefined,
      this.question, this.answers, this.tested];
  }

  movable() {
    const { words, state } = this.frame;
    this.shown = new Picture(rowsOf(this.picture), words.picture);
    const stops = 2 * FAR + 1;
    this.window = new SlidingWindow(this.shown, { name: words.frame, stops: [stops, stops], span: [SIDE, SIDE],
      at: state.at.map((one) => one + FAR), describe: () => this.said(),
      moved: (i, j) => this.change({ at: [i - FAR, j - FAR] }) });
    return this.shown.element;
  }

  pad() {
    const { frame, frame: { words, state } } = this;
    const pad = new Pad({ size: [CANVAS, CANVAS], name: words.picture, words, drawing: () => state.pen,
      say: (text) => frame.say(text),
      drawn: (pen, done) => {
        this.change({ pen });
        if (done && frame.opened) frame.say(this.answer());
      } });
    this.shown = { show: (rows) => Picture.prototype.show.call({ canvas: pad.canvas, rows: CANVAS, columns: CANVAS }, rows) };
    return pad.element;
  }

  controls() {
    const { frame, frame: { words, state } } = this;
    const names = Object.fromEntries([["none", words.blank], ...Array.from({ length: 10 }, (_, i) => [`d${i}`, String(i)])]);
    const digit = choice(words.digit, names, state.digit < 0 ? "none" : `d${state.digit}`,
      (one) => frame.set({ digit: one === "none" ? -1 : Number(one.slice(1)) }));
    const tool = choice(words.tool, words.tools, state.tool, (one) => frame.set({ tool: one }));
    this.turned = number(words.turn, state.turn, -180, 180, (turn) => this.turn(turn));
    const by = (angle) => () => {
      const turn = within(state.turn + angle, -180, 180);
      this.turned.querySelector("input").value = turn;
      this.turn(turn);
    };
    const turning = state.tool === "draw" ? [button(words.clear, () => this.change({ pen: [] }))]
      : [this.turned, button(words.left, by(-ANGLE)), button(words.right, by(ANGLE))];
    const shuffle = toggle(words.shuffle, state.shuffle, (on) => frame.set({ shuffle: Number(on) }));
    return make("div", { class: "demo-controls" }, digit, tool, ...turning, shuffle);
  }

  turn(turn) {
    this.change({ turn });
    if (this.frame.opened) this.frame.say(this.answer());
  }

  ask() {
    const { frame, frame: { words } } = this;
    const choices = Object.fromEntries(words.choices.map((text, i) => [`c${i}`, text]));
    // With what the test digits gave: the networks that read more than half, in the order of the choices.
    const reading = () => NETWORKS.filter((kind) => count(kind, 0, [0, 2]) > STORED.tested / 2).length;
    const form = guess(frame, { question: words.question, choices, answer: () => `c${reading()}`, done: () => {
      frame.opened = true;
      this.answers.hidden = false;
      this.tested.hidden = false;
      if (frame.state.tool === "move") this.change({ at: [0, 2] });
      this.window?.element.focus({ preventScroll: true });
    } });
    form.hidden = Boolean(frame.opened);
    return form;
  }

  change(changes) {
    Object.assign(this.frame.state, changes);
    this.compute();
    this.show();
    this.frame.changed();
  }

  /** What the networks say, in words. */
  answer() {
    const { words } = this.frame;
    return NETWORKS.map((kind) => fill(words.says, { network: words.networks[kind],
      digit: this.shares[kind].indexOf(Math.max(...this.shares[kind])) })).join("; ");
  }

  said() {
    const { words, opened: known, state: { at: [down, right] } } = this.frame;
    const place = fill(words.place, { down: showNumber(down), right: showNumber(right) });
    return known ? `${place}: ${this.answer()}` : place;
  }

  show() {
    const { words, state: { at, turn, shuffle, digit, pen } } = this.frame;
    this.shown.show(rowsOf(this.picture));
    this.shuffledPicture?.show(rowsOf(this.seen));
    for (const kind of NETWORKS) this.bars[kind].show(this.shares[kind]);
    const list = NETWORKS.map((kind) => fill(words.reads, { network: words.networks[kind], count: count(kind, shuffle, at) }));
    this.tested.textContent = turn || pen.length || digit < 0 ? words.notTested
      : fill(words.read, { count: STORED.tested, list: list.join("; ") });
    if (!this.window) return;
    this.window.at = at.map((one) => one + FAR);
    this.window.place();
  }
}

demo("move-the-digit", DEFAULTS, (frame) => new Digit(frame).elements());
