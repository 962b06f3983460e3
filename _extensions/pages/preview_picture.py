"""Draw the picture that a shared link to a page shows, from its title."""

from functools import cache
from pathlib import Path

import matplotlib
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
GROUND, SQUARE, WINDOW, TEXT, FAINT = "#083d66", "#1f6da3", "#e69f00", "#ffffff", "#bcd9ee"
MARGIN, GRID_LEFT, STEP = 72, 860, 92
SIZES = (72, 64, 56, 48, 40)


@cache
def font(name, size):
    """Give a font that matplotlib brings along."""
    path = Path(matplotlib.get_data_path(), "fonts", "ttf", f"{name}.ttf")
    return ImageFont.truetype(str(path), size)


def lines_of(title, face, width):
    """Break a title into lines that are no wider than `width` pixels."""
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and face.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def fitting(title, width, height):
    """Give the largest font, and the lines, with which a title fits."""
    for size in SIZES:
        face = font("DejaVuSans-Bold", size)
        lines = lines_of(title, face, width)
        if len(lines) * size * 1.25 <= height and all(face.getlength(x) <= width for x in lines):
            break
    return face, lines


def picture(title, above):
    """Give the picture: the title, a line above it, and a window on a grid."""
    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    pen = ImageDraw.Draw(image)
    for row in range(3):
        for column in range(3):
            x, y = GRID_LEFT + column * STEP, 177 + row * STEP
            inside = row >= 1 and column >= 1
            pen.rounded_rectangle((x, y, x + 76, y + 76), 8, fill=WINDOW if inside else SQUARE)
    face, lines = fitting(title, GRID_LEFT - 2 * MARGIN, HEIGHT - 2 * MARGIN - 80)
    step = round(face.size * 1.25)
    y = (HEIGHT - step * len(lines)) // 2
    if above:
        pen.text((MARGIN, MARGIN), above, font=font("DejaVuSans", 34), fill=FAINT)
    for line in lines:
        pen.text((MARGIN, y), line, font=face, fill=TEXT)
        y += step
    return image.quantize(32)


def draw(title, above, path):
    """Write the picture of a page as PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(title, above).save(path, optimize=True)
