"""
How dimensions and identifiability are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.presentation import Surroundings
from neuroalg_sage.invariants.answers.trust import LISTED
from neuroalg_sage.models.model import CONE

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


class Identifiability(Invariant):
    """Whether functions determine their parameters, in some sense, up to symmetries."""

    def sentence(self) -> str:
        if self.data is not False:
            return super().sentence()
        complete = self.certificate is not None and LISTED not in self.trust
        return f"not up to {'affine-linear' if complete else 'the known'} symmetries"


class FullIdentifiability(Identifiability):
    """Whether a generic fiber is one orbit."""

    def for_learning(self, around: Surroundings) -> Iterator[Markup]:
        from neuroalg_sage.invariants.dimension.on_pages import identifiability_for_learning

        # Where both are known, the weaker one says what this says.
        return iter(()) if "is_finitely_identifiable" in around.found else (
            identifiability_for_learning(self))


class FiniteIdentifiability(Identifiability):
    """Whether a generic fiber is finitely many orbits."""

    def sentence(self) -> str:
        if self.data is False and LISTED in self.trust and self.certificate is not None:
            evidence = self.certificate["evidence"]
            fiber = len(evidence["trial"]["point"]) - evidence["dimension"]
            return f"{super().sentence()}; the fiber has dimension {fiber}"
        return super().sentence()

    def for_learning(self, around: Surroundings) -> Iterator[Markup]:
        from neuroalg_sage.invariants.dimension.on_pages import (
            finite_identifiability_for_learning,
            identifiability_for_learning,
        )

        stronger = around.found.get("is_identifiable")
        return (finite_identifiability_for_learning(self) if stronger is None else
                identifiability_for_learning(stronger))
