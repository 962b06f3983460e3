"""Write the photograph of the demos: a part of the temple's roof, made grey, one sign a pixel.

python demos/pictures/photograph.py
"""

import textwrap
from pathlib import Path

import torch
from torch.nn import functional as F

from d2lkit import data

TARGET = Path(__file__).with_name("photograph.js")
SIZE = (60, 96)
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def pixels() -> torch.Tensor:
    """The part of the photograph that the chapter shows, smaller, in 64 steps. Shape: SIZE."""
    photograph = data.load_photograph("china.jpg")
    grey = torch.einsum("chw,c->hw", photograph, torch.tensor([0.299, 0.587, 0.114]))
    part = grey[60:210, 90:330][None, None]
    small = F.interpolate(part, SIZE, mode="area")[0, 0]
    return (small * (len(DIGITS) - 1)).round().int()


def module() -> str:
    """The module with the picture."""
    signs = "".join(DIGITS[value] for value in pixels().flatten())
    lines = "\n".join(f'  + "{line}"' for line in textwrap.wrap(signs, SIZE[1]))
    return (
        "// Made by photograph.py: one sign a pixel, as engine/pictures.js reads it.\n"
        f"export const COLUMNS = {SIZE[1]};\n\n"
        f'export const PHOTOGRAPH = ""\n{lines};\n'
    )


if __name__ == "__main__":
    TARGET.write_text(module(), encoding="utf-8")
