"""How long does one shuffled epoch of 60,000 grey images take, without any network?

d2lkit's loader beside the package d2l's FashionMNIST loader, in turns, at 28×28 and resized
to 96×96. The images are random bytes in Fashion-MNIST's files, for nothing in either loader
depends on what they show. Run: python benchmarks/data_path.py
"""

import argparse
import os
import statistics
import struct
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import torch
from machine import describe, write_result

from d2lkit.data import ArrayData

IMAGES, TEST_IMAGES, BATCH_SIZE = 60_000, 100, 128
WANTED = {28: 40, 96: 10}  # times faster than d2l


def write_idx(path: Path, values: torch.Tensor) -> None:
    """Write bytes in the unpacked format of MNIST's files, as torchvision leaves them."""
    header = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    path.write_bytes(header + values.numpy().tobytes())


def write_dataset(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Write a data set that torchvision takes for Fashion-MNIST; return its training part."""
    generator = torch.Generator().manual_seed(0)
    raw = folder / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for name, count in (("t10k", TEST_IMAGES), ("train", IMAGES)):
        images = torch.randint(0, 256, (count, 28, 28), generator=generator).byte()
        labels = torch.randint(0, 10, (count,), generator=generator)
        write_idx(raw / f"{name}-images-idx3-ubyte", images)
        write_idx(raw / f"{name}-labels-idx1-ubyte", labels.byte())
    return images, labels


def cpu_seconds() -> float:
    """Return the processor time of this process and of its finished workers."""
    return sum(os.times()[:4])


def epoch_seconds(data, size: int) -> tuple[float, float]:
    """Return wall and processor time of one shuffled pass over the training images."""
    start, cpu_start, seen = time.perf_counter(), cpu_seconds(), 0
    for images, labels in data.train_dataloader():
        assert images.shape[1:] == (1, size, size)
        assert images.dtype == torch.float32
        seen += len(labels)
    assert seen == IMAGES
    return time.perf_counter() - start, cpu_seconds() - cpu_start


def compare(times: dict[str, list[float]]) -> dict:
    """Return medians, spread and their ratio."""
    median = {name: statistics.median(values) for name, values in times.items()}
    return {
        "median_seconds": median,
        "spread_seconds": {name: [min(values), max(values)] for name, values in times.items()},
        "times_faster": median["d2l"] / median["d2lkit"],
    }


def main() -> None:
    """Measure, print and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    result = {**describe(), "d2l": version("d2l"), "n": repeats, "images": IMAGES}
    result["load_average_at_start"] = os.getloadavg()[0]  # of other work on the machine
    result |= {"batch_size": BATCH_SIZE, "torch_threads": torch.get_num_threads(), "sizes": {}}
    with tempfile.TemporaryDirectory() as folder:
        images, labels = write_dataset(Path(folder) / "data")
        pair = (images[:, None], labels)
        # d2l reads from ../data, whatever the working directory.
        (Path(folder) / "here").mkdir()
        before = os.getcwd()
        os.chdir(Path(folder) / "here")
        try:
            from d2l import torch as d2l

            for size, wanted in WANTED.items():
                loaders = {
                    "d2lkit": ArrayData(pair, size=size, batch_size=BATCH_SIZE),
                    "d2l": d2l.FashionMNIST(batch_size=BATCH_SIZE, resize=(size, size)),
                }
                epoch_seconds(loaders["d2lkit"], size)  # once unmeasured: memory, caches
                times = {name: [] for name in loaders}
                for _ in range(repeats):
                    for name, data in loaders.items():
                        times[name].append(epoch_seconds(data, size))
                result["sizes"][f"{size}x{size}"] = {
                    **compare({name: [wall for wall, _ in t] for name, t in times.items()}),
                    "wanted_at_least": wanted,
                    # Less disturbed by what else the machine does.
                    "processor_time": compare(
                        {name: [cpu for _, cpu in t] for name, t in times.items()}
                    ),
                }
        finally:
            os.chdir(before)
    write_result("data_path", result)


if __name__ == "__main__":
    main()
