"""The pages on how `summary` and `diagram` work name and draw what the code does."""

import importlib
import re

import pytest
from bookform.reading import ROOT
from torch import nn
from torch.overrides import TorchFunctionMode

from d2lkit.accounting import summary, trace
from d2lkit.accounting.functions import function_name

PAGES = {"inside-summary": "accounting", "inside-diagrams": "plotting"}


def page(name):
    return (ROOT / f"api/{name}.md").read_text(encoding="utf-8")


def texts(drawing):
    """The words of a drawing, in order."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", (ROOT / f"api/{drawing}").read_text("utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_every_file_of_the_table_is_there_and_every_name_is_in_one(name):
    package = ROOT / "d2lkit" / PAGES[name]
    files = re.findall(r"`(\w+)\.py`", page(name))
    assert len(files) > 6
    code = ""
    for file in files:
        importlib.import_module(f"d2lkit.{PAGES[name]}.{file}")
        code += (package / f"{file}.py").read_text(encoding="utf-8")
    spoken = {word for word in re.findall(r"`(\w+)(?:\([^`]*\))?`", page(name)) if "_" in word}
    spoken |= set(re.findall(r"`(Column|Layout|Torch\w+|place)\b", page(name)))
    assert spoken
    assert [word for word in spoken if not re.search(rf"\b{word}\b", code)] == []


def test_no_file_of_the_account_is_left_out():
    files = {path.stem for path in (ROOT / "d2lkit/accounting").glob("*.py")} - {"__init__"}
    assert files == set(re.findall(r"`(\w+)\.py`", page("inside-summary")))


class Block(nn.Module):
    """What the drawing shows: a convolution, a ReLU, and the input added."""

    def __init__(self):
        super().__init__()
        self.conv, self.relu = nn.Conv2d(1, 1, 3, padding=1), nn.ReLU()

    def forward(self, x):
        return x + self.relu(self.conv(x))


def test_the_drawing_of_a_pass_shows_the_rows_and_notes_of_its_block():
    rows = trace(Block(), (1, 8, 8))
    shown = texts("watching-a-pass.svg")
    assert [f"row {i}: {row.kind}" for i, row in enumerate(rows)] == [
        text for text in shown if re.match(r"row \d+:", text)
    ]
    notes = shown[shown.index("note") + 1 :]
    sees = ["sees 1", *(f"sees {row.receptive_field.size}" for row in rows)]
    assert [text for text in notes if text.startswith("sees")] == sees
    assert rows[-1].sources == (-1, 1)


def test_the_drawing_of_a_pass_shows_its_functions():
    class Names(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            seen.append(function_name(func))
            return func(*args, **(kwargs or {}))

    seen = []
    with Names():
        Block()(next(Block().parameters()).new_zeros(1, 1, 8, 8))
    lane = [text.removeprefix("F.") for text in texts("watching-a-pass.svg")]
    lane = [text for text in lane if text in ("conv2d", "relu", "add")]
    assert [name for name in seen if name in lane] == ["conv2d", "relu", "add"]


def test_the_table_has_a_dash_where_rows_of_places_are_mixed():
    net = nn.Sequential(nn.Conv2d(1, 1, 3), nn.Linear(6, 6))
    assert str(summary(net, (1, 8, 8))).splitlines()[4].endswith(" –")
