"""
Numbers, polynomials and matrices as one states them: Python's, or those of Sage and SymPy.

Objects of Sage are known by what they can do, so that nothing of Sage is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import wraps
from numbers import Integral, Rational
from typing import Any, TypeVar, cast

from neuroalg_sage.errors import InputError, suggesting
from neuroalg_sage.models.expressions import (
    Polynomial,
    Quotient,
    parse_polynomial,
    parse_quotient,
    plus,
    shown,
    times,
)
from neuroalg_sage.models.numbers import floating_point, unambiguous

Function = TypeVar("Function", bound=Callable[..., Any])


def rational(value: Any, role: str) -> Fraction:
    """
    The value as a fraction, by the rule of :mod:`neuroalg_sage.models.numbers`.

    Raises InputError unless it is a rational number, of which is known which.

    EXAMPLES::

        >>> rational("1/2", "coordinate"), rational(3, "coordinate")
        (Fraction(1, 2), Fraction(3, 1))
        >>> from sage.rings.rational import Rational as SageRational
        >>> rational(SageRational("2/3"), "coordinate")
        Fraction(2, 3)
        >>> rational(1j, "coordinate")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: The coordinate 1j is not a rational number such as 3, 0.5
        or "1/2".
    """
    try:
        return unambiguous(value)
    except ValueError as error:
        raise InputError(f"The {role} {shown(value)} {error}.") from None


def numbers(values: Any, role: str) -> tuple[Fraction, ...]:
    """
    A list of rational numbers, or a vector of Sage, each read as :func:`rational` does.

    EXAMPLES::

        >>> numbers(["1/2", 3], "coordinate")
        (Fraction(1, 2), Fraction(3, 1))
        >>> numbers(7, "coordinate")
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.InputError: A list of numbers is meant, each a coordinate, not 7.
    """
    found = lists(values)
    if not isinstance(found, (list, tuple)):
        raise InputError(f"A list of numbers is meant, each a {role}, not {shown(values)}.")
    return tuple(rational(value, role) for value in found)


def _is_number_of_sage(value: Any) -> bool:
    """Sage's rational numbers have methods where Python's have attributes."""
    return isinstance(value, Rational) and callable(value.numerator)


def python_number(value: Any) -> Any:
    """
    A number of Sage, or a list or tuple of such, in Python's types; else the value.

    EXAMPLES::

        >>> from sage.rings.integer import Integer
        >>> type(python_number([Integer(2)])[0])
        <class 'int'>
    """
    if type(value) in (list, tuple):
        return type(value)(map(python_number, value))
    if _is_number_of_sage(value):
        return int(value) if isinstance(value, Integral) else rational(value, "number")
    return float(value) if hasattr(value, "exact_rational") else value


def takes_numbers_of_sage(function: Function) -> Function:
    """A function that is called with :func:`python_number` of its arguments."""
    function = suggesting(function)

    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        return function(*map(python_number, arguments),
                        **{name: python_number(value) for name, value in options.items()})

    return cast(Function, call)


def lists(value: Any) -> Any:
    """
    The rows of a matrix of Sage or NumPy, or the entries of a vector, as lists; else the value.

    EXAMPLES::

        >>> import numpy
        >>> lists(numpy.eye(2, dtype=int))
        [[1, 0], [0, 1]]
        >>> import sage.all__sagemath_modules
        >>> from sage.matrix.constructor import matrix
        >>> lists(matrix([[1, 2], [3, 4]]))
        [[1, 2], [3, 4]]
    """
    if callable(getattr(value, "tolist", None)):
        return value.tolist()
    if callable(getattr(value, "nrows", None)) and callable(getattr(value, "rows", None)):
        return [list(row) for row in value.rows()]
    return list(value) if _is_vector(value) else value


def _is_vector(value: Any) -> bool:
    return callable(getattr(value, "dot_product", None)) and callable(
        getattr(value, "parent", None))


def is_polynomial(value: Any) -> bool:
    """Whether the value is a polynomial of Sage, or a symbolic expression of Sage or SymPy."""
    return _is_in_ring(value) or _is_symbolic(value)


def _is_symbolic(value: Any) -> bool:
    return hasattr(value, "free_symbols") or (
        hasattr(value, "pyobject") and callable(getattr(value, "variables", None)))


def _is_in_ring(value: Any) -> bool:
    if _is_fraction(value):
        return True
    return (callable(getattr(value, "dict", None)) and callable(getattr(value, "parent", None))
            and callable(getattr(value.parent(), "variable_names", None))
            and not _is_vector(value))


def _is_fraction(value: Any) -> bool:
    """Whether the value is a fraction of polynomials of Sage."""
    return (not hasattr(value, "dict") and callable(getattr(value, "parent", None))
            and callable(getattr(value, "denominator", None))
            and callable(getattr(value, "numerator", None))
            and hasattr(value.numerator(), "dict") and _is_in_ring(value.numerator()))


def _ring(value: Any) -> Any:
    return (value.numerator() if _is_fraction(value) else value).parent()


def _is_polynomial_ring(ring: Any) -> bool:
    """
    Whether a ring of Sage is one of polynomials, or of Laurent polynomials.

    Power series, and elements of quotients and of algebras, may look like polynomials.
    """
    made = ring.construction() if callable(getattr(ring, "construction", None)) else None
    return made is not None and type(made[0]).__name__ in (
        "PolynomialFunctor", "MultiPolynomialFunctor", "LaurentPolynomialFunctor")


def variables(ring: Any) -> tuple[list[str], list[str]]:
    """
    The variables of the coefficients of a polynomial ring of Sage, and its own.

    EXAMPLES::

        >>> import sage.all__sagemath_singular
        >>> from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        >>> from sage.rings.rational_field import QQ
        >>> variables(PolynomialRing(PolynomialRing(QQ, "a, b"), "x"))
        (['a', 'b'], ['x'])
    """
    own = getattr(ring, "variable_names", None)
    if not callable(own) or ring.base_ring() is ring:
        return [], []
    below, above = variables(ring.base_ring())
    return below + above, list(map(str, own()))


def terms(polynomial: Any) -> Polynomial:
    """
    A polynomial of Sage with rational coefficients, in all :func:`variables` of its ring.

    Raises InputError if it has other coefficients, negative exponents, or a denominator that is
    not a number, or if its ring is not one of polynomials.

    EXAMPLES::

        >>> import sage.all__sagemath_singular
        >>> from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        >>> from sage.rings.rational_field import QQ
        >>> a, b = PolynomialRing(QQ, "a, b").gens()
        >>> terms(PolynomialRing(a.parent(), "x").gen() * (a + b/2))
        {(1, 0, 1): Fraction(1, 1), (0, 1, 1): Fraction(1, 2)}
    """
    if _is_fraction(polynomial):
        below = terms(polynomial.denominator())
        if any(map(any, below)):
            raise InputError(f"{shown(polynomial)} is not a polynomial: its denominator is not a "
                             "number.")
        (divisor,) = below.values()
        return {e: c / divisor for e, c in terms(polynomial.numerator()).items()}
    ring = polynomial.parent()
    if not _is_polynomial_ring(ring):
        raise InputError(f"{shown(polynomial)} is not a polynomial over the rational numbers: it "
                         f"is in the {ring}.")
    own = len(ring.variable_names())
    found: Polynomial = {}
    for powers, c in polynomial.dict().items():
        exponents = (int(powers),) if own == 1 and not hasattr(powers, "__len__") else (
            tuple(map(int, powers)))
        if any(k < 0 for k in exponents):
            raise InputError(f"{shown(polynomial)} is not a polynomial: it has a negative "
                             "exponent.")
        if _is_in_ring(c):
            found.update({e + exponents: d for e, d in terms(c).items()})
            continue
        try:
            found[exponents] = rational(c, "coefficient")
        except InputError as error:
            if floating_point(c) is not None:
                raise InputError(f"{shown(polynomial)} is not known exactly: {error}") from None
            raise InputError(f"The polynomial {shown(polynomial)} is not over the rational "
                             f"numbers: its ring is the {ring}.") from None
    return {e: c for e, c in found.items() if c}


def polynomial_in(value: Any, names: Sequence[str], by_order: bool = True) -> Polynomial:
    """
    A polynomial in named variables.

    INPUT:

    - ``value`` -- text, a number, a polynomial of Sage, or a symbolic expression
    - ``names`` -- the variables.  Those of Sage's ring are known by these names
    - ``by_order`` -- whether those of a ring with other names, but as many, are known by their
      order

    OUTPUT: dictionary from exponents to fractions

    Raises InputError if it is not a polynomial over Q in these variables.

    EXAMPLES::

        >>> import sage.all__sagemath_singular
        >>> from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        >>> from sage.rings.rational_field import QQ
        >>> x, y = PolynomialRing(QQ, "x, y").gens()
        >>> polynomial_in(x * y / 3, ["x_0", "x_1"]) == polynomial_in("x_0*x_1/3", ["x_0", "x_1"])
        True
    """
    if isinstance(value, str):
        return parse_polynomial(value, names)
    if _is_symbolic(value):
        return parse_polynomial(_symbolic_text(value), names)
    if isinstance(value, (dict, list, tuple)):
        example = " + ".join([*names[:1], "1/2"])
        raise InputError(f'A polynomial is text such as "{example}", or a number, not '
                         f"{shown(value)}.")
    if not _is_in_ring(value):
        c = rational(value, "polynomial")
        return {(0,) * len(names): c} if c else {}
    return _moved(terms(value), value, names, by_order)


def quotient_in(value: Any, names: Sequence[str], by_order: bool = True) -> Quotient:
    """
    A quotient of polynomials in named variables; like :func:`polynomial_in`.

    OUTPUT: numerator and denominator, which may have common factors

    EXAMPLES::

        >>> import sage.all__sagemath_singular
        >>> from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        >>> from sage.rings.rational_field import QQ
        >>> x = PolynomialRing(QQ, "x").gen()
        >>> quotient_in(1/x, ["x"])
        ({(0,): Fraction(1, 1)}, {(1,): Fraction(1, 1)})
    """
    if isinstance(value, str):
        return parse_quotient(value, names)
    if _is_symbolic(value):
        return parse_quotient(_symbolic_text(value), names)
    if _is_in_ring(value) and _is_fraction(value):
        (a, b), (c, d) = (quotient_in(part, names, by_order)
                          for part in (value.numerator(), value.denominator()))
        return times(a, d), times(b, c)
    one: Polynomial = {(0,) * len(names): Fraction(1)}
    if _is_in_ring(value) and any(map(_is_fraction, value.dict().values())):
        above: Polynomial = {}
        below = one  # of the sum of the terms, whose coefficients are fractions
        for powers, coefficient in value.dict().items():
            c, d = quotient_in(coefficient, names, by_order)
            monomial = polynomial_in(value.parent()({powers: 1}), names, by_order)
            above, below = plus(times(above, d), times(below, times(c, monomial))), times(below, d)
        return above, below
    return polynomial_in(value, names, by_order), one


def _symbolic_text(value: Any) -> str:
    for number in _leaves(value):
        rational(number, "coefficient")  # so that it is what it prints
    return str(value)


def _moved(found: Polynomial, value: Any, names: Sequence[str], by_order: bool) -> Polynomial:
    """The terms of a polynomial of Sage, in named variables."""
    given = sum(variables(_ring(value)), [])
    used = [i for i in range(len(given)) if any(e[i] for e in found)]
    if all(given.count(given[i]) == 1 and given[i] in names for i in used):
        places = {i: list(names).index(given[i]) for i in used}
    elif by_order and len(given) == len(names):
        places = {i: i for i in used}
    else:
        raise InputError(f"{shown(value)} is not a polynomial in {', '.join(names)}.")
    moved: Polynomial = {}
    for e, c in found.items():
        exponents = [0] * len(names)
        for i, place in places.items():
            exponents[place] = e[i]
        moved[tuple(exponents)] = c
    return moved


def _leaves(expression: Any) -> Iterator[Any]:
    """The floating-point numbers in a symbolic expression of SymPy or Sage."""
    if hasattr(expression, "free_symbols"):
        arguments = expression.args
        number = expression
    else:
        arguments = expression.operands()
        number = expression.pyobject() if not arguments and expression.is_numeric() else None
    if number is not None and floating_point(number) is not None:
        yield number
    for argument in arguments:
        yield from _leaves(argument)


def exact_text(value: Any, role: str) -> str:
    """
    A polynomial, or a number, as text in which all numbers are what they are.

    EXAMPLES::

        >>> exact_text("w^2", "entry"), exact_text(0.5, "entry")
        ('w^2', '1/2')
    """
    if isinstance(value, str):
        return value
    if not is_polynomial(value):
        return str(rational(value, role))
    if _is_symbolic(value):
        for number in _leaves(value):
            rational(number, role)
    else:
        terms(value)
    return str(value)


def names_in(given: Any) -> list[str]:
    """
    The names in a list of names or variables, in one variable, or in a text.

    EXAMPLES::

        >>> names_in("a, b"), names_in("ab"), names_in(["a", "b"])
        (['a', 'b'], ['ab'], ['a', 'b'])
    """
    if isinstance(given, str):
        return given.replace(",", " ").split()
    given = lists(given)
    if not isinstance(given, (list, tuple)):
        given = [given]
    return [str(x) for row in given for x in (row if isinstance(row, (list, tuple)) else [row])]


def _of_a_map(given: Any) -> Any:
    """
    The polynomials that define a map of Sage, if it is one; else what is given.

    Only of a map between whole polynomial rings, or from a whole affine space, do they say all.
    """
    def is_rational(ring: Any) -> bool:
        return _is_number_of_sage(ring.base_ring().one())

    def is_affine(space: Any) -> bool:
        return is_rational(space.coordinate_ring()) and (
            space.coordinate_ring().ngens() == space.dimension_relative())

    if callable(getattr(given, "im_gens", None)):
        rings = given.domain(), given.codomain()
        if not all(_is_polynomial_ring(ring) and is_rational(ring) for ring in rings):
            raise InputError("A homomorphism gives a model if it is one of polynomial rings over "
                             f"the rational numbers; this one is from the {_text(rings[0])} to the "
                             f"{_text(rings[1])}.")
        return given.im_gens()
    if not callable(getattr(given, "defining_polynomials", None)):
        return given
    if not callable(getattr(given, "codomain", None)):
        raise InputError(f"The {_text(given)} is no map; give one that parametrizes it, from an "
                         "affine space.")
    source, target = given.domain(), given.codomain()
    try:
        whole = source.ambient_space() is source and is_affine(source) and is_affine(
            target.ambient_space())
    except (AttributeError, TypeError, NotImplementedError):
        whole = False
    if not whole:
        raise InputError("A morphism gives a model if it is one from a whole affine space over the "
                         "rational numbers to another, or to a subscheme; this one is from the "
                         f"{_text(source)} to the {_text(target)}.")
    return given.defining_polynomials()


def _text(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 150 else text[:147] + "..."


def read_model(outputs: Any, parameters: Any = None, inputs: Any = None
               ) -> tuple[list[Quotient], list[str], list[str]]:
    """
    Quotients of polynomials in parameters and inputs, and the names of these; see
    :func:`~neuroalg_sage.models.sources.from_sage`.
    """
    outputs = lists(_of_a_map(outputs))
    given = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    given = [p for row in given for p in (row if isinstance(row, (list, tuple)) else [row])]
    rings = {_ring(p) for p in given if _is_in_ring(p)}
    parameters = None if parameters is None else names_in(parameters)
    inputs = None if inputs is None else names_in(inputs)
    if len(rings) != 1:
        if rings or parameters is None or inputs is None or not any(map(_is_symbolic, given)):
            others = [f"; {_text(p)} is in the {_text(p.parent())}" for p in given
                      if callable(getattr(p, "parent", None)) and not _is_in_ring(p)]
            raise InputError("A model is given by polynomials of one ring of Sage, or by symbolic "
                             "expressions with their parameters and inputs"
                             f"{''.join(others[:1])}.")
        return _in_names(given, parameters, inputs)
    below, own = variables(rings.pop())
    if parameters is None and inputs is None:
        if not below:
            return _linear_in_inputs(given, own)
        parameters, inputs = below, own
    stated = parameters if inputs is None else inputs
    others = [v for v in below + own if v not in stated]
    return _in_names(given, others if parameters is None else parameters,
                     others if inputs is None else inputs)


def _in_names(polynomials: list[Any], parameters: list[str], inputs: list[str]
              ) -> tuple[list[Quotient], list[str], list[str]]:
    names = parameters + inputs
    return [quotient_in(p, names, by_order=False) for p in polynomials], parameters, inputs


def _linear_in_inputs(coordinates: list[Any], parameters: list[str]
                      ) -> tuple[list[Quotient], list[str], list[str]]:
    """The linear form with these coefficients, one polynomial."""
    letter = next(x for x in ("x", "y", "input")
                  if not any(name.startswith(f"{x}_") for name in parameters))
    n = len(coordinates)
    form: Polynomial = {}
    for i, coordinate in enumerate(coordinates):
        unit = tuple(int(j == i) for j in range(n))
        for e, c in polynomial_in(coordinate, parameters).items():
            form[e + unit] = c
    one = {(0,) * (len(parameters) + n): Fraction(1)}
    return [(form, one)], parameters, [f"{letter}_{i}" for i in range(n)]
