"""
Activations: what they are, with power series and enclosures of balls.

An activation is a continuous function on the real line that is a polynomial, or an expression in
the entire functions exp, erf, sin and cos, between neighboring *kinks*.  An expression is made of
sums, products, quotients and the principal logarithm.  It can be evaluated at power series with
balls as coefficients, which is at once its value and its derivatives, and at complex balls.

An activation is described by its name; or by its ``kinks`` and the ``pieces`` before, between and
after them, each the list of the coefficients of a polynomial, the constant one first, or an
expression: ``"x"``, ``{"constant": "1/2"}``, ``{"sum": [...]}``, ``{"product": [...]}``, or
``{"tanh": ...}``, an activation without kinks of an expression.  Pieces that meet at a kink have
one value there.

**Lemma 1.** Let the value of an expression at a complex ball be finite. Then the expression is
holomorphic on a neighborhood of the ball, and its values there are in the value. *Proof.* FLINT
returns no finite quotient where the ball of a denominator holds zero, and, where it is asked to, no
finite logarithm where the ball of its argument meets the half-line of nonpositive numbers. So each
step of the evaluation is that of a holomorphic function on a neighborhood. ∎
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from math import prod
from typing import Any

from flint import acb, arb, arb_poly, arb_series, fmpq

from neuroalg_sage.certificates.reading import (
    CertificateError,
    fields,
    items,
    numbers,
    require,
)

# Coefficients, the constant one first; or an expression.
Piece = Sequence[int | fmpq] | Callable[[Any], Any]


def _logarithm(z: Any) -> Any:
    return z.log(analytic=True) if isinstance(z, acb) else z.log()


EXPRESSIONS: dict[str, Callable[[Any], Any]] = {
    "tanh": lambda z: 1 - 2 / ((2 * z).exp() + 1),
    "sigmoid": lambda z: 1 / ((-z).exp() + 1),
    "gelu": lambda z: z * ((z / arb(2).sqrt()).erf() + 1) / 2,
    "softplus": lambda z: _logarithm(z.exp() + 1),
    "silu": lambda z: z / ((-z).exp() + 1),
    "exp": lambda z: z.exp(),
    "erf": lambda z: z.erf(),
    "sin": lambda z: z.sin(),
    "cos": lambda z: z.cos(),
}

# The kinks, and the affine polynomials before, between and after them.
PIECEWISE: dict[str, tuple[list[int], list[list[int]]]] = {
    "relu": ([0], [[0], [0, 1]]),
    "abs": ([0], [[0, -1], [0, 1]]),
    "hard_tanh": ([-1, 1], [[-1], [0, 1], [1]]),
}

# The affine polynomials near it below -c and above c, None where there is none, and the bound.
ASYMPTOTES: dict[str, tuple[list[int] | None, list[int] | None, Callable[[arb], arb]]] = {
    "tanh": ([-1], [1], lambda c: 4 * (-2 * c).exp()),
    "sigmoid": ([0], [1], lambda c: (-c).exp()),
    "gelu": ([0], [0, 1], lambda c: (1 + c) * (-c * c / 2).exp()),
    "softplus": ([0], [0, 1], lambda c: (-c).exp()),
    "silu": ([0], [0, 1], lambda c: (1 + c) * (-c).exp()),
    "exp": ([0], None, lambda c: (-c).exp()),
    "erf": ([-1], [1], lambda c: 2 * (-c * c).exp()),
}
SATURATED = 64  # beyond this an asymptote stands for the activation, on intervals with wide parts


class Activation:
    """
    The activation of a name, or of kinks and pieces.

    EXAMPLES::

        >>> Activation({"activation": "relu"}).piece(fmpq(0), fmpq(1))
        [0, 1]
        >>> elu = Activation({"activation": {"kinks": ["0"], "pieces": [
        ...     {"sum": [{"exp": "x"}, {"constant": "-1"}]}, ["0", "1"]]}})
        >>> elu.value(fmpq(2)), elu.value(fmpq(-1)) < 0
        (2.00000000000000, True)
    """

    def __init__(self, description: Any) -> None:
        (given,) = fields(description, "activation")
        require(set(description) == {"activation"}, "The description has an unknown field.")
        self.kinks: list[fmpq] = []
        if not isinstance(given, dict):
            require(isinstance(given, str) and (given in EXPRESSIONS or given in PIECEWISE),
                    "The activation is not known.")
            self.name = given
            kinks, affine = PIECEWISE.get(given, ([], []))
            self.kinks = [fmpq(k) for k in kinks]
            self.pieces: list[Piece] = [*affine] if affine else [EXPRESSIONS[given]]
            return
        ends, parts = fields(given, "kinks", "pieces")
        require(set(given) == {"kinks", "pieces"}, "The activation has an unknown field.")
        self.name = "an activation of pieces"
        self.kinks = numbers(ends, "kinks")
        self.pieces = [numbers(part, "piece") if isinstance(part, list) else expression(part)
                       for part in items(parts, "pieces", len(self.kinks) + 1)]
        require(all(a < b for a, b in zip(self.kinks, self.kinks[1:])) and all(
            part or callable(part) for part in self.pieces), "The kinks are not in their order.")
        for kink, left, right in zip(self.kinks, self.pieces, self.pieces[1:]):
            require(_exact(left, kink) == _exact(right, kink),
                    "The pieces are not shown to have one value at a kink.")

    def piece(self, a: fmpq, b: fmpq) -> Piece:
        """What the activation is on the interval from a to b, in which there is no kink."""
        for low, high, piece in zip([None, *self.kinks], [*self.kinks, None], self.pieces):
            if (low is None or low <= a) and (high is None or b <= high):
                return piece
        raise CertificateError("A kink is inside of a cell.")

    def value(self, x: fmpq) -> arb:
        """A ball with the value at a rational number."""
        return _value(self.piece(x, x), x)

    def asymptote(self, low: fmpq, high: fmpq) -> tuple[list[int], arb] | None:
        """The asymptote on an interval with its bound, by Lemma 5; None if there is none."""
        below, above, bound = ASYMPTOTES.get(self.name, (None, None, abs))
        if low >= 1 and above is not None:
            return above, bound(arb(low))
        if high <= -1 and below is not None:
            return below, bound(arb(-high))
        return None

    def value_and_slope(self, low: fmpq, high: fmpq, parts: int) -> tuple[arb, arb, arb]:
        """
        Bounds on an interval: one from below and one from above for the values, and a Lipschitz
        constant.  Between kinks the interval is divided into so many parts, on each of which the
        power series at a ball encloses values and derivatives; affine pieces are known.  Far from
        zero asymptotes are, if parts are wide.
        """
        if high - low > parts:
            for place in (fmpq(-SATURATED), fmpq(SATURATED)):
                if low < place < high and (self.asymptote(low, place) or
                                           self.asymptote(place, high)):
                    one, other = (self.value_and_slope(a, b, parts)
                                  for a, b in ((low, place), (place, high)))
                    return (one[0].min(other[0]), one[1].max(other[1]), one[2].max(other[2]))
            far = self.asymptote(low, high)
            if far is not None:
                affine, bound = far
                sides = [arb_poly(affine)(arb(x)) for x in (low, high)]
                return (_extreme(sides, "min") - bound, _extreme(sides, "max") + bound,
                        bound + sum(affine[1:]))
        ends = [low, *(k for k in self.kinks if low < k < high), high]
        values, slopes = [self.value(x) for x in ends], []
        for a, b in zip(ends, ends[1:]):
            piece = self.piece(a, b)
            if not callable(piece) and len(piece) <= 2:
                slopes.append(abs(arb(piece[1])) if len(piece) > 1 else arb(0))
                continue
            f, half = function_of(piece), (b - a) / (2 * parts)
            for k in range(parts):
                value, slope = power_series(f, arb(a + (2 * k + 1) * half, half), 1, 2)
                values.append(value)
                slopes.append(abs(slope))
        return _extreme(values, "min"), _extreme(values, "max"), _extreme(slopes, "max")


def expression(data: Any) -> Callable[[Any], Any]:
    """The function that an expression is."""
    if data == "x":
        return lambda z: z
    require(isinstance(data, dict) and len(data) == 1, "The expression is not read.")
    [(name, given)] = data.items()
    if name == "constant":
        (c,) = numbers([given], "constant")
        return lambda z: 0 * z + c
    if name in ("sum", "product"):
        require(given, "A sum or a product has no parts.")
        first, *others = [expression(part) for part in items(given, "terms or factors")]
        return (lambda z: sum((f(z) for f in others), first(z))) if name == "sum" else (
            lambda z: prod((f(z) for f in others), start=first(z)))
    require(name in EXPRESSIONS, "The expression has an unknown function.")
    outer, inner = EXPRESSIONS[name], expression(given)

    def composed(z: Any) -> Any:
        value = inner(z)
        # What is not finite stays so, for Lemma 1.
        return value if isinstance(value, acb) and not value.is_finite() else outer(value)

    return composed


def function_of(piece: Piece) -> Callable[[Any], Any]:
    """A piece as a function."""
    if callable(piece):
        return piece
    coefficients = piece
    return lambda z: reduce(lambda value, c: value * z + c, reversed(coefficients), 0 * z)


def _value(piece: Piece, x: fmpq) -> arb:
    """A ball with the value of a piece at a rational number."""
    found: arb = function_of(piece)(arb(x))
    return found


def _exact(piece: Piece, x: fmpq) -> fmpq:
    """The value of a piece at a rational number, if it is seen to be rational."""
    if not callable(piece):
        return fmpq(function_of(piece)(x))
    found = piece(arb(x))
    require(found.is_exact(), "The value of a piece at a kink is not shown to be rational.")
    return found.fmpq()


def power_series(f: Callable[[Any], Any], center: arb, slope: arb | int, order: int) -> list[arb]:
    """The first coefficients of f(center + slope t), an expression, in t."""
    series = f(arb_series([center, slope], order))
    require(series.prec >= order, "A power series has too few terms.")
    return [series[k] for k in range(order)]


def _extreme(values: list[arb], which: str) -> arb:
    """The smallest, or the largest of some numbers; balls that are not finite stay so."""
    found = values[0]
    for value in values[1:]:
        found = getattr(found, which)(value)
    return found
