"""
Hasse diagrams of subnetworks, in Sage and as pictures.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import InputError

if TYPE_CHECKING:
    from neuroalg_sage.invariants.subnetworks import SubnetworkPoset


def _levels(poset: SubnetworkPoset) -> dict[int, list[int]]:
    """Subnetworks by dimension, the whole network being number -1."""
    levels: dict[int, list[int]] = defaultdict(list)
    for i, part in enumerate(poset):
        levels[part.dimension].append(i)
    return levels


def _relations(poset: SubnetworkPoset) -> list[tuple[int, int]]:
    covers = poset.covers()
    below = {i for i, _ in covers}
    return covers + [(i, -1) for i in range(len(poset)) if i not in below]


def sage_poset(poset: SubnetworkPoset) -> Any:
    """
    The poset in Sage, of names, with the whole network on top.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> poset = NeuroManifold("mlp:2,2,3:x^2").subnetworks().value
        >>> sage_poset(poset).top()
        'mlp:2,2,3:x^2'
    """
    import sage.all__sagemath_modules  # noqa: F401
    from sage.combinat.posets.posets import Poset

    names = {i: part.name for i, part in enumerate(poset)} | {-1: str(poset.model)}
    return Poset((list(names.values()), [(names[i], names[j]) for i, j in _relations(poset)]),
                 cover_relations=True)


def draw(poset: SubnetworkPoset, path: str) -> None:
    """
    Draw the Hasse diagram to a file; the height is the dimension, filled means singular.

    Raises InputError without matplotlib, or if the file cannot be written.
    """
    from neuroalg_sage.invariants.subnetworks import check_picture

    check_picture(path)
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError("A picture needs matplotlib; install it with: pip install "
                         "'neuroalg-sage[plots]'.") from None
    levels = _levels(poset)
    levels[poset.dimension].insert(0, -1)
    widest = max(map(len, levels.values()))
    figure = Figure(figsize=(max(3.2, 1.9 * widest), 0.9 * len(levels) + 0.6))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.12, 0.06, 0.86, 0.9))
    heights = {d: row for row, d in enumerate(sorted(levels))}
    place = {i: ((k + 1) / (len(row) + 1), heights[d])
             for d, row in levels.items() for k, i in enumerate(row)}
    for i, j in _relations(poset):
        (x, y), (u, v) = place[i], place[j]
        axes.plot([x, u], [y, v], color="0.6", linewidth=0.8, zorder=1)
    for i, (x, y) in place.items():
        part = None if i < 0 else poset[i]
        name = str(poset.model) if part is None else part.name
        if part is not None and part.multiplicity:
            name += f"\nmultiplicity {part.multiplicity}"
        color = "white" if part is None or part.singular is False else (
            "#f4b183" if part.singular else "0.9")
        axes.text(x, y, name, ha="center", va="center", fontsize=8, zorder=2, linespacing=1.3,
                  bbox={"boxstyle": "round,pad=0.35", "facecolor": color, "edgecolor": "0.3",
                        "linewidth": 0.8})
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.5, len(levels) - 0.5)
    axes.set_yticks(list(heights.values()), [f"dim {d}" for d in heights], fontsize=8)
    axes.set_xticks([])
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    try:
        figure.savefig(path, dpi=200)
    except OSError as error:
        raise InputError(f"The picture was not written to {path[:100]!r}: "
                         f"{error.strerror}.") from None
