"""
What pages of HTML show of a neuromanifold over the real numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuroalg_sage.invariants.answers.presentation import Section
from neuroalg_sage.markup.elements import Content, element, join

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.presentation import Surroundings
    from neuroalg_sage.invariants.real.trichotomy import Trichotomy


def over_the_reals(found: Trichotomy, around: Surroundings) -> Section | None:
    """What M is over the real numbers in words, and by a formula; None if neither is known."""
    described = around.found.get("semialgebraic_description")
    if found.data is None and described is None:
        return None
    parts: list[Content] = []
    if found.data is not None:
        reason = f": {found.reason}" if found.reason and not found.witness else ""
        parts.append(element("p", f"M, the image of the real parameters, is {found.sentence()}"
                             f"{reason}. ", found.badges()))
    if found.witness:
        parts.append(element("p", element("code", ", ".join(found.witness)),
                             f" is not in M: {found.reason}."))
    if described is not None:
        parts += [element("p", f"It is {described.sentence()}. ", described.badges()),
                  element("p", "In the coordinates one of these holds:" if len(
                      described.data.pieces) > 1 else "In the coordinates:"),
                  described.data.mathml()]
    return Section("real", "Over the real numbers", join(*parts), 60)
