// The search page. Pagefind finds; this mends what was typed, and shows sections, entries, functions.
(() => {
  const folder = "_static/search/", most = 10;
  const kinds = { t: "Glossary", o: "Library" };
  const plain = (word) => word.toLowerCase().replaceAll("đ", "d").normalize("NFD")
    .replace(/\p{M}/gu, "");
  const wordsOf = (query) => query.normalize("NFC").trim().split(/\s+/).filter(Boolean);

  // American and British: the book writes one way, its code the other.
  const spellings = [[/ize(?=$|[dsr])/, "ise"], [/iz(?=ation|ing)/, "is"], [/ise(?=$|[dsr])/, "ize"],
    [/is(?=ation|ing)/, "iz"], [/([bclv])or(?=$|s|ed|ing|ful|less|hood)/, "$1our"],
    [/([bclv])our(?=$|s|ed|ing|ful|less|hood)/, "$1or"], [/ghbor/, "ghbour"], [/ghbour/, "ghbor"],
    [/ter$/, "tre"], [/tre$/, "ter"], [/gray/, "grey"], [/grey/, "gray"],
    [/l(ed|ing)$/, "ll$1"], [/ll(ed|ing)$/, "l$1"], [/yze/, "yse"], [/yse/, "yze"]];

  // As in pagefind_search.py: the anchor of a record that says 1 in its stead.
  const usualAnchor = (kind, title) => {
    if (kind === "o") return title;
    const slug = title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
    return kind === "t" ? `term-${slug}` : slug;
  };

  // How many letters must be added, left out, changed or exchanged; `limit` + 1 if more than that.
  const distance = (a, b, limit) => {
    if (Math.abs(a.length - b.length) > limit) return limit + 1;
    let before = [], last = [...Array(b.length + 1).keys()];
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      for (let j = 1; j <= b.length; j++) {
        row[j] = Math.min(row[j - 1] + 1, last[j] + 1, last[j - 1] + (a[i - 1] !== b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
          row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      [before, last] = [last, row];
    }
    return last[b.length];
  };

  class Words {
    constructor(text) { this.all = text.split(" "); this.known = new Set(this.all); }

    has(word) { return this.known.has(word) || this.all.some((one) => one.startsWith(word)); }

    // The word of the book that was meant: itself, or the nearest, the most frequent of those.
    meant(typed) {
      const word = plain(typed);
      if (word.length < 4 || /[^a-z]/.test(word) || this.has(word)) return typed;
      const limit = word.length < 8 ? 1 : 2;
      let best = typed, least = limit + 1;
      for (const one of this.all) {
        const far = distance(word, one, Math.min(limit, least - 1));
        if (far < least) [best, least] = [one, far];
      }
      return best;
    }

    otherSpelling(typed) {
      const word = plain(typed);
      return spellings.map(([from, to]) => word.replace(from, to))
        .find((one) => one !== word && this.known.has(one)) || typed;
    }
  }

  let ready;
  const load = () => ready ??= (async () => {
    const data = await (await fetch(folder + "records.json")).json();
    await pagefind.options({ basePath: new URL(folder, document.baseURI).href, noWorker: true,
      metaCacheTag: "book", ranking: { pageLength: 0.4, termFrequency: 0.6 } });
    await pagefind.init();
    return { data, words: new Words(data.words) };
  })();

  const find = async (query) => {
    const { data, words } = await load();
    const typed = wordsOf(query), meant = typed.map((word) => words.meant(word));
    const other = meant.map((word) => words.otherSpelling(word));
    // Pagefind would show what begins alike; of a word that is in no page, nothing is to be found.
    if (!meant.some((word) => plain(word).length < 4 || words.has(plain(word))))
      return { found: [], mended: "" };
    const asked = [...new Set([meant.join(" "), other.join(" ")])];
    const scores = new Map();
    for (const words of asked)
      for (const { id, score } of (await pagefind.search(words)).results)
        scores.set(id, Math.max(score, scores.get(id) ?? 0));
    const wanted = asked.map(plain);
    const found = [...scores].filter(([id]) => data.records[id]).map(([id, score]) => {
      const [kind, page, title, place, text] = data.records[id];
      const anchor = place === 1 ? usualAnchor(kind, title) : place;
      const bare = plain(title), whole = wanted.some((one) => bare === one || bare === one + "s");
      const chapter = kind === "s" && !anchor && wanted.some((one) => bare.includes(one));
      const weight = (whole ? 6 : chapter ? 4 : 1) * (kind === "o" ? 0.4 : title.startsWith("Exercise") ? 0.5 : 1);
      const [address, name] = data.pages[page];
      return { score: score * weight, title, text, where: kinds[kind] ?? (anchor ? name : "Chapter"),
        address: address + (anchor && `#${anchor}`) };
    });
    found.sort((a, b) => b.score - a.score);
    return { found, mended: meant.join(" ") === typed.join(" ") ? "" : meant.join(" ") };
  };

  const make = (name, attributes, ...content) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.append(...content);
    return element;
  };
  const item = ({ title, text, where, address }) => make("li", {},
    make("a", { href: address }, title), make("span", { className: "search-where" }, where),
    text ? make("p", {}, text) : "");

  const show = async (query, place, state) => {
    const { found, mended } = await find(query);
    const list = make("ol", { className: "search-list" }, ...found.slice(0, most).map(item));
    const many = found.length === 1 ? "1 place" : `${found.length} places`;
    state.textContent = !found.length ? `Nothing found for “${query}”.`
      : mended ? `Nothing is written “${query}”; ${many} for “${mended}”.` : `${many} found.`;
    place.replaceChildren(list);
    if (found.length > most) {
      const button = make("button", { type: "button", className: "search-more" }, "Show all");
      button.addEventListener("click", () => {
        list.append(...found.slice(most).map(item));
        button.remove();
        list.children[most].querySelector("a").focus();
      });
      place.append(button);
    }
  };

  addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector(".bd-search-container form");
    const field = form.querySelector("input"), place = document.querySelector("#search-results");
    const state = document.querySelector("#search-state");
    let latest = 0;
    const search = async () => {
      const query = field.value.trim(), mine = ++latest;
      if (!query) { place.replaceChildren(); state.textContent = ""; return; }
      await load();
      if (mine === latest) await show(query, place, state);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`);
      search();
    });
    let waiting;
    field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 250); });
    field.value = new URLSearchParams(location.search).get("q") ?? "";
    field.focus();
    search();
  });
})();
