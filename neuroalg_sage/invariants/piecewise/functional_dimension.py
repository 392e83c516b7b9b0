"""
The functional dimension of a piecewise linear network: in how many directions of its parameters its
function changes.

REFERENCES:

- [GLMW2022]_
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from flint import fmpq

from neuroalg_sage.certificates.piecewise import functional_dimension as checked
from neuroalg_sage.certificates.piecewise.network import Network as Rebuilt
from neuroalg_sage.certificates.piecewise.subdivision import Subdivision as Verified
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.piecewise.linear_regions import evidence
from neuroalg_sage.invariants.piecewise.subdivision import MOST_INPUTS, Subdivision
from neuroalg_sage.limits import whole
from neuroalg_sage.models.piecewise.network import Network

PRIME = 2**31 - 1
FURTHER = 2  # times more inputs are tried than the rank needs
MOST_ENTRIES = 1_000_000  # of a matrix of derivatives
TRIALS = 6  # each with inputs over a range ten times as large


@dataclass(frozen=True, eq=False, repr=False)
class FunctionalDimension(Invariant):
    """The functional dimension; the value is a whole number."""

    about: ClassVar[str] = "the network "

    @cached_property
    def value(self) -> int:
        """The functional dimension."""
        return int(self.data["dimension"])

    @property
    def is_largest(self) -> bool:
        """Whether it is proved that no weights of this architecture have a larger one."""
        assert self.certificate is not None
        return self.certificate["evidence"]["argument"] == "rescaling"

    def sentence(self) -> str:
        return f"{self.value}, of {self.data['parameters']} parameters"

    def lines(self, spec: str = "SPEC") -> list[str]:
        lost = self.data["parameters"] - self.value
        if self.is_largest and lost:
            return [f"  {lost} hidden unit{'s' * (lost != 1)} can be rescaled, which changes "
                    "no function"]
        return []

    def add_to(self, page: dict[str, Any]) -> None:
        """Add it to the JSON data of a network."""
        page["functional_dimension"] = self.described()


def functional_dimension(network: Network, seed: int | None = None) -> FunctionalDimension:
    """
    The functional dimension of a network at its weights, with proof.

    INPUT:

    - ``network`` -- a chain of dense layers and of activations of single entries
    - ``seed`` -- for the inputs that are tried

    OUTPUT: :class:`FunctionalDimension`

    Raises InputError if the network has other layers.

    EXAMPLES::

        >>> from neuroalg_sage.models.piecewise.network import network_from_spec
        >>> functional_dimension(network_from_spec("relu:2,3,1:bias", seed=3), seed=1)
        10 (proved)
    """
    start = time.perf_counter()
    rebuilt = Rebuilt(network.describe())
    try:
        count = checked.parameters(rebuilt)
    except CertificateError as error:
        raise InputError(str(error)) from None
    most = count - checked.rescalings(rebuilt)
    generator = random.Random(seed)
    number = FURTHER * -(-most // network.outputs) + 4
    if number * network.outputs * count > MOST_ENTRIES:
        raise LimitReached(f"The network has {count:,} parameters; its functional dimension needs "
                           "a matrix that is too large.")
    for trial in range(TRIALS):
        if whole.is_over():
            raise whole.time_is_over()
        inputs = [x for x in _inputs(network.inputs, number, 10**trial, generator)
                  if _is_smooth(rebuilt, x)]
        rows = checked.derivatives_at(rebuilt, [[*x, fmpq(1)] for x in inputs])
        if checked.rank_modulo(rows, count, PRIME) == most:
            return FunctionalDimension.certified(
                network, "functional_dimension", {"dimension": most, "parameters": count}, "proved",
                "ranks of derivatives at random inputs, and rescalings",
                time.perf_counter() - start,
                {"argument": "rescaling", "prime": PRIME,
                 "inputs": [[str(c) for c in x] for x in inputs]})
    if network.inputs > MOST_INPUTS:
        raise LimitReached("The functional dimension is less than what rescalings leave, and of "
                           f"networks with more than {MOST_INPUTS} inputs cells are not found.")
    found = evidence(Subdivision(network))
    try:
        dimension = checked.exact_rank(rebuilt, Verified(rebuilt, [], found))
    except CertificateError as error:
        raise LimitReached(f"The functional dimension is not proved: {error}") from None
    return FunctionalDimension.certified(
        network, "functional_dimension", {"dimension": dimension, "parameters": count}, "proved",
        "ranks of derivatives on all cells", time.perf_counter() - start,
        {"argument": "cells", "subdivision": found})


def _inputs(d: int, number: int, size: int, generator: random.Random) -> list[list[fmpq]]:
    return [[fmpq(generator.randint(-1000 * size, 1000 * size), 997) for _ in range(d)]
            for _ in range(number)]


def _is_smooth(network: Rebuilt, x: list[fmpq]) -> bool:
    from flint import fmpq_mat

    columns = fmpq_mat([[*x, fmpq(1)]]).transpose()
    return checked.slopes_at(network, network.states(columns), [fmpq(1)], 0) is not None
