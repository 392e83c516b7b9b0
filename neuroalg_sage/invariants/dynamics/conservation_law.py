"""
A conservation law: a polynomial that is constant along a flow; and answers that list such laws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Any

from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.presentation import Section, Surroundings
from neuroalg_sage.models.expressions import Polynomial, write_polynomial
from neuroalg_sage.models.latex import Typeset, latex_polynomial, words
from neuroalg_sage.storable import storable

if TYPE_CHECKING:
    from neuroalg_sage.markup.elements import Markup


@storable()
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

    def plain_value(self) -> dict[str, Any]:
        """The law as JSON data."""
        return {"law": str(self), "name": self.name, "degree": self.degree} | (
            {"decay": self.decay} if self.decay else {})

    def _latex_(self) -> str:
        note = rf" \quad {words(f'({self.name})')}" if self.name else ""
        return latex_polynomial(str(self)) + note

    def __str__(self) -> str:
        return write_polynomial(self.polynomial, self.variables)

    def __repr__(self) -> str:
        notes = "; ".join(filter(None, (self.name, self.decay)))
        return str(self) + f" ({notes})" * bool(notes)


class ConservationLaws(Invariant):
    """Generators of all laws up to a degree.  The value is a list of :class:`ConservationLaw`."""

    def _count(self, noun: str) -> str:
        return f"{len(self.data)} {noun}{'s' * (len(self.data) != 1)}"

    def _claim(self) -> Any:
        assert self.certificate is not None
        return self.certificate["claim"]["value"]

    def sentence(self) -> str:
        return f"{self._count('generator')} of all of degree at most {self.degree}"

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  {law!r}" for law in self.data]

    def condition(self) -> str:
        return f"up to degree {self.degree}"

    @property
    def degree(self) -> int:
        """Up to which degree they are all."""
        return self._claim()[-2]

    def which_they_are(self) -> str:
        """What is claimed of them as a list."""
        return f"these generate all of degree at most {self.degree}"

    def section(self, around: Surroundings) -> Section | None:
        from neuroalg_sage.invariants.dynamics.on_pages import conservation_laws

        if not self.data:
            return None
        number = around.found.get("number_of_conservation_laws")
        return Section("conservation-laws", "Conservation laws", conservation_laws(self, number),
                       50)


class NumberOfLaws(Invariant):
    """How many laws are independent at a generic point."""

    def for_learning(self, around: Surroundings) -> Iterator[Markup]:
        from neuroalg_sage.invariants.dynamics.on_pages import number_for_learning

        return iter(()) if self.status == "bounds" else number_for_learning(self)

    def in_geometry(self, around: Surroundings) -> Iterator[Markup]:
        from neuroalg_sage.invariants.dynamics.on_pages import number_in_geometry

        return iter(()) if self.status == "bounds" else number_in_geometry(self)


def primitive(polynomial: Polynomial) -> Polynomial:
    """The multiple with coprime integer coefficients whose first is positive."""
    scale = lcm(*(c.denominator for c in polynomial.values()))
    content = gcd(*(int(c * scale) for c in polynomial.values()))
    sign = 1 if polynomial[max(polynomial)] > 0 else -1
    return {e: c * scale * sign / content for e, c in polynomial.items()}
