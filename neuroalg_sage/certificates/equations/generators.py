"""
Generators of ideals of neurovarieties: polynomials, or one that is a root of a determinant.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, polynomial_ring, polynomial_set


def check_generators(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the claim that some polynomials, or a root of a determinant, generate I(M)."""
    if isinstance(value, dict):
        from neuroalg_sage.certificates.equations.determinants import check_determinant

        return check_determinant(model, value, evidence)
    from neuroalg_sage.certificates.equations.ideal import check_ideal

    generators = polynomial_set(value, polynomial_ring(model.ambient_dimension))
    return check_ideal(model, generators, evidence)[:2]
