"""
Affine varieties given by equations: their dimension, degree, components and points.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache
from math import prod
from typing import Any

import flint
from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly

from neuroalg_sage.certificates.equations.groebner import (
    GroebnerBasis,
    hilbert_data,
    require_incomparable,
)
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    items,
    member,
    numbers,
    polynomial_set,
    polynomials,
    require,
)
from neuroalg_sage.certificates.substitution import substituted
from neuroalg_sage.certificates.work import Work

MOST_PRODUCTS = 2000
HIGHEST_POWER = 4
LARGEST_DEGREE = 500  # of a number field
PRECISION, MOST_PRECISION = 256, 2**16  # bits, in which real points are told apart
ENGINES = ("macaulay2", "singular")


def combination(cofactors: Any, generators: list[fmpq_mpoly], ring: fmpq_mpoly_ctx
                ) -> fmpq_mpoly:
    """The sum of the generators times the stated cofactors: an element of their ideal."""
    factors = polynomials(cofactors, ring)
    require(len(factors) == len(generators), "The cofactors do not match the equations.")
    return sum((c * g for c, g in zip(factors, generators)), ring.constant(fmpq(0)))


def presented(generators: list[fmpq_mpoly], ring: fmpq_mpoly_ctx, evidence: Any
              ) -> GroebnerBasis:
    """
    A Gröbner basis of the ideal of the generators, verified.

    Each of its elements is a stated combination of the generators, and these reduce to zero.
    """
    basis, cofactors = fields(evidence, "basis", "cofactors")
    elements = polynomials(basis, ring)
    rows = items(cofactors, "cofactors", len(elements))
    for f, row in zip(elements, rows):
        require(combination(row, generators, ring) == f,
                "A combination of the equations is not what is stated.")
    groebner = GroebnerBasis(elements, [1] * ring.nvars())
    require(all(map(groebner.contains, generators)),
            "The Gröbner basis does not contain the equations.")
    return groebner


# -- points ----------------------------------------------------------------------------------


class AlgebraicPoint:
    """
    A point whose coordinates are polynomials in a root t of a polynomial q over Q.

    It stands for the points at all roots of q.  What vanishes modulo q vanishes at all of them.
    """

    def __init__(self, data: Any, variables: int) -> None:
        q, coordinates = fields(data, "polynomial", "coordinates")
        self.q = _univariate(q)
        require(1 <= self.q.degree() <= LARGEST_DEGREE, "A point has no number field.")
        self.coordinates = [_univariate(c) % self.q
                            for c in items(coordinates, "list of coordinates", variables)]

    def value(self, f: fmpq_mpoly) -> fmpq_poly:
        """The value of a polynomial, modulo q."""
        @cache
        def power(i: int, k: int) -> fmpq_poly:
            return (power(i, k // 2) * power(i, k - k // 2) % self.q if k > 1
                    else self.coordinates[i])

        total = fmpq_poly([0])
        for e, c in zip(exponent_vectors(f), f.coeffs()):
            term = fmpq_poly([c])
            for i, k in enumerate(e):
                if k:
                    term = term * power(i, k) % self.q
            total += term
        return total % self.q

    def lies_on(self, equations: Sequence[fmpq_mpoly]) -> bool:
        """Whether it satisfies the equations."""
        return all(self.value(f) == 0 for f in equations)

    def is_real(self, interval: Any) -> bool:
        """Whether the polynomial q changes its sign in an interval, and so has a real root."""
        a, b = numbers(interval, "interval", 2)
        return bool(a <= b and self.q(a) * self.q(b) <= 0)

    def generates_its_field(self, form: Any) -> bool:
        """Whether a linear form in the coordinates is t, so that other roots are other points."""
        coefficients = numbers(form, "linear form", len(self.coordinates))
        total = sum((x * c for c, x in zip(coefficients, self.coordinates)), fmpq_poly([0]))
        return bool((total - fmpq_poly([0, 1])) % self.q == 0)

    def is_irreducible(self) -> bool:
        """Whether q is irreducible over Q, so that its roots are conjugate."""
        factors = self.q.factor()[1]
        return len(factors) == 1 and factors[0][1] == 1

    def real_boxes(self, boxes: Any) -> bool:
        """
        Whether there are exactly as many real points as boxes, one in each.

        For a point that generates its field, and q without multiple roots.  The precision is
        raised until each point is seen to be in its box, or not.
        """
        read = [[numbers(side, "interval", 2) for side in items(box, "box", len(self.coordinates))]
                for box in items(boxes, "list of boxes")]
        if not all(any(s[1] < t[0] or t[1] < s[0] for s, t in zip(first, second))
                   for first, second in itertools.combinations(read, 2)):
            return False
        precision = PRECISION
        with flint.ctx.workprec(precision):
            roots = real_roots(self.q)
        if len(roots) != len(read):
            return False
        while precision <= MOST_PRECISION:
            with flint.ctx.workprec(precision):
                if any(root.rel_accuracy_bits() < precision for root in roots):
                    roots = real_roots(self.q)
                sides = [(_value(x, root), flint.arb(a), flint.arb(b))
                         for root, box in zip(roots, read)
                         for x, (a, b) in zip(self.coordinates, box)]
                if all(a <= value <= b for value, a, b in sides):
                    return True
                if any(value < a or value > b for value, a, b in sides):
                    return False
            precision *= 2
        return False


def real_roots(q: fmpq_poly) -> list[flint.arb]:
    """
    Disjoint balls around the real roots, ascending, to the relative precision that is set.

    FLINT isolates all roots, the real ones as real numbers, however close they are.
    """
    roots: list[Any] = q.numer().complex_roots()
    found = [root.real for root, _ in roots if root.imag == 0]
    return sorted(found, key=lambda ball: ball.mid().fmpq())


def _value(f: fmpq_poly, place: flint.arb) -> flint.arb:
    """A ball around the value of a polynomial."""
    return flint.arb_poly([flint.arb(c) for c in f.coeffs()] or [0])(place)


def _univariate(data: Any) -> fmpq_poly:
    return fmpq_poly(numbers(data, "polynomial in one variable"))


# -- components ------------------------------------------------------------------------------


def is_domain(generators: list[fmpq_mpoly], ring: fmpq_mpoly_ctx) -> bool:
    """
    Whether successive elimination shows that polynomials generate a prime ideal over Q.

    If c x + h is a generator, with a number c and h free of x, the quotient is that of the
    ring without x by the others, in which x is -h / c.  If no generator is left the quotient
    is a polynomial ring; if one is left, it is a domain if that is irreducible.
    """
    remaining = [f for f in generators if f]
    while True:
        found = next(((f, i) for f in remaining for i in range(ring.nvars())
                      if _is_solved(f, i)), None)
        if found is None:
            break
        f, i = found
        lead = next(c for e, c in zip(exponent_vectors(f), f.coeffs()) if e[i])
        images = list(ring.gens()[: ring.nvars()])
        images[i] -= f / lead
        remaining = [h for h in remaining if h is not f]
        remaining = [g for g in substituted(remaining, images, ring) if g]
    if any(not any(map(any, exponent_vectors(f))) for f in remaining):
        return False
    if len(remaining) > 1:
        return False
    factors = remaining[0].factor()[1] if remaining else [(None, 1)]
    return len(factors) == 1 and factors[0][1] == 1


def _is_solved(f: fmpq_mpoly, i: int) -> bool:
    exponents = [e for e in exponent_vectors(f) if e[i]]
    return len(exponents) == 1 and sum(exponents[0]) == 1


def are_covered(groebner: GroebnerBasis, lists: Sequence[list[fmpq_mpoly]]) -> bool:
    """
    Whether the products of elements, one from each list, have powers in an ideal.

    Then each point of its variety is a zero of all elements of one of the lists.
    """
    if prod(map(len, lists)) > MOST_PRODUCTS:
        return False
    work = Work()
    for choice in itertools.product(*lists):
        product = choice[0]
        for f in choice[1:]:
            work.spend(len(product) * len(f))
            product *= f
        if not any(groebner.contains(product**k) for k in range(1, HIGHEST_POWER + 1)):
            return False
    return True


def check_components(equations: list[fmpq_mpoly], ring: fmpq_mpoly_ctx, value: Any,
                     evidence: Any) -> Checked:
    """
    Verify the irreducible components over Q of the zero set of equations.

    For each component, given by generators of an ideal P: the equations lie in P, the
    dimension and degree are those of a Gröbner basis of P, and P does not contain that of
    another component.  That P is prime follows from elimination, or in dimension zero from a
    point in a number field of the degree of P; else it is an engine's word.  That there are no
    other components follows from a Gröbner basis of the equations' ideal, in which the
    products of the components' generators have powers; else, where there is any component, it is
    an engine's word, which a small point on none of them contradicts.

    A component of dimension zero may state boxes: each contains one real point, and there are no
    others.
    """
    n = ring.nvars()
    components = items(value, "list of components")
    proofs, complete = fields(evidence, "components", "complete")
    known: list[tuple[list[fmpq_mpoly], GroebnerBasis]] = []
    trusted: set[str] = set()
    real = False
    for component, proof in zip(components, items(proofs, "list of proofs", len(components))):
        dimension, degree, data = fields(component, "dimension", "degree", "generators")
        require(set(component) <= {"dimension", "degree", "generators", "real_points"},
                "A component has an unknown field.")
        generators = polynomial_set(data, ring)
        groebner = presented(generators, ring, proof)
        require(all(map(groebner.contains, equations)),
                "A component has points that do not satisfy the equations.")
        require(hilbert_data(groebner.leading, n)[:2] == (
            integer(dimension, 0, n, "dimension"), integer(degree, 1, 10**12, "degree")),
            "A component's dimension or degree is not as claimed.")
        kind = member(proof, "prime")
        point = None
        if "point" in proof:
            point = AlgebraicPoint(proof["point"], n)
            require(dimension == 0 and point.q.degree() == degree and point.is_irreducible()
                    and point.generates_its_field(member(proof["point"], "form"))
                    and point.lies_on(generators),
                    "The point is not what a component consists of.")
        if kind == "elimination":
            require(is_domain(generators, ring), "A component may be reducible.")
        elif kind == "point":
            require(point is not None, "A component's point is missing.")
        else:
            require(kind in ENGINES, "The argument for a component is not known.")
            trusted.add(kind)
        if "real_points" in component:
            require(point is not None and point.real_boxes(component["real_points"]),
                    "The real points are not as claimed.")
            real = True
        known.append((generators, groebner))
    require_incomparable(known)
    verified = [f"dimension and degree of each component ({len(known)})"] if known else []
    if complete == "products":
        groebner = presented(equations, ring, evidence)
        require(are_covered(groebner, [g for g, _ in known]) if known else
                groebner.contains(ring.constant(fmpq(1))), "There may be other components.")
        verified.append("products of their generators vanish by the equations, so there are no "
                        "others" if known else "1 is a combination of the equations")
    else:
        require(complete in ENGINES, "The argument for completeness is not known.")
        require(known, "That there are no points is proved by 1 as a combination of equations.")
        from neuroalg_sage.certificates.equations.refutation import refute_components

        refute_components(equations, n, [g for g, _ in known])
        trusted.add(complete)
    if known and not trusted:
        verified.append("they are irreducible over Q")
    if real:
        verified.append("each box has one real point")
    return verified, sorted(trusted)
