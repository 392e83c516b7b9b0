"""
Processes of this machine: what one has started, how much memory they hold, and their end.

The system's files in ``/proc`` say so; where there are none, nothing is known of other processes.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress

PAGE = os.sysconf("SC_PAGE_SIZE")


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:  # it has ended, or there is no /proc
        return ""


def descendants(pid: int) -> list[int]:
    """
    All processes that a process has started, and that these have started, and so on.

    EXAMPLES::

        >>> import subprocess
        >>> child = subprocess.Popen(["sleep", "60"])
        >>> known = sys.platform != "linux" or child.pid in descendants(os.getpid())
        >>> child.kill(); child.wait(), known
        (-9, True)
    """
    found: list[int] = []
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return found
    for task in tasks:
        for child in map(int, _read(f"/proc/{pid}/task/{task}/children").split()):
            found += [child, *descendants(child)]
    return found


def resident(pids: Iterable[int]) -> int:
    """
    How much memory processes hold, in bytes; pages that two of them share are counted twice.

    EXAMPLES::

        >>> sys.platform != "linux" or resident([os.getpid()]) > 10**6
        True
    """
    total = 0
    for pid in pids:
        fields = _read(f"/proc/{pid}/statm").split()
        total += int(fields[1]) * PAGE if len(fields) > 1 else 0
    return total


def reserved(pid: int) -> int:
    """How much memory a process may write to, touched or not, in bytes: what a limit counts."""
    found = re.search(r"^VmData:\s*(\d+) kB", _read(f"/proc/{pid}/status"), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def limit_growth(pid: int, room: int | None) -> None:
    """
    Have the system refuse a process memory beyond so many bytes more than it holds.

    The system counts what is reserved, which may be far more than what is used.  With None
    there is no limit any more.
    """
    if sys.platform != "linux":
        return
    import resource

    most = resource.RLIM_INFINITY if room is None else reserved(pid) + max(room, 0)
    with suppress(OSError, ValueError):
        _, hard = resource.prlimit(pid, resource.RLIMIT_DATA)
        if hard != resource.RLIM_INFINITY:
            most = hard if most == resource.RLIM_INFINITY else min(most, hard)
        resource.prlimit(pid, resource.RLIMIT_DATA, (most, hard))


def kill(pids: Iterable[int]) -> None:
    """End processes at once."""
    tell(pids, signal.SIGKILL)


def tell(pids: Iterable[int], number: int) -> None:
    """Send a signal to those processes that there still are."""
    for pid in pids:
        with suppress(OSError):
            os.kill(pid, number)
