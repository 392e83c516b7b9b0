"""
The ED degree of decision boundaries: how hard it is to find the nearest input of another class.

The boundary {x : f_w(x) = 0} lies in the space of inputs, and f_w is an output of the model or the
difference of two.  What is counted, and how it is bounded, says the checker
(:mod:`neuroalg_sage.certificates.distance.decision_boundary_degree`).
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import Ordering, fmpq_mpoly_ctx

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.distance.decision_boundary_degree import (
    largest_number,
    linear_forms,
)
from neuroalg_sage.certificates.distance.polar_sum import SUM as DRAISMA
from neuroalg_sage.engines.modular import random_prime
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.equations.counting import (
    MSOLVE_PRIMES_BELOW,
    System,
    Trial,
    ring_modulo,
    summary,
    trials,
)
from neuroalg_sage.models.expressions import Polynomial, from_flint
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import in_ring

# Beyond this a certificate of the critical points takes the checker minutes.
MOST_CERTIFIED_POINTS = 400


class DecisionBoundaryDegree(Invariant):
    """The ED degree of a decision boundary, an integer; the claim names the outputs."""

    def condition(self) -> str:
        if self.certificate is None:
            return ""
        outputs, _ = self.certificate["claim"]["value"]
        return in_words(outputs)


def in_words(outputs: Sequence[int]) -> str:
    """
    The boundary.

    EXAMPLES::

        >>> in_words([0, 2])
        'output 0 = output 2'
    """
    return f"output {outputs[0]} = " + (f"output {outputs[1]}" if len(outputs) > 1 else "0")


@dataclass(frozen=True)
class BoundaryProblem:
    """
    The critical points of the distance to the boundary, modulo a prime.

    - ``parameters`` -- w
    - ``target`` -- the input u
    - ``weights`` -- a linear form in the inputs
    - ``system`` -- the equations
    """

    parameters: list[int]
    target: list[int]
    weights: list[int]
    system: System


def boundary_polynomial(phi: Parametrization, outputs: Sequence[int]) -> Polynomial:
    """
    The output, or the difference of two, as a polynomial in the parameters and the inputs.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> sorted(boundary_polynomial(parametrization(parse_spec("linear:1,2")), [0, 1]))
        [(0, 1, 1), (1, 0, 1)]
    """
    signs = dict(zip(outputs, (1, -1)))
    terms: Polynomial = {}
    for (output, exponents), f in zip(phi.coordinates, phi.polynomials):
        if output in signs:
            for e, c in f.items():
                place = (*e, *exponents)
                terms[place] = terms.get(place, 0) + signs[output] * c
    return {e: c for e, c in terms.items() if c}


def without_powers(f: Polynomial, parameters: int, inputs: int) -> Polynomial:
    """
    The product of the irreducible factors that depend on the inputs.

    EXAMPLES::

        >>> from fractions import Fraction
        >>> without_powers({(1, 2): Fraction(3)}, 1, 1)
        {(0, 1): Fraction(1, 1)}
    """
    ring = fmpq_mpoly_ctx.get([f"v{i}" for i in range(parameters + inputs)], Ordering.lex)
    product = ring.constant(1)
    for factor, _ in in_ring(f, ring).factor()[1]:
        if any(any(e[parameters:]) for e in factor.monoms()):
            product *= factor
    return from_flint(product)


def at_parameters(f: Polynomial, w: Sequence[int], ring: Any) -> Any:
    """A polynomial at parameters modulo the prime of a ring, in the first variables of that."""
    prime, count = int(ring.modulus()), len(w)
    after = (0,) * (ring.nvars() - len(next(iter(f))) + count)
    terms: dict[tuple[int, ...], int] = {}
    for e, c in f.items():
        if c.denominator % prime == 0:
            raise ZeroDivisionError
        value = c.numerator * pow(c.denominator, -1, prime) % prime
        for base, exponent in zip(w, e):
            value = value * pow(base, exponent, prime) % prime
        place = (*e[count:], *after)
        terms[place] = (terms.get(place, 0) + value) % prime
    return ring.from_dict(terms)


def is_without_powers(f: Polynomial, parameters: int, inputs: int, generator: random.Random
                      ) -> bool:
    """Whether a polynomial is squarefree in the inputs at random parameters modulo a prime."""
    prime = random_prime(generator, MSOLVE_PRIMES_BELOW)
    ring = ring_modulo([f"x_{i}" for i in range(inputs)], prime)
    try:
        value = at_parameters(f, [generator.randrange(prime) for _ in range(parameters)], ring)
    except ZeroDivisionError:
        return False
    return bool(value) and all(exponent == 1 for _, exponent in value.factor_squarefree()[1])


def boundary_problem(g: Polynomial, parameters: int, inputs: int, prime: int,
                     generator: random.Random, title: str) -> BoundaryProblem:
    """The critical equations for random parameters and a random input."""
    w = [generator.randrange(prime) for _ in range(parameters)]
    target = [generator.randrange(prime) for _ in range(inputs)]
    weights = [generator.randrange(prime) for _ in range(inputs)]
    names = (*(f"x_{i}" for i in range(inputs)), "lambda")
    ring = ring_modulo(names, prime)
    function = at_parameters(g, w, ring)
    *x, multiplier = ring.gens()
    zero = ring.from_dict({})
    equations = (function, *(x[i] - target[i] - multiplier * function.derivative(i)
                             for i in range(inputs)))
    return BoundaryProblem(w, target, weights, System(
        f"{title} modulo {prime}", names, equations, None,
        sum((c * v for c, v in zip(weights, x)), zero)))


def decision_boundary_ed_degree(phi: Parametrization, computation: Computation,
                                outputs: Sequence[int] | None = None, seed: int | None = None
                                ) -> Invariant:
    """
    The number of complex critical points of the Euclidean distance from a generic input to the
    decision boundary, for generic parameters.

    They are counted at random parameters and inputs modulo random primes, and proved to be no
    fewer.  Where that is the number for a general hypersurface of the same degree, it is
    ``proved``; else ``numerical``, and the number for a general hypersurface is a bound.

    INPUT:

    - ``phi`` -- the parametrization
    - ``computation`` -- session and limits
    - ``outputs`` -- one output, where it is 0, or two, where they are equal; by default the only
      one, or the first two
    - ``seed`` -- integer for the random choices

    OUTPUT: :class:`DecisionBoundaryDegree`

    Raises InputError for outputs that there are not, or if the function is zero.

    EXAMPLES: Quadrics in three variables with their center at the origin, and others. ::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> for spec in ("mlp:3,3,1:x^2", "mlp:3,3,1:x^2:bias"):
        ...     print(decision_boundary_ed_degree(parametrization(parse_spec(spec)), Computation()))
        4 (proved, trusting theorem: Draisma et al. (2016))
        6 (proved, trusting theorem: Draisma et al. (2016))

    REFERENCES: [Ale2026]_; [DHOST2016]_, Proposition 2.6
    """
    start = time.perf_counter()
    model = phi.model
    name = "decision_boundary_ed_degree"
    chosen = list(outputs) if outputs is not None else list(range(min(2, model.output_count)))
    if len(chosen) not in (1, 2) or len(set(chosen)) < len(chosen) or not all(
            isinstance(j, int) and 0 <= j < model.output_count for j in chosen):
        raise InputError("A decision boundary is that of one output or of two different ones, from "
                         f"0 to {model.output_count - 1}.")
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    count, n = model.parameter_count, model.input_count
    f = boundary_polynomial(phi, chosen)
    if not f:
        raise InputError(f"The boundary {in_words(chosen)} is all of the space of inputs.")
    g = f if is_without_powers(f, count, n, generator) else without_powers(f, count, n)
    factor = {} if g == f else {"factor": encode_polynomial(g)}
    degrees = {sum(e[count:]) for e in g}
    bound = largest_number(max(degrees), linear_forms(model.describe(), n), len(degrees) == 1)
    if not max(degrees):
        return DecisionBoundaryDegree.certified(
            model, name, 0, "proved", "the boundary is empty", time.perf_counter() - start, factor,
            claim=[chosen, 0])
    problems: list[BoundaryProblem] = []

    def make(prime: int) -> System:
        problems.append(boundary_problem(
            g, count, n, prime, generator,
            f"critical points of the distance to {in_words(chosen)} of {model}"))
        return problems[-1].system

    found = trials(make, "the ED degree of the boundary", computation, generator)
    best = max(found, key=lambda trial: trial.count.values)
    number = best.count.values
    proof = _proof(best, next(p for p in problems if p.system is best.system), n)
    method = f"critical equations, {summary(found)}"
    if number == bound and proof is not None:
        return DecisionBoundaryDegree.certified(
            model, name, number, "proved", f"{method}; there are no more on a general hypersurface "
            f"of degree {max(degrees)}", time.perf_counter() - start, {"points": proof} | factor,
            [DRAISMA], claim=[chosen, number])
    certificate = None if proof is None else Invariant.certified(
        model, f"{name}_at_least", number, "proved", "", 0.0, proof | factor,
        claim=[chosen, number]).certificate
    return DecisionBoundaryDegree(
        name, number, "numerical", f"{method}; on a general hypersurface of degree {max(degrees)} "
        f"there are {bound}" + ("; the certificate proves that it is not less" if certificate
                                else ""), certificate, time.perf_counter() - start)


def _proof(trial: Trial, problem: BoundaryProblem, inputs: int) -> dict[str, Any] | None:
    points = trial.count.points
    if points is None or not 0 < points.count <= MOST_CERTIFIED_POINTS:
        return None
    return {"prime": points.prime, "parameters": problem.parameters, "target": problem.target,
            "weights": problem.weights, "polynomial": list(points.polynomial),
            "coordinates": [list(c) for c in points.coordinates[:inputs]],
            "multiplier": list(points.coordinates[inputs])}
