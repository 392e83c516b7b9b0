"""
Dimensions of Voronoi cells of the neuromanifold.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_poly

from neuroalg_sage.certificates.coordinates import function, in_degrevlex
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    items,
    member,
    numbers,
    polynomial_ring,
    polynomials,
    require,
)
from neuroalg_sage.certificates.squares import weighted_squares
from neuroalg_sage.certificates.substitution import vanishing

HIGHEST_ORDER = 50
HIGHEST_DEGREE = 10_000


def check_voronoi_cell(model: Model, value: Any, evidence: Any, status: str
                       ) -> Checked:
    """
    Bounds for the dimension of the Voronoi cell of a point y, given with the metric Σ m_j z_j^2.

    The cell consists of the u in V from which no point of M = φ(R^N) is nearer than y = φ(w).
    It is convex, contains y, and u - y has a product ≤ 0 with each direction in which a curve of M
    leaves y.

    Upper bound: curves w(t) with φ(w(t)) = y + v t^k + ... and rational numbers λ, one for each,
    with Σ λ v = 0, and λ ≥ 0 if k is even.  The curves with λ ≠ 0, and those with odd k, which
    leave y in the directions v and -v, generate a linear space that the cell is orthogonal to.

    Lower bound, ``equations``: equations of M have at y a Jacobian of rank r.  Then r of them
    define near y a manifold that contains M, with a normal space of dimension r, and y is the
    nearest point of it, hence of M, for all u in a neighborhood of y in the normal space.  Or
    ``squares``: points u for which the difference of the squared distances of φ(w) and of y is a
    sum of squares in w; the cell contains them and y, so it has at least the dimension of their
    affine hull.
    """
    data, metric, low, high = items(value, "claim", 4)
    n = model.ambient_dimension
    y, weights = function(model, data), numbers(metric, "metric", n)
    require(all(m > 0 for m in weights), "A metric has a weight that is not positive.")
    low, high = (integer(v, 0, n, "dimension of a Voronoi cell") for v in (low, high))
    require((low == high) == (status == "proved") and low <= high,
            "The bounds of the dimension do not fit the status.")
    curves, relation = fields(evidence, "curves", "relation")
    require(items(curves, "list of curves"), "The point is not shown to lie in M.")
    directions = [_direction(model, y, curve) for curve in curves]
    factors = numbers(relation, "relation", len(curves))
    spanning = [v for (k, v), c in zip(directions, factors) if k and (k % 2 or c)]
    require(all(c >= 0 for (k, _), c in zip(directions, factors) if k % 2 == 0),
            "A relation has a negative factor.")
    for j in range(n):
        require(sum((c * v[j] for c, (k, v) in zip(factors, directions) if k), fmpq(0)) == 0,
                "The directions do not satisfy the relation.")
    require(high == n - _rank(spanning, n), "The upper bound is not as claimed.")
    verified = [f"curves of M leave the point in opposite directions that span a space of "
                f"dimension {n - high}"]
    lower = member(evidence, "lower")
    if lower is None:
        require(low == 0, "The lower bound is not shown.")
        return verified, []
    kind = member(lower, "kind")
    if kind == "equations":
        generators = polynomials(member(lower, "equations"), polynomial_ring(n))
        vanishing(model, generators)
        rank = _rank([[g.derivative(j)(*y) for j in range(n)] for g in generators], n)
        require(low == rank, "The lower bound is not as claimed.")
        return [*verified, f"the differentials of equations of M have the rank {rank} there"], []
    require(kind == "squares", "The argument for the lower bound is not known.")
    phi, ring = in_degrevlex(model)
    found = []
    for entry in items(member(lower, "points"), "list of points"):
        u = function(model, member(entry, "point"))
        total, _ = weighted_squares(entry, ring)
        for g, a, b, m in zip(phi, u, y, weights):
            total -= ((g - a) ** 2 - (b - a) ** 2) * m
        require(total == 0, "A sum of squares is not what is stated.")
        found.append([a - b for a, b in zip(u, y)])
    require(low == _rank(found, n), "The lower bound is not as claimed.")
    return [*verified, f"points of the cell ({len(found)}), by sums of squares"], []


def _rank(rows: list[list[fmpq]], columns: int) -> int:
    return int(fmpq_mat(len(rows), columns, [c for row in rows for c in row]).rank()) if (
        rows) else 0


def _direction(model: Model, y: list[fmpq], curve: Any) -> tuple[int, list[fmpq]]:
    """
    The order k and the direction v of a curve φ(w(t)) = y + v t^k + ..., or 0 if it stays at y.
    """
    w = [fmpq_poly(numbers(c, "polynomial in t")) for c in items(curve, "curve", model.parameters)]
    require(all(c.degree() <= HIGHEST_ORDER for c in w), "A curve has too high a degree.")
    image = [_compose(g, w) - c for g, c in zip(model.parametrization, y)]
    require(all(g(fmpq(0)) == 0 for g in image), "A curve does not start at the point.")
    order = min((k for g in image for k, c in enumerate(g.coeffs()) if c), default=0)
    return order, [g.coeffs()[order] if g.degree() >= order else fmpq(0) for g in image]


def _compose(f: fmpq_mpoly, w: list[fmpq_poly]) -> fmpq_poly:
    total = fmpq_poly([0])
    require(f.total_degree() * max(x.degree() for x in w) <= HIGHEST_DEGREE,
            "A curve has an image of too high a degree.")
    for e, c in zip(exponent_vectors(f), f.coeffs()):
        term = fmpq_poly([c])
        for x, k in zip(w, e):
            if k:
                term *= x**k
        total += term
    return total
