"""
Slices: parameters that are set to numbers.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.reading import integer, items, require

LARGEST_NUMBER = 10**6


def numbers_of_parameters(data: Any, count: int) -> dict[int, int]:
    """Which of ``count`` parameters are set to which numbers."""
    pairs = [items(pair, "slice", 2) for pair in items(data, "slice")]
    found = {integer(i, 0, count - 1, "parameter"): integer(v, 0, LARGEST_NUMBER, "number")
             for i, v in pairs}
    require(len(found) == len(pairs), "A parameter is set to two numbers.")
    return found
