"""
Dense layers and convolutions with activations between them: rescalings of units bound the dimension
from above, and points at which the network is a direct sum of smaller ones bound it from below.
"""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import accumulate, product
from math import prod
from typing import Any, NamedTuple

from flint import nmod_mat

from neuroalg_sage.certificates.dimension.ranks import place, rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    integers,
    items,
    member,
    rational,
    require,
    residue,
)


class Linear(NamedTuple):
    """
    A dense layer or a convolution; its parameters are a row of weights for each unit, then biases.

    A unit is an output of a dense layer, or a channel of a convolution.  A dense layer behind a
    convolution reads channels at places, as a convolution with one output.

    - ``offset`` -- of its parameters
    - ``units``, ``fan`` -- how many rows there are, and of how many weights
    - ``bias`` -- whether there are biases
    - ``own`` -- which weights of a row may be other than zero in a direct sum: those of the first
      place of a filter; of the first layer those of the places that no other output reads
    """

    offset: int
    units: int
    fan: int
    bias: bool
    own: list[int]


def linear_layers(model: Model) -> tuple[list[Linear], list[list[Fraction]]]:
    """
    Verify that the layers are dense ones or convolutions with activations between them; these
    layers, and the coefficients of the activations.
    """
    layers = model.description["layers"]
    require(len(layers) % 2 and all(
        layer["kind"] in (("activation",) if i % 2 else ("dense", "convolution"))
        for i, layer in enumerate(layers)),
        "The layers are no dense ones or convolutions with activations between them.")
    found: list[Linear] = []
    for layer, step in zip(layers[::2], model.steps[::2]):
        size, dense = layer.get("size", []), layer["kind"] == "dense"
        taken, made = (1, layer["outputs"]) if dense else layer["channels"]
        bias = layer.get("bias", False)
        fan = step.parameters // made - bias
        if found:
            before = found[-1].units
            require(dense or taken == before, "A convolution reads no channels.")
            own = [*range(0, fan, fan // before)]
        elif dense:
            own = [*range(fan)]
        else:
            near = [n for n, k in enumerate(product(*map(range, size)))
                    if all(a < s for a, s in zip(k, layer["stride"]))]
            own = [c * prod(size) + n for c in range(taken) for n in near]
        found.append(Linear(step.offset, made, fan, bias, own))
    return found, [[*map(rational, layer["coefficients"])] for layer in layers[1::2]]


def rescaled_dimension(model: Model) -> int:
    """
    N less the number of hidden units whose activation is a power, an upper bound for dim M.

    Let it be c x^d.  Multiply the weights and the bias into the unit by t, and those out of it by
    t^(-d): φ is constant along these orbits of a torus with one factor for each such unit.  Where
    no weight is zero, its tangent vectors are independent: in a sum of multiples of them that is
    zero, those of the first hidden layer have the factor zero, by the weights into it, which no
    other field moves; so have those of the second, and so on.
    """
    layers, activations = linear_layers(model)
    return model.parameters - sum(layer.units for layer, coefficients in zip(layers, activations)
                                  if not any(coefficients[:-1]))


def direct_sum_rank(model: Model, trial: Any) -> int:
    """
    A lower bound for the rank of Dφ at a point where the network is a direct sum.

    *The point.*  Activations have degree at least 2.  The units of each layer, the last too, and
    the inputs at certain places are divided into groups.  All weights are zero but those within a
    group that are ``own``: at the first place of a filter, and in the first layer at those places
    that lie before the first place of the next output along each axis.  Biases are arbitrary.  Then
    the outputs at the first place in the group g are f_g(x_g), a network of dense layers, where x_g
    are the inputs of its group at the places that the first output of the first layer owns.

    *Lemma.*  Consider only these outputs of group g, for each g.

    - A weight or bias within f_g moves them by a function of x_g, as it does in the network f_g:
      such span the tangent space T_g.  A bias moves them by a_k(x_g), the derivative of f_g by the
      argument of its unit k.
    - Let a unit of layer l at the first output read the unit j of a group h by another weight,
      through the unit k in the group g.  That moves them by s(x') a_k(x_g), where s is the
      state j of f_h and x' is a copy of x_h.  Where h = g the weight is at another place of the
      filter; so x' are inputs that f_g does not read.  Inputs x' for other groups or other places
      of the layer are disjoint from these, since what the first layer owns of different outputs is
      disjoint.  In the first layer, s is a single input that f_g does not read.

    Let D_l be the degree of the arguments of layer l, so 1 = D_1 < D_2 < ...  The functions for one
    x' have degree D_l in x', and the part of this degree is t_j(x') a_k(x_g), where t_j is what the
    states are if of all activations the leading terms are taken, and no biases.  Derivatives by
    weights of lower layers, by those that read other inputs x', and within f_g have lower degree
    in these x'.  So the matrix of Dφ is block triangular, if its rows, the terms in x, are
    ordered by these degrees, and its rank is at least the sum of the ranks of blocks: of all T_g,
    and of the tensor products of the span of all t_j with that of all a_k, since these depend on
    different inputs.  The rank of functions is at least that of their values at any inputs.

    Where activations are powers and biases zero, the a_k have lower degree than the other
    functions in T_g, so that their ranks add up.

    All of this holds over the field of p elements, and the rank at an integer point modulo p is at
    most the generic rank over Q.
    """
    layers, activations = linear_layers(model)
    require(all(len(c) > 2 for c in activations), "An activation is linear.")
    p, integral = place(model, trial)
    point = [c % p for c in integral]
    polynomials = [[residue(c, p) for c in coefficients] for coefficients in activations]
    counts = [len(layers[0].own), *(layer.units for layer in layers)]
    groups = [integers(sizes, 1, 10**6, "size of a group", len(counts))
              for sizes in items(member(trial, "groups"), "groups")]
    require([*map(sum, zip(*groups))] == counts, "The groups are no division of the units.")
    ends = zip(*[accumulate(sizes) for sizes in zip(*groups)])
    known: dict[str, _Ranks] = {}  # of groups that are alike
    found = []
    for sizes, end, own in zip(groups, ends, items(member(trial, "inputs"), "inputs", len(groups))):
        parameters = [_of_group(layer, point, sizes[i : i + 2], end[i : i + 2])
                      for i, layer in enumerate(layers)]
        key = json.dumps([sizes, parameters, own])
        if key not in known:
            known[key] = _ranks(parameters, [layer.bias for layer in layers], polynomials, [
                integers(x, 0, p - 1, "input", sizes[0]) for x in items(own, "inputs")], p)
        found.append(known[key])
    total = sum(tangent for tangent, _, _ in found)
    for i, layer in enumerate(layers):
        states, slopes = [s[i] for _, s, _ in found], [a[i] for _, _, a in found]
        # How many copies x' there are of all groups: in the first layer, of single inputs.
        far = layer.fan - len(layer.own) if i == 0 else (layer.fan // counts[i] - 1) * sum(states)
        total += (far + sum(states)) * sum(slopes) - sum(s * a for s, a in zip(states, slopes))
    return total


_Parameters = tuple[list[list[int]], list[int]]  # the rows of weights, and a bias for each
_Ranks = tuple[int, list[int], list[int]]


def _of_group(layer: Linear, point: list[int], sizes: list[int], ends: tuple[int, ...]
              ) -> _Parameters:
    """The weights within a group and its biases, where all other weights of its rows are zero."""
    weights = []
    units = range(ends[1] - sizes[1], ends[1])
    for k in units:
        row = point[layer.offset + k * layer.fan : layer.offset + (k + 1) * layer.fan]
        weights.append([row[j] for j in layer.own[ends[0] - sizes[0] : ends[0]]])
        require(sum(map(bool, row)) == sum(map(bool, weights[-1])),
                "A weight between different groups is not zero.")
    biases = layer.offset + layer.units * layer.fan
    return weights, [point[biases + k] if layer.bias else 0 for k in units]


def _ranks(parameters: list[_Parameters], has_bias: list[bool], polynomials: list[list[int]],
           inputs: list[list[int]], p: int) -> _Ranks:
    """
    Lower bounds for the dimensions of what is spanned by the tangent vectors of a group's network,
    by the leading forms of the states that each layer reads, and by the derivatives by each layer's
    arguments.
    """
    require(inputs, "A group has no inputs.")
    columns = [*map(list, zip(*inputs))]
    tops = [[0] * (len(c) - 1) + c[-1:] for c in polynomials]
    linear: list[_Parameters] = [(weights, [0] * len(biases)) for weights, biases in parameters]
    leading, _ = _forward(linear, tops, columns, p)
    states, derivatives = _forward(parameters, polynomials, columns, p)
    # A state of all outputs at all inputs has a row for each unit, a column for each input.
    slopes: list[list[list[list[int]]]] = []
    outputs = len(parameters[-1][0])
    for o in range(outputs):
        above = [[int(k == o)] * len(inputs) for k in range(outputs)]
        of_output = [above]
        for (weights, _), derivative in zip(parameters[:0:-1], derivatives[::-1]):
            pulled = _times([*map(list, zip(*weights))], above, p)
            above = [[a * d % p for a, d in zip(*rows)] for rows in zip(pulled, derivative)]
            of_output.append(above)
        slopes.append(of_output[::-1])
    spans = [rank([[a for of_output in slopes for a in of_output[i][k]]
                   for k in range(len(biases))], len(inputs) * outputs, p)
             for i, (_, biases) in enumerate(parameters)]
    is_graded = tops == polynomials and linear == parameters
    rows = []
    at_inputs = [[*zip(*state)] for state in states]
    for of_output in slopes:
        for n, a in enumerate(zip(*([*zip(*above)] for above in of_output))):
            row = [u * s for unit, state in zip(a, at_inputs) for u in unit for s in state[n]]
            if not is_graded:
                row += [u for unit, has in zip(a, has_bias) if has for u in unit]
            rows.append(row)
    tangents = rank(rows, len(rows[0]), p)
    if is_graded:
        tangents += sum(span for span, has in zip(spans, has_bias) if has)
    return tangents, [rank(state, len(inputs), p) for state in leading], spans


def _times(weights: list[list[int]], state: list[list[int]], p: int) -> list[list[int]]:
    return [[*map(int, row)] for row in (nmod_mat(weights, p) * nmod_mat(state, p)).table()]


def _forward(parameters: list[_Parameters], polynomials: list[list[int]], state: list[list[int]],
             p: int) -> tuple[list[list[list[int]]], list[list[list[int]]]]:
    """The states that the layers read, and the derivatives of the activations."""
    states, derivatives = [state], []
    for (weights, biases), coefficients in zip(parameters, polynomials):
        values, slopes = [], []
        for row, b in zip(_times(weights, states[-1], p), biases):
            value, slope = [0] * len(row), [0] * len(row)
            for c in coefficients[::-1]:  # Horner's rule, and its derivative
                slope = [(d * (y + b) + v) % p for d, y, v in zip(slope, row, value)]
                value = [(v * (y + b) + c) % p for v, y in zip(value, row)]
            values.append(value)
            slopes.append(slope)
        states.append(values)
        derivatives.append(slopes)
    return states, derivatives
