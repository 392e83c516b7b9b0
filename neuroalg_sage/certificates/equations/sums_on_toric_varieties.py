"""
The degree of sums of points of a smooth toric variety with coefficients, where a Hilbert scheme of
points is singular, or some points are dependent.

Let φ, A, X of dimension n, and L be as in :mod:`neuroalg_sage.certificates.equations.toric_sums`.
Let H be the component of Hilb^r(X) with the r different points.  As in
:mod:`neuroalg_sage.certificates.equations.sums_of_points` the closure of M is the cone over the
image of all lines in S ⊗ C^m, if S is a bundle of spaces of dimension r on H, over r different
points the one that they span.  It may be one after H is blown up.  At fixed points Z of H let t^u,
for u in a staircase, be the monomials in the local coordinates t^e_i at a vertex v, so that v + Σ
u_i e_i is the weight of a section of L on Z.

(1) **Four points.**  Where the tangent space has the dimension r n, H is smooth.  Let Z be the
    point p four times, with the ideal of the x_i x_j, for three local coordinates x_i, and of the
    others y_j.  Near Z the y_j are sums α_j + Σ β_jk x_k on the schemes, with any α and β, and what
    is left are four points in A^3.  Let x_i be less its mean value on them, so that x_i x_j = c_ij
    + Σ_k c_ijk x_k on them with Σ_j c_ijj = 0, the trace of x_i.  By (x_i x_j) x_k = x_i (x_j x_k)
    the c_ij are polynomials in the c_ijk.  So H is there the product of affine spaces, for the mean
    values, α and β, and of the closure W of one orbit of GL_3, as independent points are all alike.
    The c_ijk are quadratic maps c(u) = Σ c_ij u_i u_j from U to U without divergence, U = C^3, an
    irreducible representation of dimension 15, as are the a ∧ b for quadratic forms a, b on U, with
    the map grad a × grad b.  The points 0, (1, 0, 0), (0, 1, 0), (0, 0, 1) have c_k(u) = u_k (u_k -
    u_i - u_j) / 2, where {i, j, k} = {1, 2, 3}: this is half of grad a × grad b for a = u_1 (u_2 -
    u_3), b = u_2 (u_1 - u_3).  So W is in the cone over a Grassmannian, G(2, 6), and is all of it,
    as both have dimension 9.  Blown up in its vertex it is smooth, O(-1) on G(2, 6).  The weights
    of the u_i u_j are those of the 1 / (x_i x_j), and a ∧ b has also that of x_1 x_2 x_3.  All the
    Z of this kind are a closed set.

(2) If the v + Σ u_i e_i are in A and differ, A spans H^0(L|_Z), and so nearby.  S is its dual.

(3) **Points on a line.**  Let C be the curve of an edge with r - 1 points of A, all that there are,
    from the vertex v to the vertex v', and Z ⊂ C, with the ideal (t^b, y_j) at v, and of length r -
    b at v'.  The sections in A that do not vanish on C span a space of dimension r - 1 on Z, whose
    annihilator κ is the difference of the values at t^(b - 1) at v and t'^(r - b - 1) at v', both
    of the weight of v + (b - 1) e.  So near Z where A does not span has the equations f_a = 0, for
    the other a in A, with functions f_a of the weight of κ - a.  A tangent vector h in Hom(I, O/I)
    maps f_a to κ(h(a)).  This is not 0 for some h exactly if a = v + y_j + i e, i < b, or a = v' +
    y'_j + i e', i < r - b.  Let there be N such a.  These f_a are part of a system of coordinates,
    and where they are 0 is smooth, of codimension N.

    Let D be the Z' on curves to which C is moved by x_i + s x_j for x_i, any s, and products of
    such, where these map the space of A to itself.  Then A does not span on D.  This moves Z by
    h(f) = x_j df/dx_i, which is not 0 at the equation y of C in X if the exponent of x_i in y is
    not, and y + x_j - x_i = s e with 0 ≤ s < b, at v; or likewise at v'.  Let this be so for R of
    these, which have different weights.  Moving Z on C, too, D has at least the dimension R + r. If
    this is r n - N, the N functions f_a are 0 only on D, where all f_a are 0.  So these are in the
    ideal of those N.

    Blow up H in D, and let f_a = ε f'_a.  There the dual of S, onto which A is mapped, is spanned
    by the r - 1 sections that do not vanish on C and one more vector, of which modulo those a is
    mapped to the multiple f'_a, instead of f_a.  Over Z there is a fixed point for each of the N,
    with the weight κ - a instead of the N weights κ - a', those a - a', and the vector a.

H is blown up in the closed set of (1) and in the ideal of the minors of A in (3).  What this makes
is smooth with a bundle S, since it is at the fixed points.  So the degree, if M has the dimension
r (n + m), is the number of the residues, which are those of
:mod:`neuroalg_sage.certificates.equations.sums_of_points`, and summands are unique by (1) of
:mod:`neuroalg_sage.certificates.equations.contact_loci`.

That four points in space may be resolved so is in S. Katz, The desingularization of Hilb^4 P^3 and
its Betti numbers (1994); the c_ijk are those of M. Bhargava, Higher composition laws III (2004).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, combinations_with_replacement, permutations
from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.equations.sums_of_points import (
    MOST_STEPS,
    UNIQUE,
    Exponents,
    Scheme,
    complete_symmetric,
    fixed_schemes,
    require_unique,
    tangent_degrees,
)
from neuroalg_sage.certificates.equations.toric_sums import check_toric_sum, plus
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import require
from neuroalg_sage.certificates.work import Work

Point = tuple[list[Exponents], list[int]]  # weights of the dual of S, and of the tangent space


class ToricVariety:
    """
    The toric variety X, with a generic subgroup C^* of its torus.

    - ``points`` -- the set A
    - ``charts`` -- the vertices, with the e_i
    """

    def __init__(self, points: set[Exponents], charts: dict[Exponents, list[Exponents]], r: int
                 ) -> None:
        self.points, self.charts, self.r, self.work = points, charts, r, Work(MOST_STEPS)
        v, edges = next(iter(charts.items()))
        size, self.n = len(v), len(edges)
        self.work.spend(len(charts) ** min(r, 3))
        self.base = 8 * r * (self.n + 1) * max(map(max, points)) + 1
        self.work.spend(size**2 * len(points))
        moves = [tuple((k == j) - (k == i) for k in range(size))
                 for i, j in permutations(range(size), 2)]
        self.roots = [move for move in moves
                      if all(plus(a, move) in points for a in points if a[move.index(-1)])]

    def weight(self, a: Exponents) -> int:
        return sum(k * self.base**i for i, k in enumerate(a))

    def section(self, v: Exponents, u: Exponents) -> Exponents:
        """The exponents of t^u, as a section at a vertex."""
        a = v
        for k, e in zip(u, self.charts[v]):
            a = plus(a, e, k)
        return a

    def tangents(self, v: Exponents, staircase: frozenset[Exponents]) -> Iterator[list[int]]:
        """The weights of the tangent spaces of H, blown up as in (1), at its fixed points."""
        def local(u: Exponents) -> int:
            return self.weight(plus(self.section(v, u), v, -1))

        degrees = tangent_degrees(staircase, self.n)
        if len(degrees) == len(staircase) * self.n:
            yield [local(w) for w in degrees]
            return
        require(len(staircase) == 4 == self.r and max(map(sum, staircase)) == 1,
                "The Hilbert scheme of points is not smooth, and not resolved.")
        values = [local(u) for u in staircase]
        x = [value for value in values if value]
        others = [y for y in (self.weight(e) for e in self.charts[v]) if y not in x]
        smooth = [-k for k in x] + [value - y for y in others for value in values]
        squares = [-i - j for i, j in combinations_with_replacement(x, 2)]
        for a, b in combinations(squares, 2):
            yield [*smooth, a + b + sum(x),
                   *(c - d for c in squares if c not in (a, b) for d in (a, b))]

    def edge(self, scheme: Scheme) -> list[tuple[Exponents, int, int]]:
        """The vertex, the direction and the length at each point of a scheme as in (3)."""
        v, staircase = scheme[0]
        for i, e in enumerate(self.charts[v]):
            line = [plus(v, e, k) for k in range(self.r)]
            parts = [(v, i, len(staircase))]
            for w, there in scheme[1:]:
                parts += [(w, j, len(there)) for j, f in enumerate(self.charts[w])
                          if w == line[-2] and plus(w, f) == line[-3]]
            if (len(parts) == len(scheme) and self.points.intersection(line) == {*line[:-1]}
                    and any(plus(line[-2], f) == line[-3] for f in self.charts.get(line[-2], ()))
                    and all(sum(u) == u[j] for (_, j, _), (_, there) in zip(parts, scheme)
                            for u in there)):
                return parts
        require(False, "Some points impose dependent conditions, and are not on such a line.")
        return []

    def fixed_points(self) -> Iterator[Point]:
        """Those of H, blown up."""
        for scheme in fixed_schemes(list(self.charts), self.n, self.r):
            self.work.spend(self.r * self.n * len(scheme[0][0]))
            sections = [self.section(v, u) for v, staircase in scheme for u in staircase]
            tangents: list[list[int]] = [[]]
            for v, staircase in scheme:
                tangents = [[*one, *more] for one in tangents
                            for more in self.tangents(v, staircase)]
            if len(set(sections)) == self.r and self.points.issuperset(sections):
                for one in tangents:
                    yield sections, one
                continue
            parts = self.edge(scheme)
            (weights,) = tangents
            yield from self.on_a_line(parts, weights)

    def on_a_line(self, parts: list[tuple[Exponents, int, int]], tangents: list[int]
                  ) -> Iterator[Point]:
        """The fixed points over one as in (3)."""
        v, i, b = parts[0]
        e = self.charts[v][i]
        normal: set[Exponents] = set()
        moving: set[Exponents] = set()
        for w, j, length in parts:
            along = self.charts[w][j]
            steps = [tuple(k * x for x in along) for k in range(length)]
            for y in (y for y in self.charts[w] if y != along):
                normal.update(plus(plus(w, y), step) for step in steps)
                moving.update(root for root in self.roots
                              if y[root.index(-1)] and plus(y, root) in steps)
        normal &= self.points
        require(normal and len(normal) + len(moving) + self.r == self.r * self.n,
                "Points that impose dependent conditions are not all on such lines.")
        kappa = self.weight(plus(v, e, b - 1))
        left = list(tangents)
        for a in normal:
            require(kappa - self.weight(a) in left, "A torus has other fixed points.")
            left.remove(kappa - self.weight(a))
        line = [plus(v, e, k) for k in range(self.r - 1)]
        for a in normal:
            yield [*line, a], [*left, kappa - self.weight(a), *(
                self.weight(a) - self.weight(other) for other in normal if other != a)]


def integral(variety: ToricVariety, m: int) -> int:
    """
    The number deg f · deg M, or 0 if dim M is less than expected.

    EXAMPLES: The generic pencil of quadrics in space is diagonal in one way; so four points of P^3,
    where four on a line are dependent, add up to 1::

        >>> quadrics = {tuple((k == i) + (k == j) for k in range(4))
        ...             for i in range(4) for j in range(4)}
        >>> charts = {tuple(2 * (k == i) for k in range(4)): [
        ...     tuple((k == j) - (k == i) for k in range(4)) for j in range(4) if j != i]
        ...     for i in range(4)}
        >>> integral(ToricVariety(quadrics, charts, 4), 2)
        1
    """
    total, top = fmpq(0), variety.r * variety.n
    for sections, tangents in variety.fixed_points():
        variety.work.spend(top * (m * variety.r + 1))
        require(len(tangents) == top and all(tangents), "A torus has other fixed points.")
        denominator = 1
        for t in tangents:
            denominator *= t
        values = [variety.weight(a) for a in sections]
        total += fmpq(complete_symmetric(values * m, top)[top], denominator)
    require(total.q == 1 and total >= 0, "The residues do not add up to a number of points.")
    return int(total.p)


def degree_of_toric_sums(model: Model, evidence: Any) -> tuple[int, list[str]]:
    """The degree of M, and what was verified."""
    found = check_toric_sum(model, evidence)
    number = integral(ToricVariety(found.points, found.charts, len(found.summands)),
                      found.coefficients)
    require(number > 0, "The sums have a smaller dimension than expected.")
    verified = [f"φ is a sum of {len(found.summands)} points of a smooth toric variety",
                "the Hilbert scheme of points is resolved, sums of points are a morphism",
                f"the residues at fixed points add up to {number}"]
    if found.dimension + len(evidence["free"]) == model.ambient_dimension or number == 1:
        return 1, verified
    require_unique(found, evidence)
    return number, [*verified, UNIQUE]
