"""
Every question about degenerate models has the right answer, or one sentence.

The models: no function but zero, no function but one, a parameter that does not matter, an output
that is zero among others, equal outputs.  Their neuromanifolds are points and linear spaces, so
the values follow by hand:

- a point, or a linear space that is dense in V, has degree 1 and no singularities; as its tangent
  spaces are itself, each datum has one critical point, for any quadratic form;
- the Hilbert function of a cone is that of its coordinate ring, binomial(t + d - 1, d - 1) for a
  linear space of dimension d, so 0 for the point zero; a point elsewhere is one point of the
  projective closure, with the Hilbert function 1;
- no rank is below 0, so the critical locus of the parametrization of a point is empty;
- the fiber over the one function of a point is the space of parameters, over others empty.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError
from neuroalg_sage.formats import FORMATS, write_ideal
from neuroalg_sage.neuromanifold import INVARIANTS


@dataclass(frozen=True)
class Case:
    """A model; n, N and dim M; a function in M and one outside, if there is one; the ideal."""

    model: Any
    n: int
    N: int
    d: int
    inside: tuple[int, ...]
    outside: tuple[int, ...] | None
    ideal: tuple[str, ...]
    hilbert_polynomial: str
    hilbert_function: tuple[int, ...]
    has_zero: bool  # whether the zero function is in M


def polynomials(parameters: str, inputs: str, *outputs: str) -> dict[str, Any]:
    return {"parameters": parameters.split(","), "inputs": inputs.split(","),
            "outputs": list(outputs)}


DIFFERENCE = {"input_shape": [1], "layers": [
    {"kind": "polynomial"} | polynomials("a", "x", "a*x", "a*x"),
    {"kind": "polynomial", "parameters": [], "inputs": ["u", "v"], "outputs": ["u - v"]}]}

CASES = {
    "an inactive ReLU network": Case("relu:2,2,1:cell=00", 0, 6, 0, (), None, (), "0", (0, 0),
                                     True),
    "zero": Case(polynomials("a,b", "x", "0"), 0, 2, 0, (), None, (), "0", (0, 0), True),
    "two zeros": Case(polynomials("a,b", "x,y", "a*x - a*x", "0"), 0, 2, 0, (), None, (), "0",
                      (0, 0), True),
    "zero in a line": Case(DIFFERENCE, 1, 1, 0, (0,), (1,), ("z_0",), "0", (0, 0), True),
    "constant": Case(polynomials("a,b", "x", "7*x"), 1, 2, 0, (7,), (1,), ("z_0 - 7",), "1",
                     (1, 1), False),
    "constant in a plane": Case(polynomials("a", "x,y", "3*x + 5*y"), 2, 1, 0, (3, 5), (1, 1),
                                ("z_0 - 3", "z_1 - 5"), "1", (1, 1), False),
    "a number": Case(polynomials("a", "x", "7"), 1, 1, 0, (7,), (0,), ("z_0 - 7",), "1", (1, 1),
                     False),
    "an unused parameter": Case(polynomials("a,b", "x", "a^2*x"), 1, 2, 1, (4,), None, (), "1",
                                (1, 1), True),
    "a zero output": Case(polynomials("a,b", "x,y", "a*x + a*b*y", "0"), 2, 2, 2, (1, 2), None, (),
                          "i + 1", (2, 3), True),
    "equal outputs": Case(polynomials("a", "x", "a*x", "a*x"), 2, 1, 1, (2, 2), (1, 2),
                          ("z_0 - z_1",), "1", (1, 1), True),
    "one weight": Case("linear:1,1", 1, 1, 1, (3,), None, (), "1", (1, 1), True),
    "an affine line": Case(polynomials("a", "x,y", "a*x + 3*y"), 2, 1, 1, (1, 3), (1, 1),
                           ("z_1 - 3",), "i + 1", (2, 3), False),
}

cases = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())

# For which every commit asks all commands: no function but zero, in no space and in a line; a
# point elsewhere, which is no cone.
IN_THE_SHELL = ("an inactive ReLU network", "zero in a line", "a number")


def manifold(case: Case, **options: Any) -> NeuroManifold:
    return NeuroManifold(case.model, seed=1, **options)


def checked(answer: Any) -> Any:
    """The answer, whose certificate holds."""
    if answer.certificate is not None:
        verify(json.loads(json.dumps(answer.certificate)))
    return answer.value


@cases
def test_the_variety(case: Case) -> None:
    M = manifold(case)
    assert checked(M.ambient_dimension()) == case.n
    assert checked(M.dimension()) == case.d
    assert checked(M.expected_dimension()) - checked(M.defect()) == case.d
    assert checked(M.is_filling()) is (case.d == case.n)
    assert checked(M.generic_fiber()).dimension == case.N - case.d
    ideal = checked(M.ideal())
    assert ideal == ideal.ring().ideal([ideal.ring()(g) for g in case.ideal])
    assert len(checked(M.equations())) == case.n - case.d
    assert checked(M.degree()) == 1
    assert str(checked(M.hilbert_polynomial())) == case.hilbert_polynomial
    assert tuple(checked(M.hilbert_function(2))) == case.hilbert_function
    assert list(checked(M.singular_locus())) == []
    assert checked(M.descriptions()) is not None


@cases
@pytest.mark.parametrize("method", ["slicing", "monodromy", "kernel", "elimination", "equivariant"])
def test_the_degree_by_every_method(case: Case, method: str) -> None:
    assert checked(manifold(case, method=method).degree()) == 1


@cases
def test_the_critical_locus_of_a_point_is_empty(case: Case) -> None:
    found = checked(manifold(case).critical_locus())
    assert case.d > 0 or len(found) == 0


@cases
def test_zero_is_a_subnetwork_where_it_is_in_the_neuromanifold(case: Case) -> None:
    names = [part.name for part in checked(manifold(case).subnetworks())]
    assert ("zero" in names) == case.has_zero


@cases
@pytest.mark.parametrize("metric", ["generic", "unit", "bombieri"])
def test_each_datum_has_one_critical_point(case: Case, metric: str) -> None:
    found = manifold(case).ed_degree(metric)
    assert checked(found) == 1
    assert case.d not in (0, case.n) or found.status == "proved"
    assert manifold(case, method="parametrization").ed_degree(metric).value == 1


def test_a_point_is_critical_for_a_degenerate_form_as_well() -> None:
    """The tangent space of a point is zero, on which no form is degenerate; V's is V."""
    case = CASES["constant in a plane"]
    assert checked(manifold(case).ed_degree("data", [[1, 1], [1, 1]])) == 1
    with pytest.raises(InputError):
        manifold(CASES["a zero output"]).ed_degree("data", [[1, 1], [1, 1]])


