"""
A lower bound for an ED degree, from critical points modulo a prime.

Let d = dim M, let numbers stand for all but d parameters, and let w be the others.  For a
quadratic form Q, a target u and the residual v = Q (φ - u) the critical equations are F = Dφ^T v
= 0.  Modulo a prime p the evidence gives points of the algebra A = GF(p)[t] / q, q squarefree, a
product of fields.  Verified is that at these points

(1) F vanishes, and its Jacobian matrix, Dφ^T Q Dφ + Σ_i v_i D^2 φ_i, has an invertible determinant;
(2) d rows of Dφ (of Q Dφ for a form of data) have an invertible determinant;
(3) a linear form takes K different values at the images φ(w).

Then the ED degree is at least K.  By Hensel's lemma with (1) the points lift to simple solutions
over an unramified extension of the p-adic integers, for the integers u, Q that the residues are (p
divides no denominator), and K of the images differ by (3); there φ has rank d by (2).  Embed that
extension's field of fractions into C.  By the implicit function theorem simple solutions move
continuously with u and Q; so there are K with all these properties also for a generic u (and a
generic Q).  The pairs (w, Q (φ(w) - u)) at which φ(w) is a singular point of M, though (2)
holds, are a family of smaller dimension than that of the Q u, so a generic u has none; and at a
smooth point of M the image of Dφ is the tangent space.  So the K images are critical points.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial, prod
from typing import Any

from flint import nmod_mat, nmod_poly

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.distance.algebra import MOST_POINTS, Algebra
from neuroalg_sage.certificates.distance.slices import numbers_of_parameters
from neuroalg_sage.certificates.model import Model, monomials
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integer,
    integers,
    items,
    member,
    prime,
    rational,
    require,
    residue,
)


def quadratic_form(model: Model, metric: Any, evidence: Any, p: int) -> list[list[int]]:
    """The matrix of the metric modulo p; of a generic one any symmetric matrix of residues."""
    n = model.ambient_dimension
    if metric == "generic":
        rows = [integers(row, 0, p - 1, "row", n) for row in items(
            member(evidence, "form"), "quadratic form", n)]
    elif isinstance(metric, list):
        rows = [[residue(rational(c), p) for c in items(row, "row", n)]
                for row in items(metric, "quadratic form", n)]
        require(all(metric[i][j] == metric[j][i] for i in range(n) for j in range(i)),
                "The quadratic form is not symmetric.")
    else:
        require(metric in ("unit", "bombieri"), "The metric is not known.")
        exponents = [e for degrees in model.degree_pattern for k in degrees
                     for e in monomials(model.inputs, k)]
        rows = [[0] * n for _ in range(n)]
        for i, e in enumerate(exponents):
            weight = factorial(sum(e)) // prod(map(factorial, e)) if metric == "bombieri" else 1
            require(weight % p, "The prime divides a denominator.")
            rows[i][i] = pow(weight, -1, p)
    require(all(rows[i][j] == rows[j][i] for i in range(n) for j in range(i)),
            "The quadratic form is not symmetric.")
    return rows


def is_invertible(model: Model, metric: Any) -> bool:
    """Whether a metric that is not generic is a form of full rank, which a prime may prove."""
    n, p = model.ambient_dimension, 2**61 - 1
    return bool(nmod_mat(n, n, sum(quadratic_form(model, metric, {}, p), []), p).rank() == n)


def check_at_least(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the claim [metric, K] that the ED degree is at least K."""
    if "reduced" in evidence:
        from neuroalg_sage.certificates.distance.reduced import check_reduced

        return check_reduced(model, value, evidence, check_at_least)
    if "same_variety" in evidence:
        from neuroalg_sage.certificates.equations.same_variety import check_of_same_variety

        return check_of_same_variety(model, value, evidence, check_at_least)
    require(isinstance(value, list) and len(value) == 2, "The claim is not a metric and a number.")
    metric, number = value
    p, restriction, target, minor, weights, polynomial, coordinates = fields(
        evidence, "prime", "restriction", "target", "minor", "weights", "polynomial",
        "coordinates")
    p, n, count = prime(p), model.ambient_dimension, model.parameters
    form = quadratic_form(model, metric, evidence, p)
    numbers = numbers_of_parameters(restriction, count)
    free = [i for i in range(count) if i not in numbers]
    d = len(free)
    verified, trust = check_dimension(model, d, member(evidence, "dimension"))
    target = integers(target, 0, p - 1, "target", n)
    weights = integers(weights, 0, p - 1, "linear form", n)
    minor = integers(minor, 0, n - 1, "rows of a minor", d)
    given = iter(items(coordinates, "coordinates", d))
    algebra = Algebra(p, polynomial, [[numbers[i] % p] if i in numbers else next(given)
                                      for i in range(count)])
    phi = model.parametrization
    first = [[f.derivative(i) for i in free] for f in phi]
    values = [algebra.value(f) for f in phi]
    slopes = [[algebra.value(f) for f in row] for row in first]

    def times_form(column: Sequence[nmod_poly]) -> list[nmod_poly]:
        return [algebra.sum(c * column[j] for j, c in enumerate(row) if c) for row in form]

    residual = times_form([f - u for f, u in zip(values, target)])
    moved = [times_form([row[k] for row in slopes]) for k in range(d)]  # columns of Q Dφ
    for k in range(d):
        require(not algebra.sum(slopes[i][k] * residual[i] for i in range(n)),
                "The points are not critical.")
    hessian = [[algebra.sum(moved[k][i] * slopes[i][m]
                            + residual[i] * algebra.value(first[i][k].derivative(free[m]))
                            for i in range(n)) for m in range(d)] for k in range(d)]
    require(algebra.is_unit(hessian), "The points are not simple.")
    require(algebra.is_unit([[moved[k][i] if isinstance(metric, list) else slopes[i][k]
                              for k in range(d)] for i in minor]),
            "The parametrization has critical points there.")
    images = algebra.sum(c * f for c, f in zip(weights, values))
    require(algebra.number_of_values(images) >= integer(number, 0, MOST_POINTS, "number"),
            "The images are fewer than claimed.")
    return [*verified, f"{algebra.q.degree()} critical points modulo {p} are simple, and have "
            f"at least {number} images"], trust
