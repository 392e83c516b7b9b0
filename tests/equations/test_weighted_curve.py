"""Ideals that a curve proves in a chart: against elimination, and forgeries."""

from __future__ import annotations

import copy
import json
import random

import pytest
from implied import assert_changes_are_implied

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.equations.ideal import check_ideal
from neuroalg_sage.certificates.equations.weighted_curve import (
    module_of,
    require_field,
    require_torsion_free,
)
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import polynomial_ring, polynomials
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.dimension.dimension import dimension
from neuroalg_sage.invariants.equations import ideal
from neuroalg_sage.invariants.equations.chart import ideal_by_chart, series_by_chart
from neuroalg_sage.invariants.equations.equations_by_degree import EquationSearch
from neuroalg_sage.invariants.equations.generators import Ideal
from neuroalg_sage.invariants.equations.same_variety import coefficients_for_parameters
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import from_expressions

# Quartics and quintics with a root that is triple.
QUARTICS = ("(a + b*x)^3*(c + d*x)", "a b c d", "x")
QUINTICS = ("(a + b*x)^3*(c + d*x + e*x^2)", "a b c d e", "x")


def by_curve(model: tuple[str, ...]) -> Ideal:
    made = from_expressions(*model)
    found = ideal_by_chart(EquationSearch(parametrization(made), 1), dimension(made, 1),
                           Computation())
    assert found is not None and found.certificate is not None
    assert "curve" in found.certificate["evidence"]
    return found


@pytest.mark.parametrize("model", [QUARTICS, QUINTICS])
def test_the_ideal_is_that_of_elimination(model: tuple[str, ...]) -> None:
    found = by_curve(model)
    verify(found.certificate)
    assert not found.trust
    M = NeuroManifold(from_expressions(*model), seed=1, cache=False, method="elimination")
    assert found.value == M.ideal().value
    assert sum(series_by_chart(found).numerator) == M.degree().data


@pytest.mark.slow
def test_two_layers_of_attention() -> None:
    M = NeuroManifold("attention:d=2,a=1,out=1,t=1,layers=2", seed=1, cache=False)
    found = M.ideal()
    verify(found.certificate)
    degrees = [max(map(sum, f)) for f in found.data]
    assert {d: degrees.count(d) for d in set(degrees)} == {5: 14, 6: 34} and not found.trust
    # The degree by fixed points, which is another proof.
    assert M._hilbert()[0].data == M.degree().data == 90


def test_forgeries() -> None:
    good = json.loads(json.dumps(by_curve(QUINTICS).certificate))
    evidence = good["evidence"]
    curve, fiber = evidence["curve"], evidence["curve"]["fiber"]
    point = fiber["point"]

    def claim(value: object = None, **changes: object) -> None:
        verify(certificate(good["model"], "ideal", value or good["claim"]["value"], "proved", [],
                           copy.deepcopy(evidence) | {"curve": curve | changes}, {}))

    claim()
    form, = curve["forms"]
    for changes in (
            {"weight": [0] * len(curve["weight"])}, {"weight": [-c for c in curve["weight"]]},
            {"weight": [1, *curve["weight"][1:]]}, {"prime": 15}, {"prime": 101},
            {"kept": [curve["kept"][0]] * 2}, {"kept": [0, curve["kept"][1]]},
            {"kept": [evidence["order"][-1], curve["kept"][1]]}, {"kept": curve["kept"][::-1]},
            {"cut": []}, {"cut": curve["cut"] * 2}, {"cut": curve["kept"][:1]},
            {"cut": evidence["order"][-1:]}, {"cut": [0]}, {"forms": []},
            {"cut": curve["cut"] * 2, "forms": [form] * 2}, {"cut": [], "forms": []},
            {"forms": [[]]}, {"forms": [[["1", []]]]},
            {"forms": [[[str(int(c) + 1), e] for c, e in form]]}, {"forms": [form[1:]]},
            {"fiber": fiber | {"last": [0, 0]}}, {"fiber": fiber | {"last": fiber["last"][::-1]}},
            {"fiber": fiber | {"last": [*fiber["last"], 1]}},
            {"fiber": fiber | {"point": [[*a, 1] for a in point]}},
            {"fiber": fiber | {"polynomial": [0, *fiber["polynomial"][1:]]}},
            {"fiber": fiber | {"polynomial": fiber["polynomial"][1:]}},
            {"fiber": fiber | {"point": []}}, {"fiber": fiber | {"point": [*point, [1]]}},
            {"fiber": fiber | {"point": [[1]] * len(point)}}):
        with pytest.raises(CertificateError):
            claim(**changes)
    for k in range(len(good["claim"]["value"])):
        with pytest.raises(CertificateError):
            claim(good["claim"]["value"][:k] + good["claim"]["value"][k + 1:])


