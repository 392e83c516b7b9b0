r"""
Losses, distances, spans and margins of a network by those of a polynomial one near it.

F, P, W, X, d and h are those of :mod:`~neuroalg_sage.certificates.approximation.carried`.

*Lemma 1.*  For w and v in W, d(f_w, f_v) and d(p_w, p_v) differ by at most 2h.  *Proof.*  The
triangle inequality, twice. ∎

*Lemma 2.*  Let w_1, ..., w_k be in W, x_1, ..., x_k in X, j_i outputs, and A the matrix with the
entries p_(w_a)(x_b) in output j_b.  If each matrix whose entries differ from those of A by at most
h is invertible, then f_(w_1), ..., f_(w_k) are linearly independent as functions on X, so that F,
and F for each larger box W, has a linear span of at least k dimensions.

*Proof.*  The matrix of the f_(w_a)(x_b) is one of these; a linear relation of the functions is one
of its rows. ∎  That A alone is invertible does not suffice.  If R is any matrix, and in each row of
R A' - 1 the sum of absolute values is less than 1, then R A' is invertible, so A' is.

*Lemma 3.*  Let x be an input in X, and i an output with p_i(x') - p_j(x') > 2h for all other
outputs j, at all x' in X with \|x' - x\|_k <= ρ for all k; then f_i(x') > f_j(x') there.  If there
is one output and s p(x') > h for a sign s, then f(x') has that sign.  If at such an x'
f_j(x') > f_i(x') for some j, or the sign is another one, then no larger radius than the largest
\|x' - x\|_k has that property.  All of this holds for all parameters in W at once, where it does
for all these p_w; for the converse, for one of them.

*Lemma 4.*  Let (x_a, y_a) be n data with x_a in X, and n L_f(w) the sum of all
(f_w(x_a)_i - y_ai)².  With r_ai = \|p_w(x_a)_i - y_ai\|, n L_f(w) is at least the sum of the
max(0, r_ai - h)², and at most that of the (r_ai + h)².  So the least of these lower bounds over W
bounds the least loss on F from below, and the upper bound at any w in W bounds it from above.
*Proof.*  \|f_w(x_a)_i - y_ai\| differs from r_ai by at most h. ∎  The least loss of all polynomial
networks says less: its parameters need not be in W.  The infimum over F is attained, since W is
compact.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb, arb_mat, fmpq

from neuroalg_sage.certificates.approximation.approximation import working_with
from neuroalg_sage.certificates.approximation.carried import (
    BITS,
    Cell,
    Near,
    ball,
    center,
    everywhere,
    open_claim,
    remainder,
    vectors,
)
from neuroalg_sage.certificates.approximation.networks import Network
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integer,
    items,
    member,
    numbers,
    require,
)

MOST_DIMENSION = 500
MOST_SAMPLES = 10_000


# -- the distance of two functions


def largest_difference(near: Near, pair: Sequence[Sequence[fmpq]], cell: Cell
                       ) -> tuple[arb, list[arb]]:
    """A bound for |p_w - p_v| in a cell of inputs, and one for the derivatives."""
    middle, inputs = center(cell), [ball(side) for side in cell]
    one, other = (near.values(w, middle) for w in pair)
    jets = [near.jets(near.weights(w), inputs, "inputs") for w in pair]
    most, slopes = arb(0), [arb(0)] * len(cell)
    for a, b, first, second in zip(one, other, *jets):
        gradient = [f - g for f, g in zip(first[1:], second[1:])]
        most = most.max((abs(a - b) + remainder(gradient, cell)).upper().min(
            (first[0] - second[0]).abs_upper()))
        slopes = [s.max(g.abs_upper()) for s, g in zip(slopes, gradient)]
    return most, slopes


def check_function_distance(network: Network, value: Any, evidence: Any, status: str) -> Checked:
    """Verify bounds for d(f_w, f_v)."""
    near, (first, second, lower, upper) = open_claim(network, value, evidence, "first", "second",
                                                     "lower", "upper")
    pair, bounds = [near.parameters(first), near.parameters(second)], numbers(
        [lower, upper], "bounds")
    x = near.input(member(evidence, "input"))
    with working_with(BITS):
        least = _largest([abs(a - b) for a, b in zip(*(near.values(w, x) for w in pair))])
        require(bounds[0] <= 0 or least - 2 * near.distance >= arb(bounds[0]),
                "The functions are not shown to be so far apart.")
        most = arb(bounds[1] - 2 * near.distance)

        def test(cell: Cell) -> tuple[bool, list[arb]]:
            found, slopes = largest_difference(near, pair, cell)
            return bool(found <= most), slopes

        if pair[0] != pair[1]:
            everywhere(near.inputs, test)
    require(0 <= bounds[0] <= bounds[1] and (status == "proved") == (lower == upper),
            "Bounds that meet are a value, others not.")
    return ["the distance of the networks", "the polynomial networks differ so much at an input",
            "they do not differ by more in any cell of inputs"], []


def _largest(values: Sequence[arb]) -> arb:
    found = values[0]
    for value in values[1:]:
        found = found.max(value)
    return found


# -- the dimension of the span


def check_span_dimension(network: Network, value: Any, evidence: Any) -> Checked:
    """Verify that the span has at least so many dimensions: see Lemma 2."""
    near, (dimension,) = open_claim(network, value, evidence, "dimension")
    parameters, places = fields(evidence, "parameters", "places")
    integer(dimension, 1, MOST_DIMENSION, "dimension")
    points = [near.parameters(w) for w in items(parameters, "parameters", dimension)]
    pairs = [items(place, "place", 2) for place in items(places, "places", dimension)]
    inputs = [(near.input(x), integer(j, 0, network.widths[-1] - 1, "output")) for x, j in pairs]
    with working_with(BITS):
        require(is_invertible(near, span_matrix(near, points, inputs)),
                "The functions are not shown to be linearly independent.")
    return ["the distance of the networks",
            "functions have independent values at inputs, whatever that distance changes"], []


def span_matrix(near: Near, points: Sequence[list[fmpq]], places: Sequence[tuple[list[fmpq], int]]
                ) -> list[list[arb]]:
    """The values of the polynomial networks at inputs, in an output each."""
    return [[near.values(w, x)[j] for x, j in places] for w in points]


def is_invertible(near: Near, rows: Sequence[Sequence[arb]]) -> bool:
    """Whether all matrices within h are shown to be invertible."""
    n = len(rows)
    matrix = arb_mat([[c + arb(0, near.distance) for c in row] for row in rows])
    try:
        product = matrix.mid().inv().mid() * matrix
    except ZeroDivisionError:
        return False
    return all(sum((abs(product[i, j] - (i == j)) for j in range(n)), arb(0)) < 1
               for i in range(n))


# -- the radius of robustness


def least_margin(near: Near, parameters: Sequence[arb], which: int, cell: Cell
                 ) -> tuple[arb, list[arb]]:
    """
    A bound from below, in a cell of inputs, for how far the output ``which`` of the polynomial
    network is above others, or how far the only output is from zero; and one for derivatives.
    """
    weights = near.weights(parameters)
    at_center = margins(near.jets(weights, center(cell)), which)
    jets = margins(near.jets(weights, [ball(side) for side in cell], "inputs"), which)
    least, slopes = None, [arb(0)] * len(cell)
    for (middle,), (value, *gradient) in zip(at_center, jets):
        found = (middle - remainder(gradient, cell)).lower().max(value.lower())
        least = found if least is None else least.min(found)
        slopes = [s.max(g.abs_upper()) for s, g in zip(slopes, gradient)]
    assert least is not None
    return least, slopes


def margins(jets: Sequence[Sequence[arb]], which: int) -> list[list[arb]]:
    """How far an output is above all others; or an only output times its sign, 1 or -1."""
    if len(jets) == 1:
        return [[which * c for c in jets[0]]]
    return [[a - b for a, b in zip(jets[which], other)]
            for j, other in enumerate(jets) if j != which]


def check_robustness_radius(network: Network, value: Any, evidence: Any) -> Checked:
    """
    Verify that the class, or sign, is the same at all inputs within a radius; and that it is not
    for a larger one than ``upper``, if that is stated.
    """
    near, (x, which, radius, upper) = open_claim(network, value, evidence, "input", "class",
                                                 "radius", "upper")
    point, outputs = near.input(x), network.widths[-1]
    integer(which, -1 if outputs == 1 else 0, max(1, outputs - 1), "class")
    require(outputs > 1 or which, "A sign is 1 or -1.")
    (rho,) = numbers([radius], "radius")
    room = near.distance * (1 if outputs == 1 else 2)
    require(rho >= 0, "The radius is negative.")
    with working_with(BITS):
        parameters = [ball(side) for side in near.box]

        def test(cell: Cell) -> tuple[bool, list[arb]]:
            found, slopes = least_margin(near, parameters, which, cell)
            return bool(found > arb(room)), slopes

        everywhere(neighborhood(near, point, rho), test)
        if upper is None:
            require(member(evidence, "other") is None, "There is more evidence.")
            return ["the distance of the networks", "the class is the same within the radius"], []
        data = fields(member(evidence, "other"), "parameters", "input")
        w, other = near.parameters(data[0]), near.input(data[1])
        require(any(c < -arb(room) for (c,) in margins(near.jets(near.weights(w), other), which)),
                "The class is not shown to be another one.")
        (most,) = numbers([upper], "upper bound")
        require(all(abs(a - b) <= most for a, b in zip(point, other)),
                "The input of another class is not so near.")
    return ["the distance of the networks", "the class is the same within the radius",
            "at an input that is not farther than the upper bound it is another one"], []


def neighborhood(near: Near, point: Sequence[fmpq], radius: fmpq) -> Cell:
    """The inputs in X within a radius of one, in the norm of the maximum."""
    return [(max(a, c - radius), min(b, c + radius)) for c, (a, b) in zip(point, near.inputs)]


# -- the least loss on data


def least_loss_in(near: Near, samples: Sequence[tuple[list[fmpq], list[fmpq]]], cell: Cell
                  ) -> tuple[arb, list[arb]]:
    """A bound from below for the mean loss in a cell of parameters, see Lemma 4."""
    weights = near.weights([ball(side) for side in cell])
    middle = near.weights(center(cell))
    total, slopes, h = arb(0), [arb(0)] * len(cell), arb(near.distance)
    for x, targets in samples:
        jets = near.jets(weights, x, "parameters")
        for y, (value, *gradient), (at_center,) in zip(targets, jets, near.jets(middle, x)):
            rest = remainder(gradient, cell)
            # The residual is in both of these balls.
            size = (abs(at_center - arb(y)) - rest).lower().max((value - arb(y)).abs_lower())
            total += (size - h).lower().max(arb(0)) ** 2
            slopes = [s + g.abs_upper() for s, g in zip(slopes, gradient)]
    return (total / len(samples)).lower(), slopes


def loss_at_most(near: Near, samples: Sequence[tuple[list[fmpq], list[fmpq]]],
                 parameters: Sequence[fmpq]) -> arb:
    """A bound from above for the mean loss at parameters."""
    total = sum(((abs(p - arb(y)) + near.distance) ** 2 for x, targets in samples
                 for p, y in zip(near.values(parameters, x), targets)), arb(0))
    return (total / len(samples)).upper()


def check_least_loss(network: Network, value: Any, evidence: Any, status: str) -> Checked:
    """Verify bounds for the least mean squared error on data of all functions of F."""
    near, (data, lower, upper) = open_claim(network, value, evidence, "samples", "lower", "upper")
    n, outputs = len(near.inputs), network.widths[-1]
    rows = [numbers(row, "sample", n + outputs) for row in vectors(data, "samples", MOST_SAMPLES)]
    for row in data:
        near.input(row[:n])
    samples = [(row[:n], row[n:]) for row in rows]
    w, (least, most) = near.parameters(member(evidence, "parameters")), numbers(
        [lower, upper], "bounds")
    with working_with(BITS):
        require(loss_at_most(near, samples, w) <= arb(most),
                "The loss is not shown to be so small.")

        def test(cell: Cell) -> tuple[bool, list[arb]]:
            found, slopes = least_loss_in(near, samples, cell)
            return bool(found >= arb(least)), slopes

        if least > 0:
            everywhere(near.box, test)
    require(0 <= least <= most and (status == "proved") == (lower == upper),
            "Bounds that meet are a value, others not.")
    return ["the distance of the networks", "the loss at parameters is not larger than one bound",
            "it is not smaller than the other one in any cell of the parameters"], []
