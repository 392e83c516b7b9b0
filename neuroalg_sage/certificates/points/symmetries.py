"""
Linear symmetries of a model at a point: what conservation laws are worth, and who fixes it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.dimension.linear_symmetries import symmetry_fields
from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.certificates.points.first_order import (
    independent,
    sparse_vector,
    tangent,
)
from neuroalg_sage.certificates.points.point import Point
from neuroalg_sage.certificates.reading import (
    Checked,
    integers,
    items,
    member,
    prime,
    rational,
    require,
    residue,
)


def check_values(point: Point, claimed: Any, evidence: Any) -> Checked:
    """
    Verify the values of quadratic conservation laws of gradient flow: pairs of a symmetric matrix
    S, by its entries [i, j, c], and the number w^T S w.

    If w ↦ S w is in the kernel of Dφ, then w^T S w is constant along the gradient flow of each
    loss ℓ∘φ: its gradient 2 S w is orthogonal to the gradient of the loss, which is in the image
    of the transposed Dφ(w).
    """
    data = items(claimed, "claim")
    motions = symmetry_fields(point.model, evidence)
    require(len(motions) == len(data), "There is not one symmetry for each law.")
    w = point.weights
    for motion, part in zip(motions, data):
        entries, stated = items(part, "law", 2)
        require(all(motion.get((j, i)) == c for (i, j), c in motion.items()),
                "A symmetry is not the gradient of a law.")
        require(all(type(k) is int for entry in items(entries, "law") for k in entry[:2]),
                "A law is malformed.")
        law = {(i, j): rational(c) for i, j, c in entries}
        require(law == motion and len(law) == len(entries) and any(law.values()),
                "A law is not that of its symmetry.")
        require(rational(stated) == sum((c * w[i] * w[j] for (i, j), c in motion.items()),
                                        Fraction(0)), "A law has another value.")
    require(len({str(sorted(entries)) for entries, _ in data}) == len(data),
            "A law is stated twice.")
    return [f"quadratic forms ({len(data)}) are conserved", "their values are exact"], []


def check_stabilizer(point: Point, claimed: Any, evidence: Any) -> Checked:
    """
    Verify the dimensions of a space of linear symmetries S, of its orbit {S w} at the point, and
    of those with S w = 0; and ``exchanges``, permutations of parameters with factors that are
    symmetries and fix w.

    The listed symmetries are independent, since some of their entries are modulo a prime; so many
    of their values S w are independent; and combinations of them with S w = 0 are.  The two numbers
    add up to that of the symmetries.
    """
    motions = symmetry_fields(point.model, member(evidence, "symmetries"))
    p = prime(member(evidence, "prime"))
    places = [(i, j) for i, j in items(member(evidence, "places"), "places")]
    require(len(set(places)) == len(places) == rank([[residue(m[place], p) if place in m else 0
                                                      for place in places] for m in motions],
                                                    len(places), p) == len(motions),
            "The symmetries are not shown to be independent.")
    tangents = [tangent(m, point.weights) for m in motions]
    orbit = independent(tangents, member(evidence, "columns"), point.model.parameters, p)
    fixing = [sparse_vector(v, len(motions))
              for v in items(member(evidence, "stabilizer"), "combinations")]
    for combination in fixing:
        total: dict[int, Fraction] = {}
        for k, c in combination.items():
            for i, value in tangents[k].items():
                total[i] = total.get(i, Fraction(0)) + c * value
        require(not any(total.values()), "A combination of symmetries moves the point.")
    fixed = rank([[residue(v[k], p) if k in v else 0 for k in range(len(motions))]
                  for v in fixing], len(motions), p)
    require(orbit + fixed == len(motions), "The dimensions do not add up.")
    numbers = [member(claimed, name) for name in ("symmetries", "orbit", "stabilizer")]
    require(integers(numbers, 0, 10**9, "dimension") == [len(motions), orbit, fixed]
            and len(claimed) == 4, "The dimensions claimed are not those found.")
    exchanges = items(member(claimed, "exchanges"), "exchanges")
    require(len({str(sorted(data)) for data in exchanges}) == len(exchanges),
            "An exchange is stated twice.")
    if exchanges:
        from neuroalg_sage.certificates.points.exchanges import require_exchange

        for data, states in zip(exchanges, items(
                member(evidence, "states"), "maps of states", len(exchanges))):
            require_exchange(point, data, states)
    return [f"linear symmetries ({len(motions)}), of which a space of dimension {fixed} fixes the "
            "weights", f"permutations with factors ({len(exchanges)}) fix them"], []
