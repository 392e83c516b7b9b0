"""
Conjunctions of polynomial conditions over the real numbers, in a simple form.

All that is done here replaces conditions by equivalent ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flint import fmpq, fmpq_mpoly

from neuroalg_sage.certificates.reading import require
from neuroalg_sage.certificates.real.formulas import Condition, Formula
from neuroalg_sage.certificates.work import bound_substitution

MOST_DEGREE, MOST_TERMS = 60, 3_000  # of what is written as a product
MOST_CONDITIONS = 120  # of a disjunction of which pieces are compared with each other for long
OPPOSITE = (">", ">=")


def tidy(conditions: Iterable[Condition]) -> list[Condition] | None:
    """
    A conjunction in a simple form; None if it is seen to hold nowhere.

    Each polynomial is written as a constant times powers of irreducible ones.  By conditions ``!=``
    and ``>`` some of these are known not to vanish: so they are left out of equations, and their
    squares of inequalities.  For the sign of a power only the parity of the exponent matters.

    EXAMPLES::

        >>> from neuroalg_sage.certificates.reading import polynomial_ring
        >>> ring = polynomial_ring(2)
        >>> x, y = ring.gens()
        >>> tidy([("=", 2*x*y), ("!=", x**2)])
        [('=', v1), ('!=', v0)]
        >>> tidy([(">", x**2*y), (">=", x**2*(y - 1)**3)])
        [('>=', v1 - 1), ('>', v1), ('!=', v0)]
        >>> tidy([("=", x), (">", x*y)]) is None
        True
    """
    given = list(conditions)
    require(all(len(f) <= MOST_TERMS and f.total_degree() <= MOST_DEGREE for _, f in given),
            f"A condition has a degree over {MOST_DEGREE}, or more than {MOST_TERMS} terms.")
    nonzero: dict[str, fmpq_mpoly] = {}
    for relation, f in given:
        if relation in ("!=", ">"):
            if f == 0:
                return None
            nonzero |= {str(g): g for g, _ in f.factor()[1]}
    equations: dict[str, fmpq_mpoly] = {}
    inequalities: dict[tuple[str, str], Condition] = {}
    zeros: dict[str, str] = {}  # of the polynomials of inequalities: an equation for them
    for relation, f in given:
        if relation == "!=" or f == 0 and relation in ("=", ">="):
            continue
        constant, factors = f.factor()
        one = f.context().constant(1)
        vanishing = one
        for factor, _ in factors:
            if str(factor) not in nonzero:
                vanishing *= factor
        if relation == "=":
            if vanishing == 1:
                return None
            equations[str(vanishing)] = vanishing
            continue
        if all(e % 2 == 0 for _, e in factors):
            if constant > 0:
                continue
            if relation == ">":
                return None
            return tidy([*(c for c in given if c != (relation, f)), ("=", f)])
        g, is_strict = one if constant > 0 else -one, True
        for factor, e in factors:
            may_vanish = str(factor) not in nonzero
            is_strict = is_strict and not may_vanish
            if e % 2:
                g *= factor
            elif may_vanish:
                g *= factor**2
        if g == -1:
            return None
        if g != 1:
            sign = ">" if is_strict else ">="
            inequalities[sign, str(g)] = sign, g
            zeros[str(g)] = str(vanishing)
    for (relation, name), (_, f) in list(inequalities.items()):
        if zeros[name] in equations:
            del inequalities[relation, name]
        elif (relation, str(-f)) in inequalities:
            if relation == ">":
                return None
            g = f if f.leading_coefficient() > 0 else -f
            return tidy([*given, ("=", g)])
    implied = {str(g) for relation, f in inequalities.values() if relation == ">"
               for g, _ in f.factor()[1]}
    return [*(("=", equations[k]) for k in sorted(equations)),
            *(inequalities[k] for k in sorted(inequalities, reverse=True)),
            *(("!=", nonzero[k]) for k in sorted(nonzero) if k not in implied)]


def replaced(f: fmpq_mpoly, images: Mapping[int, fmpq_mpoly]) -> fmpq_mpoly:
    """A polynomial with polynomials of its ring in place of some variables."""
    if not images or f.is_constant():
        return f
    used = f.degrees()
    if not any(used[i] for i in images):
        return f
    gens = list(f.context().gens())
    for i, image in images.items():
        gens[i] = image
    bound_substitution([f], gens, f.context())
    return f.compose(*gens, ctx=f.context())


def coefficients(f: fmpq_mpoly, variable: int) -> list[fmpq_mpoly]:
    """The coefficients of powers of a variable, from the constant one to the leading one."""
    found: list[dict[tuple[int, ...], fmpq]] = [
        {} for _ in range(1 + (int(f.degrees()[variable]) if f != 0 else 0))]
    for exponents, c in f.to_dict().items():
        rest = tuple(0 if i == variable else int(e) for i, e in enumerate(exponents))
        found[int(exponents[variable])][rest] = c
    return [f.context().from_dict(terms) for terms in found]


def _solved(f: fmpq_mpoly) -> dict[int, fmpq_mpoly] | None:
    """What a variable is where f vanishes, if f is linear in it, with a number as coefficient."""
    for i, e in enumerate(f.degrees()):
        if e == 1:
            rest, leading = coefficients(f, i)
            if leading.is_constant():
                return {i: rest / -leading.leading_coefficient()}
    return None


def _given(conditions: Sequence[Condition], f: fmpq_mpoly) -> list[Condition] | None:
    """The conjunction where f vanishes too, in a simple form."""
    solved = _solved(f)
    if solved is None:
        return tidy([*conditions, ("=", f)])
    others = tidy((relation, replaced(g, solved)) for relation, g in conditions)
    return None if others is None else [*others, ("=", f)]


def simplified(pieces: Formula) -> Formula:
    """
    A disjunction of conjunctions with fewer conditions and pieces.

    A condition f ≠ 0 of a piece is left out, and f > 0 is replaced by f ≥ 0, if where f = 0 and
    the others hold another piece holds, or nothing does.  A piece with all conditions of another
    one is left out, as are two pieces of which one has f ≥ 0, the other -f ≥ 0, and else the same.

    EXAMPLES::

        >>> from neuroalg_sage.certificates.reading import polynomial_ring
        >>> ring = polynomial_ring(2)
        >>> x, y = ring.gens()
        >>> simplified([[("!=", x), (">", x*y)], [("=", x), (">", y)], [(">", x*y), ("=", y)]])
        [[('>', v0*v1)], [('=', v0), ('>', v1)]]
        >>> simplified([[(">", x)], [("=", x)], [(">", -x)]])
        [[]]
    """
    found: Formula = list({_names(piece): piece for piece in map(tidy, pieces)
                           if piece is not None}.values())
    if sum(map(len, found)) <= 4 * MOST_CONDITIONS:
        found = _distinct(found)
    changed = sum(map(len, found)) <= MOST_CONDITIONS
    while changed:
        changed = False
        for k in range(len(found)):
            for condition in found[k]:
                weaker = _weaker(found, k, condition)
                if weaker is not None:
                    found[k], changed = weaker, True
                    break
        found = _distinct(_united(found))
    return found


def _weaker(found: Formula, k: int, condition: Condition) -> list[Condition] | None:
    """A piece of a formula with a weaker condition, if the formula stays the same."""
    relation, f = condition
    if relation not in ("!=", ">"):
        return None
    others = [c for c in found[k] if c is not condition]
    limit = _given(others, f)
    if limit is not None:
        stated = _names(limit)
        for j, piece in enumerate(found):
            if j != k:
                there = _given(piece, f)
                if there is not None and _names(there) <= stated:
                    break
        else:
            return None
    if relation == ">" and limit is None:
        return None
    weaker = tidy(others if relation == "!=" else [*others, (">=", f)])
    return None if weaker is not None and _names(weaker) == _names(found[k]) else weaker


def _united(found: Formula) -> Formula:
    """Pieces that differ in the sign of one inequality only become one."""
    for k, piece in enumerate(found):
        for relation, f in piece:
            if relation in OPPOSITE:
                rest = _names(piece) - {(relation, str(f))}
                for j, other in enumerate(found):
                    if j != k and _names(other) == rest | {(relation, str(-f))}:
                        left = [c for c in piece if (c[0], str(c[1])) in rest]
                        both = left if relation == ">=" else [*left, ("!=", f)]
                        tidied = tidy(both)
                        assert tidied is not None
                        return [tidied, *(p for i, p in enumerate(found) if i not in (j, k))]
    return found


def _names(piece: Sequence[Condition]) -> frozenset[tuple[str, str]]:
    return frozenset((relation, str(f)) for relation, f in piece)


def _distinct(found: Formula) -> Formula:
    """The pieces that are not seen to imply another one."""
    kept: Formula = list(found)
    for piece in sorted(found, key=len, reverse=True):
        solved = _all_solved(piece)
        here = tidy((relation, replaced(g, solved)) for relation, g in piece)
        stated = _names(piece) | _names(here or [])
        for other in kept:
            if other is not piece:
                there = tidy((relation, replaced(g, solved)) for relation, g in other)
                if here is None or there is not None and _names(there) <= stated:
                    kept = [p for p in kept if p is not piece]
                    break
    return kept


def _all_solved(piece: Sequence[Condition]) -> dict[int, fmpq_mpoly]:
    """What variables are by equations of a piece, in the others."""
    found: dict[int, fmpq_mpoly] = {}
    for relation, f in piece:
        if relation == "=":
            g = replaced(f, found)
            new = None if g.is_constant() else _solved(g)
            if new is not None:
                found = {i: replaced(image, new) for i, image in found.items()} | new
    return found
