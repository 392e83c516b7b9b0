"""
Networks as modules and exported programs of PyTorch, which is not imported for it.

An exported program is a graph of operators ``aten``, with the names of a state dictionary.  It does
not depend on the values of the weights: arrays that are equal stay apart, and zeros stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.layers import Shape
from neuroalg_sage.models.model import MAXIMAL_INPUTS
from neuroalg_sage.models.trained.examples import of_one_example
from neuroalg_sage.models.trained.lowering import lower
from neuroalg_sage.models.trained.network import TrainedNetwork
from neuroalg_sage.models.trained.operations import Builder, Input, Literal, listed
from neuroalg_sage.models.trained.refusals import IN_TRAINING
from neuroalg_sage.models.trained.torch_operators import OPERATORS


@suggesting
def from_torch(module: Any, example: Any = None, constants: Sequence[str] = ()) -> TrainedNetwork:
    """
    The network that a module or an exported program of PyTorch is, with its weights.

    INPUT:

    - ``module`` -- a module, which is exported by ``torch.export`` in evaluation; or an exported
      program
    - ``example`` -- for a module a tensor such as its input, or a tuple with one
    - ``constants`` -- names of parameters in the state dictionary that are no parameters of the
      model

    OUTPUT: :class:`~neuroalg_sage.models.trained.network.TrainedNetwork`

    Parameters of the module are parameters of the model, where they are read; its buffers are
    constants.

    Raises :class:`~neuroalg_sage.errors.InputError` if the network is no polynomial model, and
    names the first node that is not.
    """
    if not hasattr(module, "graph_signature"):
        module = _exported(module, example)
    elif example is not None:
        raise InputError("An exported program needs no example.")
    elif hasattr(module, "run_decompositions"):
        module = module.run_decompositions({})
    return from_program(module, constants)


def _exported(module: Any, example: Any) -> Any:
    if not callable(getattr(module, "state_dict", None)):
        raise InputError(f"{shown(module)} is no module and no exported program of PyTorch.")
    if example is None:
        raise InputError("A module of PyTorch is exported with an example of its input: state one, "
                         "such as torch.zeros(1, 3).")
    import torch

    was_training = module.training
    try:
        module.eval()
        # With no decompositions the program only ceases to change arrays in place.
        return torch.export.export(
            module, example if isinstance(example, tuple) else (example,)).run_decompositions({})
    except Exception as error:  # whatever PyTorch says of what it cannot export
        raise InputError("The module cannot be exported by torch.export: "
                         f"{' '.join(str(error).split())[:200]}") from None
    finally:
        module.train(was_training)


def from_program(program: Any, constants: Sequence[str] = ()) -> TrainedNetwork:
    """The network that an exported program is, all of whose operators make new arrays."""
    examples = next((_extents(node)[0] for node in program.graph.nodes
                     if node.name in _inputs(program) and len(_extents(node)) > 1), None)
    return of_one_example(lambda is_one: _Reader(program, constants, is_one).network(),
                          examples or 1)


def _inputs(program: Any) -> list[str]:
    return [spec.arg.name for spec in program.graph_signature.input_specs
            if spec.kind.name == "USER_INPUT"]


def _extents(node: Any) -> list[int | None]:
    """The extents of an array's axes; None for one that is not fixed."""
    return [n if isinstance(n, int) else None for n in node.meta["val"].shape]


def array_of(tensor: Any, name: str) -> Any:
    """The array of NumPy that a tensor is, exactly."""
    kind = str(tensor.dtype).removeprefix("torch.")
    if kind in ("float16", "bfloat16", "float32", "float64"):
        return np.asarray(tensor.detach().double().cpu().numpy())
    if kind in ("bool", "int8", "int16", "int32", "int64", "uint8"):
        return np.asarray(tensor.detach().cpu().numpy())
    raise InputError(f"The array {shown(name)} has entries of type {kind}, which are quantized or "
                     "no real numbers, and are not read.")


