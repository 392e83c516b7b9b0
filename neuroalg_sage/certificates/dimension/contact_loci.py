"""
Contact loci: perceptrons with one hidden layer whose functions are sums in one way.

Let L be a linear subspace of V, and let X_1, ..., X_k be images in V / L of irreducible cones, of
dimensions n_i + 1 with n_i ≥ 1.  Let M be the closure of X_1 + ... + X_k.  For smooth points x_i
let T be the sum of the tangent spaces T_i of X_i at x_i, and C_i the closure of the smooth points
of X_i whose tangent spaces are in T.

*Theorem.*  Let dim M be Σ_i (n_i + 1), and for generic x let C_i be the line of x_i near x_i, for
each i.  Then a generic point of M is a sum of generic points of the X_i in one way, but for
permutations among those X_i that are equal.

Proof.  Let p = Σ x_i be generic, so that it has finitely many decompositions p = Σ y_i, and y is
generic in Π X_i too, as what is not generic has an image of smaller dimension.  The tangent space
of M at p is T, and so it is at p(c) = Σ c_i x_i for generic numbers c; so it is also the sum of the
tangent spaces at y(c), for each decomposition y(c) of p(c), and y(c)_i is in C_i.  Since y(c) is
generic and has the same T, C_i is near y(c)_i the line of y(c)_i.  C_i has finitely many such
lines, so that of y(c)_i does not change with c.  So the span of x is that of y, and y_i = Σ_j t_ij
x_j, where t is an invertible matrix of functions of x.  Fix i, and let S be the set of all j with
t_ij ≠ 0.  A derivative by x_j in a direction v in T_j shows that t_ij v is in the tangent space at
y_i plus the span of x_S.  These two have y_i in common, so that Σ_(j in S) (n_j + 1) is at most n_i
+ 1 + |S| - 1: the sum of n_j over S is at most n_i.  As t is invertible there is a permutation π
with t_(i,π(i)) ≠ 0 for all i, so n_π(i) ≤ n_i, and < where S has other elements.  Summed over i
both sides agree.  So y_i is a multiple of x_π(i), which is generic in X_π(i) and lies in X_i.
Along a cycle of π the X_i are equal; and the multiple is 1, as x is independent.  QED

L. Chiantini, C. Ciliberto, On the concept of k-secant order of a variety, J. London Math. Soc. 73
(2006), and L. Chiantini, G. Ottaviani, On generic identifiability of 3-tensors of small rank, SIAM
J. Matrix Anal. Appl. 33 (2012), have it for equal X_i.
"""

from __future__ import annotations

from math import factorial
from typing import Any

from flint import nmod_mat

from neuroalg_sage.certificates.dimension.direct_sums import power_layers
from neuroalg_sage.certificates.dimension.ranks import jacobian, place, rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integers,
    items,
    member,
    rational,
    require,
    residue,
)
from neuroalg_sage.certificates.work import Work


