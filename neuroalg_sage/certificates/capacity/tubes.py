"""
Volumes of tubes: the functions of V that are within ε of the functions of a model.

Let A be as for covering numbers, n = dim V, and κ_j the volume of the unit ball of dimension j. The
tube is the set of the v in V with a distance of at most ε from A.

*Lemma.*  The tube around a ball of dimension q and radius R in R^n has the volume

    t(q, n, R, ε) = Σ_(j ≤ q) C(q, j) κ_q / κ_(q - j) κ_(n - j) R^j ε^(n - j).

*Proof.*  It consists of the (x, y) with |y| ≤ ε and |x| ≤ R + s, s = (ε² - |y|²)^(1/2), x in R^q.
So its volume is the integral over y of κ_q (R + s)^q = Σ C(q, j) κ_q R^j s^(q - j); and that of
κ_(q - j) s^(q - j) is the volume of a ball of dimension n - j and radius ε, cut into slices.
(This is Steiner's formula, and Weyl's, without a bound for ε, since a ball is convex.)

*From above.* A lies in a ball of radius R, and in an affine space of dimension q, of which linear
equations of M tell. So it lies in a ball of that space with radius at most R, and the tube has
volume at most t(q, n, R, ε). It is in the balls of radius ε + η around the centers of N(A, η) balls
of radius η that cover A; so its volume is at most N(A, η) κ_n (ε + η)^n.

*From below.* Around the points of a packing, with distances over 2ε, are disjoint balls of radius
ε. So the volume is at least N(A, 2ε) κ_n ε^n, as a largest packing covers A by balls of radius 2ε.
Around the part |f| ≤ R of a linear space of dimension q in M the tube has volume t(q, n, R, ε).

For other sets Weyl's formula is not used: it holds below the reach only, and a cone that is no
linear space has reach 0.  Nor is Lotz's bound, which is for smooth complete intersections.
"""

from __future__ import annotations

from typing import Any

from flint import arb, ctx

from neuroalg_sage.certificates.capacity.covering_number import (
    lower_bound_in_balls,
    upper_bound_in_balls,
)
from neuroalg_sage.certificates.capacity.large_numbers import logarithm
from neuroalg_sage.certificates.capacity.region import (
    FEW_BITS,
    Region,
    ball_volume,
    real,
)
from neuroalg_sage.certificates.capacity.volumes import span_dimension
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, fields, items, member, rational, require

MOST_SUMMANDS = 1_000


def tube_around_a_ball(dimension: int, ambient: int, radius: arb, epsilon: arb) -> arb:
    """
    The number t(q, n, R, ε) of the lemma; where q < n is large, its last summands, which are less.

    EXAMPLES: An interval of length 2 in a plane. ::

        >>> tube_around_a_ball(1, 2, arb(1), arb(1) / 2).contains(2 + arb.pi() / 4)
        True
    """
    if dimension == ambient:
        return ball_volume(ambient) * (radius + epsilon) ** ambient
    first = max(0, dimension - MOST_SUMMANDS)
    return sum((arb.bin_uiui(dimension, j) / ball_volume(dimension - j) * ball_volume(ambient - j)
                * radius**j * epsilon ** (ambient - j) for j in range(first, dimension + 1)),
               arb(0)) * ball_volume(dimension)


def tube_above(region: Region, evidence: Any) -> tuple[arb, list[str], list[str]]:
    """An upper bound for the volume of a tube, what was verified, and whom to trust."""
    n, epsilon = region.model.ambient_dimension, real(region.epsilon)
    if member(evidence, "argument") == "ball":
        q, verified = span_dimension(region.model, evidence)
        require(q == n or q <= MOST_SUMMANDS, "The linear span is too large for this bound.")
        return tube_around_a_ball(q, n, region.radius(evidence), epsilon), [
            *verified, f"a ball of dimension {q} contains the functions"], []
    radius, above = fields(evidence, "radius", "upper")
    finer = region.with_radius(radius)
    number, verified, trust = upper_bound_in_balls(finer, above)
    return number * ball_volume(n) * (epsilon + real(finer.epsilon)) ** n, [
        *verified, "balls around the centers of a covering contain the tube"], trust


def tube_below(region: Region, evidence: Any) -> tuple[arb, list[str]]:
    """A lower bound for the volume of a tube, and what was verified."""
    from neuroalg_sage.certificates.capacity.packings import linear_dimension, packing_number

    n, epsilon = region.model.ambient_dimension, real(region.epsilon)
    if member(evidence, "argument") == "linear space":
        q = linear_dimension(region, evidence)
        return tube_around_a_ball(q, n, real(region.size), epsilon), [
            f"the tube around a linear space of dimension {q} bounds it from below"]
    if member(evidence, "argument") == "covering":
        double = region.with_radius(decimal(2 * region.epsilon))
        least, why = lower_bound_in_balls(double, member(evidence, "lower"))
        return least * ball_volume(n) * epsilon**n, [
            f"a covering by balls of radius 2ε, for which {why}, bounds it from below"]
    number = packing_number(region, evidence)
    return number * ball_volume(n) * epsilon**n, [
        f"disjoint balls ({number}) bound it from below"]


def check_tube_volume(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify bounds for the volume of a tube: the domain, ε, and decimal logarithms of both bounds.
    """
    domain, epsilon, low, high = items(value, "claim", 4)
    region = Region(model, domain, epsilon)
    above, below = fields(evidence, "upper", "lower")
    with ctx.workprec(FEW_BITS):
        upper, verified, trust = tube_above(region, above)
        lower, more = tube_below(region, below)
        require(rational(high) >= rational(logarithm(upper, True)),
                "The upper bound is smaller than the one that is proved.")
        require(rational(low) <= rational(logarithm(lower, False)),
                "The lower bound is larger than the one that is proved.")
    return [*more, *verified], trust
