"""
Norms of functions, and what a covering by Euclidean balls says of them.

Let f = Σ_e c_e x^e, where c_e has an entry for each output, n of them together.  Norms are

- ``"max"``, the largest |entry|, and ``"l1"``, the sum of all;
- ``"Bombieri"``, with the square Σ_e |c_e|² e! / |e|!, which does not change under rotations;
- ``["sup", B]``, the supremum of |f(x)| over the inputs with all |x_i| ≤ B.

*Lemma 1.*  a |f| ≤ ‖f‖ ≤ b |f| for all f in V, with these a and b:

- max: 1/√n and 1;  l1: 1 and √n;  Bombieri: a² the least e! / |e|!, and b = 1;
- sup: b as in ``evaluation_square``, and a^-2 = Σ_e Π_i Λ_(e_i)² over all monomials that occur,
  where Λ_k is the sum of the absolute values of the coefficients of x^k in the D + 1 polynomials
  of Lagrange for D + 1 points in [-B, B], D the degree.

*Proof* of the last.  Each input occurs with a degree of at most D, so f is interpolated by its
values f(t) at the grid of these points, by products of polynomials of Lagrange in the inputs; hence
|c_e| ≤ ‖f‖ Π_i Λ_(e_i).

*Lemma 2.*  Let N‖ be covering numbers by balls of the norm, A = {‖f‖ ≤ R} and A_r = {|f| ≤ r} for M
in a ball.  Then N‖(A, ε) ≤ N(A_(R/a), ε/2b): A lies in A_(R/a), and a Euclidean ball of radius ε/2b
that meets A in g has all its points within ε/b of g, so within ε in the norm.  For a box, N‖(A, ε)
is at most N(A, ε/b).  From below, N‖(A, ε) is at least what is proved for A_(R/b) and ε/a, or for
the box and ε/a, since all proofs are for balls with any centers: A_(R/b) lies in A, and a ball of
the norm in a Euclidean ball of radius ε/a.

Volumes of balls, linear spaces in M, and 0 as a center serve in every norm as they do in this one.
Of the norm is used only that its balls are convex and symmetric: of the sections of a ball by
parallel spaces the one through its center has the largest volume (Brunn and Minkowski), so a ball
of radius ε, wherever its center is, cuts out of a linear space at most ε^q times the volume of the
space's unit ball.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from flint import arb, ctx

from neuroalg_sage.certificates.capacity.large_numbers import whole
from neuroalg_sage.certificates.capacity.region import (
    FEW_BITS,
    Region,
    evaluation_square,
    real,
)
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import items, rational, require

MOST_DEGREE = 40
PLACES = 1_000  # of the points of interpolation
DIGITS = 60  # binary ones, of radii


def constants(model: Model, norm: Any) -> tuple[arb, arb]:
    """The numbers a and b of Lemma 1."""
    n = arb(model.ambient_dimension)
    if norm == "max":
        return 1 / n.sqrt(), arb(1)
    if norm == "l1":
        return arb(1), n.sqrt()
    degrees = sorted(set().union(*model.degree_pattern))
    if norm == "Bombieri":
        # e! is least where the exponents differ by at most one.
        parts = (divmod(d, model.inputs) for d in degrees)
        least = min(Fraction(math.factorial(k) ** (model.inputs - r) * math.factorial(k + 1) ** r,
                             math.factorial(k * model.inputs + r)) for k, r in parts)
        return real(least).sqrt(), arb(1)
    name, size = items(norm, "norm", 2)
    bound = rational(size)
    require(name == "sup" and bound > 0, "The norm is not known.")
    require(degrees[-1] <= MOST_DEGREE, "The degree is too large for this norm.")
    squares = [real(c) ** 2 for c in _lagrange(degrees[-1], bound)]
    return (1 / _sum_over_monomials(squares, model.inputs, degrees).sqrt(),
            real(evaluation_square(model, bound)).sqrt())


def _lagrange(degree: int, bound: Fraction) -> list[Fraction]:
    """The numbers Λ_0, ..., Λ_D, for points that are nearly the zeros of Chebyshev's polynomial."""
    points = [bound * Fraction(round(PLACES * math.cos(math.pi * (2 * k + 1) / (2 * degree + 2))),
                               PLACES) for k in range(degree + 1)]
    total = [Fraction(0)] * (degree + 1)
    for i, t in enumerate(points):
        polynomial = [Fraction(1)]
        for s in points[:i] + points[i + 1:]:
            zero = Fraction(0)
            polynomial = [(before - s * c) / (t - s) for before, c in zip(
                [zero, *polynomial], [*polynomial, zero])]
        total = [a + abs(c) for a, c in zip(total, polynomial)]
    return total


def _sum_over_monomials(weights: list[arb], inputs: int, degrees: list[int]) -> arb:
    """Σ Π_i weight(e_i) over the monomials of some degrees: coefficients of a power."""
    def multiply(a: list[arb], b: list[arb]) -> list[arb]:
        return [sum((a[i] * b[k - i] for i in range(k + 1)), arb(0)) for k in range(len(weights))]

    product, power = [arb(1)] + [arb(0)] * (len(weights) - 1), weights
    while inputs:
        if inputs % 2:
            product = multiply(product, power)
        power, inputs = multiply(power, power), inputs // 2
    return sum((product[d] for d in degrees), arb(0))


def outer(region: Region, norm: Any) -> Region:
    """The Euclidean region whose covering numbers bound that of a norm from above."""
    with ctx.workprec(FEW_BITS):
        a, b = constants(region.model, norm)
        if region.kind == "box":
            return region.with_radius(decimal(_rational(real(region.epsilon) / b, False)))
        return Region(region.model, ["ball", decimal(_rational(real(region.size) / a, True))],
                      decimal(_rational(real(region.epsilon) / (2 * b), False)))


def inner(region: Region, norm: Any) -> Region:
    """The Euclidean region whose bounds from below are bounds for a norm."""
    with ctx.workprec(FEW_BITS):
        a, b = constants(region.model, norm)
        finer = decimal(_rational(real(region.epsilon) / a, True))
        if region.kind == "box":
            return region.with_radius(finer)
        return Region(region.model, ["ball", decimal(_rational(real(region.size) / b, False))],
                      finer)


def _rational(x: arb, is_upper: bool) -> Fraction:
    """A rational number near to a positive one, on the side that is safe."""
    places = DIGITS - int(float((x.log() / arb(2).log()).mid()))
    scaled = x * arb(2) ** places
    return Fraction(whole(scaled.upper().ceil() if is_upper else scaled.lower().floor())
                    ) / Fraction(2) ** places
