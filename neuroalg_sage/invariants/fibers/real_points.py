"""
Proofs that equations have no common real zero.

Real zeros of a sum of squares are zeros of each of them.  So equations among whose combinations
is such a sum imply more equations for their real zeros, and if it goes on like this until 1 is a
combination, there are none.  This is a proof by the real Nullstellensatz in small steps; it is
looked for among the elements of Gröbner bases of the components only, so that none may be
found where there is one.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.certificates.equations.groebner import GroebnerBasis
from neuroalg_sage.certificates.singularities.algebraic_points import real_roots
from neuroalg_sage.certificates.singularities.coverings import MOST_PRODUCTS, are_covered
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.singularities.decomposition import (
    encoded_presentation,
    equations_data,
    for_checker,
    fractions,
    presentation,
)
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.rational import univariate

DEEPEST = 6
# For a component of dimension zero a polynomial q, a linear form l, and q(l) by its generators.
SEPARATED = """\
L = primeComponents ideal E;
separated = c -> if c#"dimension" > 0 then null else (
    p := first algebraicPoints c#"ideal";
    l := sum(numgens W, i -> p#"form"#i * W_i);
    q := (map(W, ring p#"polynomial", {l})) p#"polynomial";
    {p#"polynomial", l, matrix {{q}} // c#"generators"});"""
Squares = list[tuple[Fraction, Polynomial]]


def sum_of_squares(polynomial: Polynomial) -> Squares | None:
    """
    A polynomial as a sum of squares with positive coefficients, found by completing squares.

    A Gram matrix for the monomials whose squares are terms; where a term is several products of
    these, it goes to one of them, so that for quadratic polynomials the search is complete.

    OUTPUT: pairs of a positive coefficient and a polynomial, or None

    EXAMPLES::

        >>> one = Fraction(1)
        >>> sum_of_squares({(2, 0): one, (1, 1): one, (0, 2): one})
        [(Fraction(1, 1), {(1, 0): Fraction(1, 1), (0, 1): Fraction(1, 2)}),
         (Fraction(3, 4), {(0, 1): Fraction(1, 1)})]
        >>> sum_of_squares({(1, 1): one}) is None
        True
    """
    halves = sorted((tuple(k // 2 for k in e) for e, c in polynomial.items()
                     if all(k % 2 == 0 for k in e)), reverse=True)
    gram: dict[tuple[int, int], Fraction] = {}
    left = dict(polynomial)
    for i, j in itertools.combinations_with_replacement(range(len(halves)), 2):
        e = tuple(map(int.__add__, halves[i], halves[j]))
        if i == j or (e in left and any(k % 2 for k in e)):
            c = left.pop(e, Fraction(0))
            gram[i, j] = gram[j, i] = c if i == j else c / 2
    if left or not halves:
        return None
    squares: Squares = []
    size = range(len(halves))
    for i in size:
        pivot = gram.get((i, i), Fraction(0))
        row = {j: gram.get((i, j), Fraction(0)) for j in size if j >= i}
        if pivot < 0 or (pivot == 0 and any(row.values())):
            return None
        if pivot:
            squares.append((pivot, {halves[j]: c / pivot for j, c in row.items() if c}))
            for j in row:
                for k in row:
                    gram[j, k] = gram.get((j, k), Fraction(0)) - row[j] * row[k] / pivot
    return squares


def _has_no_real_root(polynomial: Polynomial) -> tuple[int, list[Fraction]] | None:
    """The variable and the coefficients of a polynomial in one variable without real roots."""
    used = {i for e in polynomial for i, k in enumerate(e) if k}
    if len(used) != 1:
        return None
    (i,) = used
    coefficients = [Fraction(0)] * (max(e[i] for e in polynomial) + 1)
    for e, c in polynomial.items():
        coefficients[e[i]] = c
    return None if real_roots(univariate(coefficients)) else (i, coefficients)


def no_real_points(equations: Sequence[Polynomial], names: Sequence[str],
                   computation: Computation, depth: int = 0) -> dict[str, Any] | None:
    """
    A proof that equations have no common real zero, as the checker reads it; None if not found.

    EXAMPLES::

        >>> one = Fraction(1)
        >>> equations = [{(2, 0, 0): one, (0, 2, 0): one}, {(1, 0, 1): one, (0, 0, 0): one}]
        >>> proof = no_real_points(equations, ["x_0", "x_1", "x_2"], Computation())
        >>> proof["step"], proof["then"][0]["step"]
        ('components', 'squares')
    """
    n = len(names)
    if depth > DEEPEST:
        return None
    title = "a proof that there are no real points"
    shown = presentation(equations, names, computation, title)
    if shown is None:
        return None
    encoded = encoded_presentation(shown)
    if [len(e) for e in shown["basis"].entries] == [1] and not any(
            map(any, shown["basis"].entries[0])):
        scale = Fraction(next(iter(shown["basis"].entries[0].values())))
        cofactors = [fractions(c) for c in shown["cofactors"].entries]
        return {"step": "unit", "cofactors": [
            encode_polynomial({e: c / scale for e, c in f.items()}) for f in cofactors]}
    found = computation.run(Script(title, equations_data(equations, names), SEPARATED, {
        "components": 'apply(L, c -> hashTable {"generators" => c#"generators", "basis" => '
                      'c#"basis", "cofactors" => c#"cofactors", "points" => separated c})'})
                            )["components"]
    lists = [[fractions(g) for g in part["generators"].entries] for part in found]
    total = 1
    for part in lists:
        total *= max(len(part), 1)
    if total > MOST_PRODUCTS or not are_covered(
            GroebnerBasis(for_checker(shown["basis"].entries, n), [1] * n),
            [for_checker(part, n) for part in lists]):
        return None
    proofs = []
    for part, generators in zip(found, lists):
        proof = _of_component(part, equations, generators, names, computation, depth)
        if proof is None:
            return None
        proofs.append(proof)
    return {"step": "components", "lists": [list(map(encode_polynomial, g)) for g in lists],
            "then": proofs} | encoded


def _of_component(part: dict[str, Any], equations: Sequence[Polynomial],
                  generators: list[Polynomial], names: Sequence[str], computation: Computation,
                  depth: int) -> dict[str, Any] | None:
    """A proof for one component; its equations are the former ones and its generators."""
    nothing: list[list[Any]] = [[] for _ in equations]
    if part["points"] is not None:
        q, form, cofactors = part["points"]
        numbers = [Fraction(q.polynomial.get((k,), 0))
                   for k in range(max(k for (k,) in q.polynomial) + 1)]
        if real_roots(univariate(numbers)):
            return None
        return {"step": "roots", "polynomial": list(map(decimal, numbers)),
                "form": encode_polynomial(fractions(form.polynomial)),
                "cofactors": nothing + [encode_polynomial(fractions(c))
                                        for c in cofactors.entries]}
    basis, cofactors = part["basis"], part["cofactors"]
    for column, entry in enumerate(basis.entries):
        element = fractions(entry)
        factors = [fractions(cofactors.entries[row * cofactors.columns + column])
                   for row in range(cofactors.rows)]
        rootless = _has_no_real_root(element)
        if rootless is not None:
            variable = tuple(int(k == rootless[0]) for k in range(len(names)))
            return {"step": "roots", "polynomial": list(map(decimal, rootless[1])),
                    "form": encode_polynomial({variable: Fraction(1)}),
                    "cofactors": nothing + list(map(encode_polynomial, factors))}
        for sign in (1, -1):
            squares = sum_of_squares({e: sign * c for e, c in element.items()})
            # A square alone is in the prime ideal with its root, and says nothing new.
            if squares is None or len(squares) < 2:
                continue
            bases = [base for _, base in squares]
            then = no_real_points([*equations, *generators, *bases], names, computation,
                                  depth + 1)
            if then is not None:
                return {"step": "squares", "squares": [
                    [decimal(c), encode_polynomial(base)] for c, base in squares], "then": then,
                    "cofactors": nothing + [encode_polynomial({e: sign * c for e, c in f.items()})
                                            for f in factors]}
    return None
