"""
The intermediate graph of an import: what programs and files of all formats are read into.

A value is a literal, an array of parameters, the input, or what an operation makes of values.
There are few operations: all that moves entries is a selection, all else that is fixed an affine
map; a linear layer has parameters and looks at places; and there are contractions, sums, products,
and polynomials of one variable.  Operations on literals are carried out, exactly.

Selections float outward: entries are moved after a polynomial or a sum, not before.  So the moves
around layers that look at channels cancel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.models import rational as over_q
from neuroalg_sage.models.arrays import fractions
from neuroalg_sage.models.layers import MOST_COEFFICIENTS, Shape
from neuroalg_sage.models.rational import univariate

MOST_ENTRIES = 2_000_000  # of a value, or of the matrix of a fixed map
LARGEST_COMPOSED = 50  # degree of two activations that are written as one
ZERO, ONE = Fraction(0), Fraction(1)

Indices = Any  # an array of whole numbers


@dataclass(frozen=True, eq=False)
class Value:
    """An array, known or computed; two values are equal if they are the same object."""

    shape: Shape

    @property
    def size(self) -> int:
        """The number of entries."""
        return prod(self.shape)

    @property
    def is_state(self) -> bool:
        """Whether the input is needed for the value."""
        return False


@dataclass(frozen=True, eq=False)
class Input(Value):
    """The input of the network."""

    @property
    def is_state(self) -> bool:
        return True


@dataclass(frozen=True, eq=False)
class Literal(Value):
    """
    Numbers that are known and no parameters.

    - ``array`` -- of fractions or of whole numbers, as objects
    - ``is_whole`` -- whether the file has them as whole numbers
    """

    array: Any
    is_whole: bool = False


@dataclass(frozen=True, eq=False)
class Stored:
    """
    An array of weights in a file.

    - ``name``, ``shape`` -- in the file
    - ``entries`` -- in the order of rows
    - ``folded`` -- what was multiplied into it
    """

    name: str
    shape: Shape
    entries: Sequence[Fraction]
    folded: str = ""


@dataclass(frozen=True, eq=False)
class Parameter(Value):
    """
    All entries of a stored array, maybe in another order and shape.

    - ``order`` -- for each entry its place in the stored array
    """

    stored: Stored
    order: Indices


@dataclass(frozen=True, eq=False)
class Operation(Value):
    """
    What an operation makes of values; the base of all.

    - ``sources`` -- the values, at least one of which is no literal
    - ``name`` -- of the node in the file
    """

    sources: tuple[Value, ...]
    name: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "_is_state", any(value.is_state for value in self.sources))

    @property
    def is_state(self) -> bool:
        return self._is_state  # type: ignore[attr-defined, no-any-return]


@dataclass(frozen=True, eq=False)
class Selection(Operation):
    """
    Entries of the sources at places, where these stand one after the other.

    - ``places`` -- array of the shape of the value; -1 is a zero
    """

    places: Indices


@dataclass(frozen=True, eq=False)
class AffineMap(Operation):
    """
    A fixed affine-linear map of the sources, which stand one after the other.

    - ``rows``, ``columns``, ``coefficients`` -- for each entry of the matrix
    - ``constants`` -- for each row what is added, or None
    """

    rows: Indices
    columns: Indices
    coefficients: Sequence[Fraction]
    constants: Sequence[Fraction] | None = None


@dataclass(frozen=True, eq=False)
class LinearLayer(Operation):
    """
    A layer with weights for pairs of channels and places that it looks at.

    The source has axes for channels and places, and so has the value.

    - ``weights`` -- parameters with axes for channels out, channels in, and places looked at
    - ``bias`` -- parameters, one for each channel out, or None
    - ``places`` -- for each place of the value the places of the source, or -1 for a zero
    - ``window`` -- the extents of the source, of a filter and its stride, where it is a plain
      convolution; else None
    """

    weights: Parameter
    bias: Parameter | None
    places: Indices
    window: tuple[Shape, Shape, Shape] | None = None


@dataclass(frozen=True, eq=False)
class Contracted(Operation):
    """A sum of products; the equation is that of Einstein's convention."""

    equation: str


@dataclass(frozen=True, eq=False)
class Joined(Operation):
    """The sum or the product, entry by entry, of values of one shape."""

    operation: str


@dataclass(frozen=True, eq=False)
class Applied(Operation):
    """A polynomial of each entry, by its coefficients."""

    coefficients: tuple[Fraction, ...]


@dataclass(frozen=True, eq=False)
class AppliedQuotient(Operation):
    """A quotient of polynomials of each entry, in lowest terms, by their coefficients."""

    numerator: tuple[Fraction, ...]
    denominator: tuple[Fraction, ...]


@dataclass(frozen=True, eq=False)
class Divided(Operation):
    """The first source by the second, entry by entry."""


@dataclass(frozen=True, eq=False)
class Rooted(Operation):
    """The square root of each entry."""


