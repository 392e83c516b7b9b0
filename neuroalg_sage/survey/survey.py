"""
Surveys: the same invariants of many models, resumable.

A survey may live in a directory of two files.  ``survey.json`` says what the survey is of;
``results.jsonl`` holds one line for each model::

    {"spec": "linear:1,1", "results": {"dimension": {"value": 1, "status": "proved",
     "trust": [], "method": "...", "seconds": 0.004}, ...}, "seconds": 0.009}

A model that could not be answered has ``errors``, a sentence for each invariant, and
``exit_code``, that of the worst of them.  Lines are appended whole and reach the disk
before they count as done, in the order in which models are finished.  So a survey that was
stopped, however, goes on where it was: what has a line is not computed again.

Models are answered by worker processes, which live on between models: what a worker imports
is imported once.  A worker that dies takes with it the one model that it was at.  On a
cluster, each Dask worker keeps such a process for each of its threads.
"""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from neuroalg_sage import __version__
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.models.sage_input import takes_numbers_of_sage
from neuroalg_sage.survey.answers import (
    DEFAULT_INVARIANTS,
    Line,
    Settings,
    check_invariants,
    check_jobs,
    without_certificates,
)
from neuroalg_sage.survey.cluster import Cluster
from neuroalg_sage.survey.record import Record
from neuroalg_sage.survey.workers import Processes

SCHEMA = 1
PROGRESS_SECONDS = 5.0
RECENT = 12  # reports of progress from which the rate is taken


def silent(message: str) -> None:
    """Report no progress."""


def ignored(line: Line) -> None:
    """Do nothing with a result."""


@dataclass
class _Pace:
    """How fast the models of a survey are answered."""

    total: int
    done: int
    say: Callable[[str], None]
    _points: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=RECENT))

    def __post_init__(self) -> None:
        self._points.append((time.monotonic(), self.done))

    def report(self, more: int) -> None:
        """Count models; say so, not too often."""
        self.done += more
        now = time.monotonic()
        if now - self._points[-1][0] < PROGRESS_SECONDS and self.done < self.total:
            return
        then, before = self._points[0]
        self._points.append((now, self.done))
        rate = (self.done - before) / max(now - then, 1e-3)
        left = "" if self.done == self.total else "; " + (
            f"about {_duration((self.total - self.done) / rate)} left" if rate
            else "no answer yet")
        self.say(f"{self.done} of {self.total} models, {rate:.1f} per second{left}")


def _duration(seconds: float) -> str:
    """
    A time in words.

    EXAMPLES::

        >>> _duration(59), _duration(200), _duration(8000)
        ('59 s', '3 min 20 s', '2 h 13 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


class Survey:
    """
    The same invariants of many models.

    INPUT:

    - ``about`` -- dictionary that says what the survey is of: a family or a question, with
      its bounds
    - ``invariants`` -- names of invariants; by default the dimension, the expected one, the
      defect, and whether the model is filling, all from ranks without Macaulay2
    - ``directory`` -- where results are kept, and from where a survey is resumed
    - ``jobs`` -- number of worker processes; by default one for each core
    - ``scheduler`` -- address of a Dask scheduler, whose workers are used instead
    - ``seed``, ``certificates``, ``timeout``, ``memory_gb`` -- see :class:`Settings`
    - ``progress`` -- called with lines of text
    - ``each`` -- called with each new line, after it has been kept

    Raises :class:`~neuroalg_sage.errors.InputError` if the directory holds another survey
    or one that is at work, or if there is no such scheduler.

    EXAMPLES::

        >>> with Survey({"family": "example"}, jobs=1) as survey:
        ...     lines = survey.run(["linear:3,2,3", "mlp:2,2,2:x^2"])
        >>> {spec: line["results"]["dimension"]["value"] for spec, line in lines.items()}
        {'linear:3,2,3': 8, 'mlp:2,2,2:x^2': 6}
    """

    @takes_numbers_of_sage
    def __init__(self, about: dict[str, Any], invariants: Sequence[str] = DEFAULT_INVARIANTS, *,
                 directory: str | Path | None = None, jobs: int | None = None,
                 scheduler: str | None = None, seed: int | None = None,
                 certificates: bool = False, timeout: float | None = None,
                 memory_gb: float | None = None, progress: Callable[[str], None] = silent,
                 each: Callable[[Line], None] = ignored) -> None:
        self.settings = Settings(check_invariants(invariants), seed, certificates, timeout,
                                 memory_gb)
        check_jobs(jobs)
        self.lines: dict[str, Line] = {}
        self._progress, self._each = progress, each
        self._record: Record | None = None
        self._workers: Processes | Cluster | None = None
        page = json.loads(json.dumps({
            "schema": SCHEMA, "version": __version__, "about": about,
            "invariants": self.settings.invariants, "seed": seed, "certificates": certificates}))
        if directory is not None:
            self._record = Record(directory, page)
            self.lines = self._record.lines
        try:
            self._workers = (
                Cluster(self.settings, scheduler) if scheduler is not None
                else Processes(self.settings, jobs or len(os.sched_getaffinity(0))))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Survey:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def run(self, specs: Iterable[str]) -> dict[str, Line]:
        """
        Answer for models that have no line yet.

        INPUT:

        - ``specs`` -- spec strings, in the order in which they shall be begun

        OUTPUT: the lines of these models, in this order, without certificates

        Raises LimitReached if the results cannot be written, and EngineError if the
        connection to a scheduler is lost; what was done is kept.
        """
        assert self._workers is not None
        wanted = list(dict.fromkeys(specs))
        waiting = [spec for spec in wanted if spec not in self.lines]
        if waiting:
            pace = _Pace(len(wanted), len(wanted) - len(waiting), self._progress)
            come = self._workers.lines(waiting)
            try:
                for lines in come:
                    self._keep(lines)
                    pace.report(len(lines))
            finally:
                come.close()  # type: ignore[attr-defined]
        return {spec: self.lines[spec] for spec in wanted}

    def _keep(self, lines: Sequence[Line]) -> None:
        if not lines:
            return
        if self._record is not None:
            self._record.append(lines)
        else:
            self.lines |= {line["spec"]: without_certificates(line) for line in lines}
        for line in lines:
            self._each(line)

    @property
    def exit_code(self) -> int:
        """0 if all was answered, 3 if limits were reached, 1 if anything else went wrong."""
        codes = {line["exit_code"] for line in self.lines.values() if "errors" in line}
        return 0 if not codes else 3 if codes == {LimitReached.exit_code} else 1

    def close(self) -> None:
        """End the workers, and give the directory free."""
        workers, self._workers = self._workers, None
        record, self._record = self._record, None
        try:
            if workers is not None:
                workers.close()
        finally:
            if record is not None:
                record.close()
