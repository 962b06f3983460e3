"""Pack the built book into one zip that opens by a double click on `index.html` in it.

A page that lies on the disk may not read its neighbours: some browsers then refuse the fonts that
a style sheet names. So the fonts go into the style sheet itself. Everything else works as it is.

    python archive.py _build/html _build/convolutional-networks.zip
"""

import base64
import re
import sys
import zipfile
from pathlib import Path

# Wanted on the web only: for search engines, for the server and for the builder. (The chapters'
# sources stay out, too: their buttons lead to the exported notebooks.)
LEFT_OUT = {".buildinfo", ".nojekyll", "404.html", "objects.inv", "robots.txt", "sitemap.xml"}
STYLE = "_static/styles/book-bundle.css"
TYPES = {".woff": "font/woff", ".woff2": "font/woff2"}
DATE = (2026, 1, 1, 0, 0, 0)  # the same book gives the same zip
_FONT = re.compile(r"url\(([^)\"']+\.(?:woff2?))\)")


def with_fonts_inside(css: str, folder: Path) -> str:
    """Give a style sheet with its fonts as data: addresses, as seen from its folder."""

    def inline(match):
        path = (folder / match[1]).resolve()
        data = base64.b64encode(path.read_bytes()).decode("ascii")
        return f"url(data:{TYPES[path.suffix]};base64,{data})"

    return _FONT.sub(inline, css)


def files_of(site: Path) -> list[Path]:
    """Give the files of a site that belong into the archive, sorted."""
    sources = set((site / "_sources").rglob("*.ipynb"))
    found = (path for path in site.rglob("*") if path.is_file())
    return sorted(path for path in found if path.name not in LEFT_OUT and path not in sources)


def pack(site: Path, target: Path) -> int:
    """Write the archive, with one folder named as itself; returns the number of files."""
    files = files_of(site)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files:
            name = path.relative_to(site).as_posix()
            data = path.read_bytes()
            if name == STYLE:
                data = with_fonts_inside(data.decode("utf-8"), path.parent).encode("utf-8")
            entry = zipfile.ZipInfo(f"{target.stem}/{name}", DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return len(files)


if __name__ == "__main__":
    source, destination = map(Path, sys.argv[1:3])
    count = pack(source, destination)
    print(f"The book is here, {count} files: {destination.resolve()}")
