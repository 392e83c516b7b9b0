"""Conservation laws: published counts, two methods against each other, drift, forgeries."""

from __future__ import annotations

import copy
import itertools
import json
import random
import subprocess
from fractions import Fraction

import numpy as np
import pytest
from conftest import macaulay2_command, published
from mutants import accepted_mutants

from neuroalg_sage import (
    Chain,
    Dense,
    Flow,
    NeuroManifold,
    Sum,
    compose,
    from_expressions,
    relu_on_cell,
    verify,
)
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.certificates.dynamics.brackets import rank_of_brackets
from neuroalg_sage.certificates.model import Model as Rebuilt
from neuroalg_sage.cli import main
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.dynamics.conservation_law import ConservationLaw
from neuroalg_sage.invariants.dynamics.drift import drift
from neuroalg_sage.invariants.dynamics.lie_algebra import (
    BracketsOfGradients,
    BracketsOfPolynomials,
)
from neuroalg_sage.invariants.dynamics.quadratic_laws import number_from_symmetries
from neuroalg_sage.invariants.dynamics.vector_fields import VectorFields
from neuroalg_sage.invariants.equations.ideal import ring_map
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.parametrization import parametrization

SMALL = ["linear:2,2,2", "linear:2,2,2,2", "mlp:2,2,2:x^2", "mlp:1,2,1:x^3:bias", "cnn:2,2:x",
         "cnn:2,2:x^2", "attention:d=2,a=1,out=1,t=2", "mlp:2,2,1:x^2+x"]


def proved(answer, value) -> None:
    assert answer == value and answer.status == "proved"
    verdict = verify(json.loads(json.dumps(answer.certificate)))
    assert verdict.value == value and verdict.trust == ()


@pytest.mark.parametrize(("spec", "value"), published("number_of_conservation_laws"))
def test_published_numbers(spec: str, value: int) -> None:
    proved(NeuroManifold(spec).number_of_conservation_laws(), value)


@pytest.mark.parametrize("n, r, m", [(1, 1, 1), (2, 1, 3), (1, 2, 1), (2, 4, 1), (3, 2, 2),
                                     (6, 4, 6), (1, 5, 2)])
def test_two_linear_layers_have_as_many_as_the_theorem_says(n: int, r: int, m: int) -> None:
    expected = r * (r + 1) // 2 if n + m >= r else (n + m) * (2 * r + 1 - n - m) // 2
    proved(NeuroManifold(f"linear:{n},{r},{m}").number_of_conservation_laws(), expected)


@pytest.mark.parametrize("spec, value", [
    ("linear:3,3,3,3,3", 18), ("mlp:3,4,3:x^2", 4), ("cnn:3,3,3:x", 2), ("mlp:2,3,2:x^3", 3),
    ("mlp:2,2,2,2:x^2", 4)])
def test_deeper_models_have_one_balancedness_for_each_symmetric_matrix(spec, value) -> None:
    manifold = NeuroManifold(spec)
    proved(manifold.number_of_conservation_laws(), value)
    assert all("balancedness" in law.name for law in manifold.conservation_laws(2))


@pytest.mark.parametrize("spec", SMALL)
def test_the_definition_solved_symbolically_gives_the_same_laws(spec: str) -> None:
    """The dimension of all laws of degree at most 2, by the nullspace over QQ."""
    import sympy

    manifold = NeuroManifold(spec)
    phi = manifold.parametrization()
    names = manifold.model.parameter_names
    w = sympy.symbols(names)
    monomials = sorted(sympy.itermonomials(w, 2), key=str)
    columns = []
    for h in monomials:
        rows = {}
        for j, f in enumerate(phi.sympy()):
            image = sympy.expand(sum(sympy.diff(f, x) * sympy.diff(h, x) for x in w))
            for e, c in sympy.Poly(image, *w).as_dict().items():
                rows[j, e] = c
        columns.append(rows)
    keys = sorted({k for rows in columns for k in rows})
    matrix = sympy.Matrix([[rows.get(k, 0) for rows in columns] for k in keys])
    laws = manifold.conservation_laws(2)
    assert len(monomials) - matrix.rank() == 1 + len(laws)  # with the constants
    verify(json.dumps(laws.certificate))


