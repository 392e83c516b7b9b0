"""
Polynomials and rational functions of best approximation, nearly: the exchange of Remez, in numbers
of any precision.

What is found here is not believed: the checker encloses the error, and bounds that of the best one
by the points where the error alternates.

A rational function p / q whose error has alternating signs and the same size E at given points is a
solution of an eigenvalue problem.  For m + n + 2 points x_i, the sums of w_i x_i^j g(x_i) over i
vanish for j <= n if g is a polynomial of degree at most m, where w_i is the inverse of the product
of x_i - x_k over k; so that of p = (f - (-1)^i E) q there are n + 1 equations in q and E.  At most
one of its solutions has a q of the same sign at all points.  Points to begin with are those of a
pair of lower degrees, spread.

REFERENCES:

- [Rem1934]_
- [FNTB2018]_
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from flint import acb_mat, arb, arb_mat, arb_poly, ctx, fmpq

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
LONG = 32  # of an interval, on which the grid may miss where an activation bends
LEVEL_ENOUGH = 2.0**-7  # to go on from its extrema
MOST_RAISES_FOR_QUOTIENTS = 3
FINEST = 40  # so many powers of two as scales around kinks

Point = tuple[arb, arb]  # of the interval from -1 to 1, and the error there


@dataclass(frozen=True)
class Candidate:
    """
    A polynomial, and points where its error has alternating signs and is nearly extremal.

    - ``coefficients`` -- the constant one first
    - ``points`` -- in their order
    - ``precision`` -- with how many bits its error is known to a few digits
    - ``denominator`` -- of a rational function, its coefficients
    """

    coefficients: tuple[Fraction, ...]
    points: tuple[Fraction, ...]
    precision: int
    denominator: tuple[Fraction, ...] = (Fraction(1),)


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


def best_rational_function(f: ContinuousActivation, low: Fraction, high: Fraction, degree: int,
                           denominator_degree: int) -> Candidate:
    """
    A rational function without poles of nearly the least error on an interval.

    EXAMPLES::

        >>> from neuroalg_sage.models.activations import activation
        >>> found = best_rational_function(activation("tanh"), Fraction(-2), Fraction(2), 3, 2)
        >>> len(found.points), found.coefficients[::2], found.denominator[::2][0]
        (7, (Fraction(0, 1), Fraction(0, 1)), Fraction(1, 1))
    """
    piece = f.linear_piece(low, high)
    if piece is not None and len(piece) <= degree + 1:
        return best_polynomial(f, low, high, degree)
    precision = 4 * (degree + denominator_degree) + 4 * BITS_BEYOND
    steps = [(max(degree - denominator_degree, 0), k)
             for k in range(max(denominator_degree - degree, 0) + 1)]
    while steps[-1] != (degree, denominator_degree):
        steps.append((steps[-1][0] + 1, steps[-1][1] + 1))
    best: _Exchange | None = None
    for _ in range(MOST_RAISES_FOR_QUOTIENTS):
        with ctx.workprec(precision):
            starts: list[list[arb]] = []
            for k, (m, n) in enumerate(steps):
                exchange = _Exchange(f, low, high, m, n, len(steps) - k - 1)
                before = [_spread(points, m + n + 2) for points in starts if len(points) > 1]
                exchange.seek([*before, exchange.first_points()])
                if exchange.is_level:
                    starts = [[u for u, _ in exchange.points],
                              [u for u, _ in exchange.fewer(exchange.points, exchange.count)]]
                # Where an odd function has an even degree, the best one is of lower degrees.
                if exchange.found and (best is None or exchange.size < best.size):
                    best = exchange
            if best is not None and best.is_best:
                return best.candidate()
        precision *= 2
    with ctx.workprec(precision):  # a constant denominator is one of these degrees, too
        exchange = _Exchange(f, low, high, degree)
        exchange.seek([exchange.first_points()])
        if exchange.found and (best is None or exchange.size < best.size):
            best = exchange
    if best is None:
        raise LimitReached(f"No rational function of the degrees {degree} and {denominator_degree} "
                           f"was found that is near {f} on this interval; try other degrees.")
    with ctx.workprec(precision):
        return best.candidate()


def _spread(points: list[arb], count: int) -> list[arb]:
    """So many points, which are as dense as the given ones."""
    found = []
    for i in range(count):
        place = Fraction(i * (len(points) - 1), count - 1)
        k = min(int(place), len(points) - 2)
        share = _number(place - k)
        found.append(_mid(points[k] * (1 - share) + points[k + 1] * share))
    return found


Approximant = tuple[arb_poly, arb_poly]  # numerator and denominator


class _Exchange:
    """
    The exchange of Remez on the interval from -1 to 1, to which the given one is moved.

    Numbers are midpoints of balls.  After a run ``found`` has the best that was found, if anything
    was, ``points`` its extrema, and ``size`` its error.

    - ``defect`` -- so many pairs of degrees larger by one have the same best rational function, if
      there are so many more extrema
    """

    def __init__(self, f: ContinuousActivation, low: Fraction, high: Fraction, degree: int,
                 denominator_degree: int = 0, defect: int = 0) -> None:
        self.f, self.low, self.high, self.degree = f, low, high, degree
        self.denominator_degree, self.defect = denominator_degree, defect
        self.count = degree + denominator_degree + 2
        self.found: Approximant | None = None
        self.points, self.size, self.quality = list[Point](), arb("inf"), arb(0)
        self.center, self.half = _number((low + high) / 2), _number((high - low) / 2)
        count = max(POINTS_FOR_EACH_TERM * self.count, FEWEST_POINTS)
        grid = {_cosine(k, count) for k in range(count + 1)}
        grid |= {_mid((_number(x) - self.center) / self.half) for x in self.special_points()}
        self.grid = sorted(grid, key=lambda u: u.fmpq())
        self.grid_keys = [u.fmpq() for u in self.grid]
        self.values = [self.value(u) for u in self.grid]

    def special_points(self) -> list[Fraction]:
        """The places where the activation bends, and points around them at all scales."""
        scales = [(self.high - self.low) * Fraction(k, 8 * 2**j)
                  for j in range(FINEST) for k in (4, 5, 6, 7)]
        found = [x for bend in self.bends
                 for x in (bend, *(bend + s for s in scales), *(bend - s for s in scales))]
        return [x for x in found if self.low < x < self.high]

    @property
    def bends(self) -> list[Fraction]:
        """The kinks; of a long interval what is nearest to zero, where smooth activations bend."""
        found = [x for x in self.f.kinks if self.low < x < self.high]
        if self.high - self.low > LONG and (None in self.f.pieces or not self.f.pieces):
            found.append(min(max(Fraction(0), self.low), self.high))
        return found

    def value(self, u: arb) -> arb:
        """The activation at a point of the interval from -1 to 1."""
        return _mid(self.f.value(_mid(self.center + self.half * u)))

    def run(self) -> Candidate | None:
        """The polynomial; None if the precision is too small."""
        self.seek([self.first_points()])
        return None if self.found is None else self.candidate()

    def first_points(self) -> list[arb]:
        """Points to begin with."""
        # Not symmetric: an odd function is zero at the middle of such points, and its error too.
        found = [-arb.cos_pi((arb(k) + SHIFT) / self.count).mid() for k in range(self.count)]
        bends = [(_number(x) - self.center) / self.half for x in self.bends]
        if any(x >= found[-1] for x in bends):  # behind it is what is not linear
            found[-1] = arb(1)
        if any(x <= found[0] for x in bends):
            found[0] = arb(-1)
        return found

    def seek(self, starts: list[list[arb]]) -> None:
        """Seek the best one from points, and from others if that fails."""
        for reference in starts:
            if not self.is_level:
                self.seek_from(reference)

    @property
    def is_level(self) -> bool:
        """Whether the absolute values at the extrema are nearly the same."""
        return bool(self.quality > 1 - LEVEL_ENOUGH)

    @property
    def is_best(self) -> bool:
        """Whether nothing of the degrees, with their defect, is nearly as good."""
        sizes = [abs(e) for _, e in self.fewer(self.points, self.count + self.defect)]
        return len(sizes) == self.count + self.defect and bool(
            min(sizes) > (1 - LEVEL_ENOUGH) * self.size)

    def seek_from(self, reference: list[arb]) -> None:
        """Exchange the points for the extrema, until these are level or the precision too small."""
        for _ in range(MOST_EXCHANGES):
            try:
                found = self.levelled(reference)
            except ZeroDivisionError:
                return
            if found is None:
                return
            extrema = self.extrema(found, reference)
            if len(extrema) < self.count:
                return
            chosen = self.fewer(extrema, self.count)
            sizes = [abs(e) for _, e in chosen]
            largest, smallest = max(sizes), min(sizes)
            if not largest > arb(2) ** (BITS_BEYOND - ctx.prec) * (
                    1 + sum((abs(c) for p in found for c in p.coeffs()), arb(0))):
                self.found, self.points, self.quality = None, [], arb(0)
                return  # the error is lost in the rounding
            if smallest / largest > self.quality:
                self.quality, self.size = smallest / largest, max(abs(e) for _, e in extrema)
                self.found, self.points = found, extrema
            if largest - smallest <= largest * LEVEL ** (2 if self.denominator_degree else 1):
                return
            reference = [u for u, _ in chosen]

    def levelled(self, reference: list[arb]) -> Approximant | None:
        """What has an error of alternating signs and the same size at the points."""
        if self.denominator_degree:
            return self.levelled_quotient(reference)
        size = self.degree + 1
        rows = [[u ** k for k in range(size)] + [arb((-1) ** i)] for i, u in enumerate(reference)]
        values = [[self.value(u)] for u in reference]
        solution = arb_mat(rows).solve(arb_mat(values), algorithm="approx")
        return arb_poly([_mid(solution[k, 0]) for k in range(size)]), arb_poly([1])

    def levelled_quotient(self, reference: list[arb]) -> Approximant | None:
        """The only one whose denominator has no change of signs at the points, if there is one."""
        size, values = self.denominator_degree + 1, [self.value(u) for u in reference]
        weights = []
        for i, u in enumerate(reference):
            weight = arb(1)
            for k, v in enumerate(reference):
                if k != i:
                    weight *= u - v
            weights.append(_mid(1 / weight))

        def moments(factors: list[arb]) -> arb_mat:
            sums = [_mid(sum((w * c * u ** k for w, c, u in zip(weights, factors, reference)),
                             arb(0))) for k in range(2 * size - 1)]
            return arb_mat([[sums[j + k] for k in range(size)] for j in range(size)])

        signs = [arb((-1) ** i) for i in range(len(reference))]
        system = moments(signs).solve(moments(values), algorithm="approx")
        try:
            levels, vectors = acb_mat(system.mid()).eig(right=True, algorithm="approx")
        except (ValueError, ZeroDivisionError):
            return None
        for number, level in enumerate(levels):
            entries = [vectors[k, number] for k in range(size)]
            pivot = max(entries, key=lambda c: abs(c).mid())
            q = arb_poly([_mid((c / pivot).real) for c in entries])
            at = [_mid(q(u)) for u in reference]
            if not (all(x > 0 for x in at) or all(x < 0 for x in at)):
                continue
            e = _mid(level.real)
            rows = [[u ** k for k in range(self.degree + 1)] for u in reference]
            chosen = [i * (len(reference) - 1) // max(self.degree, 1)
                      for i in range(self.degree + 1)]
            right = [[(values[i] - signs[i] * e) * at[i]] for i in chosen]
            p = arb_mat([rows[i] for i in chosen]).solve(arb_mat(right), algorithm="approx")
            sign = 1 if at[0] > 0 else -1
            return (arb_poly([_mid(sign * p[k, 0]) for k in range(self.degree + 1)]),
                    arb_poly([_mid(sign * c) for c in q.coeffs()]))
        return None

    def error(self, found: Approximant, u: arb) -> arb:
        return _mid(self.value(u) - found[0](u) / found[1](u))

    def extrema(self, approximant: Approximant, reference: list[arb]) -> list[Point]:
        """
        Points with the errors there, the largest ones between changes of sign; none if there is a
        pole.

        There are so many changes among the points of reference, which the grid may miss.
        """
        known = dict(zip(self.grid_keys, zip(self.grid, self.values)))
        known |= {u.fmpq(): (u, self.value(u)) for u in reference}
        grid = [known[key] for key in sorted(known)]
        p, q = approximant
        below = [q(u) for u, _ in grid]
        if not all(b > 0 for b in below):
            return []
        errors = [_mid(value - p(u) / b) for (u, value), b in zip(grid, below)]
        at = [(u, e) for (u, _), e in zip(grid, errors)]
        found = []
        for _, group in groupby(range(len(errors)), key=lambda k: errors[k] > 0):
            place = max(group, key=lambda k: abs(errors[k]))
            found.append(self.refined(approximant, *at[place - 1:place + 2])
                         if 0 < place < len(at) - 1 else at[place])
        return found

    def fewer(self, points: list[Point], count: int) -> list[Point]:
        """Of too many points with alternating signs so many, without small errors."""
        found = list(points)
        while (more := len(found) - count) > 0:
            sizes = [abs(e) for _, e in found]
            place = min(range(len(sizes)), key=lambda k: sizes[k])
            if more == 1 or place in (0, len(found) - 1):
                found.pop(0 if sizes[0] < sizes[-1] else -1)
            else:  # with a neighbor, so that signs alternate
                other = min(place - 1, place + 1, key=lambda k: sizes[k])
                del found[min(place, other):max(place, other) + 1]
        return found

    def refined(self, approximant: Approximant, left: Point, best: Point, right: Point) -> Point:
        """A point between others where the error is larger, by parabolas."""
        for _ in range(MOST_PARABOLAS):
            top = _top(left, best, right)
            if top is None or not left[0] < top < right[0]:
                break
            there = top, self.error(approximant, top)
            if not abs(there[1]) > abs(best[1]):
                break
            if top < best[0]:
                right, best = best, there
            else:
                left, best = best, there
        return best

    def candidate(self) -> Candidate:
        """What was found on the given interval, with simple coefficients."""
        found, extrema = self.found, self.fewer(self.points, self.count + self.defect)
        assert found is not None
        error = _fraction(max(abs(e) for _, e in extrema))
        largest = max(abs(self.low), abs(self.high))
        # Far from zero the powers of x are nearly dependent: so many bits are lost for each.
        lost = int(2 * largest / (self.high - self.low) + 1).bit_length() + 1
        with ctx.workprec(ctx.prec + lost * (self.degree + self.denominator_degree + 1)):
            center, half = _number((self.low + self.high) / 2), _number((self.high - self.low) / 2)
            p, q = (c(arb_poly([-center / half, 1 / half])) for c in found)
            p, q, smallest, most = self.normalized(p, q, found, extrema)
        coefficients, denominator = (
            [_simplest(_fraction(c[k]) - room / largest**k, _fraction(c[k]) + room / largest**k)
             for k in range(degree + 1)]
            for c, degree, room in (
                (p, self.degree, error * smallest * Fraction(ROUNDED) / (self.degree + 1)),
                (q, self.denominator_degree,
                 error * smallest * Fraction(ROUNDED) / (self.denominator_degree + 1) / most)))
        if not self.denominator_degree:
            denominator = [Fraction(1)]
        # The points are known to half of the digits, as any extremum.
        gaps = [_fraction(v - u) * (self.high - self.low) / 2
                for (u, _), (v, _) in zip(extrema, extrema[1:])]
        step = min((self.high - self.low) / 2, Fraction(1), *(2**12 * gap for gap in gaps)) / 2**24
        points = sorted({min(max(_rounded(self.center + self.half * u, step), self.low), self.high)
                         for u, _ in extrema})
        # An activation is a sum of numbers near 1, also where it is near to zero.
        sizes = max(Fraction(1), *(weight * abs(c) * largest**k for weight, row in (
            (1, coefficients), (most, denominator[1:])) for k, c in enumerate(row))) / (
                error * smallest)
        precision = sizes.numerator.bit_length() - sizes.denominator.bit_length() + BITS_BEYOND
        return Candidate(tuple(coefficients), tuple(points), max(precision, BITS_BEYOND)
                         + 2 * (self.degree + self.denominator_degree), tuple(denominator))

    def normalized(self, p: arb_poly, q: arb_poly, found: Approximant, extrema: list[Point]
                   ) -> tuple[arb_poly, arb_poly, Fraction, Fraction]:
        """The same quotient with a simple q; the least value of q, and the largest of p / q."""
        if not self.denominator_degree:
            return p, q, Fraction(1), Fraction(1)
        largest = max(abs(self.low), abs(self.high))
        unit = abs(q[0]) if self.low <= 0 <= self.high else max(
            abs(q[k]) * _number(largest**k) for k in range(self.denominator_degree + 1))
        below = min(_fraction(found[1](u)) for u in self.grid)
        most = max(abs(_fraction(found[0](u) / found[1](u))) for u in self.grid) + _fraction(
            max(abs(e) for _, e in extrema))
        return p * (1 / unit), q * (1 / unit), below / _fraction(unit), most


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

