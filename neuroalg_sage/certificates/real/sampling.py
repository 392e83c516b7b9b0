"""
Samples that a seed determines, and exact confidence intervals for what is counted among them.

What is random is made from a seed by SHA-256, so that nobody chooses single samples.
"""

from __future__ import annotations

from hashlib import sha256
from math import comb

import flint
from flint import arb, fmpq

from neuroalg_sage.certificates.reading import require

FINENESS = 2**20  # Gaussian coordinates are multiples of the inverse
SCALE = 10_000  # bounds of intervals are, too
INNER_PRODUCTS = ("bombieri", "unit")
MOST_SAMPLES = 100_000


def number(seed: int, *place: int) -> int:
    """A number below 2^64 that belongs to a seed and a place."""
    text = ",".join(map(str, (seed, *place)))
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big")


def normal(scale: int, seed: int, *place: int) -> fmpq:
    """
    A sample of the normal distribution of variance ``scale``, rounded down to a multiple of
    1 / FINENESS: the quantile of (k + 1/2) / 2^64, where k is the number of this place.
    """
    k = number(seed, *place)
    precision = 128
    while True:
        with flint.ctx.workprec(precision):
            quantile = arb(fmpq(2 * k + 1 - 2**64, 2**64)).erfinv()
            floor = (quantile * arb(2 * scale).sqrt() * FINENESS).floor().unique_fmpz()
        if floor is not None:
            return fmpq(floor, FINENESS)
        precision *= 2


def gaussian_form(degree: int, inner_product: str, seed: int, index: int) -> list[fmpq]:
    """
    A binary form of the Gaussian measure of an inner product: for ``unit`` its coefficients are
    independent and standard normal; for ``bombieri``, which rotations of the plane preserve, that
    of x^(d-i) y^i has the variance C(d, i).
    """
    require(inner_product in INNER_PRODUCTS, "The inner product is not known.")
    return [normal(comb(degree, i) if inner_product == "bombieri" else 1, seed, index, i)
            for i in range(degree + 1)]


def interval(least: int, most: int, samples: int, error: fmpq) -> tuple[int, int]:
    """
    Bounds for the probability p of an event, in units of 1 / SCALE, that are wrong with at most
    the stated probability; the event was seen at least ``least``, at most ``most`` times.

    C. Clopper, E. Pearson (1934): of the numbers p such that at least ``least`` (at most
    ``most``) events among so many independent samples have a probability of more than error / 2.
    If X is the number of events among n samples, P(X >= k) is the regularized incomplete beta
    function at p of k and n - k + 1, and increases with p.  What is returned is rounded outward.
    """
    low = _largest(least, samples, error / 2)
    return low, SCALE - _largest(samples - most, samples, error / 2)


def _largest(count: int, samples: int, error: fmpq) -> int:
    """The largest k with P(X >= count) <= error for a probability of k / SCALE; 0 if none."""
    low, high = 0, SCALE
    if not count:
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _is_rare(middle, count, samples, error) else (low, middle)
    return low


def _is_rare(k: int, count: int, samples: int, error: fmpq) -> bool:
    """Whether P(X >= count) <= error."""
    precision = 64
    while precision <= 2**14:
        with flint.ctx.workprec(precision):
            tail = arb(fmpq(k, SCALE)).beta_lower(count, samples - count + 1, regularized=True)
            if tail <= arb(error) or tail > arb(error):
                return bool(tail <= arb(error))
        precision *= 2
    return False  # a smaller bound is right, too
