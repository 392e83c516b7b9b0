r"""
How far a polynomial, or a rational function, is from an activation on an interval, and how far any
of its degrees is.

**Claim.** Let f be the activation, and p the polynomial with the ``coefficients``, the constant one
first, on the ``interval`` from a to b. The supremum of \|f - p\| is between the two numbers
``error``, of which the first is not below 0.999 times the second; and no polynomial of at most the
stated ``degree`` has a smaller one than ``least``. With ``least_below``: none of a degree below
has a smaller one than that.

With a ``denominator`` q, the same of p / q, where q has no zero on the interval: no rational
function u / v has a smaller error than ``least``, where u is of at most the stated ``degree`` and
v, without zeros on the interval, of at most the ``denominator_degree``; nor one than
``least_below`` with a u of a lower degree.

The interval is divided into cells, each with a center c and half its width r, such that no kink is
inside of one. On a cell, f(c + r t) - p(c + r t) is a function of t from -1 to 1.

**Lemma 2.** Let f be holomorphic on a neighborhood of the disk of radius s r around c, with s > 1,
and \|f\| <= B there; and let f_k be the coefficients of the power series of f(c + r t) in t. For
\|t\| <= 1 it differs from the sum of f_k t^k over k < n by at most B / (s^(n - 1) (s - 1)).
*Proof.* By Cauchy \|f_k\| <= B / s^k; sum over k >= n. ∎

The disk is in a square, which is covered by complex balls; B is the largest of the bounds on them
(Lemma 1 of the activations). An activation has real values on the real line, so that the upper half
of the square is enough. Where f is a polynomial on the cell, there is no remainder. On a cell whose
n is 0, f is replaced by its asymptote, up to the bound of Lemma 5.

So f - p is a polynomial q(t), whose coefficients are balls, up to a remainder of at most R.

**Lemma 3.** For \|t\| <= 1, \|q\| is at most the sum of all \|q_k\|; and if \|q_1\| is at least the
sum of k \|q_k\| over k > 1, at most the larger one of \|q(-1)\| and \|q(1)\|. *Proof.* In the
second case q' has no change of signs. ∎

Cells on which neither bound is at most ``error`` - R are halved, again and again. Then the last
terms, where they are tiny, become part of R.

Of a rational function, E q - (f q - p) and E q + (f q - p) are such polynomials up to R times a
bound for \|q\|, where E is the upper one of ``error``. Both are shown to be positive, and so is q,
halving cells again; thus \|f - p / q\| < E. A polynomial g(t) is larger than L for \|t\| <= 1 if
g_0 - L is larger than the sum of \|g_k\| over k > 0; or if g is monotone as in Lemma 3, and
g(-1) and g(1) are larger than L.

**Lemma 4** (de la Vallée Poussin). Let q be positive at some points, and f - p / q have there
values of alternating signs, of absolute values of at least L. Let u, v be of degrees at most m and
n, v without zeros on the interval. If there are at least two more points than max(m + deg q,
n + deg p), then sup \|f - u / v\| >= L. *Proof.* Let v > 0. Else u / v - p / q =
(f - p / q) - (f - u / v) has at these points the signs of f - p / q. So has u q - p v, which then
has more zeros between them than its degree allows; so u / v = p / q. But \|f - p / q\| >= L at
the points. ∎
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
ONE = [fmpq(1)]  # the denominator of a polynomial


def check_approximation(activation: Activation, value: Any, evidence: Any) -> Checked:
    """Verify the error of a polynomial or rational function, and that of the best one."""
    interval, degree, coefficients, error, least = fields(
        value, "interval", "degree", "coefficients", "error", "least")
    precision, cells, points = fields(evidence, "precision", "cells", "points")
    require(set(value) <= {"interval", "degree", "coefficients", "error", "least", "least_below",
                           "denominator", "denominator_degree"}
            and set(evidence) <= {"precision", "cells", "points", "below"}
            and ("least_below" in value) == ("below" in evidence)
            and ("denominator" in value) == ("denominator_degree" in value),
            "There is an unknown field.")
    (a, b), degree = numbers(interval, "interval", 2), integer(degree, 0, MOST_DEGREE, "degree")
    p, (low, high), (least,) = (numbers(coefficients, "coefficients"), numbers(error, "error", 2),
                                numbers([least], "least error"))
    q = numbers(value["denominator"], "denominator") if "denominator" in value else ONE
    n = integer(value.get("denominator_degree", 0), 0, MOST_DEGREE, "degree of the denominator")
    require(a < b and 0 < len(p) <= degree + 1 and 0 < len(q) <= n + 1,
            "There is no interval, or no such polynomial.")
    require(0 <= low <= high and 999 * high <= 1000 * low, "The error is not enclosed closely.")
    with working_with(precision):
        at = numbers(points, "points")
        require(not low or any(abs(difference(activation, p, x, q)) >= arb(low)
                               for x in inside(a, b, at)),
                "The error is not shown to be so large.")
        require(alternates(activation, p, inside(a, b, at), degree, least, q, n),
                "It is not shown that the best error is so large.")
        require(is_bounded(activation, p, high, read_cells(a, b, cells), q=q),
                "The error is not shown to be so small.")
        verified = ["the error on each cell and at points", "the signs of alternating errors"]
        if "denominator" in value:
            verified.append("that the denominator is positive")
        if "least_below" in value:
            coefficients, points = fields(evidence["below"], "coefficients", "points")
            q = numbers(evidence["below"].get("denominator", ["1"]), "denominator")
            (bound,) = numbers([value["least_below"]], "least error")
            at = inside(a, b, numbers(points, "points"))
            require(degree > 0 and alternates(activation, numbers(coefficients, "coefficients"), at,
                                              degree - 1, bound, q, n),
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


def difference(activation: Activation, p: list[fmpq], x: fmpq, q: list[fmpq] = ONE) -> arb:
    """The value of f - p / q at a point."""
    return activation.value(x) - arb_poly(p)(arb(x)) / arb_poly(q)(arb(x))


def alternates(activation: Activation, p: list[fmpq], points: list[fmpq], degree: int, least: fmpq,
               q: list[fmpq] = ONE, denominator_degree: int = 0) -> bool:
    """Whether the hypotheses of Lemma 4 hold, so that nothing has an error below least."""
    top, below = fmpq_poly(p).degree(), fmpq_poly(q).degree()  # -1 of zero
    require(top <= degree and below <= denominator_degree, "The polynomial is of a higher degree.")
    if least <= 0:
        return True
    count = max(degree + below, denominator_degree + top if top >= 0 else 0) + 2
    values = [difference(activation, p, x, q) * (-1) ** i for i, x in enumerate(points)]
    return (len(points) >= count and all(arb_poly(q)(arb(x)) > 0 for x in points)
            and any(all(sign * v >= arb(least) for v in values) for sign in (1, -1)))


def read_cells(a: fmpq, b: fmpq, data: Any) -> list[Cell]:
    """The cells of an interval, each stated by its upper end, s and n."""
    cells: list[Cell] = []
    for cell in items(data, "cells"):
        end, reach, order = items(cell, "cell", 3)
        (upper,) = numbers([end], "end")
        cells.append((cells[-1][1] if cells else a, upper, integer(reach, 2, 1000, "reach"),
                      integer(order, 0, MOST_ORDER, "order")))
    require(0 < len(cells) <= MOST_CELLS and all(low < high for low, high, _, _ in cells)
            and cells[-1][1] == b, "The cells do not cover the interval.")
    return cells


def is_bounded(activation: Activation, p: list[fmpq], bound: fmpq, cells: list[Cell],
               halvings: int = MOST_HALVINGS, q: list[fmpq] = ONE) -> bool:
    r"""Whether \|f - p / q\| is shown to be at most the bound on all cells, by so many halvings."""
    left = [halvings]
    if q == ONE:
        return all(is_bounded_by(*model(activation, p, cell), arb(bound), left) for cell in cells)
    return all(is_quotient_bounded(activation, p, q, bound, cell, left) for cell in cells)


def is_quotient_bounded(activation: Activation, p: list[fmpq], q: list[fmpq], bound: fmpq,
                        cell: Cell, left: list[int]) -> bool:
    r"""Whether q > 0 and \|f - p / q\| <= E is shown on a cell."""
    low, high, _, _ = cell
    below = arb_poly(q)(arb_poly([arb((low + high) / 2), arb((high - low) / 2)]))
    above, remainder = model(activation, p, cell, q)
    remainder *= sum((abs(c) for c in below.coeffs()), arb(0))
    return is_above(below, arb(0), left) and all(
        is_above(arb(bound) * below + sign * above, remainder, left) for sign in (1, -1))


def is_above(g: arb_poly, bound: arb, left: list[int]) -> bool:
    r"""Whether g is shown to be larger than the bound for \|t\| <= 1."""
    todo = [g]
    while todo and left[0]:
        left[0] -= 1
        g = todo.pop()
        sizes = [abs(c) for c in g.coeffs()[1:]]
        if g[0] - sum(sizes, arb(0)) > bound or (
                sizes and sizes[0] >= sum(k * s for k, s in enumerate(sizes[1:], 2))
                and g(arb(-1)) > bound and g(arb(1)) > bound):
            continue
        if not g[0] > bound:  # nor is it so in halves, whose balls are larger
            return False
        todo += [g(half) for half in HALVES]
    return not todo


def model(activation: Activation, p: list[fmpq], cell: Cell, q: list[fmpq] = ONE
          ) -> tuple[arb_poly, arb]:
    """The polynomial f q - p in t, where f is one up to the remainder R, by Lemma 2 or 5."""
    low, high, reach, order = cell
    center, half = arb((low + high) / 2), arb((high - low) / 2)
    line = arb_poly([center, half])
    f, remainder = activation.piece(low, high), arb(0)
    if not order:
        far = activation.asymptote(low, high)
        require(far is not None, "There is no asymptote on a cell.")
        f, remainder = far  # type: ignore[misc]
    if not callable(f):
        return arb_poly(fmpq_poly(f) * fmpq_poly(q) - fmpq_poly(p))(line), remainder
    most = largest_on_square(f, center, half * reach)
    series = arb_poly(power_series(f, center, half, order))
    return (series * arb_poly(q)(line) - arb_poly(p)(line),
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
