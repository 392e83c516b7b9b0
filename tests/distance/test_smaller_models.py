"""ED degrees by smaller models with the same neurovariety, against direct counts."""

from __future__ import annotations

import copy
import json
import random

import pytest
from implied import assert_changes_are_implied

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.engines import msolve
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.distance.distance_count import count_critical_points

needs_msolve = pytest.mark.skipif(msolve.find_command() is None, reason="msolve is not installed")


@needs_msolve
@pytest.mark.parametrize("metric", ["unit", "generic", "bombieri"])
@pytest.mark.parametrize("spec", ["mlp:2,2,1,1:x^2", "mlp:2,1,2,1:x^2", "mlp:2,1,1,2:x^2"])
def test_against_a_count_without_it(spec: str, metric: str) -> None:
    M = NeuroManifold(spec, seed=1, metric=metric)
    found = M.ed_degree()
    assert "same_variety" in found.certificate["evidence"]
    counted, _ = count_critical_points(M.parametrization(), M.dimension(), M.form, Computation(),
                                       random.Random(2))
    assert found == max(trial.count.values for trial in counted)
    assert verify(json.dumps(found.certificate)).value == [metric, found.data]


def test_what_is_too_large_to_be_expanded() -> None:
    """Forms c q^8, where q is a point of P^2, and v (x) q^2, where q is one of P^8."""
    for spec, number in (("mlp:2,3,1,1,2,1:x^2", 379), ("mlp:2,3,3,3,1,3:x^2", 2312697)):
        found = NeuroManifold(spec, seed=1).ed_degree("generic")
        assert found == number and found.status == "proved"
        verify(found.certificate)


def test_points_of_length_zero_of_a_smaller_model_are_a_smooth_curve() -> None:
    """Of forms c q^8, so that none is conormal to itself."""
    found = NeuroManifold("mlp:2,3,1,1,2,1:x^2", seed=1).ed_degree("unit")
    assert found == 379 and found.status == "proved"


@needs_msolve
def test_changed_certificates_say_nothing_false() -> None:
    M = NeuroManifold("mlp:2,2,1,1:x^2", seed=1)
    originals = [M.ed_degree(metric).certificate for metric in ("unit", "generic")]
    assert_changes_are_implied(originals, random.Random(3), 200)
    changed = copy.deepcopy(originals[1])
    changed["evidence"]["same_variety"]["segments"] = [[0, 5]]
    changed["digest"] = digest(changed)
    with pytest.raises(CertificateError):
        verify(changed)
