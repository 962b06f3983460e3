"""Output sizes against PyTorch's own, over a grid of settings and at random."""

import re
import subprocess
import sys
from itertools import product

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from d2lkit.geometry import (
    kernel_span,
    output_size,
    output_size_total_padding,
    padding_per_side,
    same_padding,
    strict_output_size,
    transposed_output_size,
)

small = st.integers(1, 4)


@st.composite
def settings_of_two_axes(draw):
    pairs = st.tuples(small, small)
    sides = st.tuples(st.integers(0, 3), st.integers(0, 3))
    return {
        "size": draw(st.tuples(st.integers(1, 12), st.integers(1, 12))),
        "kernel_size": draw(small | pairs),
        "stride": draw(small | pairs),
        "padding": draw(st.integers(0, 3) | sides | st.tuples(sides, sides)),
        "dilation": draw(small | pairs),
    }


def torch_conv_size(size, kernel_size, stride=1, padding=0, dilation=1):
    (top, bottom), (left, right) = padding_per_side(padding)
    kernel_size = kernel_size if isinstance(kernel_size, tuple) else (kernel_size,) * 2
    image = F.pad(torch.zeros(1, 1, *size), (left, right, top, bottom))
    kernel = torch.zeros(1, 1, *kernel_size)
    return tuple(F.conv2d(image, kernel, stride=stride, dilation=dilation).shape[2:])


@given(settings_of_two_axes())
def test_equals_torch_convolution_or_both_refuse(settings):
    try:
        expected = torch_conv_size(**settings)
    except RuntimeError:
        with pytest.raises(ValueError, match="must fit into the padded input"):
            output_size(settings.pop("size"), settings.pop("kernel_size"), **settings)
    else:
        assert (
            output_size(settings.pop("size"), settings.pop("kernel_size"), **settings) == expected
        )


@pytest.mark.parametrize("ceil_mode", [False, True])
def test_equals_torch_pooling_on_a_grid(ceil_mode):
    refused = 0
    grid = product(range(1, 9), range(1, 5), range(1, 5), range(3), range(1, 3))
    for size, kernel, stride, padding, dilation in grid:
        if padding > kernel // 2:
            continue
        try:
            expected = F.max_pool1d(
                torch.zeros(1, 1, size), kernel, stride, padding, dilation, ceil_mode
            ).shape[2]
        except RuntimeError:
            refused += 1
            with pytest.raises(ValueError, match="must fit"):
                output_size(
                    size,
                    kernel,
                    stride=stride,
                    padding=padding,
                    dilation=dilation,
                    ceil_mode=ceil_mode,
                )
        else:
            ours = output_size(
                size,
                kernel,
                stride=stride,
                padding=padding,
                dilation=dilation,
                ceil_mode=ceil_mode,
            )
            assert ours == expected, (size, kernel, stride, padding, dilation)
    assert refused > 0


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "expected"),
    [(7, 3, 1, 0, 5), (7, 3, 2, 0, 3), (5, 3, 1, 1, 5), (5, 3, 2, 1, 3), (227, 11, 4, 0, 55)],
)
def test_settings_that_fit(size, kernel, stride, padding, expected):
    assert output_size(size, kernel, stride=stride, padding=padding) == expected
    assert strict_output_size(size, kernel, stride=stride, padding=padding) == expected


def test_one_axis_takes_padding_before_and_after():
    assert output_size(10, 3, stride=2, padding=(0, 1)) == 5
    assert output_size(10, 3, padding=(2, 1)) == 11


