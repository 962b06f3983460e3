"""A mirror on this machine stands in for the network."""

import sys
from pathlib import Path

import pytest

# Makes `dataset_files` importable by the tests here.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def mirror(monkeypatch):
    from dataset_files import serve

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serve() as mirror:
        yield mirror
