"""
The coordinates of V: of φ, and of a given function.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import numbers, polynomial_ring, require

MOST_PARAMETERS = 300


def function(model: Model, data: Any) -> list[fmpq]:
    """The coordinates in V of a function."""
    return numbers(data, "function", model.ambient_dimension)


def parameter_ring(model: Model) -> fmpq_mpoly_ctx:
    """The polynomial ring in the parameters, with the order that Gröbner bases have."""
    require(model.parameters <= MOST_PARAMETERS,
            f"Varieties of over {MOST_PARAMETERS} parameters are not verified.")
    return polynomial_ring(model.parameters)


def in_degrevlex(model: Model) -> tuple[list[fmpq_mpoly], fmpq_mpoly_ctx]:
    """The coordinates of φ in the ring whose order Gröbner bases have."""
    ring = parameter_ring(model)
    return [ring.from_dict(c.to_dict()) for c in model.parametrization], ring
