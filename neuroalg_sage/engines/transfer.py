"""
Polynomials in transit: between Sage, Python and Macaulay2, as whole files.

A conversion that asks Macaulay2 about each term takes minutes for ten thousand
terms.  Here a matrix of polynomials is one file, in a form that the engine of
Macaulay2 reads and writes without parsing an expression:

- first ``polynomials KIND ROWS COLUMNS``, then a line each for the name of a ring
  that both sides know (or nothing), the characteristic, the variables, the
  options of the ring, the number of terms of each entry, the alphabet and the
  coefficients;
- then for each term its monomial, one in a line.  A monomial is a *word*: its
  letters are powers ``x_i^e``, and the alphabet lists the pairs ``i,e`` in the
  order of the letters.

The other half of this module is ``m2_scripts/NeuroAlgebra/Transfer.m2``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from os import PathLike
from pathlib import Path
from typing import Any

from flint import fmpz

from neuroalg_sage.certificates.certificate import decimal
from neuroalg_sage.engines.macaulay2_names import NAMES
from neuroalg_sage.errors import EngineError, InputError, LimitReached

Exponents = tuple[int, ...]
Coefficient = int | Fraction
Polynomial = dict[Exponents, Coefficient]

KINDS = ("matrix", "ideal", "polynomial")

# Macaulay2 computes with larger primes, but hands their residues over cut to 32 bits.
LARGEST_CHARACTERISTIC = 2**32
LARGEST_DEGREE = 2**31 - 1

# The private use area of Unicode and all beyond it: no line ends, no surrogates.
FIRST_LETTER, LAST_LETTER = 0xE000, 0x10FFFF

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[0-9]+)?")


def check_name(name: str) -> str:
    """
    Return ``name`` if it may name something in a Macaulay2 script.

    INPUT:

    - ``name`` -- letters and digits, then perhaps ``_`` and a number

    OUTPUT: the name

    Raises :class:`InputError` if it has another form or if Macaulay2 uses it.

    EXAMPLES::

        >>> check_name("z_12")
        'z_12'
        >>> check_name("QQ")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: the name 'QQ' belongs to Macaulay2; choose another one
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} cannot name anything in Macaulay2; use letters and digits, beginning "
            "with a letter, and perhaps one index, as in 'z_12'"
        )
    if base_name(name) in NAMES:
        raise InputError(f"the name {base_name(name)!r} belongs to Macaulay2; choose another one")
    return name


def base_name(name: str) -> str:
    """The symbol to which an index is attached: ``z`` for ``z_12``."""
    return name.partition("_")[0]


def legal_names(names: Sequence[str]) -> tuple[str, ...]:
    """
    Names for Macaulay2, as near as possible to those of another system.

    EXAMPLES::

        >>> legal_names(["z_0", "w_1_2", "x_(2,3)"])
        ('z_0', 'w1_2', 'x2_3')
        >>> legal_names(["x", "QQ"])
        ('v_0', 'v_1')
    """
    found = tuple(names)
    if not all(_NAME.fullmatch(name) for name in found):
        parts = [re.findall(r"[A-Za-z0-9]+", name) for name in found]
        found = tuple(
            "_".join(["".join(p[:-1]), p[-1]]) if len(p) > 1 and p[-1].isdigit() else "".join(p)
            for p in parts
        )
    try:
        PolynomialRingData(found)
    except InputError:
        return tuple(f"v_{i}" for i in range(len(found)))
    return found


