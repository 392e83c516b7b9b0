"""The Morse audit: contributions of strata found in another way, and lists that are wrong."""

from __future__ import annotations

import gzip
import itertools
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from conftest import slow
from test_training import generic, problem, rows
from test_training_crossings import with_unit_metric

from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.certificates.model import Model as RebuiltModel
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.training import morse
from neuroalg_sage.certificates.training.critical_points import Answer, find
from neuroalg_sage.certificates.training.morse import normal_index
from neuroalg_sage.cli import main
from neuroalg_sage.invariants.training import critical_points
from neuroalg_sage.invariants.training.morse_audit import morse_audit
from neuroalg_sage.invariants.training.training import TrainingProblem, population
from neuroalg_sage.models.sources import load_model

OLD = Path(__file__).parents[1] / "certificates" / "old"

# -- contributions of singular strata ------------------------------------------------------
#
# Let X be the matrices of rank at most t, and l a linear function on X, nondegenerate at 0.  Then
# 1 - χ(X ∩ {l = -1}) = χ_c(X ∩ {l = 0}) - χ_c(X ∩ {l = 1}), and a torus that preserves X and l
# may be used: χ_c is that of its fixed points.  These are products of small cones, each described
# by χ_c of its parts where l is 1, -1 and 0, for each rank.

Part = tuple[int, int, int]
ORIGIN: Part = (0, 0, 1)
LINE: Part = (1, 1, 0)  # without zero, like the following ones
PLANE: Part = (-1, -1, -2)
# Symmetric matrices ((x, y), (y, z)) with l = x - z: of rank 1, where l is 1 on a hyperbola and 0
# on two lines; and the others.
SYMMETRIC: dict[int, Part] = {0: ORIGIN, 1: (-2, -2, -4), 2: (3, 3, 4)}


def product(one: Part, other: Part) -> Part:
    """For l = l_1 + l_2; where two values differ in sign or add up, there is an interval."""
    (a, b, c), (d, e, f) = one, other
    mixed = a * e + b * d
    return c * d + a * f - a * d - mixed, c * e + b * f - b * e - mixed, c * f - mixed


def by_fixed_points(cones: list[dict[int, Part]], rank: int) -> int:
    total = 0
    for ranks in itertools.product(*cones):
        if sum(ranks) <= rank:
            part = ORIGIN
            for cone, r in zip(cones, ranks):
                part = product(part, cone[r])
            total += part[2] - part[0]
    return total


@pytest.mark.parametrize("outputs, inputs", [
    *itertools.combinations_with_replacement(range(1, 7), 2)])
