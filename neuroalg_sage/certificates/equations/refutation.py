"""
What contradicts a claim whose proof rests on somebody's word.

Where an engine is trusted that a list is complete, a point that lies on no component refutes it.
Such points are looked for among small ones.  These functions only refuse: no proof rests on them,
and that nothing was found proves nothing.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import CertificateError, require, value_modulo

MOST_POINTS, FEW_POINTS = 400, 40
LARGE_PRIME = 2**31 - 1
Point = Sequence[int]


def small_points(variables: int, most: int) -> list[tuple[int, ...]]:
    """
    Some points with coordinates from -1 to 2, the origin first: all with entries 0, 1 and -1 if
    these are few, else those with at most one entry, and a fixed choice of others.

    EXAMPLES::

        >>> small_points(1, 10)
        [(0,), (1,), (-1,), (2,)]
    """
    if 3**variables <= most:
        found = dict.fromkeys(itertools.product((0, 1, -1), repeat=variables))
    else:
        found = dict.fromkeys([(0,) * variables, *(
            tuple(c * (i == k) for i in range(variables))
            for k in range(min(variables, most // 4)) for c in (1, -1))])
    generator = random.Random(variables)
    for _ in range(most):
        share = generator.random()
        found[tuple(generator.choice((1, -1, 2)) if generator.random() < share else 0
                    for _ in range(variables))] = None
    return list(found)[:most]


def vanishes_at(polynomials: Iterable[fmpq_mpoly], point: Sequence[Any]) -> bool:
    """Whether polynomials vanish at a point."""
    return all(f(*point) == 0 for f in polynomials)


def require_covered(point: Sequence[Any], components: Sequence[Iterable[fmpq_mpoly]]) -> None:
    """Refuse a list of components, all of which miss a point that one of them must have."""
    require(any(vanishes_at(generators, point) for generators in components),
            "There are others: the point (" + ", ".join(map(str, point[:20]))
            + ", ..." * (len(point) > 20) + ") lies on no component.")


def refute_components(equations: Sequence[fmpq_mpoly], variables: int,
                      components: Sequence[Iterable[fmpq_mpoly]]) -> None:
    """Refuse components of the zero set of equations if a small zero lies on none of them."""
    for point in small_points(variables, MOST_POINTS):
        if vanishes_at(equations, point):
            require_covered(point, components)


def _drops(matrix: Sequence[Sequence[fmpq_mpoly]], point: Sequence[Any], bound: int) -> bool:
    """Whether a matrix of polynomials has a smaller rank than the bound at a rational point."""
    rows = [[fmpq(f(*point)) for f in row] for row in matrix]
    return bound > 0 and (not rows or not rows[0] or int(fmpq_mat(rows).rank()) < bound)


def refute_critical(model: Model, jacobian: Sequence[Sequence[fmpq_mpoly]], dimension: int,
                    components: Sequence[Iterable[fmpq_mpoly]]) -> None:
    """Refuse components of the critical locus if a small critical point lies on none of them."""
    for point in small_points(model.parameters, FEW_POINTS):
        if _drops(jacobian, point, dimension):
            require_covered(point, components)


def refute_singular(model: Model, generators: Sequence[fmpq_mpoly],
                    jacobian: Sequence[Sequence[fmpq_mpoly]], codimension: int,
                    components: Sequence[Iterable[fmpq_mpoly]]) -> None:
    """
    Refuse components of the singular locus if the origin of V, or the image of small parameters,
    is a singular point that lies on none of them.
    """
    images = dict.fromkeys([(fmpq(0),) * model.ambient_dimension, *(
        tuple(fmpq(f(*w)) for f in model.parametrization)
        for w in small_points(model.parameters, FEW_POINTS))])
    for z in images:
        if vanishes_at(generators, z) and _drops(jacobian, z, codimension):
            require_covered(z, components)


def refute_ideal(model: Model, generators: Sequence[fmpq_mpoly]) -> None:
    """
    Refuse generators of I(M), of which an engine said that they are all, if their zero set is
    larger near M.

    At a generic point of M the zero set of I(M) is smooth of the dimension of M.  At the image of
    a point w, modulo a prime, n less the rank of the differentials is not less than the dimension
    of the zero set there, hence than dim M, and the rank of Dφ is not larger.
    So if the two ranks add up to n anywhere, then M is a component of the zero set.
    """
    n, count, p = model.ambient_dimension, model.parameters, LARGE_PRIME
    phi = model.parametrization
    generator = random.Random(n)
    for _ in range(3):
        w = [generator.randrange(1, p) for _ in range(count)]
        try:
            z = [value_modulo(f, w, p) for f in phi]
            normal = rank([[value_modulo(g.derivative(j), z, p) for j in range(n)]
                           for g in generators], n, p)
            tangent = rank([[value_modulo(f.derivative(i), w, p) for i in range(count)]
                            for f in phi], count, p)
        except CertificateError:
            return  # not defined modulo the prime
        if normal + tangent == n:
            return
    raise CertificateError("The generators have more zeros near the neurovariety than it has "
                           "points, so they are not all.")
