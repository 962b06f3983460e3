"""Exercises of the chapter on feature maps and receptive fields."""

from d2lkit.check.kinds import Number, Values
from d2lkit.geometry import Window, receptive_field

_STACK = [Window(7, stride=2), Window(3, stride=2), Window(3), Window(3)]


def _fields(stack: list[Window]) -> list[list[int]]:
    fields = [receptive_field(stack[:n]) for n in range(1, len(stack) + 1)]
    return [[field.size, field.jump] for field in fields]


def _own_stride_first() -> list[list[int]]:
    """Fields of a reader who multiplies by the jump of the layer itself."""
    size, jump, fields = 1, 1, []
    for window in _STACK:
        jump *= window.stride
        size += (window.kernel_size - 1) * jump
        fields.append([size, jump])
    return fields


def _layers() -> int:
    below, count = _STACK[:2], 0
    while receptive_field(below + [Window(3)] * count).size < 224:
        count += 1
    return count


def _pixels(padding: int) -> tuple:
    first, second = Window((3, 3), stride=2, padding=padding), Window((3, 3), padding=padding)
    return receptive_field([first, second]).pixels((0, 5))


EXERCISES = {
    "ex-receptive-fields-1": Values(
        lambda: _fields(_STACK),
        hint="A layer adds (k - 1) times the jump of the layers below it; its stride comes after.",
        mistakes=[
            (
                _own_stride_first,
                "A layer's own stride does not enlarge its field: use the jump below the layer.",
            ),
            (
                lambda: _fields([Window(w.kernel_size) for w in _STACK]),
                "These are the fields without the strides.",
            ),
        ],
        axes="layer r-and-j",
    ),
    "ex-receptive-fields-2": Number(
        _layers,
        hint="How many pixels does one more layer add, behind two strides of 2?",
        mistakes=[
            (
                lambda: -((receptive_field(_STACK[:2]).size - 224) // 2),
                "Behind two strides of 2, one layer adds more than two pixels.",
            ),
            (lambda: (224 - 1) // 2 + 1, "The two layers below see something already."),
        ],
    ),
    "ex-receptive-fields-3": Values(
        lambda: _pixels(1),
        hint="Find r, j and b behind the second layer; unit i begins at pixel i * j + b.",
        mistakes=[
            (lambda: _pixels(0), "Each layer's padding moves the beginning to the left."),
        ],
        axes="axis end",
    ),
}
