"""
Critical points of functions on M by equations in the parameters, on a slice of the fibers.

Let d = dim M.  A *slice* S has numbers in place of all but d parameters, such that φ restricted
to S has rank d somewhere; so φ(S) is dense in M, and a generic point of M has finitely many
preimages in S.  A critical point of a function on the smooth locus of M that is the image of w
in S, where φ has rank d on S, is one where the d partial derivatives of the pulled-back function
vanish at w; and conversely if φ(w) is a smooth point of M.

For a generic function of the families here the critical points avoid any given proper closed
subset of M: pairs (critical point, function) form a vector bundle over the smooth locus of M whose
dimension is that of the space of functions, and over a proper closed subset the dimension is
smaller ([DHOST2016]_, Theorem 4.1).  So

- every critical point is an image of points of S where one fixed minor of Dφ of size d does not
  vanish: nothing is lost by excluding its zeros, and with them all critical points of φ;
- no critical point of a branch of M through a singular point is found, by the same count of
  dimensions for the pairs (w, function);
- the points are simple, by generic smoothness.

What is counted are their images, by the values of a random linear form; so it does not
matter how many points of S a critical point is the image of.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from flint import nmod_mat

from neuroalg_sage.engines import modular
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm
from neuroalg_sage.invariants.equations.counting import System, reduced, ring_modulo
from neuroalg_sage.invariants.equations.ideal import finite_restriction
from neuroalg_sage.models.expressions import Polynomial, derivative, evaluate
from neuroalg_sage.models.parametrization import Parametrization

LARGEST_NUMBER = 1000
MOST_PRODUCTS = 10**7  # of terms, for a determinant


@dataclass(frozen=True)
class Slice:
    """
    A slice of the fibers of φ.

    - ``phi`` -- the parametrization
    - ``values`` -- the numbers that stand for some parameters
    - ``free`` -- the other parameters, as many as M has dimensions
    - ``images`` -- φ there
    """

    phi: Parametrization
    values: dict[int, int]
    free: tuple[int, ...]
    images: tuple[Polynomial, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the free parameters."""
        return tuple(f"w_{i}" for i in self.free)


def finite_slice(phi: Parametrization, dimension: int, generator: random.Random) -> Slice:
    """
    A slice of the fibers: as many of the numbers as possible are 0 or 1, the others random.

    INPUT:

    - ``dimension`` -- the rank of Dφ

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("mlp:2,2,3:x^2"))
        >>> len(finite_slice(phi, 8, random.Random(1)).free)
        8
    """
    count = phi.model.parameter_count
    values = finite_restriction(phi.model, dimension, generator)
    prime = modular.random_prime(generator)
    point = [generator.randrange(prime) for _ in range(count)]
    for place in range(count):
        if count - len(values) == dimension:
            break
        if place not in values:
            trial = values | {place: generator.randrange(2, LARGEST_NUMBER)}
            if _rank(phi, trial, point, prime) == dimension:
                values = trial
    free = tuple(i for i in range(count) if i not in values)
    return Slice(phi, values, free, phi.restrict(values))


def _jacobian(images: Sequence[Polynomial], variables: int, point: Sequence[int], prime: int
              ) -> np.ndarray:
    """The Jacobian matrix at a point modulo a prime; a row for each polynomial."""
    return np.array([[evaluate(derivative(f, k), point, prime) for k in range(variables)]
                     for f in images], dtype=np.int64).reshape(len(images), variables)


def _rank(phi: Parametrization, values: dict[int, int], point: Sequence[int], prime: int) -> int:
    free = [i for i in range(phi.model.parameter_count) if i not in values]
    return modular.rank(_jacobian(phi.restrict(values), len(free), [point[i] for i in free],
                                  prime), prime)


def independent_coordinates(where: Slice, form: Sequence[Sequence[int]] | None, prime: int,
                            generator: random.Random) -> list[int]:
    """
    Coordinates whose differentials are independent on the slice, those of few terms first.

    With a form Q they are coordinates of Q φ.  Fewer than d are returned if there are no more.
    """
    d = len(where.free)
    point = [generator.randrange(prime) for _ in range(d)]
    matrix = _jacobian(where.images, d, point, prime)
    if form is not None:
        rows = nmod_mat(len(form), len(form), [c for row in form for c in row], prime)
        product = rows * nmod_mat(len(form), d, matrix.ravel().tolist(), prime)
        matrix = np.array([int(c) for c in product.entries()], dtype=np.int64).reshape(
            len(form), d)
    order = sorted(range(len(matrix)), key=lambda i: len(where.images[i]))
    chosen: list[int] = []
    for i in order:
        if len(chosen) < d and modular.rank(matrix[[*chosen, i]], prime) > len(chosen):
            chosen.append(i)
    return chosen


