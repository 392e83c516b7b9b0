"""
The degree of the neurovariety without its ideal: the points of a slice, modulo a prime.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from neuroalg_sage.engines import msolve
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.modular import random_prime
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.equations.counting import System, reduced, ring_modulo, trials
from neuroalg_sage.invariants.equations.degree import Degree
from neuroalg_sage.invariants.equations.ideal import finite_restriction
from neuroalg_sage.models.parametrization import Parametrization

# The implementation of F4 in Macaulay2 is for smaller primes.
PRIMES_BELOW = 2**15
SLICES, ATTEMPTS = 2, 6
# How long msolve is waited for before Macaulay2 tries, and after how long one slice must do.
PATIENCE = 8.0

BODY = """\
setRandomSeed {seed};
K = coefficientRing W;
n = numColumns phi;
-- Almost every linear space of codimension {d} has equations with an identity matrix in front.
L = id_(K^{d}) || random(K^(n - {d}), K^{d});
slice = phi * sub(L, W) - sub(random(K^1, K^{d}), W);
generic = (vars W * sub(random(K^(numgens W), K^{more}), W)) - sub(random(K^1, K^{more}), W);
G = groebnerBasis(ideal(slice | generic), Strategy => "F4");
forceGB G;
(simple, images) = (false, 0);
if dim ideal G == 0 then (
    A = W / ideal G;
    B = basis A;
    -- The columns 1, f, f^2, ... in the basis B.
    powersOf = f -> (
        M := mutableMatrix sub(last coefficients(sub(f, A) * B, Monomials => B), K);
        power := mutableMatrix sub(last coefficients(matrix {{{{1_A}}}}, Monomials => B), K);
        columns := {{matrix power}};
        scan(numColumns B, i -> (
            power = M * power;
            columns = append(columns, matrix power)));
        matrix {{columns}});
    isSquarefree = q -> gcd(q, diff((ring q)_0, q)) == 1;
    T = K[t];
    dependence = gens ker powersOf (vars W * random(W^(numgens W), W^1))_(0,0);
    simple = numColumns dependence == 1
        and isSquarefree (matrix {{apply(1 + numColumns B, i -> t^i)}} * sub(dependence, T))_(0,0);
    images = rank powersOf (phi * random(W^n, W^1))_(0,0));
