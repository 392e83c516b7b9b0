"""
A lower bound for the ML degree, from critical points modulo a prime.

Let d = dim M, let numbers stand for all but d parameters, and let w be the others.  For weights u
of sum U, and T = Σ_i φ_i, the critical equations of Σ_i u_i log φ_i - U T are

    F_k = Σ_i u_i D_k φ_i / φ_i - U D_k T = 0.

Either φ is homogeneous of degree 1 for some weights a of the parameters: then M is a cone.  Where
Dφ has rank d on the slice, its image is that of all Dφ, and holds Dφ (a w) = φ, so that
Σ_i u_i - U T = 0 follows, that is, T = 1; these are the critical points of Σ_i u_i log z_i on
M ∩ {Σ_i z_i = 1}.  Or T = 1 identically, and M lies in that hyperplane.

Modulo a prime p the evidence gives points of GF(p)[t] / q, q squarefree.  Verified is that there

(1) no φ_i vanishes, U is not 0, F vanishes, and its Jacobian matrix, Σ_i u_i (D_k D_m φ_i / φ_i
    - D_k φ_i D_m φ_i / φ_i^2) - U D_k D_m T, is invertible;
(2) d rows of Dφ have an invertible determinant;
(3) a linear form takes K different values at the images φ(w).

By Hensel's lemma the points lift to simple solutions over an unramified extension of the p-adic
integers.  Embedded into C, these move continuously with u, so that there are K for generic u.  The
weights u for which a given point with T = 1 is critical are a linear space, whose dimension is the
same wherever the rank of Dφ is d; over those at which M is singular they are a family of smaller
dimension, so a generic u has none there.  So the K images are critical points on the smooth points
of M.
"""

from __future__ import annotations

from typing import Any

from flint import nmod_poly

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.distance.algebra import MOST_POINTS, Algebra
from neuroalg_sage.certificates.distance.slices import numbers_of_parameters
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    numbers,
    prime,
    require,
)


def _inverse(algebra: Algebra, f: nmod_poly) -> nmod_poly:
    divisor, inverse, _ = f.xgcd(algebra.q)
    require(divisor.degree() == 0, "A coordinate vanishes at a point.")
    return inverse * algebra.constant(pow(int(divisor[0]), -1, algebra.p)) % algebra.q


def check_at_least(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the claim that the ML degree is at least the value."""
    p, restriction, target, minor, weights, polynomial, coordinates, dimension = fields(
        evidence, "prime", "restriction", "target", "minor", "weights", "polynomial",
        "coordinates", "dimension")
    p, n, count = prime(p), model.ambient_dimension, model.parameters
    set_to = numbers_of_parameters(restriction, count)
    free = [i for i in range(count) if i not in set_to]
    d = len(free)
    verified, trust = check_dimension(model, d, dimension)
    phi = model.parametrization
    if "scaling" in evidence:
        scaling = numbers(evidence["scaling"], "weights", count)
        require(all(sum(a * k for a, k in zip(scaling, e)) == 1
                    for f in phi for e in exponent_vectors(f)), "M is not shown to be a cone.")
    else:
        require(sum(phi[1:], phi[0]) == 1, "The coordinates do not add up to 1.")
    target = integers(target, 0, p - 1, "target", n)
    weights = integers(weights, 0, p - 1, "linear form", n)
    minor = integers(minor, 0, n - 1, "rows of a minor", d)
    given = iter(items(coordinates, "coordinates", d))
    algebra = Algebra(p, polynomial, [[set_to[i] % p] if i in set_to else next(given)
                                      for i in range(count)])
    total = sum(target) % p
    require(total, "The sum of the weights is 0.")
    values = [algebra.value(f) for f in phi]
    inverses = [_inverse(algebra, f) for f in values]
    first = [[f.derivative(i) for i in free] for f in phi]
    slopes = [[algebra.value(f) for f in row] for row in first]
    # u_i / φ_i - U, by which the derivatives of φ_i are multiplied.
    factors = [(u * f - total) % algebra.q for u, f in zip(target, inverses)]
    require(not any(algebra.sum(factors[i] * slopes[i][k] for i in range(n)) for k in range(d)),
            "The points are not critical.")
    square = [algebra.constant(u) * f * f % algebra.q for u, f in zip(target, inverses)]
    hessian = [[algebra.sum(
        factors[i] * algebra.value(first[i][k].derivative(free[m]))
        - square[i] * slopes[i][k] % algebra.q * slopes[i][m] for i in range(n))
        for m in range(d)] for k in range(d)]
    require(algebra.is_unit(hessian), "The points are not simple.")
    require(algebra.is_unit([slopes[i] for i in minor]),
            "The parametrization has critical points there.")
    images = algebra.sum(c * f for c, f in zip(weights, values))
    require(algebra.number_of_values(images) >= integer(value, 0, MOST_POINTS, "number"),
            "The images are fewer than claimed.")
    return [*verified, f"{algebra.q.degree()} critical points modulo {p} are simple, and have "
            f"at least {value} images"], trust
