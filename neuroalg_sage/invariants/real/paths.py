"""
Limits of functions in M along monomial curves of parameters, w_i = c_i t^(a_i).

As t goes to 0 some parameters go to infinity, and yet the functions may converge: terms with
negative exponents cancel, or there are none.  Such limits are in the closure of M, and candidates
for functions that are not in M.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import numpy as np

from neuroalg_sage.models.expressions import Polynomial, value
from neuroalg_sage.models.parametrization import Parametrization

EXPONENTS = (-2, -1, 0, 1, 2)
MOST_CURVES = 20_000
NUMBERS = (1, -1, 2)
TRIES = 24  # of numbers c_i for one curve
MOST_TERMS = 400
MOST_POINTS = 500  # with small parameters

Path = tuple[Polynomial, ...]


def monomial_limits(phi: Parametrization, most: int) -> list[tuple[list[Fraction], Path]]:
    """
    Some limits, each with its path, those with few terms first.

    There is one for each set of terms, and none that small parameters have, too.

    INPUT:

    - ``most`` -- how many

    EXAMPLES:

    The functions v (u² x² + u x) come as close to x² as one likes::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("mlp:1,1,1:x^2+x"))
        >>> limits = monomial_limits(phi, 2)
        >>> [list(map(int, f)) for f, _ in limits]
        [[1, 0], [0, 1]]
        >>> limits[0][1]
        ({(0, 1): Fraction(1, 1)}, {(2, 0): Fraction(1, 1)})
    """
    terms = [(j, e, c) for j, p in enumerate(phi.polynomials) for e, c in p.items()]
    if not terms or len(terms) > MOST_TERMS:
        return []
    chance = random.Random(1)
    powers = np.array([e for _, e, _ in terms])
    found: dict[tuple[Fraction, ...], Path] = {}
    for curve in _curves(phi.parameter_count, chance):
        orders = powers @ curve
        if not (orders == 0).any() or not _may_cancel(terms, orders):
            continue
        for numbers in _numbers(phi.parameter_count, chance):
            limit = _limit(terms, orders, numbers, len(phi.polynomials))
            if limit is not None:
                found.setdefault(limit, tuple(
                    {(a, 0) if a > 0 else (0, -a): Fraction(c)}
                    for a, c in zip(map(int, curve), numbers)))
    known = _images(phi, chance)
    simplest: dict[tuple[bool, ...], tuple[Fraction, ...]] = {}
    for z in sorted(found, key=lambda z: (sum(map(bool, z)), sum(map(abs, z)),
                                          [c < 0 for c in z], z[::-1])):
        if z not in known:
            simplest.setdefault(tuple(map(bool, z)), z)
    return [(list(z), found[z]) for z in list(simplest.values())[:most]]


def _images(phi: Parametrization, chance: random.Random) -> set[tuple[Fraction, ...]]:
    """The functions of some small parameters."""
    points = ([Fraction(chance.choice((0, 1, -1, 2))) for _ in range(phi.parameter_count)]
              for _ in range(MOST_POINTS))
    return {tuple(value(p, w) for p in phi.polynomials) for w in points}


def _curves(count: int, chance: random.Random) -> Iterator[np.ndarray]:
    """Exponents of which some are negative."""
    curves: Iterator[tuple[int, ...]] = product(EXPONENTS, repeat=count)
    if len(EXPONENTS) ** count > MOST_CURVES:
        curves = (tuple(chance.choice(EXPONENTS) for _ in range(count))
                  for _ in range(MOST_CURVES))
    return (np.array(curve) for curve in curves if min(curve) < 0)


def _may_cancel(terms: list[tuple[int, tuple[int, ...], Fraction]], orders: np.ndarray) -> bool:
    """Whether no term with a negative order stands alone in its coordinate."""
    negative: dict[tuple[int, int], int] = {}
    for place in np.flatnonzero(orders < 0):
        key = terms[place][0], int(orders[place])
        negative[key] = negative.get(key, 0) + 1
    return all(number > 1 for number in negative.values())


def _numbers(count: int, chance: random.Random) -> Iterator[tuple[int, ...]]:
    yield (1,) * count
    for _ in range(TRIES):
        yield tuple(chance.choice(NUMBERS) for _ in range(count))


def _limit(terms: list[tuple[int, tuple[int, ...], Fraction]], orders: np.ndarray,
           numbers: tuple[int, ...], coordinates: int) -> tuple[Fraction, ...] | None:
    """The limit along a curve, None if there is none."""
    sums: dict[tuple[int, int], Fraction] = {}
    for (j, e, c), order in zip(terms, orders):
        if order <= 0:
            value = c
            for x, k in zip(numbers, e):
                value *= x**k
            key = j, int(order)
            sums[key] = sums.get(key, Fraction(0)) + value
    if any(value for (_, order), value in sums.items() if order < 0):
        return None
    return tuple(sums.get((j, 0), Fraction(0)) for j in range(coordinates))
