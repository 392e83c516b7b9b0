"""
Subnetworks of any polynomial model, by its parameters: some are zero, others agree up to sign.

Layers whose units are known have the subnetworks of :mod:`neuroalg_sage.models.subnetworks`.  Of
any other model, such as one that is given by expressions, a subnetwork is the closure of the
functions of the parameters w with some w_i = 0, w_i = w_j and w_i = -w_j.  Let ψ be φ there,

- *in the parameters that occur in it*: what does not occur is free, as the weights of a unit are
  that nobody reads;
- *up to names*: if ψ becomes another one when parameters are renamed, as when the one or the other
  of two equal units is left out, both have the same functions, and are one subnetwork;
- *up to closure*: if further parameters are zero and the rank of Dψ stays, then the closure does,
  since both are irreducible; and so it does where parameters are rescaled.

That w_i = w_j is a condition only where no diagonal symmetry of ψ, over the complex numbers, turns
w_i / w_j into whatever one likes; and w_i = -w_j is no other condition than that where one turns
w_i / w_j into its negative.  Besides these, the equations of what a permutation that is a symmetry
of ψ leaves fixed are set all at once: so units come together.

Ranks are those at a random point modulo a prime: if one is too small by accident, two subnetworks
are taken for one, and the list, which nobody claims to be complete, is shorter.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import lcm, prod

import numpy as np

from neuroalg_sage.engines import modular
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.dimension.finite_symmetries import (
    Colors,
    exponent_lattice,
    renaming,
    renamings_to_itself,
)
from neuroalg_sage.models.expressions import Polynomial, derivative, evaluate
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization, parametrization
from neuroalg_sage.models.rational import fraction, integral_kernel, matrix, rank
from neuroalg_sage.models.sources import polynomial_model
from neuroalg_sage.models.subnetworks import (
    FREE,
    MINUS,
    MOST_SUBNETWORKS,
    ZERO,
    Embedding,
    Subnetwork,
    embedded,
    has_units,
    subnetworks,
    too_many,
)

PRIME = 2**31 - 1
MOST_TERMS = 5_000  # of an expanded φ
MOST_EMBEDDINGS = 12  # of one subnetwork, that a certificate states


@lru_cache(maxsize=16)
def proper_subnetworks(model: Model) -> list[Subnetwork]:
    """
    The proper subnetworks of a model that are known, the largest first: by its units, else by its
    parameters.

    Raises LimitReached if they are too many to be listed, or if φ is too large.

    EXAMPLES::

        >>> from neuroalg_sage.models.sources import from_expressions
        >>> model = from_expressions("c*(a*x + b*y)^2", ["a", "b", "c"], ["x", "y"])
        >>> [s.name for s in proper_subnetworks(model)]
        ['a = 0', 'b = 0', 'a = b', 'a = -b', 'zero']
    """
    if has_units(model):
        return subnetworks(model)
    phi = parametrization(model, limit=MOST_TERMS)
    try:
        return _Search(phi, agreeing=True).subnetworks()
    except LimitReached:  # without those where single parameters agree
        return _Search(phi, agreeing=False).subnetworks()


@dataclass
class _Part:
    """
    φ where some parameters vanish or agree, in the parameters that occur.

    - ``below`` -- parts where further ones do, each with what becomes of the parameters
    - ``embeddings`` -- what the parameters of the whole are here
    """

    colors: Colors
    rank: int
    below: list[tuple[int, Embedding]] = field(default_factory=list)
    embeddings: dict[Embedding, None] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of parameters."""
        return self.colors.count

    @property
    def polynomials(self) -> Sequence[Polynomial]:
        """The coordinates."""
        return self.colors.polynomials


