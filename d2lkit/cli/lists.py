"""``python -m d2lkit models`` and ``python -m d2lkit data``."""

import inspect

import click

from d2lkit.cli.commands import explained
from d2lkit.cli.datasets import DATA_SETS, open_data
from d2lkit.cli.values import COUNT, PICTURE


@click.command("models")
@click.argument("part", default="")
def list_models(part):
    """List the networks whose names contain PART, with their parameters at full width."""
    import torch

    from d2lkit import accounting, models

    found = [name for name in models.names() if part in name]
    if not found:
        raise click.ClickException(
            f"no network has {part!r} in its name; there are {', '.join(models.names())}"
        )
    widest = max(map(len, found))
    for name in found:
        with torch.device("meta"):  # shapes without memory: a list of VGGs would need gigabytes
            parameters = accounting.count_parameters(models.create(name))
        click.echo(f"{name:{widest}}  {parameters:>13,}  {_says(getattr(models, name))}")


@click.command("data")
@click.argument("name", type=click.Choice(list(DATA_SETS)), required=False)
@click.option("--size", type=COUNT, help="Height and width in pixels.  [default: the data's own]")
@click.option("--root", type=click.Path(file_okay=False), help="Folder of downloaded files.")
@click.option("--picture", type=PICTURE, help="Save the first training images there.")
def list_data(name, size, root, picture):
    """List the data sets, or describe the one called NAME."""
    from d2lkit import data

    if name is None:
        for known, kind in DATA_SETS.items():
            click.echo(f"{known:13}  {_says(getattr(data, kind))}")
        return
    with explained():
        found = open_data(name, size=size, root=root)
        click.echo(repr(found))
        click.echo(f"classes: {', '.join(found.class_names)}")
        if picture is not None:
            found.show().savefig(picture)
            click.echo(f"picture: {picture}")


def _says(thing) -> str:
    """Return the first sentence of a docstring, without its markup."""
    first = inspect.getdoc(thing).split("\n\n")[0].replace("\n", " ")
    return first.replace("`", "").removesuffix(".").split("; options as for")[0]
