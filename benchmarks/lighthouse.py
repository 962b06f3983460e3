"""Lighthouse on the start page and three chapters, served compressed as GitHub Pages does.

The scores of performance move with the machine, so CI does not hold them; it holds bytes, requests
and accessibility (`make browser-test`). Needs node, npm and a network for npm.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from machine import describe, write_result

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "site"), *map(str, ROOT.glob("_extensions/*/"))]

from browsers import find_browser  # noqa: E402
from served_site import ServedSite  # noqa: E402

LIGHTHOUSE = "13.5.0"
SITE = ROOT / "_build" / "html"
PART = "chapters/1-convolutional-networks/"
PAGES = [
    "intro.html",
    f"{PART}01-why-convolutions.html",
    f"{PART}03-the-convolution-operation.html",
    f"{PART}10-lenet.html",
]
WHOLE = {"accessibility": 100, "best-practices": 100, "seo": 100}
WANTED = {form: {"performance": 95, **WHOLE} for form in ("desktop", "mobile")}


def audit(folder: Path, url: str, form: str) -> dict:
    """Give scores (0 to 100), and what lies behind that of performance, for one page."""
    report = folder / "report.json"
    command = [folder / "node_modules/.bin/lighthouse", url, "--quiet", "--output=json"]
    command += [f"--output-path={report}", "--chrome-flags=--headless=new --no-sandbox"]
    command += ["--preset=desktop"] if form == "desktop" else []
    environment = {**os.environ, "CHROME_PATH": find_browser()}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    result = json.loads(report.read_text(encoding="utf-8"))
    failed = {
        name: sorted(
            ref["id"]
            for ref in category["auditRefs"]
            if ref["weight"]
            and (result["audits"][ref["id"]]["score"] or 0) < 0.9
            and result["audits"][ref["id"]]["scoreDisplayMode"] in ("binary", "numeric")
        )
        for name, category in result["categories"].items()
    }
    numbers = {
        f"{name.replace('-', '_')}_{unit}": round(result["audits"][name]["numericValue"], 3)
        for name, unit in [
            ("first-contentful-paint", "ms"),
            ("largest-contentful-paint", "ms"),
            ("total-blocking-time", "ms"),
            ("cumulative-layout-shift", "score"),
        ]
    }
    scores = {name: round(100 * c["score"]) for name, c in result["categories"].items()}
    return {"scores": scores, **numbers, "below_90": {n: ids for n, ids in failed.items() if ids}}


def main(folder: Path, runs: int = 3) -> bool:
    """Measure, print, write the results; says whether all scores are as wanted."""
    install = ["npm", "install", "--silent", "--no-fund", "--no-audit", f"lighthouse@{LIGHTHOUSE}"]
    subprocess.run(install, cwd=folder, check=True)
    rows, good = [], True
    with ServedSite(SITE) as site:
        for page in PAGES:
            for form, wanted in WANTED.items():
                found = [audit(folder, site.url + page, form) for _ in range(runs)]
                found.sort(key=lambda one: one["scores"]["performance"])
                middle = found[runs // 2]
                rows.append({"page": page, "form": form, "runs": runs, **middle})
                missed = [n for n, score in wanted.items() if middle["scores"][n] < score]
                good = good and not missed
                print(form, page, middle["scores"], f"below what we want: {missed}" * bool(missed))
    browser = subprocess.run([find_browser(), "--version"], capture_output=True, text=True)
    versions = {"lighthouse": LIGHTHOUSE, "browser": browser.stdout.strip()}
    write_result("lighthouse", {**describe(), **versions, "wanted": WANTED, "results": rows})
    return good


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(0 if main(Path(temporary)) else 1)
