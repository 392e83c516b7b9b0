"""
Bounds on a parametrization, read off by applying the model over a semiring.

Degrees, heights and numbers of terms follow the same composition as values
do, so the model itself computes them; no architecture is treated apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np


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


class _Table:
    """Elements of a semiring, each with a number, and their sums and products."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Any, int] = {}
        self._made: dict[tuple[str, int, int], int] = {}

    def number(self, value: Any) -> int:
        """The number of an element."""
        if value not in self._numbers:
            self._numbers[value] = len(self.values)
            self.values.append(value)
        return self._numbers[value]

    def made(self, name: str, i: int, j: int) -> int:
        """The number of what an operation makes of an element and another, or an exponent."""
        key = (name, i, j)
        if key not in self._made:
            right = j if name == "__pow__" else self.values[j]
            self._made[key] = self.number(getattr(self.values[i], name)(right))
        return self._made[key]

    def multiple(self, i: int, count: int) -> int:
        """The number of the sum of so many equal elements."""
        if count == 1:
            return i
        half = self.multiple(i, count // 2)
        double = self.made("__add__", half, half)
        return self.made("__add__", double, i) if count % 2 else double

    def inner(self, row: np.ndarray, column: np.ndarray) -> int:
        """The number of the inner product of two lists of elements."""
        pairs, counts = np.unique(row * len(self.values) + column, return_counts=True)
        size, total = len(self.values), None
        for pair, count in zip(pairs.tolist(), counts.tolist()):
            term = self.multiple(self.made("__mul__", *divmod(pair, size)), count)
            total = term if total is None else self.made("__add__", total, term)
        assert total is not None
        return total


class FewValues:
    """
    An array over a commutative semiring in which few values occur, with the operations of layers.

    Each sum and product of two values is computed once, wherever it occurs.

    INPUT:

    - ``table`` -- the values, each with a number
    - ``data`` -- array of these numbers

    EXAMPLES::

        >>> w, x = FewValues.constant([(1000, 1000), (1000, 1)], [2, 3])
        >>> (w @ x)[:2, 0].entries()
        (6000, 6000)
    """

    __array_priority__ = 1000.0

    def __init__(self, table: _Table, data: np.ndarray) -> None:
        self.table, self.data = table, data

    @classmethod
    def constant(cls, shapes: Sequence[tuple[int, ...]], values: Sequence[Any]) -> list[FewValues]:
        """Arrays of these shapes, in each of which all entries are one value."""
        table = _Table()
        return [cls(table, np.full(shape, table.number(value), dtype=np.int64))
                for shape, value in zip(shapes, values, strict=True)]

    def entries(self) -> tuple[Any, ...]:
        """The entries of an array with one axis."""
        return tuple(self.table.values[i] for i in self.data)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape."""
        return self.data.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.data.ndim

    def _with(self, data: np.ndarray) -> FewValues:
        return FewValues(self.table, data)

    def _numbers(self, other: Any) -> np.ndarray:
        if isinstance(other, FewValues):
            return other.data
        if isinstance(other, np.ndarray):
            return np.array([self.table.number(v) for v in other.flat], np.int64).reshape(
                other.shape)
        return np.array(self.table.number(other))

    def _each(self, name: str, right: np.ndarray) -> FewValues:
        size = int(max(len(self.table.values), right.max(initial=0) + 1))
        pairs, places = np.unique(self.data * size + right, return_inverse=True)
        made = np.array([self.table.made(name, *divmod(pair, size)) for pair in pairs.tolist()],
                        dtype=np.int64)
        return self._with(made[places].reshape(np.broadcast_shapes(self.shape, right.shape)))

    def __add__(self, other: Any) -> FewValues:
        return self._each("__add__", self._numbers(other))

    def __mul__(self, other: Any) -> FewValues:
        return self._each("__mul__", self._numbers(other))

    def __pow__(self, exponent: int) -> FewValues:
        return self._each("__pow__", np.array(exponent))

    def __matmul__(self, other: Any) -> FewValues:
        right = self._numbers(other)
        batch = np.broadcast_shapes(self.shape[:-2], right.shape[:-2])
        result = np.zeros((*batch, self.shape[-2], right.shape[-1]), dtype=np.int64)
        lefts = np.broadcast_to(self.data, (*batch, *self.shape[-2:]))
        rights = np.broadcast_to(right, (*batch, *right.shape[-2:]))
        for place in np.ndindex(*batch):
            rows, row_of = np.unique(lefts[place], axis=0, return_inverse=True)
            columns, column_of = np.unique(rights[place].T, axis=0, return_inverse=True)
            made = np.array([[self.table.inner(row, column) for column in columns]
                             for row in rows])
            result[place] = made[row_of.reshape(-1, 1), column_of.reshape(1, -1)]
        return self._with(result)

    def __getitem__(self, index: Any) -> FewValues:
        return self._with(self.data[index])

    def reshape(self, shape: tuple[int, ...]) -> FewValues:
        """The same entries in another shape."""
        return self._with(self.data.reshape(shape))

    def swapaxes(self, first: int, second: int) -> FewValues:
        """The array with two axes exchanged."""
        return self._with(self.data.swapaxes(first, second))

    def __array_function__(self, function: Callable, types: Any, args: Any, kwargs: Any) -> Any:
        if function is not np.concatenate:
            return NotImplemented
        return self._with(np.concatenate([x.data for x in args[0]], **kwargs))
