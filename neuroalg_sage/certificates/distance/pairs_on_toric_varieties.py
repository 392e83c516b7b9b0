"""
Polar degrees of sums of two points of a smooth toric variety with coefficients.

Let X, of dimension n, L and the monomials g be as in
:mod:`neuroalg_sage.certificates.equations.toric_sums`, for r = 2, H = Hilb^2(X), S the dual of the
bundle on H with fibers H^0(L|_Z), and Y = P(S ⊗ C^m).  These are projective.  Near its fixed points
H is smooth of dimension 2n, and two different points are dense there, by (1) and (2); as the
singular points, and each component, would contain a fixed point, H is smooth and irreducible, and
so is Y, of dimension 2 (n + m) - 1.  The g span the sections of L on each Z, as they embed X, so
that f: Y → P(V) is a morphism, onto the projectivization of M.  Let the tangent spaces of two
generic points be independent, so that dim M = 2 (n + m), and let a generic sum have unique
summands, c ⊗ g(x) and c' ⊗ g(x').  These determine x, x' and c, c', and so the point of Y: f is
birational.  Where X has lines tangent spaces may have no limit on Y.  Then
:mod:`neuroalg_sage.certificates.distance.blown_up_charts` is about charts of Y.

A point of Y is Z with a linear map s, not zero, from the sections of L on Z to C^m, up to
multiples, and f maps it to the s(g)_c, for all monomials g and places c.  As the vertices have
different weights, and the e_i at each, and the vectors u of a basis of C^m, the fixed points are

(1) Z = {p, q} for vertices p, q, and s = 0 at q, s = u at p.  Nearby are two points with local
    coordinates x at p and x' at q, and s is v at the first and λ v + ω at the second, where the
    coordinate of u is 1 in v and 0 in ω.  This is a chart, where the points differ, for X × X → H
    is étale outside the diagonal.  Where p and q have a direction e_i in common x'_i - x_i is taken
    for x'_i.
(2) Z is the point p twice along a local coordinate y, and s(1) = u, s(y) = 0 or s(1) = 0, s(y) = u.
    Nearby, and this is open in H, are the Z with the equations y^2 = σ y + t and x_j = α_j + β_j y
    for the others.  Sections of L on Z are O_Z = <1, y>, multiples of that of p.  Near s(1) = u let
    s(1) = v and s(y) = λ v + ω; then coordinates are δ = λ^2 - σ λ - t instead of t, and α_j + β_j
    λ instead of α_j.  Near s(y) = u let s(y) = v, s(1) = λ v + ω.

Their weights are of a torus of all monomials and of the basis of C^m, so that what is found at one
fixed point is found, permuted, where symmetries of the coordinates map it to; and all weights that
are not zero are so on a generic subgroup C^*.

If a coordinate is free M is the product of a line and the M of the others, has the same conormal
variety in those, and its polar degrees are the same, with a zero after them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, permutations, product
from math import factorial, prod
from typing import Any

from flint import Ordering, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.distance.blown_up_charts import Chart, Vector, difference, limits
from neuroalg_sage.certificates.distance.limits_of_tangents import FixedPoint, polar_degrees
from neuroalg_sage.certificates.equations.sums_of_points import UNIQUE, require_unique
from neuroalg_sage.certificates.equations.toric_sums import ToricSum, check_toric_sum, plus
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, require
from neuroalg_sage.certificates.work import Work

MOST_STEPS = 10**8
BASE = 10**4

Place = tuple[Vector, ...]  # p, q or the direction of y, u, and whether s(1) = 0
Pair = tuple[fmpq_mpoly, fmpq_mpoly]


class Pairs:
    """
    The variety Y, with weights in the exponents of all monomials and those of the basis of C^m.

    - ``points`` -- the monomials, times no vector of the basis
    - ``edges`` -- the e_i at each vertex
    - ``exponents`` -- those of each monomial in the local coordinates at each vertex
    """

    def __init__(self, found: ToricSum) -> None:
        self.n, self.m, self.work = found.n, found.coefficients, Work(MOST_STEPS)
        size, m = len(min(found.points)), self.m
        zeros = (0,) * m
        self.basis = [tuple(int(i == size + k) for i in range(size + m)) for k in range(m)]
        self.points = [(*a, *zeros) for a in sorted(found.points)]
        self.edges = {(*v, *zeros): [(*e, *zeros) for e in edges]
                      for v, edges in found.charts.items()}
        self.work.spend(len(self.edges) * len(self.points) * size * self.n**2)
        self.exponents = {}
        for v, edges in self.edges.items():
            e = fmpq_mat(self.n, size + m, [k for edge in edges for k in edge])
            others = fmpq_mat(len(self.points), size + m,
                              [k for a in self.points for k in difference(a, v)])
            parts = others * e.transpose() * (e * e.transpose()).inv()
            self.exponents[v] = [[int(c.p) for c in row] for row in parts.tolist()]
        self.columns = [plus(a, u) for u in self.basis for a in self.points]
        self.symmetries = list(self.permutations(size))

    def permutations(self, size: int) -> Iterator[list[int]]:
        """Some that map the monomials to themselves."""
        monomials, classes = set(self.points), [list(range(size, size + self.m))]
        for i in range(size):
            for part in classes[1:]:
                swapped = list(range(size + self.m))
                swapped[i], swapped[part[0]] = part[0], i
                if monomials == {tuple(a[k] for k in swapped) for a in self.points}:
                    part.append(i)
                    break
            else:
                classes.append([i])
        self.work.spend(prod(factorial(len(part)) for part in classes) * 2 * len(self.edges)**2)
        for images in product(*map(permutations, classes)):
            image = dict(zip(chain(*classes), chain(*images)))
            yield [image[i] for i in range(size + self.m)]

    def places(self) -> Iterator[Place]:
        """The fixed points of Y."""
        for u in self.basis:
            for p, q in permutations(self.edges, 2):
                yield p, q, u
            for p, edges in self.edges.items():
                for e, is_zero in product(edges, (0, 1)):
                    yield p, e, u, (is_zero,) * len(u)

    def chart(self, place: Place) -> Chart:
        """The chart at a fixed point."""
        p, q, u, *is_zero = place
        n, m = self.n, self.m
        ring = fmpq_mpoly_ctx.get([f"x_{i}" for i in range(2 * (n + m) - 1)], Ordering.degrevlex)
        x = list(ring.gens())
        one, zero = ring.constant(1), ring.constant(0)
        others = [w for w in self.basis if w != u]
        at = self.basis.index(u)
        v = [*x[2 * n:2 * n + at], one, *x[2 * n + at:2 * n + m - 1]]
        slope, rest = x[2 * n + m - 1], x[2 * n + m:]
        second = [slope * a + b for a, b in zip(v, [*rest[:at], zero, *rest[at:]])]
        if not is_zero:
            first, other = list(x[:n]), list(x[n:2 * n])
            for i, e in enumerate(self.edges[q]):
                if e in self.edges[p]:
                    other[i] += first[self.edges[p].index(e)]
            weights = [*self.edges[p], *self.edges[q]]
            sections = [(prod(map(pow, first, e), start=one), prod(map(pow, other, f), start=one))
                        for e, f in zip(self.exponents[p], self.exponents[q])]
            line, step, values = plus(p, u), difference(q, p), (v, second)
        else:
            beside = [e for e in self.edges[p] if e != q]
            weights = [q, plus(q, q), *beside, *(difference(e, q) for e in beside)]
            if any(is_zero[0]):
                line, values, shift, t = plus(plus(p, q), u), (second, v), zero, x[1]
                step = difference(q, plus(q, q))
            else:
                line, values, shift, step = plus(p, u), (v, second), slope, q
                t = slope**2 - x[0] * slope - x[1]
            local: list[Pair] = [(a - b * shift, b) for a, b in zip(x[2:n + 1], x[n + 1:2 * n])]
            local.insert(self.edges[p].index(q), (zero, one))
            sections = [_section(local, e, x[0], t, (one, zero)) for e in self.exponents[p]]
        weights += [difference(w, u) for w in others]
        weights += [step, *(plus(step, difference(w, u)) for w in others)]
        functions = [a * s + b * t for s, t in zip(*values) for a, b in sections]
        return Chart(functions, weights, line, self.columns)

    def fixed_points(self) -> Iterator[FixedPoint]:
        """Those of charts that are blown up."""
        def number(w: Vector) -> int:
            return sum(k * BASE**i for i, k in enumerate(w))

        seen: set[Place] = set()
        for place in self.places():
            if place in seen:
                continue
            chart = self.chart(place)
            found = limits(chart, self.work)
            for symmetry in self.symmetries:
                image = tuple(tuple(w[k] for k in symmetry) for w in place)
                if image in seen:
                    continue
                seen.add(image)
                self.work.spend(len(found) * len(chart.weights) * len(symmetry))
                line, *rest = ([number(tuple(w[k] for k in symmetry)) for w in part]
                               for part in ([chart.line], *(w for limit in found for w in limit)))
                for tangents, functions in zip(rest[::2], rest[1::2]):
                    yield FixedPoint(line[0], tangents, functions)


def _section(local: list[Pair], exponents: list[int], s: fmpq_mpoly, t: fmpq_mpoly, one: Pair
             ) -> Pair:
    """A monomial in elements of O_Z = <1, y>, y^2 = s y + t."""
    a, b = one
    for (c, d), k in zip(local, exponents):
        for _ in range(k):
            a, b = a * c + b * d * t, a * d + b * c + b * d * s
    return a, b


def check_pairs_on_toric_variety(model: Model, evidence: Any) -> tuple[list[int], Checked]:
    """The polar degrees of M."""
    found = check_toric_sum(model, evidence)
    free = len(evidence["free"])
    require(len(found.summands) == 2, "The sums are not of two points.")
    require(found.dimension + free < model.ambient_dimension, "M is dense.")
    require_unique(found, evidence)  # and the tangent spaces independent
    return [*polar_degrees(Pairs(found).fixed_points(), found.dimension), *[0] * free], (
        ["φ is a sum of two points of a smooth toric variety", UNIQUE,
         "residues of the conormal variety, where charts are blown up"], [])
