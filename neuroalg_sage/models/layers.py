"""
Layers: polynomial maps in parameters and inputs, over any commutative ring.

A layer is written once, with the operations of NumPy arrays (``@``, ``*``, ``+``, ``**``,
indexing).  Applied to object arrays it computes with whatever ring elements these hold:
polynomials give the exact parametrization, sets of degrees give the ambient space,
integers give values.  Applied to arrays of residues it computes with many inputs at once.
Leading axes of an array that a layer does not mention are a batch.

A layer also says which linear symmetries it is compatible with; see
:mod:`~neuroalg_sage.models.symmetry`.  Layers are composed in chains, sums and products,
which are layers again and may share parameters.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, dataclass, fields
from fractions import Fraction
from functools import cache, partial
from math import prod
from numbers import Integral
from typing import Any, ClassVar

import numpy as np

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.models.expressions import Polynomial, check_name, shown, write_polynomial
from neuroalg_sage.models.latex import abridged, factor, latex_polynomial, words
from neuroalg_sage.models.sage_input import (
    is_polynomial,
    lists,
    polynomial_in,
    python_number,
    rational,
)
from neuroalg_sage.models.symmetry import (
    ONE,
    Family,
    LinearForm,
    Pattern,
    Trace,
    Unknowns,
    each,
    left_multiplication,
    meet,
    right_multiplication,
    scale,
    shift,
    spread,
    total,
)

Array = Any  # numpy.ndarray of ring elements, or an array type with the same operations
Shape = tuple[int, ...]
Constant = Callable[[Fraction], Any]

MAXIMAL_WIDTH = 1_000_000
MAXIMAL_LAYERS = 1000  # inside one
MOST_COEFFICIENTS = 201  # of an activation
MOST_NAMES = 10_000
MOST_SHOWN = 6  # polynomials of a formula
LONGEST_MAP = 600  # letters of LaTeX above an arrow
MAXIMAL_PRODUCTS = 50_000_000  # of one convolution: minutes, where each is made alone

DIAGONAL = Pattern(diagonal=True)


def whole_number(value: Any, role: str) -> int:
    """The value as an integer; raises InputError unless it is one from 1 to MAXIMAL_WIDTH."""
    if isinstance(value, bool) or not isinstance(value, Integral):  # not a residue of Sage
        raise InputError(f"The {role} {shown(value)} is not a whole number from 1 on.")
    number = int(value)
    if number < 1:
        raise InputError(f"The {role} {number} is not a whole number from 1 on.")
    if number > MAXIMAL_WIDTH:
        raise InputError(f"The {role} {shown(number)} is over {MAXIMAL_WIDTH}, the most allowed.")
    return number


class Layer(ABC):
    """
    One layer of a model.

    A subclass is a frozen dataclass whose fields are its description.
    """

    kind: ClassVar[str]

    @property
    def is_polynomial(self) -> bool:
        """Whether the outputs are polynomial in parameters and inputs."""
        return True

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

    def in_latex(self, place: int | str) -> str:
        """What stands above the arrow of the layer with the parameters of this number."""
        return words(self.kind)

    def image_in_latex(self, place: int | str, states: Sequence[str]) -> str:
        """What the layer with the parameters of this number makes of states."""
        return rf"{self.in_latex(place)}\left({', '.join(states)}\right)"

    def assignments(self, place: int | str = "") -> list[tuple[str, str]]:
        """The names that a formula of the layer needs, with what they are, in LaTeX."""
        return []

    @abstractmethod
    def describe(self) -> dict[str, Any]:
        """The layer as plain JSON data; ``kind`` and what its constructor takes."""

    @classmethod
    def from_data(cls, data: dict[str, Any], read: Callable[[object], Layer]) -> Layer:
        """
        The layer that plain JSON data describes; lists become tuples.

        INPUT:

        - ``data`` -- what :meth:`describe` gives, but for ``kind``
        - ``read`` -- what makes a layer of the data of one inside this

        Raises InputError if a field is unknown or lacking, or if the layer refuses it.
        """
        known = {f.name: f.default is MISSING for f in fields(cls)}  # type: ignore[arg-type]
        if unknown := set(data) - set(known):
            raise InputError(f"The {cls.kind} layer does not take {shown(sorted(unknown)[0])}; it "
                             f"takes {', '.join(sorted(known))}.")
        if missing := [name for name, required in known.items() if required and name not in data]:
            raise InputError(f"The {cls.kind} layer lacks {missing[0]!r}.")
        return cls(**{name: tuple(v) if isinstance(v, list) else v for name, v in data.items()})

    def _require_whole_numbers(self, *names: str) -> None:
        for name in names:
            number = whole_number(getattr(self, name), f"{self.kind} layer's {name}")
            object.__setattr__(self, name, number)

    def parameter_count(self) -> int:
        """Number of parameters."""
        return sum(prod(shape) for _, shape in self.parameter_shapes())

    def degree(self, inputs: int) -> int:
        """A bound on the degree of the outputs where the inputs have degree ``inputs``."""
        return inputs

    def constants(self) -> Iterator[Fraction]:
        """The rational constants that the layer uses."""
        return iter(())

    def accepts(self, pattern: Pattern | None, input_shape: Shape) -> Pattern | None:
        """
        A pattern of matrices on the inputs with which the layer may be compatible, if the
        matrices on its outputs are to lie in ``pattern``; None for zero alone.
        """
        return None

    def symmetry(self, action: Family, input_shape: Shape, pattern: Pattern | None,
                 unknowns: Unknowns) -> tuple[Family, Family]:
        """
        The fields on the parameters and the matrices on the outputs that are compatible
        with the matrices ``action`` on the inputs.

        INPUT:

        - ``action`` -- family of matrices on the inputs; confined here to those that the
          layer is compatible with
        - ``pattern`` -- where to look for matrices on the outputs
        - ``unknowns`` -- takes new unknowns and equations

        OUTPUT: two families: fields on the parameters, matrices on the outputs
        """
        unknowns.vanish(action)
        return {}, {}

    def trace(self, action: Family, input_shape: Shape, pattern: Pattern | None, trace: Trace
              ) -> tuple[Family, Family]:
        """Like :meth:`symmetry`, remembering the matrices on each state on the way."""
        field, outputs = self.symmetry(action, input_shape, pattern, trace.unknowns)
        trace.states.append(outputs)
        return field, outputs


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
        if not isinstance(self.bias, bool):
            raise InputError("The bias of a dense layer is true or false.")

    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        weights = (("W", (self.outputs, self.inputs)),)
        return weights + ((("b", (self.outputs,)),) if self.bias else ())

    def output_shape(self, input_shape: Shape) -> Shape:
        if prod(input_shape) != self.inputs:
            raise InputError(f"A dense layer takes {self.inputs} inputs, but what comes before "
                             f"it has shape {input_shape}.")
        return (self.outputs,)

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        # The entries of the input, whatever its shape, as a column after the batch.
        batch = inputs.shape[: parameters[0].ndim - 2]
        image = (parameters[0] @ inputs.reshape((*batch, self.inputs, 1)))[..., 0]
        return image + parameters[1] if self.bias else image

    def in_latex(self, place: int | str) -> str:
        return f"W_{{{place}}}" + (rf" \cdot {{}} + b_{{{place}}}" if self.bias else "")

    def image_in_latex(self, place: int | str, states: Sequence[str]) -> str:
        read = factor(states[0]) if len(states) == 1 else rf"\left({', '.join(states)}\right)"
        return f"W_{{{place}}} {read}" + (f" + b_{{{place}}}" if self.bias else "")

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "inputs": self.inputs, "outputs": self.outputs,
                "bias": self.bias}

    def accepts(self, pattern: Pattern | None, input_shape: Shape) -> Pattern | None:
        return Pattern()

    def symmetry(self, action: Family, input_shape: Shape, pattern: Pattern | None,
                 unknowns: Unknowns) -> tuple[Family, Family]:
        outputs = unknowns.family(pattern.basis(self.outputs)) if pattern else {}
        field = total(
            each(outputs, lambda m: left_multiplication(m, self.inputs)),
            each(action, lambda m: scale(right_multiplication(m, self.outputs, self.inputs), -1)))
        if self.bias:
            field = total(field, each(outputs, lambda m: shift(m, self.inputs * self.outputs)))
        return field, outputs


def _dense_coefficients(polynomial: Polynomial) -> tuple[Fraction, ...]:
    degree = max((e for (e,) in polynomial), default=0)
    return tuple(polynomial.get((k,), Fraction(0)) for k in range(degree + 1))


@dataclass(frozen=True)
class Activation(Layer):
    """
    A polynomial applied to each entry.

    INPUT:

    - ``coefficients`` -- sequence of rational numbers, the coefficient of ``x^k`` at
      place ``k``, the last not zero; or a polynomial in ``x``, as text or of Sage

    Raises InputError if there is no such polynomial, or if it is constant.

    EXAMPLES::

        >>> Activation("x^2/2 + 1").coefficients
        (Fraction(1, 1), Fraction(0, 1), Fraction(1, 2))
    """

    coefficients: tuple[Fraction, ...]
    kind: ClassVar[str] = "activation"

    def __post_init__(self) -> None:
        given: Any = self.coefficients
        if isinstance(given, str) or is_polynomial(given):
            given = _dense_coefficients(polynomial_in(given, ["x"]))
        try:
            object.__setattr__(self, "coefficients", tuple(
                rational(c, "coefficient") for c in lists(given)))
        except TypeError:
            raise InputError("An activation is a polynomial in x as text, such as 'x^2', or a list "
                             "of its rational coefficients, such as [0, 0, 1].") from None
        if len(self.coefficients) < 2 or not self.coefficients[-1]:
            raise InputError("An activation must be a polynomial of degree at least 1.")

    @classmethod
    def from_data(cls, data: dict[str, Any], read: Callable[[object], Layer]) -> Layer:
        """The layer that its coefficients describe, or a ``polynomial`` as text."""
        if set(data) == {"polynomial"}:
            return cls.from_polynomial(polynomial_in(data["polynomial"], ["x"]))
        coefficients = data.get("coefficients")
        if not isinstance(coefficients, list) or len(coefficients) > MOST_COEFFICIENTS:
            raise InputError('The activation layer needs "coefficients", a list of at most '
                             f'{MOST_COEFFICIENTS} rational numbers, or "polynomial", such as '
                             '"x^2".')
        return super().from_data(data, read)

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
        return {"kind": self.kind, "coefficients": [decimal(c) for c in self.coefficients]}

    def constants(self) -> Iterator[Fraction]:
        return iter(self.coefficients)

    def degree(self, inputs: int) -> int:
        return inputs * (len(self.coefficients) - 1)

    @property
    def text(self) -> str:
        """The polynomial as text."""
        terms: Polynomial = {(k,): c for k, c in enumerate(self.coefficients) if c}
        return write_polynomial(terms, ["x"])

    def in_latex(self, place: int | str) -> str:
        return latex_polynomial(self.text)

    def image_in_latex(self, place: int | str, states: Sequence[str]) -> str:
        # A power of each entry is not one of the state.
        entry = factor(states[0] if len(states) == 1 else ", ".join(states))
        text = self.in_latex(place).replace("x^{", r"x^{\odot ")
        return re.sub(r"x(?=\^|$| )", lambda match: entry, text)

    @property
    def _power(self) -> int | None:
        """The exponent, if the activation is a power up to a factor."""
        return None if any(self.coefficients[:-1]) else len(self.coefficients) - 1

    def accepts(self, pattern: Pattern | None, input_shape: Shape) -> Pattern | None:
        if self._power == 1:
            return pattern
        return meet(pattern, DIAGONAL, prod(input_shape)) if self._power else None

    def symmetry(self, action: Family, input_shape: Shape, pattern: Pattern | None,
                 unknowns: Unknowns) -> tuple[Family, Family]:
        k = self._power
        if k != 1:
            unknowns.confine(action, DIAGONAL if k else None)
        return {}, each(action, lambda m: scale({p: c for p, c in m.items() if k == 1
                                                 or p[0] == p[1]}, k)) if k else {}


class OverPlaces(Layer):
    """
    A layer that makes each output channel of the input channels alike at all places.

    A base of layers with one weight for each pair of channels and each of ``kernel`` maps between
    places.  What acts on channels, the same at all places, is a symmetry.
    """

    channels: tuple[int, int]

    @property
    @abstractmethod
    def kernel(self) -> int:
        """The number of weights for a pair of channels."""

    @abstractmethod
    def places(self, input_shape: Shape) -> Shape:
        """The shape of the input, channels apart; raises InputError if it does not fit."""

    def accepts(self, pattern: Pattern | None, input_shape: Shape) -> Pattern | None:
        return Pattern(copies=prod(self.places(input_shape)))

    def symmetry(self, action: Family, input_shape: Shape, pattern: Pattern | None,
                 unknowns: Unknowns) -> tuple[Family, Family]:
        taken, made = self.channels
        before = Pattern(copies=prod(self.places(input_shape)))
        after = Pattern(copies=prod(self.output_shape(input_shape)) // made)
        unknowns.confine(action, before)
        wanted = meet(pattern, after, made * after.copies)
        outputs = unknowns.family(wanted.basis(made * after.copies)) if wanted else {}
        weights = taken * self.kernel
        field = total(
            each(outputs, lambda m: left_multiplication(after.factor(m), weights)),
            each(action, lambda m: scale(right_multiplication(
                spread(before.factor(m), self.kernel), made, weights), -1)))
        if self.parameter_count() > made * weights:  # a number for each channel is added
            field = total(field, each(outputs, lambda m: shift(after.factor(m), made * weights)))
        return field, outputs


@dataclass(frozen=True)
class Convolution(OverPlaces):
    """
    The convolution (a correlation) in any number of dimensions, with channels.

    ``(F * x)[o, i] = sum over c, k of F[o, c, k] x[c, stride i + k]`` for all places ``i``
    where the filter stays inside the input.  An input without an axis for channels has one
    channel; then so has the output, unless there are several channels.

    INPUT:

    - ``size`` -- positive integer or tuple of them, the extent of the filter on each axis
    - ``stride`` -- likewise; one number stands for all axes
    - ``channels`` -- pair of positive integers, channels in and out

    Parameters: ``F``, with axes for output channels, input channels, and places.

    EXAMPLES::

        >>> Convolution((2, 3), 1, (3, 4)).output_shape((3, 5, 5))
        (4, 4, 3)
    """

    size: int | tuple[int, ...]
    stride: int | tuple[int, ...] = 1
    channels: tuple[int, int] = (1, 1)
    kind: ClassVar[str] = "convolution"

    def __post_init__(self) -> None:
        size = _axes(self.size, "size")
        stride = _axes(self.stride, "stride")
        channels = _axes(self.channels, "channels")
        stride = stride * len(size) if len(stride) == 1 else stride
        if not size or len(stride) != len(size) or len(channels) != 2:
            raise InputError("A convolution needs a size for each axis, one stride or one for "
                             "each axis, and a pair of channels, in and out.")
        for name, value in (("size", size), ("stride", stride), ("channels", channels)):
            object.__setattr__(self, name, value)

    def in_latex(self, place: int | str) -> str:
        return rf"w_{{{place}}} \ast"

    def image_in_latex(self, place: int | str, states: Sequence[str]) -> str:
        return f"{self.in_latex(place)} {factor(', '.join(states))}"

    @property
    def _size(self) -> tuple[int, ...]:
        return self.size  # type: ignore[return-value]  # a tuple after __post_init__

    @property
    def strides(self) -> tuple[int, ...]:
        """The stride along each axis."""
        return self.stride  # type: ignore[return-value]

    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        return (("F", (self.channels[1], self.channels[0], *self._size)),)

    def input_space(self, output_space: Shape) -> Shape:
        """The smallest input that has an output of this extent, channels apart."""
        return tuple((n - 1) * s + k for n, s, k in zip(output_space, self.strides, self._size))

    @property
    def kernel(self) -> int:
        return prod(self._size)

    def places(self, input_shape: Shape) -> Shape:
        return self._space(input_shape)[1]

    def _space(self, input_shape: Shape) -> tuple[bool, Shape]:
        """Whether there is an axis for channels, and the extent of the other axes."""
        axis = len(input_shape) == len(self._size) + 1
        space = input_shape[1:] if axis else input_shape
        channels = input_shape[0] if axis else 1
        if len(space) != len(self._size) or channels != self.channels[0]:
            raise InputError(f"A convolution in {len(self._size)} dimensions with "
                             f"{self.channels[0]} channels does not fit an input of shape "
                             f"{input_shape}.")
        if any(k > n for k, n in zip(self._size, space)):
            raise InputError(f"A filter of size {'x'.join(map(str, self._size))} is longer than "
                             f"its input of shape {input_shape}.")
        return axis, space

    def output_shape(self, input_shape: Shape) -> Shape:
        axis, space = self._space(input_shape)
        places = tuple((n - k) // s + 1 for n, k, s in zip(space, self._size, self.strides))
        made = self.channels[1]
        return (made, *places) if axis or made > 1 else places

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        taken, made = self.channels
        axes = len(self._size) + 2  # of the filters, without a batch
        batch = parameters[0].shape[: parameters[0].ndim - axes]
        input_shape = inputs.shape[len(batch) :]
        batch = inputs.shape[: len(batch)]
        axis, space = self._space(input_shape)
        shape = self.output_shape(input_shape)
        products = prod(shape) * taken * prod(self._size)
        if products > MAXIMAL_PRODUCTS:
            raise LimitReached(f"A convolution multiplies {products:,} pairs of an entry and a "
                               f"weight, over the limit of {MAXIMAL_PRODUCTS:,}; use a smaller "
                               "model.")
        numbers = np.arange(taken * prod(space)).reshape((taken, *space))
        strided: tuple[Any, ...] = (0, *(slice(None, None, s) for s in self.strides))
        windows = np.lib.stride_tricks.sliding_window_view(
            numbers, (taken, *self._size))[strided].reshape(-1, taken * prod(self._size))
        filters = parameters[0].reshape(
            (*parameters[0].shape[: len(batch)], made, taken * prod(self._size)))
        patches = inputs.reshape((*batch, taken * prod(space)))[..., windows]
        image = (patches @ filters.swapaxes(-1, -2)).swapaxes(-1, -2)
        return image.reshape((*image.shape[: len(batch)], *shape))

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "size": list(self._size), "stride": list(self.strides),
                "channels": list(self.channels)}


def _axes(value: Any, role: str) -> tuple[int, ...]:
    values = value if isinstance(value, (tuple, list)) else (value,)
    return tuple(whole_number(v, f"convolution layer's {role}") for v in values)


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

    REFERENCES: [HMK2024]_
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

    def in_latex(self, place: int | str) -> str:
        return rf"x \mapsto {self.image_in_latex(place, ['x'])}"

    def image_in_latex(self, place: int | str, states: Sequence[str]) -> str:
        x = factor(", ".join(states))
        return rf"V_{{{place}}} {x} {x}^{{\top}} K_{{{place}}}^{{\top}} Q_{{{place}}} {x}"

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

    def degree(self, inputs: int) -> int:
        return 3 * inputs

    def accepts(self, pattern: Pattern | None, input_shape: Shape) -> Pattern | None:
        return Pattern(copies=input_shape[1])

    def symmetry(self, action: Family, input_shape: Shape, pattern: Pattern | None,
                 unknowns: Unknowns) -> tuple[Family, Family]:
        d, block, tokens = self.inputs, self.head * self.inputs, Pattern(copies=input_shape[1])
        unknowns.confine(action, tokens)
        wanted = meet(pattern, tokens, self.outputs * tokens.copies)
        outputs = unknowns.family(wanted.basis(self.outputs * tokens.copies)) if wanted else {}
        # (Q, K) -> (g Q, g^-T K), and the scaling of Q against V.
        heads = unknowns.family(Pattern().basis(self.head))
        scaling = unknowns.family([
            {(k, k): ONE for k in range(block)}
            | {(2 * block + k, 2 * block + k): -ONE for k in range(self.outputs * d)}])
        return total(
            each(outputs, lambda m: shift(left_multiplication(tokens.factor(m), d), 2 * block)),
            each(heads, lambda m: left_multiplication(m, d) | shift(
                left_multiplication({(j, i): -c for (i, j), c in m.items()}, d), block)),
            scaling,
            # Q, K and V all read the input.
            each(action, lambda m: scale(right_multiplication(
                tokens.factor(m), 2 * self.head + self.outputs, d), -1))), outputs


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

    @classmethod
    def from_data(cls, data: dict[str, Any], read: Callable[[object], Layer]) -> Layer:
        """The layer whose outputs are polynomials as text, or lists of terms."""
        parameters, inputs = (names_of(data.get(role), role) for role in ("parameters", "inputs"))
        outputs = data.get("outputs")
        if not isinstance(outputs, list):
            raise InputError('The "outputs" must be a list of polynomials.')
        return super().from_data({
            "parameters": parameters, "inputs": inputs, **data, "outputs": [
                tuple(sorted(_terms(p, parameters + inputs).items(), reverse=True))
                for p in outputs]}, read)

    def __post_init__(self) -> None:
        names = [check_name(x, "parameter") for x in self.parameters]
        names += [check_name(x, "input") for x in self.inputs]
        if len(set(names)) < len(names):
            raise InputError("The names of parameters and inputs must all be different.")
        if not self.inputs or not self.outputs:
            raise InputError("A model needs at least one input and one output.")
        if any(len({exponents for exponents, _ in p}) < len(p) for p in self.outputs):
            raise InputError("A polynomial layer states the coefficient of one monomial twice; "
                             "state the sum.")

    def image_in_latex(self, place: int | str, states: Sequence[str]) -> str:
        if self.parameters or len(states) > 1 or len(self.outputs) > MOST_SHOWN:
            return super().image_in_latex(place, states)
        (x,) = map(factor, states)
        names = [f"x_{i}" for i in range(len(self.inputs))]
        texts = (latex_polynomial(write_polynomial(dict(terms), names)) for terms in self.outputs)
        index = r"x_\{(\d+)\}"
        made = [re.sub(index, lambda match: x if len(names) == 1 else f"{x}_{{{match[1]}}}", text)
                for text in texts]
        return made[0] if len(made) == 1 else rf"\left({', '.join(made)}\right)"

    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        return (("w", (len(self.parameters),)),) if self.parameters else ()

    def output_shape(self, input_shape: Shape) -> Shape:
        if prod(input_shape) != len(self.inputs):
            raise InputError(f"A polynomial layer takes {len(self.inputs)} inputs, but what "
                             f"comes before it has shape {input_shape}.")
        return (len(self.outputs),)

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        count = len(self.parameters)
        if parameters and inputs.ndim > parameters[0].ndim:
            # The entries of the input, whatever its shape, after the batch.
            inputs = inputs.reshape((*inputs.shape[: parameters[0].ndim - 1], len(self.inputs)))
        one = inputs[..., :1] ** 0
        outputs = []

        @cache
        def power(i: int, k: int) -> Array:
            source, place = (parameters[0], i) if i < count else (inputs, i - count)
            return source[..., place : place + 1] ** k

        def value(terms: Sequence[tuple[tuple[int, ...], Fraction]], place: int) -> Array:
            """The sum of terms, of which only the variables from a place on are multiplied."""
            if len(terms) == 1:
                ((exponents, c),) = terms
                product = one * constant(c)
                for i, k in enumerate(exponents[place:], place):
                    if k:
                        product = product * power(i, k)
                return product
            groups: dict[int, list[tuple[tuple[int, ...], Fraction]]] = {}
            while len(groups) < 2:  # what the terms have in common is multiplied once
                groups = {}
                for term in terms:
                    groups.setdefault(term[0][place], []).append(term)
                place += 1
                if len(groups) == 1 and (k := next(iter(groups))):
                    return value(terms, place) * power(place - 1, k)
            total = None
            for k, group in groups.items():
                part = value(group, place)
                part = part * power(place - 1, k) if k else part
                total = part if total is None else total + part
            assert total is not None
            return total

        for terms in self.outputs:
            outputs.append(value(terms, 0) if terms else one * constant(Fraction(0)))
        return np.concatenate(outputs, axis=-1)

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "parameters": list(self.parameters),
                "inputs": list(self.inputs),
                "outputs": [[[list(e), decimal(c)] for e, c in terms] for terms in self.outputs]}

    def constants(self) -> Iterator[Fraction]:
        return (c for terms in self.outputs for _, c in terms)

    def degree(self, inputs: int) -> int:
        count = len(self.parameters)
        return max((inputs * sum(e[count:]) for terms in self.outputs for e, _ in terms), default=0)

    def accepts(self, pattern: Pattern | None, input_shape: Shape) -> Pattern | None:
        return DIAGONAL

    def symmetry(self, action: Family, input_shape: Shape, pattern: Pattern | None,
                 unknowns: Unknowns) -> tuple[Family, Family]:
        """The maximal torus: each term has the weight of its output."""
        count = len(self.parameters)
        unknowns.confine(action, DIAGONAL)
        field = unknowns.family(DIAGONAL.basis(count))
        outputs = unknowns.family(DIAGONAL.basis(len(self.outputs))) if pattern else {}

        def weight(family: Family, i: int) -> LinearForm:
            return {u: m[i, i] for u, m in family.items() if (i, i) in m}

        for j, terms in enumerate(self.outputs):
            for exponents in _independent(sorted({e for e, _ in terms})):
                form = {u: -c for u, c in weight(outputs, j).items()}
                for i, e in enumerate(exponents):
                    if e:
                        source = weight(field, i) if i < count else weight(action, i - count)
                        for u, c in source.items():
                            form[u] = form.get(u, Fraction(0)) + e * c
                unknowns.equations.append(form)
        return field, outputs


def _independent(exponents: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Some of these from which all others are combinations whose coefficients have the sum 1."""
    from flint import fmpz_mat

    found: list[tuple[int, ...]] = []
    for start in range(0, len(exponents), 100):
        found += exponents[start : start + 100]
        rows = fmpz_mat([[1, *e] for e in found]).transpose()
        reduced, _, rank = rows.rref()
        pivots = [next(j for j in range(len(found)) if reduced[i, j]) for i in range(rank)]
        found = [found[j] for j in pivots]
    return found


