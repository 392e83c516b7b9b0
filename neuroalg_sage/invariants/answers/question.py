"""
A question that one may ask of a neuromanifold, declared once, where its wing begins.

From the declarations come what the shell lists and completes, what a report asks and in which
order, what an answer on the disk depends on, and what the pages and the manual say of it
(:mod:`neuroalg_sage.questions`).  This module imports nothing of the package, so that all
declarations are read in a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Question:
    """
    What is asked, and how.

    - ``name`` -- the name by which one asks, that of the method of
      :class:`~neuroalg_sage.neuromanifold.NeuroManifold`
    - ``summary`` -- what it is, one sentence without its period
    - ``answer`` -- the class of its answers, ``"module:Class"``
    - ``title`` -- what pages call it; by default the name in words
    - ``reported`` -- its place in a report; None if it is answered on request only
    - ``is_extra`` -- whether of the reports only that of HTML has it, at that place
    - ``where_known`` -- whether a report says nothing of it where it is not known, as of most
      models
    - ``figure`` -- its heading among the figures at the top of a page; empty if it is none
    - ``is_cheap`` -- whether it needs ranks at most, and others rest on it: where there is a
      limit, it is asked first
    - ``needs`` -- the questions whose answers it uses
    - ``instead`` -- the question that a report of HTML asks where this one is not answered
    - ``takes`` -- what must be named with it, such as a function; empty if nothing
    - ``command`` -- the shell's command that asks it, where ``compute`` does not
    - ``options`` -- further options of a neuromanifold on which its answer depends, besides the
      method and the seed on which every answer does
    - ``claims`` -- what its certificates may claim
    - ``script`` -- ``"module:function"``: given the neuromanifold, and the arguments of the
      question, the text of a standalone script for Macaulay2; empty if there is none
    - ``of_cones`` -- whether one may ask it of rational functions, too: the answer is about the
      affine cone over these, see :mod:`~neuroalg_sage.models.rational_functions`
    - ``of_polynomials`` -- whether one may ask it of other models than rational functions
    - ``is_drawn`` -- whether its value draws itself, by a method ``hasse_diagram``
    - ``of`` -- of what it is asked, ``"module:Class"``, whose method has its name; by default a
      neuromanifold
    - ``find`` -- ``"module:function"``, of a question that is declared outside of this package:
      given the neuromanifold, and the arguments, the answer

    Modules are named in full, or from ``neuroalg_sage.invariants`` on if they begin with a period.

    EXAMPLES::

        >>> Question("genus", "The genus of a curve", "my_curves.genus:Genus").title_in_words
        'genus'
        >>> Question("ed_degree", "Critical points", ".distance.ed_degree:Invariant",
        ...          title="ED degree").title_in_words
        'ED degree'
    """

    name: str
    summary: str
    answer: str = ".answers.invariant:Invariant"
    title: str = ""
    reported: int | None = None
    is_extra: bool = False
    where_known: bool = False
    figure: str = ""
    is_cheap: bool = False
    needs: tuple[str, ...] = ()
    instead: str = ""
    takes: str = ""
    command: str = ""
    options: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    script: str = ""
    of_cones: bool = False
    of_polynomials: bool = True
    is_drawn: bool = False
    of: str = "neuroalg_sage.neuromanifold:NeuroManifold"
    find: str = ""

    @property
    def is_computed(self) -> bool:
        """Whether one asks it by its name alone, of a neuromanifold."""
        return not self.takes and not self.command

    @property
    def title_in_words(self) -> str:
        """What pages call it."""
        return self.title or self.name.replace("_", " ")


def named(place: str) -> Any:
    """
    What ``"module:name"`` names, a class or a function.

    EXAMPLES::

        >>> named(".answers.question:Question") is Question
        True
    """
    module, _, name = place.partition(":")
    if module.startswith("."):
        module = f"neuroalg_sage.invariants{module}"
    return getattr(import_module(module), name)
