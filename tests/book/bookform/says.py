"""A fault in one line: the file, the cell, what is wrong, and the cure."""

from collections.abc import Callable

RUN = "make execute NB={file}"
CURES = {
    "check_opening": "complete the head; the first cell of any other chapter shows its parts",
    "check_goals": "list three to five goals, each beginning with a verb",
    "check_setup": "copy the install cell of another chapter; keep the set-up short",
    "check_headings": "rename the heading, or move its section",
    "check_summary": "state three to six claims, each an item of the list",
    "check_exercises": "label them ex-CHAPTER-1, -2, ..., each with its folded solution behind it",
    "check_length": "cut it, split it, or say more",
    "check_cell_length": f"split the cell, or delete an empty one; {RUN}",
    "check_line_length": f"break the line; {RUN}",
    "check_paragraphs": "split it",
    "check_tags": "take the tag off, or name it in TAGS of tests/book/bookform/cells.py",
    "check_ignored_outputs": "assert below, in an untagged cell, what the text says of the output",
    "check_no_way_around": "assert what the run gives, and let it fail",
    "check_tests_apart": "put the assertion into a cell with the tags check and hide-input",
    "check_syntax": "write plain Python",
    "check_voice": "say it without that word",
    "check_counts": RUN,
    "check_streams": f"repair what fails or warns; {RUN}",
    "check_figures": "describe it in the metadata: mystnb, figure (name, caption), image (alt)",
    "check_privacy": f"show no place of this machine; {RUN}",
    "check_metadata": RUN,
    "check_listings": "python tests/book/listings_sync.py {file}",
    "check_tags_of_listings": "give it the tag (then python tests/book/listings_sync.py {file})",
    "check_answers": f"register the answer in d2lkit/check, correct the solution; {RUN}",
    "check_arithmetic": "correct the calculation, or write ≈ where it is rounded",
    "check_stated_numbers": "glue it, show how it is calculated, compute it in a check, or cite it",
    "check_glued_numbers_are_quoted": "quote it with {{glue:text}}, or glue it no more",
    "check_references": "correct the name, or define what it should lead to",
    "check_doubled_words": "leave the word out: the reference brings it along",
    "figures": f"correct the words; if the figure is another one: {RUN}",
    "ledger": "if it is meant: make ledger NB={file}",
    "pages": "if it is meant: make ledger",
    "check_next": "link the chapter that follows in _toc.yml under What comes next",
}


def said(file: str, check: Callable | str, faults: list[str]) -> str:
    """Each fault that a check has found in a file, with its place and cure, in a line.

    >>> print(said("a.ipynb", "check_counts", ["cell 3 ('x'): execution counts are not 1, 2, ..."]))
    a.ipynb: cell 3 ('x'): execution counts are not 1, 2, ...; cure: make execute NB=a.ipynb
    """
    cure = CURES[check if isinstance(check, str) else check.__name__].format(file=file)
    return "\n".join(f"{file}: {fault}; cure: {cure}" for fault in faults)
