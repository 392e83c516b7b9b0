"""
Ideals that are prime since successive elimination leaves a polynomial ring, or a hypersurface.
"""

from __future__ import annotations

from flint import fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.reading import exponent_vectors
from neuroalg_sage.certificates.substitution import substituted


def is_domain(generators: list[fmpq_mpoly], ring: fmpq_mpoly_ctx) -> bool:
    """
    Whether successive elimination shows that polynomials generate a prime ideal over Q.

    If c x + h is a generator, with a number c and h free of x, the quotient is that of the
    ring without x by the others, in which x is -h / c.  If no generator is left the quotient
    is a polynomial ring; if one is left, it is a domain if that is irreducible.
    """
    remaining = [f for f in generators if f]
    while True:
        found = next(((f, i) for f in remaining for i in range(ring.nvars())
                      if _is_solved(f, i)), None)
        if found is None:
            break
        f, i = found
        lead = next(c for e, c in zip(exponent_vectors(f), f.coeffs()) if e[i])
        images = list(ring.gens()[: ring.nvars()])
        images[i] -= f / lead
        remaining = [h for h in remaining if h is not f]
        remaining = [g for g in substituted(remaining, images, ring) if g]
    if any(not any(map(any, exponent_vectors(f))) for f in remaining):
        return False
    if len(remaining) > 1:
        return False
    factors = remaining[0].factor()[1] if remaining else [(None, 1)]
    return len(factors) == 1 and factors[0][1] == 1


def _is_solved(f: fmpq_mpoly, i: int) -> bool:
    exponents = [e for e in exponent_vectors(f) if e[i]]
    return len(exponents) == 1 and sum(exponents[0]) == 1
