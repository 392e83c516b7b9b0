"""
The degree of sums of points of a Segre-Veronese variety, by the fixed points of a torus on the
Hilbert scheme of its points.

Let φ(w) = Σ_i ψ(w_i), a sum of r ≥ 2 copies of one polynomial map in parameters w_i of their own.
Let the parameters of a copy be divided into blocks, in each of which ψ is homogeneous, and let each
coordinate of ψ be a multiple of one monomial.  A first block c = (c_1, ..., c_m) may be set apart:
then each coordinate is c_a g(x) for some a, and g are monomials in the other blocks.  Without it
let m = 1 and ψ(x) = g(x); a factor is no loss, since ψ is homogeneous.

Let X be the product of the projective spaces of the blocks x, n its dimension, L = O(e) for the
degrees e of ψ in them, H = Hilb^r(X), and L^[r] the bundle on H with fibers H^0(L|_Z).

(1) **H is smooth, irreducible of dimension r n**, if at each fixed point of the torus T of X the
    tangent space Hom(I, O/I) has that dimension.  Where it is larger is closed and stable under T,
    so it would contain a fixed point, as X is projective.  Each component of H is projective, so
    that it contains a fixed point; a monomial ideal is a limit of ideals of r points, in the
    component of these; through a smooth point there is one component only.
(2) **The monomials g of each c_a span H^0(L|_Z) for all Z** in H, if they do for the fixed ones:
    where they do not is closed and stable under T.
(3) Then a point of S ⊗ C^m, where S is the dual of L^[r], gives one of V, the values of its m parts
    at the monomials g; by (2) this is injective on fibers, so that it is a morphism f: P(S ⊗ C^m) →
    P(V) with f^*O(1) = O(1).  At r different points its image is Σ_i ψ(c_i, x_i), so the closure of
    M is the cone over its image.  P(S ⊗ C^m) has the dimension N = r n + r m - 1.  So the integral
    of c_1(O(1))^N is

        deg f · deg M   if dim M = N + 1, and 0 else.

    It is the integral over H of the part of degree r n of 1/c(S)^m.  By Bott's residue formula it
    is the sum over the fixed points Z of h(ℓ) / Π t, where h is the complete homogeneous symmetric
    polynomial of degree r n, ℓ the weights of L^[r] at Z, each m times, and t those of the tangent
    space.

(4) If M is dense in V its degree is 1, and deg f is the integral.  If the integral is 1, so is the
    degree.  Else deg f = 1 by :mod:`neuroalg_sage.certificates.equations.contact_loci`: since any
    two points are among r, by (2) the g embed X, so that a summand determines its point.

At a fixed point p of X the quotients x_j / x_i of coordinates of each factor are local coordinates.
A fixed Z is, at each p, an ideal of monomials in these, whose complement is a *staircase*.  A
linear map from I to O/I of degree w sends monomials u to multiples of u + w.  It is constant on the
components, by steps of one variable, of the u in I for which u + w is in the staircase; and zero
there if some step down from u stays in I and leaves the exponents that are not negative by w.

The formula and the tangent spaces are in G. Ellingsrud, S. A. Strømme, Bott's formula and
enumerative geometry, J. Amer. Math. Soc. 9 (1996); M. Haiman, t,q-Catalan numbers and the Hilbert
scheme, Discrete Math. 193 (1998).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from flint import fmpq, fmpq_mpoly

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integers,
    items,
    require,
)
from neuroalg_sage.certificates.work import Work

MOST_SUMMANDS, MOST_STEPS = 24, 10**7

UNIQUE = "the summands of a generic sum are unique"

Exponents = tuple[int, ...]


@dataclass(frozen=True)
class Sum:
    """
    A sum of copies of one map ψ.

    - ``summands`` -- for each copy its blocks of parameters
    - ``psi`` -- for each coordinate the one term of ψ, exponents in the blocks one after the other
      and the coefficient; None where it is zero
    - ``degrees`` -- of ψ in the blocks
    - ``has_coefficients`` -- whether the first block is set apart
    """

    summands: list[list[list[int]]]
    psi: list[tuple[Exponents, fmpq] | None]
    degrees: Exponents
    has_coefficients: bool

    @property
    def sizes(self) -> Exponents:
        """The sizes of the blocks."""
        return tuple(map(len, self.summands[0]))

    @property
    def space(self) -> Exponents:
        """The sizes of the blocks that are coordinates of X."""
        return self.sizes[self.has_coefficients:]

    @property
    def coefficients(self) -> int:
        """The number m."""
        return self.sizes[0] if self.has_coefficients else 1

    @property
    def dimension(self) -> int:
        """The number N + 1, which the dimension of M does not exceed."""
        return len(self.summands) * (sum(self.space) - len(self.space) + self.coefficients)


def check_copies(phi: Sequence[fmpq_mpoly], given: Any, parameters: set[int]
                 ) -> tuple[list[list[list[int]]], list[tuple[Exponents, fmpq] | None]]:
    """
    Verify that φ is a sum of copies of one map, each coordinate of which is one term: the blocks of
    each copy, which divide the parameters, and the terms.
    """
    summands = [[integers(block, 0, max(parameters, default=0), "parameter")
                 for block in items(copy, "blocks")] for copy in items(given, "summands")]
    require(1 < len(summands) <= MOST_SUMMANDS, "The summands are too few, or too many.")
    shape = [len(block) for block in summands[0]]
    require(all([len(block) for block in copy] == shape for copy in summands) and all(shape)
            and shape, "The summands have different blocks.")
    place = {v: (i, k) for i, copy in enumerate(summands)
             for k, v in enumerate(v for block in copy for v in block)}
    require(set(place) == parameters and len(place) == len(summands) * sum(shape),
            "The blocks do not divide the parameters.")
    psi: list[tuple[Exponents, fmpq] | None] = []
    for f in phi:
        copies: list[dict[Exponents, fmpq]] = [{} for _ in summands]
        for e, c in zip(exponent_vectors(f), f.coeffs()):
            owners = {place[v][0] for v, k in enumerate(e) if k}
            require(len(owners) == 1, "A term belongs to several summands, or to none.")
            term = [0] * sum(shape)
            for v, k in enumerate(e):
                if k:
                    term[place[v][1]] = k
            copies[owners.pop()][tuple(term)] = c
        require(all(copy == copies[0] and len(copy) <= 1 for copy in copies),
                "The summands differ, or a coordinate has several terms.")
        psi.append(next(iter(copies[0].items()), None))
    return summands, psi


def check_sum(model: Model, evidence: Any) -> Sum:
    """Verify that φ is a sum of copies of one map that is homogeneous in each block."""
    given, has_coefficients = fields(evidence, "summands", "has_coefficients")
    summands, psi = check_copies(model.parametrization, given, set(range(model.parameters)))
    shape = [len(block) for block in summands[0]]
    require(isinstance(has_coefficients, bool) and len(shape) > has_coefficients,
            "There is no block but that of the coefficients.")
    ends = [sum(shape[:k]) for k in range(len(shape) + 1)]
    found = {tuple(sum(term[0][a:b]) for a, b in zip(ends, ends[1:])) for term in psi if term}
    require(len(found) == 1, "The summands are not homogeneous in each block.")
    degrees = found.pop()
    require(all(degrees) and (degrees[0] == 1 or not has_coefficients),
            "A summand does not depend on a block, or not linearly on its coefficients.")
    return Sum(summands, psi, degrees, has_coefficients)


def staircases(n: int, length: int) -> list[frozenset[Exponents]]:
    """
    The complements of the ideals of monomials in n variables of a colength.

    EXAMPLES::

        >>> [len(staircases(2, k)) for k in range(6)]
        [1, 1, 2, 3, 5, 7]
    """
    found: set[frozenset[Exponents]] = {frozenset()}
    for _ in range(length):
        found = {s | {u} for s in found for u in corners(s, n)}
    return sorted(found, key=sorted)


def corners(staircase: frozenset[Exponents], n: int) -> list[Exponents]:
    """The monomials that generate the ideal."""
    outside = {step(u, i, 1) for u in staircase for i in range(n)} - staircase
    return [u for u in outside or ({(0,) * n} - staircase)
            if all(not u[i] or step(u, i, -1) in staircase for i in range(n))]


def step(u: Exponents, i: int, by: int) -> Exponents:
    return (*u[:i], u[i] + by, *u[i + 1:])


def tangent_degrees(staircase: frozenset[Exponents], n: int) -> list[Exponents]:
    """
    The degrees of a basis of Hom(I, O/I).

    EXAMPLES::

        >>> len(tangent_degrees(frozenset([(0, 0), (1, 0), (0, 1)]), 2))
        6
        >>> len(tangent_degrees(frozenset([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]), 3))
        18
    """
    found = []
    for w in {tuple(a - b for a, b in zip(v, g)) for v in staircase
              for g in corners(staircase, n)}:
        moved = {tuple(a - b for a, b in zip(v, w)) for v in staircase}
        left = {u for u in moved if min(u, default=0) >= 0 and u not in staircase}
        while left:
            component = [left.pop()]
            is_free = True
            for u in component:
                for i in range(n):
                    for v in (step(u, i, 1), step(u, i, -1)):
                        if v in left:
                            left.remove(v)
                            component.append(v)
                    below = step(u, i, -1)
                    if u[i] and below not in staircase and below[i] + w[i] < 0:
                        is_free = False
            if is_free:
                found.append(w)
    return found


Scheme = list[tuple[Exponents, frozenset[Exponents]]]  # the points, and the staircases there


def fixed_schemes(points: list[Exponents], n: int, length: int) -> Iterator[Scheme]:
    """The fixed points of H, at the fixed points of X."""
    if not length:
        yield []
    for k, p in enumerate(points):
        for here in range(1, length + 1):
            for staircase in staircases(n, here):
                for rest in fixed_schemes(points[k + 1:], n, length - here):
                    yield [(p, staircase), *rest]


class Torus:
    """
    The torus of X, by generic weights of the coordinates, and its fixed points on H.

    - ``points`` -- the fixed points of X, by the place of the coordinate of each factor
    - ``systems`` -- for each c_a the exponents of the monomials g
    """

    def __init__(self, found: Sum) -> None:
        self.found, self.sizes, self.work = found, found.space, Work(MOST_STEPS)
        first = len(found.sizes) - len(self.sizes)
        self.degrees = found.degrees[first:]
        self.n, self.length = sum(self.sizes) - len(self.sizes), len(found.summands)
        require(self.n > 0, "There is one point only.")
        self.work.spend(prod(self.sizes) ** min(self.length, 3))
        self.points = list(product(*map(range, self.sizes)))
        # No small combination of differences is zero.
        base = 4 * max(self.length, *self.degrees) * (self.n + 1) + 1
        self.weights = [[base**(sum(self.sizes[:f]) + k) for k in range(size)]
                        for f, size in enumerate(self.sizes)]
        self.systems: list[set[Exponents]] = [set() for _ in range(found.coefficients)]
        for term in found.psi:
            if term:
                e = term[0]
                self.systems[e.index(1) if first else 0].add(e[found.sizes[0] * first:])
        self.tangents: dict[frozenset[Exponents], list[Exponents]] = {}

    def weight(self, p: Exponents, u: Exponents) -> int:
        """Of a monomial in the local coordinates at a fixed point, which may have poles."""
        local = [t[k] - t[i] for t, i in zip(self.weights, p) for k in range(len(t)) if k != i]
        return sum(a * t for a, t in zip(u, local))

    def monomial(self, p: Exponents, u: Exponents) -> Exponents:
        """The one of the degrees of L that is u in the local coordinates at a fixed point."""
        found: list[int] = []
        for size, d, i in zip(self.sizes, self.degrees, p):
            here, u = u[:size - 1], u[size - 1:]
            found += [*here[:i], d - sum(here), *here[i:]]
        return tuple(found)

    def values(self, schemes: Iterable[tuple[Exponents, Iterable[Exponents]]]) -> list[int]:
        """
        The weights of the sections of L on a scheme, of which monomials are a basis at each point.

        Each of these is the restriction of one monomial of the degrees of L only.  So those of a
        system span the sections if all of these are among them, and they differ.

        Raises :class:`CertificateError` unless the monomials of each system span them.
        """
        basis = [self.monomial(p, u) for p, staircase in schemes for u in staircase]
        self.work.spend(len(basis) * (sum(self.sizes) + len(self.systems)))
        require(len(set(basis)) == len(basis)
                and all(system.issuperset(basis) for system in self.systems),
                "Some points impose dependent conditions, so that sums are no morphism.")
        weights = [t for row in self.weights for t in row]
        return [sum(a * t for a, t in zip(e, weights)) for e in basis]

    def fixed_points(self) -> Iterator[tuple[Scheme, int]]:
        """The fixed points of H, and the product of the weights of their tangent spaces."""
        for scheme in fixed_schemes(self.points, self.n, self.length):
            self.work.spend(self.length * self.n)
            denominator = 1
            for p, staircase in scheme:
                if staircase not in self.tangents:
                    self.tangents[staircase] = tangent_degrees(staircase, self.n)
                    require(len(self.tangents[staircase]) == len(staircase) * self.n,
                            "The Hilbert scheme of points is not smooth.")
                for w in self.tangents[staircase]:
                    denominator *= self.weight(p, w)
            yield scheme, denominator


def complete_symmetric(values: Sequence[int], top: int) -> list[int]:
    """The complete homogeneous symmetric polynomials up to a degree."""
    found = [1, *[0] * top]
    for value in values:
        for k in range(top):
            found[k + 1] += value * found[k]
    return found


def integral(found: Sum) -> int:
    """
    The number deg f · deg M, or 0 if dim M is less than expected.

    EXAMPLES: Three points of the Veronese surface of quartics::

        >>> monomials = [(i, j, 4 - i - j) for i in range(5) for j in range(5 - i)]
        >>> summands = [[[3 * k, 3 * k + 1, 3 * k + 2]] for k in range(3)]
        >>> integral(Sum(summands, [(e, fmpq(1)) for e in monomials], (4,), False))
        112
    """
    torus, total = Torus(found), fmpq(0)
    top = torus.length * torus.n
    for scheme, denominator in torus.fixed_points():
        torus.work.spend(torus.length * found.coefficients * top)
        values = torus.values(scheme)
        total += fmpq(complete_symmetric(values * found.coefficients, top)[top], denominator)
    require(total.q == 1 and total >= 0, "The residues do not add up to a number of points.")
    return int(total.p)


def degree_of_sums(model: Model, evidence: Any) -> tuple[int, list[str]]:
    """The degree of M, and what was verified."""
    found = check_sum(model, evidence)
    number, verified = sums_are_a_morphism(found)
    if found.dimension == model.ambient_dimension or number == 1:
        return 1, verified
    require_unique(found, evidence)
    return number, [*verified, UNIQUE]


def sums_are_a_morphism(found: Sum) -> tuple[int, list[str]]:
    """The number deg f · deg M, not zero, and what was verified."""
    number = integral(found)
    require(number > 0, "The sums have a smaller dimension than expected.")
    verified = [f"φ is a sum of {len(found.summands)} copies of one map",
                "the Hilbert scheme of points is smooth, sums of points are a morphism",
                f"the residues at fixed points add up to {number}"]
    return number, verified


def require_unique(found: Sum, evidence: Any) -> None:
    """Verify that the summands of a generic sum are unique."""
    from neuroalg_sage.certificates.equations.contact_loci import check_contact_locus

    check_contact_locus(found, evidence)
