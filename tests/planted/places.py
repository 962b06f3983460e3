"""Places in a notebook, and how a fault changes them."""


def cells(notebook, cell_type, *tags):
    """The cells of a type that carry all tags, with their indices."""
    for index, cell in enumerate(notebook.cells):
        have = cell.metadata.get("tags", [])
        if cell.cell_type == cell_type and all(tag in have for tag in tags):
            yield index, cell


def say(old, new, cell, notebook):
    """Say another thing where a text stands first."""
    cell.source = cell.source.replace(old, new, 1)


def line(old, new, cell, notebook):
    """Put another line in the place of one; without a new one the line goes."""
    lines = cell.source.split("\n")
    at = lines.index(old)
    lines[at : at + 1] = [] if new is None else [new]
    cell.source = "\n".join(lines)


def whole(text: str) -> bool:
    """Whether a line is a statement by itself."""
    try:
        compile(text, "line", "exec")
    except SyntaxError:
        return False
    return True
