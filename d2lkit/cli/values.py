"""The values that arguments and options may take, and what is said of others."""

from pathlib import Path

import click


class NetworkName(click.ParamType):
    """The name of a network of ``d2lkit.models``."""

    name = "network"

    def convert(self, value, param, ctx):
        from d2lkit import models

        try:
            models.options(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return value

    def shell_complete(self, ctx, param, incomplete):
        from click.shell_completion import CompletionItem

        from d2lkit import models

        return [CompletionItem(name) for name in models.names() if name.startswith(incomplete)]

    def get_missing_message(self, param, ctx=None):
        return "the command models lists the networks."


class InputShape(click.ParamType):
    """Channels, height and width of an image, such as ``3x224x224``."""

    name = "CxHxW"

    def convert(self, value, param, ctx):
        if isinstance(value, tuple):
            return value
        parts = value.lower().replace("×", "x").split("x")
        if len(parts) != 3 or not all(p.isascii() and p.isdigit() and int(p) for p in parts):
            self.fail(
                f"{value!r} is not channels x height x width in whole numbers from 1, "
                "such as 3x224x224.",
                param,
                ctx,
            )
        return tuple(map(int, parts))


class OutputFile(click.ParamType):
    """A file that can be written, of one of several kinds."""

    name = "file"

    def __init__(self, *suffixes: str):
        self.suffixes = suffixes

    def convert(self, value, param, ctx):
        import os

        path = Path(value)
        if path.suffix.lower() not in self.suffixes:
            self.fail(f"{value!r} does not end in {' or '.join(self.suffixes)}.", param, ctx)
        if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
            self.fail(f"{value!r} is not in a folder that exists and can be written.", param, ctx)
        return path


class Positive(click.FloatRange):
    """A number above 0."""

    def __init__(self):
        super().__init__(min=0, min_open=True)


PICTURE = OutputFile(".png", ".pdf", ".svg")
SHARE = click.FloatRange(min=0, max=1)
COUNT = click.IntRange(min=1)
