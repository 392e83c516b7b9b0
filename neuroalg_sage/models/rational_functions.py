"""
Networks that divide, as cones over the coefficients of numerators and denominator.

A composition of layers over the field Q(w, x) has outputs N_j/D with a common denominator, in
lowest terms.  They determine the tuple (N_1, ..., N_m, D) up to a factor, so that the functions
are points of a projective space: that of the coefficients, in x, of such tuples.  M is the closure
of the points of generic parameters, and the affine cone over M is the image of the polynomial map

    (w, scale) -> scale · (N_1, ..., N_m, D).

So the cone has all that a neuromanifold has.  Its fiber over a point is that of the functions: for
parameters of one function there is one scale.  The terms are those of generic parameters; where
factors cancel, the function is a point of M, too, if the limit exists, but not by these terms.

A square root r is adjoined where layers take one, with r^2 = h, a polynomial without square
factors.  The outputs are (A_j + B_j r)/D, and determine (A, B, D) up to a factor, and h with the
sign of r.  Where h depends on the parameters, it belongs to the function, too.  Then h is one only
up to a factor c^2, with which B goes with 1/c; the cone has a second scale for this,

    (w, scale, rootscale) -> (scale rootscale A, scale B, scale rootscale D, rootscale^2 h).

A factor that was taken out of a root may be negative: the functions are meant up to the sign of r.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import gcd, lcm, prod
from typing import Any, ClassVar

import numpy as np

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.models.expressions import from_flint, write_polynomial
from neuroalg_sage.models.layers import (
    MAXIMAL_LAYERS,
    Array,
    Chain,
    Constant,
    Layer,
    PolynomialLayer,
    Shape,
    whole_number,
)

Terms = tuple[tuple[tuple[int, ...], Fraction], ...]

CONE = "cone over rational functions"
MOST_PRODUCTS = 20_000_000
MOST_TERMS = 100_000
PRIME = 2**31 - 1
ATTEMPTS = 100


def _product(a: Any, b: Any) -> Any:
    if len(a) * len(b) > MOST_PRODUCTS:
        raise LimitReached(f"The rational functions need a product of polynomials with {len(a):,} "
                           f"and {len(b):,} terms, which is too large; use a smaller network.")
    return a * b


class _Field:
    """Q(w, x), or this with one square root adjoined."""

    def __init__(self, parameters: int, inputs: int) -> None:
        from flint import Ordering, fmpq_mpoly_ctx

        names = [f"w{i}" for i in range(parameters)] + [f"x{i}" for i in range(inputs)]
        self.ring = fmpq_mpoly_ctx.get(names, Ordering.lex)
        self.parameters = parameters
        self.radicand: Any = None
        self.zero, self.one = (self.ring.constant(c) for c in (0, 1))

    def constant(self, c: Fraction) -> Any:
        """An array without axes, which NumPy does not take for a sequence."""
        from neuroalg_sage.models.rational import to_flint

        scalar = np.empty((), dtype=object)
        scalar[()] = Element(self, self.ring.constant(to_flint(c)), self.zero, self.one)
        return scalar

    def generators(self) -> Any:
        """The parameters, then the inputs."""
        generators = self.ring.gens()
        array = np.empty(len(generators), dtype=object)
        for i, g in enumerate(generators):
            array[i] = Element(self, g, self.zero, self.one)
        return array

    def reduced(self, plain: Any, root: Any, denominator: Any) -> Element:
        """The element (plain + root r)/denominator, in lowest terms."""
        if max(map(len, (plain, root, denominator))) > MOST_TERMS:
            raise LimitReached(f"The rational functions have over {MOST_TERMS:,} terms; use a "
                               "smaller network.")
        factor = plain.gcd(denominator) if plain else denominator
        factor = root.gcd(factor) if root else factor
        return Element(self, *(p / factor for p in (plain, root, denominator)))


@dataclass(frozen=True)
class Element:
    """(plain + root r)/denominator, in lowest terms."""

    field: _Field
    plain: Any
    root: Any
    denominator: Any

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, Element):
            return NotImplemented
        common = self.denominator.gcd(other.denominator)
        left, right = other.denominator / common, self.denominator / common
        return self.field.reduced(_product(self.plain, left) + _product(other.plain, right),
                                  _product(self.root, left) + _product(other.root, right),
                                  _product(self.denominator, left))

    def __neg__(self) -> Element:
        return Element(self.field, -self.plain, -self.root, self.denominator)

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, Element):
            return NotImplemented
        plain = _product(self.plain, other.plain)
        if self.root and other.root:
            plain += _product(_product(self.root, other.root), self.field.radicand)
        return self.field.reduced(
            plain, _product(self.plain, other.root) + _product(self.root, other.plain),
            _product(self.denominator, other.denominator))

    def __pow__(self, exponent: int) -> Element:
        result = Element(self.field, self.field.one, self.field.zero, self.field.one)
        for _ in range(exponent):
            result = result * self
        return result

    def __truediv__(self, other: Any) -> Any:
        if not isinstance(other, Element):
            return NotImplemented
        norm = _product(other.plain, other.plain)
        if other.root:
            norm -= _product(_product(other.root, other.root), self.field.radicand)
        if not norm:
            raise InputError("A denominator vanishes identically, for all parameters and inputs; "
                             "the network is not defined.")
        return self * self.field.reduced(_product(other.plain, other.denominator),
                                         -_product(other.root, other.denominator), norm)

    def square_root(self) -> Element:
        """A square root; adjoined to the field if it is the first."""
        if self.root:
            raise InputError("The network takes a root of what holds a root; one square root can "
                             "be adjoined, of a rational function.")
        whole = _product(self.plain, self.denominator)
        if not whole or self.plain == self.denominator:
            return self  # 0 or 1
        content, factors = whole.factor_squarefree()
        # A rational p/q is pq up to a square.
        radicand = reduce(_product, [f for f, k in factors if k % 2],
                          self.field.ring.constant(content.p * content.q))
        if not any(radicand.degrees()[self.field.parameters :]):
            raise InputError("The network takes the root of a square, or of what holds no input: "
                             "an absolute value is no algebraic function of its own.  Normalize "
                             "over more entries, or with a positive epsilon.")
        if self.field.radicand is None:
            self.field.radicand = radicand
        from flint.utils.flint_exceptions import DomainError

        # The root of plain/denominator is s r/denominator, where s^2 h = plain · denominator.
        try:
            ratio = _product(whole, self.field.radicand).sqrt()
        except DomainError:
            raise InputError("The network takes two different roots; one square root can be "
                             "adjoined.") from None
        return self.field.reduced(self.field.zero, ratio,
                                  _product(self.field.radicand, self.denominator))


@dataclass(frozen=True)
class Fractions:
    """
    The outputs (A_j + B_j r)/D of a network, in lowest terms, with r^2 = h.

    The polynomials are in parameters and inputs, with integers as coefficients.

    - ``plain`` -- the A_j
    - ``root`` -- the B_j; empty if they are zero
    - ``denominator`` -- D
    - ``radicand`` -- h; empty if the layers take no root
    - ``varies`` -- whether the outputs hold the root, and h depends on the parameters
    - ``witness`` -- why they have no common factor, and h no square factor: a prime, parameters,
      and a line of inputs; see :mod:`~neuroalg_sage.certificates.rational_functions`
    """

    plain: tuple[Terms, ...]
    root: tuple[Terms, ...]
    denominator: Terms
    radicand: Terms
    varies: bool
    witness: tuple[int, tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def _integral(polynomials: Sequence[Any]) -> list[Any]:
    """The polynomials times one rational number, with coprime integers as coefficients."""
    from neuroalg_sage.models.rational import to_flint

    coefficients = [c for f in polynomials for c in f.coeffs()]
    common = lcm(*(int(c.q) for c in coefficients))
    content = gcd(*(int(c.p) * (common // int(c.q)) for c in coefficients))
    sign = -1 if int(polynomials[-1].leading_coefficient().p) < 0 else 1
    return [f * to_flint(Fraction(sign * common, content)) for f in polynomials]


def _terms(f: Any) -> Terms:
    return tuple(sorted(from_flint(f).items(), reverse=True))


def _fractions(values: Sequence[Element], field: _Field) -> Fractions:
    denominator = field.one
    for value in values:
        denominator = _product(denominator,
                               value.denominator / denominator.gcd(value.denominator))
    scaled = [[_product(part, denominator / value.denominator)
               for value in values for part in (getattr(value, name),)]
              for name in ("plain", "root")]
    *parts, denominator = _integral([*scaled[0], *scaled[1], denominator])
    plain, root = parts[: len(values)], parts[len(values):]
    has_root = any(root)
    return Fractions(
        tuple(map(_terms, plain)), tuple(map(_terms, root)) if has_root else (),
        _terms(denominator), () if field.radicand is None else _terms(field.radicand),
        has_root and any(field.radicand.degrees()[: field.parameters]),
        _witness([*plain, *root, denominator], field.radicand, field))


def _witness(parts: Sequence[Any], radicand: Any, field: _Field
             ) -> tuple[int, tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """
    Parameters, and a line of inputs, modulo a prime, on which there is no common factor.
    """
    from flint import nmod_poly

    generator, count = random.Random(0), field.parameters
    inputs = field.ring.nvars() - count

    def on_line(f: Any, w: Sequence[int], x: Sequence[int], v: Sequence[int]) -> Any:
        line = [nmod_poly([a], PRIME) for a in w] + [nmod_poly([a, b], PRIME)
                                                     for a, b in zip(x, v)]
        total = nmod_poly([0], PRIME)
        for e, c in from_flint(f).items():
            total += prod((base**k for base, k in zip(line, e) if k),
                          start=nmod_poly([c.numerator], PRIME))
        return total

    def degree(f: Any) -> int:
        return max((sum(map(int, e[count:])) for e in f.monoms()), default=-1)

    for _ in range(ATTEMPTS):
        w, x, v = (tuple(generator.randrange(1000) for _ in range(k))
                   for k in (count, inputs, inputs))
        lines = [on_line(f, w, x, v) for f in parts]
        common = reduce(lambda a, b: a.gcd(b), lines)
        h = on_line(radicand, w, x, v) if radicand is not None else None
        if common.degree() == 0 and any(
                f.degree() == degree(g) >= 0 for f, g in zip(lines, parts)) and (
                h is None or h.degree() == degree(radicand) and h.gcd(h.derivative()
                                                                      ).degree() == 0):
            return PRIME, w, x, v
    raise LimitReached("No parameters were found at which numerators and denominator have no "
                       "common factor.")


@dataclass(frozen=True)
class RationalFunctions(PolynomialLayer):
    """
    The cone over rational functions: the polynomial map onto numerators and common denominator.

    Made by :func:`without_division` of a composition of layers.

    - ``parameters`` -- names: of the parameters of the composition, then ``scale``, and
      ``rootscale`` where a radicand depends on the parameters
    - ``inputs`` -- names
    - ``outputs`` -- the terms of numerators, denominator and radicand, with the scales
    - ``layers``, ``input_shape`` -- the composition
    - ``fractions`` -- what it is, in lowest terms
    """

    layers: tuple[Layer, ...] = ()
    input_shape: Shape = ()
    fractions: Fractions = Fractions((), (), (), (), False, (0, (), (), ()))
    kind: ClassVar[str] = CONE

    @classmethod
    def from_data(cls, data: dict[str, Any], read: Callable[[object], Layer]) -> Layer:
        """The cone of a composition; what else the data say must be what follows from it."""
        layers, shape = data.get("layers"), data.get("input_shape")
        if not isinstance(layers, list) or not isinstance(shape, list) or (
                len(layers) > MAXIMAL_LAYERS):
            raise InputError(f'A {cls.kind} has "layers" and an "input_shape".')
        made = without_division([*map(read, layers)],
                                tuple(whole_number(n, "input shape") for n in shape))
        if made.describe() != {"kind": cls.kind} | data:
            raise InputError(f"This is not the {cls.kind} of its layers; give the layers alone, as "
                             "those of the model.")
        return made

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        """The numerators and the denominator, by Horner's rule in one variable after the other."""
        count = len(self.parameters)
        if inputs.ndim > parameters[0].ndim:
            inputs = inputs.reshape((*inputs.shape[: parameters[0].ndim - 1], len(self.inputs)))
        entries = [source[..., i : i + 1] for source, width in (
            (parameters[0], count), (inputs, len(self.inputs))) for i in range(width)]
        one = inputs[..., :1] ** 0

        def value(terms: Sequence[tuple[tuple[int, ...], Fraction]], i: int) -> Array:
            """The value of terms that have the same exponents before the i-th."""
            while i < len(entries) and not any(e[i] for e, _ in terms):
                i += 1
            if i == len(entries):
                ((_, c),) = terms
                return one * constant(c)
            exponents = sorted({e[i] for e, _ in terms}, reverse=True)
            total = None
            for k, below in zip(exponents, [*exponents[1:], 0]):
                part = value([term for term in terms if term[0][i] == k], i + 1)
                total = part if total is None else total + part
                if k > below:
                    total = total * entries[i] ** (k - below)
            return total

        return np.concatenate([value(terms, 0) if terms else one * constant(Fraction(0))
                               for terms in self.outputs], axis=-1)

    @property
    def scales(self) -> int:
        """How many scales there are: by so much the dimension of the cone exceeds that of M."""
        return 1 + self.fractions.varies

    @property
    def output_names(self) -> tuple[str, ...]:
        """What each output of the cone is."""
        count = len(self.fractions.plain)
        of = [f" of output {j}" if count > 1 else "" for j in range(count)]
        names = [f"the numerator{text}" for text in of]
        if self.fractions.root:
            names = [f"the numerator{text} {part}" for part in ("without root", "of the root")
                     for text in of]
        names.append("the common denominator" if count > 1 else "the denominator")
        return tuple(names + ["the radicand"] * self.fractions.varies)

    def reading(self, n: int) -> str:
        """
        How coordinates and answers are read.

        INPUT:

        - ``n`` -- the dimension of the ambient space

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> print(parse_spec("mlp:1,1,1:1/x").cone.reading(2))
            The function is rational, N/D, in lowest terms for generic parameters. M ...
        """
        several = len(self.fractions.plain) > 1
        function = "functions are" if several else "function is"
        quotient, parts = ("N_j/D", "(N_1 : ... : D)") if several else ("N/D", "(N : D)")
        if self.fractions.root:
            quotient = "(A_j + B_j r)/D" if several else "(A + B r)/D"
            parts = "(A_1 : ... : B_1 : ... : D)" if several else "(A : B : D)"
        names = [*self.parameters, *self.inputs]
        root = f", with r^2 = h = {write_polynomial(dict(self._radicand), names)}" if (
            self.fractions.root) else ""
        kind = "algebraic" if root else "rational"
        scale = self.parameters[-self.scales]
        if self.fractions.varies:
            return (f"The {function} {kind}, {quotient}{root}, in lowest terms for generic "
                    f"parameters, and meant up to the sign of r. The coordinates are the "
                    f"coefficients of {parts} and of h; they are those of one function up to two "
                    f"factors, for which there are the parameters {scale} and "
                    f"{self.parameters[-1]}: (t A, B, t D, t^2 h) is the same function for all t. "
                    "All answers are about the cone of dimension two more than M, the variety of "
                    "the functions.")
        sign = ", meant up to the sign of r" if root else (
            ", after its roots have canceled as algebraic functions" if self.fractions.radicand
            else "")
        return (f"The {function} {kind}, {quotient}{root}, in lowest terms for generic parameters"
                f"{sign}. M is in the projective space of dimension {n - 1} of the coefficients "
                f"{parts}; they are those of one function up to one factor, for which there is the "
                f"parameter {scale}. All answers are about the affine cone over M: its dimension "
                "is one more than the projective dimension of M, and it has the ideal and the "
                "degree of M.")

    @property
    def _radicand(self) -> Terms:
        """h, in all parameters and inputs."""
        count = len(self.parameters) - self.scales
        return tuple(((*e[:count], *[0] * self.scales, *e[count:]), c)
                     for e, c in self.fractions.radicand)

    def describe(self) -> dict[str, Any]:
        def written(*polynomials: Terms) -> list[Any]:
            return [[[list(e), decimal(c)] for e, c in terms] for terms in polynomials]

        found, (prime, w, x, v) = self.fractions, self.fractions.witness
        return {"kind": self.kind, "scales": self.scales, "input_shape": list(self.input_shape),
                "layers": [layer.describe() for layer in self.layers],
                "plain": written(*found.plain), "root": written(*found.root),
                "denominator": written(found.denominator)[0],
                "radicand": written(found.radicand)[0],
                "witness": {"prime": prime, "parameters": list(w), "origin": list(x),
                            "direction": list(v)}}


