"""
Equations that solve for coordinates where one coordinate is not zero.

Let z_0 and A = Q[z]/J be as in ``chart``.  Let S be a set of coordinates, z_0 among them, that has
dim M elements, and let the others have an order such that J contains for each of them, z_i, a
polynomial c z_0^e z_i - p with a number c ≠ 0, and p in the coordinates of S and those before.
Then the coordinates of S and 1/z_0 generate A[1/z_0].  So this is a quotient of Q[z_S, 1/z_0], a
domain of dimension dim M.  It has the ring of M with 1/z_0 for a quotient, which has this
dimension, so it is the whole of Q[z_S, 1/z_0].
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integers,
    polynomial_ring,
    polynomials,
    require,
)
from neuroalg_sage.certificates.substitution import vanishing


def require_solved(model: Model, evidence: Any, chart: int, top: int) -> list[str]:
    """Verify that equations of low degree solve for all coordinates but dim M ones; the trust."""
    solved, places, proof = fields(evidence, "solved", "places", "dimension")
    n = model.ambient_dimension
    equations = polynomials(solved, polynomial_ring(n))
    places = integers(places, 0, n - 1, "coordinate", len(equations))
    vanishing(model, equations)
    known = {*range(n)} - {*places}
    require(chart in known, "The coordinate is solved for.")
    for i, f in zip(places, equations):
        slope = exponent_vectors(f.derivative(i))
        require(len(slope) == 1 and sum(slope[0]) == slope[0][chart] and f.total_degree() <= top
                and {j for j, e in enumerate(f.degrees()) if e} <= known | {i},
                "An equation does not solve for a coordinate.")
        known.add(i)
    return check_dimension(model, n - len({*places}), proof)[1]
