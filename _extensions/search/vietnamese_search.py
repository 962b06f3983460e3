"""Let the search find Vietnamese words, typed with or without their diacritics.

`search_page.js`, readable excerpts and no page that lacks a word, goes to the book's scripts, for
`_templates/search.html`.
"""

import shutil
import unicodedata
from pathlib import Path

from sphinx.search import languages
from sphinx.search.en import SearchEnglish


def plain(word):
    """Give a word without diacritics: "chập" becomes "chap", "độ" becomes "do"."""
    decomposed = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


class SearchEnglishAndVietnamese(SearchEnglish):
    """The English index, with a plain spelling beside each word that has diacritics."""

    def split(self, input):
        words = super().split(unicodedata.normalize("NFC", input))
        return words + [plain(word) for word in words if plain(word) != word]


def copy_script(app, env):
    """Put the script of the search page into the book."""
    if app.builder.format == "html":
        target = Path(app.outdir) / "_static"
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(__file__).parent / "search_page.js", target)


def setup(app):
    languages["en"] = SearchEnglishAndVietnamese
    app.connect("env-updated", copy_script)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True}
