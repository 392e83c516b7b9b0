"""
Networks in files of ONNX.

A file holds a graph of nodes.  What is known without the input is computed, exactly.  Arrays of
floating-point numbers that the file stores as initializers, with one axis or more, are parameters;
whole numbers, numbers without axes and the constants inside of nodes are not.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.files import read_bytes
from neuroalg_sage.models.arrays import MOST_BYTES
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import Shape
from neuroalg_sage.models.model import MAXIMAL_INPUTS
from neuroalg_sage.models.trained.examples import of_one_example
from neuroalg_sage.models.trained.lowering import lower
from neuroalg_sage.models.trained.network import TrainedNetwork
from neuroalg_sage.models.trained.onnx_operators import OPERATORS, Node, refusal
from neuroalg_sage.models.trained.operations import Builder, Input, Value, listed

ROLE = "network file"
MOST_NODES = 20_000
OLDEST_OPSET = 7  # before, sums have axes, and normalizations are by default in training


def read_onnx(name: str | Path) -> Any:
    """
    The graph of a file of ONNX, with its weights inside, and calls of functions written out.

    Weights that lie in other files are read if these lie in the folder of the file.

    Raises InputError if there is no such graph.
    """
    return parse_onnx(read_bytes(name, ROLE, MOST_BYTES), str(name), Path(name).parent)


def parse_onnx(content: bytes, name: str = "", folder: Path | None = None) -> Any:
    """The graph in the content of a file, see :func:`read_onnx`."""
    return parse_onnx_model(content, name, folder).graph


def parse_onnx_model(content: bytes, name: str = "", folder: Path | None = None) -> Any:
    """The ``ModelProto`` in the content of a file, whose graph is that of :func:`parse_onnx`."""
    try:
        import onnx
        import onnx.inliner
    except ImportError:
        raise InputError("To read a file of ONNX, install the package onnx.") from None
    try:
        model = onnx.load_model_from_string(content)
        if model.functions:
            model = onnx.inliner.inline_local_functions(model)
    except Exception as error:  # whatever protobuf says of what is no such file
        raise InputError(f"The network file {shown(name)} is no file of ONNX "
                         f"({type(error).__name__}).") from None
    if not model.graph.node and not model.graph.output:
        raise InputError(f"The network file {shown(name)} is no file of ONNX, or its graph is "
                         "empty.")
    opset = next((o.version for o in model.opset_import if o.domain in ("", "ai.onnx")),
                 OLDEST_OPSET)
    if opset < OLDEST_OPSET:
        raise InputError(f"The network has operators of version {opset}, which differ from those "
                         f"that are read, of version {OLDEST_OPSET} and later: convert it by "
                         "onnx.version_converter.")
    total = len(content)
    for tensor in model.graph.initializer:
        total += _bring_inside(onnx, tensor, folder, MOST_BYTES - total)
    if model.graph.sparse_initializer:
        raise InputError("The network has sparse initializers, which are not read; store them "
                         "as dense arrays.")
    return model


def _bring_inside(onnx: Any, tensor: Any, folder: Path | None, most: int) -> int:
    """Read the data of a tensor that lie in another file; return how many bytes these are."""
    if tensor.data_location != onnx.TensorProto.EXTERNAL:
        return 0
    facts = {entry.key: entry.value for entry in tensor.external_data}
    title = f"The data of the initializer {shown(tensor.name)}"
    location = facts.get("location", "")
    outside = InputError(f"{title} lie in {shown(location)}, which is not in the folder of the "
                         "network file; put them beside it.")
    if folder is None or not location or os.path.isabs(location):
        raise outside
    home = folder.resolve()
    try:
        path = (home / location).resolve()
        if not path.is_relative_to(home):
            raise outside
        offset, length = int(facts.get("offset") or 0), int(facts.get("length") or -1)
        about = path.stat()
        if length < 0:
            length = about.st_size - offset
        if not stat.S_ISREG(about.st_mode) or offset < 0 or not 0 <= length <= (
                about.st_size - offset):
            raise InputError(f"{title} are not there: {shown(location)} has {about.st_size} bytes.")
        if length > most:
            raise InputError(f"{title} make the network larger than {MOST_BYTES} bytes, the most "
                             "that is read.")
        with open(path, "rb") as file:
            file.seek(offset)
            tensor.raw_data = file.read(length)
    except InputError:
        raise
    except (OSError, ValueError, OverflowError) as error:
        raise InputError(f"{title} lie in {shown(location)}, which cannot be read "
                         f"({type(error).__name__}).") from None
    tensor.data_location = onnx.TensorProto.DEFAULT
    return length


def array_of(tensor: Any, title: str) -> Any:
    """
    The array of NumPy that a tensor is; raises InputError, which names it by its title.
    """
    import onnx

    kind = onnx.TensorProto.DataType.Name(tensor.data_type)
    if kind not in ("FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16", "BOOL", "INT8", "INT16", "INT32",
                    "INT64", "UINT8", "UINT16", "UINT32", "UINT64"):
        few_bits = re.fullmatch(r"FLOAT[468]\w+|U?INT[24]", kind)
        reason = "quantized" if few_bits else "no real numbers"
        raise InputError(f"{title} has entries of type {kind}, which are {reason} and are not "
                         "read; store it as FLOAT.")
    if any(extent < 0 for extent in tensor.dims):
        raise InputError(f"{title} has a negative extent.")
    try:
        found = onnx.numpy_helper.to_array(tensor)
    except Exception as error:  # whatever a tensor with too few entries leads to
        raise InputError(f"{title} has no data that fit its shape ({type(error).__name__})."
                         ) from None
    return found if found.dtype.kind in "biu" else found.astype(np.float64)


@suggesting
def from_onnx(file: Any, output: str | None = None, constants: Sequence[str] = ()
              ) -> TrainedNetwork:
    """
    The network in a file of ONNX, with its weights as exact rational numbers.

    INPUT:

    - ``file`` -- the name of a file, its content, or a ``ModelProto`` of the package onnx
    - ``output`` -- the name of an output, if there are several
    - ``constants`` -- names of arrays in the file that are no parameters, such as masks

    OUTPUT: :class:`~neuroalg_sage.models.trained.network.TrainedNetwork`

    Arrays of floating-point numbers that the file stores as initializers, with one axis or more,
    are parameters; all else is constant.  A first axis of any extent, or of one entry, counts
    examples.

    Raises :class:`~neuroalg_sage.errors.InputError` if the network is no polynomial model, and
    names the first node that is not.

    EXAMPLES::

        >>> import numpy, onnx
        >>> from onnx import TensorProto, helper, numpy_helper
        >>> graph = helper.make_graph(
        ...     [helper.make_node("Gemm", ["x", "W"], ["h"], "layer", transB=1),
        ...      helper.make_node("Mul", ["h", "h"], ["y"], "square")], "network",
        ...     [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 2])],
        ...     [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        ...     [numpy_helper.from_array(numpy.array([[0.5, 1]], numpy.float32), "W")])
        >>> network = from_onnx(helper.make_model(graph))
        >>> network.model, network([4, 1]), network.names
        (Model of layers dense, activation with 2 parameters, 2 inputs and 1 output,
        (Fraction(9, 1),), ('W',))
    """
    if hasattr(file, "SerializeToString"):
        return from_onnx_graph(parse_onnx(file.SerializeToString()), "", output, constants)
    if isinstance(file, bytes):
        return from_onnx_graph(parse_onnx(file), "", output, constants)
    if not isinstance(file, (str, Path)):
        raise InputError(f"{shown(file)} is no file of ONNX, no content of one, and no model of "
                         "the package onnx.")
    return from_onnx_graph(read_onnx(file), str(file), output, constants)


def from_onnx_graph(graph: Any, source: str = "", output: str | None = None,
                    constants: Sequence[str] = ()) -> TrainedNetwork:
    """
    The network that a graph of ONNX is.

    INPUT:

    - ``graph`` -- from :func:`read_onnx`
    - ``source`` -- the name of the file
    - ``output`` -- the name of an output, if there are several
    - ``constants`` -- names of initializers that are no parameters
    """
    wanted = _output(graph, output)
    return of_one_example(lambda is_one: _read(graph, wanted, constants, source, is_one),
                          _examples(graph))


def _read(graph: Any, output: str, constants: Sequence[str], source: str, is_one: bool
          ) -> TrainedNetwork:
    reader = Reader(graph, set(constants))
    given, shape = reader.input(is_one)
    reader.read(needed(graph, output))
    value = reader.value(output, "output")
    found = reader.builder.notes
    if frozen := sorted(reader.scalars):
        found.append(f"Numbers without axes are constants, not parameters: {listed(frozen)}.")
    found.append("Sharing and biases are as exported: an exporter may have joined equal arrays and "
                 "left out zeros and ones.")
    return lower(value, given, shape, found, source)


def _examples(graph: Any) -> int:
    """The extent of the first axis of the input, if it is not the only one."""
    stored = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in stored]
    axes = inputs[0].type.tensor_type.shape.dim if inputs else []
    return int(axes[0].dim_value) if len(axes) > 1 else 1


def _output(graph: Any, name: str | None) -> str:
    names = [value.name for value in graph.output]
    if name is None and len(names) == 1:
        return names[0]
    if name is None or name not in names:
        raise InputError(f"The network has the outputs {shown(', '.join(names))}; name one of "
                         "them.")
    return name


def needed(graph: Any, output: str) -> list[Any]:
    """
    The nodes that an output needs, each after those that it reads.

    Raises InputError if there is a cycle.
    """
    if len(graph.node) > MOST_NODES:
        raise InputError(f"The network has {len(graph.node)} nodes; at most {MOST_NODES} are read.")
    makers: dict[str, int] = {}
    for k, node in enumerate(graph.node):
        for name in node.output:
            if name and name in makers:
                raise InputError(f"Two nodes of the network make {shown(name)}.")
            makers[name] = k
    order, state = [], {}  # of a node: 1 while what it reads is followed, then 2
    waiting = [(makers[output], False)] if output in makers else []
    while waiting:
        k, is_done = waiting.pop()
        if is_done:
            state[k] = 2
            order.append(graph.node[k])
        elif state.get(k) == 1:
            continue
        elif k not in state:
            state[k] = 1
            waiting.append((k, True))
            for name in reversed(graph.node[k].input):
                other = makers.get(name) if name else None
                if other is not None and state.get(other) == 1:
                    raise InputError(
                        f"The network has a cycle: its node {title(graph.node[k])} reads "
                        f"{shown(name)}, which depends on what it makes.")
                if other is not None and other not in state:
                    waiting.append((other, False))
    return order


def title(node: Any) -> str:
    """What messages call a node: its name, or its output, and its operator."""
    name = node.name or next((name for name in node.output if name), "")
    return f"{name[:100]!r} ({node.op_type[:60]})"


class Reader:
    """Reads one node after the other."""

    def __init__(self, graph: Any, constants: set[str]) -> None:
        self.graph = graph
        self.builder = Builder()
        self.scalars: set[str] = set()
        self.values: dict[str, Value] = {}
        self.stored: dict[str, Any] = {tensor.name: tensor for tensor in graph.initializer}
        self.without_axes = {name for name, tensor in self.stored.items() if not tensor.dims}
        self.constants = constants
        if unknown := constants - set(self.stored):
            raise InputError(f"The network has no initializer {shown(sorted(unknown)[0])}.")
        self.uses: dict[str, int] = {}
        for node in graph.node:
            for name in node.input:
                self.uses[name] = self.uses.get(name, 0) + 1
        for value in graph.output:
            self.uses[value.name] = self.uses.get(value.name, 0) + 1

    def input(self, is_one: bool) -> tuple[Input, Shape]:
        """The input, with all its axes, and the shape that the model has for it."""
        import onnx

        inputs = [value for value in self.graph.input if value.name not in self.stored]
        if len(inputs) != 1:
            raise InputError(f"The network has {len(inputs)} inputs; a model has one: join them in "
                             "one array and split it inside of the network.")
        [value] = inputs
        about = value.type.tensor_type
        if not value.type.HasField("tensor_type") or not about.HasField("shape"):
            raise InputError(f"The input {shown(value.name)} has no shape; export the network with "
                             "an example of fixed shape.")
        kind = onnx.TensorProto.DataType.Name(about.elem_type)
        if kind not in ("FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"):
            raise InputError(f"The input {shown(value.name)} has entries of type {kind}, as "
                             "indices of tokens have; a model takes real numbers: export what "
                             "follows the embedding.")
        extents = []
        for k, axis in enumerate(about.shape.dim):
            fixed = axis.HasField("dim_value")
            if not fixed and k == 0 and len(about.shape.dim) > 1:
                self.builder.note("The first axis of the input is of any extent, and counts "
                                  "examples: the model is of one example.")
                extents.append(1)
            elif not fixed or axis.dim_value < 1:
                raise InputError(
                    f"The input {shown(value.name)} has an axis {k} of no fixed extent; export the "
                    "network with fixed shapes, but for a first axis that counts examples.")
            else:
                extents.append(int(axis.dim_value))
        shape = (1, *extents[1:]) if is_one else tuple(extents)
        if prod(shape) > MAXIMAL_INPUTS:
            raise InputError(f"The input has {prod(shape)} entries; at most {MAXIMAL_INPUTS} are "
                             "allowed.")
        if len(shape) > 1 and shape[0] > 1:
            self.builder.note(f"All {shape[0]} entries of the first axis are inputs of the model; "
                              "if they are examples, export the network with one.")
        given = Input(shape)
        self.values[value.name] = given
        return given, (shape[1:] if len(shape) > 1 and shape[0] == 1 else shape) or (1,)

    def value(self, name: str, reader: str) -> Value:
        """The value of a name; initializers are read when they are asked for."""
        if name not in self.values:
            if name not in self.stored:
                raise InputError(f"The {reader} reads {shown(name)}, which is no input, no "
                                 "initializer and no output of a node.")
            array = array_of(self.stored[name], f"The initializer {shown(name)}")
            is_learned = array.dtype.kind == "f" and array.ndim > 0 and array.size > 0
            self.values[name] = (
                self.builder.parameter(array, name) if is_learned and name not in self.constants
                else self.builder.stored_literal(array, name))
        return self.values[name]

    def read(self, nodes: Sequence[Any]) -> None:
        """The values of what nodes make."""
        import onnx

        for node in nodes:
            self.builder.name, self.builder.label = title(node), node.name or node.output[0]
            if node.op_type in ("Add", "Sub", "Mul", "Div"):
                self.scalars.update(name for name in node.input if name in self.without_axes)
            domain = node.domain if node.domain not in ("", "ai.onnx") else ""
            operator = OPERATORS.get(node.op_type) if not domain else None
            if operator is None:
                raise InputError(refusal(node.op_type, domain, self.builder.name))
            try:
                options = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
                options = {key: array_of(v, f"The constant of {self.builder.name}") if isinstance(
                    v, onnx.TensorProto) else v.decode() if isinstance(v, bytes) else v
                    for key, v in options.items()}
                made = operator(Node(
                    self.builder,
                    [self.value(name, f"node {self.builder.name}") if name else None
                     for name in node.input],
                    options, list(node.input), list(node.output), self.uses))
            except InputError:
                raise
            except (LookupError, TypeError, ValueError, AttributeError, OverflowError,
                    ArithmeticError, AssertionError) as error:
                raise InputError(f"The node {self.builder.name} has inputs or attributes that are "
                                 f"not read: {shown(str(error)[:100])}.") from None
            for name, value in zip(node.output, made if isinstance(made, list) else [made]):
                self.values[name] = value
