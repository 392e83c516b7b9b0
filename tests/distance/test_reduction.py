"""ED degrees that are those of simpler varieties, against counts without the reduction."""

from __future__ import annotations

import copy
import json
import random

import pytest
from flint import fmpq, fmpq_mat
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.distance.reduced import matrix_of_rest
from neuroalg_sage.engines import msolve
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.distance.distance_count import count_critical_points
from neuroalg_sage.invariants.distance.quadratic_forms import quadratic_form
from neuroalg_sage.invariants.distance.reduction import reduction
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import from_expressions

needs_msolve = pytest.mark.skipif(msolve.find_command() is None, reason="msolve is not installed")

MODELS = {
    "a bias": parse_spec("mlp:2,1,1:x^2:bias"),
    "a skip connection": parse_spec("resnet:width=2,hidden=1,blocks=1:x^2"),
    "a head": parse_spec("attention:d=2,a=2,out=2,t=1"),
    # A parabola times a line that is oblique to both coordinates, moved away from 0.
    "a cylinder": from_expressions(["(a + b + 1)*x + (a^2 + 2*b)*y + b*z + x"], ["a", "b"],
                                   ["x", "y", "z"]),
    "factors": parse_spec("attention:d=2,a=1,out=1,t=1"),
    "factors of two outputs": from_expressions(
        ["(a*x + b*y)^2*(c*d*x + d*e*y)*x", "(a*x + b*y)^2*(c*d*x + d*e*y)*3*y"],
        ["a", "b", "c", "d", "e"], ["x", "y"]),
    "layers after a narrow one": parse_spec("mlp:1,2,2,1:x^2"),
    "products": from_expressions(["a*b*c*x + a*b*c^2*y + c*d*z"], ["a", "b", "c", "d"],
                                 ["x", "y", "z"]),
    "a curve in a plane": from_expressions(["a^2*x + a^3*y + (a^2 + a^3 + 1)*z"], ["a"],
                                           ["x", "y", "z"]),
}
each = pytest.mark.parametrize("model", [pytest.param(m, id=name) for name, m in MODELS.items()])
metrics = pytest.mark.parametrize("metric", ["unit", "generic", "bombieri", "data"])


def gram(model: Model) -> list[list[int]] | None:
    """A form in which coordinates are not orthogonal."""
    n = model.ambient_dimension
    return [[(i == j) * (3 * n + i) + (i + j) % 3 for j in range(n)] for i in range(n)]


@needs_msolve
@each
@metrics
def test_against_a_count_without_it(model: Model, metric: str) -> None:
    given = gram(model) if metric == "data" else None
    manifold = NeuroManifold(model, seed=1)
    form, phi = quadratic_form(model, metric, given), parametrization(model)
    assert reduction(phi, form, random.Random(1)) is not None
    direct, _ = count_critical_points(phi, manifold.dimension(), form, Computation(),
                                      random.Random(2))
    found = manifold.ed_degree(metric, given)
    assert found.data == max(trial.count.values for trial in direct)
    if found.certificate is not None:
        name, number = verify(found.certificate).value
        assert number == found.data
        assert name == metric or metric == "data"


@pytest.mark.parametrize("name, number", [("a head", 19), ("a cylinder", 3)])
def test_monodromy_on_the_simpler_variety(name: str, number: int) -> None:
    assert NeuroManifold(MODELS[name], method="monodromy", seed=1).ed_degree("unit") == number
    assert NeuroManifold(MODELS[name], seed=1).ed_degree("unit") == number


def test_what_is_not_reduced() -> None:
    for spec in ("mlp:2,2,1:x^4", "linear:2,1,3", "mlp:2,1,3:x^2"):
        model = parse_spec(spec)
        assert reduction(parametrization(model), quadratic_form(model, "unit"),
                         random.Random(1)) is None


def test_degenerate_forms_are_not_reduced() -> None:
    model = MODELS["a cylinder"]
    form = quadratic_form(model, "data", [[1, 0, 0], [0, 1, 0], [0, 0, 0]])
    assert reduction(parametrization(model), form, random.Random(1)) is None


