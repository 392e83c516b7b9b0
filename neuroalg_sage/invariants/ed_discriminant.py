"""
The ED discriminant: the data at which critical points of the squared distance come together.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Any

from flint import fmpq, fmpq_mpoly, nmod_mat, nmod_poly

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.discriminant import (
    MOST_UNKNOWNS,
    check_ramification,
    determinant,
    value,
)
from neuroalg_sage.certificates.reading import CertificateError, polynomial_ring, residue
from neuroalg_sage.engines import modular, msolve
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.invariants.computation import Computation
from neuroalg_sage.invariants.counting import largest_prime, reduced, ring_modulo
from neuroalg_sage.invariants.critical_equations import (
    Slice,
    finite_slice,
    independent_coordinates,
)
from neuroalg_sage.invariants.decomposition import for_checker, fractions
from neuroalg_sage.invariants.invariant import Invariant, certified
from neuroalg_sage.invariants.quadratic_forms import QuadraticForm
from neuroalg_sage.models.expressions import Polynomial, from_flint, write_polynomial
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.sage_input import lists, rational

MOST_TERMS = 20_000  # of the cofactors in a certificate
LARGEST_POWER = 40
POINTS_TRIED = 30
ELIMINATION = f"""\
I = ideal E + ideal h;
D = trim eliminate(take(gens A, UNKNOWNS), saturate(I, m));
f = if numgens D == 1 then D_0 else 0_A;
k = 0;
g = f;
while k <= {LARGEST_POWER} and g % I != 0 do (g = g * m; k = k + 1);
C = if f == 0 or k > {LARGEST_POWER} then map(A^1, A^0, 0) else g // gens I;"""


@dataclass(frozen=True, repr=False)
class Discriminant:
    """
    The ED discriminant, on an affine space of data.

    - ``factors`` -- its irreducible components over Q, as polynomials in coordinates of the space
    - ``names`` -- these coordinates
    - ``origin``, ``directions`` -- the space: u = origin + Σ_i s_i directions_i
    """

    factors: tuple[Polynomial, ...]
    names: tuple[str, ...]
    origin: tuple[Fraction, ...]
    directions: tuple[tuple[Fraction, ...], ...]

    @property
    def degree(self) -> int:
        """The degree, the sum of those of the components; 0 if there is none."""
        return sum(max(map(sum, f)) for f in self.factors)

    @property
    def polynomials(self) -> list[str]:
        """The components as text."""
        return [write_polynomial(f, self.names) for f in self.factors]

    @cached_property
    def ideal(self) -> Any:
        """The ideal of the discriminant, in Sage."""
        ring = PolynomialRingData(self.names)
        product = polynomial_ring(len(self.names)).constant(1)
        for f in for_checker(self.factors, len(self.names)):
            product *= f
        return PolynomialMatrix(ring, 1, 1, (from_flint(product),), "ideal").to_sage()

    def __str__(self) -> str:
        if not self.factors:
            return "no hypersurface"
        count = len(self.factors)
        parts = "an irreducible hypersurface" if count == 1 else (
            f"a hypersurface with {count} components")
        return f"{parts} of degree {self.degree}"

    __repr__ = __str__


@dataclass(frozen=True)
class CriticalEquations:
    """
    Equations E(w, s) = 0 of the critical points, as many as unknowns w, for data with coordinates
    s; polynomials of FLINT over Q in w, then s.

    - ``equations`` -- E
    - ``minor`` -- what does not vanish
    - ``unknowns`` -- the number of the w
    - ``images`` -- the coordinates z of the critical point
    """

    title: str
    equations: tuple[fmpq_mpoly, ...]
    minor: fmpq_mpoly
    unknowns: int
    images: tuple[fmpq_mpoly, ...]

    @property
    def coordinates(self) -> int:
        """The dimension of the space of data."""
        return int(self.minor.context().nvars()) - self.unknowns

    @property
    def names(self) -> tuple[str, ...]:
        """Names for Macaulay2 and msolve."""
        return tuple([f"w_{i}" for i in range(self.unknowns)]
                     + [f"u_{i}" for i in range(self.coordinates)])

    @cached_property
    def hessian(self) -> fmpq_mpoly:
        """The determinant of the derivatives of E by w."""
        return determinant([[f.derivative(k) for k in range(self.unknowns)]
                            for f in self.equations], self.minor.context().constant(1))

    def at(self, point: Sequence[Fraction]) -> tuple[list[Polynomial], Polynomial]:
        """E and the minor for one datum, as polynomials in w."""
        ring = polynomial_ring(self.unknowns)
        places = [*ring.gens(), *(ring.constant(_fmpq(c)) for c in point)]
        made = [from_flint(f.compose(*places, ctx=ring)) for f in (*self.equations, self.minor)]
        return made[:-1], made[-1]

    def script(self) -> Script:
        """The script that eliminates the unknowns."""
        ring = PolynomialRingData(self.names)
        equations = tuple(map(from_flint, self.equations))
        return Script(
            self.title, {"A": ring, "E": PolynomialMatrix(ring, 1, len(equations), equations),
                         "h": PolynomialMatrix(ring, 1, 1, (from_flint(self.hessian),),
                                               "polynomial"),
                         "m": PolynomialMatrix(ring, 1, 1, (from_flint(self.minor),),
                                               "polynomial")},
            ELIMINATION.replace("UNKNOWNS", str(self.unknowns)),
            {"discriminant": "f", "power": "k", "cofactors": "C", "generators": "numgens D"})


