"""
Functions of one variable that are polynomials or expressions between kinks, as nodes make them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from typing import Any

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.models.activations import (
    ACTIVATIONS,
    ContinuousActivation,
    activation_of_pieces,
)

Coefficients = tuple[Fraction, ...]  # of a polynomial, the constant one first
Piece = Any  # coefficients, or an expression as certificates have it
ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class PiecewiseFunction:
    """
    A function of one variable.

    - ``kinks`` -- ascending numbers
    - ``pieces`` -- before, between and after them

    EXAMPLES::

        >>> silu = IDENTITY.combined("product", IDENTITY.of("sigmoid"))
        >>> silu.pieces, str(silu.activation("Sigmoid-Mul"))
        (({'product': ['x', {'sigmoid': 'x'}]},), 'silu')
        >>> IDENTITY.times(-2).bent([1], [constant(1), IDENTITY]).activation("Max").data
        {'kinks': ['-1/2'], 'pieces': [['0', '-2'], ['1']]}
    """

    kinks: tuple[Fraction, ...]
    pieces: tuple[Piece, ...]

    @property
    def polynomial(self) -> Coefficients | None:
        """The coefficients, if it is a polynomial."""
        [first, *others] = self.pieces
        return first if not others and isinstance(first, tuple) else None

    @property
    def affine(self) -> tuple[Fraction, Fraction] | None:
        """Constant and slope, if it is an affine function."""
        p = self.polynomial
        return None if p is None or len(p) > 2 else (p[0], p[1] if len(p) > 1 else ZERO)

    def of(self, name: str) -> PiecewiseFunction:
        """An activation without kinks, by its name, of the value."""
        return PiecewiseFunction(self.kinks, tuple({name: _expression(p)} for p in self.pieces))

    def bent(self, kinks: Sequence[Fraction | int], pieces: Sequence[PiecewiseFunction]
             ) -> PiecewiseFunction:
        """A function with kinks, and without kinks between them, of the value, which is affine."""
        assert self.affine is not None
        constant_term, slope = self.affine
        inner = [piece.after(constant_term, slope) for piece in pieces]
        if not slope:
            return inner[sum(constant_term > k for k in kinks)]
        places = [(k - constant_term) / slope for k in kinks]
        if slope < 0:
            places.reverse()
            inner.reverse()
        return _joined(places, [f.pieces[0] for f in inner])

    def after(self, constant_term: Fraction, slope: Fraction) -> PiecewiseFunction:
        """A function without kinks of an affine function."""
        [piece] = self.pieces
        inner = (constant_term, slope)
        return PiecewiseFunction((), (_composed(piece, inner) if isinstance(piece, tuple)
                                      else _substituted(piece, _expression(inner)),))

    def combined(self, operation: str, other: PiecewiseFunction) -> PiecewiseFunction:
        """The sum or the product with another function."""
        kinks = tuple(sorted({*self.kinks, *other.kinks}))
        ends = [*kinks, None]
        return _joined(kinks, [
            _combined(operation, self._before(end), other._before(end)) for end in ends])

    def _before(self, end: Fraction | None) -> Piece:
        """The piece that ends at a kink, or later."""
        return self.pieces[len(self.kinks) if end is None else sum(k < end for k in self.kinks)]

    def times(self, factor: Fraction | int) -> PiecewiseFunction:
        """The product with a number."""
        return self.combined("product", constant(factor))

    def plus(self, term: Fraction | int) -> PiecewiseFunction:
        """The sum with a number."""
        return self.combined("sum", constant(term))

    def activation(self, name: str) -> ContinuousActivation:
        """The activation, with the name by which it is known, if there is one."""
        for known in ACTIVATIONS.values():
            pieces = known.pieces or (_SMOOTH.get(known.name, {known.name: "x"}),)
            if self.kinks == known.kinks and all(map(_is_same, self.pieces, pieces)):
                return known
        return activation_of_pieces({
            "kinks": [decimal(k) for k in self.kinks],
            "pieces": [[decimal(c) for c in p] if isinstance(p, tuple) else p
                       for p in self.pieces]}, name)


_SMOOTH: dict[str, Any] = {"silu": {"product": ["x", {"sigmoid": "x"}]}}
IDENTITY = PiecewiseFunction((), ((ZERO, ONE),))


def _joined(kinks: Sequence[Fraction], pieces: Sequence[Piece]) -> PiecewiseFunction:
    """The function without those kinks at which the piece stays the same."""
    kept = [k for k, pair in enumerate(zip(pieces, pieces[1:])) if pair[0] != pair[1]]
    return PiecewiseFunction(tuple(kinks[k] for k in kept),
                             (pieces[0], *(pieces[k + 1] for k in kept)))


def constant(c: Fraction | int) -> PiecewiseFunction:
    """The function with this value."""
    return PiecewiseFunction((), ((Fraction(c),),))


def _is_same(one: Piece, other: Piece) -> bool:
    """Whether pieces are written alike, but for the order of two factors."""
    if isinstance(one, tuple) or isinstance(other, tuple):
        return isinstance(one, tuple) and isinstance(other, tuple) and one == tuple(other)
    if isinstance(one, dict) and isinstance(other, dict) and "product" in one and (
            "product" in other):
        return one["product"] in (other["product"], other["product"][::-1])
    return bool(one == other)


def _expression(piece: Piece) -> Any:
    """A piece as an expression."""
    if not isinstance(piece, tuple):
        return piece
    if piece == (ZERO, ONE):
        return "x"
    terms = [{"constant": decimal(c)} if not k else {"product": (
        [] if c == 1 else [{"constant": decimal(c)}]) + ["x"] * k}
        for k, c in enumerate(piece) if c or len(piece) == 1]
    return terms[0] if len(terms) == 1 else {"sum": terms}


def _substituted(expression: Any, inner: Any) -> Any:
    """An expression of another one."""
    if expression == "x":
        return inner
    [(name, given)] = expression.items()
    if name == "constant":
        return expression
    return {name: [_substituted(part, inner) for part in given] if isinstance(given, list)
            else _substituted(given, inner)}


def _combined(operation: str, one: Piece, other: Piece) -> Piece:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return _stripped(_multiplied(one, other) if operation == "product" else [
            a + b for a, b in zip_longest(one, other, fillvalue=ZERO)])
    for p in (one, other):
        if p == ((ZERO,) if operation == "sum" else (ONE,)):
            return other if p is one else one
        if operation == "product" and p == (ZERO,):
            return p
    return {operation: [_expression(one), _expression(other)]}


def _multiplied(p: Coefficients, q: Coefficients) -> list[Fraction]:
    product = [ZERO] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            product[i + j] += a * b
    return product


def _composed(outer: Coefficients, inner: Coefficients) -> Coefficients:
    found: Coefficients = (ZERO,)
    for c in reversed(outer):
        product = _multiplied(found, inner)
        found = (product[0] + c, *product[1:])
    return _stripped(found)


def _stripped(coefficients: Sequence[Fraction]) -> Coefficients:
    last = max((k for k, c in enumerate(coefficients) if c), default=0)
    return tuple(coefficients[:last + 1])


def clipped(u: PiecewiseFunction, low: Fraction | None, high: Fraction | None
            ) -> PiecewiseFunction:
    """An affine function, which is cut off below and above."""
    ends = [end for end in (low, high) if end is not None]
    pieces = ([] if low is None else [constant(low)]) + [IDENTITY] + (
        [] if high is None else [constant(high)])
    return u.bent(ends, pieces)


Unary = Callable[[PiecewiseFunction, Callable[[str, float], Fraction]], PiecewiseFunction]


def _elu(u: PiecewiseFunction, factor: Fraction, scale: Fraction, divisor: Fraction
         ) -> PiecewiseFunction:
    """scale x above zero, and factor (exp(x / divisor) - 1) below."""
    return u.bent([0], [IDENTITY.times(1 / divisor).of("exp").plus(-1).times(factor),
                        IDENTITY.times(scale)])


# Of the operators of ONNX that are functions of each entry without kinks, our names.
SMOOTH = {"Tanh": "tanh", "Sigmoid": "sigmoid", "Softplus": "softplus", "Erf": "erf", "Exp": "exp",
          "Sin": "sin", "Cos": "cos", "Gelu": "gelu"}

# Of affine functions; what is given says the attributes, with their defaults.
BENT: dict[str, Unary] = {
    "Relu": lambda u, of: clipped(u, ZERO, None),
    "Abs": lambda u, of: u.bent([0], [IDENTITY.times(-1), IDENTITY]),
    "LeakyRelu": lambda u, of: u.bent([0], [IDENTITY.times(of("alpha", 0.01)), IDENTITY]),
    "Elu": lambda u, of: _elu(u, of("alpha", 1.0), ONE, ONE),
    "Selu": lambda u, of: _elu(
        u, of("gamma", 1.05070102214813232421875) * of("alpha", 1.67326319217681884765625),
        of("gamma", 1.05070102214813232421875), ONE),
    "Celu": lambda u, of: _elu(u, of("alpha", 1.0), ONE, of("alpha", 1.0)),
    "HardSigmoid": lambda u, of: clipped(u.times(of("alpha", 0.2)).plus(of("beta", 0.5)),
                                         ZERO, ONE),
    "HardSwish": lambda u, of: u.combined("product", clipped(
        u.times(Fraction(1, 6)).plus(Fraction(1, 2)), ZERO, ONE)),
}

# Of any function.
COMPOSED: dict[str, Unary] = {
    "Neg": lambda u, of: u.times(-1),
    "Identity": lambda u, of: u,
    "Mish": lambda u, of: u.combined("product", u.of("softplus").of("tanh")),
    "Swish": lambda u, of: u.combined("product", u.times(of("alpha", 1.0)).of("sigmoid")),
}
