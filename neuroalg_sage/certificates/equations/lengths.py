"""
Bounds for the length of a subscheme of a product of projective spaces, modulo a prime.

**Lemma.**  Let J be an ideal of forms in blocks of variables, and let its forms of degree D in each
block have a codimension of at most s ≤ D.  Then the scheme of its zeros in the product of the
projective spaces of the blocks is finite, of a length of at most s.

Proof.  In the Segre embedding forms of degree D in each block are the forms of degree D.  The
Hilbert function of a projective scheme in degree D is at least min(l, D + 1), where l is its
length, and at least D + 1 if it is infinite: it grows by one at least until it is constant.  It is
at most s < D + 1.
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
               degree: int, p: int, work: Work) -> bool:
    """
    Whether the lemma bounds the length of a scheme.

    INPUT:

    - ``length`` -- the number s
    - ``equations`` -- each its degrees in the blocks, at most D, and its terms modulo p
    - ``sizes`` -- of the blocks
    - ``degree`` -- the number D

    EXAMPLES: Two points on a line::

        >>> points = [((2,), {(2, 0): 1, (0, 2): -1})]
        >>> is_at_most(2, points, (2,), 2, 101, Work()), is_at_most(1, points, (2,), 2, 101, Work())
        (True, False)
    """
    count = prod(comb(size - 1 + degree, degree) for size in sizes)
    require(length <= degree and count <= MOST_FORMS, "There are too many forms.")
    # So much is needed at least; it is refused before there is memory for it.
    Work(work.left).spend(max(count - length, 0)**2 * count // 8)
    place = {e: k for k, e in enumerate(forms(sizes, (degree,) * len(sizes)))}
    multipliers: dict[Exponents, list[Exponents]] = {}
    entries: list[int] = []
    rank = 0

    def reduce() -> None:
        nonlocal entries, rank
        rows = len(entries) // count
        work.spend(rows * count * min(rows, count) // 8)
        matrix, rank = nmod_mat(rows, count, entries, p).rref()
        entries = [int(a) for a in matrix.entries()[:rank * count]]

    for degrees, equation in equations:
        if degrees not in multipliers:
            multipliers[degrees] = forms(sizes, tuple(degree - d for d in degrees))
        for m in multipliers[degrees]:
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
