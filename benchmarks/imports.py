"""
Import of networks with 100,000 weights from files of ONNX: seconds, and memory.

    python benchmarks/imports.py
"""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from neuroalg_sage import from_onnx

GENERATOR = np.random.default_rng(0)


def stored(*shape: int) -> Any:
    return (GENERATOR.normal(size=shape) / shape[-1] ** 0.5).astype(np.float32)


def content(nodes: Sequence[Any], arrays: dict[str, Any], shape: Sequence[int]) -> bytes:
    graph = helper.make_graph(
        list(nodes), "network", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()])
    return helper.make_model(graph).SerializeToString()


def perceptron() -> bytes:
    widths, nodes, arrays, state = (256, 256, 128, 10), [], {"k": np.float32(2)}, "x"
    for i, (taken, made) in enumerate(zip(widths, widths[1:])):
        arrays |= {f"w{i}": stored(made, taken), f"b{i}": stored(made)}
        last = i == len(widths) - 2
        nodes.append(helper.make_node("Gemm", [state, f"w{i}", f"b{i}"],
                                      ["y" if last else f"h{i}"], f"layer{i}", transB=1))
        if not last:
            nodes.append(helper.make_node("Pow", [f"h{i}", "k"], [f"p{i}"], f"square{i}"))
        state = f"p{i}"
    return content(nodes, arrays, (1, widths[0]))


def convolutional() -> bytes:
    arrays = {"k": np.float32(2), "F": stored(16, 3, 3, 3), "f": stored(16),
              "G": stored(32, 16, 3, 3), "g": stored(32), "W": stored(40, 2048), "w": stored(40),
              "V": stored(10, 40)}
    pool = {"kernel_shape": [2, 2], "strides": [2, 2]}
    nodes = [helper.make_node("Conv", ["x", "F", "f"], ["a"], "conv1", pads=[1] * 4),
             helper.make_node("Pow", ["a", "k"], ["b"], "square1"),
             helper.make_node("AveragePool", ["b"], ["c"], "pool1", **pool),
             helper.make_node("Conv", ["c", "G", "g"], ["d"], "conv2", pads=[1] * 4),
             helper.make_node("Pow", ["d", "k"], ["e"], "square2"),
             helper.make_node("AveragePool", ["e"], ["h"], "pool2", **pool),
             helper.make_node("Flatten", ["h"], ["i"], "flatten"),
             helper.make_node("Gemm", ["i", "W", "w"], ["j"], "fc1", transB=1),
             helper.make_node("Pow", ["j", "k"], ["l"], "square3"),
             helper.make_node("Gemm", ["l", "V"], ["y"], "fc2", transB=1)]
    return content(nodes, arrays, (1, 3, 32, 32))


def transformer(width: int = 64, blocks: int = 3) -> bytes:
    """Linear attention with skip connections, each followed by a layer of squares."""
    arrays, nodes, state = {}, [], "x"
    for b in range(blocks):
        arrays |= {f"{n}{b}": stored(width, width) for n in "qkvo"} | {
            f"up{b}": stored(width, 2 * width), f"down{b}": stored(2 * width, width)}
        nodes += [helper.make_node("MatMul", [state, f"{n}{b}"], [f"s{n}{b}"], f"{n}{b}")
                  for n in "qkv"]
        nodes += [
            helper.make_node("Transpose", [f"sk{b}"], [f"t{b}"], f"turn{b}", perm=[0, 2, 1]),
            helper.make_node("MatMul", [f"sq{b}", f"t{b}"], [f"a{b}"], f"scores{b}"),
            helper.make_node("MatMul", [f"a{b}", f"sv{b}"], [f"m{b}"], f"heads{b}"),
            helper.make_node("MatMul", [f"m{b}", f"o{b}"], [f"n{b}"], f"out{b}"),
            helper.make_node("Add", [f"n{b}", state], [f"r{b}"], f"skip{b}"),
            helper.make_node("MatMul", [f"r{b}", f"up{b}"], [f"g{b}"], f"up{b}"),
            helper.make_node("Mul", [f"g{b}", f"g{b}"], [f"gg{b}"], f"square{b}"),
            helper.make_node("MatMul", [f"gg{b}", f"down{b}"], [f"z{b}"], f"down{b}"),
            helper.make_node("Add", [f"z{b}", f"r{b}"], ["y" if b == blocks - 1 else f"x{b}"],
                             f"sum{b}")]
        state = f"x{b}"
    return content(nodes, arrays, (1, 8, width))


def main() -> None:
    for make in (perceptron, convolutional, transformer):
        file = make()
        start = time.perf_counter()
        network = from_onnx(file)
        network.text()
        middle = time.perf_counter()
        network.numerically(GENERATOR.normal(size=network.model.input_count))
        end = time.perf_counter()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"{make.__name__:<16}{len(network.point):>9,} weights  import {middle - start:5.1f} s"
              f"  evaluation {end - middle:5.1f} s  {memory:.2f} GB", flush=True)


if __name__ == "__main__":
    main()
