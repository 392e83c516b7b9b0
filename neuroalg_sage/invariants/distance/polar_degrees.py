"""
The polar degrees of the neurovariety.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import permutations
from math import comb
from typing import Any

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.distance.fixed_points import by_fixed_points
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.descriptions.polar_classes import SUM
from neuroalg_sage.descriptions.segre_veronese import ConvolutionalVariety
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialRingData
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant, certified
from neuroalg_sage.invariants.answers.methods import check_method_applies
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.distance.critical_equations import (
    Slice,
    cone_over,
    finite_slice,
    is_graded,
    polar_parametrized,
)
from neuroalg_sage.invariants.distance.distance_count import count_critical_points
from neuroalg_sage.invariants.distance.euler import NotKnown, ed_degree_by_euler
from neuroalg_sage.invariants.distance.lagrange import polar_system
from neuroalg_sage.invariants.distance.quadratic_forms import quadratic_form
from neuroalg_sage.invariants.equations.counting import Trial, summary, trials
from neuroalg_sage.invariants.equations.degree import ideal_data
from neuroalg_sage.invariants.equations.degree_by_fixed_points import sums_of_points, toric_sums
from neuroalg_sage.invariants.equations.descriptions import known_varieties
from neuroalg_sage.invariants.equations.generators import primitive
from neuroalg_sage.invariants.equations.products_of_functions import coefficients_of_factors
from neuroalg_sage.invariants.equations.products_of_spaces import blocks_of
from neuroalg_sage.invariants.equations.smooth_polytopes import smooth_polytope
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization

METHODS = ("theorem", "euler", "conormal", "parametrization", "lagrange")
# In more coordinates the conormal ideal over Q is not tried unless it is asked for.
EASY_COORDINATES, EASY_SECONDS = 9, 10.0
MOST_TERMS = 20_000

Ideal = Callable[[], Invariant]


def polar_degrees(phi: Parametrization, dimension: Invariant, computation: Computation,
                  ideal: Ideal, method: str = "auto", seed: int | None = None) -> Invariant:
    """
    The polar degrees p_0, ..., p_(d-1) of the projective variety, or of the projective closure.

    With d the dimension of the affine cone, in a space of dimension n, p_j is the number of
    points of the conormal variety that d - 1 - j generic hyperplanes for the points, and
    n - d - 1 + j for the tangent hyperplanes, have in common: p_0 is the degree of M, p_j that of
    the polar locus of codimension j, and the last that is not zero the degree of the dual variety.
    Their sum is the ED degree of a cone for a generic quadratic form.

    - ``"theorem"``: M is dense, or all matrices or symmetric matrices of bounded rank, or a
      Segre-Veronese variety; or, by residues, a secant variety of one, a smooth toric variety, sums
      of two points of one with coefficients, or products of two linear factors, or of a form with
      linear ones;
    - ``"euler"``: M is the image of a product of projective spaces by an immersion, by Chern
      classes;
    - ``"conormal"``: the multidegree of the conormal ideal over Q, by Macaulay2; for cones.  The
      checker verifies that it is an upper bound, and that the sum is attained by critical points
      modulo a prime, so Macaulay2 is not trusted;
    - ``"parametrization"``, ``"lagrange"``: points of linear sections of the conormal variety
      modulo primes, from φ or from the ideal of a cone; the status is ``numerical``.

    INPUT: as for :func:`~neuroalg_sage.invariants.distance.ed_degree.ed_degree`

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, a list of d integers; of
    d + 1 if M is no cone

    REFERENCES: [Pie1978]_; [DHOST2016]_, Section 5
    """
    start = time.perf_counter()
    model, n, d = phi.model, len(phi.polynomials), dimension.data
    method = check_method_applies(method, "polar degrees", METHODS)
    cone = is_graded(phi)
    if d == 0 and cone:
        raise InputError("M is the zero function alone, so the projective variety is empty and has "
                         "no polar degrees.")
    if cone and method in ("auto", "theorem"):
        found = by_theorem(model, dimension)
        if found is not None:
            return found
        found = by_residues(phi, seed)
        if found is not None:
            return found
    if method == "theorem":
        raise InputError(f"No theorem that is known here gives the polar degrees of {model}; use "
                         "parametrization.")
    if cone and method in ("auto", "euler"):
        try:
            numbers, evidence, _ = ed_degree_by_euler(phi, quadratic_form(model, "generic"))
            return certified(model, "polar_degrees", numbers, "proved", "Chern classes",
                             time.perf_counter() - start, evidence, [])
        except NotKnown:
            if method == "euler":
                raise
    if not cone and method in ("euler", "conormal", "lagrange"):
        raise InputError(f"The method {method} is for cones, and weights of the parameters for "
                         f"which {model} is homogeneous are not known; use parametrization.")
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    if cone and (method == "conormal" or (method == "auto" and n <= EASY_COORDINATES)):
        try:
            return _by_conormal_ideal(phi, dimension, computation, ideal,
                                      None if method == "conormal" else EASY_SECONDS, generator,
                                      start)
        except LimitReached:
            if method == "conormal" or computation.is_over():
                raise
    degrees: list[int] = []
    found_trials: list[Trial] = []
    where = finite_slice(phi, d, generator)
    space = where if cone else cone_over(where)
    equations = ideal().data if method == "lagrange" else []
    for j in range(len(space.free)):
        found_trials = _section(space, equations, n, n - d, j, method == "lagrange", computation,
                                generator)
        degrees.append(max(trial.count.values for trial in found_trials))
    source = "the ideal" if method == "lagrange" else "φ"
    return Invariant("polar_degrees", degrees, "numerical",
                     f"linear sections of the conormal variety, from {source}, counted "
                     f"{summary(found_trials)}", None, time.perf_counter() - start)


def _section(space: Slice, equations: list[Polynomial], n: int, codimension: int, j: int,
             by_multipliers: bool, computation: Computation, generator: random.Random
             ) -> list[Trial]:
    if by_multipliers:
        return trials(lambda p: polar_system(equations, n, codimension, j, p, generator,
                                             str(space.phi.model)),
                      f"the polar degree {j}", computation, generator)
    return trials(lambda p: polar_parametrized(space, j, p, generator), f"the polar degree {j}",
                  computation, generator)


def by_theorem(model: Model, dimension: Invariant) -> Invariant | None:
    """
    The polar degrees by a theorem whose hypotheses hold, None if there is none.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.dimension.dimension import dimension
        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("linear:3,1,3")
        >>> by_theorem(model, dimension(model))
        [6, 12, 12, 6, 3] (proved, trusting theorem: Zhang (2018))
    """
    start, n = time.perf_counter(), model.ambient_dimension
    if dimension.status == "proved" and dimension.data == n:
        assert dimension.certificate is not None
        return certified(model, "polar_degrees", [1, *[0] * (n - 1)], "proved", "M is dense",
                         time.perf_counter() - start,
                         {"dimension": dimension.certificate["evidence"]}, dimension.trust)
    for description in known_varieties(model, dimension):
        found = description.distance_degree("generic")
        # The theorem on convolutions is on the sum.
        if found is not None and not isinstance(description, ConvolutionalVariety):
            return certified(model, "polar_degrees", list(found.numbers), "proved",
                             "a closed formula", time.perf_counter() - start, found.evidence,
                             [t for t in found.theorems if t != SUM])
    return None


def by_residues(phi: Parametrization, seed: int | None = None) -> Invariant | None:
    """
    The polar degrees of sums of points of Segre-Veronese varieties, or of two of other toric
    varieties, of products of two linear factors, or of a form with linear ones, and of smooth toric
    varieties, by residues at fixed points; None if M is not seen to be such.

    EXAMPLES: Chords of the Veronese surface of cubics.  Those of a Segre variety of lines have
    tangent spaces in the limit after more is blown up.  Two gated units are of another kind::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> by_residues(parametrization(parse_spec("mlp:3,2,1:x^3")))
        [15, 48, 75, 60, 21, 0] (proved)
        >>> by_residues(parametrization(parse_spec("cp:modes=2x2x2x2-1x1x1x1,ranks=2")))
        [64, 336, 904, 1464, 1548, 1104, 540, 168, 28, 0] (proved)
        >>> by_residues(parametrization(parse_spec("glu:widths=2x2x3:x^2"))) is None
        True
    """
    start = time.perf_counter()
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    for evidence, where in _with_limits_of_tangents(phi, generator):
        try:
            numbers, _ = by_fixed_points(rebuilt(phi.model), "generic", evidence)
        except (CertificateError, LimitReached):
            continue
        return certified(phi.model, "polar_degrees", numbers, "proved",
                         f"residues at fixed points on {where}", time.perf_counter() - start,
                         evidence, [])
    return None


def _with_limits_of_tangents(phi: Parametrization, generator: random.Random
                             ) -> Iterator[tuple[dict[str, Any], str]]:
    """What may prove that tangent spaces have limits on a smooth variety, and on which."""
    for evidence in sums_of_points(phi, generator):
        yield evidence, "a Hilbert scheme of points"
        if evidence["has_coefficients"] and len(evidence["summands"]) == 2:
            yield evidence | {"fixed_points": "pairs of points"}, "a blown-up Hilbert scheme"
            yield evidence | {"fixed_points": "pairs of squares"}, "a blown-up bundle of pencils"
    toric = toric_sums(phi, generator)
    if toric is not None and len(toric["summands"]) == 2:
        yield toric | {"fixed_points": "pairs on a toric variety"}, (
            "a Hilbert scheme of points, blown up in charts")
    coordinates = [f for f in phi.polynomials if f]
    blocks = (blocks_of(coordinates, phi.parameter_count)
              if coordinates and sum(map(len, coordinates)) <= MOST_TERMS else None)
    for first, second, *others in permutations(blocks or ()) if len(blocks or ()) in (2, 3) else ():
        if len(first) == len(second) > 1:
            e = next(iter(coordinates[0]))
            yield {"fixed_points": "two linear factors",
                   "blocks": [[v for block in others for v in block], first, second],
                   "powers": [sum(e[v] for v in block) for block in (first, second)]
                   }, "a bundle of pairs of forms"
    for evidence in _linear_multiples(phi, generator):
        yield evidence, "a blown-up product of projective spaces"
    polytope = smooth_polytope(phi, generator)
    if polytope is not None:
        yield polytope, "a toric variety"


def _linear_multiples(phi: Parametrization, generator: random.Random) -> Iterator[dict[str, Any]]:
    """What may prove that M consists of products of a form with linear forms."""
    found, a = coefficients_of_factors(phi, generator), phi.model.input_count
    if found is None or len(found.blocks) != 2 or a < 2:
        return
    for form, others in permutations(found.blocks):
        k = next((k for k in range(1, len(form) + 1) if comb(a + k - 1, k) == len(form)), None)
        if k is not None and not len(others) % a:
            yield {"fixed_points": "linear multiples", "form": form, "degree": k,
                   "linear": [others[i:i + a] for i in range(0, len(others), a)]
                   } | found.evidence()


def conormal_script(phi: Parametrization, found: Invariant) -> Script:
    """The script for the polar degrees from a known ideal."""
    n = len(phi.polynomials)
    ring = PolynomialRingData(tuple(f"z_{i}" for i in range(n)) + tuple(
        f"y_{i}" for i in range(n)))
    return Script(f"polar degrees of the neurovariety of {phi.model}",
                  ideal_data(len(phi.polynomials), found.data) | {"S": ring},
                  "N = conormalIdeal I;\nB = gens gb (map(S, ring N, gens S)) N;",
                  {"polarDegrees": "polarDegrees I", "basis": "B"})


def _by_conormal_ideal(phi: Parametrization, dimension: Invariant, computation: Computation,
                       ideal: Ideal, seconds: float | None, generator: random.Random,
                       start: float) -> Invariant:
    """
    The multidegree of the conormal ideal, as Macaulay2 finds it, is an upper bound that the checker
    verifies; if so many critical points are found, it is attained.
    """
    found = ideal()
    if dimension.status != "proved":
        raise LimitReached("The dimension is not proved; use parametrization.")
    assert found.certificate is not None and dimension.certificate is not None
    if not found.data or any(len(set(map(sum, g))) > 1 for g in found.data):
        raise InputError("The conormal variety is found from homogeneous equations; use "
                         "parametrization.")
    results = computation.run(conormal_script(phi, found), seconds)
    degrees = [int(p) for p in results["polarDegrees"]]
    evidence: dict[str, Any] = {"equations": [encode_polynomial(g) for g in found.data],
                "trial": dimension.certificate["evidence"]["trials"][0],
                "basis": [encode_polynomial(primitive({e: Fraction(c) for e, c in f.items()}))
                          for f in results["basis"].entries if f]}
    method = "the multidegree of the conormal ideal, by Macaulay2"
    points = None
    with suppress(LimitReached):
        form = quadratic_form(phi.model, "generic")
        trials_of_form, points = count_critical_points(phi, dimension, form, computation,
                                                       generator)
        if max(trial.count.values for trial in trials_of_form) != sum(degrees):
            points = None
    if points is not None:
        evidence["critical_points"] = points
        method += ", and as many critical points modulo a prime as their sum"
        trust = [*dimension.trust, SUM]
    else:
        evidence["dimension"] = dimension.certificate["evidence"]
        trust = [*dimension.trust, "macaulay2"]
    return certified(phi.model, "polar_degrees", degrees, "proved", method,
                     time.perf_counter() - start, evidence,
                     trust,
                     versions=found.certificate["engines"] | computation.versions())
