"""
Covering numbers from above by the sections with a random grid.

*Slicing.*  Let A lie in a ball of radius R in R^n, let almost every affine space of codimension j
meet A in at most K_j path components, and almost every one with j > m not at all.  Then

    N(A, ε) ≤ Σ_{j ≤ m} K_j C(n, j) κ_j (R √n / ε)^j,

κ_j the volume of the unit ball of dimension j.  Take a grid of cubes with sides h = ε/√n, so with
diameter ε, rotated at random by the invariant measure and shifted at random and uniformly along its
axes.  Its flats of codimension j are the intersections of hyperplanes of the grid that belong to
j different axes.  Each has a distribution with a density on the affine spaces of that codimension,
and those which meet the ball are finitely many; so almost surely all of them meet A as is
supposed.  Choose a point in each path component of A ∩ F, for each flat F.

These points are within ε of all of A.  For let p be a point of A in the closed cube Q; begin with
F = R^n and p.  Where the path component of A ∩ F through p lies in Q, its chosen point does.  Else
a path in it leaves the face Q ∩ F of Q; until it does so it is in Q, and the last point before is
in the boundary of that face, hence in a flat F' of codimension one more, of which Q ∩ F' is a face:
go on with these.  It ends at the latest at codimension m, since beyond nothing meets A.

Their number is at most Σ K_j t_j, with t_j flats that meet the ball.  The flats of j given axes
meet it where their points in the space of these axes, a shifted lattice of cubes of side h, lie in
a ball of radius R: κ_j (R/h)^j on the average over all shifts.  So Σ K_j t_j has the average
stated, and somewhere among the good grids it is at most that.  (Almost surely each axis has at
most ⌈2R√n/ε⌉ hyperplanes that meet the ball, so that t_j ≤ C(n, j) ⌈2R√n/ε⌉^j; this is larger.)

*Components.*  K_j is bounded by the lemmas in ``sections``.  Let S be R^p, and φ on S of degree at
most D, with image C, for a ball dense in M; or S a box.  Then components of A ∩ F are images of
those of φ^-1(F) in S, within the preimage of the ball, whose equation has degree 2D.  K_0 = 1 for a
star-shaped C, and for a box.  K_m ≤ D^m, for m at least the dimension of M: almost every F of this
codimension meets the closed image over C in finitely many points, so that those of the image are at
most D^m.  For the dimension m they are at most the degree of the closure
(``multihomogeneous_degree``), and for a larger m there are none.  If D ≤ 1, C ∩ F is convex, and
K_j = 1.

*Hypersurface.*  An equation g ≠ 0 of degree d that vanishes on M defines X in R^n, where almost all
lines meet X in at most d points, and no point is in X.  N(A, ε) ≤ N(X ∩ ball, ε/2), with m = n - 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb, fmpz

from neuroalg_sage.certificates.capacity.region import Bound, Region, flag, real
from neuroalg_sage.certificates.capacity.sections import (
    check_normal_form,
    components_in_a_ball,
    components_in_a_box,
    cone_weight,
    degree_in,
    multihomogeneous_degree,
)
from neuroalg_sage.certificates.capacity.volumes import span_dimension
from neuroalg_sage.certificates.dimension.dimension import upper_bound
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    member,
    polynomial,
    polynomial_ring,
    require,
)
from neuroalg_sage.certificates.substitution import vanishing

MOST_SUMMANDS = 3_000
HIDDEN_NEURONS = "hidden neurons"


def slicing_bound(pieces: Sequence[arb | int], n: int, radius: arb, epsilon: arb,
                  last: int | None = None) -> arb:
    """
    The bound by slicing, for K_0, ..., K_m; those for a large ``last`` index m are not all listed,
    where some are equal.

    For large m by (m + 1) max K_j times the last summand without its factor, where these ascend.
    That they do is seen at the last two: C(n, j + 1) / C(n, j) and κ_(j + 1) / κ_j descend.  There
    C(n, m) ≤ n^m / m! serves for an n beyond a machine word.
    """
    m, x = len(pieces) - 1 if last is None else last, radius * arb(n).sqrt() / epsilon
    if m > MOST_SUMMANDS:
        half = arb(m) / 2
        unit_ball = arb.pi() ** half / (half + 1).gamma()
        before = arb.pi() ** (half - arb(1) / 2) / (half + arb(1) / 2).gamma()
        require(x * (n - m + 1) * unit_ball > m * before,
                "The summands of the bound do not ascend.")
        binomial = arb.bin_uiui(n, m) if n < 2**63 else arb(n) ** m / arb(m + 1).gamma()
        return binomial * unit_ball * x**m * (m + 1) * max(pieces, key=lambda k: arb(k).upper())
    total, choices, powers = arb(0), fmpz(1), arb(1)
    volumes = [arb(1), arb(2)]
    for j, count in enumerate(pieces):
        total += count * choices * volumes[0] * powers
        choices, powers = choices * (n - j) // (j + 1), powers * x
        volumes = [volumes[1], volumes[0] * 2 * arb.pi() / (j + 2)]
    return total


def slicing(region: Region, evidence: Any) -> Bound:
    """The image of R^p, or of a box, by degrees in the parameters."""
    model = region.model
    n, verified = span_dimension(model, evidence)
    upper, trial, start, scalings, fixed_data = fields(
        evidence, "dimension", "trial", "cone_from", "scalings", "fixed")
    fixed = integers(fixed_data, 0, model.parameters - 1, "fixed parameter")
    m, why, trust = upper_bound(model, upper, trial)
    if start is not None:
        cone_weight(model, integer(start, 0, model.parameters - 1, "parameter"))
        verified.append("the functions are a cone")
    is_conic = region.kind == "ball" and start is not None
    degree = degree_in(model, fixed)
    if scalings == HIDDEN_NEURONS:
        from neuroalg_sage.certificates.capacity.layers import first_weights

        hidden = first_weights(model)
        m = min(m, model.parameters - len(hidden))
        verified.append(f"first weights of {len(hidden)} hidden neurons may be 1")
        fixed = hidden if is_conic and max(hidden, default=0) < start else []
    elif fixed:
        require(is_conic, "A normal form is for cones.")
        check_normal_form(model, [integers(a, -10**6, 10**6, "weight", model.parameters)
                                  for a in items(scalings, "scalings")], fixed, start)
        verified.append(f"scalings bring {len(fixed)} parameters to 1")
    p = model.parameters - len(fixed)
    m = min(m, n, p)
    inner = (arb(1) if degree <= 1 else components_in_a_box(p, degree) if region.kind == "box"
             else components_in_a_ball(p, degree, 2 * degree))
    first = arb(1) if region.kind == "box" or start is not None else inner
    last = arb(1) if m == n else arb(max(degree, 1)) ** m
    if flag(evidence, "multihomogeneous") and m:
        degree_bound = multihomogeneous_degree(model, m)
        last = min(last, arb(degree_bound), key=lambda k: k.upper())
        verified.append(f"in dimension {m} the degree is at most {degree_bound}")
    between, end = [inner] * min(m - 1, MOST_SUMMANDS), min(last, inner, key=lambda k: k.upper())
    pieces = [first, *between, end][:m + 1]
    return slicing_bound(pieces, n, region.radius(evidence), real(region.epsilon), m), [
        *verified, why, "sections by a grid, bounded by degrees, bound it from above"], trust


def hypersurface(region: Region, evidence: Any) -> Bound:
    """The zeros of one equation."""
    model = region.model
    n = model.ambient_dimension
    equation = polynomial(member(evidence, "equation"), polynomial_ring(n))
    require(equation and region.kind == "ball" and n > 1, "There is no hypersurface in a ball.")
    vanishing(model, [equation])
    degrees = {sum(e) for e in exponent_vectors(equation)}
    d = max(degrees)
    require(d > 0, "The equation is a constant.")
    pieces = [components_in_a_ball(n - j, d, 2) for j in range(n - 1)] + [arb(d)]
    if len(degrees) == 1:
        pieces[0] = arb(1)
    return slicing_bound(pieces, n, real(region.size), real(region.epsilon / 2)), [
        f"an equation of degree {d} vanishes on the functions",
        "sections of its hypersurface by a grid bound it from above"], []
