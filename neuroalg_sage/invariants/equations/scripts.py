"""
Standalone Macaulay2 scripts for the ideal of the neurovariety, and for what is read from it.

Scripts of the wings above begin with the ideal, too.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from neuroalg_sage.invariants.answers.methods import FOR_THE_DEGREE, check_method_for_the_ideal
from neuroalg_sage.invariants.dimension.scripts import script_of_neurovariety
from neuroalg_sage.invariants.equations.degree_by_monodromy import monodromy_script
from neuroalg_sage.invariants.equations.degree_by_slicing import slicing_script
from neuroalg_sage.invariants.equations.ideal import finite_restriction

if TYPE_CHECKING:
    from neuroalg_sage.neuromanifold import NeuroManifold


def script_with_ideal(manifold: NeuroManifold, name: str, result: str, expression: str) -> str:
    """
    The text of a ``.m2`` file that finds the ideal I, and from it a result.

    Raises InputError if the method does not find the ideal.
    """
    check_method_for_the_ideal(manifold.method)
    # A fixed seed: the same question gives the same script.
    restriction = finite_restriction(manifold.model, manifold.dimension().data, random.Random(0))
    strategy = "Kernel" if manifold.method == "kernel" else "Elimination"
    return script_of_neurovariety(manifold, name, {result: expression},
                                  f'I = neurovariety(phi, Strategy => "{strategy}");',
                                  restriction)


def ideal_script(manifold: NeuroManifold) -> str:
    """The script for the ideal."""
    return script_with_ideal(manifold, "ideal", "ideal", "I")


def equations_script(manifold: NeuroManifold) -> str:
    """The script for the equations."""
    return script_with_ideal(manifold, "equations", "equations", "flatten entries gens I")


def degree_script(manifold: NeuroManifold) -> str:
    """The script for the degree, by the ideal or by a method without it."""
    if manifold.method not in FOR_THE_DEGREE:
        return script_with_ideal(manifold, "degree", "degree", "closureDegree I")
    generator = random.Random(0)
    phi, found = manifold.parametrization(), manifold.dimension().data
    restriction = finite_restriction(phi.model, found, generator)
    script = (slicing_script(phi, restriction, found, generator)
              if manifold.method == "slicing" else monodromy_script(phi, restriction, generator))
    return script.standalone()


def hilbert_polynomial_script(manifold: NeuroManifold) -> str:
    """The script for the Hilbert polynomial."""
    return script_with_ideal(manifold, "hilbert_polynomial", "hilbertPolynomial",
                             "closureHilbertPolynomial I")
