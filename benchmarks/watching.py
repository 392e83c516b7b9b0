"""
Processes that a benchmark watches: their time, the memory of all that they start, and their end.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import psutil

SECONDS_BETWEEN_LOOKS = 0.1


class Watched:
    """A process with all that it started."""

    def __init__(self, command: Sequence[str], **streams: Any) -> None:
        self.process = subprocess.Popen(command, text=True, start_new_session=True, **(
            {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE} | streams))
        self.head = psutil.Process(self.process.pid)
        self.family = {self.head}

    def memory(self) -> int:
        """The bytes that the family holds now."""
        held = 0
        with suppress(psutil.Error):
            self.family.update(self.head.children(recursive=True))
        for member in self.family:
            with suppress(psutil.Error):
                held += member.memory_info().rss
        return held

    def end(self) -> None:
        """End the family: those that were seen, and nobody else."""
        self.memory()
        for member in self.family:
            with suppress(psutil.Error):
                member.kill()
        self.process.wait()


class Run(NamedTuple):
    """
    - ``seconds`` -- of the whole process
    - ``peak`` -- the memory of its family, in GB
    - ``code`` -- how it ended; None if it was ended at a limit
    - ``printed``, ``errors`` -- what it wrote
    """

    seconds: float
    peak: float
    code: int | None
    printed: str
    errors: str


def run(command: Sequence[str], limit: float, memory_gb: float, begun: str = "",
        to_begin: float = 0.0) -> Run:
    """
    Run a command until it ends, or for so many seconds and gigabytes.

    INPUT:

    - ``begun`` -- what it first says on standard error when its time begins; by default at once
    - ``to_begin`` -- the seconds that it may take before
    """
    with tempfile.TemporaryFile("w+") as printed, tempfile.TemporaryFile("w+") as errors:
        start = time.monotonic()
        deadline = start + (to_begin if begun else limit)
        watched = Watched(command, stdout=printed, stderr=errors)
        peak = 0.0
        try:
            while watched.process.poll() is None:
                peak = max(peak, watched.memory() / 1e9)
                if begun and begun.encode() in os.pread(errors.fileno(), 10_000, 0):
                    begun, deadline = "", time.monotonic() + limit
                if time.monotonic() > deadline or peak > memory_gb:
                    break
                with suppress(subprocess.TimeoutExpired):
                    watched.process.wait(SECONDS_BETWEEN_LOOKS)
            seconds, code = time.monotonic() - start, watched.process.poll()
        finally:
            watched.end()
        printed.seek(0)
        errors.seek(0)
        return Run(seconds, peak, code, printed.read(), errors.read())
