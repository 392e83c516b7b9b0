"""
Fans and stationary points on data: against counts by hand, and brute force in the space of all
parameters.
"""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from claims import changed, changed_at

from neuroalg_sage import InputError, PiecewiseLinearArchitecture, verify
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.cli import main

XOR = [[1, 1, 0], [-1, -1, 0], [1, -1, 1], [-1, 1, 1]]
CORNERS = [[0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1]]

# -- by hand -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("inputs", "points", "bias"), [
    (1, 4, True), (2, 5, False), (2, 6, True), (3, 6, True), (4, 7, False), (5, 7, True)])
def test_linear_thresholds_make_as_many_dichotomies_as_cover_says(
        inputs: int, points: int, bias: bool) -> None:
    # Points on the moment curve are in general position.
    data = [[*(t ** (k + (not bias)) for k in range(1, inputs + 1)), t % 2]
            for t in range(1, points + 1)]
    found = PiecewiseLinearArchitecture(f"relu:{inputs},1" + ":bias" * bias
                                        ).classification_fan(data)
    dimension = inputs + bias
    assert found.dichotomies == found.value == 2 * sum(
        comb(points - 1, i) for i in range(dimension))
    verify(found.certificate)


def test_points_on_a_line_with_alternating_classes() -> None:
    """Thresholds are on a circle: each of 2 m sectors has a loss, and arcs are counted."""
    for m in range(2, 9):
        found = PiecewiseLinearArchitecture("relu:1,1:bias").classification_fan(
            [[t, t % 2] for t in range(m)])
        made = [[s] * k + [-s] * (m - k) for s in (1, -1) for k in range(m)]
        losses = [sum((s > 0) != t % 2 for t, s in enumerate(signs)) for signs in made]
        # From one sector to the next one point changes its side, and is an error between them.
        walls = [max(a, b) for a, b in zip(losses, [*losses[1:], losses[0]])]
        arcs = {bound: max(1, sum(loss <= bound for loss in losses)
                           - sum(wall <= bound for wall in walls))
                for bound in range(min(losses), m + 1)}
        assert found.minimal_loss == min(losses) and found.components == arcs


def test_exclusive_or() -> None:
    """
    Two units without biases classify the corners of a square: absolute values do, in 8 components,
    one for each choice of which unit is positive, and of the signs of its product with (1, 1) and
    of that of the other with (1, -1); two ReLUs have two errors.
    """
    found = PiecewiseLinearArchitecture("abs:2,2,1").classification_fan(XOR)
    assert (found.minimal_loss, found.components[0]) == (0, 8)
    assert PiecewiseLinearArchitecture("relu:2,2,1").classification_fan(XOR).minimal_loss == 2
    assert PiecewiseLinearArchitecture("relu:2,1:bias").classification_fan(
        CORNERS).minimal_loss == 1
    # As a function: |x - y| / 2, and (x - y)_+ / 2 + (y - x)_+ / 2 have no error.
    for spec in ("abs:2,2,1", "abs:2,1,1", "relu:2,2,1"):
        assert PiecewiseLinearArchitecture(spec).stationary_points(XOR).value == 0
    # An affine function is the mean at best.
    assert PiecewiseLinearArchitecture("relu:2,1:bias").stationary_points(CORNERS).value == 1


def test_one_unit_at_two_points() -> None:
    """Of (u)_+: the least squares at u = 3/5; dead for u < 0, and at u = 0 it can be improved."""
    found = PiecewiseLinearArchitecture("relu:1,1,1").stationary_points([[1, 1], [2, 1]])
    assert [(f["signs"], f["error"], f["dimension"], f["local_minima"], f["local_maxima"],
             f["saddles"]) for f in found.families] == [
        ([1], "1/5", 0, 1, 0, 0), ([-1], "2", 1, 2, 0, 0), ([1], "2", 1, 1, 1, 0)]
    assert found.families[0]["outputs"] == ["3/5", "6/5"]


def test_an_affine_function_has_one_family_of_minima() -> None:
    found = PiecewiseLinearArchitecture("relu:2,1:bias").stationary_points(
        [[0, 0, 1], [1, 1, 2], [2, 2, 4]])
    (family,) = found.families
    # Least squares of 1, 2, 4 at 0, 1, 2; only the sum of the weights matters.
    assert (found.value, family["dimension"], family["local_minima"]) == (Fraction(1, 6), 1, 1)


