"""
How likely random trials miss a rank at given weights.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from neuroalg_sage.certificates.dimension.error_bound import PRIMES_FROM_2_30_TO_2_31
from neuroalg_sage.certificates.points.point import Point


def error_bound(point: Point, rank: int, special: list[int]) -> Fraction:
    """
    The probability that all of several independent random trials miss a rank over ``rank``.

    If the rank of Dφ(w) is larger, some minor of size k = rank + 1 is a number that is not zero.
    Let d be the degree of φ in the parameters, h a bound for the sum of the absolute values of the
    coefficients of one coordinate, q^e a denominator of all of these, b one of the weights, and
    a ≥ 1 a bound for their absolute values.  An entry of Dφ(w), times q^e b^d, is an integer of
    absolute value at most d h a^d q^e b^d; so the minor, times (q^e b^d)^k, is one of at most
    k! (d h a^d q^e b^d)^k, and has at most as many prime divisors over 2^30 as this has multiples
    of 30 bits.  A trial misses it only if its random prime from 2^30 to 2^31 is one of these, or
    one of its inputs is special, with a probability in units of 2^-30 that ``special`` has.
    """
    model, k = point.model, rank + 1
    degree = model.bound(1, 0, lambda c: 0)
    q = lcm(1, *(c.denominator for step in model.steps for t in step.outputs
                 for c in t.values()))
    power = model.bound(0, 0, lambda c: int(c.denominator > 1))
    height = max(model.fold([Fraction(1)] * model.parameters, [Fraction(1)] * model.inputs,
                            abs, lambda a, b: a + b, lambda a, b: a * b))
    largest = max((abs(c) for c in point.weights), default=Fraction(1))
    denominator = lcm(*(c.denominator for c in point.weights))
    bits = k * sum(int(c).bit_length() + 1 for c in (k, degree, height)) + k * (
        power * q.bit_length() + degree * (
            (int(largest) + 1).bit_length() + denominator.bit_length()))
    primes = Fraction(bits, 30) / PRIMES_FROM_2_30_TO_2_31
    total = Fraction(1)
    for m in special:
        total *= min(Fraction(1), primes + Fraction(m, 2**30))
    return total
