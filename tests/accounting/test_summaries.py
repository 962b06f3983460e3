import dataclasses
import re
import types

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision import models

from d2lkit.accounting import count_parameters, summary
from d2lkit.accounting.summaries import size_text

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


def test_parameters_outside_the_layers_are_counted_where_they_are_used():
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
    assert [row.parameters for row in account.layers] == [3, 8]
    assert account.idle_parameters == 400
    assert "400 parameters are not used in evaluation." in str(account)


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


def products_of(net, *inputs):
    """The FLOPs of convolutions and matrix products by torch's own counter."""
    with FlopCounterMode(display=False) as counter:
        net.train()(*inputs)  # in evaluation attention would run as one operation
    return counter.get_total_flops()


def test_recurrent_layers_by_hand():
    account = summary(nn.LSTM(4, 8, batch_first=True), torch.zeros(1, 36, 4))
    assert account.total_flops == 36 * 2 * 4 * (4 * 8 + 8 * 8) == 27_648
    assert account.total_multiply_adds == 13_824
    both = nn.GRU(4, 8, num_layers=2, bidirectional=True)
    weights = sum(p.numel() for name, p in both.named_parameters() if "weight" in name)
    assert summary(both, torch.zeros(5, 3, 4)).total_flops == 2 * 15 * weights
    cell = nn.LSTMCell(4, 8)
    assert summary(cell, (4,), batch_size=6).total_flops == 2 * 6 * 4 * (4 * 8 + 8 * 8)


def test_bilinear_takes_two_inputs():
    account = summary(nn.Bilinear(3, 4, 5), [(3,), (4,)], batch_size=2)
    assert account.total_flops == 2 * 2 * 5 * 3 * 4
    assert account.input_shape == ((2, 3), (2, 4))


@pytest.mark.parametrize("name", ["vit_b_16", "swin_t"])
def test_attention_costs_the_same_on_every_device(name):
    with torch.device("meta"):
        net = models.get_model(name)
    account = summary(net, (3, 224, 224))
    # torchvision publishes multiply-adds of its networks, those of attention included for ViT.
    published = models.get_model_weights(name)["IMAGENET1K_V1"].meta
    assert account.total_multiply_adds / 1e9 == pytest.approx(published["_ops"], rel=0.01)
    assert account.idle_parameters == 0
    assert sum(row.parameters for row in account.layers) > 0.99 * published["num_params"]


def test_attention_on_the_cpu_keeps_its_row():
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    x = torch.zeros(3, 5, 8)
    on_cpu = summary(layer, x)
    assert 2 * on_cpu.total_multiply_adds == products_of(layer.to("meta"), x.to("meta"))
    assert summary(layer.to("meta"), x.to("meta")).layers == on_cpu.layers
    (row,) = [row for row in on_cpu.layers if row.kind == "multi_head_attention_forward"]
    assert row.parameters == sum(p.numel() for p in layer.self_attn.parameters())
    assert torch.backends.mha.get_fastpath_enabled()


def test_behind_squeeze_and_excite_a_unit_sees_everything():
    with torch.device("meta"):
        rows = summary(models.efficientnet_b0(), (3, 224, 224)).layers
    gates = [i for i, row in enumerate(rows) if row.kind == "mul"]
    assert rows[gates[0] - 6].receptive_field is not None
    assert all(row.sees_everything for row in rows[gates[0] :])


@pytest.mark.filterwarnings("ignore:`torch.jit.trace")
def test_a_compiled_network_is_one_row_and_says_so():
    net = lenet()
    compiled = torch.jit.trace(net.eval(), torch.zeros(1, 1, 28, 28), check_trace=False)
    account = summary(compiled, (1, 28, 28))
    assert len(account.layers) == 1
    assert account.total_multiply_adds == summary(net, (1, 28, 28)).total_multiply_adds
    assert account.total_parameters == 61_706
    assert "Not counted in the FLOPs: all but convolutions and matrix products in" in str(account)


def test_inputs_of_integers_and_inputs_by_name():
    class Words(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.out = nn.Embedding(7, 4), nn.Linear(4, 2)

        def forward(self, words, scale):
            return {"scores": self.out(self.words(words)) * scale}

    words = torch.tensor([[1, 2, 6]])
    account = summary(Words(), {"words": words, "scale": torch.ones(1)})
    assert [row.kind for row in account.layers] == ["Embedding", "Linear", "mul"]
    assert [row.flops for row in account.layers] == [0, 2 * 3 * 4 * 2, 6]
    assert "Not counted" not in str(account)


def test_what_is_not_counted_is_said():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3)
            self.up = nn.Upsample(scale_factor=2)

        def forward(self, x):
            return self.up(torch.exp(self.conv(x))).cumsum(1)

    text = str(summary(Odd(), (1, 8, 8)))
    assert "Not counted in the FLOPs: cumsum, exp, interpolate in Upsample." in text
    assert re.search(r"up +Upsample +\(1, 2, 12, 12\) +0 +–", text)
    assert "Not counted" not in str(summary(lenet(), (1, 28, 28)))


def test_multiply_adds_are_half_of_the_products_alone():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2))
    account = summary(net, (3, 8, 8), batch_size=2)
    assert account.total_multiply_adds == 2 * 27 * 4 * 36
    assert account.total_flops > 2 * account.total_multiply_adds
    assert 2 * account.total_multiply_adds == products_of(net, torch.zeros(2, 3, 8, 8))


def test_outputs_in_a_mapping_or_a_dataclass_are_found():
    @dataclasses.dataclass
    class Output:
        scores: torch.Tensor

    class Head(nn.Module):
        def __init__(self, wrap):
            super().__init__()
            self.fc, self.wrap = nn.Parameter(torch.zeros(2, 3)), wrap

        def forward(self, x):
            return self.wrap(nn.functional.linear(x, self.fc))

    for wrap in (Output, lambda x: {"scores": x}, lambda x: types.MappingProxyType({"a": x})):
        (row,) = summary(Head(wrap), (3,)).layers
        assert (row.output_shape, row.parameters, row.flops) == ((1, 2), 6, 12)


def test_a_field_is_written_as_height_times_width():
    text = repr(summary(nn.Sequential(nn.Conv2d(1, 2, (3, 5))), (1, 9, 9)))
    assert "3×5" in text
    assert "5×3" not in text


def test_bytes_follow_the_precision_of_the_parameters():
    for dtype, size in ((torch.float16, 2), (torch.float32, 4), (torch.float64, 8)):
        account = summary(nn.Linear(3, 2).to(dtype), (3,))
        assert account.bytes_per_number == size
        assert account.parameter_bytes == 8 * size


def test_a_dash_stands_only_where_nothing_is_counted():
    account = summary(nn.Linear(3, 2), (3,))
    (row,) = account.layers
    for flops, text in ((12, "12"), (0, "–")):
        layer = dataclasses.replace(row, flops=flops, uncounted=("exp",))
        cells = repr(dataclasses.replace(account, layers=[layer])).splitlines()[3].split()
        assert text in cells


def test_a_unit_begins_at_one():
    found = [size_text(size) for size in (1023, 2**10, 2**20, 2**30)]
    assert found == ["1023 B", "1.0 KiB", "1.0 MiB", "1.0 GiB"]
