"""Names of things to choose and to read off are those of what stands behind them."""

import json
import re

import pytest
from demo_figures import texts
from demo_scripts import DEMOS, exports
from py_mini_racer import MiniRacer

WORDS = texts("en")
# What may stand behind a word of a sentence. Other words have no such place.
PLACES = {
    "row": {"row"},
    "column": {"column"},
    "channel": {"channel"},
    "map": {"map", "filter"},
    "filter": {"filter"},
    "unit": {"unit"},
    "bias": {"bias", "filter"},
    "stride": {"s"},
    "dilation": {"d"},
    "weight": {"weight"},
    "accuracy": {"accuracy"},
    "epoch": {"epochs"},
    "step": {"steps"},
    "r =": {"r"},
    "j =": {"j"},
    "at most": {"most", "kernel"},
    "you said": {"guess"},
}


def sentences(words, path=""):
    """All texts of a table with their names: (`volume.size`, text)."""
    items = words.items() if isinstance(words, dict) else enumerate(words)
    for name, value in items:
        if isinstance(value, str):
            yield f"{path}{name}", value
        else:
            yield from sentences(value, f"{path}{name}.")


ALL = dict(sentences(WORDS))


@pytest.mark.parametrize("word", PLACES)
def test_a_word_has_its_own_value_behind_it(word):
    found = {
        name: said
        for name, text in ALL.items()
        if (said := re.findall(rf"(?<![\w-]){re.escape(word)} \{{(\w+)\}}", text, re.I))
    }
    assert found
    assert {name: said for name, said in found.items() if set(said) - PLACES[word]} == {}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("move-the-digit.place", "{down} down, {right} to the right"),
        ("geometry-bench.question", "padding {before} before and {after} after"),
        ("receptive-fields.sees", "sees {count} pixels, from {first} to {last}"),
        ("training-in-the-page.numbers", ": loss {loss}; held out: loss {heldOutLoss}, accuracy"),
        ("training-in-the-page.numbers", "{wrong} of {count} wrong"),
        ("training-in-the-page.mistake", "{label} read as {answer}"),
        ("common.wrong", "it is {answer}"),
    ],
)
def test_a_value_stands_beside_its_word(name, form):
    assert form in ALL[name]


@pytest.mark.parametrize(
    ("table", "without"),
    [
        ("the-way-back.views", set()),
        ("move-the-digit.tools", set()),
        ("move-the-digit.networks", {"pooled"}),
        ("slide-the-window.kernels", {"own"}),
        ("training-in-the-page.lines", {"held-out"}),
        ("training-in-the-page.networks", {"own", "small", "lenet1998"}),
        ("training-in-the-page.kinds", {"avg"}),
        ("training-in-the-page.settings", set()),
    ],
)
def test_a_choice_is_called_by_its_name(table, without):
    """The name of each thing stands in its own text, and in none of the others."""
    demo, name = table.split(".")
    table = WORDS[demo][name]
    named = [key for key in table if key not in without]
    assert len(named) >= 2
    for key in named:
        word = rf"(?<!\w){key.replace('-', '.')}"
        said = {other for other, text in table.items() if re.search(word, text, re.I)}
        assert key in said
        assert said <= {key} | without, f"{key} is said of {said}"


def presets():
    """The layers with a name, from the view: {name: [[n, k, before, after, s, d], …]}."""
    view = (DEMOS / "views/geometry-bench.js").read_text(encoding="utf-8")
    table = re.search(r"const PRESETS = \{(.*?)\};", view, re.DOTALL)[1]
    return {name: json.loads(axes) for name, axes in re.findall(r"(\w+): (\[\[.*?\]\])", table)}


def test_layers_have_the_numbers_of_their_names():
    found, names = presets(), WORDS["geometry-bench"]["presets"]
    assert set(found) == set(names) - {"own"}
    read = {
        r"(\d+) (?:× (\d+) )?pixels": 0,
        r"a sound, (\d+) × (\d+)": 0,
        r"kernel (\d+) × (\d+)": 1,
        r"patches of (\d+)": 1,
        r"padding (\d+)$": 3,
        r"^stride (\d+)": 4,
        r", stride (\d+)": 4,
        r"dilation (\d+)": 5,
    }
    seen = set()
    for name, axes in found.items():
        for form, place in read.items():
            if match := re.search(form, names[name]):
                seen.add(form)
                numbers = [int(one) for one in match.groups() if one]
                assert numbers == [axis[place] for axis in axes][: len(numbers)], names[name]
                assert len(numbers) in {1, len(axes)}
    assert seen == set(read)
    row, patches = found["row"][0], found["patches"][0]
    assert row[0] == 7
    assert patches[1] == patches[4]
    assert found["holes"][0][4] > found["holes"][0][1]
    assert found["outgrown"][0][1] > found["outgrown"][0][0]
    (_, _, *rows, _, _), (_, _, *columns, _, _) = found["sides"]
    assert (rows, columns) == ([1, 1], [0, 0])
    assert names["tensorflow"].endswith(
        "with padding {} and {}".format(*found["tensorflow"][0][2:4])
    )


def test_tasks_are_solved_where_their_sentences_say():
    words = WORDS["receptive-fields"]
    side, square = re.search(
        r"one (\d+) × \1 kernel, with fewer than its (\d+) w", words["five"]
    ).groups()
    pixels, most = re.search(r"at least (\d+) pixels with at most (\d+) w", words["wide"]).groups()
    assert int(square) == int(side) ** 2
    with MiniRacer() as context:
        engine = exports(DEMOS / "engine/receptive.js")

        def solved(task, field, weights):
            """A kernel of two far weights sees the field; kernels of one cost the rest."""
            layers = [[2, 1, field - 1], *[[1, 1, 1]] * (weights - 4)]
            return context.eval(f"{engine}.tasks({layers}).{task}")

        for field, weights, right in (
            (0, -1, True),
            (0, 0, False),
            (1, -1, False),
            (-1, -1, False),
        ):
            assert solved("five", int(side) + field, int(square) + weights) is right
        for field, weights, right in ((0, 0, True), (0, 1, False), (1, 0, True), (-1, 0, False)):
            assert solved("wide", int(pixels) + field, int(most) + weights) is right
