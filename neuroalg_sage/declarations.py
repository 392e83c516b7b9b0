"""
What other packages declare for this one, by entry points.

Any package that is installed may be damaged, and none of them is a reason for the others to be of
no use.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.metadata import Distribution, EntryPoint, distributions, entry_points
from typing import Any


def declarations(group: str) -> tuple[EntryPoint, ...]:
    """
    The entry points of a group, of all packages whose declarations can be read.

    Of the others it is said that they cannot.
    """
    try:
        return tuple(entry_points(group=group))
    except Exception:  # one damaged package has the library read none
        pass
    found: dict[str, tuple[EntryPoint, ...]] = {}
    for distribution in distributions():
        name = name_of(distribution)
        if name not in found:  # the first one on the path is the one that is imported
            try:
                found[name] = tuple(distribution.entry_points.select(group=group))
            except Exception as error:  # whatever stands in its files
                found[name] = ()
                warn(f"What the package {name} declares cannot be read "
                     f"({type(error).__name__}); mend or remove that package.")
    return tuple(point for points in found.values() for point in points)


def name_of(distribution: Distribution | None, default: str = "") -> str:
    """The name of a package, also of one that does not say it."""
    try:
        name: Any = None if distribution is None else distribution.metadata["Name"]
    except Exception:  # it has no metadata
        name = None
    folder = getattr(distribution, "_path", None)
    return str(name or default or getattr(folder, "name", "") or "that has no name")


@cache  # a sentence is said once
def warn(sentence: str) -> None:
    """Say what is wrong with a package, and go on."""
    logging.getLogger("neuroalg_sage").warning("neuroalg: %s", sentence)
