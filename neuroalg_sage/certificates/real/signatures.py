"""
Descriptions by the signature of a symmetric matrix whose entries are polynomials on V.

*Lemma (signs).*  Let e_1, ..., e_n be the elementary symmetric functions of the eigenvalues of a
real symmetric matrix.  Its rank is the largest k with e_k ≠ 0, and it has as many positive
eigenvalues as there are changes of sign in 1, -e_1, e_2, -e_3, ..., and as many negative ones as in
1, e_1, e_2, e_3, ..., where zeros are left out.  For the characteristic polynomial is
λ^n - e_1 λ^(n-1) + e_2 λ^(n-2) - ..., and all its zeros are real.  By Descartes' rule there are at
most so many of either sign, and both sequences together have at most k changes of sign if e_k is
the last that does not vanish: of two neighbors one of the sequences changes its sign, and across a
gap of g zeros there are at most g + 1 changes in both.  There are k nonzero zeros, so all of these
are equalities.

So a condition on the numbers of eigenvalues is one on the signs of e_1, ..., e_n.  There are at
most 3^n vectors of signs, and a formula in the e_k is verified at each that may occur.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flint import fmpq_mpoly

from neuroalg_sage.certificates.reading import require
from neuroalg_sage.certificates.real.formulas import RELATIONS, Formula
from neuroalg_sage.certificates.work import Work

MOST_FUNCTIONS = 7

Matrix = Sequence[Sequence[fmpq_mpoly]]


@dataclass(frozen=True)
class Signatures:
    """
    The points where equations hold and a symmetric matrix has certain signatures.

    - ``equations`` -- polynomials that vanish
    - ``functions`` -- e_1, ..., e_n of the matrix
    - ``belongs`` -- whether points with so many positive and so many negative eigenvalues belong to
      the set; None if no points have these
    """

    equations: list[fmpq_mpoly]
    functions: list[fmpq_mpoly]
    belongs: Callable[[int, int], bool | None]

    def decided(self) -> Iterator[tuple[tuple[int, ...], bool]]:
        """The vectors of signs of e_1, ..., e_n that may occur, and whether their points belong."""
        for signs in itertools.product((-1, 0, 1), repeat=len(self.functions)):
            rank = max((k for k, s in enumerate(signs, 1) if s), default=0)
            positive = changes([1, *((-1) ** k * s for k, s in enumerate(signs, 1))])
            negative = changes([1, *signs])
            if positive + negative == rank:
                belongs = self.belongs(positive, negative)
                if belongs is not None:
                    yield signs, belongs


def changes(signs: Sequence[int]) -> int:
    """The changes of sign in a sequence, without its zeros."""
    kept = [s for s in signs if s]
    return sum(a != b for a, b in zip(kept, kept[1:]))


def elementary(matrix: Matrix) -> list[fmpq_mpoly]:
    """
    The elementary symmetric functions e_1, ..., e_n of the eigenvalues of a matrix A.

    With N_1 = 1 and N_(k+1) = e_k - A N_k it is k e_k = tr(A N_k) (Faddeev, LeVerrier).

    EXAMPLES::

        >>> from neuroalg_sage.certificates.reading import polynomial_ring
        >>> x, y = polynomial_ring(2).gens()
        >>> elementary([[x, y], [y, x]]) == [2*x, x**2 - y**2]
        True
    """
    n, work = len(matrix), Work()
    require(0 < n <= MOST_FUNCTIONS, f"A symmetric matrix has over {MOST_FUNCTIONS} rows.")
    ring = matrix[0][0].context()
    zero, found = ring.constant(0), []
    power = [[ring.constant(int(i == j)) for j in range(n)] for i in range(n)]
    for k in range(1, n + 1):
        for a, b in itertools.product(itertools.chain(*matrix), itertools.chain(*power)):
            work.spend(len(a) * len(b) // n + 1)
        product = [[sum((matrix[i][j] * power[j][m] for j in range(n)), zero) for m in range(n)]
                   for i in range(n)]
        found.append(sum((product[i][i] for i in range(n)), zero) / k)
        power = [[found[-1] * int(i == m) - product[i][m] for m in range(n)] for i in range(n)]
    return found


def up_to_factors(f: fmpq_mpoly, relation: str) -> tuple[str, str]:
    """A condition, up to a positive factor; for an equation up to any factor."""
    c = f.leading_coefficient()
    return relation, str(f / (c if relation in ("=", "!=") else abs(c)))


def check_signatures(claimed: Formula, proved: Signatures) -> None:
    """Verify that a formula describes the points of these signatures, by the lemma."""
    equations = {up_to_factors(f, "=") for f in proved.equations}
    places: dict[str, tuple[int, int]] = {}  # of a polynomial: which function, and with which sign
    for k, e in enumerate(proved.functions):
        for sign in (1, -1):
            places[up_to_factors(sign * e, ">")[1]] = k, sign
    remaining = []
    for piece in claimed:
        stated = {up_to_factors(f, relation) for relation, f in piece if relation == "="}
        require(equations <= stated, "A piece of the formula lacks an equation.")
        others = [(relation, up_to_factors(f, ">")[1]) for relation, f in piece
                  if relation != "=" or up_to_factors(f, "=") not in equations]
        require(all(f in places for _, f in others),
                "The formula has a condition on other polynomials.")
        remaining.append([(relation, places[f]) for relation, f in others])
    for signs, belongs in proved.decided():
        found = any(all(RELATIONS[relation](sign * signs[k], 0) for relation, (k, sign) in piece)
                    for piece in remaining)
        require(found == belongs, "The formula is wrong where the matrix has a certain signature.")
