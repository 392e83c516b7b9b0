"""Degrees of distances in polyhedral norms, against another engine, linear programs, and counts."""

from __future__ import annotations

import json
import random
from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from claims import changed_at
from implied import is_implied
from mutants import accepted_mutants
from scipy.optimize import linprog

from neuroalg_sage import InputError, NeuroManifold
from neuroalg_sage.certificates.checker import CertificateError, verify
from neuroalg_sage.cli import main
from neuroalg_sage.descriptions.polar_classes import segre_veronese_polar_degrees
from neuroalg_sage.engines import msolve
from neuroalg_sage.engines.macaulay2 import Script
from neuroalg_sage.engines.transfer import PolynomialMatrix, PolynomialRingData
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.invariants.distance.polyhedral_norms import polyhedral_norm
from neuroalg_sage.invariants.distance.wasserstein_degree import (
    annihilator,
    orbits,
    signed_permutations,
)
from neuroalg_sage.models.rational import rank
from neuroalg_sage.models.sources import from_expressions

needs_msolve = pytest.mark.skipif(msolve.find_command() is None, reason="msolve is not installed")

PRIME = 32003
DISCRETE = [[int(i != j) for j in range(4)] for i in range(4)]
HAMMING = [[(i ^ j).bit_count() for j in range(4)] for i in range(4)]


# -- norms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_faces_of_cross_polytopes_and_cubes(n: int) -> None:
    cross, cube = (Counter(face.dimension for face in polyhedral_norm(n, name).faces)
                   for name in ("l1", "linf"))
    for k in range(n):
        assert cross[k] == 2 ** (k + 1) * comb(n, k + 1) == cube[n - 1 - k]


def given(kind: str, seed: int) -> tuple[dict[str, Any], list[list[int]]]:
    generator = random.Random(seed)
    points = [[generator.randrange(-9, 10) for _ in range(3)] for _ in range(5)]
    points = [p for p in points if any(p)]
    return {kind: [[sign * c for c in p] for p in points for sign in (1, -1)]}, points


@pytest.mark.parametrize("seed", range(6))
def test_faces_of_random_polytopes_are_those_that_linear_forms_expose(seed: int) -> None:
    norm = polyhedral_norm(3, given("vertices", seed)[0])
    faces = {frozenset(face.vertices): face for face in norm.faces}
    assert sum((-1) ** face.dimension for face in faces.values()) == 2  # a sphere
    for vertices, face in faces.items():
        values = {v: sum(a * b for a, b in zip(face.form, v)) for v in norm.vertices}
        assert max(values.values()) == 1
        assert {v for v, c in values.items() if c == 1} == vertices
    generator = random.Random(seed)
    for _ in range(200):
        form = [generator.randrange(-3, 4) for _ in range(3)]
        values = {v: sum(a * b for a, b in zip(form, v)) for v in norm.vertices}
        if any(form):
            most = max(values.values())
            assert frozenset(v for v, c in values.items() if c == most) in faces


@pytest.mark.parametrize("seed", range(6))
def test_norms_are_those_of_linear_programs(seed: int) -> None:
    generator = random.Random(seed)
    z = [generator.randrange(-9, 10) for _ in range(3)]
    data, points = given("vertices", seed)
    rows = np.array(data["vertices"], dtype=float)
    program = linprog(np.ones(len(rows)), A_eq=rows.T, b_eq=z)
    assert float(polyhedral_norm(3, data).of(list(map(Fraction, z)))) == pytest.approx(program.fun)
    data, points = given("facets", seed)
    assert polyhedral_norm(3, data).of(list(map(Fraction, z))) == max(
        abs(sum(a * b for a, b in zip(p, z))) for p in points)