def _fmpq(c: Fraction) -> fmpq:
    return fmpq(c.numerator, c.denominator)


def ambient(n: int, origin: Any = None, directions: Any = None
            ) -> tuple[tuple[Fraction, ...], tuple[tuple[Fraction, ...], ...]]:
    """
    An affine space of data in a space of dimension n, by default all of it.

    Raises InputError if its directions are dependent, or not vectors of n rational numbers.

    EXAMPLES::

        >>> ambient(2, [0, 1], [[1, 0]])
        ((Fraction(0, 1), Fraction(1, 1)), ((Fraction(1, 1), Fraction(0, 1)),))
    """
    def vector(entries: Any) -> tuple[Fraction, ...]:
        entries = lists(entries)
        if not isinstance(entries, (list, tuple)) or len(entries) != n:
            raise InputError(f"A point or direction of the data is a list of {n} rational numbers.")
        return tuple(rational(c, "coordinate") for c in entries)

    if not n:
        raise InputError("The ambient space is a point, so there are no data that could vary.")
    if directions is None:
        directions = [[int(i == j) for j in range(n)] for i in range(n)]
    rows = tuple(vector(v) for v in lists(directions))
    from flint import fmpq_mat

    if not rows or fmpq_mat([[_fmpq(c) for c in v] for v in rows]).rank() < len(rows):
        raise InputError("The directions of an affine space of data are independent vectors.")
    return vector([0] * n if origin is None else origin), rows


def matrix_of(form: QuadraticForm) -> list[list[Fraction]]:
    """The matrix of a quadratic form that is not generic; raises InputError if it is."""
    if form.rows is None and form.weights is None:
        raise InputError("The ED discriminant is that of one metric: unit, bombieri, or data with "
                         "the matrix of its quadratic form.")
    return [[form._entry(i, j) for j in range(form.size)] for i in range(form.size)]


def _target(ring: Any, first: int, origin: Sequence[Fraction],
            directions: Sequence[Sequence[Fraction]]) -> list[fmpq_mpoly]:
    s = ring.gens()[first:]
    return [sum((_fmpq(v[j]) * s[i] for i, v in enumerate(directions)),
                ring.constant(_fmpq(c))) for j, c in enumerate(origin)]


def of_parametrization(phi: Parametrization, dimension: int, form: QuadraticForm,
                       origin: Sequence[Fraction], directions: Sequence[Sequence[Fraction]],
                       generator: random.Random
                       ) -> tuple[CriticalEquations, dict[int, int], list[int]]:
    """
    The critical equations on a slice of the fibers, the slice, and the rows of the minor.

    Raises LimitReached if there are too many unknowns.
    """
    where = finite_slice(phi, dimension, generator)
    if len(where.free) > MOST_UNKNOWNS:
        raise LimitReached(f"The discriminant of {phi.model} needs the elimination of "
                           f"{len(where.free)} parameters; the most are {MOST_UNKNOWNS}.")
    rows = independent_coordinates(where, None, modular.random_prime(generator), generator)
    return of_slice(where, rows, form, origin, directions), where.values, rows


