"""Questions about a model at given weights, against independent computations in SymPy and NumPy."""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction

import numpy as np
import pytest
import sympy
from composed_models import COMPOSED
from conftest import FRESH_SEED
from implied import is_true_nearby, states_at

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.points.first_order import first_order
from neuroalg_sage.cli import main
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.points import QUESTIONS, rank
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import Dense, Product
from neuroalg_sage.models.model import Model, compose

SPECS = ("mlp:2,2,2:x^2", "mlp:2,3,1:x^3+x:bias", "mlp:1,2,2,1:x^2", "linear:2,2,2", "cnn:2,2:x^2",
         "cnn:2c2,2c1:x^2", "attention:d=2,a=1,out=1,t=2")
MODELS = {spec: parse_spec(spec) for spec in SPECS} | COMPOSED
SMALL = (0, 0, 1, 1, 2, -1, -1, -2, Fraction(1, 2))  # many coincidences


def special_weights(model: Model, generator: random.Random) -> list[Fraction]:
    return [Fraction(generator.choice(SMALL)) for _ in range(model.parameter_count)]


def in_sympy(model: Model) -> tuple[list[sympy.Symbol], list[sympy.Symbol], list[sympy.Expr]]:
    """Parameters, inputs and outputs, by the model's own layers over SymPy's expressions."""
    w = [sympy.Symbol(f"w{i}") for i in range(model.parameter_count)]
    x = [sympy.Symbol(f"x{i}") for i in range(model.input_count)]
    outputs = model.apply(np.array(w, dtype=object), np.array(x, dtype=object),
                          lambda c: sympy.Rational(c.numerator, c.denominator))
    return w, x, [sympy.expand(f) for f in outputs]


def rational(c: Fraction) -> sympy.Rational:
    return sympy.Rational(c.numerator, c.denominator)


def derivative(model: Model, weights: list[Fraction]) -> sympy.Matrix:
    """Dφ(w), a row for each output and monomial that occurs."""
    w, x, outputs = in_sympy(model)
    at = dict(zip(w, map(rational, weights)))
    rows: dict = {}
    for j, f in enumerate(outputs):
        for i, parameter in enumerate(w):
            slope = sympy.Poly(sympy.diff(f, parameter).subs(at), *x)
            for monomial, c in slope.terms():
                rows.setdefault((j, monomial), [0] * len(w))[i] = c
    return sympy.Matrix(list(rows.values()) or [[0] * len(w)])


@pytest.mark.parametrize("name", MODELS)
def test_ranks_and_kernels_are_those_of_linear_algebra(name: str) -> None:
    model, generator = MODELS[name], random.Random(FRESH_SEED)
    manifold = NeuroManifold(model, seed=1)
    for _ in range(3):
        weights = special_weights(model, generator)
        matrix = derivative(model, weights)
        point = manifold.at(weights)
        found = point.rank()
        assert (found.data, found.status) == (matrix.rank(), "proved")
        assert verify(found.certificate).value == found.data
        moved = {i for v in matrix.nullspace() for i in range(len(weights)) if v[i]}
        free, fixed = point.unidentified_parameters().data
        assert free == sorted(moved) and fixed == sorted({*range(len(weights))} - moved)
        verify(point.unidentified_parameters().certificate)
        values = [c for c in point.singular_values().data if c > 1e-9]
        assert len(values) == matrix.rank()
        wanted = np.linalg.svd(np.array(matrix.tolist(), dtype=float), compute_uv=False)
        assert np.allclose(values, wanted[:len(values)])


@pytest.mark.parametrize("name", MODELS)
def test_the_derivative_of_the_checker_is_that_of_sympy(name: str) -> None:
    model, generator = MODELS[name], random.Random(FRESH_SEED)
    weights = special_weights(model, generator)
    direction = [Fraction(generator.randrange(-3, 4)) for _ in weights]
    w, x, outputs = in_sympy(model)
    at = dict(zip(w, map(rational, weights)))
    place = NeuroManifold(model).at(weights)._place
    for f, (value, slopes) in zip(outputs, first_order(place.rebuilt, [
            {i: c for i, c in enumerate(direction) if c}])):
        along = sum(sympy.diff(f, p) * rational(c) for p, c in zip(w, direction))
        for expression, polynomial in ((f, value), (along, slopes.get(0))):
            terms = sympy.Poly(expression.subs(at), *x).as_dict()
            own = {} if polynomial is None else polynomial.to_dict()
            assert {e: Fraction(str(c)) for e, c in terms.items() if c} == {
                tuple(map(int, e)): Fraction(str(c)) for e, c in own.items() if c}


