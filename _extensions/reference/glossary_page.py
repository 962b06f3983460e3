"""The glossary's own page: its letters, the Vietnamese marked as such, and the way back.

Below each entry stands the chapter that explains the term, where an author has marked it there, and
all others that use it.
"""

from docutils import nodes
from reading_order import reading_order
from sphinx import addnodes
from sphinx_exercise.nodes import is_exercise_node, is_extension_node, is_solution_node

GLOSSARY = "glossary"
CHAPTERS = "chapters/"


def gather(app, doctree):
    """Keep, for each term that a chapter links, the section of its first use, and who linked it."""
    env = app.env
    places = _places(env)
    places.pop(env.docname, None)
    if not env.docname.startswith(CHAPTERS):
        return
    found = places.setdefault(env.docname, {})
    for link in doctree.findall(addnodes.pending_xref):
        if link.get("reftype") != "term":
            continue
        term, marked = link["reftarget"].lower(), not link.get("by-build")
        if term not in found or (marked and not found[term][1]):
            found[term] = (_section(link), marked)


def _section(node):
    """The identifier of what stands around a node on the page; that of the page itself is empty.

    That is a section or an exercise. A use in a solution counts as one in its exercise, which is
    there where the solutions are left out, too, and gives nothing away.
    """
    while node.parent is not None:
        if is_exercise_node(node):
            return node["label"]
        if is_solution_node(node):
            return node["target_label"]
        # What an exercise holds is a section as well, though not on the page.
        if isinstance(node, nodes.section) and not is_extension_node(node.parent):
            break
        node = node.parent
    return "" if isinstance(node.parent, nodes.document) else (node.get("ids") or [""])[0]


def _places(env):
    if not hasattr(env, "term_places"):
        env.term_places = {}
    return env.term_places


def forget(app, env, docname):
    _places(env).pop(docname, None)


def merge(app, env, docnames, other):
    _places(env).update({name: one for name, one in _places(other).items() if name in docnames})


def complete(app, doctree, docname):
    """Add to the page what is not written by hand."""
    if docname != GLOSSARY:
        return
    for glossary in list(doctree.findall(addnodes.glossary)):
        items = list(glossary.findall(nodes.definition_list_item))
        for item in items:
            definition = next(iter(item.findall(nodes.definition)))
            vietnamese = next(iter(definition.findall(nodes.emphasis)), None)
            if vietnamese is not None:
                vietnamese["classes"].append("language-vi")
            term = next(iter(item.findall(nodes.term))).astext().strip()
            if places := ways_back(app, term):
                definition += places
        glossary.parent.insert(glossary.parent.index(glossary), letters(items))


def letters(items):
    """The line of letters: each leads to the first term that begins with it."""
    first = {}
    for item in items:
        term = next(iter(item.findall(nodes.term)))
        first.setdefault(term.astext().strip()[0].upper(), term["ids"][0])
    line = nodes.paragraph(classes=["glossary-letters"])
    for letter, identifier in first.items():
        if len(line):
            line += nodes.Text(" ")
        line += nodes.reference("", letter, refid=identifier, internal=True)
    return line


def ways_back(app, term):
    """The paragraph that leads from a term to the chapters; None where none uses it."""
    env = app.env
    found = [
        (name, *places[term.lower()])
        for name in reading_order(env)
        if term.lower() in (places := _places(env).get(name, {}))
    ]
    if not found:
        return None
    explained = next((one for one in found if one[2]), None)
    others = [one for one in found if one is not explained]
    line = nodes.paragraph(classes=["glossary-uses"])
    if explained:
        line += nodes.Text("Explained in ")
        line += _link(app, *explained[:2], _title(env, explained[0]))
    if others:
        line += nodes.Text("; used in " if explained else "Used in ")
        for place, (name, anchor, _) in enumerate(others):
            line += nodes.Text(", ") if place else nodes.Text("")
            line += _link(app, name, anchor, _number(env, name) or env.titles[name].astext())
    line += nodes.Text(".")
    return line


def _number(env, name):
    number = env.toc_secnumbers.get(name, {}).get("", ())
    return ".".join(map(str, number))


def _title(env, name):
    number = _number(env, name)
    return f"{number}. {env.titles[name].astext()}" if number else env.titles[name].astext()


def _link(app, name, anchor, text):
    address = app.builder.get_relative_uri(GLOSSARY, name) + (f"#{anchor}" if anchor else "")
    title = app.env.titles[name].astext()
    return nodes.reference("", text, refuri=address, internal=True, reftitle=title)


def rewrite(app, env):
    """The page names places of all chapters: it is written in every build."""
    return [GLOSSARY] if GLOSSARY in env.found_docs else []


def setup(app):
    app.connect("doctree-read", gather)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", rewrite)
    app.connect("doctree-resolved", complete)
    return {"version": "1", "env_version": 2, "parallel_read_safe": True}
