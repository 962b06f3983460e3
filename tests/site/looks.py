"""What a style sheet owes the reader beyond colours that can be read: a dark page, focus, all text.

Each function takes a `Visit` and returns sentences, none for a page without fault.
"""

from visits import STILL

PALE = """() => {
  const faults = [], light = (text) => {
    const [r, g, b, a = 1] = (text.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    return a > 0.5 && 0.2126 * r + 0.7152 * g + 0.0722 * b > 150;
  };
  const all = [document.documentElement, ...document.querySelectorAll("body, article *")];
  for (const part of all) {
    if (part.closest("svg") || part.offsetWidth * part.offsetHeight < 5000) continue;
    const style = getComputedStyle(part), name = `${part.localName}.${part.className}`;
    if (part.matches("img.drawing") && !/invert/.test(style.filter))
      faults.push(`a drawing on white in the dark: ${part.getAttribute("src")}`);
    else if (light(style.backgroundColor) && !/invert/.test(style.filter) && !part.matches("img"))
      faults.push(`a pale ground in the dark: ${name}, ${style.backgroundColor}`);
  }
  const clear = (part) => getComputedStyle(part).backgroundColor === "rgba(0, 0, 0, 0)";
  if (all.slice(0, 2).every(clear) && !/dark/.test(getComputedStyle(all[0]).colorScheme))
    faults.push("a page without a ground of its own in the dark");
  return faults;
}"""
FOCUS = """() => {
  const kinds = new Map(), faults = [];
  const all = "a[href], button, input, select, summary, [tabindex='0']";
  for (const part of document.querySelectorAll(all)) {
    const kind = `${part.localName}.${part.className} in ${part.parentElement.className}`;
    if (!kinds.has(kind) && part.checkVisibility({ visibilityProperty: true })
        && part.offsetWidth && !part.disabled) kinds.set(kind, part);
  }
  const looks = (part) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor }
      = getComputedStyle(part);
    const outline = outlineStyle === "none" || outlineWidth === "0px"
      || /, 0\\)|transparent/.test(outlineColor) ? "" : outlineStyle + outlineWidth + outlineColor;
    return [outline, boxShadow, borderColor, backgroundColor].join("|");
  };
  for (const [kind, part] of kinds) {
    document.activeElement?.blur();
    const chain = [part, part.parentElement, ...part.querySelectorAll("*")];
    chain.push(...(part.labels ?? []));
    const before = chain.map(looks);
    part.focus({ preventScroll: true, focusVisible: true });
    if (document.activeElement !== part) continue;
    if (chain.every((one, at) => looks(one) === before[at]))
      faults.push(`focus is not seen: ${kind}`);
  }
  document.activeElement?.blur();
  return kinds.size ? faults : ["nothing that could have the focus"];
}"""
CUT = """() => [...document.querySelectorAll("article *")].filter((part) =>
    !part.closest(".katex, svg, .visually-hidden, .sd-tab-set > input") && part.clientWidth > 20
    && /hidden|clip/.test(getComputedStyle(part).overflowX)
    && part.scrollWidth > part.clientWidth + 2)
  .map((part) => `cut off at its side: ${part.localName}.${part.className}`)"""

PICTURES = """() => [...document.querySelectorAll("article img")].filter((picture) => {
    const { width, height } = picture.getBoundingClientRect();
    return width > 20 && height > 20 && picture.checkVisibility({ visibilityProperty: true,
      opacityProperty: true });
  }).map((picture) => picture.getAttribute("src"))"""


def pictures_seen(page):
    """The pictures of a page that take up room now, on the screen or on paper."""
    return page.evaluate(PICTURES)


def pale_faults(visit):
    """Grounds and drawings that stay light on a dark page."""
    return visit.page.evaluate(PALE)


def focus_faults(visit):
    """Kinds of links, buttons and fields that look with the keyboard's focus as they do without."""
    visit.page.add_style_tag(content=STILL)  # what fades in has not begun to
    return visit.page.evaluate(FOCUS)


def cut_faults(visit):
    """What is wider than its box, which neither shows nor scrolls it."""
    return visit.page.evaluate(CUT)
