"""
A network with polynomials as activations near one with another activation, for parameters in balls
of a norm, or for inputs in a Euclidean ball.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.approximation import approximation as checked
from neuroalg_sage.certificates.approximation import networks as rebuilt
from neuroalg_sage.certificates.approximation.norms import NORMS, Bounds, first_bounds
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.approximation.approximation import (
    Proof,
    brief,
    digits,
    least_degree,
    read_degree,
    rounded,
)
from neuroalg_sage.invariants.approximation.networks import (
    MORE,
    MOST_ATTEMPTS,
    PARTS,
    LayerwiseApproximation,
    Search,
    read_error,
    read_inputs,
    read_size,
)
from neuroalg_sage.models.continuous_networks import ContinuousNetworkLayers
from neuroalg_sage.storable import storable

IN_WORDS = {"spectral": "spectral norm", "frobenius": "Frobenius norm",
            "rows": "norm of rows (sums of absolute values)", "entries": "entries"}


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class NormBoundedApproximation(LayerwiseApproximation):
    """
    A polynomial network near another one, for parameters in balls of a norm; the value is the
    distance in each output, which is not exceeded.
    """

    @cached_property
    def value(self) -> Fraction:
        """How far each output is from that of the other network at most."""
        return Fraction(self.data["distance"])

    def where(self) -> str:
        """For which parameters and inputs the distance is not exceeded."""
        norm, radius, size = self.data["norm"], brief(self.data["radius"]), self.data["input_norm"]
        boxes = {tuple(box) for box in self.data["inputs"]}
        low, high = map(brief, min(boxes))
        inputs = (f"of Euclidean norm at most {size}" if size is not None else
                  f"from {low} to {high}" if len(boxes) == 1 else "in the box")
        return (f"for all weights and biases of each layer within {radius} in the "
                f"{IN_WORDS[norm]} of these and inputs {inputs}" if radius != "0" else
                f"at these weights and for inputs {inputs}")

    def sentence(self) -> str:
        return (f"the outputs of the network with polynomials of the degrees "
                f"{', '.join(map(str, self.degrees))} differ by at most {self.data['distance']} in "
                f"each entry, and {self.data['euclidean_distance']} in the Euclidean norm, "
                f"{self.where()}")


def norm_bounded_approximation(network: ContinuousNetworkLayers, ball: Any = None, inputs: Any = 1,
                               degree: Any = None, error: Any = None) -> NormBoundedApproximation:
    """
    A polynomial network near another one for parameters in balls of a norm, with proof.

    INPUT:

    - ``network`` -- the network, without skipped layers
    - ``ball`` -- a norm and a number, as in ``"frobenius:1"``; the norms are ``spectral``,
      ``frobenius``, ``rows`` and ``entries``
    - ``inputs`` -- a box, or ``"ball:R"`` for a Euclidean ball
    - ``degree`` -- of the polynomials; or else
    - ``error`` -- the distance of each output that is allowed

    EXAMPLES::

        >>> from neuroalg_sage.models.continuous_networks import network_from_spec
        >>> found = norm_bounded_approximation(network_from_spec("mlp:4,9,1:tanh"), "frobenius:1",
        ...                                    "ball:1", degree=5)
        >>> found.data["layers"][0]["interval"], found.data["distance"]
        (['-1', '1'], '0.001155...')
    """
    start = time.perf_counter()
    if len(network.layers) == 1:
        raise InputError(f"{network} has no hidden layer, so that its functions are polynomials "
                         "themselves.")
    if (degree is None) == (error is None):
        raise InputError("A polynomial network has a degree, or an error that is allowed, as in "
                         "--degree 7 or --error 0.01.")
    norm, radius = _read_ball(ball, network)
    size = None
    if isinstance(inputs, str) and inputs.startswith("ball:"):
        size = read_size(inputs.removeprefix("ball:"), "ball of the inputs")
        inputs = size
    search = _NormSearch(network, norm, radius, read_inputs(inputs, network.widths[0]), size)
    if degree is not None:
        wanted = read_degree(degree)
        return search.near([partial(_of_degree, f, wanted) for f in network.activations], start)
    most = read_error(error)
    allowed = [most / (len(network.activations) * gain) for gain in search.gains()]
    for _ in range(MOST_ATTEMPTS):
        found = search.near([partial(_with_error, f, share)
                             for f, share in zip(network.activations, allowed)], start)
        if found.value <= most:
            return found
        allowed = [share * min(MORE, most / found.value * MORE) for share in allowed]
    raise LimitReached("No polynomials were found with which the networks are so near.")


def _of_degree(f: Any, degree: int, low: Fraction, high: Fraction) -> Proof:
    return Proof(f, low, high, degree)


def _with_error(f: Any, share: Fraction, low: Fraction, high: Fraction) -> Proof:
    return least_degree(f, low, high, share)[1]


def _read_ball(ball: Any, network: ContinuousNetworkLayers) -> tuple[str, Fraction]:
    """A norm and a radius."""
    if ball is None and network.has_weights:
        return "entries", Fraction(0)
    norm, _, size = str(ball).partition(":")
    if ball is None or norm not in NORMS or not size:
        raise InputError(f"The ball of the parameters is a norm, of {', '.join(NORMS)}, and a "
                         f"number, as in frobenius:1, not {str(ball)[:40]}.")
    return norm, read_size(size, "ball of the parameters")


class _NormSearch(Search):
    """The propagation of norms, intervals and errors through the layers of a network."""

    def __init__(self, network: ContinuousNetworkLayers, norm: str, radius: Fraction,
                 inputs: list[tuple[Fraction, Fraction]], size: Fraction | None) -> None:
        super().__init__(network, radius, inputs)
        self.norm, self.size = norm, size
        if self.rebuilt.sources != [[k] for k in range(len(network.layers))]:
            raise InputError("A network with skipped layers has parameters in a box only, as in "
                             "--box 1.")

    def first(self) -> Bounds:
        return first_bounds(self.box(), None if self.size is None else _fmpq(self.size))

    def near(self, polynomials: list[Callable[[Fraction, Fraction], Proof]], start: float
             ) -> NormBoundedApproximation:
        """Choose a polynomial for each layer, given its interval, and find the distance."""
        state, proofs, steps = self.first(), [], []
        for k, polynomial in enumerate(polynomials):
            state = state.image(self.rebuilt.layers[k], self.norm, _fmpq(self.radius))
            low, high = self.around(state.entries)
            proof = polynomial(low, high)
            (m, most, slope), at_zero = self.bounds(k, low, high), self.at_zero(k)
            state = state.activated(_fmpq(low), _fmpq(high), (_fmpq(m), _fmpq(most)), _fmpq(slope),
                                    _fmpq(at_zero), _fmpq(proof.upper))
            proofs.append(proof)
            steps.append({"cells": proof.cells, "values": [decimal(m), decimal(most)],
                          "slope": decimal(slope), "at_zero": decimal(at_zero), "parts": PARTS})
        state = state.image(self.rebuilt.layers[-1], self.norm, _fmpq(self.radius))
        distances = [rounded(_fraction(c), ROUND_CEILING)
                     for c in (max(state.differences), state.distance)]

        def value(write: Callable[[Fraction], str]) -> dict[str, Any]:
            return {"distance": write(distances[0]), "euclidean_distance": write(distances[1]),
                    "norm": self.norm, "radius": decimal(self.radius),
                    "inputs": [[decimal(a), decimal(b)] for a, b in self.inputs],
                    "input_norm": None if self.size is None else decimal(self.size),
                    "layers": [{"interval": [write(proof.low), write(proof.high)],
                                "coefficients": [decimal(c) for c in proof.coefficients],
                                "error": write(proof.upper)} for proof in proofs]}

        return NormBoundedApproximation.certified(
            self.network, "norm_bounded_approximation", value(digits), "proved",
            "errors of the activation, layer by layer", time.perf_counter() - start,
            {"precision": max((proof.precision for proof in proofs), default=64), "layers": steps},
            claim=value(decimal))

    def at_zero(self, layer: int) -> Fraction:
        """A number with few digits that the activation does not exceed at zero."""
        with checked.working_with(rebuilt.BITS_FOR_SLOPES):
            return rounded(_fraction(abs(self.rebuilt.activations[layer].value(fmpq(0))).upper()
                                     .fmpq()), ROUND_CEILING)

    def gains(self) -> list[Fraction]:
        """For each layer, how much of an error there arrives at an output."""
        hidden, gains = len(self.network.activations), []
        state = self.first()
        ends: list[tuple[fmpq, fmpq, tuple[fmpq, fmpq], fmpq, fmpq]] = []
        for k in range(hidden):
            state = state.image(self.rebuilt.layers[k], self.norm, _fmpq(self.radius))
            low, high = self.around(state.entries)
            m, most, slope = self.bounds(k, low, high)
            ends.append((_fmpq(low), _fmpq(high), (_fmpq(m), _fmpq(most)), _fmpq(slope),
                         _fmpq(self.at_zero(k))))
            state = state.activated(*ends[-1], fmpq(0))
        for which in range(hidden):
            state = self.first()
            for k in range(hidden):
                state = state.image(self.rebuilt.layers[k], self.norm, _fmpq(self.radius))
                state = state.activated(*ends[k], fmpq(k == which))
            state = state.image(self.rebuilt.layers[-1], self.norm, _fmpq(self.radius))
            gains.append(max(_fraction(max(state.differences)), Fraction(1, 10**9)))
        return gains


def _fmpq(c: Fraction) -> fmpq:
    return fmpq(c.numerator, c.denominator)


def _fraction(c: fmpq) -> Fraction:
    return Fraction(int(c.p), int(c.q))
