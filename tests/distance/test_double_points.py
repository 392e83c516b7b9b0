"""ED degrees by double points of what has length zero, against counts of critical points."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from implied import assert_changes_are_implied

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.engines import msolve
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.distance import double_points
from neuroalg_sage.invariants.distance.double_points import DoublePoints, ed_degree_by_double_points
from neuroalg_sage.invariants.distance.euler import NotKnown
from neuroalg_sage.invariants.distance.quadratic_forms import quadratic_form
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.parametrization import parametrization

pytestmark = pytest.mark.skipif(msolve.find_command() is None, reason="there is no msolve")


def by_double_points(spec: str, metric: str = "unit", seed: int = 1) -> DoublePoints:
    phi = parametrization(parse_spec(spec))
    return ed_degree_by_double_points(phi, quadratic_form(phi.model, metric), Computation(),
                                      random.Random(seed))


@pytest.mark.parametrize(("spec", "missing"), [
    ("linear:2,1,2", 4), ("mlp:2,1,2:x^2", 8), ("mlp:2,1,3:x^2", None), ("cnn:2,2:x^2", 0),
    ("cnn:3,2:x^2", 8), ("cnn:1x2,2x2:x^2", 16), ("mlp:2,1,2:x^3", None), ("mlp:2,1,1:x^3", None),
    ("cnn:2s2,2:x^2", None), ("mlp:3,1,1:x^3", None), ("linear:3,1,3", None),
    ("mlp:3,1,2:x^2", None)])
@pytest.mark.parametrize("metric", ["unit", "bombieri"])
def test_they_agree_with_counts_or_are_refused(spec: str, missing: int | None, metric: str) -> None:
    """Pairs of quadrics in linear:3,1,3 and others are singular along curves, or worse."""
    try:
        found = by_double_points(spec, metric)
    except NotKnown:
        assert missing is None or metric != "unit"
        return
    assert found.evidence
    assert found.number == NeuroManifold(spec, method="parametrization", seed=1).ed_degree(
        metric).value
    assert found.polar == NeuroManifold(spec, seed=1).ed_degree("generic").value
    if missing is not None and metric == "unit":
        assert found.polar - found.number == missing


def test_forms_of_data_agree_with_counts() -> None:
    """Random quadratic forms with small entries, of which many are tangent to M somewhere."""
    generator, missing = random.Random(5), set()
    for _ in range(12):
        spec, n = generator.choice([("linear:2,1,2", 4), ("mlp:2,1,1:x^3", 4), ("cnn:2,2:x^2", 6)])
        upper = [[generator.choice([0, 0, 1, 1, -1]) for _ in range(n)] for _ in range(n)]
        form = [[upper[min(i, j)][max(i, j)] for j in range(n)] for i in range(n)]
        try:
            phi = parametrization(parse_spec(spec))
            found = ed_degree_by_double_points(
                phi, quadratic_form(phi.model, "data", form), Computation(), generator)
        except NotKnown:
            continue
        counted = NeuroManifold(spec, method="parametrization", seed=1).ed_degree("data", form)
        assert found.number == counted.data, (spec, form)
        missing.add(found.polar - found.number)
    assert len(missing) > 1


def test_a_point_that_is_no_double_point_is_refused() -> None:
    """Its Milnor number may be larger than 1."""
    with pytest.raises(NotKnown, match="no ordinary double point|along a curve"):
        by_double_points("cnn:3s2,3s2:x^2")


@pytest.fixture(scope="module")
def certificates() -> list[dict[str, Any]]:
    found = []
    for spec in "cnn:2s2,2:x", "cnn:3,2:x^2", "cnn:2,2:x^2":
        degree = NeuroManifold(spec, seed=1).ed_degree("unit")
        assert degree.status == "proved" and degree.trust == [] and degree.certificate is not None
        assert "of length zero" in degree.method
        assert verify(degree.certificate).value == ["unit", degree.data]
        found.append(degree.certificate)
    return found


def resealed(certificate: dict[str, Any]) -> dict[str, Any]:
    certificate["digest"] = digest(certificate)
    return certificate


def test_a_point_left_out_is_noticed(certificates: list[dict[str, Any]]) -> None:
    """Without its points a stratum has others; with fewer monomials not all are combinations."""
    for original in certificates[:2]:
        forged = copy.deepcopy(original)
        [stratum] = [s for s in forged["evidence"]["strata"] if s["points"]]
        number = len(stratum["points"]["modulus"]) - 1
        stratum["points"], stratum["monomials"] = None, []
        forged["claim"]["value"][1] += number
        with pytest.raises(CertificateError, match="are not all"):
            verify(resealed(forged))
        forged = copy.deepcopy(original)
        forged["claim"]["value"][1] -= 1
        with pytest.raises(CertificateError, match="ED degree is"):
            verify(resealed(forged))
        forged = copy.deepcopy(original)
        forged["evidence"]["strata"].pop()
        with pytest.raises(CertificateError, match="Not all strata"):
            verify(resealed(forged))


def test_points_that_are_no_double_points_or_equal_are_noticed(
        certificates: list[dict[str, Any]]) -> None:
    def changed(change: Any, message: str) -> None:
        forged = copy.deepcopy(certificates[0])
        [stratum] = [s for s in forged["evidence"]["strata"] if s["points"]]
        change(stratum["points"])
        with pytest.raises(CertificateError, match=message):
            verify(resealed(forged))

    changed(lambda p: p["coordinates"].reverse() or p["coordinates"].append(
        p["coordinates"].pop(0)) or p["coordinates"][0].__setitem__(0, "1"), "no singular point")
    changed(lambda p: p.update(form=[0] * 4), "do not differ")
    changed(lambda p: p.update(modulus=["1"]), "no points")


def test_what_is_changed_is_rejected_or_follows(certificates: list[dict[str, Any]]) -> None:
    assert_changes_are_implied(certificates, random.Random(1), 150)


@pytest.mark.parametrize("prime", [2, 3])
def test_a_prime_at_which_points_come_together_is_refused(
        certificates: list[dict[str, Any]], prime: int) -> None:
    """The eight points of cnn:3,2 are zeros of w^4 + 4 w^2 + 1 and v^2 + 1, which ramify there."""
    forged = copy.deepcopy(certificates[1])
    forged["evidence"]["prime"] = prime
    with pytest.raises(CertificateError):
        verify(resealed(forged))


def test_what_is_only_counted_modulo_a_prime_is_numerical(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_long(*arguments: Any, **options: Any) -> Any:
        raise LimitReached("no time")

    monkeypatch.setattr(double_points.msolve, "algebraic_points", too_long)
    found = NeuroManifold("cnn:3,2:x^2", seed=1).ed_degree("unit")
    assert found == 71 and found.status == "numerical" and found.certificate is None
    assert "8 ordinary double points of length zero, by msolve" in found.method


def test_without_linear_algebra_msolve_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(double_points, "FORMS", 3)
    found = NeuroManifold("cnn:3,2:x^2", seed=1).ed_degree("unit")
    assert (found.data, found.status, found.trust) == (71, "proved", ["msolve"])
    assert [*verify(found.certificate).trust] == ["msolve"]
