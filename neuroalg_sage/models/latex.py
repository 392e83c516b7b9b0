r"""
LaTeX for Sage's ``%display latex`` and for Jupyter, without Sage.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

LONGEST = 20_000  # characters that a page may be asked to typeset
MOST_LINES = 60


def latex_polynomial(text: str) -> str:
    r"""
    A polynomial in LaTeX, from the text of
    :func:`~neuroalg_sage.models.expressions.write_polynomial`.

    EXAMPLES::

        >>> print(latex_polynomial("z_0^12*z_1 - 1/2*w_3"))
        z_{0}^{12} z_{1} - \tfrac{1}{2} w_{3}
    """
    text = re.sub(r"_(\d+)", r"_{\1}", text)
    text = re.sub(r"\^(\d+)", r"^{\1}", text)
    text = re.sub(r"(?<![\w}])(\d+)/(\d+)", r"\\tfrac{\1}{\2}", text)
    return text.replace("*", " ")


# Signs of mathematics, which TeX's fonts for text do not have.
_GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ", (
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega").split()))
_SIGNS = _GREEK | {"×": "times", "∘": "circ", "≤": "le", "≥": "ge", "∞": "infty"}
_ESCAPED = {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"} | {
    c: "\\" + c for c in "_{}#%&$"} | {c: f"${c}$" for c in "<>|"} | {
    c: f"$\\{name}$" for c, name in _SIGNS.items()}


# Accents, by the combining characters of Unicode; and letters and signs that are no accented ones.
_ACCENTS = {chr(code): accent for code, accent in (
    (0x300, "`"), (0x301, "'"), (0x302, "^"), (0x303, "~"), (0x304, "="), (0x306, "u "),
    (0x307, "."), (0x308, '"'), (0x30a, "r "), (0x30b, "H "), (0x30c, "v "), (0x323, "d "),
    (0x327, "c "))}
_LETTERS = {"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "ł": "l",
            "Ł": "L", "ı": "i", "–": "textendash", "—": "textemdash", "‘": "textquoteleft",
            "’": "textquoteright", "“": "textquotedblleft", "”": "textquotedblright",
            "…": "ldots"}


def _beyond_ascii(c: str) -> str:
    """A character that TeX's oldest fonts may not have; by its number if they have it not."""
    from unicodedata import normalize  # most text has no such character

    if c in _LETTERS:
        return rf"\{_LETTERS[c]}{{}}"
    letter, *accents = list(normalize("NFD", c))
    if letter.isascii() and len(accents) == 1 and accents[0] in _ACCENTS:
        return rf"\{_ACCENTS[accents[0]]}{letter}".replace(" i", r" \i{}")
    return rf"\texttt{{U+{ord(c):04X}}}"


def escaped(text: str) -> str:
    r"""
    Text outside of formulas, with TeX's special characters written as such.

    EXAMPLES::

        >>> print(escaped("100% of mlp_2:x^2, rank Dφ"))
        100\% of mlp\_2:x\^{}2, rank D$\varphi$
        >>> print(escaped("Erdős–Rényi 图"))
        Erd\H os\textendash{}R\'enyi \texttt{U+56FE}
    """
    return "".join(_ESCAPED.get(c) or (c if c.isascii() else _beyond_ascii(c)) for c in text)


def words(text: str, font: str = "text") -> str:
    r"""
    Text in a formula; lines stand below each other.

    EXAMPLES::

        >>> print(words("mlp:2,1:x^2", "texttt"))
        \texttt{mlp:2,1:x\^{}2}
    """
    lines = [rf"\{font}{{{escaped(line)}}}" for line in text.split("\n")]
    return lines[0] if len(lines) == 1 else stacked(lines)


def stacked(lines: list[str]) -> str:
    """Formulas below each other; no more than can be read."""
    if len(lines) > MOST_LINES:
        more = words(f"and {len(lines) - MOST_LINES + 1} more")
        lines = [*lines[:MOST_LINES - 1], more]
    return r"\begin{array}{l} " + r" \\ ".join(lines) + r" \end{array}"


_ATOM = re.compile(r"(?:\\[a-z]+ )?[A-Za-z](?:_\{[^{}]*\})?(?:\^\{\\top\})?")


def factor(text: str) -> str:
    r"""
    A formula as a factor: in parentheses, but for a letter.

    EXAMPLES::

        >>> print(factor("s_{1}"), factor("s_{1} + s_{2}"))
        s_{1} \left(s_{1} + s_{2}\right)
    """
    return text if _ATOM.fullmatch(text) else rf"\left({text}\right)"


def abridged(terms: list[str], dots: str, most: int = 4) -> list[str]:
    """
    Some terms of which those in the middle are left out, if they are many.

    EXAMPLES::

        >>> abridged(["a", "b", "c"], "...", 2)
        ['a', '...', 'c']
    """
    return terms if len(terms) <= most else [*terms[: most - 1], dots, terms[-1]]


def typeset(value: Any) -> str:
    r"""
    Any value in LaTeX: what has LaTeX of its own, numbers, lists, else its text.

    EXAMPLES::

        >>> print(typeset([Fraction(-1, 2), True]))
        \left[-\tfrac{1}{2}, \text{true}\right]
    """
    if callable(own := getattr(value, "_latex_", None)):
        # In Sage a field is named by a macro that no other document knows.
        return str(own()).replace(r"\Bold{", r"\mathbf{")
    if isinstance(value, bool):
        return rf"\text{{{str(value).lower()}}}"
    if isinstance(value, Fraction):
        return latex_polynomial(str(value))
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple)):
        parts = [typeset(part) for part in value]
        if any(r"\text" in text or r"\begin" in text for part, text in zip(value, parts)
               if not isinstance(part, bool)):
            return stacked(parts)
        return rf"\left[{', '.join(parts)}\right]"
    return words(str(value))


class Typeset:
    """What is shown in LaTeX by Jupyter too, by its method ``_latex_``."""

    def _latex_(self) -> str:
        raise NotImplementedError

    def _repr_latex_(self) -> str | None:
        text = self._latex_()
        return f"$\\displaystyle {text}$" if len(text) <= LONGEST else None
