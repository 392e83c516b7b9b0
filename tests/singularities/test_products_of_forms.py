"""Singular loci of varieties of products of powers of forms."""

from __future__ import annotations

import itertools
import json
import random
from collections import defaultdict

import pytest
from flint import nmod_mat, nmod_poly
from implied import assert_changes_are_implied

from neuroalg_sage import NeuroManifold, from_expressions, verify
from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.certificates.singularities.products_of_forms import ProductOfForms
from neuroalg_sage.invariants.singularities.products_of_forms import products_of_forms


def verified(invariant):
    return verify(json.loads(json.dumps(invariant.certificate)))


def partitions(n: int, most: int | None = None):
    if n == 0:
        yield ()
    for first in range(min(n, most or n), 0, -1):
        yield from ((first, *rest) for rest in partitions(n - first, first))


def is_coarser(one, other) -> bool:
    """Whether the parts of one partition are sums of those of another one."""
    if not one:
        return not other
    return any(sum(chosen) == one[0] and is_coarser(one[1:], tuple(
        b for i, b in enumerate(other) if i not in places))
        for k in range(1, len(other) + 1) for places in itertools.combinations(range(len(other)), k)
        for chosen in [[other[i] for i in places]])


def projective(size: int, p: int):
    return [x for x in itertools.product(range(p), repeat=size)
            if next(filter(None, x), 0) == 1]


@pytest.mark.parametrize("factors, p", [
    (((1, 1), (1, 2)), 7), (((2, 2), (1, 1)), 7), (((1, 1), (1, 2), (1, 3)), 7),
    (((2, 1), (1, 3)), 7), (((1, 2), (2, 3)), 11), (((2, 1), (2, 2)), 5)])
def test_binary_forms_over_a_finite_field(factors, p):
    """
    All products over GF(p) that have all their roots there: f is not injective, or ramified,
    over those whose multiplicities are sums of those of a component.
    """
    components = [tuple(sorted((e for _, e in part["factors"][:-1]), reverse=True))
                  for part in ProductOfForms(2, 1, factors, 0).singular_locus()]
    fibers = defaultdict(list)
    for point in itertools.product(*(projective(a + 1, p) for a, _ in factors)):
        forms = [nmod_poly(list(x), p) for x in point]  # of degree at most a: infinity is a root
        product, tangents = nmod_poly([1], p), []
        for q, (_, r) in zip(forms, factors):
            product *= q**r
        for q, (a, r) in zip(forms, factors):
            others = nmod_poly([1], p)
            for h, (_, e) in zip(forms, factors):
                others *= h ** (e if h is not q else r - 1)
            tangents += [others * nmod_poly([0] * k + [1], p) for k in range(a + 1)]
        total = sum(a * r for a, r in factors)
        rows = [[int(h[k]) for k in range(total + 1)] for h in tangents]
        rank = nmod_mat(rows, p).rank()
        _, roots = product.factor()
        if all(q.degree() == 1 for q, _ in roots):
            at_infinity = total - product.degree()
            kind = tuple(sorted([*(k for _, k in roots), *[at_infinity] * (at_infinity > 0)],
                                reverse=True))
            image = product / product.leading_coefficient()
            fibers[tuple(map(int, image.coeffs()))].append((kind, rank))
    dimension = sum(a for a, _ in factors) + 1
    kinds = set()
    for fiber in fibers.values():
        ((kind,),) = [{kind for kind, _ in fiber}]
        bad = len(fiber) > 1 or any(rank < dimension for _, rank in fiber)
        assert bad == any(is_coarser(kind, part) for part in components)
        kinds.add((kind, bad))
    assert {bad for _, bad in kinds} == {True, False}


@pytest.mark.parametrize("text, parameters", [
    ("(a*x + b*y)*(c*x + d*y)**2", "a b c d"),
    ("(a*x + b*y)*(c*x + d*y)**3", "a b c d")])
def test_the_theorem_agrees_with_macaulay2(text, parameters):
    """Multiple root loci: binary cubics with a double root, and quartics with a triple one."""
    model = from_expressions(text, parameters, "x y")
    by_theorem = NeuroManifold(model).singular_locus()
    by_minors = NeuroManifold(model, method="elimination", seed=1).singular_locus()
    assert by_theorem.completeness == "proved" and verified(by_theorem).trust == ()
    assert [(c.dimension, c.degree) for c in by_theorem.value] == [
        (c.dimension, c.degree) for c in by_minors.value]


def test_the_singular_locus_of_products_of_linear_forms():
    """Products with a square: of the degree that residues on P^2 x P^2 give."""
    (component,) = NeuroManifold("attention:d=3,a=1,out=1,t=1").singular_locus().value
    squares = NeuroManifold(from_expressions(
        "(a*x + b*y + c*z)*(d*x + e*y + f*z)**2", "a b c d e f", "x y z"))
    assert (component.dimension, component.degree) == (squares.dimension(), squares.degree())


def test_a_state_of_width_one_needs_no_expansion():
    locus = NeuroManifold("mlp:2,3,3,3,1,3:x^2").singular_locus()
    (component,) = locus.value
    assert component.dimension == 0 and verified(locus).trust == ()
    narrow = NeuroManifold("mlp:2,2,1,2:x^2")
    assert narrow.singular_locus().value[0].multiplicity == narrow.degree()


def test_what_is_not_dense_in_all_products_is_not_decided():
    for spec in ("mlp:3,2,1,2:x^2", "mlp:2,2,3:x^2+x", "mlp:2,1,2:x^2:bias", "cnn:2,2:x^2"):
        model = NeuroManifold(spec)
        trial = model.dimension().certificate["evidence"]["trials"][0]
        with pytest.raises(CertificateError):
            products_of_forms(model.model, trial)
    with pytest.raises(CertificateError):  # x^2 y^2 z^2 is a square of two kinds
        ProductOfForms(2, 1, ((1, 1), (1, 1)), 0).singular_locus()


def test_products_with_other_factors_are_refused():
    """q_1 q_2^2 where a square is a q_1: finite to one, but not one orbit where it is generic."""
    for factors in (((3, 2), (2, 3)), ((2, 1), (1, 2), (1, 3))):
        found = ProductOfForms(2, 1, factors, 0)
        assert all(part["dimension"] < found.dimension for part in found.singular_locus())
    assert ProductOfForms(2, 1, ((2, 1), (2, 2)), 0).degree == 24  # of P^2 x P^2


@pytest.mark.parametrize("key, value", [
    ("multiplicity", 3), ("degree", 5), ("dimension", 2), ("factors", [[1, 3]]), ("further", 1)])
def test_a_false_claim_is_rejected(key, value):
    good = NeuroManifold("glu:widths=2x1x2:x^2").singular_locus().certificate
    claim = [good["claim"]["value"][0] | {key: value}]
    with pytest.raises(CertificateError):
        verify(certificate(good["model"], "singular_locus", claim, "proved", [],
                           good["evidence"], {}))


def test_a_changed_certificate_claims_nothing_else():
    certificates = [json.loads(json.dumps(NeuroManifold(spec).singular_locus().certificate))
                    for spec in ("glu:widths=2x1x2:x^2", "attention:d=2,a=2,out=2,t=1",
                                 "mlp:2,2,1,2:x^2")]
    assert_changes_are_implied(certificates, random.Random(1), 300)
