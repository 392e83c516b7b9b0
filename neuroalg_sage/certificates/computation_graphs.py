"""
What computation graphs are made of, besides the layers of chains.

- Weights: the outputs are the parameters, whatever the inputs.
- A contraction: its operands are arrays whose entries follow one another in the input.  An
  equation such as ``oi,i->o`` gives each axis of an operand a letter, and the letters of the
  output: each of its entries is the sum, over the values of all other letters, of products of the
  operands' entries.
- A fixed map: x -> A x + c, for given rational A and c.
- A join: the sum or the product, entry by entry, of blocks of one size, which follow one another.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any

from neuroalg_sage.certificates.reading import (
    fields,
    integer,
    integers,
    items,
    rational,
    require,
)
from neuroalg_sage.certificates.terms import Built, Shape, Terms, monomial, summed


def _extents(data: Any) -> Shape:
    return tuple(integers(data, 1, 10**6, "shape"))


def weights(data: Any, shape: Shape, affordable: Callable[[int], None]) -> Built:
    """Parameters as a state."""
    (given,) = fields(data, "shape")
    made = _extents(given)
    affordable(prod(made))
    return prod(made), lambda i: {((i, 1),): Fraction(1)}, made


def _place(letters: str, values: dict[str, int], extents: Shape) -> int:
    """Where the entry with these values of its letters stands in an array, row by row."""
    place = 0
    for letter, extent in zip(letters, extents):
        place = place * extent + values[letter]
    return place


def contraction(data: Any, shape: Shape, affordable: Callable[[int], None]) -> Built:
    """Sums of products of entries of arrays."""
    equation, given = fields(data, "equation", "shapes")
    shapes = [_extents(s) for s in items(given, "shapes")]
    require(isinstance(equation, str) and equation.count("->") == 1,
            "A contraction has no equation.")
    left, _, made = equation.partition("->")
    operands = left.split(",")
    extents: dict[str, int] = {}
    require(len(operands) == len(shapes) and len(set(made)) == len(made),
            "A contraction does not fit its operands.")
    for letters, axes in zip(operands, shapes):
        require(len(letters) == len(axes) == len(set(letters)) and all(
            extents.setdefault(c, n) == n for c, n in zip(letters, axes)),
            "A contraction does not fit its operands.")
    require(set(made) <= set(extents), "A contraction has an unknown letter.")
    require(shape == (sum(map(prod, shapes)),), "A contraction does not fit its input.")
    others = [c for c in extents if c not in made]
    output_shape = tuple(extents[c] for c in made)
    affordable(prod(extents.values()))
    offsets = [0, *itertools.accumulate(map(prod, shapes))]

    def output(n: int) -> Terms:
        values: dict[str, int] = {}
        for letter in reversed(made):
            n, values[letter] = divmod(n, extents[letter])
        return summed(
            monomial(*(offset + _place(letters, values | dict(zip(others, chosen)), axes)
                       for offset, letters, axes in zip(offsets, operands, shapes)))
            for chosen in itertools.product(*(range(extents[c]) for c in others)))

    return 0, output, output_shape or (1,)


def fixed_map(data: Any, shape: Shape, affordable: Callable[[int], None]) -> Built:
    """A given affine-linear map."""
    taken, made, entries, constants = fields(data, "domain", "codomain", "matrix", "vector")
    require(shape == _extents(taken), "A fixed map does not fit its input.")
    output_shape = _extents(made)
    count = prod(output_shape)
    affordable(count)
    rows: list[Terms] = [{} for _ in range(count)]
    for entry in items(entries, "matrix"):
        row, column, c = items(entry, "entry", 3)
        i, key = integer(row, 0, count - 1, "row"), (
            (integer(column, 0, prod(shape) - 1, "column"), 1),)
        require(rational(c) and key not in rows[i], "A fixed map is not in normal form.")
        rows[i][key] = rational(c)
    for entry in items(constants, "vector"):
        row, c = items(entry, "constant", 2)
        i = integer(row, 0, count - 1, "row")
        require(rational(c) and () not in rows[i], "A fixed map is not in normal form.")
        rows[i][()] = rational(c)
    return 0, rows.__getitem__, output_shape


def join(data: Any, shape: Shape, affordable: Callable[[int], None]) -> Built:
    """The sum, or the product, of blocks."""
    operation, given, copies = fields(data, "operation", "shape", "copies")
    made, count = _extents(given), integer(copies, 1, 10**6, "number of copies")
    width = prod(made)
    require(operation in ("sum", "product"), "A join is a sum or a product.")
    require(shape == (count * width,), "A join does not fit its input.")
    affordable(count * width)
    return 0, lambda i: (
        summed(monomial(i + k * width) for k in range(count)) if operation == "sum"
        else {monomial(*(i + k * width for k in range(count))): Fraction(1)}), made


LAYERS = {"weights": weights, "contraction": contraction, "fixed map": fixed_map, "join": join}
