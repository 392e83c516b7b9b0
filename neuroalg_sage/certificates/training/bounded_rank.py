"""
Strata of matrices and of quadratic forms of bounded rank.
"""

from __future__ import annotations

import itertools
from math import comb

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.boxes import is_positive
from neuroalg_sage.certificates.model import Model, monomials
from neuroalg_sage.certificates.reading import polynomial_ring, require
from neuroalg_sage.certificates.training.charts import (
    MOST_CHARTS,
    MOST_VARIABLES,
    Chart,
    Cover,
)
from neuroalg_sage.certificates.training.quadratic_loss import MOST_DIMENSIONS

Entries = list[list[fmpq_mpoly]]


def _grassmannian(ring: fmpq_mpoly_ctx, pivots: tuple[int, ...], width: int
                  ) -> tuple[Entries, tuple[int, ...]]:
    """A matrix with an identity in the pivots' columns, and the variables left of pivots."""
    variable = itertools.count()
    left, rows = [], []
    for i, pivot in enumerate(pivots):
        row = []
        for column in range(width):
            if column in pivots:
                row.append(ring.constant(int(pivots[i] == column)))
                continue
            place = next(variable)
            left += [place] if column < pivot else []
            row.append(ring.gens()[place])
        rows.append(row)
    return rows, tuple(left)


def whole_space(n: int) -> Chart:
    """V itself, where it is M."""
    require(n <= MOST_DIMENSIONS, f"The ambient space has over {MOST_DIMENSIONS} dimensions.")
    ring = polynomial_ring(n)
    return Chart("all of V", 0, ring, 0, list(ring.gens()[:n]))


def linear_strata(model: Model) -> Cover:
    """
    The strata of a linear network without bias: the matrices of each rank.

    *Linear networks* without bias: M is all matrices of rank at most r, the least width.  If
    w is critical, so is f for the stratum of matrices of its rank s: for W = W_k ... W_1 with
    differential G of L at W, the equations (W_k ... W_2)^T G = 0 and G (W_(k-1) ... W_1)^T = 0
    of the last and the first layer imply W^T G = 0 and G W^T = 0, which is that.  Conversely
    let each layer factor W through the same s units.  Charts: W = U R with R an identity
    matrix in the columns J.
    """
    m, k, r = model.outputs, model.inputs, min(model.widths)
    whole = r == min(m, k)
    charts = [whole_space(m * k)] if whole else []
    for s in range(r - whole, -1, -1) if len(model.widths) > 2 else ():
        for pivots in itertools.combinations(range(k), s):
            t = s * (k - s)
            require(t + m * s <= MOST_VARIABLES and len(charts) < MOST_CHARTS,
                    "There are too many charts, or variables in one.")
            ring = polynomial_ring(t + m * s)
            right, _ = _grassmannian(ring, pivots, k)
            b = ring.gens()[t:]
            charts.append(Chart(
                f"rank {s}, columns {', '.join(map(str, pivots))}" if s else "rank 0", r - s,
                ring, t, [sum((b[i * s + j] * right[j][c] for j in range(s)), ring.constant(0))
                          for i in range(m) for c in range(k)], constant=not s))
    return Cover("linear network", charts, whole, True, is_spanning=True)


def quadratic_strata(model: Model, r: int) -> Cover:
    """
    The strata of one hidden layer of squares with one output: the quadratic forms of each rank.

    *Quadratic forms*: one hidden layer with the activation c x^2 and one output.  f = Σ a_i v_i
    v_i^T runs over the symmetric matrices of rank at most r, the number of units or of inputs.
    At a critical w with differential G of L, as a symmetric matrix, a_i G v_i = 0 for all i,
    hence G f = 0, which is that f is critical for the stratum of its rank.  Conversely let
    s units diagonalize f, and the others be zero.  Charts: f = R^T A R with R as before: a
    symmetric matrix of rank s has a principal minor of size s that is not zero.  The cell of
    J holds those R that are in echelon form, so each f lies in one cell.
    """
    m = model.inputs
    whole = r == m
    charts = [whole_space(model.ambient_dimension)] if whole else []
    for s in range(r - whole, -1, -1):
        for pivots in itertools.combinations(range(m), s):
            t, symmetric = s * (m - s), s * (s + 1) // 2
            require(t + symmetric <= MOST_VARIABLES and len(charts) < MOST_CHARTS,
                    "There are too many charts, or variables in one.")
            ring = polynomial_ring(t + symmetric)
            right, left = _grassmannian(ring, pivots, m)
            entry = {}
            for (i, j), a in zip(itertools.combinations_with_replacement(range(s), 2),
                                 ring.gens()[t:]):
                entry[i, j] = entry[j, i] = a
            coordinates = []
            for e in monomials(m, 2):
                x, y = (i for i, power in enumerate(e) for _ in range(power))
                coordinates.append((1 if x == y else 2) * sum(
                    (right[i][x] * entry[i, j] * right[j][y]
                     for i in range(s) for j in range(s)), ring.constant(0)))
            charts.append(Chart(
                f"rank {s}, rows {', '.join(map(str, pivots))}" if s else "rank 0", r - s,
                ring, t, coordinates, left, [_determinant(
                    [[entry[i, j] for j in range(s)] for i in range(s)], ring)] * (s > 0),
                not s))
    return Cover("quadratic forms", charts, whole, True, is_spanning=True)