def names_of(names: Any, role: str) -> list[str]:
    """A list of names, as plain data state it."""
    if not isinstance(names, list) or len(names) > MOST_NAMES:
        raise InputError(f"The {role} must be a list of names.")
    return [check_name(x, role.rstrip("s")) for x in names]


def _terms(output: Any, names: list[str]) -> Polynomial:
    """A polynomial in these variables, given as text or as a list of terms."""
    if not isinstance(output, list):
        return polynomial_in(output, names)
    try:
        terms = [(tuple(whole_number(e + 1, "exponent") - 1 for e in exponents),
                  rational(c, "coefficient")) for exponents, c in output]
    except InputError:
        raise
    except (TypeError, ValueError):
        raise InputError("Each output must be a polynomial as text, or a list of pairs "
                         "[exponents, coefficient].") from None
    if len(dict(terms)) < len(terms):
        raise InputError("An output states the coefficient of one monomial twice; state the "
                         "sum, or write the polynomial as text.")
    if any(len(e) != len(names) for e, _ in terms):
        raise InputError("Each list of exponents must have one entry for each parameter and "
                         "each input.")
    return dict(terms)


class Composite(Layer):
    """
    Several layers as one: a base of chains, sums and products.

    - ``layers`` -- tuple of layers
    - ``share`` -- for each layer None, or the place of an equal layer before it whose
      parameters it takes; by default no layer shares

    Parameters: those of the layers, in order, without those that share.
    """

    layers: tuple[Layer, ...]
    share: tuple[int | None, ...]

    def __post_init__(self) -> None:
        layers = tuple(self.layers) if isinstance(self.layers, Sequence) else (None,)
        if not all(isinstance(layer, Layer) for layer in layers):
            raise InputError(f"A {self.kind} takes a list of layers, such as [Dense(2, 3), "
                             "Dense(3, 1)].")
        share = python_number(tuple(self.share)) or (None,) * len(layers)
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "share", share)
        if len(share) != len(layers):
            raise InputError(f"The sharing of a {self.kind} must have one entry for each layer.")
        for i, other in enumerate(share):
            if other is None:
                continue
            if isinstance(other, bool) or not isinstance(other, int) or not 0 <= other < i or (
                    layers[other] != layers[i]):
                raise InputError(f"Layer {i} of a {self.kind} can share only with an equal layer "
                                 f"before it, not with {shown(other)}.")

    @classmethod
    def from_data(cls, data: dict[str, Any], read: Callable[[object], Layer]) -> Layer:
        """The layer that the data of those inside describe."""
        layers, share = data.get("layers", []), data.get("share", [])
        if not isinstance(layers, list) or len(layers) > MAXIMAL_LAYERS:
            raise InputError(f"A {cls.kind} has a list of at most {MAXIMAL_LAYERS} layers.")
        if not isinstance(share, list):
            raise InputError(f"The sharing of a {cls.kind} is a list, such as [null, null, 0].")
        inside = {"layers": [*map(read, layers)]} if "layers" in data else {}
        return super().from_data(data | inside, read)

    @property
    def is_polynomial(self) -> bool:
        """Whether all layers are polynomial."""
        return all(layer.is_polynomial for layer in self.layers)

    def blocks(self) -> list[tuple[int, int]]:
        """For each layer where its parameters, and where its arrays of parameters begin."""
        blocks: list[tuple[int, int]] = []
        place = arrays = 0
        for layer, other in zip(self.layers, self.share):
            if other is not None:
                blocks.append(blocks[other])
                continue
            blocks.append((place, arrays))
            place += layer.parameter_count()
            arrays += len(layer.parameter_shapes())
        return blocks

    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        return tuple((f"{i}.{name}", shape)
                     for i, (layer, other) in enumerate(zip(self.layers, self.share))
                     if other is None for name, shape in layer.parameter_shapes())

    def _parameters(self, parameters: Sequence[Array]) -> Iterator[Sequence[Array]]:
        """The parameter arrays of each layer."""
        for layer, (_, start) in zip(self.layers, self.blocks()):
            yield parameters[start : start + len(layer.parameter_shapes())]

    def in_latex(self, place: int | str) -> str:
        text = rf"x \mapsto {self.image_in_latex(place, ['x'])}"
        return text if len(text) <= LONGEST_MAP else words(self.kind)

    def assignments(self, place: int | str = "") -> list[tuple[str, str]]:
        return [*dict.fromkeys(pair for layer, number in zip(self.layers, self._places(place))
                               for pair in layer.assignments(number))]

    def _places(self, place: int | str) -> list[str]:
        """The numbers of the parameters of each layer, where those of all have this number."""
        numbers = {at: k for k, at in enumerate(dict.fromkeys(
            at for layer, (at, _) in zip(self.layers, self.blocks()) if layer.parameter_shapes()),
            1)}
        before = f"{place}," if place and len(numbers) > 1 else ""
        return [str(place) if place and (not before or at not in numbers) else
                f"{before}{numbers.get(at, 1)}" for at, _ in self.blocks()]

    def constants(self) -> Iterator[Fraction]:
        return (c for layer in self.layers for c in layer.constants())

    def describe(self) -> dict[str, Any]:
        data: dict[str, Any] = {"kind": self.kind, "layers": [x.describe() for x in self.layers]}
        return data | ({"share": list(self.share)} if any(s is not None for s in self.share)
                       else {})

    def _joined(self, fields: Sequence[Family], trace: Trace) -> Family:
        """The fields of the layers as one, equal where parameters are shared."""
        parts: list[Family] = []
        for field, (place, _), other in zip(fields, self.blocks(), self.share):
            if other is None:
                parts.append(each(field, partial(shift, offset=place)))
            elif field is not fields[other]:
                trace.unknowns.vanish(total(field, each(fields[other], lambda m: scale(m, -1))))
        return total(*parts)


