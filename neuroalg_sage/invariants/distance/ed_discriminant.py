"""
The ED discriminant: the data at which critical points of the squared distance come together.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain, combinations, islice
from math import comb, gcd, lcm
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx, nmod_poly

from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.certificates.distance.discriminant import (
    MEANING,
    MOST_UNKNOWNS,
    check_all_minors,
    check_ramification,
    determinant,
    differentials,
    gram,
    irreducible_factors,
    is_seen,
    multiple_roots,
    rank_at,
    rank_drops,
    value,
    vanishes_where,
)
from neuroalg_sage.certificates.reading import CertificateError, polynomial_ring, residue
from neuroalg_sage.engines import modular, msolve
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.distance.critical_equations import (
    Slice,
    finite_slice,
    independent_coordinates,
)
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm
from neuroalg_sage.invariants.equations.counting import largest_prime, reduced, ring_modulo
from neuroalg_sage.invariants.singularities.decomposition import for_checker, fractions
from neuroalg_sage.models.expressions import Polynomial, from_flint, write_polynomial
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import fraction, in_ring, rank, to_flint
from neuroalg_sage.models.sage_input import lists, rational
from neuroalg_sage.storable import storable

MOST_TERMS = 20_000  # of the cofactors in a certificate
LARGEST_POWER = 40
LARGEST_ENTRY, LARGEST_NUMBER = 10**6, 9
MOST_MINORS = 12  # each of which needs an elimination of its own
MINORS_TRIED = 200
POINTS_TRIED = 30
SLICES_TRIED = 8
ELIMINATION = f"""\
I = ideal E + ideal h;
D = apply(flatten entries M, m -> eliminate(take(gens A, UNKNOWNS), saturate(I, m)));
g = flatten entries gens trim(if #D == 1 then D_0 else intersect D);
least = (m, f) -> (k := 0; while k <= {LARGEST_POWER} and (m^k * f) % I != 0 do k = k + 1; k);
K = apply(flatten entries M, m -> apply(g, f -> least(m, f)));
C = if g == {{}} or max flatten K > {LARGEST_POWER} then {{}} else apply(
    flatten entries M, K, (m, e) -> apply(g, e, (f, k) -> (m^k * f) // gens I));"""
NOT_MEANT = ("Critical points that go to infinity, or to parameters where the rank of Dφ is "
             "smaller, are not meant.")
GENERIC = "nothing is lost outside one minor of the Jacobian with probability one"

Rows = tuple[int, ...]


@storable()
@dataclass(frozen=True, repr=False)
class Discriminant:
    """
    The ED discriminant, on an affine space of data.

    - ``factors`` -- its irreducible components over Q, as polynomials in coordinates of the space
    - ``names`` -- these coordinates
    - ``origin``, ``directions`` -- the space: u = origin + Σ_i s_i directions_i
    - ``place`` -- which critical points are meant, besides being finite
    - ``everywhere`` -- whether critical points come together there for all data
    """

    factors: tuple[Polynomial, ...]
    names: tuple[str, ...]
    origin: tuple[Fraction, ...]
    directions: tuple[tuple[Fraction, ...], ...]
    place: str
    everywhere: bool = False

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
        count = len(self.factors)
        parts = "all data" if self.everywhere else "no hypersurface" if not count else (
            "an irreducible hypersurface" if count == 1 else
            f"a hypersurface with {count} components") + f" of degree {self.degree}"
        return f"{parts}, for finite critical points {self.place}"

    __repr__ = __str__


class DiscriminantAnswer(Invariant):
    """The ED discriminant.  The value is a :class:`Discriminant`."""

    def statement(self, name: str = "") -> str:
        return f"The ED discriminant is {self.data}  [{self.qualified_status()}]"

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [*(f"  {factor}" for factor in self.data.polynomials), NOT_MEANT]

    def plain_value(self) -> dict[str, Any]:
        found: Discriminant = self.data
        return {"degree": found.degree, "polynomials": found.polynomials,
                "everywhere": found.everywhere, "critical_points": f"finite, {found.place}"}


@dataclass(frozen=True)
class CriticalEquations:
    """
    Equations E(w, s) = 0 of the critical points, as many as unknowns w, for data with coordinates
    s; polynomials of FLINT over Q in w, then s.

    - ``equations`` -- E
    - ``slopes`` -- a matrix, the Jacobian: points are meant where its columns are independent
    - ``images`` -- the coordinates z of the critical point
    """

    title: str
    ring: fmpq_mpoly_ctx
    equations: tuple[fmpq_mpoly, ...]
    slopes: tuple[tuple[fmpq_mpoly, ...], ...]
    images: tuple[fmpq_mpoly, ...]

    @property
    def unknowns(self) -> int:
        """The number of the w."""
        return len(self.equations)

    @property
    def rank(self) -> int:
        """The number of columns of the Jacobian."""
        return len(self.slopes[0]) if self.slopes else 0

    @property
    def coordinates(self) -> int:
        """The dimension of the space of data."""
        return int(self.ring.nvars()) - self.unknowns

    @property
    def names(self) -> tuple[str, ...]:
        """Names for Macaulay2 and msolve."""
        return tuple([f"w_{i}" for i in range(self.unknowns)]
                     + [f"u_{i}" for i in range(self.coordinates)])

    @cached_property
    def hessian(self) -> fmpq_mpoly:
        """The determinant of the derivatives of E by w."""
        return determinant(differentials(self.equations, range(self.unknowns)),
                           self.ring.constant(1))

    def minor(self, rows: Sequence[int]) -> fmpq_mpoly:
        """The minor of the Jacobian with these rows."""
        return determinant([self.slopes[i] for i in rows], self.ring.constant(1))

    def generic_minor(self, generator: random.Random) -> fmpq_mpoly:
        """
        A random combination of all minors.

        Where the columns are independent it is zero on no given variety, with probability one.
        """
        zero = self.ring.constant(0)
        rows = []
        for _ in range(self.rank):
            factors = [generator.randint(1, LARGEST_ENTRY) for _ in self.slopes]
            rows.append([sum((c * row[k] for c, row in zip(factors, self.slopes)), zero)
                         for k in range(self.rank)])
        return determinant(rows, self.ring.constant(1))

    def all_minors(self) -> list[Rows] | None:
        """Rows of minors such that any minor vanishes where these do; None if these are many."""
        chosen: list[tuple[Rows, fmpq_mpoly]] = []
        if comb(len(self.slopes), self.rank) > MINORS_TRIED:
            return None
        found = [(rows, self.minor(rows))
                 for rows in combinations(range(len(self.slopes)), self.rank)]
        found.sort(key=lambda pair: (int(pair[1].total_degree()), len(pair[1])))
        for rows, minor in found:
            if minor and not any(vanishes_where(minor, m) for _, m in chosen):
                chosen.append((rows, minor))
        return [rows for rows, _ in chosen] if len(chosen) <= MOST_MINORS else None

    def at(self, point: Sequence[Fraction], minor: fmpq_mpoly
           ) -> tuple[list[Polynomial], Polynomial]:
        """E and the minor for one datum, as polynomials in w."""
        ring = polynomial_ring(self.unknowns)
        places = [*ring.gens()[:self.unknowns], *(ring.constant(to_flint(c)) for c in point)]
        made = [from_flint(f.compose(*places, ctx=ring)) for f in (*self.equations, minor)]
        return made[:-1], made[-1]

    def script(self, minors: Sequence[fmpq_mpoly]) -> Script:
        """The script that eliminates the unknowns."""
        ring = PolynomialRingData(self.names)

        def row(polynomials: Sequence[fmpq_mpoly]) -> PolynomialMatrix:
            return PolynomialMatrix(ring, 1, len(polynomials), tuple(map(from_flint, polynomials)))

        return Script(
            self.title, {"A": ring, "E": row(self.equations), "h": row([self.hessian]),
                         "M": row(minors)},
            ELIMINATION.replace("UNKNOWNS", str(self.unknowns)),
            {"vanishing": "matrix {g}", "powers": "K", "cofactors": "C"})


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
    zero, one = Fraction(0), Fraction(1)
    start = (zero,) * n if origin is None else vector(origin)
    if directions is None:
        return start, tuple(tuple(one if i == j else zero for j in range(n)) for i in range(n))
    given = lists(directions)
    rows = tuple(map(vector, given)) if isinstance(given, (list, tuple)) else ()
    if not rows or rank(rows) < len(rows):
        raise InputError("The directions of an affine space of data are independent vectors.")
    return start, rows


def matrix_of(form: QuadraticForm) -> list[list[Fraction]]:
    """The matrix of a quadratic form that is not generic; raises InputError if it is."""
    if not form.is_given:
        raise InputError("The ED discriminant is that of one metric: unit, bombieri, or data with "
                         "the matrix of its quadratic form.")
    return [[form._entry(i, j) for j in range(form.size)] for i in range(form.size)]


def _target(ring: Any, first: int, origin: Sequence[Fraction],
            directions: Sequence[Sequence[Fraction]]) -> list[fmpq_mpoly]:
    s = ring.gens()[first:]
    return [sum((to_flint(v[j]) * s[i] for i, v in enumerate(directions)),
                ring.constant(to_flint(c))) for j, c in enumerate(origin)]


def check_unknowns(model: Model, count: int) -> None:
    """Raise LimitReached if too many parameters would be eliminated: no fewer than dim M."""
    if count > MOST_UNKNOWNS:
        raise LimitReached(f"The discriminant of {model} needs the elimination of {count} "
                           f"parameters; the most are {MOST_UNKNOWNS}.")


def space_of_data(model: Model, dimension: int, origin: Any = None, directions: Any = None
                  ) -> tuple[tuple[Fraction, ...], tuple[tuple[Fraction, ...], ...]]:
    """The affine space of data, if dim M parameters are not too many to be eliminated."""
    check_unknowns(model, dimension)
    return ambient(model.ambient_dimension, origin, directions)


def of_parametrization(phi: Parametrization, dimension: int, form: QuadraticForm,
                       origin: Sequence[Fraction], directions: Sequence[Sequence[Fraction]],
                       generator: random.Random) -> tuple[CriticalEquations, Slice]:
    """
    The critical equations on a slice of the fibers, and the slice.

    Raises LimitReached if there are too many unknowns.
    """
    where = finite_slice(phi, dimension, generator)
    check_unknowns(phi.model, len(where.free))
    return of_slice(where, form, origin, directions), where


def of_slice(where: Slice, form: QuadraticForm, origin: Sequence[Fraction],
             directions: Sequence[Sequence[Fraction]]) -> CriticalEquations:
    """The critical equations on a slice of the fibers."""
    n, d, r = len(where.images), len(where.free), len(directions)
    ring = polynomial_ring(d + r)
    images = [in_ring(f, ring, r) for f in where.images]
    target, zero = _target(ring, d, origin, directions), ring.constant(0)
    residual = [sum((to_flint(c) * (images[j] - target[j]) for j, c in enumerate(row) if c), zero)
                for row in matrix_of(form)]
    slopes = differentials(images, range(d))
    equations = tuple(sum((slopes[i][k] * residual[i] for i in range(n)), zero)
                      for k in range(d))
    return CriticalEquations(f"the ED discriminant of {where.phi.model}", ring, equations,
                             tuple(map(tuple, slopes)), tuple(images))


def of_ideal(equations: Sequence[Polynomial], n: int, form: QuadraticForm,
             origin: Sequence[Fraction], directions: Sequence[Sequence[Fraction]]
             ) -> CriticalEquations:
    """
    The critical equations with Lagrange's multipliers, of a variety with as many equations as its
    codimension; the unknowns are its coordinates, then the multipliers.
    """
    c, r = len(equations), len(directions)
    ring = polynomial_ring(n + c + r)
    g = [in_ring(f, ring, c + r) for f in equations]
    z, multipliers = ring.gens()[:n], ring.gens()[n: n + c]
    target, zero = _target(ring, n + c, origin, directions), ring.constant(0)
    critical = [sum((to_flint(a) * (z[j] - target[j]) for j, a in enumerate(row) if a), zero)
                - sum((x * f.derivative(i) for x, f in zip(multipliers, g)), zero)
                for i, row in enumerate(matrix_of(form))]
    slopes = tuple(tuple(f.derivative(k) for f in g) for k in range(n))
    system = CriticalEquations("the ED discriminant of a variety", ring, (*g, *critical), slopes,
                               tuple(z))
    if c > n or not any(system.minor(rows) for rows in combinations(range(n), c)):
        raise InputError("The differentials of the equations are dependent; give as many "
                         "equations as the codimension, that define a smooth point.")
    return system


@dataclass(frozen=True)
class Cover:
    """
    Minors such that nothing is lost where they are zero.

    - ``rows`` -- their rows
    - ``isotropic`` -- principal minors, see Lemma B of the checker; None for Lemma A
    """

    rows: tuple[Rows, ...]
    isotropic: tuple[Rows, ...] | None


def _isotropic_cover(system: CriticalEquations, where: Slice, matrix: Sequence[Sequence[Fraction]],
                     generator: random.Random) -> Cover | None:
    """Few minors that see all parameters with isotropic tangent spaces, if the slice meets them."""
    count, d = where.phi.model.parameter_count, len(where.free)
    phi = for_checker(where.phi.polynomials, count)
    form = [[to_flint(c) for c in row] for row in matrix]
    places = _on_slice(system.ring, where)
    first = tuple(independent_coordinates(where, None, modular.random_prime(generator), generator))
    chosen, minors = [first], [system.minor(first)]
    principal, divisor = [where.free], gram(phi, form, where.free)
    if not divisor:
        return None
    for q in irreducible_factors(divisor):
        if is_seen(q, places, minors):
            continue
        for rows in islice(combinations(range(len(phi)), d), MINORS_TRIED):
            if is_seen(q, places, [minor := system.minor(rows)]):
                chosen.append(rows)
                minors.append(minor)
                break
        else:
            other = (rows for rows in islice(combinations(range(count), d), MINORS_TRIED)
                     if gram(phi, form, rows) % q)
            found = next(other, None)
            if found is not None:
                principal.append(found)
            elif not rank_drops(phi, d, q):
                return None
    return Cover(tuple(chosen), tuple(principal))


def _on_slice(ring: fmpq_mpoly_ctx, where: Slice) -> list[fmpq_mpoly]:
    """The parameters on the slice."""
    gens = iter(ring.gens())
    return [ring.constant(fmpq(where.values[i])) if i in where.values else next(gens)
            for i in range(where.phi.model.parameter_count)]


def _other_slices(phi: Parametrization, dimension: int, generator: random.Random
                  ) -> Iterator[Slice]:
    """Slices with random free parameters, and random numbers in place of the others."""
    count = phi.model.parameter_count
    for _ in range(SLICES_TRIED):
        free = tuple(sorted(generator.sample(range(count), dimension)))
        values = {i: generator.randint(2, LARGEST_NUMBER) for i in range(count) if i not in free}
        where = Slice(phi, values, free, phi.restrict(values))
        prime = modular.random_prime(generator)
        if len(independent_coordinates(where, None, prime, generator)) == dimension:
            yield where


def _prepared(phi: Parametrization, dimension: int, form: QuadraticForm,
              origin: Sequence[Fraction], directions: Sequence[Sequence[Fraction]],
              generator: random.Random) -> tuple[CriticalEquations, Slice, Cover | None]:
    """The critical equations on a slice, and minors that lose nothing, None if they are many."""
    system, where = of_parametrization(phi, dimension, form, origin, directions, generator)
    matrix = matrix_of(form)
    if system.rank == 1 and not where.values:
        return system, where, Cover(tuple(system.all_minors() or ()), None)
    if len(directions) == len(matrix) and rank(matrix) == len(matrix):
        for other in chain([where], _other_slices(phi, dimension, generator) if where.values
                           else ()):
            trial = of_slice(other, form, origin, directions)
            try:
                if (cover := _isotropic_cover(trial, other, matrix, generator)) is not None:
                    return trial, other, cover
            except CertificateError:  # too many minors
                continue
    rows = system.all_minors()
    return system, where, None if rows is None else Cover(tuple(rows), None)


@dataclass(frozen=True)
class Elimination:
    """
    - ``factors`` -- the components of the discriminant, in the coordinates of the data
    - ``everywhere`` -- whether critical points come together for all data
    - ``evidence`` -- for the checker; None if there is none, and
    - ``reason`` -- says why
    """

    factors: tuple[Polynomial, ...]
    everywhere: bool
    evidence: dict[str, Any] | None
    reason: str


def _eliminate(system: CriticalEquations, cover: Cover | None, computation: Computation,
               generator: random.Random) -> Elimination:
    """The unknowns eliminated, with the evidence: one by a discriminant, more by Macaulay2."""
    if system.unknowns == system.rank == 1:
        vanishing: list[Any] = []
        with suppress(CertificateError):  # more work than the checker would do
            vanishing = multiple_roots(system.equations[0], system.slopes)
        if vanishing and all(vanishing):
            made = _with_evidence(system, cover, vanishing, {"cofactors": None}, computation,
                                  generator)
            if made.evidence is not None:
                return made
    if cover is not None and not cover.rows:
        cover = None
    minors = [system.generic_minor(generator)] if cover is None else [
        system.minor(rows) for rows in cover.rows]
    results = computation.run(system.script(minors))
    polynomials = [fractions(g) for g in results["vanishing"].entries]
    vanishing = for_checker(polynomials, system.ring.nvars())
    if not any(vanishing):
        return Elimination((), True, None, "critical points come together for all data")
    cofactors = [[[fractions(c) for c in column.entries] for column in columns]
                 for columns in results["cofactors"]]
    size = sum(len(c) for columns in cofactors for column in columns for c in column)
    evidence = None if cover is None or not cofactors or size > MOST_TERMS else {
        "minors": [list(rows) for rows in cover.rows],
        "vanishing": [encode_polynomial(g) for g in polynomials], "powers": results["powers"],
        "cofactors": [[[encode_polynomial(c) for c in column] for column in columns]
                      for columns in cofactors]}
    return _with_evidence(system, cover, vanishing, evidence, computation, generator)


def _with_evidence(system: CriticalEquations, cover: Cover | None,
                   vanishing: Sequence[fmpq_mpoly], evidence: dict[str, Any] | None,
                   computation: Computation, generator: random.Random) -> Elimination:
    """The factors of what vanishes, with a point on each if there is evidence that it does."""
    divisor = vanishing[0]
    for g in vanishing:
        divisor = divisor.gcd(g)
    lifted = [_integral(f) for f in irreducible_factors(divisor)]
    factors = tuple({e[system.unknowns:]: c for e, c in from_flint(f).items()} for f in lifted)

    def without(reason: str) -> Elimination:
        return Elimination(factors, False, None, reason)

    if cover is None:
        return without(GENERIC)
    if evidence is None:
        return without("the proof that the discriminant vanishes there is too large")
    try:
        witnesses = [_witness(system, lifted, i, generator, computation)
                     for i in range(len(lifted))]
    except EngineError:
        return without("msolve is missing")
    if any(w is None for w in witnesses):
        return without("no point on each component was found modulo a prime")
    evidence = evidence | {"witnesses": witnesses}
    try:
        opens = check_ramification(system.ring, system.equations, system.slopes, system.rank,
                                   lifted, evidence)
        if cover.isotropic is None:
            check_all_minors(system.slopes, system.rank, opens)
    except CertificateError as error:
        return without(str(error).rstrip(".").lower())
    return Elimination(factors, False, evidence, "")


def _integral(f: fmpq_mpoly) -> fmpq_mpoly:
    """The multiple with coprime integers as coefficients, the first of them positive."""
    coefficients = list(map(fraction, f.coeffs()))
    scale = Fraction(lcm(*(c.denominator for c in coefficients)),
                     gcd(*(c.numerator for c in coefficients)))
    return f * to_flint(scale if coefficients[0] > 0 else -scale)


def _witness(system: CriticalEquations, factors: Sequence[fmpq_mpoly], i: int,
             generator: random.Random, computation: Computation) -> dict[str, Any] | None:
    """A point modulo a prime on the ramification locus over the factor i, and over no other."""
    d, r = system.unknowns, system.coordinates
    last = max(k for k in range(r) if factors[i].degrees()[d + k])
    ramified = [*system.equations, system.hessian]
    minor = system.generic_minor(generator)
    names = [*system.names[:d], "inverse"]
    for _ in range(POINTS_TRIED):
        computation.clock()()
        p = modular.random_prime(generator, min(largest_prime(), 2**30))
        datum = [generator.randrange(p) for _ in range(r)]
        ring = ring_modulo(names, p)
        try:
            line = _on_line(factors[i], d, last, datum, p)
            if line.degree() < 1:
                continue
            for root, _ in line.roots():
                point = [*datum[:last], int(root), *datum[last + 1:]]
                equations = [_in_unknowns(f, point, d, ring, p) for f in ramified]
                inverse = _in_unknowns(minor, point, d, ring, p) * ring.gens()[d] - 1
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


def _on_line(f: fmpq_mpoly, first: int, last: int, datum: Sequence[int], p: int) -> nmod_poly:
    """The polynomial in one coordinate of the data when the others are as those of a datum."""
    coefficients: dict[int, int] = {}
    for e, c in f.to_dict().items():
        term = residue(c, p)
        for k, (x, power) in enumerate(zip(datum, map(int, e[first:]))):
            term = term * (1 if k == last else pow(x, power, p)) % p
        power = int(e[first + last])
        coefficients[power] = (coefficients.get(power, 0) + term) % p
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
    d = system.unknowns
    return (rank_at(system.slopes, point, p) == system.rank
            and rank_at(differentials(ramified, range(len(point))), point, p) == d + 1
            and rank_at(differentials(ramified, range(d)), point, p) == d)


def discriminant_script(phi: Parametrization, dimension: Invariant, form: QuadraticForm) -> Script:
    """The script that eliminates the parameters, the same each time."""
    base, rows = ambient(len(phi.polynomials))
    generator = random.Random(0)
    system, _, cover = _prepared(phi, dimension.data, form, base, rows, generator)
    return system.script([system.generic_minor(generator)] if cover is None or not cover.rows else
                         [system.minor(chosen) for chosen in cover.rows])


def ed_discriminant(phi: Parametrization, dimension: Invariant, form: QuadraticForm,
                    computation: Computation, origin: Any = None, directions: Any = None,
                    seed: int | None = None) -> Invariant:
    """
    The ED discriminant of the neurovariety, on an affine space of data.

    It is the closure of the set of the data u for which critical points of the squared distance
    come together at a parameter w where Dφ has rank dim M; of it, what has codimension one.
    There the equations Dφ^T Q (φ - u) = 0 hold, and the Hessian of the distance on the branch of M
    through φ(w) is singular.  Critical points that go to infinity, or to parameters where the rank
    of Dφ is smaller, as at most singular points of M, are not meant: the complex matrices with
    equal singular values are no part of the discriminant of matrices of bounded rank.

    Macaulay2 eliminates w on a slice of the fibers, where some minors of Dφ are not zero; the
    checker verifies the result, and that minors and slice lose nothing, with nothing to trust
    (``certificates/distance/discriminant.py`` has the proof).  On a smaller space of data, or if
    the form is degenerate, only the parameters on the slice are meant, and the answer says so.
    Where the evidence is too large, the status is ``numerical``.

    INPUT:

    - ``phi`` -- the parametrization
    - ``dimension`` -- the dimension
    - ``form`` -- a quadratic form that is not generic
    - ``computation`` -- session and limits
    - ``origin``, ``directions`` -- of the affine space of data; by default V
    - ``seed`` -- integer for the random choices

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a :class:`Discriminant`

    Raises InputError for a generic metric or a wrong affine space, LimitReached if elimination
    does not end within the limits.

    REFERENCES: [DHOST2016]_, Section 7

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold, from_expressions
        >>> parabola = NeuroManifold(from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"]))
        >>> print(parabola.ed_discriminant().value)
        an irreducible hypersurface of degree 3, for finite critical points with rank Dφ = 1
        >>> parabola.ed_discriminant().polynomials
        ['16*u_1^3 - 27*u_0^2 - 24*u_1^2 + 12*u_1 - 2']
    """
    start = time.perf_counter()
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    base, rows = ambient(len(phi.polynomials), origin, directions)
    matrix = matrix_of(form)
    system, where, cover = _prepared(phi, dimension.data, form, base, rows, generator)
    result = _eliminate(system, cover, computation, generator)
    restriction = [[i, v] for i, v in sorted(where.values.items())]
    all_parameters = cover is not None and cover.isotropic is not None
    names = phi.model.parameter_names
    place = " and ".join([f"with rank Dφ = {system.rank}", *(
        f"{names[i]} = {v}" for i, v in restriction if not all_parameters)])
    found = Discriminant(result.factors, system.names[system.unknowns:], base, rows, place,
                         result.everywhere)
    method = f"elimination of {system.unknowns} parameters"
    seconds = time.perf_counter() - start
    if result.evidence is None or dimension.status != "proved":
        why = result.reason or "the dimension is not proved"
        return DiscriminantAnswer("ed_discriminant", found, "numerical", f"{method}; {why}", None,
                                  seconds)
    assert dimension.certificate is not None and cover is not None
    evidence = result.evidence | {
        "dimension": dimension.certificate["evidence"], "restriction": restriction,
        "isotropic": None if cover.isotropic is None else list(map(list, cover.isotropic))}
    claim = [MEANING, [[decimal(c) for c in row] for row in matrix], list(map(decimal, base)),
             [list(map(decimal, v)) for v in rows], [] if all_parameters else restriction,
             [encode_polynomial(f) for f in result.factors]]
    return DiscriminantAnswer.certified(
        phi.model, "ed_discriminant", found, "proved", method, seconds, evidence, dimension.trust,
        claim=claim, versions=computation.versions())


def ed_discriminant_of_ideal(equations: Sequence[Polynomial], n: int, form: QuadraticForm,
                             computation: Computation | None = None, origin: Any = None,
                             directions: Any = None, seed: int | None = None) -> Invariant:
    """
    The ED discriminant of a variety with as many equations as its codimension.

    The points are meant at which the differentials of the equations are independent.

    INPUT:

    - ``equations`` -- polynomials in n variables, dictionaries from exponents to numbers
    - ``n`` -- the number of variables
    - ``form`` -- a quadratic form that is not generic

    OUTPUT: an invariant, a :class:`Discriminant`, verified as by the checker; there is no
    certificate, since there is no model

    EXAMPLES:

    The evolute of an ellipse, Lamé's sextic::

        >>> from neuroalg_sage.invariants.distance.quadratic_forms import diagonal_form
        >>> ellipse = {(2, 0): 1, (0, 2): 4, (0, 0): -4}
        >>> print(ed_discriminant_of_ideal([ellipse], 2, diagonal_form([1, 1])).value)
        an irreducible hypersurface of degree 6, for finite critical points with rank dG = 1
    """
    start = time.perf_counter()
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    base, rows = ambient(n, origin, directions)
    system = of_ideal(equations, n, form, base, rows)
    minors = system.all_minors()
    result = _eliminate(system, None if minors is None else Cover(tuple(minors), None),
                        computation or Computation(), generator)
    found = Discriminant(result.factors, system.names[system.unknowns:], base, rows,
                         f"with rank dG = {system.rank}",
                         result.everywhere)
    return DiscriminantAnswer(
        "ed_discriminant", found, "numerical" if result.evidence is None else "proved",
        "; ".join(["elimination of coordinates and multipliers", *filter(None, [result.reason])]),
        None, time.perf_counter() - start)
