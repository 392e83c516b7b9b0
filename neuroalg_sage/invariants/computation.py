"""
Where and within which limits an engine works for an invariant.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import LimitReached

if TYPE_CHECKING:
    from neuroalg_sage.engines.macaulay2 import Macaulay2, Script


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
        limits = [limit for limit in (self.timeout, timeout) if limit is not None]
        if self.deadline is not None:
            limits.append(max(self.deadline - time.monotonic(), 0.1))
        return session.run(script, timeout=min(limits, default=None), memory_gb=self.memory_gb,
                           progress=self.progress)

    def end_within(self, seconds: float) -> None:
        """Set the deadline of all calls."""
        self.deadline, self.budget = time.monotonic() + seconds, seconds

    def clock(self) -> Callable[[], None]:
        """What raises LimitReached, when called, as soon as the limits from now on are over."""
        now = time.monotonic()
        ends = [now + self.timeout] if self.timeout is not None else []
        end = min([*ends, *([self.deadline] if self.deadline is not None else [])], default=None)

        def check() -> None:
            if end is not None and time.monotonic() > end:
                raise LimitReached((f"The limit of {end - now:.3g} s was reached" if end > now
                                    else "No time is left of the limit")
                                   + "; raise it with --timeout.")

        return check

    def is_over(self) -> bool:
        """Whether the deadline of all calls has passed."""
        return self.deadline is not None and time.monotonic() > self.deadline

    def versions(self) -> dict[str, str]:
        """The version of Macaulay2, for a certificate."""
        return {"macaulay2": self.session.version}
