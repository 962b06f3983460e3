from d2l import torch as d2l
from torch import nn


def block(num_convs, channels):
    layers = []
    for _ in range(num_convs):
        layers += [nn.LazyConv2d(channels, kernel_size=3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.MaxPool2d(kernel_size=2, stride=2))


class VGG(d2l.Classifier):
    def __init__(self, arch, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        head = [nn.Flatten()]
        for _ in range(2):
            head += [nn.LazyLinear(32), nn.ReLU(), nn.Dropout(0.5)]
        self.net = nn.Sequential(*(block(*b) for b in arch), *head, nn.LazyLinear(num_classes))
        self.net.apply(d2l.init_cnn)


VGG(arch=((1, 4), (1, 8), (2, 8))).layer_summary((1, 1, 32, 32))
model = VGG(arch=((1, 2), (1, 4), (2, 8)), lr=0.01)
trainer = d2l.Trainer(max_epochs=1, num_gpus=1)
data = d2l.FashionMNIST(batch_size=8, resize=(32, 32))
model.apply_init([next(iter(data.get_dataloader(True)))[0]], d2l.init_cnn)
trainer.fit(model, data)
