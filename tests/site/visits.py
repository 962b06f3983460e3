"""Visit a page with a real browser and say what is wrong with it.

Every function here returns a list of sentences, empty for a page without fault, so that a test can
show all faults at once and the planted faults can be looked for.
"""

import json
from importlib.resources import files

WIDTHS = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
MAX_BYTES = 250_000  # of a first visit: all that travels, compressed, but for the figures
MAX_REQUESTS = 30
# axe-core needs half a minute for ten thousand boxes. What goes before it looks: the drawing of a
# formula, hidden from screen readers (mathematics_faults checks its colour), and the colours of
# code but for the first word of each colour in each kind of box.
THIN_OUT = """() => {
  const seen = new Set();
  for (const word of document.querySelectorAll("pre span, .sig span")) {
    const box = word.closest(".admonition, details, .cell, dd, article") || document.body;
    const kind = `${word.className} in ${box.className} ${box.localName}`;
    if (seen.has(kind) || word.querySelector("span")) continue;
    seen.add(kind); word.dataset.keep = "";
    if (word.textContent.trim().length === 1) {  // which axe-core would pass over
      word.textContent = word.textContent.trim().repeat(3);
      word.style.fontSize = "33%";  // the line must not become wider than its box
    }
  }
  for (const word of document.querySelectorAll(":is(pre, .sig) span:not([data-keep])"))
    if (!word.querySelector("span")) word.replaceWith(word.textContent);
  // It takes a heading that is a formula for empty.
  for (const formula of document.querySelectorAll("th math"))
    formula.replaceWith(formula.textContent);
  for (const drawing of document.querySelectorAll(".katex-html")) drawing.remove();
  for (const code of document.querySelectorAll("pre, .sig")) code.normalize();
}"""
# A phone leaves parts of a long page for later; the checks look at all of it. As the page's first
# script, since some pages lead to another one at once.
UNROLL = """addEventListener("DOMContentLoaded", () => {
  const style = document.createElement("style");
  style.textContent = "section { content-visibility: visible !important }";
  document.head.append(style);
})"""
STILL = "*, ::before, ::after { transition: none !important; animation: none !important }"


