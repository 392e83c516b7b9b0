"""
Equations without common real zeros: combinations are 1, without real roots, or sums of squares.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly

from neuroalg_sage.certificates.reading import (
    MAXIMAL_DEPTH,
    MalformedCertificate,
    fields,
    items,
    member,
    numbers,
    polynomial,
    polynomials,
    require,
)
from neuroalg_sage.certificates.singularities.algebraic_points import real_roots
from neuroalg_sage.certificates.singularities.coverings import are_covered
from neuroalg_sage.certificates.singularities.decomposition import combination, presented
from neuroalg_sage.certificates.squares import weighted_squares
from neuroalg_sage.certificates.work import bound_horner


def check_no_real_points(equations: list[fmpq_mpoly], ring: fmpq_mpoly_ctx, proof: Any,
                         depth: int = 0) -> None:
    """
    Verify that equations have no common real zero.

    Each step is a combination of the equations, and says more about the real zeros:

    - ``unit``: it is 1, so there are none;
    - ``roots``: it is q(l), with a polynomial l, and q in one variable has no real root;
    - ``squares``: it is a sum of squares with positive coefficients, so each square vanishes;
    - ``components``: products of elements of several lists have powers among the combinations, so
      each zero is one of one of the lists.
    """
    require(depth <= MAXIMAL_DEPTH, "The proof nests too deeply.")
    step = member(proof, "step")
    if step == "components":
        lists = [polynomials(part, ring) for part in items(member(proof, "lists"), "lists")]
        require(lists, "There are no lists.")
        require(are_covered(presented(equations, ring, proof), lists),
                "There may be zeros outside of all lists.")
        for part, rest in zip(lists, items(member(proof, "then"), "proofs", len(lists))):
            check_no_real_points([*equations, *part], ring, rest, depth + 1)
        return
    element = combination(member(proof, "cofactors"), equations, ring)
    if step == "unit":
        require(element == 1, "A combination of the equations is not 1.")
    elif step == "roots":
        q_data, form = fields(proof, "polynomial", "form")
        coefficients = numbers(q_data, "polynomial in one variable")
        argument, total = polynomial(form, ring), ring.constant(fmpq(0))
        bound_horner(coefficients, argument)
        for c in reversed(coefficients):
            total = total * argument + c
        q = fmpq_poly(coefficients)
        require(q and total == element, "A combination of the equations is not what is stated.")
        require(not real_roots(q), "A polynomial has a real root.")
    elif step == "squares":
        total, bases = weighted_squares(proof, ring)
        require(total == element, "A sum of squares is not what is stated.")
        check_no_real_points([*equations, *bases], ring, member(proof, "then"), depth + 1)
    else:
        raise MalformedCertificate("A step of the proof is not known.")
