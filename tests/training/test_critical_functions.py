"""Critical functions of degenerate losses: published counts, brute force, and forgeries."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction
from typing import Any

import pytest
from mutants import accepted_mutants

from neuroalg_sage import ERM, NeuroManifold, verify
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.certificates.dimension.ranks import rank
from neuroalg_sage.cli import main
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.equations.degree import ideal_data
from neuroalg_sage.models.expressions import derivative, evaluate, value

CONE = "mlp:2,1,1:x^2"


def random_data(manifold: NeuroManifold, rows: int, seed: int) -> list[list[int]]:
    generator = random.Random(seed)
    width = manifold.model.input_count + manifold.model.output_count
    return [[generator.randint(-5, 5) for _ in range(width)] for _ in range(rows)]


def kinds(found: Any) -> list[tuple[int, int, str]]:
    return [(c.dimension, c.degree, c.kind) for c in found]


@pytest.fixture(scope="module")
def attention() -> NeuroManifold:
    return NeuroManifold("attention:d=2,a=2,out=1,t=2", seed=1)


@pytest.fixture(scope="module")
def two_samples(attention) -> tuple[ERM, Any]:
    """A loss, and its critical functions."""
    problem = ERM(attention.model, random_data(attention, 2, 2))
    return problem, attention.critical_functions(problem)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_one_sample_of_attention_leaves_a_threefold_of_degree_four(attention, seed) -> None:
    """As Marchetti, Connelly, Breiding and Kohn count it, in affine space."""
    found = attention.critical_functions(ERM(attention.model, random_data(attention, 1, seed)))
    assert kinds(found) == [(3, 4, "fiber")]
    assert (found.rank, found.coordinates, found.dimension) == (2, 6, 5) and found.is_degenerate
    verify(json.loads(json.dumps(found.certificate)))


@pytest.mark.slow
def test_two_samples_of_attention_leave_two_curves_of_degree_two(attention, two_samples) -> None:
    """One of them interpolates, the other lies where the projection ramifies."""
    problem, found = two_samples
    assert [(c.dimension, c.degree) for c in found] == [(1, 2), (1, 2)]
    assert {c.kind for c in found} == {"fiber", "ramified"}
    locus = attention.ramification_locus(problem)
    assert all(c.dimension == 4 for c in locus) and locus.data
    ramified = next(c for c in found if c.kind == "ramified")
    ideal = ramified.ideal
    assert any(all(g in ideal for g in component.ideal.gens()) for component in locus)


@pytest.mark.parametrize(("spec", "rows", "count"), [
    # The generic Euclidean distance degrees of a conic, a twisted cubic, and of a quadric that
    # data with one form for both rows make of a determinant.
    (CONE, 3, 4), (CONE, 4, 4), ("mlp:2,1,1:x^3", 4, 7), ("linear:2,1,2", 3, 2)])
def test_data_that_tell_functions_apart_have_as_many_critical_points_as_before(
        spec, rows, count) -> None:
    manifold = NeuroManifold(spec, seed=1)
    problem = ERM(spec, random_data(manifold, rows, 3))
    found = manifold.critical_functions(problem)
    assert not found.is_degenerate and {c.kind for c in found} == {"unramified"}
    assert {c.dimension for c in found} == {0} and sum(c.degree for c in found) == count
    before = problem.critical_points(seed=1)
    pure = [point for point in before["points"] if point["kind"] == "pure"]
    assert sum(len(c.component.real_points) for c in found) == len(pure)
    assert not manifold.ramification_locus(problem).data
    assert list(verify(found.certificate).trust) == found.trust


@pytest.mark.parametrize(("spec", "rows"), [(CONE, 1), (CONE, 2), ("mlp:2,1,1:x^3", 2),
                                            ("linear:2,1,2", 1)])
def test_critical_parameters_map_to_critical_functions_and_others_do_not(spec, rows) -> None:
    """By brute force: at all parameters modulo a small prime, by the derivative of the model."""
    manifold = NeuroManifold(spec, seed=1)
    phi = manifold.parametrization()
    problem = ERM(spec, random_data(manifold, rows, rows))
    found = manifold.critical_functions(problem)
    d, q = manifold.dimension().data, 13
    number = phi.parameter_count
    form = {ij: c.numerator * pow(c.denominator, -1, q) for ij, c in problem.quadratic.items()
            if c.denominator % q}
    assert len(form) == len(problem.quadratic)
    seen = {True: 0, False: 0}
    for index in range(q**number):
        w = [index // q**i % q for i in range(number)]
        derivatives = [[evaluate(derivative(f, i), w, q) for i in range(number)]
                       for f in phi.polynomials]
        if rank(derivatives, number, q) < d:
            continue
        z = [evaluate(f, w, q) for f in phi.polynomials]
        h = [-c.numerator * pow(c.denominator, -1, q) for c in problem.linear]
        for (i, j), c in form.items():
            h[i] += c * z[j]
            if i != j:
                h[j] += c * z[i]
        critical = not any(sum(a * row[i] for a, row in zip(h, derivatives)) % q
                           for i in range(number))
        inside = any(not any(evaluate(g, z, q) for g in c.component.generators) for c in found)
        assert critical == inside
        seen[critical] += 1
    assert seen[False]


@pytest.mark.slow
def test_points_of_components_are_critical(attention, two_samples) -> None:
    """At a point modulo a prime the slope is a combination of the differentials of equations."""
    problem, found = two_samples
    equations = attention.ideal().data
    n = len(problem.linear)
    for component in found:
        results = attention.computation.run(Script(
            "a point", ideal_data(n, list(component.component.generators)),
            "H = genericKernel(I, transpose jacobian I);",
            {"point": 'H#"point"', "prime": 'H#"prime"'}))
        z, p = [int(c) for c in results["point"]], int(results["prime"])
        rows = [[evaluate(derivative(g, j), z, p) for j in range(n)] for g in equations]
        h = [-c.numerator * pow(c.denominator, -1, p) for c in problem.linear]
        for (i, j), c in problem.quadratic.items():
            number = c.numerator * pow(c.denominator, -1, p)
            h[i] += number * z[j]
            if i != j:
                h[j] += number * z[i]
        codimension = n - attention.dimension().data
        assert rank(rows, n, p) == codimension == rank([*rows, [c % p for c in h]], n, p)


def test_filling_models_and_points_have_one_component() -> None:
    found = NeuroManifold("linear:2,1").critical_functions(ERM("linear:2,1", [[1, 2, 3]]))
    assert kinds(found) == [(1, 1, "fiber")] and found.trust == []
    half = [Fraction(3, 5), Fraction(6, 5)]
    assert all(value(g, half) == 0 for g in found[0].component.generators)
    assert not NeuroManifold("linear:2,1").ramification_locus(
        ERM("linear:2,1", [[1, 2, 3]])).data


def test_where_the_projection_is_nowhere_of_full_rank_all_of_m_ramifies() -> None:
    """A sample at which all functions vanish but those of one coordinate, which is zero on M."""
    found = NeuroManifold(CONE).ramification_locus(ERM(CONE, [[0, 0, 1]]))
    assert found.rank == 0 and not found.data  # rank 0 is all that it can have
    constant = NeuroManifold(CONE).critical_functions(ERM(CONE, [[0, 0, 1]]))
    assert kinds(constant) == [(2, 2, "fiber")]


def test_claims_about_critical_functions_cannot_be_bent() -> None:
    manifold = NeuroManifold(CONE, seed=1)
    problems = [ERM(CONE, random_data(manifold, m, m)) for m in (1, 2, 3)]
    originals = [f(p).certificate for p in problems
                 for f in (manifold.critical_functions, manifold.ramification_locus)]
    accepted = list(accepted_mutants(originals, 300, random.Random(5)))
    for original, data, where, _ in accepted:
        assert where[0] not in ("status", "trust")
        claims = [c["claim"]["value"] for c in (original, data)]
        assert [c[1:3] + c[4:] for c in claims][0] == [c[1:3] + c[4:] for c in claims][1], where
        assert [[(c["dimension"], c["degree"]) for c in claim[3]] for claim in claims][0] == [
            [(c["dimension"], c["degree"]) for c in claim[3]] for claim in claims][1], where


@pytest.mark.parametrize(("place", "bent"), [
    ((4, 0), "unramified"), ((4, 0), "singular"), ((4, 1), "ramified"), ((2,), 2), ((2,), 0),
    ((2,), 1.0), ((2,), True),
    ((1,), [0, 1, 1]), ((1,), [0, 1]), ((1,), []), ((3, 0, "degree"), 2),
    ((3,), []), ((0,), []), ((0,), [[[3, 0, 0], "1"]])])
def test_each_part_of_the_claim_is_checked(place, bent) -> None:
    found = NeuroManifold(CONE, seed=1).critical_functions(ERM(CONE, [[1, 2, 3]]))
    data = copy.deepcopy(found.certificate)
    assert verify(data).trust == ()
    part = data["claim"]["value"]
    for step in place[:-1]:
        part = part[step]
    assert json.dumps(part[place[-1]]) != json.dumps(bent)
    part[place[-1]] = bent
    data["digest"] = digest(data)
    with pytest.raises(CertificateError):
        verify(data)


def test_the_basis_must_show_the_kernel() -> None:
    found = NeuroManifold(CONE, seed=1).critical_functions(ERM(CONE, [[1, 2, 3]]))
    identity = [str(int(i % 4 == 0)) for i in range(9)]
    for basis in (identity, ["0"] * 9, identity[:8]):
        data = copy.deepcopy(found.certificate)
        data["evidence"]["basis"] = basis
        data["digest"] = digest(data)
        with pytest.raises(CertificateError):
            verify(data)


def test_too_many_minors_are_refused_in_one_sentence() -> None:
    manifold = NeuroManifold("linear:4,1,4", seed=1, timeout=100)
    with pytest.raises(LimitReached, match="minors"):
        manifold.critical_functions(ERM("linear:4,1,4", random_data(manifold, 2, 1)))


def test_the_command_asks_for_functions_and_ramification(tmp_path, capsys) -> None:
    path = tmp_path / "data.csv"
    path.write_text("1,0,1\n0,1,2\n")
    assert main(["critical", CONE, "--data", str(path), "--of", "functions", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)["critical"]
    assert [c["kind"] for c in data["components"]] == ["ramified", "ramified", "fiber"]
    assert data["rank"] == 2
    assert main(["critical", CONE, "--data", str(path), "--of", "ramification"]) == 0
    assert "ramifies" in capsys.readouterr().out
    assert main(["critical", CONE, "--data", str(path), "--of", "ramification", "--script"]) == 0
    assert "ramificationComponents" in capsys.readouterr().out
    assert main(["critical", CONE, "--function", "x_0^2", "--of", "functions"]) == 2
    assert "leave out --of" in capsys.readouterr().err
