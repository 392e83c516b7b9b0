"""
Whether each coordinate of φ is a monomial, and M the cone over a smooth toric variety.

What proves it are the vertices of the convex hull of the exponents, with the next points along
their edges; :mod:`~neuroalg_sage.certificates.equations.toric_varieties` has the proof.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import matrix

MOST_MONOMIALS, MOST_VERTICES = 2_000, 500
# Random linear functions that are largest at known vertices, after which there are no others: a
# vertex may be that of one in a hundred.
PATIENCE, AT_ONCE = 4_000, 500

Exponents = tuple[int, ...]


def smooth_polytope(phi: Parametrization, generator: random.Random) -> dict[str, Any] | None:
    """
    The vertices of the exponents of φ, by their coordinates, with their neighbors; and coordinates
    that a parameter of their own makes free.  None if that is not what M is.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> smooth_polytope(parametrization(parse_spec("mlp:2,1,1:x^2")), random.Random(1))
        {'fixed_points': 'monomials', 'free': [], 'vertices': [[0, [1]], [2, [1]]]}
        >>> phi = parametrization(parse_spec("mlp:2,2,1:x^2"))
        >>> smooth_polytope(phi, random.Random(1)) is None
        True
    """
    free = free_coordinates(phi)
    places: dict[Exponents, int] = {}
    for i, f in enumerate(phi.polynomials):
        if i not in free and len(f) > 1:
            return None
        for e in f if i not in free else ():
            places.setdefault(tuple(e), i)
    vertices = vertices_of(places, generator)
    return None if vertices is None else {
        "fixed_points": "monomials", "free": [[i, v] for i, v in free.items()],
        "vertices": vertices}


def vertices_of(places: dict[Exponents, int], generator: random.Random) -> list[Any] | None:
    """The places of the vertices of exponents, each with its neighbors'; None if they are many."""
    if not 0 < len(places) <= MOST_MONOMIALS:
        return None
    points = list(places)
    found: dict[Exponents, list[Exponents]] = {}
    missed, table = 0, np.array(points, dtype=float).T
    choices = np.random.default_rng(generator.getrandbits(64))
    while missed < PATIENCE:
        values = choices.uniform(-1, 1, size=(AT_ONCE, len(table))) @ table
        for row, place in zip(values, values.argmax(axis=1)):
            v = points[place]
            missed = missed + 1 if v in found else 0
            if v not in found:
                edges = _edges(v, [points[k] for k in np.argsort(-row) if k != place])
                if edges is None or len(found) == MOST_VERTICES:
                    return None
                found[v] = edges
    return sorted([places[v], sorted(places[a] for a in edges)] for v, edges in found.items())


def free_coordinates(phi: Parametrization) -> dict[int, int]:
    """The coordinates in which a parameter occurs alone that occurs nowhere else."""
    occurring = [{i for i, f in enumerate(phi.polynomials) if any(e[v] for e in f)}
                 for v in range(phi.parameter_count)]
    found: dict[int, int] = {}
    for v, where in enumerate(occurring):
        alone = tuple(int(k == v) for k in range(phi.parameter_count))
        if len(where) == 1:
            (i,) = where
            if len(phi.polynomials[i]) > 1 and [e for e in phi.polynomials[i] if e[v]] == [alone]:
                found.setdefault(i, v)
    return found


def _edges(v: Exponents, others: Sequence[Exponents]) -> list[Exponents] | None:
    """
    Those of the other points, the nearest first, that are not v plus differences to nearer ones;
    None if these are dependent.
    """
    found: list[Exponents] = []
    for a in others:
        rows = [[x - y for x, y in zip(e, v)] for e in found]
        row = [x - y for x, y in zip(a, v)]
        if rows:
            edges = matrix(rows, len(v))
            square = edges * edges.transpose()
            parts = matrix([row], len(v)) * edges.transpose() * square.inv()
            if parts * edges == matrix([row], len(v)):
                if all(c.q == 1 and c >= 0 for c in parts.entries()):
                    continue
                return None
        found.append(a)
    return found
