from d2l import torch as d2l
from torch import nn


class AnyNet(d2l.Classifier):
    def stem(self, channels):
        return nn.Sequential(
            nn.LazyConv2d(channels, kernel_size=3, stride=2, padding=1),
            nn.LazyBatchNorm2d(),
            nn.ReLU(),
        )


@d2l.add_to_class(AnyNet)
def stage(self, depth, channels, groups, bot_mul):
    halving = d2l.ResNeXtBlock(channels, groups, bot_mul, use_1x1conv=True, strides=2)
    others = (d2l.ResNeXtBlock(channels, groups, bot_mul) for _ in range(depth - 1))
    return nn.Sequential(halving, *others)


@d2l.add_to_class(AnyNet)
def __init__(self, arch, stem_channels, lr=0.1, num_classes=10):
    super(AnyNet, self).__init__()
    self.save_hyperparameters()
    self.net = nn.Sequential(self.stem(stem_channels))
    for i, s in enumerate(arch):
        self.net.add_module(f"stage{i + 1}", self.stage(*s))
    self.net.add_module(
        "head",
        nn.Sequential(nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.LazyLinear(num_classes)),
    )
    self.net.apply(d2l.init_cnn)


class SmallRegNet(AnyNet):
    def __init__(self, lr=0.1, num_classes=10):
        stem_channels, groups, bot_mul = 8, 4, 1
        depths, channels = (1, 2), (8, 16)
        stages = [
            (depth, width, groups, bot_mul) for depth, width in zip(depths, channels, strict=True)
        ]
        super().__init__(stages, stem_channels, lr, num_classes)


SmallRegNet().layer_summary((1, 1, 32, 32))
model = SmallRegNet(lr=0.05)
trainer = d2l.Trainer(max_epochs=1, num_gpus=1)
data = d2l.FashionMNIST(batch_size=8, resize=(32, 32))
trainer.fit(model, data)