class _Search:
    """All parts of φ, each once up to names."""

    def __init__(self, phi: Parametrization, agreeing: bool) -> None:
        self.phi, self.agreeing = phi, agreeing
        self.generator = random.Random(1)
        self.parts: list[_Part] = []
        self.alike: dict[tuple[object, ...], list[int]] = {}
        count = phi.model.parameter_count
        whole, names = self._part(phi.polynomials, tuple(range(count)))
        self.parts[whole].embeddings[names] = None
        place = 0
        while place < len(self.parts):
            part = self.parts[place]
            for conditions in self._conditions(part):
                part.below.append(self._part(part.polynomials, conditions))
                if len(self.parts) > MOST_SUBNETWORKS:
                    raise too_many()
            place += 1
        self._embed()

    def _part(self, polynomials: Sequence[Polynomial], conditions: Embedding
              ) -> tuple[int, Embedding]:
        """The number of the part with these conditions, and what becomes of the parameters."""
        images = [_substituted(p, conditions) for p in polynomials]
        occurring = sorted({i for p in images for e in p for i, k in enumerate(e) if k})
        numbers = {i: k for k, i in enumerate(occurring)}
        reduced = [{tuple(e[i] for i in occurring): c for e, c in p.items()} for p in images]
        # Parameters that agree are free together, and not each for itself.
        together = {_place(a) for a in conditions if a != ZERO
                    and sum(b != ZERO and _place(b) == _place(a) for b in conditions) > 1}
        kept = tuple(ZERO if a == ZERO else _signed(numbers[_place(a)], a)
                     if _place(a) in numbers else ZERO if _place(a) in together else FREE
                     for a in conditions)
        colors = Colors(len(occurring), reduced)
        key = (len(occurring), *sorted(colors.refined([]).tolist()))
        for number in self.alike.setdefault(key, []):
            names = renaming(colors, self.parts[number].colors)
            if names is not None:
                return number, tuple(a if a in (ZERO, FREE) else _signed(names[_place(a)], a)
                                     for a in kept)
        self.alike[key].append(len(self.parts))
        self.parts.append(_Part(colors, self._rank(colors)))
        return len(self.parts) - 1, kept

    def _rank(self, colors: Colors) -> int:
        point = [self.generator.randrange(1, PRIME) for _ in range(colors.count)]
        rows = [[evaluate(derivative(p, i), point, PRIME) for p in colors.polynomials]
                for i in range(colors.count)]
        return modular.rank(np.array(rows, dtype=np.int64), PRIME) if rows else 0

    def _conditions(self, part: _Part) -> Iterator[Embedding]:
        """What further conditions there are, as what becomes of the parameters."""
        own = tuple(range(part.count))
        for i in own:
            yield tuple(ZERO if k == i else k for k in own)
        for permutation in renamings_to_itself(part.colors):
            yield _fixed(permutation)
        if self.agreeing:
            order = _Characters(part.polynomials, part.count).order
            for i in own:
                for j in range(i):
                    turns = order(i, j)
                    if turns is not None:
                        yield tuple(j if k == i else k for k in own)
                        if turns % 2:
                            yield tuple(MINUS - j if k == i else k for k in own)

    def _embed(self) -> None:
        """Embeddings of all parts, from those of the parts above, which have more parameters."""
        for part in sorted(self.parts, key=lambda p: -p.count):
            for number, conditions in part.below:
                below = self.parts[number].embeddings
                for embedding in part.embeddings:
                    composed = tuple(a if a in (ZERO, FREE) else _signed_again(
                        conditions[_place(a)], a) for a in embedding)
                    for found in dict.fromkeys((composed, _tied(composed, embedding))):
                        if len(below) < MOST_EMBEDDINGS and self._is_right(number, found):
                            below[found] = None
                            break

    def _is_right(self, number: int, embedding: Embedding) -> bool:
        """Whether φ is that of the part, at a random point modulo a prime."""
        part = self.parts[number]
        point = [self.generator.randrange(1, PRIME) for _ in range(part.count)]
        w = embedded(embedding, point, [self.generator.randrange(PRIME) for _ in embedding])
        return all(evaluate(f, w, PRIME) == evaluate(g, point, PRIME)
                   for f, g in zip(self.phi.polynomials, part.polynomials))

    def subnetworks(self) -> list[Subnetwork]:
        """One for each closure of the functions of a part, with the fewest parameters."""
        closures = list(range(len(self.parts)))  # of parts with the same one, the number of one

        def closure(i: int) -> int:
            while closures[i] != i:
                i = closures[i]
            return i

        for i, part in enumerate(self.parts):
            for j, _ in part.below:
                if self.parts[j].rank == part.rank:
                    closures[closure(j)] = closure(i)
        for i, j in self._rescaled():
            closures[closure(j)] = closure(i)
        groups: dict[int, list[_Part]] = {}
        for i, part in enumerate(self.parts):
            groups.setdefault(closure(i), []).append(part)
        found = []
        for parts in groups.values():
            least = min(parts, key=lambda part: min(
                (_agreements(e), part.count, sum(a != FREE for a in e)) for e in part.embeddings))
            if least is not self.parts[0]:
                found.append((least, [e for p in parts if p is not least and p is not self.parts[0]
                                      for e in p.embeddings]))
        found.sort(key=lambda pair: (-pair[0].rank, -pair[0].count))
        return [self._subnetwork(part, tuple(others)) for part, others in found]

    def _rescaled(self) -> Iterator[tuple[int, int]]:
        """Pairs of parts that become each other when parameters are renamed and rescaled."""
        alike: dict[tuple[object, ...], list[tuple[int, Colors]]] = {}
        for i, part in enumerate(self.parts):
            bare = Colors(part.count, [dict.fromkeys(p, Fraction(1)) for p in part.polynomials])
            key = (part.count, part.rank, *sorted(bare.refined([]).tolist()))
            for j, other in alike.setdefault(key, []):
                names = renaming(bare, other)
                if names is not None and _are_rescaled(part.polynomials, [
                        {tuple(e[k] for k in names): c for e, c in p.items()}
                        for p in self.parts[j].polynomials], part.count):
                    yield j, i
                    break
            else:
                alike[key].append((i, bare))

    def _subnetwork(self, part: _Part, others: tuple[Embedding, ...]) -> Subnetwork:
        model = self.phi.model
        embeddings = tuple(sorted(part.embeddings, key=lambda e: (
            _agreements(e), sum(a != FREE for a in e))))
        if not any(part.polynomials):
            return Subnetwork("zero", None, (), embeddings, others)
        first, name = embeddings[0], _name(embeddings[0], model.parameter_names)
        names = [model.parameter_names[next(i for i, a in enumerate(first) if a not in (ZERO, FREE)
                                            and _place(a) == k)] for k in range(part.count)]
        if not names:  # one function, which is not zero: a parameter that does not occur
            names = [model.parameter_names[0]]
        outputs: list[Polynomial] = [{} for _ in range(model.output_count)]
        for (j, exponents), p in zip(self.phi.coordinates, part.polynomials):
            for e, c in p.items():
                outputs[j][(*(e or (0,) * len(names)), *exponents)] = c
        inputs = [x if x not in model.parameter_names else f"x_{k}"
                  for k, x in enumerate(model.input_names)]
        return Subnetwork(name, polynomial_model(outputs, names, inputs),
                          tuple(range(model.input_count)), embeddings, others)


