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
    ],
)
def test_numbers_are_written_short(value, text):
    assert short(value) == text


def test_labels_become_strings():
    assert labels("titles", np.array([1, 2]), 2) == ["1", "2"]
    assert labels("titles", None, 5) is None