def test_lines_of_length_zero() -> None:
    """The distance from a line of length zero has no critical point along it."""
    model = from_expressions(["a*x + b*y + b^2*z"], ["a", "b"], ["x", "y", "z"])
    form = quadratic_form(model, "data", [[0, 1, 0], [1, 0, 0], [0, 0, 1]])
    assert reduction(parametrization(model), form, random.Random(1)) is None
    assert NeuroManifold(model).ed_degree("data", form.rows) == 1


def test_the_form_of_what_is_left() -> None:
    """q(B y + C t) = q'(y) + q(C t') with t' = t + (C^T Q C)^-1 C^T Q B y."""
    generator = random.Random(1)

    def some(rows: int, columns: int) -> fmpq_mat:
        return fmpq_mat([[generator.randrange(-5, 6) for _ in range(columns)]
                         for _ in range(rows)])

    half, b, c = some(5, 5), some(5, 2), some(5, 2)
    q = half + half.transpose()
    y, t = some(2, 1), some(2, 1)
    z = b * y + c * t
    moved = c * (t + (c.transpose() * q * c).inv() * (c.transpose() * q * b) * y)
    rest = y.transpose() * matrix_of_rest(q, b, c) * y + moved.transpose() * q * moved
    assert rest == z.transpose() * q * z
    with pytest.raises(CertificateError):  # a line of length zero
        matrix_of_rest(fmpq_mat([[0, 1], [1, 0]]), fmpq_mat([[1], [0]]), fmpq_mat([[0], [1]]))
    assert matrix_of_rest(fmpq_mat([[1]]), fmpq_mat([[2]]), fmpq_mat(1, 0))[0, 0] == fmpq(4)


@needs_msolve
def test_changed_certificates_say_nothing_false() -> None:
    specs = ("resnet:width=2,hidden=1,blocks=1:x^2", "resnet:width=2,hidden=2,blocks=1:x^2",
             "attention:d=2,a=2,out=2,t=1")
    originals = [NeuroManifold(spec, seed=2).ed_degree(metric).certificate
                 for spec in specs for metric in ("unit", "generic")]
    for original, changed, where, verdict in accepted_mutants(originals, 300, random.Random(3)):
        assert where[0] not in ("status", "trust"), (where, changed)
        assert where[0] != "model" or where[1] == "spec", where
        if where[0] == "claim":  # a weaker bound
            assert verdict.invariant == "ed_degree_at_least", where
            assert verdict.value[1] < original["claim"]["value"][1]


def changed_reduction(name: str, change: object) -> dict:
    certificate = NeuroManifold(MODELS["a cylinder"], seed=1).ed_degree("unit").certificate
    assert certificate is not None and "reduced" in certificate["evidence"]
    bad = copy.deepcopy(certificate)
    bad["evidence"]["reduced"][name] = change
    bad["digest"] = digest(bad)
    return bad


@needs_msolve
@pytest.mark.parametrize("name, change", [
    ("numbers", [[0, 1]]), ("numbers", [[1, 0]]), ("inner", []), ("outer", []), ("along", []),
    ("offset", ["0", "0", "0"]), ("lines", [["0"], ["0"], ["0"]]), ("across", [])])
def test_false_reductions_are_refused(name: str, change: object) -> None:
    with pytest.raises(CertificateError):
        verify(json.dumps(changed_reduction(name, change)))


@needs_msolve
def test_a_slice_must_have_the_dimension_of_the_variety() -> None:
    """Of a paraboloid a slice is a parabola, whose ED degree is another."""
    def model(square: str) -> NeuroManifold:
        return NeuroManifold(from_expressions(
            [f"a*x + b*y + (a^2 + {square})*z + c*t"], ["a", "b", "c"], list("xyzt")), seed=1)

    original = model("3*b^2").ed_degree("unit").certificate
    assert original is not None
    bad = copy.deepcopy(original)
    reduced = bad["evidence"]["reduced"]
    assert reduced["numbers"] == []
    reduced["numbers"] = [[1, 0]]
    reduced["dimension"] = model("3*b^2").dimension().certificate["evidence"]
    bad["digest"] = digest(bad)
    with pytest.raises(CertificateError):
        verify(bad)
