"""
Descriptions of M by eliminating the parameters from z = φ(w), over the real numbers.

Symmetries come first, QEPCAD last.  The rules of elimination are in the checker,
:mod:`neuroalg_sage.certificates.real.elimination`; here it is decided which one to apply.  Where
none is of use, gradings fix coordinates, and QEPCAD is asked what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import combinations, permutations
from math import lcm
from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.certificates.model import Model as CheckedModel
from neuroalg_sage.certificates.reading import CertificateError, exponent_vectors
from neuroalg_sage.certificates.real.conjunctions import coefficients, replaced, tidy
from neuroalg_sage.certificates.real.elimination import (
    MOST_DEPTH,
    ORDERED,
    RULES,
    Conjunction,
    eliminated,
    graph,
    occurs,
)
from neuroalg_sage.certificates.real.formulas import Formula as CheckedFormula
from neuroalg_sage.engines import qepcad
from neuroalg_sage.errors import EngineError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.real.formula import Formula
from neuroalg_sage.models.expressions import Polynomial, from_flint
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.rational import echelon, fraction, kernel

MOST_PARAMETERS = 12
MOST_NODES = 3000
MOST_TERMS = 600  # of a conjunction
LARGEST_WEIGHT = 12
MOST_QUESTIONS = 30  # to QEPCAD
MOST_VARIABLES = 6  # of a question
SECONDS = 30.0  # for all questions
SECONDS_FOR_CASES = 10.0

Node = dict[str, Any] | None


def by_elimination(model: Model, computation: Computation
                   ) -> tuple[CheckedFormula, dict[str, Any], list[str], str]:
    """
    M by elimination of the parameters.

    OUTPUT: a formula in the ring of the checker, evidence, what must be trusted, and the method

    Raises LimitReached for too many parameters or cases, or where QEPCAD does not answer.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> found = by_elimination(parse_spec("mlp:1,1,1:x^2:bias"), Computation())
        >>> found[0], found[2:]
        ([[('!=', v0)], [('=', v0), ('=', v1)]], ([], 'elimination of the parameters'))
    """
    if model.parameter_count > MOST_PARAMETERS:
        raise LimitReached(f"Parameters are eliminated where there are at most {MOST_PARAMETERS}.")
    checked = CheckedModel(model.describe())
    ways, failures = [], []
    with computation.share(SECONDS_FOR_CASES):
        for boldly in (True, False):
            with suppress(_TooLong, LimitReached, CertificateError):
                ways.append(Eliminations(checked, boldly, computation.clock()))
                if not ways[-1].questions:
                    break
    if not ways:
        raise LimitReached("Elimination of the parameters has too many cases.")
    for way in sorted(ways, key=lambda way: len(way.questions)):
        try:
            with computation.share(SECONDS):
                way.answer(computation)
        except (LimitReached, EngineError) as error:
            failures.append(str(error))
            continue
        asked: list[Conjunction] = []
        evidence = {"argument": "elimination", "tree": way.tree}
        formula = eliminated(checked, evidence, asked)
        return formula, evidence, ["qepcad"] if asked else [], "elimination of the parameters" + (
            f", with {len(asked)} question{'s' * (len(asked) > 1)} to QEPCAD" * bool(asked))
    raise LimitReached(min(failures, key=len))


class _TooLong(Exception):
    """A way of eliminating has too many cases, or too long polynomials."""


class Eliminations:
    """
    A tree of eliminations for a model.

    - ``boldly`` -- whether parameters are solved for also by dividing by polynomials in several
      of the others, before QEPCAD is asked
    - ``tree`` -- for the checker; its questions to QEPCAD are not answered yet
    - ``questions`` -- the leaves of the tree that are questions, with their conjunctions
    """

    def __init__(self, model: CheckedModel, boldly: bool, check: Callable[[], None]) -> None:
        self.n, self.boldly, self._check = model.ambient_dimension, boldly, check
        self.questions: list[tuple[dict[str, Any], Conjunction]] = []
        self._nodes = self._depth = 0
        self.tree = self._combined(graph(model))

    def answer(self, computation: Computation) -> None:
        """Have QEPCAD answer the questions, the shortest first."""
        for number, (leaf, conditions) in enumerate(self.questions, 1):
            computation.progress(f"QEPCAD: question {number} of {len(self.questions)}")
            try:
                leaf["answer"] = self._answered(conditions, computation)
            except (LimitReached, EngineError) as error:
                raise LimitReached(
                    f"Of {len(self.questions)} questions that are left when parameters are "
                    f"eliminated, {number - 1} were answered by QEPCAD.  {error}") from None

    def _answered(self, conditions: Conjunction, computation: Computation) -> list[Any]:
        """QEPCAD's formula for what is left, as a certificate has it."""
        used = [{v for v, e in enumerate(f.degrees()) if e} for _, f in conditions]
        mixed = [c for c, of in zip(conditions, used) if max(of) >= self.n]
        occurring = set().union(*(of for of in used if max(of) >= self.n))
        inner = [c for c, of in zip(conditions, used) if max(of) < self.n and of <= occurring]
        outer = [c for c, of in zip(conditions, used) if max(of) < self.n and not of <= occurring]
        variables = sorted(occurring)
        if len(variables) > MOST_VARIABLES:
            raise LimitReached(f"A question has {len(variables)} variables, over the limit of "
                               f"{MOST_VARIABLES}.")
        question = [({tuple(e[v] for v in variables): c for e, c in from_flint(f).items()},
                     relation) for relation, f in [*mixed, *inner]]
        free = sum(v < self.n for v in variables)
        left = computation.seconds_left()
        found = qepcad.eliminate([question], free, len(variables) - free,
                                 timeout=left,
                                 memory_gb=computation.memory_gb)
        pieces = [[*((relation, self._extended(f, variables[:free])) for f, relation in piece),
                   *((relation, {e[:self.n]: c for e, c in from_flint(f).items()})
                     for relation, f in outer)] for piece in found]
        formula = Formula(self.n, tuple(tuple((f, relation) for relation, f in piece)
                                        for piece in pieces))
        return formula.plain_value()

    def _extended(self, f: Any, variables: Sequence[int]) -> Polynomial:
        """A polynomial in some of the coordinates as one in all."""
        place = {v: j for j, v in enumerate(variables)}
        return {tuple(e[place[i]] if i in place else 0 for i in range(self.n)): c
                for e, c in f.items()}

    def _combined(self, equations: Conjunction) -> Node:
        """The root: combinations of the coordinates in which few monomials occur."""
        monomials = sorted({e[self.n:] for _, f in equations for e in exponent_vectors(f)
                            if any(e[self.n:])}, key=lambda e: (-sum(e), e))
        place = {e: j for j, e in enumerate(monomials)}
        columns, n = len(monomials), self.n
        rows = []
        for i, (_, f) in enumerate(equations):
            row: dict[int, Any] = {place[e[n:]]: c for e, c in from_flint(f).items()
                                   if any(e[n:])}
            rows.append(row | {columns + i: Fraction(1)})
        reduced, _ = echelon(rows, columns + n)
        transformation = [[fraction(reduced[i, columns + j]) for j in range(n)] for i in range(n)]
        identity = [[Fraction(i == j) for j in range(n)] for i in range(n)]
        if transformation == identity:
            return self._node(equations)
        return self._apply(equations, "combine", {
            "rows": [list(map(decimal, row)) for row in transformation]})

    def _node(self, conditions: Conjunction) -> Node:
        """The tree below a conjunction."""
        tidied = tidy(conditions)
        if tidied is None:
            return None
        self._check()
        self._nodes += 1
        if (self._nodes > MOST_NODES or self._depth >= MOST_DEPTH
                or sum(len(f) for _, f in tidied) > MOST_TERMS):
            raise _TooLong
        left = {v for _, f in tidied for v, e in enumerate(f.degrees()) if e and v >= self.n}
        if not left:
            return None
        for find in (self._constant, self._existence, self._factors, self._scaling,
                     self._symmetry, self._division, self._euclid, self._grading):
            found = find(tidied, sorted(left))
            if found is not None:
                return found
        leaf: dict[str, Any] = {"rule": "ask"}
        self.questions.append((leaf, tidied))
        if len(self.questions) > MOST_QUESTIONS:
            raise _TooLong
        return leaf

    def _apply(self, conditions: Conjunction, rule: str, details: dict[str, Any]) -> Node:
        """A node with a rule, and the trees below its cases."""
        node = {"rule": rule} | details
        tidied = tidy(conditions)
        assert tidied is not None
        return node | {"then": self._below(RULES[rule](tidied, node, self.n))}

    def _below(self, cases: Iterable[Conjunction]) -> list[Node]:
        """The trees of cases."""
        self._depth += 1
        found = [self._node(case) for case in cases]
        self._depth -= 1
        return found

    def _constant(self, conditions: Conjunction, left: list[int]) -> Node:
        """Solve an equation for what has a number as coefficient."""
        for v in [*left, *range(self.n)]:
            others = sum(occurs(f, v) for _, f in conditions)
            for k, (relation, f) in enumerate(conditions):
                # Of the coordinates in an equation it is the last, so that this comes to an end.
                if relation == "=" and f.degrees()[v] == 1 and (
                        v >= self.n or others > 1 and not any(f.degrees()[v + 1:])):
                    if coefficients(f, v)[1].is_constant():
                        return self._apply(conditions, "solve", {"equation": k, "variable": v})
        return self._remainders(conditions, left, lambda a: a.is_constant())

    def _remainders(self, conditions: Conjunction, left: list[int],
                    is_leading: Callable[[fmpq_mpoly], bool]) -> Node:
        """Replace conditions by remainders modulo an equation, the one of least degree."""
        found = []
        for v in left:
            degrees = sorted(int(f.degrees()[v]) for _, f in conditions)
            for k, (relation, f) in enumerate(conditions):
                d = int(f.degrees()[v])
                if relation == "=" and d and len(degrees) > 1 and degrees[-2] >= d and (
                        is_leading(coefficients(f, v)[-1])):
                    found.append((d, sum(degrees), v, k))
        if not found:
            return None
        *_, v, k = min(found)
        return self._apply(conditions, "divide", {"equation": k, "variable": v})

    def _existence(self, conditions: Conjunction, left: list[int]) -> Node:
        """A parameter that is in one equation only, or in conditions ≠ only."""
        for v in left:
            x = conditions[0][1].context().gens()[v]
            found = [k for k, (_, f) in enumerate(conditions) if occurs(f, v)]
            relations = {conditions[k][0] for k in found}
            if "!=" in relations and relations <= {"!=", ">"}:
                return self._apply(conditions, "generic", {"variable": v})
            if len(found) == 1 and relations <= set(ORDERED):
                powers = coefficients(conditions[found[0]][1], v)
                if len(powers) == 3 or _is_simple(powers):
                    return self._apply(conditions, "positive", {"variable": v})
            equations = [k for k in found if conditions[k][0] == "="]
            if len(equations) != 1 or any(conditions[k] != ("!=", x) for k in found
                                          if k != equations[0]):
                continue
            (k,) = equations
            if len(found) == 2:
                return self._apply(conditions, "nonzero", {"equation": k, "variable": v})
            powers = coefficients(conditions[k][1], v)
            if len(powers) == 3 or _is_simple(powers):
                return self._apply(conditions, "root", {"equation": k, "variable": v})
        return None

    def _factors(self, conditions: Conjunction, left: list[int]) -> Node:
        for k, (relation, f) in enumerate(conditions):
            if relation == "=" and len(f.factor()[1]) > 1:
                return self._apply(conditions, "factor", {"equation": k})
        return None

    def _scaling(self, conditions: Conjunction, left: list[int]) -> Node:
        """A parameter is scaled: such that there are few cases, and a large degree is gone."""
        found = []
        for v in left:
            weights = self._weights(conditions, left, v)
            if weights is None:
                continue
            scale = lcm(*(c.denominator for c in weights.values()))
            whole = {i: int(c * scale) for i, c in weights.items()}
            if max(map(abs, whole.values())) > LARGEST_WEIGHT:
                continue
            even = whole[v] == 1 and _even(conditions, whole)
            degree = max(int(f.degrees()[v]) for _, f in conditions)
            found.append((not even, -degree, v, whole))
        if not found:
            return None
        _, _, v, whole = min(found, key=lambda item: item[:3])
        count = conditions[0][1].context().nvars()
        return self._apply(conditions, "scale", {
            "variable": v, "weights": [whole.get(i, 0) for i in range(self.n, count)]})

    def _weights(self, conditions: Conjunction, variables: Sequence[int], v: int
                 ) -> dict[int, Fraction] | None:
        """Weights of some variables, of which v has 1, that make all conditions homogeneous."""
        order = [i for i in variables if i != v] + [v]
        rows = []
        for _, f in conditions:
            first, *others = exponent_vectors(f)
            rows += [[e[i] - first[i] for i in order] for e in others]
        for vector in kernel(rows, len(order)):
            if vector.get(len(order) - 1) == 1:
                return {order[j]: c for j, c in vector.items()}
        return None

    def _symmetry(self, conditions: Conjunction, left: list[int]) -> Node:
        """Parameters in which all conditions are symmetric."""
        for count in (3, 2):
            for chosen in combinations(left, count):
                written = _symmetric(conditions, chosen)
                if written is not None:
                    return self._apply(conditions, "symmetric", {
                        "variables": list(chosen),
                        "conditions": [encode_polynomial(from_flint(f)) for f in written]})
        return None

    def _division(self, conditions: Conjunction, left: list[int]) -> Node:
        """Solve an equation for what has a polynomial as coefficient."""
        found = []
        for v in left:
            degree = sum(int(f.degrees()[v]) for _, f in conditions)
            for k, (relation, f) in enumerate(conditions):
                if relation == "=" and f.degrees()[v] == 1:
                    m = coefficients(f, v)[1]
                    inner = sum(occurs(m, w) for w in left)
                    if inner == 0 or self.boldly:
                        found.append((inner, len(m) * degree, v, k))
        if not found:
            return None
        _, _, v, k = min(found)
        return self._apply(conditions, "solve", {"equation": k, "variable": v})

    def _euclid(self, conditions: Conjunction, left: list[int]) -> Node:
        """Remainders modulo an equation whose leading coefficient has no parameters."""
        return self._remainders(conditions, left, lambda a: self.boldly and not any(
            occurs(a, w) for w in left))

    def _grading(self, conditions: Conjunction, left: list[int]) -> Node:
        """A coordinate that may be taken as 1 or 0."""
        used = [i for i in range(self.n) if any(occurs(f, i) for _, f in conditions)]
        found = []
        mixed = [f for _, f in conditions if any(occurs(f, v) for v in left)]
        for p in used:
            if not any(occurs(f, p) for f in mixed):
                continue
            weights = self._weights(conditions, [*left, *used], p)
            if weights is None or any(c.denominator > 1 for i, c in weights.items()
                                      if i < self.n):
                continue
            q = lcm(*(c.denominator for c in weights.values()))
            whole = {i: int(c * q) for i, c in weights.items()}
            if max(map(abs, whole.values())) > LARGEST_WEIGHT:
                continue
            single = q == 1 and _even(conditions, whole)
            degree = sum(int(f.degrees()[p]) for _, f in conditions)
            found.append((not single, -degree, p, whole))
        if not found:
            return None
        two, _, p, whole = min(found, key=lambda item: item[:3])
        ring = conditions[0][1].context()
        node: dict[str, Any] = {"rule": "grade", "coordinate": p,
                                "weights": [whole.get(i, 0) for i in range(ring.nvars())]}
        cases = [[(relation, replaced(f, {p: ring.constant(sign)})) for relation, f in conditions]
                 for sign in ((1, -1) if two else (1,))]
        zero = [*((relation, replaced(f, {p: ring.constant(0)})) for relation, f in conditions),
                ("=", ring.gens()[p])]
        return node | {"then": self._below([*cases, zero])}


