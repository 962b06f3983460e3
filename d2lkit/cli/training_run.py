"""``python -m d2lkit train``."""

import json
import sys
from pathlib import Path

import click

from d2lkit.cli.commands import INTERRUPTED, explained
from d2lkit.cli.config import read_config
from d2lkit.cli.datasets import AUGMENTATIONS, DATA_SETS, open_data
from d2lkit.cli.values import COUNT, PICTURE, SHARE, NetworkName, OutputFile, Positive

OPTIMIZERS = ("sgd", "adam", "adamw")
# Options that a resumed run may have others of: they do not change what is computed.
MAY_CHANGE = {
    *("epochs", "patience", "root", "device", "channels_last", "compiled", "progress"),
    *("checkpoint", "checkpoint_every", "resume"),
}
NOT_NEGATIVE = click.FloatRange(min=0)


@click.command("train")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False),
    is_eager=True,
    expose_value=False,
    callback=read_config,
    help="TOML file with settings, such as epochs = 9; options on the command line go before it.",
)
@click.argument("network", type=NetworkName())
@click.option("--data", type=click.Choice(list(DATA_SETS)), default="digits", help="What to learn.")
@click.option("--size", type=COUNT, help="Image side in pixels.  [default: the data's own]")
@click.option("--images", type=COUNT, help="Training images to draw, for shapes only.")
@click.option(
    "--augment",
    type=click.Choice(list(AUGMENTATIONS)),
    multiple=True,
    help="Vary the training images; may be given several times.",
)
@click.option("--root", type=click.Path(file_okay=False), help="Folder of downloaded files.")
@click.option("--width", type=Positive(), default=1.0, help="Factor on the numbers of channels.")
@click.option("--epochs", type=COUNT, default=5, help="Passes over the training images.")
@click.option("--batch-size", type=COUNT, default=64, help="Images in one step.")
@click.option("--lr", type=Positive(), default=0.1, help="Learning rate.")
@click.option("--optimizer", type=click.Choice(OPTIMIZERS), default="sgd")
@click.option("--momentum", type=SHARE, default=0.9, help="Of sgd.")
@click.option("--weight-decay", type=NOT_NEGATIVE, default=0.0)
@click.option("--schedule", type=click.Choice(["none", "cosine"]), default="none")
@click.option("--label-smoothing", type=SHARE, default=0.0)
@click.option("--clip-norm", type=Positive(), help="Longest gradient of a step.  [default: any]")
@click.option("--accumulate", type=COUNT, default=1, help="Parts in which a step is computed.")
@click.option("--patience", type=COUNT, help="Stop when val_loss has not fallen for so long.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, help="Of all randomness.")
@click.option("--device", help="Such as cpu, cuda or mps.  [default: the fastest there is]")
@click.option("--precision", type=click.Choice(["fp32", "bf16"]), default="fp32")
@click.option("--channels-last", is_flag=True, help="Keep N, H, W, C in memory, for GPUs.")
@click.option("--compile", "compiled", is_flag=True, help="Let torch.compile translate it.")
@click.option("--checkpoint", type=click.Path(dir_okay=False), help="Save the run in this file.")
@click.option("--checkpoint-every", type=COUNT, help="Steps between saves.  [default: an epoch]")
@click.option("--resume", is_flag=True, help="Go on from the checkpoint, if there is one.")
@click.option("--curve", type=PICTURE, help="Save the learning curves in this picture.")
@click.option("--json", "results", type=OutputFile(".json"), help="Save all figures there.")
@click.option("--progress/--no-progress", default=None, help="[default: in a terminal]")
@click.pass_context
def train(ctx, network, data, curve, results, **options):
    """Train NETWORK, then print its learning curve and its test accuracy."""
    _check_checkpoint(options)
    with explained():
        trainer, model, dataset = _prepare(network, data, options)
        trainer.callbacks.append(_same_settings({"network": network, "data": data, **options}))
        click.echo(_heading(network, dataset, model, trainer))
        try:
            history = trainer.fit(model, dataset, resume=options["resume"])
            test = trainer.evaluate(model, dataset)
        except KeyboardInterrupt:
            click.echo(_stopped(trainer, options["checkpoint"]), err=True)
            sys.exit(INTERRUPTED)
        click.echo(str(history))
        click.echo("test: " + ", ".join(f"{name} {value:.4f}" for name, value in test.items()))
        if results is not None:  # before the curve, which can fail for want of a font or a disk
            report = _report(network, data, model, trainer, options) | {"test": test}
            results.write_text(_as_json(report), encoding="utf-8")
            click.echo(f"results: {results}")
        if curve is not None:
            history.plot(title=f"{network} on {dataset.name}").savefig(curve)
            click.echo(f"curve: {curve}")


def _check_checkpoint(options: dict) -> None:
    """Refuse settings that would lose a run or do nothing."""
    path = options["checkpoint"]
    if path is None:
        for name in ("resume", "checkpoint_every"):
            if options[name]:
                raise click.UsageError(f"--{name.replace('_', '-')} needs --checkpoint FILE.")
    elif Path(path).exists() and not options["resume"]:
        raise click.UsageError(
            f"--checkpoint {path} exists: add --resume to go on from it, or name another file."
        )


def _prepare(network: str, data: str, options: dict):
    """Return the trainer, the model and the data that the options describe."""
    from d2lkit import models, training

    training.set_seed(options["seed"])
    patience = options["patience"]
    trainer = training.Trainer(
        options["epochs"],
        device=options["device"],
        progress=options["progress"],
        precision=options["precision"],
        channels_last=options["channels_last"],
        compile=options["compiled"],
        checkpoint=options["checkpoint"],
        checkpoint_every=options["checkpoint_every"],
        accumulate=options["accumulate"],
        clip_norm=options["clip_norm"],
        callbacks=[training.EarlyStopping(patience=patience)] if patience else [],
    )
    names = ("size", "images", "augment", "root", "batch_size", "seed")
    dataset = open_data(data, **{name: options[name] for name in names})
    net = models.create(
        network,
        in_channels=dataset.in_channels,
        num_classes=dataset.num_classes,
        width=options["width"],
        image_size=dataset.size,
    )
    model = training.Classifier(
        net,
        options["lr"],
        optimizer=options["optimizer"],
        momentum=options["momentum"],
        weight_decay=options["weight_decay"],
        schedule=None if options["schedule"] == "none" else options["schedule"],
        label_smoothing=options["label_smoothing"],
    )
    return trainer, model, dataset


def _same_settings(options: dict):
    """Return a callback that refuses a checkpoint of other settings: they would not be used."""
    from d2lkit.training import Callback

    class SameSettings(Callback):
        def state_dict(self) -> dict:
            return {name: value for name, value in options.items() if name not in MAY_CHANGE}

        def load_state_dict(self, state: dict) -> None:
            for name, ours in self.state_dict().items():
                if name in state and state[name] != ours:
                    option = f"--{name.replace('_', '-')}"
                    raise ValueError(f"it was made with {option} {state[name]}, not with {ours}")

    return SameSettings()


def _heading(network: str, dataset, model, trainer) -> str:
    from d2lkit.accounting import count_parameters

    return f"{network}, {count_parameters(model):,} parameters, on {trainer.device}\n{dataset!r}"


def _stopped(trainer, path: str | None) -> str:
    from d2lkit.training.checkpoint import has_checkpoint

    steps = getattr(trainer, "train_batch_idx", 0)
    if path is not None and has_checkpoint(path):
        return f"Stopped after step {steps}; the same command with --resume goes on from {path}."
    return f"Stopped after step {steps}; nothing is saved without --checkpoint FILE."


def _report(network: str, data: str, model, trainer, options: dict) -> dict:
    import torch

    import d2lkit
    from d2lkit.accounting import count_parameters

    kept = {key: value for key, value in options.items() if key not in ("progress", "resume")}
    return {
        "network": network,
        "parameters": count_parameters(model),
        "data": data,
        "settings": kept | {"device": str(trainer.device)},
        "versions": {"d2lkit": d2lkit.__version__, "torch": torch.__version__},
        **trainer.history.state_dict(),
    }


def _as_json(report: dict) -> str:
    # A loss that has become nan or infinite is null: JSON knows no such numbers.
    plain = json.loads(json.dumps(report), parse_constant=lambda _: None)
    return json.dumps(plain, indent=2) + "\n"
