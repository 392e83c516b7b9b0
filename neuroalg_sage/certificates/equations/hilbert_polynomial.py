"""
The Hilbert polynomial, by a formula or from the ideal.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.equations.degree import degree_and_polynomial
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, require


def check_hilbert_polynomial(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the coefficients of the Hilbert polynomial of M."""
    if "artinian_reduction" in evidence:
        # The degree is known before, and needs it not.
        from neuroalg_sage.certificates.equations.artinian_reductions import check_series

        found = check_series(model, evidence)
    else:
        found = degree_and_polynomial(model, evidence)
    _, polynomial, verified, trust = found
    require(polynomial is not None and value == [str(c) for c in polynomial],
            "The Hilbert polynomial is not as claimed.")
    return verified, trust
