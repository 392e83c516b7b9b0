"""
The singular locus of the neurovariety, with its components.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.certificates.equations.groebner import GroebnerBasis
from neuroalg_sage.certificates.reading import polynomial, polynomial_ring
from neuroalg_sage.certificates.singularities.multiplicity import check_multiplicity
from neuroalg_sage.descriptions.flattening import coordinate_places
from neuroalg_sage.engines import modular
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant, certified
from neuroalg_sage.invariants.dimension import dimension as dimensions
from neuroalg_sage.invariants.dimension.rings import coordinate_ring
from neuroalg_sage.invariants.equations.degree import ideal_data
from neuroalg_sage.invariants.equations.generators import primitive
from neuroalg_sage.invariants.equations.ideal import ideal
from neuroalg_sage.invariants.equations.linear_span import LinearSpan, ideal_within
from neuroalg_sage.invariants.singularities.degeneracy import PRIME, Component, SingularLocus
from neuroalg_sage.invariants.singularities.singular_locus_by_theorem import moved, smaller_models
from neuroalg_sage.models.expressions import Polynomial, derivative, evaluate
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization, parametrization, vanishes

# Where nobody sets a limit: how long a proof that there are no other components may take.
COMPLETENESS_SECONDS = 60.0
CANDIDATE_SECONDS = 10.0

Known = tuple[Component, dict[str, Any], list[str]]


def singular_locus_script(phi: Parametrization, found: Invariant,
                          known: tuple[Component, ...] = ()) -> Script:
    """The script for the components of the singular locus of a known ideal."""
    data = ideal_data(len(phi.polynomials), found.data)
    for k, component in enumerate(known):
        data[f"K{k}"] = PolynomialMatrix(data["V"], 1, len(component.generators),
                                         component.generators, "ideal")
    listed = ", ".join(f"K{k}" for k in range(len(known)))
    return Script(
        f"the singular locus of the neurovariety of {phi.model}", data,
        f"L = singularComponents(I, Known => {{{listed}}});" if known else
        "L = singularComponents I;",
        {"components": 'apply(L, c -> hashTable {"dimension" => c#"dimension", '
                       '"degree" => c#"degree", "basis" => gens gb c#"ideal"})'})


def witness_script(phi: Parametrization, found: Invariant, component: Component) -> Script:
    """The script for vectors in the kernel of the Jacobian, and for the multiplicity."""
    data = ideal_data(len(phi.polynomials), found.data)
    data["P"] = PolynomialMatrix(data["V"], 1, len(component.generators), component.generators,
                                 "ideal")
    return Script(
        f"tangent vectors of the neurovariety of {phi.model} along a singular component", data,
        "H = genericKernel(P, transpose jacobian I); "
        'q = apply(H#"point", c -> c_(ZZ/(H#"prime")));',
        {"kernel": 'H#"kernel"', "point": 'H#"point"', "prime": 'H#"prime"',
         "multiplicity": "multiplicityAt(I, q)"})


def smooth(phi: Parametrization, found: Invariant, degree: Invariant) -> SingularLocus:
    """The empty singular locus of a linear space."""
    assert degree.certificate is not None
    empty = certified(phi.model, "singular_locus", [], "proved", "a linear space is smooth", 0.0,
                      dict(degree.certificate["evidence"]) | {"engine": None}, found.trust)
    return SingularLocus.of(empty, found.trust, "proved")


@dataclass(frozen=True)
class Candidate:
    """A model whose functions lie in M, perhaps all of them singular."""

    name: str
    model: Model
    inputs: tuple[int, ...]
    place: tuple[int, ...]  # of its coordinates among those of V
    phi: Parametrization


def candidates(model: Model) -> Iterator[Candidate]:
    """
    Subnetworks, and networks with a rank-deficient layer.

    REFERENCES:

    - [SMK2025b]_: singular points from subnetworks
    - [Gra2026]_: the architectural degeneracy locus
    """
    places = coordinate_places(model)
    for name, smaller, inputs in smaller_models(model):
        place = []
        for j, e in smaller.coordinates():
            exponents = [0] * model.input_count
            for i, k in zip(inputs, e):
                exponents[i] = k
            place.append(places[j, tuple(exponents)])
        try:
            yield Candidate(name, smaller, inputs, tuple(place), parametrization(smaller))
        except LimitReached:
            continue


def image_modulo(candidate: Candidate, n: int, generator: random.Random) -> list[int]:
    """A random function of a candidate, modulo the prime."""
    w = [generator.randrange(1, PRIME) for _ in range(candidate.model.parameter_count)]
    point = [0] * n
    for i, f in zip(candidate.place, candidate.phi.polynomials):
        point[i] = evaluate(f, w, PRIME)
    return point


def differentials_modulo(generators: list[Polynomial], point: list[int]) -> np.ndarray:
    """The Jacobian matrix of equations at a point, modulo the prime."""
    return np.array([[evaluate(derivative(g, j), point, PRIME) for j in range(len(point))]
                     for g in generators], dtype=np.int64).reshape(-1, len(point))


def known_components(span: LinearSpan, found: Invariant, dimension: int,
                     computation: Computation, generator: random.Random,
                     tried: Iterable[Candidate]) -> list[Known]:
    """
    The largest closed images of candidates on which a random point is singular, in coordinates
    of the span, with the proof that each is irreducible, and whom it trusts.
    """
    singular = []

    def random_point(candidate: Candidate) -> list[int]:
        point = image_modulo(candidate, span.n, generator)
        return [point[i] for i in span.coordinates]

    for candidate in tried:
        differentials = differentials_modulo(found.data, random_point(candidate))
        if modular.rank(differentials, PRIME) < len(span.coordinates) - dimension:
            d = dimensions.dimension(candidate.model, generator.randrange(2**31))
            singular.append((candidate, d))
    singular.sort(key=lambda pair: -pair[1].data)
    result: list[Known] = []
    clock = computation.clock()
    for candidate, d in singular:
        clock()
        point = random_point(candidate)
        inside = [c for c, *_ in result
                  if not any(evaluate(g, point, PRIME) for g in c.generators)]
        if inside:
            continue
        with_limit = replace(computation, timeout=min(computation.timeout or CANDIDATE_SECONDS,
                                                      CANDIDATE_SECONDS))
        try:
            smaller, _ = ideal(candidate.phi, d, with_limit, seed=generator.randrange(2**31))
            result.append((*_component_of(span, candidate, smaller, with_limit), smaller.trust))
        except LimitReached:
            continue
    return result


def _component_of(span: LinearSpan, candidate: Candidate, smaller: Invariant,
                  computation: Computation) -> tuple[Component, dict[str, Any]]:
    assert smaller.certificate is not None
    others = [{tuple(int(i == j) for j in range(span.n)): Fraction(1)}
              for i in range(span.n) if i not in candidate.place]
    ring = coordinate_ring(len(span.coordinates))
    equations = [f for f in map(span.restricted, [
        *(moved(f, candidate.place, span.n) for f in smaller.data), *others]) if f]
    script = Script(
        f"the closed image of {candidate.name}",
        {"V": ring, "P": PolynomialMatrix(ring, 1, len(equations), tuple(equations), "ideal")},
        "", {"dimension": "dim P", "degree": "closureDegree P", "basis": "gens gb P"})
    results = computation.run(script)
    component = Component(int(results["dimension"]), int(results["degree"]),
                          tuple(primitive(p) for p in results["basis"].entries if p),
                          ring.variables, fills=(candidate.name,))
    return component, {"model": candidate.model.describe(), "inputs": list(candidate.inputs),
                       "generators": smaller.certificate["claim"]["value"],
                       "ideal": smaller.certificate["evidence"]}


def singular_locus(phi: Parametrization, found: Invariant, degree: Invariant, dimension: int,
                   computation: Computation, seed: int | None = None) -> SingularLocus:
    """
    The irreducible components over Q of the singular locus.

    Images of subnetworks and of networks with a rank-deficient layer are tried first.  Then
    Macaulay2 looks for all components: on a component on which minors of the Jacobian do not
    vanish it adds these to the equations and decomposes.  That the points of each component are
    singular is proved by tangent vectors, which the checker verifies.  That there are no others
    is Macaulay2's word, or not proved if the time is over before.

    INPUT:

    - ``phi`` -- the parametrization
    - ``found`` -- the ideal
    - ``degree`` -- the degree, whose certificate has the ideal's Gröbner basis
    - ``dimension`` -- the dimension of the neurovariety
    - ``computation`` -- session and limits

    OUTPUT: :class:`~neuroalg_sage.invariants.singularities.degeneracy.SingularLocus`, a list of
    :class:`~neuroalg_sage.invariants.singularities.degeneracy.Component`, the largest first; empty
    if the neurovariety is smooth

    Raises LimitReached if a limit stops Macaulay2 and no component is known.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> locus = NeuroManifold("linear:2,1,2", method="elimination").singular_locus()
        >>> locus
        [Component of dimension 0, degree 1, multiplicity 2] (proved; no others: proved,
        trusting macaulay2)
        >>> locus[0].ideal
        Ideal (z_3, z_2, z_1, z_0) of Multivariate Polynomial Ring in z_0, z_1, z_2, z_3 over
        Rational Field
    """
    start = time.perf_counter()
    if all(sum(e) <= 1 for g in found.data for e in g):
        return smooth(phi, found, degree)
    assert degree.certificate is not None
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    span, smaller = ideal_within(phi, found)
    tried = list(candidates(span.phi.model))
    known = known_components(span, smaller, dimension, computation, generator, tried)
    computation.progress(f"singular locus: {len(known)} components from subnetworks")
    # What proves these is found first, so that it is kept where a limit ends the search for others.
    witnesses = [(c, _with_witness(span, smaller, c, computation)) for c, *_ in known]
    complete = True
    try:
        with computation.share():
            components = _all_components(span.within, smaller, [c for c, *_ in known], computation)
        witnesses = [(c, next((found for k, found in witnesses if _same(k, c)), None)
                      or _with_witness(span, smaller, c, computation)) for c in components]
    except LimitReached as error:
        if not known:
            raise
        computation.progress(f"singular locus: whether there are others is not proved: {error}")
        complete = False
    evidence, claims, finished, trust = [], [], [], list(degree.trust)
    for found_component, (component, witness) in witnesses:
        proof, whom = next(((p, w) for c, p, w in known if _same(c, found_component)),
                           ({}, ["macaulay2"]))
        claim = component.claim()
        if component.multiplicity_status == "proved":
            claim["multiplicity"] = component.multiplicity
        evidence.append(witness | proof)
        claims.append(claim)
        finished.append(_filled(component, tried, computation, generator))
        if any(sum(e) > 1 for g in component.generators for e in g):
            trust += whom
    trust = list(dict.fromkeys(trust))
    whole = list(dict.fromkeys([*degree.trust, *(["macaulay2"] if complete else []), *trust]))
    name = "singular_locus" if complete else "singular_subvarieties"
    result = certified(phi.model, name, finished, "proved",
                       "subnetworks, and decomposition by minors of the Jacobian in Macaulay2",
                       time.perf_counter() - start,
                       dict(degree.certificate["evidence"])
                       | {"engine": "macaulay2", "components": evidence}, whole, claim=claims,
                       versions=computation.versions())
    result = replace(result, name="singular_locus")
    return SingularLocus.of(result, trust,
                            "proved, trusting macaulay2" if complete else "not proved")


def _same(a: Component, b: Component) -> bool:
    return set(map(str, map(_sorted, a.generators))) == set(map(str, map(_sorted, b.generators)))


def _sorted(f: Polynomial) -> list[Any]:
    lead = Fraction(f[max(f)])
    return sorted((e, Fraction(c) / lead) for e, c in f.items())


def _all_components(phi: Parametrization, found: Invariant, known: list[Component],
                    computation: Computation) -> list[Component]:
    """All components, of which some are known."""
    limit = computation.timeout or (COMPLETENESS_SECONDS if known else None)
    results = computation.run(singular_locus_script(phi, found, tuple(known)), timeout=limit)
    variables = coordinate_ring(len(phi.polynomials)).variables
    return [Component(int(c["dimension"]), int(c["degree"]),
                      tuple(primitive(p) for p in c["basis"].entries if p), variables)
            for c in results["components"]]


def _with_witness(span: LinearSpan, found: Invariant, component: Component,
                  computation: Computation) -> tuple[Component, dict[str, Any]]:
    """
    A component in coordinates of the span as one in V, with its multiplicity, and what proves that
    it is singular.
    """
    results = computation.run(witness_script(span.within, found, component))
    kernel, prime = results["kernel"], int(results["prime"])
    vectors = [[encode_polynomial(f) for f in span.tangent(
        [kernel.entries[i * kernel.columns + j] for i in range(kernel.rows)])]
        for j in range(kernel.columns)]
    multiplicity = int(results["multiplicity"])
    status = "numerical"
    if len(found.data) == 1:
        ring = polynomial_ring(len(span.coordinates))
        basis = [polynomial(encode_polynomial(g), ring) for g in component.generators]
        try:
            check_multiplicity(polynomial(encode_polynomial(found.data[0]), ring), multiplicity,
                               GroebnerBasis(basis, [1] * len(span.coordinates)))
            status = "proved"
        except CertificateError:
            pass
    generators = tuple(primitive(f) for f in span.equations(component.generators))
    return (replace(component, generators=generators, variables=coordinate_ring(span.n).variables,
                    multiplicity=multiplicity, multiplicity_status=status),
            {"kernel": vectors, "point": span.point([int(c) for c in results["point"]], prime),
             "prime": prime})


def _filled(component: Component, tried: Iterable[Candidate], computation: Computation,
            generator: random.Random) -> Component:
    """
    The component with the names of the candidates whose closed image it is; without some of them
    where the time is over.
    """
    n = len(component.variables)
    zero: Polynomial = {}
    names = []
    with suppress(LimitReached), computation.share():
        clock = computation.clock()
        for candidate in tried:
            clock()
            point = image_modulo(candidate, n, generator)
            if any(evaluate(g, point, PRIME) for g in component.generators):
                continue
            images = [zero] * n
            for i, f in zip(candidate.place, candidate.phi.polynomials):
                images[i] = f
            if (dimensions.dimension(candidate.model, 0).data == component.dimension
                    and vanishes(list(component.generators),
                                 replace(candidate.phi, polynomials=tuple(images)))):
                names.append(candidate.name)
    return replace(component, fills=tuple(names))
