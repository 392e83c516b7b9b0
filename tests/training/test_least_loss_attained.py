"""Proofs that the least loss is attained: against singular values, all critical points, lies."""

from __future__ import annotations

import copy
import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from mutants import accepted_mutants
from test_loss_bounds import problem, several_minima

from neuroalg_sage import ERM
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.models.sources import from_expressions

ONLY = {"attained": True, "unique": True}


def matrix_problem(matrix: Any, rank: int) -> Any:
    """Data on the unit vectors: the loss is the squared distance to a matrix, over the rows."""
    b, a = matrix.shape
    rows = [[*(int(i == j) for j in range(a)), *map(int, matrix[:, i])] for i in range(a)]
    return ERM(f"linear:{a},{rank},{b}", rows)


@pytest.mark.parametrize("shape", [(2, 2), (3, 2)])
def test_the_best_matrix_of_a_rank(shape: tuple[int, int]) -> None:
    """Eckart, Young (1936)."""
    matrix = np.random.default_rng(5).integers(-5, 6, shape)
    found = matrix_problem(matrix, 1).loss_bounds(seed=1)
    u, s, v = np.linalg.svd(matrix)
    least = float((s[1:] ** 2).sum()) / matrix.shape[1]
    assert float(found.data["lower"]) <= least * (1 + 1e-13)
    assert float(found.data["upper"]) >= least * (1 - 1e-13)
    assert found.gap < 1e-13
    assert (found.status, found.trust, found.attained) == ("proved", [], True)
    assert found.data["unique"] and "at one function and no other" in found.sentence()
    w = np.array([float(x) for x in found.data["parameters"]])
    a = matrix.shape[1]
    assert np.allclose(np.outer(w[a:], w[:a]), s[0] * np.outer(u[:, 0], v[0]))
    assert verify(found.certificate)


@pytest.mark.parametrize("spec, rows, seed", [
    ("mlp:2,1,1:x^2", 9, 3), ("cnn:2,2:x^2", 9, 3), ("mlp:2,1,2:x^2", 9, 3),
    ("mlp:2,1,1:x^3", 9, 4), ("linear:2,1,2", 9, 5), ("cnn:2,2:x^3", 12, 2)])
def test_it_is_the_least_of_all_critical_points(spec: str, rows: int, seed: int) -> None:
    given = problem(spec, rows, seed)
    points = given.critical_points(seed=1).data
    assert points["minimum"]["attained"] and points["minimum"]["unique"]
    low, high = map(Fraction, points["points"][points["minimum"]["at"][0]]["loss"])
    found = given.loss_bounds(seed=1)
    assert found.data["unique"] and found.status == "proved"
    assert found.data["lower"] <= high and low <= found.data["upper"]
    assert float(high - low + found.data["upper"] - found.data["lower"]) < 1e-12 * float(high)


def test_a_function_that_is_critical_on_the_space() -> None:
    """The factor a^2 = 2 of an exact fit is at no rational parameter; a^2 = -2 is at none."""
    line = from_expressions(["a^2*x"], ["a"], ["x"])
    found = ERM(line, [[1, 2], [2, 4]]).loss_bounds(seed=1)
    assert (found.data["lower"], found.data["upper"], found.status) == (0, 0, "proved")
    assert abs(abs(float(found.data["parameters"][0])) - 2**0.5) < 1e-15
    assert "fit" in found.evidence and verify(found.certificate)
    assert found.plain_value()["attained"] is True
    below = ERM(line, [[1, -2], [2, -4]]).loss_bounds(0, seed=1)
    assert (below.status, below.attained, below.data["lower"]) == ("bounds", None, 0)
    # Noise that no function of M meets: the mean of squares of what is left.
    noisy = ERM(line, [[1, 3], [1, 1]]).loss_bounds(seed=1)
    assert (noisy.data["lower"], noisy.data["upper"]) == (1, 1)


def test_several_functions_of_least_loss() -> None:
    found = several_minima().loss_bounds(seed=1)
    assert not found.data["unique"]
    assert found.data["lower"] <= Fraction(1, 2) <= found.data["upper"]


def test_descents_that_agree_on_a_local_minimum() -> None:
    """Most end at 4.6118; the bound is lower, so that more are made, and one ends at 4.6015."""
    found = problem("mlp:2,1,1:x^4", 9, 28).loss_bounds(seed=1)
    assert found.status == "proved" and 4.6015 < float(found.data["upper"]) < 4.6016


def restated(certificate: Any, change: Any) -> dict[str, Any]:
    data: dict[str, Any] = copy.deepcopy(certificate)
    change(data)
    data["digest"] = digest(data)
    return data


