"""What every answer shows of itself, and that no class is needed for what is not special."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from neuroalg_sage import ERM, NeuroManifold
from neuroalg_sage.cache.codec import decode, encode
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.presentation import Surroundings, plain
from neuroalg_sage.invariants.answers.question import named
from neuroalg_sage.questions import computed, question

MODELS = ["linear:1,1,1", "mlp:2,1,1:x^2"]


@pytest.mark.parametrize("name", ["ambient_dimension", *computed()])
def test_every_answer_is_of_the_class_that_its_question_declares(name) -> None:
    kind = named(question(name).answer)
    for spec in MODELS:
        try:
            found = NeuroManifold(spec, seed=1, degree=2, timeout=10).compute(name)
        except (LimitReached, InputError):
            continue
        assert isinstance(found, kind) and (type(found) is kind or kind.__name__ in (
            "Invariant", "HilbertFunction"))


def test_answers_to_questions_with_arguments_are_of_their_classes() -> None:
    M = NeuroManifold("mlp:1,1,1:x^2", seed=1, degree=2)
    answers = {"fiber": M.fiber([4]), "voronoi_cell": M.voronoi_cell([4]),
               "invariant_parameters": M.invariant_parameters([[-1]]),
               "loss_critical_locus": M.loss_critical_locus([1]),
               "balanced_initialization": M.balanced_initialization([4])}
    problem = ERM("linear:1,1", [[1, 1], [1, 2]])
    answers["critical_points"] = NeuroManifold("linear:1,1").critical_points(problem)
    for name, found in answers.items():
        assert type(found) is named(question(name).answer), name
        page = json.loads(json.dumps(found.described(), allow_nan=False))
        assert ("proof" in page or "status" in page) and found.text()
        back = decode(json.loads(json.dumps(encode(found))))
        assert back.text() == found.text() and back.described() == found.described()


def test_the_same_loss_of_another_source_is_told_with_its_own() -> None:
    M = NeuroManifold("linear:1,1")
    one, other = ERM("linear:1,1", [[1, 1], [1, 2]]), ERM("linear:1,1", [[1, 2], [1, 1], [1, 1],
                                                                        [1, 2]])
    assert one.describe() == other.describe()
    assert "on 2 rows" in M.critical_points(one).text()
    assert "on 4 rows" in M.critical_points(other).text()
    assert M.critical_points(one).problem is one


class Parity(Invariant):
    """A class that says one thing only."""

    def sentence(self) -> str:
        return "50% odd & even_or {odd}"


def test_what_a_class_does_not_say_has_a_default() -> None:
    found = Parity("parity", Fraction(1, 2), "proved", "by hand")
    assert found.text() == "parity = 50% odd & even_or {odd}  [proved]"
    assert found.result() == {"value": "1/2", "status": "proved", "trust": [],
                              "method": "by hand", "seconds": 0.0, "certificate": None}
    assert found.described() == found.result()
    assert found.sentence_in_latex() == r"50\% odd \& even\_or \{odd\}"
    assert found.value_in_latex() == r"\tfrac{1}{2}"
    assert found.report_lines() == found.report_in_latex() == found.lines() == []
    model = NeuroManifold("linear:1,1").model
    around = Surroundings(model, {"parity": found})
    assert found.section(around) is None and found.value_on_page() == found.sentence()
    assert [*found.for_learning(around), *found.in_geometry(around)] == []
    assert "50% odd &amp; even_or" in found.said(found.sentence())
    assert "50% odd" in found.citation(model).text()
    assert 'class="badge proved"' in found.badges()


@pytest.mark.parametrize("value, wanted", [
    (2**53, "9007199254740992"), (2**53 - 1, 2**53 - 1), (-2**60, str(-2**60)), (True, True),
    (float("inf"), "inf"), ([Fraction(1, 3), (None, 2**70)], ["1/3", [None, str(2**70)]]),
    ({(1, 0): Fraction(2)}, {"(1, 0)": "2"}), (object, str(object))])
def test_any_value_is_json(value, wanted) -> None:
    assert plain(value) == wanted
    assert json.loads(json.dumps(plain(value), allow_nan=False)) == wanted


def test_a_status_that_pages_do_not_know_is_shown_as_it_is() -> None:
    assert "not decided</a>" in Invariant("x", None, "not decided", "by hand").badges()
