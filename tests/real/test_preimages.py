"""Numbers of real preimages, against factorizations in floating point and exact counts."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from claims import changed_at

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.real.preimages import parameters
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.real.preimages import scalings
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.parametrization import parametrization

SEED = 1


def real_roots(f) -> int:
    return int(sum(abs(np.roots(f).imag) < 1e-9))


def seen(found) -> dict[int, int]:
    assert all(least == most for _, least, most, *_ in found["numbers"])
    return {k: least for k, least, *_ in found["numbers"]}


# -- against factorizations --------------------------------------------------------------------


def test_a_real_cubic_is_a_quadratic_times_a_linear_form() -> None:
    # Once for each real root.
    found = NeuroManifold("cnn:3,2:x", seed=SEED).real_preimage_numbers(12)
    wanted: dict[int, int] = {}
    for index in range(12):
        a, b, c, *_ = parameters(5, SEED, index)
        number = 1 + (2 if b * b > 4 * a * c else 0)
        wanted[number] = wanted.get(number, 0) + 1
    assert seen(found) == wanted and set(wanted) == {1, 3}
    share = np.mean([b * b > 4 * a * c for a, b, c in itertools.product(
        [k for k in range(-9, 10) if k], repeat=3)])
    (_, _, _, low, high) = found["numbers"][1]
    assert float(low) < share < float(high)
    assert verify(found.certificate).trust == ()


def test_a_real_quartic_is_a_product_of_two_quadratics() -> None:
    # Of four real roots three pairings; with a conjugate pair only that pair and the others.
    found = NeuroManifold("cnn:3,3:x", seed=SEED).real_preimage_numbers(6)
    wanted: dict[int, int] = {}
    for index in range(6):
        w = parameters(6, SEED, index)
        roots = [real_roots(part) for part in (w[:3], w[3:])]
        # Of two conjugate pairs aa'|bb', ab|a'b' and ab'|a'b only the first is real.
        number = 3 if roots == [2, 2] else 1
        wanted[number] = wanted.get(number, 0) + 1
    assert seen(found) == wanted


@pytest.mark.parametrize("spec", ["mlp:2,1,1:x^2", "linear:2,1,2", "mlp:2,2,1:x^3", "cnn:2,2:x^2",
                                  "mlp:2,2,2:x^2", "cnn:2,2:x"])
def test_identifiable_models_have_one_preimage(spec: str) -> None:
    # Unique decompositions and factorizations, which hold over the complex numbers, too.
    found = NeuroManifold(spec, seed=SEED).real_preimage_numbers(3)
    assert seen(found) == {1: 3}
    assert verify(found.certificate).status == "monte_carlo"


@pytest.mark.parametrize("spec, dimension, scaled", [
    ("linear:2,2,2", 2, 2), ("mlp:2,3,1:x^4", 1, 3), ("mlp:2,2,1:x^2+x", 1, 0),
    ("mlp:3,2,1:x^2", 1, 2)])
def test_fibers_of_positive_dimension(spec: str, dimension: int, scaled: int) -> None:
    found = NeuroManifold(spec, seed=SEED).real_preimage_numbers()
    assert found.data == {"dimension": dimension, "scalings": scaled}
    assert verify(found.certificate).status == "proved"


def test_scalings_leave_all_monomials() -> None:
    for spec in ("mlp:2,3,2:x^3", "cnn:3,2,2:x^2", "attention:d=2,a=1,out=1,t=1"):
        phi = parametrization(parse_spec(spec))
        found = scalings(phi)
        assert found is not None
        exponents = np.array([e for f in phi.polynomials for e in f])
        weights = np.array(found.weights)
        assert not (exponents @ weights.T).any()
        assert len(weights) == phi.model.parameter_count - np.linalg.matrix_rank(exponents)
        assert np.array_equal(weights[:, found.places], np.eye(len(weights)))


# -- limits and input --------------------------------------------------------------------------


def test_what_is_too_large_or_wrong_is_refused() -> None:
    with pytest.raises(LimitReached, match="at most 12 parameters"):
        NeuroManifold("mlp:3,3,2:x^2").real_preimage_numbers()
    with pytest.raises(InputError, match="from 1 to"):
        NeuroManifold("linear:2,1,2").real_preimage_numbers(0)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compute", "linear:2,2,2", "real_preimage_numbers", "--json", "--quiet"]) == 0
    result = json.loads(capsys.readouterr().out)["results"]["real_preimage_numbers"]
    assert (result["value"]["dimension"], result["status"]) == (2, "proved")


# -- certificates ------------------------------------------------------------------------------


def test_a_changed_certificate_is_refused() -> None:
    original = NeuroManifold("cnn:3,2:x", seed=SEED).real_preimage_numbers(2).certificate
    assert verify(original)
    value, evidence = original["claim"]["value"], original["evidence"]
    fiber = evidence["fibers"][0]
    fewer = json.loads(json.dumps(fiber["components"]))
    next(c for c in fewer if c["real_points"])["real_points"].pop()
    for bad in [
            changed_at(original, "claim", "value", "seed", to=value["seed"] + 1),
            changed_at(original, "claim", "value", "samples", to=3),
            changed_at(original, "claim", "value", "scalings", to=0),
            changed_at(original, "claim", "value", "numbers", 0, 0, to=2),
            changed_at(original, "claim", "value", "numbers", 0, 1, to=0),
            changed_at(original, "status", to="proved"),
            changed_at(original, "error_bound", to=0.01),
            changed_at(original, "evidence", "places", to=[]),
            changed_at(original, "evidence", "weights", to=[[1, 1, 1, 1, 1]]),
            changed_at(original, "claim", "value", "finite", to=[
                {"permutation": [1, 0, 2, 3, 4], "signs": [1] * 5}]),
            changed_at(original, "evidence", "fibers", 0, to=None),
            changed_at(original, "evidence", "fibers", to=evidence["fibers"][::-1]),
            changed_at(original, "evidence", "fibers", 0, "outside", to=[]),
            changed_at(original, "evidence", "fibers", 0, "components", to=fewer),
            changed_at(original, "evidence", "fibers", 0, "components",
                       to=fiber["components"][1:])]:
        with pytest.raises(CertificateError):
            verify(bad)


def test_the_claim_says_which_finite_symmetries_count() -> None:
    # A sum of two cubes is one in two ways if the cubes are in order, else in one.
    found = NeuroManifold("mlp:2,2,1:x^3", seed=SEED).real_preimage_numbers(2)
    assert found["finite"] == [{"permutation": [2, 3, 0, 1, 5, 4], "signs": [1] * 6}]
    assert seen(found) == {1: 2}
    assert found.lines()[0].startswith(
        "  up to 2 scalings and what 1 signed permutation of the parameters generates; of 2 ")
    ordered = changed_at(found.certificate, "claim", "value", "finite", to=[])
    with pytest.raises(CertificateError, match="not those of the samples"):
        verify(ordered)
    ordered = changed_at(ordered, "claim", "value", "numbers", 0, 0, to=2)
    assert verify(ordered).value["finite"] == []
    # In a certificate whose claim does not list them the verdict says what the evidence lists.
    value = dict(ordered["claim"]["value"])
    assert value.pop("finite") == []
    unsaid = changed_at(changed_at(ordered, "claim", "value", to=value), "evidence", "finite",
                        to=[])
    assert "up to the 0 signed permutations in the evidence" in verify(unsaid).verified


def test_a_changed_dimension_of_fibers_is_refused() -> None:
    original = NeuroManifold("linear:2,2,2").real_preimage_numbers().certificate
    for bad in [changed_at(original, "claim", "value", "dimension", to=1),
                changed_at(original, "claim", "value", "scalings", to=1),
                changed_at(original, "evidence", "dimension", to=3)]:
        with pytest.raises(CertificateError):
            verify(bad)
