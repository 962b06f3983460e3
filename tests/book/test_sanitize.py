"""What nbval overlooks in outputs: addresses, and nothing that a reader could rely on."""

import configparser
import re

import pytest
from bookform.reading import ROOT


@pytest.fixture(scope="module")
def sanitize():
    """The replacements as nbval makes them."""
    config = configparser.RawConfigParser()
    assert config.read(ROOT / "tests" / "nbval_sanitize.cfg", encoding="utf-8")
    pairs = [(config.get(name, "regex"), config.get(name, "replace")) for name in config.sections()]
    assert pairs

    def replace(text):
        for pattern, replacement in pairs:
            text = re.sub(pattern, replacement, text)
        return text

    return replace


def test_addresses_are_overlooked(sanitize):
    one, other = "<object object at 0x7f8f65e6f370>", "<object object at 0x561a0b2c>"
    assert sanitize(one) == sanitize(other) == "<object object at ADDRESS>"


@pytest.mark.parametrize(
    "text",
    [
        "tensor([[0., 3.], [2., 6.]])",
        "61706 parameters, 0.85 MFLOPs at 28 x 28",
        "0x1F at 0x20",
        "<Figure size 640x480 with 1 Axes>",
        "mask = 0xdeadbeef",
        "torch.Size([8, 16, 6, 4])",
    ],
)
def test_nothing_else_is(sanitize, text):
    assert sanitize(text) == text