def test_a_law_beyond_quadratic_forms() -> None:
    """The imaginary part of (a + bi)^3 is conserved where the real part is learned."""
    manifold = NeuroManifold(from_expressions(["(a^3 - 3*a*b^2)*x"], ["a", "b"], ["x"]), degree=7)
    laws = manifold.conservation_laws(7)
    assert [str(law) for law in laws] == ["3*a^2*b - b^3"]  # its square is not listed again
    assert verify(laws.certificate).trust == ()
    proved(manifold.number_of_conservation_laws(), 1)


def test_a_parameter_that_phi_ignores_is_a_law() -> None:
    manifold = NeuroManifold(from_expressions(["a*b*x"], ["a", "b", "c"], ["x"]))
    assert [str(law) for law in manifold.conservation_laws(3)] == ["c", "a^2 - b^2"]
    assert manifold.conservation_laws(1)[0].name == "the model ignores this parameter"


def test_a_law_that_is_no_polynomial_is_counted_where_one_function_moves() -> None:
    """f = (a + b^2) x conserves a - log(b)/2."""
    number = NeuroManifold(from_expressions(["(a + b^2)*x"], ["a", "b"], ["x"])
                           ).number_of_conservation_laws()
    proved(number, 1)
    assert "need not be algebraic" in number.method
    both = NeuroManifold(from_expressions(["(a + b^2)*x", "(a + b^2)^2*x"], ["a", "b"], ["x"])
                         ).number_of_conservation_laws()
    proved(both, 1)


@pytest.mark.parametrize("layers", [
    "mlp:2,1,2,1:x^2", "mlp:2,2,1,2,1:x^2", "mlp:1,2,1:x^3", "mlp:3,1,2,1:x^3", "mlp:1,1,2,1:x^2",
    "mlp:2,1,1,1:x^2", "linear:2,1,2,1", "cnn:2,2:x^2"])
def test_layers_after_one_unit_have_as_many_laws_as_brackets_leave_room_for(layers: str) -> None:
    model = parse_spec(layers)
    expanded = NeuroManifold(model, seed=1)
    brackets = BracketsOfPolynomials(expanded.law_search(Flow()).space, 2147483629,
                                     [*range(2, 2 + model.parameter_count)])
    proved(expanded.number_of_conservation_laws(),
           model.parameter_count - brackets.extend(model.parameter_count))


@pytest.mark.parametrize("spec", [
    "attention:d=1,a=1,out=1,t=2,heads=2", "linear:1,3,1", "mlp:1,2,1:x^2", "mlp:1,2,2,1:x^3",
    "resnet:width=1,hidden=2,blocks=1:x^2", "relu:1,2,1:cell=11"])
def test_where_m_is_a_curve_one_field_leaves_its_laws(spec: str) -> None:
    """Brackets of all fields at a random point are multiples of one of them."""
    manifold = NeuroManifold(spec, seed=1)
    count = manifold.model.parameter_count
    assert manifold.dimension() == 1
    brackets = BracketsOfPolynomials(VectorFields(manifold.parametrization(), Flow()), 2147483629,
                                     [*range(2, 2 + count)])
    assert brackets.extend(count) == 1
    number = manifold.number_of_conservation_laws()
    proved(number, count - 1)
    by_curve = number_from_symmetries(manifold.model, manifold.dimension())
    proved(by_curve, count - 1)
    surface = copy.deepcopy(by_curve.certificate)
    surface["model"] = parse_spec("linear:2,1").describe()
    surface["digest"] = digest(surface)
    with pytest.raises(CertificateError):
        verify(surface)
    fewer = copy.deepcopy(by_curve.certificate)
    fewer["claim"]["value"] -= 1
    fewer["digest"] = digest(fewer)
    with pytest.raises(CertificateError, match="laws"):
        verify(fewer)


@pytest.mark.parametrize("spec", [
    "mlp:2,2,2:x^2", "linear:2,2,2", "linear:2,3,1,2", "mlp:2,1,2,1:x^2", "mlp:2,2,1:x^3:bias",
    "attention:d=2,a=1,out=1,t=2", "attention:d=1,a=1,out=1,t=2,layers=2",
    "resnet:width=2,hidden=2,blocks=2:x^2", "cnn:2,2,2:x^2", "rnn:state=2,steps=2:x^2",
    "glu:widths=2x1x2:x^2"])
