"""The pictures that a notebook has stored."""

import base64
import io

from PIL import Image


def on_white(encoded: str) -> Image.Image:
    """A PNG (base64) laid on white paper, in three colours."""
    picture = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture).convert("RGB")
