"""
Semi-algebraic sets of V, given by formulas without quantifiers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Any

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import Polynomial, from_flint, value, write_polynomial
from neuroalg_sage.models.latex import Typeset, latex_polynomial, stacked
from neuroalg_sage.models.numbers import exact
from neuroalg_sage.storable import storable

if TYPE_CHECKING:
    from flint import fmpq_mpoly

    from neuroalg_sage.markup.elements import Markup

Condition = tuple[Polynomial, str]
SHOWN_EQUATIONS = 12  # of a piece, on a page
RELATIONS = ("=", "!=", ">=", ">")
_IN_LATEX = {"=": "=", "!=": r"\ne", ">=": r"\ge", ">": ">"}
_IN_MATHML = {"=": "=", "!=": "≠", ">=": "≥", ">": ">"}


@storable()
@dataclass(frozen=True, eq=False)
class Formula(Typeset):
    """
    A disjunction of conjunctions of polynomial conditions on the coordinates of V.

    - ``variables`` -- how many coordinates V has
    - ``pieces`` -- of which one must hold; each a tuple of conditions, which must all hold; a
      condition is a polynomial in the coordinates, and ``=``, ``!=``, ``>=`` or ``>``, by which it
      is compared with zero

    Conditions of constants are decided, and what is stated twice is stated once.

    EXAMPLES::

        >>> cone = Formula.of(3, [[("4*z_0*z_2 - z_1^2", "="), ("z_0", ">=")]])
        >>> print(cone)
        -z_1^2 + 4*z_0*z_2 = 0 and z_0 >= 0
        >>> cone.holds([1, 2, 1]), cone.holds([-1, 2, -1])
        (True, False)
        >>> cone.plain_value()[0][1]
        ['>=', [['1', [0, 1]]]]
        >>> print(Formula.of(3, []), Formula.of(3, [[]]))
        nothing everything
    """

    variables: int
    pieces: tuple[tuple[Condition, ...], ...]

    def __post_init__(self) -> None:
        kept: dict[frozenset[Any], tuple[Condition, ...]] = {}
        for piece in self.pieces:
            conditions: dict[Any, Condition] = {}
            is_empty = False
            for f, relation in piece:
                f = {tuple(e): Fraction(c) for e, c in f.items() if c}
                if relation not in RELATIONS or any(len(e) != self.variables for e in f):
                    raise InputError(f"A condition compares a polynomial in {self.variables} "
                                     f"coordinates with zero, by one of {', '.join(RELATIONS)}.")
                if any(map(any, f)):
                    conditions[relation, frozenset(f.items())] = f, relation
                elif not _compare(sum(f.values(), Fraction(0)), relation):
                    is_empty = True
            if not is_empty:
                kept.setdefault(frozenset(conditions), tuple(conditions.values()))
        if frozenset() in kept:
            kept = {frozenset(): ()}
        object.__setattr__(self, "pieces", tuple(kept.values()))

    @classmethod
    def of(cls, variables: int, pieces: Iterable[Iterable[tuple[str | Polynomial, str]]]
           ) -> Formula:
        """
        A formula whose polynomials may be given as text.

        Raises :class:`~neuroalg_sage.errors.InputError` if they are not polynomials in
        z_0, ..., or if there is another relation.
        """
        from neuroalg_sage.models.expressions import parse_polynomial

        names = [f"z_{i}" for i in range(variables)]
        return cls(variables, tuple(
            tuple((parse_polynomial(f, names) if isinstance(f, str) else f, relation)
                  for f, relation in piece) for piece in pieces))

    @property
    def names(self) -> list[str]:
        """The coordinates of V."""
        return [f"z_{i}" for i in range(self.variables)]

    @property
    def polynomials(self) -> list[Polynomial]:
        """The polynomials that are compared with zero, each once."""
        return list({frozenset(f.items()): f for piece in self.pieces for f, _ in piece}.values())

    @property
    def is_closed(self) -> bool:
        """Whether all conditions are equations or weak inequalities, so that the set is closed."""
        return all(relation in ("=", ">=") for piece in self.pieces for _, relation in piece)

    def fails_near(self, point: Sequence[Fraction]) -> bool:
        """
        Whether each piece has a condition that fails at a point, and at all points near it.

        EXAMPLES::

            >>> disk = Formula.of(2, [[("1 - z_0^2 - z_1^2", ">")]])
            >>> [disk.fails_near([Fraction(x), Fraction(0)]) for x in (0, 1, 2)]
            [False, False, True]
        """
        return all(any(relation == "=" and value(f, point) != 0
                       or relation in (">=", ">") and value(f, point) < 0
                       for f, relation in piece) for piece in self.pieces)

    def __eq__(self, other: object) -> bool:
        """Whether the same is written; formulas of the same set may differ."""
        return isinstance(other, Formula) and (self.variables, self._written()) == (
            other.variables, other._written())

    def __hash__(self) -> int:
        return hash((self.variables, self._written()))

    def _written(self) -> frozenset[Any]:
        return frozenset(frozenset((frozenset(f.items()), relation) for f, relation in piece)
                         for piece in self.pieces)

    def holds(self, point: Sequence[Any]) -> bool:
        """
        Whether a point satisfies the formula, exactly.

        INPUT:

        - ``point`` -- rational numbers, or what becomes such without loss

        Raises :class:`~neuroalg_sage.errors.InputError` if there are not as many as coordinates.
        """
        try:
            z = [exact(x) for x in point]
        except ValueError as error:
            raise InputError(f"The coordinates of a point are rational numbers: {error}") from None
        if len(z) != self.variables:
            raise InputError(f"A point has {self.variables} coordinates, not {len(z)}.")
        return any(all(_compare(value(f, z), relation) for f, relation in piece)
                   for piece in self.pieces)

    def sentence(self) -> str:
        """The formula in words."""
        if not self.pieces:
            return "nothing"
        if not self.pieces[0]:
            return "everything"
        return ", or ".join(" and ".join(
            f"{write_polynomial(f, self.names)} {relation} 0" for f, relation in piece)
            for piece in self.pieces)

    def __str__(self) -> str:
        return self.sentence()

    def __repr__(self) -> str:
        return self.sentence()

    def plain_value(self) -> list[Any]:
        """The formula as a certificate has it: pieces of pairs of a relation and a polynomial."""
        return [[[relation, encode_polynomial(f)] for f, relation in piece]
                for piece in self.pieces]

    def sage(self) -> list[list[tuple[Any, str]]]:
        """
        The pieces with polynomials of Sage.

        EXAMPLES::

            >>> ((f, relation),), = Formula.of(2, [[("z_0^2 - z_1", ">")]]).sage()
            >>> f.parent().ngens(), relation
            (2, '>')
        """
        from neuroalg_sage.invariants.equations.generators import sage_equations

        every = [f for piece in self.pieces for f, _ in piece]
        found = iter(sage_equations(every, self.variables))
        return [[(next(found), relation) for _, relation in piece] for piece in self.pieces]

    def _latex_(self) -> str:
        r"""
        The formula in LaTeX.

        EXAMPLES::

            >>> print(Formula.of(2, [[("z_0", ">="), ("z_1", "!=")]])._latex_())
            z_{0} \ge 0 \wedge z_{1} \ne 0
            >>> print(Formula.of(1, [])._latex_())
            \bot
        """
        if not self.pieces:
            return r"\bot"
        if not self.pieces[0]:
            return r"\top"
        lines = [r" \wedge ".join(
            rf"{latex_polynomial(write_polynomial(f, self.names))} {_IN_LATEX[relation]} 0"
            for f, relation in piece) for piece in self.pieces]
        return lines[0] if len(lines) == 1 else stacked(
            [lines[0], *(rf"\vee \; {line}" for line in lines[1:])])

    def mathml(self) -> Markup:
        """
        The formula for a page of HTML; of many equations the first.

        EXAMPLES::

            >>> "≥" in Formula.of(1, [[("z_0", ">=")]]).mathml()
            True
        """
        from neuroalg_sage.markup.elements import element, join
        from neuroalg_sage.markup.mathml import formula, operator, polynomial, row

        if not self.pieces or not self.pieces[0]:
            return element("span", self.sentence())
        shown = []
        for piece in self.pieces:
            parts = [element("span", polynomial(f, self.names), " ", formula(row(
                operator(_IN_MATHML[relation], form="infix"), element("mn", 0))))
                for f, relation in _first(piece)]
            if len(piece) > len(parts):
                parts.append(element("span", f"{len(piece) - len(parts)} further equations"))
            shown.append(element("li", join(
                *(item for k, part in enumerate(parts)
                  for item in ([" and "] if k else []) + [part]))))
        return element("ul", *shown, class_="polynomials")


def _first(piece: Sequence[Condition]) -> list[Condition]:
    """The conditions that a page shows: of many equations the first, and all inequalities."""
    equations = [c for c in piece if c[1] == "="]
    return equations[:SHOWN_EQUATIONS] + [c for c in piece if c[1] != "="]


def _compare(number: Fraction, relation: str) -> bool:
    return {"=": number == 0, "!=": number != 0, ">=": number >= 0, ">": number > 0}[relation]


def primitive(f: fmpq_mpoly) -> Polynomial:
    """The positive multiple whose coefficients are coprime integers."""
    coefficients = f.coeffs()
    factor = Fraction(lcm(*(int(c.q) for c in coefficients)),
                      gcd(*(int(c.p) for c in coefficients)) or 1)
    return {e: c * factor for e, c in from_flint(f).items()}
