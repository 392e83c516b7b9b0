"""Upper bounds of perceptrons by their parts, and by Koszul flattenings."""

from __future__ import annotations

import copy
import random
from functools import reduce
from itertools import combinations_with_replacement, product

import numpy as np
import pytest
from flint import nmod_mat

from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.dimension.dimension import upper_bound
from neuroalg_sage.certificates.dimension.forms import independent_forms
from neuroalg_sage.certificates.dimension.koszul_flattenings import entries
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.dimension.compositions import UpperBounds
from neuroalg_sage.invariants.dimension.dimension import dimension, is_filling, jacobian_at
from neuroalg_sage.models.families import MLP, parse_spec
from neuroalg_sage.models.model import Model, monomials

P = 2147483629


def rank_at_random(model: Model, seed: int = 1) -> int:
    """By more random inputs than there are parameters, with no bound."""
    generator = np.random.default_rng(seed)
    inputs = generator.integers(0, P, (model.parameter_count + 2, model.input_count))
    point = generator.integers(0, P, model.parameter_count).tolist()
    return modular.rank(jacobian_at(model, point, inputs, P), P)


@pytest.mark.parametrize(("spec", "value"), [
    # Rotations among the units of a last layer with squares and one output.
    ("mlp:5,5,3,1:x^2", 32), ("mlp:4,5,5,3,1:x^2", 47), ("mlp:5,4,3,1:x^2", 25),
    ("mlp:4,5,2,1:x^2", 19), ("mlp:3,5,2,1,4:x^2", 14),
    # Pairs of quadratic forms in 20 squares.
    ("mlp:8,8,14,2:x^2", 8 * 8 + 2 * 36 - 8),
    # C. Bocci, E. Carlini, F. London, H. Abo and M. C. Brambilla, G. Ottaviani: defective
    # Segre-Veronese varieties.
    ("mlp:4,5,3:x^2", 29), ("mlp:6,8,3:x^2", 62), ("mlp:4,6,5:x^2", 47), ("mlp:3,5,2:x^3", 19),
    ("mlp:8,11,3:x^2", 107),
    # K. Dao, J. I. Rodriguez (2026), data: states of plane curves and of Steiner's surface.
    ("mlp:2,8,3,6,7,3:x^2", 48), ("mlp:2,5,3,3,4,8,6,1:x^2", 54), ("mlp:3,4,10,8,1:x^2", 42)])
def test_defective_perceptrons_are_proved(spec: str, value: int) -> None:
    model = parse_spec(spec)
    found = dimension(model, seed=1)
    assert (found, found.status, found.trust) == (value, "proved", [])
    assert rank_at_random(model) == value
    assert verify(found.certificate).trust == ()


def test_a_narrow_state_keeps_a_network_from_filling() -> None:
    """J. Kileel, M. Trager, J. Bruna (2019), on widths 2, 3, 4, 4, 4, 6, 4, 1."""
    model = parse_spec("mlp:2,3,4,4,4,6,4,1:x^2")
    found = dimension(model, seed=1)
    assert model.ambient_dimension == 65 and found == 62
    filling = is_filling(model, found)
    assert filling.value is False and filling.status == "proved"
    assert verify(filling.certificate).trust == ()


@pytest.mark.parametrize("seed", range(40))
def test_no_bound_of_random_networks_is_less_than_the_rank(seed: int) -> None:
    """Also bounds that are not the least, of both kinds of groups and with other activations."""
    generator = random.Random(seed)
    widths = [generator.randint(1, 4) for _ in range(generator.randint(3, 5))]
    model = MLP(widths, generator.choice(["x^2", "x^3", "-x^2/3", "x^2+x", "x^3-2"]),
                generator.random() < 0.3)
    least = rank_at_random(model, seed)

    def trial_of(part: Model, most: int) -> tuple[dict, int]:
        choices = random.Random(seed)
        point = [choices.randrange(1, 32003) for _ in range(part.parameter_count)]
        return {"prime": 32003, "point": point}, 0  # no rank ends the search

    search = UpperBounds(trial_of)
    bound, trial = search.of(model)
    assert bound.value >= least
    assert all(found.value >= least for found in search._compositions(model))
    for part, (found, place) in zip(search.known, search.known.values()):
        checked = Checked(Model(*part).describe())
        assert upper_bound(checked, found.evidence, place)[0] == found.value
        assert found.value >= rank_at_random(Model(*part), seed)


def span(forms: list[np.ndarray], e: int) -> int:
    """The dimension of the span of the products of e forms, given by their values."""
    products = [reduce(lambda a, b: a * b % P, chosen)
                for chosen in combinations_with_replacement(forms, e)]
    return modular.rank(np.array(products), P)


@pytest.mark.parametrize(("w", "e", "v", "d", "bound"), [
    (3, 4, 2, 4, 14), (3, 5, 2, 4, 18), (3, 4, 2, 3, 12), (4, 4, 3, 2, 34), (4, 5, 3, 2, 52),
    (3, 8, 2, 8, 44), (3, 2, 3, 2, 6), (5, 2, 2, 2, 5), (2, 3, 1, 5, 1), (3, 3, 2, 1, 4)])
