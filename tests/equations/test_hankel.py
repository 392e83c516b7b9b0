"""State-space models: Hankel matrices of bounded rank, by elimination and by evaluation."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from flint import fmpq_mat, fmpz_mat

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.equations.hankel import state_size
from neuroalg_sage.certificates.model import Model as RebuiltModel
from neuroalg_sage.descriptions.hankel import hankel_matrices
from neuroalg_sage.models.computation_graphs import ComputationGraph
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import Dense
from neuroalg_sage.models.model import Model


@pytest.mark.parametrize(("steps", "states", "degree"), [
    (5, 2, 3), (7, 2, 10), (7, 3, 4), (9, 4, 5), (3, 1, 2), (6, 1, 5), (13, 3, 120), (40, 2, 703)])
def test_dimension_and_degree_are_those_of_secant_varieties(steps, states, degree) -> None:
    """2n, and binomial(T - n, n)."""
    m = NeuroManifold(f"ssm:state={states},steps={steps}")
    found = m.dimension()
    assert (found, found.status) == (2 * states, "proved") and verify(found.certificate)
    found = m.degree()
    assert (found, found.status) == (degree, "proved") and degree == comb(steps - states, states)
    assert verify(found.certificate).value == degree
    # The Hilbert polynomial has the degree and the dimension.
    coefficients = m.hilbert_polynomial().data
    assert len(coefficients) == 2 * states
    if steps < 10:
        assert "Hankel" in str(m.descriptions().data[0])


@pytest.mark.parametrize(("spec", "states"), [
    ("ssm:state=2,steps=5", 2), ("ssm:state=1,steps=4,matrix=diagonal", 1),
    ("ssm:state=2,steps=6,matrix=diagonal", 2), ("rnn:state=2,steps=5:x", 2)])
def test_the_ideal_by_the_theorem_is_that_by_elimination(spec: str, states: int) -> None:
    named = NeuroManifold(spec, method="description")
    plain = NeuroManifold(spec, method="elimination")
    assert named.ideal().trust == ["theorem: Eisenbud (1988)"]
    assert verify(named.ideal().certificate)
    assert named.ideal().value == plain.ideal().value
    assert named.degree() == plain.degree()
    assert named.hilbert_polynomial() == plain.hilbert_polynomial()


@pytest.mark.parametrize(("steps", "states"), [(7, 3), (9, 4)])
def test_minors_vanish_on_the_model_and_not_elsewhere(steps: int, states: int) -> None:
    model, generator = parse_spec(f"ssm:state={states},steps={steps}"), random.Random(steps)
    w = [generator.randint(-3, 3) for _ in range(model.parameter_count)]
    z = [model.apply(np.array(w, object), np.array([int(i == k) for i in range(steps)], object),
                     int)[0] for k in range(steps)]
    minors = hankel_matrices(model, 2 * states, {}).minors()

    def value(f, point) -> Fraction:
        return sum(c * np.prod([Fraction(x)**k for x, k in zip(point, e)]) for e, c in f.items())

    assert not any(value(f, z) for f in minors)
    assert any(value(f, [generator.randint(-9, 9) for _ in range(steps)]) for f in minors)
    # The tangent space of the minors at that point has the dimension of M.
    rows = [[value({(*e[:j], e[j] - 1, *e[j + 1:]): c * e[j] for e, c in f.items() if e[j]}, z)
             for j in range(steps)] for f in minors]
    assert fmpq_mat([[int(c) for c in row] for row in rows]).rank() == steps - 2 * states
    assert fmpz_mat([[int(z[i + j]) for j in range(steps - states)] for i in range(states + 1)]
                    ).rank() == states


@pytest.mark.parametrize("spec", [
    "ssm:state=2,steps=5,direct=1", "ssm:state=2,steps=5,readout=all", "rnn:state=2,steps=3:x^2",
    "ssm:state=2,steps=5,inputs=2", "ssm:state=2,steps=3,selective=1", "linear:5,2,1",
    "rnn:state=2,steps=5,bias=1:x", "rnn:state=2,steps=5:2*x", "ssm:state=2,steps=4"])
def test_other_models_are_not_recognized(spec: str) -> None:
    assert hankel_matrices(parse_spec(spec), 4, {}) is None


def test_maps_that_are_not_the_same_are_no_recurrence() -> None:
    """Each step with a matrix of its own: any sequence of numbers is a kernel."""
    model = parse_spec("ssm:state=1,steps=4")
    (graph,) = model.layers
    free = ComputationGraph(graph.input_shape, graph.layers, graph.sources)
    other = Model((free,), model.input_shape)
    assert other.parameter_count > model.parameter_count
    with pytest.raises(CertificateError, match="no recurrence"):
        state_size(RebuiltModel(other.describe()))
    assert NeuroManifold(other).dimension() == 4
    assert hankel_matrices(other, 2, {}) is None
    assert hankel_matrices(Model((Dense(4, 1),), (4,)), 2, {}) is None


def test_forged_claims_about_hankel_matrices_are_refused() -> None:
    m = NeuroManifold("ssm:state=2,steps=7", method="description")
    degree = m.degree().certificate
    assert verify(degree).value == 10
    wrong = json.loads(json.dumps(degree))
    for value in (9, 11, 15):
        with pytest.raises(CertificateError):
            verify(certificate(wrong["model"], "degree", value, "proved", wrong["trust"],
                               wrong["evidence"], {}))
    # As many steps as let all sequences be kernels, and a graph with one map that is not shared.
    for spec in ("ssm:state=3,steps=6", "ssm:state=4,steps=7"):
        description = parse_spec(spec).describe()
        with pytest.raises(CertificateError):
            verify(certificate(description, "degree", 1, "proved", wrong["trust"],
                               wrong["evidence"], {}))
    with pytest.raises(CertificateError):
        verify(certificate(wrong["model"], "degree", 10, "proved", [], wrong["evidence"], {}))
