"""Points at which a perceptron with powers is a direct sum of smaller ones."""

from __future__ import annotations

import random
from math import prod

import numpy as np
import pytest

from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.dimension.direct_sums import direct_sum_rank
from neuroalg_sage.certificates.dimension.rescalings import rescaled_dimension
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.dimension.dimension import (
    defect,
    dimension,
    expected_dimension,
    jacobian_at,
)
from neuroalg_sage.invariants.dimension.direct_sums import LayersAtAPlace, proved_by_direct_sum
from neuroalg_sage.invariants.dimension.generic_fiber import is_finitely_identifiable
from neuroalg_sage.invariants.dimension.known_symmetries import symmetry_rows
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import Activation, Convolution, Dense
from neuroalg_sage.models.model import Model

P = 32003


def trial_at(model: Model, groups: list[tuple[int, ...]], generator: random.Random,
             has_biases: bool = False) -> dict:
    """A direct sum with small random weights, some of them zero, and enough inputs."""
    layers = LayersAtAPlace.of(model)
    assert layers is not None

    def numbers(*shape: int) -> np.ndarray:
        return np.array([generator.randint(-1, 2) for _ in range(prod(shape))]).reshape(shape)

    parameters = [[(numbers(b, a), numbers(b) * has_biases) for a, b in zip(sizes, sizes[1:])]
                  for sizes in groups]
    inputs = [[[generator.randrange(P) for _ in range(sizes[0])] for _ in range(60)]
              for sizes in groups]
    return {"prime": P, "point": layers.point(parameters), "groups": [list(s) for s in groups],
            "inputs": inputs}


def rank_there(model: Model, trial: dict, seed: int) -> int:
    """The rank of all rows of the Jacobian at the point of a trial."""
    inputs = np.random.default_rng(seed).integers(0, P, (400, model.input_count))
    return modular.rank(jacobian_at(model, trial["point"], inputs, P), P)


def random_layers(generator: random.Random) -> Model:
    """Convolutions or dense layers, with random activations between them."""
    linear: list[Convolution | Dense] = []
    axes, channels = generator.choice([0, 1, 1, 2]), generator.randint(1, 3)
    shape: tuple[int, ...] = (channels,)
    if axes:
        for _ in range(generator.randint(1, 2)):
            size, stride = (tuple(generator.choices([1, 2, 3], k=axes)) for _ in range(2))
            made = generator.randint(1, 3)
            linear.append(Convolution(size, stride, (channels, made)))
            channels = made
        space = tuple(generator.choices([1, 2], k=axes))
        for layer in linear[::-1]:
            space = layer.input_space(space)
        shape = (*linear[0].channels[:1], *space)
    place = shape
    for layer in linear:
        place = layer.output_shape(place)
    for _ in range(generator.randint(not axes, 2 - bool(axes))):
        linear.append(Dense(prod(place), generator.randint(1, 3), generator.random() < 0.5))
        place = linear[-1].output_shape(place)
    layers = [layer for pair in zip(linear, [Activation(generator.choice(
        ["x^2", "x^2", "x^3", "x^2+x", "x^3-3*x+1", "-2*x^2/3"])) for _ in linear])
        for layer in pair]
    return Model(tuple(layers[:-1]), shape)


def random_division(counts: tuple[int, ...], generator: random.Random) -> list[tuple[int, ...]]:
    """Sizes of groups that sum to these."""
    groups = [[1] * len(counts) for _ in range(generator.randint(1, min(counts)))]
    for i, count in enumerate(counts):
        for _ in range(count - len(groups)):
            generator.choice(groups)[i] += 1
    return [*map(tuple, groups)]


@pytest.mark.parametrize("seed", range(60))
def test_the_sum_of_ranks_is_never_too_large(seed: int) -> None:
    """Against all rows of the Jacobian at the point, of filters and activations of all kinds."""
    generator = random.Random(seed)
    model = random_layers(generator)
    layers = LayersAtAPlace.of(model)
    assert layers is not None
    trial = trial_at(model, random_division(layers.counts, generator), generator,
                     seed % 2 == 0)
    assert direct_sum_rank(Checked(model.describe()), trial) <= rank_there(model, trial, seed)


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
    assert direct_sum_rank(Checked(model.describe()), trial) == rank_there(model, trial, seed)


@pytest.mark.parametrize("spec", ["mlp:2,3,2:x^2", "mlp:3,4,2,3:x^3:bias", "mlp:2,3,4:x",
                                  "mlp:1,1,1,1:x^2"])
def test_rescalings_are_the_symmetries_of_units(spec: str) -> None:
    model = parse_spec(spec)
    point = [random.Random(spec).randrange(P) for _ in range(model.parameter_count)]
    diagonal = [row for row, symmetry in zip(symmetry_rows(model, point, P), model.symmetries)
                if all(i == j for i, j in symmetry.parameters)]
    if spec == "mlp:2,3,4:x":  # no activation is written down
        with pytest.raises(CertificateError, match="no dense ones|is linear"):
            rescaled_dimension(Checked(model.describe()))
    else:
        assert rescaled_dimension(Checked(model.describe())) == (
            model.parameter_count - modular.rank(np.array(diagonal), P))


