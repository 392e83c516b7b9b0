"""
Models that are related by an isomorphism get the same answers.

A model is built in other layers (activations changed by affine-linear maps, two linear layers for
one, networks side by side, redundant summands), and written in other words (JSON, expressions with
names and outputs in another order, after a linear change of the inputs, in SymPy, as a ring map of
Sage).  Nothing here knows how answers are found.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from neuroalg_sage import NeuroManifold, compose, from_expressions, verify
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.dimension.perceptrons import in_perceptron
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import Activation, Chain, Dense, Product, Sum
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import from_sage, from_sympy, model_from_data

SOON = ("ambient_dimension", "dimension", "expected_dimension", "defect", "is_filling",
        "is_finitely_identifiable")
ALL = (*SOON, "generic_fiber", "is_identifiable", "degree")
ACTIVATIONS = ("x^2", "x^3", "x^3-3*x", "x^2+x", "x^2+1", "x^3+x^2", "x^4", "x^4+x", "x")
MOST_TERMS = 600

Terms = list[dict[tuple[int, ...], Fraction]]
Change = Callable[[random.Random, Model], Model]


# -- the same functions by other layers --------------------------------------------------------


def number(generator: random.Random) -> Fraction:
    return Fraction(generator.choice([-3, -1, 1, 2, 3]), generator.choice([1, 1, 2]))


def other_activations(generator: random.Random, model: Model) -> Model:
    """σ(y) = a τ(m y + c) + d for each τ, with c and d where there are biases."""
    layers = list(model.layers)
    for i in range(1, len(layers), 2):
        a, m = number(generator), number(generator)
        c = number(generator) if layers[i - 1].bias else Fraction(0)
        power, total = [a], [number(generator) if layers[i + 1].bias else Fraction(0)]
        for coefficient in layers[i].coefficients:
            total += [Fraction(0)] * (len(power) - len(total))
            total = [t + coefficient * p for t, p in zip(total, power)]
            power = [c * x + m * y for x, y in zip([*power, 0], [0, *power])]
        layers[i] = Activation(tuple(total))
    return Model(tuple(layers), model.input_shape)


def two_linear_layers(generator: random.Random, model: Model) -> Model:
    """Two dense layers for one, through a state as wide as both ends."""
    layers = list(model.layers)
    i = generator.randrange(0, len(layers), 2)
    a, b, bias = layers[i].inputs, layers[i].outputs, layers[i].bias
    layers[i : i + 1] = [Dense(a, max(a, b)), Dense(max(a, b), b, bias)]
    return Model(tuple(layers), model.input_shape)


def parallel_branches(generator: random.Random, model: Model) -> Model:
    """Hidden units in two networks side by side, where there are two; else a sum of layers."""
    layers = list(model.layers)
    split = [i for i in range(0, len(layers) - 2, 2) if layers[i].outputs > 1]
    if not split:
        return sum_of_layers(generator, model)
    i = generator.choice(split)
    before, between, behind = layers[i : i + 3]
    first = generator.randint(1, before.outputs - 1)
    layers[i : i + 3] = [Sum(tuple(
        Chain((Dense(before.inputs, h, before.bias), between, Dense(h, behind.outputs, bias)))
        for h, bias in ((first, behind.bias), (before.outputs - first, False))))]
    return Model(tuple(layers), model.input_shape)


def sum_of_layers(generator: random.Random, model: Model) -> Model:
    layers = list(model.layers)
    i = generator.randrange(0, len(layers), 2)
    layers[i] = Sum((layers[i], Dense(layers[i].inputs, layers[i].outputs)))
    return Model(tuple(layers), model.input_shape)


def chain_of_layers(generator: random.Random, model: Model) -> Model:
    cut = generator.randint(1, len(model.layers))
    return Model((Chain(model.layers[:cut]), *model.layers[cut:]), model.input_shape)


LAYERS: tuple[Change, ...] = (other_activations, two_linear_layers, parallel_branches,
                              sum_of_layers, chain_of_layers)


# -- the same model in other words -------------------------------------------------------------


def outputs(model: Model) -> Terms:
    """The outputs as polynomials in parameters and inputs."""
    phi = parametrization(model)
    found: Terms = [{} for _ in range(model.output_count)]
    for (k, e), polynomial in zip(phi.coordinates, phi.polynomials):
        found[k] |= {(*f, *e): Fraction(c) for f, c in polynomial.items()}
    return found


def written(terms: Terms, names: list[str]) -> list[str]:
    return ["+".join("*".join([f"({c})", *(f"{v}^{k}" for v, k in zip(names, e) if k)])
                     for e, c in polynomial.items()) or "0" for polynomial in terms]


def as_json(generator: random.Random, model: Model) -> Model:
    return model_from_data(json.loads(json.dumps(model.describe())))


def renamed(generator: random.Random, model: Model) -> Model:
    """Expressions: parameters, so units, inputs and outputs are in another order."""
    parameters = [f"w{i}" for i in range(model.parameter_count)]
    inputs = [f"x{i}" for i in range(model.input_count)]
    found = outputs(model)
    generator.shuffle(found)
    names = [*generator.sample(parameters, len(parameters)), *generator.sample(inputs, len(inputs))]
    return from_expressions(written(found, names), parameters, inputs)


def at_other_inputs(generator: random.Random, model: Model) -> Model:
    """Expressions after an invertible linear change of the inputs."""
    parameters = [f"w{i}" for i in range(model.parameter_count)]
    inputs = [f"x{i}" for i in range(model.input_count)]
    forms = ["(" + "+".join(f"({number(generator)})*{x}" for x in inputs[: i + 1]) + ")"
             for i in range(len(inputs))]
    return from_expressions(written(outputs(model), parameters + forms), parameters, inputs)


def in_sympy(generator: random.Random, model: Model) -> Model:
    import sympy

    count = model.parameter_count
    symbols = [sympy.Symbol(f"s{i}") for i in range(count + model.input_count)]
    return from_sympy([sum((sympy.Rational(c.numerator, c.denominator) * sympy.prod(
        [s**k for s, k in zip(symbols, e)]) for e, c in polynomial.items()), sympy.Integer(0))
        for polynomial in outputs(model)], symbols[:count], symbols[count:])


def in_sage(generator: random.Random, model: Model) -> Model:
    """A homomorphism of polynomial rings: the model is a linear form with these coefficients."""
    import sage.all__sagemath_singular  # noqa: F401
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.rational_field import QQ

    phi = parametrization(model)
    target = PolynomialRing(QQ, "w", model.parameter_count)
    source = PolynomialRing(QQ, "z", len(phi.polynomials))
    return from_sage(source.hom([target({e: QQ((c.numerator, c.denominator)) for e, c in
                                         polynomial.items()}) for polynomial in phi.polynomials],
                                target))


WORDS: tuple[Change, ...] = (as_json, renamed, at_other_inputs, in_sympy, in_sage)


# -- the comparison ----------------------------------------------------------------------------


def random_perceptron(generator: random.Random) -> Model:
    widths = [generator.randint(1, 3) for _ in range(generator.choice([3, 3, 3, 4]))]
    layers: list[Any] = []
    bias = generator.choice([False, True, None])
    for a, b in zip(widths, widths[1:]):
        layers += [Dense(a, b, generator.random() < 0.5 if bias is None else bias),
                   Activation(generator.choice(ACTIVATIONS))]
    return Model(tuple(layers[:-1]), (widths[0],))


def random_composition(generator: random.Random) -> Model:
    a, b = generator.randint(1, 2), generator.randint(1, 2)
    sigma = Activation(generator.choice(ACTIVATIONS))
    return generator.choice([
        lambda: parse_spec("cnn:" + generator.choice(["2,2:", "3,2:", "2,2,2:", "1,2,2:"])
                           + generator.choice(["x", "x^2", "x^2+x", "x^3-x"])),
        lambda: parse_spec(f"attention:d={a},a={b},out={a},t=2"),
        lambda: compose([Sum((Chain(), Chain((Dense(a, a), sigma)))), Dense(a, b)], a),
        lambda: compose([Product((Dense(a, b), Dense(a, b))), Dense(b, a)], a)])()


def is_small(model: Model, parameters: int, coordinates: int) -> bool:
    return (model.parameter_count <= parameters and model.ambient_dimension <= coordinates
            and sum(map(len, outputs(model))) <= MOST_TERMS)


def answers(model: Model, names: tuple[str, ...]) -> dict[str, Any]:
    """The values, without the dimension of the fiber, with which parameters differ."""
    manifold, found = NeuroManifold(model, seed=1), {}
    for name in names:
        try:
            answer = manifold.compute(name)
        except LimitReached:
            found[name] = "a limit was reached"
            continue
        if answer.certificate is not None:
            assert verify(answer.certificate).value == answer.certificate["claim"]["value"]
        fiber = answer.data
        found[name] = (fiber.points, fiber.symmetries) if name == "generic_fiber" else fiber
    return found


def _is_beyond_recognition(model: Model, changes: list[Change]) -> bool:
    """
    Whether linear layers among two activations that are no powers are hidden in expressions.

    That such expressions have layers is not found out, and they are expected to have the dimension
    that their own affine-linear symmetries leave.
    """
    general = [layer for layer in model.layers if isinstance(layer, Activation)
               and sum(map(bool, layer.coefficients)) > 1]
    linear = two_linear_layers in changes or Activation("x") in model.layers
    return len(general) > 1 and linear and changes[-1] in (
        renamed, at_other_inputs, in_sympy, in_sage)


def compare(seed: int, names: tuple[str, ...], parameters: int, coordinates: int,
            others: int) -> None:
    generator = random.Random(seed)
    make = random_perceptron if generator.random() < 0.7 else random_composition
    model = make(generator)
    while not is_small(model, parameters, coordinates):
        model = make(generator)
    found = answers(model, names)
    for _ in range(others):
        other, changes = model, []
        if make is random_perceptron and generator.random() < 0.7:
            changes.append(generator.choice(LAYERS))
        if not changes or generator.random() < 0.6:
            changes.append(generator.choice(WORDS))
        if _is_beyond_recognition(model, changes):
            continue
        for change in changes:
            other = change(generator, other)
        told = seed, model.describe(), [change.__name__ for change in changes]
        assert answers(other, names) == found, told


@pytest.mark.parametrize("seed", range(12))
def test_isomorphic_models_get_the_same_answers(seed: int) -> None:
    compare(seed, SOON, 9, 20, 3)


@pytest.mark.parametrize("seed", range(100, 104))
def test_isomorphic_models_have_the_same_fibers_and_degrees(seed: int) -> None:
    compare(seed, ALL, 6, 9, 3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1060))
def test_many_isomorphic_models_get_the_same_answers(seed: int) -> None:
    compare(seed, SOON, 14, 60, 6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2000, 2030))
def test_many_isomorphic_models_have_the_same_fibers_and_degrees(seed: int) -> None:
    compare(seed, ALL, 8, 9, 6)


# -- expressions that are a perceptron, in the inputs or without these ---------------------------

HIDDEN_LAYERS = {
    "a state between": (Dense(2, 2), Dense(2, 1), Activation("x^2"), Dense(1, 1, True)),
    "behind the activation": (Dense(2, 2), Activation("x^3"), Dense(2, 2), Dense(2, 1)),
    "an activation that is no power": (
        Dense(2, 1, True), Activation("x^3-2*x^2+5"), Dense(1, 1), Dense(1, 1, True)),
    "two activations": (Dense(1, 1), Activation("x^2"), Dense(1, 1), Dense(1, 1),
                        Activation("x^2"), Dense(1, 2)),
}


@pytest.mark.parametrize(("name", "change"), [
    (name, change) for name in HIDDEN_LAYERS
    for change in (renamed, at_other_inputs, in_sympy, in_sage)
    # A factor of one input changes the coefficients of both powers.
    if (name, change) != ("two activations", at_other_inputs)])
def test_layers_are_found_in_expressions(name: str, change: Change) -> None:
    layers = HIDDEN_LAYERS[name]
    model = Model(layers, (layers[0].inputs,))
    other = change(random.Random(1), model)
    found = in_perceptron(other)
    assert found is not None
    assert found.model.parameter_count == model.parameter_count
    assert answers(other, SOON) == answers(model, SOON)


def test_expressions_that_are_no_network_are_none() -> None:
    for text in ("c*(a*x + b*y)^2 + a*(d*x + e*y)^2", "a*b*x^2 + c*d*y^2 + a*e*x*y",
                 "a*x^2 + b*c*y + d*e"):
        assert in_perceptron(from_expressions(text, "a,b,c,d,e", "x,y")) is None


def test_coordinates_and_inputs_that_are_not_the_same_are_refused() -> None:
    model = Model(HIDDEN_LAYERS["a state between"], (2,))
    for change, name in ((in_sage, "parameters"), (at_other_inputs, "inputs")):
        other = change(random.Random(1), model)
        found = NeuroManifold(other, seed=1)
        form = in_perceptron(other)
        good = form.about(other, found._in_form(form).expected_dimension()).certificate
        verify(good)
        for wrong in ([0] * 8, [[0, 0], [0, 0]], [["1", "0"], ["0", "1"]], None):
            data = copy.deepcopy(good)
            same = data["evidence"]["same_coordinates"]
            if wrong is None:
                same["model"]["layers"][-1]["bias"] = False
            elif len(wrong) == 8:
                same["parameters"] = wrong
            elif name == "inputs":
                same["inputs"] = wrong
            else:
                same["parameters"] = same["parameters"][::-1]
            data["digest"] = digest(data)
            with pytest.raises(CertificateError):
                verify(data)
    # Of which functions they are the coefficients, matters to other questions.
    trichotomy = copy.deepcopy(good)
    trichotomy["claim"] = {"invariant": "degree", "value": 1}
    trichotomy["digest"] = digest(trichotomy)
    with pytest.raises(CertificateError):
        verify(trichotomy)
