"""
How many points a generic fiber has at most, by relations between parameters and functions.
"""

from __future__ import annotations

from typing import Any

from flint import Ordering, fmpq_mpoly

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    polynomial_ring,
    polynomials,
    require,
    residue,
)
from neuroalg_sage.certificates.substitution import substituted

MOST_POINTS = 10**5


def check_relations(model: Model, values: dict[int, int], data: Any, point: list[int], p: int
                    ) -> int:
    """
    An upper bound for the number of points of S in the generic fiber, where parameters have values.

    A relation is a polynomial in the free parameters w and in z that vanishes for z = φ(w) on
    S; let c(z) w^a be its part with the highest monomial in w (graded reverse lexicographic),
    where c does not vanish on M, which is the closure of φ(S).  Over the field of functions
    of M it is an equation of the generic fiber with leading monomial w^a.  So the functions on the
    fiber are spanned by the monomials that no w^a divides.
    """
    free = [i for i in range(model.parameters) if i not in values]
    n, m = model.ambient_dimension, len(free)
    if not m:
        return 1
    target = polynomial_ring(m, Ordering.lex)
    variables = iter(target.gens())
    slice_point = [target.constant(values[i]) if i in values else next(variables)
                   for i in range(model.parameters)]
    images = [coordinate.compose(*slice_point, ctx=target)
              for coordinate in model.parametrization]
    graph = [*target.gens()[:m], *images]
    image = [residue(c(*(point[i] for i in free)), p) for c in images]
    leading = []
    for relation in polynomials(data, polynomial_ring(m + n)):
        require(relation and not any(substituted([relation], graph, target)),
                "A relation does not vanish on the graph.")
        top = max((e[:m] for e in exponent_vectors(relation)),
                  key=lambda e: (sum(e), [-k for k in reversed(e)]))
        require(_coefficient(relation, top, image, p), "A leading coefficient vanishes.")
        leading.append(top)
    return _standard_monomials(leading, m)


def _coefficient(relation: fmpq_mpoly, top: tuple[int, ...], image: list[int], p: int) -> int:
    total = 0
    for e, c in relation.to_dict().items():
        if tuple(map(int, e[: len(top)])) == top:
            term = residue(c, p)
            for x, k in zip(image, e[len(top) :]):
                term = term * pow(x, int(k), p) % p
            total += term
    return total % p


def _standard_monomials(leading: list[tuple[int, ...]], variables: int) -> int:
    """The number of monomials that none of these divides."""
    for v in range(variables):
        require(any(all(k == 0 or i == v for i, k in enumerate(m)) for m in leading),
                "The relations do not bound the number of points.")
    seen = level = {(0,) * variables} if all(any(m) for m in leading) else set()
    while level:
        level = {(*e[:v], e[v] + 1, *e[v + 1 :]) for e in level for v in range(variables)}
        level = {e for e in level if not any(all(map(int.__ge__, e, m)) for m in leading)}
        seen = seen | level
        require(len(seen) <= MOST_POINTS, "The relations allow too many points.")
    return len(seen)
