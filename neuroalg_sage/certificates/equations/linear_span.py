"""
Ideals in the coordinates of a space in which the neurovariety lies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.equations.groebner import (
    GroebnerBasis,
    HilbertSeries,
    groebner_basis,
    hilbert_series,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integers,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.substitution import vanishing


def check_linear_span(model: Model, generators: list[fmpq_mpoly], evidence: Any,
                      check_ideal: Callable[..., Any]
                      ) -> tuple[list[str], list[str], HilbertSeries | None]:
    """
    Verify generators of I(M) of which some express coordinates by others; with the Hilbert
    series, if there is a Gröbner basis in these.

    Let S be a set of coordinates.  Among the generators let there be, for each i outside S, one
    of the form a z_i - λ_i with a ≠ 0 and λ_i of degree at most one in the coordinates of S; let
    it vanish on M; and let the other generators have only the coordinates of S.  Replacing z_i
    by λ_i / a is an isomorphism of Q[z] modulo these forms with Q[z_S].  It takes I(M), which
    contains them, to the kernel of z_S ↦ φ_S(w), the ideal of the closed image M' of φ_S.  So
    the generators generate I(M) if and only if the others generate I(M').  That is verified for
    the model (w, x) ↦ φ_S(w) x, with one input, whose neurovariety is M'; or for another one,
    whose coordinates, in their order, are those of φ_S when its parameters get names of w,
    different ones, so that it has the same image.  That the forms are all that vanish on M is
    not needed, and not claimed.

    The isomorphism is affine-linear, so it preserves the dimension, and the Hilbert series of the
    cone over the variety and its points at infinity.  If all forms are homogeneous it is linear,
    and M is a cone if and only if M' is.  If not, M is no cone, as I(M) would contain a constant;
    if M' is one, the cone over M' × {1} has the series of M' over 1 - t.
    """
    data, proof = fields(evidence, "coordinates", "ideal")
    n, phi = model.ambient_dimension, model.parametrization
    kept = integers(data, 0, n - 1, "coordinate")
    require(kept and len(set(kept)) == len(kept), "The coordinates kept are not different.")
    ring = polynomial_ring(len(kept))
    others, forms = list[fmpq_mpoly](), dict[int, fmpq_mpoly]()
    for g in generators:
        terms = exponent_vectors(g)
        foreign = {i for e in terms for i, k in enumerate(e) if k} - set(kept)
        if not foreign:
            others.append(ring.from_dict({tuple(e[i] for i in kept): c
                                          for e, c in zip(terms, g.coeffs())}))
            continue
        require(len(foreign) == 1 and g.total_degree() == 1 and not foreign & {*forms},
                "A coordinate that is left out is not expressed by one linear equation.")
        forms[foreign.pop()] = g
    require(len(forms) + len(kept) == n, "A coordinate is neither kept nor expressed.")
    vanishing(model, [*forms.values()])
    projected = [phi[i] for i in kept]
    description, order = fields(evidence, "model", "parameters") if "model" in evidence else ({
        "input_shape": [1], "layers": [{
            "kind": "polynomial", "parameters": [""] * model.parameters, "inputs": [""],
            "outputs": [[[[*e, 1], str(c)] for e, c in zip(exponent_vectors(f), f.coeffs())]
                        for f in projected]}]}, [*range(model.parameters)])
    within, names = Model(description), phi[0].context().gens()
    places = integers(order, 0, model.parameters - 1, "parameter", within.parameters)
    require(len({*places}) == len(places) and projected == [
        f.compose(*(names[i] for i in places), ctx=phi[0].context())
        for f in within.parametrization], "The coordinates that are kept are others.")
    verified, trust, found = check_ideal(within, others, proof)
    if "groebner_basis" in evidence:
        found = hilbert_series(groebner_basis(within, others, evidence), others)
    elif isinstance(found, list):
        found = hilbert_series(GroebnerBasis(found, [1] * len(kept)), others)
    if found and found.homogeneous and any(
            not any(e) for f in forms.values() for e in exponent_vectors(f)):
        found = HilbertSeries(found.dimension + 1, found.numerator, False)
    return ([f"linear equations ({len(forms)}) vanish on the neurovariety",
             *(f"in the other coordinates ({len(kept)}): {v}" for v in verified)], trust, found)
