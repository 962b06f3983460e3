import torch
from d2l import torch as d2l
from torch import nn


def conv(channels):
    return nn.Sequential(
        nn.LazyBatchNorm2d(), nn.ReLU(), nn.LazyConv2d(channels, kernel_size=3, padding=1)
    )


class Dense(nn.Module):
    def __init__(self, num_convs, growth):
        super().__init__()
        self.net = nn.Sequential(*(conv(growth) for _ in range(num_convs)))

    def forward(self, x):
        for layer in self.net:
            x = torch.cat((x, layer(x)), dim=1)
        return x


def transition(channels):
    return nn.Sequential(
        nn.LazyBatchNorm2d(),
        nn.ReLU(),
        nn.LazyConv2d(channels, kernel_size=1),
        nn.AvgPool2d(kernel_size=2, stride=2),
    )


class DenseNet(d2l.Classifier):
    def stem(self):
        return nn.Sequential(
            nn.LazyConv2d(self.num_channels, kernel_size=7, stride=2, padding=3),
            nn.LazyBatchNorm2d(),
            nn.ReLU(),
        )


@d2l.add_to_class(DenseNet)
def __init__(self, num_channels=8, growth=4, arch=(2, 2), lr=0.1, num_classes=10):
    super(DenseNet, self).__init__()
    self.save_hyperparameters()
    self.net = nn.Sequential(self.stem())
    for i, num_convs in enumerate(arch):
        self.net.add_module(f"dense{i + 1}", Dense(num_convs, growth))
        num_channels += num_convs * growth
        if i != len(arch) - 1:
            num_channels //= 2
            self.net.add_module(f"transition{i + 1}", transition(num_channels))
    self.net.add_module(
        "head",
        nn.Sequential(
            nn.LazyBatchNorm2d(),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d((1, 1)),
            nn.Flatten(),
            nn.LazyLinear(num_classes),
        ),
    )
    self.net.apply(d2l.init_cnn)


model = DenseNet(lr=0.01)
trainer = d2l.Trainer(max_epochs=1, num_gpus=1)
data = d2l.FashionMNIST(batch_size=8, resize=(32, 32))
trainer.fit(model, data)
