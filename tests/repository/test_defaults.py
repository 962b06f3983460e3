"""No default of a public function or class changes unseen: each stands in `defaults.txt` too."""

import ast

import defaults

CURE = "if it is meant: python tests/repository/defaults.py"


def test_public_defaults_are_those_that_are_written_down():
    stored = defaults.STORED.read_text(encoding="utf-8").splitlines()
    found = defaults.of_library()
    gone, new = (sorted(set(a) - set(b)) for a, b in ((stored, found), (found, stored)))
    assert not gone, f"stored: {gone}\nnow: {new}\n{CURE}"
    assert not new, f"not written down: {new}\n{CURE}"
    assert len(stored) > 250


def test_another_default_is_seen():
    code = (
        "@dataclass(frozen=True)\nclass A:\n    size: int = 3\n    name: str\n"
        "    def run(self, fast=False): ...\n    def _own(self, x=1): ...\n"
        "def grow(net, by=1, /, *, ceil=False, seed): ...\ndef _hidden(x=1): ...\n"
    )
    lines = defaults.of_module("d2lkit.m", ast.parse(code))
    assert lines == [
        "d2lkit.m.A(@dataclass(frozen=True), size=3)",
        "d2lkit.m.A.run(fast=False)",
        "d2lkit.m.grow(by=1, ceil=False)",
    ]
    for old, new in (("= 3", "= 4"), ("fast=False", "fast=True"), ("by=1", "by=2")):
        assert defaults.of_module("d2lkit.m", ast.parse(code.replace(old, new))) != lines
