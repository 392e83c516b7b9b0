"""ED discriminants: classical evolutes, certificates, bifurcations, and wrong input."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import pytest
from flint import fmpq_poly
from test_certificates import accepted_mutants

from neuroalg_sage import NeuroManifold, from_expressions, verify
from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.certificates.decomposition import real_roots
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.decomposition import in_flint
from neuroalg_sage.invariants.ed_discriminant import ed_discriminant_of_ideal
from neuroalg_sage.invariants.functions import value
from neuroalg_sage.invariants.quadratic_forms import diagonal_form
from neuroalg_sage.models.expressions import parse_polynomial
from neuroalg_sage.models.sources import model_from_data

PARABOLA = from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"])
CUSP = from_expressions(["a^2*x + a^3*y"], ["a"], ["x", "y"])
DOUBLE = from_expressions(["a^2*x + a^4*y"], ["a"], ["x", "y"])
CONE = "mlp:2,1,1:x^2"


def curve(text: str) -> dict:
    return parse_polynomial(text, ["x", "y"])


def test_the_evolute_of_an_ellipse_is_lames_sextic() -> None:
    """(a^2 x^2 + b^2 y^2 - c^4)^3 + 27 a^2 b^2 c^4 x^2 y^2, c^2 = a^2 - b^2; Lamé."""
    found = ed_discriminant_of_ideal([curve("x^2/4 + y^2 - 1")], 2, diagonal_form([1, 1]))
    lame = curve("(4*x^2 + y^2 - 9)^3 + 27*4*9*x^2*y^2")
    (factor,) = found.data.factors
    scale = lame[6, 0] / factor[6, 0]
    assert {e: c * scale for e, c in factor.items()} == lame
    assert found.data.degree == 6 and found.status == "proved"


def test_the_discriminant_of_a_circle_is_no_curve() -> None:
    found = ed_discriminant_of_ideal([curve("x^2 + y^2 - 1")], 2, diagonal_form([1, 1]))
    assert found.data.factors == () and str(found.data) == "no hypersurface"


@pytest.mark.parametrize("model", [PARABOLA, DOUBLE])
def test_the_evolute_of_a_parabola_is_a_semicubical_parabola(model) -> None:
    """27 x^2 = 2 (2 y - 1)^3, also if its parameter is squared."""
    found = NeuroManifold(model, seed=1).ed_discriminant()
    (factor,) = found.data.factors
    wanted = curve("2*(2*y - 1)^3 - 27*x^2")
    assert factor == wanted and found.data.degree == 3
    assert found.status == "proved" and found.trust == []
    assert found.data.ideal.gens()[0].degree() == 3


def test_two_methods_agree_for_a_parabola() -> None:
    by_ideal = ed_discriminant_of_ideal([curve("y - x^2")], 2, diagonal_form([1, 3]))
    gram = [["1", "0"], ["0", "3"]]
    by_parameters = NeuroManifold(PARABOLA).ed_discriminant("data", gram)
    assert by_ideal.data.factors == by_parameters.data.factors


@pytest.mark.parametrize("model", [PARABOLA, CUSP, CONE])
def test_certificates_hold(model) -> None:
    found = NeuroManifold(model, seed=2).ed_discriminant()
    verdict = verify(json.loads(json.dumps(found.certificate)))
    assert verdict.invariant == "ed_discriminant" and verdict.trust == ()


def test_a_section_of_the_discriminant_is_the_discriminant_on_a_plane() -> None:
    manifold = NeuroManifold(CONE, seed=3)
    (whole,) = manifold.ed_discriminant().data.factors
    found = manifold.ed_discriminant(origin=[0, 1, 0], directions=[[1, 0, 0], [0, 0, 1]])
    assert found.status == "proved"
    for x in range(-3, 4):
        product = Fraction(1)
        for f in found.data.factors:
            product *= value(f, [Fraction(x), Fraction(2)])
        assert (product == 0) == (value(whole, [Fraction(x), Fraction(1), Fraction(2)]) == 0)
    assert found.data.degree == 6


def test_outputs_that_are_permuted_permute_the_discriminant() -> None:
    """The reversal of the inputs' order reverses the coordinates of binary quadratic forms."""
    (f,) = NeuroManifold(CONE).ed_discriminant().data.factors
    assert {e[::-1]: c for e, c in f.items()} == f


