"""
Polynomials written as text, read without executing anything.

A polynomial over Q is a dictionary from exponent tuples to nonzero
:class:`~fractions.Fraction` coefficients, one exponent per variable.  It is
the form in which activations, model files and certificates hold polynomials.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.numbers import MAXIMAL_BITS, MINUS, UNSIGNED, written

Exponents = tuple[int, ...]
Polynomial = dict[Exponents, Fraction]
Quotient = tuple[Polynomial, Polynomial]  # numerator and denominator, which is not zero

MAXIMAL_DEGREE = 200
MAXIMAL_TERMS = 5_000
MAXIMAL_LENGTH = 200_000

_TOKEN = re.compile(rf"\s*(?:({UNSIGNED})|([A-Za-z][A-Za-z0-9_]*)|(\*\*|[-+*/^()]))", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[0-9]+)*")
_RESERVED = frozenset(
    # Python's words, and names that Macaulay2 or Sage evaluate to something else.
    "and as assert async await break class continue def del elif else except finally for from "
    "global if import in is lambda nonlocal not or pass raise return try while with yield "
    "exec eval open True False None "
    "do end exit list load local new of quit restart run shield then threadVariable throw time "
    "TEST timing symbol input needs get value catch step to true false null when "
    "QQ ZZ RR CC GF oo pi ii".split()
)

_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "negate": 3, "^": 4}


def from_flint(f: Any) -> Polynomial:
    """A polynomial of python-flint over Q."""
    return {tuple(map(int, e)): Fraction(int(c.p), int(c.q)) for e, c in f.to_dict().items()}


def check_name(name: object, role: str) -> str:
    """
    Return ``name`` if it can name a parameter or an input, else raise.

    INPUT:

    - ``name`` -- anything
    - ``role`` -- what it would name, for the error message

    OUTPUT: the name, a string

    Raises :class:`~neuroalg_sage.errors.InputError` for anything that is not
    a letter followed by letters and digits, with optional indices ``_3``,
    and for words that Python, Sage or Macaulay2 would read as code.

    EXAMPLES::

        >>> check_name("a_1", "parameter")
        'a_1'
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > 64:
        raise InputError(
            f"The {role} name {shown(name)} is not usable; write a letter, then letters and "
            "digits, then indices such as _3."
        )
    if name in _RESERVED:
        raise InputError(
            f"The {role} name {name!r} is a word of Python, Sage or Macaulay2; choose another."
        )
    return name


