"""
Whether the neurovariety is a cone over the image of a product of projective spaces, or of a bundle
over one, and where that image is singular.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.singularities.images_of_products import (
    Bundle,
    Jets,
    Place,
    check_bundle,
    check_coincidences,
    singular_components,
)
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.invariants.equations.products_of_spaces import (
    MOST_PARAMETERS,
    MOST_POINTS,
    MOST_TERMS,
    differences,
    of_the_same_weights,
    weights_of,
)
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.rational import integral_kernel


def image_of_product(model: Model, trial: dict[str, Any]
                     ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """
    What proves the singular locus of a cone over the image of a product, and its components.

    Raises CertificateError if M is not seen to be one, LimitReached if φ is too large.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> NeuroManifold("cnn:3,2:x^2").singular_locus()
        [Component of dimension 2, degree 2, multiplicity 2, the closure of cnn:2,1:x^2 at 1]
        (proved; no others: proved)
        >>> NeuroManifold("resnet:width=3,hidden=1,blocks=1:x^2").singular_locus()
        [Component of dimension 0, degree 1, multiplicity 24] (proved; no others: proved)
    """
    coordinates = parametrization(model).polynomials
    count = model.parameter_count
    if count > MOST_PARAMETERS or sum(map(len, coordinates)) > MOST_TERMS:
        raise CertificateError("The parametrization is too large.")
    degrees = [sum(e) for _, e in model.coordinates()]
    for others in ([], _with_parameters_of_their_own(coordinates)):
        chosen = [i for i, f in enumerate(coordinates) if i not in others and any(map(any, f))]
        for keys in ([0] * len(coordinates), degrees):
            by_key: dict[int, list[int]] = defaultdict(list)
            for i in chosen:
                by_key[keys[i]].append(i)
            parts = list(by_key.values())
            evidence = _bundle(coordinates, parts, count)
            if evidence is None:
                continue
            checked = rebuilt(model)
            try:
                found = check_bundle(checked, evidence | {"trial": trial})
            except CertificateError:
                continue
            return _complete(checked, found, evidence | {"trial": trial})
    raise CertificateError("The neurovariety is not seen to be a cone over such an image.")


def _with_parameters_of_their_own(coordinates: Sequence[Polynomial]) -> list[int]:
    """The coordinates with a parameter that no other one has."""
    owners: dict[int, set[int]] = defaultdict(set)
    for i, f in enumerate(coordinates):
        for e in f:
            for v, k in enumerate(e):
                if k:
                    owners[v].add(i)
    return sorted({i for found in owners.values() if len(found) == 1 for i in found})


def _bundle(coordinates: Sequence[Polynomial], parts: Sequence[Sequence[int]], count: int
            ) -> dict[str, Any] | None:
    """Blocks of parameters in which each part is homogeneous, and a torus for each part."""
    if not parts:
        return None
    blocks = common_blocks([[coordinates[i] for i in part] for part in parts], count)
    if not blocks or prod(map(len, blocks)) > MOST_POINTS:
        return None
    order = [v for block in blocks for v in block]
    return {"blocks": blocks, "parts": [{"coordinates": list(part), "weights": weights_of(
        [{tuple(e[v] for v in order): c for e, c in coordinates[i].items()} for i in part],
        len(order))} for part in parts], "coincidences": []}


def common_blocks(parts: Sequence[Sequence[Polynomial]], count: int) -> list[list[int]]:
    """
    The blocks of several parameters in which all polynomials of each part may be homogeneous of
    the same degree.

    EXAMPLES::

        >>> common_blocks([[{(1, 2, 0, 0): 1}, {(1, 0, 2, 0): 1}],
        ...                [{(1, 1, 0, 1): 1}, {(1, 0, 1, 1): 1}]], 4)
        [[1, 2]]
    """
    gradings = integral_kernel(sorted(set().union(*map(differences, parts))), count)
    return [block for block in of_the_same_weights(gradings, count) if len(block) > 1]


def _complete(model: Checked, found: Bundle, evidence: dict[str, Any]
              ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The evidence with all coincidences, and the components, in parameters of the model."""
    order = [v for block in evidence["blocks"] for v in block]
    if not all(f.is_embedded for f in found.maps):
        evidence["coincidences"] = [sorted(map(list, row)) for row in coincidences(found)]
    known = check_coincidences(found, evidence) if evidence["coincidences"] else []
    components = singular_components(found, known)
    for component in components:
        component["parameters"] = sorted(order[v] for v in component["parameters"])
    return evidence, components


def coincidences(found: Bundle) -> list[frozenset[tuple[int, int]]]:
    """
    For each pair of fixed points with the same image, the coordinates in which the derivatives of f
    agree there, with their names at the one and at the other.
    """
    jets = Jets(found.parts[0], found.blocks, found.maps[0].degrees)
    alike: dict[Any, list[Place]] = defaultdict(list)
    for p in product(*found.blocks):
        alike[jets.image(p)].append(p)
    result: dict[frozenset[tuple[int, int]], None] = {}
    for group in alike.values():
        for p, q in ((p, q) for p in group for q in group if p < q):
            names = dict(_vectors_with_names(found, jets, q))
            pairs = frozenset([*zip(p, q), *(
                (v, names[column][1]) for column, (place, v) in _vectors_with_names(found, jets, p)
                if column in names and names[column][0] == place)])
            if frozenset((w, v) for v, w in pairs) not in result:
                result[pairs] = None
    return list(result)


def _vectors_with_names(found: Bundle, jets: Jets, p: Place
                        ) -> Iterator[tuple[frozenset[Any], tuple[int, int]]]:
    """The derivatives of f at p, each with the number of its block, and its variable."""
    directions = [(i, w) for i, (block, v) in enumerate(zip(found.blocks, p)) for w in block
                  if w != v]
    for vector, direction in zip(jets.vectors(p)[1:], directions, strict=True):
        yield frozenset((i, str(c)) for i, c in vector.items()), direction
