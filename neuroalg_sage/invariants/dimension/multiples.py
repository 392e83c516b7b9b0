"""
Multiples of the equations of a fiber that show how many points it has.

:func:`~neuroalg_sage.certificates.dimension.multiples.check_multiples` says what follows from the
rank of their coefficients at one point modulo a prime: no Gröbner basis over the functions of M is
needed where the degrees in some groups of parameters are bounded such that the equations have no
common zeros at infinity; or where these vanish from combinations of multiples of higher degrees.
The groups that are tried are the arrays of the layers, all parameters,
and each parameter.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from math import comb, prod
from typing import Any

import numpy as np

from neuroalg_sage.engines import modular
from neuroalg_sage.models.model import Model

MOST_MONOMIALS, MOST_ENTRIES = 1500, 4_000_000
MOST_GROUPS, MOST_RAISED = 5, 4  # whose degrees are raised one by one, and by how much
BEYOND = 8  # times as much for multiples with terms beyond the monomials

Exponents = tuple[int, ...]
Equation = dict[Exponents, int]


def multiples(model: Model, free: Sequence[int], equations: Sequence[Equation],
              points: Sequence[Sequence[int]], prime: int, check: Callable[[], None]
              ) -> dict[str, Any] | None:
    """
    Groups of parameters and degrees for which multiples show that a fiber has these points alone.

    INPUT:

    - ``free`` -- the parameters that are not fixed
    - ``equations`` -- of a fiber, in these, modulo the prime
    - ``points`` -- points of the fiber
    - ``check`` -- called between two ranks; it may raise LimitReached

    OUTPUT: the groups and degrees, as a certificate states them; None if none are found
    """
    if not free:
        return None
    equations = [f for f in equations if any(map(any, f))]
    equations = [dict(f) for f in dict.fromkeys(tuple(sorted(f.items())) for f in equations)]
    queue: list[tuple[int, bool, int, tuple[int, ...]]] = []
    partitions = list(_partitions(model, free))
    seen, starts = set(), dict[tuple[bool, int], tuple[int, ...]]()

    def offer(beyond: bool, number: int, degrees: tuple[int, ...]) -> None:
        size = prod(comb(len(part) + d, d) for part, d in zip(partitions[number], degrees))
        start = starts.setdefault((beyond, number), degrees)
        if size <= MOST_MONOMIALS and (beyond, number, degrees) not in seen and all(
                d - s <= MOST_RAISED for d, s in zip(degrees, start)):
            seen.add((beyond, number, degrees))
            heapq.heappush(queue, (size * (BEYOND if beyond else 1), beyond, number, degrees))

    for number, part in enumerate(partitions):
        top = tuple(max([1, *(sum(e[v] for v in group) for f in equations for e in f)])
                    for group in part)
        offer(False, number, top)
        offer(True, number, tuple(max(1, d - 1) for d in top))
    while queue:
        check()
        _, beyond, number, degrees = heapq.heappop(queue)
        part = partitions[number]
        if _show(part, degrees, equations, points, prime, beyond):
            return {"groups": [[free[v] for v in group] for group in part],
                    "degrees": [*degrees]} | ({"beyond": True} if beyond else {})
        for raised in [{k} for k in range(len(part))] if len(part) <= MOST_GROUPS else [
                {*range(len(part))}]:
            offer(beyond, number, tuple(d + (k in raised) for k, d in enumerate(degrees)))
    return None


def _partitions(model: Model, free: Sequence[int]) -> Iterator[list[list[int]]]:
    """Partitions of the free parameters, by their places among these."""
    arrays, start = [], 0
    for layer in model.layers:
        for _, shape in layer.parameter_shapes():
            end = start + prod(shape)
            arrays.append([v for v, i in enumerate(free) if start <= i < end])
            start = end
    found = [[a for a in arrays if a], [[*range(len(free))]], [[v] for v in range(len(free))]]
    yield from (part for k, part in enumerate(found) if part not in found[:k])


def _show(part: list[list[int]], degrees: tuple[int, ...], equations: Sequence[Equation],
          points: Sequence[Sequence[int]], prime: int, beyond: bool) -> bool:
    """
    Whether the rank is large enough, and the monomials tell the points apart; multiples may have
    terms beyond the monomials.
    """
    count = sum(map(len, part))
    base = max(degrees) + 1 + beyond * max(max(e) for f in equations for e in f)

    def box(bounds: Sequence[int]) -> np.ndarray:
        """The monomials whose degrees in the groups are bounded, one in each row."""
        monomials = np.zeros((1, count), dtype=np.int64)
        for group, bound in zip(part, bounds):
            own = _up_to_degree(len(group), bound)
            more = np.zeros((len(own), count), dtype=np.int64)
            more[:, group] = own
            monomials = (monomials[:, None] + more[None]).reshape(-1, count)
        return monomials

    if base**count >= 2**62:
        return False
    weights = np.array([base**v for v in range(count)], dtype=np.int64)
    inside = np.sort(box(degrees) @ weights)
    products: list[tuple[np.ndarray, list[int]]] = []
    height = 0
    for equation in equations:
        top = [max(sum(e[v] for v in group) for e in equation) for group in part]
        left = [d - t for d, t in zip(degrees, top)]
        if min(left) < 0 and not beyond:
            continue
        factors = inside if beyond else box(left) @ weights
        height += len(factors)
        if height * len(inside) > MOST_ENTRIES:
            if beyond:
                return False
            break
        terms = np.array(list(equation), dtype=np.int64) @ weights
        products.append((factors[:, None] + terms[None], [*equation.values()]))
    if not products or height + len(points) < len(inside):
        return False
    columns = np.unique(np.concatenate([inside, *(p.ravel() for p, _ in products)]))
    rows: list[np.ndarray] = []
    for places, coefficients in products:
        block = np.zeros((len(places), len(columns)), dtype=np.uint32)
        block[np.arange(len(places))[:, None], np.searchsorted(columns, places)] = coefficients
        rows.append(block)
        if sum(map(len, rows)) * len(columns) > MOST_ENTRIES:
            return False
    table = np.concatenate(rows)
    combined = modular.rank(table, prime)
    if len(inside) < len(columns):
        if len(inside) - combined > len(points) - modular.rank(
                np.ascontiguousarray(table[:, ~np.isin(columns, inside)]), prime):
            return False
    elif len(inside) - combined > len(points):
        return False
    inner = box([d - 1 for d in degrees])
    values = [[_value(e, w, prime) for e in inner.tolist()] for w in points]
    return modular.rank(np.array(values), prime) == len(points)


def _up_to_degree(variables: int, degree: int) -> list[list[int]]:
    """The monomials of at most a degree."""
    found = [[0] * variables]
    for v in range(variables):
        found = [[*e[:v], k, *e[v + 1 :]] for e in found for k in range(degree - sum(e) + 1)]
    return found


def _value(e: Sequence[int], w: Sequence[int], prime: int) -> int:
    value = 1
    for x, k in zip(w, e):
        value = value * pow(x, k, prime) % prime
    return value
