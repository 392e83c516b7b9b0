"""Degrees without ideals, by slicing and by monodromy, against those that are proved."""

from __future__ import annotations

import random
import subprocess
import time

import pytest
from conftest import macaulay2_command, slow

from neuroalg_sage import NeuroManifold, from_expressions, parse_spec
from neuroalg_sage.cli import main
from neuroalg_sage.engines.macaulay2 import Macaulay2
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.methods import FOR_THE_DEGREE
from neuroalg_sage.invariants.equations import degree_by_slicing as slicing

METHODS = pytest.mark.parametrize("method", FOR_THE_DEGREE)
FAST = ["linear:3,2,3", "linear:3,1,2", "mlp:2,2,3:x^2", "mlp:2,2,2:x^3", "mlp:3,2,2:x^2",
        "cnn:3,2:x^2", "cnn:2,2:x^2"]
# Not a cone; coefficients that are fractions; more parameters than 0 and 1 can hold.
OTHERS = [(["a*b*x^2 + b*x + a^2"], ["a", "b"]), (["a^2*x^2/3 + a^3*x - a/2"], ["a"]),
          (["(a+b)^2*x^2 + (a+b)^3*x"], ["a", "b"]),
          (["(a^2-a)*(b^2-b)*x + (a^2-a)^2*(b^2-b)^2"], ["a", "b"])]


# -- against proofs ------------------------------------------------------------------------


@METHODS
@pytest.mark.parametrize("spec", [
    slow(spec) if spec in ("mlp:3,2,2:x^2", "mlp:2,2,2:x^3", "linear:3,1,2") else spec
    for spec in FAST])
def test_the_degree_is_that_of_the_ideal(spec: str, method: str) -> None:
    degree = NeuroManifold(spec, method=method, seed=1).degree()
    assert degree == NeuroManifold(spec, method="elimination").degree()
    assert degree.status == "numerical" and degree.certificate is None


@METHODS
@pytest.mark.parametrize(("outputs", "parameters"), OTHERS)
def test_varieties_that_are_no_cones(outputs, parameters, method: str) -> None:
    model = from_expressions(outputs, parameters, ["x"])
    degree = NeuroManifold(model, method=method, seed=1).degree()
    assert degree == NeuroManifold(model).degree()


@pytest.mark.parametrize("seed", range(8))
def test_random_small_models(seed: int) -> None:
    generator = random.Random(seed)
    monomials = ["a", "b", "a*b", "a^2", "b^2", "1", "a^2*b", "b^3"]

    def coefficient() -> str:
        return "(" + "+".join(f"({generator.choice([-2, -1, 1, 3])})*{m}" for m in
                              generator.sample(monomials, generator.randint(1, 3))) + ")"

    model = from_expressions([f"{coefficient()}*x^2 + {coefficient()}*x + {coefficient()}"],
                             ["a", "b"], ["x"])
    assert NeuroManifold(model, method="slicing", seed=seed).degree() == (
        NeuroManifold(model).degree())


@pytest.mark.slow
@METHODS
@pytest.mark.parametrize(("spec", "value"), [("mlp:3,3,3:x^2", 30), ("mlp:2,2,2,2:x^2", 15)])
def test_larger_degrees(spec: str, value: int, method: str) -> None:
    assert NeuroManifold(spec, method=method, seed=1).degree() == value


# -- what changes nothing ------------------------------------------------------------------


@METHODS
def test_permuted_and_rescaled_coordinates_have_the_same_degree(method: str) -> None:
    phi = NeuroManifold("mlp:2,2,2:x^3").parametrization()
    generator = random.Random(5)
    polynomials = phi.written()
    generator.shuffle(polynomials)
    model = from_expressions(
        [" + ".join(f"({generator.choice([-3, 2, 5])})*({p})*x^{i}"
                    for i, p in enumerate(polynomials))],
        list(phi.model.parameter_names), ["x"])
    assert NeuroManifold(model, method=method, seed=1).degree() == 6


@METHODS
def test_a_rescaled_activation_has_the_same_degree(method: str) -> None:
    assert NeuroManifold("mlp:3,2,2:-5/3*x^2", method=method, seed=1).degree() == 15


def test_slices_are_independent_of_each_other_and_of_the_seed() -> None:
    assert {int(NeuroManifold("cnn:3,2:x^2", method="slicing", seed=seed).degree())
            for seed in range(12)} == {12}


