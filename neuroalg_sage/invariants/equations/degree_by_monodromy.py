"""
The degree of the neurovariety without its ideal: monodromy in floating point.
"""

from __future__ import annotations

import random
import time

from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.rings import ring_map
from neuroalg_sage.invariants.equations.degree import Degree
from neuroalg_sage.invariants.equations.ideal import finite_restriction
from neuroalg_sage.models.parametrization import Parametrization

# An attempt whose paths all diverge ends at once, with one point and no trace.
ATTEMPTS = 6

BODY = """\
setRandomSeed {seed};
R = CC[gens W];
witness = pseudoWitnessSet(sub(matrix phi, R), ideal 0_R, Verbose => false);
"""


def monodromy_script(phi: Parametrization, restriction: dict[int, int],
                     generator: random.Random) -> Script:
    """
    The script that collects the points of one slice by monodromy.

    INPUT:

    - ``restriction`` -- numbers for parameters that keep the dimension
    - ``generator`` -- source of random numbers

    OUTPUT: :class:`~neuroalg_sage.engines.macaulay2.Script`, with the results ``degree``,
    ``dimension``, that of M in floating point, ``complete``, whether the trace test was passed, and
    ``trace``, its error
    """
    return Script(f"degree of the neurovariety of {phi.model}, by monodromy",
                  ring_map(phi, restriction), BODY.format(seed=generator.randrange(2**31)),
                  {"dimension": "numColumns witness.imageSlice",
                   "complete": "witness.isCompletePseudoWitnessSet", "trace": "witness.trace",
                   "degree": "witness.degree"}, packages=("NumericalImplicitization",))


def degree_by_monodromy(phi: Parametrization, found: Invariant, computation: Computation,
                        seed: int | None = None) -> Invariant:
    """
    The degree, by Macaulay2's package NumericalImplicitization of Chen and Kileel.

    A random affine-linear space of complementary dimension through a point of M is moved along
    loops; so one point of the slice becomes others, and in the end all, as M is irreducible.
    That they are all is tested by their sum, the trace, which moves linearly with the slice.
    The slices are affine, and the closure of M in projective space has the same degree as M; so a
    cone needs no other treatment.

    INPUT:

    - ``phi`` -- the parametrization
    - ``found`` -- the dimension
    - ``computation`` -- session and limits
    - ``seed`` -- integer for the random choices

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, an integer without a
    certificate

    Raises LimitReached if a limit stops Macaulay2, or if floating point is too coarse to see the
    dimension.

    REFERENCES: [CK2019]_

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> NeuroManifold("linear:3,2,3", method="monodromy").degree()
        3 (numerical)
    """
    start = time.perf_counter()
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    degree, verdict = 0, ""
    for _ in range(ATTEMPTS):
        restriction = finite_restriction(phi.model, found.data, generator)
        results = computation.run(monodromy_script(phi, restriction, generator))
        if results["dimension"] != found.data:
            continue
        if results["complete"]:
            degree, verdict = results["degree"], f"the trace test has error {results['trace']:.0e}"
            break
        if results["degree"] > degree:
            degree, verdict = results["degree"], "no trace test was passed, so more is likely"
    if not degree:
        raise LimitReached(f"In floating point the dimension {found.data} is not seen, so "
                           "monodromy finds no degree; use slicing.")
    return Degree("degree", degree, "numerical",
                  f"monodromy in floating point by Macaulay2's NumericalImplicitization; "
                  f"{verdict}", None, time.perf_counter() - start)
