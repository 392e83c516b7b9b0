"""
That a function is not in M, over the real numbers.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mpoly

from neuroalg_sage.certificates.coordinates import fiber_equations
from neuroalg_sage.certificates.coordinates import function as coordinates
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    MalformedCertificate,
    fields,
    integer,
    integers,
    items,
    member,
    polynomial,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.real.power_networks import (
    Function,
    form,
    head,
    is_product,
    linear_forms,
    part,
    part_of,
    power_network,
)
from neuroalg_sage.certificates.squares import weighted_squares
from neuroalg_sage.certificates.substitution import substituted


def read_function(model: Model, data: Any) -> Function:
    """A function of V."""
    return {place: c for place, c in zip(model.coordinates, coordinates(model, data)) if c}


def outside(model: Model, function: Function, evidence: Any) -> tuple[str, bool]:
    """Verify that a function is not in M: why, and whether nothing near it is in M either."""
    argument = member(evidence, "argument")
    if argument == "part":
        inputs, outputs = _part(model, evidence)
        then = member(evidence, "then")
        require(member(then, "argument") != "part", "A part of a part is a part.")
        return outside(part(model, inputs, outputs), part_of(function, inputs, outputs), then)
    if argument == "head":
        return _by_head(model, function, evidence)
    if argument == "few powers":
        from neuroalg_sage.certificates.real.few_powers import no_sum_of_few_powers

        return no_sum_of_few_powers(model, function, evidence)
    if argument == "multiplicities":
        return _by_multiplicities(model, function, evidence)
    if argument == "real factors":
        from neuroalg_sage.certificates.real.filters import few_real_factors

        return few_real_factors(model, function, evidence)
    if argument == "inequality":
        return _by_inequality(model, function, evidence)
    point = [function.get(place, fmpq(0)) for place in model.coordinates]
    if argument == "description":
        from neuroalg_sage.certificates.real.consequences import is_outside

        return is_outside(model, point, evidence)
    if argument == "fiber":
        from neuroalg_sage.certificates.fibers.no_real_points import check_no_real_points

        check_no_real_points(*fiber_equations(model, point), member(evidence, "proof"))
        return "the fiber has no real points", False
    raise MalformedCertificate("The argument that a function is not in M is not known.")


def _part(model: Model, evidence: Any) -> tuple[list[int], list[int]]:
    inputs, outputs = (integers(data, 0, most - 1, "place") for data, most in zip(
        fields(evidence, "inputs", "outputs"), (model.inputs, model.outputs)))
    require(inputs and outputs and len({*inputs}) == len(inputs)
            and len({*outputs}) == len(outputs), "A part has no input or output, or one twice.")
    return inputs, outputs


def _by_head(model: Model, function: Function, evidence: Any) -> tuple[str, bool]:
    """
    *Lemma.*  Let M be all (v_1 h^D, ..., v_m h^D) with h in the M' of the head.  If an output of f
    is c g^D with c ≠ 0 and g ≠ 0 not in M', then f is not in M.

    *Proof.*  If v h^D = c g^D, then h / g is a rational function with a power that is constant, so
    it is a real number, and not zero.  M' contains the multiples of its elements, since the last
    layer of the head is dense without bias.
    """
    first, power = head(model, integer(member(evidence, "layers"), 1,
                                       len(model.description["layers"]) - 1, "number of layers"))
    output = integer(member(evidence, "output"), 0, model.outputs - 1, "output")
    root = read_function(first, member(evidence, "root"))
    f, g = form(function, output, model.inputs), form(root, 0, model.inputs)
    require(f and g and g**power * (f.leading_coefficient() / g.leading_coefficient()**power) == f,
            "The output is not a multiple of the power stated.")
    reason, _ = outside(first, root, member(evidence, "then"))
    return f"{reason}; all outputs are multiples of one power", False


def _by_multiplicities(model: Model, function: Function, evidence: Any) -> tuple[str, bool]:
    """
    *Lemma.*  Of a power network with two inputs, two units in the first layer, the power e after
    it, and one output, let f ≠ 0 be a function.  Of the roots of f over the complex numbers, those
    of each multiplicity that e does not divide are a multiple of e in number.

    *Proof.*  It is F(l_1^e, l_2^e) for a binary form F.  If l_1 and l_2 are proportional, it is a
    multiple of a power of l_1^e.  Else let them be the variables x and y.  Then f(x, ζ y) = f(x, y)
    for the roots of unity ζ of order e, so the roots other than those of x and y come in sets of e
    with one multiplicity, and those of x and y have multiplicities that are multiples of e.
    """
    widths, powers = power_network(model)
    require(len(powers) and widths[:2] == [2, 2] and widths[-1] == 1,
            "The lemma is on other networks.")
    pairs = [items(pair, "factor", 2) for pair in items(member(evidence, "factors"), "factors")]
    factors = linear_forms([linear for linear, _ in pairs])
    multiplicities = [integer(m, 1, 10**4, "multiplicity") for _, m in pairs]
    repeated = [factor for factor, m in zip(factors, multiplicities) for _ in range(m)]
    require(is_product(function, 0, repeated), "The form is not the product stated.")
    require(len({str(b / a) if a else "" for a, b in factors}) == len(factors),
            "Two factors are proportional.")
    require(any(m % powers[0] and multiplicities.count(m) % powers[0] for m in multiplicities),
            "The multiplicities are possible.")
    return "the roots of a function of M have other multiplicities", False


def _by_inequality(model: Model, function: Function, evidence: Any) -> tuple[str, bool]:
    """
    A polynomial g on V such that g ∘ φ is a sum of squares, so that g ≥ 0 on M and on its closure,
    but g(f) < 0.
    """
    g, _ = sum_of_squares(model, evidence)
    require(g(*(function.get(place, fmpq(0)) for place in model.coordinates)) < 0,
            "The function satisfies the inequality.")
    return "the function violates an inequality that holds on M", True


def sum_of_squares(model: Model, evidence: Any) -> tuple[fmpq_mpoly, list[fmpq_mpoly]]:
    """
    Verify that a polynomial g on V becomes a sum of squares with positive coefficients on M, that
    is, g ∘ φ is; the polynomial, and what is squared.
    """
    phi = model.parametrization
    ring = phi[0].context()
    g = polynomial(member(evidence, "polynomial"), polynomial_ring(model.ambient_dimension))
    total, bases = weighted_squares(evidence, ring)
    (image,) = substituted([g], phi, ring)
    require(image == total, "The polynomial is not the sum of squares stated.")
    return g, bases
