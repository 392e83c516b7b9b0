"""
Answers as plain data, exactly, and back.

Numbers, texts and lists are what they are in JSON; whatever else there is, is a dictionary with
one entry that says what it is.  Objects are made of classes that say that they are storable
(:mod:`neuroalg_sage.storable`), by their constructors, so that data from a stranger can at worst
make a wrong answer, not run.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from neuroalg_sage.models.model import Model
from neuroalg_sage.storable import NotStorable, attributes, name_of, storable_class, stored

__all__ = ["NotStorable", "decode", "encode"]

CERTIFICATE = "certificate"  # an attribute that is plain data already
LARGEST_PLAIN = 2**53  # others are written in base 16: a decimal number may be too long to read


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
    if kind is Model:
        return {"model": value.describe()}
    if kind.__module__ == "numpy" and kind.__name__ == "ndarray":
        return {"array": encode(value.tolist())}
    return {"object": name_of(kind), "of": {name: x if name == CERTIFICATE else encode(x)
                                            for name, x in stored(value).items()}}


def _encode_dictionary(value: dict[Any, Any]) -> dict[str, Any]:
    if value and all(type(e) is tuple and all(type(k) is int and 0 <= k < LARGEST_PLAIN for k in e)
                     for e in value):
        return {"polynomial": [[encode(c), *e] for e, c in value.items()]}
    return {"dictionary": [[encode(k), encode(x)] for k, x in value.items()]}


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
    if rest:
        raise ValueError(f"a value of {len(data)} kinds")
    return _DECODERS[kind](content)


def _decode_object(name: str, of: dict[str, Any]) -> Any:
    if not isinstance(name, str):
        raise ValueError("an object of no class")
    kind = storable_class(name)
    names = attributes(kind)
    if set(of) != set(names):
        raise ValueError(f"wrong attributes of a {name}")
    return kind(**{k: x if k == CERTIFICATE else decode(x) for k, x in of.items()})


def _array(content: list[Any]) -> Any:
    import numpy as np

    return np.array(decode(content))


def _model(content: dict[str, Any]) -> Any:
    from neuroalg_sage.models.sources import load_model

    spec = content.get("spec")
    # Of a spec it takes less time to make the model than to read its layers.
    model = (load_model(spec).called(content.get("name")) if isinstance(spec, str) else
             load_model(content))
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
