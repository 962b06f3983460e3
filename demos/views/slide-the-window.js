// "Slide the window": a window over a picture, the products under it, and the output they fill.

import { convolve, matrix, products, sizeOf, sum, turned } from "../engine/convolution.js";
import { decode, EXAMPLE, EXAMPLE_KERNEL, KERNELS, keepsBrightness, SEVEN, shown } from "../engine/pictures.js";
import { showNumber, within } from "../engine/settings.js";
import { COLUMNS, PHOTOGRAPH } from "../pictures/photograph.js";
import { fill } from "../texts/en.js";
import { button, choice, make, named, still, toggle } from "./dom.js";
import { demo } from "./frame.js";
import { Grid, SlidingWindow } from "./grid.js";
import { guess } from "./guess.js";
import { Picture } from "./picture.js";

const DEFAULTS = { picture: "example", kernel: "", turn: 0, at: [0, 0], pixels: [], weights: [], play: 0 };
const STEP = 650; // milliseconds from window to window

/** The matrix of a state: the numbers in the address, if there are as many as there must be. */
const edited = (numbers, plain) => (numbers.length === plain.flat().length
  ? matrix(...sizeOf(plain), (i, j) => numbers[i * plain[0].length + j]) : plain.map((line) => [...line]));

const PICTURES = { example: () => EXAMPLE, seven: () => SEVEN, photograph: () => decode(PHOTOGRAPH, COLUMNS) };

class Slide {
  constructor(frame) {
    this.frame = frame;
    const { state } = frame;
    state.picture = Object.hasOwn(PICTURES, state.picture) ? state.picture : "example";
    this.photo = state.picture === "photograph";
    const plain = state.picture === "example" ? EXAMPLE_KERNEL
      : KERNELS[state.kernel] ?? KERNELS[this.photo ? "A" : "stroke"];
    this.kernel = edited(state.weights, plain);
    this.image = this.photo ? PICTURES.photograph() : edited(state.pixels, PICTURES[state.picture]());
    this.compute();
    const [rows, columns] = sizeOf(this.output);
    state.at = [within(state.at[0] ?? 0, 0, rows - 1), within(state.at[1] ?? 0, 0, columns - 1)];
    this.known = matrix(rows, columns, () => Boolean(this.photo && frame.opened));
    if (frame.opened) this.known[state.at[0]][state.at[1]] = true;
  }

  get lying() {
    return this.frame.state.turn ? turned(this.kernel) : this.kernel;
  }

  compute() {
    [this.output] = convolve([this.image], [[this.lying]], [0]);
  }

  elements() {
    const { frame, frame: { words, state } } = this;
    const typed = (target, name) => (i, j, value) => {
      target[i][j] = value;
      state[name] = target.flat();
      if (name === "weights" && this.chosen) this.chosen.querySelector("select").value = "own";
      this.compute();
      this.update();
      frame.changed();
    };
    const small = this.image.length > 5;
    this.pictureGrid = this.photo ? new Picture(this.image, words.pictures.photograph)
      : new Grid(...sizeOf(this.image), { name: words.picture, words, small, typed: typed(this.image, "pixels") });
    this.kernelGrid = new Grid(...sizeOf(this.kernel), { name: words.kernel, words, typed: typed(this.kernel, "weights") });
    this.turnedGrid = new Grid(...sizeOf(this.kernel), { name: words.turnedKernel, words });
    this.productGrid = new Grid(...sizeOf(this.kernel), { name: words.products, words });
    this.outputGrid = this.photo ? new Picture(this.output, words.output)
      : new Grid(...sizeOf(this.output), { name: words.output, words, small, pressed: (i, j) => this.window.go(i, j) });
    this.window = new SlidingWindow(this.pictureGrid, { name: words.window, stops: sizeOf(this.output),
      span: sizeOf(this.kernel), at: state.at, moved: (i, j) => this.moved(i, j),
      describe: (i, j) => `${fill(words.place, { row: i + 1, column: j + 1 })}: ${this.value(i, j)}` });
    this.sum = make("p", { class: "demo-sum" });
    this.outputNote = make("div", { class: "demo-name" });
    this.question = this.ask();
    const parts = make("div", { class: "demo-row" }, named(words.picture, this.pictureGrid.element),
      make("div", { class: "demo-stack" }, named(words.kernel, this.kernelGrid.element),
        ...(state.turn ? [named(words.turnedKernel, this.turnedGrid.element)] : []),
        named(words.products, this.productGrid.element)),
      make("div", { class: "demo-part" }, this.outputNote, this.outputGrid.element));
    this.update();
    if (state.play && !frame.opened) this.playFirstRow();
    return [this.controls(), make("p", { class: "demo-hint" }, words.hint), parts, this.sum, this.question, this.actions()];
  }

