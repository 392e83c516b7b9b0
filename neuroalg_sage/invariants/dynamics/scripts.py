"""
Standalone Macaulay2 scripts for conservation laws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData

if TYPE_CHECKING:
    from neuroalg_sage.neuromanifold import NeuroManifold


def conservation_laws_script(manifold: NeuroManifold) -> str:
    """
    A ``.m2`` file with the laws as elements of a ring, and the check that they are conserved.

    The columns of the matrix ``fields`` are the fields of the flow.
    """
    search = manifold.law_search()
    space = search.space
    degree = space.flow.degree_of_laws(manifold.largest_degree)
    laws = search.up_to(degree)
    ring = PolynomialRingData(tuple(space.names))
    columns = [[field.get(i, {}) for field in space.fields] for i in range(space.count)]
    names = "".join(f"\n  {law.name or 'a law of degree ' + str(law.degree)}" for law in laws)
    return Script(
        f"Conservation laws of {space.phi.model}, of degree at most {degree}: {space.flow!r}"
        + names,
        {"W": ring, "laws": PolynomialMatrix(ring, 1, len(laws), tuple(
            h.polynomial for h in laws)),
         "fields": PolynomialMatrix(ring, space.count, len(space.fields), tuple(
             entry for row in columns for entry in row))},
        "conserved = (transpose jacobian laws) * fields == 0;",
        {"conserved": "conserved", "independent": "rank jacobian laws"}, packages=()).standalone()