@pytest.mark.parametrize(("spec", "value"), [
    # N less the number of hidden units
    ("mlp:20,40,40,10:x^2", 2720), ("mlp:16,32,32,16:x^3", 1984),
    ("mlp:10,20,20,100:x^2:bias", 2700), ("mlp:10,20,40,60:-x^3/2", 3340),
    ("mlp:12,50,50:x^3", 3050),
    # N less the number of hidden channels
    ("cnn:700,400:x^2", 1099), ("cnn:3x3c8,3x3c12:x^3:in=8:out=4", 1432),
    ("cnn:4x4c12s2,3x3c9:x^2:in=2", 1344),
    pytest.param("mlp:30,100,100,60:x^2", 18800, marks=pytest.mark.slow)])
def test_large_networks_are_proved_at_a_direct_sum(spec: str, value: int) -> None:
    model = parse_spec(spec)
    found = dimension(model, seed=1)
    assert (found, found.status) == (value, "proved")
    assert "groups" in found.certificate["evidence"]["trials"][0]
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
    assert proved_by_direct_sum(model, random.Random(1), 10**8) is None
    assert dimension(model, seed=1) == 800


@pytest.mark.parametrize("spec", ["mlp:4,4,4:x", "cnn:3c4,2:x^2", "mlp:2,2,1:x^2",
                                  "resnet:width=4,hidden=3,blocks=1:x^2"])
def test_other_models_have_no_direct_sums(spec: str) -> None:
    assert proved_by_direct_sum(parse_spec(spec), random.Random(1), 10**8) is None


def test_a_direct_sum_that_is_none_is_refused() -> None:
    model = parse_spec("mlp:6,6,4:x^2:bias")
    trial, rank, *_ = proved_by_direct_sum(model, random.Random(1), 10**8)
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
            (rank, {"point": between}, "between groups"),
            (rank, {"point": bias}, "not proved"),  # its powers are no forms, and need more inputs
            (rank, {"groups": [[3, 3, 2], [3, 3, 1]]}, "no division"),
            (rank, {"groups": [[1, 3, 2], [5, 3, 2]]}, "between groups|whole number"),
            (rank, {"inputs": [one]}, "list"), (rank, {"inputs": [one, []]}, "no inputs"),
            (rank, {"inputs": [one, one[:3]]}, "not proved")]:
        with pytest.raises(CertificateError, match=message):
            verify(claim(value, changes))
    # Leading terms that vanish modulo the prime lead no more.
    other = Model(tuple(Activation(f"{trial['prime']}*x^3+x^2") if isinstance(layer, Activation)
                        else layer for layer in model.layers), (6,))
    with pytest.raises(CertificateError, match="modulo the prime"):
        verify(claim(rank, {}, other))
    # Of two linear layers the products of states and derivatives have the same degrees.
    other = Model(tuple(Activation("x") if isinstance(layer, Activation) else layer
                        for layer in model.layers), (6,))
    with pytest.raises(CertificateError, match="is linear"):
        verify(claim(rank, {}, other))
    # Other activations have no rescalings.
    other = Model(tuple(Activation("x^2+x") if isinstance(layer, Activation) else layer
                        for layer in model.layers), (6,))
    with pytest.raises(CertificateError, match="not proved"):
        verify(claim(rank, {}, other))


def test_a_filter_that_is_not_zero_at_other_places_is_no_direct_sum() -> None:
    model = parse_spec("cnn:3x3c8,3x3c12:x^3:in=8:out=4")
    found = dimension(model, seed=1)
    assert verify(found.certificate).value == found.value == 1432
    trial = found.certificate["evidence"]["trials"][0]
    for place in (1, 9 * 8 * 8 + 1):
        assert trial["point"][place] == 0
        point = [*trial["point"]]
        point[place] = 1
        forged = certificate(model.describe(), "dimension", 1432, "proved", [], {
            "trials": [trial | {"point": point}], "upper": {"kind": "rescalings"}}, {})
        with pytest.raises(CertificateError, match="not zero"):
            verify(forged)


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


@pytest.mark.parametrize(("spec", "rescaled"), [
    ("mlp:14,30,20:x^2+x:bias", 30),  # the functions of x^2
    ("mlp:14,30,20:x^3+3*x^2+3*x:bias", 30),  # those of x^3
    ("mlp:10,20,20,20:x^2+x", 0), ("mlp:14,30,20:x^3+x^2+2:bias", 0)])
def test_other_activations_are_proved_at_a_direct_sum(spec: str, rescaled: int) -> None:
    model = parse_spec(spec)
    found = dimension(model, seed=1)
    assert model.parameter_count >= 1000
    assert (found, found.status) == (model.parameter_count - rescaled, "proved")
    assert len(found.certificate["evidence"]["trials"][0]["groups"]) > 1
    hoped = expected_dimension(model, found)
    for answer in (found, hoped, defect(model, found, hoped), is_finitely_identifiable(
            model, found)):
        assert answer.status == "proved" and verify(answer.certificate).trust == ()
    assert hoped == found
