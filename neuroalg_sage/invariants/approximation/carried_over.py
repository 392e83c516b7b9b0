"""
What carries over from a polynomial network to the one that it is near, with numbers.

The lemmas with their proofs are in ``certificates.approximation``: ``carried``,
``carried_capacity`` and ``carried_functions``.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar, Protocol

import numpy as np
from flint import arb, fmpq

from neuroalg_sage.certificates.approximation import carried, carried_capacity, carried_functions
from neuroalg_sage.certificates.approximation.approximation import working_with
from neuroalg_sage.certificates.approximation.networks import Network
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.approximation.approximation import digits, rounded
from neuroalg_sage.invariants.capacity.covering_number import in_words as number_in_words
from neuroalg_sage.invariants.training.training_data import read_data
from neuroalg_sage.models.continuous_networks import ContinuousNetworkLayers
from neuroalg_sage.models.sage_input import numbers, python_number, rational
from neuroalg_sage.storable import storable

GRID = 2**10  # of random parameters and inputs
SAFE = 1 + 1e-9
CANDIDATES, MOST_PACKED = 1_500, 200
STARTS, STEPS = 32, 400
WORK = 3_000_000  # products of balls, for bounds in cells
MOST_CELLS = 2_000
CLOSE = Fraction(1, 100)
HALVINGS = 12  # of a radius

Cell = list[tuple[fmpq, fmpq]]
_Step = tuple[np.ndarray, np.ndarray, np.ndarray]


class NearNetwork(Protocol):
    """What is used of a network approximation."""

    data: dict[str, Any]
    certificate: dict[str, Any] | None
    network: ContinuousNetworkLayers | None

    @property
    def polynomials(self) -> list[tuple[Fraction, ...]]: ...

    def where(self) -> str: ...


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class CarriedOver(Invariant):
    """
    What is proved of a network by a polynomial one near it.

    - ``where`` -- for which parameters and inputs
    """

    about: ClassVar[str] = "the network "
    where: str = ""

    def condition(self) -> str:
        return self.where

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  by a polynomial network at distance at most {self.data['distance']}"]


class Enclosed(CarriedOver):
    """What is between two numbers; these are the value."""

    @cached_property
    def value(self) -> Any:
        """The lower and the upper bound."""
        return Fraction(self.data["lower"]), Fraction(self.data["upper"])

    def sentence(self) -> str:
        low, high = self.data["lower"], self.data["upper"]
        return (low if low == high else f"from {low} to {high}") + f", {self.where}"


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class CoveringOfFunctions(Enclosed):
    """A lower and an upper bound for a covering number."""

    @cached_property
    def value(self) -> Any:
        """The bounds, as integers, or as text ``"10^x"``."""
        return tuple(f"10^{b[1]}" if isinstance(b, list) else int(b)
                     for b in (self.data["lower"], self.data["upper"]))

    @property
    def argument(self) -> str:
        """By which argument the upper bound is proved, ``"polynomials"`` or ``"Lipschitz"``."""
        return str(self.evidence["upper"]["argument"])

    def sentence(self) -> str:
        low, high = (number_in_words(self.data[name]) for name in ("lower", "upper"))
        return (f"{low if low == high else f'from {low} to {high}'} (radius "
                f"{self.data['epsilon']}, norm of the supremum), {self.where}")

    def lines(self, spec: str = "SPEC") -> list[str]:
        above = ("the volume of a ball of polynomials" if self.argument == "polynomials" else
                 "a Lipschitz constant for the parameters of each layer")
        return [*super().lines(spec), f"  from below: a packing; from above: {above}"]


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class SufficientSamples(CarriedOver):
    """A number of samples that suffices, which is the value."""

    @cached_property
    def value(self) -> int:
        """The number of samples."""
        return int(self.data["samples"])

    def sentence(self) -> str:
        number = number_in_words(self.data["samples"])
        return (f"{number} independent samples suffice for empirical and true mean of the squared "
                f"error to differ by at most {self.data['error']}, for all functions at once, with "
                f"probability at least "
                f"{1 - Fraction(self.data['delta'])} (targets of norm at most "
                f"{self.data['targets']}), {self.where}")


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class LeastLoss(Enclosed):
    """The least mean squared error on data, as an interval."""

    @property
    def parameters(self) -> list[Fraction]:
        """Parameters at which the loss is at most the upper bound."""
        return list(map(Fraction, self.evidence["parameters"]))


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class FunctionDistance(Enclosed):
    """The largest difference of two functions over the inputs, as an interval."""


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class SpanDimension(CarriedOver):
    """A lower bound for the dimension of a span, which is the value."""

    @cached_property
    def value(self) -> int:
        """The lower bound."""
        return int(self.data["dimension"])

    def sentence(self) -> str:
        return f"at least {self.data['dimension']}, {self.where}"


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class RobustnessRadius(CarriedOver):
    """Within which radius of an input a class is the same."""

    @cached_property
    def value(self) -> tuple[Fraction, Fraction | None]:
        """A lower bound for the largest radius, and an upper one, or None."""
        upper = self.data["upper"]
        return Fraction(self.data["radius"]), None if upper is None else Fraction(upper)

    def sentence(self) -> str:
        which, upper = self.data["class"], self.data["upper"]
        same = {1: "the output is positive", -1: "the output is negative"}.get(
            which) if self.data["outputs"] == 1 else f"output {which} is the largest"
        return (f"{same} at all inputs within {self.data['radius']} of the input"
                + ("" if upper is None else f", and not at all within {upper}")
                + f", in the norm of the maximum, {self.where}")


class _Source:
    """A network approximation, verified by the checker's means, and its functions in floats."""

    def __init__(self, near: NearNetwork, seed: int = 0) -> None:
        assert near.certificate is not None
        self.found, self.start = near, time.perf_counter()
        self.value = near.certificate["claim"]["value"]
        self.evidence = near.certificate["evidence"]
        self.near = carried.Near(Network(near.certificate["model"]), {"near": self.value},
                                 {"near": self.evidence})
        self.generator = np.random.default_rng(int(python_number(seed)))
        self.polynomials = [np.array([float(c) for c in p]) for p in near.polynomials]
        self.inputs, self.box = self.near.inputs, self.near.box
        self.outputs = self.near.network.widths[-1]
        self.distance = _fraction(self.near.distance)

    def answer(self, kind: type[CarriedOver], name: str, value: dict[str, Any],
               evidence: dict[str, Any], status: str, shown: dict[str, Any] | None = None) -> Any:
        """An answer with its certificate."""
        network = self.found.network
        assert network is not None
        data = {"distance": self.found.data["distance"]} | value | (shown or {})
        return kind.certified(
            network, f"carried_{name}", data, status, "a polynomial network near it",
            time.perf_counter() - self.start, {"near": self.evidence} | evidence,
            claim=value | {"near": self.value}, where=self.found.where())

    # -- in floats -----------------------------------------------------------------------

    def values(self, parameters: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """The outputs of the polynomial networks of rows of parameters, at rows of inputs."""
        return self.states(parameters, inputs)[0]

    def states(self, parameters: np.ndarray, inputs: np.ndarray) -> tuple[np.ndarray, list[_Step]]:
        """The outputs, and of each layer its weights, what comes in, and the slopes after it."""
        states, place = [np.broadcast_to(inputs, (len(parameters), *inputs.shape))], 0
        steps: list[_Step] = []
        for k, (rows, bias) in enumerate(self.near.network.layers):
            m, n = len(rows), len(rows[0])
            weights = parameters[:, place:place + m * n].reshape(-1, m, n)
            place += m * n
            state = np.concatenate([states[s] for s in self.near.network.sources[k]], axis=2)
            after = state @ weights.transpose(0, 2, 1)
            if bias is not None:
                after = after + parameters[:, None, place:place + m]
                place += m
            slopes = np.ones(1)
            if k < len(self.polynomials):
                p = self.polynomials[k]
                slopes = np.polynomial.polynomial.polyval(
                    after, np.polynomial.polynomial.polyder(p)) if len(p) > 1 else 0 * after
                after = np.polynomial.polynomial.polyval(after, p)
            steps.append((weights, state, slopes))
            states.append(after)
        return states[-1], steps

    def gradient(self, change: np.ndarray, steps: list[_Step]) -> np.ndarray:
        """The gradient by the parameters of a loss that outputs change so."""
        parts, network = list[np.ndarray](), self.near.network
        changes: list[Any] = [0] * len(network.layers) + [change]
        for k in reversed(range(len(network.layers))):
            weights, state, slopes = steps[k]
            change = changes[k + 1] * slopes * np.ones((*state.shape[:2], weights.shape[1]))
            if network.layers[k][1] is not None:
                parts.append(change.sum(1))
            parts.append((change.transpose(0, 2, 1) @ state).reshape(len(weights), -1))
            before, place = change @ weights, 0
            for source in network.sources[k]:
                width = network.widths[source]
                changes[source] = changes[source] + before[:, :, place:place + width]
                place += width
        return np.concatenate(parts[::-1], axis=1)

    def random_points(self, cell: Cell, count: int) -> list[list[fmpq]]:
        """Points of a box on a grid, half of them corners."""
        steps = self.generator.integers(0, GRID + 1, (count, len(cell)))
        steps[1::2] = GRID * (steps[1::2] > GRID // 2)
        return [[a + (b - a) * fmpq(int(k), GRID) for k, (a, b) in zip(row, cell)]
                for row in steps]

    def cells(self, products: int) -> int:
        """How many cells may be tried, if one takes so many products of balls."""
        return max(1, min(MOST_CELLS, WORK // max(1, products)))

    def input(self, data: Any, role: str = "coordinates of an input") -> list[fmpq]:
        """An input as a person states it; raises InputError if it is not in the box."""
        found = _listed(data, role, len(self.inputs))
        for k, (x, (a, b)) in enumerate(zip(found, self.inputs)):
            if not a <= x <= b:
                raise InputError(f"The distance is proved for inputs in the box, and entry {k + 1} "
                                 f"of an input is {x}, not from {a} to {b}; name a larger box of "
                                 "inputs.")
        return found

    def parameters(self, data: Any) -> list[fmpq]:
        """Parameters as a person states them; raises InputError if they are not in the box."""
        found = _listed(data, "parameters", len(self.box))
        for k, (w, (a, b)) in enumerate(zip(found, self.box)):
            if not a <= w <= b:
                raise InputError(f"The distance is proved for parameters in the box, and number "
                                 f"{k + 1} is {w}, not from {a} to {b}; name a larger box.")
        return found


def _listed(data: Any, role: str, count: int) -> list[fmpq]:
    if isinstance(data, str):
        data = data.split(",")
    found = numbers(data, role.partition(" ")[0].removesuffix("s"))
    if len(found) != count:
        raise InputError(f"There are {count} {role}, not {len(found)}.")
    return [fmpq(c.numerator, c.denominator) for c in found]


def _fraction(c: fmpq) -> Fraction:
    return Fraction(int(c.p), int(c.q))


def _ball(c: Fraction) -> arb:
    return arb(fmpq(c.numerator, c.denominator))


def _texts(values: Sequence[fmpq]) -> list[str]:
    return [decimal(_fraction(c)) for c in values]


def _floats(rows: Sequence[Sequence[fmpq]]) -> np.ndarray:
    return np.array([[float(arb(c)) for c in row] for row in rows])


def _below(x: arb) -> Fraction:
    """A number with few digits that is not above a ball, nor below zero."""
    return max(Fraction(0), rounded(_fraction(x.lower().fmpq()), ROUND_FLOOR))


def _above(x: arb) -> Fraction:
    """A number with few digits that is not below a ball."""
    return rounded(_fraction(x.upper().fmpq()), ROUND_CEILING)


def _best_first(cell: Cell, bound: Callable[[Cell], tuple[arb, list[arb]]], most: int, sign: int,
                enough: Fraction) -> arb:
    """
    A bound that holds in all cells of a box: from above with the sign 1, from below with -1.

    The worst cell is halved until it is on the right side of ``enough``, or there are so many.
    The checker, which halves the same cells for such a bound, has no more of them.
    """
    found, slopes = bound(cell)
    heap = [(-sign * float(found.mid()), 0, found, cell, slopes)]
    for number in range(1, most):
        _, _, worst, one, slopes = heap[0]
        if sign * (worst - _ball(enough)) <= 0 or all(a == b for a, b in one) or not (
                worst.is_finite() and all(s.is_finite() for s in slopes)):
            break
        heapq.heappop(heap)
        for k, half in enumerate(carried.halves(one, slopes)):
            found, slopes = bound(half)
            heapq.heappush(heap, (-sign * float(found.mid()), 2 * number + k, found, half, slopes))
    values = [entry[2] for entry in heap]
    found = values[0]
    for value in values[1:]:
        found = found.max(value) if sign > 0 else found.min(value)
    return found


# -- covering numbers, and samples


def covering_number(near: NearNetwork, epsilon: Any, seed: int = 0
                    ) -> CoveringOfFunctions:
    """
    Bounds for the covering number of the functions of a network.

    The upper bound is the least one of those by the volume of a ball of polynomials, where the
    radius is larger than twice the distance, and by a Lipschitz constant.
    """
    ball = _positive(epsilon, "radius epsilon of the balls")
    source = _Source(near, seed)
    with working_with(carried.BITS):
        upper, above = min(_coverings(source, ball), key=lambda one: _size(one[0]))
        lower, below = _packing(source, ball)
    value = {"epsilon": decimal(ball), "lower": decimal(lower), "upper": upper}
    answer: CoveringOfFunctions = source.answer(
        CoveringOfFunctions, "covering_number", value, {"upper": above, "lower": below},
        "proved" if value["lower"] == upper else "bounds")
    return answer


def upper_bounds(near: NearNetwork, epsilon: Any) -> dict[str, Any]:
    """All upper bounds that hold, as they are written, by their arguments."""
    return {evidence["argument"]: bound for bound, evidence in _coverings(
        _Source(near), _positive(epsilon, "radius epsilon of the balls"))}


def _positive(value: Any, role: str) -> Fraction:
    found = rational(value, role)
    if found <= 0:
        raise InputError(f"The {role} must be positive, not {found}.")
    return found


def _size(bound: Any) -> Fraction:
    """The decimal logarithm of a bound, or what orders bounds as it does."""
    if isinstance(bound, list):
        return Fraction(bound[1]) + 1
    return Fraction(len(bound) - 1) + Fraction(int(bound), 10 ** len(bound))


def _coverings(source: _Source, epsilon: Fraction) -> list[tuple[Any, dict[str, Any]]]:
    """Upper bounds as they are written, and their evidence."""
    near, ball = source.near, fmpq(epsilon.numerator, epsilon.denominator)
    found = []
    for evidence in ({"argument": "Lipschitz", "steps": _steps(source, ball)},
                     {"argument": "polynomials"}):
        with suppress(CertificateError):  # too many steps, or too large a distance
            found.append((carried_capacity.upper_bound(near, ball, evidence)[0], evidence))
    if not found:
        raise LimitReached("No bound from above was found; choose a larger epsilon.")
    return found


def _steps(source: _Source, epsilon: fmpq) -> list[int]:
    """
    Into how many parts the edges of W are cut, layer by layer.

    For layers with N_l parameters, of which a change δ_l changes outputs by L_l δ_l, the product
    of the δ_l^(N_l) is largest, with a given sum of the L_l δ_l, where these are in proportion to
    N_l.
    """
    near, counts = source.near, source.near.parameter_counts
    if not near.radius:
        return [1] * len(counts)
    steps = []
    for k, count in enumerate(counts):
        slope = near.spread([fmpq(i == k) for i in range(len(counts))])
        ratio = near.radius * slope * sum(counts) / (epsilon * count)
        steps.append(max(1, int(-((-ratio.p) // ratio.q))))
    return steps


def _packing(source: _Source, epsilon: Fraction) -> tuple[int, dict[str, Any]]:
    """Functions that differ at inputs by more than 2ε + 2h, chosen one after the other."""
    near = source.near
    inputs = source.random_points(near.inputs, 24)
    middle = [[(a + b) / 2 for a, b in near.box]]
    points = middle + (source.random_points(near.box, CANDIDATES) if near.radius else [])
    values = source.values(_floats(points), _floats(inputs)).reshape(len(points), -1)
    apart = 2 * float(_ball(epsilon + source.distance)) * SAFE + 1e-9
    chosen: list[int] = []
    for k, row in enumerate(values):
        if len(chosen) == MOST_PACKED:
            break
        if all(np.abs(values[chosen] - row).max(axis=1) > apart) if chosen else True:
            chosen.append(k)
    return len(chosen), {"parameters": [_texts(points[k]) for k in chosen],
                         "inputs": [_texts(x) for x in inputs]}


def sample_complexity(near: NearNetwork, error: Any, delta: Any, targets: Any = 1
                      ) -> SufficientSamples:
    """A number of samples that suffices for all functions of a network at once."""
    epsilon = _positive(error, "error of the means")
    probability, most = rational(delta, "probability delta"), rational(targets, "bound of targets")
    if not 0 < probability < 1:
        raise InputError(f"The probability delta is between 0 and 1, not {probability}.")
    if most < 0:
        raise InputError(f"The bound of the targets is not negative, unlike {most}.")
    source = _Source(near)
    with working_with(carried.BITS):
        slope, length = carried_capacity.loss_constants(source.near, _ball(most))
        radius = rounded(epsilon / (4 * _above(slope)), ROUND_FLOOR)
        found = []
        for bound, above in _coverings(source, radius):
            samples = carried_capacity.sufficient_samples(
                bound, _ball(epsilon), _ball(probability), length)
            found.append((max(1, samples), above))
    samples, above = min(found, key=lambda one: one[0])
    value = {"error": decimal(epsilon), "delta": decimal(probability), "targets": decimal(most),
             "samples": decimal(samples)}
    answer: SufficientSamples = source.answer(
        SufficientSamples, "sample_complexity", value,
        {"epsilon": decimal(radius), "upper": above}, "proved")
    return answer


# -- the least loss


def least_loss(near: NearNetwork, samples: Any, seed: int = 0) -> LeastLoss:
    """Bounds of the least mean squared error on data of all functions of a network."""
    source = _Source(near, seed)
    n, box = len(source.inputs), source.box
    table = read_data(samples, n + source.outputs)
    rows = [list(row) for row in zip(*(column.values() for column in table.columns))]
    if not 0 < len(rows) <= carried_functions.MOST_SAMPLES:
        raise InputError(f"There are from 1 to {carried_functions.MOST_SAMPLES:,} samples, not "
                         f"{len(rows):,}.")
    data = [(source.input(row[:n]), [fmpq(y.numerator, y.denominator) for y in row[n:]])
            for row in rows]
    parameters = _descended(source, data)
    with working_with(carried.BITS):
        upper = _above(carried_functions.loss_at_most(source.near, data, parameters))
        products = len(data) * 2 * len(box) * (2 + len(source.near.network.layers))
        lower = _below(_best_first(
            box, lambda cell: carried_functions.least_loss_in(source.near, data, cell),
            source.cells(products * 8), -1, upper * (1 - CLOSE)))
    value = {"samples": [list(map(decimal, row)) for row in rows], "lower": decimal(lower),
             "upper": decimal(upper)}
    answer: LeastLoss = source.answer(
        LeastLoss, "least_loss", value, {"parameters": _texts(parameters)},
        "proved" if lower == upper else "bounds", _decimals(lower=lower, upper=upper))
    return answer


def _decimals(**bounds: Fraction) -> dict[str, str]:
    return {name: digits(c) for name, c in bounds.items()}


@np.errstate(over="ignore", invalid="ignore")  # of targets whose squares are no floats
def _descended(source: _Source, data: Sequence[tuple[list[fmpq], list[fmpq]]]) -> list[fmpq]:
    """Parameters in the box of little loss: gradient descent with moments, from several starts."""
    inputs, targets = _floats([x for x, _ in data]), _floats([y for _, y in data])
    low, high = _floats(source.box).T
    w = np.array([low + (high - low) * source.generator.random(len(low)) for _ in range(STARTS)])
    best, least = (low + high) / 2, np.inf
    mean, square = np.zeros_like(w), np.zeros_like(w)
    for k in range(1, STEPS + 1 if source.near.radius else 2):
        outputs, steps = source.states(w, inputs)
        losses = ((outputs - targets) ** 2).sum((1, 2))
        if losses.min() < least:
            best, least = w[losses.argmin()].copy(), float(losses.min())
        slope = source.gradient(2 * (outputs - targets), steps)
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        rate = 0.05 * (high - low) / (1 + k / 40)
        w = np.clip(w - rate * (mean / (1 - 0.9**k)) / (
            np.sqrt(square / (1 - 0.99**k)) + 1e-12), low, high)
    return [min(max(fmpq(round(x * 2**30), 2**30), a), b) for x, (a, b) in zip(best, source.box)]


# -- distances of functions


def function_distance(near: NearNetwork, first: Any, second: Any, seed: int = 0
                      ) -> FunctionDistance:
    """Bounds of the largest difference of two functions of a network over the inputs."""
    source = _Source(near, seed)
    pair = [source.parameters(first), source.parameters(second)]
    points = source.random_points(source.inputs, 2 * CANDIDATES)
    both = source.values(_floats(pair), _floats(points))
    x = points[int(np.abs(both[0] - both[1]).max(axis=1).argmax())]
    x = _climbed(source, pair, x)
    with working_with(carried.BITS):
        h2 = 2 * source.distance
        one, other = (source.near.values(w, x) for w in pair)
        seen = max(_below(abs(a - b)) for a, b in zip(one, other))
        lower = rounded(max(Fraction(0), seen - h2), ROUND_FLOOR)
        upper = Fraction(0)
        if pair[0] != pair[1]:
            products = 4 * len(source.inputs) * sum(source.near.parameter_counts)
            most = _best_first(
                source.inputs,
                lambda cell: carried_functions.largest_difference(source.near, pair, cell),
                source.cells(products), 1, seen + max(seen, h2) * CLOSE / 10)
            upper = rounded(_above(most) + h2, ROUND_CEILING)
    value = {"first": _texts(pair[0]), "second": _texts(pair[1]), "lower": decimal(lower),
             "upper": decimal(upper)}
    answer: FunctionDistance = source.answer(
        FunctionDistance, "function_distance", value, {"input": _texts(x)},
        "proved" if lower == upper else "bounds", _decimals(lower=lower, upper=upper))
    return answer


def _climbed(source: _Source, pair: list[list[fmpq]], x: list[fmpq]) -> list[fmpq]:
    """An input near another one at which two functions differ more."""
    for k in range(1, 6):
        cell = [(max(a, c - (b - a) / 4**k), min(b, c + (b - a) / 4**k))
                for c, (a, b) in zip(x, source.inputs)]
        points = [x, *source.random_points(cell, 200)]
        both = source.values(_floats(pair), _floats(points))
        x = points[int(np.abs(both[0] - both[1]).max(axis=1).argmax())]
    return x


# -- the dimension of the span


def span_dimension(near: NearNetwork, most: int = 60, seed: int = 0) -> SpanDimension:
    """A lower bound for the dimension of the span of the functions of a network."""
    count = int(python_number(most))
    if not 1 <= count <= carried_functions.MOST_DIMENSION:
        raise InputError(f"The largest bound that is looked for is from 1 to "
                         f"{carried_functions.MOST_DIMENSION}, not {most}.")
    source = _Source(near, seed)
    points = source.random_points(source.box, 6 * count) if source.near.radius else [
        [a for a, _ in source.box]]
    inputs = source.random_points(source.inputs, 4 * count)
    places = [(x, j) for x in inputs for j in range(source.outputs)]
    values = source.values(_floats(points), _floats(inputs)).reshape(len(points), -1)
    rows, columns = _pivots(values, count, float(source.distance))
    with working_with(carried.BITS):
        matrix = carried_functions.span_matrix(
            source.near, [points[i] for i in rows], [places[j] for j in columns])
        size = next((k for k in range(len(rows), 0, -1) if carried_functions.is_invertible(
            source.near, [row[:k] for row in matrix[:k]])), 0)
    if not size:
        raise LimitReached("No function is shown to be other than zero, since all values are "
                           f"within the distance {source.found.data['distance']} of the networks; "
                           "choose a larger degree.")
    answer: SpanDimension = source.answer(
        SpanDimension, "span_dimension", {"dimension": size},
        {"parameters": [_texts(points[i]) for i in rows[:size]],
         "places": [[_texts(places[j][0]), places[j][1]] for j in columns[:size]]}, "proved")
    return answer


def _pivots(values: np.ndarray, most: int, distance: float) -> tuple[list[int], list[int]]:
    """Rows and columns of large minors, by elimination with the largest pivots."""
    rest, rows, columns = values.copy(), list[int](), list[int]()
    while len(rows) < min(most, *rest.shape):
        i, j = divmod(int(np.abs(rest).argmax()), rest.shape[1])
        if abs(rest[i, j]) <= max(distance / 4, 1e-13 * float(np.abs(values).max())):
            break
        rows.append(i)
        columns.append(j)
        rest = rest - np.outer(rest[:, j], rest[i]) / rest[i, j]
    return rows, columns


# -- the radius of robustness


def robustness_radius(near: NearNetwork, x: Any, seed: int = 0) -> RobustnessRadius:
    """Bounds of the largest radius within which the class of an input does not change."""
    source = _Source(near, seed)
    point, middle = source.input(x), [(a + b) / 2 for a, b in source.box]
    room = source.distance * (1 if source.outputs == 1 else 2)
    at_point = source.values(_floats([middle]), _floats([point]))[0, 0]
    which = (1 if at_point[0] > 0 else -1) if source.outputs == 1 else int(at_point.argmax())
    with working_with(carried.BITS):
        parameters = [carried.ball(side) for side in source.box]
        most, enough = _ball(room), room * Fraction(SAFE) + Fraction(1, 10**30)

        def margin(cell: Cell) -> tuple[arb, list[arb]]:
            return carried_functions.least_margin(source.near, parameters, which, cell)

        def holds(rho: Fraction) -> bool:
            cell = carried_functions.neighborhood(
                source.near, point, fmpq(rho.numerator, rho.denominator))
            return bool(_best_first(cell, margin, cells, -1, enough) > most)

        cells = source.cells(8 * len(point) * sum(source.near.parameter_counts) * HALVINGS)
        if not holds(Fraction(0)):
            raise LimitReached("The class of the input is not proved: its margin is not larger "
                               f"than {digits(room)}; choose a larger degree, a smaller error or a "
                               "smaller box.")
        other = _other_class(source, middle, point, which, float(room))
        reach = max(max(b - c, c - a) for c, (a, b) in zip(point, source.inputs))
        largest = _fraction(reach) if other is None else max(
            abs(_fraction(a - b)) for a, b in zip(point, other))
        low, high = Fraction(0), largest
        if other is None and holds(largest):
            low = largest
        for _ in range(HALVINGS if low < high else 0):
            radius = rounded((low + high) / 2, ROUND_FLOOR)
            low, high = (radius, high) if holds(radius) else (low, radius)
    upper = None if other is None else largest
    value = {"input": _texts(point), "class": which, "radius": decimal(low),
             "upper": None if upper is None else decimal(upper)}
    answer: RobustnessRadius = source.answer(
        RobustnessRadius, "robustness_radius", value,
        {"other": None if other is None else {"parameters": _texts(middle),
                                              "input": _texts(other)}}, "proved",
        {"outputs": source.outputs, "radius": digits(low),
         "upper": None if upper is None else digits(rounded(upper, ROUND_CEILING))})
    return answer


def _other_class(source: _Source, parameters: list[fmpq], point: list[fmpq], which: int,
                 room: float) -> list[fmpq] | None:
    """A near input of another class, also of the network itself; None if none is found."""
    def margins(rows: list[list[fmpq]]) -> np.ndarray:
        outputs = source.values(_floats([parameters]), _floats(rows))[0]
        if source.outputs == 1:
            return which * outputs[:, 0]
        others = np.delete(outputs, which, axis=1)
        return outputs[:, which] - others.max(axis=1)

    limit = -room * SAFE - 1e-9
    best: list[fmpq] | None = None
    cell = source.inputs
    for _ in range(12):
        points = source.random_points(cell, 1_000)
        inside = [p for p, m in zip(points, margins(points)) if m < limit]
        if best is not None:
            inside.append(best)
        if not inside:
            return None
        best = min(inside, key=lambda p: max(abs(a - b) for a, b in zip(p, point)))
        steps = [fmpq(k, 64) for k in range(65)]
        line = [[c + t * (d - c) for c, d in zip(point, best)] for t in steps]
        best = line[next(k for k, m in enumerate(margins(line)) if m < limit)]
        best = [fmpq(int((c * 2**40).floor()), 2**40) if c.q > 2**40 else c for c in best]
        best = [min(max(c, a), b) for c, (a, b) in zip(best, source.inputs)]
        if margins([best])[0] >= limit:
            return None
        size = max(abs(a - b) for a, b in zip(best, point))
        cell = carried_functions.neighborhood(source.near, point, size)
    return best
