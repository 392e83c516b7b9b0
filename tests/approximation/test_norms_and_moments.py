"""Polynomial networks near others in other senses: norms, moments, and parts of the box."""

from __future__ import annotations

import random
from fractions import Fraction
from math import erf, sqrt

import mpmath
import numpy as np
import pytest
from claims import changed_at
from flint import fmpq
from implied import assert_changes_are_implied, of_norm

from neuroalg_sage import CertificateError, ContinuousNetwork, InputError, verify
from neuroalg_sage.certificates.approximation.approximation import working_with
from neuroalg_sage.certificates.approximation.moments import tail_moments
from neuroalg_sage.cli import main

FUNCTIONS = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0),
             "softplus": lambda x: np.logaddexp(x, 0),
             "gelu": lambda x: x * np.vectorize(lambda t: (1 + erf(t / sqrt(2))) / 2)(x)}
GIVEN = {"activation": "gelu", "layers": [
    {"weights": [[1, "1/2"], [-1, 2]], "bias": [0, "1/4"]}, {"weights": [["1/2", 1], [1, -1]]},
    {"weights": [[1, 1]], "bias": [3]}]}


def outputs(network, polynomials, weights, x):
    """The outputs of both networks, and the states before each activation."""
    one = other = x
    states = []
    for i, (w, b) in enumerate(weights):
        one, other = w @ one + b, w @ other + b
        if i < len(polynomials):
            states.append(np.concatenate([one, other]))
            one = FUNCTIONS[network.activations[0].name](one)
            other = np.polyval([float(c) for c in reversed(polynomials[i])], other)
    return one, other, states


@pytest.mark.parametrize("norm", ["spectral", "frobenius", "rows", "entries"])
@pytest.mark.parametrize("network", ["mlp:3,4,4,2:tanh:bias", "mlp:2,5,1:softplus", GIVEN])
@pytest.mark.parametrize("inputs", ["ball:3/2", 1])
def test_no_sample_is_farther_away(norm, network, inputs) -> None:
    """Directions at random, and matrices of rank one in the direction of the state before."""
    asked = ContinuousNetwork(network)
    found = asked.norm_bounded_approximation(f"{norm}:1/2", inputs, degree=3)
    assert verify(found.certificate).status == "proved" == found.status
    generator = np.random.default_rng(1)
    layers = asked.network.layers
    for k in range(200):
        x = generator.normal(size=layers[0].inputs)
        x = 1.5 * x / np.linalg.norm(x) if inputs != 1 else np.sign(x)
        state, weights = x, []
        for layer in layers:
            d = (generator.normal(size=(layer.outputs, layer.inputs)) if k % 2 else
                 np.outer(np.sign(generator.normal(size=layer.outputs)), state))
            b = generator.normal(size=(layer.outputs, 1))
            d, b = (m / of_norm(norm, m) / 2 for m in (d, b))
            w = d + (0 if layer.weights is None else np.array(
                [[float(c) for c in row] for row in layer.weights]))
            b = b[:, 0] + (0 if layer.bias is None else np.array([float(c) for c in layer.bias])
                           ) if layer.has_bias else np.zeros(layer.outputs)
            weights.append((w, b))
            state = FUNCTIONS[asked.network.activations[0].name](w @ state + b)
        one, other, states = outputs(asked.network, found.polynomials, weights, x)
        for layer, seen in zip(found.data["layers"], states):
            low, high = (float(Fraction(c)) for c in layer["interval"])
            assert low <= seen.min() and seen.max() <= high
        assert abs(one - other).max() <= found.value
        assert np.linalg.norm(one - other) <= float(Fraction(found.data["euclidean_distance"]))


def test_with_one_hidden_layer_the_bounds_are_known() -> None:
    """
    ReLU on [-1, 1] has a polynomial of degree 2 with the error 1/16, at 0: h units with inputs 0,
    and output weights B in a row of the Frobenius norm B, make an output of B sqrt(h) / 16.
    """
    network = ContinuousNetwork("mlp:3,9,1:relu")
    for norm, value in (("frobenius", Fraction(3, 16)), ("spectral", Fraction(3, 16)),
                        ("rows", Fraction(1, 16)), ("entries", Fraction(9, 16))):
        inputs = "ball:1" if norm != "entries" else [(Fraction(-1, 3), Fraction(1, 3))] * 3
        found = network.norm_bounded_approximation(f"{norm}:1", inputs, degree=2)
        assert found.data["layers"][0]["interval"] == ["-1", "1"]
        assert value <= found.value <= value * (1 + Fraction(1, 10**9))


