"""
Macaulay2 as an engine: scripts in, values out, within limits of time and memory.

A :class:`Script` says what to compute; it is plain data.  A :class:`Macaulay2` is a
running process that evaluates scripts, one at a time, each in a dictionary of its
own, so that no script sees what another one has named.  The same script can be
written as a file for Macaulay2 alone, with :meth:`Script.standalone`.

The process is started by Sage's interface.  The waiting is done here, because a
computation that must be stopped by a limit or by Ctrl-C cannot be left to a reader
that waits for a prompt.
"""

from __future__ import annotations

import atexit
import os
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any

from neuroalg_sage import processes
from neuroalg_sage.engines import programs
from neuroalg_sage.engines.package_source import excerpt
from neuroalg_sage.engines.transfer import (
    PolynomialMatrix,
    PolynomialRingData,
    base_name,
    check_name,
    read_value,
)
from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.limits import whole

COMMAND_VARIABLE = "NEUROALG_MACAULAY2"
WORKING_VERSION = "passagemath-macaulay2==10.8.11"

SECONDS_TO_START = 60.0
SECONDS_TO_YIELD = 1.0  # how long an interrupted computation may take to give up
SECONDS_TO_DIE = 10.0  # how long the system may take to end a process that holds much
SECONDS_BETWEEN_LOOKS = 0.05
BYTES_KEPT = 65536  # of what a script prints
LETTERS_OF_A_MESSAGE = 400
PROGRESS = "progress: "


def package_directory() -> Path:
    """
    The folder of the Macaulay2 package NeuroAlgebra.

    OUTPUT: ``m2_scripts`` inside the installed package, or beside it in a checkout
    """
    package = Path(__file__).resolve().parents[1]
    for directory in (package / "m2_scripts", package.parent / "m2_scripts"):
        if directory.is_dir():
            return directory
    raise EngineError("the folder m2_scripts is missing; install NeuroAlg again")


# Scripts ------------------------------------------------------------------------


@dataclass(frozen=True)
class RingMapData:
    """
    A ring map between two rings of a script.

    INPUT:

    - ``source``, ``target`` -- names of rings in the data of the script
    - ``images`` -- the images of the variables of the source: a row over the target
    """

    source: str
    target: str
    images: PolynomialMatrix


Data = PolynomialRingData | PolynomialMatrix | RingMapData


