"""Flows other than gradient flow, their names, and what they conserve."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from conftest import PUBLISHED

from neuroalg_sage import (
    Chain,
    Dense,
    Flow,
    NeuroManifold,
    Sum,
    compose,
    from_expressions,
    parse_spec,
    relu_on_cell,
    verify,
)
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.dynamics.flows import parse_flow
from neuroalg_sage.invariants.dynamics.positivity import is_positive_definite, positive_point
from neuroalg_sage.models.expressions import parse_polynomial

FLOWS = [pytest.param(fact["model"], fact["flow"], fact["value"],
                      id=f"{fact['model']} {fact['flow']}") for fact in PUBLISHED if "flow" in fact]


@pytest.mark.parametrize("spec, flow, value", FLOWS)
def test_published_numbers_of_flows(spec: str, flow: str, value: int) -> None:
    answer = NeuroManifold(spec, flow=flow).number_of_conservation_laws()
    assert answer == value and answer.status == "proved"
    assert verify(json.dumps(answer.certificate)).trust == ()


@pytest.mark.parametrize("n, r, m", [(1, 1, 1), (2, 2, 1), (2, 3, 2), (1, 3, 2)])
def test_momentum_keeps_the_angular_momenta_of_rotations(n: int, r: int, m: int) -> None:
    """Noether's theorem: one law for each generator of SO(r), which acts on hidden states."""
    manifold = NeuroManifold(f"linear:{n},{r},{m}", flow="momentum=1")
    assert manifold.number_of_conservation_laws() == r * (r - 1) // 2
    assert {law.name for law in manifold.conservation_laws()} <= {"angular momentum"}
    still = NeuroManifold(f"linear:{n},{r},{m}").number_of_conservation_laws()
    assert still.data >= r * (r - 1) // 2


def test_momentum_keeps_more_where_more_rotations_do_not_change_the_function() -> None:
    """A form a·b of signature (2, 2) is fixed by O(2) x O(2)."""
    assert NeuroManifold("linear:1,2,1", flow="momentum=1").number_of_conservation_laws() == 2


@pytest.mark.parametrize("n, r, m", [(1, 1, 1), (2, 1, 2), (2, 2, 2), (3, 2, 1)])
def test_non_negative_factorization_keeps_the_balance_of_sums(n: int, r: int, m: int) -> None:
    manifold = NeuroManifold(f"linear:{n},{r},{m}", flow="mirror=w", degree=2)
    assert manifold.number_of_conservation_laws() == r
    laws = manifold.conservation_laws(2)
    assert [law.degree for law in laws] == [1] * r
    assert verify(laws.certificate).trust == ()


@pytest.mark.parametrize("spec", ["linear:2,2,1", "mlp:2,2,1:x^2", "cnn:2,2:x", "relu:2,2,1"])
def test_weight_decay_multiplies_laws_by_a_power_of_s(spec: str) -> None:
    """Marcotte, Gribonval, Peyré, arXiv:2506.06194, Theorem 2.1."""
    plain = NeuroManifold(spec).conservation_laws(2)
    decaying = NeuroManifold(spec, flow="weight-decay=3/2").conservation_laws(2)
    assert {str(law) for law in plain} == {
        law.decay.removesuffix(" decays as e^(-3*t)") for law in decaying}
    assert all(law.polynomial.keys() == {(*e, 2) for e in other.polynomial}
               for law, other in zip(decaying, plain))


@pytest.mark.parametrize("block", [(Dense(2, 2), Dense(2, 2)), (Dense(2, 1), Dense(1, 2)),
                                   (Dense(2, 3), Dense(3, 2))])
def test_a_skip_connection_changes_no_law(block) -> None:
    """Marcotte, Gribonval, Peyré, arXiv:2506.06194, Proposition 3.2."""
    plain = NeuroManifold(compose(list(block)))
    skipping = NeuroManifold(compose([Sum((Chain(), Chain(block)))]))
    assert [str(law) for law in plain.conservation_laws(3)] == [
        str(law) for law in skipping.conservation_laws(3)]
    assert (plain.number_of_conservation_laws().data
            == skipping.number_of_conservation_laws().data)


def test_a_skip_connection_from_a_file_at_the_shell(tmp_path, capsys) -> None:
    dense = {"kind": "dense", "inputs": 2, "outputs": 2}
    path = tmp_path / "residual.json"
    path.write_text(json.dumps({"input_shape": [2], "layers": [{"kind": "sum", "layers": [
        {"kind": "chain", "layers": []}, {"kind": "chain", "layers": [dense, dense]}]}]}))
    assert main(["compute", str(path), "number_of_conservation_laws", "--quiet"]) == 0
    assert capsys.readouterr().out == "number_of_conservation_laws = 3  [proved]\n"


def test_a_residual_network_with_more_laws_than_its_blocks() -> None:
    """arXiv:2506.06194, Example 4.8: three laws, of which two are polynomials."""
    model = from_expressions(["x + u*v*x + s*t*x + s*t*u*v*x"], ["s", "t", "u", "v"], ["x"])
    manifold = NeuroManifold(model)
    assert len(manifold.conservation_laws(4)) == 2
    answer = manifold.number_of_conservation_laws()
    assert answer.data == 3 and verify(answer.certificate).value == 3


