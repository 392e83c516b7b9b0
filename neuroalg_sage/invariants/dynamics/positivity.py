"""
Where a symmetric matrix of polynomials is positive definite.

This is an open set.  A rational point of it is a proof that it is not empty: there the leading
principal minors are positive, which is Sylvester's criterion.  It is empty if a diagonal entry
is nowhere positive: a polynomial whose terms have even exponents and negative coefficients; or
polynomials in one parameter that are nowhere positive together, which is decided between their
real roots.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq_poly

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import Polynomial, value, write_polynomial
from neuroalg_sage.models.rational import matrix as rational_matrix
from neuroalg_sage.models.rational import to_flint, univariate

Entries = dict[tuple[int, int], Polynomial]

TRIALS = 300


def is_positive_definite(matrix: Sequence[Sequence[Fraction]]) -> bool:
    """
    Whether a symmetric rational matrix is positive definite, by Sylvester's criterion.

    EXAMPLES::

        >>> is_positive_definite([[Fraction(2), Fraction(1)], [Fraction(1), Fraction(1)]])
        True
    """
    return all(rational_matrix((row[:k] for row in matrix[:k]), k).det() > 0
               for k in range(1, len(matrix) + 1))


def positive_point(entries: Entries, names: Sequence[str]) -> list[Fraction]:
    """
    A rational point where a symmetric matrix of polynomials is positive definite.

    INPUT:

    - ``entries`` -- the entries that are not zero, by row and column
    - ``names`` -- of the variables, as many as there are rows

    OUTPUT: list of fractions

    Raises InputError if it is proved that there is none, or if none was found.

    EXAMPLES::

        >>> one = Fraction(1)
        >>> positive_point({(0, 0): {(1, 0): one, (0, 0): -5 * one}, (1, 1): {(0, 2): one}},
        ...                ["a", "b"])
        [Fraction(6, 1), Fraction(1, 1)]
        >>> positive_point({(0, 0): {(1,): one}, (1, 1): {(0,): one}}, ["a"])
        [Fraction(1, 1)]
    """
    size = max(i for i, _ in entries) + 1 if entries else 0
    diagonal = [entries.get((i, i), {}) for i in range(max(size, len(names)))]
    for p in diagonal:
        if all(c < 0 and not any(e % 2 for e in exponents) for exponents, c in p.items()):
            raise InputError("The metric is not positive definite anywhere: the entry "
                             f"{write_polynomial(p, names)} of its inverse is never positive.")
    preferred = [Fraction(1)] * len(names)
    for i, name in enumerate(names):
        conditions = [{e[i]: c for e, c in p.items()} for p in diagonal
                      if all(k == i or not e for exponents in p
                             for k, e in enumerate(exponents)) and any(map(any, p))]
        if conditions:
            point = _common_positive_point(conditions)
            if point is None:
                raise InputError("The metric is not positive definite anywhere: no value of "
                                 f"{name} makes the entries of its inverse positive that depend "
                                 f"on {name} alone.")
            preferred[i] = point
    for trial in _trials(preferred):
        if _positive_at(entries, len(diagonal), trial):
            return trial
    raise InputError(f"The metric was not positive definite at any of the {TRIALS} points that "
                     "were tried; perhaps it is so nowhere.")


def _trials(preferred: list[Fraction]) -> Iterator[list[Fraction]]:
    """Points: ones where nothing else is asked for, then small numbers, all at random."""
    generator = random.Random(0)

    def points() -> Iterator[list[Fraction]]:
        yield [Fraction(1)] * len(preferred)
        yield preferred
        while True:
            bound = generator.choice([1, 2, 5, 20])
            fresh = [Fraction(generator.randint(-4 * bound, 4 * bound), 4) for _ in preferred]
            yield fresh
            yield [a if generator.random() < 0.5 else b for a, b in zip(preferred, fresh)]

    return itertools.islice(points(), TRIALS)


def _positive_at(entries: Entries, size: int, point: Sequence[Fraction]) -> bool:
    values = {key: value(p, point) for key, p in entries.items()}
    if any(values.get((i, i), Fraction(0)) <= 0 for i in range(size)):
        return False
    if all(i == j for i, j in values):
        return True
    return is_positive_definite([[values.get((i, j), Fraction(0)) for j in range(size)]
                                 for i in range(size)])


def _common_positive_point(conditions: list[dict[int, Fraction]]) -> Fraction | None:
    """A number where polynomials in one variable are positive; None if there is none."""
    polynomials = []
    product = fmpq_poly([1])
    for terms in conditions:
        p = univariate(terms.get(k, Fraction(0)) for k in range(max(terms) + 1))
        polynomials.append(p)
        product *= p // p.gcd(product)
    product //= product.gcd(product.derivative())
    # Balls that isolate the roots; the imaginary part of that of a real root is zero.
    roots: Any = product.numer().complex_roots()
    balls = sorted((_rational(x.real.mid()), _rational(x.real.rad()))
                   for x, _ in roots if x.imag == 0)
    places = [Fraction(1)]
    if balls:
        places += [_simple(balls[0][0] - balls[0][1] - 2, balls[0][0] - balls[0][1]),
                   _simple(balls[-1][0] + balls[-1][1], balls[-1][0] + balls[-1][1] + 2)]
        places += [_simple(a + r, b - s) for (a, r), (b, s) in zip(balls, balls[1:])]
    for place in places:
        if all(p(to_flint(place)) > 0 for p in polynomials):
            return place
    return None


def _rational(x: Any) -> Fraction:
    mantissa, exponent = x.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _simple(low: Fraction, high: Fraction) -> Fraction:
    """A number strictly between two others, with a small denominator."""
    denominator = 1
    while not low < (place := Fraction((low * denominator).__floor__() + 1, denominator)) < high:
        denominator *= 2
    return place
