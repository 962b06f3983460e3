"""Names of d2l's older editions: a training in functions, from before there was a Trainer.

They work as they did, so that older code runs. For code of your own take ``Trainer``: it saves
runs, weighs every image alike and does not draw while it trains.
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from d2lkit.d2l.board import show_images
from d2lkit.d2l.devices import Timer
from d2lkit.d2l.older import Accumulator, Animator, get_fashion_mnist_labels


def accuracy(y_hat: Tensor, y: Tensor) -> float:
    """Return **how many** answers are right.

    Shape: (N, num_classes) or (N,), (N,) -> a number.

    >>> accuracy(torch.tensor([[0.9, 0.1], [0.2, 0.8]]), torch.tensor([0, 0]))
    1.0
    """
    if y_hat.ndim > 1 and y_hat.shape[1] > 1:
        y_hat = y_hat.argmax(dim=1)
    return float((y_hat.to(y.dtype) == y).sum())


@torch.no_grad()
def evaluate_accuracy_gpu(net: nn.Module, data_iter: Iterable, device=None) -> float:
    """Return the share of right answers on all batches.

    Args:
        net: maps images to scores; a module is left in evaluation mode.
        data_iter: batches ``(X, y)``.
        device: where to compute; None takes that of the network.

    >>> evaluate_accuracy_gpu(lambda X: X, [(torch.eye(3), torch.tensor([0, 1, 0]))], "cpu")
    0.6666666666666666
    """
    if isinstance(net, nn.Module):
        net.eval()
        device = device or next(net.parameters()).device
    right = Accumulator(2)
    for X, y in data_iter:
        y = y.to(device)
        right.add(accuracy(net(X.to(device)), y), y.numel())
    return right[0] / right[1]


def evaluate_accuracy(net, data_iter: Iterable) -> float:
    """Return the share of right answers on all batches, where they are.

    Args:
        net: maps images to scores.
        data_iter: batches ``(X, y)``.

    >>> evaluate_accuracy(lambda X: X, [(torch.eye(3), torch.tensor([0, 1, 0]))])
    0.6666666666666666
    """
    return evaluate_accuracy_gpu(net, data_iter)


def train_epoch_ch3(net, train_iter: Iterable, loss: Callable, updater) -> tuple[float, float]:
    """Pass once over the training batches; return the mean loss and the share of right answers.

    Args:
        net: maps images to scores.
        train_iter: batches ``(X, y)``.
        loss: of scores and labels, one number per image or their mean.
        updater: an optimiser of torch, or a function of the batch's size that moves the weights.

    >>> net, batch = nn.Linear(2, 2), (torch.zeros(4, 2), torch.tensor([0, 1, 0, 1]))
    >>> sgd = torch.optim.SGD(net.parameters(), lr=0.1)
    >>> loss, right = train_epoch_ch3(net, [batch], nn.CrossEntropyLoss(), sgd)
    >>> right
    0.5
    """
    if isinstance(net, nn.Module):
        net.train()
    sums = Accumulator(3)
    for X, y in train_iter:
        y_hat = net(X)
        losses = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            losses.mean().backward()
            updater.step()
        else:
            losses.sum().backward()
            updater(X.shape[0])
        total = losses.detach().sum() if losses.ndim else losses.detach() * y.numel()
        sums.add(total, accuracy(y_hat.detach(), y), y.numel())
    return sums[0] / sums[2], sums[1] / sums[2]


def train_ch3(net, train_iter, test_iter, loss: Callable, num_epochs: int, updater) -> None:
    """Train, and draw training loss, training accuracy and test accuracy.

    Args:
        net, train_iter, loss, updater: as of :func:`train_epoch_ch3`.
        test_iter: batches ``(X, y)`` to measure on.
        num_epochs: passes over the training batches.

    >>> net, batch = nn.Linear(2, 2), (torch.zeros(4, 2), torch.tensor([0, 1, 0, 1]))
    >>> sgd = torch.optim.SGD(net.parameters(), lr=0.1)
    >>> train_ch3(net, [batch], [batch], nn.CrossEntropyLoss(), 2, sgd)
    """
    names = ["train loss", "train acc", "test acc"]
    animator = Animator("epoch", xlim=[1, num_epochs], legend=names)
    for epoch in range(num_epochs):
        of_training = train_epoch_ch3(net, train_iter, loss, updater)
        animator.add(epoch + 1, (*of_training, evaluate_accuracy(net, test_iter)))


def predict_ch3(net, test_iter: Iterable, n: int = 6):
    """Show the first images of a batch with their true and their predicted names.

    Args:
        net: maps images to scores.
        test_iter: batches of Fashion-MNIST.
        n: how many images.

    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(36, 10))
    >>> len(predict_ch3(net, [(torch.rand(4, 1, 6, 6), torch.arange(4))], n=2))
    2
    """
    X, y = next(iter(test_iter))
    names = get_fashion_mnist_labels(y), get_fashion_mnist_labels(net(X).argmax(dim=1))
    titles = [f"{true}\n{predicted}" for true, predicted in zip(*names, strict=True)]
    return show_images(X[:n].cpu(), 1, n, titles=titles[:n])


def train_ch6(
    net: nn.Module, train_iter, test_iter: Iterable, num_epochs: int, lr: float, device
) -> None:
    """Train from Xavier's weights by gradient descent, draw the curves and print the outcome.

    Args:
        net: maps images to scores.
        train_iter: batches ``(X, y)`` with a length.
        test_iter: batches to measure on.
        num_epochs: passes over the training batches.
        lr: learning rate.
        device: where to train.

    >>> net, batch = nn.Linear(2, 2), (torch.zeros(4, 2), torch.tensor([0, 1, 0, 1]))
    >>> train_ch6(net, [batch], [batch], 2, 0.1, "cpu")  # doctest: +ELLIPSIS
    training on cpu
    loss ..., train acc 0.500, test acc 0.500
    ... examples/sec on cpu
    """

    def init_weights(module: nn.Module) -> None:
        if type(module) in (nn.Linear, nn.Conv2d):
            nn.init.xavier_uniform_(module.weight)

    net.apply(init_weights)
    print("training on", device)
    net.to(device)
    optimizer, loss = torch.optim.SGD(net.parameters(), lr=lr), nn.CrossEntropyLoss()
    names = ["train loss", "train acc", "test acc"]
    animator = Animator("epoch", xlim=[1, num_epochs], legend=names)
    timer, num_batches = Timer(), len(train_iter)
    for epoch in range(num_epochs):
        sums = Accumulator(3)
        net.train()
        for i, (X, y) in enumerate(train_iter, start=1):
            timer.start()
            optimizer.zero_grad()
            X, y = X.to(device), y.to(device)
            y_hat = net(X)
            value = loss(y_hat, y)
            value.backward()
            optimizer.step()
            sums.add(value.detach() * len(X), accuracy(y_hat.detach(), y), len(X))
            timer.stop()
            train_loss, train_acc = sums[0] / sums[2], sums[1] / sums[2]
            if i % max(1, num_batches // 5) == 0 or i == num_batches:
                animator.add(epoch + i / num_batches, (train_loss, train_acc, None))
        test_acc = evaluate_accuracy_gpu(net, test_iter)
        animator.add(epoch + 1, (None, None, test_acc))
    print(f"loss {train_loss:.3f}, train acc {train_acc:.3f}, test acc {test_acc:.3f}")
    print(f"{sums[2] * num_epochs / timer.sum():.1f} examples/sec on {device}")
