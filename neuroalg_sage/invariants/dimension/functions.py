"""
Functions of a model's ambient space, as one states them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import (
    Polynomial,
    value,
    write_polynomial,
)
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.sage_input import is_polynomial, lists, polynomial_in, rational

Point = tuple[Fraction, ...]


def read_function(phi: Parametrization, function: Any) -> Point:
    """
    The coordinates in V of a function.

    INPUT:

    - ``function`` -- its n coordinates, rational numbers; or a polynomial in the inputs for
      each output, as text or of Sage; or a matrix whose rows are the coordinates of the outputs

    OUTPUT: tuple of n fractions

    Raises InputError if there are too many or too few, or if the function is not in V.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("mlp:2,1,1:x^2"))
        >>> read_function(phi, ["(x_0 + x_1)^2"]) == read_function(phi, [1, 2, 1])
        True
        >>> read_function(phi, "x_0^3")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The term x_0^3 of output 0 is not among the monomials of
        mlp:2,1,1:x^2, whose degrees there are 2.
    """
    model = phi.model
    function = lists(function)
    if isinstance(function, str) or is_polynomial(function):
        function = [function]
    if function and isinstance(function, (list, tuple)) and all(
            isinstance(row, (list, tuple)) for row in function):
        shape, places = [len(row) for row in function], [j for j, _ in phi.coordinates]
        if shape not in ([places.count(j) for j in range(model.output_count)], [sum(shape)],
                         [1] * len(shape)):
            raise InputError(f"The rows of a function of {model} are the coordinates of its "
                             f"outputs, {places.count(0)} for the first; these have the lengths "
                             f"{', '.join(map(str, shape[:9]))}.")
        function = [c for row in function for c in row]
    if not isinstance(function, (list, tuple)):
        raise InputError("State a function by a list of its coordinates, or by a list of "
                         "polynomials in the inputs, one for each output.")
    if len(function) == model.output_count and (
            all(isinstance(part, str) for part in function) or any(map(is_polynomial, function))):
        return _coordinates(phi, [polynomial_in(part, model.input_names) for part in function])
    if len(function) != len(phi.polynomials):
        raise InputError(f"A function of {model} has {len(phi.polynomials)} coordinates, or a "
                         f"polynomial for each of its {model.output_count} outputs; "
                         f"{len(function)} were given.")
    return tuple(rational(c, "coordinate") for c in function)


def _coordinates(phi: Parametrization, outputs: Sequence[Polynomial]) -> Point:
    model = phi.model
    places = {place: i for i, place in enumerate(phi.coordinates)}
    found = [Fraction(0)] * len(places)
    for j, polynomial in enumerate(outputs):
        for exponents, c in polynomial.items():
            if (j, exponents) not in places:
                degrees = ", ".join(map(str, model.degree_pattern[j])) or "none"
                term = write_polynomial({exponents: Fraction(1)}, model.input_names)
                raise InputError(f"The term {term} of output {j} is not among the monomials of "
                                 f"{model}, whose degrees there are {degrees}.")
            found[places[j, exponents]] = c
    return tuple(found)


def read_parameters(model: Model, parameters: Any) -> Point:
    """The parameters of a model, N rational numbers; raises InputError if they are not."""
    parameters = lists(parameters)
    if not isinstance(parameters, (list, tuple)) or len(parameters) != model.parameter_count:
        raise InputError(f"The parameters of {model} are a list of {model.parameter_count} "
                         "rational numbers.")
    return tuple(rational(c, "parameter") for c in parameters)


def image(phi: Parametrization, parameters: Sequence[Fraction]) -> Point:
    """The point φ(w), exactly."""
    return tuple(value(p, parameters) for p in phi.polynomials)


def function_of(phi: Parametrization, function: Any = None, parameters: Any = None) -> Point:
    """The coordinates of a function, which is given itself or by its parameters."""
    if function is None and parameters is not None:
        return image(phi, read_parameters(phi.model, parameters))
    return read_function(phi, function)


def written_function(phi: Parametrization, f: Sequence[Fraction]) -> list[str]:
    """
    A function as polynomials in the inputs, one for each output.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("linear:2,1,2"))
        >>> written_function(phi, [Fraction(c) for c in (1, 0, 2, -1)])
        ['x_0', '2*x_0 - x_1']
    """
    outputs: list[Polynomial] = [{} for _ in range(phi.model.output_count)]
    for (j, exponents), c in zip(phi.coordinates, f):
        if c:
            outputs[j][exponents] = c
    return [write_polynomial(p, phi.model.input_names) for p in outputs]
