"""
Covering numbers of the functions of norm at most 1: bounds for a few radii, as a table and drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, log10

from neuroalg_sage.errors import NeuroAlgError
from neuroalg_sage.invariants.capacity.covering_number import CoveringNumber
from neuroalg_sage.markup.canvas import Canvas, width_of
from neuroalg_sage.markup.elements import Markup, element, join
from neuroalg_sage.neuromanifold import NeuroManifold
from neuroalg_sage.pages.connections import raised

SIZE = 1  # the largest norm of a function that is covered
RADII = (Fraction(1, 2), Fraction(1, 8), Fraction(1, 32))
WIDTH, HEIGHT = 380.0, 240.0
MOST_TICKS = 5


def covering_numbers(manifold: NeuroManifold) -> tuple[CoveringNumber, ...]:
    """
    Bounds for a few radii, as far as there is time and they are found.

    EXAMPLES::

        >>> [found.value for found in covering_numbers(NeuroManifold("mlp:1,1:x"))]
        [(2, 5), (8, 17), (32, 65)]
    """
    found: list[CoveringNumber] = []
    try:
        for radius in RADII:
            if manifold.computation.is_over():
                break
            found.append(manifold.covering_number(radius, radius=SIZE))
    except NeuroAlgError:
        pass  # of a point, or where no function of so small a norm is known
    return tuple(found)


def content(found: Sequence[CoveringNumber]) -> Markup:
    """What there is to say of covering numbers, of which there is at least one."""
    rows = [element(
        "tr", element("th", f"ε = {answer.radius}", scope="row"),
        element("td", answer.value_on_page(), class_="value"), element("td", answer.badges()),
        element("td", answer.method)) for answer in found]
    heads = ("radius", "N(ε)", "status", "method")
    return join(
        element("p", "How many functions can be told apart at a resolution ε? The covering number "
                "N(ε) is the least number of closed balls of radius ε that cover the functions of "
                f"M of norm at most {SIZE}, with centers among these. Norms are Euclidean, in the "
                "coordinates of V."),
        element("div", element(
            "table", element("thead", element("tr", *(element("th", h, scope="col")
                                                      for h in heads))),
            element("tbody", *rows), class_="cards"), class_="scroll", tabindex=0, role="region",
            aria_label="Table of the covering numbers"),
        element("figure", element("div", drawing(found), class_="scroll", tabindex=0,
                                  role="region", aria_label="Drawing of the covering numbers"),
                element("figcaption", "Both bounds at these radii, on logarithmic scales; lines "
                        "join them and bound nothing in between.")))


def drawing(found: Sequence[CoveringNumber]) -> Markup:
    """
    The logarithm of N(ε) against that of 1/ε, between both bounds.

    EXAMPLES::

        >>> picture = drawing(covering_numbers(NeuroManifold("mlp:1,1:x")))
        >>> picture.count("<circle"), picture.count("<polygon")
        (6, 1)
    """
    canvas = Canvas()
    bounds = [answer.logarithms for answer in found]
    across = [-log10(answer.radius) for answer in found]
    step = max(1, ceil(max(high for _, high in bounds) / MOST_TICKS))
    top = max(step, step * ceil(max(high for _, high in bounds) / step))
    first, last = min(across), max(across)

    def place(x: float, y: float) -> tuple[float, float]:
        # One radius alone stands in the middle.
        share = (x - first) / (last - first) if last > first else 0.5
        return WIDTH * (0.04 + 0.92 * share), HEIGHT * (1 - y / top)

    for power in range(0, floor(top) + 1, step):
        _, y = place(first, power)
        canvas.line((0, y), (WIDTH, y), kind="grid")
        words = f"10{raised(power)}" if power else "1"
        canvas.label(-8 - width_of(words) / 2, y, words)
    for answer, x in zip(found, across):
        canvas.label(place(x, 0)[0], HEIGHT + 14, str(1 / answer.radius))
    canvas.line((0, 0), (0, HEIGHT), (WIDTH, HEIGHT), kind="wire")
    canvas.label(WIDTH / 2, HEIGHT + 34, "1/ε")
    canvas.label(-26, -20, "N(ε)")
    low, high = ([place(x, pair[k]) for x, pair in zip(across, bounds)] for k in (0, 1))
    canvas.polygon([*low, *reversed(high)], "band")
    for curve in (low, high):
        canvas.line(*curve, kind="wire")
        for point in curve:
            canvas.circle(*point, 2.5, "dot")
    return canvas.svg("Covering numbers on logarithmic scales: " + "; ".join(
        f"at ε = {answer.radius} {answer.value_on_page()}" for answer in found) + ".")
