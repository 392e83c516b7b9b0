"""Each operator does what another program says that it does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx")

from onnx_networks import agree, imported, network_file, node  # noqa: E402


def weights(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, *shape]).normal(size=shape).astype(np.float32)


def whole(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


W, B = weights(3, 4), weights(4)
LAYER = [node("MatMul", "x W", "h")]
BLOCK = np.array(2, np.float32)

# Name: nodes from x to y, what is stored, and the shape of x.
CASES: dict[str, tuple[list[Any], dict[str, Any], tuple[int, ...]]] = {
    "gemm": ([node("Gemm", "x V b", "y", transB=1)], {"V": weights(4, 3), "b": B}, (1, 3)),
    "gemm with factors": ([node("Gemm", "x W b", "y", alpha=0.5, beta=-2.0)],
                          {"W": W, "b": weights(1, 4)}, (1, 3)),
    "gemm of a transposed input": ([node("Gemm", "x W", "y", transA=1)], {"W": weights(2, 4)},
                                   (2, 3)),
    "matmul and add": ([*LAYER, node("Add", "h b", "y")], {"W": W, "b": B}, (1, 3)),
    "add before": ([*LAYER, node("Add", "b h", "y")], {"W": W, "b": B}, (1, 3)),
    "matrix before": ([node("MatMul", "V x", "y")], {"V": weights(4, 3)}, (3, 2)),
    "vector": ([node("MatMul", "x W", "y")], {"W": W}, (3,)),
    "tokens": ([*LAYER, node("Add", "h b", "i"), node("Mul", "i i", "j"),
                node("MatMul", "j V", "k"), node("Add", "k c", "y")],
               {"W": W, "b": B, "V": weights(4, 2), "c": weights(2)}, (1, 5, 3)),
    "subtract": ([*LAYER, node("Sub", "h b", "y")], {"W": W, "b": B}, (1, 3)),
    "subtract from": ([*LAYER, node("Sub", "b h", "y")], {"W": W, "b": B}, (1, 3)),
    "difference of states": ([*LAYER, node("MatMul", "x V", "i"), node("Sub", "h i", "y")],
                             {"W": W, "V": weights(3, 4, seed=1)}, (1, 3)),
    "multiply by an array": ([*LAYER, node("Mul", "h b", "y")], {"W": W, "b": B}, (1, 3)),
    "multiply by a number": ([*LAYER, node("Mul", "h c", "y")],
                             {"W": W, "c": np.float32(0.3)}, (1, 3)),
    "divide": ([*LAYER, node("Div", "h b", "y")], {"W": W, "b": B}, (1, 3)),
    "negative": ([*LAYER, node("Neg", "h", "y")], {"W": W}, (1, 3)),
    "gate": ([*LAYER, node("MatMul", "x V", "g"), node("Mul", "h g", "y")],
             {"W": W, "V": weights(3, 4, seed=1)}, (1, 3)),
    "power": ([*LAYER, node("Pow", "h k", "y")], {"W": W, "k": np.float32(3)}, (1, 3)),
    "powers in many ways": ([
        *LAYER, node("Pow", "h k", "p"), node("Mul", "h h", "q"), node("Mul", "p c", "r"),
        node("Add", "r q", "s"), node("Add", "s d", "y")],
        {"W": W, "k": np.int64(3), "c": np.float32(0.25), "d": np.float32(-1)}, (1, 3)),
    "skip connection": ([*LAYER, node("Pow", "h k", "p"), node("MatMul", "p V", "q"),
                         node("Add", "q x", "y")],
                        {"W": W, "V": weights(4, 3), "k": np.float32(2)}, (1, 3)),
    "sum and mean": ([*LAYER, node("MatMul", "x V", "i"), node("Sum", "h i h", "s"),
                      node("Mean", "s i", "y")], {"W": W, "V": weights(3, 4, seed=1)}, (1, 3)),
    "reduce": ([*LAYER, node("ReduceSum", "h a", "s", keepdims=0),
                node("ReduceMean", "h", "m", axes=[-1], keepdims=0), node("Mul", "s m", "y")],
               {"W": W, "a": whole(2)}, (1, 5, 3)),
    "reduce all": ([*LAYER, node("ReduceSumSquare", "h", "s", keepdims=0),
                    node("ReduceProd", "h", "p", axes=[1], keepdims=1), node("Add", "p s", "y")],
                   {"W": W}, (1, 3)),
    "einsum": ([node("Einsum", "x W V", "y", equation="bti,io,ot->bt")],
               {"W": W, "V": weights(4, 2)}, (1, 2, 3)),
    "einsum without an arrow": ([node("Einsum", "x W", "y", equation="bi,io")], {"W": W}, (1, 3)),
    "einsum with an ellipsis": ([node("Einsum", "x W", "y", equation="...i, io -> ...o")],
                                {"W": W}, (1, 2, 3)),
    "einsum with a diagonal": ([node("Einsum", "x W", "y", equation="bii,io->bo")], {"W": W},
                               (1, 3, 3)),
    "attention": ([node("MatMul", "x Q", "q"), node("MatMul", "x K", "k"),
                   node("MatMul", "x V", "v"), node("Transpose", "k", "t", perm=[0, 2, 1]),
                   node("MatMul", "q t", "s"), node("Mul", "s c", "r"), node("MatMul", "r v", "y")],
                  {"Q": weights(3, 2), "K": weights(3, 2, seed=1), "V": weights(3, 4),
                   "c": np.float32(2**-0.5)}, (1, 5, 3)),
    "several heads": ([node("MatMul", "x Q", "q"), node("Reshape", "q s", "r"),
                       node("Transpose", "r", "h", perm=[0, 2, 1, 3]),
                       node("Transpose", "r", "t", perm=[0, 2, 3, 1]), node("MatMul", "h t", "a"),
                       node("MatMul", "a h", "o"), node("Transpose", "o", "u", perm=[0, 2, 1, 3]),
                       node("Reshape", "u f", "w"), node("MatMul", "w O", "y")],
                      {"Q": weights(3, 4), "O": weights(4, 3), "s": whole(0, 0, 2, -1),
                       "f": whole(1, 5, 4)}, (1, 5, 3)),
    "convolution": ([node("Conv", "x F", "y")], {"F": weights(4, 3, 2)}, (1, 3, 6)),
    "convolution with all options": (
        [node("Conv", "x F b", "y", pads=[1, 2, 0, 1], strides=[2, 1], dilations=[1, 2],
              kernel_shape=[2, 3])], {"F": weights(4, 3, 2, 3), "b": B}, (1, 3, 6, 7)),
    "groups": ([node("Conv", "x F b", "y", group=2, pads=[1, 1])],
               {"F": weights(4, 2, 3), "b": B}, (1, 4, 5)),
    "one filter for each channel": ([node("Conv", "x F", "y", group=3)], {"F": weights(3, 1, 2)},
                                    (1, 3, 5)),
    "same padding": ([node("Conv", "x F", "h", auto_pad="SAME_UPPER", strides=[2]),
                      node("Conv", "h G", "y", auto_pad="SAME_LOWER")],
                     {"F": weights(4, 3, 2), "G": weights(2, 4, 2)}, (1, 3, 6)),
    "convolutional network": (
        [node("Conv", "x F b", "h"), node("Mul", "h h", "p"),
         node("AveragePool", "p", "q", kernel_shape=[2, 2], strides=[2, 2]),
         node("Flatten", "q", "f"), node("Gemm", "f W c", "y", transB=1)],
        {"F": weights(2, 1, 3, 3), "b": weights(2), "W": weights(3, 8), "c": weights(3)},
        (1, 1, 6, 6)),
    "means over windows": (
        [node("Conv", "x F", "h"), node("AveragePool", "h", "p", kernel_shape=[3], pads=[1, 1]),
         node("AveragePool", "p", "q", kernel_shape=[2], pads=[1, 0], count_include_pad=1),
         node("GlobalAveragePool", "q", "y")], {"F": weights(4, 3, 2)}, (1, 3, 6)),
    "batch normalization after a convolution": (
        [node("Conv", "x F", "h"), node("BatchNormalization", "h s b m v", "y")],
        {"F": weights(4, 3, 2), "s": B, "b": weights(4, seed=1), "m": weights(4, seed=2),
         "v": abs(weights(4, seed=3))}, (1, 3, 6)),
    "batch normalization after a dense layer": (
        [node("Gemm", "x V c", "h", transB=1),
         node("BatchNormalization", "h s b m v", "y", epsilon=0.01)],
        {"V": weights(4, 3), "c": weights(4, seed=4), "s": B, "b": weights(4, seed=1),
         "m": weights(4, seed=2), "v": abs(weights(4, seed=3))}, (1, 3)),
    "batch normalization alone": (
        [node("Mul", "x x", "h"), node("BatchNormalization", "h s b m v", "y")],
        {"s": weights(3), "b": weights(3, seed=1), "m": weights(3, seed=2),
         "v": abs(weights(3, seed=3))}, (1, 3, 2)),
    "shapes": ([*LAYER, node("Unsqueeze", "h a", "u"), node("Squeeze", "u a", "s"),
                node("Transpose", "s", "t"), node("Reshape", "t r", "q"), node("Flatten", "q", "y")
                ], {"W": W, "a": whole(1), "r": whole(1, -1, 2)}, (1, 2, 3)),
    "parts": ([*LAYER, node("Slice", "h s e a k", "p"), node("Split", "h", "l r", axis=2),
               node("Concat", "p l r x", "y", axis=2)],
              {"W": W, "s": whole(-1), "e": whole(-100), "a": whole(2), "k": whole(-2)},
              (1, 2, 3)),
    "unequal parts": ([*LAYER, node("Split", "h n", "l r", axis=1), node("MatMul", "l V", "m"),
                       node("Mul", "m r", "y")],
                      {"W": W, "n": whole(1, 3), "V": weights(1, 3)}, (1, 3)),
    "gather": ([*LAYER, node("Gather", "h i", "y", axis=1)],
               {"W": W, "i": np.array([[0, -1], [2, 2]], np.int64)}, (1, 3)),
    "gather in other ways": (
        [*LAYER, node("GatherElements", "h i", "p", axis=1), node("GatherND", "h j", "q"),
         node("Concat", "p q", "y", axis=1)],
        {"W": W, "i": np.array([[3, 0, 1]], np.int64),
         "j": np.array([[[0, 2], [0, 1]]], np.int64)}, (1, 3)),
    "scatter": ([*LAYER, node("Mul", "h h", "s"), node("ScatterElements", "h i s", "p", axis=1),
                 node("Slice", "s o t a", "u"), node("ScatterND", "p j u", "y")],
                {"W": W, "i": np.array([[3, 0, 1, 2]], np.int64), "o": whole(0), "t": whole(2),
                 "a": whole(1), "j": np.array([[[0, 2], [0, 1]]], np.int64)}, (1, 3)),
    "cumulative sums": ([*LAYER, node("CumSum", "h a", "p"),
                         node("CumSum", "p a", "y", exclusive=1, reverse=1)],
                        {"W": W, "a": np.int64(1)}, (1, 3)),
    "sequences": ([*LAYER, node("SplitToSequence", "h n", "s", axis=1),
                   node("SequenceAt", "s i", "p"), node("SequenceAt", "s j", "q"),
                   node("Mul", "p q", "y")],
                  {"W": W, "n": np.int64(2), "i": np.int64(0), "j": np.int64(-1)}, (1, 3)),
    "expand and tile": ([*LAYER, node("Expand", "h e", "p"), node("Tile", "p t", "y")],
                        {"W": W, "e": whole(2, 4), "t": whole(1, 2)}, (1, 3)),
    "pad": ([*LAYER, node("Pad", "h p c", "q"), node("Pad", "q p", "r", mode="reflect"),
             node("Pad", "r n", "y", mode="edge")],
            {"W": W, "p": whole(0, 1, 0, 2), "n": whole(0, 1, 0, 0), "c": np.float32(0.5)},
            (1, 3)),
    "causal mask": ([*LAYER, node("Trilu", "h", "t", upper=0), node("Trilu", "h k", "u"),
                     node("Add", "t u", "y")], {"W": W, "k": np.int64(1)}, (1, 4, 3)),
    "pixels": ([node("Conv", "x F", "h"), node("DepthToSpace", "h", "d", blocksize=2),
                node("SpaceToDepth", "d", "s", blocksize=2),
                node("DepthToSpace", "s", "y", blocksize=2, mode="CRD")],
               {"F": weights(4, 1, 1, 1)}, (1, 1, 4, 4)),
    "a shape that is computed": (
        [*LAYER, node("Shape", "h", "s"), node("Gather", "s i", "n"),
         node("Unsqueeze", "n z", "m"), node("Concat", "m o", "r", axis=0),
         node("Reshape", "h r", "y")],
        {"W": W, "i": np.int64(0), "z": whole(0), "o": whole(-1)}, (1, 2, 3)),
    "a mask that is computed": (
        [*LAYER, node("Range", "zero n one", "r"), node("Less", "r two", "c"),
         node("Where", "c h big", "y")],
        {"W": W, "zero": np.int64(0), "one": np.int64(1), "n": np.int64(4), "two": np.int64(2),
         "big": np.float32(-7)}, (1, 3)),
    "a maximum of constants": (
        [*LAYER, node("Shape", "h", "s"), node("Max", "s m", "t"), node("Expand", "h t", "y")],
        {"W": W, "m": whole(3, 1)}, (1, 3)),
    "a scale that is computed": (
        [*LAYER, node("Shape", "h", "s", start=1), node("Cast", "s", "f", to=1),
         node("Sqrt", "f", "r"), node("Div", "h r", "y")], {"W": W}, (1, 3)),
    "identities": ([*LAYER, node("Identity", "h", "i"), node("Cast", "i", "c", to=1),
                    node("Dropout", "c", "y")], {"W": W}, (1, 3)),
    "constants of nodes": (
        [node("Constant", "", "k", value_float=2.0), node("ConstantOfShape", "n", "o"),
         *LAYER, node("Pow", "h k", "p"), node("Add", "p o", "y")],
        {"W": W, "n": whole(1, 4)}, (1, 3)),
    "tied weights": (
        [*LAYER, node("Transpose", "W", "T"), node("Pow", "h k", "p"), node("MatMul", "p T", "y")],
        {"W": W, "k": np.float32(2)}, (1, 3)),
    "one matrix twice": ([node("MatMul", "x W", "h"), node("Pow", "h k", "p"),
                          node("MatMul", "p W", "q"), node("Add", "q x", "y")],
                         {"W": weights(3, 3), "k": np.float32(2)}, (1, 3)),
    "a product of parameters": ([node("MatMul", "U V", "P"), node("MatMul", "x P", "y")],
                                {"U": weights(3, 1), "V": weights(1, 4)}, (1, 3)),
    "low-rank adaptation": (
        [node("MatMul", "x W", "h"), node("MatMul", "x A", "a"), node("MatMul", "a C", "c"),
         node("Mul", "c s", "d"), node("Add", "h d", "y")],
        {"W": W, "A": weights(3, 1), "C": weights(1, 4), "s": np.float32(0.5)}, (1, 3)),
    "outer product": ([node("MatMul", "x W", "h"), node("Unsqueeze", "h a", "u"),
                       node("Mul", "u h", "m"), node("ReduceSum", "m a", "y")],
                      {"W": W, "a": whole(1)}, (1, 3)),
    "bilinear": ([node("Einsum", "x B x", "y", equation="bi,oij,bj->bo")],
                 {"B": weights(2, 3, 3)}, (1, 3)),
    "a sum of squares of parameters": ([node("Mul", "W W", "q"), node("MatMul", "x q", "y")],
                                       {"W": W}, (1, 3)),
}


@pytest.mark.parametrize("name", CASES)
def test_an_operator_does_what_another_program_says(name: str) -> None:
    nodes, stored, shape = CASES[name]
    content = network_file(nodes, stored, shape)
    network = imported(content)
    agree(content, network, shape)
    assert set(network.names) <= set(stored) and len(set(network.names)) == len(network.names)
