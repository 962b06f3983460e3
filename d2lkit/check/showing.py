"""A verdict shows wherever it stands in a notebook's cell, not only as the last expression."""

import sys

from d2lkit.check.kinds import Verdict

_waiting: list[Verdict] = []


def shown_in_any_place(verdict: Verdict) -> Verdict:
    """Return a verdict that IPython prints after the cell, if nobody has looked at it by then.

    Args:
        verdict: the one to show.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        if not _waiting:
            shell.events.register("post_run_cell", _show)
        _waiting.append(verdict)
    return verdict


def _show(result=None) -> None:
    sys.modules["IPython"].get_ipython().events.unregister("post_run_cell", _show)
    verdicts, _waiting[:] = list(_waiting), []
    for verdict in verdicts:
        if not verdict.used:
            print(repr(verdict))
