"""
Polar degrees of known varieties, by Schubert calculus and by Chern classes.

The *conormal variety* of a projective variety X in P(V) is the closure of the pairs of a smooth
point z and a hyperplane y that is tangent to X there.  Its dimension is n - 2, and the polar
degree p_j of X is the number of its points that d - 1 - j generic hyperplanes in P(V), and n - d -
1 + j in the dual space, have in common, where d - 1 = dim X: p_0 is the degree of X, and p_j
that of the polar locus of codimension j.  The ED degree of a cone for a generic quadratic form is
the sum of the polar degrees [DHOST2016]_, Theorem 5.4.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import comb, prod

SUM = "theorem: Draisma et al. (2016)"
HOLME = "theorem: Holme (1988)"
ZHANG = "theorem: Zhang (2018)"
NIE_RANESTAD_STURMFELS = "theorem: Nie, Ranestad, Sturmfels (2010)"
ECKART_YOUNG = "theorem: Eckart, Young (1936)"
FRIEDLAND_OTTAVIANI = "theorem: Friedland, Ottaviani (2014)"

MOST_FIXED_POINTS = 20_000


def complete_symmetric(degree: int, values: Sequence[Fraction]) -> list[Fraction]:
    """
    The complete homogeneous symmetric polynomials of degrees 0 to ``degree``.

    EXAMPLES::

        >>> complete_symmetric(2, [2, 3]) == [1, 5, 19]
        True
    """
    series = [Fraction(1), *[Fraction(0)] * degree]
    for v in values:
        for k in range(1, degree + 1):
            series[k] += v * series[k - 1]
    return series


def _weights(size: int, start: int) -> list[Fraction]:
    """Numbers of which no two are equal, nor the sums of two."""
    return [Fraction(3 ** (start + i)) for i in range(size)]


def _subsets(size: int, r: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    for inside in itertools.combinations(range(size), r):
        yield inside, tuple(i for i in range(size) if i not in inside)


def determinantal_polar_degrees(m: int, n: int, r: int) -> list[int] | None:
    """
    The polar degrees of the m × n matrices of rank at most r, 0 < r < min(m, n).

    The conormal variety consists of the pairs of matrices A of rank at most r, B of rank at most
    min(m, n) - r, with A B^T = 0 and A^T B = 0.  It is the birational image of the product of
    projective bundles over Gr(r, m) × Gr(r, n), of which the point (S, R) carries A in S ⊗ R
    and B in S^⊥ ⊗ R^⊥.  So p_j is the integral of s_(N-j)(S ⊗ R) s_j(S^⊥ ⊗ R^⊥), where s are Segre
    classes and N is the dimension of the product; it is evaluated by Bott's formula at the fixed
    points of a torus.

    OUTPUT: list of length d = r (m + n - r); None if there are too many fixed points

    REFERENCES: [Zha2018]_

    EXAMPLES::

        >>> determinantal_polar_degrees(3, 3, 1), sum(determinantal_polar_degrees(3, 3, 2))
        ([6, 12, 12, 6, 3], 39)
    """
    if comb(m, r) * comb(n, r) > MOST_FIXED_POINTS:
        return None
    dimension = r * (m + n - 2 * r)
    x, y = _weights(m, 0), _weights(n, m)
    total = [Fraction(0)] * (dimension + 1)
    for rows, other_rows in _subsets(m, r):
        for columns, other_columns in _subsets(n, r):
            first = complete_symmetric(dimension, [-x[a] - y[b] for a in rows for b in columns])
            second = complete_symmetric(dimension, [x[a] + y[b] for a in other_rows
                                                    for b in other_columns])
            tangent = prod((x[c] - x[a] for a in rows for c in other_rows), start=Fraction(1))
            tangent *= prod((y[c] - y[b] for b in columns for c in other_columns),
                            start=Fraction(1))
            for j in range(dimension + 1):
                total[j] += first[dimension - j] * second[j] / tangent
    return [int(p) for p in total] + [0] * (r * r - 1)


def symmetric_polar_degrees(m: int, r: int) -> list[int] | None:
    """
    The polar degrees of the symmetric m × m matrices of rank at most r, 0 < r < m.

    As for all matrices, with Gr(r, m), the symmetric square of S, and that of S^⊥.

    OUTPUT: list of length d = r (2 m - r + 1) / 2; None if there are too many fixed points

    REFERENCES: [NRS2010]_

    EXAMPLES::

        >>> symmetric_polar_degrees(3, 1), symmetric_polar_degrees(3, 2)
        ([4, 6, 3], [3, 6, 4, 0, 0])
    """
    if comb(m, r) > MOST_FIXED_POINTS:
        return None
    dimension = r * (m - r)
    x = _weights(m, 0)
    total = [Fraction(0)] * (dimension + 1)
    for inside, outside in _subsets(m, r):
        first = complete_symmetric(dimension, [
            -x[a] - x[b] for a, b in itertools.combinations_with_replacement(inside, 2)])
        second = complete_symmetric(dimension, [
            x[a] + x[b] for a, b in itertools.combinations_with_replacement(outside, 2)])
        tangent = prod((x[c] - x[a] for a in inside for c in outside), start=Fraction(1))
        for j in range(dimension + 1):
            total[j] += first[dimension - j] * second[j] / tangent
    return [int(p) for p in total] + [0] * (comb(r + 1, 2) - 1)


def segre_veronese_polar_degrees(sizes: Sequence[int], degrees: Sequence[int]) -> list[int]:
    """
    The polar degrees of the product of the P^(k_i - 1), embedded by forms of degrees e_i.

    X is smooth of dimension m, so p_j = Σ_i (-1)^i C(m + 1 - i, j - i) deg c_i(X) h^(m - i), with
    h = Σ e_i h_i and the Chern class Π (1 + h_i)^(k_i).

    REFERENCES: [Hol1988]_, [KMQS2023]_

    EXAMPLES::

        >>> segre_veronese_polar_degrees([3, 3], [1, 1])
        [6, 12, 12, 6, 3]
    """
    tops = tuple(k - 1 for k in sizes)
    m = sum(tops)
    chern = {a: prod(comb(k, b) for k, b in zip(sizes, a))
             for a in itertools.product(*(range(t + 1) for t in tops))}
    # deg c_i h^(m - i): the multinomial coefficients of h^(m - i) at the complements.
    degree = [0] * (m + 1)
    for a, c in chern.items():
        rest, power = m - sum(a), 1
        for top, b, e in zip(tops, a, degrees):
            power *= comb(rest, top - b) * e ** (top - b)
            rest -= top - b
        degree[sum(a)] += c * power
    return [sum((-1) ** i * comb(m + 1 - i, j - i) * degree[i] for i in range(j + 1))
            for j in range(m + 1)]


def singular_vector_tuples(sizes: Sequence[int], degrees: Sequence[int]) -> int:
    """
    The number of critical rank-one approximations of a generic partially symmetric tensor.

    It is the coefficient of Π t_i^(k_i - 1) in Π (s_i^(k_i) - t_i^(k_i)) / (s_i - t_i), where
    s_i = Σ_j e_j t_j - t_i.

    REFERENCES: [FO2014]_, Theorem 12

    EXAMPLES::

        >>> singular_vector_tuples([3, 3], [1, 1]), singular_vector_tuples([2, 2, 2], [1, 1, 1])
        (3, 6)
        >>> singular_vector_tuples([3], [4])
        13
    """
    tops = tuple(k - 1 for k in sizes)
    variables = range(len(sizes))
    product: dict[tuple[int, ...], int] = {(0,) * len(sizes): 1}

    def times(f: dict[tuple[int, ...], int], g: dict[tuple[int, ...], int]
              ) -> dict[tuple[int, ...], int]:
        result: dict[tuple[int, ...], int] = {}
        for a, c in f.items():
            for b, d in g.items():
                e = tuple(map(int.__add__, a, b))
                if all(map(int.__le__, e, tops)):
                    result[e] = result.get(e, 0) + c * d
        return result

    unit = [tuple(int(i == j) for j in variables) for i in variables]
    for i, k in zip(variables, sizes):
        s = {unit[j]: degrees[j] - (i == j) for j in variables}
        # Σ_a s^a t^(k - 1 - a)
        factor: dict[tuple[int, ...], int] = {}
        power: dict[tuple[int, ...], int] = {(0,) * len(sizes): 1}
        for a in range(k):
            shift = {tuple((k - 1 - a) * u for u in unit[i]): 1}
            for e, c in times(power, shift).items():
                factor[e] = factor.get(e, 0) + c
            power = times(power, s)
        product = times(product, factor)
    return product.get(tops, 0)


def binary_polar_degrees(r: int, d: int) -> list[int]:
    """
    The polar degrees of the sums of r powers of linear forms of degree d in two variables, 2 r ≤ d.

    The conormal variety is a product of projective bundles over P^r, the space of forms h of degree
    r: of the forms that are orthogonal to all multiples of h, and of the multiples of h^2.

    EXAMPLES: A rational normal curve, and the secant variety of one. ::

        >>> binary_polar_degrees(1, 4), binary_polar_degrees(2, 4)
        ([4, 6], [3, 6, 4, 0])
    """
    return [comb(d - r + 1, r - j) * 2**j * comb(d - 2 * r + j, j) for j in range(r + 1)] + [
        0] * (r - 1)