def _determinant(matrix: Entries, ring: fmpq_mpoly_ctx) -> fmpq_mpoly:
    if not matrix:
        return ring.constant(1)
    return sum(((-1) ** j * entry * _determinant([row[:j] + row[j + 1:] for row in matrix[1:]],
                                                  ring)
                for j, entry in enumerate(matrix[0])), ring.constant(0))


def linear_network_counts(quadratic: fmpq_mat, target: list[fmpq], outputs: int, inputs: int
                          ) -> list[int] | None:
    """
    The numbers of critical points on the matrices of rank 0, 1, 2, ..., real and complex.

    Let the loss be tr(W S W^T) - 2 tr(W B^T) + c with S positive definite.  On the matrices of
    rank s, W is critical if and only if W^T (W S - B) = 0 and (W S - B) W^T = 0.  Let P be the
    orthogonal projection onto the image U of W.  By the first, P (W S - B) = 0, so W = P B S^-1.
    By the second, P T P = T P for T = B S^-1 B^T, so P commutes with T, and W has rank s if and
    only if P B has.  If B has the rank k of its shorter side, and the nonzero eigenvalues of T
    are different, then P projects to s of their k eigenspaces.  So there are binomial(k, s).
    (Baldi, Hornik 1989, for S = 1.)  If outputs <= inputs, this holds over the complex numbers
    too: that U meets its orthogonal space in u = W x implies u^T B = 0, so u = 0.  Else transpose.

    None if the quadratic form is not of this kind, or an eigenvalue is multiple or zero.
    """
    s = fmpq_mat(inputs, inputs, [quadratic[i, j] for i in range(inputs) for j in range(inputs)])
    for i in range(outputs * inputs):
        for j in range(outputs * inputs):
            same = i // inputs == j // inputs
            if quadratic[i, j] != (s[i % inputs, j % inputs] if same else 0):
                return None
    if not is_positive(s, strictly=True):
        return None
    f = singular_values(s, fmpq_mat(outputs, inputs, target)).charpoly()
    if f.gcd(f.derivative()).degree() > 0 or not f[0]:
        return None
    k = min(outputs, inputs)
    return [comb(k, rank) for rank in range(k + 1)]


def singular_values(s: fmpq_mat, b: fmpq_mat) -> fmpq_mat:
    """A matrix whose eigenvalues are the squares of the singular values of B S^(-1/2)."""
    if b.nrows() <= b.ncols():
        return b * s.inv() * b.transpose()
    return s.inv() * b.transpose() * b


def has_as_many(model: Model, quadratic: fmpq_mat, target: list[fmpq], strata: list[int]
                ) -> int | None:
    """
    The number of critical matrices, if those in these strata are all of them; else None.

    *Lemma.*  Let (1) the matrices be different, and (2) each be critical in a chart U R of its
    stratum, and of that rank.  There the chart is an immersion onto an open part of the stratum,
    so each is critical on the matrices of its rank; of these there are so many.  In V, if that is
    M, the critical one is B S^-1, which has the largest rank as B has.
    """
    counts = linear_network_counts(quadratic, target, model.outputs, model.inputs)
    least = min(model.widths)
    if counts is None or any(strata.count(least - rank) != counts[rank]
                             for rank in range(least + 1)):
        return None
    return sum(counts[: least + 1])
