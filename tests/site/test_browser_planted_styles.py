"""Rules of the style sheets are taken away from real pages: the checks of a page see it."""

import pytest
from contrast import contrast_faults
from looks import cut_faults, focus_faults, pale_faults
from visits import Visit, overflow_faults

PART_I = "chapters/1-convolutional-networks/"
TAKE = """(pattern) => {
  let count = 0;
  for (const sheet of document.styleSheets)
    for (let at = sheet.cssRules.length - 1; at >= 0; at--)
      if (new RegExp(pattern).test(sheet.cssRules[at].selectorText ?? "")) {
        sheet.deleteRule(at);
        count += 1;
      }
  return count;
}"""
DARK = r"^html\[data-theme=.?dark.?\] "


def without_rules(visit, pattern):
    """Take away all rules whose selector matches."""
    assert visit.page.evaluate(TAKE, pattern) >= 1, f"no rule for {pattern}"


@pytest.mark.parametrize(
    ("name", "pattern", "check", "message"),
    [
        (PART_I + "10-lenet.html", DARK + r".*img\.drawing", pale_faults, "a drawing on white"),
        (PART_I + "10-lenet.html", DARK + r".*\.output\.text_html$", pale_faults, "a pale ground"),
        ("intro.html", r"^html\[data-theme=.?dark.?\]$", pale_faults, "without a ground"),
        ("intro.html", r"\.bd-header-article .*:focus-visible", focus_faults, "focus is not seen"),
    ],
)
def test_planted_gap_in_the_styles(browser, site_url, name, pattern, check, message):
    with Visit(browser, site_url, name, theme="dark") as visit:
        visit.unfold()
        assert not any(message in fault for fault in check(visit))
        without_rules(visit, pattern)
        faults = check(visit)
    assert any(message in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("style", "check", "message"),
    [
        ("* { outline: none !important; box-shadow: none !important }", focus_faults, "not seen"),
        (".bd-article * { overflow-x: hidden !important }", cut_faults, "cut off at its side"),
        (".bd-article * { overflow-x: visible !important }", overflow_faults, "px wide on 390"),
    ],
)
def test_planted_rule(browser, site_url, style, check, message):
    with Visit(browser, site_url, PART_I + "10-lenet.html", width="phone") as visit:
        visit.unfold()
        assert not check(visit)
        visit.page.add_style_tag(content=style)
        faults = check(visit)
    assert any(message in fault for fault in faults), faults


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_button_that_leads_to_the_top_can_be_read(browser, site_url, theme):
    with Visit(browser, site_url, "intro.html", theme=theme) as visit:
        # as it stands there while one scrolls up
        visit.page.add_style_tag(content="#pst-back-to-top { display: block !important }")
        assert visit.page.get_by_role("button", name="Back to top").is_visible()
        assert contrast_faults(visit, ()) == []
        without_rules(visit, "^#pst-back-to-top, #pst-back-to-top:hover$")
        faults = contrast_faults(visit, ())
    # In the dark the theme's own colours would do.
    assert any("pst-back-to-top" in fault for fault in faults) is (theme == "light"), faults