@pytest.mark.parametrize("name", MODELS)
def test_inactive_entries_are_so_at_random_inputs(name: str) -> None:
    """Each entry that is said to vanish, to be constant or a multiple, is at all inputs tried."""
    model, generator = MODELS[name], random.Random(FRESH_SEED)
    weights = special_weights(model, generator)
    point = NeuroManifold(model).at(weights)
    found = point.inactive_units()
    verify(found.certificate)
    rebuilt = point._place.rebuilt

    def states(inputs: list[Fraction], changed: tuple[int, int] | None = None) -> list[list]:
        return states_at(rebuilt, inputs, changed)

    for _ in range(3):
        inputs = [Fraction(generator.randrange(-9, 10), 7) for _ in range(model.input_count)]
        made = states(inputs)
        assert tuple(made[-1]) == point(inputs)
        assert all(made[s][i] == 0 for s, i in found.data["zero"])
        assert all(made[s][i] == Fraction(c) for s, i, c in found.data["constant"])
        assert all(made[s][i] == Fraction(c) * made[s][j]
                   for s, i, j, c in found.data["proportional"])
        assert all(states(inputs, (s, i))[-1] == made[-1] for s, i in found.data["unused"])


def test_units_that_do_not_matter_are_found() -> None:
    """Of each kind one, whose place is known."""
    found = NeuroManifold("mlp:2,5,1:x^2:bias").at([
        [[1, 2], [0, 0], [0, 0], [-3, -6], [4, 1]], [5, 0, 7, -15, 6], [[1, 1, 1, 1, 0]], [0]]
    ).inactive_units()
    assert found.words == {"zero": ["unit 2 after layer 1 vanishes"],
                           "constant": ["unit 3 after layer 1 is constant"],
                           "proportional": ["unit 4 after layer 1 is -3 times unit 1"],
                           "unused": ["unit 5 after layer 1 does not matter"]}
    channels = NeuroManifold("cnn:2c3,2c1:x^2").at([
        [[[1, 2]], [[0, 0]], [[2, 4]]], [[[1, 1], [1, 1], [1, 1]]]]).inactive_units()
    assert channels.words["zero"] == ["channel 2 after layer 1 vanishes"]
    assert channels.words["proportional"] == ["channel 3 after layer 1 is 2 times channel 1"]
    # A multiple before an activation that is no power is none after it.
    cubic = NeuroManifold("mlp:1,3,1:x^3+x").at([[[1], [2], [-1]], [[1, 1, 1]]]).inactive_units()
    assert [e for e in cubic.data["proportional"] if e[0] == 2] == [[2, 2, 0, "-1"]]


def test_an_input_that_no_window_meets_is_not_said_to_be_special() -> None:
    found = NeuroManifold("cnn:1s2,1:x^2").at([1, 1]).inactive_units()
    assert not any(found.words.values())


