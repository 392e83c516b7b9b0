"""
The space of a smaller model inside that of a model.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model, monomials
from neuroalg_sage.certificates.reading import integers, require


def embedded_coordinates(model: Model, smaller: Model, places: Any) -> list[int]:
    """
    For each coordinate of the smaller model's space its place in that of the larger, when the
    inputs of the one are some of the other's.
    """
    inputs = integers(places, 0, model.inputs - 1, "input", smaller.inputs)
    require(len(set(inputs)) == len(inputs), "An input is named twice.")
    known = {(j, e): i for i, (j, e) in enumerate(coordinates(model))}
    found = []
    for j, e in coordinates(smaller):
        exponents = [0] * model.inputs
        for i, k in zip(inputs, e):
            exponents[i] = k
        require((j, tuple(exponents)) in known, "A smaller model has a term that is foreign.")
        found.append(known[j, tuple(exponents)])
    return found


def coordinates(model: Model) -> list[tuple[int, tuple[int, ...]]]:
    """The coordinates of V in order: pairs of an output and a monomial."""
    return [(j, e) for j, degrees in enumerate(model.degree_pattern)
            for d in degrees for e in monomials(model.inputs, d)]
