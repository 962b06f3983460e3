from itertools import pairwise
from xml.etree import ElementTree

import pytest
import torch
from torch import nn
from torchvision import models
from torchvision.ops import SqueezeExcitation

from d2lkit.accounting import trace
from d2lkit.plotting import Diagram, diagram, diagram_row
from d2lkit.plotting.diagrams import _close
from d2lkit.plotting.graph import build
from d2lkit.plotting.layout import lay_out

SVG = "{http://www.w3.org/2000/svg}"


class Residual(nn.Module):
    def __init__(self, channels, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(4, channels, 3, stride, padding=1)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        plain = stride == 1 and channels == 4
        self.shortcut = nn.Identity() if plain else nn.Conv2d(4, channels, 1, stride)

    def forward(self, x):
        return self.relu(self.conv2(self.relu(self.conv1(x))) + self.shortcut(x))


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.left, self.right = nn.Linear(4, 8), nn.Linear(8, 2), nn.Linear(8, 3)

    def forward(self, x):
        x = self.body(x)
        return self.left(x), self.right(x)


class Dense(nn.Module):
    """Every layer reads all layers before it: branches do not fall apart."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(nn.Conv2d(c, 4, 1), nn.ReLU()) for c in (4, 8, 12)
        )

    def forward(self, x):
        seen = [x]
        for layer in self.layers:
            seen.append(layer(torch.cat(seen, dim=1)))
        return torch.cat(seen, dim=1)


class FramedBranches(nn.Module):
    """Branches with frames in them, whose names are wider than their blocks."""

    def __init__(self):
        super().__init__()
        self.a_branch_with_a_long_name = Residual(8)
        self.another_branch_with_a_long_name = nn.Sequential(Residual(4), Residual(8))

    def forward(self, x):
        left = self.a_branch_with_a_long_name(x)
        return torch.cat([left, self.another_branch_with_a_long_name(x)], dim=1)


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.Sigmoid(),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.Sigmoid(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.Sigmoid(),
        nn.Linear(120, 10),
    )


def on_meta(build_net):
    with torch.device("meta"):
        return build_net()


NETS = {
    "lenet": (lenet, (1, 28, 28)),
    "residual": (lambda: Residual(4), (4, 8, 8)),
    "projection": (lambda: nn.Sequential(Residual(8, 2)), (4, 8, 8)),
    "two heads": (TwoHeads, (4,)),
    "alexnet": (models.alexnet, (3, 224, 224)),
    "resnet18": (models.resnet18, (3, 64, 64)),
    "inception": (lambda: models.googlenet(init_weights=False).inception3a, (192, 28, 28)),
    "framed branches": (lambda: nn.Sequential(FramedBranches(), nn.ReLU()), (4, 8, 8)),
    "dense block": (Dense, (4, 8, 8)),
    "gate": (lambda: SqueezeExcitation(4, 2), (4, 8, 8)),
}


FRAMES = {"alexnet": 2, "resnet18": 12, "framed branches": 3}


@pytest.fixture(scope="module", params=NETS)
def drawn(request):
    """(network, rows of its trace, blocks, layout, diagram)"""
    make, shape = NETS[request.param]
    net = on_meta(make)
    rows = trace(net, shape)
    blocks, frames = build(net, rows)
    _close(blocks)
    return net, rows, blocks, lay_out(blocks, frames), diagram(net, shape)


def box(place):
    return place.x - place.width / 2, place.y, place.x + place.width / 2, place.bottom


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_every_layer_is_drawn(drawn):
    _, rows, blocks, layout, _ = drawn
    shown = sum(1 + len(block.strips) for block in blocks if block.look != "data")
    assert shown == sum(row.kind != "Identity" for row in rows)
    assert {i for i in layout.places if isinstance(i, int)} == set(range(len(blocks)))


def test_blocks_do_not_overlap(drawn):
    layout = drawn[3]
    boxes = [box(place) for _, place in sorted(layout.places.items())]
    assert len(boxes) >= len(drawn[2]) > 1
    for i, first in enumerate(boxes):
        assert not any(overlap(first, second) for second in boxes[:i])


def test_a_block_stands_below_all_that_it_reads(drawn):
    _, _, blocks, layout, _ = drawn
    assert sum(len(block.sources) for block in blocks) >= len(blocks) - 1 > 0
    for index, block in enumerate(blocks):
        for source in block.sources:
            assert layout.places[source].bottom < layout.places[index].y


def touches(place, x, y):
    left, top, right, bottom = box(place)
    on_side = x in (left, right) and top <= y <= bottom
    return on_side or (y in (top, bottom) and left <= x <= right)


def test_every_connection_is_one_line_between_its_blocks(drawn):
    _, _, blocks, layout, _ = drawn
    edges = [(source, index) for index, block in enumerate(blocks) for source in block.sources]
    found = []
    for line in layout.lines:
        ends = [
            {i for i, place in layout.places.items() if touches(place, *point)}
            for point in (line[0], line[-1])
        ]
        assert all(len(end) == 1 for end in ends), line
        found.append((ends[0].pop(), ends[1].pop()))
    for junction in [i for i in layout.places if isinstance(i, float)]:  # lines part there
        (source,) = [start for start, end in found if end == junction]
        found.remove((source, junction))
        found = [(source if start == junction else start, end) for start, end in found]
    assert sorted(found) == sorted(edges)


def test_lines_run_straight_down_or_across(drawn):
    assert len(drawn[3].lines) >= len(drawn[2]) - 1 > 0
    for line in drawn[3].lines:
        for (x0, y0), (x1, y1) in pairwise(line):
            assert x0 == x1 or y0 == y1


def test_frames_hold_their_blocks_and_no_others(drawn, request):
    layout = drawn[3]
    assert len(layout.frames) == FRAMES.get(request.node.callspec.params["drawn"], 0)
    for frame, x, y, width, height in layout.frames:
        edges = (x, y, x + width, y + height)
        for index, place in layout.places.items():
            left, top, right, bottom = box(place)
            inside = (
                edges[0] <= left and right <= edges[2] and edges[1] <= top and bottom <= edges[3]
            )
            assert inside == (index in frame.blocks)
            assert inside or not overlap(edges, box(place))


def test_frames_lie_one_in_another_or_apart(drawn, request):
    frames = drawn[3].frames
    assert len(frames) == FRAMES.get(request.node.callspec.params["drawn"], 0)
    for first, x, y, width, height in frames:
        for second, *box_of_second in frames:
            if first.blocks & second.blocks:
                assert first.blocks <= second.blocks or second.blocks <= first.blocks
            else:
                left, top, wide, high = box_of_second
                other = (left, top, left + wide, top + high)
                assert not overlap((x, y, x + width, y + height), other)


def test_everything_lies_within_the_drawing(drawn):
    layout = drawn[3]
    boxes = [box(place) for place in layout.places.values()]
    boxes += [(x, y, x + width, y + height) for _, x, y, width, height in layout.frames]
    points = [point for line in layout.lines for point in line]
    assert layout.left <= min([b[0] for b in boxes] + [x for x, _ in points])
    assert layout.right >= max([b[2] for b in boxes] + [x for x, _ in points])
    assert layout.height >= max(b[3] for b in boxes)


def check_svg(text, net):
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == type(net).__name__
    assert root.find(f"{SVG}desc").text.startswith("input ")
    panel = root.find(f"{SVG}rect")
    assert panel.get("fill") == "#ffffff"
    assert panel.get("width") == root.get("width")
    assert root.findall(f".//{SVG}text")
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_svg_is_well_formed_accessible_and_always_the_same(drawn):
    net, rows, _, _, drawing = drawn
    text = drawing._repr_svg_()
    check_svg(text, net)
    assert diagram(net, rows[0].input_shape)._repr_svg_() == text


@pytest.mark.parametrize("name", ["lenet", "alexnet", "projection"])
def test_volumes_are_well_formed_and_always_the_same(name):
    make, shape = NETS[name]
    net = on_meta(make)
    first, second = (diagram(net, shape, style="volumes")._repr_svg_() for _ in range(2))
    check_svg(first, net)
    assert first == second


def texts(drawing):
    root = ElementTree.fromstring(drawing._repr_svg_())
    return [element.text for element in root.iter(f"{SVG}text")]


def test_lenet_reads_from_input_to_output():
    assert texts(diagram(lenet(), (1, 28, 28), title="LeNet")) == [
        "LeNet",
        "input 1×28×28",
        *("5×5 conv (6), pad 2", "6×28×28", "Sigmoid"),
        *("2×2 avg pool, stride 2", "6×14×14"),
        *("5×5 conv (16)", "16×10×10", "Sigmoid"),
        *("2×2 avg pool, stride 2", "16×5×5", "Flatten (400)"),
        *("linear (120)", "Sigmoid"),
        "linear (10)",
    ]


def test_shortcut_is_a_line_and_a_projection_a_branch():
    assert texts(diagram(Residual(4), (4, 8, 8))).count("1×1 conv (4)") == 0
    assert "1×1 conv (8), stride 2" in texts(diagram(Residual(8, 2), (4, 8, 8)))
    assert "+" in texts(diagram(Residual(4), (4, 8, 8)))


def test_modules_are_framed_with_their_names():
    net = nn.Sequential()
    net.add_module("first", Residual(4))
    net.add_module("second", Residual(4))
    shown = texts(diagram(net, (4, 8, 8)))
    assert "first Residual" in shown
    assert "second Residual" in shown


def test_depth_hides_the_inside_of_modules():
    net = nn.Sequential(Residual(4), nn.Sequential(Residual(4), Residual(4)), nn.MaxPool2d(2))
    assert texts(diagram(net, (4, 8, 8), depth=1))[1:] == [
        "input 4×8×8",
        *("Residual", "4×8×8"),
        *("2 × Residual", "4×8×8"),
        *("2×2 max pool, stride 2", "4×4×4"),
    ]
    assert texts(diagram(net, (4, 8, 8), depth=2)).count("Residual") == 2
    assert texts(diagram(net, (4, 8, 8), depth=9)) == texts(diagram(net, (4, 8, 8)))


def test_closed_classes_are_single_blocks_at_any_depth():
    net = nn.Sequential(Residual(4), nn.Sequential(nn.Sequential(Residual(4)), nn.ReLU()))
    for closed in (Residual, [Residual]):
        shown = texts(diagram(net, (4, 8, 8), closed=closed))
        assert shown.count("Residual") == 2
        assert "3×3 conv (4), pad 1" not in shown


def test_hidden_sequential_names_what_is_in_it():
    conv = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 1), nn.MaxPool2d(2))
    net = nn.Sequential()
    net.add_module("features", conv)
    net.add_module("0", nn.Sequential(nn.Flatten(), nn.Linear(72, 4)))
    shown = texts(diagram(net, (1, 8, 8), depth=1))
    assert "features: 3×3, 1×1 conv (8), 1 pool" in shown
    assert "1 linear" in shown


@pytest.mark.parametrize(
    ("layer", "label"),
    [
        (nn.Conv2d(8, 8, (1, 3), stride=(1, 2), groups=4), "1×3 conv (8), stride 1×2, groups 4"),
        (nn.Conv2d(8, 8, 3, padding=2, dilation=2), "3×3 conv (8), pad 2, dilation 2"),
        (nn.Conv2d(8, 8, 2, padding="same"), "2×2 conv (8), pad uneven"),
        (nn.MaxPool2d(3, 2, 1), "3×3 max pool, stride 2, pad 1"),
        (nn.AdaptiveAvgPool2d(1), "global avg pool"),
        (nn.AdaptiveMaxPool2d((4, 4)), "max pool to 4×4"),
        (nn.LPPool2d(2, 2), "2×2 Lp pool, stride 2"),
        (nn.BatchNorm2d(8), "BatchNorm"),
        (nn.ConvTranspose2d(8, 8, 3), "ConvTranspose2d"),
        (nn.Upsample(scale_factor=2), "Upsample"),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_label(layer, label):
    assert label in texts(diagram(layer, (8, 8, 8)))


def test_volumes_are_those_that_everything_passes():
    net = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), Residual(4), nn.Flatten(), nn.Linear(256, 9))
    shown = texts(diagram(net, (1, 8, 8), style="volumes"))
    assert [text for text in shown if text[0].isdigit() and " " not in text] == [
        "1×8×8",
        "4×8×8",
        "9",
    ]


def test_long_rows_of_volumes_are_broken():
    net = nn.Sequential(*(nn.Conv2d(8, 8, 3, padding=1) for _ in range(20)))
    drawing = diagram(net, (8, 32, 32), style="volumes")
    assert drawing.width <= 720
    assert texts(drawing).count("8×32×32") == 21


def test_row_of_diagrams_keeps_them_apart():
    small = nn.Sequential(nn.Linear(4, 2))
    left, right = diagram(lenet(), (1, 28, 28)), diagram(small, (4,))
    row = diagram_row([left, right], ["LeNet", "one layer"])
    assert row.width == pytest.approx(left.width + right.width)
    assert row.height == max(left.height, right.height)
    assert texts(row) == ["LeNet", *texts(left)[1:], "one layer", *texts(right)[1:]]
    assert diagram_row([left, right]).title == "Sequential, Sequential"
    ElementTree.fromstring(row._repr_svg_())


def test_names_are_escaped():
    drawing = diagram(nn.Sequential(nn.Linear(4, 2)), (4,), title='<b> & "c"')
    assert ElementTree.fromstring(drawing._repr_svg_()).find(f"{SVG}title").text == '<b> & "c"'


def test_save_and_words(tmp_path):
    drawing = diagram(nn.Sequential(nn.Linear(4, 2), nn.ReLU()), (4,), title="Small")
    assert isinstance(drawing, Diagram)
    drawing.save(tmp_path / "small.svg")
    assert (tmp_path / "small.svg").read_text(encoding="utf-8") == drawing._repr_svg_()
    assert repr(drawing) == "<Diagram 'Small', 118×138 pixels>"
    assert str(drawing) == "Small: input 4; linear (2), ReLU 2"
