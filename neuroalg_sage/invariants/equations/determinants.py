"""
Hypersurfaces whose equation is a determinant, a Pfaffian, or another root of a determinant.

The equation is not expanded.  Why a line suffices is said at
:func:`neuroalg_sage.certificates.equations.determinants.determinantal_hypersurface`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import comb, gcd
from typing import Any

import numpy as np

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.dimension.koszul_flattenings import entries
from neuroalg_sage.certificates.equations.determinants import (
    degree_of_factor,
    determinantal_hypersurface,
    expanded,
    flattening,
    root_of_determinant,
)
from neuroalg_sage.certificates.equations.rational_series import hilbert_polynomial
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.descriptions.secant_varieties import power_sum
from neuroalg_sage.engines import modular
from neuroalg_sage.engines.transfer import PolynomialMatrix
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.presentation import clipped
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.dimension.rings import coordinate_ring
from neuroalg_sage.invariants.equations.degree import Degree, HilbertPolynomial
from neuroalg_sage.invariants.equations.generators import Ideal, primitive
from neuroalg_sage.models.expressions import Polynomial, from_flint
from neuroalg_sage.models.model import Model

PRIME = 1_000_003
METHOD = "the determinant of a Koszul flattening"
MOST_ENTRIES = 300_000
LARGEST, LARGEST_EXPANDED = 60, 7  # rows of a determinant
LINES = 10  # times the degree: one in about as many as that shows that it is irreducible


def may_be_a_hypersurface(model: Model) -> bool:
    """
    Whether M is that of sums of powers, with enough parameters for a hypersurface.

    Not of one or two, of which the minors of flattenings are few, and known to be all equations.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> [may_be_a_hypersurface(parse_spec(spec)) for spec in ("mlp:5,7,1:x^3", "mlp:5,5,1:x^3")]
        [True, False]
    """
    format_of = power_sum(model)
    return (format_of is not None and format_of[1] > 2
            and model.parameter_count - format_of[1] >= model.ambient_dimension - 1)


def square_matrices(model: Model, generator: random.Random) -> Iterator[dict[str, Any]]:
    """
    Koszul flattenings whose rank is smaller on M than on V, with rows and columns of a minor as
    large as their rank on V, the smallest first, as certificates state them.

    EXAMPLES: Strassen's equation, and that of the sums of 14 fourth powers::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> for spec in ("mlp:4,5,3:x^2", "mlp:5,14,1:x^4"):
        ...     first, *_ = square_matrices(parse_spec(spec), random.Random(1))
        ...     print(len(first["minor"][0]))
        12
        15
    """
    format_of = power_sum(model)
    if format_of is None:
        return
    m, h, k, d = format_of
    found = []
    for a, b, e in product(range(k), (None, *range(m)), range(d + 1)):
        q, c = (0, 0) if b is None else (b, 1)
        height = comb(k, a) * comb(m + e - 1, e) * (1 if b is None else comb(m, b))
        width = comb(k, a + 1) * comb(m + d - e - c - 1, m - 1) * (
            1 if b is None else comb(m, q + 1)) if d >= e + c else 0
        bound = h * comb(k - 1, a) * (1 if b is None else comb(m - 1, b))
        if bound < min(height, width) and height * width <= MOST_ENTRIES:
            found.append((height * width, a, b, e, bound))
    for _, a, b, e, bound in sorted(found, key=lambda one: one[0]):
        table, rows, columns = entries(k, m, d, a, e, b)
        at = np.zeros((rows, columns), dtype=np.int64)
        numbers = [generator.randrange(PRIME) for _ in range(model.ambient_dimension)]
        for row, column, z, sign in table:
            at[row, column] = sign * numbers[z] % PRIME
        minor = [_independent(at.T), _independent(at)]
        size = len(minor[0])
        # The exponent of the equation's degree divides that of the determinant.
        if bound < size <= LARGEST and size % (size - bound) == 0:
            yield {"outputs": a, "inputs": b, "degree": e, "minor": minor}


def _independent(matrix: np.ndarray) -> list[int]:
    """Columns that are a basis of the space that all span."""
    free, _ = modular.reduced_kernel(matrix, PRIME)
    return sorted(set(range(matrix.shape[1])) - set(free))


def determinantal_evidence(model: Model, dimension: Invariant, seed: int | None = None
                           ) -> dict[str, Any] | None:
    """
    What proves that M is a hypersurface whose equation is a root of a determinant; None if it is
    not seen to be one.

    INPUT:

    - ``dimension`` -- the dimension as found; its first trial is the evidence that it is not less
    - ``seed`` -- integer for the random choices
    """
    n = model.ambient_dimension
    if dimension.data != n - 1 or not may_be_a_hypersurface(model):
        return None
    assert dimension.certificate is not None
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    trial = dimension.certificate["evidence"]["trials"][0]
    for chosen in square_matrices(model, generator):
        size, matrix, rank = flattening(rebuilt(model), chosen)
        for _ in range(LINES * (size // (size - rank))):
            line = [[generator.randrange(PRIME) for _ in range(n)] for _ in range(2)]
            with suppress(CertificateError):
                degree_of_factor(size, size - rank, matrix, PRIME, line)
                return {"flattening": chosen, "trial": trial, "prime": PRIME, "line": line}
    return None


def determinantal_degree(model: Model, evidence: dict[str, Any]) -> tuple[Invariant, Invariant]:
    """
    The degree and the Hilbert polynomial of a hypersurface whose equation is a root of a
    determinant.

    EXAMPLES: Ottaviani's equation of degree 15 for sums of seven cubes::

        >>> from neuroalg_sage.invariants.dimension.dimension import dimension
        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("mlp:5,7,1:x^3")
        >>> evidence = determinantal_evidence(model, dimension(model, 1), 1)
        >>> determinantal_degree(model, evidence)[0]
        15 (proved)
    """
    start = time.perf_counter()
    degree, *_ = determinantal_hypersurface(rebuilt(model), evidence)
    polynomial = hilbert_polynomial([1] * degree, model.ambient_dimension - 1)
    seconds = time.perf_counter() - start
    return (Degree.certified(model, "degree", degree, "proved", METHOD, seconds, evidence),
            HilbertPolynomial.certified(model, "hilbert_polynomial", polynomial, "proved", METHOD,
                                        seconds, evidence, claim=[str(c) for c in polynomial]))


def determinantal_ideal(model: Model, evidence: dict[str, Any]) -> Invariant:
    """
    The ideal of a hypersurface whose equation is a root of a determinant: a polynomial where the
    determinant is small, else a :class:`RootOfDeterminant`.

    EXAMPLES: The sums of five fourth powers, and Strassen's equation::

        >>> from neuroalg_sage.invariants.dimension.dimension import dimension
        >>> from neuroalg_sage.models.families import parse_spec
        >>> for spec in ("mlp:3,5,1:x^4", "mlp:4,5,3:x^2"):
        ...     model = parse_spec(spec)
        ...     evidence = determinantal_evidence(model, dimension(model, 1), 1)
        ...     print(determinantal_ideal(model, evidence).sentence())
        generated by 1 polynomial of degree 6
        generated by one polynomial of degree 6, whose square is a number times the determinant of a
        matrix of size 12
    """
    start = time.perf_counter()
    n = model.ambient_dimension
    degree, corank, size, matrix, _ = determinantal_hypersurface(rebuilt(model), evidence)
    if corank == 1 and size <= LARGEST_EXPANDED:
        found = expanded(rebuilt(model), size, matrix)
        terms = primitive(from_flint(found / found.leading_coefficient()))
        content = gcd(*(int(c) for c in terms.values()))
        generators = [{e: c / content for e, c in terms.items()}]
        return Ideal.certified(model, "ideal", generators, "proved", METHOD,
                               time.perf_counter() - start, {"argument": "determinant"} | evidence,
                               claim=[encode_polynomial(g) for g in generators], coordinates=n)
    return RootOfDeterminant.certified(
        model, "ideal", root_of_determinant(corank, size, matrix), "proved", METHOD,
        time.perf_counter() - start, evidence, coordinates=n)


@dataclass(frozen=True, eq=False, repr=False)
class RootOfDeterminant(Invariant):
    """
    An ideal generated by one polynomial that is not expanded: a power of it is, up to a number, the
    determinant of a matrix of linear forms.  The value is that matrix, in Sage.

    - ``coordinates`` -- how many the ambient space has
    """

    coordinates: int = 0

    @cached_property
    def value(self) -> Any:
        """The matrix in Sage."""
        size = self.data["size"]
        entries: list[Polynomial] = [{}] * size**2
        for i, j, k, c in self.data["matrix"]:
            form = tuple(int(v == k) for v in range(self.coordinates))
            entries[i * size + j] = {form: Fraction(c)}
        return PolynomialMatrix(coordinate_ring(self.coordinates), size, size, tuple(entries)
                                ).to_sage()

    def rows(self) -> list[list[str]]:
        """The entries of the matrix as text."""
        size = self.data["size"]
        rows = [["0"] * size for _ in range(size)]
        for i, j, k, c in self.data["matrix"]:
            sign, number = "-" * c.startswith("-"), c.removeprefix("-")
            rows[i][j] = f"{sign}{'' if number == '1' else number + '*'}z_{k}"
        return rows

    def sentence(self) -> str:
        power, size = self.data["power"], self.data["size"]
        return (f"generated by one polynomial of degree {size // power}, "
                + ("which is" if power == 1 else
                   "whose square is" if power == 2 else f"whose power {power} is")
                + f" a number times the determinant of a matrix of size {size}")

    def plain_value(self) -> dict[str, Any]:
        return {"power": self.data["power"], "matrix": self.rows()}

    def table(self) -> list[str]:
        """The matrix as text, a line for each row."""
        rows = self.rows()
        widths = [max(map(len, column)) for column in zip(*rows)]
        return [" ".join(map(str.rjust, row, widths)) for row in rows]

    def report_lines(self) -> list[str]:
        return ["", "The matrix", *(f"  {line}" for line in clipped(self.table()))]

    def refuse(self) -> LimitReached:
        """That the equation is not expanded, for questions that need it."""
        return LimitReached(f"The ideal is {self.sentence()}; this is not expanded, but the method "
                            "equivariant or elimination may find it.")
