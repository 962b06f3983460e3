from d2l import torch as d2l
from torch import nn


class AlexNet(d2l.Classifier):
    def __init__(self, width=4, lr=0.01, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.LazyConv2d(2 * width, kernel_size=11, stride=4, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.LazyConv2d(4 * width, kernel_size=5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.LazyConv2d(6 * width, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.LazyConv2d(6 * width, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.LazyConv2d(4 * width, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Flatten(),
            nn.LazyLinear(64),
            nn.ReLU(),
            nn.Dropout(p=0.5),
            nn.LazyLinear(64),
            nn.ReLU(),
            nn.Dropout(p=0.5),
            nn.LazyLinear(num_classes),
        )
        self.net.apply(d2l.init_cnn)


AlexNet().layer_summary((1, 1, 72, 72))
model = AlexNet(lr=0.01)
data = d2l.FashionMNIST(batch_size=8, resize=(72, 72))
trainer = d2l.Trainer(max_epochs=1, num_gpus=1)
trainer.fit(model, data)
