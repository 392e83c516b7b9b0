"""
Models that are a simpler one at other parameters.

Where linear layers follow one another, or networks stand side by side whose outputs are added, a
network with fewer layers has the same functions, and what is known of its parameters is known of
those, see the lemma of
:func:`~neuroalg_sage.certificates.dimension.simpler_models.in_simpler_model`.  A perceptron whose
activations are in normal form (:mod:`.activations`) is simpler, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.activations import normal_form
from neuroalg_sage.invariants.dimension.presentation import GenericFiber, Identifiability
from neuroalg_sage.models.layers import Activation, Chain, Dense, Layer, Sum
from neuroalg_sage.models.model import LONGEST_NAME, Model

Answer = TypeVar("Answer", bound=Invariant)


@dataclass(frozen=True)
class SimplerModel:
    """
    A model of which another one is the composition with a map of the parameters.

    - ``model`` -- the simpler model
    - ``kind`` -- in which way it is simpler, as a certificate says it
    """

    model: Model
    kind: str

    def about(self, model: Model, found: Answer) -> Answer:
        """An answer about the simpler model's functions, as one about the model itself."""
        more = model.parameter_count - self.model.parameter_count
        changes: dict[str, Any] = {}
        if isinstance(found, Identifiability) and found.fiber is not None:
            changes["fiber"] = found.fiber.with_more(more)
        if isinstance(found.data, GenericFiber):
            changes["data"] = found.data.with_more(more)
        proof = found.certificate
        if proof is not None:
            value = proof["claim"]["value"]
            if isinstance(found.data, GenericFiber):
                value = [value[0] + more, *value[1:]]
            proof = certificate(model.describe(), proof["claim"]["invariant"], value,
                                proof["status"], proof["trust"],
                                {"simpler": self.kind, "evidence": proof["evidence"]},
                                proof["engines"], proof.get("error_bound"))
        return replace(found, certificate=proof, method=f"{found.method}; {self.kind}", **changes)


@lru_cache(maxsize=64)
def in_normal_form(model: Model) -> SimplerModel | None:
    """
    The model with activations in normal form, None if they have it up to factors.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> in_normal_form(parse_spec("mlp:2,3,1:x^2+x:bias")).model.layers[1].text
        'x^2'
    """
    found = normal_form(model)
    return None if found is None else SimplerModel(
        _called(found.model, model), "activations in normal form")


@lru_cache(maxsize=64)
def layers_as_one(model: Model) -> SimplerModel | None:
    """
    The model in which layers that are one layer for all functions are one; None if there are none.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> [layer.outputs for layer in layers_as_one(parse_spec("linear:2,3,1,2")).model.layers]
        [1, 2]
        >>> part = Chain((Dense(2, 1), Activation("x^2"), Dense(1, 3)))
        >>> layers_as_one(Model((Sum((part, part)),), (2,))).model.layers[0]
        Dense(inputs=2, outputs=2, bias=False)
        >>> layers_as_one(parse_spec("linear:3,2,1")) is None
        True
    """
    layers: list[Layer] = []
    for layer in _opened(model.layers):
        layers.append(layer)
        while layers[1:] and isinstance(first := layers[-2], Dense):
            if isinstance(layer := layers[-1], Activation) and len(layer.coefficients) == 2 and (
                    first.bias or not layer.coefficients[0]):
                layers.pop()
            elif isinstance(layer, Dense) and first.outputs >= max(
                    first.inputs + (first.bias and not layer.bias), layer.outputs):
                layers[-2:] = [Dense(first.inputs, layer.outputs, first.bias or layer.bias)]
            else:
                break
    return None if tuple(layers) == model.layers else SimplerModel(
        _called(Model(tuple(layers), model.input_shape), model), "layers as one")


def _called(simpler: Model, model: Model) -> Model:
    """The simpler model with a name for sentences about it."""
    name = f"a simpler form of {model}"
    return simpler.called(name) if len(name) <= LONGEST_NAME else simpler


def _opened(layers: Sequence[Layer]) -> Iterator[Layer]:
    """The layers, with those of chains, and of sums that are one network, in their places."""
    for layer in layers:
        if not isinstance(layer, (Chain, Sum)) or any(place is not None for place in layer.share):
            yield layer
        elif isinstance(layer, Chain):
            yield from _opened(layer.layers)
        else:
            yield from _side_by_side([[*_opened([part])] for part in layer.layers]) or [layer]


def _side_by_side(branches: Sequence[list[Layer]]) -> list[Layer]:
    """The layers of the sum of some networks as one network; none if it is not."""
    between = branches[0][1:-1]
    firsts = [part[0] for part in branches if part and isinstance(part[0], Dense)]
    lasts = [part[-1] for part in branches if part and isinstance(part[-1], Dense)]
    if not len(firsts) == len(lasts) == len(branches) or any(
            len(part) != len(branches[0]) or part[1:-1] != between for part in branches) or not all(
            isinstance(layer, Activation) for layer in between):
        return []
    inputs, outputs = firsts[0].inputs, lasts[0].outputs
    bias = any(layer.bias for layer in lasts)
    if not branches[0][1:]:
        return [Dense(inputs, outputs, bias)]
    width = sum(layer.outputs for layer in firsts)
    return [Dense(inputs, width, firsts[0].bias), *between, Dense(width, outputs, bias)] if (
        len({layer.bias for layer in firsts}) == 1) else []
