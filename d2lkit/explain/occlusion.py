"""Cover a square of the image, and see how far a class's score falls."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from d2lkit.arguments import integer, number, one_of, tensor
from d2lkit.explain.watching import evaluating, scores_of


def occlusion(
    net: nn.Module,
    images: Tensor,
    classes: int | Sequence[int] | Tensor | None = None,
    *,
    window: int,
    stride: int | None = None,
    value: float = 0.0,
    score: str = "logit",
) -> Tensor:
    """Return for each position of a square how much the score falls when it covers the image.

    Args:
        net: any network that puts out one score for each class; it runs in evaluation mode.
        classes: the class to explain, one for all images or one for each; None: the answer.
        window: side of the square in pixels.
        stride: pixels from one position to the next; None moves it by its own side.
        value: what the square is filled with; 0 is the mean of normalised images.
        score: ``"logit"``, or ``"probability"`` behind a softmax.

    Shape: (N, C, H, W) -> (N, rows, columns); the last square of a row may lie partly outside

    Raises:
        TypeError, ValueError: for images, classes or numbers that do not suit.

    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(16, 1, bias=False))
    >>> _ = nn.init.ones_(net[1].weight)
    >>> occlusion(net, torch.ones(1, 1, 4, 4), classes=0, window=2)
    tensor([[[4., 4.],
             [4., 4.]]])

    Source: Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014,
    section 4.2.
    """
    tensor("images", images, ndim=4, floating=True)
    integer("window", window, minimum=1)
    step = window if stride is None else integer("stride", stride, minimum=1)
    number("value", value)
    one_of("score", score, ["logit", "probability"])
    height, width = images.shape[-2:]
    if window > min(height, width):
        raise ValueError(f"a window of {window} is larger than the images, {height}×{width}")
    tops, lefts = (range(0, max(side - window + step, 1), step) for side in (height, width))

    def scores(shown: Tensor) -> Tensor:
        logits = net(shown)
        return scores_of(logits.softmax(1) if score == "probability" else logits, answer)

    with evaluating(net), torch.no_grad():
        answer = net(images).argmax(1) if classes is None else classes
        before = scores(images)  # (N,)
        falls = []
        for top in tops:
            for left in lefts:
                covered = images.clone()
                covered[..., top : top + window, left : left + window] = value
                falls.append(before - scores(covered))
    return torch.stack(falls, 1).unflatten(1, (len(tops), len(lefts)))
