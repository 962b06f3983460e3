"""Ctrl-C waits for the end of a step once, and no longer."""

import signal

import pytest

from d2lkit.training.interrupt import DeferredInterrupt


def press():
    signal.raise_signal(signal.SIGINT)


def press_twice(done, **settings):
    with DeferredInterrupt(**settings) as interrupt:
        press()
        done.append(interrupt.arrived)
        press()
        done.append("not reached")


def test_the_first_waits_and_the_second_is_obeyed_at_once():
    done = []
    with pytest.raises(KeyboardInterrupt):
        press_twice(done)
    assert done == [True]


def test_one_that_is_not_active_leaves_it_as_it_is():
    done = []
    with pytest.raises(KeyboardInterrupt):
        press_twice(done, active=False)
    assert done == []


@pytest.mark.parametrize("presses", [0, 1])
def test_the_handler_of_before_comes_back(presses):
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append("before"))
    try:
        try:
            with DeferredInterrupt():
                for _ in range(presses):
                    press()
        except KeyboardInterrupt:
            heard.append("stopped")
        press()
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == ["stopped"] * presses + ["before"]
