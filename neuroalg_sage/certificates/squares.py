"""
Sums of squares with positive coefficients.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.reading import items, member, numbers, polynomial, require


def weighted_squares(data: Any, ring: fmpq_mpoly_ctx) -> tuple[fmpq_mpoly, list[fmpq_mpoly]]:
    """The sum that is stated, and what is squared; its coefficients are verified."""
    total, bases = ring.constant(fmpq(0)), []
    for pair in items(member(data, "squares"), "squares"):
        coefficient, base = items(pair, "square", 2)
        (c,) = numbers([coefficient], "coefficient")
        require(c > 0, "A square has a coefficient that is not positive.")
        bases.append(polynomial(base, ring))
        total += bases[-1] ** 2 * c
    return total, bases
