"""Forged certificates of training problems, special data, and limits of the engine."""

from __future__ import annotations

import copy
import itertools
import random
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from flint import fmpq
from test_training import generic, losses, problem

from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.model import Model as RebuiltModel
from neuroalg_sage.certificates.training.charts import permuted
from neuroalg_sage.certificates.training.critical_points import find
from neuroalg_sage.certificates.training.strata import cover
from neuroalg_sage.engines.real_solutions import real_solutions, written
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.training.training import TrainingProblem, population
from neuroalg_sage.models.sources import load_model

PERMUTED = "mlp:2,2,1:x^3"  # in its first chart both units have the same pivot


@cache
def cubics() -> TrainingProblem:
    """Its critical points in the first chart: one, and the same one with its units permuted."""
    return problem(PERMUTED, 12, 1)


def rejected(original: dict, match: str | None, trust: list[str], **changes) -> None:
    evidence = copy.deepcopy(original["evidence"]) | changes
    claim = certificate(original["model"], "critical_points", original["claim"]["value"], "proved",
                        trust, evidence, {})
    with pytest.raises(CertificateError, match=match):
        verify(claim)


@pytest.mark.parametrize("spec", [PERMUTED, "mlp:2,3,2:x^4", "mlp:3,3,2:x^3"])
def test_permuted_units_have_the_same_function(spec: str) -> None:
    generator = random.Random(1)
    for chart in cover(RebuiltModel(load_model(spec).describe())).charts[:-1]:
        point = [fmpq(generator.randint(-99, 99)) for _ in range(chart.size)]
        for i in chart.zero:
            point[i] = fmpq(0)
        found = permuted(chart, point)
        assert len({tuple(map(str, p)) for p in found}) == len(found)
        assert all(p[i] == 0 for p in found for i in chart.zero)
        assert len({tuple(str(f(*p)) for f in chart.coordinates) for p in found}) == 1


def test_a_point_is_not_listed_twice_with_its_units_permuted() -> None:
    """So it would stand for another one, which the certificate hides."""
    given = cubics()
    original = given.critical_points(seed=1).certificate
    evidence = original["evidence"]
    chart = cover(RebuiltModel(given.model.describe())).charts[0]
    (box,) = [b for b in evidence["boxes"] if b[0] == 0]
    assert evidence["engine"][0] == [0, 2] and len(permuted(chart, box[1])) == 2
    _, center, radii = box
    other = [0, *(permuted(chart, values)[1] for values in (center, radii))]
    assert verify(original).trust == ("msolve",)
    rejected(original, "units permuted", ["msolve"], boxes=[*evidence["boxes"], other],
             engine=[[0, 4], *evidence["engine"][1:]])
    # The other one alone is as good.
    swapped = [other if b == box else b for b in evidence["boxes"]]
    claim = certificate(original["model"], "critical_points", original["claim"]["value"],
                        "proved", ["msolve"], evidence | {"boxes": swapped}, {})
    assert verify(claim).status == "proved"


def test_the_engine_is_named_where_its_counts_are_used() -> None:
    original = cubics().critical_points(seed=1).certificate
    rejected(original, "whom it trusts", [])
    rejected(original, "not as claimed", ["msolve"], engine=[])
    rejected(original, "not as claimed", ["msolve"], engine=[[0, 3]])
    for count in (-1, True, 2.0, "2", None):
        rejected(original, None, ["msolve"], engine=[[0, count]])


@pytest.mark.parametrize("changes", [
    {"precision": 0}, {"precision": 10**9}, {"precision": -64}, {"precision": 192.0},
    {"precision": True}, {"digits": 0}, {"digits": 10**6}, {"boxes": None}, {"boxes": {}}])
def test_malformed_evidence_is_rejected(changes: dict) -> None:
    rejected(cubics().critical_points(seed=1).certificate, None, ["msolve"], **changes)


def test_a_witness_has_less_loss_than_all_critical_points() -> None:
    original = population(PERMUTED, [2, 1, -3, -1]).critical_points(seed=1).certificate
    for witness in (["0"] * 6, ["nan"] * 6, ["1e5"] * 6, [], original["evidence"]["boxes"]):
        rejected(original, None, ["msolve"], witness=witness)


@pytest.mark.parametrize("entry", ["nan", "inf", "1e400", "", None, 0.5, "2/4", "1/0"])
def test_a_box_of_what_is_no_number_is_rejected(entry) -> None:
    original = problem("mlp:2,1,2:x^2", 12, 3).critical_points().certificate
    boxes = original["evidence"]["boxes"]
    for part in (1, 2):
        forged = copy.deepcopy(boxes)
        forged[0][part][0] = entry
        rejected(original, None, [], boxes=forged)


def test_a_rational_point_is_critical_exactly() -> None:
    original = population("cnn:2,2:x", [1, 3, 2]).critical_points().certificate
    boxes = original["evidence"]["boxes"]
    (place, *_) = [i for i, box in enumerate(boxes) if set(box[2]) == {"0"}]
    near = copy.deepcopy(boxes)
    near[place][1][0] = str(Fraction(near[place][1][0]) + Fraction(1, 10**60))
    rejected(original, "not critical", [], boxes=near)
    rejected(original, "overlap", [], boxes=[*boxes, boxes[place]])


