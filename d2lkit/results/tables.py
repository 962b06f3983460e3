"""Tables of stored results: rows of text, and sentences below them."""

from dataclasses import dataclass

from d2lkit.tables import html_table, text_table


@dataclass(frozen=True)
class Table:
    """Rows of text with notes below: text in a terminal, a table in a notebook.

    Attributes:
        headings: of the columns.
        rows: one list of cells per training, in the order of the headings.
        notes: sentences below the table: machine, versions, date, and what is missing.
        text_columns: so many columns hold text, the others numbers.

    >>> Table(["network", "images"], [["lenet", "60,000"]], ["One run."])
    network  images
    ---------------
    lenet    60,000
    ---------------
    One run.
    """

    headings: list[str]
    rows: list[list[str]]
    notes: list[str]
    text_columns: int = 1

    def __repr__(self) -> str:
        table = text_table(self.headings, self.rows, self.text_columns) if self.rows else ""
        return "\n".join([table, *self.notes] if table else self.notes)

    def _repr_html_(self) -> str:
        return html_table(self.headings, self.rows, self.text_columns, notes=self.notes)
