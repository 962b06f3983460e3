"""What the measurements promise: pages say what the result files hold, and these fit themselves."""

import ast
import json
import math
import re
import statistics
from pathlib import Path

# Of each page the script whose functions write its figures, and the part of the result they get.
WRITTEN = {
    "convolution": ("benchmarks/convolution.py", None),
    "convnetjs": ("benchmarks/convnetjs.py", None),
    "training": ("benchmarks/training.py", None),
    "training_files": ("benchmarks/training_files.py", "parts"),
    "planted": ("tests/planted/publish.py", "seeds"),
}


def figures_of_benchmarks(root: Path) -> list[str]:
    """A page of benchmarks says, word for word, what its script writes of its result file."""
    faults = []
    for page in sorted((root / "benchmarks").glob("*.md")):
        if page.stem not in WRITTEN:
            if (root / f"benchmarks/results/{page.stem}.json").exists():
                faults.append(f"benchmarks/{page.name}: WRITTEN names no script that writes it")
            continue
        text, name = page.read_text(encoding="utf-8"), f"benchmarks/{page.name}"
        written, at = written_of(root, page.stem), 0
        for block in written:
            found = _flat(text).find(block, at)
            if found < 0:
                faults.append(f"{name} does not say, at its place, {block[:200]!r}")
            at = max(at, found)
        rows = [_flat(line) for line in text.splitlines() if line.startswith("|")]
        faults += [
            f"{name} says {row!r}, its script does not"
            for row in rows
            if not any(row in block for block in written)
        ]
    return faults


def written_of(root: Path, name: str) -> list[str]:
    """What the script of a page writes: its paragraphs and tables, each in one line."""
    script, part = WRITTEN[name]
    result = _result(root, name)
    result = result[part] if part else result
    texts = [writer(result) for writer in _writers(root / script)]
    return [_flat(block) for text in texts for block in re.split(r"\n\s*\n", text) if block.strip()]


def prose_of(root: Path, name: str) -> str:
    """What somebody has written on a page of benchmarks: all that no script writes."""
    text = _flat((root / f"benchmarks/{name}.md").read_text(encoding="utf-8"))
    for block in written_of(root, name) if name in WRITTEN else []:
        text = text.replace(block, "¶")
    return text


def _writers(script: Path) -> list:
    """The functions `table` and `measured` of a script, without what it imports."""
    tree = ast.parse(script.read_text(encoding="utf-8"))
    tree.body = [
        node
        for node in tree.body
        if (isinstance(node, ast.FunctionDef) and re.match(r"table|measured|_[irqm]", node.name))
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "REASONS")
    ]
    names: dict = {}
    exec(compile(tree, str(script), "exec"), names)
    return [names[name] for name in ("table", "measured") if name in names]


def _flat(text: str) -> str:
    return " ".join(text.split())


def _result(root: Path, name: str) -> dict:
    path = root / f"benchmarks/results/{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def results_that_fit(root: Path) -> list[str]:
    """What a result file derives from its other values is what they give; a median lies between."""
    pairs, faults = [], []
    part = _result(root, "import_time")
    middle = part["median_seconds"]
    for name, value in part["over_torch_seconds"].items():
        pairs.append(
            ("import_time", f"over_torch_seconds of {name}", value, middle[name] - middle["torch"])
        )
    for size, part in _result(root, "data_path")["sizes"].items():
        for clock, one in (("wall", part), ("processor", part["processor_time"])):
            ratio = one["median_seconds"]["d2l"] / one["median_seconds"]["d2lkit"]
            pairs.append(
                ("data_path", f"times_faster, {size}, {clock}", one["times_faster"], ratio)
            )
    for name, part in _result(root, "training_files")["parts"].items():
        for pair, ratio in part["ratios"].items():
            mine, theirs = (part["seconds"][who] for who in pair.split(" / "))
            for i, clock in enumerate(("wall", "processor")):
                values = [a[i] / b[i] for a, b in zip(mine, theirs, strict=True)]
                low, median, high = statistics.quantiles(values, n=4, method="inclusive")
                stored, place = ratio[clock], f"{clock} of {pair}, {name}"
                again = [median, low, high, min(values), max(values)]
                held = [stored["median"], *stored["quartiles"], *stored["range"]]
                pairs += [("training_files", place, *two) for two in zip(held, again, strict=True)]
    work = _result(root, "convolution")["work"]
    growth = work["im2col_bytes"] / work["input_bytes"]
    pairs.append(("convolution", "im2col_growth", work["im2col_growth"], growth))
    timed = _result(root, "notebooks")
    total = sum(one["seconds"] for one in timed["notebooks"].values())
    pairs.append(("notebooks", "total_seconds", timed["total_seconds"], round(total, 1)))
    for seed, part in _result(root, "planted")["seeds"].items():
        caught, planted = map(sum, zip(*part["kinds"].values(), strict=True))
        left = part["planted"] - len(part["survived"]) - len(part["open"])
        pairs += [
            ("planted", f"caught of seed {seed}", part["caught"], caught),
            ("planted", f"planted of seed {seed}", part["planted"], planted),
            ("planted", f"neither survived nor open of seed {seed}", left, part["caught"]),
            ("planted", f"caught_by of seed {seed}", sum(part["caught_by"].values()), caught),
        ]
    faults += [
        f"benchmarks/results/{name}.json: {what} is {stored}, its values give {given}"
        for name, what, stored, given in pairs
        if not math.isclose(stored, given, rel_tol=1e-9, abs_tol=1e-12)
    ]
    for path in sorted((root / "benchmarks/results").glob("*.json")):
        stored = json.loads(path.read_text(encoding="utf-8"))
        for place, values in _orders(stored, path.stem):
            if values != sorted(values):
                faults.append(f"benchmarks/results/{path.name}: {place} is out of order: {values}")
    return faults


def _orders(value, place: str):
    """Each group of least, quartiles, median and largest, as it has to rise."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        return
    if "min" in value and "median" in value:
        names = ("min", "lower_quartile", "median", "upper_quartile", "max")
        yield place, [value[name] for name in names]
    elif "quartiles" in value and "range" in value:
        (low, high), (least, most) = value["quartiles"], value["range"]
        yield place, [least, low, value["median"], high, most]
    elif "spread_seconds" in value and "median_seconds" in value:
        for name, (least, most) in value["spread_seconds"].items():
            yield f"{place}, {name}", [least, value["median_seconds"][name], most]
    for name, part in value.items():
        yield from _orders(part, f"{place}, {name}")
