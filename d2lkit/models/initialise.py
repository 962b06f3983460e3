"""How the networks draw their first weights."""

from torch import nn


def init_xavier(net: nn.Module) -> None:
    """Draw the weights of ``net`` by Xavier's rule, for saturating activations; biases are 0.

    Args:
        net: network whose convolutions and fully connected layers are drawn again, in place.

    >>> layer = nn.Linear(3, 2)
    >>> init_xavier(layer)
    >>> layer.bias.tolist()
    [0.0, 0.0]

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", 2010, section 4.2.1.
    """
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def init_kaiming(net: nn.Module) -> None:
    """Draw the weights of ``net`` by Kaiming's rule, for ReLU; biases are 0.

    The variance 2 / fan_in keeps the size of the activations from layer to layer, at every
    ``width``. (The constants of older papers, such as 0.01, do so at their own widths only.)
    Where the network ends in a fully connected layer, its weights are drawn with a standard
    deviation of 0.01: no class is far ahead before the first step.

    Args:
        net: network whose convolutions and fully connected layers are drawn again, in place.

    >>> layer = nn.Linear(3, 2)
    >>> init_kaiming(layer)
    >>> layer.bias.tolist()
    [0.0, 0.0]

    Source: He et al., "Delving deep into rectifiers", 2015, section 2.2, equation 10.
    """
    layers = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    if layers and layers[0].weight.is_meta:
        return  # shapes without numbers: nothing to draw, and drawing would load a compiler
    for layer in layers:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    if layers and isinstance(layers[-1], nn.Linear):
        nn.init.normal_(layers[-1].weight, std=0.01)
