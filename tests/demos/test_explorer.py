"""The page that `explore` makes: what it holds, what it refuses, how the wheel gets its script."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from demo_scripts import DEMOS, bundle
from torch import nn

from d2lkit import demos
from d2lkit.demos import page

ROOT = Path(__file__).resolve().parents[2]


def small():
    return nn.Sequential(nn.Flatten(), nn.Linear(12, 3))


PICTURES = torch.zeros(2, 1, 3, 4)


def test_floats_and_bytes_make_the_same_page():
    net, images = small(), torch.arange(24, dtype=torch.uint8).reshape(2, 1, 3, 4)
    as_bytes = demos.explore(net, images, [0, 2], class_names=["a</script>", "b", "c"])
    as_floats = demos.explore(net, images / 255, torch.tensor([0, 2]),
                              class_names=("a</script>", "b", "c"), mean=[0], std=(1,))  # fmt: skip
    assert as_bytes.html() == as_floats.html()
    text = as_bytes.html().split('<script type="application/json">')[1].split("</script>")[0]
    data = json.loads(text)
    assert data == as_bytes.data
    assert data["classes"] == ["a</script>", "b", "c"]
    assert data["labels"] == [0, 2]
    assert data["network"] == demos.export(net, (1, 3, 4))


def test_a_page_holds_pixels_labels_and_constants():
    net = nn.Sequential(nn.Conv2d(3, 2, 1), nn.Flatten(), nn.Linear(4, 3))
    pixels = torch.tensor([0.0, 0.4999, 0.5001, 0.998, 1.0, 0.1]).reshape(1, 3, 1, 2)
    explorer = demos.explore(net, pixels, mean=0.5, std=[0.1, 0.2, 0.3])
    wanted = [round(255 * pixel) for pixel in pixels.flatten().tolist()]
    assert list(base64.b64decode(explorer.data["pictures"])) == wanted
    assert explorer.data["labels"] == [None]
    assert explorer.data["classes"] == ["0", "1", "2"]
    assert explorer.data["mean"] == [0.5, 0.5, 0.5]
    assert explorer.data["std"] == [0.1, 0.2, 0.3]
    assert explorer.data["network"]["input"] == [3, 1, 2]
    assert repr(explorer) == "Explorer of 3 layers, 1 picture"


def test_sixty_four_pictures_are_not_too_many():
    assert len(demos.explore(small(), torch.zeros(64, 1, 3, 4)).data["labels"]) == 64


def test_a_saved_page_asks_for_nothing_else(tmp_path):
    explorer = demos.explore(small(), PICTURES)
    path = explorer.save(tmp_path / "page.html")
    text = path.read_text(encoding="utf-8")
    assert text == explorer.html()
    assert bundle(DEMOS / "explorer/page.js") in text
    assert 'src="' not in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert repr(explorer) == "Explorer of 2 layers, 2 pictures"
    assert len(explorer._repr_html_()) < 120_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"images": torch.zeros(1, 3, 4)}, "images must have 4 dimensions"),
        ({"images": torch.zeros(65, 1, 3, 4)}, "images must be 1 to 64, got 65"),
        ({"images": PICTURES - 0.5}, "floats from 0 to 1 .* got values from -0.5 to -0.5"),
        ({"images": PICTURES + float("nan")}, "floats from 0 to 1"),
        ({"labels": [1]}, "labels must be 2, one for each picture, got 1"),
        ({"labels": [-1, 0]}, "a label must be a class from 0 to 2, got -1"),
        ({"std": -1}, "std must be greater than 0"),
        ({"images": PICTURES + 1.01}, "floats from 0 to 1 .* got values from 1.01 to 1.01"),
        ({"labels": [1, 3]}, "a label must be a class from 0 to 2, got 3"),
        ({"class_names": ["a"]}, "class_names must be 3, one for each output, got 1"),
        ({"mean": [0.1, 0.2]}, "mean must be one number or 1, got 2"),
        ({"std": 0}, "std must be greater than 0"),
        ({"net": nn.Sequential(nn.Flatten(), nn.GELU())}, "layer '1' is GELU"),
        ({"net": nn.Sequential(nn.ReLU()), "class_names": ["a"]}, "class_names need a network"),
    ],
)
def test_what_is_refused(change, message):
    arguments = {"net": small(), "images": PICTURES} | change
    with pytest.raises(ValueError, match=message):
        demos.explore(**arguments)
    with pytest.raises(TypeError, match="floating-point"):
        demos.explore(small(), PICTURES.long())


def test_the_wheel_carries_the_script_and_the_style(tmp_path):
    """The build puts them beside the package, where the page finds them."""
    command = [sys.executable, "setup.py", "-q", "egg_info", "-e", tmp_path, "build_py", "-d"]
    target = tmp_path / "lib"
    subprocess.run([*command, target], cwd=ROOT, check=True, capture_output=True)
    script, style = page.bundled()
    assert (target / "d2lkit/demos/explorer.js").read_text(encoding="utf-8") == script
    assert (target / "d2lkit/demos/explorer.css").read_text(encoding="utf-8") == style
    assert (target / "d2lkit/demos/page.py").exists()
    assert not list((ROOT / "d2lkit/demos").glob("*.js"))
    found = "from d2lkit.demos import page; print(page.script_and_style() == page.bundled(ROOT))"
    code = f"from pathlib import Path; ROOT = Path({str(ROOT)!r}); {found}"
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[0] = {str(target)!r}; {code}"],
        cwd=target, env={"PATH": "", "PYTHONPATH": str(target)}, check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    assert run.stdout == "True\n"
