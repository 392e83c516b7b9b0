"""
Polynomial vector fields in the kernel of Dφ, by expansion.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.ranks import place, rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import items, member, polynomials, require, residue


def field_rank(model: Model, evidence: Any, trial: Any) -> int:
    """
    Verify polynomial vector fields in the kernel of Dφ, by expansion; return how many are
    independent at the trial's point.
    """
    p, point = place(model, trial)
    phi = model.parametrization
    ring = phi[0].context()
    rows = []
    for data in items(member(evidence, "fields"), "fields"):
        field = polynomials(items(data, "vector field", model.parameters), ring)
        for coordinate in phi:
            require(sum((c * coordinate.derivative(i) for i, c in enumerate(field) if c),
                        ring.constant(0)) == 0, "A vector field is not in the kernel of Dφ.")
        rows.append([residue(c(*point), p) for c in field])
    return rank(rows, model.parameters, p)
