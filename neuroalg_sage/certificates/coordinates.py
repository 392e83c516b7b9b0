"""
The coordinates of V: of φ, and of a given function.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import integers, numbers, polynomial_ring, require

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


def fiber_equations(model: Model, f: list[fmpq], restriction: Any = ()
                    ) -> tuple[list[fmpq_mpoly], fmpq_mpoly_ctx]:
    """The equations φ_j(w) = f_j of the fiber, then w_i = c for pairs (i, c)."""
    coordinates, ring = in_degrevlex(model)
    equations = [g - c for g, c in zip(coordinates, f)]
    for pair in restriction:
        i, c = integers(pair, -100, max(model.parameters - 1, 100), "number for a parameter", 2)
        require(0 <= i < model.parameters, "A restriction is malformed.")
        equations.append(ring.gens()[i] - c)
    return equations, ring