def test_an_error_is_kept() -> None:
    found = ContinuousNetwork("mlp:4,9,9,2:gelu:bias").norm_bounded_approximation(
        "spectral:1", "ball:1", error="1/100")
    assert found.value <= Fraction(1, 100) and verify(found.certificate).status == "proved"


def test_moments_beyond_a_box_are_those_of_the_distributions() -> None:
    with working_with(100), mpmath.workdps(30):
        normal = tail_moments({"kind": "gaussian", "deviation": "2"}, fmpq(3), 7)
        for k, found in enumerate(normal):
            mean = 2 * mpmath.quad(lambda t, k=k: t**k * mpmath.npdf(t, 0, 2),
                                   [3, 6, 12, 30, mpmath.inf])
            assert abs(float(found.mid()) / float(mean) - 1) < 1e-9
        # Signs times 1 are sub-Gaussian with s = 1; their tail beyond 1/2 is all of them.
        signs = tail_moments({"kind": "sub_gaussian", "deviation": "1"}, fmpq(1, 2), 7)
        assert all(found >= 1 for found in signs)
        wider = tail_moments({"kind": "sub_gaussian", "deviation": "2"}, fmpq(3), 7)
        assert all(one >= other for one, other in zip(wider, normal))
        eighth = tail_moments({"kind": "moments", "order": 8, "bound": str(105 * 2**8)}, fmpq(3), 7)
        assert all(one >= other for one, other in zip(eighth, normal))


@pytest.mark.parametrize("distribution", ["gaussian:1", "sub_gaussian:1", "moments:16,2027025"])
@pytest.mark.parametrize("network", ["mlp:2,3,1:tanh", "mlp:1,4,1:relu:bias"])
def test_no_sample_has_a_larger_mean_square(network, distribution) -> None:
    asked = ContinuousNetwork(network)
    found = asked.mean_square_approximation(distribution, 1, degree=4)
    assert verify(found.certificate).status == "proved" == found.status
    assert found.value >= Fraction(found.data["distance"])
    generator = np.random.default_rng(2)
    layers = asked.network.layers
    for _ in range(20):
        weights = [(np.sign(generator.normal(size=(layer.outputs, layer.inputs))),
                    np.sign(generator.normal(size=layer.outputs)) * layer.has_bias)
                   for layer in layers]
        squares = []
        for _ in range(200):
            x = generator.normal(size=layers[0].inputs)  # with the 16th moment 15!!
            one, other, _ = outputs(asked.network, found.polynomials, weights, x)
            squares.append((one - other) ** 2)
        assert np.sqrt(np.mean(squares)) <= float(found.value)


def test_a_distance_in_the_mean_square_is_kept() -> None:
    found = ContinuousNetwork("mlp:2,3,1:relu").mean_square_approximation(
        "gaussian:1/2", 1, error="1/2")
    assert found.value <= Fraction(1, 2) and verify(found.certificate).status == "proved"


def test_parts_of_the_box_show_a_smaller_distance() -> None:
    """With one input, the largest difference is known from many samples."""
    asked = ContinuousNetwork({"activation": "relu", "layers": [
        {"weights": [[1], [1]], "bias": ["1/4", 0]}, {"weights": [[1, -1], [1, 1]]},
        {"weights": [[1, -1]]}]})
    whole, parts = (asked.network_approximation(degree=4, subdivide=k) for k in (None, 4000))
    weights = [(np.array([[float(c) for c in row] for row in layer.weights]),
                np.array([float(c) for c in layer.bias or (0,) * layer.outputs]))
               for layer in asked.network.layers]
    largest = max(abs(one - other)[0] for one, other, _ in (
        outputs(asked.network, parts.polynomials, weights, np.array([x]))
        for x in np.linspace(-1, 1, 2001)))
    assert largest <= parts.value < min(whole.value, 2 * largest)
    assert whole.polynomials == parts.polynomials
    assert verify(parts.certificate).status == "proved"


