"""Equations degree by degree, against elimination, published numbers, and representation theory."""

from __future__ import annotations

import copy
import json
import random
from itertools import combinations
from math import comb

import pytest
from conftest import published
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold, from_expressions, verify
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.equations import equations_by_degree
from neuroalg_sage.invariants.equations.characters import character, kostka_number, written
from neuroalg_sage.invariants.equations.equations_by_degree import EquationSearch, generators
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.parametrization import parametrization

CONES = ["linear:3,2,3", "mlp:2,2,3:x^2", "mlp:3,2,2:x^2", "mlp:2,2,2:x^3", "cnn:3,2:x^2",
         "cnn:2,2:x^2", "mlp:2,2,2:x^2+x"]


@pytest.mark.parametrize("spec", CONES)
def test_they_generate_the_ideal_that_elimination_finds(spec: str) -> None:
    manifold = NeuroManifold(spec)
    ideal = manifold.ideal().value
    highest = max(g.degree() for g in ideal.gens())
    search = manifold.equation_search()
    found = search.up_to(int(highest))
    ring = ideal.ring()
    polynomials = [ring({e: int(c) for e, c in p.items()})
                   for p in generators(search, int(highest))]
    assert ring.ideal(polynomials) == ideal
    assert sum(d.generator_count for d in found) == len(polynomials)


@pytest.mark.parametrize(("spec", "value"), published("minimal_generators_by_degree"))
def test_published_numbers_of_minimal_generators(spec: str, value: dict[str, int]) -> None:
    search = EquationSearch(parametrization(parse_spec(spec)))
    highest = max(map(int, value), default=3)
    counts = {str(d.degree): d.generator_count for d in search.up_to(highest)}
    assert {d: c for d, c in counts.items() if c} == value


@pytest.mark.parametrize("spec", CONES[:6])
def test_the_hilbert_function_is_that_of_the_series_and_is_proved(spec: str) -> None:
    manifold = NeuroManifold(spec)
    answer = manifold.hilbert_function(4)
    series = manifold.ideal().value.hilbert_series()
    ring = series.numerator().parent()
    t = ring.gen()
    n = manifold.ambient_dimension().value
    numerator = ring(series * (1 - t) ** n)
    expected = [sum(int(c) * comb(n + d - k - 1, n - 1) for k, c in enumerate(numerator.list())
                    if k <= d) for d in range(1, 5)]
    assert answer == expected and answer.status == "proved"
    verdict = verify(json.loads(json.dumps(answer.certificate)))
    assert verdict.value == expected and verdict.trust == ()


def test_the_quartics_of_three_quadratic_neurons_are_one_irreducible_representation() -> None:
    search = EquationSearch(parametrization(parse_spec("mlp:3,3,3:x^2")))
    found = search.up_to(5)
    assert [d.generator_count for d in found] == [0, 0, 0, 9, 0]
    assert character(search, found[3]) == {((3, 3, 2), (2, 1, 1)): 1}
    assert written(character(search, found[3])) == "S_(3,3,2) x S_(2,1,1)"


def weyl_dimension(partition: tuple[int, ...]) -> int:
    """The dimension of an irreducible representation of GL, by Weyl's formula."""
    top = bottom = 1
    for i, j in combinations(range(len(partition)), 2):
        top *= partition[i] - partition[j] + j - i
        bottom *= j - i
    return top // bottom


@pytest.mark.parametrize(("spec", "degree"), [
    ("linear:3,2,3", 4), ("mlp:3,2,2:x^2", 4), ("mlp:2,2,3:x^3", 4), ("mlp:3,2,3:x^2", 3),
    ("mlp:2,2,2,2:x^2", 5)])
def test_characters_have_the_right_dimension(spec: str, degree: int) -> None:
    search = EquationSearch(parametrization(parse_spec(spec)))
    for found in search.up_to(degree):
        for only_generators, dimension in ((True, found.generator_count),
                                           (False, found.dimension)):
            parts = character(search, found, only_generators)
            assert all(m > 0 for m in parts.values())
            assert dimension == sum(m * weyl_dimension(a) * weyl_dimension(b)
                                    for (a, b), m in parts.items())


def test_minors_are_the_representation_that_they_are_known_to_be() -> None:
    search = EquationSearch(parametrization(parse_spec("linear:3,1,3")))
    assert character(search, search.up_to(2)[1]) == {((1, 1, 0), (1, 1, 0)): 1}


def test_kostka_numbers_are_those_of_sage() -> None:
    import sage.all__sagemath_modules  # noqa: F401

    for shape, content, value in (((3, 2, 1), (1,) * 6, 16), ((2, 2), (2, 1, 1), 1),
                                  ((4,), (2, 2), 1), ((2, 1), (3,), 0), ((3, 1), (2, 1, 1), 2),
                                  ((3, 3, 2), (3, 3, 2), 1), ((1, 1), (2, 0), 0)):
        assert kostka_number(shape, content) == value


