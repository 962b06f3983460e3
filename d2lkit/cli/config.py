"""``--config``: the settings of a command from a file."""

import tomllib
from pathlib import Path

import click


def read_config(ctx: click.Context, param: click.Parameter, path: str | None) -> str | None:
    """Take the settings in a TOML file as defaults; the command line goes before them.

    Args:
        ctx: of the command, whose options may be set by their long names.
        param: the option that names the file.
        path: the file; None leaves everything as it is.
    """
    if path is None:
        return None
    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise click.BadParameter(f"{path} is not a TOML file: {error}", ctx, param) from error
    names = {
        option.lstrip("-").replace("-", "_"): one.name
        for one in ctx.command.params
        for option in one.opts
        if one is not param and one.name != "help"
    }
    settings = {}
    for key, value in found.items():
        name = names.get(key.replace("-", "_"))
        if name is None:
            known = ", ".join(sorted(name.replace("_", "-") for name in names))
            raise click.BadParameter(
                f"{path} must hold names of options only, got {key!r}; there are {known}",
                ctx,
                param,
            )
        if isinstance(value, dict):
            raise click.BadParameter(f"{path} must hold no table, got [{key}]", ctx, param)
        settings[name] = value if isinstance(value, bool | list) else str(value)
    ctx.default_map = {**(ctx.default_map or {}), **settings}
    return path
