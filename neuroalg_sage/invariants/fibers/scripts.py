"""
Standalone Macaulay2 scripts for fibers, and for the parameters of invariant functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from neuroalg_sage.invariants.dimension.functions import function_of
from neuroalg_sage.invariants.fibers import special_fiber
from neuroalg_sage.invariants.fibers.invariant_parameters import equations, read_transformation
from neuroalg_sage.invariants.singularities.decomposition import components_script

if TYPE_CHECKING:
    from neuroalg_sage.neuromanifold import NeuroManifold


def fiber_script(manifold: NeuroManifold, function: Any = None, *, parameters: Any = None) -> str:
    """The script for the components of the fiber over a function."""
    phi = manifold.parametrization()
    return special_fiber.fiber_script(phi, function_of(phi, function, parameters)).standalone()


def invariant_parameters_script(manifold: NeuroManifold, matrix: Any, denominator: Any = 1,
                                infinitesimal: bool = False) -> str:
    """The script for the components of the parameters of invariant functions."""
    model = manifold.model
    transformation = read_transformation(model, matrix, denominator, infinitesimal)
    return components_script(
        equations(model, transformation), [f"w_{i}" for i in range(model.parameter_count)],
        f"the parameters of invariant functions of {model}").standalone()
