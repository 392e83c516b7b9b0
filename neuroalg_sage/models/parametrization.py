"""
The parametrization φ: W → V, exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import comb
from typing import Any

import numpy as np

from neuroalg_sage.errors import LimitReached
from neuroalg_sage.models.expressions import Polynomial, restricted, write_polynomial
from neuroalg_sage.models.latex import Typeset, latex_polynomial, stacked
from neuroalg_sage.models.model import Model
from neuroalg_sage.storable import storable

MAXIMAL_TERMS = 2_000_000
MAXIMAL_COORDINATES = 200_000


def expansion_bound(model: Model) -> int:
    """
    A bound on the number of terms met when f_w is expanded in w and x.

    The smaller of two bounds for each output: the number of products that
    the composition forms, and the number of monomials of its degree.
    """
    products = model.over_semiring(1, 1, lambda c: int(bool(c)))
    variables = model.parameter_count + model.input_count
    degree = model.parameter_degree + model.input_degree
    dense = comb(variables + degree, degree) if degree < 10_000 else max(products)
    return sum(min(int(p), dense) for p in products)


@storable()
@dataclass(frozen=True, repr=False)
class Parametrization(Typeset):
    """
    The coordinates of φ as polynomials in the parameters.

    - ``model`` -- the model
    - ``coordinates`` -- pairs (output, exponents of the input monomial), in
      the order of :meth:`~neuroalg_sage.models.model.Model.coordinates`
    - ``polynomials`` -- for each coordinate a polynomial in the parameters,
      as a dictionary from exponents to fractions
    - ``is_cone_over`` -- whether this is :meth:`cone_over` of the parametrization of the model
    """

    model: Model
    coordinates: tuple[tuple[int, tuple[int, ...]], ...]
    polynomials: tuple[Polynomial, ...]
    is_cone_over: bool = False

    def __repr__(self) -> str:
        return (f"Parametrization of {self.model}: {len(self.polynomials)} coordinates in "
                f"{self.parameter_count} parameters")

    def _latex_(self) -> str:
        r"""
        The coordinates of φ.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> print(parametrization(parse_spec("mlp:1,1,1:x^2"))._latex_())
            \varphi \colon \begin{array}{l} z_{0} = w_{0}^{2} w_{1} \end{array}
        """
        parameters = (*self.model.parameter_names, *["s"] * self.is_cone_over)
        return r"\varphi \colon " + stacked([
            f"z_{{{i}}} = {latex_polynomial(write_polynomial(p, parameters))}"
            for i, p in enumerate(self.polynomials)])

    @property
    def parameter_count(self) -> int:
        """The number of parameters, N."""
        return self.model.parameter_count + self.is_cone_over

    def cone_over(self) -> Parametrization:
        """
        The parametrization (w, s) ↦ (s φ(w), s) of the cone over M × {1}.

        Its homogeneous equations are the homogenizations of those of M.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> parametrization(parse_spec("mlp:1,1:x:bias")).cone_over().polynomials
            ({(1, 0, 1): Fraction(1, 1)}, {(0, 1, 1): Fraction(1, 1)}, {(0, 0, 1): Fraction(1, 1)})
        """
        scaled = tuple({(*e, 1): c for e, c in p.items()} for p in self.polynomials)
        apex: Polynomial = {(0,) * self.model.parameter_count + (1,): Fraction(1)}
        return Parametrization(self.model, self.coordinates, (*scaled, apex), True)

    @cached_property
    def coordinate_names(self) -> tuple[str, ...]:
        """The coordinates of V: ``z_0``, ``z_1``, ..."""
        return tuple(f"z_{i}" for i in range(len(self.coordinates)))

    def describe(self, i: int) -> str:
        """What coordinate ``i`` is: the coefficient of which monomial in which output."""
        output, exponents = self.coordinates[i]
        monomial = write_polynomial({exponents: Fraction(1)}, self.model.input_names)
        return f"z_{i} = coefficient of {monomial} in {self.model.output_names[output]}"

    def written(self) -> list[str]:
        """The polynomials as text in the parameters' names."""
        return [write_polynomial(p, self.model.parameter_names) for p in self.polynomials]

    def sympy(self) -> list[Any]:
        """The polynomials as SymPy expressions."""
        import sympy

        symbols = [sympy.Symbol(name) for name in self.model.parameter_names]
        return [sympy.Poly.from_dict({e: sympy.Rational(c.numerator, c.denominator)
                                      for e, c in p.items()} or {(0,) * len(symbols): 0},
                                     *symbols).as_expr() for p in self.polynomials]

    def connected_parameters(self) -> list[list[int]]:
        """
        The parameters that terms connect, in order: φ is a sum of functions of these alone.

        EXAMPLES::

            >>> from neuroalg_sage.models.families import parse_spec
            >>> parametrization(parse_spec("mlp:2,2,1:x^2")).connected_parameters()
            [[0, 1, 4], [2, 3, 5]]
        """
        owner = list(range(self.parameter_count))

        def root(i: int) -> int:
            while owner[i] != i:
                i = owner[i]
            return i

        for polynomial in self.polynomials:
            for e in polynomial:
                first, *others = [i for i, k in enumerate(e) if k] or [0]
                for i in others:
                    owner[root(i)] = root(first)
        parts: dict[int, list[int]] = {}
        for i in range(self.parameter_count):
            parts.setdefault(root(i), []).append(i)
        return list(parts.values())

    def restrict(self, values: dict[int, int]) -> tuple[Polynomial, ...]:
        """The polynomials in the remaining parameters when some are set to numbers."""
        return tuple(restricted(p, values) for p in self.polynomials)


