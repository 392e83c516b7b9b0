"""Certificates that say what is false, each of them an attack: all are rejected."""

from __future__ import annotations

import pytest

from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify

THEOREM = "theorem: Alexander, Hirschowitz (1995)"


def model(inputs: int, *layers: dict) -> dict:
    return {"input_shape": [inputs], "layers": list(layers)}


def dense(inputs: int, outputs: int) -> dict:
    return {"kind": "dense", "inputs": inputs, "outputs": outputs}


def polynomial(parameters: int, inputs: int, *outputs: list) -> dict:
    return {"kind": "polynomial", "parameters": [""] * parameters, "inputs": [""] * inputs,
            "outputs": list(outputs)}


SQUARE = {"kind": "activation", "coefficients": ["0", "0", "1"]}


def trial(point: list[int], *inputs: list[int]) -> dict:
    return {"prime": 101, "point": point, "inputs": list(inputs)}


def rejected(description, invariant, value, status, trust, evidence, error_bound=None) -> None:
    claim = certificate(description, invariant, value, status, list(trust), evidence, {},
                        error_bound)
    with pytest.raises(CertificateError):
        verify(claim)


def accepted(description, invariant, value, status, trust, evidence) -> None:
    assert verify(certificate(description, invariant, value, status, list(trust), evidence,
                              {})).value == value


def test_fewer_points_than_a_fiber_has() -> None:
    """f = (a^2 + a) x, whose fiber is {a, -1 - a}."""
    f = model(1, polynomial(1, 1, [[[2, 1], "1"], [[1, 1], "1"]]))
    point = trial([3], [1])
    evidence = {
        "dimension": 1, "dimension_evidence": {"trials": [point], "upper": {"kind": "ambient"}},
        "trial": point, "normal_form": [],
        "relations": [[["1", [0, 2]], ["1", [0, 1]], ["-1", [1, 1]]]], "order": 1, "root": 1,
        "finite": []}
    believing = ["macaulay2", "the list of known symmetries"]
    accepted(f, "generic_fiber", [0, 2, 1], "proved", believing, evidence)
    rejected(f, "generic_fiber", [0, 2, 1], "proved", ["macaulay2"], evidence)
    rejected(f, "generic_fiber", [0, 1, 1], "proved", [], evidence)
    rejected(f, "is_identifiable", True, "proved", [], evidence | {"fiber": [0, 1, 1]})
    rejected(f, "generic_fiber", [0, 0, 0], "proved", [], evidence)
    # The reflection a -> -1 - a makes it one orbit; a -> 1 - a is none.
    reflection = [[[0, 0, "-1", 0], [0, 1, "-1", 0]]]
    accepted(f, "generic_fiber", [0, 2, 2], "proved", [], evidence | {"finite": reflection})
    accepted(f, "is_identifiable", True, "proved", [],
             evidence | {"finite": reflection, "fiber": [0, 2, 2]})
    rejected(f, "generic_fiber", [0, 2, 2], "proved", [],
             evidence | {"finite": [[[0, 0, "-1", 0], [0, 1, "1", 0]]]})


def test_one_orbit_counted_as_two_points() -> None:
    """f = a^2 b x, with a rescaling of half-integral weight."""
    f = model(1, polynomial(2, 1, [[[2, 1, 1], "1"]]))
    point = trial([3, 5], [1])
    evidence = {
        "dimension": 1, "dimension_evidence": {"trials": [point], "upper": {"kind": "ambient"}},
        "trial": point, "order": 1, "root": 1, "finite": []}
    for weights in (["-1/2", "1"], ["-1", "2"], ["1", "-2"]):
        field = [[i, i, c] for i, c in enumerate(weights)]
        rejected(f, "generic_fiber", [1, 2, 1], "proved",
                 ["macaulay2", "the list of known symmetries"], evidence | {
                     "normal_form": [{"field": field, "coordinate": 1, "value": 1}],
                     "relations": [[["1", [0, 2]], ["-1", [1, 1]]]]})
    accepted(f, "generic_fiber", [1, 1, 1], "proved", [], evidence | {
        "normal_form": [{"field": [[0, 0, "1"], [1, 1, "-2"]], "coordinate": 0, "value": 1}],
        "relations": [[["1", [0, 1]], ["-1", [1, 1]]]]})


def test_the_theorem_on_a_network_with_one_parameter_more() -> None:
    """f = b c + d (a x)^2, of dimension 2."""
    f = model(1, dense(1, 2), SQUARE,
              polynomial(3, 2, [[[1, 0, 1, 0, 0], "1"], [[0, 1, 0, 1, 0], "1"]]))
    rejected(f, "dimension", 1, "proved", [THEOREM],
             {"trials": [trial([1, 2, 3, 4, 5], [1])], "upper": {"kind": "theorem"}})


