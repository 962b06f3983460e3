"""Remembered operations put out what the operations themselves put out."""

import pytest
import torch
from torch import nn

from d2lkit import models
from d2lkit.accounting import memory, replay, step_memory, summary, trace, watching

aten = torch.ops.aten


def meta(*shape, **settings):
    return torch.empty(shape, device="meta", **settings)


class Counted:
    """An operation that counts its calls."""

    def __init__(self, func):
        self.func, self.calls = func, 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.func(*args, **kwargs)


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setattr(replay, "_recipes", {})


def facts(output):
    parts = output if isinstance(output, tuple | list) else [output]
    return [p if p is None else (p.shape, p.stride(), p.dtype, p.device) for p in parts]


@pytest.mark.parametrize(
    ("func", "args"),
    [
        (aten.relu.default, (meta(2, 3, 4),)),
        (aten.add.Tensor, (meta(2, 3), meta(3))),
        (aten.cat.default, ([meta(2, 3), meta(2, 5)], 1)),
        (aten.native_batch_norm.default, (meta(2, 3, 4, 4), *[meta(3)] * 4, True, 0.1, 1e-5)),
        (aten.max_pool2d_with_indices.default, (meta(1, 2, 4, 4), [2, 2])),
        (aten.relu.default, (meta(2, 3, 4, 4).to(memory_format=torch.channels_last),)),
        (aten.split_with_sizes_copy.default, (meta(5, 2), [2, 3])),
    ],
    ids=str,
)
def test_a_second_call_makes_the_same_outputs_without_the_operation(func, args):
    counted = Counted(func)
    first = replay.replay(counted, args, {})
    second = replay.replay(counted, args, {})
    assert facts(first) == facts(second) == facts(func(*args))
    assert counted.calls == 1
    tensors = [t for out in (first, second) for t in watching.tensors_in(out)]
    assert len({watching.address(t) for t in tensors}) == len(tensors)  # each has its own memory


@pytest.mark.parametrize(
    "func",
    [
        lambda x: x.relu_(),
        lambda x: x.view(-1),
        lambda x: x.t(),
        lambda x: (x.exp(), x.detach()),
        lambda x: x.new_empty(9)[3:6],
        lambda x: [x.exp()] * 2,
        lambda x: x.numel(),
        lambda x: torch.zeros(3),
        lambda x: x.to(torch.complex64),
    ],
)
def test_what_is_no_new_memory_of_the_meta_device_is_called_each_time(func):
    counted, x = Counted(func), meta(2, 3)
    for calls in (1, 2):
        output = replay.replay(counted, (x,), {})
        assert counted.calls == calls
    shared = [watching.address(t) == watching.address(x) for t in watching.tensors_in(output)]
    expected = [watching.address(t) == watching.address(x) for t in watching.tensors_in(func(x))]
    assert shared == expected


@pytest.mark.parametrize(
    "argument",
    [torch.ones(2), meta(2, dtype=torch.complex64), object(), {"a": 1}],
    ids=["cpu", "complex", "object", "dict"],
)
def test_arguments_that_may_hold_more_than_a_shape_are_not_remembered(argument):
    counted = Counted(lambda x: meta(3))
    for calls in (1, 2):
        replay.replay(counted, (argument,), {})
        assert counted.calls == calls


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((meta(2, dtype=torch.int64), 1), (meta(2, dtype=torch.int64), 1.0)),
        ((meta(2, 3), 1), (meta(3, 2), 1)),
        ((meta(2, 3), 1), (meta(2, 3, dtype=torch.float64), 1)),
        ((meta(2, 3), 1), (meta(3, 2).t(), 1)),
    ],
)
def test_calls_that_differ_in_one_thing_are_kept_apart(one, other):
    for args in (one, other, one):
        output = replay.replay(aten.add.Scalar, args, {})
        assert facts(output) == facts(aten.add.Scalar(*args))


def test_keywords_decide_too():
    for dtype in (torch.float64, torch.bfloat16, torch.float64):
        settings = {"dtype": dtype, "device": torch.device("meta")}
        assert replay.replay(aten.zeros.default, ([2],), settings).dtype == dtype


def test_the_oldest_is_forgotten(monkeypatch):
    monkeypatch.setattr(replay, "_LIMIT", 2)
    counted = Counted(aten.relu.default)
    for size in (1, 2, 3, 2, 3, 1):
        replay.replay(counted, (meta(size),), {})
    assert counted.calls == 4
    assert len(replay._recipes) == 2


def with_dropout():
    begin = [nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.Dropout()]
    return nn.Sequential(*begin, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))


@pytest.mark.parametrize("build", [models.resnet18, models.mobilenet_v2, with_dropout])
def test_accounts_are_those_of_the_operations_themselves(build, monkeypatch):
    net = build()

    def accounts():
        shape = (2, 3, 64, 64)
        steps = [memory(net, shape, training=training) for training in (True, False)]
        return steps, repr(summary(net, shape)), list(trace(net, shape))

    remembered = accounts(), accounts()
    assert len(replay._recipes) > 5
    for module in (watching, step_memory):
        monkeypatch.setattr(module, "replay", lambda func, args, kwargs: func(*args, **kwargs))
    plain = accounts()
    assert repr(remembered) == repr((plain, plain))