def check_size(model: Model, limit: int = MAXIMAL_TERMS) -> None:
    """Raise LimitReached if φ is too large to be written down, with what can be asked then."""
    bound = expansion_bound(model)
    if bound > limit or model.ambient_dimension > MAXIMAL_COORDINATES:
        shown = f"{bound:,}" if bound < 10**15 else "over 10^15"
        raise LimitReached(
            f"The expanded parametrization of {model} may have {shown} terms in "
            f"{model.ambient_dimension:,} coordinates, over the limit of {limit:,} terms or "
            f"{MAXIMAL_COORDINATES:,} coordinates; dimensions are computed without it, and the "
            "questions dimension, expected_dimension, defect and is_filling answered.")


def parametrization(model: Model, limit: int = MAXIMAL_TERMS) -> Parametrization:
    """
    Expand the model and return φ.

    INPUT:

    - ``model`` -- a model
    - ``limit`` -- the largest bound on the number of terms to accept

    OUTPUT: :class:`Parametrization`

    Raises :class:`~neuroalg_sage.errors.LimitReached` if the expansion would
    be larger; such a model still has values and derivatives modulo a prime.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> phi = parametrization(parse_spec("mlp:2,1,1:x^2"))
        >>> phi.written()
        ['w_0^2*w_2', '2*w_0*w_1*w_2', 'w_1^2*w_2']
    """
    from flint import Ordering, fmpq_mpoly_ctx

    from neuroalg_sage.models.rational import by_last, to_flint

    check_size(model, limit)
    count = model.parameter_count
    names = [f"w{i}" for i in range(count)] + [f"x{i}" for i in range(model.input_count)]
    ring = fmpq_mpoly_ctx.get(names, Ordering.lex)
    generators = np.empty(len(names), dtype=object)
    generators[:] = ring.gens()

    def constant(c: Fraction) -> np.ndarray:
        # An array without axes: NumPy would take a polynomial for a sequence of terms.
        scalar = np.empty((), dtype=object)
        scalar[()] = ring.constant(to_flint(c))
        return scalar

    values = model.apply(generators[:count], generators[count:], constant)
    tables = [by_last(value, count) for value in values]
    coordinates = tuple(model.coordinates())
    return Parametrization(model, coordinates,
                           tuple(tables[j].get(e, {}) for j, e in coordinates))


def vanishes(equations: Sequence[Polynomial], phi: Parametrization,
             check: Callable[[], None] = lambda: None) -> bool:
    """
    Whether equations vanish on the neurovariety, by exact substitution.

    INPUT:

    - ``check`` -- called between two products; it may raise LimitReached

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> phi = parametrization(parse_spec("linear:2,1,2"))
        >>> vanishes([{(1, 0, 0, 1): Fraction(1), (0, 1, 1, 0): Fraction(-1)}], phi)
        True
        >>> vanishes([{(1, 0, 0, 1): Fraction(1), (0, 1, 1, 0): Fraction(1)}], phi)
        False
    """
    from flint import Ordering, fmpq_mpoly_ctx

    from neuroalg_sage.models.rational import in_ring, to_flint

    parameters = fmpq_mpoly_ctx.get([f"w{i}" for i in range(phi.parameter_count)],
                                    Ordering.lex)
    images = [in_ring(p, parameters) for p in phi.polynomials]

    def image(g: Polynomial) -> Any:
        """The equation at φ; neighbors in the order of their factors share products."""
        total = parameters.constant(0)
        factors: list[int] = []
        products = [parameters.constant(1)]
        for e, c in sorted(g.items(), reverse=True):
            needed = [i for i, k in enumerate(e) for _ in range(k)]
            shared = 0
            while shared < min(len(factors), len(needed)) and factors[shared] == needed[shared]:
                shared += 1
            del products[shared + 1 :]
            for i in needed[shared:]:
                check()
                products.append(products[-1] * images[i])
            factors = needed
            total += products[-1] * to_flint(c)
        return total

    return not any(image(g) for g in equations)
