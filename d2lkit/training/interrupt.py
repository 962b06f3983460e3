"""Ctrl-C between two steps, never inside one."""

import signal
import threading


class DeferredInterrupt:
    """Notes the first Ctrl-C instead of obeying it, so that a step can be completed.

    A step that stops half-way has moved some weights and not others: no checkpoint could go
    on from there as if nothing had happened. A second Ctrl-C is obeyed at once.

    Args:
        active: False leaves Ctrl-C as it is.

    Attributes:
        arrived: whether Ctrl-C was pressed.

    >>> try:
    ...     with DeferredInterrupt():
    ...         signal.raise_signal(signal.SIGINT)
    ...         print("the step is completed")
    ... except KeyboardInterrupt:
    ...     print("and then the training stops")
    the step is completed
    and then the training stops
    """

    def __init__(self, active: bool = True) -> None:
        self.active = active
        self.arrived = False

    def __enter__(self) -> "DeferredInterrupt":
        self.arrived = False
        # Python lets only the main thread set handlers; elsewhere Ctrl-C does not arrive.
        self._noting = self.active and threading.current_thread() is threading.main_thread()
        if self._noting:
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, error_type: type | None, *_) -> None:
        if self._noting:
            signal.signal(signal.SIGINT, self._before or signal.SIG_DFL)
        arrived, self.arrived = self.arrived, False
        if arrived and error_type is None:
            raise KeyboardInterrupt  # it came when nothing was left to be completed

    def _note(self, *_) -> None:
        if self.arrived:
            raise KeyboardInterrupt
        self.arrived = True
