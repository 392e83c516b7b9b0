"""Generic fibers of sums: against counts of points, and certificates that cannot be bent."""

from __future__ import annotations

import copy
import json
import random

import pytest
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold, from_expressions, verify
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.summands import fiber_of_sum
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import parametrization

# Two binary cubics that are products of a square and another linear form, which is one more.
OF_TWO_PRODUCTS = from_expressions(
    ["a*(b*x + c*y)^2*(b*x + d*z) + e*(f*x + g*y)^2*(f*x + h*z)",
     "a*(b*y + c*z)^3 + e*(f*y + g*z)^3"], "a,b,c,d,e,f,g,h", "x,y,z")


def of_sum(model: Model, seed: int = 3) -> Invariant | None:
    return fiber_of_sum(parametrization(model), Computation(), seed)


@pytest.mark.parametrize(("model", "fiber"), [
    (parse_spec("cnn:3c2,3:x^2"), [2, 2, 2]), (parse_spec("mlp:3,2,3:x^2"), [2, 2, 2]),
    (parse_spec("resnet:width=3,hidden=2,blocks=1:x^2"), [2, 2, 2]),
    (parse_spec("glu:widths=3x2x2:x^2"), [4, 2, 2]), (OF_TWO_PRODUCTS, [2, 2, 2])], ids=str)
def test_units_are_the_summands(model: Model, fiber: list[int]) -> None:
    found = of_sum(model)
    assert found.certificate["claim"]["value"] == fiber and found.trust == []
    assert verify(json.loads(json.dumps(found.certificate))).trust == ()
    answer = NeuroManifold(model, seed=1).is_identifiable()
    assert (answer.value, answer.status, answer.trust) == (True, "proved", [])
    assert verify(json.loads(json.dumps(answer.certificate))).trust == ()


@pytest.mark.parametrize("spec", [
    "mlp:2,2,1:x^3",  # one decomposition, but with a contact locus that fills the space
    "mlp:2,2,1:x^2",  # fibers of a larger dimension
    "mlp:3,8,8:x^3",  # nine decompositions
    "mlp:2,1,2:x^2",  # one summand
    "mlp:2,2,2,1:x^2", "cnn:2,2:x^2",
    "relu:2,2,1:cell=10"])  # a unit that is cut off
def test_what_is_no_sum_in_one_way_is_not_said_to_be(spec: str) -> None:
    assert of_sum(parse_spec(spec)) is None


def test_summands_of_different_outputs_are_not_exchanged() -> None:
    squares = from_expressions(["(a*x + b*y + c*z)^2", "(d*x + e*y + f*z)^2"], "a,b,c,d,e,f",
                               "x,y,z")
    assert of_sum(squares) is None
    found = NeuroManifold(squares, seed=1).generic_fiber()
    assert found.certificate["claim"]["value"] == [0, 4, 4]
    forged = copy.deepcopy(found.certificate)
    forged["claim"]["value"] = [0, 8, 8]  # as if the two forms were of one output
    part = NeuroManifold(from_expressions(["(a*x + b*y + c*z)^2"], "a,b,c", "x,y,z"),
                         seed=1).generic_fiber().certificate
    forged["evidence"] = {
        "kind": "summands", "parts": [[0, 1, 2], [3, 4, 5]], "fiber": [0, 2, 2],
        "weights": [1, 1, 1], "evidence": part["evidence"],
        "trial": {"prime": 1009, "point": [2, 3, 5, 7, 11, 13]}}
    forged["digest"] = digest(forged)
    with pytest.raises(CertificateError, match="not alike"):
        verify(forged)


def test_claims_about_sums_cannot_be_bent() -> None:
    originals = [of_sum(parse_spec(spec)).certificate
                 for spec in ("cnn:3c2,3:x^2", "mlp:3,2,3:x^2")]
    accepted = list(accepted_mutants(originals, 200, random.Random(5)))
    assert not [where for _, _, where, _ in accepted if where[0] in ("claim", "status", "trust")]
    assert len(accepted) < 100


def split(evidence: dict) -> None:
    """A parameter of the first part that is exchanged with one of the second."""
    first, second = evidence["parts"]
    first[0], second[0] = second[0], first[0]


CHANGES = {
    "a parameter is in two": (lambda e: e["parts"][0].__setitem__(0, e["parts"][1][0]),
                              "or in two"),
    "a parameter is in none": (lambda e: e["parts"].pop(), "in no summand"),
    "all is one summand": (lambda e: e.update(parts=[sum(e["parts"], [])]), "in no summand"),
    "a term is in two": (split, "of two summands"),
    "the parts are not alike": (lambda e: e["parts"][0].reverse(), "not alike"),
    "the weights are none": (lambda e: e["weights"].__setitem__(0, 7), "no cone"),
    "all weights are zero": (lambda e: e.update(weights=[0] * len(e["weights"])), "no cone"),
    "a summand has a larger fiber": (lambda e: e["summand"].__setitem__(0, 2), "dimension"),
    "the point is special": (lambda e: e["trial"].update(
        point=[1] * len(e["trial"]["point"])), "as large as it can be"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_breaks_a_hypothesis_about_sums_is_refused(name: str) -> None:
    change, message = CHANGES[name]
    data = copy.deepcopy(of_sum(parse_spec("mlp:3,2,3:x^2")).certificate)
    change(data["evidence"])
    data["digest"] = digest(data)
    with pytest.raises(CertificateError, match=message):
        verify(data)
