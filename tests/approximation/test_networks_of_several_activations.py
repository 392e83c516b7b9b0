"""Networks with an activation for each layer, with skip connections, with activations of pieces."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numpy as np
import pytest
from claims import changed_at
from implied import assert_changes_are_implied

from neuroalg_sage import ContinuousNetwork
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.activations import activation
from neuroalg_sage.models.continuous_networks import ContinuousNetworkLayers, SparseLayer

ELU = {"kinks": ["0"], "pieces": [{"sum": [{"exp": "x"}, {"constant": "-1"}]}, ["0", "1"]]}
HARD_SWISH = {"kinks": ["-3", "3"], "pieces": [["0"], ["0", "1/2", "1/6"], ["0", "1"]]}
MISH = {"kinks": [], "pieces": [{"product": ["x", {"tanh": {"softplus": "x"}}]}]}
FUNCTIONS = {
    "tanh": np.tanh, "relu": lambda x: np.maximum(x, 0), "elu": lambda x: np.where(
        x > 0, x, np.expm1(x)),
    "hard_swish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x)))}
ACTIVATIONS = {"elu": ELU, "hard_swish": HARD_SWISH, "mish": MISH}
LAYERS = [{"weights": [["1/2", -1], [2, "1/3"]], "bias": ["1/4", 0]},
          {"weights": [[1, "-1/2"], ["3/4", 1]]}, {"weights": [[-1, 2]], "bias": [1]}]


@pytest.mark.parametrize("names", [("tanh", "relu"), ("elu", "hard_swish"), ("mish", "tanh")])
def test_each_layer_has_its_activation(names) -> None:
    network = ContinuousNetwork({"activation": [ACTIVATIONS.get(n, n) for n in names],
                                 "layers": LAYERS})
    found = network.network_approximation(degree=8)
    assert verify(found.certificate).status == "proved" == found.status
    generator = np.random.default_rng(0)
    x = generator.uniform(-1, 1, (2, 1000))
    one = other = x
    for k, layer in enumerate(LAYERS):
        w = np.array([[float(Fraction(c)) for c in row] for row in layer["weights"]])
        b = np.array([[float(Fraction(c))] for c in layer.get("bias", [0] * len(w))])
        one, other = w @ one + b, w @ other + b
        if k < 2:
            p = [float(c) for c in reversed(found.polynomials[k])]
            one, other = FUNCTIONS[names[k]](one), np.polyval(p, other)
    assert 0 < abs(one - other).max() <= found.value < 1


def test_an_activation_of_pieces_has_the_error_of_the_one_of_that_name() -> None:
    relu = {"kinks": ["0"], "pieces": [["0"], ["0", "1"]]}
    layers = [{"weights": [[1]]}, {"weights": [[1]]}]
    known, other = (ContinuousNetwork({"activation": a, "layers": layers}).network_approximation(
        degree=2) for a in ("relu", [relu]))
    assert known.value == other.value == Fraction(1, 16)
    # A polynomial of the degree is its own polynomial.
    square = ContinuousNetwork({"activation": [{"kinks": [], "pieces": [["1", "0", "1/3"]]}],
                                "layers": layers}).network_approximation(degree=2)
    assert square.value == 0 and square.polynomials == [(1, 0, Fraction(1, 3))]
    assert verify(square.certificate).status == "proved"


def residual() -> ContinuousNetworkLayers:
    """x + W tanh(x + V relu(U x)), where zeros of the matrices are left out."""
    third = Fraction(1, 3)
    return ContinuousNetworkLayers((activation("relu"), activation("tanh")), (
        SparseLayer((0,), 2, ({0: Fraction(1)}, {0: Fraction(-1), 1: Fraction(2)}, {1: third}),
                    (third, Fraction(0), Fraction(0))),
        SparseLayer((0, 1), 5, ({0: Fraction(1), 2: third}, {1: Fraction(1), 4: Fraction(-1)}),
                    (Fraction(0),) * 2),
        SparseLayer((0, 2), 4, ({0: Fraction(1), 2: Fraction(2), 3: third}, {1: Fraction(1)}),
                    (Fraction(1), Fraction(0)))))


def test_layers_take_states_before() -> None:
    found = ContinuousNetwork(residual()).network_approximation(degree=6)
    assert verify(found.certificate).status == "proved"
    x = np.random.default_rng(1).uniform(-1, 1, (2, 1000))
    p, q = ([float(c) for c in reversed(p)] for p in found.polynomials)

    def outputs(f, g):
        h = f(np.array([x[0] + 1 / 3, 2 * x[1] - x[0], x[1] / 3]))
        k = g(np.array([x[0] + h[0] / 3, x[1] - h[2]]))
        return np.array([x[0] + 2 * k[0] + k[1] / 3 + 1, x[1]])

    one = outputs(FUNCTIONS["relu"], np.tanh)
    other = outputs(lambda y: np.polyval(p, y), lambda y: np.polyval(q, y))
    assert 0 < abs(one - other).max() <= found.value < 1


def test_what_is_not_true_is_rejected() -> None:
    certificate = ContinuousNetwork(residual()).network_approximation(degree=4).certificate
    layers = ("model", "layers")
    for path, to in (
            ((*layers, 1, "sources"), [1, 0]), ((*layers, 1, "sources"), [0]),
            ((*layers, 1, "sources"), [0, 2]), ((*layers, 0, "sources"), []),
            ((*layers, 2, "weights", 0), [[0, "1"], [2, "4"]]),
            ((*layers, 0, "weights", 0), [[2, "1"]]), ((*layers, 0, "inputs"), 3),
            (("model", "activation"), ["tanh", "relu"]), (("model", "activation"), ["relu"]),
            (("model", "activation"), [HARD_SWISH, "tanh"])):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, *path, to=to))


@pytest.mark.parametrize("pieces", [
    [["0"], ["1"]], [["0"], [{"exp": "x"}]], [{"exp": "x"}, {"constant": "1/3"}],
    [{"exp": "x"}, {"cosh": "x"}], [{"sum": []}, ["0"]], [[], ["0"]], [["0"]],
    [{"log": "x"}, ["0"]], [{"exp": "x", "sin": "x"}, ["0"]], [5, ["0"]]])
def test_pieces_that_do_not_meet_or_are_unknown_are_refused(pieces) -> None:
    with pytest.raises(InputError, match="kinks and pieces"):
        activation({"kinks": ["0"], "pieces": pieces})


def test_values_and_slopes_of_expressions_are_enclosed() -> None:
    from flint import fmpq

    from neuroalg_sage.certificates.approximation.activations import Activation

    for name, data in ACTIVATIONS.items():
        low, high, slope = Activation({"activation": data}).value_and_slope(
            fmpq(-4), fmpq(4), 64)
        at = np.linspace(-4, 4, 4001)
        values = FUNCTIONS[name](at)
        assert float(low.lower()) <= values.min() and values.max() <= float(high.upper())
        steepest = abs(np.diff(values) / np.diff(at)).max()
        assert steepest <= float(slope.upper()) < 1.1 * steepest


def test_changed_certificates_are_rejected_or_claim_what_is_true() -> None:
    generator = random.Random(5)
    hard = ContinuousNetwork({"activation": [HARD_SWISH, "tanh"], "layers": LAYERS})
    originals = [ContinuousNetwork(residual()).network_approximation(degree=2),
                 hard.network_approximation(degree=3)]
    certificates = [found.certificate for found in originals]
    assert_changes_are_implied(certificates, generator, 100)


def test_activations_are_as_many_as_layers_between() -> None:
    with pytest.raises(InputError, match="a list of activations"):
        ContinuousNetwork({"activation": ["tanh"], "layers": LAYERS})
    assert math.isclose(FUNCTIONS["mish"](1.0), 0.8650983882673103)
