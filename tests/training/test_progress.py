"""A progress bar shows in terminals and to people in notebooks, not to programs."""

import io
import sys
from types import SimpleNamespace

import pytest
from jupyter_client.manager import start_new_kernel

from d2lkit.training.progress import progress_bar, someone_watches


class Terminal(io.StringIO):
    """Where a person reads along."""

    def isatty(self):
        return True


def test_terminal_and_pipe(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", None)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert someone_watches()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert not someone_watches()
    monkeypatch.setattr(sys, "stderr", None)  # as under pythonw
    assert not someone_watches()


def test_ipython_in_a_terminal(monkeypatch):
    shell = SimpleNamespace(get_ipython=lambda: SimpleNamespace())
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert someone_watches()


def test_bar_counts_and_leaves_no_trace(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress_bar(10, done=4, show=True) as bar:
        bar.update()
    text = terminal.getvalue()
    assert "40%" in text
    assert "4/10" in text
    assert text.rsplit("\r", 2)[1].strip() == ""  # the last thing written is an empty line


CELL = """
import time
from d2lkit.training.progress import progress_bar, someone_watches

with progress_bar(3) as bar:
    for _ in range(3):
        bar.update()
        time.sleep(0.15)
print(someone_watches())
"""


@pytest.mark.filterwarnings("default")  # of the kernel's own libraries
def test_notebooks(monkeypatch):
    # What sets nbclient, nbval and papermill apart is that they refuse input().
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        seen = {}
        for allow_stdin in (False, True):
            outputs = []
            client.execute_interactive(
                CELL, allow_stdin=allow_stdin, output_hook=outputs.append, timeout=120
            )
            streams = [m["content"] for m in outputs if m["msg_type"] == "stream"]
            seen[allow_stdin] = {
                name: "".join(s["text"] for s in streams if s["name"] == name)
                for name in ("stdout", "stderr")
            }
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert seen[False] == {"stdout": "False\n", "stderr": ""}
    assert seen[True]["stdout"] == "True\n"
    assert "/3 [" in seen[True]["stderr"]
