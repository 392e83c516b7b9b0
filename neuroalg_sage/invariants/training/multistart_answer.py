"""
How the ends of many minimizations are shown, as text and as JSON data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from neuroalg_sage.invariants.training.presentation import (
    SHOWN_PARAMETERS,
    SHOWN_POINTS,
    WIDTH,
    shown_bound,
    shown_function,
    shown_number,
)
from neuroalg_sage.invariants.training.training_answer import TrainingAnswer

if TYPE_CHECKING:
    from neuroalg_sage.invariants.training.training import TrainingProblem


@dataclass(frozen=True, eq=False, repr=False)
class EndsOfStarts(TrainingAnswer):
    """
    Where minimizations from many random parameters end, and bounds of the least loss.

    The value is a dictionary with

    - ``points`` -- the ends, by their loss: each with its ``status``, ``proved`` to be a critical
      point or ``numerical``; ``loss`` and ``coordinates`` of the function, as enclosing intervals
      where it is proved; the ``index`` of the Hessian and the ``type``; ``parameters``, in floating
      point; how many ``starts`` of minimizations end there, and how many ``searches`` for zeros of
      the gradient; and the ``directions`` in which it is left, unit vectors
    - ``least_seen`` -- the least loss at the ends of all searches, in floating point, also of those
      that did not come to an end; None if there is none
    - ``asked`` -- how many starts were asked for
    - ``starts``, ``searches`` -- how many minimizations and searches there were
    - ``ends`` -- for each start the place of its end among the points; -1 where there is none
    - ``lower_bound``, ``upper_bound`` -- of the infimum of the loss, fractions; or None
    - ``attained`` -- True if it is proved that the least loss is attained; else None
    """

    problem: TrainingProblem = field(kw_only=True)

    @property
    def gap(self) -> Fraction | None:
        """The difference of the bounds, relative to the upper one; None if there are none."""
        lower, upper = self.data["lower_bound"], self.data["upper_bound"]
        if lower is None or upper is None:
            return None
        return (upper - lower) / abs(upper) if upper else Fraction(0)

    @property
    def attained(self) -> bool | None:
        """Whether it is proved that the least loss is attained; None if that is not clear."""
        found: bool | None = self.data["attained"]
        return found

    @property
    def histogram(self) -> dict[int, int]:
        """How many starts end at each of the points, by their places; at -1 those without end."""
        counts: dict[int, int] = {}
        for end in self.data["ends"]:
            counts[end] = counts.get(end, 0) + 1
        return dict(sorted(counts.items()))

    def sentence(self) -> str:
        points, starts = self.data["points"], self.data["starts"]
        count, reached = len(points), points[0]["starts"] if points else 0
        return (f"{count} critical point{'s' * (count != 1)} found; {reached} of {starts} "
                f"start{'s' * (starts != 1)} reach the least loss found")

    def plain_value(self) -> dict[str, Any]:
        gap, bounds = self.gap, ("lower_bound", "upper_bound")
        return self.data | {name: None if self.data[name] is None else str(self.data[name])
                            for name in bounds} | {
            "gap": None if gap is None else float(gap), "complete": False,
            "histogram": {str(place): count for place, count in self.histogram.items()}}

    def text(self, spec: str = "SPEC") -> str:
        """
        The answer as a page of text.

        EXAMPLES::

            >>> from neuroalg_sage.invariants.training.training import ERM
            >>> print(ERM("linear:1,1", [[1, 1], [1, 2]]).multistart(5, seed=1).text())
            Training of linear:1,1 under the mean squared error on 2 rows; whole numbers and
            fractions were read as they are.
            5 minimizations from random parameters, and 5 searches for critical points.
            <BLANKLINE>
              loss              index  type     starts  searches             function
              0.25                  0  minimum       5         5  proved     1.5*x_0
            <BLANKLINE>
            What is proved is critical for the parameters; there may be other critical points.
            The least loss is 0.25, attained [proved].
            5 of 5 starts reach it, within floating point.
            There approximately w_0 = 1.5.
        """
        data, model = self.data, self.problem.model
        lines = [*wrap(f"Training of {model} under {self.problem.source}.", WIDTH),
                 *wrap(f"{data['starts']} minimizations from random parameters, and "
                       f"{data['searches']} searches for critical points.", WIDTH), ""]
        if data["points"]:
            lines.append(f"  {'loss':<16}  index  type     starts  searches  {'':<9}  function")
        for point in data["points"][:SHOWN_POINTS]:
            proved = point["status"] == "proved"
            index = "?" if point["index"] < 0 else point["index"]
            z = point["coordinates"] if proved else [
                [str(Fraction(x))] * 2 for x in point["coordinates"]]
            loss = (shown_number(point["loss"], 12) if proved else f"{point['loss']:.6g}")
            lines.append(f"  {loss:<16}  {index:>5}  {point['type']:<8} {point['starts']:>6}  "
                         f"{point['searches']:>8}  {point['status']:<9}  "
                         f"{shown_function(model, z)}")
        if len(data["points"]) > SHOWN_POINTS:
            lines.append(f"  and {len(data['points']) - SHOWN_POINTS} more")
        lines += ["", *wrap(self._summary(), WIDTH)] if data["points"] else []
        lines += wrap(self._bounds(), WIDTH)
        return "\n".join([*lines, *self._starts(), *self._places()])

    def _summary(self) -> str:
        proved = [point["status"] == "proved" for point in self.data["points"]]
        if not any(proved):
            return "None of these is proved; there may be other critical points."
        return ("What is proved is critical for the parameters; there may be other critical "
                "points.")

    def _bounds(self) -> str:
        lower, upper = self.data["lower_bound"], self.data["upper_bound"]
        status = self.qualified_status()
        if upper is None:
            return "No bound of the least loss is proved."
        if self.attained:
            least = shown_number([str(lower), str(upper)], 15)
            return f"The least loss is {least}, attained [{status}]."
        shown = shown_bound(upper, ROUND_CEILING, 12)
        if lower is None:
            return f"The least loss is at most {shown} [{status}]; no lower bound is known."
        return (f"The least loss is between {shown_bound(lower, ROUND_FLOOR, 12)} and {shown}, "
                f"a relative gap of {float(self.gap or 0):.1e} [{status}].")

    def _starts(self) -> list[str]:
        data = self.data
        if not data["points"]:
            seen = "" if data["least_seen"] is None else (
                f"; the least loss seen is {data['least_seen']:.6g}")
            return wrap(f"None of {data['starts']} starts came to an end at a critical point"
                        f"{seen}.", WIDTH)
        lost = self.histogram.get(-1, 0)
        what = "it" if self.attained else "the least loss found"
        text = f"{data['points'][0]['starts']} of {data['starts']} starts reach {what}, within " \
               "floating point" + (f"; {lost} did not come to an end" if lost else "") + "."
        return wrap(text, WIDTH)

    def _places(self) -> list[str]:
        """Where the least loss is, and how the first saddle is left."""
        names, lines = self.problem.model.parameter_names, []
        if len(names) > SHOWN_PARAMETERS or not self.data["points"]:
            return []

        def shown(place: list[float]) -> str:
            return ", ".join(f"{name} = {x:.6g}" for name, x in zip(names, place))

        lines += wrap(f"There approximately {shown(self.data['points'][0]['parameters'])}.", WIDTH)
        for k, point in enumerate(self.data["points"], 1):
            if point["directions"]:
                lines += wrap(f"Point {k} is left along "
                              f"{shown([round(x, 3) for x in point['directions'][0]])}"
                              + (f", and {len(point['directions']) - 1} further directions"
                                 if len(point["directions"]) > 1 else "") + ".", WIDTH)
                break
        return lines
