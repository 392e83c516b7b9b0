"""
A scene as a figure of matplotlib, for a paper: SVG, PNG or PDF.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.pictures.scene import KINDS, Scene, Words

# Okabe and Ito's colors, which are told apart in print and by all eyes.
BLUE, VERMILION, GREEN, SKY, YELLOW, PURPLE = ("#0072B2", "#D55E00", "#009E73", "#56B4E9",
                                               "#F0E442", "#CC79A7")
MARKERS = dict(zip(KINDS, (("o", GREEN), ("o", "white"), ("D", YELLOW), ("^", PURPLE))))
STYLE = {"mathtext.fontset": "cm", "font.family": "serif", "font.serif": ["cmr10",
         "STIXGeneral", "DejaVu Serif"], "axes.formatter.use_mathtext": True, "font.size": 10,
         "axes.unicode_minus": False, "axes.linewidth": 0.6, "svg.hashsalt": "neuroalg",
         "svg.fonttype": "path"}
FORMATS = ("svg", "png", "pdf")
NARROW = 4
LIGHT = np.array([0.35, -0.5, 0.8]) / np.linalg.norm([0.35, -0.5, 0.8])


def figure(scene: Scene) -> Any:
    """
    The figure; equal scales on all axes, unless the box is narrow.

    Raises InputError if matplotlib is missing.
    """
    matplotlib, Figure = drawing()
    with matplotlib.rc_context(STYLE):
        made = Figure(figsize=(4.6, 4.6) if len(scene.axes) == 2 else (5.4, 5.0))
        if len(scene.axes) == 2:
            _plane(made.add_subplot(), scene)
        else:
            _space(made.add_subplot(projection="3d", computed_zorder=False), scene)
    return made


def drawing() -> tuple[Any, Any]:
    """
    The module matplotlib and its class of figures.

    Raises InputError if matplotlib is missing.
    """
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError("Pictures need matplotlib; pip install 'neuroalg-sage[plot]' brings "
                         "it.") from None
    return matplotlib, Figure


def rendered(scene: Scene, kind: str) -> bytes:
    """The figure in a format, the same for the same scene."""
    return in_format(figure(scene), kind)


def in_format(made: Any, kind: str) -> bytes:
    """A figure of matplotlib in a format, the same for the same figure."""
    from io import BytesIO

    import matplotlib

    quiet = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
    with matplotlib.rc_context(STYLE), BytesIO() as file:
        made.savefig(file, format=kind, dpi=300, bbox_inches="tight", pad_inches=0.05,
                     metadata=quiet)
        return file.getvalue()


def save(scene: Scene, name: str) -> None:
    """Write the figure to a file; its name ends in the format."""
    write(figure(scene), name)


def write(made: Any, name: str) -> None:
    """Write a figure of matplotlib to a file; its name ends in the format."""
    picture = in_format(made, name.rpartition(".")[2].lower())
    try:
        Path(name).write_bytes(picture)
    except OSError as error:
        raise InputError(f"The picture was not written to {name[:200]!r}: "
                         f"{error.strerror}.") from None


def _plane(axes: Any, scene: Scene) -> None:
    from matplotlib.collections import PolyCollection
    from matplotlib.ticker import MaxNLocator

    def fill(polygons: list[Any], **style: Any) -> None:
        # One collection: matplotlib takes milliseconds for each artist, and there are thousands.
        if polygons:
            axes.add_collection(PolyCollection(polygons, **style), autolim=False)

    for i, (_, cell) in enumerate(c for c in scene.singular if len(c[1])):
        axes.fill(*cell.T, facecolor="0.88", edgecolor="none", zorder=0,
                  label="Voronoi cell" if i == 0 else None)
    for i, line in enumerate(scene.discriminant):
        axes.plot(*line.T, color=VERMILION, linewidth=0.9, linestyle=(0, (5, 1.5)), zorder=2,
                  label="ED discriminant" if i == 0 else None)
    shown, border = _names(scene)
    if scene.colors:
        # The lines close the seams between neighbors.
        fill(scene.polygons, facecolors=scene.colors, edgecolors=scene.colors, linewidths=0.3,
             zorder=1)
    else:
        fill(scene.polygons, facecolors=SKY, edgecolors="none", alpha=0.4, zorder=1,
             label=None if scene.curves else shown)
    for line in scene.edges:
        axes.plot(*line.T, color="0.25", linewidth=0.5, zorder=2, solid_capstyle="round")
    fill(scene.full, facecolors=VERMILION, edgecolors="none", alpha=0.6, zorder=2, label=border)
    for i, line in enumerate(scene.boundary):
        axes.plot(*line.T, color=_border(scene), zorder=3, solid_capstyle="round",
                  linewidth=1.6 if scene.colors else 1.1,
                  label=border if i == 0 and not scene.full else None)
    for i, line in enumerate(scene.curves):
        axes.plot(*line.T, color=BLUE, linewidth=1.6, zorder=3, solid_capstyle="round",
                  label=shown if i == 0 else None)
    _points(axes, scene)
    axes.set(xlim=scene.box[0], ylim=scene.box[1])
    sizes = [high - low for low, high in scene.box]
    # Values and coefficients are of another size; and in a narrow box nothing would be seen.
    if scene.axes[-1] in ("y", "c") or max(sizes) > NARROW * min(sizes):
        axes.set_box_aspect(1)
    else:
        axes.set_aspect("equal")
    for spine in ("top", "right"):
        axes.spines[spine].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.tick_params(width=0.6, labelsize=8)
    axes.set_xlabel(f"${_index(scene.axes[0])}$", fontsize=11)
    axes.set_ylabel(f"${_index(scene.axes[1])}$", rotation=0, labelpad=10, fontsize=11)
    _legend(axes, 0.5, -0.14)


def _names(scene: Scene) -> tuple[str | None, str | None]:
    """What the legend calls the curves and polygons, and the boundary."""
    if scene.words == Words():
        return r"$\mathcal{M}$", r"boundary of $\mathcal{M}$"
    return scene.words.curves or None, scene.words.boundary or None


def _border(scene: Scene) -> str:
    """The color of a boundary, which is seen on regions of many colors."""
    return VERMILION if scene.colors else "black"


def _index(name: str) -> str:
    letter, _, number = name.partition("_")
    return f"{letter}_{{{number}}}" if number else letter


def _points(axes: Any, scene: Scene) -> None:
    """Data, critical points joined to them by thin lines, and singular points."""
    for i, (place, _) in enumerate(scene.singular):
        axes.plot(*([c] for c in place), "s", color="black", markersize=3.5, zorder=6,
                  linestyle="none", label="singular point" if i == 0 else None)
    if scene.data is None:
        return
    for point in scene.critical:
        axes.plot(*zip(scene.data, point.place), color="0.45", linewidth=0.6, zorder=4,
                  linestyle="-" if point.kind == KINDS[0] else ":")
    axes.plot(*([c] for c in scene.data), "*", color="black", markersize=9, zorder=8,
              linestyle="none", label="data")
    for kind in KINDS:
        marker, color = MARKERS[kind]
        chosen = [p.place for p in scene.critical if p.kind == kind]
        if chosen:
            axes.plot(*zip(*chosen), marker, color=color, markeredgecolor="black",
                      markeredgewidth=0.7, markersize=5.5, zorder=7, linestyle="none",
                      label=kind)


def _legend(axes: Any, x: float, y: float) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        axes.legend(handles, labels, loc="upper center", bbox_to_anchor=(x, y), ncol=3,
                    frameon=False, fontsize=9, handlelength=1.6, columnspacing=1.4)


def shaded(polygon: Any, color: str) -> tuple[float, float, float]:
    """A color in the light of a distant lamp, the same on both sides."""
    rgb = np.array([int(color[i: i + 2], 16) / 255 for i in (1, 3, 5)])
    normal = np.cross(polygon[1] - polygon[0], polygon[2] - polygon[0])
    size = np.linalg.norm(normal)
    bright = 0.55 + 0.45 * (abs(float(normal @ LIGHT)) / size if size else 0.0)
    mixed = rgb * bright + (1 - rgb) * 0.12 * bright
    return tuple(float(c) for c in np.clip(mixed, 0, 1))  # type: ignore[return-value]


def _space(axes: Any, scene: Scene) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection

    # One collection, so that its polygons are sorted by depth together.
    colors = scene.colors or [BLUE] * len(scene.polygons)
    parts = [(p, c, 1.0) for p, c in zip(scene.polygons, colors)] + [
        (p, VERMILION, 1.0) for p in (*scene.discriminant_polygons, *scene.full)]
    if parts:
        axes.add_collection3d(Poly3DCollection(
            [p for p, _, _ in parts], facecolors=[(*shaded(p, c), a) for p, c, a in parts],
            edgecolors="none", linewidths=0, antialiased=False, zorder=1, rasterized=True))
    for line in scene.curves:
        axes.plot(*line.T, color=BLUE, linewidth=1.6, zorder=3)
    for line in scene.edges:
        axes.plot(*line.T, color="0.25", linewidth=0.5, zorder=2)
    for line in scene.boundary:
        axes.plot(*line.T, color=_border(scene), linewidth=1.6, zorder=3)
    _points(axes, scene)
    axes.set(**dict(zip(("xlim", "ylim", "zlim"), scene.box)))
    axes.set_box_aspect((1, 1, 1), zoom=0.9)
    axes.view_init(elev=20, azim=-62)
    for axis, name in zip((axes.xaxis, axes.yaxis, axes.zaxis), scene.axes):
        axis.set_label_text(f"${_index(name)}$")
        axis.set_rotate_label(False)
        axis.label.set_size(12)
        axis.set_pane_color((1, 1, 1, 0))
        axis._axinfo["grid"].update({"color": (0.85, 0.85, 0.85), "linewidth": 0.4})
        axis.set_major_locator(MaxNLocator(5))
    axes.tick_params(labelsize=7, pad=0)
    handles, labels = axes.get_legend_handles_labels()
    shown, border = _names(scene)
    first, names = [], []
    if shown:
        first.append(Line2D([], [], color=BLUE, linewidth=5 if scene.polygons else 1.6))
        names.append(shown)
    if border and (scene.boundary or scene.full):
        first.append(Line2D([], [], color=_border(scene), linewidth=1.6))
        names.append(border)
    if scene.discriminant_polygons:
        first.append(Line2D([], [], color=VERMILION, linewidth=5))
        names.append("ED discriminant")
    if not first + handles:
        return
    axes.legend(first + handles, names + labels, loc="upper center", bbox_to_anchor=(0.5, 0.02),
                ncol=3, frameon=False, fontsize=9)
