"""
Pseudo-dimensions: at how many inputs the functions of an output may be above or below at will.

The pseudo-dimension of an output is the largest k such that for some inputs x_1, ..., x_k and
thresholds t_1, ..., t_k each of the 2^k sets of indices is {i: f(x_i) > t_i} for some f of M.  It
is at least the Vapnik-Chervonenkis dimension of the sets {f > 0}.  The claim is about the largest
one of all outputs.

*Lemma 1* (linear spaces).  Of a linear space of functions of dimension q it is q: at most, as is
proved in ``span``; and at least, since at q generic inputs all values are taken.

So it is at least q if some parameters are chosen, in which together φ has degree at most 1, and q
is the rank of the derivative of the output by these, at any point: with the others fixed, the
output is one function plus a linear space of dimension q, and thresholds may be shifted by that
function's values.

*Lemma 2* (sign vectors).  Let g_1, ..., g_m be polynomials of degree at most D ≥ 1 on R^p, p ≥ 1,
and m ≥ p.  Of the vectors of signs, different from zero, that they take there are at most

    (2 e m / p)^p D (2 D - 1)^(p - 1).

*Proof.*  To each of these sign vectors σ choose a point w_σ, and then δ_1, ..., δ_m > 0 smaller
than all |g_i(w_σ)|, such that for no signs τ more than p of the equations g_i = τ_i δ_i have a
solution in common: the images of R^p in spaces of dimension over p have measure zero.  The closed
sets X_σ = {σ_i g_i ≥ δ_i for all i} are not empty, and disjoint.  Let I be a largest set of indices
such that X_σ meets Z = {g_i = σ_i δ_i for i in I}; it has at most p elements.  The component of Z
through a point of X_σ lies in X_σ: on a path in Z that leaves X_σ, some other σ_i g_i equals δ_i at
the last point before, which is in X_σ, and I would not be largest.  So different σ with the same I
and the same signs on I have different components of one Z.  Z is R^p, or has at most
b = D (2 D - 1)^(p - 1) components (``sections``).  So there are at most Σ_{k ≤ p} C(m, k) 2^k b
sign vectors, with 2^k ≤ 2^p, and Σ_{k ≤ p} C(m, k) ≤ (m/p)^p Σ_k C(m, k) (p/m)^k ≤ (m/p)^p e^p.

*Consequence.*  Let φ have degree at most D on R^p, with an image that is dense in M (the lemma on
hidden neurons in ``layers``).  If m inputs have all 2^m sets as above, then with somewhat larger
thresholds all sign vectors, none with a zero, are those of g_i(w) = f_w(x_i) - t_i for some f of M;
and as these are inequalities of continuous functions of f, for some f of a dense set.  So 2^m is at
most the number of the lemma.  If that is false for one m ≥ p, the pseudo-dimension is less than
this m, since of inputs of which all sets occur each smaller set of inputs has this property, too.
"""

from __future__ import annotations

from typing import Any

from flint import arb, ctx

from neuroalg_sage.certificates.capacity.layers import (
    coordinates_of_an_output,
    first_weights,
    last_layer_dimension,
)
from neuroalg_sage.certificates.capacity.sections import degree_in
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    CertificateError,
    Checked,
    MalformedCertificate,
    fields,
    integer,
    integers,
    items,
    member,
    require,
)

BITS = 128


def free_parameters(model: Model) -> int:
    """So many parameters suffice for a dense set of functions."""
    try:
        return model.parameters - len(first_weights(model))
    except CertificateError:  # the layers are of other kinds
        return model.parameters


def are_too_many(model: Model, inputs: int) -> bool:
    """Whether Lemma 2 shows that so many inputs do not have all sets."""
    p, m, degree = free_parameters(model), inputs, max(1, degree_in(model, range(model.parameters)))
    if not 0 < p <= m:
        return False
    with ctx.workprec(BITS):
        vectors = p * (1 + (2 * arb(m) / p).log()) + arb(degree).log() + (
            (p - 1) * arb(2 * degree - 1).log())
        return bool(m * arb(2).log() > vectors)


def linear_dimension(model: Model, evidence: Any) -> int:
    """The rank, at a point, of the derivative of an output by parameters in which φ is linear."""
    from neuroalg_sage.certificates.dimension.ranks import jacobian, place, rank

    chosen, output, trial, data = fields(evidence, "parameters", "output", "trial", "inputs")
    chosen = integers(chosen, 0, model.parameters - 1, "parameter")
    require(len(set(chosen)) == len(chosen) and degree_in(model, chosen) <= 1,
            "The model is not linear in these parameters.")
    p, point = place(model, trial)
    inputs = [integers(x, -(10**18), 10**18, "input", model.inputs)
              for x in items(data, "inputs")]
    rows = jacobian(model, [c % p for c in point], inputs, p)
    own = rows[integer(output, 0, model.outputs - 1, "output")::model.outputs]
    return rank([[row[i] for i in chosen] for row in own], len(chosen), p)


def check_pseudo_dimension(model: Model, value: Any, evidence: Any, status: str) -> Checked:
    """Verify a lower and an upper bound for the largest pseudo-dimension of an output."""
    low, high = integers(value, 0, 10**1000, "bound", 2)
    below, above = fields(evidence, "lower", "upper")
    verified = []
    if below == "last layer":
        require(low * model.outputs <= last_layer_dimension(model),
                "The last layer does not make so large a linear space.")
        verified.append(f"the last layer makes {low} independent functions of an output")
    elif below == "linear parameters":
        require(low <= linear_dimension(model, member(evidence, "linear")),
                "The parameters do not make so large a linear space.")
        verified.append(f"an output is linear in parameters that make {low} independent functions")
    else:
        require(below == "none" and not low, "The lower bound is not proved.")
    if above == "coordinates":
        require(high >= coordinates_of_an_output(model), "An output has more coordinates.")
        verified.append("the coordinates of an output bound it from above")
    elif above == "sign vectors":
        require(are_too_many(model, high + 1), "So small an upper bound is not proved.")
        verified.append("the sign vectors of polynomials in the parameters bound it from above")
    else:
        raise MalformedCertificate("The argument for the upper bound is not known.")
    require((status == "proved") == (low == high), "Bounds that meet are a value, others not.")
    return verified, []