def parts(layer: Layer) -> Iterator[Layer]:
    """A layer, and all that it is composed of."""
    yield layer
    for part in layer.layers if isinstance(layer, Composite) else ():
        yield from parts(part)


@dataclass(frozen=True)
class Chain(Composite):
    """
    Layers one after the other; without layers, the identity.

    EXAMPLES::

        >>> recurrent = Chain((Dense(2, 2), Activation("x^2"), Dense(2, 2)), (None, None, 0))
        >>> recurrent.parameter_count()
        4
    """

    layers: tuple[Layer, ...] = ()
    share: tuple[int | None, ...] = ()
    kind: ClassVar[str] = "chain"

    def _shapes(self, input_shape: Shape) -> list[Shape]:
        shapes = [input_shape]
        for layer in self.layers:
            shapes.append(layer.output_shape(shapes[-1]))
        return shapes

    def output_shape(self, input_shape: Shape) -> Shape:
        return self._shapes(input_shape)[-1]

    def degree(self, inputs: int) -> int:
        for layer in self.layers:
            inputs = layer.degree(inputs)
        return inputs

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        for layer, own in zip(self.layers, self._parameters(parameters)):
            inputs = layer.apply(own, inputs, constant)
        return inputs

    def image_in_latex(self, place: int | str, states: Sequence[str]) -> str:
        for layer, number in zip(self.layers, self._places(place)):
            states = [layer.image_in_latex(number, states)]
        return ", ".join(states)

    def _patterns(self, pattern: Pattern | None, shapes: list[Shape]) -> list[Pattern | None]:
        """The patterns on the states, from the inputs to the outputs."""
        patterns = [pattern]
        for layer, shape in zip(reversed(self.layers), reversed(shapes[:-1])):
            patterns.append(layer.accepts(patterns[-1], shape))
        return patterns[::-1]

    def accepts(self, pattern: Pattern | None, input_shape: Shape) -> Pattern | None:
        return self._patterns(pattern, self._shapes(input_shape))[0]

    def trace(self, action: Family, input_shape: Shape, pattern: Pattern | None, trace: Trace
              ) -> tuple[Family, Family]:
        shapes = self._shapes(input_shape)
        fields = []
        for layer, shape, wanted in zip(self.layers, shapes, self._patterns(pattern, shapes)[1:]):
            field, action = layer.trace(action, shape, wanted, trace)
            fields.append(field)
        return self._joined(fields, trace), action


