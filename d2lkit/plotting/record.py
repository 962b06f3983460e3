"""Numbers that the book's text quotes: a notebook publishes them, the page shows them."""

from numbers import Integral, Real

from d2lkit.plotting.style import ipython_shell

# The prefix tells MyST-NB to keep the value out of the cell's visible output.
_PREFIX = "application/papermill.record/"


def glue(name: str, value: object, text: str | None = None) -> None:
    """Publish a value under a name, for ``{glue:text}`` in the text of the page.

    Outside IPython nothing happens. Scalars of torch and numpy become plain numbers, so that a
    format may follow the name: ``{glue:text}`accuracy:.2f```.

    Args:
        name: the name by which the text quotes the value; no colon, which begins a format.
        value: a number, a string, or anything with a useful ``repr``.
        text: what the page shows instead of the value itself.

    Raises:
        TypeError: if the name or the text is no string.
        ValueError: if the name is empty or holds a colon, or the value has more than one number.

    >>> glue("accuracy", 0.97)
    """
    if not isinstance(name, str):
        raise TypeError(f"name must be a string, got {name!r} ({type(name).__name__})")
    if not name or name != name.strip() or ":" in name:
        raise ValueError(f"name must be a word without colons, got {name!r}")
    if text is not None and not isinstance(text, str):
        raise TypeError(f"text must be a string, got {text!r} ({type(text).__name__})")
    plain = repr(_plain(name, value) if text is None else text)
    if ipython_shell() is None:
        return
    from IPython.display import display

    display(
        {_PREFIX + "text/plain": plain},
        raw=True,
        metadata={"scrapbook": {"name": name, "mime_prefix": _PREFIX}},
    )


def _plain(name: str, value: object) -> object:
    """Return an int, float, bool or str for a scalar of whatever library."""
    if hasattr(value, "item"):
        size = value.numel() if hasattr(value, "numel") else value.size
        if size != 1:
            raise ValueError(
                f"value of {name!r} must be a single number, got shape {tuple(value.shape)}"
            )
        return value.item()
    if isinstance(value, bool | str):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    return value
