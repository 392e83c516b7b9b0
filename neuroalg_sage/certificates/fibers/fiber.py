"""
The fiber of φ over a given function, and whether the function is in M.
"""

from __future__ import annotations

from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly

from neuroalg_sage.certificates.coordinates import function, in_degrevlex
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    MAXIMAL_DEPTH,
    Checked,
    MalformedCertificate,
    fields,
    integers,
    items,
    member,
    numbers,
    polynomial,
    polynomial_ring,
    polynomials,
    require,
)
from neuroalg_sage.certificates.singularities.algebraic_points import AlgebraicPoint, real_roots
from neuroalg_sage.certificates.singularities.coverings import are_covered
from neuroalg_sage.certificates.singularities.decomposition import (
    check_components,
    combination,
    presented,
)
from neuroalg_sage.certificates.substitution import substituted
from neuroalg_sage.certificates.work import bound_horner

PLACES = ("closure", "complex", "real")


def fiber_equations(model: Model, f: list[fmpq], restriction: Any = ()
                    ) -> tuple[list[fmpq_mpoly], fmpq_mpoly_ctx]:
    """The equations φ_j(w) = f_j of the fiber, then w_i = c for pairs (i, c)."""
    coordinates, ring = in_degrevlex(model)
    equations = [g - c for g, c in zip(coordinates, f)]
    for pair in restriction:
        i, c = integers(pair, -100, max(model.parameters - 1, 100), "number for a parameter", 2)
        require(0 <= i < model.parameters, "A restriction is malformed.")
        equations.append(ring.gens()[i] - c)
    return equations, ring


def check_fiber(model: Model, value: Any, evidence: Any) -> Checked:
    """The components of a fiber, or of its part where some parameters have given values."""
    data, restriction, components = items(value, "claim", 3)
    equations, ring = fiber_equations(model, function(model, data),
                                      items(restriction, "restriction"))
    return check_components(equations, ring, components, evidence)


def check_by_fiber(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Whether a function lies in the closure of M, in φ of the complex, or of the real points.

    A point of the fiber puts the function into all three, if it is real; an equation of M that
    the function does not satisfy puts it outside of all three.
    """
    data, place, answer = items(value, "claim", 3)
    f = function(model, data)
    require(place in PLACES and isinstance(answer, bool),
            "The claim about membership is not known.")
    argument = member(evidence, "argument")
    n = model.ambient_dimension
    if argument == "point":
        equations, _ = fiber_equations(model, f)
        point = AlgebraicPoint(member(evidence, "point"), model.parameters)
        require(answer and point.lies_on(equations), "The point is not in the fiber.")
        if place == "real":
            require(point.is_real(member(evidence, "interval")), "The point is not real.")
        return ["a real point of the fiber" if place == "real" else "a point of the fiber"], []
    if argument == "equation":
        ring = polynomial_ring(n)
        g = polynomial(member(evidence, "equation"), ring)
        target = polynomial_ring(model.parameters, Ordering.lex)
        require(not answer and not any(substituted([g], model.parametrization, target)),
                "The equation does not vanish on the neurovariety.")
        require(g(*f) != 0, "The function satisfies the equation.")
        return ["the function does not satisfy an equation of the neurovariety"], []
    equations, ring = fiber_equations(model, f)
    if argument == "unit":
        require(place != "closure" and not answer, "The fiber says nothing of the closure.")
        require(combination(member(evidence, "cofactors"), equations, ring) == 1,
                "The fiber is not shown to be empty.")
        return ["1 is a combination of the fiber's equations"], []
    if argument == "basis":
        require(place != "real" and answer, "A Gröbner basis shows a complex point.")
        groebner = presented(equations, ring, evidence)
        require(not groebner.contains(ring.constant(fmpq(1))), "The fiber is empty.")
        return ["a Gröbner basis of the fiber's ideal does not contain 1"], []
    if argument == "no real points":
        require(place == "real" and not answer, "The argument is about real points.")
        check_no_real_points(equations, ring, member(evidence, "proof"))
        return ["the fiber has no real points: sums of squares are among its equations"], []
    raise MalformedCertificate("The argument for membership is not known.")


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
        total = ring.constant(fmpq(0))
        bases = []
        for pair in items(member(proof, "squares"), "squares"):
            coefficient, base = items(pair, "square", 2)
            (c,) = numbers([coefficient], "coefficient")
            require(c > 0, "A square has a coefficient that is not positive.")
            bases.append(polynomial(base, ring))
            total += bases[-1] ** 2 * c
        require(total == element, "A sum of squares is not what is stated.")
        check_no_real_points([*equations, *bases], ring, member(proof, "then"), depth + 1)
    else:
        raise MalformedCertificate("A step of the proof is not known.")
