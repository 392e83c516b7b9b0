"""
A perceptron as the composition of two, between which a group acts.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage.certificates.dimension.ranks import place
from neuroalg_sage.certificates.dimension.values import value_rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import fields, integer, integers, items, member, require


def joined(parts: list[tuple[int, str, list[str]]], group: int) -> tuple[int, str, list[str]]:
    """The upper bound by those of two parts, and the dimension of the group between them."""
    (head, why, trust), (tail, other, more) = parts
    return (head + tail - group, f"two parts, between which a group of dimension {group} acts, "
            f"bound it from above (the first: {why}; the second: {other})",
            [*dict.fromkeys(trust + more)])


def composed(model: Model, evidence: Any) -> tuple[list[Any], list[Any], int]:
    """
    Two perceptrons, each with its evidence and its trial, and s with
    dim M ≤ dim M_head + dim M_tail - s; or the first of them, a number t and s with
    dim M ≤ dim M_head + t - s.

    All functions of the model are compositions of one of the head's and one of the tail's, so M is
    contained in the closure of the image of M_head x M_tail under composition.  A group G acts on
    this product such that compositions stay; where stabilizers are trivial, fibers have at least
    its dimension s.  Let r be the number of units of the state between the two.

    - ``linear``: the state after some of the layers is mapped by one more dense layer, so that the
      head ends with a dense layer and the tail begins with one; the identity is among them.  G is
      GL(r), h ↦ A h and g ↦ g ∘ A^(-1).  If the r outputs of h are linearly independent, as is
      verified at one point modulo a prime and so holds generically, A h = h implies A = 1.
    - ``rescalings``: an activation σ(x) = c x^d with c ≠ 0 and d > 0 stands between two dense
      layers, and belongs to neither part.  G are the diagonal matrices, h ↦ D h and
      g ↦ g ∘ D^(-d), and s = r.  No output of a generic h is zero: a row of a dense layer makes it
      of a state that is not zero, and a polynomial that is not constant does not vanish at all
      multiples of such an output.

    Where there is no second part, all activations are powers, and there are no biases.  For an
    element h of M_head the compositions with h are in a space V_h: each output is a form in the
    outputs of h, or for ``rescalings`` in their powers, of the degree that the tail has.  V_h is
    the same along the orbit of h, so dim M ≤ dim M_head - s + t if no V_h has a dimension larger
    than t.  These outputs or powers are forms in the entries of each state before them, which
    bounds the dimension of V_h.
    """
    layers = model.description["layers"]
    require({layer["kind"] for layer in layers} <= {"dense", "activation"}, "It is no perceptron.")
    cut, group, data = fields(evidence, "layer", "group", "parts")
    cut = integer(cut, 1, len(layers) - 1, "number of layers")
    own = [fields(part, "upper", "trial") for part in items(data, "parts")]
    width, before, after = model.widths[cut], layers[:cut], layers[cut:]
    if group == "rescalings":
        kinds = [layer["kind"] for layer in (before[-1], *after[:2])]
        require(kinds == ["dense", "activation", "dense"] and not any(c != "0" for c in after[0][
            "coefficients"][:-1]), "The parts are not joined by a power between dense layers.")
        after = after[1:]
    else:
        require(group == "linear", "The group between the parts is not known.")
        one = [{"kind": "dense", "inputs": width, "outputs": width, "bias": False}]
        before = before + one * (before[-1]["kind"] != "dense")
        after = one * (after[0]["kind"] != "dense") + after
    head, tail = (Model({"input_shape": shape, "layers": part}) for shape, part in (
        (model.description["input_shape"], before), ([width], after)))
    if group == "linear":
        p, point = place(head, own[0][1])
        inputs = [integers(x, 0, p - 1, "input", head.inputs)
                  for x in items(member(own[0][1], "inputs"), "inputs")]
        require(value_rank(head, point, inputs, p) == width,
                "The outputs of the first part are not independent.")
    size = width if group == "rescalings" else width**2
    if len(own) == 1:
        from neuroalg_sage.certificates.dimension.forms import forms_of_tail

        return [(head, *own[0])], [forms_of_tail(model, cut, group)], size
    return [(head, *own[0]), (tail, *own[1])], [], size
