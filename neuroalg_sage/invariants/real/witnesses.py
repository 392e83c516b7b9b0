"""
Functions that are not in M, and why.

Of sums of powers and of products these are known; of a coordinate that is a sum of squares
they are seen; else the fibers over simple functions are tried.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from neuroalg_sage.certificates.certificate import decimal, encode_polynomial
from neuroalg_sage.invariants.real.formula import Formula
from neuroalg_sage.invariants.real.power_networks import ONE, PowerNetwork, T, over_t
from neuroalg_sage.models.expressions import Polynomial, plus, times, value, write_polynomial
from neuroalg_sage.models.layers import Convolution, Dense
from neuroalg_sage.models.model import Model
from neuroalg_sage.models.parametrization import Parametrization
from neuroalg_sage.models.rational import kernel

MOST_PRODUCTS = 4_000  # of terms of φ, for quadratic forms on V
MOST_POINTS = 400  # at which such a form may be negative

Linear = tuple[int, int]  # a x_0 + b x_1


@dataclass(frozen=True)
class Witness:
    """
    A function that is not in M.

    - ``model`` -- the model
    - ``function`` -- from coordinates (output, exponents) to numbers
    - ``evidence`` -- why it is not in M
    - ``reason`` -- the same in words
    - ``is_open`` -- whether nothing near it is in M either
    - ``path`` -- parameters as polynomials in t and 1/t whose functions converge to it as t goes
      to 0; empty if none are known
    """

    model: Model
    function: Mapping[tuple[int, tuple[int, ...]], Fraction]
    evidence: Mapping[str, Any]
    reason: str
    is_open: bool = False
    path: tuple[Polynomial, ...] = ()

    def encoded(self) -> dict[str, Any]:
        """The function, and why it is not in M, for a certificate."""
        return {"function": [decimal(self.function.get(place, Fraction(0)))
                             for place in self.model.coordinates()],
                "outside": dict(self.evidence)}

    def encoded_path(self) -> dict[str, Any]:
        """The same, with the path."""
        return self.encoded() | {"path": [encode_polynomial(p) for p in self.path]}

    def written(self) -> tuple[str, ...]:
        """The function as polynomials in the inputs, one for each output."""
        return tuple(write_polynomial({e: c for (j, e), c in self.function.items() if j == output},
                                      self.model.input_names)
                     for output in range(self.model.output_count))


# -- sums of powers ------------------------------------------------------------------------------


def _form(factors: Sequence[Linear], inputs: int) -> Polynomial:
    """A product of linear forms in the first two inputs."""
    more = (0,) * (inputs - 2)
    product: Polynomial = {(0,) * inputs: Fraction(1)}
    for a, b in factors:
        linear = {(1, 0, *more): Fraction(a), (0, 1, *more): Fraction(b)}
        product = times(product, {e: c for e, c in linear.items() if c})
    return product


def _power(variable: int, degree: int, inputs: int) -> Polynomial:
    return {tuple(degree * (i == variable) for i in range(inputs)): Fraction(1)}


def _function(*outputs: Polynomial) -> dict[tuple[int, tuple[int, ...]], Fraction]:
    return {(j, e): c for j, polynomial in enumerate(outputs) for e, c in polynomial.items()}


def _of_part(network: PowerNetwork, inputs: int, outputs: int, evidence: dict[str, Any]
             ) -> dict[str, Any]:
    """The evidence about the first inputs and outputs as one about all."""
    if (inputs, outputs) == (network.widths[0], network.widths[-1]):
        return evidence
    return {"argument": "part", "inputs": list(range(inputs)), "outputs": list(range(outputs)),
            "then": evidence}


def _by_lemma(name: str, **further: Any) -> dict[str, Any]:
    return {"argument": "few powers", "lemma": name, **further}


def _encoded(factors: Sequence[Linear]) -> list[list[str]]:
    return [[str(a), str(b)] for a, b in factors]


X, Y = (1, 0), (0, 1)


def _different(degree: int) -> list[Linear]:
    """So many linear forms, no two of them proportional."""
    signs = [(1, s * k) for k in range(1, degree) for s in (-1, 1)]
    return [X, Y, *signs][:degree]


def open_witness(network: PowerNetwork) -> Witness | None:
    """
    A function that is not in M, as nothing near it is.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.real.power_networks import power_network
        >>> from neuroalg_sage.models.families import parse_spec
        >>> def witness(spec):
        ...     return open_witness(power_network(parse_spec(spec))).written()
        >>> witness("mlp:2,2,1:x^3"), witness("mlp:2,2,2:x^2")
        (('x_0^2*x_1 - x_0*x_1^2',), ('x_0*x_1', 'x_0^2 - x_1^2'))
    """
    if len(network.powers) != 1 or network.widths[0] < 2:
        return None
    (inputs, units, outputs), (d,) = network.widths, network.powers
    if units < d:
        factors = _different(d)
        return Witness(
            network.model, _function(_form(factors, inputs)),
            _of_part(network, 2, 1, _by_lemma("real roots", factors=_encoded(factors))),
            f"a binary form with {d} different real roots is no sum of fewer powers", True)
    if units == d >= 2 and outputs >= 2:
        first = [X, Y] if d == 2 else [(-2 * i, 1) for i in range(d)]
        second = [(1, -1), (1, 1)] if d == 2 else [(-2 * i - 1, 1) for i in range(d)]
        evidence = _by_lemma("alternating roots", common=[], first=_encoded(first),
                             second=_encoded(second))
        return Witness(
            network.model, _function(_form(first, inputs), _form(second, inputs)),
            _of_part(network, 2, 2, evidence),
            f"two binary forms with {d} real roots each that alternate are no sums of the same "
            f"{d} powers", True)
    return None


def limit_witness(network: PowerNetwork) -> Witness | None:
    """
    A function that is not in M, and a limit of functions in M.

    EXAMPLES::

        >>> from neuroalg_sage.invariants.real.power_networks import power_network
        >>> from neuroalg_sage.models.families import parse_spec
        >>> for spec in ("mlp:2,2,1:x^3", "mlp:3,3,1:x^3", "mlp:2,2,3:x^2", "mlp:2,2,2,1:x^2"):
        ...     print(*limit_witness(power_network(parse_spec(spec))).written())
        x_0^2*x_1
        x_0^2*x_1 + x_2^3
        2*x_0*x_1 x_0^2 0
        x_0^3*x_1
    """
    if network.widths[0] < 2:
        return None
    if (head := network.head()) is not None:
        return _limit_of_powers(network, head)
    if len(network.powers) == 1:
        return _limit_of_sums(network)
    degree, e = network.degree, network.powers[0] if network.powers else 1
    if e > 1 and degree > 2 and network.widths[1] == 2:
        return _tangent(network, {"argument": "multiplicities",
                                  "factors": [[["1", "0"], degree - 1], [["0", "1"], 1]]},
                        f"roots of a multiplicity that {e} does not divide are a multiple of {e} "
                        "in number")
    return None


def _tangent(network: PowerNetwork, evidence: dict[str, Any], reason: str, further: int = 0
             ) -> Witness:
    """x_0^(d-1) x_1, plus so many powers of further inputs, as a limit of sums of powers."""
    d, inputs, scale = network.degree, network.widths[0], 1 / network.scale
    target = _form([X] * (d - 1) + [Y], inputs)
    for i in range(2, 2 + further):
        target |= _power(i, d, inputs)
    weights = {0: over_t(scale / d), 1: over_t(-scale / d)} | {
        i: {(0, 0): scale} for i in range(2, 2 + further)}
    path = network.parameters(
        [{0: ONE, 1: T}, {0: ONE}, *({i: ONE} for i in range(2, 2 + further))], [weights])
    return Witness(network.model, _function(target),
                   _of_part(network, 2 + further, 1, evidence), reason, path=tuple(path))


def _limit_of_sums(network: PowerNetwork) -> Witness | None:
    (inputs, units, outputs), (d,) = network.widths, network.powers
    if units < 2 or d < 2:
        return None
    if d >= 3 and units <= inputs:
        point = ["0", "1", *["0"] * (units - 2)]
        return _tangent(network, _by_lemma("singular form", point=point),
                        f"a sum of {units} powers that needs {units} variables is smooth",
                        units - 2)
    if units < d:
        return _tangent(network, _by_lemma("real roots", factors=_encoded([X] * (d - 1) + [Y])),
                        "a binary form with real roots only, but no power, is no sum of fewer "
                        "powers than its degree")
    if outputs < 2:
        return None
    scale = 1 / network.scale
    if d == 2 and units <= inputs:
        further = range(2, units)
        target = _form([(2, 0), Y], inputs)
        for i in further:
            target |= _power(i, 2, inputs)
        path = network.parameters(
            [{0: ONE, 1: T}, {0: ONE}, *({i: ONE} for i in further)],
            [{0: over_t(scale), 1: over_t(-scale)} | {i: {(0, 0): scale} for i in further},
             {1: {(0, 0): scale}}])
        vectors = [[str(int(i == k)) for i in range(units)] for k in (0, 1)]
        evidence = _by_lemma("nilpotent pencil", eigenvalue="0", vectors=vectors)
        return Witness(network.model, _function(target, _power(0, 2, inputs)),
                       _of_part(network, units, 2, evidence),
                       "the two quadratic forms have no common diagonal form", path=tuple(path))
    if 3 <= units <= d:
        common = [X] * (d - 2) + [Y]
        # (x + t y)^d ∓ (x - t y)^d, and the second less 2 x^d.
        minus: Polynomial = {(1, 0): Fraction(-1)}
        second = scale / (d * (d - 1))
        path = network.parameters(
            [{0: ONE, 1: T}, {0: ONE, 1: minus}, {0: ONE}],
            [{0: over_t(scale / (2 * d)), 1: over_t(-scale / (2 * d))},
             {0: over_t(second, 2), 1: over_t(second, 2), 2: over_t(-2 * second, 2)}])
        evidence = _by_lemma("alternating roots", common=_encoded(common), first=_encoded([X]),
                             second=_encoded([Y]))
        return Witness(network.model, _function(_form([*common, X], inputs),
                                                _form([*common, Y], inputs)),
                       _of_part(network, 2, 2, evidence),
                       "two binary forms all of whose combinations have real roots only are no "
                       f"sums of the same {d} powers", path=tuple(path))
    return None


def _limit_of_powers(network: PowerNetwork, head: PowerNetwork) -> Witness | None:
    """Of a network whose outputs are multiples of a power of the head's output."""
    found = limit_witness(head)
    if found is None:
        return None
    power = network.degree // head.degree
    root = {e: c for (_, e), c in found.function.items()}
    target: Polynomial = {(0,) * network.widths[0]: Fraction(1)}
    for _ in range(power):
        target = times(target, root)
    # Behind the head all is one way; its last weight undoes the numbers of the activations.
    unit = network.scale / head.scale ** power
    widths = network.widths[len(head.widths) - 1:]
    behind: list[Polynomial] = []
    for k, (taken, made) in enumerate(zip(widths, widths[1:])):
        value: Polynomial = {(0, 0): 1 / unit} if k == len(widths) - 2 else ONE
        for place in range(made * taken):
            behind.append({} if place else value)
    evidence = {"argument": "head", "layers": len(head.model.layers), "output": 0,
                "root": found.encoded()["function"], "then": dict(found.evidence)}
    return Witness(network.model, _function(target), evidence,
                   f"{found.reason}; all outputs are multiples of one power",
                   path=(*found.path, *behind))


