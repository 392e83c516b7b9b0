"""
What a status means, in a word, in a sentence, and in a color.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.singularities.degeneracy import Locus
from neuroalg_sage.pages.elements import Content, Markup, element, join

LEGEND = "status"

# By the class of the badge: its word, and what it means.
MEANINGS = {
    "proved": ("proved", "The claim is proved. Its certificate holds the evidence, and a small "
               "checker, which needs neither Sage nor Macaulay2, verifies all of it."),
    "trusting": ("proved, trusting …", "The claim is proved if what is named is believed: a "
                 "program's result, a published theorem (the checker verifies its hypotheses), "
                 "or a list of known symmetries. The checker verifies the rest."),
    "bounds": ("bounds", "A lower and an upper bound are proved, and they do not meet."),
    "monte_carlo": ("Monte Carlo", "True, except with a probability, over the program's random "
                    "choices, that is below the bound that is stated, which is computed and not "
                    "estimated; where none is stated there is none."),
    "numerical": ("numerical", "Found in floating point or at random points, with no claim that "
                  "it is right."),
    "unproved": ("not proved", "Neither this nor its contrary is proved."),
    "none": ("not computed", "There is no answer; the reason is stated beside it."),
}


@dataclass(frozen=True)
class Status:
    """
    One status as a page shows it.

    - ``kind`` -- the key of ``MEANINGS``
    - ``words`` -- what it says
    - ``trust`` -- whom it trusts, as text
    """

    kind: str
    words: str
    trust: str = ""

    def badge(self, brief: bool = False) -> Markup:
        """The badge, which leads to the legend; a brief one names whom it trusts in its title."""
        meaning = MEANINGS[self.kind][1]
        if self.trust:
            meaning = f"Trusting {self.trust}. {meaning}"
        words = self.words + (", trusting " + ("…" if brief else self.trust)) * bool(self.trust)
        return element("a", words, href=f"#{LEGEND}", class_=f"badge {self.kind}", title=meaning)


def names(trust: list[str]) -> str:
    """
    Who is trusted.

    EXAMPLES::

        >>> names(["macaulay2", "theorem: Raicu (2012)"])
        'Macaulay2; Raicu (2012)'
    """
    return "; ".join({"macaulay2": "Macaulay2"}.get(name, name.removeprefix("theorem: "))
                     for name in trust)


def _of(status: str, trust: list[str]) -> Status:
    if status == "proved" and trust:
        return Status("trusting", "proved", names(trust))
    return Status(status, MEANINGS[status][0])


def _completeness(qualified: str) -> Status:
    """That there are no other components, as a locus writes it."""
    status, _, trust = qualified.partition(", trusting ")
    if status not in MEANINGS:
        return Status("unproved", qualified)
    return _of(status, re.split(", (?=theorem: )", trust) if trust else [])


def statuses(invariant: Invariant) -> list[tuple[str, Status]]:
    """
    What is claimed and its status: of a locus that has components there are two claims.

    EXAMPLES::

        >>> statuses(Invariant("dimension", 8, "proved", "rank"))
        [('', Status(kind='proved', words='proved', trust=''))]
    """
    if isinstance(invariant, Locus):
        if not invariant.data:
            return [("", _completeness(invariant.completeness))]
        return [("", _of(invariant.status, list(invariant.lies_trust))),
                ("no others: ", _completeness(invariant.completeness))]
    if invariant.status == "monte_carlo" and invariant.error_bound is not None:
        return [("", Status("monte_carlo", "Monte Carlo, error below "
                            f"{invariant.error_bound:.0e}"))]
    return [("", _of(invariant.status, invariant.trust))]


def is_empty(invariant: Invariant) -> bool:
    """Whether a locus is proved to have no points, rather than none were found."""
    ((_, status),) = statuses(invariant)
    return not invariant.data and status.kind in ("proved", "trusting")


def badges(invariant: Invariant, brief: bool = False) -> Markup:
    """
    The status of an answer; of a locus, that there are no other components is another.

    EXAMPLES::

        >>> badge = badges(Invariant("dimension", 8, "proved", "rank"))
        >>> 'class="badge proved"' in badge, ">proved</a>" in badge
        (True, True)
    """
    return join(*((" " if k else "", element("span", claim) if claim else None,
                   status.badge(brief))
                  for k, (claim, status) in enumerate(statuses(invariant))))


def not_computed() -> Markup:
    """The badge of a question without an answer."""
    return Status("none", MEANINGS["none"][0]).badge()


def legend() -> Markup:
    """All badges and what they mean."""
    rows: list[Content] = []
    for kind, (word, meaning) in MEANINGS.items():
        rows += [element("dt", element("span", word, class_=f"badge {kind}")),
                 element("dd", meaning)]
    return element("dl", *rows, class_="legend")