@dataclass(frozen=True)
class Script:
    """
    A computation for Macaulay2.

    INPUT:

    - ``title`` -- a line that says what is computed
    - ``data`` -- what the names in the body mean.  A polynomial whose ring is not
      among the data brings its ring along.
    - ``body`` -- Macaulay2 statements.  The last ring of the data is in use.
    - ``results`` -- for each name a Macaulay2 expression
    - ``packages`` -- the Macaulay2 packages that are needed

    Raises :class:`InputError` if a name cannot be used in Macaulay2.

    EXAMPLES::

        >>> R = PolynomialRingData(("x", "y"))
        >>> I = PolynomialMatrix(R, 1, 2, ({(2, 0): 1}, {(1, 1): 1}), "ideal")
        >>> script = Script("A fat point on a line", {"R": R, "I": I}, "d = dim I",
        ...                 {"dimension": "d", "degree": "degree I"}, packages=())
        >>> print(script.standalone())
        -- A fat point on a line
        <BLANKLINE>
        setRandomSeed 0;
        <BLANKLINE>
        R = QQ[x, y];
        I = ideal(
            x^2,
            x*y);
        <BLANKLINE>
        d = dim I
        <BLANKLINE>
        print("dimension = " | toString (d));
        print("degree = " | toString (degree I));
        <BLANKLINE>
    """

    title: str
    data: Mapping[str, Data]
    body: str
    results: Mapping[str, str]
    packages: tuple[str, ...] = ("NeuroAlgebra",)

    def __post_init__(self) -> None:
        for name, value in self.data.items():
            check_name(name)
            if not isinstance(value, (PolynomialRingData, PolynomialMatrix, RingMapData)):
                raise InputError(f"{name!r} is neither a ring, polynomials nor a ring map")
            if isinstance(value, RingMapData):
                for end in (value.source, value.target):
                    if not isinstance(self.data.get(end), PolynomialRingData):
                        raise InputError(f"the ring map {name!r} needs a ring named {end!r}")
                if value.images.ring != self.data[value.target]:
                    raise InputError(f"the images of the ring map {name!r} are not in its target")
        for name in self.packages:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name):
                raise InputError(f"{name!r} is not the name of a Macaulay2 package")
        for name in self.results:
            if not re.fullmatch(r"[^\"\\\n]+", name):
                raise InputError(f"{name!r} cannot name a result")
        variables = {v for ring in self.rings.values() for v in ring.variables}
        plain = {n for n in (*self.data, *variables) if "_" not in n}
        for name in (*self.data, *variables):
            if "_" in name and base_name(name) in plain:
                raise InputError(f"{base_name(name)!r} is used with and without an index")
            if name in variables and name in self.data:
                raise InputError(f"{name!r} names a variable and something else")

    @cached_property
    def rings(self) -> dict[str, PolynomialRingData]:
        """The rings by name: those of the data, and those that its polynomials bring along."""
        found = {n: x for n, x in self.data.items() if isinstance(x, PolynomialRingData)}
        words = set(re.findall(r"\w+", " ".join([self.body, *self.results.values()])))
        taken = words | set(self.data)
        for value in self.data.values():
            if isinstance(value, PolynomialMatrix) and value.ring not in found.values():
                taken |= {base_name(v) for v in value.ring.variables}
                i = 0
                while f"ring{i}" in taken:
                    i += 1
                found[f"ring{i}"] = value.ring
                taken.add(f"ring{i}")
        return found

    def _ring_name(self, ring: PolynomialRingData) -> str:
        return next(name for name, r in self.rings.items() if r == ring)

    def _bindings(self, written: Callable[[str, PolynomialMatrix], str]) -> list[str]:
        """
        Statements that bind the data, where ``written`` writes named polynomials.
        """
        lines: list[str] = []
        used_bases: set[str] = set()
        in_use = ""
        waiting = dict(self.rings)

        def bind(name: str) -> str:
            ring = waiting.pop(name)
            bases = {base_name(v) for v in ring.variables}
            text = ring.macaulay2(ranges=not bases & used_bases)
            # What is named is a polynomial ring, also without variables; else it is the field.
            brackets = "[]" if name in self.data and not ring.variables else ""
            lines.append(f"{name} = {text}{brackets};")
            used_bases.update(bases)
            return name if ring.variables else in_use

        def polynomials(name: str, value: PolynomialMatrix) -> str:
            nonlocal in_use
            ring = self._ring_name(value.ring)
            if ring in waiting:
                in_use = bind(ring)
            if in_use != ring and value.ring.variables:
                lines.append(f"use {ring};")
                in_use = ring
            return written(name, value)

        last = ""
        for name, value in self.data.items():
            if isinstance(value, PolynomialRingData):
                if name in waiting:
                    in_use = bind(name)
                last = name if value.variables else last
            elif isinstance(value, PolynomialMatrix):
                text = polynomials(name, value)
                lines.append(f"{name} = {text};")
            else:
                text = polynomials(name, value.images)
                lines.append(f"{name} = map({value.target}, {value.source}, {text});")
        if last and in_use != last:
            lines.append(f"use {last};")
        return lines

    def standalone(self) -> str:
        """
        The script as a file for Macaulay2 alone: ``M2 --script FILE`` prints the results.

        What it uses of the package NeuroAlgebra is in the file.
        """
        parts = [f"-- {line}" for line in self.title.splitlines()] + [""]
        if "NeuroAlgebra" in self.packages:
            used = excerpt("\n".join([self.body, *self.results.values()]), package_directory())
            parts += [used, ""] if used else []
        parts += [f'needsPackage "{name}";' for name in self.packages if name != "NeuroAlgebra"]
        parts += ["setRandomSeed 0;", ""]
        bindings = self._bindings(lambda name, value: value.macaulay2(
            self._ring_name(value.ring)))
        if bindings:
            parts += [*bindings, ""]
        if self.body.strip():
            parts += [self.body.strip("\n"), ""]
        for name, expression in self.results.items():
            parts.append(f'print("{name} = " | toString {_parenthesized(expression)});')
        return "\n".join(parts) + "\n"

    def _for_session(self, directory: Path) -> str:
        """The script as the session evaluates it; the polynomials go to files."""
        count = 0

        def written(name: str, value: PolynomialMatrix) -> str:
            nonlocal count
            count += 1
            path = directory / f"data{count}"
            value.write(path)
            ring = self._ring_name(value.ring)
            return f'scriptRecord#"read" ({quoted(str(path))}, {ring})'

        # The session has loaded NeuroAlgebra, and needsPackage would look whether it has changed.
        parts = ['scriptRecord#"use package"();' if name == "NeuroAlgebra"
                 else f'needsPackage "{name}";' for name in self.packages]
        parts.append("setRandomSeed 0;")
        parts += self._bindings(written)
        known = ", ".join(f'{name} => "{name}"' for name in self.rings)
        parts.append(f'scriptRecord#"rings" = new HashTable from {{{known}}};')
        parts.append(self.body)
        for name, expression in self.results.items():
            parts.append(f'scriptRecord#"results"#"{name}" = {_parenthesized(expression)};')
        return "\n".join(parts) + "\n"


