"""
Which classes have a stored form, beside their definition.

What is read from a file makes objects of such classes only, by their constructors: a class that
does not say so is not made, and no module is imported for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from importlib import import_module
from typing import Any, TypeVar

# Packages that declare questions under this name may have answers of their own classes.
QUESTIONS = "neuroalg_sage.questions"
_FORM = "_stored_form"

Kind = TypeVar("Kind", bound=type)


class NotStorable(Exception):
    """A value has no stored form."""


@dataclass(frozen=True)
class Form:
    """
    What the constructor of a class takes.

    - ``arguments`` -- names of attributes under which the constructor takes them; None for all
      fields of a dataclass that count in comparisons, also of a subclass
    """

    arguments: tuple[str, ...] | None = None


def storable(*arguments: str) -> Callable[[Kind], Kind]:
    """
    Say that objects of a class have a stored form: what their constructor takes.

    INPUT:

    - ``arguments`` -- names of attributes that the constructor takes under these names; by
      default the fields of a dataclass that count in comparisons, and then subclasses that add
      nothing but fields are storable, too

    EXAMPLES::

        >>> @storable("low", "high")
        ... class Interval:
        ...     def __init__(self, low, high):
        ...         self.low, self.high = low, high
        >>> attributes(Interval)
        ('low', 'high')
    """
    def mark(kind: Kind) -> Kind:
        setattr(kind, _FORM, Form(arguments or None))
        return kind

    return mark


def attributes(kind: type) -> tuple[str, ...]:
    """
    The attributes that the constructor of a storable class takes.

    Raises NotStorable for any other class.
    """
    form = getattr(kind, _FORM, None)
    if not isinstance(form, Form) or form.arguments is not None and _FORM not in vars(kind):
        raise NotStorable(f"{kind.__module__}.{kind.__qualname__}")
    return form.arguments or tuple(f.name for f in fields(kind) if f.init and f.compare)


def stored(value: Any) -> dict[str, Any]:
    """
    The attributes that make a storable object.

    Raises NotStorable for any other, and for one that has more than its constructor took.
    """
    kind = type(value)
    names = attributes(kind)
    passing = {f.name for f in fields(kind) if not f.compare} if is_dataclass(kind) else set()
    further = set(getattr(value, "__dict__", ())) - {*names} - passing
    if any(not isinstance(getattr(kind, name, None), cached_property) for name in further):
        raise NotStorable(f"{kind.__qualname__} with {', '.join(sorted(further))}")
    return {name: getattr(value, name) for name in names}


def name_of(kind: type) -> str:
    """
    The name under which a storable class is found again.

    Raises NotStorable if it would not be.
    """
    name = f"{kind.__module__}:{kind.__qualname__}"
    try:
        if storable_class(name) is kind:
            return name
    except ValueError:
        pass
    raise NotStorable(name)


def storable_class(name: str) -> type:
    """
    The storable class of a name.

    Raises ValueError if there is none, and imports nothing then but modules of this package, or of
    one that declares a question.

    EXAMPLES::

        >>> storable_class("subprocess:Popen")
        Traceback (most recent call last):
        ...
        ValueError: no class of answers: subprocess:Popen
    """
    module, _, kind = name.partition(":")
    package, *parts = module.split(".")
    if kind.isidentifier() and all(part.isidentifier() and not part.startswith("_")
                                   for part in (package, *parts)) and _may_answer(package):
        try:
            found = getattr(import_module(module), kind, None)
        except (Exception, SystemExit):  # whatever another package does when it is imported
            found = None
        if isinstance(found, type) and found.__module__ == module:
            try:
                attributes(found)
                return found
            except NotStorable:
                pass
    raise ValueError(f"no class of answers: {name}")


def _may_answer(package: str) -> bool:
    """Whether a package is this one, or one that declares a question."""
    if package not in _declaring:
        from neuroalg_sage.declarations import declarations  # long to import, for other packages

        _declaring.update(point.module.partition(".")[0] for point in declarations(QUESTIONS))
    return package in _declaring


_declaring = {__name__.partition(".")[0]}
