"""
Components of loci where a matrix of polynomials drops rank, and what proves that it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.formats import written
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.presentation import Section, Surroundings, clipped
from neuroalg_sage.models.expressions import Polynomial, write_polynomial
from neuroalg_sage.storable import storable

if TYPE_CHECKING:
    from neuroalg_sage.markup.badges import Status
    from neuroalg_sage.markup.elements import Content, Markup

# Over this field Macaulay2's Gröbner bases are fast, and roots of unity of small order lie in it.
PRIME = 31081


@storable()
@dataclass(frozen=True, repr=False)
class Component:
    """
    An irreducible subvariety, over Q.

    ``generators`` is a Gröbner basis of its prime ideal; dimension and degree follow the
    conventions for the neurovariety.

    - ``multiplicity`` -- the multiplicity of the neurovariety at its generic point, which is the
      degree of the tangent cone there; None if it is not known
    - ``multiplicity_status`` -- ``"proved"`` or ``"numerical"``
    - ``fills`` -- names of the subnetworks, or degenerate models, whose closed image it is
    - ``image`` -- of a critical component, what it maps to
    """

    dimension: int
    degree: int
    generators: tuple[Polynomial, ...]
    variables: tuple[str, ...]
    multiplicity: int | None = None
    multiplicity_status: str = "numerical"
    fills: tuple[str, ...] = ()
    image: str = ""

    @cached_property
    def ideal(self) -> Any:
        """The prime ideal, in Sage."""
        return PolynomialMatrix(PolynomialRingData(self.variables), 1, len(self.generators),
                                self.generators, "ideal").to_sage()

    def claim(self) -> dict[str, Any]:
        """What a certificate states of this component."""
        return {"dimension": self.dimension, "degree": self.degree,
                "generators": [encode_polynomial(g) for g in self.generators]}

    def plain_value(self) -> dict[str, Any]:
        """The component as JSON data."""
        return {"dimension": self.dimension, "degree": self.degree,
                "generators": [write_polynomial(g, self.variables) for g in self.generators]} | (
            {"image": self.image, "image_status": "numerical"} if self.image else
            {"multiplicity": self.multiplicity, "multiplicity_status": self.multiplicity_status,
             "filled_by": list(self.fills)})

    def __str__(self) -> str:
        text = f"dimension {self.dimension}, degree {self.degree}"
        if self.multiplicity is not None:
            text += f", multiplicity {self.multiplicity}"
            text += "" if self.multiplicity_status == "proved" else " (numerical)"
        if self.image:
            text += f", mapped to {self.image} (numerical)"
        return text + (f", the closure of {', '.join(self.fills)}" if self.fills else "")

    def __repr__(self) -> str:
        return f"Component of {self}"


@dataclass(frozen=True, eq=False, repr=False)
class Locus(Invariant):
    """
    Components of a locus: that they lie in it, and that there are no others, are two statements.

    The status is that of the first; :attr:`completeness` is that of the second, with whom it
    trusts.  If all is proved the certificate is of both.
    """

    lies_trust: tuple[str, ...] = ()
    completeness: str = "not proved"

    @classmethod
    def of(cls, found: Invariant, lies_trust: list[str], completeness: str) -> Self:
        """The locus with these statements."""
        return cls(found.name, found.data, found.status, found.method, found.certificate,
                   found.seconds, found.error_bound, tuple(lies_trust), completeness)

    def qualified_status(self) -> str:
        trusting = f", trusting {', '.join(self.lies_trust)}" if self.lies_trust else ""
        return f"{self.status}{trusting}; no others: {self.completeness}"

    def sentence(self) -> str:
        return "; ".join(f"a component of {c}" for c in self.data) or "empty"

    @property
    def is_empty(self) -> bool:
        """Whether it is proved to have no points, rather than none were found."""
        return not self.data and self.completeness.startswith("proved")

    def claims(self) -> list[tuple[str, Status]]:
        from neuroalg_sage.markup.badges import qualified, status

        complete = qualified(self.completeness)
        return [("", status(self.status, list(self.lies_trust))), ("no others: ", complete)
                ] if self.data else [("", complete)]

    def value_on_page(self) -> Content:
        return self.sentence() if self.data or self.is_empty else "no components found"

    def proof(self) -> dict[str, Any]:
        return super().proof() | {"trust": list(self.lies_trust), "no_others": self.completeness}


class SingularLocus(Locus):
    """The components of the singular locus of the neurovariety."""

    def figure_on_page(self) -> Content:
        return len(self.data)

    def section(self, around: Surroundings) -> Section:
        from neuroalg_sage.invariants.singularities.on_pages import singular_locus

        return Section("singular-locus", "The singular locus", singular_locus(self), 30)

    def for_learning(self, around: Surroundings) -> Iterator[Markup]:
        from neuroalg_sage.invariants.singularities.on_pages import locus_for_learning

        return locus_for_learning(self)

    def in_geometry(self, around: Surroundings) -> Iterator[Markup]:
        from neuroalg_sage.invariants.singularities.on_pages import locus_in_geometry

        return locus_in_geometry(self)

    def report_lines(self) -> list[str]:
        lines = []
        for i, component in enumerate(self.data, 1):
            lines += ["", f"Component {i} of the singular locus: {component}"]
            lines += [f"  {line}" for line in clipped(
                written(component.generators, len(component.variables)))]
        return lines
