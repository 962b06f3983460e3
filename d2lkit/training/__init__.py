"""Training: what a model and data must offer, and the loop that brings them together."""

from d2lkit.training.callbacks import BestCheckpoint, Callback, EarlyStopping
from d2lkit.training.checkpoint import CheckpointError, load_checkpoint
from d2lkit.training.classifier import Classifier, accuracy
from d2lkit.training.data_module import DataModule
from d2lkit.training.device import default_device
from d2lkit.training.evaluator import Evaluator
from d2lkit.training.freezing import freeze, unfreeze
from d2lkit.training.history import History
from d2lkit.training.loggers import CSVLogger, TensorBoardLogger
from d2lkit.training.module import Module
from d2lkit.training.seed import set_seed
from d2lkit.training.trainer import Trainer

__all__ = [
    "BestCheckpoint",
    "CSVLogger",
    "Callback",
    "CheckpointError",
    "Classifier",
    "DataModule",
    "EarlyStopping",
    "Evaluator",
    "History",
    "Module",
    "TensorBoardLogger",
    "Trainer",
    "accuracy",
    "default_device",
    "freeze",
    "load_checkpoint",
    "set_seed",
    "unfreeze",
]
