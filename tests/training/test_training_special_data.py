"""Data that determine too little, a loss of 0 where M is singular, and engines that fail."""

from __future__ import annotations

import copy
import json
import os
import random
import stat
from fractions import Fraction

import numpy as np
import pytest

from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.cli import main
from neuroalg_sage.engines import msolve
from neuroalg_sage.errors import EngineError
from neuroalg_sage.invariants.training.interpolation import interpolation
from neuroalg_sage.invariants.training.training import ERM

NEEDS_MSOLVE = "mlp:2,2,1:x^3"


@pytest.mark.parametrize("spec", ["mlp:2,1,1:x^2", "mlp:2,2,1:x^2", "mlp:2,1,1:x^3", "cnn:2,1:x^2",
                                  "mlp:2,1,2:x^2", "linear:2,1,2"])
def test_a_loss_of_zero_at_the_zero_function_is_a_minimum(spec: str) -> None:
    outputs = [0] * (2 if spec.endswith("2:x^2") and "1,2" in spec or spec[0] == "l" else 1)
    found = ERM(spec, [[*x, *outputs] for x in [(1, 0), (0, 1), (1, 1), (1, 2), (2, 1)]]
                ).critical_points(seed=1)
    zero, *others = found.value["points"]
    assert zero["loss"] == ["0", "0"] and zero["type"] == "minimum" and not others
    assert found.value["minimum"] == {"attained": True, "at": [0], "unique": True}
    assert verify(found.certificate).status == "proved"


@pytest.mark.parametrize("spec, rows", [
    ("cnn:2,2:x^2", [[1, 2, 1, 3], [0, 1, 2, -1]]), ("mlp:2,2,1:x^3", [[1, 0, 1], [0, 1, 2]]),
    ("mlp:2,1,1:x^2", [[1, 2, 3]]), ("cnn:2,2:x", [[1, 2, 1, 3], [0, 1, 2, 5]]),
    ("linear:3,1,3", [[1, 2, 3, 1, 1, 2]]), ("mlp:3,1,1:x^2", [[1, 2, 3, 1], [0, 1, 2, 4]]),
    ("mlp:2,1,1:x^2", [[1, 0, 1], [0, 1, 2]]),
    ("cnn:2,3:x^2", [[1, 2, 1, 3, 4], [0, 1, 2, -1, 2]])])
def test_few_rows_are_fitted(spec: str, rows: list[list[int]]) -> None:
    """So few that the model reaches a loss of 0, mostly at infinitely many functions."""
    given = ERM(spec, rows)
    found = given.critical_points(seed=1)
    minimum = found.value["minimum"]
    assert minimum["attained"] and not minimum["unique"]
    assert verify(json.loads(json.dumps(found.certificate))).status == "proved"
    width = given.model.input_count
    for i in minimum["at"]:
        point = found.value["points"][i]
        assert point["kind"] == "pure" and point["type"] == "minimum"
        low, high = map(Fraction, point["loss"])
        assert low <= 0 <= high < Fraction(1, 10**9)
        w = given.critical_parameters()[i]
        for row in rows:
            inputs = np.array([row[:width]], dtype=float)
            values = given.model.apply(np.array(w), inputs, float)[0]
            assert values == pytest.approx(row[width:], abs=1e-9)


@pytest.mark.parametrize("rows, coefficients", [
    ([[1, 0, 1], [0, 1, 0]], ["1", "0", "0"]), ([[1, 0, 2], [1, 1, 0]], ["2", "-4", "2"]),
    ([[2, 0, 4], [1, 3, 0]], ["1", "-2/3", "1/9"])])
def test_a_fit_that_is_no_simple_zero_is_found(rows: list[list[int]], coefficients: list[str]
                                               ) -> None:
    """A square that vanishes at an input does so twice, so Newton's method does not prove it."""
    found = ERM("mlp:2,1,1:x^2", rows).critical_points(seed=1)
    assert verify(json.loads(json.dumps(found.certificate))).trust == ()
    point, zero = found.value["points"]
    for (low, high), c in zip(point["coordinates"], coefficients):
        assert Fraction(low) <= Fraction(c) <= Fraction(high) <= Fraction(low) + Fraction(1, 10**9)
    for *x, y in rows:
        a, b, c = map(Fraction, coefficients)
        assert a * x[0]**2 + b * x[0] * x[1] + c * x[1]**2 == y
    assert (point["kind"], point["type"]) == ("pure", "minimum")
    assert Fraction(point["loss"][0]) <= 0 <= Fraction(point["loss"][1]) < Fraction(1, 10**9)
    assert zero["type"] == "saddle" and found.value["complete"] is False
    assert found.value["minimum"] == {"attained": True, "at": [0], "unique": False}


