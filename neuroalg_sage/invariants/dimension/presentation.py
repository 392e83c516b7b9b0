"""
How dimensions and identifiability are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.presentation import Surroundings
from neuroalg_sage.invariants.answers.trust import LISTED
from neuroalg_sage.models.latex import words
from neuroalg_sage.models.model import CONE
from neuroalg_sage.storable import storable

if TYPE_CHECKING:
    from neuroalg_sage.markup.elements import Markup


class Dimension(Invariant):
    """The dimension of the neurovariety; of rational functions, of the affine cone over it."""

    def sentence(self) -> str:
        text = super().sentence()
        layer = self.certificate["model"]["layers"][0] if self.certificate else {}
        if layer.get("kind") != CONE:
            return text
        return f"{text}, of the cone; the functions have dimension {self.data - layer['scales']}"

    def value_on_page(self) -> str:
        return self.sentence() if self.sentence() != str(self.data) else f"{self.data:,}"

    def figure_on_page(self) -> str:
        return f"{self.data:,}"

    def for_learning(self, around: Surroundings) -> Iterator[Markup]:
        from neuroalg_sage.invariants.dimension.on_pages import dimension_for_learning

        return dimension_for_learning(self, around.model)

    def in_geometry(self, around: Surroundings) -> Iterator[Markup]:
        from neuroalg_sage.invariants.dimension.on_pages import dimension_in_geometry

        return dimension_in_geometry(self, around.model)


class Defect(Invariant):
    """How much less the dimension is than expected."""

    def in_geometry(self, around: Surroundings) -> Iterator[Markup]:
        from neuroalg_sage.invariants.dimension.on_pages import defect_in_geometry

        return defect_in_geometry(self)


@storable()
@dataclass(frozen=True)
class GenericFiber:
    """
    The generic fiber of φ.

    - ``dimension`` -- its dimension
    - ``points`` -- how many orbits of the connected group of symmetries it consists of, up to a
      nowhere dense subset; None if it is not a finite number or not known
    - ``symmetries`` -- how many of these are images of one of them under the finite
      symmetries that are known
    """

    dimension: int
    points: int | None = None
    symmetries: int | None = None

    @property
    def orbits(self) -> str:
        """How many orbits it is, in words; empty if that is not known."""
        if self.points is None:
            return ""
        return "one orbit" if self.points == self.symmetries else (
            f"{Fraction(self.points, self.symmetries or 1)} times the orbit")

    def with_more(self, dimensions: int) -> GenericFiber:
        """The fiber that has so many dimensions more, and the same orbits."""
        return replace(self, dimension=self.dimension + dimensions)

    def __str__(self) -> str:
        orbits = f", {self.orbits} of the known symmetries" if self.orbits else ""
        return f"of dimension {self.dimension}{orbits}"


@dataclass(frozen=True, eq=False, repr=False)
class Identifiability(Invariant):
    """
    Whether functions determine their parameters, in some sense, up to symmetries.

    - ``fiber`` -- what is known of the generic fiber
    """

    fiber: GenericFiber | None = None

    @property
    def symmetries(self) -> str:
        """Up to which symmetries that is said."""
        return ("affine-linear symmetries" if self.certificate is not None
                and LISTED not in self.trust else "the known symmetries")

    def sentence(self) -> str:
        """What is not identifiable has a larger fiber than orbits: this says how large it is."""
        if self.data is not False:
            return super().sentence()
        text = f"not up to {self.symmetries}"
        if self.fiber is None:
            return text
        orbits = f", and is {self.fiber.orbits}" if self.fiber.orbits else ""
        return f"{text}; the fiber has dimension {self.fiber.dimension}{orbits}"

    def proof(self) -> dict[str, Any]:
        # In JSON, too, the value alone would say too much.
        return ({"text": self.sentence()} if self.data is False else {}) | super().proof()

    def value_in_latex(self) -> str:
        return super().value_in_latex() if self.data is not False else words(self.sentence())


@dataclass(frozen=True, eq=False, repr=False)
class FullIdentifiability(Identifiability):
    """Whether a generic fiber is one orbit."""

    def for_learning(self, around: Surroundings) -> Iterator[Markup]:
        from neuroalg_sage.invariants.dimension.on_pages import identifiability_for_learning

        # Where both are known, the weaker one says what this says.
        return iter(()) if "is_finitely_identifiable" in around.found else (
            identifiability_for_learning(self))


@dataclass(frozen=True, eq=False, repr=False)
class FiniteIdentifiability(Identifiability):
    """Whether a generic fiber is finitely many orbits."""

    def for_learning(self, around: Surroundings) -> Iterator[Markup]:
        from neuroalg_sage.invariants.dimension.on_pages import (
            finite_identifiability_for_learning,
            identifiability_for_learning,
        )

        stronger = around.found.get("is_identifiable")
        return (identifiability_for_learning(stronger) if isinstance(stronger, Identifiability)
                else finite_identifiability_for_learning(self))
