"""
The model, rebuilt from its description by means of the checker's own.

A model is a straight-line program of polynomial maps.  State 0 holds the inputs; each
step reads some states, one after the other, and a block of the parameters, and makes the
next state.  All that follows is generic in the terms of the steps.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from math import comb, prod
from typing import Any, NamedTuple

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
from neuroalg_sage.certificates.work import Work

Shape = tuple[int, ...]
Monomial = tuple[tuple[int, int], ...]  # (variable, exponent), variables ascending
Terms = dict[Monomial, Fraction]
Profile = dict[Monomial, tuple[Fraction, int]]

MAXIMAL_TERMS = 3_000_000
MAXIMAL_DEGREE = 100_000


@dataclass(frozen=True)
class Step:
    """
    A polynomial map; its variables are the ``parameters``, then the sources' entries.

    Its terms are only written down where they are asked for.  Where all outputs become the same
    if the parameters become one variable, and so do the entries of each source, there is
    a ``profile``: for each monomial in these, numbered 0, 1, ..., the coefficient that its terms
    have, and how many there are.
    """

    parameters: int
    offset: int
    sources: tuple[int, ...]
    width: int
    make: Callable[[], Sequence[Terms]]
    profile: Profile | None = None

    @cached_property
    def outputs(self) -> tuple[Terms, ...]:
        """The polynomials."""
        return tuple(self.make())


def alike(values: Sequence[Any]) -> bool:
    """Whether all values are the same."""
    return not values or values[0] == values[-1] and list(values).count(values[0]) == len(values)


def repeated(value: Any, times: int, add: Callable[[Any, Any], Any]) -> Any:
    """The sum of equal values, of so many, at least one."""
    if times == 1:
        return value
    half = repeated(value, times // 2, add)
    double = add(half, half)
    return add(double, value) if times % 2 else double


def monomials(variables: int, degree: int) -> Iterator[tuple[int, ...]]:
    """All exponents of this degree, in descending lexicographic order."""
    # The factors of a monomial, in ascending order, ascend as the exponents descend.
    for factors in itertools.combinations_with_replacement(range(variables), degree):
        exponents = [0] * variables
        for v in factors:
            exponents[v] += 1
        yield tuple(exponents)


def _monomial(*variables: int) -> Monomial:
    return tuple((v, len(list(group))) for v, group in itertools.groupby(sorted(variables)))


def _sum(products: Iterator[Monomial]) -> Terms:
    total: Terms = {}
    for monomial in products:
        total[monomial] = total.get(monomial, Fraction(0)) + 1
    return total


def _affordable(terms: int) -> None:
    if terms > MAXIMAL_TERMS:
        raise MalformedCertificate(f"A model has over {MAXIMAL_TERMS} terms, the most allowed.")


class Built(NamedTuple):
    """What each kind of layer becomes, from its description and the shape of its input."""

    parameters: int
    shape: Shape  # of the outputs
    terms: int
    make: Callable[[], Sequence[Terms]]
    profile: Profile | None


def _dense(data: dict, shape: Shape) -> Built:
    a, b = (integer(v, 1, 10**6, "width") for v in fields(data, "inputs", "outputs"))
    bias = data.get("bias", False)
    if prod(shape) != a or not isinstance(bias, bool):
        raise MalformedCertificate("A dense layer does not fit its input.")
    _affordable(a * b)
    count = a * b + (b if bias else 0)
    profile = {_monomial(0, 1): (Fraction(1), a)} | (
        {_monomial(0): (Fraction(1), 1)} if bias else {})
    return Built(count, (b,), count, lambda: [_sum(itertools.chain(
        (_monomial(i * a + j, count + j) for j in range(a)),
        [_monomial(a * b + i)] if bias else [])) for i in range(b)], profile)


def _activation(data: dict, shape: Shape) -> Built:
    coefficients = [rational(c) for c in items(member(data, "coefficients"), "activation")]
    require(len(coefficients) > 1 and coefficients[-1], "An activation is not in normal form.")
    _affordable(prod(shape) * len(coefficients))
    width, powers = prod(shape), {k: c for k, c in enumerate(coefficients) if c}
    return Built(0, shape, width * len(powers), lambda: [
        {(((i, k),) if k else ()): c for k, c in powers.items()} for i in range(width)],
        {(((1, k),) if k else ()): (c, 1) for k, c in powers.items()})


def _convolution(data: dict, shape: Shape) -> Built:
    size, stride, channels = (integers(v, 1, 10**6, "convolution")
                              for v in fields(data, "size", "stride", "channels"))
    axis = len(shape) == len(size) + 1
    space = shape[1:] if axis else shape
    taken, made = channels if len(channels) == 2 else (0, 0)
    if not (len(size) == len(stride) == len(space) and taken == (shape[0] if axis else 1)
            and all(map(int.__le__, size, space))):
        raise MalformedCertificate("A convolution does not fit its input.")
    places = tuple((n - k) // s + 1 for n, k, s in zip(space, size, stride))
    count = made * taken * prod(size)
    _affordable(prod(places) * count)

    def flat(index: Sequence[int], bounds: Sequence[int]) -> int:
        place = 0
        for i, n in zip(index, bounds):
            place = place * n + i
        return place

    # F[o, c, k] x[c, stride * i + k], summed over the channels c and the places k.
    return Built(count, (made, *places) if axis or made > 1 else places, prod(places) * count,
                 lambda: [_sum(_monomial(
        flat((o, c, *k), (made, taken, *size)),
        count + flat((c, *(s * a + b for s, a, b in zip(stride, i, k))), (taken, *space)))
        for c in range(taken) for k in itertools.product(*map(range, size)))
        for o in range(made) for i in itertools.product(*map(range, places))],
        {_monomial(0, 1): (Fraction(1), taken * prod(size))})


def _attention(data: dict, shape: Shape) -> Built:
    d, a, b = (integer(v, 1, 10**4, "width") for v in fields(data, "inputs", "head", "outputs"))
    if len(shape) != 2 or shape[0] != d:
        raise MalformedCertificate("An attention layer does not fit its input.")
    tokens, count = shape[1], (2 * a + b) * d
    _affordable(d**3 * a * b * tokens**2)

    def entry(i: int, token: int) -> int:
        return count + i * tokens + token

    # Row r, token t of V X X^T K^T Q X; the parameters are Q, K, V in this order.
    return Built(count, (b, tokens), d**3 * a * b * tokens**2, lambda: [_sum(
        _monomial(2 * a * d + r * d + i, entry(i, s), entry(j, s), a * d + h * d + j, h * d + k,
                  entry(k, t))
        for i in range(d) for s in range(tokens) for j in range(d) for h in range(a)
        for k in range(d)) for r in range(b) for t in range(tokens)],
        {((0, 3), (1, 3)): (Fraction(1), d**3 * a * tokens)})


def _given(data: dict, shape: Shape) -> Built:
    parameters, inputs, outputs = (items(v, "layer") for v in
                                   fields(data, "parameters", "inputs", "outputs"))
    if prod(shape) != len(inputs):
        raise MalformedCertificate("A polynomial layer does not fit its input.")
    rows = []
    for output in outputs:
        terms: Terms = {}
        for term in items(output, "output"):
            exponents, coefficient = items(term, "term", 2)
            monomial = tuple((i, e) for i, e in enumerate(integers(
                exponents, 0, 10**5, "exponent", len(parameters) + len(inputs))) if e)
            require(monomial not in terms, "A polynomial layer is not in normal form.")
            terms[monomial] = rational(coefficient)
        rows.append(terms)
    return Built(len(parameters), (len(outputs),), sum(map(len, rows)), lambda: rows, None)


_LAYERS: dict[str, tuple[Callable[[dict, Shape], Built], set[str]]] = {
    "dense": (_dense, {"inputs", "outputs", "bias"}),
    "activation": (_activation, {"coefficients"}),
    "convolution": (_convolution, {"size", "stride", "channels"}),
    "attention": (_attention, {"inputs", "head", "outputs"}),
    "polynomial": (_given, {"parameters", "inputs", "outputs"}),
}
_COMPOSITES = ("chain", "sum", "product")


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
        last, shape, self.parameters = self._build(chain, 0, shape, 0, 0)
        require(last == len(self.steps), "The model has a layer after its outputs.")
        self.outputs = prod(shape)
        require(self.parameters, "The model has no parameters.")
        require(self.bound(0, 1, lambda c: 0) <= MAXIMAL_DEGREE, "The model's degree is too high.")
        require(set(description) <= {"spec", "input_shape", "layers"},
                "The model has an unknown field.")
        if isinstance(description.get("spec"), str):
            self.name += f" (called {description['spec'][:100]!r})"

    def _build(self, data: Any, state: int, shape: Shape, offset: int, depth: int
               ) -> tuple[int, Shape, int]:
        """Append the steps of a layer; its output state, its shape, its parameter count."""
        kind = member(data, "kind")
        if kind in _COMPOSITES:
            return self._build_composite(kind, data, state, shape, offset, depth)
        if not isinstance(kind, str) or kind not in _LAYERS:
            raise MalformedCertificate("The model has a layer of unknown kind.")
        build, known = _LAYERS[kind]
        require(set(data) <= {"kind", *known}, "The model has a layer with an unknown field.")
        made = build(data, shape)
        detail = "".join(f" {c}" for c in data.get("coefficients", []))
        self.name += f" -{kind}{detail}-> {'x'.join(map(str, made.shape))}"
        return self._append(state, offset, made), made.shape, made.parameters

    def _append(self, state: int, offset: int, made: Built, *further: int) -> int:
        self._terms += made.terms
        _affordable(self._terms)
        self.steps.append(Step(made.parameters, offset, (state, *further), prod(made.shape),
                               made.make, made.profile))
        self.widths.append(prod(made.shape))
        return len(self.steps)

    def _build_composite(self, kind: str, data: dict, state: int, shape: Shape, offset: int,
                         depth: int) -> tuple[int, Shape, int]:
        layers = items(member(data, "layers"), "list of layers")
        share = items(data.get("share", [None] * len(layers)), "sharing", len(layers))
        require(set(data) <= {"kind", "layers", "share"} and depth <= MAXIMAL_DEPTH,
                "The model has a composite layer with an unknown field, or too deep.")
        total = 0
        places: list[int] = []
        made: list[tuple[int, Shape]] = []
        self.name += f" {kind}(" * (depth > 0)
        for i, (layer, other) in enumerate(zip(layers, share)):
            if depth == 0:
                self.shapes.append(shape)
            # A layer that shares takes the parameters of an equal one before it.
            place = offset + total
            if other is not None:
                place = places[integer(other, 0, i - 1, "shared layer")]
                require(layer == layers[other], "Layers that share are not equal.")
            end, made_shape, count = self._build(layer, state, shape, place, depth + 1)
            places.append(place)
            total += count if other is None else 0
            if kind == "chain":
                state, shape = end, made_shape
            made.append((end, made_shape))
        self.name += ")" * (depth > 0)
        if kind == "chain":
            return state, shape, total
        if not made or len({s for _, s in made}) > 1:
            raise MalformedCertificate("Branches do not have outputs of one shape.")
        sources, shape, one = [end for end, _ in made], made[0][1], Fraction(1)
        width = prod(shape)

        def of(entries: Iterable[int]) -> Terms:
            return ({((v, 1),): one for v in entries} if kind == "sum"
                    else {tuple((v, 1) for v in entries): one})

        step = Built(0, shape, width * len(made),
                     lambda: [of(range(i, len(made) * width, width)) for i in range(width)],
                     {m: (c, 1) for m, c in of(range(1, len(made) + 1)).items()})
        return self._append(sources[0], 0, step, *sources[1:]), shape, total

    # -- evaluation --------------------------------------------------------------------

    def fold(self, parameters: Sequence[Any], inputs: Sequence[Any],
             constant: Callable[[Fraction], Any], add: Callable[[Any, Any], Any],
             multiply: Callable[[Any, Any], Any]) -> list[Any]:
        """
        Evaluate the model over any commutative semiring.

        Where all parameters of a step have one value, and so have all entries of each source,
        its profile is evaluated, and its outputs are all the same.
        """
        states = [list(inputs)]
        for step in self.steps:
            blocks = [parameters[step.offset : step.offset + step.parameters],
                      *(states[s] for s in step.sources)]
            few = step.profile is not None and all(map(alike, blocks))
            values = [block[0] if block else None for block in blocks] if few else [
                *itertools.chain(*blocks)]

            @cache
            def power(v: int, e: int, values: list[Any] = values) -> Any:
                return values[v] if e == 1 else multiply(power(v, e - e // 2), power(v, e // 2))

            def value(terms: Iterable[tuple[Monomial, Fraction, int]],
                      power: Callable[[int, int], Any] = power) -> Any:
                total = constant(Fraction(0))
                for monomial, c, times in terms:
                    product = constant(c)
                    for v, e in monomial:
                        product = multiply(product, power(v, e))
                    total = add(total, repeated(product, times, add))
                return total

            states.append([value((m, *c) for m, c in step.profile.items())] * step.width
                          if few and step.profile is not None else
                          [value((m, c, 1) for m, c in terms.items()) for terms in step.outputs])
        return states[-1]

    def expanded(self, parameters: Sequence[fmpq_mpoly], inputs: Sequence[fmpq_mpoly]
                 ) -> list[fmpq_mpoly]:
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
            total = 0
            while a:
                total |= b * (a & -a)
                a &= a - 1
            return total

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
