"""Follow every internal link of a built site, without a browser."""

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

_ID = re.compile(r"""\s(?:id|name)=["']([^"']+)["']""")
_LINK = re.compile(
    r"""<(?:a|link|img|script|source|iframe)\b[^>]*?\s(?:href|src)=(?:"([^"]*)"|'([^']*)')""",
    re.DOTALL,
)
_REDIRECT = re.compile(r'<meta http-equiv="refresh" content="\d+; url=([^"#]+)', re.IGNORECASE)
_CODE = re.compile(r"<(script|style)\b[^>]*>.*?</\1>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def page_names(site: Path) -> list[str]:
    """Give the pages of a site by their paths, sorted; a page that only redirects is none."""
    pages = sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)
    return [
        path.relative_to(site).as_posix()
        for path in pages
        if not _REDIRECT.search(path.read_text(encoding="utf-8"))
    ]


def link_faults(site: Path) -> list[str]:
    """Say which links lead to no file, or to no anchor on it."""
    texts = {
        path.relative_to(site).as_posix(): _COMMENT.sub("", path.read_text(encoding="utf-8"))
        for path in site.rglob("*.html")
        if "_static" not in path.relative_to(site).parts
    }
    anchors = {name: set(_ID.findall(_CODE.sub("", text))) for name, text in texts.items()}
    faults = []
    for name, text in sorted(texts.items()):
        for address in sorted({a or b for a, b in _LINK.findall(text)}):
            faults += [f"{name}: {fault}" for fault in _follow(site, anchors, name, address)]
        for address in _REDIRECT.findall(text):
            if not (site / posixpath.dirname(name) / address).exists():
                faults.append(f"{name}: the redirection leads to no file: {address!r}")
    return faults


def _follow(site, anchors, name, address):
    parts = urlsplit(address.replace("&amp;", "&"))
    if parts.scheme or parts.netloc or not (parts.path or parts.fragment):
        return [f"empty link {address!r}"] if not address else []
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path)))
    target = name if not parts.path else target
    if not (site / target).exists():
        return [f"no file for {address!r}"]
    fragment = unquote(parts.fragment)
    if fragment and target in anchors and fragment not in anchors[target]:
        return [f"no anchor for {address!r}"]
    return []
