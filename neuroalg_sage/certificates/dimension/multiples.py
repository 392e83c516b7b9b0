"""
How many points a generic fiber has, by multiples of its equations at one point.
"""

from __future__ import annotations

from collections.abc import Collection
from math import lcm
from typing import Any

from flint import Ordering, fmpz_mat

from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    fields,
    integers,
    items,
    polynomial_ring,
    rational,
    require,
    residue,
)

MOST_MONOMIALS, MOST_ENTRIES = 4000, 10**7

Exponents = tuple[int, ...]


def check_multiples(model: Model, values: dict[int, int], data: Any,
                    points: Collection[tuple[int, ...]], p: int) -> int:
    """
    Verify that the generic fiber of φ on a slice S has no more points than are known; their number.

    Let K be the field of functions of M, and A the algebra over K of the equations φ_j(w) = z_j on
    S, in the free parameters w.  Let E be the set of the monomials in w whose degree in each group
    of parameters is bounded by a number, and U_E the image of their span in A.

    - The matrix of those multiples of the equations by monomials that have all terms in E has
      entries in a ring of which a point of M modulo a prime is a residue.  So its rank over K is
      at least that at the point, and U_E has at most dimension h = |E| - rank.
    - Let E' be the monomials whose products with each free parameter are in E.  The points that
      are known are values of points of the generic fiber.  So U_E' has at least the dimension that
      E' has as functions on them.  Let this be the number m of the points.
    - If the multiples by all monomials in E are taken, those with terms outside of E are used, too.
      The coordinates z_j stand at monomials in E.  So the columns outside are over Q; let c be
      their rank.  Over K, combinations of the multiples with all terms in E are a space of
      dimension rank - c, where the rank is at least that at the point.  So h = |E| - rank + c.
    - If h ≤ m, then U_E' = U_E, which holds 1 and is mapped to itself by all free parameters: it
      is A, and the generic fiber has at most h points.  So it has m.
    """
    free = [i for i in range(model.parameters) if i not in values]
    groups, bounds = fields(data, "groups", "degrees")
    degrees = integers(bounds, 0, 1000, "degree", len(items(groups, "groups")))
    owner = {i: k for k, part in enumerate(groups)
             for i in integers(part, 0, model.parameters - 1, "parameter of a group")}
    require(all(i in owner for i in free), "A free parameter is in no group.")
    variables = range(len(free))

    def more(e: Exponents, v: int) -> Exponents:
        return (*e[:v], e[v] + 1, *e[v + 1 :])

    def is_small(e: Exponents) -> bool:
        return all(sum(e[v] for v in variables if owner[free[v]] == k) <= d
                   for k, d in enumerate(degrees))

    monomials = new = {(0,) * len(free)}
    while new:
        new = {f for e in new for v in variables if is_small(f := more(e, v))}
        monomials = monomials | new
        require(len(monomials) <= MOST_MONOMIALS, "There are too many monomials.")
    inside = sorted(monomials)
    columns = {e: k for k, e in enumerate(inside)}
    beyond = "beyond" in data and data["beyond"] is True

    ring = polynomial_ring(len(free), Ordering.lex)
    unknowns = iter(ring.gens())
    place = [ring.constant(values[i]) if i in values else next(unknowns)
             for i in range(model.parameters)]
    known = [[w[i] for i in free] for w in points]
    rows: list[dict[int, int]] = []
    outside: list[dict[int, int]] = []  # the same over Q, up to factors of the rows
    images = {tuple(sorted((tuple(map(int, e)), rational(str(c))) for e, c in coordinate.compose(
        *place, ctx=ring).to_dict().items())) for coordinate in model.parametrization}
    for exact in images:
        scale = lcm(*(c.denominator for _, c in exact))
        terms = {e: residue(c, p) for e, c in exact}
        image = sum(c * _value(e, known[0], p) for e, c in terms.items())
        terms[(0,) * len(free)] = terms.get((0,) * len(free), 0) - image
        for factor in inside:
            places = {e: (*map(int.__add__, factor, e),) for e in terms}
            if beyond:
                for e in places.values():
                    columns.setdefault(e, len(columns))
                outside.append({columns[places[e]] - len(inside): int(c * scale) for e, c in exact
                                if columns[places[e]] >= len(inside)})
            elif not all(e in columns for e in places.values()):
                continue
            rows.append({columns[places[e]]: c % p for e, c in terms.items()})
    count, more_columns = len(columns), len(columns) - len(inside)
    require(len(rows) * count <= MOST_ENTRIES, "The equations have too many multiples.")
    combined = rank([[row.get(k, 0) for k in range(count)] for row in rows], count, p)
    if more_columns:
        combined -= fmpz_mat(len(outside), more_columns, [
            row.get(k, 0) for row in outside for k in range(more_columns)]).rank()
    require(len(inside) - combined <= len(points),
            "The equations allow more points than are known.")
    inner = [e for e in inside if all(more(e, v) in monomials for v in variables)]
    require(rank([[_value(e, w, p) for e in inner] for w in known], len(inner), p) == len(points),
            "The monomials do not tell the points apart.")
    return len(points)


def _value(e: Exponents, w: list[int], p: int) -> int:
    value = 1
    for x, k in zip(w, e):
        value = value * pow(x, k, p) % p
    return value
