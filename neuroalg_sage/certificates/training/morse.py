"""
The Morse audit: whether all critical functions, with signs, add up to χ(M) = 1.

M is a cone, so χ(M) = 1.  Let the loss L be quadratic, proper, and Morse on each stratum S of a
Whitney stratification of the closed set M, with a differential that vanishes on no limit of
tangent spaces of other strata.  Then (Goresky, MacPherson 1988)

    χ(M) = Σ_f (-1)^i(f) ν(f),    ν(f) = 1 - χ(l),

over the critical f of the strata, with the index i(f) on S, and the part l of a normal slice of S
near f on which L is L(f) - ε.  It is a necessary condition: that the sum is 1 proves nothing; if
it is not, the list of critical functions is wrong.

*Bounded rank.*  Strata are the matrices of each rank s <= r.  They are finitely many orbits of a
group, so the stratification is Whitney.  With half the differential G of L at f, the normal slice
is all matrices of rank at most r - s of size (m-s) x (k-s), with the linear function that G is
there; it is nondegenerate if and only if G has the largest possible rank min(m, k) - s, as
G f^T = f^T G = 0.  A group acts transitively on these G, so ν depends on n = min(m, k) - s and
t = r - s only.  For symmetric matrices G has a signature (p, q) on the kernel of f, and ν
depends on p, q, t.

ν is found from the distance to a generic matrix, to which the same formula applies.  By Eckart
and Young, it is critical at sums of singular triples, I of n of them, |I| <= t.  The index on the
matrices of rank |I| is the number of pairs i in I, j not in I with σ_j > σ_i; and Σ_I (-1)^index
over |I| = s is the Gaussian binomial (n over s) at -1.  For symmetric matrices these are pairs of
eigenvalues of the same sign, and G has the signs of those that are left, reversed.  So

    1 = Σ_s (n over s) ν(n-s, t-s),    1 = Σ_(u,v) (p over u) (q over v) ν(p-u, q-v, t-u-v).

*Single units.*  Let each hidden layer have one unit, with weights t in a product B of real
projective spaces, dim B = d.  Functions are linear in the last weights b, for each t injectively:
what a filter makes at its places has different first monomials.  So parameters in normal form are
a vector bundle E over B, with one zero function for all t.  On a fiber L = b^T A b - 2 β^T b + c
with A positive definite, so g(t) = c - β^T A^-1 β is its minimum.  The critical points of L with
b != 0 are those of g where β(t) != 0, with the same index: A is positive.  The sets g <= c - ε
are compact, so Morse theory says for small ε that

    Σ (-1)^index = χ(g <= c - ε) = χ(B - Z),    Z = {t : β(t) = 0}.

So ν(0) = 1 - χ(B - Z), whatever Z is.  Where M crosses itself, E is M with its sheets pulled
apart: a function counts once for each of its parameters.  By duality χ(B - Z) = (-1)^d χ_c(B -
Z), and χ_c is additive on cells.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, reduce
from math import comb, prod
from typing import TYPE_CHECKING

from flint import arb, fmpq, fmpq_poly

from neuroalg_sage.certificates.boxes import has_independent_rows, inertia, is_positive
from neuroalg_sage.certificates.reading import exponent_vectors
from neuroalg_sage.certificates.training.elimination import real_roots
from neuroalg_sage.certificates.training.landscape import Landscape, Point
from neuroalg_sage.certificates.training.quadratic_loss import echelon

if TYPE_CHECKING:
    from neuroalg_sage.certificates.training.critical_points import Answer

Form = dict[tuple[int, ...], fmpq]
PARAMETERS, ZERO = "parameters of nonzero functions", "the zero function"
INCOMPLETE = "not all critical functions are known"
NOT_CLOSED = "M is not known to be closed"
NOT_PROPER = "the loss is not proved to be proper on M"
DEGENERATE = "a critical function is not proved to be nondegenerate on its stratum"
COVECTOR = "a differential is not proved to be nondegenerate across its stratum"
UNCOUNTED = "it is not known where the differential at the zero function vanishes"


@dataclass(frozen=True)
class Audit:
    """
    - ``reason`` -- which hypothesis is not given; empty if the audit applies
    - ``terms`` -- for each stratum its name, and the sum of its contributions
    """

    reason: str = ""
    terms: tuple[tuple[str, int], ...] = ()

    @property
    def total(self) -> int:
        """The sum of all contributions."""
        return sum(count for _, count in self.terms)

    @property
    def fails(self) -> bool:
        """Whether the audit applies, and the sum is not χ(M)."""
        return not self.reason and self.total != 1


class NotApplicable(Exception):
    """A hypothesis is not given."""


def audit(answer: Answer, zeros: Callable[[int], int] | None = None) -> Audit:
    """
    The audit of critical functions that are said to be all.

    ``zeros`` may say what χ_c of Z is in the cell of a chart where it is not found here.
    """
    land, cover = answer.land, answer.land.cover
    definite = is_positive(answer.problem.matrix, strictly=True)
    # Without an engine A(t) is proved to be regular in all cells.
    proper = definite or (cover.kind == "units" and answer.problem.is_convex and not answer.trust)
    try:
        if not cover.is_closed:
            raise NotApplicable(NOT_CLOSED)
        if not proper:
            raise NotApplicable(NOT_PROPER)
        terms: dict[str, int] = {}
        found = _of_units(land, answer.critical, zeros) if cover.kind == "units" else (
            _of_bounded_rank(land, answer.critical, answer.functions))
        for name, count in found:
            terms[name] = terms.get(name, 0) + count
    except NotApplicable as error:
        return Audit(str(error))
    return Audit(terms=tuple(terms.items()))


def _sign(land: Landscape, point: Point) -> int:
    signs = land.signs(point)
    if signs is None:
        raise NotApplicable(DEGENERATE)
    return int((-1) ** signs[1])


# -- bounded rank ----------------------------------------------------------------------------


def binomial(n: int, s: int) -> int:
    """The Gaussian binomial at -1."""
    return 0 if n % 2 == 0 and s % 2 else comb(n // 2, s // 2)


@cache
def normal_index(sizes: tuple[int, ...], rank: int) -> int:
    """ν of zero among matrices of bounded rank; sizes are (n,), or (p, q) for symmetric ones."""
    return 1 - sum(
        prod(map(binomial, sizes, less))
        * normal_index(tuple(n - s for n, s in zip(sizes, less)), rank - sum(less))
        for less in itertools.product(*(range(n + 1) for n in sizes)) if 0 < sum(less) <= rank)


def _of_bounded_rank(land: Landscape, points: list[Point], functions: list[list[arb]]
                     ) -> Iterator[tuple[str, int]]:
    charts = land.cover.charts
    largest = max(chart.stratum for chart in charts)
    for point, z in zip(points, functions):
        stratum = charts[point.chart].stratum
        if land.cover.is_whole:  # a manifold, so what is critical in V alone counts
            if not stratum:
                yield "V", _sign(land, point)
            continue
        rank = largest - stratum
        sizes = _covector(land, z, rank) if stratum else (0,)
        yield f"rank {rank}", _sign(land, point) * normal_index(sizes, stratum)


def _covector(land: Landscape, z: list[arb], rank: int) -> tuple[int, ...]:
    """The size of the differential across the stratum, or its signature, if nondegenerate."""
    slope, m = land.problem.differential(z, arb(0)), land.model.inputs
    if land.cover.kind == "linear network":
        rows = [slope[i:i + m] for i in range(0, len(slope), m)]
        left = min(m, len(rows)) - rank
        if not has_independent_rows(rows, left):
            raise NotApplicable(COVECTOR)
        return (left,)
    # With f f added, which is positive on the image of f, and zero on its kernel, G is regular.
    f, g = ([[arb(0)] * m for _ in range(m)] for _ in range(2))
    for x, y, (i, j) in zip(z, slope, itertools.combinations_with_replacement(range(m), 2)):
        f[i][j] = f[j][i] = x if i == j else x / 2
        g[i][j] = g[j][i] = y
    signs = inertia([[g[i][j] + sum((f[i][k] * f[k][j] for k in range(m)), arb(0))
                      for j in range(m)] for i in range(m)])
    if signs is None:
        raise NotApplicable(COVECTOR)
    return signs[0] - rank, signs[1]


# -- single units ----------------------------------------------------------------------------


def _of_units(land: Landscape, points: list[Point], zeros: Callable[[int], int] | None
              ) -> Iterator[tuple[str, int]]:
    for point in points:
        if not land.cover.charts[point.chart].stratum and land.is_proper(point):
            yield PARAMETERS, _sign(land, point)
    sizes, total = [], 0
    for k, chart in enumerate(land.cover.charts):
        if not chart.constant:
            sizes.append(size := sum(i < chart.nonlinear for i in chart.free))
            total += (-1) ** size - zeros_in_cell(land, k, zeros)
    yield ZERO, 1 - (-1) ** max(sizes) * total


def forms_at_zero(land: Landscape, k: int) -> tuple[list[int], list[Form]]:
    """The variables t of the cell of a chart, and β, up to a factor, in these."""
    chart, loss = land.cover.charts[k], land.loss(k)
    free = [i for i in chart.free if i < chart.nonlinear]
    forms: list[Form] = [{} for _ in range(chart.nonlinear, chart.size)]
    for e, c in zip(exponent_vectors(loss), loss.coeffs()):
        if sum(e[chart.nonlinear:]) == 1 and not any(e[i] for i in chart.zero):
            forms[e[chart.nonlinear:].index(1)][tuple(e[i] for i in free)] = c
    return free, forms


def zeros_in_cell(land: Landscape, k: int, zeros: Callable[[int], int] | None) -> int:
    """χ_c of Z in the cell of a chart: of an affine space, or of points on a line."""
    free, forms = forms_at_zero(land, k)
    size = len(free)
    if all(sum(e) <= 1 for form in forms for e in form):
        units = [tuple(int(i == j) for j in range(size)) for i in range(size + 1)]
        _, pivots = echelon([[form.get(e, fmpq(0)) for e in units] for form in forms])
        return 0 if size in pivots else int((-1) ** (size - len(pivots)))
    if size == 1:
        common = reduce(fmpq_poly.gcd, (
            fmpq_poly([form.get((i,), fmpq(0)) for i in range(max(form)[0] + 1)])
            for form in forms if form))
        return len(real_roots(common))
    if zeros is None:
        raise NotApplicable(UNCOUNTED)
    return zeros(k)