class Visit:
    """One load of one page in a context of its own, with all that it asked for and complained of.

    Args:
        browser: of Playwright.
        base: where the site begins: `http://…/` or `file:///…/`.
        page_name: path of the page below `base`, with its query if it has one.
        width: "desktop" or "phone". theme: "light" or "dark".
    """

    def __init__(self, browser, base, page_name, width="desktop", theme="light"):
        self.browser, self.base, self.name = browser, base, page_name
        self.width, self.theme = width, theme
        self.complaints, self.requests, self.bytes, self._urls = [], 0, 0, {}
        self.sizes = []

    def __enter__(self):
        phone = self.width == "phone"
        self.context = self.browser.new_context(
            viewport=WIDTHS[self.width], color_scheme=self.theme, has_touch=phone, is_mobile=phone
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(120_000)
        self.page.route(lambda url: not self._own(url), self._refuse)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._complain(f"script error: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._response)
        if not self.base.startswith("file:"):
            network = self.context.new_cdp_session(self.page)
            network.send("Network.enable")
            network.on("Network.responseReceived", self._received)
            network.on("Network.loadingFinished", self._finished)
        self.page.add_init_script(UNROLL)
        self.page.goto(self.base + self.name, wait_until="load")
        self.page.wait_for_timeout(50)  # the boxes that scroll are told by their sizes
        return self

    def __exit__(self, *exception):
        self.context.close()

    def _own(self, url):
        return url.startswith((self.base, "data:", "blob:", "about:"))

    def _complain(self, sentence):
        self.complaints.append(sentence)

    def _refuse(self, route):
        self._complain(f"request to a third party: {route.request.url}")
        route.abort()

    def _console(self, message):
        if message.type in ("error", "warning"):
            self._complain(f"console {message.type}: {message.text}")

    def _failed(self, request):
        if self._own(request.url):
            self._complain(f"request failed: {request.url} ({request.failure})")

    def _response(self, response):
        if response.status >= 400:
            self._complain(f"request failed: {response.url} ({response.status})")

    def _received(self, event):
        self._urls[event["requestId"]] = event["response"]["url"]

    def _finished(self, event):
        url = self._urls.get(event["requestId"], "")
        self.sizes.append((url, event["encodedDataLength"]))
        if url.startswith(self.base) and "/_images/" not in url:
            self.requests += 1
            self.bytes += event["encodedDataLength"]

    def bring_axe(self):
        """Load axe-core into the page, and take away what it would look at for too long."""
        if not self.page.evaluate("() => Boolean(window.axe)"):
            self.page.evaluate(THIN_OUT)
            self.page.add_style_tag(content=STILL)
            self.page.evaluate(_axe_source())

    def axe(self, rules=None):
        """Say what axe-core finds on the page, in all its rules or in those named."""
        self.bring_axe()
        options = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = {"type": "rule", "values": list(rules)}
        found = self.page.evaluate(
            "options => axe.run('html', options).then(r => r.violations.map(v =>"
            " ({id: v.id, help: v.help, count: v.nodes.length, nodes: v.nodes.slice(0, 4).map("
            " n => n.target.join(' ') + ' | ' + n.html.slice(0, 160) + ' | '"
            " + (n.any[0] || n.all[0] || n.none[0] || {message: ''}).message)})))",
            options,
        )
        return [
            f"axe {one['id']}: {one['help']}, {one['count']} times, such as\n    "
            + "\n    ".join(one["nodes"])
            for one in found
        ]

    def unfold(self):
        """Open all that is folded."""
        self.page.evaluate(
            "() => document.querySelectorAll('details').forEach("
            "box => { box.hidden = false; box.open = true })"
        )

    def set_width(self, width):
        """Turn the screen of a desk into that of a phone, or back, without loading anew."""
        phone = width == "phone"
        screen = self.context.new_cdp_session(self.page)
        size = {**WIDTHS[width], "deviceScaleFactor": 1, "mobile": phone}
        screen.send("Emulation.setDeviceMetricsOverride", size)
        screen.send("Emulation.setTouchEmulationEnabled", {"enabled": phone})
        self.page.evaluate(  # what is there again, observers have seen
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def set_theme(self, theme):
        """Change the colours as the theme's own button does."""
        self.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)


def _axe_source():
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def load_faults(visit):
    """What went wrong while the page loaded: console, requests, third parties."""
    return list(visit.complaints)


def theme_shown(visit):
    """Say which colours the page has: "light" or "dark"; a page of one theme has the former."""
    return visit.page.evaluate(
        """() => document.documentElement.dataset.theme
          // A page outside of the book's theme leaves its colours to the browser.
          || (/dark/.test(getComputedStyle(document.documentElement).colorScheme)
            && matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")"""
    )


def weight_faults(visit):
    """A first visit that is too heavy, figures aside."""
    faults = []
    if visit.bytes > MAX_BYTES:
        faults.append(f"{visit.bytes} bytes at the first visit, more than {MAX_BYTES}")
    if visit.requests > MAX_REQUESTS:
        faults.append(f"{visit.requests} requests at the first visit, more than {MAX_REQUESTS}")
    return faults


def image_faults(visit):
    """Pictures that do not show, have no alternative text, or move the page when they come."""
    return visit.page.evaluate(
        """async () => {
          const faults = [];
          const images = [...document.images];
          for (const image of images) image.loading = "eager";
          await Promise.all(images.map(image => image.decode().catch(() => null)));
          for (const image of images) {
            const name = image.getAttribute("src");
            if (!image.naturalWidth) faults.push(`broken picture: ${name}`);
            if (!image.hasAttribute("alt") || (image.closest("article") && !image.alt.trim()))
              faults.push(`picture without alt text: ${name}`);
            if (image.closest("article") && !name.endsWith(".svg")
                && !(image.getAttribute("width") && image.getAttribute("height")))
              faults.push(`picture without its size: ${name}`);
          }
          return faults;
        }"""
    )


def mathematics_faults(visit):
    """Formulas that are not set, or not in their fonts, place, or the colour of their line.

    One that is wider than its line must show its beginning: the rest can be pushed into view.
    """
    return visit.page.evaluate(
        r"""async () => {
          const faults = [];
          await document.fonts.ready;
          for (const formula of document.querySelectorAll(".math")) {
            const set = formula.querySelector(".katex-html"), read = formula.querySelector("math");
            const what = formula.textContent.trim().slice(0, 60);
            if (!set || !read) { faults.push(`formula not set: ${what}`); continue; }
            if (formula.querySelector(".katex-error"))
              faults.push(`formula with an error: ${what}`);
            const box = set.getBoundingClientRect();
            if (formula.offsetParent && !(box.width > 0 && box.height > 0))
              faults.push(`formula without extent: ${what}`);
            const line = formula.getBoundingClientRect();
            const left = box.left - line.left, right = line.right - box.right;
            if (getComputedStyle(set).color !== getComputedStyle(formula.parentElement).color)
              faults.push(`formula in another colour than its line: ${what}`);
            if (!formula.matches("div") || !box.width) continue;
            if (left < -1) faults.push(`formula cut off at its beginning: ${what}`);
            else if (right > -1 && Math.abs(left - right) > line.width / 3)
              faults.push(`formula not in the middle: ${what}`);
          }
          for (const font of document.fonts)
            if (font.status === "error") faults.push(`font not loaded: ${font.family}`);
          const text = document.createTreeWalker(document.querySelector("article") || document.body,
            NodeFilter.SHOW_TEXT);
          for (let node; (node = text.nextNode()); )
            if (/\\\(|\\\[|\\begin\{|\$[^$\n]*\\[a-z]+/.test(node.data)
                && !node.parentElement.closest("pre, code, script, style, .katex"))
              faults.push(`mathematics left as source: ${node.data.trim().slice(0, 60)}`);
          return faults;
        }"""
    )


def overflow_faults(visit):
    """A page that must be pushed sideways, and what sticks out of it."""
    return visit.page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          const scrolls = e => e && (/auto|scroll|hidden/.test(getComputedStyle(e).overflowX)
            || (e.localName !== "article" && scrolls(e.parentElement)));
          const wide = [...document.querySelectorAll("article *")].filter(e => !scrolls(e)
            && e.getBoundingClientRect().right > width + 1).slice(0, 3);
          return [`the page is ${document.documentElement.scrollWidth} px wide on ${width}: `
            + wide.map(e => `${e.tagName} ${e.className}`).join(", ")];
        }"""
    )


def icon_faults(visit):
    """Icons that the trimmed fonts do not have."""
    return visit.page.evaluate(
        r"""async () => {
          const faults = [];
          const icons = [...document.querySelectorAll('[class*="fa-"]')].filter(e =>
            [...e.classList].some(c => /^fa-/.test(c)));
          for (const icon of icons) {
            const style = getComputedStyle(icon, "::before");
            const names = [...icon.classList].join(" ");
            if (!/["'].+["']/.test(style.content)) {
              faults.push(`icon without a sign: ${names}`);
              continue;
            }
            const family = style.fontFamily.split(",")[0];
            const loaded = await document.fonts.load(`${style.fontWeight} 16px ${family}`,
              style.content.slice(1, -1));
            if (!loaded.length) faults.push(`icon without its font: ${names}`);
          }
          return faults;
        }"""
    )


def prediction_faults(visit):
    """Make each prediction of a page by the keyboard; say where its answer does not open."""
    page, faults = visit.page, []
    boxes = page.locator("article .predict")
    active = "e => e === document.activeElement"
    for number in range(boxes.count()):
        box, name = boxes.nth(number), f"prediction {number + 1}"
        answer, choice = box.locator("details"), box.locator("input").first
        if not choice.count():
            faults.append(f"{name} has nothing to choose from")
            continue
        if answer.is_visible():
            faults.append(f"{name} shows its answer before the choice")
        choice.focus()
        page.keyboard.press("Space")
        for _ in range(10):  # a choice may hold links
            page.keyboard.press("Tab")
            if box.locator("button").evaluate(active):
                break
        else:
            faults.append(f"{name}: its button cannot be reached by the keyboard")
            continue
        page.keyboard.press("Enter")
        if not answer.locator("summary").evaluate(active):
            faults.append(f"{name}: the keyboard is not led on to the answer")
        if not answer.evaluate("e => e.open && e.lastElementChild.offsetHeight > 0"):
            faults.append(f"{name} does not show its answer")
    return faults


FOLDED = """number => {
  window.folds ??= [...document.querySelectorAll("article details > summary")];
  const handle = window.folds[number], last = window.folds[number - 1];
  const state = fold => ({ open: fold.parentElement.open, hidden: fold.parentElement.open
    && [...fold.closest("details, .admonition").children].filter(c => !c.contains(fold))
      .some(c => c.offsetHeight === 0 && c.textContent.trim()) });
  const box = handle?.parentElement;
  const answer = { after: last && state(last), before: box?.open, shown: !box || box.open
    || !box.matches(".dropdown") || (box.checkVisibility() && box.offsetHeight <= 200) };
  handle?.focus();
  return { ...answer, focused: handle === document.activeElement };
}"""


def dropdown_faults(visit):
    """Solutions and other folded parts that do not open and close by the keyboard.

    The answer to a prediction is not there before the reader has made one.
    """
    page = visit.page
    shut = page.locator("article details[open]").count()
    faults = [f"{shut} folded parts are open at first"] if shut else []
    faults += prediction_faults(visit)
    count = page.locator("article details > summary").count()
    before = None
    for number in range(count + 1):  # one look tells what became of the last and reaches the next
        seen = page.evaluate(FOLDED, number)
        if before and before["focused"]:
            if seen["after"]["open"] == before["before"]:
                faults.append(f"folded part {number} does not open by the keyboard")
            elif seen["after"]["hidden"]:
                faults.append(f"folded part {number} opens, but its content stays hidden")
        if number < count:
            if not seen["shown"]:
                faults.append(f"folded part {number + 1} is not a closed box")
            if not seen["focused"]:
                faults.append(f"folded part {number + 1} cannot be reached by the keyboard")
            page.keyboard.press("Enter")
        before = seen
    return faults


def search_results(browser, base, query, count=20):
    """Give the addresses that a search finds, what the page complains of, and what it cost.

    The cost is that of the search alone: requests, and bytes as they travel.
    """
    with Visit(browser, base, "search.html?q=" + query) as visit:
        visit.page.wait_for_function(
            "() => document.querySelector('#search-state').textContent.length > 0"
        )
        links = visit.page.locator("#search-results li > a").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        )
        visit.page.wait_for_timeout(100)
        asked = [size for url, size in visit.sizes if "/_static/search/" in url]
        return links[:count], load_faults(visit), (len(asked), sum(asked))


def as_text(faults):
    """Give faults as the lines of a message."""
    return "\n".join(f"- {fault}" for fault in faults) or json.dumps([])
