"""
How far a point is from points of smaller networks.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.equality import same
from neuroalg_sage.certificates.points.point import Point
from neuroalg_sage.certificates.points.states import States
from neuroalg_sage.certificates.reading import (
    Checked,
    integer,
    items,
    rational,
    require,
)

KINDS = ("zero", "unused", "proportional")


def nearest_point(point: Point, equations: Any) -> tuple[Point, Fraction]:
    """
    The nearest point of a linear space of parameters, and the square of its distance.

    The equations w_i = 0, [i], and w_i = c w_j, [i, j, c], have no parameter in common.  So the
    space is a product, and the nearest point is that in each factor.
    """
    weights, square = list(point.weights), Fraction(0)
    seen: set[int] = set()
    for equation in items(equations, "equations"):
        places = items(equation, "equation")
        require(len(places) in (1, 3), "An equation is not w_i = 0 or w_i = c w_j.")
        own = [integer(i, 0, len(weights) - 1, "parameter") for i in places[:2]]
        require(not seen.intersection(own) and len(set(own)) == len(own),
                "Two equations have a parameter in common.")
        seen.update(own)
        i = own[0]
        if len(own) == 1:
            square += weights[i] ** 2
            weights[i] = Fraction(0)
            continue
        j, c = own[1], rational(places[2])
        x, y = weights[i], weights[j]
        square += (x - c * y) ** 2 / (1 + c**2)
        weights[j] = (c * x + y) / (1 + c**2)
        weights[i] = c * weights[j]
    return point.at(weights), square


def entries_of(point: Point, kind: str, state: int) -> list[list[Any]]:
    """The entries of a state that are of a kind."""
    if kind == "unused":
        return [[s, i] for s, i in States(point).unused() if s == state]
    return [entry for k, entry in States(point, state).known(state) if k == kind]


def squared_difference(point: Point, other: Point) -> Fraction:
    """The sum of the squares of the coefficients of f_w - f_w'."""
    from neuroalg_sage.certificates.points.first_order import first_order

    total = Fraction(0)
    for (f, _), (g, _) in zip(first_order(point, []), first_order(other, [])):
        for c in (f - g).coeffs():
            total += Fraction(int(c.p), int(c.q)) ** 2
    return total


def check_nearest(point: Point, claimed: Any, evidence: Any) -> Checked:
    """
    Verify distances to linear spaces of parameters, and what becomes of entries at the nearest
    point: [equations, square of the distance, kind, entries, square of the distance of functions].

    The kind says that the entries are, at the nearest point, zero, unused, or multiples of others;
    see :func:`~neuroalg_sage.certificates.points.states.inactive`.  Then a network without
    these entries has the same function.  The distance of functions is that of their coefficients,
    None where it is not claimed.
    """
    data = items(claimed, "claim")
    for part in data:
        equations, stated, kind, entries, difference = items(part, "distance", 5)
        other, square = nearest_point(point, equations)
        require(rational(stated) == square, "A distance is not that claimed.")
        require(kind in KINDS, "The kind of a smaller network is not known.")
        own = [items(entry, "entry") for entry in items(entries, "entries")]
        state = integer(own[0][0], 0, len(point.model.steps), "state") if own else 0
        found = entries_of(other, kind, state)
        require(own and all(any(same(entry, known) for known in found) for entry in own),
                "The entries are not inactive at the nearest point.")
        require(difference is None or rational(difference) == squared_difference(point, other),
                "A distance of functions is not that claimed.")
    require(len({str(part) for part in data}) == len(data), "A distance is stated twice.")
    return [f"distances ({len(data)}) to linear spaces of parameters, at whose nearest points "
            "entries are inactive"], []
