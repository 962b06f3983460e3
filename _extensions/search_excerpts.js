// Excerpts in the list of search results. Loaded between Sphinx's searchtools.js and the index.
(() => {
  const textOf = Search.htmlToText;
  Search.htmlToText = (page, anchor) => {
    const parsed = new DOMParser().parseFromString(page, "text/html");
    // A formula stands in the page twice: drawn, and to be read. Buttons are no text.
    parsed.querySelectorAll(".katex-html, .bd-header-article, .prev-next-footer, #jb-print-docs-body")
      .forEach((element) => element.remove());
    const plain = parsed.documentElement.outerHTML;
    // Some targets are empty marks before a heading; Sphinx has no excerpt for them, and stumbles.
    return (anchor && textOf(plain, anchor).trim()) || textOf(plain);
  };
})();
