"""Singular loci of images of products of projective spaces."""

from __future__ import annotations

import itertools
import json
import random
from collections import defaultdict

import pytest
from implied import assert_changes_are_implied

from neuroalg_sage import NeuroManifold, from_expressions, verify
from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.certificates.singularities.images_of_products import segre_class
from neuroalg_sage.invariants.singularities.images_of_products import image_of_product
from neuroalg_sage.models.expressions import evaluate


def verified(invariant):
    return verify(json.loads(json.dumps(invariant.certificate)))


def summary(locus):
    return [(c.dimension, c.degree, c.multiplicity) for c in locus.value]


@pytest.mark.parametrize("spec", ["cnn:2,2:x^2", "cnn:2,2:x^3", "mlp:1,1,2:x^2:bias",
                                  pytest.param("mlp:2,1,2:x^3+x", marks=pytest.mark.slow)])
def test_the_theorem_agrees_with_macaulay2_and_the_tangent_cone(spec):
    by_theorem = NeuroManifold(spec).singular_locus()
    by_minors = NeuroManifold(spec, method="elimination", seed=1).singular_locus()
    assert by_theorem.completeness == "proved" and verified(by_theorem).trust == ()
    assert summary(by_theorem) == summary(by_minors)


@pytest.mark.parametrize("spec, p", [("cnn:2,2:x^2", 7), ("cnn:3,2:x^2", 5), ("cnn:2,3:x^3", 5),
                                     ("cnn:2,2,2:x^2", 5), ("cnn:3s2,2:x^2", 5),
                                     ("cnn:2x2,2x1:x^2", 3)])
def test_fibers_over_a_finite_field_are_the_crossings(spec, p):
    """All points of the product over GF(p), and how many have the same image."""
    model = NeuroManifold(spec)
    locus = model.singular_locus()
    assert verified(locus).trust == ()
    blocks = locus.certificate["evidence"]["blocks"]
    phi = model.parametrization().polynomials
    spaces = [[x for x in itertools.product(range(p), repeat=len(block))
               if next(filter(None, x), 0) == 1] for block in blocks]
    fibers = defaultdict(list)
    for point in itertools.product(*spaces):
        w = [0] * model.model.parameter_count
        for block, x in zip(blocks, point):
            for v, c in zip(block, x):
                w[v] = c
        image = [evaluate(f, w, p) for f in phi]
        inverse = pow(next(filter(None, image)), -1, p)
        fibers[tuple(c * inverse % p for c in image)].append(w)
    claims = locus.certificate["claim"]["value"]
    domains = [({*c["parameters"]}, c["multiplicity"]) for c in claims if c["parameters"]]
    seen = set()
    for fiber in fibers.values():
        inside = [m for domain, m in domains for w in fiber
                  if {v for v, c in enumerate(w) if c} <= domain]
        assert (len(fiber) > 1) == bool(inside)
        generic = [m for domain, m in domains for w in fiber
                   if {v for v, c in enumerate(w) if c} == domain]
        seen.update((m, len(fiber)) for m in generic)
    assert all(m == size for m, size in seen) and bool(seen) == bool(domains)


def test_the_degree_of_a_component_is_that_of_the_smaller_network():
    locus = NeuroManifold("cnn:3,4:x^2").singular_locus()
    smaller = NeuroManifold("cnn:2,3:x^2")
    (component,) = locus.value
    assert component.fills == ("cnn:2,3:x^2 at 1",)
    assert (component.dimension, component.degree) == (smaller.dimension(), smaller.degree())


def test_subnetworks_with_tied_parameters_do_not_fill_a_component():
    model = from_expressions("a^2*c*x0 + a*b*c*x1 + b^2*c*x2 + a^2*d*x2 + a*b*d*x3 + b^2*d*x4"
                             " + a^2*e*x4 + a*b*e*x5 + b^2*e*x6", "a b c d e",
                             "x0 x1 x2 x3 x4 x5 x6")
    (component,) = NeuroManifold(model).singular_locus()
    assert (component.dimension, component.degree, component.multiplicity) == (2, 1, 2)
    assert component.fills == ("a = e = 0",)  # and not c = d besides, which is a line


@pytest.mark.parametrize("spec", ["mlp:3,1,3:x^3+x", "resnet:width=3,hidden=1,blocks=1:x^2",
                                  "mlp:3,1,2:x^2:bias"])
def test_only_the_vertex_of_a_cone_over_an_embedding(spec):
    model = NeuroManifold(spec)
    (component,) = model.singular_locus().value
    assert component.multiplicity == model.degree() and component.degree == 1
    assert len(component.generators) == model.ambient_dimension().value - component.dimension