# -- ReLU networks --------------------------------------------------------------------------


@pytest.mark.parametrize("spec", ["relu:2,3,1", "relu:2,3,1:bias", "relu:2,2,2,1",
                                  "relu:2,3,2:cell=110,011", "relu:2,2,2,1:bias:cell=10.11,01.01"])
def test_a_spec_names_its_relu_network(spec: str) -> None:
    model = parse_spec(spec)
    assert model.spec == spec and parse_spec(model.spec) == model
    found = NeuroManifold(spec).conservation_laws(2)
    assert verify(found.certificate).trust == ()


def test_a_relu_network_is_the_network_without_what_is_inactive() -> None:
    """f(x) = W_2 diag(p) (W_1 x + b_1) + b_2 for the pattern p."""
    model = relu_on_cell([2, 3, 2], [[[1, 0, 1]], [[0, 1, 1]]], bias=True)
    import numpy as np

    w, x = np.arange(1, 18).astype(object), np.array([2, 3, 5, 7], dtype=object)
    first, b = w[:6].reshape(3, 2), w[6:9]
    second, c = w[9:15].reshape(2, 3), w[15:17]
    expected = [*(second @ (np.array([1, 0, 1]) * (first @ x[:2] + b)) + c),
                *(second @ (np.array([0, 1, 1]) * (first @ x[2:] + b)) + c)]
    assert list(model.apply(w, x, int)) == expected


def test_an_inactive_unit_has_parameters_that_are_laws() -> None:
    laws = NeuroManifold("relu:2,2,1:cell=10").conservation_laws(2)
    ignored = {str(law) for law in laws if "ignores" in law.name}
    assert ignored == {"w_2", "w_3", "w_5"}


# -- metrics --------------------------------------------------------------------------------


@pytest.mark.parametrize("mirror, names, point", [
    (["a", "-b"], ["a", "b"], True), (["a-5", "b^2"], ["a", "b"], True),
    (["a", "-a"], ["a", "b"], False), (["a*b", "-1-a^2"], ["a", "b"], False),
    (["a^2-2", "2-a^2+0*b"], ["a", "b"], False), (["1-a^2", "a"], ["a", "b"], True),
    (["a*b-3", "a-b"], ["a", "b"], True), (["0", "1"], ["a", "b"], False),
    ([["2", "a"], ["a", "1"]], ["a", "b"], True), ([["a", "b"], ["b", "-a"]], ["a", "b"], False),
    ([["1", "2"], ["2", "1"]], ["a", "b"], False)])
def test_a_metric_is_positive_definite_at_the_point_that_proves_it(mirror, names, point) -> None:
    rows = mirror if isinstance(mirror[0], list) else [
        [mirror[i] if i == j else "0" for j in range(2)] for i in range(2)]
    entries = {(i, j): p for i, row in enumerate(rows) for j, text in enumerate(row)
               if (p := parse_polynomial(text, names))}
    model = from_expressions(["a*b*x"], names, ["x"])
    flow = Flow(mirror=mirror)
    if not point:
        with pytest.raises(InputError, match="not positive definite|never positive|tried"):
            NeuroManifold(model, flow=flow).conservation_laws(2)
        return
    at = positive_point(entries, names)

    def value(i: int, j: int) -> Fraction:
        return sum((c * at[0] ** e[0] * at[1] ** e[1]
                    for e, c in entries.get((i, j), {}).items()), Fraction(0))

    assert is_positive_definite([[value(i, j) for j in range(2)] for i in range(2)])
    laws = NeuroManifold(model, flow=flow).conservation_laws(2)
    assert verify(laws.certificate).trust == ()
    assert flow.domain(model).startswith("The metric is positive definite where")


def test_a_polynomial_metric_that_is_not_diagonal() -> None:
    """In coordinates a, b with the metric of new coordinates u, v: laws are pulled back."""
    # u = a + b^2, v = b has the inverse metric J^(-1) J^(-T) in a, b with J = [[1, 2b], [0, 1]].
    model = from_expressions(["(a + b^2)*b*x"], ["a", "b"], ["x"])
    flow = Flow(mirror=[["1 + 4*b^2", "-2*b"], ["-2*b", "1"]])
    laws = NeuroManifold(model, flow=flow).conservation_laws(4)
    # u v x is balanced by u^2 - v^2.
    assert [str(law) for law in laws] == ["b^4 + 2*a*b^2 + a^2 - b^2"]


# -- the shell ------------------------------------------------------------------------------


@pytest.mark.parametrize("text, flow", [
    ("gradient", Flow()), ("momentum", Flow(friction=0)), ("momentum=1/2", Flow(friction="1/2")),
    ("weight-decay=1:momentum=2", Flow(weight_decay=1, friction=2)),
    ("metric=1,2", Flow(metric=[1, 2])), ("metric=2,1;1,2", Flow(metric=[[2, 1], [1, 2]])),
    ("mirror=w^2+1", Flow(mirror="w^2+1")), ("mirror=a, b", Flow(mirror=["a", "b"]))])
