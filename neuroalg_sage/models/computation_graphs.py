"""
Computation graphs: layers that read any states before them, and what such graphs are made of.

In a graph a layer may read several states, and a state may be read by several layers.  So a graph
has skip connections, recurrences, and matrices that are used again, transposed or multiplied:
``Weights`` makes parameters a state, and ``Contraction`` multiplies states.  A tied autoencoder is

    graph = ComputationGraph((3,), [
        Weights((2, 3)),                                  # state 1 is W
        Contraction("hi,i->h", ((2, 3), (3,))),           # state 2 is W x
        Contraction("hi,h->i", ((2, 3), (2,)))],          # state 3 is W^T W x
        [(0,), (1, 0), (1, 2)])
"""

from __future__ import annotations

import itertools
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any, ClassVar

import numpy as np

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.latex import abridged, factor, latex_polynomial, words
from neuroalg_sage.models.layers import (
    DIAGONAL,
    Activation,
    Array,
    Composite,
    Constant,
    Layer,
    Shape,
    whole_number,
)
from neuroalg_sage.models.sage_input import lists, python_number, rational
from neuroalg_sage.models.symmetry import (
    Family,
    Pattern,
    SparseMatrix,
    Trace,
    Unknowns,
    each,
    meet,
    scale,
    shift,
    spread,
    total,
)

MOST_ENTRIES = 2_000_000
MOST_SHOWN = 16  # entries of a matrix in a formula
SHORT = 80  # letters of LaTeX of a state without a name
# Beyond this size no matrices are sought among all, but among the diagonal ones.
LARGEST_GENERAL = 40


def _shape(given: Any, role: str) -> Shape:
    values = lists(given)
    if not isinstance(values, (list, tuple)) or not values:
        raise InputError(f"The {role} is a list of one or more whole numbers, such as (2, 3).")
    return tuple(whole_number(n, role) for n in values)


def _placed(matrix: SparseMatrix, shape: Shape, axis: int) -> SparseMatrix:
    """The matrix on the entries of an array that acts on one axis."""
    after = prod(shape[axis + 1 :])
    block = spread(matrix, after)
    size = shape[axis] * after
    return {(i + k * size, j + k * size): c for k in range(prod(shape[:axis]))
            for (i, j), c in block.items()}


class OfStates(Layer):
    """
    A layer without parameters that reads several states.

    A base.  Where it reads one state, that holds the entries of all, one after the other.
    """

    @abstractmethod
    def operand_shapes(self) -> tuple[Shape, ...]:
        """The shapes of the states."""

    @abstractmethod
    def apply_to(self, states: Sequence[Array], constant: Constant) -> Array:
        """The output, from arrays of the operands' shapes."""

    @abstractmethod
    def degree_of(self, degrees: Sequence[int]) -> int:
        """A bound on the degree of the output where the states have these degrees."""

    @abstractmethod
    def patterns(self, pattern: Pattern | None) -> list[Pattern | None]:
        """What :meth:`accepts` says, for each state."""

    @abstractmethod
    def outputs_of(self, actions: Sequence[Family], pattern: Pattern | None, unknowns: Unknowns
                   ) -> Family:
        """The matrices on the output that are compatible with those on the states."""

    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        return ()

    def _require_input(self, input_shape: Shape) -> None:
        size = sum(map(prod, self.operand_shapes()))
        if input_shape != (size,):
            raise InputError(f"A {self.kind} takes {size} entries one after the other, but what "
                             f"comes before it has shape {input_shape}.")

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        states, place = [], 0
        for shape in self.operand_shapes():
            part = inputs[..., place : place + prod(shape)]
            states.append(part.reshape((*part.shape[:-1], *shape)))
            place += prod(shape)
        return self.apply_to(states, constant)

    def degree(self, inputs: int) -> int:
        return self.degree_of([inputs] * len(self.operand_shapes()))

    def accepts(self, pattern: Pattern | None, input_shape: Shape) -> Pattern | None:
        return DIAGONAL

    def symmetry(self, action: Family, input_shape: Shape, pattern: Pattern | None,
                 unknowns: Unknowns) -> tuple[Family, Family]:
        unknowns.confine(action, DIAGONAL)
        actions, place = [], 0
        for size in map(prod, self.operand_shapes()):
            actions.append(each(action, lambda m, a=place, b=place + size: {  # type: ignore[misc]
                (i - a, j - a): c for (i, j), c in m.items() if a <= i < b}))
            place += size
        return {}, self.outputs_of(actions, pattern, unknowns)


