"""
The shell's questions about one function, or about one transformation of the inputs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from neuroalg_sage.errors import InputError

if TYPE_CHECKING:
    from neuroalg_sage.invariants.answers.invariant import Invariant
    from neuroalg_sage.invariants.fibers.special_fiber import Fiber
    from neuroalg_sage.neuromanifold import NeuroManifold


def _list(text: str | None) -> list[str] | None:
    """The entries between commas; none of an empty text, the point of a space of dimension 0."""
    return None if text is None else [part.strip() for part in text.split(",") if text.strip()]


def _function(arguments: argparse.Namespace) -> list[str] | None:
    if arguments.function is not None and arguments.coordinates is not None:
        raise InputError("State a function by polynomials or by coordinates, not by both.")
    if arguments.function is not None:
        return [part.strip() for part in arguments.function.split(";")]
    return _coordinates(arguments)


def _coordinates(arguments: argparse.Namespace) -> list[Any] | None:
    from neuroalg_sage.models.sage_input import rational

    found = _list(arguments.coordinates)
    return None if found is None else [rational(c, "coordinate") for c in found]


def fiber(manifold: NeuroManifold, arguments: argparse.Namespace) -> Fiber:
    """The fiber over a function, and whether the function is in M."""
    return manifold.fiber(_function(arguments), parameters=_list(arguments.parameters))


def critical(manifold: NeuroManifold, arguments: argparse.Namespace) -> Invariant:
    """The critical points of the squared distance to a function, in the space of parameters."""
    target = _function(arguments)
    if (target is None) == (arguments.data is None):
        raise InputError("State the target by --function or --coordinates, or data by --data.")
    if target is not None:
        return manifold.loss_critical_locus(target, _metric(arguments))
    from neuroalg_sage.invariants.training.training import ERM

    return manifold.training_critical_locus(ERM(manifold.model, arguments.data))


def voronoi(manifold: NeuroManifold, arguments: argparse.Namespace) -> Invariant:
    """The dimension of the Voronoi cell of a function."""
    return manifold.voronoi_cell(_function(arguments), parameters=_list(arguments.parameters),
                                 metric=_metric(arguments))


def invariant(manifold: NeuroManifold, arguments: argparse.Namespace) -> Invariant:
    """The parameters of functions that are invariant under a transformation of the inputs."""
    return manifold.invariant_parameters(_matrix(arguments), arguments.denominator,
                                         arguments.infinitesimal)


def discriminant(manifold: NeuroManifold, arguments: argparse.Namespace) -> Invariant:
    """The ED discriminant, or the bifurcations along a line."""
    metric, gram = manifold.form.name, manifold.form.rows
    if arguments.line is None:
        return manifold.ed_discriminant(metric, gram)
    points = [[part.strip() for part in point.split(",")] for point in arguments.line.split(";")]
    if len(points) != 2:
        raise InputError("A line is given by two points joined by ';', such as 0,0;1,2.")
    start, end = points
    return manifold.bifurcation(start, end, metric, gram)


def _matrix(arguments: argparse.Namespace) -> list[list[str]]:
    return [[part.strip() for part in row.split(",")] for row in arguments.matrix.split(";")]


def _metric(arguments: argparse.Namespace) -> Any:
    return arguments.metric if arguments.metric in ("unit", "bombieri") else (
        _list(arguments.metric))


def script(manifold: NeuroManifold, arguments: argparse.Namespace) -> str:
    """The standalone Macaulay2 script of a question."""
    from neuroalg_sage.invariants.dimension.functions import image, read_function, read_parameters

    if arguments.command == "invariant":
        from neuroalg_sage.invariants.fibers.invariant_parameters import (
            equations,
            read_transformation,
        )
        from neuroalg_sage.invariants.singularities.decomposition import components_script

        model = manifold.model
        transformation = read_transformation(model, _matrix(arguments), arguments.denominator,
                                             arguments.infinitesimal)
        return components_script(
            equations(model, transformation), [f"w_{i}" for i in range(model.parameter_count)],
            f"the parameters of invariant functions of {model}").standalone()
    if arguments.command == "discriminant":
        from neuroalg_sage.invariants.distance.ed_discriminant import discriminant_script

        return discriminant_script(manifold.parametrization(), manifold.dimension(),
                                   manifold.form).standalone()
    phi, function = manifold.parametrization(), _function(arguments)
    if function is None and getattr(arguments, "parameters", None) is not None:
        f = image(phi, read_parameters(manifold.model, _list(arguments.parameters)))
    else:
        f = read_function(phi, function)
    if arguments.command == "fiber":
        from neuroalg_sage.invariants.fibers.special_fiber import fiber_script

        return fiber_script(phi, f).standalone()
    if arguments.command == "critical":
        from neuroalg_sage.invariants.distance.quadratic_forms import metric_weights
        from neuroalg_sage.invariants.training.loss_critical_locus import (
            QuadraticLoss,
            loss_critical_locus_script,
        )

        loss = QuadraticLoss.distance(f, metric_weights(phi, _metric(arguments)))
        return loss_critical_locus_script(phi, loss).standalone()
    from neuroalg_sage.invariants.distance.voronoi_cell import tangent_cone_script

    return tangent_cone_script(phi, manifold.ideal().data, f).standalone()


QUESTIONS: dict[str, Callable[[NeuroManifold, argparse.Namespace], Invariant | Fiber]] = {
    "fiber": fiber, "critical": critical, "voronoi": voronoi, "invariant": invariant,
    "discriminant": discriminant}