class _Reader:
    """Reads one node after the other."""

    def __init__(self, program: Any, constants: Sequence[str], is_one: bool) -> None:
        self.program, self.constants, self.is_one = program, set(constants), is_one
        self.builder = Builder()
        self.values: dict[str, Any] = {}
        self.given: Input | None = None
        self.shape: Shape = ()
        self.specs = {spec.arg.name: spec for spec in program.graph_signature.input_specs}
        self.frozen: list[str] = []
        known = {spec.target for spec in self.specs.values()}
        if unknown := self.constants - known:
            raise InputError(f"The program has no array {shown(sorted(unknown)[0])}.")
        self.targets = {name: spec.target for name, spec in self.specs.items() if spec.target}
        self.uses: dict[str, int] = {}
        for node in program.graph.nodes:
            for name in _names([*node.args, *node.kwargs.values()]):
                name = self.targets.get(name, name)
                self.uses[name] = self.uses.get(name, 0) + 1

    def network(self) -> TrainedNetwork:
        """The network of all nodes."""
        result: Any = None
        for node in self.program.graph.nodes:
            self.builder.name = f"{node.name!r} ({str(node.target)[:60]})"
            self.builder.label = node.name
            if node.op == "placeholder":
                self._placeholder(node)
            elif node.op == "output":
                result = node.args[0]
            elif node.op == "call_function":
                self._call(node)
            else:
                raise InputError(f"The node {self.builder.name} is control flow or a part of "
                                 "another graph, which is not read.")
        outputs = _names([result])
        if len(outputs) != 1:
            raise InputError(f"The network has {len(outputs)} outputs; a model has one: export a "
                             "module that returns one array.")
        if self.given is None:
            raise InputError("The network has no input.")
        notes = self.builder.notes
        if self.frozen:
            notes.append(f"Buffers are constants, not parameters: {listed(self.frozen)}.")
        return lower(self.values[outputs[0]], self.given, self.shape, notes, "")

    def _placeholder(self, node: Any) -> None:
        spec = self.specs[node.name]
        kind = spec.kind.name
        if kind == "USER_INPUT":
            self._input(node)
        elif kind == "PARAMETER" and spec.target not in self.constants:
            array = array_of(self.program.state_dict[spec.target], spec.target)
            self.values[node.name] = self.builder.parameter(array, spec.target)
        elif kind in ("PARAMETER", "BUFFER", "CONSTANT_TENSOR"):
            stored = self.program.state_dict if spec.target in self.program.state_dict else (
                self.program.constants)
            if self.uses.get(spec.target) and kind == "BUFFER":
                self.frozen.append(spec.target)
            self.values[node.name] = self.builder.stored_literal(
                array_of(stored[spec.target], spec.target), spec.target)
        else:
            raise InputError(f"The program has an input {shown(node.name)} of the kind {kind}, "
                             "which is not read.")

    def _input(self, node: Any) -> None:
        if self.given is not None:
            raise InputError("The network has several inputs; a model has one: join them in one "
                             "array and split it inside of the module.")
        kind = str(node.meta["val"].dtype)
        if "float" not in kind:
            raise InputError(f"The input {shown(node.name)} has entries of type {kind}, as indices "
                             "of tokens have; a model takes real numbers: export what follows the "
                             "embedding.")
        extents = _extents(node)
        if extents and extents[0] is None and len(extents) > 1:
            self.builder.note("The first axis of the input is of any extent, and counts examples: "
                              "the model is of one example.")
        if None in extents[1:] or (len(extents) == 1 and extents[0] is None):
            raise InputError(f"The input {shown(node.name)} has an axis of no fixed extent; export "
                             "with fixed shapes, but for a first axis that counts examples.")
        first = 1 if self.is_one or not extents or extents[0] is None else extents[0]
        shape = tuple([first, *extents[1:]]) if extents else ()
        if prod(shape) > MAXIMAL_INPUTS:  # type: ignore[arg-type]
            raise InputError(f"The input has over {MAXIMAL_INPUTS} entries, the most allowed.")
        if len(shape) > 1 and first > 1:
            self.builder.note(f"All {first} entries of the first axis are inputs of the model.")
        self.given = Input(shape)  # type: ignore[arg-type]
        self.values[node.name] = self.given
        self.shape = (shape[1:] if len(shape) > 1 and first == 1 else shape) or (
            1,)  # type: ignore[assignment]

    def _call(self, node: Any) -> None:
        kind = str(node.target)
        arguments = [self._argument(a) for a in node.args]
        options = {name: self._argument(a) for name, a in node.kwargs.items()}
        if kind == "<built-in function getitem>":
            self.values[node.name] = arguments[0][arguments[1]]
            return
        parts = kind.split(".")
        name = parts[1] if parts[0] == "aten" and len(parts) > 1 else ""
        try:
            if name.endswith("batch_norm") or "batch_norm_legit" in name:
                self.values[node.name] = self._normalize(node, name, arguments)
                return
            if name.endswith("_") or name not in OPERATORS:
                raise InputError(f"The node {self.builder.name} has an operator that is not read.")
            self.values[node.name] = OPERATORS[name](self.builder, *arguments, **options)
        except InputError:
            raise
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError,
                ArithmeticError, AssertionError) as error:
            raise InputError(f"The node {self.builder.name} has arguments that are not read: "
                             f"{shown(str(error)[:100])}.") from None

    def _normalize(self, node: Any, name: str, arguments: list[Any]) -> Any:
        """A normalization of batches: aten has several, with other orders of arguments."""
        if name == "batch_norm":
            value, scale, shift, mean, variance, is_training, _, epsilon = arguments[:8]
        elif name == "_native_batch_norm_legit_no_training":
            value, scale, shift, mean, variance, _, epsilon = arguments[:7]
            is_training = False
        else:
            is_training = True
        if is_training:
            raise InputError(f"The node {self.builder.name} {IN_TRAINING}.")
        stem = self.targets.get(_names([node.args[3]])[0], node.name).rpartition(".")[0]
        is_alone = self.uses.get(_names([node.args[0]])[0]) == 1
        found = self.builder.normalize(
            value, [scale, shift, mean, variance], epsilon, (f"{stem}.weight", f"{stem}.bias"),
            lambda stored: is_alone and self.uses.get(stored, 0) == 1)
        return found if name == "batch_norm" else [found]

    def _argument(self, given: Any) -> Any:
        """An argument, with values for nodes, and numbers for numbers that are known."""
        if isinstance(given, (list, tuple)):
            return [self._argument(a) for a in given]
        if hasattr(given, "op") and hasattr(given, "name"):
            value = self.values[given.name]
            if isinstance(value, Literal) and not value.shape and value.is_whole:
                return int(value.array[()])
            return value
        return given


def _names(given: Any) -> list[str]:
    """The names of the nodes among arguments."""
    if isinstance(given, (list, tuple)):
        return [name for part in given for name in _names(part)]
    if isinstance(given, Mapping):
        return _names(list(given.values()))
    return [given.name] if hasattr(given, "op") and hasattr(given, "name") else []


