"""Every class of network compiles into one graph and exports to ONNX."""

import inspect

import pytest
import torch
from torch import nn

from d2lkit import models

# One network of each class and block, shallow and narrow: what compiling and exporting costs
# grows with the number of layers, not with what they compute.
SHALLOW = {
    "linear": lambda: models.linear(2, 5, image_size=8),
    "mlp": lambda: models.mlp(2, 5, image_size=8),
    "lenet": lambda: models.lenet(2, 5, image_size=12),
    "modern_lenet": lambda: models.modern_lenet(2, 5, image_size=12),
    "all_conv": lambda: models.all_conv(2, 5, width=1 / 32),
    "alexnet": lambda: models.alexnet(2, 5, width=1 / 32, image_size=95),
    "zfnet": lambda: models.zfnet(2, 5, width=1 / 32, image_size=53),
    "vgg": lambda: models.vgg11_bn(2, 5, width=1 / 32, image_size=32),
    "nin": lambda: models.nin(2, 5, width=1 / 32),
    "googlenet": lambda: models.googlenet(2, 5, width=1 / 32),
    "resnet": lambda: small_resnet(models.bottleneck),
    "resnet_padding": lambda: small_resnet(models.basic, shortcut="padding"),
    "plain": lambda: small_resnet(models.basic, shortcut="none"),
    "preact": lambda: small_resnet(models.bottleneck_v15, pre_activation=True),
    "resnext": lambda: models.ResNeXt((1, 1), 2, 5, channels=(8, 16), cardinality=2),
    "efficientnet": lambda: models.efficientnet_lite0(2, 5, width=1 / 32),
    "mobilenet": lambda: models.mobilenet_v2(2, 5, width=1 / 32),
}


def small_resnet(block, **options):
    return models.ResNet(block, (1, 1), 2, 5, channels=(4, 8), **options)


def images(size):
    height, width = (size, size) if isinstance(size, int) else size
    return torch.randn(3, 2, height, width)


@pytest.mark.parametrize("name", SHALLOW)
def test_compiles_into_one_graph(name):
    net = SHALLOW[name]().eval()
    size = getattr(net, "fixed_size", None) or max(32, net.smallest_size)
    x = images(size)
    torch._dynamo.reset()
    compiled = torch.compile(net, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), net(x))


class SideBySide(nn.Module):
    """Several networks in one, because the export's fixed cost is larger than any of them."""

    def __init__(self, nets):
        super().__init__()
        self.nets = nn.ModuleList(nets)

    def forward(self, inputs):
        return [net(x) for net, x in zip(self.nets, inputs, strict=True)]


@pytest.fixture(scope="module")
def exported():
    """Outputs of all shallow networks, from PyTorch and from the exported graph."""
    import onnxruntime

    nets = [make().eval() for make in SHALLOW.values()]
    for net in nets:
        for norm in (m for m in net.modules() if isinstance(m, nn.BatchNorm2d)):
            norm.running_mean.uniform_(-1, 1)
            norm.running_var.uniform_(0.5, 2)
    sizes = [getattr(net, "fixed_size", None) or max(32, net.smallest_size) for net in nets]
    inputs = [images(size) for size in sizes]
    program = torch.onnx.export(
        SideBySide(nets).eval(), (inputs,), dynamo=True, verbose=False, optimize=False
    )
    session = onnxruntime.InferenceSession(program.model_proto.SerializeToString())
    arrays = [x.numpy() for x in inputs]
    feeds = {node.name: array for node, array in zip(session.get_inputs(), arrays, strict=True)}
    outputs = [torch.from_numpy(output) for output in session.run(None, feeds)]
    with torch.no_grad():
        expected = [net(x) for net, x in zip(nets, inputs, strict=True)]
    return dict(zip(SHALLOW, zip(outputs, expected, strict=True), strict=True))


# torch.onnx itself calls what a later torch.export deprecates.
@pytest.mark.filterwarnings("ignore:.*LeafSpec.*:FutureWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", SHALLOW)
def test_exports_to_onnx(name, exported):
    output, expected = exported[name]
    assert expected.std() > 0
    torch.testing.assert_close(output, expected, rtol=1e-4, atol=1e-5)


def test_the_shallow_networks_cover_every_class():
    covered = {type(make()) for make in SHALLOW.values()}
    returned = {inspect.signature(getattr(models, n)).return_annotation for n in models.names()}
    assert returned == covered
