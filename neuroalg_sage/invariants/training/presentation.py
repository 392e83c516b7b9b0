"""
How the critical points of a loss are shown, as text and as JSON data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from neuroalg_sage.invariants.training.morse_audit import MorseAudit
from neuroalg_sage.invariants.training.sublevel_sets import SublevelSets
from neuroalg_sage.invariants.training.training_answer import TrainingAnswer
from neuroalg_sage.models.model import Model

if TYPE_CHECKING:
    from neuroalg_sage.invariants.training.training import TrainingProblem

WIDTH = 88
SHOWN_TERMS = 8
SHOWN_POINTS = 40
SHOWN_PARAMETERS = 24


@dataclass(frozen=True, eq=False, repr=False)
class CriticalPoints(TrainingAnswer):
    """
    The critical points of a loss that are known, and its minimum.

    - ``parameters`` -- for each point critical parameters, in floating point
    - ``failures`` -- why the engine did not find all: exit codes, and sentences
    - ``morse_audit`` -- whether they add up to χ(M)
    - ``sublevel_sets`` -- what they say of the topology of sublevel sets
    """

    problem: TrainingProblem = field(kw_only=True)
    parameters: list[list[float]] = field(kw_only=True)
    failures: list[tuple[int, str]] = field(default_factory=list, kw_only=True)
    morse_audit: MorseAudit = field(kw_only=True)
    sublevel_sets: SublevelSets = field(kw_only=True)

    def sentence(self) -> str:
        count = len(self.data["points"])
        return (f"{count} critical function{'s' * (count != 1)}"
                + ("" if self.data["complete"] else "; there may be others"))

    def circumstances(self) -> dict[str, Any]:
        return super().circumstances() | {"rank": self.problem.rank, "failures": list(
            dict.fromkeys(f"{sentence.rstrip('.')}." for _, sentence in self.failures))}

    def described(self) -> dict[str, Any]:
        proof = self.proof()
        return {"value": self.data, "status": proof["status"], "trust": proof["trust"],
                "parameters": self.parameters, "morse_audit": self.morse_audit.describe(),
                "sublevel_sets": self.sublevel_sets.describe()} | proof

    def text(self, spec: str = "SPEC") -> str:
        """
        The answer as a page of text.

        EXAMPLES::

            >>> from neuroalg_sage.invariants.training.training import ERM
            >>> print(ERM("linear:1,1", [[1, 1], [1, 2]]).critical_points().text())
            Training of linear:1,1 under the mean squared error on 2 rows; whole numbers and
            fractions were read as they are.
            The quadratic form on V has rank 1 of 1.
            <BLANKLINE>
              loss                  index  kind      type     function
              0.25                      0  pure      minimum  1.5*x_0
            <BLANKLINE>
            These are all critical functions; over the complex numbers there are 1 [proved].
            The Morse audit holds: V: 1; together 1 = χ(M).
            The minimum over M is 0.25, attained at point 1 and at no other function
            [proved].
            There, up to symmetries, approximately w_0 = 1.5.
        """
        problem, value, status = self.problem, self.data, self.qualified_status()
        n = len(problem.linear)
        lines = [*wrap(f"Training of {problem.model} under {problem.source}.", WIDTH),
                 f"The quadratic form on V has rank {problem.rank} of {n}"
                 + ("; functions that agree on the data cannot be told apart"
                    if problem.rank < n else "") + ".", ""]
        lines.append(f"  {'loss':<20}  {'index':>5}  {'kind':<8}  {'type':<7}  function")
        for point in value["points"][:SHOWN_POINTS]:
            index = "?" if point["index"] < 0 else point["index"]
            function = shown_function(problem.model, point["coordinates"])
            lines.append(f"  {shown_number(point['loss'], 15):<20}  {index:>5}  "
                         f"{point['kind']:<8}  {point['type']:<7}  {function}"
                         + _again(value["points"], point))
        if len(value["points"]) > SHOWN_POINTS:
            lines.append(f"  and {len(value['points']) - SHOWN_POINTS} more")
        lines.append("")
        number = value["complex"]
        known = "" if number is None else f"; over the complex numbers there are {number}"
        lines.append(f"These are all critical functions{known} [{status}]." if value["complete"]
                     else f"Each of these is a critical function [{status}]; that there are no "
                     "others is not proved.")
        if value["complete"] or self.morse_audit.holds is False:
            lines += wrap(str(self.morse_audit), WIDTH)
        if not self.sublevel_sets.reason:
            lines += wrap(str(self.sublevel_sets), WIDTH)
        lines.append(_minimum(value, status))
        lines += self._minimal_parameters()
        return "\n".join(lines)

    def _minimal_parameters(self) -> list[str]:
        """Where the minimum is among the parameters."""
        minimum, names = self.data["minimum"], self.problem.model.parameter_names
        if not minimum["attained"] or len(names) > SHOWN_PARAMETERS:
            return []
        w = self.parameters[minimum["at"][0]]
        shown = ", ".join(f"{name} = {x:.6g}" for name, x in zip(names, w))
        return wrap(f"There, up to symmetries, approximately {shown}.", WIDTH)


def _minimum(value: dict[str, Any], status: str) -> str:
    minimum = value["minimum"]
    if minimum["attained"] is None:
        return "Whether the loss has a minimum over M, and where, is not proved."
    if not minimum["attained"]:
        return (f"The infimum over M is not attained: there are parameters with less loss than at "
                f"each critical point [{status}].")
    points, at = value["points"], minimum["at"]
    loss = shown_number(points[at[0]]["loss"], 15)
    places = ", ".join(str(i + 1) for i in at)
    where = f"at point{'s' * (len(at) > 1)} {places}"
    if minimum["unique"]:
        where += " and at no other function"
    elif len(at) == 1:
        where += " and at all functions of M that agree with it on the data"
    else:
        where = f"at one or more of the points {places}"
    return f"The minimum over M is {loss}, attained {where} [{status}]."


def _again(points: list[dict[str, Any]], point: dict[str, Any]) -> str:
    """Whether the function is, exactly, one before it, with other parameters."""
    first = points[point["function"]]
    same = first is not point and first["coordinates"] == point["coordinates"] and all(
        low == high for low, high in point["coordinates"])
    return f" (that of point {point['function'] + 1})" if same else ""


def shown_number(interval: list[str], digits: int) -> str:
    """The middle of an interval, with no more digits than it has."""
    low, high = map(Fraction, interval)
    middle = (low + high) / 2
    with localcontext(prec=digits):
        # Numbers may be beyond the range of floating point.
        return f"{Decimal(middle.numerator) / Decimal(middle.denominator):.{digits}g}" if (
            middle) else "0"


def shown_bound(c: Fraction, rounding: str, digits: int = 10) -> str:
    """A bound with few digits, rounded down or up."""
    with localcontext(prec=digits, rounding=rounding):
        return f"{Decimal(c.numerator) / Decimal(c.denominator):g}"


def shown_function(model: Model, coordinates: list[list[str]]) -> str:
    """A function in its inputs, with few digits."""
    names = model.input_names
    outputs: list[list[str]] = [[] for _ in range(model.output_count)]
    for (output, exponents), interval in zip(model.coordinates(), coordinates):
        text = shown_number(interval, 6)
        if text != "0":
            powers = [name + (f"^{e}" if e > 1 else "") for name, e in zip(names, exponents) if e]
            outputs[output].append("*".join([text, *powers]))
    shown = [" + ".join(terms[:SHOWN_TERMS]).replace("+ -", "- ")
             + (" + ..." if len(terms) > SHOWN_TERMS else "") or "0" for terms in outputs]
    return ", ".join(shown)