def determinant(matrix: Sequence[Sequence[Any]]) -> Any:
    """
    The determinant of a square matrix of polynomials, by Laplace expansion.

    Raises LimitReached if its minors need over 10 million products of terms, some seconds.

    EXAMPLES::

        >>> ring = ring_modulo(["x", "y"], 101)
        >>> x, y = ring.gens()
        >>> determinant([[x, y], [ring.constant(3), x]])
        x^2 + 98*y
    """
    products = 0

    @cache
    def minor(row: int, columns: tuple[int, ...]) -> Any:
        nonlocal products
        if row == len(matrix):
            return 1
        total: Any = 0
        for k, column in enumerate(columns):
            entry = matrix[row][column]
            if entry:
                rest = minor(row + 1, columns[:k] + columns[k + 1 :])
                products += len(entry) * (1 if isinstance(rest, int) else len(rest))
                if products > MOST_PRODUCTS:
                    raise LimitReached(
                        f"A determinant of {len(matrix)} rows, whose zeros are excluded, needs "
                        f"over {MOST_PRODUCTS:,} products of terms.")
                total = total + (entry * rest if k % 2 == 0 else -(entry * rest))
        return total

    return minor(0, tuple(range(len(matrix))))


def radical(f: Any) -> Any:
    """
    The product of the irreducible factors of a polynomial; it has the same zeros.

    EXAMPLES::

        >>> x, y = ring_modulo(["x", "y"], 101).gens()
        >>> radical(5 * x**3 * y)
        x*y
    """
    product = f.context().constant(1)
    for factor, _ in f.factor()[1]:
        product *= factor
    return product


@dataclass(frozen=True)
class DistanceProblem:
    """
    The critical points of the distance from u on the slice, modulo a prime.

    - ``where`` -- the slice
    - ``form`` -- the matrix Q of the quadratic form
    - ``target`` -- the point u
    - ``minor`` -- the coordinates of φ, of Q φ for a form of data, whose minor shall not vanish
    - ``weights`` -- a linear form on V
    - ``system`` -- the equations Dφ^T Q (φ - u) = 0
    """

    where: Slice
    form: list[list[int]]
    target: list[int]
    minor: list[int]
    weights: list[int]
    system: System


def distance_problem(where: Slice, form: QuadraticForm, prime: int, generator: random.Random
                     ) -> DistanceProblem:
    """
    The critical equations at random data.

    Raises InputError if the form is degenerate on the tangent spaces of M: then the critical
    points are infinitely many.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.distance.quadratic_forms import quadratic_form
        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> model = parse_spec("linear:2,1,2")
        >>> generator = random.Random(1)
        >>> where = finite_slice(parametrization(model), 3, generator)
        >>> problem = distance_problem(where, quadratic_form(model, "unit"), 32003, generator)
        >>> len(problem.system.equations)
        3
    """
    n, d = len(where.images), len(where.free)
    matrix = form.modulo(prime, generator)
    perhaps_degenerate = form.name == "data"
    ring = ring_modulo(where.names, prime)
    images = [reduced(f, ring) for f in where.images]
    target = [generator.randrange(prime) for _ in range(n)]
    weights = [generator.randrange(prime) for _ in range(n)]
    zero = ring.from_dict({})
    residual = [sum((c * (images[j] - target[j]) for j, c in enumerate(row) if c), zero)
                for row in matrix]
    slopes = [[f.derivative(k) for k in range(d)] for f in images]
    equations = tuple(sum((slopes[i][k] * residual[i] for i in range(n)), zero)
                      for k in range(d))
    chosen = independent_coordinates(where, matrix if perhaps_degenerate else None, prime,
                                     generator)
    if len(chosen) < d:
        raise InputError(f"The quadratic form has rank {len(chosen)} on the tangent spaces of M, "
                         f"which have dimension {d}, so there are infinitely many critical "
                         "points; give a form of more data.")
    rows = [[sum((c * slopes[j][k] for j, c in enumerate(matrix[i]) if c), zero)
             for k in range(d)] if perhaps_degenerate else slopes[i] for i in chosen]
    system = System(
        f"critical points of the distance ({form.name}) on {where.phi.model} modulo {prime}",
        where.names, equations, radical(zero + determinant(rows)),
        sum((c * f for c, f in zip(weights, images)), zero))
    return DistanceProblem(where, matrix, target, chosen, weights, system)


def polar_parametrized(where: Slice, j: int, prime: int, generator: random.Random) -> System:
    """
    The points of a linear section of the conormal variety whose number is the polar degree j.

    They are pairs (w, y) with Dφ(w)^T y = 0; d - 1 - j generic linear equations in φ(w), and a
    generic affine one, shall hold, and y lies in a generic affine space of dimension d - j.

    INPUT:

    - ``where`` -- a slice of the fibers; its image is dense in a cone
    - ``j`` -- from 0 to d - 1
    """
    n, d = len(where.images), len(where.names)
    names = (*where.names, *(f"s_{i}" for i in range(d - j)))
    ring = ring_modulo(names, prime)
    zero, extra = ring.from_dict({}), ring.gens()[d:]
    images = [reduced(f, ring) for f in where.images]

    def random_combination(values: Sequence[Any]) -> Any:
        return sum((generator.randrange(prime) * f for f in values), zero)

    y = [random_combination([*extra, zero + 1]) for _ in range(n)]
    normal = [sum((y[i] * images[i].derivative(k) for i in range(n)), zero) for k in range(d)]
    cuts = [random_combination(images) for _ in range(d - 1 - j)]
    scale = random_combination(images) - 1
    chosen = independent_coordinates(where, None, prime, generator)
    return System(f"the polar degree {j} of {where.phi.model} modulo {prime}", names,
                  (*normal, *cuts, scale),
                  radical(zero + determinant([[images[i].derivative(k) for k in range(d)]
                                              for i in chosen])),
                  random_combination([*images, *extra]))