def refused(certificate: Any, change: Any, match: str | None = None) -> None:
    with pytest.raises(CertificateError, match=match):
        verify(restated(certificate, change))


@pytest.fixture(scope="module")
def only() -> dict[str, Any]:
    matrix = np.array([[3, 1], [0, 2]])
    found: dict[str, Any] = matrix_problem(matrix, 1).loss_bounds(seed=1).certificate
    assert found["claim"]["value"][3] == ONLY
    return found


def test_another_critical_point_is_refused(only: dict[str, Any]) -> None:
    """The saddle of the second singular value, in a box of its own."""
    u, s, v = np.linalg.svd([[3, 1], [0, 2]])
    minimum = only["evidence"]["minimum"]
    box = minimum["box"]
    fixed = [i for i, r in enumerate(box["radii"]) if r == "0"]
    (place,) = fixed
    w = [float(Fraction(c)) for c in box["center"]]
    saddle = [*v[1], *(s[1] * u[:, 1])]
    factor = w[place] / saddle[place]
    saddle = [x * factor if i < 2 else x / factor for i, x in enumerate(saddle)] if place < 2 else [
        x / factor if i < 2 else x * factor for i, x in enumerate(saddle)]
    small = Fraction(1, 2**40)

    def change(data: dict[str, Any]) -> None:
        data["evidence"]["minimum"]["box"] = {
            "center": [str(Fraction(x)) if i != place else box["center"][i]
                       for i, x in enumerate(saddle)],
            "radii": ["0" if i == place else str(small) for i in range(4)]}
        data["claim"]["value"][1:3] = ["0", "10"]

    refused(only, change, "not below the ceiling")


@pytest.mark.parametrize("field, value, match", [
    ("weights", ["1000"] * 4, "not vanish"), ("weights", ["1", "1", "1", "-1"], "not positive"),
    ("weights", ["1"], "length 4"),
    ("floor", "100", "over the ceiling"), ("floor", "0", "not vanish"),
    ("augmentation", "-5", "one minimum only"),
    ("equations", [], "not as many"), ("equations", [[["1", [0, 1]]]], "does not vanish"),
    ("equations", [[]], "independent"), ("center", ["0"] * 4, "not vanish")])
def test_evidence_that_proves_less(only: dict[str, Any], field: str, value: Any, match: str
                                   ) -> None:
    def change(data: dict[str, Any]) -> None:
        data["evidence"]["minimum"][field] = value

    refused(only, change, match)


def test_claims_that_say_more_or_less(only: dict[str, Any]) -> None:
    for more in ([], [{"attained": True, "unique": False}], [{"attained": 1, "unique": 1}],
                 [ONLY, ONLY], [{"attained": True}]):
        refused(only, lambda data, more=more: data["claim"].update(
            value=data["claim"]["value"][:3] + more), "does not say")
    refused(only, lambda data: data.update(status="bounds"), "proved where it is attained")
    low, high = map(Fraction, only["claim"]["value"][1:3])
    for bounds in ([str(high), str(high + 1)], [str(low - 1), str(low)]):
        refused(only, lambda data, bounds=bounds: data["claim"]["value"].__setitem__(
            slice(1, 3), bounds), "not between the bounds")
    plain = problem("mlp:2,1,1:x^2", 6, 2).loss_bounds(0, seed=1).certificate
    refused(plain, lambda data: data["claim"]["value"].append(ONLY), "does not say")


def test_a_box_without_a_fit_is_refused() -> None:
    line = from_expressions(["a^2*x"], ["a"], ["x"])
    good = ERM(line, [[1, 2], [2, 4]]).loss_bounds(seed=1).certificate
    for box in ({"center": ["3"], "radii": ["1/100"]}, {"center": ["0"], "radii": ["2"]},
                {"center": ["3/2"], "radii": ["0"]}, {"center": ["3/2"], "radii": ["-1"]}):
        refused(good, lambda data, box=box: data["evidence"].update(fit=box))
    # The same box proves nothing of a target that no parameters reach.
    refused(good, lambda data: data["claim"]["value"][0].update(linear=["-5"]))


def test_no_random_change_is_believed(only: dict[str, Any]) -> None:
    """What is accepted claims the same, or bounds that are wider."""
    _, low, high, _ = only["claim"]["value"]
    for _, data, _, _ in accepted_mutants([only], 250, random.Random(6)):
        loss, lower, upper, unique = data["claim"]["value"]
        assert loss == only["claim"]["value"][0] and unique == ONLY
        assert Fraction(lower) <= Fraction(high) and Fraction(low) <= Fraction(upper)
