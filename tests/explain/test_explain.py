"""The explanations: captum's values, hand calculations, and what they refuse."""

import copy
import math

import pytest
import torch
from captum.attr import LayerActivation, LayerAttribution, LayerGradCam, Occlusion, Saliency
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from d2lkit import explain, models
from d2lkit.explain.watching import evaluating


def small_net(seed=0, channels=2, classes=4):
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(channels, 5, 3, padding=1),
        nn.BatchNorm2d(5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(5, 6, 3, stride=2),
        nn.Tanh(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(24, classes),
    ).train()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), layer=st.sampled_from([0, 2, 3, 4, 5]), given=st.booleans())
def test_grad_cam_is_captums(seed, layer, given):
    net = small_net(seed)
    images = torch.randn(3, 2, 12, 14)
    answer = net.eval()(images).argmax(1)
    classes = torch.tensor([0, 3, 1]) if given else None
    wanted = LayerGradCam(net, net[layer]).attribute(
        images, target=classes if given else answer, relu_attributions=True
    )
    found = explain.grad_cam(net, net[layer], images, classes)
    assert found.shape == wanted[:, 0].shape
    torch.testing.assert_close(found, wanted[:, 0].detach())


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), window=st.integers(1, 6), stride=st.integers(1, 6))
def test_occlusion_is_captums(seed, window, stride):
    net, (height, width) = small_net(seed).eval(), (12, 10)
    images, classes = torch.randn(2, 2, height, width), torch.tensor([2, 0])
    found = explain.occlusion(net, images, classes, window=window, stride=stride, value=0.5)
    # captum gives each pixel the mean fall of the squares that cover it; where each lies inside,
    # and stride is the side, that is the fall itself.
    if stride == window:
        wanted = Occlusion(net).attribute(
            images, (2, window, window), (2, window, window), baselines=0.5, target=classes
        )
        tall = found.repeat_interleave(window, 1).repeat_interleave(window, 2)
        torch.testing.assert_close(tall[:, :height, :width], wanted[:, 0].float())
    with torch.no_grad():
        covered = images.clone()
        covered[..., stride : stride + window, :window] = 0.5
        pick = torch.arange(2), classes
        fall = net(images)[pick] - net(covered)[pick]
    torch.testing.assert_close(found[:, 1, 0], fall)
    assert found.shape[1] == 1 + math.ceil((height - window) / stride)
    assert found.shape[2] == 1 + math.ceil((width - window) / stride)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99))
def test_saliency_and_activations_are_captums(seed):
    net = small_net(seed)
    images, classes = torch.randn(2, 2, 12, 10), torch.tensor([2, 0])
    found = explain.saliency(net, images, classes)
    shown = explain.activations(net, net[4], images)
    net.eval()
    wanted = Saliency(net).attribute(images.clone().requires_grad_(), classes).amax(1)
    torch.testing.assert_close(found, wanted)
    torch.testing.assert_close(shown, LayerActivation(net, net[4]).attribute(images))


def test_probability_lies_between_minus_one_and_one_and_is_the_softmaxs():
    net, images = small_net().eval(), torch.randn(3, 2, 8, 8)
    found = explain.occlusion(net, images, 1, window=8, score="probability")
    with torch.no_grad():
        wanted = (net(images).softmax(1) - net(torch.zeros_like(images)).softmax(1))[:, 1]
    torch.testing.assert_close(found[:, 0, 0], wanted)


def test_occlusion_without_classes_follows_each_images_own_answer():
    net, images = small_net().eval(), 5 * torch.randn(40, 2, 8, 8)
    answer = net(images).argmax(1)
    assert len(set(answer.tolist())) > 1
    torch.testing.assert_close(
        explain.occlusion(net, images, window=4), explain.occlusion(net, images, answer, window=4)
    )