@dataclass(frozen=True)
class PolynomialRingData:
    """
    A polynomial ring over the rational numbers or a prime field, as plain data.

    INPUT:

    - ``variables`` -- names as Macaulay2 writes them, such as ``z_0``; none for
      the field itself
    - ``characteristic`` -- 0 for QQ, or a prime below 2^32
    - ``ordering`` -- options of the ring as Macaulay2 text, such as
      ``"MonomialOrder => Lex"``; nothing for the graded reverse lexicographic order

    Raises :class:`InputError` if a name or the characteristic is impossible.

    EXAMPLES::

        >>> print(PolynomialRingData(("z_0", "z_1", "z_2", "t"), 32003).macaulay2())
        ZZ/32003[z_0..z_2, t]
    """

    variables: tuple[str, ...]
    characteristic: int = 0
    ordering: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "variables", tuple(self.variables))
        for name in self.variables:
            check_name(name)
        if len(set(self.variables)) < len(self.variables):
            raise InputError("the variables of a polynomial ring must have different names")
        indexed = {base_name(v) for v in self.variables if "_" in v}
        for name in self.variables:
            if name in indexed:
                raise InputError(f"{name!r} cannot be a variable and have an index in one ring")
        p = self.characteristic
        if p and not (1 < p < LARGEST_CHARACTERISTIC and fmpz(p).is_prime()):
            raise InputError(
                f"the characteristic must be 0 or a prime number below 2^32, not {p}"
            )

    def macaulay2(self, ranges: bool = True) -> str:
        """The ring as a Macaulay2 expression; consecutive indices as ``z_0..z_8``."""
        field = f"ZZ/{self.characteristic}" if self.characteristic else "QQ"
        if not self.variables:
            return field
        names = _with_ranges(self.variables) if ranges else list(self.variables)
        return f"{field}[{', '.join(names + ([self.ordering] if self.ordering else []))}]"

    def to_sage(self) -> Any:
        """
        The ring as a Sage ring: with no variables a field, else multivariate.

        Orders that are blocks of GRevLex, Lex and GLex are kept.
        """
        import sage.all__sagemath_modules  # noqa: F401
        from sage.rings.finite_rings.finite_field_constructor import GF
        from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        from sage.rings.rational_field import QQ

        field = GF(self.characteristic) if self.characteristic else QQ
        if not self.variables:
            return field
        return PolynomialRing(
            field, len(self.variables), names=self.variables, order=self._sage_order()
        )

    def _sage_order(self) -> Any:
        from sage.rings.polynomial.term_order import TermOrder

        n = len(self.variables)
        option = re.search(r"MonomialOrder => (\w+|\{(?:[^{}]|\{[^{}]*\})*\})", self.ordering)
        text = option[1] if option else "GRevLex"
        if text in _SAGE_ORDERS:
            return TermOrder(_SAGE_ORDERS[text], n)
        orders = []
        graded = 0  # the variables of a block whose total degree comes first
        for keyword, value in re.findall(r"(\w+) => (\d+|\{[^{}]*\})", text[1:-1]):
            ones = re.fullmatch(r"\{(1(?:, 1)*)\}", value)
            size = len(ones[1].split(",")) if ones else int(value) if value.isdigit() else 0
            if keyword == "Weights" and size and not graded:
                graded = size
                continue
            order = "deglex" if keyword == "Lex" and graded == size else _SAGE_ORDERS.get(keyword)
            if not size or not order or graded not in (0, size):
                break
            orders.append(TermOrder(order, size))
            graded = 0
        if not orders or graded or sum(map(len, orders)) != n:
            return TermOrder("degrevlex", n)
        return sum(orders[1:], orders[0])


_SAGE_ORDERS = {"GRevLex": "degrevlex", "Lex": "lex", "GLex": "deglex"}


def _with_ranges(names: Sequence[str]) -> list[str]:
    """Replace three or more consecutive indices by a range."""
    written: list[str] = []
    start = 0
    while start < len(names):
        base, _, index = names[start].partition("_")
        stop = start + 1
        if index:
            while stop < len(names) and names[stop] == f"{base}_{int(index) + stop - start}":
                stop += 1
        if stop - start > 2:
            written.append(f"{names[start]}..{names[stop - 1]}")
        else:
            written.extend(names[start:stop])
        start = stop
    return written


