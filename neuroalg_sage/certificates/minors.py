"""
Ideals of minors: what theorems say that they are prime, and their hypotheses.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from math import comb, factorial, prod
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.dimension import (
    determinantal_dimension,
    output_flattening,
    power_sum,
    sample_rank,
)
from neuroalg_sage.certificates.model import Model, monomials
from neuroalg_sage.certificates.reading import (
    member,
    polynomial_ring,
    require,
)

GENERIC = "theorem: Hochster, Eagon (1971)"
SYMMETRIC = "theorem: Kutz (1974)"
SEGRE_VERONESE = "theorem: Bernardi (2008)"
SECANT = "theorem: Raicu (2012)"

MOST_MINORS = 200_000

Matrix = Sequence[Sequence[fmpq_mpoly]]


def minors(matrix: Matrix, size: int) -> Iterator[fmpq_mpoly]:
    """The nonzero minors of a matrix, by Laplace expansion, row by row."""
    ring = matrix[0][0].context()
    for rows in itertools.combinations(matrix, size):
        table: dict[tuple[int, ...], fmpq_mpoly] = {(): ring.constant(1)}
        for row in rows:
            larger: dict[tuple[int, ...], fmpq_mpoly] = {}
            for columns, value in table.items():
                for j, entry in enumerate(row):
                    if entry and j not in columns:
                        sign = -1 if sum(c > j for c in columns) % 2 else 1
                        key = tuple(sorted((*columns, j)))
                        larger[key] = larger.get(key, ring.constant(0)) + sign * value * entry
            table = {key: value for key, value in larger.items() if value}
        yield from table.values()


def generic_matrix(model: Model, evidence: Any) -> tuple[int, int, int, int]:
    """
    Verify that M consists of all matrices of rank at most r, times an affine space; their
    format, r, and the dimension of the affine space.

    M is contained in that variety, which is irreducible, and has its dimension.
    """
    rows, bound, others = output_flattening(model)
    require(sample_rank(model, member(evidence, "trial"))[0] == determinantal_dimension(model),
            "The matrices of bounded rank are more than the neurovariety.")
    return len(rows), len(rows[0]), bound, others


def partial_flattenings(inputs: int, outputs: int, degree: int) -> list[Matrix]:
    """
    All flattenings of tuples of forms Σ_e c_je multinomial(e) x^e, that is of partially symmetric
    tensors: for each a, rows are pairs of an output j and a monomial x^α of degree a, columns
    are monomials x^β, and the entry is c_(j, α + β).

    The one left out, with all factors in the rows, has one column; for one output half
    of them are the transposes of the others.
    """
    ring = polynomial_ring(outputs * comb(inputs + degree - 1, degree))
    coordinates = iter(ring.gens())
    c = {(j, e): next(coordinates) * fmpq(prod(map(factorial, e)), factorial(degree))
         for j in range(outputs) for e in monomials(inputs, degree)}
    return [[[c[j, tuple(map(int.__add__, alpha, beta))]
              for beta in monomials(inputs, degree - a)]
             for j in range(outputs) for alpha in monomials(inputs, a)]
            for a in (range(1, degree // 2 + 1) if outputs == 1 else range(degree))]


def matrices_of_bounded_rank(model: Model, evidence: Any) -> tuple[list[Matrix], int, str, str]:
    """
    Matrices, and the size of those minors that generate I(M) by a theorem; with what was
    verified of its hypotheses, and its name.

    - Minors of one size of a matrix of independent coordinates generate a prime ideal.
      M. Hochster, J. Eagon, Amer. J. Math. 93 (1971); W. Bruns, U. Vetter, Determinantal
      Rings, Theorem 2.10.
    - So do those of a symmetric matrix of independent coordinates.  R. Kutz, Trans. Amer.
      Math. Soc. 194 (1974).  Sums of r squares of linear forms are all forms of rank at
      most r, up to closure.
    - The 2-minors of all flattenings generate the ideal of a Segre-Veronese variety.
      A. Bernardi, J. Pure Appl. Algebra 212 (2008).
    - The 3-minors of all flattenings generate the ideal of its variety of secant lines, in
      characteristic zero, for factors of positive dimension.  C. Raicu, Algebra Number Theory
      6 (2012), Theorem 4.1.
    """
    if member(evidence, "matrices") == "output flattening":
        _, _, r, _ = generic_matrix(model, evidence)
        z = polynomial_ring(model.ambient_dimension).gens()
        matrix = [[z[i] for i in row] for row in output_flattening(model)[0]]
        return [matrix], r + 1, f"the neurovariety is all matrices of rank at most {r}", GENERIC
    require(evidence["matrices"] == "all flattenings", "The matrices are not known.")
    m, r, outputs, degree = power_sum(model)
    require(m > 1, "The theorem is on more than one input.")
    why = f"the neurovariety is that of sums of {r} powers"
    flattenings = partial_flattenings(m, outputs, degree)
    if outputs == 1 and degree == 2:
        return flattenings, r + 1, why, SYMMETRIC
    require(r <= 2, "The theorem is on at most two summands.")
    return flattenings, r + 1, why, SECANT if r == 2 else SEGRE_VERONESE


def check_minors(model: Model, generators: list[fmpq_mpoly], evidence: Any
                 ) -> tuple[list[str], list[str]]:
    """Verify that I(M) is generated by minors, and these span the same space as the claim's."""
    flattenings, size, why, theorem = matrices_of_bounded_rank(model, evidence)
    require(sum(comb(len(a), size) * comb(len(a[0]), size) for a in flattenings) <= MOST_MINORS,
            f"There are over {MOST_MINORS} minors.")
    # Minors are homogeneous for the degrees in each output and each input.
    grading = [(*(int(i == j) for i in range(model.outputs)), *e)
               for j, degrees in enumerate(model.degree_pattern)
               for d in degrees for e in monomials(model.inputs, d)]
    spaces: dict[tuple[int, ...], tuple[list[fmpq_mpoly], list[fmpq_mpoly]]] = {}
    wanted = (f for a in flattenings for f in minors(a, size))
    for which, polynomials in enumerate((filter(bool, generators), wanted)):
        for f in polynomials:
            weight = tuple(map(sum, zip(*(grading[i] for i, e in enumerate(f.monomial(0))
                                          for _ in range(int(e))))))
            spaces.setdefault(weight, ([], []))[which].append(f)
    require(all(_same_span(claimed, made) for claimed, made in spaces.values()),
            "The generators and the minors span different spaces.")
    return [f"the hypotheses of the theorem: {why}",
            f"the generators span the space of minors of size {size}"], [theorem]


def _same_span(a: list[fmpq_mpoly], b: list[fmpq_mpoly]) -> bool:
    if len(a) == len(b) == 1:
        return bool(a[0] * b[0].leading_coefficient() == b[0] * a[0].leading_coefficient())
    return _rank(a) == _rank(b) == _rank(a + b)


def _rank(polynomials: list[fmpq_mpoly]) -> int:
    tables = [f.to_dict() for f in polynomials]
    columns = list(dict.fromkeys(e for table in tables for e in table))
    rows = [[table.get(e, 0) for e in columns] for table in tables]
    return fmpq_mat(rows).rank() if rows else 0