def is_identity(places: Indices, size: int) -> bool:
    """Whether all entries are taken in their order."""
    return bool(places.size == size and (places.ravel() == np.arange(size)).all())


def is_bijective(places: Indices, size: int) -> bool:
    """Whether each entry is taken once."""
    return bool(places.size == size and (np.sort(places, axis=None) == np.arange(size)).all())


def _multiplied(p: Sequence[Fraction], q: Sequence[Fraction]) -> tuple[Fraction, ...]:
    product = [ZERO] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        if a:
            for j, b in enumerate(q):
                product[i + j] += a * b
    return tuple(product)


def _composed(outer: Sequence[Fraction], inner: Sequence[Fraction]) -> tuple[Fraction, ...]:
    result: tuple[Fraction, ...] = (ZERO,)
    for c in reversed(outer):
        result = _multiplied(result, inner)
        result = (result[0] + c, *result[1:])
    return result


def _stripped(coefficients: Sequence[Fraction]) -> tuple[Fraction, ...]:
    last = max((k for k, c in enumerate(coefficients) if c), default=0)
    return tuple(coefficients[: last + 1])


def _in_one_variable(value: Value) -> tuple[Value, tuple[Fraction, ...]]:
    """A value as a polynomial of another."""
    if isinstance(value, Applied):
        return value.sources[0], value.coefficients
    return value, (ZERO, ONE)


