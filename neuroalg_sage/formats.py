r"""
Ideals of neurovarieties in the languages of other systems.

MRDI is the exchange format of [DVJL2024]_.  A file holds an object, the type that says in
which ring it lives, and under ``_refs`` that ring with a UUID.  Each system has names of its own
for types, so that a file is written for one of them: the format ``mrdi`` for Macaulay2's package
MRDI, the format ``oscar`` for OSCAR.  :func:`read_mrdi` reads both.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.expressions import Polynomial, write_polynomial
from neuroalg_sage.models.latex import latex_polynomial

if TYPE_CHECKING:
    from neuroalg_sage.engines.transfer import PolynomialMatrix


def written(polynomials: Iterable[Polynomial], n: int) -> list[str]:
    """Polynomials in the coordinates as text."""
    names = [f"z_{i}" for i in range(n)]
    return [write_polynomial(p, names) for p in polynomials]


# Formats --------------------------------------------------------------------------------


def _text(generators: Sequence[Polynomial], n: int) -> str:
    return "\n".join(written(generators, n) or ["0"])


def _sage(generators: Sequence[Polynomial], n: int) -> str:
    names = ",".join(f"z_{i}" for i in range(n))
    return (f"V = PolynomialRing(QQ, {n}, '{names}')\n"
            f"V.inject_variables(verbose=False)\n"
            f"I = V.ideal([{', '.join(written(generators, n))}])")


def _macaulay2(generators: Sequence[Polynomial], n: int) -> str:
    return (f"V = QQ[{f'z_0..z_{n - 1}' if n else ''}];\n"
            f"I = ideal({', '.join(written(generators, n)) or '0_V'});")


def _singular(generators: Sequence[Polynomial], n: int) -> str:
    if not n:
        raise InputError("Singular has no polynomial ring without variables, in which this ideal, "
                         "of a point, would be; the other formats have.")
    names = [f"z({i})" for i in range(n)]
    polynomials = ", ".join(write_polynomial(g, names) for g in generators)
    return f"ring V = 0,z(0..{n - 1}),dp;\nideal I = {polynomials or '0'};"


def _latex(generators: Sequence[Polynomial], n: int) -> str:
    ring = latex_polynomial(f"[{', '.join(f'z_{i}' for i in range(n))}]") if n else ""
    polynomials = ", ".join(map(latex_polynomial, written(generators, n) or ["0"]))
    return rf"\left\langle {polynomials} \right\rangle \subset \mathbb{{Q}}{ring}"


# MRDI -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Dialect:
    """
    What a system calls an ideal and a polynomial ring over Q.

    - ``namespace`` -- the address and the version that the system states in its own files
    - ``ideal``, ``ring`` -- names of types
    - ``field`` -- the field of rational numbers
    - ``variables`` -- the key under which a ring keeps its variables
    - ``write``, ``read`` -- a rational number as JSON data, and back
    """

    namespace: tuple[str, str]
    ideal: str
    ring: str
    field: dict[str, str]
    variables: str
    write: Callable[[Fraction], Any]
    read: Callable[[Any], Fraction]


def _quotient(numerator: Any, denominator: Any = 1) -> Fraction:
    from neuroalg_sage.engines.transfer import integer

    return Fraction(integer(str(numerator)), integer(str(denominator)))


_DIALECTS = {
    "Macaulay2": _Dialect(
        ("https://macaulay2.com", "1.26.06"), "Ideal", "PolynomialRing",
        {"_type": "Ring", "data": "QQ"}, "variables",
        lambda c: [decimal(c.numerator), decimal(c.denominator)], lambda pair: _quotient(*pair)),
    "Oscar": _Dialect(
        ("https://github.com/oscar-system/Oscar.jl", "1.6.0"), "MPolyIdeal", "MPolyRing",
        {"_type": "QQField"}, "symbols",
        lambda c: decimal(c).replace("/", "//"), lambda text: _quotient(*str(text).split("//"))),
}


def _mrdi(generators: Sequence[Polynomial], n: int, system: str) -> str:
    from uuid import NAMESPACE_OID, uuid5

    dialect = _DIALECTS[system]
    # Macaulay2's package does not read variables with an index.
    names = [f"z{i}" for i in range(n)]
    # A UUID that only depends on the ring: ideals from several files live in one ring.
    ring = str(uuid5(NAMESPACE_OID, f"QQ[{', '.join(names)}]"))
    # The package takes an ideal without generators for one of the integers.
    polynomials = [[[[str(k) for k in e], dialect.write(Fraction(c))] for e, c in g.items()]
                   for g in generators or [{}]]
    return json.dumps({
        "_ns": {system: dialect.namespace},
        "_type": {"name": dialect.ideal, "params": ring},
        "data": polynomials,
        "_refs": {ring: {"_type": {"name": dialect.ring, "params": dialect.field},
                         "data": {dialect.variables: names}}}})


def read_mrdi(text: str) -> PolynomialMatrix:
    """
    Read an ideal of a polynomial ring over Q that Macaulay2 or OSCAR has saved.

    INPUT:

    - ``text`` -- the content of an MRDI file

    OUTPUT: :class:`~neuroalg_sage.engines.transfer.PolynomialMatrix` of the kind ``"ideal"``,
    whose ``to_sage()`` is the Sage ideal.  Names of variables that Macaulay2 would not take
    are changed.

    Raises :class:`~neuroalg_sage.errors.InputError` if the text is something else.

    EXAMPLES::

        >>> text = write_ideal([{(1, 0, 1): 1, (0, 2, 0): Fraction(-1, 4)}], 3, "mrdi")
        >>> read_mrdi(text).macaulay2()
        'ideal(\\n    z0*z2-1/4*z1^2)'
        >>> read_mrdi('{"_type": "ZZ", "data": "5"}')
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: This is no MRDI file of Macaulay2 or OSCAR that holds
        an ideal of a polynomial ring over QQ.
    """
    from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData, legal_names

    try:
        page = json.loads(text)
        dialect = next(d for system, d in _DIALECTS.items() if system in page["_ns"])
        ring = page["_refs"][page["_type"]["params"]]
        kinds = page["_type"]["name"], ring["_type"]["name"], ring["_type"]["params"]
        if kinds != (dialect.ideal, dialect.ring, dialect.field):
            raise ValueError
        names = [str(name) for name in ring["data"][dialect.variables]]
        generators = [_polynomial(terms, len(names), dialect) for terms in page["data"]]
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, StopIteration,
            RecursionError):
        raise InputError("This is no MRDI file of Macaulay2 or OSCAR that holds an ideal of a "
                         "polynomial ring over QQ.") from None
    return PolynomialMatrix(PolynomialRingData(legal_names(names)), 1, len(generators),
                            tuple(generators), "ideal")


def _polynomial(terms: Any, n: int, dialect: _Dialect) -> Polynomial:
    polynomial: Polynomial = {}
    for exponents, coefficient in terms:
        e = tuple(map(int, exponents))
        if len(e) != n or min(e, default=0) < 0:
            raise ValueError
        polynomial[e] = polynomial.get(e, Fraction(0)) + dialect.read(coefficient)
    return {e: c for e, c in polynomial.items() if c}


# The table ------------------------------------------------------------------------------

FORMATS: dict[str, Callable[[Sequence[Polynomial], int], str]] = {
    "text": _text,
    "sage": _sage,
    "m2": _macaulay2,
    "singular": _singular,
    "latex": _latex,
    "mrdi": lambda generators, n: _mrdi(generators, n, "Macaulay2"),
    "oscar": lambda generators, n: _mrdi(generators, n, "Oscar"),
}


def write_ideal(generators: Sequence[Polynomial], n: int, form: str = "text") -> str:
    r"""
    Write an ideal of Q[z_0, ..., z_(n-1)] for another system.

    INPUT:

    - ``generators`` -- dictionaries from exponents to rational numbers; none for the zero ideal
    - ``n`` -- the number of variables
    - ``form`` -- ``"text"``, ``"sage"``, ``"m2"``, ``"singular"``, ``"latex"``, ``"mrdi"`` or
      ``"oscar"``

    OUTPUT: string, without a newline at its end

    Raises :class:`~neuroalg_sage.errors.InputError` for another format.

    EXAMPLES::

        >>> circle = [{(2, 0): Fraction(1), (0, 2): Fraction(1), (0, 0): Fraction(-1)}]
        >>> print(write_ideal(circle, 2, "m2"))
        V = QQ[z_0..z_1];
        I = ideal(z_0^2 + z_1^2 - 1);
        >>> print(write_ideal(circle, 2, "latex"))
        \left\langle z_{0}^{2} + z_{1}^{2} - 1 \right\rangle \subset \mathbb{Q}[z_{0}, z_{1}]
        >>> write_ideal(circle, 2, "singlar")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: There is no format 'singlar'; did you mean singular ?
    """
    if form not in FORMATS:
        nearest = difflib.get_close_matches(form[:50], FORMATS, 1)
        hint = f"did you mean {nearest[0]} ?" if nearest else (
            "the formats are " + ", ".join(FORMATS) + ".")
        raise InputError(f"There is no format {form[:60]!r}; {hint}")
    return FORMATS[form](generators, n)
