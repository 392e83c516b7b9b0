"""
Homogenizations of polynomials.
"""

from __future__ import annotations

from flint import fmpq_mpoly

from neuroalg_sage.certificates.reading import exponent_vectors, polynomial_ring


def homogenized(polynomials: list[fmpq_mpoly], n: int) -> list[fmpq_mpoly]:
    """The homogenizations of polynomials in n variables, by one more."""
    ring = polynomial_ring(n + 1)
    return [ring.from_dict({(*e, int(g.total_degree()) - sum(e)): a
                            for e, a in zip(exponent_vectors(g), g.coeffs())})
            for g in polynomials]
