// Levels of units above each other: the marked ones carry the number of their paths to the top.

const svg = (name, attributes, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

/** counts[level][index], pixels first; `pressed` is told the index of a unit of the top. */
export function tower(counts, label, pressed) {
  const width = counts[0].length;
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${1.5 * counts.length}`, role: "img", "aria-label": label,
    class: "demo-tower" });
  counts.forEach((level, height) => {
    const y = 1.5 * (counts.length - 1 - height) + 0.75;
    const start = (width - level.length) / 2; // a level stands in the middle of the one below
    level.forEach((count, i) => {
      const unit = svg("g", { class: count ? "demo-seen" : "demo-unseen" });
      unit.append(svg("circle", { cx: start + i + 0.5, cy: y, r: 0.44 }));
      if (count) unit.append(svg("text", { x: start + i + 0.5, y: y + 0.17 }, count));
      if (height === counts.length - 1) unit.addEventListener("click", () => pressed(i));
      drawing.append(unit);
    });
  });
  return drawing;
}
