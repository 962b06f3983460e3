"""Labels of every kind that means something train; others are refused by name."""

import re

import numpy
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from d2lkit.models import googlenet
from d2lkit.training import Classifier, DataModule, Trainer, set_seed
from d2lkit.training import targets as rules

WHOLE = [torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8]


def batch(labels, dtype=torch.float32):
    noise = torch.Generator().manual_seed(0)
    return torch.randn(len(labels), 4, generator=noise).to(dtype), labels


def model(**settings):
    set_seed(0)
    return Classifier(nn.Linear(4, 3), **settings)


@given(
    numbers=st.lists(st.integers(0, 2), min_size=1, max_size=6),
    dtype=st.sampled_from(WHOLE),
    smoothing=st.sampled_from([0.0, 0.1]),
    weights=st.none() | st.lists(st.floats(0.5, 4), min_size=3, max_size=3),
)
def test_the_loss_is_that_of_torch(numbers, dtype, smoothing, weights):
    labels = torch.tensor(numbers)
    one = model(label_smoothing=smoothing, class_weights=weights)
    images, _ = batch(labels)
    logits = one.net(images)
    wanted = F.cross_entropy(
        logits,
        labels,
        None if weights is None else torch.tensor(weights),
        label_smoothing=smoothing,
    )
    assert torch.equal(one.training_step((images, labels.to(dtype))), wanted)
    hits = (logits.argmax(1) == labels).float().mean()
    assert torch.equal(one.logged["accuracy"], hits)
    measured = one.validation_step((images, labels.to(dtype)))
    assert torch.equal(measured["loss"], F.cross_entropy(logits, labels))
    if weights is None:  # one-hot labels, whole or not, say the same
        for kind in (torch.int64, torch.float32, torch.bool):
            hot = F.one_hot(labels, 3).to(kind)
            torch.testing.assert_close(one.training_step((images, hot)), wanted)
            assert torch.equal(one.logged["accuracy"], hits)


@given(wrong=st.integers(-101, 99).filter(lambda n: n not in (0, 1, 2)))
def test_a_label_outside_the_classes_is_named(wrong):
    labels = torch.tensor([0, wrong, 2])
    for step in (model().training_step, model().validation_step):
        with pytest.raises(ValueError, match=f"from 0 to 2 for 3 classes, got {wrong}$"):
            step(batch(labels))


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (torch.zeros(5), TypeError, r"whole numbers \(N,\), or probabilities .* got torch.float32"),
        (torch.zeros(5, dtype=torch.bool), TypeError, "got torch.bool"),
        (torch.zeros(5, 2), ValueError, r"for logits of shape \(5, 3\), got \(5, 2\)"),
        (torch.zeros(5, 1, 1), ValueError, "labels must have 1 or 2 dimensions"),
        ([0] * 5, TypeError, "labels must be a torch.Tensor, got list"),
    ],
)
def test_labels_that_mean_nothing(labels, error, message):
    with pytest.raises(error, match=message):
        model().training_step(batch(labels))


@pytest.mark.parametrize(
    ("dtype", "message"),
    [
        (torch.uint8, r"must be torch\.float32 .*, got torch\.uint8: .* images\.float\(\) / 255"),
        (torch.float64, r"got torch\.float64: images\.to\(torch\.float32\)"),
    ],
)
def test_images_of_another_dtype(dtype, message):
    with pytest.raises(TypeError, match=message):
        model().training_step(batch(torch.tensor([0, 1]), dtype))
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):  # not of the dtype
        model().training_step((torch.zeros(2, 5), torch.tensor([0, 1])))


def test_a_network_in_double_precision_takes_double_images():
    one = model().double()
    assert one.training_step(batch(torch.tensor([0, 1]), torch.float64)).dtype == torch.float64


def test_the_label_that_torch_leaves_out_is_refused_while_training():
    class Data(DataModule):
        def train_dataloader(self):
            return [batch(torch.tensor([0, -100, 2]))]

    with pytest.raises(ValueError, match=r"from 0 to 2 for 3 classes, got -100$"):
        Trainer(1, device="cpu").fit(model(), Data())
    chosen = model(loss=nn.CrossEntropyLoss(ignore_index=-100))  # a loss knows its labels itself
    assert len(Trainer(1, device="cpu").fit(chosen, Data())) == 1


def test_weights_of_too_few_classes():
    with pytest.raises(ValueError, match="class_weights must be one per class, 3, got 2"):
        model(class_weights=[1, 2]).training_step(batch(torch.tensor([0, 1])))


def test_any_loss():
    def margin(logits, labels):
        calls.append(tuple(logits.shape))
        return F.multi_margin_loss(logits, labels)

    calls = []
    one = model(loss=margin)
    images, labels = batch(torch.tensor([0, 2]))
    assert torch.equal(
        one.training_step((images, labels)), F.multi_margin_loss(one.net(images), labels)
    )
    assert one.validation_step((images, labels))["loss"] == margin(one.net(images), labels)
    assert len(calls) == 3
    weighted = model(loss=nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2, 3])))
    same = model(class_weights=[1, 2, 3])
    assert torch.equal(
        weighted.training_step((images, labels)), same.training_step((images, labels))
    )
    assert set(same.state_dict()) == set(model().state_dict())  # weights load without them


