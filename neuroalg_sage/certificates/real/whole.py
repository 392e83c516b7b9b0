"""
Why M is all of V, over the real numbers.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    MalformedCertificate,
    items,
    member,
    polynomial_ring,
    polynomials,
    require,
)


def whole(model: Model, evidence: Any) -> str:
    """Verify that M is V; why."""
    argument = member(evidence, "argument")
    if argument == "section":
        return section(model, evidence)
    if argument == "binary forms":
        return binary_forms(model)
    if argument == "quadratic forms":
        inputs, summands, outputs, d = _sum_of_powers(model)
        require(outputs == 1 and d == 2 and summands >= inputs, "The lemma is on other networks.")
        return "each quadratic form is diagonal in suitable coordinates (Lagrange)"
    if argument == "two squares":
        return two_squares(model)
    if argument == "filters":
        from neuroalg_sage.certificates.real.filters import factors_always

        return factors_always(model)
    if argument == "description":
        from neuroalg_sage.certificates.real.consequences import is_whole

        return is_whole(model, evidence)
    raise MalformedCertificate("The argument that M is V is not known.")


def images(model: Model, data: Any, variables: int) -> list[dict[tuple[int, ...], fmpq]]:
    """
    The coordinates of φ at parameters that are polynomials in so many variables, by evaluation of
    the model there: φ itself may be too large to be expanded.
    """
    ring = polynomial_ring(variables + model.inputs)
    gens, own = ring.gens(), polynomial_ring(variables)
    s = [ring.from_dict({(*e, *[0] * model.inputs): c for e, c in p.to_dict().items()})
         for p in polynomials(items(data, "list of parameters", model.parameters), own)]
    places: dict[tuple[int, tuple[int, ...]], dict[tuple[int, ...], fmpq]] = {
        place: {} for place in model.coordinates}
    for j, output in enumerate(model.expanded(s, gens[variables:])):
        for e, c in output.to_dict().items():
            exponents = tuple(map(int, e))
            places[j, exponents[variables:]][exponents[:variables]] = c
    return list(places.values())


def section(model: Model, evidence: Any) -> str:
    """
    Verify polynomials s in n variables u such that φ_j(s(u)) is a polynomial of odd degree in u_j
    alone, for each j.  It takes each real value, so φ(R^N) is all of R^n.
    """
    for j, image in enumerate(images(model, member(evidence, "section"),
                                     model.ambient_dimension)):
        require(not any(k for e in image for i, k in enumerate(e) if i != j),
                "A coordinate depends on another variable.")
        require(max((e[j] for e in image), default=0) % 2, "A coordinate has even degree.")
    return "φ has a section"


def _sum_of_powers(model: Model) -> tuple[int, int, int, int]:
    from neuroalg_sage.certificates.real.power_networks import sum_of_powers

    return sum_of_powers(model)


def binary_forms(model: Model) -> str:
    """
    *Lemma.*  Each real binary form f of degree d is a sum Σ c_i l_i^d of d powers of real linear
    forms.

    *Proof.*  Let U be the forms of degree d with d different real roots.  U is connected: the roots
    move on the projective line without meeting, and when each moves on to the place of the next,
    the product of the linear forms changes its sign, so U also connects h with -h.  The form f
    defines a linear function h ↦ h(∂) f of forms of degree d.  If it had no zero on U, it would
    have one sign there, but h and -h are both in U.  So some h in U annihilates f.  The d powers
    l_i^d that belong to the roots of h are independent, by Vandermonde's determinant, and
    annihilated by h; so they span the forms that h annihilates, a space of dimension d.
    """
    inputs, summands, outputs, d = _sum_of_powers(model)
    require(inputs == 2 and outputs == 1 and summands >= d, "The lemma is on other networks.")
    return "each binary form of degree d is a sum of d powers"


def two_squares(model: Model) -> str:
    """
    *Lemma.*  Each real binary form f of degree 2e is ± q_1^2 ± q_2^2 with real forms of degree e.
    So of a power network with the widths 2, p, q, 1 and the powers e and 2, p > e and q ≥ 2, all
    binary forms are in M, because p powers of degree e span all forms of that degree.

    *Proof.*  If f has a real root, it has an even number of them, and is a product g h of real
    forms of degree e; then 4 f = (g + h)^2 - (g - h)^2.  Else f is, up to its sign, g times its
    conjugate, where g has one root of each pair; with g = q_1 + i q_2 that is q_1^2 + q_2^2.
    """
    from neuroalg_sage.certificates.real.power_networks import power_network

    widths, powers = power_network(model)
    require(len(widths) == 4 and widths[0] == 2 and widths[3] == 1 and powers[1] == 2
            and widths[1] > powers[0] and widths[2] >= 2, "The lemma is on other networks.")
    return "each real binary form of even degree is a sum or difference of two squares"
