"""Conservation laws of random models, against computations that share no code with them."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import numpy as np
import pytest
import sympy
from sympy.polys.matrices import DomainMatrix

from neuroalg_sage import NeuroManifold, from_expressions, verify
from neuroalg_sage.models.expressions import Polynomial


class Dual:
    """a + b e with e^2 = 0: exact forward differentiation."""

    def __init__(self, value: Fraction, slope: Fraction = Fraction(0)) -> None:
        self.value, self.slope = value, slope

    def __add__(self, other: Dual | Fraction) -> Dual:
        other = other if isinstance(other, Dual) else Dual(Fraction(other))
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other: Dual | Fraction) -> Dual:
        other = other if isinstance(other, Dual) else Dual(Fraction(other))
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)

    def __pow__(self, k: int) -> Dual:
        result = Dual(Fraction(1))
        for _ in range(k):
            result = result * self
        return result

    __radd__, __rmul__ = __add__, __mul__


def slope(law: Polynomial, point: list[Fraction], i: int) -> Fraction:
    total = Fraction(0)
    for exponents, c in law.items():
        if exponents[i]:
            term = c * exponents[i]
            for k, (x, e) in enumerate(zip(point, exponents)):
                term *= x ** (e - (k == i))
            total += term
    return total


def random_spec(generator: random.Random) -> str:
    kind = generator.choice(["mlp", "mlp", "linear", "cnn", "relu", "attention"])
    if kind == "attention":
        return (f"attention:d={generator.randint(1, 2)},a={generator.randint(1, 2)},"
                f"out={generator.randint(1, 2)},t=2")
    if kind == "cnn":
        sizes = [generator.randint(1, 3) for _ in range(generator.randint(2, 3))]
        return f"cnn:{','.join(map(str, sizes))}:{generator.choice(['x', 'x^2', 'x^3'])}"
    widths = [generator.randint(1, 3) for _ in range(generator.randint(3, 4))]
    text = ",".join(map(str, widths))
    if kind == "mlp":
        activation = generator.choice(["x^2", "x^3", "x^2+x", "2*x^2", "x^2/3-1"])
        if len(widths) == 4:
            activation = "x^2"
        return f"mlp:{text}:{activation}" + ":bias" * (generator.random() < 0.3)
    return f"{kind}:{text}" + ":bias" * (kind == "relu" and generator.random() < 0.5)


def specs(count: int, seed: int, most: int) -> list[str]:
    generator, found = random.Random(seed), []
    while len(found) < count:
        spec = random_spec(generator)
        if spec not in found and NeuroManifold(spec).model.parameter_count <= most:
            found.append(spec)
    return found


@pytest.mark.parametrize("spec", specs(14, 1, 20))
def test_laws_are_orthogonal_to_gradients_found_by_another_path(spec: str) -> None:
    """Gradients of outputs at random inputs, by dual numbers through the layers."""
    manifold, generator = NeuroManifold(spec, seed=2), random.Random(spec)
    model = manifold.model
    laws = manifold.conservation_laws(2).data
    w = [Fraction(generator.randint(-9, 9), generator.randint(1, 5))
         for _ in range(model.parameter_count)]
    for _ in range(3):
        x = np.array([Dual(Fraction(generator.randint(-5, 5))) for _ in range(model.input_count)])
        rows = []
        for i in range(len(w)):
            dual = np.array([Dual(c, Fraction(int(k == i))) for k, c in enumerate(w)])
            outputs = model.apply(dual, x, lambda c: Dual(Fraction(c)))
            rows.append([y.slope if isinstance(y, Dual) else Fraction(0) for y in outputs])
        for law in laws:
            gradient = [slope(law.polynomial, w, i) for i in range(len(w))]
            for j in range(model.output_count):
                assert sum(a * row[j] for a, row in zip(gradient, rows)) == 0
            assert any(gradient)


@pytest.mark.parametrize("spec", specs(12, 2, 12))
def test_there_are_as_many_laws_as_a_nullspace_over_the_rationals_has(spec: str) -> None:
    """All polynomials of degree at most 2, by SymPy's nullspace over Q."""
    manifold = NeuroManifold(spec, seed=3)
    w = sympy.symbols(manifold.model.parameter_names)
    gradients = [[sympy.Poly(f.diff(x), *w).as_dict() for x in w]
                 for f in manifold.parametrization().sympy()]
    monomials = [chosen for d in (0, 1, 2)
                 for chosen in itertools.combinations_with_replacement(range(len(w)), d)]
    columns = []
    for chosen in monomials:
        entries: dict = {}
        for j, gradient in enumerate(gradients):
            for place, i in enumerate(chosen):
                rest = chosen[:place] + chosen[place + 1 :]
                for e, c in gradient[i].items():
                    key = j, tuple(a + rest.count(k) for k, a in enumerate(e))
                    entries[key] = entries.get(key, 0) + c
        columns.append(entries)
    keys = {k: n for n, k in enumerate(sorted({k for entries in columns for k in entries}))}
    rows = [[sympy.QQ(0)] * len(columns) for _ in keys]
    for i, entries in enumerate(columns):
        for k, c in entries.items():
            rows[keys[k]][i] = sympy.QQ.from_sympy(sympy.sympify(c))
    rank = DomainMatrix(rows, (len(rows), len(columns)), sympy.QQ).rank() if rows else 0
    laws = manifold.conservation_laws(2)
    degrees = [law.degree for law in laws]
    linear = degrees.count(1)
    products = 1 + len(degrees) + linear * (linear + 1) // 2
    assert len(columns) - rank == products
    assert verify(laws.certificate).trust == ()