@pytest.mark.parametrize("spec", SPECS)
def test_ranks_of_layers_and_their_smallest_singular_values(spec: str) -> None:
    model, generator = MODELS[spec], random.Random(FRESH_SEED)
    manifold = NeuroManifold(model)
    for weights in (special_weights(model, generator), [
            Fraction(generator.randrange(1, 99), 16) for _ in range(model.parameter_count)]):
        point = manifold.at(weights)
        arrays = list(point.network.arrays().values())
        ranks = point.layer_ranks()
        verify(ranks.certificate)
        starts = [sum(a.size for a in arrays[:k]) for k in range(len(arrays))]
        known = {}
        for offset, shape, axis, found in ranks.data:
            array = arrays[starts.index(offset)]
            assert list(array.shape) == shape
            matrix = np.moveaxis(array, axis, 0).reshape(shape[axis], -1)
            assert sympy.Matrix(matrix.tolist()).rank() == found
            known[offset, axis] = matrix.astype(float), found
        if known and all(found < min(matrix.shape) for matrix, found in known.values()):
            with pytest.raises(LimitReached, match="full rank"):
                point.smallest_singular_values()
            continue
        singular = point.smallest_singular_values()
        verify(singular.certificate)
        for offset, _, axis, low, high in singular.data:
            matrix, found = known.pop((offset, axis))
            assert found == min(matrix.shape)
            square = np.linalg.svd(matrix, compute_uv=False)[-1] ** 2
            assert float(Fraction(low)) * (1 - 1e-9) <= square <= float(Fraction(high)) * (1 + 1e-9)
            assert Fraction(high) - Fraction(low) <= Fraction(high) / 1000
        # What is left has lower rank.
        assert all(found < min(matrix.shape) for matrix, found in known.values())


@pytest.mark.parametrize("name", MODELS)
def test_smaller_networks_of_any_model_are_at_the_distance_that_is_said(name: str) -> None:
    model, generator = MODELS[name], random.Random(FRESH_SEED)
    for _ in range(2):
        found = NeuroManifold(model).at(special_weights(model, generator)).nearest_subnetworks()
        assert is_true_nearby(found.certificate)
        verify(found.certificate)
        distances = [Fraction(part[1]) for part in found.data]
        assert distances == sorted(distances)


def test_entries_of_any_model_are_those_that_fewest_weights_make_or_read() -> None:
    """A gate: three pairs of factors, of which each is read by one weight."""
    weights = [[[3, 4], [1, 1], [0, 2]], [[1, 2], [5, 0], [1, 1]], [[7, 2, 3]]]
    found = NeuroManifold(compose([Product((Dense(2, 3), Dense(2, 3))), Dense(3, 1)])
                          ).at(weights).nearest_subnetworks()
    # 1 + 1 makes the second entry of the first factor, or the third of the second; 2 reads one.
    assert sorted(Fraction(part[1]) for part in found.data) == [2, 2, 4]
    assert found.words[2] == "no weights read entry 2 of state 3"


def test_distances_to_smaller_networks_are_those_of_projections() -> None:
    """The nearest of all units, found by brute force, and the functions by NumPy's polynomials."""
    generator = random.Random(FRESH_SEED)
    manifold = NeuroManifold("mlp:1,4,1:x^2+x:bias")
    weights = [Fraction(generator.randrange(1, 50), 8) for _ in range(13)]
    w, b, a = weights[:4], weights[4:8], weights[8:12]
    found = {text.split()[0] + text.split()[1]: (part[1], part[4]) for text, part in zip(
        manifold.at(weights).nearest_subnetworks().words,
        manifold.at(weights).nearest_subnetworks().data)}
    incoming = [(w[k] ** 2 + b[k] ** 2, k) for k in range(4)]
    outgoing = [(a[k] ** 2, k) for k in range(4)]
    pairs = [((w[i] - w[j]) ** 2 / 2 + (b[i] - b[j]) ** 2 / 2, i, j)
             for i, j in itertools.combinations(range(4), 2)]
    # Its only factor is one: x^2 + x is neither even nor odd.
    squares = {Fraction(square) for square, _ in found.values()}
    assert squares == {min(incoming)[0], min(outgoing)[0], min(pairs)[0]}
    k = min(incoming)[1]
    # a ((w x + b)^2 + (w x + b)) is lost.
    lost = [a[k] * w[k] ** 2, a[k] * w[k] * (2 * b[k] + 1), a[k] * (b[k] ** 2 + b[k])]
    assert Fraction(found["nothingcomes"][1]) == sum(c**2 for c in lost)
    verify(manifold.at(weights).nearest_subnetworks().certificate)


@pytest.mark.parametrize(("spec", "factor"), [("mlp:2,2,1:x^3", Fraction(-7, 3)),
                                              ("mlp:2,2,1:x^4+x^2", -1), ("mlp:2,2,1:x^3+x^2", 1)])
