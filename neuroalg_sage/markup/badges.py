"""
What a status means, in a word, in a sentence, and in a color.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from neuroalg_sage.markup.elements import Content, Markup, element, join

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


def status(name: str, trust: list[str], error_bound: float | None = None) -> Status:
    """
    A status as an answer has it.

    EXAMPLES::

        >>> status("proved", ["macaulay2"])
        Status(kind='trusting', words='proved', trust='Macaulay2')
    """
    if name == "monte_carlo" and error_bound is not None:
        return Status(name, f"Monte Carlo, error below {error_bound:.0e}")
    if name == "proved" and trust:
        return Status("trusting", name, names(trust))
    return Status(name, MEANINGS[name][0]) if name in MEANINGS else Status("unproved", name)


def qualified(text: str) -> Status:
    """
    A status that is written with whom it trusts.

    EXAMPLES::

        >>> qualified("proved, trusting macaulay2").trust, qualified("not proved").kind
        ('Macaulay2', 'unproved')
    """
    name, _, trust = text.partition(", trusting ")
    if name not in MEANINGS:
        return Status("unproved", text)
    return status(name, re.split(", (?=theorem: )", trust) if trust else [])


def badges(claims: list[tuple[str, Status]], brief: bool = False) -> Markup:
    """
    The badges of what is claimed.

    EXAMPLES::

        >>> badge = badges([("", status("proved", []))])
        >>> 'class="badge proved"' in badge, ">proved</a>" in badge
        (True, True)
    """
    return join(*((" " if k else "", element("span", claim) if claim else None,
                   found.badge(brief)) for k, (claim, found) in enumerate(claims)))


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
