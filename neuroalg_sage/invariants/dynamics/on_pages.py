"""
What pages of HTML show of conservation laws.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from neuroalg_sage.markup import mathml
from neuroalg_sage.markup.elements import Markup, element, folded, join, number_words

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.presentation import Presentation
    from neuroalg_sage.invariants.dynamics.conservation_law import (
        ConservationLaw,
        ConservationLaws,
        NumberOfLaws,
    )


def _law(law: ConservationLaw) -> Markup:
    note = element("span", f" {law.name}", class_="soft") if law.name else None
    return element("li", mathml.polynomial(law.polynomial, law.variables), note)


def conservation_laws(found: ConservationLaws, number: Presentation | None) -> Markup:
    """The laws of gradient flow, and how many there are."""
    words = None if number is None else element(
        "p", f"Number of independent laws: {number.sentence()}. ", number.badges())
    laws: list[ConservationLaw] = found.data
    items = element("ul", *(_law(law) for law in laws[:mathml.MOST_POLYNOMIALS]),
                    class_="polynomials")
    intro = element("p", "Polynomials in the parameters that are constant along the gradient flow "
                    f"of every loss; {found.which_they_are()}. ", found.badges())
    return join(words, intro, items if len(laws) <= 2 * mathml.OPEN_POLYNOMIALS else folded(
        number_words(len(laws), "law"), items,
        mathml.left_out(len(laws) - mathml.MOST_POLYNOMIALS)))


def number_for_learning(found: NumberOfLaws) -> Iterator[Markup]:
    """What gradient flow remembers."""
    count = found.data
    yield found.said(
        element("strong", "Gradient flow remembers its start. " if count else
                "Gradient flow is not confined. "),
        f"{_quantities(count)} {'is' if count == 1 else 'are'} constant along it for every "
        f"loss: the initialization fixes {'it' if count == 1 else 'them'}." if count else
        "No quantity is constant along it for every loss.")


def number_in_geometry(found: NumberOfLaws) -> Iterator[Markup]:
    """How many laws there are."""
    count = found.data
    yield found.said("Gradient flow has no conservation laws that hold for every loss."
                     if not count else f"Along the gradient flow of every loss, "
                     f"{_quantities(count)} {'is' if count == 1 else 'are'} conserved.")


def _quantities(count: int) -> str:
    return "1 independent quantity" if count == 1 else f"{count:,} independent quantities"
