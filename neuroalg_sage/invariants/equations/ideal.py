"""
The ideal of the neurovariety, by a description or by elimination in Macaulay2, with a proof.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.model import Model as RebuiltModel
from neuroalg_sage.certificates.reading import CertificateError, polynomial_ring, polynomials
from neuroalg_sage.certificates.work import bound_substitution
from neuroalg_sage.engines import modular
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix
from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.methods import check_method_for_the_ideal
from neuroalg_sage.invariants.dimension.dimension import dimension, jacobian_at
from neuroalg_sage.invariants.dimension.perceptrons import in_perceptron, is_expressions
from neuroalg_sage.invariants.dimension.rings import ring_map
from neuroalg_sage.invariants.dimension.upper_bounds import dimension_from_equations
from neuroalg_sage.invariants.equations.chart import ideal_by_chart
from neuroalg_sage.invariants.equations.descriptions import described_ideal
from neuroalg_sage.invariants.equations.equations_by_degree import EquationSearch
from neuroalg_sage.invariants.equations.equivariant_ideal import (
    by_linear_section,
    equivariant_ideal,
)
from neuroalg_sage.invariants.equations.generators import (
    Equations,
    Ideal,
    primitive,
)
from neuroalg_sage.invariants.equations.inheritance import inherited_ideal
from neuroalg_sage.invariants.equations.linear_section import NotProved
from neuroalg_sage.invariants.equations.linear_span import (
    LinearSpan,
    ideal_in_the_span,
    linear_span,
)
from neuroalg_sage.invariants.equations.regularity import ideal_by_regularity
from neuroalg_sage.invariants.equations.same_variety import coefficients_for_parameters
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization, parametrization, vanishes

# Up to this dimension elimination is faster than equations of degrees with more monomials.
LARGEST_DIMENSION_FOR_ELIMINATION = 5
FEW_MONOMIALS = 1_000
MANY_TERMS = 300
# So many monomials a section of a described variety may have, to spare trust in a theorem.
MOST_MONOMIALS_TO_SPARE_TRUST = 500

# A basis of the graph beyond this takes the checker longer than an hour.
LARGEST_BASIS, LARGEST_BASIS_TERMS = 1500, 60_000


def finite_restriction(model: Model, dimension: int, generator: random.Random) -> dict[int, int]:
    """
    Numbers for as many parameters as possible, such that the rank of Dφ stays.

    The restriction of φ to such a slice is generically finite onto its image, and
    its image has the dimension of M; so it has the same closure, and elimination has
    fewer variables.  The rank is taken at a random point of the slice; that the closure is
    the same is proved afterwards, by substituting φ into the equations.

    INPUT:

    - ``model`` -- a model
    - ``dimension`` -- the rank of Dφ
    - ``generator`` -- source of random numbers

    OUTPUT: dictionary from places of parameters to 0 or 1

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> finite_restriction(parse_spec("mlp:2,2,3:x^2"), 8, random.Random(1))
        {0: 1, 2: 1}
    """
    count = model.parameter_count
    prime = modular.random_prime(generator)
    point = [generator.randrange(1, prime) for _ in range(count)]
    inputs = np.array([[generator.randrange(prime) for _ in range(model.input_count)]
                       for _ in range(dimension + 1)], dtype=np.int64).reshape(
                           dimension + 1, model.input_count)
    chosen: dict[int, int] = {}
    for value in (0, 1):
        for place in range(count):
            if len(chosen) == min(count - dimension, count - 1):
                return chosen
            if place in chosen:
                continue
            trial = chosen | {place: value}
            moved = [trial.get(i, w) for i, w in enumerate(point)]
            free = [i for i in range(count) if i not in trial]
            if modular.rank(jacobian_at(model, moved, inputs, prime)[:, free],
                            prime) == dimension:
                chosen = trial
    return chosen


def _explain(restriction: dict[int, int]) -> str:
    if not restriction:
        return ""
    values = ", ".join(f"w_{i} = {v}" for i, v in sorted(restriction.items()))
    return f" (with {values}, which does not change the closure of the image)"


def elimination_script(phi: Parametrization, restriction: dict[int, int]) -> Script:
    """The script that eliminates, and returns all that a proof needs."""
    return Script(
        f"the ideal of the neurovariety of {phi.model}{_explain(restriction)}",
        ring_map(phi, restriction), "G = graphGroebnerBasis phi;",
        {"generators": 'G#"generators"', "graphBasis": 'G#"graphBasis"',
         "eliminationBasis": 'G#"eliminationBasis"', "cofactors": 'G#"cofactors"'})


def kernel_script(phi: Parametrization, restriction: dict[int, int]) -> Script:
    """The script that asks Macaulay2 for the kernel alone."""
    return Script(f"the ideal of the neurovariety of {phi.model}{_explain(restriction)}",
                  ring_map(phi, restriction), 'I = neurovariety(phi, Strategy => "Kernel");',
                  {"generators": "gens I"})


def _can_be_substituted(model: Model, generators: Sequence[Polynomial]) -> bool:
    """Whether the checker can verify by substitution that generators vanish on M."""
    rebuilt = RebuiltModel(model.describe())
    try:
        images = rebuilt.parametrization
        bound_substitution(polynomials([encode_polynomial(g) for g in generators], polynomial_ring(
            rebuilt.ambient_dimension)), images, images[0].context())
    except CertificateError:
        return False
    return True


def ideal(phi: Parametrization, found: Invariant, computation: Computation,
          method: str = "auto", seed: int | None = None,
          search: Callable[[], EquationSearch] | None = None, by_curves: bool = True,
          degree_without_ideal: Callable[[], Invariant | None] = lambda: None
          ) -> tuple[Ideal, Invariant]:
    """
    The prime ideal of the neurovariety.

    If the dimension proves that the map is dominant, the ideal is zero and nothing
    is eliminated.  If the first or last layer is narrow, the ideal is inherited from a smaller
    model.  If M is a known variety whose ideal is generated by minors, these are
    it, by a theorem whose hypotheses are checked, or by a linear section if that is small.  Else
    linear equations are found first, and all others in coordinates of the span of M: degree by
    degree, where a linear section proves that they are all.
    Where it does not, or for varieties of small dimension, Macaulay2 computes a Gröbner basis of
    the ideal of φ's graph.

    The proof is the simplest that holds: one equation, irreducible over Q, in the
    right dimension; the Gröbner basis of the graph itself; or Macaulay2's word.

    INPUT:

    - ``phi`` -- the parametrization
    - ``found`` -- the dimension
    - ``computation`` -- session and limits
    - ``method`` -- ``"auto"``, ``"zero"``, ``"inheritance"``, ``"description"``,
      ``"equivariant"``, ``"elimination"`` or ``"kernel"``
    - ``search`` -- where to find the search for equations degree by degree; by default a new one
    - ``by_curves`` -- whether a curve may prove it, which the checker refuses of what is inherited
    - ``degree_without_ideal`` -- finds the degree by fixed points, if it can; then the proof of the
      ideal may be no part of another one

    OUTPUT: the ideal, and the dimension, now proved if the equations prove it

    Raises InputError for a method that is unknown or does not apply, LimitReached if a
    limit stops Macaulay2.
    """
    start = time.perf_counter()
    model, n = phi.model, len(phi.polynomials)
    check_method_for_the_ideal(method)
    if found.status == "proved" and found.data == n and method in (
            "auto", "zero", "equivariant"):
        assert found.certificate is not None
        return Ideal.certified(
            model, "ideal", [], "proved", "the parametrization is dominant, so the ideal is zero",
            time.perf_counter() - start,
            {"argument": "zero", "dimension": found.certificate["evidence"]}, coordinates=n), found
    if method == "zero":
        raise InputError(f"The method zero does not apply: the dimension {found.data} does not "
                         f"prove that {model} fills its ambient space; use elimination.")
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    known = ""
    if method in ("auto", "inheritance"):
        def find(phi: Parametrization, found: Invariant) -> tuple[Invariant, Invariant]:
            return ideal(phi, found, computation, "auto", seed, by_curves=False)

        try:
            inherited = inherited_ideal(model, found, find, generator, computation.progress)
        except LimitReached as error:
            if method == "inheritance" or computation.is_over():
                raise
            known, inherited = str(error), None
        if inherited is not None:
            if found.status != "proved":
                found = dimension_from_equations(model, found, inherited.data, phi.polynomials)
            return inherited, found
        if method == "inheritance":
            raise InputError("The method inheritance does not apply: no first or last layer of "
                             f"{model} is dense, without bias and narrow; use elimination.")
    if method in ("auto", "description"):
        described = described_ideal(model, found)
        if described is not None:
            if method == "auto" and _can_be_substituted(model, described.data):
                with suppress(NotProved):
                    return by_linear_section(phi, described.data, found, described.method,
                                             generator, computation.progress,
                                             MOST_MONOMIALS_TO_SPARE_TRUST,
                                             checkpoint=computation.clock(),
                                             by_curves=by_curves)
            if found.status != "proved":
                found = dimension_from_equations(model, found, described.data, phi.polynomials)
            return described, found
        if method == "description":
            raise InputError("The method description does not apply: no theorem that is known "
                             f"here gives the ideal of {model}; use elimination.")
    is_long = sum(map(len, phi.polynomials)) > MANY_TERMS  # so that fewer parameters save time
    if method == "auto" and is_long and (
            same := coefficients_for_parameters(phi, generator)) is not None:
        computation.progress(f"{same.model.parameter_count} coefficients of factors stand for the "
                             "parameters")
        smaller = dimension(same.model, seed)
        inner, _ = ideal(parametrization(same.model), smaller, computation, "auto", seed,
                         by_curves=by_curves)
        whole = same.ideal(model, inner)
        if found.status != "proved":
            found = dimension_from_equations(model, found, whole.data, phi.polynomials)
        return whole, found
    own = search() if search else EquationSearch(phi, seed, computation.progress)
    own.checkpoint = computation.clock()
    span = _as_network(phi) if method == "auto" else None
    if span is None:
        span = _span(phi, own, computation)
    if span is not None:
        def find_within(phi: Parametrization, found: Invariant) -> tuple[Invariant, Invariant]:
            # Equations of a space that M fills would be looked for without end.
            fills = found.data == len(phi.polynomials)
            return ideal(phi, found, computation, "auto" if fills else method, seed,
                         by_curves=by_curves)

        whole = ideal_in_the_span(span, find_within, generator.randrange(2**30))
        if found.status != "proved":
            found = dimension_from_equations(model, found, whole.data, phi.polynomials)
        return whole, found
    if method == "auto" and by_curves:
        try:
            regular = ideal_by_regularity(own)
        except LimitReached as error:
            if computation.is_over():
                raise
            known, regular = f"{known} {error}".strip(), None
        if regular is not None:
            if found.status != "proved":
                found = dimension_from_equations(model, found, regular.data, phi.polynomials)
            return regular, found
    if method == "auto":
        try:
            with computation.share():
                by_chart = ideal_by_chart(own, found, computation, by_curves)
        except LimitReached as error:
            if computation.is_over():
                raise
            known, by_chart = f"{known} {error}".strip(), None
        if by_chart is not None:
            return by_chart, found
    if method in ("auto", "equivariant"):
        few = method == "auto" and found.data <= LARGEST_DIMENSION_FOR_ELIMINATION
        try:
            return equivariant_ideal(own, found, method == "equivariant", by_curves,
                                     FEW_MONOMIALS if few else None, degree_without_ideal)
        except LimitReached as error:
            if method == "equivariant" or computation.is_over():
                raise
            known = f"{known} {error}".strip()
            computation.progress(known)
    restriction = finite_restriction(model, found.data, generator)
    try:
        results = _eliminate(phi, restriction, computation, method)
    except LimitReached as error:
        raise LimitReached(f"{error} {known}".strip()) from None
    generators = _row(results["generators"])
    if restriction and not vanishes(generators, phi):
        # An unlucky slice: its image is smaller than M.
        restriction = {}
        results = _eliminate(phi, restriction, computation, method)
        generators = _row(results["generators"])
    if not vanishes(generators, phi):
        raise EngineError("Macaulay2 returned an equation that does not vanish on the "
                          "neurovariety; please report this model.")
    if found.status != "proved":
        found = dimension_from_equations(model, found, generators, phi.polynomials)
    evidence = _argument(generators, found, n, restriction, results)
    trust = ["macaulay2"] if evidence["argument"] == "engine" else []
    kind = "kernel of the ring map" if method == "kernel" else "elimination"
    return Ideal.certified(model, "ideal", generators, "proved", f"{kind} in Macaulay2",
                           time.perf_counter() - start, evidence, trust,
                           claim=[encode_polynomial(g) for g in generators],
                           versions=computation.versions(), coordinates=n), found


def _as_network(phi: Parametrization) -> LinearSpan | None:
    """All of V, for expressions, such as those within a span, with the coordinates of a network."""
    form = in_perceptron(phi.model) if is_expressions(phi.model) else None
    if form is None or form.inputs is not None or is_expressions(form.model):
        return None
    return LinearSpan(phi, tuple(range(len(phi.polynomials))), (), form.model, form.places)


def _span(phi: Parametrization, search: EquationSearch, computation: Computation
          ) -> LinearSpan | None:
    """The span of M; None also where the time for one question does not suffice to find it."""
    try:
        return linear_span(phi, search)
    except LimitReached:
        if computation.is_over():
            raise
        return None


def _eliminate(phi: Parametrization, restriction: dict[int, int], computation: Computation,
               method: str) -> dict[str, Any]:
    script = kernel_script if method == "kernel" else elimination_script
    return computation.run(script(phi, restriction))


def _row(matrix: PolynomialMatrix) -> list[Polynomial]:
    return [primitive({e: Fraction(c) for e, c in p.items()}) for p in matrix.entries if p]


def _argument(generators: list[Polynomial], found: Invariant, n: int,
              restriction: dict[int, int], results: dict[str, Any]) -> dict[str, Any]:
    """The simplest argument that proves the ideal."""
    assert found.certificate is not None
    proved = found.status == "proved"
    dimension = {"dimension": found.certificate["evidence"]}
    if proved and len(generators) == 1 and found.data == n - 1:
        return {"argument": "hypersurface"} | dimension
    basis = _row(results["graphBasis"]) if "graphBasis" in results else []
    if basis and len(basis) <= LARGEST_BASIS and sum(map(len, basis)) <= LARGEST_BASIS_TERMS:
        return {"argument": "elimination",
                "restriction": sorted(map(list, restriction.items())),
                "basis": [encode_polynomial(g) for g in basis],
                "cofactors": _cofactors(generators, results)}
    return {"argument": "engine", "engine": "macaulay2"}


def _cofactors(generators: list[Polynomial], results: dict[str, Any]) -> list[Any]:
    """For each eliminated equation that is no generator, its coefficients in the generators."""
    normal = [_monic(g) for g in generators]
    eliminated, matrix = results["eliminationBasis"], results["cofactors"]
    raw = [p for p in results["generators"].entries]
    combinations = []
    for column, element in enumerate(eliminated.entries):
        if not element or _monic(primitive(element)) in normal:
            continue
        factors = [matrix.entries[row * matrix.columns + column] for row in range(matrix.rows)]
        # Bring generators and element to the scale that the certificate states.
        scale = _scale(element)
        combinations.append([
            encode_polynomial({e: Fraction(c) * scale / _scale(raw[row])
                               for e, c in factor.items()})
            for row, factor in enumerate(factors) if raw[row]])
    return combinations


def _scale(polynomial: Polynomial) -> Fraction:
    return Fraction(lcm(1, *(Fraction(c).denominator for c in polynomial.values())))


def _monic(polynomial: Polynomial) -> Polynomial:
    leading = Fraction(polynomial[max(polynomial)])
    return {e: Fraction(c) / leading for e, c in polynomial.items()}


def equations(phi: Parametrization, found: Invariant) -> Equations:
    """
    Equations of the neurovariety: the generators of its ideal.

    The certificate is that each vanishes; that they are all is the ideal's, whose certificate is
    that of no equations, too.

    INPUT:

    - ``found`` -- the ideal

    OUTPUT: :class:`~neuroalg_sage.invariants.equations.generators.Equations`
    """
    n = len(phi.polynomials)
    if not found.data:
        return Equations("equations", [], found.status, found.method, found.certificate,
                         found.seconds, found.error_bound, n)
    return Equations.certified(phi.model, "equations", found.data, "proved", found.method,
                               found.seconds, {}, claim=[encode_polynomial(g) for g in found.data],
                               coordinates=n)
