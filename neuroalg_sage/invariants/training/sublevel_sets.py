"""
Betti numbers of the sublevel sets of a loss, by Morse inequalities.

**Above the loss of zero.**  M is a cone, and the loss L is quadratic and positive definite, so
convex on each ray.  If c >= L(0), the functions with L <= c on a ray are an interval that begins
at 0; so the sublevel set M_c is star-shaped.

**Below.**  Let a manifold E with a map to M be such that M_c is, for c < L(0), the homeomorphic
image of the points of E with loss at most c.  These are compact.  If the critical points of L on E
are nondegenerate, then where c passes their values, cells of the dimensions of their indices are
attached to M_c (Morse).  A cell of dimension k adds 1 to b_k, or subtracts 1 from b_(k-1), over
each field; and b_0 > 0 where there is a function.  So sequences of Betti numbers that begin with 0,
..., 0, and of which each follows from the one before by a critical point, contain those of all
M_c.  They satisfy the weak Morse inequalities, b_k <= m_k for the number m_k of critical points of
index k with less loss, and the strong ones for the alternating sums.

As E serve the matrices of rank one, or the symmetric ones; and, where each hidden layer has one
unit, the parameters in normal form, a vector bundle over a product of projective spaces, where φ is
injective up to scalings (``certificates.real.spheres``).

**Crossings.**  Let φ be injective but over two points of the base, where linear subspaces of both
fibers have the same functions, a linear space U.  The parts of these with loss at most c < L(0) are
empty or ellipsoids.  So M_c has the homotopy type of E_c, with an arc between them where c is at
least min L on U: that is one more cell, of dimension 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.boxes import is_positive
from neuroalg_sage.invariants.dimension.upper_bounds import condensed
from neuroalg_sage.invariants.real.betti_numbers import identified_strata
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.rational import fraction
from neuroalg_sage.storable import storable

if TYPE_CHECKING:
    from neuroalg_sage.certificates.real.spheres import Identification
    from neuroalg_sage.certificates.training.critical_points import Answer

MOST_STATES = 10_000

Ranges = tuple[tuple[int, int], ...]


def betti_ranges(levels: Sequence[Sequence[int]]) -> list[Ranges] | None:
    """
    Between which numbers the Betti numbers are, after each of some levels of critical points.

    INPUT:

    - ``levels`` -- the indices of the critical points of each critical value, ascending

    OUTPUT: for each level a range for each of b_0, b_1, ...; None if there are too many cases

    EXAMPLES:

    Two minima and a saddle, which joins them or makes a circle of one of them; then, at one level,
    a saddle and a maximum::

        >>> betti_ranges([[0, 0], [1], [1, 2]])
        [((2, 2), (0, 0), (0, 0)), ((1, 2), (0, 1), (0, 0)), ((1, 2), (0, 2), (0, 1))]
    """
    top = max((k for level in levels for k in level), default=0)
    states, found = {(0,) * (top + 1)}, []
    for level in levels:
        for k in sorted(level):
            after = set()
            for b in states:
                after.add((*b[:k], b[k] + 1, *b[k + 1:]))
                if k and b[k - 1] > (k == 1):
                    after.add((*b[:k - 1], b[k - 1] - 1, *b[k:]))
            states = after
            if len(states) > MOST_STATES:
                return None
        found.append(tuple((min(column), max(column)) for column in zip(*states)))
    return found


@storable()
@dataclass(frozen=True)
class SublevelSets:
    """
    Ranges of the Betti numbers of the functions of M whose loss is at most c.

    - ``reason`` -- why nothing is said; empty if something is
    - ``rows`` -- from which loss on, and the ranges of b_0, b_1, ..., over each field; from the
      last one on, that of the zero function, they are contractible

    EXAMPLES::

        >>> from neuroalg_sage import ERM
        >>> problem = ERM("linear:2,1,2", [[1, 0, 1, 0], [0, 1, 0, 2]])
        >>> print(problem.sublevel_sets())
        The functions of M of at most some loss have the Betti numbers 1 from 0.5 on; 1, 1 from 2
        on; 1 from 2.5 on, the loss of zero.
    """

    reason: str
    rows: tuple[tuple[Fraction, Ranges], ...] = ()

    def describe(self) -> dict[str, Any]:
        """The ranges as JSON data."""
        return {"not_applicable": self.reason or None,
                "rows": [{"from": str(loss), "betti": [list(pair) for pair in ranges]}
                         for loss, ranges in self.rows]}

    def __str__(self) -> str:
        if self.reason:
            return f"Of the topology of sublevel sets nothing is said: {self.reason}."
        shown = []
        for loss, ranges in self.rows:
            while ranges[1:] and ranges[-1] == (0, 0):
                ranges = ranges[:-1]
            shown.append(", ".join(str(low) if low == high else f"{low} to {high}"
                                   for low, high in ranges) + f" from {float(loss):.6g} on")
        return ("The functions of M of at most some loss have the Betti numbers "
                f"{'; '.join(shown)}, the loss of zero.")


def sublevel_sets(answer: Answer, model: Model) -> SublevelSets:
    """
    What critical functions say of the topology of sublevel sets.

    INPUT:

    - ``answer`` -- what is proved of the critical functions
    - ``model`` -- the model
    """
    cover, data = answer.land.cover, answer.value[1]
    if not data["complete"]:
        return SublevelSets("not all critical functions are known")
    if not is_positive(answer.problem.matrix, strictly=True):
        return SublevelSets("the loss is not proved to be positive definite")
    if cover.is_whole:
        return SublevelSets("M is all of V, where they are ellipsoids")
    crossing: list[Fraction] = []
    if cover.kind == "units":
        strata = identified_strata(model) if condensed(model) is model else None
        found = None if strata is None else _crossing(answer, *strata)
        if found is None:
            return SublevelSets("it is not known where M crosses itself")
        crossing = found
    elif max(chart.stratum for chart in cover.charts) != 1:
        return SublevelSets("M has other singular functions than zero")
    points = sorted((Fraction(p["loss"][0]), Fraction(p["loss"][1]), p["index"])
                    for p in data["points"] if any(c != ["0", "0"] for c in p["coordinates"]))
    points = sorted([*points, *((c, c, 1) for c in crossing)])
    if any(index < 0 for *_, index in points):
        return SublevelSets("a critical function is not proved to be nondegenerate")
    levels: list[list[int]] = []
    losses: list[Fraction] = []
    highest: Fraction | None = None
    for low, high, index in points:
        if highest is None or low > highest:
            losses.append((low + high) / 2)
            levels.append([])
        levels[-1].append(index)
        highest = high if highest is None else max(highest, high)
    ranges = betti_ranges(levels)
    if ranges is None:
        return SublevelSets("there are too many critical functions")
    zero = fraction(answer.problem.constant)
    return SublevelSets("", (*zip(losses, ranges), (zero, ((1, 1),))))


def _crossing(answer: Answer, blocks: list[list[int]], pairs: list[Identification]
              ) -> list[Fraction] | None:
    """
    The least loss on the space in which M crosses itself, if that is less than that of zero; none
    if it does not; None if it is not of this kind.
    """
    if not pairs:
        return []
    model, problem = answer.land.model, answer.problem
    number = next(i for i, block in enumerate(blocks) if model.parameters - 1 in block)
    last = blocks[number]
    if sorted(last) != list(range(model.parameters - len(last), model.parameters)):
        return None
    places = {last[other.first[number]]: set(relation[0]) for _, other, relation in pairs}
    ends = {tuple(stratum.first[:number] + stratum.first[number + 1:] for stratum in pair[:2])
            for pair in pairs}
    order = sorted(places, key=last.index)
    if len(ends) > 1 or len(places) < len(pairs) or any(
            places[q] != set(order[i + 1:]) for i, q in enumerate(order)):
        return None
    point = [fmpq(0)] * model.parameters
    for i, block in enumerate(blocks):
        if i != number:
            point[block[pairs[0][1].first[i]]] = fmpq(1)
    rows = []
    for q in order:
        own = [fmpq(int(i == q)) if i in last else x for i, x in enumerate(point)]
        rows.append([f(*own) for f in model.parametrization])
    space = fmpq_mat(rows)
    slope = space * fmpq_mat(problem.n, 1, problem.target)
    gain = slope.transpose() * (space * problem.matrix * space.transpose()).solve(slope)
    return [fraction(problem.constant - gain[0, 0])] if gain[0, 0] else []
