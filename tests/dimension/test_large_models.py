"""Models with many inputs: what the parser allows is answered, or refused in one sentence."""

from __future__ import annotations

from itertools import islice
from math import comb

import pytest
from conftest import slow

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.model import monomials
from neuroalg_sage.cli import main
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.equations.characters import kostka_number
from neuroalg_sage.models.families import parse_spec

MANY = 1200  # inputs; more than Python lets calls nest


@pytest.mark.parametrize(("variables", "degree"), [(1, 3), (2, 2), (3, 4), (4, 1), (3, 0)])
def test_monomials_descend_in_lexicographic_order(variables: int, degree: int) -> None:
    found = list(monomials(variables, degree))
    assert found == sorted(set(found), reverse=True) and {sum(m) for m in found} == {degree}
    assert len(found) == comb(variables + degree - 1, degree)
    model = parse_spec(f"mlp:{variables},1,1:x^{degree}" if degree else f"linear:{variables},1")
    if degree:
        assert [m for _, m in model.coordinates()] == found


def test_coordinates_of_many_inputs_are_listed() -> None:
    model = parse_spec(f"mlp:{MANY},1,1:x^2")
    first, second = islice(model.coordinates(), 2)
    assert first == (0, (2, *[0] * (MANY - 1))) and second == (0, (1, 1, *[0] * (MANY - 2)))


def test_letters_that_do_not_occur_do_not_count() -> None:
    assert kostka_number((2, 1), (1, 0, 1, 1, 0)) == kostka_number((2, 1, 0), (1, 1, 1)) == 2
    assert kostka_number((1,), (*[0] * MANY, 1)) == 1
    assert kostka_number((0, 0), (0,)) == 1 and kostka_number((1, 1), (2,)) == 0


@pytest.mark.parametrize("command", [
    slow(["script", f"linear:{MANY},1", "ideal"]), ["compute", f"linear:{MANY},1", "ideal"],
    ["discriminant", f"linear:{MANY},1"], slow(["fiber", f"linear:{MANY},1", "--function", "x_0"])])
def test_many_inputs_are_answered_or_refused(command: list[str], capsys) -> None:
    code = main([*command, "--quiet"])
    printed = capsys.readouterr()
    assert code in (0, 2, 3) and "nests too deeply" not in printed.err
    assert printed.out or printed.err


@pytest.mark.parametrize("spec", ["cnn:1000:out=100000", "cnn:300x300:out=400"])
@pytest.mark.parametrize("command", [["compute", "ambient_dimension", "dimension"], ["report"]])
def test_the_work_for_an_allowed_size_is_bounded(spec: str, command: list[str], capsys) -> None:
    assert main([command[0], spec, *command[1:], "--quiet"]) == 3
    printed = capsys.readouterr()
    assert "limit of 50,000,000" in printed.err and "Traceback" not in printed.err


def test_an_ideal_that_cannot_be_written_is_refused_before_its_dimension(monkeypatch) -> None:
    """Of a million parameters the dimension takes a minute, and would not help."""
    model = NeuroManifold("mlp:200,1000,700,100:x^2")
    monkeypatch.setattr(type(model), "dimension", lambda _: pytest.fail("a dimension was asked"))
    for question in ("ideal", "degree", "hilbert_polynomial", "singular_locus", "equations",
                     "ed_degree", "polar_degrees", "wasserstein_degree", "ed_discriminant",
                     "critical_locus", "is_of_minimal_degree", "span", "euler_characteristic"):
        with pytest.raises(LimitReached, match="dimensions are computed without it"):
            model.compute(question)


@pytest.mark.parametrize(("spec", "question", "value"), [
    slow("linear:30,1,30", "degree", comb(58, 29)),
    ("mlp:20,1,3:x^3", "degree", comb(21, 19) * 3**19), ("mlp:9,9,1:x^2", "degree", 1)])
def test_what_a_theorem_says_of_large_models_is_still_answered(spec, question, value) -> None:
    """Segre-Veronese varieties by degrees of products; quadratic forms fill."""
    found = NeuroManifold(spec, seed=1).compute(question)
    assert found.status == "proved" and (value is None or found == value)
