"""
Critical points in boxes: existence, uniqueness, inertia, by Krawczyk's operator in balls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from flint import arb, arb_mat, fmpq, fmpq_mat, fmpq_mpoly

from neuroalg_sage.certificates.reading import exponent_vectors, require


def exact(c: Fraction | fmpq) -> fmpq:
    """A rational number for FLINT."""
    return fmpq(c.numerator, c.denominator) if isinstance(c, Fraction) else c


def value(f: fmpq_mpoly, point: Sequence[arb]) -> arb:
    """What contains the value of a polynomial at each point of a box."""
    total = arb(0)
    for e, c in zip(exponent_vectors(f), f.coeffs()):
        term = arb(c)
        for x, k in zip(point, e):
            for _ in range(k):  # a power of a ball around zero is not defined in FLINT
                term *= x
        total += term
    return total


def gradient(f: fmpq_mpoly, variables: Sequence[int]) -> list[fmpq_mpoly]:
    """The partial derivatives by these variables."""
    return [f.derivative(i) for i in variables]


def hessian(f: fmpq_mpoly, variables: Sequence[int], point: Sequence[arb]) -> list[list[arb]]:
    """The second derivatives by these variables, on a box."""
    rows: list[list[arb]] = []
    for i, v in enumerate(variables):
        slope = f.derivative(v)
        rows.append([rows[j][i] if j < i else value(slope.derivative(w), point)
                     for j, w in enumerate(variables)])
    return rows


def has_one_zero(system: Sequence[fmpq_mpoly], variables: Sequence[int], box: Sequence[arb]
                 ) -> bool:
    """
    Whether it is proved that polynomials vanish at exactly one point of a box.

    *Lemma* (Krawczyk 1969, Rump 1983).  Let F be as many polynomials as variables, m the midpoint
    of the box X, and Y any matrix.  If K = m - Y F(m) + (1 - Y F'(X)) (X - m) lies in the interior
    of X, then F has one zero in X, which is in K, and every matrix in F'(X) is regular.

    Y is the inverse of F'(m), rounded.  The other variables are fixed: their balls must be exact.
    """
    require(len(system) == len(variables), "There are not as many equations as variables.")

    def jacobian(point: Sequence[arb]) -> arb_mat:
        return arb_mat([[value(f.derivative(i), point) for i in variables] for f in system])

    return maps_inside(lambda point: [value(f, point) for f in system], jacobian, variables, box)


def maps_inside(function: Callable[[Sequence[arb]], Sequence[arb]],
                jacobian: Callable[[Sequence[arb]], arb_mat],
                variables: Sequence[int], box: Sequence[arb]) -> bool:
    """
    The lemma of :func:`has_one_zero`, for a function and its Jacobian that are enclosed on boxes.
    """
    require(all(box[i].is_exact() for i in range(len(box)) if i not in variables),
            "A fixed variable is not exact.")
    middle, size = [x.mid() for x in box], len(variables)
    try:
        inverse = jacobian(middle).inv().mid()
    except ZeroDivisionError:
        return False
    one = arb_mat([[int(i == j) for j in range(size)] for i in range(size)])
    moved = (one - inverse * jacobian(box)) * arb_mat(
        [[box[i] - middle[i]] for i in variables]) - inverse * arb_mat(
            [[x] for x in function(middle)])
    return all(box[v].contains_interior(middle[v] + moved[i, 0])
               for i, v in enumerate(variables))


def has_independent_rows(rows: Iterable[Sequence[arb]], rank: int) -> bool:
    """
    Whether so many rows are proved to be linearly independent, for all values in their balls.

    So are real rows whose Gram matrix is positive definite.
    """
    chosen: list[Sequence[arb]] = []
    for row in rows:
        if len(chosen) == rank:
            break
        more = [*chosen, row]
        gram = [[sum((a * b for a, b in zip(one, other)), arb(0)) for other in more]
                for one in more]
        if inertia(gram) == (len(more), 0):
            chosen = more
    return len(chosen) == rank


def inertia(matrix: list[list[arb]]) -> tuple[int, int] | None:
    """
    The numbers of positive and negative eigenvalues of each symmetric matrix in a box of these.

    By symmetric elimination, with the largest diagonal entry as pivot; where all of them are
    small, after a shear.  None if the signs are not clear.
    """
    rows, signs = [list(row) for row in matrix], [0, 0]
    while rows:
        k = max(range(len(rows)), key=lambda i: abs(rows[i][i].mid()))
        i, j = max(((i, j) for i in range(len(rows)) for j in range(i, len(rows))),
                   key=lambda place: abs(rows[place[0]][place[1]].mid()))
        if i != j and abs(rows[i][j].mid()) > 4 * abs(rows[k][k].mid()):
            # Row and column i get those of j besides: a congruence.
            rows[i] = [a + b for a, b in zip(rows[i], rows[j])]
            for row in rows:
                row[i] = row[i] + row[j]
            k = i
        pivot = rows[k][k]
        if pivot > 0:
            signs[0] += 1
        elif pivot < 0:
            signs[1] += 1
        else:
            return None
        rest = [i for i in range(len(rows)) if i != k]
        rows = [[rows[i][j] - rows[i][k] * rows[k][j] / pivot for j in rest] for i in rest]
    return signs[0], signs[1]


def disjoint(one: Sequence[arb], other: Sequence[arb]) -> bool:
    """Whether two boxes have no point in common."""
    return any(not a.overlaps(b) for a, b in zip(one, other))


def rounded(x: arb, digits: int) -> list[str]:
    """
    The narrowest decimal numbers of so many significant digits that enclose a ball; around zero
    of twice as many decimals.
    """
    bounds = [x.lower().fmpq(), x.upper().fmpq()]
    largest: Any = max(map(abs, bounds))
    length = len(str(largest.p // largest.q or 1)) if largest >= 1 else (
        1 - len(str(largest.q // largest.p)) if largest else 0)
    if bounds[0] <= 0 <= bounds[1]:
        length = max(length, -digits)
    scale = fmpq(10) ** (digits - length)
    low, high = (bound * scale for bound in bounds)
    return [str(fmpq(low.p // low.q) / scale), str(fmpq(-(-high.p // high.q)) / scale)]


def is_positive(matrix: fmpq_mat, strictly: bool) -> bool:
    """
    Whether a symmetric matrix is positive definite, or semidefinite.

    A polynomial with real roots only has no negative one if and only if the signs of its
    coefficients alternate.
    """
    f = matrix.charpoly()
    return all(c * (-1) ** (f.degree() - i) >= 0 for i, c in enumerate(f.coeffs())) and (
        not strictly or bool(f[0]))