def test_forms_of_forms_span_no_more(w, e, v, d, bound) -> None:
    """A rational plane quartic is in one quartic, Steiner's surface in another."""
    assert independent_forms(w, e, v, d) == bound
    generator = np.random.default_rng(w + e)
    points = generator.integers(0, P, (v, bound + 5))
    every = [reduce(lambda a, b: a * b % P, (points[j] for j in range(v) for _ in range(form[j])))
             for form in monomials(v, d)]
    generic = [sum(int(c) * x for c, x in zip(generator.integers(0, 2**20, len(every)), every)) % P
               for _ in range(w)]
    powers = [reduce(lambda a, b: a * b % P, [sum(
        int(c) * x for c, x in zip(generator.integers(0, 2**20, v), points)) % P] * d)
        for _ in range(w)]
    assert span(generic, e) == bound
    assert span(powers, e) <= bound and span([*powers[:-1], powers[0]], e) <= bound


@pytest.mark.parametrize(("k", "m", "d", "a", "e", "b"), [
    (3, 4, 2, 1, 1, None), (2, 3, 3, 0, 2, None), (1, 3, 3, 0, 1, 1), (3, 3, 2, 1, 0, 1),
    (2, 3, 3, 1, 1, 2), (5, 2, 2, 2, 1, None)])
def test_one_summand_has_the_rank_of_the_lemma(k, m, d, a, e, b) -> None:
    """And the entries are linear in f: those of a sum are sums."""
    from math import comb, prod

    table, rows, columns = entries(k, m, d, a, e, b)
    assert len({(row, column) for row, column, _, _ in table}) == len(table)
    generator = random.Random(k + m)
    weights = [generator.randrange(1, P) for _ in range(k)]
    unit = [generator.randrange(1, P) for _ in range(m)]
    powers = [prod(pow(c, s, P) for c, s in zip(unit, form)) for form in monomials(m, d)]
    image = [x * y % P for x, y in product(weights, powers)]
    matrix = nmod_mat(rows, columns, P)
    for row, column, i, sign in table:
        matrix[row, column] = sign * image[i] % P
    assert matrix.rank() == comb(k - 1, a) * (1 if b is None else comb(m - 1, b))


def test_a_flattening_that_is_too_large_is_refused_before_its_bases_are_listed() -> None:
    # C(40, 20) basis vectors: to list them would take all memory.
    with pytest.raises(CertificateError, match="more work"):
        entries(40, 40, 2, 20, 1, None)
    table, rows, columns = entries(3, 4, 3, 1, 1, 2)
    assert {row for row, *_ in table} <= {*range(rows)} and max(
        column for _, column, *_ in table) < columns
    assert (rows, columns) == (3 * 4 * 6, 3 * 4 * 4)


def test_ottavianis_matrix_is_skew() -> None:
    """The matrix of three quadratic forms, whose Pfaffian is the equation."""
    table, rows, columns = entries(3, 4, 2, 1, 1, None)
    assert rows == columns == 12
    # Λ^2 C^3 is dual to C^3, with these signs.
    dual = {0: (2, 1), 1: (1, -1), 2: (0, 1)}
    found = {}
    for row, column, i, sign in table:
        j, s = dual[column // 4]
        found[row, 4 * j + column % 4] = sign * s, i
    assert all(found[j, i] == (-sign, c) for (i, j), (sign, c) in found.items())


def changed(certificate_data: dict, change) -> dict:
    evidence = copy.deepcopy(certificate_data["evidence"])
    change(evidence["upper"])
    claim = certificate_data["claim"]
    return certificate(certificate_data["model"], claim["invariant"], claim["value"], "proved",
                       certificate_data["trust"], evidence, {})


@pytest.mark.parametrize("change", [
    lambda upper: upper.update(layer=3), lambda upper: upper.update(group="linear"),
    lambda upper: upper.update(group="all"), lambda upper: upper["parts"].reverse(),
    lambda upper: upper["parts"].pop(),
    lambda upper: upper["parts"][1].update(upper={"kind": "ambient"})])
def test_other_compositions_prove_no_other_dimension(change) -> None:
    right = dimension(parse_spec("mlp:5,5,3,1:x^2"), seed=1).certificate
    assert right["evidence"]["upper"]["group"] == "rescalings"
    with pytest.raises(CertificateError):
        verify(changed(right, change))


def test_dependent_outputs_of_a_head_are_refused() -> None:
    """Three squares of two forms in one variable span a line; GL(3) has stabilizers there."""
    model = parse_spec("mlp:1,3,1:x^2")
    part = {"upper": {"kind": "rescalings"}, "trial": {
        "prime": 101, "point": [1, 2, 3, 1, 0, 0, 0, 1, 0, 0, 0, 1],
        "inputs": [[1], [2], [3], [4]]}}
    evidence = {"kind": "composition", "layer": 2, "group": "linear",
                "parts": [part, {"upper": {"kind": "ambient"}, "trial": None}]}
    with pytest.raises(CertificateError, match="not independent"):
        upper_bound(Checked(model.describe()), evidence, {})


def test_a_flattening_of_smaller_rank_at_the_point_bounds_nothing() -> None:
    right = dimension(parse_spec("mlp:4,5,3:x^2"), seed=1).certificate
    for change in ({"outputs": 0}, {"outputs": 2}, {"degree": 2}, {"inputs": 1}, {"outputs": 3}):
        with pytest.raises(CertificateError):
            verify(changed(right, lambda upper, change=change: upper.update(change)))
    evidence = copy.deepcopy(right["evidence"])
    point = evidence["trials"][0]["point"]
    point[:4] = point[4:8]  # two units alike
    with pytest.raises(CertificateError, match="smaller rank|not proved"):
        verify(certificate(right["model"], "dimension", 29, "proved", [], evidence, {}))
