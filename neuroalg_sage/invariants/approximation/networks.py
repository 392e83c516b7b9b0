"""
A network with polynomials as activations near one with another activation, for all parameters in
a box and all inputs in a box.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from functools import cached_property, partial
from heapq import heappop, heappush
from itertools import count
from math import isfinite, prod
from typing import TYPE_CHECKING, Any, ClassVar

from flint import arb, fmpq

from neuroalg_sage.certificates.approximation import approximation as checked
from neuroalg_sage.certificates.approximation import networks as rebuilt
from neuroalg_sage.certificates.approximation.subdivision import (
    BITS_FOR_BOXES,
    MOST_BOXES,
    Subdivision,
    halves,
)
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.approximation.approximation import (
    LARGEST_END,
    Proof,
    brief,
    digits,
    least_degree,
    read_degree,
    rounded,
)
from neuroalg_sage.invariants.approximation.composites import CompositeProof, expanded
from neuroalg_sage.invariants.approximation.rounded import RoundedProof, least_rounded
from neuroalg_sage.invariants.approximation.transfer import Transfer
from neuroalg_sage.limits import whole
from neuroalg_sage.models.activations import ContinuousActivation
from neuroalg_sage.models.continuous_networks import ContinuousNetworkLayers, DenseLayer
from neuroalg_sage.models.layers import Activation, Dense, Layer
from neuroalg_sage.models.model import LONGEST_NAME, Model, compose
from neuroalg_sage.models.sage_input import lists, numbers, rational
from neuroalg_sage.storable import storable

if TYPE_CHECKING:
    from neuroalg_sage.models.trained.network import TrainedNetwork

PARTS = 512  # of the interval of a layer, to enclose values and slopes
MOST_ATTEMPTS = 8
KINKED = ("relu", "abs")
MORE = Fraction(7, 8)  # of the allowed errors, if they were too large together


class LayerwiseApproximation(Invariant):
    """A polynomial network near another one, with a polynomial for each layer but the last."""

    about: ClassVar[str] = "the network "

    @property
    def polynomials(self) -> list[tuple[Fraction, ...]]:
        """The coefficients of the polynomial after each layer but the last, the constant first."""
        return [tuple(map(Fraction, layer["coefficients"])) for layer in self.data["layers"]]

    @property
    def degrees(self) -> list[int]:
        """The degrees of these polynomials."""
        return [_degree(layer) for layer in self.data["layers"]]

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  layer {k}: states from {low} to {high}, {_kind(layer)}, error at most {error}"
                for k, layer in enumerate(self.data["layers"], 1)
                for (low, high), error in [(layer["interval"], layer["error"])]]


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class NetworkApproximation(Transfer, LayerwiseApproximation):
    """
    A polynomial network near another one; the value is the distance, which is not exceeded.

    - ``network`` -- the other one
    """

    network: ContinuousNetworkLayers | None = field(default=None, repr=False)

    @cached_property
    def value(self) -> Fraction:
        """How far outputs are from each other at most."""
        return Fraction(self.data["distance"])

    @property
    def polynomials(self) -> list[tuple[Fraction, ...]]:
        """The coefficients of the polynomial after each layer but the last, the constant first."""
        assert self.network is not None
        return [tuple(map(Fraction, layer["coefficients"])) if "coefficients" in layer else
                expanded(f.name, layer["stages"])
                for f, layer in zip(self.network.activations, self.data["layers"])]

    def model(self) -> Model:
        """
        The polynomial network, of which the name says how far it is.

        EXAMPLES::

            >>> from neuroalg_sage.models.continuous_networks import network_from_spec
            >>> found = network_approximation(network_from_spec("mlp:2,3,1:relu"), 1, degree=2)
            >>> found.model()
            Model the polynomial network at distance at most 0.375 of mlp:2,3,1:relu, for all
            parameters from -1 to 1 and inputs from -1 to 1 with 9 parameters, 2 inputs and 1 output
        """
        network = self.network
        assert network is not None
        if not all(isinstance(layer, DenseLayer) for layer in network.layers):
            raise InputError(f"The layers of {network} are not fully connected, so that it is in "
                             "no family of models; `neuroalg approximate --output near.json`, in "
                             "Python `trained`, makes the polynomial network, which `neuroalg "
                             "inspect` reads.")
        if any("stages" in layer for layer in self.data["layers"]):
            raise InputError("The polynomial network has composites as activations, so that it is "
                             "in no family of models; `trained` has it with its weights.")
        if 0 in self.degrees:
            raise InputError(f"The polynomial of layer {self.degrees.index(0) + 1} is a constant, "
                             "so that the outputs do not depend on the inputs; name a larger "
                             "degree.")
        layers: list[Layer] = [Dense(network.layers[0].inputs, network.layers[0].outputs,
                                     network.layers[0].has_bias)]
        for layer, p, degree in zip(network.layers[1:], self.polynomials, self.degrees):
            layers += [Activation(p[:degree + 1]),
                       Dense(layer.inputs, layer.outputs, layer.has_bias)]
        return compose(layers, name=self._title())

    def _title(self) -> str:
        """What the polynomial network is called."""
        near, where = (f"the polynomial network at distance at most {self.data['distance']} of ",
                       f", {self.where()}")
        other = str(self.network)
        if self.network and len(near + other + where) > LONGEST_NAME:
            other = f"one with {self.network.activation_names}"
        return near + other + where

    def onnx_content(self) -> bytes:
        """
        The polynomial network as the content of a file of ONNX, with exactly its numbers.

        Raises :class:`~neuroalg_sage.errors.InputError` if these are no numbers of such a file;
        name these by ``coefficients``.
        """
        from neuroalg_sage.models.trained.continuous_export import Replacement, onnx_content

        assert self.network is not None
        replacements = []
        for f, layer in zip(self.network.activations, self.data["layers"]):
            low, high = map(Fraction, layer["interval"])
            stages = layer.get("stages", [layer.get("coefficients")])
            replacements.append(Replacement(
                tuple(tuple(map(Fraction, p)) for p in stages), (low, high),
                f.name if "stages" in layer else ""))
        return onnx_content(self.network, replacements, self._title())

    def trained(self) -> TrainedNetwork:
        """
        The polynomial network with its weights, of which all questions about trained networks may
        be asked.

        EXAMPLES::

            >>> from neuroalg_sage.models.continuous_networks import network_from_data
            >>> network = network_from_data({"activation": "relu", "layers": [
            ...     {"weights": [[1, 1]]}, {"weights": [[2]]}]})
            >>> network_approximation(network, degree=2).trained()([1, 1])
            (Fraction(17, 4),)
        """
        from neuroalg_sage.models.trained.network import TrainedNetwork

        network = self.network
        assert network is not None
        if not network.has_weights:
            raise InputError(f"The weights of {network} are parameters; a polynomial network with "
                             "weights is near one in a file of JSON or ONNX.")
        if network.file is not None or any("stages" in layer for layer in self.data["layers"]):
            from neuroalg_sage.models.trained.onnx_files import from_onnx

            return from_onnx(self.onnx_content())
        point = [w for layer in network.layers if isinstance(layer, DenseLayer)
                 for part in (*(layer.weights or ()), layer.bias or ()) for w in part]
        return TrainedNetwork(self.model(), tuple(point))

    def where(self) -> str:
        """For which parameters and inputs the distance is not exceeded."""
        radius, boxes = brief(self.data["radius"]), {tuple(box) for box in self.data["inputs"]}
        parameters = ("at these weights" if radius == "0" else
                      f"for all parameters that differ from these weights by at most {radius}"
                      if self.network and self.network.has_weights else
                      f"for all parameters from -{radius} to {radius}")
        low, high = map(brief, min(boxes))
        return f"{parameters} and inputs " + (
            f"from {low} to {high}" if len(boxes) == 1 else "in the box")

    def sentence(self) -> str:
        said = (f"the outputs of the network with polynomials of the degrees "
                f"{', '.join(map(str, self.degrees))} differ by at most "
                f"{self.data['distance']}, {self.where()}")
        return said if self.data["radius"] == "0" else (
            said + "; so the Hausdorff distance of the two neuromanifolds over that box of "
            "parameters is at most this, in the norm of the supremum")


def _degree(layer: dict[str, Any]) -> int:
    """The degree of the polynomial of a layer."""
    if "stages" in layer:  # x c(x)
        return 1 + prod(len(p) - 1 for p in layer["stages"])
    return max((k for k, c in enumerate(layer["coefficients"]) if c != "0"), default=0)


def _kind(layer: dict[str, Any]) -> str:
    """What is in place of the activation."""
    if "stages" not in layer:
        return f"degree {_degree(layer)}"
    degrees = [len(p) - 1 for p in layer["stages"]]
    depth = 1 + sum(d.bit_length() for d in degrees)
    return f"a composite of the degrees {', '.join(map(str, degrees))} at depth {depth}"


def network_approximation(network: ContinuousNetworkLayers, box: Any = None, inputs: Any = 1,
                          degree: Any = None, error: Any = None, coefficients: str = "rational",
                          composite: bool = False, subdivide: Any = None) -> NetworkApproximation:
    """
    A polynomial network near another one, with proof.

    INPUT:

    - ``network`` -- the network
    - ``box`` -- a number B: parameters are from -B to B; of a network with given weights, they
      differ from these by at most B, which is 0 by default
    - ``inputs`` -- a number, for inputs from minus this to this; or a pair of numbers for each
    - ``degree`` -- of the polynomials; or else
    - ``error`` -- the distance of the outputs that is allowed
    - ``coefficients`` -- of the polynomials: ``"rational"``, or floating-point numbers,
      ``"float16"``, ``"float32"``, ``"float64"``
    - ``composite`` -- whether composites are in place of ReLU and the absolute value
    - ``subdivide`` -- a number of parts; then the distance is sought again on so many parts of the
      box of the inputs, and of the parameters, which brings it down where that box is small

    OUTPUT: :class:`NetworkApproximation`

    EXAMPLES::

        >>> from neuroalg_sage.models.continuous_networks import network_from_spec
        >>> found = network_approximation(network_from_spec("mlp:2,3,1:tanh"), 1, degree=7)
        >>> found.data["layers"][0]["interval"], found.data["distance"]
        (['-2', '2'], '0.00758482875795')
    """
    start = time.perf_counter()
    parts = None if subdivide is None else _read_parts(subdivide)
    if len(network.layers) == 1:
        raise InputError(f"{network} has no hidden layer, so that its functions are polynomials "
                         "themselves.")
    if (degree is None) == (error is None):
        raise InputError("A polynomial network has a degree, or an error that is allowed, as in "
                         "--degree 7 or --error 0.01.")
    if box is not None and network.file is not None:
        raise InputError("The weights of a network in a file of ONNX are those of the file, where "
                         "affine maps are put together; a box of parameters is for a spec or a "
                         "file of JSON.")
    if box is None and not network.has_weights:
        raise InputError("The parameters are in a box; name it, as in --box 1.")
    radius = Fraction(0) if box is None else read_size(box, "box of the parameters")
    if composite and (error is None or not any(f.name in KINKED for f in network.activations)):
        raise InputError("Composites are in place of relu and abs, for an error that is allowed, "
                         "as in --error 0.01." if error is None else
                         f"Composites are in place of relu and abs, and {network} has neither.")
    if composite and subdivide is not None:
        raise InputError("On parts of a box a distance is sought for polynomials, not for "
                         "composites.")
    search = Search(network, radius, read_inputs(inputs, network.widths[0]))
    if degree is not None:
        wanted = read_degree(degree)
        return search.run([partial(_of_degree, f, wanted, coefficients)
                           for f in network.activations]).subdivided(parts).answer(start)
    most = read_error(error)
    allowed = [most / ((len(network.layers) - 1) * gain) for gain in search.gains()]
    for _ in range(MOST_ATTEMPTS):
        found = search.run([partial(_with_error, f, share, coefficients, composite)
                            for f, share in zip(network.activations, allowed)])
        if found.distance <= most:
            return found.subdivided(parts).answer(start)
        allowed = [share * min(MORE, most / found.distance * MORE) for share in allowed]
    raise LimitReached("No polynomials were found with which the networks are so near.")


def read_error(error: Any) -> Fraction:
    """A distance that is allowed."""
    found = rational(error, "error")
    if found <= 0:
        raise InputError(f"The error is a positive number, not {str(error)[:40]}.")
    return found


def _read_parts(parts: Any) -> int:
    """A number of boxes."""
    found = rational(parts, "number of parts")
    if found.denominator != 1 or not 1 <= found <= MOST_BOXES:
        raise InputError(f"The number of parts of the box is a whole number from 1 to "
                         f"{MOST_BOXES:,}, not {str(parts)[:40]}.")
    return int(found)


def _of_degree(f: ContinuousActivation, degree: int, coefficients: str, low: Fraction,
               high: Fraction) -> Proof:
    """A polynomial of this degree on an interval; one that is a polynomial is its own."""
    if f.polynomial is not None:
        return Proof(f, low, high, max(degree, len(f.polynomial) - 1))
    return (Proof(f, low, high, degree) if coefficients == "rational" else
            RoundedProof(f, low, high, degree, coefficients))


def _with_error(f: ContinuousActivation, share: Fraction, coefficients: str, composite: bool,
                low: Fraction, high: Fraction) -> Proof | CompositeProof:
    """A polynomial of the least degree with this error on an interval, or a composite."""
    if composite and f.name in KINKED and f.linear_piece(low, high) is None:
        return CompositeProof(f.name, share, low, high, coefficients)
    if f.polynomial is not None:
        return Proof(f, low, high, len(f.polynomial) - 1)
    try:
        return (least_degree(f, low, high, share)[1] if coefficients == "rational" else
                least_rounded(f, low, high, share, coefficients))
    except LimitReached as limit:
        if f.name not in KINKED or whole.is_over():
            raise
        raise LimitReached(f"{limit} Composites reach smaller errors, as by --composite.") from None


def read_size(value: Any, role: str) -> Fraction:
    """
    How far a box around zero reaches.

    EXAMPLES::

        >>> read_size("1/2", "box of the parameters")
        Fraction(1, 2)
    """
    text = str(value).strip().lstrip("+-").lower()
    if text in ("inf", "infinity", "oo"):
        raise InputError(f"The {role} is not bounded; name a number, as in --box 1.")
    found = rational(value, role)
    if not 0 < found <= LARGEST_END:
        raise InputError(f"The {role} is a positive number of at most {LARGEST_END:,}, not "
                         f"{str(value)[:40]}.")
    return found


def read_inputs(inputs: Any, count: int) -> list[tuple[Fraction, Fraction]]:
    """
    A box of inputs.

    EXAMPLES::

        >>> read_inputs("box:1/2", 2)
        [(Fraction(-1, 2), Fraction(1, 2)), (Fraction(-1, 2), Fraction(1, 2))]
        >>> read_inputs("box:0,1", 2)
        [(Fraction(0, 1), Fraction(1, 1)), (Fraction(0, 1), Fraction(1, 1))]
    """
    if isinstance(inputs, str) and "," in inputs:
        rows_as_typed = [row.split(",") for row in inputs.removeprefix("box:").split(";")]
        inputs = rows_as_typed * (count if inputs.startswith("box:") else 1)
    if isinstance(inputs, str) or not hasattr(inputs, "__len__"):
        text = inputs.removeprefix("box:") if isinstance(inputs, str) else inputs
        size = read_size(text, "box of the inputs")
        return [(-size, size)] * count
    rows = lists(inputs)
    pairs = [numbers(row, "end of an interval") for row in rows] if isinstance(
        rows, (list, tuple)) else []
    if len(pairs) != count or any(len(pair) != 2 or pair[0] > pair[1] for pair in pairs):
        raise InputError(f"The box of the inputs is a number, or {count} pairs of numbers, of each "
                         "the smaller one first; or one pair for all inputs, as in box:0,1.")
    return [(pair[0], pair[1]) for pair in pairs]


@dataclass(frozen=True)
class _Found:
    """What was found for the layers, and how far the outputs differ then."""

    search: Search
    proofs: list[Proof | CompositeProof]
    bounds: list[tuple[Fraction, Fraction, Fraction]]
    distance: Fraction
    boxes: int | None = None

    def subdivided(self, most: int | None) -> _Found:
        """The same with a smaller distance, if so many parts of the box show one."""
        if most is None:
            return self
        parts = Subdivision(self.search.rebuilt, _fmpq(self.search.radius),
                            [[_fmpq(c) for c in proof.coefficients] for proof in self.proofs
                             if isinstance(proof, Proof)],
                            [[_fmpq(proof.upper)] for proof in self.proofs])
        with checked.working_with(BITS_FOR_BOXES):
            box = parts.box(self.search.box())
            numbers_of_boxes = count(1)
            heap = [(-float(parts.distance(box)), 0, box)]
            used = 1
            while used + 2 <= most and heap[0][0] and not whole.is_over():
                for half in halves(heappop(heap)[2]):
                    heappush(heap, (-float(parts.distance(half)), next(numbers_of_boxes), half))
                used += 2
            largest = max(_fraction(parts.distance(heap[0][2])), Fraction(0)) if (
                isfinite(heap[0][0])) else self.distance
        distance = rounded(largest * (1 + Fraction(1, 2**40)), ROUND_CEILING)
        return self if distance >= self.distance else replace(self, distance=distance, boxes=used)

    def answer(self, start: float) -> NetworkApproximation:
        search = self.search

        def value(write: Callable[[Fraction], str]) -> dict[str, Any]:
            return {"distance": write(self.distance), "radius": decimal(search.radius),
                    "inputs": [[decimal(a), decimal(b)] for a, b in search.inputs],
                    "layers": [{"interval": [write(proof.low), write(proof.high)],
                                "error": write(proof.upper)} | proof.described()
                               for proof in self.proofs]}

        evidence: dict[str, Any] = {
            "precision": max((proof.precision for proof in self.proofs), default=64),
            "layers": [{"cells": proof.cells, "values": [decimal(m), decimal(most)],
                        "slope": decimal(slope), "parts": PARTS}
                       for proof, (m, most, slope) in zip(self.proofs, self.bounds)]}
        if self.boxes is not None:
            evidence["boxes"] = self.boxes
        return NetworkApproximation.certified(
            search.network, "network_approximation", value(digits), "proved",
            "errors of the activation, layer by layer", time.perf_counter() - start, evidence,
            claim=value(decimal), network=search.network)


class Search:
    """The propagation of intervals and errors through the layers of a network."""

    def __init__(self, network: ContinuousNetworkLayers, radius: Fraction,
                 inputs: list[tuple[Fraction, Fraction]]) -> None:
        self.network, self.radius, self.inputs = network, radius, inputs
        self.rebuilt = rebuilt.Network(network.describe())

    def run(self, polynomials: Sequence[Callable[[Fraction, Fraction], Proof | CompositeProof]]
            ) -> _Found:
        """Choose a polynomial for each layer, given its interval, and find the distance."""
        radius = _fmpq(self.radius)
        network = self.rebuilt
        states_of, errors_of = [self.box()], [[fmpq(0)] * len(self.inputs)]
        proofs, bounds = [], []
        for k, polynomial in enumerate(polynomials):
            affine = network.layers[k]
            low, high = self.interval(affine, network.entries(k, states_of))
            proof = polynomial(low, high)
            m, most, slope = self.bounds(k, low, high)
            d = _fmpq(proof.upper)
            errors = rebuilt.differences(affine, radius, network.entries(k, errors_of))
            errors_of.append([_fmpq(slope) * e + d for e in errors])
            states_of.append([(_fmpq(m) - d, _fmpq(most) + d)] * len(errors))
            proofs.append(proof)
            bounds.append((m, most, slope))
        distance = max(rebuilt.differences(
            network.layers[-1], radius, network.entries(len(polynomials), errors_of)))
        return _Found(self, proofs, bounds, rounded(_fraction(distance), ROUND_CEILING))

    def box(self) -> list[Any]:
        """The intervals of the inputs."""
        return [(_fmpq(a), _fmpq(b)) for a, b in self.inputs]

    def interval(self, affine: Any, states: list[Any]) -> tuple[Fraction, Fraction]:
        """An interval with few digits around the entries of a layer."""
        return self.around(rebuilt.images(affine, _fmpq(self.radius), states))

    def around(self, images: list[Any]) -> tuple[Fraction, Fraction]:
        """An interval with few digits around all of these."""
        low = rounded(_fraction(min(a for a, _ in images)), ROUND_FLOOR)
        high = rounded(_fraction(max(b for _, b in images)), ROUND_CEILING)
        if max(abs(low), abs(high)) > LARGEST_END:
            raise LimitReached(f"The states of a layer are larger than {LARGEST_END:,}; try a "
                               "smaller box.")
        return (low, high) if low < high else (low - 1, high + 1)

    def bounds(self, layer: int, low: Fraction, high: Fraction
               ) -> tuple[Fraction, Fraction, Fraction]:
        """Numbers with few digits around values and slopes of the activation after a layer."""
        with checked.working_with(rebuilt.BITS_FOR_SLOPES):
            found = self.rebuilt.activations[layer].value_and_slope(
                _fmpq(low), _fmpq(high), PARTS)
        if not all(x.is_finite() for x in found):
            raise LimitReached(f"The activation was not bounded from {low} to {high}; try a "
                               "smaller box.")
        m, most, slope = found
        return (rounded(_fraction(m.lower()), ROUND_FLOOR),
                rounded(_fraction(most.upper()), ROUND_CEILING),
                rounded(_fraction(slope.upper()), ROUND_CEILING))

    def gains(self) -> list[Fraction]:
        """For each layer, how much of an error there arrives at an output."""
        radius, network = _fmpq(self.radius), self.rebuilt
        hidden = len(network.activations)
        states_of, slopes = [self.box()], []
        for k in range(hidden):
            low, high = self.interval(network.layers[k], network.entries(k, states_of))
            m, most, slope = self.bounds(k, low, high)
            states_of.append([(_fmpq(m), _fmpq(most))] * network.widths[k + 1])
            slopes.append(_fmpq(slope))
        gains = []
        for first in range(hidden):
            errors_of = [[fmpq(k == first + 1)] * n for k, n in enumerate(
                network.widths[:first + 2])]
            for k in range(first + 1, hidden + 1):
                errors = rebuilt.differences(network.layers[k], radius,
                                             network.entries(k, errors_of))
                errors_of.append([slopes[k] * e for e in errors] if k < hidden else errors)
            gains.append(max(_fraction(max(errors_of[-1])), Fraction(1, 10**9)))
        return gains


def _fmpq(c: Fraction) -> fmpq:
    return fmpq(c.numerator, c.denominator)


def _fraction(x: Any) -> Fraction:
    found = x.fmpq() if isinstance(x, arb) else x
    return Fraction(int(found.p), int(found.q))