def _parenthesized(expression: str) -> str:
    """The expression in parentheses, also if it ends in a comment."""
    return f"({expression}\n)" if "--" in expression else f"({expression})"


def quoted(text: str) -> str:
    """The text as a string of Macaulay2's language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# Sessions -----------------------------------------------------------------------


class _Died(Exception):
    """The process has ended."""


class _TimeIsUp(Exception):
    """The deadline has passed."""


class _MemoryIsFull(Exception):
    """The process holds more memory than it may."""


@dataclass
class _Listener:
    """What a script prints: its progress is passed on, its end is kept for messages."""

    progress: Callable[[str], None] | None = None
    line: bytes = b""
    kept: bytes = b""
    first_error: str = field(default="", init=False)

    def hear(self, chunk: bytes) -> None:
        *complete, self.line = (self.line + chunk).split(b"\n")
        self.line = self.line[-BYTES_KEPT:]
        for raw in complete:
            self._hear_line(raw.rstrip(b"\r").decode("utf-8", "replace"))
        self.kept = (self.kept + chunk)[-BYTES_KEPT:]

    def _hear_line(self, line: str) -> None:
        if line.startswith(PROGRESS):
            if self.progress:
                self.progress(line.removeprefix(PROGRESS))
        elif not self.first_error and (
            found := re.search(r":\d+:\d+(?:-\d+:\d+)?:?.*?\berror: *(.+)", line)
        ):
            self.first_error = found[1]


class Macaulay2:
    """
    A session of Macaulay2.

    INPUT:

    - ``command`` -- the command that starts Macaulay2; by default the value of the
      environment variable ``NEUROALG_MACAULAY2``, else the Macaulay2 that Sage finds

    The process starts when it is first needed, and again after it has died.  A session
    evaluates one script at a time; several sessions work in parallel.

    A script does not see what an earlier one has named, put in use or set.  Methods that a
    script installs for Macaulay2's own types, hooks that it adds and symbols of Macaulay2
    that it protects stay until the session is closed.

    EXAMPLES::

        >>> R = PolynomialRingData(("x", "y", "z"))
        >>> cone = PolynomialMatrix(R, 1, 1, ({(2, 0, 0): 1, (0, 1, 1): -1},), "ideal")
        >>> script = Script("A cone", {"R": R, "I": cone}, "",
        ...                 {"dimension": "dim I", "degree": "degree I"})
        >>> with Macaulay2() as session:
        ...     session.run(script)
        {'dimension': 2, 'degree': 2}
    """

    def __init__(self, command: str | None = None) -> None:
        self._command = command
        self._lock = threading.RLock()
        self._interface: Any = None
        self._owner = 0
        self._memory_at_start = 0
        self._version = ""
        _sessions.add(self)

    # The process ----------------------------------------------------------------

    @property
    def version(self) -> str:
        """The version of Macaulay2, such as ``1.26.06``."""
        with self._lock:
            self._ensure()
            return self._version

    @property
    def pid(self) -> int:
        """The number of the process, which is started if need be."""
        with self._lock:
            self._ensure()
            return self._interface._expect.pid

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return (
            self._interface is not None
            and self._owner == os.getpid()
            and self._interface._isalive()
        )

    def close(self) -> None:
        """End the process; the session can be used again and starts another one."""
        interface, self._interface = self._interface, None
        if interface is not None and self._owner == os.getpid():
            _kill(interface)

    def __enter__(self) -> Macaulay2:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if not self.is_alive():
            return "A session of Macaulay2, not running"
        return f"A session of Macaulay2 {self._version}, process {self._interface._expect.pid}"

    def _ensure(self) -> None:
        if not self.is_alive():
            self.close()
            self._start()

    def _start(self) -> None:
        interface = _new_interface(self._command)
        self._owner = os.getpid()
        if whole.is_over():
            raise whole.time_is_over("at the start of Macaulay2")
        watchdog = threading.Timer(whole.within(SECONDS_TO_START) or 0.0, _kill, (interface,))
        watchdog.daemon = True
        watchdog.start()
        try:
            with _starting:  # Sage changes the working directory of Python for a moment
                interface._start()
            atexit.unregister(interface.quit)  # which would come before ours, see _kill
            interface._expect.setecho(False)
            self._interface = interface
            self._prepare()
        except (RuntimeError, OSError, _Died) as problem:
            late = not watchdog.is_alive()
            self.close()
            _kill(interface)
            if isinstance(problem, EngineError):
                raise
            if whole.is_over():
                raise whole.time_is_over("at the start of Macaulay2") from None
            raise EngineError(_why_not_started(find_command(self._command), late)) from None
        except BaseException:
            self.close()
            _kill(interface)
            raise
        finally:
            watchdog.cancel()
        self._memory_at_start = processes.resident([interface._expect.pid])

    def _prepare(self) -> None:
        """Load the package, and remember what every script is to find."""
        folder = str(package_directory()) + "/"
        listener = _Listener()
        prompt = token_hex(16)
        self._send(
            f"path = prepend({quoted(folder)}, path); "
            'visibleAtStart = dictionaryPath; needsPackage "NeuroAlgebra"; '
            '(value NeuroAlgebra#"private dictionary"#"rememberSession") visibleAtStart; '
            + _call("setPrompt", _halves(prompt))
            + '; << "version " << version#"VERSION" << endl'
        )
        try:
            self._wait(prompt, listener,
                       deadline=time.monotonic() + (whole.within(SECONDS_TO_START) or 0.0))
        except _TimeIsUp:
            if whole.is_over():
                raise whole.time_is_over("at the start of Macaulay2") from None
        found = re.search(rb"^version (\S+)", listener.kept, re.MULTILINE)
        if not found or listener.first_error:
            raise EngineError(
                "the Macaulay2 package NeuroAlgebra could not be loaded: "
                + (listener.first_error or "Macaulay2 gave no reason")
            )
        self._version = found[1].decode()

    def _send(self, command: str) -> None:
        os.write(self._interface._expect.child_fd, command.encode() + b"\n")

    def _wait(
        self,
        prompt: str,
        listener: _Listener,
        deadline: float | None = None,
        memory: int | None = None,
    ) -> None:
        """
        Listen until the prompt appears.

        Raises ``_TimeIsUp``, ``_MemoryIsFull`` or ``_Died``.
        """
        process = self._interface._expect
        end = prompt.encode()
        next_look = 0.0
        while True:
            now = time.monotonic()
            if deadline is not None and now > deadline:
                raise _TimeIsUp
            pause = SECONDS_BETWEEN_LOOKS if memory or deadline else 1.0
            if memory and now >= next_look:
                next_look = now + SECONDS_BETWEEN_LOOKS
                if processes.resident([process.pid]) > memory:
                    raise _MemoryIsFull
            if not select.select([process.child_fd], [], [], pause)[0]:
                continue
            try:
                chunk = os.read(process.child_fd, 1 << 16)
            except OSError:  # what Linux reports when the other end is closed
                chunk = b""
            if not chunk:
                raise _Died
            listener.hear(chunk)
            if listener.line.endswith(end):
                return

    def _recover(self) -> None:
        """
        Interrupt the computation; if it does not give up soon, end the process.

        So is a process ended that was interrupted while it loaded a package, which it would
        neither have nor load again.
        """
        if self._interface is None:
            return
        patience = whole.within(SECONDS_TO_YIELD)
        try:
            if not patience:
                raise _TimeIsUp
            prompt = token_hex(16)
            os.killpg(self._interface._expect.pid, signal.SIGINT)
            self._send(_call("restoreSession", "()") + "; if not " + _call("packagesAreWhole", "()")
                       + " then exit 1; " + _call("setPrompt", _halves(prompt)))
            self._wait(prompt, _Listener(), time.monotonic() + patience)
        except BaseException:
            self.close()
            raise

    def _stop(self) -> None:
        try:
            self._recover()
        except (_TimeIsUp, _Died, OSError):
            pass

    # Scripts --------------------------------------------------------------------

    def run(
        self,
        script: Script,
        *,
        timeout: float | None = None,
        memory_gb: float | None = None,
        progress: Callable[[str], None] | None = None,
        budget: float | None = None,
    ) -> dict[str, Any]:
        """
        Evaluate a script.

        INPUT:

        - ``script`` -- the script
        - ``timeout`` -- the seconds it may take, from when Macaulay2 begins with it
        - ``memory_gb`` -- the memory that Macaulay2 may hold, in units of 10^9 bytes
        - ``progress`` -- is called with the rest of each line that the script prints
          and that begins with ``progress:``
        - ``budget`` -- if ``timeout`` is the rest of a longer limit, the seconds of that

        The limits of a whole command, if it has any, hold besides.

        OUTPUT: the results by their names.  Integers, fractions, booleans, strings,
        ``None``, lists and dictionaries are what they are in Python; elements of
        rings, matrices and ideals become :class:`PolynomialMatrix`.

        Raises :class:`LimitReached` if a limit was reached, :class:`EngineError` if
        Macaulay2 reported an error or died.
        """
        memory = None if memory_gb is None else int(memory_gb * 10**9)
        with self._lock, TemporaryDirectory(prefix="neuroalg-") as folder:
            directory = Path(folder)
            text = script._for_session(directory)
            (directory / "script.m2").write_text(text, encoding="utf-8")
            self._ensure()
            if memory is not None:
                self._make_room(memory)
            listener = _Listener(progress)
            time_is_up = self._time_is_up(script, timeout, budget)
            try:
                self._evaluate(directory, listener, timeout, memory, time_is_up)
            except EngineError:
                if (directory / "begun").exists():
                    raise
                self._ensure()  # the process had died before the script came
                self._evaluate(directory, listener, timeout, memory, time_is_up)
            return self._results(script, directory / "results", listener, memory)

    @staticmethod
    def _time_is_up(script: Script, timeout: float | None, budget: float | None
                    ) -> Callable[[], LimitReached]:
        """What is raised when the time is up: the limit that the user knows, and what was done."""
        title = " ".join(script.title.split())

        def error() -> LimitReached:
            if whole.is_over() and whole.seconds is not None:
                limit = f"at the end of the limit of {whole.seconds:g} seconds"
            elif budget is not None:
                limit = f"at the end of the limit of {budget:g} seconds"
            else:
                limit = f"after {timeout or 0:.3g} seconds"
            return LimitReached(f"Macaulay2 was stopped {limit}, at work on this: {title}; allow "
                                "more with --timeout")

        return error

    def _evaluate(
        self, directory: Path, listener: _Listener, timeout: float | None, memory: int | None,
        time_is_up: Callable[[], LimitReached],
    ) -> None:
        prompt = token_hex(16)
        pid = self._interface._expect.pid
        seconds, memory = whole.within(timeout), whole.room(memory, pid)
        deadline = None if seconds is None else time.monotonic() + seconds
        try:
            if memory is not None:  # a twentieth more, since what is reserved is not all used
                processes.limit_growth(
                    pid, memory - processes.resident([pid]) + memory // 20)
            folder = quoted(f"{directory}/")
            self._send(_call("evaluateScript", f"({folder}, {_halves(prompt)})"))
            self._wait(prompt, listener, deadline, memory)
            if memory is not None:
                processes.limit_growth(pid, None)
        except _TimeIsUp:
            self._stop()
            if self._interface is not None and memory is not None:
                processes.limit_growth(pid, None)
            raise time_is_up() from None
        except _MemoryIsFull:
            self.close()
            raise _memory_limit_reached(memory) from None
        except (_Died, OSError):
            self.close()
            if memory is not None and re.search(
                rb"memory|bad_alloc|allocat|heap", listener.kept, re.IGNORECASE
            ):
                raise _memory_limit_reached(memory) from None
            raise EngineError("Macaulay2 ended before the script was done") from None
        except SystemExit:  # this process ends, and nobody would stop Macaulay2 later
            self.close()
            raise
        except BaseException:
            self._stop()
            if self._interface is not None and memory is not None:
                processes.limit_growth(pid, None)
            raise

    def _results(
        self, script: Script, path: Path, listener: _Listener, memory: int | None
    ) -> dict[str, Any]:
        try:
            found = read_value(path, script.rings)
        except FileNotFoundError:
            self.close()  # what the script has changed was perhaps not restored
            raise EngineError(
                f"Macaulay2 reported: {listener.first_error or 'the script was left early'}"
            ) from None
        except EngineError as problem:
            message = " ".join(str(problem).split()) or "an error without a message"
            if message.startswith("--backtrace"):
                message = listener.first_error or "the script cannot be parsed"
            if len(message) > LETTERS_OF_A_MESSAGE:
                message = message[: LETTERS_OF_A_MESSAGE - 3] + "..."
            limited = memory is not None or whole.memory is not None
            if limited and re.search(r"out of memory|allocat", message):
                raise _memory_limit_reached(memory) from None
            raise EngineError(f"Macaulay2 reported: {message}") from None
        for name in script.results:
            if name not in found:
                raise EngineError(f"the script ended before its result {name!r}")
        return {name: found[name] for name in script.results}

    def _make_room(self, memory: int) -> None:
        """Start afresh if what earlier scripts have left would count against the limit."""
        held = processes.resident([self._interface._expect.pid])
        if held - self._memory_at_start > memory // 20:
            self.close()
            self._ensure()


def default_session() -> Macaulay2:
    """The session that this process shares; it is closed at exit."""
    global _default
    with _starting:
        if _default is None:
            _default = Macaulay2()
    return _default


_default: Macaulay2 | None = None
_sessions: weakref.WeakSet[Macaulay2] = weakref.WeakSet()
_starting = threading.RLock()


@atexit.register
def _close_all() -> None:
    for session in list(_sessions):
        session.close()


def _call(function: str, arguments: str) -> str:
    """Call a function of the package that is not for its users."""
    return f'(value NeuroAlgebra#"private dictionary"#"{function}") {arguments}'


def _halves(prompt: str) -> str:
    """A prompt as an expression, whose echo is not the prompt."""
    half = len(prompt) // 2
    return f'("{prompt[:half]}" | "{prompt[half:]}")'


def find_command(command: str | None = None) -> str:
    """
    The command that starts Macaulay2, as a line for the shell.

    INPUT:

    - ``command`` -- as for :class:`Macaulay2`

    OUTPUT: string; it ends in ``-q``, so that Macaulay2 neither reads nor writes the user's
    folder ``.Macaulay2``

    Raises :class:`EngineError` if there is no such command.
    """
    for variable in (COMMAND_VARIABLE, "SAGE_MACAULAY2_COMMAND"):
        command = command or os.environ.get(variable) or None
    if command is not None:
        line = shlex.quote(command) if Path(command).is_file() else command
        try:
            executable = shlex.split(line)[0]
        except (IndexError, ValueError):
            raise _not_found(command) from None
        if shutil.which(executable) is None:
            raise _not_found(command)
        return f"{line} -q"
    found = programs.find("M2", COMMAND_VARIABLE)
    if found is None:
        raise _not_found(None)
    return f"{shlex.quote(found)} -q"


# Sage's interface starts a program that ignores the hangup of its terminal, so that it would go on
# computing when this process is killed.  Whatever is ignored stays so in the program that follows.
_ENDING_WITH_US = shlex.join([
    sys.executable, "-I", "-S", "-c",
    "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_DFL); "
    "os.execvp(sys.argv[1], sys.argv[1:])"])


def _new_interface(command: str | None) -> Any:
    """Sage's interface to Macaulay2, not yet started."""
    line = find_command(command)
    try:
        import sage.all__sagemath_modules  # noqa: F401
        from sage.interfaces.macaulay2 import Macaulay2 as Interface
    except ImportError:
        raise _not_found(command) from None
    return Interface(command=f"{_ENDING_WITH_US} {line}")


