"""
The coordinates of V: of φ, and of a given function.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import numbers, polynomial_ring


def function(model: Model, data: Any) -> list[fmpq]:
    """The coordinates in V of a function."""
    return numbers(data, "function", model.ambient_dimension)


def in_degrevlex(model: Model) -> tuple[list[fmpq_mpoly], fmpq_mpoly_ctx]:
    """The coordinates of φ in the ring whose order Gröbner bases have."""
    ring = polynomial_ring(model.parameters)
    return [ring.from_dict(c.to_dict()) for c in model.parametrization], ring
