"""The receptive field builder: stack, look, solve the tasks."""

import pytest
from trial import trial

NAME = "receptive-fields"


def numbers(demo):
    """The path counts in the drawing, from the top row to the pixels."""
    return demo.box.locator("svg text").all_text_contents()


def test_a_guess_and_then_the_paths(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        assert demo.box.locator("svg").count() == 0
        assert "r =" not in demo.box.inner_text()
        demo.guess(9)
        assert demo.status == "You said 9; it is 5."
        assert sorted(numbers(demo)) == sorted("1 111 12321".replace(" ", ""))
        slider = demo.box.get_by_role("slider")
        assert slider.evaluate("e => e === document.activeElement")
        text = "Unit {} sees 5 pixels, from {} to {}; paths: 1 2 3 2 1."
        assert slider.get_attribute("aria-valuetext") == text.format(10, 10, 14)
        demo.press("ArrowRight")
        assert slider.get_attribute("aria-valuetext") == text.format(11, 11, 15)
        assert demo.address() == "unit:10"
        demo.box.locator("svg circle").nth(24 + 22).click()  # the first unit of the top row
        assert slider.get_attribute("aria-valuetext") == text.format(1, 1, 5)
        assert not demo.complaints


def test_building_a_stack(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.guess(5)
        tasks = demo.box.locator(".demo-task")
        assert tasks.all_inner_texts()[0].startswith("✓ Solved. Task 1")
        assert "18 weights" in demo.box.locator(".demo-result").inner_text()
        demo.box.get_by_role("group", name="Layer 1").get_by_label("dilation").fill("3")
        assert "r = 9 pixels" in demo.box.locator(".demo-result").inner_text()
        assert not tasks.all_inner_texts()[0].startswith("✓")
        for _ in range(6):
            demo.box.get_by_role("button", name="Add a layer").click()
        assert demo.box.get_by_role("button", name="Add a layer").is_disabled()
        for place in range(1, 9):
            group = demo.box.get_by_role("group", name=f"Layer {place}")
            for name, value in (("kernel", 2), ("stride", 2), ("dilation", 1)):
                group.get_by_label(name).fill(str(value))
        assert "not drawn" in demo.box.locator(".demo-result").first.inner_text()
        assert "r = 256 pixels" in demo.box.locator(".demo-result").last.inner_text()
        assert tasks.all_inner_texts()[1].startswith("✓ Solved. Task 2")


@pytest.mark.parametrize("width", [320, 1400])
def test_it_fits_and_is_accessible(browser, tmp_path, width):
    with trial(browser, tmp_path, NAME, width=width) as demo:
        faults = demo.faults()
        demo.box.get_by_text("Show me").click()
        faults += demo.faults()
    assert not faults, "\n".join(faults)
