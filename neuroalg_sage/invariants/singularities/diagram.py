"""
The Hasse diagram of the subnetworks as SVG.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuroalg_sage.invariants.singularities.hasse import levels, relations
from neuroalg_sage.markup.canvas import Canvas, clipped, width_of
from neuroalg_sage.markup.elements import Markup

if TYPE_CHECKING:
    from neuroalg_sage.invariants.singularities.subnetworks import SubnetworkPoset

MOST_NODES = 120
MOST_LETTERS = 30
HEIGHT, RISE, GAP = 38.0, 76.0, 16.0


def _lines(poset: SubnetworkPoset, i: int) -> tuple[str, str]:
    part = None if i < 0 else poset[i]
    name = str(poset.model) if part is None else part.name
    below = f"dimension {poset.dimension if part is None else part.dimension}"
    return clipped(name, MOST_LETTERS), below + (
        "" if part is None else part.multiplicity_in_words())


def hasse_diagram(poset: SubnetworkPoset) -> Markup:
    """
    The diagram: smaller networks are further down; colored ones are singular.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> poset = NeuroManifold("mlp:2,2,1:x^2").subnetworks().value
        >>> hasse_diagram(poset).count("<rect") == len(poset) + 1
        True
    """
    canvas = Canvas()
    rows = levels(poset)
    place: dict[int, tuple[float, float]] = {}
    widths = {i: max(width_of(_lines(poset, i)[0], True), width_of(_lines(poset, i)[1]) * 0.9) + 20
              for row in rows.values() for i in row}
    for height, row in rows.items():
        x = -(sum(widths[i] for i in row) + GAP * (len(row) - 1)) / 2
        for i in row:
            place[i] = (x + widths[i] / 2, -RISE * height)
            x += widths[i] + GAP
    for i, j in relations(poset):
        (x, y), (u, v) = place[i], place[j]
        canvas.line((x, y - HEIGHT / 2), (u, v + HEIGHT / 2))
    for i, (x, y) in place.items():
        singular = False if i < 0 else poset[i].singular
        kind = "whole" if i < 0 else {True: "singular", False: "smooth", None: "unknown"}[singular]
        canvas.box(x, y, widths[i], HEIGHT, f"node {kind}", 6)
        name, below = _lines(poset, i)
        canvas.label(x, y - 7, name, "label code")
        canvas.label(x, y + 9, below, "label small")
    singular = sum(part.singular is True for part in poset)
    return canvas.svg(f"Hasse diagram of {len(poset)} subnetworks below {poset.model}, "
                      f"{singular} of them singular.")
