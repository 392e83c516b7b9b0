"""Identifiability: published answers, another engine, and certificates that cannot be bent."""

from __future__ import annotations

import copy
import json

import pytest
from test_certificates import accepted_mutants

from neuroalg_sage import NeuroManifold, compose, from_expressions, verify
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.hidden_states import known_group
from neuroalg_sage.models.layers import Activation, Dense
from neuroalg_sage.models.parametrization import parametrization

ONE_ORBIT = [
    "mlp:2,2,3:x^2", "mlp:2,2,2:x^3", "mlp:3,2,2:x^2", "linear:2,1,2", "linear:3,2,3",
    "linear:3,2,2,3", "cnn:3,2:x^2", "cnn:2,2:x^3-x", "mlp:1,1,1:x^3-x", "mlp:1,1,2:x^4+x^2",
    # Sylvester: a binary quartic of rank 2 is a sum of powers in one way.
    "mlp:2,2,1:x^4",
    # N. W. Henry, G. L. Marchetti, K. Kohn, arXiv:2408.17221: one layer, but for scalings.
    "attention:d=2,a=1,out=2,t=2", "attention:d=2,a=2,out=2,t=2",
]


@pytest.mark.parametrize("spec", ONE_ORBIT)
def test_identifiable_models_are_proved_by_the_checker_alone(spec: str) -> None:
    manifold = NeuroManifold(spec)
    answer = manifold.is_identifiable()
    assert answer.value is True and answer.status == "proved" and answer.trust == []
    verdict = verify(json.loads(json.dumps(answer.certificate)))
    assert verdict.value is True and verdict.trust == ()
    fiber = manifold.generic_fiber()
    assert fiber.dimension == manifold.model.parameter_count - manifold.dimension().value
    assert fiber.points == fiber.symmetries == known_group(manifold.model).finite_order()
    verify(fiber.certificate)


def test_a_symmetry_that_is_not_known_is_counted() -> None:
    """With one output and heads of width 1, values and keys can be exchanged."""
    manifold = NeuroManifold("attention:d=2,a=1,out=1,t=2")
    fiber = manifold.generic_fiber()
    assert (fiber.points, fiber.symmetries) == (2, 1) and fiber.trust == ["macaulay2"]
    assert verify(fiber.certificate).trust == ("macaulay2",)
    assert manifold.is_identifiable().value is False and manifold.is_finitely_identifiable()
    model, w = manifold.model, [3, 5, 7, 11, 13, 17]
    exchanged = [3, 5, 13, 17, 7, 11]
    phi = parametrization(model)
    for polynomial in phi.polynomials:
        values = [sum(c * v[0]**e[0] * v[1]**e[1] * v[2]**e[2] * v[3]**e[3] * v[4]**e[4]
                      * v[5]**e[5] for e, c in polynomial.items()) for v in (w, exchanged)]
        assert values[0] == values[1]


@pytest.mark.parametrize("spec", ["mlp:3,2,1:x^2", "mlp:2,2,2,1:x^2", "mlp:1,2,1:x^3"])
def test_models_that_lose_dimension_are_not_finitely_identifiable(spec: str) -> None:
    manifold = NeuroManifold(spec)
    for answer in (manifold.is_finitely_identifiable(), manifold.is_identifiable()):
        assert answer.value is False and answer.trust == []
        assert verify(answer.certificate).value is False
    fiber = manifold.generic_fiber()
    assert fiber.points is None and verify(fiber.certificate).value == [fiber.dimension]


@pytest.mark.parametrize("spec", ["mlp:2,2,3:x^2", "cnn:3,2:x^2", "attention:d=2,a=1,out=1,t=2",
                                  "mlp:1,1,2:x^4+x^2"])
