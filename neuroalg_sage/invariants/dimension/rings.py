"""
The coordinate rings of V and of the parameters, and φ between them, in scripts for Macaulay2.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.engines.macaulay2 import RingMapData
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.models.parametrization import Parametrization


def coordinate_ring(n: int) -> PolynomialRingData:
    """The coordinate ring Q[z_0, ..., z_(n-1)] of the ambient space."""
    return PolynomialRingData(tuple(f"z_{i}" for i in range(n)))


def ring_map(phi: Parametrization, restriction: dict[int, int]) -> dict[str, Any]:
    """The rings V and W and the map phi: V → W of a script."""
    free = [i for i in range(phi.model.parameter_count) if i not in restriction]
    source = coordinate_ring(len(phi.polynomials))
    target = PolynomialRingData(tuple(f"w_{i}" for i in free))
    images = PolynomialMatrix(target, 1, len(phi.polynomials), phi.restrict(restriction))
    return {"V": source, "W": target, "phi": RingMapData("V", "W", images)}
