"""
Each output of a network as a difference of two tropical polynomials with minimal monomials.

A tropical polynomial is the maximum of affine functions, its monomials; the gradients are their
exponents.  Claimed are for each output the monomials of a numerator P and of a denominator Q; and
which exponents of each are the vertices of its Newton polytope, the convex hull of all of them.

**The function** is P - Q: at all rays of a verified subdivision, by the units of the network, the
maxima, and those of an auxiliary network, which only make it finer, the difference is zero; so it
is zero everywhere, as in ``same_function``.

**Minimal.**  At a stated point of its own each monomial is larger than all others of the same
polynomial; so it is near this point, and the maximum is another function without it.

**Newton polytopes.**  For each stated vertex a there is a direction in which a is larger than all
other exponents: so it is a vertex.  In all directions y the maximum of the products a y over the
stated ones is that over all exponents, by a subdivision again; so both have the same convex
hull, since a support function determines its closed convex set, and there are no other vertices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq, fmpq_mat

from neuroalg_sage.certificates.piecewise.network import (
    Network,
    PiecewiseLinearMap,
    beside,
    difference,
)
from neuroalg_sage.certificates.piecewise.subdivision import Subdivision
from neuroalg_sage.certificates.reading import Checked, fields, integers, items, numbers, require
from neuroalg_sage.certificates.work import Work

Polynomial = list[list[fmpq]]  # the exponents and the coefficient of each monomial
MOST_COMPARED = 10**8


def check_tropical_form(network: Network, value: Any, evidence: Any) -> Checked:
    """Verify the tropical polynomials, that they are minimal, and their Newton polytopes."""
    (outputs,) = fields(value, "outputs")
    same, points, directions, polytopes = fields(
        evidence, "same", "points", "directions", "polytopes")
    require(len(value) == 1 and len(evidence) == 4, "There is an unknown field.")
    d = network.inputs
    parts: list[Polynomial] = []
    chosen: list[list[int]] = []
    for output in items(outputs, "list of outputs", network.outputs):
        require(set(output) == {"numerator", "denominator"}, "An output has an unknown field.")
        for part in fields(output, "numerator", "denominator"):
            monomials, vertices = fields(part, "monomials", "vertices")
            require(len(part) == 2, "A tropical polynomial has an unknown field.")
            parts.append([numbers(m, "monomial", d + 1)
                          for m in items(monomials, "list of monomials")])
            chosen.append(integers(vertices, 0, len(parts[-1]) - 1, "number of a monomial"))
            require(parts[-1] and chosen[-1] and len(set(chosen[-1])) == len(chosen[-1]),
                    "A tropical polynomial has no monomials, or a vertex twice.")
    _verify_zero(difference(network, maxima(d, parts, True)), same)
    homogeneous = [[[*m[:-1], fmpq(0)] for m in part] for part in parts]
    work = Work(MOST_COMPARED)
    for stated, polynomials, places, end in (
            (points, parts, [list(range(len(part))) for part in parts], fmpq(1)),
            (directions, homogeneous, chosen, fmpq(0))):
        for rows, part, wanted in zip(items(stated, "list of points", len(parts)), polynomials,
                                      places):
            work.spend(len(part) ** 2 * (d + 1))
            _verify_largest(part, wanted, [
                [*numbers(x, "point", d), end]
                for x in items(rows, "list of points", len(wanted))])
    _verify_zero(difference(maxima(d, homogeneous, False), maxima(d, [
        [part[i] for i in places] for part, places in zip(homogeneous, chosen)], False)), polytopes)
    return (["that the network is the difference of the maxima",
             "a point of each monomial where it is larger than all others",
             "the support functions of the Newton polytopes"], [])


def _verify_zero(h: PiecewiseLinearMap, evidence: Any) -> None:
    """On all cells of a subdivision by the units of an auxiliary network and of h, h is zero."""
    auxiliary, subdivision = fields(evidence, "auxiliary", "subdivision")
    require(len(evidence) == 2, "The evidence has an unknown field.")
    found = Subdivision(beside(Network(auxiliary), h), [], subdivision)
    require(not any(map(any, found.outputs)), "Two functions are not the same.")


def _verify_largest(part: Polynomial, wanted: list[int], points: list[list[fmpq]]) -> None:
    """At each point the monomial with the number that is wanted is larger than all others."""
    values = (fmpq_mat(part) * fmpq_mat(points).transpose()).table()
    for place, column in zip(wanted, zip(*values)):
        require(all(c < column[place] for i, c in enumerate(column) if i != place),
                "A monomial is not larger than all others at its point.")


def maxima(inputs: int, parts: Sequence[Polynomial], differences: bool) -> PiecewiseLinearMap:
    """The maxima of affine functions; or the differences of each second one and that before it."""
    groups, start = [], 0
    for part in parts:
        groups.append(tuple(range(start, start + len(part))))
        start += len(part)
    maps: list[tuple[list[int], Any]] = [
        ([0], fmpq_mat([m for part in parts for m in part])), ([1], groups)]
    if differences:
        last = fmpq_mat(len(parts) // 2, len(parts) + 1)
        for i in range(len(parts) // 2):
            last[i, 2 * i], last[i, 2 * i + 1] = 1, -1
        maps.append(([2], last))
    return PiecewiseLinearMap(inputs, maps)