def test_units_that_are_multiples_are_at_distance_zero(spec: str, factor: Fraction) -> None:
    weights = [3, Fraction(1, 2), 3 * factor, factor / 2, 1, 5]
    found = NeuroManifold(spec).at(weights).nearest_subnetworks()
    assert found.data[0][1] == found.data[0][4] == "0" and "unit 2" in found.words[0]
    verify(found.certificate)


def test_what_no_factor_allows_is_no_smaller_network() -> None:
    found = NeuroManifold("mlp:2,2,1:x^3+x^2").at([3, 1, -3, -1, 1, 5]).nearest_subnetworks()
    assert all(Fraction(part[1]) for part in found.data)


def test_laws_have_the_values_of_theory() -> None:
    """r |v|^2 - |u|^2 for units of powers x^r, and W_2^T W_2 - W_1 W_1^T for linear layers."""
    generator = random.Random(FRESH_SEED)
    first = np.array([[Fraction(generator.randrange(-9, 9), 4) for _ in range(3)]
                      for _ in range(2)])
    second = np.array([[Fraction(generator.randrange(-9, 9), 4) for _ in range(2)]
                       for _ in range(2)])
    cubic = NeuroManifold("mlp:3,2,2:x^3").at([first.tolist(), second.tolist()]).law_values()
    assert set(cubic.data) == {3 * (second[:, k] ** 2).sum() - (first[k] ** 2).sum()
                               for k in range(2)}
    verify(cubic.certificate)
    linear = NeuroManifold("linear:3,2,2").at([first.tolist(), second.tolist()]).law_values()
    matrix = second.T @ second - first @ first.T
    assert sorted(map(abs, linear.data)) in (
        sorted(map(abs, [matrix[0, 0], matrix[1, 1], c * matrix[0, 1]])) for c in (1, 2))
    verify(linear.certificate)
    balanced = NeuroManifold("linear:1,1,1").at([2, -2]).law_values()
    assert balanced.is_balanced and "balanced" in balanced.sentence()


def test_stabilizers_of_known_points() -> None:
    """GL(2) acts on W_2 W_1; who fixes both is trivial on the image of W_1 and modulo ker W_2."""
    manifold = NeuroManifold("linear:2,2,2")
    for first, second, fixed in (
            ([[1, 0], [0, 1]], [[1, 0], [0, 1]], 0), ([[0, 0], [0, 0]], [[0, 0], [0, 0]], 4),
            ([[1, 2], [0, 0]], [[3, 0], [0, 0]], 1), ([[1, 2], [0, 0]], [[0, 0], [0, 0]], 2),
            ([[1, 2], [0, 0]], [[0, 1], [0, 0]], 1)):
        found = manifold.at([first, second]).stabilizer()
        assert (found.data["symmetries"], found.data["orbit"]) == (4, 4 - fixed)
        assert found.data["stabilizer"] == fixed
        verify(found.certificate)


@pytest.mark.parametrize(("spec", "weights", "count"), [
    ("mlp:1,2,1:x^2", [1, 2, 4, 1], 1), ("mlp:1,2,1:x^2", [1, 2, 1, 4], 0),
    ("mlp:2,3,1:x^3+x:bias", [1, 2, -1, -2, 5, 5, 3, -3, 5, 7, -7, 1, 0], 1),
    ("mlp:2,3,1:x^3+x:bias", [1, 2, -2, -4, 5, 5, 3, -6, 5, 8, -1, 1, 0], 0),
    ("mlp:1,3,1:x^4+x^2+1", [1, -1, 1, 7, 7, 7], 2),
    ("mlp:1,2,2,1:x^2", [1, 2, 4, 1, 8, 2, 1, 1], 1),
    ("cnn:2c2,2c1:x^2", [1, 2, 3, 6, 9, 18, 1, 2], 1), ("linear:1,2,1", [1, 2, 4, 2], 1)])
