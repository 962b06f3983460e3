"""The contrast of all words of a page, by looking at one word of each kind.

Axe-core needs long for each of ten thousand words. Their contrast depends on their colour, size,
weight and ground, on the link or the box they are in: of the words that have all of these in
common, it looks at the first one in sight. It needs as long again to begin: the other rules that
are wanted go along.
"""

RULES = ["color-contrast", "link-in-text-block"]
KINDS = """() => {
  const grounds = new Map();
  const groundOf = (element) => {
    if (!element) return "";
    if (grounds.has(element)) return grounds.get(element);
    const style = getComputedStyle(element), own = style.backgroundColor;
    const shown = own === "rgba(0, 0, 0, 0)" && style.backgroundImage === "none" ? ""
      : `${own} ${style.backgroundImage}`;
    const faint = style.opacity + style.filter + style.mixBlendMode;
    const plain = !shown && faint === "1nonenormal";
    const ground = (/^rgb\\(/.test(own) ? "" : groundOf(element.parentElement))
      + (plain ? "" : `/${shown} ${faint}`);
    grounds.set(element, ground);
    return ground;
  };
  const kinds = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = texts.nextNode()); ) {
    const word = node.parentElement;
    if (node.data.trim().length < 2 || word.closest("script, style, noscript")) continue;
    if (!word.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: false })) continue;
    const style = getComputedStyle(word), link = word.closest("a");
    const kind = [style.color, style.fontSize, style.fontWeight, groundOf(word), word.localName,
      link && [getComputedStyle(link).textDecorationLine,
        getComputedStyle(link.parentElement).color,
        link.closest("p, li, dd, td, nav")?.localName]].join("|");
    if (!kinds.has(kind)) kinds.set(kind, word);
  }
  return [...kinds.values()];
}"""


# The first word of each kind, and the link it is in, are all that the rules about colours look at.
CHOOSE = f"""() => {{
  for (const old of document.querySelectorAll("[data-look]")) delete old.dataset.look;
  const words = ({KINDS})();
  for (const word of words)
    for (const one of [word, word.closest("a")]) if (one) one.dataset.look = "";
  axe.configure({{ rules: [{{ id: "color-contrast", selector: "[data-look]" }},
    {{ id: "link-in-text-block", selector: "a[href][data-look]" }}] }});
  return words.length;
}}"""


def contrast_faults(visit, rules=()):
    """Say what axe-core finds about the colours of a page as it is shown now.

    Args:
        rules: others that it shall look for, too; None for all.
    """
    visit.bring_axe()
    if not visit.page.evaluate(CHOOSE):
        return ["no word whose colours could be looked at"]
    faults = visit.axe(None if rules is None else [*RULES, *rules])
    visit.page.evaluate("() => axe.reset()")
    return faults
