"""
Expressions that are a network of a family, term by term.

Some theorems are on networks of certain layers, such as one hidden layer with a power.  Of a model
that is given by expressions it can be found out whether it is one: φ is that of a multilayer
perceptron with a power as activation, or of a network of single filters, when the parameters are
renamed.  This is decided by comparing all coefficients, so that what is proved of the one is proved
of the other.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

from neuroalg_sage.certificates.certificate import certificate
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.dimension.finite_symmetries import Colors, renaming
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import PolynomialLayer
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization, parametrization

Answer = TypeVar("Answer", bound=Invariant)
Matrix = tuple[tuple[Fraction, ...], ...]

MOST_PARAMETERS, MOST_HIDDEN, MOST_TERMS = 30, 3, 5_000


@dataclass(frozen=True)
class LayeredForm:
    """
    A network of layers with the same functions.

    - ``model`` -- the network
    - ``names`` -- for each of its parameters the name that it has in the expressions
    - ``places`` -- for each of its parameters the place that it has there
    - ``is_of_coordinates`` -- whether the coordinates of φ, in their order, are the same, but as
      coefficients of other functions
    - ``inputs`` -- the inputs of the network as linear forms in those of the expressions, if they
      are not the same
    """

    model: Model
    names: tuple[str, ...]
    places: tuple[int, ...]
    is_of_coordinates: bool = False
    inputs: Matrix | None = None

    def __str__(self) -> str:
        return f"{self.model} with the parameters {', '.join(self.names)}"

    @property
    def kind(self) -> str:
        """What is the same, as certificates say it."""
        return "coordinates" if self.is_of_coordinates or self.inputs else "functions"

    def about(self, model: Model, found: Answer, **changes: Any) -> Answer:
        """An answer about the network's functions, as one about those of the expressions."""
        proof = found.certificate
        inputs = {} if self.inputs is None else {
            "inputs": [[*map(str, row)] for row in self.inputs]}
        if proof is not None:
            proof = certificate(
                model.describe(), proof["claim"]["invariant"], proof["claim"]["value"],
                proof["status"], proof["trust"],
                {f"same_{self.kind}": {
                    "model": self.model.describe(), "parameters": list(self.places)} | inputs,
                 "evidence": proof["evidence"]}, proof["engines"], proof.get("error_bound"))
        if witness := vars(found).get("witness"):  # polynomials in inputs that have other names
            names = dict(zip(self.model.input_names, model.input_names))
            changes["witness"] = tuple(re.sub(r"[A-Za-z]\w*", lambda m: names.get(m[0], m[0]), p)
                                       for p in witness)
        return replace(found, certificate=proof, method=f"{found.method}; the {self.kind} "
                       f"are those of {self.model}, term by term", **changes)


@lru_cache(maxsize=16)
def in_layers(model: Model) -> LayeredForm | None:
    """
    The network of a family with the same functions as expressions, None if none is found.

    EXAMPLES::

        >>> from neuroalg_sage.models.sources import from_expressions
        >>> print(in_layers(from_expressions("c*(a*x + b*y)^2 + f*(d*x + e*y)^2", "a,b,c,d,e,f",
        ...                                  "x,y")))
        mlp:2,2,1:x^2 with the parameters a, b, d, e, c, f
        >>> in_layers(from_expressions("c*(a*x + b*y)^2 + a*(d*x + e*y)^2", "a,b,c,d,e", "x,y"))
    """
    if len(model.layers) > 1 or type(model.layers[0]) is not PolynomialLayer or (
            model.parameter_count > MOST_PARAMETERS):
        return None  # or numerators and denominators
    with suppress(LimitReached):
        phi = parametrization(model, MOST_TERMS)
        own = Colors(phi.parameter_count, phi.polynomials)
        for spec in _specs(phi):
            with suppress(LimitReached, InputError):
                known = parse_spec(spec)
                other = parametrization(known, MOST_TERMS)
                if other.coordinates != phi.coordinates:
                    continue
                names = renaming(Colors(other.parameter_count, other.polynomials), own)
                if names is not None:
                    return LayeredForm(known, tuple(model.parameter_names[i] for i in names),
                                       tuple(names))
    return None


def _specs(phi: Parametrization) -> Iterator[str]:
    """The families of as many parameters, inputs and outputs, and of that degree."""
    model, count = phi.model, phi.parameter_count
    degree = model.input_degree
    for hidden in range(MOST_HIDDEN + 1):
        powers = [k for k in range(1, degree + 1) if k**hidden == degree]
        for bias, power in itertools.product((False, True), powers):
            for widths in _widths(model.input_count, model.output_count, hidden, count, bias):
                yield (f"mlp:{','.join(map(str, widths))}:x^{power}" + ":bias" * bias
                       if power > 1 else f"mlp:{','.join(map(str, widths))}:x" + ":bias" * bias)
        for power in powers:
            for sizes in itertools.product(range(1, count + 1), repeat=hidden + 1):
                if sum(sizes) == count and sum(sizes) - hidden - 1 == (
                        model.input_count - model.output_count):
                    yield (f"cnn:{','.join(map(str, sizes))}:x^{power}"
                           + f":out={model.output_count}" * (model.output_count > 1))


def _widths(inputs: int, outputs: int, hidden: int, count: int, bias: bool
            ) -> Iterator[tuple[int, ...]]:
    """The widths of perceptrons with so many hidden layers and parameters."""
    if not hidden:
        if outputs * (inputs + bias) == count:
            yield inputs, outputs
        return
    for width in range(1, count // (inputs + bias) + 1):
        for rest in _widths(width, outputs, hidden - 1, count - width * (inputs + bias), bias):
            yield inputs, *rest
