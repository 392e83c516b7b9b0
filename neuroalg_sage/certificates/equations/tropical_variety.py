"""
Tropical varieties, with the convention of the maximum.

Let M not lie in a coordinate hyperplane.  Its tropical variety is the set of the w in R^n for which
no initial form in_w(f) of an equation f in I(M), the sum of the terms c z^a with w·a maximal, is a
monomial.  It is the support of a fan of the dimension of M, rational and balanced with
multiplicities: for w in the relative interior of a maximal cone that of the initial ideal in_w(I)
along its minimal primes (Maclagan, Sturmfels, Introduction to Tropical Geometry, 3.2 to 3.4).
Coordinates that vanish on M are left out.  Where z_i = c z_j on M, w_i = w_j on the tropical
variety; it is computed in one coordinate of each such class, since the torus of these maps
isomorphically, by a monomial map, to the one of all.

*A hypersurface.*  For I(M) = (g), w belongs to the tropical variety if and only if w·a is maximal
on the Newton polytope of g at more than a vertex: the maximal cones are the normal cones of edges.
Rays of such a cone are the outer normals of the facets that contain the edge, modulo the space
L of the w that are constant on the polytope; its multiplicity is the number of steps of the
lattice along the edge.  The polytope is computed here (``polytopes``).

*All else* is in ``tropical_fan``.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from typing import Any

from flint import fmpq, fmpq_mpoly

from neuroalg_sage.certificates.equality import same
from neuroalg_sage.certificates.equations.fans import Fan, lifted, lineality, sorted_cones
from neuroalg_sage.certificates.equations.ideal import check_ideal
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.polytopes import edges, facets_of_cone, pivots
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    member,
    polynomial_ring,
    polynomial_set,
    require,
)


def check_tropical_variety(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the claim that a fan is the tropical variety of M."""
    argument = member(evidence, "argument")
    data, proof = fields(evidence, "generators", "ideal")
    ring = polynomial_ring(model.ambient_dimension)
    generators = polynomial_set(data, ring)
    verified, trust, _ = check_ideal(model, generators, proof)
    classes, equations = in_the_torus(generators, model.parametrization)
    if argument == "polytope":
        require(len(equations) <= 1, "M is no hypersurface.")
        require(same(value, lifted(hypersurface(equations, max(classes.values(), default=-1) + 1),
                                   classes)), "The tropical variety is not as claimed.")
        return [*verified, "the edges of the Newton polytope, and the facets that contain them"
                ], trust
    require(argument == "fan", "The argument for the tropical variety is not known.")
    from neuroalg_sage.certificates.equations.tropical_fan import check_fan

    more, others = check_fan(model, value, classes, equations, evidence)
    return [*verified, *more], [*trust, *others]


def in_the_torus(generators: Sequence[fmpq_mpoly], phi: Sequence[fmpq_mpoly]
                 ) -> tuple[dict[int, int], list[fmpq_mpoly]]:
    """
    The coordinates that do not vanish on M, each with the number of its class of proportional
    ones; and the equations that are left, in one variable for each class.
    """
    classes: dict[int, int] = {}
    scales: dict[int, fmpq] = {}
    known: dict[str, int] = {}
    for i, f in enumerate(phi):
        if f:
            scales[i] = f.leading_coefficient()
            classes[i] = known.setdefault(str(f / scales[i]), len(known))
    ring = polynomial_ring(len(known))
    variables = [ring.gens()[classes[i]] * scales[i] if i in classes else ring.constant(0)
                 for i in range(len(phi))]
    return classes, [f for g in generators if (f := g.compose(*variables, ctx=ring))]


def hypersurface(equations: Sequence[fmpq_mpoly], n: int) -> Fan:
    """
    The tropical hypersurface in R^n of an equation; all of the space if there is none.
    """
    exponents = exponent_vectors(equations[0]) if equations else [(0,) * n]
    require(len(exponents) > 1 or not equations, "A monomial vanishes on M, but none of its "
            "coordinates.")
    steps = [tuple(a - b for a, b in zip(e, exponents[0])) for e in exponents[1:]]
    places = pivots(steps)
    fan: Fan = {"coordinates": [], "lineality": lineality(steps, n), "rays": [], "cones": [],
                "multiplicities": []}
    if not equations:
        return fan | {"cones": [[]], "multiplicities": [1]}
    facets = facets_of_cone([(1, *(e[i] for i in places)) for e in exponents])
    rays = [[-h[1 + places.index(i)] if i in places else 0 for i in range(n)] for h, _ in facets]
    found = [([f for f, (_, on) in enumerate(facets) if a in on and b in on],
              gcd(*(x - y for x, y in zip(exponents[a], exponents[b]))))
             for a, b in edges(len(exponents), facets)]
    if len(facets) == 2:  # a segment, whose ends contain no edge
        rays = []
    return fan | sorted_cones(rays, found)
