"""A progress bar where somebody watches, silence elsewhere."""

import sys

from d2lkit.training.distributed import rank


def someone_watches() -> bool:
    """Return whether the output goes to a terminal or to a notebook that a person has open.

    A program that executes notebooks (nbval, nbclient, papermill) tells the kernel that
    nobody can answer ``input()``; a person's Jupyter or Colab does not. That is the sign.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and hasattr(shell, "kernel"):
        request = shell.kernel.get_parent() or {}
        return bool(request.get("content", {}).get("allow_stdin", False))
    return sys.stderr is not None and sys.stderr.isatty()


def progress_bar(total: int, *, done: int = 0, show: bool | None = None):
    """Return a tqdm bar on stderr that counts steps and leaves no trace.

    Args:
        total: steps until the bar is full.
        done: steps made before, by the run that is resumed.
        show: None decides by :func:`someone_watches`; only the process of rank 0 shows a bar.
    """
    from tqdm import tqdm

    show = someone_watches() if show is None else show
    return tqdm(
        total=total,
        initial=done,
        disable=not show or rank() != 0,
        leave=False,
        unit="step",
        dynamic_ncols=True,
    )
