"""The way back: the gradients on the page are torch's."""

import pytest
import torch
from torch.nn import functional as F
from trial import trial

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


@pytest.mark.parametrize("width", [320, 1400])
def test_it_fits_and_is_accessible(browser, tmp_path, width):
    with trial(browser, tmp_path, NAME, settings="view:gather", width=width) as demo:
        faults = demo.faults()
        demo.box.get_by_text("Show me").click()
        faults += demo.faults()
    assert not faults, "\n".join(faults)
