"""
Hasse diagrams of subnetworks, in Sage and as pictures.
"""

from __future__ import annotations

from collections import defaultdict
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import InputError

if TYPE_CHECKING:
    from neuroalg_sage.invariants.singularities.subnetworks import SubnetworkPoset


def levels(poset: SubnetworkPoset) -> dict[int, list[int]]:
    """Subnetworks by the length of the longest chain below; the whole network is number -1."""
    below: dict[int, list[int]] = defaultdict(list)
    for i, j in relations(poset):
        below[j].append(i)
    height: dict[int, int] = {}

    def climb(j: int) -> int:
        if j not in height:
            height[j] = max((climb(i) + 1 for i in below[j]), default=0)
        return height[j]

    rows: dict[int, list[int]] = defaultdict(list)
    for j in range(-1, len(poset)):
        rows[climb(j)].append(j)
    return rows


def relations(poset: SubnetworkPoset) -> list[tuple[int, int]]:
    """The pairs (i, j) where i is directly below j; the whole network is number -1."""
    covers = poset.covers()
    below = {i for i, _ in covers}
    return covers + [(i, -1) for i in range(len(poset)) if i not in below]


def sage_poset(poset: SubnetworkPoset) -> Any:
    """
    The poset in Sage, of names, with the whole network on top.

    Raises InputError if Sage's posets are not installed; they are an optional extra.
    """
    import sage.all__sagemath_modules  # noqa: F401

    try:
        from sage.combinat.posets.posets import Poset
    except ImportError:
        raise InputError("Sage's posets are not installed; install them with: pip install "
                         "'neuroalg-sage[posets]'.") from None

    names = {i: part.name for i, part in enumerate(poset)} | {-1: str(poset.model)}
    return Poset((list(names.values()), [(names[i], names[j]) for i, j in relations(poset)]),
                 cover_relations=True)


def check_picture(path: str) -> None:
    """
    Raise InputError unless a picture can be drawn and has a name of its format.

    EXAMPLES::

        >>> check_picture("poset.txt")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The picture 'poset.txt' is not named *.svg, *.png or *.pdf.
    """
    if not path.lower().endswith((".svg", ".png", ".pdf")):
        raise InputError(f"The picture {path[:100]!r} is not named *.svg, *.png or *.pdf.")
    if find_spec("matplotlib") is None:
        raise InputError("A picture needs matplotlib; install it with: pip install "
                         "'neuroalg-sage[plot]'.")


def draw(poset: SubnetworkPoset, path: str) -> None:
    """
    Draw the Hasse diagram to a file, with dimensions; filled means singular.

    Raises InputError without matplotlib, or if the file cannot be written.
    """
    check_picture(path)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = levels(poset)
    widest = max(map(len, rows.values()))
    figure = Figure(figsize=(max(3.2, 2.2 * widest), 0.95 * len(rows)))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.01, 0.01, 0.98, 0.98))
    place = {i: ((k + 1) / (len(row) + 1), d)
             for d, row in rows.items() for k, i in enumerate(row)}
    for i, j in relations(poset):
        (x, y), (u, v) = place[i], place[j]
        axes.plot([x, u], [y, v], color="0.6", linewidth=0.8, zorder=1)
    for i, (x, y) in place.items():
        part = None if i < 0 else poset[i]
        name = str(poset.model) if part is None else part.name
        name += f"\ndimension {poset.dimension if part is None else part.dimension}"
        name += "" if part is None else part.multiplicity_in_words()
        color = "white" if part is None or part.singular is False else (
            "#f4b183" if part.singular else "0.9")
        axes.text(x, y, name, ha="center", va="center", fontsize=8, zorder=2, linespacing=1.3,
                  bbox={"boxstyle": "round,pad=0.35", "facecolor": color, "edgecolor": "0.3",
                        "linewidth": 0.8})
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.5, len(rows) - 0.5)
    axes.set_axis_off()
    try:
        figure.savefig(path, dpi=200)
    except OSError as error:
        raise InputError(f"The picture was not written to {path[:100]!r}: "
                         f"{error.strerror}.") from None
