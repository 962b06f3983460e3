"""ResNeXt: groups, their widths, and what they compute."""

import torch
from torch import nn

from d2lkit import models


def test_resnext_groups_and_their_widths():
    net = models.resnext50_32x4d(width=1 / 4)
    assert [len(stage) for stage in net.stages] == [3, 4, 6, 3]
    for i, stage in enumerate(net.stages):
        for block in stage:
            grouped = block.branch[3]
            assert grouped.groups == 32
            assert grouped.in_channels // 32 == max(1, 2**i)
            assert grouped.stride == ((2, 2) if i > 0 and block is stage[0] else (1, 1))


def test_resnext_full_width_doubles_the_groups_from_4_channels(without_numbers):
    with without_numbers():
        net, wide = models.resnext50_32x4d(), models.resnext101_64x4d()
    assert [s[0].branch[3].in_channels // 32 for s in net.stages] == [4, 8, 16, 32]
    assert {s[0].branch[3].groups for s in wide.stages} == {64}
    assert [s[0].branch[3].in_channels // 64 for s in wide.stages] == [4, 8, 16, 32]


def test_a_grouped_bottleneck_is_the_sum_of_its_paths():
    """Figure 3(a) of the paper equals 3(c): one path a group, each 1×1, 3×3, 1×1, summed."""
    net = models.ResNeXt((1,), 8, 4, channels=(64,), cardinality=4, group_width=2, small_stem=True)
    down, grouped, up = (m for m in net.stages[0][0].branch if isinstance(m, nn.Conv2d))
    x = torch.randn(2, 64, 6, 6)
    conv = nn.functional.conv2d
    paths = 0
    for g in range(4):
        part = slice(2 * g, 2 * g + 2)
        inner = conv(conv(x, down.weight[part]), grouped.weight[part], padding=1)
        paths = paths + conv(inner, up.weight[:, part])
    torch.testing.assert_close(up(grouped(down(x))), paths, rtol=1e-4, atol=1e-5)
