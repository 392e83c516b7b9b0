"""Volumes of tubes by random functions, against volumes and distances that are known."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numpy as np
import pytest
from claims import changed
from flint import arb, fmpq

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.capacity.tube_samples import cells
from neuroalg_sage.certificates.capacity.tubes import tube_around_a_ball
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.real.sampling import interval
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.models.sources import from_expressions

LINE = from_expressions(["a*x + a*y"], ["a"], ["x", "y"])
PLANE = from_expressions(["a*x + b*y + (a+b)*z"], ["a", "b"], ["x", "y", "z"])
PARABOLA = from_expressions(["a*x + a^2*x^2"], ["a"], ["x"])
CUBIC = from_expressions(["a*x + a^2*x^2 + a^3*x^3"], ["a"], ["x"])
CONE = "mlp:2,1,1:x^2"
SURE = "1/1000000000"  # so that a test fails by chance never


def unit_ball(n: int) -> float:
    return math.pi ** (n / 2) / math.gamma(n / 2 + 1)


def steiner(spec: object, epsilon: float) -> float:
    """The volume of the tube around an interval or a disk of radius 1, by elementary geometry."""
    if spec == "mlp:1,1:x":
        return 2 + 2 * epsilon
    if spec == "mlp:2,1:x":
        return math.pi * (1 + epsilon) ** 2
    if spec is LINE:
        return 4 * epsilon + math.pi * epsilon**2
    # A cylinder, half a torus (Pappus), and what is missing of that.
    return 2 * math.pi * epsilon + math.pi**2 * epsilon**2 + 4 / 3 * math.pi * epsilon**3


@pytest.mark.parametrize("epsilon", ["1/10", "1/2"])
@pytest.mark.parametrize("model", ["mlp:1,1:x", "mlp:2,1:x", LINE, PLANE], ids=str)
def test_tubes_around_linear_spaces(model, epsilon: str) -> None:
    manifold, truth = NeuroManifold(model, seed=1), steiner(model, float(Fraction(epsilon)))
    exact = manifold.tube_volume(epsilon, radius=1)
    verify(exact.certificate)
    low, high = exact.value
    assert low <= math.log10(truth) + 1e-12 and math.log10(truth) <= high + 1e-12
    assert high - low < 1e-5
    found = manifold.estimated_tube_volume(epsilon, radius=1, samples=400, error=SURE)
    verify(found.certificate)
    low, high = found.value
    assert low <= math.log10(truth) <= high + 1e-9
    n = manifold.model.ambient_dimension
    assert 10**high < 10**low + 0.45 * unit_ball(n) * (1 + float(Fraction(epsilon))) ** n


def test_the_formula_of_steiner_against_random_points() -> None:
    """For a ball of dimension 2 in R^4."""
    epsilon, generator = 0.7, np.random.default_rng(3)
    points = generator.uniform(-1.7, 1.7, (400_000, 4))
    along = np.maximum(np.linalg.norm(points[:, :2], axis=1) - 1, 0)
    inside = along**2 + (points[:, 2:] ** 2).sum(axis=1) <= epsilon**2
    share = inside.mean()
    spread = 6 * math.sqrt(share * (1 - share) / len(points))
    volume = float(tube_around_a_ball(2, 4, arb(1), arb("0.7")))
    assert abs(volume / 3.4**4 - share) < spread


@pytest.mark.parametrize("model, part", [
    (CONE, {"radius": 1}), (PARABOLA, {"radius": 1}), (PARABOLA, {"box": 1}),
    ("linear:2,1,2", {"radius": 1}), ("mlp:2,1,1:x^3", {"radius": 1}), (CUBIC, {"box": "1/2"}),
    (CONE, {"box": 1}), ("mlp:1,2,1:x^2+x:bias", {"box": 1})], ids=str)
def test_no_end_contradicts_a_bound(model, part) -> None:
    manifold = NeuroManifold(model, seed=1)
    found = manifold.estimated_tube_volume("3/10", **part, samples=300, error=SURE)
    verify(found.certificate)
    (low, high), (least, most) = found.value, manifold.tube_volume("3/10", **part).value
    assert low < high and low <= most and least <= high


def distances_to_the_cone(points: np.ndarray) -> np.ndarray:
    """From the part |f| ≤ 1 of the forms c (s x + t y)², by many of its segments."""
    angles = np.linspace(0, math.pi, 4_000, endpoint=False)
    curve = np.stack([np.cos(angles)**2, np.sin(2 * angles), np.sin(angles)**2], axis=1)
    curve /= np.linalg.norm(curve, axis=1)[:, None]
    products = points @ curve.T
    along = np.clip(products, -1, 1)
    squares = (points**2).sum(axis=1)[:, None] - 2 * along * products + along**2
    return np.sqrt(np.maximum(squares, 0)).min(axis=1)


def test_what_is_decided_of_samples_is_so() -> None:
    found = NeuroManifold(CONE, seed=1).estimated_tube_volume("3/10", radius=1, samples=500)
    evidence = found.certificate["evidence"]
    points = 1.3 / 2**32 * np.array(list(cells(evidence["seed"], 3, 500)), dtype=float)
    decisions = evidence["decisions"]
    distances = distances_to_the_cone(points)
    assert np.linalg.norm(points, axis=1).max() <= 1.3 + 1e-6
    for distance, decision in zip(distances, decisions):
        assert distance <= 0.3 + 1e-5 if decision else decision is None or distance > 0.3
    assert decisions.count(None) < 10  # most are decided
    share = (distances <= 0.3).mean()
    low, high = (10**x / (unit_ball(3) * 1.3**3) for x in found.value)
    assert low < share < high


def test_the_cone_against_many_samples() -> None:
    generator = np.random.default_rng(11)
    points = generator.uniform(-1.3, 1.3, (10_000, 3))
    share = (distances_to_the_cone(points) <= 0.3).mean()
    spread = 5 * math.sqrt(share * (1 - share) / len(points))
    low, high = NeuroManifold(CONE, seed=1).estimated_tube_volume(
        "3/10", radius=1, samples=1000, error=SURE).value
    assert 10**low <= (share + spread) * 2.6**3 and (share - spread) * 2.6**3 <= 10**high


@pytest.mark.parametrize("count, error", [(7, 0.3), (12, 0.05)])
def test_the_intervals_of_clopper_and_pearson_are_right_often_enough(count: int, error: float
                                                                     ) -> None:
    """Exactly, by all numbers of successes; also where some samples are not decided."""
    shares = {(k, out): interval(k, count - out, count, fmpq(*error.as_integer_ratio()))
              for k in range(count + 1) for out in range(count + 1 - k)}
    for p in np.linspace(0.003, 0.997, 71):
        right = sum(math.comb(count, k) * p**k * (1 - p)**(count - k)
                    for k in range(count + 1) if shares[k, count - k][0] <= 10_000 * p
                    <= shares[k, count - k][1])
        assert right >= 1 - error
    for (k, out), (low, high) in shares.items():
        assert low <= shares[k, count - k][0] and high >= shares[count - out, out][1]


def test_samples_are_uniform() -> None:
    found = np.array(list(cells("7", 2, 4_000)), dtype=float) / 2**32
    assert np.abs(found).max() < 1
    squares = (found**2).sum(axis=1)
    # Of a disk, the squares of distances from its center are uniform, as are the angles.
    for sample in (squares, (np.arctan2(*found.T) / math.pi + 1) / 2):
        ordered = np.sort(sample)
        assert np.abs(ordered - np.linspace(0, 1, len(ordered))).max() < 0.04
    assert list(cells("7", 2, 3)) != list(cells("8", 2, 3))


def test_what_is_not_shown_is_rejected() -> None:
    found = NeuroManifold(CONE, seed=1).estimated_tube_volume("3/10", radius=1, samples=200)
    original = found.certificate
    decisions = original["evidence"]["decisions"]
    inside = next(i for i, d in enumerate(decisions) if d)
    outside = next(i for i, d in enumerate(decisions) if d is False)

    def set_decision(i: int, value):
        def change(data) -> None:
            data["evidence"]["decisions"][i] = value
        return change

    def seed(data) -> None:
        data["evidence"]["seed"] = "1"

    def equation(data) -> None:
        data["evidence"]["equations"] = [[["1", [0, 2]]]]

    def fewer(data) -> None:
        data["evidence"]["decisions"] = [d for d in decisions if d]

    def narrower(place: int, step: str):
        def change(data) -> None:
            data["claim"]["value"][place] = str(Fraction(original["claim"]["value"][place])
                                                + Fraction(step))
        return change

    for change in (set_decision(inside, False), set_decision(outside, decisions[inside]),
                   set_decision(inside, ["1", "1", "1"]), set_decision(inside, True), seed, fewer,
                   equation, narrower(2, "1/1000"), narrower(3, "-1/1000")):
        with pytest.raises(CertificateError):
            verify(changed(original, change))
    for bound in (1e-3, 0, 1, None):
        data = original | {"error_bound": bound}
        with pytest.raises(CertificateError):
            verify(data | {"digest": digest(data)})
    verify(original)


def test_another_seed_gives_other_samples() -> None:
    seed = random.randrange(2**31)
    found = [NeuroManifold(LINE, seed=s).estimated_tube_volume("1/2", radius=1, samples=50)
             for s in (seed, seed, seed + 1)]
    seeds = [x.certificate["evidence"]["seed"] for x in found]
    assert seeds[0] == seeds[1] != seeds[2]


@pytest.mark.parametrize("arguments, said", [
    ({"samples": 0}, "whole number"), ({"samples": "1.5"}, "whole number"),
    ({"samples": 10**9}, "whole number"), ({"error": 0}, "between 0 and 1"),
    ({"error": 1}, "between 0 and 1"), ({"epsilon": 0}, "positive"), ({"radius": None}, "bounded")])
def test_wrong_numbers_are_refused_in_a_sentence(arguments, said: str) -> None:
    with pytest.raises(InputError, match=said):
        NeuroManifold(LINE).estimated_tube_volume(
            **{"epsilon": "1/10", "radius": 1} | arguments)


def test_what_cannot_be_sampled_is_said() -> None:
    with pytest.raises(LimitReached, match="coordinates"):
        NeuroManifold("linear:3,1,3").estimated_tube_volume("1/10", radius=1)
    with pytest.raises(LimitReached, match="too few"):
        NeuroManifold(CONE, seed=1).estimated_tube_volume("1/10000", radius=1, samples=5)


@pytest.mark.parametrize("constant", ["1", "2"])
def test_a_part_without_random_functions_is_no_traceback(constant: str) -> None:
    """Of (a x, c) with norm at most 1 there is one function for c = 1, none for c = 2."""
    model = from_expressions(["a*x", constant], ["a"], ["x"])
    with pytest.raises(LimitReached, match="Of 50 random functions 0 are shown"):
        NeuroManifold(model, seed=1).estimated_tube_volume("0.01", radius=1, samples=50)
