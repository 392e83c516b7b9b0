"""
Proofs that M is all of V, or closed, by what is seen of φ itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from flint import Ordering, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.dimension.affine_symmetries import affine_symmetries
from neuroalg_sage.invariants.dimension.generic_fiber import Slice
from neuroalg_sage.invariants.dimension.normal_form import normal_form
from neuroalg_sage.invariants.real.witnesses import definite, encoded_squares
from neuroalg_sage.models.expressions import Polynomial, from_flint, plus, restricted
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import echelon, fraction, in_ring, kernel, matrix

TRIES = 12  # of points with small integers
MOST_COORDINATES = 400
LARGEST_SPLIT = 12  # of an array, into single parameters


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
    """
    Sets of parameters in which φ is affine-linear together: unions of arrays, and of parameters of
    small arrays in which it is not.
    """
    monomials = {e for polynomial in phi.polynomials for e in polynomial}

    def is_affine(places: Sequence[int]) -> bool:
        return all(sum(e[i] for i in places) <= 1 for e in monomials)

    blocks = [part for block in arrays(phi.model) for part in (
        [[i] for i in block] if len(block) <= LARGEST_SPLIT and not is_affine(block) else [block])]
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


def rational_section(phi: Parametrization, computation: Computation) -> dict[str, Any] | None:
    """
    Parameters that are rational functions of the coordinates of their function.

    They are sought in normal form for the affine-linear symmetries: there the Gröbner basis of
    the graph has equations that are linear in the parameters if the generic fiber is one point.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("mlp:1,1,1:x^2+x"))
        >>> rational_section(phi, Computation())["denominator"]
        [['1', [0, 1, 1, 1]]]
    """
    count, n = phi.parameter_count, len(phi.polynomials)
    fields = affine_symmetries(phi.model)
    steps = normal_form([symmetry.parameters for symmetry in phi.model.symmetries]
                        if fields is None else fields.fields, count, count - n)
    if steps is None:
        return None
    slice_ = Slice(phi, steps)
    relations = slice_.relations(computation)
    if [sum(top) for top, _ in relations] != [1] * len(slice_.free):
        return None
    ring = fmpq_mpoly_ctx.get([f"z{j}" for j in range(n)], Ordering.degrevlex)
    found: dict[int, tuple[fmpq_mpoly, fmpq_mpoly]] = {}
    m = len(slice_.free)
    # In the order of the basis each is a combination of those that are smaller.
    for top, relation in sorted(relations, key=lambda pair: -pair[0].index(1)):
        parts: dict[int | None, Polynomial] = {}
        for e, c in relation.items():
            place = e[:m].index(1) if any(e[:m]) else None
            if sum(e[:m]) > 1:
                return None
            parts.setdefault(place, {})[e[m:]] = c
        leading = in_ring(parts.pop(top.index(1)), ring)
        numerator, denominator = ring.constant(0), ring.constant(1)
        for place, p in parts.items():
            if place is not None and place not in found:
                return None
            top_part, below = found[place] if place is not None else (
                ring.constant(1), ring.constant(1))
            numerator = numerator * below - in_ring(p, ring) * top_part * denominator
            denominator *= below
        denominator *= leading
        common = numerator.gcd(denominator) if numerator else denominator
        found[top.index(1)] = numerator / common, denominator / common
    q = ring.constant(1)
    for _, denominator in found.values():
        q = q * denominator / q.gcd(denominator)
    section: list[list[Any]] = [[] for _ in range(count)]
    for i, number in slice_.values.items():
        section[i] = encode_polynomial({(0,) * (n + 1): number} if number else {})
    for k, i in enumerate(slice_.free):
        numerator, denominator = found[k]
        scaled = numerator * (q / denominator)
        section[i] = encode_polynomial({(*e, 1): c for e, c in from_flint(scaled).items()})
    return {"argument": "rational section", "section": section,
            "denominator": encode_polynomial(from_flint(q))}


def encoded_section(found: Sequence[Polynomial]) -> dict[str, Any]:
    """A section, for a certificate."""
    return {"argument": "section", "section": [encode_polynomial(p) for p in found]}


def proper(phi: Parametrization) -> dict[str, Any] | None:
    """
    A sum of coordinates ± z_j that is on M a sum of even powers, among them one of each parameter;
    None if there is none.

    EXAMPLES::

        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> from neuroalg_sage.models.sources import from_expressions
        >>> tied = from_expressions(["(a^2+c^2)*x + (a*b+c*d)*y", "(a*b+c*d)*x + (b^2+d^2)*y"],
        ...                         ["a", "b", "c", "d"], ["x", "y"])
        >>> proper(parametrization(tied))["polynomial"]
        [['1', [0, 1]], ['1', [3, 1]]]
    """
    n, count = len(phi.polynomials), phi.parameter_count
    signs = [definite(p) for p in phi.polynomials]
    form = {tuple(int(i == j) for i in range(n)): Fraction(sign)
            for j, sign in enumerate(signs) if sign}
    total: Polynomial = {}
    for polynomial, sign in zip(phi.polynomials, signs):
        total = plus(total, polynomial, sign)
    alone = {i for e in total for i in range(count) if e[i] and sum(e) == e[i]}
    if len(alone) < count:
        return None
    return {"argument": "proper", "polynomial": encode_polynomial(form),
            "squares": encoded_squares(total)}


def homogeneous_blocks(phi: Parametrization) -> list[list[int]] | None:
    """
    Blocks of parameters in each of which φ is homogeneous of positive degree: as many as there are
    parameters with different weights in the gradings of φ; None if not each of these is one.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> homogeneous_blocks(parametrization(parse_spec("cnn:2,2:x^2")))
        [[0, 1], [2, 3]]
        >>> homogeneous_blocks(parametrization(parse_spec("mlp:1,1,1:x^2+x"))) is None
        True
    """
    exponents = sorted({e for p in phi.polynomials for e in p})
    occurring = [i for i in range(phi.parameter_count) if any(e[i] for e in exponents)]
    if not occurring:
        return None
    # Gradings: weights a with a·e the same for all exponents e.
    gradings = kernel([[e[i] - exponents[0][i] for i in occurring] for e in exponents],
                      len(occurring))
    blocks: dict[tuple[Fraction, ...], list[int]] = {}
    for k, i in enumerate(occurring):
        weights = tuple(Fraction(a.get(k, 0)) for a in gradings)
        blocks.setdefault(weights, []).append(i)
    found = list(blocks.values())
    if all(len(degrees := {sum(e[i] for i in block) for e in exponents}) == 1 and min(degrees) > 0
           for block in found):
        return found
    return None
