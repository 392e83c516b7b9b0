"""
The boundary of the binary forms of bounded real rank, without elimination.

The candidates are duals of multiple root loci, and resultants say where a line meets them
(:mod:`neuroalg_sage.certificates.real.boundary_of_ranks` has the theorem).  So on a line the real
rank is decided at one point between any two of its points on candidates; where it changes, the
boundary is crossed.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_poly

from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.certificates.model import Model as CheckedModel
from neuroalg_sage.certificates.reading import CertificateError, polynomial_ring
from neuroalg_sage.certificates.real.apolarity import Form
from neuroalg_sage.certificates.real.boundary_charts import determinant
from neuroalg_sage.certificates.real.boundary_of_ranks import (
    LIMITS,
    Partition,
    boundaries,
    degree,
    on_line,
    resultant_matrix,
    zeros_in_segment,
)
from neuroalg_sage.invariants.real.boundary_components import Boundary, BoundaryComponent
from neuroalg_sage.invariants.real.formula import primitive
from neuroalg_sage.invariants.real.real_rank import RealRank, compared
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.rational import fraction

LARGEST_DEGREE = 18  # of an equation that is expanded
MOST_ROOTS = 2  # of the forms whose dual has an equation
LINES, FEW_LINES = 1000, 10  # that are tried; where points of these may remain undecided
DECIDED = 3  # the largest dimension of spaces of apolar forms that are always decided
LARGEST_NUMBER = 9

End = tuple[Form, RealRank]


def boundary_of_ranks(model: Model, generator: random.Random) -> Boundary | None:
    """
    The boundary of the binary forms of real rank at most r; None for other models.

    INPUT:

    - ``model`` -- a model f_w = Σ_i b_i (a_i x)^d with two inputs
    - ``generator`` -- of random lines

    REFERENCES: [LS2016]_

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> found = boundary_of_ranks(parse_spec("mlp:2,5,1:x^7"), random.Random(1))
        >>> [(c.multiplicities, c.degree) for c in found.value]
        [((5, 2), 24), ((4, 3), 36)]
    """
    start = time.perf_counter()
    try:
        r, d, candidates = boundaries(CheckedModel(model.describe()))
    except CertificateError:
        return None
    crossed: dict[Partition, tuple[End, End]] = {}
    lines = LINES if 2 * r - d <= DECIDED else FEW_LINES
    for p, q in itertools.islice(_lines(d, r, generator), lines):
        if len(crossed) == len(candidates):
            break
        for mu, ends in _crossings(p, q, r, candidates, generator):
            crossed.setdefault(mu, ends)
    found = [_component(mu, d, *crossed[mu]) for mu in candidates if mu in crossed]
    others = [BoundaryComponent(None, (LIMITS,), multiplicities=_multiplicities(mu))
              for mu in candidates if mu not in crossed]
    names = [{"multiplicities": list(c.multiplicities), "equation":
              None if c.polynomial is None else encode_polynomial(c.polynomial)}
             for c in (*found, *others)]
    claim = [[[name, list(c.kinds), list(map(decimal, c.inside)), list(map(decimal, c.outside))]
              for name, c in zip(names, found)],
             [[name, list(c.kinds)] for name, c in zip(names[len(found):], others)]]
    return Boundary.certified(
        model, "boundary", [found, others], "proved", "duals of multiple root loci",
        time.perf_counter() - start, {"argument": "real ranks", "ends": [
            [rank.encoded() for _, rank in crossed[mu]] for mu in candidates if mu in crossed]},
        claim=claim)


def _component(mu: Partition, d: int, inside: End, outside: End) -> BoundaryComponent:
    ends = [tuple(map(fraction, form)) for form, _ in (inside, outside)]
    return BoundaryComponent(_equation(mu, d), (LIMITS,), ends[0], ends[1], _multiplicities(mu))


def _multiplicities(mu: Partition) -> Partition:
    return tuple(k + 1 for k in mu)


def _lines(d: int, r: int, generator: random.Random) -> Iterator[tuple[Form, Form]]:
    """Lines through random forms; the second is by turns a product of real linear forms."""
    def number() -> fmpq:
        return fmpq(generator.randint(-LARGEST_NUMBER, LARGEST_NUMBER))

    for trial in itertools.count():
        q = [number() for _ in range(d + 1)]
        if trial % 2:
            product = fmpq_poly([1])
            for _ in range(d):
                product *= fmpq_poly([number(), 1])
            q = [product[d - i] for i in range(d + 1)]
        yield [number() for _ in range(d + 1)], q


def _crossings(p: Form, q: Form, r: int, candidates: list[Partition], generator: random.Random
               ) -> Iterator[tuple[Partition, tuple[End, End]]]:
    """The components that a line crosses, with ends of segments of it, that in M first."""
    restricted = {mu: on_line(p, q, mu) for mu in candidates}
    product = fmpq_poly([1])
    for f in restricted.values():
        product *= f
    if not product:
        return
    shows_degree = {mu: [g.degree() for g, _ in f.numer().factor()[1]] == [degree(mu)]
                    for mu, f in restricted.items()}
    samples = []
    for t in _between_zeros(product):
        form = [a + t * (b - a) for a, b in zip(p, q)]
        samples.append((t, form, compared(form, r, generator)))
    for (t, form, first), (u, other, second) in itertools.pairwise(samples):
        if first is None or second is None or (first.high > r) == (second.high > r):
            continue
        line = fmpq_poly([t, u - t])
        met = [mu for mu, f in restricted.items() if zeros_in_segment(f(line))]
        if len(met) == 1 and shows_degree[met[0]]:
            ends = (form, first), (other, second)
            yield met[0], ends if first.high <= r else ends[::-1]


def _between_zeros(polynomial: fmpq_poly) -> Iterator[fmpq]:
    """A number with a small denominator between any two real zeros that are next to each other."""
    roots: list[Any] = polynomial.numer().complex_roots()
    ends = sorted((root.real.lower().fmpq(), root.real.upper().fmpq())
                  for root, _ in roots if root.imag == 0)
    for (_, low), (high, _) in itertools.pairwise(ends):
        denominator = 1
        while not low < (t := fmpq((low * denominator).floor() + 1) / denominator) < high:
            denominator *= 2
        yield t


def _equation(mu: Partition, d: int) -> Any:
    """The equation of the dual, if it is not too large; else None."""
    if degree(mu) > LARGEST_DEGREE or len(mu) > MOST_ROOTS:
        return None
    m, coordinates = len(mu), polynomial_ring(d + 1)
    ring = polynomial_ring(2 * m + d + 1)
    matrix = [[coordinates.from_dict({e[2 * m:]: c for e, c in entry.to_dict().items()})
               for entry in row]
              for row in resultant_matrix(list(ring.gens()[2 * m:]), mu, ring)]
    resultant: fmpq_mpoly = determinant(matrix, coordinates)
    ((equation, _),) = resultant.factor_squarefree()[1]
    return primitive(equation)
