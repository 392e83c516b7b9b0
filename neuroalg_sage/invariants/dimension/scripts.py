"""
Standalone Macaulay2 scripts, from the parametrization to an invariant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.invariants.dimension.rings import ring_map

if TYPE_CHECKING:
    from neuroalg_sage.neuromanifold import NeuroManifold

MOST_DESCRIBED = 200  # coordinates, at the top of a script


def script_of_neurovariety(manifold: NeuroManifold, name: str, results: Mapping[str, str],
                           body: str = "", restriction: dict[int, int] | None = None) -> str:
    """
    The text of a ``.m2`` file that starts from the map phi.

    INPUT:

    - ``name`` -- of what is computed
    - ``results`` -- names of the results, and their expressions
    - ``body`` -- statements before these
    - ``restriction`` -- parameters that are numbers, which keeps the closure of the image
    """
    phi = manifold.parametrization()
    names = "".join(f"\n  {phi.describe(i)}"
                    for i in range(min(len(phi.coordinates), MOST_DESCRIBED)))
    title = f"{name} of the neurovariety of {phi.model}"
    if restriction:
        values = ", ".join(f"w_{i} = {v}" for i, v in sorted(restriction.items()))
        title += f"\nParameters set to numbers, which keeps the closure: {values}."
    return Script(f"{title}\nCoordinates:{names}", ring_map(phi, restriction or {}), body,
                  dict(results)).standalone()


def dimension_script(manifold: NeuroManifold) -> str:
    """The script for the dimension, the rank of the Jacobian of φ."""
    return script_of_neurovariety(manifold, "dimension", {"dimension": "imageDimension phi"})
