"""
Each lemma of the checker on which a proof of critical points rests, with a hypothesis broken.

A claim that would follow without the hypothesis is refused, or what decides it says no.
"""

from __future__ import annotations

import copy
from fractions import Fraction

import pytest
from flint import arb, fmpq, fmpq_mat, fmpq_poly
from test_training import generic, problem

from neuroalg_sage.certificates.boxes import has_independent_rows, has_one_zero, is_positive
from neuroalg_sage.certificates.certificate import certificate, encode_polynomial
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.model import Model as RebuiltModel
from neuroalg_sage.certificates.reading import polynomial_ring
from neuroalg_sage.certificates.training.bounded_rank import linear_network_counts
from neuroalg_sage.certificates.training.charts import Chart
from neuroalg_sage.certificates.training.critical_points import find
from neuroalg_sage.certificates.training.elimination import (
    Elimination,
    generated_dimension,
    number_of_functions,
)
from neuroalg_sage.certificates.training.strata import cover
from neuroalg_sage.invariants.training.training import ERM, TrainingProblem, population
from neuroalg_sage.models.sources import load_model

ALL = {"attained": True, "at": [0], "unique": True}


def ball(middle: float, radius: float) -> arb:
    return arb(middle, radius)


def refused(original: dict, change, match: str = "") -> None:
    """Change the claim and the evidence of a certificate; all else is made anew."""
    value, evidence = copy.deepcopy((original["claim"]["value"], original["evidence"]))
    assert verify(original).status == "proved"
    change(value[1], evidence)
    assert (value, evidence) != (original["claim"]["value"], original["evidence"])
    with pytest.raises(CertificateError, match=match):
        verify(certificate(original["model"], "critical_points", value, "proved",
                           original["trust"], evidence, {}))


def unit_metric(spec: str, target: list) -> TrainingProblem:
    return TrainingProblem(load_model(spec), {(i, i): Fraction(1) for i in range(len(target))},
                           tuple(map(Fraction, target)), Fraction(10**4))


# -- zeros in boxes ------------------------------------------------------------------------


def test_krawczyk() -> None:
    x, y = polynomial_ring(2).gens()
    root = ball(2**0.5, 0.01)
    assert has_one_zero([x**2 - 2], [0], [root, arb(0)])
    assert has_one_zero([x**2 - y - 1, y - 1], [0, 1], [root, ball(1, 0.01)])
    for system, box in (([x**2], [ball(0, 0.01), arb(0)]),  # a double zero
                        ([x**2 - 2], [ball(0, 2), arb(0)]),  # two zeros
                        ([x**2 - 2], [ball(1.5, 0.01), arb(0)]),  # none
                        ([x**2 + 1], [ball(0.5, 0.4), arb(0)]),
                        ([x - 1], [arb(1), arb(0)])):  # a point has no interior
        assert not has_one_zero(system, [0], box)
    with pytest.raises(CertificateError, match="not exact"):  # it would move the zero
        has_one_zero([x**2 - y], [0], [root, ball(2, 0.5)])
    with pytest.raises(CertificateError, match="as many"):
        has_one_zero([x**2 - 2, y], [0], [root, arb(0)])


def test_independent_rows_and_positive_forms() -> None:
    one, other = [arb(1), arb(2)], [arb(2), arb(4)]
    assert not has_independent_rows([one, other], 2)
    assert has_independent_rows([one, other, [arb(0), arb(1)]], 2)
    assert not has_independent_rows([[ball(1, 0.1), arb(0)], [ball(1, 0.1), ball(0, 0.1)]], 2)
    assert not has_independent_rows([one], 2)
    for entries, definite, positive in (([1, 0, 0, 1], True, True), ([1, 1, 1, 1], False, True),
                                        ([0, 1, 1, 0], False, False), ([1, 0, 0, -1], False, False),
                                        ([0, 0, 0, -1], False, False), ([0] * 4, False, True)):
        matrix = fmpq_mat(2, 2, entries)
        assert (is_positive(matrix, True), is_positive(matrix, False)) == (definite, positive)