# -- brute force in the space of all parameters ---------------------------------------------------

ACTIVATIONS = {"relu": lambda z: np.maximum(z, 0), "abs": np.abs,
               "leaky_relu": lambda z: np.where(z > 0, z, z / 2)}


def components_on_a_grid(family: str, units: int, data: list[list[int]], size: int,
                         bias: bool = False) -> dict[int, int]:
    """
    By the loss, the components of the integer parameters v, w, b, c of at most this loss.

    Neighbors differ by 1 in one parameter; the inputs are such that a unit vanishes at whole
    numbers only, so that between them the outputs are linear, and what has one sign at both has it
    between them.  Others make outputs that are twice as large; from these on the grid is finer.
    """
    inputs = len(data[0]) - 1
    count = units * (inputs + 1) + (units + 1) * bias
    axis = np.arange(-size, size + 1)
    grid = np.meshgrid(*[axis] * count, indexing="ij")
    v, w = grid[:units], grid[units:units * (inputs + 1)]
    b, c = (grid[-units - 1:-1], grid[-1]) if bias else ([0] * units, 0)
    right = []
    for *x, label in data:
        output = sum((v[j] * ACTIVATIONS[family](
            sum(a * w[j * inputs + i] for i, a in enumerate(x)) + b[j]) for j in range(units)), c)
        right.append(output > 0 if label else output < 0)
    losses = np.sum([~one for one in right], axis=0)
    between = []  # the loss from which on neighbors are joined
    for k in range(count):
        low, high = ([slice(None)] * k + [part] for part in (slice(None, -1), slice(1, None)))
        between.append(np.sum([~(one[tuple(low)] & one[tuple(high)]) for one in right], axis=0))
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    number = np.arange(losses.size).reshape(losses.shape)
    found = {}
    for bound in range(int(losses.min()), len(data)):
        first, second = [], []
        for k, wall in enumerate(between):
            low, high = ([slice(None)] * k + [part] for part in (slice(None, -1), slice(1, None)))
            first.append(number[tuple(low)][wall <= bound])
            second.append(number[tuple(high)][wall <= bound])
        # Twice as large v, or w and b, and c, make twice as large outputs.
        for same in (range(units), range(units, count - bias)):
            half, double = (np.ix_(*[range(2 * size + 1) if k in same else part
                                     for k in range(count)]) for part in (
                range(size - size // 2, size + size // 2 + 1), range(size % 2, 2 * size + 1, 2)))
            inside = losses[half] <= bound
            first.append(number[half][inside])
            second.append(number[double][inside])
        i, j = np.concatenate(first), np.concatenate(second)
        _, labels = connected_components(coo_matrix((np.ones(len(i)), (i, j)),
                                                    (losses.size,) * 2), directed=False)
        found[bound] = len(np.unique(labels[(losses <= bound).ravel()]))
    return found


@pytest.mark.parametrize("seed", range(24))
def test_components_are_those_of_all_parameters(seed: int) -> None:
    generator = random.Random(seed)
    family = generator.choice(["relu", "relu", "abs", "leaky_relu"])
    units, inputs, size = generator.choice([(1, 1, 6), (1, 2, 6), (2, 1, 5), (2, 1, 5)])
    bias = (units, inputs) == (1, 1)
    entries = [-1, 0, 1] if inputs > 1 or bias else [-2, -1, 0, 1, 2]
    data = [[generator.choice(entries) for _ in range(inputs)] + [k % 2]
            for k in range(generator.randint(2, 5))]
    options = ":slope=1/2" * (family == "leaky_relu") + ":bias" * bias
    found = PiecewiseLinearArchitecture(f"{family}:{inputs},{units},1{options}"
                                        ).classification_fan(data)
    expected = components_on_a_grid(family, units, data, size, bias)
    assert {k: n for k, n in found.components.items() if k < len(data)} == expected
    verify(found.certificate)


@pytest.mark.parametrize(("spec", "m"), [
    ("relu:1,2,1:bias", 4), ("relu:1,2,1:bias", 5), ("abs:1,1,1:bias", 5), ("relu:2,2,1", 4),
    ("leaky_relu:2,1,1:bias:slope=1/2", 5), ("maxout:1,1,1:bias", 4), ("maxout:2,1,1", 4)])
def test_dichotomies_are_those_of_random_parameters(spec: str, m: int) -> None:
    family, widths, *options = spec.split(":")
    inputs, units, _ = map(int, widths.split(","))
    bias, pieces = "bias" in options, 2 if family == "maxout" else 1
    generator = np.random.default_rng(m)
    points = generator.integers(-5, 6, size=(m, inputs))
    points[:, 0] = generator.permutation(11)[:m] - 5
    labels = np.arange(m) % 2
    found = PiecewiseLinearArchitecture(spec).classification_fan(
        np.column_stack([points, labels]).tolist())
    samples = 200_000
    v = generator.choice([-1, 1], size=(samples, units))
    w = generator.normal(size=(samples, units, pieces, inputs))
    b = generator.normal(size=(samples, units, pieces, 1)) * 3 * bias
    c = generator.normal(size=(samples, 1)) * 3 * bias
    z = np.einsum("sjqi,mi->sjqm", w, points) + b
    hidden = z.max(axis=2) if pieces > 1 else ACTIVATIONS[family](z[:, :, 0])
    outputs = np.einsum("sj,sjm->sm", v, hidden) + c
    right = outputs[(outputs != 0).all(axis=1)] > 0
    assert found.dichotomies == len(np.unique(right, axis=0))
    signs = np.where(labels == 1, 1, -1)
    assert found.minimal_loss == (outputs * signs <= 0).sum(axis=1).min()


@pytest.mark.parametrize("seed", range(30))
def test_stationary_points_in_the_plane(seed: int) -> None:
    """
    Of two normalized parameters r (cos a, sin a): for each angle the best r >= 0 is known, and
    what is least, or largest, among the angles nearby is a local minimum, or a saddle.
    """
    generator = random.Random(seed)
    units = generator.choice([1, 2])
    inputs = 3 - units
    family = generator.choice(["relu", "relu", "abs", "leaky_relu"])
    data = [[generator.choice([-2, -1, 1, 2, 3]) for _ in range(inputs)]
            + [generator.randint(-4, 4)] for _ in range(generator.randint(2, 5))]
    slope = ":slope=1/2" * (family == "leaky_relu")
    found = PiecewiseLinearArchitecture(f"{family}:{inputs},{units},1{slope}"
                                        ).stationary_points(data)
    verify(found.certificate)
    y = np.array([row[-1] for row in data], float)
    angles = np.linspace(0, 2 * np.pi, 40_000, endpoint=False) + 1e-5
    u = np.cos(angles), np.sin(angles)
    least = np.inf
    for positive in range(units + 1):
        signs = [1] * positive + [-1] * (units - positive)
        z = np.array([[sum(c * u[j * inputs + i] for i, c in enumerate(x)) for *x, _ in data]
                      for j in range(units)])
        outputs = sum(s * ACTIVATIONS[family](z[j]) for j, s in enumerate(signs))
        gain, norms = y @ outputs, (outputs ** 2).sum(axis=0)
        dead = norms == 0
        errors = np.round(y @ y - np.maximum(gain, 0) ** 2 / np.where(dead, 1, norms), 11)
        # Where outputs vanish the best r goes to infinity, and nothing is attained.
        inner = ~(dead | np.roll(dead, 1) | np.roll(dead, -1)) & (gain > 1e-6)
        least = min(least, errors.min())
        for kind, sign in (("local_minima", 1), ("saddles", -1)):
            e = sign * errors
            extreme = (e < np.roll(e, 1)) & (e < np.roll(e, -1)) & inner
            seen = sorted({round(float(c), 4) for c in errors[extreme]})
            stated = [float(Fraction(f["error"])) for f in found.families
                      if f["signs"] == signs and f[kind]]
            assert all(min((abs(c - s) for s in stated), default=9) < 1e-3 for c in seen), kind
            if sign > 0:  # of minima that are isolated none is left out by the angles
                isolated = [float(Fraction(f["error"])) for f in found.families
                            if f["signs"] == signs and f[kind] and not f["dimension"]
                            and any(map(Fraction, f["outputs"]))]
                assert all(min((abs(c - s) for s in seen), default=9) < 1e-3 for c in isolated)
    assert abs(least - float(found.value)) < 1e-3


@pytest.mark.parametrize("seed", range(8))
def test_gradient_descent_ends_at_stationary_points(seed: int) -> None:
    """In all parameters v, w, b, c, from random starts; and nowhere below the smallest error."""
    generator = random.Random(seed)
    family = generator.choice(["relu", "abs"])
    data = [[generator.randint(-2, 2), generator.randint(-2, 2)]
            for _ in range(generator.choice([3, 4]))]
    found = PiecewiseLinearArchitecture(f"{family}:1,2,1:bias").stationary_points(data)
    listed = np.array([float(Fraction(f["error"])) for f in found.families])
    x, y = np.array(data, float).T
    random_numbers = np.random.default_rng(seed)
    v, w, b = (random_numbers.uniform(-1, 1, size=(60, 2, 1)) for _ in range(3))
    c = random_numbers.uniform(-1, 1, size=(60, 1))
    for _ in range(6000):
        z = w * x + b
        units = ACTIVATIONS[family](z)
        residual = (v * units).sum(axis=1) + c - y
        inner = residual[:, None] * v * (np.sign(z) if family == "abs" else z > 0)
        slopes = [(residual[:, None] * units).sum(axis=2, keepdims=True),
                  (inner * x).sum(axis=2, keepdims=True), inner.sum(axis=2, keepdims=True),
                  residual.sum(axis=1, keepdims=True)]
        v, w, b, c = (p - 0.02 * slope for p, slope in zip((v, w, b, c), slopes))
    errors = (residual ** 2).sum(axis=1)
    at_rest = sum((slope ** 2).reshape(60, -1).sum(axis=1) for slope in slopes) < 1e-10
    assert at_rest.sum() > 5 and errors.min() > listed.min() - 1e-9
    assert found.value == min(Fraction(f["error"]) for f in found.families)
    assert np.abs(errors[at_rest][:, None] - listed).min(axis=1).max() < 1e-6


# -- certificates ---------------------------------------------------------------------------------


def of(name: str) -> dict[str, Any]:
    architecture = PiecewiseLinearArchitecture("relu:1,2,1")
    found = getattr(architecture, name)([[1, 1], [-1, -1], [2, -1]]).certificate
    assert found is not None
    return found


@pytest.mark.parametrize(("name", "field"), [
    ("classification_fan", "cells"), ("classification_fan", "dichotomies"),
    ("classification_fan", "minimal_loss"), ("classification_fan", "components"),
    ("classification_fan", "labels"), ("classification_fan", "points"),
    ("stationary_points", "targets"), ("stationary_points", "points"),
    ("stationary_points", "strata"), ("stationary_points", "families"),
    ("stationary_points", "minimum")])
def test_no_other_value_is_believed(name: str, field: str) -> None:
    original = of(name)
    value = original["claim"]["value"][field]
    others: list[Any] = [None, 0, "1/7", value[:-1], [*value, value[-1]]] if isinstance(
        value, list) else [None, "17/3", 17]
    for other in others:
        with pytest.raises(CertificateError):
            verify(changed_at(original, "claim", "value", field, to=other))


@pytest.mark.parametrize(("name", "place"), [
    ("classification_fan", ("components", -1)), ("stationary_points", ("families", 0,
                                                                       "local_minima"))])
def test_true_is_not_the_number_one(name: str, place: tuple) -> None:
    original = of(name)
    value = original["claim"]["value"]
    for key in place:
        value = value[key]
    assert value == 1
    for other in (True, 1.0):
        with pytest.raises(CertificateError):
            verify(changed_at(original, "claim", "value", *place, to=other))


def proofs(certificate: dict[str, Any], kind: str) -> list[tuple[int, int]]:
    return [(k, i) for k, fan in enumerate(certificate["evidence"]["fans"])
            for i, proof in enumerate(fan["proofs"]) if proof["kind"] == kind]


def test_strata_are_neither_hidden_nor_invented() -> None:
    original = of("stationary_points")
    verify(original)
    fans = original["evidence"]["fans"]
    for kind, others in (("stationary", ("empty", "descent")), ("descent", ("empty",)),
                         ("empty", ("descent",))):
        for k, i in proofs(original, kind):
            for other in others:
                length = 3 if other == "empty" else 2
                for vector in itertools.product(("-1", "0", "1"), repeat=length):
                    def change(data: dict[str, Any], k: int = k, i: int = i, other: str = other,
                               vector: tuple = vector) -> None:
                        data["evidence"]["fans"][k]["proofs"][i] = {
                            "kind": other, "vector": list(vector)}

                    forged = changed(original, change)
                    # A stratum may have both proofs that nothing is stationary there.
                    try:
                        verify(forged)
                    except CertificateError:
                        continue
                    assert kind != "stationary"
    for k, i in proofs(original, "descent") + proofs(original, "empty"):
        for point in {tuple(fans[a]["proofs"][b]["point"]) for a, b in proofs(
                original, "stationary")}:
            with pytest.raises(CertificateError):
                verify(changed_at(original, "evidence", "fans", k, "proofs", i, to={
                    "kind": "stationary", "point": list(point), "multipliers": ["1"] * 4}))


def test_a_fan_is_cut_through_the_origin_only() -> None:
    original = PiecewiseLinearArchitecture("relu:1,1,1").stationary_points(
        [[1, 1], [2, 1]]).certificate
    assert original is not None

    def change(data: dict[str, Any]) -> None:
        data["evidence"]["fans"][1]["fan"] = {
            "rays": [["0", "1"], ["3/5", "1"], ["1", "0"], ["-1", "0"]],
            "faces": [[[0, 3], [0, 1], [1, 2]]], "cuts": [["1", "-3/5"]]}

    with pytest.raises(CertificateError, match="cut of a fan has a constant"):
        verify(changed(original, change))


@pytest.mark.parametrize("seed", range(16))
def test_kinds_are_those_of_the_values_nearby(seed: int) -> None:
    """Around the stated stationary points, where the error is evaluated as it is defined."""
    generator = random.Random(seed)
    family = generator.choice(["relu", "abs", "leaky_relu"])
    units, inputs, bias = generator.choice([(1, 1, False), (1, 2, False), (2, 1, False),
                                            (1, 1, True)])
    sparse = [-2, -1, 0, 0, 1, 2]
    data = [[generator.choice(sparse) for _ in range(inputs)]
            + [generator.choice([1, 2, 3, 3, -1]) for _ in range(1)]
            for _ in range(generator.randint(1, 3))]
    options = ":slope=1/2" * (family == "leaky_relu") + ":bias" * bias
    found = PiecewiseLinearArchitecture(f"{family}:{inputs},{units},1{options}"
                                        ).stationary_points(data)
    assert found.certificate is not None
    x, y = np.array([row[:-1] + [1] * bias for row in data], float), np.array(
        [row[-1] for row in data], float)
    random_numbers = np.random.default_rng(seed)
    seen = {kind: 0 for kind in ("local_minima", "local_maxima", "saddles")}
    for positive, fan in enumerate(found.certificate["evidence"]["fans"]):
        signs = np.array([1] * positive + [-1] * (units - positive))
        for proof in fan["proofs"]:
            if proof["kind"] != "stationary":
                continue
            z = np.array([float(Fraction(c)) for c in proof["point"]])
            # In all directions; and to sums of few rays, as the error may grow in few only.
            rays = np.array([[float(Fraction(c)) for c in ray[:-1]] for ray in fan["fan"]["rays"]])
            few = random_numbers.integers(0, 3, size=(4000, len(rays))) * (
                random_numbers.random(size=(4000, len(rays))) < 1.5 / len(rays))
            step = np.vstack([random_numbers.normal(size=(4000, len(z))), few @ rays - z])
            at = np.vstack([z, z + 1e-4 * step])
            u = at[:, :units * (inputs + bias)].reshape(len(at), units, inputs + bias)
            outputs = np.einsum("j,sjm->sm", signs, ACTIVATIONS[family](u @ x.T))
            errors = ((outputs + at[:, -1:] * bias - y) ** 2).sum(axis=1)
            less = (errors[1:] < errors[0] - 1e-11).any()
            more = (errors[1:] > errors[0] + 1e-11).any()
            seen["saddles" if less and more else "local_maxima" if less else "local_minima"] += 1
    # Where units alone cut the space, and no listed face is a part of a stratum.
    if not any(fan["fan"]["cuts"] for fan in found.certificate["evidence"]["fans"]):
        assert seen == {kind: sum(f[kind] for f in found.families) for kind in seen}


def test_a_saddle_needs_its_multipliers() -> None:
    original = of("stationary_points")
    saddles = [(k, i) for k, i in proofs(original, "stationary")
               if "multipliers" in original["evidence"]["fans"][k]["proofs"][i]]
    assert saddles
    for k, i in saddles:
        length = len(original["evidence"]["fans"][k]["proofs"][i]["multipliers"])
        for other in (["0"] * length, ["-1"] * length, ["1"] * (length - 1)):
            with pytest.raises(CertificateError):
                verify(changed_at(original, "evidence", "fans", k, "proofs", i, "multipliers",
                                  to=other))


@pytest.mark.parametrize("name", ["classification_fan", "stationary_points"])
@pytest.mark.parametrize("activation", [
    {"kind": "relu", "from": [0]}, {"kind": "hard_tanh"}, {"kind": "dense", "weights": [["1"]]},
    {"kind": "absolute_value"}, None, {"kind": "max_pooling", "size": [1], "stride": [1]}])
def test_another_activation_is_not_believed(name: str, activation: Any) -> None:
    with pytest.raises(CertificateError):
        verify(changed_at(of(name), "model", "activation", to=activation))


def test_a_fan_of_other_signs_is_not_believed() -> None:
    original = of("classification_fan")

    def exchange(data: dict[str, Any]) -> None:
        fans = data["evidence"]["fans"]  # that of opposite signs is the same
        fans[0], fans[1] = fans[1], fans[0]

    with pytest.raises(CertificateError):
        verify(changed(original, exchange))


# -- wrong input, and the shell -----------------------------------------------------------------


@pytest.mark.parametrize(("spec", "sentence"), [
    ("relu:3,2,1:bias", "has 11 parameters; at most 8"), ("relu:1,1,1,1", "several hidden layers"),
    ("relu:1,2,2", "has 2 outputs"), ("hard_tanh:1,1,1", "not positively homogeneous"),
    ("relu:1,2,1:seed=1", "leave out the seed"), ("mlp:1,2,1:x^2", "no family"),
    ("maxout:2,1,1:bias:pieces=3", "has 11 parameters"), ("relu:1,0,1", "width 0")])
def test_an_architecture_is_refused_in_one_sentence(spec: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        PiecewiseLinearArchitecture(spec)


@pytest.mark.parametrize("question", ["classification_fan", "stationary_points"])
@pytest.mark.parametrize(("data", "sentence"), [
    ([[t, t % 2] for t in range(13)], "13 points; .* at most 12"),
    ([[1, 0], [float("nan"), 1]], "NaN"), ([[1, 0], [2, float("inf")]], "infinity"),
    ([[1, 2, 0]], "3 columns"), ([], "no rows")])
def test_data_are_refused_in_one_sentence(question: str, data: Any, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        getattr(PiecewiseLinearArchitecture("relu:1,1,1"), question)(data)


@pytest.mark.parametrize(("classes", "sentence"), [([1, 1], "has 1 classes"),
                                                   ([0, 1, 2], "has 3 classes")])
def test_classes_are_two(classes: list[int], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        PiecewiseLinearArchitecture("relu:1,1,1").classification_fan(
            [[t, c] for t, c in enumerate(classes)])


def test_the_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, proof = tmp_path / "data.csv", tmp_path / "proof.json"
    data.write_text("1,0\n2,1\n")
    assert main(["landscape", "relu:1,1,1", "--data", str(data), "--json", "--certificate",
                 str(proof)]) == 0
    page = json.loads(capsys.readouterr().out)
    found = PiecewiseLinearArchitecture("relu:1,1,1").stationary_points([[1, 0], [2, 1]])
    assert {name: page[name] for name in found.data} == found.data and page["status"] == "proved"
    assert verify(proof.read_text()).value == found.data
    assert main(["landscape", "relu:1,1,1", "--data", str(data), "--loss", "zero-one"]) == 0
    assert "parameters with loss at most 1: 2 connected components" in capsys.readouterr().out
    data.write_text("".join(f"{t},{t % 2}\n" for t in range(13)))
    assert main(["landscape", "relu:1,1,1", "--data", str(data)]) == 2
    assert "at most 12" in capsys.readouterr().err