def shown(value: object) -> str:
    """The value as a message shows it: not too long."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _multiply(left: Polynomial, right: Polynomial) -> Polynomial:
    if len(left) * len(right) > 20 * MAXIMAL_TERMS:
        raise InputError(f"A polynomial has more than {MAXIMAL_TERMS} terms when expanded.")
    return _bounded(times(left, right))


def _bounded(polynomial: Polynomial) -> Polynomial:
    if len(polynomial) > MAXIMAL_TERMS:
        raise InputError(f"A polynomial has more than {MAXIMAL_TERMS} terms when expanded.")
    for exponents, c in polynomial.items():
        if sum(exponents) > MAXIMAL_DEGREE:
            raise InputError(f"A polynomial has degree over {MAXIMAL_DEGREE}, the largest allowed.")
        if max(c.numerator.bit_length(), c.denominator.bit_length()) > MAXIMAL_BITS:
            raise InputError(f"A coefficient has more than {MAXIMAL_BITS} bits.")
    return polynomial


def _add(left: Polynomial, right: Polynomial, sign: int) -> Polynomial:
    return _bounded(plus(left, right, sign))


def _constant(polynomial: Polynomial) -> Fraction | None:
    """The value of a constant polynomial, None for any other."""
    if not polynomial:
        return Fraction(0)
    ((exponents, c), *rest) = polynomial.items()
    return c if not rest and not any(exponents) else None


def _power(base: Polynomial, exponent: Polynomial) -> Polynomial:
    k = _constant(exponent)
    if k is None or k.denominator != 1 or k < 0:
        raise InputError("An exponent must be a whole number, as in x^3.")
    if k > MAXIMAL_DEGREE:
        raise InputError(f"An exponent is over {MAXIMAL_DEGREE}, the largest allowed.")
    if not base:
        if k == 0:
            raise InputError("0^0 is not a polynomial.")
        return {}
    if len(base) == 1:
        ((exponents, c),) = base.items()
        if k * max(c.numerator.bit_length(), c.denominator.bit_length()) > 2 * MAXIMAL_BITS:
            raise InputError(f"A coefficient has more than {MAXIMAL_BITS} bits.")
        return _bounded({tuple(e * int(k) for e in exponents): c ** int(k)})
    result = {(0,) * len(next(iter(base))): Fraction(1)}
    for _ in range(int(k)):
        result = _multiply(result, base)
    return result


def _tokens(text: str) -> Iterator[str]:
    position = 0
    text = text.rstrip().replace(MINUS, "-")
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise InputError(
                f"{shown(text)} is not a polynomial: {text[position]!r} is not understood; "
                "write it with + - * ^ ( ), numbers and names."
            )
        token = match.group(match.lastindex or 0)
        yield "^" if token == "**" else token
        position = match.end()


class _Polynomials:
    """How to compute with polynomials while a text is read."""

    kind = "polynomial"

    def __init__(self, text: str, variables: int) -> None:
        self.text = text
        self.one: Polynomial = {(0,) * variables: Fraction(1)}

    def known(self, polynomial: Polynomial) -> Any:
        """A number or a variable."""
        return polynomial

    def negated(self, value: Any) -> Any:
        return {e: -c for e, c in value.items()}

    def sum(self, left: Any, right: Any) -> Any:
        return _add(left, right, 1)

    def product(self, left: Any, right: Any) -> Any:
        return _multiply(left, right)

    def quotient(self, left: Any, right: Any) -> Any:
        divisor = _constant(right)
        if not divisor:
            raise InputError(f"{shown(self.text)} is not a polynomial: it divides by "
                             f"{'zero' if divisor == 0 else 'something not constant'}.")
        return {e: c / divisor for e, c in left.items()}

    def power(self, base: Any, exponent: Any) -> Any:
        return _power(base, exponent)


class _Quotients(_Polynomials):
    """How to compute with quotients of polynomials: pairs, the second not zero."""

    kind = "polynomial or a quotient of such"

    def known(self, polynomial: Polynomial) -> Quotient:
        return polynomial, self.one

    def negated(self, value: Quotient) -> Quotient:
        return super().negated(value[0]), value[1]

    def sum(self, left: Quotient, right: Quotient) -> Quotient:
        (a, b), (c, d) = left, right
        if b == d or not a or not c:
            return _add(a, c, 1), b if a else d
        return _add(_multiply(a, d), _multiply(c, b), 1), _multiply(b, d)

    def product(self, left: Quotient, right: Quotient) -> Quotient:
        return _multiply(left[0], right[0]), _multiply(left[1], right[1])

    def quotient(self, left: Quotient, right: Quotient) -> Quotient:
        if not right[0]:
            raise InputError(f"{shown(self.text)} divides by zero.")
        return _multiply(left[0], right[1]), _multiply(left[1], right[0])

    def power(self, base: Quotient, exponent: Quotient) -> Quotient:
        above, below = map(_constant, exponent)
        if above is None or below is None:
            raise InputError("An exponent must be a whole number, as in x^3.")
        k = above / below
        if k < 0:
            base, k = self.quotient(self.known(self.one), base), -k
        whole = {e: k for e in self.one if k}
        return _power(base[0], whole), _power(base[1], whole)


def parse_polynomial(text: str, variables: Sequence[str]) -> Polynomial:
    """
    Read a polynomial with rational coefficients.

    The reader is an operator-precedence parser with its own stack: nothing
    is evaluated as code, and nesting is limited by the length alone.

    INPUT:

    - ``text`` -- string with numbers, such as ``3``, ``0.25`` or ``1e-3``, names of variables,
      ``+ - * / ^ **`` and parentheses; division is by nonzero constants only
    - ``variables`` -- the names that may occur, in the order of exponents

    OUTPUT: dictionary from exponent tuples to fractions

    Raises :class:`~neuroalg_sage.errors.InputError` if ``text`` is not such
    a polynomial or is absurdly large.

    EXAMPLES::

        >>> parse_polynomial("x^2 - (x + 1)/2", ["x"])
        {(2,): Fraction(1, 1), (1,): Fraction(-1, 2), (0,): Fraction(-1, 2)}
    """
    value: Polynomial = _parse(text, variables, _Polynomials(text, len(variables)))
    return value


def parse_quotient(text: str, variables: Sequence[str]) -> Quotient:
    """
    Read a quotient of polynomials with rational coefficients.

    INPUT:

    - ``text`` -- like that of a polynomial, where division is by whatever is not zero, and
      exponents may be negative
    - ``variables`` -- the names that may occur, in the order of exponents

    OUTPUT: numerator and denominator, which may have common factors

    Raises :class:`~neuroalg_sage.errors.InputError` if ``text`` is not such a quotient, divides
    by zero, or is absurdly large.

    EXAMPLES::

        >>> parse_quotient("1 + 2/x", ["x"])
        ({(1,): Fraction(1, 1), (0,): Fraction(2, 1)}, {(1,): Fraction(1, 1)})
        >>> parse_quotient("1/(x - x)", ["x"])
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: '1/(x - x)' divides by zero.
    """
    value: Quotient = _parse(text, variables, _Quotients(text, len(variables)))
    return value


def _parse(text: str, variables: Sequence[str], ring: _Polynomials) -> Any:
    """What a text means, computed as ``ring`` says."""
    if not isinstance(text, str) or not text.strip():
        raise InputError(f"{shown(text)} is not a {ring.kind}; write one such as x^2+x.")
    if len(text) > MAXIMAL_LENGTH:
        raise InputError(f"A polynomial is written with over {MAXIMAL_LENGTH} characters.")
    index = {name: i for i, name in enumerate(variables)}
    zero = (0,) * len(variables)
    values: list[Any] = []
    operators: list[str] = []

    def malformed() -> InputError:
        return InputError(f"{shown(text)} is not a {ring.kind}; write one such as x^2+x.")

    def reduce_once() -> None:
        operator = operators.pop()
        if operator == "(" or len(values) < (1 if operator == "negate" else 2):
            raise malformed()
        right = values.pop()
        if operator == "negate":
            values.append(ring.negated(right))
            return
        left = values.pop()
        if operator == "-":
            values.append(ring.sum(left, ring.negated(right)))
        else:
            values.append({"+": ring.sum, "*": ring.product, "/": ring.quotient,
                           "^": ring.power}[operator](left, right))

    operand_expected = True
    for token in _tokens(text):
        if operand_expected:
            if token in "+-":
                if token == "-":
                    operators.append("negate")
            elif token == "(":
                operators.append(token)
            elif token[0] in "0123456789.":
                try:
                    number = written(token)
                except ValueError as error:
                    raise InputError(f"The coefficient {shown(token)} {error}.") from None
                values.append(ring.known({zero: number} if number else {}))
                operand_expected = False
            elif token in index:
                i = index[token]
                values.append(ring.known({zero[:i] + (1,) + zero[i + 1 :]: Fraction(1)}))
                operand_expected = False
            elif token[0].isalpha():
                raise InputError(
                    f"{shown(text)} is not a {ring.kind} in {', '.join(variables)}: "
                    f"the name {shown(token)} is unknown."
                )
            else:
                raise malformed()
        elif token == ")":
            while operators and operators[-1] != "(":
                reduce_once()
            if not operators:
                raise malformed()
            operators.pop()
        elif token in _PRECEDENCE:
            # ^ associates to the right, all others to the left.
            while (operators and operators[-1] != "(" and token != "^"
                   and _PRECEDENCE[operators[-1]] >= _PRECEDENCE[token]):
                reduce_once()
            operators.append(token)
            operand_expected = True
        else:
            raise malformed()
    if operand_expected:
        raise malformed()
    while operators:
        reduce_once()
    if len(values) != 1:
        raise malformed()
    return values[0]


def _graded_reverse_lexicographic(exponents: Exponents) -> tuple[int, Exponents]:
    return sum(exponents), tuple(-e for e in reversed(exponents))


def descending(polynomial: Polynomial) -> list[tuple[Exponents, Fraction]]:
    """The terms of a polynomial, in descending graded reverse lexicographic order."""
    return sorted(polynomial.items(), reverse=True,
                  key=lambda term: _graded_reverse_lexicographic(term[0]))


def write_polynomial(polynomial: Polynomial, variables: Sequence[str]) -> str:
    """
    Write a polynomial as text that :func:`parse_polynomial` reads back.

    INPUT:

    - ``polynomial`` -- dictionary from exponents to fractions
    - ``variables`` -- names of the variables

    OUTPUT: string; terms in descending graded reverse lexicographic order

    EXAMPLES::

        >>> write_polynomial({(0, 0): Fraction(-1, 2), (2, 1): Fraction(1)}, ["x", "y"])
        'x^2*y - 1/2'
    """
    terms = []
    for exponents, c in descending(polynomial):
        powers = [name if k == 1 else f"{name}^{k}"
                  for name, k in zip(variables, exponents, strict=True) if k]
        size = abs(c)
        factors = ([] if size == 1 and powers else [decimal(size)]) + powers
        sign = "-" if c < 0 else "+"
        terms.append(f"{sign} {'*'.join(factors)}")
    if not terms:
        return "0"
    joined = " ".join(terms)
    return joined[2:] if joined.startswith("+ ") else "-" + joined[2:]


def plus(left: Polynomial, right: Polynomial, factor: Fraction | int = 1) -> Polynomial:
    """The sum of a polynomial and a multiple of another one."""
    total = dict(left)
    for e, c in right.items():
        total[e] = total.get(e, Fraction(0)) + factor * c
    return {e: c for e, c in total.items() if c}


def times(left: Polynomial, right: Polynomial) -> Polynomial:
    """The product of polynomials."""
    product: Polynomial = {}
    for a, s in left.items():
        for b, t in right.items():
            e = tuple(map(int.__add__, a, b))
            product[e] = product.get(e, Fraction(0)) + s * t
    return {e: c for e, c in product.items() if c}


def restricted(polynomial: Polynomial, values: Mapping[int, Fraction | int]) -> Polynomial:
    """
    The polynomial in the other variables when some are set to numbers.

    EXAMPLES::

        >>> restricted({(2, 1): Fraction(3), (0, 0): Fraction(1)}, {1: 2})
        {(2,): Fraction(6, 1), (0,): Fraction(1, 1)}
    """
    total: Polynomial = {}
    for exponents, c in polynomial.items():
        for i, x in values.items():
            if exponents[i]:
                c *= Fraction(x) ** exponents[i]
        key = tuple(e for i, e in enumerate(exponents) if i not in values)
        total[key] = total.get(key, Fraction(0)) + c
    return {e: c for e, c in total.items() if c}


def derivative(polynomial: Polynomial, i: int) -> Polynomial:
    """The partial derivative by variable ``i``."""
    return {(*e[:i], e[i] - 1, *e[i + 1 :]): c * e[i] for e, c in polynomial.items() if e[i]}


def evaluate(polynomial: Polynomial, point: Sequence[int], prime: int) -> int:
    """
    The value of a polynomial at a point modulo a prime that divides no denominator.

    EXAMPLES::

        >>> evaluate({(2,): Fraction(1, 2), (0,): Fraction(1)}, [3], 7)
        2
    """
    total = 0
    for exponents, c in polynomial.items():
        term = c.numerator * pow(c.denominator, -1, prime)
        for x, e in zip(point, exponents):
            if e:
                term = term * pow(x, e, prime) % prime
        total += term
    return total % prime


def value(polynomial: Polynomial, point: Sequence[Fraction]) -> Fraction:
    """
    The value of a polynomial at a rational point.

    EXAMPLES::

        >>> value({(2,): Fraction(1, 2), (0,): Fraction(1)}, [Fraction(3)])
        Fraction(11, 2)
    """
    total = Fraction(0)
    for exponents, c in polynomial.items():
        for x, e in zip(point, exponents):
            if e:
                c *= x**e
        total += c
    return total
