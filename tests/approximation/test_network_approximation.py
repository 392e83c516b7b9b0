"""Polynomial networks near others: known answers, samples, refusals, and forgeries."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import numpy as np
import pytest
from claims import changed_at
from implied import assert_changes_are_implied

from neuroalg_sage import CertificateError, ContinuousNetwork, InputError, NeuroManifold, verify
from neuroalg_sage.certificates.approximation.networks import Network
from neuroalg_sage.certificates.reading import MalformedCertificate
from neuroalg_sage.cli import main

GIVEN = {"activation": "tanh", "layers": [
    {"weights": [[1, "1/2"], [-1, 2]], "bias": [0, "1/4"]}, {"weights": [["1/2", 1], [1, -1]]},
    {"weights": [[1, 1]], "bias": [3]}]}


def test_with_one_hidden_layer_the_bound_is_attained() -> None:
    """h units, output weights B, the error d of the activation: h B d, where all states are 0."""
    for units, box in ((3, Fraction(1)), (5, Fraction(1, 2))):
        found = ContinuousNetwork(f"mlp:2,{units},1:relu").network_approximation(box, degree=2)
        (p,), (layer,) = found.polynomials, found.data["layers"]
        assert layer["interval"] == [str(-2 * box), str(2 * box)] or box != 1
        d = Fraction(layer["error"])
        assert found.value == units * box * d and d == 2 * box / 16
        # At weights 0 of the first layer, and B of the second: the outputs are 0 and h B p(0).
        assert units * box * p[0] == found.value


@pytest.mark.parametrize("spec, box, inputs, degree", [
    ("mlp:2,3,1:tanh", 1, 1, 5), ("mlp:3,4,4,2:gelu:bias", "1/2", 1, 7),
    ("mlp:2,3,3,1:softplus:bias", 1, [("0", 1), (-2, "1/2")], 6),
    ("mlp:1,4,4,1:abs:bias", 1, 2, 8)])
def test_no_sample_is_farther_away(spec, box, inputs, degree) -> None:
    network = ContinuousNetwork(spec)
    found = network.network_approximation(box, inputs, degree)
    assert verify(found.certificate).status == "proved" == found.status
    functions = {"tanh": np.tanh, "abs": np.abs, "softplus": lambda x: np.log1p(np.exp(x)),
                 "gelu": lambda x: x * np.vectorize(_normal)(x)}
    f = functions[network.network.activations[0].name]
    polynomials = [[float(c) for c in reversed(p)] for p in found.polynomials]
    generator = np.random.default_rng(0)
    ends = np.array([[float(Fraction(c)) for c in pair] for pair in found.data["inputs"]])
    for k in range(300):
        one = other = generator.uniform(ends[:, 0], ends[:, 1])
        for i, layer in enumerate(network.network.layers):
            w = generator.uniform(-1, 1, (layer.outputs, layer.inputs + layer.has_bias))
            w = float(Fraction(box)) * (np.sign(w) if k % 2 else w)
            one, other = ((w @ np.append(state, 1.0) if layer.has_bias else w @ state)
                          for state in (one, other))
            if i < len(polynomials):
                low, high = map(float, map(Fraction, found.data["layers"][i]["interval"]))
                assert min(one.min(), other.min()) >= low and max(one.max(), other.max()) <= high
                one, other = f(one), np.polyval(polynomials[i], other)
        assert abs(one - other).max() <= found.value


def _normal(x: float) -> float:
    from math import erf, sqrt

    return (1 + erf(x / sqrt(2))) / 2


def test_an_error_is_kept_and_degrees_differ_by_layer() -> None:
    for error in ("1/2", "1/100"):
        found = ContinuousNetwork("mlp:2,3,3,1:tanh").network_approximation(1, error=error)
        assert found.value <= Fraction(error) and len(found.degrees) == 2
        assert verify(found.certificate).status == "proved"


def test_given_weights_are_at_their_place() -> None:
    found = ContinuousNetwork(GIVEN).network_approximation(error="1/100")
    wider = ContinuousNetwork(GIVEN).network_approximation("1/10", error="1/100")
    assert "at these weights" in found.sentence() and "differ from these" in wider.sentence()
    assert max(found.value, wider.value) <= Fraction(1, 100)
    ends = [Fraction(f.data["layers"][0]["interval"][1]) for f in (found, wider)]
    # |-1| + 2 + 1/4, and then 1/10 more for each of three parameters.
    assert ends == [Fraction(13, 4), Fraction(13, 4) + Fraction(3, 10)]
    assert all(verify(f.certificate).status == "proved" for f in (found, wider))


def test_a_network_of_10000_weights() -> None:
    found = ContinuousNetwork("mlp:98,100,2:tanh").network_approximation("1/10", error="1/10")
    assert found.value <= Fraction(1, 10) and verify(found.certificate).status == "proved"


def test_what_is_not_true_is_rejected() -> None:
    found = ContinuousNetwork("mlp:2,3,3,1:relu").network_approximation(1, degree=2)
    certificate = found.certificate
    for path, to in (
            (("claim", "value", "distance"), str(found.value * Fraction(999, 1000))),
            (("claim", "value", "radius"), "11/10"),
            (("claim", "value", "inputs"), [["-1", "1"], ["-2", "1"]]),
            (("claim", "value", "layers", 0, "error"), "1/9"),
            (("claim", "value", "layers", 1, "coefficients"), ["0", "1"]),
            (("evidence", "layers", 1, "slope"), "1/2"),
            (("evidence", "layers", 0, "values"), ["0", "1"]),
            (("model", "activation"), "abs"), (("model", "layers", 1, "shape"), [3, 4]),
            (("model", "layers", 0, "has_bias"), True)):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, *path, to=to))


def test_changed_certificates_are_rejected_or_claim_what_is_true() -> None:
    generator = random.Random(3)
    originals = [ContinuousNetwork("mlp:2,2,1:relu:bias").network_approximation(1, degree=2),
                 ContinuousNetwork(GIVEN).network_approximation("1/10", error="1/2")]
    certificates = [found.certificate for found in originals]
    assert_changes_are_implied(certificates, generator, 150)


@pytest.mark.parametrize("network, arguments, words", [
    ("mlp:2,3,1:tanh", dict(degree=3), "in a box"), ("mlp:2,3,1:tanh", dict(box="inf", degree=3),
                                                      "not bounded"),
    ("mlp:2,3,1:tanh", dict(box=1), "has a degree, or an error"),
    ("mlp:2,3,1:tanh", dict(box=1, degree=500), "from 0 to 100"),
    ("mlp:2,3,1:tanh", dict(box=1, degree=3, inputs=[(0, 1)]), "2 pairs"),
    ("mlp:2,3,1:sign", dict(box=1, degree=3), "not continuous"),
    ("mlp:2,1:tanh", dict(box=1, degree=3), "no hidden layer"),
    ("cnn:2,2:tanh", dict(box=1, degree=3), "fully connected"),
    ({"activation": "tanh", "layers": [{"weights": [[1]]}, {"weights": [[1, 2]]}]},
     dict(degree=3), "fit together"),
    ({"activation": "tanh", "layers": [{"weights": 3}, {"weights": [[1]]}]}, dict(degree=3),
     "fit together"),
    ("mlp:2,3,1:tanh", dict(box=1, degree=3, inputs=[1, 2]), "A list of numbers"),
    ("mlp:2,3,1:tanh", dict(box=1, degree=3, inputs={0: (0, 1)}), "2 pairs")])
def test_what_cannot_be_asked_is_refused_in_one_sentence(network, arguments, words) -> None:
    with pytest.raises(InputError, match=words):
        ContinuousNetwork(network).network_approximation(**arguments)


def test_a_spec_with_such_an_activation_is_answered_by_how_to_ask(capsys) -> None:
    with pytest.raises(InputError, match="add --approximate 7 --box 1"):
        NeuroManifold("mlp:2,3,1:tanh")
    assert main(["approximate", "mlp:2,3,1:tanh", "--degree", "7", "--box", "1", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["status"] == "proved" and Fraction(page["distance"]) < Fraction(1, 100)
    assert Fraction(page["distance"]) >= 3 * Fraction("2.5276e-3")


def test_questions_are_answered_of_the_polynomial_network(capsys, tmp_path) -> None:
    spec = ["mlp:2,3,1:tanh", "--approximate", "3", "--box", "1", "--quiet"]
    assert main(["compute", *spec, "dimension", "--no-cache"]) == 0
    text = capsys.readouterr().out
    assert "of the polynomial network at distance at most 0.1365" in text
    # Its polynomial is odd, with terms of degrees 1 and 3.
    p = ContinuousNetwork(spec[0]).network_approximation(1, degree=3).polynomials[0]
    assert p[0] == p[2] == 0
    own = NeuroManifold(f"mlp:2,3,1:{p[3]}*x^3+{p[1]}*x").dimension()
    assert f"dimension = {own.data}" in text
    assert main(["compute", *spec, "dimension", "--json", "--no-cache"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert "distance at most 0.1365" in page["model"]["name"]
    assert main(["capacity", *spec, "--epsilon", "1/2", "--no-cache"]) == 0
    assert "distance at most 0.1365" in capsys.readouterr().out
    data = tmp_path / "data.csv"
    data.write_text("1,0\n0,1\n")
    assert main(["train", "mlp:1,1,1:abs", "--approximate", "2", "--box", "1", "--data", str(data),
                 "--json", "--no-cache", "--quiet"]) in (0, 3)
    assert "distance at most 0.125" in capsys.readouterr().out


def test_boxes_without_an_approximation_are_refused(capsys) -> None:
    assert main(["compute", "mlp:2,3,1:x^2", "dimension", "--box", "1"]) == 2
    assert "add --approximate" in capsys.readouterr().err
    assert main(["compute", "mlp:2,3,1:tanh", "dimension", "--approximate", "3"]) == 2
    assert "in a box" in capsys.readouterr().err


def test_a_layer_on_which_the_activation_is_constant() -> None:
    """ReLU of states from -5 to -1 is 0, and so is its polynomial."""
    found = ContinuousNetwork({"activation": "relu", "layers": [
        {"weights": [[1, 1]], "bias": [-3]}, {"weights": [[7]]}]}).network_approximation(degree=2)
    assert found.value == 0 and found.polynomials == [(0,)]
    assert verify(found.certificate).status == "proved"


def test_bounds_of_slopes_are_those_of_the_checker_at_any_precision() -> None:
    """Balls of other precisions have other ends; a layer may need more bits than those before."""
    layers = [
        {"weights": [["-3/5", "-7/10", "9/10"], ["-11/10", "-7/5", "-7/5"]],
         "bias": ["7/10", "-17/10"]},
        {"weights": [["9/10", "-11/10"], ["3/10", "3/2"], ["0", "-3/10"]],
         "bias": ["1/2", "-2", "2/5"]},
        {"weights": [["11/10", "4/5", "-1/10"], ["-1/10", "17/10", "2/5"], ["0", "-1/5", "-9/10"]],
         "bias": ["-7/5", "11/10", "-9/10"]},
        {"weights": [["4/5", "-11/10", "9/10"], ["-7/5", "7/5", "-13/10"]], "bias": ["7/5", "0"]},
        {"weights": [["0", "11/10"]], "bias": ["3/2"]}]
    for name, degree in (("gelu", 2), ("gelu", 3), ("silu", 5), ("tanh", 20), ("sin", 9)):
        found = ContinuousNetwork({"activation": name, "layers": layers}).network_approximation(
            "1/10", [(1, "1001/1000")] * 3, degree)
        assert verify(found.certificate).status == "proved"


def test_the_name_says_for_which_parameters_and_inputs_it_is_near(capsys, tmp_path) -> None:
    network = ContinuousNetwork(GIVEN)
    assert "at these weights" in str(network.network_approximation(degree=3).model())
    assert "differ from these weights by at most 1/10 and inputs from -1 to 1" in str(
        network.network_approximation("1/10", degree=3).model())
    assert main(["compute", "mlp:2,3,1:tanh", "dimension", "--approximate", "3", "--box", "1/2",
                 "--inputs", "0,1;-2,2", "--quiet", "--no-cache"]) == 0
    assert "for all parameters from -1/2 to 1/2 and inputs in the box" in capsys.readouterr().out
    data = tmp_path / "data.csv"
    data.write_text("1,0\n0,1\n100,3\n")
    assert main(["train", "mlp:1,1,1:abs", "--approximate", "2", "--box", "1", "--data", str(data),
                 "--no-cache", "--quiet"]) in (0, 3)
    text = " ".join(capsys.readouterr().out.split())
    assert "distance at most 0.125 of mlp:1,1,1:abs, for all parameters from -1 to 1" in text


def test_a_layer_with_a_constant_makes_no_model(capsys) -> None:
    assert main(["compute", "mlp:2,3,1:tanh", "dimension", "--approximate", "0", "--box", "1"]) == 2
    assert "larger degree" in capsys.readouterr().err


def test_a_layer_that_is_no_object_is_rejected() -> None:
    certificate = ContinuousNetwork("mlp:2,3,1:relu").network_approximation(1, degree=2).certificate
    for layer in (5, None, "shape"):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, "model", "layers", 1, to=layer))
        with pytest.raises(MalformedCertificate):
            Network({"activation": "relu", "layers": [layer]})


def test_what_verify_says_has_the_distance() -> None:
    found = ContinuousNetwork("mlp:2,3,1:relu").network_approximation(1, degree=2)
    assert '"distance": "3/8"' in str(verify(found.certificate))
