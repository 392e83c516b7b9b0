"""
M as what is left of z = φ(w) when the parameters are eliminated, one after the other.

M is the set of those z for which there are real w with z_i = φ_i(w). A conjunction of conditions
on z and w is replaced by several, its **cases**: for each z, real w with the conditions exist if
and only if they exist for one of the cases. Cases without parameters are a formula for M. Below,
v is a parameter, and f, g, h, m are polynomials in all variables, without v where v is written
beside them.

- ``combine``: equations are replaced by combinations, with an invertible matrix.
- ``factor``: a product vanishes if one of the factors does.
- ``solve``: m v + h = 0 means m ≠ 0 and v = -h/m, or m = 0 = h.  In the first case other
  conditions are multiplied by a power of m, for inequalities an even one.  If m is a number, v
  may be a coordinate; then m v + h = 0 is kept.
- ``divide``: let f = 0 be an equation of degree d in v, with the leading coefficient a.  If
  a ≠ 0, another condition g is multiplied by a power of a, for inequalities an even one, and is
  replaced by its remainder modulo f.  Else a = 0, and f is shorter.
- ``root``: let v be in one condition only, the equation f = 0 of degree d in v, with the leading
  coefficient a.  If a ≠ 0, it has a real zero v if d is odd; if d is 2 and the discriminant is at
  least 0; if d is even, f = a v^d + h, and -a h ≥ 0.  Else a = 0, and f is shorter.
- ``nonzero``: let v ≠ 0 be a condition, and f = 0 an equation.  Either f does not vanish at v =
  0, and implies that v ≠ 0 is superfluous; or it does, and f / v is as good.
- ``positive``: let v be in one condition only, f > 0 or f ≥ 0 of degree d in v, with the leading
  coefficient a.  If a ≠ 0, it holds for some v if d is odd, or if a > 0.  If d is even and f is a
  v^d + h, it holds for some v, if a < 0, if and only if it does for v = 0.  If d is 2 and a < 0,
  the largest value of f is the discriminant over -4 a.  Else a = 0, and f is shorter.
- ``generic``: let v be in conditions ≠ and > only.  Those with > hold for v in an open set, so
  there is such a v also for g ≠ 0 if and only if g has a coefficient, as a polynomial in v, that
  does not vanish: a case for each.
- ``scale``: let all conditions be homogeneous for integer weights of the parameters, where v has
  the weight 1.  For λ real and not 0, λ^a w satisfies conditions that w satisfies, if those that
  are inequalities have even weights.  So v may be taken as 1 or 0.  With λ > 0 only, any weights
  will do, also another one than 1 of v, and v may be taken as 1, -1 or 0.
- ``symmetric``: two or three parameters, in which all conditions are symmetric, are real zeros of
  the polynomial T^k - e_1 T^(k-1) + ..., whose coefficients are their elementary symmetric
  functions. These are taken as parameters, with the condition that the discriminant is not
  negative; for k ≤ 3 this means that all zeros are real.  For an equation g = 0 or g ≠ 0 it is
  enough that g² is symmetric.
- ``grade``: let all conditions be homogeneous for weights of parameters and coordinates, where a
  coordinate z_p has the weight q ≥ 1, and q divides the weights of all coordinates.  For t > 0,
  or for all t ≠ 0 if inequalities have even weights and q = 1, there are w for z if and only if
  there are for the (t^(-b_i) z_i).  So it is enough to eliminate w where z_p is 1 (or -1), and
  where it is 0; and what holds for the (t^(-b_i) z_i), where |z_p| = t^q, or z_p = t, is
  multiplied by a power of t^q, an even one of t if it is an inequality and t may be negative.
- ``ask``: QEPCAD says what the coordinates satisfy; it must be trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    MalformedCertificate,
    exponent_vectors,
    fields,
    integer,
    integers,
    items,
    member,
    numbers,
    polynomial_ring,
    polynomials,
    require,
)
from neuroalg_sage.certificates.real.conjunctions import coefficients, replaced, simplified, tidy
from neuroalg_sage.certificates.real.formulas import Condition, Formula, formula
from neuroalg_sage.certificates.work import Work

MOST_DEPTH = 60
MOST_VARIABLES = 60
LARGEST_WEIGHT = 1000
ORDERED = (">", ">=")

Conjunction = list[Condition]


def graph(model: Model) -> Conjunction:
    """The equations z_i = φ_i(w), in variables z and then w."""
    n = model.ambient_dimension
    require(n + model.parameters <= MOST_VARIABLES,
            f"There are over {MOST_VARIABLES} coordinates and parameters.")
    ring = polynomial_ring(n + model.parameters)
    return [("=", z - ring.from_dict({(*[0] * n, *map(int, e)): c for e, c in f.to_dict().items()}))
            for z, f in zip(ring.gens(), model.parametrization)]


def eliminated(model: Model, evidence: Any, asked: list[Conjunction]) -> Formula:
    """
    The formula for M that eliminations prove.

    INPUT:

    - ``evidence`` -- the tree of eliminations
    - ``asked`` -- to which the conjunctions are added for which QEPCAD is trusted
    """
    n = model.ambient_dimension
    ring = polynomial_ring(n)
    found = _eliminated(graph(model), member(evidence, "tree"), n, asked, 0)
    return [[(relation, ring.from_dict({tuple(e[:n]): c for e, c in f.to_dict().items()}))
             for relation, f in piece] for piece in simplified(found)]


def _eliminated(conditions: Conjunction, node: Any, n: int, asked: list[Conjunction], depth: int
                ) -> Formula:
    require(depth <= MOST_DEPTH, "Eliminations are nested too deeply.")
    tidied = tidy(conditions)
    if tidied is None:
        require(node is None, "A case in which nothing is left is divided further.")
        return []
    if node is None:
        require(not any(occurs(f, v) for _, f in tidied for v in range(n, f.context().nvars())),
                "Parameters are left.")
        return [tidied]
    rule = member(node, "rule")
    if rule == "ask":
        asked.append(tidied)
        ring = polynomial_ring(n)
        whole = tidied[0][1].context() if tidied else ring
        return [[(relation, _moved(f, whole)) for relation, f in piece]
                for piece in formula(member(node, "answer"), ring)]
    if rule == "grade":
        return _graded(tidied, node, n, asked, depth)
    if not isinstance(rule, str) or rule not in RULES:
        raise MalformedCertificate("A rule of elimination is not known.")
    cases = RULES[rule](tidied, node, n)
    return [piece for case, then in zip(cases, items(member(node, "then"), "cases", len(cases)))
            for piece in _eliminated(case, then, n, asked, depth + 1)]


def occurs(f: fmpq_mpoly, variable: int) -> bool:
    """Whether a variable occurs in a polynomial."""
    return bool(f != 0 and f.degrees()[variable])


def _moved(f: fmpq_mpoly, ring: Any) -> fmpq_mpoly:
    more = ring.nvars() - f.context().nvars()
    return ring.from_dict({(*map(int, e), *[0] * more): c for e, c in f.to_dict().items()})


def _parameter(node: Any, conditions: Conjunction, n: int, name: str = "variable") -> int:
    """A parameter that a node names."""
    return integer(member(node, name), n, _ring(conditions).nvars() - 1, "parameter")


def _ring(conditions: Conjunction) -> Any:
    require(conditions, "There are no conditions.")
    return conditions[0][1].context()


def _equation(node: Any, conditions: Conjunction) -> tuple[int, fmpq_mpoly]:
    """The place of an equation that a node names, and its polynomial."""
    k = integer(member(node, "equation"), 0, len(conditions) - 1, "condition")
    relation, f = conditions[k]
    require(relation == "=", "A condition is no equation.")
    return k, f


def _without(conditions: Conjunction, k: int) -> Conjunction:
    return [c for i, c in enumerate(conditions) if i != k]


def _product(f: fmpq_mpoly, g: fmpq_mpoly, work: Work) -> fmpq_mpoly:
    work.spend(1 + len(f) * len(g))
    return f * g


# -- rules -----------------------------------------------------------------------------------


def _combine(conditions: Conjunction, node: Any, n: int) -> list[Conjunction]:
    equations = [f for relation, f in conditions if relation == "="]
    rows = [numbers(row, "row", len(equations))
            for row in items(member(node, "rows"), "rows", len(equations))]
    require(rows and fmpq_mat(rows).det() != 0, "The combinations are not independent.")
    zero = _ring(conditions).constant(0)
    combined: Conjunction = []
    for row in rows:
        total = zero
        for f, c in zip(equations, row):
            total += f * c
        combined.append(("=", total))
    return [[*combined, *(c for c in conditions if c[0] != "=")]]


def _factor(conditions: Conjunction, node: Any, n: int) -> list[Conjunction]:
    k, f = _equation(node, conditions)
    return [[*_without(conditions, k), ("=", g)] for g, _ in f.factor()[1]]


def _solve(conditions: Conjunction, node: Any, n: int) -> list[Conjunction]:
    k, f = _equation(node, conditions)
    v = integer(member(node, "variable"), 0, _ring(conditions).nvars() - 1, "variable")
    require(f.degrees()[v] == 1, "An equation is not linear in a variable.")
    h, m = coefficients(f, v)
    others = _without(conditions, k)
    if m.is_constant():
        image = h / -m.leading_coefficient()
        return [[*([("=", f)] if v < n else []),
                 *((relation, replaced(g, {v: image})) for relation, g in others)]]
    require(v >= n, "A coordinate is not solved for by dividing.")
    substituted, work = [], Work()
    for relation, g in others:
        *lower, value = coefficients(g, v)
        power = _ring(conditions).constant(1)
        for c in reversed(lower):
            power = _product(power, m, work)
            value = _product(c, power, work) - _product(value, h, work)
        is_odd = relation in ORDERED and len(lower) % 2
        substituted.append((relation, _product(value, m, work) if is_odd else value))
    return [[*substituted, ("!=", m)], [*others, ("=", m), ("=", h)]]


def _divide(conditions: Conjunction, node: Any, n: int) -> list[Conjunction]:
    k, f = _equation(node, conditions)
    v = _parameter(node, conditions, n)
    x = _ring(conditions).gens()[v]
    powers = coefficients(f, v)
    d, a = len(powers) - 1, powers[-1]
    require(d > 0, "A parameter is not in an equation.")
    others = _without(conditions, k)
    rest = f - a * x**d
    divided, work = [], Work()
    for relation, g in others:
        odd = False
        while g != 0 and (e := int(g.degrees()[v])) >= d:
            leading = coefficients(g, v)[-1]
            g = (_product(a, g - leading * x**e, work)
                 - _product(leading, rest, work) * x ** (e - d))
            odd = not odd
        divided.append((relation, g * a if odd and relation in ORDERED else g))
    return [[*divided, ("=", f), ("!=", a)], [*others, ("=", a), ("=", rest)]]


def _root(conditions: Conjunction, node: Any, n: int) -> list[Conjunction]:
    k, f = _equation(node, conditions)
    v = _parameter(node, conditions, n)
    others = _without(conditions, k)
    require(occurs(f, v) and not any(occurs(g, v) for _, g in others),
            "A parameter is not in one equation only.")
    powers = coefficients(f, v)
    d, a = len(powers) - 1, powers[-1]
    there = [*others, ("!=", a)]
    if d == 2:
        there.append((">=", powers[1] ** 2 - 4 * a * powers[0]))
    elif d % 2 == 0:
        require(not any(powers[1:-1]), "It is not known when an equation has a real zero.")
        there.append((">=", -a * powers[0]))
    x = _ring(conditions).gens()[v]
    return [there, [*others, ("=", a), ("=", f - a * x**d)]]


def _positive(conditions: Conjunction, node: Any, n: int) -> list[Conjunction]:
    v = _parameter(node, conditions, n)
    found = [k for k, (_, f) in enumerate(conditions) if occurs(f, v)]
    require(len(found) == 1 and conditions[found[0]][0] in ORDERED,
            "A parameter is not in one inequality only.")
    relation, f = conditions[found[0]]
    others = _without(conditions, found[0])
    powers = coefficients(f, v)
    d, a = len(powers) - 1, powers[-1]
    shorter = [*others, ("=", a), (relation, f - a * _ring(conditions).gens()[v] ** d)]
    if d % 2:
        return [[*others, ("!=", a)], shorter]
    if not any(powers[1:-1]):
        most = (relation, powers[0])
    else:
        require(d == 2, "It is not known when an inequality has a solution.")
        most = (relation, powers[1] ** 2 - 4 * a * powers[0])
    return [[*others, (">", a)], [*others, (">", -a), most], shorter]


def _nonzero(conditions: Conjunction, node: Any, n: int) -> list[Conjunction]:
    k, f = _equation(node, conditions)
    v = _parameter(node, conditions, n)
    x = _ring(conditions).gens()[v]
    require(("!=", x) in conditions and occurs(f, v), "It is not required that v ≠ 0.")
    constant = coefficients(f, v)[0]
    others = [c for c in _without(conditions, k) if c != ("!=", x)]
    return [[*others, ("=", f), ("!=", constant)],
            [*others, ("!=", x), ("=", constant), ("=", (f - constant) / x)]]


def _generic(conditions: Conjunction, node: Any, n: int) -> list[Conjunction]:
    v = _parameter(node, conditions, n)
    found = {k: relation for k, (relation, f) in enumerate(conditions) if occurs(f, v)}
    require("!=" in found.values() and set(found.values()) <= {"!=", ">"},
            "A parameter is not in conditions ≠ and > only.")
    k = next(k for k, relation in found.items() if relation == "!=")
    others = _without(conditions, k)
    return [[*others, ("!=", c)] for c in coefficients(conditions[k][1], v) if c != 0]


def _scale(conditions: Conjunction, node: Any, n: int) -> list[Conjunction]:
    v = _parameter(node, conditions, n)
    ring = _ring(conditions)
    weights = integers(member(node, "weights"), -LARGEST_WEIGHT, LARGEST_WEIGHT, "weight",
                       ring.nvars() - n)
    even = _homogeneous(conditions, [*[0] * n, *weights])
    require(weights[v - n] != 0, "A parameter is not scaled.")
    values = (1, 0) if even and weights[v - n] == 1 else (1, -1, 0)
    return [[(relation, replaced(f, {v: ring.constant(c)})) for relation, f in conditions]
            for c in values]


def _homogeneous(conditions: Conjunction, weights: list[int]) -> bool:
    """Verify that conditions are homogeneous; whether the weights of inequalities are even."""
    even = True
    for relation, f in conditions:
        found = {sum(map(int.__mul__, weights, e)) for e in exponent_vectors(f)}
        require(len(found) <= 1, "A condition is not homogeneous.")
        even = even and not (relation in ORDERED and any(d % 2 for d in found))
    return even


def _symmetric(conditions: Conjunction, node: Any, n: int) -> list[Conjunction]:
    ring = _ring(conditions)
    variables = integers(member(node, "variables"), n, ring.nvars() - 1, "parameter")
    require(len(variables) in (2, 3) and len(set(variables)) == len(variables),
            "Two or three parameters are symmetric.")
    x = [ring.gens()[v] for v in variables]
    if len(x) == 2:
        elementary, discriminant = [x[0] + x[1], x[0] * x[1]], x[0] ** 2 - 4 * x[1]
    else:
        elementary = [x[0] + x[1] + x[2], x[0] * x[1] + x[0] * x[2] + x[1] * x[2],
                      x[0] * x[1] * x[2]]
        a, b, c = x
        discriminant = (a**2 * b**2 - 4 * b**3 - 4 * a**3 * c + 18 * a * b * c - 27 * c**2)
    images = dict(zip(variables, elementary))
    written = polynomials(member(node, "conditions"), ring)
    require(len(written) == len(conditions), "A condition is not rewritten.")
    for (relation, f), g in zip(conditions, written):
        image = replaced(g, images)
        require(image == f or relation in ("=", "!=") and image == f**2,
                "A condition is not the symmetric one stated.")
    return [[*((relation, g) for (relation, _), g in zip(conditions, written)),
             (">=", discriminant)]]


def _graded(conditions: Conjunction, node: Any, n: int, asked: list[Conjunction], depth: int
            ) -> Formula:
    ring = _ring(conditions)
    weights, place, then = fields(node, "weights", "coordinate", "then")
    b = integers(weights, -LARGEST_WEIGHT, LARGEST_WEIGHT, "weight", ring.nvars())
    p = integer(place, 0, n - 1, "coordinate")
    even, q = _homogeneous(conditions, b), b[p]
    require(q >= 1 and not any(c % q for c in b[:n]), "The weights are not multiples of one.")
    signs = (1,) if even and q == 1 else (1, -1)
    z = ring.gens()[p]
    branches = items(then, "cases", len(signs) + 1)
    found = _eliminated([*((relation, replaced(f, {p: z * 0})) for relation, f in conditions),
                         ("=", z)], branches[-1], n, asked, depth + 1)
    for sign, branch in zip(signs, branches):
        case = [(relation, replaced(f, {p: ring.constant(sign)})) for relation, f in conditions]
        for piece in _eliminated(case, branch, n, asked, depth + 1):
            found.append([*((relation, _lifted(f, [c // q for c in b], p, sign,
                                               len(signs) == 1 and relation in ORDERED))
                            for relation, f in piece),
                          ("!=", z) if len(signs) == 1 else (">", z * sign)])
    return found


def _lifted(f: fmpq_mpoly, weights: Sequence[int], p: int, sign: int, is_even: bool) -> fmpq_mpoly:
    """A polynomial at the z_i / |z_p|^(b_i), or the z_i / z_p^(b_i), times a power of the same."""
    require(not occurs(f, p), "A coordinate is left that is fixed.")
    terms: dict[tuple[int, ...], fmpq] = {}
    found = [(sum(map(int.__mul__, weights, e)), e, c)
             for e, c in zip(exponent_vectors(f), f.coeffs())]
    most = max((d for d, _, _ in found), default=0)
    most += is_even and most % 2
    for d, e, c in found:
        terms[(*e[:p], most - d, *e[p + 1:])] = c * sign ** (most - d)
    return f.context().from_dict(terms)


RULES = {"combine": _combine, "factor": _factor, "solve": _solve, "divide": _divide,
         "root": _root, "positive": _positive, "nonzero": _nonzero, "generic": _generic,
         "scale": _scale, "symmetric": _symmetric}
