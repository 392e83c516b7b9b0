"""Questions about many models, against theorems and against the search of everything."""

from __future__ import annotations

import itertools
import json

import pytest

from neuroalg_sage import NeuroManifold
from neuroalg_sage.cli import main
from neuroalg_sage.survey import Settings, workers
from neuroalg_sage.survey.architectures import activation_threshold, defective, minimal_filling

# -- activation thresholds -------------------------------------------------------------------


@pytest.mark.parametrize("widths", [(2, 2, 2), (3, 3, 3), (2, 2, 2, 2), (4, 4, 4, 4)])
def test_equal_widths_are_never_defective(widths) -> None:
    """Finkel, Rodriguez, Wu, Yahl, arXiv:2408.04569, on equal widths that are at least 2."""
    found = activation_threshold(widths, largest=5, jobs=1)
    assert found.value == 1 and found.proved_range == (1, 5) and found.is_complete
    assert [entry.degree for entry in found.computed] == [1, 2, 3, 4, 5]
    assert "x^5" in found.remark


def test_the_defects_of_alexander_and_hirschowitz_set_the_threshold() -> None:
    # Five fourth powers in three variables: the last defective case, so r = 5 is the first.
    found = activation_threshold([3, 5, 1], largest=6, jobs=1)
    assert found.value == 5
    assert {entry.degree: (entry.dimension, entry.expected) for entry in found.computed} == {
        1: (3, 3), 2: (6, 6), 3: (10, 10), 4: (14, 15), 5: (15, 15), 6: (15, 15)}
    # Quadrics of rank two.
    assert activation_threshold([3, 2, 1], largest=3, jobs=1).value == 3


def test_a_hidden_layer_of_one_unit_has_no_threshold() -> None:
    found = activation_threshold([2, 1, 2, 2], largest=3, jobs=1)
    assert found.value is None and "x^3" in found.remark
    assert (found.threshold, found.threshold_status) == ("none", "proved")
    assert found.computed[-1].is_defective


def test_the_linear_network_is_measured_by_its_own_symmetries() -> None:
    [linear] = activation_threshold([3, 2, 3], largest=1, jobs=1).computed
    assert (linear.dimension, linear.expected) == (8, 8)
    assert linear.expected < min(9, 12 - 2)  # the rescalings alone


def test_what_is_not_found_is_not_claimed(monkeypatch) -> None:
    broken = ("from neuroalg_sage.survey import workers\n"
              "original = workers.answer\n"
              "workers.answer = lambda spec, settings, *more: "
              "workers.failed(spec, settings, 'no', 3, 0.0)"
              " if spec.endswith('x^3') else original(spec, settings, *more)\n"
              "workers.serve()")
    monkeypatch.setattr(workers, "SERVE", f"exec({broken!r})")
    found = activation_threshold([2, 2, 2], largest=4, jobs=1)
    assert found.value == 4 and not found.is_complete and found.proved_range == (1, 2)
    assert "not found for x^3" in found.remark
    assert activation_threshold([2, 2, 2], largest=3, jobs=1).value is None


# -- filling networks ------------------------------------------------------------------------


@pytest.mark.parametrize(("depth", "inputs", "outputs", "degree", "widest"), [
    (1, 2, 3, 2, 3), (2, 2, 1, 3, 3), (2, 3, 2, 2, 4), (3, 2, 1, 2, 3), (3, 2, 2, 2, 4),
    (4, 2, 1, 2, 2), (3, 2, 2, 1, 3)])
def test_minimal_filling_networks_are_those_of_the_full_search(depth, inputs, outputs, degree,
                                                               widest) -> None:
    filling = set()
    every = list(itertools.product(range(1, widest + 1), repeat=depth - 1))
    for hidden in every:
        spec = f"mlp:{','.join(map(str, (inputs, *hidden, outputs)))}:x^{degree}"
        if workers.answer(spec, Settings(("is_filling",)))["results"]["is_filling"]["value"]:
            filling.add(hidden)
    minimal = [h for h in every if h in filling and not any(
        o != h and all(a <= b for a, b in zip(o, h)) for o in filling)]
    found = minimal_filling(depth, inputs, outputs, degree, widest, jobs=1)
    assert [network.hidden for network in found.networks] == minimal
    assert found.is_complete and found.computed <= len(every)
    for network in found.networks:
        manifold = NeuroManifold(network.spec)
        assert network.dimension == manifold.model.ambient_dimension == manifold.dimension()
        assert network.status in ("proved", "monte_carlo")


def test_a_filling_network_is_sought_with_few_computations() -> None:
    found = minimal_filling(2, 2, 1, 5, widest=64, jobs=1)
    # Binary quintics are sums of three fifth powers, and not of two.
    assert [network.hidden for network in found.networks] == [(3,)]
    assert found.networks[0].status == "proved"
    assert found.computed <= 8


