"""Computation graphs: the same functions as compositions, known dimensions, symmetries verified."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest
from architectures import check_symmetries, check_values

from neuroalg_sage import (
    ComputationGraph,
    Contraction,
    FixedMap,
    Join,
    NeuroManifold,
    Weights,
)
from neuroalg_sage.certificates import model as checked
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import Activation, Attention, Chain, Dense, Layer
from neuroalg_sage.models.model import Model, compose
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import model_from_data

SQUARE = Activation("x^2")


def graph(input_shape: Any, *nodes: tuple[Layer, tuple[int, ...]], share: Any = ()) -> Model:
    return Model((ComputationGraph(input_shape, tuple(layer for layer, _ in nodes),
                                   tuple(read for _, read in nodes), share),), input_shape)


def matrix(m: int, n: int) -> Contraction:
    return Contraction("oi,i->o", ((m, n), (n,)))


TIED = graph((3,), (Weights((2, 3)), (0,)), (matrix(2, 3), (1, 0)),
             (Contraction("hi,h->i", ((2, 3), (2,))), (1, 2)))
ATTENTION = graph(
    (2, 2), (Weights((1, 2)), (0,)), (Weights((1, 2)), (0,)), (Weights((1, 2)), (0,)),
    (Contraction("ad,dt->at", ((1, 2), (2, 2))), (1, 0)),
    (Contraction("ad,dt->at", ((1, 2), (2, 2))), (2, 0)),
    (Contraction("od,dt->ot", ((1, 2), (2, 2))), (3, 0)),
    (Contraction("as,at->st", ((1, 2), (1, 2))), (5, 4)),
    (Contraction("os,st->ot", ((1, 2), (2, 2))), (6, 7)))
RECURRENT = graph(
    (3,), (FixedMap.selecting((3,), [0], (1,)), (0,)), (FixedMap.selecting((3,), [1], (1,)), (0,)),
    (Dense(1, 2), (1,)), (SQUARE, (3,)), (Dense(3, 2), (4, 2)), (SQUARE, (5,)),
    (Dense(2, 1), (6,)))
RESIDUAL = graph((2,), (Dense(2, 2), (0,)), (SQUARE, (1,)), (Join("sum", (2,)), (0, 2)),
                 (Dense(2, 1), (3,)))
GATE = graph((2,), (Dense(2, 2), (0,)), (Dense(2, 2, True), (0,)), (Join("product", (2,)), (1, 2)),
             (Dense(2, 1), (3,)))
AFFINE = graph((2,), (FixedMap((2,), (2,), [[0, 0, 1], [0, 1, "-1/2"], [1, 1, 3]], [[1, 2]]), (0,)),
               (Dense(2, 1), (1,)), (SQUARE, (2,)), (Dense(1, 2), (3,)))
THREE = graph((2,), (Weights((2, 2)), (0,)), (Weights((2, 2)), (0,)),
              (Contraction("ij,jk,k->i", ((2, 2), (2, 2), (2,))), (1, 2, 0)))
SHARED = graph((2,), (Dense(2, 2), (0,)), (SQUARE, (1,)), (Dense(2, 2), (2,)), (Dense(2, 1), (3,)),
               share=(None, None, 0, None))
GRAPHS = {"tied": TIED, "attention": ATTENTION, "recurrent": RECURRENT, "residual": RESIDUAL,
          "gate": GATE, "affine": AFFINE, "three": THREE, "shared": SHARED}


def coordinates(model: Model) -> dict[Any, Any]:
    phi = parametrization(model)
    return {place: p for place, p in zip(phi.coordinates, phi.polynomials) if p}


@pytest.mark.parametrize("model, same", [
    (ATTENTION, Model((Attention(2, 1, 1),), (2, 2))),
    (RESIDUAL, parse_spec("mlp:2,2,1:x^2")),
    (SHARED, compose([Chain((Dense(2, 2), SQUARE, Dense(2, 2)), (None, None, 0)), Dense(2, 1)])),
    (graph((2,), (Weights((3, 2)), (0,)), (matrix(3, 2), (1, 0)), (SQUARE, (2,)),
           (Weights((2, 3)), (0,)), (matrix(2, 3), (4, 3))), parse_spec("mlp:2,3,2:x^2")),
], ids=["attention", "residual", "shared", "dense"])
def test_a_graph_has_the_coordinates_of_the_same_composition(model: Model, same: Model) -> None:
    if model is RESIDUAL:
        from neuroalg_sage.models.layers import Sum

        same = compose([Sum((Chain(), Chain((Dense(2, 2), SQUARE)))), Dense(2, 1)])
    assert coordinates(model) == coordinates(same)


def dense_values(equation: str, *operands: Any) -> Any:
    return np.einsum(equation, *operands)


def test_contractions_are_those_of_numpy() -> None:
    generator = random.Random(8)
    for equation, extents in [("ij,jk->ik", "i2 j3 k2"), ("ij,jk->ki", "i2 j3 k2"),
                              ("ij,ij->ij", "i2 j3"), ("ij,ij->", "i2 j3"), ("bij,bjk->bik",
                              "b2 i1 j3 k2"), ("i,j,k->kji", "i2 j3 k2"), ("ijk,j,ik->i",
                              "i2 j3 k2"), ("ij,ij->ji", "i2 j3"), ("ab,ba->a", "a2 b3")]:
        size = {word[0]: int(word[1:]) for word in extents.split()}
        shapes = [tuple(size[c] for c in letters) for letters in equation.split("->")[0].split(",")]
        layer = Contraction(equation, tuple(shapes))
        operands = [np.array([generator.randint(-5, 5) for _ in range(int(np.prod(s)))]
                             ).reshape(s) for s in shapes]
        expected = np.einsum(equation, *operands).ravel().tolist()
        flat = np.concatenate([a.ravel() for a in operands])
        assert layer.apply([], flat, int).ravel().tolist() == expected
        batched = np.stack([flat, 2 * flat])
        assert layer.apply([], batched, int)[0].ravel().tolist() == expected
        # The checker's own.
        step = checked.Model({"input_shape": [len(flat)], "layers": [
            layer.describe(), Dense(max(len(expected), 1), 1).describe()]}).steps[0]
        assert [sum(c * np.prod([flat[v] ** e for v, e in monomial]) for monomial, c in
                    terms.items()) for terms in step.outputs] == expected


@pytest.mark.parametrize("name", GRAPHS)
def test_the_checker_has_the_same_model(name: str) -> None:
    check_values(GRAPHS[name])


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_is_rebuilt_from_its_description(name: str) -> None:
    import json

    model = GRAPHS[name]
    assert model_from_data(json.loads(json.dumps(model.describe()))) == model


@pytest.mark.parametrize("name", GRAPHS)
def test_symmetries_leave_the_functions_unchanged(name: str) -> None:
    """The derivative of each coordinate along each field is zero."""
    assert all(symmetry.parameters for symmetry in GRAPHS[name].symmetries)
    check_symmetries(GRAPHS[name], 0)


@pytest.mark.parametrize("name, count", [
    ("attention", 2), ("residual", 0), ("gate", 4), ("three", 4), ("affine", 1)])
def test_the_linear_symmetries_that_are_there_are_found(name: str, count: int) -> None:
    """
    Attention: the head's GL(1), and values against queries; the gate: scalings of two factors and
    the matrix after them, for two units; three matrices: GL(2) between two; one unit's scaling.
    """
    assert len(GRAPHS[name].symmetries) == count


@pytest.mark.parametrize("name, dimension", [
    ("tied", 5),  # symmetric 3 x 3 matrices of rank at most 2
    ("attention", 4), ("three", 4), ("affine", 3)])
def test_dimensions_are_proved(name: str, dimension: int) -> None:
    answer = NeuroManifold(GRAPHS[name]).dimension()
    assert (answer.value, answer.status) == (dimension, "proved")
    assert verify(answer.certificate)


def test_the_ideal_of_a_tied_autoencoder_is_that_of_symmetric_matrices_of_low_rank() -> None:
    manifold = NeuroManifold(TIED)
    assert manifold.degree().value == 3  # linear equations, and the determinant
    assert manifold.ideal().status == "proved"


WRONG = [
    (lambda: ComputationGraph((2,), [Dense(2, 1)], [(1,)]), "reads states before it"),
    (lambda: ComputationGraph((2,), [Dense(2, 1)], []), "for each a list"),
    (lambda: ComputationGraph((2,), [Dense(3, 1)], [(0,)]), "3 inputs"),
    (lambda: ComputationGraph((2,), [Join("sum", (3,)), Dense(3, 1)], [(0, 0), (1,)]),
     "reads states of shapes"),
    (lambda: ComputationGraph((2,), [Dense(2, 2), Chain()], [(0,), (0, 1)]), "reads one state"),
    (lambda: Contraction("ij,jk->il", ((2, 2), (2, 2))), "no equation"),
    (lambda: Contraction("ii,i->i", ((2, 2), (2,))), "each letter once"),
    (lambda: Contraction("ij,jk->ik", ((2, 2), (3, 2))), "one extent"),
    (lambda: Contraction("ij,k->k", ((2, 2), (3,))), "summed over"),
    (lambda: Contraction("ij,jk->ik", ((2, 2),)), "two or more"),
    (lambda: Join("mean", (2,)), "'sum' or 'product'"),
    (lambda: FixedMap((2,), (1,), [[0, 2, 1]]), "at places of it"),
    (lambda: FixedMap((2,), (1,), [[0, 1, 0]]), "not zero"),
    (lambda: FixedMap((2,), (1,), [[0, 1, 1], [0, 1, 2]]), "stated once"),
    (lambda: FixedMap((2,), (1,), [[0, 1]]), "triples"),
    (lambda: Weights(()), "whole numbers"),
]


@pytest.mark.parametrize("make, words", WRONG, ids=range(len(WRONG)))
def test_wrong_input_is_one_sentence(make: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        make()


def test_forged_descriptions_are_refused() -> None:
    for kind, change in itertools.product(["sources", "input_shape"], [[], [[0]], [[9]], None]):
        description = TIED.describe()
        description["layers"][0][kind] = change
        with pytest.raises(CertificateError):
            checked.Model(description)
