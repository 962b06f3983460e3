"""Time four ways to compute one convolution: loops, einsum over windows, im2col, PyTorch.

    python benchmarks/convolution.py [--rounds 21] [--threads 1 2]

Every round runs each contender once, in turn, so that whatever else the machine is doing
hits all of them; ratios are taken within a round. The loops are timed in full on a part of
the work, one image and one filter, and multiplied: their running time is proportional to
the number of multiplications.
"""

import argparse
import os
import statistics
import time

import torch
import torch.nn.functional as F
from machine import describe, spread_of, write_result

from d2lkit.ops import corr2d, corr2d_im2col, corr2d_loops, im2col

IMAGES, IN_CHANNELS, SIZE, FILTERS, KERNEL = 32, 3, 64, 64, 3
CONTENDERS = {"torch": F.conv2d, "im2col": corr2d_im2col, "einsum": corr2d}


def main() -> None:
    options = _options()
    torch.manual_seed(0)
    images = torch.randn(IMAGES, IN_CHANNELS, SIZE, SIZE)
    filters = torch.randn(FILTERS, IN_CHANNELS, KERNEL, KERNEL)
    _check_that_all_agree(images, filters)
    columns = im2col(images, KERNEL)
    result = {
        "work": {
            "images": [IMAGES, IN_CHANNELS, SIZE, SIZE],
            "filters": [FILTERS, IN_CHANNELS, KERNEL, KERNEL],
            "dtype": "float32",
            "flops": 2 * IN_CHANNELS * KERNEL**2 * FILTERS * IMAGES * (SIZE - KERNEL + 1) ** 2,
            "input_bytes": images.nbytes,
            "im2col_bytes": columns.nbytes,
            "im2col_growth": columns.nbytes / images.nbytes,
        },
        "machine": describe(),
        # Where it exceeds the number of cores, other work shared the machine.
        "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "overhead": _overhead(options.rounds),
        "loops_timed_on": {"images": 1, "filters": 1, "multiplied_by": IMAGES * FILTERS},
        "by_threads": {
            str(threads): _measure(images, filters, threads, options.rounds, options.loop_rounds)
            for threads in options.threads
        },
    }
    write_result("convolution", result)
    print(table(result))


def _measure(images, filters, threads: int, rounds: int, loop_rounds: int) -> dict:
    torch.set_num_threads(threads)
    for function in CONTENDERS.values():
        function(images, filters)  # warm up
    seconds = {name: [] for name in CONTENDERS}
    for _ in range(rounds):
        for name, function in CONTENDERS.items():
            seconds[name].append(_seconds(function, images, filters))
    part = [_seconds(corr2d_loops, images[:1], filters[:1]) for _ in range(loop_rounds)]
    loops = [time_of_part * IMAGES * FILTERS for time_of_part in part]
    pairs = zip(seconds["im2col"], seconds["torch"], strict=True)
    im2col_median = statistics.median(seconds["im2col"])
    return {
        "seconds": {
            name: spread_of(values) for name, values in ({"loops": loops} | seconds).items()
        },
        "im2col_times_torch": spread_of([ours / theirs for ours, theirs in pairs]),
        "loops_times_im2col": spread_of([value / im2col_median for value in loops]),
    }


def _overhead(rounds: int, calls: int = 100) -> dict:
    """What reading the arguments costs: ``corr2d`` on 8×8 against its einsum alone.

    In processor time, so that waiting for the machine does not count.
    """
    image, kernel = torch.randn(1, 1, 8, 8), torch.randn(1, 1, 3, 3)

    def bare():
        windows = image.unfold(2, 3, 1).unfold(3, 3, 1)
        return torch.einsum("nchwab,ocab->nohw", windows, kernel)

    torch.testing.assert_close(corr2d(image, kernel), bare())
    contenders = {"einsum": bare, "corr2d": lambda: corr2d(image, kernel)}
    seconds = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, function in contenders.items():
            start = time.process_time()
            for _ in range(calls):
                function()
            seconds[name].append((time.process_time() - start) / calls)
    pairs = zip(seconds["corr2d"], seconds["einsum"], strict=True)
    return {
        "image": [8, 8],
        "kernel": [3, 3],
        "processor_seconds": {name: spread_of(values) for name, values in seconds.items()},
        "corr2d_times_einsum": spread_of([ours / bare for ours, bare in pairs]),
    }


def table(result: dict) -> str:
    """Return the result as a Markdown table, one row for each contender."""
    lines = [
        "| threads | contender | best | median | quartiles | n |",
        "|--:|:--|--:|--:|:--|--:|",
    ]
    for threads, measured in result["by_threads"].items():
        for name, spread in measured["seconds"].items():
            low, high = (_readable(spread[key]) for key in ("lower_quartile", "upper_quartile"))
            lines.append(
                f"| {threads} | {name} | {_readable(spread['min'])} "
                f"| {_readable(spread['median'])} | {low} to {high} | {spread['n']} |"
            )
    for threads, measured in result["by_threads"].items():
        slower, faster = measured["im2col_times_torch"], measured["loops_times_im2col"]
        lines.append(
            f"\nWith {threads} thread{'s' * (threads != '1')} im2col takes "
            f"{slower['median']:.2f} times as long as torch (quartiles "
            f"{slower['lower_quartile']:.2f} to {slower['upper_quartile']:.2f}), the "
            f"loops {faster['median']:,.0f} times as long as im2col "
            f"({faster['lower_quartile']:,.0f} to {faster['upper_quartile']:,.0f})."
        )
    small, machine = result["overhead"], result["machine"]
    ratio = small["corr2d_times_einsum"]
    lines.append(
        f"\nOn an image of {'×'.join(map(str, small['image']))} with a kernel of "
        f"{'×'.join(map(str, small['kernel']))}, where the checks of the arguments weigh most, "
        f"`corr2d` takes {ratio['median']:.1f} times the\nprocessor time of the bare einsum over a "
        f"view of the windows (quartiles {ratio['lower_quartile']:.1f} to "
        f"{ratio['upper_quartile']:.1f}, n = {ratio['n']})."
    )
    lines.append(
        f"\nMeasured on {machine['date']}: {machine['cpu']}, {machine['cores']} cores, "
        f"load average {result['load_average']:.1f}, Python {machine['python']}, "
        f"torch {machine['torch']}."
    )
    return "\n".join(lines)


def _check_that_all_agree(images, filters) -> None:
    expected = F.conv2d(images, filters)
    for function in CONTENDERS.values():
        torch.testing.assert_close(function(images, filters), expected, rtol=1e-4, atol=1e-4)
    part = corr2d_loops(images[:1, :, :8, :8], filters[:2])
    torch.testing.assert_close(part, expected[:1, :2, :6, :6], rtol=1e-4, atol=1e-4)


def _seconds(function, *arguments) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def _readable(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds >= 10 else f"{seconds * 1e3:.1f} ms"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21, help="rounds of the fast contenders")
    parser.add_argument("--loop-rounds", type=int, default=5, help="rounds of the loops")
    parser.add_argument("--threads", type=int, nargs="+", default=sorted({1, os.cpu_count()}))
    return parser.parse_args()


if __name__ == "__main__":
    main()
