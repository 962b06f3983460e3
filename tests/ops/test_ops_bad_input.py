"""Wrong calls of ``d2lkit.ops``: each error quotes what came and names the rule."""

import numpy as np
import pytest
import torch

from d2lkit import ops

image = torch.zeros(2, 4, 6, 7)
kernels = torch.zeros(8, 4, 3, 3)
whole = torch.zeros(2, 4, 6, 7, dtype=torch.int64)
unshared = torch.zeros(4, 5, 8, 4, 3, 3)


def conv(**changes):
    """Return calls of all forward convolutions with the same wrong argument."""
    arguments = {"input": image, "weight": kernels} | changes
    names = ["corr2d", "corr2d_loops", "corr2d_im2col", "conv2d", "conv2d_loops"]
    return [lambda name=name: getattr(ops, name)(**arguments) for name in names]


def backward(grad_output=torch.zeros(2, 8, 4, 5), **changes):  # noqa: B008 - never written to
    arguments = {"input": image, "weight": kernels} | changes
    names = ["corr2d_backward", "conv2d_backward"]
    return [lambda name=name: getattr(ops, name)(grad_output, **arguments) for name in names]


def one(name, *arguments, **keywords):
    return [lambda: getattr(ops, name)(*arguments, **keywords)]


CASES = [
    # convolutions
    (conv(input=np.zeros((2, 4, 6, 7))), TypeError, "got ndarray", "input must be a torch.Tensor"),
    (conv(input=[[1.0]]), TypeError, "got list", "input must be a torch.Tensor"),
    (conv(input=torch.zeros(5)), ValueError, "(5,)", "input must have 2 or 3 or 4 dimensions"),
    (conv(input=image[None]), ValueError, "(1, 2, 4, 6, 7)", "input must have 2 or 3 or 4"),
    (conv(weight=torch.zeros(3, 3)), ValueError, "(3, 3)", "weight must have 4 dimensions"),
    (conv(input=torch.zeros(6, 7)), ValueError, "(8, 4, 3, 3)", "weight must have 2 dimensions"),
    (conv(weight=torch.zeros(8, 3, 3, 3)), ValueError, "(8, 3, 3, 3)", "C_in/groups = 4"),
    (conv(weight=kernels.double()), TypeError, "torch.float64", "must have one dtype"),
    (conv(input=whole), TypeError, "torch.int64", "must have one dtype"),
    (conv(weight=torch.zeros(8, 4, 7, 3)), ValueError, "kernel_size 7", "kernel must fit"),
    (conv(dilation=4), ValueError, "dilation 4", "kernel must fit into the padded input"),
    (conv(bias=torch.zeros(7)), ValueError, "(7,)", "bias must have shape (C_out,) = (8,)"),
    (conv(bias=torch.zeros(8, 1)), ValueError, "(8, 1)", "bias must have 0 or 1 dimensions"),
    (conv(bias=torch.zeros(8).double()), TypeError, "torch.float64", "must have one dtype"),
    (conv(bias=0.5), TypeError, "got float", "bias must be a torch.Tensor"),
    (conv(bias=True), TypeError, "got bool", "bias must be a torch.Tensor"),
    (conv(stride=0), ValueError, "got 0", "stride must be at least 1"),
    (conv(stride=(1, 2, 3)), ValueError, "got (1, 2, 3)", "stride must be one int or a pair"),
    (conv(stride=1.0), TypeError, "got 1.0", "stride must be one int or a pair"),
    (conv(padding=-1), ValueError, "got -1", "padding must be at least 0"),
    (conv(padding="same"), TypeError, "got 'same'", "padding must be an int"),
    (conv(padding=((1, 1), (1, 1), (1, 1))), ValueError, "(1, 1), (1, 1), (1, 1)", "padding must"),
    (conv(dilation=0), ValueError, "got 0", "dilation must be at least 1"),
    (conv(groups=0), ValueError, "got 0", "groups must be at least 1"),
    (conv(groups=3), ValueError, "groups=3", "groups must divide the channels"),
    (conv(groups=2), ValueError, "groups=2", "C_in/groups = 2"),
    (conv(groups=True), TypeError, "got True", "groups must be an int"),
    (
        conv(input=torch.zeros(2, 0, 6, 7)),
        ValueError,
        "(2, 0, 6, 7)",
        "only the batch may be empty",
    ),
    (conv(weight=kernels[:0]), ValueError, "(0, 4, 3, 3)", "only the batch may be empty"),
    (one("flip_kernel", torch.zeros(3)), ValueError, "(3,)", "weight must have 2 or 3 or 4"),
    # their gradients
    (backward(torch.zeros(2, 8, 6, 7)), ValueError, "(2, 8, 6, 7)", "shape (2, 8, 4, 5)"),
    (backward(torch.zeros(8, 4, 5)), ValueError, "(8, 4, 5)", "grad_output must have shape"),
    (backward(None), TypeError, "got NoneType", "grad_output must be a torch.Tensor"),
    (backward(weight=None), TypeError, "got NoneType", "weight must be a torch.Tensor"),
    (backward(stride=-2), ValueError, "got -2", "stride must be at least 1"),
    # windows, im2col
    (one("pad2d", image, -1), ValueError, "got -1", "padding must be at least 0"),
    (one("pad2d", torch.zeros(3), 1), ValueError, "(3,)", "input must have 2 or 3 or 4"),
    (one("pad2d", image, 1, "x"), TypeError, "got 'x'", "value must be a number"),
    (one("pad2d", image, 7, mode="circular"), ValueError, "got 7 + 7", "must be at most 6"),
    (one("pad2d", image, 6, mode="reflect"), ValueError, "got 6 + 6", "must be at most 5"),
    (one("pad2d", image, 1, mode="zeros"), ValueError, "'zeros'", "mode must be one of"),
    (one("sliding_windows", image, 9), ValueError, "kernel_size 9", "kernel must fit"),
    (one("sliding_windows", image, (2, 0)), ValueError, "got 0", "kernel_size[1] must be at least"),
    (one("add_windows", torch.zeros(2, 2, 2, 2), (9, 9)), ValueError, "(2, 2, 2, 2)", "(8, 8)"),
    (one("add_windows", image[0], 3), ValueError, "(4, 6, 7)", "windows must have 4 or 5 or 6"),
    (one("im2col", torch.zeros(6, 7), 2), ValueError, "(6, 7)", "input must have 3 or 4"),
    (one("im2col", image, "3"), TypeError, "got '3'", "kernel_size must be one int or a pair"),
    (one("im2col", image, 2, stride=0), ValueError, "got 0", "stride must be at least 1"),
    (one("col2im", torch.zeros(1, 8, 5), (3, 3), 2), ValueError, "(1, 8, 5)", "C*4, 4)"),
    (one("col2im", torch.zeros(1, 7, 4), (3, 3), 2), ValueError, "(1, 7, 4)", "C*4, 4)"),
    (one("col2im", torch.zeros(1, 8, 4), (0, 3), 2), ValueError, "got 0", "output_size[0] must be"),
    # pooling
    (one("max_pool2d", image, 0), ValueError, "got 0", "kernel_size must be at least 1"),
    (one("max_pool2d", image, 8), ValueError, "kernel_size 8", "kernel must fit"),
    (one("max_pool2d", image, 2, 0), ValueError, "got 0", "stride must be at least 1"),
    (
        one("max_pool2d", image, 3, padding=2),
        ValueError,
        "padding=2",
        "at most half of kernel_size",
    ),
    (one("max_pool2d", image, 2, ceil_mode=1), TypeError, "got 1", "ceil_mode must be a bool"),
    (
        one("max_pool2d", image, 2, return_indices=1),
        TypeError,
        "got 1",
        "return_indices must be a bool",
    ),
    (
        one("max_pool2d", image[..., :2, :], 2, 1, 1, (3, 1)),
        ValueError,
        "size (2, 7)",
        "every window must see a pixel",
    ),
    (one("max_pool2d", torch.zeros(3), 2), ValueError, "(3,)", "input must have 2 or 3 or 4"),
    (
        one("max_pool2d_backward", torch.ones(1, 1), torch.tensor([[4]]), (2, 2)),
        ValueError,
        "4 to 4",
        "indices must lie between 0 and 3",
    ),
    (
        one("max_pool2d_backward", torch.ones(1, 1), torch.zeros(1, 1), (2, 2)),
        TypeError,
        "got torch.float32",
        "indices must have dtype torch.int64",
    ),
    (
        one("max_pool2d_backward", torch.ones(1, 2), torch.tensor([[1]]), (2, 2)),
        ValueError,
        "got (1, 2)",
        "grad_output must have shape (1, 1)",
    ),
    (
        one("max_pool2d_backward", torch.ones(1, 1), torch.tensor([[1]]), 4),
        TypeError,
        "got 4",
        "input_shape must be a sequence",
    ),
    (one("avg_pool2d", whole, 2), TypeError, "torch.int64", "must have a floating-point dtype"),
    (one("avg_pool2d", image, 2, padding=2), ValueError, "padding=2", "at most half"),
    (one("avg_pool2d", image, 2, divisor_override=0), ValueError, "got 0", "divisor_override must"),
    (
        one("avg_pool2d", image, 2, count_include_pad=0),
        TypeError,
        "got 0",
        "count_include_pad must",
    ),
    (
        one("avg_pool2d_backward", image, image.shape, 2),
        ValueError,
        "got (2, 4, 6, 7)",
        "grad_output must have shape (2, 4, 3, 3)",
    ),
    (one("avg_pool2d_backward", image, (7,), 2), ValueError, "got (7,)", "2, 3 or 4 numbers"),
    (one("lp_pool2d", image, 0, 2), ValueError, "got 0", "norm_type must be greater than 0"),
    (one("lp_pool2d", image, "2", 2), TypeError, "got '2'", "norm_type must be a number"),
    (one("lp_pool2d", image, float("inf"), 2), ValueError, "got inf", "norm_type must be finite"),
    (one("lp_pool2d", whole, 2, 2), TypeError, "torch.int64", "must have a floating-point dtype"),
    (
        one("lp_pool2d_backward", image, image, 2, 2),
        ValueError,
        "got (2, 4, 6, 7)",
        "grad_output must have shape (2, 4, 3, 3)",
    ),
    (one("adaptive_avg_pool2d", image, 0), ValueError, "got 0", "output_size must be at least 1"),
    (
        one("adaptive_avg_pool2d_backward", image, (2, 3, 6, 7)),
        ValueError,
        "got (2, 4, 6, 7)",
        "grad_output must have shape (2, 3, 6, 7)",
    ),
    (one("global_avg_pool2d", whole), TypeError, "torch.int64", "floating-point"),
    (
        one("global_avg_pool2d_backward", image, image.shape),
        ValueError,
        "got (2, 4, 6, 7)",
        "grad_output must have shape (2, 4, 1, 1)",
    ),
    # local response
    (one("local_response_norm", image[0], 3), ValueError, "(4, 6, 7)", "input must have 4"),
    (one("local_response_norm", image, 0), ValueError, "got 0", "size must be at least 1"),
    (one("local_response_norm", image, 3, -1), ValueError, "got -1", "alpha must be at least 0"),
    (
        one("local_response_norm_backward", image[0], image, 3),
        ValueError,
        "(4, 6, 7)",
        "shape (2, 4",
    ),
    # without shared weights
    (one("locally_connected2d", image, kernels), ValueError, "(8, 4, 3, 3)", "weight must have 6"),
    (
        one("locally_connected2d", image, unshared, stride=2),
        ValueError,
        "got (4, 5, 8, 4, 3, 3)",
        "weight must have shape (2, 3, 8, 4, 3, 3)",
    ),
    (
        one("locally_connected2d", image, unshared, torch.zeros(8)),
        ValueError,
        "got (8,)",
        "bias must have shape (4, 5, 8)",
    ),
    (one("locally_connected2d", whole, unshared), TypeError, "torch.int64", "one dtype"),
    (
        one("locally_connected2d_backward", image, image, unshared),
        ValueError,
        "got (2, 4, 6, 7)",
        "grad_output must have shape (2, 8, 4, 5)",
    ),
    # layers
    (one("Corr2d", 0, 8, 3), ValueError, "got 0", "in_channels must be at least 1"),
    (one("Corr2d", 3, 8.0, 3), TypeError, "got 8.0", "out_channels must be an int"),
    (one("Corr2d", 3, 8, (3, 3, 3)), ValueError, "(3, 3, 3)", "kernel_size must be one int or"),
    (one("Corr2d", 3, 8, 3, groups=2), ValueError, "groups=2", "groups must divide in_channels"),
    (one("Corr2d", 3, 8, 3, padding="full"), ValueError, "'full'", "padding must be one of"),
    (one("Corr2d", 3, 8, 3, 2, padding="same"), ValueError, "stride (2, 2)", "at stride 1 only"),
    (one("Corr2d", 3, 8, 3, padding_mode="mirror"), ValueError, "'mirror'", "must be one of"),
    (one("Corr2d", 3, 8, 3, bias=1), TypeError, "got 1", "bias must be a bool"),
    (one("LocallyConnected2d", 3, 8, 4, 5), ValueError, "kernel_size 5", "kernel must fit"),
    (one("LocallyConnected2d", 3, -8, 4, 3), ValueError, "got -8", "out_channels must be at least"),
    (one("LocallyConnected2d", 3, 8, "28", 3), TypeError, "got '28'", "input_size must be one int"),
]


@pytest.mark.parametrize(("calls", "error", "received", "rule"), CASES)
def test_message_quotes_input_and_rule(calls, error, received, rule):
    assert len(calls) >= 1
    for call in calls:
        with pytest.raises(error) as caught:
            call()
        assert received in str(caught.value)
        assert rule in str(caught.value)


def test_there_are_enough_cases():
    assert sum(len(calls) for calls, *_ in CASES) >= 100
