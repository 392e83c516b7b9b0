"""
Layers: polynomial maps in parameters and inputs, over any commutative ring.

A layer is written once, with the operations of NumPy arrays (``@``, ``*``,
``+``, ``**``, indexing).  Applied to object arrays it computes with whatever
ring elements these hold: polynomials give the exact parametrization, sets of
degrees give the ambient space, integers give values.  Applied to arrays of
residues it computes with many inputs at once.  Leading axes of an array that a
layer does not mention are a batch.

A layer also states its symmetries, as linear vector fields.  Write ``L(w, x)``
for the layer, with its parameters and its inputs flattened.  A matrix ``A``
acts on the inputs by ``x -> A x``, a matrix ``B`` on the outputs, and a linear
vector field ``xi`` on the parameters by ``w -> xi w``.  Infinitesimally, the
three are compatible if identically in ``w`` and ``x``

    D_w L(w, x) . (xi w)  +  D_x L(w, x) . (A x)  =  B L(w, x).

Matrices and vector fields are sparse: dictionaries from ``(row, column)`` to a
nonzero :class:`~fractions.Fraction`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, ClassVar

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import Polynomial, _shown, parse_polynomial

Array = Any  # numpy.ndarray of ring elements, or an array type with the same operations
Shape = tuple[int, ...]
SparseMatrix = dict[tuple[int, int], Fraction]
Constant = Callable[[Fraction], Any]

MAXIMAL_WIDTH = 1_000_000

ONE = Fraction(1)


def identity_matrix(size: int) -> SparseMatrix:
    """The identity, as a sparse matrix."""
    return {(i, i): ONE for i in range(size)}


def _tensor_identity(matrix: SparseMatrix, copies: int) -> SparseMatrix:
    """The matrix that acts as ``matrix`` on each of ``copies`` interleaved columns."""
    return {(i * copies + t, j * copies + t): c
            for (i, j), c in matrix.items() for t in range(copies)}


def _is_scalar(matrix: SparseMatrix, size: int) -> Fraction | None:
    """The scalar ``c`` with ``matrix = c * identity``, None if there is none."""
    c = matrix.get((0, 0), Fraction(0))
    return c if c and matrix == {(i, i): c for i in range(size)} else None


def left_multiplication(matrix: SparseMatrix, columns: int, factor: int = 1,
                        offset: int = 0) -> SparseMatrix:
    """The linear map ``W -> factor * matrix * W`` on row-major ``W`` with these columns."""
    return {(offset + i * columns + k, offset + j * columns + k): factor * c
            for (i, j), c in matrix.items() for k in range(columns)}


def right_multiplication(matrix: SparseMatrix, rows: int, columns: int, factor: int = 1,
                         offset: int = 0) -> SparseMatrix:
    """The linear map ``W -> factor * W * matrix`` on row-major ``W`` of this shape."""
    return {(offset + r * columns + j, offset + r * columns + i): factor * c
            for (i, j), c in matrix.items() for r in range(rows)}


def whole_number(value: Any, role: str) -> int:
    """The value as an integer; raises InputError unless it is one from 1 to MAXIMAL_WIDTH."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise InputError(f"The {role} {_shown(value)} is not a whole number from 1 on.")
    number = int(value)
    if number < 1:
        raise InputError(f"The {role} {number} is not a whole number from 1 on.")
    if number > MAXIMAL_WIDTH:
        raise InputError(f"The {role} {_shown(number)} is over {MAXIMAL_WIDTH}, the most allowed.")
    return number


