"""Voronoi cells: curves, cones and matrices whose cells are known, and certificates."""

from __future__ import annotations

import copy
import json
import random

import numpy as np
import pytest
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold, from_expressions, verify
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError
from neuroalg_sage.errors import InputError

CUSP = from_expressions(["a^2*x + a^3*y"], ["a"], ["x", "y"])
NODE = from_expressions(["(a^2-1)*x + a*(a^2-1)*y"], ["a"], ["x", "y"])
HALF_LINE = from_expressions(["a^2*x"], ["a"], ["x"])
CONE = from_expressions(["a^2*x + a*b*y + b^2*z"], ["a", "b"], ["x", "y", "z"])
WHITNEY = from_expressions(["a*x + a*b*y + b^2*z"], ["a", "b"], ["x", "y", "z"])


@pytest.mark.parametrize(("model", "parameters", "dimension", "codimension", "tangent_cone"), [
    # From a cusp all data in a neighborhood of a half line are approximated by it, from a node
    # none; see Cifuentes, Ranestad, Sturmfels, Weinstein.
    (CUSP, [0], 2, 1, (1, 2)), (CUSP, [1], 1, 1, (1, 1)),
    (NODE, [1], 0, 1, (1, 2)), (NODE, [2], 1, 1, (1, 1)),
    # The closure is smooth at the end of a half line, the half line is not.
    (HALF_LINE, [0], 1, 0, (1, 1)), (HALF_LINE, [1], 0, 0, (1, 1)),
    # Surfaces: the apex of one half of a cone, and a pinch point.
    (CONE, [0, 0], 3, 1, (2, 2)), (CONE, [1, 2], 1, 1, (2, 1)),
    (WHITNEY, [0, 2], 0, 1, (2, 2)),
    # Rank s < r: by Eckart and Young no other matrix has such a best approximation.
    ("linear:3,2,3", [1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0], 1, 1, (8, 1)),
    ("linear:3,2,3", [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0], 0, 1, (8, 2)),
    ("linear:2,1,2", [0, 0, 0, 0], 0, 1, (3, 2)), ("linear:3,1,2", [1, 2, 3, 4, 5], 2, 2, (4, 1)),
    ("cnn:2,2:x^2", [1, 0, 1, 2], 3, 3, (3, 1)),
])
def test_dimensions_of_cells(model, parameters, dimension, codimension, tangent_cone) -> None:
    answer = NeuroManifold(model, seed=1).voronoi_cell(parameters=parameters)
    cell = answer.value
    assert (cell.dimension, cell.codimension) == (dimension, codimension)
    assert cell.excess == dimension - codimension and cell.tangent_cone == tangent_cone
    assert answer.status == "proved" and answer.trust == []
    assert verify(json.loads(json.dumps(answer.certificate))).value[2:] == [dimension, dimension]


@pytest.mark.parametrize(("model", "parameters", "normals"), [
    (CUSP, [0], [(-1.0, 0.3), (-1.0, -0.3)]), (CONE, [0, 0], [(-1.0, 0.2, -1.0)]),
    (HALF_LINE, [0], [(-1.0,)])])
def test_samples_in_the_cell_have_the_point_as_the_nearest(model, parameters, normals) -> None:
    """On a grid of parameters, for data in the interior of the cells that were found."""
    manifold = NeuroManifold(model)
    phi = manifold.parametrization()
    count = manifold.model.parameter_count
    grid = np.stack(np.meshgrid(*[np.linspace(-3, 3, 121)] * count), -1).reshape(-1, count)
    values = np.stack([sum(float(c) * np.prod(grid ** np.array(e), axis=1)
                           for e, c in p.items()) for p in phi.polynomials], axis=1)
    for normal in normals:
        u = 0.2 * np.array(normal)
        assert ((values - u) ** 2).sum(axis=1).min() >= (u ** 2).sum() - 1e-9


def test_adding_a_unit_moves_a_subnetwork_in_all_directions() -> None:
    """So a network with fewer units is the best approximation of itself alone."""
    manifold = NeuroManifold("mlp:2,2,2:x^3", seed=1)
    answer = manifold.voronoi_cell(parameters=[1, 0, 0, 1, 1, 0, 1, 0])
    assert answer.dimension == 0 and answer.excess == -2
    verify(answer.certificate)


def test_parameters_are_found_from_the_function() -> None:
    manifold = NeuroManifold("linear:2,1,2", seed=1)
    answer = manifold.voronoi_cell(["x_0 + 2*x_1", "3*x_0 + 6*x_1"])
    assert answer.dimension == 1 and answer.status == "proved"
    bombieri = NeuroManifold("mlp:2,1,1:x^2").voronoi_cell("x_0^2", metric="bombieri")
    assert bombieri.dimension == 1 and verify(bombieri.certificate).value[1] == ["1", "1/2", "1"]


def test_bounds_are_stated_where_they_do_not_meet() -> None:
    """The curve (a^2, a^5), whose squares of distances are not found to be sums of squares."""
    tacnode = from_expressions(["(a^4 - 2*a^2)*x + (a^3 - 3*a)*a^4*y"], ["a"], ["x", "y"])
    answer = NeuroManifold(tacnode, seed=1).voronoi_cell([0, 0], parameters=[0])
    low, high = answer.bounds
    assert low <= high and answer.status == ("proved" if low == high else "bounds")
    verify(answer.certificate)
    if low < high:
        assert answer.sampled and answer.excess is None


@pytest.mark.parametrize(("arguments", "says"), [
    ({"function": ["x_0", "x_1"]}, "not a point of M"), ({}, "State a function"),
    ({"function": ["x_0", "0"], "parameters": [0, 0, 0, 0]}, "not that of the parameters"),
    ({"parameters": [1, 2]}, "list of 4"), ({"function": [1]}, "has 4 coordinates"),
])
def test_what_is_no_point_of_m_is_refused_in_one_sentence(arguments, says) -> None:
    with pytest.raises(InputError, match=says) as caught:
        NeuroManifold("linear:2,1,2").voronoi_cell(**arguments)
    assert "\n" not in str(caught.value)


def test_claims_about_cells_cannot_be_bent() -> None:
    originals = [NeuroManifold(model, seed=1).voronoi_cell(parameters=w).certificate
                 for model, w in ((CUSP, [0]), (NODE, [1]), (CONE, [0, 0]),
                                  ("linear:2,1,2", [0, 0, 0, 0]), ("linear:2,1,2", [1, 2, 3, 4]))]
    accepted = list(accepted_mutants(originals, 400, random.Random(7)))
    for original, _, where, _ in accepted:
        assert where[0] not in ("status", "trust")
        assert where[:3] not in (("claim", "value", 2), ("claim", "value", 3))
        # Another metric does not change what follows from curves and equations.
        if where[:3] == ("claim", "value", 1):
            assert original["evidence"]["lower"] is None or (
                original["evidence"]["lower"]["kind"] == "equations")
    assert len(accepted) < 170
    for low, high in ((1, 2), (0, 1), (3, 3)):
        data = copy.deepcopy(originals[0])
        data["claim"]["value"][2:] = [low, high]
        data["status"] = "proved" if low == high else "bounds"
        data["digest"] = digest(data)
        with pytest.raises(CertificateError):
            verify(data)
