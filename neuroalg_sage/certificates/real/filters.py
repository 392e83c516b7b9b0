"""
Convolutional networks with one channel: products of polynomials.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import fields, items, numbers, rational, require
from neuroalg_sage.certificates.real.power_networks import Function, linear_forms


def filter_degrees(model: Model) -> list[int]:
    """
    Verify that M is all products of real binary forms of the degrees returned.

    If the layers are filters with one channel along one axis of the inputs, without activation,
    and the output is one number Σ z_i x_i, then Σ z_i t^i is the product of the polynomials of the
    filters, in t to the power of the product of the strides before them.  That power is required
    to be t where the filter has more than one entry, and all inputs to be read.
    """
    shape = model.description["input_shape"]
    axis, degrees, stride = shape.index(max(shape)), [], 1
    require(model.inputs == shape[axis], "The inputs have several axes.")
    for layer in model.description["layers"]:
        require(layer["kind"] == "convolution" and layer["channels"] == [1, 1]
                and len(layer["size"]) == len(shape), "A layer is no filter with one channel.")
        degrees.append(layer["size"][axis] - 1)
        require(stride == 1 or not degrees[-1], "A filter follows a stride.")
        stride *= layer["stride"][axis]
    require(model.outputs == 1 and model.inputs == sum(degrees) + 1,
            "The network has several outputs, or inputs that no filter reads.")
    return degrees


def factors_always(model: Model) -> str:
    """
    *Lemma.*  If at most one of the degrees is odd, each real binary form of the degree D that is
    their sum is a product of real forms of these degrees.

    *Proof.*  It is a product of linear and of quadratic real forms.  As many of the linear ones as
    D is odd, that is at most one, are left when the others are joined in pairs; and so it is for
    the degrees.
    """
    require(sum(d % 2 for d in filter_degrees(model)) <= 1, "Several filters have odd degree.")
    return "each real polynomial has real factors of the degrees of the filters"


def few_real_factors(model: Model, function: Function, evidence: Any) -> tuple[str, bool]:
    """
    *Lemma.*  A binary form with fewer real roots, counted with multiplicities, than the filters
    have odd degrees is not in M, since each form of odd degree has a real root.  So it is near it:
    roots that are not real stay so.

    The evidence are the factors: linear forms, and quadratic ones of negative discriminant.
    """
    odd = sum(d % 2 for d in filter_degrees(model))
    linear_data, quadratic_data = fields(evidence, "linear", "quadratic")
    linear = linear_forms(linear_data)
    quadratic = [numbers(c, "quadratic form", 3) for c in items(quadratic_data, "quadratic forms")]
    require(all(b * b < 4 * a * c for a, b, c in quadratic), "A quadratic form has real roots.")
    require(len(linear) < odd, "There are as many real roots as filters of odd degree.")
    from flint import fmpq_poly

    product = fmpq_poly([1])
    for factor in [*map(list, linear), *quadratic]:
        product *= fmpq_poly(factor)
    # The coordinates are those of x_0, x_1, ...
    own = {next(i for i, k in enumerate(e) if k): c for (_, e), c in function.items()}
    degree = len(linear) + 2 * len(quadratic)
    require(degree + 1 == model.inputs and own and own == {
        i: c for i in range(model.inputs) if (c := product[i])},
        "The form is not the product of these factors.")
    return "the form has fewer real roots than filters of odd degree", True


def is_zero_only_where_a_filter_is(model: Model) -> str:
    """
    *Lemma.*  Let the layers be filters of any dimension with one channel, and monomials c x^k as
    activations.  Then φ is homogeneous in each filter, and zero only if a filter is zero; and M is
    closed.

    *Proof.*  The entry of a state at the place j is that at 0 in the inputs shifted by j times the
    product of the strides, coordinate by coordinate.  Suppose that this polynomial p is not zero,
    and let x_i be the last input, lexicographically, that occurs in it.  In the next state
    Σ b_j σ(p_j), where p_j is the entry at j, let j be the last place with b_j ≠ 0: then x_i
    shifted occurs in σ(p_j), and in no other summand.  So the sum is not zero.

    Hence φ is not zero on the product K of the unit spheres of the filters, which is compact.  M is
    all c φ(u) with u in K and c in R or in [0, ∞), whichever the degrees allow, a closed set.  If
    c φ(u) converges, c is bounded; so limits of such points are such points.
    """
    for layer in model.description["layers"]:
        require(layer["kind"] == "activation" and not any(
            map(rational, layer["coefficients"][:-1])) or layer["kind"] == "convolution"
            and layer["channels"] == [1, 1], "A layer is no filter with one channel.")
    return "φ is zero only where a filter is zero"
