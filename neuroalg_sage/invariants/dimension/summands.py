"""
Generic fibers of models that are sums, from those of the summands.

Terms of φ with a common parameter are in one summand.  So the units of a layer are summands, of
dense layers as well as of convolutions with channels, of gated units, and beside a skip connection;
and expressions are sums of what has parameters of its own.
:func:`~neuroalg_sage.certificates.dimension.summands.check_summands` says what follows.
"""

from __future__ import annotations

import random
import time
from fractions import Fraction
from math import factorial, lcm

from neuroalg_sage.certificates.dimension.summands import check_summands, summand
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant, certified
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.dimension.dimension import dimension
from neuroalg_sage.invariants.dimension.generic_fiber import generic_fiber
from neuroalg_sage.invariants.dimension.presentation import GenericFiber
from neuroalg_sage.models.parametrization import Parametrization, parametrization
from neuroalg_sage.models.rational import kernel
from neuroalg_sage.models.sources import model_from_data

MOST_PARAMETERS = 60


def fiber_of_sum(phi: Parametrization, computation: Computation, seed: int | None = None
                 ) -> Invariant | None:
    """
    The generic fiber of a sum, proved by a contact locus; None if φ is no sum, or the locus may be
    larger than it is to be.

    INPUT:

    - ``phi`` -- the parametrization
    - ``computation`` -- session and limits
    - ``seed`` -- integer for the random choices

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a
    :class:`~neuroalg_sage.invariants.dimension.presentation.GenericFiber`

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> phi = parametrization(parse_spec("cnn:3c2,3:x^2"))
        >>> print(fiber_of_sum(phi, Computation(), seed=1))
        of dimension 2, one orbit of the known symmetries (proved)
    """
    start = time.perf_counter()
    model, count = phi.model, phi.model.parameter_count
    parts = phi.connected_parameters() if count <= MOST_PARAMETERS else []
    if len(parts) < 2:
        return None
    checked = rebuilt(model)
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    try:
        first, *others = [summand(checked, own) for own in parts]
    except CertificateError:  # parameters that do not matter
        return None
    weights = _weights(phi, parts[0])
    if weights is None or any(other.description != first.description for other in others):
        return None
    part = model_from_data(first.description)
    found = generic_fiber(parametrization(part), dimension(part, seed), computation, seed)
    if found.status != "proved" or found.certificate is None or found.data.points is None:
        return None
    prime = modular.random_prime(generator)
    while model.denominator[0] % prime == 0:
        prime = modular.random_prime(generator)
    fiber = found.certificate["claim"]["value"]
    evidence = {"kind": "summands", "parts": parts, "summand": fiber, "weights": weights,
                "evidence": found.certificate["evidence"], "trial": {
                    "prime": prime, "point": [generator.randrange(prime) for _ in range(count)]}}
    k = len(parts)
    value = [k * fiber[0], factorial(k) * fiber[1] ** k, factorial(k) * fiber[2] ** k]
    try:
        _, trust = check_summands(checked, value, evidence)
    except CertificateError:
        return None
    return certified(model, "generic_fiber", GenericFiber(*value), "proved",
                     "a contact locus, and the fibers of summands", time.perf_counter() - start,
                     evidence, trust, claim=value)


def _weights(phi: Parametrization, own: list[int]) -> list[int] | None:
    """Weights of some parameters for which all terms in these have the same one, not zero."""
    terms = {tuple(e[i] for i in own) for f in phi.polynomials for e in f}
    rows = [[Fraction(k) for k in (*e, -1)] for e in sorted(terms) if any(e)]
    for solution in kernel(rows, len(own) + 1):
        if solution.get(len(own)):
            scale = lcm(*(c.denominator for c in solution.values()))
            return [int(solution.get(k, 0) * scale) for k in range(len(own))]
    return None
