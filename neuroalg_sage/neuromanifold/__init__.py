"""
The neuromanifold of a model: ask it for its invariants.

Its questions stand in one class for each wing of the invariants, each in a file of its own; those
about samples have another one.
"""

from __future__ import annotations

from typing import Any

from neuroalg_sage import questions
from neuroalg_sage.errors import suggesting_methods
from neuroalg_sage.neuromanifold.in_sage import SageObjects
from neuroalg_sage.neuromanifold.piecewise import PiecewiseQuestions
from neuroalg_sage.neuromanifold.points import PointQuestions
from neuroalg_sage.neuromanifold.real import RealQuestions
from neuroalg_sage.neuromanifold.samples import SamplesQuestions
from neuroalg_sage.neuromanifold.singularities import SingularitiesQuestions
from neuroalg_sage.neuromanifold.topology import TopologyQuestions
from neuroalg_sage.neuromanifold.training import TrainingQuestions

__all__ = ["INVARIANTS", "NeuroManifold"]


@suggesting_methods
class NeuroManifold(SamplesQuestions, TrainingQuestions, RealQuestions,
                    SingularitiesQuestions, TopologyQuestions, PointQuestions,
                    PiecewiseQuestions, SageObjects):
    """
    The image of the parametrization of a model, and its Zariski closure.

    INPUT:

    - ``model`` -- a :class:`~neuroalg_sage.models.model.Model`, a spec string, the
      path of a JSON model file, or its data; or polynomials, or a map, of Sage, as for
      :func:`~neuroalg_sage.models.sources.from_sage`
    - ``timeout`` -- seconds for one call of an engine; none by default
    - ``memory_gb`` -- gigabytes that an engine may use; none by default
    - ``method`` -- how to find the ideal: ``"auto"``, ``"zero"``, ``"inheritance"``,
      ``"description"``, ``"equivariant"``, ``"elimination"`` or ``"kernel"``; or the degree
      without the ideal: ``"slicing"`` or ``"monodromy"``; or how to count critical points:
      ``"theorem"``, ``"euler"``, ``"conormal"``, ``"parametrization"`` or ``"lagrange"``
    - ``seed`` -- integer for all random choices; by default they are fresh
    - ``macaulay2`` -- command of the Macaulay2 to use; by default the wheel's
    - ``degree`` -- the largest degree of equations, and of conservation laws, that are looked for
      degree by degree
    - ``metric`` -- by which the ED degree measures distances: ``"generic"``, ``"unit"``,
      ``"bombieri"`` or ``"data"``
    - ``gram`` -- for ``"data"`` the symmetric matrix of the quadratic form
    - ``flow`` -- the :class:`~neuroalg_sage.invariants.dynamics.flows.Flow` whose conservation laws
      are asked for, or its name such as ``"momentum=1/2"``; by default gradient flow
    - ``progress`` -- called with lines of text during long work; by default they go to the
      logger ``neuroalg_sage``
    - ``cache`` -- ``True``, a folder, or a :class:`~neuroalg_sage.cache.store.Store`: where answers
      outlive the process; by default nowhere, since who calls a library expects that it
      computes, and that it writes no files

    Every invariant is computed when first asked for, and kept.

    Raises :class:`~neuroalg_sage.errors.InputError` if there is no such model.

    EXAMPLES::

        >>> M = NeuroManifold("mlp:2,2,3:x^2")
        >>> M.dimension(), M.ambient_dimension()
        (8 (proved), 9 (proved))
        >>> M.degree()
        3 (proved)
    """

    def plot(self, slice: str | None = None, target: Any = None, data: Any = None,
             metric: str = "unit", radius: float | None = None, show: str | None = None) -> Any:
        """
        A picture, for models of dimension at most 2, or of a loss: a figure of matplotlib.

        INPUT:

        - ``slice`` -- coordinates to project on, ``"z_0,z_2"``, or to fix, ``"z_1=1"``
        - ``target`` -- a function, shown with the critical points of the distance
        - ``data`` -- instead, a data set or the name of a file with one
        - ``metric`` -- ``"unit"`` or ``"bombieri"``
        - ``radius`` -- of the box that is shown
        - ``show`` -- ``"landscape"`` for the loss on the data, of any model: on a plane of
          parameters through critical points, and where minimizations from random ones end

        Raises InputError if matplotlib is missing, or if there is no such picture.

        ``neuroalg plot`` also writes a page of HTML that turns in space.

        EXAMPLES::

            >>> figure = NeuroManifold("mlp:2,1,1:x^2").plot(target=[1, 0, 2])  # doctest: +SKIP
        """
        from neuroalg_sage.pictures import landscape
        from neuroalg_sage.pictures.figure import figure
        from neuroalg_sage.pictures.scene import scene

        if show is not None:
            return landscape.of_data(self, data, show)
        return figure(scene(self, slice, target, data, metric, radius))


INVARIANTS: tuple[str, ...]


def __getattr__(name: str) -> tuple[str, ...]:
    # All questions are listed, also those of other packages, only where somebody asks for them.
    if name == "INVARIANTS":
        return questions.computed()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
