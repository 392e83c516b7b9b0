"""
Smooth toric varieties, by their vertices; and coordinates that are free.

Let A be some exponents of monomials, on which some weight of the parameters is 1, d - 1 the
dimension of their convex hull, and X the closure of the points with the coordinates t^a, a in A, in
a projective space.  Listed are some v in A with d - 1 others, v + e_i, so that

(1) the e_i are independent, and each a in A is v plus a combination of them with coefficients that
    are whole numbers, none negative;
(2) the last point of A on the ray from v to v + e_i is listed, too.

Then the listed v are the vertices of the convex hull.  They are vertices by (1).  Let a linear
function have its maximum over A at one point only; where it is not at v it grows along some e_i,
and so from one vertex to the next, by (2), until it is.

On the part of X where z_v is not zero the z_a / z_v are monomials in those of the e_i, by (1): it
is an affine space with the coordinates t^e_i.  These parts cover X: what is left is a closed set
that the torus maps to itself, so it would contain a fixed point, and for weights that differ on A
that is a point where only one coordinate z_a is not zero.  But if a is no vertex, some power of z_a
is a product of powers of coordinates z_v on X.  So X is smooth, with one fixed point for each
vertex.

**Free coordinates.**  If a parameter occurs in one coordinate of φ alone, and there as a term of
its own, that coordinate takes all values, whatever the others are.  So M is the product of a line
and the M of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.reading import integer, integers, items, require
from neuroalg_sage.certificates.work import Work

MOST_STEPS = 10**7

Exponents = tuple[int, ...]


def check_free(phi: tuple[fmpq_mpoly, ...], free: Any) -> list[fmpq_mpoly]:
    """Verify that coordinates are free by parameters of their own; φ with zeros for these."""
    pairs = [integers(pair, 0, 10**9, "place", 2) for pair in items(free, "free coordinates")]
    places = {i for i, _ in pairs}
    require(len(places) == len(pairs) and all(
        i < len(phi) and v < phi[0].context().nvars() for i, v in pairs),
        "A coordinate is not one, or free twice.")
    for i, v in pairs:
        require(phi[i].derivative(v).is_constant() and phi[i].derivative(v)
                and not any(f.derivative(v) for j, f in enumerate(phi) if j != i),
                "A coordinate has no parameter of its own.")
    return [0 * f if i in places else f for i, f in enumerate(phi)]


def read_vertices(exponents: Sequence[Exponents | None], vertices: Any
                  ) -> list[tuple[Exponents, list[Exponents]]]:
    """The listed vertices and neighbors, of which the coordinates of φ are given."""
    def point(place: Any) -> Exponents:
        found = exponents[integer(place, 0, len(exponents) - 1, "coordinate")]
        require(found is not None, "A coordinate is not that of a monomial.")
        assert found is not None
        return found

    return [(point(v), [point(a) for a in items(others, "edges")])
            for v, others in (items(one, "vertex", 2) for one in items(vertices, "vertices"))]


def check_vertices(points: set[Exponents], listed: list[tuple[Exponents, list[Exponents]]]) -> int:
    """Verify (1) and (2), and that some weight of all points is 1; the number d."""
    vertices, work = {v for v, _ in listed}, Work(MOST_STEPS)
    require(listed and len(vertices) == len(listed) and points, "A vertex is listed twice.")
    rows = sorted(points)
    count, d = len(rows[0]), len(listed[0][1]) + 1
    work.spend(len(rows) * count**2)
    require(fmpq_mat([[*a, 1] for a in rows]).rank() == fmpq_mat([[*a] for a in rows]).rank(),
            "No weight of all monomials is 1.")
    for v, neighbors in listed:
        work.spend(len(rows) * count * d**2)
        directions = [tuple(a - b for a, b in zip(e, v)) for e in neighbors]
        require(len(directions) == d - 1, "The vertices have different numbers of edges.")
        edges = fmpq_mat(d - 1, count, [k for e in directions for k in e])
        square = edges * edges.transpose()
        require(square.rank() == d - 1, "The edges at a vertex are dependent.")
        others = fmpq_mat(len(rows), count, [a - b for row in rows for a, b in zip(row, v)])
        parts = others * edges.transpose() * square.inv()
        require(parts * edges == others and all(c.q == 1 and c >= 0 for c in parts.entries()),
                "The variety is not smooth at a vertex.")
        for i in range(d - 1):
            on_the_ray = [(parts[k, i], row) for k, row in enumerate(rows)
                          if not any(parts[k, j] for j in range(d - 1) if j != i)]
            require(max(on_the_ray)[1] in vertices, "A vertex is not listed.")
    return d
