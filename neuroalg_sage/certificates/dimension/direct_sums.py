"""
Dense layers and convolutions with activations between them: rescalings of units bound the dimension
from above, and points at which the network is a direct sum of smaller ones bound it from below.
"""

from __future__ import annotations

import json
from collections import namedtuple
from itertools import accumulate, product
from math import prod
from typing import Any

from flint import nmod_mat, nmod_poly

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

# A dense layer or a convolution.  A unit is an output of a dense layer, or a channel of a convolution;
# a dense layer behind a convolution reads channels at places, as a convolution with one output.
#
# - ``offset`` -- of its parameters: a row of weights for each unit, then biases
# - ``units``, ``fan`` -- how many rows there are, and of how many weights
# - ``bias`` -- whether there are biases
# - ``own`` -- which weights of a row may be other than zero in a direct sum: those of the first place
#   of a filter; of the first layer those of the places that no other output reads
Linear = namedtuple("Linear", "offset units fan bias own")


def linear_layers(model: Model) -> list[Linear]:
    """Verify that the layers are dense or convolutions, activations between them; the former."""
    layers, found = model.description["layers"], list[Linear]()
    require(len(layers) % 2 and all(layer["kind"] in (
        ("activation",) if i % 2 else ("dense", "convolution")) for i, layer in enumerate(layers)),
        "The layers are no dense ones or convolutions with activations between them.")
    for layer, step in zip(layers[::2], model.steps[::2]):
        size, bias = layer.get("size", []), layer.get("bias", False)
        taken, units = layer.get("channels", (0, step.width))
        fan = step.parameters // units - bias
        own = [c * prod(size) + n for c in range(fan // prod(size))
               for n, place in enumerate(product(*map(range, size)))
               if all(k < stride for k, stride in zip(place, layer.get("stride", [])))]
        if found:
            require(taken in (0, found[-1].units), "A convolution reads no channels.")
            own = [*range(0, fan, fan // found[-1].units)]
        found.append(Linear(step.offset, units, fan, bias, own))
    return found


def rescaled_dimension(model: Model) -> int:
    """
    N less the number of hidden units whose activation is a power, an upper bound for dim M.

    Let it be c x^d.  Multiply the weights and the bias into the unit by t, and those out of it by
    t^(-d): φ is constant along these orbits of a torus with one factor for each such unit.  Where
    no weight is zero, its tangent vectors are independent: in a sum of multiples of them that is
    zero, those of the first hidden layer have the factor zero, by the weights into it, which no
    other field moves; so have those of the second, and so on.
    """
    layers = zip(linear_layers(model), model.description["layers"][1::2])
    return model.parameters - sum(layer.units for layer, activation in layers
                                  if {*activation["coefficients"][:-1]} <= {"0"})


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
    layers, activations = linear_layers(model), model.description["layers"][1::2]
    p, point = place(model, trial)
    polynomials = [nmod_poly([residue(rational(c), p) for c in activation["coefficients"]], p)
                   for activation in activations]
    require(all(f.degree() == len(activation["coefficients"]) - 1 > 1 for f, activation in zip(
        polynomials, activations)), "An activation is linear, or becomes so modulo the prime.")
    counts = [len(layers[0].own), *(layer.units for layer in layers)]
    groups = [integers(sizes, 1, 10**6, "size of a group", len(counts))
              for sizes in items(member(trial, "groups"), "groups")]
    require([*map(sum, zip(*groups))] == counts, "The groups are no division of the units.")
    inputs = items(member(trial, "inputs"), "inputs", len(groups))
    texts = [json.dumps([[_weights(layer, point, sizes[i : i + 2], ends[i : i + 2], p)
                          for i, layer in enumerate(layers)], own])
             for sizes, ends, own in zip(groups, zip(*map(accumulate, zip(*groups))), inputs)]
    # Of groups that are alike, one is looked at.
    known = {text: _ranks(*json.loads(text), [layer.bias for layer in layers], polynomials, p)
             for text in {*texts}}
    found = [known[text] for text in texts]
    total = sum(tangents for tangents, _, _ in found)
    for i, layer in enumerate(layers):
        states, slopes = [s[i] for _, s, _ in found], [a[i] for _, _, a in found]
        # How many copies x' there are of all groups: in the first layer, of single inputs.
        far = layer.fan - len(layer.own) if i == 0 else (layer.fan // counts[i] - 1) * sum(states)
        total += (far + sum(states)) * sum(slopes) - sum(s * a for s, a in zip(states, slopes))
    return total


def _weights(layer: Any, point: list[int], sizes: list[int], ends: Any, p: int) -> list[list[int]]:
    """For each unit of a group its weights and its bias, where all other weights are zero."""
    found = []
    for k in range(ends[1] - sizes[1], ends[1]):
        row = [c % p for c in point[layer.offset + k * layer.fan :][: layer.fan]]
        own = [row[j] for j in layer.own[ends[0] - sizes[0] : ends[0]]]
        require(sum(map(bool, row)) == sum(map(bool, own)),
                "A weight between different groups is not zero.")
        found.append(own + [layer.bias and point[layer.offset + layer.units * layer.fan + k] % p])
    return found


def _ranks(weights: list[list[list[int]]], inputs: Any, biased: list[bool],
           polynomials: list[nmod_poly], p: int) -> tuple[int, list[int], list[int]]:
    """
    Lower bounds for the dimensions of what is spanned by the tangent vectors of a group's network,
    by the leading forms of the states that each layer reads, and by the derivatives by each layer's
    arguments.
    """
    require(items(inputs, "inputs"), "A group has no inputs.")
    columns = [integers(x, 0, p - 1, "input", len(weights[0][0]) - 1) for x in inputs]
    # The states and their leading forms have a row for each unit, and a column for each input.
    states, forms, derivatives = [[*map(list, zip(*columns))]], [[*map(list, zip(*columns))]], []
    for rows, f in zip(weights, polynomials):
        values = nmod_mat(rows, p) * nmod_mat([*states[-1], [1] * len(columns)], p)
        leading = nmod_mat([row[:-1] for row in rows], p) * nmod_mat(forms[-1], p)
        states.append([[int(f(y)) for y in row] for row in values.table()])
        derivatives.append([[int(f.derivative()(y)) for y in row] for row in values.table()])
        forms.append([[int(y ** f.degree()) for y in row] for row in leading.table()])
    # The derivatives of all outputs, one after the other, at all inputs.
    outputs = range(len(weights[-1]))
    slopes = [[[int(k == o) for o in outputs for _ in columns] for k in outputs]]
    for rows, derivative in zip(weights[:0:-1], derivatives[::-1]):
        pulled = nmod_mat([*map(list, zip(*rows))][:-1], p) * nmod_mat(slopes[0], p)
        slopes.insert(0, [[int(a) * d % p for a, d in zip(row, own * len(outputs))]
                          for row, own in zip(pulled.table(), derivative)])
    spans = [rank(layer, len(layer[0]), p) for layer in slopes]
    is_graded = not any(row[-1] for rows in weights for row in rows) and not any(
        any(f.coeffs()[:-1]) for f in polynomials)
    factors = [[*zip(*state, *[[1] * len(columns)] * (has and not is_graded))]
               for state, has in zip(states, biased)]
    tangents = [[a * s for layer, factor in zip(slopes, factors) for row in layer
                 for a in [row[n]] for s in factor[n % len(columns)]]
                for n in range(len(slopes[0][0]))]
    biases = sum(span for span, has in zip(spans, biased) if has and is_graded)
    return (rank(tangents, len(tangents[0]), p) + biases,
            [rank(form, len(columns), p) for form in forms], spans)
