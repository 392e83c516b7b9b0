"""
How many real preimages functions of M have, up to scalings and finite symmetries.

*Scalings.*  Let a_1, ..., a_s be vectors of integers with a_k · e = 0 for the exponents e of all
monomials in φ.  Then (λ_1, ..., λ_s), real numbers that are not 0, act on the parameters, w_i
becomes w_i Π_k λ_k^(a_ki), and φ is constant on orbits.  Let p_1, ..., p_s be places where a_k is
1 at p_k and 0 at p_l for l ≠ k.  Then each orbit of real parameters that are not 0 at these
places has exactly one point where all w_(p_k) = 1: that of λ_k = 1 / w_(p_k).

So if no point of the fiber over f has w_(p_k) = 0, where those before are 1 already, the orbits
of its real points are in bijection with the real points where w_(p_1) = ... = w_(p_s) = 1.  If
these are finitely many they are listed, each in a box of its own.  A signed permutation A with
φ ∘ A = φ maps orbits to orbits if it turns each a_k into a sum of multiples of the a_l, whose
factors are its values at the p_l.  The number of real preimages is that of the classes of orbits
under the group that the stated A generate.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import flint
from flint import arb, fmpq

from neuroalg_sage.certificates.fibers.fiber import fiber_equations
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    Checked,
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    member,
    numbers,
    require,
)
from neuroalg_sage.certificates.real.sampling import SCALE, interval, number
from neuroalg_sage.certificates.singularities.decomposition import check_components, combination

ERROR = fmpq(1, 20)  # an interval holds but for this probability
MOST_SAMPLES = 1000
LARGEST = 9  # of the sampled parameters, which are whole numbers other than 0
PRECISION = 512  # bits, in which points are moved
Box = list[arb]


class Symmetries(NamedTuple):
    """Scalings with their places; and signed permutations, pairs of places and of signs."""

    weights: list[list[int]]
    places: list[int]
    finite: list[tuple[list[int], list[int]]]


def check_real_preimage_numbers(model: Model, value: Any, evidence: Any, status: str,
                                error_bound: float | None = None) -> Checked:
    """
    Verify which numbers of real preimages sampled functions have, and how often.

    The functions are φ(w), where w is independent and uniform in ±1, ..., ±9.  Where a number was
    found it occurs, which is proved; a sample for which it was not found may have any.  Each
    interval, that of Clopper and Pearson, holds but for a probability of 1/20.

    If the status is ``proved``, the claim is that the fibers have a positive dimension modulo the
    scalings: where the rank of Dφ is largest, the real fiber is a manifold of dimension N - dim M.
    """
    symmetries = scalings(model, evidence)
    if status == "proved":
        return _check_dimension(model, value, evidence, len(symmetries.places))
    seed, samples = fields(value, "seed", "samples")
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
    require(json.dumps(value, sort_keys=True) == json.dumps(expected, sort_keys=True),
            "The numbers or intervals are not those of the samples.")
    return [f"the real points of {sum(k is not None for k in found)} fibers",
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


def _check_dimension(model: Model, value: Any, evidence: Any, scaled: int) -> Checked:
    from neuroalg_sage.certificates.dimension.dimension import check_dimension

    proved, proof = fields(evidence, "dimension", "dimension_evidence")
    verified, trust = check_dimension(model, proved, proof)
    more = model.parameters - proved - scaled
    require(more > 0 and json.dumps(value, sort_keys=True) == json.dumps(
        {"dimension": more, "scalings": scaled}), "The dimension of the fibers is false.")
    return [*verified, f"{scaled} independent scalings"], trust


# -- symmetries ------------------------------------------------------------------------------


def scalings(model: Model, evidence: Any) -> Symmetries:
    """Verify the stated scalings and signed permutations."""
    n = model.parameters
    weights, places, finite = fields(evidence, "weights", "places", "finite")
    p = integers(places, 0, n - 1, "place")
    rows = [integers(row, -1000, 1000, "weight", n) for row in items(weights, "weights", len(p))]
    require([[row[j] for j in p] for row in rows] == [
        [int(k == j) for j in range(len(p))] for k in range(len(p))],
        "A scaling moves the place of another one.")
    coordinates = model.parametrization
    require(not any(sum(map(int.__mul__, row, e)) for row in rows for f in coordinates
                    for e in exponent_vectors(f)), "A scaling changes the parametrization.")
    signed = []
    for data in items(finite, "finite symmetries"):
        permutation, signs = fields(data, "permutation", "signs")
        moved = integers(permutation, 0, n - 1, "place", n)
        by = integers(signs, -1, 1, "sign", n)
        require(len(set(moved)) == n and all(by), "A finite symmetry is not invertible.")
        for f in coordinates:
            ring = f.context()
            images = [ring.gens()[j] * c for j, c in zip(moved, by)]
            require(f.compose(*images, ctx=ring) == f, "A finite symmetry changes φ.")
        for row in rows:
            after = [row[j] for j in moved]
            require(after == [sum(after[j] * a[i] for j, a in zip(p, rows)) for i in range(n)],
                    "A finite symmetry moves orbits of scalings to what is none.")
        signed.append((moved, by))
    return Symmetries(rows, p, signed)


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