  controls() {
    const { frame, frame: { words, state } } = this;
    const fresh = { at: [0, 0], pixels: [], weights: [], kernel: "", play: 0 };
    const pick = choice(words.choosePicture, words.pictures, state.picture, (picture) => {
      frame.opened = frame.opened && picture !== "photograph";
      frame.set({ ...fresh, picture });
    });
    const name = state.weights.length ? "own" : state.kernel || (this.photo ? "A" : "stroke");
    this.chosen = state.picture === "example" ? undefined : choice(words.chooseKernel, words.kernels, name,
      (kernel) => kernel !== "own" && frame.set({ kernel, weights: [] }));
    const turn = toggle(words.turn, state.turn, (on) => frame.set({ turn: Number(on) }));
    return make("div", { class: "demo-controls" }, ...[pick, this.chosen, turn].filter(Boolean));
  }

  actions() {
    const { words } = this.frame;
    const all = (value) => () => {
      this.known = this.known.map((line) => line.map(() => value));
      this.update();
    };
    this.playButton = button(words.play, () => (this.timer ? this.stop() : this.play()), { hidden: still() });
    const actions = [this.playButton, button(words.fill, all(true)), button(words.clear, all(false))];
    this.after = make("div", { class: "demo-controls", hidden: !this.frame.opened || this.photo }, ...actions);
    return this.after;
  }

  ask() {
    const { frame, frame: { words, state } } = this;
    const done = () => {
      this.stop();
      frame.opened = true;
      this.known = this.known.map((line) => line.map((one) => one || this.photo));
      this.known[state.at[0]][state.at[1]] = true;
      this.after.hidden = this.photo;
      this.update();
      this.window.element.focus({ preventScroll: true });
    };
    const photo = { question: words.questionPhoto, choices: { keeps: words.keeps, edges: words.edges },
      answer: () => (keepsBrightness(this.kernel) ? "keeps" : "edges"), done };
    const plain = { question: words.question, answer: () => this.output[state.at[0]][state.at[1]], done };
    const form = guess(frame, this.photo ? photo : plain);
    form.hidden = Boolean(frame.opened);
    return form;
  }

  value(i, j) {
    return this.known[i][j] ? showNumber(this.output[i][j]) : this.frame.words.unknown;
  }

  moved(i, j) {
    this.frame.state.at = [i, j];
    if (this.frame.opened) this.known[i][j] = true;
    this.update();
    this.frame.changed();
  }

  /** Show what is known. */
  update() {
    const { words, state: { at: [row, column] } } = this.frame;
    const known = this.known[row][column];
    const terms = products([this.image], [this.lying], row, column);
    const here = matrix(...sizeOf(this.kernel), (a, b) => terms[a * this.kernel[0].length + b].product);
    if (!this.photo) {
      this.pictureGrid.show(this.image);
      this.outputGrid.show(this.output.map((line, i) => line.map((value, j) => (this.known[i][j] ? value : undefined))));
      this.outputGrid.mark("demo-here", (i, j) => i === row && j === column);
    } else {
      this.outputGrid.show(known ? shown(this.output, this.kernel) : this.output.map((line) => line.map(() => 0.5)));
    }
    this.outputNote.textContent = !this.photo || !known ? words.output
      : keepsBrightness(this.kernel) ? words.photoKeeps : words.photoEdges;
    this.kernelGrid.show(this.kernel);
    this.turnedGrid.show(this.lying);
    this.productGrid.show(known ? here : here.map((line) => line.map(() => undefined)));
    const signed = (value) => (value < 0 ? `(${showNumber(value)})` : showNumber(value));
    const text = terms.map((term) => `${signed(term.weight)}·${signed(term.pixel)}`).join(" + ");
    this.sum.textContent = `${words.sum}: ${text} = ${known ? showNumber(sum(terms)) : "?"}`;
    this.window?.place();
  }

  /** Slide from place to place; `until(i)` ends it before row i. */
  play(until = (i) => i === this.known.length, then = () => {}) {
    const width = this.known[0].length;
    let place = this.frame.opened ? this.frame.state.at[0] * width + this.frame.state.at[1] : -1;
    if (place === width * this.known.length - 1) place = -1;
    this.playButton && (this.playButton.textContent = this.frame.words.pause);
    this.timer = setInterval(() => {
      place += 1;
      const [i, j] = [Math.floor(place / width), place % width];
      if (until(i)) {
        this.stop();
        then();
        return;
      }
      this.known[i][j] = true;
      this.window.go(i, j);
      this.update();
    }, STEP);
    this.frame.stop = () => this.stop();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.playButton) this.playButton.textContent = this.frame.words.play;
  }

  /** Before the question: show by the first row what happens, then ask about the second. */
  playFirstRow() {
    const end = () => {
      this.known[0].fill(true);
      this.window.go(1, 0);
      this.update();
      this.question.hidden = false;
    };
    if (still()) {
      end();
      return;
    }
    this.question.hidden = true;
    this.play((i) => i === 1, end);
    this.frame.live.addEventListener("pointerdown", () => this.timer && !this.frame.opened && (this.stop(), end()), { once: true });
  }
}

demo("slide-the-window", DEFAULTS, (frame) => new Slide(frame).elements());
