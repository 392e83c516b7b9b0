"""
Bounds on a parametrization, read off by applying the model over a semiring.

Degrees, heights and numbers of terms follow the same composition as values
do, so the model itself computes them; no architecture is treated apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class DegreeSet:
    """
    The set of total degrees of the terms of a polynomial, as the bits of an integer.

    Sums are unions and products are sumsets, so no cancellation is assumed:
    the set contains every degree that occurs, for parameters in general position.
    """

    bits: int

    @classmethod
    def of(cls, degree: int) -> DegreeSet:
        """The set with one degree."""
        return cls(1 << degree)

    @classmethod
    def constant(cls, c: Fraction) -> DegreeSet:
        """The degrees of a constant: {0}, or none for zero."""
        return cls(1 if c else 0)

    def __add__(self, other: DegreeSet) -> DegreeSet:
        return DegreeSet(self.bits | other.bits)

    def __mul__(self, other: DegreeSet) -> DegreeSet:
        few, many = self.bits, other.bits
        if few & (few - 1):
            few, many = sorted((few, many), key=int.bit_count)
        total = 0
        while few:
            lowest = few & -few
            total |= many * lowest
            few ^= lowest
        return DegreeSet(total)

    def __pow__(self, exponent: int) -> DegreeSet:
        power = DegreeSet(1)
        for _ in range(exponent):
            power = power * self
        return power

    def degrees(self) -> tuple[int, ...]:
        """The degrees, descending."""
        return tuple(d for d in range(self.bits.bit_length() - 1, -1, -1) if self.bits >> d & 1)


@dataclass(frozen=True)
class Degree:
    """A bound on a degree: sums take the maximum, products add.  None is minus infinity."""

    value: int | None

    @classmethod
    def constant(cls, c: Fraction) -> Degree:
        """The degree of a constant."""
        return cls(0 if c else None)

    @classmethod
    def denominator(cls, c: Fraction) -> Degree:
        """How often a common denominator is needed for a constant: once, or not at all."""
        return cls(int(c.denominator > 1) if c else None)

    def __add__(self, other: Degree) -> Degree:
        return max(self, other, key=lambda d: -1 if d.value is None else d.value)

    def __mul__(self, other: Degree) -> Degree:
        if self.value is None or other.value is None:
            return Degree(None)
        return Degree(self.value + other.value)

    def __pow__(self, exponent: int) -> Degree:
        if exponent == 0:
            return Degree(0)
        return Degree(None if self.value is None else self.value * exponent)
