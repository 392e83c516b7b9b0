"""What ``neuroalg capacity`` prints, draws and refuses."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import pytest

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.cli import main

PART = ("--epsilon", "1/4", "--radius", "1", "--seed", "1", "--quiet", "--no-cache")


def test_one_model_as_json(capsys) -> None:
    assert main(["capacity", "mlp:2,1,1:x^2", *PART, "--delta", "0.1", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["parameters"] == 3
    assert set(page["results"]) == {"dimension", "span", "identifying_inputs",
                                    "pseudo_dimension", "covering_number",
                                    "tube_volume", "sample_complexity"}
    number = page["results"]["covering_number"]["value"]
    assert int(number["lower"]) <= int(number["upper"]) and number["radius"] == "1"
    assert {number["lower_by"], number["upper_by"]} <= {
        "packing", "linear space", "volume", "slicing", "hypersurface", "bounded rank"}
    tube = page["results"]["tube_volume"]["value"]
    ends = [Fraction(tube[end]["log10"][place]) for end, place in (("lower", 1), ("upper", 0))]
    assert ends[0] <= ends[1] and tube["lower"]["formula"].startswith("10^")
    for name in ("covering_number", "tube_volume", "span", "pseudo_dimension"):
        value = page["results"][name]["value"]
        assert {"lower", "upper", "lower_by", "upper_by"} <= set(value)
    samples = page["results"]["sample_complexity"]["value"]
    assert {"upper", "upper_by"} <= set(samples)
    # A form of rank one has two degrees of freedom: one value leaves infinitely many.
    assert (samples["lower"], samples["lower_certificate"]) == ("2", "identifying_inputs")
    assert "never identify" in samples["lower_by"] and samples["lower_status"] == "proved"
    for answer in page["results"].values():
        assert answer["status"] in ("proved", "bounds")
        verify(answer["certificate"])


def test_samples_with_noise_have_another_bound_from_below(capsys) -> None:
    assert main(["capacity", "mlp:1,1:x", "--epsilon", "0.1", "--radius", "1", "--delta", "0.05",
                 "--noise", "1", "--json", "--quiet", "--no-cache"]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    samples = results["sample_complexity"]["value"]
    # Two numbers 1/5 apart, by means with deviation 1/sqrt(n): errors below 1/20 need 1.645 / 10.
    assert int(samples["lower"]) == math.ceil((1.6448536 / 0.1) ** 2) == 271
    assert samples["lower_certificate"] == "necessary_samples"
    assert "normal noise of standard deviation 1" in samples["lower_by"]
    assert results["necessary_samples"]["value"]["lower"] == samples["lower"]


def test_samples_in_short(capsys) -> None:
    # Ten parameters, a linear map to two outputs: five inputs determine it, four do not.
    assert main(["capacity", "linear:5,2", *PART, "--delta", "0.1"]) == 0
    *_, answer, line = capsys.readouterr().out.splitlines()
    number = answer.partition("sample_complexity = ")[2].partition(" ")[0]
    assert line == (f"In short: {number} samples suffice for mean losses within 1/4, but for a "
                    "probability of 1/10; fewer than 5 cannot identify a generic function.")
    assert main(["capacity", "linear:5,2", *PART]) == 0
    assert "In short" not in capsys.readouterr().out


@pytest.mark.slow
def test_a_model_that_is_too_large_is_said_to_be_in_a_sentence(capsys) -> None:
    assert main(["capacity", "mlp:1,1:x", "cnn:50x50,60x60:x^2", *PART]) == 3
    said = capsys.readouterr()
    assert "linear:1,1 " in said.out and "would be accepted" in said.out + said.err


def test_a_table_of_models(capsys) -> None:
    specs = ["linear:2,1,2", "mlp:1,1:x"]
    assert main(["capacity", *specs, *PART]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.split()[:3] == ["model", "parameters", "dimension"]
    assert [row.split()[0] for row in rows] == ["linear:2,1,2", "linear:1,1"]
    assert main(["capacity", *specs, *PART, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["models"]) == 2


def test_what_is_known_before_a_failure_is_printed(capsys) -> None:
    assert main(["capacity", "mlp:1,1:x", "mlp:nonsense", *PART]) == 2
    shown = capsys.readouterr()
    assert "linear:1,1" in shown.out and len(shown.err.splitlines()) == 1


def test_certificates_and_a_figure_are_written(tmp_path, capsys) -> None:
    pytest.importorskip("matplotlib")
    picture, proofs = tmp_path / "capacity.svg", tmp_path / "proofs.json"
    assert main(["capacity", "mlp:1,1:x", *PART, "--figure", str(picture), "--certificate",
                 str(proofs)]) == 0
    assert picture.read_text().lstrip().startswith("<?xml")
    for certificate in json.loads(proofs.read_text()):
        verify(certificate)


@pytest.mark.parametrize("words, said", [
    (["--epsilon", "0", "--radius", "1"], "must be positive"),
    (["--epsilon", "-1/2", "--radius", "1"], "must be positive"),
    (["--epsilon", "2", "--radius", "1"], "One ball"),
    (["--epsilon", "0.1"], "not bounded"), (["--epsilon", "0.1", "--radius", "0"], "positive"),
    (["--epsilon", "0.1", "--radius", "1", "--box", "1"], "either"),
    (["--epsilon", "x", "--radius", "1"], "not a rational number"),
    (["--epsilon", "0.1", "--radius", "1", "--delta", "0"], "between 0 and 1"),
    (["--epsilon", "0.1", "--radius", "1", "--delta", "1"], "between 0 and 1"),
    (["--epsilon", "0.1", "--radius", "1", "--delta", "0.1", "--inputs", "all"], "bounded"),
    (["--epsilon", "0.1", "--radius", "1", "--figure", "capacity.txt"], "named"),
])
def test_wrong_words_are_refused_in_a_sentence(words, said: str, capsys) -> None:
    assert main(["capacity", "mlp:1,1:x", "--quiet", "--no-cache", *words]) == 2
    shown = capsys.readouterr().err
    assert said in shown and len(shown.splitlines()) == 1


@pytest.mark.parametrize("words, said", [
    (["--delta", "1"], "between 0 and 1"), (["--delta", "x"], "delta"),
    (["--delta", "0.1", "--inputs", "all"], "not bounded"),
    (["--delta", "0.1", "--targets", "-1"], "targets"), (["--noise", "1"], "--delta"),
    (["--delta", "0.1", "--noise", "0"], "noise"), (["--lipschitz", "1"], "--delta"),
    (["--delta", "0.1", "--lipschitz", "1"], "--loss-bound"),
    (["--delta", "0.1", "--lipschitz", "1", "--loss-bound", "2:1"], "0:2")])
def test_wrong_numbers_of_samples_are_refused_at_once(words, said, monkeypatch, capsys) -> None:
    monkeypatch.setattr(NeuroManifold, "dimension", lambda self: pytest.fail("this is computed"))
    assert main(["capacity", "mlp:1,1:x", "--quiet", "--no-cache", *PART, *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("words, said", [
    ([], "not bounded"), (["--radius", "1", "--box", "1"], "either"),
    (["--radius", "-1"], "positive"), (["--box", "inf"], "finite")])
def test_a_wrong_part_is_refused_at_once(words, said: str, monkeypatch, capsys) -> None:
    monkeypatch.setattr(NeuroManifold, "dimension", lambda self: pytest.fail("this is computed"))
    assert main(["capacity", "mlp:1,1:x", "--quiet", "--no-cache", "--epsilon", "1", *words]) == 2
    assert said in capsys.readouterr().err


def test_of_a_relu_network_it_is_said_what_an_input_is() -> None:
    said = "one point for each activation pattern"
    assert said in NeuroManifold("relu:1,2,1").identifying_inputs().sentence()
    assert said not in NeuroManifold("mlp:1,2,1:x^2").identifying_inputs().sentence()


def test_a_point_has_no_capacity(tmp_path, capsys) -> None:
    model = tmp_path / "point.json"
    model.write_text(json.dumps({"input_shape": [1], "layers": [
        {"kind": "polynomial", "parameters": ["a"], "inputs": ["x"],
         "outputs": [[[[0, 1], "1"]]]}]}))
    assert main(["capacity", str(model), "--quiet", "--no-cache", "--epsilon", "0.1",
                 "--radius", "1"]) == 2
    assert "one point" in capsys.readouterr().err


def test_the_norm_is_stated(capsys) -> None:
    assert main(["capacity", "mlp:1,1:x", *PART, "--norm", "sup:1", "--json"]) == 0
    number = json.loads(capsys.readouterr().out)["results"]["covering_number"]
    assert number["value"]["norm"] == "supremum (inputs from -1 to 1)"
    assert int(number["value"]["lower"]) <= 4 <= int(number["value"]["upper"])
    verify(number["certificate"])
    for words, said in ((["--norm", "l2"], "the norms are"), (["--norm", "sup:0"], "the norms are"),
                        (["--norm", "max", "--delta", "0.1"], "leave out --norm")):
        assert main(["capacity", "mlp:1,1:x", *PART, *words]) == 2
        shown = capsys.readouterr().err
        assert said in shown and len(shown.splitlines()) == 1


def test_a_network_too_large_for_its_dimension_has_bounds(capsys) -> None:
    assert main(["capacity", "mlp:90,90,90:x^2", *PART, "--delta", "0.1"]) == 0
    shown = capsys.readouterr().out
    assert "rank that takes long" in shown and "\ndimension =" not in shown
    for name in ("covering_number", "tube_volume", "sample_complexity"):
        assert f"{name} = " in shown


def test_a_row_that_reaches_a_limit_does_not_end_the_table(monkeypatch, capsys) -> None:
    from neuroalg_sage.errors import LimitReached

    whole = NeuroManifold.covering_number

    def covering_number(self, *arguments, **part):
        if self.model.input_count == 3:
            raise LimitReached("That model is too large.")
        return whole(self, *arguments, **part)

    monkeypatch.setattr(NeuroManifold, "covering_number", covering_number)
    assert main(["capacity", "mlp:2,1:x", "mlp:3,1:x", "mlp:1,1:x", *PART]) == 3
    shown = capsys.readouterr()
    assert [row.split()[0] for row in shown.out.splitlines()[1:]] == [
        "linear:2,1", "linear:3,1", "linear:1,1"]
    assert "That model is too large." in shown.err


def test_large_numbers_are_formulas_in_json(capsys) -> None:
    assert main(["capacity", "mlp:90,90,90:x^2", *PART, "--json"]) == 0
    number = json.loads(capsys.readouterr().out)["results"]["covering_number"]["value"]
    # 90 outputs, each any combination of 90 squares: a linear space of dimension 8,100.
    low, high = map(Fraction, number["lower"]["log10"])
    assert low <= high and abs(float(low) - 8100 * math.log10(4)) < 1e-5
    assert float(number["upper"]["log10"][0]) > float(high)
