"""
Volumes of projections of a neuromanifold: which parameters, coordinates and boxes to take.

Why they bound covering numbers from below is in ``certificates.capacity.covering_number``.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.invariants.capacity.packing import Values
from neuroalg_sage.models.parametrization import Parametrization

MOST_FREE = 4
CUTS = {1: 64, 2: 24, 3: 10, 4: 6}
TRIALS = 4
STEP = 1e-5


def projections(phi: Parametrization, dimension: int, domain: tuple[str, Fraction],
                start: int | None, fixed: list[int], seed: int | None) -> Iterator[dict[str, Any]]:
    """
    Evidence for the volume of projections to as many coordinates as M has dimensions.

    INPUT:

    - ``phi`` -- the parametrization
    - ``dimension`` -- of M
    - ``domain`` -- ``("ball", R)`` or ``("box", B)``
    - ``start`` -- from which parameter on φ is homogeneous, if it is
    - ``fixed`` -- parameters that are 1 in a normal form
    - ``seed`` -- integer for the random choices

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("mlp:2,1,1:x^2"))
        >>> found = next(projections(phi, 2, ("ball", Fraction(1)), 2, [0], 1))
        >>> found["free"], found["values"][0]
        ([1, 2], '1')
    """
    if not 0 < dimension <= MOST_FREE:
        return
    generator = np.random.default_rng(seed)
    count, values = phi.parameter_count, Values(phi)
    kind, size = domain
    for _ in range(TRIALS):
        numbers = generator.integers(-4, 5, count)
        point = generator.normal(size=count)
        point[fixed] = 1
        with np.errstate(all="ignore"):  # the checker refuses what was too large here
            jacobian = np.stack([(values((point + STEP * e)[None])[0] - values(
                (point - STEP * e)[None])[0]) / (2 * STEP) for e in np.eye(count)])
            jacobian[fixed] = 0
            free = independent(jacobian, dimension)
            places = independent(jacobian[free].T, dimension)
        if len(free) < dimension or len(places) < dimension:
            continue
        scale = size if kind == "box" else Fraction(1)
        fractions = [Fraction(int(c), 4) * scale for c in numbers]
        for i in fixed:
            fractions[i] = Fraction(1)
        for wide in (Fraction(1),) if kind == "box" else (Fraction(1, 2), Fraction(1), Fraction(2)):
            ends = [size * wide if start is not None and i >= start else scale * wide for i in free]
            yield {"argument": "projection", "free": free, "coordinates": places,
                   "values": list(map(decimal, fractions)),
                   "intervals": [[decimal(-end), decimal(end)] for end in ends],
                   "cuts": CUTS[dimension]}


def independent(rows: np.ndarray, rank: int) -> list[int]:
    """So many rows that are independent, in floating point, the largest ones first."""
    rest = rows.astype(float).copy()
    chosen: list[int] = []
    for _ in range(rank):
        lengths = np.linalg.norm(rest, axis=1)
        i = int(lengths.argmax())
        if lengths[i] < 1e-6:
            break
        chosen.append(i)
        direction = rest[i] / lengths[i]
        rest -= np.outer(rest @ direction, direction)
    return sorted(chosen)
