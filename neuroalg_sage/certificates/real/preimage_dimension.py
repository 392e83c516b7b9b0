"""
Functions of M with infinitely many real preimages modulo scalings.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.dimension import check_dimension
from neuroalg_sage.certificates.equality import same
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, fields, require
from neuroalg_sage.certificates.real.scalings import scalings


def check_fibers(model: Model, value: Any, evidence: Any) -> Checked:
    """
    Verify that real fibers have a positive dimension modulo the stated scalings.

    Where the rank of Dφ is largest, which is outside of a proper subvariety of the parameters, it
    is dim M, and the real fiber is a manifold of dimension N - dim M; orbits of s independent
    scalings have dimension s.
    """
    scaled = len(scalings(model, evidence, []).places)
    proved, proof = fields(evidence, "dimension", "dimension_evidence")
    verified, trust = check_dimension(model, proved, proof)
    more = model.parameters - proved - scaled
    require(more > 0 and same(value, {"dimension": more, "scalings": scaled}),
            "The dimension of the fibers is false.")
    return [*verified, f"{scaled} independent scalings"], trust
