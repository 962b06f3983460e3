import torch
from d2l import torch as d2l
from torch import nn
from torch.nn import functional as F


class Inception(nn.Module):
    def __init__(self, c1, c2, c3, c4):
        super().__init__()
        self.direct = nn.LazyConv2d(c1, kernel_size=1)
        self.before_3x3 = nn.LazyConv2d(c2[0], kernel_size=1)
        self.conv_3x3 = nn.LazyConv2d(c2[1], kernel_size=3, padding=1)
        self.before_5x5 = nn.LazyConv2d(c3[0], kernel_size=1)
        self.conv_5x5 = nn.LazyConv2d(c3[1], kernel_size=5, padding=2)
        self.pool = nn.MaxPool2d(kernel_size=3, stride=1, padding=1)
        self.after_pool = nn.LazyConv2d(c4, kernel_size=1)

    def forward(self, x):
        paths = [
            self.direct(x),
            self.conv_3x3(F.relu(self.before_3x3(x))),
            self.conv_5x5(F.relu(self.before_5x5(x))),
            self.after_pool(self.pool(x)),
        ]
        return torch.cat([F.relu(path) for path in paths], dim=1)


class GoogLeNet(d2l.Classifier):
    def stem(self):
        return nn.Sequential(
            nn.LazyConv2d(8, kernel_size=7, stride=2, padding=3),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2, padding=1),
        )


@d2l.add_to_class(GoogLeNet)
def body(self):
    return nn.Sequential(
        Inception(4, (4, 8), (2, 2), 2),
        Inception(8, (4, 8), (2, 4), 4),
        nn.MaxPool2d(kernel_size=3, stride=2, padding=1),
    )


@d2l.add_to_class(GoogLeNet)
def head(self):
    return nn.Sequential(
        Inception(8, (4, 16), (2, 4), 4), nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten()
    )


@d2l.add_to_class(GoogLeNet)
def __init__(self, lr=0.1, num_classes=10):
    super(GoogLeNet, self).__init__()
    self.save_hyperparameters()
    classes = nn.LazyLinear(num_classes)
    self.net = nn.Sequential(self.stem(), self.body(), self.head(), classes)
    self.net.apply(d2l.init_cnn)


GoogLeNet().layer_summary((1, 1, 32, 32))
model = GoogLeNet(lr=0.01)
trainer = d2l.Trainer(max_epochs=1, num_gpus=1)
data = d2l.FashionMNIST(batch_size=8, resize=(32, 32))
model.apply_init([next(iter(data.get_dataloader(True)))[0]], d2l.init_cnn)
trainer.fit(model, data)
