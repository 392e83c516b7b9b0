"""
What is necessary for a fan to be the tropical variety of M: it has the dimension of M, equations of
M are homogeneous for its lineality space, and have no monomials as initial forms on a maximal cone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.equations.tropical_variety import Fan
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.polytopes import Vector, pivots
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    require,
)

MOST_CONES = 100_000
MOST_MULTIPLICITY = 10**9


def check_fan(model: Model, value: Any, coordinates: list[int],
              generators: Sequence[fmpq_mpoly], evidence: Any) -> Checked:
    """Verify what is necessary for a fan in these coordinates to be the tropical variety."""
    stated, proof = fields(evidence, "dimension", "dimension_evidence")
    dimension = integer(stated, 0, model.ambient_dimension, "dimension")
    verified, trust = check_dimension(model, dimension, proof)
    check_necessary(read(value, coordinates), list(map(exponent_vectors, generators)), dimension)
    return [*verified, "the fan has this dimension, and on its maximal cones equations have no "
            "monomials as initial forms"], trust


def read(value: Any, used: Sequence[int]) -> Fan:
    """A fan in these coordinates."""
    n, bound = len(used), 10**30
    coordinates, basis, rays, cones, multiplicities = fields(
        value, "coordinates", "lineality", "rays", "cones", "multiplicities")
    require(coordinates == list(used) and len(value) == 5, "The coordinates are not those of M.")
    basis = [integers(v, -bound, bound, "vector", n) for v in items(basis, "lineality space")]
    rays = [integers(v, -bound, bound, "ray", n) for v in items(rays, "list of rays")]
    cones = [integers(c, 0, len(rays) - 1, "ray of a cone") for c in items(cones, "list of cones")]
    require(0 < len(cones) <= MOST_CONES and len({*map(tuple, cones)}) == len(cones)
            and all(cone == sorted({*cone}) for cone in cones),
            "There are no cones, or too many, or one is stated twice.")
    require({k for cone in cones for k in cone} == set(range(len(rays))),
            "A ray is of no cone.")
    multiplicities = integers(multiplicities, 1, MOST_MULTIPLICITY, "multiplicity", len(cones))
    return {"coordinates": coordinates, "lineality": basis, "rays": rays, "cones": cones,
            "multiplicities": multiplicities}


def check_necessary(fan: Fan, equations: Sequence[Sequence[Vector]], dimension: int) -> None:
    """Verify what is necessary for a fan to be a tropical variety."""
    where = fan["coordinates"]
    equations = [[tuple(e[i] for i in where) for e in terms if sum(e) == sum(e[i] for i in where)]
                 for terms in equations]
    basis, rays = fan["lineality"], fan["rays"]
    require(not basis or len(pivots(basis)) == len(basis), "The lineality space is not of its "
            "dimension.")
    for terms in equations:
        require(all(len({sum(a * b for a, b in zip(w, e)) for e in terms}) <= 1 for w in basis),
                "An equation is not homogeneous for the lineality space.")
    for cone in fan["cones"]:
        span = [*basis, *(rays[k] for k in cone)]
        require(len(pivots(span)) == dimension, "A cone has not the dimension of M.")
        inner = [sum(c) for c in zip(*span)]
        for terms in filter(None, equations):
            weights = [sum(a * b for a, b in zip(inner, e)) for e in terms]
            require(weights.count(max(weights)) > 1, "An equation has a monomial as initial form.")
