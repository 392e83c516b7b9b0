"""
Semi-algebraic sets of V, given by formulas without quantifiers.

A formula is a list of pieces, of which one must hold; a piece is a list of conditions, which must
all hold; a condition is a pair ``[relation, polynomial]``, a polynomial in the coordinates compared
with zero.  So ``[]`` holds nowhere, and ``[[]]`` everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import eq, ge, gt, ne
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.reading import MalformedCertificate, items, polynomial, require

RELATIONS: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "!=": ne, ">=": ge, ">": gt}

Condition = tuple[str, fmpq_mpoly]
Formula = list[list[Condition]]


def formula(data: Any, ring: fmpq_mpoly_ctx) -> Formula:
    """A formula in normal form: no condition of a constant, and nothing stated twice."""
    pieces = []
    for piece in items(data, "formula"):
        conditions = []
        for condition in items(piece, "piece of a formula"):
            relation, f = items(condition, "condition", 2)
            if not isinstance(relation, str) or relation not in RELATIONS:
                raise MalformedCertificate(f"A relation is not one of {', '.join(RELATIONS)}.")
            conditions.append((relation, polynomial(f, ring)))
            require(not conditions[-1][1].is_constant(), "A condition is one of a constant.")
        pieces.append(conditions)
    written = [frozenset((relation, str(f)) for relation, f in piece) for piece in pieces]
    require(all(len(of) == len(piece) for of, piece in zip(written, pieces)),
            "A condition is stated twice.")
    require(len(set(written)) == len(pieces), "A piece of a formula is stated twice.")
    return pieces


def polynomials_of(pieces: Formula) -> list[fmpq_mpoly]:
    """The polynomials of a formula, each once."""
    return list({str(f): f for piece in pieces for _, f in piece}.values())


def satisfied(pieces: Formula, value: Callable[[fmpq_mpoly], Any]) -> bool:
    """
    Whether a formula holds.

    INPUT:

    - ``value`` -- from a polynomial to its value, or to the sign of its value
    """
    return any(all(RELATIONS[relation](value(f), 0) for relation, f in piece) for piece in pieces)


def holds(pieces: Formula, point: Sequence[fmpq]) -> bool:
    """
    Whether a rational point satisfies a formula.

    EXAMPLES::

        >>> from neuroalg_sage.certificates.reading import polynomial_ring
        >>> ring = polynomial_ring(2)
        >>> disk = formula([[[">=", [["1", []], ["-1", [0, 2]], ["-1", [1, 2]]]]]], ring)
        >>> holds(disk, [fmpq(3, 5), fmpq(4, 5)]), holds(disk, [fmpq(1), fmpq(1, 9)])
        (True, False)
    """
    return satisfied(pieces, lambda f: f(*point))


def signs(polynomials: Iterable[fmpq_mpoly], point: Sequence[fmpq]) -> list[int]:
    """The signs of polynomials at a rational point."""
    values = [f(*point) for f in polynomials]
    return [int(v > 0) - int(v < 0) for v in values]
