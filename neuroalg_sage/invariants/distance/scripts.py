"""
Standalone Macaulay2 scripts for nearest points: critical points are counted at random data
modulo a prime.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from neuroalg_sage.engines.modular import random_prime
from neuroalg_sage.invariants.dimension.functions import function_of
from neuroalg_sage.invariants.distance.critical_equations import (
    distance_problem,
    finite_slice,
    likelihood_parametrized,
)
from neuroalg_sage.invariants.distance.ed_discriminant import discriminant_script
from neuroalg_sage.invariants.distance.ml_degree import is_cone_of_probabilities
from neuroalg_sage.invariants.distance.voronoi_cell import tangent_cone_script
from neuroalg_sage.invariants.equations.counting import MACAULAY2_PRIMES_BELOW
from neuroalg_sage.invariants.equations.scripts import script_with_ideal

if TYPE_CHECKING:
    from neuroalg_sage.neuromanifold import NeuroManifold


def polar_degrees_script(manifold: NeuroManifold) -> str:
    """The script for the polar degrees."""
    return script_with_ideal(manifold, "polar_degrees", "polarDegrees", "polarDegrees I")


def ed_degree_script(manifold: NeuroManifold) -> str:
    """The script for the ED degree of the neuromanifold's metric."""
    generator = random.Random(0)
    where = finite_slice(manifold.parametrization(), manifold.dimension().data, generator)
    prime = random_prime(generator, MACAULAY2_PRIMES_BELOW)
    return distance_problem(where, manifold.form, prime, generator).system.script().standalone()


def ml_degree_script(manifold: NeuroManifold) -> str:
    """The script for the maximum likelihood degree."""
    generator, phi = random.Random(0), manifold.parametrization()
    where = finite_slice(phi, manifold.dimension().data, generator)
    prime = random_prime(generator, MACAULAY2_PRIMES_BELOW)
    return likelihood_parametrized(where, is_cone_of_probabilities(phi), prime,
                                   generator).system.script().standalone()


def ed_discriminant_script(manifold: NeuroManifold, metric: str | None = None, gram: Any = None
                           ) -> str:
    """The script that eliminates the unknowns of the critical equations."""
    form = manifold.form_of_data(metric, gram)
    return discriminant_script(manifold.parametrization(), manifold.dimension(),
                               form).standalone()


def bifurcation_script(manifold: NeuroManifold, start: Any, end: Any, metric: str | None = None,
                       gram: Any = None) -> str:
    """That of the discriminant, which the line of data meets."""
    return ed_discriminant_script(manifold, metric, gram)


def voronoi_cell_script(manifold: NeuroManifold, function: Any = None, *, parameters: Any = None,
                        metric: Any = "unit") -> str:
    """The script for the tangent cone at a function."""
    phi = manifold.parametrization()
    return tangent_cone_script(phi, manifold.equations().data,
                               function_of(phi, function, parameters)).standalone()
