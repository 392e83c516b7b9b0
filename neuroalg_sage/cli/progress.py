"""
What is being done, and for how long, on standard error.

At a terminal it is one line, which is written anew with each stage and each second, and is gone
when something else is printed.  Elsewhere each stage is a line of its own.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

SECONDS_BETWEEN_TICKS = 1.0
SECONDS_OF_SILENCE = 2.0  # after which a command says what it is about
LONGEST_NOTE = 100  # characters
ERASE = "\r\x1b[K"


class Progress:
    """
    The line of one command; calling it with some text begins a stage.

    INPUT:

    - ``stage`` -- what is said before the first stage
    - ``quiet`` -- whether nothing is said
    - ``stream`` -- where; a terminal is one that can erase a line
    - ``says_itself`` -- whether, where there is no terminal, ``stage`` is said after two seconds
    - ``note`` -- called with each message that is no beginning of a stage, also if nothing is said
    """

    def __init__(self, stage: str, quiet: bool = False, stream: TextIO | None = None,
                 says_itself: bool = False,
                 note: Callable[[str], None] = lambda message: None) -> None:
        self._stage, self._quiet, self._stream = stage, quiet, stream or sys.stderr
        self._silent, self._note = says_itself, note
        self._begun = time.monotonic()
        # A signal's handler may print while the main thread holds it.
        self._lock = threading.RLock()
        self._drawn = False  # whether the line is on the screen
        self._free = True  # whether the cursor is at the beginning of a line
        self._over = threading.Event()
        self._ticker: threading.Thread | None = None
        self.is_at_terminal = self._stream.isatty() and os.environ.get("TERM", "") not in (
            "", "dumb")

    def __call__(self, message: str) -> None:
        """Begin a stage: the first line of a message."""
        with self._lock:
            self._stage, *_ = message.splitlines() or [""]
            self._note(self._stage)
            self._say()

    def _say(self) -> None:
        self._silent = False
        if self._quiet or self._over.is_set():
            return
        if self.is_at_terminal:
            self._draw()
        else:
            self._stream.write(f"{self._line()}\n")
            self._stream.flush()

    def begin(self, stage: str) -> None:
        """Begin a stage that is short as a rule: where there is no terminal nothing is said."""
        if self.is_at_terminal:
            self(stage)
            self._note("")

    def _line(self) -> str:
        return f"[{time.monotonic() - self._begun:6.1f} s] {self._stage}"

    def _draw(self) -> None:
        if self._free:
            try:
                width = os.get_terminal_size(self._stream.fileno()).columns
            except OSError:
                width = 0
            self._stream.write(ERASE + self._line()[:max(width - 1, 0) or 79])
            self._stream.flush()
            self._drawn = True

    def _erase(self) -> None:
        if self._drawn:
            self._stream.write(ERASE)
            self._stream.flush()
            self._drawn = False

    def _tick(self) -> None:
        while not self._over.wait(SECONDS_BETWEEN_TICKS):
            with self._lock:
                if self._over.is_set():
                    return
                if self.is_at_terminal:
                    self._draw()
                elif self._silent and time.monotonic() - self._begun > SECONDS_OF_SILENCE:
                    self._say()

    def start(self) -> None:
        """Show the seconds, until :meth:`finish`."""
        if not self._quiet and (self.is_at_terminal or self._silent):
            self._ticker = threading.Thread(target=self._tick, daemon=True)
            self._ticker.start()

    def finish(self) -> None:
        """Leave no line behind."""
        with self._lock:
            self._over.set()
            self._erase()
        if self._ticker is not None:
            self._ticker.join()

    def beside(self, stream: TextIO) -> TextIO:
        """The stream, on which one may print without meeting the line."""
        return _Beside(stream, self)  # type: ignore[return-value]

    def _print(self, stream: TextIO, text: str) -> int:
        with self._lock:
            self._erase()
            self._free = text.endswith("\n") or (self._free and not text)
            return stream.write(text)


class _Beside:
    """A stream before whose output the line of a command is erased."""

    def __init__(self, stream: TextIO, progress: Progress) -> None:
        self._stream, self._progress = stream, progress

    def write(self, text: str) -> int:
        return self._progress._print(self._stream, text)

    def writelines(self, lines: Any) -> None:
        self.write("".join(lines))

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._stream, attribute)


def _first_sentence(message: str) -> str:
    return message.split(". ")[0][:LONGEST_NOTE]


@contextmanager
def shown(arguments: argparse.Namespace) -> Iterator[None]:
    """Show the progress of the command that these options are of, while it runs."""
    progress = Progress(arguments.command, getattr(arguments, "quiet", False),
                        says_itself=hasattr(arguments, "quiet"),
                        note=lambda message: arguments.page.state(attempt=_first_sentence(message)))
    arguments.progress = progress
    streams = sys.stdout, sys.stderr
    if progress.is_at_terminal and not getattr(arguments, "quiet", False):
        sys.stdout, sys.stderr = (progress.beside(stream) for stream in streams)
    progress.start()
    try:
        yield
    finally:
        progress.finish()
        sys.stdout, sys.stderr = streams