def test_forged_certificates_are_rejected() -> None:
    found = NeuroManifold(CUSP, seed=1).ed_discriminant().certificate
    claim, evidence = found["claim"]["value"], found["evidence"]

    def forged(value, evidence):
        return certificate(found["model"], "ed_discriminant", value, "proved", [], evidence, {})

    assert verify(forged(claim, evidence)).value == claim
    form, origin, directions, factors = claim
    more = evidence | {"exponents": [1, 1], "witnesses": evidence["witnesses"] * 2}
    line = [["1", [0, 1]]]
    for false, why in [([form, origin, directions, [*factors, line]], more),
                       ([form, origin, directions, [line]], evidence),
                       ([form, origin, directions, []], evidence | {"exponents": [],
                                                                    "witnesses": []}),
                       ([[["1", "0"], ["0", "2"]], origin, directions, factors], evidence),
                       ([form, ["1", "0"], directions, factors], evidence),
                       (claim, evidence | {"minor": [1]}),
                       (claim, evidence | {"restriction": [[0, 1]]})]:
        with pytest.raises(CertificateError):
            verify(forged(false, why))


def test_a_multiple_of_the_discriminant_is_not_the_discriminant() -> None:
    """With cofactors for the product with a line, only the point on the line is missing."""
    from flint import fmpq

    from neuroalg_sage.certificates.certificate import encode_polynomial
    from neuroalg_sage.certificates.reading import polynomial, polynomial_ring
    from neuroalg_sage.models.expressions import from_flint

    found = NeuroManifold(PARABOLA, seed=1).ed_discriminant().certificate
    form, origin, directions, factors = found["claim"]["value"]
    evidence = found["evidence"]
    ring = polynomial_ring(3)
    line = ring.gens()[1] + fmpq(5)
    cofactors = [encode_polynomial(from_flint(polynomial(c, ring) * line))
                 for c in evidence["cofactors"]]
    more = evidence | {"cofactors": cofactors, "exponents": [1, 1],
                       "witnesses": evidence["witnesses"] * 2}
    value = [form, origin, directions, [*factors, [["1", [0, 1]], ["5", []]]]]
    with pytest.raises(CertificateError, match="not on the ramification locus|apart"):
        verify(certificate(found["model"], "ed_discriminant", value, "proved", [], more, {}))


def test_no_mutant_proves_another_discriminant() -> None:
    original = NeuroManifold(PARABOLA, seed=1).ed_discriminant().certificate
    for _, data, where, _ in accepted_mutants([original], 300, random.Random(4)):
        assert where[0] not in ("claim", "status", "trust"), where
        # Names mean nothing, and may be no names.
        if where[0] == "model" and not {"spec", "inputs", "parameters"} & set(where):
            description = {k: v for k, v in data["model"].items() if k != "spec"}
            again = NeuroManifold(model_from_data(description)).ed_discriminant()
            assert again.certificate["claim"]["value"] == data["claim"]["value"]


def test_breakpoints_are_exact_and_the_counts_are_those_of_the_normals() -> None:
    """The critical points of a parabola are the roots of 2 a^3 + (1 - 2 u_1) a - u_0."""
    found = NeuroManifold(PARABOLA, seed=1).bifurcation([1, 0], [1, 1]).value
    assert found.counts == (1, 3) and found.complex_count == 3
    (place,) = found.breakpoints
    s = fmpq_poly([int(c) for c in place.polynomial])
    assert s == fmpq_poly([-29, 12, -24, 16])
    low, high = place.interval
    assert value({(k,): c for k, c in enumerate(place.polynomial)}, [low]) * value(
        {(k,): c for k, c in enumerate(place.polynomial)}, [high]) <= 0 and high - low < 1e-9