def test_exchanges_are_symmetries_that_fix_the_weights(spec: str, weights: list, count: int
                                                       ) -> None:
    model, generator = parse_spec(spec), random.Random(FRESH_SEED)
    manifold = NeuroManifold(model)
    found = manifold.at(weights).stabilizer()
    verify(found.certificate)
    assert len(found.data["exchanges"]) == len(found.words) == count
    for moves in found.data["exchanges"]:
        def moved(w: list, moves: list = moves) -> list[Fraction]:
            new = list(map(Fraction, w))
            for i, j, c in moves:
                new[i] = Fraction(c) * w[j]
            return new

        assert moved(weights) == weights
        other = [Fraction(generator.randrange(-9, 9)) for _ in weights]
        x = [Fraction(generator.randrange(-9, 9)) for _ in range(model.input_count)]
        assert manifold.at(moved(other))(x) == manifold.at(other)(x)


def test_forged_exchanges_are_rejected() -> None:
    from claims import changed_at

    found = NeuroManifold("mlp:1,2,1:x^2").at([1, 2, 4, 1]).stabilizer().certificate
    (moves,) = found["claim"]["value"]["exchanges"]
    for forged in (moves[:2], moves[2:], [[1, 0, "2"]], moves + moves[:1], [],
                   [[i, j, "1"] for i, j, _ in moves], [[0, 0, "1"]] + moves):
        if forged:
            with pytest.raises(CertificateError):
                verify(changed_at(found, "claim", "value", "exchanges", 0, to=forged))
    # What fixes the weights need not be a symmetry: all parameters that are equal can be permuted.
    found = NeuroManifold("linear:2,2,1").at([1] * 6).stabilizer().certificate
    assert len(found["claim"]["value"]["exchanges"]) == 1
    with pytest.raises(CertificateError):
        verify(changed_at(found, "claim", "value", "exchanges", 0,
                          to=[[0, 1, "1"], [1, 0, "1"]]))


def test_input_symmetries_of_quadratic_forms() -> None:
    """The Lie algebra of the orthogonal group of a form, and for a degenerate one what it adds."""
    for size, weights, dimension in ((3, np.eye(3), 3), (3, np.diag([1, 1, 0]), 1 + 3),
                                     (2, np.diag([1, 2]), 1)):
        spec = f"mlp:{size},{size},1:x^2"
        found = NeuroManifold(spec).at([weights.astype(int).tolist(),
                                        [[1] * size]]).input_symmetries()
        assert len(found.data["algebra"]) == dimension
        verify(found.certificate)
        # Signed permutations of the coefficients, by brute force on values.
        form = weights.T @ weights
        count = 0
        for images in itertools.permutations(range(size)):
            for signs in itertools.product((1, -1), repeat=size):
                matrix = np.zeros((size, size))
                matrix[range(size), images] = signs
                count += np.array_equal(matrix.T @ form @ matrix, form)
        assert len(found.data["signed_permutations"]) == count - 1
        assert found.data["all_signed_permutations"]


@pytest.mark.parametrize(("entries", "lower"), [(1, 1), (12, 1), (24, 2)])
def test_a_large_model_is_answered_within_bounds(monkeypatch: pytest.MonkeyPatch, entries: int,
                                                 lower: int) -> None:
    """
    The limits are lowered: what is said then is still true.  Of 12 parameters and 2 outputs 24
    entries are one input; fewer are one combination of its outputs.
    """
    spec, weights = "mlp:2,3,2:x^2", [1, 2, 0, 0, 1, 1, 1, 2, 3, 4, 5, 6]
    wanted = NeuroManifold(spec).at(weights).rank().data
    monkeypatch.setattr(rank, "MOST_ENTRIES", 1)
    monkeypatch.setattr(rank, "MOST_ENTRIES_OF_A_PART", entries)
    found = NeuroManifold(spec, seed=1).at(weights).rank()
    assert found.status == "bounds" and lower == found.data[0] <= wanted <= found.data[1]
    verify(found.certificate)


