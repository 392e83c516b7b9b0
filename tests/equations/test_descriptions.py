"""Descriptions and their theorems, against elimination, Macaulay2 and forgers."""

from __future__ import annotations

import copy
import json
import random

import pytest
from conftest import published, slow

from neuroalg_sage import NeuroManifold, verify
from neuroalg_sage.certificates.certificate import certificate, digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.equations.descriptions import known_varieties

GENERIC = ["linear:3,2,3", "linear:4,1,2,3", "mlp:2,1,2:x:bias", "mlp:2,2,3:x^2", "linear:2,3,1,4"]
SUMS_OF_POWERS = ["mlp:2,2,2:x^3", "mlp:2,2,3:x^3", "mlp:3,1,2:x^2", "mlp:2,1,2:x^3",
                  "mlp:3,2,1:x^2", "mlp:3,1,1:x^2", "mlp:2,2,1:x^4", "mlp:2,1,1:x^5",
                  "mlp:3,2,2:x^2", "mlp:2,2,3:-2/3*x^3"]
LONG = "mlp:2,2,3:x^3", "mlp:2,2,3:-2/3*x^3", "mlp:3,2,2:x^2"  # to eliminate
CONVOLUTIONS = ["cnn:2,2:x^2", "cnn:3,2:x^2", "cnn:2s2,2:x^2", "cnn:2,2:x^3", "cnn:2,3:x^2",
                "cnn:2,2:x^2:out=2", "cnn:1,2:x^2"]


def by_two_methods(spec: str) -> tuple[NeuroManifold, NeuroManifold]:
    return (NeuroManifold(spec, method="description"), NeuroManifold(spec, method="elimination"))


def accepted(answer) -> None:
    assert answer.status == "proved"
    verdict = verify(json.loads(json.dumps(answer.certificate)))
    assert list(verdict.trust) == answer.trust
    assert all(name.startswith("theorem: ") for name in verdict.trust)


# -- against elimination -------------------------------------------------------------------


@pytest.mark.parametrize("spec", [
    slow(spec) if spec in LONG else spec for spec in GENERIC + SUMS_OF_POWERS])
def test_minors_generate_what_elimination_finds(spec: str) -> None:
    described, eliminated = by_two_methods(spec)
    assert described.ideal().value == eliminated.ideal().value
    accepted(described.ideal())
    for name in ("degree", "hilbert_polynomial"):
        assert described.compute(name) == eliminated.compute(name), name
        accepted(described.compute(name))


@pytest.mark.parametrize("spec", [
    slow(spec) if spec in LONG else spec for spec in SUMS_OF_POWERS + GENERIC])
def test_the_minors_are_minimal_generators(spec: str) -> None:
    described, eliminated = (sorted(g.degree() for g in m.ideal().gens() if g)
                             for m in by_two_methods(spec))
    assert described == eliminated


@pytest.mark.parametrize("seed", range(8))
def test_random_linear_networks_of_any_depth(seed: int) -> None:
    generator = random.Random(seed)
    widths = [generator.randint(1, 3) for _ in range(generator.randint(3, 5))]
    described = NeuroManifold("linear:" + ",".join(map(str, widths)))
    eliminated = NeuroManifold(described.model, method="elimination")
    assert described.ideal().value == eliminated.ideal().value
    for name in ("degree", "hilbert_polynomial"):
        assert described.compute(name) == eliminated.compute(name)
        accepted(described.compute(name))


@pytest.mark.parametrize("spec", CONVOLUTIONS)
def test_degrees_of_convolutional_networks(spec: str) -> None:
    described, eliminated = (NeuroManifold(spec), NeuroManifold(spec, method="kernel"))
    (variety,) = known_varieties(described.model, described.dimension())
    assert variety.dimension() == described.dimension()
    assert variety.formula().degree == described.degree() == eliminated.degree()
    if not described.is_filling():
        accepted(described.degree())


@pytest.mark.parametrize(("spec", "value"), published("degree"))
def test_published_degrees(spec: str, value: int) -> None:
    degree = NeuroManifold(spec).degree()
    assert degree == value
    verify(degree.certificate)


def test_a_dimension_that_the_output_flattening_bounds() -> None:
    dimension = NeuroManifold("linear:6,5,4,3,6").dimension()
    assert dimension == 27 and dimension.status == "proved" and dimension.trust == []
    verify(dimension.certificate)