def test_matrices_of_bounded_rank_by_fixed_points(outputs: int, inputs: int) -> None:
    """Rotations of pairs of rows, with columns, and of the columns that are left."""
    cones = [{0: ORIGIN, 2: PLANE}] * (outputs // 2)
    if outputs % 2:
        cones += [{0: ORIGIN, 1: PLANE if (inputs - outputs) % 2 else LINE}]
    for rank in range(outputs + 1):
        assert normal_index((outputs,), rank) == by_fixed_points(cones, rank)


@pytest.mark.parametrize("p, q", [*itertools.product(range(6), repeat=2)])
def test_symmetric_matrices_of_bounded_rank_by_fixed_points(p: int, q: int) -> None:
    cones = [{0: ORIGIN, 2: LINE}] * (p // 2 + q // 2)
    if p % 2 and q % 2:
        cones += [SYMMETRIC]
    elif p % 2 or q % 2:
        cones += [{0: ORIGIN, 1: LINE}]
    for rank in range(p + q + 1):
        assert normal_index((p, q), rank) == by_fixed_points(cones, rank)


def test_contributions_have_a_formula() -> None:
    def binomial(n: int, k: int) -> int:
        """The Gaussian binomial at -1, by Pascal's rule."""
        if k < 0 or k > n:
            return 0
        return 1 if k in (0, n) else binomial(n - 1, k - 1) + (-1) ** k * binomial(n - 1, k)

    for n in range(1, 9):
        for t in range(n + 1):
            assert normal_index((n,), t) == (-1) ** (t * (t - 1) // 2) * binomial(n - 1, t)


# -- training problems ---------------------------------------------------------------------


def test_the_worked_example_of_two_filters() -> None:
    """
    In the metric of the data.  Without smooth functions of indices 0, 0, 1, 1: one function on the
    line of x_1^2, where two sheets cross, and zero; both with what is below them nearby.
    """
    found = problem("cnn:2,2:x^2", 10).critical_points(seed=1)
    smooth = [p["index"] for p in found.data["points"] if p["stratum"] == 0]
    terms = dict(found.morse_audit.terms)
    assert terms["smooth functions"] == sum((-1) ** i for i in smooth)
    assert terms["where M crosses itself"] == 1 - 2  # an arc on each sheet
    # For each filter t there is an affine line of functions Σ b_i h_i with β^T b = 1, two of which
    # meet in x_1^2: a circle of lines, with two points identified.
    assert terms["the zero function"] == 1 - (0 - 1)
    assert found.morse_audit.holds and found.morse_audit.total == 1


@pytest.mark.parametrize("spec, target, zeros", [
    ("mlp:2,1,1:x^3", [0, 1, 0, -1], 3), ("mlp:2,1,1:x^3", [1, 1, 2, 3], 1),
    ("mlp:2,1,1:x^4", [1, 0, -5, 0, 4], 4), ("mlp:2,1,1:x^4", [1, 0, 5, 0, 4], 0)])
def test_zero_counts_by_the_real_zeros_of_its_differential(spec, target, zeros) -> None:
    """For binary forms with the unit metric in the basis of V: β(t) = Σ b_i c_i t^i."""
    model = load_model(spec)
    degree = int(spec[-1])
    linear = [Fraction(c) for c in target]
    form = [float(c) * float(np.prod([(degree - j) / (j + 1) for j in range(i)]))
            for i, c in enumerate(target)]
    roots = np.roots(form)
    assert sum(abs(r.imag) < 1e-9 for r in roots) + (form[0] == 0) == zeros
    found = TrainingProblem(model, {(i, i): Fraction(1) for i in range(len(linear))},
                            tuple(linear), Fraction(10**4)).critical_points(seed=1)
    audit = found.morse_audit
    assert dict(audit.terms)["the zero function"] == 1 - zeros and audit.holds


@pytest.mark.parametrize("spec, count", [("mlp:3,1,2:x^2", 30), slow("mlp:3,1,1:x^3", 30)])
@pytest.mark.parametrize("seed", [0, slow(1)])
def test_an_engine_finds_the_zeros_in_more_dimensions(spec: str, count: int, seed: int) -> None:
    """Two conics meet in 0, 2 or 4 points of the plane; a smooth cubic is circles."""
    audit = problem(spec, count, seed).morse_audit(seed=1)
    assert audit.holds
    zero = dict(audit.terms)["the zero function"]
    assert zero in ((0, 2, 4) if spec == "mlp:3,1,2:x^2" else (0,))


@pytest.mark.parametrize("spec", [
    "mlp:2,1,1:x^2", "mlp:2,1,1:x^3", "mlp:2,1,1:x^4", "mlp:2,1,2:x^2",
    "cnn:2,1:x^2", "cnn:2,2:x^2", "cnn:2,2:x^3", "cnn:2,2:x", "cnn:2s2,2:x", "cnn:3,2:x",
    "mlp:2,2,1:x^2", "linear:1,1"])
@pytest.mark.parametrize("seed", range(4))
def test_generic_forms_pass(spec: str, seed: int) -> None:
    found = generic(spec, 40 + seed).critical_points(seed=1)
    assert found.data["complete"] and found.morse_audit.holds, found.morse_audit


@pytest.mark.parametrize("spec", ["linear:2,1,2", "linear:3,2,4", "linear:4,3,3", "linear:4,1,4",
                                  "mlp:3,2,1:x^2", "mlp:3,1,1:x^2"])
@pytest.mark.parametrize("seed", [0, slow(1)])
def test_data_pass(spec: str, seed: int) -> None:
    found = problem(spec, 20, seed).critical_points(seed=1)
    assert found.data["complete"] and found.morse_audit.holds, found.morse_audit


def test_kept_certificates_that_are_complete_pass() -> None:
    """Or it is said which hypothesis is not given."""
    counts: dict[str, int] = {}
    for file in sorted(OLD.glob("critical-points-*.json.gz")):
        data = json.loads(gzip.decompress(file.read_bytes()))
        value = data["claim"]["value"]
        if data["claim"]["invariant"] == "critical_points" and value[1]["complete"]:
            if "same_functions" in data["evidence"]:
                continue
            audit = morse_audit(find(RebuiltModel(data["model"]), value[0], data["evidence"]))
            assert audit.holds is not False
            counts[audit.reason] = counts.get(audit.reason, 0) + 1
    assert counts[""] >= 8 and set(counts) <= {
        "", morse.DEGENERATE, morse.NOT_CLOSED, morse.NOT_PROPER, morse.UNCOUNTED,
        morse.COVECTOR}, counts


@pytest.mark.parametrize("seed", [0, 1, *map(slow, range(2, 6))])
def test_sums_of_two_cubes_have_a_boundary(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Against the nearest cubic with a double zero, in floating point; and without one of the points.

    By Sylvester a cubic with one real zero and two others is a sum of two cubes; so the closure of
    M has interior points, and if no sum of two cubes is critical, a limit is the nearest one.
    """
    from scipy.optimize import minimize

    given = problem("mlp:2,2,1:x^3", 12, seed)
    found = given.critical_points(seed=1)
    audit = found.morse_audit
    assert found.data["complete"] and audit.holds and audit.space == "the closure of M"
    terms = dict(audit.terms)
    target = np.linalg.solve(
        np.array([[float(given.quadratic.get((min(i, j), max(i, j)), 0)) for j in range(4)]
                  for i in range(4)]), [float(c) for c in given.linear])
    zeros = np.roots(target)
    inside = sum(abs(z.imag) < 1e-9 for z in zeros) == 1
    assert terms["sums of two powers"] == int(inside)

    def limit(w: np.ndarray) -> float:
        (p, q, a, b) = w
        square = np.convolve([p, q], [p, q])
        return float(given.loss(list(map(float, np.convolve(square, [a, b])))))

    generator = np.random.default_rng(seed)
    least = min(minimize(limit, generator.standard_normal(4)).fun for _ in range(12))
    listed = min(float(Fraction(p["loss"][0])) for p in found.data["points"])
    assert listed < least if inside else listed > least * (1 - 1e-6)
    original = found.certificate
    value, evidence = original["claim"]["value"], original["evidence"]
    monkeypatch.setattr(Answer, "_is_complete", lambda answer: (True, None))
    for i in range(len(evidence["boxes"])):
        fewer = evidence | {"boxes": evidence["boxes"][:i] + evidence["boxes"][i + 1:]}
        fewer.pop("witness", None)
        answer = find(RebuiltModel(given.model.describe()), value[0], fewer)
        # What is critical in its cell only is not listed.
        assert morse_audit(answer).holds == (len(answer.critical) == len(value[1]["points"]))


def test_a_boundary_that_does_not_fit_makes_a_list_incomplete(monkeypatch) -> None:
    monkeypatch.setattr(critical_points, "morse_audit", morse_audit)  # not watched by all tests
    monkeypatch.setattr("neuroalg_sage.invariants.training.morse_audit._boundary",
                        lambda *arguments: 7)
    found = problem("mlp:2,2,1:x^3", 12, 1).critical_points(seed=1)
    assert found.morse_audit.holds is False and not found.data["complete"]
    assert found.trust == [] and verify(found.certificate).status == "proved"
    assert found.failures[0][0] == 1 and "fault" in found.failures[0][1]
    assert "The Morse audit fails" in found.text()


# -- where it is not applicable ------------------------------------------------------------


def test_hypotheses_that_are_not_given_are_named() -> None:
    assert problem("mlp:1,2,2:x^3", 12, 1).morse_audit(seed=1).reason == morse.NOT_CLOSED
    given = problem("mlp:2,1,2:x^2", 12, 3)
    negative = TrainingProblem(given.model, {k: -c for k, c in given.quadratic.items()},
                               given.linear, given.constant)
    assert negative.morse_audit().reason == morse.NOT_PROPER
    assert population("linear:2,2,2", [1, 0, 0, 1]).morse_audit().reason == morse.INCOMPLETE
    # The differential at zero is a square, which is critical on the forms of rank 1 nearby.
    square = with_unit_metric("mlp:2,1,1:x^2", {(2, 0): Fraction(1)})
    assert square.morse_audit().reason in (morse.COVECTOR, morse.INCOMPLETE)


def test_where_a_sheet_is_critical_parameters_count() -> None:
    """At x_1^2 on one of two sheets: the crossing is degenerate, the parameters are not."""
    given = with_unit_metric("cnn:2,2:x^2", {(0, 2, 0): Fraction(1), (1, 1, 0): Fraction(1, 8)})
    audit = given.morse_audit(seed=1)
    assert audit.holds
    assert [name for name, _ in audit.terms] == [morse.PARAMETERS, morse.ZERO]


# -- lists that are wrong ------------------------------------------------------------------


@pytest.mark.parametrize("spec, count", [("cnn:2,2:x^2", 10), ("mlp:2,1,1:x^3", 10),
                                         ("linear:3,2,3", 20), ("mlp:3,2,1:x^2", 20)])
def test_a_list_without_one_of_its_points_is_not_called_complete(
        spec: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if what counts them were wrong; but for those whose contribution is zero."""
    def contributions(answer: Answer) -> dict[str, int]:
        return {name: count for name, count in answer.audit.terms if count}

    given = problem(spec, count, 3)
    original = given.critical_points(seed=1).certificate
    value, evidence = original["claim"]["value"], original["evidence"]
    model = RebuiltModel(given.model.describe())
    monkeypatch.setattr(Answer, "_is_complete", lambda answer: (True, None))
    full = find(model, value[0], evidence)
    assert full.value[1]["complete"]
    noticed = []
    for i in range(len(evidence["boxes"])):
        fewer = evidence | {"boxes": evidence["boxes"][:i] + evidence["boxes"][i + 1:]}
        found = find(model, value[0], fewer)
        noticed.append(found.audit.fails)
        assert noticed[-1] == (contributions(found) != contributions(full))
        assert found.value[1]["complete"] is not noticed[-1]
        assert (found.value[1]["minimum"]["attained"] is None) is noticed[-1]
    assert all(noticed) or (spec == "mlp:3,2,1:x^2" and any(noticed))


def test_what_fails_is_called_a_fault(tmp_path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(critical_points, "morse_audit", morse_audit)  # not watched by all tests
    data, proof = tmp_path / "data.csv", tmp_path / "proof.json"
    data.write_text("\n".join(map(",".join, rows(12, 3, 1))))
    command = ["train", "mlp:2,1,1:x^3", "--data", str(data), "--quiet", "--certificate",
               str(proof)]
    assert main(command) == 0
    assert "The Morse audit holds" in capsys.readouterr().out
    assert main(["verify", str(proof)]) == 0
    with monkeypatch.context() as wrong:
        wrong.setattr(morse, "zeros_in_cell", lambda *arguments: 0)
        with pytest.raises(CertificateError, match="not as claimed"):
            verify(json.loads(proof.read_text()))
        assert main(command) == 1
        streams = capsys.readouterr()
        assert "that there are no others is not proved" in " ".join(streams.out.split())
        assert "The Morse audit fails" in streams.out and "fault" in streams.err
        assert main([*command, "--json"]) == 1
        audit = json.loads(capsys.readouterr().out)["results"]["critical_points"]["morse_audit"]
        assert audit["holds"] is False and audit["sum"] != audit["euler_characteristic"] == 1
