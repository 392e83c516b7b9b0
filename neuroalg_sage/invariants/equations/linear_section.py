"""
A linear section of the neurovariety that proves that equations generate its ideal.

The argument, and why it suffices, is that of
:func:`neuroalg_sage.certificates.equations.linear_section.check_linear_section`; here the section
is found.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import comb
from typing import Any

from flint import Ordering, fmpq_mpoly, fmpq_mpoly_ctx, nmod_mat, nmod_poly

from neuroalg_sage.certificates.equations.artinian_reductions import (
    hilbert_function,
    normal_forms,
)
from neuroalg_sage.certificates.equations.curve_section import LATEST, torsion_free_series
from neuroalg_sage.certificates.equations.linear_section import (
    MOST_POINTS,
    artinian_series,
    divisor_degrees,
)
from neuroalg_sage.certificates.equations.restrictions import Form, degrees, restricted
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.engines.modular import random_prime
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.rational import in_ring, integral_kernel

LARGEST_PRIME = 2**28
MOST_PRIMES, MOST_MONOMIALS = 40, 1_500
# Primes at which nothing more is excluded, after which a section counts as reducible.
PATIENCE = 12
ATTEMPTS, LARGEST_ENTRY = 3, 20


class NotProved(Exception):
    """These equations are not proved to generate the ideal; the message says how far it went."""


def linear_section(generators: Sequence[Polynomial], n: int, dimension: int,
                   generator: random.Random,
                   progress: Callable[[str], None] = lambda message: None,
                   most: int = MOST_MONOMIALS,
                   checkpoint: Callable[[], None] = lambda: None, by_curves: bool = True
                   ) -> dict[str, Any]:
    """
    Evidence that homogeneous equations of a neurovariety generate its ideal.

    INPUT:

    - ``generators`` -- homogeneous polynomials that vanish on M
    - ``n`` -- the number of coordinates
    - ``dimension`` -- the dimension of M
    - ``generator`` -- source of random numbers
    - ``progress`` -- takes one line of text
    - ``most`` -- the largest number of monomials of a degree in the section
    - ``checkpoint`` -- called often; what it raises ends the search
    - ``by_curves`` -- whether a curve may prove it where the ring is not Cohen-Macaulay

    OUTPUT: ``section``, ``fibers`` and perhaps ``curve`` of a certificate

    Raises :class:`NotProved` if they leave more than M, or if the ring that they define lacks more
    than one of being Cohen-Macaulay, or if nothing was found.

    EXAMPLES: The twisted cubic is a curve of degree 3 in the cone's sense of dimension 2::

        >>> minors = [{(1, 0, 1, 0): 1, (0, 2, 0, 0): -1}, {(1, 0, 0, 1): 1, (0, 1, 1, 0): -1},
        ...           {(0, 1, 0, 1): 1, (0, 0, 2, 0): -1}]
        >>> found = linear_section(minors, 4, 2, random.Random(1))
        >>> {len(fiber["polynomial"]) - 1 for fiber in found["fibers"]}
        {3}
        >>> linear_section(minors[:2], 4, 2, random.Random(1))
        Traceback (most recent call last):
        ...
        neuroalg_sage.invariants.equations.linear_section.NotProved: a section of their zero set may
        be reducible
    """
    linear = [g for g in generators if max(map(sum, g)) == 1]
    kernel = integral_kernel([[Fraction(g.get(tuple(int(i == j) for j in range(n)), 0))
                               for i in range(n)] for g in linear], n)
    c = len(kernel) - dimension
    if c < 1:
        return {"section": [], "fibers": []}
    equations = _read(generators, n)
    for _ in range(ATTEMPTS):
        mixing = [[generator.randrange(-LARGEST_ENTRY, LARGEST_ENTRY + 1) for _ in range(c + 2)]
                  for _ in kernel]
        space = [[sum(v[i] * row[j] for v, row in zip(kernel, mixing)) for j in range(c + 2)]
                 for i in range(n)]
        try:
            evidence = _irreducible(equations, space, dimension if by_curves else 0, generator,
                                    progress, most, checkpoint)
        except CertificateError:
            raise NotProved("a section asks for more work than the checker allows") from None
        if evidence:
            return {"section": [row[:-1] for row in space], **evidence}
    raise NotProved("a section of their zero set may be reducible")


def _irreducible(equations: list[fmpq_mpoly], space: list[list[int]], dimension: int,
                 generator: random.Random, progress: Callable[[str], None], most: int,
                 checkpoint: Callable[[], None]) -> dict[str, Any]:
    """
    Primes, with the points of a section, that prove it irreducible, and a curve, in the given
    space, where the section's ring is not Cohen-Macaulay; nothing if they do not.
    """
    section = [row[:-1] for row in space]
    curve: dict[str, Any] = {}
    fibers: list[dict[str, Any]] = []
    lengths: set[int] | None = None
    squarefree, idle = False, 0
    while idle < PATIENCE and len(fibers) < MOST_PRIMES:
        p = random_prime(generator, LARGEST_PRIME)
        points = _points(equations, section, p, most, checkpoint)
        if points is None:
            idle += 1
            continue
        q, others, has_the_length = points
        if not has_the_length and not curve:
            progress(f"the ring of a curve of degree {q.degree()}")
            curve = {"curve": _curve(equations, space, dimension, p, q.degree(), most, checkpoint)}
        sums, simple = divisor_degrees(q)
        left = sums if lengths is None else lengths & sums
        if left == lengths and (squarefree or not simple):
            idle += 1
            continue
        lengths, squarefree, idle = left, squarefree or simple, 0
        fibers.append({"prime": p, "polynomial": [int(a) for a in q.coeffs()],
                       "point": [[int(a) for a in v.coeffs()] for v in others]})
        progress(f"a section with {q.degree()} points: {len(fibers)} primes leave "
                 f"{len(lengths) - 2} divisions")
        if squarefree and lengths == {0, q.degree()}:
            return {"fibers": fibers} | curve
    return {}


def _curve(equations: list[fmpq_mpoly], space: list[list[int]], dimension: int, p: int,
           points: int, most: int, checkpoint: Callable[[], None]) -> dict[str, Any]:
    """The curve in a space, if its ring is torsion-free."""
    if dimension > 1:
        forms = restricted(equations, [[*row[1:], row[0]] for row in space], p)
        try:
            torsion_free_series(forms, len(space[0]) - 2, p, points, most, checkpoint)
            return {"prime": p, "direction": [row[-1] for row in space]}
        except CertificateError:
            pass
    raise NotProved("their zero set has the dimension of the neurovariety, but its ring may "
                    "be far from Cohen-Macaulay")


def _points(equations: list[fmpq_mpoly], section: list[list[int]], p: int, most: int,
            checkpoint: Callable[[], None]) -> tuple[nmod_poly, list[nmod_poly], bool] | None:
    """
    The points of a section modulo a prime: q, and all coordinates but two in F_p[t]/(q); and
    whether they are as many as an Artinian reduction is long.  None if the coordinate t does not
    tell them apart.

    The section's ring R has in the first degree in which it is zero modulo y_0, and in which it is
    as large as one degree lower, a basis of monomials y_0 b; they are the functions on the points,
    and b ↦ y_1 b is the multiplication by t.
    """
    c = len(section[0]) - 1
    series = _series(restricted(equations, [row[1:] for row in section], p), c, p, most,
                     checkpoint)
    length, degree = sum(series), len(series)
    if comb(c + degree, degree) > most:
        raise NotProved(f"a section has {length} points, which are too many to be computed")
    forms = restricted(equations, [[*row[1:], row[0]] for row in section], p)
    coranks = list(itertools.accumulate([*series, 0]))[1:]
    eliminations = degrees(forms, c + 1, p, most, coranks, _watched(checkpoint))
    size, before, reached = 1, 0, 0
    while reached < degree or (size != length and size != before):
        if reached == degree + LATEST - 1:
            raise NotProved("the points of a section may be seen in high degrees only")
        before, reached = size, reached + 1
        monomials, reduced, rank = next(eliminations)
        size = len(monomials) - rank
    degree = reached
    standard, others = normal_forms(monomials, reduced, rank)
    places = {b: i for i, b in enumerate(standard)}

    def coordinates(monomial: tuple[int, ...]) -> list[int]:
        if monomial in others:
            return [a % p for a in others[monomial]]
        return [int(i == places[monomial]) for i in range(size)]

    def times(i: int, monomial: tuple[int, ...]) -> tuple[int, ...]:
        """The monomial with one y_0 replaced by another variable."""
        return tuple(e + (k == i) - (k == c) for k, e in enumerate(monomial))

    one = (0,) * c + (degree,)
    t = nmod_mat(size, size, [a for b in standard for a in coordinates(times(0, b))], p)
    generated = in_powers(t, coordinates(one), [coordinates(times(i, one)) for i in range(1, c)])
    return generated and (*generated, size == length)


def in_powers(t: nmod_mat, one: list[int], others: Sequence[list[int]]
              ) -> tuple[nmod_poly, list[nmod_poly]] | None:
    """
    The polynomial of the element t of an algebra, and other elements as polynomials in t; None if
    t does not generate the algebra.

    INPUT:

    - ``t`` -- the matrix of the multiplication by t, of rows
    - ``one``, ``others`` -- rows of coordinates of 1 and of the other elements

    EXAMPLES: t^2 = 3, and 5 t + 1::

        >>> in_powers(nmod_mat(2, 2, [0, 1, 3, 0], 7), [1, 0], [[1, 5]])
        (x^2 + 4, [5*x + 1])
    """
    size, p = t.nrows(), t.modulus()
    power = nmod_mat(1, size, one, p)
    powers: list[int] = []
    for _ in range(size):
        powers += map(int, power.entries())
        power = power * t
    krylov = nmod_mat(size, size, powers, p).transpose()
    if krylov.rank() < size:
        return None
    wanted = [[-int(a) % p for a in power.entries()], *others]
    solved = krylov.solve(nmod_mat(len(wanted), size, [a for row in wanted for a in row],
                                   p).transpose()).transpose().entries()
    columns = [[int(a) for a in solved[k * size : (k + 1) * size]] for k in range(len(wanted))]
    return nmod_poly([*columns[0], 1], p), [nmod_poly(a, p) for a in columns[1:]]


def _watched(checkpoint: Callable[[], None]) -> Callable[[list[Any]], Iterator[Any]]:
    """What calls the checkpoint before each row of an elimination."""
    def watched(rows: list[Any]) -> Iterator[Any]:
        for row in rows:
            checkpoint()
            yield row

    return watched


def _series(forms: list[Form], variables: int, p: int, most: int,
            checkpoint: Callable[[], None]) -> list[int]:
    """
    The Hilbert function of F_p[y]/(forms), if it becomes zero.

    That of a complete intersection of forms of degree g falls from the degree v (g - 1) / 2 on;
    what does not fall then, or falls no longer, is taken to be infinite.
    """
    series = [1]
    highest = max((sum(next(iter(f))) for f in forms), default=0)
    try:
        for value in hilbert_function(forms, variables, p, most, _watched(checkpoint)):
            series.append(value)
            if not value:
                return series[:-1]
            late = len(series) - 1 > max(highest, variables * (highest - 1) / 2)
            fell = len(series) - 2 > highest and series[-2] < series[-3]
            if (late or fell) and series[-1] >= series[-2]:
                break
    except CertificateError:
        pass
    raise NotProved("their zero set may have a larger dimension")


def hilbert_series(generators: Sequence[Polynomial], n: int, evidence: dict[str, Any]
                   ) -> list[int]:
    """
    The numerator of the Hilbert series of the ring that a section has proved Cohen-Macaulay.

    EXAMPLES::

        >>> hilbert_series([{(1, 0, 1): 1, (0, 2, 0): -1}], 3, {
        ...     "section": [[1, 0], [0, 1], [1, 1]], "fibers": [{"prime": 101}]})
        [1, 1]
    """
    if not evidence["fibers"]:
        return [1]
    p, section = evidence["fibers"][0]["prime"], evidence["section"]
    if "curve" in evidence:
        p, direction = evidence["curve"]["prime"], evidence["curve"]["direction"]
        matrix = [[*row[1:], x, row[0]] for row, x in zip(section, direction)]
        return torsion_free_series(restricted(_read(generators, n), matrix, p), len(section[0]) - 1,
                                   p, len(evidence["fibers"][0]["polynomial"]) - 1)
    return artinian_series(restricted(_read(generators, n), [row[1:] for row in section], p),
                           len(section[0]) - 1, p, MOST_POINTS)


def artinian_reduction(generators: Sequence[Polynomial], n: int, dimension: int, degree: int,
                       generator: random.Random, checkpoint: Callable[[], None] = lambda: None
                       ) -> dict[str, Any]:
    """
    Evidence that homogeneous equations of a neurovariety of known degree generate its ideal.

    INPUT:

    - ``generators`` -- homogeneous polynomials that vanish on M
    - ``n`` -- the number of coordinates
    - ``dimension`` -- the dimension of M, less than n
    - ``degree`` -- the degree of M
    - ``generator`` -- source of random numbers
    - ``checkpoint`` -- called often; what it raises ends the search

    OUTPUT: ``prime`` and ``section`` of a certificate

    Raises :class:`NotProved` if an Artinian reduction has another length.

    EXAMPLES: The twisted cubic, and a union with a line::

        >>> minors = [{(1, 0, 1, 0): 1, (0, 2, 0, 0): -1}, {(1, 0, 0, 1): 1, (0, 1, 1, 0): -1},
        ...           {(0, 1, 0, 1): 1, (0, 0, 2, 0): -1}]
        >>> sorted(artinian_reduction(minors, 4, 2, 3, random.Random(1)))
        ['prime', 'section']
        >>> artinian_reduction(minors[:2], 4, 2, 3, random.Random(1))
        Traceback (most recent call last):
        ...
        neuroalg_sage.invariants.equations.linear_section.NotProved: an Artinian reduction is longer
        than the degree 3
    """
    p, c = random_prime(generator, LARGEST_PRIME), n - dimension
    section = [[generator.randrange(-LARGEST_ENTRY, LARGEST_ENTRY + 1) for _ in range(c)]
               for _ in range(n)]
    length = 1
    try:
        forms = restricted(_read(generators, n), section, p)
        for value in hilbert_function(forms, c, p, watched=_watched(checkpoint)):
            length += value
            if length > degree:
                raise NotProved(f"an Artinian reduction is longer than the degree {degree}")
    except CertificateError:
        raise NotProved("an Artinian reduction asks for more work than the checker allows"
                        ) from None
    return {"prime": p, "section": section}


def series_of_reduction(generators: Sequence[Polynomial], n: int, evidence: dict[str, Any]
                        ) -> tuple[int, list[int]]:
    """
    The dimension, and the numerator of the Hilbert series of a ring, by its Artinian reduction.

    EXAMPLES::

        >>> series_of_reduction([{(1, 0, 1): 1, (0, 2, 0): -1}], 3, {
        ...     "section": [[0], [1], [1]], "prime": 101})
        (2, [1, 1])
    """
    p, section = evidence["prime"], evidence["section"]
    c = len(section[0])
    return n - c, [1, *hilbert_function(restricted(_read(generators, n), section, p), c, p)][:-1]


def _read(polynomials: Sequence[Polynomial], n: int) -> list[fmpq_mpoly]:
    """The polynomials that are not linear, for FLINT."""
    ring = fmpq_mpoly_ctx.get([f"v{i}" for i in range(n)], Ordering.degrevlex)
    return [in_ring(g, ring) for g in polynomials if max(map(sum, g)) > 1]
