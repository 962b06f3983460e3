"""The photograph of the demos, and how it is shown."""

import json

import torch
from demo_scripts import DEMOS
from made import made_by

MODULE = "engine/pictures.js"


def test_the_photograph_is_that_of_the_chapter(engine):
    module = made_by("pictures/photograph")
    assert module.TARGET.read_text(encoding="utf-8") == module.module()
    signs = "".join(module.DIGITS[value] for value in module.pixels().flatten())
    decoded = torch.tensor(engine.decode(signs, module.SIZE[1]))
    assert decoded.shape == module.SIZE
    assert torch.equal((decoded * 63).round().int(), module.pixels())


def test_a_filtered_photograph_is_shown_as_in_the_chapter(engine):
    output = [[-0.5, 0.25, 1.5]]
    edges, blur = [[-1, 0, 1]], [[0.5, 0.5]]
    assert engine.keepsBrightness(blur)
    assert not engine.keepsBrightness(edges)
    assert engine.shown(output, blur) == [[0, 0.25, 1]]
    assert engine.shown(output, edges) == [[0.25, 0.125, 0.75]]


def test_kernels_of_the_chapter(engine):
    notebook = DEMOS.parent / "chapters/1-convolutional-networks/03-the-convolution-operation.ipynb"
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = "".join("".join(cell["source"]) for cell in cells)
    kernels = engine.value("KERNELS")
    for name in "ACD":
        text = ", ".join(f"[{', '.join(map(str, row))}]" for row in kernels[name])
        assert f'"{name}": torch.tensor([[{text[1:]}])'.replace("[[", "[[", 1) in code.replace(
            ".0", ""
        )
    assert torch.tensor(kernels["B"]).allclose(torch.full((3, 3), 1 / 9))