def _place(a: int) -> int:
    return a if a >= 0 else MINUS - a


def _signed(place: int, like: int) -> int:
    return place if like >= 0 else MINUS - place


def _signed_again(a: int, like: int) -> int:
    """What becomes of a parameter, or of minus that."""
    return a if a in (ZERO, FREE) or like >= 0 else MINUS - a


def _tied(composed: Embedding, before: Embedding) -> Embedding:
    """Zero instead of free where several parameters agreed."""
    several = {_place(a) for a in before if a not in (ZERO, FREE)
               and sum(b not in (ZERO, FREE) and _place(b) == _place(a) for b in before) > 1}
    return tuple(ZERO if a == FREE and b not in (ZERO, FREE) and _place(b) in several else a
                 for a, b in zip(composed, before))


def _substituted(polynomial: Polynomial, conditions: Embedding) -> Polynomial:
    """A polynomial where parameters vanish, or are others or minus others."""
    result: Polynomial = {}
    for e, c in polynomial.items():
        exponents = [0] * len(e)
        for a, k in zip(conditions, e):
            if k and a == ZERO:
                break
            if k:
                exponents[_place(a)] += k
                c = -c if a < 0 and k % 2 else c
        else:
            key = tuple(exponents)
            result[key] = result.get(key, Fraction(0)) + c
    return {e: c for e, c in result.items() if c}


