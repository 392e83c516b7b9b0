"""Whether two networks are the same function, against copies, changes, and values at points."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from claims import changed, mutant
from implied import is_true_of_its_network
from networks import random_network

from neuroalg_sage import CertificateError, InputError, PiecewiseLinearNetwork, verify
from neuroalg_sage.cli import main
from neuroalg_sage.models.piecewise.network import Network

Layers = list[dict[str, Any]]


def layers_of(network: Network) -> Layers:
    return [dict(layer) for layer in network.describe()["layers"]]


def dense(rows: list[list[Fraction]], bias: list[Fraction]) -> dict[str, Any]:
    return {"kind": "dense", "weights": rows, "bias": bias}


def copy_of(network: Network, generator: random.Random) -> dict[str, Any]:
    """A ReLU network with its hidden units permuted and rescaled: the same function."""
    layers = layers_of(network)
    for k in range(0, len(layers) - 2, 2):
        first, last = layers[k], layers[k + 2]
        rows = [[Fraction(c) for c in row] for row in first["weights"]]
        bias = [Fraction(c) for c in first["bias"]]
        order = generator.sample(range(len(rows)), len(rows))
        factors = [Fraction(generator.randint(1, 5), generator.randint(1, 5)) for _ in rows]
        layers[k] = dense([[factors[i] * c for c in rows[i]] for i in order],
                          [factors[i] * bias[i] for i in order])
        after = [[Fraction(c) for c in row] for row in last["weights"]]
        layers[k + 2] = dense([[row[i] / factors[i] for i in order] for row in after],
                              [Fraction(c) for c in last["bias"]])
    return {"input_shape": [network.inputs], "layers": layers}


@pytest.mark.parametrize("seed", range(20))
def test_permuted_and_rescaled_networks_are_the_same(seed: int) -> None:
    generator = random.Random(seed)
    spec = generator.choice(["relu:2,4,1:bias", "relu:1,3,3,2:bias", "relu:3,3,1:bias",
                             "relu:2,3,2,1:bias", "relu:9,4,3:bias"])
    network = PiecewiseLinearNetwork(spec, seed=seed)
    copy = copy_of(network.network, generator)
    found = network.same_function(copy)
    assert found.value and found.point is None and found.status == "proved"
    assert verify(found.certificate).trust == ()
    # One weight of the last layer is changed; the unit may be dead on all inputs, and then
    # nothing may be said to differ.
    rows = copy["layers"][-1]["weights"]
    rows[0][generator.randrange(len(rows[0]))] += Fraction(1, 10**9)
    changed_copy = PiecewiseLinearNetwork(copy)
    found = network.same_function(changed_copy)
    if found.value:
        for _ in range(50):
            point = [generator.randint(-99, 99) for _ in range(network.network.inputs)]
            assert network(point) == changed_copy(point)
    else:
        assert network(found.point) != changed_copy(found.point)
        assert found.values == (network(found.point), changed_copy(found.point))


def test_a_change_that_counts_is_found() -> None:
    """In each of these a point is known where the functions differ."""
    for seed in range(12):
        network = PiecewiseLinearNetwork("relu:2,4,4,1:bias", seed=seed)
        data = network.network.describe()
        layers = [dict(layer) for layer in data["layers"]]
        layers[-1]["bias"] = [str(Fraction(layers[-1]["bias"][0]) + Fraction(1, 10**12))]
        found = network.same_function({"input_shape": [2], "layers": layers})
        assert not found.value
        assert found.values[1][0] - found.values[0][0] == Fraction(1, 10**12)


@pytest.mark.parametrize("seed", range(60))
def test_degenerate_networks(seed: int) -> None:
    """A network is itself, whatever its position; and beside another one values decide."""
    network, other = random_network(seed), random_network(seed + 1000)
    assert PiecewiseLinearNetwork(network).same_function(network).value
    # A unit that is always zero, and one that is taken away again.
    layers = layers_of(network)
    layers += [dense([[Fraction(int(i == j)) for j in range(network.outputs)]
                      for i in range(network.outputs)], [Fraction(7)] * network.outputs),
               dense([[Fraction(int(i == j)) for j in range(network.outputs)]
                      for i in range(network.outputs)], [Fraction(-7)] * network.outputs)]
    longer = {"input_shape": [network.inputs], "layers": layers}
    assert PiecewiseLinearNetwork(network).same_function(longer).value
    if (network.inputs, network.outputs) == (other.inputs, other.outputs):
        found = PiecewiseLinearNetwork(network).same_function(other)
        if found.value:
            generator = random.Random(seed)
            for _ in range(100):
                point = [Fraction(generator.randint(-60, 60), 7) for _ in range(network.inputs)]
                assert network(point) == other(point)
        else:
            assert network(found.point) != other(found.point)


def sawtooth(depth: int, scale: int = 1) -> dict[str, Any]:
    """On [0, 1] the function with 2^depth pieces; elsewhere it goes on."""
    layers: Layers = []
    for k in range(depth):
        layers += [{"kind": "dense", "weights": [[2], [4]] if not k else [[2, -1], [4, -2]],
                    "bias": [0, -2]}, {"kind": "relu"}]
    return {"input_shape": [1], "layers": [*layers, {"kind": "dense", "weights": [
        [scale, -scale]]}]}


def test_they_may_differ_far_away_only() -> None:
    """On the domain they agree; a point outside of it is found in a direction to infinity."""
    zero: dict[str, Any] = {"input_shape": [2], "layers": [
        {"kind": "dense", "weights": [[1, 0]], "bias": [-10**9]}, {"kind": "relu"},
        {"kind": "relu"}, {"kind": "dense", "weights": [[1]]}]}
    none: dict[str, Any] = {"input_shape": [2], "layers": [
        {"kind": "dense", "weights": [[0, 0]]}]}
    network = PiecewiseLinearNetwork(zero)
    for other in (none, {"input_shape": [2], "layers": [  # bent twice, as no sum of hinges is
            {"kind": "dense", "weights": [[1, 0]]}, {"kind": "relu"},
            {"kind": "dense", "weights": [[0]]}, {"kind": "relu"}]}):
        found = network.same_function(other)
        assert found.point is not None and found.point[0] > 10**9
        assert network.same_function(other, box=10**9).value
        assert not network.same_function(other, box=10**9 + 1).value


def test_a_deep_network_is_a_shallow_one() -> None:
    """Three pieces that are known: max(0, min(x, 1)) by two layers, and by hard tanh."""
    deep = PiecewiseLinearNetwork({"input_shape": [1], "layers": [
        {"kind": "relu"}, {"kind": "dense", "weights": [[-1]], "bias": [1]}, {"kind": "relu"},
        {"kind": "dense", "weights": [[-1]], "bias": [1]}]})
    tanh: dict[str, Any] = {"input_shape": [1], "layers": [
        {"kind": "dense", "weights": [[2]], "bias": [-1]}, {"kind": "hard_tanh"},
        {"kind": "dense", "weights": [["1/2"]], "bias": ["1/2"]}]}
    assert deep.same_function(tanh).value
    pooled: dict[str, Any] = {"input_shape": [1], "layers": [
        {"kind": "dense", "weights": [[-1], [0], [0]], "bias": [0, 0, -1]},
        {"kind": "maxout", "pieces": 3}, {"kind": "dense", "weights": [[1]]}]}
    assert deep.same_function(pooled).point is not None


@pytest.mark.parametrize("depth", [3, 5])
def test_sawtooth(depth: int) -> None:
    teeth = PiecewiseLinearNetwork(sawtooth(depth))
    assert teeth.same_function(sawtooth(depth)).value
    # Between two teeth of the finer one they differ, at dyadic numbers they agree.
    found = teeth.same_function(sawtooth(depth + 1), box=[[0, 1]])
    assert found.point is not None and teeth(found.point) != found.values[1]


def test_many_inputs() -> None:
    """With one hidden layer no subdivision is needed; with two, values may still differ."""
    network = PiecewiseLinearNetwork("relu:40,12,3:bias", seed=1)
    copy = copy_of(network.network, random.Random(1))
    found = network.same_function(copy)
    assert found.value and found.certificate["evidence"] == {"argument": "hinges"}
    hidden = PiecewiseLinearNetwork("relu:7,3,3,1:bias", seed=1)
    assert hidden.same_function("relu:7,3,3,1:bias:seed=2").point is not None
    with pytest.raises(InputError, match="at most 6 inputs, and these have 7"):
        hidden.same_function(hidden)


def test_a_hinge_far_from_all_trials() -> None:
    """It differs on a half space that no random point hits."""
    rows: list[list[int]] = [[1] * 8, [3, 1, 4, 1, 5, 9, 2, 6]]
    one: dict[str, Any] = {"input_shape": [8], "layers": [
        {"kind": "dense", "weights": rows, "bias": [-10**6, 0]}, {"kind": "relu"},
        {"kind": "dense", "weights": [[1, 1]]}]}
    network = PiecewiseLinearNetwork(one)
    other = PiecewiseLinearNetwork([[rows[1]], [[1]]])
    found = network.same_function(other)
    assert found.point is not None and sum(found.point) > 10**6


# -- forgeries --------------------------------------------------------------------------------


def forged(certificate: dict[str, Any], change: Callable[[dict[str, Any]], None], match: str
           ) -> None:
    with pytest.raises(CertificateError, match=match):
        verify(changed(certificate, change))


def test_forgeries() -> None:
    network, again = (PiecewiseLinearNetwork("relu:2,3,2,1:bias", seed=2) for _ in range(2))
    same = network.same_function(again).certificate
    boxed = network.same_function(again, box=2).certificate
    hinged, twin = (PiecewiseLinearNetwork("relu:2,3,1:bias", seed=2) for _ in range(2))
    hinges = hinged.same_function(twin).certificate
    differ = network.same_function("relu:2,3,2,1:bias:seed=3").certificate

    def other_weight(data: dict[str, Any]) -> None:
        data["claim"]["value"]["other"]["layers"][-1]["weights"][0][0] = "1/1000000007"

    def other_bias(data: dict[str, Any]) -> None:
        data["claim"]["value"]["other"]["layers"][-1]["bias"][0] = "1/1000000007"

    def everywhere(data: dict[str, Any]) -> None:
        data["claim"]["value"]["domain"] = []

    def no_point(data: dict[str, Any]) -> None:
        data["claim"]["value"] |= {"point": None, "same": True}

    def they_agree(data: dict[str, Any]) -> None:
        data["claim"]["value"]["same"] = True

    def outside(data: dict[str, Any]) -> None:
        data["claim"]["value"]["domain"] = [["0", "0", "-1"]]

    def in_a_part(data: dict[str, Any]) -> None:
        data["claim"]["value"]["domain"] = [["1", "0", "0"]]

    def no_units(data: dict[str, Any]) -> None:
        data["evidence"] = {"argument": "hinges"}

    forged(same, other_bias, "not the same function")
    for change in (other_weight, other_bias):
        forged(hinges, change, "not the same function")
    forged(boxed, everywhere, ".")
    forged(differ, no_point, "argument is not known")
    forged(differ, they_agree, "are the same, or differ")
    forged(differ, outside, "not in the domain")
    forged(hinges, in_a_part, "on all inputs")
    forged(same, no_units, "no affine function")
    for original in (same, boxed, hinges, differ):
        generator = random.Random(3)
        for _ in range(60):
            data = mutant(original, generator, [same, boxed, hinges, differ])
            try:
                verdict = verify(data)
            except CertificateError:
                continue
            assert is_true_of_its_network(data), verdict


# -- the shell -----------------------------------------------------------------------------------


def test_shell(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    spec = "relu:2,3,1:bias"
    assert main(["same", spec, spec, "--quiet"]) == 0
    assert "same_function = the two networks are the same function  [proved]" in (
        capsys.readouterr().out)
    kept = tmp_path / "kept.json"
    assert main(["same", spec, spec + ":seed=1", "--quiet", "--certificate", str(kept)]) == 1
    assert "the two networks differ" in capsys.readouterr().out and kept.exists()
    assert main(["verify", str(kept)]) == 0
    capsys.readouterr()
    nan = tmp_path / "nan.json"
    nan.write_text('{"input_shape": [2], "layers": [{"kind": "dense", "weights": [[NaN, 1]]}]}')
    torn = tmp_path / "torn.json"
    torn.write_text('{"input_shape": [2], "lay')
    for other, words in ((spec.replace("2", "3", 1), "2 and 3 inputs"),
                         ("relu:2,3,2:bias", "1 and 2 outputs"), (str(nan), "not a finite number"),
                         (str(torn), "is not JSON"),
                         (str(tmp_path / "none.json"), "cannot be read: No such file")):
        assert main(["same", spec, other, "--quiet"]) == 2
        message = capsys.readouterr().err
        assert words in message and message.count("\n") == 1
