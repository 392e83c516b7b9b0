"""
Reading a certificate's parts, with one sentence for each way in which they can be wrong.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz

Checked = tuple[list[str], list[str]]  # what was verified, whom to trust

MOST_VARIABLES = 20_000
MAXIMAL_DEPTH = 40  # of layers in layers


class CertificateError(ValueError):
    """The certificate does not prove its claim; the message says why."""


class MalformedCertificate(CertificateError):
    """The data is not a certificate that this version reads."""


def require(condition: object, message: str) -> None:
    """Raise :class:`CertificateError` unless the condition holds."""
    if not condition:
        raise CertificateError(message)


def fields(data: Any, *names: str) -> list[Any]:
    """The values of these fields of an object."""
    if not isinstance(data, dict):
        raise MalformedCertificate("A part of the certificate is not an object.")
    for name in names:
        if name not in data:
            raise MalformedCertificate(f"The certificate lacks {name!r}.")
    return [data[name] for name in names]


def member(data: Any, name: str) -> Any:
    """The value of this field of an object."""
    return fields(data, name)[0]


def items(value: Any, role: str, length: int | None = None) -> list[Any]:
    """The entries of a list, which has this length if one is given."""
    if not isinstance(value, list) or length not in (None, len(value)):
        raise MalformedCertificate(f"The {role} is not a list"
                                   + ("." if length is None else f" of length {length}."))
    return value


def integer(value: Any, low: int, high: int, role: str) -> int:
    """An integer from ``low`` to ``high``."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise MalformedCertificate(f"The {role} is not a whole number from {low} to {high}.")
    return value


def integers(data: Any, low: int, high: int, role: str, length: int | None = None) -> list[int]:
    """A list of integers from ``low`` to ``high``."""
    if {*map(type, items(data, role, length))} == {int} and low <= min(data) <= max(data) <= high:
        return [*data]
    return [integer(v, low, high, role) for v in data]


def rational(value: Any) -> Fraction:
    """A rational number, written as text, in lowest terms."""
    if not isinstance(value, str) or not re.fullmatch(r"0|-?[1-9]\d*(/[1-9]\d*)?", value, re.ASCII):
        raise MalformedCertificate("A coefficient is not a rational number as text.")
    numerator, slash, denominator = value.partition("/")
    found = Fraction(int(fmpz(numerator)), int(fmpz(denominator or "1")))
    require(not slash or 1 < found.denominator == int(fmpz(denominator)),
            "A rational number is not in lowest terms.")
    return found


def numbers(value: Any, role: str, length: int | None = None) -> list[fmpq]:
    """A list of rational numbers."""
    return [fmpq(c.numerator, c.denominator) for c in map(rational, items(value, role, length))]


def prime(value: Any) -> int:
    """A prime number up to 2^31."""
    p = integer(value, 2, 2**31, "prime")
    require(fmpz(p).is_prime(), f"{p} is not a prime.")
    return p


def residue(c: Fraction | fmpq, p: int) -> int:
    """A rational number modulo a prime that does not divide its denominator."""
    require(c.denominator % p, "The prime divides a denominator.")
    return int(c.numerator) * pow(int(c.denominator), -1, p) % p


def value_modulo(f: fmpq_mpoly, point: list[int], p: int) -> int:
    """
    The value of a polynomial at residues modulo a prime.

    That of (x^p - x) / p depends on the integers that stand for residues: no coefficient may
    have the prime in its denominator.
    """
    require(all(int(c.q) % p for c in f.coeffs()), "The prime divides a denominator.")
    return residue(f(*point), p)


def polynomial_ring(variables: int, order: Ordering = Ordering.degrevlex) -> fmpq_mpoly_ctx:
    """The polynomial ring over Q in so many variables."""
    require(variables <= MOST_VARIABLES, f"A ring has over {MOST_VARIABLES} variables.")
    return fmpq_mpoly_ctx.get([f"v{i}" for i in range(variables)] or ["v"], order)


def polynomial(data: Any, ring: fmpq_mpoly_ctx) -> fmpq_mpoly:
    """A polynomial in normal form: no term twice, none zero, variables named once."""
    terms: dict[tuple[int, ...], fmpq] = {}
    for term in items(data, "polynomial"):
        coefficient, powers = items(term, "term", 2)
        exponents = [0] * ring.nvars()
        require(len(items(powers, "list of exponents")) % 2 == 0, "A term lacks an exponent.")
        for i, e in zip(powers[::2], powers[1::2]):
            place = integer(i, 0, ring.nvars() - 1, "variable of a term")
            require(not exponents[place], "A term names a variable twice.")
            exponents[place] = integer(e, 1, 2**20, "exponent")
        c = rational(coefficient)
        require(c and tuple(exponents) not in terms, "A polynomial is not in normal form.")
        terms[tuple(exponents)] = fmpq(c.numerator, c.denominator)
    return ring.from_dict(terms)


def polynomials(data: Any, ring: fmpq_mpoly_ctx) -> list[fmpq_mpoly]:
    """A list of polynomials."""
    return [polynomial(p, ring) for p in items(data, "list of polynomials")]


def polynomial_set(data: Any, ring: fmpq_mpoly_ctx) -> list[fmpq_mpoly]:
    """A set of polynomials up to factors: none is zero, and none a multiple of another."""
    found = polynomials(data, ring)
    require(all(found), "A polynomial of a set is zero.")
    require(len({str(f / f.leading_coefficient()) for f in found}) == len(found),
            "A polynomial is stated twice.")
    return found


def exponent_vectors(f: fmpq_mpoly) -> list[tuple[int, ...]]:
    """The exponents of the terms of a polynomial."""
    return [tuple(map(int, e)) for e in f.monoms()]
