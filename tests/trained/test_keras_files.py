"""Files of Keras, made here layer by layer; and where Keras is installed, its own models."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

h5py = pytest.importorskip("h5py")

from neuroalg_sage import InputError, from_keras, load_trained, parse_spec  # noqa: E402
from neuroalg_sage.cli import main  # noqa: E402
from neuroalg_sage.models.layers import Activation, Dense  # noqa: E402

os.environ.setdefault("KERAS_BACKEND", "torch")
try:
    import keras
except ImportError:
    keras = None  # type: ignore[assignment]

with_keras = pytest.mark.skipif(keras is None, reason="Keras is not installed")
SQUARE = {"module": "builtins", "class_name": "function", "config": "square",
          "registered_name": "function"}


def layer(kind: str, name: str, **config: Any) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": kind, "config": {"name": name, **config},
            "registered_name": None, "name": name}


def dense(name: str, **config: Any) -> dict[str, Any]:
    return layer("Dense", name, **{"use_bias": True, "activation": "linear"} | config)


def given(*shape: int | None, dtype: str = "float32") -> dict[str, Any]:
    return layer("InputLayer", "input", batch_shape=[None, *shape], dtype=dtype)


def tensor(name: str, node: int = 0) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, node, 0]}}


def applied(part: dict[str, Any], *calls: list[Any]) -> dict[str, Any]:
    return part | {"inbound_nodes": [{"args": call, "kwargs": {}} for call in calls]}


def sequential(*layers: Any) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": "net", "layers": list(layers)}}


def functional(output: str, *layers: Any) -> dict[str, Any]:
    return {"class_name": "Functional", "config": {
        "name": "net", "layers": list(layers), "input_layers": ["input", 0, 0],
        "output_layers": [output, 0, 0]}}


def write(path: Path, description: Any, arrays: dict[str, list[np.ndarray]],
          change: Callable[[Any], None] = lambda file: None) -> Path:
    """A file of Keras; groups are numbered, and the names of layers are attributes."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        for number, (name, kept) in enumerate(arrays.items()):
            own = file.create_group(f"layers/group_{number}/vars")
            own.attrs["name"] = name
            for k, array in enumerate(kept):
                own[str(k)] = array
        change(file)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", json.dumps(description))
        archive.writestr("model.weights.h5", content.getvalue())
    return path


RNG = np.random.default_rng(5)
K, B, L = (RNG.normal(size=s).astype(np.float32) for s in ((3, 4), (4,), (4, 2)))


def exact(array: np.ndarray) -> np.ndarray:
    return np.vectorize(lambda c: Fraction(float(c)), otypes=[object])(array)


def test_a_sequential_file_is_the_model_of_its_spec(tmp_path: Path) -> None:
    path = write(tmp_path / "net.keras", sequential(
        given(3), dense("first", activation=SQUARE, use_bias=False), layer("Dropout", "drop"),
        dense("last", use_bias=False)), {"last": [L], "first": [K]})
    network = from_keras(path)
    assert network.model.layers == parse_spec("mlp:3,4,2:x^2").layers
    assert network.names == ("first/kernel", "last/kernel")
    assert network.layer_names == ("first", "last")
    x = np.array([Fraction(1, 3), 2, -1])
    assert network(x) == tuple((x @ exact(K)) ** 2 @ exact(L))
    assert network.parameter_name(1) == "first/kernel[1,0]"
    assert network.point[1] == Fraction(float(K[1, 0]))
    assert load_trained(path) == network


def test_a_functional_file_with_a_gate_a_layer_that_is_shared_and_operations(tmp_path: Path
                                                                              ) -> None:
    first = applied(dense("a"), [tensor("input")], [tensor("back")])
    operation = {"module": "keras.src.ops.numpy"}
    path = write(tmp_path / "net.keras", functional(
        "sum", applied(given(3)) | {"inbound_nodes": []}, first,
        applied(layer("Multiply", "gate"), [[tensor("a"), tensor("a")]]),
        applied(dense("back", use_bias=False), [tensor("gate")]),
        applied(layer("Power", "power") | operation, [tensor("a", 1), 3]),
        applied(layer("Multiply", "scaled") | operation, [0.5, tensor("power")]),
        applied(layer("Add", "sum"), [[tensor("scaled"), tensor("a")]])),
        {"a": [K, B], "back": [L @ np.ones((2, 3), np.float32)]})
    network = from_keras(path)
    assert network.model.parameter_count == 12 + 4 + 12
    x = np.array([Fraction(1, 2), 1, -1])
    a = x @ exact(K) + exact(B)
    again = a**2 @ exact(L @ np.ones((2, 3), np.float32)) @ exact(K) + exact(B)
    assert network(x) == tuple(again**3 / 2 + a)


