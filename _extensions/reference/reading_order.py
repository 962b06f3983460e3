"""The order in which a reader meets the pages."""

from sphinx import addnodes


def reading_order(env):
    """Give the names of all pages that the table of contents leads to, in its order."""
    names, waiting = [], [env.config.root_doc]
    while waiting:
        name = waiting.pop(0)
        names.append(name)
        waiting[:0] = [
            entry
            for tree in env.tocs[name].findall(addnodes.toctree)
            for _, entry in tree["entries"]
            if entry in env.found_docs and entry not in names
        ]
    return names