def test_degrees_of_classical_varieties() -> None:
    """Determinants and symmetroids, by their own degrees."""
    for k in range(2, 7):
        assert NeuroManifold(f"linear:{k},{k - 1},{k}").degree() == k
        assert NeuroManifold(f"mlp:{k},{k - 1},1:x^2").degree() == k
        assert NeuroManifold(f"mlp:{k},1,1:x^2").degree() == 2**(k - 1)
    assert NeuroManifold("mlp:2,1,1:x^7").degree() == 7


# -- what is said --------------------------------------------------------------------------


def test_flattenings_of_a_network_with_too_many_neurons_for_a_theorem() -> None:
    manifold = NeuroManifold("mlp:3,3,4:x^2", seed=1)
    variety, first, *_ = manifold.descriptions()
    assert "no theorem" in str(variety) and variety.ideal_theorem() is None
    assert (first.rank, first.ambient_rank, first.is_proved) == (3, 4, True)
    assert first.matrix().dimensions() == (4, 6)
    assert r"\begin{array}" in first._latex_()
    with pytest.raises(InputError, match="does not apply"):
        NeuroManifold("mlp:3,3,4:x^2", method="description").ideal()


def test_minors_are_those_of_the_matrix_in_sage() -> None:
    for description in NeuroManifold("mlp:2,2,4:x^3", seed=1).descriptions()[1:]:
        matrix = description.matrix()
        ring = matrix.base_ring()
        ours = ring.ideal([ring({e: str(c) for e, c in f.items()})
                           for f in description.minors()])
        assert ours == ring.ideal(matrix.minors(description.rank + 1))


def test_a_bound_from_the_first_layer() -> None:
    """Forms in two of three variables: a catalecticant has rank at most two."""
    found = [d for d in NeuroManifold("mlp:3,2,3,1:x^2", seed=2).descriptions()]
    assert found and found[0].is_proved and found[0].rank == 2


def test_the_shell_prints_descriptions(capsys) -> None:
    assert main(["compute", "--quiet", "mlp:2,2,2:x^3", "descriptions"]) == 0
    page = capsys.readouterr().out
    assert "sigma_2 of P^1 x v_3(P^1)" in page and "Raicu 2012" in page
    assert main(["compute", "--quiet", "--json", "cnn:2,2:x^2", "descriptions"]) == 0
    result = json.loads(capsys.readouterr().out)["results"]["descriptions"]
    assert result["trust"] == ["theorem: Shahverdi, Marchetti, Kohn (2025)"]
    assert "deg M = 4" in result["value"][0]


@pytest.mark.parametrize("spec", [
    "mlp:3,2,3:x^2:bias", "mlp:3,2,3:x^2+x", "mlp:3,2,2,3:x^2", "cnn:2,2:x", "cnn:2,2:x^2+x",
    "cnn:2c2,2:x^2", "cnn:2x2,2x2:x^2", "attention:d=2,a=1,out=2,t=2", "mlp:3,2,4:x^2+1"])
def test_models_whose_hypotheses_fail_are_not_described(spec: str) -> None:
    manifold = NeuroManifold(spec)
    assert known_varieties(manifold.model, manifold.dimension()) == []


def test_an_ideal_with_too_many_minors_is_not_written_but_its_degree_is_known() -> None:
    manifold = NeuroManifold("linear:12,6,12")
    (variety,) = known_varieties(manifold.model, manifold.dimension())
    with pytest.raises(LimitReached, match="too many"):
        variety.minors()
    accepted(manifold.degree())


# -- forgeries -----------------------------------------------------------------------------


def rejected(model: dict, invariant: str, value, trust: list[str], evidence: dict) -> None:
    with pytest.raises(CertificateError):
        verify(certificate(model, invariant, value, "proved", trust, evidence, {}))


OTHERS = {"mlp:3,2,2:x^2": ["mlp:3,3,2:x^2", "mlp:3,2,2:x^2:bias", "mlp:3,2,2:x^2+x",
                            "mlp:3,1,2:x^2", "mlp:2,2,2:x^4", "mlp:3,2,2,2:x"],
          "linear:3,2,3": ["linear:3,1,3", "linear:3,3,3", "mlp:3,2,3:x:bias", "cnn:2,2:x:out=3"],
          "mlp:3,2,1:x^2": ["mlp:3,1,1:x^2", "mlp:3,3,1:x^2", "mlp:3,2,1:x^2:bias",
                            "cnn:2,2:x^2"],
          "cnn:3,2:x^2": ["cnn:2,3:x^2", "cnn:3,2:x", "cnn:3,2:x^3", "mlp:4,2,1:x^2",
                          "cnn:3,2:x^2+x", "cnn:3c2,2:x^2"]}


