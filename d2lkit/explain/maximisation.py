"""Search an image, starting from noise, that a channel answers to most."""

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from d2lkit.arguments import image_shape, integer, number
from d2lkit.explain.watching import evaluating, maps_of, watching


def maximise(
    net: nn.Module,
    layer: nn.Module,
    channel: int,
    image_size: tuple[int, int, int],
    *,
    steps: int = 100,
    rate: float = 0.1,
    decay: float = 0.0,
    blur: float = 0.0,
    shift: int = 0,
    seed: int = 0,
) -> Tensor:
    """Climb the gradient of a channel's mean activation, from faint noise.

    Without regularisation (the last three at 0) the result is mostly high frequencies that no
    photograph has. It shows what raises the activation, not what the channel is for.

    Args:
        net: any network; it runs in evaluation mode and its parameters keep their gradients.
        layer: one of its modules that puts out maps.
        channel: index of the map.
        image_size: (C, H, W) of the image, as the network takes it.
        steps: of gradient ascent, each of the same length: ``rate`` times the root mean square.
        rate: length of a step, in standard deviations of a normalised image.
        decay: share of the image that each step takes away.
        blur: share of each step's image that is replaced by its mean over 3×3 pixels.
        shift: pixels by which the image is moved at random in each step, and moved back.
        seed: of the noise and the shifts.

    Shape: -> (1, C, H, W)

    Raises:
        TypeError, ValueError: for a layer, a channel or numbers that do not suit.

    >>> net = nn.Sequential(nn.Conv2d(1, 2, 3))
    >>> _ = nn.init.constant_(net[0].weight, 1.0)
    >>> bright = maximise(net, net[0], 1, (1, 8, 8), steps=10)
    >>> bool(bright[0, 0, 2:6, 2:6].min() > 0)
    True

    Source: Erhan et al., "Visualizing higher-layer features of a deep network", 2009;
    Yosinski et al., "Understanding neural networks through deep visualization", 2015, section 3.
    """
    shape = image_shape("image_size", image_size)
    if len(shape) != 3:
        raise ValueError(f"image_size must be (C, H, W), got {shape}")
    integer("steps", steps, minimum=1)
    number("rate", rate, above=0)
    number("decay", decay, minimum=0, maximum=1)
    number("blur", blur, minimum=0, maximum=1)
    integer("shift", shift, minimum=0)
    generator = torch.Generator().manual_seed(integer("seed", seed, minimum=0))
    example = next(net.parameters(), torch.zeros(()))
    image = 0.1 * torch.randn(1, *shape, generator=generator).to(example)
    with evaluating(net), torch.enable_grad():
        for _ in range(steps):
            moves = torch.randint(-shift, shift + 1, (2,), generator=generator).tolist()
            moved = image.roll(moves, (2, 3)).requires_grad_()
            with watching(net, layer) as seen:
                net(moved)
            maps = maps_of(seen, layer)
            if not 0 <= integer("channel", channel) < maps.shape[1]:
                raise ValueError(f"channel must be from 0 to {maps.shape[1] - 1}, got {channel}")
            (gradient,) = torch.autograd.grad(maps[:, channel].mean(), moved)
            step = rate * gradient / gradient.square().mean().sqrt().clamp(min=1e-12)
            image = (1 - decay) * (moved + step).detach()
            if blur:
                smooth = avg_pool2d(image, 3, stride=1, padding=1, count_include_pad=False)
                image = (1 - blur) * image + blur * smooth
            image = image.roll([-move for move in moves], (2, 3))
    return image