@dataclass(frozen=True)
class Weights(Layer):
    """
    Parameters as a state, whatever the inputs.

    INPUT:

    - ``shape`` -- tuple of positive integers

    EXAMPLES::

        >>> Weights((2, 3)).parameter_count(), Weights((2, 3)).output_shape((5,))
        (6, (2, 3))
    """

    shape: Shape
    kind: ClassVar[str] = "weights"

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", _shape(self.shape, "shape of weights"))

    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        return (("w", self.shape),)

    def output_shape(self, input_shape: Shape) -> Shape:
        return self.shape

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        return parameters[0]

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "shape": list(self.shape)}

    def in_latex(self, place: int | str) -> str:
        return f"W_{{{place}}}"

    def image_in_latex(self, place: int | str, states: Sequence[str]) -> str:
        return self.in_latex(place)

    def degree(self, inputs: int) -> int:
        return 0

    def accepts(self, pattern: Pattern | None, input_shape: Shape) -> Pattern | None:
        return Pattern()

    def symmetry(self, action: Family, input_shape: Shape, pattern: Pattern | None,
                 unknowns: Unknowns) -> tuple[Family, Family]:
        outputs = unknowns.family(pattern.basis(prod(self.shape))) if pattern else {}
        return outputs, outputs


@dataclass(frozen=True)
class _OnAxes(Pattern):
    """The sums of matrices that act on one axis of an array each."""

    shape: Shape = ()

    def meet(self, other: Pattern, size: int) -> Pattern:
        if isinstance(other, _OnAxes) and other != self:
            return Pattern(True)
        # Another layer needs its own pattern; a contraction looks for its own in any.
        return self if other == Pattern() else other

    def basis(self, size: int) -> Iterator[SparseMatrix]:
        for axis, extent in enumerate(self.shape):
            for matrix in Pattern(diagonal=extent > LARGEST_GENERAL).basis(extent):
                if not axis or (0, 0) not in matrix:  # multiples of the unit matrix once
                    yield _placed(matrix, self.shape, axis)


