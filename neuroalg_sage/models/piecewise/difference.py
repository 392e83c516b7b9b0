"""
The difference of two networks: one network, in which both are beside each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.piecewise.network import Network
from neuroalg_sage.models.piecewise.steps import Affine, HasProgram, Program, Step


@dataclass(frozen=True)
class Difference(HasProgram):
    """
    The function that is one network less another one.

    Raises :class:`~neuroalg_sage.errors.InputError` if these have different numbers of inputs or
    of outputs.

    EXAMPLES::

        >>> from neuroalg_sage.models.piecewise.network import network_from_spec
        >>> network = network_from_spec("relu:2,3,1")
        >>> Difference(network, network).program.values([Fraction(1), Fraction(2)])
        [Fraction(0, 1)]
    """

    first: Network
    second: Network
    program: Program = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        first, second = self.first, self.second
        for role in ("inputs", "outputs"):
            one, other = getattr(first, role), getattr(second, role)
            if one != other:
                raise InputError(f"The networks have {one} and {other} {role}; only networks with "
                                 f"the same number of {role} are compared.")
        object.__setattr__(self, "program", difference(first.program, second.program))


def beside(first: Program, second: Program) -> Program:
    """The steps of both, those of the second one last."""
    states = len(first.steps)

    def moved(step: Step) -> Step:
        sources = tuple(s + states * (s > 0) for s in step.sources)
        return (replace(step, sources=sources) if isinstance(step, Affine)
                else replace(step, source=sources[0]))

    return Program(first.inputs, (*first.steps, *map(moved, second.steps)))


def difference(first: Program, second: Program) -> Program:
    """The steps of both, and their difference."""
    both, m = beside(first, second), first.widths[-1]
    return Program(first.inputs, (*both.steps, Affine(
        (len(first.steps), len(both.steps)),
        tuple({i: Fraction(1), m + i: Fraction(-1)} for i in range(m)), (Fraction(0),) * m)))
