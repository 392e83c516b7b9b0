"""A rank that is the dimension: found at one point, with evidence that it is nowhere larger."""

from __future__ import annotations

from typing import Any, NamedTuple


class ProvedRank(NamedTuple):
    """
    What proves a dimension by a point of a shape of its own.

    - ``trial``, ``rank`` -- the point modulo a prime, and the rank of the Jacobian there
    - ``upper`` -- evidence that the rank is nowhere larger
    - ``method`` -- both in words
    """

    trial: dict[str, Any]
    rank: int
    upper: dict[str, Any]
    method: str
