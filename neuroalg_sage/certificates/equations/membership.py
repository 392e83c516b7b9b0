"""
Functions in the closure of the neuromanifold, by its ideal.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.equations.generators import check_complete
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    items,
    member,
    numbers,
    polynomial_ring,
    polynomials,
    require,
)


def check_in_closure(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify that polynomials generate I(M), and that a function satisfies them."""
    data, place, answer = items(value, "claim", 3)
    n = model.ambient_dimension
    f = numbers(data, "function", n)
    require(place == "closure" and answer is True, "An ideal shows membership in the closure.")
    generators = polynomials(member(evidence, "generators"), polynomial_ring(n))
    require(all(g(*f) == 0 for g in generators), "The function satisfies not all equations.")
    verified, trust = check_complete(model, generators, member(evidence, "ideal"))
    return [*verified, "the function satisfies all equations"], trust