@dataclass(frozen=True)
class Contraction(OfStates):
    """
    Sums of products of the entries of arrays.

    INPUT:

    - ``equation`` -- such as ``"oi,i->o"``: for each operand a letter for each axis, then the
      letters of the output; it is summed over all others
    - ``shapes`` -- the shapes of the operands, at least two

    An operand has no letter twice, and a letter that is summed over stands in two operands or more.

    EXAMPLES::

        >>> Contraction("ij,jk->ik", ((2, 3), (3, 4))).output_shape((18,))
        (2, 4)
    """

    equation: str
    shapes: tuple[Shape, ...]
    kind: ClassVar[str] = "contraction"

    def __post_init__(self) -> None:
        shapes = lists(self.shapes)
        if not isinstance(shapes, (list, tuple)) or len(shapes) < 2:
            raise InputError("A contraction has the shapes of two or more operands.")
        object.__setattr__(self, "shapes", tuple(_shape(s, "shape of an operand") for s in shapes))
        text = self.equation.replace(" ", "") if isinstance(self.equation, str) else ""
        object.__setattr__(self, "equation", text)
        operands, made = self._letters()
        counts = [c for letters in operands for c in letters]
        if text.count("->") != 1 or not set(text) <= set(
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,->") or any(
                len(set(letters)) < len(letters) for letters in (*operands, made)) or any(
                c not in counts for c in made):
            raise InputError(f"{shown(self.equation)} is no equation of a contraction such as "
                             "'oi,i->o', with each letter once in an operand.")
        if [len(letters) for letters in operands] != [len(s) for s in self.shapes]:
            raise InputError(f"The equation {self.equation} does not have a letter for each axis "
                             "of the operands.")
        if any(c not in made and counts.count(c) == 1 for c in counts):
            raise InputError("A letter that is summed over stands in two operands or more.")
        if any(self._extents()[c] != n for letters, s in zip(operands, self.shapes)
               for c, n in zip(letters, s)):
            raise InputError("Axes with one letter have one extent.")
        if prod(self._extents().values()) > 50 * MOST_ENTRIES:
            raise InputError("The contraction has too many products.")

    def _letters(self) -> tuple[list[str], str]:
        left, _, made = self.equation.partition("->")
        return left.split(","), made

    def _extents(self) -> dict[str, int]:
        return {c: n for letters, shape in zip(self._letters()[0], self.shapes)
                for c, n in zip(letters, shape)}

    def operand_shapes(self) -> tuple[Shape, ...]:
        return self.shapes

    def output_shape(self, input_shape: Shape) -> Shape:
        self._require_input(input_shape)
        return tuple(self._extents()[c] for c in self._letters()[1]) or (1,)

    def apply_to(self, states: Sequence[Array], constant: Constant) -> Array:
        operands, made = self._letters()
        letters, result = operands[0], states[0]
        for k in range(1, len(operands)):
            kept = {*made, *(c for later in operands[k + 1 :] for c in later)}
            letters, result = _product(letters, result, operands[k], states[k], kept)
        batch = result.ndim - len(letters)
        result = _ordered(letters, result, made)
        return result if made else result.reshape((*result.shape[:batch], 1))

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "equation": self.equation,
                "shapes": [list(s) for s in self.shapes]}

    def in_latex(self, place: int | str) -> str:
        return words(self.equation)

    def image_in_latex(self, place: int | str, states: Sequence[str]) -> str:
        operands, made = self._letters()
        if len(states) == len(operands) == 2 and (
                product := _matrix_product([*operands, made], [*map(factor, states)])):
            return product
        if len(states) < len(operands):
            return super().image_in_latex(place, states)
        entries = " ".join(rf"{factor(s)}_{{{letters}}}" if len(s) == 1 else
                           rf"\left({s}\right)_{{{letters}}}"
                           for s, letters in zip(states, operands))
        summed = "".join(c for c in self._extents() if c not in made)
        total_ = (rf"\sum_{{{summed}}} " if summed else "") + entries
        return rf"\left({total_}\right)_{{{made}}}" if made else total_

    def degree_of(self, degrees: Sequence[int]) -> int:
        return sum(degrees)

    def patterns(self, pattern: Pattern | None) -> list[Pattern | None]:
        return [_OnAxes(shape=s) for s in self.shapes]

    def outputs_of(self, actions: Sequence[Family], pattern: Pattern | None, unknowns: Unknowns
                   ) -> Family:
        """
        Each letter has matrices: where it is summed over in two operands, one on the first and the
        negative of its transpose on the second; where it stands in one operand and in the output,
        the same on both; else diagonal ones, whose sum over the operands is that of the output.
        Multiples of the unit matrix are those of the operands: so a letter's have no first entry.
        """
        operands, made = self._letters()
        extents = self._extents()
        output_shape = tuple(extents[c] for c in made) or (1,)
        parts: list[list[Family]] = [[] for _ in operands]
        outputs: list[Family] = []

        def place(k: int, letter: str, family: Family) -> None:
            parts[k].append(each(family, lambda m: _placed(
                m, self.shapes[k], operands[k].index(letter))))

        def onto_output(letter: str, family: Family) -> None:
            outputs.append(each(family, lambda m: _placed(m, output_shape, made.index(letter))))

        for letter, extent in extents.items():
            where = [k for k, letters in enumerate(operands) if letter in letters]
            is_general = extent <= LARGEST_GENERAL and len(where) + (letter in made) == 2
            if is_general:
                own = unknowns.family(m for m in Pattern().basis(extent) if (0, 0) not in m)
                place(where[0], letter, own)
                if letter in made:
                    onto_output(letter, own)
                else:
                    place(where[1], letter, each(own, lambda m: {
                        (j, i): -c for (i, j), c in m.items()}))
                continue
            families = [unknowns.family(m for m in DIAGONAL.basis(extent) if (0, 0) not in m)
                        for _ in where]
            for k, own in zip(where, families):
                place(k, letter, own)
            if letter in made:
                onto_output(letter, total(*families))
            else:
                unknowns.vanish(total(*families))
        for part, action, shape in zip(parts, actions, self.shapes):
            scalar = unknowns.family([{(i, i): Fraction(1) for i in range(prod(shape))}])
            unknowns.vanish(total(*part, scalar, each(action, lambda m: scale(m, -1))))
            outputs.append(each(scalar, lambda m: {
                (i, i): Fraction(1) for i in range(prod(output_shape))}))
        return total(*outputs)


def _matrix_product(letters: list[str], factors: list[str]) -> str | None:
    """The product of two matrices or vectors in LaTeX, perhaps transposed; None if it is none."""
    (first, second, made), (a, b) = letters, factors
    common = set(first) & set(second)
    if max(map(len, letters)) > 2 or len(common) != 1 or common & set(made):
        return None
    if not set(made[:1]) & set(first) and (made or len(second) > len(first)):
        first, second, a, b = second, first, b, a
    (c,) = common
    if set(made) != set(first + second) - common or (len(made) == 2 and made[0] not in first):
        return None
    left = a if first[-1] == c and len(first) > 1 else rf"{a}^{{\top}}"
    right = b if second[0] == c else rf"{b}^{{\top}}"
    return f"{left} {right}"


