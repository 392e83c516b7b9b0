"""
What a description of a neurovariety is: a sentence, and what a theorem lets one conclude.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from neuroalg_sage.descriptions.flattening import Flattening
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.latex import Typeset, stacked, words


@dataclass(frozen=True)
class Conclusion:
    """
    What follows from a theorem whose hypotheses hold.

    - ``evidence`` -- what the checker needs to verify the hypotheses
    - ``theorem`` -- its name, as certificates state it
    """

    evidence: dict[str, Any]
    theorem: str


@dataclass(frozen=True)
class Formula(Conclusion):
    """
    A degree by a closed formula, and the Hilbert polynomial where it is known too.

    The polynomial's coefficients are in ascending order.
    """

    degree: int
    hilbert_polynomial: tuple[Fraction, ...] | None = None


@dataclass(frozen=True)
class Summands(Conclusion):
    """
    Numbers by closed formulas, the sum of which is an ED degree.

    For a generic metric they are the polar degrees.

    - ``theorems`` -- the theorems that give the numbers, and that they are to be added
    """

    numbers: tuple[int, ...]
    theorems: tuple[str, ...]


class Description(Typeset, ABC):
    """A known variety that contains the neurovariety, or is it; its sentence is its text."""

    @abstractmethod
    def __str__(self) -> str:
        """What is described, by which theorem, and what was checked of its hypotheses."""

    def __repr__(self) -> str:
        return str(self)

    def plain_value(self) -> str:
        """The sentence, as JSON data."""
        return str(self)

    @property
    def is_proved(self) -> bool:
        """Whether all that the sentence says is proved, given the theorems that it names."""
        return True

    def matrix(self) -> Any:
        """
        The matrix whose minors are equations, in Sage, over Q[z_0, ..., z_(n-1)].

        Raises InputError if the description has none.
        """
        raise InputError("This description has no matrix.")

    def bounded_matrix(self) -> tuple[Flattening, int] | None:
        """The matrix as it is written, and the size of its minors that vanish; None without."""
        return None

    def ideal_theorem(self) -> Conclusion | None:
        """The theorem by which :meth:`minors` generate the prime ideal, None if there is none."""
        return None

    def minors(self) -> list[Polynomial]:
        """
        A basis of the space of the minors that vanish.

        Raises LimitReached if they are too many to be written down.
        """
        raise InputError("This description has no minors.")

    def formula(self) -> Formula | None:
        """Degree and Hilbert polynomial by a closed formula, None if no theorem gives it."""
        return None

    def evidence(self) -> dict[str, Any] | None:
        """By what the checker recognizes the variety, None if there are no formulas for it."""
        return None

    def distance_degree(self, metric: str) -> Summands | None:
        """The ED degree for a metric by a closed formula, None if no theorem gives it."""
        return None

    def matrices(self) -> list[Any]:
        """The matrices of which :meth:`minors` are, in Sage."""
        return [self.matrix()]

    def ideal_in_latex(self) -> str | None:
        """The prime ideal as one of minors, where :meth:`ideal_theorem` says that it is that."""
        theorem, bounded = self.ideal_theorem(), self.bounded_matrix()
        if theorem is None or bounded is None:
            return None
        minors = " + ".join(f"I_{{{bounded[1]}}}{a._latex_()}" for a in self.matrices())
        return rf"{minors} \quad {words('(' + theorem.theorem.removeprefix('theorem: ') + ')')}"

    def _latex_(self) -> str:
        """Minors or a bound of the rank, else the sentence."""
        ideal = self.ideal_in_latex()
        if ideal is not None:
            return f"I(M) = {ideal}"
        bounded = self.bounded_matrix()
        if bounded is None:
            return words(str(self))
        proof = "" if self.is_proved else rf" \quad {words('(not proved)')}"
        return stacked([rf"\operatorname{{rank}} {a._latex_()} \leq {bounded[1] - 1}"
                        rf" \text{{ on }} M{proof}" for a in self.matrices()])
