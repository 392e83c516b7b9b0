"""Networks as specs, data, arrays and files, and what is no network."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from neuroalg_sage import CertificateError, InputError, PiecewiseLinearNetwork
from neuroalg_sage.certificates.piecewise.network import Network as Rebuilt
from neuroalg_sage.cli import main
from neuroalg_sage.models.piecewise.network import network_from_data
from neuroalg_sage.models.piecewise.sources import load_network

SQUARE = {"input_shape": [1], "layers": [
    {"kind": "dense", "weights": [["1"], ["-1"]]}, {"kind": "relu"},
    {"kind": "dense", "weights": [["1", "1"]], "bias": ["-1/2"]}]}

ALL_KINDS = {"input_shape": [2, 4], "layers": [
    {"kind": "convolution", "weights": [[[1, 2], [0, 1]], [["1/2", -1], [1, 1]]], "bias": [1, -1],
     "stride": [1], "padding": [1]},
    {"kind": "hard_tanh"}, {"kind": "max_pooling", "size": [2], "stride": [1]},
    {"kind": "average_pooling", "size": [2], "stride": [2]}, {"kind": "leaky_relu", "slope": "1/5"},
    {"kind": "concatenation", "from": [4, 5]}, {"kind": "maxout", "pieces": 2},
    {"kind": "piecewise_linear", "breakpoints": [0, 1], "slopes": [1, "1/2", 0], "value": 3},
    {"kind": "absolute_value"}, {"kind": "sum", "from": [7, 9, 9]},
    {"kind": "dense", "weights": [[1, 2, 3, 4], [0, 0, 0, 1]]}]}


def by_hand(x) -> list[Fraction]:
    """What the network of all kinds does, in NumPy."""
    w = np.array([[[1, 2], [0, 1]], [[Fraction(1, 2), -1], [1, 1]]], object)
    padded = np.zeros((2, 6), object)
    padded[:, 1:5] = x
    state = np.array([[sum((w[o, c] * padded[c, p:p + 2]).sum() for c in range(2)) + b
                       for p in range(5)] for o, b in ((0, 1), (1, -1))], object)
    state = np.clip(state, -1, 1)
    state = np.maximum(state[:, :-1], state[:, 1:])
    pooled = (state[:, ::2] + state[:, 1::2]) / Fraction(2)
    leaky = np.where(pooled > 0, pooled, pooled / Fraction(5))
    flat = np.concatenate([pooled, leaky]).ravel()
    maxout = np.maximum(flat[::2], flat[1::2])
    bent = np.where(maxout < 0, maxout + 3, np.where(maxout < 1, maxout / Fraction(2) + 3,
                                                     Fraction(7, 2)))
    added = maxout + 2 * abs(bent)
    return [added @ [1, 2, 3, 4], added[3]]


def test_all_kinds_of_layers_do_what_they_say_here_and_in_the_checker() -> None:
    from flint import fmpq_mat

    network = network_from_data(ALL_KINDS)
    assert network_from_data(network.describe()) == network
    rebuilt = Rebuilt(network.describe())
    for seed in range(20):
        x = np.random.default_rng(seed).integers(-8, 9, 8)
        point = [Fraction(int(c), 4) for c in x]
        expected = by_hand(np.array(point, object).reshape(2, 4))
        assert list(network(point)) == expected
        column = fmpq_mat([[int(c)] for c in x] + [[4]])
        assert [Fraction(int(y.p), int(y.q)) / 4 for (y,) in rebuilt.states(column)[-1]] == expected


def test_specs() -> None:
    one = load_network("relu:2,3,1:bias", seed=4)
    assert one == load_network("relu:2,3,1:bias:seed=4") and str(one) == "relu:2,3,1:bias:seed=4"
    assert one != load_network("relu:2,3,1:bias")
    # A spec and a seed name the same weights for ever.
    assert one.layers[0].weights[0] == (Fraction(-517, 2000), Fraction(-379, 2000))
    assert load_network("leaky_relu:2,3,1:slope=-1/3").layers[1].slopes == (Fraction(-1, 3), 1)
    assert load_network("maxout:2,3,1:pieces=4").layers[0].weights[11]
    assert all(abs(c) <= Fraction(1, 6) for row in load_network("abs:32,3,1").layers[0].weights
               for c in row)


@pytest.mark.parametrize(("spec", "sentence"), [
    ("relu:2,0,1", "The width 0 is not a whole number from 1 on"),
    ("relu:2", "at least two widths"),
    ("relu:2,x,1", "not whole numbers"),
    ("tanh:2,3,1", "the families are relu"),
    ("relu:2,3,1:cell=110", "The option 'cell=110' is none of relu"),
    ("relu:2,100000,1", "100,000 hyperplanes, its units; at most 20,000"),
    ("relu:2,3,1:seed=x", "The seed 'x' is not a whole number"),
    ("no/such/file.json", "cannot be read"),
    ("no/such/file.onnx", "cannot be read"),
])
def test_what_is_no_network_gets_one_sentence(
        spec: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regions", "--quiet", spec]) == 2
    said = capsys.readouterr().err
    assert sentence in said and len(said.strip().splitlines()) == 1


@pytest.mark.parametrize(("layers", "sentence"), [
    ([{"kind": "dense", "weights": [["nan"]]}], "is not a finite number"),
    ([{"kind": "dense", "weights": [[float("inf")]]}], "is not a finite number"),
    ([{"kind": "dense", "weights": [[1, 2], [3]]}], "different lengths"),
    ([{"kind": "dense", "weights": [[1, 2]]}], "takes 2 inputs"),
    ([{"kind": "dense", "weights": []}], "at least one entry"),
    ([{"kind": "dense", "weights": [[1]], "bias": [1, 2]}], "1 outputs, but 2 biases"),
    ([{"kind": "sigmoid"}], "There is no layer kind 'sigmoid'"),
    ([{"kind": "relu", "slope": 1}], "does not take 'slope'"),
    ([{"kind": "dense"}], "lacks weights"),
    ([{"kind": "sum", "from": [2]}], "takes the outputs of layers before it"),
    ([{"kind": "piecewise_linear", "breakpoints": [1, 0], "slopes": [1, 2, 3], "value": 0}],
     "ascending breakpoints"),
    ([{"kind": "maxout", "pieces": 2}], "does not divide"),
    ([], "1 to 1000 layers"),
    ([{"kind": "max_pooling", "size": [2]}], "looks at windows"),
    ([{"kind": "convolution", "weights": [[[1]]], "padding": -1}],
     "The padding of a convolution is a whole number from 0 on, not -1"),
    ([{"kind": "convolution", "weights": [[[1]]], "padding": "1/2"}],
     "The padding of a convolution is a whole number from 0 on, not '1/2'"),
    ([{"kind": "convolution", "weights": [[[1]]], "padding": [0, 0]}],
     "there is 1 axis, and 2 numbers are given"),
    ([{"kind": "convolution", "weights": [[[1]]], "stride": 0}],
     "The stride of a convolution is a whole number from 1 on, not 0"),
    ([{"kind": "max_pooling", "size": [0]}],
     "The size of a max_pooling is a whole number from 1 on, not 0"),
])
def test_wrong_layers(layers: list, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        network_from_data({"input_shape": [1], "layers": layers})


def test_floating_point_numbers_in_arrays_are_binary_fractions_and_nan_is_refused() -> None:
    network = load_network([np.array([[0.1]]), np.array([0.5])])
    assert network.layers[0].weights == ((Fraction(0.1),),)
    with pytest.raises(InputError, match="not the decimal number that it prints"):
        load_network([[[0.1]]])
    for wrong in (np.nan, np.inf):
        with pytest.raises(InputError, match="is not a finite number"):
            load_network([np.array([[wrong]])])


def test_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "network.json"
    file.write_text(json.dumps(SQUARE))
    assert load_network(str(file))([3]) == (Fraction(5, 2),)
    weights, biases = np.array([[1.0], [-1.0]]), np.array([0.0, 0.25])
    np.savez(tmp_path / "network.npz", **{"0.weight": weights, "0.bias": biases,
                                          "10.weight": np.array([[1.0, 1.0]])})
    assert load_network(tmp_path / "network.npz")([-3]) == (Fraction(13, 4),)
    safetensors = pytest.importorskip("safetensors.numpy")
    safetensors.save_file({"net.10.weight": np.array([[1.0, 1.0]], np.float32),
                           "net.2.weight": weights, "net.2.bias": biases},
                          str(tmp_path / "network.safetensors"))
    assert load_network(tmp_path / "network.safetensors")([-3]) == (Fraction(13, 4),)
    for suffix in ("npz", "safetensors", "onnx", "json"):
        broken = tmp_path / f"broken.{suffix}"
        broken.write_bytes(b"\x08\x01nothing")
        assert main(["regions", "--quiet", str(broken)]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_onnx(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    generator = np.random.default_rng(3)

    def tensor(name, *shape):
        return numpy_helper.from_array(
            generator.integers(-4, 5, shape).astype(np.float32) / 4, name)

    nodes = [helper.make_node("Conv", ["x", "k", "kb"], ["a"], pads=[1, 1], kernel_shape=[3]),
             helper.make_node("Relu", ["a"], ["b"]),
             helper.make_node("MaxPool", ["b"], ["c"], kernel_shape=[2], strides=[2]),
             helper.make_node("Flatten", ["c"], ["d"]),
             helper.make_node("Gemm", ["d", "w", "wb"], ["e"], transB=1),
             helper.make_node("LeakyRelu", ["e"], ["f"], alpha=0.25),
             helper.make_node("MatMul", ["f", "v"], ["g"]),
             helper.make_node("Add", ["g", "vb"], ["h"]),
             helper.make_node("Add", ["h", "e"], ["i"]),
             helper.make_node("Clip", ["i", "low", "high"], ["y"])]
    scalars = [numpy_helper.from_array(np.float32(c), name)
               for name, c in (("low", -1.5), ("high", 2.0))]
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 1, 6])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, 3])],
        [tensor("k", 2, 1, 3), tensor("kb", 2), tensor("w", 3, 6), tensor("wb", 3),
         tensor("v", 3, 3), tensor("vb", 3), *scalars])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    onnx.checker.check_model(model)
    file = tmp_path / "network.onnx"
    onnx.save(model, file)
    network = load_network(file)
    from onnx.reference import ReferenceEvaluator

    reference = ReferenceEvaluator(model)
    for _ in range(10):
        x = generator.integers(-8, 9, (1, 1, 6)).astype(np.float32) / 4
        (expected,) = reference.run(None, {"x": x})
        point = [Fraction(float(c)) for c in x.ravel()]
        assert np.allclose([float(y) for y in network(point)], expected[0], atol=1e-5)
    graph.node.append(helper.make_node("Sigmoid", ["y"], ["z"]))
    graph.output[0].name = "z"
    onnx.save(helper.make_model(graph), file)
    with pytest.raises(InputError, match="operator 'Sigmoid', which is not read"):
        load_network(file)


def test_the_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, proof = tmp_path / "network.json", tmp_path / "proof.json"
    file.write_text(json.dumps(SQUARE))
    assert main(["regions", "--quiet", str(file), "--json", "--certificate", str(proof)]) == 0
    page = json.loads(capsys.readouterr().out)
    assert (page["regions"], page["cells"], page["f_vector"], page["bounded"]) == (2, 2, [1, 2], 0)
    assert (page["status"], page["trust"], page["schema"]) == ("proved", [], 1)
    assert page["model"] == page["certificate"]["model"] == json.loads(proof.read_text())["model"]
    assert main(["verify", str(proof)]) == 0
    assert "linear_regions of 1 -dense-> 2" in capsys.readouterr().out
    assert main(["regions", "--quiet", "relu:2,4,1:bias", "--seed", "3", "--box", "0,1;-1,1"]) == 0
    assert "seed=3" in capsys.readouterr().out
    assert main(["regions", "--quiet", "relu:2,1,1", "--polytope", "-1,0,0;0,-1,0;1,1,1",
                 "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bounded_faces"][0] >= 3
    assert main(["regions", "--quiet", "relu:2,1,1", "--polytope", "1,0"]) == 2
    assert "a row of 3 numbers" in capsys.readouterr().err
    assert main(["regions", "--quiet", "relu:2,4,1", "--box", "-1"]) == 2
    assert "empty or has no interior" in capsys.readouterr().err
    assert main(["regions", "--quiet", "relu:2,4,1", "--box", "inf"]) == 2
    assert "finite" in capsys.readouterr().err


def test_an_answer_is_cited_and_typeset() -> None:
    found = PiecewiseLinearNetwork(SQUARE).linear_regions(box=2)
    text = str(found.citation())
    assert text.startswith("The linear regions of the network 1 -dense-> 2")
    assert "where 2 inequalities hold" in text and found.value_in_latex() == "2"
    spec = PiecewiseLinearNetwork("relu:2,2,1", seed=1).linear_regions()
    assert "The linear regions of the network relu:2,2,1:seed=1: 4" in str(spec.citation())
    assert spec.citation().bibtex() and spec == 4 and "4 (" in spec.sentence()


@pytest.mark.parametrize("names", [
    ["0.weight", "1.weight", "2.weight"], ["encoder.0.weight", "", "decoder.0.weight"],
    ["hidden.weight", "", "output.weight"], ["0.weight", "1.bias", "2.weight"]])
def test_names_that_say_no_order_are_refused(names: list[str]) -> None:
    """The vector may be one of factors, as in a normalization."""
    arrays = [np.eye(2), np.ones(2), np.eye(2)]
    with pytest.raises(InputError, match="do not say their order"):
        load_network({name: array for name, array in zip(names, arrays) if name})


def test_biases_belong_to_the_matrix_of_the_same_number() -> None:
    network = load_network({"weight2": np.eye(2), "bias1": np.array([1, -3]), "weight1": np.eye(2)})
    assert network([1, 1]) == (2, 0)
    assert load_network({"arr_1": np.array([1, -3]), "arr_0": np.eye(2)})([1, 1]) == (2, -2)


def test_one_channel_keeps_its_axis(tmp_path: Path) -> None:
    """Pooling, and joining channels, are not of the places in the only channel."""
    onnx = pytest.importorskip("onnx")
    from onnx.reference import ReferenceEvaluator

    node, generator = onnx.helper.make_node, np.random.default_rng(5)
    filters = [onnx.numpy_helper.from_array(
        generator.integers(-4, 5, (1, 1, 2, 2)).astype(np.float32), name) for name in "uv"]
    convolutions = [node("Conv", ["x", "u"], ["a"]), node("Conv", ["x", "v"], ["b"])]
    for further in ([node("GlobalAveragePool", ["a"], ["y"])],
                    [node("Concat", ["a", "b"], ["c"], axis=1),
                     node("MaxPool", ["c"], ["y"], kernel_shape=[2, 2])]):
        graph = onnx.helper.make_graph(
            [*convolutions, *further], "g",
            [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 1, 4, 4])],
            [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)], filters)
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
        onnx.save(model, tmp_path / "network.onnx")
        network = load_network(tmp_path / "network.onnx")
        x = generator.integers(-4, 5, (1, 1, 4, 4)).astype(np.float32)
        (expected,) = ReferenceEvaluator(model).run(None, {"x": x})
        point = [Fraction(float(c)) for c in x.ravel()]
        assert np.allclose(list(map(float, network(point))), expected.ravel())
        rebuilt = Rebuilt(network.describe())
        assert rebuilt.outputs == network.outputs == expected.size


@pytest.mark.parametrize(("kind", "names", "constant"), [
    ("Add", ["x", "c"], [np.nan, 1]), ("Gemm", ["x"], [0]), ("MaxPool", ["x"], [0]),
    ("Gemm", ["x", "c"], [1, 2]), ("Clip", ["x", "c", "c"], [0, 1]),
    ("Gemm", ["x", "w", "c"], [[1, 2], [3, 4]])])
def test_operators_that_are_broken_get_one_sentence(
        tmp_path: Path, kind: str, names: list[str], constant: list) -> None:
    onnx = pytest.importorskip("onnx")
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node(kind, names, ["y"])], "g",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 2])],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)],
        [onnx.numpy_helper.from_array(np.array(constant, np.float32), "c"),
         onnx.numpy_helper.from_array(np.eye(2, dtype=np.float32), "w")])
    onnx.save(onnx.helper.make_model(graph), tmp_path / "network.onnx")
    with pytest.raises(InputError, match=f"The operator {kind} has constants or attributes"):
        load_network(tmp_path / "network.onnx")


def test_the_checker_bounds_the_coefficients_of_all_layers() -> None:
    """A few bytes for each layer name a matrix of millions of coefficients."""
    layers = [{"kind": "concatenation", "from": [0]}] * 1000
    with pytest.raises(CertificateError, match="more work than is allowed"):
        Rebuilt({"input_shape": [2000], "layers": layers})


def test_a_seed_is_a_whole_number() -> None:
    for seed in ("x", 1.5, [1], -5, True, 10**19):
        with pytest.raises(InputError, match="is not a whole number from 0 on"):
            load_network("relu:2,3,1", seed)


def test_a_seed_is_for_random_weights_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]
                                           ) -> None:
    assert load_network("relu:2,3,1:seed=4", 4) == load_network("relu:2,3,1", 4)
    for seed in (0, 4, 10**19 - 1):  # what is printed can be read
        network = load_network("relu:2,3,1:bias", seed)
        assert load_network(str(network)) == network
    with pytest.raises(InputError, match="names the seed 4, and beside it stands the seed 3"):
        load_network("relu:2,3,1:seed=4", 3)
    file = tmp_path / "network.json"
    file.write_text(json.dumps(SQUARE))
    for given in (file, SQUARE, [[[1]]], load_network(file)):
        with pytest.raises(InputError, match="this network has its own weights"):
            load_network(given, 3)
    assert main(["regions", "--quiet", str(file), "--seed", "3"]) == 2
    assert main(["regions", "--quiet", "relu:2,3,1", "--seed", "-5"]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 2 and "The seed -5 is not a whole number from 0 on" in said[1]


def test_one_is_no_plural(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regions", "--quiet", "relu:1,1", "--polytope", "1,1"]) == 0
    assert "from 1 activation pattern  [proved]" in capsys.readouterr().out
    assert main(["regions", "--quiet", "relu:1,1,1", "--functional-dimension"]) == 0
    assert "  1 hidden unit can be rescaled" in capsys.readouterr().out


@pytest.mark.parametrize("transposed", [True, False])
def test_onnx_as_torch_writes_it(transposed: bool, tmp_path: Path) -> None:
    """
    A batch of any size, weights that are listed as inputs, too, names with slashes and dots,
    Flatten first, Gemm with all of its attributes, an Identity for a shared weight.
    """
    onnx = pytest.importorskip("onnx")
    from onnx.reference import ReferenceEvaluator

    helper, numpy_helper, kind = onnx.helper, onnx.numpy_helper, onnx.TensorProto.FLOAT
    generator = np.random.default_rng(7)
    shapes = {"layers.0.weight": (5, 2), "layers.0.bias": (5,), "layers.2.weight": (5, 5),
              "layers.2.bias": (5,), "layers.4.weight": (1, 5), "layers.4.bias": (1,)}
    arrays = {name: generator.standard_normal(shape).astype(np.float32)
              for name, shape in shapes.items()}
    if not transposed:
        arrays = {name: np.ascontiguousarray(a.T) for name, a in arrays.items()}
    kept = {name: a for name, a in arrays.items() if name != "layers.2.bias"}
    attributes = {"alpha": 1.0, "beta": 1.0, "transB": int(transposed)}

    def gemm(number: int, taken: str, made: str):
        return helper.make_node("Gemm", [taken, f"layers.{number}.weight", f"layers.{number}.bias"],
                                [made], name=f"/layers/layers.{number}/Gemm", **attributes)

    nodes = [
        helper.make_node("Constant", [], ["layers.2.bias"],
                         value=numpy_helper.from_array(arrays["layers.2.bias"])),
        helper.make_node("Flatten", ["onnx::Flatten_0"], ["/flatten/Flatten_output_0"], axis=1),
        gemm(0, "/flatten/Flatten_output_0", "/layers/layers.0/Gemm_output_0"),
        helper.make_node("Relu", ["/layers/layers.0/Gemm_output_0"], ["/layers/layers.1/Relu_0"]),
        gemm(2, "/layers/layers.1/Relu_0", "/layers/layers.2/Gemm_output_0"),
        helper.make_node("Relu", ["/layers/layers.2/Gemm_output_0"], ["/layers/layers.3/Relu_0"]),
        helper.make_node("Identity", ["/layers/layers.3/Relu_0"], ["i"]), gemm(4, "i", "12")]
    graph = helper.make_graph(
        nodes, "main_graph",
        [helper.make_tensor_value_info("onnx::Flatten_0", kind, ["batch_size", 1, 2]),
         *(helper.make_tensor_value_info(name, kind, a.shape) for name, a in kept.items())],
        [helper.make_tensor_value_info("12", kind, ["batch_size", 1])],
        [numpy_helper.from_array(a, name) for name, a in kept.items()])
    model = helper.make_model(graph, producer_name="pytorch", ir_version=8,
                              opset_imports=[helper.make_opsetid("", 17)])
    onnx.checker.check_model(model)
    file = tmp_path / "network.onnx"
    onnx.save(model, file)
    network = load_network(file)
    reference = ReferenceEvaluator(model)
    x = generator.standard_normal((6, 1, 2)).astype(np.float32)
    (expected,) = reference.run(None, {"onnx::Flatten_0": x})
    for row, y in zip(x.reshape(6, 2), expected):
        assert np.isclose(float(network([Fraction(float(c)) for c in row])[0]), y[0], atol=1e-4)
    weights = next(layer.weights for layer in network.layers
                   if layer.describe()["kind"] == "dense" and len(layer.weights) == 5)
    first = arrays["layers.0.weight"] if transposed else arrays["layers.0.weight"].T
    assert [[float(c) for c in row] for row in weights] == first.tolist()
    assert main(["regions", "--quiet", str(file)]) == 0
