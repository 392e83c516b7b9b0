"""
Polynomials near exp in proportion to it, on an interval around zero: those for which the largest
absolute value of p/exp - 1 is nearly the least, and the evidence for it.

The exchange of Remez for multiples of exp(-x) near the constant 1.  The error 1 - p exp(-x) has the
zeros of exp - p, at most degree + 1 of them, since the derivative of that order is exp.  So where
it has alternating signs at degree + 2 points, it has as many parts of one sign.

REFERENCES:

- [Rem1934]_
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import Any

from flint import arb, arb_mat, arb_poly, ctx, fmpq

from neuroalg_sage.certificates.approximation import approximation as checked
from neuroalg_sage.certificates.approximation.attention import RelativeError
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.approximation.approximation import rounded
from neuroalg_sage.limits import whole

BITS_BEYOND = 64
POINTS_FOR_EACH_TERM = 32  # of the grid of which extrema are taken
FEWEST_POINTS = 256
MOST_EXCHANGES = 40
LEVEL = Fraction(1, 2**20)  # how far extrema may differ, as a share of the largest
ROUNDED = 2**10  # by a share of one in so many rounded coefficients may raise the error
CLOSE = Fraction(1, 2**12), Fraction(1, 2**9), Fraction(1, 2**4)  # shares by which it is raised
SMALL = Fraction(1, 2**16)  # a remainder, as a share of the error
REACHES = (4, 32, 256)  # of a disk around a cell, in its half widths
MOST_RAISES = 4  # of the precision


Place = tuple[arb, arb]  # a point of the interval from -1 to 1, and exp(-x) there


class NearExp:
    """
    A polynomial of nearly the least relative error near exp, from -bound to bound.

    - ``coefficients`` -- the constant one first, which are dyadic
    - ``points`` -- in their order, where the error alternates and is nearly extremal
    - ``largest`` -- of the errors at these, a number below

    EXAMPLES:

    The best constant is the inverse of the hyperbolic cosine of the bound, nearly 0.648; its error
    is the hyperbolic tangent, nearly 0.7616::

        >>> found = NearExp(Fraction(1), 0)
        >>> found.coefficients, found.points
        ((Fraction(1327, 2048),), (Fraction(-1, 1), Fraction(1, 1)))
        >>> float(found.largest), float(found.upper)
        (0.7616..., 0.76...)
    """

    def __init__(self, bound: Fraction, degree: int) -> None:
        self.bound, self.degree = bound, degree
        # The values of p exp(-x) are sums of terms up to exp(2 bound).
        self.precision = 4 * degree + 3 * int(bound) + 3 * BITS_BEYOND
        for _ in range(MOST_RAISES):
            with ctx.workprec(self.precision):
                found = self.exchanged()
            if found is not None:
                break
            self.precision *= 2
        else:
            raise LimitReached(f"No polynomial of degree {degree} was found that is near exp for "
                               f"scores up to {float(bound):g}; try a smaller box.")
        self.coefficients, self.points = found
        with ctx.workprec(self.precision):
            errors = [self.relative_error(x) for x in self.points]
        self.largest = rounded(max(_fraction(abs(e).lower()) for e in errors), ROUND_FLOOR)

    @cached_property
    def quotient(self) -> RelativeError:
        """The function p exp(-x), as the checker has it."""
        return RelativeError([_fmpq(c) for c in self.coefficients])

    def relative_error(self, x: Fraction) -> arb:
        """The value of p/exp - 1."""
        return self.quotient.value(_fmpq(x)) - 1

    def exchanged(self) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]] | None:
        """The coefficients, and the points; None if the error is lost in rounding."""
        count = max(POINTS_FOR_EACH_TERM * (self.degree + 2), FEWEST_POINTS)
        grid = [self.place(-arb.cos_pi(arb(k) / count)) for k in range(count + 1)]
        reference = [grid[round(k * count / (self.degree + 1))] for k in range(self.degree + 2)]
        best: tuple[arb, arb_poly, list[Place]] | None = None
        for _ in range(MOST_EXCHANGES):
            try:
                solution = arb_mat([[w * u**k for k in range(self.degree + 1)] + [arb((-1) ** i)]
                                    for i, (u, w) in enumerate(reference)]).solve(
                    arb_mat([[1]] * len(reference)), algorithm="approx")
            except ZeroDivisionError:
                return None
            p = arb_poly([solution[k, 0].mid() for k in range(self.degree + 1)])
            # With the reference there are so many changes of signs, which the grid may miss.
            places = sorted([*grid, *reference], key=lambda place: float(place[0]))
            errors = [_error(p, place) for place in places]
            groups = [max(group, key=lambda k: abs(errors[k])) for _, group in groupby(
                range(len(places)), key=lambda k: errors[k] > 0)]
            reference = [self.refined(p, places[k - 1:k + 2]) if 0 < k < len(places) - 1 else
                         places[k] for k in groups]
            sizes = [abs(_error(p, place)) for place in reference]
            if len(groups) != self.degree + 2 or max(sizes) < arb(2) ** (BITS_BEYOND - ctx.prec):
                return None
            if best is None or max(sizes) < best[0]:
                best = max(sizes), p, reference
            if max(sizes) - min(sizes) <= max(sizes) * _number(LEVEL):
                break
            if whole.is_over():
                raise whole.time_is_over()
        assert best is not None
        size, p, extrema = best
        # A power of x/bound is at most 1, and exp(-x) at most exp(bound).
        room = _fraction(size) / (ROUNDED * (self.degree + 1) * _fraction(
            _number(self.bound).exp().upper()))
        return (tuple(_dyadic(_fraction(p[k]) / self.bound**k, room / self.bound**k)
                      for k in range(self.degree + 1)),
                tuple(_dyadic(_fraction(u), Fraction(1, 2**24)) * self.bound for u, _ in extrema))

    def place(self, u: arb) -> Place:
        """A point of the interval from -1 to 1, with the value of exp(-x) at it."""
        u = u.mid()
        return u, (-_number(self.bound) * u).exp().mid()

    def refined(self, p: arb_poly, near: list[Place]) -> Place:
        """Of three points the middle one, or one where the error is larger, by a parabola."""
        (a, f), (b, g), (c, h) = ((place[0], _error(p, place)) for place in near)
        one, other = (b - a) * (g - h), (b - c) * (g - f)
        found = self.place(b - ((b - a) * one - (b - c) * other) / (2 * (one - other)))
        return found if a < found[0] < c and abs(_error(p, found)) > abs(g) else near[1]

    @cached_property
    def upper(self) -> Fraction:
        """An upper bound for the relative error, which the checker accepts."""
        tries = [rounded(self.largest * (1 + share), ROUND_CEILING) for share in CLOSE]
        quotient: Any = self.quotient
        for _ in range(MOST_RAISES):
            with checked.working_with(self.precision):
                cells = checked.read_cells(_fmpq(-self.bound), _fmpq(self.bound), self.cells)
                for bound in tries:
                    if checked.is_bounded(quotient, [fmpq(1)], _fmpq(bound), cells):
                        return bound
            if whole.is_over():
                raise whole.time_is_over()
            self.precision *= 2
        raise LimitReached(f"The error of the polynomial of degree {self.degree} near exp was not "
                           "enclosed; try a smaller box or a smaller degree.")

    @cached_property
    def cells(self) -> list[list[Any]]:
        """The cells of the interval, as the checker wants them, of widths up to 2."""
        count = max(-(-self.bound.numerator // self.bound.denominator), 1)
        half = self.bound / count
        found = []
        with checked.working_with(self.precision):
            for k in range(count):
                center = (2 * k + 1) * half - self.bound
                found.append([decimal(center + half), *self.reach_and_order(center, half)])
        return found

    def reach_and_order(self, center: Fraction, half: Fraction) -> tuple[int, int]:
        """A disk, and how many terms of the power series leave a small remainder there."""
        needed = 0
        for reach in REACHES:
            most = checked.largest_on_square(self.quotient.at, arb(_fmpq(center)),
                                             arb(_fmpq(reach * half)))
            share = most.upper() / (_number(self.largest * SMALL) * (reach - 1))
            needed = max(int(float((share.log() / arb(reach).log()).upper())) + 2, 1)
            if needed <= 2 * self.degree + 24:
                break
        return reach, needed


def _error(p: arb_poly, place: Place) -> arb:
    u, w = place
    return (1 - p(u) * w).mid()


def _dyadic(c: Fraction, room: Fraction) -> Fraction:
    """
    A number whose denominator is a power of two, at most so far away.

    EXAMPLES::

        >>> _dyadic(Fraction(1, 3), Fraction(1, 10))
        Fraction(3, 8)
    """
    scale = 1 << max((room.denominator // room.numerator).bit_length() - 1, 0)
    return Fraction(round(c * scale), scale)


def _number(c: Fraction) -> arb:
    return arb(_fmpq(c)).mid()


def _fmpq(c: Fraction) -> fmpq:
    return fmpq(c.numerator, c.denominator)


def _fraction(x: arb) -> Fraction:
    found = x.mid().fmpq()
    return Fraction(int(found.p), int(found.q))
