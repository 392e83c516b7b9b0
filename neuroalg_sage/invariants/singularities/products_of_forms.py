"""
Whether the functions of a model are all products of powers of forms, and of which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from flint import Ordering, fmpq_mpoly

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.certificates.reading import CertificateError, exponent_vectors, polynomial_ring
from neuroalg_sage.certificates.singularities.products_of_forms import (
    ProductOfForms,
    product_of_forms,
)
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.rebuilt import rebuilt
from neuroalg_sage.models.expressions import from_flint
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import check_size

MOST_TERMS = 20_000  # of functions that are factored


def products_of_forms(model: Model, trial: dict[str, Any]
                      ) -> tuple[dict[str, Any], ProductOfForms]:
    """
    What proves that the functions are dense in all products of powers of forms of some degrees.

    Raises CertificateError if they are not seen to be.

    EXAMPLES::

        >>> from neuroalg_sage import NeuroManifold
        >>> NeuroManifold("attention:d=3,a=1,out=1,t=1").singular_locus()
        [Component of dimension 5, degree 24, the closure of all g_1 g_2^2 of degrees 1, 1] (proved;
        no others: proved)
        >>> NeuroManifold("glu:widths=2x1x2:x^2").singular_locus()
        [Component of dimension 3, degree 6, the closure of all c g_1^3 of degree 1] (proved; no
        others: proved)
    """
    checked = rebuilt(model)
    for evidence in _attempts(model, checked):
        try:
            return evidence, product_of_forms(checked, evidence | {"trial": trial})
        except CertificateError:
            continue
    raise CertificateError("The functions are not seen to be all products of some forms.")


def _attempts(model: Model, checked: Checked) -> Iterator[dict[str, Any]]:
    for place in range(1, len(model.layers)):
        yield {"layers": place}
    try:
        check_size(model)
    except LimitReached:
        return
    yield from _factored(checked)


def _factored(checked: Checked) -> Iterator[dict[str, Any]]:
    """The common factors of the outputs that depend on the inputs, and what is left of these."""
    count, m = checked.parameters, checked.inputs
    ring = polynomial_ring(count + m, Ordering.lex)
    values = list(checked.expanded(ring.gens()[:count], ring.gens()[count:]))
    if m < 2 or sum(map(len, values)) > MOST_TERMS or not all(values):
        return
    if any(len({sum(e[count:]) for e in exponent_vectors(f)}) > 1 for f in values):
        return
    divisor = values[0]
    for f in values[1:]:
        divisor = divisor.gcd(f)
    by_exponent: dict[tuple[int, int], fmpq_mpoly] = defaultdict(lambda: ring.constant(1))
    product = ring.constant(1)
    for k, (p, r) in enumerate(divisor.factor()[1]):
        if any(any(e[count:]) for e in exponent_vectors(p)):
            # Binary forms are products of linear ones.
            by_exponent[int(r), k if m > 2 else 0] *= p
            product *= p ** int(r)
    yield {"factors": [[encode_polynomial(from_flint(q)), r] for (r, _), q in by_exponent.items()],
           "vector": [encode_polynomial(from_flint(f / product)) for f in values]}


def in_words(factors: list[list[int]], outputs: int) -> str:
    """
    What all products of some forms are: vectors of so many outputs.

    EXAMPLES::

        >>> in_words([[1, 1], [2, 3], [0, 0]], 2), in_words([[1, 2], [1, 0]], 2)
        ('all c g_1 g_2^3 of degrees 1, 2', 'all g_1^2 L of degrees 1, 1')
    """
    *forms, (rest, _) = factors
    names = [f"g_{k}" + f"^{e}" * (e > 1) for k, (_, e) in enumerate(forms, 1)]
    degrees = [b for b, _ in forms]
    if rest:
        names, degrees = [*names, "L"], [*degrees, rest]
    elif outputs > 1:
        names = ["c", *names]
    return (f"all {' '.join(names)} of degree{'s' * (len(degrees) > 1)} "
            + ", ".join(map(str, degrees)))
