"""
That the least loss on a neuromanifold is attained, and where.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb, arb_mat, ctx, fmpq, fmpq_mpoly

from neuroalg_sage.certificates.boxes import (
    gradient,
    has_independent_rows,
    has_one_zero,
    hessian,
    value,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    CertificateError,
    exponent_vectors,
    fields,
    member,
    numbers,
    polynomial_ring,
    polynomials,
    require,
)
from neuroalg_sage.certificates.substitution import vanishing
from neuroalg_sage.certificates.training.quadratic_loss import Problem, echelon, number
from neuroalg_sage.certificates.training.semidefinite import PRECISION, is_definite
from neuroalg_sage.certificates.work import Work


def read_box(model: Model, data: Any) -> tuple[list[arb], list[int]]:
    """A box of parameters, and which of them move in it; the others are exact."""
    center, radii = fields(data, "center", "radii")
    sizes = numbers(radii, "list of radii", model.parameters)
    require(all(r >= 0 for r in sizes), "A radius is negative.")
    # The midpoint of a box is as good as the stated one, and is exact.
    box = [arb(arb(x).mid(), arb(r)) if r else arb(x).mid()
           for x, r in zip(numbers(center, "center", model.parameters), sizes)]
    return box, [i for i, r in enumerate(sizes) if r]


def spend(polynomials: Sequence[fmpq_mpoly], variables: int) -> None:
    """Refuse second derivatives by many variables of polynomials with many terms."""
    Work().spend((1 + variables) ** 2 * sum(
        1 + sum(e) for f in polynomials for e in exponent_vectors(f)))


def fitted(model: Model, problem: Problem, data: Any) -> fmpq:
    """
    The loss where it is critical on V, if a function of M with parameters in a box is so.

    Q z = b is as many independent equations as parameters that move, and has a solution in the
    box.  Two solutions on V differ by k with Q k = 0, so b^T k = 0: the loss c - b^T z is the same.
    """
    rows = problem.independent_rows
    require(rows is not None, "No function on V is critical.")
    phi = model.parametrization
    with ctx.workprec(PRECISION):
        box, moving = read_box(model, data)
        spend(phi, len(moving))
        slopes = problem.differential(phi, phi[0].context().constant(0))
        require(len(rows or []) == len(moving) and has_one_zero(
            [slopes[i] for i in rows or []], moving, box),
            "It is not proved that a function in the box is critical on V.")
    reduced, pivots = echelon([[*row, c] for row, c in zip(problem.rows,
                                                           problem.target)])
    return problem.constant - sum((problem.target[j] * reduced[i, problem.n]
                                   for i, j in enumerate(pivots)), fmpq(0))


def verify_minimum(model: Model, problem: Problem, bounds: Sequence[fmpq], ceiling: fmpq,
                   difference: fmpq, data: Any) -> None:
    """
    Verify that the least loss on M is between bounds, and attained at one function only.

    The identity of :mod:`~neuroalg_sage.certificates.training.sums_of_squares` is verified before,
    with squares in addition to τ: on M, (1 + σ)(q - u) + δ = τ + Σ κ_i (z_i - a_i)^2, all κ_i > 0.

    **Lemma.**  Let g_1, ..., g_c vanish on M, and z* in M and numbers μ_i have q(z*) <= u and
    Q z* - b = Σ μ_i dg_i(z*).  Let X be the box of all z with κ_i (z_i - a_i)^2 <= δ.  If the
    Hessian of Λ = q/2 - Σ μ_i g_i + ρ/2 Σ g_i^2 is positive definite on X, then q(z) > q(z*) for
    all other z in M.  *Proof.*  Where q(z) <= u, the identity gives κ_i (z_i - a_i)^2 <= δ, so
    z is in X, and so is z*.  The differential of Λ at z* is zero, so Λ(z) > Λ(z*) for all other z
    in X, which is convex.  On M, 2 Λ = q.  ∎

    **Lemma.**  Let w* be parameters, d of which move, at which the loss is critical in these,
    the columns of Dφ for these are independent, and so are the differentials of n - d equations
    at z* = φ(w*).  Then there are such μ_i.  *Proof.*  The equations vanish at all φ(w), so their
    differentials at z* vanish on these columns, as Q z* - b does.  They span the linear forms that
    do, whose space has dimension n - d.  ∎

    w* is known to be in a box, by Krawczyk's operator; the μ_i are solutions of linear equations
    whose coefficients are in balls.
    """
    augmentation, given = fields(data, "augmentation", "equations")
    n, phi = problem.n, model.parametrization
    equations = polynomials(given, polynomial_ring(n))
    vanishing(model, equations)
    loss = problem(phi, phi[0].context().constant(0))
    spend(equations, n)
    with ctx.workprec(PRECISION):
        box, moving = read_box(model, member(data, "box"))
        require(len(equations) + len(moving) == n,
                "Equations and parameters are not as many as coordinates.")
        spend([*phi, loss], len(moving))
        require(has_one_zero(gradient(loss, moving), moving, box),
                "It is not proved that the loss has a critical point in the box.")
        require(has_independent_rows(([value(f.derivative(i), box) for f in phi] for i in moving),
                                     len(moving)), "The parameters are not proved to be regular.")
        z = [value(f, box) for f in phi]
        least = problem(z, arb(0))
        low, high = map(arb, bounds)
        require(low <= least <= high, "The least loss is not between the bounds.")
        require(least <= arb(ceiling), "The loss in the box is not below the ceiling.")
        center, weights = (numbers(member(data, name), name, n) for name in ("center", "weights"))
        near = surroundings(center, weights, difference)
        multipliers = solved_multipliers(equations, z, problem.differential(z, arb(0)))
        require(is_convex(problem, equations, multipliers, arb(number(augmentation)), near),
                "The loss is not proved to have one minimum only near the center.")


def surroundings(center: Sequence[fmpq], weights: Sequence[fmpq], difference: fmpq) -> list[arb]:
    """The box X."""
    return [arb(a) + arb(0, (arb(difference) / arb(c)).sqrt().upper())
            for a, c in zip(center, weights)]


def is_convex(problem: Problem, equations: Sequence[fmpq_mpoly], multipliers: Sequence[arb],
              rho: arb, near: Sequence[arb]) -> bool:
    """Whether the Hessian of Λ is proved to be positive definite on a box."""
    size = range(problem.n)
    rows = [[arb(c) for c in row] for row in problem.rows]
    for g, mu in zip(equations, multipliers):
        slope = [value(f, near) for f in gradient(g, size)]
        factor = rho * value(g, near) - mu
        for i, second in enumerate(hessian(g, size, near)):
            for j in size:
                rows[i][j] += factor * second[j] + rho * slope[i] * slope[j]
    return all(x.is_finite() for row in rows for x in row) and is_definite_on(rows)


def solved_multipliers(equations: Sequence[fmpq_mpoly], z: Sequence[arb], slope: Sequence[arb]
                       ) -> list[arb]:
    """The coefficients of a linear form that is a combination of independent differentials."""
    if not equations:
        return []
    rows = arb_mat([[value(f, z) for f in gradient(g, range(len(z)))] for g in equations])
    try:
        solution = (rows * rows.transpose()).solve(rows * arb_mat([[c] for c in slope]))
    except ZeroDivisionError:
        raise CertificateError("The equations are not proved to be independent.") from None
    return [solution[i, 0] for i in range(len(equations))]


def is_definite_on(rows: list[list[arb]]) -> bool:
    """
    Whether all symmetric matrices with entries in balls are proved to be positive definite.

    The lower half is read.  Let A be that of the centers, and r_ij the radii.  For any s_i > 0,
    2 r_ij |x_i x_j| <= r_ij (s_i / s_j) x_i^2 + r_ij (s_j / s_i) x_j^2, so that it suffices that
    A - D is definite, where D is diagonal with D_i = Σ_j r_ij s_i / s_j.
    """
    size = range(len(rows))
    if not all(rows[i][i] > 0 for i in size):
        return False
    s = [rows[i][i].mid().sqrt().mid() for i in size]
    radii = [[rows[max(i, j)][min(i, j)].rad() for j in size] for i in size]
    return is_definite([[rows[i][j].mid() - (sum((r * s[i] / t for r, t in zip(radii[i], s)),
                                                 arb(0)) if i == j else 0)
                         for j in range(i + 1)] for i in size])
