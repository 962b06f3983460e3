"""A page with one demo on it, and what a reader does there."""

from contextlib import contextmanager

from demo_scripts import DEMOS, bundle
from playwright.sync_api import expect
from visits import STILL, _axe_source

# The colours of the theme, light and dark: the same names, so that axe can judge the contrast.
COLOURS = """
html { --pst-color-border: #ced6dd; --pst-color-text-base: #222832; --pst-color-text-muted: #48566b;
  --pst-color-background: #fff; --pst-color-surface: #f3f4f5; --pst-color-primary: #0a7d91;
  --pst-color-danger: #d72d47; background: var(--pst-color-background);
  color: var(--pst-color-text-base); font: 16px/1.6 sans-serif; }
html[data-theme="dark"] { --pst-color-border: #48566b; --pst-color-text-base: #ced6dd;
  --pst-color-text-muted: #9ca4af; --pst-color-background: #14181e; --pst-color-surface: #29313d;
  --pst-color-primary: #3fb1c5; --pst-color-danger: #e78894; }
* { box-sizing: border-box } body { margin: 0 auto; max-width: 48rem; padding: 0 1rem }
"""


class Trial:
    """A demo in the browser; `complaints` is what the console said."""

    def __init__(self, page, name):
        self.page, self.name, self.complaints = page, name, []
        self.box = page.locator(f"#demo-{name}")
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text))

    def grid(self, name, place=0):
        """The numbers of a matrix, as text; "" is an empty cell."""
        table = self.box.locator(f'[role=table][aria-label="{name}"]').nth(place)
        return table.evaluate(
            "t => [...t.children].map(row => [...row.children].map(cell =>"
            " cell.querySelector('input')?.value ?? cell.textContent))"
        )

    def cell(self, name, row, column):
        """A cell of a matrix, to be pointed at; rows and columns count from 1."""
        table = self.box.locator(f'[role=table][aria-label="{name}"]')
        return table.get_by_role("row").nth(row - 1).get_by_role("cell").nth(column - 1)

    def notes(self, name):
        """The small words in the corners of cells: {(row, column): word}."""
        found = self.box.locator(f'[role=table][aria-label="{name}"]').evaluate(
            "t => [...t.children].flatMap((row, i) => [...row.children].flatMap((cell, j) =>"
            " cell.dataset.note === undefined ? [] : [[i + 1, j + 1, cell.dataset.note]]))"
        )
        return {(row, column): word for row, column, word in found}

    def marked(self, name):
        """The cells that are marked, as rows and columns."""
        return {
            tuple(place)
            for place in self.box.locator(f'[role=table][aria-label="{name}"]').evaluate(
                "t => [...t.children].flatMap((row, i) => [...row.children].flatMap((cell, j) =>"
                " (cell.querySelector('input') ?? cell).classList.contains('demo-here')"
                " ? [[i + 1, j + 1]] : []))"
            )
        }

    def middle(self, part):
        """Where on the screen the middle of an element is."""
        part.scroll_into_view_if_needed()
        box = part.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def point(self, part, by):
        """Point at an element with the mouse, or tap it with a finger."""
        if by == "finger":
            part.tap()
        else:
            self.page.mouse.move(*self.middle(part))

    def drag(self, start, right, down):
        """Draw with the mouse from a point so far to the right and down."""
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(start[0] + right, start[1] + down, steps=4)
        mouse.up()

    def swipe(self, start, right, down):
        """Draw with a finger from a point so far to the right and down."""
        client = self.page.context.new_cdp_session(self.page)
        for kind, share in (("touchStart", 0), ("touchMove", 0.5), ("touchMove", 1)):
            point = {"x": start[0] + share * right, "y": start[1] + share * down}
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    @property
    def lines(self):
        """The sentences and sums below the matrices."""
        return self.box.locator(".demo-sum").inner_text().strip()

    def field(self, name, row, column):
        """The field of a cell; rows and columns count from 1."""
        return self.box.get_by_label(f"{name}, row {row}, column {column}", exact=True)

    def guess(self, value):
        """Answer the question by keyboard."""
        self.box.get_by_label("Your guess").fill(str(value))
        self.page.keyboard.press("Enter")

    def choose(self, name, value):
        """Take a value of a list."""
        label = self.box.locator(f'label.demo-field:has(> span:text-is("{name}"))')
        label.locator("select").select_option(value)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def status(self):
        return self.box.locator(".demo-status").inner_text()

    @property
    def window(self):
        return self.box.get_by_role("slider").first

    def said(self):
        """What a screen reader says of the window."""
        return self.window.get_attribute("aria-valuetext")

    def will_say(self, text):
        """Wait for what a screen reader says: a tap becomes a click when the browser thinks so."""
        expect(self.window).to_have_attribute("aria-valuetext", text)

    def address(self):
        """The state in the address, once it has been written."""
        self.page.wait_for_timeout(400)
        return self.page.evaluate(f"new URLSearchParams(location.search).get('{self.name}')")

    def faults(self):
        """What axe finds, light and dark, and whether the page must be pushed sideways."""
        page, found = self.page, list(self.complaints)
        page.add_style_tag(content=STILL)
        page.evaluate(_axe_source())
        for theme in ("light", "dark"):
            page.evaluate("t => { document.documentElement.dataset.theme = t }", theme)
            found += page.evaluate(
                "axe.run('.demo', {resultTypes: ['violations']}).then(r => r.violations.map(v =>"
                " `${v.id}: ${v.nodes[0].html.slice(0, 200)} ${v.nodes[0].failureSummary}`))"
            )
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return found + [f"{wide} px too wide"] * (wide > 0)


# A phone: fingers, and no mouse.
PHONE = {"width": 390, "has_touch": True, "is_mobile": True}


@contextmanager
def trial(browser, folder, name, settings="", query="", width=1000, **options):
    """Open a page with one demo."""
    style = (DEMOS / "styles/demos.css").read_text(encoding="utf-8")
    text = (
        '<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>A demo</title>'
        f"<style>{COLOURS}{style}</style><script>{bundle(DEMOS / f'views/{name}.js')}</script>"
        f'</head><body><main><h1>A demo</h1><div class="demo" id="demo-{name}" '
        f'data-demo="{name}" data-settings="{settings}"><div class="demo-still">Still</div>'
        "</div></main></body></html>"
    )
    path = folder / f"{name}.html"
    path.write_text(text, encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    page = context.new_page()
    opened = Trial(page, name)
    page.goto(path.as_uri() + (f"?{name}={query}" if query else ""))
    yield opened
    context.close()
