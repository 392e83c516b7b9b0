"""
The space of a smaller model inside that of a model.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import integers, require


def embedded_coordinates(model: Model, smaller: Model, places: Any) -> list[int]:
    """
    For each coordinate of the smaller model's space its place in that of the larger, when the
    inputs of the one are some of the other's.
    """
    inputs = integers(places, 0, model.inputs - 1, "input", smaller.inputs)
    require(len(set(inputs)) == len(inputs), "An input is named twice.")
    known = {(j, e): i for i, (j, e) in enumerate(model.coordinates)}
    found = []
    for j, e in smaller.coordinates:
        exponents = [0] * model.inputs
        for i, k in zip(inputs, e):
            exponents[i] = k
        require((j, tuple(exponents)) in known, "A smaller model has a term that is foreign.")
        found.append(known[j, tuple(exponents)])
    return found