def of_slice(where: Slice, rows: Sequence[int], form: QuadraticForm, origin: Sequence[Fraction],
             directions: Sequence[Sequence[Fraction]]) -> CriticalEquations:
    """The critical equations on a slice of the fibers, with the minor of these rows of Dφ."""
    n, d, r = len(where.images), len(where.free), len(directions)
    ring = polynomial_ring(d + r)
    images = [ring.from_dict({(*e, *[0] * r): _fmpq(c) for e, c in f.items()})
              for f in where.images]
    target, zero = _target(ring, d, origin, directions), ring.constant(0)
    residual = [sum((_fmpq(c) * (images[j] - target[j]) for j, c in enumerate(row) if c), zero)
                for row in matrix_of(form)]
    equations = tuple(sum((images[i].derivative(k) * residual[i] for i in range(n)), zero)
                      for k in range(d))
    minor = determinant([[images[i].derivative(k) for k in range(d)] for i in rows],
                        ring.constant(1))
    return CriticalEquations(f"the ED discriminant of {where.phi.model}", equations, minor, d,
                             tuple(images))


def of_ideal(equations: Sequence[Polynomial], n: int, form: QuadraticForm,
             origin: Sequence[Fraction], directions: Sequence[Sequence[Fraction]]
             ) -> CriticalEquations:
    """
    The critical equations with Lagrange's multipliers, of a variety with as many equations as its
    codimension; the unknowns are its coordinates, then the multipliers.
    """
    c, r = len(equations), len(directions)
    ring = polynomial_ring(n + c + r)
    g = [ring.from_dict({(*e, *[0] * (c + r)): _fmpq(Fraction(a)) for e, a in f.items()})
         for f in equations]
    z, multipliers = ring.gens()[:n], ring.gens()[n: n + c]
    target, zero = _target(ring, n + c, origin, directions), ring.constant(0)
    critical = [sum((_fmpq(a) * (z[j] - target[j]) for j, a in enumerate(row) if a), zero)
                - sum((x * f.derivative(i) for x, f in zip(multipliers, g)), zero)
                for i, row in enumerate(matrix_of(form))]
    minors = (determinant([[f.derivative(k) for k in columns] for f in g], ring.constant(1))
              for columns in combinations(range(n), c))
    minor = next((m for m in minors if m), None)
    if minor is None:
        raise InputError("The differentials of the equations are dependent; give as many "
                         "equations as the codimension, that define a smooth point.")
    return CriticalEquations("the ED discriminant of a variety", (*g, *critical), minor, n + c,
                             tuple(z))


def _eliminate(system: CriticalEquations, computation: Computation, generator: random.Random
               ) -> tuple[list[Polynomial], dict[str, Any] | None, str]:
    """The factors, the evidence for them, or why there is none."""
    results = computation.run(system.script())
    r = system.coordinates
    polynomial = fractions(results["discriminant"].polynomial)
    ring = system.minor.context()
    if not polynomial:
        return [], None, ("critical points come together only in codimension over one"
                          if results["generators"] else "critical points come together everywhere")
    found = for_checker([polynomial], ring.nvars())[0]
    unit, parts = found.factor()
    lifted = [_integral(f) for f, _ in parts]
    scale = unit
    for (f, e), g in zip(parts, lifted):
        scale *= (f.leading_coefficient() / g.leading_coefficient()) ** e
    factors = [{e[system.unknowns:]: c for e, c in from_flint(f).items()} for f in lifted]
    cofactors = [fractions(c) for c in results["cofactors"].entries]
    assert all(len(e) == r for f in factors for e in f)
    if len(cofactors) != system.unknowns + 1 or sum(map(len, cofactors)) > MOST_TERMS:
        return factors, None, "the proof that the discriminant vanishes there is too large"
    try:
        witnesses = [_witness(system, lifted, i, generator, computation)
                     for i in range(len(lifted))]
    except EngineError:
        return factors, None, "msolve is missing"
    if any(w is None for w in witnesses):
        return factors, None, "no point on each component was found modulo a prime"
    evidence = {
        "power": results["power"], "exponents": [int(e) for _, e in parts],
        "cofactors": [encode_polynomial({e: c / Fraction(int(scale.p), int(scale.q))
                                         for e, c in f.items()}) for f in cofactors],
        "witnesses": witnesses}
    try:
        check_ramification(list(system.equations), system.minor, system.unknowns, lifted, evidence)
    except CertificateError as error:
        return factors, None, str(error).rstrip(".").lower()
    return factors, evidence, ""


