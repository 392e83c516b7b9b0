"""One question must not lose another, and what is tried first leaves time for what comes next."""

from __future__ import annotations

import time

import pytest

from neuroalg_sage import NeuroManifold
from neuroalg_sage.errors import EngineError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.equations import (
    degree_by_fixed_points,
    degree_by_monodromy,
    degree_by_slicing,
    ideal,
)
from neuroalg_sage.report import ask

TOO_LONG = "It took too long."


@pytest.fixture(autouse=True)
def without_fixed_points(monkeypatch) -> None:
    """Of these small models the degree would be known at once."""
    monkeypatch.setattr(degree_by_fixed_points, "degree_by_fixed_points", lambda *arguments: None)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(time, "monotonic", found.monotonic)
    return found


def failing(monkeypatch, module, name: str, error: type[Exception] = LimitReached) -> list[int]:
    """Have a function fail; the list has an entry for each call."""
    calls: list[int] = []

    def fail(*arguments, **options):
        calls.append(1)
        raise error(TOO_LONG)

    monkeypatch.setattr(module, name, fail)
    return calls


@pytest.mark.parametrize(("spec", "value"), [("mlp:2,2,3:x^2", 3), ("mlp:2,2,2:x^3", 6)])
def test_a_degree_without_the_ideal_is_counted_and_says_so(monkeypatch, spec: str, value: int
                                                           ) -> None:
    calls = failing(monkeypatch, ideal, "ideal")
    manifold = NeuroManifold(spec, seed=1)
    degree = manifold.degree()
    assert degree == value and degree.status == "numerical" and degree.certificate is None
    assert "monodromy" in degree.method
    assert manifold.degree() is degree and len(calls) == 1
    with pytest.raises(LimitReached, match=TOO_LONG):
        manifold.hilbert_polynomial()


def test_where_monodromy_fails_slicing_is_next_and_then_both_reasons_are_given(monkeypatch) -> None:
    failing(monkeypatch, ideal, "ideal")
    failing(monkeypatch, degree_by_monodromy, "degree_by_monodromy")
    degree = NeuroManifold("mlp:2,2,3:x^2", seed=1).degree()
    assert degree == 3 and degree.status == "numerical" and "random slice" in degree.method
    failing(monkeypatch, degree_by_slicing, "degree_by_slicing")
    with pytest.raises(LimitReached, match=f"{TOO_LONG} {TOO_LONG} Nor was it proved: {TOO_LONG}"):
        NeuroManifold("mlp:2,2,3:x^2", seed=1).degree()


def test_a_stated_method_is_not_replaced_by_another(monkeypatch) -> None:
    failing(monkeypatch, ideal, "ideal")
    with pytest.raises(LimitReached, match=TOO_LONG):
        NeuroManifold("mlp:2,2,3:x^2", method="elimination").degree()


def test_a_proof_found_later_replaces_the_count(monkeypatch) -> None:
    manifold = NeuroManifold("mlp:2,2,3:x^2", seed=1)
    with monkeypatch.context() as patched:
        failing(patched, ideal, "ideal")
        assert manifold.degree().status == "numerical"
    manifold.hilbert_polynomial()
    assert manifold.degree() == 3 and manifold.degree().status == "proved"


def test_what_was_not_found_in_a_time_is_not_looked_for_again_in_less(monkeypatch) -> None:
    calls = failing(monkeypatch, ideal, "ideal")
    manifold = NeuroManifold("mlp:2,2,3:x^2", timeout=50)
    for _ in range(3):
        with pytest.raises(LimitReached, match=TOO_LONG):
            manifold.ideal()
    assert len(calls) == 1
    manifold.computation.timeout = 100
    with pytest.raises(LimitReached):
        manifold.ideal()
    assert len(calls) == 2


def test_shares_of_a_deadline(clock: Clock) -> None:
    computation = Computation()
    with computation.share():
        assert computation.seconds_left() is None
    with computation.share(5.0):
        assert computation.seconds_left() == 5.0
    computation.end_within(100.0)
    with computation.share():
        left = computation.seconds_left()
        assert 0 < left < 100
        with computation.share(1.0):
            assert computation.seconds_left() == 1.0
        clock.now += left + 1.0
        assert computation.is_over()
        with pytest.raises(LimitReached):
            computation.clock()()
    assert not computation.is_over() and computation.seconds_left() == 99.0 - left


def test_a_question_in_a_list_leaves_time_for_the_next(monkeypatch, clock: Clock) -> None:
    manifold = NeuroManifold("mlp:2,2,3:x^2", seed=1)
    manifold.dimension()
    left: list[float] = []

    def slow(*arguments, **options):
        left.append(manifold.computation.seconds_left())
        clock.now += left[-1]
        raise LimitReached(TOO_LONG)

    monkeypatch.setattr(ideal, "ideal", slow)
    monkeypatch.setattr(degree_by_slicing, "degree_by_slicing", slow)
    monkeypatch.setattr(degree_by_monodromy, "degree_by_monodromy", slow)
    manifold.computation.end_within(100.0)
    answers = ask(manifold, ["ideal", "degree"])
    assert set(answers.failed) == {"ideal", "degree"}
    # The ideal, in its share, is not tried again in what is left: monodromy, then slicing.
    assert len(left) == 3 and all(seconds > 0 for seconds in left)
    assert sum(left) == pytest.approx(100.0)


@pytest.mark.parametrize("seconds", [None, 10_000.0])
def test_with_a_limit_dimensions_come_before_what_may_let_nothing_follow(seconds) -> None:
    manifold = NeuroManifold("mlp:2,2,3:x^2", seed=1)
    if seconds is not None:
        manifold.computation.end_within(seconds)
    begun: list[str] = []
    asked = ["degree", "is_filling", "ideal", "dimension", "ambient_dimension"]
    answers = ask(manifold, asked, begin=begun.append)
    assert begun == (asked if seconds is None else
                     ["ambient_dimension", "dimension", "is_filling", "degree", "ideal"])
    assert list(answers.found) == asked
    assert {name: int(answer) for name, answer in answers.found.items() if name != "ideal"} == {
        "ambient_dimension": 9, "dimension": 8, "is_filling": False, "degree": 3}


def test_the_critical_locus_does_not_need_the_singular_locus(monkeypatch) -> None:
    failing(monkeypatch, NeuroManifold, "singular_locus")
    locus = NeuroManifold("linear:2,1,2").critical_locus()
    assert [(c.dimension, c.degree) for c in locus.data] == [(2, 1), (2, 1)]
    assert all("unknown" in c.image for c in locus.data)


def test_a_dimension_outlives_the_engine_that_would_prove_it(monkeypatch) -> None:
    from neuroalg_sage import from_expressions

    failing(monkeypatch, ideal, "ideal", EngineError)
    # Both parameters matter only through a polynomial that nothing but equations shows.
    g = "(a^2 + b^3 + a*b^5)"
    model = from_expressions([f"{g}*x^2 + {g}^2*x"], ["a", "b"], ["x"])
    found = NeuroManifold(model).dimension()
    assert found == 1 and found.status == "monte_carlo"
