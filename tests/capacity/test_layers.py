"""What layers alone say about functions, against values and ranks."""

from __future__ import annotations

import math
import operator
import random
from fractions import Fraction

import pytest
from claims import changed

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.capacity.layers import (
    dense_layers,
    first_weights,
    last_layer_dimension,
    last_layer_volume,
)
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.dimension.ranks import jacobian, rank
from neuroalg_sage.certificates.model import Model, Step
from neuroalg_sage.models.families import parse_spec

PRIME = 2**31 - 1


def checked(spec: str) -> Model:
    return Model(parse_spec(spec).describe())


def values(model: Model, w: list[Fraction], x: list[Fraction]) -> list[Fraction]:
    return model.fold(w, x, lambda c: c, operator.add, operator.mul)


@pytest.mark.parametrize("spec, number", [
    ("mlp:2,3,2:x^2", 3), ("mlp:2,3,2,1:x^3", 5), ("mlp:2,3,2:x^2:bias", 3), ("linear:2,3,2", 3),
    ("mlp:2,3,2:x^2+x", 0), ("mlp:2,2:x", 0)])
def test_first_weights_become_one(spec: str, number: int) -> None:
    """Neuron by neuron, from the inputs on, with exact numbers."""
    model, generator = checked(spec), random.Random()
    places, layers = first_weights(model), dense_layers(model)
    assert len(places) == number
    w = [Fraction(generator.choice((-3, -2, -1, 1, 2, 3))) for _ in range(model.parameters)]
    x = [Fraction(generator.randrange(-5, 6)) for _ in range(model.inputs)]
    before = values(model, w, x)
    for layer, after in zip(layers, layers[1:]):
        degree = math.prod(len(a) - 1 for a in layer.activations)
        for i in range(layer.outputs):
            place = layer.offset + i * layer.inputs
            if place not in places:
                continue
            t = 1 / w[place]
            for j in range(layer.inputs):
                w[place + j] *= t
            if layer.bias:
                w[layer.offset + layer.inputs * layer.outputs + i] *= t
            for j in range(after.outputs):
                w[after.offset + j * after.inputs + i] /= t**degree
    assert values(model, w, x) == before
    assert all(w[place] == 1 for place in places)


@pytest.mark.parametrize("spec", (
    "mlp:2,3,2:x^2", "mlp:2,5,2:x^2", "mlp:2,5,1:x^3:bias", "mlp:3,4,2:x^2+x:bias", "mlp:3,2:x",
    "mlp:2,3,4,2:x^2", "mlp:3,2,4,3:x^2", "linear:4,2,3", "mlp:1,3,2:x^2", "mlp:3,3,3,1:x^2+1"))
def test_the_last_layer_spans_so_much(spec: str) -> None:
    """Not more than the rank of φ in its parameters; as much after one hidden layer."""
    model, generator = checked(spec), random.Random()
    start = dense_layers(model)[-1].offset
    point = [generator.randrange(PRIME) for _ in range(model.parameters)]
    inputs = [[generator.randrange(PRIME) for _ in range(model.inputs)] for _ in range(40)]
    rows = [row[start:] for row in jacobian(model, point, inputs, PRIME)]
    exact, found = rank(rows, model.parameters - start, PRIME), last_layer_dimension(model)
    assert found <= exact
    if len(dense_layers(model)) < 3:
        assert found == exact


@pytest.mark.parametrize("spec, size", [
    ("mlp:2,3,2:x^2", Fraction(2)), ("mlp:2,2,3,1:3*x^2+x", Fraction(1, 2)),
    ("mlp:3,2:x", Fraction(3)), ("mlp:2,2,2:x^2/5+1:bias", Fraction(1))])
def test_the_cube_of_the_last_layer(spec: str, size: Fraction) -> None:
    """The coefficient that copying with the largest weights gives, from values at a large input."""
    model = checked(spec)
    layers = dense_layers(model)
    number, side = last_layer_volume(model, size)
    assert number == layers[-1].outputs * min(model.widths[:-1])
    w = [Fraction(0)] * model.parameters
    for layer in layers:
        w[layer.offset] = size
    x = [Fraction(10**12)] + [Fraction(0)] * (model.inputs - 1)
    degree = math.prod(len(a) - 1 for layer in layers for a in layer.activations)
    leading = float(abs(values(model, w, x)[0]) / x[0]**degree)
    assert float(side.exp().mid()) == pytest.approx(2 * leading, rel=1e-6)


def test_a_million_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds need neither the dimension nor a list of the parameters, nor the terms of a step."""
    monkeypatch.setattr(Step, "outputs", property(lambda self: pytest.fail("terms are written")))
    manifold = NeuroManifold("mlp:500,1000,500:x^2", seed=1, cache=False)
    manifold.dimension = lambda: pytest.fail("no rank of a million rows is computed")
    for answer in (manifold.covering_number("0.1", radius=1),
                   manifold.covering_number("0.1", box=1),
                   manifold.tube_volume("0.1", radius=1),
                   manifold.sample_complexity("0.1", "0.1", radius=1)):
        verify(answer.certificate)
        assert len(str(answer.certificate)) < 5_000
    low, high = manifold.covering_number("0.1", radius=1).logarithms
    # 500 outputs, each any combination of 1,000 squares of linear forms in 500 inputs.
    assert low == pytest.approx(500 * 1000, abs=0.01) and high > low


def test_deep_networks_have_bounds() -> None:
    answer = NeuroManifold("mlp:60,60,60,60,60,60,60:x^2", cache=False).covering_number(
        "0.1", radius=1)
    verify(answer.certificate)
    assert answer.logarithms[0] == pytest.approx(3600, abs=0.01)


def test_hidden_neurons_are_those_of_the_model() -> None:
    """A changed certificate may not claim them for a model without them, nor a space in a box."""
    answer = NeuroManifold("mlp:20,20,20:x^2", seed=1, cache=False).covering_number(
        "0.1", radius=1)
    assert answer.certificate["evidence"]["upper"]["scalings"] == "hidden neurons"

    def replace(*path):
        *parents, last, value = path

        def change(data) -> None:
            for key in parents:
                data = data[key]
            data[last] = value
        return change

    with pytest.raises(CertificateError):
        verify(changed(answer.certificate, replace("model", "layers", 1, "coefficients",
                                                   ["0", "1", "1"])))
    with pytest.raises(CertificateError):
        verify(changed(answer.certificate, replace("claim", "value", 0, 0, "box")))
