import re

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision import models

from d2lkit.accounting import count_parameters, summary

MIB = 2**20


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
        nn.Linear(120, 84),
        nn.Sigmoid(),
        nn.Linear(84, 10),
    )


BUILDERS = {
    "alexnet": models.alexnet,
    "vgg16": models.vgg16,
    "googlenet": lambda: models.googlenet(init_weights=False, aux_logits=False),
    "resnet18": models.resnet18,
    "resnet50": models.resnet50,
    "resnext50_32x4d": models.resnext50_32x4d,
}


@pytest.mark.parametrize("name", BUILDERS)
def test_torchvision_network(name):
    published = models.get_model_weights(name)["IMAGENET1K_V1"].meta
    with torch.device("meta"):  # shapes alone: no weights are drawn, nothing is computed
        net, x = BUILDERS[name](), torch.zeros(1, 3, 224, 224)
    account = summary(net, (3, 224, 224))
    assert account.total_parameters == published["num_params"] == count_parameters(net)
    assert sum(layer.parameters for layer in account.layers) == published["num_params"]
    products = sum(row.flops for row in account.layers if row.kind in ("Conv2d", "Linear"))
    # torchvision publishes 10⁹ multiply-adds, rounded to three digits after the point.
    assert products / 2e9 == pytest.approx(published["_ops"], abs=0.0006)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net.eval()(x)
    assert products == counter.get_total_flops()
    assert products < account.total_flops < 1.05 * products


@pytest.mark.parametrize(
    ("name", "layer", "size"),
    [("alexnet", "features.12", 195), ("vgg16", "features.30", 212), ("resnet50", "layer4.2", 427)],
)
def test_known_receptive_fields(name, layer, size):
    with torch.device("meta"):
        net = BUILDERS[name]()
    rows = summary(net, (3, 224, 224)).layers
    (row,) = [row for row in rows if row.name in (layer, f"{layer}.add")]
    assert row.receptive_field.size == size


def test_lenet_by_hand():
    account = summary(lenet(), (1, 28, 28))
    assert account.total_parameters == 61_706
    assert [row.parameters for row in account.layers if row.parameters] == [
        156,
        2_416,
        48_120,
        10_164,
        850,
    ]
    assert account.layers[0].flops == 2 * 25 * 6 * 28 * 28
    assert account.layers[3].receptive_field.size == 14


def test_three_layers_of_the_memory_rule():
    # Three 3×3×64 layers on 224²: 9.6 million activations, 73.5 MiB with their gradients.
    net = nn.Sequential(*(nn.Conv2d(c, 64, 3, padding=1) for c in (3, 64, 64)))
    account = summary(net, (3, 224, 224))
    assert account.activation_bytes == 4 * 3 * 64 * 224**2
    gradients_too = account.training_bytes() - 3 * account.parameter_bytes
    assert gradients_too / MIB == pytest.approx(73.5)


def test_training_memory_by_its_convention():
    account = summary(nn.Linear(10, 5), (10,), batch_size=8)
    assert account.parameter_bytes == 4 * 55
    assert account.activation_bytes == 4 * 40
    assert account.training_bytes() == 3 * 220 + 2 * 160
    assert account.training_bytes(momentum=False) == 2 * 220 + 2 * 160


def test_network_on_the_meta_device_costs_the_same():
    on_cpu, on_meta = (
        summary(lenet().to(device), (1, 28, 28), batch_size=3) for device in ("cpu", "meta")
    )
    assert on_meta == on_cpu


def test_half_precision_halves_the_memory():
    full, half = (summary(net, (10,)) for net in (nn.Linear(10, 5), nn.Linear(10, 5).bfloat16()))
    assert full.training_bytes() == 2 * half.training_bytes()


def test_parameters_outside_the_layers_are_counted_and_named():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(3))
            self.fc = nn.Linear(3, 2)
            self.head = nn.Linear(3, 100)

        def forward(self, x):
            return self.fc(x * self.scale)

    account = summary(Net(), (3,))
    assert account.total_parameters == count_parameters(Net()) == 3 + 8 + 400
    assert "403 parameters lie outside the layers that ran." in str(account)


def test_text_is_aligned():
    text = str(summary(lenet(), (1, 28, 28), batch_size=2))
    lines = text.splitlines()
    assert lines[0] == "Sequential, input (2, 1, 28, 28)"
    rows = lines[3:15]
    assert len(rows) == 12
    ends = {name: lines[1].index(name) + len(name) for name in ("parameters", "FLOPs", "field")}
    for line in [*rows, lines[16]]:
        for name in ("parameters", "FLOPs"):
            assert re.search(r"[\d,]+$", line[: ends[name]])
            assert line[ends[name]] == " "
    assert lines[16].startswith("total")
    assert "61,706" in lines[16]
    assert rows[0].endswith(" 5")
    assert rows[-1].endswith(" all")
    assert text == repr(summary(lenet(), (1, 28, 28), batch_size=2))


def test_table_holds_the_same_and_no_colours():
    account = summary(lenet(), (1, 28, 28))
    page = account._repr_html_()
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page)
    assert len(cells) == 12 * 7
    assert cells[:7] == ["0", "Conv2d", "(1, 6, 28, 28)", "156", "235,200", "18.4 KiB", "5"]
    assert "61,706" in page
    assert "color" not in page.replace("color: inherit", "")
    assert "background" not in page
    assert page == summary(lenet(), (1, 28, 28))._repr_html_()


def test_names_are_escaped_in_the_table():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.add_module("<b>", nn.ReLU())

        def forward(self, x):
            return getattr(self, "<b>")(x)

    assert "&lt;b&gt;" in summary(Net(), (3,))._repr_html_()


@pytest.mark.parametrize(
    ("layer", "field"), [(nn.Conv2d(1, 1, (3, 5)), "3×5"), (nn.ConvTranspose2d(1, 1, 3), "–")]
)
def test_fields_that_are_no_single_number(layer, field):
    assert str(summary(layer, (1, 8, 8))).splitlines()[3].endswith(f" {field}")


@pytest.mark.filterwarnings("ignore:Lazy modules")
def test_lazy_network_is_summed_up():
    account = summary(nn.Sequential(nn.LazyLinear(4), nn.LazyLinear(2)), (3,))
    assert account.total_parameters == 16 + 10


def test_count_parameters():
    net = lenet()
    assert count_parameters(net) == 61_706
    net[0].requires_grad_(False)
    assert count_parameters(net, trainable_only=True) == 61_706 - 156
    shared = nn.Linear(3, 3)
    assert count_parameters(nn.Sequential(shared, shared)) == 12
