"""What documents promise: commands, files, addresses, and facts that stand in several places."""

import re
from pathlib import Path

import yaml
from files_of import project, read, targets
from packaging.requirements import Requirement

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "preface.md", "teaching.md", "benchmarks/README.md")
# What a target does, in words that its help and every sentence about it share.
DOES = {
    "alone": r"nothing but the\s*wheel|exported notebook",
    "archive": r"\bzip\b|one file",
    "browser-test": r"every (?:built )?page|real browser|Chromium",
    "check": r"what CI",
    "compare": r"once more",
    "execute": r"store",
    "full-scale": r"real networks|networks of Part II",
    "lighthouse": r"Lighthouse's scores",
    "mutants": r"assertions|chapter",
    "notebooks": r"chapter|_build/notebooks",
    "pdf": r"prints?\b",
    "planted": r"single faults",
    "published": r"the web gets",
    "serve": r"local port|shows",
    "slides": r"decks?\b",
    "student": r"solutions",
}
VERBS = (
    *("asks", "builds", "finds", "is", "opens", "packs", "plants", "prints", "runs", "shows"),
    *("stores", "takes", "trains", "writes"),
)
# Targets of which CONTRIBUTING.md says what they do.
TOLD = {"alone", "archive", "browser-test", "check", "notebooks", "pdf", "published", "slides"}


def commands_of_documents(root: Path) -> list[str]:
    """Each `make ...` that a document tells a reader to type is a target of the Makefile."""
    known, faults = targets(root), []
    for name in DOCUMENTS:
        text = read(root, name)
        shown = re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)
        faults += [f"{name}: there is no `make {word}`" for word in shown if word not in known]
        if name == "README.md" and not shown:
            faults.append("README.md shows no make command")
    return faults


def files_of_documents(root: Path) -> list[str]:
    """Each file, folder and script that a document names is there."""
    faults = []
    for name in DOCUMENTS:
        folder = (root / name).parent
        text = read(root, name)
        endings = "py|md|yml|toml|txt|in|bib|cff"
        quoted = re.findall(rf"`([\w./-]+/[\w./-]*|[\w-]+\.(?:{endings}))`", text)
        quoted = [place for place in quoted if place != "results/full_scale/"]  # made on a GPU
        linked = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)
        shown = re.findall(r"(?:python|bash|-with) ((?:tests|benchmarks|_extensions)/\S+)", text)
        shown += re.findall(r" -r (\S+\.txt)", text)
        for place in [*quoted, *linked, *shown]:
            place = place.rstrip("`")
            made = place.startswith((".venv", "_build", "../")) or re.search("…|NAME|<", place)
            here = any((start / place).exists() for start in (root, folder, root / "_extensions"))
            here = here or ("/" not in place and any((root / "_extensions").glob(f"*/{place}")))
            if not made and not here:
                faults.append(f"{name} names {place}, which does not exist")
    return faults


def colab_links(root: Path) -> list[str]:
    """A link to a notebook in Colab leads to a chapter that exists, on the branch of exports."""
    branch = "blob/notebooks/"
    links = re.findall(r"colab\.research\.google\.com/github/\S+?\.ipynb", read(root, "README.md"))
    faults = [] if links else ["README.md links no notebook in Colab"]
    for link in links:
        path = link.partition(branch)[2]
        if not path or not (root / "chapters" / path).exists():
            faults.append(f"README.md: {link} is not a chapter on the branch of the exports")
    return faults


