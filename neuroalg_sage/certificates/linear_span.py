"""
The coordinates of a space in which the neurovariety lies.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.dimension import vanishing
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    integers,
    items,
    member,
    polynomial_ring,
    require,
)


def check_linear_span(model: Model, generators: list[fmpq_mpoly], evidence: Any
                      ) -> tuple[Model, list[fmpq_mpoly], bool]:
    """
    Verify equations of degree one that express coordinates by others.

    Returns a model whose neurovariety is the projection of M to the other coordinates, the other
    generators as polynomials in these, and whether the affine space of the equations contains 0.

    Let S be a set of coordinates.  Among the generators let there be, for each i outside S, one
    of the form a z_i - λ_i with a ≠ 0 and λ_i of degree at most one in the coordinates of S; let
    it vanish on M; and let the other generators have only the coordinates of S.  Replacing z_i
    by λ_i / a is an isomorphism of Q[z] modulo these forms with Q[z_S].  It takes I(M), which
    contains them, to the kernel of z_S ↦ φ_S(w), the ideal of the closed image M' of φ_S.  So
    the generators generate I(M) if and only if the others generate I(M').  The isomorphism is
    affine-linear, so it preserves dimension, and the degree and Hilbert polynomial of the
    projective closure; if the forms are homogeneous it is linear, and M is a cone if and only
    if M' is.  If one is not, M is no cone, since no cone but the empty one misses 0.

    That the forms are all that vanish on M is not needed, and not claimed.  The model returned is
    (w, x) ↦ φ_S(w) x, with one input.
    """
    n = model.ambient_dimension
    kept = integers(items(member(evidence, "coordinates"), "coordinates"), 0, n - 1, "coordinate")
    place = {i: k for k, i in enumerate(kept)}
    require(kept and len(place) == len(kept), "The coordinates kept are none, or not different.")
    others, forms, contains_zero = [], [], True
    ring = polynomial_ring(len(kept))
    expressed: set[int] = set()
    for g in generators:
        terms = exponent_vectors(g)
        foreign = {i for e in terms for i, k in enumerate(e) if k and i not in place}
        if foreign:
            require(len(foreign) == 1 and g.total_degree() == 1 and not foreign & expressed,
                    "A coordinate that is left out is not expressed by one linear equation.")
            expressed |= foreign
            forms.append(g)
            contains_zero &= all(map(any, terms))
        else:
            others.append(ring.from_dict({tuple(e[i] for i in kept): c
                                          for e, c in zip(terms, g.coeffs())}))
    require(len(expressed) + len(kept) == n, "A coordinate is neither kept nor expressed.")
    vanishing(model, forms)
    phi = model.parametrization
    within = Model({"input_shape": [1], "layers": [{
        "kind": "polynomial", "parameters": [""] * model.parameters, "inputs": [""],
        "outputs": [[[[*e, 1], str(c)] for e, c in zip(exponent_vectors(phi[i]), phi[i].coeffs())]
                    for i in kept]}]})
    require(within.ambient_dimension == len(kept), "A coordinate that is kept is zero.")
    return within, others, contains_zero
