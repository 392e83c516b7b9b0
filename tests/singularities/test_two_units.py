"""Singular loci of networks with two hidden units and terms of degrees 1 and d."""

from __future__ import annotations

import json
import random
from itertools import combinations_with_replacement
from math import prod

import pytest
from flint import nmod_mat
from implied import assert_changes_are_implied

from neuroalg_sage import NeuroManifold, verify
from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.certificates.model import Model, monomials
from neuroalg_sage.certificates.singularities.two_units import TwoUnits, two_units
from neuroalg_sage.models.expressions import evaluate
from neuroalg_sage.models.families import parse_spec

PRIME = 2**31 - 1


def verified(invariant):
    return verify(json.loads(json.dumps(invariant.certificate)))


class Points:
    """Random points modulo a prime of what the theorem is about, and equations of one degree."""

    def __init__(self, m: int, s: int, d: int, degree: int) -> None:
        self.m, self.s, self.d = m, s, d
        self.random = random.Random(1)
        self.codimension = s * (len(list(monomials(m, d))) + m) - 2 * (m + s)
        terms = list(combinations_with_replacement(range(self.codimension + 2 * (m + s)), degree))
        rows = [self.values(terms, self.two(self.numbers(2), self.numbers(2)))
                for _ in range(len(terms) + 3)]
        kernel, nullity = nmod_mat(rows, PRIME).nullspace()
        self.equations = [[(t, c) for i, t in enumerate(terms) if (c := int(kernel[i, j]))]
                          for j in range(nullity)]

    def numbers(self, count: int) -> list[int]:
        return [self.random.randrange(1, PRIME) for _ in range(count)]

    def unit(self, c, form, a: int, b: int) -> list[int]:
        """c ⊗ (a ℓ^d + b ℓ), with powers written without their multinomial coefficients."""
        terms = [a * prod(pow(x, k, PRIME) for x, k in zip(form, e)) % PRIME
                 for e in monomials(self.m, self.d)] + [b * x % PRIME for x in form]
        return [x * t % PRIME for x in c for t in terms]

    def two(self, first, second, same_c: bool = False, same_form: bool = False) -> list[int]:
        c, form = self.numbers(self.s), self.numbers(self.m)
        other = self.unit(c if same_c else self.numbers(self.s),
                          form if same_form else self.numbers(self.m), *second)
        return [(x + y) % PRIME for x, y in zip(self.unit(c, form, *first), other)]

    def values(self, terms, y) -> list[int]:
        return [prod(y[i] for i in t) % PRIME for t in terms]

    def is_smooth(self, y) -> bool:
        rows = []
        for equation in self.equations:
            row = [0] * len(y)
            for t, c in equation:
                for k, i in enumerate(t):
                    row[i] += c * prod(y[j] for j in (*t[:k], *t[k + 1:]))
            rows.append([x % PRIME for x in row])
        return nmod_mat(rows, PRIME).rank() == self.codimension


@pytest.mark.parametrize("m, s, d, degree", [
    (2, 2, 2, 3), (2, 2, 3, 3), (2, 3, 2, 3), (2, 1, 4, 4),
    pytest.param(3, 2, 2, 3, marks=pytest.mark.slow)])
def test_the_jacobian_drops_rank_where_the_theorem_says(m, s, d, degree):
    points = Points(m, s, d, degree)
    kinds = {part["kind"] for part in TwoUnits(m, s, d).singular_locus()}
    general, power, linear = (3, 5), (1, 0), (0, 1)
    found = {
        "generic": points.two(general, general), "powers": points.two(power, power),
        "a power, and another form": points.two(power, linear),
        "one linear form": points.two(power, linear, same_form=True),
        "power and linear": points.two(power, linear, same_c=True),
        "one output": points.two(general, general, same_c=True),
        "linear": points.two(linear, linear), "one unit": points.two(power, linear, True, True)}
    smaller = {"one linear form": {"power and linear"} if s == 1 else set(),
               "linear": {"power and linear"} if s == 1 else set(),
               "a power, and another form": {"power and linear"} if s == 1 else set(),
               "power and linear": {"one output"} if d == 2 else set(),
               "powers": {"one output"} if s == 1 and d == 2 else set(),
               "one unit": {"one linear form", "power and linear", "one output"}}
    assert "generic" not in kinds
    for kind, y in found.items():
        expected = bool({kind, *smaller.get(kind, set())} & kinds)
        assert points.is_smooth(y) != expected, kind


