"""
Components of the boundary of M, and how they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.real.boundary_of_ranks import degree
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.models.expressions import Polynomial, write_polynomial
from neuroalg_sage.models.latex import latex_polynomial, stacked
from neuroalg_sage.storable import storable

if TYPE_CHECKING:
    from neuroalg_sage.markup.elements import Content

MOST_TERMS = 300  # of an equation that is printed


@storable()
@dataclass(frozen=True)
class BoundaryComponent:
    """
    A hypersurface that is the closure of a part of the boundary, or may be.

    - ``polynomial`` -- its equation, irreducible over Q; None if it was not found
    - ``kinds`` -- by which points it is a candidate: ``critical values`` of φ, which are in M, or
      ``limits`` of functions whose parameters go to infinity
    - ``inside`` -- a function in M; empty for what only may be a component
    - ``outside`` -- a function that is not in M.  The segment between them meets this
      hypersurface once, and no other that may hold a part of the boundary
    - ``multiplicities`` -- if it is dual to the binary forms with real roots of these
      multiplicities, else empty
    """

    polynomial: Polynomial | None
    kinds: tuple[str, ...]
    inside: tuple[Fraction, ...] = ()
    outside: tuple[Fraction, ...] = ()
    multiplicities: tuple[int, ...] = ()

    @property
    def degree(self) -> int:
        """The degree of the hypersurface; of what may be none, the degree it would have."""
        if self.polynomial is None:
            return degree(tuple(k - 1 for k in self.multiplicities))
        return max(map(sum, self.polynomial))

    @property
    def names(self) -> list[str]:
        """The coordinates of V."""
        return [f"z_{i}" for i in range(len(next(iter(self.polynomial or ()), ())))]

    def equation(self) -> str:
        """The equation as text, or how long it is; empty if it was not found."""
        if self.polynomial is None:
            return ""
        terms = len(self.polynomial)
        return (f"{write_polynomial(self.polynomial, self.names)} = 0" if terms <= MOST_TERMS else
                f"an equation with {terms:,} terms")

    def dual(self) -> str:
        """To which forms the hypersurface is dual; empty if to none."""
        several = len(self.multiplicities) > 1
        return self.multiplicities and (
            "the dual of the binary forms with " + ("roots of multiplicities " if several else
                                                    "a root of multiplicity ")
            + ", ".join(map(str, self.multiplicities))) or ""

    def __str__(self) -> str:
        parts = [self.equation(), f"of degree {self.degree}", self.dual(),
                 " and ".join(f"of {kind}" for kind in self.kinds)]
        if self.polynomial is None:
            parts = [self.dual(), *parts[1:2], *parts[3:]]
        return ", ".join(filter(None, parts))

    __repr__ = __str__

    def plain_value(self) -> dict[str, Any]:
        """The component as JSON data."""
        equation = self.polynomial and write_polynomial(self.polynomial, self.names)
        found: dict[str, Any] = {"polynomial": equation, "degree": self.degree,
                                 "kinds": list(self.kinds)}
        if self.multiplicities:
            found["multiplicities"] = list(self.multiplicities)
        if self.outside:
            found |= {"inside": list(map(decimal, self.inside)),
                      "outside": list(map(decimal, self.outside))}
        return found

    def in_latex(self) -> str:
        """The equation, or the name of the dual."""
        if self.polynomial is None:
            return f"X_{{{','.join(map(str, self.multiplicities))}}}^\\vee"
        return f"{latex_polynomial(write_polynomial(self.polynomial, self.names))} = 0"


class Boundary(Invariant):
    """The boundary: the value is the list of components, and of what only may be one."""

    @cached_property
    def value(self) -> Any:
        """The components."""
        return None if self.data is None else self.data[0]

    @property
    def others(self) -> list[BoundaryComponent]:
        """Hypersurfaces of which it is not known whether they are components."""
        return [] if self.data is None else self.data[1]

    def sentence(self) -> str:
        if self.data is None:
            return super().sentence()
        count = len(self.value)
        if not count and not self.others:
            return "empty"
        found = "no component found" if not count else (
            "a hypersurface of degree " if count == 1 else "hypersurfaces of degrees ") + ", ".join(
            str(c.degree) for c in self.value)
        return found + (f"; {len(self.others)} more may be components" if self.others else "")

    def lines(self, spec: str = "SPEC") -> list[str]:
        if self.data is None:
            return [f"  {self.method}"]
        return [*(f"  {c}" for c in self.value),
                *(f"    from ({', '.join(map(str, c.inside))}) in M to "
                  f"({', '.join(map(str, c.outside))}), which is outside" for c in self.value),
                *(f"  perhaps {c}" for c in self.others)]

    def plain_value(self) -> Any:
        return None if self.data is None else {
            "components": [c.plain_value() for c in self.value],
            "others": [c.plain_value() for c in self.others]}

    def value_in_latex(self) -> str:
        if self.data is None:
            return super().value_in_latex()
        return stacked([c.in_latex() for c in self.value]) if self.value else r"\emptyset"

    def value_on_page(self) -> Content:
        return self.sentence()
