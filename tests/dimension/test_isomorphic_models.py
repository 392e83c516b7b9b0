"""Models with the same functions, at other parameters, get the same answers."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction

import numpy as np
import pytest

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.dimension.normal_forms import normal_form as checked_form
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.invariants.answers.presentation import Surroundings
from neuroalg_sage.invariants.dimension.activations import normal_form
from neuroalg_sage.invariants.dimension.dimension import (
    defect,
    dimension,
    expected_dimension,
    is_filling,
)
from neuroalg_sage.invariants.dimension.generic_fiber import is_finitely_identifiable
from neuroalg_sage.models.families import MLP, parse_spec
from neuroalg_sage.models.layers import Activation, Chain, Dense, Sum
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.sources import model_from_data

P = 2147483629


def answers(model: Model) -> list:
    found = dimension(model, seed=1)
    hoped = expected_dimension(model, found)
    made = [found, hoped, defect(model, found, hoped), is_filling(model, found),
            is_finitely_identifiable(model, found)]
    for answer in made:
        if answer.certificate is not None:
            assert verify(answer.certificate).value == answer.value
    return [(answer.value, answer.status) for answer in made]


def shifted(power: list[Fraction], a: Fraction, c: Fraction, d: Fraction) -> Activation:
    """σ(y) = a τ(y + c) + d, by products of polynomials."""
    total, product = [d] + [Fraction(0)] * (len(power) - 1), [Fraction(1)]
    for coefficient in power:
        for i, x in enumerate(product):
            total[i] += a * coefficient * x
        product = [c * x + y for x, y in zip([*product, 0], [0, *product])]
    return Activation(tuple(total))


TAUS = {"x^2": [0, 0, 1], "x^3": [0, 0, 0, 1], "x^3-3*x": [0, -3, 0, 1], "x^4+x": [0, 1, 0, 0, 1]}


@pytest.mark.parametrize("seed", range(14))
def test_an_affine_change_of_the_activation_changes_no_answer(seed: int) -> None:
    generator = random.Random(seed)
    tau = list(TAUS)[seed % 4]
    widths = [generator.randint(1, 3) for _ in range(3 if seed < 10 else 4)]
    plain = MLP(widths, tau, True)

    def number() -> Fraction:
        return Fraction(generator.choice([-3, -1, 1, 2, 5]), generator.choice([1, 2, 3]))

    layers = [shifted([*map(Fraction, TAUS[tau])], number(), number(), number())
              if isinstance(layer, Activation) else layer for layer in plain.layers]
    other = Model(tuple(layers), plain.input_shape)
    normal = normal_form(other)
    assert normal.model.layers == plain.layers
    assert Checked(plain.describe()).description["layers"] == checked_form(
        Checked(other.describe())).description["layers"]
    assert other.ambient_dimension == plain.ambient_dimension
    assert answers(other) == answers(plain)


def test_the_functions_are_those_of_the_normal_form() -> None:
    model = parse_spec("mlp:2,3,2,2:2*x^3-x^2/5+x-7:bias")
    normal = normal_form(model)
    generator = random.Random(3)
    place = {"prime": P, "point": [generator.randrange(P) for _ in range(model.parameter_count)]}
    there = normal.there(place)
    assert normal.back(there) == place and there != place

    def values(which: Model, point: list[int]) -> list[int]:
        one = np.array(point, dtype=object), np.array([3, 5], dtype=object)
        return [v % P for v in which.apply(*one, lambda c: c.numerator * pow(
            c.denominator, -1, P) % P)]

    assert values(model, place["point"]) == values(normal.model, there["point"])


@pytest.mark.parametrize(("spec", "value"), [
    ("mlp:4,6,3:x^2+x/2:bias", 45), ("mlp:3,3,2:x^2+x:bias", 17),
    # Symmetric 4 x 4 matrices of rank at most 2, and a constant.
    ("mlp:3,2,1:x^2-x:bias", 7 + 1)])
def test_squares_with_a_linear_term_have_rescalings(spec: str, value: int) -> None:
    model = parse_spec(spec)
    plain = parse_spec(spec.split(":x^2")[0] + ":x^2:bias")
    found = answers(model)
    assert found == answers(plain) and found[0] == (value, "proved")
    assert is_finitely_identifiable(model, dimension(model)).trust == is_finitely_identifiable(
        plain, dimension(plain)).trust


def test_the_same_model_in_other_words() -> None:
    model = parse_spec("mlp:3,2,2:x^2")
    dense, square, last = model.layers
    others = [
        model_from_data(json.loads(json.dumps(model.describe()))),
        Model((Chain((dense, square)), last), (3,)), Model((Chain((dense, square, last)),), (3,)),
        Model((dense, Activation("-3*x^2"), last), (3,))]
    assert [answers(other)[:3] for other in others] == [answers(model)[:3]] * 4
    # A square matrix more changes no function, and is not expected to.
    wide = Model((Dense(3, 3), *model.layers, Dense(2, 2)), (3,))
    assert answers(wide)[:3] == answers(model)[:3]


@pytest.mark.parametrize(("spec", "plain", "group"), [
    ("mlp:4,6,3:x^2+x/2:bias", "mlp:4,6,3:x^2:bias", "(C*)^6 x| S_6"),
    ("mlp:3,3,2:x^2+x:bias", "mlp:3,3,2:x^2:bias", "(C*)^3 x| S_3"),
    ("mlp:2,2,1:x^3+3*x^2:bias", "mlp:2,2,1:x^3-3*x:bias", "(mu_2)^2 x| S_2")])
def test_the_group_is_that_of_the_normal_form(spec: str, plain: str, group: str) -> None:
    assert [str(NeuroManifold(s).symmetries()) for s in (spec, plain)] == [group, group]


def test_the_group_of_networks_side_by_side() -> None:
    part = Chain((Dense(2, 1), Activation("x^2"), Dense(1, 2)))
    manifold = NeuroManifold(Model((Sum((part, part)),), (2,)))
    assert str(manifold.symmetries()) == "(C*)^2 x| S_2"


# Models with the same functions, the dimensions of their generic fibers, and how many orbits these
# are: W_2 W_1 has a fiber of dimension 4 for each 2 x 2 matrix, x_1 + x_2 one of dimension 1.
FIBERS = {
    "mlp:1,1,2:x^2+x:bias": ("mlp:1,1,2:x^2:bias", 0),
    "two linear layers": ("mlp:2,1,1:x^3", 4),
    "layers that are added": ("mlp:2,1,1:x^3", 2),
    "side by side": ("mlp:1,2,2:x^3", 0),
    "a multiple of x between": ("mlp:2,1,1:x^3", 1),
}


def in_other_layers(name: str) -> Model:
    cube, one = Activation("x^3"), Dense(2, 1)
    part = Chain((Dense(1, 1), cube, Dense(1, 2)))
    return {"two linear layers": Model((Dense(2, 2), one, cube, Dense(1, 1)), (2,)),
            "layers that are added": Model((Sum((one, one)), cube, Dense(1, 1)), (2,)),
            "side by side": Model((Sum((part, part)),), (1,)),
            "a multiple of x between": Model((one, cube, Dense(1, 1), Activation("2*x"),
                                              Dense(1, 1)), (2,))}.get(name) or parse_spec(name)


@pytest.mark.parametrize("name", FIBERS)
def test_generic_fibers_of_models_in_other_layers(name: str) -> None:
    spec, more = FIBERS[name]
    plain, other = NeuroManifold(spec, seed=1), NeuroManifold(in_other_layers(name), seed=1)
    fiber, mine = plain.generic_fiber(), other.generic_fiber()
    assert mine.data == fiber.data.with_more(more) and mine.status == "proved"
    assert other.is_identifiable() == plain.is_identifiable()
    for answer in (mine, other.is_identifiable(), other.is_finitely_identifiable(),
                   other.defect()):
        assert verify(answer.certificate).value == answer.certificate["claim"]["value"]


def test_what_is_claimed_of_a_simpler_model_is_verified() -> None:
    two = in_other_layers("two linear layers")
    good = NeuroManifold(two, seed=1).generic_fiber().certificate
    assert good["claim"]["value"] == [5, 1, 1]
    for model, value, change, message in [
            (two, [6, 1, 1], {}, "of the fiber"),
            (two, [1, 1, 1], {}, "number of a generic fiber"),
            (two, [5, 1, 1], {"simpler": "activations in normal form"}, "in normal form"),
            (two, [5, 1, 1], {"simpler": "in words"}, "not known"),
            (parse_spec("mlp:2,1,1:x^3"), [1, 1, 1], {}, "No layers are one"),
            # Of a state that is narrower than one end the factors are no orbit of GL.
            (Model((Dense(3, 2), Dense(2, 1), Activation("x^3"), Dense(1, 1)), (3,)), [6, 1, 1],
             {}, "No layers are one")]:
        with pytest.raises(CertificateError, match=message):
            verify(certificate(model.describe(), "generic_fiber", value, "proved", [],
                               good["evidence"] | change, {}))


def test_where_there_is_no_bias_there_is_no_shift() -> None:
    for spec in ("mlp:2,2,2:x^2+x", "mlp:2,2,2:x^3", "mlp:2,2:x:bias", "mlp:2,2,2:2*x^2:bias"):
        assert normal_form(parse_spec(spec)) is None
    model = Model((Dense(2, 2, True), Activation("x^2+x+1"), Dense(2, 1)), (2,))
    assert normal_form(model).model.layers[1] == Activation("x^2+3/4")
    assert checked_form(Checked(model.describe())).description["layers"][1] == {
        "kind": "activation", "coefficients": ["3/4", "0", "1"]}


def test_evidence_about_another_normal_form_is_refused() -> None:
    found = dimension(parse_spec("mlp:3,3,2:x^2+x:bias"), seed=1).certificate
    assert found["evidence"]["upper"]["kind"] == "normal form"
    for spec in ("mlp:3,3,2:x^2:bias", "mlp:3,3,2:x^2+x", "mlp:3,3,2:x^3+x:bias"):
        with pytest.raises(CertificateError):
            verify(certificate(parse_spec(spec).describe(), "dimension", 17, "proved", [],
                               found["evidence"], {}))
    for value, change in [(16, {}), (18, {}), (17, {"upper": {"kind": "ambient"}})]:
        evidence = copy.deepcopy(found["evidence"])
        evidence["upper"].update(change)
        with pytest.raises(CertificateError):
            verify(certificate(found["model"], "dimension", value, "proved", [], evidence, {}))


def test_the_sentence_says_how_large_fibers_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs of quadratic forms in four squares: 70 parameters, of which 16 + 20 - 4 count."""
    monkeypatch.setattr("neuroalg_sage.invariants.dimension.affine_symmetries.MOST_ENTRIES", 0)
    model = parse_spec("mlp:4,4,9,2:x^2")
    answer = is_finitely_identifiable(model, dimension(model, seed=1))
    assert (answer.value, answer.trust) == (False, ["the list of known symmetries"])
    said = "not up to the known symmetries; the fiber has dimension 38"
    assert answer.sentence() == answer.value_on_page() == answer.result()["text"] == said
    assert answer.result()["value"] is False and said in answer.value_in_latex()
    (sentence,) = answer.for_learning(Surroundings(model, {"is_finitely_identifiable": answer}))
    assert "up to the known symmetries of the parameters; the fiber has dimension 38" in str(
        sentence)