@pytest.mark.slow
@pytest.mark.parametrize("spec", ["mlp:2,2,1:x^4+x", "mlp:2,2,2:x^2+x"])
def test_the_theorem_agrees_with_macaulay2(spec):
    by_theorem = NeuroManifold(spec).singular_locus()
    by_minors = NeuroManifold(spec, method="elimination", seed=1, timeout=600).singular_locus()
    assert by_minors.completeness == "proved, trusting macaulay2"
    assert sorted((c.dimension, c.degree) for c in by_theorem.value) == sorted(
        (c.dimension, c.degree) for c in by_minors.value)


@pytest.mark.parametrize("spec, kinds", [
    ("mlp:3,2,2:x^2:bias", {"linear", "one linear form"}),
    ("mlp:2,2,2:x^2+x", {"linear", "one unit"}),
    ("mlp:2,2,3:x^2:bias", {"linear", "one output"}),
    ("mlp:3,2,3:x^3+x", {"linear", "one linear form", "power and linear"}),
    ("mlp:2,2,1:x^4+x", {"power and linear"})])
def test_components_of_models(spec, kinds):
    locus = NeuroManifold(spec).singular_locus()
    assert locus.completeness == "proved" and verified(locus).trust == ()
    assert {part["kind"] for part in locus.certificate["claim"]["value"]} == kinds


def test_equations_of_components_hold_where_they_must():
    """On c ℓ^2 + c' ℓ, and on linear functions, with any constants; and not on M."""
    manifold = NeuroManifold("mlp:3,2,2:x^2:bias")
    coordinates, generator = list(manifold.model.coordinates()), random.Random(1)

    def point(first: int, second: int, same: bool) -> list[int]:
        c, other, form, further = ([generator.randrange(1, 50) for _ in range(k)]
                                   for k in (2, 2, 3, 3))
        pair = [(c, form, first), (other, form if same else further, second)]
        return [sum(x[j] * (2 if max(e) == 1 and d == 2 else 1) * prod(map(pow, f, e))
                    for x, f, d in pair if d == sum(e)) if any(e) else generator.randrange(50)
                for j, e in coordinates]

    linear, narrow = manifold.singular_locus().value
    for y, components in ((point(2, 1, True), [narrow]), (point(1, 1, False), [linear]),
                          (point(2, 2, False), []), (point(2, 1, False), [])):
        for part in (linear, narrow):
            assert (part in components) == (not any(evaluate(g, y, PRIME)
                                                    for g in part.generators))


@pytest.mark.parametrize("spec", [
    "mlp:2,3,3:x^2:bias", "mlp:2,2,2:x^3+x^2", "mlp:2,2,2:x^3+x:bias", "mlp:3,2,1:x^2:bias",
    "mlp:3,2,1:x^3+x", "mlp:2,2,2:x^3", "mlp:1,2,4:x^3+x", "mlp:2,2,2,2:x^2"])
def test_other_models_are_refused(spec):
    model = parse_spec(spec)
    trial = NeuroManifold(model).dimension().certificate["evidence"]["trials"][0]
    with pytest.raises(CertificateError):
        two_units(Model(model.describe()), trial)


@pytest.mark.parametrize("key, value", [
    ("multiplicity", 2), ("degree", 5), ("dimension", 7), ("kind", "one unit"), ("further", 1)])
def test_a_false_claim_is_rejected(key, value):
    good = NeuroManifold("mlp:3,2,2:x^2:bias").singular_locus().certificate
    claim = [good["claim"]["value"][0], good["claim"]["value"][1] | {key: value}]
    with pytest.raises(CertificateError):
        verify(certificate(good["model"], "singular_locus", claim, "proved", [],
                           good["evidence"], {}))


def test_a_changed_certificate_claims_nothing_else():
    certificates = [json.loads(json.dumps(NeuroManifold(spec).singular_locus().certificate))
                    for spec in ("mlp:2,2,2:x^3+x", "mlp:3,2,2:x^2:bias")]
    assert_changes_are_implied(certificates, random.Random(1), 300)
