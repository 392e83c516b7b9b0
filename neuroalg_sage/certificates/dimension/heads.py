"""
Generic fibers of one layer of attention with several heads.
"""

from __future__ import annotations

from math import factorial, prod
from typing import Any

from flint import nmod_mat

from neuroalg_sage.certificates.dimension.attention_fibers import attention_fiber
from neuroalg_sage.certificates.dimension.ranks import jacobian, place, rank
from neuroalg_sage.certificates.dimension.sums_in_one_way import functionals
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    CertificateError,
    Checked,
    integers,
    items,
    member,
    require,
)


def heads(model: Model) -> list[Model]:
    """
    Verify that the model is a sum of heads of attention and of skip connections; the heads.

    Skip connections move M by a vector.  The rank of K^T Q is at most the least of the width of a
    head and the number of inputs; heads for which these agree are alike.
    """
    layers, shape = model.description["layers"], model.description["input_shape"]
    require(len(layers) == 1 and layers[0]["kind"] == "sum" and not any(
        source is not None for source in layers[0].get("share", [])),
        "The theorem is on sums of heads that share no parameters.")
    found = [layer for layer in layers[0]["layers"]
             if layer["kind"] != "chain" or layer["layers"]]
    require(found and all(layer["kind"] == "attention" for layer in found),
            "The theorem is on sums of heads of attention.")
    require(len({layer["head"] for layer in found})
            == len({min(layer["head"], shape[0]) for layer in found}),
            "Heads of different widths make the same functions.")
    return [Model({"input_shape": shape, "layers": [layer]}) for layer in found]


def check_heads(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify [dimension, points, symmetries] of the generic fiber of a sum of heads of attention.

    Let X_i be the functions of head i, cones of the dimension e_i = q_i - s_i with q_i parameters
    and fibers of the dimension s_i, which are one orbit each.  By the theorem of
    :mod:`neuroalg_sage.certificates.dimension.sums_in_one_way` a generic function has one set of
    heads, if the Jacobian D at some inputs has the rank Σ e_i at a point modulo a prime, and if
    there the Hessians H of λ in the parameters of head i, for all combinations λ of values at the
    inputs with λ D = 0, have the rank e_i - 1: as for units there, H is the Jacobian of equations
    of the parameters whose tangent spaces are in T, and s_i + 1 dimensions of them, which move a
    head in its line, are there.  Each parameter occurs once at most in a product V X X^T K^T Q X,
    so a second derivative is a difference of derivatives.  So a fiber consists of the orders of
    heads that are alike.
    """
    own = heads(model)
    p, point = place(model, member(evidence, "trial"))
    point = [c % p for c in point]
    inputs = [integers(x, 0, p - 1, "input", model.inputs)
              for x in items(member(evidence["trial"], "inputs"), "inputs")]
    rows = jacobian(model, point, inputs, p)
    fibers = [attention_fiber(head) for head in own]
    require(rank(rows, model.parameters, p) == model.parameters - sum(fibers),
            "The sum of the tangent spaces is not as large as it can be.")
    found = functionals(rows, p)
    require(found, "There are no functionals.")
    vanishing = nmod_mat(len(found), len(rows), sum(found, []), p)
    widths = [head.description["layers"][0]["head"] for head in own]
    start = 0
    for i, (head, fiber) in enumerate(zip(own, fibers)):
        q, start, here = head.parameters, start + head.parameters, point[start:][:head.parameters]
        if widths[i] in widths[:i]:
            continue  # all heads of one width are alike
        slopes = nmod_mat(len(rows), q, sum(jacobian(head, here, inputs, p), []), p)
        hessians: list[list[int]] = []
        for j in range(q):  # some second derivatives may do
            there = [(c + (k == j)) % p for k, c in enumerate(here)]
            moved = nmod_mat(len(rows), q, sum(jacobian(head, there, inputs, p), []), p)
            hessians += [[*map(int, row)] for row in (vanishing * (moved - slopes)).tolist()]
            if rank(hessians, q, p) == q - fiber - 1:
                break
        else:
            raise CertificateError("The contact locus may be larger than points.")
    orders = prod(factorial(widths.count(width)) for width in {*widths})
    require(integers(value, 0, 10**4000, "number of a generic fiber", 3)
            == [sum(fibers), orders, orders], "The numbers of the fiber are not of its heads.")
    return ["a contact locus for one set of heads"], []
