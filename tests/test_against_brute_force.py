"""
Random small models of all families against brute force, which shares no code with the package.

Every run draws new models.  The seed is printed; ``NEUROALG_SEED`` repeats a run.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import brute_force
import numpy as np
import pytest
import sympy
from brute_force import ED_DEGREE, SINGULAR_LOCUS, Network
from conftest import FRESH_SEED, macaulay2_command

from neuroalg_sage import ERM, LimitReached, NeuroManifold, from_expressions, verify

pytestmark = pytest.mark.slow


class Comparisons:
    """How many values were compared, and those that differ."""

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()
        self.disagreements: list[str] = []

    def compare(self, what: str, subject: Any, ours: Any, theirs: Any) -> None:
        self.made[what] += 1
        if ours != theirs:
            self.disagreements.append(f"{what} of {subject}: {ours} here, {theirs} by brute force")
            print(self.disagreements[-1], flush=True)

    def check(self, least: int) -> None:
        summary = ", ".join(f"{what} {count}" for what, count in sorted(self.made.items()))
        print(f"compared: {summary}")
        assert not self.disagreements, "\n".join([*self.disagreements, f"seed {FRESH_SEED}"])
        assert sum(self.made.values()) >= least, (self.made, FRESH_SEED)


def model_of(network: Network) -> Any:
    return network.spec or from_expressions(*network.expressions)  # type: ignore[misc]


def numbers(text: str) -> list[Fraction]:
    return [Fraction(c) for c in re.findall(r"-?\d+(?:/\d+)?", text)]


def vanish(equations: str, network: Network, point: dict[Any, Fraction]) -> bool:
    """Whether Macaulay2's equations hold at a point whose coordinates are named by places."""
    values = {f"z_{i}": sympy.Rational(point[place].numerator, point[place].denominator)
              for i, place in enumerate(network.coefficients)}
    return all(sympy.sympify(text.replace("^", "**"), locals=values) == 0
               for text in equations.split(";") if text)


def questions(manifold: NeuroManifold) -> Iterator[tuple[str, Any]]:
    """Answers under the names that the brute force has for them; what is not proved is left out,
    but for ED degrees, which are counts."""
    ask = {"dimension": manifold.dimension, "degree": manifold.degree,
           "hilbert_polynomial": manifold.hilbert_polynomial,
           "singular_locus": manifold.singular_locus,
           "unit": lambda: manifold.ed_degree("unit"),
           "generic": lambda: manifold.ed_degree("generic")}
    for name, answer in ask.items():
        try:
            found = answer()
        except LimitReached:
            continue
        if name == "singular_locus":
            if found.completeness == "not proved":
                continue
            yield name, sorted((c.dimension, c.degree) for c in found.value)
        elif name == "hilbert_polynomial":
            yield name, [Fraction(int(c.numerator()), int(c.denominator()))
                         for c in found.value.list()]
        else:
            yield name, found.value
        if found.certificate is not None:
            assert verify(found.certificate), name