def _names(layers: Sequence[Layer], shape: Shape, count: int) -> tuple[list[str], list[str]]:
    """Those that a polynomial layer at the beginning gives to parameters and inputs, or others."""
    parameters, inputs = [f"w_{i}" for i in range(count)], [f"x_{i}" for i in range(prod(shape))]
    first = layers[0] if layers else None
    if isinstance(first, PolynomialLayer) and len(first.parameters) == count:
        return list(first.parameters), list(first.inputs)
    return parameters, inputs


def without_division(layers: Sequence[Layer], input_shape: Shape) -> PolynomialLayer:
    """
    The polynomial layer of a composition that divides.

    INPUT:

    - ``layers`` -- sequence of layers, the first applied first
    - ``input_shape`` -- tuple of positive integers

    OUTPUT: a :class:`RationalFunctions`; or where all divisions cancel, the polynomial layer that
    is the same function

    Raises :class:`~neuroalg_sage.errors.InputError` if a denominator vanishes identically,
    :class:`~neuroalg_sage.errors.LimitReached` if the rational functions are too large.

    EXAMPLES::

        >>> from neuroalg_sage.models.layers import Dense
        >>> from neuroalg_sage.models.rational_layers import RationalActivation
        >>> layers = [Dense(1, 1), RationalActivation((0, 1), (1, 0, 1)), Dense(1, 1)]
        >>> cone = without_division(layers, (1,))
        >>> cone.parameters, cone.fractions.denominator
        (('w_0', 'w_1', 'scale'), (((2, 0, 2), Fraction(1, 1)), ((0, 0, 0), Fraction(1, 1))))
    """
    chain = Chain(tuple(layers))
    chain.output_shape(input_shape)
    count = chain.parameter_count()
    if not count:
        raise InputError("The model has no parameters; give at least one layer that has some.")
    field = _Field(count, prod(input_shape))
    generators = field.generators()
    arrays, place = [], 0
    for _, shape in chain.parameter_shapes():
        arrays.append(generators[place : place + prod(shape)].reshape(shape))
        place += prod(shape)
    values = chain.apply(arrays, generators[count:].reshape(input_shape), field.constant)
    found = _fractions([*values.reshape(-1)], field)
    parameters, inputs = _names(layers, input_shape, count)
    if not found.root and found.denominator == (((0,) * len(generators), Fraction(1)),):
        return PolynomialLayer(tuple(parameters), tuple(inputs), found.plain)
    scales: list[str] = []
    for name in ("scale", "rootscale")[: 1 + found.varies]:
        while name in (*parameters, *inputs):
            name += "_0"
        scales.append(name)

    def scaled(polynomials: Sequence[Terms], *powers: int) -> list[Terms]:
        return [tuple(((*e[:count], *powers[: len(scales)], *e[count:]), c) for e, c in terms)
                for terms in polynomials]

    outputs = [*scaled(found.plain, 1, 1), *scaled(found.root, 1, 0),
               *scaled([found.denominator], 1, 1), *scaled([found.radicand], 0, 2)[: found.varies]]
    return RationalFunctions((*parameters, *scales), tuple(inputs), tuple(outputs), tuple(layers),
                             input_shape, found)
