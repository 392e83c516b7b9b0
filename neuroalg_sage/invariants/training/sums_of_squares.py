"""
Bounds of the least loss on a neuromanifold, by sums of squares and by descent.

Polynomials on M are those on V modulo the equations of M.  Which monomials up to a degree are
independent on M, and how the others are linear combinations of these, is found from values at
random points modulo a prime; no equation need be known before.  In them the lemma of
``certificates.training.sums_of_squares`` is a semidefinite program, whose answer is rounded so that
the identity holds exactly; the checker proves it.

The lower bound holds on the real points of the closure of M.  Where these have less loss than M, as
where M has a boundary over R, a gap remains at each level.

REFERENCES:

- [Las2001]_, [PP2008]_, [CP2017]_
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import comb, prod
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb, ctx, fmpq, fmpq_mat, nmod_mat

from neuroalg_sage.certificates.boxes import rounded, value
from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.certificates.model import Model as RebuiltModel
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.certificates.training.attained import surroundings
from neuroalg_sage.certificates.training.quadratic_loss import Problem
from neuroalg_sage.certificates.training.semidefinite import PRECISION, is_semidefinite
from neuroalg_sage.certificates.training.sums_of_squares import check_loss_bounds
from neuroalg_sage.engines import csdp, modular
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.dimension.floating_point import PolynomialMap
from neuroalg_sage.invariants.training.attained import (
    Box,
    Neighborhood,
    augmentation,
    independent_equations,
    nearest_multiple,
)
from neuroalg_sage.invariants.training.presentation import shown_bound, shown_number
from neuroalg_sage.invariants.training.training_answer import TrainingAnswer
from neuroalg_sage.models import expressions
from neuroalg_sage.models.expressions import Polynomial, derivative
from neuroalg_sage.models.model import monomials
from neuroalg_sage.models.parametrization import Parametrization, parametrization
from neuroalg_sage.models.rational import fraction, integral_kernel, to_flint

if TYPE_CHECKING:
    from neuroalg_sage.invariants.training.training import TrainingProblem

Exponents = tuple[int, ...]
Terms = dict[Exponents, Fraction]

MOST_MONOMIALS = 5000  # up to twice the level, on V
MOST_INDEPENDENT = 2500  # of these, on M: each is a constraint of the program
MOST_LIFTED = 60  # monomials in the parameters, as coordinates
MOST_DIVISORS = 2000  # of these
HIGHEST_LEVEL = 3
STARTS = 30
AGREEING, AGREEMENT = 6, 1e-9  # ends of the same loss, relatively, after which none is sought
MOST_STEPS = 1000  # of a descent
MOST_DENSE = 300  # parameters of a descent that keeps a matrix
CLOSE_ENOUGH = Fraction(1, 10**6)  # a relative gap, at which no higher level is tried
BITS = 44  # of the rounded entries
PARAMETER_BITS = 40
SMALLEST = Fraction(1, 10**6)  # unit of the coordinates
SIMPLE = 64  # the largest denominator of simple numbers
# What the bound gives up, relative to the upper bound, for matrices inside of their cones.
ONLY = {"attained": True, "unique": True}
DIGITS = 15  # significant ones, of a least loss that is no rational number
MOST_CHARACTERS = 60  # of a rational number that is shown exactly
CENTER_BITS = 60
SLACKS = (1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3)


@dataclass(frozen=True, eq=False, repr=False)
class LossBounds(TrainingAnswer):
    """
    A lower and an upper bound of the least loss, both proved.

    The value is a dictionary with ``lower`` and ``upper``, fractions; ``parameters``, at which the
    loss is the upper bound, or near which it is least; ``level``, of the sums of squares, 0 for
    the least loss on V; ``lifted``, whether these are in monomials of the parameters; ``unique``,
    whether it is proved that one function alone has the least loss, which is between the bounds;
    ``dense``, whether M was seen to be dense in V over C; and ``beyond``, what was out of reach.
    """

    @property
    def gap(self) -> Fraction:
        """The difference of the bounds, relative to the upper one."""
        lower, upper = self.data["lower"], self.data["upper"]
        return (upper - lower) / abs(upper) if upper else Fraction(0)

    @property
    def attained(self) -> bool | None:
        """Whether it is proved that the least loss is attained; None if that is not clear."""
        return True if self.status == "proved" else None

    def sentence(self) -> str:
        lower, upper = self.data["lower"], self.data["upper"]
        if lower == upper:
            exact = str(upper)
            return "the least loss is " + (exact if len(exact) <= MOST_CHARACTERS else "about "
                                           + shown_number([exact, exact], DIGITS)) + ", attained"
        if self.data["unique"]:
            low = shown_bound(lower, ROUND_FLOOR, DIGITS)
            high = shown_bound(upper, ROUND_CEILING, DIGITS)
            return (f"the least loss is between {low} and {high}, attained at one function and no "
                    "other")
        return (f"the least loss is between {shown_bound(lower, ROUND_FLOOR)} and "
                f"{shown_bound(upper, ROUND_CEILING)}, a relative gap of {float(self.gap):.1e}")

    def plain_value(self) -> dict[str, Any]:
        return {"lower_bound": decimal(self.data["lower"]), "upper_bound": decimal(
            self.data["upper"]), "gap": float(self.gap), "attained": self.attained,
            "unique": self.data["unique"] or None,
            "parameters": [decimal(w) for w in self.data["parameters"]],
            "level": self.data["level"]}

    def text(self, spec: str = "SPEC") -> str:
        """
        The answer as a page of text.

        EXAMPLES::

            >>> from neuroalg_sage.invariants.training.training import ERM
            >>> print(ERM("linear:1,1", [[1, 1], [2, 2]]).loss_bounds().text())
            Training of linear:1,1 under the mean squared error on 2 rows; whole numbers and
            fractions were read as they are.
            The least loss is 0, attained [proved].
            There approximately w_0 = 1.
        """
        from textwrap import wrap

        model, w = self.problem.model, self.data["parameters"]
        level = self.data["level"]
        how = ("" if self.status == "proved" else
               "The lower bound is that on all of V." if not level else
               f"The lower bound is by sums of squares of level {level} in monomials of the "
               "parameters, over M." if self.data["lifted"] else
               f"The lower bound is by sums of squares of level {level}, over M and its closure.")
        if self.status != "proved" and not level and self.data["dense"]:
            how += (" No level proves more on V: over C the closure of M is V, and real functions "
                    "in it may have less loss than M has.")
        if self.status != "proved" and self.data["beyond"]:
            how += f" {self.data['beyond']}"
        sentence = self.sentence()
        shown = ", ".join(f"{name} = {float(x):.6g}" for name, x in zip(model.parameter_names, w))
        return "\n".join([
            *wrap(f"Training of {model} under {self.problem.source}.", 88),
            *wrap(f"{sentence[0].upper()}{sentence[1:]} [{self.qualified_status()}].", 88),
            *wrap(how, 88), *(wrap(f"There approximately {shown}.", 88) if len(w) <= 24 else [])])


@dataclass(frozen=True)
class Coordinates:
    """
    Polynomials ψ in the parameters, in which sums of squares are made.

    - ``polynomials`` -- ψ
    - ``forms`` -- the coordinates of φ, which are linear in ψ
    - ``count`` -- the number of parameters
    - ``is_lift`` -- whether ψ is not φ
    """

    polynomials: Sequence[Polynomial]
    forms: list[Terms]
    count: int
    is_lift: bool = False

    @property
    def name(self) -> str:
        """What they are."""
        return "monomials in the parameters" if self.is_lift else "coordinates"

    @classmethod
    def of_space(cls, phi: Parametrization) -> Coordinates:
        """The coordinates of V themselves."""
        n = len(phi.polynomials)
        return cls(phi.polynomials, [{unit(i, n): Fraction(1)} for i in range(n)],
                   phi.parameter_count)

    @classmethod
    def lifted(cls, phi: Parametrization) -> Coordinates | None:
        """
        The monomials of φ; those of their divisors that are in the convex hull of these and 1; and
        the square roots of the products of two.

        What the image of M under a linear map from here has lost, as which real points of the
        closure are in M, is still there.  The loss is invariant where the parameters are rescaled
        so that φ stays, and so are these monomials.  None if they are the coordinates of V.
        """
        terms = list(dict.fromkeys(e for p in phi.polynomials for e in p if any(e)))
        if len(terms) > MOST_LIFTED:
            return None
        divisors = {e for term in terms for e in product(*(range(k + 1) for k in term)) if any(e)
                    } if sum(prod(k + 1 for k in e) for e in terms) <= MOST_DIVISORS else set()
        roots = {tuple(k // 2 for k in _added(a, b)) for a in terms for b in terms
                 if not any(k % 2 for k in _added(a, b))}
        listed = [*terms, *sorted(roots - {*terms}), *sorted(
            e for e in divisors - {*terms, *roots} if _is_in_hull(e, terms))]
        if len(listed) > MOST_LIFTED or (len(listed) == len(phi.polynomials) and all(
                len(p) == 1 for p in phi.polynomials)):
            return None
        place = {e: unit(i, len(listed)) for i, e in enumerate(listed)}
        place[(0,) * phi.parameter_count] = (0,) * len(listed)
        return cls([{e: Fraction(1)} for e in listed],
                   [{place[e]: Fraction(c) for e, c in p.items()} for p in phi.polynomials],
                   phi.parameter_count, True)


def unit(i: int, n: int) -> Exponents:
    """The exponents of a variable."""
    return tuple(int(i == j) for j in range(n))


def _is_in_hull(e: Exponents, terms: Sequence[Exponents]) -> bool:
    """Whether exponents are in the convex hull of others and zero, in floating point."""
    from scipy.optimize import linprog

    found = linprog(np.ones(len(terms)), A_eq=np.array(terms).T, b_eq=np.array(e))
    return bool(found.status == 0 and found.fun <= 1 + 1e-9)


def require_few_moments(n: int, degree: int) -> None:
    """Raise LimitReached for too many monomials up to a degree in so many coordinates."""
    if (count := comb(n + degree, degree)) > MOST_MONOMIALS:
        raise LimitReached(
            f"Sums of squares of level {degree // 2} in {n} coordinates have "
            f"{count:,} moments; at most {MOST_MONOMIALS:,} are tried.")


class Functions:
    """
    The polynomials in ψ up to a degree.

    - ``independent`` -- monomials in ψ that are a basis of them, by degree
    """

    def __init__(self, psi: Coordinates, degree: int, generator: random.Random,
                 check: Callable[[], None]) -> None:
        n = len(psi.polynomials)
        require_few_moments(n, degree)
        listed = [e for k in range(degree + 1) for e in monomials(n, k)]
        prime = modular.random_prime(generator)
        # One independent monomial more than are tried shows that there are too many.
        count = min(len(listed), MOST_INDEPENDENT + 1) + 5
        w = [[generator.randrange(prime) for _ in range(psi.count)] for _ in range(count)]
        points = modular.evaluate_polynomials(psi.polynomials, np.array(w), prime)
        products, matrix = _as_products(listed), nmod_mat(count, len(listed), prime)
        for i, point in enumerate(points.tolist()):
            check()
            for j, entry in enumerate(_values(point, products, prime)):
                matrix[i, j] = entry
        echelon, rank = matrix.rref()
        if rank > MOST_INDEPENDENT:
            raise LimitReached(
                f"Sums of squares of level {degree // 2} in {n} coordinates have over "
                f"{MOST_INDEPENDENT:,} independent moments.")
        # Each monomial is independent of those before it, or a linear combination of them.
        pivots: list[int] = []
        column = 0
        for i in range(rank):
            while not int(echelon[i, column]):
                column += 1
            pivots.append(column)
            column += 1
        self.independent = [listed[j] for j in pivots]
        self._forms: dict[Exponents, Terms] = {e: {e: Fraction(1)} for e in self.independent}
        for j in set(range(len(listed))) - set(pivots):
            form: Terms = {}
            for e, i in zip(self.independent, range(rank)):
                if residue := int(echelon[i, j]):
                    c = modular.rational_reconstruction(residue, prime)
                    if c is None:
                        raise LimitReached("The relations between monomials on M have too large "
                                           "coefficients.")
                    form[e] = c
            self._forms[listed[j]] = form

    def relations(self, degree: int) -> list[Terms]:
        """What vanishes: each monomial up to a degree that is not in the basis, less its form."""
        return [{e: Fraction(1)} | {basic: -c for basic, c in form.items()}
                for e, form in self._forms.items() if form != {e: 1} and sum(e) <= degree]

    def reduced(self, terms: Terms) -> Terms:
        """A polynomial in the basis."""
        result: Terms = {}
        for e, c in terms.items():
            for basic, d in self._forms[e].items():
                result[basic] = result.get(basic, Fraction(0)) + c * d
        return {e: c for e, c in result.items() if c}


def _as_products(listed: Sequence[Exponents]) -> list[tuple[int, int]]:
    """For each monomial but the first, 1, an earlier one and the variable that it is times."""
    place = {e: k for k, e in enumerate(listed)}
    found = []
    for e in listed[1:]:
        i = next(i for i, k in enumerate(e) if k)
        found.append((place[(*e[:i], e[i] - 1, *e[i + 1 :])], i))
    return found


def _values(point: Sequence[int], products: Sequence[tuple[int, int]], prime: int) -> list[int]:
    """The values of monomials."""
    values = [1]
    for earlier, i in products:
        values.append(values[earlier] * point[i] % prime)
    return values


def _added(a: Exponents, b: Exponents) -> Exponents:
    return tuple(map(int.__add__, a, b))


def _multiple(e: Exponents, terms: Terms) -> Terms:
    return {_added(e, other): c for other, c in terms.items()}


class Descent:
    """The loss in floating point, in a unit of its size, and parameters of small loss."""

    def __init__(self, problem: TrainingProblem, phi: Parametrization, seed: int | None) -> None:
        self.problem, self.phi = problem, phi
        n = len(phi.polynomials)
        numbers = [*problem.quadratic.values(), *problem.linear, problem.constant]
        unit = Fraction(2) ** max((_exponent(c) for c in numbers if c), default=0)
        self.q = np.zeros((n, n))
        for (i, j), c in problem.quadratic.items():
            self.q[i, j] = self.q[j, i] = float(c / unit)
        self.b = np.array([float(c / unit) for c in problem.linear])
        self.constant = float(problem.constant / unit)
        self.random = np.random.default_rng(seed)
        self.maps = PolynomialMap(phi.polynomials, phi.parameter_count, 0)

    def __call__(self, w: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss and its gradient."""
        with np.errstate(all="ignore"):
            z = self.maps(w)
            value = float(z @ self.q @ z - 2 * self.b @ z + self.constant)
            return value, self.maps.gradient(w, 2 * (self.q @ z - self.b))

    def ends(self, computation: Computation, agreeing: int = STARTS) -> list[np.ndarray]:
        """
        The ends of descents, the best first; where a limit stops one, its best parameters.

        When so many have the same least loss, no more are sought.
        """
        from scipy.optimize import minimize

        count = self.phi.parameter_count
        check = computation.clock()
        ends: list[tuple[float, np.ndarray]] = []

        def watched(w: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient = self(w)
            if np.isfinite(value) and value < ends[-1][0]:
                ends[-1] = value, w.copy()
            check()
            return value, gradient

        try:
            for _ in range(STARTS if count else 0):
                ends.append((np.inf, np.zeros(count)))
                with np.errstate(all="ignore"):
                    minimize(watched, self.random.standard_normal(count), jac=True,
                             method="BFGS" if count <= MOST_DENSE else "L-BFGS-B",
                             options={"gtol": 1e-10, "maxiter": MOST_STEPS})
                best = sorted(value for value, _ in ends)[:agreeing]
                if len(best) == agreeing and best[-1] - best[0] <= AGREEMENT * abs(best[0]):
                    break
        except LimitReached as error:
            computation.progress(f"descents: {error}")
        return [w for _, w in sorted(ends, key=lambda pair: pair[0])]

    def least(self, ends: Sequence[np.ndarray]) -> tuple[Fraction, list[Fraction]]:
        """The least loss at rational parameters near these, exactly, and its parameters."""
        found = [self.exact([Fraction(0)] * self.phi.parameter_count)]
        scale = 2**PARAMETER_BITS
        for w in ends[:3]:
            found.append(self.exact([Fraction(round(Fraction(v) * scale), scale)
                                     for v in map(float, w)]))
            # Where it is attained at simple numbers, it is attained there exactly.
            simple = self._rescaled(w)
            if np.isfinite(simple).all():
                found.append(self.exact([Fraction(v).limit_denominator(SIMPLE)
                                         for v in map(float, simple)]))
        return min(found, key=lambda pair: pair[0])

    def _rescaled(self, w: np.ndarray) -> np.ndarray:
        """Parameters of the same function, in which as many as possible are 1 or -1."""
        # The torus of those rescalings that leave each term of φ unchanged.
        terms = dict.fromkeys(e for p in self.phi.polynomials for e in p)
        torus = np.array(integral_kernel(terms, self.phi.parameter_count), dtype=float)
        chosen: list[int] = []
        for i in np.argsort(-np.abs(w)):
            if len(chosen) == len(torus) or abs(w[i]) < 1e-6:
                break
            if np.linalg.matrix_rank(torus[:, [*chosen, i]]) > len(chosen):
                chosen.append(int(i))
        if not chosen:
            return w
        scales = np.linalg.lstsq(torus[:, chosen].T, -np.log(np.abs(w[chosen])), rcond=None)[0]
        return w * np.exp(scales @ torus)

    def function(self, w: Sequence[Fraction]) -> list[Fraction]:
        """The coordinates of the function of parameters."""
        return [expressions.value(f, w) for f in self.phi.polynomials]

    def exact(self, w: list[Fraction]) -> tuple[Fraction, list[Fraction]]:
        """The loss at rational parameters."""
        return Fraction(self.problem.loss(self.function(w))), w


class Program:
    """The semidefinite program of a level, in coordinates and with a loss of moderate size."""

    def __init__(self, problem: TrainingProblem, psi: Coordinates, level: int,
                 ceiling: Fraction, largest: Fraction, generator: random.Random,
                 check: Callable[[], None]) -> None:
        self.level, self.functions = level, Functions(psi, 2 * level, generator, check)
        self.check, self.psi = check, psi
        self.one = (0,) * len(psi.polynomials)
        independent = self.functions.independent
        self.squares = [e for e in independent if sum(e) <= level]
        self.multipliers = [e for e in independent if sum(e) < level]
        # ψ = 2^s y, and the loss in units of 2^t, are exact.
        self.s = _exponent(max(largest, SMALLEST))
        self.t = _exponent(ceiling)
        self.place = {e: k for k, e in enumerate(independent)}
        difference: Terms = {self.one: problem.constant - ceiling}
        for (i, j), c in problem.quadratic.items():
            for e, a in psi.forms[i].items():
                for f, b in psi.forms[j].items():
                    total = _added(e, f)
                    difference[total] = difference.get(total, Fraction(0)) + a * b * (
                        c if i == j else 2 * c)
        for i, c in enumerate(problem.linear):
            for e, a in psi.forms[i].items():
                difference[e] = difference.get(e, Fraction(0)) - 2 * c * a
        self.difference = {e: c / Fraction(2) ** self.t * self._scale(e)
                           for e, c in difference.items() if c}

    def _scale(self, e: Exponents) -> Fraction:
        return Fraction(2) ** (self.s * sum(e))

    def reduced(self, terms: Terms) -> Terms:
        """A polynomial in the scaled coordinates in the basis."""
        unscaled = {e: c / self._scale(e) for e, c in terms.items()}
        return {e: c * self._scale(e) for e, c in self.functions.reduced(unscaled).items()}

    @cached_property
    def _products(self) -> tuple[dict[tuple[int, int], Terms], dict[tuple[int, int], Terms]]:
        """The polynomials by which entries of both matrices count."""
        return (self._multiples(self.squares, {self.one: Fraction(1)}),
                self._multiples(self.multipliers, self.difference))

    def _multiples(self, basis: Sequence[Exponents], terms: Terms) -> dict[tuple[int, int], Terms]:
        found = {}
        for i, a in enumerate(basis):
            for j in range(i, len(basis)):
                self.check()
                found[i, j] = self.reduced(_multiple(_added(a, basis[j]), terms))
        return found

    @cached_property
    def _constraints(self) -> tuple[list[dict[tuple[int, int, int], float]], list[float]]:
        constraints: list[dict[tuple[int, int, int], float]] = [{} for _ in self.place]
        squares, multiples = self._products
        for block, products, sign in ((0, squares, -1), (1, multiples, 1)):
            for (i, j), terms in products.items():
                for e, c in terms.items():
                    constraints[self.place[e]][block, i, j] = sign * _in_floating_point(c)
        values = [0.0] * len(constraints)
        for e, c in self.reduced(self.difference).items():
            values[self.place[e]] = -_in_floating_point(c)
        return constraints, values

    def gap(self, computation: Computation) -> float | None:
        """The least difference u - λ, in the unit of the loss, approximately."""
        constraints, values = self._constraints
        constraints = [dict(c) for c in constraints]
        constraints[self.place[self.one]][2, 0, 0] = 1.0
        found = self._solve([len(self.squares), len(self.multipliers), 1], {(2, 0, 0): -1.0},
                            constraints, values, computation)
        return None if found is None else max(float(found[2][0, 0]), 0.0)

    def inside(self, gap: Fraction, computation: Computation
               ) -> tuple[list[list[Fraction]], list[list[Fraction]]] | None:
        """Matrices of both sums of squares for a difference, which satisfy the identity exactly."""
        constraints, values = self._constraints
        values = list(values)
        values[self.place[self.one]] -= float(gap)
        found = self._solve([len(self.squares), len(self.multipliers)], {}, constraints, values,
                            computation)
        if found is None:
            return None
        tau, sigma = (_rounded(matrix) for matrix in found)
        squares, multiples = self._products
        missing = self.reduced(self.difference)
        missing[self.one] = missing.get(self.one, Fraction(0)) + gap
        for products, matrix, sign in ((squares, tau, -1), (multiples, sigma, 1)):
            for (i, j), terms in products.items():
                factor = sign * matrix[i][j] * (1 if i == j else 2)
                if factor:
                    for e, c in terms.items():
                        missing[e] = missing.get(e, Fraction(0)) + factor * c
        # What is missing of each monomial is spread over its factorizations into two others.
        factorizations: dict[Exponents, list[tuple[int, int]]] = {}
        for i, a in enumerate(self.squares):
            for j, b in enumerate(self.squares):
                factorizations.setdefault(_added(a, b), []).append((i, j))
        for e, c in missing.items():
            if not c:
                continue
            if e not in factorizations:
                return None
            for i, j in factorizations[e]:
                tau[i][j] += c / len(factorizations[e])
        return tau, sigma

    def near(self, tau: list[list[Fraction]], center: Sequence[Fraction]
             ) -> tuple[list[Fraction], list[list[Fraction]]] | None:
        """
        Weights κ_i, and the matrix G of a sum of squares less Σ κ_i (z_i - center_i)^2.

        Let the columns of V be the forms z_i - center_i.  V D V^T <= G if and only if
        D <= (V^T G^-1 V)^-1.  In the coordinates and the unit of the problem.
        """
        place = {e: k for k, e in enumerate(self.squares)}
        unit = Fraction(2) ** self.s
        forms = []
        for form, a in zip(self.psi.forms, center):
            terms = self.reduced({e: c * self._scale(e) / unit for e, c in form.items()})
            terms[self.one] = terms.get(self.one, Fraction(0)) - a / unit
            forms.append({place[e]: c for e, c in terms.items()})
        columns = np.zeros((len(self.squares), len(forms)))
        for k, numbers in enumerate(forms):
            for i, c in numbers.items():
                columns[i, k] = float(c)
        try:
            half = np.linalg.solve(np.linalg.cholesky(np.array(tau, dtype=float)), columns)
        except np.linalg.LinAlgError:
            return None
        bound = half.T @ half
        diagonal = np.diag(bound)
        if not np.isfinite(bound).all():
            return None
        # A coordinate that is constant on M has any weight.
        scales = np.sqrt(np.where(diagonal > 0, diagonal, 1))
        largest = max(float(np.linalg.eigvalsh(bound / np.outer(scales, scales))[-1]), 1.0)
        weights = [Fraction(0.5 / (largest * s**2)).limit_denominator(2**BITS)
                   if any(numbers.values()) else Fraction(2) ** BITS
                   for s, numbers in zip(scales, forms)]
        if not all(weights):
            return None
        matrix = [list(row) for row in tau]
        for weight, numbers in zip(weights, forms):
            for i, c in numbers.items():
                for j, d in numbers.items():
                    matrix[i][j] -= weight * c * d
        return [c * Fraction(2) ** (self.t - 2 * self.s) for c in weights], matrix

    def _solve(self, blocks: list[int], objective: Any, constraints: Any, values: list[float],
               computation: Computation) -> list[np.ndarray] | None:
        return csdp.solve(blocks, objective, constraints, values,
                          timeout=computation.seconds_left(), memory_gb=computation.memory_gb)

    def in_certificate(self, exponents: list[Exponents], matrix: list[list[Fraction]],
                       unit: int) -> dict[str, Any]:
        """A sum of squares in the coordinates and the unit of the problem."""
        return {"monomials": [list(e) for e in exponents], "matrix": [
            [decimal(matrix[i][j] * Fraction(2) ** unit / self._scale(
                _added(exponents[i], exponents[j]))) for j in range(i + 1)]
            for i in range(len(exponents))]}


def _rounded(matrix: np.ndarray) -> list[list[Fraction]]:
    scale = 2**BITS
    return [[Fraction(round(Fraction(float(c)) * scale), scale) for c in row]
            for row in (matrix + matrix.T) / 2]


def _exponent(c: Fraction) -> int:
    """That of a power of two near a number, which need not be one of floating point."""
    return c.numerator.bit_length() - c.denominator.bit_length()


def _in_floating_point(c: Fraction) -> float:
    """The nearest number; raises LimitReached beyond 10^308."""
    try:
        return float(c)
    except OverflowError:
        raise LimitReached("The numbers of the problem are of sizes too different for a "
                           "semidefinite program in floating point.") from None


def least_on_the_space(problem: TrainingProblem) -> tuple[Fraction, dict[str, Any]]:
    """The least loss on all of V, and the difference to it as a sum of squares."""
    n = len(problem.linear)
    matrix = fmpq_mat(n, n)
    for (i, j), c in problem.quadratic.items():
        matrix[i, j] = matrix[j, i] = to_flint(c)
    extended = fmpq_mat(n, n + 1)
    for i in range(n):
        for j in range(n):
            extended[i, j] = matrix[i, j]
        extended[i, n] = to_flint(problem.linear[i])
    echelon, rank = extended.rref()
    z = [Fraction(0)] * n
    for i in range(rank):
        pivot = next(j for j in range(n + 1) if echelon[i, j])
        if pivot == n:
            raise InputError("The loss is not bounded from below on V.")
        z[pivot] = fraction(echelon[i, n])
    least = Fraction(problem.loss(z))
    rows = [[problem.constant - least]] + [
        [-problem.linear[i], *(fraction(matrix[i, j]) for j in range(i + 1))] for i in range(n)]
    full = [[to_flint(rows[max(i, j)][min(i, j)]) for j in range(n + 1)] for i in range(n + 1)]
    try:
        is_bounded = is_semidefinite(full)
    except CertificateError:
        raise LimitReached("The numbers of the loss have too many digits to prove that it is "
                           "bounded from below.") from None
    if not is_bounded:
        raise InputError("The loss is not bounded from below on V: its quadratic form is not "
                         "positive semidefinite.")
    exponents = [[0] * n, *([int(i == j) for j in range(n)] for i in range(n))]
    return least, {"monomials": exponents, "matrix": [[decimal(c) for c in row] for row in rows]}


def require_level(level: Any) -> None:
    """Raise InputError for what is no level of sums of squares, and not None."""
    if level is not None and (isinstance(level, bool) or not isinstance(level, Integral)
                              or not 0 <= int(level) <= HIGHEST_LEVEL):
        raise InputError(f"The level of sums of squares is a whole number from 0 to "
                         f"{HIGHEST_LEVEL}, not {level!r}.")


def loss_bounds(problem: TrainingProblem, level: int | None = None,
                computation: Computation | None = None, seed: int | None = None) -> LossBounds:
    """
    Bounds of the least loss, or a proof of where it is attained.

    INPUT:

    - ``problem`` -- a training problem
    - ``level`` -- of the sums of squares, from 0, the least loss on V, to 3; by default 0, 1, 2
      one after the other, until the relative gap is at most 1e-6
    - ``computation`` -- limits
    - ``seed`` -- of the random choices

    OUTPUT: :class:`LossBounds`

    Raises InputError for another level, and LimitReached if a level that is asked for is out of
    reach.  By default, what was reached before is the answer.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.training.training import ERM
        >>> found = loss_bounds(ERM("linear:2,1,2", [[1, 0, 1, 0], [0, 1, 0, 2]]), seed=1)
        >>> found.data["lower"] <= Fraction(1, 2) <= found.data["upper"], found.status
        (True, 'proved')
    """
    require_level(level)
    if level:
        require_few_moments(len(problem.linear), 2 * level)
    search = Search(problem, computation or Computation(), seed)
    start = time.monotonic()
    search.descend()
    proof = search.on_the_space()
    levels = [1, 2] if level is None else [level] if level else []
    is_proper, beyond = True, ""
    for k, psi in product(levels, search.coordinates if levels else []):
        if proof.is_close:
            break
        if psi.is_lift and not is_proper:
            continue
        search.computation.progress(
            f"sums of squares of level {k} in {len(psi.polynomials)} {psi.name}")
        try:
            found = search.at_level(k, psi)
            if found is not None and not found.is_close and search.has_descended_further():
                found = search.at_level(k, psi)
        except LimitReached as error:
            if level is not None and not psi.is_lift:
                raise
            search.computation.progress(f"sums of squares: {error}")
            beyond = beyond or str(error)
            continue
        # Where the loss vanishes to the highest degree somewhere, as where units cancel, no matrix
        # is inside of its cone, at any level.
        is_proper = is_proper and not (found is None and psi.is_lift)
        if found is not None and (found.is_attained or found.lower > proof.lower):
            proof = found
    claim = [problem.describe(), decimal(proof.lower), decimal(proof.upper)]
    return LossBounds.certified(
        problem.model, "loss_bounds", {
            "lower": proof.lower, "upper": proof.upper, "parameters": proof.parameters,
            "level": proof.level, "lifted": proof.is_lifted, "unique": proof.is_only,
            "dense": search.is_dense, "beyond": beyond},
        "proved" if proof.is_attained else "bounds",
        "sums of squares, rounded from an answer of csdp" if proof.level else "the least loss on V",
        time.monotonic() - start, proof.evidence, [],
        claim=[*claim, ONLY] if proof.is_only else claim, problem=problem)


@dataclass(frozen=True)
class Proof:
    """Bounds of the least loss with their evidence; whether one function alone has it."""

    lower: Fraction
    upper: Fraction
    parameters: list[Fraction]
    level: int
    evidence: dict[str, Any]
    is_only: bool = False

    @property
    def is_lifted(self) -> bool:
        """Whether it is by polynomials in the parameters that are not coordinates of V."""
        return "functions" in self.evidence

    @property
    def is_attained(self) -> bool:
        """Whether it is proved that some function has the least loss."""
        return self.is_only or self.lower == self.upper

    @property
    def is_close(self) -> bool:
        """Whether no higher level is needed."""
        return self.is_attained or self.upper - self.lower <= CLOSE_ENOUGH * abs(self.upper)


class Search:
    """Parameters of small loss, and proofs that there is not much less."""

    def __init__(self, problem: TrainingProblem, computation: Computation, seed: int | None
                 ) -> None:
        self.problem, self.computation = problem, computation
        self.phi = parametrization(problem.model)
        self.random = random.Random(seed)
        self.descent = Descent(problem, self.phi, seed)
        self.model = RebuiltModel(problem.model.describe())
        self.data = problem.describe()

    def descend(self) -> None:
        """Find parameters of small loss: in floating point, and rational ones."""
        self.computation.progress(f"descents from up to {STARTS} starts")
        with self.computation.share():
            self.ends = self.descent.ends(self.computation, AGREEING)
        self.upper, self.w = self.descent.least(self.ends)
        self.is_exhausted = False

    def has_descended_further(self) -> bool:
        """Whether more descents, once, find clearly less loss: many may have ended elsewhere."""
        if self.is_exhausted:
            return False
        self.is_exhausted = True
        with self.computation.share():
            upper, w = self.descent.least(self.descent.ends(self.computation))
        if self.upper - upper <= CLOSE_ENOUGH * abs(self.upper):
            return False
        self.upper, self.w = upper, w
        for known in ("neighborhood", "critical"):
            self.__dict__.pop(known, None)
        return True

    @cached_property
    def neighborhood(self) -> Neighborhood | None:
        """The loss near the best parameters."""
        try:
            return Neighborhood(self.model, Problem(self.data, len(self.problem.linear)),
                                np.array([float(x) for x in self.w]), self.computation.clock())
        except (CertificateError, InputError, OverflowError):
            return None

    def on_the_space(self) -> Proof:
        """The least loss on V, and perhaps a function of M that has it."""
        least, squares = least_on_the_space(self.problem)
        evidence = {"ceiling": decimal(least), "multiplier": {"monomials": [], "matrix": []},
                    "squares": squares}
        if least < self.upper and self.upper - least <= CLOSE_ENOUGH * max(
                abs(self.upper), abs(self.problem.constant)):
            near = self.neighborhood
            box = self._box(near.critical_on_whole) if near else None
            if box is not None:
                return Proof(least, least, list(map(fraction, box.center)), 0,
                             evidence | {"fit": box.in_certificate()})
        return self._above(min(least, self.upper), 0, evidence)

    def _above(self, lower: Fraction, level: int, evidence: dict[str, Any]) -> Proof:
        """A proof with rational parameters."""
        return Proof(lower, self.upper, self.w, level,
                     evidence | {"parameters": [decimal(x) for x in self.w]})

    def _box(self, find: Callable[[], Box | None]) -> Box | None:
        try:
            return find()
        except (LimitReached, OverflowError, np.linalg.LinAlgError) as error:
            self.computation.progress(f"no box with a critical point: {error}")
            return None

    @cached_property
    def critical(self) -> Box | None:
        """A box with a critical point near the best parameters."""
        return self._box(self.neighborhood.critical) if self.neighborhood else None

    @cached_property
    def coordinates(self) -> list[Coordinates]:
        """Those of V; and monomials in the parameters, if these are others."""
        lift = Coordinates.lifted(self.phi)
        return [Coordinates.of_space(self.phi), *([] if lift is None else [lift])]

    @cached_property
    def is_dense(self) -> bool:
        """Whether Dφ has rank n at random parameters modulo a prime, which proves it."""
        prime = modular.random_prime(self.random)
        w = [self.random.randrange(prime) for _ in range(self.phi.parameter_count)]
        slopes = [derivative(p, i) for p in self.phi.polynomials for i in range(len(w))]
        values = modular.evaluate_polynomials(slopes, np.array([w]), prime)[0].tolist()
        n = len(self.phi.polynomials)
        return int(nmod_mat(n, len(w), values, prime).rank()) == n

    def at_level(self, level: int, psi: Coordinates) -> Proof | None:
        """A lower bound of a level with its evidence; None if none is proved."""
        if not psi.is_lift and self.is_dense:
            self.computation.progress("M has no equations: the bound is that on all of V")
            return None
        ceiling = _rounded_up(self.upper + abs(self.upper) / 2**50)
        w = [float(x) for x in self.w]
        largest = Fraction(np.abs(PolynomialMap(psi.polynomials, psi.count, False)(np.array(w))
                                  ).max(initial=0)) if psi.is_lift else max(
            map(abs, self.descent.function(self.w)), default=Fraction(0))
        program = Program(self.problem, psi, level, ceiling, largest, self.random,
                          self.computation.clock())
        gap = program.gap(self.computation)
        if gap is None:
            return None
        unit = Fraction(2) ** program.t
        for slack in SLACKS:
            wanted = Fraction(gap + slack * _in_floating_point(self.upper / unit)
                              ).limit_denominator(2**60)
            found = program.inside(wanted, self.computation)
            if found is None:
                continue
            tau, sigma = found
            lower = ceiling - wanted * unit
            evidence: dict[str, Any] = {"functions": list(map(
                encode_polynomial, psi.polynomials))} if psi.is_lift else {}
            evidence |= {"ceiling": decimal(ceiling),
                         "multiplier": program.in_certificate(program.multipliers, sigma, 0)}
            plain = self._above(lower, level, evidence | {
                "squares": program.in_certificate(program.squares, tau, program.t)})
            only = plain.is_close and self._only(program, plain, tau, evidence) or None
            for proof in filter(None, (only, plain)):
                if self._is_verified(proof):
                    return proof
        return None

    def _is_verified(self, proof: Proof) -> bool:
        claim: list[Any] = [self.data, decimal(proof.lower), decimal(proof.upper)]
        try:
            check_loss_bounds(self.model, claim + [ONLY] * proof.is_only, proof.evidence,
                              "proved" if proof.is_attained else "bounds")
        except CertificateError as error:
            self.computation.progress(f"sums of squares: {error}")
            return False
        return True

    def _only(self, program: Program, plain: Proof, tau: list[list[Fraction]],
              evidence: dict[str, Any]) -> Proof | None:
        """A proof that one function alone has the least loss."""
        box = self.critical
        if self.neighborhood is None or box is None:
            return None
        problem = self.neighborhood.problem
        with ctx.workprec(PRECISION):
            z = [value(f, box.balls) for f in self.model.parametrization]
            unit = fmpq(2) ** (program.s - CENTER_BITS)
            center = [nearest_multiple(x.mid().fmpq(), unit) for x in z]
            near = program.near(tau, list(map(fraction, center)))
            moving = sum(map(bool, box.radii))
            equations = self._equations(program, z, len(z) - moving)
            if near is None or equations is None:
                return None
            weights, matrix = near
            difference = to_flint(Fraction(evidence["ceiling"]) - plain.lower)
            rho = augmentation(problem, equations, z, surroundings(
                center, list(map(to_flint, weights)), difference))
            if rho is None:
                return None
            low, high = rounded(problem(z, arb(0)), DIGITS)
        return Proof(Fraction(low), Fraction(high), list(map(fraction, box.center)), plain.level, {
            **evidence, "squares": program.in_certificate(program.squares, matrix, program.t),
            "minimum": {"center": list(map(str, center)), "weights": list(map(decimal, weights)),
                        "floor": decimal(plain.lower), "augmentation": decimal(rho),
                        "equations": list(map(encode_polynomial, equations)),
                        "box": box.in_certificate()}}, True)


    def _equations(self, program: Program, z: Sequence[arb], count: int
                   ) -> list[Polynomial] | None:
        """Equations of M whose differentials at a function are independent."""
        if not count:
            return []
        at = np.array([float(x) for x in z])
        if not program.psi.is_lift:
            return independent_equations(
                program.functions.relations(2 * program.level), at, count)
        for degree in (2, 4):
            try:
                functions = Functions(self.coordinates[0], degree, self.random,
                                      self.computation.clock())
            except LimitReached:
                return None
            found = independent_equations(functions.relations(degree), at, count)
            if found is not None:
                return found
        return None


def _rounded_up(c: Fraction) -> Fraction:
    """A number with few digits that is not less."""
    scale = Fraction(2) ** (60 - _exponent(c))
    return Fraction(-int(-c * scale // 1)) / scale