def test_the_checker_refuses_a_line_as_a_point() -> None:
    """The evidence of a dimension 1, stated as that of a point."""
    line = manifold(CASES["one weight"]).ed_degree("unit").certificate
    point = manifold(CASES["constant"]).ed_degree("unit").certificate
    for forged in (line | {"evidence": {"point": line["evidence"]["dimension"]}},
                   point | {"claim": point["claim"] | {"value": ["unit", 2]}},
                   point | {"claim": point["claim"] | {"value": ["nonsense", 1]}}):
        forged["digest"] = digest(forged)
        with pytest.raises(CertificateError):
            verify(forged)


def test_the_checker_refuses_another_hilbert_function_of_zero() -> None:
    forged = manifold(CASES["zero"]).hilbert_function(2).certificate
    for value in ([1, 1], [0, 1]):
        forged |= {"claim": forged["claim"] | {"value": value}}
        forged["digest"] = digest(forged)
        with pytest.raises(CertificateError):
            verify(forged)


@cases
def test_polar_degrees(case: Case) -> None:
    """Of a linear space 1, 0, 0, ...; the projective variety of the cone {0} is empty."""
    M = manifold(case)
    if case.d == 0 and case.has_zero:
        with pytest.raises(InputError, match="polar degrees"):
            M.polar_degrees()
    else:
        is_cone = case.has_zero
        assert checked(M.polar_degrees()) == [1] + [0] * (case.d - is_cone)


@cases
def test_fibers_and_voronoi_cells(case: Case) -> None:
    M = manifold(case)
    fiber = M.fiber(list(case.inside))
    assert fiber.over_real.data is True and fiber.over_complex.data is True
    assert case.d > 0 or [c.dimension for c in fiber.components.value] == [case.N]
    # The tangent space at a smooth point of a linear space is that space.
    assert checked(M.voronoi_cell(list(case.inside))).dimension == case.n - case.d
    if case.outside is not None:
        outside = M.fiber(list(case.outside))
        assert list(outside.components.value) == [] and outside.in_closure.data is False


@cases
def test_training(case: Case) -> None:
    """All parameters of a point are critical; gradient flow stands still, and so do they."""
    M = manifold(case)
    found = checked(M.loss_critical_locus([1] * case.n))
    laws = checked(M.conservation_laws(1))
    if case.d == 0:
        assert [c.dimension for c in found] == [case.N]
        assert len(laws) == checked(M.number_of_conservation_laws()) == case.N
        assert case.model is DIFFERENCE or (  # no layer's symmetry moves this weight
            len(checked(M.quadratic_conservation_laws())) == case.N)
    assert checked(M.balanced_initialization(list(case.inside))) is not None


@cases
@pytest.mark.parametrize("flow", ["metric", "weight-decay=1", "momentum=1", "mirror=w"])
def test_flows(case: Case, flow: str) -> None:
    """On a point, gradient flow leaves all parameters where they are, with any metric."""
    M = manifold(case)
    given = f"metric={','.join(map(str, range(1, case.N + 1)))}" if flow == "metric" else flow
    laws = checked(M.conservation_laws(1, flow=given))
    checked(M.number_of_conservation_laws(flow=given))
    if case.d == 0 and flow in ("metric", "mirror=w"):
        assert len(laws) == case.N


