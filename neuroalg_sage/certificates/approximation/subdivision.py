r"""
A closer bound of how far two networks differ, by halving the box of their inputs and parameters.

**Lemma 6.** Let f be the activation after a layer, continuous and of smooth pieces, p the
polynomial that replaces it, and \|f - p\| <= d where the entries are. Let the entries in the two
networks be u in U and v in V with u - v in E, and let an interval T contain the slopes of all
pieces that meet an interval K around U and V, there. Then f(u) is in f(m) + T (U - m) for a point m
of K; and f(u) - p(v) is in R + T E, where R is [-d, d], or f(m) - p(m) + (T - p'(V)) (V - m) for a
point m of V. *Proof.* A continuous function of smooth pieces changes on an interval by a mean of
its slopes there times the change of the argument. So f(u) = f(m) + t (u - m), and f(u) - p(v) =
(f(v) - p(v)) + t (u - v), with numbers t of T; and f - p has slopes in T - p'(V) between v and m. ∎

From layer to layer sums of products of balls hold the entries of both networks and what they differ
by. Where the outputs are not seen to be near enough, the longest side of the box is halved.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, arb_poly, fmpq

from neuroalg_sage.certificates.approximation.activations import (
    Activation,
    function_of,
    power_series,
)

MOST_BOXES = 100_000
BITS_FOR_BOXES = 64

Box = list[tuple[fmpq, fmpq]]


class Subdivision:
    """
    Two networks, their box, and how far outputs are from each other on parts of it.

    - ``layers`` -- the affine maps
    - ``sources`` -- which states each takes
    - ``activations``, ``polynomials``, ``errors`` -- after each layer but the last
    """

    def __init__(self, network: Any, radius: fmpq, polynomials: list[list[fmpq]],
                 errors: list[list[fmpq]]) -> None:
        self.network, self.radius = network, radius
        self.polynomials = [arb_poly(p) for p in polynomials]
        self.slopes = [p.derivative() for p in self.polynomials]
        self.errors = [arb(0, d) for (d,) in errors]

    def box(self, inputs: Box) -> Box:
        """The box of inputs, and of parameters that are not known exactly."""
        if not self.radius:
            return inputs
        return inputs + [(c - self.radius, c + self.radius) for rows, bias in self.network.layers
                         for row in [*rows, bias or []] for c in row]

    def distance(self, box: Box) -> arb:
        """A bound for the difference of the outputs on a box."""
        sides = iter([arb((a + b) / 2, (b - a) / 2) for a, b in box])
        states = [[next(sides) for _ in range(self.network.widths[0])]]
        differences = [[arb(0)] * len(states[0])]
        for number, (rows, bias) in enumerate(self.network.layers):
            entries = self.network.entries(number, states)
            before = self.network.entries(number, differences)
            if self.radius:
                rows = [[next(sides) for _ in row] for row in rows]
                bias = bias and [next(sides) for _ in bias]
            one = [sum((w * h for w, h in zip(row, entries)), arb(c))
                   for row, c in zip(rows, bias or [fmpq(0)] * len(rows))]
            apart = [sum((w * e for w, e in zip(row, before)), arb(0)) for row in rows]
            if number == len(self.polynomials):
                sizes = [abs(e).upper() for e in apart]
                return max(sizes) if all(s.is_finite() for s in sizes) else arb("inf")
            found = [self.activated(number, u, e) for u, e in zip(one, apart)]
            states.append([value for value, _ in found])
            differences.append([difference for _, difference in found])
        raise AssertionError  # there is one more layer than polynomials

    def activated(self, number: int, u: arb, apart: arb) -> tuple[arb, arb]:
        """The value of the activation, and its difference from the polynomial, by Lemma 6."""
        if not (u.is_finite() and apart.is_finite()):
            return arb("nan"), arb("nan")
        v = u - apart
        around = u.union(v)
        f = self.network.activations[number]
        slope = slopes(f, around)
        value = _at(f, u.mid()) + slope * (u - u.mid())
        middle = v.mid()
        rest = _at(f, middle) - self.polynomials[number](middle) + (
            slope - self.slopes[number](v)) * (v - middle)
        if not abs(rest) < self.errors[number].rad():
            rest = self.errors[number]
        return value, rest + slope * apart


def slopes(f: Activation, around: arb) -> arb:
    """A ball with the slopes of all pieces that meet an interval, there."""
    found = None
    for low, high, piece in zip([None, *f.kinks], [*f.kinks, None], f.pieces):
        if (low is None or not around < arb(low)) and (high is None or not around > arb(high)):
            try:
                slope = power_series(function_of(piece), around, 1, 2)[1]
            except ValueError:  # the ball of a denominator holds zero
                return arb("nan")
            found = slope if found is None else found.union(slope)
    return found if found is not None else arb("nan")


def _at(f: Activation, x: arb) -> arb:
    return f.value(x.fmpq())


def halves(box: Box) -> tuple[Box, Box]:
    """A box in two, across its longest side."""
    k = max(range(len(box)), key=lambda k: box[k][1] - box[k][0])
    low, high = box[k]
    middle = (low + high) / 2
    return box[:k] + [(low, middle)] + box[k + 1:], box[:k] + [(middle, high)] + box[k + 1:]


def is_within(distance_on: Callable[[Box], arb], box: Box, distance: fmpq, most: int) -> bool:
    """Whether the difference is shown to be at most the distance, with so many boxes."""
    todo = [box]
    while todo and most:
        most -= 1
        box = todo.pop()
        if not distance_on(box) <= arb(distance):
            todo += halves(box)
    return not todo
