"""Monodromy in floating point, against what is proved, and where it must not be believed."""

from __future__ import annotations

import random

import numpy as np
import pytest
from numba import njit

from neuroalg_sage import NeuroManifold, from_expressions
from neuroalg_sage.engines import monodromy, path_tracking
from neuroalg_sage.engines.fibrations import CriticalPoints, LinearSections
from neuroalg_sage.engines.lanes import gathered, run, solve, spread
from neuroalg_sage.engines.monodromy import fiber
from neuroalg_sage.engines.moving_equations import balance, newton
from neuroalg_sage.engines.path_tracking import Arcs, follow
from neuroalg_sage.errors import InputError, LimitReached
from neuroalg_sage.invariants.distance import ed_degree, ed_degree_by_monodromy
from neuroalg_sage.invariants.equations import degree_by_monodromy


def unlimited() -> None:
    """No limit."""


def found(polynomials, count: int, dimension: int, form=None, seed: int = 1, confirm: int = 1):
    generator = np.random.default_rng(seed)
    system = (LinearSections(polynomials, count, dimension, generator) if form is None else
              CriticalPoints(polynomials, count, dimension, np.array(form, dtype=float), generator))
    return fiber(system, generator, unlimited, 10, confirm)


# -- maps and paths ------------------------------------------------------------------------


def random_polynomials(generator: random.Random, count: int) -> list[dict]:
    return [{tuple(generator.randint(0, 3) for _ in range(count)): generator.randint(-3, 3) or 1
             for _ in range(4)} for _ in range(3)]


# With a monomial w, that the square is not taken for a variable.
SQUARE: list[dict] = [{(2,): 1, (1,): 0}]


@njit
def newton_at(equations, registers):
    newton(equations, registers)


@njit
def balanced_at(equations, w):
    balance(equations, w)
    return w


class AtPoints:
    """What is computed at some points, a lane for each."""

    def __init__(self, system, w: np.ndarray, c: np.ndarray, move: np.ndarray,
                 slices: np.ndarray | None = None) -> None:
        self.equations = e = system.equations
        self.registers = e.registers(len(w))
        for first, numbers in ((e.w, w), (e.start, c), (e.span, move),
                               (e.pace, np.ones((len(w), 1))), (e.slice, slices)):
            if numbers is not None:
                self.registers[first : first + numbers.shape[1]] = spread(numbers)
        newton_at(e, self.registers)
        run(e.program, self.registers)  # as the matrix was overwritten

    def matrix(self, first: int, rows: int, columns: int) -> np.ndarray:
        found = gathered(self.registers[first : first + rows * columns])
        return found.reshape(-1, rows, columns)


def with_fibers(kind, generator: np.random.Generator) -> LinearSections | CriticalPoints:
    """Of the map (a b, b c, 2 a b^2 c), whose fibers are curves."""
    polynomials = [{(1, 1, 0): 1}, {(0, 1, 1): 1}, {(1, 2, 1): 2}]
    if kind is LinearSections:
        return LinearSections(polynomials, 3, 2, generator)
    return CriticalPoints(polynomials, 3, 2, np.eye(3), generator)


