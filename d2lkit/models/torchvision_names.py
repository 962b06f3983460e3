"""What torchvision calls the parameters of the networks that are the same here."""

from torch import nn

from d2lkit.models.alexnet import AlexNet
from d2lkit.models.googlenet import GoogLeNet
from d2lkit.models.mobile import STAGES, MobileNetV2
from d2lkit.models.resnet import ResNet
from d2lkit.models.vgg import VGG

# The blocks of MobileNetV2 in order; torchvision counts them behind the stem, from 1.
_BLOCKS = [(stage, block) for stage, row in enumerate(STAGES) for block in range(row[2])]

# What to replace in torchvision's names of parameters, one pattern after the other.
RENAMES = {
    AlexNet: [(r"^classifier", "head")],
    VGG: [(r"^classifier", "head")],
    ResNet: [
        (r"^conv1", "stem.0"),
        (r"^bn1", "stem.1"),
        (r"^layer1", "stages.0"),
        (r"^layer2", "stages.1"),
        (r"^layer3", "stages.2"),
        (r"^layer4", "stages.3"),
        (r"\.conv1", ".branch.0"),
        (r"\.bn1", ".branch.1"),
        (r"\.conv2", ".branch.3"),
        (r"\.bn2", ".branch.4"),
        (r"\.conv3", ".branch.6"),
        (r"\.bn3", ".branch.7"),
        (r"\.downsample", ".shortcut"),
        (r"^fc", "head"),
    ],
    MobileNetV2: [
        (r"^features\.0", "stem"),
        (r"^features\.18", "top"),
        *((rf"^features\.{i}\.", f"stages.{s}.{b}.") for i, (s, b) in enumerate(_BLOCKS, start=1)),
        (r"^(stages\.0\.0)\.conv\.1", r"\1.branch.3"),  # nothing is widened there
        (r"^(stages\.0\.0)\.conv\.2", r"\1.branch.4"),
        (r"\.conv\.0\.", ".branch."),
        (r"\.conv\.1\.0", ".branch.3"),
        (r"\.conv\.1\.1", ".branch.4"),
        (r"\.conv\.2", ".branch.6"),
        (r"\.conv\.3", ".branch.7"),
        (r"^classifier", "head"),
    ],
    GoogLeNet: [
        (r"^conv1", "stem.0"),
        (r"^conv2", "stem.2"),
        (r"^conv3", "stem.3"),
        (r"^inception3a", "stage3.0"),
        (r"^inception3b", "stage3.1"),
        (r"^inception4a", "stage4a"),
        (r"^inception4b", "stage4b.0"),
        (r"^inception4c", "stage4b.1"),
        (r"^inception4d", "stage4b.2"),
        (r"^inception4e", "stage4e.0"),
        (r"^inception5a", "stage5.0"),
        (r"^inception5b", "stage5.1"),
        (r"^aux(\d)\.conv", r"auxiliary\1.1"),
        (r"^aux(\d)\.fc1", r"auxiliary\1.3"),
        (r"^aux(\d)\.fc2", r"auxiliary\1.6"),
        (r"\.conv\.", ".0."),
        (r"\.bn\.", ".1."),
        (r"^fc", "head.1"),
    ],
}


def renames_of(net: nn.Module) -> list[tuple[str, str]]:
    """Return what to rename for ``net``, as (pattern, replacement), in this order.

    Raises:
        ValueError: if torchvision has no such network, or one that computes something else.

    >>> from d2lkit.models import vgg11
    >>> renames_of(vgg11(width=0.01))
    [('^classifier', 'head')]
    """
    name = type(net).__name__
    found = [renames for cls, renames in RENAMES.items() if isinstance(net, cls)]
    if not found:
        raise ValueError(f"torchvision has no {name}")
    if isinstance(net, AlexNet | GoogLeNet) and net.variant != "torchvision":
        raise ValueError(
            f"torchvision's {name} has variant='torchvision', got variant={net.variant!r}"
        )
    if isinstance(net, ResNet):
        if net.pre_activation or net.shortcut != "projection":
            raise ValueError(
                f"torchvision's {name} has shortcut='projection' and no pre_activation, got "
                f"shortcut={net.shortcut!r}, pre_activation={net.pre_activation}"
            )
        blocks = (block for stage in net.stages for block in stage)
        # The shapes would fit: only the stride tells version 1 from version 1.5.
        if any(block.branch[0].kernel_size == (1, 1) != block.branch[0].stride for block in blocks):
            raise ValueError(
                f"torchvision's {name} strides in its 3×3 convolutions (version 1.5), this one in "
                "its 1×1 convolutions: build it with bottleneck_v15, as resnet50_v15 does"
            )
    return found[0]
