"""The receptive field builder: stack, look, solve the tasks."""

import pytest
import torch
from torch.nn import functional as F
from trial import PHONE, trial

NAME = "receptive-fields"
DEEP = "3,1,1,2,2,1,3,1,2"  # 24 pixels, then 22, 11 and 7 units


def numbers(demo):
    """The path counts in the drawing, from the pixels to the top row."""
    return demo.box.locator("svg text").all_text_contents()


def table(demo):
    """The last two columns of the table, r and j."""
    rows = demo.box.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].slice(-2).map(cell => cell.textContent))"
    )
    return [tuple(row) for row in rows]


def unit(demo, row, index):
    return demo.box.locator(f'svg [data-unit="{row} {index}"] circle')


def by_torch(layers, row, index):
    """The paths from each pixel to a unit of a row, and the unit's levels below."""
    levels = [torch.ones(1, 1, 24, requires_grad=True)]
    for k, s, d in layers[:row]:
        levels.append(F.conv1d(levels[-1], torch.ones(1, 1, k), stride=s, dilation=d))
    one = levels[-1][0, 0, index]
    counts = [g[0, 0].int().tolist() for g in torch.autograd.grad(one, levels)]
    return [str(count) for level in counts for count in level if count]


def test_a_guess_and_then_the_paths(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        assert demo.box.locator("svg").count() == 0
        assert table(demo) == [("1", "1"), ("?", "?"), ("?", "?")]
        demo.guess(9)
        assert demo.status == "You said 9; it is 5."
        assert table(demo) == [("1", "1"), ("3", "1"), ("5", "1")]
        assert sorted(numbers(demo)) == sorted("1 111 12321".replace(" ", ""))
        slider = demo.box.get_by_role("slider")
        assert slider.evaluate("e => e === document.activeElement")
        text = "Unit {} of layer 2 sees 5 pixels, from {} to {}; paths: 1 2 3 2 1."
        assert slider.get_attribute("aria-valuetext") == text.format(10, 10, 14)
        demo.press("ArrowRight")
        assert slider.get_attribute("aria-valuetext") == text.format(11, 11, 15)
        assert demo.address() == "unit:10"
        unit(demo, 2, 0).click()
        assert slider.get_attribute("aria-valuetext") == text.format(1, 1, 5)
        assert not demo.complaints


@pytest.mark.parametrize("by", ["mouse", "finger", "keys"])
def test_a_unit_of_any_layer_shows_its_field(browser, tmp_path, by):
    layers = [(3, 1, 1), (2, 2, 1), (3, 1, 2)]
    options = PHONE if by == "finger" else {}
    with trial(browser, tmp_path, NAME, settings=f"layers:{DEEP}", **options) as demo:
        demo.guess(12)
        assert demo.status == "Yes: 12."
        assert table(demo)[1:] == [("3", "1"), ("4", "2"), ("12", "2")]
        slider = demo.box.get_by_role("slider")
        for row, index in ((2, 4), (1, 20), (3, 6)):
            if by == "keys":
                demo.choose("Row", "0" if row == 3 else str(row))
                slider.focus()
                demo.press("Home", *["ArrowRight"] * index)
            else:
                place = unit(demo, row, index)
                (place.tap if by == "finger" else place.click)()
            assert numbers(demo) == by_torch(layers, row, index)
            said = slider.get_attribute("aria-valuetext")
            assert said.startswith(f"Unit {index + 1} of layer {row} sees ")
            assert slider.input_value() == str(index)
        unit(demo, 1, 20).click()
        said, address = slider.get_attribute("aria-valuetext"), demo.address()
        assert address == "unit:20;row:1"
        assert not demo.complaints
    query = f"layers:{DEEP};{address}"
    with trial(browser, tmp_path, NAME, query=query) as demo:
        demo.box.get_by_text("Show me").click()
        assert demo.box.get_by_role("slider").get_attribute("aria-valuetext") == said


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_field_lights_up_layer_by_layer(browser, tmp_path, motion):
    with trial(browser, tmp_path, NAME, reduced_motion=motion) as demo:
        demo.box.get_by_text("Show me").click()
        lights = demo.box.locator("svg .demo-seen").evaluate_all(
            "units => units.map(e => [getComputedStyle(e).animationName,"
            " parseFloat(getComputedStyle(e).animationDelay)])"
        )
        if motion == "reduce":
            assert {name for name, _ in lights} == {"none"}
            return
        assert {name for name, _ in lights} == {"demo-light"}
        delays = [delay for _, delay in lights]  # from the pixels up: 5, 3, 1 units
        assert len(set(delays)) == 3
        assert delays == sorted(delays, reverse=True)
        assert delays[-1] == 0
        demo.press("ArrowRight")  # along the slider they do not blink
        assert demo.box.locator("svg.demo-lighting").count() == 0


def test_a_finger_moves_the_slider(browser, tmp_path):
    with trial(browser, tmp_path, NAME, **PHONE) as demo:
        demo.box.get_by_text("Show me").tap()
        slider = demo.box.get_by_role("slider")
        x, y = demo.middle(slider)
        width = slider.bounding_box()["width"]
        slider.tap(position={"x": 2, "y": 10})
        assert slider.get_attribute("aria-valuetext").startswith("Unit 1 of")
        demo.swipe((x - width / 2 + 10, y), width - 12, 0)
        assert slider.get_attribute("aria-valuetext").startswith("Unit 20 of")


def test_building_a_stack(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.guess(5)
        tasks = demo.box.locator(".demo-task")
        assert tasks.all_inner_texts()[0].startswith("✓ Solved. Task 1")
        assert "18 weights" in demo.box.locator(".demo-result").inner_text()
        dilation = demo.box.get_by_label("dilation, layer 1")
        dilation.fill("3")
        assert dilation.evaluate("e => e === document.activeElement")
        assert table(demo)[2] == ("9", "1")
        assert "r = 9 pixels" in demo.box.locator(".demo-result").inner_text()
        assert not tasks.all_inner_texts()[0].startswith("✓")
        for _ in range(6):
            demo.box.get_by_role("button", name="Add a layer").click()
        assert demo.box.get_by_role("button", name="Add a layer").is_disabled()
        for place in range(1, 9):
            for name, value in (("kernel", 2), ("stride", 2), ("dilation", 1)):
                demo.box.get_by_label(f"{name}, layer {place}").fill(str(value))
        assert "not drawn" in demo.box.locator(".demo-result").first.inner_text()
        assert "r = 256 pixels" in demo.box.locator(".demo-result").last.inner_text()
        assert table(demo)[-1] == ("256", "256")
        assert tasks.all_inner_texts()[1].startswith("✓ Solved. Task 2")
        demo.box.get_by_role("button", name="Remove the last").click()
        assert not tasks.all_inner_texts()[1].startswith("✓")


@pytest.mark.parametrize("width", [320, 1400])
def test_it_fits_and_is_accessible(browser, tmp_path, width):
    with trial(browser, tmp_path, NAME, width=width) as demo:
        faults = demo.faults()
        demo.box.get_by_text("Show me").click()
        faults += demo.faults()
    assert not faults, "\n".join(faults)
