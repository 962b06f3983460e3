from d2l import torch as d2l
from torch import nn

block = d2l.ResNeXtBlock(32, 16, 1)
assert block(d2l.randn(4, 32, 6, 5)).shape == (4, 32, 6, 5)


class ResNeXt(d2l.Classifier):
    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.LazyConv2d(8, kernel_size=3, stride=2, padding=1),
            nn.LazyBatchNorm2d(),
            nn.ReLU(),
            d2l.ResNeXtBlock(8, 4, 1),
            d2l.ResNeXtBlock(16, 2, 0.5, use_1x1conv=True, strides=2),
            nn.AdaptiveAvgPool2d((1, 1)),
            nn.Flatten(),
            nn.LazyLinear(num_classes),
        )


model = ResNeXt(lr=0.05)
model.layer_summary((1, 1, 28, 28))
trainer = d2l.Trainer(max_epochs=1, num_gpus=1)
data = d2l.FashionMNIST(batch_size=8)
trainer.fit(model, data)
