import numpy as np
import pytest
import torch

from d2lkit.plotting.arrays import as_array, labels, short


@pytest.mark.parametrize(
    "values",
    [
        [[1.0, 2.0]],
        ((1, 2),),
        np.array([[1, 2]], dtype=np.int8),
        torch.tensor([[1.0, 2.0]], requires_grad=True),
        torch.tensor([[1.0, 2.0]], dtype=torch.bfloat16),
        [torch.tensor([1.0, 2.0])],
    ],
)
def test_whatever_holds_numbers_becomes_an_array(values):
    array = as_array("values", values, ndim=(2,))
    assert type(array) is np.ndarray
    assert array.tolist() == [[1, 2]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-3, "−3"),
        (0.1 + 0.2, "0.3"),
        (2 / 3, "0.667"),
        (12345.678, "12346"),
        (1_000_000, "1000000"),
        (0.001234, "0.00123"),
        (999.9, "1e+03"),
        (1000.4, "1000"),
        (-1234.5, "−1234"),
    ],
)
def test_numbers_are_written_short(value, text):
    assert short(value) == text


def test_labels_become_strings():
    assert labels("titles", np.array([1, 2]), 2) == ["1", "2"]
    assert labels("titles", None, 5) is None


def test_a_gap_is_whatever_is_no_number():
    array = as_array("values", [1, float("inf"), -float("inf"), float("nan")], gaps=True)
    assert array[0] == 1
    assert np.isnan(array[1:]).all()


def test_what_is_not_finite_is_counted():
    with pytest.raises(ValueError, match="values must be finite, got 3 nan or inf"):
        as_array("values", [1, float("inf"), -float("inf"), float("nan")])


def test_too_few_labels_are_told_with_both_numbers():
    with pytest.raises(ValueError, match="each of the 3 items, got 2"):
        labels("titles", ["a", "b"], 3)
