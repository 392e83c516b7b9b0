"""Small files of ONNX, made node by node, and what is said of them elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from neuroalg_sage.models.trained.network import TrainedNetwork  # noqa: E402
from neuroalg_sage.models.trained.onnx_files import from_onnx_graph, parse_onnx  # noqa: E402


def node(kind: str, inputs: str, outputs: str, **options: Any) -> Any:
    """A node; inputs and outputs are names joined by blanks, ``-`` for one that is left out."""
    return helper.make_node(kind, [n if n != "-" else "" for n in inputs.split()],
                            outputs.split(), name=f"{kind}:{outputs.split()[0]}", **options)


def network_file(nodes: Sequence[Any], stored: dict[str, Any], shape: Sequence[Any] = (1, 3),
                 outputs: Sequence[str] = ("y",), kind: int = TensorProto.FLOAT,
                 opset: int = 17, inputs: Sequence[str] = ("x",)) -> bytes:
    """The content of a file with one input x, unless others are named."""
    tensors = [value if isinstance(value, onnx.TensorProto) else numpy_helper.from_array(
        np.asarray(value), name) for name, value in stored.items()]
    graph = helper.make_graph(
        list(nodes), "network",
        [helper.make_tensor_value_info(name, kind, shape) for name in inputs],
        [helper.make_tensor_value_info(name, kind, None) for name in outputs], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)],
                             ir_version=9).SerializeToString()


def imported(content: bytes, **options: Any) -> TrainedNetwork:
    """The network in the content of a file."""
    return from_onnx_graph(parse_onnx(content), **options)


def evaluator(content: bytes) -> Callable[[np.ndarray], np.ndarray]:
    """A function with the outputs at one input, of onnxruntime if it is there, else of onnx."""
    model = onnx.load_model_from_string(content)
    name = model.graph.input[0].name
    try:
        import onnxruntime
    except ImportError:
        from onnx.reference import ReferenceEvaluator

        session: Any = ReferenceEvaluator(model)
    else:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(content, options)
    return lambda inputs: np.asarray(session.run(None, {name: inputs})[0])


def agree(content: bytes, network: TrainedNetwork, shape: Sequence[int], count: int = 100,
          seed: int = 0, dtype: Any = np.float32) -> None:
    """
    Demand that the outputs at random inputs are those of another program: to 1e-5 of the sum of the
    absolute values of all terms, and that one of them is our own exact value.
    """
    rng, elsewhere = np.random.default_rng(seed), evaluator(content)
    point = np.array([float(c) for c in network.point])
    for k in range(count):
        x = rng.normal(size=shape).astype(dtype)
        theirs = elsewhere(x).ravel()
        flat = x.astype(np.float64).ravel()
        ours = network.numerically(flat)
        terms = network.model.apply(abs(point), abs(flat), lambda c: abs(float(c)))
        assert ours.shape == theirs.shape
        assert (abs(ours - theirs) <= 1e-5 * terms + 1e-30).all(), (k, ours, theirs)
    exact = network([Fraction(float(c)) for c in flat])
    assert np.allclose([float(c) for c in exact], ours, rtol=1e-9, atol=1e-9 * terms.max())
