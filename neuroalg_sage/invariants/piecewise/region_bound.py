"""
How many regions a network has at most, at any weights, and how many at random ones.

REFERENCES:

- [STR2018]_
- [MRZ2022]_
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from neuroalg_sage.certificates.piecewise.network import Network as Rebuilt
from neuroalg_sage.certificates.piecewise.region_bound import most_cells
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.piecewise.linear_regions import linear_regions
from neuroalg_sage.invariants.piecewise.subdivision import Subdivision
from neuroalg_sage.limits import whole
from neuroalg_sage.models.piecewise.network import Network, network_from_spec

MOST_SAMPLES = 100_000
MOST_BITS = 10_000


@dataclass(frozen=True, eq=False, repr=False)
class RegionBound(Invariant):
    """
    The bound for all weights, and the numbers at those of the network; the value is the bound.

    - ``sampled`` -- for each random network that was tried its seed and its number of cells
    """

    sampled: dict[int, int] = field(default_factory=dict, repr=False)
    about: ClassVar[str] = "the network "

    @cached_property
    def value(self) -> int:
        """How many cells, and so regions, there are at most."""
        return int(self.data["most"])

    @property
    def is_attained(self) -> bool:
        """Whether the weights of the network have so many cells."""
        return bool(self.data["found"]["cells"] == self.value)

    def sentence(self) -> str:
        cells, regions = (self.data["found"][name] for name in ("cells", "regions"))
        return (f"at most {self.value} activation pattern{'s' * (self.value != 1)} on open sets, "
                "at any weights; these weights have "
                + ("so many" if self.is_attained else str(cells))
                + f", and {regions} region{'s' * (regions != 1)}")

    def lines(self, spec: str = "SPEC") -> list[str]:
        if not self.sampled:
            return []
        counts = list(self.sampled.values())
        return [f"  of {len(counts)} random networks each has {min(counts)} to {max(counts)}, in "
                f"the mean {sum(counts) / len(counts):.1f}; this is one with most"]

    def add_to(self, page: dict[str, Any]) -> None:
        """Add it to the JSON data of a network."""
        page["region_bound"] = self.described() | (
            {"sampled": {str(seed): count for seed, count in self.sampled.items()}}
            if self.sampled else {})


def region_bound(network: Network, sampled: dict[int, int] | None = None) -> RegionBound:
    """
    How many cells networks with such layers have at most, with proof.

    INPUT:

    - ``network`` -- a chain of layers
    - ``sampled`` -- for random networks with these layers their numbers of cells, by seeds

    OUTPUT: :class:`RegionBound`

    EXAMPLES::

        >>> network = network_from_spec("relu:2,16,1:bias", 1)
        >>> found = region_bound(network)
        >>> found, found.is_attained
        (137 (proved), True)
    """
    start = time.perf_counter()
    try:
        most = most_cells(Rebuilt(network.describe()))
    except CertificateError as error:
        raise InputError(str(error)) from None
    if most.bit_length() > MOST_BITS:
        raise LimitReached(f"The bound has more than {MOST_BITS:,} bits.")
    found = linear_regions(network)
    assert found.certificate is not None
    return RegionBound.certified(
        network, "region_bound", {"most": most, "found": found.data}, "proved",
        "numbers of hyperplanes and ranks, layer by layer", time.perf_counter() - start,
        found.certificate["evidence"], sampled=sampled or {})


def sample(spec: str, samples: int, seed: int | None = None,
           progress: Callable[[str], None] = lambda message: None) -> dict[int, int]:
    """
    The numbers of cells of random networks, by their seeds, which follow one another.

    EXAMPLES::

        >>> sample("relu:2,2,1:bias", 3)
        {0: 4, 1: 4, 2: 4}
    """
    if not 1 <= samples <= MOST_SAMPLES:
        raise InputError(f"The number of samples is one from 1 to {MOST_SAMPLES:,}.")
    found = {}
    for number in range(seed or 0, (seed or 0) + samples):
        if whole.is_over():
            raise whole.time_is_over()
        found[number] = Subdivision(network_from_spec(spec, number)).cells
    return found
