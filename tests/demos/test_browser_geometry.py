"""The geometry bench: the reader says the size first, then sees why."""

import pytest
from sums import calculation_faults
from trial import PHONE, trial

from d2lkit import geometry

NAME = "geometry-bench"


def result(demo, place=0):
    """The sentences below the drawing, whose formula comes out."""
    text = demo.box.locator(".demo-result").nth(place).inner_text()
    assert calculation_faults(text, 0 if text.startswith("Nothing is left") else 1) == []
    return text


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
        ("lenet", {"size": 28, "kernel_size": 5, "padding": 2}, None),
        ("vgg", {"size": 224, "kernel_size": 3, "padding": 1}, None),
        ("tensorflow", {"size": 224, "kernel_size": 7, "stride": 2, "padding": (2, 3)}, None),
    ],
)
def test_layers_with_a_name(browser, tmp_path, preset, setting, untouched):
    with trial(browser, tmp_path, NAME) as demo:
        demo.choose("Layer", preset)
        size = geometry.output_size(**setting)
        demo.guess(size)
        assert demo.status == f"Yes: {size}."
        assert demo.box.locator("svg .demo-stop").count() == size
        count = untouched.count(",") + 1 if untouched else 0
        layer = {"padding": 0, "stride": 1} | setting
        frame = sum(layer["padding"]) if preset == "tensorflow" else 2 * layer["padding"]
        left = (layer["size"] + frame - layer["kernel_size"]) % layer["stride"]
        rest = f"Left over at the end: {left}." if left else "It fits without remainder."
        assert f" in total. {rest} " in result(demo)
        never = f"Never touched: {untouched} ({count} of them, counted from 0)."
        assert result(demo).endswith(never if untouched else "Every pixel is touched.")


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


def axis(demo, name):
    return demo.box.get_by_role("group", name=name)


def test_layers_with_two_axes(browser, tmp_path):
    """Padding for rows alone, and the chapter's sound: each axis has its own answer."""
    layers = {
        "sides": ((4, 10), {"kernel_size": 1, "padding": (1, 0)}),
        "sound": ((80, 250), {"kernel_size": (3, 7), "stride": (1, 2), "padding": (1, 3)}),
    }
    for preset, (size, setting) in layers.items():
        with trial(browser, tmp_path, NAME) as demo:
            demo.choose("Layer", preset)
            assert demo.box.locator("select").input_value() == preset
            expected = geometry.output_size(size, **setting)
            for name, outputs in zip(("Rows", "Columns"), expected, strict=True):
                axis(demo, name).get_by_label("Your guess").fill(str(outputs))
                demo.press("Enter")
                assert demo.status == f"Yes: {outputs}."
                assert axis(demo, name).locator("svg .demo-stop").count() == outputs
            assert all(f" = {size}; " in result(demo, at) for at, size in enumerate(expected))
            axis(demo, "Rows").get_by_label("Pixels n").fill("5")
            assert demo.box.locator("select").input_value() == "own"


def test_padding_is_typed_per_side_or_in_total(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        total = demo.box.get_by_label("Padding in total")
        assert total.input_value() == "0"
        total.fill("5")
        assert total.evaluate("e => e === document.activeElement")
        sides = [demo.box.get_by_label(f"Padding {side}") for side in ("before", "after")]
        assert [side.input_value() for side in sides] == ["2", "3"]
        demo.guess(geometry.output_size(7, 3, padding=(2, 3)))
        assert demo.status == "Yes: 10."
        assert "the padding is 5 in total" in result(demo)
        sides[0].fill("4")
        assert total.input_value() == "7"


def test_numbers_are_typed_sign_by_sign(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.box.get_by_label("Pixels n").focus()
        demo.press("Control+A", "1", "2", "8")
        assert demo.box.get_by_label("Pixels n").input_value() == "128"


@pytest.mark.parametrize("by", ["mouse", "finger"])
def test_the_window_is_drawn_along(browser, tmp_path, by):
    options = PHONE if by == "finger" else {}
    with trial(browser, tmp_path, NAME, settings="rows:9,3,1,1,2,1", **options) as demo:
        demo.guess(5)
        slider = demo.box.get_by_label("Window")
        pixels = demo.box.locator("svg rect")  # eleven, with the frame
        pixels.first.scroll_into_view_if_needed()

        def x_of(place):
            return demo.middle(pixels.nth(place))

        start, end = x_of(1), x_of(7)
        (demo.drag if by == "mouse" else demo.swipe)(start, end[0] - start[0], 0)
        assert slider.get_attribute("aria-valuetext") == "place 4 of 5"
        assert slider.input_value() == "3"
        marked = demo.box.locator("svg rect.demo-marked")
        assert marked.count() == 3
        if by == "finger":
            demo.page.touchscreen.tap(*x_of(9))
        else:
            demo.page.mouse.click(*x_of(9))
        assert slider.get_attribute("aria-valuetext") == "place 5 of 5"
        assert demo.address() == "at:4,0"


def test_the_address_restores_everything(browser, tmp_path):
    query = "rows:9,3,1,1,2,1;columns:7,2,0,1,1,2;transposed:1;at:2,3"
    with trial(browser, tmp_path, NAME, query=query) as demo:
        for name, outputs in (("Rows", 17), ("Columns", 8)):
            axis(demo, name).get_by_label("Your guess").fill(str(outputs))
            demo.press("Enter")
            assert demo.status == f"Yes: {outputs}."
        assert all(
            result(demo, at).split(".")[0].endswith(end) for at, end in enumerate(("= 17", "= 8"))
        )
        said = [
            axis(demo, name).get_by_label("Window").get_attribute("aria-valuetext")
            for name in ("Rows", "Columns")
        ]
        assert said == ["place 3 of 9", "place 4 of 7"]
        assert demo.box.get_by_role("checkbox", name="Transposed").is_checked()


@pytest.mark.parametrize("width", [320, 1400])
def test_it_fits_and_is_accessible(browser, tmp_path, width):
    with trial(browser, tmp_path, NAME, width=width) as demo:
        faults = demo.faults()
        demo.box.get_by_text("Show me").click()
        faults += demo.faults()
    assert not faults, "\n".join(faults)