def test_a_rank_without_its_kernel_is_that_of_random_primes(monkeypatch: pytest.MonkeyPatch
                                                            ) -> None:
    """Two units that are multiples before and after: the function is not written out."""
    spec, weights = "mlp:2,2,1:x^2", [1, 2, 2, 4, 1, 3]
    proved = NeuroManifold(spec).at(weights).rank()
    monkeypatch.setattr(rank, "whole_kernel", lambda place, known: None)
    found = NeuroManifold(spec, seed=1).at(weights).rank()
    assert (found.data, found.status) == (proved.data, "monte_carlo")
    assert found.error_bound < 1e-15 and verify(found.certificate).status == "monte_carlo"
    free, fixed = NeuroManifold(spec, seed=1).at(weights).unidentified_parameters().data
    assert fixed == [] and set(free) <= set(range(6))


def test_dead_units_of_large_models_are_proved_without_expansion(monkeypatch: pytest.MonkeyPatch
                                                                 ) -> None:
    monkeypatch.setattr(rank, "whole_kernel", lambda place, known: None)
    weights = [[[1, 2], [0, 0], [3, 1]], [[1, 2, 0], [3, 4, 0]]]
    found = NeuroManifold("mlp:2,3,2:x^2", seed=1).at(weights).rank()
    # The first unit up to scale, and what the third one may become part of.
    assert (found.data, found.status) == (3 + 2, "proved")
    assert "local" in found.certificate["evidence"]["upper"]


def test_answers_are_shown_in_every_way() -> None:
    point = NeuroManifold("mlp:2,2,1:x^2", seed=1).at([1, 2, -1, -2, 0, 1])
    answers = dict(point.report())
    assert list(answers) == [question.name for question in QUESTIONS]
    for found in answers.values():
        assert found.sentence() in found.text() and found._latex_()
        json.dumps(found.result(), allow_nan=False)
        assert f"({found.qualified_status()})" in repr(found)
        if found.certificate is not None:
            verify(found.certificate)


