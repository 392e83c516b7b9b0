"""
Covering numbers against the radius of the balls, both as logarithms, for a paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from neuroalg_sage.pictures.figure import (
    BLUE,
    GREEN,
    PURPLE,
    SKY,
    STYLE,
    VERMILION,
    YELLOW,
    drawing,
)

COLORS = (BLUE, VERMILION, GREEN, PURPLE, SKY, YELLOW)

# Radius, and decimal logarithms of a lower and of an upper bound.
Curve = Sequence[tuple[float, float, float]]


def figure(curves: Mapping[str, Curve]) -> Any:
    """
    For each model the band between both bounds: log N against log 1/ε.

    Raises InputError if matplotlib is missing.
    """
    matplotlib, Figure = drawing()
    with matplotlib.rc_context(STYLE):
        made = Figure(figsize=(5.4, 4.2))
        axes = made.add_subplot()
        for k, (name, curve) in enumerate(curves.items()):
            radii = [1 / epsilon for epsilon, _, _ in curve]
            color = COLORS[k % len(COLORS)]
            axes.fill_between(radii, [low for _, low, _ in curve], [high for *_, high in curve],
                              color=color, alpha=0.25, linewidth=0)
            for place in (1, 2):
                axes.plot(radii, [point[place] for point in curve], color=color, linewidth=1.2,
                          marker="o", markersize=3, label=name if place == 2 else None)
        axes.set_xscale("log")
        # Ticks where bounds are known: matplotlib's own would write over one another.
        places = sorted({1 / epsilon for curve in curves.values() for epsilon, *_ in curve})
        axes.set_xticks(places, [f"{place:g}" for place in places])
        axes.set_xticks([], minor=True)
        axes.set_xlabel(r"$1/\varepsilon$")
        axes.set_ylabel(r"$\log_{10} N(\varepsilon)$")
        axes.legend(frameon=False, loc="upper left")
    return made
