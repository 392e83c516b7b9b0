"""
The linear regions of a piecewise linear network at given weights.

A *cell* is a face of full dimension of the subdivision by the signs of all units: there is one for
each activation pattern that occurs on an open set.  A *region* is a maximal connected open set on
which the network is one affine map; it consists of cells, and faces between them.  Where weights
are generic the two are the same numbers; a unit that is never active, or has no influence, makes
them differ.

REFERENCES:

- [MPCB2014]_
- [GL2022]_
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.piecewise.linear_regions import check_linear_regions
from neuroalg_sage.certificates.piecewise.network import Network as Rebuilt
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.piecewise.subdivision import Subdivision, domain
from neuroalg_sage.models.piecewise.network import Network


@dataclass(frozen=True, eq=False, repr=False)
class LinearRegions(Invariant):
    """
    The numbers of regions and of faces; the value is the number of regions.

    - ``subdivision`` -- the faces themselves
    """

    subdivision: Subdivision | None = field(default=None, repr=False, compare=False)
    about: ClassVar[str] = "the network "

    @cached_property
    def value(self) -> int:
        """The number of regions."""
        return int(self.data["regions"])

    @property
    def cells(self) -> int:
        """How many activation patterns occur on open sets."""
        return int(self.data["cells"])

    @property
    def patterns(self) -> list[str]:
        """
        The activation patterns that occur on open sets, see
        :attr:`~neuroalg_sage.invariants.piecewise.subdivision.Subdivision.patterns`.
        """
        if self.subdivision is None:
            raise InputError("Patterns are those of faces, which are with an answer that is found, "
                             "and not with one that is read.")
        return self.subdivision.patterns

    @property
    def f_vector(self) -> list[int]:
        """The numbers of faces by dimension, from vertices to cells."""
        return list(self.data["f_vector"])

    def sentence(self) -> str:
        return (f"{self.value} ({self.data['bounded']} of them bounded), from {self.cells} "
                f"activation pattern{'s' * (self.cells != 1)}")

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  faces by dimension: {', '.join(map(str, self.f_vector))}; of these bounded: "
                f"{', '.join(map(str, self.data['bounded_faces']))}"]

    def condition(self) -> str:
        return where(self.data["domain"])


def where(inequalities: list[list[str]]) -> str:
    """What a domain is in words."""
    count = len(inequalities)
    return "" if not count else ("where an inequality holds" if count == 1 else
                                 f"where {count} inequalities hold")


def linear_regions(network: Network, box: Any = None, polytope: Any = None) -> LinearRegions:
    """
    The linear regions of a network, with proof.

    INPUT:

    - ``network`` -- a network of 1 to 6 inputs
    - ``box``, ``polytope`` -- a domain, see
      :func:`~neuroalg_sage.invariants.piecewise.subdivision.domain`; by default all of R^d

    OUTPUT: :class:`LinearRegions`

    EXAMPLES::

        >>> from neuroalg_sage.models.piecewise.network import network_from_spec
        >>> found = linear_regions(network_from_spec("relu:2,4,1:bias", seed=1))
        >>> found, found.f_vector
        (11 (proved), [6, 16, 11])
    """
    start = time.perf_counter()
    inequalities = domain(network.inputs, box, polytope)
    rebuilt = Rebuilt(network.describe())
    found = Subdivision(network, inequalities)
    value = {"domain": [[str(c) for c in row] for row in inequalities],
             "regions": found.regions, "bounded": found.bounded_regions, "cells": found.cells,
             "f_vector": found.f_vector, "bounded_faces": found.bounded_faces}
    proof = evidence(found)
    verified(check_linear_regions, rebuilt, value, proof)
    return LinearRegions.certified(
        network, "linear_regions", value, "proved",
        "subdivision of a complex of cones, unit by unit", time.perf_counter() - start,
        proof, subdivision=found)


def verified(function: Callable[..., Any], *arguments: Any) -> Any:
    """The value of a function of the checker; what it does not accept is not proved."""
    try:
        return function(*arguments)
    except CertificateError as error:
        raise LimitReached(f"The faces were found, but are not verified: {error}") from None


def evidence(found: Subdivision) -> dict[str, Any]:
    """The faces of a subdivision, as a certificate has them."""
    return {"rays": [[decimal(c) for c in ray] for ray in found.complex.rays.tolist()],
            "faces": found.facets, "cuts": [[str(c) for c in row] for row in found.further_cuts]}
