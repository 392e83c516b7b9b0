"""
Answers as plain data, exactly, and back.

Numbers, texts and lists are what they are in JSON; whatever else there is, is a dictionary with
one entry that says what it is.  Objects are made from the classes that are listed here alone,
by their constructors, so that data from a stranger can at worst make a wrong answer, not run.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import partial
from importlib import import_module
from types import FunctionType
from typing import Any

LARGEST_PLAIN = 2**53  # others are written in base 16: a decimal number may be too long to read


class NotStorable(Exception):
    """A value has no plain form."""


@dataclass(frozen=True)
class Form:
    """
    The plain form of a class: what its constructor takes.

    - ``module`` -- where the class is
    - ``arguments`` -- names of attributes that the constructor takes in this order; by default
      the fields of a dataclass
    - ``attributes`` -- further ones, which are set afterwards
    """

    module: str
    arguments: tuple[str, ...] | None = None
    attributes: tuple[str, ...] = ()


CLASSES = {
    "Invariant": Form("invariants.answers.invariant"),
    "Locus": Form("invariants.singularities.degeneracy", None, ("lies_trust", "completeness")),
    "Descriptions": Form("invariants.equations.descriptions"),
    "Component": Form("invariants.singularities.degeneracy"),
    "GenericFiber": Form("invariants.dimension.generic_fiber"),
    "ConservationLaw": Form("invariants.dynamics.conservation_law"),
    "PlacedSubnetwork": Form("invariants.singularities.subnetworks"),
    "SubnetworkPoset": Form("invariants.singularities.subnetworks",
                            ("model", "dimension", "parts")),
    "Subnetwork": Form("models.subnetworks"),
    "Flattening": Form("descriptions.determinantal"),
    "OutputFormat": Form("descriptions.determinantal"),
    "BoundedRank": Form("descriptions.determinantal"),
    "GenericMatrices": Form("descriptions.determinantal"),
    "SymmetricTensors": Form("descriptions.symmetric_tensors"),
    "ConvolutionalVariety": Form("descriptions.segre_veronese"),
    "Flow": Form("invariants.dynamics.flows"),
    "Fiber": Form("invariants.fibers.special_fiber"),
    "Parametrization": Form("models.parametrization"),
    "VarietyComponent": Form("invariants.singularities.decomposition"),
    "NumberFieldPoint": Form("invariants.singularities.decomposition"),
    "VoronoiCell": Form("invariants.distance.voronoi_cell"),
    "Discriminant": Form("invariants.distance.ed_discriminant"),
    "Breakpoint": Form("invariants.distance.bifurcation"),
    "Bifurcation": Form("invariants.distance.bifurcation"),
    "Regions": Form("invariants.distance.bifurcation"),
    "CriticalComponent": Form("invariants.training.loss_critical_locus"),
    "Initialization": Form("invariants.dynamics.balanced_initialization"),
    "Drift": Form("invariants.dynamics.drift"),
    "QuadraticForm": Form("invariants.distance.quadratic_forms"),
}

# What turns the data of an invariant into its value.
FUNCTIONS = {"sage_ideal": "invariants.equations.generators",
             "sage_equations": "invariants.equations.generators",
             "sage_polynomial": "invariants.equations.degree"}


def _named(module: str, name: str) -> Any:
    return getattr(import_module(f"neuroalg_sage.{module}"), name)


def encode(value: Any) -> Any:
    """
    The plain form of a value.

    Raises NotStorable if it has none.

    EXAMPLES::

        >>> encode((Fraction(1, 2), {(1, 0): 3}))
        {'tuple': [{'fraction': [1, 2]}, {'polynomial': [[3, 1, 0]]}]}
    """
    kind = type(value)
    if value is None or kind in (bool, str):
        return value
    if kind is int:
        return value if abs(value) < LARGEST_PLAIN else {"integer": hex(value)}
    if kind is float:
        return value if math.isfinite(value) else {"float": str(value)}
    if kind is list:
        return [encode(x) for x in value]
    if kind is tuple:
        return {"tuple": [encode(x) for x in value]}
    if kind is Fraction:
        return {"fraction": [encode(value.numerator), encode(value.denominator)]}
    if kind is dict:
        return _encode_dictionary(value)
    if kind in (partial, FunctionType):
        return _encode_function(value)
    if kind.__module__ == "numpy" and kind.__name__ == "ndarray":
        return {"array": encode(value.tolist())}
    return _encode_object(value)


def _encode_dictionary(value: dict[Any, Any]) -> dict[str, Any]:
    if value and all(type(e) is tuple and all(type(k) is int and 0 <= k < LARGEST_PLAIN for k in e)
                     for e in value):
        return {"polynomial": [[encode(c), *e] for e, c in value.items()]}
    return {"dictionary": [[encode(k), encode(x)] for k, x in value.items()]}


def _encode_function(value: Any) -> dict[str, Any]:
    function, known = (value.func, value.keywords) if type(value) is partial else (value, {})
    name = getattr(function, "__name__", "")
    if FUNCTIONS.get(name) is None or _named(FUNCTIONS[name], name) is not function or (
            type(value) is partial and value.args):
        raise NotStorable(repr(value))
    return {"function": name, "with": {k: encode(x) for k, x in known.items()}}


def _encode_object(value: Any) -> dict[str, Any]:
    kind = type(value)
    name = kind.__name__
    if name == "Model" and kind.__module__ == "neuroalg_sage.models.model":
        return {"model": value.describe()}
    form = CLASSES.get(name)
    if form is None or kind.__module__ != f"neuroalg_sage.{form.module}":
        raise NotStorable(f"{kind.__module__}.{name}")
    names = (*_arguments(kind, form), *form.attributes)
    return {"object": name, "of": {k: _json_or_encoded(kind, k, getattr(value, k))
                                   for k in names}}


def _json_or_encoded(kind: type, attribute: str, value: Any) -> Any:
    """A certificate is plain data already."""
    return value if attribute == "certificate" else encode(value)


def _arguments(kind: Any, form: Form) -> tuple[str, ...]:
    return form.arguments or tuple(f.name for f in fields(kind) if f.init)


def decode(data: Any) -> Any:
    """
    The value of a plain form.

    Raises ValueError, TypeError, KeyError or InputError if it is not one.

    EXAMPLES::

        >>> decode(encode((Fraction(1, 2), {(1, 0): 3})))
        (Fraction(1, 2), {(1, 0): 3})
    """
    if isinstance(data, list):
        return [decode(x) for x in data]
    if not isinstance(data, dict):
        return data
    (kind, content), *rest = data.items()
    if kind == "object" and [k for k, _ in rest] == ["of"]:
        return _decode_object(content, rest[0][1])
    if kind == "function" and [k for k, _ in rest] == ["with"]:
        function = _named(FUNCTIONS[content], content)
        known = {k: decode(x) for k, x in rest[0][1].items()}
        return partial(function, **known) if known else function
    if rest:
        raise ValueError(f"a value of {len(data)} kinds")
    return _DECODERS[kind](content)


def _decode_object(name: str, of: dict[str, Any]) -> Any:
    form = CLASSES[name]
    kind = _named(form.module, name)
    arguments = _arguments(kind, form)
    if set(of) != {*arguments, *form.attributes}:
        raise ValueError(f"wrong attributes of a {name}")
    value = {k: x if k == "certificate" else decode(x) for k, x in of.items()}
    made = kind(*(value[k] for k in arguments))
    for attribute in form.attributes:
        object.__setattr__(made, attribute, value[attribute])
    return made


def _array(content: list[Any]) -> Any:
    import numpy as np

    return np.array(decode(content))


def _model(content: dict[str, Any]) -> Any:
    from neuroalg_sage.models.sources import load_model

    spec = content.get("spec")
    model = load_model(spec) if isinstance(spec, str) else load_model(content)
    if model.describe() != content:
        raise ValueError("not the description of a model")
    return model


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "integer": lambda text: int(text, 16),
    "float": float,
    "tuple": lambda items: tuple(map(decode, items)),
    "fraction": lambda parts: Fraction(*map(decode, parts)),
    "polynomial": lambda terms: {tuple(e): decode(c) for c, *e in terms},
    "dictionary": lambda pairs: {decode(k): decode(x) for k, x in pairs},
    "model": _model,
    "array": _array,
}
