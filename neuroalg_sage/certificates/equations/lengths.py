"""
Bounds for the length of a subscheme of a product of projective spaces, modulo a prime.

**Lemma.**  Let J be an ideal of forms in blocks of variables, and let its forms of some degrees
D_i ≥ s in the blocks have a codimension of at most s.  Then the scheme of its zeros in the product
of the projective spaces of the blocks is finite, of a length of at most s.

Proof.  Else it has a subscheme Z of length s + 1.  Forms of degree s in each block are the forms of
degree s in the Segre embedding; the Hilbert function of Z there grows by one at least until it is
s + 1, so they induce all functions on Z.  So do those of degrees D, their multiples by a form that
vanishes at no point of Z.  Those in J induce 0, so their codimension is at least s + 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from math import comb, prod

from flint import nmod_mat

from neuroalg_sage.certificates.reading import require
from neuroalg_sage.certificates.work import Work

Exponents = tuple[int, ...]
Form = dict[Exponents, int]

MOST_FORMS = 20_000


def forms(sizes: Exponents, degrees: Exponents) -> list[Exponents]:
    """
    The monomials of degrees in blocks of variables.

    EXAMPLES::

        >>> forms((2, 1), (1, 2))
        [(0, 1, 2), (1, 0, 2)]
    """
    def of_a_block(size: int, degree: int) -> list[Exponents]:
        if size == 1:
            return [(degree,)]
        return [(k, *rest) for k in range(degree + 1) for rest in of_a_block(size - 1, degree - k)]

    return [tuple(k for part in parts for k in part)
            for parts in product(*map(of_a_block, sizes, degrees))]


def is_at_most(length: int, equations: Iterable[tuple[Exponents, Form]], sizes: Exponents,
               degrees: Exponents, p: int, work: Work) -> bool:
    """
    Whether the lemma bounds the length of a scheme.

    INPUT:

    - ``length`` -- the number s
    - ``equations`` -- each its degrees in the blocks, at most D_i, and its terms modulo p
    - ``sizes`` -- of the blocks
    - ``degrees`` -- the numbers D_i

    EXAMPLES: Two points on a line::

        >>> points = [((2,), {(2, 0): 1, (0, 2): -1})]
        >>> [is_at_most(s, points, (2,), (2,), 101, Work()) for s in (1, 2)]
        [False, True]
    """
    count = prod(comb(size - 1 + degree, degree) for size, degree in zip(sizes, degrees))
    require(length <= min(degrees) and count <= MOST_FORMS, "There are too many forms.")
    # So much is needed at least; it is refused before there is memory for it.
    Work(work.left).spend(max(count - length, 0)**2 * count // 8)
    place = {e: k for k, e in enumerate(forms(sizes, degrees))}
    multipliers: dict[Exponents, list[Exponents]] = {}
    entries: list[int] = []
    rank = 0

    def reduce() -> None:
        nonlocal entries, rank
        rows = len(entries) // count
        work.spend(rows * count * min(rows, count) // 8)
        matrix, rank = nmod_mat(rows, count, entries, p).rref()
        entries = [int(a) for a in matrix.entries()[:rank * count]]

    for own, equation in equations:
        if own not in multipliers:
            multipliers[own] = forms(sizes, tuple(a - b for a, b in zip(degrees, own)))
        for m in multipliers[own]:
            work.spend(count + len(equation))
            row = [0] * count
            for e, c in equation.items():
                row[place[tuple(a + b for a, b in zip(e, m))]] = c % p
            entries += row
        # Few equations suffice, as a rule.
        if len(entries) >= (rank + max(count - rank, count // 4)) * count:
            reduce()
            if count - rank <= length:
                return True
    reduce()
    return count - rank <= length