def test_a_matrix_is_listed_in_the_stratum_of_its_rank() -> None:
    """The chart U R of rank 2 has a simple critical point at a U of rank 1."""
    model = load_model("linear:4,2,3")
    target = tuple(map(Fraction, (3, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0)))
    given = TrainingProblem(model, {(i, i): Fraction(1) for i in range(12)},
                            target, Fraction(14))
    rebuilt = RebuiltModel(model.describe())
    charts = cover(rebuilt).charts

    def listed(name: str, center: str) -> Any:
        k = next(k for k, chart in enumerate(charts) if chart.name == name)
        evidence = {"precision": 192, "digits": 15,
                    "boxes": [[k, center.split(), ["0"] * charts[k].size]]}
        return find(rebuilt, given.describe(), evidence).value[1]["points"][0]

    # R has the rows of e_1 and e_4, on which the differential vanishes; W = 3 e_1 e_1^T.
    with pytest.raises(CertificateError, match="another stratum"):
        listed("rank 2, columns 0, 3", "0 0 0 0 3 0 0 0 0 0")
    one, two = listed("rank 1, columns 0", "0 0 0 3 0 0"), listed(
        "rank 2, columns 0, 1", "0 0 0 0 3 0 0 2 0 0")
    assert (one["stratum"], one["kind"], one["loss"]) == (1, "spurious", ["5", "5"])
    assert (two["stratum"], two["kind"], two["loss"]) == (0, "pure", ["1", "1"])


def test_the_certificate_is_of_its_data_and_of_its_model() -> None:
    original = problem("mlp:2,1,2:x^2", 12, 3).critical_points().certificate
    data, value = original["claim"]["value"]
    for other in (data | {"constant": "7"}, data | {"linear": data["linear"][::-1]},
                  data | {"quadratic": data["quadratic"][1:]}, data | {"more": 1}):
        claim = certificate(original["model"], "critical_points", [other, value], "proved", [],
                            original["evidence"], {})
        with pytest.raises(CertificateError):
            verify(claim)
    model = problem("cnn:2,2:x^2", 12, 3).model.describe()
    with pytest.raises(CertificateError):
        verify(certificate(model, "critical_points", [data, value], "proved", [],
                           original["evidence"], {}))


# -- special data --------------------------------------------------------------------------


def test_the_zero_function_is_not_called_spurious_where_the_loss_is_critical_on_m() -> None:
    """M is the plane of the linear forms a x + b y in both outputs, shifted; the target is z."""
    found = population("cnn:2,1:x:out=2", [0, 0, 1, 0, 0, 0]).critical_points().value
    (zero,) = found["points"]
    assert zero["kind"] == "unclear" and zero["type"] != "saddle"
    assert found["minimum"] == {"attained": True, "at": [0], "unique": True}


@pytest.mark.parametrize("spec, target, kinds", [
    ("mlp:2,2,1:x^2", [1, 2, 1], ["pure", "spurious", "spurious"]),
    ("mlp:2,2,1:x^2", [1, 0, 0], ["pure", "spurious", "spurious"]),
    ("mlp:2,1,1:x^2", [1, 2, 1], ["pure", "pure", "spurious"]),
    ("cnn:2,2:x", [1, 0, -1], ["pure", "pure", "spurious", "spurious", "spurious"])])
def test_a_target_that_the_model_reaches(spec: str, target: list[int], kinds: list[str]) -> None:
    found = population(spec, target).critical_points()
    value = found.value
    assert value["complete"] and [p["kind"] for p in value["points"]] == kinds
    assert losses(value)[0] == 0 and value["minimum"]["attained"] and value["minimum"]["unique"]
    assert verify(found.certificate).trust == ()
    # The loss of what is critical on the cone over M is that of its projection.
    total = float(population(spec, target).constant)
    assert all(0 <= x <= total for x in losses(value))


@pytest.mark.parametrize("seed", range(6))
def test_quadratic_forms_of_rank_one_against_lagrange(seed: int) -> None:
    """The zeros of a resultant: f = a l^2 nearest to a form, by another parametrization."""
    from sympy import Poly, Rational, symbols

    given = generic("mlp:2,1,1:x^2", seed)
    x, y = symbols("x y")
    z = [x * x, 2 * x * y, y * y]  # a l^2 for l = x, y; the sign of a is that of v
    q = sum((1 if i == j else 2) * Rational(str(c)) * z[i] * z[j]
            for (i, j), c in given.quadratic.items())
    v = sum(Rational(str(c)) * f for c, f in zip(given.linear, z))
    # The least loss on the line of l is c - v^2 / q, which is critical on the projective line.
    slope = Poly((2 * v.diff(x) * q - v * q.diff(x)).subs(y, 1), x)
    roots = [r for r in map(complex, slope.nroots(n=40, maxsteps=500)) if abs(r.imag) < 1e-20]
    known = sorted(float(given.constant) - float((v * v / q).subs({x: r.real, y: 1}))
                   for r in roots)
    value = given.critical_points().value
    assert value["complete"]
    assert losses(value) == pytest.approx(sorted([*known, float(given.constant)]), rel=1e-9)


# -- limits --------------------------------------------------------------------------------


def test_msolve_ends_where_memory_does() -> None:
    generator = random.Random(1)
    system = [{e: Fraction(generator.randint(1, 99)) for e in itertools.product(range(4), repeat=5)
               if sum(e) <= 3} for _ in range(5)]
    # It holds 26 MB; how much it reserves before that is limited is a matter of luck.
    with pytest.raises(LimitReached, match="0.01 GB of memory"):
        real_solutions(system, 5, memory_gb=0.01)
    given = problem(PERMUTED, 12, 1)
    assert not given.critical_points(Computation(memory_gb=0.01), seed=1).value["complete"]
    assert given.critical_points(Computation(), seed=1).value["complete"]  # it tries again


def test_zeros_are_not_written() -> None:
    assert written({(1,): Fraction(1), (0,): Fraction(0)}, 1) == "1*x0"
