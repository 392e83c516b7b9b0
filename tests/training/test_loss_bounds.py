"""Bounds of the least loss: against singular values, critical points, and random parameters."""

from __future__ import annotations

import random
import re
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import slow
from flint import fmpq

from neuroalg_sage import ERM, NeuroManifold
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.training.semidefinite import is_semidefinite
from neuroalg_sage.cli import main
from neuroalg_sage.engines import csdp
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.training import sums_of_squares
from neuroalg_sage.invariants.training.sums_of_squares import Descent, loss_bounds
from neuroalg_sage.invariants.training.training import population
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.sources import from_expressions


def problem_rows(spec: str, rows: int, seed: int) -> list[list[int]]:
    model, generator = parse_spec(spec), random.Random(seed)
    width = model.input_count + model.output_count
    return [[generator.randint(-4, 4) for _ in range(width)] for _ in range(rows)]


def problem(spec: str, rows: int, seed: int) -> Any:
    return ERM(spec, problem_rows(spec, rows, seed))


def several_minima() -> Any:
    """All projections of rank one are best for the identity."""
    return ERM("linear:2,1,2", [[1, 0, 1, 0], [0, 1, 0, 1]])


@pytest.mark.parametrize("shape, rank, level", [((2, 2), 1, 1), ((3, 2), 1, 1), ((3, 3), 1, 1)])
def test_the_best_matrix_of_a_rank_by_singular_values(shape: tuple[int, int], rank: int,
                                                      level: int) -> None:
    """Data on the unit vectors: the loss is the squared distance to a matrix, over the rows."""
    a, b = shape
    generator = np.random.default_rng(5)
    matrix = generator.integers(-5, 6, (b, a))
    rows = [[*(int(i == j) for j in range(a)), *map(int, matrix[:, i])] for i in range(a)]
    found = ERM(f"linear:{a},{rank},{b}", rows).loss_bounds(seed=1)
    least = sum(s**2 for s in np.linalg.svd(matrix)[1][rank:]) / a
    assert float(found.data["lower"]) <= least * (1 + 1e-12)
    assert float(found.data["upper"]) >= least * (1 - 1e-12)
    assert found.gap < 1e-6 and found.data["level"] == level
    assert found.trust == [] and verify(found.certificate)


@pytest.mark.parametrize("spec, level", [("mlp:2,1,1:x^2", 1), ("cnn:2,2:x^2", 1),
                                         ("mlp:2,1,2:x^2", 1)])
def test_the_proved_minimum_is_between_the_bounds(spec: str, level: int) -> None:
    given = problem(spec, 9, 3)
    points = given.critical_points(seed=1)
    assert points.data["minimum"]["attained"]
    low, high = map(Fraction, points.data["points"][points.data["minimum"]["at"][0]]["loss"])
    found = given.loss_bounds(seed=1)
    assert found.data["lower"] <= high and low <= found.data["upper"]
    assert found.gap < 1e-6 and found.data["level"] == level


@pytest.mark.parametrize("spec", [slow("mlp:2,2,1:x^3"), "mlp:2,1,1:x^2+x:bias",
                                  "linear:2,1,2", "attention:d=2,a=1,out=1,t=1", "mlp:1,2,1:x^2"])
def test_no_parameters_have_less_loss_than_the_lower_bound(spec: str) -> None:
    given = problem(spec, 8, 11)
    found = given.loss_bounds(seed=2)
    assert verify(found.certificate)
    manifold, generator = NeuroManifold(spec), random.Random(1)
    phi = manifold.parametrization()
    for _ in range(200):
        w = [Fraction(generator.randint(-20, 20), 10) for _ in range(phi.parameter_count)]
        z = []
        for p in phi.polynomials:
            total = Fraction(0)
            for e, c in p.items():
                for x, k in zip(w, e):
                    c *= x**k
                total += c
            z.append(total)
        assert given.loss(z) >= found.data["lower"]


def test_boundaries_over_the_real_numbers() -> None:
    """The closure of the half line of all a^2 has less loss; monomials in a know where it ends."""
    half = from_expressions(["a^2*x"], ["a"], ["x"])
    found = ERM(half, [[1, -2], [2, -4]]).loss_bounds(seed=1)
    assert found.data["upper"] == 10 and found.gap < 1e-6 and found.data["lifted"]
    assert "monomials of the parameters" in found.text() and verify(found.certificate)
    # The functions a^2 b x^2 + b c^2 y^2 are forms of which no two coefficients differ in sign.
    cone = from_expressions(["b*a^2*x^2 + b*c^2*y^2"], ["a", "b", "c"], ["x", "y"])
    found = ERM(cone, [[1, 0, 3], [0, 1, -1]]).loss_bounds(seed=1)
    assert found.data["lower"] <= Fraction(1, 2) <= found.data["upper"] and found.gap < 1e-6


