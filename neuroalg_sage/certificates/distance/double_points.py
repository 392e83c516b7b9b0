"""
ED degrees where the points of length zero have only ordinary double points.

Let f: X → P(V) be an unramified morphism from a product of projective spaces, of dimension m,
birational onto the projectivization of M, see
:mod:`~neuroalg_sage.certificates.equations.products_of_spaces`; let n = dim V, L = f^* O(1), h its
class, and P the bundle of principal parts of L.  Let T_x ⊂ V be the span of f(x) and its
derivatives, of dimension m + 1; P is the dual of the bundle T.  Let q be a quadratic form of full
rank, b its bilinear form, and D ⊂ X the zeros of q ∘ f.

**Theorem.**  If D is singular at K points only, and has an ordinary double point at each, the ED
degree of M for q is the sum of the polar degrees less K.

*Proof.*  The form b(f(x), ·) on T_x is a section s of P ⊗ L, and b(u, ·) one of P, t, for u in V.
Let u be generic, and consider the x where the two are dependent.

(1) In local coordinates y of X, with a lift v(y) of f, s has the entries Q = q(v) and
    b(v, ∂_i v) = ∂_i Q / 2.  So s vanishes at the singular points of D.
(2) Where it does not, the pairs (x, u) are those of u in <f(x)> + T_x^⊥, a sum of two spaces that
    meet in 0: a bundle over an open set of X, of rank 1 + n - m - 1, so that all its points are
    smooth, and its dimension is n.  So for generic u they are finitely many, and simple points of
    the locus where s and t are dependent.  Generic u lie on no T_x^⊥, which are a family of
    dimension n - 1, nor is x in the closed set where f is not injective, or f(x) no smooth point.
    So λ s = t for one λ, not 0, and these x stand for the critical points λ f(x) on M of the
    distance from u.
(3) At a singular point of D t has an entry c_0 = b(u, v), not 0 for generic u.  Near it s and t
    are dependent where ∂_i Q / 2 = (c_i / c_0) Q for all i.  Since Q is of order 2, and its Hessian
    matrix is invertible, these m equations define it as a simple point.

So s and t are dependent at finitely many points, all of them simple, and by Porteous' formula their
number is the degree of c_m(P - O - L^(-1)), the coefficient in dimension 0 of c(P) / (1 - h), which
is Σ_j c_j(P) h^(m - j), the sum of the polar degrees.  ∎

**All singular points are found** over Q, as the zeros of the derivatives q_v of q ∘ f by all
parameters, stratum by stratum of X: by the coordinate in each block, the pivot, that is the last
one that is not 0, and is set to 1.  Let a stratum have K' points, given by a polynomial r of degree
K' with values in the algebra Q[t] / r.  Verified is

(4) that all q_v vanish there;
(5) modulo a prime p that r is squarefree, and that a linear form takes K' different values, and
    that the Hessian matrix in the local coordinates is invertible;
(6) that modulo p all polynomials on the stratum are congruent to combinations of K' monomials B, up
    to multiples of the q_v: it suffices that 1 is, and each product of a monomial of B with a
    coordinate, since then these combinations are all.  So there are at most K' points.

By (5) and (6) the singular points modulo p are the residues of the K points, and the scheme Z of
the zeros of the q_v, which is proper over the integers localized at p, is of length K over GF(p).
Then it is finite over these integers, and over Q its length is at most K.  So there are no others,
and by (5) the Hessian matrix is invertible over Q.

Without B the word of an engine is taken for it that a stratum has no other points modulo p.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_poly

from neuroalg_sage.certificates.distance.algebra import Algebra
from neuroalg_sage.certificates.distance.complements import immersed_product, norm
from neuroalg_sage.certificates.distance.segre_veronese import segre_veronese
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integers,
    items,
    member,
    numbers,
    polynomial_ring,
    prime,
    require,
    residue,
)
from neuroalg_sage.certificates.topology.normal_crossings import multiples, number_of_forms
from neuroalg_sage.certificates.work import Work

MOST_DOUBLE_POINTS = 200


class Stratum:
    """
    The derivatives of a form where some pivots are 1, and the coordinates of their blocks after
    them 0.

    - ``blocks`` -- of each block the free coordinates and the pivot
    - ``moving`` -- the local coordinates of X, all but the pivots
    - ``equations`` -- the derivatives there, homogeneous in these blocks
    """

    def __init__(self, slopes: Sequence[fmpq_mpoly], blocks: Sequence[Sequence[int]],
                 pivots: Sequence[int]) -> None:
        self.slopes, self.pivots = slopes, pivots
        self.blocks = [block[: block.index(v) + 1] for v, block in zip(pivots, blocks)]
        self.free = [v for block in self.blocks for v in block[:-1]]
        self.moving = [v for block in blocks for v in block if v not in pivots]
        self.ring = polynomial_ring(len(slopes), Ordering.lex)
        outside = [v for v in self.moving if v not in self.free]
        self.equations = [f for f in (self.ring.from_dict({
            e: c for e, c in f.to_dict().items() if not any(e[v] for v in outside)})
            for f in slopes) if f]

    def point(self, coordinates: Sequence[Any], zero: Any, one: Any) -> list[Any]:
        """All parameters at a point whose free coordinates are given."""
        values = dict(zip(self.free, coordinates))
        return [one if v in self.pivots else values.get(v, zero) for v in range(len(self.slopes))]

    def are_double_points(self, algebra: Algebra) -> bool:
        """Whether the Hessian matrix in the local coordinates is invertible at points modulo p."""
        return algebra.is_unit([[algebra.value(self.slopes[i].derivative(j)) for j in self.moving]
                                for i in self.moving])

    def are_all_combinations(self, monomials: Sequence[Sequence[int]], degree: Sequence[int],
                             p: int) -> bool:
        """(6), by multiples of one multidegree; monomials by the exponents of free coordinates."""
        needed = {(0,) * len(self.free), *map(tuple, monomials)}
        for e in monomials:
            needed.update(tuple(k + (i == j) for j, k in enumerate(e)) for i in range(len(e)))
        forms = {e: self._form(e, degree) for e in needed}
        if not all(forms.values()):
            return False
        matrix, places = multiples([*self.equations, *(forms[tuple(e)] for e in monomials)],
                                   self.blocks, degree, p)
        variables = [v for block in self.blocks for v in block]
        columns = {places[tuple(exponent_vectors(f)[0][v] for v in variables)]
                   for f in forms.values()}
        reduced, rank = matrix.rref()
        column = -1
        for row in range(rank):
            column = next(j for j in range(column + 1, len(places)) if reduced[row, j])
            if column in columns and not any(
                    reduced[row, j] for j in range(column + 1, len(places))):
                columns.remove(column)
        return not columns

    def _form(self, exponents: Sequence[int], degree: Sequence[int]) -> fmpq_mpoly:
        """A monomial, with powers of the pivots a form of a multidegree; 0 if it has another."""
        by = dict(zip(self.free, exponents))
        for block, d in zip(self.blocks, degree):
            by[block[-1]] = d - sum(by[v] for v in block[:-1])
        return self.ring.from_dict({} if min(by.values()) < 0 else {
            tuple(by.get(v, 0) for v in range(len(self.slopes))): fmpq(1)})


def _value(f: fmpq_mpoly, point: Sequence[fmpq_poly], r: fmpq_poly) -> fmpq_poly:
    powers = [[fmpq_poly([1])] for _ in point]
    total = fmpq_poly([0])
    for exponents, c in f.to_dict().items():
        term = fmpq_poly([c])
        for x, known, e in zip(point, powers, map(int, exponents)):
            while len(known) <= e:
                known.append(known[-1] * x % r)
            term = term * known[e] % r if e else term
        total += term
    return total % r


def _spend(work: Work, stratum: Stratum, given: Sequence[fmpq_poly]) -> None:
    """What it takes to evaluate the equations, and a determinant, at points over Q."""
    square = max(f.degree() + 1 for f in given) ** 2
    height = max(max(int(c.p).bit_length(), int(c.q).bit_length()) for f in given
                 for c in f.coeffs())
    for f in stratum.equations:
        degrees = f.degrees()
        work.spend((len(f) + sum(degrees)) * square * (1 + height * max(degrees) // 1000))
    work.spend(len(stratum.moving) ** 4 * square)


def _number_of_points(stratum: Stratum, data: Any, p: int, work: Work) -> int:
    """(4) and (5)."""
    modulus, coordinates, form = fields(data, "modulus", "coordinates", "form")
    require(len(items(modulus, "polynomial in t")) <= MOST_DOUBLE_POINTS + 1,
            "There are too many points.")
    r = fmpq_poly(numbers(modulus, "polynomial in t"))
    require(r.degree() > 0, "There are no points.")
    given = [fmpq_poly(numbers(x, "polynomial in t", r.degree())) for x in items(
        coordinates, "coordinates", len(stratum.free))]
    _spend(work, stratum, [r, *given])
    point = stratum.point(given, fmpq_poly([0]), fmpq_poly([1]))
    require(not any(_value(f, point, r) for f in stratum.equations),
            "A point is no singular point of length zero.")
    residues = [[residue(c, p) for c in f.coeffs()] for f in (r, *point)]
    require(residues[0][-1], "The prime divides a leading coefficient.")
    algebra = Algebra(p, residues[0], residues[1:])
    linear = sum((c * x[1] for c, x in zip(integers(form, -10**6, 10**6, "coefficient", len(
        point)), algebra.powers)), algebra.constant(0)) % algebra.q
    require(algebra.number_of_values(linear) == r.degree(), "The points do not differ.")
    require(stratum.are_double_points(algebra), "A point is no ordinary double point.")
    return int(r.degree())


def check_double_points(model: Model, metric: Any, evidence: Any) -> tuple[list[int], Checked]:
    """Verify the ED degree for a metric that is given."""
    found, verified = immersed_product(model, evidence)
    form, p = norm(model, metric), prime(member(evidence, "prime"))
    require(form, "The quadratic form vanishes on the neurovariety.")
    for c in form.coeffs():
        residue(c, p)  # the prime divides no denominator
    slopes = [form.derivative(v) for v in range(model.parameters)]
    strata, trust, singular, work = {}, [], 0, Work()
    for entry in items(member(evidence, "strata"), "strata"):
        strata[tuple(integers(member(entry, "pivots"), 0, model.parameters - 1, "pivot"))] = entry
    for pivots in product(*found.blocks):
        require(pivots in strata, "Not all strata are stated.")
        points, monomials, degree = fields(strata[pivots], "points", "monomials", "degree")
        stratum = Stratum(slopes, found.blocks, pivots)
        number = 0 if points is None else _number_of_points(stratum, points, p, work)
        singular += number
        if degree is None:
            trust = ["msolve"]
            continue
        listed = {tuple(integers(e, 0, 1000, "exponent", len(stratum.free)))
                  for e in items(monomials, "monomials", number)}
        degree = integers(degree, 0, 1000, "degree", len(stratum.blocks))
        work.spend(20 * number_of_forms(stratum.blocks, degree) ** 2)
        require(stratum.are_all_combinations(sorted(listed), degree, p),
                "The points of a stratum are not all.")
    polar = sum(segre_veronese(found.sizes, found.degrees))
    verified.append(f"its points of length zero are singular at {singular} ordinary double points")
    return [polar - singular], (verified, trust)
