"""What stands in the head of a page for search engines and link previews."""

import json
import re
from pathlib import Path

_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)"')
_DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
GENERATED = {"404.html", "search.html", "genindex.html", "py-modindex.html", "prf-prf.html"}
WANTED = ("description", "og:title", "og:url", "og:image", "og:description", "citation_title")


def content(text: str, name: str) -> str:
    """Give the content of a `<meta>` element; empty where there is none."""
    found = re.search(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)"', text)
    return found[1] if found else ""


def head_faults(site: Path, names: list[str], base: str) -> list[str]:
    """Say what the heads of pages lack, and which say the same as another one's.

    Args:
        site: the folder of the built book. names: its pages. base: where it is published.
    """
    faults, seen = [], {}
    addresses = re.findall(r"<loc>(.*?)</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))
    for name in names:
        text = (site / name).read_text(encoding="utf-8").split("</head>")[0]
        title = (_TITLE.search(text) or ["", ""])[1].strip()
        if not title or "<" in title:
            faults.append(f"{name}: title {title!r}")
        if name in GENERATED:
            continue
        faults += [f"{name}: no {wanted}" for wanted in WANTED if not content(text, wanted)]
        canonical = (_CANONICAL.search(text) or ["", ""])[1]
        if canonical != base + name or content(text, "og:url") != canonical:
            faults.append(f"{name}: canonical address {canonical!r}")
        if canonical not in addresses:
            faults.append(f"{name}: not in the sitemap")
        picture = content(text, "og:image")
        if picture and not (site / picture.removeprefix(base)).exists():
            faults.append(f"{name}: no picture {picture!r}")
        data = _DATA.search(text)
        if not data or "name" not in json.loads(data[1]):
            faults.append(f"{name}: no data for schema.org")
        for what in (title, content(text, "description")):
            if what and seen.setdefault(what, name) != name:
                faults.append(f"{name}: says the same as {seen[what]}: {what!r}")
    return faults
