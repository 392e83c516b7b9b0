"""
Polar degrees of smooth toric varieties: each coordinate of φ is a multiple of one monomial.

The exponents are those of
:mod:`neuroalg_sage.certificates.equations.toric_varieties`, and X is the projectivization of M.  At
the fixed point of a vertex v the tangent space of M is spanned by the coordinates v and v + e_i.

If a coordinate is free M is the product of a line and the M of the others, has the same conormal
variety in those, and its polar degrees are the same, with a zero after them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from neuroalg_sage.certificates.distance.limits_of_tangents import FixedPoint, polar_degrees
from neuroalg_sage.certificates.equations.toric_varieties import (
    Exponents,
    check_free,
    check_vertices,
    read_vertices,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, exponent_vectors, fields, require


def fixed_points(listed: list[tuple[Exponents, list[Exponents]]]) -> Iterator[FixedPoint]:
    """The fixed points of X."""
    base = 4 * max((k for v, others in listed for a in (v, *others) for k in a), default=0) + 1

    def weight(a: Exponents) -> int:
        return sum(k * base**i for i, k in enumerate(a))

    for v, neighbors in listed:
        yield FixedPoint(weight(v), [weight(a) - weight(v) for a in neighbors],
                         [weight(a) for a in (v, *neighbors)])


def check_monomials(model: Model, evidence: Any) -> tuple[list[int], Checked]:
    """The polar degrees of M."""
    free, vertices = fields(evidence, "free", "vertices")
    phi = tuple(model.parametrization)
    rest = check_free(phi, free)
    require(all(len(f) <= 1 for f in rest), "A coordinate is no monomial.")
    exponents = [exponent_vectors(f)[0] if f else None for f in rest]
    listed = read_vertices(exponents, vertices)
    d = check_vertices({e for e in exponents if e is not None}, listed)
    require(d + len(free) < model.ambient_dimension, "M is dense.")
    return [*polar_degrees(fixed_points(listed), d), *[0] * len(free)], (
        ["the projectivization is a smooth toric variety, whose vertices are listed",
         "residues of the conormal variety"], [])
