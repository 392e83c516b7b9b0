"""Ideals by charts: against elimination, and forgeries."""

from __future__ import annotations

import copy
import json
import random

import pytest
from implied import assert_changes_are_implied

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.dimension.dimension import dimension
from neuroalg_sage.invariants.equations.chart import ideal_by_chart, series_by_chart
from neuroalg_sage.invariants.equations.equations_by_degree import EquationSearch
from neuroalg_sage.invariants.equations.generators import Ideal
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import from_expressions

# Rational curves that are not projectively normal, and a projection of a surface of Veronese.
QUARTIC = ("a**4*x**3 + a**3*b*x**2 + a*b**3*x + b**4", "a b", "x")
SEXTIC = ("a**6*x**4 + a**5*b*x**3 + a**3*b**3*x**2 + a*b**5*x + b**6", "a b", "x")
SURFACE = ("a**3*x**6 + a**2*b*x**5 + a**2*c*x**4 + a*b*c*x**3 + b**3*x**2 + c**3*x + b**2*c",
           "a b c", "x")


def by_chart(model: tuple[str, ...]) -> Ideal:
    made = from_expressions(*model)
    found = ideal_by_chart(EquationSearch(parametrization(made), 1), dimension(made, 1),
                           Computation())
    assert found is not None and found.certificate is not None
    return found


@pytest.mark.parametrize("model", [QUARTIC, SEXTIC, SURFACE])
def test_the_ideal_is_that_of_elimination(model: tuple[str, ...]) -> None:
    found = by_chart(model)
    verify(found.certificate)
    assert not found.trust
    M = NeuroManifold(from_expressions(*model), seed=1, cache=False, method="elimination")
    assert found.value == M.ideal().value
    assert sum(series_by_chart(found).numerator) == M.degree().data


@pytest.mark.slow
def test_convolutions_over_the_plane() -> None:
    M = NeuroManifold("cnn:2x2,2x2:x^2", seed=1, cache=False)
    found = M.ideal()
    verify(found.certificate)
    degrees = [max(map(sum, f)) for f in found.data]
    assert {d: degrees.count(d) for d in set(degrees)} == {1: 16, 2: 114, 3: 192}
    assert M._hilbert()[0].data == M.degree().data == 160


def test_no_chart_is_found_where_equations_do_not_solve() -> None:
    model = from_expressions("a**4*x**2 + a**2*b**2*x + b**4 + c**4*x**3", "a b c", "x")
    assert ideal_by_chart(EquationSearch(parametrization(model), 1), dimension(model, 1),
                          Computation()) is None


def test_forgeries() -> None:
    good = json.loads(json.dumps(by_chart(QUARTIC).certificate))
    evidence = good["evidence"]

    def claim(value: object = None, **changes: object) -> None:
        verify(certificate(good["model"], "ideal", value or good["claim"]["value"], "proved", [],
                           copy.deepcopy(evidence) | changes, {}))

    claim()
    assert evidence["order"] == [3, 2, 1, 0] and evidence["places"] == [2, 3]
    for changes in (
            {"order": [0, 1, 2, 3]}, {"order": [3, 3, 2, 0]}, {"order": [3, 2, 0, 1]},
            {"points": []}, {"degree": 2}, {"degree": 1}, {"degree": 0}, {"prime": 15},
            # There is one function of each weight, which one point tells; not so of each degree.
            {"weights": [[1, 1]], "points": evidence["points"][:3]}, {"weights": [[0, 1]]},
            {"weights": [[1, 1]], "points": evidence["points"][:1] * 30},
            {"weights": []}, {"places": [3, 2]}, {"places": [3]}, {"places": [2, 0]},
            {"solved": evidence["solved"][::-1]}, {"solved": evidence["solved"][:1] * 2},
            {"solved": evidence["solved"][:1], "places": [2]}, {"pairs": [[0, 0]]},
            {"pairs": [[0, 9]]}):
        with pytest.raises(CertificateError):
            claim(**changes)
    # Without a cubic, or with the quadric alone, the ideal is another one.
    for k in range(len(good["claim"]["value"])):
        for less in (good["claim"]["value"][:k] + good["claim"]["value"][k + 1 :],
                     good["claim"]["value"][k : k + 1]):
            with pytest.raises(CertificateError):
                claim(less)
            with pytest.raises(CertificateError):
                claim(less, degree=2, solved=evidence["solved"][1:], places=[3])


def test_a_coordinate_that_divides_zero_proves_nothing() -> None:
    """The ideal of a curve and an embedded point: where z_0 is not zero, both are the same."""
    good = json.loads(json.dumps(by_chart(QUARTIC).certificate))
    value = good["claim"]["value"]
    ideal = NeuroManifold(from_expressions(*QUARTIC), seed=1, cache=False).ideal()
    cubics = [k for k, f in enumerate(ideal.data) if max(map(sum, f)) == 3]
    assert cubics
    # Multiples of a cubic by z_0, ..., z_3 stand for it.
    k = cubics[0]
    longer = [[[c, _times(powers, v)] for c, powers in value[k]] for v in range(4)]
    with pytest.raises(CertificateError):
        verify(certificate(good["model"], "ideal", [*value[:k], *value[k + 1 :], *longer], "proved",
                           [], good["evidence"], {}))


def _times(powers: list[int], v: int) -> list[int]:
    exponents = dict(zip(powers[::2], powers[1::2]))
    exponents[v] = exponents.get(v, 0) + 1
    return [x for pair in sorted(exponents.items()) for x in pair]


def test_changed_certificates_claim_nothing_else() -> None:
    found = by_chart(QUARTIC).certificate
    assert_changes_are_implied([json.loads(json.dumps(found))], random.Random(1), 150)
