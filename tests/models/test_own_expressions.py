"""Models that are given by expressions can be asked what a chain of layers can be asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from neuroalg_sage import NeuroManifold, from_expressions, verify
from neuroalg_sage.invariants.singularities.parameter_subnetworks import proper_subnetworks
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import polynomial_model

SPECS = ("linear:2,1,2", "cnn:2,2:x^2", "mlp:2,2,1:x^2", "mlp:1,2,1:x^2+x:bias")


def as_expressions(spec: str) -> Model:
    """The same functions of the same parameters, as polynomials."""
    model = parse_spec(spec)
    phi = parametrization(model)
    outputs: list[dict[tuple[int, ...], Any]] = [{} for _ in range(model.output_count)]
    for (j, e), coordinate in zip(phi.coordinates, phi.polynomials):
        outputs[j] |= {(*w, *e): c for w, c in coordinate.items()}
    return polynomial_model(outputs, model.parameter_names, model.input_names)


# -- subnetworks ---------------------------------------------------------------------------


@pytest.mark.parametrize("spec", SPECS)
def test_the_subnetworks_of_layers_are_among_those_of_expressions(spec: str) -> None:
    layered = NeuroManifold(spec, seed=1).subnetworks()
    found = NeuroManifold(as_expressions(spec), seed=1).subnetworks()
    verify(json.loads(json.dumps(found.certificate)))
    assert (found.status, found.trust) == (layered.status, layered.trust)
    kinds = [(part.dimension, part.singular, part.tangent) for part in found.value]
    for part in layered.value:
        assert (part.dimension, part.singular, part.tangent) in kinds, part.name
    names = [part.name for part in found.value]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("outputs", "parameters", "inputs", "names"), [
    # Layers would say: one unit, and nothing.
    ("e*(a*x + b*y)^2 + f*(c*x + d*y)^2", "a,b,c,d,e,f", "x,y", {"e = 0", "zero"}),
    ("a*b*x", "a,b", "x", {"zero"}),  # a = b is a condition on nothing
    ("a*x + b*y", "a,b,c", "x,y", {"a = 0", "b = 0", "a = b", "a = -b", "zero"}),  # no c
    (("a*x", "a*x"), "a,b", "x", {"zero"}),
    ("x^2 + a*x", "a", "x", {"a = 0"}),  # x^2 is no zero function
    ("(a - b)*x + (a - b)^2*y", "a,b", "x,y", {"zero"}),
    ("1/2*a*x^2 + 2/3*b^3*x", "a,b", "x", {"a = 0", "b = 0", "a = b", "a = -b", "zero"}),
    ("beta*x + gamma*S*x^2 + E*N*x^3", "beta,gamma,S,E,N", "x", {"beta = 0", "E = 0", "zero"}),
    ("1 + x", "a", "x", set())])
def test_subnetworks_of_few_parameters(outputs: Any, parameters: str, inputs: str,
                                       names: set[str]) -> None:
    model = from_expressions(outputs, parameters, inputs)
    found = NeuroManifold(model, seed=1).subnetworks()
    verify(json.loads(json.dumps(found.certificate)))
    mine = {part.name for part in found.value if not part.is_everything}
    assert names <= mine
    assert len(mine) == len(names) or "=" in parameters or len(parameters.split(",")) > 3


def test_closures_that_are_the_same_are_one_subnetwork() -> None:
    """Units come together in the functions of one unit, and two units are one up to names."""
    model = from_expressions("c*(a*x + b*y)^2 + d*(e*x + f*y)^2", "a,b,c,d,e,f", "x,y")
    found = {part.name: part for part in proper_subnetworks(model)}
    together = (0, 1, 2, 2, 0, 1)  # a = e, b = f, c = d
    assert any(together in part.others for part in found.values())
    assert "c = 0" in found and "d = 0" not in found
    assert found["a = d = 0"].is_inside(found["c = 0"])
    assert not found["c = 0"].is_inside(found["a = d = 0"])


def test_minus_a_parameter_is_verified() -> None:
    found = NeuroManifold(from_expressions("a*x + b*y", "a,b", "x,y"), seed=1).subnetworks()
    certificate = json.loads(json.dumps(found.certificate))
    embeddings = [part["embeddings"] for part in certificate["evidence"]["subnetworks"]]
    assert [[0, -3]] in embeddings  # a and -a
    certificate["evidence"]["subnetworks"][embeddings.index([[0, -3]])]["embeddings"] = [[0, 0]]
    certificate.pop("digest", None)
    with pytest.raises(Exception, match="digest|embedding"):
        verify(certificate)


def test_a_composition_with_polynomials_inside() -> None:
    from neuroalg_sage.models.layers import Dense, PolynomialLayer
    from neuroalg_sage.models.model import compose

    square = from_expressions(["a*u^2", "b*v^2"], "a,b", "u,v").layers[0]
    assert isinstance(square, PolynomialLayer)
    manifold = NeuroManifold(compose([Dense(2, 2), square, Dense(2, 1)]), seed=1)
    # Factors of each summand may be exchanged, and the summands: (S_2 x S_2) x| S_2.
    assert str(manifold.symmetries()) == "(C*)^4 x| a group of 8 permutations"
    names = [part.name for part in manifold.subnetworks().value]
    assert "w_4 = 0" in names and "zero" in names
    verify(json.loads(json.dumps(manifold.subnetworks().certificate)))
    assert manifold.is_identifiable().status == "proved"


def test_a_component_of_the_singular_locus_is_named() -> None:
    (component,) = NeuroManifold(as_expressions("cnn:2,2:x^2"), seed=1).singular_locus()
    assert component.fills == ("w_0 = w_3 = 0",)


# -- symmetries ----------------------------------------------------------------------------


@pytest.mark.parametrize(("spec", "group"), [
    ("linear:2,1,2", "(C*)^1"), ("cnn:2,2:x^2", "(C*)^1"), ("mlp:2,2,1:x^2", "(C*)^2 x| S_2"),
    ("mlp:2,3,2:x^3", "(C*)^3 x| S_3"), ("mlp:1,2,1:x^3-x", "mu_2 x mu_2 x| S_2"),
    ("mlp:2,2,3,1:x^2", "(C*)^5 x| S_2 x S_3"), ("mlp:1,2,1:x^2+x:bias", "(C*)^2, with S_2"),
    ("linear:2,2,2", "a connected group of dimension 4, with S_2")])
def test_the_group_is_found_on_the_coordinates(spec: str, group: str) -> None:
    assert str(NeuroManifold(as_expressions(spec)).symmetries()) == group


@pytest.mark.parametrize(("outputs", "parameters", "group"), [
    ("a*b*x", "a,b", "(C*)^1 x| S_2"), ("a^3*x", "a", "mu_3"), ("a*x^2 + b*x", "a,b", "trivial"),
    ("(a - b)*x", "a,b", "a connected group of dimension 3"),
    ("a*b*c*x + (a + b + c)*x^2", "a,b,c", "S_3"),
    # The cyclic group of order 3 is no symmetric group.
    ("(a^2*b + b^2*c + c^2*a)*x + (a + b + c)*x^2", "a,b,c", "a group of 3 permutations")])
def test_groups_of_few_parameters(outputs: str, parameters: str, group: str) -> None:
    assert str(NeuroManifold(from_expressions(outputs, parameters, "x")).symmetries()) == group


# -- closed, and linear spaces -------------------------------------------------------------


@pytest.mark.parametrize(("outputs", "parameters", "inputs", "value"), [
    (["a*c*x + b*c*y", "a*d*x + b*d*y"], "a,b,c,d", "x,y", True),
    ("c*(a^2 + b^2)*x + c*a*b*y", "a,b,c", "x,y", True),
    # c (a^2 - b^2) and c (a - b) vanish where a = b; 1/t and b = 1 + t, a = 1 make 0 x + y.
    ("c*(a^2 - b^2)*x + c*(a - b)^2*y", "a,b,c", "x,y", None),
    # x y is a limit, and no value: b = 1/a.
    ("a^2*x + a*b*y", "a,b", "x,y", False)])
def test_closedness_by_blocks(outputs: Any, parameters: str, inputs: str, value: Any) -> None:
    found = NeuroManifold(from_expressions(outputs, parameters, inputs), seed=1).is_closed()
    if value is None:
        assert found.data is not True
    else:
        assert found.data is value and found.status == "proved"
        verify(json.loads(json.dumps(found.certificate)))


def test_linear_spaces_of_expressions() -> None:
    for spec in SPECS:
        low, high = NeuroManifold(as_expressions(spec)).pseudo_dimension().data
        assert [low, high] == NeuroManifold(spec).pseudo_dimension().data
