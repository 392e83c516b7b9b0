"""
The checker: verifies certificates with python-flint and the standard library.

This is the trusted base.  It shares no code with the rest of the project: it
rebuilds the model from its description, expands or evaluates it by its own
means, and accepts a claim only if the evidence implies it.

A model is here a list of layers, and a layer a list of polynomials, one for
each output, as terms in the layer's parameters and inputs.  All that follows is
generic in these terms.

Notation.  ``N`` parameters, ``n`` coordinates of the ambient space ``V``, the
parametrization ``φ``, its closed image ``M`` with prime ideal ``I(M)``.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import comb, factorial, lcm, prod
from typing import Any

from flint import (
    Ordering,
    fmpq,
    fmpq_mpoly_ctx,
    fmpz,
    fmpz_mpoly_ctx,
    fmpz_mpoly_vec,
    nmod_mat,
)

from neuroalg_sage.certificates.certificate import SCHEMA, digest

Monomial = tuple[tuple[int, int], ...]  # (variable, exponent), variables ascending
Terms = dict[Monomial, Fraction]
Exponents = tuple[int, ...]
Polynomial = dict[Exponents, Fraction]

MAXIMAL_BYTES = 200_000_000
MAXIMAL_TERMS = 3_000_000
PRIMES_FROM_2_30_TO_2_31 = 50_697_537
STATUSES = ("proved", "monte_carlo", "bounds")


class CertificateError(ValueError):
    """The certificate does not prove its claim; the message says why."""


class MalformedCertificate(CertificateError):
    """The data is not a certificate that this version reads."""


@dataclass(frozen=True)
class Verdict:
    """What the checker has verified."""

    invariant: str
    value: Any
    status: str
    trust: tuple[str, ...]
    model: str
    verified: tuple[str, ...]

    def __str__(self) -> str:
        believing = "trusting nothing else" if not self.trust else "trusting " + ", ".join(
            self.trust)
        value = json.dumps(self.value)
        shown = value if len(value) <= 60 else value[:57] + "..."
        model = self.model if len(self.model) <= 200 else self.model[:197] + "..."
        return (f"valid: {self.invariant} of {model} is {shown}; {self.status}, "
                f"{believing}. Verified: {'; '.join(self.verified)}.")


def require(condition: object, message: str) -> None:
    """Raise :class:`CertificateError` unless the condition holds."""
    if not condition:
        raise CertificateError(message)


# --------------------------------------------------------------------------------------
# Reading
# --------------------------------------------------------------------------------------


def _object(data: Any, *fields: str) -> list[Any]:
    if not isinstance(data, dict):
        raise MalformedCertificate("A part of the certificate is not an object.")
    for name in fields:
        if name not in data:
            raise MalformedCertificate(f"The certificate lacks {name!r}.")
    return [data[name] for name in fields]


def _integer(value: Any, low: int, high: int, role: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise MalformedCertificate(f"The {role} is not a whole number from {low} to {high}.")
    return value


def _list(value: Any, role: str) -> list[Any]:
    if not isinstance(value, list):
        raise MalformedCertificate(f"The {role} is not a list.")
    return value


def _fraction(value: Any) -> Fraction:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d+(/[1-9]\d*)?", value, re.ASCII):
        raise MalformedCertificate("A coefficient is not a rational number as text.")
    return Fraction(value)


def _polynomial(data: Any, variables: int) -> Polynomial:
    polynomial: Polynomial = {}
    for term in _list(data, "polynomial"):
        if not isinstance(term, list) or len(term) != 2:
            raise MalformedCertificate("A term is not a pair of coefficient and exponents.")
        powers = _list(term[1], "list of exponents")
        exponents = [0] * variables
        for i, e in zip(powers[::2], powers[1::2], strict=len(powers) % 2 == 0):
            place = _integer(i, 0, variables - 1, "variable of a term")
            require(not exponents[place], "A term names a variable twice.")
            exponents[place] = _integer(e, 1, 2**20, "exponent")
        key, c = tuple(exponents), _fraction(term[0])
        require(c and key not in polynomial and len(powers) % 2 == 0, "A polynomial is not in "
                "normal form.")
        polynomial[key] = c
    return polynomial


def _polynomials(data: Any, variables: int) -> list[Polynomial]:
    return [_polynomial(p, variables) for p in _list(data, "list of polynomials")]


# --------------------------------------------------------------------------------------
# The model, rebuilt from its description
# --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LayerMap:
    """A polynomial map; variables are the ``parameters``, then the ``inputs``."""

    parameters: int
    inputs: int
    outputs: tuple[Terms, ...]


def _monomial(*variables: int) -> Monomial:
    return tuple((v, len(list(group))) for v, group in itertools.groupby(sorted(variables)))


def _affordable(terms: int) -> None:
    if terms > MAXIMAL_TERMS:
        raise MalformedCertificate(f"A layer has over {MAXIMAL_TERMS} terms, the most allowed.")


def _sum(monomials: Iterator[Monomial]) -> Terms:
    total: Terms = {}
    for monomial in monomials:
        total[monomial] = total.get(monomial, Fraction(0)) + 1
    return total


def _dense(data: dict, shape: tuple[int, ...]) -> tuple[LayerMap, tuple[int, ...]]:
    a, b = (_integer(v, 1, 10**6, "width") for v in _object(data, "inputs", "outputs"))
    bias = data.get("bias", False)
    if shape != (a,) or not isinstance(bias, bool):
        raise MalformedCertificate("A dense layer does not fit its input.")
    _affordable(a * b)
    count = a * b + (b if bias else 0)
    rows = tuple(_sum(itertools.chain(
        (_monomial(i * a + j, count + j) for j in range(a)),
        [_monomial(a * b + i)] if bias else [])) for i in range(b))
    return LayerMap(count, a, rows), (b,)


def _activation(data: dict, shape: tuple[int, ...]) -> tuple[LayerMap, tuple[int, ...]]:
    coefficients = [_fraction(c) for c in _list(_object(data, "coefficients")[0], "activation")]
    require(len(coefficients) > 1 and coefficients[-1], "An activation is not in normal form.")
    rows: list[Terms] = [{(((i, k),) if k else ()): c for k, c in enumerate(coefficients) if c}
                         for i in range(prod(shape))]
    return LayerMap(0, prod(shape), tuple(rows)), shape


def _convolution(data: dict, shape: tuple[int, ...]) -> tuple[LayerMap, tuple[int, ...]]:
    size, stride = (_integer(v, 1, 10**6, "filter") for v in _object(data, "size", "stride"))
    if len(shape) != 1 or shape[0] < size:
        raise MalformedCertificate("A filter does not fit its input.")
    length = (shape[0] - size) // stride + 1
    _affordable(length * size)
    rows = tuple(_sum(_monomial(k, size + stride * i + k) for k in range(size))
                 for i in range(length))
    return LayerMap(size, shape[0], rows), (length,)


def _attention(data: dict, shape: tuple[int, ...]) -> tuple[LayerMap, tuple[int, ...]]:
    d, a, b = (_integer(v, 1, 10**4, "width") for v in _object(data, "inputs", "head", "outputs"))
    if len(shape) != 2 or shape[0] != d:
        raise MalformedCertificate("An attention layer does not fit its input.")
    tokens, count = shape[1], (2 * a + b) * d
    _affordable(d**3 * a * b * tokens**2)

    def entry(i: int, token: int) -> int:
        return count + i * tokens + token

    # Row r, token t of V X X^T K^T Q X; the parameters are Q, K, V in this order.
    rows = tuple(_sum(
        _monomial(2 * a * d + r * d + i, entry(i, s), entry(j, s), a * d + h * d + j, h * d + k,
                  entry(k, t))
        for i in range(d) for s in range(tokens) for j in range(d) for h in range(a)
        for k in range(d)) for r in range(b) for t in range(tokens))
    return LayerMap(count, d * tokens, rows), (b, tokens)


def _given(data: dict, shape: tuple[int, ...]) -> tuple[LayerMap, tuple[int, ...]]:
    parameters, inputs, outputs = (_list(v, "layer") for v in
                                   _object(data, "parameters", "inputs", "outputs"))
    if shape != (len(inputs),):
        raise MalformedCertificate("A polynomial layer does not fit its input.")
    count = len(parameters) + len(inputs)
    rows = []
    for output in outputs:
        terms: Terms = {}
        for term in _list(output, "output"):
            if not isinstance(term, list) or len(term) != 2 or not isinstance(term[0], list) or (
                    len(term[0]) != count):
                raise MalformedCertificate("A term of a polynomial layer is malformed.")
            monomial = tuple((i, e) for i, e in enumerate(
                _integer(e, 0, 10**5, "exponent") for e in term[0]) if e)
            require(monomial not in terms, "A polynomial layer is not in normal form.")
            terms[monomial] = _fraction(term[1])
        rows.append(terms)
    return LayerMap(len(parameters), len(inputs), tuple(rows)), (len(outputs),)


_LAYERS: dict[str, Callable[[dict, tuple[int, ...]], tuple[LayerMap, tuple[int, ...]]]] = {
    "dense": _dense, "activation": _activation, "convolution": _convolution,
    "attention": _attention, "polynomial": _given,
}


class Model:
    """A composition of layer maps, with what the claims are about."""

    def __init__(self, description: Any) -> None:
        shape_data, layers = _object(description, "input_shape", "layers")
        shape = tuple(_integer(s, 1, 10**6, "input shape") for s in _list(shape_data, "shape"))
        if not shape or not _list(layers, "list of layers"):
            raise MalformedCertificate("The model has no inputs or no layers.")
        # What the certificate calls the model is not verified: the layers name it.
        self.name = "x".join(map(str, shape))
        self.layers: list[LayerMap] = []
        self.inputs = prod(shape)
        for layer in layers:
            kind = _object(layer, "kind")[0]
            if kind not in _LAYERS:
                raise MalformedCertificate("The model has a layer of unknown kind.")
            extra = set(layer) - {"kind", "inputs", "outputs", "bias", "coefficients", "size",
                                  "stride", "head", "parameters"}
            require(not extra, "The model has a layer with an unknown field.")
            built, shape = _LAYERS[kind](layer, shape)
            self.layers.append(built)
            detail = "".join(f" {c}" for c in layer.get("coefficients", []))
            self.name += f" -{kind}{detail}-> {'x'.join(map(str, shape))}"
        if isinstance(description.get("spec"), str):
            self.name += f" (called {json.dumps(description['spec'])[:100]})"
        self.outputs = prod(shape)
        self.offsets = [0, *itertools.accumulate(layer.parameters for layer in self.layers)]
        self.parameters = self.offsets[-1]

    def fold(self, parameters: Sequence[Any], inputs: Sequence[Any],
             constant: Callable[[Fraction], Any], add: Callable[[Any, Any], Any],
             multiply: Callable[[Any, Any], Any]) -> list[Any]:
        """Evaluate the model over any commutative semiring."""
        state = list(inputs)
        for layer, offset in zip(self.layers, self.offsets, strict=False):
            values = [*parameters[offset : offset + layer.parameters], *state]

            @cache
            def power(v: int, e: int, values: list[Any] = values) -> Any:
                return values[v] if e == 1 else multiply(power(v, e - 1), values[v])

            state = []
            for terms in layer.outputs:
                total = constant(Fraction(0))
                for monomial, c in terms.items():
                    product = constant(c)
                    for v, e in monomial:
                        product = multiply(product, power(v, e))
                    total = add(total, product)
                state.append(total)
        return state

    def bound(self, parameter: int, variable: int, constant: Callable[[Fraction], int]) -> int:
        """Evaluate with maxima as sums and sums as products: a bound on a degree."""
        low = -(10**9)
        values = self.fold([parameter] * self.parameters, [variable] * self.inputs,
                           lambda c: constant(c) if c else low, max,
                           lambda a, b: max(a + b, low))
        return max(0, *values)

    def degree_pattern(self) -> list[list[int]]:
        """For each output the total degrees in the inputs that occur, descending."""

        def sumset(a: int, b: int) -> int:
            total = 0
            while a:
                total |= b * (a & -a)
                a &= a - 1
            return total

        sets = self.fold([1] * self.parameters, [2] * self.inputs, lambda c: int(bool(c)),
                         lambda a, b: a | b, sumset)
        return [[d for d in range(s.bit_length() - 1, -1, -1) if s >> d & 1] for s in sets]

    def ambient_dimension(self) -> int:
        """The dimension n of V."""
        return sum(comb(self.inputs + d - 1, d)
                   for degrees in self.degree_pattern() for d in degrees)

    def parametrization(self) -> list[Polynomial]:
        """The coordinates of φ as polynomials in the parameters, expanded."""
        names = [f"w{i}" for i in range(self.parameters)] + [f"x{i}" for i in range(self.inputs)]
        ring = fmpq_mpoly_ctx.get(names, Ordering.lex)
        gens = ring.gens()
        values = self.fold(gens[: self.parameters], gens[self.parameters :],
                           lambda c: ring.constant(fmpq(c.numerator, c.denominator)),
                           lambda a, b: a + b, lambda a, b: a * b)
        coordinates: list[Polynomial] = []
        for value, degrees in zip(values, self.degree_pattern(), strict=True):
            table: dict[Exponents, Polynomial] = {}
            for exponents, c in value.to_dict().items():
                powers = tuple(map(int, exponents))
                table.setdefault(powers[self.parameters :], {})[
                    powers[: self.parameters]] = Fraction(int(c.p), int(c.q))
            for degree in degrees:
                coordinates.extend(table.pop(e, {}) for e in monomials(self.inputs, degree))
            require(not table, "The model has a term outside its ambient space.")
        return coordinates

    def gradients(self, point: Sequence[int], x: Sequence[int], p: int) -> list[list[int]]:
        """The gradients of all outputs at input ``x``, in the parameters at ``point``, mod p."""
        states = [list(x)]
        slopes: list[list[list[tuple[int, int]]]] = []
        for layer, offset in zip(self.layers, self.offsets, strict=False):
            values = [*point[offset : offset + layer.parameters], *states[-1]]
            state, layer_slopes = [], []
            for terms in layer.outputs:
                total = 0
                slope: dict[int, int] = {}
                for monomial, c in terms.items():
                    scale = _residue(c, p)
                    powers = [pow(values[v], e, p) for v, e in monomial]
                    for i, (v, e) in enumerate(monomial):
                        d = scale * e * pow(values[v], e - 1, p)
                        for other in powers[:i] + powers[i + 1 :]:
                            d = d * other % p
                        slope[v] = (slope.get(v, 0) + d) % p
                    for other in powers:
                        scale = scale * other % p
                    total += scale
                state.append(total % p)
                layer_slopes.append(list(slope.items()))
            states.append(state)
            slopes.append(layer_slopes)
        rows = []
        for j in range(self.outputs):
            adjoint = [0] * self.outputs
            adjoint[j] = 1
            row = [0] * self.parameters
            for layer, offset, layer_slopes in zip(reversed(self.layers),
                                                   reversed(self.offsets[:-1]),
                                                   reversed(slopes), strict=True):
                below = [0] * layer.inputs
                for a, slope_items in zip(adjoint, layer_slopes, strict=True):
                    if a:
                        for v, d in slope_items:
                            if v < layer.parameters:
                                row[offset + v] += a * d
                            else:
                                below[v - layer.parameters] += a * d
                adjoint = [b % p for b in below]
            rows.append([r % p for r in row])
        return rows


def _residue(c: Fraction, p: int) -> int:
    require(c.denominator % p, "The prime divides a denominator of the model.")
    return c.numerator * pow(c.denominator, -1, p) % p


def monomials(variables: int, degree: int) -> Iterator[Exponents]:
    """All exponents of this degree, in descending lexicographic order."""
    if variables == 1:
        yield (degree,)
        return
    for first in range(degree, -1, -1):
        for rest in monomials(variables - 1, degree - first):
            yield (first, *rest)


# --------------------------------------------------------------------------------------
# Dimension
# --------------------------------------------------------------------------------------


def _rank(rows: list[list[int]], columns: int, p: int) -> int:
    return nmod_mat(len(rows), columns, [c % p for row in rows for c in row], p).rank() if (
        rows and columns) else 0


def _prime(value: Any) -> int:
    p = _integer(value, 2, 2**31, "prime")
    require(fmpz(p).is_prime(), f"{p} is not a prime.")
    return p


def _point(data: Any, model: Model) -> list[int]:
    point = [_integer(c, -(10**18), 10**18, "coordinate of a point")
             for c in _list(data, "point")]
    require(len(point) == model.parameters, "A point has the wrong number of coordinates.")
    return point


def sample_rank(model: Model, trial: Any) -> tuple[int, int]:
    """
    Ranks of the Jacobian of w ↦ (f_w(x_1), ..., f_w(x_m)) at a point modulo a
    prime, with all inputs and with all but the last.

    Evaluation is linear and defined over the integers at this prime, and a minor
    that is nonzero modulo p at an integer point is nonzero.  So the first rank is
    a lower bound for the generic rank of Dφ over Q, which is dim M.
    """
    prime_data, point_data, inputs = _object(trial, "prime", "point", "inputs")
    p, point = _prime(prime_data), _point(point_data, model)
    rows: list[list[int]] = []
    before = 0
    for i, x in enumerate(_list(inputs, "inputs")):
        x = [_integer(c, -(10**18), 10**18, "input") for c in _list(x, "input")]
        require(len(x) == model.inputs, "An input has the wrong number of entries.")
        if i == len(inputs) - 1:
            before = _rank(rows, model.parameters, p)
        rows += model.gradients([c % p for c in point], [c % p for c in x], p)
    return _rank(rows, model.parameters, p), before


def _compatible(layer: LayerMap, field: dict[tuple[int, int], Fraction],
                before: dict[tuple[int, int], Fraction],
                after: dict[tuple[int, int], Fraction]) -> bool:
    """
    Whether D_w L (ξ w) + D_x L (A x) = B L identically, for a layer L(w, x).

    ``field`` is ξ, ``before`` is A and ``after`` is B.
    """
    flow: dict[int, list[tuple[int, Fraction]]] = {}
    for (i, j), c in field.items():
        flow.setdefault(i, []).append((j, c))
    for (i, j), c in before.items():
        flow.setdefault(layer.parameters + i, []).append((layer.parameters + j, c))
    action: dict[int, list[tuple[int, Fraction]]] = {}
    for (i, j), c in after.items():
        action.setdefault(i, []).append((j, c))
    for i, terms in enumerate(layer.outputs):
        difference: Terms = {}
        for monomial, c in terms.items():
            for v, e in monomial:
                for target, factor in flow.get(v, ()):
                    powers = dict(monomial)
                    powers[v] -= 1
                    powers[target] = powers.get(target, 0) + 1
                    key = tuple(sorted((u, k) for u, k in powers.items() if k))
                    difference[key] = difference.get(key, Fraction(0)) + c * e * factor
        for j, factor in action.get(i, ()):
            for monomial, c in layer.outputs[j].items():
                difference[monomial] = difference.get(monomial, Fraction(0)) - c * factor
        if any(difference.values()):
            return False
    return True


def symmetry_rank(model: Model, evidence: Any, trial: Any) -> tuple[int, int]:
    """
    Verify linear vector fields in the kernel of Dφ; return how many are
    independent at the trial's point, and how many there are.

    A field acts on the parameters of each layer and, by a matrix, on each state
    of the model.  If every layer is compatible with its part of the field and
    the matrices before and after it, then by induction the derivative of each
    state along the field is that matrix times the state.  At the outputs the
    matrix is zero, so Dφ . ξ = 0.
    """
    widths = [model.inputs, *(len(layer.outputs) for layer in model.layers)]

    def entries(data: Any, sizes: Sequence[int], role: str) -> list[dict]:
        parts: list[dict[tuple[int, int], Fraction]] = [{} for _ in sizes]
        for item in _list(data, role):
            if not isinstance(item, list) or len(item) != 4:
                raise MalformedCertificate(f"An entry of {role} is malformed.")
            place = _integer(item[0], 0, len(sizes) - 1, role)
            row, column = (_integer(k, 0, sizes[place] - 1, role) for k in item[1:3])
            key = row, column
            require(key not in parts[place], f"An entry of {role} is stated twice.")
            parts[place][key] = _fraction(item[3])
        return parts

    prime_data, point_data = _object(trial, "prime", "point")
    p, point = _prime(prime_data), _point(point_data, model)
    rows = []
    fields = _list(_object(evidence, "fields")[0], "fields")
    for field in fields:
        parameter_data, state_data = _object(field, "parameters", "states")
        parts = entries(parameter_data, [x.parameters for x in model.layers], "a vector field")
        states = entries(state_data, widths, "a state's matrix")
        require(not states[0] and not states[-1], "A symmetry moves the inputs or the outputs.")
        row = [0] * model.parameters
        for i, layer in enumerate(model.layers):
            if (parts[i] or states[i] or states[i + 1]) and not _compatible(
                    layer, parts[i], states[i], states[i + 1]):
                raise CertificateError("A vector field is not a symmetry of the model.")
            for (a, b), c in parts[i].items():
                row[model.offsets[i] + a] += _residue(c, p) * point[model.offsets[i] + b]
        rows.append(row)
    return _rank(rows, model.parameters, p), len(fields)


def vanishing(model: Model, equations: list[Polynomial]) -> list[Polynomial]:
    """Verify that the equations vanish on M, by substitution; return φ."""
    phi = model.parametrization()
    require(not any(pull_back(equations, phi, model.parameters)),
            "An equation does not vanish on the neurovariety.")
    return phi


def pull_back(polynomials: list[Polynomial], images: Sequence[Polynomial], variables: int
              ) -> list[Any]:
    """Substitute polynomials in ``variables`` variables for the coordinates."""
    ring = fmpq_mpoly_ctx.get([f"w{i}" for i in range(variables)] or ["w"], Ordering.lex)
    values = [_over_q(image if variables else {(*e, 0): c for e, c in image.items()}, ring)
              for image in images]
    source = fmpq_mpoly_ctx.get([f"z{i}" for i in range(len(values))], Ordering.lex)
    return [_over_q(p, source).compose(*values, ctx=ring) for p in polynomials]


def _over_q(polynomial: Polynomial, ring: Any) -> Any:
    return ring.from_dict({e: fmpq(c.numerator, c.denominator) for e, c in polynomial.items()})


def equation_rank(model: Model, evidence: Any, trial: Any) -> int:
    """
    Verify equations of M; return the rank of their Jacobian at φ(w0) modulo a prime.

    M is irreducible and contains φ(w0), and the tangent space of the equations
    there has dimension n - rank, so dim M ≤ n - rank.
    """
    equations = _polynomials(_object(evidence, "equations")[0], model.ambient_dimension())
    phi = vanishing(model, equations)
    prime_data, point_data = _object(trial, "prime", "point")
    p, point = _prime(prime_data), _point(point_data, model)
    image = [evaluate(coordinate, point, p) for coordinate in phi]
    rows = [[evaluate(derivative(g, j), image, p) for j in range(len(phi))] for g in equations]
    return _rank(rows, len(phi), p)


def evaluate(polynomial: Polynomial, point: Sequence[int], p: int) -> int:
    """The value of a polynomial at a point, modulo p."""
    return sum(_residue(c, p) * prod(pow(point[i], e, p) for i, e in enumerate(exponents) if e)
               for exponents, c in polynomial.items()) % p


def derivative(polynomial: Polynomial, i: int) -> Polynomial:
    """The partial derivative by variable ``i``."""
    return {(*e[:i], e[i] - 1, *e[i + 1 :]): c * e[i] for e, c in polynomial.items() if e[i]}


def upper_bound(model: Model, evidence: Any, trial: Any) -> tuple[int, str]:
    """The upper bound for dim M that the evidence proves, and by what."""
    kind = _object(evidence, "kind")[0]
    if kind == "ambient":
        return model.ambient_dimension(), "the ambient dimension bounds it from above"
    if kind == "symmetries":
        rank, _ = symmetry_rank(model, evidence, trial)
        return model.parameters - rank, (f"independent symmetries ({rank}) bound it from above")
    if kind == "equations":
        rank = equation_rank(model, evidence, trial)
        return model.ambient_dimension() - rank, (f"independent differentials ({rank}) of "
                                                  "equations bound it from above")
    raise MalformedCertificate("The upper bound's kind is not known.")


def error_bound(model: Model, rank: int, trials: int) -> Fraction:
    """
    The probability that all of several independent random trials miss a rank over ``rank``.

    If the generic rank of Dφ is larger, some minor of size k = rank + 1 is a
    nonzero polynomial in w with coefficients in Z[1/q].  A trial misses it only
    if its random prime from 2^30 to 2^31 divides the minor's first coefficient
    (times a power of q), or the minor vanishes at the random point modulo p
    (Schwartz, Zippel), or the last random input lies on a nonzero element of
    the image of Dφ on which all inputs before it vanish.
    """
    k = rank + 1
    degree = model.bound(1, 0, lambda c: 0)
    q = lcm(1, *(c.denominator for layer in model.layers for t in layer.outputs
                 for c in t.values()))
    power = model.bound(0, 0, lambda c: int(c.denominator > 1))
    height = max(model.fold([Fraction(1)] * model.parameters, [Fraction(1)] * model.inputs,
                            abs, lambda a, b: a + b, lambda a, b: a * b))
    size = factorial(k) * (degree * height * q**power) ** k
    primes = Fraction(int(size).bit_length(), 30)
    chance = (primes / PRIMES_FROM_2_30_TO_2_31 + Fraction(k * max(degree - 1, 0), 2**30)
              + Fraction(model.bound(0, 1, lambda c: 0), 2**30))
    return min(Fraction(1), chance) ** trials


def check_dimension(model: Model, evidence: Any, status: str, claimed: Any,
                    stated_error: Any = None) -> list[str]:
    """Verify a dimension of M, with the status stated."""
    trials = _list(_object(evidence, "trials")[0], "trials")
    require(trials, "There is no trial.")
    ranks = [sample_rank(model, trial) for trial in trials]
    lower = max(rank for rank, _ in ranks)
    if status == "monte_carlo":
        require(lower == claimed, "The rank is not the dimension claimed.")
        require(all(rank == before == lower for rank, before in ranks),
                "A trial does not support the dimension claimed.")
        require(all(2**30 < trial["prime"] < 2**31 for trial in trials) and
                len({trial["prime"] for trial in trials}) == len(trials),
                "The primes are not different primes between 2^30 and 2^31.")
        bound = error_bound(model, lower, len(trials))
        require(isinstance(stated_error, float) and bound <= stated_error <= 1,
                "The error bound stated is smaller than the trials give.")
        return [f"a rank modulo a prime bounds the dimension from below by {lower}",
                f"{len(trials)} trials agree, if they were random"]
    upper, why = upper_bound(model, _object(evidence, "upper")[0], trials[0])
    if status == "bounds":
        require(isinstance(claimed, list) and claimed == [lower, upper] and lower < upper,
                "The bounds claimed are not those proved.")
    else:
        require(lower == claimed == upper, "The dimension claimed is not proved: "
                f"it is between {lower} and {upper}.")
    return ["a rank modulo a prime bounds the dimension from below", why]


# --------------------------------------------------------------------------------------
# Gröbner bases and Hilbert series
# --------------------------------------------------------------------------------------


class GroebnerBasis:
    """
    A Gröbner basis, verified, for a weighted reverse lexicographic order.

    A variable of weight k is represented by its k-th power in the graded reverse
    lexicographic order.  Monomials in these powers are closed under products
    and exact quotients, so Buchberger's criterion for the one order is that
    for the other.
    """

    def __init__(self, polynomials: list[Polynomial], weights: Sequence[int]) -> None:
        self.weights = tuple(weights)
        self.ring = fmpz_mpoly_ctx.get([f"v{i}" for i in range(len(weights))],
                                       Ordering.degrevlex)
        self.elements = [self._primitive(p) for p in polynomials]
        require(all(self.elements), "A Gröbner basis contains zero.")
        self.vector = fmpz_mpoly_vec(self.elements, self.ring)
        self.leading = [tuple(e // w for e, w in zip(map(int, f.monomial(0)), self.weights,
                                                     strict=True)) for f in self.elements]
        self._verify()

    def _primitive(self, polynomial: Polynomial) -> Any:
        scale = lcm(1, *(c.denominator for c in polynomial.values()))
        return self.ring.from_dict({tuple(e * w for e, w in zip(exponents, self.weights,
                                                                strict=True)): int(c * scale)
                                    for exponents, c in polynomial.items()})

    def contains(self, polynomial: Polynomial) -> bool:
        """Whether a polynomial lies in the ideal: it reduces to zero."""
        return self._vanishes(self._primitive(polynomial))

    def _vanishes(self, f: Any) -> bool:
        return bool(f == 0) or (bool(self.elements) and
                                bool(f.reduction_primitive_part(self.vector) == 0))

    def _verify(self) -> None:
        """
        Buchberger's criterion, with his two criteria for superfluous pairs.

        Pairs are ordered by the degree of their least common multiple, then
        by index.  A pair is left out if its leading monomials are coprime, or
        if a third leading monomial divides the least common multiple and both
        pairs with the third come before: its syzygy is a combination of theirs.
        """
        count, variables = len(self.leading), range(len(self.weights))
        highest = [max((m[v] for m in self.leading), default=0) for v in variables]
        dividing = [[sum(1 << k for k, m in enumerate(self.leading) if m[v] <= e)
                     for e in range(highest[v] + 1)] for v in variables]

        def join(i: int, j: int) -> Exponents:
            return tuple(map(max, self.leading[i], self.leading[j]))

        def key(i: int, j: int) -> tuple[int, int, int]:
            degree = sum(e * w for e, w in zip(join(i, j), self.weights, strict=True))
            return (degree, min(i, j), max(i, j))

        for i in range(count):
            for j in range(i + 1, count):
                if not any(a and b for a, b in zip(self.leading[i], self.leading[j],
                                                   strict=True)):
                    continue
                multiple = join(i, j)
                candidates = ~(1 << i | 1 << j)
                for v in variables:
                    candidates &= dividing[v][multiple[v]]
                own = key(i, j)
                while candidates > 0:
                    k = (candidates & -candidates).bit_length() - 1
                    candidates &= candidates - 1
                    if key(i, k) < own and key(j, k) < own:
                        break
                else:
                    require(self._vanishes(self.elements[i].spoly(self.elements[j])),
                            "A Gröbner basis fails Buchberger's criterion.")


def hilbert_numerator(leading: Sequence[Exponents]) -> list[int]:
    """
    The numerator K(t) of the Hilbert series K(t) / (1 - t)^n of a monomial ideal.

    By the exact sequence 0 → S/(I : x)(-1) → S/I → S/(I + x) → 0.
    """
    minimal = [m for m in set(leading)
               if not any(o != m and all(map(int.__le__, o, m)) for o in set(leading))]
    if not minimal:
        return [1]
    if any(not any(m) for m in minimal):
        return [0]
    uses = [sum(1 for m in minimal if m[v]) for v in range(len(minimal[0]))]
    pivot = max(range(len(uses)), key=uses.__getitem__)
    if uses[pivot] == 1:  # pairwise coprime
        numerator = [1]
        for m in minimal:
            numerator = _subtract(numerator, [0] * sum(m) + numerator)
        return numerator
    colon = hilbert_numerator([(*m[:pivot], max(m[pivot] - 1, 0), *m[pivot + 1 :])
                               for m in minimal])
    rest = hilbert_numerator([m for m in minimal if not m[pivot]])
    # S/(I + x) has the series of the rest times (1 - t).
    return _subtract(_subtract(rest, [0, *rest]), [-c for c in [0, *colon]])


def _subtract(a: list[int], b: list[int]) -> list[int]:
    return [x - y for x, y in itertools.zip_longest(a, b, fillvalue=0)]


def hilbert_data(leading: Sequence[Exponents], variables: int) -> tuple[int, int, list[int]]:
    """Dimension, degree, and the numerator over (1 - t)^dimension, of a monomial ideal."""
    numerator, dimension = hilbert_numerator(leading), variables
    require(any(numerator), "The ideal is the whole ring.")
    while sum(numerator) == 0:
        numerator = list(itertools.accumulate(numerator))  # divide by 1 - t
        dimension -= 1
    return dimension, sum(numerator), numerator


def hilbert_polynomial(numerator: list[int], dimension: int) -> list[Fraction]:
    """The coefficients, ascending, of Σ_k c_k binomial(i - k + d - 1, d - 1)."""
    total = [Fraction(0)] * dimension
    for k, c in enumerate(numerator):
        term = [Fraction(c, factorial(max(dimension - 1, 0)))] if dimension else []
        for shift in range(1, dimension):
            term = [a * (shift - k) + b
                    for a, b in zip([*term, Fraction(0)], [Fraction(0), *term], strict=True)]
        total = [a + b for a, b in itertools.zip_longest(total, term, fillvalue=Fraction(0))]
    while total and not total[-1]:
        total.pop()
    return total


# --------------------------------------------------------------------------------------
# Ideals
# --------------------------------------------------------------------------------------


def check_ideal(model: Model, generators: list[Polynomial], evidence: Any
                ) -> tuple[list[str], list[str], list[Polynomial] | None]:
    """
    Verify that polynomials generate I(M).

    Returns what was verified, what must be trusted, and a Gröbner basis of
    I(M) in graded reverse lexicographic order where the argument gives one.
    """
    n = model.ambient_dimension()
    argument = _object(evidence, "argument")[0]
    if argument == "zero":
        require(not generators, "The zero ideal has generators.")
        verified = check_dimension(model, _object(evidence, "dimension")[0], "proved", n)
        return [*verified, "the image is dense, so the ideal is zero"], [], []
    phi = vanishing(model, generators)
    verified = [f"the generators ({len(generators)}) vanish on the neurovariety"]
    if argument == "linear":
        # Independent linear equations generate a prime ideal of dimension n - r.
        require(all(sum(e) == 1 for g in generators for e in g), "A generator is not linear.")
        verified += check_dimension(model, _object(evidence, "dimension")[0], "proved",
                                    n - len(generators))
        return [*verified, "linear equations of the right number are all"], [], None
    if argument == "hypersurface":
        # A prime ideal of height one in Q[z] is generated by any irreducible element of it.
        require(len(generators) == 1, "A hypersurface has one equation.")
        ring = fmpq_mpoly_ctx.get([f"z{i}" for i in range(n)], Ordering.degrevlex)
        _, factors = _over_q(generators[0], ring).factor()
        require(len(factors) == 1 and factors[0][1] == 1, "The equation is reducible over Q.")
        verified += check_dimension(model, _object(evidence, "dimension")[0], "proved", n - 1)
        return [*verified, "the equation is irreducible over Q"], [], generators
    if argument == "elimination":
        basis = check_elimination(model, phi, generators, evidence)
        return [*verified, "a Gröbner basis of the graph, verified by Buchberger's criterion, "
                "eliminates to these equations"], [], basis
    if argument == "engine":
        engine = _object(evidence, "engine")[0]
        require(engine in ("macaulay2", "singular"), "The engine trusted is not known.")
        return verified, [engine], None
    raise MalformedCertificate("The argument for the ideal is not known.")


def check_elimination(model: Model, phi: list[Polynomial], generators: list[Polynomial],
                      evidence: Any) -> list[Polynomial]:
    """
    Verify an elimination; return a Gröbner basis of I(M).

    Some parameters are set to numbers; let φ' be the restriction of φ, M' ⊆ M its
    closed image.  The graph ideal of φ', generated by all z_j - φ'_j(w), consists of
    the polynomials that vanish when z = φ'(w).  So (1) every element of the
    given basis G must vanish then, and (2) every z_j - φ'_j must reduce to
    zero modulo G, and (3) G must be a Gröbner basis.  If (4) every element of G
    whose leading monomial is free of w is free of w, then these elements are a Gröbner
    basis of I(M').  If (5) they lie in the ideal of the generators, then with the
    generators vanishing on M all of (generators) ⊆ I(M) ⊆ I(M') ⊆ (generators) are equal.
    """
    restriction, basis_data, cofactors = _object(evidence, "restriction", "basis", "cofactors")
    values = {_integer(i, 0, model.parameters - 1, "parameter"): _integer(v, -100, 100, "value")
              for i, v in (pair if isinstance(pair, list) and len(pair) == 2 else (-1, 0)
                           for pair in _list(restriction, "restriction"))}
    free = [i for i in range(model.parameters) if i not in values]
    images: list[Polynomial] = []
    for coordinate in phi:
        image: Polynomial = {}
        for exponents, c in coordinate.items():
            c *= prod(Fraction(v) ** exponents[i] for i, v in values.items())
            key = tuple(exponents[i] for i in free)
            image[key] = image.get(key, Fraction(0)) + c
        images.append({e: c for e, c in image.items() if c})
    n, m = len(phi), len(free)
    basis = _polynomials(basis_data, m + n)
    identity = [{tuple(int(i == j) for j in range(m)): Fraction(1)} for i in range(m)]
    require(not any(pull_back(basis, [*identity, *images], m)),
            "The basis is not in the ideal of the graph.")
    degree = max((sum(e) for f in basis for e in f), default=1)
    weights = [2 * degree + 3] * m + [1] * n
    groebner = GroebnerBasis(basis, weights)
    for j, image in enumerate(images):
        difference = {(*e, *[0] * n): -c for e, c in image.items()}
        difference[tuple(int(k == m + j) for k in range(m + n))] = Fraction(1)
        require(groebner.contains(difference), "The basis does not generate the graph's ideal.")
    eliminated = []
    for f, leading in zip(basis, groebner.leading, strict=True):
        if not any(leading[:m]):
            require(not any(any(e[:m]) for e in f), "The order does not eliminate.")
            eliminated.append({e[m:]: c for e, c in f.items()})
    check_combinations(eliminated, generators, _list(cofactors, "cofactors"), n)
    return eliminated


def check_combinations(elements: list[Polynomial], generators: list[Polynomial],
                       cofactors: list[Any], variables: int) -> None:
    """Verify that each element is a generator up to a factor, or the stated combination."""
    ring = fmpq_mpoly_ctx.get([f"z{i}" for i in range(variables)], Ordering.degrevlex)
    stated = [_over_q(g, ring) for g in generators]
    normal = {str(_monic(g)) for g in stated}
    remaining = iter(cofactors)
    for element in elements:
        f = _over_q(element, ring)
        if str(_monic(f)) in normal:
            continue
        combination = next(remaining, None)
        require(combination is not None, "An eliminated equation is not shown to lie in the "
                "ideal of the generators.")
        factors = _polynomials(combination, variables)
        require(len(factors) == len(stated), "The cofactors do not match the generators.")
        total = sum((_over_q(c, ring) * g for c, g in zip(factors, stated, strict=True)),
                    ring.constant(0))
        require(total == f, "A combination of the generators is not what is stated.")


def _monic(f: Any) -> Any:
    return f / f.leading_coefficient() if f else f


def check_hilbert(model: Model, evidence: Any
                  ) -> tuple[int, int, list[Fraction], list[str], list[str]]:
    """
    Dimension, degree and Hilbert polynomial of M from a Gröbner basis of I(M).

    The Hilbert polynomial is that of the projective variety if the generators are
    homogeneous, else of the projective closure; the order being graded, both
    are those of the initial ideal.
    """
    data, proof = _object(evidence, "generators", "ideal")
    n = model.ambient_dimension()
    generators = _polynomials(data, n)
    verified, trust, basis = check_ideal(model, generators, proof)
    if basis is None:
        basis = _polynomials(_object(evidence, "groebner_basis")[0], n)
        vanishing(model, basis)
    groebner = GroebnerBasis(basis, [1] * n)
    require(all(map(groebner.contains, generators)),
            "The Gröbner basis does not contain the generators.")
    homogeneous = all(len({sum(e) for e in g}) == 1 for g in generators)
    dimension, degree, numerator = hilbert_data(groebner.leading, n)
    polynomial = hilbert_polynomial(numerator, dimension + (not homogeneous))
    return dimension, degree, polynomial, [*verified, "the initial ideal's Hilbert series"], trust


# --------------------------------------------------------------------------------------
# Claims
# --------------------------------------------------------------------------------------


def _claim_dimension(model: Model, value: Any, status: str, evidence: Any,
                     data: dict) -> tuple[list[str], list[str]]:
    return check_dimension(model, evidence, status, value, data.get("error_bound")), []


def _claim_filling(model: Model, value: Any, status: str, evidence: Any,
                   data: dict) -> tuple[list[str], list[str]]:
    dimension = _object(evidence, "dimension")[0]
    verified = check_dimension(model, evidence, status, dimension, data.get("error_bound"))
    require(value is (dimension == model.ambient_dimension()), "The claim about filling is false.")
    return verified, []


def _claim_expected(model: Model, value: Any, status: str, evidence: Any,
                    data: dict) -> tuple[list[str], list[str]]:
    """min(n, N - s), with s the generic dimension of the orbits of the listed symmetries."""
    trial, upper = _object(evidence, "trial", "symmetries")
    require(status == "proved", "An expected dimension is proved or not claimed.")
    rank, _ = sample_rank(model, trial)
    low, count = symmetry_rank(model, upper, trial)
    n, most = model.ambient_dimension(), model.parameters
    # Orbits lie in fibers, and there are no more independent fields than fields.
    high = min(count, most - rank)
    require(value == min(n, most - low) == min(n, most - high),
            "The expected dimension is not proved.")
    return [f"the orbits of the symmetries ({count})"], []


def _claim_defect(model: Model, value: Any, status: str, evidence: Any,
                  data: dict) -> tuple[list[str], list[str]]:
    expected, dimension, proof = _object(evidence, "expected", "dimension", "dimension_evidence")
    verified, _ = _claim_expected(model, expected, "proved", evidence, data)
    verified += check_dimension(model, proof, status, dimension, data.get("error_bound"))
    require(isinstance(expected, int) and isinstance(dimension, int)
            and value == expected - dimension, "The defect claimed is not the difference.")
    return verified, []


def _claim_ambient(model: Model, value: Any, status: str, evidence: Any,
                   data: dict) -> tuple[list[str], list[str]]:
    require(status == "proved" and value == model.ambient_dimension(),
            "The ambient dimension claimed is not that of the model.")
    return ["the count of the allowed monomials"], []


def _claim_equations(model: Model, value: Any, status: str, evidence: Any,
                     data: dict) -> tuple[list[str], list[str]]:
    require(status == "proved", "Equations are proved or not claimed.")
    equations = _polynomials(value, model.ambient_dimension())
    vanishing(model, equations)
    return [f"the equations ({len(equations)}) vanish on the neurovariety"], []


def _claim_ideal(model: Model, value: Any, status: str, evidence: Any,
                 data: dict) -> tuple[list[str], list[str]]:
    require(status == "proved", "An ideal is proved or not claimed.")
    generators = _polynomials(value, model.ambient_dimension())
    verified, trust, _ = check_ideal(model, generators, evidence)
    return verified, trust


def _claim_degree(model: Model, value: Any, status: str, evidence: Any,
                  data: dict) -> tuple[list[str], list[str]]:
    _, degree, _, verified, trust = check_hilbert(model, evidence)
    require(status == "proved" and value == degree, f"The degree is {degree}, not as claimed.")
    return verified, trust


def _claim_hilbert(model: Model, value: Any, status: str, evidence: Any,
                   data: dict) -> tuple[list[str], list[str]]:
    _, _, polynomial, verified, trust = check_hilbert(model, evidence)
    require(status == "proved" and value == [str(c) for c in polynomial],
            "The Hilbert polynomial is not as claimed.")
    return verified, trust


def _claim_singular_locus(model: Model, value: Any, status: str, evidence: Any,
                          data: dict) -> tuple[list[str], list[str]]:
    """
    Verify that each component consists of singular points, and its dimension and degree.

    A point of M is singular if the Jacobian of generators of I(M) has there
    rank less than the codimension c; so all minors of size c must lie in the component's
    ideal.  That there are no other components, and that these are irreducible
    over Q, is the engine's word.
    """
    require(status == "proved", "A singular locus is proved or not claimed.")
    n = model.ambient_dimension()
    dimension, _, _, verified, trust = check_hilbert(model, evidence)
    generators = _polynomials(evidence["generators"], n)
    codimension = n - dimension
    engine = _object(evidence, "engine")[0]
    if engine is None:
        require(value == [] and all(sum(e) <= 1 for g in generators for e in g),
                "Only a linear space is smooth without an engine's word.")
        return [*verified, "a linear space is smooth"], trust
    require(engine in ("macaulay2", "singular"), "The engine trusted is not known.")
    bases = _list(_object(evidence, "groebner_bases")[0], "Gröbner bases")
    components = _list(value, "list of components")
    require(len(bases) == len(components), "A component lacks its Gröbner basis.")
    complete = comb(len(generators), codimension) * comb(n, codimension) <= 5000
    for component, basis_data in zip(components, bases, strict=True):
        stated = _object(component, "dimension", "degree", "generators")
        ideal, basis = _polynomials(stated[2], n), _polynomials(basis_data, n)
        groebner = GroebnerBasis(basis, [1] * n)
        require(all(map(groebner.contains, ideal + generators)),
                "A component is not contained in the neurovariety.")
        # The basis lies in the ideal of the stated generators: it is among them.
        require(all(f in ideal for f in basis), "A component is not stated by its Gröbner basis.")
        require([*hilbert_data(groebner.leading, n)[:2]] == stated[:2],
                "A component's dimension or degree is not as claimed.")
        if complete and codimension:
            for minor in minors(generators, codimension, n):
                require(groebner._vanishes(groebner.ring.from_dict(minor)),
                        "A component has a point that is not singular.")
    verified += [f"dimension and degree of each component ({len(components)})"]
    if complete:
        verified += ["their points are singular"]
    return verified, [engine]


def minors(generators: list[Polynomial], size: int, variables: int) -> Iterator[dict]:
    """The nonzero minors of the Jacobian matrix, up to constants, as integer polynomials."""
    ring = fmpz_mpoly_ctx.get([f"v{i}" for i in range(variables)], Ordering.degrevlex)
    matrix = []
    for g in generators:
        scale = lcm(1, *(c.denominator for c in g.values()))
        matrix.append([ring.from_dict({e: int(c * scale) for e, c in derivative(g, j).items()})
                       for j in range(variables)])
    for rows in itertools.combinations(matrix, size):
        table: dict[tuple[int, ...], Any] = {(): ring.constant(1)}
        for row in rows:  # Laplace expansion, row by row
            larger: dict[tuple[int, ...], Any] = {}
            for columns, value in table.items():
                for j in range(variables):
                    if j not in columns and row[j]:
                        sign = -1 if sum(c > j for c in columns) % 2 else 1
                        key = tuple(sorted((*columns, j)))
                        larger[key] = larger.get(key, ring.constant(0)) + sign * value * row[j]
            table = {key: value for key, value in larger.items() if value}
        yield from (value.to_dict() for value in table.values())


_CLAIMS = {
    "dimension": _claim_dimension, "is_filling": _claim_filling,
    "expected_dimension": _claim_expected, "defect": _claim_defect,
    "ambient_dimension": _claim_ambient, "equations": _claim_equations, "ideal": _claim_ideal,
    "degree": _claim_degree, "hilbert_polynomial": _claim_hilbert,
    "singular_locus": _claim_singular_locus,
}


def verify(data: Any) -> Verdict:
    """
    Verify a certificate.

    INPUT:

    - ``data`` -- the certificate as plain data, or its JSON text

    OUTPUT: :class:`Verdict`

    Raises :class:`MalformedCertificate` if the data is no certificate of this
    version, :class:`CertificateError` if it does not prove what it claims.
    """
    if isinstance(data, (str, bytes)):
        data = parse(data)
    schema, description, claim, status, trust, evidence, engines, stated = _object(
        data, "schema", "model", "claim", "status", "trust", "evidence", "engines", "digest")
    if schema != SCHEMA or isinstance(schema, bool):
        raise MalformedCertificate(f"The certificate's schema is not {SCHEMA}, the one that this "
                                   "version reads.")
    unknown = set(data) - {"schema", "model", "claim", "status", "trust", "evidence", "engines",
                           "digest", "error_bound"}
    require(not unknown, "The certificate has an unknown field.")
    require(stated == digest(data), "The certificate was changed: its digest does not match.")
    invariant, value = _object(claim, "invariant", "value")
    if not isinstance(invariant, str) or invariant not in _CLAIMS:
        raise MalformedCertificate("The claim's invariant is not known.")
    if status not in STATUSES:
        raise MalformedCertificate("The status is not known.")
    require(set(claim) == {"invariant", "value"}, "The claim has an unknown field.")
    require((status == "monte_carlo") == ("error_bound" in data),
            "An error bound belongs to the status monte_carlo, and to it alone.")
    model = Model(description)
    try:
        verified, needed = _CLAIMS[invariant](model, value, status, evidence, data)
    except (TypeError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise MalformedCertificate(f"The evidence is malformed ({type(error).__name__}).") from None
    require(trust == needed, "The certificate does not state whom it trusts as it must: "
            f"{', '.join(needed) or 'nobody'}.")
    return Verdict(invariant, value, status, tuple(needed), model.name, tuple(verified))


def parse(text: str | bytes) -> Any:
    """Read the JSON text of a certificate; raises :class:`MalformedCertificate`."""
    if len(text) > MAXIMAL_BYTES:
        raise MalformedCertificate(f"The certificate is larger than {MAXIMAL_BYTES} bytes.")
    try:
        return json.loads(text)
    except RecursionError:
        raise MalformedCertificate("The certificate nests too deeply.") from None
    except ValueError as error:
        raise MalformedCertificate(
            f"The certificate is not JSON, perhaps cut off ({str(error)[:80]}).") from None
