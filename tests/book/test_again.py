"""Stored outputs that a new run does not give are named: numbers, text, pictures."""

import base64
import io

import pytest
from bookform.again import compare, picture_difference
from nbformat import v4
from PIL import Image, ImageDraw


def picture(height):
    """A curve that ends at a height between 0 and 1, as a PNG in base64."""
    drawing = Image.new("RGB", (300, 200), "white")
    line = [(20, 180), (150, 180 - 120 * height), (280, 180 - 160 * height)]
    ImageDraw.Draw(drawing).polygon([*line, (280, 190), (20, 190)], fill="navy")
    ImageDraw.Draw(drawing).text((10, 5), "accuracy", fill="black")
    drawing.save(stream := io.BytesIO(), "png")
    return base64.b64encode(stream.getvalue()).decode()


def glue(name, value):
    prefix = "application/papermill.record/text/plain"
    return v4.new_output("display_data", {prefix: value}, metadata={"scrapbook": {"name": name}})


def shown(text):
    return v4.new_output("execute_result", {"text/plain": text}, execution_count=1)


def printed(text):
    return v4.new_output("stream", name="stdout", text=text)


def drawn(height):
    return v4.new_output("display_data", {"image/png": picture(height), "text/plain": "<Figure>"})


def notebook(*outputs, source="train()", **metadata):
    cell = v4.new_code_cell(source, outputs=list(outputs), metadata=metadata)
    return v4.new_notebook(cells=[v4.new_markdown_cell("Text."), cell])


SAME = [
    ([glue("accuracy", "94")], [glue("accuracy", "92")]),
    ([glue("count", "'3,072'")], [glue("count", "'3,072'")]),
    ([printed("epoch 1: loss 0.412\n")], [printed("epoch 1: loss 0.395\n")]),
    ([shown("tensor([ 0.0021, -0.0004])")], [shown("tensor([-0.0011,  0.0003])")]),
    ([drawn(0.80)], [drawn(0.83)]),
    ([], []),
]
OTHER = [
    ([glue("accuracy", "99")], [glue("accuracy", "81")], "stored number accuracy '99'"),
    ([glue("accuracy", "99")], [glue("accuracy", "94")], "a new run gives '94'"),
    ([glue("accuracy", "94")], [glue("loss", "94")], "a new run gives number loss"),
    ([glue("count", "'3,702'")], [glue("count", "'3,072'")], "3,702"),
    ([printed("right: 9 of 10")], [printed("right: 4 of 10")], "stored text"),
    ([printed("right: 9 of 10")], [printed("wrong: 9 of 10")], "stored text"),
    ([shown("not yet")], [shown("right")], "stored text 'not yet'"),
    ([drawn(0.9)], [drawn(0.1)], "the stored picture is another one"),
    ([printed("94 %")], [], "stored is text, a new run gives nothing"),
    ([], [shown("7")], "stored is nothing"),
]


@pytest.mark.parametrize(("stored", "fresh"), SAME, ids=range(len(SAME)))
def test_what_differs_within_the_tolerance_passes(stored, fresh):
    assert compare(notebook(*stored), notebook(*fresh)) == []


@pytest.mark.parametrize(("stored", "fresh", "part"), OTHER, ids=range(len(OTHER)))
def test_what_a_new_run_does_not_give_is_named(stored, fresh, part):
    (fault,) = compare(notebook(*stored), notebook(*fresh))
    assert part in fault
    assert fault.startswith("cell 2 ('train()')")


def test_a_cell_states_its_tolerance():
    stored, fresh = [printed("12.0 ms")], [printed("31.0 ms")]
    assert compare(notebook(*stored, tolerance=4.0), notebook(*fresh)) == []
    assert len(compare(notebook(*stored), notebook(*fresh))) == 1
    assert len(compare(notebook(*stored, tolerance=0.5), notebook(*fresh))) == 1
    stored, fresh = [drawn(0.9)], [drawn(0.1)]  # points that stand where times say
    assert compare(notebook(*stored, tolerance=4.0), notebook(*fresh)) == []
    assert len(compare(notebook(*stored, tolerance=0.5), notebook(*fresh))) == 1


def test_cells_are_found_by_their_source_whatever_its_layout():
    stored = notebook(printed("9"), source="x = 9\nprint( x )")
    assert len(compare(stored, notebook(printed("2"), source="x = 9\n\nprint(x)"))) == 1
    assert compare(stored, notebook(printed("2"), source="y = 2")) == [
        "the new run holds none of the stored cells"
    ]


def test_pictures_differ_by_what_is_drawn():
    assert picture_difference(picture(0.5), picture(0.5)) == 0
    assert 0 < picture_difference(picture(0.5), picture(0.52)) < 0.1
    assert picture_difference(picture(0.9), picture(0.1)) > 0.3
