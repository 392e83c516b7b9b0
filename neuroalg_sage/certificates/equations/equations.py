"""
Equations of the neurovariety, perhaps not all of them.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, polynomial_ring, polynomial_set, require
from neuroalg_sage.certificates.substitution import vanishing


def check_equations(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify that some polynomials vanish on M."""
    equations = polynomial_set(value, polynomial_ring(model.ambient_dimension))
    require(equations, "Nothing is claimed.")
    vanishing(model, equations)
    return [f"the equations ({len(equations)}) vanish on the neurovariety"], []