def test_segre_classes_are_degrees():
    assert segre_class([3, 3], [[1, 1]]) == 6  # P^2 x P^2
    assert segre_class([2], [[1], [1]]) == 2  # a quadric
    assert segre_class([2], [[1], [2]]) == 3  # a cubic scroll
    assert segre_class([3], [[2]]) == 4  # the Veronese surface


@pytest.mark.parametrize("text, parameters", [
    # A cuspidal cubic; and, of products of three linear forms, with six sheets.
    ("a**3*x**2 + a*b**2*x*y + b**3*y**2", "a b"),
    ("(a*x + b*y + c*z)*(d*x + e*y + f*z)*(g*x + h*y + i*z)", "a b c d e f g h i")])
def test_what_is_ramified_or_of_several_sheets_is_not_decided(text, parameters):
    model = NeuroManifold(from_expressions(text, parameters, "x y z"[:3 + 2 * ("z" in text)]))
    trial = model.dimension().certificate["evidence"]["trials"][0]
    with pytest.raises(CertificateError):
        image_of_product(model.model, trial)


def test_a_changed_certificate_claims_nothing_else():
    certificates = [json.loads(json.dumps(NeuroManifold(spec).singular_locus().certificate))
                    for spec in ("cnn:2,2:x^2", "cnn:3,2:x^2", "mlp:2,1,2:x^2:bias")]
    assert_changes_are_implied(certificates, random.Random(1), 300)


@pytest.mark.parametrize("key, value", [
    ("multiplicity", 3), ("degree", 2), ("dimension", 0), ("parameters", [0, 2]), ("further", 1)])
def test_a_false_claim_is_rejected(key, value):
    good = NeuroManifold("cnn:2,2:x^2").singular_locus().certificate
    claim = [good["claim"]["value"][0] | {key: value}]
    with pytest.raises(CertificateError):
        verify(certificate(good["model"], "singular_locus", claim, "proved", [],
                           good["evidence"], {}))


def test_coincidences_may_not_be_left_out():
    good = NeuroManifold("cnn:2,2,2:x^2").singular_locus().certificate
    evidence = good["evidence"]
    assert len(evidence["coincidences"]) > 1
    for k in range(len(evidence["coincidences"])):
        fewer = [c for i, c in enumerate(evidence["coincidences"]) if i != k]
        for value in (good["claim"]["value"], []):
            with pytest.raises(CertificateError):
                verify(certificate(good["model"], "singular_locus", value, "proved", [],
                                   evidence | {"coincidences": fewer}, {}))


def test_beside_a_skip_connection_the_singular_locus_is_moved():
    model = NeuroManifold("resnet:width=3,hidden=2,blocks=1:x^2")
    locus, inner = model.singular_locus(), NeuroManifold("mlp:3,2,3:x^2").singular_locus()
    assert summary(locus) == summary(inner) == [(7, 45, 2)] and verified(locus).trust == ()
    good = locus.certificate
    (component,) = locus.value
    phi, generator = model.parametrization().polynomials, random.Random(1)
    w = [generator.randrange(100) for _ in range(model.model.parameter_count)]
    w[3:6] = [2 * a for a in w[:3]]  # both hidden units read the same form
    image = [evaluate(f, w, 10007) for f in phi]
    assert not any(evaluate(g, image, 10007) for g in component.generators)
    for description in (NeuroManifold("mlp:3,2,3:x^2").certificate("singular_locus")["model"],
                        NeuroManifold("resnet:width=3,hidden=2,blocks=2:x^2").model.describe()):
        with pytest.raises(CertificateError):
            verify(certificate(description, "singular_locus", good["claim"]["value"], "proved",
                               [], good["evidence"], {}))


@pytest.mark.parametrize("spec, changes", [
    ("cnn:2,2:x^2", [{"dimension": True}, {"degree": 1.0}, {"multiplicity": 2.0},
                     {"parameters": [False, 3]}]),
    ("glu:widths=2x1x2:x^2", [{"factors": [[1.0, 3.0], [0.0, 0.0]]}])])
def test_what_only_python_calls_equal_is_rejected(spec, changes):
    good = json.loads(json.dumps(NeuroManifold(spec).singular_locus().certificate))
    for change in changes:
        (key,) = change
        component, *others = good["claim"]["value"]
        assert key in component
        with pytest.raises(CertificateError):
            verify(certificate(good["model"], "singular_locus", [component | change, *others],
                               "proved", [], good["evidence"], {}))
