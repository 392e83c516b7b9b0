"""Profiles of steps against the terms that they stand for."""

from __future__ import annotations

import operator
import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from neuroalg_sage.certificates.model import Model, alike, repeated
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.sources import from_expressions

SPECS = ("mlp:2,3,2:x^2", "mlp:3,2,4:2*x^3+x+1:bias", "cnn:3x3,2x2:x^2", "cnn:3c4,2:x^2",
         "cnn:3s2,2:x^3", "attention:d=2,a=1,out=2,t=3", "attention:d=2,a=2,out=2,t=2,layers=2")


def models() -> list[Model]:
    found = [Model(parse_spec(spec).describe()) for spec in SPECS]
    dense = {"kind": "dense", "inputs": 2, "outputs": 2, "bias": True}
    for kind in ("sum", "product"):
        found.append(Model({"input_shape": [2], "layers": [
            {"kind": kind, "layers": [dense, {"kind": "chain", "layers": []}, dense],
             "share": [None, None, 0]},
            {"kind": "activation", "coefficients": ["1/2", "0", "3"]}]}))
    return found


@pytest.mark.parametrize("model", models(), ids=lambda model: model.name[:40])
def test_a_profile_is_what_each_output_becomes(model: Model) -> None:
    for step in model.steps:
        assert step.profile is not None
        blocks = [step.parameters, *(model.widths[s] for s in step.sources)]
        kinds = [k for k, size in enumerate(blocks) for _ in range(size)]
        for terms in step.outputs:
            merged: Counter = Counter()
            for monomial, c in terms.items():
                exponents: Counter = Counter()
                for v, e in monomial:
                    exponents[kinds[v]] += e
                merged[tuple(sorted(exponents.items())), c] += 1
            assert merged == Counter({(m, c): times for m, (c, times) in step.profile.items()})
        assert len(step.outputs) == step.width


@pytest.mark.parametrize("model", models(), ids=lambda model: model.name[:40])
def test_values_are_the_same_with_and_without_profiles(model: Model) -> None:
    generator = random.Random()
    weight, x = (Fraction(generator.randrange(-9, 9), 7) for _ in range(2))
    arguments = ([weight] * model.parameters, [x] * model.inputs, lambda c: c, operator.add,
                 operator.mul)
    found = model.fold(*arguments)
    model.steps = [replace(step, profile=None) for step in model.steps]
    assert found == model.fold(*arguments)


def test_polynomial_layers_have_no_profile() -> None:
    model = Model(from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"]).describe())
    assert [step.profile for step in model.steps] == [None]


def test_what_is_alike_and_sums_of_it() -> None:
    assert alike([]) and alike([1, 1, 1]) and not alike([1, 2, 1]) and not alike([1, 1, 2])
    for times in range(1, 40):
        assert repeated(3, times, operator.add) == 3 * times


def test_a_large_model_is_not_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million weights: no term of a step is asked for."""
    from neuroalg_sage.certificates.model import Step

    monkeypatch.setattr(Step, "outputs", property(lambda self: pytest.fail("terms are written")))
    model = Model(parse_spec("mlp:500,1000,500:x^2").describe())
    assert model.parameters == 10**6
    assert model.ambient_dimension == 500 * 501 * 500 // 2
