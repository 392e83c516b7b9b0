"""
How many values a function has on a finite variety, modulo a prime: by msolve, or by Macaulay2.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flint import Ordering, nmod_mat, nmod_mpoly_ctx, nmod_poly

from neuroalg_sage.engines import modular, msolve
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.models.expressions import Polynomial

# The implementation of F4 in Macaulay2 is for smaller primes than that of msolve, whose
# parametrizations of points do not allow all primes below 2^31.
MACAULAY2_PRIMES_BELOW, MSOLVE_PRIMES_BELOW = 2**15, 2**30
TRIALS, ATTEMPTS = 2, 6


def ring_modulo(names: Sequence[str], prime: int) -> Any:
    """The polynomial ring of FLINT over GF(p)."""
    return nmod_mpoly_ctx.get(list(names), modulus=prime, ordering=Ordering.degrevlex)


def reduced(polynomial: Polynomial, ring: Any, place: int = 0) -> Any:
    """
    A polynomial over Q modulo the prime of a ring, its variables being those from ``place`` on.

    Raises ZeroDivisionError if the prime divides a denominator.

    EXAMPLES::

        >>> reduced({(1,): 2}, ring_modulo(["x", "y"], 101), 1)
        2*y
    """
    prime, count = ring.modulus(), ring.nvars()
    terms = {}
    for exponents, c in polynomial.items():
        if c.denominator % prime == 0:
            raise ZeroDivisionError
        after = (0,) * (count - place - len(exponents))
        terms[(0,) * place + tuple(exponents) + after] = (
            c.numerator * pow(c.denominator, -1, prime) % prime)
    return ring.from_dict(terms)


@dataclass(frozen=True)
class System:
    """
    Equations modulo a prime, and a function whose values on their solutions are counted.

    - ``title`` -- a line that says what is counted
    - ``variables``, ``equations`` -- polynomials of FLINT over GF(p)
    - ``nonzero`` -- None, or a polynomial that shall not vanish at a solution
    - ``function`` -- the function
    """

    title: str
    variables: tuple[str, ...]
    equations: tuple[Any, ...]
    nonzero: Any
    function: Any

    @property
    def prime(self) -> int:
        """The prime."""
        return int(self.function.context().modulus())

    def saturated(self) -> tuple[tuple[str, ...], list[Any]]:
        """Variables and equations, with the inverse t of ``nonzero`` as a variable."""
        if self.nonzero is None:
            return self.variables, list(self.equations)
        names = (*self.variables, "t")
        ring = ring_modulo(names, self.prime)
        embedded = [ring.from_dict({(*e, 0): c for e, c in f.to_dict().items()})
                    for f in (*self.equations, self.nonzero)]
        return names, [*embedded[:-1], ring.gens()[-1] * embedded[-1] - 1]

    def script(self) -> Script:
        """The script by which Macaulay2 counts."""
        names, equations = self.saturated()
        ring = PolynomialRingData(names, self.prime)
        after = (0,) * (len(names) - len(self.variables))

        def terms(f: Any, more: tuple[int, ...] = ()) -> dict[tuple[int, ...], int]:
            return {(*map(int, e), *more): int(c) for e, c in f.to_dict().items()}

        return Script(
            self.title,
            {"R": ring, "I": PolynomialMatrix(ring, 1, len(equations),
                                              tuple(map(terms, equations)), "ideal"),
             "f": PolynomialMatrix(ring, 1, 1, (terms(self.function, after),))},
            'G = groebnerBasis(I, Strategy => "F4");\nforceGB G;\n'
            "counted = valuesOnPoints(ideal G, f_(0,0));",
            {"simple": 'counted#"simple"', "values": 'counted#"values"'})


@dataclass(frozen=True)
class Count:
    """
    - ``values`` -- the number of values of the function on the solutions
    - ``are_simple`` -- whether the solutions are finitely many, and simple
    - ``points`` -- the solutions, if msolve found them
    """

    values: int
    are_simple: bool
    points: msolve.Points | None = None


def number_of_values(f: nmod_poly, q: nmod_poly) -> int:
    """
    The number of values of f on the roots of a squarefree polynomial q.

    It is the degree of the minimal polynomial of f modulo q, the rank of 1, f, f^2, ...

    EXAMPLES::

        >>> number_of_values(nmod_poly([0, 0, 1], 101), nmod_poly([-1, 0, 1], 101))
        1
    """
    size, power, rows = q.degree(), nmod_poly([1], q.modulus()), []
    for _ in range(size):
        entries = [int(c) for c in power.coeffs()]
        rows.append(entries + [0] * (size - len(entries)))
        power = power * f % q
    return int(nmod_mat(size, size, sum(rows, []), q.modulus()).rank()) if size else 0


def largest_prime() -> int:
    """The bound for primes, by the engine that will count."""
    return MSOLVE_PRIMES_BELOW if msolve.find_command() else MACAULAY2_PRIMES_BELOW


def count(system: System, computation: Computation) -> Count:
    """
    Count the values of a system's function.

    Raises LimitReached if a limit stops the engine.
    """
    if system.prime < MACAULAY2_PRIMES_BELOW or msolve.find_command() is None:
        results = computation.run(system.script())
        return Count(results["values"], results["simple"])
    names, equations = system.saturated()
    computation.progress(f"msolve: {system.title}")
    limits = [limit for limit in (computation.timeout,) if limit is not None]
    if computation.deadline is not None:
        limits.append(max(computation.deadline - time.monotonic(), 0.1))
    try:
        points = msolve.points(equations, names, system.prime,
                               timeout=min(limits, default=None),
                               memory_gb=computation.memory_gb)
    except msolve.InfinitelyManyPoints:
        return Count(0, False)
    q = nmod_poly(list(points.polynomial), points.prime)
    at = [nmod_poly(list(c), points.prime) for c in points.coordinates[: len(system.variables)]]
    return Count(number_of_values(msolve.evaluate(system.function, at, q), q),
                 points.are_simple, points)


@dataclass(frozen=True)
class Trial:
    """A system, and what was counted."""

    system: System
    count: Count


def trials(make: Callable[[int], System], what: str, computation: Computation,
           generator: random.Random) -> list[Trial]:
    """
    Count on random systems, until two have finitely many solutions and all simple ones.

    INPUT:

    - ``make`` -- the system modulo a prime
    - ``what`` -- what is counted, for a message
    - ``computation`` -- session and limits
    - ``generator`` -- source of random primes

    OUTPUT: at least one trial; none has multiple solutions

    Raises LimitReached if a limit stops the engine, or if no trial is good.
    """
    found: list[Trial] = []
    for _ in range(ATTEMPTS):
        try:
            system = make(modular.random_prime(generator, largest_prime()))
        except ZeroDivisionError:  # the prime divides a denominator
            continue
        try:
            counted = count(system, computation)
        except LimitReached:
            if not found:
                raise
            return found
        if counted.are_simple:
            found.append(Trial(system, counted))
        if len(found) == TRIALS:
            return found
    if not found:
        raise LimitReached(f"None of {ATTEMPTS} random systems modulo primes had finitely many "
                           f"simple solutions, so {what} is not known; another method may find "
                           "it.")
    return found


def summary(found: Sequence[Trial]) -> str:
    """How often, by whom, and with which results was counted."""
    engine = "msolve" if found[0].count.points else "Macaulay2"
    values = [trial.count.values for trial in found]
    agreement = "" if len(set(values)) == 1 else f" (which have {' and '.join(map(str, values))})"
    trials = "one random trial" if len(found) == 1 else f"{len(found)} random trials"
    return f"by {engine} in {trials} modulo primes{agreement}"
