"""
Networks whose functions are matrices of bounded rank: linear ones, and one layer of squares.
"""

from __future__ import annotations

from functools import reduce
from math import comb
from typing import Any

from flint import nmod_mat

from neuroalg_sage.certificates.dimension.ranks import place, rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import member, rational, require, residue


def matrix_rank(model: Model, trial: Any) -> int:
    """
    A number that the rank of Dφ at a point attains, by ranks of few matrices; the trial states
    these.

    *Linear networks*, f_w(x) = W_L ... W_1 x of n inputs, with m outputs.  Let s be the rank of
    W_L ... W_2, and r that of W_(L-1) ... W_1, or m and n if L = 1.  Derivatives by W_1 are all
    matrices with columns in the image of the former, of dimension s, and those by W_L all matrices
    with rows in the image of the transpose of the latter, of dimension r.  In suitable bases they
    span the matrices without entries outside of s rows and r columns: s n + m r - s r.  Layers
    between add nothing at a generic point.  If the last layer has a bias, its derivatives are all
    constants, and modulo these all is as before.

    *Squares*, see :func:`squares`.  The derivatives by l_i are b_i (2 α l_i + β x_0) h for all
    linear forms h.  If r of these v-ary forms 2 α l_i + β x_0 with b_i ≠ 0 are independent, they
    are so many variables, in suitable ones; and the forms of degree 2 without them have
    C(v - r + 1, 2) terms.  That by e is x_0^2; it is none of these, and one more, unless x_0 is a
    combination of them, since they generate a prime ideal.

    All of this holds over the field of p elements, and the rank at an integer point modulo p is at
    most the generic rank over Q.
    """
    p, point = place(model, trial)
    layers, stated = model.description["layers"], member(trial, "ranks")
    if all(layer["kind"] == "dense" for layer in layers):
        has_bias = [layer.get("bias", False) for layer in layers]
        require(has_bias[-1] or not any(has_bias), "The last layer has no bias.")
        weights = [nmod_mat(step.width, width, point[step.offset :][: step.width * width], p)
                   for step, width in zip(model.steps, model.widths)]
        m, n = model.outputs, model.inputs
        s, r = (reduce(lambda first, then: then * first, part).rank() if part else full
                for part, full in ((weights[1:], m), (weights[:-1], n)))
        require(stated == [s, r], "The ranks are not those stated.")
        return s * n + m * r - s * r + m * has_bias[-1]
    k, v, is_homogeneous, e = squares(model)
    _, beta, alpha = (residue(rational(c), p) for c in layers[1]["coefficients"])
    n, end = model.inputs, k * v
    forms = [[2 * alpha * a % p for a in point[i * n : (i + 1) * n]]
             + [(2 * alpha * c + beta) % p for c in point[k * n + i : end][: v - n]]
             for i in range(k) if point[end + i] % p]
    r = rank(forms, v, p)
    more = 0 if not e else 1 if is_homogeneous else rank([*forms, [0] * n + [1]], v, p) - r
    require(stated == [r, r + more], "The ranks are not those stated.")
    return comb(v + 1, 2) - comb(v - r + 1, 2) + more


def squares(model: Model) -> tuple[int, int, bool, bool]:
    """
    Verify that f_w(x) = Σ_i b_i σ(l_i) + e, for σ = α y^2 + β y + γ and k linear forms l_i in x or,
    if the layer has a bias, in x and x_0 = 1; that β = γ = 0 unless both layers have a bias.  The
    numbers k and v of forms and of their variables; whether they are in x; whether there is e.
    """
    layers = model.description["layers"]
    require([layer["kind"] for layer in layers] == ["dense", "activation", "dense"] and (
        model.outputs == 1 and len(layers[1]["coefficients"]) == 3), "There are no squares.")
    has, e = (layer.get("bias", False) for layer in layers[::2])
    require(has and e or layers[1]["coefficients"][:2] == ["0", "0"], "There are no squares.")
    return model.widths[1], model.inputs + has, not has, e


def quadratic_dimension(model: Model) -> int:
    """
    An upper bound for dim M, see :func:`squares`.

    Completing squares, M is in the quadratic forms in v variables of rank at most k, to which a
    multiple of x_0^2 is added if there is e.  The former of rank r ≤ v have dimension
    v r - C(r, 2) = C(v + 1, 2) - C(v - r + 1, 2): they are A^T A with r rows, up to the orthogonal
    group of dimension C(r, 2), over C.  If x_0 is one of the v variables, e adds nothing to r = v.
    """
    k, v, is_homogeneous, e = squares(model)
    r = min(k, v - (e and not is_homogeneous))
    return comb(v + 1, 2) - comb(v - r + 1, 2) + e