@pytest.mark.parametrize("seed", range(5))
def test_derivatives_are_those_of_differences(seed: int) -> None:
    """Of the values, of the gradients of distances, and of these by data."""
    generator = np.random.default_rng(seed)
    polynomials = random_polynomials(random.Random(seed), 3)
    system = CriticalPoints(polynomials, 3, 3, np.diag([2.0, -1.0, 3.0]), generator)
    w = generator.normal(size=(4, 3)) + 1j * generator.normal(size=(4, 3))
    c, moves = (generator.normal(size=(4, 6)) + 1j * generator.normal(size=(4, 6))
                for _ in range(2))
    h = 1e-6

    def found(w: np.ndarray, c: np.ndarray = c) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of values, and equations in relative changes."""
        e = system.equations
        at = AtPoints(system, w, c, moves)
        return at.matrix(e.slopes, 3, 3) / w[:, None], at.matrix(e.matrix, 3, 5)

    slopes, equations = found(w)
    assert np.allclose(equations[:, :, 3] / w, np.einsum(
        "pik,pi->pk", slopes, (system.followed.values(w) - c[:, :3]) * c[:, 3:]))
    for k in range(3):
        step = h * np.eye(3)[k]
        after, before = (system.followed.values(w + sign * step) for sign in (1, -1))
        assert np.allclose(slopes[:, :, k], (after - before) / (2 * h), rtol=1e-4, atol=1e-4)
        after, before = (found(w + sign * step)[1][:, :, 3] / (w + sign * step)
                         for sign in (1, -1))
        assert np.allclose(equations[:, :, k] / w / w[:, k, None], (after - before) / (2 * h),
                           rtol=1e-4, atol=1e-4)
    after, before = (found(w, c + sign * h * moves)[1][:, :, 3] for sign in (1, -1))
    assert np.allclose(equations[:, :, 4], (after - before) / (2 * h), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", [LinearSections, CriticalPoints])
def test_newton_steps_in_a_slice_of_the_fibers(kind) -> None:
    """Along the fibers of (a b, b c, a b^2 c) velocities vanish, and they lead to solutions."""
    generator = np.random.default_rng(1)
    system = with_fibers(kind, generator)
    w = generator.normal(size=(1, 3)) + 0j
    c = system.parameters(w[0], generator)[None]
    move = generator.normal(size=c.shape) + 0j
    along = w * [-1, 1, -1] / np.linalg.norm(w)
    e = system.equations
    at = AtPoints(system, w, c, move, along)
    step, speed = (at.matrix(first, 1, 3)[:, 0] for first in (e.step, e.speed))
    assert np.allclose(step, 0, atol=1e-12) and abs((along * speed).sum()) < 1e-12
    sizes = []
    for h in (1e-3, 1e-4):
        moved = AtPoints(system, w + h * speed, c + h * move, move, along)
        sizes.append(np.linalg.norm(moved.matrix(e.step, 1, 3)))
    assert sizes[1] < 0.02 * sizes[0]  # as the square of h


def test_linear_equations_have_pivots_of_their_own() -> None:
    """In each lane the first pivot is another one."""
    generator = np.random.default_rng(1)
    matrices = generator.normal(size=(3, 3, 5)) + 1j * generator.normal(size=(3, 3, 5))
    for lane in range(3):
        matrices[lane, :, 0] = np.eye(3)[lane]
    registers = np.concatenate([np.ones((2, 6)), spread(matrices.reshape(3, 15))])
    solve(registers, 2, 3, 2)
    found = gathered(registers[2:]).reshape(3, 3, 5)[:, :, 3:]
    assert np.allclose(found, np.linalg.solve(matrices[:, :, :3], matrices[:, :, 3:]))


def test_balanced_points_have_the_same_images() -> None:
    polynomials = [{(1, 2, 0): 1}, {(0, 0, 2): 3, (2, 4, 0): 1}]
    system = LinearSections(polynomials, 3, 2, np.random.default_rng(1))
    for point in ([1e4, 1e-3j, 2.0], [1.0, 1.0, 1.0]):
        w = np.array(point, dtype=complex)
        balanced = balanced_at(system.equations, w.copy())
        assert np.allclose(system.image(balanced[None]), system.image(w[None]))
        # Instead of b^2 there is a variable, and a times that is fixed.
        assert np.allclose(abs(balanced[0]) ** 2, abs(balanced[1]) ** 2, rtol=0.1)


def test_a_path_around_a_branch_point_exchanges_roots() -> None:
    """The roots of w^2 = c, from c = 1 to c = -1 and back around 0, and not around 0."""
    generator = np.random.default_rng(1)
    system = LinearSections(SQUARE, 1, 1, generator)
    form = float(system.followed.coefficients[0, 0])
    one, other = np.array([form]), np.array([-form])
    roots = np.array([[1.0], [-1.0]], dtype=complex)
    for growth in (1.0, 30.0):
        for turns, sign in (((1j, 1j), -1), ((1j, -1j), 1)):
            ends = roots
            for start, end, turn in ((one, other, turns[0]), (other, one, turns[1])):
                way = Arcs(*(np.array([x, x]) for x in (start, end, turn, growth)))
                ends, arrived = follow(system.equations, ends, way, unlimited)
                assert arrived.all()
            assert np.allclose(ends, sign * roots)


def test_a_path_to_a_branch_point_does_not_arrive() -> None:
    system = LinearSections(SQUARE, 1, 1, np.random.default_rng(1))
    form = float(system.followed.coefficients[0, 0])
    way = Arcs(*(np.array([x]) for x in ([form], [0.0], 1.0, 1.0)))
    assert not follow(system.equations, np.array([[1.0 + 0j]]), way, unlimited)[1].any()


@pytest.mark.parametrize(("output", "number"), [
    ("(a - a^3)*x^2 + 5*x", 1), ("(a^3 - 3*a + 1)*x", 1),
    ("(a^3 - 3*a)*x^2 + (a^3 - 3*a)^2*x", 3)])
def test_where_derivatives_vanish_no_point_counts(output: str, number: int) -> None:
    """There the gradient of each distance vanishes, at points that do not move with data."""
    model = from_expressions([output], ["a"], ["x"])
    for seed in (0, 12, 19, 22, 28):
        for metric in ("unit", "generic"):
            answer = NeuroManifold(model, method="monodromy", seed=seed).ed_degree(metric)
            assert answer == number


@pytest.mark.parametrize("kind", [LinearSections, CriticalPoints])
def test_where_parameters_are_zero_no_path_begins(kind) -> None:
    """Nor where derivatives vanish, or data become infinite; others arrive nevertheless."""
    generator = np.random.default_rng(1)
    system = with_fibers(kind, generator)
    w = generator.normal(size=3) + 0j
    c = system.parameters(w, generator)
    points = np.array([w, [0, 1, 1], [0, 0, 0], [np.inf, 1, 1], [np.nan, 1, 1], w])
    ends = c + 0.1 * generator.normal(size=(6, len(c)))
    turns = np.array([1, 1, 1, 1, 1, -1], dtype=complex)
    ways = Arcs(np.repeat(c[None], 6, axis=0), ends, turns, np.ones(6))
    assert follow(system.equations, points, ways, unlimited)[1].tolist() == [True] + 5 * [False]


def test_paths_are_the_same_in_any_lanes(monkeypatch) -> None:
    """Alone or with others, by one thread or several."""
    generator = np.random.default_rng(1)
    phi = NeuroManifold("mlp:2,1,2:x^2").parametrization()
    system = CriticalPoints(phi.polynomials, phi.parameter_count, 3, np.eye(6), generator)
    w = generator.normal(size=phi.parameter_count) + 0j
    c = system.parameters(w, generator)
    ends = c + 1j * generator.normal(size=(200, len(c)))
    ways = Arcs(np.repeat(c[None], 200, axis=0), ends, np.exp(1j * generator.uniform(size=200)),
                np.ones(200))
    points = np.repeat(w[None], 200, axis=0)
    found, arrived = follow(system.equations, points, ways, unlimited)
    assert arrived.sum() > 150
    machines = len(path_tracking.follow_some.signatures)
    for lanes, threads in ((3, 1), (64, 4)):
        monkeypatch.setattr(path_tracking, "LANES", lanes)
        monkeypatch.setattr(path_tracking, "MOST_THREADS", threads)
        again, also = follow(system.equations, points, ways, unlimited)
        assert (also == arrived).all()
        assert np.allclose(system.image(again)[also], system.image(found)[also])
    assert len(path_tracking.follow_some.signatures) == machines == 1  # it is compiled once


# -- degrees -------------------------------------------------------------------------------


@pytest.mark.parametrize(("spec", "degree"), [("linear:3,2,3", 3), ("mlp:2,2,2:x^3", 6),
                                              ("mlp:3,3,1:x^4", 112),
                                              pytest.param("attention:d=3,a=3,out=1,t=2", 45,
                                                           marks=pytest.mark.slow)])
def test_degrees_that_are_known(spec: str, degree: int) -> None:
    answer = NeuroManifold(spec, method="monodromy", seed=1).degree()
    assert answer == degree and answer.status == "numerical" and answer.certificate is None
    assert "trace test has error" in answer.method


@pytest.mark.parametrize("seed", [0, 3, 4])
def test_random_small_models(seed: int) -> None:
    generator = random.Random(seed)
    monomials = ["a", "b", "a*b", "a^2", "b^2", "1", "a^2*b", "b^3"]

    def coefficient() -> str:
        return "(" + "+".join(f"({generator.choice([-2, -1, 1, 3])})*{m}" for m in
                              generator.sample(monomials, generator.randint(1, 3))) + ")"

    model = from_expressions([f"{coefficient()}*x^2 + {coefficient()}*x + {coefficient()}"],
                             ["a", "b"], ["x"])
    exact, ours = NeuroManifold(model), NeuroManifold(model, method="monodromy", seed=seed)
    assert ours.degree() == exact.degree()
    for metric in ("unit", "generic"):
        assert ours.ed_degree(metric) == exact.ed_degree(metric)


@pytest.mark.parametrize("outputs", [
    ["a^2*x^2 + a^4*x"], ["(a+b*c)^2*x^2 + (a+b*c)^3*x"], ["(a^2+b^3+a*b^5)*x^2 + c*x + c^2"]])
def test_fibers_of_many_points_without_linear_symmetries(outputs: list[str]) -> None:
    """Each image counts once; c may not matter at all."""
    model = from_expressions(outputs, ["a", "b", "c"], ["x"])
    assert NeuroManifold(model, method="monodromy", seed=1).degree() == (
        NeuroManifold(model, method="elimination").degree())


@pytest.mark.parametrize("seed", range(4))
def test_a_part_of_a_section_does_not_pass_the_trace_test(seed: int, monkeypatch) -> None:
    """Where no loop moves a point, the one with which it began is no answer."""
    monkeypatch.setattr(monodromy, "ARCS", (1e-3, 1e-3))
    monkeypatch.setattr(degree_by_monodromy, "IDLE", 3)
    with pytest.raises(LimitReached, match="found 1 points.*not passed"):
        NeuroManifold("linear:3,2,3", method="monodromy", seed=seed).degree()
    monkeypatch.setattr(ed_degree_by_monodromy, "IDLE", 3)
    with pytest.raises(LimitReached, match="found 1 critical points.*not passed"):
        NeuroManifold("linear:2,1,2", method="monodromy", seed=seed).ed_degree("generic")


@pytest.mark.parametrize("seed", [2, 3])
def test_points_that_are_far_away_are_missed_by_no_trace(seed: int) -> None:
    """Over the data of one seed points of size 2000 move linearly, up to 1e-9, and rarely meet."""
    try:
        assert NeuroManifold("linear:3,1,3", method="monodromy", seed=seed).ed_degree(
            "generic") == 39
    except LimitReached:
        pass


def test_the_same_seed_gives_the_same_paths() -> None:
    one, other = (NeuroManifold("mlp:2,2,2:x^3", method="monodromy", seed=5).degree()
                  for _ in range(2))
    assert one.method == other.method


# -- ED degrees ----------------------------------------------------------------------------


@pytest.mark.parametrize(("spec", "metric", "number"), [
    ("linear:3,1,3", "generic", 39), ("linear:3,1,3", "unit", 3), ("mlp:3,2,1:x^2", "unit", 13),
    ("mlp:3,2,1:x^2", "bombieri", 3), ("mlp:2,1,1:x^3", "bombieri", 3),
    ("mlp:2,1,1:x^3", "generic", 7)])
def test_ed_degrees_that_are_known(spec: str, metric: str, number: int) -> None:
    """Matrices and tensors of rank one: Friedland and Ottaviani; Eckart and Young."""
    answer = NeuroManifold(spec, method="monodromy", seed=1).ed_degree(metric)
    assert answer == number and answer.status == "numerical"


@pytest.mark.parametrize("spec", ["cnn:2,2:x^2", "mlp:2,1,2:x^2"])
def test_ed_degrees_are_those_of_exact_counts(spec: str) -> None:
    exact = NeuroManifold(spec, method="parametrization", seed=1)
    for metric in ("unit", "generic"):
        assert NeuroManifold(spec, method="monodromy", seed=2).ed_degree(metric) == (
            exact.ed_degree(metric))


def test_a_parabola_for_a_form_that_is_tangent_at_infinity() -> None:
    """Of (t, t^2) by x^2 + y^2 three points are critical, by x^2 alone one, by y^2 alone one."""
    parabola = [{(1,): 1}, {(2,): 1}]
    assert len(found(parabola, 1, 1, [[1, 0], [0, 1]]).points) == 3
    assert len(found(parabola, 1, 1, [[1, 0], [0, 0]]).points) == 1
    # t (t^2 - v) = 0, and at t = 0 the form is degenerate on the tangent.
    assert len(found(parabola, 1, 1, [[0, 0], [0, 1]]).points) == 2
    # An indefinite form has a root that is not real.
    assert len(found(parabola, 1, 1, [[1, 0], [0, -1]]).points) == 3


@pytest.mark.parametrize("weights", [(10**8, 1), (1, 10**9), (1, 10**6), (1, 10**12)])
@pytest.mark.parametrize(("output", "number"), [("a*x + a^2*y", 3), ("a^2*x + a^3*y", 4)])
def test_weights_of_very_different_sizes_hide_no_points(output, number, weights) -> None:
    """A parabola and a cusp, which units of a and of length make of usual size."""
    gram = [[weights[0], 0], [0, weights[1]]]
    model = from_expressions([output], ["a"], ["x", "y"])
    for seed in (1, 3):
        assert NeuroManifold(model, method="monodromy", seed=seed).ed_degree("data", gram) == number


def test_monomials_of_very_different_sizes_are_refused() -> None:
    """Of the three points of a section one is far away, of 15 critical ones most are near."""
    far = from_expressions(["a*x + (a^2 + a^3/1000000000000)*y"], ["a"], ["x", "y"])
    near = from_expressions(["1000000*a*x + a^2*y/1000000 + b*z + a*b^2*x*y"], ["a", "b"],
                            ["x", "y", "z"])
    with pytest.raises(LimitReached, match="monomials are 1e[+]06 times as large"):
        NeuroManifold(far, method="monodromy").degree()
    for metric in ("unit", "generic"):
        with pytest.raises(LimitReached, match="not believed"):
            NeuroManifold(near, method="monodromy", seed=3).ed_degree(metric)


def test_on_an_isotropic_space_nothing_begins() -> None:
    """By x^2 - y^2 nothing is critical on the line x = y, unless for special data."""
    model = from_expressions(["a*x + a*y"], ["a"], ["x", "y"])
    with pytest.raises(LimitReached, match="does not begin"):
        NeuroManifold(model, method="monodromy").ed_degree("data", [[1, 0], [0, -1]])


def test_where_paths_are_lost_no_new_point_means_nothing(monkeypatch) -> None:
    model = from_expressions(["a*x + a^2*y"], ["a"], ["x", "y"])
    manifold = NeuroManifold(model, method="monodromy", seed=1)
    gram = [[0, 1], [1, 0]]  # its points have poles, so that the trace test says nothing
    assert manifold.ed_degree("data", gram) == 2
    monkeypatch.setattr(monodromy, "follow", lambda equations, w, *rest: (
        w, np.zeros(len(w), dtype=bool)))
    with pytest.raises(LimitReached, match="found 1 critical points.*paths were lost"):
        NeuroManifold(model, method="monodromy", seed=1).ed_degree("data", gram)


def test_a_limit_says_how_many_points_were_found() -> None:
    calls = iter(range(8))

    def limits() -> None:
        if next(calls, None) is None:
            raise LimitReached("The time is over.")

    generator = np.random.default_rng(1)
    phi = NeuroManifold("mlp:3,3,1:x^4").parametrization()
    system = LinearSections(phi.polynomials, phi.parameter_count, 9, generator)
    with pytest.raises(LimitReached, match=r"had found \d+ points.*, and the trace test was not "
                                           "passed. The time is over"):
        fiber(system, generator, limits, 10)


def test_a_form_that_is_degenerate_on_tangents_is_refused() -> None:
    dense = [[1, 2, 3], [2, 4, 6], [3, 6, 9]]  # whose eigenvalues are not 0 in floating point
    with pytest.raises(InputError, match="has rank 1"):
        NeuroManifold("mlp:2,1,1:x^2", method="monodromy").ed_degree("data", dense)
    gram = [[1, 0, 0], [0, 0, 0], [0, 0, 0]]
    with pytest.raises(InputError, match="infinitely many critical points"):
        NeuroManifold("mlp:2,1,1:x^2", method="monodromy").ed_degree("data", gram)


def test_an_ed_degree_that_is_not_counted_exactly_is_found_by_monodromy(monkeypatch) -> None:
    def fail(*arguments, **options):
        raise LimitReached("It took too long.")

    monkeypatch.setattr(ed_degree, "ed_degree", fail)
    answer = NeuroManifold("linear:3,1,3", seed=1).ed_degree("unit")
    assert answer == 3 and answer.status == "numerical" and "monodromy" in answer.method
    with pytest.raises(LimitReached, match="too long"):
        NeuroManifold("linear:3,1,3", method="parametrization").ed_degree("unit")
    monkeypatch.setattr(ed_degree_by_monodromy, "ed_degree_by_monodromy", fail)
    with pytest.raises(LimitReached, match="Nor was it counted exactly"):
        NeuroManifold("linear:3,1,3").ed_degree("unit")


def test_a_point_that_is_always_missed_is_not_passed_over() -> None:
    """
    Over the first data paths to one point of 70 are lost in each loop, and no loop finds a new one.
    """
    model = "mlp:3,1,2:x^2:bias"
    exact = NeuroManifold(model, method="parametrization", seed=1).ed_degree("unit").value
    assert NeuroManifold(model, method="monodromy", seed=1).ed_degree("unit").value == exact


@pytest.mark.parametrize(("numbers", "lost", "tries", "is_lossy"), [
    ([700, 701, 700], 4, 3, False), ([700, 700], 4, 2, False), ([699, 700, 701], 4, 3, True),
    ([700, 700, 700], 400, 3, True), ([7, 7, 7], 4, 3, True)])
def test_as_many_points_over_other_data(numbers, lost, tries, is_lossy, monkeypatch) -> None:
    """Where each loop loses paths, but few, that is why none is believed to be missing."""
    found = iter(numbers)
    monkeypatch.setattr(monodromy, "_fiber_over_one", lambda *arguments: monodromy.Fiber(
        np.zeros((next(found), 1)), None, 5, 1000, 4, lost, monodromy.MOST_LOSSY + 1))
    generator = np.random.default_rng(1)
    answer = fiber(LinearSections([{(1,): 1}], 1, 1, generator), generator, unlimited, 12, 3)
    assert answer.is_lossy is is_lossy and len(list(found)) == len(numbers) - tries
    assert ("as many points over other data" in answer.verdict()) is not is_lossy


@pytest.mark.slow
def test_code_that_was_kept_of_other_sources_is_compiled_again(monkeypatch) -> None:
    system = LinearSections([{(1,): 1}], 1, 1, np.random.default_rng(1))
    w = np.array([[2.0 + 0j]])
    c = system.parameters(w[0], np.random.default_rng(1))[None]
    for sources in (path_tracking.SOURCES + 1, path_tracking.SOURCES):
        monkeypatch.setattr(path_tracking, "SOURCES", sources)
        points, good = path_tracking.refined(system.equations, w, c)
        assert good.all() and np.allclose(points, w)


def places_and_fiber(spec: str, metric: str, monkeypatch) -> tuple[list, int]:
    """The places to which loops lead, and the number of points."""
    places: list[monodromy._Place] = []
    make = monodromy._Place.__init__

    def remembered(place, *arguments) -> None:
        make(place, *arguments)
        places.append(place)

    monkeypatch.setattr(monodromy._Place, "__init__", remembered)
    answer = NeuroManifold(spec, method="monodromy", seed=1).ed_degree(metric)
    return places, int(answer.data)


def test_a_form_that_is_given_moves_where_points_come_back(monkeypatch) -> None:
    """For other forms there are more points: as many as for a generic one."""
    places, number = places_and_fiber("cnn:3,4:x^2", "unit", monkeypatch)
    assert number == 403
    others = [len(place.points) for place in places if not place.is_even]
    assert others and number < min(others)
    generic = NeuroManifold("cnn:3,4:x^2").ed_degree("generic")
    assert generic.status == "proved" and max(others) <= generic.data
    assert all(place.is_even for place in places if place.is_straight)


def test_a_form_that_is_given_stays_where_most_points_would_vanish(monkeypatch) -> None:
    """A generic form has 39 critical points on matrices of rank one, the unit form 3."""
    places, number = places_and_fiber("linear:3,1,3", "unit", monkeypatch)
    assert number == 3
    *_, last = places
    assert last.is_even and not all(place.is_even for place in places)


@pytest.mark.parametrize(("there", "back", "moved"), [
    ([0, 1, 2], [1, 0, 2], [True, True, False]),
    ([0, monodromy.UNKNOWN, 2], [2, 0, monodromy.UNKNOWN], [True, False, False])])
def test_what_a_loop_moves(there: list[int], back: list[int], moved: list[bool]) -> None:
    generator = np.random.default_rng(1)
    system = LinearSections([{(1,): 1}], 1, 1, generator)
    base = monodromy.Points(system, np.array([1.0]), np.array([1.0]))
    base.places(np.array([[1.0], [2.0], [3.0]], dtype=complex))
    place = monodromy._Place(base, False, False, generator)
    for edge, side, partners in zip(place.add_edges(2), (0, 1), (there, back)):
        edge.partners[side] = np.array(partners)
    assert place.moved().tolist() == moved


@pytest.mark.parametrize("seed", [3, 4])
def test_few_points_may_move_among_themselves_only(seed: int) -> None:
    """Two of three matrices of rank two, exchanged by several loops, are not all."""
    assert NeuroManifold("mlp:2,2,3:x^2", method="monodromy", seed=seed).ed_degree("unit") == 3


@pytest.mark.parametrize("seed", range(6))
def test_critical_points_of_a_cubic_curve_by_the_unit_form(seed: int) -> None:
    """The parameters of critical points are the zeros of (a - u) + (a^3 - v) 3 a^2."""
    model = from_expressions(["a*x + a^3*y"], ["a"], ["x", "y"])
    assert NeuroManifold(model, method="monodromy", seed=seed).ed_degree("unit") == 5
