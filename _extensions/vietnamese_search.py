"""Let the search find Vietnamese words, typed with or without their diacritics."""

import unicodedata

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


def setup(app):
    languages["en"] = SearchEnglishAndVietnamese
    return {"version": "1", "env_version": 1, "parallel_read_safe": True}
