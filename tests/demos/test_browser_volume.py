"""The volume: every output, read off the page, is torch's."""

import json

import pytest
import torch
from demo_scripts import DEMOS, exports
from py_mini_racer import MiniRacer
from sums import calculation_faults
from torch import nn
from torch.nn import functional as F
from trial import PHONE, trial

NAME = "volume"


def numbers(**sizes):
    """Image, weight and bias with which the demo begins."""
    with MiniRacer() as engine:
        script = f"{exports(DEMOS / 'engine/volume.js')}.numbers({json.dumps(sizes)})"
        found = json.loads(engine.eval(f"JSON.stringify({script})"))
    return [torch.tensor(found[one]).double() for one in ("image", "weight", "bias")]


def as_text(numbers):
    return [[str(int(x)).replace("-", "−") for x in row] for row in numbers]


def test_stepping_through_all_outputs_gives_torch(browser, tmp_path):
    image, weight, bias = numbers(n=5, c=3, k=2, f=3)
    expected = F.conv2d(image[None], weight, bias, stride=2, padding=1)[0]
    with trial(browser, tmp_path, NAME) as demo:
        assert demo.grid("Output, map 1") == [[""] * 3] * 3
        demo.guess(9)
        assert demo.status == "You said 9; it is 18."
        for _ in range(17):
            demo.box.get_by_role("button", name="Step").click()
            # a sum for each channel, their total, the size, the parameters
            assert calculation_faults(demo.lines, 6) == []
        for k in range(2):
            assert demo.grid(f"Output, map {k + 1}") == as_text(expected[k].tolist())
        last = as_text([[expected[1, 2, 2]]])[0][0]
        assert demo.said() == f"Map 2, row 3, column 3: {last}"
        lines = demo.box.locator(".demo-sum p").all_inner_texts()
        assert len(lines) == 5
        assert lines[3].endswith(f"+ bias 0 = {last}")
        assert "the output is 3 × 3 × 2" in lines[4]
        assert "= 56 parameters" in lines[4]
        assert not demo.complaints


def test_typed_numbers_and_keys(browser, tmp_path):
    image, weight, bias = numbers(n=5, c=3, k=2, f=3)
    with trial(browser, tmp_path, NAME) as demo:
        demo.guess(18)
        demo.press("ArrowDown", "ArrowRight")
        demo.field("Input, channel 2", 4, 4).fill("9")  # in the frame's counting: row 3, column 3
        demo.field("Filter 1, channel 2", 2, 2).fill("-4")
        demo.field("Bias 1", 1, 1).fill("5")
        image[1, 2, 2], weight[0, 1, 1, 1], bias[0] = 9, -4, 5
        value = F.conv2d(image[None], weight, bias, stride=2, padding=1)[0, 0, 1, 1]
        assert demo.grid("Output, map 1")[1][1] == as_text([[value]])[0][0]
        assert demo.box.get_by_label("Input, channel 1, row 1, column 1").count() == 0  # the frame


def test_the_size_and_the_parameters_come_out(browser, tmp_path):
    labels = {
        "n": "Input side",
        "c": "Channels",
        "k": "Filters K",
        "f": "Kernel F",
        "s": "Stride S",
    }
    with trial(browser, tmp_path, NAME) as demo:
        for n, c, k, f, s, count in ((6, 1, 3, 2, 3, 15), (4, 2, 1, 1, 2, 3), (7, 3, 2, 2, 3, 26)):
            for name, value in {"n": n, "c": c, "k": k, "f": f, "s": s}.items():
                demo.box.get_by_label(labels[name], exact=True).fill(str(value))
            demo.box.get_by_text("Show me").click()
            outputs = nn.Conv2d(c, k, f, stride=s, padding=1)
            size = outputs(torch.zeros(1, c, n, n)).shape[-1]
            assert count == sum(one.numel() for one in outputs.parameters())
            assert f"is {size}: the output is {size} × {size} × {k}." in demo.lines
            assert f"= {count} parameters." in demo.lines
            assert calculation_faults(demo.lines, c + 3) == []
        assert not demo.complaints


