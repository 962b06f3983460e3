"""Exercises of the chapter on batch normalisation."""

import torch
from torch import Tensor

from d2lkit.check.kinds import Case, Choice, Function, Number, Values, whole_numbers

_EIGHT = torch.tensor([2.0, 4, 4, 4, 5, 5, 7, 9])
_VGG16 = [64] * 2 + [128] * 2 + [256] * 3 + [512] * 6  # channels of its convolutions


def _outputs(correction: int = 0, gamma: float = 3.0, beta: float = -1.0) -> Tensor:
    deviation = _EIGHT.var(correction=correction).sqrt()
    return gamma * (_EIGHT - _EIGHT.mean()) / deviation + beta


def _fold(weight, mean, var, gamma, beta, eps):
    factor = gamma / torch.sqrt(var + eps)
    return weight * factor[:, None, None, None], beta - factor * mean


def _fold_without_root(weight, mean, var, gamma, beta, eps):
    factor = gamma / (var + eps)
    return weight * factor[:, None, None, None], beta - factor * mean


def _fold_without_eps(weight, mean, var, gamma, beta, eps):
    return _fold(weight, mean, var, gamma, beta, 0.0)


def _fold_eps_outside(weight, mean, var, gamma, beta, eps):
    return _fold(weight, mean, (torch.sqrt(var) + eps) ** 2, gamma, beta, 0.0)


def _fold_raw_mean(weight, mean, var, gamma, beta, eps):
    return _fold(weight, mean, var, gamma, beta, eps)[0], beta - mean


def _fold_without_mean(weight, mean, var, gamma, beta, eps):
    return _fold(weight, mean, var, gamma, beta, eps)[0], beta


def _layers() -> list[Case]:
    """Weights of three layers with their statistics; channels in and out differ."""
    cases = []
    for seed, (c_out, c_in, height, width) in enumerate([(1, 1, 1, 1), (3, 2, 3, 3), (4, 5, 1, 3)]):
        mean, gamma, beta = whole_numbers(3, c_out, seed=seed).unbind()
        var = whole_numbers(c_out, seed=seed + 10).abs() + 1
        weight = whole_numbers(c_out, c_in, height, width, seed=seed + 20)
        # An eps as large as a variance: who forgets it, or adds it outside the root, is seen.
        cases.append(Case(weight, mean, var, gamma + 0.5, beta, 0.75))
    return cases


EXERCISES = {
    "ex-batch-norm-1": Values(
        _outputs,
        hint="Mean, squared distances, their mean, its root; then scale, then shift.",
        mistakes=[
            (
                lambda: _outputs(correction=1),
                "That divides the squares by 7; a batch is normalised with its own variance, by 8.",
            ),
            (lambda: _outputs(gamma=1, beta=0), "These are normalised; now scale and shift them."),
            (lambda: _outputs(beta=0), "Scaled, but not shifted yet."),
            (
                lambda: 3 * (_EIGHT - 5) / 4 - 1,
                "That divides by the variance; its root is wanted.",
            ),
        ],
        axes="example",
    ),
    "ex-batch-norm-2": Number(
        lambda: 2 * sum(_VGG16) + len(_VGG16),
        hint="Three buffers per layer: two with a number per channel, one with a single number.",
        mistakes=[
            (lambda: 2 * sum(_VGG16), "Nearly: each layer also counts the batches it has seen."),
            (
                lambda: 4 * sum(_VGG16) + len(_VGG16),
                "Half of these are scales and shifts, which the optimiser does change.",
            ),
            (lambda: sum(_VGG16), "That is one number per channel; the books hold two."),
        ],
    ),
    "ex-batch-norm-3": Function(
        _fold,
        _layers,
        hint="Write the output of the normalisation as (factor · weight) ⋆ x, plus a rest.",
        mistakes=[
            (_fold_without_root, "Divide by the standard deviation, the root of var + eps."),
            (_fold_without_eps, "Where is eps? It is added to the variance."),
            (_fold_eps_outside, "Add eps to the variance, before the root is taken."),
            (_fold_raw_mean, "The mean is subtracted before the scaling: it is scaled, too."),
            (_fold_without_mean, "The bias must subtract the mean as well."),
        ],
    ),
    "ex-batch-norm-4": Choice(
        "different",
        hint="By how many images is each image normalised, in either case?",
        others={"same": "True where every image is processed by itself; here it is not."},
    ),
}
