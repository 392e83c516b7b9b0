"""
Proofs that M is all of V, or closed, by what is seen of φ itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import comb, prod
from typing import Any

from flint import fmpq_mat

from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.models.expressions import Polynomial, plus, restricted, times
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import echelon, fraction, matrix

TRIES = 12  # of points with small integers
MOST_COORDINATES = 400
MOST_TERMS = 2_000  # of squares of coordinates, for a norm


def arrays(model: Model) -> list[list[int]]:
    """The parameters of each array of the layers."""
    found, place = [], 0
    for _, shape in model.chain.parameter_shapes():
        found.append(list(range(place, place + prod(shape))))
        place += prod(shape)
    return [block for block in found if block]


def section(phi: Parametrization) -> list[Polynomial] | None:
    """
    Polynomials s in n variables such that φ_j(s(u)) is of odd degree in u_j alone.

    Where φ is affine-linear in some arrays of parameters, and its linear part has the rank n at
    some small integers in place of the others, s is the inverse of that.  A single coordinate may
    also have odd degree in one parameter.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> section(parametrization(parse_spec("mlp:1,1,1:x^2")))
        [{(0,): Fraction(1, 1)}, {(1,): Fraction(1, 1)}]
        >>> section(parametrization(parse_spec("mlp:2,2,1:x^2"))) is None
        True
    """
    n, count = len(phi.polynomials), phi.parameter_count
    if n > min(count, MOST_COORDINATES):
        return None
    if not n:
        return [{}] * count
    for free in _affine_sets(phi):
        if len(free) >= n:
            for point in _points(count):
                if (found := _affine_section(phi, free, point)) is not None:
                    return found
    return _odd_section(phi) if n == 1 else None


def _points(count: int) -> Iterator[list[Fraction]]:
    """Small integers, always the same."""
    chance = random.Random(1)
    yield [Fraction(1)] * count
    for k in range(TRIES):
        yield [Fraction(chance.randint(-1 - k // 4, 1 + k // 4)) for _ in range(count)]


def _affine_sets(phi: Parametrization) -> Iterator[list[int]]:
    """Sets of parameters, unions of arrays, in which φ is affine-linear together."""
    blocks = arrays(phi.model)
    monomials = {e for polynomial in phi.polynomials for e in polynomial}

    def is_affine(places: Sequence[int]) -> bool:
        return all(sum(e[i] for i in places) <= 1 for e in monomials)

    seen = set()
    for start in range(len(blocks) - 1, -1, -1):
        free = blocks[start]
        if not is_affine(free):
            continue
        for other in blocks[:start] + blocks[start + 1:]:
            if is_affine([*free, *other]):
                free = [*free, *other]
        if frozenset(free) not in seen:
            seen.add(frozenset(free))
            yield sorted(free)


def _affine_section(phi: Parametrization, free: Sequence[int], point: Sequence[Fraction]
                    ) -> list[Polynomial] | None:
    n, count = len(phi.polynomials), phi.parameter_count
    others = {i: point[i] for i in range(count) if i not in set(free)}
    rows, constants = [], []
    for polynomial in phi.polynomials:
        terms = restricted(polynomial, others)
        rows.append({e.index(1): c for e, c in terms.items() if any(e)})
        constants.append(terms.get((0,) * len(free), Fraction(0)))
    _, pivots = echelon(rows, len(free))
    if len(pivots) < n:
        return None
    square = matrix([{k: row[place] for k, place in enumerate(pivots) if place in row}
                     for row in rows], n)
    inverse: fmpq_mat = square.inv()
    origin = (0,) * n
    units = [tuple(int(i == j) for i in range(n)) for j in range(n)]
    found: list[Polynomial] = [{}] * count
    for i, c in others.items():
        found[i] = {origin: c} if c else {}
    for k, place in enumerate(pivots):
        entries = [fraction(inverse[k, j]) for j in range(n)]
        linear = {units[j]: c for j, c in enumerate(entries) if c}
        shift = -sum((c * b for c, b in zip(entries, constants)), Fraction(0))
        found[free[place]] = plus(linear, {origin: shift})
    return found




def _odd_section(phi: Parametrization) -> list[Polynomial] | None:
    count = phi.parameter_count
    for point in _points(count):
        for i in range(count):
            (polynomial,) = (restricted(p, {k: c for k, c in enumerate(point) if k != i})
                             for p in phi.polynomials)
            if max((k for (k,) in polynomial), default=0) % 2:
                return [{(1,): Fraction(1)} if k == i else {(0,): c} if c else {}
                        for k, c in enumerate(point)]
    return None


def encoded_section(found: Sequence[Polynomial]) -> dict[str, Any]:
    """A section, for a certificate."""
    return {"argument": "section", "section": [encode_polynomial(p) for p in found]}


def norm(phi: Parametrization) -> dict[str, Any] | None:
    """
    Numbers c_j with Σ c_j φ_j^2 = Π |w_B|^(2 d_B), for the parameters of each layer as blocks B, or
    for all as one; None if there are none.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> norm(parametrization(parse_spec("mlp:2,1,1:x^2")))["weights"]
        ['1', '1/2', '1']
    """
    if sum(len(p) ** 2 for p in phi.polynomials) > MOST_TERMS or not phi.polynomials:
        return None
    count = phi.parameter_count
    squares = [times(p, p) for p in phi.polynomials]
    for blocks in (arrays(phi.model), [list(range(count))]):
        degrees = [{sum(e[i] for i in block) for p in phi.polynomials for e in p}
                   for block in blocks]
        if any(len(found) != 1 or 0 in found for found in degrees) or prod(
                comb(len(block) + max(found) - 1, max(found))
                for block, found in zip(blocks, degrees)) > MOST_TERMS:
            continue
        product: Polynomial = {(0,) * count: Fraction(1)}
        for block, found in zip(blocks, degrees):
            length = {tuple(2 * (i == k) for i in range(count)): Fraction(1) for k in block}
            for _ in range(max(found)):
                product = times(product, length)
        weights = _combination(squares, product)
        if weights is not None:
            return {"argument": "norm", "blocks": blocks, "weights": list(map(decimal, weights))}
    return None


def _combination(parts: Sequence[Polynomial], target: Polynomial) -> list[Fraction] | None:
    """Numbers by which polynomials add up to another one."""
    monomials = sorted({e for p in (*parts, target) for e in p})
    rows = [[p.get(e, Fraction(0)) for p in (*parts, target)] for e in monomials]
    reduced, pivots = echelon(rows, len(parts) + 1)
    if len(parts) in pivots:
        return None
    found = [Fraction(0)] * len(parts)
    for i, pivot in enumerate(pivots):
        found[pivot] = fraction(reduced[i, len(parts)])
    return found
