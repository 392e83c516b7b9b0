"""
Forms on a linear space, modulo a prime, and their multiples degree by degree.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from math import comb

from flint import Ordering, fmpq_mpoly, nmod_mat, nmod_mpoly_ctx

from neuroalg_sage.certificates.reading import exponent_vectors, require, residue
from neuroalg_sage.certificates.substitution import substituted

MOST_MONOMIALS = 20_000
Form = dict[tuple[int, ...], int]


def restricted(generators: list[fmpq_mpoly], matrix: list[list[int]], p: int) -> list[Form]:
    """The polynomials g(By) modulo p, without those that are zero."""
    ring = nmod_mpoly_ctx.get(("y", len(matrix[0])), modulus=p, ordering=Ordering.degrevlex)
    space = nmod_mpoly_ctx.get(("z", len(matrix)), modulus=p, ordering=Ordering.degrevlex)
    images = [sum((y * (a % p) for y, a in zip(ring.gens(), row)), ring.constant(0))
              for row in matrix]
    found = substituted([space.from_dict({e: residue(a, p) for e, a in zip(
        exponent_vectors(g), g.coeffs())}) for g in generators], images, ring)
    return [{tuple(map(int, e)): int(a) for e, a in f.to_dict().items()} for f in found if f]


def degrees(forms: list[Form], variables: int, p: int, most: int = MOST_MONOMIALS,
            coranks: Sequence[int] = (), watched: Callable[[list[Form]], Iterator[Form]] = iter
            ) -> Iterator[tuple[list[tuple[int, ...]], nmod_mat, int]]:
    """
    Degree by degree from 1 on, the monomials, and multiples of forms in reduced echelon form.

    Monomials descend in reverse lexicographic order.  The rows are multiples by variables of
    those one degree lower: one for each leading monomial, and of the others as many as
    raise the rank, batch by batch, until the corank is the one that is expected.  So the rank
    is a lower bound for that of all multiples.  Rows go through ``watched``.
    """
    basis: list[Form] = []
    for degree in itertools.count(1):
        require(comb(variables + degree - 1, degree) <= most,
                "The section is not of the length stated.")
        monomials = sorted((tuple(map(m.count, range(variables))) for m in
                            itertools.combinations_with_replacement(range(variables), degree)),
                           key=lambda m: m[::-1])
        place = {m: k for k, m in enumerate(monomials)}
        first: dict[tuple[int, ...], Form] = {}
        others = [f for f in forms if sum(next(iter(f))) == degree]
        for f in watched(basis):
            for i in range(variables):
                multiple = {(*e[:i], e[i] + 1, *e[i + 1:]): a for e, a in f.items()}
                if first.setdefault(next(iter(multiple)), multiple) is not multiple:
                    others.append(multiple)
        rows, count = list(first.values()), 0
        step = 2 * (len(monomials) - len(rows)) + 50
        for start in range(0, max(len(others), 1), step):
            rows, before = rows + others[start : start + step], count
            flat = [0] * (len(rows) * len(monomials))
            for k, f in enumerate(watched(rows)):
                for e, a in f.items():
                    flat[k * len(monomials) + place[e]] = a
            reduced, count = nmod_mat(len(rows), len(monomials), flat, p).rref()
            entries, width = reduced.entries(), len(monomials)
            rows = [{m: int(a) for m, a in zip(monomials, entries[k * width : (k + 1) * width])
                     if int(a)} for k in range(count)]
            if count == before or width - count in (0, *coranks[degree - 1 : degree]):
                break
        yield monomials, reduced, count
        basis = rows
