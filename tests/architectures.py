"""What is demanded of every architecture, against implementations of the tests' own."""

from __future__ import annotations

import json
import operator
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from neuroalg_sage.certificates import model as checked
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import model_from_data

PRIME = 2**31 - 1
Direct = Callable[["Parameters", list[Any]], list[Any]]  # the outputs at parameters and inputs


class Parameters:
    """Parameters, taken one after the other as matrices."""

    def __init__(self, values: list[Any]) -> None:
        self.values = list(values)

    def take(self, *shape: int) -> Any:
        """The next parameters as an array of this shape, of objects."""
        size = int(np.prod(shape, dtype=int))
        part, self.values = self.values[:size], self.values[size:]
        assert len(part) == size
        array = np.empty(size, dtype=object)
        array[:] = part
        return array.reshape(shape)


def residue(value: Any) -> int:
    """A rational number modulo the prime."""
    number = Fraction(value)
    return number.numerator * pow(number.denominator, -1, PRIME) % PRIME


class Dual:
    """A residue and a derivative."""

    def __init__(self, value: Any, slope: int = 0) -> None:
        self.value = value if type(value) is int and 0 <= value < PRIME else residue(value)
        self.slope = slope % PRIME

    def __add__(self, other: Any) -> Dual:
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual((self.value + other.value) % PRIME, self.slope + other.slope)

    def __mul__(self, other: Any) -> Dual:
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.value * other.value % PRIME,
                    self.value * other.slope + self.slope * other.value)

    __radd__, __rmul__ = __add__, __mul__

    def inverse(self) -> Dual:
        """One divided by this."""
        value = pow(self.value, -1, PRIME)
        return Dual(value, -self.slope * value * value)

    def __pow__(self, k: int) -> Dual:
        result = Dual(1)
        for _ in range(k):
            result = result * self
        return result


def rank(rows: list[list[int]]) -> int:
    """The rank of a matrix of residues modulo the prime, by elimination."""
    found = 0
    rows = [list(row) for row in rows]
    for column in range(len(rows[0])):
        pivot = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        inverse = pow(rows[found][column], -1, PRIME)
        for i in range(found + 1, len(rows)):
            factor = rows[i][column] * inverse % PRIME
            if factor:
                rows[i] = [(a - factor * b) % PRIME for a, b in zip(rows[i], rows[found])]
        found += 1
    return found


def jacobian_rank(direct: Direct, parameters: int, inputs: int) -> int:
    """The rank of the derivatives of a direct implementation, at random points: dim M."""
    generator = random.Random(7)
    w = [generator.randrange(PRIME) for _ in range(parameters)]
    points = [[generator.randrange(PRIME) for _ in range(inputs)] for _ in range(parameters + 2)]
    columns = []
    for i in range(parameters):
        moved = [Dual(c, i == k) for k, c in enumerate(w)]
        columns.append([Dual(0) + f for x in points
                        for f in direct(Parameters(moved), [Dual(c) for c in x])])
    return rank([[f.slope for f in column] for column in columns])


def check_values(model: Model, direct: Direct | None = None) -> None:
    """The model, the checker's and, if given, a direct implementation have the same values."""
    generator = random.Random(model.parameter_count)
    own = checked.Model(json.loads(json.dumps(model.describe())))
    assert own.parameters == model.parameter_count
    assert own.ambient_dimension == model.ambient_dimension
    for _ in range(3):
        w = [Fraction(generator.randint(-9, 9), 3) for _ in range(model.parameter_count)]
        x = [Fraction(generator.randint(-9, 9), 2) for _ in range(model.input_count)]
        values = model.apply(np.array(w, dtype=object), np.array(x, dtype=object), lambda c: c)
        if direct is not None:
            parameters = Parameters(w)
            assert values.tolist() == list(direct(parameters, x))
            assert not parameters.values
        assert values.tolist() == list(own.fold(w, x, lambda c: c, operator.add, operator.mul))


def check_again(model: Model) -> None:
    """A model is that of its description and of its spec; its LaTeX has no gap."""
    assert model_from_data(json.loads(json.dumps(model.describe()))) == model
    if model.spec:
        again = parse_spec(model.spec)
        assert (again, again.spec) == (model, model.spec)
    assert r"\xrightarrow{}" not in model._latex_()


def check_symmetries(model: Model, least: int) -> None:
    """There are at least so many linear symmetries; none moves a coordinate."""
    assert len(model.symmetries) >= least
    for symmetry in model.symmetries:
        for p in parametrization(model).polynomials:
            total: dict[Any, Fraction] = {}
            for (i, j), c in symmetry.parameters.items():
                for e, coefficient in p.items():
                    if e[i]:
                        moved = list(e)
                        moved[i] -= 1
                        moved[j] += 1
                        total[tuple(moved)] = total.get(tuple(moved), Fraction(0)) + (
                            c * coefficient * e[i])
            assert not any(total.values())
