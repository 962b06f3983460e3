"""The names of the package d2l that the CNN chapters of *Dive into Deep Learning* use.

Code written for those chapters (PyTorch, d2l 1.0.3) runs after one line is exchanged:
``from d2l import torch as d2l`` becomes ``from d2lkit import d2l``. Networks have the same
parameters under the same names, so that weights load in both directions. Underneath are this
library's own Trainer, data and operators, so ``d2l.Trainer(..., checkpoint="run.pt")`` works
and ``trainer.fit`` returns a History.

What d2l 1.0.3 gets wrong, and what happens here:

=========================== ================================== =================================
name                        in d2l                             here
=========================== ================================== =================================
``init_cnn``                skips lazy layers without a word:  a lazy layer notes it and obeys
                            its AlexNet, VGG and ResNet keep   when its shape is known
                            torch's default weights
``layer_summary``,          run the network in training mode:  eval mode, no gradients: nothing
``apply_init``              batch statistics take in noise     but lazy layers changes
``save_hyperparameters``    reads the caller's frame: local    saves the arguments and nothing
                            variables become hyperparameters,  else, keeps those of the base
                            the base class's are forgotten     classes, refuses to run elsewhere
``ResNeXtBlock``            ``groups`` is the channels in a    the same, since the chapters rely
                            group; 24 channels in groups of    on it, but a width that does not
                            16 silently become 1 group         divide the channels is refused;
                                                               ``num_groups`` tells the number
``Residual``                a shape that does not fit fails    the error names the cure
                            in an addition
``corr2d``                  Python loops, always float32       one vectorised call, the input's
                                                               precision
``FashionMNIST``            decodes and resizes each image     bytes in memory, resized batch by
                            with PIL in each epoch, in four    batch on the device
                            processes
``ProgressBoard``           waits for the GPU at every step,   points stay on the device; drawn
                            draws in the middle of training,   once at the end; one point is
                            nothing at all if an epoch has     drawn at least
                            one batch
mean of a metric            every batch counts the same, also  ``trainer.history`` weighs images
                            a last one of one image
``training_step``           needs a Trainer                    works alone
``add_to_class``            leaves None behind the name        returns the function
``try_all_gpus``            empty list without a GPU, against  the CPU then
                            its description
``numpy``                   fails for a tensor on the GPU      copies it first
``accuracy``,               older editions' training in        work, in one pass over the data
``train_ch6``, ...          functions                          each; see ``d2lkit.d2l.older``
``Trainer(num_gpus=2)``     trains on one and does not say so  says so, and how two are used
=========================== ================================== =================================

Batch normalisation from scratch is part of the chapter's code, not of this module. There the
running statistics are plain attributes, which ``state_dict`` misses: register them with
``register_buffer``.
"""

from torch import float32, int32, int64, nn

from d2lkit.d2l.board import (
    ProgressBoard,
    plot,
    set_figsize,
    show_images,
    use_svg_display,
)
from d2lkit.d2l.data import DataModule, FashionMNIST
from d2lkit.d2l.devices import Timer, cpu, gpu, num_gpus, try_all_gpus, try_gpu
from d2lkit.d2l.hyperparameters import HyperParameters, add_to_class
from d2lkit.d2l.model import Classifier, Module
from d2lkit.d2l.networks import LeNet, Residual, ResNeXtBlock, init_cnn
from d2lkit.d2l.older import (
    Accumulator,
    Animator,
    get_dataloader_workers,
    get_fashion_mnist_labels,
    load_array,
    load_data_fashion_mnist,
)
from d2lkit.d2l.older_training import (
    accuracy,
    evaluate_accuracy,
    evaluate_accuracy_gpu,
    predict_ch3,
    train_ch3,
    train_ch6,
    train_epoch_ch3,
)
from d2lkit.d2l.tensors import (
    abs,
    arange,
    argmax,
    astype,
    batch_matmul,
    concat,
    corr2d,
    cos,
    cosh,
    exp,
    expand_dims,
    eye,
    linspace,
    log,
    matmul,
    meshgrid,
    normal,
    numpy,
    ones,
    ones_like,
    rand,
    randn,
    reduce_mean,
    reduce_sum,
    repeat,
    reshape,
    sigmoid,
    sin,
    sinh,
    size,
    stack,
    swapaxes,
    tanh,
    tensor,
    to,
    transpose,
    zeros,
    zeros_like,
)
from d2lkit.d2l.trainer import SGD, Trainer

nn_Module = nn.Module

# What code of other chapters asks for, and what does its work here.
_SUCCESSORS = {
    "evaluate_loss": "d2lkit.Trainer().evaluate(model, data)",
    "resnet18": "d2lkit.models.resnet18(in_channels, num_classes)",
    "set_axes": "plot(..., xlabel=..., xlim=...)",
    "train_batch_ch13": "Trainer(max_epochs).fit(model, data)",
    "train_ch11": "Trainer(max_epochs).fit(model, data)",
    "train_ch13": "Trainer(max_epochs).fit(model, data)",
    "train_concise_ch11": "Trainer(max_epochs).fit(model, data)",
}

__all__ = [
    "SGD",
    "Accumulator",
    "Animator",
    "Classifier",
    "DataModule",
    "FashionMNIST",
    "HyperParameters",
    "LeNet",
    "Module",
    "ProgressBoard",
    "ResNeXtBlock",
    "Residual",
    "Timer",
    "Trainer",
    "abs",
    "accuracy",
    "add_to_class",
    "arange",
    "argmax",
    "astype",
    "batch_matmul",
    "concat",
    "corr2d",
    "cos",
    "cosh",
    "cpu",
    "evaluate_accuracy",
    "evaluate_accuracy_gpu",
    "exp",
    "expand_dims",
    "eye",
    "float32",
    "get_dataloader_workers",
    "get_fashion_mnist_labels",
    "gpu",
    "init_cnn",
    "int32",
    "int64",
    "linspace",
    "load_array",
    "load_data_fashion_mnist",
    "log",
    "matmul",
    "meshgrid",
    "nn_Module",
    "normal",
    "num_gpus",
    "numpy",
    "ones",
    "ones_like",
    "plot",
    "predict_ch3",
    "rand",
    "randn",
    "reduce_mean",
    "reduce_sum",
    "repeat",
    "reshape",
    "set_figsize",
    "show_images",
    "sigmoid",
    "sin",
    "sinh",
    "size",
    "stack",
    "swapaxes",
    "tanh",
    "tensor",
    "to",
    "train_ch3",
    "train_ch6",
    "train_epoch_ch3",
    "transpose",
    "try_all_gpus",
    "try_gpu",
    "use_svg_display",
    "zeros",
    "zeros_like",
]


def __getattr__(name: str):
    if name == "plt":  # pyplot takes half a second to load, and most code does without it
        from matplotlib import pyplot

        return pyplot
    if name in _SUCCESSORS:
        raise AttributeError(f"d2lkit.d2l has no {name!r}: take {_SUCCESSORS[name]}")
    raise AttributeError(
        f"d2lkit.d2l has no {name!r}: it offers the names that d2l's chapters on convolutional "
        "networks use, see help(d2lkit.d2l)"
    )
