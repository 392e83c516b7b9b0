"""
Parameters at which rational functions are not given by the terms of generic ones.

**What is claimed.**  A cone has numerators N_1, ..., N_m and the denominator D, polynomials in the
parameters w and the inputs x without a common factor; of functions with a root these are all A_j
and B_j, and D.  Parameters w0 are called special if D(w0, x) = 0, or all N_j(w0, x) = 0, or these
have a common factor of positive degree in the inputs, or if there is an input x_i in which the
degrees of D and of Σ u_j N_j are positive for generic parameters, and both are smaller at w0.  The
value lists sets of equations; special are the zeros of any of these sets, and no others.  It is
said what happens at all zeros of a set, or, if it is one equation, which is irreducible, at
generic ones.

**Lemma.**  Let N = Σ u_j N_j with unknowns u_j.  For each x_i that occurs in N or D let R_i be the
resultant by x_i, formed for the degrees of N and D in it.  Then w0 is special if and only if D(w0)
= 0, or N(w0) = 0, or R_i(w0) = 0 for some i, as polynomials in the u_j and the inputs.

Proof.  If one of the two degrees in x_i is 0, then R_i is a power of N or D, and R_i(w0) = 0 says
that this one is 0.  Else R_i(w0) is the determinant of Sylvester's matrix of N(w0) and D(w0), for
degrees that may be larger than theirs, over the field K of rational functions in the u_j and the
other inputs.  It is 0 if and only if one of both is 0, or both have smaller degrees, or they have
a common factor of positive degree in x_i over K.  By Gauss such a factor can be taken as a
polynomial that divides both; none of the u_j is in it, since none is in D(w0), and so it divides
each N_j(w0).  Conversely, if neither is 0, a common factor of positive degree in the inputs has
such a degree in some x_i, in which both have positive degrees; so R_i(w0) = 0.  End.

A family of polynomials in w vanishes where its greatest common divisor does, or where all its
quotients by that do.  The irreducible factors of the first are hypersurfaces.  At generic points
of that of f the denominator is zero if f divides all coefficients of D, the function if f divides
those of all N_j.  Else, where f divides R_i, but not all leading coefficients of N and D in x_i,
these do not both lose degree there, so that they have a common factor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import mul
from typing import Any

from flint import Ordering, fmpq_mpoly, fmpq_mpoly_ctx

from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.rational_functions import Cone
from neuroalg_sage.certificates.reading import Checked, fields, items, polynomials, require
from neuroalg_sage.certificates.work import Work

POLE, ZERO = "the denominator is zero", "the function is zero"
COMMON, DROP = "a factor cancels", "the degree drops"
MIXED = "a factor cancels, the degree drops, or one of both is zero"


class _Special:
    """N and D with the unknowns u_j as variables after w and x, and their families."""

    def __init__(self, cone: Cone) -> None:
        parts, below, self.count = cone.parts
        names = [f"v{i}" for i in range(parts[0].context().nvars() + len(parts))]
        ring = fmpq_mpoly_ctx.get(names, Ordering.lex)
        self.parameters = fmpq_mpoly_ctx.get(names[: self.count], Ordering.lex)
        unknowns = ring.gens()[-len(parts):]

        def lifted(f: fmpq_mpoly) -> fmpq_mpoly:
            return ring.from_dict({(*e, *[0] * len(parts)): c for e, c in f.to_dict().items()})

        self.above = sum((u * lifted(f) for u, f in zip(unknowns, parts)), ring.constant(0))
        self.below = lifted(below)
        self.inputs = names[self.count : len(names) - len(parts)]

    def family(self, f: fmpq_mpoly) -> list[fmpq_mpoly]:
        """The coefficients of a polynomial in w."""
        table: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
        for exponents, c in f.to_dict().items():
            e = tuple(map(int, exponents))
            table.setdefault(e[self.count:], {})[e[: self.count]] = c
        return [self.parameters.from_dict(terms) for terms in table.values()]

    def leading(self, f: fmpq_mpoly, i: int) -> list[fmpq_mpoly]:
        """The coefficients of the highest power of an input."""
        place, top = self.count + i, f.degrees()[self.count + i]
        return self.family(f.context().from_dict(
            {e: c for e, c in f.to_dict().items() if e[place] == top}))

    def resultants(self) -> Iterator[tuple[int, list[fmpq_mpoly]]]:
        """The families of the R_i, with i."""
        work = Work()
        for i, name in enumerate(self.inputs):
            degrees = [f.degrees()[self.count + i] for f in (self.above, self.below)]
            if any(degrees):
                work.spend((len(self.above) + len(self.below)) ** 2 * (1 + sum(degrees)) ** 3)
                yield i, self.family(self.above.resultant(self.below, name))


def _divides(f: fmpq_mpoly, family: Sequence[fmpq_mpoly]) -> bool:
    return all(not g % f for g in family)


def _monic(f: fmpq_mpoly) -> fmpq_mpoly:
    return f / f.leading_coefficient()


def check_cancellations(model: Model, value: Any, evidence: Any) -> Checked:
    """Verify which parameters are special; see above."""
    require(isinstance(model, Cone) and evidence == {}, "The claim is of rational functions.")
    special = _Special(model)  # type: ignore[arg-type]
    poles, zeros = special.family(special.below), special.family(special.above)
    resultants = list(special.resultants())
    expected: dict[frozenset[str], str] = {}
    for word, family in [(POLE, poles), (ZERO, zeros), *((MIXED, r) for _, r in resultants)]:
        common = reduce(lambda f, g: f.gcd(g), family)
        for f, _ in common.factor()[1]:
            common_there = any(_divides(f, found) and not (
                _divides(f, special.leading(special.above, i))
                and _divides(f, special.leading(special.below, i))) for i, found in resultants)
            what = POLE if _divides(f, poles) else ZERO if _divides(f, zeros) else (
                COMMON if common_there else DROP)
            expected.setdefault(frozenset([str(_monic(f))]), what)
        rest = [g / common for g in family]
        if not any(g.is_constant() for g in rest):
            plain = [reduce(mul, (g for g, _ in f.factor_squarefree()[1])) for f in rest]
            expected.setdefault(frozenset(str(_monic(f)) for f in plain), word)
    stated: dict[frozenset[str], str] = {}
    for part in items(value, "list of sets"):
        what, equations = fields(part, "what", "equations")
        require(set(part) == {"what", "equations"}, "A set of equations has an unknown field.")
        found = polynomials(equations, special.parameters)
        require(all(found), "An equation is zero.")
        key = frozenset(str(_monic(f)) for f in found)
        require(key not in stated and len(key) == len(found), "A set of equations is stated twice.")
        stated[key] = what
    require(stated == expected, "The special parameters are others.")
    return ["the resultants of numerators and denominator, computed anew"], []
