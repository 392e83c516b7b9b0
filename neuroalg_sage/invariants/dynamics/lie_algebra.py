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

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import Ordering, nmod_mpoly_ctx

from neuroalg_sage.engines.modular import multiply_matrices
from neuroalg_sage.invariants.dynamics.vector_fields import Field, VectorFields

Word = list[int]  # [j] is a field; [a, b] the bracket of two elements before


class Brackets:
    """
    Elements of the Lie algebra whose values at a point modulo a prime are independent.

    INPUT:

    - ``space`` -- the fields that generate it
    - ``prime``, ``point`` -- a prime below 2^31 that divides no denominator, and residues

    EXAMPLES::

        >>> from neuroalg_sage.invariants.dynamics.flows import Flow
        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("linear:2,2,2"))
        >>> brackets = Brackets(VectorFields(phi, Flow()), 101, [1, 2, 3, 4, 5, 6, 7, 9])
        >>> brackets.rank, brackets.extend(8), brackets.words[-1]
        (4, 5, [1, 0])
    """

    def __init__(self, space: VectorFields, prime: int, point: Sequence[int]) -> None:
        self.space, self.prime = space, prime
        self.point = np.array(point, dtype=np.int64) % prime
        self.words: list[Word] = []
        self._fields: list[dict[int, Any] | None] = []
        self._values: list[np.ndarray] = []
        self._slopes: list[np.ndarray | None] = []
        self._echelon: list[tuple[int, np.ndarray]] = []
        self._ring = nmod_mpoly_ctx.get([f"v{i}" for i in range(space.count)], modulus=prime,
                                        ordering=Ordering.lex)
        for j, field in enumerate(space.fields):
            self._add([j], self._value(self._reduced(field)))
        self._generators = len(self.words)
        self._tried = 0

    @property
    def rank(self) -> int:
        """How many elements are independent at the point."""
        return len(self.words)

    def extend(self, wanted: int) -> int:
        """Add brackets until so many are independent, or none adds any; return the rank."""
        while self._tried < len(self.words) and self.rank < wanted:
            k = self._tried
            slopes = self._slope(k)
            for j in range(self._generators):
                # [Y, X] = DX Y - DY X at the point needs no more than first derivatives.
                value = (self._apply(slopes, self._values[j])
                         - self._apply(self._slope(j), self._values[k])) % self.prime
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
            self._fields.append(None)
            self._slopes.append(None)

    def _apply(self, matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
        return multiply_matrices(matrix, vector[:, None], self.prime)[:, 0]

    # -- polynomials modulo the prime --------------------------------------------------------

    def _reduced(self, field: Field) -> dict[int, Any]:
        p = self.prime
        return {i: self._ring.from_dict({
            e: c.numerator * pow(c.denominator, -1, p) % p for e, c in terms.items()})
            for i, terms in field.items()}

    def _field(self, k: int) -> dict[int, Any]:
        """The element as a polynomial field; brackets are expanded when first needed."""
        found = self._fields[k]
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
        found = self._slopes[k]
        if found is None:
            at = self.point.tolist()
            found = np.zeros((self.space.count, self.space.count), dtype=np.int64)
            for i, f in self._field(k).items():
                for j, degree in enumerate(f.degrees()):
                    if degree:
                        found[i, j] = int(f.derivative(j)(*at))
            self._slopes[k] = found
        return found


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
