"""
Singular loci by theorems, with an elementary proof each, and nothing to trust.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import comb, factorial
from typing import Any, cast

from flint import fmpq, fmpq_mpoly

from neuroalg_sage.certificates import model as checked
from neuroalg_sage.certificates.equations import spans
from neuroalg_sage.certificates.equations.inheritance import Inheritance
from neuroalg_sage.certificates.reading import CertificateError, polynomial_ring
from neuroalg_sage.certificates.singularities.binary_forms import SumsOfPowers, sums_of_powers
from neuroalg_sage.certificates.singularities.few_powers import few_powers
from neuroalg_sage.certificates.singularities.subspace_varieties import (
    SubspaceVariety,
    claim,
    subspace_variety,
)
from neuroalg_sage.certificates.singularities.two_units import claims as claims_on_two_units
from neuroalg_sage.certificates.singularities.two_units import two_units
from neuroalg_sage.descriptions.flattening import (
    coordinate_places,
    linear_width,
    number_of_powers,
)
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import certified
from neuroalg_sage.invariants.dimension import dimension as dimensions
from neuroalg_sage.invariants.dimension.rings import coordinate_ring
from neuroalg_sage.invariants.equations.generators import primitive
from neuroalg_sage.invariants.singularities.degeneracy import Component, SingularLocus
from neuroalg_sage.invariants.singularities.images_of_products import image_of_product
from neuroalg_sage.invariants.singularities.parameter_subnetworks import proper_subnetworks
from neuroalg_sage.invariants.singularities.products_of_forms import in_words, products_of_forms
from neuroalg_sage.models.expressions import Polynomial, from_flint
from neuroalg_sage.models.layers import Activation, Chain, Dense, Sum
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.rational import kernel
from neuroalg_sage.models.subnetworks import MINUS, ZERO, rank_deficient

MOST_MODELS = 60
MOST_TERMS = 400_000  # of equations that somebody reads


def smaller_models(model: Model) -> list[tuple[str, Model, tuple[int, ...]]]:
    """Names of models whose functions lie in M, these models, and which inputs they have."""
    everything = tuple(range(model.input_count))
    try:
        parts = [(s.name, s.model, s.inputs) for s in proper_subnetworks(model) if s.model]
    except LimitReached:
        parts = []
    parts += [(name, smaller, everything) for name, smaller in rank_deficient(model)]
    return parts[:MOST_MODELS]


def may_be_known(model: Model) -> bool:
    """
    Whether the number of parameters allows one of these theorems, before a dimension is known.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> [may_be_known(parse_spec(spec)) for spec in (
        ...     "linear:300,5,300", "mlp:2,3,2:x^5", "mlp:200,1000,700,100:x^2")]
        [True, True, False]
    """
    if model.input_count == 2 or not all(isinstance(x, (Dense, Activation)) for x in model.layers):
        return True
    if isinstance(model.layers[0], Dense) and model.layers[0].outputs in (2, 3):
        return True
    m, k = model.input_count, model.output_count
    r, s = m, linear_width(model)
    for layer in model.layers:
        if not isinstance(layer, Dense):
            break
        r = min(r, layer.outputs)
    pattern = tuple(tuple(d for d in degrees if d) for degrees in model.degree_pattern)
    return any(SubspaceVariety(m, a, k, b, pattern).dimension <= model.parameter_count
               for a, b in ((r, s), (r, k), (m, s)))


def by_theorem(model: Model, trial: dict[str, Any]) -> SingularLocus | None:
    """
    The singular locus, if the neurovariety is a subspace variety, all functions of few linear
    forms or with few independent outputs, or all sums of few powers of binary linear forms: those
    of still fewer; or if it is a cone over an unramified image of a product of projective spaces:
    where that crosses itself; or if it is all products of powers of forms of some degrees: those
    that are so in more ways, or whose forms have common divisors; or if it is that of two hidden
    units, and of terms of two degrees, of which one is 1, or of two or three units.  None if it is
    none of these, or if that is too large.

    INPUT:

    - ``model`` -- a model
    - ``trial`` -- of a certificate of its dimension

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> NeuroManifold("mlp:3,2,2:x^2").singular_locus()
        [Component of dimension 4, degree 12, multiplicity 5, the closure of mlp:3,1,2:x^2, layer 1
        of rank 1] (proved; no others: proved)
        >>> NeuroManifold("mlp:2,3,2:x^5").singular_locus()
        [Component of dimension 6, degree 28, multiplicity 4, the closure of mlp:2,2,2:x^5] (proved;
        no others: proved)
        >>> NeuroManifold("mlp:2,2,2:x^3+x").singular_locus()
        [Component of dimension 5, degree 12, the closure of all c (g^3 + h), Component of dimension
        4, degree 1, the closure of all linear functions of two forms] (proved; no others: proved)

    REFERENCES:

    - the theorems and their proofs are at
      :class:`~neuroalg_sage.certificates.singularities.subspace_varieties.SubspaceVariety` and
      :class:`~neuroalg_sage.certificates.singularities.binary_forms.SumsOfPowers`, and at
      :class:`~neuroalg_sage.certificates.singularities.images_of_products.Bundle` and
      :class:`~neuroalg_sage.certificates.singularities.products_of_forms.ProductOfForms`,
      :class:`~neuroalg_sage.certificates.singularities.two_units.TwoUnits` and
      :class:`~neuroalg_sage.certificates.singularities.few_powers.FewPowers`; the
      singular locus of all matrices of bounded rank is classical, [ACGH1985]_
    """
    for of_kind in (_of_subspace_variety, _of_sums_of_powers, _of_an_image, _of_products_of_forms,
                    _of_two_units, _of_few_powers):
        start = time.perf_counter()
        try:
            evidence, claims, components = of_kind(model, trial)
        except (CertificateError, LimitReached):
            continue
        found = certified(model, "singular_locus", components, "proved",
                          f"the singular locus of {evidence['theorem']}",
                          time.perf_counter() - start, evidence | {"trial": trial}, claim=claims)
        return SingularLocus.of(found, [], "proved")
    return _beside_a_skip_connection(model, trial)


def _beside_a_skip_connection(model: Model, trial: dict[str, Any]) -> SingularLocus | None:
    """The singular locus of x + g_w(x), which is that of g, moved by the function x."""
    whole = model.layers[0]
    if len(model.layers) > 1 or not isinstance(whole, Sum) or len(whole.layers) != 2 \
            or whole.layers[0] != Chain():
        return None
    branch = Model((whole.layers[1],), model.input_shape)
    found = by_theorem(branch, trial)
    if found is None:
        return None
    assert found.certificate is not None
    places, n = coordinate_places(model), model.ambient_dimension
    place = [places[c] for c in branch.coordinates()]
    skipped = {places[j, tuple(int(i == j) for i in range(model.input_count))]
               for j in range(model.output_count)}
    units = [tuple(int(i == j) for j in range(n)) for i in range(n)]
    fixed: list[Polynomial] = [{units[i]: Fraction(1)} | (
        {(0,) * n: Fraction(-1)} if i in skipped else {}) for i in sorted({*range(n)} - {*place})]
    components = [replace(
        c, generators=tuple([moved(f, place, n) for f in c.generators] + fixed)
        if c.generators and not skipped.intersection(place) else (),
        variables=coordinate_ring(n).variables) for c in found.data]
    moved_locus = certified(model, "singular_locus", components, "proved",
                            f"{found.method}, beside a skip connection", found.seconds,
                            found.certificate["evidence"] | {"without": "skip connection"},
                            claim=found.certificate["claim"]["value"])
    return SingularLocus.of(moved_locus, [], "proved")


Found = tuple[dict[str, Any], list[dict[str, Any]], list[Component]]


def _of_subspace_variety(model: Model, trial: dict[str, Any]) -> Found:
    variety, constants = subspace_variety(checked.Model(model.describe()), trial)
    strata = variety.singular_strata()
    claims = [claim(part, constants) for part in strata]
    places = coordinate_places(model)
    components = []
    for part, stated in zip(strata, claims):
        place = [places[c] for c in part.variety.functions(variety.m, variety.k).coordinates]
        generators = [moved(from_flint(f), place, model.ambient_dimension)
                      for f in minors(part.variety)]
        components.append(_component(model, stated, generators, [
            name for name, smaller, _ in smaller_models(model) if _is(smaller, part.variety)]))
    return {"theorem": "a subspace variety"}, claims, components


def _of_sums_of_powers(model: Model, trial: dict[str, Any]) -> Found:
    found = sums_of_powers(checked.Model(model.describe()), trial)
    stated = found.claim()
    return {"theorem": "sums of powers of binary forms"}, [stated], [
        _component(model, stated, [from_flint(f) for f in catalecticant_minors(model, found)],
                   _with_fewer_powers(model, found.k - 1, stated["dimension"]))]


def _of_few_powers(model: Model, trial: dict[str, Any]) -> Found:
    found = few_powers(checked.Model(model.describe()), trial)
    stated, components = found.claims(), []
    if found.has_fewer():
        components.append(_component(model, stated[0], [], _with_fewer_powers(
            model, found.k - 1, stated[0]["dimension"])))
    if variety := found.subspace_variety():
        places = coordinate_places(model)
        place = [places[c] for c in variety.functions(found.m, found.s).coordinates]
        components.append(_component(
            model, stated[-1], [moved(from_flint(f), place, model.ambient_dimension)
                                for f in minors(variety)],
            ["all functions of two forms" + (" with two outputs" if variety.s == 2 < found.s else
                                             " with one output" if variety.s < found.s else "")]))
    return {"theorem": "sums of few powers"}, stated, components


def _with_fewer_powers(model: Model, count: int, dimension: int) -> list[str]:
    """The names of smaller models that are sums of so many powers."""
    return [name for name, smaller, inputs in smaller_models(model)
            if len(inputs) == model.input_count and number_of_powers(smaller) == count
            and dimensions.dimension(smaller, 0).data == dimension]


def _of_an_image(model: Model, trial: dict[str, Any]) -> Found:
    evidence, claims = image_of_product(model, trial)
    return {"theorem": "an image of a product"} | evidence, claims, [
        _component(model, stated, _equations_of_linear_space(model, evidence, stated),
                   _subnetworks(model, stated["parameters"])) for stated in claims]


def _of_products_of_forms(model: Model, trial: dict[str, Any]) -> Found:
    evidence, found = products_of_forms(model, trial)
    claims = found.singular_locus()
    n = model.ambient_dimension
    origin: list[Polynomial] = [{tuple(int(i == j) for j in range(n)): Fraction(1)}
                                for i in range(n)]
    return {"theorem": "all products of forms"} | evidence, claims, [
        _component(model, stated, [], [in_words(stated["factors"], found.s)])
        if stated["factors"] else _component(model, stated, origin, []) for stated in claims]


def _of_two_units(model: Model, trial: dict[str, Any]) -> Found:
    found, constants = two_units(checked.Model(model.describe()), trial)
    stated = claims_on_two_units(found, constants)
    places, n = coordinate_places(model), model.ambient_dimension
    words = {"power and linear": f"all c (g^{found.d} + h)",
             "one output": "all c g with functions g of two forms",
             "linear": "all linear functions of two forms",
             "one linear form": f"all c g^{found.d} + c' g",
             "one unit": f"all c (a g^{found.d} + b g)"}
    components = []
    for part in stated:
        generators: list[Polynomial] = []
        if variety := found.subspace_variety(part["kind"]):
            coordinates = variety.functions(found.m, found.s).coordinates
            place = [places[c] for c in coordinates]
            equations = minors(variety)
            if equations or variety.dimension == len(coordinates):
                generators = [moved(from_flint(f), place, n) for f in equations] + [
                    {tuple(int(i == j) for j in range(n)): Fraction(1)}
                    for (_, e), i in places.items() if i not in place and any(e)]
        components.append(_component(model, part, generators, [words[part["kind"]]]))
    return {"theorem": "sums over two units"}, stated, components


def _equations_of_linear_space(model: Model, evidence: dict[str, Any], stated: dict[str, Any]
                               ) -> list[Polynomial]:
    """The equations of a component that is a linear space; none for others."""
    if stated["degree"] > 1:
        return []
    n = model.ambient_dimension
    cone = {i for part in evidence["parts"] for i in part["coordinates"]}
    zero_there = {v for block in evidence["blocks"] for v in block}.difference(
        stated["parameters"])
    rows: dict[Any, dict[int, Any]] = {(): {n: 1}}
    for i, f in enumerate(parametrization(model).polynomials):
        if i not in cone and any(map(any, f)):
            rows[i] = {i: 1}  # of a coordinate that takes all values
            continue
        for e, c in f.items():
            if not any(e):
                rows[()][i] = c
            elif not any(e[v] for v in zero_there):
                rows.setdefault(e, {})[i] = c
    units = [tuple(int(i == j) for j in range(n)) for i in range(n + 1)]
    return [{units[i]: c for i, c in row.items()} for row in kernel(rows.values(), n + 1)]


def _subnetworks(model: Model, parameters: Sequence[int]) -> list[str]:
    """The names of the subnetworks that have these parameters, not tied, and no others."""
    try:
        return [part.name for part in proper_subnetworks(model) if any(
            [i for i, a in enumerate(embedding) if a != ZERO] == list(parameters)
            and len({max(a, MINUS - a) for a in embedding if a != ZERO}) == len(parameters)
            for embedding in part.embeddings)]
    except LimitReached:
        return []


def _component(model: Model, stated: dict[str, Any], generators: list[Polynomial],
               fills: list[str]) -> Component:
    return Component(stated["dimension"], stated["degree"], tuple(map(primitive, generators)),
                     coordinate_ring(model.ambient_dimension).variables, stated.get("multiplicity"),
                     "proved", tuple(fills))


def catalecticant_minors(model: Model, found: SumsOfPowers) -> list[fmpq_mpoly]:
    """
    The maximal minors of f ↦ (q ↦ q f) on forms q of degree k - 1, which generate the ideal of
    the sums of k - 1 powers; none if they are too many.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> len(catalecticant_minors(parse_spec("mlp:2,2,1:x^3"), SumsOfPowers(2, 1, 3)))
        3
    """
    k, s, d = found
    if comb((d - k + 2) * s, k) * factorial(k) > MOST_TERMS:
        return []
    places = coordinate_places(model)
    z = polynomial_ring(model.ambient_dimension).gens()
    matrix = [[z[places[j, (a, d - a)]] * fmpq(1, comb(d, a)) for j in range(s)
               for a in range(i, i + d - k + 2)] for i in range(k)]
    return list(spans.minors(matrix, k))


def _is(model: Model, variety: SubspaceVariety) -> bool:
    """Whether the neurovariety of a model is a subspace variety."""
    certificate = dimensions.dimension(model, 0).certificate
    assert certificate is not None
    try:
        return subspace_variety(checked.Model(model.describe()),
                                certificate["evidence"]["trials"][0])[0] == variety
    except CertificateError:
        return False


def minors(variety: SubspaceVariety) -> list[fmpq_mpoly]:
    """
    The minors that generate the ideal of a subspace variety; none if they are too many.

    EXAMPLES::

        >>> variety = SubspaceVariety(2, 1, 1, 1, ((2,),))
        >>> minors(variety)
        [v1^2 - 4*v0*v2]
    """
    # The theorem is about any spaces of functions.
    found = Inheritance(cast(checked.Model, variety.functions(variety.m, variety.k)),
                        cast(checked.Model, variety.functions(variety.r, variety.s)))
    terms = 0
    for side, rank, _ in found.sides:
        matrix = found.flattening(side)
        terms += (comb(len(matrix), rank + 1) * comb(len(matrix[0]), rank + 1)
                  * factorial(rank + 1))
    return found.generators([]) if terms <= MOST_TERMS else []


def moved(f: Polynomial, place: Sequence[int], n: int) -> Polynomial:
    """The polynomial in n variables whose i-th variable is that of the given place."""
    raised = {}
    for e, c in f.items():
        exponents = [0] * n
        for i, k in zip(place, e):
            exponents[i] = k
        raised[tuple(exponents)] = c
    return raised


