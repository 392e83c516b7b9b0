"""
Polynomial networks as files of ONNX: polynomials are evaluated by Horner's rule or, if their
coefficients in powers are no numbers of the file, by that of Clenshaw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.continuous_networks import ContinuousNetworkLayers, DenseLayer
from neuroalg_sage.models.floating_point import (
    in_chebyshev_polynomials,
    nearest,
    onto_the_unit_interval,
)

OPSET, IR_VERSION = 17, 9  # of networks that are in no file of ONNX
TYPES = {"float16": np.float16, "float32": np.float32, "float64": np.float64}


@dataclass(frozen=True)
class Replacement:
    """
    What is in place of an activation.

    - ``polynomials`` -- the coefficients of one; or of several, for a composite c
    - ``interval`` -- of the states
    - ``function`` -- of a composite: ``"abs"`` for x c(x), or ``"relu"`` for (x + x c(x)) / 2
    """

    polynomials: tuple[tuple[Fraction, ...], ...]
    interval: tuple[Fraction, Fraction]
    function: str = ""


def numbers_of(network: ContinuousNetworkLayers) -> str:
    """
    Which numbers a file of ONNX has for the network.

    Raises :class:`~neuroalg_sage.errors.InputError` for numbers that no coefficients are made of.
    """
    if network.file is None:
        return "float64"
    import onnx

    stored = {tensor.name for tensor in network.file.model.graph.initializer}
    [given] = [v for v in network.file.model.graph.input if v.name not in stored]
    kind = onnx.TensorProto.DataType.Name(given.type.tensor_type.elem_type)
    known = {"FLOAT16": "float16", "FLOAT": "float32", "DOUBLE": "float64"}
    if kind not in known:
        raise InputError(f"The network has numbers of type {kind}; a polynomial network is written "
                         f"in {', '.join(known)}.")
    return known[kind]


def onnx_content(network: ContinuousNetworkLayers, polynomials: Sequence[Replacement],
                 about: str = "") -> bytes:
    """
    The content of a file of ONNX with polynomials in place of the activations.

    INPUT:

    - ``network`` -- a network with given weights
    - ``polynomials`` -- what is in place of each activation
    - ``about`` -- what is said in the file

    Raises :class:`~neuroalg_sage.errors.InputError` if a number is none of the numbers in the file.
    """
    try:
        import onnx
    except ImportError:
        raise InputError("To write a file of ONNX, install the package onnx.") from None
    numbers = numbers_of(network)
    if network.file is None:
        model = _written(network, polynomials, numbers)
    else:
        model = onnx.ModelProto()
        model.CopyFrom(network.file.model)
        for k, (place, p) in enumerate(zip(network.file.places, polynomials)):
            if place is not None:
                _replace(model.graph, *place, p, numbers, f"polynomial_{k + 1}")
        _without_unused(model.graph)
    model.doc_string = about
    try:
        onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    except Exception as error:  # of which there are several kinds
        raise InputError("The polynomial network is no valid file of ONNX: "
                         f"{str(error)[:200]}") from None
    return bytes(model.SerializeToString())


def _array(values: Any, numbers: str, role: str, name: str) -> Any:
    """A tensor with exactly these numbers."""
    from onnx import numpy_helper

    exact = np.asarray(values, object)
    with np.errstate(over="ignore"):
        found = np.asarray([float(c) for c in exact.ravel()]).astype(TYPES[numbers])
    for value, c in zip(found.tolist(), exact.ravel()):
        if not np.isfinite(value) or Fraction(value) != c:
            raise InputError(f"The {role} {str(c)[:40]} is no number of {numbers}, so that the "
                             "polynomial network would be another one in a file of ONNX; write it "
                             "as JSON.")
    return numpy_helper.from_array(found.reshape(exact.shape), name)


class _Evaluation:
    """The nodes that evaluate a polynomial, and their constants."""

    def __init__(self, read: str, made: str, given: Replacement, numbers: str, title: str
                 ) -> None:
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}
        self.numbers, self.title = numbers, title
        if given.function:
            self.composite(read, given)
        else:
            self.polynomial(read, given.polynomials[0], given.interval)
        self.nodes[-1].output[0] = made

    def polynomial(self, read: str, p: Sequence[Fraction], interval: tuple[Fraction, Fraction]
                   ) -> None:
        """A polynomial, in powers if its coefficients are numbers of the file."""
        last = max((k for k, c in enumerate(p) if c), default=0)
        coefficients = list(p[:last + 1])
        if last > 1 and any(nearest(c, self.numbers) != c for c in coefficients):
            slope, constant = onto_the_unit_interval(*interval, self.numbers)
            self.clenshaw(read, in_chebyshev_polynomials(coefficients, slope, constant), slope,
                          constant)
        else:
            self.horner(read, coefficients if last else [*coefficients, Fraction(0)])

    def composite(self, x: str, given: Replacement) -> None:
        """x c(x), or (x + x c(x)) / 2, where the polynomials of c are odd."""
        value = x
        for p in given.polynomials:
            square = self.make("Mul", value, value)
            value = self.make("Mul", self.horner(square, p[1::2]), value)
        if given.function == "relu":
            half = Fraction(1, 2)
            value = self.make("Add", self.make("Mul", value, half), half)
        self.make("Mul", value, x)

    def make(self, kind: str, one: str, other: str | Fraction) -> str:
        """The result of a node, of which the second input may be a constant."""
        from onnx import helper

        if isinstance(other, Fraction):
            name = f"{self.title}_c{len(self.constants)}"
            self.constants[name] = _array(other, self.numbers, "coefficient", name)
            other = name
        made = f"{self.title}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, [one, other], [made], f"{made}_{kind}"))
        return made

    def horner(self, x: str, p: Sequence[Fraction]) -> str:
        """The polynomial with these coefficients, two or more, the last first."""
        value = self.make("Mul", x, p[-1])
        for k in range(len(p) - 2, -1, -1):
            value = self.make("Add", value, p[k]) if p[k] or not k else value
            value = self.make("Mul", value, x) if k else value
        return value

    def clenshaw(self, x: str, c: Sequence[Fraction], slope: Fraction, constant: Fraction) -> None:
        """The sum of multiples of three or more Chebyshev polynomials of (a x + b) / 2."""
        double = self.make("Add", self.make("Mul", x, slope), constant)
        after: str | Fraction = c[-1]
        here = self.make("Add", self.make("Mul", double, c[-1]), c[-2])
        for k in range(len(c) - 3, -1, -1):
            product = self.make("Mul", double, here)
            if not k:
                product = self.make("Mul", product, Fraction(1, 2))
            here, after = self.make("Add", self.make("Sub", product, after), c[k]), here


def _replace(graph: Any, read: str, made: str, p: Replacement, numbers: str, title: str
             ) -> None:
    """Have a polynomial made where an activation was."""
    taken = {name for node in graph.node for name in (*node.input, *node.output)}
    while any(name.startswith(title) for name in taken):
        title += "_"
    place = next(k for k, node in enumerate(graph.node) if made in node.output)
    steps = _Evaluation(read, made, p, numbers, title)
    others = list(graph.node)
    del graph.node[:]
    graph.node.extend([*others[:place], *steps.nodes, *others[place + 1:]])
    graph.initializer.extend(steps.constants.values())


def _without_unused(graph: Any) -> None:
    """Leave out what no output needs any more."""
    needed = {value.name for value in graph.output}
    kept = []
    for node in reversed(graph.node):
        if needed.intersection(node.output):
            needed.update(node.input)
            kept.append(node)
    stated = {value.name for value in graph.input}
    tensors = [t for t in graph.initializer if t.name in needed or t.name in stated]
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(reversed(kept))
    graph.initializer.extend(tensors)


def _written(network: ContinuousNetworkLayers, polynomials: Sequence[Replacement],
             numbers: str) -> Any:
    """A chain of Gemm and polynomials."""
    from onnx import TensorProto, helper

    nodes, constants, before = [], [], "input"
    for k, layer in enumerate(network.layers):
        if not isinstance(layer, DenseLayer) or layer.weights is None:
            raise InputError(f"{network} has no weights; a file of ONNX is written of a network "
                             "with given weights, as in a file of JSON or ONNX.")
        names = [f"layer_{k + 1}_weight"] + ([f"layer_{k + 1}_bias"] if layer.bias else [])
        constants += [_array(value, numbers, "weight", name) for name, value in zip(
            names, (layer.weights, layer.bias))]
        is_last = k == len(network.layers) - 1
        after = "output" if is_last else f"state_{k + 1}"
        nodes.append(helper.make_node("Gemm", [before, *names], [after], f"layer_{k + 1}",
                                      transB=1))
        if not is_last:
            before = f"activation_{k + 1}"
            steps = _Evaluation(after, before, polynomials[k], numbers, f"polynomial_{k + 1}")
            nodes += steps.nodes
            constants += steps.constants.values()
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(TYPES[numbers]))
    assert kind != TensorProto.UNDEFINED
    graph = helper.make_graph(
        nodes, "polynomial network",
        [helper.make_tensor_value_info("input", kind, ["N", network.widths[0]])],
        [helper.make_tensor_value_info("output", kind, ["N", network.widths[-1]])], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)],
                             ir_version=IR_VERSION)