class Branches(Composite):
    """Layers side by side on one input, whose outputs are joined entry by entry."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.layers:
            raise InputError(f"A {self.kind} needs at least one branch.")

    def output_shape(self, input_shape: Shape) -> Shape:
        shapes = [layer.output_shape(input_shape) for layer in self.layers]
        if len(set(shapes)) > 1:
            raise InputError(f"The branches of a {self.kind} must have outputs of one shape, not "
                             f"{' and '.join(map(str, sorted(set(shapes))))}.")
        return shapes[0]

    @abstractmethod
    def join(self, left: Array, right: Array) -> Array:
        """The outputs of two branches as one."""

    def images_in_latex(self, place: int | str, states: Sequence[str]) -> list[str]:
        """What the branches make of states."""
        return [layer.image_in_latex(number, states)
                for layer, number in zip(self.layers, self._places(place))]

    @abstractmethod
    def joined_action(self, actions: Sequence[Family], unknowns: Unknowns) -> Family:
        """The matrices on the joined outputs, from those on the branches' outputs."""

    def branch_pattern(self, pattern: Pattern | None, size: int) -> Pattern | None:
        """The pattern on the outputs of a branch, from that on the joined outputs."""
        return pattern

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        result = None
        for layer, own in zip(self.layers, self._parameters(parameters)):
            output = layer.apply(own, inputs, constant)
            result = output if result is None else self.join(result, output)
        return result

    def accepts(self, pattern: Pattern | None, input_shape: Shape) -> Pattern | None:
        wanted = self.branch_pattern(pattern, prod(self.output_shape(input_shape)))
        common: Pattern | None = Pattern()
        for layer in self.layers:
            common = meet(common, layer.accepts(wanted, input_shape), prod(input_shape))
        return common

    def trace(self, action: Family, input_shape: Shape, pattern: Pattern | None, trace: Trace
              ) -> tuple[Family, Family]:
        wanted = self.branch_pattern(pattern, prod(self.output_shape(input_shape)))
        traced = [layer.trace(action, input_shape, wanted, trace) for layer in self.layers]
        outputs = self.joined_action([a for _, a in traced], trace.unknowns)
        trace.states.append(outputs)
        return self._joined([field for field, _ in traced], trace), outputs


