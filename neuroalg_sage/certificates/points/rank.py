"""
The rank of Dφ at a point, and which parameters are determined there to first order.

The kernel of Dφ(w) is the space of directions in which the function f_w does not change to first
order.  A rank modulo a prime, which divides no denominator, bounds that over Q from below, since a
minor that is not zero modulo the prime is not zero.  Vectors in the kernel, and the generic rank,
which is nowhere exceeded, bound it from above.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.trials import sample_rank
from neuroalg_sage.certificates.equality import same
from neuroalg_sage.certificates.points.first_order import independent, kernel_vectors
from neuroalg_sage.certificates.points.point import Point
from neuroalg_sage.certificates.reading import (
    Checked,
    MalformedCertificate,
    integers,
    items,
    member,
    prime,
    require,
)

RANDOM = "the trials are random"


def trial_ranks(point: Point, evidence: Any) -> list[tuple[int, int, int]]:
    """The ranks of the trials, as :func:`sample_rank` returns them, at the given weights."""
    trials = items(member(evidence, "trials"), "trials")
    require(trials, "There is no trial.")
    return [sample_rank(point.model, {**trial, "point": point.modulo(
        prime(member(trial, "prime")))}) for trial in trials]


def nullity(point: Point, evidence: Any) -> tuple[list[dict], int]:
    """Verified vectors in the kernel, and how many of them are independent at least."""
    vectors = kernel_vectors(point, evidence)
    return vectors, independent(vectors, member(evidence, "columns"), point.model.parameters,
                                prime(member(evidence, "prime")))


def upper_bound(point: Point, evidence: Any) -> tuple[int, str, list[str]]:
    """The upper bound for the rank that the evidence proves, by what, and whom it trusts."""
    kind = member(evidence, "kind")
    if kind == "kernel":
        _, count = nullity(point, evidence)
        return (point.model.parameters - count,
                f"independent vectors ({count}) in the kernel bound it from above", [])
    if kind == "generic":
        from neuroalg_sage.certificates.dimension.dimension import upper_bound as generic

        bound, why, trust = generic(point.model, member(evidence, "upper"),
                                    member(evidence, "trial"))
        return bound, f"the rank is nowhere larger than the dimension; {why}", trust
    raise MalformedCertificate("The upper bound's kind is not known.")


def check_rank(point: Point, claimed: Any, evidence: Any, status: str = "proved",
               stated_error: Any = None) -> Checked:
    """Verify the rank of Dφ(w), or bounds for it."""
    ranks = trial_ranks(point, evidence)
    lower = max(found for found, _, _ in ranks)
    below = f"a rank modulo a prime at the weights bounds that over Q from below by {lower}"
    if status == "monte_carlo":
        require(all(found == before == claimed for found, before, _ in ranks),
                "A trial does not support the rank claimed.")
        primes = {trial["prime"] for trial in evidence["trials"]}
        require(all(2**30 < p < 2**31 for p in primes) and len(primes) == len(ranks),
                "The primes are not different primes between 2^30 and 2^31.")
        from neuroalg_sage.certificates.points.error_bound import error_bound

        bound = error_bound(point, lower, [m for _, _, m in ranks])
        require(isinstance(stated_error, float) and bound <= stated_error <= 1,
                "The error bound stated is smaller than the trials give.")
        return [below, f"{len(ranks)} trials agree"], [RANDOM]
    upper, why, trust = upper_bound(point, member(evidence, "upper"))
    if status == "bounds":
        require(integers(claimed, 0, 10**9, "bound", 2) == [lower, upper] and lower < upper,
                "The bounds claimed are not those proved.")
    else:
        require(lower == claimed == upper,
                f"The rank claimed is not proved: it is between {lower} and {upper}.")
    return [below, why], trust


def check_unidentified(point: Point, claimed: Any, evidence: Any) -> Checked:
    """
    Verify which parameters are not constant along the kernel of Dφ(w), and which are.

    The claim [free, fixed]: the parameters that some vector of the kernel changes, and those that
    none does.  The second list is empty unless the vectors span the kernel.
    """
    upper = member(evidence, "upper")
    require(member(upper, "kind") == "kernel", "Vectors in the kernel are not given.")
    vectors, count = nullity(point, upper)
    lower = max(found for found, _, _ in trial_ranks(point, evidence))
    moved = {i for vector in vectors for i in vector}
    spans = lower + count == point.model.parameters
    rest = set(range(point.model.parameters)) - moved if spans else set()
    require(same(claimed, [sorted(moved), sorted(rest)]),
            "The parameters claimed are not those that the vectors move, or leave alone.")
    return [f"vectors ({len(vectors)}) are in the kernel",
            "they span it" if spans else "they need not span it"], []