@pytest.mark.parametrize("spec", OTHERS)
def test_a_certificate_of_one_model_proves_nothing_of_others(spec: str) -> None:
    manifold = NeuroManifold(spec)
    answers = [manifold.degree()] + [manifold.ideal()] * (not spec.startswith("cnn"))
    for answer in answers:
        accepted(answer)
        good = answer.certificate
        for other in OTHERS[spec]:
            rejected(NeuroManifold(other).model.describe(), good["claim"]["invariant"],
                     good["claim"]["value"], good["trust"], good["evidence"])


@pytest.mark.parametrize("spec", ["mlp:3,2,2:x^2", "linear:4,2,4", "mlp:4,2,1:x^2"])
@pytest.mark.parametrize("change", ["drop", "coefficient", "square", "foreign", "empty", "twice"])
def test_other_generators_are_rejected(spec: str, change: str) -> None:
    good = NeuroManifold(spec).ideal().certificate
    value = copy.deepcopy(good["claim"]["value"])
    if change == "drop":
        value.pop()
    elif change == "coefficient":
        value[0][0][0] = str(int(value[0][0][0]) + 1)
    elif change == "square":
        value[0] = [["1", [0, 6]]]
    elif change == "foreign":
        value.append([["1", [0, 1]]])
    elif change == "empty":
        value = []
    else:
        value.append(value[0])
    rejected(good["model"], "ideal", value, good["trust"], good["evidence"])


def test_a_special_point_does_not_prove_a_dimension() -> None:
    good = NeuroManifold("linear:3,2,3", method="description").ideal().certificate
    evidence = copy.deepcopy(good["evidence"])
    evidence["trial"]["point"] = [0] * len(evidence["trial"]["point"])
    rejected(good["model"], "ideal", good["claim"]["value"], good["trust"], evidence)


def test_a_theorem_is_not_made_trustless_and_not_replaced_by_another() -> None:
    good = NeuroManifold("mlp:3,2,2:x^2", method="description").ideal().certificate
    for trust in ([], ["theorem: Kutz (1974)"], ["macaulay2"]):
        data = good | {"trust": trust}
        data["digest"] = digest(data)
        with pytest.raises(CertificateError, match="whom it trusts"):
            verify(data)


def test_a_formula_for_another_variety_is_rejected() -> None:
    secants = NeuroManifold("mlp:3,2,2:x^2").model.describe()
    quadrics = NeuroManifold("mlp:3,2,1:x^2").model.describe()
    trial = NeuroManifold("mlp:3,2,2:x^2").dimension().certificate["evidence"]["trials"][0]
    for formula in ("symmetric matrices", "Segre-Veronese", "generic matrices", "convolutions",
                    "miracle", None):
        for value in (1, 3, 4, 12, 15):
            for theorem in ("Harris, Tu (1984)", "Bernardi (2008)", "Conca, Herzog (1994)"):
                rejected(secants, "degree", value, [f"theorem: {theorem}"],
                         {"formula": formula, "trial": trial})
    rejected(quadrics, "hilbert_polynomial", ["1"], ["theorem: Harris, Tu (1984)"],
             {"formula": "symmetric matrices"})
    rejected(quadrics, "degree", 4, ["theorem: Harris, Tu (1984)"],
             {"formula": "symmetric matrices"})


def test_a_flattening_does_not_bound_the_dimension_of_a_network_with_a_skip() -> None:
    """The outputs of x -> B A x + C x are not functions of A x alone."""
    narrow = {"kind": "chain", "layers": [{"kind": "dense", "inputs": 3, "outputs": 1},
                                          {"kind": "dense", "inputs": 1, "outputs": 3}]}
    model = {"input_shape": [3], "layers": [
        {"kind": "sum", "layers": [narrow, {"kind": "dense", "inputs": 3, "outputs": 3}]}]}
    good = NeuroManifold("linear:3,1,3").dimension().certificate["evidence"]["trials"][0]
    point = good["point"] + [1] * 9
    evidence = {"trials": [good | {"point": point}], "upper": {"kind": "flattening"}}
    rejected(model, "dimension", 5, [], evidence)
