"""Files of ONNX as exporters write them, and those that are refused, with one sentence."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from onnx_networks import agree, evaluator, imported, network_file, node  # noqa: E402

from neuroalg_sage import (  # noqa: E402
    InputError,
    NeuroManifold,
    PiecewiseLinearNetwork,
    from_onnx,
    load_model,
    load_trained,
    parse_spec,
)
from neuroalg_sage.cli import main  # noqa: E402
from neuroalg_sage.models.layers import Activation, Dense  # noqa: E402

W = np.arange(12, dtype=np.float32).reshape(3, 4) / 8 - 0.5
SQUARE = [node("Gemm", "x V b", "h", transB=1), node("Pow", "h k", "p"),
          node("Gemm", "p U", "y", transB=1)]
STORED = {"V": W.T, "b": np.ones(4, np.float32), "U": W[:2], "k": np.float32(2)}


def test_an_exported_network_is_the_model_of_its_spec() -> None:
    stored = {"fc1.weight": W.T, "fc2.weight": W[:2], "k": np.float32(2)}
    nodes = [node("Gemm", "x fc1.weight", "h", transB=1), node("Pow", "h k", "p"),
             node("Gemm", "p fc2.weight", "y", transB=1)]
    network = imported(network_file(nodes, stored, ("batch", 3)))
    assert network.model.layers == parse_spec("mlp:3,4,2:x^2").layers
    assert network.point == tuple(Fraction(float(c)) for c in [*W.T.ravel(), *W[:2].ravel()])
    assert network.names == ("fc1.weight", "fc2.weight") and network.layer_names == ("fc1", "fc2")
    assert network.parameter_name(14) == "fc2.weight[0,2]"
    assert NeuroManifold(network.model).dimension().value == 12  # of forms: two quadrics in three


def test_names_follow_entries_through_transposition() -> None:
    network = imported(network_file([node("MatMul", "x W", "y")], {"W": W}))
    for number in (0, 5, 11):
        i, j = map(int, network.parameter_name(number)[2:-1].split(","))
        assert network.point[number] == Fraction(float(W[i, j]))


@pytest.mark.parametrize("kind, bits", [
    (TensorProto.FLOAT16, 0x2E66), (TensorProto.BFLOAT16, 0x3DCD), (TensorProto.FLOAT, 0x3DCCCCCD),
    (TensorProto.DOUBLE, 0x3FB999999999999A)])
def test_weights_are_exact_in_each_format(kind: int, bits: int) -> None:
    size = {TensorProto.FLOAT: 4, TensorProto.DOUBLE: 8}.get(kind, 2)
    tensor = helper.make_tensor("W", kind, [1, 1], bits.to_bytes(size, "little"), raw=True)
    network = imported(network_file([node("MatMul", "x W", "y")], {"W": tensor}, (1, 1)))
    wanted = {TensorProto.FLOAT16: Fraction(0x666, 2**14), TensorProto.FLOAT: Fraction(
        0xCCCCCD, 2**27), TensorProto.BFLOAT16: Fraction(0xCD, 2**11),
        TensorProto.DOUBLE: Fraction(0x1999999999999A, 2**56)}[kind]
    assert network.point == (wanted,)


# -- what exporters write ----------------------------------------------------------------


def test_one_initializer_read_twice_is_shared_as_exported() -> None:
    square = np.eye(3, dtype=np.float32) * 2
    content = network_file([node("MatMul", "x W", "h"), node("Mul", "h h", "p"),
                            node("MatMul", "p W", "y")], {"W": square})
    network = imported(content)
    assert network.model.parameter_count == 9 and len(network.names) == 1
    assert any("as exported" in note for note in network.notes)
    # Two initializers of equal values stay two.
    apart = imported(network_file([node("MatMul", "x W", "h"), node("Mul", "h h", "p"),
                                   node("MatMul", "p V", "y")], {"W": square, "V": square}))
    assert apart.model.parameter_count == 18


@pytest.mark.parametrize("exponent, wanted", [
    (3, Activation("x^3")), (1, None), (2.0, Activation("x^2"))])
def test_an_exponent_is_an_initializer_without_axes(exponent: float, wanted: Activation | None
                                                    ) -> None:
    network = imported(network_file(
        [node("MatMul", "x W", "h"), node("Pow", "h k", "y")],
        {"W": W, "k": np.float32(exponent)}))
    assert network.model.layers == (Dense(3, 4), *([wanted] if wanted else []))


def test_the_power_zero_is_one() -> None:
    content = network_file([node("MatMul", "x W", "h"), node("Pow", "h k", "o"),
                            node("Add", "h o", "y")], {"W": W, "k": np.float32(0)})
    agree(content, imported(content), (1, 3), 3)


@pytest.mark.parametrize("exponent", [0.25, -1, -2])
def test_other_exponents_are_named(exponent: float) -> None:
    if exponent == 0.25:
        with pytest.raises(InputError, match=r"'Pow:y' \(Pow\) is a power with the exponent 1/4"):
            imported(network_file([node("MatMul", "x W", "h"), node("Pow", "h k", "y")],
                                  {"W": W, "k": np.float32(exponent)}))
    with pytest.raises(InputError, match="is a power with the exponent"):  # of whole numbers
        imported(network_file([node("Pow", "n k", "m"), node("Cast", "m", "f", to=1),
                               node("MatMul", "x W", "h"), node("Mul", "h f", "y")],
                              {"W": W, "n": np.array([3]), "k": np.float32(exponent)}))


def test_weights_for_inputs_of_several_axes_are_transposed_and_nameless() -> None:
    content = network_file([node("MatMul", "x onnx::MatMul_13", "h"), node("Add", "h b", "y")],
                           {"onnx::MatMul_13": W, "b": np.ones(4, np.float32)}, (1, 5, 3), opset=18)
    network = imported(content)
    assert network.names == ("onnx::MatMul_13", "b")
    agree(content, network, (1, 5, 3), 5)


def test_a_bilinear_layer_as_it_is_exported() -> None:
    content = network_file(
        [node("Reshape", "B r", "flat"), node("MatMul", "x flat", "m"), node("Reshape", "m s", "t"),
         node("Unsqueeze", "x a", "u"), node("MatMul", "t u", "v"), node("Squeeze", "v a", "y")],
        {"B": np.arange(18, dtype=np.float32).reshape(3, 2, 3) / 8, "r": np.array([3, 6]),
         "s": np.array([-1, 2, 3]), "a": np.array([2])})
    network = imported(content)
    assert network.model.parameter_count == 18
    agree(content, network, (1, 3), 5)


def test_circular_padding_and_reshapes_instead_of_flatten() -> None:
    content = network_file(
        [node("Pad", "x p", "w", mode="wrap"), node("Conv", "w F", "h", kernel_shape=[3]),
         node("Reshape", "h r", "f"), node("Gemm", "f V", "y", transB=1)],
        {"p": np.array([0, 0, 1, 0, 0, 1]), "F": W.reshape(2, 2, 3), "r": np.array([-1, 10]),
         "V": np.arange(20, dtype=np.float32).reshape(2, 10) / 4}, (1, 2, 5), opset=19)
    agree(content, imported(content), (1, 2, 5), 5)


def test_dropout_in_training_is_the_identity_and_a_note_says_it() -> None:
    content = network_file([node("MatMul", "x W", "h"), node("Dropout", "h r t", "y")],
                           {"W": W, "r": np.float32(0.5), "t": np.array(True)})
    network = imported(content)
    assert network.model.layers == (Dense(3, 4),)
    assert any("Dropout" in note and "evaluation" in note for note in network.notes)


def test_a_normalization_in_training_is_refused() -> None:
    four = np.ones(4, np.float32)
    with pytest.raises(InputError, match=r"call module.eval\(\) before the export"):
        imported(network_file([node("MatMul", "x W", "h"), node(
            "BatchNormalization", "h s s s s", "y m v", training_mode=1)], {"W": W, "s": four}))


def test_chains_of_casts_are_nothing() -> None:
    content = network_file([node("Cast", "x", "a", to=TensorProto.DOUBLE),
                            node("Cast", "a", "c", to=TensorProto.FLOAT), node("MatMul", "c W", "y")
                            ], {"W": W})
    assert imported(content).model.layers == (Dense(3, 4),)


def test_constant_nodes_are_no_parameters() -> None:
    constant = helper.make_node("Constant", [], ["W"], value=numpy_helper.from_array(W))
    with pytest.raises(InputError, match="no arrays of weights"):
        imported(network_file([constant, node("MatMul", "x W", "y")], {}))
    network = imported(network_file([node("MatMul", "x W", "h"), node("MatMul", "h M", "y")],
                                    {"W": W, "M": np.eye(4, dtype=np.float32)}),
                       constants=["M"])
    assert network.names == ("W",)


def test_several_examples_are_one_if_they_are_treated_alike() -> None:
    network = imported(network_file(SQUARE, STORED, (6, 3)))
    assert network.model.input_shape == (3,) and "6 examples" in network.notes[0]
    mixing = [*SQUARE[:2], node("Gemm", "p U", "g", transB=1), node("Transpose", "g", "t"),
              node("MatMul", "t g", "y")]
    network = imported(network_file(mixing, STORED, (6, 3)))
    assert network.model.input_shape == (6, 3)
    # Alike, but not in the order of the examples.
    turned = [*SQUARE[:2], node("Gemm", "p U", "g", transB=1), node("Transpose", "g", "y")]
    assert imported(network_file(turned, STORED, (6, 3))).model.input_shape == (6, 3)


def test_functions_of_a_file_are_written_out() -> None:
    square = helper.make_function("own", "Square", ["a"], ["b"], [
        helper.make_node("Mul", ["a", "a"], ["b"])], [helper.make_opsetid("", 17)])
    graph = helper.make_graph(
        [node("MatMul", "x W", "h"), helper.make_node("Square", ["h"], ["y"], domain="own")],
        "network", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(W, "W")])
    model = helper.make_model(graph, functions=[square], opset_imports=[
        helper.make_opsetid("", 17), helper.make_opsetid("own", 1)])
    assert from_onnx(model).model.layers == (Dense(3, 4), Activation("x^2"))


def test_one_of_several_outputs_is_named() -> None:
    content = network_file([node("MatMul", "x W", "h"), node("Mul", "h h", "y")], {"W": W},
                           outputs=("h", "y"))
    with pytest.raises(InputError, match="outputs 'h, y'; name one"):
        from_onnx(content)
    assert from_onnx(content, output="h").model.layers == (Dense(3, 4),)


# -- data beside the file ----------------------------------------------------------------


def external(location: str, **facts: int) -> bytes:
    tensor = TensorProto(name="W", data_type=TensorProto.FLOAT, dims=[3, 4],
                         data_location=TensorProto.EXTERNAL)
    for key, value in {"location": location, **facts}.items():
        tensor.external_data.add(key=key, value=str(value))
    return network_file([node("MatMul", "x W", "y")], {"W": tensor})


def test_weights_beside_the_file_are_read(tmp_path: Path) -> None:
    (tmp_path / "net.onnx.data").write_bytes(b"\0" * 16 + W.tobytes())
    (tmp_path / "net.onnx").write_bytes(external("net.onnx.data", offset=16, length=48))
    network = load_trained(tmp_path / "net.onnx")
    assert network([1, 0, 0]) == tuple(Fraction(float(c)) for c in W[0])
    assert str(network.model) == "net"


@pytest.mark.parametrize("location", ["../secret.data", "{}/secret.data", "link.data",
                                      "folder/../../secret.data", "", "absent.data", "folder"])
def test_no_data_outside_of_the_folder_are_read(tmp_path: Path, location: str) -> None:
    (tmp_path / "secret.data").write_bytes(W.tobytes())
    home = tmp_path / "home"
    (home / "folder").mkdir(parents=True)
    os.symlink(tmp_path / "secret.data", home / "link.data")
    (home / "net.onnx").write_bytes(external(location.format(tmp_path)))
    with pytest.raises(InputError, match="not in the folder|cannot be read|are not there"):
        from_onnx(home / "net.onnx")
    with pytest.raises(InputError, match="not in the folder"):  # a content has no folder
        from_onnx(external("net.data"))


@pytest.mark.parametrize("facts", [{"offset": 1}, {"length": 1000}, {"offset": -4, "length": 48},
                                   {"offset": 10**30}])
def test_data_that_are_not_there_are_named(tmp_path: Path, facts: dict[str, int]) -> None:
    (tmp_path / "a.data").write_bytes(W.tobytes())
    (tmp_path / "net.onnx").write_bytes(external("a.data", **facts))
    with pytest.raises(InputError, match="'W'"):
        from_onnx(tmp_path / "net.onnx")


def test_large_data_are_not_read(tmp_path: Path) -> None:
    with open(tmp_path / "a.data", "wb") as file:
        file.truncate(3_000_000_000)
    (tmp_path / "net.onnx").write_bytes(external("a.data"))
    with pytest.raises(InputError, match="larger than 100000000 bytes"):
        from_onnx(tmp_path / "net.onnx")
    with open(tmp_path / "large.onnx", "wb") as file:
        file.truncate(3_000_000_000)
    with pytest.raises(InputError, match="larger than 100000000 bytes"):
        from_onnx(tmp_path / "large.onnx")


# -- what is refused ---------------------------------------------------------------------


def branch() -> object:
    return helper.make_graph([], "branch", [], [])


REFUSED = {
    "Tanh": (node("Tanh", "h", "y"), "polynomial in its place"),
    "Sigmoid": (node("Sigmoid", "h", "y"), "polynomial in its place"),
    "Erf": (node("Erf", "h", "y"), "polynomial in its place"),
    "Exp": (node("Exp", "h", "y"), "polynomial in its place"),
    "Gelu": (node("Gelu", "h", "y"), "polynomial in its place"),
    "Softmax": (node("Softmax", "h", "y"), "attention without softmax"),
    "InstanceNormalization": (node("InstanceNormalization", "h b b", "y"), "normalizes"),
    "Relu": (node("Relu", "h", "y"), "PiecewiseLinearNetwork"),
    "Max": (node("Max", "h b", "y"), "PiecewiseLinearNetwork"),
    "If": (helper.make_node("If", ["c"], ["y"], name="If:y", then_branch=branch(),
                            else_branch=branch()), "control flow"),
    "Loop": (helper.make_node("Loop", ["", "", "h"], ["y"], name="Loop:y", body=branch()),
             "control flow"),
    "QuantizeLinear": (node("QuantizeLinear", "h s", "y"), "quantized"),
    "MatMulInteger": (node("MatMulInteger", "h h", "y"), "quantized"),
    "LSTM": (node("LSTM", "h b b", "y"), "recurrent"),
    "RandomNormalLike": (node("RandomNormalLike", "h", "y"), "random"),
    "Floor": (node("Floor", "h", "y"), "not continuous"),
    "NoSuch": (node("NoSuch", "h", "y"), "an operator that is not read"),
    "Foreign": (helper.make_node("Mul", ["h", "h"], ["y"], name="Foreign:y", domain="com.own"),
                "the domain 'com.own'"),
    "Gather": (node("Gather", "b h", "y"), "depends on the input"),
    "Cast": (node("Cast", "h", "y", to=TensorProto.INT64), "rounds"),
    "Reshape": (node("Reshape", "h n", "y"), "several examples"),
    "Split": (helper.make_node("Split", ["h", "n"], ["y"], name="Split:y", axis=1), "splits"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_node_that_is_no_polynomial_is_named(kind: str, tmp_path: Path, capsys) -> None:
    last, words = REFUSED[kind]
    content = network_file([node("MatMul", "x W", "h"), last],
                           {"W": W, "b": W[0], "c": np.array(True), "n": np.array([3, 5]),
                            "s": np.float32(1)}, opset=20)
    with pytest.raises(InputError) as caught:
        imported(content)
    assert words in str(caught.value) and f"'{kind}:y'" in str(caught.value), caught.value
    if words == "PiecewiseLinearNetwork":
        return
    (tmp_path / "a.onnx").write_bytes(content)
    assert main(["inspect", str(tmp_path / "a.onnx"), "--quiet"]) == 2
    printed = capsys.readouterr()
    assert not printed.out and len(printed.err.strip().splitlines()) == 1
    assert words in printed.err and "Traceback" not in printed.err


def test_graphs_that_are_none_are_refused() -> None:
    cycle = network_file([node("Add", "x b", "a"), node("Mul", "a c", "b"),
                          node("Identity", "b", "c"), node("MatMul", "b W", "y")], {"W": W})
    with pytest.raises(InputError, match="has a cycle: its node"):
        imported(cycle)
    with pytest.raises(InputError, match="reads 'W', which is no input, no initializer"):
        imported(network_file([node("MatMul", "x W", "y")], {}))
    with pytest.raises(InputError, match="reads 'y', which is"):
        imported(network_file([node("MatMul", "x W", "z")], {"W": W}))
    with pytest.raises(InputError, match="Two nodes of the network make 'y'"):
        imported(network_file([node("MatMul", "x W", "y"), node("Neg", "x", "y")], {"W": W}))
    with pytest.raises(InputError, match="does not depend on its input"):
        imported(network_file([node("Mul", "W W", "y")], {"W": W}))
    with pytest.raises(InputError, match="has 2 inputs"):
        imported(network_file([node("MatMul", "x W", "h"), node("Add", "h z", "y")], {"W": W},
                              inputs=("x", "z")))
    # The order of nodes in a file does not matter.
    assert imported(network_file([node("Mul", "h h", "y"), node("MatMul", "x W", "h")], {"W": W})
                    ).model.layers == (Dense(3, 4), Activation("x^2"))


@pytest.mark.parametrize("shape", [("batch", "tokens", 3), (1, "tokens", 3), (1, 0, 3), ("n",)])
def test_shapes_that_are_not_fixed_are_refused(shape) -> None:
    with pytest.raises(InputError, match="no fixed extent"):
        imported(network_file([node("MatMul", "x W", "y")], {"W": W}, shape))


def test_inputs_that_are_no_real_numbers_are_refused() -> None:
    with pytest.raises(InputError, match="type INT64, as indices of tokens"):
        imported(network_file([node("Gather", "W x", "y")], {"W": W}, kind=TensorProto.INT64))


@pytest.mark.parametrize("nodes, stored, words", [
    ([node("MatMul", "x W", "y")], {"W": np.full((3, 4), np.nan, np.float32)}, "finite number"),
    ([node("MatMul", "x W", "y")], {"W": np.full((3, 4), 1j)}, "no real numbers"),
    ([node("MatMul", "x W", "y")], {"W": np.ones((5, 4), np.float32)}, "'MatMul:y'"),
    ([node("MatMul", "x W", "h"), node("Expand", "h s", "y")],
     {"W": W, "s": np.array([100_000, 100_000, 4])}, "400000000"),
    ([node("ConstantOfShape", "s", "c"), node("MatMul", "x W", "h"), node("Add", "h c", "y")],
     {"W": W, "s": np.array([10**6, 10**6])}, "1000000000000 entries"),
    ([node("MatMul", "x W", "h"), node("Pow", "h k", "y")],
     {"W": W, "k": np.float32(1e9)}, "exponent"),
    ([node("MatMul", "x W", "h"), node("Tile", "h s", "y")],
     {"W": W, "s": np.array([10**9, 10**9])}, "entries"),
    ([node("Range", "o n t", "r"), node("MatMul", "x W", "h"), node("Add", "h r", "y")],
     {"W": W, "o": np.array(0), "n": np.array(10**15), "t": np.array(1)}, "entries"),
    ([node("MatMul", "x W", "h"), node("Transpose", "h", "y", perm=[0, 0])], {"W": W}, "'Trans"),
    ([node("MatMul", "x W", "h"), node("Squeeze", "h a", "y")],
     {"W": W, "a": np.array([7])}, "'Squeeze:y'"),
    ([node("MatMul", "x W", "h"), node("Slice", "h", "y")], {"W": W}, ""),
    ([node("Conv", "x W", "y")], {"W": W}, "'Conv:y'"),
    ([node("MatMul", "x W", "h"), node("Div", "h z", "y")], {"W": W, "z": np.float32(0)},
     "divides by zero"),
    ([node("Einsum", "x W", "y", equation="ab,cd->xy")], {"W": W}, "equation"),
    ([node("Add", "x", "y")], {"W": W}, "lacks its input 1"),
])
def test_nodes_that_make_no_sense_are_refused(nodes, stored, words) -> None:
    content = network_file(nodes, stored)
    if nodes[-1].op_type == "Slice":
        imported(content)  # of nothing
        return
    with pytest.raises(InputError, match=words):
        imported(content)


def test_float_8_is_quantized() -> None:
    tensor = helper.make_tensor("W", TensorProto.FLOAT8E4M3FN, [3, 4], bytes(12), raw=True)
    with pytest.raises(InputError, match="FLOAT8E4M3FN, which are quantized"):
        imported(network_file([node("MatMul", "x W", "y")], {"W": tensor}, opset=20))
    short = helper.make_tensor("W", TensorProto.FLOAT, [3, 4], bytes(48), raw=True)
    short.raw_data = bytes(10)
    with pytest.raises(InputError, match="'W' has no data that fit its shape"):
        imported(network_file([node("MatMul", "x W", "y")], {"W": short}))


@pytest.mark.parametrize("content", [b"", b"\x80\x04K\x01.", b"{}", bytes(100), b"\xff" * 50])
def test_what_is_no_file_of_onnx_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(content)
    with pytest.raises(InputError, match="no file of ONNX"):
        from_onnx(tmp_path / "a.onnx")


def test_any_change_of_a_byte_is_read_or_refused() -> None:
    content = bytearray(network_file(SQUARE, STORED))
    generator = np.random.default_rng(0)
    for _ in range(300):
        changed = bytearray(content)
        for place in generator.integers(0, len(content), 2):
            changed[place] = generator.integers(0, 256)
        try:
            from_onnx(bytes(changed))
        except InputError as error:
            assert "\n" not in str(error)


# -- the command -------------------------------------------------------------------------


def test_inspect_says_which_model_a_file_is(tmp_path: Path, capsys) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(network_file(SQUARE, STORED))
    assert main(["inspect", str(path), "--quiet"]) == 0
    printed = capsys.readouterr().out
    assert "input 3, output 2, 24 parameters" in printed
    assert load_model(str(path)) == load_trained(path).model
    assert main(["inspect", str(path), "--constants", "U", "--ask", "rank", "--quiet"]) == 0
    assert "output 2, 16 parameters" in capsys.readouterr().out
    assert "V 4x3; b 4; layer Gemm:h" in printed and "x^2" in printed and "as exported" in printed
    assert main(["inspect", str(path), "--json", "--quiet"]) == 0
    import json

    data = json.loads(capsys.readouterr().out)
    assert load_trained(data["network"]).point == load_trained(path).point


def test_inspect_says_that_a_network_is_piecewise_linear(tmp_path: Path, capsys) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(network_file([node("Gemm", "x V b", "h", transB=1), node("Relu", "h", "p"),
                                   node("Gemm", "p U", "y", transB=1)], STORED))
    assert main(["inspect", str(path), "--quiet"]) == 0
    printed = capsys.readouterr().out
    assert "piecewise linear: 3 -> dense 4 -> relu 4 -> dense 2" in printed
    assert "'Relu:p' (Relu)" in printed


@pytest.mark.parametrize("nodes", [
    [node("Relu", "h", "y")], [node("LeakyRelu", "h", "y", alpha=0.25)], [node("Abs", "h", "y")],
    [node("Max", "h k", "y")], [node("Min", "k h", "y")], [node("Max", "h g", "y")],
    [node("Min", "h g", "y")]], ids=lambda nodes: nodes[0].op_type)
def test_a_piecewise_linear_network_is_what_another_program_says(nodes, tmp_path: Path) -> None:
    content = network_file([node("Gemm", "x V b", "h", transB=1), node("Gemm", "x U", "g"), *nodes],
                           STORED | {"U": W[:, ::-1].copy()}, (1, 3))
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    network, elsewhere = PiecewiseLinearNetwork(path), evaluator(content)
    for x in np.random.default_rng(0).integers(-8, 9, (20, 1, 3)).astype(np.float32) / 4:
        ours = network([Fraction(float(c)) for c in x[0]])
        assert [float(c) for c in ours] == elsewhere(x).ravel().tolist()


def test_a_piecewise_linear_network_is_read_as_safely(tmp_path: Path) -> None:
    cycle = network_file([node("Add", "x b", "a"), node("Relu", "a", "b"),
                          node("MatMul", "b W", "y")], {"W": W})
    (tmp_path / "net.onnx").write_bytes(cycle)
    with pytest.raises(InputError, match="has a cycle"):
        PiecewiseLinearNetwork(tmp_path / "net.onnx")
    (tmp_path / "net.onnx.data").write_bytes(W.tobytes())
    (tmp_path / "net.onnx").write_bytes(external("net.onnx.data"))
    assert PiecewiseLinearNetwork(tmp_path / "net.onnx")([1, 0, 0]) == tuple(
        Fraction(float(c)) for c in W[0])
    (tmp_path / "net.onnx").write_bytes(external("../net.onnx.data"))
    with pytest.raises(InputError, match="not in the folder"):
        PiecewiseLinearNetwork(tmp_path / "net.onnx")
