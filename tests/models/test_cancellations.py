"""The special parameters of rational functions, against factors at random parameters."""

from __future__ import annotations

import copy
import random
from fractions import Fraction
from typing import Any

import pytest
import sympy

from neuroalg_sage import NeuroManifold, from_expressions
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.errors import InputError
from neuroalg_sage.invariants.answers.presentation import Surroundings
from neuroalg_sage.models.expressions import value
from neuroalg_sage.models.layers import Dense
from neuroalg_sage.models.model import compose
from neuroalg_sage.models.rational_layers import SquareRoot

COMMON, ZERO, POLE, DROP = ("a factor cancels", "the function is zero", "the denominator is zero",
                            "the degree drops")


@pytest.mark.parametrize("output, parameters, inputs, expected", [
    ("(a*x + b)/(c*x + d)", "a b c d", "x", {
        "-b*c + a*d = 0": COMMON, "c = d = 0": POLE, "a = b = 0": ZERO}),
    ("a/(b*x + c) + d/(e*x + f)", "a b c d e f", "x", {
        "d = 0": COMMON, "a = 0": COMMON, "-c*e + b*f = 0": COMMON,
        "b*e = c*f = c*e + b*f = 0": POLE, "b*d + a*e = c*d + a*f = 0": ZERO}),
    ("a*x/(1 + b*x^2)", "a b", "x", {"a = 0": ZERO, "b = 0": ""}),
    ("a/b*x", "a b", "x", {"a = 0": ZERO, "b = 0": POLE}),
    ("(a*x^2 + 1)/(a*x^2 + b)", "a b", "x", {
        "b - 1 = 0": COMMON, "a = 0": DROP, "a = b = 0": POLE}),
    ("(x + a)/(x + y + b)", "a b", "x y", {}),
    ("1/(a*x + b)", "a b", "x", {"a = b = 0": POLE}),
])
def test_known_families(output: str, parameters: str, inputs: str, expected: dict[str, str]
                        ) -> None:
    found = NeuroManifold(from_expressions(output, parameters, inputs)).cancellations()
    named = {" = ".join([*part.written(), "0"]): part.what for part in found.data}
    assert named == {equations: what for equations, what in expected.items() if what}
    assert verify(found.certificate).trust == ()


def test_the_page_says_that_a_radicand_is_not_looked_at() -> None:
    """v sqrt(ax + b) is constant at a = 0, where no numerator or denominator is special."""
    roots = NeuroManifold(compose([Dense(1, 1, True), SquareRoot(), Dense(1, 1)], 1))
    plain = NeuroManifold(from_expressions("(a*x + b)/(c*x + d)", "a b c d", "x"))
    pages = []
    for manifold in (roots, plain):
        section = manifold.cancellations().section(Surroundings(manifold.model, {}))
        assert section is not None
        pages.append(str(section.content))
    assert [part.written() for part in roots.cancellations().data] == [["w_2"]]
    assert "the radicand has a square factor" in pages[0] and "radicand" not in pages[1]


@pytest.mark.parametrize("spec", ["mlp:1,2,1:1/x:bias", "mlp:1,2,1:(x^2-3)/(x+1)",
                                  "mlp:2,2,1:x/(1+x^2)", "mlp:1,1,1,1:1/x:bias"])
def test_factors_cancel_there_and_nowhere_else(spec: str) -> None:
    manifold, generator = NeuroManifold(spec), random.Random(7)
    model, special = manifold.model, manifold.cancellations().data
    assert model.cone is not None
    count = model.parameter_count - 1
    x = sympy.symbols(f"x0:{model.input_count}")

    def specialized(terms: Any, w: list[Fraction]) -> sympy.Poly:
        total = sympy.Integer(0)
        for exponents, c in terms:
            for base, k in zip(w, exponents):
                c *= base**k
            total += sympy.Rational(c.numerator, c.denominator) * sympy.prod(
                v**k for v, k in zip(x, exponents[count:]))
        return sympy.Poly(total, *x, domain="QQ")

    def happens(w: list[Fraction]) -> set[str]:
        (above,), below = model.cone.fractions.plain, model.cone.fractions.denominator
        n, d = specialized(above, w), specialized(below, w)
        if n.is_zero or d.is_zero:
            return {ZERO} if n.is_zero else {POLE}
        found = {COMMON} if sympy.gcd(n, d).total_degree() > 0 else set()
        for v, i in zip(x, range(len(x))):
            generic = [max(e[count + i] for e, _ in terms) for terms in (above, below)]
            if all(p.degree(v) < k for p, k in zip((n, d), generic)):
                found.add(DROP)
        return found

    # On small numbers special parameters are not rare.
    seen: set[str] = set()
    for _ in range(300):
        w = [Fraction(generator.randint(-2, 2)) for _ in range(count)]
        is_special = any(all(not value(f, w) for f in part.equations) for part in special)
        assert bool(happens(w)) == is_special
        seen |= happens(w)
    assert COMMON in seen and DROP in seen
    # At generic points of the hypersurfaces that are hyperplanes, what is said.
    for part in special:
        (f, *more) = part.equations
        if not more and len(f) == 1 and sum(next(iter(f))) == 1:
            w = [Fraction(generator.randint(1, 99), 7) for _ in range(count)]
            w[next(iter(f)).index(1)] = Fraction(0)
            assert part.what in happens(w)


def test_other_models_have_none() -> None:
    with pytest.raises(InputError, match="is about rational functions"):
        NeuroManifold("mlp:2,1,1:x^2").cancellations()


def test_no_other_list_is_accepted() -> None:
    certificate = NeuroManifold("mlp:1,1,1:1/x:bias").cancellations().certificate
    assert certificate is not None
    verify(certificate)
    for change in (lambda sets: sets.pop(), lambda sets: sets.append(sets[0]),
                   lambda sets: sets[0].__setitem__("what", DROP),
                   lambda sets: sets[-1]["equations"][0][0].__setitem__(1, [0, 2]),
                   lambda sets: sets[0]["equations"].pop()):
        forged = copy.deepcopy(certificate)
        change(forged["claim"]["value"])
        forged["digest"] = digest(forged)
        with pytest.raises(CertificateError):
            verify(forged)