def _integral(f: fmpq_mpoly) -> fmpq_mpoly:
    """The multiple with coprime integers as coefficients, the first of them positive."""
    from math import gcd, lcm

    coefficients = [Fraction(int(c.p), int(c.q)) for c in f.coeffs()]
    scale = Fraction(lcm(*(c.denominator for c in coefficients)),
                     gcd(*(c.numerator for c in coefficients)))
    return f * _fmpq(scale if coefficients[0] > 0 else -scale)


def _witness(system: CriticalEquations, factors: Sequence[fmpq_mpoly], i: int,
             generator: random.Random, computation: Computation) -> dict[str, Any] | None:
    """A point modulo a prime on the ramification locus over the factor i, and over no other."""
    d, r = system.unknowns, system.coordinates
    ramified = [*system.equations, system.hessian]
    names = [*system.names[:d], "inverse"]
    for _ in range(POINTS_TRIED):
        computation.clock()()
        p = modular.random_prime(generator, min(largest_prime(), 2**30))
        rest = [generator.randrange(p) for _ in range(r - 1)]
        ring = ring_modulo(names, p)
        try:
            line = _on_line(factors[i], d, rest, p)
            if line.degree() < 1:
                continue
            for root, _ in line.roots():
                point = [*rest, int(root)]
                equations = [_in_unknowns(f, point, d, ring, p) for f in ramified]
                inverse = _in_unknowns(system.minor, point, d, ring, p) * ring.gens()[d] - 1
                found = msolve.points([*equations, inverse], names, p,
                                      timeout=computation.timeout)
                q = nmod_poly(list(found.polynomial), p)
                for t, _ in (q.roots() if q.degree() > 0 else []):
                    w = [int(nmod_poly(list(c), p)(t)) for c in found.coordinates[:d]]
                    if _is_good(system, ramified, factors, i, [*w, *point], p):
                        return {"prime": p, "point": [*w, *point]}
        except (ZeroDivisionError, msolve.InfinitelyManyPoints, CertificateError):
            continue
    return None


def _on_line(f: fmpq_mpoly, first: int, rest: Sequence[int], p: int) -> nmod_poly:
    """The polynomial in the last variable when the others have these values modulo p."""
    coefficients: dict[int, int] = {}
    for e, c in f.to_dict().items():
        term = residue(c, p)
        for x, k in zip(rest, e[first:-1]):
            term = term * pow(x, int(k), p) % p
        coefficients[int(e[-1])] = (coefficients.get(int(e[-1]), 0) + term) % p
    return nmod_poly([coefficients.get(k, 0) for k in range(max(coefficients, default=0) + 1)], p)


def _in_unknowns(f: fmpq_mpoly, point: Sequence[int], d: int, ring: Any, p: int) -> Any:
    image: Polynomial = {}
    for e, c in from_flint(f).items():
        for x, k in zip(point, e[d:]):
            c *= Fraction(pow(x, k, p))
        key = (*e[:d], 0)
        image[key] = image.get(key, Fraction(0)) + c
    return reduced(image, ring)


def _is_good(system: CriticalEquations, ramified: Sequence[fmpq_mpoly],
             factors: Sequence[fmpq_mpoly], i: int, point: Sequence[int], p: int) -> bool:
    if any(value(f, point, p) for f in (*ramified, factors[i])):
        return False
    if not all(value(f, point, p) for j, f in enumerate(factors) if j != i):
        return False
    d, size = system.unknowns, len(point)
    rows = [[value(f.derivative(k), point, p) for k in range(size)] for f in ramified]
    return bool(nmod_mat(d + 1, size, sum(rows, []), p).rank() == d + 1 and nmod_mat(
        d + 1, d, [c for row in rows for c in row[:d]], p).rank() == d)


def discriminant_script(phi: Parametrization, dimension: Invariant, form: QuadraticForm) -> Script:
    """The script that eliminates the parameters, the same each time."""
    base, rows = ambient(len(phi.polynomials))
    return of_parametrization(phi, dimension.data, form, base, rows, random.Random(0))[0].script()


