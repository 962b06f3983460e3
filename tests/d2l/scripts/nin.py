from d2l import torch as d2l
from torch import nn


def block(channels, kernel_size, strides, padding):
    mix = [nn.LazyConv2d(channels, kernel_size=1), nn.ReLU()]
    return nn.Sequential(
        nn.LazyConv2d(channels, kernel_size, strides, padding),
        nn.ReLU(),
        *mix,
        nn.LazyConv2d(channels, kernel_size=1),
        nn.ReLU(),
    )


class NiN(d2l.Classifier):
    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            block(8, kernel_size=7, strides=2, padding=0),
            nn.MaxPool2d(3, stride=2),
            block(12, kernel_size=3, strides=1, padding=1),
            nn.Dropout(0.5),
            block(num_classes, kernel_size=3, strides=1, padding=1),
            nn.AdaptiveAvgPool2d((1, 1)),
            nn.Flatten(),
        )
        self.net.apply(d2l.init_cnn)


NiN().layer_summary((1, 1, 40, 40))
model = NiN(lr=0.05)
trainer = d2l.Trainer(max_epochs=1, num_gpus=1)
data = d2l.FashionMNIST(batch_size=8, resize=(40, 40))
model.apply_init([next(iter(data.get_dataloader(True)))[0]], d2l.init_cnn)
trainer.fit(model, data)
