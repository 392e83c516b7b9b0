"""
The ways in which NeuroAlg says no.

Every message is one sentence that says what was wrong and what would be
right; the shell prints it without a traceback and leaves with ``exit_code``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])
Class = TypeVar("Class", bound=type)

TAKES_ANY_OPTION = 0x08  # of the flags of code, ``inspect.CO_VARKEYWORDS``


def suggesting(function: Function, title: str = "") -> Function:
    """
    A function that names the nearest right argument where the name of one is misspelled.

    INPUT:

    - ``function`` -- the function
    - ``title`` -- what the message calls it; by default its name

    EXAMPLES::

        >>> @suggesting
        ... def power(base, exponent=2):
        ...     return base**exponent
        >>> power(3, exponent=3)
        27
        >>> power(3, exponnent=3)
        Traceback (most recent call last):
        ...
        TypeError: power has no argument exponnent; did you mean exponent ?
    """
    known = _arguments(function)
    if known is None:
        return function
    title = title or function.__qualname__

    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        for name in options:
            if name not in known:
                from difflib import get_close_matches  # names are right, as a rule

                near = get_close_matches(name, known, 1, 0.5)
                raise TypeError(f"{title} has no argument {name}; " + (
                    f"did you mean {near[0]} ?" if near else
                    f"it has {', '.join(known) or 'none'}."))
        return function(*arguments, **options)

    return cast(Function, call)


def _arguments(function: Any) -> list[str] | None:
    """
    The names of the arguments of a function, without ``self``; None if any name is right.

    The library's ``inspect.signature`` says more, and takes a hundred times as long.
    """
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = function.__code__
    if code.co_flags & TAKES_ANY_OPTION:
        return None
    names = code.co_varnames[:code.co_argcount + code.co_kwonlyargcount]
    return [name for name in names if name != "self"]


def suggesting_methods(kind: Class) -> Class:
    """A class whose public methods, also those of the classes it is made of, are so."""
    members = {name: member for part in reversed(kind.__mro__)
               for name, member in vars(part).items()}
    for name, member in members.items():
        if isinstance(member, FunctionType) and (name == "__init__" or not name.startswith("_")):
            title = kind.__qualname__ + f".{name}" * (name != "__init__")
            setattr(kind, name, suggesting(member, title))
    return kind


class NeuroAlgError(Exception):
    """Base of all errors that NeuroAlg raises on purpose."""

    exit_code = 1


class InputError(NeuroAlgError, ValueError):
    """The request itself is wrong: a bad spec, model file, option or certificate."""

    exit_code = 2


class LimitReached(NeuroAlgError):
    """A limit on time, memory or size stopped a computation that was otherwise sound."""

    exit_code = 3
    raised = 0  # in this process: an answer found meanwhile might be better without the limit

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        LimitReached.raised += 1


class EngineError(NeuroAlgError, RuntimeError):
    """A computer-algebra engine is missing, died, or reported an error."""

    exit_code = 1
    raised = 0  # in this process

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        EngineError.raised += 1
