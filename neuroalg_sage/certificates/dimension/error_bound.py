"""
How likely random trials miss a rank.
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial, lcm

from neuroalg_sage.certificates.model import Model

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