@dataclass(frozen=True)
class Sum(Branches):
    """
    The sum of layers on one input; with an empty chain, a skip connection.

    EXAMPLES::

        >>> residual = Sum((Chain(), Chain((Dense(2, 2), Activation("x^2")))))
        >>> residual.output_shape((2,))
        (2,)
    """

    layers: tuple[Layer, ...]
    share: tuple[int | None, ...] = ()
    kind: ClassVar[str] = "sum"

    def degree(self, inputs: int) -> int:
        return max(layer.degree(inputs) for layer in self.layers)

    def join(self, left: Array, right: Array) -> Array:
        return left + right

    def image_in_latex(self, place: int | str, states: Sequence[str]) -> str:
        return " + ".join(abridged(self.images_in_latex(place, states), r"\cdots"))

    def joined_action(self, actions: Sequence[Family], unknowns: Unknowns) -> Family:
        for other in actions[1:]:
            unknowns.vanish(total(actions[0], each(other, lambda m: scale(m, -1))))
        return actions[0]


@dataclass(frozen=True)
class Product(Branches):
    """
    The product, entry by entry, of layers on one input: gates, polynomial networks.

    EXAMPLES::

        >>> Product((Dense(3, 2), Dense(3, 2))).parameter_count()
        12
    """

    layers: tuple[Layer, ...]
    share: tuple[int | None, ...] = ()
    kind: ClassVar[str] = "product"

    def degree(self, inputs: int) -> int:
        return sum(layer.degree(inputs) for layer in self.layers)

    def join(self, left: Array, right: Array) -> Array:
        return left * right

    def image_in_latex(self, place: int | str, states: Sequence[str]) -> str:
        return r" \odot ".join(abridged([*map(factor, self.images_in_latex(place, states))],
                                        r"\cdots"))

    def branch_pattern(self, pattern: Pattern | None, size: int) -> Pattern | None:
        # Factors may be scaled against each other whatever their product has to do.
        return DIAGONAL

    def joined_action(self, actions: Sequence[Family], unknowns: Unknowns) -> Family:
        for action in actions:
            unknowns.confine(action, DIAGONAL)
        return total(*(each(action, lambda m: {p: c for p, c in m.items() if p[0] == p[1]})
                       for action in actions))
