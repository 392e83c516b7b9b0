"""
Pseudo-dimensions of the outputs, from below and from above, by parameters and layers alone.

The lemmas with their proofs are in ``certificates.capacity.pseudo_dimension``.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np

from neuroalg_sage.certificates.capacity.layers import (
    coordinates_of_an_output,
    last_layer_dimension,
)
from neuroalg_sage.certificates.capacity.pseudo_dimension import are_too_many, free_parameters
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.capacity.samples import AboutInputs
from neuroalg_sage.models.expressions import derivative, evaluate
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.relu import about_inputs

PRIME = 2**31 - 1
MOST_PARAMETERS, MOST_TERMS = 40, 20_000  # where parameters in which φ is linear are looked for


class PseudoDimension(AboutInputs):
    """Bounds for the largest pseudo-dimension of an output; the data are both."""

    @property
    def arguments(self) -> tuple[str, str]:
        """By which arguments the bounds from below and from above are proved."""
        assert self.certificate is not None
        evidence = self.certificate["evidence"]
        return evidence["lower"], evidence["upper"]

    def sentence(self) -> str:
        low, high = self.data
        return (str(low) if low == high else f"from {low} to {high}") + about_inputs(self.spec)

    def plain_value(self) -> dict[str, Any]:
        lower, upper = self.arguments
        return {"lower": str(self.data[0]), "upper": str(self.data[1]), "lower_by": lower,
                "upper_by": upper}


def pseudo_dimension(model: Model) -> PseudoDimension:
    """
    Bounds for the largest pseudo-dimension of an output.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> pseudo_dimension(parse_spec("mlp:2,3,1:x^2"))
        [3, 3] (proved)
        >>> pseudo_dimension(parse_spec("mlp:9,2,2,1:x^9"))
        [2, 273] (bounds)
    """
    start = time.perf_counter()
    checked = rebuilt(model)
    more: dict[str, Any] = {}
    try:
        low, below = last_layer_dimension(checked) // checked.outputs, "last layer"
    except CertificateError:
        low, below = 0, "none"
    high, above = coordinates_of_an_output(checked), "coordinates"
    if low < high and (linear := linear_parameters(model)) is not None and linear[0] > low:
        low, below = linear[0], "linear parameters"
        more = {"linear": linear[1]}
    parameters = free_parameters(checked)
    if parameters and high > parameters:
        least, most = parameters, 2 * parameters
        while not are_too_many(checked, most):
            least, most = most, 2 * most
        while most - least > 1:
            middle = (least + most) // 2
            least, most = (least, middle) if are_too_many(checked, middle) else (middle, most)
        if most - 1 < high:
            high, above = most - 1, "sign vectors"
    return PseudoDimension.certified(
        model, "pseudo_dimension", [low, high], "proved" if low == high else "bounds",
        f"{above} from above, {below} from below", time.perf_counter() - start,
        {"lower": below, "upper": above, **more})


def linear_parameters(model: Model) -> tuple[int, dict[str, Any]] | None:
    """
    Parameters in which together φ is linear and which make the largest linear space of functions of
    an output: its dimension, and evidence; None if there are none, or φ is too large.

    EXAMPLES::

        >>> from neuroalg_sage.models.sources import from_expressions
        >>> model = from_expressions("a*(b*x + c)^2 + d*x + a^2*e", "a,b,c,d,e", "x")
        >>> linear_parameters(model)[1]["parameters"]
        [3, 4]
    """
    if model.parameter_count > MOST_PARAMETERS:
        return None
    try:
        phi = parametrization(model, MOST_TERMS)
    except LimitReached:
        return None
    count, generator = model.parameter_count, random.Random(1)
    exponents = {e for p in phi.polynomials for e in p}
    linear = [i for i in range(count) if max((e[i] for e in exponents), default=0) == 1]
    apart = {(i, j) for e in exponents for i in linear for j in linear if i != j and e[i] and e[j]}
    point = [generator.randrange(1, 1000) for _ in range(count)]
    best: tuple[int, list[int], int] = (0, [], 0)
    for chosen in _largest_sets(linear, apart):
        for output in range(model.output_count) if chosen else ():
            own = [p for (j, _), p in zip(phi.coordinates, phi.polynomials) if j == output]
            rows = [[evaluate(derivative(p, i), point, PRIME) for p in own] for i in chosen]
            q = modular.rank(np.array(rows, dtype=np.int64).reshape(len(chosen), -1), PRIME)
            if q > best[0]:
                best = q, chosen, output
    if not best[0]:
        return None
    inputs = [[generator.randrange(1, 1000) for _ in range(model.input_count)]
              for _ in range(best[0] + 2)]
    return best[0], {"parameters": best[1], "output": best[2], "inputs": inputs,
                     "trial": {"prime": PRIME, "point": point}}


def _largest_sets(linear: Sequence[int], apart: Collection[tuple[int, int]]
                  ) -> Iterator[list[int]]:
    """Sets of parameters of which no two are apart and which are as large as they can be."""
    starts = itertools.permutations(linear, min(2, len(linear))) if len(linear) > 1 else [linear]
    seen = set()
    for start in starts:
        chosen: list[int] = []
        for i in (*start, *linear):
            if i not in chosen and not any((i, j) in apart for j in chosen):
                chosen.append(i)
        if (found := tuple(sorted(chosen))) not in seen:
            seen.add(found)
            yield list(found)
