"""
Divisors with normal crossings in a product X of projective spaces, and their complements.

**Lemma 1.**  Let equations with integral coefficients be homogeneous in each block of variables.
If modulo a prime their multiples of one multidegree span all forms of that multidegree, they have
no common zero in X over C.

*Proof.*  Modulo the prime all monomials of that multidegree would vanish at a common zero over the
algebraic closure, so there is none.  The common zeros are a scheme that is proper over the
integers, so that its image is closed there; without the prime it does not contain the generic
point.  ∎

**Lemma 2.**  Let D_1, ..., D_t be smooth hypersurfaces in X of classes [D_i], such that any r of
them meet where their equations have independent differentials, for all r.  Then
χ(X less all D_i) is the degree of c(X) / Π (1 + [D_i]).

*Proof.*  The intersection of the D_i for i in a set S is smooth, with the Chern class of X over
Π (1 + [D_i]), or empty; so it has the χ of c(X) Π [D_i] / (1 + [D_i]).  By inclusion and exclusion
their sum with the signs (-1)^|S| is that of c(X) Π (1 - [D_i] / (1 + [D_i])).  ∎

Sets S that are a disjoint union of two, with equations in different blocks, need not be looked at:
there X is a product, and so are the intersections.  Nor need sets that contain one with an empty
intersection.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from math import comb, prod
from typing import Any

from flint import fmpq_mpoly, nmod_mat

from neuroalg_sage.certificates.equations.products_of_spaces import multidegree
from neuroalg_sage.certificates.model import monomials
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    integers,
    items,
    require,
    residue,
)

PRIME = 2**31 - 1
MOST_MONOMIALS, MOST_MINORS, MOST_SETS, MOST_PRODUCTS = 1_600, 600, 600, 3_000_000

Blocks = Sequence[Sequence[int]]


def support(f: fmpq_mpoly, blocks: Blocks) -> list[int]:
    """The blocks in which a polynomial has positive degree."""
    return [i for i, d in enumerate(multidegree(f, blocks)) if d]


def number_of_forms(blocks: Blocks, degree: Sequence[int]) -> int:
    """The number of monomials of a multidegree."""
    return prod(comb(len(b) + d - 1, d) for b, d in zip(blocks, degree))


def _forms(blocks: Blocks, degree: Sequence[int]) -> Iterator[dict[int, int]]:
    """The monomials of a multidegree, as exponents of variables."""
    for parts in product(*(monomials(len(b), d) for b, d in zip(blocks, degree))):
        yield {v: k for block, e in zip(blocks, parts) for v, k in zip(block, e) if k}


def multiples(equations: Sequence[fmpq_mpoly], blocks: Blocks, degree: Sequence[int],
              p: int = PRIME) -> tuple[nmod_mat, dict[tuple[int, ...], int]]:
    """
    Multiples of one multidegree of equations in these blocks modulo a prime, and the columns of the
    monomials, whose exponents are in the order of the blocks.

    So that there are not too many, they are added up with the factors 3^i in twice as many
    combinations as there are monomials.
    """
    count = number_of_forms(blocks, degree)
    require(count <= MOST_MONOMIALS, "There are too many forms of the multidegree.")
    variables = [v for block in blocks for v in block]
    places = {tuple(m.get(v, 0) for v in variables): i
              for i, m in enumerate(_forms(blocks, degree))}
    rows = 2 * count
    matrix, factor, row, work = [0] * (rows * count), 1, 0, 0
    for f in equations:
        rest = [d - e for d, e in zip(degree, multidegree(f, blocks))] if f else [-1]
        if min(rest) < 0:
            continue
        terms = [(tuple(e[v] for v in variables), residue(c, p))
                 for e, c in zip(exponent_vectors(f), f.coeffs())]
        for shift in _forms(blocks, rest):
            by = [shift.get(v, 0) for v in variables]
            work += len(terms)
            require(work <= MOST_PRODUCTS, "The equations have too many multiples.")
            for e, c in terms:
                place = row * count + places[tuple(map(int.__add__, e, by))]
                matrix[place] = (matrix[place] + factor * c) % p
            row, factor = (row + 1) % rows, factor * 3 % p
    return nmod_mat(rows, count, matrix, p), places


def have_no_common_zero(equations: Sequence[fmpq_mpoly], blocks: Blocks, degree: Sequence[int]
                        ) -> bool:
    """Whether the multiples of one multidegree of equations in these blocks are all forms."""
    matrix, places = multiples(equations, blocks, degree)
    return bool(matrix.rank() == len(places))


def _minors(rows: list[list[fmpq_mpoly]]) -> Iterator[fmpq_mpoly]:
    """The maximal minors of a matrix with at least as many columns as rows."""
    def determinant(k: int, columns: tuple[int, ...]) -> fmpq_mpoly:
        if k == len(rows) - 1:
            return rows[k][columns[0]]
        return sum(((-1) ** i * rows[k][c] * determinant(k + 1, columns[:i] + columns[i + 1 :])
                    for i, c in enumerate(columns) if rows[k][c]), 0 * rows[0][0])

    require(comb(len(rows[0]), len(rows)) <= MOST_MINORS and len(rows) <= 6,
            "There are too many minors.")
    for columns in combinations(range(len(rows[0])), len(rows)):
        yield determinant(0, columns)


def crossing(factors: Sequence[fmpq_mpoly], blocks: Blocks) -> list[fmpq_mpoly]:
    """Equations of where factors vanish, and have dependent differentials."""
    variables = [v for block in blocks for v in block]
    gradients = [[f.derivative(v) for v in variables] for f in factors]
    return [*factors, *(f for f in _minors(gradients) if f)] if (
        len(factors) <= len(variables)) else list(factors)


def required(factors: Sequence[fmpq_mpoly], blocks: Blocks, empty: Sequence[frozenset[int]]
             ) -> Iterator[tuple[tuple[int, ...], list[Sequence[int]]]]:
    """
    The sets of factors that must be looked at, the smallest first, each with the blocks in which
    its equations are; ``empty``, which may grow, has those with an empty intersection.
    """
    supports = [frozenset(support(f, blocks)) for f in factors]
    for size in range(1, len(factors) + 1):
        for s in combinations(range(len(factors)), size):
            if not any(e.issubset(s) for e in empty) and _is_connected([supports[i] for i in s]):
                yield s, [blocks[k] for k in sorted(frozenset().union(*(supports[i] for i in s)))]


def _is_connected(parts: list[frozenset[int]]) -> bool:
    reached, rest = parts[0], parts[1:]
    while rest:
        near = [p for p in rest if p & reached]
        if not near:
            return False
        reached, rest = reached.union(*near), [p for p in rest if not p & reached]
    return True


def check_normal_crossings(factors: Sequence[fmpq_mpoly], blocks: Blocks, evidence: Any) -> None:
    """
    Verify the hypothesis of Lemma 2: of each set of factors that must be looked at, by a
    multidegree, that they have no common zero, or none with dependent differentials.
    """
    require(len(factors) <= 12, "There are too many hypersurfaces.")
    given = {}
    for entry in items(evidence, "crossings"):
        which, degree, kind = items(entry, "crossing", 3)
        require(kind in ("empty", "transversal"), "A crossing is of another kind.")
        given[tuple(integers(which, 0, len(factors) - 1, "factor"))] = (degree, kind)
    require(len(given) <= MOST_SETS, "There are too many crossings.")
    empty: list[frozenset[int]] = []
    for s, inside in required(factors, blocks, empty):
        require(s in given, "Not all crossings of the hypersurfaces are stated.")
        degree, kind = given[s]
        equations = [factors[i] for i in s]
        if kind == "empty":
            empty.append(frozenset(s))
        else:
            equations = crossing(equations, inside)
        require(have_no_common_zero(equations, inside, integers(
            degree, 0, 10**4, "degree", len(inside))),
            "The hypersurfaces do not cross normally, or this degree does not show it.")


def euler_characteristic(sizes: Sequence[int], classes: Sequence[Sequence[int]]) -> int:
    """The degree of c(X) / Π (1 + [D_i]) for hypersurfaces D_i of these multidegrees."""
    series = {a: prod(comb(k, b) for k, b in zip(sizes, a)) for a in product(*map(range, sizes))}
    for degrees in classes:
        for a in series:  # in ascending order
            series[a] -= sum(d * series[(*a[:j], a[j] - 1, *a[j + 1 :])]
                             for j, d in enumerate(degrees) if d and a[j])
    return series[tuple(k - 1 for k in sizes)]
