"""Singular loci, subnetworks and critical loci, against theorems and against other computations."""

from __future__ import annotations

import copy
import json
import random
from math import comb, prod

import pytest
from conftest import slow
from mutants import accepted_mutants, mutate

from neuroalg_sage import Activation, Dense, NeuroManifold, compose, from_expressions, verify
from neuroalg_sage.certificates.certificate import certificate, digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.certificates.equations.groebner import GroebnerBasis
from neuroalg_sage.certificates.equations.inheritance import Inheritance
from neuroalg_sage.certificates.singularities.binary_forms import SumsOfPowers
from neuroalg_sage.certificates.singularities.subspace_varieties import SubspaceVariety
from neuroalg_sage.cli import main
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.singularities.singular_locus_by_theorem import by_theorem
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.subnetworks import FREE, ZERO, rank_deficient, subnetworks


def verified(invariant):
    return verify(json.loads(json.dumps(invariant.certificate)))


@pytest.fixture(scope="module")
def cubic() -> NeuroManifold:
    """By Macaulay2, which knows no theorem on it."""
    return NeuroManifold("mlp:2,2,2:x^3", method="elimination", seed=3)


# -- determinantal varieties ---------------------------------------------------------------


@pytest.mark.parametrize("spec", ["linear:3,2,3", "linear:2,1,3", "mlp:2,2,3:x^2",
                                  slow("mlp:2,1,2:x^3"), "mlp:3,2,1:x^2"])
def test_the_theorem_on_subspace_varieties_agrees_with_macaulay2_and_the_tangent_cone(spec: str):
    by_theorem = NeuroManifold(spec).singular_locus()
    by_minors = NeuroManifold(spec, method="inheritance", seed=1).singular_locus()
    assert by_theorem.trust == [] and by_theorem.completeness == "proved"
    (a,), (b,) = by_theorem.value, by_minors.value
    assert (a.dimension, a.degree, a.multiplicity) == (b.dimension, b.degree, b.multiplicity)
    assert a.ideal == b.ideal
    assert by_minors.lies_trust == () and by_minors.completeness == "proved, trusting macaulay2"
    assert verified(by_theorem).trust == tuple(by_theorem.trust)
    assert verified(by_minors).trust == ("macaulay2",)


@pytest.mark.parametrize("widths", [(4, 2, 4), (5, 3, 4), (9, 7, 8, 9), (3, 1, 4)])
def test_the_degree_of_the_singular_locus_is_that_of_matrices_of_smaller_rank(widths):
    """By the product formula, which is not the one that the product uses."""
    n, m, r = widths[0], widths[-1], min(widths)
    (component,) = NeuroManifold("linear:" + ",".join(map(str, widths))).singular_locus().value
    numerator = prod(comb(m + i, r - 1) for i in range(n - r + 1))
    denominator = prod(comb(r - 1 + i, r - 1) for i in range(n - r + 1))
    assert component.degree * denominator == numerator
    assert component.multiplicity == comb(m + n - 2 * r, m - r)


@pytest.mark.parametrize("m, r, k, s, degrees", [
    (3, 2, 2, 2, (2,)), (4, 2, 2, 2, (2,)), (3, 2, 3, 2, (2,)), (3, 1, 2, 2, (3, 1)),
    (4, 2, 1, 1, (2,)), (5, 3, 5, 5, (1,)), (3, 1, 4, 4, (2,)), (3, 2, 2, 1, (2, 1))])
def test_the_degree_of_a_subspace_variety_by_localization_and_by_characters(m, r, k, s, degrees):
    variety = SubspaceVariety(m, r, k, s, (degrees,) * k)
    narrow = variety.functions(r, s)
    series = Inheritance(variety.functions(m, k), narrow).hilbert_series(
        GroebnerBasis([], [1] * narrow.ambient_dimension))
    assert (variety.dimension, variety.degree) == (series.dimension, sum(series.numerator))


@pytest.mark.parametrize("m, r", [(m, r) for m in range(2, 7) for r in range(1, m)])
def test_multiplicities_of_symmetric_matrices_are_degrees_of_veronese_varieties(m: int, r: int):
    (stratum,) = SubspaceVariety(m, r, 1, 1, ((2,),)).singular_strata()
    assert stratum.variety.r == r - 1 and stratum.multiplicity == 2 ** (m - r)


