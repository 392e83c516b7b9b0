"""
Rules of elimination against real zeros: over which points there is a parameter, before and after.
"""

from __future__ import annotations

import itertools
import random
from operator import eq, ge, gt, ne

import pytest
from flint import arb, fmpq, fmpq_poly

from neuroalg_sage import from_expressions
from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.model import Model as CheckedModel
from neuroalg_sage.certificates.reading import CertificateError, polynomial_ring
from neuroalg_sage.certificates.real.conjunctions import replaced, tidy
from neuroalg_sage.certificates.real.elimination import RULES, eliminated, graph
from neuroalg_sage.certificates.real.formulas import holds
from neuroalg_sage.models.expressions import from_flint

HOLDS = {"=": eq, "!=": ne, ">": gt, ">=": ge}
PLACE, WITH_EQUATION = 2, {"solve", "divide", "root", "nonzero", "factor"}


def in_the_parameter(f, z):
    """A polynomial in two coordinates and a parameter, at a point, as one in the parameter."""
    found = [fmpq(0)] * (1 + max((int(e[PLACE]) for e in f.monoms()), default=0))
    for e, c in f.to_dict().items():
        found[int(e[PLACE])] += c * z[0] ** int(e[0]) * z[1] ** int(e[1])
    return fmpq_poly(found)


def signs_at(root, factor, polynomials):
    for f in polynomials:
        if not f or f.gcd(fmpq_poly(factor)).degree() > 0:
            yield 0
            continue
        value = arb(0)
        for c in reversed(f.coeffs()):
            value = value * root + arb(c.p) / arb(c.q)
        assert value > 0 or value < 0
        yield 1 if value > 0 else -1


def has_parameter(conditions, z):
    """Whether conditions hold for a real parameter: at a zero, or between two zeros."""
    relations = [HOLDS[relation] for relation, _ in conditions]
    polynomials = [in_the_parameter(f, z) for _, f in conditions]
    factors = {str(p): p for f in polynomials if f.degree() > 0 for p, _ in f.numer().factor()[1]}
    zeros = sorted(((root.real, p) for p in factors.values() for root, _ in p.complex_roots()
                    if root.imag == 0), key=lambda zero: float(zero[0].mid()))
    ends = [(root.lower().fmpq(), root.upper().fmpq()) for root, _ in zeros]
    between = [(low + high) / 2 for (_, low), (high, _) in itertools.pairwise(ends)]
    samples = [[f(t) for f in polynomials] for t in (
        [ends[0][0] - 1, *between, ends[-1][1] + 1] if ends else [fmpq(0)])]
    samples += [list(signs_at(root, p, polynomials)) for root, p in zeros]
    return any(all(is_so(s, 0) for is_so, s in zip(relations, sample)) for sample in samples)


def random_conditions(generator):
    x, y, v = polynomial_ring(3).gens()
    one = v**0
    pool = [one, -one, 2 * one, 0 * one, x, y, -x, x + y, x * y, x - 1, x**2, -(x**2) - 1, y**2,
            x - y, -(x**2) * y, x**2 - y]

    def some():
        d = generator.choice([1, 1, 2, 2, 3, 4])
        if generator.random() < 0.5:
            return sum((generator.choice(pool) * v**i for i in range(d + 1)), 0 * one)
        return generator.choice(pool) * v**d + generator.choice(pool)

    found = [(generator.choice(["=", "=", "!=", ">", ">="]), some())
             for _ in range(generator.randint(1, 3))]
    return found + [("!=", v)] * (generator.random() < 0.3)


@pytest.mark.parametrize("rule", sorted({*RULES} - {"combine", "symmetric"}))
def test_a_rule_keeps_over_which_points_there_is_a_parameter(rule):
    generator, applied, seen = random.Random(4), 0, set()
    points = [(fmpq(a), fmpq(b)) for a in range(-2, 4) for b in range(-2, 3)]
    while applied < 120:
        conditions = tidy(random_conditions(generator))
        for k in range(len(conditions or []) if rule in WITH_EQUATION else bool(conditions)):
            node = {"equation": k, "variable": PLACE, "weights": [generator.choice([1, 2, -1])]}
            try:
                cases = RULES[rule](conditions, node, PLACE)
            except CertificateError:
                continue
            applied += 1
            for z in generator.sample(points, 8):
                expected = has_parameter(conditions, z)
                assert any(has_parameter(case, z) for case in cases) == expected, (conditions, z)
                seen.add(expected)
    assert seen == {True, False}


