"""
Linear spaces of functions in a neuromanifold that are far apart: which parameters to take.

Why they bound covering numbers from below is in ``certificates.capacity.packings``.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from neuroalg_sage.certificates.capacity.packings import MOST_POINTS
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.invariants.capacity.packing import Values
from neuroalg_sage.invariants.capacity.projection import independent
from neuroalg_sage.models.parametrization import Parametrization

MOST_DIMENSIONS, TRIALS, BATCH = 6, 8_000, 1_000
LEVELS = (Fraction(3, 10), Fraction(9, 20), Fraction(3, 5), Fraction(7, 10), Fraction(4, 5))
PLACES = 2**12  # the denominator of parameters
MARGIN = 1e-6  # the checker computes exactly


@np.errstate(all="ignore")  # the checker refuses what was too large here
def linear_spaces(phi: Parametrization, start: int, radius: Fraction, epsilon: Fraction,
                  seed: int | None) -> Iterator[dict[str, Any]]:
    """
    Evidence for linear spaces that are apart: one random space after the other is taken, first of
    those that are far apart near zero, if it is far from those before.

    INPUT:

    - ``phi`` -- the parametrization
    - ``start`` -- from which parameter on φ is linear
    - ``radius``, ``epsilon`` -- R and ε
    - ``seed`` -- integer for the random choices

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("mlp:2,1,1:x^2"))
        >>> found = next(linear_spaces(phi, 2, Fraction(1), Fraction(1, 10), 1))
        >>> found["free"], len(found["points"]) > 5
        ([2], True)
    """
    if not start:
        return
    generator = np.random.default_rng(seed)
    count, values = phi.parameter_count, Values(phi)
    point = generator.normal(size=start)
    units = np.eye(count)[start:]
    units[:, :start] = point
    free = [start + i for i in independent(values(units), MOST_DIMENSIONS)]
    q = len(free)
    if not q:
        return
    chosen: list[np.ndarray] = []
    frames = np.empty((MOST_POINTS // q, q, len(phi.polynomials)))
    inner: list[Fraction] = []
    for level in LEVELS:
        ratio = 2 * epsilon / (level * radius)
        if ratio >= 1:
            continue
        most = float(1 - ratio**2) * (1 - MARGIN)
        for _ in range(TRIALS // BATCH):
            before = len(chosen)
            batch = generator.normal(size=(BATCH, start))
            batch = np.round(batch / np.linalg.norm(batch, axis=1)[:, None] * PLACES) / PLACES
            bases = np.stack([values(np.hstack([batch, np.tile(
                np.eye(count)[i, start:], (BATCH, 1))])) for i in free], axis=1)
            bases = np.linalg.qr(bases.transpose(0, 2, 1))[0].transpose(0, 2, 1)
            near = _are_near(bases, frames[:before], most)
            for w, base in zip(batch[~near], bases[~near]):
                if len(chosen) < len(frames) and not _are_near(
                        base[None], frames[before:len(chosen)], most)[0]:
                    frames[len(chosen)] = base
                    chosen.append(w)
                    inner.append(level * radius)
            if len(chosen) - before <= before // 100:
                break  # hardly any is found any more
    if chosen:
        yield {"argument": "linear spaces", "linear_from": start, "free": free,
               "points": [[decimal(Fraction(round(float(c) * PLACES), PLACES)) for c in w]
                          for w in chosen],
               "inner_radii": list(map(decimal, inner))}


def _are_near(bases: np.ndarray, frames: np.ndarray, most: float) -> np.ndarray:
    """Which spaces have an angle to one of others whose squared cosine is over a number."""
    q = bases.shape[1]
    if not len(frames):
        return np.zeros(len(bases), dtype=bool)
    products = np.einsum("aik,bjk->abij", bases, frames, optimize=True)
    squares = (products**2).sum(axis=(2, 3))  # between the largest one and q times it
    near = squares > most * q
    if q > 1:
        unsure = np.argwhere((squares > most) & ~near & ~near.any(axis=1)[:, None])
        largest = np.linalg.norm(products[unsure[:, 0], unsure[:, 1]], 2, axis=(1, 2))**2
        near[unsure[:, 0], unsure[:, 1]] = largest > most
    return near.any(axis=1)


