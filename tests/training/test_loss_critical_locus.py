"""Critical points in the space of parameters: a classical example, ED degrees, certificates."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction

import pytest
from mutants import accepted_mutants

from neuroalg_sage import ERM, NeuroManifold, from_expressions, verify
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import value


@pytest.fixture(scope="module")
def toy():
    return NeuroManifold("linear:2,2,2").loss_critical_locus(["x_0", "x_1"])


def test_two_linear_layers_that_learn_the_identity(toy) -> None:
    """The fiber of the identity, a spurious component of rank one, and the origin."""
    assert [(c.dimension, c.degree, c.kind) for c in toy] == [
        (4, 8, "fiber"), (4, 8, "spurious"), (0, 1, "spurious")]
    fiber, spurious, origin = toy
    half, one, nought = Fraction(1, 2), Fraction(1), Fraction(0)
    point = [half, half, one, one, one, nought, one, nought]
    generators = spurious.component.generators
    assert all(value(g, point) == 0 for g in generators)
    assert any(value(g, point) for g in fiber.component.generators)
    # Both matrices have rank one there; the images are the orthogonal projections to lines.
    for a in (0, 4):
        minor = {tuple(int(k in (a, a + 3)) for k in range(8)): one,
                 tuple(int(k in (a + 1, a + 2)) for k in range(8)): -one}
        assert spurious.ideal.ring()({e: int(c) for e, c in minor.items()}) in spurious.ideal
    assert spurious.image_dimension == 1
    projection = [Fraction(c, 5) for c in (1, 2, 2, 4)]
    assert all(value(g, projection) == 0 for g in spurious.image_equations)
    assert origin.image_dimension == 0 and value(origin.image_equations[0], [nought] * 4) == 0
    assert toy.trust == ["macaulay2"] and toy.status == "proved"
    assert verify(json.loads(json.dumps(toy.certificate))).trust == ("macaulay2",)


@pytest.mark.parametrize(("spec", "target", "metric", "count"), [
    # Eckart and Young: two critical matrices of rank one.
    ("linear:2,1,2", ["2*x_0 + x_1", "x_1"], "unit", 2),
    # Two lines are critical for a quadratic form in Bombieri's metric, as its eigenvectors are;
    # of the generic number 4 for a conic, none is lost in the other metric but by symmetry.
    ("mlp:2,1,1:x^2", "x_0^2 + 3*x_0*x_1 + 5*x_1^2", "bombieri", 2),
    ("mlp:2,1,1:x^2", "x_0^2 + 3*x_0*x_1 + 5*x_1^2", "unit", 4),
])
def test_pure_components_are_the_critical_points_on_m(spec, target, metric, count) -> None:
    found = NeuroManifold(spec).loss_critical_locus(target, metric)
    verify(found.certificate)
    # A component over Q that is a curve maps to one point, or to conjugate ones.
    total = 0
    for component in found:
        if component.kind == "pure":
            assert component.image_dimension == 0
            total += component.image.vector_space_dimension()
    assert total == count


def test_data_give_the_components_of_the_distance_to_their_least_squares() -> None:
    """On inputs whose second moments are the identity the error is a distance in V."""
    rows = [[1, 1, 3, 1], [1, -1, 1, -1], [-1, 1, -1, 1], [-1, -1, -3, -1]]
    manifold = NeuroManifold("linear:2,1,2")
    by_data = manifold.training_critical_locus(ERM("linear:2,1,2", rows))
    by_target = manifold.loss_critical_locus(["2*x_0 + x_1", "x_1"])
    assert [(c.kind, c.component.generators) for c in by_data] == [
        (c.kind, c.component.generators) for c in by_target]
    assert {c.kind for c in by_data} == {"pure", "open"}  # zero is singular among them
    verify(by_data.certificate)


def test_components_of_few_data_contain_the_critical_points_on_m() -> None:
    rows = [[1, 2, 3], [2, 1, 1], [1, 1, -1], [3, 1, 2]]
    problem = ERM("mlp:2,1,1:x^2", rows)
    found = NeuroManifold("mlp:2,1,1:x^2").training_critical_locus(problem)
    verify(found.certificate)
    pure = [c for c in found if c.kind == "pure"]
    value = problem.critical_points().value
    assert sum(c.image.vector_space_dimension() for c in pure) == value["complex"] - sum(
        p["kind"] != "pure" for p in value["points"])


def test_a_problem_about_another_model_is_refused() -> None:
    with pytest.raises(InputError, match="is about"):
        NeuroManifold("linear:1,1").training_critical_locus(ERM("linear:1,1,1", [[1, 1]]))


def test_a_form_that_states_an_entry_twice_is_rejected(toy) -> None:
    for entry in ([0, 0, "1"], [1, 0, "1"], [0, 4, "1"], [0, 1]):
        data = copy.deepcopy(toy.certificate)
        data["claim"]["value"][0].append(entry)
        data["digest"] = digest(data)
        with pytest.raises(CertificateError):
            verify(data)


def test_every_component_is_critical_at_its_points() -> None:
    manifold = NeuroManifold(from_expressions(["a^2*x", "a*b*x"], ["a", "b"], ["x"]))
    found = manifold.loss_critical_locus([1, 1], [1, 2])
    verify(found.certificate)
    assert {c.kind for c in found} >= {"fiber"}


def test_claims_about_critical_points_cannot_be_bent(toy) -> None:
    originals = [toy.certificate] + [
        NeuroManifold(spec).loss_critical_locus(f).certificate
        for spec, f in (("linear:1,1,1", "x_0"), ("linear:2,1,2", ["2*x_0", "x_1"]),
                        ("mlp:1,1,1:x^2", "x_0^2"))]
    accepted = list(accepted_mutants(originals, 300, random.Random(3)))
    for original, data, where, _ in accepted:
        assert where[0] not in ("status", "trust")
        assert where[:3] != ("claim", "value", 3), where
        first, second = (c["claim"]["value"][2] for c in (original, data))
        assert [(c["dimension"], c["degree"]) for c in first] == [
            (c["dimension"], c["degree"]) for c in second]
    assert len(accepted) < 100


def test_a_spurious_component_is_not_pure(toy) -> None:
    for kind in ("pure", "fiber"):
        data = copy.deepcopy(toy.certificate)
        data["claim"]["value"][3][1] = kind
        data["digest"] = digest(data)
        with pytest.raises(CertificateError):
            verify(data)


@pytest.mark.parametrize(("metric", "says"), [
    ("euclidean", "unit, bombieri"), ([1, 1], "list of 3"), ([1, -1, 1], "positive"),
    ([1, "a", 1], "rational"), ([1, 0.1, 1], "floating-point"), ([1, "inf", 1], "finite"),
])
def test_a_wrong_metric_is_refused_in_one_sentence(metric, says) -> None:
    with pytest.raises(InputError, match=says):
        NeuroManifold("mlp:2,1,1:x^2").loss_critical_locus("x_0^2", metric)


def test_a_binary_fraction_in_a_metric_is_the_number_that_it_is() -> None:
    metrics = [1, 0.5, 1], [1, "1/2", 1], [1, Fraction(1, 2), 1]
    first, *others = (NeuroManifold("mlp:2,1,1:x^2").loss_critical_locus("x_0^2", metric)
                      for metric in metrics)
    assert first.certificate["model"] == others[0].certificate["model"]
    assert all(first.certificate["claim"] == other.certificate["claim"] for other in others)
    assert first.certificate["claim"] != NeuroManifold("mlp:2,1,1:x^2").loss_critical_locus(
        "x_0^2", [1, 1, 1]).certificate["claim"]