class Builder:
    """
    Makes values of values.

    - ``name`` -- what messages call the node that is read
    - ``label`` -- the name of the node, for the names of layers
    - ``notes`` -- sentences on what was done
    """

    def __init__(self) -> None:
        self.name = self.label = ""
        self.notes: list[str] = []
        self._vectors: dict[tuple[str, tuple[Fraction, ...]], Stored] = {}

    def note(self, sentence: str) -> None:
        """Say something, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def _affordable(self, size: int) -> None:
        if size > MOST_ENTRIES:
            raise InputError(f"The node {self.name} makes {size} entries; at most {MOST_ENTRIES} "
                             "are read.")

    # -- literals ------------------------------------------------------------------------

    def literal(self, array: Any, is_whole: bool = False) -> Literal:
        """Known numbers: an array of fractions or whole numbers, or one of them."""
        found = np.asarray(array, dtype=object)
        return Literal(found.shape, found, is_whole)

    def stored_literal(self, array: Any, name: str) -> Literal:
        """An array of NumPy as known numbers, exactly."""
        self._affordable(array.size)
        entries = np.empty(array.size, dtype=object)
        is_whole = array.dtype.kind in "iub"
        entries[:] = [int(c) for c in array.ravel()] if is_whole else fractions(array, name)
        return Literal(array.shape, entries.reshape(array.shape), is_whole)

    def parameter(self, array: Any, name: str) -> Parameter:
        """An array of weights."""
        stored = Stored(name, array.shape, fractions(array, name))
        return Parameter(array.shape, stored, np.arange(array.size).reshape(array.shape))

    # -- entries that move ---------------------------------------------------------------

    def take(self, values: Sequence[Value], places: Any) -> Value:
        """The entries of values, which stand one after the other, at places; -1 is a zero."""
        places = np.asarray(places)
        self._affordable(places.size)
        size = sum(value.size for value in values)
        if len(values) == 1:
            [value] = values
            if isinstance(value, Literal):
                flat = np.append(value.array.ravel(), np.array([0], object))
                return self.literal(flat[places.ravel()].reshape(places.shape), value.is_whole)
            if is_identity(places, size) and places.shape == value.shape:
                return value
            if isinstance(value, Parameter) and is_bijective(places, size):
                return Parameter(places.shape, value.stored, value.order.ravel()[places])
            if isinstance(value, Selection):
                inner = np.append(value.places.ravel(), -1)
                return self.take(value.sources, inner[places])
        elif any(isinstance(value, Literal) for value in values):
            return self._with_literals(values, places)
        if not (places >= 0).any():
            return self.literal(np.full(places.shape, ZERO, object))
        return Selection(places.shape, tuple(values), self.label, places)

    def _with_literals(self, values: Sequence[Value], places: Indices) -> Value:
        """A selection of which some sources are known."""
        constants = np.concatenate([
            v.array.ravel() if isinstance(v, Literal) else np.full(v.size, ZERO, object)
            for v in values] + [np.array([ZERO], object)])
        kept = [v for v in values if not isinstance(v, Literal)]
        if not kept:
            return self.literal(constants[places.ravel()].reshape(places.shape), all(
                isinstance(v, Literal) and v.is_whole for v in values))
        number, renumbered = 0, []
        for v in values:
            fixed = isinstance(v, Literal)
            renumbered.append(np.full(v.size, -1) if fixed else np.arange(number, number + v.size))
            number += 0 if fixed else v.size
        columns = np.append(np.concatenate(renumbered), -1)[places.ravel()]
        rows = np.flatnonzero(columns >= 0)
        return self.affine(kept, rows, columns[rows], [ONE] * len(rows),
                           list(map(Fraction, constants[places.ravel()])), places.shape)

    def arrange(self, value: Value, arrangement: Callable[[Any], Any]) -> Value:
        """The entries of a value as a function of NumPy arranges those of an array."""
        return self.take([value], arrangement(np.arange(value.size).reshape(value.shape)))

    def part(self, value: Value, start: int, end: int, axis: int) -> Value:
        """The entries from ``start`` to before ``end`` on an axis."""
        return self.arrange(value, lambda a: a.take(range(start, end), axis))

    def reshape(self, value: Value, shape: Sequence[int]) -> Value:
        """The same entries in another shape."""
        return self.arrange(value, lambda a: a.reshape(tuple(shape)))

    def broadcast(self, value: Value, shape: Sequence[int]) -> Value:
        """The entries repeated along axes."""
        self._affordable(prod(shape))
        return self.arrange(value, lambda a: np.broadcast_to(a, tuple(shape)))

    def concatenate(self, values: Sequence[Value], axis: int) -> Value:
        """Values one after the other on an axis."""
        starts = np.cumsum([0, *(v.size for v in values)])
        return self.take(values, np.concatenate(
            [np.arange(v.size).reshape(v.shape) + s for v, s in zip(values, starts)], axis))

    def _unmoved(self, value: Value) -> tuple[Value, Indices | None]:
        """What a value is a permutation of, and the places."""
        if isinstance(value, Selection) and len(value.sources) == 1 and (
                is_bijective(value.places, value.sources[0].size)):
            return value.sources[0], value.places
        return value, None

    def _moved(self, values: Sequence[Value], make: Callable[[list[Value]], Value]) -> Value:
        """
        What is made, entry by entry, of values of one shape, where a permutation of all that depend
        on the input is carried out afterwards.
        """
        pairs = [self._unmoved(value) for value in values]
        moves = [places for value, places in pairs if value.is_state]
        first = next((value for value, _ in pairs if value.is_state), None)
        if first is None or moves[0] is None or any(
                places is None or not np.array_equal(places, moves[0]) for places in moves):
            return make(list(values))
        back = np.argsort(moves[0], axis=None).reshape(first.shape)
        states = [self.reshape(found, first.shape) if found.is_state else self.take([value], back)
                  for value, (found, _) in zip(values, pairs)]
        return self.take([make(states)], moves[0])

    # -- arithmetic ----------------------------------------------------------------------

    def affine(self, values: Sequence[Value], rows: Any, columns: Any,
               coefficients: Sequence[Fraction], constants: Sequence[Fraction] | None,
               shape: Sequence[int]) -> Value:
        """A fixed affine-linear map of values that are no literals."""
        self._affordable(len(rows) + prod(shape))
        kept = [k for k, c in enumerate(coefficients) if c]
        if len(kept) < len(coefficients):
            rows, columns = np.asarray(rows)[kept], np.asarray(columns)[kept]
            coefficients = [coefficients[k] for k in kept]
        if not kept:
            entries = np.empty(prod(shape), object)
            entries[:] = constants if constants is not None else [ZERO] * prod(shape)
            return self.literal(entries.reshape(tuple(shape)))
        return AffineMap(tuple(shape), tuple(values), self.label, np.asarray(rows),
                         np.asarray(columns), coefficients,
                         constants if constants and any(constants) else None)

    def polynomial(self, value: Value, coefficients: Sequence[Fraction]) -> Value:
        """A polynomial of each entry."""
        coefficients = _stripped(coefficients)
        if isinstance(value, Literal):
            total = value.array * 0
            for c in reversed(coefficients):
                total = total * value.array + c
            return self.literal(total, value.is_whole and all(
                c.denominator == 1 for c in coefficients))
        if len(coefficients) == 1:
            return self.literal(np.full(value.shape, coefficients[0], object))
        if coefficients == (ZERO, ONE):
            return value
        if len(coefficients) > MOST_COEFFICIENTS:
            raise InputError(f"The node {self.name} is a polynomial of degree "
                             f"{len(coefficients) - 1}; at most {MOST_COEFFICIENTS - 1} is read.")
        return self._moved([value], lambda values: self._applied(values[0], coefficients))

    def _applied(self, value: Value, coefficients: tuple[Fraction, ...]) -> Value:
        base, inner = _in_one_variable(value)
        if base is not value and (len(inner) - 1) * (len(coefficients) - 1) <= LARGEST_COMPOSED:
            return self.polynomial(base, _composed(coefficients, inner))
        return Applied(value.shape, (value,), self.label, coefficients)

    def scale(self, value: Value, factors: Any) -> Value:
        """The product, entry by entry, with known numbers, an array that fits or one number."""
        array = np.broadcast_to(np.asarray(factors, object), value.shape)
        if isinstance(value, Literal):
            return self.literal(value.array * array, value.is_whole)
        entries = list(map(Fraction, array.ravel()))
        if len(set(entries)) == 1:
            return self.polynomial(value, (ZERO, entries[0]))
        count = np.arange(value.size)
        return self._moved([value, self.literal(array)], lambda states: self.affine(
            states[:1], count, count, list(states[1].array.ravel()), None,  # type: ignore
            states[0].shape))

    def _shift(self, value: Value, literal: Literal) -> Value:
        entries = list(map(Fraction, literal.array.ravel()))
        if len(set(entries)) == 1:
            return self.polynomial(value, (entries[0], ONE))
        count = np.arange(value.size)
        return self._moved([value, literal], lambda states: self.affine(
            states[:1], count, count, [ONE] * len(count),
            list(map(Fraction, states[1].array.ravel())), states[0].shape))  # type: ignore

    def _common(self, *values: Value) -> Shape:
        try:
            return np.broadcast_shapes(*(v.shape for v in values))
        except ValueError:
            raise InputError(f"The node {self.name} joins arrays of shapes "
                             f"{' and '.join(str(v.shape) for v in values)}, which do not fit."
                             ) from None

    def add(self, left: Value, right: Value) -> Value:
        """The sum, with broadcasting."""
        shape = self._common(left, right)
        left, right = self.broadcast(left, shape), self.broadcast(right, shape)
        if isinstance(left, Literal) and isinstance(right, Literal):
            return self.literal(left.array + right.array, left.is_whole and right.is_whole)
        if isinstance(left, Literal):
            left, right = right, left
        if isinstance(right, Literal):
            return self._shift(left, right)
        if not left.is_state:
            left, right = right, left
        return self._moved([left, right], self._sum)

    def _sum(self, values: list[Value]) -> Value:
        layer, added = values
        (base, p), (other, q) = map(_in_one_variable, values)
        if base is other:
            longer, shorter = sorted((p, q), key=len, reverse=True)
            return self.polynomial(base, tuple(
                c + (shorter[k] if k < len(shorter) else 0) for k, c in enumerate(longer)))
        if isinstance(layer, LinearLayer) and layer.bias is None and (
                bias := self._constant_on_places(added)):
            return LinearLayer(layer.shape, layer.sources, layer.name, layer.weights, bias,
                               layer.places, layer.window)
        return Joined(layer.shape, (layer, added), self.label, "sum")

    def _constant_on_places(self, value: Value) -> Parameter | None:
        """Parameters, one for each channel, of which a value has copies at all places."""
        if isinstance(value, Parameter):
            value = Selection(value.shape, (value,), "", np.arange(value.size).reshape(value.shape))
        if not isinstance(value, Selection) or len(value.sources) > 1 or (
                not isinstance(value.sources[0], Parameter)) or len(value.shape) != 2:
            return None
        first = value.places[:, 0]
        if (value.places != first[:, None]).any() or not is_bijective(first, value.sources[0].size):
            return None
        found = self.take(value.sources, first)
        return found if isinstance(found, Parameter) else None

    def multiply(self, left: Value, right: Value) -> Value:
        """The product, entry by entry, with broadcasting."""
        shape = self._common(left, right)
        if isinstance(left, Literal):
            left, right = right, left
        if isinstance(right, Literal):
            known = np.broadcast_to(right.array, shape)
            if isinstance(left, Literal):
                return self.literal(left.array * known, left.is_whole and right.is_whole)
            return self.scale(self.broadcast(left, shape), known)
        if left.shape != right.shape:
            letters = _letters(len(shape))
            parts = ["".join(c for c, n in zip(letters[len(shape) - len(v.shape) :], v.shape)
                             if n > 1) for v in (left, right)]
            if set(parts[0]) != set(parts[1]):
                squeezed = [self.reshape(v, [n for n in v.shape if n > 1]) for v in (left, right)]
                made = "".join(c for c, n in zip(letters, shape) if n > 1)
                return self.reshape(self.contract(f"{','.join(parts)}->{made}", squeezed), shape)
        left, right = self.broadcast(left, shape), self.broadcast(right, shape)
        return self._moved([left, right], self._product)

    def _product(self, values: list[Value]) -> Value:
        (base, p), (other, q) = map(_in_one_variable, values)
        if base is other and len(p) + len(q) <= LARGEST_COMPOSED:
            return self.polynomial(base, _multiplied(p, q))
        return Joined(values[0].shape, tuple(values), self.label, "product")

    def divide(self, left: Value, right: Literal) -> Value:
        """The quotient by known numbers."""
        if not all(right.array.ravel()):
            raise InputError(f"The node {self.name} divides by zero.")
        if isinstance(left, Literal) and left.is_whole and right.is_whole:
            a, b = np.broadcast_arrays(left.array, right.array)
            rounded = np.empty(a.shape, object)
            for place in np.ndindex(a.shape):  # toward zero
                rounded[place] = int(a[place] * ONE / b[place])
            return self.literal(rounded, True)
        inverse = np.empty(right.shape, object)
        for place in np.ndindex(right.shape):
            inverse[place] = ONE / right.array[place]
        return self.multiply(left, self.literal(inverse))

    def quotient(self, left: Value, right: Value) -> Value:
        """The quotient, entry by entry, with broadcasting."""
        if isinstance(right, Literal):
            return self.divide(left, right)
        if isinstance(left, Literal):
            return self.multiply(self._moved(
                [right], lambda values: self._quotient(self.literal(1), values[0])), left)
        shape = self._common(left, right)
        return self._moved([self.broadcast(left, shape), self.broadcast(right, shape)],
                           lambda values: self._quotient(*values))

    def _quotient(self, left: Value, right: Value) -> Value:
        base, q = _in_one_variable(right)
        other, p = (base, (ONE,)) if isinstance(left, Literal) else _in_one_variable(left)
        if base is not other:
            return Divided(left.shape, (left, right), self.label)
        numerator, denominator = univariate(p), univariate(q)
        common = numerator.gcd(denominator)
        above, below = ([over_q.fraction(c) for c in (f // common).coeffs()]
                        for f in (numerator, denominator))
        if len(below) == 1:
            return self.polynomial(base, [c / below[0] for c in above])
        return AppliedQuotient(right.shape, (base,), self.label, tuple(above), tuple(below))

    def root(self, value: Value) -> Value:
        """The square root of each entry."""
        return self._moved([value], lambda values: Rooted(
            values[0].shape, tuple(values), self.label))

    def standardize(self, value: Value, axes: Sequence[int], epsilon: Fraction,
                    is_centered: bool) -> Value:
        """Entries, minus their mean or not, divided by the root of their mean square over axes."""
        share = Fraction(1, prod(value.shape[a] for a in axes))
        if is_centered:
            value = self.add(value, self.scale(self.sum_over(value, axes, True), -share))
        square = self.scale(self.sum_over(self.power(value, 2), axes, True), share)
        return self.quotient(value, self.root(self.add(square, self.literal(epsilon))))

    def power(self, value: Value, exponent: int) -> Value:
        """A power of each entry."""
        if exponent < 0:
            return self.power(self.quotient(self.literal(ONE), value), -exponent)
        if exponent >= MOST_COEFFICIENTS:
            raise InputError(f"The node {self.name} is a power with the exponent {exponent}; at "
                             f"most {MOST_COEFFICIENTS - 1} is read.")
        return self.polynomial(value, [ZERO] * exponent + [ONE])

    # -- sums of products ----------------------------------------------------------------

    def sum_over(self, value: Value, axes: Sequence[int], keep: bool) -> Value:
        """The sums over axes, which are kept with one entry or dropped."""
        axes = [a % len(value.shape) for a in axes] if value.shape else []
        kept = [1 if k in axes else n for k, n in enumerate(value.shape)]
        shape = kept if keep else [n for k, n in enumerate(value.shape) if k not in axes]
        if isinstance(value, Literal):
            total = value.array.sum(axis=tuple(axes), initial=0) if axes else value.array
            return self.literal(np.asarray(total, object).reshape(shape), value.is_whole)
        if all(value.shape[a] == 1 for a in axes):
            return self.reshape(value, shape)
        rows = np.broadcast_to(np.arange(prod(kept)).reshape(kept), value.shape).ravel()
        return self.affine([value], rows, np.arange(value.size), [ONE] * value.size, None, shape)

    def contract(self, equation: str, values: Sequence[Value]) -> Value:
        """
        A sum of products of entries, by an equation such as ``"ij,jk->ik"``.

        An operand may have a letter twice, its diagonal.
        """
        left, _, made = equation.partition("->")
        operands = left.split(",")
        if len(operands) != len(values) or any(
                len(letters) != len(v.shape) for letters, v in zip(operands, values)):
            raise InputError(f"The node {self.name} has an equation {equation[:80]} that does not "
                             "fit its operands.")
        extents: dict[str, int] = {}
        for letters, v in zip(operands, values):
            for c, n in zip(letters, v.shape):
                if n != 1 and extents.get(c, 1) not in (1, n):
                    raise InputError(f"The node {self.name} has axes of {extents[c]} and {n} "
                                     "entries for one letter.")
                extents[c] = max(n, extents.get(c, 1))
        if set(made) - set(extents) or len(set(made)) < len(made):
            raise InputError(f"The node {self.name} has an equation {equation[:80]} with an output "
                             "that is none.")
        self._affordable(prod(extents[c] for c in made))
        pairs = []
        for k, (letters, v) in enumerate(zip(operands, values)):
            others = {*made, *(c for j, o in enumerate(operands) if j != k for c in o)}
            pairs.append(self._simplified(letters, v, others))
        if all(v.shape == tuple(extents[c] for c in letters) for letters, v in pairs) and (
                layer := self._as_layer(pairs, made, extents)):
            return layer
        # Axes of one entry say nothing.
        pairs = [("".join(c for c, n in zip(letters, v.shape) if n > 1),
                  self.reshape(v, [n for n in v.shape if n > 1])) for letters, v in pairs]
        result = self._contracted(pairs, "".join(c for c in made if extents[c] > 1), extents)
        return self.reshape(result, [extents[c] for c in made])

    def _simplified(self, letters: str, value: Value, others: set[str]) -> tuple[str, Value]:
        """An operand without doubled letters and letters of its own."""
        kept = "".join(dict.fromkeys(letters))
        if len(kept) < len(letters):
            value = self.arrange(value, lambda a: np.einsum(a, [*map(letters.index, letters)],
                                                            [*map(letters.index, kept)]))
        alone = [k for k, c in enumerate(kept) if c not in others]
        value = self.sum_over(value, alone, False) if alone else value
        return "".join(c for c in kept if c in others), value

    def _contracted(self, pairs: list[tuple[str, Value]], made: str, extents: dict[str, int]
                    ) -> Value:
        shape = tuple(extents[c] for c in made)
        while len(pairs) > 1:
            # A known operand is multiplied into another one.
            known = next((k for k, (_, v) in enumerate(pairs) if isinstance(v, Literal)), None)
            if known is None:
                break
            (letters, factor), (others, value) = pairs.pop(known), pairs.pop(0)
            needed = {*made, *(c for rest, _ in pairs for c in rest)}
            union = "".join(dict.fromkeys(others + letters))
            kept = "".join(c for c in union if c in needed)
            pairs.insert(0, (kept, self._with_known(
                letters, factor, others, value, union, kept, extents)))  # type: ignore[arg-type]
        if len(pairs) == 1:
            [(letters, value)] = pairs
            return self.arrange(value, lambda a: np.einsum(
                a, [*range(len(letters))], [*map(letters.index, made)]))
        scalars = [v for letters, v in pairs if not letters]
        pairs = [(letters, v) for letters, v in pairs if letters]
        if not pairs:
            result = scalars.pop()
        elif all(set(letters) == set(made) for letters, _ in pairs):
            ordered = [self._contracted([pair], made, extents) for pair in pairs]
            result = ordered[0]
            for other in ordered[1:]:
                result = self.multiply(result, other)
        elif len(pairs) == 1:
            result = self._contracted(pairs, made, extents)
        else:
            result = self._as_layer(pairs, made, extents) or Contracted(
                shape, tuple(v for _, v in pairs), self.label,
                f"{','.join(letters for letters, _ in pairs)}->{made}")
        free = next(c for c in "abcdefghijklmnopqrstuvwxyz" if c not in extents)
        for scalar in scalars:
            result = self.multiply(result, scalar) if not result.shape else self.reshape(Contracted(
                (1, *shape), (self.reshape(scalar, [1]), result), self.label,
                f"{free},{made}->{free}{made}"), shape)
        return result

    def _with_known(self, letters: str, factor: Literal, others: str, value: Value, union: str,
                    kept: str, extents: dict[str, int]) -> Value:
        """The contraction of a value with known numbers."""
        count = prod(extents[c] for c in union)
        self._affordable(count)
        whole = [extents[c] for c in union]
        indices = dict(zip(union, np.indices(whole).reshape(len(whole), count)))

        def place(word: str) -> Indices:
            total = np.zeros(count, dtype=np.int64)
            for c in word:
                total = total * extents[c] + indices[c]
            return total

        coefficients = factor.array.ravel()[place(letters)]
        rows, columns = place(kept), place(others)
        shape = [extents[c] for c in kept]
        if isinstance(value, Literal):
            entries = np.full(prod(shape), 0, object)
            np.add.at(entries, rows, coefficients * value.array.ravel()[columns])
            return self.literal(entries.reshape(shape), factor.is_whole and value.is_whole)
        return self.affine([value], rows, columns, list(map(Fraction, coefficients)), None, shape)

    def _as_layer(self, pairs: list[tuple[str, Value]], made: str, extents: dict[str, int]
                  ) -> Value | None:
        """A linear layer, where one operand is parameters and the other is computed."""
        if len(pairs) != 2 or isinstance(pairs[0][1], Parameter) == isinstance(
                pairs[1][1], Parameter):
            return None
        (letters, weights), (others, state) = sorted(
            pairs, key=lambda pair: not isinstance(pair[1], Parameter))
        summed = "".join(c for c in others if c not in made)
        rows = "".join(c for c in made if c not in others)
        places = "".join(c for c in others if c in made)
        if set(letters) != {*summed, *rows} or not isinstance(weights, Parameter):
            return None

        def arranged(value: Value, old: str, *new: str) -> Value:
            return self.reshape(self.arrange(value, lambda a: np.einsum(
                a, [*range(len(old))], [*map(old.index, "".join(new))])),
                [prod(extents[c] for c in part) for part in new])

        filters = arranged(weights, letters, rows, summed, "")
        source = arranged(state, others, summed, places)
        count = source.shape[1]
        assert isinstance(filters, Parameter)
        layer = LinearLayer((filters.shape[0], count), (source,), self.label, filters, None,
                            np.arange(count).reshape(count, 1))
        found = self.reshape(layer, [extents[c] for c in rows + places])
        return self.arrange(found, lambda a: np.einsum(
            a, [*range(len(made))], [*map((rows + places).index, made)]))

    def einsum(self, equation: str, values: Sequence[Value]) -> Value:
        """A sum of products by an equation that may have an ellipsis, or no output."""
        left, arrow, made = equation.replace(" ", "").partition("->")
        operands = left.split(",")
        if len(operands) != len(values):
            raise InputError(f"The node {self.name} has an equation for {len(operands)} operands, "
                             f"and {len(values)} operands.")
        owns = [len(v.shape) - len(o.replace("...", "")) for o, v in zip(operands, values)]
        axes = max((n for n, o in zip(owns, operands) if "..." in o), default=0)
        rest = "".join([c for c in "ZYXWVUTSRQPONMLKJIHGFEDCBA" if c not in equation][:axes])
        if not arrow:
            letters = left.replace("...", "").replace(",", "")
            made = "..." * ("..." in left) + "".join(sorted(
                c for c in set(letters) if letters.count(c) == 1))
        expanded = [o.replace("...", rest[axes - n :] if n else "")
                    for o, n in zip(operands, owns)]
        return self.contract(f"{','.join(expanded)}->{made.replace('...', rest)}", values)

    def matrix_product(self, left: Value, right: Value) -> Value:
        """The product of matrices, or of a matrix and a vector, for each index before."""
        if not left.shape or not right.shape:
            raise InputError(f"The node {self.name} multiplies a number as a matrix.")
        batch = max(len(left.shape), len(right.shape), 2) - 2
        letters = _letters(batch + 3)
        i, j, k = list(letters[batch:])
        parts = []
        for v, core in ((left, (i, j)), (right, (j, k))):
            own = len(v.shape) - 2
            parts.append(j if own < 0 else letters[batch - own : batch] + "".join(core))
        made = letters[:batch] + (i if len(left.shape) > 1 else "") + (
            k if len(right.shape) > 1 else "")
        return self.contract(f"{','.join(parts)}->{made}", [left, right])

    # -- windows -------------------------------------------------------------------------

    def windows(self, space: Shape, size: Shape, stride: Shape, dilation: Shape,
                pads: Sequence[tuple[int, int]]) -> tuple[Shape, Indices]:
        """
        The extents of the output, and for each of its places those that a window looks at; -1 for
        one outside.
        """
        made = tuple((n + a + b - (d * (k - 1) + 1)) // s + 1
                     for n, k, s, d, (a, b) in zip(space, size, stride, dilation, pads))
        if any(n < 1 for n in made):
            raise InputError(f"The node {self.name} has windows of {size} that are larger than its "
                             f"input of {space}.")
        self._affordable(prod(made) * prod(size))
        places = np.zeros((*made, *size), dtype=np.int64)
        outside = np.zeros((*made, *size), dtype=bool)
        axes = len(space)
        for a, (n, k, s, d, (before, _)) in enumerate(zip(space, size, stride, dilation, pads)):
            at = (np.arange(made[a])[:, None] * s + np.arange(k)[None, :] * d - before).reshape(
                [made[a] if b == a else k if b == axes + a else 1 for b in range(2 * axes)])
            places = places * n + at
            outside |= (at < 0) | (at >= n)
        return made, np.where(outside, -1, places).reshape(prod(made), prod(size))

    def convolve(self, value: Value, weights: Value, bias: Value | None, stride: Shape,
                 dilation: Shape, pads: Sequence[tuple[int, int]], groups: int) -> Value:
        """The correlation of channels with filters; the value has axes for an example, channels."""
        space, size = value.shape[2:], weights.shape[2:]
        made, places = self.windows(space, size, stride, dilation, pads)
        out, per_group, taken = weights.shape[0], weights.shape[1], value.shape[1]
        if value.shape[0] != 1 or per_group * groups != taken or out % groups:
            raise InputError(f"The node {self.name} has filters of shape {weights.shape} in "
                             f"{groups} groups, and an input of shape {value.shape}.")
        state = self.reshape(value, (taken, prod(space)))
        if groups == 1 and isinstance(weights, Parameter):
            filters = self.reshape(weights, (out, taken, prod(size)))
            assert isinstance(filters, Parameter)
            plain = all(d == 1 for d in dilation) and not any(map(any, pads))
            result: Value = LinearLayer((out, prod(made)), (state,), self.label, filters, None,
                                        places, (space, size, stride) if plain else None)
        else:
            number = np.append(np.arange(state.size).reshape(state.shape), np.full((taken, 1), -1),
                               axis=1)
            patches = self.take([state], number[:, places.T].reshape(
                groups, per_group, prod(size), prod(made)))
            filters = self.reshape(weights, (groups, out // groups, per_group, prod(size)))
            result = self.reshape(self.contract("gckp,gock->gop", [patches, filters]),
                                  (out, prod(made)))
        if bias is not None:
            result = self.add(result, self.reshape(bias, (out, 1)))
        return self.reshape(result, (1, out, *made))

    def average(self, value: Value, size: Shape, stride: Shape, pads: Sequence[tuple[int, int]],
                counts_outside: bool) -> Value:
        """The mean over windows, of each channel; what is outside counts as zeros, or not."""
        space, channels = value.shape[2:], value.shape[1]
        made, places = self.windows(space, size, stride, (1,) * len(size), pads)
        inside = places >= 0
        weights = np.full(len(places), prod(size)) if counts_outside else inside.sum(axis=1)
        row, entry = np.nonzero(inside)
        shift, area, count = np.arange(channels)[:, None], prod(space), len(places)
        coefficients = [Fraction(1, int(weights[r])) for r in row] * channels
        if isinstance(value, Literal):
            raise InputError(f"The node {self.name} takes means of constants.")
        return self.affine([value], (row + shift * count).ravel(),
                           (places[row, entry] + shift * area).ravel(), coefficients, None,
                           (1, channels, *made))

    def normalize(self, value: Value, statistics: Sequence[Value | None], epsilon: float,
                  names: tuple[str, str], is_alone: Callable[[str], bool]) -> Value:
        """
        A normalization of channels by fixed statistics, an affine map of each channel, multiplied
        into the linear layer before it, if there is one.

        INPUT:

        - ``statistics`` -- factors and shifts, or None for ones and zeros; means and variances
        - ``epsilon`` -- what is added to the variances
        - ``names`` -- what factors and shifts are called
        - ``is_alone`` -- whether the value is read here only, and arrays of these names once
        """
        width = value.shape[1]
        rows = [[Fraction(k == 0)] * width if given is None else self._entries(given)
                for k, given in enumerate(statistics)]
        factors, shifts = [], []
        for a, b, mean, variance in zip(*rows):
            spread = float(variance) + epsilon
            if spread <= 0:
                raise InputError(f"The node {self.name} has a variance that is not positive.")
            factors.append(a * Fraction(1 / float(np.sqrt(spread))))
            shifts.append(b - mean * factors[-1])
        if any(len(row) != width for row in (*rows, factors)):
            raise InputError(f"The node {self.name} has statistics that are not those of {width} "
                             "channels.")
        layer, places = self._unmoved(value)
        if isinstance(layer, LinearLayer) and layer.shape[0] == width and all(
                is_alone(p.stored.name) for p in (layer.weights, layer.bias) if p):
            found = self._folded(layer, factors, shifts, names[1])
            return found if places is None else self.take([found], places)
        self.note(f"The normalization {self.label} is an affine map of each channel; its "
                  f"statistics were folded into {names[0]} and {names[1]}.")
        shape = (width, *[1] * (len(value.shape) - 2))
        scale, shift = (self.reshape(self._made(name, entries), shape)
                        for name, entries in zip(names, (factors, shifts)))
        return self.add(self.multiply(value, scale), shift)

    def _entries(self, value: Value) -> list[Fraction]:
        if isinstance(value, Literal):
            return [Fraction(c) for c in value.array.ravel()]
        if isinstance(value, Parameter):
            return [value.stored.entries[k] for k in value.order.ravel().tolist()]
        raise InputError(f"The node {self.name} has statistics that depend on the input.")

    def _folded(self, layer: LinearLayer, factors: Sequence[Fraction], shifts: Sequence[Fraction],
                name: str) -> LinearLayer:
        """A linear layer after whose channels there is an affine map."""
        def changed(parameter: Parameter, change: Callable[[int, Fraction], Fraction]) -> Parameter:
            entries = list(parameter.stored.entries)
            for channel, places in enumerate(parameter.order.reshape(len(factors), -1).tolist()):
                for p in places:
                    entries[p] = change(channel, entries[p])
            stored = Stored(parameter.stored.name, parameter.stored.shape, entries, self.label)
            return Parameter(parameter.shape, stored, parameter.order)

        self.note(f"The normalization {self.label} was folded into {layer.weights.stored.name}.")
        return LinearLayer(
            layer.shape, layer.sources, layer.name,
            changed(layer.weights, lambda k, c: c * factors[k]),
            self._vector(name, shifts) if layer.bias is None else changed(
                layer.bias, lambda k, c: c * factors[k] + shifts[k]), layer.places, layer.window)

    def _made(self, name: str, entries: Sequence[Fraction]) -> Value:
        """A vector of weights that are made of others."""
        return self._vector(name, entries)

    def _vector(self, name: str, entries: Sequence[Fraction]) -> Parameter:
        stored = self._vectors.setdefault((name, tuple(entries)), Stored(
            name, (len(entries),), list(entries), self.label))
        return Parameter((len(entries),), stored, np.arange(len(entries)))


def listed(names: Sequence[str]) -> str:
    """The first of some names, and how many there are more."""
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _letters(count: int) -> str:
    if count > 26:
        raise InputError("An array has more than 20 axes.")
    return "abcdefghijklmnopqrstuvwxyz"[:count]