@pytest.mark.parametrize("spec, dimension, degree, multiplicity", [
    # The multiplicities were also found from the ideal, by random linear spaces in Macaulay2.
    ("mlp:3,2,2:x^2", 4, 12, 5), ("mlp:4,2,1:x^2", 4, 8, 4), ("mlp:3,1,2:x^2", 0, 1, 12),
    ("mlp:3,2,3:x^2", 7, 45, 2)])
def test_subspace_varieties_are_singular_where_the_functions_have_smaller_rank(
        spec, dimension, degree, multiplicity):
    locus = NeuroManifold(spec).singular_locus()
    (component,) = locus.value
    assert (component.dimension, component.degree, component.multiplicity,
            component.multiplicity_status) == (dimension, degree, multiplicity, "proved")
    assert locus.completeness == "proved" and verified(locus).trust == ()


@pytest.mark.parametrize("spec", ["mlp:2,1,1:x^3", "mlp:2,2,1:x^4", slow("mlp:2,2,2:x^3")])
def test_the_theorem_on_sums_of_powers_agrees_with_macaulay2_and_the_tangent_cone(spec: str):
    locus = NeuroManifold(spec).singular_locus()
    by_minors = NeuroManifold(spec, method="elimination", seed=1).singular_locus()
    (a,), (b,) = locus.value, by_minors.value
    assert (a.dimension, a.degree, a.multiplicity) == (b.dimension, b.degree, b.multiplicity)
    assert a.ideal == b.ideal and a.multiplicity_status == "proved"
    assert locus.trust == [] and locus.completeness == "proved" and verified(locus).trust == ()


@pytest.mark.parametrize("k, s, d", [(1, 1, 3), (2, 1, 4), (2, 2, 3), (2, 1, 5), (3, 1, 6)])
def test_the_degree_of_sums_of_fewer_powers_is_that_of_the_smaller_network(k, s, d):
    claim = SumsOfPowers(k + 1, s, max(d, 2 * k + 1)).claim()
    smaller = NeuroManifold(f"mlp:2,{k},{s}:x^{max(d, 2 * k + 1)}", seed=1)
    assert claim["dimension"] == smaller.dimension() and claim["degree"] == smaller.degree()


def test_a_false_claim_about_sums_of_powers_is_rejected():
    good = NeuroManifold("mlp:2,2,2:x^3").singular_locus().certificate
    for key, value in (("multiplicity", 4), ("units", 0), ("degree", 7), ("dimension", 4),
                       ("units", True), ("further", 1)):
        claim = [good["claim"]["value"][0] | {key: value}]
        with pytest.raises(CertificateError):
            verify(certificate(good["model"], "singular_locus", claim, "proved", good["trust"],
                               good["evidence"], {}))
    for spec in ("mlp:2,3,1:x^3", "mlp:3,2,2:x^3", "mlp:2,2,2:x^2", "mlp:2,2,2:x^3+x"):
        model = parse_spec(spec)
        trial = NeuroManifold(model).dimension().certificate["evidence"]["trials"][0]
        with pytest.raises(CertificateError):
            verify(certificate(model.describe(), "singular_locus", good["claim"]["value"],
                               "proved", [], good["evidence"] | {"trial": trial}, {}))


def test_two_strata_of_smaller_rank():
    """Four inputs of which three matter, three outputs of which two are independent."""
    wide = compose([Dense(4, 3), Dense(3, 6), Activation("x^2"), Dense(6, 2), Dense(2, 3)])
    locus = NeuroManifold(wide).singular_locus()
    fewer_forms = NeuroManifold(compose([Dense(4, 2), Dense(2, 3), Activation("x^2"),
                                         Dense(3, 2), Dense(2, 3)])).dimension()
    fewer_outputs = NeuroManifold(compose([Dense(4, 3), Dense(3, 3), Activation("x^2"),
                                           Dense(3, 1), Dense(1, 3)])).dimension()
    assert sorted(c.dimension for c in locus.value) == sorted([fewer_forms, fewer_outputs])
    assert verified(locus).trust == ()


def test_what_is_not_all_of_a_subspace_variety_is_not_decided_by_the_theorem():
    trial = NeuroManifold("mlp:3,4,3:x^3").dimension().certificate["evidence"]["trials"][0]
    assert by_theorem(parse_spec("mlp:3,4,3:x^3"), trial) is None
    # One form in x^2 and x: the origin is where both ranks are smaller.
    model = compose([Dense(2, 1), Dense(1, 2), Activation("x^2+x"), Dense(2, 1), Dense(1, 2)])
    trial = NeuroManifold(model).dimension().certificate["evidence"]["trials"][0]
    assert by_theorem(model, trial) is None


