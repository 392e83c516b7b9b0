"""
Finite groups by their multiplication tables.

The names are Z6, D4, Q8, Dic3, S3, A4 and the like: cyclic groups, dihedral ones of order 2n,
quaternions, dicyclic ones of order 4n, symmetric and alternating ones; and products as Z2xZ4.
"""

from __future__ import annotations

import re
from itertools import permutations, product
from math import factorial
from typing import Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import shown
from neuroalg_sage.models.sage_input import lists, python_number

Table = list[list[int]]  # the number of g h in row g and column h; 0 is the neutral element

MOST_ELEMENTS = 200


def _cyclic(n: int) -> Table:
    return [[(g + h) % n for h in range(n)] for g in range(n)]


def _dihedral(n: int) -> Table:
    # r^a s^b as a + n b, with s r = r^-1 s.
    return [[(a + (-1) ** b * c) % n + n * ((b + d) % 2) for d in range(2) for c in range(n)]
            for b in range(2) for a in range(n)]


def _dicyclic(n: int) -> Table:
    # r^a s^b, r of order 2n, s^2 = r^n, s r = r^-1 s.
    return [[(a + (-1) ** b * c + n * (b * d)) % (2 * n) + 2 * n * ((b + d) % 2)
             for d in range(2) for c in range(2 * n)] for b in range(2) for a in range(2 * n)]


def _permutations(n: int, is_even: bool) -> Table:
    def sign(p: tuple[int, ...]) -> int:
        return sum(p[i] > p[j] for j in range(n) for i in range(j)) % 2

    found = [p for p in permutations(range(n)) if not (is_even and sign(p))]
    number = {p: k for k, p in enumerate(found)}
    return [[number[tuple(p[i] for i in q)] for q in found] for p in found]


def _direct_product(first: Table, second: Table) -> Table:
    m = len(second)
    elements = list(product(range(len(first)), range(m)))
    return [[first[a][c] * m + second[b][d] for c, d in elements] for a, b in elements]


_NAMED = {  # the table, and the order
    "Z": (_cyclic, lambda n: n), "C": (_cyclic, lambda n: n), "D": (_dihedral, lambda n: 2 * n),
    "Dic": (_dicyclic, lambda n: 4 * n), "Q": (lambda n: _dicyclic(n // 4), lambda n: n),
    "S": (lambda n: _permutations(n, False), factorial),
    "A": (lambda n: _permutations(n, True), lambda n: max(1, factorial(n) // 2)),
}


def read_group(text: str) -> Table:
    """
    The multiplication table of a group that is named.

    Raises InputError if there is no group of this name, or if it is too large.

    EXAMPLES::

        >>> [len(read_group(name)) for name in ("Z6", "D4", "Q8", "S3", "A4", "Z2xZ4")]
        [6, 8, 8, 6, 12, 8]
    """
    factors = []
    for part in text.split("x"):
        match = re.fullmatch(r"(Z|C|Dic|D|Q|S|A)([1-9]\d{0,3})", part, re.ASCII)
        if match is None or match[1] == "Q" and (int(match[2]) % 4 or int(match[2]) < 8):
            raise InputError(f"The group {shown(text)} is none of Z6, D4, Q8, Dic3, S3, A4 and the "
                             "like, nor a product such as Z2xZ4.")
        table, order = _NAMED[match[1]]
        factors.append((table, int(match[2]), order(int(match[2]))))
    size = 1
    for *_, order in factors:
        size *= order
    if size > MOST_ELEMENTS:
        raise InputError(f"The group {shown(text)} has over {MOST_ELEMENTS} elements, the most "
                         "allowed.")
    result = [[0]]
    for table, n, _ in factors:
        result = _direct_product(result, table(n))
    return result


def check_table(given: Any) -> Table:
    """
    A multiplication table, its neutral element first.

    INPUT:

    - ``given`` -- square matrix: the number of the product g h in row g and column h

    Raises InputError unless it is the table of a group whose neutral element is 0.
    """
    rows = lists(given)
    try:
        table = [[python_number(c) for c in lists(row)] for row in rows]
    except TypeError:
        table = []
    n = len(table)
    every = list(range(n))
    if not 0 < n <= MOST_ELEMENTS or any(
            not all(type(c) is int for c in row) or sorted(row) != every for row in table) or (
            table[0] != every or any(sorted(column) != every for column in zip(*table))
            or [row[0] for row in table] != every):
        raise InputError("The table of a group has each element once in each row and column, as "
                         "numbers from 0 on, and 0 is the neutral element, at most "
                         f"{MOST_ELEMENTS} of them.")
    if any(table[table[a][b]][c] != table[a][table[b][c]] for a in every for b in every
           for c in every):
        raise InputError("The table is not that of a group: the products are not associative.")
    return table


def translations(table: Table) -> list[list[list[int]]]:
    """
    For each h of a group the matrix of x -> (g -> x(g h)), which commutes with x -> x(a g).

    EXAMPLES::

        >>> translations([[0, 1], [1, 0]])
        [[[1, 0], [0, 1]], [[0, 1], [1, 0]]]
    """
    n = len(table)
    return [[[int(j == table[g][h]) for j in range(n)] for g in range(n)] for h in range(n)]
