"""The answer to every exercise, found in another way than ``d2lkit.check`` finds it.

There a formula is judge and solution at once: a slip in it would refuse what is right. So here
each answer is counted, simulated, or taken from a layer of torch.
"""

import itertools
import math

import torch
import torchvision
from sklearn.metrics import precision_score
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from d2lkit import models
from d2lkit.check.kinds import Exercise, Function, Network
from d2lkit.check.kinds.functions import compare


def count(*layers: nn.Module, weights_only: bool = False) -> int:
    """Parameters of layers."""
    return sum(
        parameter.numel()
        for layer in layers
        for name, parameter in layer.named_parameters()
        if not (weights_only and name.endswith("bias"))
    )


def crops() -> int:
    places = [(top, left) for top in range(256) for left in range(256)]
    return 2 * sum(top + 224 <= 256 and left + 224 <= 256 for top, left in places)


def variance_of_dropout() -> float:
    masks = torch.tensor(list(itertools.product([0.0, 2.0], repeat=4)))
    return (masks @ torch.tensor([2.0, 4, 6, 8])).var(correction=0).item()


def normalised() -> Tensor:
    values = torch.tensor([2.0, 4, 4, 4, 5, 5, 7, 9], dtype=torch.float64)[:, None]
    scale, shift = torch.tensor([[3.0], [-1.0]], dtype=torch.float64)
    return F.batch_norm(values, None, None, scale, shift, training=True, eps=1e-30)[:, 0]


def fold(weight, mean, var, gamma, beta, eps):
    fused = nn.utils.fusion.fuse_conv_bn_weights(weight, None, mean, var, eps, gamma, beta)
    return tuple(part.detach() for part in fused)


def positions_of_a_photograph() -> int:
    everywhere = models.fully_convolutional(models.vgg16(width=1 / 64, num_classes=2))
    return everywhere(torch.zeros(1, 3, 512, 640))[0, 0].numel()


def multiply_adds_of_a_block() -> int:
    block = models.InvertedResidual(40, 40, expansion=6, kernel_size=5).eval()
    with FlopCounterMode(display=False) as counter:
        block(torch.zeros(1, 40, 28, 28))
    return counter.get_total_flops() // 2


def forms_and_mixing(kernels):
    """Rank one for each channel that comes in, scaled by its first row."""
    columns = [torch.linalg.svd(column.flatten(1)) for column in kernels.unbind(1)]
    mixing = torch.stack([left[:, 0] / left[0, 0] for left, _, _ in columns], dim=1)
    forms = [left[0, 0] * values[0] * right[0] for left, values, right in columns]
    return torch.stack(forms).view(kernels.shape[1:]), mixing


def front() -> int:
    names = "alexnet vgg11 vgg16 vgg16_bn googlenet resnet18 resnet34 resnet50 resnet152"
    points = []
    for name in [*names.split(), "resnext50_32x4d"]:
        meta = torchvision.models.get_model_weights(name).IMAGENET1K_V1.meta
        points.append((meta["num_params"], -meta["_metrics"]["ImageNet-1K"]["acc@1"]))
    best, found = 0.0, 0
    for _, worse in sorted(points):  # from the smallest on: who is better than all before?
        found += worse < best
        best = min(best, worse)
    return found


def batches_until_half() -> int:
    norm = nn.BatchNorm1d(1, momentum=0.01)
    norm.running_mean.fill_(1.0)
    for batch in range(1, 1000):
        norm(torch.zeros(4, 1))
        if norm.running_mean.item() < 0.5:
            return batch
    raise AssertionError("the mean does not move")


def halved_rates() -> list[float]:
    rates = [0.01]
    while len(rates) < 10:
        rates.insert(0, rates[0] / 2)
    return rates


def gradients(which: int) -> Tensor:
    pixels = torch.tensor([[[1.0, 3, 0, 2, -1]]], requires_grad=True)
    kernel = torch.tensor([[[2.0, -1, 1]]], requires_grad=True)
    F.conv1d(pixels, kernel).backward(torch.tensor([[[1.0, 0, 2]]]))
    return (pixels, kernel)[which].grad[0, 0]


def local_weights() -> int:
    reach = range(-2, 3)
    return sum(
        0 <= i + a < 28 and 0 <= j + b < 28
        for i, j, a, b in itertools.product(range(28), range(28), reach, reach)
    )


