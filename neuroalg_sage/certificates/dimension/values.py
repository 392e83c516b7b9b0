"""
How many outputs of a model are linearly independent, at one point modulo a prime.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import residue


def value_rank(model: Model, point: list[int], inputs: Any, p: int) -> int:
    """The rank of the outputs' values at some inputs: at most that of the outputs as functions."""
    values = [[*model.fold(point, x, lambda c: residue(c, p), lambda a, b: (a + b) % p,
                           lambda a, b: a * b % p)] for x in inputs]
    return rank([[c % p for c in row] for row in values], model.outputs, p)
