"""
The names of the methods that one may ask for.
"""

from __future__ import annotations

from neuroalg_sage.errors import InputError

FOR_THE_IDEAL = ("auto", "zero", "inheritance", "description", "equivariant", "elimination",
                 "kernel")
# These never see the ideal.
FOR_THE_DEGREE = ("slicing", "monodromy")
# For ED degrees, polar degrees and ML degrees.
FOR_CRITICAL_POINTS = ("theorem", "euler", "conormal", "parametrization", "lagrange")


def check_method(method: str) -> None:
    """
    Raise InputError unless there is such a method.

    EXAMPLES::

        >>> check_method("slicing")
    """
    if method not in FOR_THE_IDEAL + FOR_THE_DEGREE + FOR_CRITICAL_POINTS:
        raise InputError(f"There is no method {method!r:.60}; the methods for the ideal are "
                         f"{', '.join(FOR_THE_IDEAL)}, those for the degree alone "
                         f"{', '.join(FOR_THE_DEGREE)}, and those for critical points "
                         f"{', '.join(FOR_CRITICAL_POINTS)}.")


def check_method_for_the_ideal(method: str) -> None:
    """
    Raise InputError unless there is such a method, and it finds the ideal.

    EXAMPLES::

        >>> check_method_for_the_ideal("monodromy")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The method monodromy finds the degree without the ideal; \
for what needs the ideal, use auto, zero, inheritance, description, equivariant, elimination or \
kernel.
    """
    check_method(method)
    if method in FOR_CRITICAL_POINTS:
        raise InputError(f"The method {method} is for critical points; for what needs the ideal, "
                         f"use {', '.join(FOR_THE_IDEAL[:-1])} or {FOR_THE_IDEAL[-1]}.")
    if method in FOR_THE_DEGREE:
        raise InputError(f"The method {method} finds the degree without the ideal; for what needs "
                         f"the ideal, use {', '.join(FOR_THE_IDEAL[:-1])} or "
                         f"{FOR_THE_IDEAL[-1]}.")


def check_method_applies(method: str, quantity: str, applicable: tuple[str, ...]) -> str:
    """
    The method for a quantity that counts critical points; ``"auto"`` for a method that is for
    the ideal or the degree.

    Raises InputError if it is for critical points, but does not apply to this quantity.

    EXAMPLES::

        >>> check_method_applies("kernel", "the ML degree", ("lagrange",))
        'auto'
    """
    if method in FOR_CRITICAL_POINTS and method not in applicable:
        raise InputError(f"The method {method} does not apply to {quantity}; use auto or "
                         f"{' or '.join(applicable)}.")
    return method if method in applicable else "auto"
