"""
How many functions have the values of a generic one at as few inputs as are necessary.

The lemma with its proof is in ``certificates.capacity.interpolation``.
"""

from __future__ import annotations

import random
import time
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import nmod_mat

from neuroalg_sage.certificates.capacity.interpolation import functions_through_one, values_modulo
from neuroalg_sage.certificates.capacity.layers import coordinates_of_an_output
from neuroalg_sage.certificates.dimension.ranks import jacobian
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.engines import modular
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import EngineError, InputError, LimitReached
from neuroalg_sage.invariants.answers.computation import Computation
from neuroalg_sage.invariants.answers.invariant import Invariant
from neuroalg_sage.invariants.capacity.samples import AboutInputs
from neuroalg_sage.invariants.dimension.affine_symmetries import affine_symmetries
from neuroalg_sage.invariants.dimension.finite_symmetries import points_of_fiber
from neuroalg_sage.invariants.dimension.generic_fiber import standard_monomials
from neuroalg_sage.invariants.dimension.known_symmetries import constant_modulo
from neuroalg_sage.invariants.dimension.normal_form import normal_form
from neuroalg_sage.models.expressions import Polynomial
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.relu import about_inputs

TRIALS, SMALL = 40, 10
SECONDS = 20.0  # for one Gröbner basis
MOST_POINTS = 200


class InterpolatingFunctions(AboutInputs):
    """The number of inputs, and bounds for the number of functions; the value is the latter."""

    @cached_property
    def value(self) -> Any:
        """How many functions there are, or bounds for it."""
        _, least, most = self.data
        return least if least == most else (least, most)

    @property
    def least_inputs(self) -> tuple[int, int]:
        """Bounds for the number of generic inputs that identify a generic function over C."""
        assert self.certificate is not None
        count, least, most = self.data
        model = Checked(self.certificate["model"])
        is_exact = count * model.outputs == self.certificate["evidence"]["dimension"]
        # As many as an output has coordinates tell all functions apart.
        return count + (is_exact and least > 1), min(count + (most > 1),
                                                     coordinates_of_an_output(model))

    def lines(self, spec: str = "SPEC") -> list[str]:
        low, high = self.least_inputs
        number = str(low) if low == high else f"{low} or {high}"
        return ["  the least number of generic inputs that identify a generic function is "
                f"{number}, over the complex numbers", f"  {self.method}"]

    def sentence(self) -> str:
        count, least, most = self.data
        number = str(least) if least == most else f"from {least} to {most}"
        assert self.certificate is not None
        dimension = self.certificate["evidence"]["dimension"]
        return (f"{number}, the functions with the same {dimension} values as a generic one "
                f"at {count} generic input{'s' * (count != 1)}" + about_inputs(self.spec))

    def plain_value(self) -> dict[str, Any]:
        count, least, most = self.data
        return {"inputs": count, "lower": least, "upper": most,
                "least_inputs": list(self.least_inputs)}


