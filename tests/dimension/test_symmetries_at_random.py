"""
Symmetries, defects and identifiability of random models, against brute force.

Nothing here uses the product but for its answers: models are expanded from their descriptions,
the Lie algebra is the kernel of one dense matrix, fibers are decomposed by Singular, and finite
symmetries are counted by trying all points of a fiber, or all permutations.
"""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction

import pytest
from conftest import slow
from flint import Ordering, fmpq, fmpq_mpoly_ctx, nmod_mat

from neuroalg_sage import NeuroManifold, compose, from_expressions, verify
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.dimension import generic_fiber
from neuroalg_sage.models.families import parse_spec
from neuroalg_sage.models.layers import Activation, Chain, Dense, Product, Sum

P = 32077  # 1 modulo 12, for roots of unity
MOST_PARAMETERS = 9
ACTIVATIONS = ["x^2", "x^3", "x^3-x", "x^3+x^2+x", "x^2+1", "x^4+x^2", "x^2+x", "x", "x^3-2",
               "x^4+4*x^3+6*x^2+5*x"]


# -- random models -------------------------------------------------------------------------


def random_model(generator: random.Random):
    """A small model of any family, or a composition."""
    def pick(*choices):
        return generator.choice(choices)

    def widths(most):
        return [generator.randint(1, 2) for _ in range(generator.randint(3, most))]

    def mlp():
        return "mlp:" + ",".join(map(str, widths(4))) + ":" + pick(*ACTIVATIONS) + pick("", ":bias")

    def expressions():
        names = [f"a{i}" for i in range(generator.randint(2, 4))]
        terms = ["*".join([str(generator.randint(1, 3)), *generator.choices(names, k=pick(1, 2)),
                           *generator.choices(["x", "y"], k=pick(1, 2))]) for _ in range(5)]
        return from_expressions(["+".join(terms[:3]), "+".join(terms[3:])], names, ["x", "y"])

    a, b = generator.randint(1, 2), generator.randint(1, 2)
    sigma = Activation(pick(*ACTIVATIONS))
    return pick(
        lambda: parse_spec(mlp()), lambda: parse_spec(mlp()), lambda: parse_spec(mlp()),
        lambda: parse_spec("linear:" + ",".join(map(str, widths(4)))),
        lambda: parse_spec("cnn:" + pick("2,2:", "3,2:", "3,3:", "2,2,2:", "1,2,2:")
                           + pick("x", "x^2", "x^3-x")),
        lambda: parse_spec(f"attention:d={a},a={b},out={pick(1, 2)},t={pick(1, 2)}"),
        lambda: parse_spec(f"relu:2,2,1:cell={pick('10', '11', '00', '10,11')}"),
        lambda: compose([Sum((Dense(a, b), Dense(a, b))), sigma, Dense(b, 1)], a),
        lambda: compose([Product((Dense(a, b), Dense(a, b))), Dense(b, pick(1, 2))], a),
        lambda: compose([Sum((Chain(), Chain((Dense(a, a), sigma)))), Dense(a, 1)], a),
        lambda: compose([Chain((Dense(a, a), sigma, Dense(a, a)), (None, None, 0)),
                         Dense(a, 1)], a),
        lambda: compose([Product((Dense(a, 1, True), Dense(a, 1, True)))], a),
        expressions)()


def sample(generator: random.Random, number: int) -> list:
    models = []
    while len(models) < number:
        model = random_model(generator)
        if model.parameter_count <= MOST_PARAMETERS and sum(map(len, expand(model))) <= 300:
            models.append(model)
    return models


# -- brute force ---------------------------------------------------------------------------


def expand(model) -> list[dict[tuple[int, ...], Fraction]]:
    """The coefficients of the outputs, as polynomials in the parameters, from the description."""
    count, inputs = model.parameter_count, model.input_count
    ring = fmpq_mpoly_ctx.get([f"v{i}" for i in range(count + inputs)], Ordering.lex)
    gens = list(ring.gens())
    zero = ring.constant(0)
    layers = {"kind": "chain", "layers": model.describe()["layers"]}
    state, _, used = run(layers, gens[count:], list(model.describe()["input_shape"]), gens, 0, zero)
    assert used == count
    coordinates: dict = {}
    for k, f in enumerate(state):
        for e, c in f.to_dict().items():
            e = tuple(map(int, e))
            coordinates.setdefault((k, e[count:]), {})[e[:count]] = Fraction(int(c.p), int(c.q))
    return list(coordinates.values())


