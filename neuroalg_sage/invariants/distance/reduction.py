"""
Simpler varieties of the same ED degree: without the affine span of M, the lines of which it
consists, and parameters that enter through fewer functions.

Why they have the same one is at :mod:`~neuroalg_sage.certificates.distance.reduced`, where it is
verified.  A bias of the outputs makes lines, a skip connection an affine span.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from flint import Ordering, fmpq_mat, fmpq_mpoly_ctx, nmod_mat

from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.certificates.distance.reduced import matrix_of_rest
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.engines import modular
from neuroalg_sage.invariants.distance.factors import (
    are_independent,
    basis_of,
    jacobian_modulo,
    through_factors,
)
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm
from neuroalg_sage.invariants.equations.products_of_spaces import differences, of_the_same_weights
from neuroalg_sage.models.expressions import Polynomial, from_flint, plus
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import fraction, in_ring, integral_kernel, matrix, to_flint
from neuroalg_sage.models.sources import polynomial_model

MOST_TERMS, MOST_COORDINATES = 20_000, 60
# Parameters that enter through fewer functions are looked for among so many terms and blocks.
MANY_TERMS, FEW_TERMS, MOST_BLOCKS, LARGEST_UNION = 3_000, 500, 16, 3

Rows = list[list[Fraction]]


@dataclass(frozen=True)
class Reduction:
    """
    A way to write φ(w) = c + B ψ(ρ(w)) + C τ(w).

    - ``phi`` -- the parametrization ψ; None if M is an affine space
    - ``form`` -- the quadratic form for which it has the ED degree of M
    - ``evidence`` -- what the checker verifies
    """

    phi: Parametrization | None
    form: QuadraticForm
    evidence: dict[str, Any]


def reduction(phi: Parametrization, form: QuadraticForm, generator: random.Random
              ) -> Reduction | None:
    """
    A simpler variety whose ED degree is that of M; None if none is seen.

    EXAMPLES: A bias of the outputs; a skip connection around a network that is dense. ::

        >>> from neuroalg_sage.invariants.distance.quadratic_forms import quadratic_form
        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> def reduced(spec):
        ...     phi = parametrization(parse_spec(spec))
        ...     return reduction(phi, quadratic_form(phi.model, "unit"), random.Random(1))
        >>> reduced("mlp:2,1,1:x^2:bias").phi.written()
        ['w_0^2*w_3', '2*w_0*w_1*w_3', 'w_1^2*w_3', '2*w_0*w_2*w_3', '2*w_1*w_2*w_3']
        >>> reduced("resnet:width=2,hidden=2,blocks=1:x^2").phi is None
        True
    """
    n, count = len(phi.polynomials), phi.model.parameter_count
    if n > MOST_COORDINATES or sum(map(len, phi.polynomials)) > MOST_TERMS or (
            form.is_given and not form.is_invertible()):
        return None
    first, polynomials = through_factors(phi, generator) or (
        [{tuple(int(i == v) for i in range(count)): Fraction(1)} for v in range(count)],
        phi.polynomials)
    zero = (0,) * len(first)
    offset = [f.get(zero, Fraction(0)) for f in polynomials]
    moving = [{e: c for e, c in f.items() if e != zero} for f in polynomials]
    spanning, span = basis_of(moving)
    prime = modular.random_prime(generator)
    try:
        lines = _lines([moving[i] for i in spanning], len(first), prime, generator)
    except ZeroDivisionError:
        return None
    if not spanning or lines is None:
        return None
    # Coordinates of the span: those along the lines, and what is left of the others.
    pivots, directions = lines
    along = [moving[spanning[i]] for i in pivots]
    others = [i for i in range(len(spanning)) if i not in pivots]
    outer = []
    for i in others:
        f = moving[spanning[i]]
        for direction, g in zip(directions, along):
            f = plus(f, g, -direction[i])
        outer.append(f)
    if not all(outer):
        return None
    used = sorted({v for f in outer for e in f for v, k in enumerate(e) if k})
    inner = [first[v] for v in used]
    outer = [{tuple(e[v] for v in used): c for e, c in f.items()} for f in outer]
    inner, outer = _through_fewer_functions(inner, outer, generator)
    if len(outer) == n and len(inner) == count:
        return None
    across = [[row[i] for i in others] for row in span]
    flat = [[sum((row[i] * direction[i] for i in range(len(spanning))), Fraction(0))
             for direction in directions] for row in span]
    along = [_composed(f, first) for f in along]
    if not are_independent([*inner, *along], count, generator):
        return None
    rest = _form_of_rest(form, across, flat)
    if rest is None:
        return None
    evidence = {"numbers": [], "inner": list(map(encode_polynomial, inner)),
                "outer": list(map(encode_polynomial, outer)),
                "offset": list(map(decimal, offset)), "across": _written(across),
                "along": list(map(encode_polynomial, along)), "lines": _written(flat)}
    return Reduction(_parametrization(outer, len(inner)) if outer else None, rest, evidence)


def _written(rows: Rows) -> list[list[str]]:
    return [list(map(decimal, row)) for row in rows]


def _parametrization(outer: Sequence[Polynomial], count: int) -> Parametrization:
    """The model (y, x) ↦ ψ(y) x, which the checker makes as well."""
    model = polynomial_model([{(*e, 1): c for e, c in f.items()} for f in outer],
                             [f"w_{i}" for i in range(count)], ["x"])
    return Parametrization(model, tuple(model.coordinates()), tuple(outer))


def _lines(polynomials: Sequence[Polynomial], count: int, prime: int, generator: random.Random
           ) -> tuple[list[int], Rows] | None:
    """
    The vectors in all tangent spaces of the image, along which it consists of lines: a basis in
    echelon form, with its pivots.  None if it is not read off its residues.
    """
    size = len(polynomials)
    normals: list[list[int]] = []
    previous = -1
    while len(normals) != previous:
        previous = len(normals)
        jacobian = jacobian_modulo(polynomials, count, prime, generator)
        kernel, nullity = jacobian.transpose().nullspace()
        rows = normals + [[int(kernel[i, j]) for i in range(size)] for j in range(nullity)]
        if not rows:
            break
        reduced, rank = nmod_mat(len(rows), size, sum(rows, []), prime).rref()
        normals = [[int(reduced[i, j]) for j in range(size)] for i in range(rank)]
    if not normals:
        return list(range(size)), [[Fraction(int(i == j)) for j in range(size)]
                                   for i in range(size)]
    kernel, nullity = nmod_mat(len(normals), size, sum(normals, []), prime).nullspace()
    found, rank = nmod_mat(nullity, size, [int(kernel[i, j]) for j in range(nullity)
                                           for i in range(size)], prime).rref()
    pivots, basis = [], []
    for k in range(rank):
        row = [modular.rational_reconstruction(int(found[k, i]), prime) for i in range(size)]
        if any(c is None for c in row):
            return None
        basis.append([c for c in row if c is not None])
        pivots.append(next(i for i, c in enumerate(row) if c))
    return pivots, basis


def _form_of_rest(form: QuadraticForm, across: Rows, lines: Rows) -> QuadraticForm | None:
    """The quadratic form on what is left; None if the form is degenerate on span or lines."""
    m = len(across[0])
    if not form.is_given:
        return QuadraticForm(form.name, m)
    n = len(across)
    whole = form.restricted([{i: Fraction(1)} for i in range(n)])
    assert whole.rows is not None
    b, c = (fmpq_mat(n, len(rows[0]), [to_flint(x) for row in rows for x in row])
            for rows in (across, lines))
    try:
        rest = matrix_of_rest(matrix(whole.rows, n), b, c)
    except CertificateError:
        return None
    return QuadraticForm("data", m, tuple(tuple(fraction(rest[i, j]) for j in range(m))
                                          for i in range(m)))


def _through_fewer_functions(inner: list[Polynomial], outer: list[Polynomial],
                             generator: random.Random) -> tuple[list[Polynomial], list[Polynomial]]:
    """
    Replace parameters that enter through fewer functions, which are independent, by these.

    Such are the query and the key of a head of attention, of which only a quadratic form is seen.
    So are the last layers of a network after a narrow one.
    """
    while outer:
        found = next(filter(None, (_functions_of(block, inner, outer, generator)
                                   for block in _candidates(outer, len(inner)))), None)
        if found is None:
            break
        inner, outer = found
    return inner, outer


def _candidates(outer: Sequence[Polynomial], count: int) -> Iterator[list[int]]:
    """
    Parameters that may enter through fewer functions: unions of blocks of the same weights, as many
    as follow one another, the longest ones first, or few that do not.
    """
    gradings = integral_kernel(sorted(differences(outer)), count)
    runs, terms = of_the_same_weights(gradings, count), sum(map(len, outer))
    if len(runs) <= MOST_BLOCKS and terms <= MANY_TERMS:
        for size in range(len(runs) - 1, 0, -1):
            for start in range(len(runs) - size + 1):
                yield sorted(sum(runs[start : start + size], []))
        for size in range(2, LARGEST_UNION + 1) if terms <= FEW_TERMS else ():
            for union in combinations(runs, size):
                yield sorted(sum(union, []))


def _functions_of(block: Sequence[int], inner: Sequence[Polynomial], outer: Sequence[Polynomial],
                  generator: random.Random
                  ) -> tuple[list[Polynomial], list[Polynomial]] | None:
    """The parameters of a block replaced by the functions of them that occur, if they are fewer."""
    rest = [v for v in range(len(inner)) if v not in block]
    parts: dict[tuple[int, tuple[int, ...]], Polynomial] = {}
    for i, f in enumerate(outer):
        for e, c in f.items():
            part = parts.setdefault((i, tuple(e[v] for v in rest)), {})
            part[tuple(e[v] for v in block)] = c
    zero = (0,) * len(block)
    pivots, span = basis_of([{e: c for e, c in f.items() if e != zero} for f in parts.values()],
                            len(block) - 1)
    if len(pivots) >= len(block):
        return None
    keys = list(parts)
    functions = [{e: c for e, c in parts[keys[k]].items() if e != zero} for k in pivots]
    if not are_independent(functions, len(block), generator):
        return None
    replaced: list[Polynomial] = [{} for _ in outer]
    for (i, e), part, row in zip(keys, parts.values(), span):
        if part.get(zero):
            replaced[i][(*e, *[0] * len(functions))] = part[zero]
        for k, c in enumerate(row):
            if c:
                replaced[i][(*e, *(int(j == k) for j in range(len(functions))))] = c
    composed = [_composed(f, [inner[v] for v in block]) for f in functions]
    return [*(inner[v] for v in rest), *composed], replaced


def _composed(f: Polynomial, images: Sequence[Polynomial]) -> Polynomial:
    count = len(next(iter(images[0])))
    ring, source = (fmpq_mpoly_ctx.get([f"v{i}" for i in range(k)], Ordering.lex)
                    for k in (count, len(images)))
    return from_flint(in_ring(f, source).compose(*[in_ring(g, ring) for g in images], ctx=ring))
