"""Dimensions: published values, two methods against each other, and invariance."""

from __future__ import annotations

import random

import numpy as np
import pytest
from conftest import published

from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.dimension import (
    defect,
    dimension,
    expected_dimension,
    is_filling,
    jacobian_at,
)
from neuroalg_sage.models.families import MLP, parse_spec
from neuroalg_sage.models.layers import Activation, Dense
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import from_expressions

LARGE = "mlp:20,40,40,10:x^2"


@pytest.mark.parametrize(("spec", "value"), [
    p for p in published("dimension") if p.values[0] != LARGE])
def test_published_dimensions(spec: str, value: int) -> None:
    found = dimension(parse_spec(spec))
    assert found == value
    assert found.status == "proved" or found.error_bound < 1e-15
    if parse_spec(spec).parameter_count < 300:
        assert verify(found.certificate).value == value


@pytest.mark.slow
def test_a_large_published_dimension_and_its_certificate() -> None:
    found = dimension(parse_spec(LARGE))
    assert (found, found.status) == (2720, "proved")
    assert verify(found.certificate).value == 2720


@pytest.mark.parametrize(("spec", "value"), published("is_filling"))
def test_published_filling(spec: str, value: bool) -> None:
    model = parse_spec(spec)
    found = is_filling(model, dimension(model))
    assert found.value is value and verify(found.certificate).value is value


@pytest.mark.parametrize(("spec", "expected", "gap"), [
    # Alexander, Hirschowitz (1995)
    ("mlp:3,5,1:x^4", 15, 1), ("mlp:4,9,1:x^4", 35, 1), ("mlp:5,7,1:x^3", 35, 1),
    ("mlp:5,14,1:x^4", 70, 1), ("mlp:3,6,1:x^4", 15, 0), ("linear:3,2,3", 8, 0),
    # Symmetric matrices of rank at most 2: the orthogonal group is no linear symmetry.
    ("mlp:3,2,1:x^2", 6, 1),
])
def test_expected_dimension_and_defect(spec: str, expected: int, gap: int) -> None:
    model = parse_spec(spec)
    found = dimension(model)
    hoped = expected_dimension(model, found)
    assert hoped == expected and hoped.status == "proved"
    difference = defect(model, found, hoped)
    assert difference == gap and difference.status == found.status
    for invariant in (hoped, difference):
        assert verify(invariant.certificate).value == invariant.value


def rank_of_expanded_jacobian(model: Model, seed: int) -> int:
    """The rank of Dφ at a random point from the expanded coordinates: the second method."""
    p = 2**31 - 1
    generator = random.Random(seed)
    point = [generator.randrange(p) for _ in range(model.parameter_count)]
    rows = []
    for polynomial in parametrization(model).polynomials:
        row = [0] * len(point)
        for exponents, c in polynomial.items():
            for i, e in enumerate(exponents):
                if e:
                    term = c.numerator * pow(c.denominator, -1, p) * e
                    for j, k in enumerate(exponents):
                        term = term * pow(point[j], k - (i == j), p) % p
                    row[i] = (row[i] + term) % p
        rows.append(row)
    return modular.rank(np.array(rows), p)


@pytest.mark.parametrize("seed", range(25))
def test_random_small_models_by_two_methods(seed: int) -> None:
    generator = random.Random(seed)
    widths = [generator.randint(1, 3) for _ in range(generator.randint(2, 4))]
    activation = generator.choice(["x", "x^2", "x^3", "x^2+x", "x^2/2-3", "x^3-x"])
    model = MLP(widths, activation, generator.random() < 0.4)
    found = dimension(model)
    assert found == rank_of_expanded_jacobian(model, seed)
    assert verify(found.certificate).value == found.value


def test_rescaling_neurons_changes_no_dimension() -> None:
    for scale in ("1/3", "-7", "x"):
        model = parse_spec("mlp:2,3,2:x^2" if scale == "x" else f"mlp:2,3,2:{scale}*x^2")
        assert dimension(model) == 6


def test_redundant_linear_layers_change_no_dimension() -> None:
    plain = dimension(parse_spec("mlp:2,2,3:x^2"))
    wide = Model((Dense(2, 3), Dense(3, 2), *parse_spec("mlp:2,2,3:x^2").layers), (2,))
    assert dimension(wide) == plain


def test_a_prime_that_divides_a_denominator_is_avoided() -> None:
    model = Model((Dense(1, 1), Activation((0, 0, 1)), Dense(1, 1)), (1,))
    assert dimension(model) == 1


def test_undersampled_inputs_do_not_lower_the_rank() -> None:
    # All outputs of an attention model at few tokens are dependent: one input gives few rows.
    model = parse_spec("attention:d=3,a=2,out=3,t=2")
    found = dimension(model, seed=1)
    assert found == 16
    inputs = np.array(found.certificate["evidence"]["trials"][0]["inputs"])
    trial = found.certificate["evidence"]["trials"][0]
    one = jacobian_at(model, trial["point"], inputs[:1], trial["prime"])
    assert modular.rank(one, trial["prime"]) < 16


def test_the_same_seed_gives_the_same_certificate() -> None:
    model = parse_spec("mlp:3,2,1:x^2")
    first, second = dimension(model, seed=7), dimension(model, seed=7)
    assert first.certificate == second.certificate
    assert first.certificate != dimension(model).certificate


def test_a_model_that_ignores_a_parameter() -> None:
    model = from_expressions(["a*x"], ["a", "b"], ["x"])
    found = dimension(model)
    assert found == 1 and found.status == "proved"
