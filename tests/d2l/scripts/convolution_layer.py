import torch
from d2l import torch as d2l
from torch import nn


class Conv(nn.Module):
    def __init__(self, kernel_size):
        super().__init__()
        self.kernel = nn.Parameter(d2l.rand(kernel_size))
        self.offset = nn.Parameter(d2l.zeros(1))

    def forward(self, x):
        return d2l.corr2d(x, self.kernel) + self.offset


def over_channels(x, kernels):
    return d2l.reduce_sum(d2l.stack([d2l.corr2d(a, k) for a, k in zip(x, kernels, strict=True)]), 0)


def one_by_one(x, kernels):
    rows = d2l.matmul(d2l.reshape(kernels, (len(kernels), -1)), d2l.reshape(x, (len(x), -1)))
    return d2l.reshape(rows, (len(kernels), *x.shape[1:]))


def pool(x, size, mode="max"):
    y = d2l.zeros((x.shape[0] - size[0] + 1, x.shape[1] - size[1] + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            window = x[i : i + size[0], j : j + size[1]]
            y[i, j] = window.max() if mode == "max" else d2l.reduce_mean(window)
    return y


torch.manual_seed(0)
bar = d2l.ones((6, 8))
bar[:, 2:6] = 0
edge = d2l.tensor([[1.0, -1.0]])
edges = d2l.corr2d(bar, edge)
no_edges = d2l.corr2d(d2l.transpose(bar), edge)

learned = Conv((1, 2))
for _ in range(10):
    loss = d2l.reduce_sum((learned(bar) - edges) ** 2)
    learned.zero_grad()
    loss.backward()
    with torch.no_grad():
        learned.kernel -= 0.02 * learned.kernel.grad
kernel = d2l.reshape(learned.kernel.detach(), (1, 2))

x = d2l.stack([bar, d2l.reshape(d2l.arange(48, dtype=d2l.float32), (6, 8))])
mixed = over_channels(x, d2l.normal(0, 1, (2, 3, 2)))
weights = d2l.normal(0, 1, (3, 2, 1, 1))
pointwise = one_by_one(x, weights)
slow = d2l.stack([over_channels(x, w) for w in weights], 0)
difference = float(d2l.reduce_sum(d2l.abs(pointwise - slow)))
largest, means = pool(x[1], (2, 3)), pool(x[1], (2, 2), "avg")
doubled = d2l.concat((x, x + 1), 0)
results = [edges, no_edges, kernel, mixed, pointwise, largest, means, doubled]
numbers = [d2l.size(r) for r in results]
device = d2l.try_gpu()
