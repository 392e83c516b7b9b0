"""
The outputs of a network as differences of tropical polynomials, with minimal monomials.

The convex functions P and Q of :mod:`neuroalg_sage.models.piecewise.tropical` are subdivided; the
different affine functions on their cells are their monomials, and none can be left out: where a
monomial is the maximum on an open set, another one that is the maximum at a point of it as well
would be larger on one side.  At infinity, without constants, these are the vertices of the Newton
polytopes; for one hidden layer these are zonotopes.

REFERENCES:

- [ZNL2018]_
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from flint import fmpq_mat

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.piecewise.network import Network as Rebuilt
from neuroalg_sage.certificates.piecewise.tropical_form import check_tropical_form
from neuroalg_sage.certificates.reading import rational as exact
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.piecewise.linear_regions import evidence, verified
from neuroalg_sage.invariants.piecewise.subdivision import Subdivision
from neuroalg_sage.models.piecewise.difference import beside
from neuroalg_sage.models.piecewise.network import Network
from neuroalg_sage.models.piecewise.steps import Affine, Maximum, Program, Step
from neuroalg_sage.models.piecewise.tropical import (
    ConvexParts,
    Monomial,
    convex_parts,
    network_from_tropical,
)
from neuroalg_sage.models.rational import to_flint

MOST_MONOMIALS = 1000
Found = dict[Monomial, tuple[Fraction, ...]]  # with a point where it is larger than all others


@dataclass(frozen=True)
class TropicalPolynomial:
    """
    A maximum of affine functions.

    - ``monomials`` -- each as the exponents and the coefficient
    - ``vertices`` -- of the Newton polytope, as exponents
    """

    monomials: tuple[Monomial, ...]
    vertices: tuple[Monomial, ...]

    def dual_subdivision(self) -> list[tuple[int, ...]]:
        """
        The maximal cells of the subdivision of the Newton polytope that is dual to the regions:
        for each of them the numbers of the monomials whose exponents span it, those that are the
        maximum at a vertex of the regions.  There are none if the regions have no vertices.

        EXAMPLES::

            >>> square = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 1)]
            >>> square = TropicalPolynomial(tuple(tuple(map(Fraction, m)) for m in square), ())
            >>> square.dual_subdivision()
            [(0, 1, 3), (0, 2, 3)]
        """
        d = len(self.monomials[0]) - 1
        return _attained(self.monomials, d + 1, is_finite=True)

    def facets(self) -> list[tuple[int, ...]]:
        """
        The facets of the Newton polytope: for each the numbers of its vertices.  A polytope of one
        dimension less is its only facet; there are none if it is smaller.

        EXAMPLES::

            >>> simplex = [(0, 0), (1, 0), (0, 1)]
            >>> TropicalPolynomial((), tuple(tuple(map(Fraction, v)) for v in simplex)).facets()
            [(0, 1), (0, 2), (1, 2)]
        """
        d = len(self.vertices[0])
        return _attained([(*v, Fraction(0)) for v in self.vertices], d, is_finite=False)


@dataclass(frozen=True, eq=False, repr=False)
class TropicalForm(Invariant):
    """
    For each output a numerator and a denominator; the value is the list of these pairs.
    """

    about: ClassVar[str] = "the network "

    @cached_property
    def value(self) -> list[tuple[TropicalPolynomial, TropicalPolynomial]]:
        """Pairs of tropical polynomials, whose differences are the outputs."""
        def read(part: dict[str, Any]) -> TropicalPolynomial:
            monomials = tuple(tuple(map(exact, m)) for m in part["monomials"])
            return TropicalPolynomial(monomials, tuple(monomials[i][:-1]
                                                       for i in part["vertices"]))

        return [(read(output["numerator"]), read(output["denominator"]))
                for output in self.data["outputs"]]

    def network(self, kind: str = "maxout") -> Network:
        """The network of one layer of maxout, or of ReLU, that takes these maxima."""
        pairs = [(p.monomials, q.monomials) for p, q in self.value]
        return network_from_tropical(len(pairs[0][0][0]) - 1, pairs, kind)

    def sentence(self) -> str:
        return "; ".join(f"{len(p.monomials)} less {len(q.monomials)} monomials"
                         for p, q in self.value)

    def lines(self, spec: str = "SPEC") -> list[str]:
        return ["  vertices of the Newton polytopes: " + "; ".join(
            f"{len(p.vertices)} and {len(q.vertices)}" for p, q in self.value)]

    def add_to(self, page: dict[str, Any]) -> None:
        """Add it to the JSON data of a network."""
        page["tropical_form"] = self.described()


def tropical_form(network: Network) -> TropicalForm:
    """
    Each output as a difference of tropical polynomials, with proof.

    INPUT:

    - ``network`` -- a network of 1 to 6 inputs

    OUTPUT: :class:`TropicalForm`

    EXAMPLES::

        >>> from neuroalg_sage.models.piecewise.sources import load_network
        >>> found = tropical_form(load_network([[[1, 0], [0, 1], [1, 1]], [[1, 1, -1]]]))
        >>> print(found.text())
        tropical_form = 4 less 2 monomials  [proved]
          vertices of the Newton polytopes: 4 and 2
        >>> found.network()([3, -1])
        (Fraction(1, 1),)
    """
    start = time.perf_counter()
    parts = convex_parts(network.program)
    recession = parts.at_infinity()
    hull = Subdivision(recession)
    monomials, exponents = _pieces(Subdivision(parts)), _pieces(hull)
    lists = [list(part) for part in monomials]
    places = [[k for k, m in enumerate(part) if (*m[:-1], Fraction(0)) in ends]
              for part, ends in zip(lists, exponents)]
    m = network.outputs
    order = [k + m * side for k in range(m) for side in (0, 1)]
    lists, places = [lists[i] for i in order], [places[i] for i in order]
    homogeneous = [[(*one[:-1], Fraction(0)) for one in part] for part in lists]
    # The convex functions, and with them all maxima, are linear on its cells.
    same = Subdivision(ConvexParts(beside(parts.program, network.program)))
    described = [{"monomials": [[decimal(c) for c in one] for one in part], "vertices": chosen}
                 for part, chosen in zip(lists, places)]
    value = {"outputs": [{"numerator": p, "denominator": q}
                         for p, q in zip(described[::2], described[1::2])]}
    proof = {
        "same": {"auxiliary": parts.describe(), "subdivision": evidence(same)},
        "points": [[[decimal(c) for c in monomials[i][one]] for one in part]
                   for i, part in zip(order, lists)],
        "directions": [[[decimal(c) for c in exponents[i][part[k]]] for k in chosen]
                       for i, part, chosen in zip(order, homogeneous, places)],
        "polytopes": {"auxiliary": recession.describe(), "subdivision": evidence(hull)}}
    verified(check_tropical_form, Rebuilt(network.describe()), value, proof)
    return TropicalForm.certified(network, "tropical_form", value, "proved",
                                  "the affine functions on the cells of convex functions",
                                  time.perf_counter() - start, proof)


def _pieces(found: Subdivision) -> list[Found]:
    """For each of some convex functions its affine functions, with points in their regions."""
    pieces: list[Found] = [{} for _ in range(found.network.outputs)]
    rays = found.complex.rays.tolist()
    for cone, basis in enumerate(found.bases.tolist()):
        inner = [sum(int(x) for x in column) for column in zip(*(rays[k] for k in basis))]
        point = tuple(Fraction(x, inner[-1]) for x in inner[:-1])
        for one, monomial in zip(pieces, found.affine_map(cone)):
            one.setdefault(monomial, point)
    if any(len(one) > MOST_MONOMIALS for one in pieces):
        raise LimitReached(f"A tropical polynomial of this network has over {MOST_MONOMIALS:,} "
                           "monomials, the most allowed; choose smaller widths.")
    return pieces


def _attained(monomials: Sequence[Monomial], rank: int, is_finite: bool
              ) -> list[tuple[int, ...]]:
    """
    At the vertices of the regions, or in their directions to infinity, which monomials are the
    maximum, where the affine hull of their exponents has one dimension less than the rank.
    """
    sets = set()
    for ray in Subdivision(ConvexParts(_maximum(monomials))).complex.rays.tolist():
        if bool(ray[-1]) == is_finite:
            values = [sum(c * int(x) for c, x in zip(m, ray)) for m in monomials]
            equal = tuple(i for i, v in enumerate(values) if v == max(values))
            # Cuts that are no units make further rays.
            if fmpq_mat([[*map(to_flint, monomials[i][:-1]), 1] for i in equal]).rank() == rank:
                sets.add(equal)
    return sorted(sets)


def _maximum(monomials: Sequence[Monomial]) -> Program:
    """The maximum of affine functions."""
    steps: tuple[Step, ...] = (
        Affine((0,), tuple({j: c for j, c in enumerate(m[:-1]) if c} for m in monomials),
               tuple(m[-1] for m in monomials)), Maximum(1, (tuple(range(len(monomials))),)))
    return Program(len(monomials[0]) - 1, steps)
