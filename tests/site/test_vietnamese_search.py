"""Vietnamese words with and without their diacritics."""

import pytest
from vietnamese_search import SearchEnglishAndVietnamese, plain


@pytest.mark.parametrize(
    ("word", "expected"),
    [("tích", "tich"), ("chập", "chap"), ("độ", "do"), ("Đường", "Duong"), ("kernel", "kernel")],
)
def test_plain(word, expected):
    assert plain(word) == expected


def test_words_are_found_in_both_spellings():
    split = SearchEnglishAndVietnamese({}).split
    assert split("tích chập (convolution)") == ["tích", "chập", "convolution", "tich", "chap"]


def test_a_decomposed_word_is_one_word():
    assert SearchEnglishAndVietnamese({}).split("ti\u0301ch") == ["tích", "tich"]
