"""ED degrees of decision boundaries, against another engine and by hand."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from claims import changed_at
from flint import Ordering, fmpq_mpoly_ctx, nmod_mpoly_ctx

from neuroalg_sage import InputError, NeuroManifold
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.distance.decision_boundary_degree import largest_number
from neuroalg_sage.engines import msolve
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.models.sources import from_expressions

needs_msolve = pytest.mark.skipif(msolve.find_command() is None, reason="msolve is not installed")

PRIME = 32003


def values_at(manifold: NeuroManifold, outputs: list[int], generator: random.Random
              ) -> dict[tuple[int, ...], int]:
    """The function on the inputs at random parameters modulo the prime."""
    phi = manifold.parametrization()
    w = [generator.randrange(PRIME) for _ in range(phi.model.parameter_count)]
    terms: dict[tuple[int, ...], int] = {}
    for (output, exponents), f in zip(phi.coordinates, phi.polynomials):
        if output in outputs:
            value = 0
            for e, c in f.items():
                term = c.numerator * pow(c.denominator, -1, PRIME)
                for base, k in zip(w, e):
                    term = term * pow(base, k, PRIME) % PRIME
                value += term
            sign = 1 if output == outputs[0] else -1
            terms[exponents] = (terms.get(exponents, 0) + sign * value) % PRIME
    return terms


def by_macaulay2(manifold: NeuroManifold, outputs: list[int], seed: int) -> int:
    """The critical points of the distance on the reduced hypersurface, by minors."""
    generator = random.Random(seed)
    n = manifold.model.input_count
    terms = values_at(manifold, outputs, generator)
    ring = PolynomialRingData(tuple(f"x_{i}" for i in range(n)), PRIME)
    unit = [tuple(int(i == k) for k in range(n)) for i in range(n)]
    shift = tuple({unit[i]: 1, (0,) * n: generator.randrange(PRIME)} for i in range(n))
    script = Script("critical points on a hypersurface",
                    {"R": ring, "I": PolynomialMatrix(ring, 1, 1, (terms,), "ideal"),
                     "U": PolynomialMatrix(ring, 1, n, shift)},
                    "I = radical I;\nD = transpose jacobian I;\n"
                    "J = saturate(I + minors(2, D || U), ideal D);",
                    {"points": "if J == 1 then 0 else if dim J > 0 then -1 else degree radical J"})
    return int(manifold.computation.run(script)["points"])


@needs_msolve
@pytest.mark.parametrize("spec, outputs", [
    ("mlp:2,1,1:x^2", [0]), ("mlp:3,2,1:x^2", [0]), ("mlp:3,3,1:x^2:bias", [0]),
    ("mlp:2,2,2:x^2", [0, 1]), ("mlp:2,2,2:x^2", [1]), ("mlp:2,2,1:x^3", [0]),
    ("mlp:2,2,1:x^3:bias", [0]), ("cnn:2,2:x^2", [0]), ("attention:d=2,a=1,out=1,t=2", [0]),
    ("attention:d=2,a=1,out=1,t=2", [0, 1]), ("linear:3,1,3", [0, 2]), ("mlp:2,1,1:x^3+x:bias", [0])
    ], ids=str)
def test_numbers_are_those_of_another_engine(spec: str, outputs: list[int]) -> None:
    manifold = NeuroManifold(spec, seed=1)
    found = manifold.decision_boundary_ed_degree(outputs)
    assert found.data == by_macaulay2(manifold, outputs, 7)
    verdict = verify(found.certificate)
    assert verdict.value == [outputs, found.data]
    assert verdict.invariant == "decision_boundary_ed_degree" + (
        "" if found.status == "proved" else "_at_least")


@needs_msolve
@pytest.mark.parametrize("inputs, units, bias, number", [
    (3, 3, False, 4), (3, 2, False, 2), (4, 3, False, 4), (4, 4, False, 6), (2, 2, True, 4),
    (3, 3, True, 6), (3, 2, True, 4), (2, 1, True, 2)])
def test_quadrics_have_two_critical_points_for_each_axis(
        inputs: int, units: int, bias: bool, number: int) -> None:
    # Σ a_i x_i^2 = c is met at x_i = u_i / (1 - s a_i): Σ a_i u_i^2 Π_(j≠i) (1 - s a_j)^2 has
    # degree 2 r - 2 in s, and with c ≠ 0 it is compared with Π (1 - s a_j)^2, of degree 2 r.
    found = NeuroManifold(f"mlp:{inputs},{units},1:x^2{':bias' * bias}",
                          seed=1).decision_boundary_ed_degree()
    assert found == number
    assert found.status == "proved"


@pytest.mark.parametrize("degree, variables", [(2, 1), (2, 2), (3, 2), (4, 2), (2, 3), (3, 3)])
@pytest.mark.parametrize("is_form", [False, True])
def test_bounds_are_the_numbers_of_dense_polynomials(degree: int, variables: int, is_form: bool
                                                     ) -> None:
    generator = random.Random(degree)
    names = [f"x_{i}" for i in range(variables)]
    prime = 1073741789
    ring = nmod_mpoly_ctx.get([*names, "s"], prime, Ordering.degrevlex)
    exponents = [e for e in _exponents(variables, degree) if not is_form or sum(e) == degree]
    f = ring.from_dict({(*e, 0): generator.randrange(1, prime) for e in exponents})
    *x, s = ring.gens()
    if msolve.find_command() is None or is_form and variables == 1:
        pytest.skip("there is no msolve, or the form is a power")
    points = msolve.points([f, *(c - generator.randrange(prime) - s * f.derivative(i)
                                 for i, c in enumerate(x))], [*names, "s"], prime)
    assert points.count == largest_number(degree, variables, is_form)


def _exponents(variables: int, degree: int) -> list[tuple[int, ...]]:
    if variables == 0:
        return [()]
    return [(k, *rest) for k in range(degree + 1) for rest in _exponents(variables - 1, degree - k)]


@needs_msolve
def test_powers_and_constant_factors_do_not_count() -> None:
    square = from_expressions(["c*(x^2 + a*y + b)^3"], ["a", "b", "c"], ["x", "y"])
    found = NeuroManifold(square, seed=1).decision_boundary_ed_degree()
    assert found == 3  # a parabola
    assert found.status == "numerical" and verify(found.certificate).value == [[0], 3]
    with pytest.raises(CertificateError):  # the factor is needed
        certificate = found.certificate
        assert certificate is not None
        verify(changed_at(certificate, "evidence", "factor", to=[["1", [3, 1]]]))
    empty = NeuroManifold(from_expressions(["a", "a + b"], ["a", "b"], ["x"]), seed=1)
    assert empty.decision_boundary_ed_degree() == 0
    assert verify(empty.decision_boundary_ed_degree().certificate).value == [[0, 1], 0]


@needs_msolve
def test_forged_claims_are_refused() -> None:
    for spec in ("mlp:3,2,1:x^2", "cnn:2,2:x^2"):
        certificate = NeuroManifold(spec, seed=1).decision_boundary_ed_degree().certificate
        assert certificate is not None
        number = certificate["claim"]["value"][1]
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, "claim", "value", to=[[0], number + 1]))
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, "claim", "value", to=[[1], number]))
    at_least = NeuroManifold("cnn:2,2:x^2", seed=1).decision_boundary_ed_degree().certificate
    assert at_least is not None
    with pytest.raises(CertificateError):  # it is no proof that there are no more
        verify(changed_at(changed_at(at_least, "evidence", to={"points": at_least["evidence"]}),
                          "claim", "invariant", to="decision_boundary_ed_degree"))


@pytest.mark.parametrize("outputs", [[], [0, 0], [2], [-1], [0, 1, 1]])
def test_outputs_that_there_are_not(outputs: list[int]) -> None:
    with pytest.raises(InputError, match=r"decision boundary|output"):
        NeuroManifold("linear:2,1,2").decision_boundary_ed_degree(outputs)


def test_a_function_that_is_zero() -> None:
    model = from_expressions(["a*x", "a*x"], ["a"], ["x"])
    with pytest.raises(InputError, match="all of the space"):
        NeuroManifold(model).decision_boundary_ed_degree()


def test_the_part_without_powers() -> None:
    from neuroalg_sage.invariants.distance.decision_boundary_degree import without_powers

    ring = fmpq_mpoly_ctx.get(["w", "x", "y"], Ordering.lex)
    w, x, y = ring.gens()
    f = w**2 * (x + w * y)**3 * (x - y)
    found = without_powers({tuple(map(int, e)): Fraction(int(c.p), int(c.q))
                            for e, c in f.to_dict().items()}, 1, 2)
    g = ring.from_dict({e: int(c) for e, c in found.items()})
    assert g in ((x + w * y) * (x - y), -(x + w * y) * (x - y))