def test_singular_counts_as_many_points_in_a_random_fiber(spec: str) -> None:
    import sage.all__sagemath_modules  # noqa: F401
    import sage.all__sagemath_singular  # noqa: F401
    from sage.rings.finite_rings.finite_field_constructor import GF
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing

    manifold = NeuroManifold(spec)
    group = known_group(manifold.model)
    values = {p: v for block in group.blocks for p, v in block.values().items()}
    free = [i for i in range(manifold.model.parameter_count) if i not in values]
    field = GF(32003)
    ring = PolynomialRing(field, [f"w{i}" for i in free])
    images = [ring({e: field(c.numerator) / field(c.denominator) for e, c in p.items()})
              for p in manifold.parametrization().restrict(values)]
    point = [field(101 + 977 * i * i) for i in range(len(free))]
    fiber = ring.ideal([image - image(point) for image in images])
    assert fiber.dimension() == 0
    assert fiber.vector_space_dimension() == manifold.generic_fiber().points


def test_the_known_groups() -> None:
    assert str(NeuroManifold("mlp:2,3,2:x^2").symmetries()) == "(C*)^3 x| S_3"
    assert str(NeuroManifold("linear:3,2,3").symmetries()) == "GL(2)"
    assert str(NeuroManifold("mlp:2,2,2:x^4+x^2").symmetries()) == "(mu_2)^2 x| S_2"
    assert str(NeuroManifold("mlp:2,2,2:x^2+x").symmetries()) == "S_2"
    with pytest.raises(InputError, match="no chain"):
        NeuroManifold(from_expressions(["a*x"], ["a"], ["x"])).symmetries()


@pytest.mark.parametrize("model", [
    parse_spec("mlp:2,2,2:x^3-x"), parse_spec("mlp:1,2,2,1:x^3+x:bias"),
    parse_spec("cnn:2c2,2:x^3"),
    compose([Dense(2, 2), Activation("x^3+x"), Activation("x^4+x^2"), Dense(2, 1)]),
    compose([Dense(1, 3), Activation("x^5-x^2"), Dense(3, 1)]),
], ids=str)
def test_every_finite_symmetry_leaves_the_parametrization_unchanged(model) -> None:
    phi = parametrization(model)
    symmetries = list(known_group(model).finite_symmetries())
    assert len(symmetries) == known_group(model).finite_order()
    assert len({(s.permutation, s.weights) for s in symmetries}) == len(symmetries)
    for s in symmetries:
        for polynomial in phi.polynomials:
            image = {}
            for exponents, c in polynomial.items():
                assert sum(k * w for k, w in zip(exponents, s.weights)) % s.order == 0
                moved = [0] * len(exponents)
                for i, k in enumerate(exponents):
                    moved[s.permutation[i]] = k
                image[tuple(moved)] = c
            assert image == polynomial


def test_what_is_too_large_to_be_exact_is_counted_without_a_claim(monkeypatch) -> None:
    from neuroalg_sage.invariants import generic_fiber

    def too_long(*arguments):
        raise LimitReached("too long")

    monkeypatch.setattr(generic_fiber, "_relations", too_long)
    fiber = NeuroManifold("mlp:2,2,2:x^3", seed=3).generic_fiber()
    assert fiber.points == 2 and fiber.status == "numerical" and fiber.certificate is None


def test_claims_about_fibers_cannot_be_bent() -> None:
    import random

    generator = random.Random(11)
    originals = [NeuroManifold(spec).generic_fiber().certificate
                 for spec in ("mlp:2,2,2:x^3", "linear:3,2,3", "mlp:1,1,1:x^3-x")]
    originals += [NeuroManifold("mlp:2,2,3:x^2").is_identifiable().certificate]
    accepted = list(accepted_mutants(originals, 300, generator))
    assert not [where for _, _, where, _ in accepted if where[0] in ("claim", "status", "trust")]
    assert len(accepted) < 150


def test_too_few_relations_or_a_false_symmetry_are_found_out() -> None:
    good = NeuroManifold("mlp:2,2,2:x^3").generic_fiber().certificate
    for change in ("relation", "symmetry", "block", "twice"):
        data = copy.deepcopy(good)
        evidence = data["evidence"]
        if change == "relation":
            evidence["relations"].pop()
        elif change == "symmetry":
            evidence["finite"][1]["permutation"] = [1, 0, *range(2, 8)]
        elif change == "block":
            evidence["blocks"][0]["coordinates"] = [[4]]
        else:
            evidence["finite"][1] = evidence["finite"][0]
        data["digest"] = digest(data)
        with pytest.raises(CertificateError):
            verify(data)