def facts_that_agree(root: Path) -> list[str]:
    """Version, licence, addresses and Python versions are the same wherever they stand."""
    about = project(root)["project"]
    citation = yaml.safe_load(read(root, "CITATION.cff"))
    readme, config = read(root, "README.md"), yaml.safe_load(read(root, "_config.yml"))
    urls = about["urls"]
    pythons = [
        line.rpartition(" ")[2]
        for line in about["classifiers"]
        if re.search(r"Python :: 3\.\d+$", line)
    ]
    matrix = yaml.safe_load(read(root, ".github/workflows/ci.yml"))["jobs"]["check"]["strategy"]
    pairs = {
        "version of CITATION.cff": (citation["version"], about["version"]),
        "licence of CITATION.cff": (citation["license"], about["license"]),
        "repository of CITATION.cff": (citation["repository-code"], urls["Repository"]),
        "address of CITATION.cff": (citation["url"], urls["Book"]),
        "repository of _config.yml": (config["repository"]["url"], urls["Repository"]),
        "address of _config.yml": (config["html"]["baseurl"].rstrip("/"), urls["Book"]),
        "Python versions of CI": (matrix["matrix"]["python"], pythons),
        "least Python": (about["requires-python"], f">={pythons[0]}"),
    }
    faults = [
        f"{what}: {found!r}, pyproject.toml says {wanted!r}"
        for what, (found, wanted) in pairs.items()
        if found != wanted
    ]
    named = f"Python {', '.join(pythons[:-1])} or {pythons[-1]}"
    if named not in readme:
        faults.append(f"README.md does not say {named!r}")
    # The citation of a version that is not out needs a date, too: the section names it.
    newest = re.search(r"^## (.*)", read(root, "CHANGELOG.md"), re.MULTILINE)[1]
    dated = rf"{re.escape(about['version'])} \((?:unreleased; cited as of )?(\d{{4}}-\d\d-\d\d)\)"
    date = re.fullmatch(dated, newest)
    if not date:
        faults.append(
            f"CHANGELOG.md begins with {newest!r}, not with {about['version']} and its date"
        )
    elif date[1] != str(citation["date-released"]):
        faults.append(f"CITATION.cff is of {citation['date-released']}, CHANGELOG.md of {date[1]}")
    if "MIT licence" not in read(root, "LICENSE"):
        faults.append("LICENSE is not the MIT licence that pyproject.toml names")
    if "CC BY-SA 4.0" not in readme or "ShareAlike 4.0" not in read(root, "LICENSE-text"):
        faults.append("the licence of the text is not the same in README.md and LICENSE-text")
    return faults


def dependencies_of_the_readme(root: Path) -> list[str]:
    """README.md lists the packages that pyproject.toml asks for."""
    told = re.search(
        r"`d2lkit` asks for ranges of ([^.]*?),\s+so on Colab", read(root, "README.md")
    )
    if not told:
        return ["README.md does not list the packages that d2lkit asks for"]
    named = re.split(r",\s+|\s+and\s+", told[1])
    wanted = [Requirement(line).name for line in project(root)["project"]["dependencies"]]
    return [] if named == wanted else [f"README.md lists {named}, pyproject.toml {wanted}"]


def published_files(root: Path) -> list[str]:
    """Each file of the site that a page links to by its address is put there by make."""
    address = re.escape(project(root)["project"]["urls"]["Book"])
    recipe = targets(root)["published"]
    (copied,) = re.findall(r"\n\tcp (?!-r)(.*) _build/html/", recipe)
    made = {Path(name).name for name in copied.split()}
    recipes = "".join(targets(root).values())
    faults = [
        f"Makefile: `make published` copies {name}, which no target makes"
        for name in sorted(made)
        if not re.search(rf"\.py _build/html _build/\S*{re.escape(name)}", recipes)
    ]
    named = set()
    for path in sorted([*root.glob("*.md"), *(root / "benchmarks").glob("*.md")]):
        for name in re.findall(rf"{address}/([\w./-]+)", path.read_text(encoding="utf-8")):
            named.add(name)
            if name not in made:
                faults.append(f"{path.name} links to {name} of the site, which nothing puts there")
    return faults + [f"README.md links nowhere to {name}" for name in sorted(made - named)]


def targets_of_documents(root: Path) -> list[str]:
    """Where a document says what a target does, it says what the target's own help text says."""
    known, faults, seen = targets(root), [], set()
    for name, words in DOES.items():
        if not re.search(words, known.get(name, "").partition("##")[2].partition("\n")[0]):
            faults.append(f"Makefile: the help of `make {name}` does not say {words!r}")
    for page in DOCUMENTS:
        text = " ".join(read(root, page).split())
        for name, clause in re.findall(r"`make ([a-z-]+)` ([a-z](?:(?!`make)[^;.:])*)", text):
            if name in DOES and clause.split()[0] in VERBS:
                seen.add(name)
                if not re.search(DOES[name], clause):
                    faults.append(f"{page}: `make {name}` {clause[:40]!r} without {DOES[name]!r}")
    listed = re.search(
        r"`make help` lists the other targets: (.*?) How to", read(root, "README.md"), re.DOTALL
    )
    for name, clause in re.findall(r"`([a-z-]+)` ([^`]*)", " ".join(listed[1].split())):
        if name not in known:
            faults.append(f"README.md: there is no `make {name}`")
        elif not re.search(DOES.get(name, "$^"), clause):
            faults.append(f"README.md: `{name}` {clause[:40]!r} without {DOES.get(name)!r}")
    return faults + [f"CONTRIBUTING.md says nowhere what `make {n}` does" for n in TOLD - seen]