FUNCTIONS = {
    "activations": lambda net, images: explain.activations(net, net[2], images),
    "strongest": lambda net, images: explain.strongest(net, net[2], images, 0),
    "field_of": lambda net, images: explain.field_of(net, net[2], images[0], 0, 0),
    "saliency": lambda net, images: explain.saliency(net, images),
    "grad_cam": lambda net, images: explain.grad_cam(net, net[2], images),
    "occlusion": lambda net, images: explain.occlusion(net, images, window=4),
    "maximise": lambda net, images: explain.maximise(net, net[2], 0, (2, 8, 8), steps=2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_nothing_is_left_behind(name):
    net, images = small_net(), torch.randn(3, 2, 8, 8)
    net[1].eval()
    images_before, state = images.clone(), copy.deepcopy(net.state_dict())
    one = FUNCTIONS[name](net, images)
    with torch.no_grad():  # nor does the caller's mode matter
        two = FUNCTIONS[name](net, images)
    if isinstance(one, torch.Tensor):
        assert torch.equal(one, two)
        assert not one.requires_grad
    else:
        assert one == two
    assert net.training
    assert net[8].training
    assert not net[1].training
    assert all(not module._forward_hooks for module in net.modules())
    assert all(p.grad is None for p in net.parameters())
    assert torch.equal(images, images_before)
    assert images.grad is None
    for key, value in net.state_dict().items():
        assert torch.equal(value, state[key]), key


def test_the_mode_comes_back_after_an_error():
    net = small_net()
    with pytest.raises(ValueError, match="images must"):
        explain.activations(net, net[0], torch.zeros(2, 8, 8))
    with pytest.raises(RuntimeError), evaluating(net):
        net(torch.zeros(1, 7, 8, 8))
    assert net.training


def test_strongest_finds_what_was_planted():
    images = torch.zeros(4, 1, 6, 7)
    images[0, 0, 1, 2], images[2, 0, 5, 6], images[3, 0, 0, 0] = 1.0, 3.0, 2.0
    net = nn.Sequential(nn.ReLU())
    spots = explain.strongest(net, net[0], images, 0, 3)
    assert [(s.image, s.row, s.column, s.value) for s in spots] == [
        (2, 5, 6, 3.0),
        (3, 0, 0, 2.0),
        (0, 1, 2, 1.0),
    ]
    assert len(explain.strongest(net, net[0], images, 0, 9)) == 4


@settings(max_examples=25, deadline=None)
@given(
    kernel=st.sampled_from([1, 3, 5]),
    stride=st.integers(1, 3),
    row=st.integers(0, 2),
    column=st.integers(0, 2),
)
def test_field_is_the_formulas(kernel, stride, row, column):
    net = nn.Sequential(nn.Conv2d(1, 2, kernel, stride), nn.Conv2d(2, 2, 3))
    for parameter in net.parameters():
        nn.init.constant_(parameter, 0.5)
    side = (kernel - 1) + (3 - 1) * stride + 1
    rows, columns = explain.field_of(net, net[1], torch.rand(1, 30, 30), row, column)
    assert (rows.start, rows.stop) == (row * stride, row * stride + side)
    assert (columns.start, columns.stop) == (column * stride, column * stride + side)


def test_field_of_a_place_that_depends_on_nothing_is_empty():
    net = nn.Sequential(nn.Conv2d(1, 1, 3), nn.ReLU())
    nn.init.constant_(net[0].weight, -1.0)
    nn.init.zeros_(net[0].bias)
    rows, columns = explain.field_of(net, net[1], torch.ones(1, 8, 8), 0, 0)
    assert (rows.stop - rows.start, columns.stop - columns.start) == (0, 0)


def test_maximise_raises_the_activation_and_decay_holds_the_image_small():
    net = small_net()
    start = explain.maximise(net, net[5], 2, (2, 12, 12), steps=1, rate=1e-6)
    end = explain.maximise(net, net[5], 2, (2, 12, 12), steps=60)
    small = explain.maximise(net, net[5], 2, (2, 12, 12), steps=60, decay=0.1)
    level = [explain.activations(net, net[5], image)[:, 2].mean() for image in (start, end)]
    assert level[1] > level[0] + 0.3
    assert small.square().mean() < 0.5 * end.square().mean()
    assert end.shape == (1, 2, 12, 12)


def test_blur_makes_neighbours_alike():
    net = small_net()

    def roughness(blur):
        image = explain.maximise(net, net[5], 2, (2, 12, 12), steps=60, blur=blur, shift=1)
        return float(image.diff(dim=3).square().mean() / image.square().mean())

    assert roughness(1.0) < 0.5 * roughness(0.0)


def test_seeds_differ_and_repeat():
    net = small_net()
    one, same, other = (
        explain.maximise(net, net[2], 0, (2, 8, 8), steps=3, shift=2, seed=seed)
        for seed in (0, 0, 1)
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_shift_moves_the_image_back():
    net = nn.Sequential(nn.Conv2d(1, 1, 1))  # the same gradient at every pixel, wherever it is
    still, shifted = (
        explain.maximise(net, net[0], 0, (1, 9, 11), steps=5, shift=shift) for shift in (0, 3)
    )
    assert still.std() > 0.01
    torch.testing.assert_close(shifted, still)


@pytest.mark.parametrize("coarse", [(2, 2), (3, 4), (7, 5)])
def test_overlay_lays_the_map_over_the_photograph_as_captum_does(coarse):
    heat = torch.rand(coarse)
    wanted = LayerAttribution.interpolate(heat[None, None], (12, 15), "bilinear")[0, 0]
    shown = explain.overlay(torch.zeros(1, 12, 15), heat, 1.0)
    torch.testing.assert_close(shown[0], wanted / wanted.max())


def test_overlay_leaves_the_photograph_where_the_map_is_zero():
    image = torch.rand(3, 8, 8)
    heat = torch.zeros(8, 8)
    heat[2, 3] = 4.0
    shown = explain.overlay(image, heat, 1.0)
    torch.testing.assert_close(shown[:, 2, 3], torch.tensor([1.0, 0.9, 0.0]))
    heat[2, 3] = 0
    torch.testing.assert_close(explain.overlay(image, heat), image)


@pytest.mark.parametrize("largest", [1e-6, 0.01, 0.5, 1.0, 30.0])
@pytest.mark.parametrize("opacity", [0.5, 1.0])
def test_overlay_draws_the_largest_value_strongest_however_small_it_is(largest, opacity):
    image = torch.zeros(1, 1, 3)
    shown = explain.overlay(image, torch.tensor([[0.0, largest / 2, largest]]), opacity)
    strengths = [0.0, opacity / 2, opacity]
    wanted = torch.tensor([[1.0 * s, 0.9 * s, 0.0] for s in strengths])
    torch.testing.assert_close(shown[:, 0].T, wanted)


@pytest.mark.parametrize("value", [0.0, -2.0])
def test_overlay_of_a_map_without_anything_positive_is_the_photograph(value):
    image = torch.rand(3, 4, 4)
    assert explain.overlay(image, torch.full((2, 2), value), 1.0).equal(image)


def test_a_whole_network_of_the_book():
    net = models.create("resnet18", num_classes=7, width=1 / 16)
    images = torch.randn(2, 3, 64, 64)
    last = [m for m in net.modules() if isinstance(m, nn.Conv2d)][-1]
    assert explain.grad_cam(net, last, images).shape == (2, 2, 2)
    assert explain.saliency(net, images).shape == (2, 64, 64)


CASES = [
    (lambda net, x: explain.grad_cam(net, net[9], x), ValueError, "must put out maps"),
    (lambda net, x: explain.grad_cam(net, nn.ReLU(), x), ValueError, "a module of the network"),
    (lambda net, x: explain.grad_cam(net, "4", x), TypeError, "layer must be an nn.Module"),
    (lambda net, x: explain.grad_cam(net, net[2], x, 4), ValueError, "from 0 to 3, got 4"),
    (lambda net, x: explain.grad_cam(net, net[2], x, [1]), ValueError, "one for each of 2"),
    (lambda net, x: explain.grad_cam(net, net[2], x, [1, 1.5]), TypeError, "class must be an int"),
    (lambda net, x: explain.saliency(net, x[0]), ValueError, "images must"),
    (lambda net, x: explain.saliency(net, x.byte()), TypeError, "images must"),
    (lambda net, x: explain.saliency(lambda y: y, x), TypeError, "net must be an nn.Module"),
    (lambda net, x: explain.saliency(net[:3], x), ValueError, "the network's output must"),
    (lambda net, x: explain.strongest(net, net[2], x, 5), ValueError, "from 0 to 4, got 5"),
    (lambda net, x: explain.field_of(net, net[2], x[0], 8, 0), ValueError, "got row 8, column 0"),
    (lambda net, x: explain.occlusion(net, x, window=9), ValueError, "window of 9 is larger"),
    (lambda net, x: explain.occlusion(net, x, window=0), ValueError, "window must be at least 1"),
    (lambda net, x: explain.occlusion(net, x, window=2, score="p"), ValueError, "score must be"),
    (lambda net, x: explain.maximise(net, net[2], 9, (2, 8, 8)), ValueError, "from 0 to 4"),
    (lambda net, x: explain.maximise(net, net[2], 0, (8, 8)), ValueError, "must be \\(C, H, W\\)"),
    (lambda net, x: explain.maximise(net, net[2], 0, (2, 8, 8), blur=2), ValueError, "blur"),
    (lambda net, x: explain.overlay(x[0], x[0, 0]), ValueError, "1 or 3 channels"),
]


@pytest.mark.parametrize(("call", "error", "message"), CASES)
def test_what_does_not_suit_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(small_net(), torch.randn(2, 2, 8, 8))


def test_a_layer_that_runs_twice_is_refused():
    relu = nn.ReLU()
    net = nn.Sequential(nn.Conv2d(2, 3, 1), relu, nn.Conv2d(3, 3, 1), relu, nn.Flatten())
    with pytest.raises(ValueError, match="ran 2 times"):
        explain.activations(net, relu, torch.zeros(1, 2, 4, 4))


def test_among_equals_the_first_image_is_the_strongest():
    net = nn.Sequential(nn.ReLU())
    spots = explain.strongest(net, net[0], torch.ones(100, 1, 2, 2), 0, 100)
    assert [spot.image for spot in spots] == list(range(100))


def test_activations_hold_no_graph():
    net = small_net()
    assert not explain.activations(net, net[2], torch.rand(1, 2, 8, 8)).requires_grad


def test_the_field_counts_every_colour_and_does_not_cancel_between_them():
    net = nn.Sequential(nn.Conv2d(3, 2, (1, 4), bias=False))
    weight = torch.zeros(2, 3, 1, 4)
    weight[:, 1, 0, 0], weight[:, 0, 0, 3], weight[:, 2, 0, 3] = 1.0, 2.0, -2.0
    net[0].weight.data = weight
    rows, columns = explain.field_of(net, net[0], torch.ones(3, 5, 9), 1, 2)
    assert (rows, columns) == (slice(1, 2), slice(2, 6))


def test_the_square_is_filled_with_the_value():
    net = nn.Sequential(nn.Flatten(), nn.Linear(16, 1, bias=False))
    nn.init.ones_(net[1].weight)
    found = explain.occlusion(net, torch.ones(1, 1, 4, 4), 0, window=2, value=0.25)
    torch.testing.assert_close(found, torch.full((1, 2, 2), 4 * 0.75))


def first_steps(steps, **settings):
    """An image whose every pixel has the same gradient, and the noise that it starts from."""
    net = nn.Sequential(nn.Conv2d(1, 1, 1))
    nn.init.ones_(net[0].weight)
    noise = 0.1 * torch.randn(1, 1, 6, 7, generator=torch.Generator().manual_seed(3))
    found = explain.maximise(net, net[0], 0, (1, 6, 7), steps=steps, seed=3, **settings)
    return found, noise


def test_a_step_has_its_length_and_starts_from_faint_noise():
    found, noise = first_steps(4, rate=0.25)
    torch.testing.assert_close(found, noise + 4 * 0.25)


def test_a_steps_root_mean_square_is_the_rate():
    net, images = small_net(), (2, 12, 12)
    net[2], net[5] = nn.Identity(), nn.Identity()
    near, far = (explain.maximise(net, net[4], 1, images, steps=1, rate=r) for r in (0.1, 0.3))
    assert (far - near).square().mean().sqrt().item() == pytest.approx(0.2, rel=0.05)


def test_decay_takes_away_its_share_of_the_image_that_the_step_has_made():
    found, noise = first_steps(1, rate=0.5, decay=0.2)
    torch.testing.assert_close(found, 0.8 * (noise + 0.5))


@pytest.mark.parametrize("blur", [0.25, 1.0])
def test_blur_replaces_its_share_by_the_mean_of_the_pixels_around(blur):
    found, noise = first_steps(1, rate=0.5, blur=blur)
    image, means = noise[0, 0] + 0.5, torch.zeros(6, 7)
    for i in range(6):
        for j in range(7):
            means[i, j] = image[max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2].mean()
    torch.testing.assert_close(found[0, 0], (1 - blur) * image + blur * means)


def test_maximise_works_in_the_networks_precision():
    net = nn.Sequential(nn.Conv2d(1, 1, 1)).double()
    assert explain.maximise(net, net[0], 0, (1, 4, 4), steps=1).dtype == torch.float64
