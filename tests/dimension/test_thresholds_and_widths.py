"""Activation thresholds and minimal filling widths, against theorems and full searches."""

from __future__ import annotations

import copy
import random
from functools import cache
from itertools import product
from math import comb

import numpy as np
import pytest

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.dimension.architectures import corners
from neuroalg_sage.engines import modular
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.dimension import architectures
from neuroalg_sage.invariants.dimension.dimension import jacobian_at
from neuroalg_sage.models.families import MLP

P = 2147483629


@cache
def rank_at_random(widths: tuple[int, ...], r: int) -> int:
    """The dimension with x^r, by more random inputs than there are parameters, with no bound."""
    model = MLP(widths, f"x^{r}")
    generator = np.random.default_rng(1)
    inputs = generator.integers(0, P, (model.parameter_count + 2, widths[0]))
    point = generator.integers(0, P, model.parameter_count).tolist()
    return modular.rank(jacobian_at(model, point, inputs, P), P)


def ambient(widths: tuple[int, ...], r: int) -> int:
    return widths[-1] * comb(widths[0] + r ** (len(widths) - 2) - 1, widths[0] - 1)


def expected(widths: tuple[int, ...], r: int) -> int:
    count = sum(a * b for a, b in zip(widths, widths[1:])) - sum(widths[1:-1])
    return min(ambient(widths, r), count)


def ask(widths, r: int = 2) -> NeuroManifold:
    return NeuroManifold(f"mlp:{','.join(map(str, widths))}:x^{r}", seed=1)


# -- activation thresholds -------------------------------------------------------------------


@pytest.mark.parametrize(("widths", "value"), [
    # Finkel, Rodriguez, Wu, Yahl, arXiv:2408.04569, on equal widths that are at least 2.
    ((2, 2, 2), 1), ((3, 3, 3), 1), ((2, 2, 2, 2), 1), ((4, 4, 4, 4), 1),
    # Alexander, Hirschowitz (1995): quadrics, and the four exceptions.
    ((3, 2, 1), 3), ((6, 5, 1), 3), ((3, 5, 1), 5), ((4, 9, 1), 5), ((5, 14, 1), 5),
    ((5, 7, 1), 4),
    # London: three cubes of pairs; Ottaviani: five squares of triples in four variables.
    ((3, 5, 2), 4), ((4, 5, 3), 3),
    # One input: there is one power of it.
    ((1, 3, 2), 1), ((1, 1, 3, 2), 1)])
def test_thresholds_are_those_of_theorems(widths, value) -> None:
    found = ask(widths).activation_threshold()
    assert (found, found.status) == (value, "proved")
    assert verify(found.certificate).value == value


@pytest.mark.parametrize("seed", range(25))
def test_thresholds_are_those_of_single_powers(seed: int) -> None:
    generator = random.Random(seed)
    widths = tuple(generator.choice([1, 2, 2, 3, 3, 4])
                   for _ in range(generator.randint(3, 5)))
    found = ask(widths).activation_threshold()
    defective = [r for r in range(2, 8) if rank_at_random(widths, r) < expected(widths, r)]
    verify(found.certificate)
    if found.data == "none":
        assert 7 in defective
    else:
        assert found == max(defective, default=0) + 1 or found > 8 and 7 in defective


def test_powers_above_the_blocks_are_not_computed() -> None:
    found = ask((2, 3, 4, 5)).activation_threshold()
    evidence = found.certificate["evidence"]
    assert [trial["prime"] for trial in evidence["blocks"]] and evidence["from"] >= found.data
    assert len(evidence["below"]) == evidence["from"] - found.data + (found.data > 1)


@pytest.mark.parametrize("widths", [(2, 1, 2, 2), (3, 2, 1, 2, 1), (2, 1, 1, 2, 1)])
def test_behind_one_unit_wider_layers_are_wasted(widths) -> None:
    found = ask(widths).activation_threshold()
    assert (found, found.status) == ("none", "proved")
    assert rank_at_random(widths, 5) < expected(widths, 5)
    assert "none" in found.sentence() and verify(found.certificate).trust == ()


def changed(proof: dict, change, value=None) -> dict:
    evidence = copy.deepcopy(proof["evidence"])
    change(evidence)
    name, own = proof["claim"]["invariant"], proof["claim"]["value"]
    return certificate(proof["model"], name, own if value is None else value, "proved",
                       proof["trust"], evidence, {})


@pytest.mark.parametrize(("change", "value"), [
    (lambda e: None, 2), (lambda e: None, 1), (lambda e: None, 4), (lambda e: None, "none"),
    (lambda e: e["below"].pop(), 3), (lambda e: e.update({"from": 2}), 3),
    (lambda e: e["below"].pop(), 1), (lambda e: e["blocks"].pop(), 3),
    (lambda e: e["blocks"].reverse(), 3), (lambda e: e.clear(), 3), (lambda e: e.clear(), 1),
    (lambda e: e.clear(), "none"),
    (lambda e: e["below"][-1].__setitem__(1, e["blocks"][0]), 1)])
def test_other_thresholds_are_not_proved(change, value) -> None:
    proof = ask((3, 4, 2, 1)).activation_threshold().certificate
    assert proof["claim"]["value"] == 3
    with pytest.raises(CertificateError):
        verify(changed(proof, change, value))


# -- minimal filling widths ------------------------------------------------------------------


@pytest.mark.parametrize(("inputs", "outputs", "layers", "r", "widest"), [
    (2, 1, 2, 5, (8,)), (3, 2, 2, 2, (7,)), (2, 1, 3, 2, (4, 6)), (2, 2, 3, 2, (4, 6)),
    (3, 1, 3, 2, (7, 9)), (2, 3, 3, 3, (5, 9)), (2, 1, 4, 2, (4, 6, 6)), (1, 2, 3, 4, (2, 2)),
    (2, 2, 3, 1, (4, 4)), (3, 4, 1, 2, ())])
