"""
Smaller models with the same neurovariety, of networks with narrow layers and of products.

Where some layers make all polynomial maps of their degrees, or where the others change nothing, a
generic polynomial map stands for them.  So what becomes of a narrow state is never expanded.  Why
that suffices is at
:func:`neuroalg_sage.certificates.equations.same_variety.same_variety`.

Where functions are products, the coefficients of the factors may be fewer than the parameters.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.dimension import dimension
from neuroalg_sage.invariants.dimension.perceptrons import is_expressions
from neuroalg_sage.invariants.dimension.upper_bounds import relaxations
from neuroalg_sage.invariants.equations.degree import Degree
from neuroalg_sage.invariants.equations.degree_by_fixed_points import degree_by_fixed_points
from neuroalg_sage.invariants.equations.generators import Ideal
from neuroalg_sage.invariants.equations.products_of_functions import coefficients_of_factors
from neuroalg_sage.models.layers import PolynomialLayer
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization, parametrization

MOST_COORDINATES, MOST_PARAMETERS = 1_000, 500


@dataclass(frozen=True)
class SameVariety:
    """
    A model with the same M as another one.

    - ``model`` -- the model
    - ``evidence`` -- what proves that they have the same M, for a certificate
    - ``name`` -- what is done to the model, for what an answer says of its method
    """

    model: Model
    evidence: dict[str, Any]
    name: str = "with generic maps for layers"

    def degree(self, whole: Model, found: Invariant) -> Degree:
        """The degree of M, by a certificate for this model."""
        assert found.certificate is not None
        return Degree.certified(whole, "degree", found.data, "proved",
                                f"{found.method}, {self.name}", found.seconds,
                                {"same_variety": self.evidence,
                                 "degree": found.certificate["evidence"]}, found.trust,
                                versions=found.certificate["engines"])

    def ideal(self, whole: Model, found: Invariant) -> Ideal:
        """The ideal of M, by a certificate for this model."""
        assert found.certificate is not None
        return Ideal.certified(whole, "ideal", found.data, "proved",
                               f"{found.method}, {self.name}", found.seconds,
                               {"argument": "same variety", "same_variety": self.evidence,
                                "ideal": found.certificate["evidence"]}, found.trust,
                               claim=[encode_polynomial(g) for g in found.data],
                               versions=found.certificate["engines"],
                               coordinates=whole.ambient_dimension)


def smaller_models(model: Model) -> list[tuple[list[list[int]], Model]]:
    """
    The segments of layers, with the models in which generic maps stand for them, that have fewer
    parameters than the model, the fewest first; none if the model is large.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> [segments for segments, _ in smaller_models(parse_spec("mlp:2,2,1,1:x^2"))]
        [[[0, 3]], [[0, 5]]]
    """
    if model.ambient_dimension > MOST_COORDINATES or model.parameter_count > MOST_PARAMETERS:
        return []
    return sorted(((segments, larger) for segments, larger in relaxations(model)
                   if larger.parameter_count < model.parameter_count),
                  key=lambda pair: pair[1].parameter_count)


def generic_layers(model: Model, find: Callable[[], Invariant], seed: int | None = None
                   ) -> SameVariety | None:
    """
    The model with fewest parameters, fewer than the given one has, in which generic polynomial
    maps stand for some layers, with the same neurovariety; None if there is none.

    INPUT:

    - ``find`` -- finds the dimension; it is not asked where no model is smaller
    - ``seed`` -- integer for the random choices; by default they are fresh

    EXAMPLES: What a network with one narrow state computes is a form to a power::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("mlp:2,3,1,1,2,1:x^2")
        >>> generic_layers(model, lambda: dimension(model, 1), 1).model.parameter_count
        4
    """
    smaller = smaller_models(model)
    if not smaller or (found := find()).status != "proved" or found.trust:
        return None
    seed = random.randrange(2**30) if seed is None else seed
    for segments, other in smaller:
        others = dimension(other, seed)
        if (others.status == "proved" and others.data == found.data and not others.trust
                and list(other.coordinates()) == list(model.coordinates())):
            assert found.certificate is not None and others.certificate is not None
            return SameVariety(other, {
                "segments": segments, "dimension": found.data,
                "own": found.certificate["evidence"], "others": others.certificate["evidence"]})
    return None


def coefficients_for_parameters(phi: Parametrization, generator: random.Random
                                ) -> SameVariety | None:
    """
    The model whose parameters are the coefficients of the factors of which the functions are
    products, if these are fewer, and independent; else None.

    EXAMPLES: Two layers of attention over one token in the plane::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> phi = parametrization(parse_spec("attention:d=2,a=1,out=1,t=1,layers=2"))
        >>> same = coefficients_for_parameters(phi, random.Random(1))
        >>> phi.parameter_count, same.model.parameter_count
        (14, 7)
    """
    model = phi.model
    found = None if is_expressions(model) else coefficients_of_factors(
        phi, generator)
    if found is None or (count := len(found.images)) >= model.parameter_count:
        return None
    outputs: list[list[Any]] = [[] for _ in range(model.output_count)]
    for (output, powers), f in zip(model.coordinates(), found.psi):
        outputs[output] += [((*e, *powers), c) for e, c in f.items()]
    other = Model((PolynomialLayer(tuple(f"c_{i}" for i in range(count)), tuple(
        f"x_{i}" for i in range(model.input_count)), tuple(map(tuple, outputs))),),
        (model.input_count,))
    if list(other.coordinates()) != list(model.coordinates()):
        return None
    return SameVariety(other, {"model": other.describe()} | {
        key: value for key, value in found.evidence().items() if key != "map"},
        "with the coefficients of factors for parameters")


def degree_of_another(model: Model, find: Callable[[], Invariant], seed: int | None
                      ) -> Degree | None:
    """
    The degree by fixed points of a torus, of another model with the same neurovariety; None if
    none is seen.

    INPUT:

    - ``find`` -- finds the dimension
    - ``seed`` -- integer for the random choices

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> model = parse_spec("mlp:2,3,3,3,1,3:x^2")
        >>> degree_of_another(model, lambda: dimension(model, 1), 1)
        11520 (proved)
    """
    same = generic_layers(model, find, seed)
    try:
        degree = None if same is None else degree_by_fixed_points(parametrization(same.model), seed)
    except LimitReached:  # φ is too large to be expanded
        return None
    return None if same is None or degree is None else same.degree(model, degree)
