"""
The degree without equations, by the fixed points of a torus: of images of products of projective
spaces and of varieties of matrices, of products of functions, of sums of points of Segre-Veronese
varieties and of smooth toric ones, and of deep networks whose states are pencils.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import permutations
from typing import Any

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.equations import fixed_points
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.equations.degree import Degree
from neuroalg_sage.invariants.equations.products_of_functions import product_of_functions
from neuroalg_sage.invariants.equations.products_of_spaces import (
    blocks_of,
    product_of_spaces,
    symmetries_of,
    weights_of,
)
from neuroalg_sage.invariants.equations.smooth_polytopes import free_coordinates, vertices_of
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.layers import Attention
from neuroalg_sage.models.parametrization import Parametrization

PRIME = 2**31 - 1
MOST_TERMS = 20_000


def degree_by_fixed_points(phi: Parametrization, seed: int | None = None) -> Invariant | None:
    """
    The degree, if M is seen to be the image of a product of projective spaces, or to consist of
    sums of points of a Segre-Veronese variety, and the torus has the fixed points that are needed;
    else None.

    INPUT:

    - ``phi`` -- the parametrization
    - ``seed`` -- integer for the random points

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> degree_by_fixed_points(parametrization(parse_spec("mlp:4,4,3:x^2")))
        1001 (proved)
        >>> degree_by_fixed_points(parametrization(parse_spec("mlp:3,3,1:x^4")))
        112 (proved)
        >>> degree_by_fixed_points(parametrization(parse_spec("attention:d=4,a=1,out=1,t=1")))
        280 (proved)
        >>> degree_by_fixed_points(parametrization(parse_spec("mlp:2,2,1:x^2"))) is None
        True
    """
    start = time.perf_counter()
    generator = random.Random(seed) if seed is not None else random.SystemRandom()
    for evidence, method in _attempts(phi, generator):
        try:
            degree, _ = fixed_points.degree_by_fixed_points(rebuilt(phi.model), evidence)
        except (CertificateError, LimitReached):
            continue
        return Degree.certified(phi.model, "degree", degree, "proved", method,
                                time.perf_counter() - start, evidence, [])
    return None


def _attempts(phi: Parametrization, generator: random.Random
              ) -> Iterator[tuple[dict[str, Any], str]]:
    """What may prove the degree, and how."""
    found = product_of_spaces(phi)
    if found is not None:
        name = f"M is an image of {found.product.name}"
        evidence = {key: found.evidence[key] for key in ("blocks", "weights")} | {
            "fixed_points": "product"}
        symmetries = symmetries_of(phi, found.product)
        if len(symmetries) == found.product.sheets:
            yield evidence | {"symmetries": symmetries}, name
        yield (evidence | _point(phi.parameter_count, generator)
               | {"degree": max(2, *found.product.degrees)}, name)
        return
    matrices = _matrices(phi)
    if matrices is not None:
        yield (matrices | _point(phi.parameter_count, generator) | {"degree": 2},
               "M is an image of matrices of bounded rank")
    products = product_of_functions(phi, generator)
    if products is not None:
        yield products | {"fixed_points": "product"}, "M consists of products of functions"
        return
    for evidence in sums_of_points(phi, generator):
        yield evidence, "residues at fixed points on a Hilbert scheme of points"
    toric = toric_sums(phi, generator)
    if toric is not None:
        yield toric, "residues at fixed points on a resolution of a Hilbert scheme of points"
    for pair in pairs_of_products(phi, generator):
        yield pair, "residues at fixed points on a blown-up Hilbert scheme of pairs"
    yield {"fixed_points": "pencils"}, "residues at fixed points on a tower of Grassmannians"


def sums_of_points(phi: Parametrization, generator: random.Random) -> Iterator[dict[str, Any]]:
    """
    What may prove that M consists of sums of points, of which the generic one has unique summands:
    the checker's functions say whether it does.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("mlp:2,2,1:x^5"))
        >>> found = [each["summands"] for each in sums_of_points(phi, random.Random(1))]
        >>> len(found), found[1]
        (3, [[[4], [0, 1]], [[5], [2, 3]]])
    """
    summands = _summands(phi)
    if summands is None:
        return
    for has_coefficients in (True, False):
        for first in range(len(summands[0]) if has_coefficients else 1):
            blocks = [[copy[first], *copy[:first], *copy[first + 1:]] for copy in summands]
            yield {"fixed_points": "sums of points", "summands": blocks,
                   "has_coefficients": has_coefficients} | _point(phi.parameter_count, generator)


def toric_sums(phi: Parametrization, generator: random.Random) -> dict[str, Any] | None:
    """
    What may prove that M consists of sums of points of a toric variety with coefficients, free
    coordinates apart; None if φ is no such sum.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("mlp:2,2,2:x^2:bias"))
        >>> toric_sums(phi, random.Random(1))["summands"]
        [[[6, 8], [0, 1, 4]], [[7, 9], [2, 3, 5]]]
    """
    if sum(map(len, phi.polynomials)) > MOST_TERMS:
        return None
    free = free_coordinates(phi)
    rest = [{} if i in free else f for i, f in enumerate(phi.polynomials)]
    copies = [copy for copy in phi.connected_parameters() if not {*copy} <= {*free.values()}]
    if len(copies) < 2 or len({len(copy) for copy in copies}) > 1:
        return None
    one = [[tuple(e[v] for v in copies[0]) for e in f if any(e[v] for v in copies[0])]
           for f in rest]
    if any(len(terms) > 1 for terms in one):
        return None
    # Coefficients multiply the same monomials, one in each term.
    times: dict[frozenset[tuple[int, ...]], list[int]] = {}
    for v in range(len(copies[0])):
        multiples = [e for terms in one for e in terms if e[v]]
        if multiples and all(e[v] == 1 for e in multiples):
            times.setdefault(frozenset((*e[:v], 0, *e[v + 1:]) for e in multiples), []).append(v)
    for block in times.values():
        if any(sum(e[v] for v in block) != 1 for terms in one for e in terms):
            continue
        left = [v for v in range(len(copies[0])) if v not in block]
        places: dict[tuple[int, ...], int] = {}
        for i, terms in enumerate(one):
            for e in terms:
                places.setdefault((1, *(e[v] for v in left)), i)
        vertices = vertices_of(places, generator)
        if left and vertices is not None:
            return {"fixed_points": "sums on a toric variety", "vertices": vertices,
                    "free": [[i, v] for i, v in free.items()],
                    "summands": [[[copy[v] for v in part] for part in (block, left)]
                                 for copy in copies]} | _point(sum(map(len, copies)), generator)
    return None


def pairs_of_products(phi: Parametrization, generator: random.Random) -> Iterator[dict[str, Any]]:
    """
    What may prove that M consists of sums of two multiples of products of two linear forms.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("glu:widths=2x2x3:x^2"))
        >>> [pair["powers"] for pair in pairs_of_products(phi, random.Random(1))]
        [[1, 2], [2, 1]]
    """
    summands = _summands(phi)
    if summands is None or len(summands) != 2 or len(summands[0]) != 3:
        return
    e = next(e for f in phi.polynomials for e in f if any(e[v] for v in summands[0][0]))
    degrees = [sum(e[v] for v in block) for block in summands[0]]
    for c, v, w in permutations(range(3)):
        if degrees[c] == 1 and len(summands[0][v]) == len(summands[0][w]) > 1:
            yield {"fixed_points": "pairs of products", "powers": [degrees[v], degrees[w]],
                   "summands": [[copy[k] for k in (c, v, w)] for copy in summands]
                   } | _point(phi.parameter_count, generator)


def _point(count: int, generator: random.Random) -> dict[str, Any]:
    """A random point modulo a prime."""
    return {"prime": PRIME, "point": [generator.randrange(PRIME) for _ in range(count)]}


def _matrices(phi: Parametrization) -> dict[str, Any] | None:
    """
    Attention without softmax, in terms of the matrix A = Q^T K, whose rank is bounded, and of V;
    None for other models.
    """
    layers = phi.model.layers
    if len(layers) != 1 or not isinstance(layers[0], Attention):
        return None
    d, a = layers[0].inputs, layers[0].head
    values = list(range(2 * a * d, phi.model.parameter_count))
    f: list[Polynomial] = []
    for g in phi.polynomials:
        terms: Polynomial = {}
        for e, c in g.items():
            # One row of Q and K shows how A enters.
            queries, keys = e[:d], e[a * d:(a + 1) * d]
            if sum(queries) == sum(keys) == 1:
                place = queries.index(1) * d + keys.index(1)
                terms[(*(int(k == place) for k in range(d * d)), *(e[v] for v in values))] = c
        f.append(terms)
    # Those with entries of two tokens: A and its transpose have different weights there.
    chosen = [i for i, g in enumerate(f) if 0 < len(g) <= 2]
    return {"fixed_points": "product of matrices", "factors": [
        [[[s * d + i for s in range(a)] for i in range(d)],
         [[(a + s) * d + j for j in range(d)] for s in range(a)]], [[values], []]],
        "map": [encode_polynomial(g) for g in f], "coordinates": chosen,
        "weights": weights_of([f[i] for i in chosen], d * d + len(values))}


def _summands(phi: Parametrization) -> list[list[list[int]]] | None:
    """The blocks of parameters of each summand of φ, if they are of the same shape; else None."""
    if sum(map(len, phi.polynomials)) > MOST_TERMS:
        return None
    summands = phi.connected_parameters()
    if len(summands) < 2 or len({len(copy) for copy in summands}) > 1:
        return None
    one = [{tuple(e[v] for v in summands[0]): c for e, c in f.items()
            if any(e[v] for v in summands[0])} for f in phi.polynomials]
    occurring = [f for f in one if f]  # none if the parameters of a summand do not occur
    blocks = blocks_of(occurring, len(summands[0])) if occurring else None
    return None if blocks is None else [[[copy[k] for k in block] for block in blocks]
                                        for copy in summands]

