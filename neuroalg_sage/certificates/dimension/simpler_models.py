"""
Models that are a simpler one at other parameters, in which several layers are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import Checked, fields, require


def in_simpler_model(check: Callable[..., Checked], model: Model, value: Any, evidence: Any,
                     *stated: Any) -> Checked:
    """
    Verify a claim by a check of the simpler model that the evidence names.

    *Lemma.*  Let φ = ψ ∘ π, with a dominant polynomial map π of the parameters whose generic fibers
    are each one orbit of a connected group of affine-linear maps A with π ∘ A = π.  Then φ and ψ
    have the same M, and the generic fiber of φ is the preimage of that of ψ, up to a nowhere
    dense subset: N - N' larger, and as many components over as many orbits.  So φ has the
    expected dimension of ψ, since N - s is the same for the symmetries of ψ and those groups, and
    it is identifiable, or finitely so, up to these, if and only if ψ is so up to its symmetries.
    """
    form, proof = fields(evidence, "simpler", "evidence")
    require(form in ("layers as one", "activations in normal form"),
            "The kind of the simpler model is not known.")
    if form == "layers as one":
        other = layers_as_one(model)
    else:
        from neuroalg_sage.certificates.dimension.normal_forms import normal_form

        other = normal_form(model)
    verified, trust = check(other, value, proof, *stated)
    return [f"at other parameters the model is {other.name}", *verified], trust


def layers_as_one(model: Model) -> Model:
    """
    The model in which layers that are one layer for all functions are one.

    Each step is such a map π, and the lemma is used once for each:

    - Chains in the chain are their layers, and networks with one hidden layer side by side, whose
      outputs are added, are one such network: up to the sum of their last biases, a permutation of
      the parameters.  Sums of dense layers are one.  Sums are linear surjections, whose fibers are
      orbits of translations.
    - An activation c x + d behind a dense layer is left out, if d = 0 or that layer has a bias:
      a bijection.
    - Dense layers with matrices B of size h x a and C of size b x h, where h is at least a and b,
      are one, with the matrix W = C B.  Let W have its largest rank.  GL(h) brings an injective B
      to the inclusion of the first coordinates; then C = (W, X), and what fixes B makes (W, W Y +
      X Z) of it, for any Y, and Z in GL(h - a).  If a >= b, then W is surjective, and X becomes 0.
      Else h - a >= b - a, and X is surjective modulo the image of W where C is surjective, so that
      Z makes any other such matrix of it modulo that image, and Y all of it.
      A bias of both is the pair (u, C u + v), and translations by t and -C t make u arbitrary; a
      bias of the first alone is a column of B, so that h must be at least a + 1.
    """
    layers: list[dict[str, Any]] = []
    for layer in _opened(model.description["layers"]):
        layers.append(layer)
        while layers[1:] and layers[-2]["kind"] == "dense":
            first, last = layers[-2:]
            u, v = first.get("bias", False), last.get("bias", False)
            if last["kind"] == "activation" and len(last["coefficients"]) == 2 and (
                    u or last["coefficients"][0] == "0"):
                layers.pop()
            elif last["kind"] == "dense" and first["outputs"] >= max(
                    first["inputs"] + (u and not v), last["outputs"]):
                layers[-2:] = [_dense(first["inputs"], last["outputs"], u or v)]
            else:
                break
    require(layers != model.description["layers"], "No layers are one.")
    return Model({"input_shape": model.description["input_shape"], "layers": layers})


def _dense(inputs: int, outputs: int, bias: bool) -> dict[str, Any]:
    return {"kind": "dense", "inputs": inputs, "outputs": outputs, "bias": bias}


def _opened(layers: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The layers, with those of chains, and of sums that are one network, in their places."""
    for layer in layers:
        if layer["kind"] not in ("chain", "sum") or any(
                place is not None for place in layer.get("share", [])):
            yield layer
        elif layer["kind"] == "chain":
            yield from _opened(layer["layers"])
        else:
            yield from _side_by_side([[*_opened([part])] for part in layer["layers"]]) or [layer]


def _side_by_side(branches: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The layers of the sum of some networks as one network; none if it is not."""
    between = branches[0][1:-1]
    ends = [part[k] for part in branches for k in (0, -1) if part]
    if any(len(part) != len(branches[0]) or part[1:-1] != between for part in branches) or any(
            layer["kind"] != "dense" for layer in ends) or any(
            layer["kind"] != "activation" for layer in between) or not ends:
        return []
    biases = {end.get("bias", False) for end in ends[::2]}
    inputs, outputs = ends[0]["inputs"], ends[1]["outputs"]
    last = any(end.get("bias", False) for end in ends[1::2])
    if not branches[0][1:]:
        return [_dense(inputs, outputs, last)]
    width = sum(end["outputs"] for end in ends[::2])
    return [_dense(inputs, width, biases == {True}), *between, _dense(width, outputs, last)] if (
        len(biases) == 1) else []
