"""Spans against values at random points, tubes against volumes that are known or sampled."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numpy as np
import pytest
from claims import changed
from flint import nmod_mat
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.invariants.capacity.span import span
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import from_expressions

PRIME = 2**31 - 1


def rank_of_values(model, affine: bool) -> int:
    """The rank of φ at random points modulo a prime, with a coordinate 1 or without."""
    phi = parametrization(model)
    rows = []
    for _ in range(len(phi.polynomials) + 3):
        w = [random.randrange(PRIME) for _ in range(phi.parameter_count)]
        rows.append([sum(c.numerator * pow(c.denominator, -1, PRIME) * math.prod(
            pow(x, k, PRIME) for x, k in zip(w, e)) for e, c in f.items()) % PRIME
            for f in phi.polynomials] + [1] * affine)
    return nmod_mat(len(rows), len(rows[0]), sum(rows, []), PRIME).rank() - affine


CURVE = from_expressions(["a*x + a^2*x^2 + a^3*x^3"], ["a"], ["x"])
SHIFTED = from_expressions(["a*x + y", "a*x + 2*y"], ["a"], ["x", "y"])


@pytest.mark.parametrize("model", [
    CURVE, SHIFTED, *map(parse_spec, (
        "attention:d=2,a=2,out=1,t=2", "mlp:3,2,1:x^2", "cnn:2,2:x^2", "mlp:1,2,1:x^2+x:bias",
        "linear:3,2,3", "mlp:2,1,1:x^3/3+x"))], ids=str)
def test_the_span_is_that_of_random_functions(model) -> None:
    found = NeuroManifold(model, seed=1).span()
    verify(found.certificate)
    assert list(found.data) == [rank_of_values(model, False), rank_of_values(model, True)]


@pytest.mark.parametrize("model", [
    CURVE, SHIFTED, *map(parse_spec, (
        "attention:d=2,a=2,out=1,t=2", "mlp:3,2,1:x^2", "cnn:2,2,2:x^2", "mlp:1,2,1:x^2+x:bias",
        "linear:3,2,3", "mlp:2,2,2,2:x^2", "mlp:2,1,1:x^3/3+x", "cnn:3x3,2x2:x^2"))], ids=str)
def test_spans_without_expansion(model, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same by weights and values, likely only where the coordinates have relations."""
    monkeypatch.setattr("neuroalg_sage.invariants.capacity.span.EXPANDED_TERMS", 0)
    found = span(model, 1)
    assert verify(found.certificate).status == found.status in ("proved", "monte_carlo")
    assert "weights" in found.certificate["evidence"]
    expected = [rank_of_values(model, False), rank_of_values(model, True)]
    assert list(found.data) == expected
    is_dense = expected == [len(parametrization(model).polynomials)] * 2
    assert found.status == "proved" or not is_dense


@pytest.mark.parametrize("spec, expected", [
    ("mlp:30,30,10:x^2", 10 * math.comb(31, 2)), ("mlp:8,8,8,3:x^2", 3 * math.comb(11, 4)),
    ("mlp:10,20,5:x^3", 5 * math.comb(12, 3)), ("linear:40,30,40", 1600)])
def test_spans_of_networks_with_thousands_of_parameters(spec: str, expected: int) -> None:
    """Powers of linear forms span all forms."""
    found = NeuroManifold(spec, seed=1).span()
    assert (found.status, found.data) == ("proved", [expected, expected])
    assert verify(found.certificate).trust == ()


def test_minimal_degree_without_expansion(monkeypatch: pytest.MonkeyPatch) -> None:
    """All matrices have degree 1 in their own space."""
    monkeypatch.setattr("neuroalg_sage.invariants.capacity.span.EXPANDED_TERMS", 0)
    found = NeuroManifold("linear:4,5,4", seed=1).is_of_minimal_degree()
    assert found.value is True and "span" in found.certificate["evidence"]
    verify(found.certificate)

    def smaller(data) -> None:
        data["evidence"]["span"] = [15, 15]

    with pytest.raises(CertificateError):
        verify(changed(found.certificate, smaller))


def test_a_span_that_is_not_shown_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neuroalg_sage.invariants.capacity.span.EXPANDED_TERMS", 0)
    sure, likely = (span(parse_spec(s), 1).certificate for s in (
        "mlp:3,2,1:x^2", "attention:d=2,a=2,out=1,t=2"))
    assert [c["status"] for c in (sure, likely)] == ["proved", "monte_carlo"]

    def weight(data) -> None:
        data["evidence"]["weights"][0][0] += 1

    def fewer(data) -> None:
        data["claim"]["value"] = [c - 1 for c in data["claim"]["value"]]

    def one_point(data) -> None:
        data["evidence"]["points"] = 1

    def surely(data) -> None:
        data["status"], data["trust"] = "proved", []
        del data["error_bound"]

    def more_surely(data) -> None:
        data["error_bound"] /= 2

    for original, change in ((sure, weight), (sure, fewer), (likely, one_point), (likely, surely),
                             (likely, more_surely), (likely, fewer)):
        with pytest.raises(CertificateError):
            verify(changed(original, change))


