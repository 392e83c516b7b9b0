"""
The cone over the rational functions of a network that divides, or takes a root.

**What is claimed.**  The layers are a composition over the field Q(w, x): besides those of other
models, a rational activation p/q, an entrywise quotient, and a square root.  With r^2 = h the
outputs are (A_j + B_j r)/D.  The certificate states polynomials A_j, B_j, D and h in Q[w, x], and
here it is verified that

1. they are the outputs of the composition: computed anew, exactly;
2. they have no common factor in Q(w)[x], and h has no square factor there, and depends on x.

So, for generic w, the functions determine (A, B, D) up to a factor, and the model is the map
(w, s) -> s (A, B, D) onto the affine cone over the projective variety M of these functions.  Its
dimension is one more than that of M.  Where h depends on w, the functions determine (A, B, D; h) up
to (A, B, D; h) -> s (A, B/t, D; t^2 h); so the cone has two scales, and its points are, up to the
scales, the functions and what becomes of them as r changes its sign:

    (w, s, t) -> (s t A, s B, s t D, t^2 h).

Proof of 2.  Let p be a prime, w0 parameters modulo p, and x0 + u v a line modulo p.  Let all of
A_j, B_j, D have coefficients without p in their denominators, so that they are in R[x], where R is
Z_(p)[w], a ring with unique factorization.  A common factor in Q(w)[x] of positive degree can be
taken as a primitive g in R[x]; then by Gauss each of them is g times a polynomial of R[x].
Restricted to the line, modulo p, g divides all.  One of them, F, keeps its degree in x there.  With
F = g q neither g nor q lose degree, since the degree on the line is at most that in x, and they
add up.  So the restriction of g has positive degree, and the greatest common divisor of all is not
constant.  It is verified that it is constant.  In the same way, g^2 dividing h would restrict to a
square factor of h on the line, where h keeps its degree; it is verified that h is coprime to its
derivative there.  Neither changes over larger fields than Q(w): greatest common divisors do not,
and a polynomial without square factors stays one, in characteristic 0.  So r is in no field of
rational functions in x, and 1, r are independent: A/D and B/D are determined by the outputs.  End.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly, nmod_poly
from flint.utils.flint_exceptions import DomainError

from neuroalg_sage.certificates.model import Model, Step
from neuroalg_sage.certificates.reading import (
    fields,
    integers,
    items,
    member,
    polynomial_ring,
    prime,
    rational,
    require,
    residue,
)
from neuroalg_sage.certificates.terms import Shape, Terms
from neuroalg_sage.certificates.work import Work

Parts = tuple[list[fmpq_mpoly], fmpq_mpoly, int]
Value = tuple[fmpq_mpoly, fmpq_mpoly, fmpq_mpoly]  # (a + b r) / d as a, b, d, where d is not zero


@dataclass(frozen=True)
class _Division(Step):
    """A step output(state)/below(state), or the roots of a state."""

    below: Callable[[int], Terms]
    is_root: bool


class _Composition(Model):
    """A composition of layers over the field."""

    def bound(self, *arguments: Any) -> int:
        """There is no polynomial whose degree would have a bound."""
        return 0

    def _build(self, data: Any, states: tuple[int, ...], shape: Shape, offset: int, depth: int
               ) -> tuple[int, Shape, int]:
        kind = member(data, "kind")
        if kind not in ("rational activation", "quotient", "square root"):
            return super()._build(data, states, shape, offset, depth)
        names = ("numerator", "denominator") if kind == "rational activation" else ()
        require(set(data) == {"kind", *names}, "The model has a layer with an unknown field.")
        p, q = ([rational(c) for c in items(data[name], name)] for name in names) if names else (
            [Fraction(0), Fraction(1)], [Fraction(1)])
        require(p and q and q[-1], "A rational activation divides by zero.")
        width, second = prod(shape), 0
        if kind == "quotient":
            require(width % 2 == 0, "A quotient does not fit its input.")
            width = second = width // 2
            shape, q = (width,), [Fraction(0), Fraction(1)]

        def applied(coefficients: list[Fraction], first: int) -> Callable[[int], Terms]:
            return lambda i: {((first + i, k),) * (k > 0): c for k, c in enumerate(coefficients)
                              if c}

        self.name += f" -{kind}{''.join(f' {c}' for c in p)} /{''.join(f' {c}' for c in q)}-> " if (
            names) else f" -{kind}-> "
        return self._append(_Division(0, 0, states, width, applied(p, 0), True, applied(q, second),
                                      kind == "square root")), shape, 0

    def values(self, parameters: Sequence[Value], inputs: Sequence[Value], field: _Field
               ) -> list[Value]:
        """The outputs over the field."""
        states = [list(inputs)]
        for step in self.steps:
            entries = [*parameters[step.offset : step.offset + step.parameters],
                       *(entry for s in step.sources for entry in states[s])]
            made = [field.value(step.output(i), entries) for i in range(step.width)]
            if isinstance(step, _Division):
                made = [field.root(value) if step.is_root else field.quotient(
                    value, field.value(step.below(i), entries)) for i, value in enumerate(made)]
            states.append(made)
        return states[-1]


class _Field:
    """Q(w, x), with a root r of h adjoined; polynomials are multiplied within limits."""

    def __init__(self, ring: Any, h: fmpq_mpoly) -> None:
        self.h, self.work = h, Work()
        self.zero, self.one = ring.constant(0), ring.constant(1)

    def times(self, *factors: fmpq_mpoly) -> fmpq_mpoly:
        total = self.one
        for f in factors:
            self.work.spend(len(total) * len(f))
            total *= f
        return total

    def reduced(self, a: fmpq_mpoly, b: fmpq_mpoly, d: fmpq_mpoly) -> Value:
        """Divided by a common factor; which one is no matter, if all are divided by it."""
        g = reduce(lambda f, g: f.gcd(g) if f else g, (a, b, d))
        require(g and all(f / g * g == f for f in (a, b, d)), "A division is not exact.")
        return a / g, b / g, d / g

    def sum(self, u: Value, v: Value) -> Value:
        (a, b, d), (x, y, e) = u, v
        if d == e:
            return self.reduced(a + x, b + y, d)
        return self.reduced(self.times(a, e) + self.times(x, d),
                            self.times(b, e) + self.times(y, d), self.times(d, e))

    def product(self, u: Value, v: Value) -> Value:
        (a, b, d), (x, y, e) = u, v
        return self.reduced(self.times(a, x) + self.times(b, y, self.h),
                            self.times(a, y) + self.times(b, x), self.times(d, e))

    def quotient(self, u: Value, v: Value) -> Value:
        a, b, d = v
        norm = self.times(a, a) - self.times(b, b, self.h)
        require(norm, "A denominator vanishes identically.")
        return self.product(u, (self.times(a, d), -self.times(b, d), norm))

    def root(self, u: Value) -> Value:
        """With (m/h)^2 h = a/d · d^2, the root is m r / (h d); that of 1 is 1."""
        a, b, d = u
        if a == d and not b:
            return self.one, self.zero, self.one
        require(not b and a and self.h, "A root is not that of the radicand.")
        square = self.times(a, d, self.h)
        try:
            m = square.sqrt()
        except DomainError:
            m = self.zero
        require(m * m == square, "A root is not that of the radicand.")
        return self.zero, m, self.times(self.h, d)

    def value(self, terms: Terms, entries: Sequence[Value]) -> Value:
        """The value of a polynomial."""
        total = self.zero, self.zero, self.one
        for factors, c in terms.items():
            product = self.one * fmpq(c.numerator, c.denominator), self.zero, self.one
            for v, e in factors:
                for _ in range(e):
                    product = self.product(product, entries[v])
            total = self.sum(total, product)
        return total


def _degree(f: fmpq_mpoly, count: int) -> int:
    """The degree in the variables from the number ``count`` on, -1 of zero."""
    return max((sum(map(int, e[count:])) for e in f.monoms()), default=-1)


def _require_generic(parts: Sequence[fmpq_mpoly], h: fmpq_mpoly, count: int, witness: Any) -> None:
    """Require that the parts have no common factor, and h no square factor; see above."""
    inputs = parts[0].context().nvars() - count
    given, w, x, v = fields(witness, "prime", "parameters", "origin", "direction")
    p = prime(given)
    point = integers(w, 0, p - 1, "parameter", count)
    origin, direction = (integers(c, 0, p - 1, "input", inputs) for c in (x, v))
    line = [nmod_poly([a], p) for a in point] + [
        nmod_poly([a, b], p) for a, b in zip(origin, direction)]

    def restricted(f: fmpq_mpoly) -> nmod_poly:
        total = nmod_poly([0], p)
        for e, c in zip(f.monoms(), f.coeffs()):
            term = nmod_poly([residue(c, p)], p)
            for base, k in zip(line, e):
                term *= base ** int(k)
            total += term
        return total

    lines = [restricted(f) for f in parts]
    require(any(g.degree() == _degree(f, count) >= 0 for f, g in zip(parts, lines)) and reduce(
        nmod_poly.gcd, lines).degree() == 0, "Numerators and denominator may have a common factor.")
    if h:
        g = restricted(h)
        require(g.degree() == _degree(h, count) > 0 and g.gcd(g.derivative()).degree() == 0,
                "The radicand may have a square factor.")


class Cone(Model):
    """
    The cone over rational functions, which is a model with one layer.

    - ``parts`` -- the numerators; the denominator; and the number of parameters, without scales, in
      whose variables these are, before those of the inputs
    """

    parts: Parts

    def _build(self, data: Any, states: tuple[int, ...], shape: Shape, offset: int, depth: int
               ) -> tuple[int, Shape, int]:
        if depth != 1:
            return super()._build(data, states, shape, offset, depth)
        count, rows, self.parts = _cone(data, shape)
        self.name += f" -{data['kind']} of {_names(data['layers'])}-> {len(rows)}"
        return self._append(Step(count, offset, states, len(rows), rows.__getitem__, False)
                            ), (len(rows),), count


def _names(layers: list[Any]) -> str:
    """What the layers are, for the name of the cone."""
    return ", ".join(" ".join([layer["kind"], *(
        f"[{' '.join(layer[part])}]" for part in ("coefficients", "numerator", "denominator")
        if part in layer)]) for layer in layers)


def _cone(data: Any, shape: Shape) -> tuple[int, list[Terms], Parts]:
    """The number of parameters, the polynomials that map onto the cone, and its parts; verified."""
    known = ("input_shape", "layers", "plain", "root", "denominator", "radicand", "witness",
             "scales")
    given, layers, plain, root, denominator, radicand, witness, scales = fields(data, *known)
    require(set(data) == {"kind", *known} and data["kind"] == "cone over rational functions",
            "The cone has an unknown field, or is none.")
    require(given == list(shape), "The cone does not fit its input.")
    network = _Composition({"input_shape": given, "layers": layers})
    count, inputs = network.parameters, network.inputs
    ring = polynomial_ring(count + inputs, Ordering.lex)

    def polynomial(terms: Any) -> fmpq_mpoly:
        found: dict[tuple[int, ...], fmpq] = {}
        for term in items(terms, "polynomial"):
            exponents, coefficient = items(term, "term", 2)
            e = tuple(integers(exponents, 0, 10**5, "exponent", count + inputs))
            c = rational(coefficient)
            require(c and e not in found, "A polynomial is not in normal form.")
            found[e] = fmpq(c.numerator, c.denominator)
        return ring.from_dict(found)

    d, h = polynomial(denominator), polynomial(radicand)
    a = [polynomial(f) for f in items(plain, "numerators", network.outputs)]
    b = [polynomial(f) for f in items(root, "numerators", network.outputs if root else 0)]
    require(d and any(b) == bool(root), "The denominator is zero, or the root is not needed.")
    field = _Field(ring, h)
    generators = [(g, field.zero, field.one) for g in ring.gens()]
    values = network.values(generators[:count], generators[count:], field)
    for j, (x, y, e) in enumerate(values):
        require(field.times(x, d) == field.times(a[j], e)
                and field.times(y, d) == field.times(b[j] if b else field.zero, e),
                "The numerators and the denominator are not those of the layers.")
    _require_generic([*a, *b, d], h, count, witness)
    varies = bool(root) and any(any(e[:count]) for e in h.monoms())
    require(type(scales) is int and scales == 1 + varies, "The cone has other scales.")
    parts = [(f, (1, 1)) for f in a] + [(f, (1, 0)) for f in b] + [(d, (1, 1))] + [
        (h, (0, 2))] * varies
    return count + scales, [
        {tuple((v, k) for v, k in enumerate(
            [*map(int, e[:count]), *powers[:scales], *map(int, e[count:])]) if k):
         Fraction(int(c.p), int(c.q)) for e, c in zip(f.monoms(), f.coeffs())}
        for f, powers in parts], ([*a, *b], d, count)
