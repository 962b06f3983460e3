// What is wider than its column scrolls; the keyboard must be able to scroll it, too. A box is looked
// at when it gets its size: at first sight, when it is unfolded, when the window changes.
(() => {
  const wide = "div.math, .cell_output .output, .text_html, .text_html div, table, pre, figure, dd,"
    + " .frame, .pst-scrollable-table-container";
  const sizes = new ResizeObserver((entries) => {
    const boxes = entries.map((entry) => entry.target);
    // First look, then change: a change between two looks makes the browser measure all again.
    const scroll = boxes.map((box) => box.scrollWidth > box.clientWidth
      && /auto|scroll/.test(getComputedStyle(box).overflowX));
    boxes.forEach((box, number) => {
      if (scroll[number]) box.tabIndex = 0;
      else if (box.getAttribute("tabindex") === "0") box.removeAttribute("tabindex");
    });
  });
  addEventListener("load", () => {
    for (const box of document.querySelectorAll(`article :is(${wide})`)) sizes.observe(box);
  });
})();

// A link into something folded opens it, and the boxes around it; a printed page shows everything.
(() => {
  const openTo = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    let opened = false;
    for (let box = target?.closest("details"); box; box = box.parentElement.closest("details")) {
      opened ||= !box.open;
      box.open = true;
    }
    if (opened) target.scrollIntoView();
  };
  addEventListener("hashchange", openTo);
  addEventListener("DOMContentLoaded", openTo);
  addEventListener("click", (event) => {  // also the second time, when the address stays the same
    const link = event.target.closest?.("a[href*='#']");
    if (link && link.href === location.href) setTimeout(openTo);
  });
  let closed = [], theme;
  addEventListener("beforeprint", () => {
    theme = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light";  // paper is white
    for (const image of document.images) image.loading = "eager";
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const box of closed) box.open = true;
  });
  addEventListener("afterprint", () => {
    document.documentElement.dataset.theme = theme;
    for (const box of closed) box.open = false;
  });
})();

// Predictions: the choices become buttons; the answer opens when the reader has chosen one.
(() => {
  const make = (name, attributes, ...content) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.append(...content);
    return element;
  };
  const letters = "ABCDEFGHIJ";
  const ask = (box, number) => {
    const list = box.querySelector(".predict-choices"), answer = box.querySelector(".predict-answer");
    const question = box.querySelector(".predict-question");
    question.id ||= `predict-question-${number}`;
    const choices = [...list.children].map((item, place) => make("label", {},
      make("input", { type: "radio", name: `predict-${number}`, value: place + 1 }),
      make("span", { className: "predict-letter" }, letters[place]),
      make("span", {}, ...item.childNodes)));
    const group = make("div", { className: "predict-choices" }, ...choices);
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-labelledby", question.id);
    const button = make("button", { type: "button", disabled: true }, "This is my prediction");
    const verdict = make("p", { className: "predict-verdict" });
    verdict.setAttribute("role", "status");
    list.replaceWith(group);
    answer.before(button, verdict);
    answer.hidden = true;
    group.addEventListener("change", () => { button.disabled = false; });
    button.addEventListener("click", () => {
      const chosen = Number(group.querySelector(":checked").value), right = Number(box.dataset.answer);
      verdict.textContent = chosen === right ? `You chose ${letters[chosen - 1]}, and so it is.`
        : `You chose ${letters[chosen - 1]}; the answer is ${letters[right - 1]}.`;
      for (const input of group.querySelectorAll("input")) input.disabled = true;
      choices[right - 1].classList.add("predict-is-right");
      button.hidden = true;
      answer.hidden = false;
      answer.open = true;
      answer.querySelector("summary").focus();
    });
  };
  addEventListener("DOMContentLoaded", () => document.querySelectorAll(".predict").forEach(ask));
})();

// On a phone the contents lie over the page: a tap on a heading goes there and closes them.
addEventListener("click", (event) => {
  const link = event.target.closest?.("dialog a[href*='#']");
  if (link && link.href.split("#")[0] === location.href.split("#")[0]) link.closest("dialog").close();
});
