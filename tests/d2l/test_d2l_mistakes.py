"""What d2l 1.0.3 gets wrong, each beside what happens here."""

import copy
import pickle

import pytest
import torch
from torch import nn

from d2lkit import d2l as ours


def conv_net():
    return nn.Sequential(nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.ReLU(), nn.Flatten())


def classifier(package, net):
    class Model(package.Classifier):
        def __init__(self, lr=0.1):
            super().__init__()
            self.save_hyperparameters()
            self.net = net

    return Model()


def xavier_bound(weight):
    fan_in, fan_out = nn.init._calculate_fan_in_and_fan_out(weight)
    return (6 / (fan_in + fan_out)) ** 0.5


def test_init_cnn_reaches_lazy_layers(real):
    def largest(package):
        net = nn.Sequential(nn.LazyConv2d(8, 5), nn.Flatten(), nn.LazyLinear(50))
        net.apply(package.init_cnn)
        net(torch.zeros(1, 3, 8, 8))
        return [net[i].weight.abs().max().item() / xavier_bound(net[i].weight) for i in (0, 2)]

    # Uniform weights come close to their bound, and torch's default has another one.
    assert all(0.95 < share <= 1 for share in largest(ours))
    assert not any(0.95 < share <= 1 for share in largest(real))


@pytest.mark.parametrize("before", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_init_cnn_waits_in_a_copy_too(before):
    net = before(nn.Sequential(nn.LazyLinear(50)).apply(ours.init_cnn))
    net(torch.zeros(1, 20))
    assert 0.9 < net[0].weight.abs().max().item() / xavier_bound(net[0].weight) <= 1
    assert "reset_parameters" not in vars(net[0])


def test_init_cnn_leaves_loaded_weights_alone():
    weights = nn.Sequential(nn.Linear(4, 3)).state_dict()
    net = nn.Sequential(nn.LazyLinear(3)).apply(ours.init_cnn)
    net.load_state_dict(weights)
    net(torch.zeros(1, 4))
    assert net[0].weight.equal(weights["0.weight"])


def test_init_cnn_on_ordinary_layers_draws_what_d2l_draws(real):
    nets = []
    for package in (real, ours):
        torch.manual_seed(3)
        nets.append(nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Linear(4, 2)))
        nets[-1].apply(package.init_cnn)
    pairs = [*zip(nets[0].parameters(), nets[1].parameters(), strict=True)]
    assert len(pairs) == 4
    assert all(found.equal(wanted) for wanted, found in pairs)


def test_looking_at_shapes_changes_no_statistics(real, capsys):
    def batches_seen(package):
        model = classifier(package, conv_net())
        model.layer_summary((2, 1, 8, 8))
        model.apply_init([torch.randn(2, 1, 8, 8)])
        assert model.training
        return int(model.net[1].num_batches_tracked)

    assert (batches_seen(real), batches_seen(ours)) == (2, 0)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == lines[4:]


def test_looking_at_shapes_draws_no_random_numbers(capsys):
    model = classifier(ours, nn.Sequential(nn.Flatten(), nn.Dropout(0.5)))
    before = torch.get_rng_state()
    model.layer_summary((2, 1, 8, 8))
    assert torch.get_rng_state().equal(before)


def test_saved_are_the_arguments_alone(real):
    def saved(package):
        class Base(package.HyperParameters):
            def __init__(self, depth, *, _private=1):
                self.save_hyperparameters()

        class Wide(Base):
            def __init__(self, width, colour="red"):
                super().__init__(depth=width + 1)
                doubled = 2 * width
                self.save_hyperparameters(ignore=["colour"])
                self.result = doubled

        wide = Wide(3)
        assert (wide.depth, wide.width, wide.result) == (4, 3, 6)
        assert not hasattr(wide, "colour")
        return wide.hparams

    assert saved(real) == {"width": 3, "doubled": 6}
    assert saved(ours) == {"depth": 4, "width": 3}


def test_save_hyperparameters_outside_a_constructor():
    class Late(ours.HyperParameters):
        def later(self, x):
            self.save_hyperparameters()

    with pytest.raises(RuntimeError, match="within __init__"):
        Late().later(1)


def test_a_constructor_that_fails_leaves_nothing_behind():
    class Picky(ours.HyperParameters):
        def __init__(self, x):
            if x < 0:
                raise ValueError("x must not be negative")
            self.save_hyperparameters()

    picky = Picky(1)
    with pytest.raises(ValueError, match="negative"):
        picky.__init__(-1)
    assert vars(picky) == {"x": 1, "hparams": {"x": 1}}
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        Picky()


def test_add_to_class_keeps_the_name(real):
    def name_after(package):
        class Thing:
            pass

        @package.add_to_class(Thing)
        def number(self):
            return 7

        assert Thing().number() == 7
        return number

    assert name_after(real) is None
    assert name_after(ours)(None) == 7


def test_groups_that_do_not_divide_are_refused(real):
    assert real.ResNeXtBlock(24, 16, 1).conv2.groups == 1  # silently
    with pytest.raises(ValueError, match=r"must divide the 24 channels .* got 16"):
        ours.ResNeXtBlock(24, 16, 1)
    assert ours.ResNeXtBlock(24, 8, 1).num_groups == ours.ResNeXtBlock(24, 8, 1).conv2.groups == 3


@pytest.mark.parametrize("block", [ours.Residual(6), ours.ResNeXtBlock(6, 2, 1)])
def test_a_sum_that_does_not_fit_names_the_cure(block):
    with pytest.raises(ValueError, match=r"\(1, 3, 8, 8\) and \(1, 6, 8, 8\): set use_1x1conv"):
        block(torch.zeros(1, 3, 8, 8))