def test_a_large_power_is_refused_before_it_is_made():
    model = from_expressions(["a^40*x + a*(b + c + d + e + f + g + h + i)*y"], list("abcdefghi"),
                             ["x", "y"])
    with pytest.raises(CertificateError, match="more work"):
        eliminated(CheckedModel(model.describe()), {"tree": {
            "rule": "solve", "equation": 0, "variable": 2, "then": [None, None]}}, [])


def tree(conditions, n):
    """Some tree of eliminations, by the first rule that applies."""
    conditions = tidy(conditions)
    count = conditions[0][1].context().nvars() if conditions else n
    left = [v for v in range(n, count) if any(f.degrees()[v] for _, f in conditions)]
    for rule in ["solve", "root", "nonzero", "factor", "generic", "positive"] if left else []:
        for k, v in itertools.product(range(len(conditions)), left):
            node = {"rule": rule, "equation": k, "variable": v}
            try:
                cases = RULES[rule](conditions, node, n)
            except CertificateError:
                continue
            if rule != "factor" or len(cases) > 1:
                return node | {"then": [tree(case, n) for case in cases]}
    assert not left
    return None


@pytest.mark.parametrize(("products", "weights", "place", "belongs"), [
    (products, weights, place, belongs)
    for products, found, belongs in [
        (["a", "a*b^2"], [(1, 1, 1, 0), (1, 3, 1, 1), (2, 2, 2, 0), (0, 2, 0, 1), (2, 4, 2, 1),
                          (3, 1, 3, -1), (-2, 2, -2, 2), (6, 2, 6, -2)],
         lambda z: z[0] * z[1] > 0 or z[1] == 0),
        (["a^2", "a*b"], [(2, 2, 1, 1), (2, 0, 1, -1), (0, 1, 0, 1), (0, 2, 0, 2), (-2, 1, -1, 2),
                          (2, -2, 1, -3), (4, 4, 2, 2)],
         lambda z: z[0] > 0 or z[0] == z[1] == 0),
        (["a*b", "a^3*b"], [(1, 1, 0, 1), (2, 2, 0, 2), (2, 4, 1, 1), (0, 2, 1, -1)],
         lambda z: z[0] * z[1] > 0 or z[0] == z[1] == 0),
        (["a", "a + b^2"], [(2, 2, 2, 1), (4, 4, 4, 2)], lambda z: z[1] >= z[0])]
    for weights in found for place in (0, 1)
    if weights[place] > 0 and not any(w % weights[place] for w in weights[:2])])
def test_a_grading_fixes_a_coordinate(products, weights, place, belongs):
    model = CheckedModel(from_expressions(
        [f"{products[0]}*x + ({products[1]})*y"], ["a", "b"], ["x", "y"]).describe())
    conditions = graph(model)
    z = conditions[0][1].context().gens()[place]
    two = weights[place] > 1
    cases = [[(relation, replaced(f, {place: z * 0 + c})) for relation, f in conditions]
             for c in ((1, -1) if two else (1,))]
    zero = [*((relation, replaced(f, {place: z * 0})) for relation, f in conditions), ("=", z)]
    found = eliminated(model, {"tree": {
        "rule": "grade", "weights": list(weights), "coordinate": place,
        "then": [tree(case, 2) for case in [*cases, zero]]}}, [])
    for point in itertools.product(range(-3, 4), repeat=2):
        assert holds(found, list(map(fmpq, point))) == belongs(point), point


@pytest.mark.parametrize(("products", "weights", "message"), [
    (["a", "a + b^2"], [1, 1, 1, 1], "not homogeneous"),
    (["a^2", "a^3 + b"], [2, 3, 1, 3], "multiples of one"),
    (["a", "a + b"], [0, 0, 0, 0], "multiples of one"),
    (["a", "a + b"], [-1, -1, -1, -1], "multiples of one")])
