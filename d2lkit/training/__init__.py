"""The training loop and what it needs."""

from d2lkit.training.data_module import DataModule

__all__ = ["DataModule"]
