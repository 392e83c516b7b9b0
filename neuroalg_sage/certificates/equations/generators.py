"""
Generators of ideals of neurovarieties: polynomials, or one that is a root of a determinant.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, member, polynomial_ring, polynomial_set


def check_generators(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the claim that some polynomials, or a root of a determinant, generate I(M)."""
    if isinstance(value, dict):
        from neuroalg_sage.certificates.equations.determinants import check_determinant

        return check_determinant(model, value, evidence)
    return check_complete(model, polynomial_set(value, polynomial_ring(
        model.ambient_dimension)), evidence)


def check_complete(model: Model, generators: list[fmpq_mpoly], evidence: Any) -> Checked:
    """Verify that polynomials generate I(M), also by a degree that was found without them."""
    if member(evidence, "argument") == "Artinian reduction":
        # In most proofs of which an ideal is a part this is not accepted, as too much would have to
        # be believed at once.
        from neuroalg_sage.certificates.equations.artinian_reductions import (
            check_artinian_reduction,
        )

        return check_artinian_reduction(model, generators, evidence)[:2]
    from neuroalg_sage.certificates.equations.ideal import check_ideal

    return check_ideal(model, generators, evidence)[:2]