"""


def slicing_script(phi: Parametrization, restriction: dict[int, int], dimension: int,
                   generator: random.Random) -> Script:
    """
    The script that counts the images of the solutions on one slice.

    INPUT:

    - ``restriction`` -- numbers for parameters that keep the dimension
    - ``dimension`` -- the dimension d of the neurovariety
    - ``generator`` -- source of random numbers; the prime depends on it, too

    OUTPUT: :class:`~neuroalg_sage.engines.macaulay2.Script`, with the results ``simple``, whether
    the solutions are finitely many and all simple, and ``degree``, how many images they have
    """
    free = [i for i in range(phi.model.parameter_count) if i not in restriction]
    polynomials = phi.restrict(restriction)
    coefficients = [Fraction(c) for p in polynomials for c in p.values()]
    prime = random_prime(generator, PRIMES_BELOW)
    while any(c.denominator % prime == 0 for c in coefficients):
        prime = random_prime(generator, PRIMES_BELOW)

    def residue(c: Fraction) -> int:
        return c.numerator * pow(c.denominator, -1, prime) % prime

    images = tuple({e: a for e, c in p.items() if (a := residue(Fraction(c)))}
                   for p in polynomials)
    ring = PolynomialRingData(tuple(f"w_{i}" for i in free), prime)
    return Script(f"degree of the neurovariety of {phi.model}, as points of a slice modulo {prime}",
                  {"W": ring, "phi": PolynomialMatrix(ring, 1, len(images), images)},
                  BODY.format(seed=generator.randrange(2**31), d=dimension,
                              more=len(free) - dimension),
                  {"simple": "simple", "degree": "images"}, packages=())


def slicing_system(phi: Parametrization, restriction: dict[int, int], dimension: int, prime: int,
                   generator: random.Random) -> System:
    """
    The equations of one slice modulo a prime, and a random linear form in φ(w).

    INPUT: as for :func:`slicing_script`, and the prime

    Raises ZeroDivisionError if the prime divides a denominator.
    """
    names = [f"w_{i}" for i in range(phi.model.parameter_count) if i not in restriction]
    ring = ring_modulo(names, prime)
    z = [reduced(f, ring) for f in phi.restrict(restriction)]

    def combination(polynomials: Sequence[Any]) -> Any:
        return sum((generator.randrange(prime) * f for f in polynomials), ring.from_dict({}))

    # Almost every linear space of this codimension has equations with an identity matrix in front.
    slices = [*(f + combination(z[dimension:]) for f in z[:dimension]),
              *(combination(ring.gens()) for _ in range(len(names) - dimension))]
    return System(f"degree of the neurovariety of {phi.model}, as points of a slice modulo {prime}",
                  tuple(names), tuple(f - generator.randrange(prime) for f in slices), None,
                  combination(z))


def degree_by_slicing(phi: Parametrization, found: Invariant, computation: Computation,
                      seed: int | None = None) -> Invariant:
    """
    The degree, as the number of points in which a random linear space meets M.

    Let d = dim M, and let as many parameters be numbers that the others, W', leave φ with rank
    d; so φ(W') is dense in M.  If more than d remain, random affine-linear equations
    in them are added.  Modulo a prime p, with l_1, ..., l_d random linear forms on V and c_i random
    numbers, let A be the algebra of the equations l_i(φ(w)) = c_i on W'.  If A is finite and
    reduced, its points are the solutions w.  Let K be the number of values that a random linear
    form f takes at their images φ(w).  Then deg M ≥ K:

    (1) A is reduced, so at each solution the Jacobian matrix of the equations is
        invertible.  By Hensel's lemma, each lifts to a solution in the unramified extension of
        the p-adic integers, for any integers in the classes modulo p of the equations'
        coefficients.  It is simple, and K of them have images that f distinguishes, since it does
        so modulo p.
    (2) Simple solutions move continuously with l_i and c_i, by the implicit function theorem; their
        images remain distinct.  So near these equations there are generic ones, whose linear
        space meets M in deg M points, and K of these are images.

    Conversely, a generic linear space of codimension d misses all of M that is not in φ(W'), or
    where φ has positive-dimensional fibers, since these have smaller dimension; and its
    solutions are simple, by Bertini's theorem.  So over the rational numbers K = deg M unless the
    slice is special, and modulo p unless p or f is special, too.  No useful bound for the
    probability of that is known here, so the status is ``numerical``.

    msolve finds the points, or else Macaulay2 a basis of A; the one is far faster for most models,
    the other for some.  The degree of the minimal polynomial of f in A, the rank of 1, f, f^2,
    ..., is the number of its values if A is reduced.  A is reduced if a random linear form in w
    has a squarefree minimal polynomial whose degree is dim A.

    INPUT:

    - ``phi`` -- the parametrization
    - ``found`` -- the dimension
    - ``computation`` -- session and limits
    - ``seed`` -- integer for the random choices

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, an integer without a
    certificate

    Raises LimitReached if a limit stops Macaulay2, or if no slice that is tried has only simple
    solutions.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> NeuroManifold("linear:3,2,3", method="slicing").degree()
        3 (numerical)
    """
    start = time.perf_counter()
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    counts: list[int] = []
    if msolve.find_command() is not None:
        try:
            with computation.share(PATIENCE):
                counts = [trial.count.values for trial in trials(
                    lambda prime: slicing_system(
                        phi, finite_restriction(phi.model, found.data, generator), found.data,
                        prime, generator), "the degree", computation, generator)]
        except LimitReached as error:
            computation.progress(f"slicing by Macaulay2: {error}")
    for _ in range(0 if counts else ATTEMPTS):
        restriction = finite_restriction(phi.model, found.data, generator)
        begun = time.perf_counter()
        try:
            results = computation.run(slicing_script(phi, restriction, found.data, generator))
        except LimitReached:
            if not counts:
                raise
            break
        if results["simple"]:
            counts.append(results["degree"])
        if len(counts) == SLICES or (counts and time.perf_counter() - begun > PATIENCE):
            break
    if not counts:
        raise LimitReached(f"None of {ATTEMPTS} random slices modulo primes had only simple "
                           "solutions, so they bound no degree; use elimination.")
    slices = "one random slice" if len(counts) == 1 else f"{len(counts)} random slices"
    if len(set(counts)) > 1:
        slices += f" (which have {' and '.join(map(str, counts))})"
    given = "" if found.status == "proved" else f", if the dimension is {found.data}"
    return Degree("degree", max(counts), "numerical",
                  f"images of the solutions on {slices} modulo primes: at least this{given}; "
                  "equal unless the slice is special", None, time.perf_counter() - start)
