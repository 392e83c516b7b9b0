"""
Neurovarieties that are all matrices of bounded rank, and their ideals of minors.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import comb, factorial, gcd, lcm
from typing import Any

from neuroalg_sage.descriptions.description import Conclusion, Description, Formula, Summands
from neuroalg_sage.descriptions.flattening import (
    Flattening,
    OutputFormat,
    flattenings,
    output_flattening,
    output_format,
)
from neuroalg_sage.descriptions.polar_classes import (
    ECKART_YOUNG,
    SUM,
    ZHANG,
    determinantal_polar_degrees,
)
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.models.expressions import Exponents, Polynomial, evaluate
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization, vanishes
from neuroalg_sage.storable import storable

HOCHSTER_EAGON = "theorem: Hochster, Eagon (1971)"
CONCA_HERZOG = "theorem: Conca, Herzog (1994)"

# Beyond these nobody reads an ideal, and the checker takes minutes.
MOST_MINORS, MOST_TERMS = 100_000, 400_000
MOST_SUBSTITUTED = 200_000  # terms that are multiplied
PRIME = 2**31 - 1
LARGEST_RANK = 60  # for which a numerator is interpolated


def check_count(formats: Sequence[tuple[int, int]], size: int) -> None:
    """Raise LimitReached if matrices have too many minors of this size to write them down."""
    count = sum(comb(m, size) * comb(n, size) for m, n in formats)
    if count > MOST_MINORS or count * factorial(min(size, 20)) > MOST_TERMS:
        raise LimitReached(f"There are {count:,} minors of size {size}, too many to be written "
                           "down.")


def basis_of_minors(matrices: Sequence[Flattening], size: int, n: int) -> list[Polynomial]:
    """
    A basis of the space that the minors of one size span, among the minors, over the integers.

    INPUT:

    - ``matrices`` -- flattenings, homogeneous for the degrees in outputs and inputs
    - ``size`` -- the size of the minors
    - ``n`` -- the number of coordinates

    Raises LimitReached if they are too many to be written down.

    EXAMPLES::

        >>> from neuroalg_sage.descriptions.flattening import partial_flattening
        >>> from neuroalg_sage.models.families import parse_spec
        >>> conic = partial_flattening(parse_spec("mlp:2,1,1:x^2"), [0], 2, 1)
        >>> basis_of_minors([conic], 2, 3) == [{(1, 0, 1): -4, (0, 2, 0): 1}]
        True
    """
    check_count([(a.rows, a.columns) for a in matrices], size)
    found: list[dict[Exponents, int]] = []  # monomials as ascending places of coordinates
    pivots: dict[Exponents, dict[Exponents, int]] = {}
    for a in matrices:
        for minor in _minors(a, size):
            scale = Fraction(lcm(*(c.denominator for c in minor.values())),
                             gcd(*(c.numerator for c in minor.values())))
            if minor[min(minor, key=lambda m: m[::-1])] < 0:  # the leading one in GRevLex
                scale = -scale
            integral = {m: int(c * scale) for m, c in minor.items()}
            # Rows that are independent modulo a prime are so over Q; the checker verifies that
            # there are no others.
            if _reduce({m: c % PRIME for m, c in integral.items()}, pivots, PRIME):
                found.append(integral)
    return [{_exponents(m, n): Fraction(c) for m, c in f.items()} for f in found]


def _exponents(monomial: Exponents, n: int) -> Exponents:
    exponents = [0] * n
    for place in monomial:
        exponents[place] += 1
    return tuple(exponents)


def _reduce(row: dict[Exponents, int], pivots: dict[Exponents, dict[Exponents, int]], prime: int
            ) -> bool:
    """Reduce a row by those before it, and keep what remains, if anything does."""
    while row := {m: c for m, c in row.items() if c}:
        leading = max(row)
        if leading not in pivots:
            inverse = pow(row[leading], -1, prime)
            pivots[leading] = {m: c * inverse % prime for m, c in row.items()}
            return True
        factor = row[leading]
        for m, c in pivots[leading].items():
            row[m] = (row.get(m, 0) - factor * c) % prime
    return False


def _minors(a: Flattening, size: int) -> Iterator[dict[Exponents, Fraction]]:
    """The nonzero minors, by Laplace expansion, row by row."""
    for rows in itertools.combinations(a.entries, size):
        table: dict[Exponents, dict[Exponents, Fraction]] = {(): {(): Fraction(1)}}
        for row in rows:
            larger: dict[Exponents, dict[Exponents, Fraction]] = {}
            for columns, value in table.items():
                for j, (place, factor) in enumerate(row):
                    if j in columns:
                        continue
                    sign = -1 if sum(c > j for c in columns) % 2 else 1
                    total = larger.setdefault(tuple(sorted((*columns, j))), {})
                    for m, c in value.items():
                        key = tuple(sorted((*m, place)))
                        total[key] = total.get(key, Fraction(0)) + sign * c * factor
            table = larger
        for minor in table.values():
            if minor := {m: c for m, c in minor.items() if c}:
                yield minor


@storable()
@dataclass(frozen=True, repr=False)
class BoundedRank(Description):
    """
    A flattening whose generic rank on M is smaller than on V, so that its minors vanish on M.

    - ``flattening`` -- the matrix
    - ``ambient_rank``, ``rank`` -- its rank at a random point of V, and of M
    - ``n`` -- the number of coordinates
    - ``vanish`` -- whether the minors are known to vanish on M, by substitution of φ
    """

    flattening: Flattening
    ambient_rank: int
    rank: int
    n: int
    vanish: bool = False

    @property
    def is_proved(self) -> bool:
        # A rank modulo a prime is never too large; that it is not too small is what the layers say,
        # or that the minors vanish.
        return self.vanish or self.rank == self.flattening.bound

    def matrix(self) -> Any:
        return self.flattening.to_sage(self.n)

    def bounded_matrix(self) -> tuple[Flattening, int]:
        return self.flattening, self.rank + 1

    def minors(self) -> list[Polynomial]:
        return basis_of_minors([self.flattening], self.rank + 1, self.n)

    def __str__(self) -> str:
        a = self.flattening
        proof = ("proved, since it factors through the model's layers"
                 if self.rank == self.flattening.bound else
                 "proved, by substitution" if self.vanish else
                 "found at a random point modulo a prime, not proved")
        return (f"The {a.name} ({a.rows} x {a.columns}) has rank {self.rank} on M and "
                f"{self.ambient_rank} on V, so its minors of size {self.rank + 1} vanish on M: "
                f"{proof}.")


def bounded_ranks(phi: Parametrization, generator: random.Random) -> list[BoundedRank]:
    """
    The flattenings whose rank at a random point of M is smaller than at one of V.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("mlp:3,2,3:x^2"))
        >>> [(d.rank, d.ambient_rank) for d in bounded_ranks(phi, random.Random(1))]
        [(2, 3), (2, 3), (2, 3), (2, 3), (2, 3)]
    """
    prime = modular.random_prime(generator)
    n = len(phi.polynomials)
    weights = [generator.randrange(prime) for _ in range(phi.model.parameter_count)]
    on_m = [evaluate(p, weights, prime) for p in phi.polynomials]
    on_v = [generator.randrange(prime) for _ in range(n)]
    found = [BoundedRank(a, a.rank(on_v, prime), a.rank(on_m, prime), n)
             for a in flattenings(phi.model)]
    return [replace(d, vanish=not d.is_proved and _vanish(d, phi))
            for d in found if d.rank < d.ambient_rank]


def _vanish(matrix: BoundedRank, phi: Parametrization) -> bool:
    """Whether the minors vanish on M, where they are few; else it is not known."""
    size = matrix.rank + 1
    most = max(map(len, phi.polynomials), default=0) ** size * factorial(size)
    if most * comb(matrix.flattening.rows, size) * comb(
            matrix.flattening.columns, size) > MOST_SUBSTITUTED:
        return False
    return vanishes(matrix.minors(), phi)


@storable()
@dataclass(frozen=True, repr=False)
class GenericMatrices(Description):
    """
    The neurovariety is all matrices of rank at most r: those of a linear network, say.

    The coordinates are the entries of the output flattening, each once, and constants, which
    are free.  M is contained in the variety of matrices of rank at most r, which is
    irreducible of dimension r (m + n - r), and has its dimension.

    - ``model`` -- the model
    - ``format`` -- the format of the output flattening, and its rank
    - ``trial`` -- a point where the rank of Dφ proves the dimension

    REFERENCES:

    - [HE1971]_: the minors of one size of a generic matrix generate a prime ideal; see
      [BV1988]_, Theorem 2.10
    - [CH1994]_: the Hilbert series
    """

    model: Model
    format: OutputFormat
    trial: dict[str, Any]

    def flattening(self) -> Flattening:
        """The output flattening."""
        found = output_flattening(self.model)
        assert found is not None
        return found

    def matrix(self) -> Any:
        return self.flattening().to_sage(self.model.ambient_dimension)

    def bounded_matrix(self) -> tuple[Flattening, int]:
        return self.flattening(), self.format.bound + 1

    def ideal_theorem(self) -> Conclusion:
        return Conclusion({"matrices": "output flattening", "trial": self.trial}, HOCHSTER_EAGON)

    def minors(self) -> list[Polynomial]:
        check_count([(self.format.rows, self.format.columns)], self.format.bound + 1)
        return basis_of_minors([self.flattening()], self.format.bound + 1,
                               self.model.ambient_dimension)

    def evidence(self) -> dict[str, Any]:
        return {"formula": "generic matrices", "trial": self.trial}

    def formula(self) -> Formula | None:
        m, n, r = self.format.rows, self.format.columns, self.format.bound
        if r > LARGEST_RANK or min(m, n) > 2 * LARGEST_RANK:
            return None
        numerator = determinantal_numerator(m, n, r)
        polynomial = polynomial_of_series(numerator, self.format.dimension())
        return Formula(self.evidence(), CONCA_HERZOG,
                       sum(numerator), tuple(polynomial))

    def distance_degree(self, metric: str) -> Summands | None:
        """
        For the unit and the Bombieri metric, which is Σ_j w_j |column j|^2 with positive weights
        and a sum of squares of the constants, the critical points of a generic matrix are the
        truncations of its singular value decomposition.
        """
        m, n, r = self.format.rows, self.format.columns, self.format.bound
        evidence = {"formula": "generic matrices", "trial": self.trial}
        if metric in ("unit", "bombieri"):
            return Summands(evidence, ECKART_YOUNG, (comb(min(m, n), r),), (ECKART_YOUNG,))
        polar = determinantal_polar_degrees(m, n, r) if (
            metric == "generic" and not self.format.others) else None
        return None if polar is None else Summands(evidence, ZHANG, tuple(polar), (ZHANG, SUM))

    def __str__(self) -> str:
        a = self.format
        space = f" times an affine space of dimension {a.others}" if a.others else ""
        return (f"M is the variety of all {a.rows} x {a.columns} matrices of rank at most "
                f"{a.bound}{space}: checked that the rank is at most {a.bound} and that the "
                f"dimensions agree. The minors of size {a.bound + 1} of the output flattening "
                "generate its prime ideal (Hochster, Eagon 1971).")


def generic_matrices(model: Model, dimension: int, trial: dict[str, Any]
                     ) -> GenericMatrices | None:
    """
    The variety of all matrices of bounded rank if M is that, else None.

    INPUT:

    - ``dimension`` -- the rank of Dφ that the trial has
    - ``trial`` -- the trial

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> generic_matrices(parse_spec("mlp:3,2,4:x^2"), 12, {}) is None
        True
        >>> print(generic_matrices(parse_spec("linear:3,2,3"), 8, {}))
        M is the variety of all 3 x 3 matrices of rank at most 2: checked that the rank is
        at most 2 and that the dimensions agree. The minors of size 3 of the output flattening
        generate its prime ideal (Hochster, Eagon 1971).
    """
    a = output_format(model)
    if a is None or a.bound == min(a.rows, a.columns) or a.dimension() != dimension:
        return None
    return GenericMatrices(model, a, trial)


def determinantal_numerator(m: int, n: int, r: int) -> list[int]:
    """
    The numerator over (1 - t)^(r (m + n - r)) of the Hilbert series of the m × n matrices of rank
    at most r.

    It is the determinant of the r × r matrix with the entries
    Σ_k C(m - i, k) C(n - j, k + i - j) t^k.

    REFERENCES: [CH1994]_

    EXAMPLES::

        >>> determinantal_numerator(5, 5, 3)
        [1, 4, 10, 20, 10, 4, 1]
    """
    from flint import fmpq_poly, fmpz_mat

    count = r * max(min(m, n) - 1, 0) + 1
    entries = [[[comb(m - i, k) * (comb(n - j, k + i - j) if k + i >= j else 0)
                 for k in range(m)] for j in range(1, r + 1)] for i in range(1, r + 1)]
    total, node = fmpq_poly([0]), fmpq_poly([1])
    # Newton's interpolation at 0, 1, 2, ...
    for t in range(count):
        value = fmpz_mat([[sum(c * t**k for k, c in enumerate(entry)) for entry in row]
                          for row in entries]).det() if r else 1
        total += (value - total(t)) / node(t) * node
        node *= fmpq_poly([-t, 1])
    return [int(c.p) for c in total.coeffs()]


def polynomial_of_series(numerator: Sequence[int], dimension: int) -> list[Fraction]:
    """
    The Hilbert polynomial of a series, Σ_k c_k binomial(i - k + d - 1, d - 1); coefficients.

    EXAMPLES::

        >>> polynomial_of_series([1, 1], 2) == [1, 2]
        True
    """
    from flint import fmpq, fmpq_poly

    from neuroalg_sage.models.rational import fraction

    total = fmpq_poly([0])
    for k, c in enumerate(numerator):
        term = fmpq_poly([fmpq(c, factorial(dimension - 1))] if dimension else [])
        for shift in range(1, dimension):
            term *= fmpq_poly([shift - k, 1])
        total += term
    return list(map(fraction, total.coeffs()))
