// What all demos have in common: the place on the page, the state in the address, what is announced.

import { readSettings, writeSettings } from "../engine/settings.js";
import { texts } from "../texts/en.js";
import { button, make } from "./dom.js";

/** Put a demo into each of its places. `build(frame)` gives the elements for a state. */
export function demo(name, defaults, build) {
  const start = () => {
    for (const box of document.querySelectorAll(`.demo[data-demo="${name}"]`)) new Frame(box, name, defaults, build);
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
}

class Frame {
  constructor(box, name, defaults, build) {
    this.box = box;
    this.name = name;
    this.words = { ...texts.common, ...texts[name] };
    this.initial = readSettings(box.dataset.settings, defaults);
    const asked = new URLSearchParams(location.search).get(name);
    this.state = readSettings(asked, this.initial);
    this.build = build;
    this.status = make("p", { class: "demo-status", role: "status" });
    this.live = make("div", { class: "demo-live", role: "group", "aria-label": this.words.title });
    box.append(this.live);
    box.classList.add("demo-ready");
    this.draw();
  }

  /** Build everything from the state. */
  draw() {
    const focused = signature(this.live.contains(document.activeElement) && document.activeElement);
    this.stop?.();
    this.status.textContent = "";
    this.live.replaceChildren(
      make("p", { class: "demo-title" }, this.words.title),
      ...this.build(this).filter(Boolean),
      make("div", { class: "demo-foot" }, this.status, button(this.words.restart, () => this.restart()),
        // A page inside a notebook has no address.
        location.protocol === "about:" ? "" : button(this.words.link, () => this.copy())));
    if (focused) focusAgain([...this.live.querySelectorAll("button, select, input")].find((one) => signature(one) === focused));
  }

  restart() {
    this.state = { ...this.initial };
    this.opened = false;
    this.answered = undefined;
    this.draw();
    this.changed();
  }

  /** Change the state and build everything anew; the keyboard stays where it was. */
  set(changes) {
    Object.assign(this.state, changes);
    this.draw();
    this.changed();
  }

  /** Say something to those who do not see it happen; the last word stands below the demo. */
  say(text) {
    this.status.textContent = text;
  }

  /** The state is another one: after a moment of rest it stands in the address. */
  changed() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.write(location.hash), 300);
  }

  write(hash) {
    const address = new URL(location.href);
    const settings = writeSettings(this.state, this.initial);
    if (settings) address.searchParams.set(this.name, settings);
    else address.searchParams.delete(this.name);
    address.hash = hash;
    address.search = address.search.replace(/%3A/g, ":").replace(/%3B/g, ";").replace(/%2C/g, ",");
    try {
      history.replaceState(history.state, "", address);
    } catch {
      // A page that lies on the disk may not change its address in every browser.
    }
    return address.href;
  }

  async copy() {
    const address = this.write(this.box.id);
    try {
      await navigator.clipboard.writeText(address);
      this.say(this.words.copied);
    } catch {
      this.say(this.words.notCopied);
    }
  }
}

/** Go on where the keyboard was; in a number at its end, where the next digit belongs. */
function focusAgain(control) {
  control?.focus();
  if (control?.type !== "number") return;
  const { value } = control;
  control.value = "";
  control.value = value;
}

/** What makes a control the same one after everything was built anew: its kind, its group, its name. */
function signature(control) {
  if (!control) return undefined;
  const name = control.closest("label")?.firstElementChild.textContent ?? control.textContent;
  const group = control.closest("[role=group]").getAttribute("aria-label");
  return [control.localName, group, name, control.getAttribute("aria-label")].join(" ");
}
