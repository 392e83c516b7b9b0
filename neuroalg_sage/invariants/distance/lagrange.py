"""
Critical points on a variety by Lagrange's multipliers, from equations that generate its ideal.

Let X of dimension d in V = A^n have a prime ideal that g_1, ..., g_m generate, and let G_1, ...,
G_c, c = n - d, be random combinations of these.  At a generic point of X the differentials of the
G_j are independent, and span those of all equations.  So the critical points of a function f on X
are the z, with unique multipliers λ, of

    g_1(z) = ... = g_m(z) = 0,    df(z) = λ_1 dG_1(z) + ... + λ_c dG_c(z).

Nothing has to be excluded by saturation.  For functions f from a vector space of which the
differentials at each point are all covectors, as the squared distances from the points of V, the
triples (z, λ, f) over a proper closed subset of X, its singular locus among others, have a smaller
dimension than that space.  So a generic f has no solution there; it has none where the
differentials of the G_j are dependent.  The others are simple, by generic smoothness.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm
from neuroalg_sage.invariants.equations.counting import System, reduced, ring_modulo
from neuroalg_sage.models.expressions import Polynomial


class Multipliers:
    """
    The ring of coordinates and multipliers modulo a prime, and Σ_j λ_j dG_j.

    - ``ring`` -- its variables are ``names``, then the multipliers
    - ``equations`` -- the g_i at the point ``z``
    - ``normal`` -- the n entries of Σ_j λ_j dG_j at z
    """

    def __init__(self, equations: Sequence[Polynomial], n: int, codimension: int, prime: int,
                 generator: random.Random, names: Sequence[str],
                 point: Any = None) -> None:
        ambient = ring_modulo([f"z_{i}" for i in range(n)], prime)
        g = [reduced(f, ambient) for f in equations]
        zero = ambient.from_dict({})
        combined = g if len(g) == codimension else [
            sum((generator.randrange(prime) * f for f in g), zero) for _ in range(codimension)]
        # msolve is far faster in this order of the variables than in the opposite one.
        self.variables = tuple([*names, *(f"lambda_{j}" for j in range(codimension))])
        self.ring = ring_modulo(self.variables, prime)
        gens = self.ring.gens()
        coordinates, multipliers = gens[: len(names)], gens[len(names) :]
        self.zero = self.ring.from_dict({})
        self.z = list(coordinates) if point is None else point(coordinates)
        self.equations = [self.at(f) for f in g]
        self.normal = [sum((m * self.at(f.derivative(i)) for m, f in zip(multipliers, combined)),
                           self.zero) for i in range(n)]

    def at(self, f: Any) -> Any:
        """The value of a polynomial in the coordinates at the point z."""
        return f.compose(*self.z, ctx=self.ring) if f else self.zero

    def linear(self, values: Sequence[Any], generator: random.Random) -> Any:
        """A random linear form in some polynomials."""
        prime = int(self.ring.modulus())
        return sum((generator.randrange(prime) * f for f in values), self.zero)


def distance_system(equations: Sequence[Polynomial], n: int, codimension: int,
                    form: QuadraticForm, prime: int, generator: random.Random,
                    name: str = "the variety") -> System:
    """
    The critical points of the distance from a random point, for an invertible quadratic form.

    INPUT:

    - ``equations`` -- generators of a prime ideal in n variables
    - ``codimension`` -- of its variety
    - ``form`` -- the quadratic form

    Raises InputError if the form is not invertible.

    EXAMPLES::

        >>> circle = {(2, 0): 1, (0, 2): 1, (0, 0): -1}
        >>> form = QuadraticForm("generic", 2, None)
        >>> len(distance_system([circle], 2, 1, form, 32003, random.Random(1)).equations)
        3
    """
    from flint import nmod_mat

    matrix = form.modulo(prime, generator)
    if nmod_mat(n, n, [c for row in matrix for c in row], prime).rank() < n:
        raise InputError("Lagrange's multipliers need an invertible quadratic form; use the "
                         "method parametrization.")
    at = Multipliers(equations, n, codimension, prime, generator,
                     [f"z_{i}" for i in range(n)])
    difference = [z - generator.randrange(prime) for z in at.z]
    critical = [sum((c * difference[j] for j, c in enumerate(row) if c), at.zero) - normal
                for row, normal in zip(matrix, at.normal)]
    return System(f"critical points of the distance ({form.name}) on {name} modulo {prime}",
                  at.variables, (*at.equations, *critical), None, at.linear(at.z, generator))


def polar_system(equations: Sequence[Polynomial], n: int, codimension: int, j: int, prime: int,
                 generator: random.Random, name: str = "the variety") -> System:
    """
    The points of a linear section of the conormal variety whose number is the polar degree j.

    That variety, of dimension n - 2, is the closure of the pairs (z, y) with z a smooth point of
    the projective variety and y = Σ_j λ_j dG_j(z).  Here d - 1 - j generic linear equations in
    z, and c - 1 + j in y cut out the points; z and y are normalized by generic affine ones.
    A generic section misses what lies over proper closed subsets, as for the distance.

    INPUT:

    - ``equations`` -- homogeneous generators of a prime ideal in n variables
    - ``codimension`` -- the codimension c
    - ``j`` -- from 0 to d - 1
    """
    dimension = codimension + j  # of the affine space in which z is
    def random_vector() -> list[int]:
        return [generator.randrange(prime) for _ in range(n)]

    origin, directions = random_vector(), [random_vector() for _ in range(dimension)]

    def point(s: Sequence[Any]) -> list[Any]:
        return [sum((v[i] * x for v, x in zip(directions, s)), origin[i] + 0 * s[0])
                for i in range(n)]

    at = Multipliers(equations, n, codimension, prime, generator,
                     [f"s_{i}" for i in range(dimension)], point)
    cuts = [at.linear(at.normal, generator) for _ in range(codimension - 1 + j)]
    scale = at.linear(at.normal, generator) - 1
    return System(f"the polar degree {j} of {name} modulo {prime}", at.variables,
                  (*at.equations, *cuts, scale), None,
                  at.linear([*at.z, *at.normal], generator))


def likelihood_system(equations: Sequence[Polynomial], n: int, codimension: int, is_cone: bool,
                      prime: int, generator: random.Random, name: str = "the variety") -> System:
    """
    The critical points of Σ_i u_i log z_i where Σ_i z_i = 1 and no z_i is zero, at random u.

    On a cone the multiplier of Σ_i z_i = 1 is Σ_i u_i, by Euler's formula; otherwise the variety
    lies in that hyperplane, and there is none.
    """
    at = Multipliers(equations, n, codimension, prime, generator,
                     [f"z_{i}" for i in range(n)])
    weights = [generator.randrange(1, prime) for _ in range(n)]
    total = sum(weights) % prime if is_cone else 0
    critical = [z * (normal + total) - u for z, normal, u in zip(at.z, at.normal, weights)]
    hyperplane = [sum(at.z, at.zero) - 1] if is_cone else []
    return System(f"critical points of the likelihood on {name} modulo {prime}", at.variables,
                  (*at.equations, *hyperplane, *critical), None, at.linear(at.z, generator))