def their_answers(printed: dict[str, str]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for name, text in printed.items():
        found = numbers(text)
        if name == "singular_locus":
            answers[name] = sorted((int(a), int(b)) for a, b in zip(found[::2], found[1::2]))
        elif name == "hilbert_polynomial":
            while found and not found[-1]:
                found.pop()
            answers[name] = found
        elif name in ("unit", "generic"):
            # The critical points are finitely many: dimension, degree; or there are none.
            if len(found) == 1 or found[0] == 0:
                answers[name] = int(found[-1])
        elif name != "equations":
            answers[name] = int(found[0])
    return answers


def test_varieties_distances_laws_and_membership(tmp_path: Path) -> None:
    generator = random.Random(FRESH_SEED)
    command, comparisons = macaulay2_command(), Comparisons()
    for network in brute_force.random_networks(36, generator, most=7, widest=7):
        manifold = NeuroManifold(model_of(network), timeout=40, seed=generator.randrange(10**6))
        print(network, flush=True)
        comparisons.compare("dimension by ranks", network, manifold.dimension().value,
                            brute_force.dimension(network, generator))
        laws = manifold.number_of_conservation_laws()
        if laws.status == "proved":
            comparisons.compare("number of laws", network, laws.value,
                                brute_force.number_of_laws(network, generator))
        distances = len(network.coefficients) <= 5
        printed = brute_force.macaulay2(
            network, [SINGULAR_LOCUS] + [ED_DEGREE] * distances, command, tmp_path, 30)
        theirs = their_answers(printed)
        if theirs.get("dimension") == 0:
            # A point has no Hilbert polynomial to speak of.
            theirs.pop("hilbert_polynomial", None)
        for name, ours in questions(manifold):
            if name in theirs:
                comparisons.compare(name, network, ours, theirs[name])
        if "equations" not in printed:
            continue
        for on in (True, False):
            point = [generator.randint(-4, 4) for _ in range(network.parameters)]
            value = network.value(point)
            if not on:
                value = {place: v + generator.randint(-2, 2) for place, v in value.items()}
            target = [value.get((j, tuple(e)), Fraction(0))
                      for j, e in manifold.model.coordinates()]
            try:
                fiber = manifold.fiber(target)
            except LimitReached:
                continue
            subject = f"{network} at {[str(c) for c in target]}"
            comparisons.compare("membership in the closure", subject, fiber.in_closure.value,
                                vanish(printed["equations"], network, value))
            if on and fiber.over_real.status == "proved":
                comparisons.compare("membership over R", subject, fiber.over_real.value, True)
    comparisons.check(240)


# -- training -----------------------------------------------------------------------------------


def descend(residuals: list[Any], jacobian: list[list[Any]], second: list[list[list[Any]]],
            w: np.ndarray) -> np.ndarray | None:
    """Newton's method for the gradient of half the sum of squares, from w; None if it fails."""
    for _ in range(60):
        r = np.array([f(*w) for f in residuals])
        j = np.array([[f(*w) for f in row] for row in jacobian])
        h = j.T @ j + np.einsum("i,ikl->kl", r, np.array(
            [[[f(*w) for f in row] for row in block] for block in second]))
        step = np.linalg.lstsq(h, j.T @ r, rcond=1e-12)[0]
        w = w - step
        if not np.all(np.isfinite(w)) or np.abs(w).max() > 1e4:
            return None
        if np.abs(step).max() < 1e-13 * (1 + np.abs(w).max()):
            return w if np.linalg.norm(j.T @ r) < 1e-7 else None
    return None


TRAINABLE = ["mlp:2,1,1:x^2", "mlp:2,2,1:x^2", "cnn:2,2:x^2", "linear:2,1,2", "cnn:2,2:x",
             "mlp:2,1,1:x^3", "cnn:3,1:x^2", "linear:1,1,2", "mlp:1,1,2:x^2"]


def network_of(spec: str) -> Network:
    family, widths, *activation = spec.split(":")
    text = activation[0] if activation else "x"
    sizes = [int(k) for k in widths.split(",")]
    coefficients = [Fraction(c) for c in brute_force.ACTIVATIONS[text]]
    if family == "cnn":
        return brute_force.convolutional([(k, 1) for k in sizes], coefficients, text)
    return brute_force.perceptron(sizes, coefficients, text)


def test_critical_points_of_training(tmp_path: Path) -> None:
    """Newton's method finds no critical function that a complete list lacks, nor a smaller loss
    than a proved minimum."""
    generator = random.Random(FRESH_SEED + 1)
    comparisons = Comparisons()
    for spec in TRAINABLE * 2:
        network = network_of(spec)
        manifold = NeuroManifold(spec)
        count = manifold.model.input_count
        outputs = 1 + max(j for j, _ in network.coefficients)
        inputs = [[generator.randint(-3, 3) for _ in range(count)] for _ in range(
            manifold.ambient_dimension().value + 2)]
        targets = [[generator.randint(-4, 4) for _ in range(outputs)] for _ in inputs]
        try:
            found = ERM(spec, [x + y for x, y in zip(inputs, targets)]).critical_points()
        except LimitReached:
            continue
        gens = next(iter(network.coefficients.values())).ring.gens
        names = sympy.symbols([str(g) for g in gens])
        residuals = []
        for x, y in zip(inputs, targets):
            for j in range(outputs):
                f = sum((c.as_expr() * sympy.prod(a**k for a, k in zip(x, e))
                         for (i, e), c in network.coefficients.items() if i == j),
                        sympy.Integer(-y[j]))
                residuals.append(sympy.expand(f))
        call = [sympy.lambdify(names, f) for f in residuals]
        first = [[sympy.lambdify(names, f.diff(a)) for a in names] for f in residuals]
        second = [[[sympy.lambdify(names, f.diff(a, b)) for a in names] for b in names]
                  for f in residuals]
        places = [(j, tuple(e)) for j, e in manifold.model.coordinates()]
        image = {place: sympy.lambdify(names, c.as_expr())
                 for place, c in network.coefficients.items()}
        slopes = [[sympy.lambdify(names, c.as_expr().diff(a)) for a in names]
                  for c in network.coefficients.values()]
        listed = [[tuple(float(Fraction(c)) for c in box) for box in point["coordinates"]]
                  for point in found.value["points"]]
        losses = [float(Fraction(point["loss"][1])) for point in found.value["points"]]
        dimension = manifold.dimension().value
        starts = np.random.default_rng(generator.randrange(2**32))
        lowest, critical = np.inf, {}
        for _ in range(25):
            w = descend(call, first, second, starts.normal(size=len(names)) * 2)
            if w is None:
                continue
            loss = sum(f(*w) ** 2 for f in call) / len(inputs)
            lowest = min(lowest, loss)
            singular = np.linalg.svd(np.array([[f(*w) for f in row] for row in slopes]),
                                     compute_uv=False)
            immersive = sum(singular > 1e-3 * singular[0]) == dimension
            if immersive:
                f = [float(image[place](*w)) if place in image else 0.0 for place in places]
                critical[tuple(round(c, 5) for c in f)] = f
        if (minimum := found.value["minimum"]).get("attained"):
            least = min(losses[k] for k in minimum["at"])
            comparisons.compare("no smaller loss", spec,
                                lowest >= least * (1 - 1e-9) - 1e-9, True)
        for f in critical.values() if found.value["complete"] else ():
            near = any(all(low - 1e-6 * (1 + abs(c)) <= c <= high + 1e-6 * (1 + abs(c))
                           for c, (low, high) in zip(f, box)) for box in listed)
            comparisons.compare("critical functions in the list", f"{spec} {f}", near, True)
    comparisons.check(40)


# -- discriminants ------------------------------------------------------------------------------


def test_discriminants_of_curves_on_lines_of_data() -> None:
    """On a line of data the ED discriminant of a curve has the zeros of SymPy's discriminant."""
    generator = random.Random(FRESH_SEED + 2)
    comparisons = Comparisons()
    w, t = sympy.symbols("w t")
    for _ in range(16):
        degrees = generator.sample([1, 2, 3], 2) + [generator.randint(1, 2)]
        curve = [sum(generator.randint(-3, 3) * w**k for k in range(1, d)) + w**d
                 for d in degrees[:generator.randint(2, 3)]]
        if sympy.gcd_list([f.diff(w) for f in curve]).has(w):
            continue  # not an immersion
        texts = [f"({f})*x".replace("**", "^") for f in map(sympy.expand, curve)]
        manifold = NeuroManifold(from_expressions(texts, ["w"], ["x"]))
        found = manifold.ed_discriminant("unit")
        start, step = ([generator.randint(-5, 5) for _ in curve] for _ in range(2))
        if not any(step):
            continue
        line = [a + b * t for a, b in zip(start, step)]
        critical = sympy.expand(sum(f.diff(w) * (f - u) for f, u in zip(curve, line)))
        theirs = sympy.discriminant(sympy.Poly(critical, w), w)
        letters = dict(zip(map(sympy.Symbol, found.value.names), line))
        assert list(found.value.origin) == [0] * len(line)
        ours = sympy.prod(sympy.sympify(text.replace("^", "**"), convert_xor=True).subs(letters)
                          for text in found.value.polynomials)
        comparisons.compare("discriminant", f"{texts} along {line}", radical(ours, t),
                            radical(theirs, t))
    comparisons.check(10)


def radical(f: Any, t: Any) -> Any:
    """The monic polynomial with the same zeros."""
    f = sympy.Poly(f, t, domain="QQ")
    if f.is_zero or f.degree() <= 0:
        return f.is_zero
    return sympy.Poly(sympy.sqf_part(f), t).monic()
