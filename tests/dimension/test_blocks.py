"""Points at which the Jacobian falls apart into blocks."""

from __future__ import annotations

import random

import numpy as np
import pytest
from implied import assert_changes_are_implied

from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.dimension.blocks import (
    _at_point,
    blocks_of_rows,
    rank_in_blocks,
)
from neuroalg_sage.certificates.dimension.ranks import jacobian
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.dimension.blocks import (
    Grading,
    Unsuited,
    _gradings,
    _Point,
    proved_by_blocks,
)
from neuroalg_sage.invariants.dimension.dimension import (
    defect,
    dimension,
    expected_dimension,
    jacobian_at,
)
from neuroalg_sage.invariants.dimension.known_symmetries import symmetry_rows
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.model import Model

P = 1000003


def random_spec(generator: random.Random) -> str:
    """A small model of one of the families."""
    def number(low: int, high: int) -> int:
        return generator.randint(low, high)

    power = generator.choice(["x^2", "x^2", "x^3", "-2*x^2/3"])
    return generator.choice([
        lambda: f"resnet:width={number(2, 6)},hidden={number(1, 4)},blocks={number(1, 2)}:{power}",
        lambda: f"resnet:width=2,hidden=2,blocks=1,inputs={number(2, 4)},outputs=2,bias=1:{power}",
        lambda: f"resnet:width=2,hidden=1,blocks=1,places=4,filter=3:{power}",
        lambda: f"glu:widths={number(2, 5)}x{number(2, 4)}x{number(1, 4)}:{power}",
        lambda: f"glu:widths={number(2, 4)}x{number(2, 3)}x{number(1, 3)},last=gated",
        lambda: f"moe:inputs={number(2, 5)},outputs={number(1, 4)},experts={number(1, 3)},"
                f"hidden={number(1, 4)}:{power}",
        lambda: f"moe:inputs={number(2, 5)},outputs={number(1, 4)},experts=2,gate=x^2",
        lambda: f"attention:d={number(2, 4)},a={number(1, 3)},out=2,t=2,layers={number(1, 2)}",
        lambda: f"attention:d={(d := number(2, 4))},a=2,out={d},t=2,heads=2,v=2,skip=1",
        lambda: f"transformer:d={number(2, 4)},a={number(1, 2)},t=2,hidden={number(1, 4)}:{power}",
        lambda: f"mlp:{number(2, 6)},{number(2, 6)},1:{power}",
        lambda: f"mlp:{number(2, 4)},{number(2, 4)},{number(2, 4)},{number(1, 3)}:{power}:bias",
        lambda: f"cnn:{number(2, 3)}c{number(2, 4)},2:{power}:in={number(1, 3)}",
        lambda: f"cnn:2x2c{number(2, 4)},2x2c2:{power}:in={number(1, 3)}"])()