def test_a_rational_point_that_is_no_simple_zero_is_critical_on_v() -> None:
    """Else it is one of a curve of critical points, or not critical at all."""
    original = ERM("mlp:2,1,1:x^2", [[1, 0, 1], [0, 1, 0]]).critical_points(seed=1).certificate
    (box,) = original["evidence"]["boxes"]
    assert box == [0, ["0", "1"], ["0", "0"]]
    for center in (["0", "2"], ["1", "1"], ["0", "0"], ["5", "0"], ["1/1000000000000000", "1"]):
        forged = copy.deepcopy(original)
        forged["evidence"]["boxes"][0][1] = center
        forged["digest"] = digest(forged)
        with pytest.raises(CertificateError, match="critical|stratum"):
            verify(forged)


def test_a_loss_that_is_not_zero_is_not_called_a_fit() -> None:
    """No square has opposite signs at two inputs."""
    found = ERM("mlp:2,1,1:x^2", [[1, 0, 1], [0, 1, -1]]).critical_points(seed=1)
    assert all(Fraction(p["loss"][0]) > 0 for p in found.value["points"])
    assert not found.value["minimum"]["attained"] or found.value["points"][0]["loss"][0] != "0"


# -- the engine ----------------------------------------------------------------------------


def data_file(folder) -> str:
    generator = random.Random(3)  # of whose minimizations none creeps along a valley
    path = folder / "data.csv"
    path.write_text("\n".join(",".join(str(generator.randint(-9, 9)) for _ in range(3))
                              for _ in range(12)))
    return str(path)


def wrapper(folder, body: str) -> str:
    path = folder / "wrapper"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


WRITES = 'while [ $# -gt 1 ]; do [ "$1" = -o ] && printf "%s" "{}" > "$2"; shift; done'
BROKEN = {
    "dies": "exit 7", "says nothing": "exit 0", "no program": None,
    **{f"writes {text}": WRITES.replace("{}", text) for text in (
        "hello:", "[0, [1, [[[1 / 0, 1 / 2]]]]]:", "[0, [1, [[[1, 2]]]]]:", "[]:", "{}:", "7:",
        "[0, [1, [[[3, 2], [3, 2], [3, 2], [3, 2], [3, 2], [3, 2]]]]]:", "[0]:", "[None]:",
        "[0, [1, 5]]:", "((((((:", "[0, [1, [[1, 2], [1, 2], [1, 2]]]]:")}}


# Those of which every commit asks the shell; that all are noticed is asked of the engine itself.
IN_THE_SHELL = ("dies", "writes [0, [1, [[[1, 2]]]]]:")


@pytest.fixture(params=sorted(BROKEN))
def broken(request, tmp_path, monkeypatch):
    body = BROKEN[request.param]
    command = wrapper(tmp_path, body) if body is not None else str(tmp_path / "nothing")
    monkeypatch.setenv(msolve.COMMAND_VARIABLE, command)
    msolve.find_command.cache_clear()
    yield
    monkeypatch.undo()
    msolve.find_command.cache_clear()


@pytest.mark.parametrize("broken", [
    pytest.param(name, marks=() if name in IN_THE_SHELL else pytest.mark.slow)
    for name in sorted(BROKEN)], indirect=True)
def test_an_engine_that_fails_ends_with_its_reason(broken, tmp_path, capsys) -> None:
    command = ["train", NEEDS_MSOLVE, "--data", data_file(tmp_path), "--quiet", "--seed", "1"]
    assert main(command) == 1
    streams = capsys.readouterr()
    assert "that there are no others is not proved" in streams.out  # nothing is lost
    assert streams.err.count("\n") == 1 and "msolve" in streams.err
    assert main([*command, "--json"]) == 1
    assert "msolve" in json.loads(capsys.readouterr().out)["failures"][0]


def test_other_questions_say_so_too(broken) -> None:
    from flint import Ordering, nmod_mpoly_ctx

    x, y = nmod_mpoly_ctx.get(["x", "y"], 1073741789, Ordering.degrevlex).gens()
    with pytest.raises(EngineError, match="msolve"):
        msolve.points([x**2 + y**2 - 1, x - y], ["x", "y"], 1073741789)
    with pytest.raises(EngineError, match="msolve"):
        interpolation("mlp:2,1,1:x^3", 2, seed=1)


def test_a_program_that_cannot_be_started_is_named(tmp_path, monkeypatch, capsys) -> None:
    path = tmp_path / "text"
    path.write_text("no program")
    os.chmod(path, 0o755)
    monkeypatch.setenv(msolve.COMMAND_VARIABLE, str(path))
    msolve.find_command.cache_clear()
    assert main(["train", NEEDS_MSOLVE, "--data", data_file(tmp_path), "--quiet"]) == 1
    assert "msolve does not start" in capsys.readouterr().err
    monkeypatch.undo()
    msolve.find_command.cache_clear()
