"""
A model at given weights: a point w of its parameters, and the one function f_w.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import items, member, rational, residue


class Point:
    """A model as any certificate describes it, and besides in ``weights`` its N parameters."""

    def __init__(self, description: Any) -> None:
        weights = member(description, "weights")
        self.model = Model({key: part for key, part in description.items() if key != "weights"})
        self.weights = [rational(c) for c in items(weights, "weights", self.model.parameters)]
        self.name = f"{self.model.name} at given weights"

    def modulo(self, p: int) -> list[int]:
        """The weights modulo a prime that divides no denominator of them."""
        return [residue(c, p) for c in self.weights]

    def at(self, weights: Sequence[Fraction]) -> Point:
        """The same model at other weights."""
        other = copy.copy(self)
        other.weights = list(weights)
        return other
