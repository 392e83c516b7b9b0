"""
Exported programs of PyTorch as plain data: what a reader of programs sees, without PyTorch.

``python tests/trained/test_torch_programs.py`` records them anew, where PyTorch is installed.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np


class Tensor:
    """A tensor that is no more than its entries, each an exact number of 64 bits."""

    def __init__(self, dtype: str, shape: list[int], entries: list[Any]) -> None:
        self.dtype, self.shape = dtype, shape
        self._array = np.array(entries, np.float64 if "float" in dtype else None).reshape(shape)

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def double(self) -> Tensor:
        return self

    def numpy(self) -> np.ndarray:
        return self._array


def recorded(program: Any) -> dict[str, Any]:
    """The data of an exported program."""
    def argument(given: Any) -> Any:
        if isinstance(given, (list, tuple)):
            return [argument(a) for a in given]
        if hasattr(given, "op") and hasattr(given, "name"):
            return {"node": given.name}
        return given if given is None or isinstance(given, (int, float, str, bool)) else {
            "text": str(given)}

    def tensor(given: Any) -> dict[str, Any]:
        exact = given.detach().double() if "float" in str(given.dtype) else given
        return {"dtype": str(given.dtype), "shape": list(given.shape),
                "entries": exact.reshape(-1).tolist()}

    return {
        "nodes": [{"op": n.op, "name": n.name, "target": str(n.target),
                   "args": argument(list(n.args)),
                   "kwargs": {key: argument(a) for key, a in n.kwargs.items()}}
                  | ({"shape": [k if isinstance(k, int) else str(k) for k in n.meta["val"].shape],
                      "dtype": str(n.meta["val"].dtype)} if n.op == "placeholder" else {})
                  for n in program.graph.nodes],
        "inputs": [[s.kind.name, s.arg.name, s.target]
                   for s in program.graph_signature.input_specs],
        "state": {name: tensor(t) for name, t in program.state_dict.items()},
        "constants": {name: tensor(t) for name, t in program.constants.items()}}


def replayed(data: dict[str, Any]) -> Any:
    """What a reader sees of a recorded program."""
    nodes: dict[str, Any] = {}

    def argument(given: Any) -> Any:
        if isinstance(given, list):
            return [argument(a) for a in given]
        return (nodes[given["node"]] if "node" in given else given["text"]) if isinstance(
            given, dict) else given

    for n in data["nodes"]:
        nodes[n["name"]] = SimpleNamespace(
            op=n["op"], name=n["name"], target=n["target"], args=argument(n["args"]),
            kwargs={key: argument(a) for key, a in n["kwargs"].items()},
            meta={"val": SimpleNamespace(shape=n.get("shape"), dtype=n.get("dtype"))})
    specs = [SimpleNamespace(kind=SimpleNamespace(name=kind), arg=SimpleNamespace(name=name),
                             target=target) for kind, name, target in data["inputs"]]
    return SimpleNamespace(
        graph=SimpleNamespace(nodes=list(nodes.values())),
        graph_signature=SimpleNamespace(input_specs=specs),
        state_dict={name: Tensor(**t) for name, t in data["state"].items()},
        constants={name: Tensor(**t) for name, t in data["constants"].items()})