def _is_simple(powers: Sequence[fmpq_mpoly]) -> bool:
    """Whether a polynomial has odd degree, or is a power times a constant, and a constant."""
    return len(powers) % 2 == 0 or not any(c != 0 for c in powers[1:-1])


def _even(conditions: Conjunction, weights: dict[int, int]) -> bool:
    """Whether inequalities have even weights."""
    return not any(sum(weights.get(i, 0) * e for i, e in enumerate(exponent_vectors(f)[0])) % 2
                   for relation, f in conditions if relation in ORDERED)


def _symmetric(conditions: Conjunction, chosen: Sequence[int]) -> list[fmpq_mpoly] | None:
    """Conditions by the elementary symmetric functions of some variables; None if they are not."""
    if not any(all(occurs(f, v) for v in chosen) for relation, f in conditions
               if relation == "="):
        return None
    written = []
    for relation, f in conditions:
        for g in (f, f**2) if relation not in ORDERED else (f,):
            if all(_permuted(g, chosen, order) == g for order in permutations(chosen)):
                written.append(_by_elementary(g, chosen))
                break
        else:
            return None
    return written


def _permuted(f: fmpq_mpoly, chosen: Sequence[int], order: Sequence[int]) -> fmpq_mpoly:
    gens = f.context().gens()
    return replaced(f, {v: gens[w] for v, w in zip(chosen, order)})