@dataclass(frozen=True)
class PolynomialMatrix:
    """
    A matrix of polynomials, the generators of an ideal, or one polynomial.

    INPUT:

    - ``ring`` -- the polynomial ring
    - ``rows``, ``columns`` -- the size; 1 and the number of generators for an ideal
    - ``entries`` -- row by row, each a dictionary from exponents to integers or
      fractions, and to integers for a prime field
    - ``kind`` -- ``"matrix"``, ``"ideal"`` or ``"polynomial"``

    EXAMPLES::

        >>> R = PolynomialRingData(("x", "y"))
        >>> f = PolynomialMatrix(R, 1, 1, ({(2, 0): 3, (0, 1): Fraction(-1, 2)},), "polynomial")
        >>> f.macaulay2()
        '3*x^2-1/2*y'
    """

    ring: PolynomialRingData
    rows: int
    columns: int
    entries: tuple[Mapping[Exponents, Coefficient], ...]
    kind: str = "matrix"

    def __post_init__(self) -> None:
        object.__setattr__(self, "entries", tuple(self.entries))
        if self.kind not in KINDS:
            raise InputError(f"the kind must be one of {', '.join(KINDS)}, not {self.kind!r}")
        size = (self.rows, self.columns)
        if min(size) < 0 or self.rows * self.columns != len(self.entries):
            raise InputError(f"{len(self.entries)} entries do not fill a matrix of size {size}")
        if self.kind == "ideal" and self.rows != 1 or self.kind == "polynomial" and size != (1, 1):
            raise InputError(f"the size {size} is not that of the kind {self.kind!r}")

    @property
    def polynomial(self) -> Mapping[Exponents, Coefficient]:
        """The one entry of a matrix of size (1, 1)."""
        (entry,) = self.entries
        return entry

    # Sage -----------------------------------------------------------------------

    @classmethod
    def from_sage(cls, obj: Any) -> PolynomialMatrix:
        """
        The data of a Sage polynomial, ideal or matrix over QQ or a prime field.

        INPUT:

        - ``obj`` -- a polynomial, an ideal or a matrix; or an element of the field

        OUTPUT: the same over the same ring.  Variables whose names Macaulay2 would not
        take are renamed by :func:`legal_names`.

        Raises :class:`InputError` for other rings and other objects.

        EXAMPLES::

            >>> import sage.all__sagemath_modules
            >>> from sage.rings.rational_field import QQ
            >>> R = QQ["x, y"]
            >>> PolynomialMatrix.from_sage(R("x^2 - y/3")).macaulay2()
            'x^2-1/3*y'
        """
        import sage.all__sagemath_modules  # noqa: F401
        from sage.rings.ideal import Ideal_generic
        from sage.structure.element import Matrix, RingElement

        if isinstance(obj, Matrix):
            base, elements = obj.base_ring(), obj.list()
            rows, columns, kind = obj.nrows(), obj.ncols(), "matrix"
        elif isinstance(obj, Ideal_generic):
            base, elements = obj.ring(), list(obj.gens())
            rows, columns, kind = 1, len(elements), "ideal"
        elif isinstance(obj, RingElement):
            base, elements = obj.parent(), [obj]
            rows, columns, kind = 1, 1, "polynomial"
        else:
            raise InputError(
                f"a Sage polynomial, ideal or matrix was expected, not {type(obj).__name__}"
            )
        ring = _ring_from_sage(base)
        convert = _coefficient_from_sage(ring.characteristic)
        entries: Iterable[Polynomial]
        if ring.variables:
            entries = (_terms_from_sage(f, convert) for f in elements)
        else:
            entries = ({(): convert(c)} if c else {} for c in elements)
        return cls(ring, rows, columns, tuple(entries), kind)

    def to_sage(self, ring: Any = None) -> Any:
        """
        The Sage polynomial, ideal or matrix.

        INPUT:

        - ``ring`` -- a Sage ring with as many variables, to which the variables are
          mapped in their order; by default the one of :meth:`PolynomialRingData.to_sage`

        OUTPUT: a Sage object over ``ring``
        """
        import sage.all__sagemath_modules  # noqa: F401
        from sage.matrix.constructor import matrix

        target = self.ring.to_sage() if ring is None else ring
        elements = _elements_to_sage(self, target)
        if self.kind == "polynomial":
            return elements[0]
        if self.kind == "ideal":
            import sage.all__sagemath_singular  # noqa: F401

            return target.ideal(elements)
        return matrix(target, self.rows, self.columns, elements)

    # Text -----------------------------------------------------------------------

    def macaulay2(self, ring: str = "") -> str:
        """
        The object as a Macaulay2 expression over the ring that is in use.

        INPUT:

        - ``ring`` -- what a ring without variables is called there; by default it is a field

        EXAMPLES::

            >>> R = PolynomialRingData(("x", "y"))
            >>> print(PolynomialMatrix(R, 1, 2, ({(1, 0): 1}, {(0, 1): -1}), "ideal").macaulay2())
            ideal(
                x,
                -y)
        """
        texts = [_polynomial_text(f, self.ring.variables) for f in self.entries]
        here = f"ring {self.ring.variables[0]}" if self.ring.variables else (
            ring or self.ring.macaulay2())
        if not texts:
            empty = f"map(({here})^{self.rows}, ({here})^{self.columns}, 0)"
            return f"ideal {empty}" if self.kind == "ideal" else empty
        if not any(c and any(e) for f in self.entries for e, c in f.items()):
            texts[0] = f"promote({texts[0]}, {here})"  # numbers do not know their ring
        if self.kind == "polynomial":
            return texts[0]
        if self.kind == "ideal":
            return "ideal(\n    " + ",\n    ".join(texts) + ")"
        rows = [texts[i : i + self.columns] for i in range(0, len(texts), self.columns)]
        return "matrix {\n    " + ",\n    ".join("{" + ", ".join(r) + "}" for r in rows) + "}"

    # Files ----------------------------------------------------------------------

    def write(self, path: str | PathLike[str]) -> None:
        """Write the file that :meth:`read` and ``readPolynomials`` in Macaulay2 read."""
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write("\n".join(self._lines()))
            file.write("\n")

    @classmethod
    def read(cls, path: str | PathLike[str]) -> PolynomialMatrix:
        """Read what :meth:`write` or ``writePolynomials`` in Macaulay2 has written."""
        value = read_value(path)
        if not isinstance(value, cls):
            raise InputError(f"{Path(path).name} is not a file of polynomials")
        return value

    def _lines(self) -> Iterator[str]:
        ring = self.ring
        n, p = len(ring.variables), ring.characteristic
        alphabet = _Alphabet()
        lengths: list[int] = []
        coefficients: list[str] = []
        words: list[str] = []
        for entry in self.entries:
            before = len(words)
            for exponents, c in entry.items():
                c = _checked(c, p)
                if c:
                    if len(exponents) != n or n and min(exponents) < 0:
                        raise InputError(f"{exponents!r} are not exponents of {n} variables")
                    if sum(exponents) > LARGEST_DEGREE:
                        raise InputError(
                            f"the degree {sum(exponents)} is more than Macaulay2 can store, "
                            f"which is {LARGEST_DEGREE}"
                        )
                    coefficients.append(decimal(c))
                    words.append("".join([alphabet[x] for x in enumerate(exponents) if x[1]]))
            lengths.append(len(words) - before)
        yield f"polynomials {self.kind} {self.rows} {self.columns}"
        yield ""
        yield str(p)
        yield ",".join(ring.variables)
        yield ring.ordering
        yield ",".join(map(str, lengths))
        yield ",".join(f"{i},{e}" for i, e in alphabet)
        yield ",".join(coefficients)
        yield from words


