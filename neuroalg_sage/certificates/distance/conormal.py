"""
Polar degrees of a cone from equations of its conormal variety, and critical points.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import Any

from flint import Ordering, fmpq

from neuroalg_sage.certificates.dimension.differentials import equation_rank
from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.distance.distance_degree import check_at_least
from neuroalg_sage.certificates.distance.polar_sum import LARGEST, SUM
from neuroalg_sage.certificates.equations.groebner import MOST_STEPS, GroebnerBasis
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integers,
    member,
    polynomial_ring,
    polynomials,
    require,
)
from neuroalg_sage.certificates.substitution import substituted
from neuroalg_sage.certificates.work import Work


def bigraded_numerator(leading: Sequence[tuple[int, ...]], n: int, work: Work | None = None
                       ) -> dict[tuple[int, int], int]:
    """
    The numerator of the Hilbert series of a monomial ideal in z_1, ..., z_n, y_1, ..., y_n.

    By the exact sequence 0 → S/(I : x)(-deg x) → S/I → S/(I + x) → 0.
    """
    found, work = set(leading), work or Work(MOST_STEPS)
    work.spend(1 + len(found))
    minimal = [m for m in found
               if not any(o != m and all(map(int.__le__, o, m)) for o in found)]
    if not minimal:
        return {(0, 0): 1}
    if any(not any(m) for m in minimal):
        return {}
    uses = [sum(1 for m in minimal if m[v]) for v in range(2 * n)]
    x = max(range(2 * n), key=uses.__getitem__)
    colon = bigraded_numerator([(*m[:x], max(m[x] - 1, 0), *m[x + 1 :]) for m in minimal], n,
                               work)
    rest = bigraded_numerator([m for m in minimal if not m[x]], n, work)
    total = dict(rest)
    for part, sign in ((rest, -1), (colon, 1)):
        for (a, b), c in part.items():
            key = (a + (x < n), b + (x >= n))
            total[key] = total.get(key, 0) + sign * c
    return total


def check_conormal(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify polar degrees of a cone by equations of its conormal variety N.

    Homogeneous equations g_j vanish on M and have n - d independent differentials at a point of
    it, d = dim M.  So M is a component of their zeros, hence a cone, and where M is smooth and
    generic their differentials span the conormal vectors.

    The stated polynomials f(z, y) are a Gröbner basis of a bihomogeneous ideal J, and vanish at z =
    φ(w), y = Σ_j λ_j dg_j(z); these pairs are dense in N.  So N, whose affine cone has dimension
    n, is a component of the zeros of J, and if these have dimension n, the multidegree of J
    bounds that of N from above.  Let the coefficients for the polar degrees
    have the sum K.  If the ED degree for a generic metric is at least K, then it is K, and all
    the bounds are attained; for it is the sum of the polar degrees.  Otherwise Macaulay2 is
    trusted that J is the ideal of N.
    """
    n = model.ambient_dimension
    d = len(integers(value, 0, LARGEST, "polar degrees"))
    data, basis_data, trial = fields(evidence, "equations", "basis", "trial")
    equations = polynomials(data, polynomial_ring(n))
    require(all(len(set(map(sum, exponent_vectors(g)))) == 1 for g in equations),
            "The equations are not homogeneous.")
    require(0 < d <= n and equation_rank(model, evidence, trial) == n - d,
            "The equations do not have enough independent differentials.")
    verified = [f"homogeneous equations ({len(equations)}) vanish on the neurovariety, with "
                f"{n - d} independent differentials"]
    basis = polynomials(basis_data, polynomial_ring(2 * n))
    for f in basis:
        require(len({(sum(e[:n]), sum(e[n:])) for e in exponent_vectors(f)}) == 1,
                "An equation of the conormal variety is not homogeneous.")
    target = polynomial_ring(model.parameters + len(equations), Ordering.lex)
    w, multipliers = target.gens()[: model.parameters], target.gens()[model.parameters :]
    z = [f.compose(*w, ctx=target) for f in model.parametrization]
    normal = [sum((m * g for m, g in zip(multipliers, substituted(
        [g.derivative(i) for g in equations], z, target))), target.constant(fmpq(0)))
        for i in range(n)]
    require(not any(substituted(basis, [*z, *normal], target)),
            "An equation does not vanish on the conormal variety.")
    numerator = bigraded_numerator(GroebnerBasis(basis, [1] * (2 * n)).leading, n)

    def multidegree(a: int, b: int) -> int:
        return (-1) ** (a + b) * sum(c * comb(i, a) * comb(j, b)
                                     for (i, j), c in numerator.items())

    require(not any(multidegree(a, b) for a in range(n) for b in range(n - a)),
            "The equations do not cut out the conormal variety.")
    require(value == [multidegree(n - d + j, d - j) for j in range(d)],
            "The polar degrees are not as claimed.")
    verified.append(f"the multidegree of equations of the conormal variety ({len(basis)})")
    if "critical_points" in evidence:
        points = member(evidence, "critical_points")
        require(model.parameters - len(member(points, "restriction")) == d,
                "The dimension is not as claimed.")
        more, trust = check_at_least(model, ["generic", sum(value)], points)
        return [*verified, *more], [*trust, SUM]
    more, trust = check_dimension(model, d, member(evidence, "dimension"))
    return [*verified, *more], [*trust, "macaulay2"]
