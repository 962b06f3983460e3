"""Tables of stored results: rows of text, and sentences below them."""

import html
from dataclasses import dataclass

_CELL = "padding: 0.1em 0.35em; white-space: nowrap"


@dataclass(frozen=True, repr=False)
class Table:
    """Rows of text with notes below: text in a terminal, a table in a notebook.

    Attributes:
        headings: of the columns.
        rows: one list of cells per training, in the order of the headings.
        notes: sentences below the table: machine, versions, date, and what is missing.
        text_columns: so many columns hold text, the others numbers.
    """

    headings: list[str]
    rows: list[list[str]]
    notes: list[str]
    text_columns: int = 1

    def __repr__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.headings, *self.rows, strict=True)]

        def line(cells: list[str]) -> str:
            sides = "<" * self.text_columns + ">" * (len(cells) - self.text_columns)
            aligned = zip(cells, sides, widths, strict=True)
            return "  ".join(f"{cell:{side}{width}}" for cell, side, width in aligned)

        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        table = [line(self.headings), rule, *map(line, self.rows), rule] if self.rows else []
        return "\n".join([*table, *self.notes])

    def _repr_html_(self) -> str:
        def row(cells: list[str], tag: str = "td") -> str:
            sides = ["left" if i < self.text_columns else "right" for i in range(len(cells))]
            written = [
                f'<{tag} style="text-align: {side}; {_CELL}">{html.escape(cell)}</{tag}>'
                for side, cell in zip(sides, cells, strict=True)
            ]
            return f"<tr>{''.join(written)}</tr>"

        notes = "\n".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        if not self.rows:
            return notes
        # No colours of its own: those of the page hold, in its light and in its dark theme.
        body = "\n".join([f"<thead>{row(self.headings, 'th')}</thead>", *map(row, self.rows)])
        table = f'<table class="d2lkit-summary" style="font-size: 0.8em">\n{body}\n</table>'
        return f'<div style="overflow-x: auto">\n{table}\n{notes}\n</div>'
