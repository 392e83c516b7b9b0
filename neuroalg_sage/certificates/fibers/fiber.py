"""
The fiber of φ over a given function, and whether the function is in M.
"""

from __future__ import annotations

from typing import Any

from flint import Ordering, fmpq

from neuroalg_sage.certificates.coordinates import fiber_equations, function
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    MalformedCertificate,
    items,
    member,
    polynomial,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.singularities.algebraic_points import AlgebraicPoint
from neuroalg_sage.certificates.singularities.decomposition import (
    check_components,
    combination,
    presented,
)
from neuroalg_sage.certificates.substitution import substituted

PLACES = ("closure", "complex", "real")


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
        from neuroalg_sage.certificates.fibers.no_real_points import check_no_real_points

        check_no_real_points(equations, ring, member(evidence, "proof"))
        return ["the fiber has no real points: sums of squares are among its equations"], []
    raise MalformedCertificate("The argument for membership is not known.")