def test_a_dense_model_says_that_no_level_proves_more() -> None:
    """Binary cubics with three real zeros are no sums of two real cubes."""
    found = population("mlp:2,2,1:x^3", [2, 1, -3, -1], "gaussian").loss_bounds(seed=1)
    assert found.data["lower"] == 0 < found.data["upper"] and found.data["dense"]
    assert "no level proves more" in " ".join(found.text().lower().split())
    with_equations = problem("linear:2,1,2", 6, 2).loss_bounds(0, seed=1)
    assert not with_equations.data["dense"]
    assert "no level" not in with_equations.text().lower()


def test_other_functions_of_the_parameters_prove_nothing() -> None:
    half = from_expressions(["a^2*x"], ["a"], ["x"])
    certificate = ERM(half, [[1, -2], [2, -4]]).loss_bounds(seed=1).certificate
    functions = certificate["evidence"]["functions"]
    for other in ([functions[1], functions[0]], functions[:1], [], [*functions[:1], []]):
        with pytest.raises(CertificateError):
            verify(restated(certificate, {"functions": other}))


def test_a_loss_of_zero_is_the_least() -> None:
    found = ERM("mlp:2,1,1:x^2", [[1, 0, 1], [0, 1, 4], [1, 1, 9]]).loss_bounds(seed=1)
    assert (found.data["lower"], found.data["upper"], found.status) == (0, 0, "proved")
    assert found.attained and found.gap == 0 and verify(found.certificate)
    # Attained at the function zero, which is singular.
    zero = ERM("mlp:2,1,1:x^2", [[1, 0, 0], [0, 1, 0]]).loss_bounds(seed=1)
    assert (zero.data["upper"], zero.attained) == (0, True)


def test_degenerate_data() -> None:
    found = problem("cnn:2,2:x^2", 2, 4).loss_bounds(seed=1)
    assert found.data["lower"] <= found.data["upper"] and verify(found.certificate)


@pytest.mark.parametrize("level", [-1, 4, 1.5, True, "2"])
def test_a_level_is_one_of_four(level: Any) -> None:
    with pytest.raises(InputError, match="level of sums of squares is a whole number"):
        loss_bounds(problem("mlp:2,1,1:x^2", 4, 1), level)


def test_what_is_out_of_reach_says_what_it_would_need() -> None:
    given = problem("mlp:4,2,3:x^2", 20, 1)
    with pytest.raises(LimitReached, match="46,376 moments"):
        given.loss_bounds(2, seed=1)
    # Nothing is tried before that is said.
    computation = Computation(progress=lambda line: pytest.fail(line))
    with pytest.raises(LimitReached, match="46,376 moments; at most 5,000"):
        loss_bounds(given, 2, computation)


