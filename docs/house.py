"""
The house as a picture, made from the imports: floors from bottom to top, and the wings of a room.

A room stands just above what it imports.  An arrow is left out where others lead to the same
place.

    python docs/house.py house.html
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from io import StringIO
from pathlib import Path

import neuroalg_sage
from neuroalg_sage.invariants import WINGS

PACKAGE = Path(neuroalg_sage.__file__).resolve().parent
ROOMS_OF_WINGS = "invariants", "certificates"
Graph = dict[str, set[str]]  # what each room imports

# Stand for colors of the page, so that the picture is readable in light and in dark.
INK, PAPER, SHADE = "#010203", "#040506", "#070809"
COLORS = {INK: "currentColor", PAPER: "var(--color-background-primary, #ffffff)",
          SHADE: "var(--color-background-secondary, #f2f4f7)"}
FLOOR, ROOM, SPACE = 0.78, 0.46, 0.4  # inches


@cache
def is_module(name: str) -> bool:
    place = PACKAGE.joinpath(*name.split(".")[1:])
    return name.startswith("neuroalg_sage.") and (
        place.with_suffix(".py").is_file() or (place / "__init__.py").is_file())


@cache
def imports(path: Path) -> frozenset[str]:
    """The modules that a file imports, also inside functions, but not for types alone."""
    found: set[str] = set()

    class Visitor(ast.NodeVisitor):
        def visit_If(self, node: ast.If) -> None:
            if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
                self.generic_visit(node)

        def visit_Import(self, node: ast.Import) -> None:
            found.update(alias.name for alias in node.names)

        def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
            assert node.level == 0, f"{path} has a relative import"
            modules = {name for alias in node.names
                       if is_module(name := f"{node.module}.{alias.name}")}
            found.update(modules or {node.module or ""})

    Visitor().visit(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(found)


def rooms(folder: Path = PACKAGE, wings: bool = False) -> Graph:
    """What stands in a folder, and what of it imports what; only the folders of ``wings``."""
    prefix = ".".join([*folder.relative_to(PACKAGE.parent).parts, ""])
    found: Graph = {}
    for path in sorted(folder.rglob("*.py")):
        room, *inner = path.relative_to(folder).with_suffix("").parts
        if room.startswith("__") or wings and not inner:
            continue
        used = {name.removeprefix(prefix).split(".")[0] for name in imports(path)
                if name.startswith(prefix)}
        found.setdefault(room, set()).update(used - {room})
    return {room: used & set(found) for room, used in found.items()}


def floors(graph: Graph) -> list[list[str]]:
    """The rooms by floors, the lowest first: each stands just above what it imports."""
    @cache
    def floor(room: str) -> int:
        return 1 + max(map(floor, graph[room]), default=-1)

    levels: list[list[str]] = [[] for _ in range(max(map(floor, graph), default=-1) + 1)]
    for room in sorted(graph):
        levels[floor(room)].append(room)
    return levels


def reduced(graph: Graph) -> Graph:
    """The arrows to which no way of several arrows leads."""
    @cache
    def below(room: str) -> frozenset[str]:
        return frozenset(graph[room]).union(*map(below, graph[room]))

    return {room: {b for b in used if not any(b in below(a) for a in used)}
            for room, used in graph.items()}


def _wings(room: str) -> Graph:
    return rooms(PACKAGE / room, wings=True) if (PACKAGE / room).is_dir() else {}


def _width(name: str) -> float:
    return 0.118 * len(name) + 0.3


@dataclass
class Box:
    """A room or a wing: its lower left corner and its size, in inches."""

    x: float
    y: float
    width: float
    height: float = ROOM

    def top(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height

    def bottom(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y

    def side(self, share: float) -> tuple[float, float]:
        return self.x + share * self.width, self.y + self.height / 2


def _box(room: str) -> Box:
    """A room, at the left end of the ground."""
    columns = floors(_wings(room))
    return Box(0.0, 0.0, sum(max(map(_width, c)) + SPACE for c in columns) or _width(room + "/"),
               ROOM + FLOOR * max(map(len, columns), default=0))


def _boxes(graph: Graph) -> dict[str, Box]:
    """The rooms on their floors, each as near as may be to the middle of what it imports."""
    boxes = {room: _box(room) for room in graph}
    width = max(sum(boxes[room].width + SPACE for room in level) for level in floors(graph))

    def middle(room: str) -> float:
        below = [boxes[other].top()[0] for other in graph[room]]
        return sum(below) / len(below) if below else width / 2

    ground = 0.0
    for level in floors(graph):
        gap = (width - sum(boxes[room].width for room in level)) / len(level)
        at = gap / 2
        for room in sorted(level, key=lambda room: (middle(room), room)):
            boxes[room].x, boxes[room].y = at, ground
            at += boxes[room].width + gap
        ground += max(boxes[room].height for room in level) + FLOOR - ROOM
    return boxes


def _wing_boxes(room: str, box: Box) -> dict[str, Box]:
    """The wings in their room, from left to right as the floors from bottom to top."""
    found: dict[str, Box] = {}
    at = box.x + SPACE / 2
    for column in floors(_wings(room)):
        width, step = max(map(_width, column)), (box.height - ROOM) / len(column)
        found |= {wing: Box(at, box.y + step * (k + 0.5) - ROOM / 2, width)
                  for k, wing in enumerate(column)}
        at += width + SPACE
    return found


def picture() -> str:
    """The picture as an SVG element of a page."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    graph = rooms()
    boxes = _boxes(graph)
    height = max(box.y + box.height for box in boxes.values())
    width = max(box.x + box.width for box in boxes.values()) + 0.1
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "house", "font.size": 11,
                     "font.family": "sans-serif"}):
        figure = Figure(figsize=(width, height + 0.2))
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set(xlim=(0, width), ylim=(-0.1, height + 0.1))
        axes.axis("off")

        def draw(name: str, box: Box, color: str) -> None:
            axes.add_patch(FancyBboxPatch(
                (box.x, box.y), box.width, box.height, boxstyle="round,pad=0,rounding_size=0.08",
                facecolor=color, edgecolor=INK, zorder=2))
            axes.text(box.top()[0], box.top()[1] - ROOM / 2, name, color=INK, ha="center",
                      va="center", zorder=4)

        def arrow(start: tuple[float, float], end: tuple[float, float], order: int) -> None:
            axes.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=9,
                                           color=INK, linewidth=0.8, shrinkA=0, shrinkB=0,
                                           zorder=order))

        for room, box in boxes.items():
            for other in sorted(reduced(graph)[room]):
                arrow(box.bottom(), boxes[other].top(), 1)
            wings = _wing_boxes(room, box)
            draw(f"{room}/" if (PACKAGE / room).is_dir() else room, box, SHADE if wings else PAPER)
            for wing, inner in wings.items():
                draw(wing, inner, PAPER)
                for other in sorted(reduced(_wings(room))[wing]):
                    arrow(inner.side(0), wings[other].side(1), 3)
        file = StringIO()
        figure.savefig(file, format="svg", transparent=True,
                       metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    svg = file.getvalue()
    for color, shown in COLORS.items():
        svg = svg.replace(color, shown)
    svg = re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', 'role="img" aria-label="The rooms, floor '
                 'by floor, and what they import; the same is said in words below."',
                 svg[svg.index("<svg"):], count=1)
    return svg


