"""Settings that all tests share."""

import ast
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import settings

sys.path.append(str(Path(__file__).parent / "book"))
from asserted import compared

settings.register_profile("book", deadline=None, derandomize=True, max_examples=30, database=None)
settings.load_profile("book")

# Tests run in parallel processes; several threads in each would only get in each other's way.
torch.set_num_threads(1)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Show what `assert all(a < b for a, b in pairs)` compared where it first did not hold."""
    report = yield
    if call.excinfo and call.excinfo.errisinstance(AssertionError):
        values = compared(call.excinfo.tb, only=ast.Call | ast.UnaryOp | ast.BoolOp)
        if values:
            report.sections.append(("Values", values))
    return report


@pytest.fixture(autouse=True)
def _same_random_numbers():
    """Each test draws the same numbers, alone or after others."""
    torch.manual_seed(0)


# A browser without windows does not know its network, and fetches lazy pictures from farther away
# than others do on 4G.
NEAR = "--blink-settings=lazyLoadingImageMarginPxUnknown=1250"


@pytest.fixture(scope="session")
def browser():
    """One browser for all tests of a worker: two loops of Playwright's refuse each other.

    The folders that ask for it put `_extensions` on the path.
    """
    from browsers import find_browser
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(),
            args=["--no-sandbox", "--disable-dev-shm-usage", NEAR],
        )
        yield browser
        browser.close()
