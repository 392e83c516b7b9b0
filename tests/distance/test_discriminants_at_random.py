"""ED discriminants of random curves and ruled surfaces on lines of data, against SymPy's."""

from __future__ import annotations

import random
from itertools import combinations, permutations

import pytest
import sympy
from conftest import slow
from flint import nmod_poly

from neuroalg_sage import NeuroManifold, from_expressions, verify
from neuroalg_sage.errors import LimitReached

A, B, S = sympy.symbols("a b s")
SECONDS = 20  # for one model with a fresh seed; those that take longer are passed over


def modulo(f: sympy.Expr, x: int, p: int) -> nmod_poly:
    """A polynomial in a and s at s = x, modulo p."""
    coefficients: dict[int, int] = {}
    for (i, j), c in sympy.Poly(f, A, S).terms():
        term = int(c.p) * pow(int(c.q), -1, p) * pow(x, j, p)
        coefficients[i] = (coefficients.get(i, 0) + term) % p
    return nmod_poly([coefficients.get(i, 0) for i in range(max(coefficients, default=0) + 1)], p)


def is_immersive(factor: sympy.Expr, f: sympy.Expr, leading: sympy.Expr, minors: list) -> bool:
    """
    Whether f has a multiple root, over a zero of the factor, at which neither the leading
    coefficient in b vanishes nor all minors do; modulo a prime.
    """
    p = 2**20
    while True:
        p = int(sympy.nextprime(p))
        line = nmod_poly([int(c.p) * pow(int(c.q), -1, p) % p for c in
                          reversed(sympy.Poly(factor, S).all_coeffs())], p)
        roots = line.roots()
        if not roots:
            continue
        x = int(roots[0][0])
        multiple = modulo(f, x, p)
        multiple = multiple.gcd(multiple.derivative())
        dropped = nmod_poly([], p)
        for minor in minors:
            dropped = dropped.gcd(modulo(minor, x, p))
        if not multiple:  # all a are critical
            return bool(modulo(leading, x, p) and dropped)
        for excluded in (modulo(leading, x, p), dropped):
            while (common := multiple.gcd(excluded)).degree() > 0:
                multiple //= common
        return bool(multiple.degree() > 0)


def discriminant_on_a_line(phi: list, form: list, start: list, direction: list) -> set:
    """
    The irreducible factors of the discriminant, for φ of a, or of a and b of degree one in b.

    b is a fraction in a and s at critical points, and they are the roots a of one polynomial.
    """
    size = range(len(phi))
    residual = [sum(form[i][j] * (phi[j] - start[j] - S * direction[j]) for j in size)
                for i in size]
    unknowns = [x for x in (A, B) if any(f.has(x) for f in phi)]
    equations = [sympy.expand(sum(sympy.diff(f, x) * r for f, r in zip(phi, residual)))
                 for x in unknowns]
    slopes = sympy.Matrix(phi).jacobian(unknowns)
    leading, f, minors = sympy.Integer(1), equations[0], list(slopes)
    if len(unknowns) == 2:
        leading, rest = sympy.Poly(equations[1], B).all_coeffs()

        def at_critical(g: sympy.Expr) -> sympy.Expr:
            return sympy.expand(sympy.numer(sympy.together(
                sympy.expand(g).subs(B, -rest / leading))))

        f = at_critical(f)
        minors = [at_critical(slopes[list(rows), :].det()) for rows in combinations(size, 2)]
        while (common := sympy.gcd(f, leading)).has(A):
            f = sympy.cancel(f / common)
    else:
        f = sympy.cancel(f / sympy.gcd_list(minors))
    if sympy.degree(f, A) < 2:
        return set()
    found = sympy.discriminant(f, A)
    assert found != 0
    return {sympy.Poly(g, S).monic() for g, _ in sympy.factor_list(found, S)[1]
            if is_immersive(g, f, leading, minors)}


def manifold(phi: list, timeout: float | None = None) -> NeuroManifold:
    names = [str(x) for x in (A, B) if any(f.has(x) for f in phi)]
    outputs = [f"({sympy.sstr(f)})*x".replace("**", "^") for f in phi]
    return NeuroManifold(from_expressions(outputs, names, ["x"]), seed=1, timeout=timeout)


def of_program(phi: list, form: list, start: list, direction: list,
               timeout: float | None) -> set:
    """On a special line, where three critical points come together, it need not be proved."""
    found = manifold(phi, timeout).ed_discriminant("data", form, origin=start,
                                                   directions=[direction])
    if found.status == "proved":
        assert found.trust == [] and verify(found.certificate).trust == ()
    return {sympy.Poly(sympy.sympify(f.replace("^", "**").replace("u_0", "s")), S).monic()
            for f in found.value.polynomials}


def random_polynomial(generator: random.Random, degree: int) -> sympy.Expr:
    return sum((generator.choice([0, 0, 1, -1, 2]) * A**k for k in range(degree + 1)),
               sympy.Integer(0))


