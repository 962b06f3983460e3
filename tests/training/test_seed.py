"""Seeds, random states and devices."""

import random

import numpy
import torch

from d2lkit.training import default_device, set_seed
from d2lkit.training.device import as_device
from d2lkit.training.seed import random_state, restore_random_state

CPU = torch.device("cpu")


def draws():
    """Numbers from each generator."""
    return random.random(), numpy.random.rand(), numpy.random.randn(), torch.rand(1).item()


def test_a_seed_settles_all_generators():
    set_seed(7)
    first = draws()
    assert draws() != first
    set_seed(7)
    assert draws() == first
    set_seed(8)
    assert all(a != b for a, b in zip(draws(), first, strict=True))


def test_random_state_returns_to_where_it_was():
    set_seed(1)
    numpy.random.randn()  # leaves a second normal number waiting
    state = random_state(CPU)
    first = draws()
    set_seed(2)
    restore_random_state(state, CPU)
    assert draws() == first


def test_random_state_needs_no_pickled_code(tmp_path):
    state = random_state(CPU)
    first = draws()
    torch.save(state, tmp_path / "state.pt")
    restore_random_state(torch.load(tmp_path / "state.pt", weights_only=True), CPU)
    assert draws() == first


def test_default_device_is_the_fastest(monkeypatch):
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert default_device() == torch.device("cpu")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert default_device() == torch.device("mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert default_device() == torch.device("cuda", 0)
    monkeypatch.setenv("LOCAL_RANK", "3")
    assert default_device() == torch.device("cuda", 3)
    assert as_device(None) == torch.device("cuda", 3)


def test_a_generator_without_a_state_stays_where_it_is():
    known, further = torch.Generator().manual_seed(1), torch.Generator().manual_seed(2)
    state = random_state(CPU, [known])
    numbers = [torch.rand(2, generator=one) for one in (known, further)]
    ahead = torch.Generator().manual_seed(2)
    torch.rand(2, generator=ahead)
    restore_random_state(state, CPU, [known, further])
    assert torch.equal(torch.rand(2, generator=known), numbers[0])
    assert torch.equal(torch.rand(2, generator=further), torch.rand(2, generator=ahead))
    del state["own"]  # as older checkpoints have none
    restore_random_state(state, CPU, [known])
