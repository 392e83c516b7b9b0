"""
Polynomials in the coordinates of V, as generators of an ideal.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from neuroalg_sage.engines.transfer import PolynomialMatrix
from neuroalg_sage.invariants.dimension.rings import coordinate_ring
from neuroalg_sage.models.expressions import Polynomial


def primitive(polynomial: Polynomial) -> Polynomial:
    """The polynomial with denominators cleared."""
    scale = lcm(1, *(Fraction(c).denominator for c in polynomial.values()))
    return {e: Fraction(c) * scale for e, c in polynomial.items()}


def sage_ideal(generators: Sequence[Polynomial], n: int) -> Any:
    """The ideal in Sage, in Q[z_0, ..., z_(n-1)]."""
    return PolynomialMatrix(coordinate_ring(n), 1, len(generators), tuple(generators),
                            "ideal").to_sage()


def sage_equations(generators: list[Polynomial], n: int) -> list[Any]:
    """Polynomials in n coordinates in Sage."""
    if not generators:
        return []
    return list(PolynomialMatrix(coordinate_ring(n), 1, len(generators), tuple(generators)
                                 ).to_sage().list())
