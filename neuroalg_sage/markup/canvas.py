"""
A picture in SVG that grows with what is drawn, in the colors of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from neuroalg_sage.markup.elements import Markup, element

Point = tuple[float, float]

LETTER = 6.7  # the width of a letter of the labels, on average
CODE_LETTER = 7.25  # the width of each letter of a fixed font of 12 pixels
MARGIN = 10.0


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def width_of(words: str, is_code: bool = False) -> float:
    """The width of a label, estimated."""
    return len(words) * (CODE_LETTER if is_code else LETTER)


def clipped(words: str, most: int) -> str:
    """
    Words that are not too long.

    EXAMPLES::

        >>> clipped("mlp:2,2,3:x^2", 8)
        'mlp:2,2…'
    """
    return words if len(words) <= most else words[: most - 1] + "…"


@dataclass
class Canvas:
    """
    What is drawn, and the box that holds it.

    Classes of the elements name their colors, so that light and dark pages share a picture.
    """

    parts: list[Markup] = field(default_factory=list)
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0

    def reach(self, *points: Point) -> None:
        """Make room for points."""
        for x, y in points:
            self.left, self.right = min(self.left, x), max(self.right, x)
            self.top, self.bottom = min(self.top, y), max(self.bottom, y)

    def line(self, *points: Point, kind: str = "edge") -> None:
        """A line through points."""
        self.reach(*points)
        path = "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in points)
        self.parts.append(element("path", d=path, class_=kind))

    def circle(self, x: float, y: float, radius: float, kind: str = "unit") -> None:
        """A circle."""
        self.reach((x - radius, y - radius), (x + radius, y + radius))
        self.parts.append(element("circle", cx=_short(x), cy=_short(y), r=_short(radius),
                                  class_=kind))

    def box(self, x: float, y: float, width: float, height: float, kind: str = "unit",
            round_: float = 0.0) -> None:
        """A rectangle whose middle is at (x, y)."""
        self.reach((x - width / 2, y - height / 2), (x + width / 2, y + height / 2))
        self.parts.append(element(
            "rect", x=_short(x - width / 2), y=_short(y - height / 2), width=_short(width),
            height=_short(height), rx=_short(round_) if round_ else None, class_=kind))

    def polygon(self, points: Sequence[Point], kind: str) -> None:
        """A polygon."""
        self.reach(*points)
        self.parts.append(element(
            "polygon", points=" ".join(f"{_short(x)},{_short(y)}" for x, y in points),
            class_=kind))

    def label(self, x: float, y: float, words: str, kind: str = "label") -> None:
        """Words in the middle of (x, y)."""
        half = width_of(words, "code" in kind) / 2
        self.reach((x - half, y - 9), (x + half, y + 5))
        self.parts.append(element("text", words, x=_short(x), y=_short(y + 4), class_=kind))

    def svg(self, description: str, class_: str = "drawing") -> Markup:
        """The picture, with words for who does not see it."""
        width = self.right - self.left + 2 * MARGIN
        height = self.bottom - self.top + 2 * MARGIN
        return element(
            "svg", element("title", description), *self.parts, xmlns="http://www.w3.org/2000/svg",
            viewBox=f"{_short(self.left - MARGIN)} {_short(self.top - MARGIN)} {_short(width)} "
                    f"{_short(height)}",
            width=_short(width), height=_short(height), role="img", aria_label=description,
            class_=class_)
