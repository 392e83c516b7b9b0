"""
How often real ranks occur among Gaussian binary forms.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.equality import same
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, fields, integer, items, member, require
from neuroalg_sage.certificates.real.real_rank import binary_forms, real_rank
from neuroalg_sage.certificates.real.sampling import (
    MOST_SAMPLES,
    SCALE,
    gaussian_form,
    interval,
)

ERROR = fmpq(1, 20)  # all intervals hold together but for this probability


def check_real_ranks(model: Model, value: Any, evidence: Any, error_bound: float) -> Checked:
    """
    Verify how often real ranks, and functions of M, were seen among Gaussian forms, and
    confidence intervals for their probabilities.

    The forms are made anew from the seed.  Of each the real rank is verified, or bounds for it;
    where they do not meet, the form counts as one that may have each rank between.  The intervals
    are for the distribution that is sampled: rounded to multiples of 2^-20.
    """
    k, d = binary_forms(model)
    inner_product, seed, samples = fields(value, "inner_product", "seed", "samples")
    count = integer(samples, 1, MOST_SAMPLES, "number of samples")
    seed = integer(seed, 0, 2**64 - 1, "seed")
    found = [real_rank(gaussian_form(d, inner_product, seed, i), data)
             for i, data in enumerate(items(member(evidence, "forms"), "forms", count))]
    require(error_bound == float(ERROR.p) / float(ERROR.q), "The error bound is another one.")
    expected = {"inner_product": inner_product, "seed": seed, "samples": count} | frequencies(
        found, d, k)
    require(same(value, expected),
            "The numbers or intervals are not those of the samples.")
    return [f"real ranks of {count} forms", "confidence intervals of Clopper and Pearson"], []


def frequencies(found: list[tuple[int, int]], d: int, k: int) -> dict[str, list[Any]]:
    """
    For each typical rank, and for ranks up to k: how many forms have it for certain, and at most;
    and an interval for its probability.
    """
    events = [(r, r) for r in range(d // 2 + 1, d + 1)] + [(1, k)]
    rows: list[list[Any]] = []
    for first, last in events:
        least = sum(first <= low and high <= last for low, high in found)
        most = sum(low <= last and first <= high for low, high in found)
        bounds = interval(least, most, len(found), ERROR / len(events))
        rows.append([last, least, most, *(f"{bound / SCALE:.4f}" for bound in bounds)])
    return {"ranks": rows[:-1], "model": rows[-1]}
