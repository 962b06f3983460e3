"""``python -m d2lkit predict``."""

from pathlib import Path

import click

from d2lkit.cli.commands import explained
from d2lkit.cli.values import COUNT, PICTURE


@click.command("predict")
@click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--top", type=COUNT, default=5, help="How many classes to print.")
@click.option(
    "--picture",
    type=PICTURE,
    help="Where to draw what speaks for the first class.  [default: PHOTO's name-grad-cam.png]",
)
def predict(photo, top, picture):
    """Name what PHOTO shows, by a network trained on ImageNet, and draw where it sees it."""
    picture = Path(picture or f"{photo.stem}-grad-cam.png")
    if picture.resolve() == photo.resolve():
        raise click.UsageError(f"the picture would replace the photograph, {photo}")
    with explained():
        import torch

        from d2lkit import explain, models

        net = models.efficientnet_lite0(pretrained=True).eval()
        seen = models.imagenet_input(read_photograph(photo))
        with torch.no_grad():
            probabilities = net(seen)[0].softmax(0)
        for probability, index in zip(*probabilities.topk(min(top, 1000)), strict=True):
            click.echo(f"{probability:7.2%}  {models.imagenet_classes()[index]}")
        heat = explain.grad_cam(net, net.top, seen)[0]
        draw(explain.overlay(models.imagenet_photograph(seen)[0], heat), picture)
    click.echo(f"picture: {picture}")


def read_photograph(path: Path):
    """Return a picture file as red, green and blue from 0 to 1, turned as it was taken.

    Shape: -> (3, H, W) float32
    """
    import numpy as np
    import torch
    from PIL import Image, ImageOps

    with Image.open(path) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    return torch.from_numpy(np.array(upright)).permute(2, 0, 1) / 255


def draw(image, path: Path) -> None:
    """Write a picture (3, H, W) in [0, 1] into a file of the kind that its name says."""
    from matplotlib import image as files

    files.imsave(path, image.permute(1, 2, 0).clamp(0, 1).numpy())