def test_a_false_multiplicity_by_the_theorem_is_rejected():
    good = NeuroManifold("linear:3,2,3").singular_locus().certificate
    for key, value in (("multiplicity", 3), ("linear_forms", 0), ("degree", 7), ("dimension", 4),
                       ("outputs", 2), ("multiplicity", True), ("further", 1)):
        claim = [good["claim"]["value"][0] | {key: value}]
        with pytest.raises(CertificateError):
            verify(certificate(good["model"], "singular_locus", claim, "proved", good["trust"],
                               good["evidence"], {}))
    full = parse_spec("linear:2,2,2").describe()
    with pytest.raises(CertificateError):
        verify(certificate(full, "singular_locus", good["claim"]["value"], "proved",
                           good["trust"], good["evidence"], {}))


# -- other singular loci -------------------------------------------------------------------


def test_the_nodal_lines_of_a_convolutional_network():
    """
    Shahverdi, Marchetti, Kohn (2025): the singularities come from subnetworks with several
    preimages: squares of x_1, the input that both places of the filter see.
    """
    manifold = NeuroManifold("cnn:2,2:x^2", seed=2)
    locus = manifold.singular_locus()
    (component,) = locus.value
    assert (component.dimension, component.degree, component.multiplicity) == (1, 1, 2)
    assert "cnn:1,1:x^2 at 1" in component.fills
    assert locus.lies_trust == ()
    parts = {p.name: p for p in manifold.subnetworks().value}
    assert [n for n, p in parts.items() if p.singular] == ["cnn:1,1:x^2 at 1", "zero"]
    assert parts["cnn:1,1:x^2 at 1"].multiplicity == 2
    assert all(p.tangent[0] == p.tangent[1] for p in parts.values() if p.name != "zero")
    assert verified(manifold.subnetworks()).trust == ("the list of subnetworks",)


def test_what_is_known_is_kept_where_a_limit_ends_the_search_for_others(monkeypatch):
    run = Computation.run

    def limited(self, script, timeout=None):
        if script.title.startswith("the singular locus of"):
            raise LimitReached("The limit was reached.")
        return run(self, script, timeout)

    monkeypatch.setattr(Computation, "run", limited)
    locus = NeuroManifold("cnn:2,2:x^2", method="elimination", seed=1).singular_locus()
    (component,) = locus.value
    assert (component.dimension, component.degree, component.multiplicity) == (1, 1, 2)
    assert locus.completeness == "not proved" and verified(locus).trust == ()


@pytest.mark.slow
def test_one_hidden_neuron_is_all_of_the_singular_locus_of_two_cubic_ones(cubic):
    manifold = cubic
    (part, zero) = manifold.subnetworks().value
    assert (part.dimension, part.singular, part.tangent) == (3, True, (8, 8))
    assert (zero.dimension, zero.multiplicity) == (0, 6)
    locus = manifold.singular_locus()
    (component,) = locus.value
    assert "mlp:2,1,2:x^3" in component.fills and locus.lies_trust == ()
    smaller = NeuroManifold("mlp:2,1,2:x^3").ideal().value
    assert component.ideal == component.ideal.ring().ideal(
        [component.ideal.ring()(str(g)) for g in smaller.gens()])


def test_multiplicity_of_the_whitney_umbrella_and_of_a_triple_point():
    umbrella = NeuroManifold(from_expressions(["a*b*x^2 + b*x + a^2"], ["a", "b"], ["x"]))
    assert [c.multiplicity for c in umbrella.singular_locus().value] == [2]
    triple = NeuroManifold(from_expressions(["a^3*x + a^4"], ["a"], ["x"])).singular_locus()
    assert [(c.multiplicity, c.multiplicity_status) for c in triple.value] == [(3, "proved")]
    assert verified(triple).value[0]["multiplicity"] == 3


@pytest.mark.parametrize("spec", ["linear:2,1,2", "linear:3,1,2", slow("mlp:2,2,3:x^2"),
                                  "mlp:3,1,1:x^3", slow("mlp:3,2,1:x^2")])
