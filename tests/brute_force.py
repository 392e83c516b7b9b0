"""
Random small models, and their invariants by brute force.

Nothing here uses the package, so that what the two have in common is mathematics only: networks
are multiplied out with SymPy, and varieties are computed by Macaulay2's own functions, from a
script that is written here.
"""

from __future__ import annotations

import itertools
import random
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from flint import nmod_mat
from sympy import QQ, ring
from sympy.polys.rings import PolyElement

PRIME = 2_147_483_629
FUNCTIONALS = 50
Exponents = tuple[int, ...]


@dataclass(frozen=True)
class Network:
    """A model by a spec or as expressions, and what it is when multiplied out.

    The coefficients are those of the monomials that occur: ``coefficients[j, e]`` is the
    polynomial in the parameters at ``x^e`` in output ``j``.
    """

    spec: str | None
    expressions: tuple[list[str], list[str], list[str]] | None
    parameters: int
    coefficients: dict[tuple[int, Exponents], PolyElement]

    def __str__(self) -> str:
        if self.spec:
            return self.spec
        assert self.expressions
        outputs, parameters, inputs = (", ".join(part) for part in self.expressions)
        return f"{{{parameters}; {inputs}; {outputs}}}"

    def value(self, point: Sequence[int | Fraction]) -> dict[tuple[int, Exponents], Fraction]:
        return {place: Fraction(int(v.numerator), int(v.denominator))
                for place, f in self.coefficients.items()
                for v in [f.evaluate(list(zip(f.ring.gens, map(QQ, point))))
                          if f.ring.gens else f.coeff(1)]}


def _network(spec: str | None, outputs: list[PolyElement], parameters: int, names: list[str],
             expressions: tuple[list[str], list[str], list[str]] | None = None) -> Network:
    """The network whose outputs are polynomials in parameters, which come first, and inputs."""
    base = ring(names[:parameters], QQ)[0]
    found: dict[tuple[int, Exponents], PolyElement] = {}
    for j, f in enumerate(outputs):
        for e, c in f.terms():
            term = base({e[:parameters]: c})
            place = j, tuple(e[parameters:])
            found[place] = found[place] + term if place in found else term
    return Network(spec, expressions, parameters, found)


def _apply(activation: Sequence[Fraction], f: PolyElement) -> PolyElement:
    """Horner's rule; the coefficients from the constant one on."""
    result = f.ring.zero
    for c in reversed(activation):
        result = result * f + QQ(c.numerator, c.denominator)
    return result


def _matrix(letters: Iterator[PolyElement], rows: int, columns: int) -> list[list[PolyElement]]:
    return [[next(letters) for _ in range(columns)] for _ in range(rows)]


def _product(a: list[list[PolyElement]], b: list[list[PolyElement]]) -> list[list[PolyElement]]:
    return [[sum((x * y for x, y in zip(row, column)), row[0].ring.zero) for column in zip(*b)]
            for row in a]


def perceptron(widths: Sequence[int], activation: Sequence[Fraction], text: str,
               bias: bool = False) -> Network:
    count = sum(b * (a + bias) for a, b in itertools.pairwise(widths))
    names = [f"w{i}" for i in range(count)] + [f"x{i}" for i in range(widths[0])]
    letters = list(ring(names, QQ)[1:])
    weights, states = iter(letters[:count]), letters[count:]
    for k, (a, b) in enumerate(itertools.pairwise(widths)):
        rows = _matrix(weights, b, a)
        states = [sum((w * s for w, s in zip(row, states)), letters[0].ring.zero)
                  for row in rows]
        if bias:
            states = [s + next(weights) for s in states]
        if k < len(widths) - 2:
            states = [_apply(activation, s) for s in states]
    return _network(f"mlp:{','.join(map(str, widths))}:{text}" + ":bias" * bias, states, count,
                    names)


def convolutional(filters: Sequence[tuple[int, int]], activation: Sequence[Fraction], text: str
                  ) -> Network:
    """Filters of one channel, as pairs of size and stride, down to one output."""
    length = 1
    for size, stride in reversed(filters):
        length = (length - 1) * stride + size
    count = sum(size for size, _ in filters)
    names = [f"w{i}" for i in range(count)] + [f"x{i}" for i in range(length)]
    letters = list(ring(names, QQ)[1:])
    weights, states = iter(letters[:count]), letters[count:]
    for k, (size, stride) in enumerate(filters):
        taps = [next(weights) for _ in range(size)]
        states = [sum((w * states[i + t] for t, w in enumerate(taps)), letters[0].ring.zero)
                  for i in range(0, len(states) - size + 1, stride)]
        if k < len(filters) - 1:
            states = [_apply(activation, s) for s in states]
    shown = ",".join(f"{size}s{stride}" if stride > 1 else str(size) for size, stride in filters)
    return _network(f"cnn:{shown}:{text}", states, count, names)