def test_no_curve_is_accepted_of_what_is_inherited() -> None:
    made = from_expressions(*QUARTICS)
    found = by_curve(QUARTICS).certificate
    assert found is not None
    model, ring = Model(found["model"]), polynomial_ring(5)
    proof = model, polynomials(found["claim"]["value"], ring), found["evidence"]
    assert check_ideal(*proof)[1] == []
    with pytest.raises(CertificateError):
        check_ideal(*proof, by_curves=False)
    assert ideal_by_chart(EquationSearch(parametrization(made), 1), dimension(made, 1),
                          Computation(), by_curves=False) is None


def test_changed_certificates_claim_nothing_else() -> None:
    found = by_curve(QUARTICS).certificate
    assert_changes_are_implied([json.loads(json.dumps(found))], random.Random(1), 150)


def test_a_plane_and_what_lies_in_it_or_beside_it() -> None:
    """Rings of rank one over u and v, in a third variable of weight 2."""
    p = 101
    require_torsion_free([{(1, 0, 0): 1}], [2, 1, 1], 1, p)
    for forms in (
            [{(2, 0, 0): 1}],  # the plane, twice
            [{(2, 0, 0): 1}, {(1, 1, 0): 1}],  # with a line besides
            [{(2, 0, 0): 1}, {(1, 0, 1): 1, (1, 1, 0): 5}],
            [{(2, 0, 0): 1}, {(1, 1, 0): 1}, {(1, 0, 1): 1}],  # with a point besides
            [{(1, 1, 0): 1}]):  # not finite
        with pytest.raises(CertificateError):
            require_torsion_free(forms, [2, 1, 1], 1, p, 100)


def test_two_planes_are_no_field_at_any_point() -> None:
    """Roots of (x - u)(x - 2u) are both in F_p, and each is a point of a quotient only."""
    p, forms = 101, [{(2, 0, 0): 1, (1, 1, 0): 98, (0, 2, 0): 2}]
    require_torsion_free(forms, [1, 1, 1], 2, p)
    assert len(module_of(forms, [1, 1, 1], 2, p)[0]) == 2
    for polynomial in ([2, 98, 1], [100, 1], [1, 0, 1], [0, 0, 1], [3, 0, 1]):
        with pytest.raises(CertificateError):
            require_field(forms, 3, 2, p, {"polynomial": polynomial, "point": [], "last": [1, 1]})


def test_coefficients_of_factors_stand_for_parameters(monkeypatch) -> None:
    spec = "attention:d=2,a=1,out=2,t=1"
    same = coefficients_for_parameters(parametrization(parse_spec(spec)), random.Random(1))
    assert same is not None and same.model.parameter_count == 7
    monkeypatch.setattr(ideal, "MANY_TERMS", 0)
    found = NeuroManifold(spec, seed=1, cache=False).ideal()
    assert found.data == NeuroManifold(spec, seed=1, cache=False, method="equivariant").ideal().data
    good = json.loads(json.dumps(found.certificate))
    proof = good["evidence"]["same_variety"]
    verify(good)
    images = proof["images"]
    for changes in (
            {"images": images[:-1]}, {"images": [*images[:-1], images[0]]}, {"images": []},
            {"images": images[::-1]}, {"parameters": [0] * len(proof["parameters"])},
            {"parameters": [1] * len(proof["parameters"])}, {"prime": 6},
            {"model": good["model"]}):
        with pytest.raises(CertificateError):
            verify(good | {"evidence": good["evidence"] | {"same_variety": proof | changes}})
