"""
Volumes of tubes around a neuromanifold, from above and from below.

The bounds with their proofs are in ``certificates.capacity.tubes``.
"""

from __future__ import annotations

import time
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import ctx

from neuroalg_sage.certificates.capacity.large_numbers import logarithm
from neuroalg_sage.certificates.capacity.tubes import tube_above, tube_below
from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.capacity.covering_number import (
    Coverings,
    as_json,
    check_domain,
    exponent,
    part_as_json,
    part_in_words,
)

BITS = 128
FINER = (Fraction(1, 2), Fraction(1), Fraction(2))  # radii of coverings, in units of that of a tube


class TubeVolume(Invariant):
    """Bounds for the volume of a tube: the data are the domain, ε, and decimal logarithms."""

    @cached_property
    def value(self) -> tuple[float, float]:
        """Decimal logarithms of the bounds, rounded to floating-point numbers."""
        low, high = (float(Fraction(c)) for c in self.data[2:])
        return low, high

    def condition(self) -> str:
        return f"radius {self.data[1]}, {part_in_words(self.data[0])}"

    def sentence(self) -> str:
        low, high = map(exponent, self.data[2:])
        return f"from 10^{low} to 10^{high} ({self.condition()})"

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  {self.method}"]

    def plain_value(self) -> dict[str, Any]:
        domain, epsilon, low, high = self.data
        assert self.certificate is not None
        evidence = self.evidence
        by = {f"{end}_by": evidence[end]["argument"] for end in ("lower", "upper")
              if end in evidence}
        return {"lower": as_json(["10^", low]), "upper": as_json(["10^", high]), **by,
                "epsilon": epsilon} | part_as_json(domain)


def tube_volume(coverings: Coverings, epsilon: Fraction) -> TubeVolume:
    """
    Bounds for the volume of the functions of V within ε of a part of M.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("mlp:1,1:x")
        >>> part = Coverings(M.model, M.dimension(), ("ball", Fraction(1)))
        >>> [round(10**c, 5) for c in tube_volume(part, Fraction(1, 10)).value]
        [2.2, 2.2]
    """
    start = time.perf_counter()
    check_domain(coverings.model, coverings.most_dimension, epsilon, coverings.domain)
    region = coverings.region(epsilon)
    flag = {"expanded": coverings.is_expanded} if coverings.domain[0] == "box" else {}
    span = {"equations": [encode_polynomial(f) for f in coverings.linear]}
    candidates: list[dict[str, Any]] = [
        {"argument": "ball", **flag, **(span if coverings.linear else {})}]
    for factor in FINER:
        candidates.append({"argument": "covering", "radius": decimal(factor * epsilon),
                           "upper": coverings.upper(factor * epsilon)[1]})
    uppers, lowers = [], []
    with ctx.workprec(BITS):
        for above in candidates:
            try:
                bound, _, trust = tube_above(region, above)
            except CertificateError:
                continue
            uppers.append((Fraction(logarithm(bound, True)), above, trust))
        belows = coverings.lower_evidence(epsilon)
        try:
            belows.append({"argument": "covering",
                           "lower": coverings.lower(2 * epsilon, packs=False)[1]})
        except LimitReached:  # then there are only the functions of a packing
            if not belows:
                raise
        for below in belows:
            lowers.append((Fraction(logarithm(tube_below(region, below)[0], False)), below))
    high, above, trust = min(uppers, key=lambda one: one[0])
    low, below = max(lowers, key=lambda one: one[0])
    (kind, size) = coverings.domain
    return TubeVolume.certified(
        coverings.model, "tube_volume", [[kind, decimal(size)], decimal(epsilon), decimal(low),
                                         decimal(high)], "bounds",
        f"from below: {below['argument']}; from above: {above['argument']}",
        time.perf_counter() - start, {"upper": above, "lower": below}, trust)