@pytest.mark.parametrize("script, words", [
    ("#!/bin/sh\nexit 2\n", None),  # infeasible
    ("#!/bin/sh\nprintf '1.0\\n2 1 1 1 nan\\n' > $2\nexit 0\n", None),
    ("#!/bin/sh\nexit 0\n", None),  # no answer
    ("#!/bin/sh\nprintf '1.0\\nnonsense\\n' > $2\nexit 0\n", "cannot be read"),
    ("#!/bin/sh\nexit 77\n", "ended with 77"),
])
def test_a_solver_that_fails(script: str, words: str | None, tmp_path: Path,
                             monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an answer the bound on all of V stays; what is no answer is said."""
    command = tmp_path / "csdp"
    command.write_text(script)
    command.chmod(0o755)
    monkeypatch.setenv(csdp.COMMAND_VARIABLE, str(command))
    given = problem("mlp:2,1,1:x^2", 6, 2)
    if words is None:
        found = given.loss_bounds(seed=1)
        assert found.data["level"] == 0 and verify(found.certificate)
    else:
        with pytest.raises(csdp.EngineError, match=words):
            given.loss_bounds(seed=1)


def test_wrong_answers_of_the_solver_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csdp, "solve", lambda blocks, *_, **__: [
        np.eye(size) * 3 for size in blocks])
    found = problem("mlp:2,1,1:x^2", 6, 2).loss_bounds(seed=1)
    assert found.data["level"] == 0


def test_semidefinite_matrices() -> None:
    generator = random.Random(2)
    for size in (1, 3, 30):
        rows = [[fmpq(generator.randint(-3, 3)) for _ in range(size)] for _ in range(size)]
        gram = [[sum((a * b for a, b in zip(r, s)), fmpq(0)) for s in rows] for r in rows]
        shifted = [[c + (i == j) for j, c in enumerate(row)] for i, row in enumerate(gram)]
        assert is_semidefinite(shifted)
        below = [list(row) for row in gram]
        below[-1][-1] -= 10_000
        assert not is_semidefinite(below)
    assert is_semidefinite([[fmpq(1), fmpq(1)], [fmpq(1), fmpq(1)]])
    assert not is_semidefinite([[fmpq(0), fmpq(1)], [fmpq(1), fmpq(0)]])


def test_large_semidefinite_matrices_that_are_singular() -> None:
    """A Gram matrix of vectors in a space of smaller dimension; less than it is none."""
    generator = random.Random(8)
    size, rank = 40, 25
    rows = [[fmpq(generator.randint(-3, 3), 7) for _ in range(rank)] for _ in range(size)]
    gram = [[sum((a * b for a, b in zip(r, s)), fmpq(0)) for s in rows] for r in rows]
    assert is_semidefinite(gram) and is_semidefinite([[fmpq(0)] * size] * size)
    for i in (0, size - 1):
        below = [list(row) for row in gram]
        below[i][i] -= fmpq(1, 10**9)
        assert not is_semidefinite(below)
    indefinite = [[-c for c in row] for row in gram]
    assert not is_semidefinite(indefinite)


def test_the_bound_on_all_of_a_large_space_is_proved() -> None:
    """On 36 coordinates and more rows than inputs."""
    found = problem("linear:6,3,6", 8, 1).loss_bounds(0, seed=1)
    data = np.array(problem_rows("linear:6,3,6", 8, 1), dtype=float)
    least = np.linalg.lstsq(data[:, :6], data[:, 6:])[1].sum() / 8
    assert abs(float(found.data["lower"]) - least) < 1e-9 * least
    assert verify(found.certificate)


@pytest.mark.parametrize("moments", [{(2, 0): 1, (1, 1): 0, (0, 2): -1},
                                     {(2, 0): 0, (1, 1): 1, (0, 2): 0}])
def test_a_loss_that_is_not_bounded_is_none(moments: Any) -> None:
    """Such moments are those of no distribution."""
    with pytest.raises(InputError, match="not bounded from below"):
        population("linear:2,1,1", [0, 0], moments).loss_bounds(seed=1)


def test_no_variance_is_negative() -> None:
    with pytest.raises(InputError, match="variance, at least zero, not '-5'"):
        population("linear:1,1", [2], noise=-5)
    assert population("linear:1,1", [2], noise=5).loss_bounds(seed=1).data["lower"] == 5


def test_another_bound_is_refused() -> None:
    certificate = several_minima().loss_bounds(seed=1).certificate
    loss, lower, upper = certificate["claim"]["value"]
    for value in ([loss, str(Fraction(lower) + Fraction(1, 10**9)), upper],
                  [loss, lower, str(Fraction(upper) - Fraction(1, 10**9))]):
        data = dict(certificate) | {"claim": certificate["claim"] | {"value": value}}
        data["digest"] = digest(data)
        with pytest.raises(CertificateError):
            verify(data)


def test_the_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, proof = tmp_path / "data.csv", tmp_path / "proof.json"
    data.write_text("1,0,1\n0,1,2\n1,1,-1\n1,2,3\n")
    assert main(["train", "mlp:2,1,1:x^2", "--data", str(data), "--method", "sos", "--quiet",
                 "--certificate", str(proof)]) == 0
    assert "The least loss is between 0.31102" in capsys.readouterr().out
    assert main(["verify", str(proof)]) == 0
    assert main(["train", "mlp:2,1,1:x^2", "--data", str(data), "--level", "1"]) == 2
    assert "add --method sos" in capsys.readouterr().err
    assert main(["train", "mlp:2,1,1:x^2", "--data", str(data), "--method", "sos", "--quiet",
                 "--json"]) == 0
    assert '"lower_bound"' in capsys.readouterr().out


def restated(certificate: Any, evidence: dict[str, Any]) -> dict[str, Any]:
    """The certificate with other parts of its evidence."""
    data = dict(certificate) | {"evidence": certificate["evidence"] | evidence}
    data["digest"] = digest(data)
    return data


def test_what_asks_for_too_much_work_is_refused() -> None:
    """A matrix of 1,000 rows; parameters whose powers have millions of digits; many products."""
    certificate = several_minima().loss_bounds(seed=1).certificate

    def diagonal(size: int) -> dict[str, Any]:
        return {"monomials": [[i % 7, i % 11, i % 13, 0] for i in range(size)],
                "matrix": [["0"] * i + ["1"] for i in range(size)]}

    for evidence in ({"squares": diagonal(1000)}, {"multiplier": diagonal(1000)},
                     {"parameters": ["1" + "0" * 3_000_000] * 4}):
        with pytest.raises(CertificateError, match="more work than is allowed"):
            verify(restated(certificate, evidence))
    with pytest.raises(CertificateError, match="does not vanish"):
        verify(restated(certificate, {"squares": diagonal(40)}))


@pytest.mark.parametrize("power", [200, -200])
def test_numbers_beyond_floating_point(power: int) -> None:
    """The least loss of y = w x on (1, 1), (2, 3) is 1/10, and scales as the square of outputs."""
    unit = Fraction(10) ** power
    found = ERM("linear:1,1,1", [[unit, unit], [2 * unit, 3 * unit]]).loss_bounds(seed=1)
    assert (found.data["lower"], found.data["upper"]) == (unit**2 / 10, unit**2 / 10)
    assert found.attained and verify(found.certificate)
    assert "attained" in found.text()
    (shown,) = re.findall(r"least loss is about 1(?:\.0*)?e(\S+),", found.text())
    assert int(shown) == 2 * power - 1


def test_numbers_of_different_sizes() -> None:
    """Bounds stay bounds where floating point holds none of the numbers."""
    huge = Fraction(10) ** 200
    for level in (None, 0):
        found = ERM("linear:2,1,2", [[1, 0, huge, 0], [0, 1, 0, 2]]).loss_bounds(level, seed=1)
        # The best matrix of rank one has the entry huge alone.
        assert found.data["lower"] <= 2 <= found.data["upper"]
        assert verify(found.certificate)


def test_a_limit_ends_descents_and_keeps_what_they_reached() -> None:
    given, calls, said = problem("linear:2,1,2", 6, 3), iter(range(40)), list[str]()

    def check() -> None:
        if next(calls, None) is None:
            raise LimitReached("The limit was reached.")

    stopped: Any = SimpleNamespace(clock=lambda: check, progress=said.append)
    descent = Descent(given, NeuroManifold("linear:2,1,2").parametrization(), 1)
    upper, _ = descent.least(descent.ends(stopped))
    assert upper < given.constant and said == ["descents: The limit was reached."]
    # Without any time the loss on all of V bounds from below, and that at some parameters above.
    computation = Computation()
    computation.end_within(1e-9)
    found = loss_bounds(given, None, computation, 1)
    assert found.data["level"] == 0 and found.data["lower"] <= upper <= found.data["upper"]
    assert verify(found.certificate)
    with pytest.raises(LimitReached):
        loss_bounds(given, 1, computation, 1)


def test_the_gradient_of_the_loss() -> None:
    """Against differences of the loss at rational parameters, with powers and constant terms."""
    for spec in ("mlp:2,2,1:x^3+x+1:bias", "attention:d=2,a=1,out=1,t=1"):
        given, generator = problem(spec, 7, 5), random.Random(3)
        descent = Descent(given, NeuroManifold(spec).parametrization(), 1)
        w = [Fraction(generator.randint(-9, 9), 5) for _ in range(descent.phi.parameter_count)]
        value, gradient = descent(np.array([float(x) for x in w]))
        unit = value / float(descent.exact(w)[0])
        for i in range(len(w)):
            step = Fraction(1, 10**7)
            ahead, behind = (descent.exact([x + s * (i == j) for j, x in enumerate(w)])[0]
                             for s in (step, -step))
            slope = unit * float((ahead - behind) / (2 * step))
            assert abs(slope - gradient[i]) < 1e-6 * (1 + abs(slope))


def test_many_independent_moments_are_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to degree 4 on 2 x 2 matrices of rank 1: 70 monomials, and 15 multiples of the minor."""
    psi = sums_of_squares.Coordinates.of_space(NeuroManifold("linear:2,1,2").parametrization())

    def functions() -> sums_of_squares.Functions:
        return sums_of_squares.Functions(psi, 4, random.Random(1), lambda: None)

    monkeypatch.setattr(sums_of_squares, "MOST_INDEPENDENT", 55)
    assert len(functions().independent) == 55
    monkeypatch.setattr(sums_of_squares, "MOST_INDEPENDENT", 54)
    with pytest.raises(LimitReached, match="over 54 independent moments"):
        functions()
