import torch
from d2l import torch as d2l
from torch import nn


def normalise(x, gamma, beta, running_mean, running_var, eps, momentum):
    if not torch.is_grad_enabled():  # as the chapter tells training from prediction
        return gamma * (x - running_mean) / torch.sqrt(running_var + eps) + beta, None, None
    axes = (0,) if x.ndim == 2 else (0, 2, 3)
    mean = x.mean(dim=axes, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=axes, keepdim=True)
    running_mean = (1 - momentum) * running_mean + momentum * mean.detach()
    running_var = (1 - momentum) * running_var + momentum * var.detach()
    return gamma * (x - mean) / torch.sqrt(var + eps) + beta, running_mean, running_var


class BatchNorm(nn.Module):
    def __init__(self, num_features, num_dims):
        super().__init__()
        shape = (1, num_features) if num_dims == 2 else (1, num_features, 1, 1)
        self.gamma = nn.Parameter(torch.ones(shape))
        self.beta = nn.Parameter(torch.zeros(shape))
        self.moving_mean = torch.zeros(shape)
        self.moving_var = torch.ones(shape)

    def forward(self, x):
        if self.moving_mean.device != x.device:
            self.moving_mean = self.moving_mean.to(x.device)
            self.moving_var = self.moving_var.to(x.device)
        y, mean, var = normalise(
            x, self.gamma, self.beta, self.moving_mean, self.moving_var, 1e-5, 0.1
        )
        if mean is not None:
            self.moving_mean, self.moving_var = mean, var
        return y


class LeNetWithNorm(d2l.Classifier):
    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.LazyConv2d(6, kernel_size=5),
            BatchNorm(6, num_dims=4),
            nn.Sigmoid(),
            nn.AvgPool2d(kernel_size=4, stride=4),
            nn.Flatten(),
            nn.LazyLinear(20),
            BatchNorm(20, num_dims=2),
            nn.Sigmoid(),
            nn.LazyLinear(num_classes),
        )


trainer = d2l.Trainer(max_epochs=1, num_gpus=1)
data = d2l.FashionMNIST(batch_size=8)
model = LeNetWithNorm(lr=0.1)
model.apply_init([next(iter(data.get_dataloader(True)))[0]], d2l.init_cnn)
trainer.fit(model, data)
scale, shift = model.net[1].gamma.reshape((-1,)), model.net[1].beta.reshape((-1,))