def above_minus_here() -> Tensor:
    picture = torch.tensor([[1.0, 2, 3], [0, 1, 0], [2, 0, 1]])
    above = torch.cat([torch.zeros(1, 3), picture[:2]])
    return above - picture


def enters_5a() -> tuple[int, ...]:
    seen = []
    with torch.device("meta"):
        net = models.googlenet()
        net.stage5.register_forward_pre_hook(lambda _, args: seen.append(tuple(args[0].shape)))
        net(torch.zeros(2, 3, 160, 224))
    return seen[0]


def lenet_connections() -> int:
    """Columns of table I in LeCun et al. (1998)."""
    three = [{i, i + 1, i + 2} for i in range(6)]
    four = [{i, i + 1, i + 2, i + 3} for i in range(6)]
    split = [{i, i + 1, i + 3, i + 4} for i in range(3)]
    return sum(map(len, [*three, *four, *split, set(range(6))]))


def precision() -> list[float]:
    table = [[8, 2, 0], [1, 6, 3], [1, 4, 5]]
    pairs = [(t, a) for t in range(3) for a in range(3) for _ in range(table[t][a])]
    true, answered = zip(*pairs, strict=True)
    return precision_score(true, answered, average=None).tolist()


def nin_block(c_in: int, c_out: int, kernel: int, last: int | None = None) -> int:
    one_by_one = nn.Conv2d(c_out, c_out, 1), nn.Conv2d(c_out, last or c_out, 1)
    return count(nn.Conv2d(c_in, c_out, kernel), *one_by_one)


