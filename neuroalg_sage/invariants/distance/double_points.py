"""
ED degrees where the points of length zero have ordinary double points.

Let f be an immersion of a product X of projective spaces, of dimension m, as in
:mod:`~neuroalg_sage.certificates.distance.complements`, where it is said that the ED degree is
(-1)^m χ(X less D and H), for the zeros D of the quadratic form of f, and the preimage H of a
generic hyperplane.  For a generic form D is smooth, and the number is the sum of the polar degrees.
If D has only μ ordinary double points, χ(D) is larger by (-1)^m μ than that of a smooth member of
the same linear system, and H avoids them.  So the ED degree is less by μ ([MRW2021]_).

Singular points are counted modulo a random prime, stratum by stratum of X, by the last coordinate
in each space that does not vanish, so that the equations stay sparse.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import Any

from flint import nmod_poly

from neuroalg_sage.certificates.distance.complements import norm
from neuroalg_sage.certificates.distance.segre_veronese import segre_veronese
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.engines import modular, msolve
from neuroalg_sage.errors import EngineError
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.distance.euler import MOST_TERMS, NotKnown, immersed
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm
from neuroalg_sage.invariants.equations.counting import MSOLVE_PRIMES_BELOW, reduced, ring_modulo
from neuroalg_sage.models.expressions import from_flint
from neuroalg_sage.models.parametrization import Parametrization

FEW = 500  # critical points for a generic metric: they are counted, with a proof of the lower bound


def ed_degree_by_double_points(phi: Parametrization, form: QuadraticForm, computation: Computation,
                               generator: random.Random, few: int = FEW) -> tuple[int, str]:
    """
    The ED degree for a form that is given, and how it was found.

    INPUT:

    - ``phi`` -- the parametrization
    - ``form`` -- the quadratic form
    - ``computation`` -- limits
    - ``generator`` -- source of a random prime
    - ``few`` -- so many critical points for a generic metric are refused

    Raises NotKnown if M is not the image of a product of projective spaces by an immersion, or if
    the points of length zero have other singular points; LimitReached if a limit stops msolve.

    EXAMPLES: Of 79 critical points for a generic metric, 8 are missing. ::

        >>> from neuroalg_sage.engines import msolve
        >>> from neuroalg_sage.invariants.distance.quadratic_forms import quadratic_form
        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("cnn:3,2:x^2"))
        >>> form = quadratic_form(phi.model, "unit")
        >>> if msolve.find_command():
        ...     number, _ = ed_degree_by_double_points(phi, form, Computation(),
        ...                                            random.Random(1), 0)
        ...     assert number == 71
    """
    if msolve.find_command() is None or not form.is_given or not form.is_invertible():
        raise NotKnown("Double points are counted by msolve, for forms that are not degenerate.")
    found = immersed(phi)
    polar = sum(segre_veronese(found.product.sizes, found.product.degrees))
    if polar <= few:
        raise NotKnown(f"At most {polar} critical points are better counted.")
    try:
        length = from_flint(norm(found.model, form.claim()))
    except CertificateError as error:
        raise NotKnown(f"The quadratic form on M is not written down: {error}") from None
    if not length or len(length) > MOST_TERMS:
        raise NotKnown("The quadratic form vanishes on M, or has too many terms.")
    computation.progress("isotropic points that are singular, modulo a prime")
    prime = modular.random_prime(generator, MSOLVE_PRIMES_BELOW)
    try:
        counted = sum(_double_points(length, found.product.blocks, pivots, prime, computation)
                      for pivots in product(*found.product.blocks))
    except (ZeroDivisionError, EngineError) as error:
        raise NotKnown(f"Singular points are not counted: {error}") from None
    return polar - counted, (
        f"the Euler characteristic of a complement: {polar} for a generic metric, less {counted} "
        f"ordinary double points of length zero, by msolve modulo a random prime, in "
        f"{found.product.name}")


def _double_points(length: Any, blocks: Sequence[Sequence[int]], pivots: Sequence[int],
                   prime: int, computation: Computation) -> int:
    """
    The singular points where the pivots are the last coordinates of their blocks that are not 0.

    Raises NotKnown if one of them is no ordinary double point.
    """
    names = [f"x{i}" for i in range(len(next(iter(length))))]
    ring = ring_modulo(names, prime)
    form = reduced(length, ring)
    unit = [ring.constant(1) if i in pivots else x for i, x in enumerate(ring.gens())]
    moving = [i for i in range(len(names)) if i not in pivots]
    free = [i for pivot, block in zip(pivots, blocks) for i in block if i < pivot]
    there = ring_modulo([names[i] for i in free] or ["x"], prime)

    def restricted(f: Any) -> Any:
        return there.from_dict({tuple(int(e[i]) for i in free) or (0,): int(c)
                                for e, c in f.to_dict().items()
                                if not any(e[i] for i in moving if i not in free)})

    # By Euler's formula the form vanishes where all derivatives do, which have lower degrees.
    slopes = [form.derivative(i).compose(*unit, ctx=ring) for i in range(len(names))]
    equations = [f for f in map(restricted, slopes) if f]
    if any(f.is_constant() for f in equations):
        return 0
    if free:
        left = computation.seconds_left()
        try:
            points = msolve.points(equations, [names[i] for i in free], prime,
                                   timeout=left if left is None else max(left, 0.1),
                                   memory_gb=computation.memory_gb)
        except msolve.InfinitelyManyPoints:
            raise NotKnown("The isotropic points are singular along a curve.") from None
        q = nmod_poly(list(points.polynomial), prime)
        values = [nmod_poly(list(c), prime) for c in points.coordinates[: len(free)]]
    else:
        q, values = nmod_poly([0, 1], prime), [nmod_poly([0], prime)]
    if not q.degree():
        return 0
    hessian = [[msolve.evaluate(restricted(f.derivative(i)), values, q) for i in moving]
               for f in (slopes[i] for i in moving)]
    if _determinant(hessian, q).gcd(q).degree():
        raise NotKnown("An isotropic point is singular, and no ordinary double point.")
    return int(q.degree())


def _determinant(matrix: Sequence[Sequence[nmod_poly]], q: nmod_poly) -> nmod_poly:
    """The determinant modulo q, by Laplace expansion, as q may have factors."""
    @cache
    def minor(row: int, columns: tuple[int, ...]) -> nmod_poly:
        if row == len(matrix):
            return nmod_poly([1], q.modulus())
        total = nmod_poly([0], q.modulus())
        for k, column in enumerate(columns):
            term = matrix[row][column] * minor(row + 1, columns[:k] + columns[k + 1 :]) % q
            total = total + (term if k % 2 == 0 else -term)
        return total

    return minor(0, tuple(range(len(matrix))))
