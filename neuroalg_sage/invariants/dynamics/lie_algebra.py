"""
The Lie algebra that the fields of a flow generate, at a point modulo a prime.

A law is constant along all fields, so along their brackets
[X, Y]_i = Σ_k X_k ∂_k Y_i - Y_k ∂_k X_i: its differential vanishes on the Lie algebra L that
they generate.  Let M be the dimension of the space, and r that of L at a generic point.  There
are at most M - r independent laws there, and locally as many, by Frobenius' theorem.  The
values of elements of L at an integer point have a rank modulo a prime of at most r.  So any
brackets prove an upper bound.

Those that are tried suffice at a generic point.  Let D be spanned there by elements of L that
are independent over the rational functions, among them the generators up to rational
combinations.  If all brackets of independent generators with elements of this basis are in D,
so is L: [X, fY] = f [X, Y] + X(f) Y.  The rank at a random point is the one to count on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from flint import Ordering, nmod_mpoly_ctx

from neuroalg_sage.engines.modular import multiply_matrices
from neuroalg_sage.invariants.dimension.known_symmetries import constant_modulo
from neuroalg_sage.invariants.dynamics.vector_fields import Field, VectorFields
from neuroalg_sage.models.model import Model

Word = list[int]  # [j] is a field; [a, b] the bracket of two elements before


class Brackets:
    """
    Elements of the Lie algebra whose values at a point modulo a prime are independent.

    INPUT:

    - ``prime``, ``point`` -- a prime below 2^31 that divides no denominator, and residues
    - ``values`` -- the values of the generators at the point
    """

    def __init__(self, prime: int, point: Sequence[int], values: Iterable[np.ndarray]) -> None:
        self.prime = prime
        self.point = np.array(point, dtype=np.int64) % prime
        self.words: list[Word] = []
        self._values: list[np.ndarray] = []
        self._echelon: list[tuple[int, np.ndarray]] = []
        for j, value in enumerate(values):
            self._add([j], value)
        self._generators = len(self.words)
        self._tried = 0

    @property
    def rank(self) -> int:
        """How many elements are independent at the point."""
        return len(self.words)

    def along(self, k: int, vector: np.ndarray) -> np.ndarray:
        """The derivative of an element at the point along a vector."""
        raise NotImplementedError

    def extend(self, wanted: int) -> int:
        """Add brackets until so many are independent, or none adds any; return the rank."""
        while self._tried < len(self.words) and self.rank < wanted:
            k = self._tried
            for j in range(self._generators):
                # [Y, X] = DX Y - DY X at the point needs no more than first derivatives.
                value = (self.along(k, self._values[j])
                         - self.along(j, self._values[k])) % self.prime
                self._add([j, k], value)
                if self.rank >= wanted:
                    return self.rank
            self._tried += 1
        return self.rank

    def _add(self, word: Word, value: np.ndarray) -> None:
        rest = value.copy()
        for pivot, row in self._echelon:
            if rest[pivot]:
                rest = (rest - rest[pivot] * row) % self.prime
        if rest.any():
            pivot = int(np.flatnonzero(rest)[0])
            self._echelon.append((pivot, rest * pow(int(rest[pivot]), -1, self.prime)
                                  % self.prime))
            self.words.append(word)
            self._values.append(value)


class BracketsOfPolynomials(Brackets):
    """
    Brackets of fields with known polynomials, which are expanded where they are needed.

    INPUT:

    - ``space`` -- the fields that generate the Lie algebra
    - ``prime``, ``point`` -- as for all brackets

    EXAMPLES::

        >>> from neuroalg_sage.invariants.dynamics.flows import Flow
        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("linear:2,2,2"))
        >>> brackets = BracketsOfPolynomials(VectorFields(phi, Flow()), 101,
        ...                                  [1, 2, 3, 4, 5, 6, 7, 9])
        >>> brackets.rank, brackets.extend(8), brackets.words[-1]
        (4, 5, [1, 0])
    """

    def __init__(self, space: VectorFields, prime: int, point: Sequence[int]) -> None:
        self.space = space
        self._fields: dict[int, dict[int, Any]] = {}
        self._slopes: dict[int, np.ndarray] = {}
        self._ring = nmod_mpoly_ctx.get([f"v{i}" for i in range(space.count)], modulus=prime,
                                        ordering=Ordering.lex)
        super().__init__(prime, point, (self._value(self._reduced(field))
                                        for field in space.fields))

    def along(self, k: int, vector: np.ndarray) -> np.ndarray:
        """The derivative of an element at the point along a vector."""
        return multiply_matrices(self._slope(k), vector[:, None], self.prime)[:, 0]

    def _reduced(self, field: Field) -> dict[int, Any]:
        p = self.prime
        return {i: self._ring.from_dict({
            e: c.numerator * pow(c.denominator, -1, p) % p for e, c in terms.items()})
            for i, terms in field.items()}

    def _field(self, k: int) -> dict[int, Any]:
        """The element as a polynomial field; brackets are expanded when first needed."""
        found = self._fields.get(k)
        if found is None:
            word = self.words[k]
            found = (self._reduced(self.space.fields[word[0]]) if len(word) == 1
                     else bracket(self._field(word[0]), self._field(word[1])))
            self._fields[k] = found
        return found

    def _value(self, field: dict[int, Any]) -> np.ndarray:
        at = self.point.tolist()
        value = np.zeros(self.space.count, dtype=np.int64)
        for i, f in field.items():
            value[i] = int(f(*at))
        return value

    def _slope(self, k: int) -> np.ndarray:
        """The derivative of an element at the point."""
        found = self._slopes.get(k)
        if found is None:
            at = self.point.tolist()
            found = np.zeros((self.space.count, self.space.count), dtype=np.int64)
            for i, f in self._field(k).items():
                for j, degree in enumerate(f.degrees()):
                    if degree:
                        found[i, j] = int(f.derivative(j)(*at))
            self._slopes[k] = found
        return found


class BracketsOfGradients(Brackets):
    """
    Brackets of the gradients of values of a model, for which φ is not expanded.

    Each value f_w(x) is a combination of coordinates of φ.  Derivatives along vectors are taken
    over GF(p)[e_1, ..., e_k] / (e_1^2, ..., e_k^2).

    INPUT:

    - ``model`` -- a polynomial model
    - ``prime``, ``point`` -- as for all brackets
    - ``functions`` -- pairs of the place of an output and a list of integers, the input

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> functions = [(j, x) for j in range(2) for x in ([1, 0], [0, 1])]
        >>> brackets = BracketsOfGradients(parse_spec("linear:2,2,2"), 101,
        ...                                [1, 2, 3, 4, 5, 6, 7, 9], functions)
        >>> brackets.rank, brackets.extend(8), brackets.words[-1]
        (4, 5, [1, 0])
    """

    def __init__(self, model: Model, prime: int, point: Sequence[int],
                 functions: Sequence[tuple[int, Sequence[int]]]) -> None:
        self.model, self.functions = model, functions
        at = np.array(point, dtype=np.int64)[:, None] % prime
        super().__init__(prime, point, (self._gradient(j, at)[:, 0]
                                        for j in range(len(functions))))

    def along(self, k: int, vector: np.ndarray) -> np.ndarray:
        """The derivative of an element at the point along a vector."""
        return self._value(k, np.stack([self.point, vector], axis=1))[:, 1]

    def _value(self, k: int, point: np.ndarray) -> np.ndarray:
        """The value at a point over the ring with e_1, ..., e_k; each row is an element of it."""
        word = self.words[k]
        if len(word) == 1:
            return self._gradient(word[0], point)
        total: Any = 0
        for first, second in (word, word[::-1]):
            moved = np.concatenate([point, self._value(first, point)], axis=1)
            total = self._value(second, moved)[:, point.shape[1]:] - total
        return -total % self.prime

    def _gradient(self, j: int, point: np.ndarray) -> np.ndarray:
        output, x = self.functions[j]
        count, p = len(point), self.prime
        parameters = np.empty(count, dtype=object)
        for i, entry in enumerate(point):
            data = np.zeros((count + 1, point.shape[1]), dtype=np.int64)
            data[0], data[i + 1, 0] = entry, 1
            parameters[i] = _Differential(data, p)
        values = self.model.apply(parameters, np.array([c % p for c in x], dtype=object),
                                  constant_modulo(p))
        value = values[output]
        return value.data[1:] if isinstance(value, _Differential) else np.zeros_like(point)


class _Differential:
    """
    A value and its derivatives by the parameters, each over GF(p)[e_1, ..., e_k] / (e_i^2).

    Row 0 of the data is the value, row i + 1 the derivative by parameter i; a column is for a set
    of the e's.
    """

    def __init__(self, data: np.ndarray, prime: int) -> None:
        self.data, self.prime = data, prime

    def __add__(self, other: _Differential | int) -> _Differential:
        if isinstance(other, _Differential):
            return _Differential((self.data + other.data) % self.prime, self.prime)
        data = self.data.copy()
        data[0, 0] = (data[0, 0] + other) % self.prime
        return _Differential(data, self.prime)

    __radd__ = __add__

    def __neg__(self) -> _Differential:
        return _Differential(-self.data % self.prime, self.prime)

    def __sub__(self, other: _Differential | int) -> _Differential:
        return self + -other

    def __rsub__(self, other: int) -> _Differential:
        return -self + other

    def __mul__(self, other: _Differential | int) -> _Differential:
        p = self.prime
        if not isinstance(other, _Differential):
            return _Differential(self.data * (other % p) % p, p)
        a, b = self.data, other.data
        result = np.zeros_like(a)
        for s in range(a.shape[1]):
            for t in (t for t in range(s + 1) if t & s == t):
                result[:, s] += a[:, t] * b[0, s ^ t] % p
                result[1:, s] += a[0, t] * b[1:, s ^ t] % p
        return _Differential(result % p, p)

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> _Differential:
        result: Any = 1
        for bit in bin(exponent)[2:]:
            result = result * result * (self if bit == "1" else 1)
        return result if exponent else self * 0 + 1


def bracket(left: dict[int, Any], right: dict[int, Any]) -> dict[int, Any]:
    """The Lie bracket of two polynomial fields, given by their components that are not zero."""
    total: dict[int, Any] = {}
    for sign, first, second in ((1, left, right), (-1, right, left)):
        for i, f in second.items():
            for k, slope in ((k, f.derivative(k)) for k in first):
                if slope:
                    term = first[k] * slope * sign
                    total[i] = total[i] + term if i in total else term
    return {i: f for i, f in total.items() if f}