def _fixed(permutation: Sequence[int]) -> Embedding:
    """
    What becomes of the parameters where they are the same after a permutation.

    EXAMPLES::

        >>> _fixed([2, 1, 0])
        (0, 1, 0)
    """
    first = [-1] * len(permutation)
    for i in range(len(permutation)):
        k = i
        while first[k] < 0:
            first[k], k = i, permutation[k]
    return tuple(first)


def _agreements(embedding: Embedding) -> int:
    """How many conditions say that parameters agree up to sign."""
    kept = [_place(a) for a in embedding if a not in (ZERO, FREE)]
    return len(kept) - len(set(kept))


def _are_rescaled(first: Sequence[Polynomial], second: Sequence[Polynomial], count: int) -> bool:
    """
    Whether polynomial maps with the same monomials agree up to factors of the variables, which
    may be complex: each relation between the monomials must hold for the quotients of coefficients.

    EXAMPLES::

        >>> _are_rescaled([{(2,): 1}, {(1,): 3}], [{(2,): 4}, {(1,): 6}], 1)
        True
        >>> _are_rescaled([{(2,): 1}, {(1,): 3}], [{(2,): 4}, {(1,): 3}], 1)
        False
    """
    terms = [(e, Fraction(c) / Fraction(q[e])) for p, q in zip(first, second)
             for e, c in p.items()]
    relations = integral_kernel([[e[k] for e, _ in terms] for k in range(count)], len(terms))
    return all(prod((c**k for (_, c), k in zip(terms, relation) if k), start=Fraction(1)) == 1
               for relation in relations)


class _Characters:
    """Monomials in the parameters, modulo those that occur in a polynomial map."""

    def __init__(self, polynomials: Sequence[Polynomial], count: int) -> None:
        self.count = count
        self.basis = exponent_lattice(polynomials)

    def order(self, i: int, j: int) -> int | None:
        """
        The order of w_i / w_j: the diagonal symmetries turn it by so many roots of unity.

        OUTPUT: None if they turn it into everything that is not zero

        EXAMPLES::

            >>> [_Characters([{e: 1}], 2).order(0, 1) for e in ((1, 1), (1, -1), (2, -2))]
            [None, 1, 2]
        """
        character = [int(k == i) - int(k == j) for k in range(self.count)]
        if not self.basis or rank([*self.basis, character]) > len(self.basis):
            return None
        rows = len(self.basis)
        system = [[row[k] for row in self.basis] + [character[k]] for k in range(self.count)]
        reduced, _ = matrix(system, rows + 1).rref()
        return lcm(*(fraction(reduced[k, rows]).denominator for k in range(rows)))


def _name(embedding: Embedding, names: Sequence[str]) -> str:
    """
    The conditions of an embedding.

    EXAMPLES::

        >>> _name((0, 0, ZERO, MINUS - 0, FREE, ZERO), "abcdef")
        'a = b = -d, c = f = 0'
    """
    groups: dict[int, list[str]] = {}
    for a, name in zip(embedding, names):
        if a not in (ZERO, FREE):
            groups.setdefault(_place(a), []).append("-" * (a < 0) + name)
    conditions = [" = ".join(group) for group in groups.values() if len(group) > 1]
    zeros = [name for a, name in zip(embedding, names) if a == ZERO]
    return ", ".join([*conditions, *([" = ".join([*zeros, "0"])] if zeros else [])])
