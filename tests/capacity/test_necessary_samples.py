"""Numbers of samples that are necessary, against methods of which it is known when they suffice."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest
from claims import changed
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.models.parametrization import parametrization

PROBABILITIES = ("1/100", "1/20", "2/5", "3/5")


def least(suffices) -> int:
    """The least number for which something that stays true is true."""
    high = 1
    while not suffices(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        low, high = (low, (low + high) // 2) if suffices((low + high) // 2) else (
            (low + high) // 2, high)
    return high


def found_or_nothing(spec: str, epsilon: str, delta: str, **more) -> int:
    try:
        found = NeuroManifold(spec, seed=1).necessary_samples(epsilon, delta, radius=1, **more)
    except LimitReached:
        return 0
    verify(found.certificate)
    return found.value


@pytest.mark.parametrize("delta", PROBABILITIES)
@pytest.mark.parametrize("noise, inputs, epsilon", [("1", 1, "1/10"), ("1/3", 2, "1/50")])
def test_a_mean_finds_a_slope(delta: str, noise: str, inputs: int, epsilon: str) -> None:
    """w from values w b + z: the mean of n errs by over ε with the probability 2 Φ(-ε b √n / σ)."""
    sigma, radius = float(Fraction(noise)), float(Fraction(epsilon))
    enough = least(lambda n: 2 * NormalDist().cdf(-radius * inputs * math.sqrt(n) / sigma)
                   <= float(Fraction(delta)))
    found = found_or_nothing("mlp:1,1:x", epsilon, delta, noise=noise, inputs=inputs)
    assert found <= enough
    if float(Fraction(delta)) < 0.1:
        assert found >= 0.6 * enough


@pytest.mark.parametrize("delta", PROBABILITIES)
def test_means_find_two_slopes(delta: str) -> None:
    """For two outputs the probability to err is exp(-n ε² / 2 σ²)."""
    enough = math.ceil(2 * math.log(1 / float(Fraction(delta))) / 0.05**2)
    assert found_or_nothing("linear:1,2", "1/20", delta, noise=1) <= enough


@pytest.mark.parametrize("delta", PROBABILITIES)
def test_least_squares_find_a_linear_form(delta: str) -> None:
    """At the corners of a cube in turn, all coefficients have the variance σ² / n."""
    chi = (np.random.default_rng(5).normal(size=(100_000, 3)) ** 2).sum(axis=1)
    enough = np.quantile(chi, 1 - float(Fraction(delta))) / 0.05**2
    assert found_or_nothing("linear:3,1", "1/20", delta, noise=1) <= 1.05 * enough + 4


def test_the_functions_are_not_told_apart_by_the_best_test() -> None:
    """Of both functions of a certificate, at the corner where they differ most."""
    manifold = NeuroManifold("mlp:2,1,1:x^2", seed=1)
    found = manifold.necessary_samples("1/10", "1/20", noise=1, radius=1)
    phi = parametrization(manifold.model)
    points = [[Fraction(c) for c in w] for w in found.certificate["evidence"]["points"]]
    assert len(points) == 2 == found.functions
    one, other = (np.array([float(sum(c * math.prod(x**k for x, k in zip(w, e))
                                      for e, c in f.items())) for f in phi.polynomials])
                  for w in points)
    assert np.linalg.norm(one - other) > 0.2
    exponents = np.array([e for _, e in phi.coordinates])
    apart = max(abs((one - other) @ np.prod(np.array(x) ** exponents, axis=1))
                for x in [(1, 1), (1, -1), (1, 0), (0, 1)])
    error = NormalDist().cdf(-apart * math.sqrt(found.value - 1) / 2)
    assert error > 0.05


def test_more_is_necessary_for_less_error() -> None:
    numbers = [found_or_nothing("linear:2,2,2", e, d, noise=s) for e, d, s in (
        ("1/5", "1/20", 1), ("1/10", "1/20", 1), ("1/10", "1/100", 1), ("1/10", "1/100", 2))]
    assert numbers == sorted(numbers) and len(set(numbers)) == 4


def test_of_several_functions_fanos_inequality_is_used() -> None:
    found = NeuroManifold("linear:3,3", seed=1).necessary_samples("1/2", "2/5", noise=1, radius=1)
    assert found.functions > 2 and "Fano" in found.method
    assert any("Fano" in why for why in verify(found.certificate).verified)


def test_what_is_not_proved_is_rejected() -> None:
    found = NeuroManifold("mlp:2,1,1:x^2", seed=1).necessary_samples("1/10", "1/20", noise=1,
                                                                     radius=1)

    def more(data) -> None:
        data["claim"]["value"][-1] = str(found.value + 1)

    def twice(data) -> None:
        data["evidence"]["points"][1] = data["evidence"]["points"][0]

    def alone(data) -> None:
        del data["evidence"]["points"][1]

    for change, said in ((more, "necessary"), (twice, "too close"), (alone, "only one")):
        with pytest.raises(CertificateError, match=said):
            verify(changed(found.certificate, change))


def test_changed_certificates_claim_at_most_what_is_proved() -> None:
    seed = random.randrange(2**31)
    print(f"seed {seed}")
    manifold = NeuroManifold("linear:2,2", seed=1)
    answers = [manifold.necessary_samples("1/3", "1/20", noise=1, radius=1),
               manifold.necessary_samples("1/3", "3/5", noise=2, box=1)]
    for original, data, where, _ in accepted_mutants(
            [a.certificate for a in answers], 200, random.Random(seed)):
        before, after = (c["claim"]["value"] for c in (original, data))
        if where[0] != "model" and before[:-1] == after[:-1]:
            assert Fraction(after[-1]) <= Fraction(before[-1]), where


@pytest.mark.parametrize("arguments, said", [
    ({"noise": 0}, "noise must be positive"), ({"noise": -1}, "noise must be positive"),
    ({"noise": 1, "inputs": 0}, "inputs must be positive"),
    ({"noise": 1, "delta": 1}, "between 0 and 1"), ({"noise": 1, "epsilon": 2}, "One ball")])
def test_wrong_numbers_are_refused_in_a_sentence(arguments, said: str) -> None:
    with pytest.raises(InputError, match=said):
        NeuroManifold("mlp:1,1:x").necessary_samples(
            **{"epsilon": "1/10", "delta": "1/10", "radius": 1} | arguments)