def test_the_critical_locus_of_a_narrowed_model_agrees_with_that_of_the_whole(spec, monkeypatch):
    whole = NeuroManifold(spec, seed=1)
    narrowed = whole.critical_locus()
    assert narrowed.completeness == "proved, trusting macaulay2"
    monkeypatch.setattr("neuroalg_sage.invariants.singularities.critical_locus.narrowing",
                        lambda model: None)
    direct = NeuroManifold(spec, seed=1).critical_locus()
    assert direct.completeness == "proved, trusting macaulay2"
    ring = direct.value[0].ideal.ring()
    ideals = [ring.ideal([ring(str(g)) for g in c.ideal.gens()]) for c in narrowed.value]
    assert len(ideals) == len(direct.value) and all(c.ideal in ideals for c in direct.value)
    assert verified(narrowed).trust == ("macaulay2",)


def test_the_critical_locus_of_a_narrowed_model_is_found_in_time():
    """Directly Macaulay2 needs about a minute for these."""
    locus = NeuroManifold("linear:4,2,4", seed=1).critical_locus()
    # Where one of the matrices has rank one: codimension 3, and the degree of a rational scroll.
    assert [(c.dimension, c.degree) for c in locus.value] == [(13, 4), (13, 4)]
    assert locus.completeness == "proved, trusting macaulay2"


def test_when_time_is_over_what_is_known_is_kept_and_the_rest_is_not_claimed(monkeypatch):
    from neuroalg_sage.invariants.singularities import singular_locus as module

    monkeypatch.setattr(module, "COMPLETENESS_SECONDS", 0.2)
    locus = NeuroManifold("mlp:3,2,2:x^2", method="inheritance", seed=1).singular_locus()
    assert locus.completeness == "not proved" and locus.lies_trust == ()
    assert locus.certificate["claim"]["invariant"] == "singular_subvarieties"
    assert verified(locus).trust == ()
    (component,) = locus.value
    assert (component.dimension, component.degree) == (4, 12)
    assert component.fills == ("mlp:3,1,2:x^2", "layer 1 of rank 1")


def test_no_subvariety_becomes_all_of_the_locus_by_another_name(cubic):
    good = cubic.singular_locus().certificate
    for value in ([], good["claim"]["value"]):
        with pytest.raises(CertificateError):
            verify(certificate(good["model"], "singular_locus", value, "proved", [],
                               good["evidence"] | {"components": good["evidence"]["components"][
                                   :len(value)]}, {}))
    # A smooth subvariety is none: a kernel that is too small, or not of the Jacobian.
    evidence = copy.deepcopy(good["evidence"])
    evidence["components"][0]["kernel"] = evidence["components"][0]["kernel"][:6]
    with pytest.raises(CertificateError, match="too few vectors"):
        verify(certificate(good["model"], "singular_locus", good["claim"]["value"], "proved",
                           good["trust"], evidence, {}))
    evidence = copy.deepcopy(good["evidence"])
    evidence["components"][0]["kernel"][1] = evidence["components"][0]["kernel"][0]
    with pytest.raises(CertificateError, match="not independent"):
        verify(certificate(good["model"], "singular_locus", good["claim"]["value"], "proved",
                           good["trust"], evidence, {}))
    # The ideal of everything else: V itself is not singular, and not in M.
    with pytest.raises(CertificateError):
        verify(certificate(good["model"], "singular_subvarieties",
                           [{"dimension": 8, "degree": 1, "generators": []}], "proved",
                           good["trust"], good["evidence"], {}))


# -- subnetworks ---------------------------------------------------------------------------


@pytest.mark.parametrize("spec", [
    "mlp:3,3,2:x^2", "mlp:2,2,2,1:x^2", "mlp:2,3,2:x^2+x:bias", "cnn:3,2:x^2", "cnn:3s2,2:x^2",
    "cnn:2c2,2:x^2", "cnn:2x2,2x1:x^2", "attention:d=2,a=2,out=1,t=2",
    "attention:d=2,a=1,out=1,t=2,heads=2"])
