"""
Differentials of equations of M, at a point modulo a prime.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.ranks import place, rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    member,
    polynomial_ring,
    polynomials,
    residue,
    value_modulo,
)
from neuroalg_sage.certificates.substitution import vanishing


def equation_rank(model: Model, evidence: Any, trial: Any) -> int:
    """
    Verify equations of M; return the rank of their Jacobian at φ(w0) modulo a prime.

    M is irreducible and contains φ(w0), and the tangent space of the equations there has
    dimension n - rank, so dim M ≤ n - rank.
    """
    n = model.ambient_dimension
    equations = polynomials(member(evidence, "equations"), polynomial_ring(n))
    vanishing(model, equations)
    p, point = place(model, trial)
    image = [residue(coordinate(*point), p) for coordinate in model.parametrization]
    return rank([[value_modulo(g.derivative(j), image, p) for j in range(n)] for g in equations],
                n, p)


def equation_bound(model: Model, evidence: Any, trial: Any) -> tuple[int, str, list[str]]:
    """The upper bound for dim M that equations prove."""
    found = equation_rank(model, evidence, trial)
    return (model.ambient_dimension - found,
            f"independent differentials ({found}) of equations bound it from above", [])