@cases
def test_a_script_is_refused_where_there_is_no_answer(case: Case) -> None:
    M = manifold(case)
    try:
        M.ml_degree()
    except InputError as error:
        with pytest.raises(InputError) as refused:
            M.script("ml_degree")
        assert str(refused.value) == str(error)


# -- the shell --------------------------------------------------------------------------------


def shell(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit code, which is none of an engine's failure, and what was printed."""
    code = main([*arguments, "--quiet", "--seed", "1"])
    out, err = capsys.readouterr()
    assert code in (0, 2, 3), err
    assert "Traceback" not in err and "Macaulay2 reported" not in err
    if code == 2:
        assert err.startswith("neuroalg: ") and len(err.strip().splitlines()) == 1
    return code, out, err


@pytest.fixture
def spec(case: Case, tmp_path: Any) -> str:
    if isinstance(case.model, str):
        return case.model
    path = tmp_path / "model.json"
    path.write_text(json.dumps(case.model))
    return str(path)


@pytest.mark.parametrize("case", [
    pytest.param(case, id=name, marks=() if name in IN_THE_SHELL else pytest.mark.slow)
    for name, case in CASES.items()])
def test_every_command(case: Case, spec: str, tmp_path: Any,
                       capsys: pytest.CaptureFixture[str]) -> None:
    certificate = tmp_path / "certificate.json"
    data = tmp_path / "data.csv"
    M = NeuroManifold(case.model)
    columns = M.model.input_count + M.model.output_count
    data.write_text("\n".join(",".join(str((3 * i * i + 5 * j) % 7) for j in range(columns))
                              for i in range(5)) + "\n")
    inside, ones = (",".join(map(str, z)) for z in (case.inside, [1] * case.n))
    commands = [
        *(("compute", spec, name, "--certificate", str(certificate)) for name in INVARIANTS),
        ("equations", spec, "--degree", "2", "--certificate", str(certificate)),
        ("fiber", spec, f"--coordinates={inside}", "--certificate", str(certificate)),
        ("critical", spec, f"--coordinates={ones}", "--certificate", str(certificate)),
        ("voronoi", spec, f"--coordinates={inside}", "--certificate", str(certificate)),
        ("discriminant", spec, "--certificate", str(certificate)),
        ("balanced", spec, f"--function={inside}", "--certificate", str(certificate)),
        ("critical", spec, "--data", str(data), "--certificate", str(certificate)),
        ("train", spec, "--data", str(data), "--certificate", str(certificate)),
        ("drift", spec), ("plot", spec, "--output", str(tmp_path / "picture.svg")),
        ("discriminant", spec, f"--line={ones};{inside}"),
        ("compute", spec, "dimension", "degree", "--json"), ("report", spec, "--latex")]
    for command in commands:
        certificate.unlink(missing_ok=True)
        shell(capsys, *command)
        if certificate.exists():
            assert main(["verify", str(certificate)]) == 0, (command, capsys.readouterr())
            capsys.readouterr()
    _, out, _ = shell(capsys, "report", spec, "--json")
    results = json.loads(out)["results"]
    assert results["dimension"]["value"] == case.d and results["degree"]["value"] == 1
    shell(capsys, "report", spec, "--html", str(tmp_path / "page.html"))
    assert (tmp_path / "page.html").read_text().startswith("<!DOCTYPE html>")


@cases
@pytest.mark.parametrize("form", FORMATS)
def test_every_format(case: Case, spec: str, form: str, capsys: pytest.CaptureFixture[str]
                      ) -> None:
    code, out, _ = shell(capsys, "ideal", spec, "--format", form)
    assert code == (2 if form == "singular" and not case.n else 0)
    assert "-1]" not in out and "..-1" not in out


def test_formats_of_a_point() -> None:
    assert write_ideal([], 0, "m2") == "V = QQ[];\nI = ideal(0_V);"
    assert write_ideal([], 0, "latex") == r"\left\langle 0 \right\rangle \subset \mathbb{Q}"
    with pytest.raises(InputError, match="Singular has no polynomial ring without variables"):
        write_ideal([], 0, "singular")


@pytest.mark.parametrize(("model", "sentence"), [
    (polynomials("a", "x", "a*x") | {"parameters": []}, "a"),
    ({"parameters": [], "inputs": ["x"], "outputs": ["3*x"]}, "The model has no parameters"),
    ({"parameters": ["a"], "inputs": [], "outputs": ["a^2"]}, "at least one input"),
    ({"parameters": ["a"], "inputs": ["x"], "outputs": []}, "at least one input and one output")])
def test_what_is_no_model(model: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        NeuroManifold(model)