def test_counts_along_random_lines_agree_with_the_roots_of_the_cubic() -> None:
    generator = random.Random(7)
    manifold = NeuroManifold(PARABOLA, seed=1)
    for _ in range(5):
        start = [Fraction(generator.randint(-9, 9), 4) for _ in range(2)]
        end = [start[0] + generator.randint(1, 4), start[1] + generator.randint(-4, 4)]
        found = manifold.bifurcation(start, end).value
        places = [float(b) for b in found.breakpoints]
        samples = [places[0] - 1 if places else 0.0] + [
            (a + b) / 2 for a, b in zip(places, places[1:])] + [p + 1 for p in places[-1:]]
        for s, count in zip(samples, found.counts):
            u = [a + Fraction(s) * (b - a) for a, b in zip(start, end)]
            normals = [-u[0], 1 - 2 * u[1], Fraction(0), Fraction(2)]
            assert len(real_roots(in_flint(normals))) == count


def test_on_the_axis_of_the_cone_two_pairs_become_real() -> None:
    found = NeuroManifold(CONE, seed=1).bifurcation([1, 0, 1], [1, 1, 1]).value
    assert found.counts == (2, 4, 2)
    assert [b.polynomial for b in found.breakpoints] == [(1, 2), (-1, 2)]


def test_numbers_of_real_points_in_regions() -> None:
    """Inside of the evolute of a parabola are three normals, outside one."""
    found = NeuroManifold(PARABOLA, seed=1).critical_regions([[1, 0], [0, 1]], samples=11).value
    for (x, y), count in found.samples:
        height = 2 * (2 * y - 1) ** 3 - 27 * x * x
        assert count == (None if height == 0 else 3 if height > 0 else 1)
    assert set(found.numbers) == {1, 3} and found.complex_count == 3


@pytest.mark.parametrize(("call", "says"), [
    (lambda m: m.ed_discriminant("generic"), "one metric"),
    (lambda m: m.ed_discriminant("flat"), "no metric"),
    (lambda m: m.ed_discriminant(directions=[[1, 0], [2, 0]]), "independent"),
    (lambda m: m.ed_discriminant(directions=[[1]]), "list of 2"),
    (lambda m: m.bifurcation([0, 0], [0, 0]), "different points"),
    (lambda m: m.bifurcation([0], [1, 1]), "list of 2"),
    (lambda m: m.critical_regions([[1, 0]]), "spanned by two"),
    (lambda m: m.critical_regions([[1, 0], [0, 1]], samples=1), "A grid has"),
])
def test_wrong_input_gets_one_sentence(call, says) -> None:
    with pytest.raises(InputError, match=says) as caught:
        call(NeuroManifold(PARABOLA))
    assert "\n" not in str(caught.value)


def test_the_shell_prints_the_discriminant_and_writes_its_certificate(tmp_path, capsys) -> None:
    file = tmp_path / "certificate.json"
    assert main(["discriminant", CONE, "--quiet", "--certificate", str(file)]) == 0
    assert "an irreducible hypersurface of degree 6  [proved]" in capsys.readouterr().out
    assert main(["verify", str(file)]) == 0
    capsys.readouterr()
    assert main(["discriminant", CONE, "--quiet", "--json", "--line", "1,0,1;1,1,1"]) == 0
    page = json.loads(capsys.readouterr().out)["discriminant"]
    assert page["real"] == [2, 4, 2] and page["status"] == "numerical"
    assert main(["discriminant", CONE, "--quiet", "--line", "1,0,1"]) == 2
    assert main(["discriminant", CONE, "--quiet", "--metric", "generic"]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 2
    assert main(["discriminant", CONE, "--quiet", "--script"]) == 0
    assert "eliminate" in capsys.readouterr().out
