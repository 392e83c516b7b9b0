"""
How likely random trials miss a rank.
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial, lcm
from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import require

PRIMES_FROM_2_30_TO_2_31 = 50_697_537


def error_bound(model: Model, rank: int, special: list[int]) -> Fraction:
    """
    The probability that all of several independent random trials miss a rank over ``rank``.

    If the generic rank of Dφ is larger, some minor of size k = rank + 1 is a nonzero
    polynomial in w with coefficients in Z[1/q].  A trial misses it only if its random prime
    from 2^30 to 2^31 divides the minor's first coefficient (times a power of q), or the
    minor vanishes at the random point modulo p (Schwartz, Zippel), or one of its random
    inputs lies on a nonzero element of the image of Dφ that vanishes on all inputs before it.
    The last happens to an input with the probability degree / p, where the degree is that
    of the element, or in x and t of its combination.  ``special`` has their sums.
    """
    k = rank + 1
    degree = model.bound(1, 0, lambda c: 0)
    q = lcm(*model.fold([1] * model.parameters, [1] * model.inputs, lambda c: c.denominator, lcm,
                        lcm))
    power = model.bound(0, 0, lambda c: int(c.denominator > 1))
    height = max(model.fold([Fraction(1)] * model.parameters, [Fraction(1)] * model.inputs,
                            abs, lambda a, b: a + b, lambda a, b: a * b))
    size = factorial(k) * (degree * height * q**power) ** k
    primes = Fraction(int(size).bit_length(), 30) / PRIMES_FROM_2_30_TO_2_31
    total = Fraction(1)
    for m in special:
        total *= min(Fraction(1), primes + Fraction(k * max(degree - 1, 0) + m, 2**30))
    return total


def check_chance(model: Model, claimed: Any, trials: list[Any], ranks: list[tuple[int, int, int]],
                 stated_error: Any) -> None:
    """
    Verify that independent trials have the rank claimed, without their last inputs too, and that
    the probability stated is no smaller than that of missing a larger one.
    """
    require(all(found == before == claimed for found, before, _ in ranks),
            "A trial does not support the dimension claimed.")
    primes = {trial["prime"] for trial in trials}
    require(all(2**30 < p < 2**31 for p in primes) and len(primes) == len(trials),
            "The primes are not different primes between 2^30 and 2^31.")
    bound = error_bound(model, max(found for found, _, _ in ranks), [m for _, _, m in ranks])
    require(isinstance(stated_error, float) and bound <= stated_error <= 1,
            "The error bound stated is smaller than the trials give.")
