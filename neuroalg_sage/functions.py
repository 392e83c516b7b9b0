"""
What the shell prints of questions about a function, or about a transformation of the inputs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.models.expressions import write_polynomial

if TYPE_CHECKING:
    from neuroalg_sage.invariants.fibers.special_fiber import Fiber
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


def fiber(manifold: NeuroManifold, found: Fiber) -> Answer:
    """The fiber over a function, and whether the function is in M."""
    from neuroalg_sage.invariants.fibers.special_fiber import plain

    memberships = {"in_closure": found.in_closure, "over_complex": found.over_complex,
                   "over_real": found.over_real}
    page = plain(found) | {"proof": _status(found.components)} | {
        name: {"value": answer.data} | _status(answer) for name, answer in memberships.items()}
    return Answer(str(found), page, found.answers)


def loss_critical_locus(manifold: NeuroManifold, found: Invariant) -> Answer:
    """The critical points of the squared distance to a function, in the space of parameters."""
    from neuroalg_sage.formats import written

    names, n = manifold.model.parameter_names, manifold.model.ambient_dimension
    page = {"components": [
        shown | {"kind": c.kind, "image_dimension": c.image_dimension, "image": (
            None if c.image_equations is None else written(c.image_equations, n)),
            "image_status": "numerical"}
        for c, shown in zip(found, _components([c.component for c in found], names))]}
    lines = [_count(found), *(f"  {c}" for c in found)]
    return Answer("\n".join(lines), page | _status(found), [found])


training_critical_locus = loss_critical_locus


def voronoi_cell(manifold: NeuroManifold, found: Invariant) -> Answer:
    """The dimension of the Voronoi cell of a function."""
    cell = found.value
    page = {"bounds": list(cell.bounds), "codimension": cell.codimension, "excess": cell.excess,
            "tangent_cone": cell.tangent_cone and list(cell.tangent_cone),
            "tangent_cone_status": "numerical",
            "sampled": {str(r): list(count) for r, count in cell.sampled.items()},
            "sampled_status": "numerical"}
    return Answer(f"The Voronoi cell is {cell} [{found.qualified_status()}]",
                  page | _status(found), [found])


def invariant_parameters(manifold: NeuroManifold, found: Invariant) -> Answer:
    """The parameters of functions that are invariant under a transformation of the inputs."""
    components = _components(found, manifold.model.parameter_names)
    lines = [_count(found)]
    for c, shown in zip(found, components):
        lines += [f"  {c}", *(f"    {g}" for g in shown["generators"])]
    return Answer("\n".join(lines), {"components": components} | _status(found), [found])


def ed_discriminant(manifold: NeuroManifold, found: Invariant) -> Answer:
    """The ED discriminant."""
    value = found.value
    lines = [f"The ED discriminant is {value}  [{found.qualified_status()}]",
             *(f"  {f}" for f in value.polynomials), NOT_MEANT]
    return Answer("\n".join(lines), {
        "degree": value.degree, "polynomials": value.polynomials, "everywhere": value.everywhere,
        "critical_points": f"finite, {value.place}"} | _status(found), [found])


def bifurcation(manifold: NeuroManifold, found: Invariant) -> Answer:
    """The bifurcations along a line."""
    value = found.value
    page = {"complex": value.complex_count, "real": list(value.counts), "breakpoints": [
        {"polynomial": list(map(decimal, b.polynomial)), "interval": list(map(decimal, b.interval)),
         "cause": b.cause} for b in value.breakpoints]}
    return Answer(f"{value}\n[{found.qualified_status()}]", page | _status(found), [found])
