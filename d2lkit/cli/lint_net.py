"""``python -m d2lkit lint-net``."""

import click

from d2lkit.cli.commands import explained
from d2lkit.cli.values import COUNT, InputShape, NetworkName, Positive


@click.command("lint-net")
@click.argument("network", type=NetworkName())
@click.option("--input", "shape", type=InputShape(), default="3x224x224", help="Shape of an image.")
@click.option("--classes", type=COUNT, help="Outputs of the network.  [default: the network's]")
@click.option("--width", type=Positive(), default=1.0, help="Factor on the numbers of channels.")
@click.option("--built-for", type=COUNT, help="Side that it is made for.  [default: the image's]")
def lint_net(network, shape, classes, width, built_for):
    """Say what is badly sized in NETWORK, and what would fit."""
    with explained():
        import torch

        from d2lkit import accounting, models

        image_size = shape[1:] if built_for is None else built_for
        settings = {"in_channels": shape[0], "width": width, "image_size": image_size}
        if classes is not None:
            settings["num_classes"] = classes
        with torch.device("meta"):  # sizes need no numbers
            net = models.create(network, **settings)
        click.echo(str(accounting.lint(net, shape)))
