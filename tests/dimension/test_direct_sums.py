"""Points at which a perceptron with powers is a direct sum of smaller ones."""

from __future__ import annotations

import random

import numpy as np
import pytest

from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.dimension.direct_sums import direct_sum_rank
from neuroalg_sage.certificates.dimension.powers import rescaled_dimension
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.dimension.dimension import (
    defect,
    dimension,
    expected_dimension,
    jacobian_at,
)
from neuroalg_sage.invariants.dimension.direct_sums import direct_sum_trial
from neuroalg_sage.invariants.dimension.generic_fiber import is_finitely_identifiable
from neuroalg_sage.invariants.dimension.known_symmetries import symmetry_rows
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import Activation
from neuroalg_sage.models.model import Model

P = 32003


def trial_at(model: Model, groups: list[tuple[int, ...]], generator: random.Random) -> dict:
    """A direct sum with small random weights, some of them zero, and enough inputs."""
    point, place = [0] * model.parameter_count, 0
    for i, layer in enumerate(model.layers[::2]):
        row = column = 0
        for sizes in groups:
            for k in range(row, row + sizes[i + 1]):
                for j in range(column, column + sizes[i]):
                    point[place + k * layer.inputs + j] = generator.randint(-1, 2)
            row, column = row + sizes[i + 1], column + sizes[i]
        place += layer.parameter_count()
    inputs = [[[generator.randrange(P) for _ in range(sizes[0])] for _ in range(60)]
              for sizes in groups]
    return {"prime": P, "point": point, "groups": [list(s) for s in groups], "inputs": inputs}


@pytest.mark.parametrize("seed", range(24))
def test_the_sum_of_ranks_is_the_rank_at_the_point(seed: int) -> None:
    """Against all rows of the Jacobian there, also where some spaces are smaller than they may."""
    generator = random.Random(seed)
    depth = generator.randint(1, 3)
    groups = [tuple(generator.randint(1, 3) for _ in range(depth + 1))
              for _ in range(generator.randint(1, 3))]
    widths = ",".join(str(sum(sizes)) for sizes in zip(*groups))
    power = generator.choice(["x^2", "x^3", "-2*x^2/3"])
    model = parse_spec(f"mlp:{widths}:{power}" + ":bias" * (seed % 3 == 0))
    trial = trial_at(model, groups, generator)
    inputs = np.random.default_rng(seed).integers(0, P, (400, model.input_count))
    whole = modular.rank(jacobian_at(model, trial["point"], inputs, P), P)
    assert direct_sum_rank(Checked(model.describe()), trial) == whole


@pytest.mark.parametrize("spec", ["mlp:2,3,2:x^2", "mlp:3,4,2,3:x^3:bias", "mlp:2,3,4:x",
                                  "mlp:1,1,1,1:x^2"])
def test_rescalings_are_the_symmetries_of_units(spec: str) -> None:
    model = parse_spec(spec)
    point = [random.Random(spec).randrange(P) for _ in range(model.parameter_count)]
    diagonal = [row for row, symmetry in zip(symmetry_rows(model, point, P), model.symmetries)
                if all(i == j for i, j in symmetry.parameters)]
    if spec == "mlp:2,3,4:x":  # no activation is written down
        with pytest.raises(CertificateError, match="no perceptron"):
            rescaled_dimension(Checked(model.describe()))
    else:
        assert rescaled_dimension(Checked(model.describe())) == (
            model.parameter_count - modular.rank(np.array(diagonal), P))


@pytest.mark.parametrize(("spec", "value"), [
    # N less the number of hidden units
    ("mlp:20,40,40,10:x^2", 2720), ("mlp:16,32,32,16:x^3", 1984),
    ("mlp:10,20,20,100:x^2:bias", 2700), ("mlp:10,20,40,60:-x^3/2", 3340),
    ("mlp:12,50,50:x^3", 3050),
    pytest.param("mlp:30,100,100,60:x^2", 18800, marks=pytest.mark.slow)])
