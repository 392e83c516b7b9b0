"""Hypersurfaces whose equation is a root of a determinant: known degrees, equations, forgeries."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest
from flint import nmod_mat
from implied import assert_changes_are_implied

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.cli import main
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.equations.determinants import (
    PRIME,
    RootOfDeterminant,
    determinantal_evidence,
)

# Degrees of Strassen's, Clebsch's and Sylvester's, and Ottaviani's equations.
DEGREES = {"mlp:4,5,3:x^2": 6, "mlp:6,8,3:x^2": 9, "mlp:3,5,1:x^4": 6, "mlp:4,9,1:x^4": 10,
           "mlp:5,14,1:x^4": 15, "mlp:5,7,1:x^3": 15}


@pytest.mark.parametrize("spec", DEGREES)
def test_known_degrees_are_proved_and_nothing_is_trusted(spec: str) -> None:
    M = NeuroManifold(spec, seed=1, cache=False)
    degree, polynomial, ideal = M.degree(), M.hilbert_polynomial(), M.ideal()
    assert degree.data == DEGREES[spec]
    for found in (degree, polynomial, ideal):
        verify(found.certificate)
        assert found.status == "proved" and not found.trust
    assert isinstance(ideal, RootOfDeterminant) == (spec != "mlp:3,5,1:x^4")


@pytest.mark.parametrize("spec", ["mlp:2,3,1:x^6", "mlp:4,3,1:x^2",
                                  pytest.param("mlp:3,5,1:x^4", marks=pytest.mark.slow)])
def test_the_equation_is_that_of_another_method(spec: str) -> None:
    M = NeuroManifold(spec, seed=1, cache=False)
    other = NeuroManifold(spec, seed=1, cache=False, method="equivariant")
    assert "determinant" in M.ideal().method
    assert M.ideal().value == other.ideal().value
    assert M.degree().data == other.degree().data
    assert M.hilbert_polynomial().data == other.hilbert_polynomial().data


def test_the_rank_is_bounded_on_the_image_and_not_elsewhere() -> None:
    """By the model as its layers compute it, and the matrix as it is claimed."""
    M = NeuroManifold("mlp:6,8,3:x^2", seed=1, cache=False)
    found, generator = M.ideal(), np.random.default_rng(1)
    phi = M.parametrization().polynomials
    w = generator.integers(1, PRIME, (1, M.model.parameter_count))
    for z, rank in ((modular.evaluate_polynomials(phi, w, PRIME)[0], 16),
                    (generator.integers(1, PRIME, len(phi)), 18)):
        matrix = nmod_mat(18, 18, PRIME)
        for i, j, k, c in found.data["matrix"]:
            numerator, _, denominator = c.partition("/")
            matrix[i, j] = int(numerator) * pow(int(denominator or 1), -1, PRIME) * int(z[k])
        assert matrix.rank() == rank
    assert found.value.nrows() == 18 and found.plain_value()["power"] == 2


@pytest.mark.parametrize("spec", [
    "mlp:3,4,1:x^4", "mlp:3,3,3:x^2", "mlp:2,3,2:x^3", "mlp:2,3,1:x^4", "mlp:2,3,1:x^6+x"])
def test_what_is_no_such_hypersurface(spec: str) -> None:
    M = NeuroManifold(spec, seed=1, cache=False)
    assert M._determinantal() is None


def test_questions_that_need_the_equation_say_what_is_known() -> None:
    M = NeuroManifold("mlp:4,5,3:x^2", seed=1, cache=False)
    for ask in (M.equations, M.singular_locus, lambda: M.check_ideal(None)):
        with pytest.raises(LimitReached, match="determinant of a matrix of size 12"):
            ask()


@pytest.mark.slow
def test_a_determinant_that_a_theorem_gives_is_expanded_where_it_is_needed() -> None:
    M = NeuroManifold("mlp:8,7,1:x^2", seed=1, cache=False)
    assert isinstance(M.ideal(), RootOfDeterminant) and not M.degree().trust
    assert M.degree().data == 8 and len(M.equations().data) == 1


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ideal", "mlp:4,5,3:x^2", "--no-cache", "--quiet"]) == 0
    sentence, *rows = capsys.readouterr().out.splitlines()
    assert "whose square" in sentence and len(rows) == 12
    assert all(len(row.split()) == 12 for row in rows)
    assert main(["ideal", "mlp:4,5,3:x^2", "--no-cache", "--format", "m2"]) == 2


@pytest.mark.parametrize("spec", ["mlp:4,5,3:x^2", "mlp:3,5,1:x^4"])
def test_forgeries(spec: str) -> None:
    M = NeuroManifold(spec, seed=1, cache=False)
    evidence = determinantal_evidence(M.model, M.dimension(), 1)
    assert evidence is not None

    def claim(degree: int, model: object = None, **changes: object) -> None:
        verify(certificate(model or M.model.describe(), "degree", degree, "proved", [],
                           evidence | changes, {}))

    claim(6)
    flattening = evidence["flattening"]
    first = [part[1:] for part in flattening["minor"]]
    smaller = NeuroManifold(spec.replace(",5,", ",4,"), seed=1, cache=False)
    trial = smaller.dimension().certificate["evidence"]["trials"][0]
    for changes in ({"line": [evidence["line"][0]] * 2}, {"prime": 7}, {"prime": 15},
                    {"flattening": flattening | {"minor": first}},
                    {"flattening": flattening | {"minor": [[]] * 2}},
                    {"flattening": flattening | {"minor": flattening["minor"][::-1][:1]}},
                    {"flattening": flattening | {"degree": 0}}):
        with pytest.raises(CertificateError):
            claim(6, **changes)
    with pytest.raises(CertificateError):
        claim(12)
    # Where there are fewer units, the same matrix has a smaller rank, and M is no hypersurface.
    with pytest.raises(CertificateError, match="hypersurface"):
        claim(6, smaller.model.describe(), trial=trial)
    # Where there are more, it is not bounded.
    larger = NeuroManifold(spec.replace(",5,", ",6,"), seed=1, cache=False)
    with pytest.raises(CertificateError):
        claim(6, larger.model.describe(),
              trial=larger.dimension().certificate["evidence"]["trials"][0])


def test_changed_certificates_claim_nothing_else() -> None:
    found = [answer.certificate for spec in ("mlp:4,5,3:x^2", "mlp:2,3,1:x^6") for M in
             [NeuroManifold(spec, seed=1, cache=False)] for answer in (M.ideal(), M.degree())]
    assert_changes_are_implied([json.loads(json.dumps(one)) for one in found], random.Random(1),
                               120)
