"""
Entries of states that vanish, are constant, are multiples of each other, or do not matter at w.

The states of a model at given weights are polynomials in the inputs.  Step by step each entry is
written as a polynomial in entries before it, of which it is already known that they are zero,
constant, or multiples of others; two entries that are the same polynomial up to a factor are
multiples of each other.  What is found so is true; there may be more, since entries are not
compared with the sums of others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.certificates.equality import same
from neuroalg_sage.certificates.model import Step
from neuroalg_sage.certificates.points.point import Point
from neuroalg_sage.certificates.reading import Checked, require
from neuroalg_sage.certificates.terms import Monomial

Entry = tuple[int, int]  # the number of a state, and a place in it
Form = tuple[Entry, Fraction] | None  # a multiple of an entry; None for zero
Powers = dict[Entry, int]
Reduced = dict[tuple[tuple[Entry, int], ...], Fraction]

ONE = (-1, 0)  # stands for the constant 1


class States:
    """
    What is known of the entries of the states of a model at given weights, up to some step.

    - ``forms`` -- for each entry what it is a multiple of
    - ``vanishing`` -- entries that are sums of products each of which has a factor that is one, or
      a coefficient that is zero at the weights: they vanish whatever all other entries are
    """

    def __init__(self, point: Point, last: int | None = None) -> None:
        self.point, self.steps = point, point.model.steps[:last]
        self.forms: list[list[Form]] = [[((0, i), Fraction(1)) for i in range(point.model.inputs)]]
        self.vanishing: set[Entry] = set()
        self._read: dict[tuple[int, ...], list[Entry]] = {}
        # For each entry from state 1 on the products of entries that it is a sum of.
        self.sums: list[list[Reduced]] = []
        for number, step in enumerate(self.steps, 1):
            seen: dict[Any, list[tuple[Entry, Fraction, Reduced]]] = {}
            entries = self.read_by(step)
            # Most steps read nothing twice, and only entries that are no multiples of others.
            plain = len(set(entries)) == len(entries) and all(
                self.forms[s][i] == ((s, i), 1) for s, i in entries)
            made: list[Form] = []
            self.sums.append([])
            for i, terms in enumerate(step.outputs):
                own: Reduced = {}
                for monomial, c in terms.items():
                    product = []
                    for v, e in monomial:
                        if v < step.parameters:
                            c = _times(c, point.weights[step.offset + v], e)
                        else:
                            product.append((entries[v - step.parameters], e))
                    key = tuple(product)
                    own[key] = own[key] + c if key in own else c
                own = {key: c for key, c in own.items() if c and not (
                    self.vanishing and any(entry in self.vanishing for entry, _ in key))}
                self.sums[-1].append(own)
                if not own:
                    self.vanishing.add((number, i))
                total: Reduced = own if plain else {}
                for key, c in () if plain else own.items():
                    self._add(total, self._reduced(key, c))
                made.append(_form(total if plain else {m: c for m, c in total.items() if c},
                                  (number, i), seen))
            self.forms.append(made)

    def read_by(self, step: Step) -> list[Entry]:
        """The entries of the states that a step reads, one after the other."""
        if step.sources not in self._read:
            self._read[step.sources] = [
                (s, i) for s in step.sources for i in range(self.point.model.widths[s])]
        return self._read[step.sources]

    def _reduced(self, product: Sequence[tuple[Entry, int]], c: Fraction
                 ) -> tuple[Powers, Fraction]:
        """A product of entries, in entries that are no multiples of others."""
        powers: Powers = {}
        for (state, i), e in product:
            form = self.forms[state][i]
            if form is None:
                return {}, Fraction(0)
            representative, factor = form
            c = _times(c, factor, e)
            if representative != ONE:
                powers[representative] = powers.get(representative, 0) + e
        return powers, c

    def _term(self, step: Step, entries: list[Entry], monomial: Monomial, c: Fraction
              ) -> tuple[Powers, Fraction]:
        """A term of a step at the weights, in entries that are no multiples of others."""
        product = []
        for v, e in monomial:
            if v < step.parameters:
                c = _times(c, self.point.weights[step.offset + v], e)
            else:
                product.append((entries[v - step.parameters], e))
        return self._reduced(product, c)

    @staticmethod
    def _add(total: Reduced, term: tuple[Powers, Fraction]) -> None:
        powers, c = term
        if c:
            key = tuple(sorted(powers.items()))
            total[key] = total[key] + c if key in total else c

    def known(self, s: int) -> Iterator[tuple[str, list[Any]]]:
        """What of the entries of a state is known, of :func:`inactive`."""
        first: dict[Entry, tuple[int, Fraction]] = {}
        for i, form in enumerate(self.forms[s]):
            if form is None:
                yield "zero", [s, i]
            elif form[0] == ONE:
                yield "constant", [s, i, decimal(form[1])]
            else:
                j, factor = first.setdefault(form[0], (i, form[1]))
                if j < i:
                    yield "proportional", [s, i, j, decimal(form[1] / factor)]

    def unused(self) -> list[Entry]:
        """
        Entries that do not vanish, and on which the outputs do not depend, whatever they are: they
        occur in nothing that matters, but for products with a factor of ``vanishing``.
        """
        matters = {(len(self.steps), i) for i in range(self.point.model.outputs)}
        for number in range(len(self.steps), 0, -1):
            for i, products in enumerate(self.sums[number - 1]):
                if (number, i) in matters:
                    matters.update(entry for key in products for entry, _ in key)
        return [(s, i) for s, forms in enumerate(self.forms) for i, form in enumerate(forms)
                if form is not None and (s, i) not in matters]

    @cached_property
    def matters_to_first_order(self) -> set[Entry]:
        """
        The outputs, and the entries by which something that matters has a derivative that is not
        zero.  The derivative of the outputs by any other entry is zero, by the chain rule.
        """
        matters = {(len(self.steps), i) for i in range(self.point.model.outputs)}
        for number, step in zip(range(len(self.steps), 0, -1), reversed(self.steps)):
            entries = self.read_by(step)
            read = set(range(step.parameters, step.parameters + len(entries)))
            for i in range(step.width):
                if (number, i) in matters:
                    slopes: dict[Entry, Reduced] = {}
                    for v, total in self.slopes(step, i, read):
                        place = slopes.setdefault(entries[v - step.parameters], {})
                        for key, c in total.items():
                            place[key] = place.get(key, Fraction(0)) + c
                    matters.update(entry for entry, total in slopes.items()
                                   if any(total.values()))
        return matters

    def slopes(self, step: Step, i: int, variables: set[int]) -> Iterator[tuple[int, Reduced]]:
        """The derivatives of an output of a step by some of its variables, at the weights."""
        entries = self.read_by(step)
        found: dict[int, Reduced] = {}
        for monomial, c in step.outputs[i].items():
            for v, e in monomial:
                if v in variables:
                    rest = tuple((u, k - (u == v)) for u, k in monomial if k - (u == v))
                    self._add(found.setdefault(v, {}), self._term(step, entries, rest, c * e))
        return iter(found.items())


def _times(c: Fraction, base: Fraction, exponent: int) -> Fraction:
    """A product with a power; most factors are one, and arithmetic with fractions is slow."""
    if base == 1:
        return c
    power = base if exponent == 1 else base**exponent
    return power if c == 1 else c * power


def _form(total: Reduced, here: Entry, seen: dict[Any, list[tuple[Entry, Fraction, Reduced]]]
          ) -> Form:
    """
    What a polynomial in entries is: zero, a constant, a multiple of an entry, or new.

    Multiples have the same products and the same ratio of two coefficients; where these agree with
    those of a polynomial in ``seen``, all coefficients are compared.
    """
    if not total:
        return None
    first, last = min(total), max(total)
    lead = total[first]
    if len(total) == 1 and not first:
        return ONE, lead
    if len(total) == 1 and len(first) == 1 and first[0][1] == 1:
        return first[0][0], lead
    alike = seen.setdefault((frozenset(total), total[last] / lead), [])
    for representative, its_lead, other in alike:
        if all(c * its_lead == other[key] * lead for key, c in total.items()):
            return representative, lead / its_lead
    alike.append((here, lead, total))
    return here, Fraction(1)


def inactive(states: States) -> dict[str, list[Any]]:
    """
    Of each state the entries that are found to be

    - ``zero``, at all inputs: [state, place]
    - ``constant``, and not zero: [state, place, value]
    - ``proportional`` to one before them: [state, place, that place, factor]
    - ``unused``: the outputs do not depend on them, and they are not zero: [state, place]

    State 0 has the inputs, and each step makes the next.
    """
    found: dict[str, list[Any]] = {"zero": [], "constant": [], "proportional": [],
                                   "unused": [list(entry) for entry in states.unused()]}
    for s in range(len(states.forms)):
        for kind, entry in states.known(s):
            found[kind].append(entry)
    return found


def check_inactive(point: Point, claimed: Any, evidence: Any) -> Checked:
    """Verify which entries vanish, are constant, proportional, or unused: all that are found."""
    found = inactive(States(point))
    require(same(claimed, found), "The entries claimed are not those that are found.")
    return [f"entries ({sum(map(len, found.values()))}) are found step by step"], []


def require_local(point: Point, vectors: Sequence[dict[int, Fraction]]) -> None:
    """
    Verify vectors in the kernel of Dφ(w) without an expansion.

    Along a vector each step changes to first order, for fixed entries before it, by a polynomial
    in these.  If it is zero for each entry that matters, the outputs do not change, by the chain
    rule.
    """
    states = States(point)
    by_parameter: dict[int, list[int]] = {}
    for k, vector in enumerate(vectors):
        for p in vector:
            by_parameter.setdefault(p, []).append(k)
    for number, step in enumerate(states.steps, 1):
        own = {p - step.offset for p in by_parameter
               if 0 <= p - step.offset < step.parameters}
        for i in range(step.width) if own else ():
            if (number, i) not in states.matters_to_first_order:
                continue
            changes: dict[int, Reduced] = {}
            for v, total in states.slopes(step, i, own):
                for k in by_parameter[step.offset + v]:
                    change = changes.setdefault(k, {})
                    for key, c in total.items():
                        change[key] = change.get(key, Fraction(0)) + c * vectors[k][
                            step.offset + v]
            require(not any(c for change in changes.values() for c in change.values()),
                    "An entry that matters changes along a vector.")
