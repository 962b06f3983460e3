"""Assertions put to stored numbers: which expression a glued number is, and what is asked of it."""

import ast

import pytest
from bookform.reading import code_cells, notebook_paths, read_notebook
from bookform.stored_values import before_rounding, forget_assigned, put_to_stored, stored_values
from nbformat import v4

PREFIX = "application/papermill.record/text/plain"


def glued(source, name, shown, tags=("nbval-ignore-output",)):
    """A cell that has stored a number under a name."""
    output = v4.new_output("display_data", {PREFIX: shown}, metadata={"scrapbook": {"name": name}})
    return v4.new_code_cell(source, outputs=[output], metadata={"tags": list(tags)})


@pytest.mark.parametrize(
    ("source", "shown", "expression", "ends"),
    [
        ("round(100 * share)", "94", "share", (0.935, 0.945)),
        ("round(gain, 1)", "4.2", "gain", (4.15, 4.25)),
        ("f'{slow / fast:,.0f}'", "1,234", "slow / fast", (1233.5, 1234.5)),
        ("f'{share:.1%}'", "94.5%", "share", (0.9445, 0.9455)),
        ("round(found['a'].min().item())", "7", "found['a'].min()", (6.5, 7.5)),
        ("a / b", "2.5", "a / b", (2.5, 2.5)),
        ("count", "8", "count", (8, 8)),
    ],
)
def test_the_expression_below_the_rounding_and_its_ends(source, shown, expression, ends):
    value, found = before_rounding(ast.parse(source).body[0].value, shown)
    assert ast.unparse(value) == expression
    assert found == pytest.approx(ends)


def test_only_tagged_cells_and_fixed_names_are_read():
    source = "plotting.glue('share', round(100 * share))"
    assert stored_values(glued(source, "share", "94")) == {"share": pytest.approx((0.935, 0.945))}
    assert stored_values(glued(source, "share", "'94'")) == {"share": pytest.approx((0.935, 0.945))}
    assert stored_values(glued(source, "share", "94", tags=())) == {}
    assert stored_values(glued(source, "other", "94")) == {}
    assert stored_values(glued("for n in names:\n    glue(f'a-{n}', n)", "a-b", "94")) == {}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("share > 0.9", True),
        ("share > 0.94", True),  # 0.944 is shown as 94, too
        ("share > 0.95", False),
        ("0.5 < share < 0.9", False),
        ("share > other", True),
        ("other > share", False),
        ("not share > 0.9", False),
        ("found(share) and share > 0.95", False),
    ],
)
def test_an_assertion_holds_if_it_does_for_a_number_shown_so(condition, holds):
    source = f"a = 3\nassert {condition}, 'said'\nassert a > 2"
    ((says, test),) = put_to_stored(source, {"share": (0.935, 0.945)})
    assert says == f"not with what is stored (share = 0.94): assert {condition}"
    # In the run that asks, the number is another one.
    assert eval(test, {"share": 0.99, "other": 0.5, "found": bool}) is holds


def test_an_assertion_below_an_if_is_asked_where_it_is_made():
    source = "if measured:\n    if also:\n        assert share > 0.95\nelse:\n    assert share < 2"
    ((_, test),) = put_to_stored(source, {"share": (0.935, 0.945)})
    values = [(True, True, False), (True, False, True), (False, True, True)]
    for measured, also, holds in values:
        assert eval(test, {"measured": measured, "also": also}) is holds


def test_an_expression_with_a_name_that_gets_another_value_is_forgotten():
    stored = {"share": (1, 1), "slow / fast": (2, 2)}
    assert forget_assigned("print(share)", stored) == stored
    assert forget_assigned("for fast in share:\n    pass", stored) == {"share": (1, 1)}


def test_the_book_holds_such_assertions():
    found = set()
    for path in notebook_paths():
        stored = {}
        for cell in code_cells(read_notebook(path)):
            stored = forget_assigned(cell.source, stored) | stored_values(cell)
            found |= {(path.stem, says) for says, _ in put_to_stored(cell.source, stored)}
    assert len(found) == 15, sorted(found)