def test_class_weights_move_what_is_learned():
    """Of two classes that cannot be told apart, the heavier one is answered."""

    class Alike(DataModule):
        def train_dataloader(self):
            return [(torch.ones(9, 4), torch.tensor([0] * 6 + [1] * 3))]

    answers = []
    for weights in (None, [1, 4, 1]):
        one = model(lr=0.1, class_weights=weights)
        Trainer(60, device="cpu").fit(one, Alike())
        answers.append(one(torch.ones(1, 4)).softmax(1)[0].tolist())
    assert answers[0][0] == pytest.approx(6 / 9, abs=0.05)
    assert answers[1][1] == pytest.approx(12 / 18, abs=0.05)


def test_googlenet_with_auxiliary_heads_trains():
    set_seed(0)
    net = googlenet(3, 4, width=0.0625, auxiliary=True)
    one = Classifier(net, lr=0.01)
    images, labels = torch.randn(2, 3, 64, 64), torch.tensor([0, 3])
    set_seed(1)
    loss = one.training_step((images, labels))
    set_seed(1)
    main, *others = net(images)
    wanted = F.cross_entropy(main, labels) + 0.3 * sum(F.cross_entropy(o, labels) for o in others)
    assert len(others) == 2
    torch.testing.assert_close(loss, wanted)
    one.eval()
    assert one.validation_step((images, labels))["loss"] == F.cross_entropy(net(images), labels)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"class_weights": [1, -1, 2]}, ValueError, "class_weights must be numbers from 0"),
        ({"class_weights": []}, ValueError, "class_weights must be numbers from 0, one per class"),
        ({"class_weights": ["a"]}, TypeError, r"class_weights\[0\] must be a number, got 'a'"),
        ({"loss": "mse"}, TypeError, "loss must be a function of logits and labels, got 'mse'"),
        ({"loss": F.cross_entropy, "label_smoothing": 0.1}, ValueError, "must be left to loss"),
    ],
)
def test_arguments(settings, error, message):
    with pytest.raises(error, match=message):
        model(**settings)


def test_numbers_of_numpy_train_and_are_saved(tmp_path):
    class Measured(Classifier):
        def configure_optimizers(self):
            rates = numpy.logspace(-2, -1, 2)
            return torch.optim.SGD(self.parameters(), lr=rates[0])

        def training_step(self, one):
            self.log(size=numpy.float32(2.5))
            return super().training_step(one)

        def validation_step(self, one):
            return {"error": numpy.float32(0.25), "hits": numpy.int64(3)}

    class Data(DataModule):
        def train_dataloader(self):
            return [batch(torch.tensor([0, 1]))]

        val_dataloader = train_dataloader

    path = tmp_path / "run.pt"
    for epochs in (1, 2):
        history = Trainer(epochs, device="cpu", checkpoint=path).fit(
            Measured(nn.Linear(4, 3)), Data(), resume=True
        )
    assert history["val_error"] == [0.25, 0.25]
    assert history["val_hits"] == [3, 3]
    assert history["size"] == [2.5, 2.5]
    state = torch.load(path, weights_only=True)
    assert state["optimizer"]["param_groups"][0]["lr"] == 0.01


SCORES = torch.zeros(2, 3)


@pytest.mark.parametrize("wrong", [-1, 3])
def test_the_labels_next_to_the_classes_are_refused(wrong):
    rules.check_classes(torch.tensor([0, 2]), SCORES)
    with pytest.raises(ValueError) as caught:
        rules.check_classes(torch.tensor([wrong, 2]), SCORES)
    assert str(caught.value) == f"labels must be from 0 to 2 for 3 classes, got {wrong}"


MESSAGES = [
    (
        lambda: rules.check_labels(torch.zeros(3, dtype=torch.long), SCORES),
        "labels must have shape (N,) or (N, num_classes) for logits of shape (2, 3), got (3,)",
    ),
    (
        lambda: rules.check_labels(torch.zeros(3, 2), SCORES),
        "labels must have shape (N,) or (N, num_classes) for logits of shape (2, 3), got (3, 2)",
    ),
    (
        lambda: rules.check_labels(torch.zeros(2), SCORES),
        "labels must be whole numbers (N,), or probabilities (N, num_classes), got "
        "torch.float32 of shape (2,)",
    ),
    (
        lambda: rules.check_class_weights([1, -0.5]),
        "class_weights must be numbers from 0, one per class, got tensor([ 1.0000, -0.5000])",
    ),
    (
        lambda: rules.check_class_weights([]),
        "class_weights must be numbers from 0, one per class, got tensor([])",
    ),
    (
        lambda: rules.check_number_of_weights(torch.ones(4), SCORES),
        "class_weights must be one per class, 3, got 4",
    ),
]


@pytest.mark.parametrize(("call", "message"), MESSAGES)
def test_the_whole_message(call, message):
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(message)}$"):
        call()


def test_weights_at_the_boundary_pass():
    assert rules.check_class_weights([0, 1]).tolist() == [0, 1]
    rules.check_number_of_weights(torch.ones(3), SCORES)
    rules.check_number_of_weights(None, SCORES)