def test_parts_of_a_box_of_parameters() -> None:
    asked = ContinuousNetwork(GIVEN)
    whole, parts = (asked.network_approximation("1/1000", degree=3, subdivide=k)
                    for k in (None, 2000))
    assert parts.value < whole.value * Fraction(9, 10)
    assert verify(parts.certificate).status == "proved"
    generator = np.random.default_rng(3)
    for _ in range(300):
        weights = [(np.array([[float(c) for c in row] for row in layer.weights]),
                    np.array([float(c) for c in layer.bias or (0,) * layer.outputs]))
                   for layer in asked.network.layers]
        weights = [(w + generator.uniform(-1e-3, 1e-3, w.shape),
                    b + generator.uniform(-1e-3, 1e-3, b.shape) * layer.has_bias)
                   for (w, b), layer in zip(weights, asked.network.layers)]
        one, other, _ = outputs(asked.network, parts.polynomials, weights,
                                generator.uniform(-1, 1, 2))
        assert abs(one - other)[0] <= float(parts.value)


def test_inputs_that_are_known_exactly() -> None:
    asked = ContinuousNetwork(GIVEN)
    found = asked.network_approximation(degree=5, inputs=[(1, 1), (0, 0)], subdivide=1)
    weights = [(np.array([[float(c) for c in row] for row in layer.weights]),
                np.array([float(c) for c in layer.bias or (0,) * layer.outputs]))
               for layer in asked.network.layers]
    one, other, _ = outputs(asked.network, found.polynomials, weights, np.array([1.0, 0.0]))
    assert abs(one - other)[0] <= float(found.value) <= abs(one - other)[0] * (1 + 1e-3)
    assert verify(found.certificate).status == "proved"


def test_what_is_not_true_is_rejected() -> None:
    balls = ContinuousNetwork("mlp:3,9,1:relu").norm_bounded_approximation(
        "frobenius:1", "ball:1", degree=2)
    value = balls.certificate["claim"]["value"]
    less = str(Fraction(value["distance"]) * Fraction(999, 1000))
    for path, to in (
            (("claim", "value", "distance"), less),
            (("claim", "value", "euclidean_distance"), less),
            (("claim", "value", "norm"), "entries"), (("claim", "value", "norm"), "nuclear"),
            (("claim", "value", "radius"), "11/10"), (("claim", "value", "input_norm"), "2"),
            (("claim", "value", "input_norm"), None), (("claim", "value", "radius"), "-1"),
            (("evidence", "layers", 0, "slope"), "1/2"),
            (("evidence", "layers", 0, "at_zero"), "-1"),
            (("model", "layers", 0, "has_bias"), True)):
        with pytest.raises(CertificateError):
            verify(changed_at(balls.certificate, *path, to=to))
    square = ContinuousNetwork("mlp:1,2,1:relu").mean_square_approximation("gaussian:1", 1, 2)
    value = square.certificate["claim"]["value"]
    less = str(square.value * Fraction(999, 1000))
    for path, to in (
            (("claim", "value", "mean_square_distance"), less),
            (("claim", "value", "mean_square_distance"), "-" + str(square.value)),
            (("claim", "value", "distribution"), {"kind": "gaussian", "deviation": "2"}),
            (("claim", "value", "distribution"), {"kind": "sub_gaussian", "deviation": "1"}),
            (("claim", "value", "distribution"), {"kind": "moments", "order": 2, "bound": "1"}),
            (("claim", "value", "distribution"), {"kind": "cauchy", "deviation": "1"}),
            (("claim", "value", "inputs"), [["0", "9"]]),
            (("claim", "value", "radius"), "2")):
        with pytest.raises(CertificateError):
            verify(changed_at(square.certificate, *path, to=to))
    parts = ContinuousNetwork(GIVEN).network_approximation(degree=3, subdivide=300)
    for path, to in (
            (("claim", "value", "distance"), str(parts.value * Fraction(999, 1000))),
            (("claim", "value", "radius"), "1/10"), (("evidence", "boxes"), 20),
            (("evidence", "boxes"), 0),
            (("claim", "value", "inputs"), [["-1", "1"], ["-1", "2"]])):
        with pytest.raises(CertificateError):
            verify(changed_at(parts.certificate, *path, to=to))