def test_large_perceptrons_are_proved_at_a_direct_sum(spec: str, value: int) -> None:
    model = parse_spec(spec)
    found = dimension(model, seed=1)
    assert (found, found.status) == (value, "proved")
    assert len(found.certificate["evidence"]["trials"][0]["groups"]) > 1
    assert verify(found.certificate).trust == ()
    hoped = expected_dimension(model, found)
    finite = is_finitely_identifiable(model, found)
    assert (hoped, defect(model, found, hoped), finite) == (value, 0, True)
    for answer in (hoped, finite):
        assert answer.status == "proved" and verify(answer.certificate).trust == ()


def test_where_no_direct_sum_suffices_the_rank_is_dense() -> None:
    """
    Pairs of quadratic forms in the squares of 20 linear forms in 20 variables, up to scalings:
    400 + 2 * 210 - 20.
    """
    model = parse_spec("mlp:20,20,30,2:x^2")
    assert direct_sum_trial(model, random.Random(1), 10**8) is None
    assert dimension(model, seed=1) == 800


@pytest.mark.parametrize("spec", ["mlp:4,4,4:x^2+x", "mlp:4,4,4:x", "cnn:3,2:x^2:out=2"])
def test_other_models_have_no_direct_sums(spec: str) -> None:
    assert direct_sum_trial(parse_spec(spec), random.Random(1), 10**8) is None


def test_a_direct_sum_that_is_none_is_refused() -> None:
    model = parse_spec("mlp:6,6,4:x^2:bias")
    trial, rank = direct_sum_trial(model, random.Random(1), 10**8)
    assert rank == model.parameter_count - 6 and len(trial["groups"]) == 2

    def claim(value: int, changes: dict, model: Model = model) -> dict:
        return certificate(model.describe(), "dimension", value, "proved", [], {
            "trials": [trial | changes], "upper": {"kind": "rescalings"}}, {})

    assert verify(claim(rank, {})).value == rank
    between, bias = list(trial["point"]), list(trial["point"])
    assert between[3] == 0 and bias[36] == 0
    between[3], bias[36] = 1, 1
    one = trial["inputs"][0]
    for value, changes, message in [
            (rank + 1, {}, "not proved"), (rank - 1, {}, "not proved"),
            (rank, {"point": between}, "between different groups"),
            (rank, {"point": bias}, "bias is not zero"),
            (rank, {"groups": [[3, 3, 2], [3, 3, 1]]}, "no division"),
            (rank, {"groups": [[1, 3, 2], [5, 3, 2]]}, "different groups|whole number"),
            (rank, {"inputs": [one]}, "list"), (rank, {"inputs": [one, []]}, "no inputs"),
            (rank, {"inputs": [one, one[:3]]}, "not proved")]:
        with pytest.raises(CertificateError, match=message):
            verify(claim(value, changes))
    # Of two linear layers the products of states and derivatives have the same degrees.
    for layers in (["x"], ["x^2+x"], ["x^3+1"]):
        other = Model(tuple(Activation(layers[0]) if isinstance(layer, Activation) else layer
                            for layer in model.layers), (6,))
        with pytest.raises(CertificateError, match="no perceptron"):
            verify(claim(rank, {}, other))


def test_a_direct_sum_is_no_random_trial() -> None:
    """The chance that a random trial misses a rank says nothing of a point that was chosen."""
    model = parse_spec("mlp:2,2,2:x^2")
    primes = [2147483629, 2147483587, 2147483579]
    trials = [trial_at(model, [(1, 1, 1), (1, 1, 1)], random.Random(1)) | {
        "prime": p, "point": [0] * 8} for p in primes]
    assert [direct_sum_rank(Checked(model.describe()), t) for t in trials] == [0, 0, 0]
    forged = certificate(model.describe(), "dimension", 0, "monte_carlo",
                         ["the trials are random"], {"trials": trials}, {}, 0.5)
    with pytest.raises(CertificateError, match="does not support"):
        verify(forged)


def test_large_models_in_normal_form_are_proved() -> None:
    """As is the square without the linear term, which has the same functions."""
    model = parse_spec("mlp:14,30,20:x^2+x:bias")
    found = dimension(model, seed=1)
    assert model.parameter_count > 1000
    assert (found, found.status) == (model.parameter_count - 30, "proved")
    assert verify(found.certificate).value == found
