"""
The degree of the neurovariety without its ideal: monodromy in floating point.
"""

from __future__ import annotations

import random
import time

import numpy as np

from neuroalg_sage.engines.fibrations import LinearSections
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.monodromy import fiber
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.rings import ring_map
from neuroalg_sage.invariants.equations.degree import Degree
from neuroalg_sage.models.parametrization import Parametrization

IDLE = 25  # loops without a new point, after which the trace test will not be passed any more

BODY = """\
setRandomSeed {seed};
R = CC[gens W];
witness = pseudoWitnessSet(sub(matrix phi, R), ideal 0_R, Verbose => false);
"""


def monodromy_script(phi: Parametrization, restriction: dict[int, int],
                     generator: random.Random) -> Script:
    """
    The script by which Macaulay2 does the same, with its package NumericalImplicitization.

    INPUT:

    - ``restriction`` -- numbers for parameters that keep the dimension
    - ``generator`` -- source of random numbers

    OUTPUT: :class:`~neuroalg_sage.engines.macaulay2.Script`, with the results ``degree``,
    ``dimension``, that of M in floating point, ``complete``, whether the trace test was passed, and
    ``trace``, its error

    REFERENCES: [CK2019]_
    """
    return Script(f"degree of the neurovariety of {phi.model}, by monodromy",
                  ring_map(phi, restriction), BODY.format(seed=generator.randrange(2**31)),
                  {"dimension": "numColumns witness.imageSlice",
                   "complete": "witness.isCompletePseudoWitnessSet", "trace": "witness.trace",
                   "degree": "witness.degree"}, packages=("NumericalImplicitization",))


def degree_by_monodromy(phi: Parametrization, found: Invariant, computation: Computation,
                        seed: int | None = None) -> Invariant:
    """
    The degree, as the number of points of a random linear section, which are found by monodromy.

    A random affine-linear space of complementary dimension through a point of M is moved along
    loops, parallel to itself; so one point of the section becomes others, and in the end all, as
    M is irreducible.  That they are all is tested by their sum, which moves linearly with the
    space; see :mod:`~neuroalg_sage.engines.monodromy`.  The spaces are affine, and the closure
    of M in projective space has the same degree as M; so a cone needs no other treatment.

    INPUT:

    - ``phi`` -- the parametrization
    - ``found`` -- the dimension
    - ``computation`` -- limits
    - ``seed`` -- integer for the random choices

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, an integer without a
    certificate

    Raises LimitReached if a limit is reached, if φ is too large or its monomials too unlike in
    size, or if the trace test is not passed.

    REFERENCES: [DHJLLS2019]_, [LRS2018]_

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> NeuroManifold("linear:3,2,3", method="monodromy").degree()
        3 (numerical)
    """
    start = time.perf_counter()
    if not found.data:
        return Degree("degree", 1, "numerical", "M is a point", None, time.perf_counter() - start)
    generator = np.random.default_rng(seed)
    computation.progress(f"monodromy: linear sections of the neurovariety of {phi.model}")
    system = LinearSections(phi.polynomials, phi.parameter_count, found.data, generator)
    points = fiber(system, generator, computation.clock(), IDLE, progress=computation.progress)
    if not points.trace_is_linear:
        raise LimitReached(f"Monodromy found {len(points.points)} points of a linear section, "
                           f"{points.verdict()}; so the degree is not known.")
    given = "" if found.status == "proved" else f", if the dimension is {found.data}"
    return Degree("degree", len(points.points), "numerical",
                  f"monodromy in floating point: {points.verdict()}{given}; not proved, not "
                  "even as a lower bound", None, time.perf_counter() - start)
