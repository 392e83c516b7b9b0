"""
Covering numbers from below by functions, or linear spaces of functions, that are far apart.

*Packing.*  A ball of radius ε contains at most one of points with distances over 2ε.

*Linear space.*  If φ is linear in some parameters, M contains linear spaces of the dimension q of
the rank of φ in these, at any point, over Q, or modulo a prime; or q is that of a lemma in
``layers``, as is *the last layer* for a box.  Balls that cover the part with
|f| ≤ R cut out balls of radius at most ε; so they are at least (R/ε)^q, by volume.
"""

from __future__ import annotations

from operator import sub
from typing import Any

from flint import arb, fmpz, fmpz_mat

from neuroalg_sage.certificates.capacity.region import Region, real
from neuroalg_sage.certificates.capacity.sections import cone_weight
from neuroalg_sage.certificates.dimension.ranks import jacobian, place, rank
from neuroalg_sage.certificates.reading import (
    fields,
    integer,
    integers,
    items,
    member,
    numbers,
    require,
)

MOST_POINTS = 1_000  # of a packing


def a_function(region: Region, evidence: Any) -> tuple[arb, str]:
    """At least one ball, if there is a function: in a box there is, and the zero of a cone."""
    (start,) = fields(evidence, "cone_from")
    require(region.kind == "box" or start is not None, "No function is known.")
    if start is not None:
        cone_weight(region.model, integer(start, 0, region.model.parameters - 1, "parameter"))
    return arb(1), "a function"


def packing_number(region: Region, evidence: Any) -> int:
    """How many functions a packing has, once it is verified."""
    data = items(member(evidence, "points"), "points")
    require(0 < len(data) <= MOST_POINTS, f"There are not from 1 to {MOST_POINTS} points.")
    points = [numbers(point, "point", region.model.parameters) for point in data]
    rows, scale = region.functions(points)
    matrix = fmpz_mat(rows)
    twice = (2 * matrix * matrix.transpose()).tolist()
    squares = [row[i] // 2 for i, row in enumerate(twice)]
    least = 4 * scale**2 * region.epsilon.numerator**2 // fmpz(region.epsilon.denominator**2)
    # Squares of distances are whole numbers: more than a number if more than its floor.
    require(all(squares[i] + min(map(sub, squares[:i], row)) > least
                for i, row in enumerate(twice) if i),
            "Two functions of the packing are too close.")
    return len(points)


def packing(region: Region, evidence: Any) -> tuple[arb, str]:
    """Functions that are far apart."""
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


def linear_space(region: Region, evidence: Any) -> tuple[arb, str]:
    """The volume of a linear space in M."""
    q = linear_dimension(region, evidence)
    return real(region.size / region.epsilon) ** q, f"a linear space of dimension {q} in it"


def last_layer(region: Region, evidence: Any) -> tuple[arb, str]:
    """The volume of a cube in the coordinates of powers of the inputs."""
    from neuroalg_sage.certificates.capacity.layers import last_layer_volume

    require(region.kind == "box", "The parameters are not bounded.")
    m, side = last_layer_volume(region.model, region.size)
    unit_ball = (arb(m) / 2) * arb.pi().log() - (arb(m) / 2 + 1).lgamma()
    return (m * (side - real(region.epsilon).log()) - unit_ball).exp(), (
        f"the volume of a cube in {m} coordinates")


LOWER = {"a function": a_function, "packing": packing, "linear space": linear_space,
         "last layer": last_layer}
