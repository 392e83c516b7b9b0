"""
Packings: functions of a model, by rational parameters, that are far from one another.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from neuroalg_sage.models.parametrization import Parametrization

MOST_POINTS, MOST_TRIALS, BATCH = 600, 24_000, 2_000
MOST_WORK = 100_000_000  # factors of terms
MOST_EXACT_WORK = 3_000_000  # the same for the checker
PLACES = 2**20  # the denominator of parameters
MARGIN = 1e-6  # relative; the checker computes exactly


@np.errstate(all="ignore")  # the checker refuses what was too large here
def packing(phi: Parametrization, domain: tuple[str, Fraction], epsilon: Fraction,
            cone: tuple[int, int] | None, seed: int | None) -> list[list[Fraction]]:
    """
    Parameters of functions in a ball or a box that are pairwise more than 2ε apart.

    One random function after the other is taken if it is far from those before.

    INPUT:

    - ``phi`` -- the parametrization
    - ``domain`` -- ``("ball", R)`` or ``("box", B)``
    - ``epsilon`` -- ε
    - ``cone`` -- from which parameter on φ is homogeneous, and of which degree, if it is
    - ``seed`` -- integer for the random choices

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("mlp:1,1:x"))
        >>> found = packing(phi, ("box", Fraction(1)), Fraction(1, 4), None, 1)
        >>> all(abs(v[0] - w[0]) > Fraction(1, 2) for v in found for w in found if v != w)
        True
    """
    generator = np.random.default_rng(seed)
    values = Values(phi)
    chosen: list[np.ndarray] = []
    most = max(2, min(MOST_POINTS, MOST_EXACT_WORK // values.work))
    images = np.empty((most, len(phi.polynomials)))
    least = float(4 * epsilon**2) * (1 + MARGIN)
    for batch in _trials(phi, values, domain, cone, generator):
        found = values(batch)
        known = images[:len(chosen)]
        squares = (found**2).sum(axis=1)[:, None] + (known**2).sum(axis=1) - 2 * found @ known.T
        # Most are near to one of those before, which all at once is seen faster.
        for i in np.flatnonzero(squares.min(axis=1, initial=np.inf) > least * (1 - MARGIN)):
            known = images[:len(chosen)]
            if ((known - found[i]) ** 2).sum(axis=1).min(initial=np.inf) > least:
                images[len(chosen)] = found[i]
                chosen.append(batch[i])
                if len(chosen) == most:
                    break
        if len(chosen) == most:
            break
    return [[Fraction(round(float(c) * PLACES), PLACES) for c in w] for w in chosen]


class Values:
    """φ in floating point, at many parameters at once."""

    def __init__(self, phi: Parametrization) -> None:
        places: dict[tuple[int, int], int] = {}  # of powers of parameters; the first one is 1
        self.terms = []
        for f in phi.polynomials:
            factors = [[places.setdefault((v, k), len(places) + 1) for v, k in enumerate(e) if k]
                       for e in f]
            longest = max(map(len, factors), default=0)
            self.terms.append((
                np.array([(*word, *[0] * (longest - len(word))) for word in factors],
                         dtype=int).reshape(len(factors), longest),
                np.array([float(c) for c in f.values()])))
        self.variables, self.exponents = np.array(list(places), dtype=int).reshape(-1, 2).T
        self.work = sum(factors.size + 1 for factors, _ in self.terms)

    def __call__(self, parameters: np.ndarray) -> np.ndarray:
        powers = np.vstack([np.ones(len(parameters)),
                            parameters.T[self.variables] ** self.exponents[:, None]])
        found = np.zeros((len(self.terms), len(parameters)))
        for image, (factors, coefficients) in zip(found, self.terms):
            products = np.ones((len(factors), len(parameters)))
            for column in factors.T:
                products *= powers[column]
            image[:] = coefficients @ products
        return found.T


def random_parameters(phi: Parametrization, domain: tuple[str, Fraction],
                      cone: tuple[int, int] | None, seed: int | None) -> np.ndarray:
    """Random parameters of functions in the domain, as rows."""
    generator = np.random.default_rng(seed)
    return np.concatenate([batch for batch, _ in zip(
        _trials(phi, Values(phi), domain, cone, generator), range(2))])


def _trials(phi: Parametrization, values: Values, domain: tuple[str, Fraction],
            cone: tuple[int, int] | None, generator: np.random.Generator
            ) -> Iterator[np.ndarray]:
    """Random parameters of functions in the domain, rounded."""
    kind, size = domain[0], float(domain[1])
    count = phi.parameter_count
    for k in range(max(1, min(MOST_TRIALS // BATCH, MOST_WORK // (BATCH * values.work)))):
        if kind == "box":
            batch = generator.uniform(-size, size, (BATCH, count))
            if k % 2:  # near the corners, where values are large
                batch = np.clip(batch * 2, -size, size)
            yield np.clip(_rounded(batch), -np.floor(size * PLACES) / PLACES,
                          np.floor(size * PLACES) / PLACES)
            continue
        batch = generator.normal(size=(BATCH, count))
        if cone is None:
            batch *= 10.0 ** generator.uniform(-2, 1, (BATCH, 1))
        else:
            start, degree = cone
            norms = np.linalg.norm(values(batch), axis=1)
            batch, norms = batch[norms > 1e-6], norms[norms > 1e-6]
            # Most of a cone is far from its apex.
            lengths = size * generator.uniform(0, 1, len(batch)) ** (1 / 3) * (1 - 1e-4)
            batch[:, start:] *= ((lengths / norms) ** (1 / degree))[:, None]
        batch = _rounded(batch)
        yield batch[np.linalg.norm(values(batch), axis=1) < size * (1 - MARGIN)]


def _rounded(parameters: np.ndarray) -> np.ndarray:
    return np.round(parameters * PLACES) / PLACES
