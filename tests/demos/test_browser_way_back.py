"""The way back: the gradients on the page are torch's."""

import pytest
import torch
from sums import calculation_faults
from torch.nn import functional as F
from trial import PHONE, trial

NAME = "the-way-back"
KERNEL = torch.tensor([[1.0, 2], [0, -1]])


def numbers(table):
    return torch.tensor([[float(x.replace("−", "-")) for x in row] for row in table])


def by_torch(arriving, kernel, stride):
    pixels = torch.zeros(1, 1, 5, 5, requires_grad=True)
    F.conv2d(pixels, kernel[None, None], stride=stride).backward(arriving[None, None])
    return pixels.grad[0, 0]


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("view", ["scatter", "gather"])
def test_gradients_are_those_of_torch(browser, tmp_path, view, stride):
    with trial(browser, tmp_path, NAME, settings=f"view:{view};stride:{stride}") as demo:
        came = numbers(demo.grid("Arriving at the outputs"))
        expected = by_torch(came, KERNEL, stride)
        assert demo.grid("Gradient of the picture") == [[""] * 5] * 5
        demo.guess(int(expected[1, 1]))
        assert demo.status.startswith("Yes: ")
        assert numbers(demo.grid("Gradient of the picture")).equal(expected)
        demo.field("Arriving at the outputs", 1, 1).fill("-7")
        demo.field("Kernel", 2, 2).fill("4")
        came[0, 0], kernel = -7, KERNEL.clone()
        kernel[1, 1] = 4
        expected = by_torch(came, kernel, stride)
        assert numbers(demo.grid("Gradient of the picture")).equal(expected)
        assert calculation_faults(demo.lines) == []
        demo.window.focus()
        demo.press("End")
        assert demo.said().startswith("row 5, column 5: ")
        unread = "No output reads this pixel." in demo.box.inner_text()
        assert unread == (stride == 2)
        if view == "gather":
            zeros = numbers(demo.grid("Arriving, with zeros"))
            assert zeros.count_nonzero() == came.count_nonzero()
            assert zeros[1::stride, 1::stride][: len(came), : len(came)].equal(came)
        assert not demo.complaints


def readers(row, column, stride):
    """Which outputs read a pixel and with which weight, as torch sees it; all count from 1."""
    size = 4 if stride == 1 else 2
    found = {}
    for i in range(size):
        for j in range(size):
            arriving = torch.zeros(size, size)
            arriving[i, j] = 1
            weights = by_torch(arriving, torch.tensor([[1.0, 2], [0.5, -1]]), stride)
            if weights[row - 1, column - 1]:
                found[i + 1, j + 1] = f"×{weights[row - 1, column - 1]:g}".replace("-", "−")
    return found


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("by", ["mouse", "keys", "finger"])
def test_a_pixel_shows_its_readers_and_their_weights(browser, tmp_path, by, stride):
    settings = f"stride:{stride};kernel:1,2,0.5,-1;at:0,0"
    options = PHONE if by == "finger" else {}
    with trial(browser, tmp_path, NAME, settings=settings, **options) as demo:
        name, at = "Gradient of the picture", (1, 1)
        for row, column in ((2, 3), (4, 1), (5, 5)):
            cell = demo.cell(name, row, column)
            if by != "keys":
                demo.point(cell, by)
            else:
                demo.window.focus()
                demo.press(*["ArrowDown" if row > at[0] else "ArrowUp"] * abs(row - at[0]))
                demo.press(*["ArrowRight" if column > at[1] else "ArrowLeft"] * abs(column - at[1]))
                at = (row, column)
            expected = readers(row, column, stride)
            assert demo.notes("Arriving at the outputs") == expected
            assert demo.marked("Arriving at the outputs") == set(expected)
            words = demo.lines
            assert words.startswith(f"Pixel in row {row}, column {column}. ")
            for (i, j), weight in expected.items():
                assert f"output in row {i}, column {j}, with weight {weight[1:]}" in words
            assert ("No output reads this pixel." in words) == (not expected)
            if by != "mouse":  # the square went there, and says the same
                assert words.split(". ", 1)[1] in demo.said()
            assert "=" not in words  # the sum is the question
        if by == "mouse":  # away from the pixels the square counts again
            demo.page.mouse.move(5, 5)
            assert demo.lines.startswith("Pixel in row 1, column 1. ")
            assert demo.said().startswith("row 1, column 1: not known yet")
        assert not demo.complaints