# -- pure and spurious ---------------------------------------------------------------------


def test_a_smooth_point_needs_all_four_hypotheses() -> None:
    original = problem("cnn:2,2:x^2", 10).critical_points(seed=1).certificate
    value, evidence = original["claim"]["value"][1], original["evidence"]
    assert [p["kind"] for p in value["points"]].count("pure") == len(evidence["boxes"])

    # (3) Equations that do not vanish on M, and (4) too few of them.
    def other_equation(value, evidence):
        evidence["equations"][0] = encode_polynomial({(1, 0, 0, 0, 0, 0): Fraction(1)})

    def fewer(value, evidence):
        evidence["equations"].pop()

    refused(original, other_equation, "does not vanish on M")
    refused(original, fewer, "not as claimed")
    # The same equation again adds no rank.
    refused(original, lambda value, evidence: evidence.update(
        equations=[evidence["equations"][0]] * len(evidence["equations"])), "not as claimed")

    # (1) A function of a lower stratum, and (4) one where M crosses itself.
    def called_pure(place):
        def change(value, evidence):
            value["points"][place]["kind"] = "pure"
        return change

    zero = next(i for i, p in enumerate(value["points"]) if p["stratum"])
    refused(original, called_pure(zero), "not as claimed")
    crossing = unit_metric("cnn:2,2:x^2", [0, Fraction(1, 8), 0, 1, 0, 0]).critical_points(seed=1)
    kinds = [p["kind"] for p in crossing.value["points"]]
    refused(crossing.certificate, called_pure(kinds.index("unclear")), "not as claimed")


def test_where_a_chart_is_no_immersion_nothing_is_pure() -> None:
    """(2) The square of a linear form, as a product of two filters that come together."""
    found = unit_metric("cnn:2,2:x", [1, 2, 3]).critical_points(seed=1)
    folds = [i for i, p in enumerate(found.value["points"])
             if p["kind"] == "spurious" and p["stratum"] == 0]
    assert folds
    for i in folds:
        refused(found.certificate, lambda value, evidence, i=i: value["points"][i].update(
            kind="pure"), "not as claimed")


def test_spurious_needs_a_slope() -> None:
    """A function that is critical on V, one that is pure on M, and one that is not decided."""
    for given in (ERM("mlp:2,1,1:x^2", [[1, 0, 0], [0, 1, 0], [1, 1, 0]]),
                  population("cnn:2,1:x:out=2", [0, 0, 1, 0, 0, 0]), generic("mlp:2,1,1:x^3", 1)):
        found = given.critical_points(seed=1)
        for i, point in enumerate(found.value["points"]):
            if point["kind"] != "spurious":
                refused(found.certificate, lambda value, evidence, i=i: value["points"][i].update(
                    kind="spurious"), "not as claimed")


# -- how many ------------------------------------------------------------------------------


def test_the_algebra_of_the_functions() -> None:
    t = fmpq_poly([0, 1])
    q = t**3 - t
    for generators, dimension in (([t], 3), ([t**2], 2), ([fmpq_poly([5])], 1), ([], 1),
                                  ([t**2, t**2 + t], 3)):
        assert generated_dimension([g % q for g in generators], q) == dimension


def test_functions_are_compared_along_one_curve_in_which_they_are_linear() -> None:
    ring = polynomial_ring(2)
    t, b = ring.gens()
    u = fmpq_poly([0, 1])
    found = Elimination(fmpq_poly([1]), [u * u + 1], u**3 - u, True)
    chart = Chart("", 0, ring, 1, [b, t * t * b])
    # b = t^2 + 1 at the roots 0, 1, -1 of q: (1, 0), and (2, 2) twice.
    assert number_of_functions([(chart, found)], set()) == 2
    assert number_of_functions([(chart, found)], {(fmpq(2), fmpq(2)), (fmpq(0), fmpq(0))}) == 3
    assert number_of_functions([], {(fmpq(2),)}) == 1
    assert number_of_functions([(chart, found)] * 2, set()) is None
    with pytest.raises(CertificateError, match="not linear"):
        number_of_functions([(Chart("", 0, ring, 1, [b * b]), found)], set())