def _ordered(letters: str, array: Array, wanted: str) -> Array:
    """The array with its last axes in another order."""
    start = array.ndim - len(letters)
    current = list(letters)
    for place, letter in enumerate(wanted):
        other = current.index(letter)
        if other != place:
            array = array.swapaxes(start + place, start + other)
            current[place], current[other] = current[other], current[place]
    return array


def _product(left: str, first: Array, right: str, second: Array, kept: set[str]
             ) -> tuple[str, Array]:
    """The product of two arrays, summed over the letters of both that are not kept."""
    common = [c for c in left if c in right and c in kept]
    summed = [c for c in left if c in right and c not in kept]
    rows, columns = ([c for c in letters if c not in (*common, *summed)]
                     for letters in (left, right))
    extents: dict[str, int] = {}

    def matrices(letters: str, array: Array, *axes: list[str]) -> Array:
        """The array as matrices, one for each value of the common letters."""
        order = [*common, *axes[0], *axes[1]]
        array = _ordered(letters, array, "".join(order))
        batch = array.shape[: array.ndim - len(order)]
        extents.update(zip(order, array.shape[len(batch) :]))
        return array.reshape((*batch, *(extents[c] for c in common), *(
            prod(extents[c] for c in axis) for axis in axes)))

    result = matrices(left, first, rows, summed) @ matrices(right, second, summed, columns)
    made = common + rows + columns
    batch = result.shape[: result.ndim - len(common) - 2]
    return "".join(made), result.reshape((*batch, *(extents[c] for c in made)))


@dataclass(frozen=True)
class Join(OfStates):
    """
    The sum or the product, entry by entry, of states of one shape.

    INPUT:

    - ``operation`` -- ``"sum"`` or ``"product"``
    - ``shape`` -- of each of the states, and of the output
    - ``copies`` -- positive integer, how many states there are

    EXAMPLES::

        >>> Join("product", (2, 3), 2).output_shape((12,))
        (2, 3)
    """

    operation: str
    shape: Shape
    copies: int = 2
    kind: ClassVar[str] = "join"

    def __post_init__(self) -> None:
        if self.operation not in ("sum", "product"):
            raise InputError("The operation of a join is 'sum' or 'product', not "
                             f"{shown(self.operation)}.")
        object.__setattr__(self, "shape", _shape(self.shape, "shape of a join"))
        self._require_whole_numbers("copies")

    def operand_shapes(self) -> tuple[Shape, ...]:
        return (self.shape,) * self.copies

    def output_shape(self, input_shape: Shape) -> Shape:
        self._require_input(input_shape)
        return self.shape

    def apply_to(self, states: Sequence[Array], constant: Constant) -> Array:
        return reduce(lambda a, b: a + b if self.operation == "sum" else a * b, states)

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "operation": self.operation, "shape": list(self.shape),
                "copies": self.copies}

    def in_latex(self, place: int | str) -> str:
        return r"\sum" if self.operation == "sum" else r"\prod"

    def image_in_latex(self, place: int | str, states: Sequence[str]) -> str:
        if len(states) < self.copies:
            return super().image_in_latex(place, states)
        if self.operation == "sum":
            return " + ".join(abridged([*states], r"\cdots"))
        return r" \odot ".join(abridged([*map(factor, states)], r"\cdots"))

    def degree_of(self, degrees: Sequence[int]) -> int:
        return max(degrees) if self.operation == "sum" else sum(degrees)

    def patterns(self, pattern: Pattern | None) -> list[Pattern | None]:
        return [pattern if self.operation == "sum" else DIAGONAL] * self.copies

    def outputs_of(self, actions: Sequence[Family], pattern: Pattern | None, unknowns: Unknowns
                   ) -> Family:
        if self.operation == "sum":
            # All are the same; of these the one that was there first, which others may have too.
            first = min(actions, key=lambda action: min(action, default=-1))
            for other in actions:
                if other is not first:
                    unknowns.vanish(total(first, each(other, lambda m: scale(m, -1))))
            return first
        for action in actions:
            unknowns.confine(action, DIAGONAL)
        return total(*(each(action, lambda m: {p: c for p, c in m.items() if p[0] == p[1]})
                       for action in actions))


