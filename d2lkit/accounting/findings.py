"""What the checker of sizes finds: one finding, and the list of them as text and table."""

from dataclasses import dataclass

from d2lkit.tables import html_table

#: The kinds of trouble that `lint` knows, and what each means.
RULES = {
    "too-small": "a window is larger than the map that it slides over: the network stops",
    "does-not-fit": "a fully connected layer gets another number of inputs than it was built for",
    "input-not-divisible": "the input cannot be halved as often as the network halves it",
    "dropped-edge": "the windows do not come out even, and the last rows or columns are in none",
    "unread-pixels": "the stride is larger than the kernel: pixels between the windows are in none",
    "idle-weights": "part of a kernel lies on padding wherever it stands",
    "even-kernel": "a kernel of even width has no middle: the map changes its size, or moves",
    "padding-too-large": "more padding than half the kernel: outputs that see mostly zeros",
    "padded-pointwise": "a 1×1 convolution with padding: a frame of outputs that see no pixel",
    "shrinking-map": "a convolution without padding takes a good part of a map away",
    "large-kernel": "a large kernel on many channels, where small ones would see as far for less",
    "large-pool": "pooling over more than 3×3 places throws most of a map away at once",
    "heavy-head": "one layer behind the maps holds more than half of all parameters",
    "bias-before-norm": "batch normalisation subtracts the bias again",
    "linear-pair": "two layers with nothing in between but linear maps act as one",
    "isolated-groups": "groups that follow groups never exchange what they know",
    "short-sighted": "the last maps are averaged, and their units see less than half of the image",
}


@dataclass(frozen=True)
class Finding:
    """One thing that is badly sized.

    Attributes:
        rule: one of ``RULES``.
        layer: path of the layer, "input" for the input itself.
        what: what is badly sized, with the sizes found.
        fits: what would fit.

    >>> Finding("even-kernel", "conv1", "a 4×4 kernel turns 8×8 into 7×7", "a 3×3 kernel").layer
    'conv1'
    """

    rule: str
    layer: str
    what: str
    fits: str

    def __str__(self) -> str:
        return f"{self.layer}: {self.rule}\n    {self.what}\n    fits: {self.fits}"


class Findings(list):
    """Findings in the order of the layers: text in a terminal, a table in a notebook.

    >>> Findings("LeNet, input (1, 28, 28)", [])
    LeNet, input (1, 28, 28): nothing found
    """

    def __init__(self, title: str, found: list[Finding]):
        super().__init__(found)
        self.title = title

    @property
    def rules(self) -> list[str]:
        """The kinds of trouble found, each once, in the order of ``RULES``."""
        return [rule for rule in RULES if any(finding.rule == rule for finding in self)]

    def __repr__(self) -> str:
        number = f"{len(self)} finding{'s' * (len(self) != 1)}" if self else "nothing found"
        return "\n".join([f"{self.title}: {number}", *map(str, self)])

    def _repr_html_(self) -> str:
        rows = [[f.layer, f.rule, f.what, f.fits] for f in self]
        headings = ["layer", "rule", "what is badly sized", "what would fit"]
        notes = [] if self else [f"{self.title}: nothing found"]
        return html_table(headings, rows, 4, title=self.title, notes=notes)