def random_map(generator: random.Random, curve: bool) -> list:
    """A random curve, or a surface of random lines, through 0 if it is a cone."""
    while True:
        if curve:
            phi = [random_polynomial(generator, 4) for _ in range(generator.choice([2, 3]))]
        else:
            cone = generator.random() < 0.5
            phi = [sympy.expand(B * random_polynomial(generator, 1 + cone) + (
                0 if cone else random_polynomial(generator, 2))) for _ in range(3)]
        slopes = sympy.Matrix(phi).jacobian([A] if curve else [A, B])
        if all(f != 0 for f in phi) and slopes.rank() == slopes.cols:
            return phi


def random_form(generator: random.Random, n: int) -> list:
    """A nondegenerate quadratic form with isotropic vectors over Q, or a diagonal one."""
    if generator.random() < 0.4:
        return [[int(i + j == n - 1) for j in range(n)] for i in range(n)]
    return [[int(i == j) * generator.choice([1, 1, 2, -1]) for j in range(n)] for i in range(n)]


def compared(generator: random.Random, curve: bool, timeout: float | None = None) -> int:
    """1 if one random model was compared, 0 if it took too long."""
    phi = random_map(generator, curve)
    n = len(phi)
    form = random_form(generator, n)
    start = [generator.randint(-5, 5) for _ in range(n)]
    direction = [generator.randint(1, 50) for _ in range(n)]
    slopes = sympy.Matrix(phi).jacobian([A] if curve else [A, B])
    gram = (slopes.T * sympy.Matrix(form) * slopes).applyfunc(sympy.expand)
    if sympy.expand(gram.det()) == 0 or gram[-1, -1] == 0:
        return 0  # all tangent spaces are isotropic, or all lines of a surface
    try:
        found = of_program(phi, form, start, direction, timeout)
    except LimitReached:
        return 0
    assert found == discriminant_on_a_line(phi, form, start, direction), (
        phi, form, start, direction)
    return 1


@pytest.mark.parametrize("curve", [True, False], ids=["curves", "surfaces"])
def test_discriminants_on_lines_are_those_of_sympy(curve) -> None:
    generator = random.Random(20)
    assert sum(compared(generator, curve) for _ in range(12 if curve else 6)) > 2


@pytest.mark.slow
def test_discriminants_on_lines_with_a_fresh_seed() -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    generator = random.Random(seed)
    done = sum(compared(generator, k % 4 > 0, SECONDS) for k in range(40))
    print(f"{done} discriminants compared")
    assert done


def as_polynomials(found: list[str], names: list) -> set:
    return {sympy.Poly(sympy.sympify(f.replace("^", "**")), *names).monic() for f in found}


SURFACES = [[A, B, A * B], [B, A * B, A**2 * B], [A, B**2, B**3 + A], [B**3, A, B]]


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_outputs_and_an_affine_change_of_parameters_change_nothing(seed) -> None:
    """Some of the forms and orders have isotropic tangents where a minor of Dφ is zero."""
    generator = random.Random(seed)
    phi = SURFACES[seed] if seed < len(SURFACES) else random_map(generator, curve=True)
    form = random_form(generator, len(phi))
    u = sympy.symbols(f"u_:{len(phi)}")
    wanted = as_polynomials(manifold(phi).ed_discriminant("data", form).value.polynomials, u)
    for order in generator.sample(list(permutations(range(len(phi)))), 2):
        moved = [sympy.expand(phi[i].subs({A: 3 * A - 2, B: 2 * B + 5}, simultaneous=True))
                 for i in order]
        found = manifold(moved).ed_discriminant(
            "data", [[form[i][j] for j in order] for i in order])
        assert found.status == "proved"
        named = {g.as_expr().subs({u[k]: u[i] for k, i in enumerate(order)}, simultaneous=True)
                 for g in as_polynomials(found.value.polynomials, u)}
        assert {sympy.Poly(g, *u).monic() for g in named} == wanted


def test_the_discriminant_is_that_of_the_critical_equation() -> None:
    """4 w^3 - 3 u_1 w^2 - u_0 for the curve (w^3, w), with an isotropic tangent at w = 0."""
    u, v = sympy.symbols("u_0 u_1")
    wanted = sympy.factor_list(sympy.discriminant(4 * A**3 - 3 * v * A**2 - u, A))[1]
    found = manifold([A**3, A]).ed_discriminant("data", [[0, 1], [1, 0]])
    assert as_polynomials(found.value.polynomials, [u, v]) == {
        sympy.Poly(f, u, v).monic() for f, _ in wanted}
    assert len(wanted) == 2 and found.value.degree == 4 and found.status == "proved"


@pytest.mark.parametrize("orders", [2, slow(6)])
def test_a_curve_has_the_same_discriminant_in_each_order_of_its_outputs(orders: int) -> None:
    """Two of six minors have zeros in common with the isotropic tangents."""
    first = A**5 / 5 + 2 * A**3 / 3 + A
    curve = [first, A / 2 - A**3 / 6 + first, A**2 / 2 + first]
    for phi in [*permutations(curve)][-orders:]:
        found = manifold(list(phi)).ed_discriminant()
        assert found.status == "proved" and found.value.degree == 12
        assert sorted(sympy.Poly(sympy.sympify(f.replace("^", "**"))).total_degree()
                      for f in found.value.polynomials) == [2, 10]