def test_brackets_without_expansion_are_those_of_the_polynomials(spec: str) -> None:
    model = parse_spec(spec)
    phi = parametrization(model)
    prime, generator, count = 2147483629, random.Random(spec), model.parameter_count
    point = [generator.randrange(1, prime) for _ in range(count)]
    functions = [(j, [generator.randrange(100) for _ in range(model.input_count)])
                 for _ in phi.polynomials for j in range(model.output_count)]
    by_values = BracketsOfGradients(model, prime, point, functions)
    by_polynomials = BracketsOfPolynomials(VectorFields(phi, Flow()), prime, point)
    assert by_values.rank == by_polynomials.rank
    assert by_values.extend(count) == by_polynomials.extend(count)
    evidence = {"prime": prime, "point": point, "functions": functions, "words": by_values.words}
    assert rank_of_brackets(Rebuilt(model.describe()), json.loads(json.dumps(evidence))) == (
        prime, point, by_values.rank)


def test_the_number_of_laws_of_a_network_that_is_not_expanded() -> None:
    for spec, value in (("mlp:2,3,3,3,1,3:x^2", 10), ("mlp:2,3,1,1,2,1:x^2", 8)):
        number = NeuroManifold(spec, seed=1).number_of_conservation_laws()
        proved(number, value)
        for _, data, where, _ in accepted_mutants([number.certificate], 60, random.Random(5)):
            assert data["claim"] == number.certificate["claim"], where


def test_what_counts_laws_cannot_be_bent() -> None:
    number = NeuroManifold("mlp:2,3,1,1,2,1:x^2", seed=1).number_of_conservation_laws()
    small = NeuroManifold("mlp:2,2,2:x^2", seed=1)
    laws = small.quadratic_conservation_laws()

    def rejected(certificate, message, change) -> None:
        data = copy.deepcopy(certificate)
        change(data)
        data["digest"] = digest(data)
        with pytest.raises(CertificateError, match=message):
            verify(data)

    def evidence(*path, to):
        def change(data):
            part = data["evidence"]
            for key in path[:-1]:
                part = part[key]
            part[path[-1]] = to
        return change

    original = number.certificate
    assert original["evidence"]["head"] == 3
    rejected(original, "no multiple of a power", evidence("head", to=2))  # three units
    rejected(original, "place of a layer", evidence("head", to=9))
    rejected(original, "vanishes", evidence("brackets", "point", to=[0] * 14))
    rejected(original, "not proved", lambda data: data["evidence"]["brackets"]["words"].pop())
    rejected(original, "bracket", evidence("brackets", "words", 3, to=[3, 0]))
    rejected(original, "function", evidence("brackets", "words", 0, to=[3]))
    deep = [[0], [1], *([k, 0] for k in range(1, 12))]
    rejected(original, "too deep", evidence("brackets", "words", to=deep))
    # A short certificate that asks for much is refused before it is computed.
    wide = {"input_shape": [1000], "layers": [
        {"kind": "dense", "inputs": 1000, "outputs": 1, "bias": False}]}

    def long(data):
        data["model"], data["status"], data["claim"]["value"] = wide, "bounds", [0, 999]
        data["evidence"] = {"symmetries": {"fields": []}, "brackets": {
            "prime": 2147483629, "point": [1] * 1000, "functions": [[0, [1] * 1000]],
            "words": [[0]] * 1000}}

    rejected(original, "more work", long)
    # Laws of a head are not among the quadratic ones, of which it is said how many are independent.
    one = NeuroManifold("mlp:1,2,1:x^3", seed=1).quadratic_conservation_laws()

    def claims_more(data):
        data["evidence"]["head"] = 0
        data["claim"]["value"][0] += 1

    rejected(one.certificate, "independent", claims_more)
    assert laws.certificate["claim"]["value"][:2] == [2, 2]


@pytest.mark.parametrize("seed", range(4))
def test_hidden_units_may_be_permuted(seed: int) -> None:
    generator = random.Random(seed)
    names = [f"w_{i}" for i in range(6)]
    shuffled = generator.sample(names, 6)
    text = "{}*({}*x + {}*y)^2 + {}*({}*x + {}*y)^2"
    counts = []
    for order in (names, shuffled):
        model = from_expressions([text.format(*order)], names, ["x", "y"])
        manifold = NeuroManifold(model, seed=seed)
        counts.append((manifold.number_of_conservation_laws().data,
                       [law.degree for law in manifold.conservation_laws(4)]))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("spec", ["mlp:2,2,2:x^2", "mlp:3,3,3:x^3", "attention:d=2,a=1,out=2,t=2"])
