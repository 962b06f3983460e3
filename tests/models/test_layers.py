"""Every network consists of the layers that are written down: kernels, strides, padding, order."""

import difflib

import layers


def test_networks_consist_of_the_layers_that_are_written_down():
    stored = layers.STORED.read_text(encoding="utf-8").splitlines()
    found = layers.text(layers.counted()).splitlines()
    changes = list(difflib.unified_diff(stored, found, lineterm="", n=0))
    assert not changes, "if it is meant: python tests/models/layers.py\n" + "\n".join(changes[:9])
    assert sum(line.startswith("# ") for line in stored) == len(layers.models.names()) + len(
        layers.VARIANTS
    )