def in_words() -> list[str]:
    """What the picture shows, a sentence for each floor, from top to bottom."""
    graph = rooms()
    lines = []
    for level in reversed(floors(graph)):
        said = []
        for room in level:
            wings = ", ".join(wing for column in floors(_wings(room)) for wing in column)
            below = ", ".join(sorted(reduced(graph)[room]))
            said.append(room + f" (wings, the lowest first: {wings})" * bool(wings)
                        + f" on {below}" * bool(below))
        lines.append("; ".join(said) + ".")
    return lines


def page() -> str:
    """The picture, and the same in words, as a piece of a page."""
    words = "".join(f"<li>{line}</li>" for line in in_words())
    return (f'<div style="overflow-x: auto"><div style="min-width: 44rem">{picture()}</div></div>'
            f"<details><summary>The same in words</summary><ul>{words}</ul></details>")


def wings_table() -> str:
    """The wings in Markdown, the highest first: their questions, where they stand, their checks."""
    rows = ["| wing | one asks | found in `invariants/` | checked in `certificates/` |",
            "|---|---|---|---|"]
    for wing in reversed(WINGS):
        module = import_module(f"neuroalg_sage.invariants.{wing}")
        about = " ".join((module.__doc__ or "").split()).rstrip(".")
        asked = ", ".join(f"`{question.name}`" for question in getattr(module, "QUESTIONS", ()))
        places = [", ".join(f"`{path.stem}`" for path in sorted(
            (PACKAGE / room / wing).glob("[!_]*.py"))) for room in ROOMS_OF_WINGS]
        rows.append(f"| **{wing}/** {about} | {asked} | {' | '.join(places)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
