"""
How often real ranks occur among Gaussian binary forms, with exact confidence intervals.
"""

from __future__ import annotations

import random
import time
from typing import Any

from neuroalg_sage.certificates.real.real_ranks import ERROR, frequencies
from neuroalg_sage.certificates.real.sampling import (
    INNER_PRODUCTS,
    MOST_SAMPLES,
    gaussian_form,
)
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.real.real_rank import binary_forms, real_rank
from neuroalg_sage.models.model import Model

HIGHEST_DEGREE = 12
MEASURES = {"bombieri": "the Bombieri inner product, which rotations preserve",
            "unit": "the coefficients as orthonormal coordinates"}


class RealRanks(Invariant):
    """How often each typical real rank occurs among Gaussian forms."""

    def sentence(self) -> str:
        return ", ".join(f"{rank}: {low} to {high}"
                         for rank, _, _, low, high in self.data["ranks"])

    def lines(self, spec: str = "SPEC") -> list[str]:
        data = self.data
        lines = [f"  of {data['samples']} Gaussian forms for {MEASURES[data['inner_product']]}; "
                 f"seed {data['seed']}"]
        for rank, least, most, low, high in data["ranks"]:
            lines.append(f"  real rank {rank}: {_seen(least, most)}, probability from {low} to "
                         f"{high}")
        units, least, most, low, high = data["model"]
        lines.append(f"  at most {units}, the functions of M: {_seen(least, most)}, share from "
                     f"{low} to {high}")
        confidence = 1 - float(ERROR.p) / float(ERROR.q)
        lines.append(f"  all intervals hold together with probability at least {confidence:.0%}")
        return lines


def _seen(least: int, most: int) -> str:
    return f"{least} of them" if least == most else f"{least} of them, {most - least} not decided"


def real_ranks(model: Model, samples: int, inner_product: str, seed: int | None,
               computation: Computation) -> Invariant:
    """
    How often each typical real rank occurs among Gaussian binary forms.

    INPUT:

    - ``model`` -- a model f_w = Σ_i b_i (a_i x)^d with two inputs
    - ``samples`` -- the number of forms
    - ``inner_product`` -- of the Gaussian measure: ``"bombieri"`` or ``"unit"``
    - ``seed`` -- of the forms
    - ``computation`` -- with limits

    OUTPUT: :class:`RealRanks`, a dictionary; its rows are a rank, how many forms have it for
    certain and at most, and an interval for its probability

    REFERENCES: [CP1934]_ for the intervals

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> found = real_ranks(parse_spec("mlp:2,2,1:x^3"), 100, "bombieri", 1, Computation())
        >>> [row[0] for row in found["ranks"]], found["model"][0]
        ([2, 3], 2)
    """
    start = time.perf_counter()
    units, degree = binary_forms(model)
    if inner_product not in INNER_PRODUCTS:
        raise InputError(f"The Gaussian measure is that of an inner product, "
                         f"{' or '.join(INNER_PRODUCTS)}, not of {inner_product!r:.40}.")
    if not 1 <= samples <= MOST_SAMPLES:
        raise InputError(f"The number of samples is from 1 to {MOST_SAMPLES}, not {samples}.")
    if degree > HIGHEST_DEGREE:
        raise InputError(f"Real ranks are counted for degrees up to {HIGHEST_DEGREE}, not "
                         f"{degree}.")
    if seed is None:
        seed = random.SystemRandom().getrandbits(32)
    if not 0 <= seed < 2**53:
        raise InputError(f"The seed of samples is a whole number from 0 to 2^53, not {seed}.")
    generator, limits = random.Random(seed), computation.clock()
    forms: list[dict[str, Any]] = []
    for index in range(samples):
        limits()
        if index % 500 == 0 and index:
            computation.progress(f"real ranks of {index} of {samples} forms")
        forms.append(real_rank(gaussian_form(degree, inner_product, seed, index),
                               generator).encoded())
    bounds = [(form["bounds"][0], form["bounds"][1]) for form in forms]
    value = {"inner_product": inner_product, "seed": seed, "samples": samples} | frequencies(
        bounds, degree, units)
    return RealRanks.certified(
        model, "real_ranks", value, "monte_carlo", "real ranks of Gaussian forms, decided exactly",
        time.perf_counter() - start, {"forms": forms}, error_bound=float(ERROR.p) / float(ERROR.q))
