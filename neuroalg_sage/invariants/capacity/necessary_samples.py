"""
How many samples with noise are necessary for any method.

The lemmas with their proofs are in ``certificates.capacity.necessary_samples``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb, ctx

from neuroalg_sage.certificates.capacity.necessary_samples import is_too_few
from neuroalg_sage.certificates.capacity.region import FEW_BITS, evaluation_square, real
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.capacity.covering_number import (
    Coverings,
    check_domain,
    in_words,
    part_as_json,
    part_in_words,
)
from neuroalg_sage.invariants.capacity.packing import Values, packing
from neuroalg_sage.invariants.capacity.samples import AboutInputs, read_probability
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.relu import about_inputs
from neuroalg_sage.models.sage_input import rational

PLACES = 2**30  # the denominator of parameters
STEPS = 40  # of a bisection
MARGIN = 1e-7  # relative; the checker computes exactly
MOST_CENTERS, MOST_NEIGHBORS = 100, 200
MOST_SAMPLES = 10**30


class NecessarySamples(AboutInputs):
    """A number of samples that any method needs; the data are all that it depends on, and it."""

    @cached_property
    def value(self) -> int:
        """The number of samples."""
        return int(self.data[-1])

    @property
    def functions(self) -> int:
        """How many functions cannot be told apart by fewer samples."""
        assert self.certificate is not None
        return len(self.evidence["points"])

    def condition(self) -> str:
        domain, _, _, inputs, noise, _ = self.data
        return (f"{part_in_words(domain)}, inputs from -{inputs} to {inputs}, normal noise of "
                f"standard deviation {noise} in every output{about_inputs(self.spec)}")

    def sentence(self) -> str:
        _, epsilon, delta, *_ = self.data
        return (f"fewer than {in_words(self.data[-1])} samples never suffice to find each function "
                f"within {epsilon} with probability at least {1 - Fraction(delta)} "
                f"({self.condition()})")

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  {self.method}"]

    def necessary_samples_as_json(self) -> dict[str, Any]:
        """How many samples are necessary, and in which sense."""
        return {"lower": self.data[-1], "lower_by": "no method finds each function within epsilon "
                f"by fewer, {self.method}: {self.condition()}", "lower_status": self.status}

    def plain_value(self) -> dict[str, Any]:
        domain, epsilon, delta, inputs, noise, number = self.data
        return {"lower": number, "lower_by": self.method, "epsilon": epsilon, "delta": delta,
                "inputs": inputs, "noise": noise} | part_as_json(domain)


def read_noise(delta: Any, noise: Any, inputs: Any) -> tuple[Fraction, Fraction, Fraction]:
    """
    The probability of failure, the noise, and the bound of the inputs, as fractions.

    Raises InputError if one of them is out of its range.

    EXAMPLES::

        >>> read_noise("0.05", "1/2", 1)
        (Fraction(1, 20), Fraction(1, 2), Fraction(1, 1))
    """
    found = (read_probability(delta), rational(noise, "standard deviation of the noise"),
             rational(inputs, "bound of the inputs"))
    if found[1] <= 0:
        raise InputError(f"The standard deviation of the noise must be positive, not {found[1]}; "
                         "without noise the numbers of inputs that identify a function hold.")
    if found[2] <= 0:
        raise InputError(f"The bound of the inputs must be positive, not {found[2]}.")
    return found


def necessary_samples(coverings: Coverings, epsilon: Fraction, delta: Fraction, noise: Fraction,
                      inputs: Fraction) -> NecessarySamples:
    """
    How many samples with normal noise any method needs in order to find each function of a part
    of M within ε, but for a probability δ.

    INPUT:

    - ``coverings`` -- the part of the neuromanifold
    - ``epsilon`` -- ε, in the norm of V
    - ``delta``, ``noise``, ``inputs`` -- as :func:`read_noise` has them

    Raises LimitReached if there are no two functions that are shown not to be told apart.

    EXAMPLES: The mean of 385 values w + noise is within 1/10 of w with probability 19/20. ::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("mlp:1,1:x", seed=1)
        >>> part = Coverings(M.model, M.dimension(), ("ball", Fraction(1)))
        >>> necessary_samples(part, Fraction(1, 10), Fraction(1, 20), Fraction(1), Fraction(1))
        271 (proved)
    """
    start = time.perf_counter()
    check_domain(coverings.model, coverings.most_dimension, epsilon, coverings.domain)
    if not coverings.is_expanded:
        raise LimitReached(f"The functions of {coverings.model} are too large to write down, so "
                           "none are known that cannot be told apart.")
    phi = parametrization(coverings.model)
    cone = coverings.cones[0] if coverings.cones else None
    points = packing(phi, coverings.domain, epsilon, cone, coverings.seed)
    values, best, number = Values(phi), [], 0
    with ctx.workprec(FEW_BITS):
        size = real(evaluation_square(coverings.checked, inputs))
        for chosen in [_near_pair(points, values, coverings.domain, float(epsilon)),
                       *_clusters(points, values)]:
            if len(chosen) > 1:
                square = _mean_square(chosen, values) * (1 + MARGIN)
                found = _most(len(chosen), arb(square), delta, size, noise)
                if found + 1 > number and found >= 0:
                    best, number = chosen, found + 1
    if not best:
        raise LimitReached(f"No two functions of {coverings.model} are found that are more than "
                           f"{2 * epsilon} apart and cannot be told apart with that probability.")
    kind, bound = coverings.domain
    method = "the best test between two functions" if len(best) == 2 else (
        f"Fano's inequality for {len(best)} functions")
    return NecessarySamples.certified(
        coverings.model, "necessary_samples",
        [[kind, decimal(bound)], *(decimal(c) for c in (epsilon, delta, inputs, noise, number))],
        "proved",
        f"{method} that are more than {2 * epsilon} apart", time.perf_counter() - start,
        {"points": [[decimal(c) for c in w] for w in best]})


def _most(points: int, square: arb, delta: Fraction, size: arb, noise: Fraction) -> int:
    """The largest number of samples that is too small; -1 if none is."""
    if not is_too_few(0, points, square, delta, size, noise):
        return -1
    low, high = 0, 1
    while high < MOST_SAMPLES and is_too_few(high, points, square, delta, size, noise):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if is_too_few(middle, points, square, delta, size, noise):
            low = middle
        else:
            high = middle
    return low


def _images(points: Sequence[Sequence[Fraction]], values: Values) -> np.ndarray:
    return values(np.array([[float(c) for c in w] for w in points]))


def _mean_square(points: Sequence[Sequence[Fraction]], values: Values) -> float:
    images = _images(points, values)
    return float(((images - images.mean(axis=0)) ** 2).sum(axis=1).mean())


def _near_pair(points: list[list[Fraction]], values: Values, domain: tuple[str, Fraction],
               epsilon: float) -> list[list[Fraction]]:
    """Two functions that are hardly more than 2ε apart, the second on a path to another one."""
    if len(points) < 2:
        return []
    first, last = points[:2]
    near, far = Fraction(0), Fraction(1)
    origin = _images([first], values)[0]
    for _ in range(STEPS):
        middle = (near + far) / 2
        image = _images([_between(first, last, middle)], values)[0]
        if np.linalg.norm(image - origin) > 2 * epsilon * (1 + MARGIN):
            far = middle
        else:
            near = middle
    found = _between(first, last, far)
    image = _images([found], values)[0]
    is_inside = domain[0] == "box" or np.linalg.norm(image) < float(domain[1]) * (1 - MARGIN)
    is_far = np.linalg.norm(image - origin) > 2 * epsilon * (1 + MARGIN / 2)
    return [first, found if is_inside and is_far else last]


def _between(first: Sequence[Fraction], last: Sequence[Fraction], t: Fraction) -> list[Fraction]:
    return [Fraction(round((a + t * (b - a)) * PLACES), PLACES) for a, b in zip(first, last)]


def _clusters(points: list[list[Fraction]], values: Values) -> Iterator[list[list[Fraction]]]:
    """Functions of a packing near to one of them, for which Fano's inequality says most."""
    if len(points) < 3:
        return
    images = _images(points, values)
    best: dict[int, tuple[float, np.ndarray]] = {}
    for center in images[:MOST_CENTERS]:
        order = np.argsort(((images - center) ** 2).sum(axis=1))[:MOST_NEIGHBORS]
        near = images[order] - center
        counts = np.arange(1, len(order) + 1)
        squares = np.cumsum((near**2).sum(axis=1)) / counts - (
            (np.cumsum(near, axis=0) / counts[:, None]) ** 2).sum(axis=1)
        for count in range(3, len(order) + 1):
            score = float(np.log(count) / squares[count - 1])
            if score > best.get(count, (0.0, order))[0]:
                best[count] = score, order
    # Larger ones are better for larger probabilities of failure.
    for count in sorted(best, key=lambda k: -best[k][0])[:5]:
        yield [points[i] for i in best[count][1][:count]]
    largest = max(best)
    yield [points[i] for i in best[largest][1][:largest]]
