from d2l import torch as d2l
from torch import nn

same = d2l.Residual(3)
assert same(d2l.randn(4, 3, 6, 5)).shape == (4, 3, 6, 5)
halved = d2l.Residual(6, use_1x1conv=True, strides=2)
assert halved(d2l.randn(4, 3, 6, 5)).shape == (4, 6, 3, 3)


class ResNet(d2l.Classifier):
    def stem(self):
        return nn.Sequential(
            nn.LazyConv2d(8, kernel_size=7, stride=2, padding=3),
            nn.LazyBatchNorm2d(),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2, padding=1),
        )


@d2l.add_to_class(ResNet)
def stage(self, num_residuals, channels, first=False):
    halving = [] if first else [d2l.Residual(channels, use_1x1conv=True, strides=2)]
    return nn.Sequential(
        *halving, *(d2l.Residual(channels) for _ in range(num_residuals - len(halving)))
    )


@d2l.add_to_class(ResNet)
def __init__(self, arch, lr=0.1, num_classes=10):
    super(ResNet, self).__init__()
    self.save_hyperparameters()
    self.net = nn.Sequential(self.stem())
    for i, s in enumerate(arch):
        self.net.add_module(f"stage{i + 2}", self.stage(*s, first=(i == 0)))
    self.net.add_module(
        "head",
        nn.Sequential(nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.LazyLinear(num_classes)),
    )
    self.net.apply(d2l.init_cnn)


class SmallResNet(ResNet):
    def __init__(self, lr=0.1, num_classes=10):
        super().__init__(((1, 8), (2, 16)), lr, num_classes)


SmallResNet().layer_summary((1, 1, 32, 32))
model = SmallResNet(lr=0.01)
trainer = d2l.Trainer(max_epochs=1, num_gpus=1)
data = d2l.FashionMNIST(batch_size=8, resize=(32, 32))
model.apply_init([next(iter(data.get_dataloader(True)))[0]], d2l.init_cnn)
trainer.fit(model, data)
