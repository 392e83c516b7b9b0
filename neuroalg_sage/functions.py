"""
The shell's questions about one function, or about one transformation of the inputs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.models.expressions import write_polynomial

if TYPE_CHECKING:
    from neuroalg_sage.neuromanifold import NeuroManifold

NOT_MEANT = ("Critical points that go to infinity, or to parameters where the rank of Dφ is "
             "smaller, are not meant.")


@dataclass
class Answer:
    """What is printed, as text and as JSON data, and the invariants with their certificates."""

    text: str
    page: dict[str, Any]
    invariants: list[Invariant] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0, or that of a limit if something is not decided."""
        undecided = any(x.status == "not decided" for x in self.invariants)
        return LimitReached.exit_code if undecided else 0


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


def _status(invariant: Invariant) -> dict[str, Any]:
    return {"status": invariant.status, "trust": invariant.trust, "method": invariant.method,
            "seconds": round(invariant.seconds, 4), "certificate": invariant.certificate}


def _components(components: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"dimension": c.dimension, "degree": c.degree,
             "generators": [write_polynomial(g, names) for g in c.generators]}
            for c in components]


def _count(found: Invariant) -> str:
    count = len(found)
    return f"{count or 'no'} component{'s' * (count != 1)}  [{found.qualified_status()}]"


def fiber(manifold: NeuroManifold, arguments: argparse.Namespace) -> Answer:
    """The fiber over a function, and whether the function is in M."""
    from neuroalg_sage.invariants.fibers.special_fiber import plain

    found = manifold.fiber(_function(arguments), parameters=_list(arguments.parameters))
    memberships = {"in_closure": found.in_closure, "over_complex": found.over_complex,
                   "over_real": found.over_real}
    page = plain(found) | {"proof": _status(found.components)} | {
        name: {"value": answer.data} | _status(answer) for name, answer in memberships.items()}
    return Answer(str(found), page, found.answers)


def critical(manifold: NeuroManifold, arguments: argparse.Namespace) -> Answer:
    """The critical points of the squared distance to a function, in the space of parameters."""
    from neuroalg_sage.formats import written

    target = _function(arguments)
    if (target is None) == (arguments.data is None):
        raise InputError("State the target by --function or --coordinates, or data by --data.")
    if target is None:
        from neuroalg_sage.invariants.training.training import ERM

        found = manifold.training_critical_locus(ERM(manifold.model, arguments.data))
    else:
        found = manifold.loss_critical_locus(target, _metric(arguments))
    names, n = manifold.model.parameter_names, manifold.model.ambient_dimension
    page = {"components": [
        shown | {"kind": c.kind, "image_dimension": c.image_dimension, "image": (
            None if c.image_equations is None else written(c.image_equations, n)),
            "image_status": "numerical"}
        for c, shown in zip(found, _components([c.component for c in found], names))]}
    lines = [_count(found), *(f"  {c}" for c in found)]
    return Answer("\n".join(lines), page | _status(found), [found])


def voronoi(manifold: NeuroManifold, arguments: argparse.Namespace) -> Answer:
    """The dimension of the Voronoi cell of a function."""
    found = manifold.voronoi_cell(_function(arguments), parameters=_list(arguments.parameters),
                                  metric=_metric(arguments))
    cell = found.value
    page = {"bounds": list(cell.bounds), "codimension": cell.codimension, "excess": cell.excess,
            "tangent_cone": cell.tangent_cone and list(cell.tangent_cone),
            "tangent_cone_status": "numerical",
            "sampled": {str(r): list(count) for r, count in cell.sampled.items()},
            "sampled_status": "numerical"}
    return Answer(f"The Voronoi cell is {cell} [{found.qualified_status()}]",
                  page | _status(found), [found])


def invariant(manifold: NeuroManifold, arguments: argparse.Namespace) -> Answer:
    """The parameters of functions that are invariant under a transformation of the inputs."""
    found = manifold.invariant_parameters(_matrix(arguments), arguments.denominator,
                                          arguments.infinitesimal)
    components = _components(found, manifold.model.parameter_names)
    lines = [_count(found)]
    for c, shown in zip(found, components):
        lines += [f"  {c}", *(f"    {g}" for g in shown["generators"])]
    return Answer("\n".join(lines), {"components": components} | _status(found), [found])


def discriminant(manifold: NeuroManifold, arguments: argparse.Namespace) -> Answer:
    """The ED discriminant, or the bifurcations along a line."""
    metric, gram = manifold.form.name, manifold.form.rows
    if arguments.line is None:
        found = manifold.ed_discriminant(metric, gram)
        value = found.value
        lines = [f"The ED discriminant is {value}  [{found.qualified_status()}]",
                 *(f"  {f}" for f in value.polynomials), NOT_MEANT]
        return Answer("\n".join(lines), {
            "degree": value.degree, "polynomials": value.polynomials, "everywhere":
            value.everywhere, "critical_points": f"finite, {value.place}"} | _status(found),
            [found])
    points = [[part.strip() for part in point.split(",")] for point in arguments.line.split(";")]
    if len(points) != 2:
        raise InputError("A line is given by two points joined by ';', such as 0,0;1,2.")
    start, end = points
    found = manifold.bifurcation(start, end, metric, gram)
    value = found.value
    page = {"complex": value.complex_count, "real": list(value.counts), "breakpoints": [
        {"polynomial": list(map(decimal, b.polynomial)), "interval": list(map(decimal, b.interval)),
         "cause": b.cause} for b in value.breakpoints]}
    return Answer(f"{value}\n[{found.qualified_status()}]", page | _status(found), [found])


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


QUESTIONS: dict[str, Callable[[NeuroManifold, argparse.Namespace], Answer]] = {
    "fiber": fiber, "critical": critical, "voronoi": voronoi, "invariant": invariant,
    "discriminant": discriminant}