def attention(d: int, head: int, out: int, tokens: int) -> Network:
    count = 2 * head * d + out * d
    names = ([f"w{i}" for i in range(count)]
             + [f"x{i}" for i in range(d * tokens)])
    letters = list(ring(names, QQ)[1:])
    weights = iter(letters[:count])
    query, key, value = (_matrix(weights, rows, d) for rows in (head, head, out))
    x = _matrix(iter(letters[count:]), d, tokens)
    keys = [list(row) for row in zip(*_product(key, x))]
    y = _product(_product(value, x), _product(keys, _product(query, x)))
    return _network(f"attention:d={d},a={head},out={out},t={tokens}",
                    [entry for row in y for entry in row], count, names)


def expression(generator: random.Random) -> Network:
    """Two or three outputs or monomials with random polynomials in two parameters before them."""
    parameters, inputs = ["a", "b"], ["x", "y"][:generator.randint(1, 2)]
    r, *letters = ring(parameters + inputs, QQ)
    outputs = []
    for _ in range(generator.randint(1, 2)):
        f = r.zero
        for _ in range(generator.randint(2, 4)):
            term = r(generator.choice([-2, -1, 1, 1, 2, 3]))
            for letter in letters[:2]:
                term *= letter ** generator.randint(0, 2)
            for letter in letters[2:]:
                term *= letter ** generator.randint(0, 2)
            f += term
        outputs.append(f)
    texts = [str(f.as_expr()).replace("**", "^") for f in outputs]
    return _network(None, outputs, 2, parameters + inputs, (texts, parameters, inputs))


ACTIVATIONS = {"x": [0, 1], "x^2": [0, 0, 1], "x^3": [0, 0, 0, 1], "x^2+x": [0, 1, 1],
               "x^2-2": [-2, 0, 1], "x^3-x": [0, -1, 0, 1], "2*x^2": [0, 0, 2],
               "x^2/3+x": [0, 1, Fraction(1, 3)]}


def random_network(generator: random.Random, most: int = 8, widest: int = 10) -> Network:
    """A model of some family with at most so many parameters, and monomials in its outputs."""
    while True:
        kind = generator.choice(["perceptron"] * 4 + ["convolutional"] * 2
                                + ["attention", "expression", "expression"])
        text = generator.choice(list(ACTIVATIONS))
        activation = [Fraction(c) for c in ACTIVATIONS[text]]
        if kind == "perceptron":
            widths = [generator.randint(1, 3) for _ in range(generator.randint(3, 4))]
            bias = generator.random() < 0.3
            count = sum(b * (a + bias) for a, b in itertools.pairwise(widths))
            if count > most or len(widths) == 4 and len(activation) > 3:
                continue
            found = perceptron(widths, activation, text, bias)
        elif kind == "convolutional":
            filters = [(generator.randint(1, 3), generator.randint(1, 2))
                       for _ in range(generator.randint(2, 3))]
            if (sum(size for size, _ in filters) > most
                    or len(filters) == 3 and len(activation) > 3):
                continue
            found = convolutional([*filters[:-1], (filters[-1][0], 1)], activation, text)
        elif kind == "attention":
            d, head, out, tokens = (generator.randint(1, 2) for _ in range(4))
            if (2 * head + out) * d > most:
                continue
            found = attention(d, head, out, tokens)
        else:
            found = expression(generator)
        if 1 <= len(found.coefficients) <= widest:
            return found


def random_networks(count: int, generator: random.Random, **limits: int) -> list[Network]:
    found: dict[str, Network] = {}
    while len(found) < count:
        network = random_network(generator, **limits)
        found.setdefault(str(network), network)
    return list(found.values())


# -- by linear algebra -----------------------------------------------------------------------


def rank_modulo(rows: list[list[int]], prime: int = PRIME) -> int:
    """The rank of an integer matrix modulo a prime."""
    return nmod_mat(len(rows), len(rows[0]), [c % prime for row in rows for c in row], prime
                    ).rank() if rows and rows[0] else 0


def residue(f: PolyElement, point: Sequence[int], prime: int = PRIME) -> int:
    total = 0
    for e, c in f.terms():
        term = int(c.numerator) * pow(int(c.denominator), -1, prime)
        for w, k in zip(point, e):
            term = term * pow(w, k, prime) % prime
        total += term
    return total % prime


def dimension(network: Network, generator: random.Random) -> int:
    """The largest rank of the Jacobian at three random points modulo a large prime."""
    gens = next(iter(network.coefficients.values())).ring.gens
    jacobian = [[f.diff(w) for w in gens] for f in network.coefficients.values()]
    best = 0
    for _ in range(3):
        point = [generator.randrange(PRIME) for _ in gens]
        best = max(best, rank_modulo([[residue(g, point) for g in row] for row in jacobian]))
    return best


