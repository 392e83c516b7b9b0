"""
Layers that divide, or take roots: the elementary ones that are not polynomial.

They are applied over a field, such as that of the rational functions of parameters and inputs.  A
model with one of them is the cone over its numerators and its denominator; see
:mod:`~neuroalg_sage.models.rational_functions`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, ClassVar

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import Polynomial, Quotient, write_polynomial
from neuroalg_sage.models.latex import latex_polynomial
from neuroalg_sage.models.layers import MOST_COEFFICIENTS, Array, Constant, Layer, Shape
from neuroalg_sage.models.sage_input import lists, rational


class OverField(Layer):
    """A layer without parameters that is applied over a field: a base."""

    @property
    def is_polynomial(self) -> bool:
        return False

    def parameter_shapes(self) -> tuple[tuple[str, Shape], ...]:
        return ()

    def output_shape(self, input_shape: Shape) -> Shape:
        return input_shape


def _coefficients(given: Any) -> tuple[Fraction, ...]:
    values = lists(given)
    if not isinstance(values, (list, tuple)) or not 0 < len(values) <= MOST_COEFFICIENTS:
        raise InputError('A rational activation has a "numerator" and a "denominator", each a list '
                         f"of at most {MOST_COEFFICIENTS} coefficients, such as [0, 1] for x.")
    return tuple(rational(c, "coefficient") for c in values)


@dataclass(frozen=True)
class RationalActivation(OverField):
    """
    A quotient p/q of polynomials, applied to each entry.

    INPUT:

    - ``numerator``, ``denominator`` -- sequences of rational numbers, the coefficient of ``x^k``
      at place ``k``, the last not zero

    Raises InputError if there is no such quotient, or if it is constant, or has a common factor.

    EXAMPLES::

        >>> RationalActivation((0, 1), (1, 0, 1)).text
        'x/(x^2 + 1)'
    """

    numerator: tuple[Fraction, ...]
    denominator: tuple[Fraction, ...]
    kind: ClassVar[str] = "rational activation"

    def __post_init__(self) -> None:
        from neuroalg_sage.models.rational import univariate

        for name in ("numerator", "denominator"):
            object.__setattr__(self, name, _coefficients(getattr(self, name)))
        if not self.denominator[-1]:
            raise InputError("The denominator of a rational activation ends with a coefficient "
                             "that is not zero; it is no zero polynomial.")
        if len(self.numerator) == len(self.denominator) == 1 or not self.numerator[-1]:
            raise InputError("A rational activation is no constant, and the last coefficient of "
                             "its numerator is not zero.")
        if univariate(self.numerator).gcd(univariate(self.denominator)).degree() > 0:
            raise InputError(f"The numerator and the denominator of {self.text} have a common "
                             "factor; divide by it.")

    @classmethod
    def of(cls, quotient: Quotient) -> RationalActivation:
        """The activation that is a quotient of polynomials in one variable, in lowest terms."""
        above, below = ([p.get((k,), Fraction(0)) for k in range(max(e for (e,) in p) + 1)]
                        for p in quotient)
        return cls(tuple(above), tuple(below))

    @property
    def quotient(self) -> tuple[Polynomial, Polynomial]:
        """Numerator and denominator as polynomials in x."""
        def polynomial(coefficients: Sequence[Fraction]) -> Polynomial:
            return {(k,): c for k, c in enumerate(coefficients) if c}

        return polynomial(self.numerator), polynomial(self.denominator)

    @property
    def text(self) -> str:
        """The activation as text."""
        return write_quotient(self.quotient)

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        def value(coefficients: Sequence[Fraction]) -> Array:
            total = inputs**0 * constant(coefficients[0])
            for k, c in enumerate(coefficients[1:], 1):
                total = total + inputs**k * constant(c) if c else total
            return total

        return value(self.numerator) / value(self.denominator)

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "numerator": [decimal(c) for c in self.numerator],
                "denominator": [decimal(c) for c in self.denominator]}

    def in_latex(self, place: int | str) -> str:
        above, below = (latex_polynomial(write_polynomial(p, ["x"])) for p in self.quotient)
        return rf"\frac{{{above}}}{{{below}}}"


def write_quotient(quotient: Quotient) -> str:
    """
    A quotient of polynomials in x as text.

    EXAMPLES::

        >>> write_quotient(({(0,): Fraction(1)}, {(1,): Fraction(1)}))
        '1/x'
    """
    above, below = (write_polynomial(p, ["x"]) for p in quotient)
    return "/".join(f"({p})" if len(terms) > 1 or k and not p.isalnum() else p
                    for k, (p, terms) in enumerate(zip((above, below), quotient)))


@dataclass(frozen=True)
class EntrywiseQuotient(OverField):
    """
    The first half of the entries divided by the second half, entry by entry.

    EXAMPLES::

        >>> EntrywiseQuotient().output_shape((6,))
        (3,)
    """

    kind: ClassVar[str] = "quotient"

    def output_shape(self, input_shape: Shape) -> Shape:
        count = prod(input_shape)
        if count % 2:
            raise InputError("A quotient takes numerators and as many denominators, but what comes "
                             f"before it has shape {input_shape}.")
        return (count // 2,)

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        flat = inputs.reshape(-1)
        half = len(flat) // 2
        return flat[:half] / flat[half:]

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind}


@dataclass(frozen=True)
class SquareRoot(OverField):
    """
    The square root of each entry: an algebraic function, whose square is the entry.

    EXAMPLES::

        >>> SquareRoot().output_shape((3,))
        (3,)
    """

    kind: ClassVar[str] = "square root"

    def apply(self, parameters: Sequence[Array], inputs: Array, constant: Constant) -> Array:
        roots = inputs.reshape(-1).copy()
        for i, entry in enumerate(roots):
            roots[i] = entry.square_root() if hasattr(entry, "square_root") else _root(entry)
        return roots.reshape(inputs.shape)

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind}


def _root(number: Any) -> Any:
    """The root of a number: of a fraction exactly, or of one of floating point."""
    if not isinstance(number, Fraction):
        return math.sqrt(number)
    above, below = number.numerator, number.denominator
    if above < 0 or math.isqrt(above) ** 2 != above or math.isqrt(below) ** 2 != below:
        raise InputError("The value at these inputs is not rational: it holds a square root.")
    return Fraction(math.isqrt(above), math.isqrt(below))
