"""Networks whose functions are matrices of bounded rank, of which few ranks prove the dimension."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from implied import assert_changes_are_implied

from neuroalg_sage.certificates.certificate import certificate, digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.dimension.matrices import matrix_rank
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.cli import main
from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.dimension import affine_symmetries
from neuroalg_sage.invariants.dimension.dimension import dimension, expected_dimension, jacobian_at
from neuroalg_sage.invariants.dimension.generic_fiber import is_finitely_identifiable
from neuroalg_sage.invariants.dimension.matrices import proved_by_matrices
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import Activation, Dense
from neuroalg_sage.models.model import Model

P = 65521


def random_network(generator: random.Random) -> Model:
    """A linear network, or one layer of squares with one output; some of them with biases."""
    n, k, m = (generator.randint(1, 4) for _ in range(3))
    bias = generator.random() < 0.5
    if generator.random() < 0.5:
        widths = [n, *(generator.randint(1, 4) for _ in range(generator.randint(0, 2))), m]
        layers = [Dense(a, b, bias and generator.random() < 0.5)
                  for a, b in zip(widths, widths[1:])]
        return Model((*layers[:-1], Dense(*widths[-2:], bias)), (n,))
    sigma = [0, 0, generator.choice([1, -2])]
    last = bias
    if generator.random() < 0.5:
        bias = last = True
        sigma[:2] = generator.randint(-2, 2), generator.randint(-2, 2)
    elif generator.random() < 0.5:
        last = not bias
    return Model((Dense(n, k, bias), Activation(tuple(map(Fraction, sigma))),
                  Dense(k, 1, last)), (n,))


def rank_at(model: Model, point: list[int]) -> int:
    """The rank of Dφ by its values at many inputs."""
    inputs = np.random.default_rng(1).integers(0, P, (60, model.input_count))
    return modular.rank(jacobian_at(model, point, inputs, P), P)


@pytest.mark.parametrize("seed", range(60))
def test_the_lemma_gives_the_rank_at_generic_and_special_points(seed: int) -> None:
    generator = random.Random(seed)
    model = random_network(generator)
    found = dimension(model, seed)
    assert found.status == "proved" and verify(found.certificate).trust == ()
    assert "ranks" in found.certificate["evidence"]["trials"][0]
    count, checked = model.parameter_count, Checked(model.describe())
    assert found == rank_at(model, [generator.randrange(P) for _ in range(count)])
    for likely in (0.3, 0.7):
        point = [generator.randrange(P) * (generator.random() < likely) for _ in range(count)]
        rank, accepted = rank_at(model, point), []
        for s in range(7):
            for r in range(7):
                try:
                    accepted.append(matrix_rank(checked, {"prime": P, "point": point,
                                                          "ranks": [s, r]}))
                except CertificateError:
                    continue
        # Of three and more linear layers, those within count not.
        assert len(accepted) == 1 and accepted[0] <= rank
        if len(model.layers) < 3 or isinstance(model.layers[1], Activation) and (
                all(point[-model.layers[2].parameter_count() :])):
            assert accepted == [rank]


@pytest.mark.parametrize("spec", [
    "mlp:3,2,2:x^2", "mlp:3,2,1:x^3", "mlp:3,2,1:x^2+x", "mlp:3,2,2,1:x^2", "cnn:2,2:x^2:in=2"])
def test_of_other_models_nothing_follows(spec: str) -> None:
    model = parse_spec(spec)
    assert proved_by_matrices(model, random.Random(1)) is None
    point = [*range(1, model.parameter_count + 1)]
    for ranks in ([2, 2], [2, 3]):
        with pytest.raises(CertificateError):
            verify(certificate(model.describe(), "dimension", 5, "proved", [], {
                "trials": [{"prime": P, "point": point, "ranks": ranks}],
                "upper": {"kind": "quadratic forms"}}, {}))


def test_changed_certificates_claim_what_follows() -> None:
    certificates = [dimension(parse_spec(spec), seed=1).certificate for spec in (
        "linear:3,2,3", "mlp:3,2,1:x^2", "mlp:2,2,1:x^2+x:bias", "mlp:2,1,2:x:bias")]
    assert_changes_are_implied(certificates, random.Random(1), 300)


@pytest.mark.parametrize(("spec", "value"), [
    ("mlp:1000,3,1:x^2", 2997), ("linear:2000,3,2000", 11991), ("mlp:300,400,1:x^2+x:bias", 45451),
    ("linear:300,299,300", 89999), ("mlp:400,300,1:x^2", 75150)])
def test_the_ambient_space_may_be_large(spec: str, value: int) -> None:
    found = dimension(parse_spec(spec), seed=1, memory_gb=0.1)
    assert found == value and found.status == "proved" and verify(found.certificate).trust == ()


def test_orbits_of_rescalings_are_those_of_a_long_list(monkeypatch) -> None:
    model = parse_spec("mlp:60,20,1:x^2")
    found = dimension(model, seed=1)
    by_list = is_finitely_identifiable(model, found)
    monkeypatch.setattr(affine_symmetries, "MOST_TANGENTS", 0)
    shorter = is_finitely_identifiable(model, found)
    assert shorter.certificate["evidence"]["symmetries"] == {"kind": "rescalings"}
    for answer in (by_list, shorter):
        assert answer == False and verify(answer.certificate).trust == (  # noqa: E712
            "the list of known symmetries",)
    wrong = shorter.certificate | {"claim": {"invariant": "is_finitely_identifiable",
                                             "value": True}}
    with pytest.raises(CertificateError):
        verify(wrong | {"digest": digest(wrong)})


@pytest.mark.slow
def test_a_million_parameters(capsys) -> None:
    """All quadratic forms in a thousand variables, with known symmetries over a long list."""
    model = parse_spec("mlp:1000,1000,1:x^2")
    found = dimension(model, seed=1, memory_gb=0.1)
    answers = [found, expected_dimension(model, found), is_finitely_identifiable(model, found)]
    assert answers == [500500, 500500, False]
    assert [verify(answer.certificate).trust for answer in answers] == [
        (), (), ("the list of known symmetries",)]
    assert main(["compute", "mlp:1000,1000,1:x^2", "ideal", "--quiet", "--no-cache"]) == 3
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("activation", ["x^2", "x^2+3", "x^2+x", "2*x^2-x+1"])
def test_what_is_carried_back_from_a_normal_form_is_verified(
        activation: str, first: bool, last: bool) -> None:
    """A constant of the activation moves into the bias of the last layer, and back."""
    _, between, _ = parse_spec(f"mlp:2,2,1:{activation}").layers
    changed = Model((Dense(2, 2, first), between, Dense(2, 1, last)), (2,))
    found = dimension(changed, seed=1)
    assert found.certificate is not None and verify(found.certificate).value == found.data