def test_undecided_widths_are_named(monkeypatch) -> None:
    broken = ("from neuroalg_sage.survey import workers\n"
              "original = workers.answer\n"
              "workers.answer = lambda spec, settings, *more: "
              "workers.failed(spec, settings, 'no', 3, 0.0)"
              " if spec.startswith('mlp:2,2,') else original(spec, settings, *more)\n"
              "workers.serve()")
    monkeypatch.setattr(workers, "SERVE", f"exec({broken!r})")
    found = minimal_filling(2, 2, 1, 2, widest=4, jobs=1)
    assert found.not_computed == ((2,),) and not found.is_complete
    assert [(network.hidden, network.status) for network in found.networks] == [
        ((3,), "not computed")]


# -- defective networks ----------------------------------------------------------------------


def test_defective_shallow_networks_of_one_output_are_those_of_alexander_and_hirschowitz() -> None:
    found = defective(2, 5, ["x^3", "x^4"], jobs=2)
    assert found.is_complete and found.computed == 25 + 2 * 125
    one_output = {network.spec: network.defect for network in found.networks
                  if network.spec.split(":")[1].endswith(",1")}
    # Cubics are defective only for seven powers in five variables; quartics for five powers
    # in three variables, nine in four, and fourteen in five.
    assert one_output == {"mlp:3,5,1:x^4": 1}
    assert all(network.dimension + network.defect == network.expected
               for network in found.networks)


# -- in the shell ----------------------------------------------------------------------------


def test_the_shell_answers_with_a_line_for_each_model_and_one_for_the_question(capsys) -> None:
    assert main(["survey", "threshold", "2,2,2", "--largest", "3", "--quiet", "--jobs", "1"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    *models, answer = map(json.loads, printed.out.splitlines())
    assert {line["spec"] for line in models} == {"linear:2,2,2", "mlp:2,2,2:x^2", "mlp:2,2,2:x^3"}
    assert answer["question"] == "threshold" and answer["value"] == 1
    assert [entry["degree"] for entry in answer["computed"]] == [1, 2, 3]


def test_a_table_has_a_row_for_each_power_and_what_holds_for_all(capsys) -> None:
    assert main(["survey", "threshold", "3,2,1", "--largest", "3", "--quiet", "--jobs", "1",
                 "--table"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[:4] == [["degree", "dimension", "expected", "status"], ["1", "3", "3", "proved"],
                        ["2", "5", "6", "proved"], ["3", "6", "6", "proved"]]
    assert rows[5][:2] == ["Threshold:", "3"] and rows[5][-1] == "proved)."
    assert main(["survey", "filling", "--depth", "3", "--inputs", "2", "--outputs", "1", "--degree",
                 "2", "--widest", "3", "--quiet", "--jobs", "1", "--table"]) == 0
    assert capsys.readouterr().out == (
        "hidden  dimension  status\n2, 2    5          proved\n")


@pytest.mark.parametrize(("arguments", "key", "value"), [
    (["threshold", "3,2,1", "--largest", "4"], "value", 3),
    (["filling", "--depth", "2", "--inputs", "2", "--outputs", "1", "--degree", "3", "--widest",
      "3"], "networks", [{"hidden": [2], "spec": "mlp:2,2,1:x^3", "dimension": 4,
                          "status": "proved", "error_bound": None}]),
    (["defective", "--layers", "2", "--width", "3", "--activations", "x^2"], "computed", 36)])
def test_questions_go_on_from_a_directory(arguments, key, value, tmp_path, capsys) -> None:
    arguments = ["survey", *arguments, "--quiet", "--directory", str(tmp_path), "--jobs", "1"]
    assert main(arguments) == 0
    first = capsys.readouterr().out
    assert json.loads(first)[key] == value
    results = tmp_path / "results.jsonl"
    whole = results.read_bytes()
    results.write_bytes(whole[: len(whole) // 2])
    assert main(arguments) == 0
    assert capsys.readouterr().out == first
    assert sorted(json.loads(line)["spec"] for line in results.read_text().splitlines()) == sorted(
        json.loads(line)["spec"] for line in whole.splitlines())


def test_defective_networks_are_read_from_a_survey(tmp_path, capsys) -> None:
    family = ["--layers", "2", "--width", "2", "--activations", "x^2", "--quiet", "--directory",
              str(tmp_path)]
    assert main(["survey", "mlps", *family]) == 0
    before = (tmp_path / "results.jsonl").read_bytes()
    assert main(["survey", "defective", *family]) == 0
    assert (tmp_path / "results.jsonl").read_bytes() == before
    assert json.loads(capsys.readouterr().out)["computed"] == 12
