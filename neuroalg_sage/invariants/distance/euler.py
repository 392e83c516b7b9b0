"""
ED degrees and ML degrees as Euler characteristics.

Where M is the image of a product of projective spaces by an immersion, an ED degree is that of the
complement of the isotropic quadric and a generic hyperplane, and an ML degree that of the
complement of the coordinates and their sum; so
:mod:`~neuroalg_sage.certificates.distance.complements` proves, if what is left out are
hypersurfaces that cross normally.

REFERENCES: [AH2018]_, [MRW2021]_, [Huh2013]_
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq_mpoly

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.distance.complements import (
    HUH,
    IMMERSED,
    SMOOTH,
    complement,
    norm,
)
from neuroalg_sage.certificates.distance.segre_veronese import segre_veronese
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.topology.normal_crossings import (
    MOST_MONOMIALS,
    crossing,
    have_no_common_zero,
    multidegree,
    number_of_forms,
    required,
)
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.distance.quadratic_forms import QuadraticForm
from neuroalg_sage.invariants.equations.products_of_spaces import ProductOfSpaces, product_of_spaces
from neuroalg_sage.models.expressions import from_flint
from neuroalg_sage.models.parametrization import Parametrization

MOST_FACTORS, MOST_TERMS = 12, 20_000


class NotKnown(InputError):
    """The hypotheses of the theorems are not verified; the message says which."""


def immersed(phi: Parametrization) -> ProductOfSpaces:
    """
    The product of projective spaces that is immersed with the image M.

    Raises :class:`NotKnown` if none is seen, or if it is ramified.
    """
    found = product_of_spaces(phi)
    if found is None:
        raise NotKnown(f"It is not known that {phi.model} parametrizes the image of a product of "
                       "projective spaces, so its Euler characteristics are not proved; use "
                       "parametrization.")
    if not (found.product.is_unramified and found.product.is_birational):
        raise NotKnown(f"{phi.model} is the image of {found.product.name}, but not by an immersion "
                       "that is birational onto its image, so its Euler obstructions are not "
                       "known; use parametrization.")
    return found


def _factors(polynomials: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
    found: dict[str, fmpq_mpoly] = {}
    for f in polynomials:
        for g, _ in f.factor()[1]:
            found.setdefault(str(g), g)
    return list(found.values())


def crossings(factors: Sequence[fmpq_mpoly], blocks: Sequence[Sequence[int]],
              most: int | None = None) -> list[list[Any]] | None:
    """
    For each set of factors that must be looked at, a multidegree in which they have no common zero,
    or none where they do not cross normally; None if there is none in which this is seen.

    EXAMPLES: Two points of a line; twice the same point. ::

        >>> from neuroalg_sage.certificates.reading import polynomial_ring
        >>> x, y = polynomial_ring(2).gens()
        >>> crossings([x, y], [[0, 1]])
        [[[0], [1], 'transversal'], [[1], [1], 'transversal'], [[0, 1], [1], 'empty']]
        >>> crossings([x * x], [[0, 1]]) is None
        True
    """
    found: list[list[Any]] = []
    empty: list[frozenset[int]] = []
    for s, inside in required(factors, blocks, empty):
        equations = [factors[i] for i in s]
        kind, degree = "empty", None
        if len(s) > 1:
            degree = _degree_without_zeros(equations, inside, most)
        if degree is None:
            kind = "transversal"
            degree = _degree_without_zeros(crossing(equations, inside), inside, most)
        else:
            empty.append(frozenset(s))
        if degree is None:
            return None
        found.append([list(s), degree, kind])
    return found


def _degree_without_zeros(equations: Sequence[fmpq_mpoly], blocks: Sequence[Sequence[int]],
                          most: int | None) -> list[int] | None:
    """A multidegree in which multiples of some equations are all forms, None if none is seen."""
    degrees = [multidegree(f, blocks) for f in equations if f]
    largest = [max(d) for d in zip(*degrees)]
    steps = max(map(len, blocks)) * len(blocks) + 2
    for k in range(steps):
        degree = [d + (d * k + 1) // 2 for d in largest]
        if number_of_forms(blocks, degree) > (most or MOST_MONOMIALS):
            return None
        try:
            if have_no_common_zero(equations, blocks, degree):
                return degree
        except CertificateError:
            return None
    return None


def _complement(found: ProductOfSpaces, hypersurfaces: Sequence[fmpq_mpoly],
                others: Sequence[Sequence[int]], what: str, most: int | None
                ) -> tuple[int, dict[str, Any]]:
    """The number, and what proves it."""
    if sum(map(len, hypersurfaces)) > MOST_TERMS:
        raise NotKnown(f"{what} too many terms; use parametrization.")
    factors = _factors(hypersurfaces)
    try:
        crossing_data = crossings(factors, found.product.blocks, most) if (
            len(factors) <= MOST_FACTORS) else None
    except CertificateError:
        crossing_data = None
    if crossing_data is None:
        raise NotKnown(f"{what} hypersurfaces on {found.product.name} of which it is not proved "
                       "that they cross normally, so that their Euler characteristic is not "
                       "known; use parametrization.")
    evidence = found.evidence | {"factors": [encode_polynomial(from_flint(g)) for g in factors],
                                 "crossings": crossing_data}
    return complement(found.product, hypersurfaces, others, evidence), evidence


def ed_degree_by_euler(phi: Parametrization, form: QuadraticForm, most: int | None = None
                       ) -> tuple[list[int], dict[str, Any], list[str]]:
    """
    Numbers whose sum is the ED degree, the polar degrees if the form is generic; what proves it,
    and the theorem that is trusted.

    INPUT:

    - ``most`` -- the largest number of forms of a multidegree among which common zeros are
      excluded, by default that which the checker allows

    Raises :class:`NotKnown` if the hypotheses of the theorems are not verified.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.distance.quadratic_forms import quadratic_form
        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("cnn:2s2,2:x"))
        >>> [ed_degree_by_euler(phi, quadratic_form(phi.model, m))[0] for m in ("generic", "unit")]
        [[2, 2, 2], [2]]
    """
    found = immersed(phi)
    if not form.is_given:
        return segre_veronese(found.product.sizes, found.product.degrees), found.evidence, []
    if not form.is_invertible():
        raise NotKnown("The theorems on Euler characteristics are on quadratic forms that are not "
                       "degenerate; use parametrization.")
    try:
        length = norm(found.model, form.claim())
    except CertificateError as error:
        raise NotKnown(f"The quadratic form on M is not written down: {error}") from None
    if not length:
        raise NotKnown(f"M lies in the isotropic quadric of the metric {form.name}, where the "
                       "theorems on Euler characteristics do not hold; use parametrization.")
    number, evidence = _complement(found, [length], [found.product.degrees],
                                   "The points of length zero are", most)
    return [number], evidence, [SMOOTH if found.product.is_embedded else IMMERSED]


def ml_degree_by_euler(phi: Parametrization, most: int | None = None
                       ) -> tuple[int, dict[str, Any], list[str]]:
    """
    The ML degree of a cone that is smooth but for its vertex; what proves it, and the theorem.

    Raises :class:`NotKnown` if the hypotheses of the theorem are not verified.
    """
    found = immersed(phi)
    if not found.product.is_embedded:
        raise NotKnown(f"The theorem on ML degrees is on smooth varieties, and the image of "
                       f"{found.product.name} crosses itself; use parametrization.")
    coordinates = found.model.parametrization
    total = sum(coordinates[1:], coordinates[0])
    if not all(coordinates) or not total:
        raise NotKnown("A coordinate, or the sum of all, vanishes on M, so no point of M is a "
                       "probability distribution without zeros.")
    number, evidence = _complement(found, [*coordinates, total], [],
                                   "The coordinates and their sum vanish on", most)
    return number, evidence, [HUH]