def test_trials_without_inputs() -> None:
    primes = [1073741827, 1073741831, 1073741833]
    trials = [{"prime": p, "point": list(range(9)), "inputs": []} for p in primes]
    rejected(model(3, dense(3, 3)), "dimension", 0, "monte_carlo", ["the trials are random"],
             {"trials": trials}, 1e-15)


def test_generators_that_hide_that_an_ideal_is_homogeneous() -> None:
    f = model(2, dense(2, 1), SQUARE, dense(1, 1))
    conic = [["1", [1, 2]], ["-4", [0, 1, 2, 1]]]
    times = [["1", [0, 1, 1, 2]], ["-4", [0, 2, 2, 1]]]
    for value, generators in ((["1", "2"], [conic]), (["1", "2", "1"], [conic, []]),
                              (["1", "2", "1"], [conic, conic + times])):
        evidence = {"generators": generators, "groebner_basis": [conic],
                    "ideal": {"argument": "engine", "engine": "macaulay2"}}
        test = accepted if value == ["1", "2"] else rejected
        test(f, "hilbert_polynomial", value, "proved", ["macaulay2"], evidence)


def test_a_singular_locus_trusts_what_its_ideal_trusts() -> None:
    f = model(2, dense(2, 1), SQUARE, dense(1, 1))
    conic = [["1", [1, 2]], ["-4", [0, 1, 2, 1]]]
    vertex = [[["1", [i, 1]]] for i in range(3)]
    one = ["1", []]
    kernel = [[[one] if i == j else [] for j in range(3)] for i in range(3)]
    evidence = {"generators": [conic], "groebner_basis": [conic], "engine": "macaulay2",
                "ideal": {"argument": "engine", "engine": "singular"},
                "components": [{"kernel": kernel, "point": [0, 0, 0], "prime": 101}]}
    value = [{"dimension": 0, "degree": 1, "generators": vertex}]
    rejected(f, "singular_locus", value, "proved", ["macaulay2"], evidence)
    accepted(f, "singular_locus", value, "proved", ["singular", "macaulay2"], evidence)
    rejected(f, "singular_locus", [value[0] | {"note": "smooth"}], "proved",
             ["singular", "macaulay2"], evidence)
    # A point that is not on the component, or vectors that are not all in the kernel.
    for witness in ({"point": [1, 0, 0]}, {"kernel": kernel[:2]}, {"prime": 100},
                    {"kernel": [kernel[0], kernel[1], kernel[1]]}):
        rejected(f, "singular_locus", value, "proved", ["singular", "macaulay2"],
                 evidence | {"components": [evidence["components"][0] | witness]})
    accepted(f, "singular_subvarieties", value, "proved", ["singular"], evidence)
    rejected(f, "singular_subvarieties", [], "proved", ["singular"],
             evidence | {"components": []})
    conic_itself = [{"dimension": 2, "degree": 2, "generators": [conic]}]
    rejected(f, "singular_subvarieties", conic_itself, "proved", ["singular", "macaulay2"],
             evidence)
    for multiplicity, test in ((2, accepted), (1, rejected), (3, rejected)):
        test(f, "singular_locus", [value[0] | {"multiplicity": multiplicity}], "proved",
             ["singular", "macaulay2"], evidence)


def test_symmetries_that_are_left_out_are_found_missing() -> None:
    f = model(1, dense(1, 1), SQUARE, dense(1, 1))
    point = trial([3, 5], [1])
    evidence = {"dimension": 1, "trial": point, "symmetries": {"kind": "symmetries", "fields": []},
                "dimension_evidence": {"trials": [point], "upper": {"kind": "ambient"}}}
    for trust in ([], ["the list of known symmetries"]):
        rejected(f, "is_finitely_identifiable", False, "proved", trust, evidence)
        rejected(f, "expected_dimension", 2, "proved", trust, evidence)
    # M fills V, whatever the symmetries are.
    accepted(f, "expected_dimension", 1, "proved", [], evidence)


@pytest.mark.parametrize("description", [
    {"input_shape": [10**6, 10**6], "layers": [SQUARE, dense(10**12, 1)]},
    {"input_shape": [10**6, 10**6], "layers": [{"kind": "sum", "layers": [
        {"kind": "chain", "layers": []}]}, dense(10**12, 1)]},
    model(1, *[SQUARE] * 40, dense(1, 1)), model(2, SQUARE), model(20, *[SQUARE] * 6, dense(20, 1)),
    model(2, dense(2, 1)) | {"share": [0]}, {"input_shape": [2], "layers": [3]},
    {"input_shape": [2], "layers": []}, {"input_shape": [True], "layers": [dense(1, 1)]},
])
def test_absurd_models_are_refused_and_not_computed_with(description: dict) -> None:
    for invariant, value in (("equations", []), ("ambient_dimension", 3), ("dimension", 0)):
        rejected(description, invariant, value, "proved", [],
                 {"trials": [trial([], [1])], "upper": {"kind": "ambient"}})


