"""
What all answers about a point share: their class, the point as the checker has it, and limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import comb, prod
from typing import Any, ClassVar

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.points.point import Point as Rebuilt
from neuroalg_sage.certificates.points.states import States
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.models.layers import Shape
from neuroalg_sage.models.trained.network import TrainedNetwork

MOST_MONOMIALS = 20_000  # of all outputs, where the function is written out
LARGEST_FLOAT = 10**100  # of weights, and of their inverses: squares are in the range of floats

SparseVector = dict[int, Fraction]


class AtPoint(Invariant):
    """An answer about a model at given weights."""

    about: ClassVar[str] = "the weights of "

    def __repr__(self) -> str:
        return f"{self.sentence()} ({self.qualified_status()})"


@dataclass(frozen=True)
class ParameterArray:
    """
    One array of parameters of a model.

    - ``name`` -- what it is called
    - ``offset`` -- the number of its first parameter
    - ``shape``
    """

    name: str
    offset: int
    shape: Shape

    @property
    def parameters(self) -> range:
        """The numbers of its parameters."""
        return range(self.offset, self.offset + prod(self.shape))


class Place:
    """
    A model at given weights, and the same as the checker rebuilds it.

    Raises LimitReached if the checker refuses to.
    """

    def __init__(self, network: TrainedNetwork) -> None:
        self.network, self.model, self.weights = network, network.model, network.point

    @cached_property
    def arrays(self) -> list[ParameterArray]:
        """The arrays of parameters."""
        def found() -> Iterator[ParameterArray]:
            place = 0
            for name, (_, shape) in zip(self.network.names,
                                        self.model.chain.parameter_shapes()):
                yield ParameterArray(name, place, shape)
                place += prod(shape)

        return list(found())

    @cached_property
    def parameter_names(self) -> list[str]:
        """A name for each parameter."""
        return [block.entry(k) for block, array in zip(self.network.blocks, self.arrays)
                for k in range(len(array.parameters))]

    def describe(self) -> dict[str, Any]:
        """The model and its weights, as a certificate states them."""
        return self._description

    @cached_property
    def _description(self) -> dict[str, Any]:
        return self.model.describe() | {"weights": list(map(decimal, self.weights))}

    @cached_property
    def rebuilt(self) -> Rebuilt:
        """The point as the checker has it."""
        try:
            return Rebuilt(self.describe())
        except CertificateError as error:
            raise LimitReached(f"No certificate about {self.model} would be accepted: {error}"
                               ) from None

    @cached_property
    def states(self) -> States:
        """What is known of the entries of its states."""
        return States(self.rebuilt)

    def require_moderate(self, what: str) -> None:
        """Raise LimitReached unless all weights, and sums of their squares, are in reach of floats.
        """
        if any(c and not 1 <= abs(c) * LARGEST_FLOAT <= LARGEST_FLOAT**2 for c in self.weights):
            raise LimitReached(f"{what} are found, or shown, in floating point, and a weight is "
                               "too large or too small for it; scale the weights.")

    def require_small_function(self, what: str) -> None:
        """Raise LimitReached unless the function can be written out."""
        monomials = self.model.output_count * comb(
            self.model.input_count + self.model.input_degree, self.model.input_degree)
        if monomials > MOST_MONOMIALS:
            raise LimitReached(f"{what} needs the function written out, and that of {self.model} "
                               f"may have over {MOST_MONOMIALS:,} terms.")


def encode(vector: SparseVector) -> list[list[Any]]:
    """A sparse vector as a certificate states it."""
    return [[i, decimal(c)] for i, c in sorted(vector.items())]


def pivots(vectors: Sequence[SparseVector], prime: int) -> tuple[list[int], list[int]]:
    """
    Which vectors are independent modulo a prime of those before them, and for each of them a column
    such that the square matrix of these is regular.

    EXAMPLES::

        >>> one = Fraction(1)
        >>> pivots([{0: one, 1: one}, {0: 2 * one, 1: 2 * one}, {1: one}], 101)
        ([0, 2], [0, 1])
    """
    uses: dict[int, int] = {}
    for vector in vectors:
        for i in vector:
            uses[i] = uses.get(i, 0) + 1
    reduced: dict[int, dict[int, int]] = {}  # by pivots, each 1 there and 0 at pivots before it
    kept: list[int] = []
    order: list[int] = []
    for k, vector in enumerate(vectors):
        row = {i: c.numerator * pow(c.denominator, -1, prime) % prime for i, c in vector.items()}
        for column in order:
            if c := row.get(column, 0):
                for i, d in reduced[column].items():
                    row[i] = (row.get(i, 0) - c * d) % prime
        row = {i: c for i, c in row.items() if c}
        if not row:
            continue
        # What few vectors use fills little.
        pivot = min(row, key=lambda i: (uses.get(i, 0), i))
        inverse = pow(row[pivot], -1, prime)
        reduced[pivot] = {i: c * inverse % prime for i, c in row.items()}
        order.append(pivot)
        kept.append(k)
    return kept, order
