"""
Volumes of tubes: the functions of V that are within ε of the functions of a model.

Let A be as for covering numbers, n = dim V, and κ_j the volume of the unit ball of dimension j. The
tube is the set of the v in V with a distance of at most ε from A.

*From above.* A lies in a ball of radius R, so the tube has volume at most κ_n (R + ε)^n. It is in
the balls of radius ε + η around the centers of N(A, η) balls of radius η that cover A; so its
volume is at most N(A, η) κ_n (ε + η)^n.

*From below.* Around the points of a packing, with distances over 2ε, are disjoint balls of radius
ε. So the volume is at least N(A, 2ε) κ_n ε^n, as a largest packing covers A by balls of radius 2ε.
Around the part |f| ≤ R of a linear space of dimension q in M is a cylinder of volume κ_q R^q
κ_(n-q) ε^(n-q).

Weyl's formula, which holds below the reach only, is not used: a cone has reach 0.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb, ctx

from neuroalg_sage.certificates.capacity.covering_number import (
    lower_bound_in_balls,
    upper_bound_in_balls,
)
from neuroalg_sage.certificates.capacity.packings import linear_dimension, packing_number
from neuroalg_sage.certificates.capacity.region import FEW_BITS, Region, ball_volume, real, whole
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, fields, items, member, rational, require

PLACES = 10**6


def tube_above(region: Region, evidence: Any) -> tuple[arb, list[str], list[str]]:
    """An upper bound for the volume of a tube, what was verified, and whom to trust."""
    n, epsilon = region.model.ambient_dimension, real(region.epsilon)
    if member(evidence, "argument") == "ball":
        return ball_volume(n) * (region.radius(evidence) + epsilon) ** n, [
            "a ball contains the tube"], []
    radius, above = fields(evidence, "radius", "upper")
    finer = region.with_radius(radius)
    number, verified, trust = upper_bound_in_balls(finer, above)
    return number * ball_volume(n) * (epsilon + real(finer.epsilon)) ** n, [
        *verified, "balls around the centers of a covering contain the tube"], trust


def tube_below(region: Region, evidence: Any) -> tuple[arb, list[str]]:
    """A lower bound for the volume of a tube, and what was verified."""
    n, epsilon = region.model.ambient_dimension, real(region.epsilon)
    if member(evidence, "argument") == "linear space":
        q = linear_dimension(region, evidence)
        return ball_volume(q) * real(region.size) ** q * ball_volume(n - q) * epsilon ** (n - q), [
            f"a cylinder around a linear space of dimension {q} bounds it from below"]
    if member(evidence, "argument") == "covering":
        double = region.with_radius(decimal(2 * region.epsilon))
        least, why = lower_bound_in_balls(double, member(evidence, "lower"))
        return least * ball_volume(n) * epsilon**n, [
            f"a covering by balls of radius 2ε, for which {why}, bounds it from below"]
    number = packing_number(region, evidence)
    return number * ball_volume(n) * epsilon**n, [
        f"disjoint balls ({number}) bound it from below"]


def logarithm(volume: arb, is_upper: bool) -> str:
    """The decimal logarithm of a volume, rounded outward."""
    scaled = volume.log() / arb(10).log() * PLACES
    return str(Fraction(whole(scaled.upper().ceil() if is_upper else scaled.lower().floor()),
                        PLACES))


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
