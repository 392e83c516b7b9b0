"""
Standalone Macaulay2 scripts, from the parametrization to an invariant.
"""

from __future__ import annotations

import random

from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.modular import random_prime
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.methods import FOR_THE_DEGREE, check_method_for_the_ideal
from neuroalg_sage.invariants.distance.critical_equations import (
    distance_problem,
    finite_slice,
    likelihood_parametrized,
)
from neuroalg_sage.invariants.distance.ml_degree import is_cone_of_probabilities
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm
from neuroalg_sage.invariants.equations.counting import MACAULAY2_PRIMES_BELOW
from neuroalg_sage.invariants.equations.degree_by_monodromy import monodromy_script
from neuroalg_sage.invariants.equations.degree_by_slicing import slicing_script
from neuroalg_sage.invariants.equations.ideal import finite_restriction, ring_map
from neuroalg_sage.models.parametrization import Parametrization

_RESULTS = {
    "dimension": {"dimension": "imageDimension phi"},
    "ideal": {"ideal": "I"},
    "equations": {"equations": "flatten entries gens I"},
    "degree": {"degree": "closureDegree I"},
    "hilbert_polynomial": {"hilbertPolynomial": "closureHilbertPolynomial I"},
    "singular_locus": {"components": "singularComponents I"},
    "polar_degrees": {"polarDegrees": "polarDegrees I"},
}


def check_scripted(invariant: str) -> None:
    """Raise InputError unless Macaulay2 has a script for the invariant."""
    if invariant not in _RESULTS:
        raise InputError(f"There is no Macaulay2 script for {invariant[:60]!r}; there is one for "
                         f"{', '.join(_RESULTS)}, conservation_laws, ed_degree, ml_degree.")


def standalone(phi: Parametrization, found: Invariant, invariant: str, method: str = "auto"
               ) -> str:
    """
    The text of a ``.m2`` file that computes an invariant from φ.

    INPUT:

    - ``phi`` -- the parametrization
    - ``found`` -- the dimension, by which parameters are set to numbers
    - ``invariant`` -- the name of an invariant that Macaulay2 computes
    - ``method`` -- ``"kernel"`` for Macaulay2's own kernel; for the degree also ``"slicing"``
      and ``"monodromy"``; else elimination

    OUTPUT: string

    Raises InputError if Macaulay2 has no script for the invariant, or not by this method.
    """
    check_scripted(invariant)
    # A fixed seed: the same question gives the same script.
    generator = random.Random(0)
    if method in FOR_THE_DEGREE and invariant == "degree":
        restriction = finite_restriction(phi.model, found.data, generator)
        script = (slicing_script(phi, restriction, found.data, generator)
                  if method == "slicing" else monodromy_script(phi, restriction, generator))
        return script.standalone()
    if invariant != "dimension":
        check_method_for_the_ideal(method)
    names = "".join(f"\n  {phi.describe(i)}" for i in range(min(len(phi.coordinates), 200)))
    title = f"{invariant} of the neurovariety of {phi.model}"
    if invariant == "dimension":
        restriction = {}
        body = ""
    else:
        restriction = finite_restriction(phi.model, found.data, generator)
        strategy = "Kernel" if method == "kernel" else "Elimination"
        body = f'I = neurovariety(phi, Strategy => "{strategy}");'
        if restriction:
            values = ", ".join(f"w_{i} = {v}" for i, v in sorted(restriction.items()))
            title += f"\nParameters set to numbers, which keeps the closure: {values}."
    return Script(f"{title}\nCoordinates:{names}", ring_map(phi, restriction), body,
                  _RESULTS[invariant]).standalone()


def critical_points_script(phi: Parametrization, found: Invariant, invariant: str,
                           form: QuadraticForm) -> str:
    """
    The text of a ``.m2`` file that counts critical points at random data modulo a prime.

    INPUT:

    - ``found`` -- the dimension
    - ``invariant`` -- ``"ed_degree"`` or ``"ml_degree"``
    - ``form`` -- the quadratic form of the distance
    """
    generator = random.Random(0)
    where = finite_slice(phi, found.data, generator)
    prime = random_prime(generator, MACAULAY2_PRIMES_BELOW)
    system = (distance_problem(where, form, prime, generator).system if invariant == "ed_degree"
              else likelihood_parametrized(where, is_cone_of_probabilities(phi), prime, generator))
    return system.script().standalone()
