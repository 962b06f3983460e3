"""``python -m d2lkit completions``."""

import shlex
import sys

import click

from d2lkit.cli.commands import COMPLETE

# How each shell names a function, and where its script calls the program.
_SHELLS = {
    "bash": ('d2lkit() {{ {program} "$@"; }}', "=bash_complete $1"),
    "zsh": ('d2lkit() {{ {program} "$@"; }}', "=zsh_complete d2lkit"),
    "fish": ("function d2lkit; {program} $argv; end", "COMP_CWORD=(commandline -t) d2lkit"),
}


@click.command("completions")
@click.argument("shell", type=click.Choice(list(_SHELLS)))
def completions(shell):
    """Print what lets SHELL complete commands, options and networks.

    It also names the program d2lkit. In bash or zsh: eval "$(python -m d2lkit completions bash)".
    In fish: python -m d2lkit completions fish | source
    """
    from click.shell_completion import get_completion_class

    from d2lkit.cli import main

    program = f"{shlex.quote(sys.executable)} -m d2lkit"
    function, call = _SHELLS[shell]
    script = get_completion_class(shell)(main, {}, "d2lkit", COMPLETE).source()
    asking = call.rsplit(" ", 1)[0]
    if call not in script:
        raise click.ClickException(f"this version of click completes {shell} in another way")
    script = script.replace(call, f"{asking} {program}")
    click.echo(function.format(program=program))
    click.echo(script.replace("$+commands[d2lkit]", "$+functions[d2lkit]"))  # zsh: it is one
