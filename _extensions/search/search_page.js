// What the search page does better. Loaded between Sphinx's searchtools.js and the index.
(() => {
  // Readable excerpts: a formula stands in the page twice, drawn and to be read; buttons are no text.
  const textOf = Search.htmlToText;
  Search.htmlToText = (page, anchor) => {
    const parsed = new DOMParser().parseFromString(page, "text/html");
    parsed.querySelectorAll(".katex-html, .bd-header-article, .prev-next-footer, #jb-print-docs-body")
      .forEach((element) => element.remove());
    const plain = parsed.documentElement.outerHTML;
    // Some targets are empty marks before a heading; Sphinx has no excerpt for them, and stumbles.
    return (anchor && textOf(plain, anchor).trim()) || textOf(plain);
  };

  // Of "do gian" every page with "do" would be found: Sphinx counts that a page holds as many of the
  // words as have three letters or more, not which. A page must hold those that have.
  const byTerms = Search.performTermsSearch;
  Search.performTermsSearch = (words, excluded) => {
    const long = new Set([...words].filter((word) => word.length > 2));
    const found = byTerms(words, excluded);
    if (!long.size || long.size === words.size) return found;
    const pages = new Set(byTerms(long, excluded).map(([page]) => page));
    return found.filter(([page]) => pages.has(page));
  };
})();