@pytest.mark.parametrize("by", ["mouse", "keys", "finger"])
def test_an_output_scatters_what_is_typed(browser, tmp_path, by):
    options = PHONE if by == "finger" else {}
    with trial(browser, tmp_path, NAME, settings="stride:2", **options) as demo:
        arriving, pixels = "Arriving at the outputs", "Gradient of the picture"
        field = demo.field(arriving, 1, 2)
        written = {(1, 3), (1, 4), (2, 3), (2, 4)}
        if by != "keys":
            demo.point(field, by)
        else:
            field.focus()
        assert demo.marked(pixels) == written
        assert demo.notes(pixels) == {}  # what it hands on is part of the answer
        show = demo.box.get_by_text("Show me")
        if by == "finger":
            show.tap()
        else:
            show.click()
        field.fill("-3")
        assert demo.notes(pixels) == {(1, 3): "−3", (1, 4): "−6", (2, 3): "0", (2, 4): "3"}
        assert "(−3)·2 = −6 to row 1, column 4" in demo.lines
        assert calculation_faults(demo.lines, 4) == []
        assert field.get_attribute("aria-describedby") == demo.box.locator(
            ".demo-sum"
        ).get_attribute("id")
        came = numbers(demo.grid(arriving))
        assert came[0, 1] == -3
        assert numbers(demo.grid(pixels)).equal(by_torch(came, KERNEL, 2))
        assert not demo.complaints


@pytest.mark.parametrize("by", ["mouse", "finger"])
def test_the_square_is_dragged(browser, tmp_path, by):
    with trial(browser, tmp_path, NAME, **(PHONE if by == "finger" else {})) as demo:
        demo.box.get_by_text("Show me").click()
        start = demo.middle(demo.box.locator(".demo-handle"))
        cell = demo.cell("Gradient of the picture", 1, 1).bounding_box()["width"]
        (demo.drag if by == "mouse" else demo.swipe)(start, 2 * cell, -cell)
        came = numbers(demo.grid("Arriving at the outputs"))
        value = f"{by_torch(came, KERNEL, 1)[0, 3]:g}".replace("-", "−")
        assert demo.said().startswith(f"row 1, column 4: {value}. Read by: ")
        assert demo.address() == "at:0,3"


def test_the_address_restores_everything(browser, tmp_path):
    with trial(browser, tmp_path, NAME) as demo:
        demo.choose("View", "gather")
        demo.choose("Stride", "2")
        demo.field("Kernel", 1, 2).fill("7")
        demo.field("Arriving at the outputs", 2, 2).fill("-5")
        demo.window.focus()
        demo.press("ArrowDown", "ArrowRight")
        names = ("Kernel", "Arriving at the outputs", "Arriving, with zeros", "Kernel, turned")
        shown = {name: demo.grid(name) for name in names}
        said, address = demo.said(), demo.address()
        assert address.startswith("view:gather;stride:2;at:2,2;kernel:1,7,0,-1;arriving:")
    with trial(browser, tmp_path, NAME, query=address) as demo:
        assert {name: demo.grid(name) for name in names} == shown
        assert demo.said() == said


@pytest.mark.parametrize("width", [320, 1400])
def test_it_fits_and_is_accessible(browser, tmp_path, width):
    with trial(browser, tmp_path, NAME, settings="view:gather", width=width) as demo:
        faults = demo.faults()
        demo.box.get_by_text("Show me").click()
        faults += demo.faults()
    assert not faults, "\n".join(faults)