def run(layer: dict, state: list, shape: list[int], w: list, at: int, zero):
    """What a layer makes of a state: values, shape, and where the next parameters are."""
    kind = layer["kind"]
    if kind == "dense":
        a, b = layer["inputs"], layer["outputs"]
        made = [sum((w[at + i * a + j] * state[j] for j in range(a)), zero) for i in range(b)]
        at += a * b
        if layer["bias"]:
            made, at = [f + w[at + i] for i, f in enumerate(made)], at + b
        return made, [b], at
    if kind == "activation":
        numbers = [fmpq(*map(int, Fraction(c).as_integer_ratio())) for c in layer["coefficients"]]
        return [sum((c * f**k for k, c in enumerate(numbers)), zero) for f in state], shape, at
    if kind == "convolution":
        (size,), (stride,), (one, two) = layer["size"], layer["stride"], layer["channels"]
        assert one == two == 1
        places = (len(state) - size) // stride + 1
        return [sum((w[at + k] * state[stride * i + k] for k in range(size)), zero)
                for i in range(places)], [places], at + size
    if kind == "attention":
        d, a, b = layer["inputs"], layer["head"], layer["outputs"]
        tokens = shape[1]

        def product(rows, start):
            return [[sum((w[start + r * d + i] * state[i * tokens + t] for i in range(d)), zero)
                     for t in range(tokens)] for r in range(rows)]

        q, k, v = product(a, at), product(a, at + a * d), product(b, at + 2 * a * d)
        return [sum((v[r][s] * k[h][s] * q[h][t] for s in range(tokens) for h in range(a)), zero)
                for r in range(b) for t in range(tokens)], [b, tokens], at + (2 * a + b) * d
    if kind == "polynomial":
        number = len(layer["parameters"])
        variables = [*w[at : at + number], *state]
        return [sum((math.prod((x**e for x, e in zip(variables, exponents)), start=zero + fmpq(
            *map(int, Fraction(c).as_integer_ratio()))) for exponents, c in output), zero)
            for output in layer["outputs"]], [len(layer["outputs"])], at + number
    starts, results = [], []
    for part, other in zip(layer["layers"], layer.get("share", [None] * len(layer["layers"]))):
        starts.append(at if other is None else starts[other])
        made, new, end = run(part, state, shape, w, starts[-1], zero)
        at = end if other is None else at
        results.append(made)
        if kind == "chain":
            state, shape = made, new
    if kind == "chain":
        return state, shape, at
    return [sum(fs, zero) if kind == "sum" else math.prod(fs, start=zero + 1)
            for fs in zip(*results)], new, at


def residue(c: Fraction) -> int:
    return c.numerator * pow(c.denominator, -1, P) % P


def value(f: dict, w) -> int:
    return sum(residue(c) * math.prod(pow(x, k, P) for x, k in zip(w, e))
               for e, c in f.items()) % P


def slope(f: dict, i: int) -> dict:
    return {(*e[:i], e[i] - 1, *e[i + 1 :]): c * e[i] for e, c in f.items() if e[i]}


def jacobian(phi: list[dict], w) -> list[list[int]]:
    return [[value(slope(f, i), w) for i in range(len(w))] for f in phi]


def rank(rows: list[list[int]]) -> int:
    return nmod_mat(rows, P).rank() if rows and rows[0] else 0


def orbit_dimension(phi: list[dict], w: list[int]) -> int:
    """That of the affine-linear fields with Σ_ij c_ij (w, 1)_j ∂φ/∂w_i = 0, modulo the prime."""
    count = len(w)
    equations: dict = {}
    for k, f in enumerate(phi):
        for i in range(count):
            for e, c in slope(f, i).items():
                for j in range(count + 1):
                    term = e if j == count else (*e[:j], e[j] + 1, *e[j + 1 :])
                    row = equations.setdefault((k, term), [0] * (count * (count + 1)))
                    row[i * (count + 1) + j] = (row[i * (count + 1) + j] + residue(c)) % P
    unknowns = count * (count + 1)
    if not equations:
        return count
    kernel, nullity = nmod_mat(list(equations.values()), P).nullspace()
    return rank([[sum(int(kernel[i * (count + 1) + j, s]) * x for j, x in enumerate([*w, 1])) % P
                  for i in range(count)] for s in range(nullity)]) if nullity <= unknowns else 0


def components(phi: list[dict], w: list[int]):
    """The fiber through a point modulo the prime: minimal primes, and if finite its points."""
    import sage.all__sagemath_modules  # noqa: F401
    import sage.all__sagemath_singular  # noqa: F401
    from sage.rings.finite_rings.finite_field_constructor import GF
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing

    ring = PolynomialRing(GF(P), len(w), "w")
    ideal = ring.ideal([ring({e: residue(c) for e, c in f.items()}) - value(f, w) for f in phi])
    return ideal, ideal.minimal_associated_primes()


