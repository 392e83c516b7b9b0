"""
Covering numbers: how many balls of radius ε cover the functions of bounded parameters or norm.

Norms are Euclidean, in the coordinates of V.  M is the image of R^N, no closure is meant, and A is

- for a ball, the set of the f in M with |f| ≤ R;
- for a box, the image of the parameters w with |w_i| ≤ B for all i.

N(A, ε) is the least number of closed balls of radius ε with *centers in A* that cover A.
Such numbers are not monotone: of A in X follows N(A, ε) ≤ N(X, ε/2) only, where in each ball that
meets A a point of A is the new center.  But N(A, ε) ≤ N(C, ε) if C is a dense subset of A, since
finitely many closed balls that cover C cover its closure.

**Upper bounds.**

*Volume.*  If A lies in a ball of radius R of an affine space of dimension n, then
N(A, ε) ≤ (1 + 2R/ε)^n: around the points of a largest set in A with distances over ε, which covers
A, the balls of radius ε/2 are disjoint, and lie in a ball of radius R + ε/2.

*Matrices of bounded rank.*  Let A be all real a × b matrices of rank at most r ≤ a, b with
Frobenius norm at most R.  Then N(A, ε) ≤ (1 + 4R/ε)^((a + b) r).  Let R = 1.  X in A is Q Y with
orthonormal columns in the a × r matrix Q, and |Y| = |X| ≤ 1.  As for the volume, in the space of
the a × r matrices with the operator norm, (1 + 4/ε)^(a r) of these Q have all others within ε/2;
and (1 + 4/ε)^(r b) of these Y.  Then |QY - Q'Y'| ≤ |Q - Q'| |Y| + |Q' (Y - Y')| ≤ ε/2 + ε/2, and
Q'Y' is in A.  (The classical (9/ε)^((a + b + 1) r), for singular vectors and values apart, is
larger for ε ≤ 5.)

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

Components K_j, by the lemmas in ``sections``.  Let S be R^p, and φ on S of degree at most D, with
image C, for a ball dense in M; or S a box.  Then components of A ∩ F are images of those of φ^-1(F)
in S, within the preimage of the ball, whose equation has degree 2D.  K_0 = 1 for a star-shaped C,
and for a box.  K_m ≤ D^m, for m at least the dimension of M: almost every F of this codimension
meets the closed image over C in finitely many points, so that those of the image are at most D^m.
For the dimension m they are at most the degree of the closure (``multihomogeneous_degree``), and
for a larger m there are none.  If D ≤ 1, C ∩ F is convex, and K_j = 1.

*Hypersurface.*  An equation g ≠ 0 of degree d that vanishes on M defines X in R^n, where almost all
lines meet X in at most d points, and no point is in X.  N(A, ε) ≤ N(X ∩ ball, ε/2), with m = n - 1.

*Lipschitz maps.*  Let |φ(w) - φ(w')| ≤ L max |w_i - w'_i| on the box.  Then
N(A, ε) ≤ ⌈B L / ε⌉^N: cut it into cubes, and take the images of their centers.

**Lower bounds.**

*Packing.*  A ball of radius ε contains at most one of points with distances over 2ε.

*Projection.* Let φ map boxes without common interior points, in q of the parameters, the others
fixed, into A, and let π be the projection to q coordinates, of degrees d_1, ..., d_q in these
parameters. Then N(A, ε) κ_q ε^q Π d_i ≥ Σ |∫ det D(π φ)|, the integrals over the boxes. For π does
not enlarge distances, so the projections of N balls cover π(A), whose volume is at most N κ_q ε^q;
and by the area formula Σ ∫ |det D(π φ)| is the integral over π(A) of the number of preimages in the
boxes. Almost every point is a regular value (Sard), whose preimages are isolated zeros of q
polynomials, at most Π d_i by Bezout.

*Linear space.*  If φ is linear in some parameters, M contains linear spaces of the dimension q of
the rank of φ in these, at any point, over Q, or modulo a prime; or q is that of a lemma in
``layers``, as is *the last layer* for a box.  Balls that cover the part with
|f| ≤ R cut out balls of radius at most ε; so they are at least (R/ε)^q, by volume.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz, fmpz_mat

from neuroalg_sage.certificates.capacity.sections import (
    check_normal_form,
    components_in_a_ball,
    components_in_a_box,
    cone_weight,
    degree_in,
    multihomogeneous_degree,
)
from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.dimension.dimension import upper_bound
from neuroalg_sage.certificates.dimension.ranks import jacobian, place, rank
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    CertificateError,
    MalformedCertificate,
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    member,
    numbers,
    polynomial,
    polynomial_ring,
    polynomial_set,
    rational,
    require,
)
from neuroalg_sage.certificates.substitution import vanishing

MOST_DIGITS = 1_000  # of a number that is written out
MOST_SUMMANDS = 3_000
MOST_POINTS, MOST_BITS = 1_000, 4_000  # of a packing, and of its parameters
MOST_FREE, MOST_CELLS = 6, 5_000  # of a projection
BITS = 3_500
FEW_BITS = 128
HIDDEN_NEURONS = "hidden neurons"

Lipschitz = tuple[Fraction, Fraction]


def real(c: Fraction) -> arb:
    """A rational number as a ball."""
    return arb(fmpq(c.numerator, c.denominator))


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


class Region:
    """What part of M is covered, and by what balls."""

    def __init__(self, model: Model, domain: Any, epsilon: Any) -> None:
        self.domain = domain
        self.kind, size = items(domain, "domain", 2)
        if self.kind not in ("ball", "box"):
            raise MalformedCertificate("The domain is neither a ball nor a box.")
        self.model, self.size, self.epsilon = model, rational(size), rational(epsilon)
        require(self.size > 0 and self.epsilon > 0, "A radius is not positive.")

    def with_radius(self, epsilon: Any) -> Region:
        """The same part of M, and balls of another radius."""
        return Region(self.model, self.domain, epsilon)

    def bounds_of_the_box(self, is_expanded: bool) -> tuple[arb, arb]:
        """
        A bound on |φ| on the box, and a Lipschitz constant for the maximum norm of parameters.

        A polynomial Σ c_e w^e is at most Σ |c_e| B^|e| on the box, the sum of its partial
        derivatives at most Σ |c_e| |e| B^(|e| - 1).  Expanded, this is done for each coordinate.
        Else all steps are applied to absolute values, at w = B and x = 1: that bounds, for
        each output, the sum of its coordinates' bounds, so that of their squares.
        """
        if is_expanded:
            pairs = [_majorant(f, self.size) for f in self.model.parametrization]
        else:
            def multiply(a: Lipschitz, b: Lipschitz) -> Lipschitz:
                return a[0] * b[0], a[0] * b[1] + a[1] * b[0]

            pairs = self.model.fold(
                [(self.size, Fraction(1))] * self.model.parameters,
                [(Fraction(1), Fraction(0))] * self.model.inputs,
                lambda c: (abs(c), Fraction(0)), lambda a, b: (a[0] + b[0], a[1] + b[1]), multiply)
        values, slopes = (real(sum((pair[i]**2 for pair in pairs), Fraction(0))).sqrt()
                          for i in (0, 1))
        return values, slopes

    def radius(self, evidence: Any) -> arb:
        """That of a ball around 0 in which the set lies."""
        if self.kind == "ball":
            return real(self.size)
        return self.bounds_of_the_box(_flag(evidence, "expanded"))[0]


def _flag(evidence: Any, name: str) -> bool:
    flag = member(evidence, name)
    require(isinstance(flag, bool), f"The field {name!r} is neither true nor false.")
    return bool(flag)


def _majorant(f: fmpq_mpoly, bound: Fraction) -> Lipschitz:
    value = slope = Fraction(0)
    for e, c in zip(exponent_vectors(f), f.coeffs()):
        size, degree = abs(Fraction(int(c.p), int(c.q))), sum(e)
        value += size * bound**degree
        slope += size * degree * bound**(degree - 1) if degree else 0
    return value, slope


def _span_dimension(model: Model, evidence: Any) -> tuple[int, list[str]]:
    """The dimension of an affine space in which M lies."""
    n = model.ambient_dimension
    if "equations" not in evidence:
        return n, []
    forms = polynomial_set(evidence["equations"], polynomial_ring(n))
    require(all(f.total_degree() == 1 for f in forms), "An equation is not linear.")
    # In reduced form each has a coordinate that no other one has; so they are independent.
    seen = [{i for e in exponent_vectors(f) for i, k in enumerate(e) if k} for f in forms]
    require(all(s - set().union(*seen[:i], *seen[i + 1 :]) for i, s in enumerate(seen)),
            "The linear equations are not in reduced form.")
    vanishing(model, forms)
    return n - len(forms), [f"linear equations ({len(forms)}) vanish on the functions"]


Bound = tuple[arb, list[str], list[str]]  # the bound, what was verified, whom to trust


def _volume(region: Region, evidence: Any) -> Bound:
    n, verified = _span_dimension(region.model, evidence)
    return (1 + 2 * region.radius(evidence) / real(region.epsilon)) ** n, [
        *verified, "the volume of a ball bounds it from above"], []


def _bounded_rank(region: Region, evidence: Any) -> Bound:
    model = region.model
    require(region.kind == "ball" and all(
        layer["kind"] == "dense" and not layer.get("bias", False)
        for layer in model.description["layers"]), "The functions are not all matrices of a rank.")
    exponent = (model.inputs + model.outputs) * min(model.widths)
    return (1 + 4 * real(region.size / region.epsilon)) ** exponent, [
        f"the functions are all matrices of rank at most {min(model.widths)}",
        "the volume of their factors bounds it from above"], []


def _slicing(region: Region, evidence: Any) -> Bound:
    model = region.model
    n, verified = _span_dimension(model, evidence)
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
    if _flag(evidence, "multihomogeneous") and m:
        degree_bound = multihomogeneous_degree(model, m)
        last = min(last, arb(degree_bound), key=lambda k: k.upper())
        verified.append(f"in dimension {m} the degree is at most {degree_bound}")
    between, end = [inner] * min(m - 1, MOST_SUMMANDS), min(last, inner, key=lambda k: k.upper())
    pieces = [first, *between, end][:m + 1]
    return slicing_bound(pieces, n, region.radius(evidence), real(region.epsilon), m), [
        *verified, why, "sections by a grid, bounded by degrees, bound it from above"], trust


def _hypersurface(region: Region, evidence: Any) -> Bound:
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


def _lipschitz(region: Region, evidence: Any) -> Bound:
    require(region.kind == "box", "The parameters are not bounded.")
    slope = region.bounds_of_the_box(_flag(evidence, "expanded"))[1]
    steps = (real(region.size / region.epsilon) * slope).upper().ceil()
    return max(steps, arb(1), key=lambda k: k.upper()) ** region.model.parameters, [
        "a Lipschitz constant on the box of parameters bounds it from above"], []


UPPER: dict[str, Callable[[Region, Any], Bound]] = {
    "volume": _volume, "bounded rank": _bounded_rank, "slicing": _slicing,
    "hypersurface": _hypersurface, "Lipschitz": _lipschitz}


def packing_number(region: Region, evidence: Any) -> int:
    """How many functions a packing has, once it is verified."""
    model = region.model
    data = items(member(evidence, "points"), "points")
    require(0 < len(data) <= MOST_POINTS, f"There are not from 1 to {MOST_POINTS} points.")
    points = [numbers(point, "point", model.parameters) for point in data]
    require(all(max(abs(c.p), c.q).bit_length() <= MOST_BITS for w in points for c in w),
            f"A parameter has over {MOST_BITS} bits.")
    if region.kind == "box":
        bound = fmpq(region.size.numerator, region.size.denominator)
        require(all(-bound <= c <= bound for w in points for c in w),
                "Parameters of a point are outside of the box.")
    phi = model.parametrization
    images = [[f(*w) for f in phi] for w in points]
    scale = fmpz(1)
    for c in (c for image in images for c in image):
        scale = scale * c.q // scale.gcd(c.q)
    rows = fmpz_mat([[c.p * (scale // c.q) for c in image] for image in images])
    products = (rows * rows.transpose()).tolist()
    size, epsilon = region.size, region.epsilon
    if region.kind == "ball":
        most = scale**2 * size.numerator**2
        require(all(products[i][i] * size.denominator**2 <= most for i in range(len(points))),
                "A function is outside of the ball.")
    least = 4 * scale**2 * epsilon.numerator**2
    square = fmpz(epsilon.denominator**2)
    require(all(square * (row[i] + products[k][k] - 2 * row[k]) > least
                for i, row in enumerate(products) for k in range(i)),
            "Two functions of the packing are too close.")
    return len(points)


def _packing(region: Region, evidence: Any) -> tuple[arb, str]:
    number = packing_number(region, evidence)
    return arb(number), f"a packing of {number} functions"


def linear_dimension(region: Region, evidence: Any) -> int:
    """The dimension of a linear space in M, at least."""
    model = region.model
    start, trial, data = fields(evidence, "linear_from", "trial", "inputs")
    if start is None:
        from neuroalg_sage.certificates.capacity.layers import last_layer_dimension

        require(region.kind == "ball", "The parameters are bounded.")
        return last_layer_dimension(model)
    require(region.kind == "ball" and cone_weight(model, integer(
        start, 0, model.parameters - 1, "parameter")) == 1, "The model is not linear there.")
    p, point = place(model, trial)
    inputs = [integers(x, -(10**18), 10**18, "input", model.inputs)
              for x in items(data, "inputs")]
    rows = [row[start:] for row in jacobian(model, [c % p for c in point], inputs, p)]
    return rank(rows, model.parameters - start, p)


def _linear_space(region: Region, evidence: Any) -> tuple[arb, str]:
    q = linear_dimension(region, evidence)
    return real(region.size / region.epsilon) ** q, f"a linear space of dimension {q} in it"


def _last_layer(region: Region, evidence: Any) -> tuple[arb, str]:
    from neuroalg_sage.certificates.capacity.layers import last_layer_volume

    require(region.kind == "box", "The parameters are not bounded.")
    m, side = last_layer_volume(region.model, region.size)
    unit_ball = (arb(m) / 2) * arb.pi().log() - (arb(m) / 2 + 1).lgamma()
    return (m * (side - real(region.epsilon).log()) - unit_ball).exp(), (
        f"the volume of a cube in {m} coordinates")


def _restricted(f: fmpq_mpoly, free: list[int], values: list[fmpq], ring: fmpq_mpoly_ctx
                ) -> fmpq_mpoly:
    """A polynomial in the free parameters, where the others have values."""
    terms: dict[tuple[int, ...], fmpq] = {}
    for e, c in zip(exponent_vectors(f), f.coeffs()):
        for i, k in enumerate(e):
            if k and i not in free:
                c = c * values[i] ** k
        key = tuple(e[i] for i in free)
        terms[key] = terms.get(key, fmpq(0)) + c
    return ring.from_dict(terms)


def _determinant(rows: list[list[fmpq_mpoly]]) -> fmpq_mpoly:
    if len(rows) == 1:
        return rows[0][0]
    total = 0 * rows[0][0]
    for j, entry in enumerate(rows[0]):
        total += (-1) ** j * entry * _determinant([row[:j] + row[j + 1:] for row in rows[1:]])
    return total


def _projection(region: Region, evidence: Any) -> tuple[arb, str]:
    model = region.model
    free, places, data, ends, cuts = fields(evidence, "free", "coordinates", "values", "intervals",
                                            "cuts")
    integers(free, 0, model.parameters - 1, "free parameter")
    q = len(free)
    integers(places, 0, model.ambient_dimension - 1, "coordinate", q)
    require(0 < q <= MOST_FREE and len(set(free)) == len(set(places)) == q
            and integer(cuts, 1, MOST_CELLS, "number of cuts") ** q <= MOST_CELLS,
            "The parameters are not different, or too many, or cut too often.")
    values = numbers(data, "value", model.parameters)
    intervals = [numbers(pair, "interval", 2) for pair in items(ends, "intervals", q)]
    require(all(low < high for low, high in intervals), "An interval is empty.")
    if region.kind == "box":
        bound = fmpq(region.size.numerator, region.size.denominator)
        require(all(-bound <= c <= bound for pair in intervals for c in pair) and all(
            -bound <= c <= bound for i, c in enumerate(values) if i not in free),
            "The parameters are not in the box.")
    ring = polynomial_ring(q)
    phi = [_restricted(f, free, values, ring) for f in model.parametrization]
    chosen = [phi[i] for i in places]
    determinant = _determinant([[f.derivative(j) for j in range(q)] for f in chosen])
    primitive = {tuple(k + 1 for k in e): c / math.prod(k + 1 for k in e)
                 for e, c in zip(exponent_vectors(determinant), determinant.coeffs())}
    integral = ring.from_dict(primitive)
    grid = [[low + (high - low) * k / cuts for k in range(cuts + 1)] for low, high in intervals]
    sums = {index: integral(*(axis[k] for axis, k in zip(grid, index)))
            for index in itertools.product(range(cuts + 1), repeat=q)}
    majorants = [ring.from_dict({e: abs(c) for e, c in zip(exponent_vectors(f), f.coeffs())})
                 for f in phi if f]
    most, total = fmpq(region.size.numerator, region.size.denominator) ** 2, fmpq(0)
    for cell in itertools.product(range(cuts), repeat=q):
        corner = [max(abs(axis[k]), abs(axis[k + 1])) for axis, k in zip(grid, cell)]
        if region.kind == "box" or sum((f(*corner) ** 2 for f in majorants), fmpq(0)) <= most:
            total += abs(sum(((-1) ** (q - sum(step)) * sums[tuple(map(int.__add__, cell, step))]
                              for step in itertools.product((0, 1), repeat=q)), fmpq(0)))
    degrees = math.prod(f.total_degree() for f in chosen)
    require(total > 0, "The projection has no volume.")
    volume = arb.pi() ** (arb(q) / 2) / (arb(q) / 2 + 1).gamma()
    return arb(total) / (degrees * volume * real(region.epsilon) ** q), (
        f"the volume of a projection to {q} coordinates")


LOWER: dict[str, Callable[[Region, Any], tuple[arb, str]]] = {
    "packing": _packing, "linear space": _linear_space, "projection": _projection,
    "last layer": _last_layer}


def _argument(table: dict[str, Any], evidence: Any) -> Any:
    argument = member(evidence, "argument")
    if not isinstance(argument, str) or argument not in table:
        raise MalformedCertificate("The argument for a bound is not known.")
    return table[argument]


def written(bound: arb, is_upper: bool) -> Any:
    """
    An integer as text, the largest one up to an upper bound, or the least from a lower one; or, if
    it has over ``MOST_DIGITS`` digits, ``["10^", x]`` for the power of ten with an exponent x.
    """
    digits = bound.log() / arb(10).log() if bound > 1 else arb(0)
    if not digits < MOST_DIGITS:
        scaled = digits * 10**6
        x = whole(scaled.upper().ceil() if is_upper else scaled.lower().floor())
        return ["10^", str(Fraction(x, 10**6))]
    return decimal(whole(bound.upper().floor() if is_upper else bound.lower().ceil()))


def whole(x: arb) -> int:
    """The integer that a ball contains, if it is the only one."""
    found = x.unique_fmpz()
    if found is None:
        raise CertificateError("A bound is not precise enough to be written.")
    return int(found)


def upper_bound_in_balls(region: Region, evidence: Any) -> Bound:
    """An upper bound as a ball, what was verified, and whom to trust."""
    found: Bound = _argument(UPPER, evidence)(region, evidence)
    if not found[0].is_finite():
        raise CertificateError("A bound is not finite.")
    return found


def upper_covering_bound(region: Region, evidence: Any) -> tuple[Any, list[str], list[str]]:
    """An upper bound as it is written, what was verified, and whom to trust."""
    with ctx.workprec(FEW_BITS):
        bound, verified, trust = upper_bound_in_balls(region, evidence)
        if bound.log() / arb(10).log() > MOST_DIGITS or bound < arb(2) ** (FEW_BITS // 2):
            return written(bound, True), verified, trust
    with ctx.workprec(BITS):
        return written(upper_bound_in_balls(region, evidence)[0], True), verified, trust


def lower_bound_in_balls(region: Region, evidence: Any) -> tuple[arb, str]:
    """A lower bound as a ball, and what proves it."""
    found: tuple[arb, str] = _argument(LOWER, evidence)(region, evidence)
    return found


def lower_covering_bound(region: Region, evidence: Any) -> tuple[Any, list[str]]:
    """A lower bound as it is written, and what was verified."""
    with ctx.workprec(FEW_BITS):
        bound, why = lower_bound_in_balls(region, evidence)
        if bound.log() / arb(10).log() > MOST_DIGITS:
            return written(bound, False), [f"{why} bounds it from below"]
    with ctx.workprec(BITS):
        return written(lower_bound_in_balls(region, evidence)[0], False), [
            f"{why} bounds it from below"]


def check_covering_number(model: Model, value: Any, evidence: Any, status: str
                          ) -> tuple[list[str], list[str]]:
    """
    Verify bounds for a covering number: the domain, ε, the lower and the upper bound.
    """
    domain, epsilon, lower, upper = items(value, "claim", 4)
    region = Region(model, domain, epsilon)
    above, below = fields(evidence, "upper", "lower")
    found, verified, trust = upper_covering_bound(region, above)
    least, more = lower_covering_bound(region, below)
    require(_is_at_most(found, upper), "The upper bound is smaller than the one that is proved.")
    require(_is_at_most(lower, least), "The lower bound is larger than the one that is proved.")
    require((status == "proved") == (lower == upper), "Bounds that meet are a value, others not.")
    return [*more, *verified], trust


def _is_at_most(a: Any, b: Any) -> bool:
    """Whether one number as :func:`written` is at most another one of the same form."""
    powers = [isinstance(c, list) for c in (a, b)]
    require(powers[0] == powers[1] and all(len(c) == 2 and c[0] == "10^" for c in (a, b)
                                           if isinstance(c, list)),
            "A bound is not written as it must be.")
    one, other = (rational(c[1] if isinstance(c, list) else c) for c in (a, b))
    require(powers[0] or one.denominator == other.denominator == 1, "A bound is no whole number.")
    return one <= other
