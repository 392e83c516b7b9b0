"""
The neuromanifold over the real numbers, without its closure, by equations and inequalities.

Methods are tried one after the other: theorems first, which need no computation; elimination of the
parameters, which may need QEPCAD, last.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.model import Model as CheckedModel
from neuroalg_sage.certificates.reading import polynomial_ring
from neuroalg_sage.certificates.real.formulas import holds
from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.presentation import clipped
from neuroalg_sage.invariants.real import theorems
from neuroalg_sage.invariants.real.formula import Formula
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.rational import in_ring
from neuroalg_sage.storable import storable

MOST_COORDINATES = 36
POINTS, FEWEST_POINTS = 1_000, 30  # of M, at which a description is tried
MOST_WORK = 10**7  # of these, in terms
LARGEST_FACTOR = 10**6
LARGEST_PARAMETER = 5


@storable()
@dataclass(frozen=True, eq=False, repr=False)
class SemialgebraicDescription(Invariant):
    """
    A description of M as a semi-algebraic set.

    - ``words`` -- the same in words; empty if there are none but the formula itself
    """

    words: str = ""

    def sentence(self) -> str:
        return self.words or self.data.sentence()

    def formula_lines(self) -> list[str]:
        """The formula, a line for each piece."""
        return [("or " if i else "") + Formula(self.data.variables, (piece,)).sentence()
                for i, piece in enumerate(self.data.pieces)]

    def lines(self, spec: str = "SPEC") -> list[str]:
        return [f"  {line}" for line in clipped(self.formula_lines())] if self.words else []

    def report_lines(self) -> list[str]:
        return ["", f"Over the real numbers M is {self.sentence()}  [{self.qualified_status()}]",
                *self.lines()]

    def plain_value(self) -> dict[str, Any]:
        return {"sentence": self.sentence(), "formula": self.data.plain_value()}

    def __repr__(self) -> str:
        return "\n".join([f"{self.sentence()} ({self.qualified_status()})", *self.lines()])

    def __bool__(self) -> bool:
        return bool(self.data.pieces)


@dataclass(frozen=True)
class Asked:
    """
    What a method is asked for.

    - ``model`` -- the model
    - ``computation`` -- the limits of programs
    - ``whole`` -- where to find why M is all of V: evidence and words; None if that is not known
    """

    model: Model
    computation: Computation
    whole: Callable[[], tuple[Mapping[str, Any], str] | None] = lambda: None


@dataclass(frozen=True)
class Found:
    """
    What a method has found.

    - ``formula``, ``words`` -- the description, and the same in words
    - ``evidence`` -- for the checker; None if there is no proof
    - ``trust`` -- what must be believed besides the checker
    - ``versions`` -- of programs that found it
    """

    formula: Formula
    words: str
    evidence: dict[str, Any] | None
    method: str
    trust: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)


def _by_theorem(asked: Asked) -> Found | None:
    found = theorems.by_theorem(asked.model)
    if found is None:
        return None
    formula, words, evidence = found
    return Found(formula, words, evidence, f"a theorem: {evidence['argument']}")


def _as_whole(asked: Asked) -> Found | None:
    found = asked.whole()
    if found is None:
        return None
    proof, reason = found
    return Found(Formula.of(asked.model.ambient_dimension, [[]]), "all of V",
                 {"argument": "all of V", "proof": proof}, reason)


def _by_elimination(asked: Asked) -> Found | None:
    from neuroalg_sage.engines import qepcad
    from neuroalg_sage.invariants.real.elimination import by_elimination

    pieces, evidence, trust, method = by_elimination(asked.model, asked.computation)
    formula = Formula(asked.model.ambient_dimension, tuple(
        tuple((theorems.primitive(f), relation) for relation, f in piece) for piece in pieces))
    words = "all of V" if formula.pieces == ((),) else (
        f"the union of {len(formula.pieces)} sets" if len(formula.pieces) > 1 else "")
    return Found(formula, words, evidence, method, trust,
                 {"qepcad": qepcad.version()} if trust else {})


# In this order; each returns None where it does not apply, or raises LimitReached.
METHODS: dict[str, Callable[[Asked], Found | None]] = {
    "theorem": _by_theorem,
    "all of V": _as_whole,
    "elimination": _by_elimination,
}


def semialgebraic_description(asked: Asked, method: str = "auto", seed: int | None = None
                              ) -> SemialgebraicDescription:
    """
    Describe M as a semi-algebraic set.

    INPUT:

    - ``asked`` -- the model, and what else is known
    - ``method`` -- ``"theorem"`` or ``"elimination"``; by default all, one after the other
    - ``seed`` -- integer for the random points at which the description is tried

    Raises InputError for too many coordinates, LimitReached if no method describes M.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> M = NeuroManifold("mlp:2,1,1:x^2")
        >>> semialgebraic_description(Asked(M.model, M.computation))
        every binary quadratic form of rank at most 1 (proved)
          -z_1^2 + 4*z_0*z_2 = 0
    """
    start, model = time.perf_counter(), asked.model
    if model.ambient_dimension > MOST_COORDINATES:
        raise InputError(f"A semi-algebraic description is for at most {MOST_COORDINATES} "
                         f"coordinates, and {model} has {model.ambient_dimension}; its equations "
                         "alone are the question ideal.")
    chosen = {method: METHODS[method]} if method in METHODS else METHODS
    limits = []
    for name, describe in chosen.items():
        asked.computation.progress(f"semi-algebraic description: method {name}")
        try:
            found = describe(asked)
        except LimitReached as error:
            limits.append(str(error))
            continue
        if found is None:
            continue
        check_on_points(model, found, seed)
        seconds = time.perf_counter() - start
        if found.evidence is None:
            return SemialgebraicDescription("semialgebraic_description", found.formula,
                                            "numerical", found.method, None, seconds,
                                            words=found.words)
        return SemialgebraicDescription.certified(
            model, "semialgebraic_description", found.formula, "proved", found.method,
            seconds, found.evidence, found.trust, claim=found.formula.plain_value(),
            versions=found.versions, words=found.words)
    raise LimitReached(" ".join([
        f"No description of {model} by equations and inequalities was found.", *limits,
        "The questions trichotomy, is_closed and ideal say a part of it; --timeout and "
        "NEUROALG_QEPCAD_CELLS allow more."]))


def check_on_points(model: Model, found: Found, seed: int | None) -> None:
    """
    Try a description at random points of M, exactly; the equations of a piece by a combination
    with random coefficients.

    That proves nothing; a point that violates it would be an error of this program, or of one that
    it trusts.
    """
    generator = random.Random(seed)
    checked = CheckedModel(model.describe())
    ring = polynomial_ring(checked.ambient_dimension)
    pieces: list[list[tuple[str, Any]]] = []
    for piece in found.formula.pieces:
        conditions = [(relation, in_ring(f, ring)) for f, relation in piece]
        equation = sum((generator.randint(1, LARGEST_FACTOR) * f for relation, f in conditions
                        if relation == "="), ring.constant(0))
        pieces.append([*([("=", equation)] if equation else []),
                       *(c for c in conditions if c[0] != "=")])
    terms = sum(len(f) for piece in pieces for _, f in piece)
    for _ in range(max(FEWEST_POINTS, min(POINTS, MOST_WORK // (terms + 1)))):
        w = [generator.randint(-LARGEST_PARAMETER, LARGEST_PARAMETER)
             for _ in range(checked.parameters)]
        if not holds(pieces, function_of(checked, w)):
            raise EngineError(f"The description of {model} by {found.method} does not hold at "
                              f"the function of the parameters {w}, so it is not given; please "
                              "report it.")


def function_of(model: CheckedModel, parameters: Sequence[int]) -> list[fmpq]:
    """The coordinates of the function of some parameters, without φ."""
    ring = polynomial_ring(model.inputs)
    outputs = [f.to_dict() for f in model.expanded(
        [ring.constant(w) for w in parameters], ring.gens())]
    return [outputs[o].get(e, fmpq(0)) for o, e in model.coordinates]
