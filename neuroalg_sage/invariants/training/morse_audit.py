"""
The Morse audit of a list of critical functions, and where M crosses itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING, Any

from flint import arb, arb_poly, fmpq, fmpq_mat, fmpq_poly

from neuroalg_sage.certificates.boxes import gradient, hessian, inertia, is_positive, value
from neuroalg_sage.certificates.model import monomials
from neuroalg_sage.certificates.reading import polynomial_ring
from neuroalg_sage.certificates.training.charts import Chart
from neuroalg_sage.certificates.training.elimination import elimination, real_roots
from neuroalg_sage.certificates.training.landscape import Landscape
from neuroalg_sage.certificates.training.morse import (
    DEGENERATE,
    INCOMPLETE,
    NOT_CLOSED,
    NOT_PROPER,
    PARAMETERS,
    UNCOUNTED,
    ZERO,
    Audit,
    NotApplicable,
    audit,
    forms_at_zero,
    zeros_in_cell,
)
from neuroalg_sage.errors import EngineError, LimitReached
from neuroalg_sage.models.rational import fraction, kernel, to_flint
from neuroalg_sage.storable import storable

if TYPE_CHECKING:
    from neuroalg_sage.certificates.training.critical_points import Answer

# The boxes of the real solutions of polynomials in a cell; None if there are infinitely many.
Solver = Callable[[list[dict[tuple[int, ...], Fraction]], int], "list[Any] | None"]


@storable()
@dataclass(frozen=True)
class MorseAudit:
    """
    Whether critical functions, with signs by Morse theory, add up to χ(M) = 1.

    - ``reason`` -- which hypothesis is not given; empty if the audit applies
    - ``terms`` -- for each stratum its name, and the sum of its contributions
    - ``space`` -- M, or its closure

    EXAMPLES::

        >>> from neuroalg_sage import ERM
        >>> problem = ERM("mlp:2,1,1:x^2", [[1, 0, 1], [0, 1, 2], [1, 1, -1], [2, 1, 0]])
        >>> print(problem.morse_audit())
        The Morse audit holds: rank 1: 2; rank 0: -1; together 1 = χ(M).
        >>> problem.morse_audit().holds
        True

    REFERENCES:

    - [GM1988]_: stratified Morse theory
    """

    reason: str
    terms: tuple[tuple[str, int], ...] = ()
    space: str = "M"

    @property
    def total(self) -> int:
        """The sum of all contributions."""
        return sum(count for _, count in self.terms)

    @property
    def holds(self) -> bool | None:
        """Whether the sum is χ(M); None if the audit does not apply."""
        return None if self.reason else self.total == 1

    def describe(self) -> dict[str, Any]:
        """The audit as JSON data."""
        return {"holds": self.holds, "not_applicable": self.reason or None,
                "terms": [list(term) for term in self.terms],
                "sum": None if self.reason else self.total, "euler_characteristic": 1}

    def __str__(self) -> str:
        if self.reason:
            return f"The Morse audit is not applicable: {self.reason}."
        counts = "; ".join(f"{name}: {count}" for name, count in self.terms)
        if self.holds:
            return f"The Morse audit holds: {counts}; together 1 = χ({self.space})."
        return (f"The Morse audit fails: {counts}; together {self.total}, and "
                f"χ({self.space}) = 1.  So the "
                "list is wrong or incomplete, by a fault of NeuroAlg; please report it.")


def morse_audit(answer: Answer, solver: Solver | None = None) -> MorseAudit:
    """
    The audit of what is known of critical functions.

    The checker's own is taken where it applies.  An engine may say besides where the differential
    at the zero function vanishes.
    """
    found = answer.audit or Audit(INCOMPLETE)
    if found.reason == UNCOUNTED and solver is not None:
        found = audit(answer, lambda k: _zeros_by_engine(answer.land, k, solver))
    if found.reason == NOT_CLOSED and (powers := sums_of_two_powers(answer)) is not None:
        return MorseAudit(powers.reason, powers.terms, "the closure of M")
    if found.reason:
        return MorseAudit(found.reason)
    return MorseAudit("", _with_crossing(answer, dict(found.terms)))


# -- where the differential at the zero function vanishes --------------------------------------


def _zeros_by_engine(land: Landscape, k: int, solver: Solver) -> int:
    """
    χ_c of the set Z of zeros in the cell of a chart, as the engine says.

    If Z is finite there, it is their number.  If it is a smooth curve in a surface, all of it is a
    union of circles, so that χ(Z) = 0 is the sum over all cells.
    """
    free, forms = forms_at_zero(land, k)
    system = [{e: fraction(c) for e, c in form.items()} for form in forms if form]
    points = _solved(solver, system, len(free))
    if points is not None:
        return len(points)
    if len(forms) > 1 or len(free) != 2 or k or not _is_smooth(land, solver):
        raise NotApplicable(UNCOUNTED)
    return -sum(zeros_in_cell(land, i, None) for i, chart in enumerate(land.cover.charts)
                if i and not chart.constant)


def _solved(solver: Solver, system: list[dict[tuple[int, ...], Fraction]], variables: int
            ) -> list[Any] | None:
    try:
        return solver(system, variables)
    except (EngineError, LimitReached):
        raise NotApplicable(UNCOUNTED) from None


def _is_smooth(land: Landscape, solver: Solver) -> bool:
    """Whether the zeros of the differential at zero, one form on a surface, are a smooth curve."""
    for k, chart in enumerate(land.cover.charts):
        if chart.constant:
            continue
        slope = land.loss(k).derivative(chart.size - 1)
        free = [i for i in chart.free if i < chart.nonlinear]
        system = []
        for f in (slope, *(slope.derivative(i) for i in range(chart.nonlinear))):
            system.append({tuple(e[i] for i in free): fraction(c)
                           for e, c in zip(f.monoms(), f.coeffs())
                           if not e[chart.size - 1] and not any(e[i] for i in chart.zero)})
        constant = (0,) * len(free)
        if any(set(f) == {constant} for f in system):
            continue
        if not free or _solved(
                solver, [f for f in system if f], len(free)) != []:
            return False
    return True


# -- where M crosses itself ----------------------------------------------------------------------


def _with_crossing(answer: Answer, terms: dict[str, int]) -> tuple[tuple[str, int], ...]:
    """
    The terms for M, where it crosses itself in a linear space; else those of the parameters.

    Let the first layer be a filter (w_0, w_1) over one axis, its activation x^r with r > 1, and the
    last layer read these.  The functions Σ b_i (w_0 x_i + w_1 x_(i+1))^r without mixed monomials
    have the filters (1, 0) or (0, 1), and the others have one filter: the first x_i and the mixed
    monomial beside it say which.  So two sheets of M cross in the linear space U of
    functions with both filters, and in no others but zero.  The loss has one critical point on U.
    If it is not zero, and the loss has a slope on both sheets there, it contributes
    1 - χ(two disks) = -1; and of l at zero two copies of a disk become one, which adds 1.
    """
    charts = answer.land.cover.charts
    layers = answer.land.model.description["layers"]
    if ([layer["kind"] for layer in layers[:2]] != ["convolution", "activation"]
            or len(layers) != 3 or list(layers[0]["size"]) != [2]
            or len(layers[1]["coefficients"]) < 3):
        return tuple(terms.items())
    sheets = [(chart, [fmpq(0)] * chart.size) for chart in charts if not chart.constant]
    spaces = [fmpq_mat([[f.derivative(i)(*origin) for f in chart.coordinates]
                        for i in range(chart.nonlinear, chart.size)]) for chart, origin in sheets]
    least = _least_on_crossing(answer, spaces)
    if least is None or any(_is_critical(answer, chart, space, least)
                            for (chart, _), space in zip(sheets, spaces)):
        return tuple(terms.items())
    return (("smooth functions", terms[PARAMETERS]), ("where M crosses itself", -1),
            (ZERO, terms[ZERO] + 1))


def _least_on_crossing(answer: Answer, spaces: list[fmpq_mat]) -> list[fmpq] | None:
    """The critical point of the loss on the space with both filters, if it is not zero."""
    one, other = spaces
    size = one.nrows()
    relations = fmpq_mat([*one.tolist(), *other.tolist()]).transpose()
    basis = kernel([list(map(fraction, row)) for row in relations.tolist()], 2 * size)
    if not basis:
        return None
    crossing = fmpq_mat([[to_flint(v.get(i, Fraction(0))) for i in range(size)]
                         for v in basis]) * one
    form = crossing * answer.problem.matrix * crossing.transpose()
    n = answer.problem.n
    target = crossing * fmpq_mat(n, 1, answer.problem.target)
    if not form.det() or not any(target.entries()):
        return None
    return list((form.solve(target).transpose() * crossing).entries())


def _is_critical(answer: Answer, chart: Chart, space: fmpq_mat, z: list[fmpq]) -> bool:
    """Whether the loss is critical on the sheet of a chart at a function with t = 0."""
    gram = space * space.transpose()
    b = gram.solve(space * fmpq_mat(len(z), 1, z)).entries()
    slope = answer.problem.differential(z, fmpq(0))
    point = [*[fmpq(0)] * chart.nonlinear, *b]
    return not any(sum((f.derivative(i)(*point) * c for f, c in zip(chart.coordinates, slope)),
                       fmpq(0)) for i in range(chart.size))


# -- sums of two powers of linear forms in two variables -----------------------------------------


def sums_of_two_powers(answer: Answer) -> Audit | None:
    """
    The audit for sums of two r-th powers of real binary linear forms, r > 2; None of other models.

    The closure of M has the limits l^(r-1) m besides.  Let N be the pairs {l, m} of points of the
    real projective line, a Möbius band with the boundary l = m.  Over it is the bundle E of the
    functions a l^r + b m^r, or l^(r-1) (a l + b l') on the boundary; near which l = m is u = 0, if
    l and m are t ± sqrt(u).  The loss is positive on fibers, so Morse theory of its minimum, a
    function on N, says that χ(N - Z) = -C(p, 2) is the sum of (-1)^index over

    - the sums of two powers that are critical;
    - a l^r, critical among powers, with each real m != l at which half the differential G vanishes
      on m^r.  There b and m add one negative eigenvalue, if the zero m of G is simple;
    - the functions that are critical on the boundary, if the loss increases as u does.

    Z is where the differential at zero vanishes: pairs of two of its p real zeros.
    """
    layers = answer.land.model.description["layers"]
    if ([(layer["kind"], layer.get("inputs"), layer.get("outputs")) for layer in layers]
            != [("dense", 2, 2), ("activation", None, None), ("dense", 2, 1)]
            or len(layers[1]["coefficients"]) < 4):
        return None
    if not is_positive(answer.problem.matrix, strictly=True):
        return Audit(NOT_PROPER)
    degree = len(layers[1]["coefficients"]) - 1
    slope = _on_powers(answer.problem.target, degree, fmpq_poly)
    zeros = fmpq_poly(slope)
    try:
        if degree - zeros.degree() > 1 or zeros.gcd(zeros.derivative()).degree() > 0:
            raise NotApplicable(DEGENERATE)
        p = len(real_roots(zeros)) + (degree - zeros.degree())
        interior, powers = _interior(answer, degree)
        return Audit("", (("sums of two powers", interior), ("powers, beside zeros of the "
                     "differential", powers), ("limits on the boundary", _boundary(answer, degree)),
                     (ZERO, 1 + comb(p, 2))))
    except NotApplicable as error:
        return Audit(str(error))


def _on_powers(form: Any, degree: int, polynomial: Any) -> Any:
    """The values of a linear form on V on the powers (x + t y)^r, a polynomial in t."""
    order = [e[1] for e in monomials(2, degree)]
    values = [form[order.index(i)] * comb(degree, i) for i in range(degree + 1)]
    return polynomial(values)


def _interior(answer: Answer, degree: int) -> tuple[int, int]:
    """What functions that are listed contribute."""
    interior = powers = 0
    for point, z in zip(answer.critical, answer.functions):
        chart = answer.land.cover.charts[point.chart]
        if chart.constant:
            continue
        signs = answer.land.signs(point)
        if signs is None or not answer.land.is_proper(point):
            raise NotApplicable(DEGENERATE)
        if chart.stratum == 0:
            interior += (-1) ** signs[1]
            continue
        slope = _on_powers(answer.problem.differential(z, arb(0)), degree, list)
        if chart.zero:  # l is y: other coordinates, in which it is x
            slope.reverse()
        powers -= (-1) ** signs[1] * _other_zeros(slope, arb(0) if chart.zero else point.box[0])
    return interior, powers


def _other_zeros(slope: list[arb], double: arb) -> int:
    """How many real zeros a form has besides a double one, if these are simple."""
    for _ in range(2):  # Horner's scheme, from the highest power on
        quotient = [slope[-1]]
        for c in slope[-2:0:-1]:
            quotient.append(c + double * quotient[-1])
        slope = quotient[::-1]
    rest = arb_poly(slope)
    try:
        if slope[-1].contains(0) or rest(double).contains(0):
            raise NotApplicable(DEGENERATE)
        return sum(root.imag.contains(0) for root in rest.complex_roots())
    except ValueError:
        raise NotApplicable(DEGENERATE) from None


def _boundary(answer: Answer, degree: int) -> int:
    """What the limits l^(r-1) (a l + b l') contribute, for l = x + t y, and for l = y."""
    ring = polynomial_ring(3)
    finite, infinite = ([e[k] for e in monomials(2, degree)] for k in (1, 0))
    chart = Chart("the boundary", 0, ring, 1, _limits(ring, finite, (0, 1)))
    found = elimination(answer.problem(chart.coordinates, ring.constant(0)), chart)
    if found is None or not found.is_regular:
        raise NotApplicable(DEGENERATE)
    below = arb_poly(found.determinant)
    total = sum(_limit(answer, finite, [root, *(arb_poly(f)(root) / below(root)
                                                for f in found.numerators)])
                for root in real_roots(found.roots))
    # At t = 0 in the coordinates in which y + t x is l, perhaps.
    slopes = gradient(answer.problem(_limits(ring, infinite, (0, 1)), ring.constant(0)), range(3))
    origin = [fmpq(0)] * 3
    form = fmpq_mat([[slopes[i].derivative(j)(*origin) for j in (1, 2)] for i in (1, 2)])
    least = form.solve(fmpq_mat([[-slopes[i](*origin)] for i in (1, 2)])).entries()
    if not slopes[0](fmpq(0), *least):
        total += _limit(answer, infinite, [arb(0), *map(arb, least)])
    return int(total)


def _limit(answer: Answer, powers: list[int], box: list[arb]) -> int:
    """What a critical function on the boundary contributes."""
    ring, problem = polynomial_ring(3), answer.problem
    coordinates = _limits(ring, powers, (0, 1))
    signs = inertia(hessian(problem(coordinates, ring.constant(0)), range(3), box))
    z = [value(f, box) for f in coordinates]
    slope = sum((g * value(f, box) for g, f in zip(
        problem.differential(z, arb(0)), _limits(ring, powers, (2, 3)))), arb(0))
    if signs is None or slope.contains(0):
        raise NotApplicable(DEGENERATE)
    return int((-1) ** signs[1]) if slope > 0 else 0


def _limits(ring: Any, powers: list[int], orders: tuple[int, int]) -> list[Any]:
    """
    a p + b q, where p and q are derivatives of these orders of (x + t y)^r by t, over factorials.

    Of a (l^r + m^r) / 2 + b (l^r - m^r) / (2 sqrt(u)), for l and m = x + (t ± sqrt(u)) y, the term
    without u has the orders 0 and 1, the one with u has 2 and 3.  The powers are those of y.
    """
    t, *factors = ring.gens()
    degree = max(powers)
    return [sum((factor * t ** (i - k) * (comb(degree, i) * comb(i, k))
                 for factor, k in zip(factors, orders) if i >= k), ring.constant(0))
            for i in powers]
