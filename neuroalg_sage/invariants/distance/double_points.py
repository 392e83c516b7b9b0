"""
ED degrees where the points of length zero have ordinary double points.

Where M is the image of a product X of projective spaces by an immersion, and the zeros D of the
quadratic form on X have K ordinary double points and no other singular ones, the ED degree is the
sum of the polar degrees less K, see
:mod:`~neuroalg_sage.certificates.distance.double_points`.

Singular points are found stratum by stratum of X, by the last coordinate in each space that does
not vanish, so that the equations stay sparse: first modulo a random prime, where all are simple,
then over Q.  That there are no others is proved by linear algebra modulo the prime where matrices
are not too large; else msolve is trusted for it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any

from flint import Ordering, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly, nmod_mat

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.distance.algebra import Algebra
from neuroalg_sage.certificates.distance.complements import norm
from neuroalg_sage.certificates.distance.double_points import (
    MOST_DOUBLE_POINTS,
    Stratum,
    check_double_points,
)
from neuroalg_sage.certificates.distance.segre_veronese import segre_veronese
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.topology.normal_crossings import (
    multidegree,
    multiples,
    number_of_forms,
)
from neuroalg_sage.engines import modular, msolve
from neuroalg_sage.errors import EngineError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.distance.euler import MOST_TERMS, NotKnown, immersed
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm
from neuroalg_sage.invariants.equations.counting import MSOLVE_PRIMES_BELOW, reduced, ring_modulo
from neuroalg_sage.models.expressions import Polynomial, from_flint
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import fraction, in_ring

# Multiples of equations are looked at in so many multidegrees, of so many forms.
STEPS, FORMS = 6, 400
# So few critical points for a generic metric can be counted otherwise, after so many seconds; more
# cannot, and msolve has most of the time.
FEW, FEW_SECONDS, MOST = 500, 5.0, 0.9


class DoublePoints:
    """
    An ED degree by double points.

    - ``polar`` -- the sum of the polar degrees
    - ``number`` -- the ED degree
    - ``evidence`` -- what proves it; None if only the points modulo a prime were found
    """

    def __init__(self, polar: int, number: int, name: str, evidence: dict[str, Any] | None) -> None:
        self.polar, self.number, self.name, self.evidence = polar, number, name, evidence

    @property
    def method(self) -> str:
        """How it was found."""
        where = "" if self.evidence else ", by msolve modulo a random prime"
        points = self.polar - self.number
        less = (f"less {points} ordinary double point{'s' * (points > 1)} of length zero" if points
                else "as no point of length zero is singular")
        return f"{self.polar} for a generic metric, {less}{where}, in {self.name}"


def ed_degree_by_double_points(phi: Parametrization, form: QuadraticForm, computation: Computation,
                               generator: random.Random) -> DoublePoints:
    """
    The ED degree for a form that is given, and what proves it.

    INPUT:

    - ``phi`` -- the parametrization
    - ``form`` -- the quadratic form
    - ``computation`` -- limits
    - ``generator`` -- source of a random prime

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
        ...     found = ed_degree_by_double_points(phi, form, Computation(), random.Random(1))
        ...     assert (found.polar, found.number) == (79, 71)
    """
    if msolve.find_command() is None or not form.is_given or not form.is_invertible():
        raise NotKnown("Double points are counted by msolve, for forms that are not degenerate.")
    found = immersed(phi)
    try:
        length = norm(found.model, form.claim())
    except CertificateError as error:
        raise NotKnown(f"The quadratic form on M is not written down: {error}") from None
    if not length or len(length) > MOST_TERMS:
        raise NotKnown("The quadratic form vanishes on M, or has too many terms.")
    polar = sum(segre_veronese(found.product.sizes, found.product.degrees))
    slopes = [length.derivative(v) for v in range(phi.parameter_count)]
    computation.progress("isotropic points that are singular, modulo a prime")
    prime = modular.random_prime(generator, MSOLVE_PRIMES_BELOW)
    strata = [Stratum(slopes, found.product.blocks, pivots)
              for pivots in product(*found.product.blocks)]
    evidence = None
    try:
        with computation.share(FEW_SECONDS if polar <= FEW else None, MOST):
            numbers = [_double_points(stratum, prime, computation) for stratum in strata]
            with suppress(LimitReached, NotKnown, CertificateError):
                stated = found.evidence | {"formula": "double points", "prime": prime, "strata": [
                    _evidence(stratum, number, prime, computation, generator)
                    for stratum, number in zip(strata, numbers)]}
                check_double_points(found.model, form.claim(), stated)
                evidence = stated
    except (ZeroDivisionError, EngineError) as error:
        raise NotKnown(f"Singular points are not counted: {error}") from None
    return DoublePoints(polar, polar - sum(numbers), found.product.name, evidence)


def _double_points(stratum: Stratum, prime: int, computation: Computation) -> int:
    """
    The number of singular points in a stratum modulo a prime.

    Raises NotKnown if one of them is no ordinary double point.
    """
    ring = ring_modulo(_names(stratum) or ["x"], prime)
    equations = [f for f in (reduced(_there(f, stratum), ring) for f in stratum.equations) if f]
    if any(f.is_constant() for f in equations):
        return 0
    if stratum.free:
        try:
            points = msolve.points(equations, _names(stratum), prime, timeout=_left(computation),
                                   memory_gb=computation.memory_gb)
        except msolve.InfinitelyManyPoints:
            raise NotKnown("The isotropic points are singular along a curve.") from None
        polynomial, coordinates = points.polynomial, list(map(list, points.coordinates))
    else:
        polynomial, coordinates = (0, 1), []
    number = len(polynomial) - 1
    if number and not stratum.are_double_points(Algebra(
            prime, list(polynomial), stratum.point(coordinates, [0], [1]))):
        raise NotKnown("An isotropic point is singular, and no ordinary double point.")
    return number


def _left(computation: Computation) -> float | None:
    left = computation.seconds_left()
    return left if left is None else max(left, 0.1)


def _names(stratum: Stratum) -> list[str]:
    return [f"x{v}" for v in stratum.free]


def _there(f: fmpq_mpoly, stratum: Stratum) -> Polynomial:
    """A polynomial in the free coordinates of a stratum, or in one more if there is none."""
    terms: Polynomial = {}
    for e, c in from_flint(f).items():
        place = tuple(e[v] for v in stratum.free) or (0,)
        terms[place] = terms.get(place, 0) + c
    return {e: c for e, c in terms.items() if c}


def _evidence(stratum: Stratum, number: int, prime: int, computation: Computation,
              generator: random.Random) -> dict[str, Any]:
    """What the checker verifies of a stratum."""
    found: dict[str, Any] = {"pivots": list(stratum.pivots), "points": None, "monomials": [],
                             "degree": None}
    if number:
        found["points"] = _points(stratum, number, computation, generator)
    with suppress(CertificateError):
        for monomials, degree in _combinations(stratum, number, prime):
            if stratum.are_all_combinations(monomials, degree, prime):
                return found | {"monomials": list(map(list, monomials)), "degree": degree}
    return found


def _points(stratum: Stratum, number: int, computation: Computation, generator: random.Random
            ) -> dict[str, Any]:
    """The points over Q, and a linear form that takes different values at them."""
    if number > MOST_DOUBLE_POINTS:
        raise NotKnown("The double points are too many to be written down.")
    modulus: fmpq_poly = fmpq_poly([0, 1])
    values: list[fmpq_poly] = []
    if stratum.free:
        ring = fmpq_mpoly_ctx.get(_names(stratum), Ordering.degrevlex)
        modulus, values = msolve.algebraic_points(
            [in_ring(_there(f, stratum), ring) for f in stratum.equations], _names(stratum),
            timeout=_left(computation), memory_gb=computation.memory_gb)
    if modulus.degree() != number:
        raise NotKnown("The prime is special.")
    places = dict(zip(stratum.free, values))
    return {"modulus": [decimal(fraction(c)) for c in modulus.coeffs()],
            "coordinates": [[decimal(fraction(places[v][i])) for i in range(number)]
                            for v in stratum.free],
            "form": [generator.randint(1, 1000) for _ in stratum.slopes]}


def _combinations(stratum: Stratum, number: int, prime: int
                  ) -> Iterator[tuple[list[tuple[int, ...]], list[int]]]:
    """Multidegrees, and in each the least monomials that are leading ones of no multiple."""
    pivots = [block[-1] for block in stratum.blocks]
    for f in stratum.equations:
        if all(not e[v] for e, _ in f.terms() for v in stratum.free):  # nothing vanishes there
            yield [], list(multidegree(f, stratum.blocks))
    degrees = [multidegree(f, stratum.blocks) for f in stratum.equations]
    least = [max(d) for d in zip(*degrees)] or [0] * len(pivots)
    for k in range(STEPS):
        degree = [d + (d * k + 1) // 2 if len(block) > 1 else d
                  for d, block in zip(least, stratum.blocks)]
        if number_of_forms(stratum.blocks, degree) > FORMS:
            return
        matrix, places = multiples(stratum.equations, stratum.blocks, degree, prime)
        variables = [v for block in stratum.blocks for v in block]
        free = [i for i, v in enumerate(variables) if v in stratum.free]
        monomials = sorted((tuple(e[i] for i in free) for e in places), key=lambda e: (-sum(e), e))
        columns = {tuple(e[i] for i in free): j for e, j in places.items()}
        order = [columns[e] for e in monomials]
        rows = [[int(c) for c in row] for row in matrix.table()]
        reduced_, rank = nmod_mat(len(rows), len(order), [
            row[j] for row in rows for j in order], prime).rref()
        leading, column = set(), -1
        for row in range(rank):
            column = next(j for j in range(column + 1, len(order)) if reduced_[row, j])
            leading.add(column)
        least_ones = [e for j, e in enumerate(monomials) if j not in leading][::-1]
        yield least_ones[:number], degree
