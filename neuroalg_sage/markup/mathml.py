"""
Polynomials, matrices and groups in MathML Core, which browsers typeset without any script.

A polynomial is a row of formulas, one for each term, since no browser breaks a formula over lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.markup.elements import Content, Markup, element, folded, join, number_words
from neuroalg_sage.models.expressions import (
    Exponents,
    Polynomial,
    descending,
    write_polynomial,
)
from neuroalg_sage.models.hidden_states import KnownGroup

MOST_TERMS = 60
OPEN_POLYNOMIALS = 6  # longer lists are folded
MOST_POLYNOMIALS = 120
MOST_LISTED_TERMS = 4000


def row(*content: Content) -> Markup:
    """Several parts as one."""
    return element("mrow", *content)


def operator(symbol: str, **attributes: str) -> Markup:
    """An operator."""
    return element("mo", symbol, **attributes)


def number(value: Fraction | int) -> Markup:
    """
    A rational number that is not negative.

    EXAMPLES::

        >>> number(Fraction(1, 2))
        '<mfrac><mn>1</mn><mn>2</mn></mfrac>'
    """
    value = Fraction(value)
    top = element("mn", decimal(value.numerator))
    return top if value.denominator == 1 else element("mfrac", top, element(
        "mn", decimal(value.denominator)))


def identifier(name: str) -> Markup:
    """
    A variable, with its indices below.

    EXAMPLES::

        >>> identifier("z_12")
        '<msub><mi>z</mi><mn>12</mn></msub>'
    """
    letter, *indices = name.split("_")
    symbol = element("mi", letter)
    return element("msub", symbol, element("mn", ",".join(indices))) if indices else symbol


def power(name: str, exponent: int) -> Markup:
    """A power of a variable."""
    if exponent == 1:
        return identifier(name)
    letter, *indices = name.split("_")
    raised = element("mn", exponent)
    return (element("msubsup", element("mi", letter), element("mn", ",".join(indices)), raised)
            if indices else element("msup", element("mi", letter), raised))


def monomial(exponents: Exponents, names: Sequence[str]) -> Markup:
    """A product of powers; 1 if it is empty."""
    powers = [power(x, e) for x, e in zip(names, exponents, strict=True) if e]
    return row(*powers) if powers else element("mn", 1)


def formula(*content: Content, block: bool = False, label: str | None = None) -> Markup:
    """A formula in the text, or on lines of its own."""
    return element("math", *content, display="block" if block else None, aria_label=label)


def _term(exponents: Exponents, c: Fraction, names: Sequence[str], first: bool) -> Markup:
    size = abs(c)
    scale = None if size == 1 and any(exponents) else number(size)
    powers = monomial(exponents, names) if any(exponents) else None
    # The space before a sign is that of the text, where a line may break.
    sign = operator("−" if c < 0 else "+", form="prefix", lspace="0em",
                    rspace="0em" if first else "0.25em") if c < 0 or not first else None
    return formula(row(sign, scale, powers))


def polynomial(terms: Polynomial, names: Sequence[str], left: Content = None
               ) -> Markup:
    """
    A polynomial that breaks between its terms.

    INPUT:

    - ``names`` -- of its variables
    - ``left`` -- MathML of what it equals

    EXAMPLES::

        >>> polynomial({(1, 0): Fraction(1), (0, 2): Fraction(-1, 2)}, ["x", "y"]).count("<math>")
        2
    """
    shown = [_term(e, c, names, k == 0)
             for k, (e, c) in enumerate(descending(terms)[:MOST_TERMS])]
    if not shown:
        shown = [formula(element("mn", 0))]
    if len(terms) > MOST_TERMS:
        shown.append(element("span", f"+ ⋯ ({len(terms) - MOST_TERMS} further terms)"))
    words = write_polynomial(terms, names) if len(terms) <= MOST_TERMS else (
        f"a polynomial with {len(terms)} terms")
    parts = [formula(row(left, operator("=", form="infix", rspace="0em"))) if left else None,
             element("span", join(*(item for part in shown for item in (part, " "))),
                     role="math", aria_label=words)]
    return element("span", *(item for part in parts if part for item in (part, " ")),
                   class_="polynomial")


def polynomials(found: Sequence[Polynomial], names: Sequence[str], noun: str) -> Markup:
    """Polynomials, folded if they are many; of very many the first."""
    shown: list[Markup] = []
    terms = 0
    for p in found[:MOST_POLYNOMIALS]:
        terms += min(len(p), MOST_TERMS)
        if shown and terms > MOST_LISTED_TERMS:
            break
        shown.append(element("li", polynomial(p, names)))
    items = element("ul", *shown, class_="polynomials")
    if len(found) <= OPEN_POLYNOMIALS and terms <= 60 * OPEN_POLYNOMIALS:
        return items
    more = left_out(len(found) - len(shown))
    return folded(f"All {number_words(len(found), noun)}" if more is None else
                  f"The first {len(shown)} of {number_words(len(found), noun)}", items, more)


def left_out(count: int) -> Markup | None:
    """That a list has more; None if it has not."""
    return element("p", f"{count} more are left out here.", class_="soft") if count > 0 else None


def matrix(entries: Sequence[Sequence[Content]], label: str) -> Markup:
    """A matrix in parentheses, which are borders: no font is needed that stretches."""
    body = element("mtable", *(element("mtr", *(element("mtd", entry) for entry in line))
                               for line in entries), class_="matrix")
    return formula(body, block=True, label=label)


def _factor(name: str, index: int | str) -> Markup:
    return element("msub", element("mi", name, mathvariant="normal" if len(name) == 1 else None),
                   element("mn", index))


def group(known: KnownGroup) -> Markup:
    """
    The known symmetries of a model.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.hidden_states import known_group
        >>> "⋊" in group(known_group(parse_spec("mlp:2,2,3:x^2")))
        True
    """
    factors: list[Markup] = []
    units = element("msup", element("mi", "ℂ"), operator("∗"))
    for state in known.states:
        if state.group == "general linear":
            factors.append(_factor("GL", state.size))
            continue
        torus = _factor("μ", state.order) if state.order > 1 else None
        if state.group == "rescalings":
            torus = row(operator("(", stretchy="false"), units, operator(")", stretchy="false"))
        permutations = _factor("S", state.size)
        if state.size == 1:
            factors += [] if torus is None else [units if state.group == "rescalings" else torus]
            continue
        factors.append(permutations if torus is None else row(
            element("msup", torus, element("mn", state.size)), operator("⋊", form="infix"),
            permutations))
    for width in known.heads:
        factors.append(row(_factor("GL", width), operator("×", form="infix"), units))
    joined = [x for factor in factors for x in (operator("×", form="infix"), factor)][1:]
    return formula(row(*joined) if joined else element("mtext", "trivial"), label=str(known))