def test_other_sizes_are_asked_for_again(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.guess(18)
        demo.box.get_by_label("Stride S").fill("1")
        assert demo.box.get_by_label("Stride S").evaluate("e => e === document.activeElement")
        demo.guess(50)
        assert demo.status == "Yes: 50."
        assert demo.address() == "s:1"
        demo.box.get_by_label("Padding P").fill("0")
        demo.box.get_by_label("Input side").fill("2")
        assert "does not fit" in demo.box.inner_text()
        demo.box.get_by_label("Input side").fill("99")
        assert demo.box.get_by_label("Input side").get_attribute("aria-invalid") == "true"


def test_it_plays_through_all_outputs(browser, tmp_path):
    image, weight, bias = numbers(n=3, c=1, k=2, f=2)
    expected = F.conv2d(image[None], weight, bias, stride=2, padding=1)[0]
    with trial(browser, tmp_path, NAME, settings="n:3;c:1;k:2;f:2") as demo:
        demo.guess(8)
        demo.page.clock.install()
        play = demo.box.get_by_role("button", name="Play")
        play.click()
        for _ in range(7):
            demo.page.clock.run_for(900)
        for k in range(2):
            assert demo.grid(f"Output, map {k + 1}") == as_text(expected[k].tolist())
        demo.box.get_by_role("button", name="Pause").click()
        said = demo.said()
        demo.page.clock.run_for(2000)
        assert demo.said() == said
        assert play.inner_text() == "Play"
        demo.box.get_by_role("button", name="Back").click()
        assert demo.said() != said


def test_nothing_moves_for_those_who_do_not_want_it(browser, tmp_path):
    with trial(browser, tmp_path, NAME, reduced_motion="reduce") as demo:
        demo.guess(18)
        assert demo.box.get_by_role("button", name="Play").is_hidden()
        assert demo.box.get_by_role("button", name="Step").is_visible()


@pytest.mark.parametrize("by", ["mouse", "finger"])
def test_the_window_is_dragged_and_an_output_pressed(browser, tmp_path, by):
    image, weight, bias = numbers(n=5, c=3, k=2, f=3)
    expected = F.conv2d(image[None], weight, bias, stride=2, padding=1)[0].tolist()
    with trial(browser, tmp_path, NAME, **(PHONE if by == "finger" else {})) as demo:
        show = demo.box.get_by_text("Show me")
        (show.tap if by == "finger" else show.click)()
        start = demo.middle(demo.box.locator(".demo-handle"))
        cell = demo.cell("Input, channel 1", 1, 1).bounding_box()["width"]
        (demo.drag if by == "mouse" else demo.swipe)(start, 4 * cell, 2 * cell)
        value = as_text([[expected[0][1][2]]])[0][0]
        demo.will_say(f"Map 1, row 2, column 3: {value}")
        assert demo.grid("Output, map 1")[1][2] == value
        other = demo.cell("Output, map 2", 3, 1)
        (other.tap if by == "finger" else other.click)()
        value = as_text([[expected[1][2][0]]])[0][0]
        demo.will_say(f"Map 2, row 3, column 1: {value}")
        sums = demo.box.locator(".demo-sum p").all_inner_texts()
        assert sums[3].endswith(f"= {value}")
        assert not demo.complaints


def test_the_address_restores_everything(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.box.get_by_label("Kernel F").fill("2")
        demo.box.get_by_label("Filters K").fill("1")
        demo.guess(9)
        demo.field("Input, channel 2", 3, 3).fill("8")
        demo.field("Filter 1, channel 3", 2, 1).fill("-6")
        demo.field("Bias 1", 1, 1).fill("4")
        demo.window.focus()
        demo.press("End")
        said, lines, address = demo.said(), demo.lines, demo.address()
        assert said.startswith("Map 1, row 3, column 3: ")
    with trial(browser, tmp_path, NAME, query=address) as demo:
        demo.box.get_by_text("Show me").click()
        assert demo.said() == said
        assert demo.lines == lines


@pytest.mark.parametrize("width", [320, 1400])
def test_it_fits_and_is_accessible(browser, tmp_path, width):
    with trial(browser, tmp_path, NAME, width=width) as demo:
        demo.box.get_by_text("Show me").click()
        faults = demo.faults()
    assert not faults, "\n".join(faults)