def test_symmetries_and_brackets_agree(spec: str) -> None:
    manifold = NeuroManifold(spec)
    other = number_from_symmetries(manifold.model, manifold.dimension())
    low, high = other.data if other.status == "bounds" else (other.data,) * 2
    assert low <= manifold.number_of_conservation_laws().data <= high
    assert verify(other.certificate).trust == ()


def test_a_skip_connection_keeps_the_balance_inside() -> None:
    block = Sum((Chain(), Chain((Dense(2, 2), Dense(2, 2)))))
    manifold = NeuroManifold(compose([block]))
    assert {law.name[:12] for law in manifold.conservation_laws(2)} == {"balancedness"}
    proved(manifold.number_of_conservation_laws(), 3)


@pytest.mark.parametrize("widths, patterns, value", [
    ([2, 2, 1], [[[1, 0]], [[0, 1]]], 2), ([2, 3, 2], [[[1, 0, 0]], [[0, 1, 0]], [[0, 0, 1]]], 3)])
def test_a_relu_network_conserves_one_law_for_each_neuron(widths, patterns, value) -> None:
    """Marcotte, Gribonval, Peyré (2023), Corollary on ReLU networks."""
    proved(NeuroManifold(relu_on_cell(widths, patterns)).number_of_conservation_laws(), value)


@pytest.mark.parametrize("flow, value", [
    (Flow(friction=0), 1), (Flow(friction="1/2"), 1), (Flow(weight_decay=1), 3),
    (Flow(friction=1, weight_decay=2), 1), (Flow(mirror=[f"w_{i}" for i in range(8)]), 2)])
def test_laws_of_other_flows(flow: Flow, value: int) -> None:
    manifold = NeuroManifold("linear:2,2,2")
    answer = manifold.number_of_conservation_laws(flow)
    assert answer == value and answer.status == "proved"
    assert verify(json.dumps(answer.certificate)).value[-1] == value
    laws = manifold.conservation_laws(3, flow)
    assert verify(json.dumps(laws.certificate)).trust == ()
    if flow.friction is not None:
        assert [law.name for law in laws] == ["angular momentum"]


@pytest.mark.parametrize("flow", [
    "gradient", "weight-decay=1/2", "momentum=1/2", "momentum", "momentum=1:weight-decay=1/3",
    "mirror=w", "metric=1,2,3,4,1,2,3,4", "mirror=w:weight-decay=1"])
def test_laws_do_not_drift_while_the_function_moves(flow: str) -> None:
    pytest.importorskip("scipy")
    degree = 3 if "momentum" in flow else 2
    found = NeuroManifold("linear:2,2,2", seed=1, degree=degree, flow=flow).drift()
    assert found.largest < 1e-6 < 1e-2 < found.moved


def test_what_is_no_law_drifts() -> None:
    pytest.importorskip("scipy")
    search = NeuroManifold("linear:2,2,2", seed=1).law_search()
    wrong = ConservationLaw({(2, 0, 0, 0, 0, 0, 0, 0): Fraction(1)}, tuple(search.space.names))
    assert drift(search.space, [wrong], seed=1).largest > 1e-2
    # Angular momentum decays by friction.
    moving = NeuroManifold("linear:2,2,2", seed=1).law_search("momentum=1")
    (law,) = moving.up_to(3)
    still = ConservationLaw({(*e[:-1], 0): c for e, c in law.polynomial.items()}, law.variables)
    assert drift(moving.space, [law, still], seed=1).laws[0][1] < 1e-7
    assert drift(moving.space, [still], seed=1).largest > 1e-2


def test_invariant_sets_and_balanced_parameters() -> None:
    manifold = NeuroManifold("linear:2,1,2", seed=1, degree=2)
    variety = manifold.invariant_set([1, 2, 3, 4])
    assert variety.dimension() == 3 and variety([1, 2, 4, 3])
    found = manifold.balanced_initialization([1, 2, 2, 4])
    w = found.data.point
    assert np.allclose(w[:2] @ w[:2], w[2:] @ w[2:])
    assert np.allclose(np.outer(w[2:], w[:2]), [[1, 2], [2, 4]])
    assert found.status == "proved" and verify(found.certificate).trust == ()


