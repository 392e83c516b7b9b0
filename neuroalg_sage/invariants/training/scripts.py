"""
Standalone Macaulay2 scripts for critical points in the space of parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from neuroalg_sage.invariants.dimension.functions import read_function
from neuroalg_sage.invariants.distance.quadratic_forms import metric_weights
from neuroalg_sage.invariants.training import loss_critical_locus as locus
from neuroalg_sage.invariants.training.critical_functions import loss_on_span

if TYPE_CHECKING:
    from neuroalg_sage.invariants.training.training import TrainingProblem
    from neuroalg_sage.neuromanifold import NeuroManifold


def loss_critical_locus_script(manifold: NeuroManifold, target: Any, metric: Any = "unit") -> str:
    """The script for the components of the critical points of the squared distance."""
    phi = manifold.parametrization()
    loss = locus.QuadraticLoss.distance(read_function(phi, target), metric_weights(phi, metric))
    return locus.loss_critical_locus_script(phi, loss).standalone()


def training_critical_locus_script(manifold: NeuroManifold, problem: TrainingProblem) -> str:
    """The script for the components of the critical points of the squared error on data."""
    loss = locus.QuadraticLoss(problem.quadratic, problem.linear, "squared error")
    return locus.loss_critical_locus_script(manifold.parametrization(), loss).standalone()


def critical_functions_script(manifold: NeuroManifold, problem: TrainingProblem) -> str:
    """The script for the components of the critical functions of the squared error on data."""
    return _on_functions(manifold, problem, False)


def ramification_locus_script(manifold: NeuroManifold, problem: TrainingProblem) -> str:
    """The script for where the projection along the kernel of the squared error ramifies."""
    return _on_functions(manifold, problem, True)


def _on_functions(manifold: NeuroManifold, problem: TrainingProblem, ramification: bool) -> str:
    loss = loss_on_span(manifold.parametrization(), manifold._expanded_ideal(),
                        manifold.dimension().data, problem, ramification)
    return loss.script(ramification).standalone()
