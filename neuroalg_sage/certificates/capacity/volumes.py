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

*Normal forms in a box.*  For k = 1, ..., s let φ(t^a w) = φ(w) for all real t ≠ 0, with integer
weights a = a^(k), positive on the parameters P_k, negative on Q_k, zero on the others and on P_1,
..., P_(k-1).  Then A is the image of the w in the box that have in each P_k a parameter ± B, or B
if all weights on P_k are odd.  So N(A, ε) ≤ 2^e Π |P_k| ⌈B L / ε⌉^(N - s), with e of the P_k that
have an even weight.

*Proof.*  Let w be in the box, not zero on P_k, and t ≥ 1 the largest with t^a w in the box on P_k.
Then it is in the box on Q_k, too; all else is unchanged, and some parameter of P_k is ± B.  With
t = -1 its sign changes if its weight is odd.  If w is zero on P_k, then φ(w) = lim φ(t^a w), t → ∞,
is the value where Q_k is zero, too.  There P_k may be changed to what it likes, say B: φ(t^a w) for
t → 0 is the value where both are zero.

*One ball.*  If A lies in the ball of radius R around 0, and f in A has |f| + R ≤ ε, then
N(A, ε) = 1.  If M is a cone, f = 0 is in A.
"""

from __future__ import annotations

from typing import Any

from flint import arb, fmpz

from neuroalg_sage.certificates.capacity.region import Bound, Region, flag, real
from neuroalg_sage.certificates.capacity.sections import cone_weight, weight
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
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
    model = region.model
    require(region.kind == "box", "The parameters are not bounded.")
    slope = region.bounds_of_the_box(flag(evidence, "expanded"))[1]
    steps = (real(region.size / region.epsilon) * slope).upper().ceil()
    fields_data = items(evidence.get("scalings", []), "scalings")
    faces, fixed = arb(1), set[int]()
    for data in fields_data:
        field = integers(data, -10**6, 10**6, "weight", model.parameters)
        require(weight(model, field) == 0, "A scaling of the parameters changes the function.")
        raised = {i for i, a in enumerate(field) if a > 0}
        require(raised and not any(field[i] for i in fixed),
                "The scalings do not bring parameters to the faces one after the other.")
        faces *= len(raised) * (1 if all(field[i] % 2 for i in raised) else 2)
        fixed |= raised
    free = model.parameters - len(fields_data)
    return faces * max(steps, arb(1), key=lambda k: k.upper()) ** free, [
        *([f"scalings bring {len(fields_data)} parameters to faces"] if fields_data else []),
        "a Lipschitz constant on the box of parameters bounds it from above"], []
