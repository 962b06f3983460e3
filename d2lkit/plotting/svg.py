"""Writing SVG: shapes with one decimal, real text, the same bytes on every machine."""

from html import escape

FONT = "'DejaVu Sans', Verdana, Arial, sans-serif"
INK, GREY = "#222222", "#666666"

#: Fill and border of each sort of block.
LOOKS = {
    "conv": ("#d6e8f5", "#0072B2"),
    "pool": ("#fbdfcf", "#D55E00"),
    "linear": ("#d2eee3", "#009E73"),
    "norm": ("#f5e1ed", "#CC79A7"),
    "activation": ("#fdf1cc", "#E69F00"),
    "module": ("#e6f3fc", "#56B4E9"),
    "merge": ("#ffffff", "#222222"),
    "data": ("#f3f3f3", "#888888"),
    "other": ("#eeeeee", "#888888"),
}


def num(value: float) -> str:
    """Write a coordinate with at most one decimal.

    >>> num(3.0), num(2.25), num(-0.01)
    ('3', '2.2', '0')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def text_width(text: str, size: float) -> float:
    """Return how wide a text may get in pixels; a wide font takes about 0.6 of its size a letter.

    >>> text_width("conv", 10)
    24.0
    """
    return 0.6 * size * len(text)


def rect(x, y, width, height, *, fill="none", stroke="none", radius=4.0, dash=None) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<rect x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(height)}" '
        f'rx="{num(radius)}" fill="{fill}" stroke="{stroke}"{dashes}/>'
    )


def circle(x, y, radius, *, fill="none", stroke="none") -> str:
    return (
        f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(radius)}" fill="{fill}" stroke="{stroke}"/>'
    )


def text(x, y, content, *, size=11.0, fill=INK, anchor="middle", bold=False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{num(x)}" y="{num(y)}" font-size="{num(size)}" fill="{fill}" '
        f'text-anchor="{anchor}"{weight}>{escape(content)}</text>'
    )


def polygon(points, *, fill, stroke) -> str:
    places = " ".join(f"{num(x)},{num(y)}" for x, y in points)
    return f'<polygon points="{places}" fill="{fill}" stroke="{stroke}" stroke-linejoin="round"/>'


def arrow(points, *, head=True) -> str:
    """Draw a line through points, with an arrowhead at the last one."""
    (x0, y0), (x1, y1) = points[-2:]
    path = "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points)
    line = f'<path d="{path}" fill="none" stroke="{GREY}" stroke-linejoin="round"/>'
    length = max(abs(x1 - x0), abs(y1 - y0))
    if not head or not length:
        return line
    along = ((x1 - x0) / length * 6, (y1 - y0) / length * 6)
    across = (-along[1] / 2, along[0] / 2)
    back = (x1 - along[0], y1 - along[1])
    corners = [
        (x1, y1),
        (back[0] + across[0], back[1] + across[1]),
        (back[0] - across[0], back[1] - across[1]),
    ]
    return line + polygon(corners, fill=GREY, stroke=GREY)


def document(width: float, height: float, title: str, description: str, body: list[str]) -> str:
    """Return an SVG file: a white panel, readable on dark pages too, and what stands on it."""
    width, height = num(width), num(height)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="{FONT}">',
            f"<title>{escape(title)}</title>",
            f"<desc>{escape(description)}</desc>",
            f'<rect width="{width}" height="{height}" rx="8" fill="#ffffff"/>',
            *body,
            "</svg>",
            "",
        ]
    )