class _Alphabet(dict[tuple[int, int], str]):
    """The letters of the pairs (variable, exponent), in the order of their first use."""

    def __missing__(self, power: tuple[int, int]) -> str:
        code = FIRST_LETTER + len(self)
        if code > LAST_LETTER:
            raise InputError("a transfer to Macaulay2 has too many different exponents")
        self[power] = letter = chr(code)
        return letter


def integer(text: str) -> int:
    """The integer that ``text`` writes in decimal, of any length."""
    return int(text) if len(text) < 4000 else int(fmpz(text))


def _number(text: str) -> Coefficient:
    numerator, _, denominator = text.partition("/")
    if denominator:
        return Fraction(integer(numerator), integer(denominator))
    return integer(numerator)


def _checked(c: Coefficient, characteristic: int) -> Coefficient:
    if isinstance(c, Fraction):
        if characteristic:
            raise InputError("a polynomial over a prime field must have integer coefficients")
        return c
    if type(c) is not int:
        try:
            c = c.__index__()
        except AttributeError:
            raise InputError(
                f"a coefficient must be an integer or a fraction, not {c!r}"
            ) from None
    return c % characteristic if characteristic else c


def _polynomial_text(f: Mapping[Exponents, Coefficient], variables: Sequence[str]) -> str:
    """The polynomial as text, in nested groups where a long sum would be slow."""
    terms = []
    for exponents, c in f.items():
        if not c:
            continue
        powers = [
            name if e == 1 else f"{name}^{e}" for name, e in zip(variables, exponents) if e
        ]
        if not powers or abs(c) != 1:
            powers.insert(0, decimal(-c if c < 0 else c))
        terms.append(("-" if c < 0 else "+") + "*".join(powers))
    return _balanced(terms).removeprefix("+") or "0"