# -- products ------------------------------------------------------------------------------------


def filter_degrees(model: Model) -> list[int] | None:
    """
    The degrees of the factors, if M is all products of polynomials of these degrees.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> filter_degrees(parse_spec("cnn:3,2,2")), filter_degrees(parse_spec("cnn:2s2,2"))
        ([2, 1, 1], None)
    """
    shape = model.input_shape
    axis, degrees, stride = shape.index(max(shape)), [], 1
    if model.input_count != shape[axis]:
        return None
    for layer in model.layers:
        if not isinstance(layer, Convolution):
            return None
        data = layer.describe()
        if data["channels"] != [1, 1] or len(data["size"]) != len(shape):
            return None
        degrees.append(data["size"][axis] - 1)
        if stride > 1 and degrees[-1]:
            return None
        stride *= data["stride"][axis]
    is_read = model.output_count == 1 and model.input_count == sum(degrees) + 1
    return degrees if is_read else None


def few_real_roots(model: Model, degrees: Sequence[int]) -> Witness | None:
    """A polynomial with at most one real root, where several factors have odd degree."""
    if sum(d % 2 for d in degrees) < 2:
        return None
    total, zero = sum(degrees), Fraction(0)
    coefficients = [Fraction(1)]
    for _ in range(total // 2):
        coefficients = [a + b for a, b in zip([*coefficients, zero, zero],
                                              [zero, zero, *coefficients])]
    if total % 2:
        coefficients = [zero, *coefficients]
    unit = [tuple(int(i == k) for i in range(total + 1)) for k in range(total + 1)]
    evidence = {"argument": "real factors", "linear": [["0", "1"]] * (total % 2),
                "quadratic": [["1", "0", "1"]] * (total // 2)}
    return Witness(model, {(0, unit[k]): c for k, c in enumerate(coefficients) if c},
                   evidence, "a polynomial with fewer real roots than filters of odd degree is no "
                   "product of these", True)


# -- any model -------------------------------------------------------------------------------------


def definite(polynomial: Polynomial) -> int:
    """The sign of all coefficients, 0 if they differ or an exponent is odd."""
    signs = {c > 0 for c in polynomial.values()}
    if len(signs) != 1 or any(k % 2 for e in polynomial for k in e):
        return 0
    return 1 if signs.pop() else -1


def encoded_squares(polynomial: Polynomial) -> list[list[Any]]:
    """A polynomial with such a sign, up to it, as a sum of squares."""
    return [[decimal(abs(c)), encode_polynomial({tuple(k // 2 for k in e): Fraction(1)})]
            for e, c in polynomial.items()]


def violating(phi: Parametrization) -> Witness | None:
    """
    A function with g(f) < 0, for a linear or quadratic form g that is a sum of squares on M.

    Found are sums of squares of monomials: of the forms for which no other terms are left on M, a
    basis is tried, and combinations of two that have a term less.

    EXAMPLES::

        >>> from neuroalg_sage.models.parametrization import parametrization
        >>> from neuroalg_sage.models.sources import from_expressions
        >>> def answer(*outputs):
        ...     model = from_expressions(outputs, ["a", "b"], ["x"])
        ...     found = violating(parametrization(model))
        ...     return found.written(), found.reason
        >>> answer("(a^2+b^2)*x")
        (('-x',), 'z_0 >= 0 on M')
        >>> answer("a*b*x^2 + a^3*b*x")
        (('x^2 - x',), 'z_0*z_1 >= 0 on M')
    """
    n = len(phi.polynomials)
    for g, image in _forms_of_squares(phi):
        sign = definite(image)
        g = {e: c * sign for e, c in g.items()}
        if not sign or (point := _negative(g, n)) is None:
            continue
        names = [f"z_{j}" for j in range(n)]
        return Witness(phi.model, {place: c for place, c in zip(phi.coordinates, point) if c},
                       {"argument": "inequality", "polynomial": encode_polynomial(g),
                        "squares": encoded_squares(image)},
                       f"{write_polynomial(g, names)} >= 0 on M", True)
    return None


def _forms_of_squares(phi: Parametrization) -> Iterator[tuple[Polynomial, Polynomial]]:
    """Forms on V of which on M even exponents alone are left, with what they are there."""
    n = len(phi.polynomials)
    units = [tuple(int(i == j) for i in range(n)) for j in range(n)]
    yield from (({unit: Fraction(1)}, p) for unit, p in zip(units, phi.polynomials))
    if sum(map(len, phi.polynomials)) ** 2 > MOST_PRODUCTS:
        return
    forms = {tuple(map(int.__add__, units[i], units[j])): times(phi.polynomials[i],
                                                               phi.polynomials[j])
             for i in range(n) for j in range(i, n)}
    odd = sorted({e for p in forms.values() for e in p if any(k % 2 for k in e)})
    columns = list(forms)
    rows = [{k: forms[g][e] for k, g in enumerate(columns) if e in forms[g]} for e in odd]
    basis: list[tuple[Polynomial, Polynomial]] = []
    for vector in kernel(rows, len(columns)) if rows else [
            {k: Fraction(1)} for k in range(len(columns))]:
        image: Polynomial = {}
        for k, c in vector.items():
            image = plus(image, forms[columns[k]], c)
        basis.append(({columns[k]: c for k, c in vector.items()}, image))
    yield from basis
    for (g, p), (h, q) in combinations(basis, 2):
        for e in sorted(p.keys() & q.keys()):
            factor = -p[e] / q[e]
            yield plus(g, h, factor), plus(p, q, factor)


def violating_description(model: Model, formula: Formula, evidence: Mapping[str, Any]
                          ) -> Witness | None:
    """A function at which a description of M fails, as near it."""
    n = formula.variables
    point = next((z for z in _small_points(n) if formula.fails_near(z)), None)
    return None if point is None else Witness(
        model, {place: c for place, c in zip(model.coordinates(), point) if c},
        {"argument": "description"} | dict(evidence), "the description of M fails at it", True)


def _negative(g: Polynomial, n: int) -> list[Fraction] | None:
    """A point with small coordinates where a form is negative, with few terms if possible."""
    places = sorted({i for e in g for i in range(n) if e[i]})
    for values in _small_points(len(places)):
        point = [Fraction(0)] * n
        for i, x in zip(places, values):
            point[i] = x
        if value(g, point) < 0:
            return point
    return None


def _small_points(n: int) -> list[list[Fraction]]:
    """Random points with small coordinates, those with few that are not zero first."""
    chance = random.Random(1)
    points = [[Fraction(chance.choice((0, 0, 1, -1, 2))) for _ in range(n)]
              for _ in range(MOST_POINTS)]
    return sorted(points, key=lambda z: (sum(map(bool, z)), sum(map(abs, z))))


def simple_functions(phi: Parametrization, most: int) -> Iterator[list[Fraction]]:
    """Some functions with few terms, which special position may keep out of M."""
    n = len(phi.polynomials)
    units = [[Fraction(int(i == j)) for i in range(n)] for j in range(n)]
    candidates = [*units, *([-c for c in unit] for unit in units),
                  *([a + b for a, b in zip(units[i], units[j])]
                    for i in range(n) for j in range(i))]
    return iter(candidates[:most])


def smallest_part(model: Model) -> Model | None:
    """The network with one input and one output; None if it is that, or its ends are not dense."""
    first, last = model.layers[0], model.layers[-1]
    if len(model.layers) < 2 or not (isinstance(first, Dense) and isinstance(last, Dense)) or (
            model.input_count == model.output_count == 1):
        return None
    layers = (Dense(1, first.outputs, first.bias), *model.layers[1:-1],
              Dense(last.inputs, 1, last.bias))
    return Model(layers, (1,))


def of_larger(model: Model, found: Witness) -> Witness:
    """A witness of the network with one input and one output as one of the whole network."""
    first, last = model.layers[0], model.layers[-1]
    assert isinstance(first, Dense) and isinstance(last, Dense)
    a, b, h, m = first.inputs, first.outputs, last.inputs, last.outputs
    path = list(found.path)
    middle = path[b + b * first.bias:len(path) - h - last.bias]
    nothing: Polynomial = {}
    begin = [path[i] if j == 0 else nothing for i in range(b) for j in range(a)]
    end = [path[len(path) - h - last.bias + i] if o == 0 else nothing
           for o in range(m) for i in range(h)]
    biases = [path[-1], *[nothing] * (m - 1)] if last.bias else []
    function = {(0, (*e, *[0] * (a - 1))): c for (_, e), c in found.function.items()}
    evidence = {"argument": "part", "inputs": [0], "outputs": [0], "then": dict(found.evidence)}
    return Witness(model, function, evidence, found.reason, path=(
        *begin, *path[b:b + b * first.bias], *middle, *end, *biases))


def by_fiber(phi: Parametrization, function: Sequence[Fraction], proof: Mapping[str, Any],
             path: tuple[Polynomial, ...] = ()) -> Witness:
    """A function whose fiber is proved to have no real points."""
    return Witness(phi.model, {place: c for place, c in zip(phi.coordinates, function) if c},
                   {"argument": "fiber", "proof": dict(proof)}, "its fiber has no real points",
                   path=path)


