"""
The model, rebuilt from its description by means of the checker's own.

A model is a straight-line program of polynomial maps.  State 0 holds the inputs; each
step reads some states, one after the other, and a block of the parameters, and makes the
next state.  All that follows is generic in the terms of the steps.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property, reduce
from math import comb, prod
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly

from neuroalg_sage.certificates.reading import (
    MAXIMAL_DEPTH,
    MOST_VARIABLES,
    MalformedCertificate,
    fields,
    integer,
    integers,
    items,
    member,
    polynomial_ring,
    rational,
    require,
)
from neuroalg_sage.certificates.terms import Built, Shape, Terms, monomial, summed
from neuroalg_sage.certificates.work import Work

MAXIMAL_TERMS = 3_000_000
MAXIMAL_DEGREE = 100_000


@dataclass(frozen=True)
class Step:
    """
    A polynomial map; its variables are the ``parameters``, then the sources' entries.

    Its terms are only written down where they are asked for.  A step is uniform if all its outputs
    become the same where all parameters are one variable, and so are all entries of each source.
    """

    parameters: int
    offset: int
    sources: tuple[int, ...]
    width: int
    output: Callable[[int], Terms]
    is_uniform: bool

    @property
    def function(self) -> Any:
        """What is in a cache, if it knows more of the map than its many terms."""
        return f if hasattr(f := getattr(self.output, "__wrapped__", None), "fold") else None

    @cached_property
    def outputs(self) -> tuple[Terms, ...]:
        """All polynomials."""
        _affordable(self.function.written if self.function else 0)
        return tuple(map(self.output, range(self.width)))


def _alike(values: Sequence[Any]) -> bool:
    return not values or values[0] == values[-1] and values.count(values[0]) == len(values)


def monomials(variables: int, degree: int) -> Iterator[tuple[int, ...]]:
    """All exponents of this degree, in descending lexicographic order."""
    # The factors of a monomial, in ascending order, ascend as the exponents descend.
    for factors in itertools.combinations_with_replacement(range(variables), degree):
        exponents = [0] * variables
        for v in factors:
            exponents[v] += 1
        yield tuple(exponents)


def _affordable(terms: int) -> None:
    if terms > MAXIMAL_TERMS:
        raise MalformedCertificate(f"A model has over {MAXIMAL_TERMS} terms, the most allowed.")


# Each kind of layer is built from its description and the shape of its input.  All but those of
# ``_NOT_UNIFORM`` are uniform.


def _dense(data: dict, shape: Shape) -> Built:
    a, b = (integer(v, 1, 10**6, "width") for v in fields(data, "inputs", "outputs"))
    bias = data.get("bias", False)
    if prod(shape) != a or not isinstance(bias, bool):
        raise MalformedCertificate("A dense layer does not fit its input.")
    _affordable(a * b)
    count = a * b + (b if bias else 0)
    return count, lambda i: summed(itertools.chain(
        (monomial(i * a + j, count + j) for j in range(a)),
        [monomial(a * b + i)] if bias else [])), (b,)


def _activation(data: dict, shape: Shape) -> Built:
    coefficients = [rational(c) for c in items(member(data, "coefficients"), "activation")]
    require(len(coefficients) > 1 and coefficients[-1], "An activation is not in normal form.")
    _affordable(prod(shape) * len(coefficients))
    return 0, lambda i: {((i, k),) * (k > 0): c for k, c in enumerate(coefficients) if c}, shape


def _convolution(data: dict, shape: Shape) -> Built:
    from neuroalg_sage.certificates.convolution import built

    return built(data, shape, _affordable)


def _attention(data: dict, shape: Shape) -> Built:
    from neuroalg_sage.certificates.attention import built

    return built(data, shape, _affordable)


def _matrix_space(data: dict, shape: Shape) -> Built:
    from neuroalg_sage.certificates.matrix_spaces import built

    return built(data, shape, _affordable)


def _in_graphs(data: dict, shape: Shape) -> Built:
    from neuroalg_sage.certificates.computation_graphs import LAYERS

    return LAYERS[data["kind"]](data, shape, _affordable)


def _given(data: dict, shape: Shape) -> Built:
    from neuroalg_sage.certificates.polynomial_layer import built

    return built(data, shape)


_LAYERS: dict[str, tuple[Callable[[dict, Shape], Built], set[str]]] = {
    "dense": (_dense, {"inputs", "outputs", "bias"}),
    "activation": (_activation, {"coefficients"}),
    "convolution": (_convolution, {"size", "stride", "channels"}),
    "attention": (_attention, {"inputs", "head", "outputs"}),
    "matrix space": (_matrix_space, {"extent", "matrices", "channels", "bias"}),
    "polynomial": (_given, {"parameters", "inputs", "outputs"}),
    "weights": (_in_graphs, {"shape"}),
    "contraction": (_in_graphs, {"equation", "shapes"}),
    "fixed map": (_in_graphs, {"domain", "codomain", "matrix", "vector"}),
    "join": (_in_graphs, {"operation", "shape", "copies"}),
}
_NOT_UNIFORM = ("matrix space", "polynomial", "contraction", "fixed map", "join")
_COMPOSITES = {"chain": set(), "sum": set(), "product": set(),
               "computation graph": {"input_shape", "sources"}}


class Model:
    """A straight-line program of polynomial maps, with what the claims are about."""

    def __init__(self, description: Any) -> None:
        shape_data, layers = fields(description, "input_shape", "layers")
        shape = tuple(integers(shape_data, 1, 10**6, "input shape"))
        if not shape or not items(layers, "list of layers"):
            raise MalformedCertificate("The model has no inputs or no layers.")
        self.inputs = prod(shape)
        _affordable(self.inputs)
        self._terms, self.widths = 0, [self.inputs]
        self.steps: list[Step] = []
        self.description = {"input_shape": shape_data, "layers": layers}
        self.shapes: list[Shape] = []  # of the inputs of each layer
        # What the certificate calls the model is not verified: the layers name it.
        self.name = "x".join(map(str, shape))
        chain = {"kind": "chain", "layers": layers}
        last, shape, self.parameters = self._build(chain, (0,), shape, 0, 0)
        require(last == len(self.steps), "The model has a layer after its outputs.")
        self.outputs = prod(shape)
        require(self.parameters, "The model has no parameters.")
        require(self.bound(0, 1, lambda c: 0) <= MAXIMAL_DEGREE, "The model's degree is too high.")
        require(set(description) <= {"name", "spec", "input_shape", "layers"},
                "The model has an unknown field.")
        called = description.get("name", description.get("spec"))
        if isinstance(called, str):
            self.name += f" (called {called[:100]!r})"

    def _build(self, data: Any, states: tuple[int, ...], shape: Shape, offset: int, depth: int
               ) -> tuple[int, Shape, int]:
        """
        Append the steps of a layer; its output state, its shape, its parameter count.

        It reads the entries of some states, one after the other.
        """
        kind = member(data, "kind")
        if isinstance(kind, str) and kind in _COMPOSITES:
            return self._build_composite(kind, data, states, shape, offset, depth)
        if not isinstance(kind, str) or kind not in _LAYERS:
            raise MalformedCertificate("The model has a layer of unknown kind.")
        build, known = _LAYERS[kind]
        require(set(data) <= {"kind", *known}, "The model has a layer with an unknown field.")
        count, output, shape = build(data, shape)
        detail = "".join(f" {c}" for c in data.get("coefficients", []))
        self.name += f" -{kind}{detail}-> {'x'.join(map(str, shape))}"
        # Of several states, a dense layer alone treats all entries alike.
        is_uniform = kind not in _NOT_UNIFORM and (len(states) == 1 or kind == "dense")
        return self._append(Step(count, offset, states, prod(shape), cache(output), is_uniform)
                            ), shape, count

    def _append(self, step: Step) -> int:
        self._terms += step.function.terms if step.function else step.width * len(
            step.output(0)) if step.is_uniform else sum(map(len, step.outputs))
        _affordable(self._terms)
        self.steps.append(step)
        self.widths.append(step.width)
        return len(self.steps)

    def _build_composite(self, kind: str, data: dict, states: tuple[int, ...], shape: Shape,
                         offset: int, depth: int) -> tuple[int, Shape, int]:
        layers = items(member(data, "layers"), "list of layers")
        share = items(data.get("share", [None] * len(layers)), "sharing", len(layers))
        require(set(data) <= {"kind", "layers", "share"} | _COMPOSITES[kind]
                and depth <= MAXIMAL_DEPTH,
                "The model has a composite layer with an unknown field, or too deep.")
        total = 0
        places: list[int] = []
        self.name += f" {kind}(" * (depth > 0)
        # What the layers read: in a chain the one before; in a graph its sources, which count the
        # states from its input on; else all the same.
        reads = [list(range(i, i + 1)) if kind == "chain" else [0] for i in range(len(layers))]
        if kind == "computation graph":
            reads = [integers(read, 0, i, "source") for i, read in enumerate(items(
                member(data, "sources"), "sources", len(layers)))]
            require(bool(layers) and all(reads) and len(states) == 1
                    and data.get("input_shape") == list(shape),
                    "A computation graph does not fit its input.")
        before = [(states, shape)]
        for i, (layer, other, read) in enumerate(zip(layers, share, reads)):
            # A layer that shares takes the parameters of an equal one before it.
            place = offset + total
            if other is not None:
                place = places[integer(other, 0, i - 1, "shared layer")]
                require(layer == layers[other], "Layers that share are not equal.")
            sources = tuple(s for k in read for s in before[k][0])
            taken = before[read[0]][1] if len(read) == 1 else (
                sum(prod(before[k][1]) for k in read),)
            if depth == 0:
                self.shapes.append(taken)
            end, shape, count = self._build(layer, sources, taken, place, depth + 1)
            places.append(place)
            total += count if other is None else 0
            before.append(((end,), shape))
        self.name += ")" * (depth > 0)
        if kind in ("chain", "computation graph"):
            (last, *more), shape = before[-1]
            require(not more, "A chain without layers reads one state.")
            return last, shape, total
        branches = before[1:]
        if not branches or len({s for _, s in branches}) > 1:
            raise MalformedCertificate("Branches do not have outputs of one shape.")
        ends, shape = tuple(end for (end,), _ in branches), branches[0][1]
        width = prod(shape)
        return self._append(Step(0, 0, ends, width, lambda i: (
            {((i + k * width, 1),): Fraction(1) for k in range(len(ends))} if kind == "sum"
            else {tuple((i + k * width, 1) for k in range(len(ends))): Fraction(1)}), True
        )), shape, total

    # -- evaluation --------------------------------------------------------------------

    def fold(self, parameters: Sequence[Any], inputs: Sequence[Any],
             constant: Callable[[Fraction], Any], add: Callable[[Any, Any], Any],
             multiply: Callable[[Any, Any], Any]) -> Sequence[Any]:
        """
        Evaluate the model over any commutative semiring.

        Of a uniform step whose parameters are all alike, and the entries of each source too, one
        output is evaluated.
        """
        states = [inputs]
        for step in self.steps:
            blocks = [parameters[step.offset : step.offset + step.parameters],
                      *(states[s] for s in step.sources)]
            ends = [*itertools.accumulate(map(len, blocks))]
            one = step.is_uniform and all(map(_alike, blocks))
            if step.function and not (one and step.function.written <= MAXIMAL_TERMS):
                states.append(step.function.fold(blocks[0], [*itertools.chain(*blocks[1:])],
                                                 constant, add, multiply))
                continue

            @cache
            def power(v: int, e: int, blocks: Any = blocks, ends: list[int] = ends) -> Any:
                return next(block[v - end] for block, end in zip(blocks, ends) if v < end) if (
                    e == 1) else multiply(power(v, e - e // 2), power(v, e // 2))

            made = []
            for terms in [step.output(0)] if one else step.outputs:
                total = constant(Fraction(0))
                for factors, c in terms.items():
                    product = constant(c)
                    for v, e in factors:
                        product = multiply(product, power(v, e))
                    total = add(total, product)
                made.append(total)
            states.append(made * step.width if one else made)
        return states[-1]

    def expanded(self, parameters: Sequence[fmpq_mpoly], inputs: Sequence[fmpq_mpoly]
                 ) -> Sequence[fmpq_mpoly]:
        """Evaluate the model over polynomials, if that does not take too much work."""
        ring, work = parameters[0].context(), Work()

        def multiply(a: fmpq_mpoly, b: fmpq_mpoly) -> fmpq_mpoly:
            work.spend(len(a) * len(b))
            return a * b

        return self.fold(parameters, inputs,
                         lambda c: ring.constant(fmpq(c.numerator, c.denominator)),
                         lambda a, b: a + b, multiply)

    def bound(self, parameter: int, variable: int, constant: Callable[[Fraction], int]) -> int:
        """Evaluate with maxima as sums and sums as products: a bound on a degree."""
        low = -(10**9)
        values = self.fold([parameter] * self.parameters, [variable] * self.inputs,
                           lambda c: constant(c) if c else low, max,
                           lambda a, b: max(a + b, low))
        return max(0, *values)

    @cached_property
    def degree_pattern(self) -> list[list[int]]:
        """For each output the total degrees in the inputs that occur, descending."""

        work = Work()

        def sumset(a: int, b: int) -> int:
            work.spend(a.bit_count() * (1 + b.bit_length() // 1000))
            return reduce(int.__or__, (b << i for i, bit in enumerate(bin(a)[:1:-1])
                                       if bit == "1"), 0)

        sets = self.fold([1] * self.parameters, [2] * self.inputs, lambda c: int(bool(c)),
                         int.__or__, sumset)
        return [[d for d in range(s.bit_length() - 1, -1, -1) if s >> d & 1] for s in sets]

    @cached_property
    def ambient_dimension(self) -> int:
        """The dimension n of V."""
        return sum(comb(self.inputs + d - 1, d) for degrees in self.degree_pattern
                   for d in degrees)

    def require_written(self) -> None:
        """Refuse a certificate that needs all coordinates of a space which has too many."""
        require(self.ambient_dimension <= MOST_VARIABLES,
                f"The ambient space has over {MOST_VARIABLES} coordinates.")

    @cached_property
    def coordinates(self) -> list[tuple[int, tuple[int, ...]]]:
        """The coordinates of V in order: pairs of an output and the exponents of a monomial."""
        self.require_written()
        return [(j, e) for j, degrees in enumerate(self.degree_pattern)
                for d in degrees for e in monomials(self.inputs, d)]

    @cached_property
    def parametrization(self) -> list[fmpq_mpoly]:
        """The coordinates of φ as polynomials in the parameters, expanded."""
        self.require_written()
        count = self.parameters
        joint = polynomial_ring(count + self.inputs, Ordering.lex)
        ring = polynomial_ring(count, Ordering.lex)
        gens = joint.gens()
        values = self.expanded(gens[:count], gens[count:])
        coordinates: list[fmpq_mpoly] = []
        for value, degrees in zip(values, self.degree_pattern):
            table: dict[tuple[int, ...], dict[tuple[int, ...], fmpq]] = {}
            for exponents, c in value.to_dict().items():
                e = tuple(map(int, exponents))
                table.setdefault(e[count:], {})[e[:count]] = c
            for degree in degrees:
                coordinates += [ring.from_dict(table.pop(e, {}))
                                for e in monomials(self.inputs, degree)]
            require(not table, "The model has a term outside its ambient space.")
        return coordinates
