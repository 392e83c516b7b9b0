"""
Where and within which limits an engine works for an invariant.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from neuroalg_sage.errors import LimitReached

if TYPE_CHECKING:
    from neuroalg_sage.engines.macaulay2 import Macaulay2, Script

Answer = TypeVar("Answer")

SHARE = 0.75  # of the time before a deadline, for what is tried first


@dataclass
class Computation:
    """
    A Macaulay2 session, started when first used, and limits for each call.

    - ``command`` -- the Macaulay2 to run; by default the wheel's
    - ``timeout`` -- seconds for one call
    - ``deadline`` -- when all calls must have ended, by ``time.monotonic``
    - ``budget`` -- how many seconds the deadline allowed when it was set
    - ``memory_gb`` -- gigabytes that the engine may use
    - ``progress`` -- takes one line of text
    """

    command: str | None = None
    timeout: float | None = None
    deadline: float | None = None
    budget: float | None = None
    memory_gb: float | None = None
    progress: Callable[[str], None] = field(default=lambda message: None)
    _session: Macaulay2 | None = field(default=None, repr=False)

    @property
    def session(self) -> Macaulay2:
        """The session; by default the one that the process shares."""
        if self._session is None:
            from neuroalg_sage.engines import macaulay2

            self._session = (macaulay2.default_session() if self.command is None
                             else macaulay2.Macaulay2(self.command))
        return self._session

    def run(self, script: Script, timeout: float | None = None) -> dict[str, Any]:
        """Run a script in Macaulay2 within the limits, and this one; the results by name."""
        self.progress(f"Macaulay2: {script.title}")
        session = self.session
        limit = min((s for s in (self.timeout, timeout) if s is not None), default=None)
        budget = None
        if self.deadline is not None:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise LimitReached(f"{self._whole_limit()} before Macaulay2 was at work on this: "
                                   f"{script.title}; raise it with --timeout.")
            if limit is None or left < limit:
                limit, budget = left, self.budget
        return session.run(script, timeout=limit, memory_gb=self.memory_gb,
                           progress=self.progress, budget=budget)

    def _whole_limit(self) -> str:
        return ("The limit was reached" if self.budget is None else
                f"The limit of {self.budget:g} s was reached")

    def end_within(self, seconds: float) -> None:
        """Set the deadline of all calls."""
        self.deadline, self.budget = time.monotonic() + seconds, seconds

    def seconds_left(self) -> float | None:
        """How long one call may take now, None if there is no limit."""
        left = [] if self.deadline is None else [max(self.deadline - time.monotonic(), 0.0)]
        return min([*left, *([] if self.timeout is None else [self.timeout])], default=None)

    @contextmanager
    def share(self, most: float | None = None, part: float = SHARE) -> Iterator[None]:
        """
        Leave to all calls inside a share of the time before the deadline.

        What is tried first, and may fail, thereby leaves time for what would be done instead.
        Without a deadline each call has its own limit, and nothing is shared.

        INPUT:

        - ``most`` -- seconds that are enough in any case
        - ``part`` -- of the time before the deadline

        EXAMPLES::

            >>> computation = Computation()
            >>> computation.end_within(100)
            >>> with computation.share():
            ...     70 < computation.seconds_left() < 80
            True
            >>> computation.seconds_left() > 90
            True
        """
        before = self.deadline, self.budget
        left = [] if self.deadline is None else [
            part * max(self.deadline - time.monotonic(), 0.0)]
        seconds = min([*left, *([] if most is None else [most])], default=None)
        if seconds is not None:
            self.end_within(round(seconds, 2) if seconds > 1 else seconds)  # which a message says
        try:
            yield
        finally:
            self.deadline, self.budget = before

    def either(self, first: Callable[[], Answer], then: Callable[[], Answer], announced: str,
               missed: str = "", part: float = SHARE) -> Answer:
        """
        What is tried first, in a share of the time; where a limit ends it, what is done instead.

        INPUT:

        - ``announced`` -- what is done instead, for the line of progress that says why
        - ``missed`` -- words before the reason of the first, if a limit ends both
        - ``part`` -- of the time, for what is tried first

        EXAMPLES::

            >>> def fail():
            ...     raise LimitReached("Too long.")
            >>> Computation(progress=print).either(fail, lambda: 3, "degree: counted")
            degree: counted. Too long.
            3
            >>> Computation().either(fail, fail, "degree: counted", "Nor was it proved: ")
            Traceback (most recent call last):
            ...
            neuroalg_sage.errors.LimitReached: Too long. Nor was it proved: Too long.
        """
        try:
            with self.share(part=part):
                return first()
        except LimitReached as error:
            reason = str(error)
            self.progress(f"{announced}. {reason}")
        try:
            return then()
        except LimitReached as error:
            raise LimitReached(f"{error} {missed}{reason}") from None

    def clock(self) -> Callable[[], None]:
        """What raises LimitReached, when called, as soon as the limits from now on are over."""
        now = time.monotonic()
        end = None if self.timeout is None else now + self.timeout
        limit = f"The limit of {self.timeout or 0:g} s was reached"
        if self.deadline is not None and (end is None or self.deadline < end):
            end, limit = self.deadline, self._whole_limit()

        def check() -> None:
            if end is not None and time.monotonic() > end:
                raise LimitReached(f"{limit}; raise it with --timeout.")

        return check

    def is_over(self) -> bool:
        """Whether the deadline of all calls has passed."""
        return self.deadline is not None and time.monotonic() > self.deadline

    def versions(self) -> dict[str, str]:
        """The version of Macaulay2, for a certificate."""
        return {"macaulay2": self.session.version}