def number_of_laws(network: Network, generator: random.Random, rounds: int = 4) -> int:
    """
    N less the rank at a random point of the Lie algebra that the gradients generate.

    Brackets are formed ``rounds`` times of all with the gradients; what these miss can only
    make the number too large.
    """
    fields = [[f.diff(w) for w in f.ring.gens] for f in network.coefficients.values()]
    point = [generator.randrange(PRIME) for _ in range(network.parameters)]

    def values(vectors: list[list[PolyElement]]) -> list[list[int]]:
        return [[residue(g, point) for g in vector] for vector in vectors]

    # Vector fields are told apart by random linear functionals of their coefficients.
    weights: dict[Any, list[int]] = defaultdict(
        lambda: [generator.randrange(PRIME) for _ in range(FUNCTIONALS)])

    def shadow(vector: list[PolyElement]) -> list[int]:
        total = [0] * FUNCTIONALS
        for k, g in enumerate(vector):
            for e, c in g.terms():
                scalar = int(c.numerator) * pow(int(c.denominator), -1, PRIME)
                total = [(a + scalar * b) % PRIME for a, b in zip(total, weights[k, e])]
        return total

    everything: list[list[PolyElement]] = []
    shadows: list[list[int]] = []

    def keep(vector: list[PolyElement], among: list[list[PolyElement]]) -> None:
        if rank_modulo([*shadows, shadow(vector)]) > len(shadows):
            shadows.append(shadow(vector))
            among.append(vector)

    for field in fields:
        keep(field, everything)
    newest = list(everything)
    for _ in range(rounds):
        if rank_modulo(values(everything)) == network.parameters:
            break
        found: list[list[PolyElement]] = []
        for f, g in itertools.product(newest, fields):
            keep(bracket(f, g), found)
            if len(shadows) >= FUNCTIONALS - 10:
                return network.parameters - rank_modulo(values(everything + found))
        everything, newest = everything + found, found
    return network.parameters - rank_modulo(values(everything))


def bracket(f: list[PolyElement], g: list[PolyElement]) -> list[PolyElement]:
    gens = f[0].ring.gens
    return [sum((f[i] * g[k].diff(gens[i]) - g[i] * f[k].diff(gens[i])
                 for i in range(len(gens))), f[0].ring.zero) for k in range(len(gens))]


# -- by Macaulay2's own functions ------------------------------------------------------------

VARIETY = """
R = QQ[w_0..w_{last_parameter}];
S = QQ[z_0..z_{last}, MonomialOrder => GRevLex];
I = trim kernel map(R, S, {{{images}}});
T = QQ[z_0..z_{last}, h, MonomialOrder => GRevLex];
-- The homogenization of a basis for a graded order generates the ideal of the closure.
bar = J -> if isHomogeneous J then J else (
    ideal apply(first entries gens gb J, g -> homogenize(sub(g, T), h)));
H = bar I;
<< "dimension|" << dim I << endl;
<< "degree|" << degree H << endl;
P = hilbertPolynomial(H, Projective => false);
<< "hilbert_polynomial|" << toString apply(dim H, k -> coefficient((first gens ring P)^k, P))
    << endl;
<< "equations|" << concatenate between(";", apply(first entries gens I, toString)) << endl;
"""

SINGULAR_LOCUS = """
Sing = I + minors(codim I, jacobian I);
strata = if Sing == 1 then {} else decompose Sing;
<< "singular_locus|" << toString sort apply(strata, J -> (dim J, degree bar J)) << endl;
"""

ED_DEGREE = """
F = ZZ/32003[z_0..z_LAST];
Ip = sub(I, F);
n = numgens F; c = codim Ip;
u = apply(n, i -> random(ZZ/32003));
criticalPoints = G -> (
    gradient = matrix{apply(n, i -> F_i - u#i)} * G;
    critical = Ip + minors(c + 1, gradient || transpose jacobian Ip);
    smooth = saturate(critical, minors(c, jacobian Ip));
    if smooth == 1 then 0 else (dim smooth, degree radical smooth));
<< "unit|" << toString criticalPoints id_(F^n) << endl;
B = table(n, n, (i, j) -> random(ZZ/32003));
A = matrix table(n, n, (i, j) -> (B#i#j + B#j#i)*1_F);
<< "generic|" << toString criticalPoints A << endl;
"""


def macaulay2(network: Network, parts: Sequence[str], command: str, folder: Path,
              seconds: float) -> dict[str, str]:
    """What Macaulay2 answered within so many seconds; later answers may be missing."""
    images = ", ".join(in_macaulay2(f) for f in network.coefficients.values())
    last = len(network.coefficients) - 1
    script = VARIETY.format(last_parameter=network.parameters - 1, last=last, images=images)
    script += "".join(parts).replace("LAST", str(last))
    path = folder / "brute_force.m2"
    path.write_text(script + "exit 0\n")
    with open(folder / "brute_force.out", "w+") as out:
        process = subprocess.Popen([command, "--script", str(path)], stdout=out,
                                   stderr=subprocess.DEVNULL)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        out.seek(0)
        answers = [line.rstrip("\n").partition("|") for line in out if line.endswith("\n")]
    return {name: value for name, bar, value in answers if bar}


def in_macaulay2(f: PolyElement) -> str:
    terms = ["*".join([f"({c.numerator}/{c.denominator})",
                       *(f"w_{i}^{k}" for i, k in enumerate(e) if k)]) for e, c in f.terms()]
    return "+".join(terms) or "0_R"
