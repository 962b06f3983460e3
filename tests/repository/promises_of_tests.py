"""What tests promise: that they assert, run, try often enough, and count what they go through."""

import ast
import re
from pathlib import Path

from loops import tests_of_nothing

EXAMPLES = 30  # of a property, at least
# Properties with fewer examples, each of which takes long.
FEWER = {
    ("tests/demos/test_learning.py", "test_fifty_steps_equal_torch"): 20,
    ("tests/explain/test_explain.py", "test_grad_cam_is_captums"): 25,
    ("tests/explain/test_explain.py", "test_occlusion_is_captums"): 25,
    ("tests/explain/test_explain.py", "test_saliency_and_activations_are_captums"): 25,
    ("tests/explain/test_explain.py", "test_field_is_the_formulas"): 25,
    ("tests/ops/test_convolution.py", "test_loops_equal_torch"): 25,
    ("tests/training/test_accumulation.py", "test_parts_add_up_to_the_step_of_the_whole_batch"): 25,
    ("tests/training/test_accumulation.py", "test_no_step_is_longer_than_its_gradient_may_be"): 15,
}
# Why a test may be left out, word for word: its machine lacks something that no package brings.
SKIPS = {
    "tests/accounting/test_memory.py": {"skipif(not torch.cuda.is_available())"},
    "tests/book/test_form_of_chapters.py": {"skipif(not NOTEBOOKS)"},
    "tests/book/test_other_pictures.py": {"skipif(not all((file.exists() for file in FILES)))"},
    "tests/cli/test_command_line.py": {
        "skipif(shutil.which('zsh') is None)",
        "skipif(shutil.which('fish') is None)",
    },
    "tests/data/test_array_data.py": {"skipif(not torch.cuda.is_available())"},
    "tests/data/test_downloads.py": {"skipif(not hasattr(os, 'geteuid') or os.geteuid() == 0)"},
    "tests/data/test_photographs.py": {
        "if importlib.util.find_spec(PHOTOGRAPHS[name].package) is None: skip"
    },
    "tests/data/test_shapes.py": {"skipif(not torch.cuda.is_available())"},
    "tests/data/test_torchvision_sets.py": {"except DatasetError: skip"},
    "tests/models/test_efficientnet_lite.py": {
        "skipif(not HERE)",
        "importorskip('efficientnet_lite_pytorch')",
        "if importlib.util.find_spec('skimage') is None: skip",
    },
    "tests/test_results_fashion.py": {"if not readme.exists(): skip"},
    "tests/training/test_callbacks.py": {"importorskip('tensorboard')"},
    "tests/training/test_checkpoint.py": {"skipif(os.name != 'posix')"},
    "tests/training/test_distributed.py": {"skipif(not hasattr(os, 'fork'))"},
    "tests/training/test_kill.py": {"skipif(not hasattr(os, 'fork'))"},
}


def tests_that_test(root: Path) -> list[str]:
    """Every test asserts something, and is left out only where a machine lacks something."""
    faults = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        place = path.relative_to(root).as_posix()
        helpers = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        for node in tree.body:
            is_test = isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
            if is_test and not _asserts(node, helpers, set()):
                faults.append(f"{place}: {node.name} asserts nothing")
    return faults


def tests_that_run(root: Path) -> list[str]:
    """A test is left out only for the reasons of SKIPS, and hides no warning by a bare "ignore"."""
    faults, found, tests = [], {}, root / "tests"
    for path in sorted([*tests.rglob("test_*.py"), *tests.rglob("conftest.py")]):
        if path.parent.name == "repository":  # which holds planted faults
            continue
        place, tree = path.relative_to(root).as_posix(), ast.parse(path.read_text(encoding="utf-8"))
        found[place] = ways = left_out(tree)
        for way in sorted(set(ways) - SKIPS.get(place, set())):
            faults.append(f"{place}: a test is left out without need: {way}")
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and re.search(
                r"mark\.filterwarnings$", ast.unparse(node.func)
            ):
                what = ast.unparse(node.args[0]).strip("'\"").strip(":")
                if what in ("ignore", "once", "ignore::Warning"):
                    faults.append(f"{place}: a test hides all warnings: {ast.unparse(node)}")
    for place, ways in SKIPS.items():
        faults += [f"{place} has no {way} any more" for way in ways - set(found.get(place, []))]
    return faults


