// A figure that had to shrink gets a button that shows it in full, to be scrolled and pinched.
(() => {
  const open = (image) => {
    const box = document.createElement("dialog"), close = document.createElement("button");
    const large = image.cloneNode();
    box.className = "lightbox";
    box.setAttribute("aria-label", "Figure in full size");
    for (const name of ["style", "width", "height", "loading"]) large.removeAttribute(name);
    large.width = Math.max(image.naturalWidth, Math.min(900, image.getBoundingClientRect().width * 2.5));
    close.type = "button";
    close.textContent = "✕";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => box.close());
    box.addEventListener("close", () => box.remove());
    box.append(close, large);
    document.querySelector("article").append(box);
    box.showModal();
  };
  const shrunk = (image) => {
    const shown = image.getBoundingClientRect().width;
    const natural = image.naturalWidth || Number(image.getAttribute("width"));
    const frame = image.closest(".frame");
    return shown && !(shown > 0.8 * natural && !(frame && frame.scrollWidth > frame.clientWidth));
  };
  const offer = (image) => {
    const figure = image.closest("figure");
    if (figure.querySelector(".enlarge")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "enlarge";
    button.textContent = "⤢";
    button.setAttribute("aria-label", "Show the figure in full size");
    button.addEventListener("click", () => open(image));
    (figure.querySelector("figcaption") ?? figure).prepend(button);  // not over the picture
  };
  addEventListener("load", () => {
    const images = [...document.querySelectorAll("article figure img")];
    // First look at all, then change: a change between two looks makes the browser measure all again.
    images.filter((image) => image.complete && shrunk(image)).forEach(offer);
    for (const image of images.filter((one) => !one.complete))
      image.addEventListener("load", () => { if (shrunk(image)) offer(image); }, { once: true });
  });
})();

// Code that is wider than its box gets a button that breaks its lines, there and everywhere.
(() => {
  let kept;
  try { kept = localStorage.getItem("wrap-code"); } catch { kept = null; }
  document.documentElement.classList.toggle("wrapped", kept === "yes");
  const change = () => {
    const wrapped = document.documentElement.classList.toggle("wrapped");
    try { localStorage.setItem("wrap-code", wrapped ? "yes" : "no"); } catch { /* not kept, then */ }
    for (const button of document.querySelectorAll(".wrap-code")) name(button);
  };
  const name = (button) => {
    button.textContent = document.documentElement.classList.contains("wrapped") ? "Unwrap" : "Wrap";
    button.setAttribute("aria-label", `${button.textContent} the lines of code`);
  };
  const offer = (code) => {
    const box = code.closest("div.highlight");
    if (!box || box.querySelector(".wrap-code")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "wrap-code";
    button.addEventListener("click", change);
    name(button);
    box.append(button);
  };
  const narrow = matchMedia("(max-width: 767px)");
  const sizes = new ResizeObserver((entries) => {
    const wrapped = document.documentElement.classList.contains("wrapped");
    entries.map((entry) => entry.target)
      .filter((code) => wrapped || code.scrollWidth > code.clientWidth + 1).forEach(offer);
  });
  const look = () => {  // a screen can be turned
    sizes.disconnect();
    if (narrow.matches)
      for (const code of document.querySelectorAll("article div.highlight > pre")) sizes.observe(code);
    else
      for (const button of document.querySelectorAll(".wrap-code")) button.remove();
  };
  addEventListener("load", look);
  narrow.addEventListener("change", look);
})();
