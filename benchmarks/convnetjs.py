"""Train the same LeNet with the book's page and with ConvNetJS, in the same browser.

    python benchmarks/convnetjs.py [--rounds 15] [--script convnet.js]

Both learn the 28×28 digits in batches of 32 by SGD with momentum. Before it measures, the script
copies one network's weights into the other and checks that both give the same probabilities. In
every round each trains two batches, in turn; ratios are taken within a round. Then the page's
network trains from its start until it reads nine held-out digits of ten. ConvNetJS comes from npm
(`npm pack convnetjs@0.3.0`) unless a script is named; Chromium is the one of the browser tests.
"""

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from machine import describe, spread_of, write_result
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "_extensions/paper"), str(ROOT / "_extensions/pages")]
PACKAGE = "convnetjs@0.3.0"
SEEDS = (0, 1, 2)
RATE, MOMENTUM, BATCH = 0.02, 0.9, 32
ENOUGH, MOST_EPOCHS = 0.9, 10

# Ours is `book` and `classes`; theirs is `convnetjs`. Their values lie channel by channel within
# a pixel, ours pixel by pixel within a channel.
PREPARE = """([seed, rate, momentum, batch]) => {
  const layers = classes.KINDS.large.networks.lenet, settings = { rate, momentum, decay: 0, batch };
  const session = new book.Session({ data: "large", layers, seed, drawings: [] });
  const conv = (filters, pad) =>
    ({ type: "conv", sx: 5, filters, stride: 1, pad, activation: "relu" });
  const pool = { type: "pool", sx: 2, stride: 2 };
  const full = (units) => ({ type: "fc", num_neurons: units, activation: "relu" });
  const theirs = new convnetjs.Net();
  theirs.makeLayers([{ type: "input", out_sx: 28, out_sy: 28, out_depth: 1 }, conv(6, 2), pool,
    conv(16, 0), pool, full(120), full(84), { type: "softmax", num_classes: 10 }]);
  const learning = theirs.layers.filter((layer) => layer.filters);
  const ours = session.net.layers.filter((layer) => layer.parameters.length);
  let count = 0;
  learning.forEach((layer, place) => {
    const [weight, bias] = ours[place].parameters;
    const depth = place === 2 ? 16 : layer.filters[0].depth;
    const area = layer.filters[0].w.length / depth;
    layer.filters.forEach(({ w }, filter) => {
      for (let pixel = 0; pixel < area; pixel += 1) for (let d = 0; d < depth; d += 1) {
        w[pixel * depth + d] = weight.values[(filter * depth + d) * area + pixel];
      }
      count += w.length + 1;
      layer.biases.w[filter] = bias.values[filter];
    });
  });
  const { pictures, labels } = session.set.training;
  const volumes = labels.map((_, n) => {
    const volume = new convnetjs.Vol(28, 28, 1, 0);
    for (let i = 0; i < 784; i += 1) volume.w[i] = pictures[n * 784 + i];
    return volume;
  });
  const logits = session.net.forward(pictures.subarray(0, 784), 1);
  const powers = [...logits].map(Math.exp), total = powers.reduce((a, b) => a + b);
  const said = theirs.forward(volumes[0]).w;
  const apart = Math.max(...powers.map((one, i) => Math.abs(one / total - said[i])));
  const trainer = new convnetjs.Trainer(theirs,
    { method: "sgd", learning_rate: rate, momentum, batch_size: batch, l2_decay: 0 });
  let at = 0;
  window.rounds = { ours: () => session.step(settings), theirs: () => {
    for (let i = 0; i < batch; i += 1) {
      trainer.train(volumes[at], labels[at]);
      at = (at + 1) % labels.length;
    }
  } };
  window.timed = (name, steps) => {
    const start = performance.now();
    for (let i = 0; i < steps; i += 1) window.rounds[name]();
    return (steps * batch) / ((performance.now() - start) / 1000);
  };
  return { apart, weights: count };
}"""
REACH = """([seed, rate, momentum, batch, enough, epochs]) => {
  const layers = classes.KINDS.large.networks.lenet, settings = { rate, momentum, decay: 0, batch };
  const start = performance.now();
  const session = new book.Session({ data: "large", layers, seed, drawings: [] });
  const each = Math.ceil(session.set.training.labels.length / batch);
  let accuracy = 0;
  while (accuracy < enough && session.steps < epochs * each) {
    for (let i = 0; i < each; i += 1) session.step(settings);
    accuracy = session.test().accuracy;
  }
  return { seed, seconds: (performance.now() - start) / 1000, steps: session.steps,
    epochs: session.epochs, accuracy };
}"""


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        from browsers import find_browser

        script = options.script or _fetch(Path(folder))
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = browser.new_page()
        page.set_default_timeout(0)
        _load(page, script)
        settings = [RATE, MOMENTUM, BATCH]
        checked = page.evaluate(PREPARE, [SEEDS[0], *settings])
        if checked["apart"] > 1e-9:
            raise SystemExit(f"the two networks differ by {checked['apart']}")
        speeds = _rounds(page, options.rounds)
        reached = [_reach(page, [seed, *settings, ENOUGH, MOST_EPOCHS]) for seed in SEEDS]
        version = browser.version
        browser.close()
    ratios = [ours / theirs for ours, theirs in zip(*speeds.values(), strict=True)]
    result = {
        "work": {
            "network": "LeNet, ReLU and max-pooling",
            "weights": checked["weights"],
            "pictures": [1, 28, 28],
            "batch": BATCH,
            "rate": RATE,
            "momentum": MOMENTUM,
        },
        "machine": describe() | {"chromium": version, "convnetjs": PACKAGE.partition("@")[2]},
        # Where it exceeds the number of cores, other work shared the machine.
        "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "largest_difference": checked["apart"],
        "pictures_per_second": {name: spread_of(values) for name, values in speeds.items()},
        "ours_times_theirs": spread_of(ratios),
        "until_nine_of_ten": reached,
    }
    write_result("convnetjs", result)
    print(table(result))
    print(measured(result))


