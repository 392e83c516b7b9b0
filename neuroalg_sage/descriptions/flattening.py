"""
Flattenings: matrices of coordinates whose rank is bounded on the neurovariety.

A model's outputs are polynomials f_j = Σ_e z_(j,e) x^e.  The *output flattening* is the matrix of
their coefficients, a row for each output.  Forms of degree k are partially symmetric tensors
with coordinates c_(j,e) = z_(j,e) / multinomial(e); for 0 < a < k the matrix of all
c_(j,α+β) with |α| = a, |β| = k - a is a *catalecticant* for one output j, and a *mixed flattening*
if its rows are the pairs (j, α).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial, prod
from typing import Any

import numpy as np

from neuroalg_sage.engines import modular
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.models.expressions import Exponents
from neuroalg_sage.models.layers import Activation, Composite, Convolution, Dense
from neuroalg_sage.models.model import Model, monomials
from neuroalg_sage.storable import storable

MOST_ENTRIES = 100_000


@storable()
@dataclass(frozen=True)
class Flattening:
    """
    A matrix whose entries are coordinates, up to rational factors.

    - ``name`` -- which one it is
    - ``entries`` -- rows of pairs: the place of a coordinate, and a factor
    - ``bound`` -- a bound for the rank on the neurovariety, from the model's layers
    """

    name: str
    entries: tuple[tuple[tuple[int, Fraction], ...], ...]
    bound: int

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.entries)

    @property
    def columns(self) -> int:
        """The number of columns."""
        return len(self.entries[0])

    def rank(self, point: Sequence[int], prime: int) -> int:
        """The rank at a point of the ambient space, modulo a prime."""
        return modular.rank(np.array(
            [[point[i] * c.numerator * pow(c.denominator, -1, prime) % prime for i, c in row]
             for row in self.entries], dtype=np.int64), prime)

    def to_sage(self, n: int) -> Any:
        """The matrix in Sage, over Q[z_0, ..., z_(n-1)]."""
        polynomials = tuple({tuple(int(i == k) for k in range(n)): c}
                            for row in self.entries for i, c in row)
        ring = PolynomialRingData(tuple(f"z_{i}" for i in range(n)))
        return PolynomialMatrix(ring, self.rows, self.columns, polynomials).to_sage()


def coordinate_places(model: Model) -> dict[tuple[int, Exponents], int]:
    """The place of each coordinate, by its output and its monomial."""
    return {coordinate: i for i, coordinate in enumerate(model.coordinates())}


def linear_width(model: Model) -> int:
    """
    The least width of a state of which the outputs are affine-linear functions.

    Only plain layers are looked at, since others have states of their own.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> [linear_width(parse_spec(s)) for s in ("linear:5,3,4,5", "mlp:5,2,3,4:x^2")]
        [3, 3]
    """
    shapes = [model.input_shape]
    for layer in model.layers:
        shapes.append(layer.output_shape(shapes[-1]))
    least = model.output_count
    for layer, shape in zip(reversed(model.layers), reversed(shapes[:-1])):
        if isinstance(layer, Composite) or layer.degree(1) != 1:
            break
        least = min(least, prod(shape))
    return least


def number_of_powers(model: Model) -> int | None:
    """
    The number r if the outputs are combinations of the powers of r linear forms, else None.

    That is a chain of linear layers with one activation, a power, at a state of width r.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> [number_of_powers(parse_spec(s)) for s in ("mlp:3,4,2:x^5", "cnn:3,2:x^2",
        ...                                            "mlp:3,4,4,2:x^2", "mlp:3,4,2:x^2:bias")]
        [4, 2, None, None]
    """
    found, shape = None, model.input_shape
    for layer in model.layers:
        if isinstance(layer, Activation):
            if found is not None or any(layer.coefficients[:-1]):
                return None
            found = prod(shape)
        elif not isinstance(layer, Convolution) and not (isinstance(layer, Dense)
                                                         and not layer.bias):
            return None
        shape = layer.output_shape(shape)
    return found


@storable()
@dataclass(frozen=True)
class OutputFormat:
    """
    The format of the output flattening, a bound for its rank on M, and the number of the
    coordinates that it does not contain, the constants.
    """

    rows: int
    columns: int
    bound: int
    others: int

    def dimension(self) -> int:
        """The dimension of the variety of matrices of rank at most the bound, in V."""
        return self.bound * (self.rows + self.columns - self.bound) + self.others


def output_format(model: Model) -> OutputFormat | None:
    """
    The format of the output flattening; None if the outputs differ in their degrees.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> output_format(parse_spec("linear:6,5,4,3,6")).dimension()
        27
        >>> output_format(parse_spec("mlp:3,2,3:x:bias"))
        OutputFormat(rows=3, columns=3, bound=2, others=3)
    """
    degrees = model.degree_pattern[0]
    if len(set(model.degree_pattern)) > 1 or not any(degrees):
        return None
    rows, constants = model.output_count, int(0 in degrees)
    columns = model.ambient_dimension // rows - constants
    return OutputFormat(rows, columns, min(linear_width(model), rows, columns), constants * rows)


def output_flattening(model: Model) -> Flattening | None:
    """
    The matrix of outputs × monomials of positive degree; None if outputs differ in their degrees.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> flattening = output_flattening(parse_spec("mlp:2,2,4:x^3"))
        >>> flattening.rows, flattening.columns, flattening.bound
        (4, 4, 2)
    """
    found = output_format(model)
    if found is None:
        return None
    rows: list[list[tuple[int, Fraction]]] = [[] for _ in range(found.rows)]
    for i, (j, e) in enumerate(model.coordinates()):
        if any(e):
            rows[j].append((i, Fraction(1)))
    return Flattening("output flattening", tuple(map(tuple, rows)), found.bound)


def partial_flattening(model: Model, outputs: Sequence[int], degree: int, left: int
                       ) -> Flattening:
    """
    The matrix of the forms of one degree of some outputs, with rows (output, x^α), |α| = left.

    Its rank is at most the number of powers that the outputs are combinations of; if the first
    layer has h outputs and no bias, then the forms are forms in h variables, and the rank
    is at most the number of monomials in these on either side.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> hankel = partial_flattening(parse_spec("mlp:2,2,1:x^4"), [0], 4, 2)
        >>> hankel.to_sage(5)
        [    z_0 1/4*z_1 1/6*z_2]
        [1/4*z_1 1/6*z_2 1/4*z_3]
        [1/6*z_2 1/4*z_3     z_4]
    """
    places, d = coordinate_places(model), model.input_count
    right = degree - left

    def entry(j: int, e: Exponents) -> tuple[int, Fraction]:
        return places[j, e], Fraction(prod(map(factorial, e)), factorial(degree))

    columns = list(monomials(d, right))
    rows = tuple(tuple(entry(j, tuple(map(int.__add__, alpha, beta))) for beta in columns)
                 for j in outputs for alpha in monomials(d, left))
    bound = min(len(rows), len(columns))
    summands = number_of_powers(model)
    if summands is not None:
        bound = min(bound, summands)
    first = model.layers[0]
    if isinstance(first, Dense) and not first.bias and len(model.layers) > 1:
        h = first.outputs
        bound = min(bound, comb(h + right - 1, right), len(outputs) * comb(h + left - 1, left))
    name = (f"catalecticant of output {outputs[0]}" if len(outputs) == 1 else
            "mixed flattening") + f", degrees {left} + {right}"
    return Flattening(name, rows, bound)


def flattenings(model: Model) -> Iterator[Flattening]:
    """All flattenings that are not transposed to each other, as far as they are affordable."""
    n, d = model.ambient_dimension, model.input_count
    output = output_flattening(model) if n <= MOST_ENTRIES else None
    if output is not None and output.rows > 1:
        yield output
    groups = [[j] for j in range(model.output_count)]
    if model.output_count > 1 and len(set(model.degree_pattern)) == 1:
        groups.append(list(range(model.output_count)))
    for outputs in groups:
        for degree in model.degree_pattern[outputs[0]]:
            last = degree // 2 if len(outputs) == 1 else degree - 1
            for left in range(1, last + 1):
                size = len(outputs) * comb(d + left - 1, left) * comb(
                    d + degree - left - 1, degree - left)
                if size <= MOST_ENTRIES and n <= MOST_ENTRIES:
                    yield partial_flattening(model, outputs, degree, left)