@pytest.mark.parametrize("seed", range(6))
def test_a_permutation_of_hidden_neurons_permutes_the_laws(seed: int) -> None:
    generator = random.Random(seed)
    n, r, m = (generator.randint(2, 3) for _ in range(3))
    activation = generator.choice(["x", "x^2", "x^3"])
    manifold = NeuroManifold(f"mlp:{n},{r},{m}:{activation}", seed=seed)
    order = generator.sample(range(r), r)
    place = {}
    for k, image in enumerate(order):
        place |= {k * n + j: image * n + j for j in range(n)}
        place |= {r * n + i * r + k: r * n + i * r + image for i in range(m)}
    laws = [law.polynomial for law in manifold.conservation_laws(2)]
    moved = []
    for law in laws:
        image: Polynomial = {}
        for exponents, c in law.items():
            key = [0] * len(exponents)
            for i, e in enumerate(exponents):
                key[place[i]] = e
            image[tuple(key)] = c
        moved.append(image)
    keys = sorted({e for law in laws + moved for e in law})
    rows = sympy.Matrix([[law.get(e, 0) for e in keys] for law in laws + moved])
    assert rows.rank() == len(laws) == rows[: len(laws), :].rank()


@pytest.mark.parametrize("spec", specs(8, 4, 14))
def test_numbers_are_the_same_for_other_seeds_and_are_proved_from_both_sides(spec: str) -> None:
    answers = [NeuroManifold(spec, seed=seed).number_of_conservation_laws() for seed in (5, 6)]
    assert answers[0].data == answers[1].data
    values = {str(verify(answer.certificate).value) for answer in answers}
    assert len(values) == 1


@pytest.mark.parametrize("spec", specs(6, 7, 10))
def test_laws_of_a_metric_are_those_of_the_model_in_other_coordinates(spec: str) -> None:
    """With w_i = c_i y_i and the metric diag(c_i^(-2)) the flow in w is gradient flow in y."""
    generator = random.Random(spec)
    plain = NeuroManifold(spec, seed=1)
    names = plain.model.parameter_names
    scales = [generator.choice([1, 2, 3]) for _ in names]
    phi = plain.parametrization()
    stretched = from_expressions(
        [" + ".join(f"({p})*x^{k}" for k, p in enumerate(_stretched(phi.sympy(), names, scales)))],
        names, ["x"])
    metric = NeuroManifold(spec, seed=1, flow="metric=" + ",".join(f"1/{c * c}" for c in scales))
    other = NeuroManifold(stretched, seed=1)
    assert metric.number_of_conservation_laws().data == other.number_of_conservation_laws().data
    assert [law.degree for law in metric.conservation_laws(2)] == [
        law.degree for law in other.conservation_laws(2)]


def _stretched(polynomials: list, names: tuple[str, ...], scales: list[int]) -> list:
    substitution = {name: c * sympy.Symbol(name) for name, c in zip(names, scales)}
    return [sympy.expand(f.subs(substitution, simultaneous=True)) for f in polynomials]