def test_a_convolution_with_channels_last_and_a_normalization(tmp_path: Path) -> None:
    F, b = RNG.normal(size=(2, 3, 2)).astype(np.float32), RNG.normal(size=2).astype(np.float32)
    gamma, beta, mean, variance = (abs(RNG.normal(size=2)).astype(np.float32) for _ in range(4))
    path = write(tmp_path / "net.keras", sequential(
        given(5, 3), layer("Conv1D", "conv", filters=2, kernel_size=[2], strides=[1],
                           padding="same", data_format="channels_last", dilation_rate=[1],
                           groups=1, activation="linear", use_bias=True),
        layer("BatchNormalization", "norm", axis=-1, epsilon=0.001, center=True, scale=True),
        layer("AveragePooling1D", "pool", pool_size=[2], strides=[2], padding="valid",
              data_format="channels_last"),
        layer("Flatten", "flat", data_format="channels_last")),
        {"conv": [F, b], "norm": [gamma, beta, mean, variance]})
    network = from_keras(path)
    assert "was folded into conv/kernel" in " ".join(network.notes)
    x = RNG.normal(size=(5, 3))
    padded = np.vstack([x, np.zeros((1, 3))])
    state = np.array([np.einsum("kc,kco->o", padded[i : i + 2], F) + b for i in range(5)])
    state = (state - mean) / np.sqrt(variance + 0.001) * gamma + beta
    wanted = ((state[0:4:2] + state[1:4:2]) / 2).ravel()
    assert np.allclose(network.numerically(x.ravel()), wanted, rtol=1e-6)


def test_a_layer_whose_weights_are_read_twice_is_not_folded(tmp_path: Path) -> None:
    ones = np.ones(4, np.float32)
    path = write(tmp_path / "net.keras", functional(
        "sum", given(3) | {"inbound_nodes": []}, applied(dense("a"), [tensor("input")]),
        applied(layer("BatchNormalization", "norm", axis=1, epsilon=0.5, center=True, scale=True),
                [tensor("a")]),
        applied(layer("Add", "sum"), [[tensor("norm"), tensor("a")]])),
        {"a": [K, B], "norm": [ones, ones, ones, ones * 0.5]})
    network = from_keras(path)
    assert network.names == ("a/kernel", "a/bias", "norm/gamma", "norm/beta")
    x = np.array([1, 2, 3])
    a = x @ K.astype(float) + B
    assert np.allclose(network.numerically(x), (a - 1) + 1 + a)


