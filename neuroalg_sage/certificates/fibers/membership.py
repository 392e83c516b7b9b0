"""
Whether a function lies in M, or in its closure: by the ideal of M, or by the fiber.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, member


def check_membership(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify the claim [function, place, answer]."""
    if member(evidence, "argument") == "ideal":
        from neuroalg_sage.certificates.equations.membership import check_in_closure

        return check_in_closure(model, value, evidence)
    from neuroalg_sage.certificates.fibers.fiber import check_by_fiber

    return check_by_fiber(model, value, evidence)
