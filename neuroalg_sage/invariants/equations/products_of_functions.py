"""
Models whose functions are products: with the coefficients of the factors for parameters.

The outputs are factored as polynomials in parameters and inputs.  If they are f_o = g^e ... h_o,
and the coefficients of g, ... and of all h_o are algebraically independent functions of w, then M
is the closed image of all such products.  So one token's attention is a quadratic form times
linear forms.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import comb, prod
from typing import Any

from flint import Ordering, fmpq_mpoly, fmpq_mpoly_ctx, nmod_mat

from neuroalg_sage.certificates.certificate import encode_polynomial
from neuroalg_sage.certificates.equations.lengths import forms
from neuroalg_sage.certificates.reading import residue
from neuroalg_sage.invariants.equations.products_of_spaces import weights_of
from neuroalg_sage.models.expressions import Polynomial, derivative, evaluate
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import by_last, to_flint

MOST_TERMS, MOST_COEFFICIENTS = 20_000, 60
MOST_FORMS = 2_000  # in all degrees that are tried
PRIME = 2**31 - 1

Factor = tuple[fmpq_mpoly, int]  # in parameters and inputs, and how often it divides the outputs


@dataclass(frozen=True)
class Factored:
    """
    The coefficients of factors, and the functions of these.

    - ``images`` -- how the coefficients depend on the parameters, at which, modulo ``PRIME``, they
      are independent
    - ``blocks`` -- those of each factor, the last for what the factors leave, if anything
    - ``made``, ``powers`` -- each factor, as which coefficient belongs to which monomial of the
      inputs, and how often it divides the outputs
    - ``tails`` -- the products of the factors from each one on with what they leave, by outputs
    - ``psi`` -- the map of the coefficients to V
    """

    model: Model
    images: list[Polynomial]
    parameters: list[int]
    blocks: list[list[int]]
    made: list[dict[tuple[int, ...], int]]
    powers: list[int]
    tails: list[list[fmpq_mpoly]]
    psi: list[Polynomial]

    def evidence(self) -> dict[str, Any]:
        """The map, and of what it is one."""
        return {"map": [encode_polynomial(f) for f in self.psi],
                "images": [encode_polynomial(f) for f in self.images],
                "parameters": self.parameters, "prime": PRIME}


def product_of_functions(phi: Parametrization, generator: random.Random) -> dict[str, Any] | None:
    """
    The map ψ from the coefficients of factors to V, how these depend on the parameters, and blocks
    and weights for ψ, as :mod:`~neuroalg_sage.certificates.equations.degree_of_products` reads
    them; None if the outputs have no factors with independent coefficients.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("attention:d=2,a=1,out=2,t=1"))
        >>> product_of_functions(phi, random.Random(1))["blocks"]
        [[0, 1, 2], [3, 4, 5, 6]]
        >>> phi = parametrization(parse_spec("mlp:2,2,2:x^2"))
        >>> product_of_functions(phi, random.Random(1)) is None
        True
    """
    found = coefficients_of_factors(phi, generator)
    if found is None:
        return None
    size = len(found.images)
    point = [generator.randrange(PRIME) for _ in range(size)]
    return found.evidence() | {
        "blocks": found.blocks, "weights": weights_of([f for f in found.psi if f], size),
        "point": point} | _fibers(found, point, generator)


def coefficients_of_factors(phi: Parametrization, generator: random.Random) -> Factored | None:
    """
    The factors of the outputs, whose coefficients are independent; None if there are none.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> phi = parametrization(parse_spec("attention:d=3,a=1,out=1,t=1"))
        >>> coefficients_of_factors(phi, random.Random(1)).blocks
        [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    """
    count = phi.parameter_count
    if sum(map(len, phi.polynomials)) > MOST_TERMS or not any(phi.polynomials):
        return None
    outputs = _outputs(phi)
    # Those at one point are found at once.
    ring = _ring(phi.model.input_count)
    at = [ring.constant(generator.randrange(1, 99)) for _ in range(count)]
    if not _factors([f.compose(*at, *ring.gens(), ctx=ring) for f in outputs], 0):
        return None
    factors = _factors(outputs, count)
    merged = [(prod((g for g, k in factors if k == e), start=outputs[0].context().constant(1)), e)
              for e in sorted({e for _, e in factors}, reverse=True)]
    for chosen in (merged, factors) if factors else ():
        found = _in_coefficients(phi, outputs, chosen, generator)
        if found is not None:
            return found
    return None


def _ring(variables: int) -> fmpq_mpoly_ctx:
    return fmpq_mpoly_ctx.get([f"y{i}" for i in range(variables)], Ordering.lex)


def _outputs(phi: Parametrization) -> list[fmpq_mpoly]:
    """The outputs that are not zero, as polynomials in parameters and inputs."""
    terms: list[dict[tuple[int, ...], Any]] = [{} for _ in range(phi.model.output_count)]
    for (output, powers), f in zip(phi.model.coordinates(), phi.polynomials):
        terms[output] |= {(*e, *powers): to_flint(c) for e, c in f.items()}
    ring = _ring(phi.parameter_count + phi.model.input_count)
    return [ring.from_dict(f) for f in terms]


def _factors(outputs: Sequence[fmpq_mpoly], parameters: int) -> list[Factor]:
    """The common factors that depend on the inputs; none if that is the one output itself."""
    common = outputs[0]
    for f in outputs[1:]:
        common = common.gcd(f)
    found = [(g, e) for g, e in common.factor()[1] if any(any(k[parameters:]) for k in g.monoms())]
    return found if len(outputs) > 1 or len(found) > 1 or (found and found[0][1] > 1) else []


def _in_coefficients(phi: Parametrization, outputs: Sequence[fmpq_mpoly], factors: list[Factor],
                     generator: random.Random) -> Factored | None:
    """The coefficients of some factors and of what these leave of the outputs."""
    count = phi.parameter_count
    rests = [f / prod(g**e for g, e in factors) for f in outputs]
    images: list[Polynomial] = []
    blocks: list[list[int]] = []

    def in_variables(functions: Sequence[fmpq_mpoly]) -> list[dict[tuple[int, ...], int]]:
        """New variables for the coefficients in the inputs, which are a block."""
        start, found = len(images), []
        for f in functions:
            terms = by_last(f, count)
            found.append({e: len(images) + k for k, e in enumerate(terms)})
            images.extend(terms.values())
        blocks.append(list(range(start, len(images))))
        return found

    made = [in_variables([g])[0] for g, _ in factors]
    is_constant = all(f.is_constant() for f in rests)
    left = [] if is_constant else in_variables(rests)
    at = [generator.randrange(PRIME) for _ in range(count)]
    if len(images) > MOST_COEFFICIENTS or not _are_independent(images, count, at):
        return None
    size, inputs = len(images), phi.model.input_count
    last = ([_function(enumerated, size, inputs) for enumerated in left] if left else
            [_ring(size + inputs).constant(f.leading_coefficient() if f else 0) for f in rests])
    powers = [_function(terms, size, inputs)**e for terms, (_, e) in zip(made, factors)]
    tails = [[prod(powers[i:], start=f) for f in last] for i in range(len(powers))]
    return Factored(phi.model, images, at, blocks, made, [e for _, e in factors], tails,
                    _table(tails[0], size, list(phi.model.coordinates())))


def _fibers(found: Factored, point: Sequence[int], generator: random.Random) -> dict[str, Any]:
    """In which degrees the fiber of ψ at a point is seen, factor by factor."""
    blocks, tails, wanted = found.blocks, found.tails, list(found.model.coordinates())
    size, inputs = len(found.images), found.model.input_count
    if len(blocks) == 1:
        return {"degree": _degrees(found.psi, [size], point, generator)}
    stages = []
    for i, block in enumerate(blocks[:-2]):
        # Whatever comes after one factor, with coefficients of its own.
        inner = sorted({(output, e) for output, f in enumerate(tails[i + 1])
                        for e in by_last(f, size)})
        places = {key: len(block) + k for k, key in enumerate(inner)}
        more = len(block) + len(inner)
        power = _function({e: v - block[0] for e, v in found.made[i].items()}, more, inputs
                          )**found.powers[i]
        own = _table([power * _function({e: v for (o, e), v in places.items() if o == output},
                                        more, inputs) for output in range(len(tails[0]))],
                     more, wanted)
        values = [evaluate(f, point, PRIME) for f in _table(tails[i + 1], size, inner)]
        stages.append((own, len(block), [*(point[v] for v in block), *values]))
        wanted = inner
    inside = [*blocks[-2], *blocks[-1]]
    own = [{tuple(e[v] for v in inside): c for e, c in f.items()}
           for f in _table(tails[len(blocks) - 2], size, wanted)]
    stages.append((own, len(blocks[-2]), [point[v] for v in inside]))
    return {"stages": [
        {"map": [encode_polynomial(f) for f in own],
         "degree": _degrees(own, [first, len(values) - first], values, generator)}
        for own, first, values in stages]}


def _function(terms: dict[tuple[int, ...], int], variables: int, inputs: int) -> fmpq_mpoly:
    """The polynomial in variables and inputs whose coefficients of monomials are variables."""
    return _ring(variables + inputs).from_dict(
        {(*(int(k == v) for k in range(variables)), *e): 1 for e, v in terms.items()})


def _table(functions: Sequence[fmpq_mpoly], variables: int,
           wanted: Sequence[tuple[int, tuple[int, ...]]]) -> list[Polynomial]:
    """Their coefficients, of an output and a monomial in the inputs each."""
    tables = [by_last(f, variables) for f in functions]
    return [tables[output].get(e, {}) for output, e in wanted]


def _degrees(psi: Sequence[Polynomial], sizes: Sequence[int], point: Sequence[int],
             generator: random.Random) -> list[int]:
    """
    The degrees in blocks of these sizes, with fewest forms, in which the equations of a fiber leave
    one form; others if there are none with few forms.
    """
    values = [evaluate(f, point, PRIME) for f in psi]
    j = next(i for i, a in enumerate(values) if a)
    terms = [{e: residue(c, PRIME) for e, c in f.items()} for f in psi]
    ends = [sum(sizes[:k]) for k in range(len(sizes) + 1)]
    e = next(iter(psi[j]))
    own = [sum(e[a:b]) for a, b in zip(ends, ends[1:])]

    def left(degrees: Sequence[int]) -> int:
        place = {m: k for k, m in enumerate(forms(tuple(sizes), tuple(degrees)))}
        multipliers = forms(tuple(sizes), tuple(a - b for a, b in zip(degrees, own)))
        entries: list[int] = []
        for _ in range(min(len(psi) - 1, len(place) // len(multipliers) + 3)):
            equation: dict[tuple[int, ...], int] = {}
            scale = 0
            for f, a in zip(terms, values):
                factor = generator.randrange(PRIME)
                scale += factor * a
                for m, c in f.items():
                    equation[m] = equation.get(m, 0) + factor * c * values[j]
            for m, c in terms[j].items():
                equation[m] = equation.get(m, 0) - scale * c
            for multiplier in multipliers:
                row = [0] * len(place)
                for m, c in equation.items():
                    row[place[tuple(map(sum, zip(m, multiplier)))]] = c % PRIME
                entries += row
        return len(place) - int(nmod_mat(len(entries) // len(place), len(place), entries,
                                         PRIME).rank())

    def count(degrees: Sequence[int]) -> int:
        return prod(comb(size - 1 + d, d) for size, d in zip(sizes, degrees))

    ahead, seen, tried = [(count(own), own)], {tuple(own)}, 0
    while True:
        size, degrees = heappop(ahead)
        tried += size
        if tried > MOST_FORMS or left(degrees) == 1:
            return degrees
        for k in range(len(sizes)):
            more = [*degrees[:k], degrees[k] + 1, *degrees[k + 1:]]
            if tuple(more) not in seen:
                seen.add(tuple(more))
                heappush(ahead, (count(more), more))


def _are_independent(images: Sequence[Polynomial], count: int, point: Sequence[int]) -> bool:
    """Whether polynomials are algebraically independent, by their Jacobian matrix at a point."""
    entries = [evaluate(derivative(f, v), point, PRIME) for f in images for v in range(count)]
    return bool(nmod_mat(len(images), count, entries, PRIME).rank() == len(images))
