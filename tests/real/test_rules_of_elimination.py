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
from neuroalg_sage.certificates.model import Model as CheckedModel
from neuroalg_sage.certificates.reading import CertificateError, polynomial_ring
from neuroalg_sage.certificates.real.conjunctions import tidy
from neuroalg_sage.certificates.real.elimination import RULES, eliminated

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
    return any(all(holds(s, 0) for holds, s in zip(relations, sample)) for sample in samples)


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