def _rounds(page, rounds: int) -> dict:
    """Pictures a second of both, round by round."""
    speeds = {"ours": [], "theirs": []}
    for name in speeds:
        page.evaluate("name => timed(name, 4)", name)  # warm up
    for _ in range(rounds):
        for name, values in speeds.items():
            values.append(page.evaluate("name => timed(name, 2)", name))
    return speeds


def _reach(page, given: list) -> dict:
    """A training until it is good enough, with the seconds of processor that the page took."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def processor():
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "ProcessTime")

    before = processor()
    reached = page.evaluate(REACH, given)
    return reached | {"processor_seconds": processor() - before}


def table(result: dict) -> str:
    """Return the result as Markdown tables."""
    names = {"ours": "this book", "theirs": "ConvNetJS"}
    lines = ["| pictures a second | median | quartiles | n |", "|:--|--:|:--|--:|"]
    for name, spread in result["pictures_per_second"].items():
        lines.append(f"| {names[name]} | {_quartiles(spread, 1)}")
    lines.append(f"| this book / ConvNetJS | {_quartiles(result['ours_times_theirs'], 2)}")
    lines += ["", "| seed | steps | epochs | accuracy | seconds | of processor |"]
    lines += ["|--:|--:|--:|--:|--:|--:|"]
    lines += [
        f"| {one['seed']} | {one['steps']} | {one['epochs']} | {one['accuracy']:.3f} "
        f"| {one['seconds']:.1f} | {one['processor_seconds']:.1f} |"
        for one in result["until_nine_of_ten"]
    ]
    return "\n".join(lines)


def measured(result: dict) -> str:
    """Return on what the figures were measured."""
    machine = result["machine"]
    return (
        f"Measured on {machine['date']}: {machine['cpu']}, {machine['cores']} cores, load average "
        f"{result['load_average']:.1f}, Chromium {machine['chromium']}."
    )


def _quartiles(spread: dict, digits: int) -> str:
    low, middle, high = (
        f"{spread[key]:.{digits}f}" for key in ("lower_quartile", "median", "upper_quartile")
    )
    return f"{middle} | {low} to {high} | {spread['n']} |"


def _fetch(folder: Path) -> Path:
    """ConvNetJS from npm."""
    done = subprocess.run(
        ["npm", "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, text=True, check=True
    )
    with tarfile.open(folder / done.stdout.strip()) as archive:
        archive.extract("package/build/convnet.js", folder, filter="data")
    return folder / "package/build/convnet.js"


def _load(page, script: Path) -> None:
    from demo_scripts import DEMOS, exports

    page.add_script_tag(content=script.read_text(encoding="utf-8"))
    for name, module in (("book", "session"), ("classes", "classes")):
        text = exports(DEMOS / f"engine/learning/{module}.js")
        page.add_script_tag(content=f"var {name} = {text}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="rounds of both")
    parser.add_argument("--script", type=Path, help="convnet.js, in place of the one from npm")
    return parser.parse_args()


if __name__ == "__main__":
    main()
