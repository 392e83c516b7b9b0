"""Models that are given by expressions can be asked what a chain of layers can be asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from neuroalg_sage import Invariant, NeuroManifold, from_expressions, verify
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


# -- the same values, and no weaker status -----------------------------------------------------

STRENGTH = ("not decided", "numerical", "bounds", "monte_carlo", "proved trusting", "proved")

# By name alone; those that take a minute for one of the models are asked of fewer.
QUESTIONS = (
    "ambient_dimension", "dimension", "expected_dimension", "defect", "is_filling",
    "is_finitely_identifiable", "generic_fiber", "is_identifiable", "number_of_conservation_laws",
    "ideal", "degree", "hilbert_polynomial", "hilbert_function", "descriptions", "polar_degrees",
    "ml_degree", "span", "identifying_inputs", "interpolating_functions", "is_of_minimal_degree",
    "trichotomy", "is_dense", "is_closed", "typical_ranks", "boundary",
    "semialgebraic_description")


def rows(model: Model) -> list[list[int]]:
    """Data for training: rows of inputs and outputs."""
    size = model.input_count + model.output_count
    return [[(i * i + 2 * i * j + j) % 5 - 2 for j in range(size)] for i in range(6)]


def asked(model: Any) -> dict[str, Any]:
    """What is asked with arguments."""
    from neuroalg_sage import ERM

    manifold = NeuroManifold(model, seed=1, cache=False)
    n, count = manifold.model.ambient_dimension, manifold.model.parameter_count
    function, point = [i % 3 - 1 for i in range(n)], [i % 3 - 1 or 2 for i in range(count)]
    box, ball = {"box": 1}, {"radius": 1}
    return {"fiber": lambda: manifold.fiber(parameters=point),
            "outside": lambda: manifold.fiber(function),
            "real_rank": lambda: manifold.real_rank(function),
            "real_ranks": lambda: manifold.real_ranks(20),
            "loss_critical_locus": lambda: manifold.loss_critical_locus(function),
            "critical_points": lambda: manifold.critical_points(
                ERM(manifold.model, rows(manifold.model))),
            "covering_number": lambda: manifold.covering_number("1/5", **ball),
            "covering_of_a_box": lambda: manifold.covering_number("1/5", **box),
            "tube_volume": lambda: manifold.tube_volume("1/5", **ball),
            "sample_complexity": lambda: manifold.sample_complexity("1/5", "1/5", **ball),
            "necessary_samples": lambda: manifold.necessary_samples("1/5", "1/5", noise=1, **ball)
            } | {name: getattr(manifold, name) for name in QUESTIONS}


def outcome(ask: Any) -> tuple[Any, int]:
    """An answer as plain data, and how strong its status is; or its refusal."""
    from neuroalg_sage.errors import NeuroAlgError

    try:
        found = ask()
    except NeuroAlgError as error:
        return type(error).__name__, -1
    if not isinstance(found, Invariant):  # a fiber, with several statuses
        return found.plain_value(), 0
    status = "not decided" if found.data is None else found.status + (
        " trusting" if found.status == "proved" and found.trust else "")
    value = found.plain_value()
    if isinstance(value, dict):  # without the names of arguments
        value = {name: part for name, part in value.items() if not name.endswith("_by")}
    if getattr(found, "certificate", None):
        verify(json.loads(json.dumps(found.certificate)))
    return value, STRENGTH.index(status)


@pytest.mark.slow
@pytest.mark.parametrize("spec", [*SPECS, "mlp:2,2,1:x^3", "cnn:2,2"])
def test_the_same_model_as_layers_and_as_expressions(spec: str) -> None:
    compare_both(spec, set(asked(spec)))


@pytest.mark.parametrize("spec", ["linear:2,1,2", "cnn:2,2"])
def test_the_same_model_as_layers_and_as_expressions_soon(spec: str) -> None:
    compare_both(spec, {"dimension", "is_identifiable", "degree", "descriptions", "is_closed",
                        "trichotomy", "typical_ranks", "critical_points", "covering_number",
                        "number_of_conservation_laws"})


def compare_both(spec: str, names: set[str]) -> None:
    layers, expressions = asked(spec), asked(as_expressions(spec))
    for name in sorted(names):
        (value, strength), (mine, status) = outcome(layers[name]), outcome(expressions[name])
        assert mine == value, name
        assert status >= strength, name


# -- the same functions ------------------------------------------------------------------------


def test_expressions_that_are_a_network_term_by_term() -> None:
    model = from_expressions("c*(a*x + b*y)^3 + f*(d*x + e*y)^3", "f,e,d,c,b,a", "x,y")
    manifold = NeuroManifold(model, seed=1, cache=False)
    form = manifold.in_layers
    assert form is not None and str(form.model) == "mlp:2,2,1:x^3"
    # Names of one unit stay together: (a, b, c) and (d, e, f), in one of both orders.
    units = {(form.names[0], form.names[1], form.names[4]),
             (form.names[2], form.names[3], form.names[5])}
    assert units == {("a", "b", "c"), ("d", "e", "f")}
    found = manifold.is_closed()
    assert found.data is False and found.witness == ("x^2*y",)
    certificate = json.loads(json.dumps(found.certificate))
    assert "mlp:2,2,1:x^3" in str(verify(certificate))


@pytest.mark.parametrize("outputs", [
    "c*(a*x + b*y)^3 + a*(d*x + e*y)^3",  # a weight is shared
    "2*c*(a*x + b*y)^3 + f*(d*x + e*y)^3",  # a factor is another one
    "c*(a*x + b*y)^3 + f*(d*x + e*y)^2"])
def test_other_functions_are_not_taken_for_those_of_a_network(outputs: str) -> None:
    manifold = NeuroManifold(from_expressions(outputs, "a,b,c,d,e,f", "x,y"), cache=False)
    assert manifold.in_layers is None


@pytest.mark.parametrize("change", ["order", "model", "space"])
def test_another_model_with_other_functions_is_refused(change: str) -> None:
    from neuroalg_sage import CertificateError
    from neuroalg_sage.certificates.certificate import digest

    model = from_expressions("c*(a*x + b*y)^2", "a,b,c", "x,y")
    found = NeuroManifold(model, seed=1, cache=False).trichotomy()
    certificate = json.loads(json.dumps(found.certificate))
    verify(certificate)
    same = certificate["evidence"]["same_functions"]
    if change == "order":
        same["parameters"] = same["parameters"][::-1]
    else:
        other = parse_spec("mlp:2,1,1:x^3" if change == "space" else "mlp:2,1,1:x^2")
        same["model"] = other.describe()
        if change == "model":
            same["model"]["layers"][1]["coefficients"] = ["0", "0", "2"]
            same["model"].pop("spec")
    certificate["digest"] = digest(certificate)
    with pytest.raises(CertificateError, match="functions|space"):
        verify(certificate)


def test_a_claim_about_parameters_is_not_one_about_functions() -> None:
    """What is said of certain parameters may not be proved of those of another model."""
    from neuroalg_sage import CertificateError
    from neuroalg_sage.certificates.certificate import digest

    model = from_expressions("c*(a*x + b*y)^2", "a,b,c", "x,y")
    found = NeuroManifold("mlp:2,1,1:x^2", seed=1, cache=False).conservation_laws()
    certificate = json.loads(json.dumps(found.certificate))
    certificate["model"] = model.describe()
    certificate["evidence"] = {"evidence": certificate["evidence"], "same_functions": {
        "model": parse_spec("mlp:2,1,1:x^2").describe(), "parameters": [0, 1, 2]}}
    certificate["digest"] = digest(certificate)
    with pytest.raises(CertificateError):
        verify(json.loads(json.dumps(certificate)))
