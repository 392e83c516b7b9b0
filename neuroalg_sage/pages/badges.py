"""
What a status means, in a word, in a sentence, and in a color.
"""

from __future__ import annotations

from neuroalg_sage.invariants.degeneracy import Locus
from neuroalg_sage.invariants.invariant import Invariant
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


def _badge(kind: str, words: str) -> Markup:
    meaning = MEANINGS[kind][1]
    return element("a", words, href=f"#{LEGEND}", class_=f"badge {kind}", title=meaning)


def _by_text(qualified: str) -> Markup:
    """The badge of a status that is written with whom it trusts."""
    status, _, trust = qualified.partition(", trusting ")
    if status == "proved":
        words = "proved" + (f", trusting {names(trust.split(', theorem: '))}" if trust else "")
        return _badge("trusting" if trust else "proved", words)
    return _badge(status if status in MEANINGS else "unproved", qualified)


def names(trust: list[str]) -> str:
    """
    Who is trusted.

    EXAMPLES::

        >>> names(["macaulay2", "theorem: Raicu (2012)"])
        'Macaulay2; Raicu (2012)'
    """
    return "; ".join({"macaulay2": "Macaulay2"}.get(name, name.removeprefix("theorem: "))
                     for name in trust)


def badges(invariant: Invariant) -> Markup:
    """
    The status of an answer; of a locus, that there are no other components is another.

    EXAMPLES::

        >>> badge = badges(Invariant("dimension", 8, "proved", "rank"))
        >>> 'class="badge proved"' in badge, ">proved</a>" in badge
        (True, True)
    """
    if isinstance(invariant, Locus):
        first = _of(invariant.status, list(invariant.lies_trust))
        return join(first, " ", element("span", "no others: ", _by_text(invariant.completeness)))
    if invariant.status == "monte_carlo" and invariant.error_bound is not None:
        return _badge("monte_carlo", f"Monte Carlo, error below {invariant.error_bound:.0e}")
    return _of(invariant.status, invariant.trust)


def _of(status: str, trust: list[str]) -> Markup:
    if status == "proved" and trust:
        return _badge("trusting", f"proved, trusting {names(trust)}")
    return _badge(status, MEANINGS[status][0])


def not_computed() -> Markup:
    """The badge of a question without an answer."""
    return _badge("none", MEANINGS["none"][0])


def legend() -> Markup:
    """All badges and what they mean."""
    rows: list[Content] = []
    for kind, (word, meaning) in MEANINGS.items():
        rows += [element("dt", element("span", word, class_=f"badge {kind}")),
                 element("dd", meaning)]
    return element("dl", *rows, class_="legend")
