"""
Whether the neurovariety is the image of a product of projective spaces, and how.

The blocks of parameters are read off the weights for which all coordinates of φ are homogeneous of
the same degree; the torus is the largest for which each of them is homogeneous.  What follows is
found as :mod:`~neuroalg_sage.certificates.equations.products_of_spaces` proves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations, product
from math import factorial, prod
from typing import Any

from neuroalg_sage.certificates.equations.products_of_spaces import Product, check_product
from neuroalg_sage.certificates.model import Model as CheckedModel
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import integral_kernel

MOST_PARAMETERS, MOST_POINTS, MOST_TERMS = 200, 5_000, 100_000
MOST_PERMUTATIONS = 800


@dataclass(frozen=True)
class ProductOfSpaces:
    """A product of projective spaces, what proves that M is its image, and the model rebuilt."""

    product: Product
    evidence: dict[str, Any]
    model: CheckedModel


def product_of_spaces(phi: Parametrization) -> ProductOfSpaces | None:
    """
    The product of projective spaces whose image the projectivization of M is; None if none is seen.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> found = product_of_spaces(parametrization(parse_spec("cnn:3,2:x^2")))
        >>> found.product.name, found.product.is_embedded
        ('P^2 x P^1 by forms of degrees 2, 1', False)
        >>> product_of_spaces(parametrization(parse_spec("mlp:2,2,1:x^2"))) is None
        True
    """
    count = phi.model.parameter_count
    coordinates = [f for f in phi.polynomials if f]
    if not coordinates or count > MOST_PARAMETERS or sum(map(len, coordinates)) > MOST_TERMS:
        return None
    blocks = blocks_of(coordinates, count)
    if blocks is None or prod(map(len, blocks)) > MOST_POINTS:
        return None
    evidence = {"formula": "product", "blocks": blocks,
                "weights": weights_of(coordinates, count)}
    try:
        model = rebuilt(phi.model)
        return ProductOfSpaces(check_product(model, evidence), evidence, model)
    except (CertificateError, LimitReached):
        return None


def blocks_of(coordinates: Sequence[Polynomial], count: int) -> list[list[int]] | None:
    """
    The finest blocks of parameters in each of which all coordinates are homogeneous of the same
    degree; None if their own weights are no combination of those that are found.

    INPUT:

    - ``coordinates`` -- polynomials that are not zero
    - ``count`` -- the number of parameters

    EXAMPLES::

        >>> blocks_of([{(1, 0, 2, 0): 1}, {(0, 1, 1, 1): 3}, {(0, 1, 0, 2): 1}], 4)
        [[0, 1], [2, 3]]
    """
    gradings = integral_kernel(sorted(differences(coordinates)), count)
    blocks = of_the_same_weights(gradings, count)
    return blocks if len(blocks) == len(gradings) else None


def of_the_same_weights(gradings: Sequence[Sequence[int]], count: int) -> list[list[int]]:
    """
    The parameters divided into those that have the same weight in each grading.

    EXAMPLES::

        >>> of_the_same_weights([[1, 0, 1], [2, 0, 2]], 3)
        [[0, 2], [1]]
    """
    blocks: dict[tuple[int, ...], list[int]] = {}
    for v in range(count):
        blocks.setdefault(tuple(row[v] for row in gradings), []).append(v)
    return list(blocks.values())


def differences(coordinates: Sequence[Polynomial]) -> set[tuple[int, ...]]:
    """The differences of exponents of all coordinates."""
    first, *others = (next(iter(f)) for f in coordinates)
    between = {tuple(a - b for a, b in zip(e, first)) for e in others}
    return _inside(coordinates) | between


def weights_of(coordinates: Sequence[Polynomial], count: int) -> list[list[int]]:
    """A basis of the weights of parameters for which each of the coordinates is homogeneous."""
    return integral_kernel(sorted(_inside(coordinates)), count)


def _inside(coordinates: Sequence[Polynomial]) -> set[tuple[int, ...]]:
    """The differences of exponents of one coordinate."""
    return {tuple(a - b for a, b in zip(e, first)) for first, *others in map(list, coordinates)
            for e in others}


def symmetries_of(phi: Parametrization, found: Product) -> list[list[int]]:
    """The permutations of blocks that leave φ as it is, as permutations of the parameters."""
    count = phi.model.parameter_count
    identity = list(range(count))
    if found.sheets == 1:
        return [identity]
    kinds: dict[tuple[int, int], list[tuple[int, ...]]] = {}
    for block, e in zip(found.blocks, found.degrees):
        if len(block) > 1:
            kinds.setdefault((len(block), e), []).append(block)
    if prod(factorial(len(blocks)) for blocks in kinds.values()) > MOST_PERMUTATIONS:
        return [identity]
    symmetries = []
    for orders in product(*(permutations(blocks) for blocks in kinds.values())):
        row = list(identity)
        for blocks, order in zip(kinds.values(), orders):
            for block, image in zip(blocks, order):
                for v, w in zip(block, image):
                    row[v] = w
        back = sorted(identity, key=row.__getitem__)
        if all({tuple(e[v] for v in back): c for e, c in f.items()} == f for f in phi.polynomials):
            symmetries.append(row)
    return symmetries
