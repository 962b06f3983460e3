"""What `pytest --nbval` says of a cell, and what it holds a cell to beyond nbval.

A failure names file and cell as the form tests do (``bookform.reading.where``) and begins with one
line: what failed, the values that a failed assertion compared, and the cure. Outputs that nbval
does not compare (cells tagged `nbval-ignore-output`) are held to the stored ones, to the tolerance
of their cell, and assertions hold for the numbers they store, too. Cells that pass pay for nothing
but these comparisons.
"""

import ast
import contextlib
import queue
from pathlib import Path

import pytest
from bookform.again import compare_cell
from bookform.reading import where
from bookform.stored_values import forget_assigned, put_to_stored, stored_values
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

ASSERTED = Path(__file__).with_name("asserted.py").read_text(encoding="utf-8")
VALUES = f"(lambda space: exec({ASSERTED!r}, space) or space['compared']())({{}})"
ON_A_GPU = "'torch' in (m := __import__('sys').modules) and m['torch'].cuda.is_available()"


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    """Take our chapters for nbval's notebooks."""
    found = yield
    return [
        Chapter.from_parent(parent, path=file_path) if isinstance(one, IPyNbFile) else one
        for one in found
    ]


class Chapter(IPyNbFile):
    """A notebook whose cells are named as everywhere: counted among all cells, from 1."""

    def collect(self):
        """One test for each code cell."""
        self.stored = {}  # numbers that the cells so far have stored
        for item in super().collect():
            number = next(i for i, cell in enumerate(self.nb.cells, 1) if cell is item.cell)
            name = f"cell {number}"  # how it begins may hold brackets, which pytest reads
            yield Cell.from_parent(
                self, name=name, cell_num=number, cell=item.cell, options=item.options
            )


class Cell(IPyNbCell):
    """A code cell."""

    def runtest(self):
        """Hold the outputs that nbval leaves out to the stored ones, and assertions to these."""
        super().runtest()
        faults = self.assertions_on_stored()
        if not self.options["check"]:  # nbval has not compared it
            faults += compare_cell(self.cell, NotebookNode(outputs=self.test_outputs))
        if faults and not ask(self.parent.kernel, ON_A_GPU):  # where other figures are right
            self.raise_cell_error("; ".join(faults))

    def assertions_on_stored(self) -> list[str]:
        """The assertions of this cell that the stored numbers of the cells so far do not meet."""
        known = forget_assigned(self.cell.source, self.parent.stored)
        known |= stored_values(self.cell)
        self.parent.stored = known
        asked = put_to_stored(self.cell.source, known)
        return [says for says, test in asked if ask(self.parent.kernel, test) is not True]

    def repr_failure(self, excinfo):
        """Begin the report with one line, which pytest's summary shows, too."""
        report = super().repr_failure(excinfo)
        if not isinstance(excinfo.value, NbCellError):
            return report
        file = str(self.parent.nodeid)
        errors = [out for out in self.test_outputs or [] if out.output_type == "error"]
        if errors:
            error = errors[-1]
            what = " ".join(f"{error.ename}: {error.evalue}".split())[:200].rstrip(": ")
            values = ask(self.parent.kernel, VALUES) if error.ename == "AssertionError" else ""
            what += f", where {values}" if values else ""
            cure = f"repair the cell, or what the text says, then make execute NB={file}"
        else:
            what = str(excinfo.value)
            cure = f"if the new output is right, make execute NB={file}"
        place = where(self.parent.nb, self.cell)
        return f"{file}: {place}: {what}; cure: {cure}\n\n{report}"


def ask(kernel, expression: str):
    """The value of an expression in a running kernel; None if that does not answer."""
    message = kernel.kc.execute("", silent=True, user_expressions={"answer": expression})
    with contextlib.suppress(queue.Empty):
        while True:
            reply = kernel.kc.get_shell_msg(timeout=60)
            if reply["parent_header"].get("msg_id") == message:
                return answer_of(reply)


def answer_of(reply: dict):
    """The value of the expression `answer` in a kernel's reply; None if it failed there."""
    answer = reply["content"].get("user_expressions", {}).get("answer", {})
    return ast.literal_eval(answer.get("data", {"text/plain": "None"})["text/plain"])