def test_equations_whose_differentials_are_not_defined_modulo_the_prime() -> None:
    """f = a^2 x + 101 y: at a = 0, by the image modulo 101, a line looks like a point."""
    line = model(2, polynomial(1, 2, [[[2, 1, 0], "1"], [[0, 0, 1], "101"]]))
    equations = [[["1", [1, 1]], ["-101", []]], [["1/101", [0, 1, 1, 1]], ["-1", [0, 1]]]]
    evidence = {"trials": [trial([0], [1, 0], [0, 1])],
                "upper": {"kind": "equations", "equations": equations}}
    rejected(line, "dimension", 0, "proved", [], evidence)
    evidence = {"trials": [trial([5], [1, 0], [0, 1])],
                "upper": {"kind": "equations", "equations": equations[:1]}}
    accepted(line, "dimension", 1, "proved", [], evidence)


# The fiber is a = 7 or a = 1; modulo 7 the map a / 7 is not defined.
@pytest.mark.parametrize(("coefficient", "prime"), [("1/7", 7), ("1", 7), ("1/7", 11)])
def test_a_fiber_is_not_spurious(coefficient: str, prime: int) -> None:
    line = model(1, polynomial(1, 1, [[[1, 1], coefficient]]))
    a = 7 if coefficient == "1/7" else 1
    generator = [["1", [0, 1]], [str(-a), []]]
    # Half the gradient is c (c a - 1); the generator is that over c^2.
    proof = {"basis": [generator], "cofactors": [[[["1", []]]]], "prime": "elimination"}
    presentation = {"basis": [generator], "cofactors": [[[[str(a * a), []]]]]}
    evidence = {"components": [proof], "complete": "products", "dimension": 1, "equations": [],
                "dimension_evidence": {"trials": [trial([3], [1])], "upper": {"kind": "ambient"}},
                "images": [{"point": {"polynomial": ["0", "1"], "coordinates": [[str(a)]]},
                            "prime": prime, "root": 0}]} | presentation
    component = {"dimension": 0, "degree": 1, "generators": [generator]}
    value = [[[0, 0, "1"]], ["1"], [component], ["spurious"]]
    rejected(line, "loss_critical_locus", value, "proved", [], evidence)
    accepted(line, "loss_critical_locus", [*value[:3], ["fiber"]], "proved", [], evidence)


ROOT = polynomial(1, 1, [[[2, 1], "1"]])  # f = a^2 x
ONE = [["1", []]]


def power(shift: str) -> list:
    """The polynomial a^2 + shift."""
    return [["1", [0, 2]], [shift, []]]


def fiber_of_the_square(c: str, component: dict, prime: str, point: dict) -> tuple[list, dict]:
    """A claim that the fiber over c x is one component, given by a^2 - c."""
    shift = str(-int(c))
    presentation = {"basis": [power(shift)], "cofactors": [[ONE]]}
    return ([[c], [], [{"dimension": 0, "degree": 2, "generators": [power(shift)]} | component]],
            {"components": [presentation | {"prime": prime} | point], "complete": "products"}
            | presentation)


@pytest.mark.parametrize(("boxes", "is_true"), [
    ([[["-2", "-1"]], [["1", "2"]]], True),
    ([[["-2", "2"]]], False), ([[["-2", "2"]], [["1", "2"]]], False), ([], False),
    ([[["-2", "0"]], [["0", "2"]]], False), ([[["-2", "-1"]], [["1", "7/5"]]], False)])
def test_boxes_hold_one_real_point_each(boxes: list, is_true: bool) -> None:
    point = {"point": {"polynomial": ["-2", "0", "1"], "coordinates": [["0", "1"]],
                       "form": ["1"]}}
    value, evidence = fiber_of_the_square("2", {"real_points": boxes}, "point", point)
    (accepted if is_true else rejected)(model(1, ROOT), "special_fiber", value, "proved", [],
                                        evidence)


def test_two_points_over_the_rational_numbers_are_not_one_component() -> None:
    for prime, point in (("elimination", {}), ("point", {"point": {
            "polynomial": ["-1", "0", "1"], "coordinates": [["0", "1"]], "form": ["1"]}})):
        value, evidence = fiber_of_the_square("1", {}, prime, point)
        rejected(model(1, ROOT), "special_fiber", value, "proved", [], evidence)
    value, evidence = fiber_of_the_square("2", {}, "elimination", {})
    accepted(model(1, ROOT), "special_fiber", value, "proved", [], evidence)


