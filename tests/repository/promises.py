"""What the repository promises outside its notebooks: each function names the promises not kept.

A fault names the file, `broken` adds the cure. Each function takes the folder of the repository,
or of a copy that a test has spoiled. The functions stand in `promises_of_*.py`, by their subject.
"""

from pathlib import Path

from promises_of_benchmarks import figures_of_benchmarks, results_that_fit
from promises_of_documents import (
    colab_links,
    commands_of_documents,
    dependencies_of_the_readme,
    facts_that_agree,
    files_of_documents,
    published_files,
    targets_of_documents,
)
from promises_of_judges import (
    assertions_written_down,
    checks_of_form,
    continuous_integration,
    prose_written_down,
    recipes_written_down,
    sanitising,
    settings_of_pytest,
)
from promises_of_packages import data_of_the_wheel, locked
from promises_of_tests import examples, loops_that_count, tests_that_run, tests_that_test

CURES = {
    commands_of_documents: "name a target that `make help` lists",
    files_of_documents: "name the file as it is called now, or add it",
    colab_links: "link blob/notebooks/ and the chapter's path below chapters/",
    facts_that_agree: "write there what pyproject.toml or CHANGELOG.md says, or both anew",
    locked: "make lock",
    continuous_integration: "take back what was left out; nothing that CI runs is optional",
    recipes_written_down: "if it is meant: python tests/repository/registers.py",
    assertions_written_down: "if it is meant: python tests/repository/registers.py",
    prose_written_down: "if it is meant: python tests/repository/registers.py",
    settings_of_pytest: "take it back and repair what it hides, or name it in PYTEST or CONFTESTS",
    sanitising: "take it back; a rule that is needed stands in SANITISED, too",
    checks_of_form: "list it in CHECKS, or use it there on the whole book",
    tests_that_run: "let it run, or name in SKIPS, word for word, what a machine may lack",
    examples: "take back the number, or name it in FEWER",
    dependencies_of_the_readme: "list there what [project.dependencies] lists, in its order",
    published_files: "link to what `make published` copies",
    targets_of_documents: "say what `make help` says of it, and keep the words of DOES",
    data_of_the_wheel: "add the file's ending to package-data in pyproject.toml",
    tests_that_test: "assert the right value",
    loops_that_count: "assert how many there are, outside of the loop",
    figures_of_benchmarks: "put there what the script's `table` writes of the result file",
    results_that_fit: "compute it from the file's own values, or measure again",
}
ALL = tuple(CURES)


def broken(promise, root: Path) -> list[str]:
    """What a promise finds, each with its cure: ``file: what; cure: how``."""
    return [f"{fault}; cure: {CURES[promise]}" for fault in promise(root)]
