"""Numbers of inputs and of samples, against sampled losses and against what is false."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from mutants import accepted_mutants

from neuroalg_sage import NeuroManifold
from neuroalg_sage.certificates.capacity.region import Region
from neuroalg_sage.certificates.capacity.samples import loss_constants
from neuroalg_sage.certificates.certificate import digest
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.certificates.model import Model
from neuroalg_sage.errors import InputError
from neuroalg_sage.models.parametrization import parametrization
from neuroalg_sage.models.sources import from_expressions


def test_the_exponent_that_is_often_printed_is_false() -> None:
    """
    One function whose loss is ±D by a fair coin, one sample, ε just below D: empirical and true
    mean differ by more than ε always.  With the exponent -n ε²/D² that had probability at most 2/e.
    """
    largest, epsilon = 1.0, 0.999
    deviates = sum(abs(loss - 0) > epsilon for loss in (largest, -largest)) / 2
    assert deviates == 1 > 2 * math.exp(-epsilon**2 / largest**2)
    assert deviates <= 2 * math.exp(-epsilon**2 / (8 * largest**2))
    # Losses in [0, D] differ from their mean D/2 by at most D/2.
    deviates = sum(abs(loss - largest / 2) > epsilon / 2 for loss in (largest, 0)) / 2
    assert deviates <= 2 * math.exp(-epsilon**2 / (2 * largest**2))


@pytest.mark.parametrize("spec", ["mlp:2,2,1:x^2", "linear:2,1,2", "mlp:1,2,2:x^2+x:bias"])
def test_losses_are_bounded_and_lipschitz(spec: str) -> None:
    """At random functions in a ball, and at those that are as large as may be, in a corner."""
    manifold, radius, inputs, targets = NeuroManifold(spec), 1.5, 2.0, 0.5
    model = manifold.model
    slope, largest = (float(c) for c in loss_constants(
        Region(Model(model.describe()), ["ball", "3/2"], "1"), {}, Fraction(2), Fraction(1, 2)))
    generator = np.random.default_rng()
    coordinates = parametrization(model).coordinates
    outputs = np.array([j for j, _ in coordinates])
    exponents = np.array([e for _, e in coordinates])

    def values(f: np.ndarray, x: np.ndarray) -> np.ndarray:
        terms = f * np.prod(x**exponents, axis=1)
        return np.array([terms[outputs == j].sum() for j in range(model.output_count)])

    attained = 0.0
    for k in range(300):
        x = generator.uniform(-inputs, inputs, model.input_count)
        if k % 2:
            x = np.full(model.input_count, inputs)
        f, g = generator.normal(size=(2, len(coordinates)))
        if k % 2:  # the evaluation of one output in the corner has the largest norm
            f = np.prod(x**exponents, axis=1) * (outputs == 0)
        f, g = (radius * h / np.linalg.norm(h) for h in (f, g))
        y = generator.normal(size=model.output_count)
        y *= targets / np.linalg.norm(y)
        if k % 2:
            y = -targets * values(f, x) / np.linalg.norm(values(f, x))
        losses = [((values(h, x) - y) ** 2).sum() for h in (f, g)]
        attained = max(attained, *losses)
        assert max(losses) <= largest * (1 + 1e-9)
        assert abs(losses[0] - losses[1]) <= slope * np.linalg.norm(f - g) * (1 + 1e-9)
    assert attained >= 0.999 * largest


def test_the_number_of_samples_is_that_of_hoeffding() -> None:
    """f = w x, |w|, |x|, |y| ≤ 1: S = 1, D = 4, C = 4; an interval of length 2, ε/(4C) = ε/16."""
    manifold = NeuroManifold("mlp:1,1:x", seed=1)
    epsilon, delta = 0.1, 0.05
    found = manifold.sample_complexity("0.1", "0.05", radius=1, targets=1)
    number = math.ceil(1 / (epsilon / 16))  # the least number of balls that cover
    least = 2 * 16 / epsilon**2 * math.log(2 * number / delta)
    assert least <= found.value <= 1.2 * least
    assert found.status == "proved" and "Hoeffding" in str(verify(found.certificate))
    more = [manifold.sample_complexity(e, d, radius=1, targets=1).value
            for e, d in (("0.1", "0.01"), ("0.05", "0.05"))]
    assert all(c > found.value for c in more)


def test_samples_for_a_box_of_parameters() -> None:
    found = NeuroManifold("mlp:2,1,1:x^2", seed=1).sample_complexity("1/2", "1/2", box=1)
    verify(found.certificate)
    assert found.value > 1


def test_a_loss_of_which_constants_are_given() -> None:
    """
    The squared error of w x, |w|, |x|, |y| ≤ 1, has C = 4 and is in [0, 4]; and from 0 to 4 says
    as much as from -2 to 2.  Of absolute values at most 4 it takes four times as many samples.
    """
    manifold = NeuroManifold("mlp:1,1:x", seed=1)

    def number(**loss) -> int:
        found = manifold.sample_complexity("0.1", "0.05", radius=1, **loss)
        verify(found.certificate)
        return found.value

    squared = number(targets=1)
    assert squared == number(lipschitz=4, loss_bound="0:4") == number(
        lipschitz=4, loss_bound=2) == number(lipschitz=4, loss_bound=("-1", 3))
    assert 0 <= 4 * squared - number(lipschitz=4, loss_bound=4) <= 4


@pytest.mark.parametrize("loss, said", [
    ({"lipschitz": 1}, "both"), ({"loss_bound": 1}, "both"),
    ({"lipschitz": 0, "loss_bound": 1}, "Lipschitz"), ({"lipschitz": 1, "loss_bound": 0}, "larger"),
    ({"lipschitz": 1, "loss_bound": "2:1"}, "larger"),
    ({"lipschitz": 1, "loss_bound": "1:2:3"}, "larger"),
    ({"lipschitz": "inf", "loss_bound": 1}, "finite"),
    ({"lipschitz": 1, "loss_bound": "0:x"}, "rational")])
def test_wrong_losses_are_refused_in_a_sentence(loss, said: str) -> None:
    with pytest.raises(InputError, match=said):
        NeuroManifold("mlp:1,1:x").sample_complexity("0.1", "0.1", radius=1, **loss)


@pytest.mark.parametrize("arguments, said", [
    (("0", "0.1", {"radius": 1}), "must be positive"), (("0.1", 0, {"radius": 1}), "between 0 and"),
    (("0.1", 1, {"radius": 1}), "between 0 and 1"), (("0.1", "0.1", {}), "not bounded"),
    (("0.1", "0.1", {"radius": 1, "box": 1}), "not both"),
    (("0.1", "0.1", {"radius": 1, "inputs": 0}), "inputs"),
    (("0.1", "0.1", {"radius": 1, "targets": -1}), "targets")])
def test_wrong_numbers_are_refused_in_a_sentence(arguments, said: str) -> None:
    error, delta, more = arguments
    with pytest.raises(InputError, match=said):
        NeuroManifold("mlp:1,1:x").sample_complexity(error, delta, **more)


# -- identification -------------------------------------------------------------------------------

def test_too_few_inputs_leave_a_space_of_functions() -> None:
    """The values at k inputs have a rank below the dimension: so do all k inputs."""
    manifold = NeuroManifold("mlp:2,2,3:x^2", seed=1)
    necessary, one, all_of_them = manifold.identifying_inputs().data
    assert (necessary, one, all_of_them) == (3, 3, 3)
    assert (necessary - 1) * 3 < manifold.dimension().value <= necessary * 3


def test_inputs_at_which_two_functions_agree() -> None:
    """
    Three quadratic forms of x and y that span two dimensions at most: those of (x^2, y^2, 0) and
    (x^2 + x y, y^2, 0) have the same values at (1, 0) and at (0, 1), and three values tell any
    two forms apart.
    """
    monomials = [lambda x, y: x * x, lambda x, y: x * y, lambda x, y: y * y]
    first, second = ([[1, 0, 0], [0, 0, 1], [0, 0, 0]], [[1, 1, 0], [0, 0, 1], [0, 0, 0]])
    both = np.array([[m(*point) for point in ((1, 0), (0, 1))] for m in monomials])
    assert (np.array(first) @ both == np.array(second) @ both).all()
    assert np.linalg.matrix_rank(first) == np.linalg.matrix_rank(second) == 2
    points = [(1, 0), (0, 1), (1, 1)]
    assert round(np.linalg.det([[m(*p) for p in points] for m in monomials])) == -1


@pytest.mark.parametrize("spec, numbers", [
    # Linear maps of four inputs, of any rank: by their values at a basis.
    ("linear:4,3,3", [4, 4, 4]), ("linear:4,1,1", [4, 4, 4]),
    # Powers of a linear form in four variables: of dimension 4, among 20 coordinates.
    ("mlp:4,1,1:x^3", [4, 5, 9]),
    # Quadratic forms in three variables of rank 1: of dimension 3, among 6 coordinates.
    ("mlp:3,1,1:x^2", [3, 4, 6])])
def test_numbers_of_inputs_by_the_dimension_and_by_coordinates(spec, numbers) -> None:
    found = NeuroManifold(spec, seed=1).identifying_inputs()
    assert found.data == numbers
    verify(found.certificate)

    def claiming(value: list[int]) -> dict:
        change = found.certificate | {"claim": found.certificate["claim"] | {"value": value}}
        return change | {"digest": digest(change)}

    least, one, all_of_them = numbers
    verify(claiming([least, one + 1, all_of_them + 1]))  # more suffice, too
    for value in ([least + 1, one, all_of_them], [least - 1, one, all_of_them],
                  [least, one - 1, all_of_them], [least, one, all_of_them - 1]):
        with pytest.raises(CertificateError):
            verify(claiming(value))


def test_with_equality_several_functions_may_agree() -> None:
    """v (a x + b y)² at two inputs: the values of a rank one form at (1,0), (0,1) leave a sign."""
    necessary, one, _ = NeuroManifold("mlp:2,1,1:x^2").identifying_inputs().data
    assert (necessary, one) == (2, 3)
    forms = [np.array([1, 2 * sign, 1]) for sign in (1, -1)]
    points = [np.array([1, 0, 0]), np.array([0, 0, 1])]
    assert all(forms[0] @ p == forms[1] @ p for p in points)
    assert forms[0] @ [1, 1, 1] != forms[1] @ [1, 1, 1]


def test_what_is_only_likely_is_said_to_be_so() -> None:
    found = NeuroManifold("mlp:2,3,1:x^2+x:bias", seed=1).identifying_inputs()
    assert found.status in ("proved", "monte_carlo")
    verify(found.certificate)


def test_changed_certificates_are_rejected() -> None:
    seed = random.randrange(2**31)
    print(f"seed {seed}")
    manifold = NeuroManifold("mlp:2,1,1:x^2", seed=1)
    answers = [manifold.sample_complexity("1/2", "1/10", radius=1), manifold.identifying_inputs(),
               manifold.sample_complexity("1/2", "1/10", radius=1, lipschitz=2, loss_bound=1),
               manifold.span(), manifold.is_of_minimal_degree()]
    for original, data, where, _ in accepted_mutants(
            [a.certificate for a in answers], 300, random.Random(seed)):
        before, after = (c["claim"]["value"] for c in (original, data))
        if original["claim"]["invariant"] == "identifying_inputs":
            assert after[0] == before[0] and all(a >= b for a, b in zip(after, before))
        elif where[0] == "claim":
            *condition, number = after
            if condition == before[:-1]:
                assert Fraction(number) >= Fraction(before[-1])
                continue
            # Another ε, δ or bound, for which the number that is stated suffices, too.
            (_, size), error, delta, *loss = condition
            again = manifold.sample_complexity(error, delta, radius=size, **(
                {"lipschitz": loss[0][0], "loss_bound": loss[0][1:]} if len(loss) == 1 else
                {"inputs": loss[0], "targets": loss[1]}))
            assert Fraction(number) >= again.value / 2, where
        else:
            assert before == after


def test_numbers_of_inputs_and_dimensions_are_whole() -> None:
    """And are written so: 2.0 is not 2, as it would be printed."""
    manifold = NeuroManifold("mlp:2,1,1:x^2", seed=1)
    for found, values in ((manifold.identifying_inputs(), ([2.0, 3, 3], [2, 3.0, 3], [2, 3])),
                          (manifold.span(), ([3.0, 3], [3, "3"], [3]))):
        for value in values:
            change = found.certificate | {"claim": found.certificate["claim"] | {"value": value}}
            with pytest.raises(CertificateError):
                verify(change | {"digest": digest(change)})


def test_constants_are_balls_that_contain_the_numbers() -> None:
    slope, largest = loss_constants(Region(Model(NeuroManifold("mlp:1,1:x").model.describe()),
                                           ["ball", "1"], "1"), {}, Fraction(1), Fraction(1))
    assert slope.contains(arb(4)) and largest.contains(arb(4))


def test_the_model_zero_needs_the_samples_of_one_function() -> None:
    """Hoeffding: 2 exp(-2 n e^2 / D^2) at e = 1/20, D = 1 is at most 1/20."""
    model = from_expressions(["0*a*x"], ["a"], ["x"])
    for domain in ({"radius": 1}, {"box": 1}):
        found = NeuroManifold(model, seed=1).sample_complexity("0.1", "0.05", **domain)
        verify(found.certificate)
        assert found.value == math.ceil(2 * 10**2 * math.log(2 / 0.05))
    assert "only one function" in str(NeuroManifold(model, seed=1).identifying_inputs().sentence())