def test_minimal_widths_are_those_of_the_full_search(inputs, outputs, layers, r, widest) -> None:
    """In a box with room: no layer needs more units than there are forms of its degree."""
    every = [*product(*(range(1, w + 1) for w in widest))]

    def fills(h: tuple[int, ...]) -> bool:
        widths = (inputs, *h, outputs)
        return rank_at_random(widths, r) == ambient(widths, r)

    filling = {h for h in every if fills(h)}
    minimal = [[*h] for h in every if h in filling and not any(
        o != h and all(a <= b for a, b in zip(o, h)) for o in filling)]
    found = ask((inputs, *[1] * (layers - 1), outputs), r).minimal_filling_widths()
    assert (found.data, found.status) == (minimal, "proved")
    assert verify(found.certificate).value == minimal


@pytest.mark.parametrize(("inputs", "outputs", "layers", "number", "published"), [
    # K. Dao, J. I. Rodriguez, arXiv:2605.09609, data.
    (2, 1, 5, 1, [[3, 3, 3, 2]]), (2, 2, 4, 1, [[3, 3, 3]]), (3, 1, 4, 1, [[5, 6, 4]]),
    pytest.param(2, 2, 6, 4, [[3, 3, 4, 6, 5]], marks=pytest.mark.slow)])
def test_published_minimal_widths_are_found(inputs, outputs, layers, number, published) -> None:
    found = ask((inputs, *[1] * (layers - 1), outputs)).minimal_filling_widths()
    assert len(found.data) == number and found.status == "proved"
    assert all(h in found.data for h in published)
    assert verify(found.certificate).trust == ()


@pytest.mark.parametrize("seed", range(30))
def test_corners_are_the_maximal_vectors_outside(seed: int) -> None:
    generator = random.Random(seed)
    length, most = generator.choice([(1, 6), (2, 5), (3, 4)])
    minimal = [tuple(generator.randint(1, most) for _ in range(length))
               for _ in range(generator.randint(1, 4))]
    minimal = [m for m in minimal if not any(
        o != m and all(a <= b for a, b in zip(o, m)) for o in minimal)]

    def outside(vector) -> bool:
        return not any(all(a <= b for a, b in zip(m, vector)) for m in minimal)

    found = corners(minimal, length)
    for vector in product(range(1, most + 2), repeat=length):
        assert outside(vector) == any(all(a <= b for a, b in zip(vector, c)) for c in found)


@pytest.mark.parametrize(("change", "value"), [
    (lambda e: e["not"].pop(), None), (lambda e: e["not"].pop(0), None),
    (lambda e: e["not"][-1]["widths"].__setitem__(0, 1), None),
    (lambda e: None, [[2, 3]]), (lambda e: e["filling"].pop(), []), (lambda e: None, [[3, 2]]),
    (lambda e: e["filling"].append(e["filling"][0]), [[2, 2], [2, 2]])])
def test_other_widths_are_not_proved(change, value) -> None:
    proof = ask((2, 1, 1, 1)).minimal_filling_widths().certificate
    with pytest.raises(CertificateError):
        verify(changed(proof, change, value))


def test_what_is_only_likely_not_to_fill_is_said(monkeypatch) -> None:
    monkeypatch.setattr(architectures.UpperBounds, "_compositions", lambda self, model: iter(()))
    monkeypatch.setattr("neuroalg_sage.invariants.dimension.upper_bounds.smaller_upper_bound",
                        lambda *arguments: None)
    found = ask((2, 1, 1, 1)).minimal_filling_widths()
    assert (found.data, found.status) == ([[2, 2]], "monte_carlo")
    assert 0 < found.error_bound < 1e-9 and verify(found.certificate).status == "monte_carlo"
    threshold = ask((3, 4, 2, 1)).activation_threshold()
    assert (threshold, threshold.status) == (3, "monte_carlo")
    assert verify(threshold.certificate).value == 3


# -- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", ["mlp:2,2,1:x^2+x", "mlp:2,2,1:x^2:bias", "cnn:2,2:x^2",
                                  "attention:d=2,a=1,out=2,t=3"])
@pytest.mark.parametrize("question", ["activation_threshold", "minimal_filling_widths"])
def test_other_models_are_refused(spec: str, question: str) -> None:
    with pytest.raises(InputError, match="perceptrons"):
        NeuroManifold(spec).compute(question)


def test_what_is_known_at_a_limit_is_said(monkeypatch) -> None:
    original, left = architectures._Search.trial, [4]

    def trial(self, model, most):
        left[0] -= 1
        if left[0] < 0:
            raise LimitReached("The limit was reached.")
        return original(self, model, most)

    monkeypatch.setattr(architectures._Search, "trial", trial)
    with pytest.raises(LimitReached, match="found by then: 3,2"):
        ask((2, 1, 1, 1)).minimal_filling_widths()


def test_powers_that_no_limit_can_take_away_are_said(monkeypatch) -> None:
    def below(self, model, value):
        raise LimitReached("The limit was reached.")

    monkeypatch.setattr(architectures._Search, "below", below)
    with pytest.raises(LimitReached, match="No power x.r with r >= 3 is defective, which is"):
        ask((3, 4, 2, 1)).activation_threshold()


def test_widths_that_would_be_compared_with_too_many_units() -> None:
    with pytest.raises(LimitReached, match="decided by wider networks.*over the limit of 1,000,000"
                                           ".*found by then: none"):
        ask((30, 1, 1, 1, 2), 4).minimal_filling_widths()