def left_out(tree: ast.Module) -> list[str]:
    """Each way in which a module leaves tests out, with its condition.

    >>> left_out(ast.parse("if not here:\\n    pytest.skip('no weights')"))
    ['if not here: skip']
    >>> left_out(ast.parse("@mark.skipif(True, reason='CUDA')\\ndef test_it(): ..."))
    ['skipif(True)']
    """
    guard = {}
    for node in ast.walk(tree):  # parents come before their children: the nearest `if` stays
        if isinstance(node, ast.If | ast.ExceptHandler):
            why = f"if {ast.unparse(node.test)}" if isinstance(node, ast.If) else _except(node)
            guard |= {part: why for line in node.body for part in ast.walk(line)}
    ways = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in ("skipif", "importorskip"):
                ways.append(f"{name}({', '.join(map(ast.unparse, node.args))})")
        elif isinstance(node, ast.Attribute | ast.Name):
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            if name in ("skip", "xfail", "SkipTest", "Skipped", "__test__"):
                ways.append(f"{guard[node]}: {name}" if node in guard else name)
    return ways


def _except(node: ast.ExceptHandler) -> str:
    return f"except {ast.unparse(node.type)}" if node.type else "except"


def examples(root: Path) -> list[str]:
    """A property is tried with EXAMPLES examples, or with as many as FEWER says."""
    faults, seen = [], set()
    for path in sorted((root / "tests").rglob("*.py")):
        if path.parent.name == "repository":  # which holds planted faults
            continue
        place, tree = path.relative_to(root).as_posix(), ast.parse(path.read_text(encoding="utf-8"))
        owner = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                owner |= {
                    part: node.name for line in node.decorator_list for part in ast.walk(line)
                }
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "max_examples":
                name, number = owner.get(node.value, "all tests"), ast.unparse(node.value)
                seen.add((place, name))
                least = FEWER.get((place, name), EXAMPLES)
                if not number.isdecimal() or int(number) < least:
                    faults.append(f"{place}: {name} tries {number} examples, not {least} or more")
    faults += [f"{p}: {name} no longer says max_examples" for p, name in FEWER.keys() - seen]
    if ("tests/conftest.py", "all tests") not in seen:
        faults.append("tests/conftest.py does not say how many examples a property is tried with")
    return faults


def _asserts(node: ast.AST, helpers: dict, seen: set) -> bool:
    """Whether a function asserts something, by itself or through a function of its module."""
    for part in ast.walk(node):
        if isinstance(part, ast.Assert):
            return not _always_true(part.test) or _other_asserts(node, part)
        if isinstance(part, ast.Call):
            called = ast.unparse(part.func)
            last = called.rpartition(".")[2]
            if re.match(r"assert_|check_|raises$|warns$|fail$|expect|CLOSE$", last):
                return True
            if last in helpers and last not in seen:
                seen.add(last)
                if _asserts(helpers[last], helpers, seen):
                    return True
    return False


def _always_true(test: ast.AST) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)


def _other_asserts(node: ast.AST, first: ast.Assert) -> bool:
    return any(
        isinstance(part, ast.Assert) and part is not first and not _always_true(part.test)
        for part in ast.walk(node)
    )


def loops_that_count(root: Path) -> list[str]:
    """A test whose assertions stand in loops over what it finds says how much it finds."""
    return [
        f"{path.relative_to(root).as_posix()}: {name} would pass on nothing"
        for path in sorted((root / "tests").rglob("test_*.py"))
        for name in tests_of_nothing(ast.parse(path.read_text(encoding="utf-8")))
    ]