def test_functions_with_and_without_real_parameters() -> None:
    f = model(1, ROOT)
    imaginary = {"polynomial": ["1", "0", "1"], "coordinates": [["0", "1"]]}
    accepted(f, "membership", [["-1"], "complex", True], "proved", [],
             {"argument": "point", "point": imaginary})
    for interval in (["-1", "1"], ["1", "-1"], ["0", "0"]):
        rejected(f, "membership", [["-1"], "real", True], "proved", [],
                 {"argument": "point", "point": imaginary, "interval": interval})
    # That there are no real points: of a^2 + 1 it is true, of a^2 - 1 it is not.
    for c, shift, test in (("-1", "1", accepted), ("1", "-1", rejected)):
        test(f, "membership", [[c], "real", False], "proved", [], {
            "argument": "no real points", "proof": {
                "step": "roots", "polynomial": [shift, "0", "1"], "form": [["1", [0, 1]]],
                "cofactors": [ONE]}})
    rejected(f, "membership", [["1"], "real", False], "proved", [], {
        "argument": "no real points", "proof": {
            "step": "components", "lists": [[ONE]], "basis": [power("-1")], "cofactors": [[ONE]],
            "then": [{"step": "unit", "cofactors": [[], ONE]}]}})
    rejected(f, "membership", [["1"], "real", False], "proved", [], {
        "argument": "no real points", "proof": {
            "step": "squares", "squares": [["1", [["1", [0, 1]]]], ["-1", ONE]],
            "cofactors": [ONE], "then": {"step": "unit", "cofactors": [[], [], ONE]}}})


def test_limits_are_in_the_closure_only() -> None:
    """f = a x + a b y, with y as a limit."""
    f = model(2, polynomial(2, 2, [[[1, 0, 1, 0], "1"], [[1, 1, 0, 1], "1"]]))
    # a b - b a - 1 is combined from a and a b - 1.
    evidence = {"argument": "unit", "cofactors": [[["1", [1, 1]]], [["-1", []]]]}
    for place, test in (("complex", accepted), ("real", accepted), ("closure", rejected)):
        test(f, "membership", [["0", "1"], place, False], "proved", [], evidence)


def test_cells_are_not_smaller_than_curves_show_nor_larger_than_equations_do() -> None:
    """The end of a half line, whose cell is the other half."""
    def test(check, low, high, curves, relation, lower):
        status = "proved" if low == high else "bounds"
        check(model(1, ROOT), "voronoi_cell", [["0"], ["1"], low, high], status, [],
              {"curves": curves, "relation": relation, "lower": lower})

    line = [["0", "1"]]  # a = t
    squares = {"kind": "squares", "points": [{"point": ["-1"], "squares": [
        ["1", [["1", [0, 2]]]], ["2", [["1", [0, 1]]]]]}]}
    test(accepted, 1, 1, [line], ["0"], squares)
    test(accepted, 0, 1, [line], ["0"], None)
    for curves, relation in (([line], ["1"]), ([line, line], ["1", "-1"]),
                             ([[["1", "1"]]], ["0"]), ([], [])):
        test(rejected, 0, 0, curves, relation, None)
    point = {"point": ["1"], "squares": [["1", [["1", [0, 2]], ["-1", []]]]]}
    for lower in ({"kind": "equations", "equations": []}, None,
                  {"kind": "squares", "points": [point]},
                  {"kind": "squares", "points": [point | {"squares": [
                      ["1", [["1", [0, 2]]]], ["-2", [["1", [0, 1]]]]]}]}):
        test(rejected, 1, 1, [line], ["0"], lower)


def test_invariance_under_matrices_with_denominators() -> None:
    f = model(1, dense(1, 1))
    line = ([{"dimension": 1, "degree": 1, "generators": []}],
            {"components": [{"basis": [], "cofactors": [], "prime": "elimination"}],
             "complete": "products", "basis": [], "cofactors": []})
    origin = [["1", [0, 1]]]
    # The equations for 1/t are a and -a, by descending powers of t: -a t, then a.
    zero = ([{"dimension": 0, "degree": 1, "generators": [origin]}],
            {"components": [{"basis": [origin], "cofactors": [[ONE]], "prime": "elimination"}],
             "complete": "products", "basis": [origin], "cofactors": [[[], ONE]]})
    for matrix, denominator, (components, evidence), test in (
            ("01", "01", line, accepted), ("1", "01", line, rejected), ("1", "01", zero, accepted),
            ("01", "01", zero, rejected), ("1", "0", line, rejected), ("0", "0", line, rejected)):
        transformation = {"matrix": [[list(matrix)]], "denominator": list(denominator),
                          "infinitesimal": False}
        test(f, "invariant_parameters", [transformation, components], "proved", [], evidence)