def ed_discriminant(phi: Parametrization, dimension: Invariant, form: QuadraticForm,
                    computation: Computation, origin: Any = None, directions: Any = None,
                    seed: int | None = None) -> Invariant:
    """
    The ED discriminant of the neurovariety, on an affine space of data.

    It is the closure of the set of the data u for which critical points of the squared distance
    come together: at φ(w), where a minor of Dφ does not vanish on a slice of the fibers, the
    equations Dφ^T Q (φ - u) = 0 hold and their Jacobian is singular.  Outside of that minor
    nothing is lost but components over points whose tangent space is isotropic.  Data for which
    critical points are at infinity or at singular points of M are not meant, as complex matrices
    with equal singular values for matrices of bounded rank.  Macaulay2
    eliminates w; the checker verifies the result (``certificates/discriminant.py`` has the
    proof), with nothing to trust.  Where the evidence is too large, the status is ``numerical``.

    INPUT:

    - ``phi`` -- the parametrization
    - ``dimension`` -- the dimension
    - ``form`` -- a quadratic form that is not generic
    - ``computation`` -- session and limits
    - ``origin``, ``directions`` -- of the affine space of data; by default V
    - ``seed`` -- integer for the random choices

    OUTPUT: :class:`~neuroalg_sage.invariants.invariant.Invariant`, a :class:`Discriminant`

    Raises InputError for a generic metric or a wrong affine space, LimitReached if elimination
    does not end within the limits.

    REFERENCES: [DHOST2016]_, Section 7

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold, from_expressions
        >>> parabola = NeuroManifold(from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"]))
        >>> parabola.ed_discriminant()
        an irreducible hypersurface of degree 3 (proved)
        >>> parabola.ed_discriminant().polynomials
        ['16*u_1^3 - 27*u_0^2 - 24*u_1^2 + 12*u_1 - 2']
    """
    start = time.perf_counter()
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    base, rows = ambient(len(phi.polynomials), origin, directions)
    matrix = matrix_of(form)
    system, restriction, minor = of_parametrization(phi, dimension.data, form, base, rows,
                                                    generator)
    factors, evidence, why = _eliminate(system, computation, generator)
    found = Discriminant(tuple(factors), system.names[system.unknowns:], base, rows)
    method = f"elimination of {system.unknowns} parameters"
    seconds = time.perf_counter() - start
    if evidence is None or dimension.status != "proved":
        why = why or "the dimension is not proved"
        return Invariant("ed_discriminant", found, "numerical", f"{method}; {why}", None, seconds)
    assert dimension.certificate is not None
    evidence |= {"dimension": dimension.certificate["evidence"], "minor": minor,
                 "restriction": [[i, v] for i, v in sorted(restriction.items())]}
    claim = [[[str(c) for c in row] for row in matrix], list(map(str, base)),
             [list(map(str, v)) for v in rows], [encode_polynomial(f) for f in factors]]
    return certified(phi.model, "ed_discriminant", found, "proved", method, seconds, evidence,
                     dimension.trust, claim=claim, versions=computation.versions())


def ed_discriminant_of_ideal(equations: Sequence[Polynomial], n: int, form: QuadraticForm,
                             computation: Computation | None = None, origin: Any = None,
                             directions: Any = None, seed: int | None = None) -> Invariant:
    """
    The ED discriminant of an irreducible variety with as many equations as its codimension.

    INPUT:

    - ``equations`` -- polynomials in n variables, dictionaries from exponents to numbers
    - ``n`` -- the number of variables
    - ``form`` -- a quadratic form that is not generic

    OUTPUT: an invariant, a :class:`Discriminant`, verified as by the checker; there is no
    certificate, since there is no model

    EXAMPLES:

    The evolute of an ellipse, Lamé's sextic::

        >>> from neuroalg_sage.invariants.quadratic_forms import diagonal_form
        >>> ellipse = {(2, 0): 1, (0, 2): 4, (0, 0): -4}
        >>> ed_discriminant_of_ideal([ellipse], 2, diagonal_form([1, 1]))
        an irreducible hypersurface of degree 6 (proved)
    """
    start = time.perf_counter()
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    base, rows = ambient(n, origin, directions)
    system = of_ideal(equations, n, form, base, rows)
    factors, evidence, why = _eliminate(system, computation or Computation(), generator)
    found = Discriminant(tuple(factors), system.names[system.unknowns:], base, rows)
    return Invariant("ed_discriminant", found, "numerical" if evidence is None else "proved",
                     "elimination of coordinates and multipliers" + ("; " + why) * bool(why),
                     None, time.perf_counter() - start)
