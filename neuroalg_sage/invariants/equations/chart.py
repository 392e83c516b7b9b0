"""
The ideal, if equations solve for all coordinates but some where one coordinate is not zero.

So it is of convolutions in two layers, whose filters can be read off one coefficient after another
as soon as the first one is known.  Equations are looked for until this coordinate is no zero
divisor modulo them, which a Gröbner basis shows; then there are no others:
:mod:`neuroalg_sage.certificates.equations.chart` has the proof.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import combinations_with_replacement
from math import comb, lcm
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.equations.chart import (
    MOST_MONOMIALS,
    Weight,
    completed,
    for_completion,
    monomials_outside,
    remainder,
    require_independent,
    weight_of,
)
from neuroalg_sage.certificates.equations.groebner import HilbertSeries, hilbert_data
from neuroalg_sage.certificates.equations.regularity import dimension_of_forms
from neuroalg_sage.certificates.reading import CertificateError, polynomial_ring, polynomials
from neuroalg_sage.engines import modular
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.rings import coordinate_ring
from neuroalg_sage.invariants.equations.equations_by_degree import EquationSearch, generators
from neuroalg_sage.invariants.equations.generators import Ideal, primitive
from neuroalg_sage.invariants.equations.products_of_spaces import product_of_spaces
from neuroalg_sage.invariants.equations.weighted_curve import WeightedCurves
from neuroalg_sage.models.expressions import Polynomial, derivative, descending, evaluate
from neuroalg_sage.models.parametrization import Parametrization

HIGHEST_POWER = 3  # of the coordinate that is not zero
HIGHEST_DEGREE = 4  # of equations with which a Gröbner basis is begun
# A curve is looked for up to one degree more than that of the first equations.
HIGHEST_DEGREE_OF_A_CURVE, MOST_MONOMIALS_OF_A_CURVE = 6, 6_000
MOST_COORDINATES = 40
EXTRA_POINTS = 8

Solved = list[tuple[int, Polynomial]]


def solved_for(search: EquationSearch, chart: int, dimension: int) -> Solved | None:
    """
    Equations that solve for coordinates where one is not zero: for each that is solved for, in
    their order, its place and the equation.  None if none are found.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> search = EquationSearch(parametrization(parse_spec("mlp:2,1,2:x^2")), 1)
        >>> [i for i, _ in solved_for(search, 0, 3)]
        [2, 4, 5]
    """
    n = len(search.phi.polynomials)
    known = _independent_coordinates(search, chart)
    if len(known) != dimension:
        return None
    solved: Solved = []
    power = 1
    while len(known) < n and power <= HIGHEST_POWER:
        for i in sorted({*range(n)} - known):
            if (equation := _solving(search, chart, power, i, known)) is not None:
                solved.append((i, equation))
                known.add(i)
                power = 1
                break
        else:
            power += 1
    return solved if len(known) == n else None


def _independent_coordinates(search: EquationSearch, chart: int) -> set[int]:
    """Coordinates, the first ones that are independent on M, as their slopes at a point are."""
    phi, prime = search.phi, modular.random_prime(search.generator)
    point = [search.generator.randrange(1, prime) for _ in range(phi.parameter_count)]
    rows: list[list[int]] = []
    chosen: set[int] = set()
    for i in (chart, *range(len(phi.polynomials))):
        row = [evaluate(derivative(phi.polynomials[i], v), point, prime) for v in range(len(point))]
        if modular.rank(np.array([*rows, row], dtype=np.int64), prime) > len(rows):
            rows.append(row)
            chosen.add(i)
    return chosen


def _solving(search: EquationSearch, chart: int, power: int, i: int, known: set[int]
             ) -> Polynomial | None:
    """An equation c z_0^e z_i - p, with p in known coordinates; None if there is none."""
    wanted = tuple(sorted((*[chart] * power, i)))
    weight = weight_of(wanted, search.weights)
    monomials = [wanted, *(m for m in combinations_with_replacement(sorted(known), power + 1)
                           if weight_of(m, search.weights) == weight)]
    n = len(search.weights)
    for f in search.among(monomials):
        if wanted in f:
            return primitive({tuple(m.count(v) for v in range(n)): Fraction(c)
                              for m, c in f.items()})
    return None


def ideal_by_chart(search: EquationSearch, found: Invariant, computation: Computation,
                   by_curves: bool = True) -> Ideal | None:
    """
    The ideal of an image of a product of projective spaces, if equations solve for coordinates
    where one of them is not zero; None if they do not, or if it is a zero divisor modulo all
    equations of low degree.

    INPUT:

    - ``search`` -- the search for equations; it keeps what it finds
    - ``found`` -- the dimension
    - ``computation`` -- session and limits
    - ``by_curves`` -- whether a curve may prove it where no equations solve for coordinates
    """
    start = time.perf_counter()
    phi, n, degree = search.phi, len(search.phi.polynomials), search.gradings.degree
    if phi.is_cone_over or degree is None or found.status != "proved":
        return None
    assert found.certificate is not None
    space = product_of_spaces(phi)
    if space is None or dimension_of_forms(space.product, 1) == n:
        return None  # the ring may be that of all forms, which a linear section proves sooner
    chart = next((i for i, f in enumerate(phi.polynomials) if len(f) == 1), None)
    if chart is None or n > MOST_COORDINATES or not all(phi.polynomials):
        return None
    solved = solved_for(search, chart, found.data)
    if not solved and not by_curves:
        return None
    curves = None if solved else WeightedCurves(search, space, chart, found.data)
    if curves is not None and not curves.exist:
        return None
    scale = lcm(*(c.denominator for c in degree))
    rows = [[int(sum(scale * c * w for c, w in zip(degree, column)))
             for column in zip(*search.gradings.parameters)],
            *map(list, search.gradings.parameters)]
    order = [*(i for i in range(n)[::-1] if i != chart), chart]
    proof: dict[str, Any] = {}
    basis: list[Polynomial] = []
    for highest in range(max([2, *(sum(max(f, key=sum)) for _, f in solved or ())]),
                         HIGHEST_DEGREE + 1 if curves is None else HIGHEST_DEGREE_OF_A_CURVE + 1):
        if comb(n + highest - 1, highest) > (
                MOST_MONOMIALS if curves is None else MOST_MONOMIALS_OF_A_CURVE):
            return None
        if curves is not None and basis and highest > min(
                sum(max(f, key=sum)) for f in basis) + 1:
            return None
        before, basis = basis, generators(search, highest)
        if curves is not None:
            # Without a curve no Gröbner basis is asked for, which would take longer.
            curve = None if basis == before else curves.find(basis, order, search.checkpoint)
            if curve is None:
                continue
            proof = {"curve": curve | {"dimension": found.certificate["evidence"]}}
        leading = _leading_of_all(basis, order, phi, computation)
        if any(m[-1] for m in leading):
            continue
        top = max([*map(sum, leading), *(sum(max(f, key=sum)) for _, f in solved or ())])
        prime = modular.random_prime(search.generator)
        with suppress(CertificateError):
            words = {tuple(sorted(i for i, k in zip(order, m) for _ in range(k))) for m in leading}
            outside = monomials_outside(words, [(1, *w) for w in search.weights], top)
            points = [[search.generator.randrange(prime) for _ in range(phi.parameter_count)]
                      for _ in range(max(map(len, outside.values())) + EXTRA_POINTS)]
            require_independent(outside, modular.evaluate_polynomials(
                phi.polynomials, np.array(points, dtype=np.int64), prime).tolist(), prime)
            pairs = _pairs(basis, order, leading, search.weights, computation)
            break
    else:
        return None
    if solved:
        proof = {"places": [i for i, _ in solved],
                 "solved": [encode_polynomial(f) for _, f in solved],
                 "dimension": found.certificate["evidence"]}
    return Ideal.certified(
        phi.model, "ideal", basis, "proved", f"equations of degree at most {highest}, modulo which "
        f"z_{chart} is no zero divisor by a Gröbner basis in Macaulay2, and which "
        + ("solve for coordinates" if solved else "define a domain, as a curve shows,")
        + " where it is not zero", time.perf_counter() - start,
        {"argument": "chart", "order": order, "weights": rows, "degree": top,
         "pairs": pairs, "prime": prime, "points": points} | proof,
        claim=[encode_polynomial(g) for g in basis], versions=computation.versions(),
        coordinates=n)


def _moved(f: Polynomial, order: Sequence[int]) -> Polynomial:
    return {tuple(e[i] for i in order): c for e, c in f.items()}


def _leading_of_all(basis: list[Polynomial], order: Sequence[int], phi: Parametrization,
                    computation: Computation) -> list[tuple[int, ...]]:
    """The leading monomials of a Gröbner basis, with the coordinates in this order."""
    ring = coordinate_ring(len(order))
    results = computation.run(Script(
        f"a Gröbner basis of equations of the neurovariety of {phi.model}",
        {"V": ring, "I": PolynomialMatrix(ring, 1, len(basis), tuple(
            _moved(f, order) for f in basis), "ideal")}, "", {"groebnerBasis": "gens gb I"}))
    return [descending(f)[0][0] for f in results["groebnerBasis"].entries if f]


def _pairs(basis: list[Polynomial], order: Sequence[int], leading: list[tuple[int, ...]],
           weights: Sequence[Weight], computation: Computation) -> list[list[int]]:
    """The pairs whose S-polynomials have remainders with the leading monomials that are missing."""
    def weight(m: Sequence[int]) -> Weight:
        return tuple(sum(k * weights[i][c] for i, k in zip(order, m) if k)
                     for c in range(len(weights[0])))

    found: list[Any] = [for_completion(f, order) for f in polynomials(
        [encode_polynomial(f) for f in basis], polynomial_ring(len(order)))]
    leads = np.array([_lead(f) for f in found], dtype=np.int64)
    missing = {*leading} - {*map(tuple, leads.tolist())}
    pairs: list[list[int]] = []
    clock = computation.clock()
    for degree in sorted({*map(sum, missing)}):
        wanted: dict[Weight, set[tuple[int, ...]]] = {}
        for m in missing:
            if sum(m) == degree:
                wanted.setdefault(weight(m), set()).add(m)
        for j in itertools.count(1):
            if not any(wanted.values()):
                break
            if j == len(found):
                raise LimitReached("A Gröbner basis was not found again.")
            clock()
            joins = np.maximum(leads[:j], leads[j])
            near = (joins.sum(axis=1) == degree) & np.minimum(leads[:j], leads[j]).any(axis=1)
            for i in map(int, np.flatnonzero(near)):
                own = wanted.get(weight(joins[i].tolist()))
                if not own or _is_superfluous(joins[i], i, j, leads):
                    continue
                f = remainder(found[i].spoly(found[j]), found)
                if f and (lead := _lead(f)) in own:
                    found.append(f)
                    leads = np.concatenate([leads, [lead]])
                    pairs.append([i, j])
                    own.remove(lead)
    return pairs


def _is_superfluous(join: np.ndarray, i: int, j: int, leads: np.ndarray) -> bool:
    """Whether a third leading monomial divides the join, and its joins with the two are less."""
    return any(k not in (i, j) and (np.maximum(leads[i], leads[k]) != join).any()
               and (np.maximum(leads[j], leads[k]) != join).any()
               for k in np.flatnonzero((leads <= join).all(axis=1)))


def _lead(f: Any) -> tuple[int, ...]:
    return tuple(map(int, f.monomial(0)))


def series_by_chart(found: Invariant) -> HilbertSeries:
    """The Hilbert series of M, of an ideal with this proof."""
    assert found.certificate is not None
    proof = found.certificate["evidence"]
    ring = polynomial_ring(n := len(proof["order"]))
    basis = completed([for_completion(f, proof["order"]) for f in polynomials(
        [encode_polynomial(f) for f in found.data], ring)], proof["pairs"])
    dimension, _, numerator = hilbert_data([_lead(f) for f in basis], n)
    return HilbertSeries(dimension, numerator, True)
