"""The geometry bench: the reader says the size first, then sees why."""

import pytest
from trial import trial

from d2lkit import geometry

NAME = "geometry-bench"


def result(demo, place=0):
    return demo.box.locator(".demo-result").nth(place).inner_text()


def test_a_guess_then_the_formula_with_its_numbers(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        assert demo.box.locator("svg").count() == 0
        demo.guess(7)
        assert demo.status == "You said 7; it is 5."
        assert "⌊(7 + 0 − (1·(3 − 1) + 1)) / 1⌋ + 1 = ⌊4⌋ + 1 = 5" in result(demo)
        assert "Every pixel is touched" in result(demo)
        assert demo.box.locator("svg .demo-stop").count() == 5
        assert demo.box.locator("svg circle").count() == 15
        slider = demo.box.get_by_label("Window")
        assert slider.evaluate("e => e === document.activeElement")
        demo.press("ArrowRight", "ArrowRight")
        assert slider.get_attribute("aria-valuetext") == "place 3 of 5"
        marked = demo.box.locator("svg rect").evaluate_all(
            "all => all.flatMap((e, i) => e.classList.contains('demo-marked') ? [i] : [])"
        )
        assert marked == [2, 3, 4]
        assert demo.address() == "at:2,0"
        assert not demo.complaints


@pytest.mark.parametrize(
    ("preset", "setting", "untouched"),
    [
        ("alexnet224", {"size": 224, "kernel_size": 11, "stride": 4}, "223"),
        ("resnet", {"size": 224, "kernel_size": 7, "stride": 2, "padding": 3}, None),
        ("holes", {"size": 9, "kernel_size": 2, "stride": 3}, "2, 5, 8"),
        ("misfit", {"size": 8, "kernel_size": 3, "stride": 2}, "7"),
    ],
)
def test_layers_with_a_name(browser, tmp_path, preset, setting, untouched):
    with trial(browser, tmp_path, NAME) as demo:
        demo.choose("Layer", preset)
        size = geometry.output_size(**setting)
        demo.guess(size)
        assert demo.status == f"Yes: {size}."
        assert demo.box.locator("svg .demo-stop").count() == size
        if untouched:
            assert untouched in result(demo).split("Never touched: ")[1].split(" (")[0]


def test_every_change_is_a_new_question(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.guess(5)
        field = demo.box.get_by_label("Dilation d")
        field.fill("2")
        assert field.evaluate("e => e === document.activeElement")
        assert demo.box.locator("svg").count() == 0
        demo.guess(3)
        assert demo.status == "Yes: 3."
        demo.choose("Layer", "outgrown")
        demo.guess(0)
        assert "spans 5 pixels, and with padding there are 4" in result(demo)


def test_each_axis_and_the_transposed_layer(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.box.get_by_label("Columns of their own").check()
        columns = demo.box.get_by_role("group", name="Columns")
        columns.get_by_label("Padding after").fill("2")
        assert columns.get_by_label("Padding after").evaluate("e => e === document.activeElement")
        columns.get_by_label("Your guess").fill("7")
        demo.press("Enter")
        assert demo.status == "Yes: 7."
        address = demo.address()
    with trial(browser, tmp_path, NAME, query=address) as demo:
        demo.box.get_by_role("checkbox", name="Transposed").check()
        demo.box.get_by_role("button", name="Show me").last.click()
        assert demo.status == "It is 7."  # (7 − 1)·1 + 2 + 1 − 2
        assert "(7 − 1)·1 + 1·(3 − 1) + 1 − 2 = 7" in result(demo)


@pytest.mark.parametrize("width", [320, 1400])
def test_it_fits_and_is_accessible(browser, tmp_path, width):
    with trial(browser, tmp_path, NAME, width=width) as demo:
        faults = demo.faults()
        demo.box.get_by_text("Show me").click()
        faults += demo.faults()
    assert not faults, "\n".join(faults)
