"""
Ideals inherited from a model with fewer inputs, or fewer outputs.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from neuroalg_sage.certificates import model as checked
from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.equations.groebner import GroebnerBasis, HilbertSeries
from neuroalg_sage.certificates.equations.inheritance import Inheritance, inheritance, narrowed
from neuroalg_sage.certificates.reading import CertificateError, polynomial_ring, polynomials
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.dimension import dimension
from neuroalg_sage.invariants.equations.generators import Ideal, primitive
from neuroalg_sage.models.expressions import Polynomial, from_flint
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization, parametrization
from neuroalg_sage.models.sources import load_model

FindIdeal = Callable[[Parametrization, Invariant], tuple[Invariant, Invariant]]


def narrowed_model(model: Model) -> Model | None:
    """
    The model with a square first or last layer where that is dense and narrow; None if not.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> narrow = narrowed_model(parse_spec("mlp:4,2,3:x^2"))
        >>> narrow.input_count, narrow.output_count
        (2, 2)
        >>> narrowed_model(parse_spec("mlp:2,2,2:x^2")) is None
        True
    """
    description = narrowed(model.describe())
    return None if description is None else load_model(description)


def inherited_ideal(model: Model, found: Invariant, find: FindIdeal, generator: random.Random,
                    progress: Callable[[str], None]) -> Ideal | None:
    """
    The ideal that a model with a narrow first or last layer inherits; None if it has no such.

    A function that factors through r < m linear forms of its m inputs satisfies the minors of
    size r + 1 of the matrix of its partial derivatives, and the equations of the model in
    r inputs, moved by the general linear group; and by a theorem on highest weight vectors
    these generate the ideal.  Likewise with outputs.

    INPUT:

    - ``model`` -- a model
    - ``found`` -- its dimension
    - ``find`` -- finds the ideal of the smaller model from its parametrization and dimension
    - ``generator`` -- source of random numbers
    - ``progress`` -- takes one line of text

    OUTPUT: :class:`~neuroalg_sage.invariants.answers.invariant.Invariant`, or None

    Raises LimitReached if the smaller model's ideal is out of reach, or the generators are
    too many.

    EXAMPLES::

        >>> from neuroalg_sage.neuromanifold import NeuroManifold
        >>> ideal = NeuroManifold("mlp:4,2,2:x^2", method="inheritance").ideal()
        >>> len(ideal.data), ideal.status, ideal.trust
        (168, 'proved', [])

    REFERENCES:

    - the theorem and its proof are at
      :class:`~neuroalg_sage.certificates.equations.inheritance.Inheritance`; it is the inheritance
      of [LM2004]_
    """

    start = time.perf_counter()
    narrow = narrowed_model(model)
    if narrow is None:
        return None
    progress(f"the ideal of the narrowed model with {narrow.input_count} inputs and "
             f"{narrow.output_count} outputs")
    small, _ = find(parametrization(narrow), dimension(narrow, generator.randrange(2**30),
                                                       progress))
    assert small.certificate is not None
    inherited = small.certificate["claim"]["value"]
    try:
        made = theorem(model).generators(
            polynomials(inherited, polynomial_ring(narrow.ambient_dimension)))
    except CertificateError as error:
        raise LimitReached(str(error)) from None
    generators = [primitive(from_flint(f)) for f in made]
    return Ideal.certified(
        model, "ideal", generators, "proved",
        "minors, and what the general linear groups make of a smaller model's ideal",
        time.perf_counter() - start,
        {"argument": "inheritance", "generators": inherited,
         "ideal": small.certificate["evidence"]}, small.trust,
        claim=[encode_polynomial(g) for g in generators],
        coordinates=model.ambient_dimension)


def theorem(model: Model) -> Inheritance:
    """What the theorem says of a model that has a narrow first or last layer."""
    return inheritance(checked.Model(model.describe()))


def inherited_series(model: Model, basis: list[Polynomial]) -> HilbertSeries | None:
    """
    The Hilbert series of M, if it is affordable.

    INPUT:

    - ``basis`` -- a Gröbner basis of the narrowed model's ideal, in graded reverse
      lexicographic order

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> inherited_series(parse_spec("linear:3,1,3"), [])
        HilbertSeries(dimension=5, numerator=[1, 4, 1], homogeneous=True)
    """
    found = theorem(model)
    n = found.narrow.ambient_dimension
    elements = polynomials([encode_polynomial(g) for g in basis], polynomial_ring(n))
    return found.hilbert_series(GroebnerBasis(elements, [1] * n))
