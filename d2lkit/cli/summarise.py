"""``python -m d2lkit summary``."""

import click

from d2lkit.cli.commands import explained
from d2lkit.cli.values import COUNT, InputShape, NetworkName, Positive


@click.command("summary")
@click.argument("network", type=NetworkName())
@click.option("--input", "shape", type=InputShape(), default="3x224x224", help="Shape of an image.")
@click.option("--classes", type=COUNT, help="Outputs of the network.  [default: the network's]")
@click.option("--width", type=Positive(), default=1.0, help="Factor on the numbers of channels.")
@click.option("--batch-size", type=COUNT, default=1, help="Images at once, for the memory.")
def summarise(network, shape, classes, width, batch_size):
    """Print layers, parameters, FLOPs and memory of NETWORK."""
    with explained():
        from d2lkit import accounting, models

        settings = {"in_channels": shape[0], "width": width, "image_size": shape[1:]}
        if classes is not None:
            settings["num_classes"] = classes
        net = models.create(network, **settings)
        click.echo(str(accounting.summary(net, shape, batch_size=batch_size)))
