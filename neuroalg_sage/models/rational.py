"""
Numbers, polynomials and matrices over Q: to python-flint and back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly_ctx, fmpq_poly

from neuroalg_sage.models.expressions import Exponents, Polynomial, Quotient, from_flint

Row = Sequence[Any] | Mapping[int, Any]  # of fractions or integers


def to_flint(c: Fraction | int) -> fmpq:
    """A number as python-flint has it, which makes none of a Fraction."""
    return fmpq(c.numerator, c.denominator)


def fraction(c: fmpq) -> Fraction:
    """A number of python-flint."""
    return Fraction(int(c.p), int(c.q))


def univariate(coefficients: Iterable[Fraction | int]) -> fmpq_poly:
    """The polynomial in one variable with these coefficients, of the powers 1, t, t^2, ..."""
    return fmpq_poly([to_flint(c) for c in coefficients])


def in_ring(polynomial: Mapping[Exponents, Any], ring: Any, more: int = 0) -> Any:
    """A polynomial in a ring of python-flint, which may have ``more`` variables after its own."""
    return ring.from_dict({(*e, *[0] * more): to_flint(c) for e, c in polynomial.items()})


def in_lowest_terms(quotient: Quotient) -> Quotient:
    """
    A quotient of polynomials without common factors; a constant denominator is 1, and else all
    coefficients are integers, without a common divisor, and the first one below is positive.

    EXAMPLES::

        >>> from neuroalg_sage.models.expressions import parse_quotient
        >>> in_lowest_terms(parse_quotient("(x^2 - 1)/(2*x - 2)", ["x"]))[1]
        {(0,): Fraction(1, 1)}
    """
    ring = fmpq_mpoly_ctx.get([f"x{i}" for i in range(len(next(iter(quotient[1]))))], Ordering.lex)
    above, below = (in_ring(p, ring) for p in quotient)
    factor = above.gcd(below)
    above, below = above / factor, below / factor
    if below.is_constant():
        return from_flint(above / below.leading_coefficient()), from_flint(ring.constant(1))
    numbers = [fraction(c) for c in (*below.coeffs(), *above.coeffs())]
    common = lcm(*(c.denominator for c in numbers))
    divisor = gcd(*(int(c * common) for c in numbers))
    scale = to_flint(Fraction(common if numbers[0] > 0 else -common, divisor))
    return from_flint(above * scale), from_flint(below * scale)


def by_last(f: Any, count: int) -> dict[Exponents, Polynomial]:
    """
    The coefficients of a polynomial of python-flint in its variables from the number ``count`` on,
    which are polynomials in those before.
    """
    table: dict[Exponents, Polynomial] = {}
    for e, c in from_flint(f).items():
        table.setdefault(e[count:], {})[e[:count]] = c
    return table


def matrix(rows: Iterable[Row], columns: int) -> fmpq_mat:
    """A matrix with these rows, each a list, or a dictionary of what is not zero."""
    rows = list(rows)
    result = fmpq_mat(len(rows), columns)
    for i, row in enumerate(rows):
        for j, c in row.items() if isinstance(row, Mapping) else enumerate(row):
            if c:
                result[i, j] = to_flint(c)
    return result


def rank(rows: Sequence[Sequence[Any]]) -> int:
    """The rank of a matrix with these rows."""
    return int(matrix(rows, len(rows[0])).rank()) if rows else 0


def echelon(rows: Iterable[Row], columns: int) -> tuple[fmpq_mat, list[int]]:
    """The reduced echelon form of a matrix, and the columns of its pivots."""
    reduced, found = matrix(rows, columns).rref()
    return reduced, [next(j for j in range(columns) if reduced[i, j]) for i in range(found)]


def kernel(rows: Iterable[Row], columns: int) -> list[dict[int, Fraction]]:
    """
    A basis of the kernel of a matrix, each vector 1 where the others are 0.

    EXAMPLES::

        >>> kernel([[1, 2, 0]], 3)
        [{1: Fraction(1, 1), 0: Fraction(-2, 1)}, {2: Fraction(1, 1)}]
    """
    reduced, pivots = echelon(rows, columns)
    return [{free: Fraction(1)} | {pivot: -fraction(entry) for i, pivot in enumerate(pivots)
                                   if (entry := reduced[i, free])}
            for free in sorted(set(range(columns)) - set(pivots))]


def integral_kernel(rows: Iterable[Row], columns: int) -> list[list[int]]:
    """
    Integer vectors that form a basis of the kernel of a matrix over Q.

    EXAMPLES::

        >>> integral_kernel([[Fraction(1), Fraction(2), Fraction(0)]], 3)
        [[-2, 1, 0], [0, 0, 1]]
    """
    basis = []
    for vector in kernel(rows, columns):
        scale = lcm(*(c.denominator for c in vector.values()))
        basis.append([int(vector.get(j, 0) * scale) for j in range(columns)])
    return basis