def test_a_second_call_goes_on_and_a_limit_keeps_what_is_done(monkeypatch) -> None:
    said: list[str] = []
    search = EquationSearch(parametrization(parse_spec("mlp:3,2,2:x^2")), progress=said.append)
    first = search.up_to(2)
    assert len(said) == 2
    assert search.up_to(3)[:2] == first and len(said) == 3
    monkeypatch.setattr(equations_by_degree, "MOST_MONOMIALS", 1000)
    with pytest.raises(LimitReached, match="the degrees below it are done"):
        search.up_to(4)
    assert len(search.up_to(3)) == 3


@pytest.mark.parametrize("degree", [0, -1, 2.5, True])
def test_a_wrong_degree_is_refused(degree) -> None:
    with pytest.raises(InputError, match="whole number"):
        NeuroManifold("linear:2,1,2").equation_search().up_to(degree)


def test_characters_need_a_group() -> None:
    with pytest.raises(InputError, match="stable"):
        search = NeuroManifold("cnn:2,2:x^2").equation_search()
        character(search, search.up_to(1)[0])


def test_claims_about_hilbert_functions_cannot_be_bent() -> None:
    generator = random.Random(4)
    originals = [NeuroManifold(spec).hilbert_function(3).certificate
                 for spec in ("linear:3,2,3", "mlp:2,2,3:x^2", "cnn:2,2:x^2")]
    for _, _, where, _ in accepted_mutants(originals, 200, generator):
        assert where[0] not in ("claim", "status", "trust"), where
    # One equation too few, or a degree that is not done, proves nothing.
    fewer = copy.deepcopy(originals[0])
    fewer["evidence"]["generators"].pop()
    further = copy.deepcopy(originals[0])
    further["claim"]["value"].append(486 + 1)
    for data in (fewer, further):
        data["digest"] = digest(data)
        with pytest.raises(CertificateError):
            verify(data)


# -- going on, and what is no cone -----------------------------------------------------------


def test_a_second_command_goes_on_from_what_the_first_kept(tmp_path, capsys) -> None:
    kept, whole = tmp_path / "kept.json", tmp_path / "whole.json"
    command = ["equations", "cnn:3,2:x^2", "--quiet", "--json", "--keep"]
    assert main([*command, str(kept), "--degree", "2"]) == 0
    before = json.loads(kept.read_text())
    assert main([*command, str(kept), "--degree", "3"]) == 0
    assert json.loads(kept.read_text())["degrees"][:2] == before["degrees"]
    gone_on = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert main([*command, str(whole), "--degree", "3"]) == 0
    at_once = json.loads(capsys.readouterr().out)
    assert gone_on["degrees"] == at_once["degrees"]
    assert [d["generators"] for d in gone_on["degrees"]] == [1, 5, 20]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": 1}', "null"])
def test_a_kept_file_of_something_else_is_refused(tmp_path, content, capsys) -> None:
    file = tmp_path / "kept.json"
    file.write_text(content)
    assert main(["equations", "linear:2,1,2", "--keep", str(file), "--quiet"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1 and file.read_text() == content


def test_a_kept_equation_that_does_not_vanish_is_refused(tmp_path, capsys) -> None:
    file = tmp_path / "kept.json"
    command = ["equations", "linear:2,1,2", "--degree", "2", "--keep", str(file), "--quiet"]
    assert main(command) == 0
    state = json.loads(file.read_text())
    state["degrees"][1]["generators"][0][1][0][0][1] += 1
    file.write_text(json.dumps(state))
    assert main(command) == 2


def test_equations_of_what_is_no_cone_have_a_total_degree() -> None:
    curve = NeuroManifold(from_expressions(["a*x^2 + a^2*x + a^3"], ["a"], ["x"]), seed=3)
    # Polynomial functions of degree k on the twisted cubic in affine space.
    assert curve.hilbert_function(4) == [4, 7, 10, 13]
    assert verify(curve.hilbert_function(4).certificate).trust == ()
    assert [d.generator_count for d in curve.equation_search().up_to(3)] == [0, 3, 0]
    forged = copy.deepcopy(curve.hilbert_function(2).certificate)
    assert forged["claim"]["invariant"] == "affine_hilbert_function"
    forged["claim"]["invariant"] = "hilbert_function"
    forged["digest"] = digest(forged)
    with pytest.raises(CertificateError):
        verify(forged)


def test_the_command_says_what_is_proved(capsys) -> None:
    assert main(["equations", "mlp:3,2,2:x^2", "--degree", "3", "--quiet"]) == 0
    assert capsys.readouterr().out.endswith(
        "They generate the ideal of the neurovariety [proved].\n")
    assert main(["equations", "cnn:3s2,2s2,2:x", "--degree", "3", "--quiet"]) == 0
    assert capsys.readouterr().out.endswith(
        "They generate the ideal of the neurovariety [proved].\n")
    assert main(["equations", "cnn:3s2,2s2,2:x", "--degree", "2", "--quiet"]) == 0
    said = capsys.readouterr().out
    assert "at most 2; that they generate the ideal" in said
    assert "may have a larger dimension" in said
    assert main(["equations", "mlp:3,2,2:x^2", "--degree", "2", "--quiet"]) == 0
    assert "There are no equations of degree at most 2." in capsys.readouterr().out