class Layer(ABC):
    """
    One layer of a model.

    A subclass is a frozen dataclass whose fields are its description.
    """

    kind: ClassVar[str]

    @abstractmethod
    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        """Name and shape of each parameter array, in the order of the parameters."""

    @abstractmethod
    def output_shape(self, input_shape: Shape) -> Shape:
        """Shape of the output; raises InputError if the input does not fit."""

    @abstractmethod
    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        """
        Apply the layer.

        INPUT:

        - ``parameters`` -- arrays of the shapes of :meth:`parameter_shapes`
        - ``inputs`` -- array of the input's shape
        - ``constant`` -- the map from fractions to the ring of the entries, or to
          arrays of them without axes

        OUTPUT: array of the output's shape
        """

    @abstractmethod
    def describe(self) -> dict[str, Any]:
        """The layer as plain JSON data; ``kind`` and what its constructor takes."""

    def _require_whole_numbers(self, *names: str) -> None:
        for name in names:
            number = whole_number(getattr(self, name), f"{self.kind} layer's {name}")
            object.__setattr__(self, name, number)

    def parameter_count(self) -> int:
        """Number of parameters."""
        return sum(prod(shape) for _, shape in self.parameter_shapes())

    def constants(self) -> Iterator[Fraction]:
        """The rational constants that the layer uses."""
        return iter(())

    def internal_symmetries(self) -> Iterator[SparseMatrix]:
        """Vector fields on the parameters that leave the layer unchanged (A = B = 0)."""
        return iter(())

    def output_actions(self, output_shape: Shape) -> Iterator[SparseMatrix]:
        """Matrices B that :meth:`follow_output` follows; a basis of them."""
        return iter(())

    def follow_output(self, action: SparseMatrix, output_shape: Shape) -> SparseMatrix | None:
        """The field on the parameters that acts on the outputs by B, with A = 0, if known."""
        return None

    def input_actions(self, input_shape: Shape) -> Iterator[SparseMatrix]:
        """Matrices A that :meth:`absorb_input` absorbs; a basis of them."""
        return iter(())

    def absorb_input(self, action: SparseMatrix, input_shape: Shape) -> SparseMatrix | None:
        """The field on the parameters that undoes A on the inputs, with B = 0, if known."""
        return None

    def transport(self, action: SparseMatrix, input_shape: Shape) -> SparseMatrix | None:
        """The B that A on the inputs causes, for a layer without parameters, if linear."""
        return None


def _matrix_units(size: int) -> Iterator[SparseMatrix]:
    for i in range(size):
        for j in range(size):
            yield {(i, j): ONE}


@dataclass(frozen=True)
class Dense(Layer):
    """
    The affine-linear layer ``x -> W x + b``; without bias, ``x -> W x``.

    INPUT:

    - ``inputs``, ``outputs`` -- positive integers, the widths
    - ``bias`` -- whether there is a ``b``

    Parameters: ``W`` row by row, then ``b``.
    """

    inputs: int
    outputs: int
    bias: bool = False
    kind: ClassVar[str] = "dense"

    def __post_init__(self) -> None:
        self._require_whole_numbers("inputs", "outputs")

    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        weights = (("W", (self.outputs, self.inputs)),)
        return weights + ((("b", (self.outputs,)),) if self.bias else ())

    def output_shape(self, input_shape: Shape) -> Shape:
        if prod(input_shape) != self.inputs or len(input_shape) != 1:
            raise InputError(f"A dense layer takes {self.inputs} inputs, but what comes before "
                             f"it has shape {input_shape}.")
        return (self.outputs,)

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        image = (parameters[0] @ inputs[..., None])[..., 0]
        return image + parameters[1] if self.bias else image

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "inputs": self.inputs, "outputs": self.outputs,
                "bias": self.bias}

    def output_actions(self, output_shape: Shape) -> Iterator[SparseMatrix]:
        return _matrix_units(self.outputs)

    def follow_output(self, action: SparseMatrix, output_shape: Shape) -> SparseMatrix | None:
        field = left_multiplication(action, self.inputs)
        if self.bias:
            field |= left_multiplication(action, 1, offset=self.inputs * self.outputs)
        return field

    def input_actions(self, input_shape: Shape) -> Iterator[SparseMatrix]:
        return _matrix_units(self.inputs)

    def absorb_input(self, action: SparseMatrix, input_shape: Shape) -> SparseMatrix | None:
        return right_multiplication(action, self.outputs, self.inputs, -1)


def _dense_coefficients(polynomial: Polynomial) -> tuple[Fraction, ...]:
    degree = max((e for (e,) in polynomial), default=0)
    return tuple(polynomial.get((k,), Fraction(0)) for k in range(degree + 1))


