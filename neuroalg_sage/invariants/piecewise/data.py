"""
Data sets for networks with piecewise linear activations, and the fans that they make of parameters.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.piecewise.network import Network as Rebuilt
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.piecewise.linear_regions import evidence
from neuroalg_sage.invariants.piecewise.subdivision import Subdivision
from neuroalg_sage.invariants.training.training_data import read_data
from neuroalg_sage.models.piecewise.architecture import MOST_PARAMETERS, Architecture
from neuroalg_sage.models.piecewise.network import network_from_data

MOST_POINTS = 12


def points_and_targets(architecture: Architecture, data: Any
                       ) -> tuple[list[list[fmpq]], list[Fraction]]:
    """
    The inputs and the targets of a data set.

    INPUT:

    - ``data`` -- a file ``.csv`` or ``.parquet``, or rows: the inputs, then the target

    EXAMPLES::

        >>> points_and_targets(Architecture("relu:1,1,1"), [[1, "1/2"], [2, 0]])
        ([[1], [2]], [Fraction(1, 2), Fraction(0, 1)])
    """
    table = read_data(data, architecture.inputs + 1)
    if table.rows > MOST_POINTS:
        raise InputError(f"The data has {table.rows:,} points; strata are found for at most "
                         f"{MOST_POINTS}.")
    *inputs, targets = (column.values() for column in table.columns)
    return [[fmpq(c.numerator, c.denominator) for c in x] for x in zip(*inputs)], targets


def labels(targets: list[Fraction]) -> list[int]:
    """
    The labels -1 and 1 of two classes, the smaller number first.

    EXAMPLES::

        >>> labels([Fraction(0), Fraction(1), Fraction(0)])
        [-1, 1, -1]
    """
    classes = sorted(set(targets))
    if len(classes) != 2:
        raise InputError(f"The data has {len(classes)} classes; the last column must have two "
                         "different numbers, one for each of two classes.")
    return [1 if label == classes[1] else -1 for label in targets]


def fan(network: Rebuilt) -> dict[str, Any]:
    """The faces of the subdivision of parameters, as a certificate has them."""
    return evidence(Subdivision(network_from_data(network.description), most=MOST_PARAMETERS))