def test_the_answer_has_the_form_of_the_question():
    assert output_size(8, 3) == 6
    assert output_size((8, 8), 3) == (6, 6)
    assert output_size([8, 9], 3) == (6, 7)
    assert output_size(torch.zeros(8, 9).shape, (3, 1)) == (6, 9)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "message"),
    [
        (10, 3, 2, 0, "1 left over; padding 0 before and 1 after fits, stride 1 or 7 fits"),
        (5, 3, 3, 1, "1 left over; padding=2 fits, stride 2 or 4 fits"),
        (224, 11, 4, 0, "1 left over; padding 0 before and 3 after fits, stride 3 or 71 fits"),
    ],
)
def test_strict_refuses_and_says_what_fits(size, kernel, stride, padding, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        strict_output_size(size, kernel, stride=stride, padding=padding)


@given(st.integers(1, 40), small, st.integers(1, 6), st.integers(0, 3), st.integers(1, 3))
def test_strict_gives_advice_that_works(size, kernel, stride, padding, dilation):
    rest = {"stride": stride, "padding": padding, "dilation": dilation}
    room = size + 2 * padding - kernel_span(kernel, dilation)
    if room < 0:
        return
    if room % stride == 0:
        assert strict_output_size(size, kernel, **rest) == room // stride + 1
        return
    with pytest.raises(ValueError, match="left over") as caught:
        strict_output_size(size, kernel, **rest)
    message = str(caught.value)
    if same := re.search(r"padding=(\d+) fits", message):
        strict_output_size(size, kernel, **rest | {"padding": int(same[1])})
    else:
        sides = re.search(r"padding (\d+) before and (\d+) after fits", message)
        strict_output_size(size, kernel, **rest | {"padding": (int(sides[1]), int(sides[2]))})
    strides = re.search(r"stride ([\d or]+) fits$", message)[1].split(" or ")
    for other in strides:
        strict_output_size(size, kernel, **rest | {"stride": int(other)})


def test_strict_names_the_axis_that_does_not_fit():
    assert strict_output_size((7, 9), 3, stride=2) == (3, 4)
    with pytest.raises(ValueError, match="of the width must fit"):
        strict_output_size((7, 10), 3, stride=2)
    with pytest.raises(ValueError, match="of the height must fit"):
        strict_output_size((10, 7), 3, stride=2)


def test_total_padding_follows_its_formula():
    for n, k, p, s in product(range(1, 12), range(1, 5), range(6), range(1, 4)):
        if n + p >= k:
            assert output_size_total_padding(n, k, p, s) == (n - k + p + s) // s


@given(st.tuples(st.integers(4, 12), st.integers(4, 12)), st.tuples(small, small), small)
def test_total_padding_is_twice_the_padding_per_side(size, padding, stride):
    total = (2 * padding[0], 2 * padding[1])
    expected = torch_conv_size(size, 3, stride, padding)
    assert output_size_total_padding(size, 3, total, stride) == expected


@given(st.tuples(st.integers(1, 20), st.integers(1, 20)), st.tuples(small, small), small)
def test_same_padding_keeps_the_size(size, kernel_size, dilation):
    padding = same_padding(kernel_size, dilation)
    assert output_size(size, kernel_size, padding=padding, dilation=dilation) == size
    image, kernel = torch.zeros(1, 1, *size), torch.zeros(1, 1, *kernel_size)
    (top, bottom), (left, right) = padding_per_side(padding)
    framed = F.pad(image, (left, right, top, bottom))
    assert F.conv2d(framed, kernel, dilation=dilation).shape == image.shape
    assert 0 <= bottom - top <= 1
    assert 0 <= right - left <= 1


@pytest.mark.parametrize(("kernel", "dilation", "expected"), [(1, 1, 0), (7, 1, 3), (2, 2, 1)])
def test_same_padding_of_one_number(kernel, dilation, expected):
    assert same_padding(kernel, dilation) == expected


@given(settings_of_two_axes(), st.integers(0, 2))
def test_transposed_equals_torch(settings, output_padding):
    settings["padding"] = 1
    size, kernel = settings.pop("size"), settings.pop("kernel_size")
    kernels = torch.zeros(1, 1, *(kernel if isinstance(kernel, tuple) else (kernel, kernel)))
    try:
        expected = F.conv_transpose2d(
            torch.zeros(1, 1, *size), kernels, output_padding=output_padding, **settings
        )
    except RuntimeError:
        with pytest.raises(ValueError, match=r"must be at least 1|must be smaller"):
            transposed_output_size(size, kernel, output_padding=output_padding, **settings)
    else:
        ours = transposed_output_size(size, kernel, output_padding=output_padding, **settings)
        assert ours == tuple(expected.shape[2:])


def test_geometry_needs_no_torch():
    code = "import sys, d2lkit.geometry; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
