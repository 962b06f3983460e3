"""The command line: train a network, print its summary, list networks and data sets.

``python -m d2lkit --help`` lists the commands, ``python -m d2lkit train --help`` the settings
of one. Nothing but click is loaded until a command runs.
"""

from d2lkit.cli.commands import Commands
from d2lkit.cli.completions import completions
from d2lkit.cli.lint_net import lint_net
from d2lkit.cli.lists import list_data, list_models
from d2lkit.cli.predict import predict
from d2lkit.cli.summarise import summarise
from d2lkit.cli.training_run import train

main = Commands(
    name="d2lkit",
    help="Train convolutional networks and look inside them.",
    commands=[train, predict, summarise, lint_net, list_models, list_data, completions],
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True},
)

__all__ = ["main"]