def check_contact(model: Model, trial: Any, fiber: int) -> None:
    """
    Verify by its contact locus, at a point modulo a prime, that a generic function
    f = Σ_i b_i σ(a_i x + c_i) + β has one set of summands up to constants; there may be no c_i, or
    no β.

    INPUT:

    - ``fiber`` -- the dimension of the fibers of one summand, up to constants

    Here X is the set of all b σ(a x + c) modulo the constant functions L, or 0 if there is no β.
    It is a cone, by b, and irreducible; with q parameters for a unit it has the dimension
    e = q - fiber, and n = e - 1.  Let k be the number of units.

    The Jacobian D at some inputs has at most the rank k e + dim L.  Where it has this rank modulo
    the prime, dim M modulo L is k e.  A combination λ of values at the inputs with λ D = 0 is a
    functional that vanishes on T and L; there are as many as generically, so they are residues
    of generic ones.  Let H be the Hessians of λ(b σ(a x + c)) in the q parameters of the first
    unit, one above the other for all λ.  It is the Jacobian of equations that hold for a unit whose
    tangent space is in T.  So near the first unit these units have at most the dimension
    q - rank H, where the generic rank is at least that at the point.  Those whose summand is in the
    line of x_1 are among them, and have the dimension fiber + 1; so there are no others if H has
    the rank q - fiber - 1.  All units are alike.
    """
    layers = model.description["layers"]
    require([layer["kind"] for layer in layers] == ["dense", "activation", "dense"],
            "The theorem is on networks with one hidden layer.")
    inner, outer = (layer.get("bias", False) for layer in layers[::2])
    n, k, m = model.inputs, model.widths[1], model.outputs
    q = n + inner + m
    dimension = q - fiber
    require(dimension >= 2, "A summand has no direction but that of its line.")
    p, point = place(model, trial)
    inputs = [integers(x, 0, p - 1, "input", n) for x in items(member(trial, "inputs"), "inputs")]
    rows = jacobian(model, [c % p for c in point], inputs, p)
    most = k * dimension + m * outer
    require(rank(rows, model.parameters, p) == most,
            "The sum of the tangent spaces is not as large as it can be.")
    functionals, count = nmod_mat(len(rows), model.parameters, sum(rows, []), p
                                  ).transpose().nullspace()
    columns = [[int(functionals[i, j]) for i in range(len(rows))] for j in range(count)]
    first, second = ([residue(c, p) for c in found] for found in _derivatives(
        [rational(c) for c in layers[1]["coefficients"]]))
    into = point[:n] + [point[k * n]] * inner
    start = k * (n + inner)
    out = [point[start + o * k] for o in range(m)]
    Work().spend(len(columns) * len(inputs) * q * q)
    hessians: list[list[int]] = []
    for functional in columns:
        hessian = [[0] * q for _ in range(q)]
        for x, weights in zip(inputs, zip(*[iter(functional)] * m)):
            read = [*x, *[1] * inner]
            argument = sum(a * b for a, b in zip(into, read))
            slope, bend = (sum(c * pow(argument, e, p) for e, c in enumerate(terms)) % p
                           for terms in (first, second))
            bend = bend * sum(c * b for c, b in zip(weights, out)) % p
            for i, a in enumerate(read):
                for j, b in enumerate(read):
                    hessian[i][j] += bend * a * b
                for o, c in enumerate(weights):
                    hessian[i][len(read) + o] += slope * a * c
                    hessian[len(read) + o][i] += slope * a * c
        hessians += [[c % p for c in row] for row in hessian]
    require(rank(hessians, q, p) == dimension - 1, "The contact locus may be larger than points.")


def check_units(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify [dimension, points, symmetries] of the generic fiber of a perceptron with one hidden
    layer: of the k! orders of the summands, and of the fibers of one.

    Let b σ(a x + c) = b' σ(a' x + c') up to constants, where σ has at least the degree 2.  The
    derivatives by x are multiples of b ⊗ a, so a' = s a and b' = t b: the units of one summand are
    those of the network with one input and output.  Its symmetries, in coordinates a, c, b, β, are
    symmetries of each unit here if a' and b' are multiples of a and b, c' depends on c alone,
    and β' on b and β.  For a power they are the rescalings of the unit, and there are no others:
    the derivative determines a and c up to a factor, and then b.
    """
    layers = model.description["layers"]
    trust, why, unit = list[str](), "one unit", [1, 1, 1]
    if "unit" in evidence:
        from neuroalg_sage.certificates.dimension.generic_fiber import check_generic_fiber

        require(len(layers[1]["coefficients"]) > 2, "The activation is linear.")
        small = Model({"input_shape": [1], "layers": [
            layer | {"inputs": 1, "outputs": 1} if layer["kind"] == "dense" else layer
            for layer in layers]})
        unit, proof = fields(evidence["unit"], "value", "evidence")
        found, trust = check_generic_fiber(small, unit, proof)
        why = "; ".join(found)
        inner, outer = (layer.get("bias", False) for layer in layers[::2])
        a, c, b, beta, one = 0, 1 if inner else -1, 1 + inner, 2 + inner if outer else -1, (
            small.parameters)
        allowed = {(a, a), (c, c), (c, one), (b, b), (beta, beta), (beta, b), (beta, one)}
        fields_ = [member(step, "field") for step in items(member(proof, "normal_form"), "steps")]
        require(all((entry[0], entry[1]) in allowed
                    for entries in [*fields_, *items(member(proof, "finite"), "symmetries")]
                    for entry in entries), "A symmetry of a unit is none of each.")
    else:
        power_layers(model, 2)
    dimension, points, symmetries = unit
    check_contact(model, member(evidence, "contact"), dimension)
    k = model.widths[1]
    require(integers(value, 0, 10**4000, "number of a generic fiber", 3)
            == [k * dimension, factorial(k) * points**k, factorial(k) * symmetries**k],
            "The numbers of the fiber are not those of its units.")
    return ["a contact locus for one set of summands", why], trust


def _derivatives(coefficients: list[Any]) -> tuple[list[Any], list[Any]]:
    """The first and the second derivative of a polynomial."""
    first = [e * c for e, c in enumerate(coefficients)][1:]
    return first, [e * c for e, c in enumerate(first)][1:]
