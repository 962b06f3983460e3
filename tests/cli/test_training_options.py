"""The options of ``train`` reach the trainer, the model and the picture they are for."""

from d2lkit.cli import main, training_run


def test_each_option_of_train_reaches_what_it_is_for():
    words = "lenet --weight-decay 0.01 --label-smoothing 0.2 --clip-norm 3 --accumulate 2"
    context = main.commands["train"].make_context("train", words.split())
    options = {**context.params}
    network, data = options.pop("network"), options.pop("data")
    trainer, model, _ = training_run._prepare(network, data, options)
    assert trainer.clip_norm == 3
    assert trainer.accumulate == 2
    assert model.label_smoothing == 0.2
    assert model.weight_decay == 0.01
