// Levels of units above each other: the marked ones carry the number of their paths to one unit.

const svg = (name, attributes, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

/** counts[level][index], pixels first, of the paths to a unit of level `looked`; `pressed` is told the
 * level and the index of a unit. `lighting` lets the levels light up one after another. */
export function tower(counts, { looked, label, pressed, lighting }) {
  const width = counts[0].length;
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${1.5 * counts.length}`, role: "img", "aria-label": label,
    class: lighting ? "demo-tower demo-lighting" : "demo-tower" });
  counts.forEach((level, height) => {
    const y = 1.5 * (counts.length - 1 - height) + 0.75;
    const start = (width - level.length) / 2; // a level stands in the middle of the one below
    level.forEach((count, i) => {
      const unit = svg("g", { class: count ? "demo-seen" : "demo-unseen", style: `--step: ${looked - height}` });
      unit.append(svg("circle", { cx: start + i + 0.5, cy: y, r: 0.44 }));
      if (count) unit.append(svg("text", { x: start + i + 0.5, y: y + 0.17 }, count));
      if (height) {
        unit.dataset.unit = `${height} ${i}`;
        unit.addEventListener("click", () => pressed(height, i));
      }
      drawing.append(unit);
    });
  });
  return drawing;
}
