"""
Bounds of the distance from a function u to the real points of M in a polyhedral norm.

The unit ball is the convex hull of the given points; its facets are found by the double description
method, so the norm is the largest of their linear forms.  The upper bound is the norm of φ(w) - u.

For the lower bound t let g be equations that vanish on M.  All z with ||z - u|| ≤ t are in a box
around u.  A box X with the center m is left out if a linear form of a facet is larger than t at all
z - u, z in X; or if an equation has no zero there, since by the mean value theorem

    g(z) = g(m) + Σ_i D_i g(x) (z_i - m_i)  for some x in X,

and 0 is not in the ball that holds the right-hand side for all x and z in X.  Other boxes are cut
in two.  If none is left, no real zero of the equations, so no function in M nor in its closure, has
a distance of t or less.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq_mpoly

from neuroalg_sage.certificates.boxes import exact
from neuroalg_sage.certificates.boxes import value as value_on
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.polytopes import forms_of_facets
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    items,
    member,
    numbers,
    polynomial_ring,
    polynomials,
    rational,
    require,
)
from neuroalg_sage.certificates.substitution import vanishing

MOST_BOXES = 40_000
MOST_VERTICES = 2000
PRECISION = 64

Vector = Sequence[Fraction]


def unit_ball(data: Any, n: int) -> tuple[list[Vector], list[Vector]]:
    """The points that span the unit ball of a norm on V, and the linear forms of its facets."""
    vertices = [tuple(map(rational, items(v, "vertex", n))) for v in items(data, "vertices")]
    known = set(vertices)
    require(len(vertices) <= MOST_VERTICES and all(map(any, vertices)) and all(
        tuple(-c for c in v) in known for v in vertices), "The unit ball is not symmetric.")
    require(vertices, "The unit ball is empty.")
    return list(vertices), list(forms_of_facets(vertices))


def norm(forms: Sequence[Vector], z: Vector) -> Fraction:
    """The norm of a vector."""
    return max(sum((a * b for a, b in zip(form, z)), Fraction(0)) for form in forms)


def boxes_without_zero(equations: Sequence[fmpq_mpoly], forms: Sequence[Vector],
                       u: Vector, t: Fraction, radii: Sequence[Fraction], most: int) -> int | None:
    """
    How many boxes prove that the equations have no real zero z with ||z - u|| ≤ t.

    None if so many do not suffice.
    """
    n = len(u)
    slopes = [[g.derivative(i) for i in range(n)] for g in equations]
    bound = arb(exact(t))
    rows = [[arb(exact(c)) for c in form] for form in forms]
    target = [arb(exact(c)) for c in u]
    # Centers and radii are exact, so that no point is lost between two halves.
    stack = [([exact(c) for c in u], [exact(r) for r in radii])]
    made = 0
    while stack:
        center, radius = stack.pop()
        made += 1
        if made > most:
            return None
        middle = [arb(c) for c in center]
        away = [arb(0, arb(r).upper()) for r in radius]
        box = [m + a for m, a in zip(middle, away)]
        if any(sum((a * (x - c) for a, x, c in zip(row, box, target)), arb(0)) > bound
               for row in rows):
            continue
        weights, excluded = [0.0] * n, False
        for g, first in zip(equations, slopes):
            along = [value_on(f, box) for f in first]
            if not (value_on(g, middle) + sum((d * a for d, a in zip(along, away)),
                                              arb(0))).contains(0):
                excluded = True
                break
            weights = [max(w, float(d.abs_upper())) for w, d in zip(weights, along)]
        if excluded:
            continue
        widths = [float(a.abs_upper()) for a in away]
        k = max(range(n), key=lambda i: (weights[i] * widths[i], widths[i]))
        half = radius[k] / 2
        smaller = [*radius[:k], half, *radius[k + 1 :]]
        stack += [([*center[:k], center[k] + side * half, *center[k + 1 :]], smaller)
                  for side in (-1, 1)]
    return made


def check_distance(model: Model, value: Any, evidence: Any, status: str) -> Checked:
    """Verify a lower and an upper bound of the distance; they are equal, or not."""
    function, vertices, bounds = fields(value, "function", "vertices", "bounds")
    require(set(value) == {"function", "vertices", "bounds"}, "The claim has an unknown field.")
    n = model.ambient_dimension
    u = [rational(c) for c in items(function, "function", n)]
    points, forms = unit_ball(vertices, n)
    low, high = map(rational, items(bounds, "bounds", 2))
    require(0 <= low <= high and (status == "proved") == (low == high),
            "The distance is proved where the bounds are equal.")
    w = numbers(member(evidence, "parameters"), "parameters", model.parameters)
    image = [f(*w) for f in model.parametrization]
    require(norm(forms, [Fraction(int(z.p), int(z.q)) - c for z, c in zip(image, u)]) <= high,
            "The function of the parameters is farther away than the upper bound.")
    if not low:
        return ["the parameters give the upper bound"], []
    equations = polynomials(member(evidence, "equations"), polynomial_ring(n))
    vanishing(model, equations)
    radii = [low * max(abs(v[i]) for v in points) for i in range(n)]
    before, ctx.prec = ctx.prec, PRECISION
    try:
        made = boxes_without_zero(equations, forms, u, low, radii, MOST_BOXES)
    finally:
        ctx.prec = before
    require(made is not None, "The boxes do not suffice for the lower bound.")
    return ["the parameters give the upper bound",
            f"equations of M have no real zero in boxes that cover what is nearer ({made})"], []