def test_changed_certificates_are_rejected_or_claim_what_is_true() -> None:
    originals = [
        ContinuousNetwork("mlp:2,2,1:relu:bias").norm_bounded_approximation("rows:1", 1, 2),
        ContinuousNetwork("mlp:1,2,1:relu").mean_square_approximation("gaussian:1", 1, 2)]
    assert_changes_are_implied([found.certificate for found in originals], random.Random(5), 160)


def test_the_shell(capsys: pytest.CaptureFixture[str], tmp_path) -> None:
    path = tmp_path / "near.json"
    spec = ["approximate", "mlp:2,3,1:relu", "--degree", "2", "--quiet"]
    assert main([*spec, "--ball", "frobenius:1", "--inputs", "ball:1", "--certificate", str(path)]
                ) == 0
    assert "Euclidean norm at most 1" in " ".join(capsys.readouterr().out.split())
    assert main(["verify", str(path)]) == 0
    assert main([*spec, "--distribution", "gaussian:1", "--box", "1"]) == 0
    assert "in the mean square" in " ".join(capsys.readouterr().out.split())
    assert main([*spec, "--subdivide", "9", "--box", "1/100"]) == 0
    capsys.readouterr()
    for wrong, words in ((["--ball", "frobenius:1", "--box", "1"], "name --box or --ball"),
                         (["--distribution", "gaussian:1", "--inputs", "2"], "only one"),
                         (["--ball", "frobenius:1", "--subdivide", "9"], "only one")):
        assert main([*spec, *wrong]) == 2
        assert words in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("arguments, words", [
    (dict(ball="nuclear:1", degree=3), "a norm, of spectral"), (dict(ball="rows", degree=3), "as"),
    (dict(degree=3), "a norm, of spectral"), (dict(ball="rows:inf", degree=3), "not bounded"),
    (dict(ball="rows:-1", degree=3), "positive"), (dict(ball="rows:1"), "has a degree"),
    (dict(ball="rows:1", degree=3, inputs="ball:0"), "positive"),
    (dict(distribution="uniform:1", degree=3), "as in gaussian:1"),
    (dict(distribution="gaussian:0", degree=3), "positive"),
    (dict(distribution="moments:1/2,1", degree=3), "whole number"),
    (dict(distribution="moments:4,0", degree=3), "positive"),
    (dict(subdivide=0, box=1, degree=3), "from 1 to"),
    (dict(subdivide="many", box=1, degree=3), "number of parts")])
def test_what_cannot_be_asked_is_refused_in_one_sentence(arguments, words) -> None:
    network = ContinuousNetwork("mlp:2,3,1:tanh")
    if "distribution" in arguments:
        ask = network.mean_square_approximation
        arguments = arguments | {"box": 1}
    else:
        ask = (network.network_approximation if "subdivide" in arguments else
               network.norm_bounded_approximation)
    with pytest.raises(InputError, match=words):
        ask(**arguments)


def test_what_is_not_found_is_said() -> None:
    with pytest.raises(InputError, match="grow at most linearly"):
        ContinuousNetwork("mlp:2,3,1:exp").mean_square_approximation("gaussian:1", 1, degree=3)
    with pytest.raises(InputError, match="up to the order 10 .* moments:10,M"):
        ContinuousNetwork("mlp:2,3,1:tanh").mean_square_approximation("moments:4,3", 1, degree=5)


@pytest.mark.parametrize("activation", ["silu", "tanh", "softplus"])
def test_boxes_so_wide_that_a_denominator_is_not_seen_to_have_no_zero_are_halved(
        activation: str) -> None:
    network = ContinuousNetwork({"activation": activation, "layers": [
        {"weights": [[1, 1, 1]] * 3}, {"weights": [[1, 1, 1]] * 2},
        {"weights": [[1, -1], [1, 1]]}]})
    plain, found = (network.network_approximation("1/2", 4, degree=4, subdivide=n)
                    for n in (None, 60))
    assert found.value <= plain.value
    assert verify(found.certificate)


def test_moments_that_are_no_floats() -> None:
    network = ContinuousNetwork("mlp:2,3,1:tanh")
    assert network.mean_square_approximation("moments:6,1e-400", 1, degree=3).value < 1e-30
    with pytest.raises(InputError, match="at most 1,000,000"):
        network.mean_square_approximation("moments:6,1e400", 1, degree=3)