def test_the_errors_of_both_ranks_with_and_without_one_add_up(
        monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Coordinates a, a in one block have rank 1 of 2, and with 1 rank 2 of 3: minors of sizes 2 and 3.
    """
    monkeypatch.setattr("neuroalg_sage.invariants.capacity.span.EXPANDED_TERMS", 0)
    monkeypatch.setattr("neuroalg_sage.invariants.capacity.span.generic_weights",
                        lambda model, generator: [[0], [0, 0]])
    found = span(from_expressions(["a*x + a*y"], ["a"], ["x", "y"]), 1)
    assert found.data == [1, 1] and found.error_bound >= 5 / 2**30

    def one_of_them(data) -> None:
        data["error_bound"] = 4 / 2**30

    verify(found.certificate)
    with pytest.raises(CertificateError, match="error bound"):
        verify(changed(found.certificate, one_of_them))


@pytest.mark.parametrize("model, expected", [
    (CURVE, True), ("mlp:2,1,1:x^2", True), ("linear:2,1,2", True), ("linear:3,1,2", True),
    ("mlp:2,1,1:x^5", True), ("mlp:2,2,3:x^2", False), ("mlp:3,1,1:x^2", True),
    ("mlp:3,2,1:x^2", False), (SHIFTED, True)])
def test_varieties_of_minimal_degree(model, expected: bool) -> None:
    """Rational normal curves and scrolls, the Veronese surface; not the symmetric determinant."""
    manifold = NeuroManifold(model, seed=1)
    found = manifold.is_of_minimal_degree()
    verify(found.certificate)
    if model == "mlp:2,2,3:x^2":  # a cubic determinant in a space of dimension 9
        assert (manifold.span().value, manifold.dimension().value) == (9, 8)
    assert found.value is expected


# -- tubes ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("epsilon", [Fraction(1, 10), Fraction(1, 2)])
def test_the_tube_of_an_interval_and_of_a_disk(epsilon: Fraction) -> None:
    for spec, volume in (("mlp:1,1:x", 2 * (1 + epsilon)),
                         ("mlp:2,1:x", math.pi * float(1 + epsilon) ** 2)):
        found = NeuroManifold(spec, seed=1).tube_volume(epsilon, radius=1)
        verify(found.certificate)
        low, high = found.value
        assert low <= math.log10(volume) <= high + 1e-5
        assert high <= math.log10(volume) + 1e-5


def test_the_tube_of_the_cone_of_squares_against_samples() -> None:
    """Distances to finitely many segments are a little too large, the tube a little too small."""
    epsilon, generator = 0.3, np.random.default_rng()
    angles = np.linspace(0, math.pi, 200, endpoint=False)
    curve = np.stack([np.cos(angles)**2, np.sin(2 * angles), np.sin(angles)**2], axis=1)
    curve /= np.linalg.norm(curve, axis=1)[:, None]
    points = generator.uniform(-1.3, 1.3, (4_000, 3))
    along = np.clip(points @ curve.T, -1, 1)  # the nearest point of each of the segments
    distances = np.sqrt(np.maximum((points**2).sum(axis=1)[:, None] - 2 * along * (
        points @ curve.T) + along**2, 0)).min(axis=1)
    share = (distances <= epsilon).mean()
    low, high = NeuroManifold("mlp:2,1,1:x^2", seed=1).tube_volume("0.3", radius=1).value
    spread = 5 * math.sqrt(share * (1 - share) / len(points))
    assert low <= math.log10((share + spread) * 2.6**3)
    assert math.log10((share - spread) * 2.6**3) <= high


def test_changed_certificates_of_tubes_claim_at_most_what_is_proved() -> None:
    seed = random.randrange(2**31)
    print(f"seed {seed}")
    manifold = NeuroManifold("mlp:2,1,1:x^2", seed=1)
    answers = [manifold.tube_volume("1/2", radius=1), manifold.tube_volume("1/2", box=1)]
    for original, data, where, _ in accepted_mutants(
            [a.certificate for a in answers], 200, random.Random(seed)):
        before, after = (c["claim"]["value"] for c in (original, data))
        if where[0] != "model" and before[:2] == after[:2]:
            assert Fraction(after[2]) <= Fraction(before[2]), where
            assert Fraction(before[3]) <= Fraction(after[3]), where


def test_a_packing_of_the_tube_may_not_overlap() -> None:
    found = NeuroManifold("linear:2,1,2", seed=1).tube_volume("1/2", box=1)
    evidence = found.certificate["evidence"]["lower"]
    assert evidence["argument"] == "packing"
    def repeat(data) -> None:
        data["evidence"]["lower"]["points"].append(data["evidence"]["lower"]["points"][0])

    with pytest.raises(CertificateError, match="too close"):
        verify(changed(found.certificate, repeat))


def test_a_tube_around_functions_that_only_a_packing_knows() -> None:
    """A curve with a double point at 0; boxes of parameters around 0 leave the ball."""
    model = from_expressions(["(a^2 - 1)*x + (a^3 - a)*x^2"], ["a"], ["x"])
    found = NeuroManifold(model, seed=1).tube_volume("0.1", radius=1)
    verify(found.certificate)
    a = np.linspace(-2, 2, 4001)
    curve = np.stack([a**2 - 1, a**3 - a], axis=1)
    curve = curve[np.linalg.norm(curve, axis=1) <= 1]
    points = np.random.default_rng(1).uniform(-1.1, 1.1, (4000, 2))
    near = [((curve - v) ** 2).sum(axis=1).min() <= 0.01 for v in points]
    assert 10**found.value[0] < 2.2**2 * np.mean(near) < 10**found.value[1]
