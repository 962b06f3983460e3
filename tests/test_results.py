"""Stored results of full-size trainings: found, shown, and refused when damaged."""

import copy
import json

import pytest

from d2lkit import results

RESULT = {
    "date": "2026-11-22",
    "cpu": "Some CPU",
    "gpu": "Some GPU",
    "torch": "2.11.0",
    "d2lkit": "0.1.0",
    "network": "resnet18",
    "data": "Shapes",
    "settings": {"width": 1.0, "size": 224, "epochs": 10, "precision": "bf16"},
    "parameters": 11_181_642,
    "seeds": [0, 1, 2],
    "accuracy": [0.96, 0.97, 0.98],
    "images_per_second": [4000.0, 4100.0, 4200.0],
    "peak_memory_bytes": [2**30, 2**30, 3 * 2**29],
}


def changed(**values) -> dict:
    """The result with other values; those of settings by their own names."""
    result = copy.deepcopy(RESULT)
    for name, value in values.items():
        (result["settings"] if name in result["settings"] else result)[name] = value
    return result


@pytest.fixture
def store(tmp_path):
    """A function that stores results in a folder and returns it."""

    def stored(*given: dict):
        for i, result in enumerate(given):
            (tmp_path / f"{i}.json").write_text(json.dumps(result), encoding="utf-8")
        return tmp_path

    return stored


def test_row_and_machine(store):
    table = results.full_scale("resnet18", folder=store(RESULT))
    cells = ["resnet18", "Shapes", "224", "10", "3", "11,181,642"]
    assert table.rows == [[*cells, "0.970 ± 0.010", "4,100", "1,536 MiB"]]
    assert table.notes == ["Some GPU, bf16, torch 2.11.0, d2lkit 0.1.0, 2026-11-22."]


def test_text_is_aligned(store):
    table = results.full_scale(folder=store(RESULT, changed(network="nin", parameters=7)))
    first, rule, *rows, last = str(table).splitlines()[:5]
    assert first.startswith("network")
    assert set(rule) == set(last) == {"-"}
    assert {len(first), len(rule)} == {len(row) for row in rows}
    assert rows[1].index(" 7 ") + 2 == first.index("parameters") + len("parameters")
    assert repr(table) == str(table)


def test_html_holds_every_cell_escaped(store):
    page = results.full_scale(folder=store(changed(gpu="<GPU>")))._repr_html_()
    assert page.count("<td") == page.count("<th ") == 9
    assert "0.970 ± 0.010" in page
    assert "&lt;GPU&gt;" in page
    assert "<GPU>" not in page


def test_one_seed_has_no_spread(store):
    one = changed(seeds=[0], accuracy=[0.9], peak_memory_bytes=[None], gpu=None)
    table = results.full_scale(folder=store(one))
    assert table.rows[0][6:] == ["0.900", "4,100", "–"]
    assert table.notes[0].startswith("Some CPU, no GPU, ")


@pytest.mark.parametrize(("name", "value"), [("width", 0.5), ("size", 64)])
def test_reduced_results_are_not_taken_for_full_size(store, name, value):
    table = results.full_scale(folder=store(RESULT, changed(network="nin", **{name: value})))
    faults = [note for note in table.notes if "Not at full size" in note]
    assert len(faults) == 1
    assert faults[0].startswith("nin on Shapes: ")
    assert f"{value:g}" in faults[0]


def test_rows_come_in_the_order_asked_for(store):
    folder = store(RESULT, changed(network="nin"), changed(network="zfnet"), changed(data="B"))
    table = results.full_scale("zfnet", "resnet18", "zfnet", folder=folder)
    assert [row[:2] for row in table.rows] == [
        ["zfnet", "Shapes"],
        ["resnet18", "Shapes"],
        ["resnet18", "B"],
    ]


def test_notes_of_several_machines_name_their_networks(store):
    notes = results.full_scale(folder=store(RESULT, changed(network="nin", gpu="Other"))).notes
    assert [note.split(",")[0] for note in notes] == [
        "resnet18 on Shapes: Some GPU",
        "nin on Shapes: Other",
    ]


def test_missing_networks_are_named(store):
    notes = results.full_scale("resnet18", "zfnet", "nin", folder=store(RESULT)).notes
    assert notes[-1].startswith("No full-size result of zfnet or nin is stored")
    assert "make full-scale" in notes[-1]


def test_results_are_found_above_the_working_folder(store, tmp_path, monkeypatch):
    place, below = tmp_path / results.FOLDER, tmp_path / "chapters" / "part"
    place.mkdir(parents=True), below.mkdir(parents=True)
    (place / "a.json").write_text(json.dumps(RESULT), encoding="utf-8")
    monkeypatch.chdir(below)
    assert len(results.full_scale("resnet18").rows) == 1


def test_without_any_result_one_sentence_says_so(tmp_path):
    table = results.full_scale(folder=tmp_path)
    wanted = "No full-size result is stored: `make full-scale` writes it on a machine with a GPU."
    assert str(table) == wanted
    assert table._repr_html_() == f"<p>{wanted}</p>"


def test_unknown_network_is_quoted_with_near_names(tmp_path):
    with pytest.raises(ValueError, match=r"no network 'resnet19'; did you mean .*'resnet18'"):
        results.full_scale("resnet18", "resnet19", folder=tmp_path)


DAMAGES = {
    "cut off": '{"network": "resnet18", "accur',
    "a list": "[1, 2]",
    "no accuracy": json.dumps({k: v for k, v in RESULT.items() if k != "accuracy"}),
    "no date": json.dumps({k: v for k, v in RESULT.items() if k != "date"}),
    "no width": json.dumps(changed(settings={"size": 224, "epochs": 1, "precision": "bf16"})),
    "a seed without accuracy": json.dumps(changed(seeds=[0, 1, 2, 3])),
    "no seeds": json.dumps(changed(seeds=[], accuracy=[])),
    "parameters as text": json.dumps(changed(parameters="many")),
    "settings as text": json.dumps(changed(settings="default")),
}


@pytest.mark.parametrize("text", DAMAGES.values(), ids=DAMAGES)
def test_damaged_file_is_named(tmp_path, text):
    (tmp_path / "resnet18_shapes.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"resnet18_shapes.json must hold a result .* got "):
        results.full_scale(folder=tmp_path)
