"""Networks at full size without their numbers."""

import contextlib
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

# Makes `layers` importable by the tests here.
sys.path.insert(0, str(Path(__file__).parent))

DRAWS = ("uniform_", "normal_", "xavier_uniform_", "kaiming_uniform_", "kaiming_normal_")


@pytest.fixture
def without_numbers(monkeypatch):
    """Build networks on the meta device: shapes and counts of 100 million weights in no memory.

    Nothing is drawn, because PyTorch's random numbers are slow there.
    """

    @contextlib.contextmanager
    def build():
        with monkeypatch.context() as patch, torch.device("meta"):
            for name in DRAWS:
                patch.setattr(nn.init, name, lambda tensor, *args, **options: tensor)
            yield

    return build


@pytest.fixture
def sizes_after():
    """Run a network and return the shape (C, H, W) after every layer of the given kinds."""

    def run(net, kinds, x):
        sizes, hooks = [], []
        for module in net.modules():
            if isinstance(module, kinds):
                hook = lambda m, i, out: sizes.append(tuple(out.shape[1:]))  # noqa: E731
                hooks.append(module.register_forward_hook(hook))
        net(x)
        for hook in hooks:
            hook.remove()
        return sizes

    return run
