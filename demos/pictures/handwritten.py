"""Write the handwritten digits of the demos: the training and the validation split of `Digits`.

python demos/pictures/handwritten.py

A scan has 64 pixels of 17 grey levels. Three pixels make one number below 17³ = 4,913, written with
two of 72 signs; labels are plain digits. The test split stays out: who tries settings looks at
held-out pictures again and again.
"""

import textwrap
from pathlib import Path

import torch

from d2lkit.data import Digits

TARGET = Path(__file__).with_name("handwritten.js")
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+,"


def scans(split: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Grey levels from 0 to 16, shape (count, 64), and labels."""
    digits = Digits(size=8)  # bytes
    return (digits.images(split).float() * 16 / 255).round().int().flatten(1), digits.labels(split)


def packed(levels: torch.Tensor) -> str:
    """Two signs for three levels."""
    padded = torch.nn.functional.pad(levels, (0, 2)).reshape(-1, 3)
    numbers = (padded[:, 0] * 17 + padded[:, 1]) * 17 + padded[:, 2]
    return "".join(SIGNS[n // len(SIGNS)] + SIGNS[n % len(SIGNS)] for n in numbers.tolist())


def module() -> str:
    """The module with both splits."""
    parts = []
    for name, split in (("TRAINING", "train"), ("HELD_OUT", "val")):
        levels, labels = scans(split)
        digits = "".join(str(label) for label in labels.tolist())
        for kind, text in (("", packed(levels)), ("_LABELS", digits)):
            lines = "\n".join(f'  + "{line}"' for line in textwrap.wrap(text, 128))
            parts.append(f'export const {name}{kind} = ""\n{lines};\n')
    return (
        "// Made by handwritten.py from scikit-learn's digits, for engine/learning/pictures.js.\n"
        "// Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI Machine\n"
        "// Learning Repository, 1998 (CC BY 4.0); scikit-learn (BSD-3-Clause) ships a part.\n"
        f'export const SIGNS = "{SIGNS}";\n' + "".join(parts)
    )


if __name__ == "__main__":
    TARGET.write_text(module(), encoding="utf-8")
