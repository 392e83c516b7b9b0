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

*Cones without the ball.*  Let C be a cone, dense in M, and let almost every flat of codimension j
meet C in at most K_j path components.  Then N(A, ε) is at most the same sum with R + ε for R: walk
in C ∩ F, from a p of C with |p| ≤ R.  All is in the cube of p, so that the flats meet the ball of
radius R + ε.  The point q of C that is found, |q - p| ≤ ε, may be out of the ball; then R q / |q|
is in A, and no farther from p, since it is the nearest point of the ball.  So the ball's inequality
does not count in K_j, the number of components of φ^-1(F), for which there are Lemmas 5 and 6.

*Degrees.*  K_m is at most the degree of an equation g ≠ 0 of M, if m = n - 1: the closure of M has
a smaller dimension, or it is a component of the zeros of g.

*Hypersurface.*  An equation g ≠ 0 of degree d that vanishes on M defines X in R^n, where almost all
lines meet X in at most d points, and no point is in X.  N(A, ε) ≤ N(X ∩ ball, ε/2), with m = n - 1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from flint import arb, fmpz

from neuroalg_sage.certificates.capacity.region import Bound, Region, flag, real
from neuroalg_sage.certificates.capacity.sections import (
    Block,
    check_normal_form,
    components_by_distance,
    components_in_a_ball,
    components_in_a_box,
    cone_weight,
    degree_in,
    multihomogeneous_degree,
)
from neuroalg_sage.certificates.capacity.volumes import span_dimension
from neuroalg_sage.certificates.dimension.dimension import upper_bound
from neuroalg_sage.certificates.model import Model
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


def _blocks(model: Model, fixed: Collection[int]) -> list[Block]:
    """The numbers of parameters of the steps that are not fixed, and the degrees in these."""
    places = sorted({(step.offset, step.parameters) for step in model.steps if step.parameters})
    require(sum(count for _, count in places) == model.parameters,
            "The parameters are not in blocks.")
    blocks = [[i for i in range(start, start + count) if i not in fixed]
              for start, count in places]
    return [(len(block), degree_in(model, block)) for block in blocks if block]


def _degrees(model: Model, m: int, evidence: Any) -> Iterator[tuple[int, str]]:
    """Bounds for the degree of M if its dimension is m, and what was verified."""
    if flag(evidence, "multihomogeneous") and m:
        found = multihomogeneous_degree(model, m)
        yield found, f"in dimension {m} the degree is at most {found}"
    if "equation" in evidence:
        equation = polynomial(evidence["equation"], polynomial_ring(model.ambient_dimension))
        require(equation and m == model.ambient_dimension - 1, "M is not a hypersurface.")
        vanishing(model, [equation])
        yield equation.total_degree(), "the degree is at most that of an equation"


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
    # Steps whose parameters all count are uniform, and of large models no term is written down.
    everything, held = range(model.parameters), set(fixed)
    counted = everything if scalings == HIDDEN_NEURONS or not held else [
        i for i in everything if i not in held]
    p, degree = model.parameters - len(fixed), degree_in(model, counted)
    radius = region.radius(evidence)
    m = min(m, n, p)
    listed = min(m, MOST_SUMMANDS + 1)
    if "blocks" in evidence and degree > 1:
        require(is_conic or region.kind == "box", "Distances are for cones and boxes.")
        require(m <= MOST_SUMMANDS, "There are too many summands for this bound.")
        inner = components_by_distance(
            _blocks(model, held) if flag(evidence, "blocks") else [(p, degree)], m,
            region.kind == "box")
        radius += real(region.epsilon) if is_conic else 0
    else:
        inner = [arb(1) if degree <= 1 else components_in_a_box(p, degree) if region.kind == "box"
                 else components_in_a_ball(p, degree, 2 * degree)] * (listed + 1)
    first = arb(1) if region.kind == "box" or start is not None else inner[0]
    last = arb(1) if m == n else arb(max(degree, 1)) ** m
    for bound, why_last in _degrees(model, m, evidence):
        last = min(last, arb(bound), key=lambda k: k.upper())
        verified.append(why_last)
    end = min(last, inner[-1], key=lambda k: k.upper())
    pieces = [first, *inner[1:-1], end][:m + 1]
    return slicing_bound(pieces, n, radius, real(region.epsilon), m), [
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
