"""
Activations: what they are, with power series and enclosures of balls.

An activation is a continuous function on the real line that is a polynomial, or an expression in
the entire functions exp, erf, sin and cos, between neighboring *kinks*.  An expression is made of
sums, products, quotients and the principal logarithm.  It can be evaluated at power series with
balls as coefficients, which is at once its value and its derivatives, and at complex balls.

**Lemma 1.** Let the value of an expression at a complex ball be finite. Then the expression is
holomorphic on a neighborhood of the ball, and its values there are in the value. *Proof.* FLINT
returns no finite quotient where the ball of a denominator holds zero, and, where it is asked to, no
finite logarithm where the ball of its argument meets the half-line of nonpositive numbers. So each
step of the evaluation is that of a holomorphic function on a neighborhood. ∎
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import acb, arb, arb_poly, arb_series, fmpq

from neuroalg_sage.certificates.reading import CertificateError, fields, require

Piece = list[int] | Callable[[Any], Any]  # coefficients, the constant one first; or an expression


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
    The activation of a name.

    EXAMPLES::

        >>> Activation({"activation": "relu"}).piece(fmpq(0), fmpq(1))
        [0, 1]
    """

    def __init__(self, description: Any) -> None:
        (name,) = fields(description, "activation")
        require(set(description) == {"activation"}, "The description has an unknown field.")
        require(isinstance(name, str) and (name in EXPRESSIONS or name in PIECEWISE),
                "The activation is not known.")
        self.name = name

    def piece(self, a: fmpq, b: fmpq) -> Piece:
        """What the activation is on the interval from a to b, in which there is no kink."""
        if self.name in EXPRESSIONS:
            return EXPRESSIONS[self.name]
        kinks, pieces = PIECEWISE[self.name]
        for low, high, polynomial in zip([None, *kinks], [*kinks, None], pieces):
            if (low is None or low <= a) and (high is None or b <= high):
                return polynomial
        raise CertificateError("A kink is inside of a cell.")

    def value(self, x: fmpq) -> arb:
        """A ball with the value at a rational number."""
        piece = self.piece(x, x)
        if callable(piece):
            return piece(arb(x))
        return sum((arb(c) * arb(x) ** k for k, c in enumerate(piece)), arb(0))

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
        constant.  The interval is divided into so many parts, on each of which the power series at
        a ball encloses values and derivatives; far from zero asymptotes do, if parts are wide.
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
        if self.name in PIECEWISE:
            kinks, pieces = PIECEWISE[self.name]
            ends = [low, *(fmpq(k) for k in kinks if low < k < high), high]
            values = [self.value(x) for x in ends]
            slopes = [abs(self.value(b) - self.value(a)) / arb(b - a)  # the pieces are affine
                      for a, b in zip(ends, ends[1:])]
            return _extreme(values, "min"), _extreme(values, "max"), _extreme(slopes, "max")
        half = (high - low) / (2 * parts)
        f = EXPRESSIONS[self.name]
        series = [power_series(f, arb(low + (2 * k + 1) * half, half), 1, 2) for k in range(parts)]
        return (_extreme([s[0] for s in series], "min"), _extreme([s[0] for s in series], "max"),
                _extreme([abs(s[1]) for s in series], "max"))


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
