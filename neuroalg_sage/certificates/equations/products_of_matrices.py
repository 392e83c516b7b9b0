"""
The degree of images of products of projective spaces and varieties of matrices of bounded rank.

Let the parameters be divided into blocks: some are a vector x, some are two matrices L (m × a) and
R (a × n), of which only the product A = L R matters: φ(w) = f(x, ..., L R, ...).  The closure of
the values of A is D_a, the m × n matrices of rank at most a.  So the closure of M is that of the
image of the product X' of the P(D_a) and the P^(k - 1) of the vectors, in the product X of
projective spaces.

If f is a morphism on X, without base points (:mod:`.products_of_spaces`), with the degrees e, and
its fiber through one point of X' modulo a prime has length one in X, then it is birational on X',
and

    deg M = m! Π_i e_i^(m_i) deg D_i / m_i!,

where m_i are the dimensions of the factors of X' and D_i, and m is their sum.

The degree of D_a: let a < m ≤ n (else transpose, or D_a is the space).  The matrices with an image
in a space of dimension a are a vector bundle, U^n for the tautological bundle U on the Grassmannian
G(a, m); P(U^n) → P(D_a) is birational, so deg D_a is the integral of the part of degree a (m - a)
of 1/c(U)^n.  By Bott's residue formula, with weights t_1, ..., t_m of a torus, it is the sum over
the sets I of a indices of h(-t_i, i in I, each n times) / Π (t_j - t_i), i in I, j not in I, where
h is the complete homogeneous symmetric polynomial of that degree.

EXAMPLES::

    >>> [degree_of_matrices(3, n, 2) for n in (3, 4, 5)]
    [3, 6, 10]
"""

from __future__ import annotations

from itertools import combinations
from math import comb, factorial
from typing import Any

from flint import fmpq

from neuroalg_sage.certificates.equations.degree_of_products import require_birational
from neuroalg_sage.certificates.equations.products_of_spaces import multidegree, product_map
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.certificates.reading import (
    integers,
    items,
    member,
    polynomial_ring,
    polynomials,
    prime,
    require,
)
from neuroalg_sage.certificates.substitution import substituted

MOST_SETS, LARGEST_NUMBER = 5_000, 2**63


def degree_of_matrices(m: int, n: int, a: int) -> int:
    """The degree of the m × n matrices of rank at most a."""
    m, n = sorted((m, n))
    if a >= m:
        return 1
    require(comb(m, a) <= MOST_SETS, "The matrices are too large.")
    top, total = a * (m - a), fmpq(0)
    for chosen in combinations(range(1, m + 1), a):
        complete = [1, *[0] * top]
        denominator = 1
        for i in chosen:
            for _ in range(n):
                for k in range(top):
                    complete[k + 1] -= i * complete[k]
            for j in range(1, m + 1):
                denominator *= j - i if j not in chosen else 1
        total += fmpq(complete[top], denominator)
    require(total.q == 1, "The residues do not add up to a number of points.")
    return int(total.p)


def check_product_of_matrices(model: Model, evidence: Any) -> tuple[int, str]:
    """The degree of M, and what its projectivization is the image of."""
    p = prime(member(evidence, "prime"))
    count = model.parameters
    point = integers(member(evidence, "point"), 0, LARGEST_NUMBER, "parameter", count)
    context = model.parametrization[0].context() if model.parametrization else polynomial_ring(0)
    w = context.gens()
    images: list[Any] = []
    values: list[int] = []
    used: list[int] = []
    sizes, dimensions, degrees, names = [], [], [], []
    for left, right in (items(factor, "factor", 2) for factor in items(
            member(evidence, "factors"), "factors")):
        rows = [integers(row, 0, count - 1, "parameter") for row in items(left, "matrix")]
        columns = [integers(row, 0, count - 1, "parameter") for row in items(right, "matrix")]
        require(rows and rows[0] and len(set(map(len, rows))) == 1, "A factor is no matrix.")
        used += [v for row in [*rows, *columns] for v in row]
        if not columns:
            require(len(rows) == 1, "A vector has one row.")
            images += [w[v] for v in rows[0]]
            values += [point[v] for v in rows[0]]
            sizes.append(len(rows[0]))
            dimensions.append(len(rows[0]) - 1)
            degrees.append(1)
            names.append(f"P^{len(rows[0]) - 1}")
            continue
        a, m, n = len(columns), len(rows), len(columns[0])
        require(all(len(row) == a for row in rows) and all(len(row) == n for row in columns) and n,
                "Two matrices have no product.")
        images += [sum((w[row[s]] * w[columns[s][j]] for s in range(a)), context.constant(0))
                   for row in rows for j in range(n)]
        values += [sum(point[row[s]] * point[columns[s][j]] for s in range(a)) % p
                   for row in rows for j in range(n)]
        rank = min(a, m, n)
        sizes.append(m * n)
        dimensions.append(rank * (m + n - rank) - 1)
        degrees.append(degree_of_matrices(m, n, a))
        names.append(f"the {m}x{n} matrices of rank at most {rank}")
    require(sorted(used) == list(range(count)), "The factors do not divide the parameters.")
    f = polynomials(member(evidence, "map"), polynomial_ring(len(images)))
    require(len(f) == model.ambient_dimension and substituted(f, images, context)
            == list(model.parametrization), "The map is not that of the model.")
    starts = [sum(sizes[:k]) for k in range(len(sizes))]
    # Fewer coordinates may have a larger torus, and what has no base points has none with more.
    chosen = integers(member(evidence, "coordinates"), 0, len(f) - 1, "coordinate")
    blocks = [list(range(start, start + size)) for start, size in zip(starts, sizes)]
    found = product_map([f[i] for i in chosen], len(images), {
        "weights": member(evidence, "weights"), "blocks": blocks})
    require(all(multidegree(g, found.blocks) == found.degrees for g in f if g),
            "The coordinates differ in their degrees.")
    require_birational(f, found, evidence, values)
    total = factorial(sum(dimensions))
    for k, degree, e in zip(dimensions, degrees, found.degrees):
        total = total // factorial(k) * e**k * degree
    return total, " x ".join(names) + " by forms of degrees " + ", ".join(map(str, found.degrees))