def test_quadratic_laws_of_large_models_have_a_certificate() -> None:
    """Their number meets the bound by the rank of the Jacobian matrix: one for each neuron."""
    laws = NeuroManifold("mlp:12,15,15,8:x^2", seed=1).quadratic_conservation_laws()
    assert len(laws) == 30 and laws.status == "proved" and "all laws are functions" in laws.method
    verdict = verify(json.dumps(laws.certificate))
    assert verdict.trust == () and "30 of them independent" in verdict.verified[0]
    assert verdict.verified[1] == "there are at most 30 independent laws"


@pytest.mark.parametrize("spec", ["linear:2,2,2", "mlp:2,3,2:x^2", "cnn:2,2:x^2",
                                  "attention:d=2,a=2,out=2,t=2", "linear:1,2,1"])
def test_quadratic_laws_are_laws_that_the_search_finds(spec: str) -> None:
    manifold = NeuroManifold(spec, seed=1)
    all_laws = [law.polynomial for law in manifold.conservation_laws(2).data]
    keys = sorted({e for law in all_laws for e in law})
    for law in manifold.quadratic_conservation_laws().data:
        rows = [[p.get(e, 0) for e in keys] for p in [*all_laws, law.polynomial]]
        assert set(law.polynomial) <= set(keys)
        assert np.linalg.matrix_rank(np.array(rows, dtype=float)) == len(all_laws)


def test_quadratic_laws_cannot_be_bent() -> None:
    answer = NeuroManifold("mlp:2,2,2:x^2", seed=1).quadratic_conservation_laws()
    for original, data, where, _ in accepted_mutants([answer.certificate], 200,
                                                     random.Random(7)):
        if where[0] == "claim":
            raise AssertionError(where)
        assert data["claim"] == original["claim"] or where[0] == "model"

    def forged(change):
        data = copy.deepcopy(answer.certificate)
        change(data)
        data["digest"] = digest(data)
        return data

    def twice(data):
        data["claim"]["value"][2].append(data["claim"]["value"][2][0])

    def other(data):
        data["claim"]["value"][2][0] = [["1", [0, 2]]]

    def cubic(data):
        data["claim"]["value"][2][0][0][1] = [0, 3]

    def lopsided(data):  # w -> S w with S not symmetric: its form is not a law
        field = data["evidence"]["symmetries"]["fields"][0]["parameters"]
        field[0][1] = (field[0][1] + 1) % 8

    for change in (twice, other, cubic, lopsided):
        with pytest.raises(CertificateError):
            verify(forged(change))


def test_flows_cannot_be_bent() -> None:
    """A certificate for one flow proves nothing about another."""
    model = "linear:2,1,2"
    flows = ("momentum=1", "weight-decay=1", "mirror=w", "metric=1,1,2,2",
             "momentum=1:weight-decay=2:mirror=w")
    manifolds = [NeuroManifold(model, seed=1, flow=flow) for flow in flows]
    answers = [m.number_of_conservation_laws() for m in manifolds]
    answers += [m.conservation_laws(2) for m in manifolds]
    generator = random.Random(11)
    for _, _, where, verdict in accepted_mutants(
            [answer.certificate for answer in answers], 300, generator):
        if where[0] != "claim":
            continue
        # The rate of a weight decay is the unit of time, and a metric may be scaled.
        assert where[:3] == ("claim", "value", 0) or "number" not in verdict.invariant, where
        if where[:3] == ("claim", "value", 0):
            assert where[3] in ("weight_decay", "friction", "inverse_metric")
    for answer, flow in itertools.product(answers, [m.law_search().space.describe()
                                                    for m in manifolds]):
        data = copy.deepcopy(answer.certificate)
        if data["claim"]["value"][0] == flow or not data["claim"]["value"][1:]:
            continue
        data["claim"]["value"][0] = flow
        data["digest"] = digest(data)
        try:
            verdict = verify(data)
        except CertificateError:
            continue
        # What is accepted is what is computed for that flow.
        index = [m.law_search().space.describe() for m in manifolds].index(flow)
        if "number" in verdict.invariant:
            assert verdict.value[1:] == [answers[index].data] or verdict.status == "bounds"


