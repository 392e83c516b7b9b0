"""
Programs that answer one question and end: where they are, and how they run within limits.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from neuroalg_sage import processes
from neuroalg_sage.errors import EngineError, LimitReached
from neuroalg_sage.limits import whole

RESERVED = 2  # how much more memory than it may hold a program may reserve

# Whoever is killed ends nobody, so the program asks the system to be ended with us.
_ENDING_WITH_US = (
    sys.executable, "-I", "-S", "-c",
    "import ctypes, os, sys\n"
    "PR_SET_PDEATHSIG, SIGKILL = 1, 9\n"
    "if sys.platform == 'linux': ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)\n"
    "if os.getppid() == int(sys.argv[1]): os.execv(sys.argv[2], sys.argv[2:])")


def find(executable: str, variable: str) -> str | None:
    """
    The path of a program: the value of an environment variable, else that of the wheel, else the
    one on the path; None if there is none.
    """
    named = os.environ.get(variable)
    if named:
        return shutil.which(named)
    wheels = [str(Path(entry) / "sage_wheels" / "bin") for entry in sys.path]
    return shutil.which(executable, path=os.pathsep.join([*wheels, os.environ.get("PATH", "")]))


def version_in(text: str) -> str:
    """
    The version that a text states, empty if there is none.

    EXAMPLES::

        >>> version_in("msolve library for polynomial system solving, version 0.9.4")
        '0.9.4'
    """
    return "".join(re.findall(r"\d+(?:\.\d+)+", text)[:1])


def required(name: str, command: str | None, package: str, variable: str) -> str:
    """The path of a program; raises EngineError, which says what brings it, if there is none."""
    if command is None:
        raise EngineError(f"{name} was not found; `pip install {package}` brings it, or set "
                          f"{variable} to the command of another one")
    return command


def version(name: str, command: str, option: str) -> str:
    """The version of a program, as it says itself."""
    try:
        done = subprocess.run([command, option], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, errors="replace")
    except OSError as error:
        raise does_not_start(name, error) from None
    return version_in(done.stdout + done.stderr) or "unknown"


def does_not_start(name: str, error: OSError) -> EngineError:
    """What is raised where a program does not start."""
    return EngineError(f"{name} does not start: {error}")


def memory_is_full(name: str, allowed: int) -> LimitReached:
    """What is raised where a program needs more memory than it may hold."""
    if whole.memory is not None:
        return whole.memory_is_full(name)
    return LimitReached(f"{name} needed more than {allowed / 10**9:.3g} GB of memory; allow "
                        "more with --memory.")


def _share() -> int:
    """Half of the machine's memory, in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def run_within_limits(name: str, question: str, command: Sequence[str], messages: Path,
                      timeout: float | None, memory: int | None, *, source: Path | None = None,
                      environment: Mapping[str, str] | None = None, ends_with_us: bool = False
                      ) -> int:
    """
    Run a program that may hold no more memory than this, or than half of the machine's.

    What it holds is looked at; what it reserves may be more, but not without bound.

    INPUT:

    - ``name``, ``question`` -- of the program and of what it is asked, for messages
    - ``command`` -- the program and its arguments
    - ``messages`` -- the file for what it prints
    - ``timeout`` -- seconds, None for no limit but the command's
    - ``memory`` -- bytes
    - ``source`` -- the file that it reads as standard input
    - ``environment`` -- variables that are set for it
    - ``ends_with_us`` -- whether it is ended if this process is killed

    OUTPUT: the exit code; negative for a signal

    Raises LimitReached if a limit ends it, EngineError if it does not start.
    """
    if whole.is_over():
        raise whole.time_is_over(f"at {question} for {name}")
    limit = whole.within(timeout)
    end = None if limit is None else time.monotonic() + limit
    allowed = whole.room(memory) or _share()
    if ends_with_us:
        command = [*_ENDING_WITH_US, str(os.getpid()), *command]
    with messages.open("wb") as file, (source or Path(os.devnull)).open("rb") as stdin, \
            _started(name, command, stdin, file, environment) as process:
        try:
            processes.limit_growth(process.pid, RESERVED * allowed)
            pause, ended = 0.001, 0
            while not ended:
                if end is not None and time.monotonic() > end:
                    if whole.is_over():
                        raise whole.time_is_over(f"at {question} for {name}")
                    raise LimitReached(f"{name} did not end within {limit:.3g} s; raise the "
                                       "limit with --timeout.")
                if processes.resident([process.pid]) > allowed:
                    raise memory_is_full(name, allowed)
                time.sleep(pause)
                pause = min(2 * pause, 0.02)
                ended, status, used = os.wait4(process.pid, os.WNOHANG)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            if process.returncode is None:
                process.kill()
    if process.returncode:
        # What fails for want of memory ends in many ways, but then it holds much or says so.
        held = used.ru_maxrss * (1024 if sys.platform == "linux" else 1)
        said = re.search(rb"memory|alloc", messages.read_bytes(), re.IGNORECASE)
        if 2 * held > allowed or said or (allowed < _share() and process.returncode < 0):
            raise memory_is_full(name, allowed)
    return process.returncode


def _started(name: str, command: Sequence[str], source: Any, file: Any,
             environment: Mapping[str, str] | None) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, stdin=source, stdout=file, stderr=file,
                                env=None if environment is None else os.environ | environment)
    except OSError as error:
        raise does_not_start(name, error) from None
