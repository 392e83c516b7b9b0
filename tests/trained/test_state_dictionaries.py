"""Weights in files of arrays, with a spec: exact, named, and in the right order."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from neuroalg_sage import InputError, load_model
from neuroalg_sage.models.arrays import fractions, read_arrays
from neuroalg_sage.models.trained.network import TrainedNetwork
from neuroalg_sage.models.trained.sources import load_trained, network_from_data

safetensors = pytest.importorskip("safetensors")


def write(path: Path, arrays: dict[str, tuple[str, list[int], bytes]]) -> Path:
    """A file of safetensors from the bytes of its arrays, without any library."""
    header, data = {}, b""
    for name, (kind, shape, content) in arrays.items():
        header[name] = {"dtype": kind, "shape": shape,
                        "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def test_numbers_of_all_widths_are_the_binary_fractions_that_they_are(tmp_path: Path) -> None:
    # 0.1 in each format: sign, exponent and fraction, read by hand.
    path = write(tmp_path / "a.safetensors", {
        "half": ("F16", [1], (0x2E66).to_bytes(2, "little")),
        "brain": ("BF16", [1], (0x3DCD).to_bytes(2, "little")),
        "single": ("F32", [1], (0x3DCCCCCD).to_bytes(4, "little")),
        "double": ("F64", [1], (0x3FB999999999999A).to_bytes(8, "little")),
        "subnormal": ("F16", [2], (0x0001).to_bytes(2, "little") + (0x8000).to_bytes(2, "little")),
    })
    found = {name: fractions(array, name) for name, array in read_arrays(path, "file").items()}
    assert found["half"] == [Fraction(0x666, 2**14)]
    assert found["brain"] == [Fraction(0xCD, 2**11)]
    assert found["single"] == [Fraction(0xCCCCCD, 2**27)]
    assert found["double"] == [Fraction(0x1999999999999A, 2**56)]
    assert found["subnormal"] == [Fraction(1, 2**24), 0]


def test_square_kernels_are_transposed_as_their_names_say(tmp_path: Path) -> None:
    """The shapes of square matrices do not say which axis is of the inputs."""
    arrays = {"dense/kernel": np.array([[1.0, 2], [3, 4]]), "dense_1/kernel": np.eye(2)}
    np.savez(tmp_path / "a.npz", **arrays)
    network = load_trained(tmp_path / "a.npz", "linear:2,2,2")
    assert network([1, 0]) == (1, 2) and "transposed" in network.notes[0]
    np.savez(tmp_path / "b.npz", **{f"{k}.weight": a for k, a in enumerate(arrays.values())})
    assert load_trained(tmp_path / "b.npz", "linear:2,2,2")([1, 0]) == (1, 3)


def test_a_state_dictionary_is_a_point_of_its_spec(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    arrays = {"model.10.bias": rng.normal(size=1), "model.10.weight": rng.normal(size=(1, 3)),
              "model.2.bias": rng.normal(size=3), "model.2.weight": rng.normal(size=(3, 2)),
              "model.2.num_batches_tracked": np.array(7)}
    np.savez(tmp_path / "weights.npz", **arrays)
    network = load_trained(tmp_path / "weights.npz", "mlp:2,3,1:x^2:bias")
    assert network.names == ("model.2.weight", "model.2.bias", "model.10.weight", "model.10.bias")
    x = [Fraction(1, 3), Fraction(-5, 7)]
    exact = {n: np.array(fractions(a, n), object).reshape(a.shape) for n, a in arrays.items()}
    hidden = (exact["model.2.weight"] @ x + exact["model.2.bias"]) ** 2
    assert network(x) == tuple(exact["model.10.weight"] @ hidden + exact["model.10.bias"])
    assert network.parameter_name(5) == "model.2.weight[2,1]"
    assert network.parameter_name(8) == "model.2.bias[2]"
    assert [n for n in network.notes if "num_batches_tracked" in n]
    again = network_from_data(json.loads(json.dumps(network.describe())))
    assert again == network and again.parameter_name(5) == network.parameter_name(5)


def test_matrices_with_a_row_for_each_input_are_recognized(tmp_path: Path) -> None:
    arrays = {"0.kernel": np.arange(6.0).reshape(2, 3), "1.kernel": np.arange(9.0).reshape(3, 3)}
    np.savez(tmp_path / "keras.npz", **arrays)
    network = load_trained(tmp_path / "keras.npz", "linear:2,3,3")
    x = np.array([1, 5])
    assert network([1, 5]) == tuple(x @ arrays["0.kernel"] @ arrays["1.kernel"])
    assert network.parameter_name(1) == "0.kernel[1,0]" and "transposed" in network.notes[0]


def test_an_order_may_be_stated(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", key=np.array([[2.0, 3]]), query=np.array([[1.0, 0]]),
             value=np.array([[4.0, 5]]))
    spec = "attention:d=2,a=1,out=1,t=2"
    model = load_model(spec)
    order = ["query", "key", "value"]
    network = load_trained(tmp_path / "a.npz", model, order)
    assert network.names == tuple(order) and network.point == (1, 0, 2, 3, 4, 5)
    with pytest.raises(InputError, match="do not say the order"):
        load_trained(tmp_path / "a.npz", spec)
    with pytest.raises(InputError, match="each once"):
        load_trained(tmp_path / "a.npz", spec, ["query", "query", "value"])


@pytest.mark.parametrize("content, message", [
    (b"", "no file of safetensors"), (b"\x80\x02}q\x00.", "no file of safetensors"),
    (b"\xff" * 20, "no file of safetensors"),
    ((10).to_bytes(8, "little") + b'{"a": 3}  ', "no file of safetensors")])
def test_what_is_no_file_of_safetensors_is_refused(tmp_path: Path, content: bytes, message: str
                                                   ) -> None:
    (tmp_path / "a.safetensors").write_bytes(content)
    with pytest.raises(InputError, match=message):
        load_trained(tmp_path / "a.safetensors", "linear:2,1")


def test_what_cannot_be_a_point_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, **{"0.weight": np.array([[1.0, np.nan]])})
    with pytest.raises(InputError, match="0.weight has an entry that is not a finite number"):
        load_trained(path, "linear:2,1")
    with pytest.raises(InputError, match="state the spec"):
        load_trained(path)
    with pytest.raises(InputError, match="takes \\(2, 2\\) at its place"):
        load_trained(path, "linear:2,2")
    with pytest.raises(InputError, match="has 2 arrays of parameters, and the state dictionary 1"):
        load_trained(path, "linear:2,1,2")
    write(tmp_path / "q.safetensors", {"0.weight": ("F8_E4M3", [1, 2], b"\1\2")})
    with pytest.raises(InputError, match="quantized"):
        load_trained(tmp_path / "q.safetensors", "linear:2,1")
    for data in ({}, {"spec": "linear:2,1"}, {"spec": "linear:2,1", "point": [1]},
                 {"spec": "linear:2,1", "point": [1, 2], "blocks": [3]},
                 {"spec": "linear:2,1", "point": [1, 2], "blocks": []  , "notes": [3]},
                 {"spec": "linear:2,1", "point": [1, 2], "schema": 2}):
        with pytest.raises(InputError):
            TrainedNetwork.__call__(load_trained(data), [1, 2])


def test_no_pickle_is_opened(tmp_path: Path) -> None:
    import pickle

    class Trap:
        def __reduce__(self) -> tuple:
            return os.mkdir, (str(tmp_path / "executed"),)

    for name in ("a.pt", "a.pth", "a.pkl", "a.npz", "a.safetensors"):
        (tmp_path / name).write_bytes(pickle.dumps(Trap()))
        with pytest.raises(InputError):
            load_trained(tmp_path / name, None if "p" in name[-3:-1] else "linear:2,1")
    np.savez(tmp_path / "b.npz", **{"0.weight": np.array([Trap()], object)})
    with pytest.raises(InputError, match="no archive"):
        load_trained(tmp_path / "b.npz", "linear:1,1")
    with pytest.raises(InputError, match="is a pickle.*safetensors.torch.save_file"):
        load_trained(tmp_path / "a.pt")
    assert not (tmp_path / "executed").exists()


def test_the_size_of_a_file_is_known_before_it_is_read(tmp_path: Path) -> None:
    with open(tmp_path / "a.safetensors", "wb") as file:
        file.truncate(3_000_000_000)  # takes no space on the disk
    with pytest.raises(InputError, match="larger than 100000000 bytes"):
        load_trained(tmp_path / "a.safetensors", "linear:2,1")
    np.savez_compressed(tmp_path / "b.npz", **{"0.weight": np.zeros((1, 13_000_000))})
    assert (tmp_path / "b.npz").stat().st_size < 1_000_000
    with pytest.raises(InputError, match="unpacks to 104000"):
        load_trained(tmp_path / "b.npz", "linear:2,1")