@dataclass(frozen=True)
class Activation(Layer):
    """
    A polynomial applied to each entry.

    INPUT:

    - ``coefficients`` -- sequence of rational numbers, the coefficient of ``x^k`` at
      place ``k``, the last not zero; or a polynomial in ``x``, as text

    Raises InputError if there is no such polynomial, or if it is constant.

    EXAMPLES::

        >>> Activation("x^2/2 + 1").coefficients
        (Fraction(1, 1), Fraction(0, 1), Fraction(1, 2))
    """

    coefficients: tuple[Fraction, ...]
    kind: ClassVar[str] = "activation"

    def __post_init__(self) -> None:
        given: Any = self.coefficients
        if isinstance(given, str):
            given = _dense_coefficients(parse_polynomial(given, ["x"]))
        try:
            object.__setattr__(self, "coefficients", tuple(map(Fraction, given)))
        except (TypeError, ValueError, ArithmeticError):
            raise InputError("An activation is a polynomial in x as text, such as 'x^2', or a list "
                             "of its rational coefficients, such as [0, 0, 1].") from None
        if len(self.coefficients) < 2 or not self.coefficients[-1]:
            raise InputError("An activation must be a polynomial of degree at least 1.")

    @classmethod
    def from_polynomial(cls, polynomial: Polynomial) -> Activation:
        """The activation given by a polynomial in one variable."""
        return cls(_dense_coefficients(polynomial))

    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        return ()

    def output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        total = None
        for k, c in enumerate(self.coefficients):
            if c:
                power = inputs**k
                term = power if c == 1 else power * constant(c)
                total = term if total is None else total + term
        return total

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "coefficients": [str(c) for c in self.coefficients]}

    def constants(self) -> Iterator[Fraction]:
        return iter(self.coefficients)

    def transport(self, action: SparseMatrix, input_shape: Shape) -> SparseMatrix | None:
        degree = len(self.coefficients) - 1
        if any(self.coefficients[:-1]):
            return None
        if degree > 1 and any(i != j for i, j in action):
            return None
        return {place: degree * c for place, c in action.items()}


@dataclass(frozen=True)
class Convolution(Layer):
    """
    The one-dimensional convolution (a correlation) with one filter and one channel.

    ``(f * x)_i = sum_k f_k x_(stride i + k)`` for all ``i`` where the filter
    stays inside the input.

    INPUT:

    - ``size`` -- positive integer, the number of entries of the filter
    - ``stride`` -- positive integer
    """

    size: int
    stride: int = 1
    kind: ClassVar[str] = "convolution"

    def __post_init__(self) -> None:
        self._require_whole_numbers("size", "stride")

    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        return (("f", (self.size,)),)

    def input_length(self, output_length: int) -> int:
        """The shortest input that has this many outputs."""
        return (output_length - 1) * self.stride + self.size

    def output_shape(self, input_shape: Shape) -> Shape:
        if len(input_shape) != 1 or input_shape[0] < self.size:
            raise InputError(f"A filter of size {self.size} is longer than its input of shape "
                             f"{input_shape}.")
        return ((input_shape[0] - self.size) // self.stride + 1,)

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        (length,) = self.output_shape(inputs.shape[-1:])
        windows = self.stride * np.arange(length)[:, None] + np.arange(self.size)
        return (inputs[..., windows] @ parameters[0][..., None])[..., 0]

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "size": self.size, "stride": self.stride}

    def output_actions(self, output_shape: Shape) -> Iterator[SparseMatrix]:
        yield identity_matrix(prod(output_shape))

    def follow_output(self, action: SparseMatrix, output_shape: Shape) -> SparseMatrix | None:
        c = _is_scalar(action, prod(output_shape))
        return None if c is None else {(k, k): c for k in range(self.size)}

    def input_actions(self, input_shape: Shape) -> Iterator[SparseMatrix]:
        yield identity_matrix(prod(input_shape))

    def absorb_input(self, action: SparseMatrix, input_shape: Shape) -> SparseMatrix | None:
        c = _is_scalar(action, prod(input_shape))
        return None if c is None else {(k, k): -c for k in range(self.size)}