@dataclass(frozen=True)
class LikelihoodProblem:
    """
    The critical points of Σ_i u_i log φ_i on the slice, modulo a prime.

    - ``where`` -- the slice
    - ``target`` -- the weights u
    - ``minor`` -- the coordinates of φ whose minor shall not vanish
    - ``weights`` -- a linear form on V
    - ``system`` -- the equations
    """

    where: Slice
    target: list[int]
    minor: list[int]
    weights: list[int]
    system: System


def likelihood_parametrized(where: Slice, is_cone: bool, prime: int, generator: random.Random
                            ) -> LikelihoodProblem:
    """
    The critical points of Σ_i u_i log φ_i where Σ_i φ_i = 1, at random u.

    The variables r_i = u_i / φ_i clear denominators, so that no coordinate is zero.  On a cone
    Σ_i u_i log φ_i - (Σ_i u_i) log Σ_i φ_i is invariant under rescaling; otherwise Σ_i φ_i is
    identically 1.
    """
    n, d = len(where.images), len(where.names)
    names = (*where.names, *(f"r_{i}" for i in range(n)))
    ring = ring_modulo(names, prime)
    zero, r = ring.from_dict({}), ring.gens()[d:]
    images = [reduced(f, ring) for f in where.images]
    weights = [generator.randrange(1, prime) for _ in range(n)]
    total = sum(images, zero)
    equations = [r[i] * images[i] - u for i, u in enumerate(weights)]
    for k in range(d):
        slope = sum((r[i] * images[i].derivative(k) for i in range(n)), zero)
        equations.append(slope - sum(weights) % prime * total.derivative(k) if is_cone else slope)
    if is_cone:
        equations.append(total - 1)
    chosen = independent_coordinates(where, None, prime, generator)
    form = [generator.randrange(prime) for _ in range(n)]
    system = System(
        f"critical points of the likelihood on {where.phi.model} modulo {prime}", names,
        tuple(equations),
        radical(zero + determinant([[images[i].derivative(k) for k in range(d)]
                                    for i in chosen])),
        sum((c * f for c, f in zip(form, images)), zero))
    return LikelihoodProblem(where, weights, chosen, form, system)


def cone_over(where: Slice) -> Slice:
    """
    The slice of the parametrization (w, s) ↦ (s φ(w), s) of the cone over M × {1}.
    """
    scaled = tuple({(*e, 1): c for e, c in f.items()} for f in where.images)
    apex: Polynomial = {(0,) * len(where.free) + (1,): Fraction(1)}
    return Slice(where.phi, where.values, (*where.free, where.phi.model.parameter_count),
                 (*scaled, apex))


def weights_of_degree_one(phi: Parametrization) -> list[Fraction] | None:
    """
    Rational weights of the parameters for which φ is homogeneous of degree 1; None if there are
    none.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> list(map(str, weights_of_degree_one(parametrization(parse_spec("mlp:2,1,1:x^2")))))
        ['1/2', '1/2', '0']
    """
    from neuroalg_sage.models.rational import echelon, fraction

    count = phi.model.parameter_count
    rows = sorted({tuple(map(int, e)) for f in phi.polynomials for e in f})
    reduced, pivots = echelon([[*row, 1] for row in rows], count + 1)
    if count in pivots:
        return None
    weights = [Fraction(0)] * count
    for i, pivot in enumerate(pivots):
        weights[pivot] = fraction(reduced[i, count])
    return weights


def is_graded(phi: Parametrization) -> bool:
    """
    Whether φ is homogeneous of positive degree for rational weights of the parameters.

    Then M is a cone.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> [is_graded(parametrization(parse_spec(s))) for s in ("mlp:2,2,1:x^2",
        ...                                                      "mlp:2,2,1:x^2:bias")]
        [True, True]
        >>> from neuroalg_sage.models.sources import from_expressions
        >>> is_graded(parametrization(from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"])))
        False
    """
    from flint import fmpz_mat

    rows = sorted({tuple(map(int, e)) for f in phi.polynomials for e in f})
    if not rows:
        return True
    return bool(fmpz_mat([list(e) for e in rows]).rank()
                == fmpz_mat([[*e, 1] for e in rows]).rank())
