"""
Dense layers and convolutions with activations between them: points at which the network is a direct
sum of smaller ones bound the dimension from below.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from flint import nmod_mat, nmod_poly

from neuroalg_sage.certificates.dimension.ranks import place, rank
from neuroalg_sage.certificates.dimension.rescalings import linear_layers
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    integers,
    items,
    member,
    rational,
    require,
    residue,
)


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
    groups = [integers(g, 1, 10**6, "group", len(counts)) for g in items(trial["groups"], "groups")]
    require([*map(sum, zip(*groups))] == counts, "The groups are no division of the units.")
    # For each group and layer, the weights and the bias of each unit.
    parts = [[[[point[at + k * fan + j] for j in own[end[i] - size[i] : end[i]]]
               + [bias and point[at + units * fan + k]]
               for k in range(end[i + 1] - size[i + 1], end[i + 1])]
              for i, (at, units, fan, bias, own) in enumerate(layers)]
             for size, end in zip(groups, zip(*map(accumulate, zip(*groups))))]
    require(sum(map(bool, point)) == sum(bool(w) for part in parts for rows in part for row in rows
                                         for w in row), "A weight between groups is not zero.")
    networks = [*zip(parts, items(member(trial, "inputs"), "inputs", len(groups)))]
    known = {g: _ranks(*networks[g], [layer.bias for layer in layers], polynomials, p)
             for g in {*map(networks.index, networks)}}  # one of those that are alike
    found = [known[networks.index(network)] for network in networks]
    total = sum(tangents for tangents, _, _ in found)
    for i, layer in enumerate(layers):
        states, slopes = [s[i] for _, s, _ in found], [a[i] for _, _, a in found]
        # How many copies x' there are of all groups: in the first layer, of single inputs.
        far = layer.fan - len(layer.own) if i == 0 else (layer.fan // counts[i] - 1) * sum(states)
        total += (far + sum(states)) * sum(slopes) - sum(s * a for s, a in zip(states, slopes))
    return total


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
    ones, derivatives = [[1] * len(columns)], []
    states, forms = [[*map(list, zip(*columns))]], [[*map(list, zip(*columns))]]
    for rows, f in zip(weights, polynomials):
        values = (nmod_mat(rows, p) * nmod_mat(states[-1] + ones, p)).table()
        leading = nmod_mat([row[:-1] for row in rows], p) * nmod_mat(forms[-1], p)
        states.append([[int(f(y)) for y in row] for row in values])
        derivatives.append([[int(f.derivative()(y)) for y in row] for row in values])
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
    read = [[*zip(*s, *ones * (has and not is_graded))] for s, has in zip(states, biased)]
    tangents = [[a * s for layer, state in zip(slopes, read) for row in layer for a in [row[n]]
                 for s in state[n % len(columns)]] for n in range(len(slopes[0][0]))]
    return (rank(tangents, len(tangents[0]), p)
            + sum(span for span, has in zip(spans, biased) if has and is_graded),
            [rank(form, len(columns), p) for form in forms], spans)
