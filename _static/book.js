// What is wider than its column scrolls; the keyboard must be able to scroll it, too. A box is looked
// at when it gets its size: at first sight, when it is unfolded, when the window changes.
(() => {
  const wide = "div.math, .cell_output .output, .text_html, .text_html div, table, pre, figure, dd,"
    + " .pst-scrollable-table-container";
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

// A browser lets no page that lies on the disk read another one: no excerpts in the search there.
if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined")
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
