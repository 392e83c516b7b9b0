"""Neurovarieties in proper linear subspaces: computed there, and claimed in all coordinates."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction
from itertools import combinations
from math import comb, factorial, prod

import pytest
from mutants import accepted_mutants
from test_ideal import eliminated_by_singular, in_sage

from neuroalg_sage import NeuroManifold, from_expressions, verify
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.engines.macaulay2 import Script, default_session
from neuroalg_sage.invariants.distance.ed_degree import ed_degree_of_ideal
from neuroalg_sage.invariants.equations.ideal import ring_map
from neuroalg_sage.models.model import Model


def product_of_linear_forms(*sizes: int) -> Model:
    """A product of linear forms, each in inputs of its own: a Segre product in a large space."""
    names = [[f"{letter}{i}" for i in range(size)] for letter, size in zip("pqrs", sizes)]
    inputs = [[f"{letter}{i}" for i in range(size)] for letter, size in zip("xyzt", sizes)]
    factors = ["(" + " + ".join(f"{a}*{x}" for a, x in zip(*pair)) + ")"
               for pair in zip(names, inputs)]
    return from_expressions(["*".join(factors)], sum(names, []), sum(inputs, []))


def times(a: list[Fraction], b: list[Fraction]) -> list[Fraction]:
    """The product of two polynomials in i."""
    result = [Fraction(0)] * (len(a) + len(b) - 1)
    for j, x in enumerate(a):
        for k, y in enumerate(b):
            result[j + k] += x * y
    return result


@pytest.mark.parametrize("sizes", [
    pytest.param((2, 2, 2, 2), marks=pytest.mark.slow), (2, 2, 2), (2, 3), (2, 2, 3)])
def test_products_of_linear_forms_are_segre_varieties(sizes: tuple[int, ...]) -> None:
    manifold = NeuroManifold(product_of_linear_forms(*sizes))
    dimensions = [size - 1 for size in sizes]
    degree = manifold.degree()
    assert degree == factorial(sum(dimensions)) // prod(map(factorial, dimensions))
    polynomial = [Fraction(1)]
    for d in dimensions:  # binomial(i + d, d), for each factor
        for k in range(1, d + 1):
            polynomial = times(polynomial, [Fraction(1), Fraction(1, k)])
    assert manifold.hilbert_polynomial().data == polynomial
    for answer in (manifold.ideal(), degree, manifold.hilbert_polynomial()):
        assert answer.status == "proved"
        assert verify(json.loads(json.dumps(answer.certificate))).trust == ()


def dependent_model(generator: random.Random) -> Model:
    """A model of which some coordinates are zero, constant, or combinations of others."""
    basis = generator.sample(["a", "b", "a*b", "a^2", "b^2", "a^2*b", "a^3"], 3)
    rows = [[generator.choice([0, 0, 1, -2, 3]) for _ in basis] + [generator.choice([0, 0, 0, 2])]
            for _ in range(3)]
    coefficients = [*basis, *("+".join(f"({c})*{m}" for c, m in zip(row, [*basis, "1"]))
                              for row in rows)]
    generator.shuffle(coefficients)
    return from_expressions(["+".join(f"({c})*x^{k}" for k, c in enumerate(coefficients[:3])),
                             "+".join(f"({c})*x^{k}" for k, c in enumerate(coefficients[3:]))],
                            ["a", "b"], ["x"])


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("method", ["auto", "elimination", "equivariant"])
def test_dependent_coordinates_against_elimination_in_all_coordinates(seed: int, method: str
                                                                      ) -> None:
    model = dependent_model(random.Random(seed))
    if method == "equivariant" and seed > 2:
        return
    manifold = NeuroManifold(model, method=method)
    ideal = manifold.ideal().value
    assert ideal == eliminated_by_singular(manifold)
    assert len(manifold.ideal().certificate["evidence"]["coordinates"]) < ideal.ring().ngens()
    phi = manifold.parametrization()
    plain = default_session().run(Script("elimination in all coordinates", ring_map(phi, {}), """
        I = ideal gens gb kernel phi;
        n = numgens V;
        R = QQ[Variables => n + 1];
        J = (map(R, V, take(gens R, n))) I;
        J = if isHomogeneous I then I else ideal homogenize(gens J, R_n);
        p = hilbertPolynomial(comodule J, Projective => false);
        i = (ring p)_0;
        """, {"degree": "degree J", "values": "apply(5, k -> lift(sub(p, {i => k}), QQ))"}))
    assert manifold.degree() == plain["degree"]
    polynomial = manifold.hilbert_polynomial()
    assert [sum(c * k**j for j, c in enumerate(polynomial.data)) for k in range(5)] == [
        Fraction(v) for v in plain["values"]]
    for answer in (manifold.ideal(), manifold.degree(), polynomial):
        assert verify(json.loads(json.dumps(answer.certificate))).trust == tuple(answer.trust)


@pytest.mark.parametrize("coefficients", [
    ("a^2", "a^3", "b", "a^2 + 2*a^3 + 1", "0", "b - 3"),  # a cylinder over a cusp
    ("a^2", "2*a*b", "b^2", "b^2 - a^2", "0", "a*b"),  # a quadratic cone
    ("a^2", "a^3 - a", "5", "0", "a^2 + 1", "1"),  # a nodal cubic, in a space without 0
    ("a", "b", "a*b", "a + b", "1", "0")])  # a smooth quadric
def test_singular_loci_against_minors_in_all_coordinates(coefficients: tuple[str, ...]) -> None:
    _, _, matrix = in_sage()
    model = from_expressions(
        ["+".join(f"({c})*x^{k}" for k, c in enumerate(coefficients))], ["a", "b"], ["x"])
    manifold = NeuroManifold(model)
    ideal = manifold.ideal().value
    ring = ideal.ring()
    jacobian = matrix(ring, [[g.derivative(z) for z in ring.gens()] for g in ideal.gens()])
    codimension = ring.ngens() - int(ideal.dimension())
    minors = [jacobian.matrix_from_rows_and_columns(r, c).det()
              for r in combinations(range(jacobian.nrows()), codimension)
              for c in combinations(range(ring.ngens()), codimension)]
    locus = manifold.singular_locus()
    common = ring.ideal(1)
    for component in locus.data:
        common = common.intersection(ring.ideal([ring(g) for g in component.ideal.gens()]))
    assert (ideal + ring.ideal(minors)).radical() == common
    assert all(c.multiplicity_status == "proved" for c in locus.data)
    verdict = verify(json.loads(json.dumps(locus.certificate)))
    assert [c["multiplicity"] for c in verdict.value] == [2] * len(locus.data)


def test_a_subnetwork_is_recognized_in_the_span() -> None:
    manifold = NeuroManifold("attention:d=2,a=2,out=1,t=2")
    (component,) = manifold.singular_locus().data
    assert (component.dimension, component.degree, component.multiplicity) == (4, 3, 2)
    assert component.fills
    certificate = manifold.singular_locus().certificate
    assert "model" in certificate["evidence"]["components"][0]
    verify(json.loads(json.dumps(certificate)))


@pytest.mark.parametrize("seed", range(4))
def test_a_permutation_of_the_coordinates_permutes_the_equations(seed: int) -> None:
    coefficients = ["a^2", "a*b", "b^2", "a^2 - 3*b^2", "0", "a^2"]
    order = random.Random(seed).sample(range(6), 6)

    def manifold(listed: list[str]) -> NeuroManifold:
        return NeuroManifold(from_expressions([f"({c})*x" for c in listed if c != "0"] +
                                              ["a^3*x - a^3*x + b*x"], ["a", "b"], ["x"]))

    first = manifold(coefficients).ideal().value
    permuted = [coefficients[i] for i in order]
    second = manifold(permuted).ideal().value
    z = first.ring().gens()
    before = [c for c in range(6) if coefficients[c] != "0"]
    place = {c: k for k, c in enumerate(before)}
    images = [z[place[i]] for i in order if coefficients[i] != "0"] + [z[5]]
    assert first.ring().ideal([g(*images) for g in second.gens()]) == first


@pytest.mark.parametrize("metric", ["generic", "unit", "data"])
@pytest.mark.parametrize("coefficients", [
    ("a^2", "2*a*b", "b^2", "b^2 - a^2", "0"), ("a^2", "a^3 - a", "5", "a^2 + 1", "0")])
def test_distances_in_the_span_against_multipliers_in_all_coordinates(
        coefficients: tuple[str, ...], metric: str) -> None:
    model = from_expressions(
        ["+".join(f"({c})*x^{k}" for k, c in enumerate(coefficients))], ["a", "b"], ["x"])
    n = model.ambient_dimension
    gram = None if metric != "data" else [
        [3 * (i == j) - (abs(i - j) == 1) for j in range(n)] for i in range(n)]
    manifold = NeuroManifold(model, method="lagrange", metric=metric, gram=gram)
    in_all = ed_degree_of_ideal(NeuroManifold(model).ideal().data, n,
                                n - manifold.dimension().data, manifold.form)
    assert manifold.ed_degree() == in_all


# -- what the checker refuses --------------------------------------------------------------


def forged(certificate: dict, change) -> dict:
    data = copy.deepcopy(certificate)
    change(data)
    data["digest"] = digest(data)
    return data


@pytest.fixture(scope="module")
def conic() -> NeuroManifold:
    """(a^2, 0, a b, b^2 + 3 a b, b^2): coordinate 1 is zero, coordinate 2 a combination."""
    return NeuroManifold(from_expressions(
        ["a^2*x^4 + a*b*x^2 + (b^2 + 3*a*b)*x + b^2", "b*x"], ["a", "b"], ["x"]))


def test_forged_linear_forms_are_refused(conic: NeuroManifold) -> None:
    certificate = conic.ideal().certificate
    generators = certificate["claim"]["value"]
    kept = certificate["evidence"]["coordinates"]
    linear = [k for k, g in enumerate(generators) if all(sum(e[1::2]) == 1 for _, e in g)]
    assert linear and verify(certificate)

    def term(data: dict, k: int) -> list:
        return data["claim"]["value"][linear[k]]

    for change in (
            lambda d: term(d, 0).append(["1", []]),  # a form that does not vanish on M
            lambda d: term(d, 0).append(["1", [kept[0], 1]]),
            lambda d: d["claim"]["value"].pop(linear[0]),  # one that is missing
            lambda d: d["claim"]["value"].append(generators[linear[0]]),  # stated twice
            lambda d: d["claim"]["value"].pop()):  # an equation in the span
        with pytest.raises(CertificateError):
            verify(forged(certificate, change))


def test_forged_spans_are_refused(conic: NeuroManifold) -> None:
    certificate = conic.degree().certificate
    assert verify(certificate).value == conic.degree()
    n = conic.ambient_dimension().data
    kept = certificate["evidence"]["ideal"]["coordinates"]
    left = [i for i in range(n) if i not in kept]
    for coordinates in ([], kept[1:], [*kept, kept[0]], [*kept, left[0]], [left[0], *kept[1:]],
                        [*kept[:-1], n], [*kept[:-1], -1], list(range(n))):
        with pytest.raises(CertificateError):
            verify(forged(certificate, lambda d, c=coordinates: d["evidence"]["ideal"].update(
                coordinates=c)))
    with pytest.raises(CertificateError):
        verify(forged(certificate, lambda d: d["claim"].update(value=conic.degree().data + 1)))


def test_a_cone_in_a_space_without_the_origin_is_none() -> None:
    """The line {(a, 1)} is a cone in its span only; its projective closure is a line."""
    manifold = NeuroManifold(from_expressions(["a*x + 1"], ["a"], ["x"]))
    polynomial = manifold.hilbert_polynomial()
    assert polynomial.data == [1, 1] and manifold.degree() == 1
    certificate = polynomial.certificate
    assert verify(certificate).value == ["1", "1"]
    with pytest.raises(CertificateError):
        verify(forged(certificate, lambda d: d["claim"].update(value=["1"])))


def test_no_mutant_claims_another_number(conic: NeuroManifold) -> None:
    originals = [conic.degree().certificate, conic.hilbert_polynomial().certificate,
                 conic.singular_locus().certificate]
    values = [c["claim"]["value"] for c in originals[:2]]
    for original, _, _, verdict in accepted_mutants(originals, 600, random.Random(5)):
        if original is not originals[2]:
            assert verdict.value in values
        else:
            assert [(c["dimension"], c["degree"]) for c in verdict.value] == [
                (c["dimension"], c["degree"]) for c in original["claim"]["value"]]


@pytest.mark.parametrize(("spec", "blocks", "rows", "columns"), [
    ("gcnn:group=Z2,channels=2x1x2", 2, 2, 2), ("gcnn:group=Z3,channels=2x1x2", 3, 2, 2),
    ("gcnn:group=Z2,channels=3x1x2", 2, 3, 2)])
def test_linear_networks_over_cyclic_groups_are_products_of_determinantal_varieties(
        spec: str, blocks: int, rows: int, columns: int) -> None:
    """
    Over the complex numbers the matrices fall into one block for each character of the group, all
    of rank at most 1.  The Hilbert series is the power of that of these matrices: in degree k there
    are C(k + rows - 1, k) C(k + columns - 1, k) bihomogeneous forms.
    """
    series = [comb(k + rows - 1, k) * comb(k + columns - 1, k) for k in range(40)]
    power = [1] + [0] * 39
    for _ in range(blocks):
        power = [sum(power[i] * series[k - i] for i in range(k + 1)) for k in range(40)]
    found = NeuroManifold(spec)
    polynomial = found.hilbert_polynomial()
    assert all(sum(c * k**i for i, c in enumerate(polynomial.data)) == power[k]
               for k in range(20, 40))
    assert found.degree() == comb(rows + columns - 2, rows - 1)**blocks
    assert found.dimension() == blocks * (rows + columns - 1)
    assert found.degree().status == "proved" and found.degree().trust == []
    assert verify(found.degree().certificate)
    # The equations are linear ones, and minors.
    count = blocks * comb(rows, 2) * comb(columns, 2)
    assert sorted(max(map(sum, f)) for f in found.ideal().data)[-count - 1:] == [1] + [2] * count


@pytest.mark.slow
def test_what_is_within_a_span_is_found_without_it() -> None:
    spec = "resnet:width=3,hidden=1,blocks=1:x^2"
    assert NeuroManifold(spec, cache=False).ideal().value == NeuroManifold(
        spec, cache=False, method="equivariant").ideal().value


def test_what_is_within_a_span_may_be_a_network() -> None:
    """Squares around which a connection skips: those of the network, beside linear equations."""
    M = NeuroManifold("resnet:width=3,hidden=1,blocks=1:x^2", seed=1, cache=False)
    found, network = M.ideal(), NeuroManifold("mlp:3,1,3:x^2", seed=1, cache=False).ideal()
    assert found.certificate is not None and not found.trust
    verify(found.certificate)
    proof = found.certificate["evidence"]
    inner = proof["ideal"]
    assert "model" not in proof and inner["argument"] == "linear span"
    kept = proof["coordinates"]
    moved = [{tuple(e[kept.index(i)] if i in kept else 0 for i in range(27)): c
              for e, c in f.items()} for f in network.data]
    assert [f for f in found.data if max(map(sum, f)) > 1] == moved
    assert M._hilbert()[0].data == M.degree().data
    verify(M._hilbert()[0].certificate)

    def refused(**changes: object) -> None:
        certificate = copy.deepcopy(found.certificate)
        assert certificate is not None
        certificate["evidence"]["ideal"] |= changes
        certificate["digest"] = digest(certificate)
        with pytest.raises(CertificateError):
            verify(certificate)

    order = inner["parameters"]
    refused(parameters=[order[1], order[0], *order[2:]])
    refused(parameters=order[:-1])
    refused(parameters=[order[0]] * len(order))
    refused(coordinates=inner["coordinates"][::-1])
    refused(coordinates=inner["coordinates"][:-1])
    refused(model=NeuroManifold("mlp:3,1,3:x^3").model.describe())
    refused(model=NeuroManifold("mlp:3,2,3:x^2").model.describe())
