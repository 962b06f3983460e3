"""Batch normalisation against PyTorch: outputs, statistics, gradients, state_dict."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from d2lkit.ops.batch_norm import BatchNorm, batch_norm, batch_norm_backward

CLOSE = torch.testing.assert_close

shapes = st.one_of(
    st.tuples(st.integers(0, 5), st.integers(1, 4)),
    st.tuples(st.integers(0, 3), st.integers(1, 4), st.integers(1, 4)),
    st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(1, 4), st.integers(1, 3)),
).filter(lambda shape: torch.Size(shape).numel() != shape[1])


@given(shapes, st.booleans(), st.booleans(), st.floats(0, 1), st.floats(1e-6, 0.1))
def test_forward_statistics_and_backward_equal_torch(shape, training, affine, momentum, eps):
    channels = shape[1]
    x = torch.randn(shape, dtype=torch.float64).mul(3).add(2).requires_grad_()
    weight, bias = (torch.randn(channels, dtype=torch.float64, requires_grad=True) for _ in "ab")
    if not affine:
        weight = bias = None
    mean, var = torch.randn(channels).double(), torch.rand(channels).double() + 0.5
    our_mean, our_var = mean.clone(), var.clone()
    ours = batch_norm(x, our_mean, our_var, weight, bias, training, momentum, eps)
    backward = batch_norm_backward
    grad_output = torch.randn_like(ours)
    grads = backward(grad_output, x.detach(), mean, var, weight, training, eps)
    expected = F.batch_norm(x, mean, var, weight, bias, training, momentum, eps)
    CLOSE(ours, expected)
    CLOSE((our_mean, our_var), (mean, var))
    wanted = [x, weight, bias] if affine else [x]
    reference = torch.autograd.grad(expected, wanted, grad_output)
    CLOSE(tuple(grads[: len(wanted)]), reference)
    # Differentiated by autograd, our forward pass gives the same.
    CLOSE(torch.autograd.grad(ours, wanted, grad_output), reference)


@pytest.mark.parametrize("shape", [(6, 3), (2, 3, 4, 5)])
def test_without_running_statistics_the_batch_serves_in_evaluation_too(shape):
    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    expected = F.batch_norm(x, None, None, training=True)
    CLOSE(batch_norm(x, None, None, training=False), expected)
    grad_output = torch.randn_like(x)
    grad_input, _, _ = batch_norm_backward(grad_output, x.detach(), None, None, training=False)
    CLOSE(grad_input, torch.autograd.grad(expected, x, grad_output)[0])


def test_gradcheck():
    inputs = [torch.randn(shape).double().requires_grad_() for shape in [(2, 3, 2, 2), (3,), (3,)]]
    assert torch.autograd.gradcheck(
        lambda x, w, b: batch_norm(x, None, None, w, b, training=True), inputs
    )


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("parameters", ["half", "float32"])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("scale", [1, 300])
def test_half_precision_equals_torch(dtype, parameters, training, scale):
    """Squares of 300 exceed the largest float16; what is summed is summed in float32."""
    kind = dtype if parameters == "half" else torch.float32
    x = (torch.randn(4, 3, 5, 6) * scale).to(dtype)
    theirs = [torch.zeros(3), torch.ones(3), torch.rand(3) + 0.5, torch.randn(3)]
    theirs = [values.to(kind) for values in theirs]
    ours = [values.clone() for values in theirs]
    expected = F.batch_norm(x, *theirs, training=training)
    result = batch_norm(x, *ours, training=training)
    assert result.dtype == expected.dtype == dtype
    close = {"rtol": 2e-2, "atol": 2e-2}
    CLOSE(result, expected, **close)
    CLOSE(ours[:2], theirs[:2], **close)
    grad_output = torch.randn(x.shape).to(dtype)
    grads = batch_norm_backward(grad_output, x, *ours[:3], training=training)
    assert [gradient.dtype for gradient in grads] == [dtype, kind, kind]
    leaves = [values.clone().requires_grad_() for values in (x, *theirs[2:])]
    output = F.batch_norm(leaves[0], *theirs[:2], *leaves[1:], training=training)
    reference = torch.autograd.grad(output, leaves, grad_output)
    for gradient, value in zip(grads, reference, strict=True):
        CLOSE(gradient, value, rtol=5e-2, atol=5e-2 * value.abs().max().item())


def test_large_half_precision_values_by_hand():
    mean, var = torch.zeros(1), torch.ones(1)
    x = torch.tensor([[-300.0], [300.0]], dtype=torch.float16)
    assert batch_norm(x, mean, var, training=True).flatten().tolist() == [-1, 1]
    CLOSE(var, torch.tensor([0.9 + 0.1 * 2 * 300**2]))


def test_a_checkpoint_from_before_batches_were_counted_loads():
    old = nn.BatchNorm2d(3).state_dict()
    del old["num_batches_tracked"]
    old["running_mean"] += 2
    for state in (dict(old), {f"0.{name}": values for name, values in old.items()}):
        layer = BatchNorm(3)
        net = layer if "weight" in state else nn.Sequential(layer)
        net.load_state_dict(state)
        assert layer.running_mean.tolist() == [2, 2, 2]
        assert layer.num_batches_tracked == 0
    new = nn.BatchNorm2d(3).state_dict()  # knows its version: here the count is really missing
    del new["num_batches_tracked"]
    with pytest.raises(RuntimeError, match="num_batches_tracked"):
        BatchNorm(3).load_state_dict(new)


@pytest.mark.parametrize(
    ("torch_layer", "shape"), [(nn.BatchNorm1d, (7, 3)), (nn.BatchNorm2d, (4, 3, 5, 2))]
)
@pytest.mark.parametrize("momentum", [0.1, 0.9, None])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("tracked", [True, False])
def test_layer_equals_torch_through_training_and_evaluation(
    torch_layer, shape, momentum, affine, tracked
):
    settings = {"momentum": momentum, "affine": affine, "track_running_stats": tracked}
    theirs, ours = torch_layer(3, **settings), BatchNorm(3, **settings)
    if affine:
        nn.init.uniform_(theirs.weight, 0.5, 2)
        nn.init.normal_(theirs.bias)
    ours.load_state_dict(theirs.state_dict())
    for _ in range(3):
        x = torch.randn(shape) * 2 + 1
        CLOSE(ours(x), theirs(x))
    CLOSE(dict(ours.state_dict()), dict(theirs.state_dict()))
    theirs.eval(), ours.eval()
    x = torch.randn(shape)
    CLOSE(ours(x), theirs(x))
    CLOSE(dict(ours.state_dict()), dict(theirs.state_dict()))  # evaluation changes nothing


def test_running_statistics_survive_a_state_dict_round_trip():
    layer = BatchNorm(3)
    layer(torch.randn(8, 3, 4, 4) * 5 + 7)
    restored = BatchNorm(3)
    restored.load_state_dict(layer.state_dict())
    x = torch.randn(2, 3, 4, 4)
    assert torch.equal(restored.eval()(x), layer.eval()(x))
    assert restored.running_mean.min() > 0.3  # the layer has really seen a mean of 7
    assert len(list(layer.parameters())) == 2  # the statistics are not learned


def test_a_batch_of_one_is_an_error_in_training_and_fine_in_evaluation():
    layer, theirs = BatchNorm(3), nn.BatchNorm1d(3)
    one = torch.randn(1, 3)
    with pytest.raises(ValueError, match="more than 1 value"):
        theirs(one)
    with pytest.raises(ValueError, match=r"at least 2 values.*\(1, 3\)"):
        layer(one)
    CLOSE(layer.eval()(one), nn.BatchNorm1d(3).eval()(one))
    # One image is a batch of many values per channel.
    CLOSE(BatchNorm(3)(one[:, :, None, None].expand(1, 3, 2, 2)), torch.zeros(1, 3, 2, 2))


def test_the_gradient_ignores_shift_and_stretch():
    x = torch.randn(4, 3, 5, 5, dtype=torch.float64)
    grad, _, _ = batch_norm_backward(torch.randn_like(x), x, None, None, training=True, eps=1e-12)
    centred = x - x.mean((0, 2, 3), keepdim=True)
    CLOSE(grad.sum((0, 2, 3)), torch.zeros(3).double())
    CLOSE((grad * centred).sum((0, 2, 3)), torch.zeros(3).double())


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: batch_norm(x[0, 0, 0], None, None), ValueError, "input must have 2 or 3 or 4"),
        (lambda x: batch_norm(x.int(), None, None), TypeError, "floating-point dtype, got"),
        (lambda x: batch_norm(x, torch.zeros(2), torch.ones(3)), ValueError, "running_mean must"),
        (lambda x: batch_norm(x, torch.zeros(3), None), ValueError, "both or neither"),
        (lambda x: batch_norm(x, None, None, torch.ones(2)), ValueError, r"weight must.*\(2,\)"),
        (lambda x: batch_norm(x, None, None, None, torch.ones(4)), ValueError, "bias must have"),
        (lambda x: batch_norm(x, None, None, momentum=1.5), ValueError, "momentum must.*1.5"),
        (lambda x: batch_norm(x, None, None, eps=0.0), ValueError, "eps must.*0.0"),
        (lambda x: batch_norm_backward(x[:1], x, None, None), ValueError, "grad_output must"),
        (lambda x: BatchNorm(0), ValueError, "num_features must be at least 1, got 0"),
        (lambda x: BatchNorm(3, momentum=-0.1), ValueError, "momentum must.*-0.1"),
        (lambda x: BatchNorm(4)(x), ValueError, r"running_mean must have shape \(3,\), got \(4,\)"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call(torch.randn(2, 3, 4, 4))