@pytest.mark.parametrize("seed", range(6))
def test_the_norm_of_a_metric_is_the_cost_of_transport(seed: int) -> None:
    generator = random.Random(seed)
    distances = [[abs(i - j) for j in range(4)] for i in range(4)] if seed % 2 else [
        [0 if i == j else 4 + (7 * i * j + i + j) % 4 for j in range(4)] for i in range(4)]
    before, after = ([generator.randrange(10) for _ in range(4)] for _ in range(2))
    after[-1] = sum(before) - sum(after[:3])
    lowest = min(0, *after)
    before, after = [c - lowest for c in before], [c - lowest for c in after]
    pairs = list(product(range(4), repeat=2))
    sums = [[float(i == k) for i, _ in pairs] for k in range(4)] + [
        [float(j == k) for _, j in pairs] for k in range(4)]
    program = linprog([distances[i][j] for i, j in pairs], A_eq=sums, b_eq=[*before, *after])
    norm = polyhedral_norm(4, {"metric": distances})
    difference = [Fraction(a - b) for a, b in zip(before, after)]
    assert float(norm.of(difference)) == pytest.approx(program.fun)


def test_a_metric_of_outputs_moves_within_each_monomial() -> None:
    model = NeuroManifold("linear:2,1,2").model  # outputs first, then the two inputs
    norm = polyhedral_norm(model, {"metric": [[0, 2], [2, 0]]})
    assert {v for v in norm.vertices} == {
        tuple(Fraction(sign * c, 2) for c in v) for sign in (1, -1)
        for v in ((1, 0, -1, 0), (0, 1, 0, -1))}
    assert polyhedral_norm(2, {"vertices": [[1, 1], [-1, -1], ["1/2", "1/2"], ["-1/2", "-1/2"],
                                            [0, 1], [0, -1]]}).name == "vertices"


@pytest.mark.parametrize("norm, words", [
    ("l2", "it is l1, linf, or"), ({"ball": []}, "it is l1, linf, or"),
    ({"vertices": []}, "a list of rows"), ({"vertices": 3}, "a list of rows"),
    ({"vertices": [[1, "x", 0]]}, "entry of the vertices"),
    ({"vertices": [[1, 0]]}, "has 2 entries; V has dimension 3"),
    ({"vertices": [[1, 0, 0], [0, 0, 0]]}, "not symmetric"),
    ({"vertices": [[0, 0, 0]]}, "is zero"),
    ({"vertices": [[1, 0, 0], [-1, 0, 0]]}, "interior points"),
    ({"facets": [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]}, "is bounded"),
    ({"facets": [[1, 0, 0]]}, "not symmetric"),
    ({"metric": [[0, 1], [1, 0]]}, "a row for each coordinate of V"),
    ({"metric": [[0, 1, 1], [1, 0, 3], [1, 3, 0]]}, "triangle inequality"),
    ({"metric": [[0, 1, 2], [1, 0, 1], [1, 1, 0]]}, "symmetric"),
    ({"metric": [[0, 0, 1], [0, 0, 1], [1, 1, 0]]}, "positive"),
    ({"metric": [[1, 1, 1], [1, 0, 1], [1, 1, 0]]}, "zero on the diagonal"),
    ({"metric": [[0]]}, "one state")])