@pytest.mark.parametrize("form, target", [
    ([[1, 0], [0, -1]], [1, 2, 3, 5]), ([[1, 0], [0, 0]], [1, 2, 3, 5]),  # not definite
    ([[1, 0], [0, 1]], [1, 0, 0, 1]),  # equal singular values
    ([[1, 0], [0, 1]], [1, 2, 2, 4])])  # a singular value is zero
def test_linear_networks_have_so_many_critical_points_only_in_general(form, target) -> None:
    def counts(form, target):
        matrix = fmpq_mat(4, 4)
        for i in range(2):
            for j in range(2):
                matrix[i, j] = matrix[2 + i, 2 + j] = form[i][j]
        return matrix, linear_network_counts(matrix, list(map(fmpq, target)), 2, 2)

    matrix, number = counts([[2, 1], [1, 2]], [1, 2, 3, 5])
    assert number == [1, 2, 1]
    matrix[0, 3] = matrix[3, 0] = fmpq(1, 9)  # the two outputs are not apart
    assert linear_network_counts(matrix, list(map(fmpq, [1, 2, 3, 5])), 2, 2) is None
    assert counts(form, target)[1] is None


def test_a_list_is_not_called_complete_without_a_reason() -> None:
    for given in (population("linear:2,2,2", [1, 0, 0, 1]),  # equal singular values
                  ERM("cnn:2,2:x^2", [[1, 2, 1, 3], [0, 1, 2, -1]]),  # infinitely many
                  ERM("mlp:2,1,1:x^2", [[1, 2, 3]])):
        found = given.critical_points(seed=1)
        assert not found.value["complete"]
        refused(found.certificate, lambda value, evidence: value.update(complete=True),
                "not as claimed")
    found = generic("mlp:2,1,2:x^2", 3).critical_points()
    for number in (found.value["complex"] + 1, found.value["complex"] - 1, None):
        refused(found.certificate, lambda value, evidence, number=number: value.update(
            complex=number), "not as claimed")


# -- the minimum ---------------------------------------------------------------------------


def test_a_minimum_needs_its_hypotheses() -> None:
    def claimed(value, evidence):
        value["minimum"] = dict(ALL)

    # Convexity (1): the form is indefinite.  (2): no function of M is critical on V, and there may
    # be others.
    given = problem("mlp:2,1,2:x^2", 12, 3)
    negative = TrainingProblem(given.model, {k: -c for k, c in given.quadratic.items()},
                               given.linear, given.constant)
    refused(negative.critical_points().certificate, claimed, "not as claimed")
    # Attainment (1): sums of two cubes are not closed.
    cubes = problem("mlp:2,2,1:x^3", 12, 1).critical_points(seed=1)
    if cubes.value["minimum"]["attained"] is None:
        refused(cubes.certificate, claimed, "not as claimed")
    # No minimum (2): the witness is needed.
    denied = population("mlp:2,2,1:x^3", [2, 1, -3, -1]).critical_points(seed=1).certificate
    refused(denied, lambda value, evidence: evidence.pop("witness"), "not as claimed")
    refused(denied, claimed, "not as claimed")
    # Least critical value (2): a box is left out.
    original = given.critical_points().certificate

    def without_a_box(value, evidence):
        evidence["boxes"].pop(0)
        value["complete"], value["complex"] = False, None

    refused(original, without_a_box, "not as claimed")
    # Uniqueness: of two functions that fit the data.
    few = ERM("mlp:2,2,1:x^2", [[1, 0, 1], [0, 1, 2]]).critical_points().certificate
    refused(few, lambda value, evidence: value["minimum"].update(unique=True), "not as claimed")


