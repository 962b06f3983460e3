"""Stored results on Fashion-MNIST: intervals, tables, and files that are refused."""

import gzip
import json
import math
from pathlib import Path

import pytest
from scipy import stats

from d2lkit import results
from d2lkit.models import names
from d2lkit.results import fashion_runs as module
from d2lkit.stored import checksum

ENTRY = {
    "network": "resnet18",
    "scale": "small",
    "train_images": 60_000,
    "test_images": 10_000,
    "recipe": {
        "epochs": 1,
        "batch_size": 64,
        "optimizer": "adam",
        "precision": "fp32",
        "seeds": [0, 1, 2],
        "sieve_rates": [0.001, 0.003, 0.01],
        "sieve_seeds": [100, 101],
        "sieve_images": 10_000,
    },
    "settings": {"width": 0.125, "image_size": 32},
    "parameters": 176_578,
    "peak_memory_bytes": 3 * 2**20,
    "machine": {
        "cpu": "Some CPU",
        "gpu": None,
        "torch": "2.11.0",
        "d2lkit": "0.1.0",
        "date": "2026-11-27",
    },
    "sieve": {"0.001": [0.7, 0.8]},
    "rate": 0.001,
    "runs": [
        {
            "seed": seed,
            "accuracy": accuracy,
            "processor_seconds": 30.0 + seed,
        }
        for seed, accuracy in enumerate([0.90, 0.91, 0.89])
    ],
}


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A function that stores entries where `fashion` looks for them."""
    (tmp_path / "runs").mkdir()
    module.reported()  # read before the folder changes
    monkeypatch.setattr(module, "files", lambda package: tmp_path)

    def stored(*changes: dict) -> None:
        for change in changes or ({},):
            entry = json.loads(json.dumps(ENTRY | change))
            entry["checksum"] = checksum(entry)
            path = tmp_path / "runs" / f"{entry['scale']}.{entry['network']}.json"
            path.write_text(json.dumps(entry), encoding="utf-8")
        return tmp_path / "runs"

    return stored


def test_row_and_notes(store):
    store()
    table = results.fashion("resnet18")
    cells = ["resnet18", "0.125", "32", "176,578", "0.001", "3"]
    assert table.rows[0][:6] == cells
    assert table.rows[0][6].startswith("90.0 ± ")
    assert table.rows[0][7:] == ["31", "3 MiB", "94.9 %"]
    assert "each of the 60,000 pictures once" in table.notes[0]
    assert table.notes[-1] == "Some CPU, one core, torch 2.11.0, d2lkit 0.1.0, 2026-11-27."
    assert table._repr_html_().count("<td") == 10


def test_missing_seeds_are_named(store):
    store({"runs": ENTRY["runs"][:1]}, {"network": "nin"})
    notes = results.fashion("resnet18", "nin").notes
    assert any(note.startswith("Seeds are missing (resnet18 1 of 3)") for note in notes)
    assert not any("missing" in note for note in results.fashion("nin").notes)


def test_the_interval_is_that_of_welch_and_satterthwaite(store):
    store()
    one = results.fashion("resnet18")["resnet18"]
    assert one.accuracies == [0.90, 0.91, 0.89]
    assert one.accuracy == pytest.approx(0.9)
    seeds, pictures = 0.01**2 / 3, 0.9 * 0.1 / 10_000
    freedom = (seeds + pictures) ** 2 / (seeds**2 / 2)
    half = stats.t.ppf(0.975, freedom) * math.sqrt(seeds + pictures)
    assert one.margin == pytest.approx(half, rel=1e-9)
    assert one.interval == pytest.approx((0.9 - half, 0.9 + half))


@pytest.mark.parametrize("accuracies", [[0.9], [0.9, 0.9]])
def test_without_spread_the_pictures_alone_count(store, accuracies):
    runs = [{**ENTRY["runs"][0], "accuracy": accuracy} for accuracy in accuracies]
    store({"runs": runs})
    assert results.fashion("resnet18")["resnet18"].margin == pytest.approx(1.96 * 0.003, rel=1e-3)


def test_an_interval_stays_within_the_possible(store):
    pairs = zip(ENTRY["runs"], [1, 1, 0.5], strict=True)
    store({"runs": [{**run, "accuracy": accuracy} for run, accuracy in pairs]})
    assert results.fashion("resnet18")["resnet18"].interval[1] == 1


def test_the_order_is_that_asked_for_else_by_accuracy(store):
    better = {"network": "nin", "runs": [{**run, "accuracy": 0.95} for run in ENTRY["runs"]]}
    store({}, better, {"network": "vgg11", "runs": []})
    assert [one.network for one in results.fashion()] == ["resnet18", "nin"]
    assert [one.network for one in results.fashion("nin", "resnet18", "nin")] == ["nin", "resnet18"]
    assert len(results.fashion("nin")) == 1


def test_the_larger_scale_is_preferred(store):
    store({}, {"scale": "full", "settings": {"width": 1.0, "image_size": 224}})
    assert results.fashion("resnet18").rows[0][2] == "224"
    assert results.fashion("resnet18", scale="small").rows[0][2] == "32"
    assert [row[2] for row in results.fashion().rows] == ["224"]


def test_missing_networks_are_named_with_the_command(store):
    store()
    note = results.fashion("resnet18", "vgg16", "nin").notes[-1]
    assert note.startswith("No result of vgg16 or nin on Fashion-MNIST is stored: ")
    assert "`benchmarks/fashion.py --networks vgg16 nin`" in note


def test_wrong_names_are_refused(store):
    store()
    with pytest.raises(ValueError, match="no network 'resnet19'"):
        results.fashion("resnet19")
    with pytest.raises(ValueError, match="scale must be"):
        results.fashion(scale="tiny")
    with pytest.raises(ValueError, match="network must be"):
        results.fashion("resnet18")["nin"]


@pytest.mark.parametrize(("old", "new"), [("0.91", "0.92"), ('"rate": 0.001', '"rate": 0.002')])
def test_a_changed_file_is_refused(store, old, new):
    path = store() / "small.resnet18.json"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=r"small.resnet18.json has the checksum .* by hand"):
        results.fashion("resnet18")


@pytest.mark.parametrize("text", ["[1]", "{", '{"network": "resnet18"}'])
def test_a_damaged_file_is_named(store, text):
    (store() / "small.resnet18.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"small.resnet18.json must hold runs .* got "):
        results.fashion("resnet18")


def test_full_scale_shows_them_where_nothing_larger_is(store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store()
    table = results.full_scale("resnet18")
    cells = ["resnet18", "Fashion-MNIST", "32", "1", "3", "176,578", "0.900 ± 0.010"]
    assert table.rows[0][:7] == cells
    assert "No full-size result" not in str(table)
    assert "Not at full size: width 0.125, 32 × 32 pixels." in table.notes
    assert results.full_scale().rows == table.rows
    assert "No full-size result of vgg16 is stored" in str(results.full_scale("resnet18", "vgg16"))


def test_what_others_report_stands_in_their_table():
    readme = Path("/usr/share/doc/dataset-fashion-mnist/README.md.gz")
    if not readme.exists():
        pytest.skip("no Fashion-MNIST here: `apt-get install dataset-fashion-mnist` brings it")
    lines = gzip.decompress(readme.read_bytes()).decode("utf-8").splitlines()
    others = module.reported()["networks"]
    assert len(others) == 4
    for name, entry in others.items():
        assert name in names()
        row = [line for line in lines if line.startswith(f"|{entry['row']} ")]
        row += [line for line in lines if line.startswith(f"|{entry['row']}|")]
        assert len(row) == 1, entry["row"]
        cells = [cell.strip() for cell in row[0].split("|")]
        assert float(cells[3]) == entry["accuracy"]


def test_what_the_package_holds_is_whole():
    table = results.fashion()
    assert len(table) >= 2
    for one in table:
        assert one.network in names()
        assert [run["seed"] for run in one.runs] == one.recipe["seeds"][: len(one.runs)]
        assert set(one.recipe["seeds"]).isdisjoint(one.recipe["sieve_seeds"])
        means = {float(rate): sum(found) / len(found) for rate, found in one.sieve.items()}
        assert one.rate == max(sorted(means), key=means.get)
        # The best rate lies between others, unless it is the end of the whole ladder.
        assert min(means) < one.rate < max(means) or one.rate in (1e-4, 1e-1)
        assert all(len(found) >= 2 for found in one.sieve.values())
        assert 0.1 < one.interval[0] < one.accuracy < one.interval[1] < 1
