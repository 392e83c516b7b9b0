"""Layers with many terms: what the checker knows of them is what their terms say."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from neuroalg_sage.certificates import attention, weighted_sums
from neuroalg_sage.certificates.checker import verify
from neuroalg_sage.certificates.dimension import sums_at_points
from neuroalg_sage.certificates.dimension.linear_symmetries import _compatible
from neuroalg_sage.certificates.dimension.ranks import jacobian
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.invariants.dimension.dimension import dimension
from neuroalg_sage.models.families import parse_spec

SPECS = ["gcnn:group=S3,channels=1x2x1,bias=1:x^2", "gnn:graph=P3,channels=2x2x1,powers=2:x^3",
         "cnn:2x2c2,2x1:x^2", "cnn:3c2s2,2c2:x^2:out=2", "attention:d=3,a=2,out=2,t=2",
         "attention:d=2,a=1,out=2,t=2,layers=2",
         "sets:points=3,channels=1x2x2,readout=sum,bias=1:x^2"]


def rebuilt(spec: str, monkeypatch: pytest.MonkeyPatch, most: int) -> Model:
    for module in (attention, weighted_sums):
        monkeypatch.setattr(module, "MOST_TERMS", most)
    found = Model(parse_spec(spec).describe())
    assert any(step.function for step in found.steps) == (most == 0)
    return found


@pytest.mark.parametrize("spec", SPECS)
def test_values_and_derivatives_are_those_of_the_terms(spec: str, monkeypatch) -> None:
    short, long = (rebuilt(spec, monkeypatch, most) for most in (0, 10**9))
    assert short.parameters == long.parameters and short.widths == long.widths
    assert short.degree_pattern == long.degree_pattern
    assert list(map(str, short.parametrization)) == list(map(str, long.parametrization))
    generator, p = random.Random(spec), 2_147_483_629
    w = [generator.randrange(p) for _ in range(short.parameters)]
    x = [[generator.randrange(p) for _ in range(short.inputs)] for _ in range(3)]
    t = [generator.randrange(p) for _ in x]
    for combinations in (None, t):
        rows = jacobian(long, w, x, p, combinations)
        assert jacobian(short, w, x, p, combinations) == rows
        monkeypatch.setattr(sums_at_points, "MOST_ENTRIES", 0)
        assert jacobian(short, w, x, p, combinations) == rows
        monkeypatch.undo()


@pytest.mark.parametrize("spec", SPECS)
def test_fields_that_are_accepted_are_compatible_term_by_term(spec: str, monkeypatch) -> None:
    """Those of the model and of its group are accepted, and no random change that is none."""
    short, long = (rebuilt(spec, monkeypatch, most) for most in (0, 10**9))
    model, generator, refused = parse_spec(spec), random.Random(spec), 0
    for symmetry in (*model.symmetries, *model.equivariances):
        if symmetry in model.symmetries:
            states = [*symmetry.states]
        elif len(short.steps) == 1:
            states = [symmetry.states[0], symmetry.states[-1]]
        else:
            continue
        for k, (step, plain) in enumerate(zip(short.steps, long.steps)):
            flow = {(i - step.offset, j - step.offset): c
                    for (i, j), c in symmetry.parameters.items()
                    if step.offset <= i < step.offset + step.parameters}
            flow |= {(step.parameters + i, step.parameters + j): c
                     for (i, j), c in states[step.sources[0]].items()}
            action = states[k + 1]
            assert _compatible(plain, flow, action)
            assert step.function is None or step.function.is_compatible(flow, action)
            count = step.parameters + short.widths[k]
            for _ in range(12 if step.function else 0):
                flow_, action_ = dict(flow), dict(action)
                for changed, size in generator.choice((((flow_, count),), ((action_, step.width),),
                                                       ((flow_, count), (action_, step.width)))):
                    place = (generator.choice([*changed]) if changed and generator.random() < .5
                             else (generator.randrange(size), generator.randrange(size)))
                    changed[place] = changed.get(place, Fraction(0)) + generator.choice((-1, 1, 2))
                    if not changed[place]:
                        del changed[place]
                if step.function.is_compatible(flow_, action_):
                    assert _compatible(plain, flow_, action_)
                else:
                    refused += 1
    assert refused


LARGE = ["attention:d=12,a=10,out=12,t=8", "cnn:60,60:x^2", "cnn:5x5c6,3x3c4,3x3:x^2:out=3",
         "gnn:graph=Q4,channels=1x12x1,powers=2:x^2", "gcnn:group=D6,channels=1x3x3x1:x^2",
         "sets:points=30,channels=1x8x8x1:x^3"]
LARGER = ["attention:d=20,a=20,out=20,t=10", "cnn:300,300:x^2",
          "gcnn:group=A5,channels=1x5x5x1:x^2",
          "cnn:5x5c16,3x3c16,3x3:x^2:out=4", "gnn:graph=Q6,channels=1x20x20x1,powers=2:x^2",
          "mlp:10,40,40,10:x^2"]


@pytest.mark.parametrize("spec", [*LARGE, *(
    pytest.param(spec, marks=pytest.mark.slow) for spec in LARGER)])
def test_certificates_of_large_models_are_accepted(spec: str) -> None:
    found = dimension(parse_spec(spec))
    assert verify(found.certificate).value == found
