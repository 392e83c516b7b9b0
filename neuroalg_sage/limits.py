"""
The limits of a whole command: one deadline and one amount of memory for all that it does.

Whatever may take long, or much, asks :data:`whole`.  In a library's use there are no such
limits, and each call of an engine has its own.
"""

from __future__ import annotations

import os
import signal
import time

from neuroalg_sage import processes
from neuroalg_sage.errors import LimitReached

GIGABYTE = 10**9


class Limits:
    """
    A deadline, and an amount of memory, for this process and all that it starts.

    - ``seconds`` -- how many the deadline allowed when it was set
    - ``deadline`` -- when all must have ended, by ``time.monotonic``
    - ``memory`` -- bytes that all may hold together

    EXAMPLES::

        >>> limits = Limits()
        >>> limits.left() is None, limits.is_over()
        (True, False)
        >>> limits.begin(60.0, None); limits.within(1.0), limits.is_over()
        (1.0, False)
    """

    def __init__(self) -> None:
        self.seconds: float | None = None
        self.deadline: float | None = None
        self.memory: int | None = None

    def begin(self, seconds: float | None, memory_gb: float | None,
              begun: float | None = None) -> None:
        """Set the limits of a command that has begun now, or then."""
        start = time.monotonic() if begun is None else begun
        self.seconds = seconds
        self.deadline = None if seconds is None else start + seconds
        self.memory = None if memory_gb is None else int(memory_gb * GIGABYTE)

    def left(self) -> float | None:
        """How many seconds are left, at least 0; None if there is no limit."""
        return None if self.deadline is None else max(self.deadline - time.monotonic(), 0.0)

    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return self.left() == 0.0

    def settle(self) -> None:
        """After the deadline: no interrupts any more, since what was found is being written."""
        if self.is_over():
            signal.setitimer(signal.ITIMER_REAL, 0)

    def within(self, seconds: float | None) -> float | None:
        """So many seconds, but no more than are left."""
        return min((s for s in (seconds, self.left()) if s is not None), default=None)

    def room(self, memory: int | None, engine: int | None = None) -> int | None:
        """
        So many bytes, but no more than what is left to an engine.

        INPUT:

        - ``memory`` -- bytes, None for no limit
        - ``engine`` -- the number of its process, if it runs
        """
        if self.memory is None:
            return memory
        own = os.getpid()
        engines = set() if engine is None else {engine, *processes.descendants(engine)}
        held = processes.resident({own, *processes.descendants(own)} - engines)
        left = max(self.memory - held, 1)
        return left if memory is None else min(memory, left)

    def time_is_over(self, when: str = "") -> LimitReached:
        """What is raised when the deadline has passed, such as "before the degree"."""
        return LimitReached(f"The limit of {self.seconds or 0:g} s was reached"
                            f"{f' {when}' if when else ''}; raise it with --timeout.")

    def memory_is_full(self, who: str = "The computation") -> LimitReached:
        """What is raised when all the memory is held."""
        return LimitReached(f"{who} needed more than the limit of "
                            f"{(self.memory or 0) / GIGABYTE:g} GB of memory for everything; "
                            "allow more with --memory.")


whole = Limits()