@METHODS
def test_a_filling_model_has_degree_one_without_any_engine(method: str, monkeypatch) -> None:
    def unwanted(*arguments, **options):
        raise AssertionError("Macaulay2 was asked")

    monkeypatch.setattr(Macaulay2, "run", unwanted)
    degree = NeuroManifold("mlp:2,2,2,1:x^2", method=method).degree()
    assert degree == 1 and degree.status == "proved"


# -- slices that are special ---------------------------------------------------------------


def counted(monkeypatch, results: list[tuple[bool, int]]):
    """The degree of a model for which Macaulay2 answers as stated, one slice after the other."""
    answers = iter(results)
    monkeypatch.setattr(slicing.msolve, "find_command", lambda: None)
    monkeypatch.setattr(Macaulay2, "run", lambda *arguments, **options: dict(
        zip(["simple", "degree"], next(answers), strict=True)))
    return NeuroManifold("linear:3,2,3", method="slicing", seed=1).degree()


def test_of_two_slices_that_disagree_the_larger_count_is_taken(monkeypatch) -> None:
    degree = counted(monkeypatch, [(True, 2), (True, 3)])
    assert degree == 3 and "2 and 3" in degree.method


def test_slices_with_multiple_solutions_do_not_count(monkeypatch) -> None:
    degree = counted(monkeypatch, [(False, 9), (True, 3), (False, 8), (True, 3)])
    assert degree == 3 and "2 random slices" in degree.method
    with pytest.raises(LimitReached, match="only simple solutions"):
        counted(monkeypatch, [(False, 9)] * slicing.ATTEMPTS)


def test_solutions_that_are_not_simple_are_noticed(monkeypatch) -> None:
    """Where φ is ramified everywhere modulo the prime, there is no simple solution."""
    prime = 7
    monkeypatch.setattr(slicing, "random_prime", lambda *arguments: prime)
    model = from_expressions([f"a^{prime}*x + a^{2 * prime}"], ["a"], ["x"])
    manifold = NeuroManifold(model)
    script = slicing.slicing_script(manifold.parametrization(), {}, 1, random.Random(1))
    assert not Macaulay2().run(script)["simple"]


# -- limits and wrong input ----------------------------------------------------------------


@METHODS
def test_limits_are_obeyed(method: str) -> None:
    manifold = NeuroManifold("mlp:3,3,3:x^2", method=method, seed=1)
    manifold.dimension()
    manifold.computation.deadline = time.monotonic() - 1.0  # it has passed
    with pytest.raises(LimitReached):
        manifold.degree()
    assert NeuroManifold("linear:2,1,2", method=method, seed=1).degree() == 2


@METHODS
@pytest.mark.parametrize("name", ["ideal", "equations", "hilbert_polynomial", "singular_locus"])
def test_what_needs_the_ideal_is_refused(name: str, method: str, capsys) -> None:
    for model in ("linear:3,2,3", "mlp:2,2,2,1:x^2"):
        manifold = NeuroManifold(model, method=method)
        manifold.dimension()
        with pytest.raises(InputError, match=f"{method} finds the degree without the ideal"):
            manifold.compute(name)
    assert main(["compute", "linear:3,2,3", name, "--method", method, "--quiet"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(InputError, match="without the ideal"):
        NeuroManifold("linear:3,2,3", method=method).script(name)


def test_an_unknown_method_is_refused_with_the_known_ones(capsys) -> None:
    assert main(["compute", "linear:3,2,3", "degree", "--method", "dowsing"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "slicing, monodromy" in error


def test_the_shell_says_how_far_the_degree_is_to_be_believed(capsys) -> None:
    assert main(["compute", "linear:3,2,3", "degree", "--method", "slicing", "--quiet"]) == 0
    assert capsys.readouterr().out == "degree = 3  [numerical]\n"


@METHODS
def test_the_script_runs_without_python(method: str, tmp_path) -> None:
    script = tmp_path / "degree.m2"
    script.write_text(NeuroManifold("mlp:2,2,3:x^2", method=method).script("degree"))
    run = subprocess.run([macaulay2_command(), "--script", str(script)], capture_output=True,
                         text=True, timeout=300, check=True)
    assert "degree = 3" in run.stdout.splitlines()


def test_parameters_that_no_slice_fixes_are_cut_by_hyperplanes() -> None:
    manifold = NeuroManifold(parse_spec("mlp:2,2,3:x^2"))
    script = slicing.slicing_script(manifold.parametrization(), {}, 8, random.Random(1))
    assert Macaulay2().run(script) == {"simple": True, "degree": 3}
