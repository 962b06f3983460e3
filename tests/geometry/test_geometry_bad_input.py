"""Wrong calls of ``d2lkit.geometry``: each error quotes what came and names the rule."""

import pytest

from d2lkit import geometry as g

CASES = [
    (lambda: g.output_size(0, 3), ValueError, "got 0", "size must be at least 1"),
    (lambda: g.output_size(-5, 3), ValueError, "got -5", "size must be at least 1"),
    (lambda: g.output_size(7.0, 3), TypeError, "got 7.0 (float)", "size must be an int"),
    (lambda: g.output_size("7", 3), TypeError, "got '7' (str)", "size must be an int"),
    (lambda: g.output_size(True, 1), TypeError, "got True", "size must be an int"),
    (lambda: g.output_size(None, 3), TypeError, "got None", "size must be an int"),
    (
        lambda: g.output_size((7, 7, 3), 3),
        ValueError,
        "got (7, 7, 3)",
        "size must be one int or a pair",
    ),
    (lambda: g.output_size((7,), 3), ValueError, "got (7,)", "size must be one int or a pair"),
    (lambda: g.output_size((7, 0), 3), ValueError, "got 0", "size[1] must be at least 1"),
    (lambda: g.output_size(7, 0), ValueError, "got 0", "kernel_size must be at least 1"),
    (lambda: g.output_size(7, (3, 3)), TypeError, "got (3, 3)", "kernel_size must be an int"),
    (
        lambda: g.output_size((7, 7), (3, 3, 3)),
        ValueError,
        "got (3, 3, 3)",
        "kernel_size must be one int or a pair",
    ),
    (
        lambda: g.output_size(7, 8),
        ValueError,
        "got kernel_size 8",
        "kernel must fit into the padded input",
    ),
    (lambda: g.output_size(7, 4, dilation=3), ValueError, "span 10, for size 7", "kernel must fit"),
    (lambda: g.output_size(7, 3, stride=0), ValueError, "got 0", "stride must be at least 1"),
    (lambda: g.output_size(7, 3, stride=1.5), TypeError, "got 1.5", "stride must be an int"),
    (
        lambda: g.output_size((7, 7), 3, stride=(1, 0)),
        ValueError,
        "got 0",
        "stride[1] must be at least 1",
    ),
    (lambda: g.output_size(7, 3, padding=-1), ValueError, "got -1", "padding must be at least 0"),
    (
        lambda: g.output_size(7, 3, padding="same"),
        TypeError,
        "got 'same'",
        "same_padding(kernel_size)",
    ),
    (
        lambda: g.output_size(7, 3, padding=(1, 2, 3)),
        ValueError,
        "got (1, 2, 3)",
        "a pair (before, after)",
    ),
    (
        lambda: g.output_size((7, 7), 3, padding=(1, 2, 3)),
        ValueError,
        "got (1, 2, 3)",
        "((top, bottom), (left, right))",
    ),
    (
        lambda: g.output_size((7, 7), 3, padding=(1, (1, -2))),
        ValueError,
        "got -2",
        "padding must be at least 0",
    ),
    (lambda: g.output_size(7, 3, dilation=0), ValueError, "got 0", "dilation must be at least 1"),
    (lambda: g.output_size(7, 3, ceil_mode=1), TypeError, "got 1", "ceil_mode must be a bool"),
    (
        lambda: g.output_size(7, 3, ceil_mode="yes"),
        TypeError,
        "got 'yes'",
        "ceil_mode must be a bool",
    ),
    (
        lambda: g.strict_output_size(10, 3, stride=2),
        ValueError,
        "size 10",
        "must fit without remainder",
    ),
    (
        lambda: g.strict_output_size((7, 10), 3, stride=2),
        ValueError,
        "size 10",
        "of the width must fit",
    ),
    (
        lambda: g.strict_output_size(2, 3),
        ValueError,
        "kernel_size 3",
        "must fit into the padded input",
    ),
    (
        lambda: g.output_size_total_padding(7, 3, -2),
        ValueError,
        "got -2",
        "total_padding must be at least 0",
    ),
    (
        lambda: g.output_size_total_padding(7, 3, 1.0),
        TypeError,
        "got 1.0",
        "total_padding must be an int",
    ),
    (lambda: g.same_padding(4), ValueError, "kernel_size 4", "must have an odd span"),
    (lambda: g.same_padding(0), ValueError, "got 0", "kernel_size must be at least 1"),
    (
        lambda: g.same_padding((3, 3), dilation=-1),
        ValueError,
        "got -1",
        "dilation must be at least 1",
    ),
    (
        lambda: g.transposed_output_size(1, 1, padding=3),
        ValueError,
        "got -5",
        "output size must be at least 1",
    ),
    (
        lambda: g.transposed_output_size(4, 2, output_padding=-1),
        ValueError,
        "got -1",
        "output_padding must be at least 0",
    ),
    (lambda: g.kernel_span(3, 0), ValueError, "got 0", "dilation must be at least 1"),
    (lambda: g.padding_per_side(None), TypeError, "got None", "padding must be an int"),
    (lambda: g.Window(0), ValueError, "got 0", "kernel_size must be at least 1"),
    (
        lambda: g.Window(3, stride=(1, 2, 3)),
        ValueError,
        "got (1, 2, 3)",
        "stride must be one int or a pair",
    ),
    (lambda: g.Window(3, padding=-1), ValueError, "got -1", "padding must be at least 0"),
    (lambda: g.Window(3, dilation="2"), TypeError, "got '2'", "dilation must be one int or a pair"),
    (lambda: g.receptive_field([3, 3]), TypeError, "got 3", "must contain geometry.Window objects"),
    (lambda: g.receptive_field(3), TypeError, "got 3", "windows must be an iterable"),
    (
        lambda: g.receptive_field([g.Window(3)]).centre(-1),
        ValueError,
        "got -1",
        "index must be at least 0",
    ),
    (
        lambda: g.receptive_field([g.Window((3, 3))]).centre((1, 2, 3)),
        ValueError,
        "got (1, 2, 3)",
        "index must be one int or a pair",
    ),
    (
        lambda: g.receptive_field([g.Window(3)]).pixels(1.5),
        TypeError,
        "got 1.5",
        "index must be an int",
    ),
]


@pytest.mark.parametrize(("call", "error", "received", "rule"), CASES)
def test_message_quotes_input_and_rule(call, error, received, rule):
    with pytest.raises(error) as caught:
        call()
    assert received in str(caught.value)
    assert rule in str(caught.value)


def test_there_are_enough_cases():
    assert len(CASES) >= 40
