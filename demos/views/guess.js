// A question before an answer: the reader commits to a number or a choice, or asks to be shown.

import { readNumber, showNumber } from "../engine/settings.js";
import { fill } from "../texts/en.js";
import { button, make } from "./dom.js";

const MOST_RADIOS = 12;
let count = 0;

/** A form. answer() gives the number, or the key of the right one of `choices`, at once or as a promise; then done(). */
export function guess(frame, { question, answer, choices, done }) {
  const { words } = frame;
  const name = `demo-guess-${(count += 1)}`;
  const input = choices ? undefined : make("input", { type: "text", inputmode: "text", autocomplete: "off",
    class: "demo-guess-input", "aria-label": words.guess });
  const given = Object.entries(choices ?? {});
  const select = given.length > MOST_RADIOS ? make("select", { "aria-label": words.guess }, make("option", { value: "" }),
    ...given.map(([key, text]) => make("option", { value: key }, text))) : undefined;
  const radios = select ? [] : given.map(([key, text]) => make("label", { class: "demo-toggle" },
    make("input", { type: "radio", name, value: key }), make("span", {}, text)));
  const fields = input || select ? [input ?? select] : radios;
  const text = (value) => (choices ? choices[value] : showNumber(value));

  const finish = (message) => {
    form.hidden = true;
    done();
    frame.say(message);
  };
  const submit = async (event) => {
    event.preventDefault();
    const said = input ? readNumber(input.value) : form.querySelector(":checked")?.value || undefined;
    if (said === undefined) {
      frame.say(choices ? question : fill(words.notNumber, { text: `“${input.value}”` }));
      form.querySelector("input, select").focus();
      return;
    }
    form.hidden = true;
    const right = await answer();
    const hit = choices ? said === right : Math.abs(said - right) < 0.0051;
    finish(fill(hit ? words.right : words.wrong, { guess: text(said), answer: text(right) }));
  };
  const show = async () => {
    form.hidden = true;
    finish(fill(words.shown, { answer: text(await answer()) }));
  };
  const form = make("form", { class: "demo-guess", onsubmit: submit },
    make("p", { id: name }, question),
    make("div", { class: "demo-row", role: "group", "aria-labelledby": name }, ...fields,
      make("button", { type: "submit", class: "demo-button demo-primary" }, words.check),
      button(words.show, show)));
  return form;
}
