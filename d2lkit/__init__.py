"""d2lkit: the library of an open course on convolutional networks.

The submodules load when they are first used, so that ``import d2lkit`` costs almost
nothing beyond torch. Each may import only those named before it:

========== ==========================================================================
arguments  checks of what a user passes in
tables     one form for every table: text, HTML
geometry   output sizes and receptive fields: integers, no torch
ops        convolution, pooling, normalisation from scratch, forward and backward
accounting parameters, FLOPs, memory, receptive field of a network
plotting   style, image grids, curves, network diagrams
training   Module, DataModule, Classifier, Trainer, History, callbacks, checkpoints
data       Digits, Shapes, FashionMNIST, MNIST, CIFAR10
models     LeNet to EfficientNet-Lite as plain nn.Module
explain    what a trained network looks at
demos      a trained network taken along: its weights, a page to explore it
stored     long runs of the chapters, kept with a checksum
results    stored results: all networks compared, on Fashion-MNIST, at full size
check      reader's answers to exercises: what is wrong, and a hint
d2l        the names of the package d2l: ``from d2lkit import d2l``
cli        ``python -m d2lkit``
========== ==========================================================================
"""

from importlib import import_module
from importlib.metadata import version

_MODULES = (
    "accounting",
    "arguments",
    "check",
    "d2l",
    "data",
    "demos",
    "explain",
    "geometry",
    "models",
    "ops",
    "plotting",
    "results",
    "training",
)
_SHORTCUTS = {
    "Classifier": "training",
    "DataModule": "training",
    "Module": "training",
    "Trainer": "training",
    "set_seed": "training",
    "summary": "accounting",
}

__version__ = version("d2lkit")
__all__ = [*_MODULES, *_SHORTCUTS]


def __getattr__(name: str):
    if name in _MODULES:
        return import_module(f"d2lkit.{name}")
    if name in _SHORTCUTS:
        return getattr(import_module(f"d2lkit.{_SHORTCUTS[name]}"), name)
    raise AttributeError(f"module 'd2lkit' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