def _not_found(command: str | None) -> EngineError:
    if command is None:
        return EngineError(
            f"Macaulay2 was not found; `pip install {WORKING_VERSION}` brings it, or set "
            f"{COMMAND_VARIABLE} to the command of another one"
        )
    return EngineError(
        f"Macaulay2 was not found: there is no command {command!r}; set {COMMAND_VARIABLE} "
        f"to one that works, or unset it after `pip install {WORKING_VERSION}`"
    )


def _why_not_started(command: str, late: bool) -> str:
    if late:
        return f"Macaulay2 did not answer within {SECONDS_TO_START:g} seconds of its start"
    executable = shlex.split(command)[0]
    try:
        code = subprocess.run(
            [executable, "--no-debug", "--no-readline", "--silent", "-e", "exit 0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=10,
        ).returncode
    except (OSError, subprocess.SubprocessError):
        code = 1
    return illegal_instruction(code) or f"{executable} did not start as Macaulay2 does"


def illegal_instruction(code: int | None) -> str:
    """What to do if this exit code is of an illegal instruction; else empty."""
    if code not in (-signal.SIGILL, 128 + signal.SIGILL):
        return ""
    return (
        "this build of Macaulay2 uses instructions that this processor does not have; "
        f"`pip install {WORKING_VERSION}` brings one that does not"
    )


def _kill(interface: Any) -> None:
    """
    End a process and all that it started, and wait until the system has forgotten it.

    Only then is Sage's interface closed.  It would end a process that still runs by signals at
    intervals of five seconds, in a fork of this process that holds all its open files meanwhile,
    so that whoever reads its output waits for it.
    """
    process = interface._expect
    if process is None:
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except OSError:
        pass
    deadline = time.monotonic() + SECONDS_TO_DIE
    while interface._isalive() and time.monotonic() < deadline:
        time.sleep(0.002)
    terminal = process.ptyproc
    if not terminal.closed:
        terminal.fileobj.close()
        terminal.fd, terminal.closed = -1, True
    interface.quit()


def _memory_limit_reached(memory: int | None) -> LimitReached:
    if whole.memory is not None:
        return whole.memory_is_full("Macaulay2")
    return LimitReached(
        f"Macaulay2 needed more than {(memory or 0) / 10**9:g} GB of memory; allow more "
        "with --memory"
    )
