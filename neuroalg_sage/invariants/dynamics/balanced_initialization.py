"""
Parameters of a function with given values of the conservation laws: where there are some, and why
there are none.

A solution w of φ(w) = f and h(w) = c is looked for in floating point.  It becomes a proof

- if it is near a rational point that is one;
- if the equations are independent there, by Krawczyk's test in ball arithmetic;
- else by Macaulay2: with some coordinates set to rational numbers nearby, the solutions are
  finitely many, and coordinates are polynomials in the roots of one polynomial over Q.

If none is found, Macaulay2 looks for a combination of the equations that has no zero: 1, so that
there is no complex solution (Hilbert's Nullstellensatz), or, where the complex solutions are
finitely many, a polynomial in one linear form that has no real root.  Whatever was found is
verified without Macaulay2.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_poly

from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.floating_point import PolynomialMap, least_squares
from neuroalg_sage.invariants.dynamics.conservation_law import ConservationLaw
from neuroalg_sage.models.expressions import Polynomial, plus, restricted, value
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.sage_input import lists, rational
from neuroalg_sage.storable import storable

STARTS, STEPS = 20, 200
TOLERANCE = 1e-10
SECONDS = 60.0  # for each question to Macaulay2, if no shorter limit is set
DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12)
RADIUS = Fraction(1, 10**6)


@storable()
@dataclass(frozen=True)
class Initialization:
    """
    Parameters of a function with given values of the laws, or that there are none.

    - ``point`` -- array of N numbers; None if there are none
    - ``verdict`` -- ``"exists"``, ``"none over R"`` or ``"none over C"``
    - ``form`` -- in words, in which form the parameters are known
    """

    point: np.ndarray | None
    verdict: str
    form: str

    @property
    def exists(self) -> bool:
        """Whether there are real parameters."""
        return self.verdict == "exists"

    def __str__(self) -> str:
        if self.point is None:
            return self.verdict
        return f"w = ({', '.join(f'{x:.10g}' for x in self.point)}), {self.form}"


class BalancedInitialization(Invariant):
    """Balanced parameters of a function.  The value is an :class:`Initialization`."""

    def plain_value(self) -> dict[str, Any]:
        found: Initialization = self.data
        return {"verdict": found.verdict,
                "point": None if found.point is None else found.point.tolist(), "form": found.form}


def balanced_initialization(phi: Parametrization, laws: Sequence[ConservationLaw],
                            function: Sequence[Any], values: Sequence[Any],
                            computation: Computation, seed: int | None = None) -> Invariant:
    """
    Parameters of a function, with given values of the laws, or a proof that there are none.

    INPUT:

    - ``phi`` -- the parametrization
    - ``laws`` -- conservation laws of gradient flow
    - ``function`` -- the coordinates of a function, rational numbers
    - ``values`` -- for each law its value; zeros for balanced parameters
    - ``computation`` -- session and limits
    - ``seed`` -- integer for the random starts

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant` of an
    :class:`Initialization`, ``proved``; or ``numerical``, where the method of Levenberg and
    Marquardt found a solution and no proof succeeded

    Raises LimitReached if it is undecided whether there are such parameters.
    """
    start = time.perf_counter()
    model, count = phi.model, phi.model.parameter_count
    function, values = lists(function), lists(values)
    if len(function) != len(phi.polynomials) or len(values) != len(laws):
        raise InputError(f"State a function by {len(phi.polynomials)} coordinates, and a value for "
                         f"each of the {len(laws)} laws.")
    targets = [rational(c, role) for numbers, role in ((function, "coordinate of the function"),
                                     (values, "value of a law")) for c in numbers]
    system = [plus(p, {(0,) * count: -c}) for p, c in zip(
        [*phi.polynomials, *(law.polynomial for law in laws)], targets)]
    texts = list(map(decimal, targets))

    def answer(verdict: str, point: np.ndarray | None, form: str, evidence: dict[str, Any] | None
               ) -> Invariant:
        data, seconds = Initialization(point, verdict, form), time.perf_counter() - start
        if evidence is None:
            return BalancedInitialization("balanced_initialization", data, "numerical",
                                          "the method of Levenberg and Marquardt", None, seconds)
        return BalancedInitialization.certified(
            model, "balanced_initialization", data, "proved", form, seconds, evidence,
            claim=[texts[: len(function)], [encode_polynomial(law.polynomial) for law in laws],
                   texts[len(function) :], verdict])

    def proved(verdict: str, point: np.ndarray | None, form: str, evidence: dict[str, Any]
               ) -> Invariant | None:
        found = answer(verdict, point, form, evidence)
        try:
            verify(found.certificate)
        except CertificateError:
            return None
        return found

    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    near = _solve(system, count, seed)
    if near is not None:
        for attempt in (_rational_point, _box, _algebraic_point):
            point, form, evidence = attempt(system, near, computation, generator)
            if evidence is not None and (found := proved("exists", point, form, evidence)):
                return found
        return answer("exists", near, "in floating point; its existence is not proved", None)
    for verdict, form, evidence in _none(system, count, computation, generator):
        if found := proved(verdict, None, form, evidence):
            return found
    raise LimitReached(f"It is undecided whether there are parameters with this function and these "
                       f"values of the laws: none were found from {STARTS} random starts, and no "
                       "proof was found that there are none.")


def _solve(system: list[Polynomial], count: int, seed: int | None) -> np.ndarray | None:
    """A solution in floating point."""
    maps, generator = PolynomialMap(system, count), np.random.default_rng(seed)
    scale = TOLERANCE * (1 + max(abs(float(c)) for p in system for c in p.values() or [0]))
    for _ in range(STARTS):
        for w, rest in least_squares(maps, maps.jacobian, generator.standard_normal(count), STEPS):
            if np.abs(rest).max() < scale:
                return w
    return None


Found = tuple[np.ndarray | None, str, dict[str, Any] | None]


def _texts(numbers: Sequence[Any]) -> list[str]:
    return [decimal(c) for c in numbers]


def _rational_point(system: list[Polynomial], near: np.ndarray, *_: Any) -> Found:
    for d in DENOMINATORS:
        point = [Fraction(round(float(x) * d), d) for x in near]
        if not any(value(p, point) for p in system):
            shown = ", ".join(map(decimal, point))
            return np.array(list(map(float, point))), f"the rational point ({shown})", {
                "univariate": ["0", "1"], "interval": ["0", "0"],
                "coordinates": [[decimal(c)] for c in point]}
    return None, "", None


def _free(slopes: np.ndarray, rank: int) -> list[int]:
    """Coordinates whose columns of the Jacobian are independent, the best ones first."""
    rest = slopes.copy()
    chosen: list[int] = []
    for _ in range(rank):
        sizes = np.linalg.norm(rest, axis=0)
        sizes[chosen] = -1.0
        k = int(sizes.argmax())
        chosen.append(k)
        direction = rest[:, k] / max(sizes[k], 1e-300)
        rest = rest - np.outer(direction, direction @ rest)
    return sorted(chosen)


def _rank(slopes: np.ndarray) -> int:
    return int(np.linalg.matrix_rank(slopes, tol=1e-6 * max(1.0, float(np.abs(slopes).max()))))


def _box(system: list[Polynomial], near: np.ndarray, *_: Any) -> Found:
    """A box around a solution, for Krawczyk's test; only where the equations are independent."""
    slopes = PolynomialMap(system, len(near)).jacobian(near)
    if _rank(slopes) < len(system):
        return None, "", None
    free = _free(slopes, len(system))
    center = [Fraction(float(x)).limit_denominator(10**12) for x in near]
    matrix = [[str(Fraction(float(c)).limit_denominator(10**9)) for c in row]
              for row in np.linalg.inv(slopes[:, free])]
    return near, "in a box that is proved to hold a solution", {"box": {
        "free": free, "center": _texts(center), "radius": str(RADIUS),
        "preconditioner": matrix}}


# -- with Macaulay2 ------------------------------------------------------------------------------


FINITE = """\
l = {form};
column = (A, B, f) -> sub(last coefficients(matrix {{{{sub(f, A)}}}}, Monomials => B), QQ);
-- In the basis of the powers of l, modulo P, the next power of l and the variables.
inPowers = P -> (
    A := R/P;
    B := basis A;
    powers := matrix {{apply(numcols B, k -> column(A, B, l^k))}};
    if rank powers == numcols B then solve(powers, matrix {{
        apply({{l^(numcols B)}} | gens R, f -> column(A, B, f))}}));
primes = select(minimalPrimes ideal equations, P -> dim P == 0);
"""

NONE_OVER_C = """\
multipliers = if ideal equations == 1 then matrix {{{{1_R}}}} // equations;
"""

NONE_OVER_R = """\
l = {form};
I = ideal equations;
(minimal, multipliers) = if dim I > 0 then (null, null) else (
    K = kernel map(R/I, T, {{l}});
    u = (gens K)_(0, 0);
    (u, matrix {{{{sub(u, {{T_0 => l}})}}}} // equations));
"""


def _run(title: str, system: list[Polynomial], count: int, body: str, results: dict[str, str],
         computation: Computation) -> dict[str, Any] | None:
    """The results of Macaulay2 for a system of equations; None if it reaches its limit."""
    ring = PolynomialRingData(tuple(f"y_{i}" for i in range(count)))
    script = Script(title, {
        "T": PolynomialRingData(("t",)), "R": ring,
        "equations": PolynomialMatrix(ring, 1, len(system), tuple(system))}, body, results,
        packages=("MinimalPrimes",))
    try:
        return computation.run(script, SECONDS)
    except LimitReached:
        return None


def _form(count: int, generator: random.Random) -> tuple[Polynomial, str]:
    """A random linear form, as a polynomial and for Macaulay2."""
    coefficients = [generator.randint(1, 20) for _ in range(count)]
    polynomial = {tuple(int(k == i) for k in range(count)): Fraction(c)
                  for i, c in enumerate(coefficients)}
    return polynomial, " + ".join(f"{c}*R_{i}" for i, c in enumerate(coefficients))


def _algebraic_point(system: list[Polynomial], near: np.ndarray, computation: Computation,
                     generator: random.Random) -> Found:
    """A solution whose coordinates are polynomials in an algebraic number."""
    count = len(near)
    slopes = PolynomialMap(system, count).jacobian(near)
    free = _free(slopes, _rank(slopes))
    fixed = {i: Fraction(round(float(x) * 4), 4) for i, x in enumerate(near) if i not in free}
    rest = [q for p in system if (q := restricted(p, fixed))]
    if any(len(p) == 1 and not any(next(iter(p))) for p in rest):
        return None, "", None
    form, text = _form(len(free), generator)
    found = _run("solutions with some coordinates fixed", rest, len(free),
                 FINITE.format(form=text), {"points": "apply(primes, inPowers)"}, computation)
    candidates = []
    for matrix in (found or {}).get("points", []):
        if matrix is None:
            continue
        d, width = matrix.rows, matrix.columns
        entries = [sum(f.values(), Fraction(0)) for f in matrix.entries]
        column = [[entries[r * width + k] for r in range(d)] for k in range(width)]
        u = fmpq_poly([fmpq(-c.numerator, c.denominator) for c in map(Fraction, column[0])] + [1])
        coordinates = {i: column[1 + k] for k, i in enumerate(free)}
        texts = [_texts(coordinates.get(i, [fixed.get(i, Fraction(0))])) for i in range(count)]
        roots: Any = u.numer().complex_roots()
        for x, multiplicity in roots:
            if x.imag == 0 and multiplicity % 2:
                t = float(x.real.mid())
                point = np.array([sum(float(Fraction(c)) * t**k for k, c in enumerate(q))
                                  for q in texts])
                candidates.append((float(np.linalg.norm(point - near)), d, point, u, x.real, texts))
    if not candidates:
        return None, "", None
    _, d, point, u, root, texts = min(candidates, key=lambda c: c[0])
    low, high = _around(root)
    return point, f"a point that is algebraic of degree at most {d}, known exactly", {
        "univariate": _texts(u.coeffs()), "interval": [str(low), str(high)], "coordinates": texts}


def _around(root: Any) -> tuple[Fraction, Fraction]:
    """The ends of a ball."""
    (m, e), (r, f) = root.mid().man_exp(), root.rad().man_exp()
    middle = Fraction(int(m)) * Fraction(2) ** int(e)
    radius = Fraction(int(r)) * Fraction(2) ** int(f)
    return middle - radius, middle + radius


def _none(system: list[Polynomial], count: int, computation: Computation, generator: random.Random
          ) -> Any:
    """What may prove that there is no solution: the verdict, in words, the evidence."""
    one = {(0,) * count: Fraction(1)}
    for k, p in enumerate(system):
        sign = 1 if p.get((0,) * count, 0) > 0 else -1
        if (0,) * count in p and all(c * sign > 0 and not any(i % 2 for i in e)
                                     for e, c in p.items()):
            yield "none over R", "an equation is a sum of squares, and not zero", {
                "multipliers": [encode_polynomial({e: c * sign for e, c in one.items()})
                                if i == k else [] for i in range(len(system))]}
    found = _run("no complex solution", system, count, NONE_OVER_C.format(),
                 {"multipliers": "multipliers"}, computation)
    if found is None:
        return
    if found["multipliers"] is not None:
        yield "none over C", "1 is a combination of the equations", {
            "form": encode_polynomial(one), "univariate": ["1"],
            "multipliers": list(map(encode_polynomial, found["multipliers"].entries))}
        return
    form, text = _form(count, generator)
    found = _run("no real solution", system, count, NONE_OVER_R.format(form=text),
                 {"minimal": "minimal", "multipliers": "multipliers"}, computation)
    if found is None or found["minimal"] is None:
        return
    u = found["minimal"].polynomial
    yield "none over R", ("a polynomial in one linear form is a combination of the equations, and "
                          "has no real root"), {
        "form": encode_polynomial(form),
        "univariate": [str(u.get((k,), 0)) for k in range(max(e for (e,) in u) + 1)],
        "multipliers": list(map(encode_polynomial, found["multipliers"].entries))}
