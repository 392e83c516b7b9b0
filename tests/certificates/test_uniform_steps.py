"""Steps of which one output stands for all."""

from __future__ import annotations

import operator
import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from neuroalg_sage.certificates.model import Model
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
def test_outputs_of_a_uniform_step_become_the_same(model: Model) -> None:
    for step in model.steps:
        assert step.is_uniform and len(step.outputs) == step.width
        blocks = [step.parameters, *(model.widths[s] for s in step.sources)]
        kinds = [k for k, size in enumerate(blocks) for _ in range(size)]
        different = set()
        for terms in step.outputs:
            merged: Counter = Counter()
            for monomial, c in terms.items():
                exponents: Counter = Counter()
                for v, e in monomial:
                    exponents[kinds[v]] += e
                merged[tuple(sorted(exponents.items())), c] += 1
            different.add(frozenset(merged.items()))
        assert len(different) == 1


@pytest.mark.parametrize("model", models(), ids=lambda model: model.name[:40])
def test_values_are_the_same_however_many_outputs_are_evaluated(model: Model) -> None:
    generator = random.Random()
    blocks = {step.offset: Fraction(generator.randrange(-9, 9), 7) for step in model.steps}
    weights = [Fraction(0)] * model.parameters
    for step in model.steps:
        for i in range(step.offset, step.offset + step.parameters):
            weights[i] = blocks[step.offset]
    x = Fraction(generator.randrange(-9, 9), 7)
    arguments = (weights, [x] * model.inputs, lambda c: c, operator.add, operator.mul)
    found = model.fold(*arguments)
    model.steps = [replace(step, is_uniform=False) for step in model.steps]
    assert found == model.fold(*arguments)


def test_given_polynomials_are_not_uniform() -> None:
    model = Model(from_expressions(["a*x + a^2*y", "a*y"], ["a"], ["x", "y"]).describe())
    assert not model.steps[0].is_uniform
    assert model.fold([2], [3, 3], int, operator.add, operator.mul) == [18, 6]


def test_a_large_model_is_not_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million weights: no term of a step is asked for."""
    from neuroalg_sage.certificates.model import Step

    monkeypatch.setattr(Step, "outputs", property(lambda self: pytest.fail("terms are written")))
    model = Model(parse_spec("mlp:500,1000,500:x^2").describe())
    assert model.parameters == 10**6
    assert model.ambient_dimension == 500 * 501 * 500 // 2


def test_attention_with_many_terms_is_not_written_down() -> None:
    """Half a billion terms of one output, in a certificate of a few bytes."""
    from neuroalg_sage.certificates.reading import MalformedCertificate

    model = Model(parse_spec("attention:d=60,a=60,out=60,t=40").describe())
    assert model.bound(0, 1, lambda c: 0) == 3
    with pytest.raises(MalformedCertificate, match="the most allowed"):
        model.steps[0].outputs  # noqa: B018
