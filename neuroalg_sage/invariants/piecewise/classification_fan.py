"""
The classification fan of an architecture on a data set: the parameters by the signs of hidden units
and outputs at the data, and the connected components of the sublevel sets of the 0/1 loss.

REFERENCES:

- [BLM2024]_
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from neuroalg_sage.certificates.piecewise import classification_fan as checked
from neuroalg_sage.certificates.piecewise.architecture import Architecture as Rebuilt
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.piecewise.data import fan, labels, points_and_targets
from neuroalg_sage.invariants.piecewise.linear_regions import verified
from neuroalg_sage.models.piecewise.architecture import Architecture


@dataclass(frozen=True, eq=False, repr=False)
class ClassificationFan(Invariant):
    """The cells of the fan and what the loss is on them; the value is the number of cells."""

    about: ClassVar[str] = "the network "

    @cached_property
    def value(self) -> int:
        """The number of cells, for all signs of outer weights up to permutations of the units."""
        return sum(self.data["cells"])

    @property
    def dichotomies(self) -> int:
        """How many partitions of the data into two labeled classes the network can make."""
        return int(self.data["dichotomies"])

    @property
    def minimal_loss(self) -> int:
        """The smallest number of points that are not classified rightly."""
        return int(self.data["minimal_loss"])

    @property
    def components(self) -> dict[int, int]:
        """By the loss, how many connected components the parameters of at most this loss have."""
        return {self.minimal_loss + i: count for i, count in enumerate(self.data["components"])}

    def sentence(self) -> str:
        cells = self.data["cells"]
        by_signs = (f" ({', '.join(map(str, cells))} by the number of positive outer weights)"
                    if len(cells) > 1 else "")
        return f"{self.value} cells{by_signs}, with {self.dichotomies} dichotomies"

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  {self.minimal_loss} of {len(self.data['labels'])} points at least are not "
                "classified rightly",
                *(f"  parameters with loss at most {loss}: {count} connected component"
                  + "s" * (count > 1) for loss, count in self.components.items())]


def classification_fan(architecture: Architecture, data: Any) -> ClassificationFan:
    """
    The classification fan, with proof.

    INPUT:

    - ``architecture`` -- of at most 8 parameters
    - ``data`` -- a file or rows: the inputs, then the class, one of two numbers; at most 12 points

    OUTPUT: :class:`ClassificationFan`

    EXAMPLES:

    Four points on a line are cut at three places, in two ways, or not at all::

        >>> found = classification_fan(Architecture("relu:1,1:bias"), [
        ...     [0, 0], [1, 1], [2, 0], [3, 1]])
        >>> found, found.dichotomies, found.components
        (8 (proved), 8, {1: 2, 2: 2, 3: 1, 4: 1})
    """
    start = time.perf_counter()
    points, targets = points_and_targets(architecture, data)
    classes = labels(targets)
    rebuilt = Rebuilt(architecture.describe())

    def fans(units: int) -> list[Any]:
        networks = [rebuilt.on_data(points, p, units) for p in range(units + 1)]
        return [None if network is None else fan(checked.output_signs(network))
                for network in networks]

    proof = {"fans": fans(rebuilt.units), "smaller": fans(rebuilt.units - 1) if rebuilt.units
             else []}
    value = verified(checked.classification_fan, rebuilt, points, classes, proof)
    return ClassificationFan.certified(
        architecture, "classification_fan", value, "proved",
        "subdivision of the parameters by the signs of units and outputs",
        time.perf_counter() - start, proof)
