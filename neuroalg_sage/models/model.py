"""
Models: compositions of layers, with their parameters, inputs and symmetries.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from functools import cached_property, reduce
from math import comb, lcm, prod
from typing import TYPE_CHECKING, Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.latex import Typeset
from neuroalg_sage.models.layers import (
    Activation,
    Array,
    Chain,
    Composite,
    Constant,
    Dense,
    Layer,
    PolynomialLayer,
    Shape,
    whole_number,
)
from neuroalg_sage.models.semirings import Degree, DegreeSet, FewValues
from neuroalg_sage.models.symmetry import (
    CountedUnknowns,
    LinearSymmetry,
    Pattern,
    TooManyUnknowns,
    Trace,
    specialize,
)

if TYPE_CHECKING:
    from neuroalg_sage.models.rational_functions import RationalFunctions

TIMES = r" \times "
MOST_ASSIGNMENTS = 12  # lines of a formula
CONE = "cone over rational functions"
MAXIMAL_PARAMETERS = 2_000_000
MAXIMAL_INPUTS = 1_000_000
MAXIMAL_DEGREE = 100_000
NOT_LAYERS = ("A model is a sequence of one or more layers, such as "
              "[Dense(2, 3), Activation('x^2'), Dense(3, 1)].")


_LIKE_A_SPEC = re.compile(r"\w+:\S")
LONGEST_NAME = 200


def check_title(name: Any) -> None:
    """Refuse what is no name of a model."""
    if not isinstance(name, str) or not name.strip() or name != name.strip() or (
            len(name) > LONGEST_NAME or not name.isprintable()):
        raise InputError(f"The name of a model is one line of text of at most {LONGEST_NAME} "
                         f"characters, without spaces at its ends, not {shown(name)}.")
    if _LIKE_A_SPEC.match(name):
        raise InputError(f"The name {shown(name)} looks like a spec, which says what a model is; "
                         "write it without the colon, or with a space behind.")


@dataclass(frozen=True, repr=False)
class Model(Typeset):
    """
    A composition of layers f_w = L_k ∘ ... ∘ L_1, polynomial in parameters and inputs.

    INPUT:

    - ``layers`` -- sequence of layers
    - ``input_shape`` -- tuple of positive integers
    - ``spec`` -- string that makes the model, optional
    - ``name`` -- what the model is called, one line of text, optional

    The parameters are those of the first layer, then of the second, and so
    on; an array is flattened row by row.  So are inputs and outputs.

    Raises :class:`~neuroalg_sage.errors.InputError` if shapes do not fit.

    EXAMPLES::

        >>> from neuroalg_sage.models.layers import Dense
        >>> model = Model([Dense(2, 1), Dense(1, 2)], (2,))
        >>> model.parameter_count, model.ambient_dimension
        (4, 4)
        >>> model.called("Product of matrices")
        Model Product of matrices with 4 parameters, 2 inputs and 2 outputs
    """

    layers: tuple[Layer, ...]
    input_shape: Shape
    spec: str | None = None
    name: str | None = None
    output_shape: Shape = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        layers = tuple(self.layers) if isinstance(self.layers, Sequence) else ()
        if not layers or not all(isinstance(layer, Layer) for layer in layers):
            raise InputError(NOT_LAYERS)
        shape = tuple(whole_number(size, "size of an input") for size in self.input_shape)
        if not shape:
            raise InputError("A model needs an input shape, such as (2,).")
        if not all(layer.is_polynomial for layer in layers):
            from neuroalg_sage.models.rational_functions import without_division

            layers = (without_division(layers, shape),)  # which may be the cone over M
        if self.name is not None:
            check_title(self.name)
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "input_shape", shape)
        if prod(self.input_shape) > MAXIMAL_INPUTS:
            raise InputError(f"The model has over {MAXIMAL_INPUTS} inputs, the most allowed.")
        if not self.parameter_count:
            raise InputError("The model has no parameters; give at least one layer that has some.")
        if self.parameter_count > MAXIMAL_PARAMETERS:
            raise InputError(f"The model has {self.parameter_count} parameters; the most allowed "
                             f"is {MAXIMAL_PARAMETERS}.")
        if self.chain.degree(1) > MAXIMAL_DEGREE:
            raise InputError(f"The model's degree in its inputs is over {MAXIMAL_DEGREE}, the "
                             "largest allowed.")
        object.__setattr__(self, "output_shape", self.chain.output_shape(shape))
        if self.output_count > MAXIMAL_INPUTS:
            raise InputError(f"The model has over {MAXIMAL_INPUTS} outputs, the most allowed.")

    def __str__(self) -> str:
        return self.name or self.spec or f"a model {self._in_words()}"

    def _in_words(self) -> str:
        layers = self.cone.layers if self.cone else self.layers
        return "of layers " + ", ".join(x.kind for x in layers)

    def called(self, name: str | None) -> Model:
        """
        The same model under this name.

        Raises InputError for what is no name: one line of text of at most 200 characters, which
        does not look like a spec.
        """
        return replace(self, name=name)

    def __repr__(self) -> str:
        def count(number: int, noun: str) -> str:
            return f"{number} {noun}{'s' * (number != 1)}"

        name = self.name or self.spec or self._in_words()
        scales = f" and {count(self.scales, 'scale')}" if self.cone else ""
        outputs = len(self.cone.fractions.plain) if self.cone else self.output_count
        return (f"Model {name} with {count(self.parameter_count - self.scales, 'parameter')}"
                f"{scales}, {count(self.input_count, 'input')} and {count(outputs, 'output')}")

    def _latex_(self) -> str:
        r"""
        The maps of the layers; of a computation graph what its states are.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> print(parse_spec("mlp:2,1:x^2+x")._latex_())
            \mathbb{R}^{2} \xrightarrow{W_{1}} \mathbb{R}^{1}
            >>> print(parse_spec("rnn:state=2,steps=2:x^2")._latex_().replace(r" \\ ", "\n"))
            \begin{aligned} & x \in \mathbb{R}^{2}
            s_{1} &= \left(W_{1} x_{0}\right)^{\odot 2}
            s_{2} &= \left(W_{2} s_{1} + W_{1} x_{1}\right)^{\odot 2}
            f(x) &= W_{3} s_{2} \end{aligned}
        """
        text, shape, place = space(self.input_shape), self.input_shape, 0
        lines: list[str] = []
        for layer in self.layers:
            place += bool(layer.parameter_shapes())
            shape = layer.output_shape(shape)
            text += rf" \xrightarrow{{{layer.in_latex(place)}}} {space(shape)}"
            lines += [f"{name} &= {formula}" for name, formula in layer.assignments(place)]
        if not lines:
            return text
        alone = self.layers[0].assignments() if len(self.layers) == 1 else []
        if alone and alone[-1][0] == "f(x)":  # all of it is a graph
            text = rf"x \in {space(self.input_shape)}"
            lines = [f"{name} &= {formula}" for name, formula in alone]
        if len(lines) > MOST_ASSIGNMENTS:
            half = MOST_ASSIGNMENTS // 2
            lines = [*lines[:half], r"& \vdots", *lines[-half + 1 :]]
        return r"\begin{aligned} " + r" \\ ".join([f"& {text}", *lines]) + r" \end{aligned}"

    def __getstate__(self) -> dict[str, Any]:
        """The model without what is computed from it."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @cached_property
    def chain(self) -> Chain:
        """The layers as one."""
        return Chain(self.layers)

    @cached_property
    def cone(self) -> RationalFunctions | None:
        """The layer that makes the model the cone over rational functions, if it is one."""
        only: Any = self.layers[0]
        return only if only.kind == CONE else None

    @property
    def scales(self) -> int:
        """How many parameters are there for the cone alone, see :attr:`cone`."""
        return self.cone.scales if self.cone else 0

    @cached_property
    def output_names(self) -> tuple[str, ...]:
        """What the outputs are called; those of a cone are numerators and a denominator."""
        if self.cone:
            return self.cone.output_names
        return tuple(f"output {j}" for j in range(self.output_count))

    @property
    def input_count(self) -> int:
        """Number of inputs."""
        return prod(self.input_shape)

    @property
    def output_count(self) -> int:
        """Number of outputs."""
        return prod(self.output_shape)

    @cached_property
    def parameter_count(self) -> int:
        """Number N of parameters."""
        return self.chain.parameter_count()

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """The names given by the user, else ``w_0``, ``w_1``, ..."""
        if len(self.layers) == 1 and isinstance(self.layers[0], PolynomialLayer):
            return self.layers[0].parameters
        return tuple(f"w_{i}" for i in range(self.parameter_count))

    @cached_property
    def input_names(self) -> tuple[str, ...]:
        """The names given by the user, else ``x_0``, ``x_1``, ..."""
        if isinstance(self.layers[0], PolynomialLayer) and len(self.layers) == 1:
            return self.layers[0].inputs
        return tuple(f"x_{i}" for i in range(self.input_count))

    def apply(self, parameters: Array, inputs: Array, constant: Constant) -> Array:
        """
        Return f_w(x), over any commutative ring.

        INPUT:

        - ``parameters`` -- array whose last axis holds the N parameters
        - ``inputs`` -- array whose last axis holds the flattened inputs
        - ``constant`` -- the map from fractions to the ring

        OUTPUT: array whose last axis holds the flattened outputs

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> model = parse_spec("mlp:1,2,1:x^2")
            >>> w, x = np.array([1, 2, 3, 4], dtype=object), np.array([10], dtype=object)
            >>> model.apply(w, x, int)
            array([1900], dtype=object)
        """
        missing = inputs.ndim - parameters.ndim
        if missing > 0:
            parameters = parameters.reshape((1,) * missing + parameters.shape)
        arrays, place = [], 0
        for _, shape in self.chain.parameter_shapes():
            block = parameters[..., place : place + prod(shape)]
            arrays.append(block.reshape(block.shape[:-1] + shape))
            place += prod(shape)
        state = self.chain.apply(arrays, inputs.reshape(inputs.shape[:-1] + self.input_shape),
                                 constant)
        return state.reshape(state.shape[: state.ndim - len(self.output_shape)]
                             + (self.output_count,))

    def over_semiring(self, parameter: Any, variable: Any, constant: Constant) -> tuple[Any, ...]:
        """
        Apply the model with one value for all parameters and one for all inputs.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> parse_spec("mlp:2,3,1:x^2").over_semiring(1, 10, int)
            (1200,)
        """
        shapes, values = [(self.parameter_count,), (self.input_count,)], [parameter, variable]
        try:
            w, x = FewValues.constant(shapes, values)
            return self.apply(w, x, constant).entries()
        except (TypeError, AttributeError):  # a layer uses operations of NumPy's arrays alone
            alike_w, alike_x = (np.empty(shape, dtype=object) for shape in shapes)
            alike_w.fill(parameter)
            alike_x.fill(variable)
            return tuple(self.apply(alike_w, alike_x, constant))

    @cached_property
    def degree_pattern(self) -> tuple[tuple[int, ...], ...]:
        """For each output, the total degrees in the inputs that may occur, descending."""
        sets = self.over_semiring(DegreeSet(1), DegreeSet(2), DegreeSet.constant)
        degrees = {s: s.degrees() for s in set(sets)}
        return tuple(degrees[s] for s in sets)

    @cached_property
    def ambient_dimension(self) -> int:
        """
        The dimension n of the ambient space V.

        V consists of all tuples of polynomials in the inputs, one for each
        output, all of whose terms have a total degree that the model's
        pattern of degrees allows.
        """
        return sum(comb(self.input_count + d - 1, d)
                   for degrees in self.degree_pattern for d in degrees)

    @cached_property
    def parameter_degree(self) -> int:
        """A bound on the degree of φ in the parameters."""
        return self._degree(1, 0, Degree.constant)

    @cached_property
    def input_degree(self) -> int:
        """A bound on the degree of the model in its inputs."""
        return self._degree(0, 1, Degree.constant)

    def _degree(self, parameter: int, variable: int, constant: Callable[[Fraction], Degree]
                ) -> int:
        bounds = self.over_semiring(Degree(parameter), Degree(variable), constant)
        return max((b.value or 0 for b in bounds), default=0)

    @cached_property
    def denominator(self) -> tuple[int, int]:
        """A pair (q, e) such that q^e times every coefficient of φ is an integer."""
        q = reduce(lcm, (c.denominator for c in self.chain.constants()), 1)
        return (q, self._degree(0, 0, Degree.denominator) if q > 1 else 0)

    @cached_property
    def height(self) -> Fraction:
        """A bound on the sum of the absolute values of the coefficients of any output."""
        return max(map(Fraction, self.over_semiring(Fraction(1), Fraction(1), abs)))

    @cached_property
    def symmetries(self) -> tuple[LinearSymmetry, ...]:
        """
        The linear symmetries of φ that act linearly on every hidden state.

        Each layer's own, such as those of attention heads, and those that act on hidden
        states: rescalings of neurons, the general linear group between linear layers.
        Each field is in the kernel of Dφ at every w; they need not be independent.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> len(parse_spec("linear:3,2,3").symmetries)
            4
        """
        trace = Trace(states=[{}])
        field, outputs = self.chain.trace({}, self.input_shape, None, trace)
        trace.unknowns.vanish(outputs)
        # Most states of a recurrence have the same family.
        keys = [id(state) if state else None for state in trace.states]
        different = dict(zip(keys, trace.states))
        found = []
        for solution in trace.unknowns.solutions():
            on_states = {key: specialize(state, solution) for key, state in different.items()}
            found.append(LinearSymmetry(specialize(field, solution),
                                        tuple(map(on_states.__getitem__, keys))))
        return tuple(found)

    def has_few_symmetries(self, most: int) -> bool:
        """
        Whether :attr:`symmetries` are found by at most so many unknowns.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> [parse_spec("linear:3,2,3").has_few_symmetries(most) for most in (3, 4)]
            [False, True]
        """
        try:
            self.chain.trace({}, self.input_shape, None, Trace(CountedUnknowns(most), [{}]))
        except TooManyUnknowns:
            return False
        return True

    @cached_property
    def equivariances(self) -> tuple[LinearSymmetry, ...]:
        """
        The linear vector fields on parameters and matrices on states, inputs and outputs among
        them, that are compatible in every layer.

        With A on the inputs and B on the outputs, the field moves f_w as B f_w(x) - Df_w(x) A x
        does: so this linear action on V is tangent to M.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> len(parse_spec("mlp:3,3,3:x^2").equivariances)
            21
        """
        trace, size = Trace(), prod(self.input_shape)
        pattern = self.chain.accepts(Pattern(), self.input_shape)
        trace.states.append(trace.unknowns.family(pattern.basis(size)) if pattern else {})
        field, outputs = self.chain.trace(trace.states[0], self.input_shape, Pattern(), trace)
        return tuple(LinearSymmetry(specialize(field, solution), (
            specialize(trace.states[0], solution), specialize(outputs, solution)))
            for solution in trace.unknowns.solutions())

    def describe(self) -> dict[str, Any]:
        """The model as plain JSON data, enough to rebuild it."""
        description: dict[str, Any] = {"input_shape": list(self.input_shape),
                                       "layers": [layer.describe() for layer in self.layers]}
        names = {"name": self.name, "spec": self.spec}
        return {kind: text for kind, text in names.items() if text} | description

    def coordinates(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """
        The coordinates of V in order: pairs (output, exponents of the input monomial).

        Outputs ascend; for each, monomials descend in degree-lexicographic
        order, the first input being the largest.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> list(parse_spec("mlp:2,1,1:x^2").coordinates())
            [(0, (2, 0)), (0, (1, 1)), (0, (0, 2))]
        """
        for output, degrees in enumerate(self.degree_pattern):
            for degree in degrees:
                for exponents in monomials(self.input_count, degree):
                    yield output, exponents


def monomials(variables: int, degree: int) -> Iterator[tuple[int, ...]]:
    """The exponents of all monomials of a degree, in descending lexicographic order."""
    # The factors of a monomial, in ascending order, ascend as the exponents descend.
    for factors in itertools.combinations_with_replacement(range(variables), degree):
        exponents = [0] * variables
        for v in factors:
            exponents[v] += 1
        yield tuple(exponents)


def _fixed_width(layers: Sequence[Layer]) -> int | None:
    """The number of inputs, where the first layer that reads them fixes it."""
    for layer in layers:
        if isinstance(layer, Dense):
            return layer.inputs
        if isinstance(layer, PolynomialLayer):
            return len(layer.inputs)
        if isinstance(layer, Composite):
            width = _fixed_width(layer.layers)
            if width is not None:
                return width
        elif not isinstance(layer, Activation):
            return None
    return None


def space(shape: Shape) -> str:
    """The space of arrays of a shape, in LaTeX."""
    return rf"\mathbb{{R}}^{{{TIMES.join(map(str, shape))}}}"


def compose(layers: Sequence[Layer], input_shape: Shape | int | None = None,
            spec: str | None = None, name: str | None = None) -> Model:
    """
    Compose layers into a model.

    INPUT:

    - ``layers`` -- sequence of layers, the first applied first
    - ``input_shape`` -- tuple or integer; may be left out where the first
      layer fixes it
    - ``spec`` -- a spec that makes the same model, if there is one
    - ``name`` -- what the model is called

    OUTPUT: :class:`Model`

    EXAMPLES::

        >>> from neuroalg_sage.models.layers import Convolution, Dense
        >>> compose([Convolution(2), Dense(3, 1)], 4).parameter_count
        5
    """
    if not isinstance(layers, Sequence):
        raise InputError(NOT_LAYERS)
    if input_shape is None:
        input_shape = _fixed_width(layers)
        if input_shape is None:
            raise InputError("State the input_shape, since the first layer does not fix it.")
    shape = tuple(input_shape) if isinstance(input_shape, Sequence) else (input_shape,)
    return Model(tuple(layers), shape, spec, name)
