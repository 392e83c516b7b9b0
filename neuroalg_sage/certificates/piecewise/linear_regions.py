"""
How many faces and regions a piecewise linear network has.

The lemmas are in ``subdivision``.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.piecewise.network import Network
from neuroalg_sage.certificates.piecewise.subdivision import Subdivision
from neuroalg_sage.certificates.reading import Checked, fields, require


def check_linear_regions(network: Network, value: Any, evidence: Any) -> Checked:
    """Verify the numbers of faces and of regions."""
    domain, regions, bounded, cells, f_vector, bounded_faces = fields(
        value, "domain", "regions", "bounded", "cells", "f_vector", "bounded_faces")
    require(set(value) == {"domain", "regions", "bounded", "cells", "f_vector", "bounded_faces"},
            "The claim has an unknown field.")
    found = Subdivision(network, domain, evidence)
    same = found.face_numbers()
    stated = [regions, bounded, cells, *f_vector, *bounded_faces]
    require(all(type(number) is int for number in stated)
            and (f_vector, bounded_faces) == same and cells == f_vector[-1],
            f"There are {same[0]} faces by dimension, of which {same[1]} are bounded.")
    numbers = found.region_numbers()
    require((regions, bounded) == numbers,
            f"There are {numbers[0]} regions, of which {numbers[1]} are bounded.")
    # Beside the proof: Euler's relation, for R^d and for polytopes.
    euler = sum((-1) ** k * n for k, n in enumerate(f_vector))
    require(euler == (-1) ** network.inputs if not found.inequalities else
            euler == 1 or f_vector != bounded_faces, "The faces violate Euler's relation.")
    where = f" where {len(found.inequalities)} inequalities hold" * bool(found.inequalities)
    return ([f"the signs of all units at {len(found.rays)} vertices and directions{where}; "
             "that the facets of each face close up, and that each facet belongs to two cells",
             "the affine maps on both sides of each facet"], [])
