"""Degrees and ideals of smaller models with the same neurovariety."""

from __future__ import annotations

import copy
import random

import pytest
from implied import assert_changes_are_implied

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.equations.same_variety import degree_of_another, generic_layers


@pytest.mark.parametrize(("spec", "degree"), [
    ("mlp:2,3,1,1,2,1:x^2", 64),  # c q^8, q a form on P^2
    ("mlp:2,3,3,3,1,3:x^2", 11520),  # v (x) q^2, of P^2 x P^8
    ("mlp:2,2,1,1:x^2", 4)])
def test_what_is_too_large_to_be_expanded_has_a_degree(spec: str, degree: int) -> None:
    M = NeuroManifold(spec, seed=1)
    found = degree_of_another(M.model, M.dimension, 1)
    assert found is not None and found.data == degree and not found.trust
    verify(found.certificate)


def test_the_degree_is_asked_there() -> None:
    M = NeuroManifold("mlp:2,3,1,1,2,1:x^2", seed=1)
    with pytest.raises(LimitReached):
        M.parametrization()
    assert M.degree() == 64 and M.degree().qualified_status() == "proved"


def test_the_ideal_is_the_same() -> None:
    M = NeuroManifold("mlp:2,2,1,1:x^2", seed=1)
    same = generic_layers(M.model, M.dimension, 1)
    assert same is not None
    found = same.ideal(M.model, NeuroManifold(same.model, seed=1).ideal())
    assert found.value == M.ideal().value
    verify(found.certificate)


def test_larger_models_of_larger_dimension_are_others() -> None:
    M = NeuroManifold("mlp:2,1,1,2:x^2", seed=1)
    same = generic_layers(M.model, M.dimension, 1)
    assert same is None or NeuroManifold(same.model, seed=2).dimension() == M.dimension()
    certificate = copy.deepcopy(degree_of_another(
        *(lambda N: (N.model, N.dimension))(NeuroManifold("mlp:2,2,1,1:x^2", seed=1)), 1
    ).certificate)
    certificate["evidence"]["same_variety"]["segments"] = [[0, 5]]
    certificate["digest"] = digest(certificate)
    with pytest.raises(CertificateError):
        verify(certificate)


def test_changes_are_implied() -> None:
    M = NeuroManifold("mlp:2,2,1,1:x^2", seed=1)
    same = generic_layers(M.model, M.dimension, 1)
    certificates = [degree_of_another(M.model, M.dimension, 1).certificate,
                    same.ideal(M.model, NeuroManifold(same.model, seed=1).ideal()).certificate]
    assert assert_changes_are_implied(certificates, random.Random(3), 200) < 150