def interpolating_functions(phi: Parametrization, dimension: Invariant, degree: Invariant,
                            computation: Computation, seed: int | None = None
                            ) -> InterpolatingFunctions:
    """
    How many functions of the closure of M, over C, have as many values of a generic one, at generic
    inputs, as M has dimensions.

    From below by functions with the same values modulo a prime, from above by the degree.

    Raises InputError if M is a point, LimitReached if the dimension or the degree are not proved,
    or no functions are found.

    EXAMPLES: Values of v (a x + b y)^3 at two inputs leave a third root of unity, as the degree of
    the cone over the twisted cubic has it. ::

        >>> from neuroalg_sage import NeuroManifold
        >>> NeuroManifold("mlp:2,1,1:x^3", seed=1).interpolating_functions()
        3 (proved)
    """
    start = time.perf_counter()
    model = phi.model
    if dimension.certificate is None or degree.certificate is None or not (
            dimension.status == degree.status == "proved"):
        raise LimitReached(f"The dimension and the degree of {model} are not proved, so the "
                           "functions through given values are not counted.")
    if dimension.data == 0:
        raise InputError(f"The neuromanifold of {model} is one point, which no values identify.")
    count, most = -(-dimension.data // model.output_count), degree.data
    search = _Search(phi, dimension.data, count, computation, random.Random(seed))
    if (rank := search.rank_of_values) < dimension.data:
        raise LimitReached(
            f"The {count * model.output_count} values at {count} random "
            f"input{'s' * (count != 1)} have only rank {rank} on the neuromanifold of {model}, of "
            f"dimension {dimension.data}: infinitely many functions have them, it seems, and more "
            "inputs are needed to identify one.")
    found, is_all = search.best(most)
    if found is None:
        raise LimitReached(f"No functions of {model} with the same values are found modulo primes.")
    prime, inputs, points = found
    least = len(points)
    trust = [*dimension.trust, *(name for name in degree.trust if name not in dimension.trust)]
    return InterpolatingFunctions.certified(
        model, "interpolating_functions", [count, least, most],
        "proved" if least == most else "bounds",
        "functions with the same values modulo a prime, of which there are "
        f"{'no others' if is_all else 'perhaps others'}, and the degree",
        time.perf_counter() - start,
        {"dimension": dimension.data, "dimension_evidence": dimension.certificate["evidence"],
         "degree_evidence": degree.certificate["evidence"], "prime": prime, "inputs": inputs,
         "points": points}, trust)


Found = tuple[int, list[list[int]], list[list[int]]]  # a prime, inputs, and parameters


class _Search:
    """The search for functions with the same values modulo primes."""

    def __init__(self, phi: Parametrization, dimension: int, count: int, computation: Computation,
                 generator: random.Random) -> None:
        self.phi, self.count, self.computation = phi, count, computation
        self.dimension = dimension
        self.generator, self.checked = generator, Checked(phi.model.describe())
        _, rows, prime = self._rows_of_values()
        self.rank_of_values = int(nmod_mat(rows, prime).rank())  # at random parameters and inputs
        model = phi.model
        known = affine_symmetries(model)
        steps = normal_form(
            [s.parameters for s in model.symmetries] if known is None else known.fields,
            model.parameter_count, model.parameter_count - dimension)
        self.values = self._any_slice() if steps is None else {
            step.coordinate: step.value for step in steps}

    def _any_slice(self) -> dict[int, int]:
        """Small numbers for parameters such that all others together give almost all functions."""
        for _ in range(TRIALS):
            w, rows, prime = self._rows_of_values(SMALL)
            reduced, rank = nmod_mat(rows[:self.dimension], prime).rref()
            if rank == min(self.rank_of_values, self.dimension):  # no coincidence of small numbers
                break
        free = {next(i for i in range(reduced.ncols()) if reduced[row, i]) for row in range(rank)}
        return {i: c for i, c in enumerate(w) if i not in free}

    def _rows_of_values(self, most: int | None = None) -> tuple[list[int], list[list[int]], int]:
        """Parameters, up to a bound, the differentials of values at inputs, and a prime, random."""
        model, prime = self.phi.model, modular.random_prime(self.generator)
        w = [self.generator.randrange(1, most or prime) for _ in range(model.parameter_count)]
        inputs = [[self.generator.randrange(prime) for _ in range(model.input_count)]
                  for _ in range(self.count)]
        return w, jacobian(self.checked, w, inputs, prime), prime

    def best(self, most: int) -> tuple[Found | None, bool]:
        """The most functions that are found, up to a bound, and whether there are no others."""
        best: Found | None = None
        for _ in range(TRIALS):
            try:
                found, is_all = self._trial()
            except CertificateError:
                continue  # special inputs
            except (EngineError, LimitReached):
                break
            if found[2] and (best is None or len(found[2]) > len(best[2])):
                best = found
            if best is not None and (is_all or len(best[2]) >= most):
                return best, True
        return best, False

    def _trial(self) -> tuple[Found, bool]:
        """Functions with the values of a random one, and whether all of them are found."""
        model, prime = self.phi.model, modular.random_prime(self.generator, 2**15)
        inputs = [[self.generator.randrange(prime) for _ in range(model.input_count)]
                  for _ in range(self.count)]
        w = [self.values.get(i, self.generator.randrange(prime)) % prime
             for i in range(model.parameter_count)]
        free = [i for i in range(model.parameter_count) if i not in self.values]
        equations = self._equations(inputs, w, free, prime)
        ring = PolynomialRingData(tuple(f"w_{i}" for i in free), prime)
        basis = self.computation.run(Script(
            f"functions of {model} with given values modulo a prime",
            {"R": ring, "I": PolynomialMatrix(ring, 1, len(equations), tuple(equations), "ideal")},
            "", {"basis": "gens gb I"}), SECONDS)["basis"]
        relations: list[tuple[tuple[int, ...], Polynomial]] = []
        for entry in basis.entries:
            top = max(entry, key=lambda e: (sum(e), [-k for k in reversed(e)]))
            relations.append((top, {e: Fraction(c) for e, c in entry.items()}))
        tops = [top for top, _ in relations]
        if not all(any(sum(top) == top[v] for top in tops) for v in range(len(free))):
            raise CertificateError("The functions are infinitely many.")
        monomials = standard_monomials(tops)
        if len(monomials) > MOST_POINTS:
            raise LimitReached(f"The functions of {model} with given values are too many.")
        solutions = points_of_fiber(relations, monomials, [], prime, self.generator)
        points: list[list[int]] = []
        for solution in solutions:
            coordinates = iter(solution)
            point = [self.values[i] % prime if i in self.values else next(coordinates)
                     for i in range(model.parameter_count)]
            try:
                if functions_through_one(self.checked, self.dimension, inputs, [*points, point],
                                         prime) > len(points):
                    points.append(point)
            except CertificateError:
                continue  # a function at which the values are not independent
        return (prime, inputs, points), len(solutions) == len(monomials)

    def _equations(self, inputs: list[list[int]], w: list[int], free: list[int], prime: int
                   ) -> list[Any]:
        """That the values at inputs are those of w, as polynomials in the free parameters."""
        model, residue = self.phi.model, constant_modulo(prime)
        images, origin = self.phi.restrict(self.values), (0,) * len(free)
        equations: list[dict[tuple[int, ...], int]] = []
        for x in inputs:
            sums: list[dict[tuple[int, ...], int]] = [{} for _ in range(model.output_count)]
            for (j, exponents), image in zip(model.coordinates(), images):
                factor = 1
                for value, k in zip(x, exponents):
                    factor = factor * pow(value, k, prime) % prime
                for e, c in image.items():
                    sums[j][e] = (sums[j].get(e, 0) + factor * residue(c)) % prime
            for total, value in zip(sums, values_modulo(self.checked, w, x, prime)):
                total[origin] = (total.get(origin, 0) - value) % prime
                equations.append({e: c for e, c in total.items() if c})
        return equations[:self.dimension]