def _balanced(terms: list[str], group: int = 60) -> str:
    if len(terms) <= group:
        return "".join(terms)
    step = group
    while step * group < len(terms):
        step *= group
    groups = [_balanced(terms[i : i + step], group) for i in range(0, len(terms), step)]
    return "\n      +".join(f"({g.removeprefix('+')})" for g in groups)


# Sage ---------------------------------------------------------------------------


def _ring_from_sage(base: Any) -> PolynomialRingData:
    from sage.rings.integer_ring import ZZ
    from sage.rings.polynomial.multi_polynomial_ring_base import MPolynomialRing_base
    from sage.rings.polynomial.polynomial_ring import PolynomialRing_generic
    from sage.rings.rational_field import QQ

    polynomial = isinstance(base, (MPolynomialRing_base, PolynomialRing_generic))
    field = base.base_ring() if polynomial else base
    p = int(field.characteristic())
    prime_field = field in (QQ, ZZ) or p and field.is_field() and field.cardinality() == p
    if not prime_field:
        raise InputError(f"only QQ and prime fields are handed over, not {field}")
    if not polynomial:
        return PolynomialRingData((), p)
    ordering = _ordering_from_sage(base.term_order()) if hasattr(base, "term_order") else ""
    return PolynomialRingData(legal_names(base.variable_names()), p, ordering)


def _ordering_from_sage(order: Any) -> str:
    if order.name() == "degrevlex":
        return ""
    for text, name in _SAGE_ORDERS.items():
        if order.name() == name:
            return f"MonomialOrder => {text}"
    blocks = order.blocks()
    if len(blocks) > 1 and all(b.name() in _SAGE_ORDERS.values() for b in blocks):
        text = ", ".join(_block(b.name(), len(b)) for b in blocks)
        return f"MonomialOrder => {{{text}}}"
    raise InputError(
        f"the term order {order.name()} is not handed over; use degrevlex, lex, deglex "
        "or blocks of these"
    )


def _block(order: str, size: int) -> str:
    if order == "deglex":  # for which Macaulay2 has no keyword within a list of blocks
        return f"Weights => {{{', '.join(['1'] * size)}}}, Lex => {size}"
    return f"{'Lex' if order == 'lex' else 'GRevLex'} => {size}"


def _coefficient_from_sage(characteristic: int) -> Callable[[Any], Coefficient]:
    if characteristic:
        return int

    def convert(c: Any) -> Coefficient:
        denominator = c.denominator()
        if denominator == 1:
            return int(c)
        return Fraction(int(c.numerator()), int(denominator))

    return convert


def _terms_from_sage(f: Any, convert: Callable[[Any], Coefficient]) -> Polynomial:
    terms = f.dict()
    if hasattr(f, "degrees"):
        return {tuple(e): convert(c) for e, c in terms.items()}
    return {(int(e),): convert(c) for e, c in terms.items()}


def _elements_to_sage(data: PolynomialMatrix, target: Any) -> list[Any]:
    from sage.rings.rational import Rational

    field = target.base_ring() if data.ring.variables else target

    def coefficient(c: Coefficient) -> Any:
        if isinstance(c, Fraction):
            return field(Rational((c.numerator, c.denominator)))
        return field(c)

    if not data.ring.variables:
        return [coefficient(entry.get((), 0)) for entry in data.entries]
    if target.ngens() != len(data.ring.variables):
        raise InputError(
            f"the ring has {target.ngens()} variables, the polynomials have "
            f"{len(data.ring.variables)}"
        )
    try:
        if hasattr(target, "term_order"):
            return [target({e: coefficient(c) for e, c in f.items()}) for f in data.entries]
        return [target({e: coefficient(c) for (e,), c in f.items()}) for f in data.entries]
    except OverflowError:
        raise LimitReached("an exponent is larger than Sage's polynomials can have") from None


