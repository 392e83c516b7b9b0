"""
Polynomials of best approximation, nearly: the exchange of Remez, in numbers of any precision.

What is found here is not believed: the checker encloses the error of the polynomial, and bounds
that of the best one by the points where the error alternates.

REFERENCES:

- [Rem1934]_
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from flint import arb, arb_mat, arb_poly, ctx, fmpq

from neuroalg_sage.errors import LimitReached
from neuroalg_sage.models.activations import ContinuousActivation

POINTS_FOR_EACH_TERM = 12  # of the grid on which extrema are sought
FEWEST_POINTS = 256
MOST_PARABOLAS = 8
MOST_EXCHANGES = 60
LEVEL = 2.0**-20  # how far absolute values at the extrema may differ, as a share of the largest
ROUNDED = 2.0**-16  # how much of the error all rounded coefficients may add, as a share
BITS_BEYOND = 64
SHIFT = 0.3  # of the first points from those that are symmetric, as a share of their distance
MOST_RAISES = 6  # of the precision

Point = tuple[arb, arb]  # of the interval from -1 to 1, and the error there


@dataclass(frozen=True)
class Candidate:
    """
    A polynomial, and points where its error has alternating signs and is nearly extremal.

    - ``coefficients`` -- the constant one first
    - ``points`` -- in their order
    - ``precision`` -- with how many bits its error is known to a few digits
    """

    coefficients: tuple[Fraction, ...]
    points: tuple[Fraction, ...]
    precision: int


def best_polynomial(f: ContinuousActivation, low: Fraction, high: Fraction, degree: int
                    ) -> Candidate:
    """
    A polynomial of nearly the least error on an interval.

    EXAMPLES:

    The best one is found exactly where its coefficients are simple::

        >>> from neuroalg_sage.models.activations import activation
        >>> found = best_polynomial(activation("abs"), Fraction(-1), Fraction(1), 2)
        >>> found.coefficients
        (Fraction(1, 8), Fraction(0, 1), Fraction(1, 1))
    """
    piece = f.linear_piece(low, high)
    if piece is not None and len(piece) <= degree + 1:
        return Candidate(tuple(map(Fraction, piece)), (low,), BITS_BEYOND)
    precision = 2 * degree + 2 * BITS_BEYOND
    for _ in range(MOST_RAISES):
        with ctx.workprec(precision):
            found = _Exchange(f, low, high, degree).run()
            if found is not None:
                return found
        precision *= 2  # the error is lost in the rounding
    raise LimitReached(f"No polynomial of degree {degree} was found that is near {f} on this "
                       "interval; try another one.")


class _Exchange:
    """
    The exchange of Remez on the interval from -1 to 1, to which the given one is moved.

    Numbers are midpoints of balls.
    """

    def __init__(self, f: ContinuousActivation, low: Fraction, high: Fraction, degree: int
                 ) -> None:
        self.f, self.low, self.high, self.degree = f, low, high, degree
        self.center, self.half = _number((low + high) / 2), _number((high - low) / 2)
        count = max(POINTS_FOR_EACH_TERM * (degree + 2), FEWEST_POINTS)
        grid = {_cosine(k, count) for k in range(count + 1)}
        grid |= {_mid((_number(kink) - self.center) / self.half)
                 for kink in f.kinks if low < kink < high}
        self.grid = sorted(grid, key=lambda u: u.fmpq())
        self.grid_keys = [u.fmpq() for u in self.grid]
        self.values = [self.value(u) for u in self.grid]

    def value(self, u: arb) -> arb:
        """The activation at a point of the interval from -1 to 1."""
        return _mid(self.f.value(_mid(self.center + self.half * u)))

    def run(self) -> Candidate | None:
        """The polynomial; None if the precision is too small."""
        # Not symmetric: an odd function is zero at the middle of such points, and its error too.
        reference = [-arb.cos_pi((arb(k) + SHIFT) / (self.degree + 2)).mid()
                     for k in range(self.degree + 2)]
        p, extrema = arb_poly([0]), list[Point]()
        best: tuple[arb, arb_poly, list[Point]] | None = None
        for _ in range(MOST_EXCHANGES):
            try:
                p = self.levelled(reference)
            except ZeroDivisionError:
                return None
            extrema = self.extrema(p, reference)
            if len(extrema) < self.degree + 2:
                return None
            sizes = [abs(e) for _, e in extrema]
            largest, smallest = max(sizes), min(sizes)
            if largest <= arb(2) ** (BITS_BEYOND - ctx.prec) * (
                    1 + sum(map(abs, p.coeffs()), arb(0))):
                return None
            if best is None or smallest / largest > best[0]:
                best = smallest / largest, p, extrema
            if largest - smallest <= largest * LEVEL:
                break
            reference = [u for u, _ in extrema]
        if best is None:
            return None
        _, p, extrema = best
        return self.candidate(p, extrema)

    def levelled(self, reference: list[arb]) -> arb_poly:
        """The polynomial whose error has alternating signs and the same size at the points."""
        size = self.degree + 1
        rows = [[u ** k for k in range(size)] + [arb((-1) ** i)] for i, u in enumerate(reference)]
        values = [[self.value(u)] for u in reference]
        solution = arb_mat(rows).solve(arb_mat(values), algorithm="approx")
        return arb_poly([_mid(solution[k, 0]) for k in range(size)])

    def error(self, p: arb_poly, u: arb) -> arb:
        return _mid(self.value(u) - p(u))

    def extrema(self, p: arb_poly, reference: list[arb]) -> list[Point]:
        """
        Points with the errors there, the largest ones between changes of sign, degree + 2.

        There are so many changes among the points of reference, which the grid may miss.
        """
        known = dict(zip(self.grid_keys, zip(self.grid, self.values)))
        known |= {u.fmpq(): (u, self.value(u)) for u in reference}
        grid = [known[key] for key in sorted(known)]
        errors = [_mid(value - p(u)) for u, value in grid]
        at = [(u, e) for (u, _), e in zip(grid, errors)]
        found = []
        for _, group in groupby(range(len(errors)), key=lambda k: errors[k] > 0):
            place = max(group, key=lambda k: abs(errors[k]))
            found.append(self.refined(p, *at[place - 1:place + 2])
                         if 0 < place < len(at) - 1 else at[place])
        return self.fewer(found)

    def fewer(self, found: list[Point]) -> list[Point]:
        """Of too many points with alternating signs degree + 2, without small errors."""
        while (more := len(found) - self.degree - 2) > 0:
            sizes = [abs(e) for _, e in found]
            place = min(range(len(sizes)), key=lambda k: sizes[k])
            if more == 1 or place in (0, len(found) - 1):
                found.pop(0 if sizes[0] < sizes[-1] else -1)
            else:  # with a neighbor, so that signs alternate
                other = min(place - 1, place + 1, key=lambda k: sizes[k])
                del found[min(place, other):max(place, other) + 1]
        return found

    def refined(self, p: arb_poly, left: Point, best: Point, right: Point) -> Point:
        """A point between others where the error is larger, by parabolas."""
        for _ in range(MOST_PARABOLAS):
            top = _top(left, best, right)
            if top is None or not left[0] < top < right[0]:
                break
            there = top, self.error(p, top)
            if not abs(there[1]) > abs(best[1]):
                break
            if top < best[0]:
                right, best = best, there
            else:
                left, best = best, there
        return best

    def candidate(self, p: arb_poly, extrema: list[Point]) -> Candidate:
        """The polynomial on the given interval, with simple coefficients."""
        error = max(abs(e) for _, e in extrema)
        largest = max(abs(self.low), abs(self.high))
        # Far from zero the powers of x are nearly dependent: so many bits are lost for each.
        lost = int(2 * largest / (self.high - self.low) + 1).bit_length() + 1
        with ctx.workprec(ctx.prec + lost * (self.degree + 1)):
            center, half = _number((self.low + self.high) / 2), _number((self.high - self.low) / 2)
            p = p(arb_poly([-center / half, 1 / half]))
        coefficients = []
        for k in range(self.degree + 1):
            room = _fraction(error) * Fraction(ROUNDED) / ((self.degree + 1) * largest**k)
            coefficients.append(_simplest(_fraction(p[k]) - room, _fraction(p[k]) + room))
        # The points are known to half of the digits, as any extremum.
        step = min((self.high - self.low) / 2, Fraction(1)) / 2**24
        points = sorted({min(max(_rounded(self.center + self.half * u, step), self.low), self.high)
                         for u, _ in extrema})
        sizes = max(abs(c) * largest**k for k, c in enumerate(coefficients)) / _fraction(error)
        precision = sizes.numerator.bit_length() - sizes.denominator.bit_length() + BITS_BEYOND
        return Candidate(tuple(coefficients), tuple(points), max(precision, BITS_BEYOND)
                         + 2 * self.degree)


def _top(left: Point, middle: Point, right: Point) -> arb | None:
    """Where the parabola through three points is highest or lowest."""
    (a, f), (b, g), (c, h) = left, middle, right
    one, other = (b - a) * (g - h), (b - c) * (g - f)
    below = one - other
    if below == 0 or not below.is_finite():
        return None
    found = _mid(b - ((b - a) * one - (b - c) * other) / (2 * below))
    return found if found.is_finite() else None


def _cosine(k: int, count: int) -> arb:
    """The cosine of k pi / count, which is exact at both ends."""
    return _mid(arb.cos_pi(arb(k) / count)) if 0 < k < count else arb(1 if k == 0 else -1)


def _mid(x: Any) -> arb:
    return x.mid()


def _number(c: Fraction) -> arb:
    return _mid(arb(fmpq(c.numerator, c.denominator)))


def _fraction(x: arb) -> Fraction:
    found = _mid(x).fmpq()
    return Fraction(int(found.p), int(found.q))


def _rounded(x: arb, step: Fraction) -> Fraction:
    """A multiple of a number, at most half of that away."""
    return round(_fraction(x) / step) * step


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """
    The fraction with the least denominator between two numbers, and among these with the least
    numerator.

    EXAMPLES::

        >>> _simplest(Fraction(31, 100), Fraction(34, 100)), _simplest(Fraction(-1), Fraction(2))
        (Fraction(1, 3), Fraction(0, 1))
    """
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -_simplest(-high, -low)
    terms: list[int] = []
    while True:
        whole = low.numerator // low.denominator
        if whole == low or whole + 1 <= high:
            terms.append(whole if whole == low else whole + 1)
            break
        terms.append(whole)
        low, high = 1 / (high - whole), 1 / (low - whole)
    found = Fraction(terms.pop())
    while terms:
        found = terms.pop() + 1 / found
    return found


def errors_at(f: ContinuousActivation, coefficients: tuple[Fraction, ...],
              points: tuple[Fraction, ...]) -> list[arb]:
    """Balls with the errors of a polynomial at points."""
    p = arb_poly([fmpq(c.numerator, c.denominator) for c in coefficients])
    at = [arb(fmpq(x.numerator, x.denominator)) for x in points]
    return [f.value(x) - p(x) for x in at]