def test_a_training_step_needs_no_trainer(real):
    batch = torch.randn(2, 1, 8, 8), torch.tensor([0, 1])
    with pytest.raises(AssertionError):
        classifier(real, nn.Sequential(nn.Flatten(), nn.Linear(64, 2))).training_step(batch)
    model = classifier(ours, nn.Sequential(nn.Flatten(), nn.Linear(64, 2)))
    assert model.training_step(batch).shape == ()
    assert set(model.validation_step(batch)) == {"loss", "accuracy"}


def test_a_model_without_net_says_so():
    with pytest.raises(TypeError, match="net must be set before Classifier is called"):
        ours.Classifier()(torch.zeros(1))


def test_every_image_counts_the_same_in_the_history():
    class Uneven(ours.DataModule):
        def get_dataloader(self, train):
            images = torch.eye(2).repeat(3, 1)[:5]
            labels = torch.tensor([0, 1, 0, 1, 1])  # the last one is labelled wrongly
            return list(zip(images.split(4), labels.split(4), strict=True))

    net = nn.Linear(2, 2, bias=False)
    with torch.no_grad():
        net.weight.copy_(10 * torch.eye(2))
    model = classifier(ours, net)
    model.lr = 0.0
    trainer = ours.Trainer(1)
    trainer.fit(model, Uneven())
    assert trainer.history.last["val_accuracy"] == pytest.approx(4 / 5)
    # The curve shows the mean of the batches' means, as d2l's does.
    assert float(model.board.data["val_acc"][0].y) == pytest.approx(1 / 2)


def test_an_epoch_of_one_batch_has_a_curve(real):
    class One(ours.DataModule):
        def get_dataloader(self, train):
            return [(torch.randn(4, 3), torch.tensor([0, 1, 0, 1]))]

    def points(package):
        model = classifier(package, nn.Linear(3, 2))
        model.board.display = False
        package.Trainer(max_epochs=2).fit(model, One())
        return [len(curve) for curve in model.board.data.values()]

    assert points(real) == [0, 2, 2]
    assert points(ours) == [2, 2, 2]


def test_corr2d_keeps_double_precision(real):
    x, k = torch.randn(5, 4).double(), torch.randn(2, 3).double()
    assert real.corr2d(x, k).dtype == torch.float32
    assert ours.corr2d(x, k).dtype == torch.float64
    torch.testing.assert_close(ours.corr2d(x, k).float(), real.corr2d(x, k))
    whole = torch.arange(9).reshape(3, 3)
    assert ours.corr2d(whole, whole[:2, :2]).equal(real.corr2d(whole, whole[:2, :2]))


def test_gradient_clipping(real):
    class Steep(ours.DataModule):
        def get_dataloader(self, train):
            return [(100 * torch.ones(4, 3), torch.tensor([0, 1, 1, 1]))]

    start, moved = nn.Linear(3, 2), []
    for package, limit in [(real, 0), (real, 0.5), (ours, 0.5), (ours, 0)]:
        model = classifier(package, copy.deepcopy(start))
        model.board.display = False
        package.Trainer(max_epochs=2, gradient_clip_val=limit).fit(model, Steep())
        moved.append(torch.cat([p.detach().flatten() for p in model.parameters()]))
    assert not torch.allclose(moved[0], moved[1])
    torch.testing.assert_close(moved[2], moved[1])
    torch.testing.assert_close(moved[3], moved[0])


def test_several_gpus_are_not_promised():
    with pytest.warns(UserWarning, match="torchrun") as noted:
        ours.Trainer(1, num_gpus=2)
    assert noted[0].filename == __file__


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_gpus": -1}, "num_gpus must be at least 0, got -1"),
        ({"gradient_clip_val": -1}, "gradient_clip_val must be at least 0, got -1"),
        ({"max_epochs": 0}, "max_epochs must be at least 1, got 0"),
        ({"precision": "half"}, "precision must be one of 'fp32', 'bf16', got 'half'"),
    ],
)
def test_trainer_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        ours.Trainer(**{"max_epochs": 1, **arguments})


def test_devices(real, monkeypatch):
    assert ours.try_all_gpus() == real.try_all_gpus() or ours.try_all_gpus() == [ours.cpu()]
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    assert real.try_all_gpus() == []
    assert ours.try_all_gpus() == [torch.device("cpu")]
    assert ours.try_gpu() == real.try_gpu() == torch.device("cpu")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert ours.try_gpu(1) == real.try_gpu(1) == torch.device("cuda:1")
    assert ours.try_gpu(2) == real.try_gpu(2) == torch.device("cpu")
    assert ours.try_all_gpus() == real.try_all_gpus()


def test_a_run_can_be_saved_and_resumed(tmp_path):
    class Few(ours.DataModule):
        def get_dataloader(self, train):
            return [(torch.ones(4, 3), torch.tensor([0, 1, 1, 1]))]

    whole = classifier(ours, nn.Linear(3, 2))
    halves = copy.deepcopy(whole)
    ours.Trainer(4).fit(whole, Few())
    ours.Trainer(2, checkpoint=tmp_path / "run.pt").fit(halves, Few())
    history = ours.Trainer(4, checkpoint=tmp_path / "run.pt").fit(halves, Few(), resume=True)
    assert len(history) == 4
    assert halves.net.weight.equal(whole.net.weight)
