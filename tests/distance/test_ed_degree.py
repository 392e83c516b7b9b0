"""ED degrees, polar degrees and ML degrees against published values and against each other."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction
from math import comb

import pytest
from conftest import PUBLISHED
from flint import Ordering, nmod_mpoly_ctx
from mutants import accepted_mutants

from neuroalg_sage import InputError, NeuroManifold
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.distance.distance_formulas import (
    determinantal,
    rank_one_approximations,
)
from neuroalg_sage.certificates.distance.distance_formulas import (
    segre_veronese as checked_segre_veronese,
)
from neuroalg_sage.descriptions.polar_classes import (
    determinantal_polar_degrees,
    segre_veronese_polar_degrees,
    singular_vector_tuples,
    symmetric_polar_degrees,
)
from neuroalg_sage.engines import msolve
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.distance.ed_degree import ed_degree_of_ideal
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm, diagonal_form
from neuroalg_sage.models.sources import from_expressions

needs_msolve = pytest.mark.skipif(msolve.find_command() is None, reason="msolve is not installed")

UNIT = diagonal_form([1, 1])


def published(invariant: str) -> list:
    return [pytest.param(fact["model"], fact["metric"].split()[0], fact["value"],
                         id=f"{fact['model']} {fact['metric']}")
            for fact in PUBLISHED if fact["invariant"] == invariant]


@pytest.mark.parametrize("spec, metric, value", [
    case for case in published("ed_degree") if ":" in case.values[0]])
def test_published_values_by_theorems(spec: str, metric: str, value: int) -> None:
    found = NeuroManifold(spec).ed_degree(metric)
    assert found == value and found.status == "proved"
    assert verify(json.dumps(found.certificate)).value == [metric, value]


@pytest.mark.parametrize("method", ["parametrization", "lagrange"])
@pytest.mark.parametrize("spec, metric, value", [
    case for case in published("ed_degree")
    if case.values[0] in ("linear:2,1,2", "linear:3,1,3", "linear:3,2,3", "linear:3,1,2")])
def test_published_values_by_counting(spec: str, metric: str, value: int, method: str) -> None:
    assert NeuroManifold(spec, method=method).ed_degree(metric) == value


# -- curves in the plane, from parametrizations ---------------------------------------------

CONES = {  # parametrizations of the cones over the curves, whose section z_2 = 1 they are
    "circle x^2+y^2=1": ("s*(q^2 - t^2)", "2*s*q*t", "s*(q^2 + t^2)"),
    "ellipse x^2+4y^2=4": ("2*s*(q^2 - t^2)", "2*s*q*t", "s*(q^2 + t^2)"),
    "parabola y=x^2": ("s*q*t", "s*t^2", "s*q^2"),
    "cardioid (x^2+y^2+x)^2=x^2+y^2": (
        "2*s*t^2*(q^2 - t^2)", "4*s*t^3*q", "s*(q^2 + t^2)^2"),
}


@pytest.mark.parametrize("name, metric, value", [
    case for case in published("ed_degree") if ":" not in case.values[0]])
def test_curves(name: str, metric: str, value: int) -> None:
    x, y, z = CONES[name]
    cone = NeuroManifold(from_expressions([f"({x})*X + ({y})*Y + ({z})*Z"], ["s", "q", "t"],
                                          ["X", "Y", "Z"]))
    equations = []
    for g in cone.ideal().data:
        section: dict = {}
        for (a, b, _), c in g.items():
            section[a, b] = section.get((a, b), 0) + Fraction(c)
        equations.append(section)
    assert ed_degree_of_ideal(equations, 2, 1, UNIT, seed=1) == value


def test_the_parabola_is_a_model_itself() -> None:
    parabola = from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"])
    for method in ("parametrization", "lagrange"):
        assert NeuroManifold(parabola, method=method).ed_degree("unit") == 3
    found = NeuroManifold(parabola).polar_degrees()
    assert found.data == [2, 2]  # of the conic that is its projective closure


def test_generic_conics_have_ed_degree_4_and_special_ones_less() -> None:
    circle = {(2, 0): 1, (0, 2): 1, (0, 0): -1}
    assert ed_degree_of_ideal([circle], 2, 1, QuadraticForm("generic", 2)) == 4
    assert ed_degree_of_ideal([circle], 2, 1, UNIT) == 2


# -- theorems against computations ----------------------------------------------------------


@pytest.mark.parametrize("spec", ["linear:2,1,3", "linear:3,1,3", "mlp:3,2,1:x^2",
                                  "mlp:3,1,1:x^2", "mlp:2,1,2:x^2", "mlp:2,1,1:x^3"])
def test_polar_degrees_by_theorem_conormal_variety_and_counting(spec: str) -> None:
    expected = NeuroManifold(spec, method="theorem").polar_degrees()
    assert verify(expected.certificate).value == expected.data
    for method in ("conormal", "parametrization", "lagrange"):
        assert NeuroManifold(spec, method=method).polar_degrees() == expected.data, method
    counted = NeuroManifold(spec, method="parametrization").ed_degree("generic")
    assert counted == sum(expected.data)
    by_theorem = NeuroManifold(spec).ed_degree("generic")
    assert by_theorem == counted and by_theorem.status == "proved"


@pytest.mark.parametrize("spec, metric", [
    ("mlp:3,2,1:x^2", "bombieri"), ("mlp:3,1,1:x^2", "bombieri"), ("mlp:2,1,2:x^2", "bombieri"),
    ("mlp:2,1,1:x^3", "bombieri"), ("mlp:2,1,2:x^3", "bombieri"), ("mlp:2,2,3:x^2", "bombieri"),
    ("cnn:2,2:x^2", "generic"), ("cnn:3,2:x^2", "generic"), ("cnn:2s2,2:x^3", "generic")])
def test_distance_theorems_against_counting(spec: str, metric: str) -> None:
    expected = NeuroManifold(spec).ed_degree(metric)
    assert expected.status == "proved" and any("theorem" in t for t in expected.trust)
    assert verify(expected.certificate).value == [metric, expected.data]
    assert NeuroManifold(spec, method="parametrization").ed_degree(metric) == expected


@pytest.mark.parametrize("spec, generic, unit", [
    ("cnn:2s2,2:x", 6, 2), ("mlp:2,2,2:x^3", 83, 23), ("cnn:2,2:x^2", 14, 14)])
def test_two_methods_agree(spec: str, generic: int, unit: int) -> None:
    # The generic ED degree of cnn:2s2,2:x is that of P^1 x P^1 (Shahverdi 2024), which is 6.
    for metric, value in (("generic", generic), ("unit", unit)):
        for method in ("parametrization", "lagrange"):
            assert NeuroManifold(spec, method=method).ed_degree(metric) == value


def test_the_conormal_variety_proves_generic_ed_degrees() -> None:
    found = NeuroManifold("cnn:2s2,2:x", method="conormal").ed_degree("generic")
    assert found == 6 and found.trust == ["theorem: Draisma et al. (2016)"] + ["macaulay2"] * (
        msolve.find_command() is None)
    assert verify(found.certificate).value == ["generic", 6]


@needs_msolve
@needs_msolve
def test_a_proof_leaves_time_for_the_number_that_is_known(monkeypatch) -> None:
    deadlines = []

    def late(phi, dimension, form, computation, *others):
        deadlines.append(computation.deadline)
        raise LimitReached("too long")

    monkeypatch.setattr("neuroalg_sage.invariants.distance.ed_degree._by_conormal_variety", late)
    M = NeuroManifold(from_expressions(["a^2*x + (a^3 + a)*y + a^5*z"], ["a"], ["x", "y", "z"]),
                      seed=1, cache=False)
    M.computation.end_within(10_000)
    found = M.ed_degree("generic")
    assert found == 9 and found.status == "numerical"
    # A quarter is left for monodromy, and a quarter of the rest for what is done with the number.
    assert deadlines and deadlines[0] < M.computation.deadline - 0.3 * 10_000


def test_forged_proofs_by_the_conormal_variety_are_rejected() -> None:
    proof = NeuroManifold("cnn:2s2,2:x", method="conormal", seed=1).polar_degrees().certificate
    assert verify(proof).value == [2, 2, 2] and verify(proof).trust == (
        "theorem: Draisma et al. (2016)",)

    def forged(change) -> dict:
        data = copy.deepcopy(proof)
        change(data)
        return data | {"digest": digest(data)}

    def fewer_dimensions(data) -> None:
        points = data["evidence"]["critical_points"]
        points["restriction"] = points["restriction"] * 2
        data["claim"]["value"] = [2, 2]

    for change in (lambda data: data["claim"].__setitem__("value", [2, 2, 3]),
                   lambda data: data["claim"].__setitem__("value", [2, 2]),
                   lambda data: data["claim"].__setitem__("value", [2, 2, 2, 0]),
                   lambda data: data["claim"].__setitem__("value", [2, 2.0, 2]),
                   lambda data: data["evidence"]["basis"].pop(),
                   lambda data: data["evidence"].pop("critical_points"),
                   lambda data: data["evidence"]["critical_points"]["coordinates"].pop(),
                   fewer_dimensions):
        with pytest.raises(CertificateError):
            verify(forged(change))


def test_formulas_of_product_and_checker_agree_and_have_known_symmetries() -> None:
    for m in range(2, 5):
        for n in range(2, 6):
            for r in range(1, min(m, n)):
                polar = determinantal_polar_degrees(m, n, r)
                assert polar == determinantal(m, n, r)
                # The dual of rank at most r is rank at most min(m, n) - r.
                dual = determinantal_polar_degrees(m, n, min(m, n) - r)
                assert [p for p in polar if p] == [p for p in dual if p][::-1]
                if r == 1:
                    assert polar == segre_veronese_polar_degrees([m, n], [1, 1])
        for r in range(1, m):
            assert symmetric_polar_degrees(m, r) == determinantal(m, None, r)
        assert symmetric_polar_degrees(m, 1) == segre_veronese_polar_degrees([m], [2])
    generator = random.Random(1)
    for _ in range(20):
        sizes, e = [generator.randint(1, 4) for _ in range(2)], generator.randint(1, 4)
        assert segre_veronese_polar_degrees(sizes, [1, e]) == checked_segre_veronese(sizes, [1, e])
        assert singular_vector_tuples(sizes, [1, e]) == rank_one_approximations(*sizes, e)
    assert singular_vector_tuples([4, 3], [1, 1]) == comb(3, 1)


# -- metrics --------------------------------------------------------------------------------


def test_data_with_the_form_of_a_known_metric_give_its_ed_degree() -> None:
    model = NeuroManifold("mlp:3,2,1:x^2")
    n = model.model.ambient_dimension
    unit = [[int(i == j) for j in range(n)] for i in range(n)]
    assert model.ed_degree("data", unit) == 13 == model.ed_degree("unit")
    bombieri = [[Fraction(1, 1 + (i in (1, 2, 4))) * (i == j) for j in range(n)]
                for i in range(n)]
    assert model.ed_degree("data", bombieri) == 3 == model.ed_degree("bombieri")


@needs_msolve
def test_a_degenerate_form_counts_critical_points_that_depend_on_the_target() -> None:
    # Rank-one 2 x 2 matrices, of which the last entry is not seen, fill a space.
    manifold = NeuroManifold("linear:2,1,2")
    form = [[int(i == j and i < 3) for j in range(4)] for i in range(4)]
    found = manifold.ed_degree("data", form)
    assert found == 1
    assert verify(found.certificate).value[1] == 1
    with pytest.raises(InputError, match="rank 2 on the tangent spaces"):
        manifold.ed_degree("data", [[int(i == j and i < 2) for j in range(4)] for i in range(4)])


def test_what_fills_its_space_has_ed_degree_one_without_trust() -> None:
    for spec in ("mlp:2,2,1:x^2", "cnn:3,2:x"):
        manifold = NeuroManifold(spec)
        n = manifold.model.ambient_dimension
        form = [[i + j + 7 * (i == j) for j in range(n)] for i in range(n)]
        for found in (manifold.ed_degree("unit"), manifold.ed_degree("generic"),
                      manifold.ed_degree("data", form)):
            assert found == 1 and found.status == "proved" and found.trust == []
            assert verify(found.certificate).value[1] == 1
        assert sum(manifold.polar_degrees().data) == 1
        assert verify(manifold.polar_degrees().certificate)


# -- certificates ---------------------------------------------------------------------------


@needs_msolve
def test_lower_bounds_are_verified_and_forgeries_rejected() -> None:
    found = NeuroManifold("mlp:2,2,2:x^3", seed=1).ed_degree("unit")
    assert found == 23 and found.status == "numerical"
    proof = found.certificate
    verdict = verify(json.dumps(proof))
    assert verdict.invariant == "ed_degree_at_least" and verdict.value == ["unit", 23]
    assert verdict.trust == ()

    def forged(change) -> dict:
        data = copy.deepcopy(proof)
        change(data)
        return data | {"digest": digest(data)}

    def claim(value):
        return lambda data: data["claim"].__setitem__("value", value)

    def at(field, value):
        return lambda data: data["evidence"].__setitem__(field, value)

    minor = proof["evidence"]["minor"]
    square = [c * 2 % proof["evidence"]["prime"] for c in proof["evidence"]["polynomial"]]
    for change in (claim(["unit", 24]), claim(["bombieri", 23]), claim(["generic", 23]),
                   claim([True, 23]), claim(["unit", 23.0]), at("minor", [minor[0]] * len(minor)),
                   at("weights", [0] * 8), at("polynomial", [0] + proof["evidence"]["polynomial"]),
                   at("polynomial", square[:-1]), at("restriction", []),
                   at("target", [0] * 8), at("coordinates", [[0]] * 6)):
        with pytest.raises(CertificateError):
            verify(forged(change))


@needs_msolve
def test_mutants_of_certificates_prove_what_they_say() -> None:
    manifolds = [NeuroManifold(spec, seed=2) for spec in ("cnn:2s2,2:x", "linear:3,1,3",
                                                          "mlp:3,2,1:x^2", "mlp:2,2,1:x^2")]
    originals = []
    for manifold in manifolds:
        for found in (manifold.polar_degrees(), manifold.ed_degree("generic"),
                      manifold.ed_degree("unit"), manifold.ed_degree("bombieri")):
            verify(found.certificate)
            originals.append(found.certificate)
    for original, _, where, verdict in accepted_mutants(originals, 400, random.Random(3)):
        assert where[0] not in ("status", "trust"), where
        if where[0] == "claim":  # a weaker bound
            assert verdict.invariant == "ed_degree_at_least", where
            assert verdict.value[1] < original["claim"]["value"][1]


# -- likelihood -----------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["parametrization", "lagrange"])
@pytest.mark.parametrize("spec, value", [("linear:3,1,3", 1), ("linear:3,2,3", 10),
                                         ("linear:2,1,4", 1), ("mlp:3,2,1:x^2", 6)])
def test_ml_degrees_of_matrices_of_bounded_rank(spec: str, value: int, method: str) -> None:
    """
    1 for independence, 10 for 3 x 3 matrices of rank 2, and 6 for symmetric ones, whose
    coordinates are a quadratic form's: Hauenstein, Rodriguez, Sturmfels (2014), Theorem 1.1
    and Section 4.
    """
    assert NeuroManifold(spec, method=method).ml_degree() == value


def test_the_hardy_weinberg_curve_has_ml_degree_one() -> None:
    curve = from_expressions(["a^2*x + 2*a*(1-a)*y + (1-a)^2*z"], ["a"], ["x", "y", "z"])
    for method in ("parametrization", "lagrange"):
        assert NeuroManifold(curve, method=method).ml_degree() == 1


# -- engines and wrong input ----------------------------------------------------------------


def test_macaulay2_counts_where_there_is_no_msolve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(msolve, "find_command", lambda: None)
    found = NeuroManifold("mlp:3,2,1:x^2", method="parametrization").ed_degree("unit")
    assert found == 13 and "by Macaulay2" in found.method and found.certificate is None
    with pytest.raises(Exception, match="msolve was not found"):
        msolve.points(nmod_mpoly_ctx.get(["x"], 101, Ordering.degrevlex).gens(), ["x"], 101)


def test_scripts_name_what_they_compute() -> None:
    manifold = NeuroManifold("mlp:3,2,1:x^2", metric="unit")
    script = manifold.script("ed_degree")
    assert "critical points of the distance (unit)" in script and "valuesOnPoints" in script
    assert "critical points of the likelihood" in manifold.script("ml_degree")
    assert "polarDegrees" in manifold.script("polar_degrees")


@pytest.mark.parametrize("ask, message", [
    (lambda: NeuroManifold("linear:2,1,2").ed_degree("frobenius"), "There is no metric"),
    (lambda: NeuroManifold("linear:2,1,2").ed_degree("data"), "needs gram, the matrix"),
    (lambda: NeuroManifold("linear:2,1,2").ed_degree("unit", [[1]]), "no other metric takes one"),
    (lambda: NeuroManifold("linear:2,1,2").ed_degree("data", [[1, 2], [2, 1]]), "has 2 rows"),
    (lambda: NeuroManifold("linear:2,1,2").ed_degree("data", [[0.5]]), "rational numbers"),
    (lambda: NeuroManifold("linear:2,1,2").ed_degree("data", [["nan"] * 4] * 4),
     "not a finite number"),
    (lambda: NeuroManifold("linear:2,1,2").ed_degree("data", [[0.1] * 4] * 4), "floating-point"),
    (lambda: NeuroManifold("linear:2,1,2").ed_degree("data", [["x"] * 4] * 4), "rational"),
    (lambda: NeuroManifold("linear:1,1,2").ed_degree("data", [[1, 2], [3, 1]]), "differ"),
    (lambda: NeuroManifold("linear:1,1,2").ed_degree("data", [[0, 0], [0, 0]]), "not zero"),
    (lambda: NeuroManifold("linear:2,1,2", metric="euclid"), "There is no metric"),
    (lambda: NeuroManifold("linear:2,1,2", method="theorem").ideal(), "for critical points"),
    (lambda: NeuroManifold("cnn:2,2:x^2").ml_degree(), "z_2 is zero on M"),
    (lambda: NeuroManifold(from_expressions(["a*x + (a^2+1)*y"], ["a"], ["x", "y"])).ml_degree(),
     "cone"),
    (lambda: NeuroManifold("cnn:2s2,2:x", method="theorem").ed_degree("unit"), "No theorem"),
    (lambda: NeuroManifold("cnn:2s2,2:x", method="conormal").ed_degree("unit"), "generic metric"),
    (lambda: NeuroManifold("linear:2,1,2", method="theorem").ml_degree(), "does not apply"),
])
def test_wrong_input_gets_one_sentence(ask, message: str) -> None:
    with pytest.raises(InputError, match=message) as problem:
        ask()
    assert "\n" not in str(problem.value)


def test_a_quadratic_form_is_not_ignored() -> None:
    M = NeuroManifold("mlp:2,1,1:x^2")
    with pytest.raises(InputError, match="no other metric takes one"):
        M.ed_degree(gram=[[1, 0, 0], [0, "1/2", 0], [0, 0, 1]])
    assert M.ed_degree("data", [[1, 0, 0], [0, "1/2", 0], [0, 0, 1]]) == M.ed_degree("bombieri")
    same = NeuroManifold("mlp:2,1,1:x^2", metric="bombieri")
    assert same.ed_degree() == 2 and M.ed_degree() == 4


@needs_msolve
@pytest.mark.parametrize("spec, number", [("linear:2,1,3", 1), ("mlp:2,1,1:x^2", 1),
                                          ("cnn:2,2:x", None)])
def test_an_ml_degree_has_a_certificate_that_it_is_not_less(spec: str, number: int | None) -> None:
    found = NeuroManifold(spec, seed=1, method="parametrization").ml_degree()
    certificate = found.certificate
    assert certificate is not None and found.status == "numerical"
    assert number in (None, found.data)
    verdict = verify(certificate)
    assert (verdict.invariant, verdict.value) == ("ml_degree_at_least", found.data)
    generator = random.Random(1)
    for _, data, _, verdict in accepted_mutants([certificate], 60, generator):
        assert verdict.value <= found.data or data["model"] != certificate["model"]
    for change in ("target", "coordinates", "minor"):
        bad = copy.deepcopy(certificate)
        part = bad["evidence"][change]
        if change == "coordinates":
            part[0] = [*part[0][:-1], part[0][-1] + 1] if part[0] else [1]
        elif change == "target":
            part[0] += 1
        else:
            bad["evidence"][change] = [part[0]] * len(part)
        bad["digest"] = digest(bad)
        with pytest.raises(CertificateError):
            verify(bad)


def test_a_determinant_that_needs_too_many_products_is_not_expanded() -> None:
    """All of the time, and gigabytes, went into a minor of 24 rows."""
    with pytest.raises(LimitReached, match="^A determinant of 24 rows.* products of terms"):
        NeuroManifold("mlp:4,4,3:x^2", seed=1, method="parametrization").ed_degree("unit")
