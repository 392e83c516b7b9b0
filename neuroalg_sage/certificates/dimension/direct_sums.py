"""
Perceptrons whose activations are powers: points at which the network is a direct sum of smaller
ones bound the dimension from below.
"""

from __future__ import annotations

import json
from itertools import accumulate
from typing import Any

from neuroalg_sage.certificates.dimension.powers import power_layers
from neuroalg_sage.certificates.dimension.ranks import jacobian, place, rank
from neuroalg_sage.certificates.dimension.values import value_rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import integers, items, member, require


def direct_sum_rank(model: Model, trial: Any) -> int:
    """
    A lower bound for the rank of Dφ at a point where the network is a direct sum.

    Let the units of each layer, also inputs and outputs, be divided into groups, let the weights
    between different groups and all biases be zero at the point, and let all powers be at least 2.
    Then the outputs of group g are f_g(x_g), a network of the inputs of its group, and

    - a weight within the group g moves these outputs alone, by a function of x_g: as it does in
      the network f_g, whose tangent vectors span a space T_g;
    - a weight of layer l from unit j of group h to unit k of another group g moves the outputs of
      g, by s_j(x_h) a_k(x_g).  Here s_j is the state of unit j, and a_k the derivative of f_g by
      the argument of unit k.  They depend on different inputs, so these products span the tensor
      product of the spans of all s_j and of all a_k;
    - a bias of unit k of group g moves the outputs of g by a_k(x_g).

    Let D_l be the degree of the arguments of layer l in the inputs, and d that of the outputs.
    For each group of outputs these spaces have different degrees in the groups of inputs: d in
    x_g; D_l in x_h and d - D_l in x_g; d - D_l in x_g.  For D_1 < D_2 < ... and D_1 = 1.  So their
    dimensions add up, and each is at least the rank of the functions' values at any inputs.  All of
    this holds over the field of p elements, and the rank at an integer point modulo p is at most
    the generic rank over Q.
    """
    widths = power_layers(model, 2)
    p, point = place(model, trial)
    groups = [integers(sizes, 1, 10**6, "size of a group", len(widths))
              for sizes in items(member(trial, "groups"), "groups")]
    require([*map(sum, zip(*groups))] == widths, "The groups are no division of the units.")
    ends = zip(*[accumulate(sizes) for sizes in zip(*groups)])
    inputs = items(member(trial, "inputs"), "inputs", len(groups))
    biases = [layer.get("bias", False) for layer in model.description["layers"][::2]]
    known: dict[str, _Ranks] = {}  # of groups that are alike
    found = []
    for sizes, end, own in zip(groups, ends, inputs):
        # The parameters of f_g, with a bias that is zero for each unit.
        weights: list[int] = []
        for i, step in enumerate(model.steps[::2]):
            fan, first, last = widths[i], end[i] - sizes[i], end[i]
            for k in range(end[i + 1] - sizes[i + 1], end[i + 1]):
                row = point[step.offset + k * fan : step.offset + (k + 1) * fan]
                require(not any(row[:first]) and not any(row[last:]),
                        "A weight between different groups is not zero.")
                weights += row[first:last]
            require(not any(point[step.offset + step.width * fan : step.offset + step.parameters]),
                    "A bias is not zero.")
            weights += [0] * sizes[i + 1]
        key = json.dumps([sizes, weights, own])
        if key not in known:
            known[key] = _ranks(model, sizes, weights, own, p)
        found.append(known[key])
    total = sum(tangent for tangent, _, _ in found)
    for i, has_bias in enumerate(biases):
        states, slopes = [s[i] for _, s, _ in found], [a[i] for _, _, a in found]
        total += sum(states) * sum(slopes) - sum(s * a for s, a in zip(states, slopes))
        total += has_bias * sum(slopes)
    return total


_Ranks = tuple[int, list[int], list[int]]


def _ranks(model: Model, sizes: list[int], weights: list[int], inputs: Any, p: int) -> _Ranks:
    """
    Lower bounds for the dimensions of what is spanned by the tangent vectors of a group's network,
    by the states that each layer reads, and by the derivatives by each layer's arguments.

    These are the derivatives by the biases.
    """
    layers = [dict(layer) for layer in model.description["layers"]]
    for layer, before, after in zip(layers[::2], sizes, sizes[1:]):
        layer |= {"inputs": before, "outputs": after, "bias": True}
    network = Model({"input_shape": sizes[:1], "layers": layers})
    points = [integers(x, 0, p - 1, "input", sizes[0]) for x in items(inputs, "inputs")]
    require(points, "A group has no inputs.")
    rows = jacobian(network, weights, points, p)
    dense, tangents, slopes = network.steps[::2], [list[int]() for _ in rows], []
    for step, size in zip(dense, sizes[1:]):
        middle = step.offset + step.parameters - size
        for row, tangent in zip(rows, tangents):
            tangent += row[step.offset : middle]
        slopes.append(rank([row[middle : middle + size] for row in rows], size, p))
    states = sizes[:1]
    for i in range(1, len(dense)):
        start = Model({"input_shape": sizes[:1], "layers": layers[: 2 * i]})
        states.append(value_rank(start, weights[: start.parameters], points[: 2 * sizes[i]], p))
    return rank(tangents, len(weights) - sum(sizes[1:]), p), states, slopes
