"""The groups that act on the ambient space, against what acts by construction."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from neuroalg_sage import NeuroManifold, parse_spec
from neuroalg_sage.errors import EngineError
from neuroalg_sage.invariants.equations.ambient_group import _verify, ambient_group
from neuroalg_sage.invariants.equations.equations_by_degree import coordinate_gradings
from neuroalg_sage.models.parametrization import parametrization


@pytest.mark.parametrize("spec, inputs, outputs", [
    ("mlp:2,3,4:x^2", "GL_2", "GL_4"), ("linear:3,1,2", "GL_3", "GL_2"),
    ("mlp:2,2,2:x^3+x", "GL_2", "GL_2"), ("attention:d=3,a=1,out=2,t=2", "GL_3", "GL_2"),
    ("attention:d=2,a=2,out=2,t=1,layers=2", "GL_2", "GL_2"), ("cnn:2,2:x^3", "C^*", "C^*")])
def test_the_group_is_that_of_the_first_and_the_last_layer(spec, inputs, outputs) -> None:
    group = NeuroManifold(spec).ambient_group()
    assert (group.inputs, group.outputs) == (inputs, outputs)


@pytest.mark.parametrize("spec", ["mlp:2,2,2:x^2", "mlp:3,2,2:x^3", "cnn:3,2:x^2"])
def test_its_torus_grades_phi(spec) -> None:
    phi = parametrization(parse_spec(spec))
    used = [k for k, p in enumerate(phi.polynomials) if p]
    coordinates = [phi.coordinates[k] for k in used]
    group, found = ambient_group(phi), coordinate_gradings(phi).coordinates
    weights = [found[k] for k in used]
    diagonal = [(a, b) for a, b in group.pairs if all(i == j for m in (a, b) for i, j in m)]
    columns = []
    for a, b in diagonal:
        columns.append([b.get((j, j), 0) - sum(a.get((i, i), 0) * k for i, k in enumerate(e))
                        for j, e in coordinates])
    # The weights of a torus that acts are combinations of those of the largest one.
    import sympy

    largest = sympy.Matrix(weights)
    assert sympy.Matrix.hstack(largest, sympy.Matrix(columns).T).rank() == largest.rank()
    assert group.torus_rank == largest.rank()


def test_what_does_not_act_is_noticed() -> None:
    phi = parametrization(parse_spec("mlp:2,2,2:x^2"))
    symmetry = phi.model.equivariances[0]
    wrong = replace(symmetry, states=({(0, 0): Fraction(7)}, symmetry.states[1]))
    with pytest.raises(EngineError, match="does not act"):
        _verify(phi, [wrong])