def test_flows_have_names(text: str, flow: Flow) -> None:
    assert parse_flow(text) == flow


@pytest.mark.parametrize("text, message", [
    ("momentun=1", "did you mean momentum=1/2"), ("foo", "the options are"),
    ("weight_decay=1", "did you mean weight-decay=1/10"), ("weight-decay", "such as"),
    ("momentum=", "such as"), ("momentum=-1", "negative"), ("momentum=x", "not a rational"),
    ("momentum=1:momentum=1", "twice"), ("metric=1,2:mirror=w", "either"), ("", "joined by"),
    ("metric=1,2;3", "square matrix"), ("metric=0,1", "not positive definite"),
    ("mirror=w^", "not a polynomial"), ("mirror=-w^2", "not positive definite"),
    ("metric=1,2", "8 parameters"), ("mirror=w_0,w_9", "8 parameters"),
    ("weight-decay=1/0", "not a rational"), ("gradient=1", "such as")])
def test_wrong_flows_get_one_sentence_at_the_shell(text: str, message: str, capsys) -> None:
    assert main(["compute", "linear:2,2,2", "conservation_laws", "--flow", text, "--quiet"]) == 2
    said = capsys.readouterr().err
    assert message in said and said.count("\n") == 1


@pytest.mark.parametrize("spec, message", [
    ("relu:2,3", "inputs, hidden units and outputs"), ("relu:2,3,1:cell=11", "here 111"),
    ("relu:2,3,1:cel=110", "write relu:2,3,1"), ("relu:2,3,1:cell=", "zeros and ones"),
    ("relu:2,3,1:cell=120", "zeros and ones"), ("relu:2,3,2,1:cell=110", "here 111.11"),
    ("relu:60,60,60,60", "too many terms"), ("rellu:2,3,1", "did you mean relu:2,3,1"),
    ("relu:2,3,1:bias:bias", "each option once"), ("relu:2,0,1", "width")])
def test_wrong_relu_networks_get_one_sentence_at_the_shell(spec, message, capsys) -> None:
    assert main(["compute", spec, "conservation_laws", "--quiet"]) == 2
    said = capsys.readouterr().err
    assert message in said and said.count("\n") == 1


def test_flows_at_the_shell(tmp_path, capsys) -> None:
    name = str(tmp_path / "laws.json")
    assert main(["compute", "linear:1,1,1", "number_of_conservation_laws", "conservation_laws",
                 "--flow", "weight-decay=1", "--quiet", "--certificate", name]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "number_of_conservation_laws = 1  [proved]",
        "  of the gradient flow, weight decay 1; s = e^(t)",
        "conservation_laws = 1 generator of all of degree at most 6  [proved]",
        "  of the gradient flow, weight decay 1; s = e^(t)",
        "  -w_0^2*s^2 + w_1^2*s^2 (balancedness of layers 1 and 2; -w_0^2 + w_1^2 decays as "
        "e^(-2*t))"]
    assert main(["verify", name]) == 0
    assert "trusting nothing else" in capsys.readouterr().out
    assert main(["compute", "linear:1,1,1", "conservation_laws", "--flow", "momentum=1", "--json",
                 "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["results"]["conservation_laws"]["value"] == []


def test_drift_at_the_shell(capsys) -> None:
    pytest.importorskip("scipy")
    assert main(["drift", "linear:2,2,2", "--flow", "momentum=1/2", "--quiet", "--seed", "1",
                 "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["largest_drift"] < 1e-6 < 1e-2 < page["moved"] and len(page["laws"]) == 1
    for words, message in ((["--start", "1,2"], "list of 8 numbers"),
                           (["--start", "1,x"], "not a list of numbers"),
                           (["--momenta", "1"], "heavy ball"), (["--time", "-1"], "positive")):
        assert main(["drift", "linear:2,2,2", "--quiet", *words]) == 2
        assert message in capsys.readouterr().err


@pytest.mark.parametrize(("question", "sentence"), [
    (lambda M: M.drift(3), "start of a flow must be given by numbers, not 3"),
    (lambda M: M.drift("ab"), "start of a flow must be given by numbers, not 'ab'"),
    (lambda M: M.drift(target=["x"]), "target of a flow must be given by numbers"),
    (lambda M: M.drift(time="x"), "time of an integration must be given by numbers"),
    (lambda M: M.balanced_initialization(3), "list of numbers is meant"),
    (lambda M: M.balanced_initialization("3"), "list of numbers is meant"),
    (lambda M: M.balanced_initialization([3], 4), "list of numbers is meant"),
    (lambda M: M.critical_regions(3), "directions of an affine space"),
    (lambda M: M.critical_points([[1, 2]]), "made from data by ERM.*this is a list"),
    (lambda M: M.training_critical_locus("x.csv"), "made from data by ERM.*this is a str")])
def test_an_argument_of_the_wrong_kind_gets_one_sentence(question, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        question(NeuroManifold("linear:1,1,1"))