def _by_elementary(f: fmpq_mpoly, chosen: Sequence[int]) -> fmpq_mpoly:
    """
    A symmetric polynomial by elementary symmetric functions, which take the places of variables.

    EXAMPLES::

        >>> from neuroalg_sage.certificates.reading import polynomial_ring
        >>> ring = polynomial_ring(3)
        >>> x, y, z = ring.gens()
        >>> _by_elementary(x**2*z + y**2*z, (0, 1))
        v0^2*v2 - 2*v1*v2
    """
    ring = f.context()
    x = [ring.gens()[v] for v in chosen]
    one = ring.constant(1)
    elementary = []
    for k in range(1, len(x) + 1):
        total = one * 0
        for part in combinations(x, k):
            product = one
            for y in part:
                product *= y
            total += product
        elementary.append(total)
    found = one * 0
    while f != 0:
        e, c = max(((tuple(map(int, e)), c) for e, c in f.to_dict().items()),
                   key=lambda term: [term[0][v] for v in chosen])
        powers = [e[v] for v in chosen]
        rest = ring.from_dict({tuple(0 if i in chosen else k for i, k in enumerate(e)): c})
        expanded, term = rest, rest
        for k, y in enumerate(x):
            difference = powers[k] - (powers[k + 1] if k + 1 < len(x) else 0)
            expanded *= elementary[k] ** difference
            term *= y**difference
        found += term
        f = f - expanded
    return found
