"""
Covering numbers: how many balls of radius ε cover the functions of bounded parameters or norm.

What is covered is defined in ``region``.  The arguments are, with their proofs, in ``volumes`` and
``slicing`` from above, in ``packings``, ``linear_spaces`` and ``projections`` from below; and in
``norms`` what they say of other norms than the Euclidean one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, ctx

from neuroalg_sage.certificates.capacity.large_numbers import MOST_DIGITS, is_at_most, written
from neuroalg_sage.certificates.capacity.region import BITS, FEW_BITS, Bound, Region
from neuroalg_sage.certificates.capacity.volumes import (
    bounded_rank,
    lipschitz,
    one_ball,
    volume,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    MalformedCertificate,
    fields,
    items,
    member,
    require,
)


def _slicing(region: Region, evidence: Any) -> Bound:
    from neuroalg_sage.certificates.capacity.slicing import slicing

    return slicing(region, evidence)


def _hypersurface(region: Region, evidence: Any) -> Bound:
    from neuroalg_sage.certificates.capacity.slicing import hypersurface

    return hypersurface(region, evidence)


def _packings(region: Region, evidence: Any) -> tuple[arb, str]:
    from neuroalg_sage.certificates.capacity.packings import LOWER

    found: tuple[arb, str] = LOWER[member(evidence, "argument")](region, evidence)
    return found


def _linear_spaces(region: Region, evidence: Any) -> tuple[arb, str]:
    from neuroalg_sage.certificates.capacity.linear_spaces import linear_spaces

    return linear_spaces(region, evidence)


def _projection(region: Region, evidence: Any) -> tuple[arb, str]:
    from neuroalg_sage.certificates.capacity.projections import projection

    return projection(region, evidence)


UPPER: dict[str, Callable[[Region, Any], Bound]] = {
    "one ball": one_ball, "volume": volume, "bounded rank": bounded_rank,
    "slicing": _slicing, "hypersurface": _hypersurface, "Lipschitz": lipschitz}

LOWER: dict[str, Callable[[Region, Any], tuple[arb, str]]] = {
    "a function": _packings, "packing": _packings, "linear space": _packings,
    "last layer": _packings, "linear spaces": _linear_spaces, "projection": _projection}

FOR_ALL_NORMS = ("volume", "a function", "linear space")  # of the functions in a ball


def _argument(table: dict[str, Any], evidence: Any) -> Any:
    argument = member(evidence, "argument")
    if not isinstance(argument, str) or argument not in table:
        raise MalformedCertificate("The argument for a bound is not known.")
    return table[argument]


def upper_bound_in_balls(region: Region, evidence: Any) -> Bound:
    """An upper bound as a ball, what was verified, and whom to trust."""
    found: Bound = _argument(UPPER, evidence)(region, evidence)
    require(found[0].is_finite(), "A bound is not finite.")
    return found


def _in_norm(region: Region, evidence: Any, norm: Any, is_upper: bool) -> Region:
    """The Euclidean region that an argument is about, for balls of a norm."""
    if norm is None:
        return region
    from neuroalg_sage.certificates.capacity.norms import constants, inner, outer

    constants(region.model, norm)  # whatever is proved, there must be such a norm
    if region.kind == "ball" and (member(evidence, "argument") in FOR_ALL_NORMS or (
            evidence["argument"] == "one ball" and member(evidence, "cone_from") is not None)):
        return region
    return outer(region, norm) if is_upper else inner(region, norm)


def upper_covering_bound(region: Region, evidence: Any, norm: Any = None
                         ) -> tuple[Any, list[str], list[str]]:
    """An upper bound as it is written, what was verified, and whom to trust."""
    region = _in_norm(region, evidence, norm, True)
    with ctx.workprec(FEW_BITS):
        bound, verified, trust = upper_bound_in_balls(region, evidence)
        if bound.log() / arb(10).log() > MOST_DIGITS or bound < arb(2) ** (FEW_BITS // 2):
            return written(bound, True), verified, trust
    with ctx.workprec(BITS):
        return written(upper_bound_in_balls(region, evidence)[0], True), verified, trust


def lower_bound_in_balls(region: Region, evidence: Any) -> tuple[arb, str]:
    """A lower bound as a ball, and what proves it."""
    found: tuple[arb, str] = _argument(LOWER, evidence)(region, evidence)
    return found


def lower_covering_bound(region: Region, evidence: Any, norm: Any = None
                         ) -> tuple[Any, list[str]]:
    """A lower bound as it is written, and what was verified."""
    region = _in_norm(region, evidence, norm, False)
    with ctx.workprec(FEW_BITS):
        bound, why = lower_bound_in_balls(region, evidence)
        if bound.log() / arb(10).log() > MOST_DIGITS or bound < arb(2) ** (FEW_BITS // 2):
            return written(bound, False), [f"{why} bounds it from below"]
    with ctx.workprec(BITS):
        return written(lower_bound_in_balls(region, evidence)[0], False), [
            f"{why} bounds it from below"]


def check_covering_number(model: Model, value: Any, evidence: Any, status: str
                          ) -> tuple[list[str], list[str]]:
    """
    Verify bounds for a covering number: the domain, ε, the lower and the upper bound; and the
    norm, if it is not the Euclidean one.
    """
    has_norm = len(items(value, "claim")) == 5
    domain, epsilon, lower, upper, norm = (
        value if has_norm else [*items(value, "claim", 4), None])
    require(has_norm == (norm is not None), "The norm is not known.")
    region = Region(model, domain, epsilon)
    above, below = fields(evidence, "upper", "lower")
    found, verified, trust = upper_covering_bound(region, above, norm)
    least, more = lower_covering_bound(region, below, norm)
    require(is_at_most(found, upper), "The upper bound is smaller than the one that is proved.")
    require(is_at_most(lower, least), "The lower bound is larger than the one that is proved.")
    require((status == "proved") == (lower == upper), "Bounds that meet are a value, others not.")
    if has_norm:
        verified = [*verified, "the norm is compared with the Euclidean one"]
    return [*more, *verified], trust