def test_a_fit_is_critical_on_all_of_v() -> None:
    original = ERM("cnn:2,3:x^2", [[1, 2, 1, 3, 4], [0, 1, 2, -1, 2]]).critical_points(
        seed=1).certificate
    place = next(i for i, (_, _, radii) in enumerate(original["evidence"]["boxes"])
                 if "0" in radii and set(radii) != {"0"})

    def at(change):
        return lambda value, evidence: change(evidence["boxes"][place])

    def moved(box):
        box[1] = [str(Fraction(c) + 1) for c in box[1]]

    def another_is_fixed(box):
        fixed = box[2].index("0")
        box[2][fixed - 1], box[2][fixed] = "0", "0"

    def none_is_fixed(box):
        box[2] = [r if r != "0" else max(box[2], key=Fraction) for r in box[2]]

    for change in (moved, another_is_fixed, none_is_fixed):
        refused(original, at(change), "critical on V|Krawczyk")
    # On V there may be no critical function at all: Q z = b has no solution.
    value, evidence = original["claim"]["value"], original["evidence"]
    data = copy.deepcopy(value[0])
    data["linear"] = [str(i * i + 1) for i in range(len(data["linear"]))]
    with pytest.raises(CertificateError, match="critical on V|Krawczyk|not critical"):
        verify(certificate(original["model"], "critical_points", [data, value[1]], "proved", [],
                           {**evidence, "boxes": [evidence["boxes"][place]]}, {}))


def test_in_a_chart_as_large_as_v_a_fit_is_one_as_well() -> None:
    """A regular point of a chart of dimension dim V, in a box with a fixed variable, is none."""
    rows = [[1, 0, 1], [0, 1, 2], [1, 1, -1], [2, 1, 0], [1, -1, 3]]
    given = ERM("mlp:2,2,1:x^3", rows)
    model, data = RebuiltModel(given.model.describe()), given.describe()
    small = "1/1000000000000000000"
    for radii in (["0", small, small, small], [small, small, small, "0"], ["0", "0", "0", small]):
        evidence = {"precision": 192, "digits": 15, "boxes": [[0, ["1", "3", "2", "5"], radii]]}
        with pytest.raises(CertificateError, match="critical on V"):
            find(model, data, evidence)


def test_a_fit_is_critical_in_every_chart_of_it() -> None:
    """The loss has no slope in the directions that leave the cell, at an irrational point too."""
    point = [[-2, -1, 1], [2, -1, -1], [0, 0, 0]]
    values = [(-1, 2, 1), (-2, 3, 0), (-2,)]
    rows = [[*x, y] for x, ys in zip(point, values) for y in ys]
    found = ERM("mlp:3,1,1:x^2", rows).critical_points(seed=1)
    assert verify(found.certificate).status == "proved"
    # A square is 2/3 and 1/3, the means, at the first two inputs; it is 0 at the last.
    least = sum((Fraction(y) - mean) ** 2 for ys, mean in zip(
        values, (Fraction(2, 3), Fraction(1, 3), 0)) for y in ys) / 7
    minimum = found.value["minimum"]
    assert minimum["attained"] and not minimum["unique"]
    for i in minimum["at"]:
        low, high = map(Fraction, found.value["points"][i]["loss"])
        assert low <= least <= high


# -- strata --------------------------------------------------------------------------------


@pytest.mark.parametrize("spec, says", [
    ("mlp:2,2,1:x^2:bias", "bias"), ("mlp:2,2,1:x^2+x", "powers"),
    ("cnn:2c2,2:x^2", "single filters"), ("attention:d=2,a=1,out=1,t=1", "dense layers")])
def test_strata_of_other_layers_are_refused(spec: str, says: str) -> None:
    with pytest.raises(CertificateError, match=says):
        cover(RebuiltModel(load_model(spec).describe()))


def test_a_certificate_of_another_model_is_refused() -> None:
    original = problem("mlp:2,1,1:x^2", 12, 3).critical_points().certificate
    for spec in ("mlp:2,1,1:x^2:bias", "mlp:2,1,1:x^2+x", "mlp:2,2,1:x^2"):
        with pytest.raises(CertificateError):
            verify(certificate(load_model(spec).describe(), "critical_points",
                               original["claim"]["value"], "proved", [], original["evidence"], {}))