@pytest.mark.parametrize("parts, words", [
    ([dense("a", activation="tanh")], "'tanh', which is not algebraic"),
    ([dense("a", activation="softmax")], "attention without softmax"),
    ([dense("a", activation="relu")], "PiecewiseLinearNetwork"),
    ([dense("a", activation={"module": "builtins", "class_name": "function",
                             "config": "own_function", "registered_name": "function"})],
     "'own_function'"),
    ([dense("a"), layer("GroupNormalization", "n")], "normalizes"),
    ([dense("a"), layer("LSTM", "r")], "recurrent"),
    ([dense("a"), layer("MaxPooling1D", "m")], "PiecewiseLinearNetwork"),
    ([dense("a"), layer("Lambda", "l", function={"class_name": "__lambda__", "config": {
        "code": "4wEAAAAAAAAAAAAAAAEAAAACAAAA"}})], "is code of its author's, which is not run"),
    ([dense("a"), layer("Own", "o") | {"module": "own", "registered_name": "own>Own"}],
     "a class of its author's"),
    ([dense("a"), layer("NoSuch", "o")], "of a kind that is not read"),
    ([dense("b")], "lacks its array of weights kernel"),
    ([dense("a"), layer("Reshape", "r", target_shape=[7])], "'r' \\(Reshape\\)"),
])
def test_a_layer_that_is_no_polynomial_is_named(tmp_path: Path, capsys, parts, words) -> None:
    path = write(tmp_path / "net.keras", sequential(given(3), *parts), {"a": [K, B]})
    with pytest.raises(InputError, match=words):
        from_keras(path)
    if "Piecewise" not in words:
        assert main(["inspect", str(path), "--quiet"]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    def linked(file: Any) -> None:
        del file["layers/group_0/vars/0"]
        file["layers/group_0/vars/0"] = h5py.ExternalLink("elsewhere.h5", "/a")

    def outside(file: Any) -> None:
        del file["layers/group_0/vars/0"]
        file["layers/group_0/vars"].create_dataset(
            "0", (3, 4), "f4", external=[(str(tmp_path / "data.bin"), 0, 48)])

    (tmp_path / "data.bin").write_bytes(bytes(48))
    net = sequential(given(3), dense("a"))
    for change, words in ((linked, "a link '0' to elsewhere"), (outside, "lie in other files")):
        path = write(tmp_path / "net.keras", net, {"a": [K, B]}, change)
        with pytest.raises(InputError, match=words):
            from_keras(path)
    for description, words in (
            (sequential(given(None, 3), dense("a")), "fixed extents"),
            (sequential(given(3, dtype="int32"), dense("a")), "whole numbers"),
            (sequential(dense("a")), "does not say the shape of its input"),
            ({"class_name": "Own", "config": {}}, "of the class 'Own'"),
            ({"class_name": "Functional", "config": {"input_layers": [], "output_layers": [],
                                                     "layers": []}}, "shape of its input"),
            (functional("a", given(3) | {"inbound_nodes": []},
                        applied(dense("a"), [tensor("b")]), applied(dense("b"), [tensor("a")])),
             "has a cycle")):
        path = write(tmp_path / "net.keras", description, {"a": [K, B]})
        with pytest.raises(InputError, match=words):
            from_keras(path)
    for content in (b"", b"\x80\x04.", b"PK\x03\x04"):
        path.write_bytes(content)
        with pytest.raises(InputError, match="no file \\*.keras"):
            from_keras(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", " " * 200_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(InputError, match="unpacks to 200000000 bytes"):
        from_keras(path)
    with pytest.raises(InputError, match="no model of Keras"):
        from_keras(3)


# -- models of Keras itself --------------------------------------------------------------


def models() -> dict[str, Callable[[], Any]]:
    from keras import Input, Model, Sequential, layers, ops

    def operations() -> Any:
        i = Input((3,))
        x = layers.Dense(4, activation=ops.square)(i)
        y = x**3 + 2 * x - x * x
        w = ops.einsum("bi,bj->bij", ops.square(y) / 2.0, y)
        u = ops.reshape(ops.sum(w, axis=2)[:, :2], (-1, 2))
        v = ops.mean(ops.matmul(w, ops.transpose(w, (0, 2, 1))), axis=[1, 2])
        return Model(i, ops.concatenate([u, ops.expand_dims(v, 1), -i], axis=-1))


    def joined() -> Any:
        i = Input((4, 3))
        shared = layers.Dense(3)
        a, b = shared(i), shared(layers.EinsumDense("abc,cd->abd", (4, 3))(i))
        d = layers.Dot(axes=2)([a, layers.Subtract()([b, i])])
        return Model(i, layers.Average()([d, layers.Multiply()([d, d])]))

    def nested() -> Any:
        inner = Sequential([Input((3,)), layers.Dense(4), layers.BatchNormalization()])
        i = Input((3,))
        return Model(i, layers.Dense(2)(layers.Multiply()([inner(i), layers.Dense(4)(i)])))

    def divided() -> Any:
        i = Input((3,))
        return Model(i, layers.Dense(2)(layers.RMSNormalization()(i)) / (1 + ops.square(
            layers.Dense(1)(i))))

    return {
        "divided": divided,
        "perceptron": lambda: Sequential([Input((3,)), layers.Dense(4, activation=ops.square),
                                          layers.Dense(2)]),
        "convolutions": lambda: Sequential([
            Input((6, 6, 2)), layers.Conv2D(4, 3, strides=2, padding="same"),
            layers.BatchNormalization(), layers.Activation(ops.square),
            layers.DepthwiseConv2D(2, use_bias=False), layers.Conv2D(2, 2, groups=2),
            layers.UpSampling2D(2), layers.Cropping2D(((0, 1), (0, 0))),
            layers.ZeroPadding2D(1), layers.AveragePooling2D(2, padding="same"),
            layers.Flatten(), layers.Dropout(0.5), layers.Dense(2)]),
        "one axis": lambda: Sequential([
            Input((5, 2)), layers.Conv1D(3, 2, padding="causal", dilation_rate=2),
            layers.GlobalAveragePooling1D(), layers.RepeatVector(2), layers.Permute((2, 1)),
            layers.Reshape((6,)), layers.Rescaling(0.5, 1.0)]),
        "operations": operations, "joined": joined, "nested": nested}


@with_keras
@pytest.mark.parametrize("name", ["perceptron", "convolutions", "one axis", "operations", "joined",
                                  "nested", "divided"])
def test_a_model_of_keras_and_its_file_are_one_network(name: str, tmp_path: Path) -> None:
    keras.utils.set_random_seed(3)
    model = models()[name]()
    for part in model.weights:
        part.assign(abs(np.random.default_rng(1).normal(size=part.shape)) - 0.1 * (
            "variance" not in part.path))
    network = from_keras(model)
    model.save(tmp_path / "net.keras")
    saved = from_keras(tmp_path / "net.keras")
    assert saved.model.layers == network.model.layers
    assert (saved.point, saved.names) == (network.point, network.names)
    rng = np.random.default_rng(0)
    point = np.array([float(c) for c in network.point])
    x = rng.normal(size=(100, *model.input_shape[1:])).astype(np.float32)
    theirs = np.asarray(model.predict(x, verbose=0), np.float64).reshape(100, -1)
    flat = x.reshape(100, -1).astype(np.float64)
    if network.model.cone:
        assert np.allclose(network.numerically(flat), theirs, rtol=1e-4, atol=1e-5)
        return
    terms = network.model.apply(abs(point), abs(flat), lambda c: abs(float(c)))
    assert (abs(network.numerically(flat) - theirs) <= 1e-5 * terms).all()


@with_keras
def test_a_model_that_was_never_called_is_refused() -> None:
    model = keras.Sequential([keras.layers.Dense(2)])
    with pytest.raises(InputError, match="keras.Input"):
        from_keras(model)
    network = from_keras(keras.Sequential([keras.Input((3,)), keras.layers.Dense(
        2, use_bias=False, activation=keras.ops.square)]))
    assert network.model.layers == (Dense(3, 2), Activation("x^2"))
