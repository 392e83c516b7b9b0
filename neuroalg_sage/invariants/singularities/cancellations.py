"""
The parameters of rational functions that are special: where numerators and denominator have a
common factor, one of both is zero, or the degree drops.

See :mod:`~neuroalg_sage.certificates.singularities.cancellations` for what exactly, and the lemma:
resultants of the denominator and of Σ u_j N_j by each input say it, with unknowns u_j.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import mul
from typing import Any

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.presentation import Section, Surroundings, clipped
from neuroalg_sage.markup.elements import Markup, element
from neuroalg_sage.models.expressions import Polynomial, from_flint, write_polynomial
from neuroalg_sage.models.latex import latex_polynomial, stacked, words
from neuroalg_sage.models.model import Model
from neuroalg_sage.storable import storable

MOST_WORK = 3_000_000

POLE, ZERO = "the denominator is zero", "the function is zero"
COMMON, DROP = "a factor cancels", "the degree drops"
MIXED = "a factor cancels, the degree drops, or one of both is zero"


@storable()
@dataclass(frozen=True)
class Cancellation:
    """
    Special parameters: the common zeros of some equations.

    - ``equations`` -- polynomials in the parameters
    - ``what`` -- what happens at generic ones
    - ``names`` -- of the parameters
    """

    equations: tuple[Polynomial, ...]
    what: str
    names: tuple[str, ...]

    def __repr__(self) -> str:
        return f"{' = '.join([*self.written(), '0'])}: {self.what}"

    def written(self) -> list[str]:
        """The equations as text."""
        return [write_polynomial(f, self.names) for f in self.equations]

    def describe(self) -> dict[str, Any]:
        """The parameters as JSON data."""
        return {"what": self.what, "equations": self.written()}

    def _latex_(self) -> str:
        equations = " = ".join([*map(latex_polynomial, self.written()), "0"])
        return rf"{equations} \colon {words(self.what)}"


class Cancellations(Invariant):
    """The special parameters of rational functions."""

    def sentence(self) -> str:
        count = len(self.data)
        return f"{count} set{'s' * (count != 1)} of equations" if count else "none"

    def lines(self, spec: str = "SPEC") -> list[str]:
        return clipped([f"  {part}" for part in self.data])

    def report_lines(self) -> list[str]:
        return ["", "Special parameters of the rational functions", *self.lines()
                ] if self.data else []

    def plain_value(self) -> Any:
        return [part.describe() for part in self.data]

    def value_in_latex(self) -> str:
        return stacked([part._latex_() for part in self.data]) if self.data else words("none")

    def section(self, around: Surroundings) -> Section | None:
        if not self.data:
            return None
        content: list[Markup] = [element("li", str(part)) for part in self.data[:40]]
        cone = around.model.cone
        # A radicand that depends on the parameters may be a square, or constant, at others, too.
        about_root = (" Nothing is said of where the radicand has a square factor, or is constant."
                      if cone and cone.fractions.varies else "")
        return Section("cancellations", "Parameters where factors cancel", element(
            "div", element("p", "At all other parameters the function is given by the terms of "
                           f"generic ones, in lowest terms.{about_root} The sets are:"),
            element("ul", *content)))


def cancellations(model: Model) -> Invariant:
    """
    The special parameters of rational functions.

    OUTPUT: :class:`Cancellations`, a list of :class:`Cancellation`

    Raises LimitReached if the resultants are too large.

    EXAMPLES::

        >>> from neuroalg_sage.models.sources import from_expressions
        >>> cancellations(from_expressions("(a*x + b)/(c*x + d)", "a b c d", "x")).data
        [c = d = 0: the denominator is zero, a = b = 0: the function is zero, -b*c + a*d = 0: a
        factor cancels]
    """
    start = time.perf_counter()
    assert model.cone is not None
    names = model.parameter_names[: model.parameter_count - model.scales]
    fractions = model.cone.fractions
    found = _special([*map(dict, fractions.plain), *map(dict, fractions.root)],
                     dict(fractions.denominator), len(names))
    data = [Cancellation(equations, what, names) for what, equations in found]
    return Cancellations.certified(
        model, "cancellations", data, "proved", "resultants of numerators and denominator",
        time.perf_counter() - start, {},
        claim=[{"what": part.what, "equations": [encode_polynomial(f) for f in part.equations]}
               for part in data])


def _special(numerators: Sequence[Polynomial], denominator: Polynomial, count: int
             ) -> list[tuple[str, tuple[Polynomial, ...]]]:
    """What happens, and the equations, for each set."""
    from flint import Ordering, fmpq_mpoly_ctx

    from neuroalg_sage.models.rational import in_ring

    width = len(next(iter(denominator)))
    names = [f"v{i}" for i in range(width + len(numerators))]
    ring = fmpq_mpoly_ctx.get(names, Ordering.lex)
    inner = fmpq_mpoly_ctx.get(names[:count], Ordering.lex)
    above = sum((ring.gens()[width + j] * in_ring(p, ring, len(numerators))
                 for j, p in enumerate(numerators)), ring.constant(0))
    below = in_ring(denominator, ring, len(numerators))

    def family(f: Any, terms: Any = None) -> list[Any]:
        table: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
        for e, c in (f.to_dict() if terms is None else terms).items():
            table.setdefault(tuple(map(int, e[count:])), {})[tuple(map(int, e[:count]))] = c
        return [inner.from_dict(terms) for terms in table.values()]

    def leading(f: Any, place: int) -> list[Any]:
        top = f.degrees()[place]
        return family(f, {e: c for e, c in f.to_dict().items() if e[place] == top})

    poles, zeros = family(below), family(above)
    resultants: dict[int, list[Any]] = {}
    for place in range(count, width):
        degrees = [f.degrees()[place] for f in (above, below)]
        if any(degrees):
            if (len(above) + len(below)) ** 2 * (1 + sum(degrees)) ** 3 > MOST_WORK:
                raise LimitReached("The resultants that say where factors cancel are too large.")
            resultants[place] = family(above.resultant(below, names[place]))

    def what(f: Any) -> str:
        if _divides(f, poles):
            return POLE
        if _divides(f, zeros):
            return ZERO
        return COMMON if any(_divides(f, found) and not (
            _divides(f, leading(above, place)) and _divides(f, leading(below, place)))
            for place, found in resultants.items()) else DROP

    sets: dict[str, tuple[str, tuple[Polynomial, ...]]] = {}
    for word_of_all, polynomials in [(POLE, poles), (ZERO, zeros),
                                     *((MIXED, found) for found in resultants.values())]:
        common = reduce(lambda f, g: f.gcd(g), polynomials)
        rest = [g / common for g in polynomials]
        chosen = [(what(f), [f]) for f, _ in common.factor()[1]]
        if not any(g.is_constant() for g in rest):
            chosen.append((word_of_all, [
                reduce(mul, (g for g, _ in f.factor_squarefree()[1])) for f in rest]))
        for word, equations in chosen:
            plain = sorted({str(f / f.leading_coefficient()): f / f.leading_coefficient()
                            for f in equations}.items(), key=lambda pair: (len(pair[0]), pair[0]))
            sets.setdefault(str([text for text, _ in plain]),
                            (word, tuple(from_flint(f) for _, f in plain)))
    return list(sets.values())


def _divides(f: Any, polynomials: Sequence[Any]) -> bool:
    return all(not g % f for g in polynomials)
