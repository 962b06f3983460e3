"""Scenes drawn from a seed: the same wherever and however many are drawn."""

import hashlib

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from d2lkit.data import Shapes, draw_shapes
from d2lkit.data.distances import SHAPES
from d2lkit.data.randomness import generator
from d2lkit.data.scenes import BLOCK, draw, draw_noise, throw_dice

# Operations with one correct result in floating point, and those that only move values.
EXACT = {
    "abs", "abs_", "add", "add_", "clamp", "clamp_", "eq", "floor", "floor_", "maximum", "minimum",
    "mul", "mul_", "neg", "rsub", "sub", "sub_",
    "_to_copy", "empty_like", "index", "index_put_", "nonzero", "select", "slice", "unsqueeze",
}  # fmt: skip


class Recorder(TorchDispatchMode):
    """Notes the name of every operation that a device would execute."""

    def __init__(self):
        super().__init__()
        self.names = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.add(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


@pytest.fixture(scope="module")
def block():
    random = generator(0, 0, 0)
    return throw_dice(random).to("cpu"), draw_noise(random, 32)


def test_pixels_are_the_same_on_every_machine():
    images, labels = draw_shapes(120, size=32)
    found = hashlib.sha256(images.numpy().tobytes() + labels.numpy().tobytes()).hexdigest()
    assert found[:16] == "9a02b346175c145c"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("size", [32, 64, 100])
def test_a_gpu_draws_what_the_cpu_draws(size):
    both = [*zip(draw_shapes(500, size), draw_shapes(500, size, device="cuda"), strict=True)]
    assert [len(cpu) for cpu, _ in both] == [500, 500]
    for cpu, gpu in both:
        assert gpu.device.type == "cuda"
        assert cpu.equal(gpu.cpu())


def test_drawing_uses_only_operations_with_one_correct_result(block):
    scenes, noise = block
    # The pixels' coordinates are computed on the CPU whatever the device draws.
    with Recorder() as recorder:
        draw(scenes, noise, 32)
    assert {"mul", "maximum", "_to_copy"} < recorder.names
    assert recorder.names - EXACT - {"arange", "div"} == set()


def test_a_root_on_the_device_would_be_noticed(block, monkeypatch):
    scenes, noise = block
    monkeypatch.setitem(SHAPES, "circle", lambda u, v: (u * u + v * v).sqrt() - 1)
    with Recorder() as recorder:
        draw(scenes, noise, 32)
    assert recorder.names - EXACT - {"arange", "div"} == {"sqrt"}


def test_an_image_does_not_depend_on_its_neighbours(block):
    scenes, noise = block
    together = draw(scenes, noise, 32)
    assert together[:7].equal(draw(scenes.first(7), noise, 32))


@pytest.mark.parametrize("count", [1, BLOCK - 1, BLOCK, BLOCK + 1])
def test_more_images_keep_the_first_ones(count):
    images, labels = draw_shapes(2 * BLOCK + 3, size=16)
    fewer, fewer_labels = draw_shapes(count, size=16)
    assert images[:count].equal(fewer)
    assert labels[:count].equal(fewer_labels)


def test_threads_change_nothing(block):
    scenes, noise = block
    before = torch.get_num_threads()
    alone = draw(scenes, noise, 32)
    torch.set_num_threads(2)
    try:
        assert alone.equal(draw(scenes, noise, 32))
    finally:
        torch.set_num_threads(before)


def test_seed_and_split_change_the_images():
    drawn = [
        draw_shapes(20, 16, split=split, seed=seed)[0]
        for split, seed in [("train", 0), ("val", 0), ("test", 0), ("train", 1)]
    ]
    for i in range(4):
        for j in range(i):
            same = (drawn[i] == drawn[j]).flatten(1).all(1)
            assert not same.any()


def test_the_scene_is_the_same_at_every_size():
    small, large = (draw_shapes(30, size)[0].float() for size in (32, 64))
    shrunk = torch.nn.functional.avg_pool2d(large, 2)
    # The pixel noise is drawn for each size; it and the edges are all that differs.
    assert (small - shrunk).abs().mean() < 12
    assert (small - shrunk.roll(1, 0)).abs().mean() > 40


def test_classes_are_balanced_and_named():
    data = Shapes(size=16, num_train=1000, num_val=100, num_test=50)
    assert torch.bincount(data.labels("train")).tolist() == [100] * 10
    assert data.class_names == tuple(SHAPES)
    assert len(set(data.class_names)) == data.num_classes == 10
    assert (data.name, data.size, data.in_channels) == ("Shapes", 16, 3)
    assert [len(data.images(s)) for s in ("train", "val", "test")] == [1000, 100, 50]


def test_the_shape_is_where_the_scene_says():
    """Without clutter, waves and noise every pixel is the ground's colour or the shape's."""
    random = generator(3)
    scenes = throw_dice(random).to("cpu")
    scenes.stripes[:, 3] = scenes.ground_stripes[:, 3] = 0
    scenes.ground[:] = 0
    scenes.colour[:] = 1
    scenes.bar_size[:] = -1  # nowhere
    images = draw(scenes, torch.zeros(16, 64, 64), 64).float()[:, 0] / 255
    line = (torch.arange(64) + 0.5) / 32 - 1
    assert len(images) == 50  # a block: five of each shape
    for image, label, centre, radius in zip(
        images, scenes.label.tolist(), scenes.centre, scenes.radius, strict=True
    ):
        assert ((image == 0) | (image == 1)).float().mean() > 0.85
        assert image.sum() > 40
        mass = torch.stack([(image * line).sum(), (image * -line[:, None]).sum()]) / image.sum()
        # A crescent's and an arrow's mass lies off their middle.
        assert (mass - centre).norm() < 0.5 * radius + 0.05, list(SHAPES)[label]


def test_shapes_cannot_be_told_by_mean_colour():
    images, labels = draw_shapes(2000, 16)
    colours = images.float().mean((2, 3))
    centres = torch.stack([colours[labels == k].mean(0) for k in range(10)])
    guesses = torch.cdist(colours, centres).argmin(1)
    assert (guesses == labels).float().mean() < 0.25
