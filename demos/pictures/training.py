"""Draw the still figure of "Training in the page": what the first network does in its first epoch.

python demos/pictures/training.py

The page's own modules compute it, so that the figure on paper is what a reader would see.
"""

import json
import sys
from pathlib import Path

from py_mini_racer import MiniRacer

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "_extensions/pages"))

from demo_scripts import DEMOS, exports  # noqa: E402

TARGET = ROOT / "_static/training.svg"
SEEDS, STEPS, EVERY = (0, 1, 2), 100, 5
WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 180, 40, 26, 60
DASHES = ("", "7 4", "2 3")
COURSE = """((settings, steps, every) => {
  const session = new module.Session({ ...settings, drawings: [] }), course = [];
  for (let step = 0; step <= steps; step += 1) {
    if (step % every === 0) course.push([step, session.test().loss, session.test().accuracy]);
    session.step(settings);
  }
  return JSON.stringify(course);
})"""


def courses() -> list[list[list[float]]]:
    """Step, loss and accuracy of held-out digits, for each seed."""
    found = []
    with MiniRacer() as context:
        context.eval(f"var module = {exports(DEMOS / 'engine/learning/session.js')}")
        context.eval(f"var kinds = {exports(DEMOS / 'engine/learning/classes.js')}.KINDS")
        layers = context.eval("kinds.digits.networks.small")
        for seed in SEEDS:
            given = {"data": "digits", "layers": layers, "seed": seed, "rate": 0.05}
            given |= {"momentum": 0.9, "decay": 0, "batch": 32}
            found.append(
                json.loads(context.eval(f"{COURSE}({json.dumps(given)}, {STEPS}, {EVERY})"))
            )
    return found


def panel(left: int, name: str, most: float, marks: dict, lines: list) -> list[str]:
    """One chart: its frame, its marks, and a line for each seed."""
    place = [
        f'<text x="{left}" y="{TOP - 10}">{name}</text>',
        f'<rect x="{left}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none"'
        ' stroke="#767676"/>',
    ]
    for value, text in marks.items():
        y = TOP + HEIGHT * (1 - value / most)
        place.append(f'<text x="{left - 5}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    for step in (0, STEPS // 2, STEPS):
        x = left + WIDTH * step / STEPS
        place.append(
            f'<text x="{x:.1f}" y="{TOP + HEIGHT + 16}" text-anchor="middle">{step}</text>'
        )
    for dash, line in zip(DASHES, lines, strict=True):
        points = " ".join(
            f"{left + WIDTH * step / STEPS:.1f},{TOP + HEIGHT * (1 - value / most):.1f}"
            for step, value in line
        )
        place.append(
            f'<polyline points="{points}" fill="none" stroke="#b34700" stroke-width="2"'
            f' stroke-dasharray="{dash}"/>'
        )
    return place


def figure() -> str:
    """The drawing."""
    found = courses()
    losses = [[(step, loss) for step, loss, _ in course] for course in found]
    shares = [[(step, share) for step, _, share in course] for course in found]
    most = 2.5
    right = LEFT + WIDTH + GAP
    width, height = right + WIDTH + 16, TOP + HEIGHT + 40
    below = f'<text x="{width / 2}" y="{height - 6}" text-anchor="middle">steps of 32 digits</text>'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
            f' width="{width}" height="{height}" font-family="sans-serif" font-size="13"'
            ' fill="#333">',
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *panel(LEFT, "Loss of held-out digits", most, {0: "0", 1: "1", 2: "2"}, losses),
            *panel(right, "Accuracy", 1, {0: "0 %", 0.5: "50 %", 1: "100 %"}, shares),
            below,
            "</svg>",
            "",
        ]
    )


if __name__ == "__main__":
    TARGET.write_text(figure(), encoding="utf-8")
