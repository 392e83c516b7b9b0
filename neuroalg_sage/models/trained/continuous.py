"""
Networks in files of ONNX whose activations are no polynomials.

All arrays of the file are known numbers, exactly, so that what is no activation becomes an affine
map.  Functions of each entry are put together first, such as x sigmoid(x), and are functions of one
variable with kinks and pieces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError
from neuroalg_sage.files import read_bytes
from neuroalg_sage.models.activations import ContinuousActivation
from neuroalg_sage.models.arrays import MOST_BYTES
from neuroalg_sage.models.continuous_networks import (
    MOST_WEIGHTS,
    ContinuousNetworkLayers,
    DenseLayer,
    OnnxFile,
    SparseLayer,
)
from neuroalg_sage.models.trained.functions import (
    BENT,
    COMPOSED,
    IDENTITY,
    SMOOTH,
    PiecewiseFunction,
    clipped,
    constant,
)
from neuroalg_sage.models.trained.lowering import in_order
from neuroalg_sage.models.trained.onnx_files import (
    ROLE,
    Reader,
    needed,
    parse_onnx_model,
    title,
)
from neuroalg_sage.models.trained.onnx_operators import OPERATORS, PIECEWISE
from neuroalg_sage.models.trained.operations import (
    AffineMap,
    Applied,
    Builder,
    Input,
    Joined,
    Literal,
    Operation,
    Selection,
    Value,
)

MOST_ENTRIES = 10_000_000  # of the matrix of a layer
LARGEST_POWER = 50
FILLED = 0.5  # of a matrix, whose zeros are written
AFFINE_KINDS = ("Gemm", "MatMul", "Add", "Sub", "Conv", "AveragePool", "GlobalAveragePool",
                "BatchNormalization", "Concat", "Pad", "Flatten", "Reshape", "Transpose", "Slice")
NEEDS_IDENTITY = ("Elu", "Selu", "Celu")  # so that values at kinks are seen to be equal
# What the reader of polynomial networks knows of numbers only.
OF_NUMBERS = ("Exp", "Log", "Sin", "Cos", "Tanh", "Sqrt", "Pow", *PIECEWISE)


@dataclass(frozen=True, eq=False)
class Activated(Operation):
    """
    A function of each entry.

    - ``function`` -- the function
    - ``read``, ``made`` -- the names in the file of what it takes and what it makes
    """

    function: ContinuousActivation
    read: str
    made: str


@dataclass(frozen=True)
class _Pending:
    """A function of each entry of what has a name in the file, and the operators that made it."""

    root: str
    function: PiecewiseFunction
    kinds: tuple[str, ...] = ()


def network_from_onnx(file: str | Path | bytes) -> ContinuousNetworkLayers:
    """
    The network in a file of ONNX, at the weights that the file has.

    INPUT:

    - ``file`` -- the name of a file, or its content

    Raises :class:`~neuroalg_sage.errors.InputError` if the network has other parts than affine maps
    and functions of each entry, and names the first node that is neither.

    EXAMPLES::

        >>> import numpy, onnx
        >>> from onnx import TensorProto, helper, numpy_helper
        >>> graph = helper.make_graph(
        ...     [helper.make_node("Gemm", ["x", "W"], ["h"], "layer", transB=1),
        ...      helper.make_node("Sigmoid", ["h"], ["s"]),
        ...      helper.make_node("Mul", ["h", "s"], ["t"]),
        ...      helper.make_node("ReduceSum", ["t"], ["y"])], "network",
        ...     [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 2])],
        ...     [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        ...     [numpy_helper.from_array(numpy.array([[0.5, 1], [3, -1]], numpy.float32), "W")])
        >>> str(network_from_onnx(helper.make_model(graph).SerializeToString()))
        'network 2-2-1 with silu'
    """
    if isinstance(file, bytes):
        content, name, folder = file, "", None
    else:
        content, name, folder = read_bytes(file, ROLE, MOST_BYTES), str(file), Path(file).parent
    model = parse_onnx_model(content, name, folder)
    outputs = [value.name for value in model.graph.output]
    if len(set(outputs)) < len(outputs) or not outputs:
        raise InputError("The network has no output, or one twice.")
    reader = _ContinuousReader(model.graph)
    given, _ = reader.input(False)
    done: set[int] = set()
    for output in outputs:
        nodes = [node for node in needed(model.graph, output) if id(node) not in done]
        done.update(map(id, nodes))
        reader.read(nodes)
    found = _Layers(given)
    return found.network([reader.value(output, "output") for output in outputs], Path(name).name,
                         model, hashlib.sha256(content).hexdigest())


class _KnownNumbers(Builder):
    """Makes values of values, where there are no parameters."""

    def _made(self, name: str, entries: Sequence[Fraction]) -> Value:
        return self.literal(list(entries))


class _ContinuousReader(Reader):
    """Reads one node after the other; functions of each entry wait until they are needed."""

    def __init__(self, graph: Any) -> None:
        super().__init__(graph, {tensor.name for tensor in graph.initializer})
        self.builder = _KnownNumbers()
        self.pending: dict[str, _Pending] = {}

    def value(self, name: str, reader: str) -> Value:
        """The value of a name; a function that waits is applied."""
        if name in self.pending and name not in self.values:
            waiting = self.pending[name]
            base, p = self.values[waiting.root], waiting.function.polynomial
            if p is not None and len(p) <= 2:
                self.values[name] = self.builder.polynomial(base, p)
            else:
                known = waiting.function.activation("-".join(waiting.kinds))
                self.values[name] = Activated(base.shape, (base,), self.builder.label, known,
                                              waiting.root, name)
        return super().value(name, reader)

    def read(self, nodes: Sequence[Any]) -> None:
        """The values of what nodes make."""
        for node in nodes:
            waiting = self._waiting(node)
            if waiting is not None:
                self.pending[node.output[0]] = waiting
                continue
            depends = any(name in self.pending or (
                name in self.values and self.values[name].is_state) for name in node.input)
            if depends and (node.op_type not in OPERATORS or node.op_type in OF_NUMBERS
                            or node.domain not in ("", "ai.onnx")):
                raise refusal(node)
            super().read([node])

    def _function(self, name: str) -> _Pending | None:
        """What has a name as a function of a state; None if it is no state."""
        if name in self.pending:
            return self.pending[name]
        found = self.values.get(name)
        return _Pending(name, IDENTITY) if found is not None and found.is_state else None

    def _number(self, name: str, state: str) -> Fraction | None:
        """The number that a known array is, which fits a state; None if it has several entries."""
        if name in self.pending:
            return None
        found, shape = self.value(name, "node"), self.values[state].shape
        if not isinstance(found, Literal) or not found.size:
            return None
        entries = {Fraction(c) for c in found.array.ravel()}
        try:
            fits = np.broadcast_shapes(found.shape, shape) == tuple(shape)
        except ValueError:
            return None
        return entries.pop() if fits and len(entries) == 1 else None

    def _waiting(self, node: Any) -> _Pending | None:
        """The function of each entry that a node makes, if it makes one."""
        import onnx

        kind, names = node.op_type, [name for name in node.input if name]
        known = {name: found for name in names if (found := self._function(name)) is not None}
        if len(known) == 1 and (alone := next(iter(known))) in self.values:
            known = {alone: _Pending(alone, IDENTITY)}  # it is a state already
        states = list(known.values())
        if not states or node.domain not in ("", "ai.onnx"):
            return None
        options = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}

        def of(name: str, default: float) -> Fraction:
            return _finite(options.get(name, np.float32(default)), name, node)

        first = states[0]
        kinds = (*(k for state in states for k in state.kinds), kind)
        u = first.function
        if kind == "Gelu" and options.get("approximate", b"none") == b"tanh":
            root = Fraction(float(np.sqrt(2 / np.pi)))  # the number of 64 bits next to it
            cube = u.combined("product", u).combined("product", u).times(
                Fraction(44715, 1000000))
            inner = u.combined("sum", cube).times(root).of("tanh").plus(1)
            return _Pending(first.root, u.combined("product", inner).times(Fraction(1, 2)), kinds)
        if kind in SMOOTH:
            return _Pending(first.root, u.of(SMOOTH[kind]), kinds)
        if kind in COMPOSED:
            return _Pending(first.root, COMPOSED[kind](u, of), kinds)
        if kind in BENT or kind in ("Clip", "Max", "Min", "PRelu"):
            if u.affine is None or kind in NEEDS_IDENTITY and u != IDENTITY:
                state = next(iter(known))  # a number may come before it
                self.value(state, "node")
                first = _Pending(state, IDENTITY)
                u, kinds = IDENTITY, (kind,)
            try:
                made = BENT[kind](u, of) if kind in BENT else self._bent(
                    node, names, first, options)
            except ZeroDivisionError:
                raise InputError(f"The node {title(node)} divides by zero.") from None
            return None if made is None else _Pending(first.root, made, kinds)
        made = self._arithmetic(kind, names, known)
        return None if made is None else _Pending(first.root, made, kinds)

    def _bent(self, node: Any, names: list[str], first: _Pending, options: dict[str, Any]
              ) -> PiecewiseFunction | None:
        """Of operators whose numbers may be inputs."""
        kind, u = node.op_type, first.function
        if kind == "Clip":
            ends = [_finite(options[end], end, node) if end in options else None
                    for end in ("min", "max")]
            for k, name in enumerate(node.input[1:3]):
                if name and (number := self._number(name, first.root)) is None:
                    raise refusal(node)
                ends[k] = number if name else ends[k]
            low, high = ends
            if low is not None and high is not None and low >= high:
                return constant(high)
            return clipped(u, low, high)
        others = [self._number(name, first.root) for name in names if self._function(name) is None]
        number = others[0] if len(others) == 1 else None
        if number is None or len(names) != 2 or (
                kind == "PRelu" and self._function(names[0]) is None):  # the slope is a state
            raise refusal(node)
        if kind == "PRelu":
            return u.bent([0], [IDENTITY.times(number), IDENTITY])
        return clipped(u, number, None) if kind == "Max" else clipped(u, None, number)

    def _arithmetic(self, kind: str, names: list[str], known: dict[str, _Pending]
                    ) -> PiecewiseFunction | None:
        """Sums, products and powers of functions of one state, and of numbers."""
        roots = {state.root for state in known.values()}
        if kind not in ("Add", "Sub", "Mul", "Div", "Pow", "Sum") or len(names) != 2 or (
                len(roots) > 1):
            return None
        [root] = roots
        functions: list[PiecewiseFunction] = []
        for name in names:
            if name in known:
                functions.append(known[name].function)
                continue
            number = self._number(name, root)
            if number is None:
                return None
            functions.append(constant(number))
        one, other = functions
        value = other.affine
        factor = value[0] if value and not value[1] else Fraction(0)
        if kind in ("Add", "Sum"):
            return one.combined("sum", other)
        if kind == "Sub":
            return one.combined("sum", other.times(-1))
        if kind == "Mul":
            return one.combined("product", other)
        if not factor:
            return None
        if kind == "Div":
            return one.times(1 / factor)
        if factor.denominator != 1 or not 0 < factor <= LARGEST_POWER:
            return None
        power = one
        for _ in range(int(factor) - 1):
            power = power.combined("product", one)
        return power


def _finite(number: Any, name: str, node: Any) -> Fraction:
    """The number that an attribute is."""
    if not np.isfinite(number):
        raise InputError(f"The attribute {name} of the node {title(node)} is {number}, which is no "
                         "finite number.")
    return Fraction(float(number))


def refusal(node: Any) -> InputError:
    """What is said of a node that is neither affine nor a function of each entry."""
    more = ("; export what comes before it, whose entries are the scores"
            if node.op_type in ("Softmax", "LogSoftmax") else "")
    return InputError(
        f"The node {title(node)} is neither an affine map nor a continuous function of each entry "
        f"that is read{more}; affine maps are {', '.join(AFFINE_KINDS)} and the like, functions "
        f"are {', '.join(sorted([*SMOOTH, *BENT, *COMPOSED, 'Clip', 'PRelu']))}, and sums, "
        "products and powers of those of one state.")


Form = tuple[list[dict[int, Fraction]], list[Fraction]]  # rows, and what is added


class _Layers:
    """The affine maps between the activations, whose entries are numbered one after the other."""

    def __init__(self, given: Input) -> None:
        self.widths = [given.size]
        self.layers: list[DenseLayer | SparseLayer] = []
        self.activations: list[ContinuousActivation] = []
        self.places: list[tuple[str, str] | None] = []
        self.forms: dict[int, Form] = {id(given): self._entries(0)}
        self.kept: list[Value] = [given]  # so that no other value has its identity
        self.weights = 0

    def _entries(self, state: int) -> Form:
        start, count = sum(self.widths[:state]), self.widths[state]
        return [{start + k: Fraction(1)} for k in range(count)], [Fraction(0)] * count

    def network(self, outputs: Sequence[Value], name: str, model: Any, digest: str
                ) -> ContinuousNetworkLayers:
        for output in outputs:
            for operation in in_order(output):
                if id(operation) not in self.forms:
                    self.kept.append(operation)
                    self.forms[id(operation)] = self._form(operation)
        self._add([self._of(output) for output in outputs])
        if not any(row for layer in self.layers[-1:] for row in _rows(layer)):
            raise InputError("The outputs of the network do not depend on its input.")
        return ContinuousNetworkLayers(tuple(self.activations), tuple(self.layers), name,
                                       OnnxFile(model, digest, tuple(self.places)))

    def _of(self, value: Value) -> Form:
        """The rows of a value."""
        if isinstance(value, Literal):
            return [{} for _ in range(value.size)], list(map(Fraction, value.array.ravel()))
        return self.forms[id(value)]

    def _joined(self, values: Sequence[Value]) -> Form:
        forms = [self._of(value) for value in values]
        return [row for rows, _ in forms for row in rows], [c for _, b in forms for c in b]

    def _form(self, operation: Operation) -> Form:
        """The rows of an operation, whose sources have rows."""
        if isinstance(operation, Activated):
            return self._activated(operation.sources, operation.function,
                                   (operation.read, operation.made))
        if isinstance(operation, Applied):
            p = operation.coefficients
            if len(p) > 2:
                known = PiecewiseFunction((), (p,)).activation(operation.name)
                return self._activated(operation.sources, known, None)
            rows, constants = self._joined(operation.sources)
            return ([{k: p[1] * c for k, c in row.items()} for row in rows],
                    [p[0] + p[1] * c for c in constants])
        if isinstance(operation, Selection):
            rows, constants = self._joined(operation.sources)
            places = operation.places.ravel().tolist()
            return ([rows[k] if k >= 0 else {} for k in places],
                    [constants[k] if k >= 0 else Fraction(0) for k in places])
        if isinstance(operation, AffineMap):
            return self._mapped(operation)
        if isinstance(operation, Joined) and operation.operation == "sum":
            count = operation.size
            identity = np.arange(count)
            return self._mapped(AffineMap(
                operation.shape, operation.sources, operation.name,
                np.tile(identity, len(operation.sources)),
                np.arange(count * len(operation.sources)),
                [Fraction(1)] * (count * len(operation.sources))))
        raise InputError(f"The node {operation.name!r} multiplies or divides what depends on the "
                         "input in different ways, which is no function of each entry; read are "
                         "affine maps and continuous functions of each entry.")

    def _mapped(self, operation: AffineMap) -> Form:
        rows, constants = self._joined(operation.sources)
        made: list[dict[int, Fraction]] = [{} for _ in range(operation.size)]
        added = list(operation.constants or [Fraction(0)] * operation.size)
        for i, j, c in zip(operation.rows.tolist(), operation.columns.tolist(),
                           operation.coefficients):
            row = made[i]
            for k, d in rows[j].items():
                row[k] = row[k] + c * d if k in row else c * d
            if constants[j]:
                added[i] += c * constants[j]
        self.weights = sum(map(len, made))
        if self.weights > MOST_ENTRIES:
            raise InputError(f"The node {operation.name!r} makes a matrix with over "
                             f"{MOST_ENTRIES:,} entries that are not zero, the most that are read.")
        return made, added

    def _activated(self, sources: Sequence[Value], function: ContinuousActivation,
                   place: tuple[str, str] | None) -> Form:
        self._add([self._joined(sources)])
        self.activations.append(function)
        self.places.append(place if function.polynomial is None else None)
        self.widths.append(self.layers[-1].outputs)
        return self._entries(len(self.widths) - 1)

    def _add(self, forms: Sequence[Form]) -> None:
        """The layer with these rows."""
        rows = [row for rows, _ in forms for row in rows]
        bias = tuple(c for _, constants in forms for c in constants)
        starts = [0, *accumulate(self.widths)]
        used = {place for row in rows for place in row}
        sources = [s for s, (a, b) in enumerate(zip(starts, starts[1:]))
                   if any(place in used for place in range(a, b))] or [len(self.widths) - 1]
        places: dict[int, int] = {}
        for s in sources:
            places |= {k: len(places) + k - starts[s] for k in range(starts[s], starts[s + 1])}
        inputs, size = len(places), sum(map(len, rows))
        if len(rows) * inputs > MOST_ENTRIES:
            raise InputError(f"A layer of the network is a matrix of {len(rows)} x {inputs}, with "
                             f"over {MOST_ENTRIES:,} entries, the most that are read.")
        if size > MOST_WEIGHTS:
            raise InputError(f"A layer of the network has over {MOST_WEIGHTS:,} weights that are "
                             "not zero, the most allowed.")
        moved = [{places[k]: c for k, c in sorted(row.items()) if c} for row in rows]
        if sources == [len(self.widths) - 1] and size > FILLED * len(rows) * inputs:
            self.layers.append(DenseLayer(
                inputs, len(rows), True,
                tuple(tuple(row.get(k, Fraction(0)) for k in range(inputs)) for row in moved),
                bias))
        else:
            self.layers.append(SparseLayer(tuple(sources), inputs, tuple(moved), bias))


def _rows(layer: DenseLayer | SparseLayer) -> Sequence[Any]:
    return layer.rows if isinstance(layer, SparseLayer) else [
        [w for w in row if w] for row in layer.weights or ()]
