"""ED discriminants: classical evolutes, certificates, bifurcations, and wrong input."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction

import pytest
from flint import fmpq_poly
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold, from_expressions, verify
from neuroalg_sage.certificates.certificate import certificate, digest, encode_polynomial
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.certificates.distance.discriminant import (
    MEANING,
    bound_discriminant,
    check_ramification,
)
from neuroalg_sage.certificates.reading import polynomial, polynomial_ring
from neuroalg_sage.certificates.singularities.algebraic_points import real_roots
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.distance import ed_discriminant as ed
from neuroalg_sage.invariants.distance.critical_equations import Slice
from neuroalg_sage.invariants.distance.ed_discriminant import ed_discriminant_of_ideal
from neuroalg_sage.invariants.distance.quadratic_forms import diagonal_form, quadratic_form
from neuroalg_sage.models.expressions import from_flint, parse_polynomial, value
from neuroalg_sage.models.rational import univariate
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
    assert found.data.factors == () and str(found.data).startswith("no hypersurface")
    assert found.status == "proved"


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


# Each hypothesis of the checker's proof, broken --------------------------------------------

ISOTROPIC = from_expressions(["b^3*x", "a*x", "b*x"], ["a", "b"], ["x"])
ANTIDIAGONAL = [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
HIDDEN = from_expressions(["(a+c^2)^3*x", "(a+c^2)*x"], ["a", "c"], ["x"])
SWAPPED = [[0, 1], [1, 0]]


def refused(model, claim, evidence, why) -> None:
    data = certificate(model, "ed_discriminant", claim, "proved", [], evidence, {})
    with pytest.raises(CertificateError, match=why):
        verify(data)


def parts(found):
    data = json.loads(json.dumps(found.certificate))
    return data["model"], data["claim"]["value"], data["evidence"]


def seen(model, gram, rows, isotropic, values=None):
    """What is seen outside of these minors, with evidence that is right but for (5)."""
    manifold = NeuroManifold(model, seed=1)
    phi, dimension = manifold.parametrization(), manifold.dimension()
    n = len(phi.polynomials)
    form = quadratic_form(manifold.model, "data", gram)
    base, directions = ed.ambient(n)
    if values is None:
        _, where = ed.of_parametrization(phi, dimension.data, form, base, directions,
                                         random.Random(1))
    else:
        free = tuple(i for i in range(manifold.model.parameter_count) if i not in values)
        where = Slice(phi, values, free, phi.restrict(values))
    system = ed.of_slice(where, form, base, directions)
    result = ed._eliminate(system, ed.Cover(rows, ()), Computation(), random.Random(1))
    assert result.evidence is not None
    restriction = [[i, v] for i, v in sorted(where.values.items())]
    evidence = result.evidence | {"dimension": dimension.certificate["evidence"],
                                  "restriction": restriction, "isotropic": isotropic}
    claim = [MEANING, [[str(c) for c in row] for row in gram], ["0"] * n,
             [list(map(str, v)) for v in directions], [] if isotropic else restriction,
             [encode_polynomial(f) for f in result.factors]]
    return manifold.model.describe(), claim, json.loads(json.dumps(evidence))


def test_what_is_seen_outside_of_one_minor_is_not_all() -> None:
    """The tangent plane of (b^3, a, b) at b = 0 is isotropic, and one minor is 3 b^2 there."""
    found = NeuroManifold(ISOTROPIC, seed=1).ed_discriminant("data", ANTIDIAGONAL)
    assert sorted(found.data.polynomials) == ["u_0", "u_2^3 + 4*u_0"]
    assert verify(found.certificate).trust == ()
    for isotropic, why in [([[0, 1]], "isotropic tangent"), (None, "minor of the Jacobian")]:
        model, claim, evidence = seen(ISOTROPIC, ANTIDIAGONAL, ((0, 1),), isotropic)
        assert len(claim[-1]) == 1
        refused(model, claim, evidence, why)
        model, claim, evidence = seen(ISOTROPIC, ANTIDIAGONAL, ((0, 1), (1, 2)), isotropic)
        data = certificate(model, "ed_discriminant", claim, "proved", [], evidence, {})
        assert len(claim[-1]) == 2 and verify(data).value == claim


def test_what_is_seen_on_a_slice_is_not_all() -> None:
    """On the slice a = 0 the rank drops where a + c^2 = 0, and where the tangent is isotropic."""
    found = NeuroManifold(HIDDEN, seed=1).ed_discriminant("data", SWAPPED)
    assert sorted(found.data.polynomials) == ["u_0", "u_1^3 + 4*u_0"]
    assert found.status == "proved" and "a = " not in str(found)
    model, claim, evidence = seen(HIDDEN, SWAPPED, ((1,),), [[0], [1]], {0: 0})
    assert len(claim[-1]) == 1
    refused(model, claim, evidence, "isotropic tangent")
    model, claim, evidence = seen(HIDDEN, SWAPPED, ((1,),), None, {0: 0})
    data = certificate(model, "ed_discriminant", claim, "proved", [], evidence, {})
    assert verify(data).value[4] == [[0, 0]]
    claim[4] = []
    refused(model, claim, evidence, "other parameters")


def test_lemma_b_is_about_all_data_and_a_nondegenerate_form() -> None:
    plane = NeuroManifold(CONE, seed=3).ed_discriminant(origin=[0, 1, 0],
                                                        directions=[[1, 0, 0], [0, 0, 1]])
    model, claim, evidence = parts(plane)
    assert claim[4] and str(plane.data).endswith("with rank Dφ = 2 and w_0 = 1")
    claim[4] = []
    refused(model, claim, evidence, "other parameters")
    refused(model, claim, evidence | {"isotropic": [[1, 2]]}, "not all of V")
    graph = NeuroManifold(from_expressions(["a*x", "b*x", "(a^2+b^2)*x"], ["a", "b"], ["x"]),
                          seed=1)
    degenerate = graph.ed_discriminant("data", [[1, 0, 0], [0, 1, 0], [0, 0, 0]])
    model, claim, evidence = parts(degenerate)
    assert evidence["isotropic"] is None
    refused(model, claim, evidence | {"isotropic": [[0, 1]]}, "degenerate")
    model, claim, evidence = parts(graph.ed_discriminant())
    refused(model, claim, evidence | {"isotropic": []}, "isotropic")


def test_the_claim_says_what_is_meant() -> None:
    model, claim, evidence = parts(NeuroManifold(PARABOLA, seed=1).ed_discriminant())
    assert claim[0] == MEANING
    refused(model, ["all critical points", *claim[1:]], evidence, "what is meant")
    refused(model, claim[1:], evidence, "length 6")


def test_other_claims_than_the_one_that_is_proved_are_refused() -> None:
    """Hypotheses (1) and (3), and all parts of the claim, for one unknown and for two."""
    for manifold in (NeuroManifold(CUSP, seed=1), NeuroManifold(CONE, seed=1)):
        model, claim, evidence = parts(manifold.ed_discriminant())
        meaning, form, origin, directions, meant, factors = claim
        one = [["1", [0, 1]]]
        shifted = ["1", *origin[1:]]
        other = [["2", *form[0][1:]], *form[1:]]
        for false, why in [
                ([meaning, other, origin, directions, meant, factors], "."),
                ([meaning, form, shifted, directions, meant, factors], "."),
                ([meaning, form, origin, directions[:-1] + [directions[0]], meant, factors],
                 "independent"),
                ([meaning, form, origin, directions, [[0, 5]], factors], "."),
                ([meaning, form, origin, directions, meant, []], "not those stated"),
                ([meaning, form, origin, directions, meant, [one]], "not those stated"),
                ([meaning, form, origin, directions, meant, [*factors, one]], "not those stated"),
                ([meaning, form, origin, directions, meant, factors * 2], "not those stated")]:
            refused(model, false, evidence, why)
        refused(model, claim, evidence | {"restriction": [[0, 7]]}, ".")
        asymmetric = [["1", "1", *form[0][2:]], *form[1:]]
        refused(model, [meaning, asymmetric, *claim[2:]], evidence, "symmetric")


def test_what_vanishes_must_vanish_on_the_whole_ramification_locus() -> None:
    """Hypothesis (2)."""
    model, claim, evidence = parts(NeuroManifold(CONE, seed=1).ed_discriminant())
    zero = [[[[] for _ in column] for column in columns] for columns in evidence["cofactors"]]
    line = [["1", [2, 1]]]
    for change, why in [
            ({"cofactors": zero}, "does not vanish"), ({"cofactors": None}, "no cofactors"),
            ({"powers": [[e + 1 for e in row] for row in evidence["powers"]]}, "does not vanish"),
            ({"vanishing": [line]}, "does not vanish"),
            ({"vanishing": [[]], "cofactors": zero}, "is zero"),
            ({"vanishing": [], "cofactors": [[]], "powers": [[]]}, "is zero"),
            ({"minors": [[0, 0]]}, "does not vanish|minor is zero"),
            ({"minors": [], "powers": [], "cofactors": []}, "minor is zero")]:
        refused(model, claim, evidence | change, why)


def multiplied(evidence, ring, factor):
    """The evidence with all that vanishes multiplied by a polynomial."""
    def times(f):
        return encode_polynomial(from_flint(polynomial(f, ring) * factor))

    return evidence | {"vanishing": [times(g) for g in evidence["vanishing"]], "cofactors": [
        [[times(c) for c in column] for column in columns] for columns in evidence["cofactors"]]}


def test_what_vanishes_depends_on_the_data_only() -> None:
    model, claim, evidence = parts(NeuroManifold(CONE, seed=1).ed_discriminant())
    ring = polynomial_ring(5)
    refused(model, claim, multiplied(evidence, ring, ring.gens()[0]), "depends on the unknowns")


def test_each_component_needs_a_point_of_its_own() -> None:
    """Hypothesis (4), for (a^2, a b, b^2): all but the point holds for a multiple."""
    model, claim, evidence = parts(NeuroManifold(from_expressions(
        ["a^2*x", "a*b*x", "b^2*x"], ["a", "b"], ["x"]), seed=1).ed_discriminant())
    ring, smaller = polynomial_ring(5), polynomial_ring(3)
    a, b, *u = ring.gens()
    (witness,) = evidence["witnesses"]
    p, place = witness["prime"], witness["point"]
    moved = [place[0], place[1], (place[2] + 1) % p, *place[3:]]
    refused(model, claim, evidence | {"witnesses": [witness | {"point": moved}]}, "not on the ram")

    def with_factor(data, lifted, point, prime, why):
        more = multiplied(evidence, ring, lifted)
        more["witnesses"] = [witness, {"prime": prime, "point": point}]
        refused(model, [*claim[:-1], [*claim[-1], data]], more, why)

    # A plane through the image of a point of the ramification locus
    plane = smaller.gens()[0] - place[2]
    with_factor(encode_polynomial(from_flint(plane)), u[0] - place[2], place, p, "apart")
    # Critical points of φ: at w = 0 the Hessian is singular where 4 u_0 u_2 = u_1^2
    cone = 4 * smaller.gens()[0] * smaller.gens()[2] - smaller.gens()[1] ** 2
    (true,) = [polynomial(f, smaller) for f in claim[-1]]
    point = next([0, 0, x * x, 2 * x * y, y * y] for x in range(1, 9) for y in range(1, 9)
                 if true(x * x, 2 * x * y, y * y))
    with_factor(encode_polynomial(from_flint(cone)), 4 * u[0] * u[2] - u[1] ** 2, point,
                2**31 - 1, "rank of the Jacobian is smaller")


def test_a_point_with_infinitely_many_critical_points_proves_no_hypersurface() -> None:
    """All points of a circle are critical for its center, which is on the line u_0 = 0."""
    equations = [curve("x^2 + y^2 - 1")]
    base, directions = ed.ambient(2)
    system = ed.of_ideal(equations, 2, diagonal_form([1, 1]), base, directions)
    cover = ed.Cover(tuple(system.all_minors()), None)
    evidence = ed._eliminate(system, cover, Computation(), random.Random(1)).evidence
    check = [system.ring, system.equations, system.slopes, 1]
    assert check_ramification(*check, [], evidence)
    first = next(i for i, g in enumerate(evidence["vanishing"]) if g == [["1", [3, 1]]])
    p = 10007
    point = {"prime": p, "point": [1, 0, pow(2, -1, p), 0, 0]}
    one = {"vanishing": [evidence["vanishing"][first]], "witnesses": [point],
           "powers": [[row[first]] for row in evidence["powers"]],
           "cofactors": [[row[first]] for row in evidence["cofactors"]]}
    with pytest.raises(CertificateError, match="singular or special"):
        check_ramification(*check, [system.ring.gens()[3]], evidence | one)


def test_a_discriminant_of_large_degree_is_refused_before_it_is_made() -> None:
    a, x, y = polynomial_ring(3).gens()
    bound_discriminant(a**30 + x * a + y)
    for degree in (200, 10**6):
        with pytest.raises(CertificateError, match="more work"):
            bound_discriminant(a**degree + x * a + y)


def test_a_large_power_in_the_model_does_not_keep_the_checker_at_work() -> None:
    forged = copy.deepcopy(NeuroManifold(PARABOLA, seed=1).ed_discriminant().certificate)
    (layer,) = forged["model"]["layers"]
    layer["outputs"] = [[[e if e != [2, 0, 1] else [5000, 0, 1], c] for e, c in terms]
                        for terms in layer["outputs"]]
    forged["digest"] = digest(forged)
    with pytest.raises(CertificateError):
        verify(forged)


def test_what_is_left_out_is_said() -> None:
    """Critical points of conics for the Bombieri metric come together at infinity only."""
    found = NeuroManifold(CONE, seed=1).ed_discriminant("bombieri")
    assert found.data.factors == () and found.status == "proved"
    assert str(found.data) == "no hypersurface, for finite critical points with rank Dφ = 2"
    assert parts(found)[1][0] == MEANING and "finite" in MEANING


def test_where_critical_points_come_together_for_all_data_is_said() -> None:
    """A line of distance zero from itself: all of its points are critical."""
    flat = from_expressions(["w*x", "w*x"], ["w"], ["x"])
    found = NeuroManifold(flat, seed=1).ed_discriminant("data", [[1, -1], [-1, 1]])
    assert found.data.everywhere and found.status == "numerical"
    assert str(found.data).startswith("all data")


@pytest.mark.parametrize("model", [PARABOLA, ISOTROPIC, CONE])
def test_no_mutant_proves_another_discriminant(model) -> None:
    original = NeuroManifold(model, seed=1).ed_discriminant().certificate
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
            assert len(real_roots(univariate(normals))) == count


@pytest.mark.parametrize("seed", [14, 20, 21])
def test_no_critical_point_is_lost_to_a_random_minor(seed: int) -> None:
    """
    For data (t, t) the equation is (2w + 1)(t - 3w^2) = 0.  Where w = -1/2, a combination of the
    entries of Dφ, (2w, -2 - 6w), with equal coefficients is zero.
    """
    curve = NeuroManifold(from_expressions(["w^2*x", "(-2*w - 3*w^2)*x"], ["w"], ["x"]), seed=seed)
    found = curve.bifurcation([-3, -3], [1, 1], "data", [[0, 1], [1, 0]])
    assert (found.complex_count, found.counts) == (3, (1, 3, 3))


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
    printed = capsys.readouterr().out
    assert ("an irreducible hypersurface of degree 6, for finite critical points with rank Dφ = 2  "
            "[proved]") in printed and "are not meant" in printed
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
