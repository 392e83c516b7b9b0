"""
Limits of tangent spaces, after charts are blown up.

Let Y be smooth and projective, f: Y → P(V), M, d and a torus as in
:mod:`neuroalg_sage.certificates.distance.limits_of_tangents`, but let the rational map from Y to
the Grassmannian, to the tangent spaces of M, be no morphism.  Let Y^ be the closure of its graph,
with π: Y^ → Y and the bundle T on Y^.  Y^ may be singular, but is projective, and birational to M.
So the conormal variety is the birational image of P(K), a bundle on Y^, as there, and p_j is the
integral of h^(d - 1 - j) c_j(T^*) over Y^, that of h^(d - 1 - j) γ over Y with γ = π_*(c_j(T^*) ∩
[Y^]).  The torus acts on all this, and Y is smooth.  So γ is an equivariant class on Y, and by
Bott's formula p_j is the sum over the fixed points y of (-ℓ)^(d - 1 - j) γ(y) / Π t, with γ(y) the
restriction of γ to y, ℓ the weight of f(y), and t those of the tangent space at y.

As Y^ has nothing to do with what is blown up, each γ(y) may be found with other blow-ups, near y
only, and these need not be parts of one variety:

(1) A **chart** at y is an affine space C on which the torus acts by weights that are not zero, so
    that only the origin is fixed, and an equivariant map to Y from an open set U that the torus
    maps to itself, with the origin in it, that is étale, and maps the origin to y.  Let C^ be the
    closure of the graph over C, and γ_C the image of c_j(T^*) ∩ [C^] on C.  Over U, C^ is the
    pull-back of Y^: that of the graph is the graph, a flat map is open, so that this is dense in
    the pull-back of Y^, and an étale one leaves that reduced.  As flat pull-back commutes with
    images under proper maps, γ(y) is the restriction of γ_C to the origin.
(2) Let C' → C be the blow-up of x_i = 0, i in I, for some coordinates x_i.  It is covered by affine
    spaces, for j in I, with coordinates x_j, x_i / x_j for the other i in I, and the others of C.
    Let their weights be not zero, so that these have one fixed point each, and are charts at these.
    As C'^ is mapped onto C^, properly and birationally, and T is pulled back, γ_C is the image of
    γ_C'.  After division by weights γ_C' is the sum of γ_C'(y') / Π t' times the class of y', over
    the fixed points y' of C', and γ_C is γ_C(0) / Π t times the class of the origin.  So γ_C(0) / Π
    t is the sum of the γ_C'(y') / Π t'.  This may be repeated, with other coordinates at each of
    these.  Nor does it matter if x_i is replaced by c x_i + g for a number c, not zero, and a
    polynomial g, without constant term, in the others that has the same weight.
(3) If the map to the Grassmannian is a morphism near the origin γ_C(0) = e_j(-τ), for the weights τ
    of the limit of the tangent spaces.

**Limits.**  In coordinates of a chart f is given by polynomials F of such weights that it is
equivariant, one of which is 1 at the origin.  At generic points the rows F, dF/dx_1, ...,
dF/dx_(d-1) span the tangent space.  Rows may be multiplied by functions, not zero, divided by
common factors, and multiples of some be added to others.  If an entry is not 0 at the origin,
multiples of its row and of others make its column zero in the others.  When each row has such an
entry the matrix of these rows and columns is triangular and invertible at the origin, so that the
map to the Grassmannian is a morphism there, and the limit is mapped one to one to the space of
these columns, and has their weights.  The entries remain sums of terms of one weight, as their
factors are, too.

Which coordinates are blown up is searched for: those on which all entries of some row vanish.  If
there are none, an entry with a factor c x_i + g gets a coordinate as a factor.

The formula, where Chow groups are equivariant, is in D. Edidin, W. Graham, Localization in
equivariant intersection theory and the Bott residue formula, Amer. J. Math. 120 (1998).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple

from flint import fmpq_mpoly

from neuroalg_sage.certificates.reading import require
from neuroalg_sage.certificates.work import Work

MOST_BLOW_UPS = 8  # one after the other
MOST_CHOICES, MOST_COORDINATES, MOST_TERMS = 2, 6, 100

Vector = tuple[int, ...]  # a weight
Limit = tuple[list[Vector], list[Vector]]  # weights of a tangent space, and of a limit
Row = list[fmpq_mpoly]


class Chart(NamedTuple):
    """
    A chart of Y at a fixed point.

    - ``functions`` -- the polynomials F
    - ``weights`` -- those of the coordinates of the chart
    - ``line`` -- the weight of f(y)
    - ``columns`` -- those of the coordinates of V
    """

    functions: Row
    weights: list[Vector]
    line: Vector
    columns: list[Vector]


class NoLimit(Exception):
    """What was tried does not lead to limits of tangent spaces."""


def difference(a: Vector, b: Vector) -> Vector:
    return tuple(x - y for x, y in zip(a, b))


def limits(chart: Chart, work: Work) -> list[Limit]:
    """
    What replaces the fixed point of a chart: the fixed points of one that is blown up.

    EXAMPLES: The cone over a cuspidal cubic has a limit of tangent planes at the cusp::

        >>> from flint import Ordering, fmpq_mpoly_ctx
        >>> R = fmpq_mpoly_ctx.get(["t"], Ordering.lex)
        >>> (t,) = R.gens()
        >>> limits(Chart([1 + 0 * t, t**2, t**3], [(1,)], (0,), [(0,), (2,), (3,)]), Work())
        [([(1,)], [(2,), (0,)])]
    """
    functions, weights, line, columns = chart
    require(len(functions) == len(columns) and all(map(any, weights)),
            "A torus has other fixed points.")
    for f, column in zip(functions, columns):
        work.spend(len(f) * len(weights) * len(line))
        for e in f.monoms():
            found = tuple(map(sum, zip(line, *([k * x for x in w] for k, w in zip(e, weights)))))
            require(found == column, "The map is not equivariant.")
    rows = [functions, *([f.derivative(i) for f in functions] for i in range(len(weights)))]
    for depth in range(MOST_BLOW_UPS + 1):
        with suppress(NoLimit):
            return _resolved(rows, columns, [], weights, depth, work)
    require(False, "No limits of tangent spaces are found.")
    return []


def _resolved(rows: Sequence[Row], columns: list[Vector], limit: list[Vector],
              weights: list[Vector], depth: int, work: Work) -> list[Limit]:
    """The same with some rows left, in some columns, and so many steps."""
    rows, columns, more = _reduced(rows, columns, work)
    limit = [*limit, *more]
    if not rows:
        return [(weights, limit)]
    if depth:
        ring: Any = rows[0][0].context()
        x = ring.gens()
        for chosen in _centers(rows, weights, work):
            with suppress(NoLimit):
                found = []
                for j in chosen:
                    images = [g * x[j] if i in chosen and i != j else g for i, g in enumerate(x)]
                    moved = [difference(w, weights[j]) if i in chosen and i != j else w
                             for i, w in enumerate(weights)]
                    found += _resolved(_composed(rows, images, work), columns, limit, moved,
                                       depth - 1, work)
                return found
        for images in islice(_new_coordinates(rows), 1):
            return _resolved(_composed(rows, images, work), columns, limit, weights, depth - 1,
                             work)
    raise NoLimit


def _composed(rows: Sequence[Row], images: list[fmpq_mpoly], work: Work) -> list[Row]:
    ring: Any = images[0].context()
    size = max(map(len, images))
    work.spend(sum(len(f) * (1 + (size > 1) * sum(f.degrees()) * size) for r in rows for f in r))
    return [[f.compose(*images, ctx=ring) if f else f for f in row] for row in rows]


def _reduced(rows: Sequence[Row], columns: list[Vector], work: Work
             ) -> tuple[list[Row], list[Vector], list[Vector]]:
    """The rows that are still zero at the origin, their columns, and those of the others."""
    left, limit, columns = [_primitive(row, work) for row in rows], [], list(columns)
    while left:
        origin = (0,) * len(left[0][0].degrees())
        units = [(len(row[c]), sum(map(len, row)), r, c) for r, row in enumerate(left)
                 for c in range(len(columns)) if row[c] and row[c][origin]]
        if not units:
            break
        *_, r, c = min(units)
        first = left.pop(r)
        limit.append(columns.pop(c))
        unit = first.pop(c)
        for k, row in enumerate(left):
            entry = row.pop(c)
            if entry:
                common = unit.gcd(entry)
                a, b = unit / common, entry / common
                work.spend(sum(len(a) * len(f) + len(b) * len(g) for f, g in zip(row, first)))
                left[k] = _primitive([a * f - b * g for f, g in zip(row, first)], work)
    return left, columns, limit


def _primitive(row: Row, work: Work) -> Row:
    """A row without a common factor."""
    entries = sorted(filter(None, row), key=len)
    if not entries:
        raise NoLimit  # M has a smaller dimension
    common = entries[0]
    for f in entries[1:]:
        if common.is_constant():
            return list(row)
        work.spend(len(f) * len(common))
        common = common.gcd(f)
    return list(row) if common.is_constant() else [f / common if f else f for f in row]


def _centers(rows: list[Row], weights: list[Vector], work: Work) -> list[list[int]]:
    """Small sets of coordinates, of different weights, such that where they vanish a row does."""
    found: set[frozenset[int]] = set()

    def extend(chosen: frozenset[int], left: list[frozenset[int]]) -> None:
        work.spend(len(left))
        left = [support for support in left if not support & chosen]
        if not left:
            found.add(chosen)
        elif len(chosen) < MOST_COORDINATES:
            for i in min(left, key=lambda support: (len(support), sorted(support))):
                extend(chosen | {i}, left)

    for row in rows:
        supports = {frozenset(i for i, k in enumerate(e) if k) for f in row for e in f.monoms()}
        extend(frozenset(), [s for s in supports if not any(other < s for other in supports)])
    minimal = [sorted(s) for s in found if len(s) > 1 and len({weights[i] for i in s}) == len(s)
               and not any(other < s for other in found)]
    return sorted(minimal, key=lambda s: (len(s), s))[:MOST_CHOICES]


def _new_coordinates(rows: list[Row]) -> Iterator[list[fmpq_mpoly]]:
    """Images of coordinates by which c x_i + g is x_i, if a unit times that is an entry."""
    ring: Any = rows[0][0].context()
    x = ring.gens()
    origin = (0,) * len(x)
    entries = {str(f): f for row in rows for f in row
               if 1 < len(f) < MOST_TERMS and any(sum(e) == 1 for e in f.monoms())}
    for f in sorted(entries.values(), key=lambda f: (len(f), str(f))):
        for factor, _ in f.factor()[1]:
            for i in range(len(x) if len(factor) > 1 and not factor[origin] else 0):
                slope = factor.derivative(i)
                if slope and slope.is_constant():
                    c = slope.leading_coefficient()
                    yield [*x[:i], (x[i] - (factor - c * x[i])) / c, *x[i + 1:]]
