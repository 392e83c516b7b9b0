"""
Composites of odd polynomials of low degree in place of the sign of a number.

Each polynomial is the best one, among the odd ones of its degree, for 1 on the interval into which
those before map the positive numbers.

REFERENCES:

- [LLNK2022]_
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import ROUND_CEILING
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from flint import arb, arb_mat, arb_poly, ctx, fmpq, fmpq_poly

from neuroalg_sage.certificates.approximation import composites as checked
from neuroalg_sage.certificates.approximation.approximation import working_with
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.approximation.approximation import (
    LARGEST_END,
    digits,
    rounded,
)
from neuroalg_sage.limits import whole
from neuroalg_sage.models.activations import Target
from neuroalg_sage.models.floating_point import nearest
from neuroalg_sage.models.sage_input import rational
from neuroalg_sage.storable import storable

PRECISION = 192
LARGEST_DEGREE = 31
MOST_DEPTH = 80
MOST_EXCHANGES = 40
LEVEL = 2.0**-20  # how far errors at the extrema may differ, as a share
WIDER = Fraction(1, 2**20)  # an image than what is seen of it, as a share of its width
MOST_CELLS = 2_000
GAPS = (Fraction(4), Fraction(3), Fraction(2), Fraction(3, 2), Fraction(1))  # of errors

Polynomial = tuple[Fraction, ...]
Interval = tuple[Fraction, Fraction]


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class CompositeApproximation(Invariant):
    """
    Odd polynomials whose composite is near the sign of a number; the value is the tuple of their
    coefficients, each with the constant first.
    """

    about: ClassVar[str] = "the function "

    @cached_property
    def value(self) -> tuple[Polynomial, ...]:
        """The polynomials, the first one applied first."""
        return tuple(tuple(map(Fraction, p)) for p in self.data["stages"])

    @property
    def degrees(self) -> list[int]:
        """The degrees of the polynomials."""
        return [len(p) - 1 for p in self.value]

    @property
    def depth(self) -> int:
        """How many multiplications one after the other suffice, those by constants included."""
        return int(self.data["depth"])

    @property
    def error(self) -> Fraction:
        """What the error does not exceed."""
        return Fraction(self.data["error"])

    def __call__(self, x: Any) -> Any:
        """The value of the approximation at a place."""
        y = x
        for p in self.value:
            total = 0 * y
            for c in reversed(p):
                total = total * y + c
            y = total
        function = self.data["function"]
        return y if function == "sign" else x * y if function == "abs" else (x + x * y) / 2

    def sentence(self) -> str:
        gap = self.data.get("gap")
        where = f"[-{self.data['radius']}, {self.data['radius']}]" + (
            f" outside of ]-{gap}, {gap}[" if gap else "")
        what = {"sign": "their composite c", "abs": "x c(x) for their composite c",
                "relu": "(x + x c(x))/2 for their composite c"}[self.data["function"]]
        return (f"odd polynomials of the degrees {', '.join(map(str, self.degrees))}; {what} has "
                f"an error of at most {self.data['error']} on {where}, at the multiplicative depth "
                f"{self.depth}, the least one found of composites of best odd polynomials of "
                f"degrees up to {LARGEST_DEGREE}")

    def lines(self, spec: str = "SPEC") -> list[str]:
        from neuroalg_sage.models.expressions import write_polynomial

        return [f"  p_{k} = " + write_polynomial({(i,): c for i, c in enumerate(p) if c}, ["x"])
                for k, p in enumerate(self.value, 1)]


def composite_approximation(target: Target, error: Any, gap: Any = None, radius: Any = 1,
                            coefficients: str = "float64") -> CompositeApproximation:
    """
    A composite near the sign of a number outside of a gap, or near its absolute value or ReLU.

    INPUT:

    - ``target`` -- the function
    - ``error`` -- what is allowed
    - ``gap`` -- of the sign, the smallest absolute value of a number
    - ``radius`` -- the largest one
    - ``coefficients`` -- the floating-point numbers of which these are

    OUTPUT: :class:`CompositeApproximation`

    EXAMPLES::

        >>> from neuroalg_sage.models.activations import Target
        >>> found = composite_approximation(Target("sign"), "1/100", "1/10")
        >>> found.degrees, found.depth, found.status
        ([7, 7], 6, 'proved')
        >>> abs(1 - found(Fraction(1, 10))) <= found.error <= Fraction(1, 100)
        True
    """
    start = time.perf_counter()
    if error is None:
        raise InputError("A composite has an error that is allowed, as in --error 0.01.")
    allowed, end = rational(error, "error"), rational(radius, "radius")
    if not 0 < allowed < 1:
        raise InputError(f"The error of a composite is a number between 0 and 1, not "
                         f"{str(error)[:40]}.")
    if not 0 < end <= LARGEST_END:
        raise InputError(f"The radius is a positive number of at most {LARGEST_END:,}, not "
                         f"{str(radius)[:40]}.")
    if (target.name == "sign") != (gap is not None):
        raise InputError("The sign has a jump at zero, so that a gap is left out around it, as in "
                         "--gap 0.01." if gap is None else
                         f"The function {target.name} is continuous, so that its error is bounded "
                         "everywhere; a gap is for the sign.")
    if gap is None:
        found = near_kink(target.name, allowed, end, coefficients)
    else:
        first = rational(gap, "gap")
        if not 0 < first < end:
            raise InputError(f"The gap is a positive number below the radius, not {str(gap)[:40]}.")
        found = near_sign(allowed, first, end, coefficients)

    def value(write: Any) -> dict[str, Any]:
        return {"radius": decimal(end), "error": write(found.error),
                "stages": [[decimal(c) for c in p] for p in found.stages],
                "depth": found.depth} | ({} if gap is None else {"gap": decimal(found.start)})

    evidence = {"precision": PRECISION, "cells": found.cells}
    return CompositeApproximation.certified(
        target, "composite_approximation", value(digits) | {"function": target.name}, "proved",
        "best odd polynomials, one after the other, and their images",
        time.perf_counter() - start, evidence, claim=value(decimal))


@dataclass(frozen=True)
class Composite:
    """
    A composite for a function, with cells as the checker wants them.

    - ``stages`` -- the polynomials
    - ``start``, ``end`` -- of the interval
    - ``cells`` -- each with its upper end and the images
    - ``error`` -- the bound that the checker finds
    """

    function: str
    stages: tuple[Polynomial, ...]
    start: Fraction
    end: Fraction
    cells: list[list[Any]]
    error: Fraction

    @property
    def depth(self) -> int:
        return checked.depth_of(_stages(self.stages)) + (self.function != "sign")


def near_sign(error: Fraction, gap: Fraction, end: Fraction, kind: str) -> Composite:
    """A composite for the sign of numbers from a gap to an end."""
    stages = least_depth(error, gap, end, kind)
    found = proved("sign", stages, [gap, end], error)
    if found is None:
        raise LimitReached("The error of the composite was not proved; allow a larger one.")
    return found


def near_kink(function: str, error: Fraction, end: Fraction, kind: str) -> Composite:
    """
    A composite for a function with a kink at zero.

    Outside of a gap the error is that of the sign, times the number.  Inside it is smaller by a
    factor that is seen afterwards; so several gaps are tried.
    """
    share = error if function == "abs" else 2 * error  # of x (1 - c(x))
    if share >= end:
        raise InputError(f"The error of {function} is allowed to be as large as its values; name a "
                         "smaller one.")
    best: Composite | None = None
    for factor in GAPS:
        gap = min(factor * share, end / 2)
        try:
            stages = least_depth(min(share / end, Fraction(1, 2)), gap, end, kind,
                                 MOST_DEPTH if best is None else best.depth - 2)
        except LimitReached:
            if whole.is_over():
                raise
            continue
        best = proved(function, stages, [Fraction(0), gap, end], error) or best
    if best is None:
        raise LimitReached(f"No composite was found for {function} with this error and "
                           f"coefficients of {kind}; allow a larger error.")
    return best


def least_depth(error: Fraction, gap: Fraction, end: Fraction, kind: str, most: int = MOST_DEPTH
                ) -> tuple[Polynomial, ...]:
    """
    The polynomials of a composite with this error for the sign, of the least depth.

    A smaller image leaves smaller errors for what comes after.  So, for each depth, a composite of
    the smallest error begins with one of the smallest error for its own depth; and of one depth the
    largest degree is the best.  At last degrees are lowered as the error allows.
    """
    chains: dict[int, tuple[Interval, tuple[Polynomial, ...]]] = {0: ((gap, end), ())}
    for depth in range(2, most + 1):
        if whole.is_over():
            raise whole.time_is_over()
        for more in range(2, LARGEST_DEGREE.bit_length() + 1):
            if depth - more in chains:
                before, stages = chains[depth - more]
                found = stage(before, 2**more - 1, kind)
                if found is not None and (depth not in chains or _width(found[1]) < _width(
                        chains[depth][0])):
                    chains[depth] = found[1], (*stages, found[0])
        if depth in chains and _width(chains[depth][0]) <= error:
            return _lowered(chains[depth][1], error, (gap, end), kind)
    raise LimitReached(f"No composite of a depth up to {most} with coefficients of {kind} has "
                       "this error; allow a larger error or a wider gap.")


def _lowered(stages: tuple[Polynomial, ...], error: Fraction, interval: Interval, kind: str
             ) -> tuple[Polynomial, ...]:
    """With lower degrees, as long as the error allows it."""
    degrees = [len(p) - 1 for p in stages]
    for k in reversed(range(len(degrees))):
        while degrees[k] > 3:
            lower = [*degrees[:k], degrees[k] - 2, *degrees[k + 1:]]
            tried = _chain(lower, interval, kind)
            if tried is None or _width(tried[0]) > error:
                break
            degrees, stages = lower, tried[1]
    return stages


def _chain(degrees: list[int], interval: Interval, kind: str
           ) -> tuple[Interval, tuple[Polynomial, ...]] | None:
    """The best polynomials of these degrees, one after the other."""
    stages: tuple[Polynomial, ...] = ()
    for degree in degrees:
        found = stage(interval, degree, kind)
        if found is None:
            return None
        stages, interval = (*stages, found[0]), found[1]
    return interval, stages


def _width(interval: Interval) -> Fraction:
    """How far from 1 its numbers are at most."""
    return max(abs(1 - interval[0]), abs(1 - interval[1]))


def stage(interval: Interval, degree: int, kind: str) -> tuple[Polynomial, Interval] | None:
    """
    A nearly best odd polynomial for 1 on an interval of positive numbers, and its image; None if
    none is found, or if its values are not positive.
    """
    low, high = interval
    with ctx.workprec(PRECISION):
        p = best_odd_polynomial(low, high, degree)
    if p is None:
        return None
    try:
        p = tuple(nearest(c, kind) for c in p)
    except LimitReached:  # a coefficient is too large
        return None
    if not p[-1]:
        return None
    image = image_of(p, interval)
    return (p, image) if image[0] > 0 else None


def best_odd_polynomial(low: Fraction, high: Fraction, degree: int) -> Polynomial | None:
    """
    The odd polynomial of nearly the least error for 1 between two positive numbers.

    The odd powers up to d are a system of Chebyshev there, so that the error of the best one is
    largest, with alternating signs, at (d + 3) / 2 points; two are the ends, and the others the
    zeros of the derivative, a polynomial in x^2.

    EXAMPLES::

        >>> p = best_odd_polynomial(Fraction(1, 2), Fraction(1), 1)
        >>> [float(c) for c in p]  # errors 1/3 at both ends
        [0.0, 1.3333333333333333]
    """
    count = (degree + 1) // 2
    center, half = (low + high) / 2, (high - low) / 2
    points = [arb(_fmpq(center)) - arb(_fmpq(half)) * arb.cos_pi(arb(k) / count)
              for k in range(count + 1)]
    best: tuple[arb, list[arb]] | None = None
    for _ in range(MOST_EXCHANGES):
        rows = [[x ** (2 * j + 1) for j in range(count)] + [arb((-1) ** i)]
                for i, x in enumerate(points)]
        try:
            solution = arb_mat(rows).solve(arb_mat([[1]] * len(rows)), algorithm="approx")
        except ZeroDivisionError:
            break
        p = arb_poly([c for j in range(count) for c in (0, solution[j, 0].mid())])
        inner = [x for x in _stationary(p) if points[0] < x < points[-1]]
        extrema = [points[0], *inner, points[-1]]
        errors = [abs(1 - p(x)) for x in extrema]
        largest, smallest = max(errors), min(errors)
        if best is None or largest < best[0]:
            best = largest, p.coeffs()
        if len(extrema) != count + 1 or largest - smallest <= largest * LEVEL:
            break
        points = extrema
    return None if best is None else tuple(map(_fraction, best[1]))


def _stationary(p: arb_poly) -> list[arb]:
    """The positive zeros of the derivative of an odd polynomial, nearly."""
    slopes = fmpq_poly([k * c.mid().fmpq() for k, c in enumerate(p.coeffs()) if k % 2])
    roots: list[Any] = list(slopes.complex_roots())
    return sorted((square.real.sqrt().mid() for square, _ in roots
                   if square.imag == 0 and square.real > 0), key=lambda x: x.fmpq())


@lru_cache(10_000)
def critical_points(p: Polynomial) -> tuple[Fraction, ...]:
    """The positive zeros of the derivative of an odd polynomial, nearly."""
    with ctx.workprec(64):
        return tuple(_fraction(x) for x in _stationary(arb_poly(list(map(_fmpq, p)))))


def image_of(p: Polynomial, interval: Interval) -> Interval:
    """An interval a little larger than the image under an odd polynomial."""
    low, high = interval
    inner = [sign * x for x in critical_points(p) for sign in (1, -1) if low < sign * x < high]
    values = [_at(p, x) for x in (low, high, *inner)]
    room = max((max(values) - min(values)) * WIDER, Fraction(1, 2**400))
    # With few digits: multiples of a power of 2 below the room.
    step = Fraction(2) ** (room.numerator.bit_length() - room.denominator.bit_length() - 1)
    return (min(values) - room) // step * step, -(-(max(values) + room) // step) * step


def proved(function: str, stages: tuple[Polynomial, ...], ends: list[Fraction], error: Fraction
           ) -> Composite | None:
    """
    The composite with cells that show its error; None if it is not shown.

    INPUT:

    - ``ends`` -- where cells may end: the start, a gap maybe, and the end of the interval
    """
    factor = checked.FACTORS[function]
    todo = list(zip(ends, ends[1:]))[::-1]
    cells: list[list[Any]] = []
    largest = Fraction(0)
    while todo:
        low, high = todo.pop()
        images = [(low, high)]
        for p in stages:
            images.append(image_of(p, images[-1]))
        bound = _width(images[-1]) * (1 if factor is None else high * _fraction(factor))
        if bound <= error:
            largest = max(largest, bound)
            cells.append([decimal(high), [[decimal(a), decimal(b)] for a, b in images[1:]]])
        elif len(cells) + len(todo) > MOST_CELLS or high - low < ends[-1] / 2**40:
            return None
        else:
            todo += [((low + high) / 2, high), (low, (low + high) / 2)]
    found = rounded(largest, ROUND_CEILING)
    try:
        with working_with(PRECISION):
            checked.largest_error(function, _stages(stages), _fmpq(ends[0]), _fmpq(ends[-1]), cells)
    except CertificateError:
        return None
    return Composite(function, stages, ends[0], ends[-1], cells, found)


def _at(p: Polynomial, x: Fraction) -> Fraction:
    total = Fraction(0)
    for c in reversed(p):
        total = total * x + c
    return total


def _stages(stages: tuple[Polynomial, ...]) -> list[list[fmpq]]:
    return [[_fmpq(c) for c in p] for p in stages]


def _fmpq(c: Fraction) -> fmpq:
    return fmpq(c.numerator, c.denominator)


def _fraction(x: Any) -> Fraction:
    found = x.mid().fmpq() if isinstance(x, arb) else x
    return Fraction(int(found.p), int(found.q))


class CompositeProof:
    """A composite for an activation of a network, and the evidence for its error."""

    def __init__(self, function: str, error: Fraction, low: Fraction, high: Fraction, kind: str
                 ) -> None:
        self.low, self.high, self.precision = low, high, PRECISION
        radius = max(abs(low), abs(high))
        self.composite = near_kink(function, min(error, radius / 16), radius,
                                   "float64" if kind == "rational" else kind)

    @property
    def upper(self) -> Fraction:
        """The bound for the error."""
        return self.composite.error

    @property
    def cells(self) -> list[list[Any]]:
        """The cells, as the checker wants them."""
        return self.composite.cells

    def described(self) -> dict[str, Any]:
        """The polynomials, as certificates of networks have them."""
        return {"stages": [[decimal(c) for c in p] for p in self.composite.stages]}


def expanded(function: str, stages: list[list[str]]) -> Polynomial:
    """
    The coefficients of x c(x), or of (x + x c(x)) / 2.

    EXAMPLES::

        >>> expanded("relu", [["0", "2"], ["0", "1", "0", "-1"]])
        (Fraction(0, 1), Fraction(1, 2), Fraction(1, 1), Fraction(0, 1), Fraction(-4, 1))
    """
    found = fmpq_poly([0, 1])
    for p in stages:
        found = fmpq_poly([_fmpq(Fraction(c)) for c in p])(found)
    found = fmpq_poly([0, 1]) * found
    if function == "relu":
        found = (found + fmpq_poly([0, 1])) / 2
    return tuple(_fraction(c) for c in found.coeffs())
