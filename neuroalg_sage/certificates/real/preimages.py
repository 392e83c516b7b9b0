"""
How many real preimages functions of M have, up to scalings and finite symmetries.

Let scalings act with places p_1, ..., p_s (:mod:`.scalings`).  If no point of the fiber over f
has w_(p_k) = 0, where those before are 1 already, the orbits of its real points are in bijection
with the real points where w_(p_1) = ... = w_(p_s) = 1.  If these are finitely many they are
listed, each in a box of its own.  The number of real preimages is that of the classes of orbits
under the group that the signed permutations generate which the claim lists; earlier certificates
list them in the evidence only, and the verdict says so.
"""

from __future__ import annotations

from typing import Any

import flint
from flint import arb, fmpq

from neuroalg_sage.certificates.coordinates import fiber_equations
from neuroalg_sage.certificates.equality import same
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    fields,
    integer,
    items,
    member,
    numbers,
    require,
)
from neuroalg_sage.certificates.real.sampling import SCALE, interval, number
from neuroalg_sage.certificates.real.scalings import Symmetries, scalings
from neuroalg_sage.certificates.singularities.decomposition import check_components, combination

ERROR = fmpq(1, 20)  # an interval holds but for this probability
MOST_SAMPLES = 1000
LARGEST = 9  # of the sampled parameters, which are whole numbers other than 0
PRECISION = 512  # bits, in which points are moved
Box = list[arb]


def check_numbers(model: Model, value: Any, evidence: Any, error_bound: float) -> Checked:
    """
    Verify which numbers of real preimages sampled functions have, and how often.

    The functions are φ(w), where w is independent and uniform in ±1, ..., ±9.  Where a number was
    found it occurs, which is proved; a sample for which it was not found may have any.  Each
    interval, that of Clopper and Pearson, holds but for a probability of 1/20.
    """
    seed, samples = fields(value, "seed", "samples")
    symmetries = scalings(model, evidence, member(
        value if "finite" in value else evidence, "finite"))
    seed = integer(seed, 0, 2**53, "seed")
    count = integer(samples, 1, MOST_SAMPLES, "number of samples")
    require(error_bound == float(ERROR.p) / float(ERROR.q), "The error bound is another one.")
    trusted: set[str] = set()
    found: list[int | None] = []
    for index, data in enumerate(items(member(evidence, "fibers"), "fibers", count)):
        found.append(None)
        if data is not None:
            w = parameters(model.parameters, seed, index)
            found[-1], trust = _real_preimages(model, w, symmetries, data)
            trusted |= set(trust)
    expected = {"seed": seed, "samples": count, "scalings": len(symmetries.places),
                "numbers": frequencies(found)}
    listed = [f"up to the {len(symmetries.finite)} signed permutations in the evidence"]
    if "finite" in value:
        listed, expected["finite"] = [], [{"permutation": moved, "signs": by}
                                          for moved, by in symmetries.finite]
    require(same(value, expected),
            "The numbers or intervals are not those of the samples.")
    return [f"the real points of {sum(k is not None for k in found)} fibers", *listed,
            "confidence intervals of Clopper and Pearson"], sorted(trusted)


def parameters(count: int, seed: int, index: int) -> list[int]:
    """The sampled parameters with this index."""
    drawn = [number(seed, index, i) % (2 * LARGEST) for i in range(count)]
    return [k - LARGEST if k < LARGEST else k - LARGEST + 1 for k in drawn]


def frequencies(found: list[int | None]) -> list[list[Any]]:
    """
    For each number that was found: how many functions have it for certain, and at most, and an
    interval for its probability.
    """
    open_ones, rows = found.count(None), []
    for k in sorted({k for k in found if k is not None}):
        least = found.count(k)
        low, high = interval(least, least + open_ones, len(found), ERROR)
        rows.append([k, least, least + open_ones, f"{low / SCALE:.4f}", f"{high / SCALE:.4f}"])
    return rows


# -- orbits ----------------------------------------------------------------------------------


def classes(boxes: list[Box], symmetries: Symmetries) -> int | None:
    """
    The number of classes of points, one in each of disjoint boxes, that symmetries permute; None if
    the boxes are too large to tell.

    A signed permutation moves a point of the list to a point of the fiber, and scalings bring that
    back to the list: it is in the only box that meets what contains it.
    """
    parent = list(range(len(boxes)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    with flint.ctx.workprec(PRECISION):
        for i, box in enumerate(boxes):
            for moved, by in symmetries.finite:
                image = [box[j] * c for j, c in zip(moved, by)]
                if any(image[p].contains(0) for p in symmetries.places):
                    return None
                factors = [1 / image[p] for p in symmetries.places]
                for row, factor in zip(symmetries.weights, factors):
                    image = [x * _power(factor, a) for x, a in zip(image, row)]
                met = [k for k, other in enumerate(boxes)
                       if all(x.overlaps(y) for x, y in zip(image, other))]
                if len(met) != 1:
                    return None
                parent[root(i)] = root(met[0])
    return sum(parent[i] == i for i in range(len(boxes)))


def _power(x: arb, exponent: int) -> arb:
    """A power of a number that is not 0; a power of a negative ball is not defined in FLINT."""
    result = arb(1)
    for _ in range(abs(exponent)):
        result *= x
    return result if exponent >= 0 else 1 / result


# -- one fiber -------------------------------------------------------------------------------


def _real_preimages(model: Model, w: list[int], symmetries: Symmetries, data: Any
                    ) -> tuple[int, list[str]]:
    """The number of classes of real preimages of φ(w), and whom to trust for it."""
    f = [coordinate(*map(fmpq, w)) for coordinate in model.parametrization]
    outside, components, proof = fields(data, "outside", "components", "evidence")
    ones: list[list[int]] = []
    for p, cofactors in zip(symmetries.places, items(outside, "proofs", len(symmetries.places))):
        equations, ring = fiber_equations(model, f, [*ones, [p, 0]])
        require(combination(cofactors, equations, ring) == 1,
                "A point of the fiber may have no normal form.")
        ones.append([p, 1])
    equations, ring = fiber_equations(model, f, ones)
    _, trust = check_components(equations, ring, components, proof)
    boxes = []
    for component in components:
        require(component["dimension"] == 0 and "real_points" in component,
                "The real points of a fiber are not listed.")
        boxes += [[ball(*numbers(side, "interval", 2)) for side in box]
                  for box in component["real_points"]]
    found = classes(boxes, symmetries)
    if found is None:
        require(False, "The boxes around the real points are too large.")
    assert found is not None
    return found, trust


def ball(low: fmpq, high: fmpq) -> arb:
    """A ball around an interval."""
    with flint.ctx.workprec(PRECISION):
        return arb(low).union(arb(high))