@dataclass(frozen=True)
class FixedMap(Layer):
    """
    A given affine-linear map, without parameters.

    INPUT:

    - ``domain``, ``codomain`` -- tuples of positive integers, the shapes of input and output
    - ``matrix`` -- its entries that are not zero, as triples (row, column, entry)
    - ``vector`` -- what is added and is not zero, as pairs (row, number)

    Raises InputError if an entry is zero, is outside, or is stated twice.

    EXAMPLES::

        >>> FixedMap.selecting((4,), [3, 1], (2,)).matrix
        ((0, 3, Fraction(1, 1)), (1, 1, Fraction(1, 1)))
    """

    domain: Shape
    codomain: Shape
    matrix: tuple[tuple[int, int, Fraction], ...]
    vector: tuple[tuple[int, Fraction], ...] = ()
    kind: ClassVar[str] = "fixed map"

    def __post_init__(self) -> None:
        for name in ("domain", "codomain"):
            object.__setattr__(self, name, _shape(getattr(self, name), "shape of a fixed map"))
        rows, columns = prod(self.codomain), prod(self.domain)
        try:
            entries = [(python_number(i), python_number(j), rational(c, "entry of a map"))
                       for i, j, c in self.matrix]
            constants = [(python_number(i), rational(c, "constant of a map"))
                         for i, c in self.vector]
        except (TypeError, ValueError):
            raise InputError("A fixed map has triples: row, column, entry; and pairs: row, "
                             "constant.") from None
        places = [(i, j) for i, j, _ in entries] + [(i, 0) for i, _ in constants]
        if not all(type(i) is type(j) is int and 0 <= i < rows and 0 <= j < columns
                   for i, j in places) or not all(t[-1] for t in (*entries, *constants)) or (
                len({t[:-1] for t in (*entries, *constants)}) < len(entries) + len(constants)):
            raise InputError(f"The entries of a map from {columns} to {rows} numbers are not zero, "
                             "are at places of it, and each is stated once.")
        if len(places) > MOST_ENTRIES:
            raise InputError(f"A fixed map has at most {MOST_ENTRIES} entries.")
        object.__setattr__(self, "matrix", tuple(sorted(entries)))
        object.__setattr__(self, "vector", tuple(sorted(constants)))

    @classmethod
    def selecting(cls, domain: Shape, places: Sequence[int], codomain: Shape) -> FixedMap:
        """The map whose outputs are the inputs at these places."""
        return cls(domain, codomain,
                   tuple((i, j, Fraction(1)) for i, j in enumerate(places)))

    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        return ()

    def output_shape(self, input_shape: Shape) -> Shape:
        if input_shape != self.domain:
            raise InputError(f"A fixed map takes an input of shape {self.domain}, but what "
                             f"comes before it has shape {input_shape}.")
        return self.codomain

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        batch = inputs.shape[: inputs.ndim - len(self.domain)]
        flat = inputs.reshape((*batch, prod(self.domain)))
        rows, zero = prod(self.codomain), prod(self.domain)
        nothing = flat[..., :1] * constant(Fraction(0))
        flat = np.concatenate([flat, nothing], axis=-1)
        # As a sum of multiples of maps that take each output from one place, or from the zero.
        taken: dict[tuple[Fraction, int], np.ndarray] = {}
        turns: dict[tuple[int, Fraction], int] = {}
        for i, j, c in self.matrix:
            turn = turns[i, c] = turns.get((i, c), -1) + 1
            taken.setdefault((c, turn), np.full(rows, zero))[i] = j
        terms = [flat[..., places] if c == 1 else flat[..., places] * constant(c)
                 for (c, _), places in taken.items()] or [flat[..., np.full(rows, zero)]]
        result: Array = reduce(lambda a, b: a + b, terms)
        if self.vector:
            one = flat[..., :1] ** 0
            given = dict(self.vector)
            result = result + np.concatenate(
                [one * constant(given.get(i, Fraction(0))) for i in range(rows)], axis=-1)
        return result.reshape((*result.shape[: len(batch)], *self.codomain))

    def constants(self) -> Iterator[Fraction]:
        return itertools.chain((c for *_, c in self.matrix), (c for _, c in self.vector))

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "domain": list(self.domain),
                "codomain": list(self.codomain),
                "matrix": [[i, j, decimal(c)] for i, j, c in self.matrix],
                "vector": [[i, decimal(c)] for i, c in self.vector]}

    def in_latex(self, place: int | str) -> str:
        return "A" + r" \cdot {} + c" * bool(self.vector)

    def taken(self) -> list[int] | None:
        """Which input each output is, if each is one."""
        is_selection = not self.vector and all(c == 1 for *_, c in self.matrix) and (
            [i for i, _, _ in self.matrix] == [*range(prod(self.codomain))])
        return [j for _, j, _ in self.matrix] if is_selection else None

    def image_in_latex(self, place: int | str, states: Sequence[str]) -> str:
        read = ", ".join(states)
        places = self.taken()
        if places is not None:
            if places == [*range(prod(self.domain))]:
                return read if len(states) == 1 else rf"\left({read}\right)"
            entries = [f"{factor(read)}_{{{','.join(map(str, np.unravel_index(j, self.domain)))}}}"
                       for j in places]
            text = ", ".join(abridged(entries, r"\dots"))
            return text if len(entries) == 1 else rf"\left({text}\right)"
        rows, columns = prod(self.codomain), prod(self.domain)
        if self.domain == self.codomain and not self.vector and all(
                i == j and c == 1 for i, j, c in self.matrix):
            return rf"1_{{M}} \odot {factor(read)}"  # a mask
        if rows * columns > MOST_SHOWN:
            return f"A {factor(read)}" + " + c" * bool(self.vector)
        entry = {(i, j): c for i, j, c in self.matrix} | {(i, columns): c for i, c in self.vector}

        def matrix(first: int, last: int) -> str:
            return r"\begin{pmatrix} " + r" \\ ".join(" & ".join(latex_polynomial(str(
                entry.get((i, j), 0))) for j in range(first, last)) for i in range(rows)
                ) + r" \end{pmatrix}"

        return f"{matrix(0, columns)} {factor(read)}" + (
            f" + {matrix(columns, columns + 1)}" if self.vector else "")

    def accepts(self, pattern: Pattern | None, input_shape: Shape) -> Pattern | None:
        return Pattern(diagonal=prod(input_shape) > LARGEST_GENERAL)

    def symmetry(self, action: Family, input_shape: Shape, pattern: Pattern | None,
                 unknowns: Unknowns) -> tuple[Family, Family]:
        rows = prod(self.codomain)
        columns = Counter(j for _, j, _ in self.matrix)
        if not action and len({i for i, j, _ in self.matrix if columns[j] == 1}) == rows:
            return {}, {}  # the rows are independent
        if pattern == Pattern() and rows > LARGEST_GENERAL:
            pattern = DIAGONAL
        outputs = unknowns.family(pattern.basis(rows)) if pattern else {}
        by_column: dict[int, list[tuple[int, Fraction]]] = {}
        by_row: dict[int, list[tuple[int, Fraction]]] = {}
        for i, j, c in self.matrix:
            by_column.setdefault(j, []).append((i, c))
            by_row.setdefault(i, []).append((j, c))

        def times(matrix: SparseMatrix) -> SparseMatrix:
            """The matrix on outputs after the map."""
            product: SparseMatrix = {}
            for (i, k), c in matrix.items():
                for j, d in by_row.get(k, ()):
                    product[i, j] = product.get((i, j), Fraction(0)) + c * d
            return product

        def before(matrix: SparseMatrix) -> SparseMatrix:
            """The matrix on inputs before the map."""
            product: SparseMatrix = {}
            for (k, j), c in matrix.items():
                for i, d in by_column.get(k, ()):
                    product[i, j] = product.get((i, j), Fraction(0)) + c * d
            return product

        unknowns.vanish(total(each(outputs, times),
                              each(action, lambda m: scale(before(m), -1))))
        if self.vector:
            given = dict(self.vector)

            def on_constants(matrix: SparseMatrix) -> SparseMatrix:
                image: SparseMatrix = {}
                for (i, k), c in matrix.items():
                    if k in given:
                        image[i, 0] = image.get((i, 0), Fraction(0)) + c * given[k]
                return image

            unknowns.vanish(each(outputs, on_constants))
        return {}, outputs


