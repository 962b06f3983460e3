"""Warnings of the build name the cell of a notebook as nbval and the tests of the form do.

MyST-NB counts lines: `chapters/….ipynb:530003` is line 2 of cell 53. The warning says
`chapters/….ipynb: cell 53 ('## Summary'), line 2`.
"""

import logging
import re
from pathlib import Path

import nbformat
from sphinx.util.logging import NAMESPACE, WarningLogRecordTranslator

LINES = 10_000  # MyST-NB's numbers for one cell; its first line has number 2


def named(location: str) -> str:
    """The place of a warning in words, if it is a line of a notebook.

    >>> named("intro.md:12")
    'intro.md:12'
    """
    found = re.fullmatch(r"(.+\.ipynb):(\d+)", location)
    number, line = divmod(int(found[2]), LINES) if found else (0, 0)
    if not number or not Path(found[1]).exists():
        return location
    cells = nbformat.read(found[1], as_version=4).cells
    first = (cells[number - 1].source.strip().splitlines() or ["(empty)"])[0]
    return f"{found[1]}: cell {number} ({first[:50]!r}), line {max(line - 1, 1)}"


def name_cell(record: logging.LogRecord) -> bool:
    """Put the words in the place of the number; a filter of the handler of warnings."""
    if isinstance(getattr(record, "location", None), str):
        record.location = named(record.location)
    return True


def setup(app):
    """Called by Sphinx: name cells as soon as its own filter has written the location."""
    for handler in logging.getLogger(NAMESPACE).handlers:
        kinds = [isinstance(one, WarningLogRecordTranslator) for one in handler.filters]
        if any(kinds):
            handler.filters.insert(kinds.index(True) + 1, name_cell)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
