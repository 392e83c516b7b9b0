"""
The programs at work, and their versions.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


def engines(**versions: str) -> dict[str, str]:
    """The versions of the programs at work, for a certificate."""
    return versions | {package: _version(package) for package in ("neuroalg-sage", "python-flint")}


@cache
def _version(package: str) -> str:
    """The version of an installed package; looking it up takes milliseconds."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
