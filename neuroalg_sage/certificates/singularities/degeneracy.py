"""
Where a matrix of polynomials drops rank: a witness that it does so on all of a variety.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.certificates.equations.groebner import GroebnerBasis
from neuroalg_sage.certificates.reading import (
    fields,
    integers,
    items,
    polynomials,
    prime,
    require,
    value_modulo,
)


def check_rank_drop(matrix: list[list[fmpq_mpoly]], bound: int, basis: list[fmpq_mpoly],
                    groebner: GroebnerBasis, evidence: Any) -> None:
    """
    Verify that a matrix over Q[x] has at most the rank ``bound`` on the zero set Z of a prime P.

    Let A have n columns.  The evidence has at least n - bound vectors v over Q[x] with A v in P,
    so in the kernel of A at every point of Z, and a point q over F_p at which they are
    independent.  The vectors, and the elements of the verified Gröbner basis of P, made monic, are
    integral at p, else value_modulo refuses them, and these vanish at q.  If all minors of that
    size of the matrix of the vectors were in P, then, dividing by the basis, they would be
    combinations of it with coefficients that are integral at p, and vanish at q.  So the vectors
    are independent at the generic point of Z, and the rank of A is at most ``bound`` there, hence
    on all of Z.  (If P is not prime, at least on a component of Z.)
    """
    vectors, point, modulus = fields(evidence, "kernel", "point", "prime")
    n, p = len(matrix[0]), prime(modulus)
    ring = matrix[0][0].context()
    kernel = [polynomials(items(v, "vector", n), ring) for v in items(vectors, "kernel")]
    require(len(kernel) >= n - bound, "There are too few vectors in the kernel.")
    for row in matrix:
        for v in kernel:
            image = sum((a * b for a, b in zip(row, v) if a and b), ring.constant(0))
            require(groebner.contains(image), "A vector is not in the kernel of the matrix.")
    q = integers(point, -p, p, "coordinate of a point", int(ring.nvars()))
    for f in (g / g.leading_coefficient() for g in basis):
        require(value_modulo(f, q, p) == 0, "The point is not on the component.")
    require(rank([[value_modulo(f, q, p) for f in v] for v in kernel], n, p) == len(kernel),
            "The vectors are not independent at the point.")
