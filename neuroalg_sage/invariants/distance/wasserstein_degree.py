"""
Degrees of the distance in a polyhedral norm, one for each face of the unit ball.

Let B be the unit ball, F a proper face of it, L the linear span of F, and ℓ the linear form on L
that is 1 on F.  If z is a point of M nearest to u, z - u lies in the cone over one face F, and
where M ∩ (u + L) is smooth, ℓ is critical there [CJMSV2021]_.  The *Wasserstein degree* of F
[DHMN2024]_ is the number of complex critical points of ℓ on M ∩ (u + L), for generic u.  It is at
most a polar degree, that of a generic L and ℓ.

With N a basis of the annihilator of L the critical points are the z = φ(w), with multipliers s, of

    N φ(w) = N u,    ν Dφ(w) = 0  for  ν = ℓ + s N.

Since L and ℓ are special, so may be the critical points: parameters that one may set to 1 at
generic functions may vanish there.  So w runs through a generic affine space, which meets all
fibers, and each function is found as often as that meets its fiber.

It has nothing to do with the degree of the Wasserstein distance between sets of roots.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import nmod_mat

from neuroalg_sage.engines import msolve
from neuroalg_sage.engines.modular import random_prime
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.distance.critical_equations import (
    determinant,
    is_graded,
)
from neuroalg_sage.invariants.distance.polar_degrees import by_theorem
from neuroalg_sage.invariants.distance.polyhedral_norms import Face, PolyhedralNorm, Vector
from neuroalg_sage.invariants.equations.ambient_group import ambient_group
from neuroalg_sage.invariants.equations.counting import (
    TRIALS,
    System,
    Trial,
    count,
    largest_prime,
    reduced,
    ring_modulo,
    summary,
)
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import kernel, rank

# Beyond these a certificate of the critical points takes the checker minutes.
MOST_CERTIFIED_POINTS, MOST_CERTIFIED_PARAMETERS = 300, 12

SignedPermutation = tuple[tuple[int, int], ...]  # for each coordinate its place and its sign


class WassersteinDegree(Invariant):
    """
    The degrees: ``norm`` is its name, and ``types`` lists, for each orbit of faces, their
    ``dimension``, how many ``faces`` it has, their ``degree``, which is None if there are
    infinitely many critical points, the ``polar_degree`` that bounds it, None if that is not
    known, and the vertices of one ``face``.
    """

    def sentence(self) -> str:
        largest: dict[int, int | None] = {}
        for found in self.data["types"]:
            k, degree = found["dimension"], found["degree"]
            before = largest.get(k, 0)
            largest[k] = None if degree is None or before is None else max(before, degree)
        return "largest degrees " + ", ".join(
            "infinite" if degree is None else str(degree) for degree in largest.values()) + (
            f" at faces of dimension {', '.join(map(str, largest))}")

    def lines(self, spec: str | None = None) -> list[str]:
        """The degrees of the faces of each dimension."""
        groups: dict[tuple[int, int | None, int | None], int] = {}
        for found in self.data["types"]:
            key = found["dimension"], found["degree"], found["polar_degree"]
            groups[key] = groups.get(key, 0) + found["faces"]
        return [f"  dimension {k}: {number} faces of "
                + (f"degree {degree}" if degree is not None else "infinite degree")
                + (f", at most the polar degree {polar}" if polar is not None else "")
                for (k, degree, polar), number in groups.items()]

    def value_in_latex(self) -> str:
        return r",\ ".join(rf"{found['faces']} \times "
                           + (r"\infty" if found["degree"] is None else str(found["degree"]))
                           for found in self.data["types"])


# -- symmetries ----------------------------------------------------------------------------------


def signed_permutations(phi: Parametrization) -> list[SignedPermutation]:
    """
    Changes of signs of coordinates, and permutations with signs, that preserve the neurovariety.

    Signs of parameters change those of coordinates, by linear algebra modulo 2.  Where all 2 × 2
    matrices act on two inputs or two outputs, so does the rotation by a right angle.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> signed_permutations(parametrization(parse_spec("mlp:2,1,1:x^2")))
        [((0, 1), (1, -1), (2, 1)), ((0, -1), (1, -1), (2, -1)), ((2, 1), (1, -1), (0, 1))]
    """
    n, count_ = len(phi.polynomials), phi.model.parameter_count
    rows: list[list[int]] = []
    for f in phi.polynomials:
        first, *others = f or [(0,) * count_]
        rows += [[(a + b) % 2 for a, b in zip(first, e)] for e in others]
    matrix = nmod_mat(len(rows) or 1, count_, sum(rows, []) or [0] * count_, 2)
    null, nullity = matrix.nullspace()
    found: dict[SignedPermutation, None] = {}
    for j in range(nullity):
        signs = [int(null[i, j]) for i in range(count_)]
        found[tuple((i, -1 if f and sum(a * b for a, b in zip(next(iter(f)), signs)) % 2 else 1)
                    for i, f in enumerate(phi.polynomials))] = None
    places = {c: i for i, c in enumerate(phi.coordinates)}
    pairs = ambient_group(phi).pairs
    for side, size in ((0, phi.model.input_count), (1, phi.model.output_count)):
        acting = [pair[side] for pair in pairs if not pair[1 - side]]
        flat = [[m.get((i, j), Fraction(0)) for i in range(size) for j in range(size)]
                for m in acting]
        full = rank(flat)
        for p in range(size - 1):
            q = p + 1
            elementary = [[Fraction(k == place) for k in range(size * size)]
                          for place in (p * size + q, q * size + p)]
            if not acting or rank([*flat, *elementary]) > full:
                continue
            exchange = {p: q, q: p}
            images = []
            for output, exponents in phi.coordinates:
                if side:
                    images.append((places[exchange.get(output, output), exponents],
                                   -1 if output == p else 1))
                else:
                    moved = list(exponents)
                    moved[p], moved[q] = moved[q], moved[p]
                    images.append((places[output, tuple(moved)], (-1) ** exponents[p]))
            found[tuple(images)] = None
    identity = tuple((i, 1) for i in range(n))
    return [g for g in found if g != identity]


def orbits(norm: PolyhedralNorm, generators: Sequence[SignedPermutation]) -> list[list[Face]]:
    """
    The orbits of faces under the generators that preserve the unit ball, and under -1.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.distance.polyhedral_norms import polyhedral_norm
        >>> [len(orbit) for orbit in orbits(polyhedral_norm(2, "l1"), [])]
        [2, 2, 2, 2]
    """
    n = norm.size

    def image(generator: SignedPermutation, v: Vector) -> Vector:
        moved = [Fraction(0)] * n
        for c, (place, sign) in zip(v, generator):
            moved[place] = c * sign
        return tuple(moved)

    minus = tuple((i, -1) for i in range(n))
    vertices = set(norm.vertices)
    maps = [table for g in (*generators, minus)
            if set((table := {v: image(g, v) for v in norm.vertices}).values()) == vertices]
    faces = {frozenset(face.vertices): face for face in norm.faces}
    seen: set[frozenset[Vector]] = set()
    found = []
    for key in faces:
        if key in seen:
            continue
        seen.add(key)
        orbit = [key]
        for member in orbit:
            for table in maps:
                other = frozenset(table[v] for v in member)
                if other not in seen:
                    seen.add(other)
                    orbit.append(other)
        found.append([faces[member] for member in orbit])
    return found


# -- critical points -----------------------------------------------------------------------------


@dataclass(frozen=True)
class FaceProblem:
    """
    The critical points at a face, modulo a prime.

    - ``target`` -- the point u
    - ``directions`` -- of the affine space of parameters, its columns
    - ``rows`` -- a matrix whose product with Dφ on that space shall be invertible
    - ``weights`` -- a linear form on V
    - ``parameters``, ``normal`` -- the polynomials w and ν
    - ``system`` -- the equations
    """

    target: list[int]
    directions: list[list[int]]
    rows: list[list[int]]
    weights: list[int]
    parameters: list[Any]
    normal: list[Any]
    system: System


def annihilator(face: Face, n: int) -> list[list[Fraction]]:
    """A basis of the linear forms that vanish on a face."""
    return [[vector.get(j, Fraction(0)) for j in range(n)]
            for vector in kernel([dict(enumerate(v)) for v in face.vertices], n)]


def face_problem(phi: Parametrization, d: int, face: Face, prime: int,
                 generator: random.Random) -> FaceProblem:
    """
    The critical equations at a random point, on a random affine space of parameters.

    INPUT:

    - ``d`` -- the dimension of M

    Raises ZeroDivisionError if the prime divides a denominator.
    """
    n, count_ = len(phi.polynomials), phi.model.parameter_count
    forms = annihilator(face, n)
    names = (*(f"t_{k}" for k in range(d)), *(f"s_{j}" for j in range(len(forms))))
    ring = ring_modulo(names, prime)
    zero, free, multipliers = ring.from_dict({}), ring.gens()[:d], ring.gens()[d:]

    def modulo(c: Fraction) -> int:
        if c.denominator % prime == 0:
            raise ZeroDivisionError
        return c.numerator * pow(c.denominator, -1, prime) % prime

    def vector(size: int) -> list[int]:
        return [generator.randrange(prime) for _ in range(size)]

    directions = [vector(d) for _ in range(count_)]
    parameters = [sum((c * t for c, t in zip(row, free)), zero + generator.randrange(prime))
                  for row in directions]
    given = ring_modulo([f"w_{i}" for i in range(count_)], prime)
    images = [reduced(f, given).compose(*parameters, ctx=ring) if f else zero
              for f in phi.polynomials]
    target, weights, rows = vector(n), vector(n), [vector(n) for _ in range(d)]
    normal = [sum((s * modulo(form[i]) for s, form in zip(multipliers, forms)),
                  zero + modulo(face.form[i])) for i in range(n)]
    slopes = [[f.derivative(k) for k in range(d)] for f in images]
    equations = [sum((normal[i] * slopes[i][k] for i in range(n)), zero) for k in range(d)]
    equations += [sum((modulo(c) * (f - u) for c, f, u in zip(form, images, target)), zero)
                  for form in forms]
    system = System(
        f"critical points at a face of dimension {face.dimension} on {phi.model} modulo {prime}",
        names, tuple(equations),
        zero + determinant([[sum((c * slopes[i][k] for i, c in enumerate(row)), zero)
                             for k in range(d)] for row in rows]),
        sum((c * f for c, f in zip(weights, images)), zero))
    return FaceProblem(target, directions, rows, weights, parameters, normal, system)


def count_at_face(phi: Parametrization, d: int, face: Face, computation: Computation,
                  generator: random.Random) -> tuple[list[Trial], list[FaceProblem]]:
    """Count the critical points at random points; no trial if they are infinitely many."""
    found: list[Trial] = []
    problems: list[FaceProblem] = []
    infinite = 0
    while len(found) < TRIALS and infinite < TRIALS:
        try:
            problem = face_problem(phi, d, face, random_prime(generator, largest_prime()),
                                   generator)
        except ZeroDivisionError:
            continue
        counted = count(problem.system, computation)
        if counted.are_simple or counted.points is not None:
            found.append(Trial(problem.system, counted))
            problems.append(problem)
        elif msolve.find_command() is None:
            raise LimitReached("The critical points at a face are not simple, or not finitely "
                               "many; to decide it msolve is needed.")
        else:
            infinite += 1
    return found, problems


def wasserstein_degree(phi: Parametrization, dimension: Invariant, norm: PolyhedralNorm,
                       computation: Computation, seed: int | None = None) -> WassersteinDegree:
    """
    The Wasserstein degrees of the faces of the unit ball of a polyhedral norm.

    Critical points are functions φ(w) where the rank of Dφ(w) is dim M.  They are counted at
    random u modulo random primes: the status is ``numerical``.  The certificate proves that no
    degree is less.  Where the dimension of L is smaller than the codimension of M, the degree is
    0, since M ∩ (u + L) is empty for generic u.

    INPUT:

    - ``phi`` -- the parametrization
    - ``dimension`` -- the dimension
    - ``norm`` -- the norm
    - ``computation`` -- session and limits
    - ``seed`` -- integer for the random choices

    OUTPUT: :class:`WassersteinDegree`

    Raises LimitReached if a limit stops the engine, or if the unit ball has too many faces.

    REFERENCES: [CJMSV2021]_; [DHMN2024]_
    """
    start = time.perf_counter()
    model, n, d = phi.model, len(phi.polynomials), dimension.data
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    classes = orbits(norm, signed_permutations(phi))
    polar = by_theorem(model, dimension) if d and is_graded(phi) else None
    types: list[dict[str, Any]] = []
    claims: list[Any] = []
    proofs: list[dict[str, Any]] = []
    counted: list[Trial] = []
    for number, orbit in enumerate(classes):
        face = orbit[0]
        j = face.dimension + 1 - (n - d)
        computation.progress(f"face {number + 1} of {len(classes)}")
        found: dict[str, Any] = {
            "dimension": face.dimension, "faces": len(orbit), "degree": 0,
            "polar_degree": None if polar is None or not 0 <= j < d else polar.data[j],
            "face": [[str(c) for c in v] for v in face.vertices]}
        types.append(found)
        if j < 0:
            found["polar_degree"] = 0
            continue
        trials, problems = count_at_face(phi, d, face, computation, generator)
        if not trials:
            found["degree"] = None
            continue
        place = max(range(len(trials)), key=lambda k: trials[k].count.values)
        found["degree"] = trials[place].count.values
        counted = counted or trials
        proof = _proof(trials[place], problems[place])
        if proof is not None:
            claims.append([[str(c) for c in face.form], found["degree"]])
            proofs.append(proof)
    evidence = None
    if d and claims and dimension.status == "proved" and dimension.certificate is not None:
        evidence = {"d": d, "dimension": dimension.certificate["evidence"], "faces": proofs}
    data = {"norm": norm.name, "types": types}
    how = "critical equations on a random slice of the fibers"
    method = f"{how}, {summary(counted)}" if counted else how
    if evidence is None:
        return WassersteinDegree("wasserstein_degree", data, "numerical", method, None,
                                 time.perf_counter() - start)
    certificate = Invariant.certified(
        model, "wasserstein_degree_at_least", data, "proved", "", 0.0, evidence, dimension.trust,
        claim={"vertices": norm.claim(), "faces": claims}).certificate
    return WassersteinDegree(
        "wasserstein_degree", data, "numerical",
        f"{method}; the certificate proves of the faces that it lists that they are not less",
        certificate, time.perf_counter() - start)


def _proof(trial: Trial, problem: FaceProblem) -> dict[str, Any] | None:
    """The critical points modulo the prime, as the checker reads them."""
    from flint import nmod_poly

    points = trial.count.points
    if points is None or not trial.count.are_simple or not 0 < points.count <= (
            MOST_CERTIFIED_POINTS) or len(problem.parameters) > MOST_CERTIFIED_PARAMETERS:
        return None
    q = nmod_poly(list(points.polynomial), points.prime)
    names = trial.system.variables
    at = [nmod_poly(list(c), points.prime) for c in points.coordinates[: len(names)]]
    parameters, normal = ([[int(c) for c in msolve.evaluate(f, at, q).coeffs()] for f in part]
                          for part in (problem.parameters, problem.normal))
    return {"prime": points.prime, "target": problem.target, "directions": problem.directions,
            "rows": problem.rows, "weights": problem.weights,
            "polynomial": list(points.polynomial), "parameters": parameters, "normal": normal}