@dataclass(frozen=True)
class Attention(Layer):
    """
    Lightning self-attention ``X -> V X X^T K^T Q X``, attention without softmax.

    The input ``X`` is a matrix with one column for each token.

    INPUT:

    - ``inputs`` -- positive integer, the rows of ``X``
    - ``head`` -- positive integer, the rows of ``Q`` and ``K``
    - ``outputs`` -- positive integer, the rows of ``V``

    Parameters: ``Q``, ``K``, ``V``, each row by row.

    REFERENCES: N. W. Henry, G. L. Marchetti, K. Kohn, Geometry of lightning
    self-attention: identifiability and dimension, arXiv:2408.17221.
    """

    inputs: int
    head: int
    outputs: int
    kind: ClassVar[str] = "attention"

    def __post_init__(self) -> None:
        self._require_whole_numbers("inputs", "head", "outputs")

    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        return (("Q", (self.head, self.inputs)), ("K", (self.head, self.inputs)),
                ("V", (self.outputs, self.inputs)))

    def output_shape(self, input_shape: Shape) -> Shape:
        if len(input_shape) != 2 or input_shape[0] != self.inputs:
            raise InputError(f"An attention layer takes tokens with {self.inputs} entries, but "
                             f"what comes before it has shape {input_shape}.")
        return (self.outputs, input_shape[1])

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        query, key, value = parameters
        keys = (key @ inputs).swapaxes(-1, -2)
        return (value @ inputs) @ (keys @ (query @ inputs))

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "inputs": self.inputs, "head": self.head,
                "outputs": self.outputs}

    def _offsets(self) -> tuple[int, int, int]:
        block = self.head * self.inputs
        return 0, block, 2 * block

    def internal_symmetries(self) -> Iterator[SparseMatrix]:
        query, key, value = self._offsets()
        for unit in _matrix_units(self.head):
            transpose = {(j, i): c for (i, j), c in unit.items()}
            yield (left_multiplication(unit, self.inputs, 1, query)
                   | left_multiplication(transpose, self.inputs, -1, key))
        yield ({(query + k, query + k): ONE for k in range(self.head * self.inputs)}
               | {(value + k, value + k): -ONE for k in range(self.outputs * self.inputs)})

    def output_actions(self, output_shape: Shape) -> Iterator[SparseMatrix]:
        return (_tensor_identity(unit, output_shape[1]) for unit in _matrix_units(self.outputs))

    def follow_output(self, action: SparseMatrix, output_shape: Shape) -> SparseMatrix | None:
        factor = _token_factor(action, output_shape[1])
        return None if factor is None else left_multiplication(
            factor, self.inputs, 1, self._offsets()[2])

    def input_actions(self, input_shape: Shape) -> Iterator[SparseMatrix]:
        return (_tensor_identity(unit, input_shape[1]) for unit in _matrix_units(self.inputs))

    def absorb_input(self, action: SparseMatrix, input_shape: Shape) -> SparseMatrix | None:
        factor = _token_factor(action, input_shape[1])
        if factor is None:
            return None
        query, key, value = self._offsets()
        return (right_multiplication(factor, self.head, self.inputs, -1, query)
                | right_multiplication(factor, self.head, self.inputs, -1, key)
                | right_multiplication(factor, self.outputs, self.inputs, -1, value))


def _token_factor(action: SparseMatrix, tokens: int) -> SparseMatrix | None:
    """The matrix with ``action`` as its action on every token, None if there is none."""
    factor = {(i // tokens, j // tokens): c for (i, j), c in action.items()
              if i % tokens == 0 and j % tokens == 0}
    return factor if _tensor_identity(factor, tokens) == action else None


@dataclass(frozen=True)
class PolynomialLayer(Layer):
    """
    Any polynomial map, given by its terms in named parameters and inputs.

    INPUT:

    - ``parameters``, ``inputs`` -- tuples of names
    - ``outputs`` -- tuple of polynomials, each a tuple of pairs (exponents,
      coefficient); the exponents are of the parameters, then of the inputs
    """

    parameters: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[tuple[tuple[tuple[int, ...], Fraction], ...], ...]
    kind: ClassVar[str] = "polynomial"

    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        return (("w", (len(self.parameters),)),) if self.parameters else ()

    def output_shape(self, input_shape: Shape) -> Shape:
        if input_shape != (len(self.inputs),):
            raise InputError(f"A polynomial layer takes {len(self.inputs)} inputs, but what "
                             f"comes before it has shape {input_shape}.")
        return (len(self.outputs),)

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        count = len(self.parameters)
        one = inputs[..., :1] ** 0
        outputs = []
        for terms in self.outputs:
            total = one * constant(Fraction(0))
            for exponents, c in terms:
                product = one * constant(c)
                for i, k in enumerate(exponents):
                    if k:
                        source, place = (parameters[0], i) if i < count else (inputs, i - count)
                        product = product * source[..., place : place + 1] ** k
                total = total + product
            outputs.append(total)
        return np.concatenate(outputs, axis=-1)

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "parameters": list(self.parameters),
                "inputs": list(self.inputs),
                "outputs": [[[list(e), str(c)] for e, c in terms] for terms in self.outputs]}

    def constants(self) -> Iterator[Fraction]:
        return (c for terms in self.outputs for _, c in terms)

    def internal_symmetries(self) -> Iterator[SparseMatrix]:
        """The maximal torus of rescalings: the kernel of the matrix of exponents."""
        from flint import fmpq_mat

        count = len(self.parameters)
        rows = sorted({e[:count] for terms in self.outputs for e, _ in terms})
        if not rows or not count:
            return
        reduced, rank = fmpq_mat(len(rows), count, [k for row in rows for k in row]).rref()
        pivots = [next(j for j in range(count) if reduced[i, j]) for i in range(rank)]
        for free in sorted(set(range(count)) - set(pivots)):
            weights = {free: ONE}
            for i, pivot in enumerate(pivots):
                c = -Fraction(int(reduced[i, free].p), int(reduced[i, free].q))
                if c:
                    weights[pivot] = c
            yield {(k, k): c for k, c in weights.items()}
