"""
Points over number fields: on which varieties they lie, and which of their conjugates are real.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache
from typing import Any

import flint
from flint import fmpq_mpoly, fmpq_poly

from neuroalg_sage.certificates.reading import exponent_vectors, fields, items, numbers, require

LARGEST_DEGREE = 500  # of a number field
PRECISION, MOST_PRECISION = 256, 2**16  # bits, in which real points are told apart


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
