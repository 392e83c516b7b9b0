"""
Covering numbers from above by volumes, of a ball or of boxes of parameters.

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

*Lipschitz maps.*  Let |φ(w) - φ(w')| ≤ L max |w_i - w'_i| on the box.  Then
N(A, ε) ≤ ⌈B L / ε⌉^N: cut it into cubes, and take the images of their centers.

*One ball.*  If A lies in the ball of radius R around 0, and f in A has |f| + R ≤ ε, then
N(A, ε) = 1.  If M is a cone, f = 0 is in A.
"""

from __future__ import annotations

from typing import Any

from flint import arb, fmpz

from neuroalg_sage.certificates.capacity.region import Bound, Region, flag, real
from neuroalg_sage.certificates.capacity.sections import cone_weight
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integer,
    member,
    numbers,
    polynomial_ring,
    polynomial_set,
    require,
)
from neuroalg_sage.certificates.substitution import vanishing


def span_dimension(model: Model, evidence: Any) -> tuple[int, list[str]]:
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


def one_ball(region: Region, evidence: Any) -> Bound:
    """One ball around a function covers all."""
    (start,) = fields(evidence, "cone_from")
    if start is None:
        rows, scale = region.functions([numbers(
            member(evidence, "center"), "center", region.model.parameters)])
        length = arb(sum((c * c for c in rows[0]), fmpz(0))).sqrt() / arb(scale)
    else:
        cone_weight(region.model, integer(start, 0, region.model.parameters - 1, "parameter"))
        length = arb(0)
    # For a ball the difference is rational, and may be zero.
    rest = (real(region.epsilon - region.size) if region.kind == "ball"
            else real(region.epsilon) - region.radius(evidence))
    require(length <= rest, "One ball is not proved to cover all.")
    return arb(1), ["one ball covers all"], []


def volume(region: Region, evidence: Any) -> Bound:
    """The volume of a ball of the span."""
    n, verified = span_dimension(region.model, evidence)
    return (1 + 2 * region.radius(evidence) / real(region.epsilon)) ** n, [
        *verified, "the volume of a ball bounds it from above"], []


def bounded_rank(region: Region, evidence: Any) -> Bound:
    """Matrices of bounded rank."""
    model = region.model
    require(region.kind == "ball" and all(
        layer["kind"] == "dense" and not layer.get("bias", False)
        for layer in model.description["layers"]), "The functions are not all matrices of a rank.")
    exponent = (model.inputs + model.outputs) * min(model.widths)
    return (1 + 4 * real(region.size / region.epsilon)) ** exponent, [
        f"the functions are all matrices of rank at most {min(model.widths)}",
        "the volume of their factors bounds it from above"], []


def lipschitz(region: Region, evidence: Any) -> Bound:
    """The image of a covering of the box."""
    require(region.kind == "box", "The parameters are not bounded.")
    slope = region.bounds_of_the_box(flag(evidence, "expanded"))[1]
    steps = (real(region.size / region.epsilon) * slope).upper().ceil()
    return max(steps, arb(1), key=lambda k: k.upper()) ** region.model.parameters, [
        "a Lipschitz constant on the box of parameters bounds it from above"], []
