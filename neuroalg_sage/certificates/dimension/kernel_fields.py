"""
Polynomial vector fields in the kernel of Dφ, by expansion.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.ranks import place, rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import items, member, polynomials, require, residue


def field_bound(model: Model, evidence: Any, trial: Any) -> tuple[int, str, list[str]]:
    """
    An upper bound for dim M by polynomial vector fields in the kernel of Dφ, as is verified by
    expansion: N less the number of those that are independent at the trial's point.
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
    found = rank(rows, model.parameters, p)
    return (model.parameters - found,
            f"independent vector fields ({found}) in the kernel bound it from above", [])