def test_claims_cannot_be_bent() -> None:
    generator = random.Random(3)
    originals = []
    for spec in ("linear:2,2,2", "mlp:2,2,1:x^2", "cnn:2,2:x"):
        manifold = NeuroManifold(spec, seed=2)
        flow = Flow(weight_decay=1)
        originals += [answer.certificate for answer in (
            manifold.number_of_conservation_laws(), manifold.conservation_laws(2),
            manifold.conservation_laws(2, flow))]
    for _, _, where, verdict in accepted_mutants(originals, 150, generator):
        if where[:1] in (("claim",), ("status",), ("trust",)):
            # A multiple of a law, or a lower degree, is as true.
            assert "conservation_laws" in verdict.invariant and "number" not in verdict.invariant
    more = copy.deepcopy(originals[0])
    more["claim"]["value"] += 1
    fewer = copy.deepcopy(originals[1])
    fewer["claim"]["value"][1].pop()
    bent = copy.deepcopy(originals[1])
    bent["claim"]["value"][1][0][0][0] = "7"
    moved = copy.deepcopy(originals[0])
    moved["evidence"]["point"] = [0] * 8
    for data in (more, fewer, bent, moved):
        data["digest"] = digest(data)
        with pytest.raises(CertificateError):
            verify(data)


@pytest.mark.parametrize("make, message", [
    (lambda: Flow(metric=[[1, 2], [2, 1]]), "not positive definite"),
    (lambda: Flow(metric=[[1, 2], [0, 1]]), "not symmetric"),
    (lambda: Flow(friction=-1), "negative"),
    (lambda: Flow(weight_decay=0.1), "floating-point number"),
    (lambda: NeuroManifold("linear:2,1,2").conservation_laws(2, Flow(metric=[1])), "4 parameters"),
    (lambda: NeuroManifold("linear:1,1,1").conservation_laws(2, Flow(mirror=["w_0", "-w_0"])),
     "not positive definite"),
    (lambda: NeuroManifold("linear:6,4,6").conservation_laws(9), "monomials"),
    (lambda: NeuroManifold("linear:2,1,2").conservation_laws(0), "whole number"),
    (lambda: NeuroManifold("linear:2,1,2", degree=0).number_of_conservation_laws(),
     "whole number"),
    (lambda: relu_on_cell([2, 2, 1], [[[1]]]), "activation pattern")])
def test_wrong_input_is_refused_in_one_sentence(make, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


def test_scripts_run_in_macaulay2_alone(tmp_path, capsys) -> None:
    for words, printed in ((["linear:2,2,1"], "conserved = true\nindependent = 3\n"),
                           (["linear:2,1,1", "--flow", "weight-decay=1"],
                            "conserved = true\nindependent = 1\n"),
                           (["linear:2,2,1", "--flow", "momentum=1", "--degree", "3"],
                            "conserved = true\nindependent = 1\n")):
        spec, *options = words
        assert main(["script", spec, "conservation_laws", "--degree", "2", "--quiet",
                     *options]) == 0
        path = tmp_path / "laws.m2"
        path.write_text(capsys.readouterr().out)
        done = subprocess.run([macaulay2_command(), "--script", str(path)], capture_output=True,
                              text=True, timeout=600, check=True)
        assert done.stdout == printed


@pytest.mark.parametrize("spec, degree", [("linear:2,2,1", 3), ("mlp:2,2,1:x^2", 4),
                                          ("cnn:2,2:x", 4), ("mlp:1,2,1:x^3:bias", 2)])
def test_macaulay2_finds_as_many_laws(spec: str, degree: int) -> None:
    """The package's own linear algebra over Q, products of laws included."""
    manifold = NeuroManifold(spec, degree=degree)
    found = manifold.computation.run(Script(
        "conservation laws", ring_map(manifold.parametrization(), {}),
        f"laws = conservationLaws(phi, {degree});", {"count": "numcols laws"}))
    degrees = [law.degree for law in manifold.conservation_laws(degree)]
    ways = [1] + [0] * degree
    for d in degrees:  # the number of monomials in the laws of each degree
        for total in range(d, degree + 1):
            ways[total] += ways[total - d]
    assert found["count"] == sum(ways) - 1


def test_at_the_shell(capsys) -> None:
    words = ["linear:2,1,2", "conservation_laws", "--degree", "2", "--quiet"]
    assert main(["compute", *words, "--json"]) == 0
    page = json.loads(capsys.readouterr().out)["results"]["conservation_laws"]
    assert page["value"][0]["law"] == "-w_0^2 - w_1^2 + w_2^2 + w_3^2"
    assert main(["script", *words]) == 0
    assert "conserved" in capsys.readouterr().out
    assert main(["compute", "linear:6,4,6", "conservation_laws", "--degree", "9", "--quiet"]) == 2
    assert "monomials of degree" in capsys.readouterr().err
