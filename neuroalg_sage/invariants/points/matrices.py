"""
The ranks of matrices of weights, and how far these are from lower ranks.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod, sqrt
from typing import Any

import numpy as np
from flint import fmpz_mat

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.points.matrices import exact_rank, flattening
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.points.point import AtPoint, ParameterArray, Place

SHOWN = 12
LARGEST_SIZE = 1_000  # rows of a matrix whose smallest singular value is enclosed
SCALE = 2**45  # by which floating-point numbers become integers
MARGINS = (1e-9, 1e-6, 1e-3, 0.1)  # relative, of bounds that are tried


@dataclass(frozen=True)
class Flattening:
    """
    An array of parameters as a matrix.

    - ``array``
    - ``axis`` -- that of the rows
    """

    array: ParameterArray
    axis: int

    @property
    def size(self) -> tuple[int, int]:
        """The numbers of rows and columns."""
        rows = self.array.shape[self.axis]
        return rows, prod(self.array.shape) // rows

    @property
    def name(self) -> str:
        """What it is called: the array, and where there are several its axis."""
        axes = len(self.array.shape)
        return self.array.name + (f" by axis {self.axis}" if axes > 2 else "")

    @property
    def claim(self) -> list[Any]:
        """As a certificate names it."""
        return [self.array.offset, list(self.array.shape), self.axis]


def flattenings(place: Place) -> Iterator[Flattening]:
    """
    The matrices of weights: arrays with two axes; of those with more the flattenings by the first
    two, the channels of filters, if there are several.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.trained.weights import with_weights
        >>> model = parse_spec("cnn:2c2,2c1:x^2")
        >>> [f.name for f in flattenings(Place(with_weights(model, range(8))))]
        ['0.F by axis 0', '2.F by axis 1']
    """
    for array in place.arrays:
        axes = len(array.shape)
        yield from (Flattening(array, axis) for axis in range(min(axes - 1, 2))
                    if axes == 2 or array.shape[axis] > 1)


@dataclass(frozen=True, eq=False, repr=False)
class LayerRanks(AtPoint):
    """
    The ranks, as the certificate states them.

    - ``names`` -- of the matrices, with their numbers of rows and columns
    """

    names: list[tuple[str, int, int]] = field(default_factory=list, repr=False)

    def deficient(self) -> list[str]:
        """The matrices whose rank is not full, in words."""
        return [f"{name} has rank {part[3]}, of {min(m, n)} that a matrix of {m} x {n} can have"
                for part, (name, m, n) in zip(self.data, self.names) if part[3] < min(m, n)]

    def sentence(self) -> str:
        short = self.deficient()
        if not self.data:
            return "there are no matrices of weights"
        return (f"all {len(self.data)} matrices of weights have full rank" if not short else
                f"{len(short)} of {len(self.data)} matrices of weights "
                f"do{'es' * (len(short) == 1)} not have full rank")

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  {line}" for line in self.deficient()[:SHOWN]]

    def plain_value(self) -> Any:
        return [{"matrix": name, "rows": m, "columns": n, "rank": part[3]}
                for part, (name, m, n) in zip(self.data, self.names)]


def layer_ranks(place: Place) -> LayerRanks:
    """
    The ranks over Q of all matrices of weights.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.trained.weights import with_weights
        >>> print(layer_ranks(Place(with_weights(parse_spec("linear:2,2,1"), [1, 2, 2, 4, 1, 0]))
        ...                   ).text())
        layer_ranks = 1 of 2 matrices of weights does not have full rank  [proved]
          0.W has rank 1, of 2 that a matrix of 2 x 2 can have
    """
    start = time.perf_counter()
    data, names = [], []
    for part in flattenings(place):
        try:
            rank = exact_rank(flattening(place.rebuilt, *part.claim)[0])
        except CertificateError:
            continue
        data.append([*part.claim, rank])
        names.append((part.name, *part.size))
    return LayerRanks.certified(place, "layer_ranks", data, "proved",
                                "elimination over Q, or modulo a prime where the rank is full",
                                time.perf_counter() - start, {}, names=names)


@dataclass(frozen=True, eq=False, repr=False)
class SmallestSingularValues(AtPoint):
    """
    Bounds of the squares of the smallest singular values, as the certificate states them.

    - ``names`` -- of the matrices
    - ``norms`` -- of the matrices, in floating point
    """

    names: list[str] = field(default_factory=list, repr=False)
    norms: list[float] = field(default_factory=list, repr=False)

    def _distances(self) -> list[tuple[str, float, float]]:
        return sorted(((name, sqrt(Fraction(part[4])), norm)
                       for name, norm, part in zip(self.names, self.norms, self.data)),
                      key=lambda found: found[1])

    def sentence(self) -> str:
        if not self.data:
            return "there is no matrix of full rank"
        name, distance, _ = self._distances()[0]
        return f"{name} is nearest to a matrix of lower rank, at the distance {distance:.6g}"

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  {name}: {distance:.6g}, of the norm {norm:.6g}"
                for name, distance, norm in self._distances()[:SHOWN]]

    def plain_value(self) -> Any:
        return [{"matrix": name, "square": [part[3], part[4]],
                 "distance": sqrt(Fraction(part[4])), "norm": norm}
                for name, norm, part in zip(self.names, self.norms, self.data)]


def smallest_singular_values(place: Place) -> SmallestSingularValues:
    """
    The distances of the matrices of weights that have full rank to the matrices of lower rank.

    What is nearest is found in floating point, and enclosed exactly.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.trained.weights import with_weights
        >>> print(smallest_singular_values(Place(with_weights(
        ...     parse_spec("linear:2,2,1"), [3, 0, 0, 4, 1, 0]))).text())
        smallest_singular_values = 1.W is nearest to a matrix of lower rank, at the distance 1
        [proved]
          1.W: 1, of the norm 1
          0.W: 3, of the norm 5
    """
    start = time.perf_counter()
    place.require_moderate("Smallest singular values")
    claims, proofs, names, norms = [], [], [], []
    for part in flattenings(place):
        if min(part.size) > LARGEST_SIZE:
            continue
        matrix, factor = flattening(place.rebuilt, *part.claim)
        found = _enclosed(matrix, factor)
        if found is None:
            continue
        low, high, proof = found
        claims.append([*part.claim, decimal(low), decimal(high)])
        proofs.append(proof)
        names.append(part.name)
        norms.append(sqrt(sum(float(place.weights[i]) ** 2 for i in part.array.parameters)))
    if not claims and any(True for _ in flattenings(place)) and not names:
        raise LimitReached("No matrix of weights is of full rank and small enough for bounds of "
                           "its smallest singular value.")
    return SmallestSingularValues.certified(
        place, "smallest_singular_values", claims, "proved",
        "eigenvectors in floating point, and exact congruences", time.perf_counter() - start,
        {"proofs": proofs}, names=names, norms=norms)


def _enclosed(matrix: fmpz_mat, factor: int) -> tuple[Fraction, Fraction, dict[str, Any]] | None:
    """Bounds of the square of the smallest singular value, and their proof; None if it may be 0."""
    if matrix.nrows() > matrix.ncols():
        matrix = matrix.transpose()
    gram = matrix * matrix.transpose()
    approximate = np.array([[float(Fraction(int(c), factor**2)) for c in row]
                            for row in gram.tolist()])
    values, vectors = np.linalg.eigh(approximate)
    if not values[0] > 1e-13 * values[-1]:
        return None
    v = [round(float(c) * SCALE) for c in vectors[:, 0]]
    column = fmpz_mat(len(v), 1, v)
    square = int((column.transpose() * gram * column)[0, 0])
    high = _rounded(Fraction(square, factor**2 * int((column.transpose() * column)[0, 0])), True)
    for margin in MARGINS:
        low = _rounded(high * (1 - Fraction(margin)), False)
        differences = np.maximum(values - float(low), margin * values[0] / 2)
        scaled = vectors / np.sqrt(differences / differences[-1])
        rows = [[round(float(c) * SCALE) for c in row] for row in scaled]
        q = fmpz_mat(rows)
        shifted = gram * low.denominator
        for i in range(len(v)):
            shifted[i, i] -= low.numerator * factor**2
        if all(2 * row[i] > sum(map(abs, row))
               for i, row in enumerate((q.transpose() * shifted * q).tolist())):
            return low, high, {"vector": v, "congruence": rows}
    return None


def _rounded(c: Fraction, up: bool) -> Fraction:
    """A fraction with a short denominator that is not below, or not above, a positive one."""
    bits = 60 - (c.numerator.bit_length() - c.denominator.bit_length())
    scale = Fraction(2) ** bits
    scaled = c * scale
    return Fraction(-((-scaled.numerator) // scaled.denominator) if up
                    else scaled.numerator // scaled.denominator) / scale