# Reading ------------------------------------------------------------------------


def read_value(
    path: str | PathLike[str], rings: Mapping[str, PolynomialRingData] | None = None
) -> Any:
    """
    Read a value from a file in the form that ``Transfer.m2`` writes.

    INPUT:

    - ``path`` -- the file
    - ``rings`` -- the rings that both sides know, by name

    OUTPUT: integers, fractions, floats, booleans, strings, ``None``, lists,
    dictionaries, :class:`PolynomialRingData` and :class:`PolynomialMatrix`

    Raises :class:`EngineError` if the file says that a script failed, or is cut off.
    """
    with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        *lines, rest = file.read().split("\n")
    try:
        if rest:  # a line without its end may be the beginning of another one
            raise StopIteration
        return _value(iter(lines), rings or {})
    except StopIteration:
        raise EngineError("Macaulay2 left a result that is not complete") from None
    except (ValueError, KeyError, IndexError, ZeroDivisionError):
        raise EngineError("Macaulay2 left a result that cannot be read") from None


def _value(lines: Iterator[str], rings: Mapping[str, PolynomialRingData]) -> Any:
    tag, _, text = next(lines).partition(" ")
    if tag == "polynomials":
        return _polynomials(text, lines, rings)
    if tag == "integer":
        return integer(text)
    if tag == "rational":
        return Fraction(_number(text))
    if tag == "real":
        return float(text)
    if tag == "boolean":
        return text == "true"
    if tag == "nothing":
        return None
    if tag == "string":
        return "\n".join(_take(lines, int(text)))
    if tag == "list":
        return [_value(lines, rings) for _ in range(int(text))]
    if tag == "table":
        table = {}
        for _ in range(int(text)):
            key = _hashable(_value(lines, rings))
            table[key] = _value(lines, rings)
        return table
    if tag == "ring":
        return _ring(lines, rings)
    if tag == "error":
        raise EngineError(next(lines))
    raise EngineError("Macaulay2 left a result that cannot be read")


def _take(lines: Iterator[str], count: int) -> list[str]:
    taken = [line for _, line in zip(range(count), lines)]
    if len(taken) < count:
        raise StopIteration
    return taken


def _hashable(key: Any) -> Any:
    return tuple(map(_hashable, key)) if isinstance(key, list) else key


def _ring(lines: Iterator[str], rings: Mapping[str, PolynomialRingData]) -> PolynomialRingData:
    name, characteristic, variables, ordering = _take(lines, 4)
    if name:
        return rings[name]
    names = re.findall(r"[^,(]+(?:\([^)]*\))?", variables)
    return PolynomialRingData(legal_names(names), int(characteristic), ordering)


def _integers(line: str) -> list[int]:
    return list(map(int, line.split(","))) if line else []


def _polynomials(
    heading: str, lines: Iterator[str], rings: Mapping[str, PolynomialRingData]
) -> PolynomialMatrix:
    kind, rows, columns = heading.split(" ")
    ring = _ring(lines, rings)
    lengths = _integers(next(lines))
    powers = _integers(next(lines))
    alphabet = {
        chr(FIRST_LETTER + i): power
        for i, power in enumerate(zip(powers[::2], powers[1::2], strict=True))
    }
    texts = _separated(next(lines))
    try:
        coefficients: Sequence[Coefficient] = list(map(int, texts))
    except ValueError:  # fractions, or integers that Python does not read by itself
        coefficients = list(map(_number, texts))
    if p := ring.characteristic:
        coefficients = [int(c) % p for c in coefficients]
    n = len(ring.variables)
    monomials = []
    for word in _take(lines, len(coefficients)):
        exponents = [0] * n
        for letter in word:
            i, e = alphabet[letter]
            exponents[i] = e
        monomials.append(tuple(exponents))
    terms = iter(zip(monomials, coefficients))
    entries = tuple(dict(x for _, x in zip(range(length), terms)) for length in lengths)
    return PolynomialMatrix(ring, int(rows), int(columns), entries, kind)


def _separated(line: str) -> Iterable[str]:
    return line.split(",") if line else []
