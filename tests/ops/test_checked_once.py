"""What a call of an operator costs besides arithmetic: the calls of this library, counted."""

import sys
from collections import Counter

import pytest
import torch

from d2lkit import ops

X, W = torch.randn(8, 8), torch.randn(3, 3)

CALLS = {
    "corr2d": (25, lambda: ops.corr2d(X, W)),
    "corr2d_im2col": (25, lambda: ops.corr2d_im2col(X, W)),
    "max_pool2d": (28, lambda: ops.max_pool2d(X, 2)),
    "avg_pool2d": (28, lambda: ops.avg_pool2d(X, 2)),
    "lp_pool2d": (34, lambda: ops.lp_pool2d(X, 2, 2)),
    "avg_pool2d_backward": (33, lambda: ops.avg_pool2d_backward(torch.ones(4, 4), (8, 8), 2)),
}


@pytest.mark.parametrize("name", CALLS)
def test_arguments_are_checked_once(name):
    most, call = CALLS[name]
    names = Counter()

    def watch(frame, event, _):
        if event == "call" and "d2lkit" in frame.f_globals.get("__name__", ""):
            names[frame.f_code.co_name] += 1

    sys.setprofile(watch)
    try:
        call()
    finally:
        sys.setprofile(None)
    assert names["unpack"] + names["unpack_pooling"] == 1
    assert names["padding_per_side"] == 1
    assert names["output_size"] == 0
    assert names.total() <= most
