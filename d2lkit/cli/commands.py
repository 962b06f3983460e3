"""What all commands share: a mistake costs the user one line, Ctrl-C one line and code 130."""

import contextlib
import sys
from collections.abc import Iterator

import click

INTERRUPTED = 130  # what shells report for a program that Ctrl-C has ended
COMPLETE = "_D2LKIT_COMPLETE"  # by this variable a shell asks how a word may go on


class Commands(click.Group):
    """A group of commands whose errors are one line each, without the usage above them."""

    def main(self, args=None, prog_name=None, **settings):
        """Run the command that the arguments name, then exit with its code.

        Args:
            args: the words after the program's name; None takes those of the process.
            prog_name: the program's name in help texts.
            settings: as of click.
        """
        try:
            settings |= {"standalone_mode": False, "complete_var": COMPLETE}
            code = super().main(args, prog_name, **settings)
        except click.ClickException as error:
            # Only a usage error can hold several lines: the choices of an argument.
            click.echo(f"Error: {one_line(error.format_message())}", err=True)
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo("Stopped.", err=True)
            sys.exit(INTERRUPTED)
        sys.exit(code if isinstance(code, int) else 0)

    def resolve_command(self, ctx, args):
        """Find the command that the first argument names; say which there are if none."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            names = ", ".join(self.list_commands(ctx))
            raise click.UsageError(f"{error.message} There are {names}.", ctx) from error

    def invoke(self, ctx):
        """Run the command; Ctrl-C aborts it without the empty line that click would print."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.Abort() from None


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn what this library says about a wrong value into one line for the user."""
    from d2lkit.data import DatasetError
    from d2lkit.training import CheckpointError

    try:
        yield
    except (ValueError, TypeError, OSError, ImportError, DatasetError, CheckpointError) as error:
        raise click.ClickException(str(error)) from error


def one_line(message: str) -> str:
    """Return a message without line breaks.

    >>> one_line("Choose from:\\n  a,\\n  b")
    'Choose from: a, b'
    """
    return " ".join(message.split())