def test_embedded_parameters_give_the_functions_of_the_subnetwork(spec: str):
    """At random inputs, whatever the free parameters are: by evaluation, not by expansion."""
    import numpy as np

    generator, model = random.Random(7), parse_spec(spec)
    parts = subnetworks(model)
    assert parts
    for part in parts:
        count = part.model.parameter_count if part.model else 0
        w = [generator.randint(-9, 9) for _ in range(count)]
        x = [generator.randint(-9, 9) for _ in range(model.input_count)]
        expected = [0] * model.output_count
        if part.model:
            expected = list(part.model.apply(np.array(w, dtype=object), np.array(
                [x[i] for i in part.inputs], dtype=object), int))
        for embedding in part.embeddings:
            assert len(embedding) == model.parameter_count
            values = [w[a] if a >= 0 else 0 if a == ZERO else generator.randint(-9, 9)
                      for a in embedding]
            assert sorted(a for a in embedding if a >= 0) == list(range(count))
            found = model.apply(np.array(values, dtype=object), np.array(x, dtype=object), int)
            assert list(found) == expected, part.name
        assert {a for e in part.embeddings for a in e if a < 0} <= {ZERO, FREE}


def test_the_numbers_of_subnetworks_up_to_symmetry():
    assert len(subnetworks(parse_spec("mlp:3,3,2:x^2"))) == 3
    assert len(subnetworks(parse_spec("mlp:2,3,4,1:x^2"))) == 3 * 4
    assert len(subnetworks(parse_spec("mlp:1,1:x^2"))) == 1
    assert [name for name, _ in rank_deficient(parse_spec("linear:3,2,3"))] == [
        "layer 1 of rank 1", "layer 2 of rank 1"]
    with pytest.raises(LimitReached):
        subnetworks(parse_spec("mlp:2,40,40,1:x^2"))


def test_the_poset_is_that_of_widths():
    poset = NeuroManifold("mlp:2,2,2,1:x^2", seed=1).subnetworks().value
    names = [p.name for p in poset]
    assert [(names[i], names[j]) for i, j in poset.covers()] == [
        ("mlp:2,1,1,1:x^2", "mlp:2,2,1,1:x^2"), ("mlp:2,1,1,1:x^2", "mlp:2,1,2,1:x^2"),
        ("zero", "mlp:2,1,1,1:x^2")]


def test_permuting_the_outputs_changes_no_subnetwork():
    """The tangent spaces at a subnetwork, by another basis of the outputs and another seed."""
    first = NeuroManifold("mlp:2,2,3:x^2", seed=4).subnetworks().value
    second = NeuroManifold("mlp:2,2,3:-3*x^2", seed=5).subnetworks().value
    assert [(p.dimension, p.singular, p.tangent, p.multiplicity) for p in first] == [
        (p.dimension, p.singular, p.tangent, p.multiplicity) for p in second]


# -- critical loci -------------------------------------------------------------------------


def test_two_linear_layers_are_critical_where_one_has_not_full_rank():
    """Trager, Kohn, Bruna (2020): these are the parameters of matrices of smaller rank."""
    locus = NeuroManifold("linear:3,1,2").critical_locus()
    assert [(c.dimension, c.degree) for c in locus.value] == [(3, 1), (2, 1)]
    assert all("component 1 of the singular locus" in c.image for c in locus.value)
    assert verified(locus).value == locus.certificate["claim"]["value"]


def test_the_derivative_drops_rank_on_critical_components_and_not_beside_them(cubic):
    manifold = cubic
    locus = manifold.critical_locus()
    assert [(c.dimension, c.degree) for c in locus.value] == [(7, 2), (6, 1), (6, 1)]
    import numpy as np

    from neuroalg_sage.invariants.dimension.dimension import jacobian_at

    prime, generator = 2**31 - 1, random.Random(3)
    inputs = np.array([[generator.randrange(prime) for _ in range(2)] for _ in range(9)])
    model = manifold.model

    def rank(w):
        return modular.rank(jacobian_at(model, w, inputs, prime), prime)

    w = [generator.randrange(prime) for _ in range(8)]
    assert rank(w) == 6
    for zero in ([4, 6], [5, 7]):  # a dead unit
        assert rank([0 if i in zero else c for i, c in enumerate(w)]) < 6
    assert rank([*w[:2], *(5 * c % prime for c in w[:2]), *w[4:]]) < 6  # parallel weights
    for i in range(8):
        assert rank([0 if j == i else c for j, c in enumerate(w)]) == 6


# -- certificates, and what is refused -----------------------------------------------------