@dataclass(frozen=True)
class ComputationGraph(Composite):
    """
    Layers each of which reads some states before it.

    INPUT:

    - ``input_shape`` -- the shape of state 0, the input
    - ``layers`` -- tuple of layers; the output of layer ``i`` is state ``i + 1``, that of the last
      layer is the output
    - ``sources`` -- for each layer the numbers of the states that it reads; of several, it reads
      the entries one after the other
    - ``share`` -- for each layer None, or the place of an equal layer before it whose parameters it
      takes; by default no layer shares

    Raises InputError if a layer reads a state that is not before it, or shapes do not fit.

    EXAMPLES: A recurrence of two steps with one matrix for both. ::

        >>> from neuroalg_sage.models.layers import Activation, Dense
        >>> step, square = Dense(2, 1), Activation("x^2")
        >>> graph = ComputationGraph((2,), [
        ...     FixedMap.selecting((2,), [0, 0], (2,)), step, square,
        ...     FixedMap.selecting((2,), [1], (1,)), step], [(0,), (1,), (2,), (0,), (3, 4)],
        ...     [None, None, None, None, 1])
        >>> graph.parameter_count(), graph.output_shape((2,))
        (2, (1,))
    """

    input_shape: Shape
    layers: tuple[Layer, ...]
    sources: tuple[tuple[int, ...], ...]
    share: tuple[int | None, ...] = ()
    kind: ClassVar[str] = "computation graph"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "input_shape", _shape(self.input_shape, "shape of the input"))
        given = lists(self.sources)
        if not self.layers or not isinstance(given, (list, tuple)) or (
                len(given) != len(self.layers)):
            raise InputError("A computation graph has layers, and for each a list of the states "
                             "that it reads.")
        sources = tuple(tuple(map(python_number, s)) if isinstance(s, (list, tuple)) else ()
                        for s in given)
        for i, read in enumerate(sources):
            if not read or not all(type(s) is int and 0 <= s <= i for s in read):
                raise InputError(f"Layer {i} of a computation graph reads states before it, from "
                                 f"0 to {i}, not {shown(given[i])}.")
        object.__setattr__(self, "sources", sources)
        shapes = [self.input_shape]
        for layer, read in zip(self.layers, sources):
            if len(read) > 1 and isinstance(layer, OfStates) and (
                    tuple(shapes[s] for s in read) != layer.operand_shapes()):
                raise InputError(f"A {layer.kind} of states of shapes "
                                 f"{', '.join(map(str, layer.operand_shapes()))} reads states of "
                                 f"shapes {', '.join(str(shapes[s]) for s in read)}.")
            if len(read) > 1 and isinstance(layer, Composite) and not layer.layers:
                raise InputError("A chain without layers reads one state.")
            shapes.append(layer.output_shape(self.shape_read(shapes, read)))
        object.__setattr__(self, "_shapes", tuple(shapes))

    @staticmethod
    def shape_read(shapes: Sequence[Shape], read: tuple[int, ...]) -> Shape:
        """The shape of what a layer reads."""
        return shapes[read[0]] if len(read) == 1 else (sum(prod(shapes[s]) for s in read),)

    def output_shape(self, input_shape: Shape) -> Shape:
        if input_shape != self.input_shape:
            raise InputError(f"A computation graph takes an input of shape {self.input_shape}, but "
                             f"what comes before it has shape {input_shape}.")
        return self._shapes[-1]  # type: ignore[attr-defined]

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        states = [inputs]
        for layer, read, own in zip(self.layers, self.sources, self._parameters(parameters)):
            taken = [states[s] for s in read]
            if len(taken) > 1 and isinstance(layer, OfStates):
                states.append(layer.apply_to(taken, constant))
                continue
            state = taken[0] if len(taken) == 1 else self._concatenated(taken, read)
            states.append(layer.apply(own, state, constant))
        return states[-1]

    def _concatenated(self, states: list[Array], read: tuple[int, ...]) -> Array:
        """The entries of states, one after the other."""
        flat = []
        for state, s in zip(states, read):
            shape = self._shapes[s]  # type: ignore[attr-defined]
            flat.append(state.reshape((*state.shape[: state.ndim - len(shape)], prod(shape))))
        if all(isinstance(state, np.ndarray) for state in flat):
            batch = np.broadcast_shapes(*(state.shape[:-1] for state in flat))
            flat = [np.broadcast_to(state, (*batch, state.shape[-1])) for state in flat]
        return np.concatenate(flat, axis=-1)

    def degree(self, inputs: int) -> int:
        degrees = [inputs]
        for layer, read in zip(self.layers, self.sources):
            taken = [degrees[s] for s in read]
            degrees.append(layer.degree_of(taken) if isinstance(layer, OfStates) and len(taken) > 1
                           else layer.degree(max(taken)))
        return degrees[-1]

    def in_latex(self, place: int | str) -> str:
        return f"g_{{{place}}}"

    def image_in_latex(self, place: int | str, states: Sequence[str]) -> str:
        return rf"g_{{{place}}}\left({', '.join(states)}\right)"

    def assignments(self, place: int | str = "") -> list[tuple[str, str]]:
        r"""
        What the states are, in LaTeX: pairs of a name and a formula, the last for the output.

        What is added or activated at once has no name, nor have parameters and entries of the
        input.

        EXAMPLES::

            >>> from neuroalg_sage.models.layers import Dense
            >>> graph = ComputationGraph((2,), [Dense(2, 2), Join("product", (2,)), Dense(2, 1)],
            ...                          [(0,), (1, 1), (2,)])
            >>> graph.assignments()
            [('s_{1}', 'W_{1} x'), ('s_{2}', 's_{1} \\odot s_{1}'), ('f(x)', 'W_{2} s_{2}')]
        """
        texts, inner = ["x"], super().assignments(place)
        found: list[tuple[str, str]] = []
        for i, (layer, read, number) in enumerate(zip(self.layers, self.sources,
                                                      self._places(place)), 1):
            text = layer.image_in_latex(number, [texts[s] for s in read])
            readers = [other for other, states in zip(self.layers, self.sources) if i in states]
            is_plain = isinstance(layer, Weights) or isinstance(layer, FixedMap) and read == (0,)
            is_part = len(readers) == 1 and not isinstance(layer, Activation) and isinstance(
                readers[0], (Activation, Join, Contraction)) and (
                getattr(readers[0], "operation", "sum") == "sum")
            if i == len(self.layers):
                found.append((f"g_{{{place}}}(x)" if place else "f(x)", text))
            elif len(text) > SHORT or not (is_plain or is_part):
                before = f"{place};" if place else ""
                found.append((f"s_{{{before}{len(found) + 1}}}", text))
                text = found[-1][0]
            texts.append(text)
        return inner + found

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"input_shape": list(self.input_shape),
                                     "sources": [list(read) for read in self.sources]}

    def _patterns(self, pattern: Pattern | None) -> list[Pattern | None]:
        """The patterns on the states."""
        shapes: tuple[Shape, ...] = self._shapes  # type: ignore[attr-defined]
        found: list[Pattern | None] = [Pattern()] * len(shapes)
        found[-1] = pattern
        for i in reversed(range(len(self.layers))):
            layer, read = self.layers[i], self.sources[i]
            if len(read) > 1 and isinstance(layer, OfStates):
                wanted = layer.patterns(found[i + 1])
            else:
                whole = layer.accepts(found[i + 1], self.shape_read(shapes, read))
                if whole is not None and len(read) > 1 and whole.copies > 1:
                    whole = DIAGONAL
                wanted = [whole] * len(read)
            for s, accepted in zip(read, wanted):
                found[s] = meet(found[s], accepted, prod(shapes[s]))
        return found

    def accepts(self, pattern: Pattern | None, input_shape: Shape) -> Pattern | None:
        return self._patterns(pattern)[0]

    def trace(self, action: Family, input_shape: Shape, pattern: Pattern | None, trace: Trace
              ) -> tuple[Family, Family]:
        shapes: tuple[Shape, ...] = self._shapes  # type: ignore[attr-defined]
        patterns = self._patterns(pattern)
        states, fields = [action], []
        # A layer with the same parameters that reads states with the same matrices makes the same.
        made: dict[Any, tuple[Family, Family, list[Family]]] = {}
        for i, (layer, read, (block, _)) in enumerate(zip(self.layers, self.sources,
                                                          self.blocks())):
            key = (self.layers.index(layer), block if layer.parameter_shapes() else None,
                   tuple(id(states[s]) if states[s] else None for s in read), patterns[i + 1])
            if key in made:
                field, outputs, on_the_way = made[key]
                trace.states += on_the_way
                fields.append(field)
                states.append(outputs)
                continue
            before = len(trace.states)
            if len(read) > 1 and isinstance(layer, OfStates):
                outputs = layer.outputs_of([states[s] for s in read], patterns[i + 1],
                                           trace.unknowns)
                trace.states.append(outputs)
                field = {}
            else:
                ends = itertools.accumulate((prod(shapes[s]) for s in read), initial=0)
                whole = total(*(each(states[s], lambda m, a=start: shift(m, a))  # type: ignore
                                for s, start in zip(read, ends)))
                field, outputs = layer.trace(whole, self.shape_read(shapes, read), patterns[i + 1],
                                             trace)
            made[key] = field, outputs, trace.states[before:]
            fields.append(field)
            states.append(outputs)
        return self._joined(fields, trace), states[-1]
