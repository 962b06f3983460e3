"""What the page can learn: the digits of the book, shapes, and a reader's drawings."""

import json

import pytest
import torch
from demo_scripts import DEMOS, exports
from made import made_by
from py_mini_racer import MiniRacer

from d2lkit.data import Digits

SETS = "engine/learning/pictures.js"
SESSION = "engine/learning/session.js"


def asked(module, expression):
    with MiniRacer() as context:
        context.eval(f"var module = {exports(DEMOS / module)}")
        return json.loads(context.eval(f"JSON.stringify({expression})"))


def test_the_still_figure_shows_what_the_page_does():
    module = made_by("pictures/training")
    assert module.TARGET.read_text(encoding="utf-8") == module.figure()


def test_the_stored_digits_are_those_of_the_book():
    module = made_by("pictures/handwritten")
    assert module.TARGET.read_text(encoding="utf-8") == module.module()


@pytest.mark.parametrize(("kind", "size"), [("digits", 8), ("large", 28)])
def test_pictures_and_labels_are_those_of_the_book(kind, size):
    found = asked(
        SETS,
        f"(({{shape, training, heldOut}}) => [shape, [...heldOut.pictures], heldOut.labels,"
        f" training.labels, training.pictures.length])(module.pictureSet('{kind}'))",
    )
    data = Digits(size=size)
    assert found[0] == [1, size, size]
    held_out = torch.tensor(found[1]).reshape(300, size, size)
    # 8×8 pixels are 17 levels, larger ones 256.
    levels = 16 if size == 8 else 255
    expected = (data.images("val")[:, 0].double() / 255 * levels).round()
    assert ((held_out * levels).round() - expected).abs().max() <= (size > 8)
    assert found[2] == data.labels("val").tolist()
    assert found[3] == data.labels("train").tolist()
    assert found[4] == len(found[3]) * size * size


def test_shapes_are_as_many_of_each_class_and_the_same_each_time():
    counts, same, most = asked(
        SETS,
        "((one, other) => [[0, 1, 2, 3].map(k => one.training.labels.filter(l => l === k).length),"
        " one.training.pictures.every((value, i) => value === other.training.pictures[i]),"
        " one.training.pictures.reduce((a, b) => Math.max(a, b), 0)])"
        "(module.pictureSet('shapes'), module.pictureSet('shapes'))",
    )
    assert counts == [200] * 4
    assert same
    assert 0.9 < most <= 1


def test_every_third_drawing_is_held_out_and_the_others_are_moved():
    pens = [{"label": n % 2, "pen": [16, 16, 16, 30]} for n in range(8)]
    found = asked(
        SETS,
        f"(({{training, heldOut}}) => [training.labels, heldOut.labels,"
        f" [...training.pictures.slice(0, 9 * 144)], [...heldOut.pictures.slice(0, 144)]])"
        f"(module.pictureSet('own', {json.dumps(pens)}))",
    )
    assert found[0].count(0) == found[0].count(1) == 9 * 3
    assert found[1] == [0, 1]
    moved = torch.tensor(found[2]).reshape(9, 12, 12)
    still = torch.tensor(found[3]).reshape(12, 12)
    assert torch.equal(moved[4], still)
    assert torch.equal(moved[0, :-1, :-1], still[1:, 1:])  # up and to the left
    assert torch.equal(moved[8, 1:, 1:], still[:-1, :-1])


def test_every_network_to_begin_with_can_be_trained():
    with MiniRacer() as context:
        context.eval(f"var kinds = {exports(DEMOS / 'engine/learning/classes.js')}.KINDS")
        context.eval(f"var stack = {exports(DEMOS / 'engine/learning/stack.js')}")
        found = json.loads(
            context.eval(
                "JSON.stringify(Object.values(kinds).flatMap(({networks, shape, classes}) =>"
                " Object.values(networks).map(text => [text,"
                " stack.writeStack(stack.readStack(text)),"
                " stack.checkStack(stack.readStack(text), shape, classes.length)])))"
            )
        )
    assert len(found) == 13
    for text, written, checked in found:
        assert written == text
        assert "fault" not in checked, text


def accuracies(kind, steps, layers, seed=0, **settings):
    """What the network reads of the held-out pictures after so many steps."""
    given = {"data": kind, "layers": layers, "seed": seed, "drawings": []}
    given |= {"rate": 0.05, "momentum": 0.9, "decay": 0, "batch": 32} | settings
    return asked(SESSION, f"module.trained({json.dumps(given)}, {steps}).accuracy")


LENET = "conv6k5p2-relu-max2-conv16k5-relu-max2-flatten-linear120-relu-linear84-relu-linear10"
SMALL = "conv8k3p1-relu-max2-conv16k3p1-relu-flatten-linear10"


@pytest.mark.parametrize("seed", [0, 1])
def test_lenet_reads_nine_digits_of_ten_after_three_epochs(seed):
    assert accuracies("large", 3 * 38, LENET, seed, rate=0.02) >= 0.9


def test_the_first_network_reads_nine_digits_of_ten_after_a_hundred_steps():
    assert all(accuracies("digits", 100, SMALL, seed) >= 0.9 for seed in range(3))


@pytest.mark.parametrize("seed", range(3))
class TestWhatTheInvestigationsFind:
    """What the page says a reader will find, from more than one seed."""

    def test_a_rate_can_be_too_small_or_too_large(self, seed):
        assert 0.6 < accuracies("digits", 100, SMALL, seed, rate=0.001) < 0.75
        assert accuracies("digits", 100, SMALL, seed, rate=1) <= 0.11
        assert accuracies("digits", 100, SMALL, seed, rate=0.5, momentum=0) >= 0.9

    def test_convolutions_know_something_about_shapes(self, seed):
        conv = "conv8k3p1-relu-max2-conv16k3p1-relu-max2-flatten-linear4"
        assert accuracies("shapes", 200, conv, seed) > 0.9
        for other in ("flatten-linear64-relu-linear4", "flatten-linear4"):
            assert 0.75 < accuracies("shapes", 200, other, seed) < 0.85


def test_lenet_with_sigmoids_has_not_begun_after_three_epochs():
    layers = LENET.replace("relu", "sigmoid").replace("max", "avg")
    assert accuracies("large", 3 * 38, layers, rate=0.02) == pytest.approx(0.1)
