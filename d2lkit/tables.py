"""One form for every table that the library shows: text in a terminal, HTML in a notebook."""

import html

_CELL = "padding: 0.1em 0.35em; white-space: nowrap"


def text_table(
    headings: list[str],
    rows: list[list[str]],
    text_columns: int = 1,
    total: list[str] | None = None,
) -> str:
    """Return a table as lines of text: text to the left, numbers to the right.

    Args:
        headings: of the columns.
        rows: one list of cells per row, in the order of the headings.
        text_columns: so many columns hold text, the others numbers.
        total: a last row below a rule.

    >>> print(text_table(["net", "images"], [["LeNet", "60,000"]]))
    net    images
    -------------
    LeNet  60,000
    -------------
    """
    all_rows = [headings, *rows, *([total] if total else [])]
    widths = [max(map(len, column)) for column in zip(*all_rows, strict=True)]

    def line(cells: list[str]) -> str:
        sides = "<" * text_columns + ">" * (len(cells) - text_columns)
        aligned = zip(cells, sides, widths, strict=True)
        return "  ".join(f"{cell:{side}{width}}" for cell, side, width in aligned).rstrip()

    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    last = [line(total)] if total else []
    return "\n".join([line(headings), rule, *map(line, rows), rule, *last])


def html_table(
    headings: list[str],
    rows: list[list[str]],
    text_columns: int = 1,
    *,
    total: list[str] | None = None,
    title: str = "",
    notes: tuple[str, ...] | list[str] = (),
) -> str:
    """Return the same table as HTML, with notes below it.

    It has no colours of its own: those of the page hold, in its light and in its dark theme.

    >>> page = html_table(["net"], [["<LeNet>"]], notes=["Three runs."])
    >>> "&lt;LeNet&gt;" in page, 'class="d2lkit-summary"' in page
    (True, True)
    """

    def row(cells: list[str], tag: str = "td") -> str:
        sides = ["left" if i < text_columns else "right" for i in range(len(cells))]
        written = [
            f'<{tag} style="text-align: {side}; {_CELL}">{html.escape(cell)}</{tag}>'
            for side, cell in zip(sides, cells, strict=True)
        ]
        return f"<tr>{''.join(written)}</tr>"

    below = [f"<p>{html.escape(note)}</p>" for note in notes]
    if not rows:
        return "\n".join(below)
    lines = [
        '<div style="overflow-x: auto">',
        '<table class="d2lkit-summary" style="font-size: 0.8em">',
    ]
    if title:
        lines.append(f'<caption style="color: inherit">{html.escape(title)}</caption>')
    lines += [f"<thead>{row(headings, 'th')}</thead>", "<tbody>", *map(row, rows), "</tbody>"]
    if total:
        lines.append(f"<tfoot>{row(total, 'th')}</tfoot>")
    return "\n".join([*lines, "</table>", *below, "</div>"])
