"""
A conservation law: a polynomial that is constant along a flow.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from neuroalg_sage.models.expressions import Polynomial, write_polynomial
from neuroalg_sage.models.latex import Typeset, latex_polynomial, words


@dataclass(frozen=True)
class ConservationLaw(Typeset):
    """
    A polynomial that is constant along the flow, with primitive integer coefficients.

    - ``polynomial`` -- dictionary from exponents to coefficients
    - ``variables`` -- the names of the parameters, and what else the flow moves
    - ``name`` -- what theory calls it; else empty
    - ``rate`` -- c, if the last variable is s = e^(ct); else 0
    """

    polynomial: Polynomial
    variables: tuple[str, ...]
    name: str = ""
    rate: Fraction = Fraction(0)

    @property
    def degree(self) -> int:
        """The degree of the polynomial."""
        return max(map(sum, self.polynomial))

    @property
    def decay(self) -> str:
        """What decays, and at which rate, where the law is s^k times something; else empty."""
        powers = {e[-1] for e in self.polynomial}
        if not self.rate or len(powers) > 1 or powers == {0}:
            return ""
        (k,) = powers
        rest = write_polynomial({e[:-1]: c for e, c in self.polynomial.items()},
                                self.variables[:-1])
        exponent = write_polynomial({(1,): -self.rate * k}, ["t"])
        return f"{rest} decays as e^({exponent})"

    def _latex_(self) -> str:
        note = rf" \quad {words(f'({self.name})')}" if self.name else ""
        return latex_polynomial(str(self)) + note

    def __str__(self) -> str:
        return write_polynomial(self.polynomial, self.variables)

    def __repr__(self) -> str:
        notes = "; ".join(filter(None, (self.name, self.decay)))
        return str(self) + f" ({notes})" * bool(notes)


def primitive(polynomial: Polynomial) -> Polynomial:
    """The multiple with coprime integer coefficients whose first is positive."""
    scale = lcm(*(c.denominator for c in polynomial.values()))
    content = gcd(*(int(c * scale) for c in polynomial.values()))
    sign = 1 if polynomial[max(polynomial)] > 0 else -1
    return {e: c * scale * sign / content for e, c in polynomial.items()}
