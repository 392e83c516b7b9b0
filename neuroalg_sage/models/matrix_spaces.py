"""
Linear layers whose matrix lies in a given space: graphs, groups, sets and representations.

One layer serves them all.  With matrices A_1, ..., A_K it is x -> (w_1 A_1 + ... + w_K A_K) x, with
such weights for each pair of channels.  The matrices say which architecture it is:

- powers of the adjacency or the Laplacian matrix of a graph: graph convolutions;
- permutations by which a group acts on itself: group convolutions;
- the unit matrix and the matrix of ones: layers on sets;
- a basis of the matrices that commute with two representations: equivariant layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError
from neuroalg_sage.models import rational as over_q
from neuroalg_sage.models.layers import Array, Constant, OverPlaces, Shape, whole_number
from neuroalg_sage.models.sage_input import lists, python_number, rational

Entry = tuple[int, int, Fraction]  # row, column, and the entry, which is not zero
Rows = list[list[Fraction]]

MOST_ENTRIES = 1_000_000
# A product of residues in floating point is worth it up to so many entries for each that is not 0.
DENSE = 16
MOST_EQUATIONS = 4_000_000  # entries of the linear system of an equivariant layer


def rows_of(given: Any) -> Rows:
    """
    The rows of a matrix of rational numbers.

    Raises InputError unless there are rows, of one positive length.
    """
    read: dict[int, Fraction] = {}  # most entries are few whole numbers

    def entry(c: Any) -> Fraction:
        if type(c) is not int:
            return rational(c, "entry of a matrix")
        if c not in read:
            read[c] = rational(c, "entry of a matrix")
        return read[c]

    try:
        rows = [[entry(c) for c in lists(row)] for row in lists(given)]
    except TypeError:
        rows = []
    if not rows or not rows[0] or len({*map(len, rows)}) > 1:
        raise InputError("A matrix is a list of rows of one length, such as [[0, 1], [1, 0]].")
    return rows


@dataclass(frozen=True)
class MatrixSpace(OverPlaces):
    """
    The linear layer whose matrix on places lies in a given space, with channels.

    The output ``o`` at the place ``i`` is the sum over the channels ``c``, the places ``j`` and
    ``k`` of ``w[o, c, k] A_k[i, j] x[c, j]``; with bias, ``b[o]`` is added.  An input without an
    axis for channels has one channel; then so has the output, unless there are several.

    INPUT:

    - ``extent`` -- pair of positive integers, the rows and the columns of the matrices
    - ``matrices`` -- for each matrix its entries that are not zero, as triples (row, column, entry)
    - ``channels`` -- pair of positive integers, channels in and out
    - ``bias`` -- whether a number for each channel is added at all places

    Parameters: ``w``, with axes for output channels, input channels, and k; then ``b``.

    Raises InputError if there is no matrix, or an entry is zero, is outside, or is stated twice.
    """

    extent: tuple[int, int]
    matrices: tuple[tuple[Entry, ...], ...]
    channels: tuple[int, int] = (1, 1)
    bias: bool = False
    kind: ClassVar[str] = "matrix space"

    def __post_init__(self) -> None:
        for name, role in (("extent", "extent of a matrix"), ("channels", "number of channels")):
            pair = lists(getattr(self, name))
            if not isinstance(pair, (list, tuple)) or len(pair) != 2:
                raise InputError(f"The {name} of a matrix space is a pair of whole numbers.")
            object.__setattr__(self, name, tuple(whole_number(n, role) for n in pair))
        if not isinstance(self.bias, bool):
            raise InputError("The bias of a matrix space is true or false.")
        object.__setattr__(self, "matrices", tuple(map(self._entries, self.matrices)))
        if not self.matrices or sum(map(len, self.matrices)) > MOST_ENTRIES:
            raise InputError("A matrix space has one or more matrices, with at most "
                             f"{MOST_ENTRIES} entries that are not zero.")

    def _entries(self, given: Any) -> tuple[Entry, ...]:
        rows, columns = self.extent
        try:
            found = [(python_number(i), python_number(j), rational(c, "entry of a matrix"))
                     for i, j, c in given]
        except (TypeError, ValueError):
            raise InputError("A matrix is a list of triples: row, column, entry.") from None
        if not all(type(i) is type(j) is int and 0 <= i < rows and 0 <= j < columns and c
                   for i, j, c in found) or len({(i, j) for i, j, _ in found}) < len(found):
            raise InputError(f"The entries of a {rows} x {columns} matrix are not zero, are at "
                             "places of it, and each is stated once.")
        return tuple(sorted(found))

    @classmethod
    def spanned_by(cls, matrices: Sequence[Any], channels: Sequence[int] = (1, 1),
                   bias: bool = False) -> MatrixSpace:
        """
        The layer with these matrices, given by their rows.

        EXAMPLES: A layer that commutes with all permutations of three numbers. ::

            >>> layer = MatrixSpace.spanned_by([
            ...     [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1, 1, 1], [1, 1, 1], [1, 1, 1]]])
            >>> layer.parameter_count(), layer.output_shape((3,))
            (2, (3,))
        """
        full = list(map(rows_of, matrices))
        if len({(len(rows), len(rows[0])) for rows in full}) != 1:
            raise InputError("A matrix space has one or more matrices, all of one shape.")
        return cls((len(full[0]), len(full[0][0])), tuple(
            tuple((i, j, c) for i, row in enumerate(rows) for j, c in enumerate(row) if c)
            for rows in full), tuple(channels), bias)  # type: ignore[arg-type]

    @property
    def kernel(self) -> int:
        return len(self.matrices)

    def places(self, input_shape: Shape) -> Shape:
        axis = len(input_shape) == 2
        if input_shape[axis:] != self.extent[1:] or self.channels[0] != (
                input_shape[0] if axis else 1):
            raise InputError(f"A matrix space that takes {self.channels[0]} channels at "
                             f"{self.extent[1]} places does not fit an input of shape "
                             f"{input_shape}.")
        return input_shape[axis:]

    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        taken, made = self.channels
        weights = (("w", (made, taken, self.kernel)),)
        return weights + ((("b", (made,)),) if self.bias else ())

    def output_shape(self, input_shape: Shape) -> Shape:
        self.places(input_shape)
        made, extent = self.channels[1], self.extent[:1]
        return (made, *extent) if len(input_shape) == 2 or made > 1 else extent

    def _maps(self) -> Iterator[list[tuple[Fraction, np.ndarray]]]:
        """
        Each matrix as a sum of multiples of maps: from which place each output takes its value, or
        from a zero after the last place.
        """
        rows, zero = self.extent
        for entries in self.matrices:
            taken: dict[tuple[Fraction, int], np.ndarray] = {}
            turns: dict[tuple[int, Fraction], int] = {}
            for i, j, c in entries:
                turn = turns[i, c] = turns.get((i, c), -1) + 1
                taken.setdefault((c, turn), np.full(rows, zero))[i] = j
            yield [(c, places) for (c, _), places in taken.items()] or [
                (Fraction(1), np.full(rows, zero))]

    def _image(self, states: Array, constant: Constant) -> Array:
        """The matrices applied to states with places on the last axis, one after the other."""
        rows, columns = self.extent
        entries = sum(map(len, self.matrices))
        if hasattr(states, "times") and rows * columns * self.kernel <= DENSE * entries:
            matrix = np.zeros((columns, self.kernel * rows), dtype=np.int64)
            for k, matrix_entries in enumerate(self.matrices):
                for i, j, c in matrix_entries:
                    matrix[j, k * rows + i] = constant(c)
            return states.times(matrix)
        states = np.concatenate([states, states[..., :1] * constant(Fraction(0))], axis=-1)
        every = list(self._maps())
        if all(len(maps) == 1 and maps[0][0] == 1 for maps in every):  # as of a group
            return states[..., np.concatenate([maps[0][1] for maps in every])]
        images: list[Array] = []
        for maps in every:
            terms = [states[..., places] if c == 1 else states[..., places] * constant(c)
                     for c, places in maps]
            images.append(sum(terms[1:], terms[0]))
        return np.concatenate(images, axis=-1)

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        weights, (rows, columns), (taken, made) = parameters[0], self.extent, self.channels
        batch = weights.ndim - 3
        has_axis = inputs.ndim - batch == 2
        image = self._image(inputs.reshape((*inputs.shape[:batch], taken, columns)), constant)
        result = weights.reshape((*weights.shape[:batch], made, taken * self.kernel)) @ (
            image.reshape((*image.shape[:batch], taken * self.kernel, rows)))
        if self.bias:
            result = result + parameters[1].reshape((*parameters[1].shape[:batch], made, 1))
        return result if has_axis or made > 1 else result.reshape((*result.shape[:batch], rows))

    def constants(self) -> Iterator[Fraction]:
        return (c for entries in self.matrices for *_, c in entries)

    def in_latex(self, place: int | str) -> str:
        return rf"\sum_k w_{{{place},k}} A_k" + rf" \cdot {{}} + b_{{{place}}}" * self.bias

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "extent": list(self.extent), "channels": list(self.channels),
                "matrices": [[[i, j, decimal(c)] for i, j, c in entries]
                             for entries in self.matrices], "bias": self.bias}


def powers(matrix: Any, count: int) -> list[Rows]:
    """
    The unit matrix and the first ``count`` powers of a square matrix.

    EXAMPLES::

        >>> [[list(map(int, row)) for row in power] for power in powers([[0, 1], [1, 0]], 2)]
        [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[1, 0], [0, 1]]]
    """
    rows = rows_of(matrix)
    if len(rows) != len(rows[0]):
        raise InputError("Only a square matrix has powers.")
    base = over_q.matrix(rows, len(rows))
    return [[list(map(over_q.fraction, row)) for row in (base**k).tolist()]
            for k in range(count + 1)]


def equivariant_maps(before: Sequence[Any], after: Sequence[Any]) -> list[Rows]:
    """
    A basis of the linear maps that commute with two representations of a group.

    INPUT:

    - ``before``, ``after`` -- for each of some generators of the group the matrix by which it acts
      on the inputs, and that by which it acts on the outputs

    OUTPUT: the rows of matrices X, a basis of those with ``after[g] X = X before[g]`` for all g

    Raises InputError if the matrices are not invertible, are of several sizes, or are too large; or
    if zero alone commutes with them.  Whether they satisfy the relations of a group is not asked:
    the maps are those that commute with the group that the pairs generate.

    EXAMPLES: Rotations of three places, and their invariants. ::

        >>> turn = [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
        >>> len(equivariant_maps([turn], [turn])), len(equivariant_maps([turn], [[[1]]]))
        (3, 1)
    """
    pairs = [(rows_of(p), rows_of(q)) for p, q in zip(before, after)]
    if not pairs or len(before) != len(after) or any(
            len({*map(len, side)}) > 1 for side in zip(*pairs)):
        raise InputError("A representation has a matrix for each generator, on the inputs and on "
                         "the outputs, all of one size.")
    if any(len(m) != len(m[0]) or over_q.rank(m) < len(m) for pair in pairs for m in pair):
        raise InputError("The matrices of a representation are square and invertible.")
    n, m = len(pairs[0][0]), len(pairs[0][1])
    if len(pairs) * (n * m) ** 2 > MOST_EQUATIONS:
        raise InputError(f"The maps from {n} to {m} coordinates that commute with {len(pairs)} "
                         "generators are too many unknowns; use fewer coordinates.")
    equations: list[dict[int, Fraction]] = []
    for p, q in pairs:
        for i in range(m):
            for j in range(n):
                # The entry (i, j) of q X - X p, where X_ab is the unknown a n + b.
                row = {a * n + j: c for a, c in enumerate(q[i])}
                for b in range(n):
                    row[i * n + b] = row.get(i * n + b, Fraction(0)) - p[b][j]
                equations.append(row)
    found = over_q.kernel(equations, n * m)
    if not found:
        raise InputError("Zero alone commutes with these representations.")
    return [[[x.get(i * n + j, Fraction(0)) for j in range(n)] for i in range(m)] for x in found]