def test_what_is_no_grading_is_refused(products, weights, message):
    model = CheckedModel(from_expressions(
        [f"{products[0]}*x + ({products[1]})*y"], ["a", "b"], ["x", "y"]).describe())
    for count in (2, 3):
        with pytest.raises(CertificateError, match=message):
            eliminated(model, {"tree": {"rule": "grade", "weights": weights, "coordinate": 0,
                                        "then": [None] * count}}, [])


def test_an_inequality_of_odd_weight_tells_signs_apart():
    """z_0 = a and z_1 - a >= 0: where z_0 is 1 this says nothing of where it is negative."""
    model = CheckedModel(from_expressions(["a*x + (a + b^2)*y"], ["a", "b"], ["x", "y"]).describe())
    conditions = tidy(graph(model))
    k = next(k for k, (_, f) in enumerate(conditions) if f.degrees()[3])
    rest = RULES["root"](conditions, {"equation": k, "variable": 3}, 2)[0]
    z = rest[0][1].context().gens()[0]
    cases = [[(relation, replaced(f, {0: z * 0 + c})) for relation, f in rest] for c in (1, -1, 0)]
    cases[2].append(("=", z))
    trees = [tree(case, 2) for case in cases]

    def found(branches):
        return eliminated(model, {"tree": {"rule": "root", "equation": k, "variable": 3, "then": [
            {"rule": "grade", "weights": [1, 1, 1, 0], "coordinate": 0, "then": branches},
            None]}}, [])

    with pytest.raises(CertificateError, match="cases"):
        found([trees[0], trees[2]])
    for point in itertools.product(range(-3, 4), repeat=2):
        assert holds(found(trees), list(map(fmpq, point))) == (point[1] >= point[0])


def test_what_is_not_symmetric_is_refused():
    x, _, a, b = polynomial_ring(4).gens()
    for condition, written in [(("=", a - x), a - x), ((">", a - b), a**2 - 4 * b),
                               (("=", a * b - x), b + x)]:
        with pytest.raises(CertificateError, match="not the symmetric one"):
            RULES["symmetric"]([condition], {"variables": [2, 3], "conditions": [
                encode_polynomial(from_flint(written))]}, 2)


@pytest.mark.parametrize("sign", ["=", "!=", ">"])
def test_two_symmetric_parameters_are_real_zeros(sign):
    """With the sum z_0 and the product z_1, equal, different, or with a^2 + b^2 > 5."""
    x, y, a, b = polynomial_ring(4).gens()
    further = (a**2 + b**2 - 5, a**2 - 2 * b - 5) if sign == ">" else (a - b, a**2 - 4 * b)
    written = [a - x, b - y, further[1]]
    conditions = [("=", a + b - x), ("=", a * b - y), (sign, further[0])]
    (case,) = RULES["symmetric"](conditions, {"variables": [2, 3], "conditions": [
        encode_polynomial(from_flint(f)) for f in written]}, 2)
    for p, q in itertools.product(map(fmpq, range(-4, 5)), repeat=2):
        discriminant = p**2 - 4 * q
        expected = discriminant >= 0 and (
            p**2 - 2 * q > 5 if sign == ">" else HOLDS[sign](discriminant, 0))
        assert all(HOLDS[relation](f(p, q, p, q), 0) for relation, f in case) == expected


def test_three_symmetric_parameters_are_real_zeros():
    *z, a, b, c = polynomial_ring(6).gens()
    sums = [a + b + c, a * b + a * c + b * c, a * b * c]
    (case,) = RULES["symmetric"]([("=", e - x) for e, x in zip(sums, z)], {
        "variables": [3, 4, 5], "conditions": [
            encode_polynomial(from_flint(e - x)) for e, x in zip((a, b, c), z)]}, 3)
    for p, q, r in itertools.product(map(fmpq, range(-4, 5)), repeat=3):
        zeros = fmpq_poly([-r, q, -p, 1]).numer().complex_roots()
        expected = all(root.imag == 0 for root, _ in zeros)
        assert all(HOLDS[relation](f(p, q, r, p, q, r), 0) for relation, f in case) == expected
