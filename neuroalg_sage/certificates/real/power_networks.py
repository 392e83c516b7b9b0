"""
Networks of dense layers without bias with powers between them, and their parts.

A function of V is a dictionary from coordinates (output, exponents) to rational numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_poly

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import items, polynomial_ring, rational, require

Function = dict[tuple[int, tuple[int, ...]], fmpq]


def power_network(model: Model) -> tuple[list[int], list[int]]:
    """
    Verify that each layer is dense without bias, or applies c x^k with c ≠ 0, the first and the
    last being dense; the widths of the inputs and of all dense layers, and for each dense layer
    but the last the power k ≥ 1 between it and the next one.

    The numbers c change nothing of M, which is the same with c = 1: the next layer takes them.
    """
    widths, powers = [model.inputs], []
    for layer in model.description["layers"]:
        if layer["kind"] == "dense":
            require(not layer.get("bias", False), "A layer has a bias.")
            widths.append(layer["outputs"])
            powers.append(1)
        else:
            require(layer["kind"] == "activation" and powers and not any(
                map(rational, layer["coefficients"][:-1])), "The network is not one of powers.")
            powers[-1] *= len(layer["coefficients"]) - 1
    require(powers[-1] == 1, "The last layer is not dense.")
    return widths, powers[:-1]


def sum_of_powers(model: Model) -> tuple[int, int, int, int]:
    """
    Verify that M is all functions whose outputs are linear combinations of the same r powers
    l_i^d of linear forms; the numbers of inputs, of summands r and of outputs, and d.
    """
    widths, powers = power_network(model)
    require(len(powers) == 1, "The network has not one hidden layer.")
    return widths[0], widths[1], widths[2], powers[0]


def part(model: Model, inputs: Sequence[int], outputs: Sequence[int]) -> Model:
    """
    The network with some of the inputs and some of the outputs.

    *Lemma.*  Let the first and the last layer be dense.  If f is in M, then these outputs of f
    with zero in place of the other inputs are in that of the smaller network: its parameters are
    some of those of f.
    """
    layers = list(model.description["layers"])
    require(layers[0]["kind"] == layers[-1]["kind"] == "dense",
            "The first and the last layer are not dense.")
    layers[0] = layers[0] | {"inputs": len(inputs)}
    layers[-1] = layers[-1] | {"outputs": len(outputs)}
    return Model({"input_shape": [len(inputs)], "layers": layers})


def part_of(function: Function, inputs: Sequence[int], outputs: Sequence[int]) -> Function:
    """Some outputs of a function with zero in place of the other inputs."""
    places = {j: k for k, j in enumerate(outputs)}
    return {(places[j], tuple(e[i] for i in inputs)): c for (j, e), c in function.items()
            if j in places and sum(e[i] for i in inputs) == sum(e)}


def head(model: Model, count: int) -> tuple[Model, int]:
    """
    The network of the first layers, which has one output, and the power D of which all outputs
    are multiples.

    *Lemma.*  M is all (v_1 g^D, ..., v_m g^D) with real numbers v_o, and g in that of the head.
    For behind its one output h each entry of a state is a number times a power of h; and where
    all weights behind are 1 but those of the last layer, these numbers are not zero before it.
    """
    layers = model.description["layers"]
    first = Model({"input_shape": model.description["input_shape"], "layers": layers[:count]})
    _, powers = power_network(model)
    widths, before = power_network(first)
    require(widths[-1] == 1 and len(widths) > 1, "There are several units.")
    return first, prod(powers[len(before):])


def form(function: Function, output: int, variables: int) -> fmpq_mpoly:
    """An output of a function."""
    ring = polynomial_ring(variables)
    return ring.from_dict({e: c for (j, e), c in function.items() if j == output})


def linear_forms(data: Any) -> list[tuple[fmpq, fmpq]]:
    """Linear forms a x + b y in two variables, none of them zero."""
    found = []
    for pair in items(data, "linear forms"):
        a, b = (rational(c) for c in items(pair, "linear form", 2))
        require(a or b, "A linear form is zero.")
        found.append((fmpq(a.numerator, a.denominator), fmpq(b.numerator, b.denominator)))
    return found


def is_product(function: Function, output: int, factors: Sequence[Sequence[fmpq]]) -> bool:
    """
    Whether an output, a binary form, is a number ≠ 0 times the product of forms Σ c_i x^(k-i) y^i,
    each given by its coefficients.
    """
    degree = sum(len(c) - 1 for c in factors)
    product = fmpq_poly([1])
    for coefficients in factors:
        product *= fmpq_poly(list(coefficients))
    own = {e: c for (j, e), c in function.items() if j == output and c}
    other: dict[tuple[int, ...], fmpq] = {
        (degree - i, i): product[i] for i in range(degree + 1) if product[i]}
    if not own or own.keys() != other.keys():
        return False
    return len({str(own[e] / other[e]) for e in own}) == 1
