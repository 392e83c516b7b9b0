"""
Fans in normal form.

A fan is stated by the coordinates that are not left out, a basis of its lineality space L, rays
that span the one-dimensional cones modulo L, and the maximal cones, each by its rays, with the
multiplicities.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpz_mat

from neuroalg_sage.certificates.polytopes import Vector, pivots, primitive

Fan = dict[str, list[Any]]


def lineality(steps: Sequence[Vector], n: int) -> list[list[int]]:
    """
    A basis of the vectors w with w·s = 0 for all steps: one for each coordinate i that is no
    pivot of the steps, which vanishes at all other such coordinates.
    """
    if not steps:
        return [[int(i == j) for j in range(n)] for i in range(n)]
    reduced, denominator, rank = fmpz_mat([list(s) for s in steps]).rref()
    places = pivots(steps)
    basis = []
    for free in (i for i in range(n) if i not in places):
        vector = [0] * n
        vector[free] = int(denominator)
        for row in range(rank):
            vector[places[row]] = -int(reduced[row, free])
        if denominator < 0:
            vector = [-c for c in vector]
        basis.append(list(primitive(vector)))
    return basis


def sorted_cones(rays: Sequence[Sequence[int]], cones: Sequence[tuple[Sequence[int], int]]
                 ) -> Fan:
    """Rays, cones and multiplicities in their order, the rays as the shortest vectors."""
    shortest = [primitive(ray) for ray in rays]
    order = sorted(range(len(rays)), key=shortest.__getitem__)
    rank = {f: k for k, f in enumerate(order)}
    found = sorted((sorted(rank[f] for f in cone), number) for cone, number in cones)
    return {"rays": [list(shortest[f]) for f in order], "cones": [cone for cone, _ in found],
            "multiplicities": [number for _, number in found]}


def lifted(fan: Fan, classes: dict[int, int]) -> Fan:
    """A fan in one coordinate of each class as one in all of them."""
    return fan | {"coordinates": list(classes)} | {
        name: [[v[c] for c in classes.values()] for v in fan[name]]
        for name in ("lineality", "rays")}
