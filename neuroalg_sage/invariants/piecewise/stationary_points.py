"""
All stationary points of the squared error of an architecture on a data set, also where units are at
a breakpoint.

Normalized by the signs of the outer weights, the outputs at the data are linear in the cones of a
fan, and the squared error is a convex quadratic polynomial on each.  For each cone there is one
vector of outputs at which its points can be stationary, see
:mod:`neuroalg_sage.certificates.piecewise.stationary_points`; by linear programs, exactly, it is
decided whether these outputs occur there, and whether zero is a convex combination of gradients.

REFERENCES:

- [Cla1975]_
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.piecewise import stationary_points as checked
from neuroalg_sage.certificates.piecewise.architecture import Architecture as Rebuilt
from neuroalg_sage.certificates.piecewise.subdivision import Subdivision as Verified
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.piecewise.data import fan, points_and_targets
from neuroalg_sage.invariants.piecewise.linear_regions import verified
from neuroalg_sage.limits import whole
from neuroalg_sage.models.piecewise.architecture import Architecture

MOST_FAMILIES = 20  # that are printed
ZERO, ONE = fmpq(0), fmpq(1)
Vector = list[fmpq]


@dataclass(frozen=True, eq=False, repr=False)
class StationaryPoints(Invariant):
    """The families of stationary points; the value is the smallest squared error."""

    about: ClassVar[str] = "the network "

    @cached_property
    def value(self) -> Fraction:
        """The smallest squared error."""
        return Fraction(self.data["minimum"])

    @property
    def families(self) -> list[dict[str, Any]]:
        """
        The connected families of stationary points, by their error.

        Each has the ``signs`` of outer weights, the ``error``, the ``outputs`` at the data, the
        ``dimension``, and how many of its strata are ``local_minima``, how many are only
        ``local_maxima``, and how many are ``saddles``.
        """
        return list(self.data["families"])

    def sentence(self) -> str:
        strata = sum(self.data["strata"])
        count = len(self.families)
        families = "1 connected family" if count == 1 else f"{count} connected families"
        return (f"{families} of stationary points, in {strata} strat"
                f"{'um' if strata == 1 else 'a'}; the smallest squared error is {self.value}")

    def lines(self, spec: str = "SPEC") -> list[str]:
        found = []
        for family in self.families[:MOST_FAMILIES]:
            dimension = family["dimension"]
            least = "global" if family["error"] == self.data["minimum"] else "local"
            names = {"local_minima": (f"a {least} minimum", f"{least} minima"),
                     "local_maxima": ("a local maximum", "local maxima"),
                     "saddles": ("a saddle", "saddles")}
            first, *others = [name for name in names if family[name]]
            is_point = not (dimension or others) and family[first] == 1
            kind = names[first][not is_point] + "".join(
                f", {family[name]} of its strata {names[name][1]}" for name in others)
            of = f"a flat family of dimension {dimension}: " * bool(dimension)
            signs = "".join("+" if sign > 0 else "-" for sign in family["signs"])
            at = f" (outer weights {signs})" if signs else ""
            found.append(f"  squared error {family['error']}: {of}{kind}{at}")
        if len(self.families) > MOST_FAMILIES:
            found.append(f"  and {len(self.families) - MOST_FAMILIES} others, with larger errors")
        return found


def stationary_points(architecture: Architecture, data: Any) -> StationaryPoints:
    """
    All stationary points of the squared error, with proof.

    INPUT:

    - ``architecture`` -- of at most 8 parameters
    - ``data`` -- a file or rows: the inputs, then the target; at most 12 points

    OUTPUT: :class:`StationaryPoints`

    EXAMPLES:

    A unit max(0, u x) or -max(0, u x); where it is never active, nothing can be improved nearby::

        >>> found = stationary_points(Architecture("relu:1,1,1"), [[1, 1], [2, 1]])
        >>> print(found.text())
        stationary_points = 3 connected families of stationary points, in 6 strata; the smallest ...
          squared error 1/5: a global minimum (outer weights +)
          squared error 2: a flat family of dimension 1: local minima (outer weights -)
          squared error 2: a flat family of dimension 1: local minima, 1 of its strata local ...
    """
    start = time.perf_counter()
    points, numbers = points_and_targets(architecture, data)
    targets = [fmpq(c.numerator, c.denominator) for c in numbers]
    rebuilt = Rebuilt(architecture.describe())
    proof = []
    for positive in range(rebuilt.units + 1):
        network = rebuilt.on_data(points, positive, rebuilt.units)
        assert network is not None
        cones = fan(network)
        strata = checked.Strata(verified(Verified, network, [], cones), targets)
        proof.append({"fan": cones, "proofs": [_proof(strata, face) for face in strata.faces]})
    value = verified(checked.stationary_points, rebuilt, points, targets, {"fans": proof})
    return StationaryPoints.certified(
        architecture, "stationary_points", value, "proved",
        "convex quadratic programs in the cones of a fan", time.perf_counter() - start,
        {"fans": proof})


def _proof(strata: checked.Strata, face: checked.Face) -> dict[str, Any]:
    """Whether a face has stationary points, and why."""
    if whole.is_over():
        raise whole.time_is_over()
    gradients = [strata.gradient(a, face) for a in face.around]
    steepest = [-sum(column, ZERO) for column in zip(*gradients)]
    if all(_product(g, steepest) < 0 for g in gradients):
        return {"kind": "descent", "vector": _text(steepest)}
    rays = checked.places(face.rays)
    point, separating = _interior([strata.values[i] for i in rays], face.outputs)
    if separating is not None:
        return {"kind": "empty", "vector": _text(separating)}
    assert point is not None
    place = [sum((c * strata.found.rays[i][j] for c, i in zip(point, rays)), ZERO)
             for j in range(strata.found.network.inputs)]
    found = {"kind": "stationary", "point": _text(place)}
    if strata.is_minimal(face):
        return found
    multipliers, direction = nonnegative_combination(
        [[*g, ONE] for g in gradients], [*[ZERO] * len(gradients[0]), ONE])
    if direction is not None:
        # The last number is the bound: h g >= -h_last > 0 for all gradients g.
        return {"kind": "descent", "vector": _text([-c for c in direction[:-1]])}
    assert multipliers is not None
    return found | {"multipliers": _text(multipliers)}


def _interior(vectors: list[Vector], target: Vector) -> tuple[Vector | None, Vector | None]:
    """
    Positive numbers whose combination of vectors is a target in their span, or a vector whose
    products with them are not negative, not all zero, and that with the target not positive.
    """
    total = [sum(column, ZERO) for column in zip(*vectors)]
    # The sum of all vectors, subtracted from a large multiple of the target, is in their cone; or
    # the cone is a linear space, in which that of the vectors is.
    found, separating = nonnegative_combination([*vectors, [-c for c in target]],
                                                [-c for c in total])
    if found is None:
        return None, separating
    *others, multiple = found
    positive = [c + 1 for c in others]
    if multiple:
        return [c / multiple for c in positive], None
    solution = _combination(vectors, target)
    factor = max((-c / p for c, p in zip(solution, positive)), default=ZERO)
    return [c + (max(factor, ZERO) + 1) * p for c, p in zip(solution, positive)], None


def _combination(vectors: list[Vector], target: Vector) -> Vector:
    """Numbers whose combination of vectors is a vector in their span."""
    rows = [[*column, c] for column, c in zip(zip(*vectors), target)]
    reduced, rank = fmpq_mat(rows).rref()
    found = [ZERO] * len(vectors)
    for row in reduced.table()[:rank]:
        found[next(i for i, c in enumerate(row) if c)] = row[-1]
    return found


def nonnegative_combination(vectors: Sequence[Vector], target: Vector
                            ) -> tuple[Vector | None, Vector | None]:
    """
    Farkas' alternative: nonnegative numbers whose combination of vectors is the target; or a vector
    whose products with them are not negative, and that with the target is.

    By the simplex algorithm with Bland's rule, exactly.

    EXAMPLES::

        >>> nonnegative_combination([[fmpq(1), fmpq(0)], [fmpq(1), fmpq(1)]], [fmpq(3), fmpq(1)])
        ([2, 1], None)
        >>> nonnegative_combination([[fmpq(1), fmpq(0)]], [fmpq(0), fmpq(1)])
        (None, [0, -1])
    """
    height, width = len(target), len(vectors)
    flips = [-1 if c < 0 else 1 for c in target]
    table = [[*(flip * v[i] for v in vectors), *(ONE if k == i else ZERO for k in range(height)),
              flip * target[i]] for i, flip in enumerate(flips)]
    basis = list(range(width, width + height))
    # The sum of the artificial variables is to become zero.
    cost = [-sum(column, ZERO) for column in zip(*table)] if table else [ZERO] * (width + 1)
    for k in range(height):
        cost[width + k] = ZERO
    while True:
        entering = next((j for j in range(width) if cost[j] < 0), None)
        if entering is None:
            break
        leaving = min((i for i in range(height) if table[i][entering] > 0),
                      key=lambda i: (table[i][-1] / table[i][entering], basis[i]))
        pivot = table[leaving][entering]
        row = table[leaving] = [c / pivot for c in table[leaving]]
        for i, other in enumerate(table):
            if i != leaving and other[entering]:
                table[i] = [a - other[entering] * b for a, b in zip(other, row)]
        cost = [a - cost[entering] * b for a, b in zip(cost, row)]
        basis[leaving] = entering
    if cost[-1]:
        return None, [flip * (c - 1) for flip, c in zip(flips, cost[width:-1])]
    found = [ZERO] * width
    for i, j in enumerate(basis):
        if j < width:
            found[j] = table[i][-1]
    return found, None


def _product(a: Vector, b: Vector) -> fmpq:
    return sum((x * y for x, y in zip(a, b)), ZERO)


def _text(vector: Vector) -> list[str]:
    return [str(c) for c in vector]
