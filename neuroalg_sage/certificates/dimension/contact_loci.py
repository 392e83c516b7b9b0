"""
Contact loci: perceptrons with one hidden layer whose functions are sums in one way.

The theorem is that of :mod:`neuroalg_sage.certificates.dimension.sums_in_one_way`.
"""

from __future__ import annotations

from math import comb, factorial, gcd
from typing import Any

from neuroalg_sage.certificates.dimension.ranks import jacobian, place, rank
from neuroalg_sage.certificates.dimension.sums_in_one_way import functionals
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    integers,
    items,
    member,
    rational,
    require,
    residue,
)
from neuroalg_sage.certificates.work import Work


def check_contact(model: Model, trial: Any) -> None:
    """
    Verify by its contact locus, at a point modulo a prime, that a generic function
    f = Σ_i b_i σ(a_i x + c_i) + β has one set of summands up to constants; there may be no c_i, or
    no β.

    Here X is the set of all b σ(a x + c) modulo the constant functions L, or 0 if there is no β.
    It is a cone, by b, and irreducible; with q parameters for a unit it has the dimension
    e = q - s, where s is that of its fibers (:func:`unit_fiber`), and n = e - 1.  Let k be the
    number of units.

    The Jacobian D at some inputs has at most the rank k e + dim L.  Where it has this rank modulo
    the prime, dim M modulo L is k e.  A combination λ of values at the inputs with λ D = 0 is a
    functional that vanishes on T and L; there are as many as generically, so they are residues
    of generic ones.  Let H be the Hessians of λ(b σ(a x + c)) in the q parameters of the first
    unit, one above the other for all λ.  It is the Jacobian of equations that hold for a unit whose
    tangent space is in T.  So near the first unit these units have at most the dimension
    q - rank H, where the generic rank is at least that at the point.  Those whose summand is in the
    line of x_1 are among them, and have the dimension s + 1; so there are no others if H has
    the rank q - s - 1.  All units are alike.
    """
    layers = model.description["layers"]
    require([layer["kind"] for layer in layers] == ["dense", "activation", "dense"],
            "The theorem is on networks with one hidden layer.")
    inner, outer = (layer.get("bias", False) for layer in layers[::2])
    n, k, m = model.inputs, model.widths[1], model.outputs
    q = n + inner + m
    dimension = q - unit_fiber(layers)[0]
    require(dimension >= 2, "A summand has no direction but that of its line.")
    p, point = place(model, trial)
    inputs = [integers(x, 0, p - 1, "input", n) for x in items(member(trial, "inputs"), "inputs")]
    rows = jacobian(model, [c % p for c in point], inputs, p)
    most = k * dimension + m * outer
    require(rank(rows, model.parameters, p) == most,
            "The sum of the tangent spaces is not as large as it can be.")
    columns = functionals(rows, p)
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


def unit_fiber(layers: Any) -> tuple[int, int]:
    """
    The fiber of one summand b σ(a x + c) up to constants, or exactly if there is no β: its
    dimension, and how many orbits of a connected group of symmetries it has, all in one orbit.

    If there is a bias c, let σ(y) = τ(y + κ) up to a constant multiple, such that τ of degree d ≥ 2
    has no second coefficient; else τ = σ.  Let b τ(a x + c) = b' τ(a' x + c') up to constants.  The
    derivatives by x are multiples of b ⊗ a, so a' = r a and b' = t b with numbers r and t.  The
    highest coefficient in a x gives t = r^(-d), and the second c' = r c, if there is a bias.  The
    others are, if and only if r^(d - k) = 1 for each k with τ_k ≠ 0, where k = 0 counts if there is
    no β.  If there is no such k but d, all r do: they are one orbit of a torus.  Else they are the
    roots of unity whose order is the greatest common divisor of all d - k.  All of these maps are
    affine-linear symmetries of the unit, where β + b τ_0 stays, and c + κ is multiplied.
    """
    inner, outer = (layer.get("bias", False) for layer in layers[::2])
    sigma = [rational(c) for c in layers[1]["coefficients"]]
    d = len(sigma) - 1
    require(d >= 2, "The activation is linear.")
    shift = sigma[-2] / (d * sigma[-1]) if inner else 0
    tau = [sum(sigma[e] * comb(e, k) * (-shift) ** (e - k) for e in range(k, d + 1))
           for k in range(d)]
    order = gcd(*(d - k for k, c in enumerate(tau) if c and (k or not outer)))
    return (0, order) if order else (1, 1)


def check_units(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify [dimension, points, symmetries] of the generic fiber of a perceptron with one hidden
    layer: of the k! orders of the summands, and of the fibers of one.
    """
    check_contact(model, member(evidence, "contact"))
    dimension, points = unit_fiber(model.description["layers"])
    k = model.widths[1]
    number = factorial(k) * points**k
    require(integers(value, 0, 10**4000, "number of a generic fiber", 3)
            == [k * dimension, number, number],
            "The numbers of the fiber are not those of its units.")
    return ["a contact locus for one set of summands",
            f"the fiber of a unit, of dimension {dimension} with {points} points"], []


def _derivatives(coefficients: list[Any]) -> tuple[list[Any], list[Any]]:
    """The first and the second derivative of a polynomial."""
    first = [e * c for e, c in enumerate(coefficients)][1:]
    return first, [e * c for e, c in enumerate(first)][1:]
