"""
What the layers of a network alone say about its functions, however many parameters there are.

Let the model be a chain of dense layers, with or without bias, and of activations σ, polynomials
in one variable of positive degree; x the inputs, W_1, ..., W_L the matrices of the dense layers.

*Lemma 1* (hidden neurons).  Let only activations c x^k, k ≥ 1, or none, stand between the dense
layers s and s + 1.  For a neuron of layer s multiply its weights and its bias by t, and the column
of W_(s+1) that it feeds by t^-k, k the product of these exponents: no function changes.  So the
parameters in which the first weight of every such neuron is 1 give a dense set of functions of M.

*Proof.*  Let no first weight of these neurons be zero; that is so on an open dense set U of
parameters, and φ(U) is dense in φ(R^N).  Layer after layer, from the inputs on, choose t such that
the first weight of a neuron becomes 1.  This multiplies columns of the next layer by numbers that
are not zero, so that its first weights remain different from zero, and those of layers before
remain 1.

So dim M is at most N less the number of these neurons.

*Lemma 2* (the last layer).  Let nothing follow layer L.  Let it have h inputs and c outputs, and
k be the product of the degrees of the activations directly before it, 1 if there are none; let the
inputs of the model, and the outputs of all layers before L - 1, be at least s.  Then M contains
a linear space of dimension c q with

- q = min(h, C(s + k - 1, k)), and 1 more if layer L has a bias;
- q = min(h, C(s + k, k)) if layer L - 1 has a bias, and min(h + 1, C(s + k, k)) if both have.

*Proof.*  M contains all functions W_L u (+ b) for the entries u_1, ..., u_h of the last hidden
state at fixed parameters; they form a linear space of dimension c times that of the span of the u_i
(and 1).  For L = 1 the u_i are the inputs themselves.  Else let the layers before L - 1 copy: the
first s entries of a state get those of the state before as weights of a unit matrix, other weights
and biases are zero.  So the first s inputs of layer L - 1 are y_i = τ(x_i), with a polynomial τ of
positive degree; these are algebraically independent.  Then u_i = σ(t l_i) for linear forms l_i in
y, or affine ones with a bias, any number t, and the composition σ of the activations, of degree k.
For large t, u_i / t^k converges to a multiple of l_i^k by a number that is not zero.  Powers l^k of
linear forms span the space of forms of degree k, and those of affine forms that of the polynomials
of degree at most k (characteristic zero), of dimensions C(s + k - 1, k) and C(s + k, k); so as many
as stated can be chosen to be linearly independent, of one another and of 1 if there is room: a
basis that contains 1 can be completed by powers, and 1 is no form of degree k ≥ 1.  Then the u_i
are so for large t.

*Lemma 3* (a box).  For parameters from -B to B, the first s inputs of layer L can be made to be
polynomials τ(x_i) of degree K with the leading coefficient a = Π_j |c_j|^(d_j) · B^e: the layers
before copy with weights B.  Then A contains functions whose coefficients at x_i^K of
output j, for i ≤ s and j ≤ c, are any numbers from -aB to aB, independently.  So with m = c s
balls that cover A have N κ_m ε^m ≥ (2 a B)^m, by the volumes of projections to these coordinates.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import NamedTuple

from flint import arb, fmpq

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import rational, require


class Dense(NamedTuple):
    """A dense layer, and the activations between it and the next one or the end."""

    offset: int
    inputs: int
    outputs: int
    bias: bool
    activations: list[list[Fraction]]


def coordinates_of_an_output(model: Model) -> int:
    """The largest number of coordinates that an output has in V."""
    return max(sum(comb(model.inputs + d - 1, d) for d in degrees)
               for degrees in model.degree_pattern)


def dense_layers(model: Model) -> list[Dense]:
    """The dense layers of a chain of these and of activations, which begins with one."""
    layers = model.description["layers"]
    require(all(layer["kind"] in ("dense", "activation") for layer in layers)
            and layers[0]["kind"] == "dense", "The model is no chain of dense layers.")
    found: list[Dense] = []
    for layer, step in zip(layers, model.steps, strict=True):
        if layer["kind"] == "dense":
            found.append(Dense(step.offset, layer["inputs"], layer["outputs"],
                               layer.get("bias", False), []))
        else:
            found[-1].activations.append(list(map(rational, layer["coefficients"])))
    return found


def first_weights(model: Model) -> list[int]:
    """The parameters that become 1 by Lemma 1: the first weights of hidden neurons."""
    return [layer.offset + i * layer.inputs for layer in dense_layers(model)[:-1]
            if not any(c for activation in layer.activations for c in activation[:-1])
            for i in range(layer.outputs)]


def last_layer_dimension(model: Model) -> int:
    """The dimension of the linear space of Lemma 2."""
    *before, last = dense_layers(model)
    require(not last.activations, "The model does not end with its last dense layer.")
    width, degree = min([model.inputs, *(layer.outputs for layer in before[:-1])]), 1
    for activation in before[-1].activations if before else []:
        degree *= len(activation) - 1
    if before and before[-1].bias:
        return last.outputs * min(last.inputs + last.bias, comb(width + degree, degree))
    return last.outputs * (min(last.inputs, comb(width + degree - 1, degree)) + last.bias)


def last_layer_volume(model: Model, size: Fraction) -> tuple[int, arb]:
    """The number m of coordinates of Lemma 3, and the logarithm of 2 a B."""
    *before, last = dense_layers(model)
    require(not last.activations, "The model does not end with its last dense layer.")
    width = min([model.inputs, *(layer.outputs for layer in before)])
    bound = arb(fmpq(size.numerator, size.denominator)).log()
    leading = arb(0)
    for layer in before:
        leading += bound
        for activation in layer.activations:
            c = abs(activation[-1])
            leading = leading * (len(activation) - 1) + arb(fmpq(c.numerator, c.denominator)).log()
    return last.outputs * width, leading + bound + arb(2).log()