def depth_of_resnet200() -> int:
    with torch.device("meta"):
        net = torchvision.models.ResNet(torchvision.models.resnet.Bottleneck, [3, 24, 36, 3])
    layers = [n for n, m in net.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    return sum("downsample" not in name for name in layers)


def basic_block() -> int:
    shortcut = nn.Sequential(nn.Conv2d(64, 128, 1, bias=False), nn.BatchNorm2d(128))
    return count(torchvision.models.resnet.BasicBlock(64, 128, 2, shortcut))


def last_maps_of_resnet50() -> tuple[int, ...]:
    with torch.device("meta"):
        layers = list(torchvision.models.resnet50().children())[:-2]
        return tuple(nn.Sequential(*layers)(torch.zeros(8, 3, 160, 224)).shape)


def width_of_64_paths() -> int:
    def weights(paths, width):
        inner = paths * width
        return count(
            nn.Conv2d(256, inner, 1, bias=False),
            nn.Conv2d(inner, inner, 3, groups=paths, bias=False),
            nn.Conv2d(inner, 256, 1, bias=False),
        )

    return min(range(1, 9), key=lambda width: abs(weights(64, width) - weights(1, 64)))


def collect_channels(maps: Tensor, groups: int) -> Tensor:
    places = maps.shape[1] // groups
    return maps[:, [k * groups + j for j in range(groups) for k in range(places)]]


def last_bfloat16_count() -> int:
    number = torch.tensor(0.0, dtype=torch.bfloat16)
    while number + 1 != number:
        number = number + 1
    return int(number)


def seconds_between_savings() -> float:
    """Where the lost share no longer falls: 6 seconds a saving, half an interval a death."""
    low, high = 1.0, 36_000.0
    while high - low > 1e-7:
        middle = (low + high) / 2
        seconds = torch.tensor(middle, dtype=torch.float64, requires_grad=True)
        (6 / seconds + seconds / 2 / 36_000).backward()
        low, high = (middle, high) if seconds.grad < 0 else (low, middle)
    return low


def halves_six_times(side: int) -> bool:
    for _ in range(6):
        if side % 2:
            return False
        side //= 2
    return True


def bytes_of_a_layer_with_adam() -> int:
    with torch.device("meta"):
        layer = torchvision.models.vgg16().classifier[0]
    return 4 * (1 + 1 + 2) * count(layer)


def images_within(limit: float) -> int:
    return max(n for n in range(1, 100) if 400 + (n - 1) * (1000 - 400) / 4 <= limit)


def vgg16_for_small_images() -> int:
    with torch.device("meta"):
        features = torchvision.models.vgg16().features
        pixels = features(torch.zeros(1, 3, 32, 32)).numel()
        head = nn.Linear(pixels, 4096), nn.Linear(4096, 4096), nn.Linear(4096, 10)
        return count(features, *head)


def images_on_a_card() -> int:
    kept = [3 * 224 * 224]
    with torch.device("meta"):
        net = torchvision.models.vgg16()
        for layer in net.modules():
            if isinstance(layer, nn.Conv2d | nn.MaxPool2d | nn.Linear):
                layer.register_forward_hook(lambda _, args, out: kept.append(out.numel()))
        net(torch.zeros(1, 3, 224, 224))
    fits, free = 0, 6 * 2**30 - 3 * 4 * count(net, weights_only=True)
    while (fits + 1) * 2 * 4 * sum(kept) <= free:
        fits += 1
    return fits


def stack_of_three_by_three() -> int:
    channels = [3] + [96] * 5
    return count(*(nn.Conv2d(a, b, 3, bias=False) for a, b in itertools.pairwise(channels)))


def apparent_period() -> int:
    samples = [round(math.cos(2 * math.pi * 4 * i / 3), 6) for i in range(60)]
    return 4 * next(k for k in range(1, 30) if samples[k:] == samples[:-k])


def grad_cam_of_a_class() -> Tensor:
    """What Grad-CAM gives where a linear layer makes these gradients."""
    maps = torch.tensor([[[2.0, 0], [1, 3]], [[0, 4], [2, 1]]], requires_grad=True)
    slopes = torch.tensor([[[4.0, 0], [0, 0]], [[-2, -2], [0, 2]]])
    (maps * slopes).sum().backward()
    found = torch.zeros(2, 2)
    for one, slope in zip(maps.detach(), maps.grad, strict=True):
        found += sum(slope.flatten().tolist()) / 4 * one
    return found.clamp(min=0)


def field_of_four_stages() -> int:
    """Pixels on which one place depends, behind convolutions with positive weights."""
    windows = [(3, 2), (3, 1), (3, 2), (3, 1), (5, 2), (5, 1), (3, 2), (3, 1), (3, 1)]
    layers = [nn.Conv1d(1, 1, kernel, stride, bias=False) for kernel, stride in windows]
    for layer in layers:
        nn.init.ones_(layer.weight)
    pixels = torch.ones(1, 1, 400, requires_grad=True)
    nn.Sequential(*layers)(pixels)[0, 0, 3].backward()
    return int((pixels.grad != 0).sum())


def sign_step_against_coins() -> float:
    """The change by equal signs, in standard deviations of a sum of coins."""
    numbers = torch.ones(3, 224, 224, dtype=torch.float64)
    variance_of_coins = (numbers**2).sum()
    return (numbers.sum() / variance_of_coins.sqrt()).item()


def middle_of_zfnet(*channels: int) -> int:
    return count(*(nn.Conv2d(a, b, 3) for a, b in itertools.pairwise([256, *channels])))


def strided_layers() -> tuple[int, ...]:
    net = nn.Sequential(nn.Conv2d(1, 1, 5, padding=2, stride=2), nn.Conv2d(1, 1, 3, stride=3))
    return tuple(net(torch.zeros(1, 1, 32, 48)).shape[2:])


def largest_of_windows() -> list[list[float]]:
    rows = [[1.0, 3, 2, 0], [4, 2, 1, 1], [0, 1, 5, 2], [2, 3, 0, 6]]
    return [
        [max(max(row[j : j + 3]) for row in rows[i : i + 3]) for j in range(2)] for i in range(2)
    ]


def kernel_that_moves_left() -> Tensor:
    """Of the nine kernels with a single 1, the one that repeats the pixel on the right."""
    picture = torch.arange(25.0).reshape(1, 1, 5, 5)
    kernels = torch.eye(9).reshape(9, 1, 3, 3)
    moved = F.conv2d(picture, kernels)[0]
    return next(
        kernel[0]
        for kernel, found in zip(kernels, moved, strict=True)
        if found.equal(picture[0, 0, 1:-1, 2:])
    )


def pixels_with_a_gradient(layers: list[tuple[int, int]], unit: int) -> list[int]:
    """The pixels of a row that a unit sees behind layers of ones, given as (k, s)."""
    row = torch.zeros(1, 1, 400, dtype=torch.float64, requires_grad=True)
    maps = row
    for kernel_size, stride in layers:
        maps = F.conv1d(maps, torch.ones(1, 1, kernel_size).double(), stride=stride)
    maps[0, 0, unit].backward()
    return row.grad[0, 0].nonzero().flatten().tolist()


def fields_and_jumps() -> list[list[int]]:
    """Width of a unit's field, and the distance to its neighbour's, layer by layer."""
    stack, found = [(7, 2), (3, 2), (3, 1), (3, 1)], []
    for depth in range(1, 5):
        first, second = (pixels_with_a_gradient(stack[:depth], unit) for unit in (0, 1))
        found.append([len(first), second[0] - first[0]])
    return found


def layers_until_224() -> int:
    """Plain layers behind two with stride 2, until a unit sees 224 pixels."""
    stem = [(7, 2), (3, 2)]
    return next(
        n for n in range(1, 99) if len(pixels_with_a_gradient(stem + [(3, 1)] * n, 0)) >= 224
    )


def field_with_its_frame() -> list[list[int]]:
    """First and last row and column; the frames of both layers are pixels of the canvas."""
    frame = 1 + 2  # one of the first layer, and one of the second, which is two pixels wide
    canvas = torch.zeros(1, 1, 40, 40, requires_grad=True)
    ones = torch.ones(1, 1, 3, 3)
    F.conv2d(F.conv2d(canvas, ones, stride=2), ones)[0, 0, 0, 5].backward()
    seen = canvas.grad[0, 0].nonzero() - frame
    return torch.stack([seen.amin(0), seen.amax(0)], dim=1).tolist()


ANSWERS = {
    "ex-alexnet-1": lambda: count(nn.Linear(256 * 13 * 13, 4096, device="meta")),
    "ex-alexnet-2": crops,
    "ex-alexnet-3": variance_of_dropout,
    "ex-batch-norm-1": normalised,
    "ex-batch-norm-2": lambda: sum(b.numel() for b in torchvision.models.vgg16_bn().buffers()),
    "ex-batch-norm-3": fold,
    "ex-batch-norm-4": "different",
    "ex-channels-2": lambda: count(nn.Conv2d(48, 96, (5, 3))),
    "ex-coming-from-d2l-1": lambda: torch.tensor([3 / 4, 4 / 4, 0 / 1]).mean().item(),
    "ex-coming-from-d2l-2": lambda: sum(3 * 3 for _ in range(24) for _ in range(8)),
    "ex-comparison-1": lambda: 90_000_000_000 // 6_000_000,
    "ex-comparison-2": lambda: next(n for n in itertools.count(1) if n * 0.005**2 >= 0.25 - 1e-9),
    "ex-comparison-3": front,
    "ex-conv-backward-1": lambda: gradients(0),
    "ex-conv-backward-2": lambda: gradients(1),
    "ex-convolution-1": [[1 - 1, 0 - 4], [1 - 2, 1 - 4]],
    "ex-convolution-2": lambda: next(
        f for f in itertools.count(1) if count(nn.Conv2d(16, f, 3)) == 4640
    ),
    "ex-convolution-4": kernel_that_moves_left,
    "ex-every-position-1": positions_of_a_photograph,
    "ex-every-position-2": lambda kernels: torch.stack(
        [torch.cat([channel.reshape(-1) for channel in kernel]) for kernel in kernels]
    ),
    "ex-fine-tuning-1": lambda: count(nn.Linear(1280, 37)),
    "ex-fine-tuning-2": batches_until_half,
    "ex-fine-tuning-3": halved_rates,
    "ex-fine-tuning-4": lambda: sum(1 + 2 for _ in range(40)),
    "ex-full-to-conv-1": local_weights,
    "ex-full-to-conv-2": above_minus_here,
    "ex-googlenet-1": lambda: count(
        *(nn.Conv2d(256, 128, 1), nn.Conv2d(256, 128, 1), nn.Conv2d(128, 192, 3)),
        *(nn.Conv2d(256, 32, 1), nn.Conv2d(32, 96, 5), nn.Conv2d(256, 64, 1)),
    ),
    "ex-googlenet-2": enters_5a,
    "ex-im2col-1": lambda: tuple(F.unfold(torch.zeros(1, 3, 32, 32), 5, padding=2).shape[1:]),
    "ex-im2col-2": lambda: (
        F.unfold(torch.zeros(1, 64, 224, 224, device="meta"), 3, padding=1).nbytes / 2**20
    ),
    "ex-lenet-1": lambda: lenet_connections() * 5 * 5 * 10 * 10,
    "ex-lenet-2": lambda: count(
        *(nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5), nn.Linear(16 * 4 * 4, 120)),
        *(nn.Linear(120, 84), nn.Linear(84, 10)),
    ),
    "ex-lenet-4": precision,
    "ex-memory-and-time-1": bytes_of_a_layer_with_adam,
    "ex-memory-and-time-2": lambda: images_within(8 * 1024),
    "ex-nin-1": lambda: nin_block(96, 256, 5),
    "ex-nin-2": lambda: (
        nin_block(3, 96, 11)
        + nin_block(96, 256, 5)
        + nin_block(256, 384, 3)
        + nin_block(384, 1024, 3, last=1000)
    ),
    "ex-nin-3": lambda features, weight: F.conv2d(features, weight[:, :, None, None]),
    "ex-nin-4": None,  # many networks are right
    "ex-padding-stride-1": strided_layers,
    "ex-patterns-and-sizes-1": lambda: count(models.pattern_net(1, 2, 1)),
    "ex-patterns-and-sizes-2": lambda: max(filter(halves_six_times, range(1, 251))),
    "ex-pooling-1": largest_of_windows,
    "ex-receptive-fields-1": fields_and_jumps,
    "ex-receptive-fields-2": layers_until_224,
    "ex-receptive-fields-3": field_with_its_frame,
    "ex-resnet-1": basic_block,
    "ex-resnet-2": depth_of_resnet200,
    "ex-resnet-3": last_maps_of_resnet50,
    "ex-resnet-4": lambda: sum(f"{path:b}".count("1") == 8 for path in range(2**16)),
    "ex-resnext-1": lambda: count(nn.Conv2d(96, 256, 5, groups=2, bias=False)),
    "ex-resnext-2": width_of_64_paths,
    "ex-resnext-3": collect_channels,
    "ex-small-networks-1": lambda: count(
        nn.Conv2d(32, 32, 3, groups=32, bias=False), nn.Conv2d(32, 64, 1, bias=False)
    ),
    "ex-small-networks-2": multiply_adds_of_a_block,
    "ex-small-networks-3": forms_and_mixing,
    "ex-training-at-scale-1": last_bfloat16_count,
    "ex-training-at-scale-3": seconds_between_savings,
    "ex-vgg-1": stack_of_three_by_three,
    "ex-vgg-2": vgg16_for_small_images,
    "ex-vgg-3": images_on_a_card,
    "ex-vgg-4": lambda: (
        nn.init.calculate_gain("relu") / math.sqrt(nn.Conv2d(256, 1, 3).weight.numel())
    ),
    "ex-what-units-respond-to-1": grad_cam_of_a_class,
    "ex-what-units-respond-to-2": field_of_four_stages,
    "ex-what-units-respond-to-3": sign_step_against_coins,
    "ex-why-convolutions-1": lambda: len(range(0, 300, 100)) * len(range(0, 180, 60)),
    "ex-why-convolutions-2": [1 * 0 + 2 * 4, 1 * 4 + 2 * 0, 0],
    "ex-zfnet-1": apparent_period,
    "ex-zfnet-2": [max(value, 0) for value in (-1, 2, 4, -3)],
    "ex-zfnet-3": lambda: middle_of_zfnet(512, 1024, 512) - middle_of_zfnet(384, 384, 256),
}


def disagreement(exercise: Exercise, answer: object) -> str | None:
    """What an exercise's own solution and an answer found in another way are, if they differ."""
    if isinstance(exercise, Network):
        return None
    if isinstance(exercise, Function):
        pairs = [(case.call(exercise.solution()), case.call(answer)) for case in exercise.cases()]
        said = [compare(found, wanted, 1e-4) for wanted, found in pairs]
        return next((one for one in said if one), None)
    ours, other = exercise.solution(), answer() if callable(answer) else answer
    if isinstance(ours, str):
        return None if ours == other else f"{ours} in d2lkit.check, {other} in another way"
    tensors = [torch.as_tensor(value, dtype=torch.float64) for value in (ours, other)]
    same = tensors[0].shape == tensors[1].shape and torch.allclose(*tensors, rtol=1e-6, atol=1e-6)
    return None if same else f"{ours} in d2lkit.check, {other} in another way"
