"""
Hilbert series numerator / (1 - t)^d, and their Hilbert polynomials.
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial


def hilbert_polynomial(numerator: list[int], dimension: int) -> list[Fraction]:
    """The coefficients, ascending, of Σ_k c_k binomial(i - k + d - 1, d - 1)."""
    total = [0] * dimension
    for k, c in enumerate(numerator if dimension else []):
        term = [c]
        for shift in range(1, dimension):
            term = [a * (shift - k) + b for a, b in zip([*term, 0], [0, *term])]
        total = [a + b for a, b in zip(total, term, strict=True)]
    while total and not total[-1]:
        total.pop()
    return [Fraction(c, factorial(dimension - 1)) for c in total]