def affine_symmetries_of_points(phi: list[dict], w: list[int], points: list[list[int]]) -> int:
    """How many points w' are A w for an affine-linear A with φ ∘ A = φ, where φ is immersive."""
    count, generator, found = len(w), random.Random(1), 0
    here = jacobian(phi, w)
    for other in points:
        there = nmod_mat(jacobian(phi, other), P)
        # Solve there * A = here by the rows that are independent.
        joined, _ = nmod_mat([[*map(int, a), *b] for a, b in zip(there.table(), here)], P).rref()
        matrix = [[int(joined[i, count + j]) for j in range(count)] for i in range(count)]
        shift = [(b - sum(c * x for c, x in zip(row, w))) % P for row, b in zip(matrix, other)]
        found += all(
            value(f, [(sum(c * x for c, x in zip(row, u)) + b) % P
                      for row, b in zip(matrix, shift)]) == value(f, u)
            for u in ([generator.randrange(P) for _ in w] for _ in range(3)) for f in phi)
    return found


def permuted_components(phi: list[dict], w: list[int], primes) -> int:
    """How many components of the fiber hold an image of w under a permutation of parameters."""
    hit = set()
    u = [pow(3, 7 * i + 1, P) for i in range(len(w))]
    for pi in itertools.permutations(range(len(w))):
        if all(value(f, [u[i] for i in pi]) == value(f, u) for f in phi):
            image = [w[i] for i in pi]
            hit |= {k for k, prime in enumerate(primes)
                    if not any(g(*image) for g in prime.gens())}
    return len(hit)


# -- the comparison ------------------------------------------------------------------------


def compare(model, generator: random.Random) -> str:
    """Compare all answers about one model; what was compared."""
    phi, name = expand(model), str(model.describe())
    w = [generator.randrange(P) for _ in range(model.parameter_count)]
    manifold = NeuroManifold(model)
    count, n = model.parameter_count, manifold.ambient_dimension().value
    dim, orbits = rank(jacobian(phi, w)), orbit_dimension(phi, w)
    expected, defect = manifold.expected_dimension(), manifold.defect()
    finitely = manifold.is_finitely_identifiable()
    assert manifold.dimension() == dim, name
    # A linear network counts as the matrix that it makes.
    linear = {layer["kind"] for layer in model.describe()["layers"]} == {"dense"}
    assert expected == (dim if linear else min(n, count - orbits)), name
    assert defect == expected.value - dim, name
    assert finitely.value is (count - orbits == dim), name
    for answer in (expected, defect, finitely):
        if answer.status == "proved":
            assert "the list of known symmetries" not in answer.trust, name
            assert verify(answer.certificate).value == answer.value, name
    if not finitely.value:
        assert manifold.is_identifiable().value is False, name
        return "defect" if defect.value else "infinite"
    try:
        identifiable, fiber = manifold.is_identifiable(), manifold.generic_fiber()
    except LimitReached:
        return "no normal form"
    if fiber.status != "proved":
        return fiber.status
    for answer in (fiber, identifiable):
        assert list(verify(answer.certificate).trust) == answer.trust, name
    ideal, primes = components(phi, w)
    assert fiber.symmetries <= fiber.points and len(primes) <= fiber.points, name
    if identifiable.value:
        # All components are images of that of w under maps over the prime field.
        assert len(primes) == fiber.points, name
    if fiber.dimension == 0:
        assert ideal.vector_space_dimension() == fiber.points, name
        points = [[int(-g.constant_coefficient()) % P for g in sorted(
            prime.groebner_basis(), reverse=True)] for prime in primes
            if prime.vector_space_dimension() == 1]
        assert affine_symmetries_of_points(phi, w, points) == fiber.symmetries, name
    elif count <= 7:
        assert permuted_components(phi, w, primes) <= fiber.symmetries, name
    return "one orbit" if identifiable.value else "several orbits"


@pytest.fixture(autouse=True)
def _short_limits(monkeypatch) -> None:
    monkeypatch.setattr(generic_fiber, "EXACT_SECONDS", 5.0)


@pytest.mark.parametrize("count", [4, slow(8)])
def test_random_models_against_brute_force(count: int) -> None:
    generator = random.Random(16)
    found = {compare(model, generator) for model in sample(generator, count)}
    assert {"infinite", "defect"} & found


@pytest.mark.slow
def test_200_random_models_against_brute_force() -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    generator = random.Random(seed)
    for number, model in enumerate(sample(generator, 200)):
        print(number, model, compare(model, generator))