@pytest.fixture(scope="module")
def originals(cubic) -> list[dict]:
    found = [cubic.certificate(name) for name in ("singular_locus", "subnetworks")]
    for spec, names in (("cnn:2,2:x^2", ("singular_locus", "subnetworks", "critical_locus")),
                        ("linear:2,1,2", ("singular_locus", "subnetworks", "critical_locus"))):
        manifold = NeuroManifold(spec, seed=6)
        found += [manifold.certificate(name) for name in names]
    for original in found:
        verify(original)
    return found


def test_mutations_are_rejected(originals):
    generator = random.Random(21)
    for _ in range(150):
        data, _ = mutate(generator.choice(originals), generator)
        with pytest.raises(CertificateError):
            verify(data)


def test_mutations_with_a_new_digest_are_rejected_or_say_the_same(originals):
    generator = random.Random(22)
    accepted = list(accepted_mutants(originals, 150, generator))
    for original, data, where, _ in accepted:
        assert where[0] not in ("status", "trust"), where
        if where[0] == "claim":  # another Gröbner basis of the same ideals, or a model's name
            for mine, its in zip(data["claim"]["value"], original["claim"]["value"]):
                assert {k: v for k, v in mine.items() if k not in ("generators", "model")} == {
                    k: v for k, v in its.items() if k not in ("generators", "model")}, where
    assert len(accepted) < 75


def test_a_subnetwork_is_not_made_singular(originals):
    good = next(c for c in originals if c["claim"]["invariant"] == "subnetworks")
    for i, part in enumerate(good["claim"]["value"]):
        for change in ({"singular": not part["singular"]}, {"singular": None},
                       {"tangent": [part["tangent"][0] + 1, part["tangent"][1]]},
                       {"dimension": part["dimension"] + 1}):
            data = copy.deepcopy(good)
            data["claim"]["value"][i] |= change
            data["digest"] = digest(data)
            with pytest.raises(CertificateError):
                verify(data)
    data = copy.deepcopy(good)  # a free parameter that is none
    embedding = data["evidence"]["subnetworks"][0]["embeddings"][0]
    embedding[embedding.index(ZERO)] = FREE
    data["evidence"]["subnetworks"][0]["free"][0] = [[5]]
    data["digest"] = digest(data)
    with pytest.raises(CertificateError, match="does not give the functions"):
        verify(data)


def test_wrong_input_gets_one_sentence(capsys, tmp_path):
    for arguments, words in (
            (["cnn:2,2:x^2", "dimension", "--diagram", "a.png"], "ask for the invariant"),
            (["cnn:2,2:x^2", "subnetworks", "--diagram", "a.txt"], "is not named")):
        assert main(["compute", "--quiet", *arguments]) == 2
        assert words in capsys.readouterr().err
    manifold = NeuroManifold("linear:2,1,2")
    ideal = manifold.ideal().value
    manifold.check_ideal(ideal)
    with pytest.raises(InputError, match="lacks equations"):
        manifold.check_ideal(ideal.ring().ideal(0))
    with pytest.raises(InputError, match="4 variables"):
        manifold.check_ideal(NeuroManifold("linear:2,1,3").ideal().value)


def test_a_picture_without_matplotlib_is_refused_in_one_sentence(monkeypatch):
    from neuroalg_sage.invariants.singularities import hasse

    monkeypatch.setattr(hasse, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="needs matplotlib"):
        hasse.check_picture("poset.png")


@pytest.mark.parametrize("form", ["png", "svg"])
def test_the_hasse_diagram(tmp_path, form: str):
    pytest.importorskip("matplotlib")
    path = tmp_path / f"poset.{form}"
    NeuroManifold("mlp:2,2,2,1:x^2", seed=1).subnetworks().value.hasse_diagram(str(path))
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG") if form == "png" else b"<svg" in content


def test_the_report_and_the_command_line_print_subnetworks(capsys):
    assert main(["compute", "--quiet", "cnn:2,2:x^2", "subnetworks", "singular_locus", "--json"]
                ) == 0
    page = json.loads(capsys.readouterr().out)["results"]
    assert {p["name"]: p["singular"] for p in page["subnetworks"]["value"]}["zero"] is True
    assert page["singular_locus"]["no_others"] == "proved"
    assert page["singular_locus"]["trust"] == []
    assert main(["report", "--quiet", "linear:2,1,2"]) == 0
    out = capsys.readouterr().out
    assert "zero: dimension 0, singular; tangent space of dimension 4, multiplicity 2 "\
        "(numerical)" in out
