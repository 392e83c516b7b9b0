"""Polynomial networks near trained ones in files of ONNX, and their files, which others run."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from conftest import slow

pytest.importorskip("onnx")

from onnx import TensorProto, load_model_from_string, numpy_helper  # noqa: E402
from onnx_networks import evaluator, network_file, node  # noqa: E402

from neuroalg_sage import (  # noqa: E402
    ContinuousNetwork,
    InputError,
    LimitReached,
    NeuroManifold,
    from_onnx,
    load_trained,
    verify,
)
from neuroalg_sage.cli import main  # noqa: E402
from neuroalg_sage.models.trained.continuous import network_from_onnx  # noqa: E402

RNG = np.random.default_rng(0)


def weights(*shape: int) -> Any:
    return (RNG.normal(size=shape) / np.sqrt(shape[-1])).astype(np.float32)


def agree(content: bytes, shape: Sequence[int], error: str = "1/20", count: int = 200) -> Any:
    """
    Demand that the polynomial network is near the file, in the program that runs both, and that it
    is exactly the one of the certificate.
    """
    found = ContinuousNetwork(content).network_approximation(
        error=error, coefficients="float32")
    assert found.value <= Fraction(error) and verify(found.certificate).status == "proved"
    made = found.onnx_content()
    one, other = evaluator(content), evaluator(made)
    largest = 0.0
    for _ in range(count):
        x = RNG.uniform(-1, 1, shape).astype(np.float32)
        largest = max(largest, abs(one(x) - other(x)).max())
    assert largest <= float(found.value) * 1.001 + 1e-5  # they compute in numbers of 32 bits
    assert exactly(found, x) == from_onnx(made)([Fraction(float(c)) for c in x.ravel()])
    return found


def exactly(found: Any, x: Any) -> tuple[Fraction, ...]:
    """The outputs of the polynomial network by its certificate."""
    states = [[Fraction(float(c)) for c in x.ravel()]]
    model = found.certificate["model"]
    for k, layer in enumerate(model["layers"]):
        before = [c for s in layer.get("sources", [k]) for c in states[s]]
        bias = layer["bias"] or ["0"] * len(layer["weights"])
        values = []
        for row, b in zip(layer["weights"], bias):
            entries = row if "inputs" in layer else enumerate(row)
            values.append(sum((Fraction(w) * before[j] for j, w in entries), Fraction(b)))
        if k < len(model["layers"]) - 1:
            p = found.polynomials[k]
            values = [sum(c * v**i for i, c in enumerate(p)) for v in values]
        states.append(values)
    return tuple(states[-1])


W, V, B = weights(4, 3), weights(2, 4), weights(4)
STORED = {"W": W, "V": V, "b": B, "half": np.float32(0.5), "one": np.float32(1),
          "root": np.float32(math.sqrt(2)), "three": np.float32(3), "six": np.float32(6),
          "zero": np.float32(0), "slope": np.array([0.25], np.float32)}
BEFORE, AFTER = node("Gemm", "x W b", "h", transB=1), node("Gemm", "a V", "y", transB=1)


@pytest.mark.parametrize("nodes, name, opset", [
    ([node("Tanh", "h", "a")], "tanh", 17), slow([node("Sigmoid", "h", "a")], "sigmoid", 17),
    slow([node("Softplus", "h", "a")], "softplus", 17), ([node("Erf", "h", "a")], "erf", 17),
    ([node("Gelu", "h", "a")], "gelu", 20),
    ([node("Gelu", "h", "a", approximate="tanh")], "Gelu", 20),
    ([node("Sigmoid", "h", "s"), node("Mul", "h s", "a")], "silu", 17),
    slow([node("Sigmoid", "h", "s"), node("Mul", "s h", "a")], "silu", 17),
    ([node("Div", "h root", "d"), node("Erf", "d", "e"), node("Add", "e one", "f"),
      node("Mul", "h f", "g"), node("Mul", "g half", "a")], "Div-Erf-Add-Mul-Mul", 17),
    slow([node("Mish", "h", "a")], "Mish", 18),
    slow([node("Elu", "h", "a", alpha=0.5)], "Elu", 17),
    slow([node("Selu", "h", "a")], "Selu", 17),
    slow([node("Celu", "h", "a", alpha=2.0)], "Celu", 17),
    ([node("Relu", "h", "a")], "relu", 17), slow([node("Abs", "h", "a")], "abs", 17),
    ([node("LeakyRelu", "h", "a", alpha=0.125)], "LeakyRelu", 17),
    ([node("PRelu", "h slope", "a")], "PRelu", 17), slow([node("Max", "h half", "a")], "Max", 17),
    ([node("Clip", "h - half", "a")], "Clip", 17), slow([node("Min", "h half", "a")], "Min", 17),
    ([node("HardSigmoid", "h", "a")], "HardSigmoid", 17),
    slow([node("HardSwish", "h", "a")], "HardSwish", 17),
    ([node("Add", "h three", "d"), node("Clip", "d zero six", "e"), node("Mul", "h e", "f"),
      node("Div", "f six", "a")], "Add-Clip-Mul-Div", 17),
    slow([node("Neg", "h", "d"), node("Relu", "d", "a")], "Neg-Relu", 17),
    slow([node("Tanh", "h", "d"), node("Sub", "h d", "a")], "Tanh-Sub", 17),
    ([node("Softplus", "h", "d"), node("Tanh", "d", "e"), node("Mul", "h e", "a")],
     "Softplus-Tanh-Mul", 17),
    ([node("Max", "half h", "a")], "Max", 17), slow([node("Min", "half h", "a")], "Min", 17),
    ([node("Relu", "h", "d"), node("Tanh", "d", "a")], "Relu-Tanh", 17)])
def test_an_activation_is_read_as_others_run_it(nodes, name, opset) -> None:
    content = network_file([BEFORE, *nodes, AFTER], STORED, ["N", 3], opset=opset)
    network = network_from_onnx(content)
    assert [str(f) for f in network.activations] == [name] and network.widths == [3, 4, 2]
    agree(content, (1, 3))


def test_layers_have_different_activations_and_weights_are_dyadic() -> None:
    content = network_file(
        [BEFORE, node("Tanh", "h", "a"), node("MatMul", "a U", "k"), node("Add", "k c", "l"),
         node("Relu", "l", "m"), node("MatMul", "m V", "n"), node("Sigmoid", "n", "o"),
         node("Gemm", "o T", "y")],
        STORED | {"U": weights(4, 5), "c": weights(5), "V": weights(5, 2), "T": weights(2, 3)},
        ["N", 3])
    found = agree(content, (1, 3))
    assert found.certificate["model"]["activation"] == ["tanh", "relu", "sigmoid"]
    assert {Fraction(c).denominator & (Fraction(c).denominator - 1)
            for p in found.polynomials for c in p} == {0}
    first = found.certificate["model"]["layers"][0]
    assert [[float(Fraction(w)) for w in row] for row in first["weights"]] == W.tolist()


def test_a_convolution_and_pooling_are_affine_maps() -> None:
    content = network_file(
        [node("Conv", "x F f", "c", pads=[1, 1, 1, 1]),
         node("BatchNormalization", "c s t m v", "n"), node("Tanh", "n", "a"),
         node("AveragePool", "a", "p", kernel_shape=[2, 2], strides=[2, 2]),
         node("Conv", "p G", "d", group=2), node("Relu", "d", "r"),
         node("GlobalAveragePool", "r", "g"), node("Flatten", "g", "l"),
         node("Gemm", "l V", "y")],
        {"F": weights(2, 1, 3, 3), "f": weights(2), "G": weights(4, 1, 2, 2), "V": weights(4, 3),
         "s": weights(2), "t": weights(2), "m": weights(2), "v": abs(weights(2)) + 1},
        ["N", 1, 4, 4])
    network = network_from_onnx(content)
    assert network.widths == [16, 32, 4, 3]
    # 3 x 3 windows on 4 x 4 places have 100 entries inside; pooled windows of one channel have 16.
    assert [layer.parameter_count for layer in network.layers] == [200 + 32, 64 + 4, 12 + 3]
    agree(content, (1, 1, 4, 4), "1/2", count=50)


def test_skip_connections_take_states_before() -> None:
    content = network_file(
        [BEFORE, node("Tanh", "h", "a"), node("MatMul", "a U", "k"), node("Add", "x k", "r"),
         node("MatMul", "r S", "l"), node("Relu", "l", "m"), node("MatMul", "m T", "n"),
         node("Add", "r n", "o"), node("Add", "o x", "y")],
        STORED | {"U": weights(4, 3), "S": weights(3, 5), "T": weights(5, 3)}, ["N", 3])
    network = network_from_onnx(content)
    assert network.widths == [3, 4, 5, 3]
    assert [getattr(layer, "sources", None) for layer in network.layers] == [None, (0, 1),
                                                                             (0, 1, 2)]
    agree(content, (1, 3), "1/2")


def test_a_number_may_come_before_the_function_that_is_cut_off() -> None:
    content = network_file([BEFORE, node("Tanh", "h", "t"), node("Max", "zero t", "s"),
                            node("Min", "half s", "a"), AFTER], STORED, ["N", 3])
    found = agree(content, (1, 3), "1/4")
    assert [str(f) for f in found.network.activations] == ["tanh", "relu", "Min"]


def test_kinks_at_which_nothing_changes_are_none() -> None:
    content = network_file(
        [BEFORE, node("LeakyRelu", "h", "k", alpha=1.0), node("Relu", "k", "r"),
         node("Sub", "r r", "z"), node("Add", "k z", "l"), node("Tanh", "l", "a"), AFTER],
        STORED, ["N", 3])
    assert [str(f) for f in network_from_onnx(content).activations] == ["tanh"]


def test_a_line_on_the_interval_of_the_states_has_numbers_of_the_file() -> None:
    content = network_file(
        [BEFORE, node("Mul", "h tenth", "i"), node("HardSigmoid", "i", "j"),
         node("Mul", "j tenth", "a"), AFTER], STORED | {"tenth": np.float32(0.1)}, ["N", 3])
    [line] = agree(content, (1, 3), "1/10000").polynomials
    assert len(line) == 2 and all(Fraction(float(np.float32(float(c)))) == c for c in line)


def test_several_outputs_are_near_together() -> None:
    content = network_file([BEFORE, node("Tanh", "h", "a"), AFTER, node("Mul", "a half", "z")],
                           STORED, ["N", 3], outputs=("y", "z"))
    assert network_from_onnx(content).widths == [3, 4, 6]
    found = ContinuousNetwork(content).network_approximation(error="1/20", coefficients="float32")
    made = found.onnx_content()
    assert [v.name for v in load_model_from_string(made).graph.output] == ["y", "z"]
    x = RNG.uniform(-1, 1, (1, 3)).astype(np.float32)
    assert abs(evaluator(content)(x) - evaluator(made)(x)).max() <= float(found.value) + 1e-6


def test_numbers_of_64_bits_make_coefficients_of_64_bits() -> None:
    stored = {name: value.astype(np.float64) for name, value in STORED.items()}
    content = network_file([BEFORE, node("Tanh", "h", "a"), AFTER], stored, ["N", 3],
                           kind=TensorProto.DOUBLE)
    found = ContinuousNetwork(content).network_approximation(error="1e-6", coefficients="float64")
    made = found.onnx_content()
    kinds = {t.data_type for t in load_model_from_string(made).graph.initializer}
    assert kinds == {TensorProto.DOUBLE}
    x = RNG.uniform(-1, 1, (1, 3))
    assert abs(evaluator(content)(x) - evaluator(made)(x)).max() <= 1e-6 + 1e-12
    with pytest.raises(LimitReached, match="float16"):
        ContinuousNetwork(content).network_approximation(error="1e-4", coefficients="float16")
    with pytest.raises(InputError, match="no number of float64"):
        ContinuousNetwork(content).network_approximation(error="1e-2").onnx_content()


def test_a_polynomial_in_the_file_stays_as_it_is() -> None:
    content = network_file(
        [BEFORE, node("Mul", "h tenth", "g"), node("Mul", "g g", "q"), node("MatMul", "q U", "k"),
         node("Tanh", "k", "a"), AFTER],
        STORED | {"U": weights(4, 4), "tenth": np.float32(0.1)}, ["N", 3])
    found = agree(content, (1, 3))
    # The square of a number of 24 bits has more of them.
    assert found.polynomials[0] == (0, 0, Fraction(float(np.float32(0.1)))**2)
    assert found.data["layers"][0]["error"] == "0"
    kinds = [n.op_type for n in load_model_from_string(found.onnx_content()).graph.node]
    assert "Tanh" not in kinds and kinds[:4] == ["Gemm", "Mul", "Mul", "MatMul"]


def test_composites_are_written_and_run() -> None:
    content = network_file([BEFORE, node("Relu", "h", "r"), node("MatMul", "r U", "k"),
                            node("Abs", "k", "a"), AFTER], STORED | {"U": weights(4, 4)}, ["N", 3])
    found = ContinuousNetwork(content).network_approximation(
        error="1/2", coefficients="float32", composite=True)
    assert verify(found.certificate).status == "proved"
    made = found.onnx_content()
    assert not {"Relu", "Abs"} & {n.op_type for n in load_model_from_string(made).graph.node}
    one, other = evaluator(content), evaluator(made)
    for _ in range(200):
        x = RNG.uniform(-1, 1, (1, 3)).astype(np.float32)
        assert abs(one(x) - other(x)).max() <= float(found.value) + 1e-5
    assert exactly(found, x) == from_onnx(made)([Fraction(float(c)) for c in x.ravel()])


def test_the_command_writes_onnx_and_json_that_are_read_again(tmp_path, capsys) -> None:
    file, made, data, proof = (str(tmp_path / name) for name in (
        "net.onnx", "poly.onnx", "poly.json", "poly.proof.json"))
    content = network_file([BEFORE, node("Sigmoid", "h", "a"), AFTER], STORED, ["N", 3])
    (tmp_path / "net.onnx").write_bytes(content)
    assert main(["approximate", file, "--error", "0.01", "--inputs", "0,1;-1,1;-2,2", "--onnx",
                 made, "--output", data, "--certificate", proof, "--json", "--quiet"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert Fraction(page["distance"]) <= Fraction(1, 100) and page["status"] == "proved"
    assert page["model"]["source"]["file"] == "net.onnx"
    assert len(page["model"]["source"]["sha256"]) == 64
    assert main(["verify", proof]) == 0
    read, written = load_trained(made), load_trained(data)
    assert read([1, 0, "1/2"]) == written([1, 0, "1/2"])
    assert main(["inspect", made, "--json", "--quiet"]) in (0, 3)
    capsys.readouterr()


def test_a_network_of_json_is_written_as_onnx(tmp_path, capsys) -> None:
    given = {"activation": ["tanh", "relu"], "layers": [
        {"weights": [[0.5, "-0.125"], [1, "1/4"]], "bias": [0.125, 0]},
        {"weights": [[1, -1], [2, 0.5]]}, {"weights": [[1, 1]]}]}
    (tmp_path / "net.json").write_text(json.dumps(given))
    made = tmp_path / "poly.onnx"
    assert main(["approximate", str(tmp_path / "net.json"), "--error", "0.1", "--onnx", str(made),
                 "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    x = RNG.uniform(-1, 1, (1, 2))
    w = [np.array([[float(Fraction(c)) for c in row] for row in layer["weights"]])
         for layer in given["layers"]]
    exact = w[2] @ np.maximum(w[1] @ np.tanh(w[0] @ x[0] + [0.125, 0]), 0)
    assert abs(evaluator(made.read_bytes())(x)[0] - exact).max() <= float(page["distance"])
    given["layers"][2]["weights"] = [["1/3", 1]]
    (tmp_path / "net.json").write_text(json.dumps(given))
    assert main(["approximate", str(tmp_path / "net.json"), "--error", "0.1", "--onnx", str(made)]
                ) == 2
    assert "1/3 is no number of float64" in capsys.readouterr().err


def test_the_polynomial_network_has_weights_and_a_neuromanifold() -> None:
    found = ContinuousNetwork({"activation": "relu", "layers": [
        {"weights": [[1, "1/3"]]}, {"weights": [[3]]}]}).network_approximation(degree=2)
    near = found.trained()
    assert near([1, 1]) == (3 * sum(c * Fraction(4, 3)**k for k, c in enumerate(
        found.polynomials[0])),)
    assert NeuroManifold(near.model).dimension().value == 3 - 1 + 1


def test_a_network_of_10000_weights_from_a_file() -> None:
    content = network_file(
        [BEFORE, node("Tanh", "h", "a"), node("Gemm", "a U", "k", transB=1), node("Gelu", "k", "l"),
         node("Gemm", "l V", "y", transB=1)],
        {"W": weights(80, 40), "b": weights(80), "U": weights(80, 80), "V": weights(5, 80)},
        ["N", 40], opset=20)
    network = ContinuousNetwork(content)
    assert network.network.parameter_count >= 10_000
    found = network.network_approximation(inputs="1/20", error="1/2", coefficients="float32")
    assert verify(found.certificate).status == "proved" and found.value <= Fraction(1, 2)


@pytest.mark.parametrize("nodes, words", [
    ([node("Softmax", "h", "a")], "'Softmax:a'.*export what comes before it"),
    ([node("Sign", "h", "a")], "'Sign:a'.*neither an affine map nor a continuous function"),
    ([node("MaxPool", "h", "a", kernel_shape=[1])], "'MaxPool:a'.*neither an affine map"),
    ([node("Sqrt", "h", "a")], "'Sqrt:a'.*neither"), ([node("Tan", "h", "a")], "'Tan:a'.*neither"),
    ([node("Div", "one h", "a")], "divides what depends"),
    ([node("Gemm", "x b4", "k", transB=1), node("Mul", "h k", "a")], "'Mul:a' multiplies"),
    ([node("Max", "h h", "a")], "'Max:a'.*neither"),
    ([node("PRelu", "half h", "a")], "'PRelu:a'.*neither"),  # the slope is a state
    ([node("Celu", "h", "a", alpha=0.0)], "'Celu:a' .* divides by zero"),
    ([node("Elu", "h", "a", alpha=math.inf)], "alpha of the node 'Elu:a' .* no finite number"),
    ([node("LeakyRelu", "h", "a", alpha=math.nan)], "is nan, which is no finite number"),
    ([node("Clip", "h h", "a")], "'Clip:a'.*neither")])
def test_what_is_not_read_is_refused_in_one_sentence(nodes, words) -> None:
    content = network_file([BEFORE, *nodes, AFTER], STORED | {"b4": weights(4, 3)}, ["N", 3])
    with pytest.raises(InputError, match=words) as caught:
        ContinuousNetwork(content)
    assert "\n" not in str(caught.value)


def test_other_wrong_input_is_refused_in_one_sentence(tmp_path, capsys) -> None:
    two = network_file([node("Add", "x z", "h"), node("Tanh", "h", "y")], {}, [1, 3],
                       inputs=("x", "z"))
    with pytest.raises(InputError, match="has 2 inputs"):
        ContinuousNetwork(two)
    with pytest.raises(InputError, match="no file of ONNX"):
        ContinuousNetwork(b"no file")
    flat = network_file([BEFORE, AFTER], STORED | {"a": weights(2, 4)}, ["N", 3])
    with pytest.raises(InputError, match="does not depend|do not depend"):
        ContinuousNetwork(flat)
    content = network_file([BEFORE, node("Tanh", "h", "a"), AFTER], STORED, ["N", 3])
    with pytest.raises(InputError, match="3 pairs"):
        ContinuousNetwork(content).network_approximation(degree=3, inputs=[(0, 1)])
    with pytest.raises(InputError, match="are those of the file"):
        ContinuousNetwork(content).network_approximation(box=1, degree=3)
    assert main(["approximate", "mlp:2,3,1:tanh", "--box", "1", "--degree", "3", "--onnx",
                 str(tmp_path / "y.onnx")]) == 2
    assert "are parameters" in capsys.readouterr().err
    assert main(["approximate", "tanh", "--degree", "3", "--onnx", str(tmp_path / "y.onnx")]) == 2
    assert "--onnx is about a network" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    (tmp_path / "net.onnx").write_bytes(content)
    assert main(["approximate", str(tmp_path / "net.onnx"), "--degree", "3", "--inputs", "box:0,1",
                 "--onnx", str(tmp_path / "net.onnx")]) == 2
    assert "would replace" in capsys.readouterr().err
    assert (tmp_path / "net.onnx").read_bytes() == content


def test_one_interval_is_for_all_inputs() -> None:
    content = network_file([BEFORE, node("Tanh", "h", "a"), AFTER], STORED, ["N", 3])
    for inputs in ("box:0,1/2", "0,1/2;0,1/2;0,1/2", [(0, "1/2")] * 3):
        found = ContinuousNetwork(content).network_approximation(degree=3, inputs=inputs)
        assert found.data["inputs"] == [["0", "1/2"]] * 3


def test_what_the_file_has_besides_is_kept_or_left_out() -> None:
    content = network_file([BEFORE, node("Div", "h root", "d"), node("Erf", "d", "a"), AFTER],
                           STORED, ["N", 3])
    made = load_model_from_string(ContinuousNetwork(content).network_approximation(
        error="1/10", coefficients="float32").onnx_content())
    names = {t.name for t in made.graph.initializer}
    assert {"W", "V", "b"} < names and "root" not in names
    for tensor in made.graph.initializer:
        if tensor.name in STORED:
            assert (numpy_helper.to_array(tensor) == STORED[tensor.name]).all()
    assert "distance at most" in made.doc_string
