"""
A rational attention near attention with softmax, for all parameters in a box and all inputs in a
box, and how far linear attention is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from flint import arb, arb_poly, ctx, fmpq

from neuroalg_sage.certificates.approximation import attention as rebuilt
from neuroalg_sage.certificates.approximation.approximation import working_with
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.approximation.approximation import (
    MOST_DEGREE,
    brief,
    digits,
    read_degree,
    rounded,
)
from neuroalg_sage.invariants.approximation.near_exp import BITS_BEYOND, NearExp
from neuroalg_sage.invariants.approximation.networks import read_inputs, read_size
from neuroalg_sage.models.model import LONGEST_NAME, Model
from neuroalg_sage.models.sage_input import rational
from neuroalg_sage.models.softmax_attention import SoftmaxAttention
from neuroalg_sage.storable import storable

MOST_SCORE = 200  # the exponential of which has 87 digits
STARTS = 800
KEPT = 8  # of the starts, from which single coordinates are changed
STEPS = 80
MOST_WORK = 100_000_000  # products of numbers in floating point, for each of two searches
FINE = 1024  # shares of a box, of which coordinates of points are multiples
SAMPLES = 4097  # of the error of a polynomial, between which it is interpolated
SEED = 0

Array = np.ndarray


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class AttentionApproximation(Invariant):
    """
    A rational attention near attention with softmax; the value is the distance, which is not
    exceeded.

    - ``network`` -- attention with softmax
    """

    about: ClassVar[str] = "the network "
    network: SoftmaxAttention | None = field(default=None, repr=False)

    @cached_property
    def value(self) -> Fraction:
        """How far outputs are from each other at most."""
        return self.distance[1]

    @property
    def distance(self) -> tuple[Fraction, Fraction]:
        """Two numbers that enclose the largest difference of outputs."""
        low, high = map(Fraction, self.data["distance"])
        return low, high

    @property
    def linear_distance(self) -> tuple[Fraction, Fraction]:
        """The same for linear attention, without softmax and normalization."""
        low, high = map(Fraction, self.data["linear_distance"])
        return low, high

    @property
    def polynomials(self) -> list[tuple[Fraction, ...]]:
        """The polynomials in place of exp, for each layer the coefficients, the constant first."""
        return [tuple(map(Fraction, layer["coefficients"])) for layer in self.data["layers"]]

    @property
    def degrees(self) -> list[int]:
        """The degrees of these polynomials."""
        return [max(k for k, c in enumerate(p) if c) for p in self.polynomials]

    def model(self) -> Model:
        """
        The rational attention, of which the name says how far it is.

        EXAMPLES::

            >>> from neuroalg_sage.models.softmax_attention import attention_from_spec
            >>> found = attention_approximation(
            ...     attention_from_spec("attention:d=1,a=1,out=1,t=2:softmax"), 1, degree=1)
            >>> found.model()
            Model the rational attention at distance at most 0.2362... of
            attention:d=1,a=1,out=1,t=2:softmax, for all parameters from -1 to 1 and inputs from -1
            to 1 with 3 parameters and 1 scale, 2 inputs and 2 outputs
        """
        assert self.network is not None
        if 0 in self.degrees:
            raise InputError("Instead of exp there is a constant, so that the weights of attention "
                             "do not depend on the inputs; name a larger degree.")
        centers = [tuple(map(Fraction, layer["center"])) for layer in self.data["layers"]]
        return self.network.rational(
            [p[:degree + 1] for p, degree in zip(self.polynomials, self.degrees)], centers,
            self.title("rational", self.data["distance"][1]))

    def linear_model(self) -> Model:
        """
        Linear attention with the same parameters, of which the name says how far it is.

        EXAMPLES::

            >>> from neuroalg_sage.models.softmax_attention import attention_from_spec
            >>> found = attention_approximation(
            ...     attention_from_spec("attention:d=1,a=1,out=1,t=2:softmax"), 1, degree=1)
            >>> str(found.linear_model())
            'the linear attention at distance at most 3 of attention:d=1,a=1,out=1,t=2:softmax, for
            all parameters from -1 to 1 and inputs from -1 to 1'
        """
        assert self.network is not None
        return self.network.linear.called(self.title("linear", self.data["linear_distance"][1]))

    def title(self, kind: str, distance: str) -> str:
        """A name that says how far from attention with softmax another one is."""
        near, where = f"the {kind} attention at distance at most {distance} of ", self.where()
        found = f"{near}{self.network}, {where}"
        return found if len(found) <= LONGEST_NAME else f"{near}one with softmax, {where}"

    def where(self) -> str:
        """For which parameters and inputs the distances are not exceeded."""
        radius, boxes = brief(self.data["radius"]), {tuple(box) for box in self.data["inputs"]}
        low, high = map(brief, min(boxes))
        return f"for all parameters from -{radius} to {radius} and inputs " + (
            f"from {low} to {high}" if len(boxes) == 1 else "in the box")

    def sentence(self) -> str:
        low, high = self.data["distance"]
        least, most = self.data["linear_distance"]
        degrees = ", ".join(map(str, self.degrees))
        kind = "polynomials of the degrees" if len(self.degrees) > 1 else "a polynomial of degree"
        return (f"with {kind} {degrees} in place of exp the outputs of attention "
                f"differ by at most {high}, and somewhere by {low}, {self.where()}; those of "
                f"linear attention, without softmax and normalization, by at least {least} "
                f"and at most {most}")

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  layer {k}: scores from -{layer['bound']} to {layer['bound']}, degree {degree}, "
                f"relative error at most {layer['error']}"
                for k, (layer, degree) in enumerate(zip(self.data["layers"], self.degrees), 1)]


def attention_approximation(network: SoftmaxAttention, box: Any = None, inputs: Any = 1,
                            degree: Any = None, error: Any = None) -> AttentionApproximation:
    """
    A rational attention near attention with softmax, with proof.

    INPUT:

    - ``network`` -- attention with softmax
    - ``box`` -- a number B: parameters are from -B to B
    - ``inputs`` -- a number, for inputs from minus this to this; or a pair of numbers for each
      entry of a token, or for each input, row by row
    - ``degree`` -- of the polynomials in place of exp; or else
    - ``error`` -- the distance of the outputs that is allowed, with the least degree

    OUTPUT: :class:`AttentionApproximation`

    EXAMPLES::

        >>> from neuroalg_sage.models.softmax_attention import attention_from_spec
        >>> network = attention_from_spec("attention:d=2,a=1,out=2,t=3:softmax")
        >>> found = attention_approximation(network, 1, degree=6)
        >>> found.data["layers"][0]["bound"], found.data["linear_distance"]
        ('4', ['25.9999999999', '26'])
    """
    start = time.perf_counter()
    if (degree is None) == (error is None):
        raise InputError("A rational attention has a degree, or an error that is allowed, as in "
                         "--degree 7 or --error 0.01.")
    if box is None:
        raise InputError("The parameters are in a box; name it, as in --box 1.")
    search = _Search(network, read_size(box, "box of the parameters"),
                     _read_inputs(inputs, network.d, network.t))
    if degree is not None:
        return search.found([read_degree(degree)] * network.layers).answer(start)
    most = rational(error, "error")
    if most <= 0:
        raise InputError(f"The error is a positive number, not {str(error)[:40]}.")
    return search.least(most).answer(start)


def _read_inputs(inputs: Any, d: int, t: int) -> list[tuple[Fraction, Fraction]]:
    """
    A box of inputs, row by row.

    EXAMPLES::

        >>> _read_inputs("0,1;-2,2", 2, 1) == _read_inputs([(0, 1), (-2, 2)], 1, 2)
        True
    """
    is_text = isinstance(inputs, str)
    rows = (inputs.count(";") + 1 if "," in inputs else 0) if is_text else (
        len(inputs) if hasattr(inputs, "__len__") else 0)
    if rows == d:
        return [pair for pair in read_inputs(inputs, d) for _ in range(t)]
    return read_inputs(inputs, d * t)


class _Search:
    """The choice of polynomials for all layers."""

    def __init__(self, network: SoftmaxAttention, radius: Fraction,
                 inputs: list[tuple[Fraction, Fraction]]) -> None:
        self.network, self.radius, self.inputs = network, radius, inputs
        self.rebuilt = rebuilt.Attention(network.describe())
        self.proofs: dict[tuple[Fraction, int], NearExp] = {}

    def found(self, degrees: Sequence[int]) -> _Found:
        """What is found with these degrees."""
        bounds = rebuilt.Bounds(self.rebuilt, _fmpq(self.radius), [
            (_fmpq(a), _fmpq(b)) for a, b in self.inputs])
        proofs, centers = [], []
        for degree in degrees:
            center = self.center(bounds.boxes)
            score = rounded(_fraction(bounds.score([_fmpq(c) for c in center])), ROUND_CEILING)
            if score > MOST_SCORE:
                raise LimitReached(f"The scores reach {float(score):.4g}, and the exponentials are "
                                   f"too far from each other; they may be up to {MOST_SCORE}: try "
                                   "a smaller box.")
            proof = self.proof(score, degree)
            with working_with(max(proof.precision, BITS_BEYOND)):
                bounds.advance([_fmpq(c) for c in center], _fmpq(proof.upper))
            proofs.append(proof)
            centers.append(center)
        return _Found(self, bounds, proofs, centers)

    def proof(self, score: Fraction, degree: int) -> NearExp:
        """A polynomial on the interval of scores."""
        if (score, degree) not in self.proofs:
            self.proofs[score, degree] = NearExp(score, degree)
        found = self.proofs[score, degree]
        if found.upper >= 1:
            raise LimitReached(f"No polynomial of degree {degree} is positive and near exp for "
                               f"scores up to {digits(score)}; name a larger degree.")
        return found

    def center(self, boxes: list[tuple[fmpq, fmpq]]) -> tuple[Fraction, ...]:
        """The middle of what tokens may be, which leaves the smallest scores."""
        t = self.network.t
        rows = [boxes[i * t:(i + 1) * t] for i in range(self.network.d)]
        return tuple((_fraction(min(a for a, _ in row)) + _fraction(max(b for _, b in row))) / 2
                     for row in rows)

    def least(self, error: Fraction) -> _Found:
        """What is found with the least degree, the same in all layers, for this error."""
        known: dict[int, _Found] = {}

        def is_small(degree: int) -> bool:
            try:
                known[degree] = self.found([degree] * self.network.layers)
            except LimitReached:
                if degree == MOST_DEGREE:
                    raise
                return False
            return known[degree].upper <= error

        most = 1
        while not is_small(most):
            if most == MOST_DEGREE:
                raise LimitReached("No polynomials were found with which the outputs are so near; "
                                   f"with degree {MOST_DEGREE} they are "
                                   f"{float(known[most].upper):.1e} apart at most.")
            most = min(2 * most, MOST_DEGREE)
        least = most // 2 + 1 if most > 1 else 0
        while least < most:
            middle = (least + most) // 2
            least, most = (least, middle) if is_small(middle) else (middle + 1, most)
        return known[most]


@dataclass(frozen=True)
class _Found:
    """Polynomials for the layers, and how far the outputs are then."""

    search: _Search
    bounds: rebuilt.Bounds
    proofs: list[NearExp]
    centers: list[tuple[Fraction, ...]]

    @cached_property
    def upper(self) -> Fraction:
        """How far the outputs are at most."""
        return rounded(max(_fraction(e.upper()) for e in self.bounds.differences), ROUND_CEILING)

    @property
    def linear_upper(self) -> Fraction:
        """The same for linear attention."""
        return rounded(max(_fraction(e.upper()) for e in self.bounds.linear_differences),
                       ROUND_CEILING)

    def answer(self, start: float) -> AttentionApproximation:
        """The answer, with points where outputs are far from each other, and its certificate."""
        search = self.search
        precision = max(BITS_BEYOND, *(proof.precision for proof in self.proofs))
        points = [_far(search, None), _far(search, self)]
        with working_with(precision):
            plain = [fmpq(0)] * search.network.d
            lower = [self.difference(points[0], [(lambda scores: scores, plain)]
                                     * search.network.layers),
                     self.difference(points[1], [
                         (_by_polynomial(proof.coefficients), [_fmpq(c) for c in center])
                         for proof, center in zip(self.proofs, self.centers)])]
        linear, own = ([low, high] for low, high in zip(
            lower, (self.linear_upper, self.upper)))

        def value(write: Callable[[Fraction], str]) -> dict[str, Any]:
            return {"distance": [write(c) for c in own],
                    "linear_distance": [write(c) for c in linear],
                    "radius": decimal(search.radius),
                    "inputs": [[decimal(a), decimal(b)] for a, b in search.inputs],
                    "layers": [{"center": [decimal(c) for c in center], "bound": write(proof.bound),
                                "coefficients": [decimal(c) for c in proof.coefficients],
                                "error": write(proof.upper)}
                               for proof, center in zip(self.proofs, self.centers)]}

        evidence = {"precision": precision, "layers": [proof.cells for proof in self.proofs],
                    "points": [{"parameters": [decimal(c) for c in w],
                                "inputs": [decimal(c) for c in x]} for w, x in reversed(points)]}
        return AttentionApproximation.certified(
            search.network, "attention_approximation", value(digits), "proved",
            "relative errors of polynomials in place of exp", time.perf_counter() - start, evidence,
            claim=value(decimal), network=search.network)

    def difference(self, point: tuple[list[Fraction], list[Fraction]],
                   layers: Sequence[tuple[rebuilt.Weigh, Sequence[fmpq]]]) -> Fraction:
        """How far outputs are from each other at a point, at least."""
        network = self.search.rebuilt
        w, x = ([arb(_fmpq(c)) for c in part] for part in point)
        one = network.outputs(w, x, [(rebuilt.softmax, [fmpq(0)] * network.d)] * network.layers)
        most = max(_fraction(abs(f - g).lower())
                   for f, g in zip(one, network.outputs(w, x, layers)))
        return rounded(max(most, Fraction(0)), ROUND_FLOOR)


def _by_polynomial(p: tuple[Fraction, ...]) -> rebuilt.Weigh:
    f = arb_poly([_fmpq(c) for c in p])
    return lambda scores: rebuilt.normalized([f(s) for s in scores])


def _far(search: _Search, found: _Found | None) -> tuple[list[Fraction], list[Fraction]]:
    """Parameters and inputs where the outputs are far from each other."""
    sampled = _Sampled(search.network, None if found is None else [
        (proof, center) for proof, center in zip(found.proofs, found.centers)])
    return sampled.search(search.radius, search.inputs)


class _Sampled:
    """
    Differences of outputs in floating point, for many parameters and inputs at once.

    A difference is followed from layer to layer, so that none is lost in rounding.  With relative
    errors r of weights that are not normalized, those that are change by w (r - m)/(1 + m), where m
    is the mean of r.

    - ``layers`` -- of rational attention, the polynomials with their proofs, and the centers; None
      for linear attention
    """

    def __init__(self, network: SoftmaxAttention,
                 layers: list[tuple[NearExp, tuple[Fraction, ...]]] | None) -> None:
        self.network = network
        self.layers = None if layers is None else [
            (_Table(proof), np.array([float(c) for c in center])) for proof, center in layers]
        t = network.t
        self.unseen = np.tril(np.ones((t, t), bool), -1) & network.causal  # s > r

    def differences(self, w: Array, x: Array) -> Array:
        """The largest difference of outputs at each of many points, given in rows."""
        network = self.network
        d, a, t = network.d, network.a, network.t
        count, place = len(w), 0
        tokens, moved = x.reshape(count, d, t), np.zeros((count, d, t))
        for k, made in enumerate(network.widths[1:]):
            values = made if network.v is None else network.v
            total, change = ((tokens, moved) if network.skip else
                             (np.zeros((count, made, t)), np.zeros((count, made, t))))
            for _ in range(network.heads):
                blocks = []
                for rows, columns in ((a, d), (a, d), (values, d)) + (
                        () if network.v is None else ((made, values),)):
                    blocks.append(w[:, place:place + rows * columns].reshape(count, rows, columns))
                    place += rows * columns
                q, key, value, *out = blocks
                one, other = self.head(k, q, key, value, tokens, moved)
                for matrix in out:
                    one, other = matrix @ one, matrix @ other
                total, change = total + one, change + other
            tokens, moved = total, change
        found: Array = abs(moved).reshape(count, -1).max(axis=1)
        return found

    def head(self, k: int, q: Array, key: Array, value: Array, tokens: Array, moved: Array
             ) -> tuple[Array, Array]:
        """What softmax makes, and the difference of what the other one does."""
        centered = tokens - self.layers[k][1][:, None] if self.layers else tokens
        queries, keys = q @ tokens, key @ centered
        scores = keys.swapaxes(1, 2) @ queries  # s, r
        more = ((key @ moved).swapaxes(1, 2) @ (q @ (tokens + moved))
                + keys.swapaxes(1, 2) @ (q @ moved))
        exponentials = np.exp(scores - np.where(self.unseen, -np.inf, scores).max(1, keepdims=True))
        exponentials = np.where(self.unseen, 0.0, exponentials)
        weights = exponentials / exponentials.sum(axis=1, keepdims=True)
        if self.layers is None:
            changed = np.where(self.unseen, 0.0, scores + more) - weights
        else:
            e = self.layers[k][0](scores + more)
            r = e + (1 + e) * np.expm1(more)
            mean = (weights * r).sum(axis=1, keepdims=True)
            changed = weights * (r - mean) / (1 + mean)
        images = value @ tokens
        return images @ weights, images @ changed + (value @ moved) @ (weights + changed)

    def search(self, radius: Fraction, inputs: list[tuple[Fraction, Fraction]]
               ) -> tuple[list[Fraction], list[Fraction]]:
        """
        Parameters and inputs where the difference is large: the best of random and of arranged
        points, after changes of single coordinates that make it larger.
        """
        network, generator = self.network, np.random.default_rng(SEED)
        count = network.parameter_count
        ends = [(-radius, radius)] * count + inputs
        low, high = (np.array([float(end[k]) for end in ends]) for k in (0, 1))
        work = count * network.t + network.layers * network.heads * network.t ** 2 * (
            network.d + network.out)
        left = MOST_WORK // work

        def at(u: Array) -> Array:
            nonlocal left
            left -= len(u)
            points = low + (high - low) * u
            return self.differences(points[:, :count], points[:, count:])

        starts = max(min(STARTS, left // 2), 4)
        u = generator.integers(0, FINE + 1, (starts, len(ends))) / FINE
        u[::4] = np.round(u[::4])  # corners
        u[1::2] = self.arranged(generator, len(u[1::2]))
        sizes = at(u)
        best = u[np.argsort(-sizes, kind="stable")[:KEPT]]
        champion, largest = best[0], sizes.max()
        for start in best:
            current, size = start, at(start[None])[0]
            for step in range(STEPS):
                if left < 5 * len(ends):
                    break
                reach = FINE >> min(step // 8, 8)
                moves = np.repeat(current[None], 5 * len(ends), axis=0)
                places = np.tile(np.arange(len(ends)), 5)
                there = current[places]
                shift = generator.integers(-reach, reach + 1, len(places)) / FINE
                values = np.select([np.repeat(np.arange(5), len(ends)) == i for i in range(3)],
                                   [0.0, 1.0, 0.5], np.clip(there + shift, 0, 1))
                moves[np.arange(len(places)), places] = values
                found = at(moves)
                place = int(found.argmax())
                if found[place] > size:
                    current, size = moves[place], found[place]
            if size > largest:
                champion, largest = current, size
        exact = [a + (b - a) * Fraction(round(float(c) * FINE), FINE)
                 for (a, b), c in zip(ends, champion)]
        return exact[:count], exact[count:]


    def arranged(self, generator: Any, count: int) -> Array:
        """
        Points, in shares of their boxes, where scores and values do not depend on the same entries
        of tokens, and all entries add up: keys and queries have alternating signs, values have not.
        So do the first entries of a token, and not the others.  At the first two points all entries
        of tokens are alike, and so are those of keys, and of queries up to a sign.
        """
        network, shares = self.network, []
        d, t = network.d, network.t
        for k in range(count):
            signs: Array = np.ones(d)
            tokens: Array = np.ones((d, t))
            scale, sign = 1.0, (-1.0) ** k
            if k > 1:
                signs = (-1.0) ** np.arange(d)
                scale = generator.choice([1.0, generator.uniform()])
                sign = generator.choice([-1.0, 1.0])
                first, other = (generator.choice([-1.0, 1.0, generator.uniform(-1, 1)], t)
                                for _ in range(2))
                few = np.arange(d)[:, None] < generator.integers(0, d + 1)
                tokens = np.where(few, signs[:, None] * first, other)
            parts: list[Array] = []
            for made in network.widths[1:]:
                values = made if network.v is None else network.v
                for _ in range(network.heads):
                    parts += [np.tile(scale * signs, network.a), np.tile(sign * signs, network.a),
                              np.ones(values * d + (0 if network.v is None else made * values))]
            shares.append((1 + np.concatenate([*parts, tokens.reshape(-1)])) / 2)
        return np.round(np.array(shares) * FINE) / FINE


class _Table:
    """The relative error of a polynomial, interpolated between numbers."""

    def __init__(self, proof: NearExp) -> None:
        with ctx.workprec(proof.precision):
            at = [proof.bound * Fraction(2 * k - SAMPLES + 1, SAMPLES - 1) for k in range(SAMPLES)]
            self.errors = np.array([float(proof.relative_error(x).mid()) for x in at])
        self.at = np.array([float(x) for x in at])

    def __call__(self, scores: Array) -> Array:
        found: Array = np.interp(scores, self.at, self.errors)
        return found


def _fmpq(c: Fraction) -> fmpq:
    return fmpq(c.numerator, c.denominator)


def _fraction(x: Any) -> Fraction:
    found = x.fmpq() if isinstance(x, arb) else x
    return Fraction(int(found.p), int(found.q))
