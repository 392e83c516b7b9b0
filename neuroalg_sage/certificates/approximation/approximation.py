r"""
How far a polynomial is from an activation on an interval, and how far any of its degree is.

**Claim.** Let f be the activation, and p the polynomial with the ``coefficients``, the constant one
first, on the ``interval`` from a to b. The supremum of \|f - p\| is between the two numbers
``error``, of which the first is not below 0.999 times the second; and no polynomial of at most the
stated ``degree`` has a smaller one than ``least``. With ``least_below``: none of a degree below
has a smaller one than that.

The interval is divided into cells, each with a center c and half its width r, such that no kink is
inside of one. On a cell, f(c + r t) - p(c + r t) is a function of t from -1 to 1.

**Lemma 2.** Let f be holomorphic on a neighborhood of the disk of radius s r around c, with s > 1,
and \|f\| <= B there; and let f_k be the coefficients of the power series of f(c + r t) in t. For
\|t\| <= 1 it differs from the sum of f_k t^k over k < n by at most B / (s^(n - 1) (s - 1)).
*Proof.* By Cauchy \|f_k\| <= B / s^k; sum over k >= n. ∎

The disk is in a square, which is covered by complex balls; B is the largest of the bounds on them
(Lemma 1 of the activations). An activation has real values on the real line, so that the upper half
of the square is enough. Where f is a polynomial on the cell, there is no remainder.

So f - p is a polynomial q(t), whose coefficients are balls, up to a remainder of at most R.

**Lemma 3.** For \|t\| <= 1, \|q\| is at most the sum of all \|q_k\|; and if \|q_1\| is at least the
sum of k \|q_k\| over k > 1, at most the larger one of \|q(-1)\| and \|q(1)\|. *Proof.* In the
second case q' has no change of signs. ∎

Cells on which neither bound is at most ``error`` - R are halved, again and again. Then the last
terms, where they are tiny, become part of R.

**Lemma 4** (de la Vallée Poussin). Let f - p have values of alternating signs at n + 2 points, of
absolute values of at least L. Then sup \|f - g\| >= L for all polynomials g of degree at most n.
*Proof.* Else g - p = (f - p) - (f - g) has at these points the signs of f - p, so n + 1 zeros
between them; so g = p. But \|f - p\| >= L at the points. ∎
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flint import acb, arb, arb_poly, ctx, fmpq, fmpq_poly

from neuroalg_sage.certificates.approximation.activations import Activation, power_series
from neuroalg_sage.certificates.reading import Checked, fields, integer, items, numbers, require

MOST_DEGREE = 200
MOST_PRECISION = 20_000
MOST_CELLS = 10_000
MOST_ORDER = 2_000
MOST_HALVINGS = 200_000
NEGLIGIBLE = 2**24
COVER = 4  # so many squares on the side of half a square
HALVES = arb_poly([fmpq(-1, 2), fmpq(1, 2)]), arb_poly([fmpq(1, 2), fmpq(1, 2)])

Cell = tuple[fmpq, fmpq, int, int]  # two ends, s, and n


def check_approximation(activation: Activation, value: Any, evidence: Any) -> Checked:
    """Verify the error of a polynomial, and that of the best one."""
    interval, degree, coefficients, error, least = fields(
        value, "interval", "degree", "coefficients", "error", "least")
    precision, cells, points = fields(evidence, "precision", "cells", "points")
    require(set(value) <= {"interval", "degree", "coefficients", "error", "least", "least_below"}
            and set(evidence) <= {"precision", "cells", "points", "below"}
            and ("least_below" in value) == ("below" in evidence), "There is an unknown field.")
    (a, b), degree = numbers(interval, "interval", 2), integer(degree, 0, MOST_DEGREE, "degree")
    p, (low, high), (least,) = (numbers(coefficients, "coefficients"), numbers(error, "error", 2),
                                numbers([least], "least error"))
    require(a < b and 0 < len(p) <= degree + 1, "There is no interval, or no such polynomial.")
    require(0 <= low <= high and 999 * high <= 1000 * low, "The error is not enclosed closely.")
    with working_with(precision):
        at = numbers(points, "points")
        require(not low or any(abs(difference(activation, p, x)) >= arb(low)
                               for x in inside(a, b, at)),
                "The error is not shown to be so large.")
        require(alternates(activation, p, inside(a, b, at), degree, least),
                "It is not shown that the best error is so large.")
        require(is_bounded(activation, p, high, read_cells(a, b, cells)),
                "The error is not shown to be so small.")
        verified = ["the error on each cell and at points", "the signs of alternating errors"]
        if "least_below" in value:
            coefficients, points = fields(evidence["below"], "coefficients", "points")
            (bound,) = numbers([value["least_below"]], "least error")
            at = inside(a, b, numbers(points, "points"))
            p = numbers(coefficients, "coefficients", degree)
            require(alternates(activation, p, at, degree - 1, bound),
                    "It is not shown that the best error of lower degrees is so large.")
            verified.append("the same for lower degrees")
    return verified, []


@contextmanager
def working_with(precision: Any) -> Iterator[None]:
    """Compute with balls of so many bits, and power series of any order."""
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = integer(precision, 20, MOST_PRECISION, "precision"), MOST_ORDER
    try:
        yield
    finally:
        ctx.prec, ctx.cap = before


def inside(a: fmpq, b: fmpq, points: list[fmpq]) -> list[fmpq]:
    """Points of an interval, in their order."""
    require(all(x < y for x, y in zip(points, points[1:])) and all(a <= x <= b for x in points),
            "The points are not in the interval, or not in their order.")
    return points


def difference(activation: Activation, p: list[fmpq], x: fmpq) -> arb:
    """The value of f - p at a point."""
    return activation.value(x) - arb_poly(p)(arb(x))


def alternates(activation: Activation, p: list[fmpq], points: list[fmpq], degree: int, least: fmpq
               ) -> bool:
    """Whether the hypotheses of Lemma 4 hold, so that no polynomial has an error below least."""
    require(len(p) <= degree + 1, "The polynomial is of a higher degree.")
    if least <= 0:
        return True
    values = [difference(activation, p, x) * (-1) ** i for i, x in enumerate(points)]
    return len(points) == degree + 2 and any(
        all(sign * v >= arb(least) for v in values) for sign in (1, -1))


def read_cells(a: fmpq, b: fmpq, data: Any) -> list[Cell]:
    """The cells of an interval, each stated by its upper end, s and n."""
    cells: list[Cell] = []
    for cell in items(data, "cells"):
        end, reach, order = items(cell, "cell", 3)
        (upper,) = numbers([end], "end")
        cells.append((cells[-1][1] if cells else a, upper, integer(reach, 2, 1000, "reach"),
                      integer(order, 1, MOST_ORDER, "order")))
    require(0 < len(cells) <= MOST_CELLS and all(low < high for low, high, _, _ in cells)
            and cells[-1][1] == b, "The cells do not cover the interval.")
    return cells


def is_bounded(activation: Activation, p: list[fmpq], bound: fmpq, cells: list[Cell],
               halvings: int = MOST_HALVINGS) -> bool:
    r"""Whether \|f - p\| is shown to be at most the bound on all cells, by so many halvings."""
    left = [halvings]
    return all(is_bounded_by(*model(activation, p, cell), arb(bound), left) for cell in cells)


def model(activation: Activation, p: list[fmpq], cell: Cell) -> tuple[arb_poly, arb]:
    """The polynomial q in t, and the remainder R, by Lemma 2."""
    low, high, reach, order = cell
    center, half = arb((low + high) / 2), arb((high - low) / 2)
    line = arb_poly([center, half])
    f = activation.piece(low, high)
    if not callable(f):
        return arb_poly(fmpq_poly(f) - fmpq_poly(p))(line), arb(0)
    most = largest_on_square(f, center, half * reach)
    return (arb_poly(power_series(f, center, half, order)) - arb_poly(p)(line),
            most / (arb(reach) ** (order - 1) * (reach - 1)))


def largest_on_square(f: Any, center: arb, half: arb) -> arb:
    r"""A bound for \|f\| on the square with this center and half side; else infinite."""
    side, bound = half / COVER, arb(0)
    radius = arb(0, side.upper())
    for i in range(-COVER, COVER, 2):
        for k in range(0, COVER, 2):
            at = acb(center + (i + 1) * side + radius, (k + 1) * side + radius)
            value = abs(f(at))
            if not value.is_finite():
                return arb("inf")
            bound = bound.max(value)
    return bound


def is_bounded_by(q: arb_poly, remainder: arb, bound: arb, left: list[int]) -> bool:
    r"""Whether \|q\| + R is shown to be at most the bound for \|t\| <= 1, by Lemma 3."""
    bound -= remainder
    if not bound >= 0:
        return False
    todo = [(q, bound)]
    with ctx.workprec(min(ctx.prec, 64 + 2 * q.length())):
        while todo and left[0]:
            left[0] -= 1
            q, bound = todo.pop()
            sizes = [abs(c) for c in q.coeffs()]
            while sizes and NEGLIGIBLE * sizes[-1] <= bound:  # it becomes part of R
                bound -= sizes.pop()
            q = q.truncate(len(sizes))
            if sum(sizes, arb(0)) <= bound or (
                    len(sizes) > 1 and sizes[1] >= sum(k * s for k, s in enumerate(sizes[2:], 2))
                    and abs(q(arb(-1))) <= bound and abs(q(arb(1))) <= bound):
                continue
            if abs(q(arb(0))) > bound:
                return False
            todo += [(q(half), bound) for half in HALVES]
    return not todo