def test_the_command_prints_text_json_and_a_page(tmp_path, capsys) -> None:
    file, page = tmp_path / "w.json", tmp_path / "page.html"
    file.write_text("[1, 2, 0.5, -2, 0, 1]")
    proofs = tmp_path / "proofs.json"
    words = ["inspect", str(file), "--spec", "mlp:2,2,1:x^2", "--quiet"]
    assert main([*words, "--html", str(page), "--certificate", str(proofs)]) == 0
    text = capsys.readouterr().out
    assert all(f"{question.name} = " in text for question in QUESTIONS)
    assert all(question.name in page.read_text() for question in QUESTIONS)
    assert len([verify(proof) for proof in json.loads(proofs.read_text())]) == 9
    assert main([*words, "--json", "--ask", "rank,layer_ranks"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert list(data["results"]) == ["rank", "layer_ranks"]
    assert data["results"]["rank"]["value"]["rank"] == 3
    file.write_text(json.dumps({"spec": "mlp:2,2,1:x^2", "point": ["1", 2, "1/2", -2, 0, 1]}))
    assert main(["inspect", str(file), "--quiet", "--ask", "rank"]) == 0
    assert "rank = 3" in capsys.readouterr().out


@pytest.mark.parametrize(("content", "message"), [
    ("[1, 2]", "has 6 parameters"), ("[1, 2, 3, 4, 5, NaN]", "not a finite number"),
    ('[1, 2, 3, 4, 5, "x"]', "not a rational number"), ('{"a": 1}', "not a list of numbers"),
    ("[1, 2, 3, 4, 5", "not JSON"), ("7", "not a list of numbers")])
def test_wrong_weights_are_refused_in_one_sentence(tmp_path, capsys, content, message) -> None:
    file = tmp_path / "w.json"
    file.write_text(content)
    assert main(["inspect", str(file), "--spec", "mlp:2,2,1:x^2", "--quiet"]) == 2
    error = capsys.readouterr().err
    assert message in error and "Traceback" not in error and error.count("\n") == 1


def test_a_wrong_question_and_floats_are_refused() -> None:
    with pytest.raises(InputError, match="floating-point number"):
        NeuroManifold("linear:1,1").at([0.1])
    assert NeuroManifold("linear:1,1").at(np.array([0.1])).weights == (Fraction(0.1),)
    with pytest.raises(InputError, match="not a finite number"):
        NeuroManifold("linear:1,1").at(np.array([np.nan]))
    assert main(["inspect", "weights.json", "--ask", "rnk", "--quiet"]) == 2


def test_a_model_that_is_too_large_says_which_questions_it_answers(tmp_path, capsys) -> None:
    file = tmp_path / "w.json"
    file.write_text(json.dumps(list(range(1, 26 * 3 + 1))))
    words = ["inspect", str(file), "--spec", "mlp:25,3,1:x^2", "--quiet"]
    assert main([*words, "--ask", "input_symmetries,layer_ranks"]) == 3
    out = capsys.readouterr().out
    assert "input_symmetries: Linear maps of 25 inputs are not searched" in out
    assert "layer_ranks = " in out
    with pytest.raises(LimitReached):
        NeuroManifold("mlp:25,3,1:x^2").at(range(78)).input_symmetries()


def test_weights_out_of_the_range_of_floats_are_answered_or_refused(tmp_path, capsys) -> None:
    file = tmp_path / "w.json"
    file.write_text("[1, 2, 3, 1e999, 1, 1]")
    assert main(["inspect", str(file), "--spec", "mlp:2,2,1:x^2", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "layer_ranks = all 2 matrices of weights have full rank  [proved]" in out
    for name in ("law_values", "nearest_subnetworks", "smallest_singular_values"):
        assert f"{name}: " in out and f"{name} =" not in out


def test_smaller_networks_are_refused_where_too_many_terms_would_be_looked_at(monkeypatch) -> None:
    from neuroalg_sage.invariants.points import strata

    point = NeuroManifold("mlp:2,2,1:x^2").at([1, 2, 3, 4, 5, 6])
    monkeypatch.setattr(strata, "MOST_TERMS", 23)  # 3 smaller networks, of 4 + 2 + 2 terms
    with pytest.raises(LimitReached, match="each of 3 smaller networks 8 terms"):
        point.nearest_subnetworks()
    monkeypatch.setattr(strata, "MOST_TERMS", 24)
    assert len(point.nearest_subnetworks().data) == 3


def test_multiples_are_found_among_polynomials_that_agree_in_two_coefficients() -> None:
    """Three units: the second has the first and last ratio of the first, the third is twice it."""
    found = NeuroManifold("mlp:3,3,1:x^2").at([1, 2, 3, 1, 5, 3, 2, 4, 6, 1, 1, 1]
                                              ).inactive_units()
    assert [e for e in found.data["proportional"] if e[0] == 1] == [[1, 2, 0, "2"]]
    assert [e for e in found.data["proportional"] if e[0] == 2] == [[2, 2, 0, "4"]]


def test_a_refusal_is_no_longer_than_a_sentence() -> None:
    """The ambient dimension has dozens of digits."""
    with pytest.raises(LimitReached, match="and over 10.12 rows are not computed"):
        NeuroManifold("mlp:60,2,2,2,1:x^5").at([1] * 130).singular_values()


def test_forged_claims_about_points_are_rejected() -> None:
    from claims import changed_at, of_kind

    for name, path, value in (
            ("rank", ("claim", "value"), 4),
            ("layer_ranks", ("claim", "value", 0, 3), 1),
            ("stabilizer", ("claim", "value"),
             {"symmetries": 2, "orbit": 1, "stabilizer": 1, "exchanges": []}),
            ("unidentified_parameters", ("claim", "value"), [[], [0, 1, 2, 3, 4, 5]]),
            ("smallest_singular_values", ("claim", "value", 0, 3), "6"),
            ("nearest_subnetworks", ("claim", "value", 0, 1), "0"),
            ("law_values", ("claim", "value", 0, 1), "0"),
            ("inactive_units", ("claim", "value", "zero"), [[1, 0]]),
            ("input_symmetries", ("claim", "value", "algebra"), [])):
        certificate = of_kind(name)
        verify(certificate)
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, *path, to=value))
        # The same claim about other weights; an orbit is as large there.
        if name != "stabilizer":
            with pytest.raises(CertificateError):
                verify(changed_at(of_kind(name, 1), "model", "weights",
                                  to=["1", "1", "1", "-1", "5", "7"]))