def rank_there(model: Model, point: list[int], prime: int) -> int:
    """The rank of the Jacobian at a point, of more rows than columns."""
    inputs = np.random.default_rng(1).integers(0, prime, (
        model.parameter_count // model.output_count + 20, model.input_count))
    return modular.rank(jacobian_at(model, point, inputs, prime), prime)


@pytest.mark.parametrize("seed", range(100))
def test_ranks_of_blocks_add_up_to_the_rank_of_the_jacobian(seed: int) -> None:
    """At points of all gradings that a random model respects; and no point has a larger rank."""
    generator = random.Random(seed)
    model = parse_spec(random_spec(generator))
    generic = rank_there(model, [generator.randrange(P) for _ in range(model.parameter_count)], P)
    checked, ranks = Checked(model.describe()), []
    for support, modulus, degrees in _gradings(model):
        try:
            point = _Point(model, Grading(support), modulus, degrees, P,
                           np.random.default_rng(seed))
        except Unsuited:
            continue
        point.join()
        trial = point.trial(model.parameter_count)
        assert trial is not None
        ranks.append(rank_in_blocks(checked, trial))
        assert ranks[-1] == rank_there(model, trial["point"], P)
    assert max(ranks, default=0) <= generic


def test_the_largest_block_needs_memory_twice() -> None:
    """All blocks are there while the rank of one is taken."""
    model = parse_spec("resnet:width=2,hidden=2,blocks=1:x^2")
    (support, modulus, degrees), *_ = _gradings(model)
    point = _Point(model, Grading(support), modulus, degrees, P, np.random.default_rng(1))
    for blocks, needed in ([0] * 8, 64 + 64), ([0] * 5 + [1] * 3, 25 + 9 + 25):
        point.blocks = np.array(blocks)
        assert point.fits(needed) and not point.fits(needed - 1)


def test_symmetries_have_a_part_of_the_memory() -> None:
    model = parse_spec("attention:d=6,a=2,out=6,t=2,layers=2,skip=1")
    found = proved_by_blocks(model, random.Random(1), 10**6)
    rows = len(found.upper["fields"])
    needed = 4 * rows * model.parameter_count
    assert found.rank == 110
    assert proved_by_blocks(model, random.Random(1), needed - 1) is None


OTHERS = ["attention:d=2,a=1,out=2,t=3,causal=1", "gcnn:group=S3,layers=2:x^2+x",
          "gnn:graph=C4,channels=1x2x1:x^2", "mlp:3,3,2:x^3+x:bias", "rnn:state=2,steps=3:x^2",
          "ssm:state=2,steps=4,selective=1", "kan:widths=2x2x1,degree=3", "cnn:3c2,2:x^2-x:in=2"]


@pytest.mark.parametrize("seed", range(40))
def test_any_point_falls_apart_as_its_rows_say(seed: int) -> None:
    """Random zeros, and random degrees of the inputs, which the model need not respect."""
    generator = random.Random(seed)
    model = parse_spec(OTHERS[seed] if seed < len(OTHERS) else random_spec(generator))
    count, m = model.parameter_count, generator.choice([0, 0, 2, 3])
    point = [generator.randrange(P) * (generator.random() < 0.4) for _ in range(count)]
    degrees = [tuple(generator.choices([-1, 0, 1, 2], k=2)) for _ in range(model.input_count)]
    checked, own = Checked(model.describe()), [*range(count)]
    parts = [{i} for i in own]
    for mask in blocks_of_rows(checked, point, own, degrees, m):
        joined = set[int]().union(*(part for part in parts if any(mask >> i & 1 for i in part)))
        parts = [part for part in parts if not part & joined] + [joined] * bool(joined)
    blocks = [next(b for b, part in enumerate(parts) if i in part) for i in own]
    inputs = [[generator.randrange(P) for _ in degrees] for _ in range(count + 3)]
    trial = {"prime": P, "point": point, "modulus": m, "degrees": [*map(list, degrees)],
             "blocks": blocks, "inputs": inputs, "combinations": [
                 generator.randrange(P) for _ in inputs]}
    assert rank_in_blocks(checked, trial) == rank_there(model, point, P)
    if len(parts[-1]) > 1:  # which was joined
        blocks[min(parts[-1])] = len(parts) if len(parts) < count else blocks.index(0)
        with pytest.raises(CertificateError, match="Two blocks"):
            rank_in_blocks(checked, trial)


@pytest.mark.parametrize("spec", [
    "resnet:width=24,hidden=12,blocks=2:x^2", "mlp:60,20,1:x^3", "cnn:3x3c10,3x3c9:x^2:in=3",
    "attention:d=20,a=5,out=20,t=2,layers=2,skip=1", *(pytest.param(spec, marks=pytest.mark.slow)
        for spec in ["glu:widths=16x24x16", "moe:inputs=24,outputs=12,experts=3,hidden=12:x^2",
                     "glu:widths=40x14x1:x^2", "transformer:d=16,a=4,t=2,hidden=24:x^2"])])
def test_large_models_are_proved_in_blocks(spec: str) -> None:
    """The dimension is the number of parameters less that of symmetries at a random point."""
    model = parse_spec(spec)
    found = dimension(model, seed=1)
    assert found.status == "proved" and verify(found.certificate).trust == ()
    trial = found.certificate["evidence"]["trials"][0]
    assert len({*trial["blocks"]}) > 1
    point = np.random.default_rng(1).integers(1, P, model.parameter_count).tolist()
    assert found == model.parameter_count - modular.rank(symmetry_rows(model, point, P), P)
    hoped = expected_dimension(model, found)
    assert defect(model, found, hoped) == 0 and verify(hoped.certificate).trust == ()


@pytest.mark.parametrize("spec", ["mlp:40,40,1:x^2", "mlp:36,40,1:x^2", "mlp:12,100,2:x^2"])
def test_large_models_that_fill_are_proved_in_blocks(spec: str) -> None:
    """As many squares as inputs make any quadratic form, whatever the symmetries of so many are."""
    model = parse_spec(spec)
    trial, rank, upper, _ = proved_by_blocks(model, random.Random(1), 10**8)
    assert rank == model.ambient_dimension and len({*trial["blocks"]}) > 1
    assert upper == {"kind": "ambient"} and verify(certificate(
        model.describe(), "dimension", rank, "proved", [], {"trials": [trial], "upper": upper}, {}))


@pytest.mark.parametrize(("spec", "dense"), [
    ("mlp:3,4,2:x^2", 2), ("mlp:1,1,1:x^2", 2), ("glu:widths=2x3x1,bias=1", 3),
    ("resnet:width=2,hidden=2,blocks=1,bias=1:x^2+x", 2), ("cnn:2,2:x^2:in=2", 1)])
def test_dense_layers_as_products_of_matrices_have_the_same_rows(spec: str, dense: int) -> None:
    generator, model = random.Random(spec), Checked(parse_spec(spec).describe())
    point, *inputs = [[generator.randrange(P) for _ in range(size)]
                      for size in (model.parameters, *[model.inputs] * 4)]
    made = [_at_point(step, point[step.offset :][: step.parameters], P) for step in model.steps]
    assert sum(type(step).__name__ == "_Dense" for step in made) == dense
    assert jacobian(model, point, inputs, P, None, _at_point) == jacobian(model, point, inputs, P)


@pytest.mark.parametrize("spec", [
    "resnet:width=10,hidden=30,blocks=2:x^2",  # too many squares
    "glu:widths=20x20x20:x^2+x", "gnn:graph=C4,channels=2x3x2:x^2"])
def test_where_no_blocks_suffice_the_rank_is_dense(spec: str) -> None:
    assert proved_by_blocks(parse_spec(spec), random.Random(1), 10**8) is None


def test_blocks_that_are_none_are_refused() -> None:
    model = parse_spec("resnet:width=12,hidden=4,blocks=2:x^2")
    trial, rank, upper, _ = proved_by_blocks(model, random.Random(1), 10**8)

    def claim(value: int, changes: dict) -> dict:
        return certificate(model.describe(), "dimension", value, "proved", [], {
            "trials": [trial | changes], "upper": upper}, {})

    assert verify(claim(rank, {})).value == rank
    outside, apart = [*trial["point"]], [*trial["blocks"]]
    outside[outside.index(0)] = 1
    apart[0] = max(apart) + 1
    for value, changes, message in [
            (rank + 1, {}, "not proved"), (rank - 1, {}, "not proved"),
            (rank, {"point": outside}, "Two blocks"), (rank, {"blocks": apart}, "Two blocks"),
            (rank, {"modulus": 2}, "Two blocks"), (rank, {"modulus": 5}, "Two blocks"),
            (rank, {"degrees": [[0]] * 12}, "Two blocks"),
            (rank, {"degrees": [[0]] * 11 + [[0, 1]]}, "different lengths"),
            (rank, {"inputs": []}, "list"),
            (rank, {"inputs": [], "combinations": []}, "not proved"),
            (rank, {"inputs": trial["inputs"][:3], "combinations": trial["combinations"][:3]},
             "not proved"), (rank, {"combinations": [0] * len(trial["inputs"])}, "not proved")]:
        with pytest.raises(CertificateError, match=message):
            verify(claim(value, changes))
    assert_changes_are_implied([claim(rank, {})], random.Random(1), 60)
    # A point that was chosen says nothing of a chance.
    forged = certificate(model.describe(), "dimension", rank, "monte_carlo",
                         ["the trials are random"], {"trials": [trial] * 3}, {}, 0.5)
    with pytest.raises(CertificateError, match="does not support"):
        verify(forged)


def polynomial_layer(parameters: int, inputs: int, outputs: list[list[dict[int, int]]]) -> dict:
    """Terms as what their exponents are, the parameters first."""
    count = parameters + inputs
    return {"kind": "polynomial", "parameters": [f"w{i}" for i in range(parameters)],
            "inputs": [f"x{i}" for i in range(inputs)], "outputs": [sorted(
                [[term.get(v, 0) for v in range(count)], "1"] for term in terms)
                for terms in outputs]}


def trial_at(generator: random.Random, parameters: int, inputs: int, blocks: list[int]) -> dict:
    prime = 2**31 - 1
    return {"prime": prime, "point": [generator.randrange(prime) for _ in range(parameters)],
            "modulus": 0, "degrees": [[0]] * inputs, "blocks": blocks,
            "inputs": [[generator.randrange(prime) for _ in range(inputs)] for _ in range(12)],
            "combinations": [1] * 12}


def test_a_parameter_that_no_term_reads_is_no_direction() -> None:
    """A product of two affine linear forms in the plane: 5 dimensions among the 6 of conics."""
    layer = polynomial_layer(7, 2, [[{0: 1, 7: 1}, {1: 1, 8: 1}, {4: 1}],
                                    [{2: 1, 7: 1}, {3: 1, 8: 1}, {5: 1}]])
    model = {"input_shape": [2], "layers": [layer, polynomial_layer(0, 2, [[{0: 1, 1: 1}]])]}
    trial = trial_at(random.Random(1), 7, 2, [0] * 6 + [1])
    assert rank_in_blocks(Checked(model), trial) == 5
    with pytest.raises(CertificateError, match="not proved"):
        verify(certificate(model, "dimension", 6, "proved", [],
                           {"trials": [trial], "upper": {"kind": "ambient"}}, {}))


@pytest.mark.parametrize("bias", [0, 1])
def test_a_layer_need_not_read_all_inputs(bias: int) -> None:
    layer = polynomial_layer(2 + bias, 3, [[
        {0: 1, 2 + bias: 1}, {1: 1, 3 + bias: 1}, *([{2: 1}] * bias)]])
    model = Checked({"input_shape": [3], "layers": [layer]})
    trial = trial_at(random.Random(1), 2 + bias, 3, [0] * (2 + bias))
    assert rank_in_blocks(model, trial) == 2 + bias