def test_what_is_no_norm_is_refused(norm: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        NeuroManifold("mlp:2,1,1:x^2").wasserstein_degree(norm)


def test_a_ball_with_too_many_faces_is_refused_at_once() -> None:
    with pytest.raises(LimitReached, match="531440 faces"):
        NeuroManifold("mlp:3,3,2:x^2").wasserstein_degree()


# -- degrees ---------------------------------------------------------------------------------------


def by_macaulay2(manifold: NeuroManifold, face: Any, seed: int) -> int:
    """
    The critical points of the linear form on a translate of the span of a face, from the ideal,
    by minors; -1 if they are infinitely many.
    """
    generator = random.Random(seed)
    n = manifold.model.ambient_dimension
    equations = manifold.ideal().data
    codimension = n - manifold.dimension().data
    forms = annihilator(face, n)
    ring = PolynomialRingData(tuple(f"z_{i}" for i in range(n)), PRIME)

    def modulo(c: Fraction) -> int:
        return c.numerator * pow(c.denominator, -1, PRIME) % PRIME

    def unit(i: int) -> tuple[int, ...]:
        return tuple(int(i == k) for k in range(n))

    cuts = tuple({unit(i): modulo(c) for i, c in enumerate(form) if c}
                 | {(0,) * n: generator.randrange(PRIME)} for form in forms)
    terms = tuple({tuple(e): modulo(c) for e, c in f.items()} for f in equations)
    rows = [*forms, face.form]
    linear = tuple({(0,) * n: modulo(c)} if c else {} for row in rows for c in row)
    script = Script(
        "critical points at a face",
        {"R": ring, "I": PolynomialMatrix(ring, 1, len(terms), terms, "ideal"),
         "C": PolynomialMatrix(ring, 1, max(1, len(cuts)), cuts or ({},), "ideal"),
         "N": PolynomialMatrix(ring, len(rows), n, linear)},
        f"D = transpose jacobian I;\nS = I + minors({codimension}, D);\n"
        f"J = I + C + minors({codimension + len(rows)}, D || N);\n"
        f"J = saturate(J, minors({codimension}, D));",
        {"points": "if J == 1 then 0 else if dim J > 0 then -1 else degree radical J"})
    return int(manifold.computation.run(script)["points"])


MODELS = {
    "conic": lambda: NeuroManifold("mlp:2,1,1:x^2", seed=1),
    "segre": lambda: NeuroManifold("linear:2,1,2", seed=1),
    "filters": lambda: NeuroManifold("cnn:2,2", seed=1),
    "twisted cubic": lambda: NeuroManifold("mlp:2,1,1:x^3", seed=1),
    "scroll": lambda: NeuroManifold(from_expressions(
        ["a*s*x", "a*t*x", "c*s^2*x", "c*s*t*x", "c*t^2*x"], ["a", "c", "s", "t"], ["x"]), seed=1),
    "parabola": lambda: NeuroManifold(from_expressions(
        ["a*x + a^2*y"], ["a"], ["x", "y"]), seed=1)}
CASES = [("conic", "l1"), ("conic", "linf"), ("segre", "l1"), ("segre", "linf"),
         ("segre", {"metric": DISCRETE}), ("segre", {"metric": HAMMING}),
         ("segre", {"metric": [[0, 1], [1, 0]]}), ("parabola", "l1"),
         ("twisted cubic", {"metric": DISCRETE}), ("twisted cubic", "linf"),
         ("scroll", {"metric": [[int(i != j) for j in range(5)] for i in range(5)]})]


@needs_msolve
@pytest.mark.parametrize("name, norm", [pytest.param(
    name, norm, id=f"{name} {json.dumps(norm).replace(' ', '')}",
    marks=[pytest.mark.slow] * (name in ("scroll", "twisted cubic") or isinstance(norm, dict)
                                or (name, norm) in (("conic", "linf"), ("segre", "l1"))))
    for name, norm in CASES])
def test_degrees_are_those_of_another_engine_from_the_ideal(name: str, norm: Any) -> None:
    manifold = MODELS[name]()
    found = manifold.wasserstein_degree(norm)
    ball = polyhedral_norm(manifold.model, norm)
    of = {frozenset(face.vertices): face for face in ball.faces}
    assert sum(kind["faces"] for kind in found.data["types"]) == len(of)
    seen = set()
    for kind in found.data["types"]:
        face = of[frozenset(tuple(map(Fraction, v)) for v in kind["face"])]
        seen.add((kind["dimension"], kind["degree"]))
        wanted = by_macaulay2(manifold, face, len(seen))
        assert kind["degree"] == (None if wanted < 0 else wanted), kind
        polar = kind["polar_degree"]
        assert polar is None or kind["degree"] <= polar
    verdict = verify(found.certificate)
    assert verdict.trust == () and verdict.invariant == "wasserstein_degree_at_least"


@needs_msolve
def test_all_faces_of_an_orbit_have_its_degree() -> None:
    manifold = MODELS["segre"]()
    norm = polyhedral_norm(4, "l1")
    degrees = {frozenset(tuple(map(Fraction, v)) for v in kind["face"]): kind["degree"]
               for kind in manifold.wasserstein_degree().data["types"]}
    for orbit in orbits(norm, signed_permutations(manifold.parametrization())):
        (degree,) = {degrees[key] for face in orbit
                     if (key := frozenset(face.vertices)) in degrees}
        for face in orbit[:3]:
            wanted = by_macaulay2(manifold, face, 5)
            assert degree == (None if wanted < 0 else wanted)


@needs_msolve
def test_signed_permutations_preserve_the_neurovariety() -> None:
    for spec in ("mlp:2,2,1:x^3", "linear:2,1,3", "cnn:2,2:x^2", "mlp:3,1,2:x^2"):
        manifold = NeuroManifold(spec, seed=1)
        n = manifold.model.ambient_dimension
        generators = signed_permutations(manifold.parametrization())
        assert generators
        ideal = manifold.ideal().value
        ring = ideal.ring()
        for moves in generators:
            images = [0] * n
            for place, (target, sign) in enumerate(moves):
                images[target] = sign * ring.gen(place)
            assert all(f(*images) in ideal for f in ideal.gens())


@needs_msolve
def test_generic_directions_give_polar_degrees() -> None:
    # The unit ball has vertices in general position, so that spans of its faces are generic.
    generator = random.Random(4)
    points = [[generator.randrange(-50, 50) for _ in range(4)] for _ in range(4)]
    assert rank(points) == 4
    found = MODELS["segre"]().wasserstein_degree(
        {"vertices": [[sign * c for c in p] for p in points for sign in (1, -1)]})
    polar = segre_veronese_polar_degrees([2, 2], [1, 1])
    for kind in found.data["types"]:
        if kind["dimension"] < 3:
            assert kind["degree"] == polar[kind["dimension"]]


@needs_msolve
def test_at_vertices_the_degree_is_that_of_the_equation_along_a_line() -> None:
    # z_1^2 = 4 z_0 z_2 has degree 1 in z_0 and 2 in z_1.
    found = MODELS["conic"]().wasserstein_degree("l1")
    at_vertices = {tuple(map(abs, map(int, kind["face"][0]))): kind["degree"]
                   for kind in found.data["types"] if kind["dimension"] == 0}
    assert set(at_vertices.items()) <= {((1, 0, 0), 1), ((0, 1, 0), 2), ((0, 0, 1), 1)}
    assert len(at_vertices) >= 2


@needs_msolve
def test_a_forged_certificate_is_refused() -> None:
    certificate = MODELS["conic"]().wasserstein_degree("l1").certificate
    assert certificate is not None
    for original, data, _, _ in accepted_mutants([certificate], 60, random.Random(1)):
        assert is_implied(original, data)
    value = certificate["claim"]["value"]
    for path, to in ((("faces", 0, 1), value["faces"][0][1] + 1),
                     (("faces", 0, 0), ["1", "1", "1"]), (("faces", 0, 0), ["2", "0", "0"]),
                     (("vertices",), value["vertices"][1:]),
                     (("faces",), [*value["faces"], value["faces"][0]])):
        with pytest.raises(CertificateError):
            verify(changed_at(certificate, "claim", "value", *path, to=to))


@needs_msolve
def test_the_command_reads_a_norm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, proof = tmp_path / "norm.json", tmp_path / "proof.json"
    file.write_text(json.dumps({"metric": DISCRETE}))
    assert main(["compute", "linear:2,1,2", "wasserstein_degree", "--norm", str(file), "--quiet",
                 "--seed", "1", "--no-cache", "--certificate", str(proof)]) == 0
    assert "faces of degree" in capsys.readouterr().out
    assert main(["verify", str(proof)]) == 0
    file.write_text('{"vertices": [[1, 0, 0, 0], [-1, 0, 0, 0]]}')
    assert main(["compute", "linear:2,1,2", "wasserstein_degree", "--norm", str(file), "--quiet",
                 "--no-cache"]) == 2
    assert "interior points" in capsys.readouterr().err


def test_pairs_of_opposite_faces() -> None:
    from neuroalg_sage.invariants.distance.polyhedral_norms import positive_faces

    faces = polyhedral_norm(3, "l1").faces
    half = list(positive_faces(faces))
    assert 2 * len(half) == len(faces)
    assert all({tuple(-c for c in v) for v in a.vertices} != set(b.vertices)
               for a, b in combinations(half, 2))
