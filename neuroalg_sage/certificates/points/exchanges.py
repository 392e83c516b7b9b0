"""
Permutations of parameters, with factors, that leave all functions and one point unchanged.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.model import Step
from neuroalg_sage.certificates.points.point import Point
from neuroalg_sage.certificates.reading import integer, items, rational, require
from neuroalg_sage.certificates.terms import Terms

Monomial = dict[int, tuple[int, Fraction]]  # y_i = c x_j; what is not named stays


def monomial_map(data: Any, size: int) -> Monomial:
    """The map with these entries [i, j, c]; i and j run over the same places."""
    found: Monomial = {}
    for entry in items(data, "map"):
        i, j, c = items(entry, "entry", 3)
        place = integer(i, 0, size - 1, "place")
        require(place not in found and rational(c), "A map is not in normal form.")
        found[place] = integer(j, 0, size - 1, "place"), rational(c)
    require(sorted(found) == sorted(j for j, _ in found.values()), "A map is not invertible.")
    return found


def require_exchange(point: Point, data: Any, states: Any) -> None:
    """
    Verify that a map g of the parameters has φ ∘ g = φ, and g w = w.

    On each state a map is given, none on inputs and outputs.  If each step takes moved parameters
    and moved entries to moved outputs, as polynomials, then by induction all states of the model at
    g w are those at w, moved.
    """
    model = point.model
    g = monomial_map(data, model.parameters)
    require(any(i != j for i, (j, _) in g.items()), "A map exchanges nothing.")
    require(all(point.weights[i] == c * point.weights[j] for i, (j, c) in g.items()),
            "A map moves the weights.")
    maps = [monomial_map(part, width) for part, width in zip(
        items(states, "maps of states", len(model.widths)), model.widths)]
    require(not maps[0] and not maps[-1], "A map moves inputs or outputs.")
    for number, step in enumerate(model.steps, 1):
        moved: Monomial = {}
        for i, (j, c) in g.items():
            if 0 <= i - step.offset < step.parameters:
                require(0 <= j - step.offset < step.parameters,
                        "A map mixes the parameters of different layers.")
                moved[i - step.offset] = j - step.offset, c
        start = step.parameters
        for s in step.sources:
            moved |= {start + i: (start + j, c) for i, (j, c) in maps[s].items()}
            start += model.widths[s]
        if moved or maps[number]:
            for i in range(step.width):
                j, c = maps[number].get(i, (i, Fraction(1)))
                require(_substituted(step, i, moved) == {
                    m: c * d for m, d in step.outputs[j].items()}, "A map is not a symmetry.")


def _substituted(step: Step, i: int, moved: Monomial) -> Terms:
    """An output of a step, in moved variables."""
    found: Terms = {}
    for monomial, c in step.outputs[i].items():
        factors = []
        for v, e in monomial:
            u, factor = moved.get(v, (v, Fraction(1)))
            factors.append((u, e))
            c = c if factor == 1 else c * factor**e
        found[tuple(sorted(factors))] = c
    return found
